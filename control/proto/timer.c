/* SPDX-License-Identifier: BSD-3-Clause */
#include "control/proto/timer.h"

#include <errno.h>
#include <event2/event.h>
#include <stdlib.h>
#include <sys/random.h>
#include <time.h>

struct timer_call {
	void (*fired)(void *arg);
	void *arg;
};

static void timer_on_event(evutil_socket_t, short, void *arg)
{
	const struct timer_call call = *(struct timer_call *)arg; /* it may be freed meanwhile */

	call.fired(call.arg);
}

int proto_timer_init(
	struct proto_timer *t, struct event_base *base, void (*fired)(void *arg), void *arg)
{
	struct timer_call *call = malloc(sizeof(*call));

	t->event = NULL;
	if (call == NULL)
		return -ENOMEM;
	*call = (struct timer_call) { fired, arg };
	t->event = evtimer_new(base, timer_on_event, call);
	if (t->event == NULL) {
		free(call);
		return -ENOMEM;
	}
	return 0;
}

void proto_timer_fini(struct proto_timer *t)
{
	if (t->event == NULL)
		return;
	free(event_get_callback_arg(t->event));
	event_free(t->event);
	t->event = NULL;
}

void proto_timer_start(struct proto_timer *t, uint32_t ms)
{
	const struct timeval tv = { .tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000 };

	evtimer_add(t->event, &tv);
}

void proto_timer_stop(struct proto_timer *t)
{
	evtimer_del(t->event);
}

uint32_t proto_jitter(uint32_t ms, unsigned percent, uint32_t random)
{
	uint64_t range = (uint64_t)ms * percent / 100;

	return ms - (uint32_t)(random * (range + 1) >> 32);
}

void proto_timer_start_jittered(struct proto_timer *t, uint32_t ms, unsigned percent)
{
	uint32_t random = 0;

	if (getrandom(&random, sizeof(random), GRND_NONBLOCK) != sizeof(random))
		random = (uint32_t)proto_now_us() * UINT32_C(2654435761);
	proto_timer_start(t, proto_jitter(ms, percent, random));
}

uint64_t proto_now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}
