/* SPDX-License-Identifier: BSD-3-Clause */
/* Neighbours as workers see them: adjacencies and host routes. */
#include "l2/frame.h"
#include "l3/arp.h"
#include "l3/neigh_private.h"

/* The header of a frame to the neighbour, as the interface is now. */
static void complete(struct dp *dp, const struct itf *itf, const struct neigh *n, uint32_t id)
{
	struct adj *a = &dp->adj->adj[id];

	if (adj_kind(a) == ADJ_ETHER)
		adj_withdraw(a, ADJ_RESOLVE, dp->rcu);
	a->out_if = itf->id;
	a->nexthop = n->addr;
	a->out_vlan = itf->vlan;
	a->out_port = itf->kind == BW_IF_SVI ? ADJ_VIA_BRIDGE : itf->port;
	a->rewrite_len = frame_header(itf, n->mac.addr_bytes, RTE_ETHER_TYPE_IPV4, a->rewrite);
	adj_publish(a, ADJ_ETHER);
}

static void unresolve(struct dp *dp, const struct neigh *n, uint32_t id)
{
	struct adj *a = &dp->adj->adj[id];

	if (adj_kind(a) == ADJ_ETHER)
		adj_withdraw(a, ADJ_RESOLVE, dp->rcu);
	a->out_if = n->if_id;
	a->nexthop = n->addr;
	adj_publish(a, ADJ_RESOLVE);
}

void neigh_write_adj(struct dp *dp, const struct neigh *n, uint32_t id)
{
	const struct itf *itf = dp_itf(dp, n->if_id);

	if (itf && n->state != BW_ARP_INCOMPLETE)
		complete(dp, itf, n, id);
	else
		unresolve(dp, n, id);
}

void neigh_write_adjs(struct dp *dp, const struct neigh *n)
{
	for (uint32_t i = 0; i < n->n_bound; i++)
		neigh_write_adj(dp, n, n->bound[i]);
	neigh_write_adj(dp, n, n->own_adj);
}

static bool is_glean(const struct adj *a, uint32_t if_id)
{
	return adj_kind(a) == ADJ_GLEAN && a->out_if == if_id;
}

/* True if, without its host route, packets to the neighbour came to be resolved on its interface.
 */
static bool is_gleaned(const struct dp *dp, const struct fib *fib, const struct neigh *n)
{
	const struct adj *a = adj_get(dp->adj, fib_cover(fib, rte_be_to_cpu_32(n->addr), 32));

	if (adj_kind(a) != ADJ_ECMP)
		return is_glean(a, n->if_id);
	for (uint32_t i = 0; i < a->n_paths; i++)
		if (is_glean(adj_get(dp->adj, a->path[i]), n->if_id))
			return true;
	return false;
}

/* Static entries are there before and after the subnet that they belong to. */
static bool wants_host_route(
	const struct dp *dp, const struct itf *itf, const struct fib *fib, const struct neigh *n)
{
	if (!n->used || !itf || !itf_is_up(itf) || !fib || !is_gleaned(dp, fib, n))
		return false;
	return n->state != BW_ARP_STATIC || arp_on_subnet(itf, n->addr);
}

void neigh_set_host_route(struct dp *dp, struct neigh *n)
{
	const struct itf *itf = dp_itf(dp, n->if_id);
	uint32_t old, addr = rte_be_to_cpu_32(n->addr);
	struct fib *fib = itf ? dp->fib[itf->vrf] : NULL;

	if (!wants_host_route(dp, itf, fib, n))
		neigh_remove_host_route(dp, n);
	else if (fib_get(fib, addr, 32, &old) < 0)
		fib_set(fib, addr, 32, n->own_adj, 0, &old);
}

void neigh_remove_host_route(struct dp *dp, const struct neigh *n)
{
	uint32_t addr = rte_be_to_cpu_32(n->addr), id;

	/* the interface may have gone, or changed its VRF: look in all */
	for (unsigned v = 0; v < BW_MAX_VRFS; v++)
		if (dp->fib[v] && fib_get(dp->fib[v], addr, 32, &id) == 0 && id == n->own_adj)
			fib_del(dp->fib[v], addr, 32, &id);
}
