/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The features of an interface and the arcs that they stand in. An arc leads from one node to
 * another one, by the nodes of the features that the interface wants, in this order (IOS's:
 * Cisco document 6209):
 *
 *   ip4_input -> [acl_in] -> [vfr] -> [nat_out2in] -> [mss_in] -> ip4_lookup
 *   ip4_lookup -> [nat_in2out] -> [acl_out] -> [mss_out] -> ip4_output
 *
 * All nodes of an arc share one list of edges. An interface holds the edge that follows the start
 * of each arc and each feature, so a node never asks what is configured.
 *
 * What there is to say of an arc and of a feature is one row each in nodes/arcs.c.
 */
#ifndef DATAPLANE_TABLES_FEATURE_H
#define DATAPLANE_TABLES_FEATURE_H

enum arc {
	ARC_IP4_IN,  /* packets that came in by the interface, after ip4_input's checks */
	ARC_IP4_OUT, /* packets that leave by it */
	ARC_MAX,
};

enum feature {
	FEATURE_IP4_IN_ACL,
	FEATURE_IP4_IN_VFR,
	FEATURE_IP4_IN_NAT,
	FEATURE_IP4_IN_MSS,

	FEATURE_IP4_OUT_NAT,
	FEATURE_IP4_OUT_ACL,
	FEATURE_IP4_OUT_MSS,
	FEATURE_MAX,
};

/* Edges of every node of an arc. */
enum arc_edge {
	ARC_EDGE_DROP,
	ARC_EDGE_ICMP_ERROR,
	ARC_EDGE_HANDOFF,
	ARC_EDGE_END,	  /* where the arc leads to */
	ARC_EDGE_OWN,	  /* its start may have one edge of its own */
	ARC_EDGE_FEATURE, /* and then the features of the arc, in their order */
	ARC_EDGE_MAX = ARC_EDGE_FEATURE + FEATURE_MAX,
};

#endif
