/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Checks an IPv4 header in the order of RFC 1812 5.2.2, trims the frame's padding,
 * and starts the features of the interface it came in on.
 */
#include "nodes/node.h"

/* Nodes behind this one find that many bytes of a packet in its first segment. */
#define LINEAR_BYTES 128

#define OPTION_END  0
#define OPTION_NOP  1
#define OPTION_LSRR 131 /* RFC 791: loose source route */
#define OPTION_SSRR 137

/* Sum of a header of 20 bytes: a valid one gives 0xffff. */
static inline uint16_t header_sum(const struct rte_ipv4_hdr *ip)
{
	uint32_t word[5];
	uint64_t sum;

	memcpy(word, ip, sizeof(word));
	sum = (uint64_t)word[0] + word[1] + word[2] + word[3] + word[4];
	sum = (sum & 0xffffffff) + (sum >> 32);
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return (sum & 0xffff) + (sum >> 16);
}

/* False for malformed options and for source routes, which are not followed. */
static enum bw_drop check_options(const struct rte_ipv4_hdr *ip, unsigned header)
{
	const uint8_t *o = (const uint8_t *)(ip + 1), *end = (const uint8_t *)ip + header;

	while (o < end && *o != OPTION_END) {
		if (*o == OPTION_LSRR || *o == OPTION_SSRR)
			return BW_DROP_IP4_SOURCE_ROUTE;
		if (*o == OPTION_NOP) {
			o++;
			continue;
		}
		if (end - o < 2 || o[1] < 2 || o[1] > end - o)
			return BW_DROP_IP4_IHL;
		o += o[1];
	}
	return BW_DROP_NONE;
}

/* The checks of a header that is not the plain 20 bytes. */
static enum bw_drop check_unusual(struct rte_mbuf *m)
{
	const struct rte_ipv4_hdr *ip = pkt_ip4(m);
	unsigned header = (ip->version_ihl & 0xf) * 4;

	if (ip->version_ihl >> 4 != 4)
		return BW_DROP_IP4_VERSION;
	if (header < sizeof(*ip))
		return BW_DROP_IP4_IHL;
	if (m->data_len < header)
		return BW_DROP_IP4_SHORT;
	if (rte_raw_cksum(ip, header) != 0xffff)
		return BW_DROP_IP4_CHECKSUM;
	return check_options(ip, header);
}

static inline enum bw_drop check_addresses(const struct rte_ipv4_hdr *ip)
{
	uint32_t src = rte_be_to_cpu_32(ip->src_addr), dst = rte_be_to_cpu_32(ip->dst_addr);
	uint32_t src8 = src >> 24, dst8 = dst >> 24;

	if (unlikely(src8 == 0 || src8 == 127 || src8 >= 224))
		return BW_DROP_IP4_SOURCE;
	if (unlikely(dst8 == 0 || dst8 == 127))
		return BW_DROP_IP4_DEST;
	if (unlikely(dst8 >= 224)) {
		if (dst == UINT32_MAX)
			return BW_DROP_NONE;
		return dst8 < 240 ? BW_DROP_IP4_MULTICAST : BW_DROP_IP4_DEST;
	}
	return BW_DROP_NONE;
}

/* Padding that fills segments of its own. */
static __rte_noinline void trim_segments(struct rte_mbuf *m, uint32_t total)
{
	struct rte_mbuf *last = m;
	uint32_t left = total;

	for (m->nb_segs = 1; left > last->data_len; m->nb_segs++) {
		left -= last->data_len;
		last = last->next;
	}
	rte_pktmbuf_free(last->next);
	last->next = NULL;
	last->data_len = left;
	m->pkt_len = total;
}

static inline enum bw_drop ip4_input_check(struct rte_mbuf *m)
{
	const struct rte_ipv4_hdr *ip = pkt_ip4(m);
	uint32_t total;
	enum bw_drop bad;

	if (unlikely(m->data_len < sizeof(*ip)))
		return BW_DROP_IP4_SHORT;
	if (likely(ip->version_ihl == RTE_IPV4_VHL_DEF)) {
		if (unlikely(header_sum(ip) != 0xffff))
			return BW_DROP_IP4_CHECKSUM;
	} else {
		bad = check_unusual(m);
		if (bad != BW_DROP_NONE)
			return bad;
	}
	total = rte_be_to_cpu_16(ip->total_length);
	if (unlikely(total < (ip->version_ihl & 0xfu) * 4))
		return BW_DROP_IP4_LENGTH;
	if (unlikely(total > m->pkt_len))
		return BW_DROP_IP4_LENGTH;
	if (m->pkt_len > total && rte_pktmbuf_trim(m, m->pkt_len - total) < 0)
		trim_segments(m, total);
	if (unlikely(m->nb_segs > 1 && m->data_len < RTE_MIN(total, (uint32_t)LINEAR_BYTES)) &&
		rte_pktmbuf_linearize(m) < 0)
		return BW_DROP_NO_MBUF;
	return check_addresses(pkt_ip4(m));
}

/* Consecutive packets mostly come in on one interface: it is looked up, and counted, once. */
struct run {
	const struct itf *itf;
	uint32_t in_if;
	uint32_t packets;
	uint64_t bytes;
};

static void ip4_input_count_run(struct worker *w, struct run *run)
{
	struct bw_if_counters *count = &w->counters->itf[run->in_if];

	count->rx_packets += run->packets;
	count->rx_bytes += run->bytes;
	run->packets = 0;
	run->bytes = 0;
}

static __rte_always_inline rte_edge_t ip4_input_edge(
	struct worker *w, struct rte_mbuf *m, void *memo)
{
	uint32_t in_if = pkt_meta(m)->in_if;
	struct run *run = memo;
	enum bw_drop bad;

	if (unlikely(in_if != run->in_if)) {
		ip4_input_count_run(w, run);
		run->in_if = in_if;
		run->itf = dp_itf(w->dp, in_if);
	}
	run->packets++;
	run->bytes += m->pkt_len;
	bad = ip4_input_check(m);
	if (unlikely(bad != BW_DROP_NONE))
		return node_drop(m, bad, ARC_EDGE_DROP);
	if (unlikely(!run->itf || run->itf->primary == 0))
		return node_drop(m, BW_DROP_NO_IP, ARC_EDGE_DROP);
	return run->itf->arc_first[ARC_IP4_IN];
}

static uint16_t ip4_input_process(
	struct rte_graph *graph, struct rte_node *node, void **objs, uint16_t n)
{
	struct run run = { 0 };

	node_each_memo(graph, node, objs, n, ip4_input_edge, &run);
	ip4_input_count_run(node_worker(node), &run);
	return n;
}

static struct rte_node_register ip4_input_node = {
	.name = "ip4_input",
	.process = ip4_input_process,
	.init = node_init,
	.nb_edges = ARC_EDGE_DROP + 1, /* the others by arcs_connect() */
	.next_nodes = { [ARC_EDGE_DROP] = "drop" },
};
RTE_NODE_REGISTER(ip4_input_node);
