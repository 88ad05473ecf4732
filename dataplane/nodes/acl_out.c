/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * ip access-group ... out. It comes after NAT and sees global addresses, but an ICMP error about
 * what is denied goes to the inside host and quotes what that sent.
 */
#include "nodes/acl_node.h"

static rte_edge_t acl_out_deny(struct worker *w, struct rte_mbuf *m)
{
	struct pkt_meta *meta = pkt_meta(m);
	const struct itf *in = dp_itf(w->dp, meta->in_if);

	if (!in || in->flags & BW_IF_F_NO_UNREACH || meta->flags & PKT_F_LOCAL)
		return node_drop(m, BW_DROP_ACL_OUT, ARC_EDGE_DROP);
	meta->flags |= PKT_F_NAT_PASSED;
	return node_icmp_error(m, L4_ICMP_UNREACHABLE, ACL_NODE_PROHIBITED, 0, BW_DROP_ACL_OUT,
		ARC_EDGE_ICMP_ERROR);
}

static rte_edge_t acl_out_edge(struct worker *w, struct rte_mbuf *m)
{
	const struct itf *out = dp_itf(w->dp, pkt_meta(m)->out_if);

	if (unlikely(!out))
		return node_drop(m, BW_DROP_IF_DOWN, ARC_EDGE_DROP);
	if (likely(acl_node_permits(w, m, out->acl_out)))
		return out->arc_next[FEATURE_IP4_OUT_ACL];
	return acl_out_deny(w, m);
}

static uint16_t acl_out_process(
	struct rte_graph *graph, struct rte_node *node, void **objs, uint16_t n)
{
	return node_each(graph, node, objs, n, acl_out_edge);
}

static struct rte_node_register acl_out_node = {
	.name = "acl_out",
	.process = acl_out_process,
	.init = node_init,
	.nb_edges = ARC_EDGE_DROP + 1, /* the others by arcs_connect() */
	.next_nodes = { [ARC_EDGE_DROP] = "drop" },
};
RTE_NODE_REGISTER(acl_out_node);
