/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Work: what follows from a change and is derived later, once for many changes.
 *
 * Each part of control has a piece of work, which it marks when something of its own has changed.
 * Marked pieces run in the order of their ranks, what is derived first having the lowest: a piece
 * that marks one of a higher rank is followed by it, one that marks a lower rank begins the
 * order again. A turn of the event loop gives all of them together WORK_TURN_MS; a piece that has
 * more to do than that goes on where it was in the next turn, after what else has happened. Each
 * turn ends with WORK_FLUSH, if that is marked.
 */
#ifndef BW_CONTROL_CORE_WORK_H
#define BW_CONTROL_CORE_WORK_H

#include <stdbool.h>
#include <stdint.h>

struct event;
struct event_base;
struct work_queue;

#define WORK_TURN_MS 5

/* In the order of what depends on what. */
enum work_rank {
	WORK_ACL,
	WORK_IFACE,
	WORK_DIALER,
	WORK_ARP,
	WORK_NAT,
	WORK_RIB,
	WORK_HOST,
	WORK_FLUSH, /* what was derived goes to the dataplane */
	WORK_FIB,   /* prefixes one by one, after what moves many of them at once has gone */
	WORK_RANKS,
};

/* How long a piece may go on. */
struct work_budget {
	uint64_t until_us; /* of the monotonic clock; 0 = to the end */
	unsigned steps;	   /* since the clock was looked at */
};

struct work {
	const char *name;
	enum work_rank rank;
	/* Do what is to be done. True: the budget was over first, call again. */
	bool (*run)(void *arg, struct work_budget *budget);
	void *arg;
	struct work_queue *queue;
	bool marked;
};

struct work_queue {
	struct work *piece[WORK_RANKS]; /* one a rank; NULL = none */
	uint32_t marked;		/* a bit for each rank */
	bool running;
	struct event *event; /* NULL: nothing is run by itself */
};

/* 0 or -ENOMEM. The pieces that are added later are the caller's. */
int work_queue_init(struct work_queue *q, struct event_base *base);
void work_queue_fini(struct work_queue *q);

/* `w` has its name, rank, run and arg; the rank is not taken yet. */
void work_add(struct work_queue *q, struct work *w);

/* There is something to do for `w`: it runs soon. One that was never added stays as it is. */
void work_mark(struct work *w);

/* Let nothing run by itself any more: before what is marked is torn down. */
void work_stop(struct work_queue *q);

/* One turn: what is marked, within WORK_TURN_MS. The event loop does it. */
void work_turn(struct work_queue *q);

/*
 * All that is marked, up to and including this rank, to the end. Inside of a run it does nothing:
 * the order goes on by itself.
 */
void work_finish(struct work_queue *q, enum work_rank upto);

static inline bool work_is_marked(const struct work_queue *q, enum work_rank upto)
{
	return (q->marked & ((UINT32_C(2) << upto) - 1)) != 0;
}

/*
 * Whether the time is over: asked once for each small step (some microseconds at the most), so
 * that the clock is looked at for one in 64 only.
 */
bool work_is_over(struct work_budget *budget);

#endif
