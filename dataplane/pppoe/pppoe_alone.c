/* SPDX-License-Identifier: BSD-3-Clause */
#include "pppoe/pppoe_alone.h"

#include "core/dp.h"
#include "core/rcu.h"
#include "objects/itf_set.h"
#include "objects/objects.h"
#include "objects/programmer.h"

#define HOST_PLEN 32

void pppoe_alone_note(struct pppoe_alone *a, const struct bw_pppoe_state *state)
{
	if (state->stage == BW_PPPOE_UP)
		a->peer = state->peer_addr;
}

static bool leads_to(const struct dp *dp, uint16_t vrf, bw_ip4 prefix, uint8_t plen, uint32_t *adj)
{
	return dp->fib[vrf] && fib_get(dp->fib[vrf], rte_be_to_cpu_32(prefix), plen, adj) == 0;
}

/* ---- the address ---- */

/* A primary address of the interface that is not `addr`; 0: none. */
static bw_ip4 another_address(const struct itf *itf, bw_ip4 addr)
{
	for (uint32_t i = 0; i < itf->n_addrs; i++)
		if (itf->addr[i].flags & BW_ADDR_F_PRIMARY && itf->addr[i].addr != addr)
			return itf->addr[i].addr;
	return 0;
}

static void drop_address(struct dp *dp, const struct itf *dialer, bw_ip4 addr)
{
	struct bw_if_addr a = { .if_id = dialer->id, .addr = addr };
	struct bw_route r = { .vrf_id = dialer->vrf, .prefix = addr, .plen = HOST_PLEN };
	uint32_t adj;

	if (leads_to(dp, dialer->vrf, addr, HOST_PLEN, &adj) && adj == BW_ADJ_RECEIVE)
		route_del(dp, &r);
	itf_addr_del(dp, &a);
}

static void take_address(struct dp *dp, uint32_t if_id, bw_ip4 addr, uint8_t epoch)
{
	struct bw_if_addr a = {
		.if_id = if_id, .addr = addr, .plen = HOST_PLEN, .flags = BW_ADDR_F_PRIMARY
	};
	struct bw_route r = { .vrf_id = dp_itf(dp, if_id)->vrf,
		.prefix = addr,
		.plen = HOST_PLEN,
		.adj_id = BW_ADJ_RECEIVE };
	bw_ip4 old;

	if (itf_addr_set(dp, &a, epoch) != BW_OK)
		return;
	while ((old = another_address(dp_itf(dp, if_id), addr)) != 0)
		drop_address(dp, dp_itf(dp, if_id), old);
	route_set(dp, &r, epoch);
}

/* ---- routes ---- */

static bool through(const struct dp *dp, uint32_t adj, uint16_t dialer)
{
	uint8_t kind = adj_kind(adj_get(dp->adj, adj));

	return (kind == ADJ_PPPOE || kind == ADJ_NO_SESSION) &&
	       adj_get(dp->adj, adj)->out_if == dialer;
}

static void drop_route(struct dp *dp, uint16_t vrf, bw_ip4 prefix, uint8_t plen, uint32_t adj)
{
	struct bw_route r = { .vrf_id = vrf, .prefix = prefix, .plen = plen };
	uint32_t old;

	if (adj < BW_MAX_ADJS)
		route_del(dp, &r);
	else
		fib_del(dp->fib[vrf], rte_be_to_cpu_32(prefix), plen, &old);
}

/* A route through the Dialer, where there is none. */
static void add_route(struct dp *dp, const struct pppoe_alone *a, bw_ip4 prefix, uint8_t plen)
{
	uint32_t old;

	if (!leads_to(dp, a->vrf, prefix, plen, &old))
		fib_set(dp->fib[a->vrf], rte_be_to_cpu_32(prefix), plen, a->adj, 0, &old);
}

static bool take_adj(
	struct dp *dp, struct pppoe_paths *paths, struct pppoe_alone *a, const struct itf *dialer)
{
	if (a->adj)
		return true;
	a->vrf = dialer->vrf;
	a->adj = adj_own_alloc(dp->adj);
	if (a->adj && pppoe_path_bind(dp, paths, a->adj, dialer->id) != 0) {
		adj_own_free(dp->adj, a->adj);
		a->adj = 0;
	}
	return a->adj != 0;
}

static void take_routes(struct dp *dp, struct pppoe_paths *paths, struct pppoe_alone *a,
	const struct bw_pppoe *conf, bw_ip4 peer)
{
	const struct itf *dialer = dp_itf(dp, conf->if_id);
	uint32_t adj;

	if (a->peer && a->peer != peer && leads_to(dp, dialer->vrf, a->peer, HOST_PLEN, &adj) &&
		through(dp, adj, dialer->id))
		drop_route(dp, dialer->vrf, a->peer, HOST_PLEN, adj);
	if (!(conf->flags & (BW_PPPOE_F_PEER_ROUTE | BW_PPPOE_F_DEFAULT_ROUTE)) ||
		!take_adj(dp, paths, a, dialer))
		return;
	if (conf->flags & BW_PPPOE_F_PEER_ROUTE && peer)
		add_route(dp, a, peer, HOST_PLEN);
	if (conf->flags & BW_PPPOE_F_DEFAULT_ROUTE)
		add_route(dp, a, 0, 0);
}

/* What the peer does not take is not sent. How much more it might be is control's to say. */
static void take_mtu(struct dp *dp, uint32_t if_id, uint16_t mtu)
{
	struct bw_if conf = dp_itf(dp, if_id)->conf;

	if (mtu >= conf.ip_mtu || mtu < BW_MIN_IP_MTU)
		return;
	conf.ip_mtu = mtu;
	itf_set(dp, &conf, dp_itf(dp, if_id)->epoch);
}

void pppoe_alone_apply(struct dp *dp, struct pppoe_paths *paths, struct pppoe_alone *a,
	const struct bw_pppoe *conf, const struct bw_pppoe_state *state, uint8_t epoch)
{
	if (state->stage != BW_PPPOE_UP || !dp_itf(dp, conf->if_id))
		return;
	if (conf->flags & BW_PPPOE_F_NEGOTIATED)
		take_address(dp, conf->if_id, state->addr, epoch);
	take_routes(dp, paths, a, conf, state->peer_addr);
	take_mtu(dp, conf->if_id, state->peer_mru);
	a->peer = state->peer_addr;
	programmer_derive(dp);
}

/* Workers may still hold its id in a packet's metadata, hence the deferral. */
static void free_adj(void *table, uint64_t id)
{
	adj_own_free(table, id);
}

void pppoe_alone_end(struct dp *dp, struct pppoe_paths *paths, struct pppoe_alone *a)
{
	uint32_t adj;

	if (!a->adj)
		return;
	if (leads_to(dp, a->vrf, a->peer, HOST_PLEN, &adj) && adj == a->adj)
		drop_route(dp, a->vrf, a->peer, HOST_PLEN, adj);
	if (leads_to(dp, a->vrf, 0, 0, &adj) && adj == a->adj)
		drop_route(dp, a->vrf, 0, 0, adj);
	pppoe_path_unbind(paths, a->adj);
	adj_withdraw(&dp->adj->adj[a->adj], ADJ_NO_ROUTE, dp->rcu);
	rcu_defer_value(dp->rcu, free_adj, dp->adj, a->adj);
	a->adj = 0;
}
