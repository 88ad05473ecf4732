/* SPDX-License-Identifier: BSD-3-Clause */
#include "nodes/arcs.h"

#include <errno.h>
#include <rte_graph.h>
#include <stdio.h>
#include <string.h>

struct arc_row {
	const char *start, *end; /* nodes */
	const char *own;	 /* where the start's own edge leads; NULL = none */
};

struct feature_row {
	enum arc arc;
	const char *node;
	bool (*is_wanted)(const struct itf *itf);
};

static bool wants_acl_in(const struct itf *itf)
{
	return itf->acl_in != 0;
}

static bool wants_acl_out(const struct itf *itf)
{
	return itf->acl_out != 0;
}

/* NAT asks for ports, which only the first fragment has. */
static bool wants_vfr(const struct itf *itf)
{
	return itf->flags & (BW_IF_F_VFR_IN | BW_IF_F_NAT_INSIDE | BW_IF_F_NAT_OUTSIDE);
}

static bool wants_nat(const struct itf *itf)
{
	return itf->flags & BW_IF_F_NAT_OUTSIDE;
}

static bool wants_mss(const struct itf *itf)
{
	return itf->tcp_mss != 0;
}

static const struct arc_row arcs[ARC_MAX] = {
	[ARC_IP4_IN] = { "ip4_input", "ip4_lookup", NULL },
	[ARC_IP4_OUT] = { "ip4_lookup", "ip4_output", "ip4_local" },
};

static const struct feature_row features[FEATURE_MAX] = {
	[FEATURE_IP4_IN_ACL] = { ARC_IP4_IN, "acl_in", wants_acl_in },
	[FEATURE_IP4_IN_VFR] = { ARC_IP4_IN, "vfr", wants_vfr },
	[FEATURE_IP4_IN_NAT] = { ARC_IP4_IN, "nat_out2in", wants_nat },
	[FEATURE_IP4_IN_MSS] = { ARC_IP4_IN, "mss_in", wants_mss },
	[FEATURE_IP4_OUT_NAT] = { ARC_IP4_OUT, "nat_in2out", wants_nat },
	[FEATURE_IP4_OUT_ACL] = { ARC_IP4_OUT, "acl_out", wants_acl_out },
	[FEATURE_IP4_OUT_MSS] = { ARC_IP4_OUT, "mss_out", wants_mss },
};

unsigned arcs_edge(enum feature feature)
{
	unsigned edge = ARC_EDGE_FEATURE;

	for (unsigned f = 0; f < feature; f++)
		edge += features[f].arc == features[feature].arc;
	return edge;
}

/* The names of an arc's edges; how many there are. */
static unsigned arc_edges(enum arc arc, const char *name[ARC_EDGE_MAX])
{
	unsigned n = ARC_EDGE_FEATURE;

	name[ARC_EDGE_DROP] = "drop";
	name[ARC_EDGE_ICMP_ERROR] = "icmp_error";
	name[ARC_EDGE_HANDOFF] = "handoff";
	name[ARC_EDGE_END] = arcs[arc].end;
	name[ARC_EDGE_OWN] = "drop";
	for (unsigned f = 0; f < FEATURE_MAX; f++)
		if (features[f].arc == arc)
			name[n++] = features[f].node;
	return n;
}

/* rte_graph allows no edge from a node to itself, so its own place leads to `drop` as well. */
static int connect_node(const char *node, const char *own, enum arc arc)
{
	rte_node_t id = rte_node_from_name(node);
	const char *name[ARC_EDGE_MAX];
	unsigned n = arc_edges(arc, name);

	if (id == RTE_NODE_ID_INVALID || rte_node_edge_count(id) == 0)
		return 0;
	for (unsigned i = 0; i < n; i++)
		if (strcmp(name[i], node) == 0)
			name[i] = "drop";
	if (own)
		name[ARC_EDGE_OWN] = own;
	return rte_node_edge_update(id, 0, name, n) == n ? 0 : -ENOMEM;
}

int arcs_connect(void)
{
	int rc = 0;

	for (unsigned a = 0; rc == 0 && a < ARC_MAX; a++)
		rc = connect_node(arcs[a].start, arcs[a].own, a);
	for (unsigned f = 0; rc == 0 && f < FEATURE_MAX; f++)
		rc = connect_node(features[f].node, NULL, features[f].arc);
	return rc;
}

void arcs_chain(struct itf *itf)
{
	for (unsigned a = 0; a < ARC_MAX; a++)
		itf->arc_first[a] = ARC_EDGE_END;
	for (unsigned f = FEATURE_MAX; f-- > 0;) {
		uint8_t *first = &itf->arc_first[features[f].arc];

		itf->arc_next[f] = *first;
		if (features[f].is_wanted(itf))
			*first = arcs_edge(f);
	}
}
