/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A translation of one flow: one cache line. Written by the worker that owns
 * it; the main lcore reads it under `seq`, which is odd while it is being made
 * or removed. Addresses and ports are in network byte order.
 */
#ifndef DATAPLANE_NAT_SESSION_H
#define DATAPLANE_NAT_SESSION_H

#include <stdbool.h>

#include "nat/hash.h"

/* The two sides a flow is looked up from; index[] and chain[] of a session go by it. */
enum nat_dir {
	NAT_OUT, /* inside to outside: by its local end */
	NAT_IN,	 /* outside to inside: by its global end */
	NAT_DIRS,
};

enum nat_session_flags {
	NAT_S_LIVE = 1 << 0,
	NAT_S_STATIC = 1 << 1,	  /* made from a static rule */
	NAT_S_BOUND = 1 << 2,	  /* counts on its host's address binding */
	NAT_S_PORT_SEEN = 1 << 3, /* its port is marked in a port record */
	NAT_S_OWN = 1 << 4,	  /* the router's own flow from a shared global address */
	NAT_S_MAP = 1 << 5,	  /* by a route-map, which may ask the way out */
};

enum nat_tcp_flags {
	NAT_TCP_SEEN_OUT = 1 << 0, /* a packet passed in this direction */
	NAT_TCP_SEEN_IN = 1 << 1,
	NAT_TCP_FIN_OUT = 1 << 2,
	NAT_TCP_FIN_IN = 1 << 3,
	NAT_TCP_RST = 1 << 4,
	NAT_TCP_OPEN = 1 << 5, /* both sides were seen, and an ACK */
};

struct nat_session {
	uint32_t local, remote, global;
	uint16_t local_port, remote_port, global_port; /* ICMP: the id, and remote 0 */
	uint8_t proto;
	uint8_t flags;	       /* enum nat_session_flags; 0 = not in use */
	uint8_t vrf[NAT_DIRS]; /* of the inside, of the outside */
	uint8_t timeout;       /* enum bw_nat_timeout */
	uint8_t tcp;	       /* enum nat_tcp_flags */
	uint16_t ip_delta; /* what local -> global adds to a checksum; its complement undoes it */
	uint16_t l4_delta; /* the same with the port */
	uint32_t last;	   /* second of the last packet */
	uint32_t created;
	uint32_t rule_id;
	uint32_t next, prev;	  /* in the expiry wheel; next: in the list of free sessions */
	uint32_t chain[NAT_DIRS]; /* next of a full bucket's */
	uint32_t host;		  /* its host's counter, 0 = not counted */
	uint32_t seq;
} __attribute__((aligned(64)));

_Static_assert(sizeof(struct nat_session) == 64, "one cache line");

static inline struct nat_key nat_session_key(const struct nat_session *s, enum nat_dir dir)
{
	return nat_key(dir == NAT_OUT ? s->local : s->global,
		dir == NAT_OUT ? s->local_port : s->global_port, s->remote, s->remote_port,
		s->proto, s->vrf[dir]);
}

static inline bool nat_session_is(
	const struct nat_session *s, enum nat_dir dir, const struct nat_key *key)
{
	struct nat_key own = nat_session_key(s, dir);

	return !((own.addrs ^ key->addrs) | (own.rest ^ key->rest)) && s->flags;
}

#endif
