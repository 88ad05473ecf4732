/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * When to look at which session: a wheel of one-second slots. A session hangs
 * where it would expire if no packet came; when the slot's second comes it is
 * removed, or hung where its last packet says. So packets cost nothing here,
 * and an expiry looks at a session about once in its timeout. Times beyond the
 * wheel are looked at once a turn.
 */
#ifndef DATAPLANE_NAT_WHEEL_H
#define DATAPLANE_NAT_WHEEL_H

#include <string.h>

#include "nat/session.h"

#define NAT_WHEEL_SLOTS 4096
#define NAT_WHEEL_HEAD	0x80000000u /* in prev: the rest is the slot */

struct nat_wheel {
	uint32_t tick; /* the next second to look at */
	uint32_t head[NAT_WHEEL_SLOTS];
};

static inline void nat_wheel_init(struct nat_wheel *w, uint32_t now)
{
	memset(w, 0, sizeof(*w));
	w->tick = now;
}

/* Hang session id where it is due; `due` may have passed, or be far. */
static inline void nat_wheel_insert(
	struct nat_wheel *w, struct nat_session *session, uint32_t id, uint64_t due)
{
	uint32_t slot;

	if (due <= w->tick)
		due = w->tick + 1;
	else if (due > w->tick + NAT_WHEEL_SLOTS - 1)
		due = w->tick + NAT_WHEEL_SLOTS - 1;
	slot = due % NAT_WHEEL_SLOTS;
	session[id].next = w->head[slot];
	session[id].prev = NAT_WHEEL_HEAD | slot;
	if (w->head[slot])
		session[w->head[slot]].prev = id;
	w->head[slot] = id;
}

static inline void nat_wheel_remove(struct nat_wheel *w, struct nat_session *session, uint32_t id)
{
	uint32_t next = session[id].next, prev = session[id].prev;

	if (prev & NAT_WHEEL_HEAD)
		w->head[prev & ~NAT_WHEEL_HEAD] = next;
	else
		session[prev].next = next;
	if (next)
		session[next].prev = prev;
}

#endif
