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
	uint16_t payload; /* PPP packets that both ends' Ethernets carry; PPPOE_MTU without RFC 4638
			   */
	/* by LCP */
	uint16_t peer_mru; /* what may be sent to the peer: its MRU, within payload */
};

/* data[len], from PPP's protocol field on, to the server. What is too long is not sent. */
void pppoe_env_send(const struct pppoe_env *env, const uint8_t *data, size_t len);

/* A random number, not 0. */
uint32_t pppoe_env_random(const struct pppoe_env *env);

#endif
