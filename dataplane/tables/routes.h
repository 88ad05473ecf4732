/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The routes themselves: a hash of (VRF, prefix, length), from which the trie
 * finds what a deleted route was hiding, and a resync what is stale.
 * One writer, no concurrent readers.
 */
#ifndef DATAPLANE_TABLES_ROUTES_H
#define DATAPLANE_TABLES_ROUTES_H

#include <stddef.h>
#include <stdint.h>

struct route {
	uint32_t prefix; /* host byte order */
	uint32_t adj;
	uint16_t vrf;
	uint8_t plen;
	uint8_t epoch;
};

struct routes {
	struct route *slot; /* plen ROUTE_EMPTY: free */
	uint32_t mask;
	uint32_t used;
};

#define ROUTE_EMPTY 0xff

/* 0 or -ENOMEM. */
int routes_init(struct routes *r);
void routes_free(struct routes *r);

/* The route, or NULL. Valid until the next change. */
struct route *routes_find(const struct routes *r, uint16_t vrf, uint32_t prefix, uint8_t plen);

/* A new route, which must not be there yet; NULL if there is no memory. */
struct route *routes_add(struct routes *r, uint16_t vrf, uint32_t prefix, uint8_t plen);

/* Remove a route that routes_find() returned. */
void routes_remove(struct routes *r, struct route *route);

#endif
