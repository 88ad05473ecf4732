/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the graph nodes share. A node is one file: its edges, a function that
 * says for one packet which edge it takes, and node_each() around it.
 */
#ifndef DATAPLANE_NODES_NODE_H
#define DATAPLANE_NODES_NODE_H

#include <rte_graph_worker.h>
#include <rte_prefetch.h>

#include "core/dp.h"
#include "core/packet.h"
#include "core/worker.h"
#include "tables/feature.h"

/* How many packets ahead node_each() prefetches. */
#define NODE_AHEAD 6

/*
 * Call edge_of(w, m, memo) for every packet and pass runs of packets that take the same edge on
 * together. A vector whose packets all take one edge is moved, not copied. memo is the node's
 * own, to keep what consecutive packets have in common.
 */
static __rte_always_inline uint16_t node_each_memo(struct rte_graph *graph, struct rte_node *node,
	void **objs, uint16_t n,
	rte_edge_t (*edge_of)(struct worker *w, struct rte_mbuf *m, void *memo), void *memo)
{
	struct worker *w = node_worker(node);
	rte_edge_t run_edge, edge;
	uint16_t run = 0;

	if (n == 0)
		return 0;
	run_edge = edge_of(w, objs[0], memo);
	for (uint16_t i = 1; i < n; i++) {
		if (i + NODE_AHEAD < n) {
			rte_prefetch0(pkt_meta(objs[i + NODE_AHEAD]));
			rte_prefetch0(
				rte_pktmbuf_mtod((struct rte_mbuf *)objs[i + NODE_AHEAD], void *));
		}
		edge = edge_of(w, objs[i], memo);
		if (unlikely(edge != run_edge)) {
			rte_node_enqueue(graph, node, run_edge, &objs[run], i - run);
			run = i;
			run_edge = edge;
		}
	}
	if (likely(run == 0))
		rte_node_next_stream_move(graph, node, run_edge);
	else
		rte_node_enqueue(graph, node, run_edge, &objs[run], n - run);
	return n;
}

/* A node's function without a memo: how node_each() carries it. */
struct node_plain {
	rte_edge_t (*edge_of)(struct worker *w, struct rte_mbuf *m);
};

static __rte_always_inline rte_edge_t node_plain_edge(
	struct worker *w, struct rte_mbuf *m, void *memo)
{
	return ((const struct node_plain *)memo)->edge_of(w, m);
}

/* The same for a node that looks at each packet by itself. */
static __rte_always_inline uint16_t node_each(struct rte_graph *graph, struct rte_node *node,
	void **objs, uint16_t n, rte_edge_t (*edge_of)(struct worker *w, struct rte_mbuf *m))
{
	struct node_plain plain = { edge_of };

	return node_each_memo(graph, node, objs, n, node_plain_edge, &plain);
}

/* Send the packet to `drop` under this reason: `return node_drop(m, reason, MY_EDGE_DROP)`. */
static inline rte_edge_t node_drop(struct rte_mbuf *m, enum bw_drop reason, rte_edge_t drop_edge)
{
	pkt_meta(m)->drop = reason;
	return drop_edge;
}

/* Ask `icmp_error` for this error about the packet (its data at the IPv4 header). */
static inline rte_edge_t node_icmp_error(struct rte_mbuf *m, uint8_t type, uint8_t code,
	uint16_t mtu, enum bw_drop reason, rte_edge_t icmp_edge)
{
	struct pkt_meta *meta = pkt_meta(m);

	meta->icmp_type = type;
	meta->icmp_code = code;
	meta->icmp_arg = mtu;
	meta->drop = reason; /* counted whether or not the error is sent */
	return icmp_edge;
}

#endif
