/* SPDX-License-Identifier: BSD-3-Clause */
/* What traceroute does next: a function of its state, of what happened, and of the time. */
#ifndef BW_CONTROL_PROBE_TRACEROUTE_STATE_H
#define BW_CONTROL_PROBE_TRACEROUTE_STATE_H

#include "control/probe/icmp.h"
#include "control/probe/traceroute.h"

enum traceroute_event {
	TRACEROUTE_TIMER, /* which the last action started */
	TRACEROUTE_ICMP,  /* something came in */
};

struct traceroute_state {
	struct traceroute_options o;
	uint16_t local_port;
	uint16_t port; /* of the probe under way */
	uint16_t ttl;  /* 256 is beyond any `max_ttl` */
	uint32_t probe;
	bool waiting;
	bool arrived; /* the destination itself, or a dead end, answered at this TTL */
	uint64_t sent_us;
};

/* What is to be done, in this order. */
struct traceroute_action {
	bool answered; /* to be shown: */
	struct traceroute_answer answer;
	bool send;  /* a probe to `port` with `ttl` */
	bool start; /* the timer, */
	uint32_t timer_ms;
	bool end;
};

/* Begins with a timer that fires at once. Ports are in host order. */
void traceroute_state_init(
	struct traceroute_state *s, const struct traceroute_options *o, uint16_t local_port);

/* `m` with TRACEROUTE_ICMP alone. */
struct traceroute_action traceroute_step(struct traceroute_state *s, enum traceroute_event event,
	uint64_t now_us, const struct icmp_message *m);

#endif
