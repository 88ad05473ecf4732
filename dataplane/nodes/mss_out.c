/* SPDX-License-Identifier: BSD-3-Clause */
/* ip tcp adjust-mss, for what leaves by the interface. */
#include "l3/mss.h"
#include "nodes/node.h"

static rte_edge_t mss_out_edge(struct worker *w, struct rte_mbuf *m)
{
	const struct itf *itf = dp_itf(w->dp, pkt_meta(m)->out_if);

	if (unlikely(!itf))
		return node_drop(m, BW_DROP_IF_DOWN, ARC_EDGE_DROP);
	mss_clamp(pkt_ip4(m), rte_pktmbuf_data_len(m), itf->tcp_mss);
	return itf->arc_next[FEATURE_IP4_OUT_MSS];
}

static uint16_t mss_out_process(
	struct rte_graph *graph, struct rte_node *node, void **objs, uint16_t n)
{
	return node_each(graph, node, objs, n, mss_out_edge);
}

static struct rte_node_register mss_out_node = {
	.name = "mss_out",
	.process = mss_out_process,
	.init = node_init,
	.nb_edges = ARC_EDGE_DROP + 1, /* the others by arcs_connect() */
	.next_nodes = { [ARC_EDGE_DROP] = "drop" },
};
RTE_NODE_REGISTER(mss_out_node);
