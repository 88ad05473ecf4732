/* SPDX-License-Identifier: BSD-3-Clause */
/* Writes the frame's header that the adjacency holds, and chooses port or bridge. */
#include "nodes/node.h"

enum { NEXT_TX, NEXT_BRIDGE, NEXT_FRAGMENT, NEXT_PUNT, NEXT_DROP, NEXT_MAX };

static rte_edge_t edge_of(struct worker *w, struct rte_mbuf *m)
{
	struct pkt_meta *meta = pkt_meta(m);
	const struct adj *adj = adj_get(w->dp->adj, meta->adj);
	uint8_t kind = adj_kind(adj);
	const struct itf *out = dp_itf(w->dp, meta->out_if);
	struct bw_if_counters *count;
	uint8_t *header;

	if (unlikely(!out))
		return node_drop(m, BW_DROP_IF_DOWN, NEXT_DROP);
	if (unlikely(m->pkt_len > out->ip_mtu))
		return NEXT_FRAGMENT;
	if (unlikely(kind != ADJ_ETHER)) {
		meta->punt = PUNT_RESOLVE;
		return kind < ADJ_GLEAN ? node_drop(m, BW_DROP_ADJ_DROP, NEXT_DROP) : NEXT_PUNT;
	}
	count = &w->counters->itf[out->id];
	count->tx_packets++;
	count->tx_bytes += m->pkt_len;
	header = (uint8_t *)rte_pktmbuf_prepend(m, adj->rewrite_len);
	if (unlikely(!header))
		return node_drop(m, BW_DROP_NO_MBUF, NEXT_DROP);
	memcpy(header, adj->rewrite, 14);
	if (unlikely(adj->rewrite_len > 14))
		memcpy(header + 14, adj->rewrite + 14, 4);
	meta->out_port = adj->out_port;
	if (adj->out_port == ADJ_VIA_BRIDGE) {
		meta->vlan = adj->out_vlan;
		return NEXT_BRIDGE;
	}
	return NEXT_TX;
}

static uint16_t ip4_output(struct rte_graph *graph, struct rte_node *node, void **objs, uint16_t n)
{
	return node_each(graph, node, objs, n, edge_of);
}

static struct rte_node_register ip4_output_node = {
	.name = "ip4_output",
	.process = ip4_output,
	.init = node_init,
	.nb_edges = NEXT_MAX,
	.next_nodes = {
		[NEXT_TX] = "port_tx",
		[NEXT_BRIDGE] = "bridge_out",
		[NEXT_FRAGMENT] = "ip4_fragment",
		[NEXT_PUNT] = "punt",
		[NEXT_DROP] = "drop",
	},
};
RTE_NODE_REGISTER(ip4_output_node);
