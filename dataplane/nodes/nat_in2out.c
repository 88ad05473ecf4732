/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Translates what leaves by a NAT outside interface and came in by an inside one, or is the
 * router's own. After routing, as IOS does it.
 */
#include "nodes/nat_node.h"

/* Forwarded packets from an interface that is not inside stay as they are. */
static bool is_for_nat(const struct dp *dp, const struct pkt_meta *meta)
{
	const struct itf *in;

	if (meta->in_if == 0 || meta->flags & PKT_F_LOCAL)
		return true;
	in = dp_itf(dp, meta->in_if);
	return in && in->flags & BW_IF_F_NAT_INSIDE;
}

static __rte_always_inline void nat_in2out_fill(
	const struct dp *dp, struct nat_pkt *p, struct rte_mbuf *m, const struct itf *out)
{
	nat_node_fill(p, m);
	p->out_vrf = out ? out->vrf : 0;
	p->out_if = pkt_meta(m)->out_if;
	if (unlikely(!is_for_nat(dp, pkt_meta(m))))
		p->flags |= NAT_P_SKIP;
}

static rte_edge_t nat_in2out_edge(
	const struct nat_pkt *p, struct rte_mbuf *m, const struct itf *out)
{
	if (unlikely(p->verdict > NAT_DONE))
		return nat_node_other(p, m, INBOX_NAT_IN2OUT);
	if (unlikely(!out))
		return node_drop(m, BW_DROP_IF_DOWN, ARC_EDGE_DROP);
	nat_node_ports(p, m);
	return out->arc_next[FEATURE_IP4_OUT_NAT];
}

static void nat_in2out_burst(struct worker *w, struct rte_mbuf **m, rte_edge_t *edge, uint16_t n)
{
	struct nat_pkt pkt[NAT_BURST];

	for (uint16_t i = 0; i < n; i++) {
		if (i + NODE_AHEAD < n) {
			rte_prefetch0(pkt_meta(m[i + NODE_AHEAD]));
			rte_prefetch0(rte_pktmbuf_mtod(m[i + NODE_AHEAD], void *));
		}
		nat_in2out_fill(w->dp, &pkt[i], m[i], dp_itf(w->dp, pkt_meta(m[i])->out_if));
	}
	nat_in2out(w->nat, pkt, n);
	for (uint16_t i = 0; i < n; i++)
		edge[i] = nat_in2out_edge(&pkt[i], m[i], dp_itf(w->dp, pkt_meta(m[i])->out_if));
}

static uint16_t nat_in2out_process(
	struct rte_graph *graph, struct rte_node *node, void **objs, uint16_t n)
{
	return nat_node_each(graph, node, objs, n, nat_in2out_burst);
}

static struct rte_node_register nat_in2out_node = {
	.name = "nat_in2out",
	.process = nat_in2out_process,
	.init = node_init,
	.nb_edges = ARC_EDGE_DROP + 1, /* the others by arcs_connect() */
	.next_nodes = { [ARC_EDGE_DROP] = "drop" },
};
RTE_NODE_REGISTER(nat_in2out_node);
