/* SPDX-License-Identifier: BSD-3-Clause */
/* Frames that came in on switch ports; see bridge_input(). */
#include "nodes/bridge_node.h"

static uint16_t bridge_process(
	struct rte_graph *graph, struct rte_node *node, void **objs, uint16_t n)
{
	return bridge_each(graph, node, objs, n, bridge_input);
}

static struct rte_node_register bridge_node = {
	.name = "bridge",
	.init = node_init,
	.process = bridge_process,
	.nb_edges = BRIDGE_EDGE_MAX,
	.next_nodes = {
		[BRIDGE_EDGE_DROP] = "drop",
		[BRIDGE_EDGE_PORT_TX] = "port_tx",
		[BRIDGE_EDGE_IP4_INPUT] = "ip4_input",
		[BRIDGE_EDGE_PUNT] = "punt",
	},
};

RTE_NODE_REGISTER(bridge_node)
