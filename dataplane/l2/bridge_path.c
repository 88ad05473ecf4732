/* SPDX-License-Identifier: BSD-3-Clause */
/* The workers' side of the switch: where a frame goes. */
#include <rte_ether.h>
#include <rte_ring_elem.h>

#include "core/dp.h"
#include "l2/bridge.h"
#include "nodes/node.h"

#define TAG_LEN	 (sizeof(struct rte_vlan_hdr))
#define VID(tci) ((tci)&0xfff)

static const struct bridge_conf *current_conf(const struct bridge *br)
{
	return __atomic_load_n(&br->conf, __ATOMIC_ACQUIRE);
}

/* Tell the main lcore of a source address, at most once a second for each. */
static void tell(struct bridge *br, struct worker *w, uint64_t key, uint16_t port)
{
	struct bridge_learner *l = &br->learner[w->id];
	struct bridge_sighting s = {
		.key = key,
		.port = port,
		.round = atomic_load_explicit(&br->round, memory_order_relaxed),
		.seen = w->now_sec,
	};
	struct bridge_sighting *asked =
		&l->asked[mac_hash(br->macs, key) >> 56 & (BRIDGE_ASKED - 1)];

	if (asked->key == key && asked->port == port && asked->round == s.round &&
		asked->seen == s.seen)
		return;
	if (rte_ring_sp_enqueue_elem(l->ring, &s, sizeof(s)) == 0)
		*asked = s;
	else
		l->lost++;
}

static void learn(struct bridge *br, struct worker *w, uint64_t key, uint16_t port)
{
	struct mac_entry *e = mac_find(br->macs, key);

	if (unlikely(e == NULL || mac_port(e) != port)) {
		tell(br, w, key, port);
		return;
	}
	/* Not more often than it can tell apart, or the line would travel between workers. */
	if (unlikely(atomic_load_explicit(&e->seen, memory_order_relaxed) != w->now_sec))
		atomic_store_explicit(&e->seen, w->now_sec, memory_order_relaxed);
}

static void strip_tag(struct rte_mbuf *m)
{
	uint8_t *frame = rte_pktmbuf_mtod(m, uint8_t *);

	memmove(frame + TAG_LEN, frame, 2 * RTE_ETHER_ADDR_LEN);
	rte_pktmbuf_adj(m, TAG_LEN);
}

static bool add_tag(struct rte_mbuf *m, uint16_t vlan)
{
	char *frame = rte_pktmbuf_prepend(m, TAG_LEN);
	uint16_t tag[2] = { rte_cpu_to_be_16(RTE_ETHER_TYPE_VLAN), rte_cpu_to_be_16(vlan) };

	if (unlikely(frame == NULL))
		return false;
	memmove(frame, frame + TAG_LEN, 2 * RTE_ETHER_ADDR_LEN);
	memcpy(frame + 2 * RTE_ETHER_ADDR_LEN, tag, sizeof(tag));
	return true;
}

/* The VLAN (0 .. 4095; 0 = none) that a frame claims to be in; its tag is taken off. */
static uint16_t classify(uint16_t pvid, struct rte_mbuf *m)
{
	const struct rte_ether_hdr *eth = rte_pktmbuf_mtod(m, struct rte_ether_hdr *);
	const struct rte_vlan_hdr *tag = (const struct rte_vlan_hdr *)(eth + 1);
	uint16_t vlan;

	if (eth->ether_type != rte_cpu_to_be_16(RTE_ETHER_TYPE_VLAN))
		return pvid;
	if (rte_pktmbuf_data_len(m) < sizeof(*eth) + TAG_LEN)
		return 0;
	vlan = VID(rte_be_to_cpu_16(tag->vlan_tci));
	strip_tag(m);
	return vlan != 0 ? vlan : pvid; /* VID 0: a priority and no VLAN (802.1Q 9.6) */
}

static bool is_link_local(const struct rte_ether_hdr *eth)
{
	static const uint8_t ieee[5] = { 0x01, 0x80, 0xc2, 0x00, 0x00 };
	static const uint8_t cisco[6] = { 0x01, 0x00, 0x0c, 0xcc, 0xcc, 0xcc };
	const uint8_t *dst = eth->dst_addr.addr_bytes;

	return (memcmp(dst, ieee, sizeof(ieee)) == 0 && dst[5] <= 0x0f) ||
	       memcmp(dst, cisco, sizeof(cisco)) == 0;
}

/* Out of one port, with or without a tag. */
static rte_edge_t send_out(
	struct rte_mbuf *m, const struct bridge_vlan *v, uint16_t vlan, uint16_t port)
{
	if (!(v->untagged >> port & 1) && !add_tag(m, vlan))
		return node_drop(m, BW_DROP_NO_MBUF, BRIDGE_EDGE_DROP);
	pkt_meta(m)->out_port = port;
	return BRIDGE_EDGE_PORT_TX;
}

/* A copy for a port of a flooded frame. One that cannot be made counts as a dropped packet. */
static void copy_out(struct worker *w, struct rte_mbuf *m, const struct bridge_vlan *v,
	uint16_t vlan, uint16_t port, struct bridge_copies *copies)
{
	struct rte_mbuf *copy = rte_pktmbuf_copy(m, w->dp->pool, 0, UINT32_MAX);

	if (copy != NULL && send_out(copy, v, vlan, port) == BRIDGE_EDGE_PORT_TX) {
		copies->m[copies->n++] = copy;
		return;
	}
	rte_pktmbuf_free(copy);
	w->counters->drops[BW_DROP_NO_MBUF]++;
}

/* The data goes to the layer-3 header; `bcast` says how the frame was addressed. */
static rte_edge_t to_svi(struct rte_mbuf *m, const struct bridge_vlan *v, bool bcast)
{
	uint16_t type = rte_pktmbuf_mtod(m, struct rte_ether_hdr *)->ether_type;
	struct pkt_meta *meta = pkt_meta(m);

	if (!v->svi_up)
		return node_drop(m, BW_DROP_IF_DOWN, BRIDGE_EDGE_DROP);
	meta->in_if = v->svi_if;
	meta->vrf = v->svi_vrf;
	meta->flags = bcast ? PKT_F_L2_BCAST : 0;
	if (likely(type == rte_cpu_to_be_16(RTE_ETHER_TYPE_IPV4))) {
		rte_pktmbuf_adj(m, RTE_ETHER_HDR_LEN);
		return BRIDGE_EDGE_IP4_INPUT;
	}
	if (type == rte_cpu_to_be_16(RTE_ETHER_TYPE_ARP)) {
		rte_pktmbuf_adj(m, RTE_ETHER_HDR_LEN);
		meta->punt = PUNT_ARP;
		return BRIDGE_EDGE_PUNT;
	}
	return node_drop(m, BW_DROP_L2_UNKNOWN_TYPE, BRIDGE_EDGE_DROP);
}

/* The protocols that an SVI wants to see of broadcasts and multicasts. */
static bool svi_wants(const struct rte_mbuf *m, const struct bridge_vlan *v)
{
	uint16_t type = rte_pktmbuf_mtod(m, const struct rte_ether_hdr *)->ether_type;

	return v->svi_up && (type == rte_cpu_to_be_16(RTE_ETHER_TYPE_IPV4) ||
				    type == rte_cpu_to_be_16(RTE_ETHER_TYPE_ARP));
}

/*
 * To all of `ports`, and to the SVI. The frame itself takes the last way, so that a VLAN with one
 * way out copies nothing.
 */
static rte_edge_t flood(struct worker *w, struct rte_mbuf *m, const struct bridge_vlan *v,
	uint16_t vlan, uint32_t ports, bool svi, struct bridge_copies *copies)
{
	uint32_t copied = svi ? ports : ports & (ports - 1);

	for (; copied != 0; copied &= copied - 1) {
		uint16_t port = rte_bsf32(copied);

		copy_out(w, m, v, vlan, port, copies);
		ports &= ~(1u << port);
	}
	return svi ? to_svi(m, v, true) : send_out(m, v, vlan, rte_bsf32(ports));
}

static rte_edge_t flood_from(struct worker *w, struct rte_mbuf *m, const struct bridge_vlan *v,
	uint16_t vlan, uint16_t in_port, struct bridge_copies *copies)
{
	const struct rte_ether_hdr *eth = rte_pktmbuf_mtod(m, struct rte_ether_hdr *);
	bool multicast = rte_is_multicast_ether_addr(&eth->dst_addr);
	bool svi = multicast && svi_wants(m, v);
	uint32_t ports = v->linked & ~(1u << in_port);

	if (multicast && is_link_local(eth))
		return node_drop(m, BW_DROP_L2_NOT_FOR_US, BRIDGE_EDGE_DROP);
	if (ports == 0 && !svi)
		return node_drop(m, multicast ? BW_DROP_L2_UNKNOWN_TYPE : BW_DROP_L2_SAME_PORT,
			BRIDGE_EDGE_DROP);
	return flood(w, m, v, vlan, ports, svi, copies);
}

/* A source that is no station's address, or that claims to be the router itself. */
static bool bad_source(const struct rte_ether_hdr *eth, uint64_t src, const struct bridge_vlan *v)
{
	return rte_is_multicast_ether_addr(&eth->src_addr) || src == 0 || src == v->svi_mac;
}

rte_edge_t bridge_input(struct worker *w, struct rte_mbuf *m, struct bridge_copies *copies)
{
	struct bridge *br = w->dp->bridge;
	const struct bridge_conf *conf = current_conf(br);
	struct pkt_meta *meta = pkt_meta(m);
	uint8_t in_port = conf->port_of_if[meta->in_if % BW_MAX_IFS];
	const struct rte_ether_hdr *eth;
	const struct bridge_vlan *v;
	uint16_t vlan, out_port;
	uint64_t src, dst;

	if (unlikely(in_port == BRIDGE_NO_PORT))
		return node_drop(m, BW_DROP_IF_DOWN, BRIDGE_EDGE_DROP);
	if (unlikely(rte_pktmbuf_data_len(m) < RTE_ETHER_HDR_LEN))
		return node_drop(m, BW_DROP_L2_SHORT, BRIDGE_EDGE_DROP);
	vlan = classify(conf->pvid[in_port], m);
	v = &conf->vlan[vlan];
	if (unlikely(!(v->members >> in_port & 1)))
		return node_drop(m, BW_DROP_L2_VLAN, BRIDGE_EDGE_DROP);
	meta->vlan = vlan;

	eth = rte_pktmbuf_mtod(m, struct rte_ether_hdr *);
	src = mac_bits(eth->src_addr.addr_bytes);
	dst = mac_bits(eth->dst_addr.addr_bytes);
	if (unlikely(bad_source(eth, src, v)))
		return node_drop(m, BW_DROP_L2_BAD_SOURCE, BRIDGE_EDGE_DROP);
	learn(br, w, mac_key(vlan, src), in_port);

	if (dst == v->svi_mac && v->svi_if != 0)
		return to_svi(m, v, false);
	if (unlikely(rte_is_multicast_ether_addr(&eth->dst_addr)))
		return flood_from(w, m, v, vlan, in_port, copies);
	out_port = mac_lookup(br->macs, mac_key(vlan, dst));
	if (out_port == in_port)
		return node_drop(m, BW_DROP_L2_SAME_PORT, BRIDGE_EDGE_DROP);
	if (unlikely(out_port == MAC_NO_PORT || !(v->linked >> out_port & 1)))
		return flood_from(w, m, v, vlan, in_port, copies);
	return send_out(m, v, vlan, out_port);
}

rte_edge_t bridge_output(struct worker *w, struct rte_mbuf *m, struct bridge_copies *copies)
{
	struct bridge *br = w->dp->bridge;
	const struct bridge_conf *conf = current_conf(br);
	uint16_t vlan = pkt_meta(m)->vlan % BRIDGE_VLANS, out_port = MAC_NO_PORT;
	const struct bridge_vlan *v = &conf->vlan[vlan];
	const struct rte_ether_hdr *eth = rte_pktmbuf_mtod(m, struct rte_ether_hdr *);

	if (unlikely(rte_pktmbuf_data_len(m) < RTE_ETHER_HDR_LEN))
		return node_drop(m, BW_DROP_L2_SHORT, BRIDGE_EDGE_DROP);
	if (unlikely(v->linked == 0))
		return node_drop(
			m, v->members ? BW_DROP_IF_DOWN : BW_DROP_L2_VLAN, BRIDGE_EDGE_DROP);
	if (likely(!rte_is_multicast_ether_addr(&eth->dst_addr)))
		out_port = mac_lookup(br->macs, mac_key(vlan, mac_bits(eth->dst_addr.addr_bytes)));
	if (unlikely(out_port == MAC_NO_PORT || !(v->linked >> out_port & 1)))
		return flood(w, m, v, vlan, v->linked, false, copies);
	return send_out(m, v, vlan, out_port);
}
