/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * ICMP errors (RFC 5508, section 4): the quoted packet tells the flow, and goes
 * out or in as that flow's packets do, so that whoever gets the error finds in
 * it what he sent. Every checksum is updated by what changed under it.
 */
#include <string.h>

#include "l3/checksum.h"
#include "nat/pkt.h"

/* The quoted packet, as far as it is there. */
struct quote {
	struct l4_ip4 *ip;
	uint8_t *l4;
	uint32_t l4_len;
	uint16_t sport, dport; /* ICMP: the id in both */
	bool whole;	       /* the ports are there, or the protocol has none */
	bool is_error;	       /* an error about an error: must not be */
};

static void read_ports(struct quote *q)
{
	const struct l4_udp *udp = (const void *)q->l4;
	const struct l4_icmp *icmp = (const void *)q->l4;

	switch (q->ip->proto) {
	case IPPROTO_TCP:
	case IPPROTO_UDP:
		q->whole = q->l4_len >= 4;
		if (q->whole) {
			q->sport = udp->sport;
			q->dport = udp->dport;
		}
		break;
	case IPPROTO_ICMP:
		q->is_error = q->l4_len >= 1 && !l4_icmp_is_query(icmp->type);
		q->whole = q->l4_len >= 6;
		if (q->whole)
			q->sport = q->dport = icmp->id;
		break;
	default:
		q->whole = true;
	}
}

static bool read_quote(const struct nat_pkt *p, struct quote *q)
{
	const struct l4_ip4 *outer = (const void *)p->ip;
	uint32_t at = p->l4 + sizeof(struct l4_icmp), end = ntohs(outer->length), ihl;

	if (end > p->len)
		end = p->len;
	memset(q, 0, sizeof(*q));
	q->ip = (void *)(p->ip + at);
	if (at + sizeof(*q->ip) > end || q->ip->version_ihl >> 4 != 4)
		return false;
	ihl = (q->ip->version_ihl & 15) * 4;
	if (ihl < sizeof(*q->ip) || at + ihl > end)
		return false;
	q->l4 = p->ip + at + ihl;
	q->l4_len = end - at - ihl;
	if (!(q->ip->frag & htons(L4_FRAG_OFFSET)))
		read_ports(q);
	else if (q->ip->proto != IPPROTO_TCP && q->ip->proto != IPPROTO_UDP &&
		 q->ip->proto != IPPROTO_ICMP)
		q->whole = true; /* such flows have no ports */
	return true;
}

/* Store a 16-bit word of the ICMP message; returns what that adds to its sum. */
static uint32_t put16(void *at, uint16_t value)
{
	uint16_t old;

	memcpy(&old, at, 2);
	memcpy(at, &value, 2);
	return checksum_delta16(old, value);
}

/* The checksum in a quoted transport header, if the quote reaches so far. */
static uint32_t fix_quoted_check(struct quote *q, uint32_t addr_delta, uint32_t port_delta)
{
	uint8_t proto = q->ip->proto;
	unsigned at = proto == IPPROTO_TCP ? 16 : proto == IPPROTO_UDP ? 6 : 2;
	uint16_t check;

	if (q->l4_len < at + 2)
		return 0;
	memcpy(&check, q->l4 + at, 2);
	if (proto == IPPROTO_UDP && check == 0)
		return 0;
	check = checksum_update(check, (proto == IPPROTO_ICMP ? 0 : addr_delta) + port_delta);
	if (proto == IPPROTO_UDP && check == 0)
		check = 0xffff;
	return put16(q->l4 + at, check);
}

/*
 * Replace the quoted packet's source (or destination) and its port. Returns what that adds to
 * the ICMP message's sum.
 */
static uint32_t rewrite_quote(struct quote *q, bool source, uint32_t addr, uint16_t port)
{
	uint32_t old = source ? q->ip->src : q->ip->dst, delta, port_delta = 0;
	uint32_t addr_delta = checksum_delta32(old, addr);
	uint8_t proto = q->ip->proto;
	unsigned at = proto == IPPROTO_ICMP ? 4 : source ? 0 : 2;

	delta = addr_delta;
	if (source)
		q->ip->src = addr;
	else
		q->ip->dst = addr;
	delta += put16((uint8_t *)q->ip + offsetof(struct l4_ip4, check),
		checksum_update(q->ip->check, addr_delta));
	if ((proto != IPPROTO_TCP && proto != IPPROTO_UDP && proto != IPPROTO_ICMP) ||
		q->ip->frag & htons(L4_FRAG_OFFSET))
		return delta;
	if (q->whole)
		port_delta = put16(q->l4 + at, port);
	return delta + port_delta + fix_quoted_check(q, addr_delta, port_delta);
}

static void rewrite_outer(struct nat_pkt *p, enum nat_dir dir, uint32_t addr)
{
	struct l4_ip4 *ip = (void *)p->ip;

	if (dir == NAT_OUT) {
		ip->check = checksum_update(ip->check, checksum_delta32(ip->src, addr));
		ip->src = addr;
	} else {
		ip->check = checksum_update(ip->check, checksum_delta32(ip->dst, addr));
		ip->dst = addr;
	}
}

/* The quoted packet's flow, as the quote shows it: its own end is the translated one. */
static struct nat_key quote_key(const struct quote *q, enum nat_dir dir, uint8_t vrf)
{
	bool icmp = q->ip->proto == IPPROTO_ICMP;

	if (dir == NAT_IN) /* we sent it: its source is the global end */
		return nat_key(
			q->ip->src, q->sport, q->ip->dst, icmp ? 0 : q->dport, q->ip->proto, vrf);
	return nat_key(q->ip->dst, q->dport, q->ip->src, icmp ? 0 : q->sport, q->ip->proto, vrf);
}

/* By session, or by a static rule alone. False: no flow of ours. */
static bool find_mapping(struct nat_shard *sh, struct nat_pkt *p, enum nat_dir dir,
	const struct quote *q, struct nat_mapping *map, uint8_t *vrf)
{
	struct nat_key key = quote_key(q, dir, p->vrf);
	uint64_t hash = nat_key_hash(&sh->shared->seeds, key);
	const struct nat_session *s;
	uint8_t proto = q->whole ? q->ip->proto : 0;
	uint32_t id = 0;

	if (q->whole)
		id = nat_index_find(&sh->index[dir], sh->session, dir, &key, hash);
	if (id) {
		s = &sh->session[id];
		*map = (struct nat_mapping) { s->local, s->global, s->local_port, s->global_port,
			s->rule_id };
		*vrf = s->vrf[NAT_OUT];
		return true;
	}
	*vrf = p->vrf;
	if (dir == NAT_OUT)
		return nat_rules_static_out(sh->rules, p->vrf, proto, q->ip->dst, q->dport, map);
	return nat_rules_static_in(sh->rules, vrf, proto, q->ip->src, q->sport, map);
}

/*
 * No flow of ours. Coming in it may be about the router's own packet, if it says enough to
 * tell. Going out it must not show an inside address; what the router itself made quotes
 * only what came from outside.
 */
static void unmatched(
	struct nat_shard *sh, struct nat_pkt *p, enum nat_dir dir, const struct quote *q)
{
	const struct l4_ip4 *ip = (const void *)p->ip;
	struct l4_info l4 = { .src = q->ip->dst,
		.dst = q->ip->src,
		.proto = q->ip->proto,
		.sport = q->dport,
		.dport = q->sport,
		.flags = q->whole ? L4_F_PORTS : 0 };
	bool ours;

	if (dir == NAT_IN) {
		ours = !q->whole && nat_rules_is_global(sh->rules, ip->dst);
	} else {
		ours = !(p->flags & NAT_P_LOCAL) && nat_is_inside(sh, p, &l4);
		l4.src = ip->src;
		l4.proto = IPPROTO_ICMP;
		l4.flags = 0;
		ours = ours || (!(p->flags & NAT_P_LOCAL) && nat_is_inside(sh, p, &l4));
	}
	if (ours)
		nat_pkt_drop(p, BW_DROP_NAT_ICMP_UNMATCHED);
	else
		p->verdict = NAT_PASS;
}

/* The source of an error that goes out: never an inside address. */
static uint32_t outer_source(struct nat_shard *sh, const struct nat_pkt *p, const struct quote *q,
	const struct nat_mapping *map)
{
	const struct l4_ip4 *ip = (const void *)p->ip;
	struct nat_mapping own;
	struct l4_info l4;

	if (ip->src == q->ip->dst)
		return map->global; /* the host that the packet was for */
	/* a router on the way to it, or we ourselves (RFC 5508, REQ-5) */
	if (nat_rules_static_out(sh->rules, p->vrf, 0, ip->src, 0, &own))
		return own.global;
	if (l4_parse(p->ip, p->len, &l4) == 0 && p->flags & NAT_P_LOCAL &&
		!nat_is_inside(sh, p, &l4))
		return ip->src;
	return map->global;
}

static bool is_owner(
	struct nat_shard *sh, struct nat_pkt *p, enum nat_dir dir, const struct quote *q)
{
	bool icmp = q->ip->proto == IPPROTO_ICMP;
	uint32_t remote = dir == NAT_IN ? q->ip->dst : q->ip->src;
	uint16_t port = icmp ? 0 : dir == NAT_IN ? q->dport : q->sport;
	unsigned owner = sh->id;

	if (sh->shared->n_shards > 1 && q->whole)
		owner = nat_owner(
			&sh->shared->seeds, sh->shared->n_shards, q->ip->proto, remote, port);
	p->owner = owner;
	return owner == sh->id;
}

void nat_icmp_error(struct nat_shard *sh, struct nat_pkt *p, enum nat_dir dir)
{
	struct l4_icmp *icmp = (void *)(p->ip + p->l4);
	struct nat_mapping map;
	struct quote q;
	uint32_t delta, addr;
	uint8_t vrf;

	if (!read_quote(p, &q)) {
		nat_pkt_drop(p, BW_DROP_NAT_MALFORMED);
		return;
	}
	if (q.is_error) {
		nat_pkt_drop(p, BW_DROP_NAT_ICMP_UNMATCHED);
		return;
	}
	if (!is_owner(sh, p, dir, &q)) {
		p->verdict = NAT_HAND;
		return;
	}
	if (!find_mapping(sh, p, dir, &q, &map, &vrf)) {
		unmatched(sh, p, dir, &q);
		return;
	}
	nat_count(&sh->counters->icmp_errors, 1);
	p->verdict = NAT_DONE;
	if (dir == NAT_OUT) {
		addr = outer_source(sh, p, &q, &map);
		delta = rewrite_quote(&q, false, map.global, map.global_port);
		if (addr != ((struct l4_ip4 *)p->ip)->src)
			rewrite_outer(p, dir, addr);
	} else {
		delta = rewrite_quote(&q, true, map.local, map.local_port);
		if (((struct l4_ip4 *)p->ip)->dst == map.global)
			rewrite_outer(p, dir, map.local);
		p->vrf = vrf;
	}
	icmp->check = checksum_update(icmp->check, delta);
}
