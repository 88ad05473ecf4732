/* SPDX-License-Identifier: BSD-3-Clause */
/* Whether interfaces are up, from the ports' links to what stands on them. */
#include <string.h>

#include "control/core/format.h"
#include "control/iface/iface.h"

const char *iface_status_text(const struct iface *ifc)
{
	if (ifc->shutdown)
		return "administratively down";
	if (ifc->kind->is_kept)
		return "not present";
	return ifc->up ? "up" : "down";
}

static void state_derive(const struct iface *ifc, bool *up, bool *line, bool *ip)
{
	const struct iface_kind *kind = ifc->kind;

	*up = *line = false;
	if (ifc->exists && !ifc->shutdown && kind->derive != NULL)
		kind->derive(ifc, up, line);
	*ip = *line && (kind->passes_ip == NULL || kind->passes_ip(ifc));
}

static void log_change(struct iface *ifc, bool status_changed, bool line_changed)
{
	struct log *log = &ifc->table->core->log;

	if (!ifc->exists)
		return;
	if (status_changed && ifc->shutdown)
		log_event(log, "LINK-5-CHANGED",
			"Interface %s, changed state to administratively down", ifc->name);
	else if (status_changed && !ifc->kind->is_quiet)
		log_event(log, "LINK-3-UPDOWN", "Interface %s, changed state to %s", ifc->name,
			ifc->up ? "up" : "down");
	if (line_changed && !ifc->kind->is_quiet)
		log_event(log, "LINEPROTO-5-UPDOWN",
			"Line protocol on Interface %s, changed state to %s", ifc->name,
			ifc->line_up ? "up" : "down");
}

static void state_update(struct iface *ifc)
{
	bool up, line, ip, was_up = ifc->up, was_line = ifc->line_up;
	bool moved;

	state_derive(ifc, &up, &line, &ip);
	moved = up != was_up || line != was_line;
	ifc->up = up;
	ifc->line_up = line;
	if (moved) {
		ifc->since_ms = clock_ms();
		ifc->resets += was_up && !up;
		log_change(ifc, up != was_up, line != was_line);
	}
	if (ip != ifc->ip_up) {
		ifc->ip_up = ip;
		watches_tell(&ifc->table->addr_watches, ip ? WATCH_ADDED : WATCH_GONE, ifc);
	} else if (line != was_line && !TAILQ_EMPTY(&ifc->addrs)) {
		/* the kernel's device has those of lines that are up, with a session or without */
		watches_tell(&ifc->table->addr_watches, WATCH_CHANGED, ifc);
	}
	iface_addr_routes(ifc, ip);
	if (ifc->kind->changed != NULL)
		ifc->kind->changed(ifc, moved);
}

/* What stands on an interface that moved is marked by that, and so comes after it. */
void iface_state_update(struct iface_table *t)
{
	struct iface *ifc;

	while ((ifc = TAILQ_FIRST(&t->marked)) != NULL) {
		TAILQ_REMOVE(&t->marked, ifc, mark_entry);
		TAILQ_INSERT_TAIL(&t->derived, ifc, mark_entry);
		ifc->mark = IFACE_DERIVED;
		state_update(ifc);
	}
}

struct iface *iface_port_find(const struct iface_table *t, unsigned port)
{
	for (unsigned i = 0; i < t->n_ports; i++)
		if (t->port[i]->port == (int)port)
			return t->port[i];
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

static void on_port(void *table, const struct bw_msg *m)
{
	const struct bw_port_state *state = &m->port_state;
	struct iface_table *t = table;
	struct iface *ifc = iface_port_find(t, state->port);

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

/* The dataplane is there (ports have indexes and links), or gone. */
static void on_dataplane(void *arg, enum watch_event, void *link)
{
	struct iface_table *t = arg;
	const struct bw_region *region = dp_region(link);
	struct iface *ifc;

	for (unsigned i = 0; i < t->n_ports; i++) {
		struct bw_port_state state = { 0 };

		ifc = t->port[i];
		ifc->port = port_index(&t->core->dp, region, ifc->name);
		memcpy(state.mac, ifc->port_mac, sizeof(state.mac));
		if (ifc->port >= 0) {
			const struct bw_port_info *info = &region->ports[ifc->port];

			state.link_up = info->link_up;
			state.full_duplex = 1;
			state.speed = info->speed;
			memcpy(state.mac, info->mac, sizeof(state.mac));
		} else if (region != NULL) {
			log_event(&t->core->log, "PLATFORM-3-PORT", "the dataplane has no port %s",
				ifc->name);
		}
		set_link(ifc, &state);
	}
	TAILQ_FOREACH (ifc, &t->list, entry)
		iface_changed(ifc); /* subinterfaces learn their port */
}

void iface_ports_watch(struct iface_table *t)
{
	t->dp_watch = (struct watch) { .told = on_dataplane, .arg = t };
	watch_add(&t->core->dp.watches, &t->dp_watch);
	dp_on_event(&t->core->dp, BW_EVT_PORT, on_port, t);
}

const uint8_t *iface_mac(const struct iface *ifc)
{
	if (ifc->has_mac)
		return ifc->mac;
	return ifc->kind->mac != NULL ? ifc->kind->mac(ifc) : ifc->port_mac;
}

struct iface *iface_lender(const struct iface *ifc)
{
	return ifc->kind->lender != NULL ? ifc->kind->lender(ifc) : NULL;
}

uint16_t iface_ip_mtu(const struct iface *ifc)
{
	uint16_t below = ifc->kind->link_mtu != NULL ? ifc->kind->link_mtu(ifc) : UINT16_MAX;
	uint16_t mtu = below < ifc->mtu ? below : ifc->mtu;

	return ifc->ip_mtu != 0 && ifc->ip_mtu < mtu ? ifc->ip_mtu : mtu;
}
