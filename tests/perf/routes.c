/* SPDX-License-Identifier: BSD-3-Clause */
#include "routes.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

/* Per 10,000 routes of the global table, as it has looked for some years. */
static const struct {
	uint8_t plen;
	uint16_t share;
} mix[] = {
	{ 24, 6000 },
	{ 23, 1000 },
	{ 22, 1150 },
	{ 21, 520 },
	{ 20, 500 },
	{ 19, 300 },
	{ 18, 160 },
	{ 17, 100 },
	{ 16, 150 },
	{ 15, 45 },
	{ 14, 30 },
	{ 13, 20 },
	{ 12, 15 },
	{ 11, 10 },
};

/* Open addressing; a route is never 0, for its length is not. */
struct set {
	uint64_t *slot;
	uint64_t mask;
};

static uint64_t next_random(uint64_t *x)
{
	*x ^= *x << 13;
	*x ^= *x >> 7;
	*x ^= *x << 17;
	return *x * 0x2545f4914f6cdd1dull;
}

static bool set_add(struct set *s, const struct perf_route *r)
{
	const uint64_t key = (uint64_t)r->prefix << 8 | r->plen;
	uint64_t i = key * 0x9e3779b97f4a7c15ull >> 20 & s->mask;

	while (s->slot[i] != 0) {
		if (s->slot[i] == key)
			return false;
		i = (i + 1) & s->mask;
	}
	s->slot[i] = key;
	return true;
}

static uint8_t pick_plen(uint64_t *x)
{
	unsigned v = (unsigned)(next_random(x) >> 32) % 10000;

	for (unsigned i = 0; i < sizeof(mix) / sizeof(mix[0]); i++) {
		if (v < mix[i].share)
			return mix[i].plen;
		v -= mix[i].share;
	}
	return mix[0].plen;
}

static bool usable(uint32_t prefix)
{
	uint32_t first = prefix >> 24;

	return first != 0 && first != 10 && first != 127 && first < 224;
}

static struct perf_route pick_route(uint64_t *x)
{
	struct perf_route r = { .plen = pick_plen(x) };

	do
		r.prefix = (uint32_t)(next_random(x) >> 32) & ~(UINT32_MAX >> r.plen);
	while (!usable(r.prefix));
	return r;
}

struct perf_route *routes_make(uint32_t n, uint64_t seed)
{
	struct perf_route *routes;
	struct set set = { .mask = 1 };
	uint64_t x = seed * 2 + 1; /* never 0, where xorshift stays for ever */

	if (n == 0 || n > ROUTES_MAX) {
		errno = EINVAL;
		return NULL;
	}
	while (set.mask < 2ull * n)
		set.mask *= 2;
	set.slot = calloc(set.mask, sizeof(*set.slot));
	set.mask--;
	routes = malloc(n * sizeof(*routes));
	if (set.slot && routes) {
		for (uint32_t i = 0; i < n;) {
			routes[i] = pick_route(&x);
			i += set_add(&set, &routes[i]);
		}
	} else {
		free(routes);
		routes = NULL;
		errno = ENOMEM;
	}
	free(set.slot);
	return routes;
}

uint32_t routes_address(const struct perf_route *r, uint32_t salt)
{
	uint64_t x = ((uint64_t)r->prefix << 32 | salt) * 2 + 1;
	uint32_t host = (uint32_t)(next_random(&x) >> 32) & (UINT32_MAX >> r->plen);

	/* neither the first nor the last address, which may be broadcasts */
	if (host == 0)
		host = 1;
	if (host == UINT32_MAX >> r->plen)
		host--;
	return r->prefix | host;
}
