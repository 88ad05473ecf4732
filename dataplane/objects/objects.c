/* SPDX-License-Identifier: BSD-3-Clause */
#include "objects/objects.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/dp.h"
#include "core/rcu.h"
#include "host/host.h"
#include "l3/neigh.h"
#include "pppoe/pppoe.h"
#include "tables/fib_pool.h"

/* ---- VRFs ---- */

int vrf_set(struct dp *dp, const struct bw_vrf *vrf, uint8_t epoch)
{
	struct fib *fib;
	uint32_t old;

	if (vrf->vrf_id >= BW_MAX_VRFS)
		return BW_E_BAD_VALUE;
	dp->vrf[vrf->vrf_id] = *vrf;
	dp->vrf_epoch[vrf->vrf_id] = epoch;
	if (dp->fib[vrf->vrf_id])
		return BW_OK;
	fib = fib_create(dp->fib_pool, vrf->vrf_id, BW_ADJ_NO_ROUTE);
	if (!fib || fib_set(fib, UINT32_MAX, 32, BW_ADJ_BROADCAST, 0, &old) < 0) {
		fib_destroy(fib);
		return BW_E_NO_MEMORY;
	}
	dp->one_vrf = vrf->vrf_id == 0; /* before a packet can be in another one */
	__atomic_store_n(&dp->fib[vrf->vrf_id], fib, __ATOMIC_RELEASE);
	return BW_OK;
}

static void destroy_fib(void *fib)
{
	fib_destroy(fib);
}

int vrf_del(struct dp *dp, uint32_t vrf_id)
{
	struct fib *fib;
	uint32_t old;

	if (vrf_id == 0 || vrf_id >= BW_MAX_VRFS || !dp->fib[vrf_id])
		return BW_E_NO_OBJECT;
	fib = dp->fib[vrf_id];
	if (fib->n_routes > 1) /* 255.255.255.255 is ours */
		return BW_E_IN_USE;
	for (uint32_t id = 0; (id = itf_ids_next(&dp->itf_ids, id)) != 0;)
		if (dp->itf[id]->vrf == vrf_id)
			return BW_E_IN_USE;
	host_del(dp, vrf_id);
	__atomic_store_n(&dp->fib[vrf_id], NULL, __ATOMIC_RELEASE);
	/* now, not with the table: by then the id may have routes again */
	fib_del(fib, UINT32_MAX, 32, &old);
	rcu_defer(dp->rcu, destroy_fib, fib);
	return BW_OK;
}

void vrf_sweep(struct dp *dp, uint8_t epoch)
{
	for (unsigned v = 1; v < BW_MAX_VRFS; v++)
		if (dp->fib[v] && dp->vrf_epoch[v] != epoch)
			vrf_del(dp, v);
}

/* ---- adjacencies ---- */

static int check_adj(const struct dp *dp, const struct bw_adj *c)
{
	if (c->adj_id < BW_ADJ_FIRST || c->adj_id >= BW_MAX_ADJS)
		return BW_E_BAD_VALUE;
	if (c->mtu && c->mtu < BW_MIN_IP_MTU)
		return BW_E_BAD_VALUE;
	switch (c->type) {
	case BW_ADJ_T_GLEAN:
	case BW_ADJ_T_NEIGHBOUR:
		if (c->if_id >= BW_MAX_IFS || !dp->itf[c->if_id])
			return BW_E_NO_OBJECT;
		return BW_OK;
	case BW_ADJ_T_ECMP:
		if (c->n_paths == 0 || c->n_paths > BW_MAX_PATHS)
			return BW_E_BAD_VALUE;
		for (unsigned i = 0; i < c->n_paths; i++) {
			if (!adj_exists(dp->adj, c->path[i]))
				return BW_E_NO_OBJECT;
			if (adj_kind(adj_get(dp->adj, c->path[i])) == ADJ_ECMP)
				return BW_E_BAD_VALUE;
		}
		return BW_OK;
	case BW_ADJ_T_FIXED:
		return c->n_paths == 1 && c->path[0] <= BW_ADJ_BROADCAST ? BW_OK : BW_E_BAD_VALUE;
	default:
		return BW_E_BAD_VALUE;
	}
}

/* Whether an ECMP set has the adjacency as a path. */
static bool is_path(const struct dp *dp, uint32_t adj_id)
{
	for (uint32_t id = BW_ADJ_FIRST; id <= dp->adj->highest; id++) {
		const struct bw_adj *c = dp->adj->conf[id];

		for (unsigned i = 0; c && c->type == BW_ADJ_T_ECMP && i < c->n_paths; i++)
			if (c->path[i] == adj_id)
				return true;
	}
	return false;
}

/* It would stand on another ECMP set, or on itself. */
static int check_new_ecmp(const struct dp *dp, const struct bw_adj *c)
{
	const struct bw_adj *conf = dp->adj->conf[c->adj_id];

	for (unsigned i = 0; i < c->n_paths; i++)
		if (c->path[i] == c->adj_id)
			return BW_E_BAD_VALUE;
	if (conf && conf->type != BW_ADJ_T_ECMP && dp->adj->users[c->adj_id] &&
		is_path(dp, c->adj_id))
		return BW_E_IN_USE;
	return BW_OK;
}

/* A Dialer has one peer, whatever the next hop: no ARP, and packets go where its session does. */
static bool is_dialer(const struct dp *dp, uint32_t if_id)
{
	return dp->itf[if_id] && dp->itf[if_id]->kind == BW_IF_DIALER;
}

/* Take an adjacency out of use, as far as its type has ties to other tables. */
static void undo_adj(struct dp *dp, const struct bw_adj *c)
{
	struct adj *a = &dp->adj->adj[c->adj_id];

	adj_withdraw(a, ADJ_DISCARD, dp->rcu);
	adj_renew(a);
	pppoe_unbind(dp, c->adj_id);
	if (c->type == BW_ADJ_T_NEIGHBOUR)
		neigh_unbind(dp, c->adj_id, c->if_id, c->nexthop);
	if (c->type == BW_ADJ_T_ECMP) {
		for (unsigned i = 0; i < c->n_paths; i++)
			dp->adj->users[c->path[i]]--;
		free((void *)a->path);
		a->path = NULL;
	}
}

static int make_ecmp(struct dp *dp, const struct bw_adj *c)
{
	struct adj *a = &dp->adj->adj[c->adj_id];
	uint32_t *path = malloc(c->n_paths * sizeof(*path));

	if (!path)
		return BW_E_NO_MEMORY;
	for (unsigned i = 0; i < c->n_paths; i++) {
		path[i] = c->path[i];
		dp->adj->users[path[i]]++;
	}
	a->path = path;
	a->n_paths = c->n_paths;
	adj_publish(a, ADJ_ECMP);
	return BW_OK;
}

static int make_adj(struct dp *dp, const struct bw_adj *c)
{
	struct adj *a = &dp->adj->adj[c->adj_id];

	a->mtu = c->mtu;
	if ((c->type == BW_ADJ_T_GLEAN || c->type == BW_ADJ_T_NEIGHBOUR) && is_dialer(dp, c->if_id))
		return pppoe_bind(dp, c->adj_id, c->if_id);
	switch (c->type) {
	case BW_ADJ_T_GLEAN:
		a->out_if = c->if_id;
		a->nexthop = 0;
		adj_publish(a, ADJ_GLEAN);
		return BW_OK;
	case BW_ADJ_T_NEIGHBOUR:
		return neigh_bind(dp, c->adj_id, c->if_id, c->nexthop);
	case BW_ADJ_T_FIXED:
		adj_publish(a, adj_kind(adj_get(dp->adj, c->path[0])));
		return BW_OK;
	default:
		return make_ecmp(dp, c);
	}
}

int adj_set(struct dp *dp, const struct bw_adj *c, uint8_t epoch)
{
	struct bw_adj *conf;
	int rc = check_adj(dp, c);

	if (rc != BW_OK)
		return rc;
	conf = dp->adj->conf[c->adj_id];
	dp->adj->epoch[c->adj_id] = epoch;
	if (conf && memcmp(conf, c, sizeof(*c)) == 0)
		return BW_OK;
	if (c->type == BW_ADJ_T_ECMP && (rc = check_new_ecmp(dp, c)) != BW_OK)
		return rc;
	if (conf)
		undo_adj(dp, conf);
	else
		conf = malloc(sizeof(*conf));
	if (!conf)
		return BW_E_NO_MEMORY;
	rc = make_adj(dp, c);
	if (rc != BW_OK) {
		adj_publish(&dp->adj->adj[c->adj_id], ADJ_DISCARD);
		dp->adj->conf[c->adj_id] = NULL;
		free(conf);
		return rc;
	}
	*conf = *c;
	dp->adj->conf[c->adj_id] = conf;
	if (c->adj_id > dp->adj->highest)
		dp->adj->highest = c->adj_id;
	return BW_OK;
}

int adj_del(struct dp *dp, uint32_t id)
{
	if (id < BW_ADJ_FIRST || id >= BW_MAX_ADJS || !dp->adj->conf[id])
		return BW_E_NO_OBJECT;
	if (dp->adj->users[id])
		return BW_E_IN_USE;
	undo_adj(dp, dp->adj->conf[id]);
	adj_publish(&dp->adj->adj[id], ADJ_NO_ROUTE);
	free(dp->adj->conf[id]);
	dp->adj->conf[id] = NULL;
	return BW_OK;
}

void adj_sweep(struct dp *dp, uint8_t epoch)
{
	/* ECMP sets first: they use the others */
	for (int ecmp = 1; ecmp >= 0; ecmp--)
		for (uint32_t id = BW_ADJ_FIRST; id <= dp->adj->highest; id++) {
			const struct bw_adj *c = dp->adj->conf[id];

			if (c && dp->adj->epoch[id] != epoch && (c->type == BW_ADJ_T_ECMP) == ecmp)
				adj_del(dp, id);
		}
}

/* ---- routes ---- */

/* A route stopped pointing at an adjacency; the dataplane's own are not counted by route. */
static void release_adj(struct dp *dp, uint32_t id)
{
	if (id < BW_MAX_ADJS)
		dp->adj->users[id]--;
}

int route_set(struct dp *dp, const struct bw_route *r, uint8_t epoch)
{
	uint32_t old;
	int rc;

	if (r->vrf_id >= BW_MAX_VRFS || !dp->fib[r->vrf_id] || !adj_exists(dp->adj, r->adj_id))
		return BW_E_NO_OBJECT;
	if (r->prefix == UINT32_MAX && r->plen == 32) /* not control's; see route_del() */
		return BW_E_BAD_VALUE;
	rc = fib_set(
		dp->fib[r->vrf_id], rte_be_to_cpu_32(r->prefix), r->plen, r->adj_id, epoch, &old);
	if (rc < 0)
		return rc == -ENOMEM ? BW_E_NO_MEMORY : BW_E_BAD_VALUE;
	if (old == r->adj_id)
		return BW_OK;
	dp->routes_changed = true;
	dp->adj->users[r->adj_id]++;
	if (old != UINT32_MAX)
		release_adj(dp, old);
	return BW_OK;
}

int route_del(struct dp *dp, const struct bw_route *r)
{
	uint32_t prefix = rte_be_to_cpu_32(r->prefix), old;

	if (r->vrf_id >= BW_MAX_VRFS || !dp->fib[r->vrf_id])
		return BW_E_NO_OBJECT;
	/* 255.255.255.255, and host routes to neighbours, are not control's */
	if (fib_get(dp->fib[r->vrf_id], prefix, r->plen, &old) < 0 || old >= BW_MAX_ADJS ||
		(prefix == UINT32_MAX && r->plen == 32))
		return BW_E_NO_OBJECT;
	fib_del(dp->fib[r->vrf_id], prefix, r->plen, &old);
	dp->routes_changed = true;
	release_adj(dp, old);
	return BW_OK;
}

void route_sweep(struct dp *dp, uint8_t epoch)
{
	struct routes *routes = &dp->fib_pool->routes;

	for (uint32_t i = 0; i <= routes->mask;) {
		const struct route *s = &routes->slot[i];
		struct bw_route r = {
			.vrf_id = s->vrf, .prefix = rte_cpu_to_be_32(s->prefix), .plen = s->plen
		};

		/* a removal may move another route into this place */
		if (s->plen == ROUTE_EMPTY || s->epoch == epoch || route_del(dp, &r) != BW_OK)
			i++;
	}
}
