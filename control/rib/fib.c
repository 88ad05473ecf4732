/* SPDX-License-Identifier: BSD-3-Clause */
/* Prefixes in force as routes of the dataplane. */
#include <stddef.h>
#include <stdio.h>

#include "control/core/format.h"
#include "control/iface/iface.h"
#include "control/rib/adj.h"
#include "control/rib/rib_private.h"

static struct rib_entry *of(struct dp_object *o)
{
	return (struct rib_entry *)((char *)o - offsetof(struct rib_entry, obj));
}

static struct adj *connected_adj(
	struct rib *rib, const struct rib_entry *e, const struct rib_route *best)
{
	struct iface *ifc = best->ifc;

	if (e->node.plen == 32 && (best->flags & RIB_PEER) == 0)
		return adj_fixed(rib->adjs, BW_ADJ_RECEIVE);
	if (ifc->kind->is_lonely)
		return adj_fixed(rib->adjs, BW_ADJ_NULL0);
	return adj_get(rib->adjs, ifc, 0);
}

/* A reference to where the entry leads; NULL: it is not in force, or without memory. */
static struct adj *wanted_adj(struct rib *rib, const struct rib_entry *e)
{
	const struct rib_route *best;
	struct rib_paths paths;

	if (e->status != RIB_USABLE)
		return NULL;
	TAILQ_FOREACH (best, &e->routes, entry)
		if (rib_route_in_force(best))
			break;
	switch (best->source) {
	case RIB_CONNECTED:
		return connected_adj(rib, e, best);
	case RIB_LOCAL:
		return adj_fixed(rib->adjs, BW_ADJ_RECEIVE);
	case RIB_BROADCAST:
		return adj_fixed(rib->adjs, BW_ADJ_BROADCAST);
	case RIB_ALIAS:
		return adj_fixed(rib->adjs, BW_ADJ_DROP);
	}
	rib_entry_paths(e, &paths);
	if (paths.n == 0)
		return adj_fixed(rib->adjs, BW_ADJ_NULL0);
	return adj_get_paths(rib->adjs, &paths);
}

void rib_fib_program(struct rib *rib, struct rib_entry *e)
{
	struct adj *had = e->adj, *adj = wanted_adj(rib, e);

	e->adj = adj;
	if (adj != NULL && adj != had)
		dp_touch(rib->dp, &e->obj);
	else if (adj == NULL && had != NULL)
		dp_remove(rib->dp, &e->obj); /* e stays: it is marked or has routes */
	if (had != NULL)
		adj_put(rib->adjs, had);
}

static uint64_t cookie_of(const struct rib_entry *e)
{
	return dp_cookie(DP_ROUTE, e->vrf, e->node.plen, rib_entry_prefix(e));
}

static bool route_set(void *, struct dp_object *o, uint32_t, struct bw_msg *m)
{
	const struct rib_entry *e = of(o);

	m->hdr.type = BW_CMD_ROUTE_SET;
	m->hdr.cookie = cookie_of(e);
	m->route.vrf_id = e->vrf;
	m->route.prefix = rib_entry_prefix(e);
	m->route.plen = e->node.plen;
	m->route.adj_id = e->adj->id;
	return false;
}

static void route_del(void *, struct dp_object *o, struct bw_msg *m)
{
	const struct rib_entry *e = of(o);

	m->hdr.type = BW_CMD_ROUTE_DEL;
	m->hdr.cookie = cookie_of(e);
	m->route.vrf_id = e->vrf;
	m->route.prefix = rib_entry_prefix(e);
	m->route.plen = e->node.plen;
}

static void route_released(void *owner, struct dp_object *o)
{
	struct rib *rib = owner;

	if (!rib->settling)
		rib_entry_unused(rib, of(o));
}

static struct dp_object *route_find(void *owner, uint64_t cookie)
{
	struct rib_entry *e = rib_find(
		owner, dp_cookie_a(cookie) & 0xff, dp_cookie_c(cookie), dp_cookie_b(cookie) & 63);

	return e != NULL && e->adj != NULL ? &e->obj : NULL;
}

static void route_describe(void *, uint64_t cookie, char *buf, size_t size)
{
	char prefix[FORMAT_PREFIX_SIZE];

	snprintf(buf, size, "%s",
		format_prefix(dp_cookie_c(cookie), dp_cookie_b(cookie) & 63, prefix));
}

static const struct dp_class_ops route_ops = {
	.name = "route",
	.leaf = true,
	.set = route_set,
	.del = route_del,
	.released = route_released,
	.find = route_find,
	.describe = route_describe,
};

void rib_fib_init(struct rib *rib)
{
	dp_class_register(rib->dp, DP_ROUTE, &route_ops, rib);
}

void rib_replay(struct rib *rib)
{
	for (unsigned vrf = 0; vrf < BW_MAX_VRFS; vrf++) {
		struct trie_node *n = trie_first_in(&rib->vrf[vrf].entries, 0, 0);

		for (; n != NULL; n = trie_next_in(n, 0, 0)) {
			struct rib_entry *e = (struct rib_entry *)n;

			if (e->adj != NULL)
				dp_touch(rib->dp, &e->obj);
		}
	}
}
