/* SPDX-License-Identifier: BSD-3-Clause */
/* Next hops: who depends on them, and what each is told. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>

#include "control/rib/adj.h"
#include "control/rib/rib_private.h"

/* The entry, and what a search for next hops would find, is in the fixed point from now on. */
int rib_entry_carry(struct rib *rib, struct rib_entry *e)
{
	struct rib_route *route;

	if (e->carrier != NULL)
		return 0;
	e->carrier = calloc(1, sizeof(*e->carrier));
	if (e->carrier == NULL)
		return -ENOMEM;
	e->carrier->entry = e;
	e->carrier->status = RIB_UNUSABLE;
	LIST_INIT(&e->carrier->matched);
	SLIST_FOREACH (route, &e->routes, entry) {
		if (route->tracked == NULL)
			continue;
		rib_nexthop_leave(route);
		rib_nexthop_enter(route); /* among the carriers' now */
	}
	rib_mark(rib, e);
	return 0;
}

static int carry_above(struct rib *rib, const struct rib_nexthop *nh)
{
	struct trie_node *n = trie_match(&rib->vrf[nh->vrf].entries, nh->node.key, 32);
	int err = 0;

	for (; n != NULL && err == 0; n = trie_above(n))
		err = rib_entry_carry(rib, (struct rib_entry *)n);
	return err;
}

static void nexthop_unused(struct rib *rib, struct rib_nexthop *nh)
{
	if (nh->refs > 0 || nh->marked)
		return;
	if (nh->match != NULL)
		LIST_REMOVE(nh, matched);
	if (nh->walking)
		TAILQ_REMOVE(&rib->walks, nh, walk);
	trie_remove(&rib->vrf[nh->vrf].nexthops, &nh->node);
	free(nh);
}

static struct rib_nexthop *nexthop_new(struct rib *rib, uint16_t vrf, bw_ip4 addr)
{
	struct rib_nexthop *nh = calloc(1, sizeof(*nh));

	if (nh == NULL)
		return NULL;
	LIST_INIT(&nh->carriers);
	LIST_INIT(&nh->routes);
	LIST_INIT(&nh->ways);
	watches_init(&nh->watches);
	nh->vrf = vrf;
	if (trie_insert(&rib->vrf[vrf].nexthops, &nh->node, ntohl(addr), 32) != 0) {
		free(nh);
		return NULL;
	}
	if (carry_above(rib, nh) != 0) {
		nexthop_unused(rib, nh);
		return NULL;
	}
	rib_nexthop_mark(rib, nh);
	return nh;
}

struct rib_nexthop *rib_nexthop_get(struct rib *rib, uint16_t vrf, bw_ip4 addr)
{
	struct rib_nexthop *nh =
		(struct rib_nexthop *)trie_find(&rib->vrf[vrf].nexthops, ntohl(addr), 32);

	if (nh == NULL)
		nh = nexthop_new(rib, vrf, addr);
	if (nh != NULL)
		nh->refs++;
	return nh;
}

void rib_nexthop_put(struct rib *rib, struct rib_nexthop *nh)
{
	nh->refs--;
	nexthop_unused(rib, nh);
}

void rib_nexthop_enter(struct rib_route *route)
{
	struct rib_nexthop *nh = route->tracked;

	if (route->prefix->carrier != NULL)
		LIST_INSERT_HEAD(&nh->carriers, route, via);
	else
		LIST_INSERT_HEAD(&nh->routes, route, via);
}

void rib_nexthop_leave(struct rib_route *route)
{
	struct rib_nexthop *nh = route->tracked;

	if (nh->walk_at == route)
		nh->walk_at = LIST_NEXT(route, via);
	if (nh->walk_end == route)
		nh->walk_end = LIST_NEXT(route, via);
	LIST_REMOVE(route, via);
}

struct rib_nexthop *rib_track(struct rib *rib, uint16_t vrf, bw_ip4 addr, struct watch *w)
{
	struct rib_nexthop *nh = rib_nexthop_get(rib, vrf, addr);

	if (nh != NULL)
		watch_add(&nh->watches, w);
	return nh;
}

void rib_untrack(struct rib *rib, struct rib_nexthop *nh, struct watch *w)
{
	watch_remove(&nh->watches, w);
	rib_nexthop_put(rib, nh);
}

/* --- once it is resolved --- */

/*
 * The prefixes by the next hop are to be gone through, for it has changed its status from `was`.
 * Those that a walk had not come to yet are still programmed by what was before it: if it is that
 * again, only those that it had come to are gone through.
 */
static void walk_begin(struct rib *rib, struct rib_nexthop *nh, uint8_t was)
{
	if (!nh->walking) {
		if (LIST_EMPTY(&nh->routes))
			return;
		nh->walking = true;
		TAILQ_INSERT_TAIL(&rib->walks, nh, walk);
		nh->walk_status = was;
		nh->walk_end = NULL;
	} else if (nh->walk_status == nh->status && nh->walk_end == NULL) {
		nh->walk_end = nh->walk_at;
		nh->walk_status = RIB_WALK_ANY;
	} else {
		nh->walk_end = NULL;
		nh->walk_status = RIB_WALK_ANY;
	}
	nh->walk_at = LIST_FIRST(&nh->routes);
	rib_program_later(rib);
}

static void tell(struct rib *rib, struct rib_nexthop *nh)
{
	uint8_t was = nh->told_status;
	struct rib_way *way;

	nh->told_status = nh->status;
	nh->told = nh->paths;
	LIST_FOREACH (way, &nh->ways, over)
		rib_adj_refresh(rib->adjs, way->adj);
	if (nh->known && was != nh->status) /* before, nothing was programmed by it */
		walk_begin(rib, nh, was);
	nh->known = true;
	watches_tell(&nh->watches, WATCH_CHANGED, nh);
}

void rib_nexthop_tell(struct rib *rib, struct rib_nexthop *nh)
{
	nh->marked = false;
	nh->refs++; /* its last watcher may leave when it is told */
	if (!nh->known || nh->status != nh->told_status || !rib_paths_equal(&nh->paths, &nh->told))
		tell(rib, nh);
	rib_nexthop_put(rib, nh);
}
