/* SPDX-License-Identifier: BSD-3-Clause */
/* What is offered: entries and their routes. */
#include "control/rib/rib.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "control/core/format.h"
#include "control/iface/iface.h"
#include "control/rib/adj.h"
#include "control/rib/rib_private.h"
#include "control/rib/source.h"

#define AT_ONCE 256 /* prefixes that are programmed along with what they follow from */

/*
 * While the dataplane tells what it has, all is programmed at once: ids are chosen and the rest is
 * swept by what is wanted then.
 */
static bool run_resolve(void *arg, struct work_budget *)
{
	struct rib *rib = arg;

	rib_resolve(rib);
	if (rib->dp->state == DP_READING)
		rib_settle(rib);
	else
		rib_program_some(rib, AT_ONCE);
	return false;
}

static bool run_program(void *arg, struct work_budget *budget)
{
	return rib_program(arg, budget);
}

static void on_dataplane(void *arg, enum watch_event event, void *)
{
	struct rib *rib = arg;

	if (event == WATCH_ADDED)
		work_mark(&rib->resolve);
	else
		work_mark(&rib->program);
}

static void on_flushed(void *arg, enum watch_event, void *)
{
	struct rib *rib = arg;

	if (rib->dp->removals_held && rib_has_room(rib))
		work_mark(&rib->program);
}

void rib_init(struct rib *rib, struct core *core, struct rib_adj_table *adjs)
{
	memset(rib, 0, sizeof(*rib));
	rib->dp = &core->dp;
	rib->adjs = adjs;
	adjs->rib = rib;
	pool_init(&rib->entry_pool, sizeof(struct rib_entry));
	pool_init(&rib->route_pool, sizeof(struct rib_route));
	pool_init(&rib->glue_pool, sizeof(struct trie_node));
	for (unsigned i = 0; i < BW_MAX_VRFS; i++)
		rib->vrf[i].entries.glue = rib->vrf[i].nexthops.glue = &rib->glue_pool;
	STAILQ_INIT(&rib->marked);
	STAILQ_INIT(&rib->marked_nexthops);
	STAILQ_INIT(&rib->work);
	STAILQ_INIT(&rib->work_nexthops);
	STAILQ_INIT(&rib->unprogrammed);
	TAILQ_INIT(&rib->walks);
	watches_init(&rib->watches);
	rib->resolve = (struct work) { "routes", WORK_RIB, run_resolve, .arg = rib };
	rib->program = (struct work) { "forwarding", WORK_FIB, run_program, .arg = rib };
	work_add(&core->work, &rib->resolve);
	work_add(&core->work, &rib->program);
	rib->dp_watch = (struct watch) { .told = on_dataplane, .arg = rib };
	watch_add(&core->dp.watches, &rib->dp_watch);
	rib->flushed = (struct watch) { .told = on_flushed, .arg = rib };
	watch_add(&core->dp.flushed, &rib->flushed);
	rib_fib_init(rib);
}

bw_ip4 rib_entry_prefix(const struct rib_entry *e)
{
	return htonl(e->node.key);
}

uint16_t rib_entry_vrf(const struct rib_entry *e)
{
	return e->node.owner[RIB_OWNER_VRF];
}

void rib_mark(struct rib *rib, struct rib_entry *e)
{
	struct rib_carrier *c = e->carrier;

	if (c != NULL)
		rib_carrier_mark(rib, c);
	work_mark(&rib->resolve);
	rib_mark_unprogrammed(rib, e);
}

void rib_mark_unprogrammed(struct rib *rib, struct rib_entry *e)
{
	if (rib_is_unprogrammed(e))
		return;
	e->node.owner[RIB_OWNER_PROGRAM] = 1;
	STAILQ_INSERT_TAIL(&rib->unprogrammed, e, unprogrammed);
	rib_program_later(rib);
}

struct rib_entry *rib_find(const struct rib *rib, uint16_t vrf, bw_ip4 prefix, uint8_t plen)
{
	return (struct rib_entry *)trie_find(&rib->vrf[vrf].entries, ntohl(prefix), plen);
}

static struct rib_entry *entry_get(struct rib *rib, uint16_t vrf, bw_ip4 prefix, uint8_t plen)
{
	struct rib_entry *e = rib_find(rib, vrf, prefix, plen);

	if (e != NULL)
		return e;
	e = pool_get(&rib->entry_pool);
	if (e == NULL)
		return NULL;
	SLIST_INIT(&e->routes);
	e->obj.class = DP_ROUTE;
	if (trie_insert(&rib->vrf[vrf].entries, &e->node, ntohl(prefix), plen) != 0) {
		pool_put(&rib->entry_pool, e);
		return NULL;
	}
	e->node.owner[RIB_OWNER_VRF] = (uint8_t)vrf;
	if (trie_first_in(&rib->vrf[vrf].nexthops, e->node.key, plen) != NULL &&
		rib_entry_carry(rib, e) != 0) {
		rib_entry_unused(rib, e);
		return NULL;
	}
	return e;
}

void rib_entry_unused(struct rib *rib, struct rib_entry *e)
{
	if (!SLIST_EMPTY(&e->routes) || rib_is_unprogrammed(e) || e->adj != NULL ||
		e->obj.queue != DP_IDLE || (e->carrier != NULL && e->carrier->marked))
		return;
	trie_remove(&rib->vrf[rib_entry_vrf(e)].entries, &e->node);
	free(e->carrier);
	pool_put(&rib->entry_pool, e);
}

/* By distance, then in the order offered. */
static void insert_route(struct rib_entry *e, struct rib_route *route)
{
	struct rib_route *at, *before = NULL;

	SLIST_FOREACH (at, &e->routes, entry) {
		if (at->distance > route->distance)
			break;
		before = at;
	}
	if (before != NULL)
		SLIST_INSERT_AFTER(before, route, entry);
	else
		SLIST_INSERT_HEAD(&e->routes, route, entry);
}

static struct rib_route *route_new(struct rib *rib, const struct rib_spec *spec)
{
	struct rib_route *route = pool_get(&rib->route_pool);

	if (route == NULL)
		return NULL;
	route->distance = spec->distance;
	route->source = spec->source;
	route->flags = spec->flags;
	route->nexthop = spec->nexthop;
	route->tag = spec->tag;
	return route;
}

static bool is_recursive(const struct rib_spec *spec)
{
	return spec->nexthop != 0 && spec->ifc == NULL;
}

/* What is permanent remembers that it was usable, so it is never left to be seen later. */
static int enter_route(struct rib *rib, const struct rib_spec *spec, struct rib_route *route)
{
	struct rib_entry *e = route->prefix;

	if ((spec->flags & RIB_PERMANENT) != 0 && rib_entry_carry(rib, e) != 0)
		return -ENOMEM;
	if (is_recursive(spec)) {
		route->tracked = rib_nexthop_get(rib, spec->vrf, spec->nexthop);
		if (route->tracked == NULL)
			return -ENOMEM;
		rib_nexthop_enter(route);
	}
	if (spec->ifc != NULL) {
		route->ifc = spec->ifc;
		route->ifc->refs++;
		LIST_INSERT_HEAD(&route->ifc->routes, route, via);
	}
	insert_route(e, route);
	return 0;
}

struct rib_route *rib_add(struct rib *rib, const struct rib_spec *spec)
{
	struct rib_route *route = route_new(rib, spec);

	if (route == NULL)
		goto fail;
	route->prefix = entry_get(rib, spec->vrf, spec->prefix, spec->plen);
	if (route->prefix == NULL)
		goto fail_route;
	if (enter_route(rib, spec, route) != 0)
		goto fail_entry;
	rib->n_routes++;
	rib_mark(rib, route->prefix);
	return route;
fail_entry:
	rib_entry_unused(rib, route->prefix);
fail_route:
	pool_put(&rib->route_pool, route);
fail:
	errno = ENOMEM;
	return NULL;
}

void rib_remove(struct rib *rib, struct rib_route *route)
{
	struct rib_entry *e = route->prefix;

	SLIST_REMOVE(&e->routes, route, rib_route, entry);
	if (route->tracked != NULL) {
		rib_nexthop_leave(route);
		rib_nexthop_put(rib, route->tracked);
	}
	if (route->ifc != NULL) {
		LIST_REMOVE(route, via);
		iface_put(route->ifc);
	}
	pool_put(&rib->route_pool, route);
	rib->n_routes--;
	rib_mark(rib, e);
}

struct rib_route *rib_find_static(const struct rib *rib, const struct rib_spec *spec)
{
	struct rib_entry *e = rib_find(rib, spec->vrf, spec->prefix, spec->plen);
	struct rib_route *route;

	if (e == NULL)
		return NULL;
	SLIST_FOREACH (route, &e->routes, entry)
		if (route->source == RIB_STATIC && route->nexthop == spec->nexthop &&
			route->ifc == spec->ifc && (route->flags & RIB_LEARNT) == 0 &&
			((route->flags ^ spec->flags) & RIB_NULL0) == 0)
			return route;
	return NULL;
}

void rib_iface_changed(struct rib *rib, struct iface *ifc)
{
	struct rib_route *route;

	LIST_FOREACH (route, &ifc->routes, via)
		rib_mark(rib, route->prefix);
}

struct rib_entry *rib_lookup(const struct rib *rib, uint16_t vrf, bw_ip4 addr)
{
	struct trie_node *n = trie_match(&rib->vrf[vrf].entries, ntohl(addr), 32);

	while (n != NULL && !rib_in_force((struct rib_entry *)n))
		n = trie_above(n);
	return (struct rib_entry *)n;
}

struct rib_entry *rib_next(const struct rib *rib, uint16_t vrf, bw_ip4 prefix, int plen)
{
	const struct trie *t = &rib->vrf[vrf].entries;

	if (plen < 0)
		return (struct rib_entry *)trie_first_in(t, 0, 0);
	return (struct rib_entry *)trie_after(t, ntohl(prefix), (uint8_t)plen);
}

bw_ip4 rib_source_address(const struct rib *rib, uint16_t vrf, bw_ip4 to)
{
	const struct rib_entry *e = rib_lookup(rib, vrf, to);
	const struct iface_addr *a = NULL;
	struct rib_paths paths;

	if (e == NULL)
		return 0;
	rib_entry_paths(e, &paths);
	if (paths.n == 0)
		return rib_sources[SLIST_FIRST(&e->routes)->source].lead == RIB_LEAD_RECEIVE ? to
											     : 0;
	a = iface_addr_on_subnet(
		paths.path[0].ifc, paths.path[0].nexthop ? paths.path[0].nexthop : to);
	return a != NULL ? a->addr : iface_addr_source(paths.path[0].ifc);
}

static void free_vrf(struct rib *rib, struct rib_vrf *vrf)
{
	struct rib_entry *e;

	while ((e = (struct rib_entry *)trie_first_in(&vrf->entries, 0, 0)) != NULL) {
		while (!SLIST_EMPTY(&e->routes))
			rib_remove(rib, SLIST_FIRST(&e->routes));
		rib_settle(rib);
	}
}

/* Whoever offered routes has withdrawn them, or no longer looks at them. */
void rib_fini(struct rib *rib)
{
	if (rib->dp == NULL)
		return;
	for (unsigned i = 0; i < BW_MAX_VRFS; i++)
		free_vrf(rib, &rib->vrf[i]);
	pool_fini(&rib->entry_pool);
	pool_fini(&rib->route_pool);
	pool_fini(&rib->glue_pool);
}
