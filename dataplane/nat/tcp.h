/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What NAT follows of a TCP connection, to choose its timeout: syn until both
 * sides were seen and an ACK came, tcp while it is open, finrst after both FINs
 * or a RST. A SYN on a closed one starts it again (RFC 5382, 5 and 6).
 */
#ifndef DATAPLANE_NAT_TCP_H
#define DATAPLANE_NAT_TCP_H

#include "api/msg.h"
#include "l3/l4.h"
#include "nat/session.h"

/* True if a packet with these flags leaves an open connection as it is. */
static inline bool nat_tcp_steady(const struct nat_session *s, uint8_t flags)
{
	return (s->tcp & NAT_TCP_OPEN) && !(flags & (L4_TCP_SYN | L4_TCP_FIN | L4_TCP_RST));
}

static inline uint8_t nat_tcp_timeout(uint8_t state)
{
	const uint8_t fins = NAT_TCP_FIN_OUT | NAT_TCP_FIN_IN;

	if (state & NAT_TCP_RST || (state & fins) == fins)
		return BW_NAT_TMO_FINRST;
	return state & NAT_TCP_OPEN ? BW_NAT_TMO_TCP : BW_NAT_TMO_SYN;
}

/* The state after a packet with these flags in direction dir. */
static inline uint8_t nat_tcp_next(uint8_t state, enum nat_dir dir, uint8_t flags)
{
	const uint8_t seen = NAT_TCP_SEEN_OUT | NAT_TCP_SEEN_IN;

	if ((flags & (L4_TCP_SYN | L4_TCP_ACK | L4_TCP_RST)) == L4_TCP_SYN &&
		nat_tcp_timeout(state) == BW_NAT_TMO_FINRST)
		state = 0;
	state |= dir == NAT_OUT ? NAT_TCP_SEEN_OUT : NAT_TCP_SEEN_IN;
	if (flags & L4_TCP_RST)
		return state | NAT_TCP_RST;
	if (flags & L4_TCP_FIN)
		state |= dir == NAT_OUT ? NAT_TCP_FIN_OUT : NAT_TCP_FIN_IN;
	if ((state & seen) == seen && (flags & (L4_TCP_SYN | L4_TCP_ACK)) == L4_TCP_ACK)
		state |= NAT_TCP_OPEN;
	return state;
}

#endif
