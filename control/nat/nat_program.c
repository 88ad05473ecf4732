/* SPDX-License-Identifier: BSD-3-Clause */
/* Pools, rules and settings of NAT as messages to the dataplane. */
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "control/acl/acl.h"
#include "control/core/format.h"
#include "control/iface/iface.h"
#include "control/nat/nat.h"

static struct nat_pool_conf *pool_of(struct dp_object *o)
{
	return (struct nat_pool_conf *)((char *)o - offsetof(struct nat_pool_conf, obj));
}

static struct nat_rule *rule_of(struct dp_object *o)
{
	return (struct nat_rule *)((char *)o - offsetof(struct nat_rule, obj));
}

/* --- pools --- */

static bool pool_wanted(const struct nat_pool_conf *pool)
{
	return pool->exists && pool->n_ranges > 0 && pool->refs > 0;
}

void nat_pool_program(struct nat_pool_conf *pool)
{
	struct dp_link *dp = &pool->nat->core->dp;

	if (pool_wanted(pool))
		dp_want(dp, &pool->obj);
	else
		dp_drop(dp, &pool->obj);
}

static bool pool_wish(void *, struct dp_object *o, uint32_t part, struct bw_msg *m)
{
	const struct nat_pool_conf *pool = pool_of(o);
	unsigned ranges = pool->n_ranges > 0 ? pool->n_ranges : 1;
	bool last;

	/* It may have become shorter while it was being said: then its last range once more. One
	 * that lost them all is about to be removed, and still has what the first one was. */
	part = part < ranges ? part : ranges - 1;
	last = part + 1 == ranges;
	m->nat_pool.pool_id = o->id;
	m->nat_pool.range = (uint16_t)part;
	m->nat_pool.plen = pool->plen;
	m->nat_pool.flags =
		(last ? BW_NAT_POOL_F_LAST : 0) | (pool->match_host ? BW_NAT_POOL_F_MATCH_HOST : 0);
	m->nat_pool.start = pool->range[part].start;
	m->nat_pool.end = pool->range[part].end;
	return !last;
}

/* A pool is known by what it says, but for the id; the first range says enough. */
static bool pool_key(const struct bw_msg *m, struct dp_key *key)
{
	struct bw_nat_pool pool = m->nat_pool;

	pool.pool_id = 0;
	return pool.range == 0 && dp_key_set(key, m->nat_pool.pool_id, &pool, sizeof(pool));
}

static void pool_released(void *owner, struct dp_object *)
{
	struct nat_table *nat = owner;

	nat->changed = true; /* nat_settle() frees it if nobody has it */
	work_mark(&nat->work);
}

static void pool_label(void *, struct dp_object *o, uint64_t, char *buf, size_t size)
{
	snprintf(buf, size, "NAT pool %s", o != NULL ? pool_of(o)->name : "(removed)");
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
	return rule->pool == NULL || rule->pool->obj.wanted;
}

void nat_rule_program(struct nat_rule *rule)
{
	struct dp_link *dp = &rule->nat->core->dp;

	if (rule_wanted(rule))
		dp_want(dp, &rule->obj);
	else
		dp_drop(dp, &rule->obj);
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
	m->pool_id = rule->pool != NULL ? rule->pool->obj.id : 0;
	m->if_id = rule->ifc != NULL ? rule->ifc->obj.id : 0;
	if (rule->map != NULL)
		m->map = rule->map->built;
}

static bool rule_wish(void *, struct dp_object *o, uint32_t, struct bw_msg *m)
{
	fill_rule(rule_of(o), &m->nat_rule);
	m->nat_rule.rule_id = o->id;
	return false;
}

/* As a pool: by what it says. */
static bool rule_key(const struct bw_msg *m, struct dp_key *key)
{
	struct bw_nat_rule rule = m->nat_rule;

	rule.rule_id = 0;
	return dp_key_set(key, m->nat_rule.rule_id, &rule, sizeof(rule));
}

static void rule_released(void *, struct dp_object *o)
{
	if (rule_of(o)->gone)
		nat_rule_free(rule_of(o));
}

static void rule_label(void *, struct dp_object *o, uint64_t, char *buf, size_t size)
{
	const struct nat_rule *rule = o != NULL ? rule_of(o) : NULL;
	char local[FORMAT_IP_SIZE], global[FORMAT_IP_SIZE];

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

static bool config_wish(void *owner, struct dp_object *, uint32_t, struct bw_msg *m)
{
	struct nat_table *nat = owner;

	m->nat_config = nat->config;
	return false;
}

static struct dp_object *config_find(void *owner, uint64_t)
{
	struct nat_table *nat = owner;

	return &nat->config_obj;
}

static void config_replay(void *owner)
{
	struct nat_table *nat = owner;

	dp_say(&nat->core->dp, &nat->config_obj);
}

static void config_label(void *, struct dp_object *, uint64_t, char *buf, size_t size)
{
	snprintf(buf, size, "NAT settings");
}

static const struct dp_class_ops pool_ops = {
	.name = "pool",
	.set_type = BW_CMD_NAT_POOL_SET,
	.del_type = BW_CMD_NAT_POOL_DEL,
	.limit_id = NAT_MAX_POOLS,
	.wish = pool_wish,
	.key = pool_key,
	.released = pool_released,
	.label = pool_label,
};

static const struct dp_class_ops rule_ops = {
	.name = "rule",
	.set_type = BW_CMD_NAT_RULE_SET,
	.del_type = BW_CMD_NAT_RULE_DEL,
	.leaf = true,
	.after = { DP_ACL, DP_IF, DP_NAT_POOL },
	.limit_id = NAT_MAX_RULES,
	.wish = rule_wish,
	.key = rule_key,
	.released = rule_released,
	.label = rule_label,
};

static const struct dp_class_ops config_ops = {
	.name = "settings",
	.set_type = BW_CMD_NAT_CONFIG,
	.wish = config_wish,
	.find = config_find,
	.replay = config_replay,
	.label = config_label,
};

void nat_program_init(struct nat_table *nat)
{
	struct dp_link *dp = &nat->core->dp;

	dp_class_register(dp, DP_NAT_POOL, &pool_ops, nat);
	dp_class_register(dp, DP_NAT_RULE, &rule_ops, nat);
	dp_class_register(dp, DP_NAT_CONFIG, &config_ops, nat);
	nat->config_obj.class = DP_NAT_CONFIG;
	dp_want(dp, &nat->config_obj);
}
