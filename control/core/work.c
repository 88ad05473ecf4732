/* SPDX-License-Identifier: BSD-3-Clause */
#include "control/core/work.h"

#include <assert.h>
#include <errno.h>
#include <event2/event.h>
#include <string.h>
#include <time.h>

#define STEPS_A_LOOK 64

static uint64_t clock_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

/* By the clock and not by event_active(): what else has happened comes first. */
static void work_wake(struct work_queue *q)
{
	static const struct timeval now = { 0 };

	if (q->event != NULL && !q->running && q->marked != 0)
		event_add(q->event, &now);
}

static void on_work(evutil_socket_t, short, void *arg)
{
	work_turn(arg);
}

int work_queue_init(struct work_queue *q, struct event_base *base)
{
	memset(q, 0, sizeof(*q));
	q->event = event_new(base, -1, 0, on_work, q);
	return q->event != NULL ? 0 : -ENOMEM;
}

void work_stop(struct work_queue *q)
{
	if (q->event != NULL)
		event_free(q->event);
	q->event = NULL;
}

void work_queue_fini(struct work_queue *q)
{
	work_stop(q);
	memset(q, 0, sizeof(*q));
}

void work_add(struct work_queue *q, struct work *w)
{
	assert(w->rank < WORK_RANKS && q->piece[w->rank] == NULL);
	q->piece[w->rank] = w;
	w->queue = q;
	w->marked = false;
}

void work_mark(struct work *w)
{
	if (w->queue == NULL || w->marked)
		return;
	w->marked = true;
	w->queue->marked |= UINT32_C(1) << w->rank;
	work_wake(w->queue);
}

bool work_is_over(struct work_budget *budget)
{
	if (budget->until_us == 0 || ++budget->steps % STEPS_A_LOOK != 0)
		return false;
	return clock_us() >= budget->until_us;
}

/* A marked piece; true if it has not come to its end. */
static bool work_run(struct work_queue *q, enum work_rank rank, struct work_budget *budget)
{
	struct work *w = q->piece[rank];

	w->marked = false;
	q->marked &= ~(UINT32_C(1) << w->rank);
	if (!w->run(w->arg, budget))
		return false;
	w->marked = true;
	q->marked |= UINT32_C(1) << w->rank;
	return true;
}

void work_turn(struct work_queue *q)
{
	struct work_budget budget = { .until_us = clock_us() + WORK_TURN_MS * 1000 };

	if (q->running)
		return;
	q->running = true;
	while (q->marked != 0) {
		if (work_run(q, __builtin_ctz(q->marked), &budget) || clock_us() >= budget.until_us)
			break;
	}
	/* however long the others take, what they have come to is told */
	if (q->marked & UINT32_C(1) << WORK_FLUSH)
		work_run(q, WORK_FLUSH, &budget);
	q->running = false;
	work_wake(q);
}

void work_finish(struct work_queue *q, enum work_rank upto)
{
	struct work_budget endless = { 0 };

	if (q->running)
		return;
	q->running = true;
	while (work_is_marked(q, upto))
		work_run(q, __builtin_ctz(q->marked), &endless);
	q->running = false;
	work_wake(q);
}
