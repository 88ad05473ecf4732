/* SPDX-License-Identifier: BSD-3-Clause */
#include "port/watch.h"

#define SETTLE_MS 200 /* from a start to the first frame */

/* 3 s, 6 s, 12 s ... for a frame to leave after that many restarts in vain. */
static uint64_t patience(unsigned restarts)
{
	uint64_t ms = PORT_WATCH_ANSWER_MS;

	while (restarts-- > 1 && ms < PORT_WATCH_MAX_MS)
		ms *= 2;
	return ms < PORT_WATCH_MAX_MS ? ms : PORT_WATCH_MAX_MS;
}

/* Counters that changed are life, unless a reset changed them. */
static void take_signs(struct port_watch *w, const struct port_signs *s, uint64_t now)
{
	bool sent = s->sent != w->sent && !s->reset;
	bool received = s->received != w->received && !s->reset;

	w->sent = s->sent;
	w->received = s->received;
	w->counts |= sent;
	if (!sent && !received)
		return;
	w->restarts = 0;
	w->answer_by = 0;
	w->probe_at = now + PORT_WATCH_IDLE_MS;
}

enum port_watch_action port_watch(struct port_watch *w, const struct port_signs *s, uint64_t now)
{
	bool came_up = s->link && !w->link;

	take_signs(w, s, now);
	w->link = s->link;
	if (s->reset)
		return PORT_WATCH_RESTART;
	if (!s->link || (!w->counts && w->restarts == 0)) {
		w->answer_by = 0; /* nothing can be sent, or it would not be seen */
		return PORT_WATCH_NOTHING;
	}
	if (came_up) { /* perhaps with its device reset behind its back */
		w->probe_at = now;
		w->answer_by = 0;
	}
	if (w->answer_by != 0 && now >= w->answer_by)
		return PORT_WATCH_RESTART;
	if (w->answer_by != 0 || now < w->probe_at)
		return PORT_WATCH_NOTHING;
	w->answer_by = now + (came_up ? PORT_WATCH_ANSWER_MS : patience(w->restarts));
	return PORT_WATCH_PROBE;
}

void port_watch_restarted(
	struct port_watch *w, bool started, uint64_t sent, uint64_t received, uint64_t now)
{
	w->sent = sent;
	w->received = received;
	w->probe_at = now + SETTLE_MS;
	w->answer_by = 0;
	if (started && !w->counts)
		w->restarts = 0; /* no frame would tell more */
	else
		w->restarts += started || w->restarts ? 1 : 2;
}
