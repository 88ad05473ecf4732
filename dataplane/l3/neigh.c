/* SPDX-License-Identifier: BSD-3-Clause */
#include "l3/neigh.h"

#include <rte_cycles.h>
#include <stdlib.h>
#include <string.h>

#include "l2/bridge.h"
#include "l3/announce.h"
#include "l3/arp.h"
#include "l3/neigh_private.h"
#include "nodes/icmp.h"
#include "nodes/node.h"

/* Before a learnt entry times out, it is asked for by unicast this many seconds ahead. */
#define REFRESH_AHEAD 30

#define TELL_EVERY 60 /* seconds */

/* RFC 1812 4.3.3.1: who sent what waits in vain is told; the first worker does it. */
static void refuse_waiting(struct dp *dp, struct neigh *n)
{
	for (unsigned i = 0; i < n->n_waiting; i++) {
		struct pkt_meta *meta = pkt_meta(n->waiting[i]);

		meta->entry = INBOX_ICMP_ERROR;
		meta->flags |= PKT_F_NAT_PASSED;
		node_icmp_error(
			n->waiting[i], ICMP_UNREACHABLE, ICMP_HOST, 0, BW_DROP_ARP_TIMEOUT, 0);
		if (!worker_hand_over(dp->worker[0], n->waiting[i])) {
			dp->counters->drops[BW_DROP_HANDOFF_FULL]++;
			rte_pktmbuf_free(n->waiting[i]);
		}
	}
	neigh_none_waits(dp->neigh, n);
}

/* Ask for it, by broadcast, or by unicast when it is known and about to be refreshed. */
static void ask(struct dp *dp, struct neigh *n)
{
	const struct itf *itf = dp_itf(dp, n->if_id);

	n->retry_at = rte_rdtsc() + NEIGH_RETRY_MS * dp->tsc_hz / 1000;
	n->tries++;
	if (itf && itf_is_up(itf))
		arp_send_request(dp, itf, n->addr, n->state == BW_ARP_REACHABLE ? &n->mac : NULL);
}

/* What waited goes on at the first worker: its adjacency is complete now. */
static void release_waiting(struct dp *dp, struct neigh *n)
{
	for (unsigned i = 0; i < n->n_waiting; i++) {
		struct pkt_meta *meta = pkt_meta(n->waiting[i]);

		meta->adj = n->own_adj;
		meta->adj_generation = adj_generation(adj_get(dp->adj, n->own_adj));
		meta->entry = INBOX_IP4_OUTPUT;
		if (!worker_hand_over(dp->worker[0], n->waiting[i])) {
			dp->counters->drops[BW_DROP_HANDOFF_FULL]++;
			rte_pktmbuf_free(n->waiting[i]);
		}
	}
	neigh_none_waits(dp->neigh, n);
}

static void learn(struct dp *dp, struct neigh *n, const struct rte_ether_addr *mac)
{
	bool changed = n->state == BW_ARP_INCOMPLETE || !rte_is_same_ether_addr(mac, &n->mac);

	if (n->state == BW_ARP_STATIC)
		return;
	n->state = BW_ARP_REACHABLE;
	n->confirmed = dp_seconds(dp);
	n->tries = 0;
	neigh_relist(dp->neigh, n);
	if (!changed)
		return;
	rte_ether_addr_copy(mac, &n->mac);
	neigh_write_adjs(dp, n);
	release_waiting(dp, n);
}

void neigh_heard(struct dp *dp, const struct itf *itf, bw_ip4 addr,
	const struct rte_ether_addr *mac, bool for_us)
{
	struct neigh *n = neigh_find(dp->neigh, itf->id, addr);

	/* RFC 826: who asks for us will be answered, and is likely to be needed */
	if (!n && for_us && itf_source_for(itf, addr) && arp_on_subnet(itf, addr))
		n = neigh_add(dp, itf->id, addr);
	if (n)
		learn(dp, n, mac);
}

/* All queues together may hold an eighth of the buffers: a scan of a subnet must not starve the
 * ports. */
static void enqueue(struct dp *dp, struct neigh *n, struct rte_mbuf *m)
{
	if (n->n_waiting == NEIGH_QUEUE) { /* the oldest is the least wanted */
		dp->counters->drops[BW_DROP_ARP_QUEUE]++;
		rte_pktmbuf_free(n->waiting[0]);
		memmove(n->waiting, n->waiting + 1, (NEIGH_QUEUE - 1) * sizeof(n->waiting[0]));
		n->n_waiting--;
		dp->neigh->n_waiting--;
	}
	if (dp->neigh->n_waiting >= dp->pool->size / 8) {
		dp->counters->drops[BW_DROP_ARP_QUEUE]++;
		rte_pktmbuf_free(m);
		return;
	}
	n->waiting[n->n_waiting++] = m;
	dp->neigh->n_waiting++;
}

static void tell_rate(struct dp *dp, const struct itf *itf)
{
	struct neigh_table *t = dp->neigh;

	if (t->rate_told && dp_seconds(dp) - t->rate_told < TELL_EVERY)
		return;
	t->rate_told = dp_seconds(dp);
	dp_log(dp, 4, "ARP-4-RATE", "Too many hosts to ask for on %s", itf->conf.name);
}

/* A new entry for a packet's next hop; or what to drop the packet for. */
static enum bw_drop add_for(
	struct dp *dp, const struct itf *itf, bw_ip4 addr, struct rte_mbuf *m, struct neigh **n)
{
	if (!neigh_rate_take(&dp->neigh->rate, itf->id, pkt_ip4(m)->src_addr, rte_rdtsc(),
		    dp->tsc_hz, dp->start_tsc)) {
		tell_rate(dp, itf);
		return BW_DROP_ARP_RATE;
	}
	*n = neigh_add(dp, itf->id, addr);
	return *n ? BW_DROP_NONE : BW_DROP_ARP_QUEUE;
}

/* The neighbour that a packet needs; or what to drop the packet for. */
static enum bw_drop find_for(struct dp *dp, struct rte_mbuf *m, struct neigh **n)
{
	const struct adj *adj = adj_get(dp->adj, pkt_meta(m)->adj);
	uint8_t kind = adj_kind(adj);
	bw_ip4 addr = kind == ADJ_GLEAN ? pkt_ip4(m)->dst_addr : adj->nexthop;
	const struct itf *itf = adj_edge(adj) == ADJ_EDGE_NONE ? NULL : dp_itf(dp, adj->out_if);
	enum bw_drop why = BW_DROP_NONE;

	if (adj_generation(adj) != pkt_meta(m)->adj_generation)
		return BW_DROP_ADJ_GONE;
	if (!itf)
		return BW_DROP_ADJ_DROP;
	if (!itf_is_up(itf))
		return BW_DROP_IF_DOWN;
	*n = neigh_find(dp->neigh, itf->id, addr);
	if (!*n)
		why = add_for(dp, itf, addr, m, n);
	if (*n && kind == ADJ_GLEAN) {
		(*n)->used = true;
		neigh_relist(dp->neigh, *n);
		neigh_set_host_route(dp, *n);
	}
	return why;
}

void neigh_resolve(struct dp *dp, struct rte_mbuf *m)
{
	struct neigh *n = NULL;
	enum bw_drop why = find_for(dp, m, &n);

	if (why != BW_DROP_NONE) {
		dp->counters->drops[why]++;
		rte_pktmbuf_free(m);
		return;
	}
	enqueue(dp, n, m);
	if (n->state != BW_ARP_INCOMPLETE)
		release_waiting(dp, n); /* resolved since the packet set out */
	else if (n->tries == 0)
		ask(dp, n);
}

int neigh_bind(struct dp *dp, uint32_t adj_id, uint32_t if_id, bw_ip4 nexthop)
{
	struct neigh *n = neigh_find(dp->neigh, if_id, nexthop);
	uint32_t *bound;

	if (!n)
		n = neigh_add(dp, if_id, nexthop);
	if (!n)
		return BW_E_FULL;
	bound = realloc(n->bound, (n->n_bound + 1) * sizeof(*bound));
	if (!bound)
		return BW_E_NO_MEMORY;
	n->bound = bound;
	n->bound[n->n_bound++] = adj_id;
	neigh_relist(dp->neigh, n);
	neigh_write_adj(dp, n, adj_id);
	if (n->state == BW_ARP_INCOMPLETE && n->tries == 0)
		ask(dp, n); /* a next hop will be needed: know it before the first packet */
	return BW_OK;
}

void neigh_unbind(struct dp *dp, uint32_t adj_id, uint32_t if_id, bw_ip4 nexthop)
{
	struct neigh *n = neigh_find(dp->neigh, if_id, nexthop);

	for (uint32_t i = 0; n && i < n->n_bound; i++)
		if (n->bound[i] == adj_id) {
			n->bound[i] = n->bound[--n->n_bound];
			neigh_relist(dp->neigh, n);
			break;
		}
}

int neigh_static_set(struct dp *dp, const struct bw_arp *arp, uint8_t epoch)
{
	struct neigh *n = neigh_find(dp->neigh, arp->if_id, arp->addr);

	if (arp->if_id >= BW_MAX_IFS || !dp_itf(dp, arp->if_id))
		return BW_E_NO_OBJECT;
	if (!n)
		n = neigh_add(dp, arp->if_id, arp->addr);
	if (!n)
		return BW_E_FULL;
	n->epoch = epoch;
	if (n->state == BW_ARP_STATIC && memcmp(&n->mac, arp->mac, 6) == 0)
		return BW_OK;
	n->state = BW_ARP_STATIC;
	n->used = true;
	memcpy(&n->mac, arp->mac, 6);
	neigh_relist(dp->neigh, n);
	neigh_set_host_route(dp, n);
	neigh_write_adjs(dp, n);
	release_waiting(dp, n);
	return BW_OK;
}

/* Back to what is learnt: unknown, and asked for if anybody uses it. */
static void forget(struct dp *dp, struct neigh *n)
{
	n->tries = 0;
	if (n->n_bound == 0) {
		neigh_remove(dp, n, BW_DROP_ARP_TIMEOUT);
		return;
	}
	n->state = BW_ARP_INCOMPLETE;
	n->used = false;
	neigh_relist(dp->neigh, n);
	neigh_set_host_route(dp, n);
	neigh_write_adjs(dp, n);
	ask(dp, n);
}

int neigh_static_del(struct dp *dp, const struct bw_arp *arp)
{
	struct neigh *n = neigh_find(dp->neigh, arp->if_id, arp->addr);

	if (!n || n->state != BW_ARP_STATIC)
		return BW_E_NO_OBJECT;
	forget(dp, n);
	return BW_OK;
}

static void sweep_one(struct dp *dp, struct neigh *n, uint64_t epoch)
{
	if (n->state == BW_ARP_STATIC && n->epoch != epoch)
		forget(dp, n);
}

void neigh_sweep(struct dp *dp, uint8_t epoch)
{
	neigh_for_each(dp, sweep_one, epoch);
}

static void clear_one(struct dp *dp, struct neigh *n, uint64_t which)
{
	uint32_t if_id = which >> 32;

	if (n->state != BW_ARP_STATIC && (if_id == 0 || n->if_id == if_id) &&
		((bw_ip4)which == 0 || n->addr == (bw_ip4)which))
		forget(dp, n);
}

void neigh_clear(struct dp *dp, uint32_t if_id, bw_ip4 addr)
{
	neigh_for_each(dp, clear_one, (uint64_t)if_id << 32 | addr);
}

static void itf_changed_one(struct dp *dp, struct neigh *n, uint64_t if_id)
{
	const struct itf *itf = dp_itf(dp, n->if_id);

	if (n->if_id != if_id)
		return;
	/* a static entry is configuration: its subnet may come yet */
	if (itf && (n->state == BW_ARP_STATIC || arp_on_subnet(itf, n->addr))) {
		neigh_set_host_route(dp, n);
		neigh_write_adjs(dp, n);
		return;
	}
	if (!itf)
		neigh_drop_waiting(dp, n, BW_DROP_IF_DOWN);
	forget(dp, n);
}

void neigh_itf_changed(struct dp *dp, uint32_t if_id)
{
	neigh_for_each(dp, itf_changed_one, if_id);
}

void neigh_addr_taken(struct dp *dp, const struct itf *itf, bw_ip4 addr)
{
	struct neigh *n = neigh_find(dp->neigh, itf->id, addr);

	if (n && n->state != BW_ARP_STATIC)
		forget(dp, n);
}

static void line_down_one(struct dp *dp, struct neigh *n, uint64_t if_id)
{
	if (n->if_id != if_id)
		return;
	neigh_drop_waiting(dp, n, BW_DROP_IF_DOWN);
	if (n->state == BW_ARP_STATIC)
		neigh_set_host_route(dp, n); /* none, while it is down */
	else
		forget(dp, n);
}

void neigh_line_down(struct dp *dp, uint32_t if_id)
{
	neigh_for_each(dp, line_down_one, if_id);
}

/* Next hops are asked for at once, whatever was heard of them meanwhile. */
static void line_up_one(struct dp *dp, struct neigh *n, uint64_t if_id)
{
	if (n->if_id != if_id)
		return;
	neigh_set_host_route(dp, n);
	n->tries = 0;
	if (n->n_bound && n->state != BW_ARP_STATIC)
		ask(dp, n);
}

void neigh_line_up(struct dp *dp, const struct itf *itf)
{
	announce_itf(dp, itf);
	neigh_for_each(dp, line_up_one, itf->id);
}

struct unplugged {
	bool (*gone)(void *ctx, uint16_t vlan, uint16_t port);
	void *ctx;
};

static void unplugged_one(struct dp *dp, struct neigh *n, uint64_t arg)
{
	const struct unplugged *u = (const void *)(uintptr_t)arg;
	const struct itf *itf = dp_itf(dp, n->if_id);
	uint16_t port;

	if (!itf || itf->kind != BW_IF_SVI || n->state != BW_ARP_REACHABLE)
		return;
	port = bridge_port_of(dp->bridge, itf->vlan, n->mac.addr_bytes);
	if (port != MAC_NO_PORT && u->gone(u->ctx, itf->vlan, port))
		forget(dp, n);
}

void neigh_unplugged(
	struct dp *dp, bool (*gone)(void *ctx, uint16_t vlan, uint16_t port), void *ctx)
{
	struct unplugged u = { gone, ctx };

	if (dp->neigh)
		neigh_for_each(dp, unplugged_one, (uintptr_t)&u);
}

static uint32_t timeout_of(const struct dp *dp, const struct neigh *n)
{
	const struct itf *itf = dp_itf(dp, n->if_id);

	return itf && itf->arp_timeout ? itf->arp_timeout : NEIGH_ARP_TIMEOUT;
}

static void poll_incomplete(struct dp *dp, struct neigh *n)
{
	const struct itf *itf = dp_itf(dp, n->if_id);

	if (!itf || !itf_is_up(itf))
		return; /* a next hop: asked for when the line comes up */
	if (n->tries < NEIGH_TRIES) {
		ask(dp, n);
		return;
	}
	refuse_waiting(dp, n);
	n->tries = 0; /* the next packet starts again */
	if (n->n_bound == 0)
		neigh_remove(dp, n, BW_DROP_ARP_TIMEOUT);
	else
		ask(dp, n); /* a next hop is asked for as long as it is one */
}

static void poll_one(struct dp *dp, struct neigh *n, uint64_t now)
{
	uint32_t age, limit;

	if (n->state == BW_ARP_STATIC || now < n->retry_at)
		return;
	if (n->state == BW_ARP_INCOMPLETE) {
		poll_incomplete(dp, n);
		return;
	}
	age = dp_seconds(dp) - n->confirmed;
	limit = timeout_of(dp, n);
	if (age >= limit)
		forget(dp, n);
	else if (age + RTE_MIN((uint32_t)REFRESH_AHEAD, limit / 4) >= limit)
		ask(dp, n);
}

static void set_host_route_one(struct dp *dp, struct neigh *n, uint64_t arg)
{
	(void)arg;
	neigh_set_host_route(dp, n);
}

void neigh_poll(struct dp *dp)
{
	if (dp->routes_changed) {
		dp->routes_changed = false;
		neigh_for_each(dp, set_host_route_one, 0);
	}
	neigh_for_each(dp, poll_one, rte_rdtsc());
}
