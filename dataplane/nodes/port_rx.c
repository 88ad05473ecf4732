/* SPDX-License-Identifier: BSD-3-Clause */
/* Source node: takes bursts from the receive queues of this worker. */
#include <rte_ethdev.h>
#include <rte_ether.h>

#include "nodes/node.h"
#include "port/port.h"

enum { NEXT_ETHERNET, NEXT_MAX };

/*
 * The driver of a physical function may have its VFs' tags taken off although none of them asked
 * for it. They are put back, but for those of a VLAN that it keeps the VF in, of which the VF
 * shall not know.
 */
static void put_tags_back(const struct port *p, struct rte_mbuf **m, uint16_t n)
{
	for (uint16_t i = 0; i < n; i++) {
		uint16_t vlan = m[i]->vlan_tci & 0xfff;

		if (m[i]->ol_flags & RTE_MBUF_F_RX_VLAN_STRIPPED &&
			p->vlans[vlan / 64] >> vlan % 64 & 1)
			rte_vlan_insert(&m[i]);
	}
}

static uint16_t port_rx_process(
	struct rte_graph *graph, struct rte_node *node, void **objs, uint16_t n)
{
	struct worker *w = node_worker(node);
	const struct dp *dp = w->dp;
	uint16_t total = 0;

	for (unsigned i = 0; i < w->n_rxq; i++) {
		struct port *p = &dp->port[w->rxq[i].port];
		void **to;

		if (unlikely(!atomic_load_explicit(&p->running, memory_order_acquire)))
			continue;
		to = rte_node_next_stream_get(graph, node, NEXT_ETHERNET, w->rx_burst);
		n = rte_eth_rx_burst(
			p->ethdev, w->rxq[i].queue, (struct rte_mbuf **)to, w->rx_burst);
		if (unlikely(p->is_vf))
			put_tags_back(p, (struct rte_mbuf **)to, n);
		if (n)
			rte_node_next_stream_put(graph, node, NEXT_ETHERNET, n);
		total += n;
	}
	(void)objs;
	w->walk_packets += total;
	return total;
}

static struct rte_node_register port_rx_node = {
	.name = "port_rx",
	.flags = RTE_NODE_SOURCE_F,
	.process = port_rx_process,
	.init = node_init,
	.nb_edges = NEXT_MAX,
	.next_nodes = { [NEXT_ETHERNET] = "ethernet" },
};
RTE_NODE_REGISTER(port_rx_node);
