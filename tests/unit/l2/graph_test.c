/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The nodes in a real rte_graph, between a source and sinks of the test's own: whole vectors in,
 * and what comes out by which edge and in which order.
 */
#include <rte_graph.h>
#include <rte_graph_worker.h>
#include <string.h>

#include "l2/bridge.h"
#include "support.h"

#define VECTOR	256
#define MAX_OUT 8192

enum { TO_BRIDGE, TO_BRIDGE_OUT, TO_FRAGMENT, TO_ECHO, TO_ERROR, TO_MAX };
enum sink { SINK_DROP, SINK_PORT_TX, SINK_IP4_INPUT, SINK_PUNT, SINK_LOOKUP, SINK_OUTPUT, SINKS };

static struct rte_graph *graph;
static struct rte_mbuf *input[VECTOR];
static unsigned n_input;
static rte_edge_t input_edge;
static struct rte_mbuf *output[SINKS][MAX_OUT];
static unsigned n_output[SINKS];
static unsigned began;

/* ---- source and sinks ---- */

static uint16_t source(struct rte_graph *g, struct rte_node *node, void **, uint16_t)
{
	unsigned n = n_input;

	n_input = 0;
	if (n > 0)
		rte_node_enqueue(g, node, input_edge, (void **)input, n);
	return n;
}

static struct rte_node_register source_node = {
	.name = "test_source",
	.flags = RTE_NODE_SOURCE_F,
	.process = source,
	.nb_edges = TO_MAX,
	.next_nodes = { "bridge", "bridge_out", "ip4_fragment", "icmp_echo", "icmp_error" },
};
RTE_NODE_REGISTER(source_node)

static uint16_t keep(enum sink sink, void **objs, uint16_t n)
{
	CU_ASSERT_FATAL(n_output[sink] + n <= MAX_OUT);
	memcpy(&output[sink][n_output[sink]], objs, n * sizeof(objs[0]));
	n_output[sink] += n;
	return n;
}

static uint16_t drop(struct rte_graph *, struct rte_node *, void **objs, uint16_t n)
{
	return keep(SINK_DROP, objs, n);
}

static uint16_t port_tx(struct rte_graph *, struct rte_node *, void **objs, uint16_t n)
{
	return keep(SINK_PORT_TX, objs, n);
}

static uint16_t ip4_input(struct rte_graph *, struct rte_node *, void **objs, uint16_t n)
{
	return keep(SINK_IP4_INPUT, objs, n);
}

static uint16_t punt(struct rte_graph *, struct rte_node *, void **objs, uint16_t n)
{
	return keep(SINK_PUNT, objs, n);
}

static uint16_t ip4_lookup(struct rte_graph *, struct rte_node *, void **objs, uint16_t n)
{
	return keep(SINK_LOOKUP, objs, n);
}

static uint16_t ip4_output(struct rte_graph *, struct rte_node *, void **objs, uint16_t n)
{
	return keep(SINK_OUTPUT, objs, n);
}

static struct rte_node_register drop_node = { .name = "drop", .process = drop };
static struct rte_node_register port_tx_node = { .name = "port_tx", .process = port_tx };
static struct rte_node_register ip4_input_node = { .name = "ip4_input", .process = ip4_input };
static struct rte_node_register punt_node = { .name = "punt", .process = punt };
static struct rte_node_register ip4_lookup_node = { .name = "ip4_lookup", .process = ip4_lookup };
static struct rte_node_register ip4_output_node = { .name = "ip4_output", .process = ip4_output };
RTE_NODE_REGISTER(drop_node)
RTE_NODE_REGISTER(port_tx_node)
RTE_NODE_REGISTER(ip4_input_node)
RTE_NODE_REGISTER(punt_node)
RTE_NODE_REGISTER(ip4_lookup_node)
RTE_NODE_REGISTER(ip4_output_node)

static int make_graph(void)
{
	static const char *names[] = { "test_source", "bridge", "bridge_out", "ip4_fragment",
		"icmp_echo", "icmp_error", "drop", "port_tx", "ip4_input", "punt", "ip4_lookup",
		"ip4_output" };
	struct rte_graph_param param = {
		.socket_id = SOCKET_ID_ANY,
		.nb_node_patterns = RTE_DIM(names),
		.node_patterns = names,
	};

	if (rte_graph_create("test", &param) == RTE_GRAPH_ID_INVALID)
		return -1;
	graph = rte_graph_lookup("test");
	return graph != NULL ? 0 : -1;
}

static void walk(rte_edge_t edge)
{
	input_edge = edge;
	memset(n_output, 0, sizeof(n_output));
	rte_graph_walk(graph);
	CU_ASSERT_EQUAL(n_input, 0);
}

static void free_outputs(void)
{
	for (unsigned s = 0; s < SINKS; s++)
		rte_pktmbuf_free_bulk(output[s], n_output[s]);
	CU_ASSERT_EQUAL(packets_in_use(), began);
}

static unsigned total_output(void)
{
	unsigned n = 0;

	for (unsigned s = 0; s < SINKS; s++)
		n += n_output[s];
	return n;
}

/* ---- bridge ---- */

enum kind { KNOWN, BROADCAST, UNKNOWN, TO_SVI, ARP_TO_SVI, BAD_SOURCE, KINDS };

static void switch_port(uint32_t id, uint16_t port, uint32_t flags)
{
	struct itf *itf = itf_new(id, BW_IF_PORT, BW_IF_F_UP | BW_IF_F_SWITCH | flags);

	itf->port = port;
	itf->vlan = 10;
	itf->allowed_vlans[0] = 1 << 10;
}

static void begin_bridge(void)
{
	struct itf *svi;

	began = packets_in_use();
	itf_clear();
	switch_port(1, 0, 0);
	switch_port(2, 1, 0);
	switch_port(3, 2, BW_IF_F_TRUNK);
	dp.itf[3]->vlan = 0;
	svi = itf_new(4, BW_IF_SVI, BW_IF_F_UP);
	svi->vlan = 10;
	svi->mac[0] = 2;
	svi->mac[5] = 0xee;
	CU_ASSERT_EQUAL_FATAL(bridge_create(&dp), 0);
	mac_learn(
		dp.bridge->macs, mac_key(10, mac_bits((uint8_t[6]) { 2, 0, 0, 0, 0, 0xb })), 1, 1);
}

static void end_bridge(void)
{
	free_outputs();
	bridge_destroy(&dp);
}

/* From port 0. Bytes 14 and 15 are its number. */
static struct rte_mbuf *frame(enum kind kind, unsigned number)
{
	uint8_t f[60] = { 2, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0xa, 8, 0 };
	struct rte_mbuf *m;

	f[14] = number >> 8;
	f[15] = number;
	if (kind == BROADCAST)
		memset(f, 255, 6);
	else
		f[5] = kind == KNOWN || kind == BAD_SOURCE ? 0xb : kind == UNKNOWN ? 0xc : 0xee;
	if (kind == ARP_TO_SVI)
		f[13] = 6;
	if (kind == BAD_SOURCE)
		f[6] = 3;
	m = packet(f, sizeof(f));
	pkt_meta(m)->in_if = 1;
	return m;
}

/* The number in a frame as it came out: with a tag, without, or without an Ethernet header. */
static unsigned number_of(enum sink sink, struct rte_mbuf *m)
{
	unsigned at = sink == SINK_IP4_INPUT || sink == SINK_PUNT ? 0 : 14;
	uint8_t f[60];

	packet_bytes(m, f, sizeof(f));
	if (at != 0 && f[12] == 0x81)
		at += 4;
	return f[at] << 8 | f[at + 1];
}

static bool goes_to_port(enum kind kind, uint16_t port)
{
	return kind == BROADCAST || kind == UNKNOWN || (kind == KNOWN && port == 1);
}

static bool goes_to_sink(enum kind kind, enum sink sink)
{
	switch (sink) {
	case SINK_DROP:
		return kind == BAD_SOURCE;
	case SINK_IP4_INPUT:
		return kind == BROADCAST || kind == TO_SVI;
	case SINK_PUNT:
		return kind == ARP_TO_SVI;
	default:
		return false;
	}
}

/* Outputs at a sink (of one port) are the expected frames, each once and in their order. */
static void check_sink(const enum kind *kinds, unsigned n, enum sink sink, uint16_t port)
{
	unsigned next = 0;

	for (unsigned i = 0; i < n_output[sink]; i++) {
		struct rte_mbuf *m = output[sink][i];

		if (sink == SINK_PORT_TX && pkt_meta(m)->out_port != port)
			continue;
		while (next < n && !(sink == SINK_PORT_TX ? goes_to_port(kinds[next], port)
							  : goes_to_sink(kinds[next], sink)))
			next++;
		CU_ASSERT_FATAL(next < n);
		CU_ASSERT_EQUAL(number_of(sink, m), next);
		next++;
	}
	for (; next < n; next++)
		CU_ASSERT_FALSE(sink == SINK_PORT_TX ? goes_to_port(kinds[next], port)
						     : goes_to_sink(kinds[next], sink));
}

static void run_bridge(const enum kind *kinds, unsigned n)
{
	begin_bridge();
	for (unsigned i = 0; i < n; i++)
		input[i] = frame(kinds[i], i);
	n_input = n;
	walk(TO_BRIDGE);
	check_sink(kinds, n, SINK_PORT_TX, 1);
	check_sink(kinds, n, SINK_PORT_TX, 2);
	check_sink(kinds, n, SINK_IP4_INPUT, 0);
	check_sink(kinds, n, SINK_PUNT, 0);
	check_sink(kinds, n, SINK_DROP, 0);
	end_bridge();
}

static void vectors_of_one_kind(void)
{
	enum kind kinds[VECTOR];

	for (enum kind k = 0; k < KINDS; k++) {
		for (unsigned i = 0; i < VECTOR; i++)
			kinds[i] = k;
		run_bridge(kinds, VECTOR);
		run_bridge(kinds, 1);
	}
}

static void mixed_vectors(void)
{
	enum kind kinds[VECTOR];

	for (unsigned round = 0; round < 200; round++) {
		unsigned n = 1 + pseudo_random() % VECTOR, stickiness = 1 + pseudo_random() % 8;

		for (unsigned i = 0; i < n; i++)
			kinds[i] = i > 0 && pseudo_random() % stickiness != 0
					   ? kinds[i - 1]
					   : (enum kind)(pseudo_random() % KINDS);
		run_bridge(kinds, n);
	}
}

static void frames_of_the_svi(void)
{
	begin_bridge();
	for (unsigned i = 0; i < VECTOR; i++) {
		input[i] = frame(i % 3 == 0 ? UNKNOWN : KNOWN, i);
		pkt_meta(input[i])->vlan = i % 5 == 0 ? 11 : 10;
	}
	n_input = VECTOR;
	walk(TO_BRIDGE_OUT);
	CU_ASSERT_EQUAL(n_output[SINK_DROP], 52); /* VLAN 11 has no member */
	/* of the other 204, 68 go to three ports and the rest to one */
	CU_ASSERT_EQUAL(n_output[SINK_PORT_TX], 68 * 3 + 136);
	CU_ASSERT_EQUAL(total_output(), n_output[SINK_DROP] + n_output[SINK_PORT_TX]);
	end_bridge();
}

/* ---- IPv4 ---- */

static struct rte_mbuf *ip_packet(unsigned total, uint8_t proto, uint16_t id)
{
	static uint8_t p[1500];

	put_ip4(p, 20, total, proto, "192.0.2.77", "192.0.2.1");
	memset(p + 20, 0, total - 20);
	p[4] = id >> 8;
	p[5] = id;
	if (proto == 1) {
		p[20] = 8;
		p[22] = 0xf7;
		p[23] = 0xff;
	}
	sign_ip4(p);
	return packet(p, total);
}

static void begin_ip(void)
{
	struct itf *itf;

	began = packets_in_use();
	drops_clear();
	itf_clear();
	itf = itf_new(2, BW_IF_PORT, BW_IF_F_UP);
	itf->ip_mtu = 576;
	itf->n_addrs = 1;
	itf->addr[0].addr = itf->primary = ip4("192.0.2.1");
	itf->addr[0].plen = 24;
	worker.now += 100 * HZ;
}

static void fragments_keep_their_order(void)
{
	unsigned next = 0;

	begin_ip();
	for (unsigned i = 0; i < VECTOR; i++) {
		input[i] = ip_packet(1500, 17, i);
		pkt_meta(input[i])->out_if = i % 4 == 0 ? 99 : 2;
	}
	n_input = VECTOR;
	walk(TO_FRAGMENT);
	CU_ASSERT_EQUAL(n_output[SINK_DROP], VECTOR / 4);
	CU_ASSERT_EQUAL(n_output[SINK_OUTPUT], VECTOR / 4 * 3 * 3);
	CU_ASSERT_EQUAL(total_output(), n_output[SINK_DROP] + n_output[SINK_OUTPUT]);
	for (unsigned i = 0; i < n_output[SINK_DROP]; i++)
		CU_ASSERT_EQUAL(pkt_meta(output[SINK_DROP][i])->drop, BW_DROP_IP4_FRAGMENT);
	for (unsigned i = 0; i < n_output[SINK_OUTPUT]; i++) {
		const struct rte_ipv4_hdr *ip = pkt_ip4(output[SINK_OUTPUT][i]);
		unsigned piece = i % 3;

		if (piece == 0)
			next += next % 4 == 0;
		CU_ASSERT_EQUAL(rte_be_to_cpu_16(ip->packet_id), next);
		CU_ASSERT_EQUAL(rte_be_to_cpu_16(ip->fragment_offset) & 0x1fff, piece * 69);
		if (piece == 2)
			next++;
	}
	free_outputs();
}

static void echoes_and_errors(void)
{
	begin_ip();
	for (unsigned i = 0; i < VECTOR; i++) {
		input[i] = ip_packet(64, 1, i);
		if (i % 8 == 0) /* a wrong checksum */
			rte_pktmbuf_mtod(input[i], uint8_t *)[30] = 1;
		pkt_meta(input[i])->in_if = 2;
	}
	n_input = VECTOR;
	walk(TO_ECHO);
	CU_ASSERT_EQUAL(n_output[SINK_DROP], VECTOR / 8);
	CU_ASSERT_EQUAL(n_output[SINK_LOOKUP], VECTOR / 8 * 7);
	CU_ASSERT_EQUAL(total_output(), VECTOR);
	free_outputs();

	for (unsigned i = 0; i < VECTOR; i++) {
		input[i] = ip_packet(64, 17, i);
		pkt_meta(input[i])->in_if = 2;
		pkt_meta(input[i])->icmp_type = 11;
		pkt_meta(input[i])->drop = BW_DROP_IP4_TTL;
	}
	n_input = VECTOR;
	walk(TO_ERROR);
	CU_ASSERT_EQUAL(n_output[SINK_LOOKUP], 50);
	CU_ASSERT_EQUAL(n_output[SINK_DROP], VECTOR - 50);
	CU_ASSERT_EQUAL(total_output(), VECTOR);
	CU_ASSERT_EQUAL(worker.counters->drops[BW_DROP_IP4_TTL], 50);
	CU_ASSERT_EQUAL(worker.counters->drops[BW_DROP_ICMP_RATE], VECTOR - 50);
	free_outputs();
}

int main(void)
{
	CU_pSuite s;

	support_start();
	if (make_graph() < 0) {
		fprintf(stderr, "no graph\n");
		return 1;
	}
	s = CU_add_suite("graph", NULL, NULL);
	CU_ADD_TEST(s, vectors_of_one_kind);
	CU_ADD_TEST(s, mixed_vectors);
	CU_ADD_TEST(s, frames_of_the_svi);
	CU_ADD_TEST(s, fragments_keep_their_order);
	CU_ADD_TEST(s, echoes_and_errors);
	return support_run();
}
