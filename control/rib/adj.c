/* SPDX-License-Identifier: BSD-3-Clause */
#include "control/rib/adj.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "control/core/format.h"
#include "control/core/hash.h"
#include "control/iface/iface.h"
#include "control/rib/rib.h"

static struct adj *of(struct dp_object *o)
{
	return (struct adj *)((char *)o - offsetof(struct adj, obj));
}

struct adj *adj_fixed(struct adj_table *t, uint32_t id)
{
	t->fixed[id].id = id;
	return &t->fixed[id];
}

/* What an adjacency is found by. */
struct key {
	uint16_t type, n;
	bw_ip4 nexthop;
	struct iface *ifc;
	struct adj *const *path;
};

static uint32_t hash_key(const struct key *k)
{
	if (k->type == BW_ADJ_T_ECMP)
		return hash_bytes(k->path, k->n * sizeof(k->path[0]));
	return hash_u64((uint64_t)(uintptr_t)k->ifc << 20 ^ (uint64_t)k->nexthop << 2 ^ k->type);
}

static bool matches(const struct adj *a, const struct key *k)
{
	return a->type == k->type && a->n == k->n && a->nexthop == k->nexthop && a->ifc == k->ifc &&
	       (k->n == 0 || memcmp(a->path, k->path, k->n * sizeof(k->path[0])) == 0);
}

static int grow_buckets(struct adj_table *t)
{
	uint32_t buckets = t->buckets ? t->buckets * 2 : 256;
	struct adj **bucket = calloc(buckets, sizeof(struct adj *));

	if (bucket == NULL)
		return -ENOMEM;
	for (uint32_t i = 0; i < t->buckets; i++) {
		struct adj *a = t->bucket[i], *next;

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

static int set_by_id(struct adj_table *t, struct adj *a)
{
	if (a->id >= t->by_id_size) {
		uint32_t size = (a->id + 64) * 3 / 2;
		struct adj **by_id = realloc(t->by_id, size * sizeof(struct adj *));

		if (by_id == NULL)
			return -ENOMEM;
		memset(by_id + t->by_id_size, 0, (size - t->by_id_size) * sizeof(struct adj *));
		t->by_id = by_id;
		t->by_id_size = size;
	}
	t->by_id[a->id] = a;
	return 0;
}

/* While the dataplane's ids are being read, adj_identify() gives the id. */
static int take_id(struct adj_table *t, struct adj *a)
{
	int err;

	if (t->dp->state == DP_READING)
		return 0;
	err = idmap_take(&t->ids, &a->id);
	if (err == 0)
		err = set_by_id(t, a);
	return err;
}

static struct adj *create(struct adj_table *t, const struct key *k, uint32_t hash)
{
	struct adj *a = calloc(1, sizeof(*a) + k->n * sizeof(a->path[0]));
	int err = -ENOMEM;

	if (a == NULL || (t->count >= t->buckets && grow_buckets(t) != 0))
		goto fail;
	err = take_id(t, a);
	if (err != 0)
		goto fail;
	a->obj.class = k->type == BW_ADJ_T_ECMP ? DP_ECMP : DP_ADJ;
	a->type = k->type;
	a->nexthop = k->nexthop;
	a->hash = hash;
	a->ifc = k->ifc;
	if (a->ifc != NULL)
		a->ifc->refs++;
	for (a->n = 0; a->n < k->n; a->n++) {
		a->path[a->n] = k->path[a->n];
		a->path[a->n]->refs++;
	}
	a->next = t->bucket[hash & (t->buckets - 1)];
	t->bucket[hash & (t->buckets - 1)] = a;
	t->count++;
	return a;
fail:
	if (a != NULL && a->id != 0)
		idmap_put(&t->ids, a->id);
	free(a);
	errno = -err;
	return NULL;
}

static struct adj *get(struct adj_table *t, const struct key *k)
{
	uint32_t hash = hash_key(k);
	struct adj *a = NULL;

	if (t->buckets != 0)
		for (a = t->bucket[hash & (t->buckets - 1)]; a != NULL; a = a->next)
			if (a->hash == hash && matches(a, k))
				break;
	if (a == NULL)
		a = create(t, k, hash);
	if (a != NULL && a->refs++ == 0)
		dp_touch(t->dp, &a->obj);
	return a;
}

struct adj *adj_get(struct adj_table *t, struct iface *ifc, bw_ip4 nexthop)
{
	struct key k = {
		.type = nexthop == 0 ? BW_ADJ_T_GLEAN : BW_ADJ_T_NEIGHBOUR,
		.nexthop = nexthop,
		.ifc = ifc,
	};

	return get(t, &k);
}

static int compare_adj(const void *a, const void *b)
{
	const struct adj *const *x = a, *const *y = b;

	return *x < *y ? -1 : *x > *y;
}

struct adj *adj_get_paths(struct adj_table *t, const struct rib_paths *paths)
{
	struct adj *path[BW_MAX_PATHS], *ecmp = NULL;
	struct key k = { .type = BW_ADJ_T_ECMP, .path = path };

	if (paths->n == 1)
		return adj_get(t, paths->path[0].ifc, paths->path[0].nexthop);
	for (k.n = 0; k.n < paths->n; k.n++) {
		path[k.n] = adj_get(t, paths->path[k.n].ifc, paths->path[k.n].nexthop);
		if (path[k.n] == NULL)
			break;
	}
	if (k.n == paths->n) {
		qsort(path, k.n, sizeof(path[0]), compare_adj);
		ecmp = get(t, &k);
	}
	for (unsigned i = 0; i < k.n; i++) /* the group has its own references */
		adj_put(t, path[i]);
	return ecmp;
}

void adj_put(struct adj_table *t, struct adj *adj)
{
	if (adj->type == 0)
		return;
	if (--adj->refs == 0)
		dp_remove(t->dp, &adj->obj);
}

static void unlink_adj(struct adj_table *t, struct adj *a)
{
	struct adj **at = &t->bucket[a->hash & (t->buckets - 1)];

	while (*at != a)
		at = &(*at)->next;
	*at = a->next;
	t->count--;
	if (a->id != 0) {
		t->by_id[a->id] = NULL;
		idmap_put(&t->ids, a->id);
	}
}

static void released(void *owner, struct dp_object *o)
{
	struct adj_table *t = owner;
	struct adj *a = of(o);

	unlink_adj(t, a);
	if (a->ifc != NULL)
		iface_put(a->ifc);
	for (unsigned i = 0; i < a->n; i++)
		adj_put(t, a->path[i]);
	free(a);
}

static void fill(const struct adj *a, struct bw_adj *m)
{
	m->type = a->type;
	m->n_paths = a->n;
	m->if_id = a->ifc != NULL ? a->ifc->id : 0;
	m->nexthop = a->nexthop;
	for (unsigned i = 0; i < a->n; i++)
		m->path[i] = a->path[i]->id;
}

static bool adj_set(void *, struct dp_object *o, uint32_t, struct bw_msg *m)
{
	struct adj *a = of(o);

	m->hdr.type = BW_CMD_ADJ_SET;
	m->hdr.cookie = dp_cookie(o->class, 0, 0, a->id);
	fill(a, &m->adj);
	m->adj.adj_id = a->id;
	return false;
}

static void adj_del(void *, struct dp_object *o, struct bw_msg *m)
{
	m->hdr.type = BW_CMD_ADJ_DEL;
	m->hdr.cookie = dp_cookie(o->class, 0, 0, of(o)->id);
	m->ref.id = of(o)->id;
}

static struct adj *by_id(struct adj_table *t, uint32_t id)
{
	return id < t->by_id_size ? t->by_id[id] : NULL;
}

static struct dp_object *adj_find(void *owner, uint64_t cookie)
{
	struct adj *a = by_id(owner, dp_cookie_c(cookie));

	return a != NULL && a->refs > 0 ? &a->obj : NULL;
}

static void adj_describe(void *owner, uint64_t cookie, char *buf, size_t size)
{
	struct adj *a = by_id(owner, dp_cookie_c(cookie));
	char ip[FORMAT_IP_SIZE];

	if (a == NULL)
		snprintf(buf, size, "adjacency %u", dp_cookie_c(cookie));
	else if (a->type == BW_ADJ_T_ECMP)
		snprintf(buf, size, "%u paths", a->n);
	else
		snprintf(buf, size, "%s %s", a->ifc->name,
			a->nexthop ? format_ip(a->nexthop, ip) : "glean");
}

static const struct dp_class_ops adj_ops = {
	.name = "adjacency",
	.set = adj_set,
	.del = adj_del,
	.released = released,
	.find = adj_find,
	.describe = adj_describe,
};

int adj_table_init(struct adj_table *t, struct dp_link *dp, struct log *log)
{
	memset(t, 0, sizeof(*t));
	t->dp = dp;
	t->log = log;
	idmap_init(&t->ids, BW_ADJ_FIRST, BW_MAX_ADJS);
	dp_class_register(dp, DP_ADJ, &adj_ops, t);
	dp_class_register(dp, DP_ECMP, &adj_ops, t);
	return 0;
}

/* Routes have given back what they held, and without a dataplane that frees it. */
void adj_table_fini(struct adj_table *t)
{
	free(t->bucket);
	free(t->by_id);
	idmap_fini(&t->ids);
	memset(t, 0, sizeof(*t));
}

/* --- resync --- */

void adj_identify_begin(struct adj_table *t)
{
	idmap_reset(&t->ids);
	if (t->by_id != NULL)
		memset(t->by_id, 0, t->by_id_size * sizeof(struct adj *));
}

static int compare_id(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* The id is no part of the key, nor is the order of paths. */
static void normalise(struct bw_adj *key)
{
	key->adj_id = 0;
	if (key->n_paths > BW_MAX_PATHS)
		key->n_paths = BW_MAX_PATHS;
	qsort(key->path, key->n_paths, sizeof(key->path[0]), compare_id);
}

void adj_held(struct adj_table *t, const struct bw_adj *held)
{
	struct bw_adj key = *held;

	normalise(&key);
	idmap_seed(&t->ids, held->adj_id, &key, sizeof(key));
}

static void identify_class(struct adj_table *t, bool ecmp)
{
	for (uint32_t i = 0; i < t->buckets; i++)
		for (struct adj *a = t->bucket[i]; a != NULL; a = a->next) {
			struct bw_adj key = { 0 };

			if ((a->type == BW_ADJ_T_ECMP) != ecmp)
				continue;
			a->id = 0;
			fill(a, &key);
			normalise(&key);
			if (idmap_assign(&t->ids, &key, sizeof(key), &a->id) != 0 ||
				set_by_id(t, a) != 0)
				log_event(t->log, "PLATFORM-2-NOIDS", "no adjacency id is left");
		}
}

void adj_identify(struct adj_table *t)
{
	identify_class(t, false);
	identify_class(t, true);
}

void adj_replay(struct adj_table *t)
{
	for (uint32_t i = 0; i < t->buckets; i++)
		for (struct adj *a = t->bucket[i]; a != NULL; a = a->next)
			dp_touch(t->dp, &a->obj);
}
