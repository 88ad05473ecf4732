/* SPDX-License-Identifier: BSD-3-Clause */
/* What ping does next: a function of its state, of what happened, and of the time. */
#ifndef BW_CONTROL_PROBE_PING_STATE_H
#define BW_CONTROL_PROBE_PING_STATE_H

#include "control/probe/icmp.h"
#include "control/probe/ping.h"

enum ping_event {
	PING_TIMER,   /* which the last action started */
	PING_TOO_BIG, /* the echo could not leave: DF is set, and the MTU smaller */
	PING_ICMP,    /* something came in */
};

struct ping_state {
	struct ping_options o;
	struct ping_result result;
	uint16_t id, seq; /* of the echo under way, or the last one */
	bool waiting;	  /* for the answer to it */
	uint64_t sent_us;
};

/* What is to be done, in this order. */
struct ping_action {
	char mark;  /* to be shown; 0 = none */
	bool send;  /* echo `seq` */
	bool start; /* the timer, */
	uint32_t timer_ms;
	bool end;
};

/* Begins with a timer that fires at once. */
void ping_state_init(struct ping_state *s, const struct ping_options *o, uint16_t id);

/* `m` with PING_ICMP alone. */
struct ping_action ping_step(
	struct ping_state *s, enum ping_event event, uint64_t now_us, const struct icmp_message *m);

#endif
