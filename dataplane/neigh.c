/* SPDX-License-Identifier: BSD-3-Clause */
#include "neigh.h"

#include <rte_cycles.h>
#include <stdlib.h>
#include <string.h>

#include "arp.h"
#include "dp.h"
#include "frame.h"
#include "nodes/icmp.h"
#include "nodes/node.h"
#include "rcu.h"

#define BUCKETS 4096

/* Before a learnt entry times out, it is asked for by unicast this many seconds ahead. */
#define REFRESH_AHEAD 30

struct neigh {
	struct neigh *next; /* in its bucket */
	bw_ip4 addr;
	uint16_t if_id;
	uint8_t state; /* enum bw_arp_state */
	uint8_t tries;
	uint8_t epoch;
	bool host_route; /* own_adj is in the FIB as addr/32 */
	uint8_t n_waiting;
	struct rte_ether_addr mac;
	uint32_t own_adj;
	uint32_t confirmed; /* dp_seconds() of the last reply */
	uint64_t retry_at;  /* TSC */
	uint32_t *bound;    /* adjacencies of control's */
	uint32_t n_bound;
	struct rte_mbuf *waiting[NEIGH_QUEUE];
};

struct neigh_table {
	struct neigh *bucket[BUCKETS];
	unsigned n;
	unsigned n_waiting; /* packets, for all of them */
};

static struct neigh **bucket_of(struct neigh_table *t, uint32_t if_id, bw_ip4 addr)
{
	uint32_t h = (addr ^ if_id * 0x85ebca6bu) * 0x9e3779b1u;

	return &t->bucket[h >> 20];
}

static struct neigh *find(struct neigh_table *t, uint32_t if_id, bw_ip4 addr)
{
	struct neigh *n = *bucket_of(t, if_id, addr);

	while (n && (n->addr != addr || n->if_id != if_id))
		n = n->next;
	return n;
}

struct neigh_table *neigh_create(void)
{
	return calloc(1, sizeof(struct neigh_table));
}

/* Its queue has been emptied. */
static void none_waits(struct dp *dp, struct neigh *n)
{
	dp->neigh->n_waiting -= n->n_waiting;
	n->n_waiting = 0;
}

static void drop_waiting(struct dp *dp, struct neigh *n, enum bw_drop reason)
{
	dp->counters->drops[reason] += n->n_waiting;
	rte_pktmbuf_free_bulk(n->waiting, n->n_waiting);
	none_waits(dp, n);
}

/* RFC 1812 4.3.3.1: who sent what waits in vain is told; the first worker does it. */
static void refuse_waiting(struct dp *dp, struct neigh *n)
{
	for (unsigned i = 0; i < n->n_waiting; i++) {
		struct pkt_meta *meta = pkt_meta(n->waiting[i]);

		meta->entry = INBOX_ICMP_ERROR;
		node_icmp_error(
			n->waiting[i], ICMP_UNREACHABLE, ICMP_HOST, 0, BW_DROP_ARP_TIMEOUT, 0);
		if (!worker_hand_over(dp->worker[0], n->waiting[i])) {
			dp->counters->drops[BW_DROP_HANDOFF_FULL]++;
			rte_pktmbuf_free(n->waiting[i]);
		}
	}
	none_waits(dp, n);
}

/* The header of a frame to the neighbour, as the interface is now. */
static void write_adj(struct dp *dp, const struct itf *itf, const struct neigh *n, uint32_t id)
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

static void unresolve_adj(struct dp *dp, const struct neigh *n, uint32_t id)
{
	struct adj *a = &dp->adj->adj[id];

	if (adj_kind(a) == ADJ_ETHER)
		adj_withdraw(a, ADJ_RESOLVE, dp->rcu);
	a->out_if = n->if_id;
	a->nexthop = n->addr;
	adj_publish(a, ADJ_RESOLVE);
}

/* All its adjacencies follow its state. */
static void update_adjs(struct dp *dp, const struct neigh *n)
{
	const struct itf *itf = dp_itf(dp, n->if_id);
	bool known = itf && n->state != BW_ARP_INCOMPLETE;

	for (uint32_t i = 0; i <= n->n_bound; i++) {
		uint32_t id = i < n->n_bound ? n->bound[i] : n->own_adj;

		if (known)
			write_adj(dp, itf, n, id);
		else
			unresolve_adj(dp, n, id);
	}
}

/* A control's own route to the same host wins; ours must not stand in its way. */
static void add_host_route(struct dp *dp, struct neigh *n)
{
	const struct itf *itf = dp_itf(dp, n->if_id);
	uint32_t old, addr = rte_be_to_cpu_32(n->addr);
	struct fib *fib = itf ? dp->fib[itf->vrf] : NULL;

	if (!fib)
		return;
	if (fib_get(fib, addr, 32, &old) == 0)
		n->host_route = old == n->own_adj;
	else
		n->host_route = fib_set(fib, addr, 32, n->own_adj, 0, &old) == 0;
}

static void remove_host_route(struct dp *dp, struct neigh *n)
{
	uint32_t addr = rte_be_to_cpu_32(n->addr), id;

	/* the interface may have gone, or changed its VRF: look in all */
	for (unsigned v = 0; n->host_route && v < BW_MAX_VRFS; v++)
		if (dp->fib[v] && fib_get(dp->fib[v], addr, 32, &id) == 0 && id == n->own_adj)
			fib_del(dp->fib[v], addr, 32, &id);
	n->host_route = false;
}

static struct neigh *create(struct dp *dp, uint32_t if_id, bw_ip4 addr)
{
	struct neigh **b = bucket_of(dp->neigh, if_id, addr);
	struct neigh *n = dp->neigh->n < NEIGH_MAX ? calloc(1, sizeof(*n)) : NULL;

	if (!n)
		return NULL;
	n->own_adj = adj_own_alloc(dp->adj);
	if (n->own_adj == 0) {
		free(n);
		return NULL;
	}
	n->addr = addr;
	n->if_id = if_id;
	n->state = BW_ARP_INCOMPLETE;
	n->next = *b;
	*b = n;
	dp->neigh->n++;
	unresolve_adj(dp, n, n->own_adj);
	return n;
}

/* Workers may still hold own_adj's id in a packet's metadata, hence the deferral. */
static void free_own_adj(void *table, uint64_t id)
{
	adj_own_free(table, id);
}

static void destroy(struct dp *dp, struct neigh *n)
{
	struct neigh **at = bucket_of(dp->neigh, n->if_id, n->addr);

	while (*at != n)
		at = &(*at)->next;
	*at = n->next;
	dp->neigh->n--;
	remove_host_route(dp, n);
	drop_waiting(dp, n, BW_DROP_ARP_TIMEOUT);
	adj_publish(&dp->adj->adj[n->own_adj], ADJ_NO_ROUTE);
	rcu_defer_value(dp->rcu, free_own_adj, dp->adj, n->own_adj);
	free(n->bound);
	free(n);
}

void neigh_destroy(struct dp *dp)
{
	for (unsigned i = 0; dp->neigh && i < BUCKETS; i++)
		while (dp->neigh->bucket[i])
			destroy(dp, dp->neigh->bucket[i]);
	free(dp->neigh);
	dp->neigh = NULL;
}

/* Ask for it, by broadcast, or by unicast when it is known and about to be refreshed. */
static void ask(struct dp *dp, struct neigh *n)
{
	const struct itf *itf = dp_itf(dp, n->if_id);

	n->retry_at = rte_rdtsc() + NEIGH_RETRY_MS * dp->tsc_hz / 1000;
	n->tries++;
	if (itf && itf->flags & BW_IF_F_UP)
		arp_send_request(dp, itf, n->addr, n->state == BW_ARP_REACHABLE ? &n->mac : NULL);
}

/* What waited goes on at the first worker: its adjacency is complete now. */
static void release_waiting(struct dp *dp, struct neigh *n)
{
	for (unsigned i = 0; i < n->n_waiting; i++) {
		struct pkt_meta *meta = pkt_meta(n->waiting[i]);

		meta->adj = n->own_adj;
		meta->entry = INBOX_IP4_OUTPUT;
		if (!worker_hand_over(dp->worker[0], n->waiting[i])) {
			dp->counters->drops[BW_DROP_HANDOFF_FULL]++;
			rte_pktmbuf_free(n->waiting[i]);
		}
	}
	none_waits(dp, n);
}

static void learn(struct dp *dp, struct neigh *n, const struct rte_ether_addr *mac)
{
	bool changed = n->state == BW_ARP_INCOMPLETE || !rte_is_same_ether_addr(mac, &n->mac);

	if (n->state == BW_ARP_STATIC)
		return;
	n->state = BW_ARP_REACHABLE;
	n->confirmed = dp_seconds(dp);
	n->tries = 0;
	if (!changed)
		return;
	rte_ether_addr_copy(mac, &n->mac);
	update_adjs(dp, n);
	release_waiting(dp, n);
}

void neigh_heard(struct dp *dp, const struct itf *itf, bw_ip4 addr,
	const struct rte_ether_addr *mac, bool for_us)
{
	struct neigh *n = find(dp->neigh, itf->id, addr);

	/* RFC 826: who asks for us will be answered, and is likely to be needed */
	if (!n && for_us && itf_source_for(itf, addr) && arp_on_subnet(itf, addr)) {
		n = create(dp, itf->id, addr);
		if (n)
			add_host_route(dp, n);
	}
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

void neigh_resolve(struct dp *dp, struct rte_mbuf *m)
{
	const struct adj *adj = adj_get(dp->adj, pkt_meta(m)->adj);
	uint8_t kind = adj_kind(adj);
	bw_ip4 addr = kind == ADJ_GLEAN ? pkt_ip4(m)->dst_addr : adj->nexthop;
	struct neigh *n;

	if (kind < ADJ_GLEAN || !dp_itf(dp, adj->out_if)) {
		dp->counters->drops[BW_DROP_ADJ_DROP]++;
		rte_pktmbuf_free(m);
		return;
	}
	n = find(dp->neigh, adj->out_if, addr);
	if (!n)
		n = create(dp, adj->out_if, addr);
	if (!n) {
		dp->counters->drops[BW_DROP_ARP_QUEUE]++;
		rte_pktmbuf_free(m);
		return;
	}
	if (kind == ADJ_GLEAN)
		add_host_route(dp, n);
	enqueue(dp, n, m);
	if (n->state != BW_ARP_INCOMPLETE)
		release_waiting(dp, n); /* resolved since the packet set out */
	else if (n->tries == 0)
		ask(dp, n);
}

int neigh_bind(struct dp *dp, uint32_t adj_id, uint32_t if_id, bw_ip4 nexthop)
{
	struct neigh *n = find(dp->neigh, if_id, nexthop);
	uint32_t *bound;

	if (!n)
		n = create(dp, if_id, nexthop);
	if (!n)
		return BW_E_FULL;
	bound = realloc(n->bound, (n->n_bound + 1) * sizeof(*bound));
	if (!bound)
		return BW_E_NO_MEMORY;
	n->bound = bound;
	n->bound[n->n_bound++] = adj_id;
	if (n->state != BW_ARP_INCOMPLETE && dp_itf(dp, if_id))
		write_adj(dp, dp_itf(dp, if_id), n, adj_id);
	else
		unresolve_adj(dp, n, adj_id);
	if (n->state == BW_ARP_INCOMPLETE && n->tries == 0)
		ask(dp, n); /* a next hop will be needed: know it before the first packet */
	return BW_OK;
}

void neigh_unbind(struct dp *dp, uint32_t adj_id, uint32_t if_id, bw_ip4 nexthop)
{
	struct neigh *n = find(dp->neigh, if_id, nexthop);

	for (uint32_t i = 0; n && i < n->n_bound; i++)
		if (n->bound[i] == adj_id) {
			n->bound[i] = n->bound[--n->n_bound];
			break;
		}
}

int neigh_static_set(struct dp *dp, const struct bw_arp *arp, uint8_t epoch)
{
	struct neigh *n = find(dp->neigh, arp->if_id, arp->addr);

	if (arp->if_id >= BW_MAX_IFS || !dp_itf(dp, arp->if_id))
		return BW_E_NO_OBJECT;
	if (!n)
		n = create(dp, arp->if_id, arp->addr);
	if (!n)
		return BW_E_FULL;
	n->epoch = epoch;
	if (n->state == BW_ARP_STATIC && memcmp(&n->mac, arp->mac, 6) == 0)
		return BW_OK;
	n->state = BW_ARP_STATIC;
	memcpy(&n->mac, arp->mac, 6);
	if (arp_on_subnet(dp_itf(dp, n->if_id), n->addr))
		add_host_route(dp, n);
	update_adjs(dp, n);
	release_waiting(dp, n);
	return BW_OK;
}

/* Back to what is learnt: unknown, and asked for if anybody uses it. */
static void forget(struct dp *dp, struct neigh *n)
{
	n->tries = 0;
	if (n->n_bound == 0) {
		destroy(dp, n);
		return;
	}
	n->state = BW_ARP_INCOMPLETE;
	update_adjs(dp, n);
	ask(dp, n);
}

int neigh_static_del(struct dp *dp, const struct bw_arp *arp)
{
	struct neigh *n = find(dp->neigh, arp->if_id, arp->addr);

	if (!n || n->state != BW_ARP_STATIC)
		return BW_E_NO_OBJECT;
	forget(dp, n);
	return BW_OK;
}

/* Call fn for every neighbour; fn may destroy the one it is called for. */
static void for_each(
	struct dp *dp, void (*fn)(struct dp *dp, struct neigh *n, uint64_t arg), uint64_t arg)
{
	for (unsigned i = 0; i < BUCKETS; i++)
		for (struct neigh *n = dp->neigh->bucket[i], *next; n; n = next) {
			next = n->next;
			fn(dp, n, arg);
		}
}

static void sweep_one(struct dp *dp, struct neigh *n, uint64_t epoch)
{
	if (n->state == BW_ARP_STATIC && n->epoch != epoch)
		forget(dp, n);
}

void neigh_sweep(struct dp *dp, uint8_t epoch)
{
	for_each(dp, sweep_one, epoch);
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
	for_each(dp, clear_one, (uint64_t)if_id << 32 | addr);
}

static void itf_changed_one(struct dp *dp, struct neigh *n, uint64_t if_id)
{
	const struct itf *itf = dp_itf(dp, n->if_id);

	if (n->if_id != if_id)
		return;
	remove_host_route(dp, n);
	if (itf && arp_on_subnet(itf, n->addr)) {
		add_host_route(dp, n);
		update_adjs(dp, n);
	} else if (itf && n->state == BW_ARP_STATIC) {
		update_adjs(dp, n); /* it is configuration; its subnet may come yet */
	} else {
		forget(dp, n);
	}
}

void neigh_itf_changed(struct dp *dp, uint32_t if_id)
{
	for_each(dp, itf_changed_one, if_id);
}

void neigh_addr_taken(struct dp *dp, const struct itf *itf, bw_ip4 addr)
{
	struct neigh *n = find(dp->neigh, itf->id, addr);

	if (!n || n->state == BW_ARP_STATIC)
		return;
	remove_host_route(dp, n);
	forget(dp, n);
}

void neigh_announce(struct dp *dp, const struct itf *itf, bw_ip4 addr)
{
	arp_send_announcement(dp, itf, addr);
}

static uint32_t timeout_of(const struct dp *dp, const struct neigh *n)
{
	const struct itf *itf = dp_itf(dp, n->if_id);

	return itf && itf->arp_timeout ? itf->arp_timeout : NEIGH_ARP_TIMEOUT;
}

static void poll_incomplete(struct dp *dp, struct neigh *n)
{
	if (n->tries < NEIGH_TRIES) {
		ask(dp, n);
		return;
	}
	refuse_waiting(dp, n);
	n->tries = 0; /* the next packet starts again */
	if (n->n_bound == 0)
		destroy(dp, n);
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

void neigh_poll(struct dp *dp)
{
	for_each(dp, poll_one, rte_rdtsc());
}

bool neigh_dump_next(const struct dp *dp, uint32_t *cursor, struct bw_arp *row)
{
	/* the cursor is a bucket and a place in its chain */
	for (; *cursor >> 16 < BUCKETS; *cursor = ((*cursor >> 16) + 1) << 16) {
		const struct neigh *n = dp->neigh->bucket[*cursor >> 16];

		for (uint32_t skip = *cursor & 0xffff; n && skip; skip--)
			n = n->next;
		if (!n)
			continue;
		*row = (struct bw_arp) { .if_id = n->if_id, .addr = n->addr, .state = n->state };
		memcpy(row->mac, &n->mac, 6);
		row->age = n->state == BW_ARP_REACHABLE ? dp_seconds(dp) - n->confirmed : 0;
		++*cursor;
		return true;
	}
	return false;
}
