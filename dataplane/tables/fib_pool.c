/* SPDX-License-Identifier: BSD-3-Clause */
#include "tables/fib_pool.h"

#include <stdlib.h>
#include <sys/mman.h>

#define LARGE_UNITS (256 / FIB_UNIT)
#define WORDS	    ((size_t)FIB_POOL_UNITS * FIB_UNIT)

/* Address space only; a page is taken when it is first written. */
static void *reserve(size_t bytes)
{
	void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (p == MAP_FAILED)
		return NULL;
	madvise(p, bytes, MADV_HUGEPAGE); /* fewer TLB misses where the kernel offers it */
	return p;
}

struct fib_pool *fib_pool_create(fib_retire retire, void *ctx)
{
	struct fib_pool *pool = calloc(1, sizeof(*pool));

	if (!pool)
		return NULL;
	pool->words = reserve(WORDS * sizeof(uint32_t));
	pool->from = reserve(WORDS);
	pool->free_large = pool->free_small = FIB_POOL_NONE;
	pool->retire = retire;
	pool->ctx = ctx;
	if (!pool->words || !pool->from || routes_init(&pool->routes) < 0) {
		fib_pool_destroy(pool);
		return NULL;
	}
	return pool;
}

void fib_pool_destroy(struct fib_pool *pool)
{
	if (!pool)
		return;
	if (pool->words)
		munmap((void *)pool->words, WORDS * sizeof(uint32_t));
	if (pool->from)
		munmap(pool->from, WORDS);
	routes_free(&pool->routes);
	free(pool);
}

size_t fib_pool_memory(const struct fib_pool *pool)
{
	return (size_t)pool->used * FIB_UNIT * (sizeof(uint32_t) + 1) + pool->root_bytes +
	       ((size_t)pool->routes.mask + 1) * sizeof(struct route);
}

static uint32_t take(struct fib_pool *pool, uint32_t *list, uint32_t units)
{
	uint32_t unit = *list;

	if (unit != FIB_POOL_NONE) {
		*list = atomic_load_explicit(
			&pool->words[(size_t)unit * FIB_UNIT], memory_order_relaxed);
	} else {
		if (FIB_POOL_UNITS - pool->next < units)
			return FIB_POOL_NONE;
		unit = pool->next;
		pool->next += units;
	}
	pool->used += units;
	return unit;
}

static void give(struct fib_pool *pool, uint32_t *list, uint32_t unit, uint32_t units)
{
	atomic_store_explicit(&pool->words[(size_t)unit * FIB_UNIT], *list, memory_order_relaxed);
	*list = unit;
	pool->used -= units;
}

uint32_t fib_pool_alloc_large(struct fib_pool *pool)
{
	return take(pool, &pool->free_large, LARGE_UNITS);
}

uint32_t fib_pool_alloc_small(struct fib_pool *pool)
{
	return take(pool, &pool->free_small, 1);
}

void fib_pool_free_large(void *pool, uint64_t unit)
{
	give(pool, &((struct fib_pool *)pool)->free_large, unit, LARGE_UNITS);
}

void fib_pool_free_small(void *pool, uint64_t unit)
{
	give(pool, &((struct fib_pool *)pool)->free_small, unit, 1);
}
