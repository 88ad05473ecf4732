/* SPDX-License-Identifier: BSD-3-Clause */
/* What is offered: entries, routes and the next hops they are recursive by. */
#include "control/rib/rib.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "control/core/format.h"
#include "control/iface/iface.h"
#include "control/rib/rib_private.h"

void rib_init(struct rib *rib, struct dp_link *dp, struct adj_table *adjs, void (*wake)(void *),
	void *arg)
{
	memset(rib, 0, sizeof(*rib));
	rib->dp = dp;
	rib->adjs = adjs;
	rib->wake = wake;
	rib->wake_arg = arg;
	STAILQ_INIT(&rib->marked);
	STAILQ_INIT(&rib->marked_nexthops);
	STAILQ_INIT(&rib->work);
	STAILQ_INIT(&rib->work_nexthops);
	rib_fib_init(rib);
}

bw_ip4 rib_entry_prefix(const struct rib_entry *e)
{
	return htonl(e->node.key);
}

void rib_mark(struct rib *rib, struct rib_entry *e)
{
	if (e->marked)
		return;
	if (STAILQ_EMPTY(&rib->marked))
		rib->wake(rib->wake_arg);
	e->marked = true;
	STAILQ_INSERT_TAIL(&rib->marked, e, mark);
}

struct rib_entry *rib_find(const struct rib *rib, uint16_t vrf, bw_ip4 prefix, uint8_t plen)
{
	return (struct rib_entry *)trie_find(&rib->vrf[vrf].entries, ntohl(prefix), plen);
}

static struct rib_entry *get_entry(struct rib *rib, uint16_t vrf, bw_ip4 prefix, uint8_t plen)
{
	struct rib_entry *e = rib_find(rib, vrf, prefix, plen);

	if (e != NULL)
		return e;
	e = calloc(1, sizeof(*e));
	if (e == NULL)
		return NULL;
	TAILQ_INIT(&e->routes);
	LIST_INIT(&e->matched);
	e->obj.class = DP_ROUTE;
	e->vrf = vrf;
	e->status = RIB_UNUSABLE;
	if (trie_insert(&rib->vrf[vrf].entries, &e->node, ntohl(prefix), plen) != 0) {
		free(e);
		errno = ENOMEM;
		return NULL;
	}
	return e;
}

void rib_entry_unused(struct rib *rib, struct rib_entry *e)
{
	if (!TAILQ_EMPTY(&e->routes) || e->marked || e->adj != NULL || e->obj.queue != DP_IDLE)
		return;
	trie_remove(&rib->vrf[e->vrf].entries, &e->node);
	free(e);
}

static struct rib_nexthop *get_nexthop(struct rib *rib, uint16_t vrf, bw_ip4 addr)
{
	struct trie *trie = &rib->vrf[vrf].nexthops;
	struct rib_nexthop *nh = (struct rib_nexthop *)trie_find(trie, ntohl(addr), 32);

	if (nh != NULL)
		return nh;
	nh = calloc(1, sizeof(*nh));
	if (nh == NULL)
		return NULL;
	LIST_INIT(&nh->routes);
	nh->vrf = vrf;
	nh->status = RIB_UNKNOWN;
	if (trie_insert(trie, &nh->node, ntohl(addr), 32) != 0) {
		free(nh);
		errno = ENOMEM;
		return NULL;
	}
	return nh;
}

static void put_nexthop(struct rib *rib, struct rib_nexthop *nh)
{
	if (!LIST_EMPTY(&nh->routes))
		return;
	if (nh->match != NULL)
		LIST_REMOVE(nh, matched);
	trie_remove(&rib->vrf[nh->vrf].nexthops, &nh->node);
	free(nh);
}

/* By distance, then in the order offered. */
static void insert_route(struct rib_entry *e, struct rib_route *route)
{
	struct rib_route *at;

	TAILQ_FOREACH (at, &e->routes, entry)
		if (at->distance > route->distance)
			break;
	if (at != NULL)
		TAILQ_INSERT_BEFORE(at, route, entry);
	else
		TAILQ_INSERT_TAIL(&e->routes, route, entry);
}

static struct rib_route *new_route(const struct rib_spec *spec)
{
	struct rib_route *route = calloc(1, sizeof(*route));

	if (route == NULL)
		return NULL;
	route->distance = spec->distance;
	route->source = spec->source;
	route->flags = spec->flags;
	route->nexthop = spec->nexthop;
	route->tag = spec->tag;
	if (spec->name != NULL && (route->name = strdup(spec->name)) == NULL) {
		free(route);
		return NULL;
	}
	return route;
}

static bool is_recursive(const struct rib_spec *spec)
{
	return spec->nexthop != 0 && spec->ifc == NULL;
}

struct rib_route *rib_add(struct rib *rib, const struct rib_spec *spec)
{
	struct rib_route *route = new_route(spec);
	struct rib_entry *e;

	if (route == NULL)
		return NULL;
	e = get_entry(rib, spec->vrf, spec->prefix, spec->plen);
	if (e == NULL)
		goto fail_route;
	if (is_recursive(spec)) {
		route->tracked = get_nexthop(rib, spec->vrf, spec->nexthop);
		if (route->tracked == NULL)
			goto fail_entry;
		LIST_INSERT_HEAD(&route->tracked->routes, route, nh_entry);
	}
	if (spec->ifc != NULL) {
		route->ifc = spec->ifc;
		route->ifc->refs++;
		LIST_INSERT_HEAD(&route->ifc->routes, route, if_entry);
	}
	route->prefix = e;
	insert_route(e, route);
	rib->n_routes++;
	rib_mark(rib, e);
	return route;
fail_entry:
	rib_entry_unused(rib, e);
fail_route:
	free(route->name);
	free(route);
	errno = ENOMEM;
	return NULL;
}

void rib_remove(struct rib *rib, struct rib_route *route)
{
	struct rib_entry *e = route->prefix;

	TAILQ_REMOVE(&e->routes, route, entry);
	if (route->tracked != NULL) {
		LIST_REMOVE(route, nh_entry);
		put_nexthop(rib, route->tracked);
	}
	if (route->ifc != NULL) {
		LIST_REMOVE(route, if_entry);
		iface_put(route->ifc);
	}
	free(route->name);
	free(route);
	rib->n_routes--;
	rib_mark(rib, e);
}

struct rib_route *rib_find_static(const struct rib *rib, const struct rib_spec *spec)
{
	struct rib_entry *e = rib_find(rib, spec->vrf, spec->prefix, spec->plen);
	struct rib_route *route;

	if (e == NULL)
		return NULL;
	TAILQ_FOREACH (route, &e->routes, entry)
		if (route->source == RIB_STATIC && route->nexthop == spec->nexthop &&
			route->ifc == spec->ifc && (route->flags & RIB_LEARNT) == 0 &&
			((route->flags ^ spec->flags) & RIB_NULL0) == 0)
			return route;
	return NULL;
}

void rib_iface_changed(struct rib *rib, struct iface *ifc)
{
	struct rib_route *route;

	LIST_FOREACH(route, &ifc->routes, if_entry)
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

bool rib_route_in_force(const struct rib_route *route)
{
	return route->prefix->status == RIB_USABLE && route->status == RIB_USABLE &&
	       route->distance == route->prefix->distance;
}

bw_ip4 rib_source_address(const struct rib *rib, uint16_t vrf, bw_ip4 to)
{
	const struct rib_entry *e = rib_lookup(rib, vrf, to);
	const struct iface_addr *a = NULL;
	struct rib_paths paths;

	if (e == NULL)
		return 0;
	rib_entry_paths(e, &paths);
	if (paths.n == 0 || paths.path[0].ifc == NULL)
		return TAILQ_FIRST(&e->routes)->source == RIB_LOCAL ? to : 0;
	a = iface_addr_on_subnet(
		paths.path[0].ifc, paths.path[0].nexthop ? paths.path[0].nexthop : to);
	return a != NULL ? a->addr : iface_addr_source(paths.path[0].ifc);
}

static void free_vrf(struct rib *rib, struct rib_vrf *vrf)
{
	struct rib_entry *e;

	while ((e = (struct rib_entry *)trie_first_in(&vrf->entries, 0, 0)) != NULL) {
		while (!TAILQ_EMPTY(&e->routes))
			rib_remove(rib, TAILQ_FIRST(&e->routes));
		rib_settle(rib);
	}
}

/* Whoever offered routes has withdrawn them, or no longer looks at them. */
void rib_fini(struct rib *rib)
{
	for (unsigned i = 0; i < BW_MAX_VRFS; i++)
		free_vrf(rib, &rib->vrf[i]);
}
