/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Whether the dataplane lives. Each of its lcores counts its turns in the shared region; one that
 * counts no further has stopped: hung, in a debugger, or without a processor. That is only told,
 * and who waits for an answer is told so too; what was programmed stays, and goes on when it does.
 */
#include <event2/event.h>
#include <stdio.h>

#include "control/core/dataplane_private.h"
#include "control/core/format.h"

#define INTERVAL_MS 500

static const struct timeval interval = { .tv_usec = INTERVAL_MS * 1000 };

static unsigned lcores(const struct dp_link *link)
{
	return link->n_workers + 1; /* the last block of counters is the main lcore's */
}

static const struct dp_pulse *main_pulse(const struct dp_link *link)
{
	return &link->pulse[link->n_workers];
}

/* "main lcore, worker 0, worker 3": those that have changed. */
static const char *names(const struct dp_link *link, uint32_t which, char *buf, size_t size)
{
	size_t at = 0;

	buf[0] = '\0';
	for (unsigned i = lcores(link); i-- > 0 && at < size;) {
		if (!(which & 1u << i))
			continue;
		if (i == link->n_workers)
			at += (size_t)snprintf(buf + at, size - at, "main lcore");
		else
			at += (size_t)snprintf(
				buf + at, size - at, "%sworker %u", at ? ", " : "", i);
	}
	return buf;
}

/* An lcore's turns after so many milliseconds. True if it has stopped or goes on now. */
static bool feel(struct dp_pulse *pulse, uint64_t turns, uint32_t ms)
{
	bool was = dp_pulse_stopped(pulse);

	if (turns != pulse->turns) {
		pulse->turns = turns;
		pulse->stopped_ms = pulse->still_ms;
		pulse->still_ms = 0;
	} else {
		pulse->still_ms += ms;
	}
	return dp_pulse_stopped(pulse) != was;
}

static void take_pulses(struct dp_link *link, uint32_t ms)
{
	uint32_t stopped = 0, back = 0, after = 0;
	char text[400];

	for (unsigned i = 0; i < lcores(link); i++) {
		struct dp_pulse *pulse = &link->pulse[i];

		if (!feel(pulse, link->client.region.counters[i].loops, ms))
			continue;
		if (dp_pulse_stopped(pulse)) {
			stopped |= 1u << i;
		} else {
			back |= 1u << i;
			after = pulse->stopped_ms > after ? pulse->stopped_ms : after;
		}
	}
	if (stopped)
		log_event(link->log, "PLATFORM-2-STALLED",
			"the dataplane does not go on since %u seconds: %s", DP_STALLED_MS / 1000,
			names(link, stopped, text, sizeof(text)));
	if (back)
		log_event(link->log, "PLATFORM-5-RESUMED",
			"the dataplane goes on after %u seconds: %s", after / 1000,
			names(link, back, text, sizeof(text)));
}

/*
 * What was late ourselves is no time of the dataplane's: bywayd may have been stopped as well, or
 * the machine.
 */
static uint32_t elapsed(struct dp_link *link)
{
	uint64_t now = clock_ms(), ms = now - link->watched_at;

	link->watched_at = now;
	return ms < 2 * INTERVAL_MS ? (uint32_t)ms : INTERVAL_MS;
}

void dp_watch_tick(struct dp_link *link)
{
	uint32_t ms = elapsed(link);

	evtimer_add(link->watch_timer, &interval);
	take_pulses(link, ms);
	dp_dumps_age(link, ms);
	if (link->state == DP_DOWN)
		return;
	/* a bell is never lost, but what hangs on that is too much not to look once */
	event_active(link->bell_event, EV_READ, 0);
}

void dp_watch_start(struct dp_link *link)
{
	for (unsigned i = 0; i < lcores(link); i++)
		link->pulse[i] =
			(struct dp_pulse) { .turns = link->client.region.counters[i].loops };
	link->watched_at = clock_ms();
	evtimer_add(link->watch_timer, &interval);
}

void dp_watch_stop(struct dp_link *link)
{
	evtimer_del(link->watch_timer);
}

bool dp_stalled(const struct dp_link *link)
{
	return link->state != DP_DOWN && dp_pulse_stopped(main_pulse(link));
}

uint32_t dp_still_ms(const struct dp_link *link, unsigned lcore)
{
	return link->state != DP_DOWN && lcore < lcores(link) ? link->pulse[lcore].still_ms : 0;
}
