/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Authenticating ourselves to the peer: PAP (RFC 1334), CHAP with MD5 (RFC 1994). Names and
 * passwords are any bytes.
 */
#ifndef DATAPLANE_PPPOE_AUTH_H
#define DATAPLANE_PPPOE_AUTH_H

#include "pppoe/env.h"
#include "pppoe/ppp_packet.h"

enum ppp_auth_status {
	PPP_AUTH_IDLE,
	PPP_AUTH_WAIT, /* for the peer's verdict */
	PPP_AUTH_DONE,
	PPP_AUTH_FAILED,
	PPP_AUTH_TIMEOUT,
};

struct ppp_auth {
	struct pppoe_env *env;
	uint16_t protocol; /* PPP_PAP, PPP_CHAP; 0: none */
	enum ppp_auth_status status;
	uint8_t id;	/* of the last PAP request, or of the last CHAP response */
	bool responded; /* CHAP: there was one */
	unsigned tries;
	uint64_t retry_due; /* PAP's next request */
	uint64_t limit;	    /* of all of it */
	struct bytes peer;  /* points to peer_name */
	uint8_t peer_name[sizeof(((struct bw_pppoe_state *)0)->peer_name) - 1]; /* of a challenge */
};

/* Nothing agreed. Forgets the peer's name. */
void ppp_auth_init(struct ppp_auth *a, struct pppoe_env *env);

/* By this protocol, from now on. */
void ppp_auth_start(struct ppp_auth *a, uint16_t protocol);

/* A packet of the protocol that was agreed. Look at `status` afterwards. */
enum bw_drop ppp_auth_input(struct ppp_auth *a, const struct ppp_packet *p);

/* Timers. Look at `status` afterwards. */
void ppp_auth_poll(struct ppp_auth *a);
uint64_t ppp_auth_due(const struct ppp_auth *a);

#endif
