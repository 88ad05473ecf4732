/* SPDX-License-Identifier: BSD-3-Clause */
/* Answers echo requests to the router's own addresses. */
#include <rte_icmp.h>

#include "l3/checksum.h"
#include "nodes/icmp.h"
#include "nodes/node.h"

#define REPLY_TTL 255

static bool is_fragment(const struct rte_ipv4_hdr *ip)
{
	return ip->fragment_offset & RTE_BE16(RTE_IPV4_HDR_MF_FLAG | RTE_IPV4_HDR_OFFSET_MASK);
}

/* Echo requests to groups are not answered: they serve to multiply traffic. */
static bool to_many(const struct rte_ipv4_hdr *ip, const struct pkt_meta *meta)
{
	return meta->flags & PKT_F_L2_BCAST || meta->adj == BW_ADJ_BROADCAST ||
	       rte_be_to_cpu_32(ip->dst_addr) >= ICMP_FIRST_GROUP;
}

static bool checksum_is_good(struct rte_mbuf *m, unsigned header, unsigned length)
{
	uint16_t sum;

	return rte_raw_cksum_mbuf(m, header, length, &sum) == 0 && sum == 0xffff;
}

/*
 * The header of the reply: options and TOS stay (RFC 1812 4.3.3.6, 4.3.2.5). DF goes, so that the
 * reply arrives whatever the way back is like, and needs an id of its own then.
 */
static void turn_header(struct worker *w, struct rte_ipv4_hdr *ip)
{
	rte_be32_t src = ip->src_addr;
	uint32_t delta;
	rte_be16_t old;

	ip->src_addr = ip->dst_addr;
	ip->dst_addr = src;

	delta = checksum_delta16(
		rte_cpu_to_be_16(ip->time_to_live << 8), rte_cpu_to_be_16(REPLY_TTL << 8));
	ip->time_to_live = REPLY_TTL;
	if (ip->fragment_offset & RTE_BE16(RTE_IPV4_HDR_DF_FLAG)) {
		old = ip->fragment_offset;
		ip->fragment_offset &= ~RTE_BE16(RTE_IPV4_HDR_DF_FLAG);
		delta += checksum_delta16(old, ip->fragment_offset);
		old = ip->packet_id;
		ip->packet_id = icmp_next_id(w);
		delta += checksum_delta16(old, ip->packet_id);
	}
	ip->hdr_checksum = checksum_update(ip->hdr_checksum, delta);
}

static void turn_icmp(struct rte_icmp_hdr *icmp)
{
	uint32_t delta = checksum_delta16(
		rte_cpu_to_be_16(ICMP_ECHO << 8), rte_cpu_to_be_16(ICMP_ECHO_REPLY << 8));

	icmp->icmp_type = ICMP_ECHO_REPLY;
	icmp->icmp_cksum = checksum_update(icmp->icmp_cksum, delta);
}

rte_edge_t icmp_echo_reply(struct worker *w, struct rte_mbuf *m)
{
	struct rte_ipv4_hdr *ip = pkt_ip4(m);
	struct pkt_meta *meta = pkt_meta(m);
	unsigned header = rte_ipv4_hdr_len(ip);
	unsigned total = rte_be_to_cpu_16(ip->total_length);
	struct rte_icmp_hdr *icmp;

	if (unlikely(to_many(ip, meta)))
		return node_drop(m, BW_DROP_ICMP_FORBIDDEN, ICMP_ECHO_EDGE_DROP);
	if (unlikely(is_fragment(ip))) {
		meta->punt = PUNT_HOST;
		return ICMP_ECHO_EDGE_PUNT;
	}
	if (unlikely(total < header + sizeof(*icmp) || total > m->pkt_len ||
		     m->data_len < header + sizeof(*icmp) ||
		     !checksum_is_good(m, header, total - header)))
		return node_drop(m, BW_DROP_ICMP_BAD, ICMP_ECHO_EDGE_DROP);
	icmp = rte_pktmbuf_mtod_offset(m, struct rte_icmp_hdr *, header);
	if (unlikely(icmp->icmp_type != ICMP_ECHO))
		return node_drop(m, BW_DROP_ICMP_BAD, ICMP_ECHO_EDGE_DROP);
	turn_icmp(icmp);
	turn_header(w, ip);
	w->counters->local.icmp_tx[ICMP_ECHO_REPLY]++;
	*meta = (struct pkt_meta) { .vrf = meta->vrf, .flags = PKT_F_LOCAL };
	return ICMP_ECHO_EDGE_LOOKUP;
}

static uint16_t icmp_echo_process(
	struct rte_graph *graph, struct rte_node *node, void **objs, uint16_t n)
{
	return node_each(graph, node, objs, n, icmp_echo_reply);
}

static struct rte_node_register icmp_echo_node = {
	.name = "icmp_echo",
	.init = node_init,
	.process = icmp_echo_process,
	.nb_edges = ICMP_ECHO_EDGE_MAX,
	.next_nodes = {
		[ICMP_ECHO_EDGE_DROP] = "drop",
		[ICMP_ECHO_EDGE_LOOKUP] = "ip4_lookup",
		[ICMP_ECHO_EDGE_PUNT] = "punt",
	},
};

RTE_NODE_REGISTER(icmp_echo_node)
