/* SPDX-License-Identifier: BSD-3-Clause */
/* NAT's tables listed for control, its log lines and housekeeping. Main lcore only. */
#include <arpa/inet.h>

#include "core/dp.h"
#include "l3/vfr.h"
#include "nat/nat.h"

#define BINDINGS 0x80000000u /* cursors from here on are slots of pools */

static uint8_t tcp_state(const struct nat_session *s)
{
	const uint8_t fins = NAT_TCP_FIN_OUT | NAT_TCP_FIN_IN;

	if (s->proto != IPPROTO_TCP)
		return NAT_TCP_STATE_NONE;
	if (s->timeout == BW_NAT_TMO_FINRST)
		return NAT_TCP_STATE_CLOSED;
	if (s->tcp & fins)
		return NAT_TCP_STATE_FIN;
	return s->tcp & NAT_TCP_OPEN ? NAT_TCP_STATE_ESTABLISHED : NAT_TCP_STATE_SYN;
}

static void fill_row(const struct dp *dp, const struct nat_session *s, struct bw_nat_session *row)
{
	uint32_t now = dp_seconds(dp);

	*row = (struct bw_nat_session) {
		.local = s->local,
		.global = s->global,
		.remote = s->remote,
		.local_port = ntohs(s->local_port),
		.global_port = ntohs(s->global_port),
		.remote_port = ntohs(s->remote_port),
		.proto = s->proto,
		.tcp_state = tcp_state(s),
		.vrf = s->vrf[NAT_OUT],
		.flags = s->flags & NAT_S_STATIC ? NAT_ROW_STATIC : 0,
		.rule_id = s->rule_id,
		.age = now > s->created ? now - s->created : 0,
		.idle = now > s->last ? now - s->last : 0,
		.timeout = nat_shard_timeout(dp->nat->rules, s),
	};
}

/* The cursor counts all shards' places for sessions, one shard after the other. */
static bool next_session(const struct dp *dp, uint32_t *cursor, const struct bw_nat_filter *filter,
	struct bw_nat_session *row)
{
	uint32_t places = dp->nat->shared.capacity + 1;

	while (*cursor < places * dp->n_workers) {
		const struct nat_shard *sh = dp->worker[*cursor / places]->nat;
		uint32_t id = *cursor % places;
		struct nat_session s;

		if (id > atomic_load_explicit(&sh->high, memory_order_acquire)) {
			*cursor += places - id;
			continue;
		}
		++*cursor;
		if (id == 0 || !nat_shard_read(sh, id, &s) || s.flags & NAT_S_OWN ||
			!nat_filter_matches(filter, &s))
			continue;
		fill_row(dp, &s, row);
		row->id = id * dp->n_workers + sh->id;
		row->worker = sh->id;
		return true;
	}
	return false;
}

/* Whether a rule before this one has the same pool: its slots were listed. */
static bool pool_was_listed(const struct nat_rules *rules, uint32_t i)
{
	for (uint32_t j = 0; j < i; j++)
		if (!rules->dynamics[j].overload &&
			rules->dynamics[j].pool == rules->dynamics[i].pool)
			return true;
	return false;
}

static bool fill_binding(const struct dp *dp, const struct nat_dynamic *dyn, uint32_t slot,
	const struct bw_nat_filter *filter, struct bw_nat_session *row)
{
	uint64_t w = atomic_load(&dyn->pool->slot[slot]);
	struct nat_session s = {
		.local = (uint32_t)w,
		.global = nat_pool_addr(dyn->pool, slot),
		.rule_id = dyn->rule_id,
	};
	uint32_t now = dp_seconds(dp), last = atomic_load(&dyn->pool->last[slot]);

	if (w == 0 || !nat_filter_matches(filter, &s))
		return false;
	*row = (struct bw_nat_session) {
		.local = s.local,
		.global = s.global,
		.vrf = w >> 32 & 0xff,
		.flags = NAT_ROW_BINDING,
		.rule_id = dyn->rule_id,
		.idle = NAT_HOST_COUNT(w) == 0 && now > last ? now - last : 0,
		.timeout = dp->nat->rules->config.timeout[BW_NAT_TMO_DYNAMIC],
	};
	return true;
}

static bool next_binding(const struct dp *dp, uint32_t *cursor, const struct bw_nat_filter *filter,
	struct bw_nat_session *row)
{
	const struct nat_rules *rules = dp->nat->rules;
	uint32_t base = BINDINGS;

	for (uint32_t i = 0; i < rules->n_dynamics; i++) {
		const struct nat_dynamic *dyn = &rules->dynamics[i];

		if (dyn->overload || pool_was_listed(rules, i))
			continue;
		while (*cursor - base < dyn->pool->n_addrs)
			if (fill_binding(dp, dyn, (*cursor)++ - base, filter, row))
				return true;
		base += dyn->pool->n_addrs;
	}
	return false;
}

bool nat_dump_next(struct dp *dp, uint32_t *cursor, const struct bw_nat_filter *filter,
	struct bw_nat_session *row)
{
	if (*cursor < BINDINGS) {
		if (next_session(dp, cursor, filter, row))
			return true;
		*cursor = BINDINGS;
	}
	return next_binding(dp, cursor, filter, row);
}

bool nat_rule_dump_next(struct dp *dp, uint32_t *cursor, struct bw_nat_rule *rule)
{
	const struct nat_conf *conf = &dp->nat->conf;

	if (*cursor >= conf->n_rules)
		return false;
	*rule = conf->rule[(*cursor)++].rule;
	return true;
}

bool nat_pool_dump_next(struct dp *dp, uint32_t *cursor, struct bw_nat_pool *pool)
{
	const struct nat_conf *conf = &dp->nat->conf;
	uint32_t at = *cursor;

	for (uint32_t i = 0; i < conf->n_pools; i++) {
		if (at < conf->pool[i].n_ranges) {
			*pool = conf->pool[i].range[at];
			++*cursor;
			return true;
		}
		at -= conf->pool[i].n_ranges;
	}
	return false;
}

/* --- log lines --- */

static const char *pool_name(const struct dp *dp, uint32_t rule_id)
{
	const struct nat_rules *rules = dp->nat->rules;

	for (uint32_t i = 0; i < rules->n_dynamics; i++)
		if (rules->dynamics[i].rule_id == rule_id)
			return rules->dynamics[i].pool->name;
	return "";
}

static void log_no_port(struct dp *dp)
{
	const struct nat_event *e = NULL;
	char addr[INET_ADDRSTRLEN];
	struct in_addr in;
	uint32_t count = 0;

	for (unsigned i = 0; i < dp->n_workers; i++) {
		uint32_t n = atomic_load(&dp->worker[i]->nat->no_port.count);

		count += n;
		if (n)
			e = &dp->worker[i]->nat->no_port;
	}
	if (count == dp->nat->seen_no_port)
		return;
	dp->nat->seen_no_port = count;
	in.s_addr = atomic_load(&e->addr);
	dp_log(dp, 4, "IPNAT-4-ADDR_ALLOC_FAILURE",
		"Address allocation failed for %s, pool %s might be exhausted",
		inet_ntop(AF_INET, &in, addr, sizeof(addr)),
		pool_name(dp, atomic_load(&e->rule_id)));
}

static void log_table_full(struct dp *dp)
{
	const struct nat *nat = dp->nat;
	uint32_t limit = nat->rules->config.max_entries, count = 0;

	for (unsigned i = 0; i < dp->n_workers; i++)
		count += atomic_load(&dp->worker[i]->nat->table_full.count);
	if (count == nat->seen_table_full)
		return;
	dp->nat->seen_table_full = count;
	dp_log(dp, 4, "NAT-4-DEFAULT_MAX_ENTRIES",
		"default maximum entries value %u exceeded; frame dropped",
		limit && limit < nat->shared.capacity ? limit : nat->shared.capacity);
}

static void expire_bindings(struct dp *dp, uint32_t now)
{
	const struct nat_rules *rules = dp->nat->rules;

	for (uint32_t i = 0; i < rules->n_dynamics; i++)
		if (!rules->dynamics[i].overload)
			nat_pool_expire(rules->dynamics[i].pool, now,
				rules->config.timeout[BW_NAT_TMO_DYNAMIC]);
}

void nat_poll(struct dp *dp)
{
	uint32_t now = dp_seconds(dp);

	if (now == dp->nat->polled)
		return;
	dp->nat->polled = now;
	log_no_port(dp);
	log_table_full(dp);
	expire_bindings(dp, now);
	vfr_poll(dp);
}
