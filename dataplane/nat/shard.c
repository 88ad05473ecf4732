/* SPDX-License-Identifier: BSD-3-Clause */
#include "nat/shard.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "l3/checksum.h"
#include "l3/l4.h"
#include "nat/mem.h"
#include "nat/pkt.h"
#include "nat/tcp.h"

#define MAX_CAPACITY (1u << 30)
#define DNS_PORT     53

int nat_shared_init(struct nat_shared *shared, uint32_t capacity, unsigned n_shards)
{
	memset(shared, 0, sizeof(*shared));
	shared->capacity = capacity < MAX_CAPACITY ? capacity : MAX_CAPACITY;
	shared->n_shards = n_shards;
	if (getrandom(&shared->seeds, sizeof(shared->seeds), 0) != sizeof(shared->seeds))
		return -EIO;
	shared->seeds.owner[1] |= 1;
	shared->seeds.other[1] |= 1;
	return nat_hosts_init(&shared->hosts, &shared->seeds);
}

void nat_shared_fini(struct nat_shared *shared)
{
	nat_hosts_fini(&shared->hosts);
}

static size_t session_bytes(const struct nat_shared *shared)
{
	return ((size_t)shared->capacity + 1) * sizeof(struct nat_session);
}

static size_t bucket_bytes(const struct nat_shard *sh)
{
	return ((size_t)sh->mask + 1) * sizeof(struct nat_bucket);
}

struct nat_shard *nat_shard_create(
	struct nat_shared *shared, unsigned id, uint32_t now, struct bw_nat_counters *counters)
{
	struct nat_shard *sh = aligned_alloc(64, (sizeof(*sh) + 63) / 64 * 64);
	uint32_t buckets = 64;
	bool ok;

	if (!sh)
		return NULL;
	memset(sh, 0, sizeof(*sh));
	while (buckets < shared->capacity / 4)
		buckets *= 2;
	sh->shared = shared;
	sh->id = id;
	sh->mask = buckets - 1;
	sh->counters = counters;
	sh->session = nat_map(session_bytes(shared));
	ok = sh->session && nat_ports_init(&sh->ports) == 0;
	for (unsigned dir = 0; dir < NAT_DIRS; dir++) {
		sh->index[dir].mask = sh->mask;
		sh->index[dir].bucket = nat_map(bucket_bytes(sh));
		ok = ok && sh->index[dir].bucket;
	}
	if (!ok) {
		nat_shard_destroy(sh);
		return NULL;
	}
	nat_wheel_init(&sh->wheel, now);
	return sh;
}

void nat_shard_destroy(struct nat_shard *sh)
{
	if (!sh)
		return;
	for (unsigned dir = 0; dir < NAT_DIRS; dir++)
		nat_unmap(sh->index[dir].bucket, bucket_bytes(sh));
	nat_ports_fini(&sh->ports);
	nat_unmap(sh->session, session_bytes(sh->shared));
	free(sh);
}

static void seq_begin(struct nat_session *s)
{
	__atomic_store_n(&s->seq, s->seq + 1, __ATOMIC_RELAXED);
	atomic_thread_fence(memory_order_release);
}

static void seq_end(struct nat_session *s)
{
	__atomic_store_n(&s->seq, s->seq + 1, __ATOMIC_RELEASE);
}

static uint32_t take_id(struct nat_shard *sh)
{
	uint32_t id = sh->free;

	if (id) {
		sh->free = sh->session[id].next;
		return id;
	}
	id = atomic_load_explicit(&sh->high, memory_order_relaxed);
	if (id == sh->shared->capacity)
		return 0;
	atomic_store_explicit(&sh->high, id + 1, memory_order_release);
	return id + 1;
}

/* Room for one more among all shards; or the drop reason. */
static uint8_t take_room(struct nat_shard *sh, uint32_t local, uint8_t vrf, uint32_t *host)
{
	const struct bw_nat_config *config = &sh->rules->config;
	uint32_t limit = sh->shared->capacity, total, of_host;

	if (config->max_entries && config->max_entries < limit)
		limit = config->max_entries;
	total = atomic_fetch_add_explicit(&sh->shared->total, 1, memory_order_relaxed);
	if (total >= limit) {
		atomic_fetch_sub_explicit(&sh->shared->total, 1, memory_order_relaxed);
		atomic_fetch_add_explicit(&sh->table_full.count, 1, memory_order_relaxed);
		return BW_DROP_NAT_TABLE_FULL;
	}
	*host = 0;
	of_host = nat_rules_host_limit(sh->rules, local, vrf);
	if (of_host && nat_hosts_get(&sh->shared->hosts, local, vrf, of_host, host)) {
		atomic_fetch_sub_explicit(&sh->shared->total, 1, memory_order_relaxed);
		return BW_DROP_NAT_HOST_LIMIT;
	}
	return BW_DROP_NONE;
}

static uint8_t first_timeout(const struct nat_flow *flow, const struct nat_mapping *map,
	unsigned flags, enum nat_dir dir, uint8_t *tcp)
{
	bool own_global = flags & (NAT_C_STATIC | NAT_C_BOUND);

	*tcp = 0;
	switch (flow->proto) {
	case IPPROTO_TCP:
		*tcp = nat_tcp_next(0, dir, flow->tcp_flags);
		return nat_tcp_timeout(*tcp);
	case IPPROTO_UDP:
		return flow->remote_port == htons(DNS_PORT) || map->local_port == htons(DNS_PORT)
			       ? BW_NAT_TMO_DNS
			       : BW_NAT_TMO_UDP;
	case IPPROTO_ICMP:
		return BW_NAT_TMO_ICMP;
	default:
		/* sharing a global, it keeps the other hosts from that protocol and outside host:
		 * not for a day */
		if (!own_global)
			return BW_NAT_TMO_UDP;
		return flow->proto == IPPROTO_GRE ? BW_NAT_TMO_PPTP : BW_NAT_TMO_DYNAMIC;
	}
}

/* `last` may be most of a second ago when its second begins: nobody is to live too short. */
static void hang(struct nat_shard *sh, struct nat_session *s)
{
	nat_wheel_insert(&sh->wheel, sh->session, s - sh->session,
		(uint64_t)s->last + nat_shard_timeout(sh->rules, s) + 1);
}

void nat_shard_retime(struct nat_shard *sh, struct nat_session *s)
{
	nat_wheel_remove(&sh->wheel, sh->session, s - sh->session);
	hang(sh, s);
}

static void set_deltas(struct nat_session *s)
{
	uint32_t ip = checksum_fold(checksum_delta32(s->local, s->global));

	s->ip_delta = ip;
	s->l4_delta = checksum_fold(ip + checksum_delta16(s->local_port, s->global_port));
}

static void fill(struct nat_shard *sh, struct nat_session *s, const struct nat_flow *flow,
	const struct nat_mapping *map, unsigned flags, enum nat_dir dir)
{
	s->local = map->local;
	s->global = map->global;
	s->remote = flow->remote;
	s->local_port = map->local_port;
	s->global_port = map->global_port;
	s->remote_port = flow->remote_port;
	s->proto = flow->proto;
	s->flags = NAT_S_LIVE | (flags & NAT_C_STATIC ? NAT_S_STATIC : 0) |
		   (flags & NAT_C_BOUND ? NAT_S_BOUND : 0) |
		   (flags & NAT_C_PORT_SEEN ? NAT_S_PORT_SEEN : 0) |
		   (flags & NAT_C_OWN ? NAT_S_OWN : 0) | (flags & NAT_C_MAP ? NAT_S_MAP : 0);
	s->vrf[NAT_OUT] = flow->vrf[NAT_OUT];
	s->vrf[NAT_IN] = flow->vrf[NAT_IN];
	s->timeout = first_timeout(flow, map, flags, dir, &s->tcp);
	s->last = sh->now;
	s->created = sh->now;
	s->rule_id = map->rule_id;
	set_deltas(s);
}

/* A static rule's flow is sure of its key: what had it before has to go. */
static void evict(struct nat_shard *sh, enum nat_dir dir, const struct nat_key *key, uint64_t hash)
{
	uint32_t id = nat_index_find(&sh->index[dir], sh->session, dir, key, hash);

	if (id)
		nat_shard_remove(sh, id);
}

/* The router's own flows are no translations that anybody would look for. */
static void account(struct nat_shard *sh, const struct nat_session *s, int n)
{
	struct bw_nat_counters *c = sh->counters;

	if (s->flags & NAT_S_OWN) {
		sh->n_own += n;
		return;
	}
	nat_count(&c->sessions, n);
	if (s->flags & NAT_S_STATIC)
		nat_count(&c->static_sessions, n);
	if (c->sessions > c->peak)
		nat_count(&c->peak, c->sessions - c->peak);
}

struct nat_session *nat_shard_add(struct nat_shard *sh, const struct nat_flow *flow,
	const struct nat_mapping *map, unsigned flags, enum nat_dir dir, uint8_t *drop)
{
	struct nat_session *s;
	uint32_t id, host;

	*drop = take_room(sh, map->local, flow->vrf[NAT_OUT], &host);
	if (*drop) {
		nat_count(&sh->counters->table_full, *drop == BW_DROP_NAT_TABLE_FULL);
		return NULL;
	}
	id = take_id(sh); /* capacity is counted for all shards, so there is one */
	s = &sh->session[id];
	seq_begin(s);
	fill(sh, s, flow, map, flags, dir);
	s->host = host;
	seq_end(s);
	for (unsigned d = 0; d < NAT_DIRS; d++) {
		struct nat_key key = nat_session_key(s, d);
		uint64_t hash = nat_key_hash(&sh->shared->seeds, key);

		evict(sh, d, &key, hash);
		nat_index_insert(&sh->index[d], sh->session, d, hash, id);
	}
	hang(sh, s);
	account(sh, s, 1);
	return s;
}

static void release_binding(struct nat_shard *sh, const struct nat_session *s)
{
	uint64_t host = nat_host_key(s->local, s->vrf[NAT_OUT]);

	for (uint32_t i = 0; i < sh->rules->n_dynamics; i++) {
		struct nat_pool *pool = sh->rules->dynamics[i].pool;
		uint32_t slot;

		if (sh->rules->dynamics[i].rule_id != s->rule_id)
			continue;
		slot = nat_pool_slot(pool, s->global);
		if (slot != NAT_POOL_NONE)
			nat_pool_release(pool, slot, host, sh->now);
		return;
	}
}

void nat_shard_remove(struct nat_shard *sh, uint32_t id)
{
	struct nat_session *s = &sh->session[id];

	for (unsigned d = 0; d < NAT_DIRS; d++) {
		uint64_t hash = nat_key_hash(&sh->shared->seeds, nat_session_key(s, d));

		nat_index_remove(&sh->index[d], &sh->shared->seeds, sh->session, d, hash, id);
	}
	nat_wheel_remove(&sh->wheel, sh->session, id);
	if (s->flags & NAT_S_PORT_SEEN)
		nat_ports_forget(sh, s);
	if (s->flags & NAT_S_BOUND)
		release_binding(sh, s);
	nat_hosts_put(&sh->shared->hosts, s->host);
	account(sh, s, -1);
	atomic_fetch_sub_explicit(&sh->shared->total, 1, memory_order_relaxed);
	seq_begin(s);
	s->flags = 0;
	s->next = sh->free;
	seq_end(s);
	sh->free = id;
}

/* Timeouts or limits changed: hang every session anew, some at a time. */
static unsigned rescan(struct nat_shard *sh, unsigned budget)
{
	uint32_t high = atomic_load_explicit(&sh->high, memory_order_relaxed), id = sh->rescan;
	unsigned n;

	for (n = 0; n < budget && id <= high; n++, id++) {
		struct nat_session *s = &sh->session[id];

		if (!s->flags)
			continue;
		nat_shard_retime(sh, s);
		if (s->host == 0 && nat_rules_host_limit(sh->rules, s->local, s->vrf[NAT_OUT]) != 0)
			nat_hosts_get(&sh->shared->hosts, s->local, s->vrf[NAT_OUT],
				NAT_HOST_MAX - 1, &s->host);
	}
	sh->rescan = id <= high ? id : 0;
	return n;
}

static void expire_one(struct nat_shard *sh, uint32_t id)
{
	struct nat_session *s = &sh->session[id];
	uint32_t timeout = nat_shard_timeout(sh->rules, s);

	if (timeout != UINT32_MAX && (uint64_t)s->last + timeout < sh->now) {
		nat_shard_remove(sh, id);
		nat_count(&sh->counters->expired, 1);
	} else {
		nat_shard_retime(sh, s);
	}
}

unsigned nat_shard_expire(struct nat_shard *sh, unsigned budget)
{
	struct nat_wheel *w = &sh->wheel;
	unsigned n = 0;
	uint32_t id;

	if (sh->config_seen != sh->rules->config_generation) {
		sh->config_seen = sh->rules->config_generation;
		sh->rescan = 1;
	}
	if (sh->rescan)
		n = rescan(sh, budget);
	while (w->tick <= sh->now && n < budget) {
		id = w->head[w->tick % NAT_WHEEL_SLOTS];
		if (!id) {
			w->tick++;
			n++;
			continue;
		}
		if (sh->session[id].next)
			__builtin_prefetch(&sh->session[sh->session[id].next]);
		expire_one(sh, id);
		n++;
	}
	return n;
}

bool nat_shard_sweep(struct nat_shard *sh, uint32_t *at, unsigned budget,
	bool (*match)(const void *arg, const struct nat_session *s), const void *arg)
{
	uint32_t high = atomic_load_explicit(&sh->high, memory_order_relaxed);

	for (; *at <= high && budget > 0; ++*at, budget--)
		if (sh->session[*at].flags && match(arg, &sh->session[*at]))
			nat_shard_remove(sh, *at);
	return *at > high;
}

bool nat_shard_read(const struct nat_shard *sh, uint32_t id, struct nat_session *copy)
{
	const struct nat_session *s = &sh->session[id];
	uint32_t seq;

	for (unsigned tries = 0; tries < 1000; tries++) {
		seq = __atomic_load_n(&s->seq, __ATOMIC_ACQUIRE);
		if (seq & 1)
			continue;
		*copy = *s;
		atomic_thread_fence(memory_order_acquire);
		if (__atomic_load_n(&s->seq, __ATOMIC_RELAXED) == seq)
			return copy->flags != 0;
	}
	return false;
}
