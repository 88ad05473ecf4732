/* SPDX-License-Identifier: BSD-3-Clause */
/* Pools, rules and settings of NAT as messages to the dataplane. */
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "control/control.h"
#include "control/core/format.h"

static struct nat_pool *pool_of(struct dp_object *o)
{
	return (struct nat_pool *)((char *)o - offsetof(struct nat_pool, obj));
}

static struct nat_rule *rule_of(struct dp_object *o)
{
	return (struct nat_rule *)((char *)o - offsetof(struct nat_rule, obj));
}

/* Make table[id] = object; the tables are as long as the ids in use. */
static int enter(void ***table, uint32_t *size, uint32_t id, void *object)
{
	if (id >= *size) {
		uint32_t n = (id + 32) * 3 / 2;
		void **bigger = realloc(*table, n * sizeof(void *));

		if (bigger == NULL)
			return -ENOMEM;
		memset(bigger + *size, 0, (n - *size) * sizeof(void *));
		*table = bigger;
		*size = n;
	}
	(*table)[id] = object;
	return 0;
}

static int enter_pool(struct nat *nat, struct nat_pool *pool)
{
	return enter((void ***)&nat->pool_by_id, &nat->pool_by_id_size, pool->id, pool);
}

static int enter_rule(struct nat *nat, struct nat_rule *rule)
{
	return enter((void ***)&nat->rule_by_id, &nat->rule_by_id_size, rule->id, rule);
}

/* --- pools --- */

static bool pool_wanted(const struct nat_pool *pool)
{
	return pool->exists && pool->n_ranges > 0 && pool->refs > 0;
}

static int take_pool_id(struct nat *nat, struct nat_pool *pool)
{
	int err;

	if (pool->id != 0 || nat->ctl->dp.state == DP_READING)
		return 0;
	err = idmap_take(&nat->pool_ids, &pool->id);
	if (err != 0)
		pool->id = 0;
	return err != 0 ? err : enter_pool(nat, pool);
}

void nat_pool_program(struct nat_pool *pool)
{
	struct nat *nat = &pool->ctl->nat;
	bool wanted = pool_wanted(pool);

	if (wanted == pool->in_dataplane)
		return;
	if (!wanted) {
		pool->in_dataplane = false;
		dp_remove(&nat->ctl->dp, &pool->obj);
		return;
	}
	if (take_pool_id(nat, pool) != 0) {
		log_event(&nat->ctl->log, "PLATFORM-2-NOIDS", "no id is left for pool %s",
			pool->name);
		return;
	}
	pool->in_dataplane = true;
	dp_touch(&nat->ctl->dp, &pool->obj);
}

static void fill_pool(const struct nat_pool *pool, unsigned range, struct bw_nat_pool *m)
{
	bool last = range + 1 == pool->n_ranges;

	m->range = (uint16_t)range;
	m->plen = pool->plen;
	m->flags =
		(last ? BW_NAT_POOL_F_LAST : 0) | (pool->match_host ? BW_NAT_POOL_F_MATCH_HOST : 0);
	m->start = pool->range[range].start;
	m->end = pool->range[range].end;
}

static bool pool_set(void *, struct dp_object *o, uint32_t part, struct bw_msg *m)
{
	const struct nat_pool *pool = pool_of(o);
	unsigned ranges = pool->n_ranges > 0 ? pool->n_ranges : 1;

	m->hdr.type = BW_CMD_NAT_POOL_SET;
	m->hdr.cookie = dp_cookie(DP_NAT_POOL, 0, 0, pool->id);
	/* It may have become shorter while it was being said: then its last range once more. One
	 * that lost them all is about to be removed, and still has what the first one was. */
	part = part < ranges ? part : ranges - 1;
	fill_pool(pool, part, &m->nat_pool);
	m->nat_pool.pool_id = pool->id;
	return part + 1 < ranges;
}

static void pool_del(void *, struct dp_object *o, struct bw_msg *m)
{
	m->hdr.type = BW_CMD_NAT_POOL_DEL;
	m->hdr.cookie = dp_cookie(DP_NAT_POOL, 0, 0, pool_of(o)->id);
	m->ref.id = pool_of(o)->id;
}

static void pool_released(void *owner, struct dp_object *o)
{
	struct nat_pool *pool = pool_of(o);
	struct nat *nat = owner;

	if (pool->id != 0) {
		nat->pool_by_id[pool->id] = NULL;
		idmap_put(&nat->pool_ids, pool->id);
	}
	pool->id = 0;
	nat->changed = true; /* nat_settle() frees it if nobody has it */
	control_wake(nat->ctl);
}

static struct nat_pool *pool_by_cookie(struct nat *nat, uint64_t cookie)
{
	uint32_t id = dp_cookie_c(cookie);

	return id < nat->pool_by_id_size ? nat->pool_by_id[id] : NULL;
}

static struct dp_object *pool_find(void *owner, uint64_t cookie)
{
	struct nat_pool *pool = pool_by_cookie(owner, cookie);

	return pool != NULL && pool->in_dataplane ? &pool->obj : NULL;
}

static void pool_describe(void *owner, uint64_t cookie, char *buf, size_t size)
{
	struct nat_pool *pool = pool_by_cookie(owner, cookie);

	snprintf(buf, size, "NAT pool %s", pool != NULL ? pool->name : "(removed)");
}

/* --- rules --- */

static bool rule_wanted(const struct nat_rule *rule)
{
	if (rule->ifc != NULL && rule->ifc->told.if_id == 0)
		return false;
	if (rule->kind != BW_NAT_DYNAMIC)
		return true;
	if (rule->pool == NULL && rule->ifc == NULL)
		return false;
	if (rule->map != NULL ? rule->map->built.n == 0 : acl_in_force(rule->acl) == 0)
		return false;
	return rule->pool == NULL || rule->pool->in_dataplane;
}

static int take_rule_id(struct nat *nat, struct nat_rule *rule)
{
	int err;

	if (rule->id != 0 || nat->ctl->dp.state == DP_READING)
		return 0;
	err = idmap_take(&nat->rule_ids, &rule->id);
	if (err != 0)
		rule->id = 0;
	return err != 0 ? err : enter_rule(nat, rule);
}

void nat_rule_program(struct nat_rule *rule)
{
	struct nat *nat = &rule->ctl->nat;
	bool wanted = rule_wanted(rule);

	if (wanted == rule->in_dataplane)
		return;
	if (!wanted) {
		rule->in_dataplane = false;
		dp_remove(&nat->ctl->dp, &rule->obj);
		return;
	}
	if (take_rule_id(nat, rule) != 0) {
		log_event(&nat->ctl->log, "PLATFORM-2-NOIDS", "no id is left for a NAT rule");
		return;
	}
	rule->in_dataplane = true;
	dp_touch(&nat->ctl->dp, &rule->obj);
}

static void fill_rule(const struct nat_rule *rule, struct bw_nat_rule *m)
{
	m->kind = rule->kind;
	m->flags = rule->flags;
	m->vrf = rule->vrf;
	m->proto = rule->proto;
	m->plen = rule->plen;
	m->local = rule->local;
	m->global = rule->global;
	m->local_port = rule->local_port;
	m->global_port = rule->global_port;
	m->acl_id = acl_in_force(rule->acl);
	m->pool_id = rule->pool != NULL ? rule->pool->id : 0;
	m->if_id = rule->ifc != NULL ? rule->ifc->id : 0;
	if (rule->map != NULL)
		m->map = rule->map->built;
}

static bool rule_set(void *, struct dp_object *o, uint32_t, struct bw_msg *m)
{
	const struct nat_rule *rule = rule_of(o);

	m->hdr.type = BW_CMD_NAT_RULE_SET;
	m->hdr.cookie = dp_cookie(DP_NAT_RULE, 0, 0, rule->id);
	fill_rule(rule, &m->nat_rule);
	m->nat_rule.rule_id = rule->id;
	return false;
}

static void rule_del(void *, struct dp_object *o, struct bw_msg *m)
{
	m->hdr.type = BW_CMD_NAT_RULE_DEL;
	m->hdr.cookie = dp_cookie(DP_NAT_RULE, 0, 0, rule_of(o)->id);
	m->ref.id = rule_of(o)->id;
}

static void rule_released(void *owner, struct dp_object *o)
{
	struct nat_rule *rule = rule_of(o);
	struct nat *nat = owner;

	if (rule->id != 0) {
		nat->rule_by_id[rule->id] = NULL;
		idmap_put(&nat->rule_ids, rule->id);
	}
	rule->id = 0;
	if (rule->gone)
		nat_rule_free(rule);
}

static struct dp_object *rule_find(void *owner, uint64_t cookie)
{
	uint32_t id = dp_cookie_c(cookie);
	struct nat *nat = owner;

	if (id >= nat->rule_by_id_size || nat->rule_by_id[id] == NULL ||
		!nat->rule_by_id[id]->in_dataplane || nat->rule_by_id[id]->gone)
		return NULL;
	return &nat->rule_by_id[id]->obj;
}

static void rule_describe(void *owner, uint64_t cookie, char *buf, size_t size)
{
	char local[FORMAT_IP_SIZE], global[FORMAT_IP_SIZE];
	uint32_t id = dp_cookie_c(cookie);
	struct nat *nat = owner;
	struct nat_rule *rule = id < nat->rule_by_id_size ? nat->rule_by_id[id] : NULL;

	if (rule == NULL)
		snprintf(buf, size, "NAT rule (removed)");
	else if (rule->map != NULL)
		snprintf(buf, size, "NAT of route-map %s", rule->map->name);
	else if (rule->kind == BW_NAT_DYNAMIC)
		snprintf(buf, size, "NAT of list %s", rule->acl->name);
	else
		snprintf(buf, size, "NAT of %s to %s", format_ip(rule->local, local),
			format_ip(rule->global, global));
}

/* --- settings --- */

static bool config_set(void *owner, struct dp_object *, uint32_t, struct bw_msg *m)
{
	struct nat *nat = owner;

	m->hdr.type = BW_CMD_NAT_CONFIG;
	m->hdr.cookie = dp_cookie(DP_NAT_CONFIG, 0, 0, 0);
	m->nat_config = nat->config;
	return false;
}

static struct dp_object *config_find(void *owner, uint64_t)
{
	struct nat *nat = owner;

	return &nat->config_obj;
}

static void config_describe(void *, uint64_t, char *buf, size_t size)
{
	snprintf(buf, size, "NAT settings");
}

static const struct dp_class_ops pool_ops = {
	.name = "pool",
	.set = pool_set,
	.del = pool_del,
	.released = pool_released,
	.find = pool_find,
	.describe = pool_describe,
};

static const struct dp_class_ops rule_ops = {
	.name = "rule",
	.leaf = true,
	.set = rule_set,
	.del = rule_del,
	.released = rule_released,
	.find = rule_find,
	.describe = rule_describe,
};

static const struct dp_class_ops config_ops = {
	.name = "settings", /* always there: no del */
	.set = config_set,
	.find = config_find,
	.describe = config_describe,
};

void nat_program_init(struct nat *nat)
{
	dp_class_register(&nat->ctl->dp, DP_NAT_POOL, &pool_ops, nat);
	dp_class_register(&nat->ctl->dp, DP_NAT_RULE, &rule_ops, nat);
	dp_class_register(&nat->ctl->dp, DP_NAT_CONFIG, &config_ops, nat);
}

/* --- resync: a pool and a rule are known by what they say, but for the id --- */

void nat_identify_begin(struct nat *nat)
{
	idmap_reset(&nat->pool_ids);
	idmap_reset(&nat->rule_ids);
	if (nat->pool_by_id != NULL)
		memset(nat->pool_by_id, 0, nat->pool_by_id_size * sizeof(struct nat_pool *));
	if (nat->rule_by_id != NULL)
		memset(nat->rule_by_id, 0, nat->rule_by_id_size * sizeof(struct nat_rule *));
}

void nat_held_pool(struct nat *nat, const struct bw_nat_pool *held)
{
	struct bw_nat_pool key = *held;

	if (held->range != 0) /* the first one says enough */
		return;
	key.pool_id = 0;
	idmap_seed(&nat->pool_ids, held->pool_id, &key, sizeof(key));
}

void nat_held_rule(struct nat *nat, const struct bw_nat_rule *held)
{
	struct bw_nat_rule key = *held;

	key.rule_id = 0;
	idmap_seed(&nat->rule_ids, held->rule_id, &key, sizeof(key));
}

static void identify_pool(struct nat *nat, struct nat_pool *pool)
{
	struct bw_nat_pool key = { 0 };

	pool->id = 0;
	if (!pool->in_dataplane)
		return;
	fill_pool(pool, 0, &key);
	if (idmap_assign(&nat->pool_ids, &key, sizeof(key), &pool->id) == 0)
		enter_pool(nat, pool);
}

static void identify_rule(struct nat *nat, struct nat_rule *rule)
{
	struct bw_nat_rule key = { 0 };

	rule->id = 0;
	if (!rule->in_dataplane)
		return;
	fill_rule(rule, &key);
	if (idmap_assign(&nat->rule_ids, &key, sizeof(key), &rule->id) == 0)
		enter_rule(nat, rule);
}

void nat_identify(struct nat *nat)
{
	struct nat_pool *pool;
	struct nat_rule *rule;

	nat_maps_build(nat);
	TAILQ_FOREACH (pool, &nat->pools, entry)
		identify_pool(nat, pool);
	TAILQ_FOREACH (rule, &nat->rules, entry)
		identify_rule(nat, rule);
}

void nat_replay(struct nat *nat)
{
	struct dp_link *dp = &nat->ctl->dp;
	struct nat_pool *pool;
	struct nat_rule *rule;

	dp_touch(dp, &nat->config_obj);
	nat_host_limits_replay(nat);
	TAILQ_FOREACH (pool, &nat->pools, entry)
		if (pool->in_dataplane)
			dp_touch(dp, &pool->obj);
	TAILQ_FOREACH (rule, &nat->rules, entry)
		if (rule->in_dataplane)
			dp_touch(dp, &rule->obj);
}
