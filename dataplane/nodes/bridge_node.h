/* SPDX-License-Identifier: BSD-3-Clause */
/* The loop that `bridge` and `bridge_out` share: node_each() for frames that may be copied. */
#ifndef DATAPLANE_NODES_BRIDGE_NODE_H
#define DATAPLANE_NODES_BRIDGE_NODE_H

#include "l2/bridge.h"
#include "nodes/node.h"

static __rte_always_inline uint16_t bridge_each(struct rte_graph *graph, struct rte_node *node,
	void **objs, uint16_t n,
	rte_edge_t (*edge_of)(struct worker *w, struct rte_mbuf *m, struct bridge_copies *copies))
{
	struct worker *w = node_worker(node);
	struct bridge_copies copies = { 0 };
	rte_edge_t run_edge = 0, edge;
	uint16_t run = 0;

	if (n == 0)
		return 0;
	for (uint16_t i = 0; i < n; i++) {
		if (i + NODE_AHEAD < n) {
			rte_prefetch0(pkt_meta(objs[i + NODE_AHEAD]));
			rte_prefetch0(
				rte_pktmbuf_mtod((struct rte_mbuf *)objs[i + NODE_AHEAD], void *));
		}
		edge = edge_of(w, objs[i], &copies);
		/* Copies go after what came before them, or frames of one flow could overtake. */
		if (unlikely(i > run && (edge != run_edge || copies.n > 0))) {
			rte_node_enqueue(graph, node, run_edge, &objs[run], i - run);
			run = i;
		}
		if (i == run)
			run_edge = edge;
		if (unlikely(copies.n > 0)) {
			rte_node_enqueue(
				graph, node, BRIDGE_EDGE_PORT_TX, (void **)copies.m, copies.n);
			copies.n = 0;
		}
	}
	if (likely(run == 0))
		rte_node_next_stream_move(graph, node, run_edge);
	else
		rte_node_enqueue(graph, node, run_edge, &objs[run], n - run);
	return n;
}

#endif
