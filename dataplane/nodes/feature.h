/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The features of an interface, in IOS's order of operations (Cisco document
 * 6209), and the edges between their nodes.
 *
 * All input feature nodes, and ip4_input before them, share one list of edges;
 * so do all output feature nodes and ip4_lookup. An interface says for each
 * stage which edge follows it, so a node never asks what is configured.
 *
 *   ip4_input -> [acl_in] -> [vfr] -> [nat_out2in] -> [mss_in] -> ip4_lookup
 *   ip4_lookup -> [nat_in2out] -> [acl_out] -> [mss_out] -> ip4_output
 */
#ifndef DATAPLANE_NODES_FEATURE_H
#define DATAPLANE_NODES_FEATURE_H

enum feature_in {
	FEATURE_IN_START, /* after ip4_input's checks */
	FEATURE_IN_ACL,
	FEATURE_IN_VFR,
	FEATURE_IN_NAT,
	FEATURE_IN_MSS,
	FEATURE_IN_MAX,
};

enum feature_out {
	FEATURE_OUT_START, /* after ip4_lookup */
	FEATURE_OUT_NAT,
	FEATURE_OUT_ACL,
	FEATURE_OUT_MSS,
	FEATURE_OUT_MAX,
};

/* Edges of ip4_input and of every input feature node. */
enum in_edge {
	IN_EDGE_DROP,
	IN_EDGE_LOOKUP,
	IN_EDGE_ACL,
	IN_EDGE_VFR,
	IN_EDGE_NAT,
	IN_EDGE_MSS,
	IN_EDGE_ICMP_ERROR,
	IN_EDGE_HANDOFF,
	IN_EDGE_MAX,
};

/* Edges of ip4_lookup's output side and of every output feature node. */
enum out_edge {
	OUT_EDGE_DROP,
	OUT_EDGE_OUTPUT,
	OUT_EDGE_NAT,
	OUT_EDGE_ACL,
	OUT_EDGE_MSS,
	OUT_EDGE_ICMP_ERROR,
	OUT_EDGE_HANDOFF,
	OUT_EDGE_MAX,
};

/*
 * The names of those edges, for a node's registration. rte_graph allows no edge from a node to
 * itself, so a node names "drop" in its own place; it never takes that edge.
 */
#define IN_EDGES(acl, vfr, nat, mss)                                                               \
	[IN_EDGE_DROP] = "drop", [IN_EDGE_LOOKUP] = "ip4_lookup", [IN_EDGE_ACL] = acl,             \
	[IN_EDGE_VFR] = vfr, [IN_EDGE_NAT] = nat, [IN_EDGE_MSS] = mss,                             \
	[IN_EDGE_ICMP_ERROR] = "icmp_error", [IN_EDGE_HANDOFF] = "handoff"

#define OUT_EDGES(nat, acl, mss)                                                                   \
	[OUT_EDGE_DROP] = "drop", [OUT_EDGE_OUTPUT] = "ip4_output", [OUT_EDGE_NAT] = nat,          \
	[OUT_EDGE_ACL] = acl, [OUT_EDGE_MSS] = mss, [OUT_EDGE_ICMP_ERROR] = "icmp_error",          \
	[OUT_EDGE_HANDOFF] = "handoff"

#endif
