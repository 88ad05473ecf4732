/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The NAT configuration as control sets it: rules and pools by id. Changes are
 * collected, and nat_conf_build() makes the workers' rules of them at once. Main
 * lcore only; no DPDK.
 */
#ifndef DATAPLANE_NAT_CONF_H
#define DATAPLANE_NAT_CONF_H

#include "nat/rules.h"

struct nat_conf_rule {
	struct bw_nat_rule rule;
	uint32_t epoch;
	bw_ip4 if_addr;	      /* BW_NAT_F_IF_ADDR: as it was when last built */
	struct nat_pool *own; /* ... of a dynamic rule: that address */
};

struct nat_conf_pool {
	uint32_t id;
	uint32_t n_ranges;
	struct bw_nat_pool range[BW_NAT_POOL_RANGES]; /* in order of range number */
	uint32_t epoch[BW_NAT_POOL_RANGES];
	struct nat_pool *built; /* NULL: to be made */
};

#define NAT_LIMITS_MAX 4096

struct nat_conf_limit {
	struct bw_nat_limit limit;
	uint32_t epoch;
};

/* An interface's primary address (0 = none) and, if name, its name. */
typedef bw_ip4 (*nat_if_addr)(const void *arg, uint32_t if_id, const char **name);

struct nat_conf {
	const struct nat_seeds *seeds;
	struct nat_conf_rule *rule; /* sorted by id */
	uint32_t n_rules, rules_size;
	struct nat_conf_pool *pool; /* sorted by id */
	uint32_t n_pools, pools_size;
	uint32_t n_if_rules;
	struct bw_nat_config config;
	struct nat_conf_limit *limit; /* sorted by nat_limit_compare() */
	uint32_t n_limits, limits_size;
	uint32_t epoch, generation, config_generation;
	bool dirty;

	/* since the last build: rules whose sessions are void, pools that are out of use */
	uint32_t *stale;
	uint32_t n_stale, stale_size;
	struct nat_pool **retired;
	uint32_t n_retired, retired_size;
};

/* With IOS's default timeouts. */
void nat_conf_init(struct nat_conf *c, const struct nat_seeds *seeds);
void nat_conf_fini(struct nat_conf *c);

/* All: 0, -EINVAL, -ENOENT (del), -ENOSPC (ranges, limits), -ENOMEM; nothing is changed on failure.
 */
int nat_conf_rule_set(struct nat_conf *c, const struct bw_nat_rule *rule);
int nat_conf_rule_del(struct nat_conf *c, uint32_t rule_id);
int nat_conf_pool_set(struct nat_conf *c, const struct bw_nat_pool *pool);
int nat_conf_pool_del(struct nat_conf *c, uint32_t pool_id);
int nat_conf_config_set(struct nat_conf *c, const struct bw_nat_config *config);
int nat_conf_limit_set(struct nat_conf *c, const struct bw_nat_limit *limit);
int nat_conf_limit_del(struct nat_conf *c, const struct bw_nat_limit *limit);

/* conf_limit.c, for conf.c: removes those of other epochs; gives the rules a copy, 0 or -ENOMEM. */
void nat_conf_limits_sweep(struct nat_conf *c);
int nat_conf_limits_copy(const struct nat_conf *c, struct nat_rules *out);

void nat_conf_sync_begin(struct nat_conf *c);
int nat_conf_sync_end(struct nat_conf *c);

/* The rule or pool of that id, or NULL. */
const struct nat_conf_rule *nat_conf_rule(const struct nat_conf *c, uint32_t rule_id);
const struct nat_conf_pool *nat_conf_pool(const struct nat_conf *c, uint32_t pool_id);

/* True if there is something to build: changes, or an interface's address is another. */
bool nat_conf_is_dirty(const struct nat_conf *c, nat_if_addr if_addr, const void *arg);

/*
 * The rules as workers read them. NULL if there is no memory; it can be tried again. After it,
 * c->stale (sorted) lists the rules whose sessions have to go and c->retired the pools that may
 * be freed when no worker uses the former rules; call nat_conf_forget() when that is done.
 */
struct nat_rules *nat_conf_build(struct nat_conf *c, nat_if_addr if_addr, const void *arg);
void nat_conf_forget(struct nat_conf *c);

/* True if the sessions of this rule are void. After nat_conf_build(). */
bool nat_conf_is_stale(const struct nat_conf *c, uint32_t rule_id);

#endif
