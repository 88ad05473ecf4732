/* SPDX-License-Identifier: BSD-3-Clause */
/* What the parts of the translator share about a packet. Internal to nat/. */
#ifndef DATAPLANE_NAT_PKT_H
#define DATAPLANE_NAT_PKT_H

#include "nat/translate.h"

#define NAT_UNLIKELY(x) __builtin_expect(!!(x), 0)

/* Counters are read by other threads: written whole, by this one only. */
static inline void nat_count(uint64_t *counter, int64_t n)
{
	__atomic_store_n(counter, *counter + n, __ATOMIC_RELAXED);
}

static inline void nat_pkt_drop(struct nat_pkt *p, uint8_t reason)
{
	p->verdict = NAT_DROP;
	p->drop = reason;
}

/* The flow's key as this direction sees it. An ICMP query has its id at the own end only. */
static inline void nat_pkt_key(struct nat_pkt *p, enum nat_dir dir)
{
	const struct l4_ip4 *ip = (const void *)p->ip;
	bool icmp = ip->proto == IPPROTO_ICMP;

	if (dir == NAT_OUT)
		p->key =
			nat_key(ip->src, p->sport, ip->dst, icmp ? 0 : p->dport, ip->proto, p->vrf);
	else
		p->key =
			nat_key(ip->dst, p->dport, ip->src, icmp ? 0 : p->sport, ip->proto, p->vrf);
}

static inline uint32_t nat_pkt_own(const struct nat_pkt *p)
{
	return (uint32_t)p->key.addrs;
}

static inline uint16_t nat_pkt_own_port(const struct nat_pkt *p)
{
	return (uint16_t)p->key.rest;
}

/* Kinds that no session can be found for. */
static inline bool nat_pkt_is_flowless(const struct nat_pkt *p)
{
	return p->kind == NAT_K_BLIND || p->kind == NAT_K_SHORT || p->kind == NAT_K_ODD;
}

/*
 * classify.c: what the packet is: kind, l4, tcp_flags, and in sport and dport the flow's ports.
 * The verdict stays as it is, or becomes NAT_DROP.
 */
void nat_classify_slow(struct nat_pkt *p);

/* The same, quick for whole TCP and UDP packets without options. */
static inline void nat_classify(struct nat_pkt *p)
{
	const struct l4_ip4 *ip = (const void *)p->ip;
	const struct l4_tcp *tcp = (const void *)(p->ip + 20);
	uint32_t need = 20 + sizeof(*tcp), length;

	if (NAT_UNLIKELY(p->len < 20 + sizeof(struct l4_udp) || ip->version_ihl != 0x45 ||
			 ip->frag & htons(L4_FRAG_MF | L4_FRAG_OFFSET))) {
		nat_classify_slow(p);
		return;
	}
	length = ntohs(ip->length);
	p->l4 = 20;
	p->sport = tcp->sport;
	p->dport = tcp->dport;
	if (ip->proto == IPPROTO_TCP && p->len >= need && length >= need) {
		p->kind = NAT_K_TCP;
		p->tcp_flags = tcp->flags;
	} else if (ip->proto == IPPROTO_UDP && length >= 20 + sizeof(struct l4_udp)) {
		p->kind = NAT_K_UDP;
	} else {
		nat_classify_slow(p);
	}
}

/*
 * flow.c: a packet that no session is for. The session made for it, or NULL with the verdict set
 * (NAT_PENDING: to be dropped for p->drop).
 */
struct nat_session *nat_flow_out(struct nat_shard *sh, struct nat_pkt *p);
struct nat_session *nat_flow_in(struct nat_shard *sh, struct nat_pkt *p);

/* Whether a session with NAT_S_MAP would send the packet out by another uplink than its own. */
bool nat_flow_has_moved(
	const struct nat_shard *sh, const struct nat_pkt *p, const struct nat_session *s);

/* With several shards: true, with the verdict set, if the packet is not for this one. */
bool nat_flow_is_others(struct nat_shard *sh, struct nat_pkt *p, enum nat_dir dir);

/* Give the packet a new address alone, without a session. */
void nat_rewrite_addr(struct nat_pkt *p, enum nat_dir dir, uint32_t addr);

#endif
