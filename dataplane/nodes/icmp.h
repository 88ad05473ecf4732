/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * ICMP of the dataplane itself: echo replies (RFC 1812 4.3.3.6) and errors about packets that
 * could not be forwarded (RFC 1812 4.3.2).
 */
#ifndef DATAPLANE_NODES_ICMP_H
#define DATAPLANE_NODES_ICMP_H

#include <rte_graph.h>

#include "core/packet.h"
#include "core/worker.h"

#define ICMP_ECHO_REPLY	   0
#define ICMP_UNREACHABLE   3
#define ICMP_ECHO	   8
#define ICMP_TIME_EXCEEDED 11
#define ICMP_PARAMETER	   12
#define ICMP_HOST	   1 /* a code of ICMP_UNREACHABLE */
#define ICMP_FRAG_NEEDED   4 /* a code of ICMP_UNREACHABLE */

/* The largest error that is sent (RFC 1812 4.3.2.3). */
#define ICMP_ERROR_MAX 576

/* 224.0.0.0: from there on an address is no single host's. */
#define ICMP_FIRST_GROUP UINT32_C(0xe0000000)

enum icmp_echo_edge {
	ICMP_ECHO_EDGE_DROP,
	ICMP_ECHO_EDGE_LOOKUP,
	ICMP_ECHO_EDGE_PUNT, /* fragments: the host stack reassembles and answers them */
	ICMP_ECHO_EDGE_MAX,
};

enum icmp_error_edge {
	ICMP_ERROR_EDGE_DROP,
	ICMP_ERROR_EDGE_LOOKUP,
	ICMP_ERROR_EDGE_HANDOFF,
	ICMP_ERROR_EDGE_MAX,
};

/* An identification for a datagram that may be fragmented on its way. */
static inline rte_be16_t icmp_next_id(struct worker *w)
{
	w->random = w->random * 1664525u + 1013904223u;
	return w->random >> 16;
}

/*
 * An echo request to one of the router's addresses, whose IPv4 header ip4_input has checked;
 * data at that header. It is turned into the reply in place.
 */
rte_edge_t icmp_echo_reply(struct worker *w, struct rte_mbuf *m);

/*
 * Turn a packet (data at its IPv4 header) into the error meta->icmp_type, icmp_code and icmp_arg
 * about it, as it was before NAT, and count it under meta->drop (edge LOOKUP); or leave it to be
 * dropped under meta->drop (edge DROP), and count the error that was not sent under ICMP_RATE or
 * ICMP_FORBIDDEN; or send it to the worker that has its NAT session first (edge HANDOFF).
 *
 * Unreachables go at one per 500 ms and worker, fragmentation-needed has its own count (IOS's
 * `ip icmp rate-limit unreachable`, and `... df`); all others at 100 a second, 50 at once.
 */
rte_edge_t icmp_error_about(struct worker *w, struct rte_mbuf *m);

#endif
