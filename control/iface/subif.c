/* SPDX-License-Identifier: BSD-3-Clause */
/* Subinterfaces of routed ports, each with a VLAN (IEEE 802.1Q). */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "control/iface/iface.h"

static bool subif_matches(const struct iface_table *t, const char *name)
{
	char port[BW_NAME_LEN];

	if (strchr(name, '.') == NULL)
		return false;
	snprintf(port, sizeof(port), "%.*s", (int)strcspn(name, "."), name);
	return iface_port.matches(t, port);
}

/* The place of a VLAN in its port's table of subinterfaces; NULL without memory. */
static struct iface **subif_slot(const struct iface *ifc, uint16_t vlan)
{
	struct iface *port = ifc->parent;

	if (port->own == NULL)
		port->own = calloc(VLAN_MAX + 1, sizeof(struct iface *));
	return port->own != NULL ? (struct iface **)port->own + vlan : NULL;
}

int iface_dot1q_set(struct iface *ifc, uint16_t vlan, bool native, struct iface **other)
{
	struct iface **slot = NULL;

	if (ifc->parent != NULL && vlan != 0) {
		slot = subif_slot(ifc, vlan);
		if (slot == NULL)
			return -ENOMEM;
		if (*slot != NULL && *slot != ifc) {
			*other = *slot;
			return -EEXIST;
		}
	}
	if (ifc->parent != NULL && ifc->dot1q != 0)
		*subif_slot(ifc, ifc->dot1q) = NULL;
	if (slot != NULL)
		*slot = ifc;
	ifc->dot1q = vlan;
	ifc->dot1q_native = native;
	iface_changed(ifc);
	return 0;
}

static void subif_derive(const struct iface *ifc, bool *up, bool *line)
{
	*up = ifc->parent->up;
	*line = ifc->parent->line_up && ifc->dot1q != 0;
}

static uint16_t subif_link_mtu(const struct iface *ifc)
{
	return ifc->parent != NULL ? ifc->parent->mtu : UINT16_MAX;
}

static const uint8_t *subif_mac(const struct iface *ifc)
{
	return ifc->parent != NULL ? iface_mac(ifc->parent) : ifc->port_mac;
}

static bool subif_is_ready(const struct iface *ifc)
{
	return ifc->parent->port >= 0 && ifc->dot1q != 0;
}

static void subif_wish(const struct iface *ifc, struct bw_if *m)
{
	const struct iface *port = ifc->parent;

	m->port = (uint16_t)port->port;
	m->vlan = ifc->dot1q;
	if (ifc->dot1q_native)
		m->flags |= BW_IF_F_NATIVE;
	if (port->shutdown)
		m->flags &= ~(uint32_t)BW_IF_F_UP;
	if (port->has_mac)
		memcpy(m->mac, port->mac, sizeof(m->mac));
}

const struct iface_kind iface_subif = {
	.rank = IFACE_RANK_PORT,
	.dp_kind = BW_IF_SUBIF,
	.is_ethernet = true,
	.is_transit = true,
	.may_dial = true,
	.has_mtu = true,
	.has_vlan = true,
	.is_quiet = true,
	.matches = subif_matches,
	.derive = subif_derive,
	.link_mtu = subif_link_mtu,
	.mac = subif_mac,
	.is_ready = subif_is_ready,
	.wish = subif_wish,
};
