/* SPDX-License-Identifier: BSD-3-Clause */
/* Writes the frame's header that the adjacency holds, and chooses port or bridge. */
#include "nodes/node.h"

enum { NEXT_TX, NEXT_BRIDGE, NEXT_FRAGMENT, NEXT_PUNT, NEXT_PPPOE, NEXT_DROP, NEXT_MAX };

/* Consecutive packets mostly go to one neighbour: what is to be known of it is kept. */
struct run {
	const struct adj *adj;
	const struct itf *out;
	uint32_t id;
	uint32_t packets;
	uint64_t bytes;
	uint8_t kind;
};

static void count_run(struct worker *w, struct run *run)
{
	struct bw_if_counters *count;

	if (run->packets == 0)
		return;
	count = &w->counters->itf[run->out->id];
	count->tx_packets += run->packets;
	count->tx_bytes += run->bytes;
	run->packets = 0;
	run->bytes = 0;
}

static void begin_run(struct worker *w, struct run *run, const struct pkt_meta *meta)
{
	count_run(w, run);
	run->id = meta->adj;
	run->adj = adj_get(w->dp->adj, meta->adj);
	run->kind = adj_kind(run->adj);
	run->out = dp_itf(w->dp, meta->out_if);
}

/* No plain header to write: a session's, or the neighbour has to be asked for, or there is no way.
 */
static rte_edge_t not_written(struct rte_mbuf *m, uint8_t kind)
{
	if (kind == ADJ_PPPOE)
		return NEXT_PPPOE;
	if (kind == ADJ_NO_SESSION)
		return node_drop(m, BW_DROP_PPPOE_DOWN, NEXT_DROP);
	if (kind < ADJ_GLEAN)
		return node_drop(m, BW_DROP_ADJ_DROP, NEXT_DROP);
	pkt_meta(m)->punt = PUNT_RESOLVE;
	return NEXT_PUNT;
}

static __rte_always_inline rte_edge_t edge_of(struct worker *w, struct rte_mbuf *m, void *memo)
{
	struct pkt_meta *meta = pkt_meta(m);
	struct run *run = memo;
	uint8_t *header;

	if (unlikely(meta->adj != run->id || !run->out || meta->out_if != run->out->id))
		begin_run(w, run, meta);
	if (unlikely(!run->out))
		return node_drop(m, BW_DROP_IF_DOWN, NEXT_DROP);
	if (unlikely(m->pkt_len > run->out->ip_mtu))
		return NEXT_FRAGMENT;
	if (unlikely(run->kind != ADJ_ETHER))
		return not_written(m, run->kind);
	run->packets++;
	run->bytes += m->pkt_len;
	header = (uint8_t *)rte_pktmbuf_prepend(m, run->adj->rewrite_len);
	if (unlikely(!header))
		return node_drop(m, BW_DROP_NO_MBUF, NEXT_DROP);
	memcpy(header, run->adj->rewrite, 14);
	if (unlikely(run->adj->rewrite_len > 14))
		memcpy(header + 14, run->adj->rewrite + 14, 4);
	meta->out_port = run->adj->out_port;
	if (run->adj->out_port != ADJ_VIA_BRIDGE)
		return NEXT_TX;
	meta->vlan = run->adj->out_vlan;
	return NEXT_BRIDGE;
}

static uint16_t ip4_output(struct rte_graph *graph, struct rte_node *node, void **objs, uint16_t n)
{
	struct run run = { .id = UINT32_MAX };

	node_each_memo(graph, node, objs, n, edge_of, &run);
	count_run(node_worker(node), &run);
	return n;
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
		[NEXT_PPPOE] = "pppoe_encap",
		[NEXT_DROP] = "drop",
	},
};
RTE_NODE_REGISTER(ip4_output_node);
