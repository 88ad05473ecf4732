/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The discovery stage of RFC 2516 5: PADI until servers offer, PADR to one of them, PADS.
 *
 * A PADI is repeated after 1, 2, 4 ... 32 seconds, less up to an eighth at random, so that not all
 * ask at the same moment. For some minutes after a session was lost the wait stops growing at 3 s,
 * so that a server that comes back has its sessions within 5 s.
 *
 * Offers are collected for a moment, longer if only servers that failed lately have offered. A
 * PADR is repeated after 1, 2 and 4 seconds, or multiples of what the server took for its PADO if
 * that is slower. Then, or when the server refuses, it is the next server's turn; when there is
 * none left, all starts again.
 */
#ifndef DATAPLANE_PPPOE_DISCOVERY_H
#define DATAPLANE_PPPOE_DISCOVERY_H

#include "pppoe/env.h"
#include "pppoe/servers.h"

#define PPPOE_COLLECT 100 /* ms, from the first offer on */

enum discovery_result {
	DISCOVERY_GOES_ON,
	DISCOVERY_OPEN,	   /* env has the session */
	DISCOVERY_REFUSED, /* by all servers that offered one */
};

struct discovery {
	struct pppoe_env *env;
	enum bw_pppoe_stage stage;   /* BW_PPPOE_PADI, BW_PPPOE_PADR; BW_PPPOE_DOWN: at rest */
	enum bw_pppoe_reason reason; /* why there is no session yet */
	unsigned tries;		     /* PADRs */
	uint32_t wait;		     /* ms; for an answer to the last packet */
	uint64_t due;		     /* when that is over */
	uint64_t choose;      /* when enough offers were collected; PPP_NEVER: there are none */
	uint64_t eager_until; /* until then PADIs go every 3 s */
	uint8_t uniq[8];  /* our Host-Uniq, another one for each discovery; last byte: which PADI */
	uint64_t sent[8]; /* when; the last PADIs, by the last byte of their Host-Uniq */
	uint64_t asked;	  /* when the last PADR was sent */
	struct pppoe_servers servers;
	struct pppoe_offer *chosen; /* one of theirs; NULL: none yet */
};

/* At rest. No server is known. */
void discovery_init(struct discovery *d, struct pppoe_env *env);

/* Broadcast the first PADI. */
void discovery_start(struct discovery *d);

/* No more; what is known of the servers is kept. */
void discovery_stop(struct discovery *d);

/* Whether it carries our Host-Uniq. */
bool discovery_is_ours(const struct discovery *d, const struct pppoe_packet *p);

/* A PADO or PADS of ours, from the unicast address `from`. *drop: why nothing came of it. */
enum discovery_result discovery_input(
	struct discovery *d, const uint8_t *from, const struct pppoe_packet *p, enum bw_drop *drop);

/* Do what is due. */
void discovery_poll(struct discovery *d);
uint64_t discovery_due(const struct discovery *d);

/*
 * What became of the session with the chosen server: it came up, or it never did. True from
 * discovery_failed() if another server offered that has not failed.
 */
bool discovery_failed(struct discovery *d);
void discovery_succeeded(struct discovery *d);

/* All servers are as good as new. */
void discovery_forget(struct discovery *d);

/* The chosen server's AC-Name. */
struct bytes discovery_ac_name(const struct discovery *d);

/* Send a PADT for a session of the server's. */
void discovery_padt(const struct discovery *d, uint16_t session);

#endif
