/* SPDX-License-Identifier: BSD-3-Clause */
/* The VLANs that exist, and which ports carry them. */
#include <stdio.h>

#include "control/control.h"

static void changed(struct iface_table *t)
{
	t->changed = t->vlans_changed = true;
	control_wake(t->ctl);
}

bool vlan_create(struct iface_table *t, uint16_t vlan)
{
	struct vlan *v = &t->vlan[vlan];

	if (v->exists)
		return false;
	v->exists = true;
	snprintf(v->name, sizeof(v->name), "VLAN%04u", vlan);
	changed(t);
	return true;
}

void vlan_delete(struct iface_table *t, uint16_t vlan)
{
	t->vlan[vlan].exists = false;
	changed(t);
}

void vlan_rename(struct iface_table *t, uint16_t vlan, const char *name)
{
	snprintf(t->vlan[vlan].name, sizeof(t->vlan[vlan].name), "%s", name);
}

bool vlan_member(const struct iface *port, uint16_t vlan)
{
	if (port->kind != IFACE_PORT || !port->is_switch)
		return false;
	if (!port->trunk)
		return port->access_vlan == vlan;
	return vlan_set_has(&port->allowed, vlan);
}

bool vlan_alive(struct iface_table *t, uint16_t vlan)
{
	struct iface *port;

	if (!t->vlan[vlan].exists)
		return false;
	TAILQ_FOREACH (port, &t->list, entry)
		if (port->line_up && vlan_member(port, vlan))
			return true;
	return false;
}
