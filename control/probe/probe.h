/* SPDX-License-Identifier: BSD-3-Clause */
/* What ping and traceroute share: the protocol's record, those that run, and their ICMP socket. */
#ifndef BW_CONTROL_PROBE_PROBE_H
#define BW_CONTROL_PROBE_PROBE_H

#include <sys/queue.h>

#include "control/probe/icmp.h"
#include "control/proto/proto.h"
#include "control/proto/socket.h"

/* Both of them, in the frame of protocols. */
extern const struct proto probe_proto;

/* The state of the record. */
struct probes {
	struct proto_env env;
	TAILQ_HEAD(, probe) running;
};

/* One that runs: the beginning of struct ping and struct traceroute. */
struct probe {
	TAILQ_ENTRY(probe) entry;
	struct probes *all;
	struct proto_socket icmp; /* gets replies and errors only */
	struct proto_row row;
	void (*heard)(struct probe *p, const struct icmp_message *m); /* it may end the probe */
};

/*
 * Open the ICMP socket, `source` 0 = any, towards `to`. 0 or negative errno, with nothing left
 * behind. `row` is filled in but for its ports.
 */
int probe_open(struct probe *p, struct probes *all, bw_ip4 source, bw_ip4 to);
void probe_close(struct probe *p);

/* The milliseconds that IOS prints: 1 at least. */
uint32_t probe_ms(uint64_t us);

#endif
