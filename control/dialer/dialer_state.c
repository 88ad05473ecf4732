/* SPDX-License-Identifier: BSD-3-Clause */
/* What a session's state means: addresses, routes, Virtual-Access interfaces, log lines. */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "control/core/format.h"
#include "control/dialer/dialer.h"
#include "control/iface/iface.h"
#include "control/rib/rib.h"

bool dialer_spoofs(const struct dialer *d)
{
	return d->conf.ppp;
}

bool dialer_is_bound(const struct dialer *d)
{
	return d->obj.wanted && d->state.stage >= BW_PPPOE_ESTABLISH;
}

bool dialer_is_authenticated(const struct dialer *d)
{
	return d->obj.wanted &&
	       (d->state.stage == BW_PPPOE_NETWORK || d->state.stage == BW_PPPOE_UP);
}

bool dialer_is_open(const struct dialer *d)
{
	return d->obj.wanted && d->state.stage == BW_PPPOE_UP;
}

uint64_t dialer_up_seconds(const struct dialer *d)
{
	return d->state.up_s + (clock_ms() - d->state_ms) / 1000;
}

void dialer_log_binding(struct dialer *d)
{
	struct log *log = &d->table->core->log;
	bool bound = dialer_is_bound(d);

	if (bound == d->bound || d->access == NULL)
		return;
	d->bound = bound;
	if (bound)
		log_event(log, "DIALER-6-BIND", "Interface %s bound to profile %s",
			d->access->short_name, d->ifc->short_name);
	else
		log_event(log, "DIALER-6-UNBIND", "Interface %s unbound from profile %s",
			d->access->short_name, d->ifc->short_name);
	iface_changed(d->access);
}

/* A name is what somebody out there said: it must not move an administrator's cursor. */
static void defuse(char *name, size_t size)
{
	name[size - 1] = '\0';
	for (; *name != '\0'; name++)
		if (*name < ' ' || *name == 0x7f)
			*name = '?';
}

void dialer_take_state(struct dialer *d, const struct bw_pppoe_state *state)
{
	bool was_open = dialer_is_open(d);

	d->state = *state;
	defuse(d->state.ac_name, sizeof(d->state.ac_name));
	defuse(d->state.peer_name, sizeof(d->state.peer_name));
	d->state_ms = clock_ms();
	dialer_log_binding(d);
	if (was_open || dialer_is_open(d))
		dialer_changed(d);
	if (d->access != NULL)
		iface_changed(d->access);
	work_mark(&d->table->work);
}

void dialer_event(void *table, const struct bw_msg *m)
{
	const struct bw_pppoe_state *state = &m->pppoe_state;
	struct dialer_table *t = table;
	const struct dp_object *o;
	struct dialer *d;

	if (state->client_id == 0 || state->client_id >= BW_MAX_PPPOE)
		return;
	if (t->core->dp.state == DP_READING) { /* whose it is, is not known yet */
		t->held[state->client_id].state = *state;
		return;
	}
	o = dp_by_id(&t->core->dp, DP_PPPOE, state->client_id);
	d = o != NULL ? (struct dialer *)((char *)o - offsetof(struct dialer, obj)) : NULL;
	if (d != NULL && d->ifc->obj.id == state->if_id)
		dialer_take_state(d, state);
}

void dialer_detached(struct dialer_table *t)
{
	static const struct bw_pppoe_state none;
	struct dialer *d;

	TAILQ_FOREACH (d, &t->list, entry)
		if (d->state.stage != none.stage)
			dialer_take_state(d, &none);
}

/* --- routes --- */

static bw_ip4 peer_of(const struct dialer *d)
{
	return addr_is_host(d->state.peer_addr) ? d->state.peer_addr : 0;
}

bool dialer_has_ip(const struct dialer *d)
{
	return d->conf.negotiated || d->conf.unnumbered != NULL ||
	       iface_addr_primary(d->ifc) != NULL;
}

/* Offer the route that `spec` says in place of *route, unless it is the same; NULL: none. */
static void offer(struct dialer *d, struct rib_route **route, const struct rib_spec *spec)
{
	struct rib *rib = d->table->rib;
	struct rib_route *old = *route;

	if (old != NULL && spec != NULL && rib_entry_vrf(old->prefix) == spec->vrf &&
		rib_entry_prefix(old->prefix) == spec->prefix && old->nexthop == spec->nexthop &&
		old->ifc == spec->ifc)
		return;
	*route = spec != NULL ? rib_add(rib, spec) : NULL;
	if (old != NULL)
		rib_remove(rib, old);
}

static void apply_routes(struct dialer *d)
{
	bool up = d->ifc->ip_up && dialer_has_ip(d);
	bool neighbor = up && !d->conf.no_neighbor_route && peer_of(d) != 0;
	const struct rib_spec peer = {
		.vrf = d->ifc->vrf,
		.source = RIB_CONNECTED,
		.flags = RIB_PEER,
		.prefix = peer_of(d),
		.plen = 32,
		.ifc = d->ifc,
	};
	const struct rib_spec all = {
		.vrf = d->ifc->vrf,
		.source = RIB_STATIC,
		.flags = RIB_LEARNT,
		.distance = 1,
		.nexthop = peer_of(d),
		.ifc = neighbor ? NULL : d->ifc, /* the peer's route says it */
	};

	offer(d, &d->peer_route, neighbor ? &peer : NULL);
	offer(d, &d->default_route, up && d->conf.route_default ? &all : NULL);
}

/* --- addresses --- */

/* The dataplane keeps the last one while the session is down: NAT's sessions live on it. */
static void apply_negotiated(struct dialer *d)
{
	struct iface *ifc = d->ifc, *other = NULL;
	bw_ip4 last = ifc->assigned != NULL ? ifc->assigned->addr : 0;
	bool open = ifc->ip_up && addr_is_host(d->state.addr);
	char ip[FORMAT_IP_SIZE];
	int err = iface_addr_assign(ifc, open ? d->state.addr : last, open, &other);

	if (err == IFACE_ADDR_OVERLAP && !d->overlap_logged)
		log_event(&d->table->core->log, "DIALER-4-OVERLAP",
			"%s: the negotiated address %s is that of %s", ifc->name,
			format_ip(d->state.addr, ip), other->name);
	d->overlap_logged = err == IFACE_ADDR_OVERLAP;
}

static void apply_address(struct dialer *d)
{
	const struct iface_addr *lent = NULL;

	if (!d->ifc->exists)
		return;
	if (d->conf.negotiated) {
		apply_negotiated(d);
		return;
	}
	if (d->conf.unnumbered != NULL)
		lent = iface_addr_lent(d->conf.unnumbered);
	iface_addr_assign(d->ifc, lent != NULL ? lent->addr : 0, false, NULL);
}

/* --- Virtual-AccessN --- */

static void make_access(struct dialer *d)
{
	char name[BW_NAME_LEN];
	struct iface *ifc;

	snprintf(name, sizeof(name), "Virtual-Access%u", d->obj.id);
	if (iface_create(d->table->ifaces, name, &ifc) != 0)
		return;
	ifc->refs++;
	d->ifc->refs++; /* which d is a part of */
	ifc->own = d;
	d->access = ifc;
}

/* First it goes down, for the log; then it goes. Not so if a session has another one by now. */
void dialer_drop_access(struct dialer *d)
{
	struct iface *ifc = d->access;

	if (ifc->up && !dialer_is_bound(d)) {
		iface_changed(ifc);
		return;
	}
	d->access = NULL;
	iface_delete(ifc);
	iface_put(ifc);
	iface_put(d->ifc);
}

static void apply_access(struct dialer *d)
{
	bool wanted = d->obj.wanted && d->obj.id != 0;

	dialer_log_binding(d);
	if (d->access != NULL && (!wanted || d->access->unit != d->obj.id))
		dialer_drop_access(d);
	if (d->access == NULL && wanted) {
		make_access(d);
		dialer_log_binding(d);
	}
}

void dialer_apply_state(struct dialer *d)
{
	apply_address(d);
	apply_routes(d);
	apply_access(d);
}
