/* SPDX-License-Identifier: BSD-3-Clause */
/* Frames of an SVI into its VLAN; see bridge_output(). */
#include "nodes/bridge_node.h"

static uint16_t bridge_out_process(
	struct rte_graph *graph, struct rte_node *node, void **objs, uint16_t n)
{
	return bridge_each(graph, node, objs, n, bridge_output);
}

static struct rte_node_register bridge_out_node = {
	.name = "bridge_out",
	.init = node_init,
	.process = bridge_out_process,
	.nb_edges = BRIDGE_EDGE_PORT_TX + 1,
	.next_nodes = {
		[BRIDGE_EDGE_DROP] = "drop",
		[BRIDGE_EDGE_PORT_TX] = "port_tx",
	},
};

RTE_NODE_REGISTER(bridge_out_node)
