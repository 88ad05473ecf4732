/* SPDX-License-Identifier: BSD-3-Clause */
#include "core/events.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "core/dp.h"

int events_add_state(struct dp *dp, const struct event_state *state)
{
	struct events *e = &dp->events;

	for (unsigned i = 0; i < EVENTS_MAX_STATES; i++)
		if (!e->state[i] || e->state[i] == state) {
			e->state[i] = state;
			return 0;
		}
	return -ENOSPC;
}

void events_attach(struct dp *dp)
{
	struct events *e = &dp->events;

	bw_ring_producer(&e->ring, dp->region.evt, BW_EVT_SLOTS);
	e->attached = true;
	e->bell = false;
	memset(e->untold, 0, sizeof(e->untold));
}

void events_detach(struct dp *dp)
{
	dp->events.attached = false;
}

bool events_alone(const struct dp *dp)
{
	return !dp->events.attached;
}

bool events_put(struct dp *dp, const struct bw_msg *m)
{
	struct events *e = &dp->events;
	struct bw_msg *slot = e->attached ? bw_ring_write(&e->ring) : NULL;

	if (!slot)
		return false;
	*slot = *m;
	e->bell = true;
	return true;
}

uint32_t events_room(struct dp *dp)
{
	return bw_ring_room(&dp->events.ring);
}

void events_publish(struct dp *dp)
{
	struct events *e = &dp->events;

	if (!e->bell)
		return;
	e->bell = false;
	bw_ring_commit_write(&e->ring);
	bw_bell_ring(dp->listener.evt_bell);
}

static bool events_have_room(struct dp *dp)
{
	return dp->events.attached && events_room(dp) > EVENTS_ROOM_FOR_ANSWERS;
}

static void events_tell_states(struct dp *dp, unsigned kind)
{
	const struct event_state *s = dp->events.state[kind];
	uint64_t *untold = &dp->events.untold[kind];

	while (*untold && events_have_room(dp)) {
		unsigned index = __builtin_ctzll(*untold);
		struct bw_msg m = { .hdr.type = s->event };

		*untold &= ~(UINT64_C(1) << index);
		if (s->describe(dp, index, &m))
			events_put(dp, &m);
	}
}

/* Once there is an end to the losing. */
static void events_tell_losses(struct dp *dp)
{
	struct events *e = &dp->events;
	struct bw_msg m = { .hdr.type = BW_EVT_LOG, .log = { .severity = 4 } };

	if (e->lost == 0 || e->lost_at == dp_seconds(dp) || !events_have_room(dp))
		return;
	snprintf(m.log.mnemonic, sizeof(m.log.mnemonic), "PLATFORM-4-LOST");
	snprintf(m.log.text, sizeof(m.log.text), "%u lines of the dataplane's log were lost",
		e->lost);
	e->lost = 0;
	events_put(dp, &m);
}

void events_poll(struct dp *dp)
{
	for (unsigned i = 0; i < EVENTS_MAX_STATES; i++)
		events_tell_states(dp, i);
	events_tell_losses(dp);
}

void events_tell(struct dp *dp, uint16_t event, unsigned index)
{
	struct events *e = &dp->events;

	if (!e->attached || index >= EVENTS_MAX_OBJECTS)
		return;
	for (unsigned i = 0; i < EVENTS_MAX_STATES; i++)
		if (e->state[i] && e->state[i]->event == event)
			e->untold[i] |= UINT64_C(1) << index;
	events_poll(dp);
	events_publish(dp);
}

void events_lost(struct dp *dp)
{
	dp->events.lost++;
	dp->events.lost_at = dp_seconds(dp);
}

void events_notice(struct dp *dp, const struct bw_msg *m)
{
	if (!events_have_room(dp)) {
		events_lost(dp);
		return;
	}
	events_put(dp, m);
	events_publish(dp);
}
