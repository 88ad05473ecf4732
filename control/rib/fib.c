/* SPDX-License-Identifier: BSD-3-Clause */
/* Prefixes in force as routes of the dataplane. */
#include <limits.h>
#include <stddef.h>
#include <stdio.h>

#include "control/core/format.h"
#include "control/iface/iface.h"
#include "control/rib/adj.h"
#include "control/rib/rib_private.h"
#include "control/rib/source.h"

#define MAX_QUEUED 65536 /* twice the ring */

static struct rib_entry *entry_of(struct dp_object *o)
{
	return (struct rib_entry *)((char *)o - offsetof(struct rib_entry, obj));
}

static struct rib_adj *connected_adj(
	struct rib *rib, const struct rib_entry *e, const struct rib_route *best)
{
	struct iface *ifc = best->ifc;

	if (e->node.plen == 32 && (best->flags & RIB_PEER) == 0)
		return rib_adj_fixed(rib->adjs, BW_ADJ_RECEIVE);
	if (ifc->kind->is_lonely)
		return rib_adj_fixed(rib->adjs, BW_ADJ_NULL0);
	return rib_adj_get(rib->adjs, ifc, 0);
}

/* Null0, or PERMANENT without a next hop: nowhere, and nothing to wait for. */
static bool leads_nowhere(const struct rib_route *route)
{
	for (; route != NULL; route = SLIST_NEXT(route, entry))
		if (rib_route_in_force(route) &&
			(route->ifc != NULL ||
				(route->tracked != NULL && route->tracked->status == RIB_USABLE)))
			return false;
	return true;
}

/* A reference to where the entry leads; NULL: it is not in force, or without memory. */
static struct rib_adj *wanted_adj(struct rib *rib, const struct rib_entry *e)
{
	const struct rib_route *best = rib_entry_route(e);

	if (best == NULL)
		return NULL;
	switch (rib_source_of(best)->lead) {
	case RIB_LEAD_CONNECTED:
		return connected_adj(rib, e, best);
	case RIB_LEAD_RECEIVE:
		return rib_adj_fixed(rib->adjs, BW_ADJ_RECEIVE);
	case RIB_LEAD_BROADCAST:
		return rib_adj_fixed(rib->adjs, BW_ADJ_BROADCAST);
	case RIB_LEAD_DROP:
		return rib_adj_fixed(rib->adjs, BW_ADJ_DROP);
	case RIB_LEAD_PATHS:
		break;
	}
	if (leads_nowhere(best))
		return rib_adj_fixed(rib->adjs, BW_ADJ_NULL0);
	return rib_adj_get_entry(rib->adjs, e);
}

/* Without memory, or an id: packets do not take another way than that of their prefix. */
static struct rib_adj *wanted_adj_or_drop(struct rib *rib, const struct rib_entry *e)
{
	struct rib_adj *adj = wanted_adj(rib, e);

	if (adj == NULL && rib_in_force(e))
		adj = rib_adj_fixed(rib->adjs, BW_ADJ_DROP);
	return adj;
}

/* Out of its turn: walks of its next hops cannot go by what it was before them. */
static void leave_walks(const struct rib_entry *e, const struct rib_nexthop *but)
{
	const struct rib_route *route;

	SLIST_FOREACH (route, &e->routes, entry)
		if (route->tracked != NULL && route->tracked != but)
			route->tracked->walk_status = RIB_WALK_ANY;
}

/*
 * In a walk, or with `walk` NULL because its routes may have changed: then watchers are told even
 * if it leads where it did.
 */
static void program_entry(struct rib *rib, struct rib_entry *e, const struct rib_nexthop *walk)
{
	struct rib_adj *had = e->adj, *adj = wanted_adj_or_drop(rib, e);
	bool anew = walk == NULL;

	rib->programmed++;
	leave_walks(e, walk);
	e->adj = adj;
	if (adj != NULL && adj != had)
		dp_touch(rib->dp, &e->obj);
	else if (adj == NULL && had != NULL)
		dp_remove(rib->dp, &e->obj); /* e stays: rib_is_unprogrammed() */
	if (adj != NULL && (adj != had || anew))
		watches_tell(&rib->watches, had == NULL ? WATCH_ADDED : WATCH_CHANGED, e);
	else if (adj == NULL && had != NULL)
		watches_tell(&rib->watches, WATCH_GONE, e);
	if (had != NULL)
		rib_adj_put(rib->adjs, had);
	e->node.owner[RIB_OWNER_PROGRAM] = 0;
	rib_entry_unused(rib, e);
}

/* One prefix of a next hop that has changed its status. */
static void walk_step(struct rib *rib, struct rib_nexthop *nh)
{
	struct rib_route *route = nh->walk_at;

	if (route == nh->walk_end) {
		nh->walking = false;
		TAILQ_REMOVE(&rib->walks, nh, walk);
		return;
	}
	nh->walk_at = LIST_NEXT(route, via);
	if (nh->walk_at != NULL)
		__builtin_prefetch(nh->walk_at->prefix);
	if (rib_is_unprogrammed(route->prefix))
		return; /* it has had its turn, or will */
	route->prefix->node.owner[RIB_OWNER_PROGRAM] = 1;
	program_entry(rib, route->prefix, nh);
}

/* One entry. False: there is none. */
static bool program_step(struct rib *rib)
{
	struct rib_entry *e = STAILQ_FIRST(&rib->unprogrammed);

	if (e != NULL) {
		STAILQ_REMOVE_HEAD(&rib->unprogrammed, unprogrammed);
		program_entry(rib, e, NULL);
	} else if (!TAILQ_EMPTY(&rib->walks)) {
		walk_step(rib, TAILQ_FIRST(&rib->walks));
	} else {
		dp_hold_removals(rib->dp, false);
		return false;
	}
	return true;
}

void rib_program_later(struct rib *rib)
{
	dp_hold_removals(rib->dp, true);
	work_mark(&rib->program);
}

void rib_program_some(struct rib *rib, unsigned n)
{
	while (n-- > 0 && program_step(rib))
		;
}

/* What else is queued may be removals that wait for the prefixes: these are not in the way. */
bool rib_has_room(const struct rib *rib)
{
	return rib->dp->queued < MAX_QUEUED || TAILQ_EMPTY(&rib->dp->class[DP_ROUTE].set);
}

bool rib_program(struct rib *rib, struct work_budget *budget)
{
	while (rib_has_room(rib) && program_step(rib))
		if (work_is_over(budget))
			return true;
	return false;
}

void rib_settle(struct rib *rib)
{
	rib_resolve(rib);
	rib_program_some(rib, UINT_MAX);
}

/* --- as an object of the dataplane --- */

static bool route_wish(void *, struct dp_object *o, uint32_t, struct bw_msg *m)
{
	const struct rib_entry *e = entry_of(o);

	m->hdr.cookie = dp_cookie(DP_ROUTE, rib_entry_vrf(e), e->node.plen, rib_entry_prefix(e));
	m->route.vrf_id = rib_entry_vrf(e);
	m->route.prefix = rib_entry_prefix(e);
	m->route.plen = e->node.plen;
	m->route.adj_id = e->adj != NULL ? e->adj->obj.id : 0;
	return false;
}

static void route_released(void *owner, struct dp_object *o)
{
	rib_entry_unused(owner, entry_of(o));
}

static struct dp_object *route_find(void *owner, uint64_t cookie)
{
	unsigned plen = dp_cookie_b(cookie);
	struct rib_entry *e = NULL;

	if (dp_cookie_a(cookie) < BW_MAX_VRFS && plen <= 32)
		e = rib_find(owner, dp_cookie_a(cookie), dp_cookie_c(cookie), (uint8_t)plen);
	return e != NULL && e->adj != NULL ? &e->obj : NULL;
}

static void route_label(void *, struct dp_object *, uint64_t cookie, char *buf, size_t size)
{
	char prefix[FORMAT_PREFIX_SIZE];

	snprintf(buf, size, "%s",
		format_prefix(dp_cookie_c(cookie), dp_cookie_b(cookie) & 63, prefix));
}

static void route_replay(void *owner)
{
	struct rib *rib = owner;

	for (unsigned vrf = 0; vrf < BW_MAX_VRFS; vrf++) {
		struct trie_node *n = trie_first_in(&rib->vrf[vrf].entries, 0, 0);

		for (; n != NULL; n = trie_next_in(n, 0, 0)) {
			struct rib_entry *e = (struct rib_entry *)n;

			if (e->adj != NULL)
				dp_touch(rib->dp, &e->obj);
		}
	}
}

static const struct dp_class_ops route_ops = {
	.name = "route",
	.set_type = BW_CMD_ROUTE_SET,
	.del_type = BW_CMD_ROUTE_DEL,
	.leaf = true,
	.after = { DP_ADJ, DP_ECMP },
	.wish = route_wish,
	.released = route_released,
	.replay = route_replay,
	.find = route_find,
	.label = route_label,
};

void rib_fib_init(struct rib *rib)
{
	dp_class_register(rib->dp, DP_ROUTE, &route_ops, rib);
}
