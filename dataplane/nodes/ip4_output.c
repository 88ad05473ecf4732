/* SPDX-License-Identifier: BSD-3-Clause */
/* Writes the frame's header that the adjacency holds, and chooses port or bridge. */
#include "nodes/node.h"

/* Behind those of enum adj_edge, which an adjacency says. */
enum { EDGE_FRAGMENT = ADJ_EDGE_MAX, EDGE_MAX };

/* Consecutive packets mostly go to one neighbour: what is to be known of it is kept. */
struct run {
	const struct adj *adj;
	const struct itf *out;
	uint32_t id;
	uint32_t packets;
	uint64_t bytes;
	uint16_t mtu;
	uint8_t edge; /* enum adj_edge */
	bool writes;  /* the header is the whole rewrite */
	bool passes;  /* another node writes it */
};

static void ip4_output_count_run(struct worker *w, struct run *run)
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

static void ip4_output_begin_run(struct worker *w, struct run *run, const struct pkt_meta *meta)
{
	ip4_output_count_run(w, run);
	run->id = meta->adj;
	run->adj = adj_get(w->dp->adj, meta->adj);
	run->edge = adj_edge(run->adj);
	run->writes = run->edge == ADJ_EDGE_PORT || run->edge == ADJ_EDGE_BRIDGE;
	run->passes = !run->writes && run->edge != ADJ_EDGE_PUNT && run->edge != ADJ_EDGE_NONE;
	run->out = dp_itf(w->dp, meta->out_if);
	run->mtu = run->out ? adj_mtu(run->adj, run->out->ip_mtu) : 0;
}

/* There is no way, or the neighbour has to be asked for; by the time the id may lead elsewhere. */
static __rte_noinline rte_edge_t ip4_output_not_written(struct rte_mbuf *m, const struct adj *adj)
{
	uint16_t state = adj_state(adj);

	if (adj_edge_of(state) == ADJ_EDGE_NONE)
		return node_drop(m,
			adj_kind_of(state) == ADJ_NO_SESSION ? BW_DROP_PPPOE_DOWN
							     : BW_DROP_ADJ_DROP,
			ADJ_EDGE_NONE);
	pkt_meta(m)->adj_generation = adj_generation(adj);
	pkt_meta(m)->punt = PUNT_RESOLVE;
	return ADJ_EDGE_PUNT;
}

static __rte_always_inline rte_edge_t ip4_output_edge(
	struct worker *w, struct rte_mbuf *m, void *memo)
{
	struct pkt_meta *meta = pkt_meta(m);
	struct run *run = memo;
	uint8_t *header;

	if (unlikely(meta->adj != run->id || !run->out || meta->out_if != run->out->id))
		ip4_output_begin_run(w, run, meta);
	if (unlikely(!run->out))
		return node_drop(m, BW_DROP_IF_DOWN, ADJ_EDGE_NONE);
	if (unlikely(m->pkt_len > run->mtu))
		return EDGE_FRAGMENT;
	if (!run->writes)
		return likely(run->passes) ? run->edge : ip4_output_not_written(m, run->adj);
	run->packets++;
	run->bytes += m->pkt_len;
	header = (uint8_t *)rte_pktmbuf_prepend(m, run->adj->rewrite_len);
	if (unlikely(!header))
		return node_drop(m, BW_DROP_NO_MBUF, ADJ_EDGE_NONE);
	memcpy(header, run->adj->rewrite, 14);
	if (unlikely(run->adj->rewrite_len > 14))
		memcpy(header + 14, run->adj->rewrite + 14, 4);
	meta->out_port = run->adj->out_port;
	meta->vlan = run->adj->out_vlan;
	return run->edge;
}

static uint16_t ip4_output_process(
	struct rte_graph *graph, struct rte_node *node, void **objs, uint16_t n)
{
	struct run run = { .id = UINT32_MAX };

	node_each_memo(graph, node, objs, n, ip4_output_edge, &run);
	ip4_output_count_run(node_worker(node), &run);
	return n;
}

static struct rte_node_register ip4_output_node = {
	.name = "ip4_output",
	.process = ip4_output_process,
	.init = node_init,
	.nb_edges = EDGE_MAX,
	.next_nodes = {
		[ADJ_EDGE_NONE] = "drop",
		[ADJ_EDGE_PORT] = "port_tx",
		[ADJ_EDGE_BRIDGE] = "bridge_out",
		[ADJ_EDGE_PPPOE] = "pppoe_encap",
		[ADJ_EDGE_PUNT] = "punt",
		[EDGE_FRAGMENT] = "ip4_fragment",
	},
};
RTE_NODE_REGISTER(ip4_output_node);
