/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Takes session frames (RFC 2516 4) apart: IPv4 goes on as come in on the Dialer, PPP's own
 * protocols to the client on the main lcore.
 */
#include <rte_ether.h>

#include "nodes/node.h"
#include "pppoe/path.h"

enum { NEXT_IP4, NEXT_PUNT, NEXT_DROP, NEXT_MAX };

/* Consecutive frames are mostly of one session. */
struct run {
	const struct pppoe_map *map;
	const struct pppoe_path *path;
	uint32_t key;
};

/* Of no session of ours, or somebody else speaks in its server's place: main tells him. */
static rte_edge_t pppoe_session_stray(struct rte_mbuf *m)
{
	pkt_meta(m)->punt = PUNT_STRAY;
	return NEXT_PUNT;
}

static rte_edge_t to_client(struct rte_mbuf *m, const struct pppoe_path *path)
{
	struct pkt_meta *meta = pkt_meta(m);

	rte_pktmbuf_adj(m, meta->l2_len + sizeof(struct pppoe_header) - PPPOE_PROTOCOL_BYTES);
	meta->client = path->client;
	meta->punt = PUNT_PPP;
	return NEXT_PUNT;
}

static rte_edge_t to_ip4(struct rte_mbuf *m, const struct pppoe_path *path)
{
	struct pkt_meta *meta = pkt_meta(m);

	if (unlikely(!path->open))
		return node_drop(m, BW_DROP_PPPOE_DOWN, NEXT_DROP);
	rte_pktmbuf_adj(m, meta->l2_len + sizeof(struct pppoe_header));
	meta->in_if = path->dialer;
	meta->vrf = path->vrf;
	meta->l2_len = 0;
	return NEXT_IP4;
}

static __rte_always_inline rte_edge_t pppoe_session_edge(
	struct worker *, struct rte_mbuf *m, void *memo)
{
	const struct rte_ether_hdr *eth = rte_pktmbuf_mtod(m, const struct rte_ether_hdr *);
	const struct pkt_meta *meta = pkt_meta(m);
	const struct pppoe_header *h = RTE_PTR_ADD(eth, meta->l2_len);
	struct run *run = memo;
	uint32_t key, length, bytes;

	if (unlikely(m->data_len < meta->l2_len + sizeof(*h)))
		return node_drop(m, BW_DROP_PPPOE_HEADER, NEXT_DROP);
	length = rte_be_to_cpu_16(h->length);
	bytes = meta->l2_len + sizeof(*h) - PPPOE_PROTOCOL_BYTES + length;
	if (unlikely(h->ver_type != PPPOE_VER_TYPE || h->code != 0 ||
		     length < PPPOE_PROTOCOL_BYTES || bytes > m->pkt_len ||
		     meta->flags & PKT_F_L2_BCAST))
		return node_drop(m, BW_DROP_PPPOE_HEADER, NEXT_DROP);
	if (unlikely(bytes < m->pkt_len) && rte_pktmbuf_trim(m, m->pkt_len - bytes) < 0)
		return node_drop(m, BW_DROP_PPPOE_HEADER, NEXT_DROP);
	key = pppoe_key(meta->in_if, rte_be_to_cpu_16(h->session));
	if (unlikely(key != run->key)) {
		run->key = key;
		run->path = pppoe_find(run->map, key);
	}
	if (unlikely(!run->path || memcmp(run->path->server, &eth->src_addr, 6) != 0))
		return pppoe_session_stray(m);
	return likely(h->protocol == RTE_BE16(PPP_PROTOCOL_IPV4)) ? to_ip4(m, run->path)
								  : to_client(m, run->path);
}

static uint16_t pppoe_session_process(
	struct rte_graph *graph, struct rte_node *node, void **objs, uint16_t n)
{
	struct run run = { .map = dp_pppoe_map(node_worker(node)->dp) };

	return node_each_memo(graph, node, objs, n, pppoe_session_edge, &run);
}

static struct rte_node_register pppoe_session_node = {
	.name = "pppoe_session",
	.process = pppoe_session_process,
	.init = node_init,
	.nb_edges = NEXT_MAX,
	.next_nodes = {
		[NEXT_IP4] = "ip4_input",
		[NEXT_PUNT] = "punt",
		[NEXT_DROP] = "drop",
	},
};
RTE_NODE_REGISTER(pppoe_session_node);
