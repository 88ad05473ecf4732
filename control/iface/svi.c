/* SPDX-License-Identifier: BSD-3-Clause */
/* VlanN: the router's leg in a VLAN of the switch (a switched virtual interface). */
#include "control/iface/iface.h"

static int svi_create(struct iface *ifc)
{
	LIST_INSERT_HEAD(&ifc->table->svis, ifc, sub_entry);
	return 0;
}

static void svi_destroy(struct iface *ifc)
{
	LIST_REMOVE(ifc, sub_entry);
}

static void svi_derive(const struct iface *ifc, bool *up, bool *line)
{
	struct iface_table *t = ifc->table;

	*up = t->vlan[ifc->unit].exists;
	*line = *up && (ifc->no_autostate || vlan_alive(t, (uint16_t)ifc->unit));
}

/* That of the first switch port, as the dataplane has it. */
static const uint8_t *svi_mac(const struct iface *ifc)
{
	const struct iface_table *t = ifc->table;

	for (unsigned i = 0; i < t->n_ports; i++)
		if (t->port[i]->is_switch)
			return t->port[i]->port_mac;
	return ifc->port_mac;
}

static void svi_wish(const struct iface *ifc, struct bw_if *m)
{
	m->vlan = (uint16_t)ifc->unit;
	if (vlan_existing(ifc, (uint16_t)ifc->unit) == 0)
		m->flags &= ~(uint32_t)BW_IF_F_UP;
}

const struct iface_kind iface_svi = {
	.name = "Vlan",
	.min_unit = VLAN_MIN,
	.max_unit = VLAN_MAX,
	.rank = IFACE_RANK_SVI,
	.dp_kind = BW_IF_SVI,
	.is_ethernet = true,
	.is_transit = true,
	.has_own_mac = true,
	.has_mtu = true,
	.has_autostate = true,
	.create = svi_create,
	.destroy = svi_destroy,
	.derive = svi_derive,
	.mac = svi_mac,
	.wish = svi_wish,
};
