/* SPDX-License-Identifier: BSD-3-Clause */
/* Memory of the tries' nodes: one stretch of address space that fills as it is used. */
#ifndef DATAPLANE_TABLES_FIB_POOL_H
#define DATAPLANE_TABLES_FIB_POOL_H

#include "tables/fib.h"
#include "tables/routes.h"

#define FIB_POOL_UNITS (16u << 20) /* of 64 bytes: 1 GiB of addresses */
#define FIB_POOL_NONE  UINT32_MAX

struct fib_pool {
	_Atomic uint32_t *words;	 /* [FIB_POOL_UNITS * FIB_UNIT] */
	uint8_t *from;			 /* [FIB_POOL_UNITS * FIB_UNIT], beside each word */
	uint32_t next;			 /* first unit that was never used */
	uint32_t free_large, free_small; /* lists through a free node's first word */
	uint32_t used;			 /* units */
	size_t root_bytes;
	struct routes routes;
	fib_retire retire;
	void *ctx;
};

/* A node of 256 or of 16 entries: its unit, or FIB_POOL_NONE. Contents are undefined. */
uint32_t fib_pool_alloc_large(struct fib_pool *pool);
uint32_t fib_pool_alloc_small(struct fib_pool *pool);

/* Take a node back. pool is a struct fib_pool; the types fit fib_retire. */
void fib_pool_free_large(void *pool, uint64_t unit);
void fib_pool_free_small(void *pool, uint64_t unit);

#endif
