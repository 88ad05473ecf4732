/* SPDX-License-Identifier: BSD-3-Clause */
/* ip access-group ... in. What is denied gets an ICMP error (RFC 1812 5.2.7.1). */
#include "nodes/acl_node.h"
#include "nodes/node.h"

static rte_edge_t acl_in_edge(struct worker *w, struct rte_mbuf *m)
{
	const struct itf *in = dp_itf(w->dp, pkt_meta(m)->in_if);

	if (unlikely(!in))
		return node_drop(m, BW_DROP_IF_DOWN, ARC_EDGE_DROP);
	if (likely(acl_node_permits(w, m, in->acl_in)))
		return in->arc_next[FEATURE_IP4_IN_ACL];
	if (in->flags & BW_IF_F_NO_UNREACH)
		return node_drop(m, BW_DROP_ACL_IN, ARC_EDGE_DROP);
	return node_icmp_error(m, L4_ICMP_UNREACHABLE, ACL_NODE_PROHIBITED, 0, BW_DROP_ACL_IN,
		ARC_EDGE_ICMP_ERROR);
}

static uint16_t acl_in_process(
	struct rte_graph *graph, struct rte_node *node, void **objs, uint16_t n)
{
	return node_each(graph, node, objs, n, acl_in_edge);
}

static struct rte_node_register acl_in_node = {
	.name = "acl_in",
	.process = acl_in_process,
	.init = node_init,
	.nb_edges = ARC_EDGE_DROP + 1, /* the others by arcs_connect() */
	.next_nodes = { [ARC_EDGE_DROP] = "drop" },
};
RTE_NODE_REGISTER(acl_in_node);
