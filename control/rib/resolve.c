/* SPDX-License-Identifier: BSD-3-Clause */
/* Which of the routes offered are in force: see the head of rib.h for the rules. */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "control/core/format.h"
#include "control/iface/iface.h"
#include "control/rib/rib_private.h"
#include "control/rib/source.h"

/* --- paths: small sorted sets --- */

int rib_path_compare(const struct rib_path *a, const struct rib_path *b)
{
	if (a->ifc != b->ifc)
		return strverscmp(a->ifc->name, b->ifc->name);
	if (a->nexthop != b->nexthop)
		return a->nexthop < b->nexthop ? -1 : 1;
	if (a->n_labels != b->n_labels)
		return a->n_labels < b->n_labels ? -1 : 1;
	return memcmp(a->label, b->label, a->n_labels * sizeof(a->label[0]));
}

void rib_paths_add(struct rib_paths *set, struct rib_path path)
{
	unsigned i = set->n;

	while (i > 0 && rib_path_compare(&path, &set->path[i - 1]) < 0)
		i--;
	if (i > 0 && rib_path_compare(&path, &set->path[i - 1]) == 0)
		return;
	if (i == BW_MAX_PATHS)
		return;
	if (set->n < BW_MAX_PATHS)
		set->n++;
	memmove(&set->path[i + 1], &set->path[i], (set->n - i - 1) * sizeof(path));
	set->path[i] = path;
}

static bool path_equals(const struct rib_path *a, const struct rib_path *b)
{
	return a->ifc == b->ifc && a->nexthop == b->nexthop && a->n_labels == b->n_labels &&
	       memcmp(a->label, b->label, a->n_labels * sizeof(a->label[0])) == 0;
}

bool rib_paths_equal(const struct rib_paths *a, const struct rib_paths *b)
{
	if (a->n != b->n)
		return false;
	for (unsigned i = 0; i < a->n; i++)
		if (!path_equals(&a->path[i], &b->path[i]))
			return false;
	return true;
}

static void add_route_paths(const struct rib_route *route, struct rib_paths *paths)
{
	if (route->tracked != NULL) {
		for (unsigned i = 0; i < route->tracked->paths.n; i++)
			rib_paths_add(paths, route->tracked->paths.path[i]);
	} else if (route->ifc != NULL &&
		   (rib_source_of(route)->lead == RIB_LEAD_PATHS ||
			   rib_source_of(route)->lead == RIB_LEAD_CONNECTED)) {
		rib_paths_add(
			paths, (struct rib_path) { .ifc = route->ifc, .nexthop = route->nexthop });
	}
}

void rib_entry_paths(const struct rib_entry *e, struct rib_paths *paths)
{
	const struct rib_route *route;

	paths->n = 0;
	SLIST_FOREACH (route, &e->routes, entry)
		if (rib_route_in_force(route))
			add_route_paths(route, paths);
}

/* --- what routes of a prefix come to --- */

/* Whether the route's own prefix is, or would be, the longest match of its next hop. */
static bool covers_itself(const struct rib_route *route)
{
	const struct rib_nexthop *nh = route->tracked;
	const struct trie_node *own = &route->prefix->node;

	return route->prefix->carrier != NULL &&
	       ((nh->node.key ^ own->key) & trie_mask(own->plen)) == 0 &&
	       (nh->match == NULL || nh->match->entry->node.plen <= own->plen);
}

static enum rib_status offered_status(const struct rib_route *route)
{
	if (route->distance == RIB_DISTANCE_MAX)
		return RIB_UNUSABLE;
	if (route->tracked != NULL)
		return covers_itself(route) ? RIB_UNUSABLE : route->tracked->status;
	if (route->ifc != NULL && rib_source_of(route)->tied)
		return route->ifc->ip_up ? RIB_USABLE : RIB_UNUSABLE;
	return RIB_USABLE;
}

enum rib_status rib_route_status(const struct rib_route *route)
{
	enum rib_status status = offered_status(route);

	if (status == RIB_UNUSABLE && (route->flags & RIB_PERMANENT) != 0 && route->was_usable)
		return RIB_USABLE;
	return status;
}

/* By distance, a route that is usable before one that may come to be. */
static struct rib_best evaluate(const struct rib_entry *e)
{
	struct rib_best best = { .status = RIB_UNUSABLE };
	const struct rib_route *route;

	SLIST_FOREACH (route, &e->routes, entry) {
		enum rib_status status;

		if (best.status != RIB_UNUSABLE && route->distance != best.distance)
			break; /* a better distance has it */
		status = rib_route_status(route);
		if (status == RIB_UNUSABLE || best.status == RIB_USABLE)
			continue;
		best.status = status;
		best.distance = route->distance;
	}
	return best;
}

struct rib_best rib_entry_best(const struct rib_entry *e)
{
	const struct rib_carrier *c = e->carrier;

	if (c == NULL)
		return evaluate(e);
	return (struct rib_best) { .status = c->status, .distance = c->distance };
}

bool rib_route_in_force(const struct rib_route *route)
{
	struct rib_best best = rib_entry_best(route->prefix);

	return best.status == RIB_USABLE && route->distance == best.distance &&
	       rib_route_status(route) == RIB_USABLE;
}

const struct rib_route *rib_entry_route(const struct rib_entry *e)
{
	const struct rib_route *route;

	SLIST_FOREACH (route, &e->routes, entry)
		if (rib_route_in_force(route))
			break;
	return route;
}

/* --- what a change affects --- */

void rib_carrier_mark(struct rib *rib, struct rib_carrier *c)
{
	if (c->marked)
		return;
	c->marked = true;
	STAILQ_INSERT_TAIL(&rib->marked, c, mark);
}

void rib_nexthop_mark(struct rib *rib, struct rib_nexthop *nh)
{
	struct rib_route *route;

	if (nh->marked)
		return;
	nh->marked = true;
	nh->status = RIB_UNKNOWN;
	nh->paths.n = 0;
	STAILQ_INSERT_TAIL(&rib->marked_nexthops, nh, mark);
	work_mark(&rib->resolve);
	LIST_FOREACH (route, &nh->carriers, via)
		rib_carrier_mark(rib, route->prefix->carrier);
}

/* The entry may now become the longest match of next hops that had a shorter one. */
static void affect_takeover(struct rib *rib, const struct rib_entry *e)
{
	const struct trie *trie = &rib->vrf[rib_entry_vrf(e)].nexthops;
	struct trie_node *n = trie_first_in(trie, e->node.key, e->node.plen);

	for (; n != NULL; n = trie_next_in(n, e->node.key, e->node.plen)) {
		struct rib_nexthop *nh = (struct rib_nexthop *)n;

		if (nh->match == NULL || nh->match->entry->node.plen < e->node.plen)
			rib_nexthop_mark(rib, nh);
	}
}

/* Reset all that depends on what is marked; the list grows while it is walked. */
static void affect_all(struct rib *rib)
{
	struct rib_carrier *c;

	STAILQ_FOREACH (c, &rib->marked, mark) {
		struct rib_nexthop *nh;

		LIST_FOREACH (nh, &c->matched, matched)
			rib_nexthop_mark(rib, nh);
		if (c->status == RIB_UNUSABLE)
			affect_takeover(rib, c->entry);
		c->status = RIB_UNKNOWN;
	}
}

/* --- evaluation --- */

static void queue_carrier(struct rib *rib, struct rib_carrier *c)
{
	if (c->queued)
		return;
	c->queued = true;
	STAILQ_INSERT_TAIL(&rib->work, c, work);
}

static void queue_nexthop(struct rib *rib, struct rib_nexthop *nh)
{
	if (nh->queued)
		return;
	nh->queued = true;
	STAILQ_INSERT_TAIL(&rib->work_nexthops, nh, work);
}

static void evaluate_carrier(struct rib *rib, struct rib_carrier *c)
{
	struct rib_best best = evaluate(c->entry);
	struct rib_nexthop *nh;

	rib->evaluations++;
	c->status = best.status;
	c->distance = best.distance;
	LIST_FOREACH (nh, &c->matched, matched)
		queue_nexthop(rib, nh);
}

static struct rib_carrier *match_nexthop(const struct rib *rib, const struct rib_nexthop *nh)
{
	struct trie_node *n = trie_match(&rib->vrf[nh->vrf].entries, nh->node.key, 32);

	/* what covers a next hop is a carrier */
	while (n != NULL && ((struct rib_entry *)n)->carrier->status == RIB_UNUSABLE)
		n = trie_above(n);
	return n != NULL ? ((struct rib_entry *)n)->carrier : NULL;
}

/* Where the next hop is when it is matched by an entry in force. */
static enum rib_status follow(
	const struct rib_nexthop *nh, const struct rib_entry *e, struct rib_paths *paths)
{
	const struct rib_route *best = rib_entry_route(e);
	enum rib_lead lead = best != NULL ? rib_source_of(best)->lead : RIB_LEAD_DROP;
	struct rib_paths via;

	if (lead != RIB_LEAD_PATHS && lead != RIB_LEAD_CONNECTED)
		return RIB_UNUSABLE; /* the router itself, or nobody */
	rib_entry_paths(e, &via);
	for (unsigned i = 0; i < via.n; i++) {
		if (via.path[i].nexthop == 0)
			via.path[i].nexthop = htonl(nh->node.key);
		rib_paths_add(paths, via.path[i]);
	}
	return RIB_USABLE;
}

static void set_match(struct rib_nexthop *nh, struct rib_carrier *match)
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
	struct rib_carrier *match = match_nexthop(rib, nh);
	struct rib_paths paths = { 0 };
	enum rib_status status;
	struct rib_route *route;

	rib->evaluations++;
	if (match == NULL)
		status = RIB_UNUSABLE;
	else
		status = match->status == RIB_USABLE ? follow(nh, match->entry, &paths)
						     : RIB_UNKNOWN;
	if (match == nh->match && status == nh->status && rib_paths_equal(&paths, &nh->paths))
		return;
	set_match(nh, match);
	nh->status = status;
	nh->paths = paths;
	LIST_FOREACH (route, &nh->carriers, via)
		queue_carrier(rib, route->prefix->carrier);
}

static void evaluate_all(struct rib *rib)
{
	for (;;) {
		struct rib_nexthop *nh = STAILQ_FIRST(&rib->work_nexthops);
		struct rib_carrier *c = STAILQ_FIRST(&rib->work);

		if (c != NULL) {
			STAILQ_REMOVE_HEAD(&rib->work, work);
			c->queued = false;
			evaluate_carrier(rib, c);
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

	SLIST_FOREACH (route, &e->routes, entry)
		if (rib_route_status(route) == RIB_USABLE)
			route->was_usable = true;
}

void rib_resolve(struct rib *rib)
{
	struct rib_nexthop *nh;
	struct rib_carrier *c;

	affect_all(rib);
	STAILQ_FOREACH (c, &rib->marked, mark)
		queue_carrier(rib, c);
	/* Begin at the longest match of all that may come: from here on matches only shorten. */
	STAILQ_FOREACH (nh, &rib->marked_nexthops, mark) {
		set_match(nh, match_nexthop(rib, nh));
		queue_nexthop(rib, nh);
	}
	evaluate_all(rib);
	while ((nh = STAILQ_FIRST(&rib->marked_nexthops)) != NULL) {
		STAILQ_REMOVE_HEAD(&rib->marked_nexthops, mark);
		rib_nexthop_tell(rib, nh);
	}
	while ((c = STAILQ_FIRST(&rib->marked)) != NULL) {
		STAILQ_REMOVE_HEAD(&rib->marked, mark);
		c->marked = false;
		note_permanent(c->entry);
		rib_mark_unprogrammed(rib, c->entry);
		rib_entry_unused(rib, c->entry);
	}
}
