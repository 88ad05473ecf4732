/* SPDX-License-Identifier: BSD-3-Clause */
/* Counts packets under the reason that the node before gave, and frees them. */
#include "nodes/node.h"

static uint16_t drop_process(
	struct rte_graph *graph, struct rte_node *node, void **objs, uint16_t n)
{
	struct worker *w = node_worker(node);

	(void)graph;
	for (uint16_t i = 0; i < n; i++) {
		const struct pkt_meta *meta = pkt_meta(objs[i]);

		w->counters->drops[meta->drop % BW_DROP_MAX]++;
		if (meta->in_if < BW_MAX_IFS)
			w->counters->itf[meta->in_if].rx_drops++;
	}
	rte_pktmbuf_free_bulk((struct rte_mbuf **)objs, n);
	return n;
}

static struct rte_node_register drop_node = {
	.name = "drop",
	.process = drop_process,
	.init = node_init,
};
RTE_NODE_REGISTER(drop_node);
