/* SPDX-License-Identifier: BSD-3-Clause */
/* Which of the routes offered are in force: see the head of rib.h for the rules. */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "control/core/format.h"
#include "control/iface/iface.h"
#include "control/rib/rib_private.h"

/* --- paths: small sorted sets --- */

static int path_compare(const struct rib_path *a, const struct rib_path *b)
{
	if (a->ifc != b->ifc && a->ifc != NULL && b->ifc != NULL)
		return strverscmp(a->ifc->name, b->ifc->name);
	if (a->ifc != b->ifc)
		return a->ifc == NULL ? -1 : 1;
	return a->nexthop < b->nexthop ? -1 : a->nexthop > b->nexthop;
}

/* The least BW_MAX_PATHS of all paths stay, so the order of adding does not matter. */
static void paths_add(struct rib_paths *set, struct rib_path path)
{
	unsigned i = set->n;

	while (i > 0 && path_compare(&path, &set->path[i - 1]) < 0)
		i--;
	if (i > 0 && path_compare(&path, &set->path[i - 1]) == 0)
		return;
	if (i == BW_MAX_PATHS)
		return;
	if (set->n < BW_MAX_PATHS)
		set->n++;
	memmove(&set->path[i + 1], &set->path[i], (set->n - i - 1) * sizeof(path));
	set->path[i] = path;
}

static bool paths_equal(const struct rib_paths *a, const struct rib_paths *b)
{
	if (a->n != b->n)
		return false;
	for (unsigned i = 0; i < a->n; i++)
		if (path_compare(&a->path[i], &b->path[i]) != 0)
			return false;
	return true;
}

static void add_route_paths(const struct rib_route *route, struct rib_paths *paths)
{
	if (route->tracked != NULL) {
		for (unsigned i = 0; i < route->tracked->paths.n; i++)
			paths_add(paths, route->tracked->paths.path[i]);
	} else if (route->ifc != NULL && route->source != RIB_LOCAL &&
		   route->source != RIB_BROADCAST && route->source != RIB_ALIAS) {
		paths_add(paths, (struct rib_path) { route->ifc, route->nexthop });
	}
}

void rib_entry_paths(const struct rib_entry *e, struct rib_paths *paths)
{
	const struct rib_route *route;

	paths->n = 0;
	TAILQ_FOREACH (route, &e->routes, entry)
		if (rib_route_in_force(route))
			add_route_paths(route, paths);
}

/* --- what a change affects --- */

static void affect_entry(struct rib *rib, struct rib_entry *e)
{
	if (e->marked)
		return;
	e->marked = true;
	STAILQ_INSERT_TAIL(&rib->marked, e, mark);
}

static void affect_nexthop(struct rib *rib, struct rib_nexthop *nh)
{
	struct rib_route *route;

	if (nh->marked)
		return;
	nh->marked = true;
	nh->status = RIB_UNKNOWN;
	nh->paths.n = 0;
	STAILQ_INSERT_TAIL(&rib->marked_nexthops, nh, mark);
	LIST_FOREACH(route, &nh->routes, nh_entry)
	affect_entry(rib, route->prefix);
}

/* The entry may now become the longest match of next hops that had a shorter one. */
static void affect_takeover(struct rib *rib, const struct rib_entry *e)
{
	const struct trie *trie = &rib->vrf[e->vrf].nexthops;
	struct trie_node *n = trie_first_in(trie, e->node.key, e->node.plen);

	for (; n != NULL; n = trie_next_in(n, e->node.key, e->node.plen)) {
		struct rib_nexthop *nh = (struct rib_nexthop *)n;

		if (nh->match == NULL || nh->match->node.plen < e->node.plen)
			affect_nexthop(rib, nh);
	}
}

/* A new route's next hop was never evaluated. */
static void affect_own_nexthops(struct rib *rib, const struct rib_entry *e)
{
	const struct rib_route *route;

	TAILQ_FOREACH (route, &e->routes, entry)
		if (route->tracked != NULL && route->tracked->match == NULL &&
			route->tracked->status == RIB_UNKNOWN)
			affect_nexthop(rib, route->tracked);
}

/* Reset all that depends on what is marked; the list grows while it is walked. */
static void affect_all(struct rib *rib)
{
	struct rib_entry *e;

	STAILQ_FOREACH(e, &rib->marked, mark)
	{
		struct rib_nexthop *nh;

		LIST_FOREACH(nh, &e->matched, matched)
		affect_nexthop(rib, nh);
		if (e->status == RIB_UNUSABLE)
			affect_takeover(rib, e);
		affect_own_nexthops(rib, e);
		e->status = RIB_UNKNOWN;
	}
}

/* --- evaluation --- */

static void queue_entry(struct rib *rib, struct rib_entry *e)
{
	if (e->queued)
		return;
	e->queued = true;
	STAILQ_INSERT_TAIL(&rib->work, e, work);
}

static void queue_nexthop(struct rib *rib, struct rib_nexthop *nh)
{
	if (nh->queued)
		return;
	nh->queued = true;
	STAILQ_INSERT_TAIL(&rib->work_nexthops, nh, work);
}

/* Whether the route's own prefix is, or would be, the longest match of its next hop. */
static bool covers_itself(const struct rib_route *route)
{
	const struct rib_nexthop *nh = route->tracked;
	const struct trie_node *own = &route->prefix->node;

	return ((nh->node.key ^ own->key) & trie_mask(own->plen)) == 0 &&
	       (nh->match == NULL || nh->match->node.plen <= own->plen);
}

static enum rib_status offered_status(const struct rib_route *route)
{
	if (route->distance == RIB_DISTANCE_MAX)
		return RIB_UNUSABLE;
	if (route->tracked != NULL)
		return covers_itself(route) ? RIB_UNUSABLE : route->tracked->status;
	if (route->source == RIB_STATIC && route->ifc != NULL)
		return route->ifc->ip_up ? RIB_USABLE : RIB_UNUSABLE;
	return RIB_USABLE;
}

static void evaluate_entry(struct rib *rib, struct rib_entry *e)
{
	uint8_t status = RIB_UNUSABLE;
	struct rib_nexthop *nh, *next;
	struct rib_route *route;

	rib->evaluations++;
	TAILQ_FOREACH (route, &e->routes, entry) {
		route->status = offered_status(route);
		if (route->status == RIB_UNUSABLE && (route->flags & RIB_PERMANENT) != 0 &&
			route->was_usable)
			route->status = RIB_USABLE;
		if (status != RIB_UNUSABLE && route->distance != e->distance)
			continue; /* a better distance has it */
		if (route->status == RIB_UNUSABLE || status == RIB_USABLE)
			continue;
		status = route->status;
		e->distance = route->distance;
	}
	e->status = status;
	for (nh = LIST_FIRST(&e->matched); nh != NULL; nh = next) {
		next = LIST_NEXT(nh, matched);
		queue_nexthop(rib, nh);
	}
}

static struct rib_entry *match_nexthop(const struct rib *rib, const struct rib_nexthop *nh)
{
	struct trie_node *n = trie_match(&rib->vrf[nh->vrf].entries, nh->node.key, 32);

	while (n != NULL && ((struct rib_entry *)n)->status == RIB_UNUSABLE)
		n = trie_above(n);
	return (struct rib_entry *)n;
}

/* Where the next hop is when it is matched by an entry in force. */
static enum rib_status follow(
	const struct rib_nexthop *nh, const struct rib_entry *e, struct rib_paths *paths)
{
	const struct rib_route *best;
	struct rib_paths via;

	TAILQ_FOREACH (best, &e->routes, entry)
		if (rib_route_in_force(best))
			break;
	if (best == NULL || best->source == RIB_LOCAL || best->source == RIB_BROADCAST ||
		best->source == RIB_ALIAS)
		return RIB_UNUSABLE; /* the router itself, or nobody */
	rib_entry_paths(e, &via);
	for (unsigned i = 0; i < via.n; i++) {
		if (via.path[i].ifc != NULL && via.path[i].nexthop == 0)
			via.path[i].nexthop = htonl(nh->node.key);
		paths_add(paths, via.path[i]);
	}
	return RIB_USABLE;
}

static void set_match(struct rib_nexthop *nh, struct rib_entry *match)
{
	if (match == nh->match)
		return;
	if (nh->match != NULL)
		LIST_REMOVE(nh, matched);
	if (match != NULL)
		LIST_INSERT_HEAD(&match->matched, nh, matched);
	nh->match = match;
}

static void evaluate_nexthop(struct rib *rib, struct rib_nexthop *nh)
{
	struct rib_entry *match = match_nexthop(rib, nh);
	struct rib_paths paths = { 0 };
	enum rib_status status;
	struct rib_route *route;

	rib->evaluations++;
	if (match == NULL)
		status = RIB_UNUSABLE;
	else
		status = match->status == RIB_USABLE ? follow(nh, match, &paths) : RIB_UNKNOWN;
	if (match == nh->match && status == nh->status && paths_equal(&paths, &nh->paths))
		return;
	set_match(nh, match);
	nh->status = status;
	nh->paths = paths;
	LIST_FOREACH(route, &nh->routes, nh_entry)
	queue_entry(rib, route->prefix);
}

static void evaluate_all(struct rib *rib)
{
	for (;;) {
		struct rib_nexthop *nh = STAILQ_FIRST(&rib->work_nexthops);
		struct rib_entry *e = STAILQ_FIRST(&rib->work);

		if (e != NULL) {
			STAILQ_REMOVE_HEAD(&rib->work, work);
			e->queued = false;
			evaluate_entry(rib, e);
		} else if (nh != NULL) {
			STAILQ_REMOVE_HEAD(&rib->work_nexthops, work);
			nh->queued = false;
			evaluate_nexthop(rib, nh);
		} else {
			return;
		}
	}
}

static void note_permanent(struct rib_entry *e)
{
	struct rib_route *route;

	TAILQ_FOREACH (route, &e->routes, entry)
		if (route->status == RIB_USABLE)
			route->was_usable = true;
}

void rib_settle(struct rib *rib)
{
	struct rib_nexthop *nh;
	struct rib_entry *e;

	if (STAILQ_EMPTY(&rib->marked))
		return;
	rib->settling = true;
	affect_all(rib);
	STAILQ_FOREACH(e, &rib->marked, mark)
	queue_entry(rib, e);
	/* Begin at the longest match of all that may come: from here on matches only shorten. */
	STAILQ_FOREACH(nh, &rib->marked_nexthops, mark)
	{
		set_match(nh, match_nexthop(rib, nh));
		queue_nexthop(rib, nh);
	}
	evaluate_all(rib);
	while ((nh = STAILQ_FIRST(&rib->marked_nexthops)) != NULL) {
		STAILQ_REMOVE_HEAD(&rib->marked_nexthops, mark);
		nh->marked = false;
	}
	while ((e = STAILQ_FIRST(&rib->marked)) != NULL) {
		STAILQ_REMOVE_HEAD(&rib->marked, mark);
		e->marked = false;
		note_permanent(e);
		rib_fib_program(rib, e);
		rib_entry_unused(rib, e);
	}
	rib->settling = false;
}
