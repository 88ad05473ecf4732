/* SPDX-License-Identifier: BSD-3-Clause */
#include "nat/rules.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>

enum { BY_LOCAL, BY_GLOBAL };

static uint32_t mask_of(unsigned plen)
{
	return plen ? htonl(~0u << (32 - plen)) : 0;
}

static uint32_t hash(
	const struct nat_rules *r, uint32_t addr, uint16_t port, uint8_t proto, uint8_t plen)
{
	uint64_t v = addr | (uint64_t)port << 32 | (uint64_t)proto << 48 | (uint64_t)plen << 56;

	return nat_hash64(r->seeds, v) & r->head_mask;
}

struct nat_rules *nat_rules_create(
	const struct nat_seeds *seeds, uint32_t max_statics, uint32_t max_dynamics)
{
	struct nat_rules *r = calloc(1, sizeof(*r));
	uint32_t heads = 16;

	if (!r)
		return NULL;
	while (heads < 2 * max_statics)
		heads *= 2;
	r->seeds = seeds;
	r->head_mask = heads - 1;
	r->statics = calloc(max_statics + 1, sizeof(*r->statics));
	r->dynamics = calloc(max_dynamics + 1, sizeof(*r->dynamics));
	r->head[BY_LOCAL] = calloc(heads, sizeof(uint32_t));
	r->head[BY_GLOBAL] = calloc(heads, sizeof(uint32_t));
	if (!r->statics || !r->dynamics || !r->head[BY_LOCAL] || !r->head[BY_GLOBAL]) {
		nat_rules_destroy(r);
		return NULL;
	}
	return r;
}

void nat_rules_destroy(struct nat_rules *r)
{
	if (!r)
		return;
	for (uint32_t i = 0; r->dynamics && i < r->n_dynamics; i++)
		free(r->dynamics[i].map);
	free(r->statics);
	free(r->dynamics);
	free(r->head[BY_LOCAL]);
	free(r->head[BY_GLOBAL]);
	free(r->globals);
	free(r->limits);
	free(r);
}

static void add_plen(struct nat_rules *r, uint8_t plen)
{
	unsigned at;

	for (at = 0; at < r->n_plens && r->plens[at] > plen; at++)
		;
	if (at < r->n_plens && r->plens[at] == plen)
		return;
	for (unsigned i = r->n_plens++; i > at; i--)
		r->plens[i] = r->plens[i - 1];
	r->plens[at] = plen;
}

void nat_rules_add_static(struct nat_rules *r, const struct nat_static *st)
{
	struct nat_static *s = &r->statics[++r->n_statics];

	*s = *st;
	s->local &= mask_of(s->plen);
	s->global &= mask_of(s->plen);
	if (s->plen < 32)
		add_plen(r, s->plen);
	else if (s->proto)
		r->has_ports = true;
	else
		r->has_whole = true;
}

void nat_rules_add_dynamic(struct nat_rules *r, const struct nat_dynamic *dyn)
{
	r->dynamics[r->n_dynamics++] = *dyn;
}

/* Chains with the lowest rule id first. */
static void link_statics(struct nat_rules *r)
{
	for (uint32_t i = r->n_statics; i > 0; i--) {
		struct nat_static *s = &r->statics[i];
		uint32_t *by_local, *by_global;

		by_local = &r->head[BY_LOCAL][hash(r, s->local, s->local_port, s->proto, s->plen)];
		by_global =
			&r->head[BY_GLOBAL][hash(r, s->global, s->global_port, s->proto, s->plen)];
		s->next[BY_LOCAL] = *by_local;
		*by_local = i;
		s->next[BY_GLOBAL] = *by_global;
		*by_global = i;
	}
}

static int compare_ranges(const void *a, const void *b)
{
	const struct nat_global_range *x = a, *y = b;

	return (x->first > y->first) - (x->first < y->first);
}

static int collect_globals(struct nat_rules *r)
{
	uint32_t n = r->n_statics, i, k = 0;
	struct nat_global_range *g;

	for (i = 0; i < r->n_dynamics; i++)
		n += r->dynamics[i].pool->n_ranges;
	g = calloc(n + 1, sizeof(*g));
	if (!g)
		return -ENOMEM;
	for (i = 1; i <= r->n_statics; i++) {
		g[k].first = ntohl(r->statics[i].global);
		g[k++].last = ntohl(r->statics[i].global | ~mask_of(r->statics[i].plen));
	}
	for (i = 0; i < r->n_dynamics; i++) {
		const struct nat_pool *pool = r->dynamics[i].pool;

		for (uint32_t j = 0; j < pool->n_ranges; j++) {
			g[k].first = pool->range[j].first;
			g[k++].last = pool->range[j].first + pool->range[j].count - 1;
		}
	}
	qsort(g, n, sizeof(*g), compare_ranges);
	for (i = 0, k = 0; i < n; i++) {
		if (k > 0 && g[i].first <= g[k - 1].last)
			g[k - 1].last = g[i].last > g[k - 1].last ? g[i].last : g[k - 1].last;
		else
			g[k++] = g[i];
	}
	r->globals = g;
	r->n_globals = k;
	return 0;
}

int nat_rules_finish(struct nat_rules *r)
{
	link_statics(r);
	return collect_globals(r);
}

int nat_limit_compare(const void *a, const void *b)
{
	const struct bw_nat_limit *x = a, *y = b;

	if (x->vrf != y->vrf)
		return x->vrf < y->vrf ? -1 : 1;
	return (x->addr > y->addr) - (x->addr < y->addr);
}

uint32_t nat_rules_host_limit(const struct nat_rules *r, uint32_t local, uint8_t vrf)
{
	const struct bw_nat_limit key = { .addr = local, .vrf = vrf }, *own = NULL;

	if (r->n_limits)
		own = bsearch(&key, r->limits, r->n_limits, sizeof(key), nat_limit_compare);
	return own ? own->max : r->config.max_per_host;
}

/* The first static rule of that key. A rule of any VRF will do if any_vrf. */
static const struct nat_static *find(const struct nat_rules *r, int by, uint32_t addr,
	uint16_t port, uint8_t proto, uint8_t plen, bool any_vrf, uint8_t vrf)
{
	for (uint32_t i = r->head[by][hash(r, addr, port, proto, plen)]; i;
		i = r->statics[i].next[by]) {
		const struct nat_static *s = &r->statics[i];

		if ((by == BY_LOCAL ? s->local : s->global) == addr &&
			(by == BY_LOCAL ? s->local_port : s->global_port) == port &&
			s->proto == proto && s->plen == plen && (any_vrf || s->vrf == vrf))
			return s;
	}
	return NULL;
}

/* By port, then whole address, then the longest network. */
static const struct nat_static *find_best(const struct nat_rules *r, int by, uint32_t addr,
	uint16_t port, uint8_t proto, bool any_vrf, uint8_t vrf)
{
	const struct nat_static *s = NULL;

	if (r->has_ports && (proto == IPPROTO_TCP || proto == IPPROTO_UDP))
		s = find(r, by, addr, port, proto, 32, any_vrf, vrf);
	if (!s && r->has_whole)
		s = find(r, by, addr, 0, 0, 32, any_vrf, vrf);
	for (unsigned i = 0; !s && i < r->n_plens; i++)
		s = find(r, by, addr & mask_of(r->plens[i]), 0, 0, r->plens[i], any_vrf, vrf);
	return s;
}

bool nat_rules_static_out(const struct nat_rules *r, uint8_t vrf, uint8_t proto, uint32_t local,
	uint16_t local_port, struct nat_mapping *m)
{
	const struct nat_static *s;

	if (r->n_statics == 0)
		return false;
	s = find_best(r, BY_LOCAL, local, local_port, proto, false, vrf);
	if (!s)
		return false;
	m->local = local;
	m->local_port = local_port;
	m->global = s->global | (local & ~mask_of(s->plen));
	m->global_port = s->proto ? s->global_port : local_port;
	m->rule_id = s->rule_id;
	return true;
}

bool nat_rules_static_in(const struct nat_rules *r, uint8_t *vrf, uint8_t proto, uint32_t global,
	uint16_t global_port, struct nat_mapping *m)
{
	const struct nat_static *s;

	if (r->n_statics == 0)
		return false;
	/* the global table's outside serves the rules of all VRFs, a VRF's its own */
	s = find_best(r, BY_GLOBAL, global, global_port, proto, *vrf == 0, *vrf);
	if (!s)
		return false;
	m->global = global;
	m->global_port = global_port;
	m->local = s->local | (global & ~mask_of(s->plen));
	m->local_port = s->proto ? s->local_port : global_port;
	m->rule_id = s->rule_id;
	*vrf = s->vrf;
	return true;
}

bool nat_rules_port_claimed(
	const struct nat_rules *r, uint8_t proto, uint32_t global, uint16_t global_port)
{
	return r->has_ports && (proto == IPPROTO_TCP || proto == IPPROTO_UDP) &&
	       find(r, BY_GLOBAL, global, global_port, proto, 32, true, 0);
}

bool nat_rules_addr_claimed(const struct nat_rules *r, uint32_t global)
{
	if (r->has_whole && find(r, BY_GLOBAL, global, 0, 0, 32, true, 0))
		return true;
	for (unsigned i = 0; i < r->n_plens; i++)
		if (find(r, BY_GLOBAL, global & mask_of(r->plens[i]), 0, 0, r->plens[i], true, 0))
			return true;
	return false;
}

bool nat_rules_is_global(const struct nat_rules *r, uint32_t addr)
{
	uint32_t a = ntohl(addr), low = 0, high = r->n_globals, mid;

	while (low < high) {
		mid = (low + high) / 2;
		if (a < r->globals[mid].first)
			high = mid;
		else if (a > r->globals[mid].last)
			low = mid + 1;
		else
			return true;
	}
	return false;
}
