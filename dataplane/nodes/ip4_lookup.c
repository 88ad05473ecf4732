/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Longest prefix match, and what RFC 1812 asks before a packet is forwarded: TTL and
 * MTU are judged here, before NAT, so that an ICMP error quotes the packet as it came.
 *
 * The destinations of the whole vector are looked up first, each step prefetched for
 * all packets, so that the misses of a large table overlap.
 */
#include <rte_hash_crc.h>

#include "nodes/icmp.h"
#include "nodes/node.h"

#define EDGE_LOCAL ARC_EDGE_OWN

/* Routes up to which prefetching costs more than the misses that it hides. */
#define SMALL_TABLE 256

/* A hash of what tells flows apart; fragments of one datagram stay together by addresses only. */
static uint32_t flow_hash(struct rte_mbuf *m)
{
	const struct rte_ipv4_hdr *ip = pkt_ip4(m);
	unsigned header = (ip->version_ihl & 0xf) * 4;
	uint32_t h = rte_hash_crc_4byte(ip->src_addr, ip->next_proto_id), ports;

	h = rte_hash_crc_4byte(ip->dst_addr, h);
	if (ip->fragment_offset & RTE_BE16(RTE_IPV4_HDR_MF_FLAG | RTE_IPV4_HDR_OFFSET_MASK))
		return h;
	if ((ip->next_proto_id != IPPROTO_TCP && ip->next_proto_id != IPPROTO_UDP) ||
		m->data_len < header + sizeof(ports))
		return h;
	memcpy(&ports, (const uint8_t *)ip + header, sizeof(ports));
	return rte_hash_crc_4byte(ports, h);
}

/* 255.255.255.255, or the broadcast address of a subnet on the interface it came in on. */
static bool broadcast_is_for_us(const struct dp *dp, struct rte_mbuf *m)
{
	const struct itf *itf = dp_itf(dp, pkt_meta(m)->in_if);
	rte_be32_t dst = pkt_ip4(m)->dst_addr;

	if (dst == UINT32_MAX)
		return true;
	for (uint32_t i = 0; itf && i < itf->n_addrs; i++) {
		uint8_t plen = itf->addr[i].plen;
		uint32_t host = plen ? ~((uint64_t)UINT32_MAX << (32 - plen)) : UINT32_MAX;

		if (plen < 31 && dst == (itf->addr[i].addr | rte_cpu_to_be_32(host)))
			return true;
	}
	return false;
}

/* What becomes of a packet that is not simply forwarded. */
static __rte_noinline rte_edge_t ip4_lookup_not_forwarded(
	struct worker *w, struct rte_mbuf *m, uint8_t kind)
{
	bool local = pkt_meta(m)->flags & PKT_F_LOCAL;

	switch (kind) {
	case ADJ_DOWN:
		return node_drop(m, BW_DROP_IF_DOWN, ARC_EDGE_DROP);
	case ADJ_LOCAL:
		return EDGE_LOCAL;
	case ADJ_BROADCAST:
		if (!local && broadcast_is_for_us(w->dp, m))
			return EDGE_LOCAL;
		return node_drop(m, BW_DROP_IP4_BROADCAST, ARC_EDGE_DROP);
	case ADJ_NULL0:
		return node_icmp_error(
			m, ICMP_UNREACHABLE, ICMP_HOST, 0, BW_DROP_IP4_NULL0, ARC_EDGE_ICMP_ERROR);
	case ADJ_NO_SESSION:
		return node_drop(m, BW_DROP_PPPOE_DOWN, ARC_EDGE_DROP);
	case ADJ_DISCARD:
		return node_drop(m, BW_DROP_ADJ_DROP, ARC_EDGE_DROP);
	default:
		return node_icmp_error(m, ICMP_UNREACHABLE, ICMP_HOST, 0, BW_DROP_IP4_NO_ROUTE,
			ARC_EDGE_ICMP_ERROR);
	}
}

/*
 * TTL - 1 and the checksum that goes with it: RFC 1141, the word changes by 0x0100; and 0xffff
 * becomes 0, as RFC 1624 corrects it.
 */
static inline void decrement_ttl(struct rte_ipv4_hdr *ip)
{
	uint32_t sum = (uint32_t)ip->hdr_checksum + RTE_BE16(0x0100);

	ip->time_to_live--;
	ip->hdr_checksum = sum + (sum >= 0xffff);
}

/* What an adjacency means for the packets of a vector that take it: looked at once for a run. */
struct way {
	uint32_t id;
	uint8_t kind;  /* enum adj_kind */
	bool forwards; /* out of an interface that is up */
	uint16_t out_if;
	uint16_t ip_mtu;
	rte_edge_t edge;
};

static struct way way_of(const struct dp *dp, uint32_t id)
{
	const struct adj *adj = adj_get(dp->adj, id);
	uint16_t state = adj_state(adj);
	struct way way = { .id = id, .kind = adj_kind_of(state) };
	const struct itf *out;

	if (adj_edge_of(state) == ADJ_EDGE_NONE)
		return way;
	out = dp_itf(dp, adj->out_if);
	if (unlikely(!out || !itf_is_up(out))) {
		way.kind = ADJ_DOWN;
		return way;
	}
	way.forwards = true;
	way.out_if = adj->out_if;
	way.ip_mtu = adj_mtu(adj, out->ip_mtu);
	way.edge = out->arc_first[ARC_IP4_OUT];
	return way;
}

/* The adjacency of an ECMP set that the packet's flow takes. */
static uint32_t choose_path(const struct dp *dp, uint32_t id, struct rte_mbuf *m)
{
	const struct adj *adj = adj_get(dp->adj, id);

	return adj_kind(adj) == ADJ_ECMP ? adj->path[(uint64_t)flow_hash(m) * adj->n_paths >> 32]
					 : id;
}

static inline rte_edge_t ip4_lookup_forward(struct rte_mbuf *m, const struct way *way)
{
	struct pkt_meta *meta = pkt_meta(m);
	struct rte_ipv4_hdr *ip = pkt_ip4(m);

	meta->out_if = way->out_if;
	if (unlikely(meta->flags & PKT_F_L2_BCAST)) /* RFC 1122 3.3.6 */
		return node_drop(m, BW_DROP_IP4_BROADCAST, ARC_EDGE_DROP);
	if (unlikely(ip->time_to_live <= 1 && !(meta->flags & PKT_F_LOCAL)))
		return node_icmp_error(
			m, ICMP_TIME_EXCEEDED, 0, 0, BW_DROP_IP4_TTL, ARC_EDGE_ICMP_ERROR);
	if (unlikely(m->pkt_len > way->ip_mtu) &&
		ip->fragment_offset & RTE_BE16(RTE_IPV4_HDR_DF_FLAG))
		return node_icmp_error(m, ICMP_UNREACHABLE, ICMP_FRAG_NEEDED, way->ip_mtu,
			BW_DROP_IP4_DF, ARC_EDGE_ICMP_ERROR);
	if (likely(!(meta->flags & PKT_F_LOCAL)))
		decrement_ttl(ip);
	return way->edge;
}

/* The edge of one packet with adjacency `id`; *way is the last one used. */
static inline rte_edge_t ip4_lookup_edge(
	struct worker *w, struct rte_mbuf *m, uint32_t id, struct way *way)
{
	if (unlikely(id != way->id))
		*way = way_of(w->dp, id);
	if (unlikely(way->kind == ADJ_ECMP))
		*way = way_of(w->dp, choose_path(w->dp, id, m));
	pkt_meta(m)->adj = way->id;
	return likely(way->forwards) ? ip4_lookup_forward(m, way)
				     : ip4_lookup_not_forwarded(w, m, way->kind);
}

/* Adjacency ids of all packets of a vector. */
static inline void ip4_lookup_lookup(const struct dp *dp, void **objs, uint16_t n, uint32_t *ids)
{
	const struct fib *fib[RTE_GRAPH_BURST_SIZE];
	uint32_t dst[RTE_GRAPH_BURST_SIZE];

	for (uint16_t i = 0; i < n; i++) {
		fib[i] = dp_fib(dp, pkt_meta(objs[i])->vrf);
		dst[i] = rte_be_to_cpu_32(pkt_ip4(objs[i])->dst_addr);
		rte_prefetch0(fib_first_entry(fib[i], dst[i]));
	}
	for (uint16_t i = 0; i < n; i++)
		rte_prefetch0(fib_second_entry(fib[i], dst[i]));
	for (uint16_t i = 0; i < n; i++) {
		ids[i] = fib_lookup(fib[i], dst[i]);
		rte_prefetch0(adj_get(dp->adj, ids[i]));
	}
}

/* The same for a vector of one small table, which is in the cache anyway. */
static inline void lookup_cached(const struct fib *fib, void **objs, uint16_t n, uint32_t *ids)
{
	for (uint16_t i = 0; i < n; i++)
		ids[i] = fib_lookup(fib, rte_be_to_cpu_32(pkt_ip4(objs[i])->dst_addr));
}

static void ip4_lookup_dispatch(
	struct rte_graph *graph, struct rte_node *node, void **objs, uint16_t n)
{
	struct worker *w = node_worker(node);
	const struct fib *global = dp_fib(w->dp, 0);
	uint32_t ids[RTE_GRAPH_BURST_SIZE];
	struct way way = { .id = UINT32_MAX };
	rte_edge_t run_edge, edge;
	uint16_t run = 0;

	if (w->dp->one_vrf && global->n_routes < SMALL_TABLE)
		lookup_cached(global, objs, n, ids);
	else
		ip4_lookup_lookup(w->dp, objs, n, ids);
	run_edge = ip4_lookup_edge(w, objs[0], ids[0], &way);
	for (uint16_t i = 1; i < n; i++) {
		edge = ip4_lookup_edge(w, objs[i], ids[i], &way);
		if (unlikely(edge != run_edge)) {
			rte_node_enqueue(graph, node, run_edge, &objs[run], i - run);
			run = i;
			run_edge = edge;
		}
	}
	rte_node_enqueue(graph, node, run_edge, &objs[run], n - run);
}

static uint16_t ip4_lookup_process(
	struct rte_graph *graph, struct rte_node *node, void **objs, uint16_t n)
{
	for (uint16_t i = 0; i < n; i += RTE_GRAPH_BURST_SIZE)
		ip4_lookup_dispatch(graph, node, objs + i,
			RTE_MIN((uint16_t)(n - i), (uint16_t)RTE_GRAPH_BURST_SIZE));
	return n;
}

static struct rte_node_register ip4_lookup_node = {
	.name = "ip4_lookup",
	.process = ip4_lookup_process,
	.init = node_init,
	.nb_edges = ARC_EDGE_DROP + 1, /* the others by arcs_connect() */
	.next_nodes = { [ARC_EDGE_DROP] = "drop" },
};
RTE_NODE_REGISTER(ip4_lookup_node);
