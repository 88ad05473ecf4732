/* SPDX-License-Identifier: BSD-3-Clause */
/* Packets for the router itself: ICMP echo is answered here, the rest is the host stack's. */
#include <netinet/in.h>

#include "nodes/icmp.h"
#include "nodes/node.h"

enum { NEXT_ECHO, NEXT_PUNT, NEXT_DROP, NEXT_MAX };

/* A source that is one of our own addresses: nobody else may use it (land attack). */
static bool source_is_ours(const struct dp *dp, struct rte_mbuf *m)
{
	const struct fib *fib = dp_fib(dp, pkt_meta(m)->vrf);
	uint32_t id = fib_lookup(fib, rte_be_to_cpu_32(pkt_ip4(m)->src_addr));
	uint8_t kind = adj_kind(adj_get(dp->adj, id));

	return kind == ADJ_LOCAL || kind == ADJ_BROADCAST;
}

/* The type of an ICMP message, of which the beginning is here; -1: it is none. */
static int icmp_type(struct rte_mbuf *m)
{
	const struct rte_ipv4_hdr *ip = pkt_ip4(m);
	unsigned header = (ip->version_ihl & 0xf) * 4;

	if (ip->next_proto_id != IPPROTO_ICMP || m->data_len <= header ||
		ip->fragment_offset & RTE_BE16(RTE_IPV4_HDR_OFFSET_MASK))
		return -1;
	return ((const uint8_t *)ip)[header];
}

static bool has_more_fragments(struct rte_mbuf *m)
{
	return pkt_ip4(m)->fragment_offset & RTE_BE16(RTE_IPV4_HDR_MF_FLAG);
}

static void ip4_local_count(struct worker *w, int icmp, bool unicast)
{
	struct bw_local_counters *c = &w->counters->local;

	c->delivered++;
	c->broadcasts += !unicast;
	if (icmp >= 0)
		c->icmp_rx[bw_icmp_slot(icmp)]++;
}

static rte_edge_t ip4_local_edge(struct worker *w, struct rte_mbuf *m)
{
	struct pkt_meta *meta = pkt_meta(m);
	bool unicast = adj_kind(adj_get(w->dp->adj, meta->adj)) == ADJ_LOCAL;
	int icmp;

	if (!(meta->flags & PKT_F_LOCAL) && source_is_ours(w->dp, m))
		return node_drop(m, BW_DROP_IP4_LAND, NEXT_DROP);
	if (unlikely(meta->flags & PKT_F_L2_BCAST) && unicast) /* RFC 1122 3.3.6 */
		return node_drop(m, BW_DROP_IP4_BROADCAST, NEXT_DROP);
	icmp = icmp_type(m);
	ip4_local_count(w, icmp, unicast);
	if (unicast && icmp == ICMP_ECHO && !has_more_fragments(m))
		return NEXT_ECHO;
	meta->punt = PUNT_HOST;
	return NEXT_PUNT;
}

static uint16_t ip4_local_process(
	struct rte_graph *graph, struct rte_node *node, void **objs, uint16_t n)
{
	return node_each(graph, node, objs, n, ip4_local_edge);
}

static struct rte_node_register ip4_local_node = {
	.name = "ip4_local",
	.process = ip4_local_process,
	.init = node_init,
	.nb_edges = NEXT_MAX,
	.next_nodes = {
		[NEXT_ECHO] = "icmp_echo",
		[NEXT_PUNT] = "punt",
		[NEXT_DROP] = "drop",
	},
};
RTE_NODE_REGISTER(ip4_local_node);
