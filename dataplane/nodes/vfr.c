/* SPDX-License-Identifier: BSD-3-Clause */
/* ip virtual-reassembly in: fragments wait here until their datagram's ports are known. */
#include "l3/vfr.h"
#include "nodes/node.h"

static bool is_fragment(struct rte_mbuf *m)
{
	return pkt_ip4(m)->fragment_offset &
	       RTE_BE16(RTE_IPV4_HDR_MF_FLAG | RTE_IPV4_HDR_OFFSET_MASK);
}

/* Where a packet goes on that is done here. */
static rte_edge_t next_edge(struct worker *w, struct rte_mbuf *m)
{
	const struct itf *in = dp_itf(w->dp, pkt_meta(m)->in_if);

	return likely(in != NULL) ? in->arc_next[FEATURE_IP4_IN_VFR]
				  : node_drop(m, BW_DROP_IF_DOWN, ARC_EDGE_DROP);
}

static void vfr_pass(struct rte_mbuf *m, const struct vfr_result *r)
{
	struct pkt_meta *meta = pkt_meta(m);

	meta->flags |= PKT_F_L4_KNOWN;
	if (pkt_ip4(m)->fragment_offset & RTE_BE16(RTE_IPV4_HDR_OFFSET_MASK))
		meta->flags |= PKT_F_FRAGMENT;
	meta->l4_src = r->sport;
	meta->l4_dst = r->dport;
}

/* What the table has given back. */
static void send_result(struct rte_graph *graph, struct rte_node *node, struct worker *w,
	const struct vfr_result *r)
{
	for (unsigned i = 0; i < r->n; i++) {
		struct rte_mbuf *m = r->pkt[i];
		rte_edge_t edge;

		if (r->drop == BW_DROP_NONE) {
			vfr_pass(m, r);
			edge = next_edge(w, m);
		} else {
			edge = node_drop(m, r->drop, ARC_EDGE_DROP);
		}
		rte_node_enqueue_x1(graph, node, edge, m);
	}
}

static void vfr_fragment(
	struct rte_graph *graph, struct rte_node *node, struct worker *w, struct rte_mbuf *m)
{
	struct pkt_meta *meta = pkt_meta(m);
	const struct itf *in = dp_itf(w->dp, meta->in_if);
	unsigned owner = vfr_hash(pkt_ip4(m)) % w->dp->n_workers;
	struct vfr_limits limits = { .if_id = meta->in_if };
	struct vfr_result r;

	if (!in || in->flags & BW_IF_F_VFR_DROP) {
		rte_edge_t edge =
			node_drop(m, in ? BW_DROP_VFR_FORBIDDEN : BW_DROP_IF_DOWN, ARC_EDGE_DROP);

		rte_node_enqueue_x1(graph, node, edge, m);
		return;
	}
	if (owner != w->id) {
		meta->entry = INBOX_VFR;
		meta->punt = owner;
		rte_node_enqueue_x1(graph, node, ARC_EDGE_HANDOFF, m);
		return;
	}
	limits.reassemblies = in->vfr_reassemblies;
	limits.fragments = in->vfr_fragments;
	limits.timeout = in->vfr_timeout;
	vfr_input(
		w->vfr, &limits, meta->vrf, pkt_ip4(m), rte_pktmbuf_data_len(m), w->now_sec, m, &r);
	send_result(graph, node, w, &r);
}

static void send_run(
	struct rte_graph *graph, struct rte_node *node, rte_edge_t edge, void **objs, uint16_t n)
{
	if (n > 0)
		rte_node_enqueue(graph, node, edge, objs, n);
}

static uint16_t vfr_process(struct rte_graph *graph, struct rte_node *node, void **objs, uint16_t n)
{
	struct worker *w = node_worker(node);
	rte_edge_t run_edge = ARC_EDGE_DROP, edge;
	uint16_t run = 0; /* from here on, packets that are no fragments and take run_edge */

	for (uint16_t i = 0; i < n; i++) {
		if (i + NODE_AHEAD < n) {
			rte_prefetch0(pkt_meta(objs[i + NODE_AHEAD]));
			rte_prefetch0(
				rte_pktmbuf_mtod((struct rte_mbuf *)objs[i + NODE_AHEAD], void *));
		}
		if (unlikely(is_fragment(objs[i]))) {
			send_run(graph, node, run_edge, &objs[run], i - run);
			vfr_fragment(graph, node, w, objs[i]);
			run = i + 1;
			continue;
		}
		edge = next_edge(w, objs[i]);
		if (unlikely(edge != run_edge)) {
			send_run(graph, node, run_edge, &objs[run], i - run);
			run = i;
			run_edge = edge;
		}
	}
	if (likely(run == 0 && n > 0))
		rte_node_next_stream_move(graph, node, run_edge);
	else
		send_run(graph, node, run_edge, &objs[run], n - run);
	return n;
}

static struct rte_node_register vfr_node = {
	.name = "vfr",
	.process = vfr_process,
	.init = node_init,
	.nb_edges = ARC_EDGE_DROP + 1, /* the others by arcs_connect() */
	.next_nodes = { [ARC_EDGE_DROP] = "drop" },
};
RTE_NODE_REGISTER(vfr_node);
