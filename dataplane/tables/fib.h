/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The forwarding table of one VRF: longest prefix match over a multibit trie.
 *
 * The root takes 8 bits of the address while the table is small and 16 once it
 * has grown; below it a node takes 8 bits down to /24 and 4 bits from there on
 * (a node of one cache line). An entry is a word: an adjacency id, or with the
 * top bit set the place of a child. Prefixes are pushed down to the entries
 * they cover, so a lookup is at most five loads and usually one to three.
 *
 * Written by one thread, read by any number at the same time: entries change
 * by single stores, new nodes are filled before they are linked, and old ones
 * are freed through the callback given to fib_pool_create().
 */
#ifndef DATAPLANE_TABLES_FIB_H
#define DATAPLANE_TABLES_FIB_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FIB_CHILD      0x80000000u /* entry: the rest is a node's place, in units */
#define FIB_UNIT       16	   /* words; one cache line */
#define FIB_MAX_ROUTES (16u << 20)

struct fib_pool;

/* The top node. Replaced whole when the table grows. */
struct fib_root {
	_Alignas(64) uint32_t shift; /* 24: 8 bits, 16: 16 bits */
	_Alignas(64) _Atomic uint32_t entry[];
};

struct fib {
	struct fib_root *_Atomic root;
	const _Atomic uint32_t *nodes; /* the pool's memory, which never moves */
	struct fib_pool *pool;
	uint32_t none; /* what an address without a route gives */
	uint32_t n_routes;
	uint32_t routes_of_len[33];
	uint16_t vrf;
};

/* Calls fn(arg, value) once no reader can hold what it frees. */
typedef void (*fib_retire)(
	void *ctx, void (*fn)(void *arg, uint64_t value), void *arg, uint64_t value);

/* The memory of all VRFs' tries and their routes. NULL if there is none. */
struct fib_pool *fib_pool_create(fib_retire retire, void *ctx);

/* Frees at once; all its tables must be gone. */
void fib_pool_destroy(struct fib_pool *pool);

/* Bytes taken: nodes, roots and the routes themselves. */
size_t fib_pool_memory(const struct fib_pool *pool);

/* An empty table whose addresses all give adjacency `none`. NULL if there is no memory. */
struct fib *fib_create(struct fib_pool *pool, uint16_t vrf, uint32_t none);

/* Removes its routes and frees it at once: no reader may be left. */
void fib_destroy(struct fib *fib);

/*
 * Set or replace the route prefix/plen (host byte order, host bits zero), stamped with `epoch`.
 * 0, -EINVAL, -ENOMEM. *old: the adjacency it had, or UINT32_MAX for a new route.
 */
int fib_set(
	struct fib *fib, uint32_t prefix, uint8_t plen, uint32_t adj, uint8_t epoch, uint32_t *old);

/* Remove a route; -ENOENT if it is not there. *old: its adjacency. */
int fib_del(struct fib *fib, uint32_t prefix, uint8_t plen, uint32_t *old);

/* The adjacency of exactly this route; -ENOENT. */
int fib_get(const struct fib *fib, uint32_t prefix, uint8_t plen, uint32_t *adj);

/* The adjacency of the longest route that covers prefix/plen and is shorter; else the table's
 * `none`.
 */
uint32_t fib_cover(const struct fib *fib, uint32_t prefix, uint8_t plen);

/* The adjacency id for an address (host byte order). */
static inline uint32_t fib_lookup(const struct fib *fib, uint32_t addr)
{
	const struct fib_root *root = atomic_load_explicit(&fib->root, memory_order_acquire);
	uint32_t shift = root->shift;
	uint32_t e = atomic_load_explicit(&root->entry[addr >> shift], memory_order_relaxed);

	while (e & FIB_CHILD) {
		const _Atomic uint32_t *node = fib->nodes + (size_t)(e & ~FIB_CHILD) * FIB_UNIT;

		shift -= shift > 8 ? 8 : 4;
		e = atomic_load_explicit(
			&node[addr >> shift & (shift >= 8 ? 0xff : 0xf)], memory_order_relaxed);
	}
	return e;
}

/* The word that a lookup reads first and the one below it, to prefetch a burst's lookups. */
static inline const void *fib_first_entry(const struct fib *fib, uint32_t addr)
{
	const struct fib_root *root = atomic_load_explicit(&fib->root, memory_order_acquire);

	return &root->entry[addr >> root->shift];
}

static inline const void *fib_second_entry(const struct fib *fib, uint32_t addr)
{
	const struct fib_root *root = atomic_load_explicit(&fib->root, memory_order_acquire);
	uint32_t e = atomic_load_explicit(&root->entry[addr >> root->shift], memory_order_relaxed);

	return e & FIB_CHILD ? &fib->nodes[(size_t)(e & ~FIB_CHILD) * FIB_UNIT +
					   (addr >> (root->shift - 8) & 0xff)]
			     : NULL;
}

#endif
