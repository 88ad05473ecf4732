/* SPDX-License-Identifier: BSD-3-Clause */
#include "neighbour.h"

#include <rte_arp.h>
#include <rte_byteorder.h>
#include <rte_ethdev.h>
#include <string.h>

/* An ARP packet behind its Ethernet header, or NULL; the tag must be ours. */
static const struct rte_arp_hdr *arp_of(const struct neighbour *n, const struct rte_mbuf *m)
{
	const uint8_t *p = rte_pktmbuf_mtod(m, const uint8_t *);
	const uint8_t *type = p + 12;
	size_t len = sizeof(struct rte_ether_hdr);
	rte_be16_t word;

	if (n->vlan) {
		len += sizeof(struct rte_vlan_hdr);
		if (m->data_len < len)
			return NULL;
		memcpy(&word, type, 2);
		if (word != RTE_BE16(RTE_ETHER_TYPE_VLAN))
			return NULL;
		memcpy(&word, type + 2, 2);
		if ((rte_be_to_cpu_16(word) & 0xfff) != n->vlan)
			return NULL;
		type += sizeof(struct rte_vlan_hdr);
	}
	if (m->data_len < len + sizeof(struct rte_arp_hdr))
		return NULL;
	memcpy(&word, type, 2);
	return word == RTE_BE16(RTE_ETHER_TYPE_ARP) ? (const struct rte_arp_hdr *)(p + len) : NULL;
}

static uint8_t *put_ethernet(
	const struct neighbour *n, uint8_t *p, const struct rte_ether_addr *dst)
{
	rte_be16_t type = RTE_BE16(RTE_ETHER_TYPE_ARP);

	memcpy(p, dst, 6);
	memcpy(p + 6, &n->mac, 6);
	p += 12;
	if (n->vlan) {
		const rte_be16_t tag[2] = { RTE_BE16(RTE_ETHER_TYPE_VLAN),
			rte_cpu_to_be_16(n->vlan) };

		memcpy(p, tag, sizeof(tag));
		p += sizeof(tag);
	}
	memcpy(p, &type, sizeof(type));
	return p + sizeof(type);
}

static void send_arp(struct neighbour *n, uint16_t op, const struct rte_ether_addr *dst,
	const struct rte_ether_addr *tha, uint32_t tip)
{
	struct rte_arp_hdr arp = {
		.arp_hardware = RTE_BE16(RTE_ARP_HRD_ETHER),
		.arp_protocol = RTE_BE16(RTE_ETHER_TYPE_IPV4),
		.arp_hlen = 6,
		.arp_plen = 4,
		.arp_opcode = rte_cpu_to_be_16(op),
		.arp_data = {
			.arp_sha = n->mac,
			.arp_sip = rte_cpu_to_be_32(n->ip),
			.arp_tha = *tha,
			.arp_tip = rte_cpu_to_be_32(tip),
		},
	};
	struct rte_mbuf *m = rte_pktmbuf_alloc(n->pool);
	uint8_t *p;

	if (!m)
		return;
	p = (uint8_t *)rte_pktmbuf_append(m, 64);
	memset(p, 0, 64);
	memcpy(put_ethernet(n, p, dst), &arp, sizeof(arp));
	if (rte_eth_tx_burst(n->port, 0, &m, 1) == 0)
		rte_pktmbuf_free(m);
}

void neighbour_input(struct neighbour *n, const struct rte_mbuf *m)
{
	const struct rte_arp_hdr *arp = arp_of(n, m);
	rte_be32_t sender, target;

	if (!arp || n->ip == 0)
		return;
	memcpy(&sender, &arp->arp_data.arp_sip, sizeof(sender));
	memcpy(&target, &arp->arp_data.arp_tip, sizeof(target));
	if (n->gateway && sender == rte_cpu_to_be_32(n->gateway)) {
		n->gateway_mac = arp->arp_data.arp_sha;
		n->resolved = true;
	}
	if (arp->arp_opcode == RTE_BE16(RTE_ARP_OP_REQUEST) && target == rte_cpu_to_be_32(n->ip) &&
		sender != target) {
		send_arp(n, RTE_ARP_OP_REPLY, &arp->arp_data.arp_sha, &arp->arp_data.arp_sha,
			rte_be_to_cpu_32(sender));
		n->answered++;
	}
}

static const struct rte_ether_addr broadcast = { { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff } };
static const struct rte_ether_addr nobody;

void neighbour_announce(struct neighbour *n)
{
	if (n->ip)
		send_arp(n, RTE_ARP_OP_REQUEST, &broadcast, &nobody, n->ip);
}

void neighbour_ask(struct neighbour *n)
{
	if (n->ip && n->gateway)
		send_arp(n, RTE_ARP_OP_REQUEST, &broadcast, &nobody, n->gateway);
}
