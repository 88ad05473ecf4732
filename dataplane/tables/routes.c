/* SPDX-License-Identifier: BSD-3-Clause */
#include "tables/routes.h"

#include <errno.h>
#include <stdlib.h>

#define INITIAL_SLOTS 1024

static uint32_t hash(uint16_t vrf, uint32_t prefix, uint8_t plen)
{
	uint64_t x = ((uint64_t)vrf << 40 | (uint64_t)plen << 32 | prefix) * 0x9e3779b97f4a7c15u;

	return x >> 32 ^ x >> 17;
}

static struct route *new_slots(uint32_t n)
{
	struct route *slot = malloc(n * sizeof(*slot));

	for (uint32_t i = 0; slot && i < n; i++)
		slot[i].plen = ROUTE_EMPTY;
	return slot;
}

int routes_init(struct routes *r)
{
	r->slot = new_slots(INITIAL_SLOTS);
	r->mask = INITIAL_SLOTS - 1;
	r->used = 0;
	return r->slot ? 0 : -ENOMEM;
}

void routes_free(struct routes *r)
{
	free(r->slot);
	r->slot = NULL;
}

/* The slot that holds the route, or the free one where it belongs. */
static struct route *probe(const struct routes *r, uint16_t vrf, uint32_t prefix, uint8_t plen)
{
	for (uint32_t i = hash(vrf, prefix, plen);; i++) {
		struct route *s = &r->slot[i & r->mask];

		if (s->plen == ROUTE_EMPTY ||
			(s->prefix == prefix && s->plen == plen && s->vrf == vrf))
			return s;
	}
}

struct route *routes_find(const struct routes *r, uint16_t vrf, uint32_t prefix, uint8_t plen)
{
	struct route *s = probe(r, vrf, prefix, plen);

	return s->plen == ROUTE_EMPTY ? NULL : s;
}

static int grow(struct routes *r)
{
	struct routes bigger = { .mask = r->mask * 2 + 1, .used = r->used };

	bigger.slot = new_slots(bigger.mask + 1);
	if (!bigger.slot)
		return -ENOMEM;
	for (uint32_t i = 0; i <= r->mask; i++) {
		const struct route *s = &r->slot[i];

		if (s->plen != ROUTE_EMPTY)
			*probe(&bigger, s->vrf, s->prefix, s->plen) = *s;
	}
	free(r->slot);
	*r = bigger;
	return 0;
}

struct route *routes_add(struct routes *r, uint16_t vrf, uint32_t prefix, uint8_t plen)
{
	struct route *s;

	if ((uint64_t)(r->used + 1) * 3 > (uint64_t)r->mask * 2 && grow(r) < 0)
		return NULL;
	s = probe(r, vrf, prefix, plen);
	*s = (struct route) { .vrf = vrf, .prefix = prefix, .plen = plen };
	r->used++;
	return s;
}

/* Close the gap, so that no tombstones are needed: move back what may stand in it. */
void routes_remove(struct routes *r, struct route *route)
{
	uint32_t gap = route - r->slot;

	for (uint32_t i = gap + 1;; i++) {
		struct route *s = &r->slot[i & r->mask];
		uint32_t home;

		if (s->plen == ROUTE_EMPTY)
			break;
		home = hash(s->vrf, s->prefix, s->plen);
		if (((i - home) & r->mask) >= ((i - gap) & r->mask)) {
			r->slot[gap & r->mask] = *s;
			gap = i;
		}
	}
	r->slot[gap & r->mask].plen = ROUTE_EMPTY;
	r->used--;
}
