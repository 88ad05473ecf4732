/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * LCP (RFC 1661 6): our MRU and magic number; the peer's MRU, magic number and demand for
 * authentication; echoes both ways, loops, Protocol-Reject. Everything else is rejected, the
 * compressions of the header among it (RFC 2516 7).
 */
#ifndef DATAPLANE_PPPOE_LCP_H
#define DATAPLANE_PPPOE_LCP_H

#include "pppoe/cp.h"

#define LCP_MRU_DEFAULT 1500
#define LCP_MRU_MIN	576 /* below, IPv4 becomes a trickle of fragments: we nak it */

/* What the peer's Configure-Request says. */
struct lcp_peer {
	uint16_t mru;
	uint16_t auth; /* PPP_CHAP, PPP_PAP; 0: none demanded */
	uint32_t magic;
};

struct lcp {
	struct ppp_cp cp;
	const struct ppp_layer *layer;
	bool ask_mru, ask_magic;
	uint16_t want_mru;
	uint32_t magic;
	struct lcp_peer asked, peer; /* being judged; as we acked it */
	bool auth_refused;	     /* the peer wants none of what we may do */
	unsigned loops;		     /* own magic numbers seen in a row */
	bool looped;		     /* too many */
	bool no_echo;		     /* the peer code-rejected Echo-Request */
	unsigned unanswered;	     /* echoes */
	bool dead;		     /* too many */
	uint64_t echo_due;
	uint64_t echo_since; /* when the first of them was sent */
};

/* The layer hears of it; it lasts as long as l. */
void lcp_init(struct lcp *l, struct pppoe_env *env, const struct ppp_layer *layer);

/* Begin to negotiate. */
void lcp_start(struct lcp *l);

/* A packet. Look at `looped` afterwards. */
enum bw_drop lcp_input(struct lcp *l, const struct ppp_packet *p);

/* Timers. Look at `dead` afterwards. */
void lcp_poll(struct lcp *l);
uint64_t lcp_due(const struct lcp *l);

/* The keepalive interval was changed. */
void lcp_keepalive(struct lcp *l);

/* Reject a packet of a protocol that we do not speak: data[len] from the protocol field on. */
void lcp_protocol_reject(struct lcp *l, const uint8_t *data, size_t len);

/* The protocol that a Protocol-Reject is about, if LCP is open and it is well-formed; else 0. */
uint16_t lcp_rejected_protocol(const struct lcp *l, const struct ppp_packet *p);

/* What we may be sent, as the peer knows. */
uint16_t lcp_mru(const struct lcp *l);

#endif
