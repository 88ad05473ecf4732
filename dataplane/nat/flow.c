/* SPDX-License-Identifier: BSD-3-Clause */
/* New flows: whether they are translated, to what, and by which worker. */
#include "nat/pkt.h"

#define OWN_MAX 4096 /* sessions for the router's own flows, of a shard */

static struct nat_flow flow_of(const struct nat_pkt *p)
{
	return (struct nat_flow) {
		.remote = p->key.addrs >> 32,
		.remote_port = p->key.rest >> 16,
		.proto = p->key.rest >> 32,
		.tcp_flags = p->tcp_flags,
		.vrf = { [NAT_OUT] = p->vrf, [NAT_IN] = p->out_vrf },
	};
}

/* The flow of a packet from outside; the inside's VRF is the rule's. */
static struct nat_flow flow_in(const struct nat_pkt *p)
{
	struct nat_flow flow = flow_of(p);

	flow.vrf[NAT_IN] = p->vrf;
	return flow;
}

/* --- a flow without a session, inside to outside --- */

static void l4_info_of(const struct nat_pkt *p, struct l4_info *l4)
{
	if (l4_parse(p->ip, p->len, l4) == 0 && p->flags & NAT_P_PORTS)
		l4_set_ports(l4, p->sport, p->dport);
}

static bool not_claimed(const void *rules, uint32_t addr)
{
	return !nat_rules_addr_claimed(rules, addr);
}

static void note_no_port(struct nat_shard *sh, struct nat_pkt *p, uint32_t rule_id)
{
	nat_count(&sh->counters->alloc_failures, 1);
	atomic_store_explicit(&sh->no_port.addr, nat_pkt_own(p), memory_order_relaxed);
	atomic_store_explicit(&sh->no_port.rule_id, rule_id, memory_order_relaxed);
	atomic_fetch_add_explicit(&sh->no_port.count, 1, memory_order_relaxed);
	nat_pkt_drop(p, BW_DROP_NAT_NO_PORT);
}

/* The worker that gives an inside host its address. */
static unsigned home_of(const struct nat_shard *sh, uint64_t host)
{
	return nat_hash64(&sh->shared->seeds, ~host) % sh->shared->n_shards;
}

/* A packet of a host without a binding: to the host's home, and back from there. */
static void bind_elsewhere(struct nat_shard *sh, struct nat_pkt *p, const struct nat_dynamic *dyn,
	uint64_t host, unsigned owner)
{
	unsigned home = home_of(sh, host);

	if (home != sh->id) {
		p->verdict = NAT_BIND;
		p->owner = home;
	} else if (nat_pool_bind(dyn->pool, host, sh->now, not_claimed, sh->rules) ==
		   NAT_POOL_NONE) {
		note_no_port(sh, p, dyn->rule_id);
	} else {
		p->verdict = NAT_HAND;
		p->owner = owner;
	}
}

static struct nat_session *add_bound(struct nat_shard *sh, struct nat_pkt *p,
	const struct nat_dynamic *dyn, struct nat_mapping *map, enum nat_dir dir,
	const struct nat_flow *flow, uint32_t slot)
{
	/* What began outside keeps its address: its answers may go another way. */
	bool by_map = dyn->map && dir == NAT_OUT;
	struct nat_session *s;

	map->rule_id = dyn->rule_id;
	s = nat_shard_add(sh, flow, map, NAT_C_BOUND | (by_map ? NAT_C_MAP : 0), dir, &p->drop);
	if (!s)
		nat_pool_release(
			dyn->pool, slot, nat_host_key(map->local, flow->vrf[NAT_OUT]), sh->now);
	return s;
}

/* Without overload: the host's own global address. */
static struct nat_session *out_bound(
	struct nat_shard *sh, struct nat_pkt *p, const struct nat_dynamic *dyn)
{
	uint64_t host = nat_host_key(nat_pkt_own(p), p->vrf);
	struct nat_flow flow = flow_of(p);
	struct nat_mapping map = { .local = nat_pkt_own(p), .local_port = nat_pkt_own_port(p) };
	uint32_t slot = nat_pool_hold(dyn->pool, host);

	if (slot == NAT_POOL_NONE) {
		bind_elsewhere(sh, p, dyn, host, sh->id);
		if (p->verdict != NAT_HAND)
			return NULL;
		p->verdict = NAT_PENDING;
		slot = nat_pool_hold(dyn->pool, host);
		if (slot == NAT_POOL_NONE) {
			note_no_port(sh, p, dyn->rule_id);
			return NULL;
		}
	}
	map.global = nat_pool_addr(dyn->pool, slot);
	map.global_port = map.local_port;
	return add_bound(sh, p, dyn, &map, NAT_OUT, &flow, slot);
}

/* A free port of the pool's addresses; false if there is none. */
static bool choose_global(struct nat_shard *sh, const struct nat_pool *pool,
	const struct nat_flow *flow, struct nat_mapping *map, bool *seen)
{
	struct nat_end end = {
		.remote = flow->remote,
		.remote_port = flow->remote_port,
		.proto = flow->proto,
		.vrf = flow->vrf[NAT_IN],
	};
	bool ported = flow->proto == IPPROTO_TCP || flow->proto == IPPROTO_UDP ||
		      flow->proto == IPPROTO_ICMP;
	uint16_t port;

	for (uint32_t i = nat_pool_next(pool, map->local, NAT_POOL_NONE); i != NAT_POOL_NONE;
		i = nat_pool_next(pool, map->local, i)) {
		end.global = map->global = nat_pool_addr(pool, i);
		if (nat_rules_addr_claimed(sh->rules, end.global))
			continue;
		if (!ported) {
			/* no port to tell flows apart: one inside host at a time */
			struct nat_key key =
				nat_key(end.global, 0, end.remote, 0, end.proto, end.vrf);
			uint64_t hash = nat_key_hash(&sh->shared->seeds, key);

			if (nat_index_find(&sh->index[NAT_IN], sh->session, NAT_IN, &key, hash))
				continue;
			map->global_port = 0;
			return true;
		}
		if (nat_ports_choose(sh, &end, ntohs(map->local_port), &port, seen)) {
			map->global_port = htons(port);
			return true;
		}
	}
	return false;
}

static struct nat_session *out_overload(
	struct nat_shard *sh, struct nat_pkt *p, const struct nat_dynamic *dyn)
{
	struct nat_flow flow = flow_of(p);
	struct nat_mapping map = {
		.local = nat_pkt_own(p),
		.local_port = nat_pkt_own_port(p),
		.rule_id = dyn->rule_id,
	};
	struct nat_session *s;
	bool seen = false;

	if (!choose_global(sh, dyn->pool, &flow, &map, &seen)) {
		note_no_port(sh, p, dyn->rule_id);
		return NULL;
	}
	s = nat_shard_add(sh, &flow, &map,
		(seen ? NAT_C_PORT_SEEN : 0) | (dyn->map ? NAT_C_MAP : 0), NAT_OUT, &p->drop);
	if (!s && seen) {
		struct nat_end end = { map.global, flow.remote, flow.remote_port, flow.proto,
			flow.vrf[NAT_IN] };

		nat_ports_cancel(sh, &end, ntohs(map.global_port));
	}
	return s;
}

/* Of a route-map: the first match that holds tells. */
static bool map_takes(struct nat_shard *sh, const struct bw_nat_map *map, uint16_t out_if,
	const struct l4_info *l4)
{
	for (unsigned i = 0; i < map->n; i++) {
		const struct bw_nat_match *m = &map->match[i];

		if (m->out_if && m->out_if != out_if)
			continue;
		if (m->acl_id && acl_match(sh->acl, m->acl_id, sh->id, l4) != ACL_PERMIT)
			continue;
		return !(map->denies >> i & 1);
	}
	return false;
}

/* Whether some match of the map could still take what leaves by this interface. */
static bool map_has_way(const struct bw_nat_map *map, uint16_t out_if)
{
	for (unsigned i = 0; i < map->n; i++)
		if (!(map->denies >> i & 1) &&
			(map->match[i].out_if == 0 || map->match[i].out_if == out_if))
			return true;
	return false;
}

bool nat_flow_has_moved(
	const struct nat_shard *sh, const struct nat_pkt *p, const struct nat_session *s)
{
	for (uint32_t i = 0; i < sh->rules->n_dynamics; i++) {
		const struct nat_dynamic *dyn = &sh->rules->dynamics[i];

		if (dyn->rule_id == s->rule_id)
			return dyn->map && !map_has_way(dyn->map, p->out_if);
	}
	return false;
}

/* The first dynamic rule that takes the packet, or NULL. */
static const struct nat_dynamic *find_dynamic(
	struct nat_shard *sh, const struct nat_pkt *p, const struct l4_info *l4)
{
	for (uint32_t i = 0; i < sh->rules->n_dynamics; i++) {
		const struct nat_dynamic *dyn = &sh->rules->dynamics[i];

		if (dyn->vrf != p->vrf)
			continue;
		if (NAT_UNLIKELY(dyn->map)
				? map_takes(sh, dyn->map, p->out_if, l4)
				: acl_match(sh->acl, dyn->acl_id, sh->id, l4) == ACL_PERMIT)
			return dyn;
	}
	return NULL;
}

bool nat_is_inside(struct nat_shard *sh, const struct nat_pkt *p, const struct l4_info *l4)
{
	struct nat_mapping map;

	return nat_rules_static_out(sh->rules, p->vrf, l4->proto, l4->src, l4->sport, &map) ||
	       find_dynamic(sh, p, l4);
}

/* A packet that no session can be made for. */
static void out_flowless(struct nat_shard *sh, struct nat_pkt *p, const struct l4_info *l4)
{
	bool is_short = p->kind == NAT_K_SHORT;
	struct nat_mapping map;

	if (nat_rules_static_out(sh->rules, p->vrf, 0, l4->src, 0, &map) && !is_short)
		nat_rewrite_addr(p, NAT_OUT, map.global);
	else if (nat_is_inside(sh, p, l4))
		nat_pkt_drop(p, is_short ? BW_DROP_NAT_MALFORMED : BW_DROP_NAT_UNSUPPORTED);
	else
		p->verdict = NAT_PASS;
}

/*
 * The router's own flow from an address that inside hosts share, and which no rule translates:
 * it takes its port all the same, or an inside host could be given the same one and get the
 * answers. Not for answers to connections from outside, nor without bound: those sessions would
 * be the outside's to make.
 */
static struct nat_session *out_own(struct nat_shard *sh, struct nat_pkt *p)
{
	struct nat_flow flow = flow_of(p);
	struct nat_mapping map = { .local = nat_pkt_own(p), .local_port = nat_pkt_own_port(p) };
	struct nat_end end = { nat_pkt_own(p), flow.remote, flow.remote_port, flow.proto,
		p->out_vrf };
	const struct l4_icmp *icmp = (const void *)(p->ip + p->l4);
	struct nat_session *s = NULL;
	uint16_t port;
	bool seen;

	p->verdict = NAT_PASS;
	if (sh->n_own >= OWN_MAX || p->kind > NAT_K_ICMP ||
		(p->kind == NAT_K_TCP &&
			(p->tcp_flags & (L4_TCP_SYN | L4_TCP_ACK)) != L4_TCP_SYN) ||
		(p->kind == NAT_K_ICMP && !l4_icmp_is_request(icmp->type)))
		return NULL;
	for (uint32_t i = 0; !s && i < sh->rules->n_dynamics; i++) {
		const struct nat_dynamic *dyn = &sh->rules->dynamics[i];

		if (!dyn->overload || nat_pool_slot(dyn->pool, end.global) == NAT_POOL_NONE ||
			!nat_ports_choose(sh, &end, ntohs(map.local_port), &port, &seen))
			continue;
		map.global = end.global;
		map.global_port = htons(port);
		map.rule_id = dyn->rule_id;
		s = nat_shard_add(sh, &flow, &map,
			(map.global_port == map.local_port ? NAT_C_OWN : 0) |
				(seen ? NAT_C_PORT_SEEN : 0),
			NAT_OUT, &p->drop);
		if (!s && seen)
			nat_ports_cancel(sh, &end, port);
	}
	return s;
}

struct nat_session *nat_flow_out(struct nat_shard *sh, struct nat_pkt *p)
{
	const struct nat_dynamic *dyn;
	struct nat_flow flow = flow_of(p);
	struct nat_mapping map;
	struct l4_info l4;

	l4_info_of(p, &l4);
	if (nat_pkt_is_flowless(p)) {
		out_flowless(sh, p, &l4);
		return NULL;
	}
	if (nat_rules_static_out(
		    sh->rules, p->vrf, flow.proto, nat_pkt_own(p), nat_pkt_own_port(p), &map)) {
		nat_count(&sh->counters->misses, 1);
		return nat_shard_add(sh, &flow, &map, NAT_C_STATIC, NAT_OUT, &p->drop);
	}
	dyn = find_dynamic(sh, p, &l4);
	if (dyn) {
		nat_count(&sh->counters->misses, 1);
		return dyn->overload ? out_overload(sh, p, dyn) : out_bound(sh, p, dyn);
	}
	if (p->flags & NAT_P_LOCAL)
		return out_own(sh, p);
	p->verdict = NAT_PASS;
	return NULL;
}

/* --- a flow without a session, outside to inside --- */

/* The binding that a global address is, if any: outside hosts may reach it while it stands. */
static struct nat_session *in_bound(struct nat_shard *sh, struct nat_pkt *p)
{
	for (uint32_t i = 0; i < sh->rules->n_dynamics; i++) {
		const struct nat_dynamic *dyn = &sh->rules->dynamics[i];
		struct nat_mapping map = { .global = nat_pkt_own(p),
			.global_port = nat_pkt_own_port(p) };
		struct nat_flow flow = flow_in(p);
		uint32_t slot, held;
		uint64_t host;

		if (dyn->overload || (p->vrf && p->vrf != dyn->vrf))
			continue;
		slot = nat_pool_slot(dyn->pool, nat_pkt_own(p));
		if (slot == NAT_POOL_NONE)
			continue;
		host = NAT_HOST_KEY(atomic_load(&dyn->pool->slot[slot]));
		held = host ? nat_pool_hold(dyn->pool, host) : NAT_POOL_NONE;
		if (held != slot) { /* freed just now, and perhaps the host has another */
			if (held != NAT_POOL_NONE)
				nat_pool_release(dyn->pool, held, host, sh->now);
			continue;
		}
		map.local = (uint32_t)host;
		map.local_port = map.global_port;
		flow.vrf[NAT_OUT] = host >> 32;
		return add_bound(sh, p, dyn, &map, NAT_IN, &flow, slot);
	}
	p->verdict = NAT_PASS;
	return NULL;
}

struct nat_session *nat_flow_in(struct nat_shard *sh, struct nat_pkt *p)
{
	struct nat_flow flow = flow_in(p);
	bool flowless = nat_pkt_is_flowless(p);
	struct nat_mapping map;

	if (!nat_rules_static_in(sh->rules, &flow.vrf[NAT_OUT], flowless ? 0 : flow.proto,
		    nat_pkt_own(p), nat_pkt_own_port(p), &map)) {
		if (!flowless)
			return in_bound(sh, p);
		p->verdict = NAT_PASS;
		return NULL;
	}
	if (!flowless) {
		nat_count(&sh->counters->misses, 1);
		return nat_shard_add(sh, &flow, &map, NAT_C_STATIC, NAT_IN, &p->drop);
	}
	if (p->kind == NAT_K_SHORT) {
		nat_pkt_drop(p, BW_DROP_NAT_MALFORMED);
		return NULL;
	}
	nat_rewrite_addr(p, NAT_IN, map.local);
	p->vrf = flow.vrf[NAT_OUT];
	return NULL;
}

/* Another worker's packet? It may also come to us for its host's binding only. */
bool nat_flow_is_others(struct nat_shard *sh, struct nat_pkt *p, enum nat_dir dir)
{
	const struct nat_dynamic *dyn;
	struct l4_info l4;
	unsigned owner;

	if (p->kind == NAT_K_ERROR)
		return false; /* nat_icmp_error() tells by the quoted packet */
	if (dir == NAT_IN && !nat_rules_is_global(sh->rules, nat_pkt_own(p))) {
		p->verdict = NAT_PASS;
		return true;
	}
	owner = nat_owner(&sh->shared->seeds, sh->shared->n_shards, p->key.rest >> 32,
		p->key.addrs >> 32, p->key.rest >> 16);
	if (owner == sh->id)
		return false;
	p->verdict = NAT_HAND;
	p->owner = owner;
	if (!(p->flags & NAT_P_BIND))
		return true;
	l4_info_of(p, &l4);
	dyn = find_dynamic(sh, p, &l4);
	if (dyn && !dyn->overload)
		bind_elsewhere(sh, p, dyn, nat_host_key(nat_pkt_own(p), p->vrf), owner);
	return true;
}
