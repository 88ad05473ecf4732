/* SPDX-License-Identifier: BSD-3-Clause */
/* The VLANs that exist, and which ports carry them. */
#include <stdio.h>

#include "control/iface/iface.h"

static void changed(struct iface_table *t)
{
	t->vlans_changed = true;
	work_mark(&t->work);
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

uint16_t vlan_existing(const struct iface *ifc, uint16_t vlan)
{
	return ifc->table->vlan[vlan].exists ? vlan : 0;
}

void vlan_changed_svis(struct iface_table *t)
{
	struct iface *svi;

	LIST_FOREACH (svi, &t->svis, sub_entry)
		iface_changed(svi);
}

bool vlan_member(const struct iface *port, uint16_t vlan)
{
	if (!port->kind->is_physical || !port->is_switch)
		return false;
	if (!port->trunk)
		return port->access_vlan == vlan;
	return vlan_set_has(&port->allowed, vlan);
}

bool vlan_alive(struct iface_table *t, uint16_t vlan)
{
	if (!t->vlan[vlan].exists)
		return false;
	for (unsigned i = 0; i < t->n_ports; i++)
		if (t->port[i]->line_up && vlan_member(t->port[i], vlan))
			return true;
	return false;
}
