/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Finds the interface that a frame belongs to. Frames of switch ports go to the
 * bridge; others have to be for us, lose their header and tag, and go on by type.
 */
#include <rte_ether.h>

#include "nodes/node.h"
#include "tables/l2map.h"

enum { NEXT_IP4, NEXT_BRIDGE, NEXT_PUNT, NEXT_PPPOE, NEXT_DROP, NEXT_MAX };

static inline bool same_mac(const uint8_t *a, const uint8_t *b)
{
	uint32_t a4, b4;
	uint16_t a2, b2;

	memcpy(&a4, a, 4);
	memcpy(&b4, b, 4);
	memcpy(&a2, a + 4, 2);
	memcpy(&b2, b + 4, 2);
	return ((a4 ^ b4) | (uint32_t)(a2 ^ b2)) == 0;
}

/* What is neither IPv4 nor ARP; PPPoE keeps its Ethernet header, whose addresses matter. */
static __rte_noinline rte_edge_t to_others(struct rte_mbuf *m, rte_be16_t type, unsigned header)
{
	pkt_meta(m)->l2_len = header;
	if (type == RTE_BE16(RTE_ETHER_TYPE_PPPOE_SESSION))
		return NEXT_PPPOE;
	if (type == RTE_BE16(RTE_ETHER_TYPE_PPPOE_DISCOVERY)) {
		pkt_meta(m)->punt = PUNT_PPPOE;
		return NEXT_PUNT;
	}
	return node_drop(m, BW_DROP_L2_UNKNOWN_TYPE, NEXT_DROP);
}

static rte_edge_t to_layer3(struct rte_mbuf *m, rte_be16_t type, unsigned header)
{
	if (likely(type == RTE_BE16(RTE_ETHER_TYPE_IPV4))) {
		rte_pktmbuf_adj(m, header);
		return NEXT_IP4;
	}
	if (type == RTE_BE16(RTE_ETHER_TYPE_ARP)) {
		rte_pktmbuf_adj(m, header);
		pkt_meta(m)->punt = PUNT_ARP;
		return NEXT_PUNT;
	}
	return to_others(m, type, header);
}

/* What is to be known of the port that consecutive frames mostly come in by. */
struct run {
	uint32_t port; /* DPDK's id */
	const struct l2map *map;
	const struct itf *itf; /* of frames without a tag, while it is up; NULL = look at each */
	struct pkt_meta meta;  /* of such a frame */
};

static void ethernet_begin_run(struct worker *w, struct run *run, uint32_t port)
{
	const struct itf *itf;

	memset(run, 0, sizeof(*run));
	run->port = port;
	run->map = __atomic_load_n(&w->dp->l2map[port % RTE_MAX_ETHPORTS], __ATOMIC_ACQUIRE);
	if (!run->map || run->map->switch_if)
		return;
	itf = dp_itf(w->dp, run->map->untagged_if);
	if (!itf || !(itf->flags & BW_IF_F_UP))
		return;
	run->itf = itf;
	run->meta.in_if = run->map->untagged_if;
	run->meta.vrf = itf->vrf;
}

/* Any frame: of a switch port, tagged, for another or for all, not IPv4. */
static __rte_noinline rte_edge_t ethernet_look_at(
	struct worker *w, struct rte_mbuf *m, const struct l2map *map)
{
	const struct rte_ether_hdr *eth = rte_pktmbuf_mtod(m, const struct rte_ether_hdr *);
	struct pkt_meta *meta = pkt_meta(m);
	rte_be16_t type = eth->ether_type;
	unsigned header = sizeof(*eth);
	const struct itf *itf;

	memset(meta, 0, sizeof(*meta));
	if (unlikely(m->data_len < sizeof(*eth)))
		return node_drop(m, BW_DROP_L2_SHORT, NEXT_DROP);
	if (unlikely(!map))
		return node_drop(m, BW_DROP_IF_DOWN, NEXT_DROP);
	meta->in_if = map->untagged_if;
	if (map->switch_if) {
		meta->in_if = map->switch_if;
		return NEXT_BRIDGE;
	}
	if (unlikely(type == RTE_BE16(RTE_ETHER_TYPE_VLAN))) {
		const struct rte_vlan_hdr *tag = (const struct rte_vlan_hdr *)(eth + 1);
		uint16_t vlan;

		header += sizeof(*tag);
		if (m->data_len < header)
			return node_drop(m, BW_DROP_L2_SHORT, NEXT_DROP);
		vlan = rte_be_to_cpu_16(tag->vlan_tci) & 0xfff;
		type = tag->eth_proto;
		if (vlan != 0) /* a tag of VLAN 0 carries a priority only */
			meta->in_if = map->vlan_if[vlan];
		if (meta->in_if == 0)
			return node_drop(m, BW_DROP_L2_VLAN, NEXT_DROP);
	}
	itf = dp_itf(w->dp, meta->in_if);
	if (unlikely(!itf || !(itf->flags & BW_IF_F_UP)))
		return node_drop(m, BW_DROP_IF_DOWN, NEXT_DROP);
	meta->vrf = itf->vrf;
	if (unlikely(!same_mac(eth->dst_addr.addr_bytes, itf->mac))) {
		if (!rte_is_multicast_ether_addr(&eth->dst_addr))
			return node_drop(m, BW_DROP_L2_NOT_FOR_US, NEXT_DROP);
		meta->flags = PKT_F_L2_BCAST;
	}
	return to_layer3(m, type, header);
}

static __rte_always_inline rte_edge_t ethernet_edge(
	struct worker *w, struct rte_mbuf *m, void *memo)
{
	const struct rte_ether_hdr *eth = rte_pktmbuf_mtod(m, const struct rte_ether_hdr *);
	struct run *run = memo;

	if (unlikely(m->port != run->port))
		ethernet_begin_run(w, run, m->port);
	if (unlikely(!run->itf || m->data_len < sizeof(*eth) ||
		     !same_mac(eth->dst_addr.addr_bytes, run->itf->mac)))
		return ethernet_look_at(w, m, run->map);
	*pkt_meta(m) = run->meta;
	if (likely(eth->ether_type == RTE_BE16(RTE_ETHER_TYPE_IPV4))) {
		rte_pktmbuf_adj(m, sizeof(*eth));
		return NEXT_IP4;
	}
	if (eth->ether_type == RTE_BE16(RTE_ETHER_TYPE_PPPOE_SESSION)) {
		pkt_meta(m)->l2_len = sizeof(*eth);
		return NEXT_PPPOE;
	}
	return ethernet_look_at(w, m, run->map);
}

static uint16_t ethernet_process(
	struct rte_graph *graph, struct rte_node *node, void **objs, uint16_t n)
{
	struct run run = { .port = UINT32_MAX };

	return node_each_memo(graph, node, objs, n, ethernet_edge, &run);
}

static struct rte_node_register ethernet_node = {
	.name = "ethernet",
	.process = ethernet_process,
	.init = node_init,
	.nb_edges = NEXT_MAX,
	.next_nodes = {
		[NEXT_IP4] = "ip4_input",
		[NEXT_BRIDGE] = "bridge",
		[NEXT_PUNT] = "punt",
		[NEXT_PPPOE] = "pppoe_session",
		[NEXT_DROP] = "drop",
	},
};
RTE_NODE_REGISTER(ethernet_node);
