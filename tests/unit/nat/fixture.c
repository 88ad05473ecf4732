/* SPDX-License-Identifier: BSD-3-Clause */
#include "fixture.h"

#include <stdlib.h>
#include <string.h>

static void must(bool ok)
{
	if (!ok)
		abort();
}

static void retire_now(void *ctx, void (*fn)(void *, uint64_t), void *arg1, uint64_t arg2)
{
	(void)ctx;
	fn(arg1, arg2);
}

static bw_ip4 if_addr(const void *arg, uint32_t if_id, const char **name)
{
	(void)name;
	return if_id == 1 ? ((const struct fixture *)arg)->if_addr : 0;
}

static void set_acl(struct fixture *fx)
{
	struct bw_acl acl = { .acl_id = 1, .entries = 1 };
	struct bw_ace ace = {
		.acl_id = 1,
		.flags = BW_ACE_F_PERMIT,
		.src = ip4("192.168.0.0"),
		.src_wild = ip4("0.0.255.255"),
		.dst_wild = UINT32_MAX,
	};

	must(acl_set_begin(fx->acl, &acl) == 0 && acl_set_entry(fx->acl, &ace) == 0 &&
		acl_set_commit(fx->acl, 1) == 0);
}

void fx_init(struct fixture *fx, unsigned shards, uint32_t capacity)
{
	memset(fx, 0, sizeof(*fx));
	fx->n = shards;
	fx->now = 1;
	must(nat_shared_init(&fx->shared, capacity, shards) == 0);
	nat_conf_init(&fx->conf, &fx->shared.seeds);
	fx->acl = acl_create(shards, retire_now, NULL);
	must(fx->acl != NULL);
	set_acl(fx);
	for (unsigned i = 0; i < shards; i++) {
		fx->shard[i] = nat_shard_create(&fx->shared, i, fx->now, &fx->counters[i]);
		must(fx->shard[i] != NULL);
	}
	fx_commit(fx);
}

void fx_fini(struct fixture *fx)
{
	for (unsigned i = 0; i < fx->n; i++)
		nat_shard_destroy(fx->shard[i]);
	nat_rules_destroy(fx->rules);
	nat_conf_fini(&fx->conf);
	acl_destroy(fx->acl);
	nat_shared_fini(&fx->shared);
}

static bool is_stale(const void *conf, const struct nat_session *s)
{
	return nat_conf_is_stale(conf, s->rule_id);
}

static void begin(struct fixture *fx, unsigned i)
{
	nat_shard_begin(fx->shard[i], fx->rules, fx->acl, fx->now);
}

void fx_commit(struct fixture *fx)
{
	struct nat_rules *old = fx->rules, *rules;

	if (!nat_conf_is_dirty(&fx->conf, if_addr, fx))
		return;
	rules = nat_conf_build(&fx->conf, if_addr, fx);
	must(rules != NULL);
	for (unsigned i = 0; old && i < fx->n; i++) {
		uint32_t at = 1;

		begin(fx, i);
		while (!nat_shard_sweep(fx->shard[i], &at, 7, is_stale, &fx->conf))
			;
	}
	fx->rules = rules;
	nat_rules_destroy(old);
	nat_conf_forget(&fx->conf);
	for (unsigned i = 0; i < fx->n; i++)
		begin(fx, i);
}

void fx_pool(struct fixture *fx, uint32_t id, const char *start, const char *end, uint8_t plen)
{
	struct bw_nat_pool pool = {
		.pool_id = id,
		.plen = plen,
		.start = ip4(start),
		.end = ip4(end),
	};

	must(nat_conf_pool_set(&fx->conf, &pool) == 0);
	fx_commit(fx);
}

void fx_rule(struct fixture *fx, const struct bw_nat_rule *rule)
{
	must(nat_conf_rule_set(&fx->conf, rule) == 0);
	fx_commit(fx);
}

void fx_dynamic(struct fixture *fx, uint32_t id, uint32_t acl, uint32_t pool, bool overload)
{
	struct bw_nat_rule rule = {
		.rule_id = id,
		.kind = BW_NAT_DYNAMIC,
		.flags = overload ? BW_NAT_F_OVERLOAD : 0,
		.acl_id = acl,
		.pool_id = pool,
	};

	fx_rule(fx, &rule);
}

void fx_static(struct fixture *fx, uint32_t id, const char *local, const char *global)
{
	struct bw_nat_rule rule = {
		.rule_id = id,
		.kind = BW_NAT_STATIC,
		.local = ip4(local),
		.global = ip4(global),
	};

	fx_rule(fx, &rule);
}

void fx_static_port(struct fixture *fx, uint32_t id, uint8_t proto, const char *local,
	uint16_t local_port, const char *global, uint16_t global_port)
{
	struct bw_nat_rule rule = {
		.rule_id = id,
		.kind = BW_NAT_STATIC,
		.proto = proto,
		.local = ip4(local),
		.global = ip4(global),
		.local_port = local_port,
		.global_port = global_port,
	};

	fx_rule(fx, &rule);
}

void fx_del(struct fixture *fx, uint32_t rule_id)
{
	must(nat_conf_rule_del(&fx->conf, rule_id) == 0);
	fx_commit(fx);
}

void fx_timeout(struct fixture *fx, enum bw_nat_timeout which, uint32_t seconds)
{
	struct bw_nat_config config = fx->conf.config;

	config.timeout[which] = seconds;
	must(nat_conf_config_set(&fx->conf, &config) == 0);
	fx_commit(fx);
}

void fx_limits(struct fixture *fx, uint32_t entries, uint32_t per_host)
{
	struct bw_nat_config config = fx->conf.config;

	config.max_entries = entries;
	config.max_per_host = per_host;
	must(nat_conf_config_set(&fx->conf, &config) == 0);
	fx_commit(fx);
}

void fx_host_limit(struct fixture *fx, const char *addr, uint32_t max)
{
	struct bw_nat_limit limit = { .addr = ip4(addr), .max = max };

	if (max)
		must(nat_conf_limit_set(&fx->conf, &limit) == 0);
	else
		must(nat_conf_limit_del(&fx->conf, &limit) == 0);
	fx_commit(fx);
}

static struct outcome run(struct fixture *fx, unsigned shard, struct packet *p, unsigned flags,
	void (*fn)(struct nat_shard *, struct nat_pkt *, unsigned))
{
	struct nat_pkt np;
	struct outcome o = { .shard = shard };

	for (;;) {
		np = (struct nat_pkt) { .ip = p->b, .len = p->len, .flags = flags };
		begin(fx, o.shard);
		fn(fx->shard[o.shard], &np, 1);
		o.verdict = np.verdict;
		o.drop = np.drop;
		if (np.verdict != NAT_HAND && np.verdict != NAT_BIND)
			return o;
		must(np.owner < fx->n && np.owner != o.shard && ++o.hops < 5);
		o.shard = np.owner;
		flags &= ~NAT_P_BIND;
		if (np.verdict == NAT_BIND)
			flags |= NAT_P_BIND;
	}
}

struct outcome fx_out(struct fixture *fx, unsigned shard, struct packet *p, unsigned flags)
{
	return run(fx, shard, p, flags, nat_in2out);
}

struct outcome fx_in(struct fixture *fx, unsigned shard, struct packet *p, unsigned flags)
{
	return run(fx, shard, p, flags, nat_out2in);
}

void fx_pass(struct fixture *fx, uint32_t seconds)
{
	while (seconds-- > 0) {
		fx->now++;
		for (unsigned i = 0; i < fx->n; i++) {
			begin(fx, i);
			while (nat_shard_expire(fx->shard[i], 100) == 100)
				;
		}
	}
}

uint64_t fx_sessions(const struct fixture *fx)
{
	uint64_t n = 0;

	for (unsigned i = 0; i < fx->n; i++)
		n += fx->counters[i].sessions;
	return n;
}

struct packet with_src(const struct flow *f, const char *src, uint16_t sport)
{
	struct flow copy = *f;

	copy.src = src;
	copy.sport = sport;
	return make(&copy);
}

struct packet with_dst(const struct flow *f, const char *dst, uint16_t dport)
{
	struct flow copy = *f;

	copy.dst = dst;
	if (f->proto == IPPROTO_ICMP)
		copy.sport = dport;
	else
		copy.dport = dport;
	return make(&copy);
}
