/* SPDX-License-Identifier: BSD-3-Clause */
/* Adjacencies as objects of the dataplane: what they come to, and by what they are known again. */
#include "control/rib/adj.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "control/core/format.h"
#include "control/core/hash.h"
#include "control/iface/iface.h"
#include "control/rib/rib_private.h"

#define MAX_WAYS 64 /* that are looked at; the least BW_MAX_PATHS paths of them are taken */

static struct rib_adj *adj_of(struct dp_object *o)
{
	return (struct rib_adj *)((char *)o - offsetof(struct rib_adj, obj));
}

struct rib_adj *rib_adj_fixed(struct rib_adj_table *t, uint32_t id)
{
	t->fixed[id].obj.id = id;
	return &t->fixed[id];
}

/* --- what an adjacency comes to --- */

/* Give back what it came to. */
static void contents_clear(struct rib_adj_table *t, struct rib_adj *a)
{
	struct iface *ifc = a->ifc;
	unsigned n = a->n;

	a->ifc = NULL;
	a->n = 0;
	if (ifc != NULL)
		iface_put(ifc);
	for (unsigned i = 0; i < n; i++)
		rib_adj_put(t, a->path[i]);
}

static void set_straight(struct rib_adj *a, struct iface *ifc, bw_ip4 nexthop)
{
	a->type = nexthop == 0 ? BW_ADJ_T_GLEAN : BW_ADJ_T_NEIGHBOUR;
	a->nexthop = nexthop;
	a->ifc = ifc;
	ifc->refs++;
}

static void set_fixed(struct rib_adj *a, uint32_t fixed)
{
	a->type = BW_ADJ_T_FIXED;
	a->nexthop = 0;
	a->fixed = fixed;
}

/* Without memory for all of them it has those that there are. */
static void set_ecmp(struct rib_adj_table *t, struct rib_adj *a, const struct rib_paths *paths)
{
	a->type = BW_ADJ_T_ECMP;
	a->nexthop = 0;
	for (unsigned i = 0; i < paths->n; i++) {
		a->path[a->n] = rib_adj_get(t, paths->path[i].ifc, paths->path[i].nexthop);
		a->n += a->path[a->n] != NULL;
	}
	if (a->n == 0)
		set_fixed(a, BW_ADJ_DROP);
}

/* The paths of all ways. False if none of them can be used now. */
static bool collect_paths(const struct rib_adj *a, struct rib_paths *paths)
{
	bool usable = false;

	paths->n = 0;
	for (unsigned i = 0; i < a->n_ways; i++) {
		const struct rib_nexthop *via = a->way[i].via;

		usable |= via == NULL || via->status == RIB_USABLE;
		if (via == NULL)
			rib_paths_add(paths, a->way[i].path);
		for (unsigned k = 0; via != NULL && k < via->paths.n; k++)
			rib_paths_add(paths, via->paths.path[k]);
	}
	return usable;
}

/* Its routes are drawn from it one by one if it cannot be used; it drops what still comes. */
static void set_contents(struct rib_adj_table *t, struct rib_adj *a)
{
	struct rib_paths paths;

	if (!collect_paths(a, &paths))
		set_fixed(a, BW_ADJ_DROP);
	else if (paths.n == 0)
		set_fixed(a, BW_ADJ_NULL0);
	else if (paths.n == 1)
		set_straight(a, paths.path[0].ifc, paths.path[0].nexthop);
	else
		set_ecmp(t, a, &paths);
}

void rib_adj_refresh(struct rib_adj_table *t, struct rib_adj *a)
{
	struct rib_adj had = *a; /* its references are given back after the new ones are taken */

	a->ifc = NULL;
	a->n = 0;
	set_contents(t, a);
	if (a->refs > 0)
		dp_want(t->dp, &a->obj);
	contents_clear(t, &had);
}

/* --- finding: by the ways, or by interface and next hop --- */

static int compare_way(const struct rib_way *a, const struct rib_way *b)
{
	if (a->via != b->via)
		return a->via < b->via ? -1 : 1;
	return a->via != NULL ? 0 : rib_path_compare(&a->path, &b->path);
}

static uint32_t hash_straight(const struct iface *ifc, bw_ip4 nexthop)
{
	return hash_u64((uint64_t)(uintptr_t)ifc << 20 ^ (uint64_t)nexthop << 2);
}

static uint32_t hash_ways(const struct rib_way *way, unsigned n)
{
	uint32_t hash = 0;

	for (unsigned i = 0; i < n; i++)
		hash = hash_u64(
			(uint64_t)hash << 32 ^
			(way[i].via != NULL ? hash_u64((uintptr_t)way[i].via)
					    : hash_straight(way[i].path.ifc, way[i].path.nexthop)));
	return hash;
}

static bool has_ways(const struct rib_adj *a, const struct rib_way *way, unsigned n)
{
	if (a->n_ways != n)
		return false;
	for (unsigned i = 0; i < n; i++)
		if (compare_way(&a->way[i], &way[i]) != 0)
			return false;
	return true;
}

static int grow_buckets(struct rib_adj_table *t)
{
	uint32_t buckets = t->buckets ? t->buckets * 2 : 256;
	struct rib_adj **bucket = calloc(buckets, sizeof(struct rib_adj *));

	if (bucket == NULL)
		return -ENOMEM;
	for (uint32_t i = 0; i < t->buckets; i++) {
		struct rib_adj *a = t->bucket[i], *next;

		for (; a != NULL; a = next) {
			next = a->next;
			a->next = bucket[a->hash & (buckets - 1)];
			bucket[a->hash & (buckets - 1)] = a;
		}
	}
	free(t->bucket);
	t->bucket = bucket;
	t->buckets = buckets;
	return 0;
}

static struct rib_adj *first_of(const struct rib_adj_table *t, uint32_t hash)
{
	return t->buckets != 0 ? t->bucket[hash & (t->buckets - 1)] : NULL;
}

static struct rib_adj *adj_new(
	struct rib_adj_table *t, enum dp_class class, uint32_t hash, unsigned n_ways)
{
	struct rib_adj *a;

	if (t->count >= t->buckets && grow_buckets(t) != 0)
		return NULL;
	a = calloc(1, sizeof(*a) + n_ways * sizeof(a->way[0]));
	if (a == NULL)
		return NULL;
	a->obj.class = class;
	a->hash = hash;
	a->next = t->bucket[hash & (t->buckets - 1)];
	t->bucket[hash & (t->buckets - 1)] = a;
	t->count++;
	return a;
}

static void adj_free(struct rib_adj_table *t, struct rib_adj *a)
{
	struct rib_adj **at = &t->bucket[a->hash & (t->buckets - 1)];

	while (*at != a)
		at = &(*at)->next;
	*at = a->next;
	t->count--;
	contents_clear(t, a);
	for (unsigned i = 0; i < a->n_ways; i++) {
		struct rib_nexthop *via = a->way[i].via;

		if (via == NULL) {
			iface_put(a->way[i].path.ifc);
			continue;
		}
		if (via->adj == a)
			via->adj = NULL;
		LIST_REMOVE(&a->way[i], over);
		rib_nexthop_put(t->rib, via);
	}
	free(a);
}

/* One more reference. NULL if there is no id for it. */
static struct rib_adj *adj_ref(struct rib_adj_table *t, struct rib_adj *a)
{
	int err;

	if (a->refs++ > 0)
		return a;
	err = dp_want(t->dp, &a->obj);
	if (err == 0)
		return a;
	a->refs--;
	adj_free(t, a);
	errno = -err;
	return NULL;
}

struct rib_adj *rib_adj_get(struct rib_adj_table *t, struct iface *ifc, bw_ip4 nexthop)
{
	uint32_t hash = hash_straight(ifc, nexthop);
	struct rib_adj *a;

	for (a = first_of(t, hash); a != NULL; a = a->next)
		if (a->n_ways == 0 && a->ifc == ifc && a->nexthop == nexthop)
			return adj_ref(t, a);
	a = adj_new(t, DP_ADJ, hash, 0);
	if (a == NULL) {
		errno = ENOMEM;
		return NULL;
	}
	set_straight(a, ifc, nexthop);
	return adj_ref(t, a);
}

static struct rib_adj *group_new(
	struct rib_adj_table *t, const struct rib_way *way, unsigned n, uint32_t hash)
{
	struct rib_adj *a = adj_new(t, DP_ECMP, hash, n);

	if (a == NULL) {
		errno = ENOMEM;
		return NULL;
	}
	a->n_ways = n;
	for (unsigned i = 0; i < n; i++) {
		struct rib_nexthop *via = way[i].via;

		a->way[i] = way[i];
		a->way[i].adj = a;
		if (via == NULL) {
			way[i].path.ifc->refs++;
			continue;
		}
		via->refs++;
		LIST_INSERT_HEAD(&via->ways, &a->way[i], over);
	}
	if (n == 1 && way[0].via != NULL)
		way[0].via->adj = a;
	set_contents(t, a);
	return a;
}

static struct rib_adj *group_get(struct rib_adj_table *t, const struct rib_way *way, unsigned n)
{
	uint32_t hash = hash_ways(way, n);
	struct rib_adj *a;

	for (a = first_of(t, hash); a != NULL; a = a->next)
		if (a->hash == hash && has_ways(a, way, n))
			return adj_ref(t, a);
	a = group_new(t, way, n, hash);
	return a != NULL ? adj_ref(t, a) : NULL;
}

/* Into a sorted set. What is more than fits goes, the greatest first. */
static unsigned add_way(struct rib_way *set, unsigned n, const struct rib_way *way)
{
	unsigned i = n;

	while (i > 0 && compare_way(way, &set[i - 1]) < 0)
		i--;
	if (i > 0 && compare_way(way, &set[i - 1]) == 0)
		return n;
	if (i == MAX_WAYS)
		return n;
	n += n < MAX_WAYS;
	memmove(&set[i + 1], &set[i], (n - i - 1) * sizeof(*set));
	set[i] = *way;
	return n;
}

struct rib_adj *rib_adj_get_entry(struct rib_adj_table *t, const struct rib_entry *e)
{
	const struct rib_route *route = rib_entry_route(e);
	struct rib_way set[MAX_WAYS];
	unsigned n = 0;

	if (SLIST_NEXT(route, entry) == NULL && route->tracked != NULL &&
		route->tracked->adj != NULL)
		return adj_ref(t, route->tracked->adj); /* as nearly all of a full table */
	for (; route != NULL; route = SLIST_NEXT(route, entry)) {
		struct rib_way way = {
			.via = route->tracked,
			.path = { .ifc = route->ifc, .nexthop = route->nexthop },
		};

		if (rib_route_in_force(route) && (way.via != NULL || way.path.ifc != NULL))
			n = add_way(set, n, &way);
	}
	if (n == 1 && set[0].via == NULL)
		return rib_adj_get(t, set[0].path.ifc, set[0].path.nexthop);
	return group_get(t, set, n);
}

void rib_adj_put(struct rib_adj_table *t, struct rib_adj *a)
{
	if (a->type == 0)
		return;
	if (--a->refs == 0)
		dp_drop(t->dp, &a->obj);
}

/* --- as an object of the dataplane --- */

static void adj_released(void *owner, struct dp_object *o)
{
	adj_free(owner, adj_of(o));
}

static bool adj_wish(void *, struct dp_object *o, uint32_t, struct bw_msg *m)
{
	const struct rib_adj *a = adj_of(o);

	m->adj.adj_id = o->id;
	m->adj.type = a->type;
	m->adj.n_paths = a->type == BW_ADJ_T_FIXED ? 1 : a->n;
	m->adj.if_id = a->ifc != NULL ? a->ifc->obj.id : 0;
	m->adj.nexthop = a->nexthop;
	for (unsigned i = 0; i < a->n; i++)
		m->adj.path[i] = a->path[i]->obj.id;
	if (a->type == BW_ADJ_T_FIXED)
		m->adj.path[0] = a->fixed;
	return false;
}

static void *adj_told(struct dp_object *o)
{
	return &adj_of(o)->told;
}

static int compare_id(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* The id is no part of the key, nor is the order of paths. */
static bool adj_key(const struct bw_msg *m, struct dp_key *key)
{
	struct bw_adj k = m->adj;

	k.adj_id = 0;
	if (k.n_paths > BW_MAX_PATHS)
		k.n_paths = BW_MAX_PATHS;
	qsort(k.path, k.n_paths, sizeof(k.path[0]), compare_id);
	return dp_key_set(key, m->adj.adj_id, &k, sizeof(k));
}

static void adj_label(void *, struct dp_object *o, uint64_t cookie, char *buf, size_t size)
{
	const struct rib_adj *a = o != NULL ? adj_of(o) : NULL;
	char ip[FORMAT_IP_SIZE];

	if (a == NULL)
		snprintf(buf, size, "adjacency %u", dp_cookie_c(cookie));
	else if (a->type == BW_ADJ_T_ECMP)
		snprintf(buf, size, "%u paths", a->n);
	else if (a->ifc != NULL)
		snprintf(buf, size, "%s %s", a->ifc->name,
			a->nexthop ? format_ip(a->nexthop, ip) : "glean");
	else
		snprintf(buf, size, "as adjacency %u", a->fixed);
}

static const struct dp_class_ops adj_ops = {
	.name = "adjacency",
	.set_type = BW_CMD_ADJ_SET,
	.del_type = BW_CMD_ADJ_DEL,
	.after = { DP_IF },
	.first_id = BW_ADJ_FIRST,
	.limit_id = BW_MAX_ADJS,
	.wish = adj_wish,
	.told = adj_told,
	.told_size = sizeof(struct bw_adj),
	.released = adj_released,
	.key = adj_key,
	.label = adj_label,
};

static const struct dp_class_ops group_ops = {
	.name = "adjacency",
	.set_type = BW_CMD_ADJ_SET,
	.del_type = BW_CMD_ADJ_DEL,
	.after = { DP_IF, DP_ADJ },
	.ids_of = DP_ADJ,
	.wish = adj_wish,
	.told = adj_told,
	.told_size = sizeof(struct bw_adj),
	.released = adj_released,
	.label = adj_label,
};

void rib_adj_table_init(struct rib_adj_table *t, struct core *core)
{
	memset(t, 0, sizeof(*t));
	t->dp = &core->dp;
	dp_class_register(t->dp, DP_ADJ, &adj_ops, t);
	dp_class_register(t->dp, DP_ECMP, &group_ops, t);
}

/* Routes have given back what they held, and without a dataplane that frees it. */
void rib_adj_table_fini(struct rib_adj_table *t)
{
	free(t->bucket);
	memset(t, 0, sizeof(*t));
}
