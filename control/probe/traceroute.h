/* SPDX-License-Identifier: BSD-3-Clause */
/* UDP probes with a rising TTL, and the ICMP errors that they bring (RFC 1393's elder). */
#ifndef BW_CONTROL_PROBE_TRACEROUTE_H
#define BW_CONTROL_PROBE_TRACEROUTE_H

#include <stdbool.h>
#include <stdint.h>

#include "dataplane/api/msg.h"

#define TRACEROUTE_PORT 33434

struct probes;
struct traceroute;

struct traceroute_options {
	bw_ip4 to;
	bw_ip4 source; /* 0: the address of the interface that the route leaves by */
	uint32_t timeout_s;
	uint32_t probes; /* of each hop */
	uint8_t min_ttl, max_ttl;
	uint16_t port; /* of the first probe */
};

struct traceroute_answer {
	uint8_t ttl;
	uint32_t probe; /* 0 is the first of its hop */
	bw_ip4 from;	/* 0: none in time */
	uint32_t ms;
	char note; /* 'H', 'N', 'P', 'A', 'U' of an unreachable that is no port's; or 0 */
};

/* `answer` is called for each probe in order, `end` once at the end. All that is
 * marked must be derived before. NULL with errno. */
struct traceroute *traceroute_start(struct probes *all, const struct traceroute_options *o,
	void (*answer)(void *arg, const struct traceroute_answer *answer), void (*end)(void *arg),
	void *arg);

/* Stop now: `end` is not called. */
void traceroute_cancel(struct traceroute *t);

#endif
