/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Many objects of one size, without what malloc() adds to each. Memory that was once needed stays
 * with the pool until it is freed as a whole.
 */
#ifndef BW_CONTROL_CORE_POOL_H
#define BW_CONTROL_CORE_POOL_H

#include <stddef.h>

struct pool_chunk;

struct pool {
	size_t size;  /* of an object, a multiple of eight */
	size_t used;  /* objects given out */
	size_t bytes; /* that the pool holds */
	void *free;   /* a list through the objects themselves */
	struct pool_chunk *chunks;
};

/* Objects of `size` bytes, aligned to eight. */
void pool_init(struct pool *pool, size_t size);

/* All objects go. */
void pool_fini(struct pool *pool);

/* Zeroed; NULL without memory. */
void *pool_get(struct pool *pool);
void pool_put(struct pool *pool, void *object);

#endif
