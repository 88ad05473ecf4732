/* SPDX-License-Identifier: BSD-3-Clause */
#include "nat/nat.h"

#include <errno.h>
#include <stdlib.h>

#include "core/dp.h"
#include "core/rcu.h"
#include "l3/vfr.h"

#define DEFAULT_SESSIONS 1000000
#define MAX_SESSIONS	 (64u << 20)
#define EXPIRE_BUDGET	 512  /* sessions looked at in a walk */
#define SWEEP_BUDGET	 8192 /* ... in a job */

static bw_ip4 if_addr(const void *arg, uint32_t if_id, const char **name)
{
	const struct itf *itf = dp_itf(arg, if_id);

	if (itf && name)
		*name = itf->conf.name;
	return itf ? itf->primary : 0;
}

static void destroy_rules(void *rules)
{
	nat_rules_destroy(rules);
}

static void destroy_pool(void *pool)
{
	nat_pool_destroy(pool);
}

int nat_create(struct dp *dp)
{
	uint32_t sessions = dp->platform.nat_sessions;
	struct nat *nat = aligned_alloc(64, (sizeof(*nat) + 63) / 64 * 64);
	int err;

	if (!nat)
		return -ENOMEM;
	memset(nat, 0, sizeof(*nat));
	sessions = sessions == 0 ? DEFAULT_SESSIONS : RTE_MIN(sessions, MAX_SESSIONS);
	err = nat_shared_init(&nat->shared, sessions, dp->n_workers);
	nat_conf_init(&nat->conf, &nat->shared.seeds);
	dp->nat = nat;
	if (err == 0) {
		nat->rules = nat_conf_build(&nat->conf, if_addr, dp);
		nat->vfr = vfr_shared_create();
		err = nat->rules && nat->vfr ? 0 : -ENOMEM;
	}
	if (err)
		nat_destroy(dp);
	return err;
}

void nat_destroy(struct dp *dp)
{
	struct nat *nat = dp->nat;

	if (!nat)
		return;
	nat_rules_destroy((struct nat_rules *)nat->rules);
	nat_conf_fini(&nat->conf);
	nat_shared_fini(&nat->shared);
	vfr_shared_destroy(nat->vfr);
	free(nat);
	dp->nat = NULL;
}

int nat_worker_init(struct worker *w)
{
	w->nat = nat_shard_create(&w->dp->nat->shared, w->id, w->now_sec, &w->counters->nat);
	return w->nat ? 0 : -ENOMEM;
}

void nat_worker_fini(struct worker *w)
{
	nat_shard_destroy(w->nat);
	w->nat = NULL;
}

void nat_worker_poll(struct worker *w)
{
	nat_shard_begin(w->nat, nat_rules_now(w->dp->nat), w->dp->acl, w->now_sec);
	nat_shard_expire(w->nat, EXPIRE_BUDGET);
	vfr_worker_poll(w);
}

int nat_rule_set(struct dp *dp, const struct bw_nat_rule *rule)
{
	return nat_conf_rule_set(&dp->nat->conf, rule);
}

int nat_rule_del(struct dp *dp, uint32_t rule_id)
{
	return nat_conf_rule_del(&dp->nat->conf, rule_id);
}

int nat_pool_set(struct dp *dp, const struct bw_nat_pool *pool)
{
	return nat_conf_pool_set(&dp->nat->conf, pool);
}

int nat_pool_del(struct dp *dp, uint32_t pool_id)
{
	return nat_conf_pool_del(&dp->nat->conf, pool_id);
}

int nat_config_set(struct dp *dp, const struct bw_nat_config *config)
{
	return nat_conf_config_set(&dp->nat->conf, config);
}

int nat_limit_set(struct dp *dp, const struct bw_nat_limit *limit)
{
	return nat_conf_limit_set(&dp->nat->conf, limit);
}

int nat_limit_del(struct dp *dp, const struct bw_nat_limit *limit)
{
	return nat_conf_limit_del(&dp->nat->conf, limit);
}

void nat_sync_begin(struct dp *dp)
{
	nat_conf_sync_begin(&dp->nat->conf);
}

int nat_sync_end(struct dp *dp)
{
	return nat_conf_sync_end(&dp->nat->conf);
}

/* --- removal of sessions, a short job after another so that no worker stands still --- */

struct sweep {
	const struct nat_rules *rules; /* that the sessions were made by */
	bool (*match)(const void *arg, const struct nat_session *s);
	const void *arg;
	uint32_t at[BW_MAX_WORKERS];
	bool done[BW_MAX_WORKERS];
};

static void sweep_some(struct worker *w, void *arg)
{
	struct sweep *sweep = arg;

	if (sweep->done[w->id])
		return;
	nat_shard_begin(w->nat, sweep->rules, w->dp->acl, w->now_sec);
	sweep->done[w->id] =
		nat_shard_sweep(w->nat, &sweep->at[w->id], SWEEP_BUDGET, sweep->match, sweep->arg);
}

static bool all_done(const struct dp *dp, const struct sweep *sweep)
{
	for (unsigned i = 0; i < dp->n_workers; i++)
		if (!sweep->done[i])
			return false;
	return true;
}

static void sweep_all(struct dp *dp, const struct nat_rules *rules,
	bool (*match)(const void *arg, const struct nat_session *s), const void *arg)
{
	struct sweep sweep = { .rules = rules, .match = match, .arg = arg };

	for (unsigned i = 0; i < BW_MAX_WORKERS; i++)
		sweep.at[i] = 1;
	while (!all_done(dp, &sweep))
		worker_call_all(dp, sweep_some, &sweep);
}

static bool is_stale(const void *conf, const struct nat_session *s)
{
	return nat_conf_is_stale(conf, s->rule_id);
}

int nat_commit(struct dp *dp)
{
	struct nat *nat = dp->nat;
	struct nat_conf *conf = &nat->conf;
	struct nat_rules *old = (struct nat_rules *)nat->rules, *rules;

	if (!nat_conf_is_dirty(conf, if_addr, dp))
		return 0;
	rules = nat_conf_build(conf, if_addr, dp);
	if (!rules)
		return -ENOMEM;
	__atomic_store_n(&nat->rules, rules, __ATOMIC_RELEASE);
	/* by now no new session of a former rule can be made but in the walk that is on */
	if (conf->n_stale)
		sweep_all(dp, old, is_stale, conf);
	rcu_defer(dp->rcu, destroy_rules, old);
	for (uint32_t i = 0; i < conf->n_retired; i++)
		rcu_defer(dp->rcu, destroy_pool, conf->retired[i]);
	conf->n_retired = 0;
	nat_conf_forget(conf);
	return 0;
}

static bool address_matches(bw_ip4 want, bw_ip4 is)
{
	return want == 0 || want == is;
}

bool nat_filter_matches(const struct bw_nat_filter *f, const struct nat_session *s)
{
	bool ports = f->flags & BW_NAT_MATCH_PORTS;

	if (f->flags & BW_NAT_MATCH_RULE && f->rule_id != s->rule_id)
		return false;
	if (ports && f->proto != s->proto)
		return false;
	if (f->flags & BW_NAT_MATCH_INSIDE) {
		if (!address_matches(f->local, s->local) || !address_matches(f->global, s->global))
			return false;
		if (ports && (htons(f->local_port) != s->local_port ||
				     htons(f->global_port) != s->global_port))
			return false;
	}
	if (f->flags & BW_NAT_MATCH_OUTSIDE) {
		if (!address_matches(f->remote, s->remote))
			return false;
		if (ports && htons(f->remote_port) != s->remote_port)
			return false;
	}
	return true;
}

static bool is_named(const void *filter, const struct nat_session *s)
{
	return nat_filter_matches(filter, s);
}

int nat_clear(struct dp *dp, const struct bw_nat_filter *filter)
{
	const struct nat_rules *rules = dp->nat->rules;

	sweep_all(dp, rules, is_named, filter);
	if (filter->flags & (BW_NAT_MATCH_OUTSIDE | BW_NAT_MATCH_PORTS))
		return 0;
	for (uint32_t i = 0; i < rules->n_dynamics; i++) {
		const struct nat_dynamic *dyn = &rules->dynamics[i];

		if (!dyn->overload &&
			(!(filter->flags & BW_NAT_MATCH_RULE) || filter->rule_id == dyn->rule_id))
			nat_pool_clear(
				dyn->pool, filter->flags & BW_NAT_MATCH_INSIDE ? filter->local : 0);
	}
	return 0;
}
