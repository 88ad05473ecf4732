/* SPDX-License-Identifier: BSD-3-Clause */
/* Sending ICMP echoes and waiting for the answers (RFC 792), one after the other, as IOS does. */
#ifndef BW_CONTROL_PROBE_PING_H
#define BW_CONTROL_PROBE_PING_H

#include <stdbool.h>
#include <stdint.h>

#include "dataplane/api/msg.h"

#define PING_SIZE_MIN 36
#define PING_SIZE_MAX 18024

struct probes;
struct ping;

struct ping_options {
	bw_ip4 to;
	bw_ip4 source; /* 0: the address of the interface that the route leaves by */
	uint32_t repeat;
	uint16_t size;	    /* of the IPv4 packet */
	uint32_t timeout_s; /* 0: do not wait */
	bool df;
};

struct ping_result {
	uint32_t sent, received;
	uint32_t min_ms, max_ms;
	uint64_t sum_ms;
};

/*
 * `mark` is called for each echo: '!' answered, '.' not in time, 'U' unreachable,
 * 'M' too big, 'Q' source quench, '&' TTL exceeded, '?' another error. `end` is
 * called once and frees the ping. All that is marked must be derived before. NULL
 * with errno: no socket to be had.
 */
struct ping *ping_start(struct probes *all, const struct ping_options *o,
	void (*mark)(void *arg, char mark),
	void (*end)(void *arg, const struct ping_result *result), void *arg);

/* Stop now: `end` is not called. */
void ping_cancel(struct ping *ping);

/* What it has so far. */
const struct ping_result *ping_result(const struct ping *ping);

#endif
