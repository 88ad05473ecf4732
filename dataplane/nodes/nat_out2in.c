/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Translates what came in by a NAT outside interface, before routing. What no session and no
 * static rule is for goes on as it is: it may be for the router itself.
 */
#include "nodes/nat_node.h"

static rte_edge_t edge_of(struct worker *w, const struct nat_pkt *p, struct rte_mbuf *m)
{
	struct pkt_meta *meta = pkt_meta(m);
	const struct itf *in;

	if (unlikely(p->verdict > NAT_DONE))
		return nat_node_other(p, m, INBOX_NAT_OUT2IN, IN_EDGE_HANDOFF, IN_EDGE_DROP);
	in = dp_itf(w->dp, meta->in_if);
	if (unlikely(!in))
		return node_drop(m, BW_DROP_IF_DOWN, IN_EDGE_DROP);
	if (p->verdict == NAT_DONE) {
		meta->flags |= PKT_F_NAT_OUT2IN;
		meta->vrf = p->vrf;
		nat_node_ports(p, m);
	}
	return in->in_next[FEATURE_IN_NAT];
}

static void burst(struct worker *w, struct rte_mbuf **m, rte_edge_t *edge, uint16_t n)
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
		edge[i] = edge_of(w, &pkt[i], m[i]);
}

static uint16_t process(struct rte_graph *graph, struct rte_node *node, void **objs, uint16_t n)
{
	return nat_node_each(graph, node, objs, n, burst);
}

static struct rte_node_register nat_out2in_node = {
	.name = "nat_out2in",
	.process = process,
	.init = node_init,
	.nb_edges = IN_EDGE_MAX,
	.next_nodes = { IN_EDGES("acl_in", "vfr", "drop", "mss_in") },
};
RTE_NODE_REGISTER(nat_out2in_node);
