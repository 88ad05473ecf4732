/* SPDX-License-Identifier: BSD-3-Clause */
#include "core/rcu.h"

#include <rte_malloc.h>
#include <stdlib.h>

/* A free that waits. One of the two functions is set. */
struct deferred {
	uint64_t token;
	void (*fn)(void *ptr);
	void (*fn_value)(void *ctx, uint64_t value);
	void *ptr;
	uint64_t value;
};

/* A queue in the order of tokens. */
struct rcu {
	struct rte_rcu_qsbr *qsbr;
	struct deferred *queue;
	size_t first, n, size; /* a ring; size is a power of two */
	unsigned self;	       /* the worker that the main lcore also is, or none */
};

struct rcu *rcu_create(unsigned n_workers)
{
	struct rcu *rcu = calloc(1, sizeof(*rcu));
	size_t size = rte_rcu_qsbr_get_memsize(n_workers);

	if (!rcu)
		return NULL;
	rcu->size = 1024;
	rcu->self = RTE_QSBR_THRID_INVALID;
	rcu->queue = malloc(rcu->size * sizeof(*rcu->queue));
	rcu->qsbr = rte_zmalloc("rcu", size, RTE_CACHE_LINE_SIZE);
	if (!rcu->queue || !rcu->qsbr || rte_rcu_qsbr_init(rcu->qsbr, n_workers) != 0) {
		rte_free(rcu->qsbr);
		free(rcu->queue);
		free(rcu);
		return NULL;
	}
	return rcu;
}

static void run(struct deferred *d)
{
	if (d->fn)
		d->fn(d->ptr);
	else
		d->fn_value(d->ptr, d->value);
}

/* Workers are gone: everything is due. */
void rcu_destroy(struct rcu *rcu)
{
	if (!rcu)
		return;
	for (; rcu->n; rcu->n--)
		run(&rcu->queue[rcu->first++ & (rcu->size - 1)]);
	rte_free(rcu->qsbr);
	free(rcu->queue);
	free(rcu);
}

struct rte_rcu_qsbr *rcu_qsbr(struct rcu *rcu)
{
	return rcu->qsbr;
}

/* A free that cannot be queued is done the slow way: wait, then free. */
static void defer(struct rcu *rcu, struct deferred d)
{
	if (rcu->n == rcu->size) {
		struct deferred *bigger = malloc(rcu->size * 2 * sizeof(*bigger));

		if (!bigger) {
			rte_rcu_qsbr_synchronize(rcu->qsbr, rcu->self);
			run(&d);
			return;
		}
		for (size_t i = 0; i < rcu->n; i++)
			bigger[i] = rcu->queue[(rcu->first + i) & (rcu->size - 1)];
		free(rcu->queue);
		rcu->queue = bigger;
		rcu->first = 0;
		rcu->size *= 2;
	}
	d.token = rte_rcu_qsbr_start(rcu->qsbr);
	rcu->queue[(rcu->first + rcu->n++) & (rcu->size - 1)] = d;
}

void rcu_defer(struct rcu *rcu, void (*fn)(void *ptr), void *ptr)
{
	if (ptr)
		defer(rcu, (struct deferred) { .fn = fn, .ptr = ptr });
}

void rcu_defer_value(
	struct rcu *rcu, void (*fn)(void *ctx, uint64_t value), void *ctx, uint64_t value)
{
	defer(rcu, (struct deferred) { .fn_value = fn, .ptr = ctx, .value = value });
}

void rcu_poll(struct rcu *rcu)
{
	while (rcu->n) {
		struct deferred d = rcu->queue[rcu->first & (rcu->size - 1)];

		if (rte_rcu_qsbr_check(rcu->qsbr, d.token, false) != 1)
			return;
		rcu->first++;
		rcu->n--;
		run(&d);
	}
}

void rcu_wait(struct rcu *rcu)
{
	rte_rcu_qsbr_synchronize(rcu->qsbr, rcu->self);
}

void rcu_main_is_worker(struct rcu *rcu, unsigned id)
{
	rcu->self = id;
}
