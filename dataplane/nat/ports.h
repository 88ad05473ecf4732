/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Which global port a new flow gets: its own while that is free, else the first
 * free one of its group (0-511, 512-1023, 1024-65535), as IOS does. Free means:
 * no session has it towards the same outside end, and no static rule claims it.
 *
 * The sessions' index is the truth. So that a search among many flows to one
 * outside end need not ask it for port after port, records of the busiest ends
 * remember ports that were found taken; a port's mark goes when its session
 * does. So a port is asked about once each time it is taken, and the first free
 * one is always the first free one.
 */
#ifndef DATAPLANE_NAT_PORTS_H
#define DATAPLANE_NAT_PORTS_H

#include <stdbool.h>

#include "nat/session.h"

#define NAT_PORT_SETS  256
#define NAT_PORT_WAYS  4
#define NAT_PORT_PLAIN 32 /* a search of so many ports gets no record */

struct nat_shard;

/* One global address towards one outside end. */
struct nat_end {
	uint32_t global, remote;
	uint16_t remote_port;
	uint8_t proto;
	uint8_t vrf; /* the outside's */
};

struct nat_port_record {
	struct nat_end end;  /* proto 0: not in use */
	uint32_t generation; /* of the rules: static rules' ports are marked too */
	uint32_t n_marked;
	uint64_t full[16];    /* a bit for each word of marks that is all ones */
	uint64_t marks[1024]; /* a bit for each port that is taken */
};

struct nat_ports {
	struct nat_port_record *record; /* [NAT_PORT_SETS * NAT_PORT_WAYS] */
};

int nat_ports_init(struct nat_ports *ports);
void nat_ports_fini(struct nat_ports *ports);

/*
 * The port for a flow that would keep `want` (host byte order). False if its group is full.
 * *seen: the session that takes the port has to be made with NAT_C_PORT_SEEN; if it is not
 * made after all, nat_ports_cancel() has to be called.
 */
bool nat_ports_choose(
	struct nat_shard *sh, const struct nat_end *end, uint16_t want, uint16_t *port, bool *seen);

void nat_ports_cancel(struct nat_shard *sh, const struct nat_end *end, uint16_t port);

/* A session with NAT_S_PORT_SEEN has ended. */
void nat_ports_forget(struct nat_shard *sh, const struct nat_session *s);

#endif
