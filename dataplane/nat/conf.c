/* SPDX-License-Identifier: BSD-3-Clause */
#include "nat/conf.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const struct bw_nat_config default_config = {
	.timeout = {
		[BW_NAT_TMO_DYNAMIC] = 86400,
		[BW_NAT_TMO_TCP] = 86400,
		[BW_NAT_TMO_UDP] = 300,
		[BW_NAT_TMO_DNS] = 60,
		[BW_NAT_TMO_ICMP] = 60,
		[BW_NAT_TMO_FINRST] = 60,
		[BW_NAT_TMO_SYN] = 60,
		[BW_NAT_TMO_PPTP] = 86400,
	},
};

void nat_conf_init(struct nat_conf *c, const struct nat_seeds *seeds)
{
	memset(c, 0, sizeof(*c));
	c->seeds = seeds;
	c->config = default_config;
	c->dirty = true;
}

void nat_conf_fini(struct nat_conf *c)
{
	nat_conf_forget(c);
	for (uint32_t i = 0; i < c->n_rules; i++)
		nat_pool_destroy(c->rule[i].own);
	for (uint32_t i = 0; i < c->n_pools; i++)
		nat_pool_destroy(c->pool[i].built);
	free(c->rule);
	free(c->pool);
	free(c->stale);
	free(c->retired);
	free(c->limit);
	memset(c, 0, sizeof(*c));
}

/* Room for n elements; 0 or -ENOMEM. */
static int grow(void **array, uint32_t *size, uint32_t n, size_t element)
{
	uint32_t want = *size ? *size : 16;
	void *p;

	if (n <= *size)
		return 0;
	while (want < n)
		want *= 2;
	p = realloc(*array, want * element);
	if (!p)
		return -ENOMEM;
	*array = p;
	*size = want;
	return 0;
}

/* Where rule_id is, or would be. */
static uint32_t rule_at(const struct nat_conf *c, uint32_t rule_id)
{
	uint32_t low = 0, high = c->n_rules, mid;

	/* control numbers upwards */
	if (high > 0 && c->rule[high - 1].rule.rule_id < rule_id)
		return high;
	while (low < high) {
		mid = (low + high) / 2;
		if (c->rule[mid].rule.rule_id < rule_id)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static uint32_t pool_at(const struct nat_conf *c, uint32_t pool_id)
{
	uint32_t i;

	for (i = 0; i < c->n_pools && c->pool[i].id < pool_id; i++)
		;
	return i;
}

static struct nat_conf_rule *find_rule(const struct nat_conf *c, uint32_t id)
{
	uint32_t at = rule_at(c, id);

	return at < c->n_rules && c->rule[at].rule.rule_id == id ? &c->rule[at] : NULL;
}

static struct nat_conf_pool *find_pool(const struct nat_conf *c, uint32_t id)
{
	uint32_t at = pool_at(c, id);

	return at < c->n_pools && c->pool[at].id == id ? &c->pool[at] : NULL;
}

const struct nat_conf_rule *nat_conf_rule(const struct nat_conf *c, uint32_t rule_id)
{
	return find_rule(c, rule_id);
}

const struct nat_conf_pool *nat_conf_pool(const struct nat_conf *c, uint32_t pool_id)
{
	return find_pool(c, pool_id);
}

/* Room in stale[] and retired[] for one more rule that goes. */
static int reserve(struct nat_conf *c, uint32_t n)
{
	int err = grow((void **)&c->stale, &c->stale_size, c->n_stale + n, sizeof(*c->stale));

	return err ? err
		   : grow((void **)&c->retired, &c->retired_size, c->n_retired + n,
			     sizeof(*c->retired));
}

static void retire(struct nat_conf *c, struct nat_pool **pool)
{
	if (*pool)
		c->retired[c->n_retired++] = *pool;
	*pool = NULL;
}

static void make_stale(struct nat_conf *c, struct nat_conf_rule *r)
{
	c->stale[c->n_stale++] = r->rule.rule_id;
	retire(c, &r->own);
}

static bool map_is_sound(const struct bw_nat_map *map)
{
	if (map->n == 0 || map->n > BW_NAT_MATCHES)
		return false;
	for (unsigned i = 0; i < map->n; i++)
		if (map->match[i].acl_id >= BW_MAX_ACLS || map->match[i].out_if >= BW_MAX_IFS)
			return false;
	return true;
}

static bool rule_is_sound(const struct bw_nat_rule *r)
{
	bool if_addr = r->flags & BW_NAT_F_IF_ADDR;

	if (r->rule_id == 0 || r->vrf >= BW_MAX_VRFS)
		return false;
	if (if_addr && (r->if_id == 0 || r->if_id >= BW_MAX_IFS))
		return false;
	switch (r->kind) {
	case BW_NAT_STATIC:
		if (r->proto && ((r->proto != IPPROTO_TCP && r->proto != IPPROTO_UDP) ||
					r->local_port == 0 || r->global_port == 0))
			return false;
		return r->local && (r->global || if_addr);
	case BW_NAT_NETWORK:
		return r->plen >= 1 && r->plen <= 32 && r->local && r->global && !if_addr;
	case BW_NAT_DYNAMIC:
		return (r->acl_id ? r->acl_id < BW_MAX_ACLS : map_is_sound(&r->map)) &&
		       (if_addr || r->pool_id);
	default:
		return false;
	}
}

int nat_conf_rule_set(struct nat_conf *c, const struct bw_nat_rule *rule)
{
	uint32_t at = rule_at(c, rule->rule_id);
	struct nat_conf_rule *r = find_rule(c, rule->rule_id);
	int err;

	if (!rule_is_sound(rule))
		return -EINVAL;
	if (r && memcmp(&r->rule, rule, sizeof(*rule)) == 0) {
		r->epoch = c->epoch;
		return 0;
	}
	err = r ? reserve(c, 1)
		: grow((void **)&c->rule, &c->rules_size, c->n_rules + 1, sizeof(*c->rule));
	if (err)
		return err;
	if (r) {
		make_stale(c, r);
		c->n_if_rules -= !!(r->rule.flags & BW_NAT_F_IF_ADDR);
	} else {
		r = &c->rule[at];
		memmove(r + 1, r, (c->n_rules++ - at) * sizeof(*r));
	}
	*r = (struct nat_conf_rule) { .rule = *rule, .epoch = c->epoch };
	c->n_if_rules += !!(rule->flags & BW_NAT_F_IF_ADDR);
	c->dirty = true;
	return 0;
}

int nat_conf_rule_del(struct nat_conf *c, uint32_t rule_id)
{
	struct nat_conf_rule *r = find_rule(c, rule_id);
	int err;

	if (!r)
		return -ENOENT;
	err = reserve(c, 1);
	if (err)
		return err;
	make_stale(c, r);
	c->n_if_rules -= !!(r->rule.flags & BW_NAT_F_IF_ADDR);
	memmove(r, r + 1, (&c->rule[--c->n_rules] - r) * sizeof(*r));
	c->dirty = true;
	return 0;
}

/* A pool is another, or gone: so are the sessions of the rules that use it. */
static int pool_changed(struct nat_conf *c, struct nat_conf_pool *p)
{
	int err = reserve(c, c->n_rules + 1);

	if (err)
		return err;
	for (uint32_t i = 0; p->built && i < c->n_rules; i++)
		if (c->rule[i].rule.kind == BW_NAT_DYNAMIC && c->rule[i].rule.pool_id == p->id)
			make_stale(c, &c->rule[i]);
	retire(c, &p->built);
	c->dirty = true;
	return 0;
}

/* Check the ranges by making the pool. */
static int ranges_are_sound(const struct nat_conf *c, const struct nat_conf_pool *p)
{
	struct nat_pool *pool = nat_pool_create(c->seeds, p->range, p->n_ranges, "");

	if (!pool)
		return -errno;
	nat_pool_destroy(pool);
	return 0;
}

static uint32_t range_at(const struct nat_conf_pool *p, uint16_t range)
{
	uint32_t i;

	for (i = 0; i < p->n_ranges && p->range[i].range < range; i++)
		;
	return i;
}

/* The pool with one range set; -EALREADY if it is so. */
static int set_range(struct nat_conf_pool *p, const struct bw_nat_pool *conf, uint32_t epoch)
{
	uint32_t i = range_at(p, conf->range);
	bool there = i < p->n_ranges && p->range[i].range == conf->range;
	bool shorter = conf->flags & BW_NAT_POOL_F_LAST && i + there < p->n_ranges;

	if (shorter)
		p->n_ranges = i + there;
	if (there) {
		p->epoch[i] = epoch;
		if (memcmp(&p->range[i], conf, sizeof(*conf)) == 0)
			return shorter ? 0 : -EALREADY;
	} else {
		if (p->n_ranges == BW_NAT_POOL_RANGES)
			return -ENOSPC;
		memmove(&p->range[i + 1], &p->range[i], (p->n_ranges - i) * sizeof(p->range[0]));
		memmove(&p->epoch[i + 1], &p->epoch[i], (p->n_ranges - i) * sizeof(p->epoch[0]));
		p->n_ranges++;
	}
	p->range[i] = *conf;
	p->epoch[i] = epoch;
	return 0;
}

int nat_conf_pool_set(struct nat_conf *c, const struct bw_nat_pool *conf)
{
	uint32_t at = pool_at(c, conf->pool_id);
	struct nat_conf_pool *p = find_pool(c, conf->pool_id), next = { .id = conf->pool_id };
	int err;

	if (conf->pool_id == 0)
		return -EINVAL;
	if (p)
		next = *p;
	err = set_range(&next, conf, c->epoch);
	if (err == -EALREADY) {
		*p = next;
		return 0;
	}
	if (err == 0)
		err = ranges_are_sound(c, &next);
	if (err == 0)
		err = p ? pool_changed(c, p)
			: grow((void **)&c->pool, &c->pools_size, c->n_pools + 1, sizeof(*p));
	if (err)
		return err;
	if (!p) {
		p = &c->pool[at];
		memmove(p + 1, p, (c->n_pools++ - at) * sizeof(*p));
	}
	next.built = NULL;
	*p = next;
	c->dirty = true;
	return 0;
}

int nat_conf_pool_del(struct nat_conf *c, uint32_t pool_id)
{
	struct nat_conf_pool *p = find_pool(c, pool_id);
	int err;

	if (!p)
		return -ENOENT;
	err = pool_changed(c, p);
	if (err)
		return err;
	memmove(p, p + 1, (&c->pool[--c->n_pools] - p) * sizeof(*p));
	return 0;
}

int nat_conf_config_set(struct nat_conf *c, const struct bw_nat_config *config)
{
	for (unsigned i = 0; i < BW_NAT_TMO_MAX; i++)
		if (config->timeout[i] == 0)
			return -EINVAL;
	if (memcmp(&c->config, config, sizeof(*config)) == 0)
		return 0;
	c->config = *config;
	c->config_generation++;
	c->dirty = true;
	return 0;
}

void nat_conf_sync_begin(struct nat_conf *c)
{
	c->epoch++;
}

/* Drop the pool's ranges that were not set again. */
static int sweep_pool(struct nat_conf *c, struct nat_conf_pool *p)
{
	uint32_t n = 0;
	int err;

	for (uint32_t i = 0; i < p->n_ranges; i++)
		n += p->epoch[i] == c->epoch;
	if (n == p->n_ranges)
		return 0;
	if (n == 0)
		return nat_conf_pool_del(c, p->id);
	err = pool_changed(c, p);
	if (err)
		return err;
	n = 0;
	for (uint32_t i = 0; i < p->n_ranges; i++) {
		if (p->epoch[i] != c->epoch)
			continue;
		p->range[n] = p->range[i];
		p->epoch[n++] = c->epoch;
	}
	p->n_ranges = n;
	return 0;
}

int nat_conf_sync_end(struct nat_conf *c)
{
	int err = 0;

	nat_conf_limits_sweep(c);
	for (uint32_t i = c->n_rules; err == 0 && i > 0; i--)
		if (c->rule[i - 1].epoch != c->epoch)
			err = nat_conf_rule_del(c, c->rule[i - 1].rule.rule_id);
	for (uint32_t i = c->n_pools; err == 0 && i > 0; i--)
		err = sweep_pool(c, &c->pool[i - 1]);
	return err;
}

bool nat_conf_is_dirty(const struct nat_conf *c, nat_if_addr if_addr, const void *arg)
{
	if (c->dirty)
		return true;
	for (uint32_t i = 0; c->n_if_rules && i < c->n_rules; i++) {
		const struct nat_conf_rule *r = &c->rule[i];

		if (r->rule.flags & BW_NAT_F_IF_ADDR &&
			r->if_addr != if_addr(arg, r->rule.if_id, NULL))
			return true;
	}
	return false;
}

static void add_static(struct nat_rules *out, const struct nat_conf_rule *r)
{
	struct nat_static s = {
		.local = r->rule.local,
		.global = r->rule.flags & BW_NAT_F_IF_ADDR ? r->if_addr : r->rule.global,
		.proto = r->rule.kind == BW_NAT_STATIC ? r->rule.proto : 0,
		.plen = r->rule.kind == BW_NAT_STATIC ? 32 : r->rule.plen,
		.vrf = r->rule.vrf,
		.rule_id = r->rule.rule_id,
	};

	if (s.global == 0)
		return;
	if (s.proto) {
		s.local_port = htons(r->rule.local_port);
		s.global_port = htons(r->rule.global_port);
	}
	nat_rules_add_static(out, &s);
}

/* The pool of an interface's address. */
static int make_own(struct nat_conf *c, struct nat_conf_rule *r, const char *name)
{
	struct bw_nat_pool conf = { .plen = 32, .start = r->if_addr, .end = r->if_addr };

	if (r->own || r->if_addr == 0)
		return 0;
	r->own = nat_pool_create(c->seeds, &conf, 1, name ? name : "");
	return r->own ? 0 : -ENOMEM;
}

/* NULL with errno 0: the rule has none. */
static struct bw_nat_map *copy_map(const struct bw_nat_rule *rule)
{
	struct bw_nat_map *map;

	errno = 0;
	if (rule->acl_id)
		return NULL;
	map = malloc(sizeof(*map));
	if (map)
		*map = rule->map;
	return map;
}

static int add_dynamic(
	struct nat_rules *out, const struct nat_conf *c, const struct nat_conf_rule *r)
{
	const struct nat_conf_pool *p = find_pool(c, r->rule.pool_id);
	struct nat_dynamic d = {
		.rule_id = r->rule.rule_id,
		.acl_id = r->rule.acl_id,
		.vrf = r->rule.vrf,
		.overload = r->rule.flags & BW_NAT_F_OVERLOAD,
		.pool = r->rule.flags & BW_NAT_F_IF_ADDR ? r->own
			: p				 ? p->built
							 : NULL,
	};

	if (!d.pool)
		return 0;
	d.map = copy_map(&r->rule);
	if (!d.map && errno)
		return -errno;
	nat_rules_add_dynamic(out, &d);
	return 0;
}

/* Take the interface's address of today. */
static int update_if(
	struct nat_conf *c, struct nat_conf_rule *r, nat_if_addr if_addr, const void *arg)
{
	const char *name = NULL;
	bw_ip4 addr = if_addr(arg, r->rule.if_id, &name);

	if (addr != r->if_addr) {
		make_stale(c, r);
		r->if_addr = addr;
	}
	return r->rule.kind == BW_NAT_DYNAMIC ? make_own(c, r, name) : 0;
}

static int make_pools(struct nat_conf *c)
{
	for (uint32_t i = 0; i < c->n_pools; i++) {
		struct nat_conf_pool *p = &c->pool[i];

		if (!p->built)
			p->built =
				nat_pool_create(c->seeds, p->range, p->n_ranges, p->range[0].name);
		if (!p->built)
			return -ENOMEM;
	}
	return 0;
}

static int compare_ids(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

struct nat_rules *nat_conf_build(struct nat_conf *c, nat_if_addr if_addr, const void *arg)
{
	struct nat_rules *out = nat_rules_create(c->seeds, c->n_rules, c->n_rules);
	int err = out ? reserve(c, c->n_if_rules) : -ENOMEM;

	if (err == 0)
		err = make_pools(c);
	for (uint32_t i = 0; err == 0 && i < c->n_rules; i++) {
		struct nat_conf_rule *r = &c->rule[i];

		if (r->rule.flags & BW_NAT_F_IF_ADDR)
			err = update_if(c, r, if_addr, arg);
		if (err)
			break;
		if (r->rule.kind == BW_NAT_DYNAMIC)
			err = add_dynamic(out, c, r);
		else
			add_static(out, r);
	}
	if (err == 0)
		err = nat_conf_limits_copy(c, out);
	if (err == 0)
		err = nat_rules_finish(out);
	if (err) {
		nat_rules_destroy(out);
		c->dirty = true;
		return NULL;
	}
	out->config = c->config;
	out->generation = ++c->generation;
	out->config_generation = c->config_generation;
	if (c->n_stale)
		qsort(c->stale, c->n_stale, sizeof(*c->stale), compare_ids);
	c->dirty = false;
	return out;
}

void nat_conf_forget(struct nat_conf *c)
{
	for (uint32_t i = 0; i < c->n_retired; i++)
		nat_pool_destroy(c->retired[i]);
	c->n_retired = 0;
	c->n_stale = 0;
}

bool nat_conf_is_stale(const struct nat_conf *c, uint32_t rule_id)
{
	return c->n_stale &&
	       bsearch(&rule_id, c->stale, c->n_stale, sizeof(*c->stale), compare_ids);
}
