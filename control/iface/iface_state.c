/* SPDX-License-Identifier: BSD-3-Clause */
/* Whether interfaces are up, from the ports' links to what stands on them. */
#include <string.h>

#include "control/control.h"
#include "control/core/format.h"

const char *iface_status_text(const struct iface *ifc)
{
	if (ifc->shutdown)
		return "administratively down";
	if (ifc->kind == IFACE_STUB)
		return "not present";
	return ifc->up ? "up" : "down";
}

static void derive(struct iface *ifc, bool *up, bool *line)
{
	struct iface_table *t = &ifc->ctl->ifaces;

	*up = *line = false;
	if (!ifc->exists || ifc->shutdown)
		return;
	switch (ifc->kind) {
	case IFACE_PORT:
		*up = *line = ifc->port >= 0 && ifc->link_up;
		break;
	case IFACE_SUBIF:
		*up = ifc->parent->up;
		*line = ifc->parent->line_up && ifc->dot1q != 0;
		break;
	case IFACE_SVI:
		*up = t->vlan[ifc->unit].exists;
		*line = *up && (ifc->no_autostate || vlan_alive(t, (uint16_t)ifc->unit));
		break;
	case IFACE_DIALER:
		*up = true;
		*line = dialer_spoofs(ifc->dialer);
		break;
	case IFACE_VIRTUAL_ACCESS:
		*up = dialer_is_bound(ifc->dialer);
		*line = dialer_is_authenticated(ifc->dialer);
		break;
	case IFACE_LOOPBACK:
	case IFACE_NULL:
		*up = *line = true;
		break;
	case IFACE_STUB:
		break;
	}
}

static void log_change(struct iface *ifc, bool status_changed, bool line_changed)
{
	struct log *log = &ifc->ctl->log;

	if (!ifc->exists)
		return;
	if (status_changed && ifc->shutdown)
		log_event(log, "LINK-5-CHANGED",
			"Interface %s, changed state to administratively down", ifc->name);
	else if (status_changed && ifc->kind != IFACE_SUBIF)
		log_event(log, "LINK-3-UPDOWN", "Interface %s, changed state to %s", ifc->name,
			ifc->up ? "up" : "down");
	if (line_changed && ifc->kind != IFACE_SUBIF)
		log_event(log, "LINEPROTO-5-UPDOWN",
			"Line protocol on Interface %s, changed state to %s", ifc->name,
			ifc->line_up ? "up" : "down");
}

static void update(struct iface *ifc)
{
	bool up, line, ip, was_up = ifc->up, was_line = ifc->line_up;

	derive(ifc, &up, &line);
	ip = line && (ifc->kind != IFACE_DIALER || dialer_is_open(ifc->dialer));
	ifc->up = up;
	ifc->line_up = line;
	if (up != was_up || line != was_line) {
		ifc->since_ms = clock_ms();
		ifc->resets += was_up && !up;
		log_change(ifc, up != was_up, line != was_line);
	}
	if (ip != ifc->ip_up) {
		ifc->ip_up = ip;
		ifc->ctl->addrs_changed = true;
		rib_iface_changed(&ifc->ctl->rib, ifc);
	}
	iface_addr_routes(ifc, ip);
}

/* Parents are before children in the list, and switch ports before SVIs. */
void iface_state_update(struct iface_table *t)
{
	struct iface *ifc;

	TAILQ_FOREACH (ifc, &t->list, entry)
		update(ifc);
	TAILQ_FOREACH (ifc, &t->shells, entry)
		update(ifc);
}

static struct iface *find_port(struct iface_table *t, int port)
{
	struct iface *ifc;

	TAILQ_FOREACH (ifc, &t->list, entry)
		if (ifc->kind == IFACE_PORT && ifc->port == port)
			return ifc;
	return NULL;
}

static void set_link(struct iface *ifc, const struct bw_port_state *state)
{
	ifc->link_up = state->link_up != 0;
	ifc->full_duplex = state->full_duplex != 0;
	ifc->speed = state->speed;
	memcpy(ifc->port_mac, state->mac, sizeof(ifc->port_mac));
	iface_changed(ifc);
}

void iface_port_event(struct iface_table *t, const struct bw_port_state *state)
{
	struct iface *ifc = find_port(t, state->port);

	if (ifc != NULL)
		set_link(ifc, state);
}

/* The dataplane's table of ports is its own memory: names are compared with their bound. */
static int port_index(const struct dp_link *dp, const struct bw_region *region, const char *name)
{
	for (unsigned i = 0; region != NULL && i < dp_ports(dp); i++)
		if (strncmp(region->ports[i].name, name, BW_NAME_LEN) == 0)
			return (int)i;
	return -1;
}

void iface_ports_attach(struct iface_table *t, const struct bw_region *region)
{
	struct iface *ifc;

	TAILQ_FOREACH (ifc, &t->list, entry) {
		struct bw_port_state state = { 0 };

		if (ifc->kind != IFACE_PORT)
			continue;
		ifc->port = port_index(&t->ctl->dp, region, ifc->name);
		memcpy(state.mac, ifc->port_mac, sizeof(state.mac));
		if (ifc->port >= 0) {
			const struct bw_port_info *info = &region->ports[ifc->port];

			state.link_up = info->link_up;
			state.full_duplex = 1;
			state.speed = info->speed;
			memcpy(state.mac, info->mac, sizeof(state.mac));
		} else if (region != NULL) {
			log_event(&t->ctl->log, "PLATFORM-3-PORT", "the dataplane has no port %s",
				ifc->name);
		}
		set_link(ifc, &state);
	}
	TAILQ_FOREACH (ifc, &t->list, entry)
		iface_changed(ifc); /* subinterfaces learn their port */
}

const uint8_t *iface_mac(const struct iface *ifc)
{
	const struct iface *port;

	if (ifc->has_mac)
		return ifc->mac;
	if (ifc->kind == IFACE_SUBIF && ifc->parent != NULL)
		return iface_mac(ifc->parent);
	if (ifc->kind != IFACE_SVI)
		return ifc->port_mac;
	TAILQ_FOREACH (port, &ifc->ctl->ifaces.list, entry)
		if (port->kind == IFACE_PORT && port->is_switch)
			return port->port_mac;
	return ifc->port_mac;
}

uint16_t iface_ip_mtu(const struct iface *ifc)
{
	uint16_t mtu = ifc->mtu;

	if (ifc->kind == IFACE_SUBIF && ifc->parent != NULL && ifc->parent->mtu < mtu)
		mtu = ifc->parent->mtu;
	if (ifc->kind == IFACE_DIALER && dialer_link_mtu(ifc->dialer) < mtu)
		mtu = dialer_link_mtu(ifc->dialer);
	return ifc->ip_mtu != 0 && ifc->ip_mtu < mtu ? ifc->ip_mtu : mtu;
}
