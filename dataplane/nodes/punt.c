/* SPDX-License-Identifier: BSD-3-Clause */
/* Sends packets to the main lcore; meta->punt says what for. */
#include "nodes/node.h"

static uint16_t punt_process(
	struct rte_graph *graph, struct rte_node *node, void **objs, uint16_t n)
{
	(void)graph;
	dp_punt(node_worker(node), (struct rte_mbuf **)objs, n);
	return n;
}

static struct rte_node_register punt_node = {
	.name = "punt",
	.process = punt_process,
	.init = node_init,
};
RTE_NODE_REGISTER(punt_node);
