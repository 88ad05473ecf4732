/* SPDX-License-Identifier: BSD-3-Clause */
#include "control/nat/nat.h"

#include <arpa/inet.h>
#include <errno.h>
#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "control/acl/acl.h"
#include "control/core/format.h"
#include "control/core/hash.h"
#include "control/iface/iface.h"

static const uint32_t default_timeout[BW_NAT_TMO_MAX] = {
	[BW_NAT_TMO_DYNAMIC] = 86400,
	[BW_NAT_TMO_TCP] = 86400,
	[BW_NAT_TMO_UDP] = 300,
	[BW_NAT_TMO_DNS] = 60,
	[BW_NAT_TMO_ICMP] = 60,
	[BW_NAT_TMO_FINRST] = 60,
	[BW_NAT_TMO_SYN] = 60,
	[BW_NAT_TMO_PPTP] = 86400,
};

uint32_t nat_timeout_default(enum bw_nat_timeout which)
{
	return default_timeout[which];
}

static void changed(struct nat_table *nat)
{
	nat->changed = nat->aliases_changed = true;
	work_mark(&nat->work);
}

/* --- pools --- */

static void pool_changed(struct nat_pool_conf *pool)
{
	if (pool->n_ranges > 0)
		dp_say(&pool->nat->core->dp, &pool->obj);
	changed(pool->nat);
}

static struct nat_pool_conf *find_pool(struct nat_table *nat, const char *name)
{
	struct nat_pool_conf *pool;

	TAILQ_FOREACH (pool, &nat->pools, entry)
		if (strcmp(pool->name, name) == 0)
			return pool;
	return NULL;
}

struct nat_pool_conf *nat_pool_find(struct nat_table *nat, const char *name)
{
	struct nat_pool_conf *pool = find_pool(nat, name);

	return pool != NULL && pool->exists ? pool : NULL;
}

static struct nat_pool_conf *get_pool(struct nat_table *nat, const char *name)
{
	struct nat_pool_conf *pool = find_pool(nat, name);

	if (pool != NULL)
		return pool;
	pool = calloc(1, sizeof(*pool));
	if (pool == NULL)
		return NULL;
	pool->nat = nat;
	pool->obj.class = DP_NAT_POOL;
	snprintf(pool->name, sizeof(pool->name), "%s", name);
	TAILQ_INSERT_TAIL(&nat->pools, pool, entry);
	return pool;
}

static void pool_unused(struct nat_pool_conf *pool)
{
	if (pool->exists || pool->refs > 0 || pool->obj.wanted || pool->obj.queue != DP_IDLE)
		return;
	TAILQ_REMOVE(&pool->nat->pools, pool, entry);
	free(pool);
}

static int check_range(const struct nat_range *range, uint8_t plen)
{
	if (ntohl(range->end) < ntohl(range->start))
		return NAT_POOL_ORDER;
	return prefix_covers(range->start, plen, range->end) ? 0 : NAT_POOL_SUBNETS;
}

/* All that a pool's ranges ask of its mask. */
static int check_ranges(const struct nat_pool_conf *pool, uint8_t plen)
{
	int err = 0;

	for (unsigned i = 0; err == 0 && i < pool->n_ranges; i++)
		err = check_range(&pool->range[i], plen);
	return err;
}

/* A netmask in place of a prefix length, and the other way round. */
static bool says_the_same(const struct nat_pool_conf *pool, uint8_t plen, bool match_host,
	const struct nat_range *range)
{
	return pool->plen == plen && pool->match_host == match_host &&
	       (range == NULL ||
		       (pool->range[0].start == range->start && pool->range[0].end == range->end));
}

int nat_pool_set(struct nat_table *nat, const char *name, uint8_t plen, bool match_host,
	const struct nat_range *range)
{
	struct nat_pool_conf *pool = find_pool(nat, name);
	int err = range != NULL ? check_range(range, plen) : 0;

	if (err != 0)
		return err;
	if (pool != NULL && pool->exists) {
		if (pool->single != (range != NULL))
			return NAT_POOL_EXISTS;
		if (pool->refs > 0)
			return says_the_same(pool, plen, match_host, range) ? 0 : NAT_POOL_IN_USE;
		err = range == NULL ? check_ranges(pool, plen) : 0;
		if (err != 0)
			return err;
	}
	pool = get_pool(nat, name);
	if (pool == NULL)
		return NAT_POOL_NO_MEMORY;
	if (!pool->exists)
		pool->n_ranges = 0;
	pool->exists = true;
	pool->single = range != NULL;
	pool->plen = plen;
	pool->match_host = match_host;
	if (range != NULL) {
		pool->range[0] = *range;
		pool->n_ranges = 1;
	}
	pool_changed(pool);
	return 0;
}

static bool overlaps(const struct nat_range *a, const struct nat_range *b)
{
	return ntohl(a->start) <= ntohl(b->end) && ntohl(b->start) <= ntohl(a->end);
}

int nat_pool_range_add(struct nat_table *nat, const char *name, const struct nat_range *range)
{
	struct nat_pool_conf *pool = nat_pool_find(nat, name);
	int err;

	if (pool == NULL) /* its line was refused */
		return NAT_POOL_EXISTS;
	err = check_range(range, pool->plen);
	if (err != 0)
		return err;
	if (pool->n_ranges == BW_NAT_POOL_RANGES)
		return NAT_POOL_FULL;
	for (unsigned i = 0; i < pool->n_ranges; i++)
		if (overlaps(&pool->range[i], range))
			return NAT_POOL_OVERLAP;
	pool->range[pool->n_ranges++] = *range;
	pool_changed(pool);
	return 0;
}

int nat_pool_range_remove(
	struct nat_table *nat, const char *name, const struct nat_range *range, bool force)
{
	struct nat_pool_conf *pool = nat_pool_find(nat, name);
	unsigned at = 0;

	if (pool == NULL)
		return 0;
	if (pool->refs > 0 && !force)
		return NAT_POOL_IN_USE;
	while (at < pool->n_ranges && memcmp(&pool->range[at], range, sizeof(*range)) != 0)
		at++;
	if (at == pool->n_ranges)
		return 0;
	memmove(&pool->range[at], &pool->range[at + 1],
		(--pool->n_ranges - at) * sizeof(pool->range[0]));
	pool_changed(pool);
	return 0;
}

int nat_pool_remove(struct nat_table *nat, const char *name, bool force)
{
	struct nat_pool_conf *pool = nat_pool_find(nat, name);

	if (pool == NULL)
		return 0;
	if (pool->refs > 0 && !force)
		return NAT_POOL_IN_USE;
	pool->exists = false;
	changed(nat);
	return 0;
}

/* --- rules --- */

static struct nat_rule_list *bucket(struct nat_rule_list *table, bw_ip4 addr)
{
	return &table[hash_u64(addr) % NAT_HASH];
}

static bool same_service(const struct nat_rule *rule, const struct nat_spec *spec)
{
	return rule->proto == spec->proto && rule->kind == spec->kind && rule->vrf == spec->vrf;
}

static bool says(const struct nat_rule *rule, const struct nat_spec *spec)
{
	if (!same_service(rule, spec) || rule->local != spec->local ||
		rule->global != spec->global || rule->local_port != spec->local_port ||
		rule->global_port != spec->global_port || rule->plen != spec->plen)
		return false;
	if (spec->ifname != NULL &&
		(rule->ifc == NULL || strcmp(rule->ifc->name, spec->ifname) != 0))
		return false;
	if (spec->pool != NULL && (rule->pool == NULL || strcmp(rule->pool->name, spec->pool) != 0))
		return false;
	if (spec->map != NULL && (rule->map == NULL || strcmp(rule->map->name, spec->map) != 0))
		return false;
	return spec->acl == NULL || (rule->acl != NULL && strcmp(rule->acl->name, spec->acl) == 0);
}

struct nat_rule *nat_rule_find(struct nat_table *nat, const struct nat_spec *spec)
{
	struct nat_rule *rule;

	LIST_FOREACH (rule, bucket(nat->by_global, spec->global), by_global)
		if (says(rule, spec))
			return rule;
	return NULL;
}

static bool same_interface(const struct nat_rule *rule, const struct nat_spec *spec)
{
	if (rule->ifc == NULL || spec->ifname == NULL)
		return rule->ifc == NULL && spec->ifname == NULL;
	return strcmp(rule->ifc->name, spec->ifname) == 0;
}

/* A global (and port) leads to one local; a local has one global unless both are extendable. */
static int find_conflict(
	struct nat_table *nat, const struct nat_spec *spec, struct nat_rule **other)
{
	struct nat_rule *rule;

	LIST_FOREACH (rule, bucket(nat->by_global, spec->global), by_global)
		if (same_service(rule, spec) && rule->global == spec->global &&
			rule->global_port == spec->global_port && same_interface(rule, spec)) {
			*other = rule;
			return rule->local == spec->local && rule->local_port == spec->local_port
				       ? NAT_RULE_SIMILAR
				       : NAT_RULE_MAPPED;
		}
	LIST_FOREACH (rule, bucket(nat->by_local, spec->local), by_local)
		if (same_service(rule, spec) && rule->local == spec->local &&
			rule->local_port == spec->local_port &&
			!(rule->flags & spec->flags & BW_NAT_F_EXTENDABLE)) {
			*other = rule;
			return NAT_RULE_SIMILAR;
		}
	return 0;
}

static int hold_references(struct nat_rule *rule, const struct nat_spec *spec)
{
	struct nat_table *nat = rule->nat;

	if (spec->acl != NULL && (rule->acl = acl_get(nat->acls, spec->acl)) == NULL)
		return -ENOMEM;
	if (spec->map != NULL && (rule->map = route_map_get(&nat->maps, spec->map)) == NULL)
		return -ENOMEM;
	if (spec->ifname != NULL && (rule->ifc = iface_get(nat->ifaces, spec->ifname)) == NULL)
		return -ENOMEM;
	if (spec->pool != NULL) {
		rule->pool = get_pool(nat, spec->pool);
		if (rule->pool == NULL)
			return -ENOMEM;
		rule->pool->refs++;
	}
	return 0;
}

void nat_rule_free(struct nat_rule *rule)
{
	if (rule->acl != NULL)
		acl_put(rule->acl);
	if (rule->map != NULL)
		route_map_put(&rule->nat->maps, rule->map);
	if (rule->ifc != NULL)
		iface_put(rule->ifc);
	free(rule);
}

int nat_rule_add(struct nat_table *nat, const struct nat_spec *spec, struct nat_rule **other)
{
	struct nat_rule *rule;
	int err;

	err = spec->kind == BW_NAT_DYNAMIC ? 0 : find_conflict(nat, spec, other);
	if (err != 0)
		return err;
	if (nat->n_rules >= NAT_MAX_RULES - 1)
		return NAT_RULE_FULL;
	rule = calloc(1, sizeof(*rule));
	if (rule == NULL)
		return NAT_RULE_NO_MEMORY;
	rule->nat = nat;
	rule->obj.class = DP_NAT_RULE;
	rule->kind = spec->kind;
	rule->flags = spec->flags;
	rule->vrf = spec->vrf;
	rule->proto = spec->proto;
	rule->plen = spec->plen;
	rule->local = spec->local;
	rule->global = spec->global;
	rule->local_port = spec->local_port;
	rule->global_port = spec->global_port;
	if (hold_references(rule, spec) != 0) {
		nat_rule_free(rule);
		return NAT_RULE_NO_MEMORY;
	}
	TAILQ_INSERT_TAIL(&nat->rules, rule, entry);
	LIST_INSERT_HEAD(bucket(nat->by_global, rule->global), rule, by_global);
	LIST_INSERT_HEAD(bucket(nat->by_local, rule->local), rule, by_local);
	nat->n_rules++;
	changed(nat);
	return 0;
}

/* The pool is free for other uses at once; the dataplane hears of the rule first. */
void nat_rule_remove(struct nat_rule *rule)
{
	struct nat_table *nat = rule->nat;

	TAILQ_REMOVE(&nat->rules, rule, entry);
	LIST_REMOVE(rule, by_global);
	LIST_REMOVE(rule, by_local);
	nat->n_rules--;
	if (rule->pool != NULL)
		rule->pool->refs--;
	rule->pool = NULL;
	rule->gone = true;
	changed(nat);
	if (rule->obj.wanted)
		dp_drop(&nat->core->dp, &rule->obj); /* frees it once that is said */
	else if (rule->obj.queue == DP_IDLE)
		nat_rule_free(rule);
}

/* --- settings and counters --- */

void nat_timeout_set(struct nat_table *nat, enum bw_nat_timeout which, uint32_t seconds)
{
	nat->config.timeout[which] = seconds;
	dp_say(&nat->core->dp, &nat->config_obj);
}

void nat_limits_set(struct nat_table *nat, uint32_t max_entries, uint32_t max_per_host)
{
	nat->config.max_entries = max_entries;
	nat->config.max_per_host = max_per_host;
	dp_say(&nat->core->dp, &nat->config_obj);
}

void nat_counters(const struct nat_table *nat, struct bw_nat_counters *sum)
{
	const struct bw_region *region = dp_region(&nat->core->dp);

	memset(sum, 0, sizeof(*sum));
	if (region == NULL)
		return;
	for (unsigned w = 0; w < dp_workers(&nat->core->dp); w++) {
		const struct bw_nat_counters *c = &region->counters[w].nat;

		sum->sessions += c->sessions;
		sum->static_sessions += c->static_sessions;
		sum->peak += c->peak;
		sum->hits += c->hits;
		sum->misses += c->misses;
		sum->expired += c->expired;
		sum->alloc_failures += c->alloc_failures;
		sum->table_full += c->table_full;
		sum->icmp_errors += c->icmp_errors;
		sum->handed_over += c->handed_over;
	}
}

bool nat_sessions_live(const struct nat_table *nat, bool from_static)
{
	struct bw_nat_counters c;

	nat_counters(nat, &c);
	return from_static ? c.static_sessions > 0 : c.sessions > c.static_sessions;
}

void nat_sample(struct nat_table *nat)
{
	struct bw_nat_counters c;

	nat_counters(nat, &c);
	if (c.sessions > nat->peak || (c.sessions > 0 && c.sessions == nat->peak)) {
		nat->peak = c.sessions;
		nat->peak_ms = clock_ms();
	}
}

/*
 * What route-maps match is for lists and interfaces to decide. Rules of a map that now matches
 * otherwise are said again, or taken back.
 */
static void build_maps(struct nat_table *nat)
{
	struct route_map *map;
	struct nat_rule *rule;

	TAILQ_FOREACH (map, &nat->maps.list, entry) {
		if (!route_map_build(map))
			continue;
		TAILQ_FOREACH (rule, &nat->rules, entry) {
			if (rule->map != map)
				continue;
			nat_rule_program(rule);
			dp_say(&nat->core->dp, &rule->obj);
		}
	}
}

static bool nat_settle(void *arg, struct work_budget *)
{
	struct nat_table *nat = arg;
	struct nat_pool_conf *pool, *next;
	struct nat_rule *rule;

	if (nat->aliases_changed)
		nat_aliases_settle(nat);
	if (!nat->changed)
		return false;
	nat->changed = false;
	build_maps(nat);
	for (pool = TAILQ_FIRST(&nat->pools); pool != NULL; pool = next) {
		next = TAILQ_NEXT(pool, entry);
		nat_pool_program(pool);
		pool_unused(pool);
	}
	TAILQ_FOREACH (rule, &nat->rules, entry)
		nat_rule_program(rule);
	return false;
}

/* --- what is watched: nat_settle() looks at all rules again --- */

static void nat_acl_told(void *arg, enum watch_event, void *)
{
	struct nat_table *nat = arg;

	nat->changed = true;
	work_mark(&nat->work);
}

/* Rules may have waited for it, or are to. What else it is does not matter. */
static void nat_iface_told(void *arg, enum watch_event event, void *)
{
	struct nat_table *nat = arg;

	if (event == WATCH_CHANGED)
		return;
	nat->changed = true;
	work_mark(&nat->work);
}

static void mark_aliases(struct nat_table *nat)
{
	nat->aliases_changed = true;
	work_mark(&nat->work);
}

/* On what subnets globals are answered, whether or not they are up. */
static void nat_addr_told(void *arg, enum watch_event event, void *)
{
	if (event == WATCH_CHANGED)
		mark_aliases(arg);
}

static void on_alias_timer(evutil_socket_t, short, void *arg)
{
	mark_aliases(arg);
}

int nat_init(struct nat_table *nat, struct core *core, struct acl_table *acls,
	struct iface_table *ifaces)
{
	memset(nat, 0, sizeof(*nat));
	nat->core = core;
	nat->acls = acls;
	nat->ifaces = ifaces;
	TAILQ_INIT(&nat->pools);
	TAILQ_INIT(&nat->rules);
	memcpy(nat->config.timeout, default_timeout, sizeof(default_timeout));
	route_maps_init(&nat->maps, nat);
	nat->work = (struct work) {
		.name = "NAT",
		.rank = WORK_NAT,
		.run = nat_settle,
		.arg = nat,
	};
	work_add(&core->work, &nat->work);
	nat_host_limits_init(nat);
	nat_aliases_init(nat);
	nat_program_init(nat);
	nat->acl_watch = (struct watch) { .told = nat_acl_told, .arg = nat };
	watch_add(&acls->watches, &nat->acl_watch);
	nat->iface_watch = (struct watch) { .told = nat_iface_told, .arg = nat };
	watch_add(&ifaces->watches, &nat->iface_watch);
	nat->addr_watch = (struct watch) { .told = nat_addr_told, .arg = nat };
	watch_add(&ifaces->addr_watches, &nat->addr_watch);
	nat->alias_timer = evtimer_new(core->base, on_alias_timer, nat);
	return nat->alias_timer != NULL ? 0 : -ENOMEM;
}

void nat_fini(struct nat_table *nat)
{
	struct nat_pool_conf *pool;

	nat_aliases_fini(nat);
	nat_host_limits_fini(nat);
	while (!TAILQ_EMPTY(&nat->rules))
		nat_rule_remove(TAILQ_FIRST(&nat->rules));
	route_maps_fini(&nat->maps);
	while ((pool = TAILQ_FIRST(&nat->pools)) != NULL) {
		dp_forget(&nat->core->dp, &pool->obj);
		TAILQ_REMOVE(&nat->pools, pool, entry);
		free(pool);
	}
	dp_forget(&nat->core->dp, &nat->config_obj);
	if (nat->alias_timer != NULL)
		event_free(nat->alias_timer);
}
