/* SPDX-License-Identifier: BSD-3-Clause */
#include "nat/translate.h"

#include "l3/checksum.h"
#include "nat/pkt.h"
#include "nat/tcp.h"

/* The sum of an ICMP message of zeros is zero, which one's complement has two forms of. */
static uint16_t icmp_zero(const struct nat_pkt *p)
{
	const struct l4_ip4 *ip = (const void *)p->ip;
	uint32_t end = ntohs(ip->length) < p->len ? ntohs(ip->length) : p->len;

	for (uint32_t i = p->l4; i < end; i++)
		if (p->ip[i] && i != p->l4 + 2u && i != p->l4 + 3u)
			return 0;
	return 0xffff;
}

static inline void rewrite_l4(struct nat_pkt *p, enum nat_dir dir, uint16_t port, uint16_t delta)
{
	struct l4_tcp *tcp = (void *)(p->ip + p->l4);
	struct l4_udp *udp = (void *)(p->ip + p->l4);
	struct l4_icmp *icmp = (void *)(p->ip + p->l4);

	switch (p->kind) {
	case NAT_K_TCP:
		tcp->check = checksum_update(tcp->check, delta);
		break;
	case NAT_K_UDP:
		if (udp->check == 0)
			break;
		udp->check = checksum_update(udp->check, delta);
		if (udp->check == 0)
			udp->check = 0xffff;
		break;
	case NAT_K_ICMP:
		icmp->check = checksum_update(icmp->check, checksum_delta16(icmp->id, port));
		icmp->id = port;
		if (icmp->check == 0)
			icmp->check = icmp_zero(p);
		return;
	default:
		/* of a fragment: for the features after us */
		if (p->flags & NAT_P_PORTS && dir == NAT_OUT)
			p->sport = port;
		else if (p->flags & NAT_P_PORTS)
			p->dport = port;
		return;
	}
	if (dir == NAT_OUT)
		tcp->sport = port;
	else
		tcp->dport = port;
}

static inline void rewrite(struct nat_pkt *p, enum nat_dir dir, const struct nat_session *s)
{
	struct l4_ip4 *ip = (void *)p->ip;
	uint16_t undo = dir == NAT_OUT ? 0 : 0xffff;

	ip->check = checksum_update(ip->check, s->ip_delta ^ undo);
	if (dir == NAT_OUT)
		ip->src = s->global;
	else
		ip->dst = s->local;
	rewrite_l4(p, dir, dir == NAT_OUT ? s->global_port : s->local_port, s->l4_delta ^ undo);
}

void nat_rewrite_addr(struct nat_pkt *p, enum nat_dir dir, uint32_t addr)
{
	struct l4_ip4 *ip = (void *)p->ip;

	if (dir == NAT_OUT) {
		ip->check = checksum_update(ip->check, checksum_delta32(ip->src, addr));
		ip->src = addr;
	} else {
		ip->check = checksum_update(ip->check, checksum_delta32(ip->dst, addr));
		ip->dst = addr;
	}
	p->verdict = NAT_DONE;
}

static void follow_tcp(
	struct nat_shard *sh, struct nat_session *s, enum nat_dir dir, uint8_t tcp_flags)
{
	uint8_t timeout, before = s->timeout;

	s->tcp = nat_tcp_next(s->tcp, dir, tcp_flags);
	timeout = nat_tcp_timeout(s->tcp);
	if (timeout == before)
		return;
	s->timeout = timeout;
	/* longer: it will be found not due when it is looked at */
	if (sh->rules->config.timeout[timeout] < sh->rules->config.timeout[before])
		nat_shard_retime(sh, s);
}

/* The flow goes out by another uplink now: with the address that it has there. */
static struct nat_session *move(struct nat_shard *sh, struct nat_pkt *p, struct nat_session *s)
{
	if (!nat_flow_has_moved(sh, p, s))
		return s;
	nat_shard_remove(sh, s - sh->session);
	s = nat_flow_out(sh, p);
	if (!s && p->verdict == NAT_PENDING)
		p->verdict = NAT_DROP; /* nat_shard_add() said why */
	return s;
}

static inline void translate(
	struct nat_shard *sh, struct nat_pkt *p, enum nat_dir dir, struct nat_session *s)
{
	if (dir == NAT_OUT && NAT_UNLIKELY(s->flags & NAT_S_MAP)) {
		s = move(sh, p, s);
		if (!s)
			return;
	}
	if (s->last != sh->now)
		s->last = sh->now;
	if (p->kind == NAT_K_TCP && NAT_UNLIKELY(!nat_tcp_steady(s, p->tcp_flags)))
		follow_tcp(sh, s, dir, p->tcp_flags);
	if (NAT_UNLIKELY(s->flags & NAT_S_OWN && s->local == s->global &&
			 s->local_port == s->global_port)) {
		p->verdict = NAT_PASS;
		return;
	}
	rewrite(p, dir, s);
	if (dir == NAT_IN)
		p->vrf = s->vrf[NAT_OUT];
	p->verdict = NAT_DONE;
}

/* From outside, a query to a shared global address is for the router, whatever its id. */
static bool is_new_query(const struct nat_pkt *p, const struct nat_session *s)
{
	const struct l4_icmp *icmp = (const void *)(p->ip + p->l4);

	return p->kind == NAT_K_ICMP && l4_icmp_is_request(icmp->type) &&
	       !(s->flags & (NAT_S_STATIC | NAT_S_BOUND));
}

/* No session, or not the candidate: the whole way. */
static void look_again(struct nat_shard *sh, struct nat_pkt *p, enum nat_dir dir)
{
	struct nat_session *s;
	uint32_t id;

	if (p->kind == NAT_K_ERROR) {
		nat_icmp_error(sh, p, dir);
		return;
	}
	id = nat_pkt_is_flowless(p)
		     ? 0
		     : nat_index_find(&sh->index[dir], sh->session, dir, &p->key, p->hash);
	s = &sh->session[id];
	if (id) {
		nat_count(&sh->counters->hits, 1);
	} else {
		s = dir == NAT_OUT ? nat_flow_out(sh, p) : nat_flow_in(sh, p);
		if (!s) {
			if (p->verdict == NAT_PENDING)
				p->verdict = NAT_DROP; /* nat_shard_add() said why */
			return;
		}
	}
	if (dir == NAT_IN && is_new_query(p, s))
		p->verdict = NAT_PASS;
	else
		translate(sh, p, dir, s);
}

static inline void prepare(struct nat_shard *sh, struct nat_pkt *p, enum nat_dir dir)
{
	p->verdict = NAT_PENDING;
	if (NAT_UNLIKELY(p->flags & NAT_P_SKIP)) {
		p->verdict = NAT_PASS;
		return;
	}
	nat_classify(p);
	if (NAT_UNLIKELY(p->verdict != NAT_PENDING))
		return;
	nat_pkt_key(p, dir);
	if (sh->shared->n_shards > 1 && nat_flow_is_others(sh, p, dir))
		return;
	p->hash = nat_key_hash(&sh->shared->seeds, p->key);
	__builtin_prefetch(nat_index_bucket(&sh->index[dir], p->hash));
}

/*
 * Three passes, so that each packet's misses in the cache overlap with the others': headers and
 * bucket, bucket and session, session.
 */
static inline __attribute__((always_inline)) void burst(
	struct nat_shard *sh, struct nat_pkt *pkt, unsigned n, enum nat_dir dir)
{
	uint64_t hits = 0;

	for (unsigned i = 0; i < n; i++)
		prepare(sh, &pkt[i], dir);
	for (unsigned i = 0; i < n; i++) {
		if (pkt[i].verdict != NAT_PENDING)
			continue;
		pkt[i].id = nat_index_candidate(&sh->index[dir], pkt[i].hash);
		__builtin_prefetch(&sh->session[pkt[i].id], 1);
	}
	for (unsigned i = 0; i < n; i++) {
		struct nat_pkt *p = &pkt[i];
		struct nat_session *s = &sh->session[p->id];

		if (p->verdict != NAT_PENDING)
			continue;
		/* earlier packets may have made or removed sessions: the key tells */
		if (NAT_UNLIKELY(p->kind >= NAT_K_ICMP || !nat_session_is(s, dir, &p->key))) {
			look_again(sh, p, dir);
			continue;
		}
		hits++;
		translate(sh, p, dir, s);
	}
	if (hits)
		__atomic_store_n(&sh->counters->hits, sh->counters->hits + hits, __ATOMIC_RELAXED);
}

void nat_in2out(struct nat_shard *sh, struct nat_pkt *pkt, unsigned n)
{
	burst(sh, pkt, n, NAT_OUT);
}

void nat_out2in(struct nat_shard *sh, struct nat_pkt *pkt, unsigned n)
{
	burst(sh, pkt, n, NAT_IN);
}

/* No session: it went as it was, or its session has been removed since. */
static enum nat_verdict undo_unknown(
	const struct nat_shard *sh, const struct nat_pkt *p, enum nat_dir dir)
{
	if (dir == NAT_OUT && !nat_rules_is_global(sh->rules, nat_pkt_own(p)))
		return NAT_PASS;
	return p->flags & NAT_P_LOCAL ? NAT_PASS : NAT_DROP;
}

static void undo_with(struct nat_pkt *p, enum nat_dir dir, const struct nat_session *s)
{
	struct l4_ip4 *ip = (void *)p->ip;
	uint16_t undo = dir == NAT_OUT ? 0xffff : 0;

	ip->check = checksum_update(ip->check, s->ip_delta ^ undo);
	if (dir == NAT_OUT)
		ip->src = s->local;
	else
		ip->dst = s->global;
	rewrite_l4(p, dir, dir == NAT_OUT ? s->local_port : s->global_port, s->l4_delta ^ undo);
	p->vrf = s->vrf[dir];
}

void nat_undo(struct nat_shard *sh, struct nat_pkt *p, enum nat_dir dir)
{
	enum nat_dir other = dir == NAT_OUT ? NAT_IN : NAT_OUT;
	uint32_t id;

	p->verdict = NAT_PENDING;
	nat_classify(p);
	if (p->verdict != NAT_PENDING)
		return;
	p->verdict = NAT_PASS;
	if (p->kind == NAT_K_ERROR || nat_pkt_is_flowless(p))
		return; /* no error is sent about these */
	nat_pkt_key(p, dir);
	p->owner = sh->id;
	if (sh->shared->n_shards > 1)
		p->owner = nat_owner(&sh->shared->seeds, sh->shared->n_shards, p->key.rest >> 32,
			p->key.addrs >> 32, p->key.rest >> 16);
	if (p->owner != sh->id) {
		p->verdict = NAT_HAND;
		return;
	}
	p->hash = nat_key_hash(&sh->shared->seeds, p->key);
	id = nat_index_find(&sh->index[other], sh->session, other, &p->key, p->hash);
	p->verdict = id ? NAT_DONE : undo_unknown(sh, p, dir);
	if (id)
		undo_with(p, dir, &sh->session[id]);
}
