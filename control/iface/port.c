/* SPDX-License-Identifier: BSD-3-Clause */
/* Ports of the machine: routed ones and switch ports. */
#include <stdlib.h>
#include <string.h>

#include "control/iface/iface.h"

static bool port_matches(const struct iface_table *t, const char *name)
{
	const struct bw_platform *platform = t->platform;

	for (unsigned i = 0; i < platform->n_ports; i++)
		if (strcmp(platform->port[i].name, name) == 0)
			return true;
	return false;
}

/* Its own part is the table of subinterfaces by VLAN (subif.c), if there are any. */
static void port_destroy(struct iface *ifc)
{
	free(ifc->own);
}

static void port_derive(const struct iface *ifc, bool *up, bool *line)
{
	*up = *line = ifc->port >= 0 && ifc->link_up;
}

static void port_changed(struct iface *ifc, bool moved)
{
	struct iface *sub;

	if (ifc->is_switch)
		vlan_changed_svis(ifc->table);
	if (!moved)
		return;
	LIST_FOREACH (sub, &ifc->subs, sub_entry)
		iface_changed(sub);
}

static bool port_is_ready(const struct iface *ifc)
{
	return ifc->port >= 0;
}

static void port_wish(const struct iface *ifc, struct bw_if *m)
{
	m->port = (uint16_t)ifc->port;
	if (!ifc->is_switch)
		return;
	m->flags |= BW_IF_F_SWITCH;
	if (ifc->trunk)
		m->flags |= BW_IF_F_TRUNK;
	m->vlan = ifc->trunk ? ifc->native_vlan : vlan_existing(ifc, ifc->access_vlan);
}

const struct iface_kind iface_port = {
	.rank = IFACE_RANK_PORT,
	.dp_kind = BW_IF_PORT,
	.is_physical = true,
	.is_ethernet = true,
	.is_transit = true,
	.may_switch = true,
	.may_dial = true,
	.has_own_mac = true,
	.has_mtu = true,
	.matches = port_matches,
	.destroy = port_destroy,
	.derive = port_derive,
	.changed = port_changed,
	.is_ready = port_is_ready,
	.wish = port_wish,
};
