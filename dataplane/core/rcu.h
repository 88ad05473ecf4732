/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Deferred frees: what the main lcore took out of a table is freed when every
 * worker has finished the walk it was in. Main lcore only.
 */
#ifndef DATAPLANE_CORE_RCU_H
#define DATAPLANE_CORE_RCU_H

#include <rte_rcu_qsbr.h>

struct rcu;

/* NULL if there is no memory. */
struct rcu *rcu_create(unsigned n_workers);
void rcu_destroy(struct rcu *rcu);

/* The variable that workers report their quiescent states to. */
struct rte_rcu_qsbr *rcu_qsbr(struct rcu *rcu);

/* Call fn(ptr) when no worker can still see ptr. fn is free() for malloc()ed memory. */
void rcu_defer(struct rcu *rcu, void (*fn)(void *ptr), void *ptr);

/* The same with a context: fn(ctx, value). */
void rcu_defer_value(
	struct rcu *rcu, void (*fn)(void *ctx, uint64_t value), void *ctx, uint64_t value);

/* Run what is due. Called once a turn of the main loop. */
void rcu_poll(struct rcu *rcu);

/* The main lcore is this worker too: waiting for it would be forever. */
void rcu_main_is_worker(struct rcu *rcu, unsigned id);

/* Wait until every worker has finished the walk it is in. */
void rcu_wait(struct rcu *rcu);

#endif
