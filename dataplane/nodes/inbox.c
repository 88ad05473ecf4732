/* SPDX-License-Identifier: BSD-3-Clause */
/* Source node: packets that the main lcore or another worker handed to this one. */
#include "nodes/node.h"

#define EDGE_DROP INBOX_MAX /* behind those of enum inbox_entry */

/* Where packets go on that were looked up elsewhere: their adjacency may lead elsewhere by now. */
static bool entry_is_behind_lookup(uint8_t entry)
{
	return entry == INBOX_IP4_OUTPUT || entry == INBOX_NAT_IN2OUT;
}

static rte_edge_t inbox_edge(struct worker *w, struct rte_mbuf *m)
{
	const struct pkt_meta *meta = pkt_meta(m);

	if (entry_is_behind_lookup(meta->entry) &&
		adj_generation(adj_get(w->dp->adj, meta->adj)) != meta->adj_generation)
		return node_drop(m, BW_DROP_ADJ_GONE, EDGE_DROP);
	return meta->entry;
}

static uint16_t inbox_process(
	struct rte_graph *graph, struct rte_node *node, void **objs, uint16_t n)
{
	struct worker *w = node_worker(node);
	struct rte_mbuf *burst[64];

	(void)objs;
	n = rte_ring_sc_dequeue_burst(w->inbox, (void **)burst, RTE_DIM(burst), NULL);
	for (uint16_t i = 0; i < n; i++)
		rte_node_enqueue_x1(graph, node, inbox_edge(w, burst[i]), burst[i]);
	w->walk_packets += n;
	return n;
}

static struct rte_node_register inbox_node = {
	.name = "inbox",
	.flags = RTE_NODE_SOURCE_F,
	.process = inbox_process,
	.init = node_init,
	.nb_edges = INBOX_MAX + 1,
	.next_nodes = {
		[INBOX_IP4_LOOKUP] = "ip4_lookup",
		[INBOX_IP4_OUTPUT] = "ip4_output",
		[INBOX_VFR] = "vfr",
		[INBOX_NAT_IN2OUT] = "nat_in2out",
		[INBOX_NAT_OUT2IN] = "nat_out2in",
		[INBOX_BRIDGE_OUT] = "bridge_out",
		[INBOX_PORT_TX] = "port_tx",
		[INBOX_ICMP_ERROR] = "icmp_error",
		[EDGE_DROP] = "drop",
	},
};
RTE_NODE_REGISTER(inbox_node);
