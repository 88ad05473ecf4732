/* SPDX-License-Identifier: BSD-3-Clause */
#include "pppoe/pppoe_path.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/dp.h"
#include "core/rcu.h"
#include "l2/frame.h"

static void insert(struct pppoe_map *map, const struct pppoe_path *path)
{
	uint32_t i = pppoe_first_slot(path->key);

	while (map->slot[i].key)
		i = (i + 1) & (PPPOE_PATHS - 1);
	map->slot[i] = *path;
}

static void publish_map(struct dp *dp, struct pppoe_map *map)
{
	struct pppoe_map *old = dp->pppoe_map;

	__atomic_store_n(&dp->pppoe_map, map, __ATOMIC_RELEASE);
	rcu_defer(dp->rcu, free, old);
}

static int rebuild_map(struct dp *dp, const struct pppoe_paths *p)
{
	struct pppoe_map *map = NULL;

	for (unsigned i = 0; i < BW_MAX_PPPOE; i++) {
		if (!p->path[i].key)
			continue;
		if (!map)
			map = calloc(1, sizeof(*map));
		if (!map) {
			publish_map(dp, NULL);
			return -ENOMEM;
		}
		insert(map, &p->path[i]);
	}
	publish_map(dp, map);
	return 0;
}

static const struct pppoe_path *path_of(const struct pppoe_paths *p, uint16_t dialer)
{
	for (unsigned i = 0; i < BW_MAX_PPPOE; i++)
		if (p->path[i].key && p->path[i].dialer == dialer)
			return &p->path[i];
	return NULL;
}

/* The header of a session's frames; its length is each packet's own. */
static void write_header(struct adj *a, const struct itf *under, const struct pppoe_path *path)
{
	struct pppoe_header h = { .ver_type = PPPOE_VER_TYPE,
		.session = rte_cpu_to_be_16(path->key & 0xffff),
		.protocol = RTE_BE16(PPP_PROTOCOL_IPV4) };
	unsigned len = frame_header(under, path->server, RTE_ETHER_TYPE_PPPOE_SESSION, a->rewrite);

	_Static_assert(FRAME_HEADER_MAX + sizeof(h) <= sizeof(a->rewrite), "a tagged frame's too");
	memcpy(a->rewrite + len, &h, sizeof(h));
	a->rewrite_len = len + sizeof(h);
	a->out_port = under->port;
}

static void update_adj(struct dp *dp, const struct pppoe_paths *p, const struct pppoe_bound *b)
{
	const struct pppoe_path *path = path_of(p, b->dialer);
	const struct itf *under = path ? dp_itf(dp, path->key >> 16) : NULL;
	struct adj *a = &dp->adj->adj[b->adj_id];

	if (adj_kind(a) == ADJ_PPPOE)
		adj_withdraw(a, ADJ_NO_SESSION, dp->rcu);
	a->out_if = b->dialer;
	a->nexthop = 0;
	if (!path || !path->open || !under) {
		adj_publish(a, ADJ_NO_SESSION);
		return;
	}
	write_header(a, under, path);
	adj_publish(a, ADJ_PPPOE);
}

static void update_adjs(struct dp *dp, const struct pppoe_paths *p, uint16_t dialer)
{
	for (uint32_t i = 0; i < p->n_bound; i++)
		if (p->bound[i].dialer == dialer)
			update_adj(dp, p, &p->bound[i]);
}

int pppoe_path_set(
	struct dp *dp, struct pppoe_paths *p, uint32_t client, const struct pppoe_path *path)
{
	struct pppoe_path old = p->path[client];
	int rc;

	if (memcmp(&old, path, sizeof(old)) == 0)
		return 0;
	p->path[client] = *path;
	rc = rebuild_map(dp, p);
	if (old.key && old.dialer != path->dialer)
		update_adjs(dp, p, old.dialer);
	update_adjs(dp, p, path->dialer);
	return rc;
}

int pppoe_path_bind(struct dp *dp, struct pppoe_paths *p, uint32_t adj_id, uint16_t dialer)
{
	struct pppoe_bound *bound = realloc(p->bound, (p->n_bound + 1) * sizeof(*bound));

	if (!bound)
		return -ENOMEM;
	p->bound = bound;
	bound[p->n_bound] = (struct pppoe_bound) { adj_id, dialer };
	update_adj(dp, p, &bound[p->n_bound++]);
	return 0;
}

void pppoe_path_unbind(struct pppoe_paths *p, uint32_t adj_id)
{
	for (uint32_t i = 0; i < p->n_bound; i++)
		if (p->bound[i].adj_id == adj_id) {
			p->bound[i] = p->bound[--p->n_bound];
			return;
		}
}

void pppoe_paths_free(struct dp *dp, struct pppoe_paths *p)
{
	free(p->bound);
	p->bound = NULL;
	p->n_bound = 0;
	free(dp->pppoe_map);
	dp->pppoe_map = NULL;
}
