/* SPDX-License-Identifier: BSD-3-Clause */
/* Which feature follows which, and the edges between their nodes. */
#include <CUnit/Basic.h>
#include <rte_graph.h>
#include <stdlib.h>
#include <string.h>

#include "nodes/arcs.h"

static const char *const in_nodes[] = { "acl_in", "vfr", "nat_out2in", "mss_in" };
static const char *const out_nodes[] = { "nat_in2out", "acl_out", "mss_out" };

/* The node that an edge of a node leads to. */
static const char *next_of(const char *node, unsigned edge)
{
	static char *names[ARC_EDGE_MAX];
	rte_node_t id = rte_node_from_name(node);

	CU_ASSERT_FATAL(edge < rte_node_edge_count(id));
	CU_ASSERT_FATAL(rte_node_edge_get(id, NULL) <= sizeof(names));
	rte_node_edge_get(id, names);
	return names[edge];
}

/* The features of one arc in a row, as packets of the interface find them. */
static unsigned walk(const struct itf *itf, enum arc arc, enum feature from, enum feature to,
	enum feature *passed)
{
	unsigned edge = itf->arc_first[arc], n = 0;

	while (edge != ARC_EDGE_END) {
		enum feature f = from;

		while (f < to && arcs_edge(f) != edge)
			f++;
		CU_ASSERT_FATAL(f < to && n < FEATURE_MAX);
		passed[n++] = f;
		edge = itf->arc_next[f];
	}
	return n;
}

/* Every set of what an interface may be configured with. */
static void in_order_and_only_what_is_wanted(void)
{
	enum feature passed[FEATURE_MAX];
	struct itf *itf = calloc(1, sizeof(*itf));

	for (unsigned set = 0; set < 64; set++) {
		bool acl_in = set & 1, acl_out = set & 2, mss = set & 4, outside = set & 8,
		     vfr = set & 56;
		unsigned n = 0;

		itf->acl_in = acl_in;
		itf->acl_out = acl_out;
		itf->tcp_mss = mss ? 1400 : 0;
		itf->flags = (set & 8 ? BW_IF_F_NAT_OUTSIDE : 0) |
			     (set & 16 ? BW_IF_F_NAT_INSIDE : 0) | (set & 32 ? BW_IF_F_VFR_IN : 0);
		arcs_chain(itf);
		CU_ASSERT_EQUAL(
			walk(itf, ARC_IP4_IN, FEATURE_IP4_IN_ACL, FEATURE_IP4_OUT_NAT, passed),
			acl_in + vfr + outside + mss);
		if (acl_in)
			CU_ASSERT_EQUAL(passed[n++], FEATURE_IP4_IN_ACL);
		if (vfr)
			CU_ASSERT_EQUAL(passed[n++], FEATURE_IP4_IN_VFR);
		if (outside)
			CU_ASSERT_EQUAL(passed[n++], FEATURE_IP4_IN_NAT);
		n = 0;
		CU_ASSERT_EQUAL(walk(itf, ARC_IP4_OUT, FEATURE_IP4_OUT_NAT, FEATURE_MAX, passed),
			outside + acl_out + mss);
		if (outside)
			CU_ASSERT_EQUAL(passed[n++], FEATURE_IP4_OUT_NAT);
		if (acl_out)
			CU_ASSERT_EQUAL(passed[n++], FEATURE_IP4_OUT_ACL);
	}
	free(itf);
}

static void check_edges(const char *node, const char *end, const char *const *nodes, unsigned n)
{
	CU_ASSERT_STRING_EQUAL(next_of(node, ARC_EDGE_DROP), "drop");
	CU_ASSERT_STRING_EQUAL(next_of(node, ARC_EDGE_ICMP_ERROR), "icmp_error");
	CU_ASSERT_STRING_EQUAL(next_of(node, ARC_EDGE_HANDOFF), "handoff");
	CU_ASSERT_STRING_EQUAL(next_of(node, ARC_EDGE_END), end);
	for (unsigned i = 0; i < n; i++)
		CU_ASSERT_STRING_EQUAL(next_of(node, ARC_EDGE_FEATURE + i),
			strcmp(nodes[i], node) == 0 ? "drop" : nodes[i]);
}

static void all_nodes_of_an_arc_share_edges(void)
{
	for (unsigned again = 0; again < 2; again++) {
		CU_ASSERT_EQUAL_FATAL(arcs_connect(), 0);
		check_edges("ip4_input", "ip4_lookup", in_nodes, 4);
		check_edges("ip4_lookup", "ip4_output", out_nodes, 3);
		CU_ASSERT_STRING_EQUAL(next_of("ip4_lookup", ARC_EDGE_OWN), "ip4_local");
		for (unsigned i = 0; i < 4; i++)
			check_edges(in_nodes[i], "ip4_lookup", in_nodes, 4);
		for (unsigned i = 0; i < 3; i++)
			check_edges(out_nodes[i], "ip4_output", out_nodes, 3);
	}
}

int main(void)
{
	CU_pSuite s;
	unsigned failures;

	CU_initialize_registry();
	s = CU_add_suite("arcs", NULL, NULL);
	CU_add_test(
		s, "features in order, and only those wanted", in_order_and_only_what_is_wanted);
	CU_add_test(s, "all nodes of an arc share edges", all_nodes_of_an_arc_share_edges);
	CU_basic_run_tests();
	failures = CU_get_number_of_failures() + (CU_get_number_of_tests_run() == 0);
	CU_cleanup_registry();
	return failures != 0;
}
