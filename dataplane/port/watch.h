/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Whether a port of hardware still works. When the physical function behind a virtual one is
 * reset, the virtual one falls silent, mostly without a word of its driver; so a port through
 * which nothing moves is made to send a frame from time to time, and one that cannot is started
 * anew. No DPDK in here: signs in, what to do out.
 */
#ifndef DATAPLANE_PORT_WATCH_H
#define DATAPLANE_PORT_WATCH_H

#include <stdbool.h>
#include <stdint.h>

#define PORT_WATCH_IDLE_MS   10000 /* without any frame, before one is sent */
#define PORT_WATCH_ANSWER_MS 3000  /* for that frame to be counted as sent */
#define PORT_WATCH_MAX_MS    30000 /* between two attempts at a port that stays silent */

/* All zero: a port of which nothing is known yet. */
struct port_watch {
	uint64_t sent, received; /* the driver's counters when last looked at */
	uint64_t probe_at;	 /* ms: when to send a frame */
	uint64_t answer_by;	 /* ms: when it has to have been sent; 0 = none is under way */
	unsigned restarts;	 /* since a frame was last sent or received */
	bool counts;		 /* the driver has counted a frame sent, so it does */
	bool link;
};

struct port_signs {
	bool link;  /* as the driver sees it */
	bool reset; /* the driver says so, or its counters began anew */
	uint64_t sent, received;
};

enum port_watch_action {
	PORT_WATCH_NOTHING,
	PORT_WATCH_PROBE,   /* send a frame */
	PORT_WATCH_RESTART, /* stop and start the port, then call port_watch_restarted() */
};

/* What to do now. Time in milliseconds from anywhere but 0. Called about ten times a second. */
enum port_watch_action port_watch(struct port_watch *w, const struct port_signs *s, uint64_t now);

/* The restart is done; started: without an error. Its counters count from these on. */
void port_watch_restarted(
	struct port_watch *w, bool started, uint64_t sent, uint64_t received, uint64_t now);

/* True if a restart has not helped: its link is no link. */
static inline bool port_watch_is_dead(const struct port_watch *w)
{
	return w->restarts > 1;
}

#endif
