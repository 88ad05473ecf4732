/* SPDX-License-Identifier: BSD-3-Clause */
#include "control/core/pool.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define CHUNK_BYTES ((size_t)65536)

struct pool_chunk {
	struct pool_chunk *next;
	char object[];
};

/* AddressSanitizer sees a use after free only of what is malloc's own. */
#ifdef __SANITIZE_ADDRESS__
static const bool by_malloc = true;
#else
static const bool by_malloc = false;
#endif

void pool_init(struct pool *pool, size_t size)
{
	memset(pool, 0, sizeof(*pool));
	pool->size = (size + 7) & ~(size_t)7;
}

void pool_fini(struct pool *pool)
{
	while (pool->chunks != NULL) {
		struct pool_chunk *chunk = pool->chunks;

		pool->chunks = chunk->next;
		free(chunk);
	}
	pool_init(pool, pool->size);
}

/* The list gives them out in the order of their addresses. */
static void pool_grow(struct pool *pool)
{
	size_t n = (CHUNK_BYTES - sizeof(struct pool_chunk)) / pool->size;
	struct pool_chunk *chunk = malloc(CHUNK_BYTES);

	if (chunk == NULL)
		return;
	chunk->next = pool->chunks;
	pool->chunks = chunk;
	pool->bytes += CHUNK_BYTES;
	while (n-- > 0) {
		void **object = (void **)(chunk->object + n * pool->size);

		*object = pool->free;
		pool->free = object;
	}
}

void *pool_get(struct pool *pool)
{
	void **object;

	if (by_malloc) {
		object = calloc(1, pool->size);
		pool->used += object != NULL;
		return object;
	}
	if (pool->free == NULL)
		pool_grow(pool);
	object = pool->free;
	if (object == NULL)
		return NULL;
	pool->free = *object;
	pool->used++;
	return memset(object, 0, pool->size);
}

void pool_put(struct pool *pool, void *object)
{
	pool->used--;
	if (by_malloc) {
		free(object);
		return;
	}
	*(void **)object = pool->free;
	pool->free = object;
}
