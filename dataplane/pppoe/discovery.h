/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The discovery stage of RFC 2516 5: PADI until a server offers, PADR to the first that offers the
 * service, PADS.
 *
 * A PADI is repeated after 1, 2, 3, 3 ... seconds, less up to an eighth at random, so that a server
 * that comes back has its sessions within 5 s and not all at the same moment. A PADR is sent four
 * times; then all starts again.
 */
#ifndef DATAPLANE_PPPOE_DISCOVERY_H
#define DATAPLANE_PPPOE_DISCOVERY_H

#include "pppoe/env.h"
#include "pppoe/tags.h"

enum discovery_result {
	DISCOVERY_GOES_ON,
	DISCOVERY_OPEN,	   /* env has the session */
	DISCOVERY_REFUSED, /* by the server that was asked for a session */
};

struct discovery {
	struct pppoe_env *env;
	enum bw_pppoe_stage stage;   /* BW_PPPOE_PADI, BW_PPPOE_PADR; BW_PPPOE_DOWN: at rest */
	enum bw_pppoe_reason reason; /* why there is no session yet */
	unsigned tries;
	uint64_t due;
	uint8_t uniq[8]; /* our Host-Uniq, another one for each discovery */
	uint8_t ac_name_len, relay_id_len;
	uint16_t cookie_len;
	bool has_cookie, has_relay_id;
	uint8_t ac_name[64], relay_id[64], cookie[512]; /* of the PADO */
};

/* At rest. */
void discovery_init(struct discovery *d, struct pppoe_env *env);

/* Broadcast the first PADI. */
void discovery_start(struct discovery *d);

/* No more; what is known of the server is kept. */
void discovery_stop(struct discovery *d);

/* Whether it carries our Host-Uniq. */
bool discovery_is_ours(const struct discovery *d, const struct pppoe_packet *p);

/* A PADO or PADS of ours, from the unicast address `from`. *drop: why nothing came of it. */
enum discovery_result discovery_input(
	struct discovery *d, const uint8_t *from, const struct pppoe_packet *p, enum bw_drop *drop);

/* Repeat what is due. */
void discovery_poll(struct discovery *d);

/* Send a PADT for a session of the server's. */
void discovery_padt(const struct discovery *d, uint16_t session);

#endif
