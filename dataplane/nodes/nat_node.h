/* SPDX-License-Identifier: BSD-3-Clause */
/* What the two NAT nodes share: packets into the translator's terms and back. */
#ifndef DATAPLANE_NODES_NAT_NODE_H
#define DATAPLANE_NODES_NAT_NODE_H

#include "nat/nat.h"
#include "nat/translate.h"
#include "nodes/node.h"

static __rte_always_inline void nat_node_fill(struct nat_pkt *p, struct rte_mbuf *m)
{
	const struct pkt_meta *meta = pkt_meta(m);

	p->ip = rte_pktmbuf_mtod(m, uint8_t *);
	p->len = rte_pktmbuf_data_len(m);
	p->vrf = meta->vrf;
	p->out_vrf = 0;
	p->out_if = 0;
	p->flags = 0;
	if (unlikely(meta->flags & (PKT_F_L4_KNOWN | PKT_F_LOCAL | PKT_F_NAT_BIND))) {
		p->flags = (meta->flags & PKT_F_L4_KNOWN ? NAT_P_PORTS : 0) |
			   (meta->flags & PKT_F_LOCAL ? NAT_P_LOCAL : 0) |
			   (meta->flags & PKT_F_NAT_BIND ? NAT_P_BIND : 0);
		p->sport = meta->l4_src;
		p->dport = meta->l4_dst;
	}
}

/* The edge of a packet that does not simply go on: to another worker, at `entry`, or nowhere. */
static __rte_noinline rte_edge_t nat_node_other(
	const struct nat_pkt *p, struct rte_mbuf *m, enum inbox_entry entry)
{
	struct pkt_meta *meta = pkt_meta(m);

	if (p->verdict == NAT_DROP)
		return node_drop(m, p->drop, ARC_EDGE_DROP);
	meta->entry = entry;
	meta->punt = p->owner;
	meta->flags &= ~PKT_F_NAT_BIND;
	if (p->verdict == NAT_BIND)
		meta->flags |= PKT_F_NAT_BIND;
	return ARC_EDGE_HANDOFF;
}

/* Ports as they are now, for the features that follow; only fragments carry them. */
static __rte_always_inline void nat_node_ports(const struct nat_pkt *p, struct rte_mbuf *m)
{
	if (unlikely(p->flags & NAT_P_PORTS)) {
		pkt_meta(m)->l4_src = p->sport;
		pkt_meta(m)->l4_dst = p->dport;
	}
}

/* Pass runs of packets with the same edge on together; all of them at once if it is one. */
static __rte_always_inline void nat_node_send(struct rte_graph *graph, struct rte_node *node,
	void **objs, const rte_edge_t *edge, uint16_t n, bool whole)
{
	uint16_t run = 0;

	for (uint16_t i = 1; i < n; i++) {
		if (likely(edge[i] == edge[run]))
			continue;
		rte_node_enqueue(graph, node, edge[run], &objs[run], i - run);
		run = i;
	}
	if (likely(run == 0 && whole))
		rte_node_next_stream_move(graph, node, edge[0]);
	else
		rte_node_enqueue(graph, node, edge[run], &objs[run], n - run);
}

/* Call burst(w, mbufs, edges, n) for NAT_BURST packets at a time, and send them on. */
static __rte_always_inline uint16_t nat_node_each(struct rte_graph *graph, struct rte_node *node,
	void **objs, uint16_t n,
	void (*burst)(struct worker *w, struct rte_mbuf **m, rte_edge_t *edge, uint16_t n))
{
	struct worker *w = node_worker(node);
	rte_edge_t edge[RTE_GRAPH_BURST_SIZE];

	nat_shard_begin(w->nat, nat_rules_now(w->dp->nat), w->dp->acl, w->now_sec);
	for (uint16_t i = 0; i < n; i += RTE_GRAPH_BURST_SIZE) {
		uint16_t some = RTE_MIN(n - i, RTE_GRAPH_BURST_SIZE);

		for (uint16_t k = 0; k < some; k += NAT_BURST)
			burst(w, (struct rte_mbuf **)&objs[i + k], &edge[k],
				RTE_MIN(some - k, NAT_BURST));
		nat_node_send(graph, node, &objs[i], edge, some, some == n);
	}
	return n;
}

#endif
