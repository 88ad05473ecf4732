/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The feature nodes in a graph of their own, between a source that the tests
 * fill and sinks in the place of the nodes around them.
 */
#include <rte_eal.h>
#include <rte_graph.h>
#include <stdlib.h>
#include <string.h>

#include "core/dp.h"
#include "core/rcu.h"
#include "nat/nat.h"
#include "nodes/arcs.h"
#include "nodes/nat_undo.h"
#include "nodes/node.h"
#include "packets.h"
#include "suite.h"
#include "tables/acl.h"

#define HOST   "192.168.20.10"
#define GLOBAL "192.0.2.1"
#define SERVER "198.51.100.7"

enum { INSIDE = 1, OUTSIDE = 2, OTHER = 3 };
enum sink { DROP, LOOKUP, OUTPUT, ICMP_ERROR, HANDOFF, SINKS };
enum start {
	START_ACL_IN,
	START_VFR,
	START_OUT2IN,
	START_MSS_IN,
	START_IN2OUT,
	START_ACL_OUT,
	START_MSS_OUT,
	STARTS
};

static struct dp dp;
static struct worker worker;
static struct bw_worker_counters counters;
static struct itf itf[4];
static struct rte_mempool *pool;

static struct {
	enum start start;
	struct rte_mbuf *m[600];
	unsigned n;
} source;

/* What came out, in order. */
static struct {
	enum sink sink;
	struct rte_mbuf *m;
} out[600];
static unsigned n_out;

/* --- the rest of the dataplane --- */

void rcu_defer(struct rcu *rcu, void (*fn)(void *ptr), void *ptr)
{
	(void)rcu;
	fn(ptr);
}

void worker_call_all(struct dp *d, void (*fn)(struct worker *w, void *arg), void *arg)
{
	(void)d;
	fn(&worker, arg);
}

uint32_t dp_seconds(const struct dp *d)
{
	(void)d;
	return worker.now_sec;
}

void dp_log(struct dp *d, unsigned severity, const char *mnemonic, const char *fmt, ...)
{
	(void)d;
	(void)severity;
	(void)mnemonic;
	(void)fmt;
}

int node_init(const struct rte_graph *graph, struct rte_node *node)
{
	(void)graph;
	*(struct worker **)node->ctx = &worker;
	return 0;
}

static uint16_t take(enum sink sink, void **objs, uint16_t n)
{
	for (uint16_t i = 0; i < n && n_out < 600; i++) {
		out[n_out].sink = sink;
		out[n_out++].m = objs[i];
	}
	return n;
}

#define SINK_NODE(id, node_name)                                                                   \
	static uint16_t id##_process(                                                              \
		struct rte_graph *graph, struct rte_node *node, void **objs, uint16_t n)           \
	{                                                                                          \
		(void)graph;                                                                       \
		(void)node;                                                                        \
		return take(id, objs, n);                                                          \
	}                                                                                          \
	static struct rte_node_register id##_node = { .name = node_name,                           \
		.process = id##_process };                                                         \
	RTE_NODE_REGISTER(id##_node);

SINK_NODE(DROP, "drop")
SINK_NODE(LOOKUP, "ip4_lookup")
SINK_NODE(OUTPUT, "ip4_output")
SINK_NODE(ICMP_ERROR, "icmp_error")
SINK_NODE(HANDOFF, "handoff")

static uint16_t source_process(
	struct rte_graph *graph, struct rte_node *node, void **objs, uint16_t n)
{
	(void)objs;
	(void)n;
	if (source.n > 0)
		rte_node_enqueue(graph, node, source.start, (void **)source.m, source.n);
	n = source.n;
	source.n = 0;
	return n;
}

static struct rte_node_register source_node = {
	.name = "source",
	.flags = RTE_NODE_SOURCE_F,
	.process = source_process,
	.nb_edges = STARTS,
	.next_nodes = {
		[START_ACL_IN] = "acl_in",
		[START_VFR] = "vfr",
		[START_OUT2IN] = "nat_out2in",
		[START_MSS_IN] = "mss_in",
		[START_IN2OUT] = "nat_in2out",
		[START_ACL_OUT] = "acl_out",
		[START_MSS_OUT] = "mss_out",
	},
};
RTE_NODE_REGISTER(source_node);

/* --- driving --- */

static void retire_now(void *ctx, void (*fn)(void *, uint64_t), void *arg1, uint64_t arg2)
{
	(void)ctx;
	fn(arg1, arg2);
}

static void set_list(uint32_t id, uint32_t flags, const char *src, const char *wild)
{
	struct bw_acl acl = { .acl_id = id, .entries = 1 };
	struct bw_ace ace = { .acl_id = id,
		.flags = flags,
		.src_wild = ip4(wild),
		.src = ip4(src),
		.dst_wild = UINT32_MAX };

	CU_ASSERT_EQUAL(acl_set_begin(dp.acl, &acl), 0);
	CU_ASSERT_EQUAL(acl_set_entry(dp.acl, &ace), 0);
	CU_ASSERT_EQUAL(acl_set_commit(dp.acl, id), 0);
}

static void set_itf(unsigned id, uint32_t flags)
{
	itf[id] = (struct itf) { .id = id, .flags = flags, .tcp_mss = 1414, .primary = 1 };
	memset(itf[id].arc_next, ARC_EDGE_END, sizeof(itf[id].arc_next));
	dp.itf[id] = &itf[id];
}

/* n_workers: of which this is the first. */
static void start(unsigned n_workers)
{
	struct bw_nat_pool conf = {
		.pool_id = 1, .plen = 24, .start = ip4(GLOBAL), .end = ip4(GLOBAL)
	};
	struct bw_nat_rule rule = { .rule_id = 1,
		.kind = BW_NAT_DYNAMIC,
		.acl_id = 1,
		.pool_id = 1,
		.flags = BW_NAT_F_OVERLOAD };

	dp.n_workers = n_workers;
	dp.platform.nat_sessions = 1000;
	dp.acl = acl_create(n_workers, retire_now, NULL);
	worker = (struct worker) {
		.dp = &dp, .counters = &counters, .graph = worker.graph, .now_sec = 1
	};
	memset(&counters, 0, sizeof(counters));
	CU_ASSERT_EQUAL_FATAL(nat_create(&dp), 0);
	CU_ASSERT_EQUAL_FATAL(nat_worker_init(&worker), 0);
	CU_ASSERT_EQUAL_FATAL(vfr_worker_init(&worker), 0);
	set_itf(INSIDE, BW_IF_F_UP | BW_IF_F_NAT_INSIDE);
	set_itf(OUTSIDE, BW_IF_F_UP | BW_IF_F_NAT_OUTSIDE);
	set_itf(OTHER, BW_IF_F_UP);
	set_list(1, BW_ACE_F_PERMIT, "192.168.0.0", "0.0.255.255");
	CU_ASSERT_EQUAL(nat_pool_set(&dp, &conf), 0);
	CU_ASSERT_EQUAL(nat_rule_set(&dp, &rule), 0);
	CU_ASSERT_EQUAL(nat_commit(&dp), 0);
}

static void free_out(void)
{
	for (unsigned i = 0; i < n_out; i++)
		rte_pktmbuf_free(out[i].m);
	n_out = 0;
}

/* Nothing may be left of what was put in. */
static void stop(void)
{
	free_out();
	vfr_worker_fini(&worker);
	nat_worker_fini(&worker);
	nat_destroy(&dp);
	acl_destroy(dp.acl);
	CU_ASSERT_EQUAL(rte_mempool_in_use_count(pool), 0);
}

static struct pkt_meta *add(const struct packet *p, uint16_t in_if, uint16_t out_if)
{
	struct rte_mbuf *m = rte_pktmbuf_alloc(pool);
	struct pkt_meta *meta;

	CU_ASSERT_PTR_NOT_NULL_FATAL(m);
	memcpy(rte_pktmbuf_append(m, p->len), p->b, p->len);
	meta = pkt_meta(m);
	*meta = (struct pkt_meta) { .in_if = in_if, .out_if = out_if };
	source.m[source.n++] = m;
	return meta;
}

static void walk(enum start where)
{
	source.start = where;
	rte_graph_walk(worker.graph);
}

static struct packet packet_at(unsigned i)
{
	struct packet p = { .len = rte_pktmbuf_data_len(out[i].m) };

	memcpy(p.b, rte_pktmbuf_mtod(out[i].m, void *), p.len);
	return p;
}

static bool came_out(unsigned i, enum sink sink, const struct packet *want)
{
	struct packet p;

	if (i >= n_out || out[i].sink != sink)
		return false;
	p = packet_at(i);
	return same(&p, want);
}

static struct packet udp(const char *src, const char *dst, uint16_t sport, uint16_t dport)
{
	struct flow f = { src, dst, sport, dport, .proto = IPPROTO_UDP, .payload = 9 };

	return make(&f);
}

/* --- tests --- */

/* Inside and the router's own are translated; what came in elsewhere is not. */
static void in2out(void)
{
	struct packet p = udp(HOST, SERVER, 5000, 80), want = udp(GLOBAL, SERVER, 5000, 80);
	struct packet p2 = udp(HOST, SERVER, 5001, 80), want2 = udp(GLOBAL, SERVER, 5001, 80);

	start(1);
	add(&p, INSIDE, OUTSIDE);
	add(&p, OTHER, OUTSIDE);
	add(&p2, 0, OUTSIDE)->flags = PKT_F_LOCAL;
	walk(START_IN2OUT);
	CU_ASSERT_EQUAL(n_out, 3);
	CU_ASSERT(came_out(0, OUTPUT, &want));
	CU_ASSERT(came_out(1, OUTPUT, &p));
	CU_ASSERT(came_out(2, OUTPUT, &want2));
	stop();
}

/* More than a burst and more than a vector, to several edges, in order. */
static void long_vectors(void)
{
	unsigned right = 0;

	start(1);
	itf[OTHER].arc_next[FEATURE_IP4_OUT_NAT] = ARC_EDGE_DROP;
	for (unsigned i = 0; i < 599; i++) {
		struct packet p = udp(HOST, SERVER, 2000 + i % 90, 80);

		add(&p, INSIDE, i % 100 == 99 ? OTHER : OUTSIDE);
	}
	walk(START_IN2OUT);
	CU_ASSERT_EQUAL(n_out, 599);
	for (unsigned i = 0, k = 0, sink = DROP; i < 599; i++) {
		struct packet p = packet_at(i);

		/* the sinks run one after the other; each keeps the order */
		if (out[i].sink != sink)
			k = 0;
		sink = out[i].sink;
		while ((sink == DROP) != (k % 100 == 99))
			k++;
		right += ((struct l4_udp *)(p.b + 20))->sport == htons(2000 + k++ % 90) &&
			 checksums_ok(&p);
	}
	CU_ASSERT_EQUAL(right, 599);
	stop();
}

static void out2in(void)
{
	struct packet p = udp(HOST, SERVER, 5000, 80), back = udp(SERVER, GLOBAL, 80, 5000);
	struct packet want = udp(SERVER, HOST, 80, 5000), other = udp(SERVER, GLOBAL, 81, 5000);

	start(1);
	itf[OUTSIDE].arc_next[FEATURE_IP4_IN_NAT] = arcs_edge(FEATURE_IP4_IN_MSS);
	add(&p, INSIDE, OUTSIDE);
	walk(START_IN2OUT);
	free_out();
	add(&back, OUTSIDE, 0);
	add(&other, OUTSIDE, 0);
	walk(START_OUT2IN);
	CU_ASSERT_EQUAL(n_out, 2);
	CU_ASSERT(came_out(0, LOOKUP, &want));
	CU_ASSERT(came_out(1, LOOKUP, &other));
	CU_ASSERT_EQUAL(pkt_meta(out[0].m)->flags, PKT_F_NAT_OUT2IN);
	CU_ASSERT_EQUAL(pkt_meta(out[1].m)->flags, 0);
	stop();
}

/* Flows of another worker leave as they came, with the way to go on written to them. */
static void hand_over(void)
{
	unsigned handed = 0, kept = 0;

	start(2);
	for (unsigned i = 0; i < 100; i++) {
		struct packet p = udp(HOST, SERVER, 5000, 80 + i);

		add(&p, INSIDE, OUTSIDE);
	}
	walk(START_IN2OUT);
	for (unsigned i = 0; i < 100; i++) {
		const struct pkt_meta *meta = pkt_meta(out[i].m);

		handed += out[i].sink == HANDOFF && meta->punt == 1 &&
			  meta->entry == INBOX_NAT_IN2OUT;
		kept += out[i].sink == OUTPUT;
	}
	CU_ASSERT_EQUAL(handed + kept, 100);
	CU_ASSERT(handed > 20 && kept > 20);
	free_out();
	for (unsigned i = 0; i < 100; i++) {
		struct packet p = udp(SERVER, GLOBAL, 80 + i, 5000);

		add(&p, OUTSIDE, 0);
	}
	walk(START_OUT2IN);
	for (unsigned i = 0; i < 100; i++) {
		const struct pkt_meta *meta = pkt_meta(out[i].m);

		handed -= out[i].sink == HANDOFF && meta->punt == 1 &&
			  meta->entry == INBOX_NAT_OUT2IN;
		kept -= out[i].sink == LOOKUP;
	}
	CU_ASSERT_EQUAL(handed, 0);
	CU_ASSERT_EQUAL(kept, 0);
	stop();
}

static void drops_have_reasons(void)
{
	struct flow f = { HOST, SERVER, 1, 2, .proto = IPPROTO_UDP, .payload = 100 };
	struct packet whole = make(&f), p = make_fragment(&whole, 64, 44, false);

	start(1);
	add(&p, INSIDE, OUTSIDE);
	walk(START_IN2OUT);
	CU_ASSERT(came_out(0, DROP, &p));
	CU_ASSERT_EQUAL(pkt_meta(out[0].m)->drop, BW_DROP_NAT_UNSUPPORTED);
	free_out();
	add(&p, 77, 78); /* interfaces that are gone */
	walk(START_IN2OUT);
	add(&p, 77, 78);
	walk(START_OUT2IN);
	add(&p, 77, 78);
	walk(START_VFR);
	add(&p, 77, 78);
	walk(START_ACL_IN);
	add(&p, 77, 78);
	walk(START_ACL_OUT);
	add(&p, 77, 78);
	walk(START_MSS_IN);
	add(&p, 77, 78);
	walk(START_MSS_OUT);
	CU_ASSERT_EQUAL(n_out, 7);
	for (unsigned i = 0; i < n_out; i++) {
		CU_ASSERT_EQUAL(out[i].sink, DROP);
		CU_ASSERT_EQUAL(pkt_meta(out[i].m)->drop, BW_DROP_IF_DOWN);
	}
	stop();
}

static void access_group_in(void)
{
	struct packet good = udp(HOST, SERVER, 1, 2), bad = udp("10.0.0.1", SERVER, 1, 2);

	start(1);
	itf[INSIDE].acl_in = 1;
	add(&good, INSIDE, 0);
	add(&bad, INSIDE, 0);
	walk(START_ACL_IN);
	CU_ASSERT_EQUAL(n_out, 2);
	for (unsigned i = 0; i < n_out; i++) {
		const struct pkt_meta *meta = pkt_meta(out[i].m);

		if (out[i].sink == LOOKUP) {
			CU_ASSERT(came_out(i, LOOKUP, &good));
			continue;
		}
		CU_ASSERT(came_out(i, ICMP_ERROR, &bad));
		CU_ASSERT_EQUAL(meta->icmp_type, 3);
		CU_ASSERT_EQUAL(meta->icmp_code, 13);
		CU_ASSERT_EQUAL(meta->drop, BW_DROP_ACL_IN);
	}
	free_out();
	itf[INSIDE].flags |= BW_IF_F_NO_UNREACH;
	add(&bad, INSIDE, 0);
	walk(START_ACL_IN);
	CU_ASSERT(came_out(0, DROP, &bad));
	CU_ASSERT_EQUAL(pkt_meta(out[0].m)->drop, BW_DROP_ACL_IN);
	free_out();
	itf[INSIDE].acl_in = 9; /* not defined: permits all */
	add(&bad, INSIDE, 0);
	walk(START_ACL_IN);
	CU_ASSERT(came_out(0, LOOKUP, &bad));
	stop();
}

/* The list sees the global address; the error is about the packet as the host sent it. */
static void access_group_out(void)
{
	struct packet p = udp(HOST, SERVER, 5000, 80), want = udp(GLOBAL, SERVER, 5000, 80);
	uint8_t owner;

	start(1);
	itf[OUTSIDE].arc_next[FEATURE_IP4_OUT_NAT] = arcs_edge(FEATURE_IP4_OUT_ACL);
	itf[OUTSIDE].acl_out = 2;
	set_list(2, BW_ACE_F_PERMIT, GLOBAL, "0.0.0.0");
	add(&p, INSIDE, OUTSIDE);
	walk(START_IN2OUT);
	CU_ASSERT(came_out(0, OUTPUT, &want));
	free_out();
	set_list(2, 0, GLOBAL, "0.0.0.0");
	add(&p, INSIDE, OUTSIDE);
	walk(START_IN2OUT);
	CU_ASSERT(came_out(0, ICMP_ERROR, &want));
	CU_ASSERT_EQUAL(nat_undo_packet(&worker, out[0].m, &owner), NAT_DONE);
	CU_ASSERT(came_out(0, ICMP_ERROR, &p));
	CU_ASSERT_EQUAL(pkt_meta(out[0].m)->drop, BW_DROP_ACL_OUT);
	CU_ASSERT_EQUAL(pkt_meta(out[0].m)->icmp_code, 13);
	free_out();
	add(&want, OTHER, OUTSIDE); /* was not translated */
	walk(START_ACL_OUT);
	CU_ASSERT(came_out(0, ICMP_ERROR, &want));
	CU_ASSERT_EQUAL(nat_undo_packet(&worker, out[0].m, &owner), NAT_PASS);
	free_out();
	add(&want, 0, OUTSIDE)->flags = PKT_F_LOCAL;
	walk(START_ACL_OUT);
	CU_ASSERT(came_out(0, DROP, &want));
	stop();
}

static void fragments_wait_for_the_first(void)
{
	struct flow f = { HOST, SERVER, 5000, 80, .proto = IPPROTO_UDP, .payload = 200, .id = 1 };
	struct packet whole = make(&f), other = udp(HOST, SERVER, 7, 8), part[3];

	start(1);
	part[0] = make_fragment(&whole, 0, 64, true);
	part[1] = make_fragment(&whole, 64, 64, true);
	part[2] = make_fragment(&whole, 128, 80, false);
	add(&other, INSIDE, 0);
	add(&part[2], INSIDE, 0);
	add(&other, INSIDE, 0);
	add(&part[1], INSIDE, 0);
	walk(START_VFR);
	CU_ASSERT_EQUAL(n_out, 2);
	add(&part[0], INSIDE, 0);
	walk(START_VFR);
	CU_ASSERT_EQUAL(n_out, 5);
	CU_ASSERT(came_out(0, LOOKUP, &other));
	CU_ASSERT(came_out(1, LOOKUP, &other));
	CU_ASSERT(came_out(2, LOOKUP, &part[0]));
	CU_ASSERT(came_out(3, LOOKUP, &part[2]));
	CU_ASSERT(came_out(4, LOOKUP, &part[1]));
	CU_ASSERT_EQUAL(pkt_meta(out[0].m)->flags, 0);
	for (unsigned i = 2; i < 5; i++) {
		const struct pkt_meta *meta = pkt_meta(out[i].m);

		CU_ASSERT_EQUAL(meta->flags, PKT_F_L4_KNOWN | (i > 2 ? PKT_F_FRAGMENT : 0));
		CU_ASSERT_EQUAL(meta->l4_src, htons(5000));
		CU_ASSERT_EQUAL(meta->l4_dst, htons(80));
	}
	stop();
}

/* From virtual reassembly on through NAT and an output list that names the global port. */
static void fragments_all_the_way(void)
{
	struct flow f = { HOST, SERVER, 5000, 80, .proto = IPPROTO_UDP, .payload = 200, .id = 1 };
	struct packet whole = make(&f), part[2], want;
	struct packet taken = udp("192.168.20.99", SERVER, 5000, 80);

	start(1);
	add(&taken, INSIDE, OUTSIDE);
	walk(START_IN2OUT);
	free_out();
	part[0] = make_fragment(&whole, 0, 64, true);
	part[1] = make_fragment(&whole, 64, 144, false);
	f.src = GLOBAL;
	f.sport = 1024;
	whole = make(&f);
	add(&part[1], INSIDE, OUTSIDE);
	add(&part[0], INSIDE, OUTSIDE);
	walk(START_VFR);
	CU_ASSERT_EQUAL(n_out, 2);
	for (unsigned i = 0; i < 2; i++)
		source.m[source.n++] = out[i].m;
	n_out = 0;
	walk(START_IN2OUT);
	want = make_fragment(&whole, 0, 64, true);
	CU_ASSERT(came_out(0, OUTPUT, &want));
	want = make_fragment(&whole, 64, 144, false);
	CU_ASSERT(came_out(1, OUTPUT, &want));
	CU_ASSERT_EQUAL(pkt_meta(out[1].m)->l4_src, htons(1024));
	stop();
}

static void fragments_that_are_dropped(void)
{
	struct flow f = { HOST, SERVER, 5000, 80, .proto = IPPROTO_UDP, .payload = 200, .id = 1 };
	struct packet whole = make(&f), part = make_fragment(&whole, 64, 64, true);

	start(1);
	add(&part, INSIDE, 0);
	add(&part, INSIDE, 0);
	walk(START_VFR);
	CU_ASSERT_EQUAL(n_out, 2);
	CU_ASSERT_EQUAL(out[1].sink, DROP);
	CU_ASSERT_EQUAL(pkt_meta(out[1].m)->drop, BW_DROP_VFR_OVERLAP);
	free_out();
	itf[OTHER].flags |= BW_IF_F_VFR_DROP;
	add(&part, OTHER, 0);
	walk(START_VFR);
	CU_ASSERT(came_out(0, DROP, &part));
	CU_ASSERT_EQUAL(pkt_meta(out[0].m)->drop, BW_DROP_VFR_FORBIDDEN);
	free_out();
	f.id = 2;
	whole = make(&f);
	part = make_fragment(&whole, 64, 64, true);
	add(&part, INSIDE, 0);
	walk(START_VFR);
	CU_ASSERT_EQUAL(n_out, 0);
	CU_ASSERT_EQUAL(rte_mempool_in_use_count(pool), 1);
	worker.now_sec += 5;
	nat_worker_poll(&worker);
	CU_ASSERT_EQUAL(rte_mempool_in_use_count(pool), 0);
	CU_ASSERT_EQUAL(counters.drops[BW_DROP_VFR_TIMEOUT], 1);
	add(&part, INSIDE, 0); /* still held at the end: not leaked */
	walk(START_VFR);
	stop();
}

static void fragments_of_another_worker(void)
{
	unsigned handed = 0;

	start(2);
	for (unsigned i = 0; i < 16; i++) {
		struct flow f = { HOST, SERVER, 1, 2, .proto = IPPROTO_UDP, .payload = 99,
			.id = i };
		struct packet whole = make(&f), part = make_fragment(&whole, 64, 43, false);

		add(&part, INSIDE, 0);
	}
	walk(START_VFR);
	for (unsigned i = 0; i < n_out; i++)
		handed += out[i].sink == HANDOFF && pkt_meta(out[i].m)->punt == 1 &&
			  pkt_meta(out[i].m)->entry == INBOX_VFR;
	CU_ASSERT_EQUAL(handed, n_out);
	CU_ASSERT(handed > 0 && handed < 16);
	stop();
}

static void mss_both_ways(void)
{
	struct flow f = { HOST, SERVER, 5000, 80, IPPROTO_TCP, .tcp_flags = L4_TCP_SYN,
		.payload = 4 };
	struct packet p = make(&f), want;

	start(1);
	p.b[32] = 6 << 4;
	memcpy(p.b + 40, (uint8_t[]) { 2, 4, 0x05, 0xb4 }, 4);
	fix_checksums(&p);
	want = p;
	memcpy(want.b + 42, (uint8_t[]) { 0x05, 0x86 }, 2); /* 1414 */
	fix_checksums(&want);
	add(&p, INSIDE, 0);
	walk(START_MSS_IN);
	CU_ASSERT(came_out(0, LOOKUP, &want));
	free_out();
	add(&p, 0, OUTSIDE);
	walk(START_MSS_OUT);
	CU_ASSERT(came_out(0, OUTPUT, &want));
	stop();
}

/* --- set up --- */

static bool set_up(void)
{
	char *args[] = { "nodes_test", "--no-huge", "--no-shconf", "--no-pci", "-m", "64",
		"--lcores=0", "--no-telemetry", "--log-level=error", NULL };
	static const char *patterns[] = { "source", "acl_in", "vfr", "nat_out2in", "mss_in",
		"nat_in2out", "acl_out", "mss_out", "drop", "ip4_lookup", "ip4_output",
		"icmp_error", "handoff" };
	struct rte_graph_param param = { .socket_id = SOCKET_ID_ANY,
		.nb_node_patterns = RTE_DIM(patterns),
		.node_patterns = patterns };

	if (rte_eal_init(RTE_DIM(args) - 1, args) < 0)
		return false;
	pool = rte_pktmbuf_pool_create(
		"mbufs", 1023, 0, 0, RTE_MBUF_DEFAULT_BUF_SIZE, SOCKET_ID_ANY);
	if (!pool || arcs_connect() < 0 || rte_graph_create("test", &param) == RTE_GRAPH_ID_INVALID)
		return false;
	worker.graph = rte_graph_lookup("test");
	return worker.graph != NULL;
}

int main(void)
{
	static const struct test tests[] = {
		{ "in2out", in2out },
		{ "long vectors", long_vectors },
		{ "out2in", out2in },
		{ "hand-over", hand_over },
		{ "drops have reasons", drops_have_reasons },
		{ "access-group in", access_group_in },
		{ "access-group out", access_group_out },
		{ "fragments wait for the first", fragments_wait_for_the_first },
		{ "fragments all the way", fragments_all_the_way },
		{ "fragments that are dropped", fragments_that_are_dropped },
		{ "fragments of another worker", fragments_of_another_worker },
		{ "mss both ways", mss_both_ways },
	};
	int status = 1;

	if (set_up()) {
		status = RUN_SUITE("nat nodes", tests);
		rte_graph_destroy(rte_graph_from_name("test"));
		rte_mempool_free(pool);
		rte_eal_cleanup();
	} else {
		fprintf(stderr, "nodes_test: EAL or graph did not start\n");
	}
	return status;
}
