/* SPDX-License-Identifier: BSD-3-Clause */
/* What the parts of one client share: its configuration, the time, and the way out. */
#ifndef DATAPLANE_PPPOE_ENV_H
#define DATAPLANE_PPPOE_ENV_H

#include "pppoe/client.h"

struct pppoe_env {
	const struct pppoe_ops *ops;
	void *arg;
	struct pppoe_conf conf; /* its texts hold nothing behind their length */
	uint64_t now;		/* ms; of the call that is being served */
	uint32_t debug;		/* enum bw_debug_flags: what is wanted */
	/* of the session, by discovery */
	uint8_t server[6];
	uint16_t session;
	uint32_t rtt;	  /* ms; what the server took for an answer so far */
	uint16_t payload; /* PPP packets that both ends' Ethernets carry; PPPOE_MTU without RFC 4638
			   */
	/* what the peer may make us send */
	bool answering;
	unsigned answers;    /* left */
	uint64_t answers_at; /* ms; as of then */
	/* by LCP */
	uint16_t peer_mru; /* what may be sent to the peer: its MRU, within payload */
};

/* data[len], from PPP's protocol field on, to the server. What is too long is not sent. */
void pppoe_env_send(struct pppoe_env *env, const uint8_t *data, size_t len);

/* The server took so many ms for an answer. */
void pppoe_env_took(struct pppoe_env *env, uint32_t ms);

/*
 * Between two transmissions of a request, in ms: `ppp timeout retry`, but not less than what a slow
 * server needs. One that is Opened starts over when it sees a Configure-Request again (RFC 1661
 * 4.1), so a timer that is too short never lets the two meet.
 */
uint64_t pppoe_env_retry(const struct pppoe_env *env);

/*
 * Whether the peer may make us send any more just now. What is sent while `answering` counts; what
 * a timer of ours sends is bounded by itself.
 */
bool pppoe_env_may_answer(struct pppoe_env *env);

/* The peer, if it is another one, begins anew. */
void pppoe_env_refill(struct pppoe_env *env);

/* A discovery packet, data[len] from the PPPoE header on, to `to`. */
void pppoe_env_discover(struct pppoe_env *env, const uint8_t *to, const uint8_t *data, size_t len);

/* A random number, not 0. */
uint32_t pppoe_env_random(const struct pppoe_env *env);

#endif
