/* SPDX-License-Identifier: BSD-3-Clause */
/* The order, the budget and the repetition of work; watchers. */
#include <event2/event.h>
#include <stdio.h>
#include <string.h>

#include "control/core/watch.h"
#include "control/core/work.h"

#include "support.h"

static char trace[64];

struct piece {
	struct work work;
	char letter;
	struct work *marks; /* once; NULL = nothing */
	unsigned steps;	    /* of 64 looks each, that it still has to do */
};

static bool piece_run(void *arg, struct work_budget *budget)
{
	struct piece *p = arg;

	snprintf(trace + strlen(trace), sizeof(trace) - strlen(trace), "%c", p->letter);
	if (p->marks != NULL) {
		work_mark(p->marks);
		p->marks = NULL;
	}
	while (p->steps > 0) {
		if (work_is_over(budget))
			return true;
		p->steps--;
	}
	return false;
}

static void piece_add(struct work_queue *q, struct piece *p, char letter, enum work_rank rank)
{
	*p = (struct piece) { .letter = letter };
	p->work = (struct work) { .name = "piece", .rank = rank, .run = piece_run, .arg = p };
	work_add(q, &p->work);
}

static void open_queue(struct event_base **base, struct work_queue *q)
{
	trace[0] = '\0';
	*base = event_base_new();
	CU_ASSERT_EQUAL_FATAL(work_queue_init(q, *base), 0);
}

static void close_queue(struct event_base *base, struct work_queue *q)
{
	work_queue_fini(q);
	event_base_free(base);
}

static void test_order(void)
{
	struct event_base *base;
	struct work_queue q;
	struct piece low, high;

	open_queue(&base, &q);
	piece_add(&q, &high, 'h', WORK_RIB);
	piece_add(&q, &low, 'l', WORK_IFACE);
	work_mark(&high.work);
	work_mark(&low.work);
	work_mark(&low.work); /* twice is once */
	event_base_loop(base, 0);
	CU_ASSERT_STRING_EQUAL(trace, "lh");
	high.marks = &low.work;
	low.marks = &high.work;
	work_mark(&high.work);
	event_base_loop(base, 0);
	CU_ASSERT_STRING_EQUAL(trace, "lhhlh");
	close_queue(base, &q);
}

/* A piece that takes longer than a turn lets others in, and comes to its end. */
static void test_budget(void)
{
	struct event_base *base;
	struct work_queue q;
	struct piece small, big;
	unsigned turns = 0;

	open_queue(&base, &q);
	piece_add(&q, &small, 's', WORK_IFACE);
	piece_add(&q, &big, 'b', WORK_RIB);
	big.steps = 20000000; /* tens of milliseconds, whatever the machine */
	work_mark(&big.work);
	while (work_is_marked(&q, WORK_RIB) && turns++ < 1000) {
		event_base_loop(base, EVLOOP_ONCE);
		trace[0] = '\0';
		if (turns == 1)
			work_mark(&small.work);
	}
	CU_ASSERT_TRUE(turns > 1);
	CU_ASSERT_EQUAL(big.steps, 0);
	close_queue(base, &q);
}

static void test_finish(void)
{
	struct event_base *base;
	struct work_queue q;
	struct piece low, high;

	open_queue(&base, &q);
	piece_add(&q, &low, 'l', WORK_IFACE);
	piece_add(&q, &high, 'h', WORK_FLUSH);
	low.steps = 20000000;
	work_mark(&low.work);
	work_mark(&high.work);
	work_finish(&q, WORK_HOST);
	CU_ASSERT_STRING_EQUAL(trace, "l");
	CU_ASSERT_EQUAL(low.steps, 0);
	event_base_loop(base, 0);
	CU_ASSERT_STRING_EQUAL(trace, "lh");
	work_mark(&low.work);
	work_stop(&q);
	event_base_loop(base, EVLOOP_NONBLOCK);
	CU_ASSERT_STRING_EQUAL(trace, "lh");
	close_queue(base, &q);
}

struct seen {
	struct watch watch;
	struct watches *leaves; /* with the first event */
	unsigned events;
	enum watch_event last;
	void *subject;
};

static void seen_told(void *arg, enum watch_event event, void *subject)
{
	struct seen *s = arg;

	s->events++;
	s->last = event;
	s->subject = subject;
	if (s->leaves != NULL)
		watch_remove(s->leaves, &s->watch);
}

static void test_watchers(void)
{
	struct watches list;
	struct seen a = { .watch = { .told = seen_told, .arg = &a }, .leaves = &list };
	struct seen b = { .watch = { .told = seen_told, .arg = &b } };
	int subject;

	watches_init(&list);
	watch_add(&list, &a.watch);
	watch_add(&list, &b.watch);
	watches_tell(&list, WATCH_ADDED, &subject);
	watches_tell(&list, WATCH_GONE, &subject);
	CU_ASSERT_EQUAL(a.events, 1);
	CU_ASSERT_EQUAL(a.last, WATCH_ADDED);
	CU_ASSERT_EQUAL(b.events, 2);
	CU_ASSERT_EQUAL(b.last, WATCH_GONE);
	CU_ASSERT_PTR_EQUAL(b.subject, &subject);
}

int main(void)
{
	static const struct bench_test tests[] = {
		{ "pieces run by rank, and again when marked", test_order },
		{ "a long piece gives way after its budget", test_budget },
		{ "finish runs to the end, up to a rank", test_finish },
		{ "watchers are told, and may leave", test_watchers },
		{ NULL, NULL },
	};

	return bench_main("work", tests);
}
