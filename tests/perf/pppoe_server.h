/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * As much of a PPPoE server (RFC 2516, 1661, 1332) as a client needs to open a session: it wants
 * no authentication, takes what the client wants and gives it an address. One client at a time; a
 * new PADI is a new one's.
 */
#ifndef PERF_PPPOE_SERVER_H
#define PERF_PPPOE_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PPPOE_SERVER_FRAME   1514
#define PPPOE_SERVER_SESSION 1

struct pppoe_server {
	uint8_t mac[6];
	uint32_t ip, client_ip; /* host order; ours, and the one that the client gets */
	/* Send a frame, padded to 60 bytes; it is the server's. */
	void (*send)(void *arg, const uint8_t *frame, size_t len);
	void *arg;

	uint8_t client_mac[6];
	uint8_t id; /* of our last Configure-Request */
	struct pppoe_server_side {
		bool asked;   /* we have sent one */
		bool in, out; /* the client's is acknowledged; so is ours */
	} lcp, ipcp;
	uint64_t frames; /* of discovery and of the session that were for us */
};

/* True if the frame was discovery, or of PPP's own protocols: it has been answered if need be. */
bool pppoe_server_input(struct pppoe_server *s, const uint8_t *frame, size_t len);

/* To be called about once a second: asks again for what was not acknowledged. */
void pppoe_server_poll(struct pppoe_server *s);

/* IPCP is open on both sides: IPv4 passes. */
bool pppoe_server_up(const struct pppoe_server *s);

#endif
