/* SPDX-License-Identifier: BSD-3-Clause */
/* Writes the header of a session's frames (RFC 2516 4) that the adjacency of a Dialer holds. */
#include "nodes/node.h"
#include "pppoe/path.h"

enum { NEXT_TX, NEXT_DROP, NEXT_MAX };

/* Consecutive packets mostly go through one session: what is to be known of it is kept. */
struct run {
	const struct adj *adj;
	uint32_t id;
	uint32_t packets;
	uint64_t bytes;
	bool open;
};

static void pppoe_encap_count_run(struct worker *w, struct run *run)
{
	struct bw_if_counters *count;

	if (run->packets == 0)
		return;
	count = &w->counters->itf[run->adj->out_if];
	count->tx_packets += run->packets;
	count->tx_bytes += run->bytes;
	run->packets = 0;
	run->bytes = 0;
}

static __rte_always_inline rte_edge_t pppoe_encap_edge(
	struct worker *w, struct rte_mbuf *m, void *memo)
{
	struct pkt_meta *meta = pkt_meta(m);
	struct run *run = memo;
	uint16_t bytes = m->pkt_len;
	struct pppoe_header *h;
	uint8_t *header;

	if (unlikely(meta->adj != run->id)) {
		pppoe_encap_count_run(w, run);
		run->id = meta->adj;
		run->adj = adj_get(w->dp->adj, meta->adj);
		run->open = adj_kind(run->adj) == ADJ_PPPOE;
	}
	if (unlikely(!run->open))
		return node_drop(m, BW_DROP_PPPOE_DOWN, NEXT_DROP);
	header = (uint8_t *)rte_pktmbuf_prepend(m, run->adj->rewrite_len);
	if (unlikely(!header))
		return node_drop(m, BW_DROP_NO_MBUF, NEXT_DROP);
	memcpy(header, run->adj->rewrite, 14 + sizeof(*h));
	if (unlikely(run->adj->rewrite_len > 14 + sizeof(*h)))
		memcpy(header + 14 + sizeof(*h), run->adj->rewrite + 14 + sizeof(*h), 4);
	h = (struct pppoe_header *)(header + run->adj->rewrite_len - sizeof(*h));
	h->length = rte_cpu_to_be_16(bytes + PPPOE_PROTOCOL_BYTES);
	run->packets++;
	run->bytes += bytes;
	meta->out_port = run->adj->out_port;
	return NEXT_TX;
}

static uint16_t pppoe_encap_process(
	struct rte_graph *graph, struct rte_node *node, void **objs, uint16_t n)
{
	struct run run = { .id = UINT32_MAX };

	node_each_memo(graph, node, objs, n, pppoe_encap_edge, &run);
	pppoe_encap_count_run(node_worker(node), &run);
	return n;
}

static struct rte_node_register pppoe_encap_node = {
	.name = "pppoe_encap",
	.process = pppoe_encap_process,
	.init = node_init,
	.nb_edges = NEXT_MAX,
	.next_nodes = {
		[NEXT_TX] = "port_tx",
		[NEXT_DROP] = "drop",
	},
};
RTE_NODE_REGISTER(pppoe_encap_node);
