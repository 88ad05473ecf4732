/* SPDX-License-Identifier: BSD-3-Clause */
#include "l3/arp.h"

#include <rte_arp.h>
#include <rte_ether.h>

#include "core/dp.h"
#include "l2/frame.h"
#include "l3/neigh.h"

#define DEFEND_SECONDS 10 /* RFC 5227 2.4: DEFEND_INTERVAL */

bool arp_on_subnet(const struct itf *itf, bw_ip4 addr)
{
	for (uint32_t i = 0; i < itf->n_addrs; i++) {
		const struct itf_addr *a = &itf->addr[i];

		if (a->addr == addr)
			return false;
		if (a->plen < 32 &&
			(a->plen == 0 || rte_be_to_cpu_32(a->addr ^ addr) >> (32 - a->plen) == 0))
			return true;
	}
	return false;
}

static void send_arp(struct dp *dp, const struct itf *itf, const struct rte_ether_addr *to,
	const struct rte_arp_hdr *arp)
{
	if (arp->arp_opcode == RTE_BE16(RTE_ARP_OP_REQUEST))
		dp->counters->main.arp_tx_requests++;
	else
		dp->counters->main.arp_tx_replies++;
	frame_send(dp, itf, to->addr_bytes, RTE_ETHER_TYPE_ARP, arp, sizeof(*arp));
}

static struct rte_arp_hdr make_arp(const struct itf *itf, uint16_t opcode, bw_ip4 sip, bw_ip4 tip)
{
	struct rte_arp_hdr arp = {
		.arp_hardware = RTE_BE16(RTE_ARP_HRD_ETHER),
		.arp_protocol = RTE_BE16(RTE_ETHER_TYPE_IPV4),
		.arp_hlen = 6,
		.arp_plen = 4,
		.arp_opcode = rte_cpu_to_be_16(opcode),
		.arp_data = { .arp_sip = sip, .arp_tip = tip },
	};

	memcpy(&arp.arp_data.arp_sha, itf->mac, 6);
	return arp;
}

void arp_send_request(
	struct dp *dp, const struct itf *itf, bw_ip4 addr, const struct rte_ether_addr *to)
{
	static const struct rte_ether_addr broadcast = { { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff } };
	struct rte_arp_hdr arp = make_arp(itf, RTE_ARP_OP_REQUEST, itf_source_for(itf, addr), addr);

	if (arp.arp_data.arp_sip)
		send_arp(dp, itf, to ? to : &broadcast, &arp);
}

void arp_send_announcement(struct dp *dp, const struct itf *itf, bw_ip4 addr)
{
	static const struct rte_ether_addr broadcast = { { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff } };
	struct rte_arp_hdr arp = make_arp(itf, RTE_ARP_OP_REQUEST, addr, addr);

	send_arp(dp, itf, &broadcast, &arp);
}

static void reply(struct dp *dp, const struct itf *itf, const struct rte_arp_hdr *request)
{
	struct rte_arp_hdr arp = make_arp(
		itf, RTE_ARP_OP_REPLY, request->arp_data.arp_tip, request->arp_data.arp_sip);

	arp.arp_data.arp_tha = request->arp_data.arp_sha;
	send_arp(dp, itf, &request->arp_data.arp_sha, &arp);
}

static bool well_formed(const struct rte_arp_hdr *arp)
{
	uint32_t sip = rte_be_to_cpu_32(arp->arp_data.arp_sip);
	uint16_t op = rte_be_to_cpu_16(arp->arp_opcode);

	return arp->arp_hardware == RTE_BE16(RTE_ARP_HRD_ETHER) &&
	       arp->arp_protocol == RTE_BE16(RTE_ETHER_TYPE_IPV4) && arp->arp_hlen == 6 &&
	       arp->arp_plen == 4 && (op == RTE_ARP_OP_REQUEST || op == RTE_ARP_OP_REPLY) &&
	       rte_is_unicast_ether_addr(&arp->arp_data.arp_sha) &&
	       !rte_is_zero_ether_addr(&arp->arp_data.arp_sha) && sip >> 24 < 224 &&
	       sip >> 24 != 127;
}

/* RFC 5227 2.4: somebody uses our address. Say so, and defend it. */
static void conflict(struct dp *dp, const struct itf *itf, const struct rte_arp_hdr *arp)
{
	const uint8_t *mac = arp->arp_data.arp_sha.addr_bytes;
	const uint8_t *ip = (const uint8_t *)&arp->arp_data.arp_sip;

	dp_log(dp, 4, "IP-4-DUPADDR",
		"Duplicate address %u.%u.%u.%u on %s, sourced by %02x%02x.%02x%02x.%02x%02x", ip[0],
		ip[1], ip[2], ip[3], itf->conf.name, mac[0], mac[1], mac[2], mac[3], mac[4],
		mac[5]);
	if (dp->arp_defended && dp_seconds(dp) - dp->arp_defended < DEFEND_SECONDS)
		return; /* or two who both insist would shout for ever */
	dp->arp_defended = dp_seconds(dp);
	arp_send_announcement(dp, itf, arp->arp_data.arp_sip);
}

static bool is_ours(const struct dp *dp, const struct itf *itf, bw_ip4 addr)
{
	return itf_has_addr(itf, addr) || alias_is(&dp->aliases, itf->id, addr);
}

/* True if the router has a way for packets on that adjacency other than by this interface. */
static bool leads_away(const struct dp *dp, const struct adj *a, const struct itf *itf)
{
	const struct itf *out;

	switch (adj_kind(a)) {
	case ADJ_LOCAL:
		return true; /* an address of another interface of ours */
	case ADJ_GLEAN:
	case ADJ_RESOLVE:
	case ADJ_ETHER:
	case ADJ_PPPOE:
		out = dp_itf(dp, a->out_if);
		return out && out != itf && itf_is_up(out);
	case ADJ_ECMP: /* one of the paths may lead back to who asks */
		for (uint32_t i = 0; i < a->n_paths; i++)
			if (!leads_away(dp, adj_get(dp->adj, a->path[i]), itf))
				return false;
		return true;
	default:
		return false;
	}
}

/*
 * RFC 1027: a host of this subnet asks for one that is not on it. The router answers if it has a
 * way there by another interface. Not to probes and announcements, which ask for the sender's own.
 */
static bool is_proxied(const struct dp *dp, const struct itf *itf, bw_ip4 sip, bw_ip4 tip)
{
	uint32_t target = rte_be_to_cpu_32(tip), net = target >> 24;
	const struct fib *fib = dp_fib(dp, itf->vrf);

	if (!(itf->flags & BW_IF_F_PROXY_ARP) || sip == 0 || sip == tip)
		return false;
	if (net == 0 || net == 127 || net >= 224)
		return false;
	if (!arp_on_subnet(itf, sip) || arp_on_subnet(itf, tip))
		return false;
	return leads_away(dp, adj_get(dp->adj, fib_lookup(fib, target)), itf);
}

static void receive(struct dp *dp, const struct itf *itf, const struct rte_arp_hdr *arp)
{
	bw_ip4 sip = arp->arp_data.arp_sip, tip = arp->arp_data.arp_tip;
	bool for_us = is_ours(dp, itf, tip);

	if (memcmp(&arp->arp_data.arp_sha, itf->mac, 6) == 0)
		return; /* our own, come back */
	if (sip && is_ours(dp, itf, sip)) {
		conflict(dp, itf, arp);
		return;
	}
	if (sip) /* a probe (RFC 5227 2.1.1) says nothing of its sender's address */
		neigh_heard(dp, itf, sip, &arp->arp_data.arp_sha, for_us);
	if (arp->arp_opcode != RTE_BE16(RTE_ARP_OP_REQUEST))
		return;
	if (!for_us && is_proxied(dp, itf, sip, tip))
		dp->counters->main.arp_tx_proxy++;
	else if (!for_us)
		return;
	reply(dp, itf, arp);
}

void arp_input(struct dp *dp, struct rte_mbuf *m)
{
	const struct itf *itf = dp_itf(dp, pkt_meta(m)->in_if);
	struct rte_arp_hdr arp;

	if (itf && itf->flags & BW_IF_F_UP && rte_pktmbuf_data_len(m) >= sizeof(arp)) {
		memcpy(&arp, rte_pktmbuf_mtod(m, void *), sizeof(arp));
		if (well_formed(&arp)) {
			if (arp.arp_opcode == RTE_BE16(RTE_ARP_OP_REQUEST))
				dp->counters->main.arp_rx_requests++;
			else
				dp->counters->main.arp_rx_replies++;
			receive(dp, itf, &arp);
			rte_pktmbuf_free(m);
			return;
		}
	}
	dp->counters->drops[BW_DROP_ARP_BAD]++;
	rte_pktmbuf_free(m);
}
