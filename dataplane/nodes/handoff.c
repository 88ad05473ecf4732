/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Hands packets to the worker meta->punt, where they go on at meta->entry, if their adjacency is
 * still the same one then (inbox.c).
 */
#include "nodes/node.h"

static uint16_t handoff_process(
	struct rte_graph *graph, struct rte_node *node, void **objs, uint16_t n)
{
	struct worker *w = node_worker(node);

	(void)graph;
	for (uint16_t i = 0; i < n; i++) {
		struct rte_mbuf *m = objs[i];

		pkt_meta(m)->adj_generation = adj_generation(adj_get(w->dp->adj, pkt_meta(m)->adj));
		if (likely(worker_hand_over(w->dp->worker[pkt_meta(m)->punt], m))) {
			w->counters->nat.handed_over++;
			continue;
		}
		w->counters->drops[BW_DROP_HANDOFF_FULL]++;
		rte_pktmbuf_free(m);
	}
	return n;
}

static struct rte_node_register handoff_node = {
	.name = "handoff",
	.process = handoff_process,
	.init = node_init,
};
RTE_NODE_REGISTER(handoff_node);
