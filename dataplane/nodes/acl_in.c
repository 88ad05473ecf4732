/* SPDX-License-Identifier: BSD-3-Clause */
/* ip access-group ... in. What is denied gets an ICMP error (RFC 1812 5.2.7.1). */
#include "nodes/acl_node.h"
#include "nodes/node.h"

static rte_edge_t edge_of(struct worker *w, struct rte_mbuf *m)
{
	const struct itf *in = dp_itf(w->dp, pkt_meta(m)->in_if);

	if (unlikely(!in))
		return node_drop(m, BW_DROP_IF_DOWN, IN_EDGE_DROP);
	if (likely(acl_node_permits(w, m, in->acl_in)))
		return in->in_next[FEATURE_IN_ACL];
	if (in->flags & BW_IF_F_NO_UNREACH)
		return node_drop(m, BW_DROP_ACL_IN, IN_EDGE_DROP);
	return node_icmp_error(
		m, L4_ICMP_UNREACHABLE, ACL_NODE_PROHIBITED, 0, BW_DROP_ACL_IN, IN_EDGE_ICMP_ERROR);
}

static uint16_t process(struct rte_graph *graph, struct rte_node *node, void **objs, uint16_t n)
{
	return node_each(graph, node, objs, n, edge_of);
}

static struct rte_node_register acl_in_node = {
	.name = "acl_in",
	.process = process,
	.init = node_init,
	.nb_edges = IN_EDGE_MAX,
	.next_nodes = { IN_EDGES("drop", "vfr", "nat_out2in", "mss_in") },
};
RTE_NODE_REGISTER(acl_in_node);
