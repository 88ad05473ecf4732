/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Translates what came in by a NAT outside interface, before routing. What no session and no
 * static rule is for goes on as it is: it may be for the router itself.
 */
#include "nodes/nat_node.h"

static rte_edge_t nat_out2in_edge(struct worker *w, const struct nat_pkt *p, struct rte_mbuf *m)
{
	struct pkt_meta *meta = pkt_meta(m);
	const struct itf *in;

	if (unlikely(p->verdict > NAT_DONE))
		return nat_node_other(p, m, INBOX_NAT_OUT2IN);
	in = dp_itf(w->dp, meta->in_if);
	if (unlikely(!in))
		return node_drop(m, BW_DROP_IF_DOWN, ARC_EDGE_DROP);
	if (p->verdict == NAT_DONE) {
		meta->flags |= PKT_F_NAT_OUT2IN;
		meta->vrf = p->vrf;
		nat_node_ports(p, m);
	}
	return in->arc_next[FEATURE_IP4_IN_NAT];
}

static void nat_out2in_burst(struct worker *w, struct rte_mbuf **m, rte_edge_t *edge, uint16_t n)
{
	struct nat_pkt pkt[NAT_BURST];

	for (uint16_t i = 0; i < n; i++) {
		if (i + NODE_AHEAD < n) {
			rte_prefetch0(pkt_meta(m[i + NODE_AHEAD]));
			rte_prefetch0(rte_pktmbuf_mtod(m[i + NODE_AHEAD], void *));
		}
		nat_node_fill(&pkt[i], m[i]);
	}
	nat_out2in(w->nat, pkt, n);
	for (uint16_t i = 0; i < n; i++)
		edge[i] = nat_out2in_edge(w, &pkt[i], m[i]);
}

static uint16_t nat_out2in_process(
	struct rte_graph *graph, struct rte_node *node, void **objs, uint16_t n)
{
	return nat_node_each(graph, node, objs, n, nat_out2in_burst);
}

static struct rte_node_register nat_out2in_node = {
	.name = "nat_out2in",
	.process = nat_out2in_process,
	.init = node_init,
	.nb_edges = ARC_EDGE_DROP + 1, /* the others by arcs_connect() */
	.next_nodes = { [ARC_EDGE_DROP] = "drop" },
};
RTE_NODE_REGISTER(nat_out2in_node);
