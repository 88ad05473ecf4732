/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the dataplane tells control: the sending side of the event ring. Main lcore only.
 *
 * A state (of a port, of a PPPoE client ...) is sticky: it is told as it is now, as soon as the
 * ring has room, and what changes again meanwhile is told once. A notice (a line of the log or of
 * debugging) finds room or is lost, and how many were lost is told. Answers to commands and the
 * rows of dumps are the programmer's: it takes a command only when its answer has room.
 */
#ifndef DATAPLANE_CORE_EVENTS_H
#define DATAPLANE_CORE_EVENTS_H

#include <stdbool.h>

#include "api/msg.h"
#include "api/region.h"

struct dp;

/* Slots that states and notices leave to answers. */
#define EVENTS_ROOM_FOR_ANSWERS 64

#define EVENTS_MAX_STATES  4  /* kinds of them */
#define EVENTS_MAX_OBJECTS 64 /* of one kind: a bit of a word for each */

/* A kind of state: objects with an index of which control is told how they are. */
struct event_state {
	uint16_t event; /* BW_EVT_... */

	/* Fill in the event's body. False: there is no such object any more. */
	bool (*describe)(struct dp *dp, unsigned index, struct bw_msg *m);
};

/* All zero: no control process. */
struct events {
	struct bw_ring_view ring;
	bool attached;
	bool bell; /* events were written and not yet announced */
	const struct event_state *state[EVENTS_MAX_STATES];
	uint64_t untold[EVENTS_MAX_STATES]; /* a bit for each object that control does not know */
	uint32_t lost;			    /* notices */
	uint32_t lost_at;		    /* dp_seconds() of the last one */
};

/* Before the first event: that there are states of this kind. 0 or -ENOSPC. */
int events_add_state(struct dp *dp, const struct event_state *state);

/* A control process came, and begins with an empty ring; or it went. */
void events_attach(struct dp *dp);
void events_detach(struct dp *dp);

/* True while no control process is attached. */
bool events_alone(const struct dp *dp);

/* The state of object `index` has changed. Without a control process nobody is told. */
void events_tell(struct dp *dp, uint16_t event, unsigned index);

/* Send a notice, which is no state. Without room or a control process it is lost, and counted. */
void events_notice(struct dp *dp, const struct bw_msg *m);

/* A notice was not even sent: control is told how many there were. */
void events_lost(struct dp *dp);

/* Put an answer or a row of a dump into the ring. False: it has no room. */
bool events_put(struct dp *dp, const struct bw_msg *m);

/* Free slots. */
uint32_t events_room(struct dp *dp);

/* Tell what could not be told before. Once a turn. */
void events_poll(struct dp *dp);

/* Let control see what was put. */
void events_publish(struct dp *dp);

#endif
