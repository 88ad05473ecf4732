/* SPDX-License-Identifier: BSD-3-Clause */
#include "support.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <rte_arp.h>
#include <rte_cycles.h>
#include <rte_eal.h>
#include <rte_ethdev.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "core/buffers.h"
#include "core/eal.h"
#include "core/rcu.h"
#include "host/host.h"
#include "l2/bridge.h"
#include "l3/arp.h"
#include "l3/line.h"
#include "l3/neigh_private.h"
#include "nat/nat.h"
#include "nodes/arcs.h"
#include "objects/itf_set.h"
#include "objects/objects.h"
#include "objects/programmer.h"
#include "port/port.h"
#include "pppoe/pppoe.h"
#include "tables/acl.h"
#include "tables/fib_pool.h"
#include "tables/l2map.h"

#define RX_MAX 512

/* The first of the adjacency ids that t_connect() takes: one for each interface. */
#define CONNECTED_ADJ 1000

struct queue {
	uint16_t port, queue;
	struct rte_mbuf *rx[RX_MAX];
	unsigned n_rx;
};

struct dp *t_dp;
struct t_frame t_frame[T_FRAMES];
unsigned t_frames;
uint8_t t_epoch;
uint16_t t_tx_room = UINT16_MAX;
const uint8_t t_broadcast[6] = { 255, 255, 255, 255, 255, 255 };
const uint8_t t_peer[6] = { 2, 0, 0, 0, 0, 0x77 };

static struct queue queues[BW_MAX_PORTS][T_QUEUES];
static void *queue_data[BW_MAX_PORTS][T_QUEUES];
static pthread_mutex_t frames_lock = PTHREAD_MUTEX_INITIALIZER;
static uint64_t real_hz;

void t_require_at(bool what, const char *text, const char *file, int line)
{
	if (what)
		return;
	fprintf(stderr, "%s:%d: %s does not hold\n", file, line, text);
	abort();
}

/* ---- ports ---- */

static uint16_t receive_burst(void *arg, struct rte_mbuf **m, uint16_t n)
{
	struct queue *q = arg;
	unsigned taken = RTE_MIN((unsigned)n, q->n_rx);

	memcpy(m, q->rx, taken * sizeof(*m));
	q->n_rx -= taken;
	memmove(q->rx, q->rx + taken, q->n_rx * sizeof(*m));
	return taken;
}

static void keep_frame(const struct queue *q, const struct rte_mbuf *m)
{
	struct t_frame *f = &t_frame[t_frames];

	t_require(t_frames < T_FRAMES && m->pkt_len <= sizeof(f->b));
	f->port = q->port;
	f->queue = q->queue;
	f->len = 0;
	for (; m; m = m->next) {
		memcpy(f->b + f->len, rte_pktmbuf_mtod(m, void *), m->data_len);
		f->len += m->data_len;
	}
	t_frames++;
}

static uint16_t send_burst(void *arg, struct rte_mbuf **m, uint16_t n)
{
	n = RTE_MIN(n, t_tx_room);
	pthread_mutex_lock(&frames_lock);
	for (uint16_t i = 0; i < n; i++) {
		keep_frame(arg, m[i]);
		rte_pktmbuf_free(m[i]);
	}
	pthread_mutex_unlock(&frames_lock);
	return n;
}

static void take_over(unsigned port)
{
	struct rte_eth_fp_ops *ops = &rte_eth_fp_ops[t_dp->port[port].ethdev];

	for (unsigned q = 0; q < T_QUEUES; q++) {
		queues[port][q].port = port;
		queues[port][q].queue = q;
		queue_data[port][q] = &queues[port][q];
	}
	ops->rxq.data = queue_data[port];
	ops->txq.data = queue_data[port];
	ops->rx_pkt_burst = receive_burst;
	ops->tx_pkt_burst = send_burst;
}

/* ---- start and end ---- */

static void retire(void *ctx, void (*fn)(void *, uint64_t), void *arg, uint64_t value)
{
	rcu_defer_value(((struct dp *)ctx)->rcu, fn, arg, value);
}

static void say_platform(struct bw_platform *p, const struct t_config *c)
{
	p->workers = c->workers;
	p->single_core = c->workers == 1;
	p->main_core = -1;
	p->memory = c->max_mtu ? 384 : 256;
	p->mbufs = 8191;
	p->max_mtu = c->max_mtu ? c->max_mtu : BW_MAX_MTU_DEFAULT;
	p->nat_sessions = 1024;
	p->n_ports = c->ports;
	for (unsigned i = 0; i < c->ports; i++) {
		snprintf(p->port[i].name, sizeof(p->port[i].name), "GigabitEthernet%u", i);
		p->port[i].kind = BW_PORT_NULL;
		p->port[i].queues = c->queues;
		p->port[i].is_switch = i >= 4;
	}
}

static void create_tables(struct dp *dp)
{
	static const struct bw_vrf global = { .name = "default" };

	t_require(pkt_meta_register() == 0);
	dp->rcu = rcu_create(dp->n_workers);
	dp->pool = rte_pktmbuf_pool_create("mbufs", dp->platform.mbufs, 0, 0,
		RTE_PKTMBUF_HEADROOM + buffers_room(&dp->platform), SOCKET_ID_ANY);
	dp->punt = rte_ring_create("punt", 2048, SOCKET_ID_ANY, RING_F_SC_DEQ);
	dp->main_bell = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	dp->adj = adj_create();
	dp->fib_pool = fib_pool_create(retire, dp);
	dp->no_fib = fib_create(dp->fib_pool, UINT16_MAX, BW_ADJ_NO_ROUTE);
	dp->neigh = neigh_create();
	dp->acl = acl_create(dp->n_workers, retire, dp);
	t_require(dp->rcu && dp->pool && dp->punt && dp->main_bell >= 0 && dp->adj && dp->no_fib &&
		  dp->neigh && dp->acl);
	if (dp->platform.single_core)
		rcu_main_is_worker(dp->rcu, 0);
	t_require(nat_create(dp) == 0 && bridge_create(dp) == 0 && pppoe_create(dp) == 0);
	t_require(vrf_set(dp, &global, 0) == BW_OK);
}

void t_start(const struct t_config *c)
{
	struct dp *dp = aligned_alloc(64, (sizeof(*dp) + 63) & ~(size_t)63);
	char err[256] = "";

	t_require(dp != NULL);
	memset(dp, 0, sizeof(*dp));
	t_dp = dp;
	/* TUN devices of a test do not belong into the machine's own namespace */
	if (unshare(CLONE_NEWNET) < 0)
		fprintf(stderr, "no network namespace of its own\n");
	dp->listener.listen_sock = dp->listener.sock = -1;
	snprintf(dp->instance, sizeof(dp->instance), "unit");
	say_platform(&dp->platform, c);
	if (eal_start(dp, err, sizeof(err)) < 0) {
		fprintf(stderr, "%s\n", err);
		exit(1);
	}
	dp->tsc_hz = real_hz = rte_get_tsc_hz();
	dp->start_tsc = rte_rdtsc();
	t_require(bw_region_create(&dp->region, dp->n_workers, c->ports) == 0);
	dp->counters = &dp->region.counters[dp->n_workers];
	create_tables(dp);
	for (unsigned i = 0; i < dp->n_workers; i++) {
		dp->worker[i] = worker_create(dp, i, dp->platform.single_core ? 0 : i + 1);
		t_require(dp->worker[i] != NULL);
	}
	if (port_open_all(dp, err, sizeof(err)) < 0) {
		fprintf(stderr, "%s\n", err);
		exit(1);
	}
	port_describe(dp);
	for (unsigned i = 0; i < c->ports; i++)
		take_over(i);
	t_require(arcs_connect() == 0);
	for (unsigned i = 0; i < dp->n_workers; i++)
		t_require(worker_start_graph(dp->worker[i]) == 0);
	dp->programmer = programmer_create(dp);
	t_require(dp->programmer != NULL);
	if (dp->platform.single_core)
		rte_rcu_qsbr_thread_online(rcu_qsbr(dp->rcu), 0);
}

void t_stop(void)
{
	struct dp *dp = t_dp;

	if (dp->platform.single_core)
		rte_rcu_qsbr_thread_offline(rcu_qsbr(dp->rcu), 0);
	for (unsigned v = 0; v < BW_MAX_VRFS; v++)
		host_del(dp, v);
	pppoe_destroy(dp);
	neigh_destroy(dp);
	programmer_destroy(dp);
	port_close_all(dp);
	rcu_destroy(dp->rcu);
	dp->rcu = NULL;
	for (unsigned i = 0; i < dp->n_workers; i++)
		worker_destroy(dp->worker[i]);
	bridge_destroy(dp);
	nat_destroy(dp);
	acl_destroy(dp->acl);
	itf_free_all(dp);
	l2map_free(dp);
	for (unsigned v = 0; v < BW_MAX_VRFS; v++)
		fib_destroy(dp->fib[v]);
	fib_destroy(dp->no_fib);
	fib_pool_destroy(dp->fib_pool);
	adj_destroy(dp->adj);
	rte_ring_free(dp->punt);
	rte_mempool_free(dp->pool);
	bw_region_free(&dp->region);
	close(dp->main_bell);
	eal_stop();
	free(dp);
}

static void drop_queued(void)
{
	for (unsigned p = 0; p < t_dp->n_ports; p++)
		for (unsigned q = 0; q < T_QUEUES; q++) {
			rte_pktmbuf_free_bulk(queues[p][q].rx, queues[p][q].n_rx);
			queues[p][q].n_rx = 0;
		}
}

unsigned t_reset(void)
{
	t_clock(1);
	t_epoch++;
	drop_queued();
	neigh_sweep(t_dp, t_epoch);
	neigh_clear(t_dp, 0, 0);
	route_sweep(t_dp, t_epoch);
	adj_sweep(t_dp, t_epoch);
	pppoe_sweep(t_dp, t_epoch);
	neigh_clear(t_dp, 0, 0);
	itf_sweep(t_dp, t_epoch);
	vrf_sweep(t_dp, t_epoch);
	for (unsigned i = 0; i < t_dp->n_ports; i++)
		t_dp->port[i].link_up = true;
	line_update(t_dp);
	t_settle();
	t_forget_frames();
	for (unsigned i = 0; i < t_dp->n_workers; i++)
		memset(t_dp->region.counters[i].itf, 0, sizeof(t_dp->region.counters[i].itf));
	t_clear_drops();
	t_dp->arp_defended = 0;
	t_dp->announcer.sent = 0;
	memset(&t_dp->neigh->rate, 0, sizeof(t_dp->neigh->rate));
	t_tx_room = UINT16_MAX;
	for (unsigned i = 0; i < t_dp->n_workers; i++) { /* the limits of ICMP errors */
		struct worker *w = t_dp->worker[i];

		w->icmp_unreach_next = w->icmp_frag_next = w->icmp_ttl_stamp = 0;
		w->icmp_ttl_tokens = 0;
	}
	return t_in_use();
}

/* ---- turning the wheels ---- */

void t_clock(unsigned times)
{
	uint64_t second = dp_seconds(t_dp);

	t_dp->tsc_hz = real_hz / times;
	t_dp->start_tsc = rte_rdtsc() - (second - 1) * t_dp->tsc_hz;
	for (unsigned i = 0; i < t_dp->n_workers; i++)
		t_dp->worker[i]->next_sec_tsc = 0;
}

void t_later(uint32_t seconds)
{
	t_dp->start_tsc -= seconds * t_dp->tsc_hz;
	for (unsigned i = 0; i < t_dp->n_workers; i++)
		t_dp->worker[i]->next_sec_tsc = 0;
}

unsigned t_walk(unsigned worker)
{
	struct rte_rcu_qsbr *qsbr = rcu_qsbr(t_dp->rcu);
	unsigned n;

	if (t_dp->platform.single_core)
		return worker_walk(t_dp->worker[worker]);
	rte_rcu_qsbr_thread_online(qsbr, worker);
	n = worker_walk(t_dp->worker[worker]);
	rte_rcu_qsbr_thread_offline(qsbr, worker);
	return n;
}

unsigned t_main(void)
{
	struct rte_mbuf *m[64];
	unsigned n = rte_ring_sc_dequeue_burst(t_dp->punt, (void **)m, RTE_DIM(m), NULL);

	for (unsigned i = 0; i < n; i++) {
		if (pkt_meta(m[i])->punt == PUNT_ARP)
			arp_input(t_dp, m[i]);
		else if (pkt_meta(m[i])->punt == PUNT_RESOLVE)
			neigh_resolve(t_dp, m[i]);
		else if (pkt_meta(m[i])->punt == PUNT_PPPOE)
			pppoe_discovery_input(t_dp, m[i]);
		else if (pkt_meta(m[i])->punt == PUNT_PPP)
			pppoe_ppp_input(t_dp, m[i]);
		else if (pkt_meta(m[i])->punt == PUNT_STRAY)
			pppoe_stray_input(t_dp, m[i]);
		else
			host_send(t_dp, pkt_meta(m[i])->vrf, m[i]);
	}
	rcu_poll(t_dp->rcu);
	return n;
}

bool t_control(void)
{
	struct dp *dp = t_dp;

	if (dp->listener.sock >= 0 && bw_listener_hung_up(&dp->listener))
		programmer_detached(dp);
	if (bw_listener_accept(&dp->listener, &dp->region) == 1)
		programmer_attached(dp);
	return programmer_poll(dp);
}

void t_settle(void)
{
	unsigned n;

	do {
		n = 0;
		for (unsigned i = 0; i < t_dp->n_workers; i++)
			n += t_walk(i);
		n += t_main();
	} while (n);
}

/* ---- frames ---- */

static void enqueue(unsigned port, unsigned queue, struct rte_mbuf *m)
{
	struct queue *q = &queues[port][queue];

	t_require(q->n_rx < RX_MAX);
	m->port = t_dp->port[port].ethdev;
	q->rx[q->n_rx++] = m;
}

static struct rte_mbuf *segment(const uint8_t *bytes, unsigned len)
{
	struct rte_mbuf *m = rte_pktmbuf_alloc(t_dp->pool);

	t_require(m != NULL);
	memcpy(rte_pktmbuf_append(m, len), bytes, len);
	return m;
}

void t_receive(unsigned port, unsigned queue, const void *bytes, unsigned len)
{
	enqueue(port, queue, segment(bytes, len));
}

void t_receive_stripped(unsigned port, uint16_t tci, const void *bytes, unsigned len)
{
	struct rte_mbuf *m = segment(bytes, len);

	m->vlan_tci = tci;
	m->ol_flags |= RTE_MBUF_F_RX_VLAN | RTE_MBUF_F_RX_VLAN_STRIPPED;
	enqueue(port, 0, m);
}

void t_receive_chain(
	unsigned port, const void *bytes, unsigned len, const uint16_t *seg, unsigned n_segs)
{
	struct rte_mbuf *head = NULL;
	unsigned at = 0;

	for (unsigned i = 0; at < len; i++) {
		unsigned n = i < n_segs ? RTE_MIN((unsigned)seg[i], len - at) : len - at;
		struct rte_mbuf *m = segment((const uint8_t *)bytes + at, n);

		at += n;
		if (head)
			t_require(rte_pktmbuf_chain(head, m) == 0);
		else
			head = m;
	}
	enqueue(port, 0, head);
}

void t_send(unsigned port, const void *bytes, unsigned len)
{
	t_receive(port, 0, bytes, len);
	t_settle();
}

void t_forget_frames(void)
{
	t_frames = 0;
}

unsigned t_in_use(void)
{
	return rte_mempool_in_use_count(t_dp->pool);
}

uint64_t t_drops(enum bw_drop reason)
{
	uint64_t n = 0;

	for (unsigned i = 0; i <= t_dp->n_workers; i++) /* and the main lcore */
		n += t_dp->region.counters[i].drops[reason];
	return n;
}

uint64_t t_all_drops(void)
{
	uint64_t n = 0;

	for (unsigned r = 0; r < BW_DROP_MAX; r++)
		n += t_drops(r);
	return n;
}

void t_clear_drops(void)
{
	for (unsigned i = 0; i <= t_dp->n_workers; i++)
		memset(t_dp->region.counters[i].drops, 0, sizeof(uint64_t) * BW_DROP_MAX);
}

uint16_t t_checksum(const uint8_t *bytes, unsigned len)
{
	uint32_t sum = 0;

	for (unsigned i = 0; i < len; i++)
		sum += i % 2 ? bytes[i] : (uint32_t)bytes[i] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return ~sum;
}

unsigned t_put_eth(uint8_t *f, const uint8_t *dst, int vlan, uint16_t type)
{
	unsigned n = 12;

	memcpy(f, dst, 6);
	memcpy(f + 6, t_peer, 6);
	if (vlan >= 0) {
		f[n++] = 0x81;
		f[n++] = 0;
		f[n++] = vlan >> 8;
		f[n++] = vlan;
	}
	f[n++] = type >> 8;
	f[n++] = type;
	return n;
}

void t_sign_ip4(uint8_t *at)
{
	uint16_t sum;

	at[10] = at[11] = 0;
	sum = t_checksum(at, (at[0] & 0xf) * 4);
	at[10] = sum >> 8;
	at[11] = sum;
}

void t_put_ip4(uint8_t *at, unsigned header, unsigned total, uint8_t proto, const char *src,
	const char *dst)
{
	bw_ip4 s = t_ip(src), d = t_ip(dst);

	memset(at, 0, header);
	at[0] = 0x40 | header / 4;
	at[2] = total >> 8;
	at[3] = total;
	at[4] = 0x12;
	at[5] = 0x34;
	at[8] = 64;
	at[9] = proto;
	memcpy(at + 12, &s, 4);
	memcpy(at + 16, &d, 4);
	t_sign_ip4(at);
}

void t_put_arp(
	uint8_t *at, uint16_t op, const uint8_t *sha, bw_ip4 sip, const uint8_t *tha, bw_ip4 tip)
{
	static const uint8_t head[6] = { 0, 1, 8, 0, 6, 4 };

	memcpy(at, head, 6);
	at[6] = op >> 8;
	at[7] = op;
	memcpy(at + 8, sha, 6);
	memcpy(at + 14, &sip, 4);
	memcpy(at + 18, tha, 6);
	memcpy(at + 24, &tip, 4);
}

bw_ip4 t_ip(const char *text)
{
	struct in_addr a;

	t_require(inet_pton(AF_INET, text, &a) == 1);
	return a.s_addr;
}

/* ---- objects ---- */

struct bw_if t_if(uint32_t id, uint16_t kind, uint16_t port, uint16_t vlan)
{
	struct bw_if c = { .if_id = id,
		.kind = kind,
		.port = port,
		.vlan = vlan,
		.mtu = 1500,
		.ip_mtu = 1500,
		.flags = BW_IF_F_UP };

	snprintf(c.name, sizeof(c.name), "If%u", id);
	return c;
}

void t_if_set(const struct bw_if *c)
{
	t_require(itf_set(t_dp, c, t_epoch) == BW_OK);
	line_update(t_dp);
}

void t_addr(uint32_t if_id, const char *addr, uint8_t plen, uint8_t flags)
{
	struct bw_if_addr a = { .if_id = if_id, .addr = t_ip(addr), .plen = plen, .flags = flags };

	t_require(itf_addr_set(t_dp, &a, t_epoch) == BW_OK);
}

static void route(uint32_t vrf, uint32_t prefix, uint8_t plen, uint32_t adj)
{
	struct bw_route r = { .vrf_id = vrf, .prefix = htonl(prefix), .plen = plen, .adj_id = adj };

	t_require(route_set(t_dp, &r, t_epoch) == BW_OK);
}

void t_connect(uint32_t if_id, const char *addr, uint8_t plen)
{
	uint32_t a = ntohl(t_ip(addr)), host = plen < 32 ? UINT32_MAX >> plen : 0;
	uint32_t vrf = t_dp->itf[if_id]->vrf;

	t_addr(if_id, addr, plen, t_dp->itf[if_id]->primary ? 0 : BW_ADDR_F_PRIMARY);
	t_adj_glean(CONNECTED_ADJ + if_id, if_id);
	route(vrf, a & ~host, plen, CONNECTED_ADJ + if_id);
	route(vrf, a, 32, BW_ADJ_RECEIVE);
	if (plen < 31) {
		route(vrf, a & ~host, 32, BW_ADJ_BROADCAST);
		route(vrf, a | host, 32, BW_ADJ_BROADCAST);
	}
}

void t_adj_neighbour(uint32_t id, uint32_t if_id, const char *nexthop)
{
	struct bw_adj a = {
		.adj_id = id, .type = BW_ADJ_T_NEIGHBOUR, .if_id = if_id, .nexthop = t_ip(nexthop)
	};

	t_require(adj_set(t_dp, &a, t_epoch) == BW_OK);
}

void t_adj_glean(uint32_t id, uint32_t if_id)
{
	struct bw_adj a = { .adj_id = id, .type = BW_ADJ_T_GLEAN, .if_id = if_id };

	t_require(adj_set(t_dp, &a, t_epoch) == BW_OK);
}

void t_adj_ecmp(uint32_t id, unsigned n, const uint32_t *path)
{
	struct bw_adj a = { .adj_id = id, .type = BW_ADJ_T_ECMP, .n_paths = n };

	memcpy(a.path, path, n * sizeof(*path));
	t_require(adj_set(t_dp, &a, t_epoch) == BW_OK);
}

void t_route(uint32_t vrf, const char *prefix, uint8_t plen, uint32_t adj)
{
	route(vrf, ntohl(t_ip(prefix)), plen, adj);
}

void t_route_del(uint32_t vrf, const char *prefix, uint8_t plen)
{
	struct bw_route r = { .vrf_id = vrf, .prefix = t_ip(prefix), .plen = plen };

	t_require(route_del(t_dp, &r) == BW_OK);
}

const struct adj *t_adj_to(const char *addr)
{
	return adj_get(t_dp->adj, fib_lookup(t_dp->fib[0], ntohl(t_ip(addr))));
}

void t_learn(uint32_t if_id, const char *addr, const uint8_t *mac)
{
	struct rte_ether_addr m;

	memcpy(&m, mac, 6);
	neigh_heard(t_dp, t_dp->itf[if_id], t_ip(addr), &m, true);
}

bool t_users_are_right(void)
{
	uint32_t *count = calloc(ADJ_MAX, sizeof(*count));
	const struct routes *routes = &t_dp->fib_pool->routes;
	bool right = true;

	t_require(count != NULL);
	for (uint32_t i = 0; i <= routes->mask; i++)
		if (routes->slot[i].plen != ROUTE_EMPTY && routes->slot[i].adj < BW_MAX_ADJS &&
			!(routes->slot[i].prefix == UINT32_MAX && routes->slot[i].plen == 32))
			count[routes->slot[i].adj]++;
	for (uint32_t id = 0; id <= t_dp->adj->highest; id++) {
		const struct bw_adj *c = t_dp->adj->conf[id];

		for (unsigned k = 0; c && c->type == BW_ADJ_T_ECMP && k < c->n_paths; k++)
			count[c->path[k]]++;
	}
	for (uint32_t id = 0; id < BW_MAX_ADJS && right; id++)
		if (count[id] != t_dp->adj->users[id]) {
			fprintf(stderr, "adjacency %u has %u users, not %u\n", id, count[id],
				t_dp->adj->users[id]);
			right = false;
		}
	free(count);
	return right;
}

uint32_t t_random(void)
{
	static uint64_t state = 20240229;

	state = state * 6364136223846793005u + 1442695040888963407u;
	return state >> 33;
}
