/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One PPPoE client (RFC 2516) and the PPP session that it opens (RFC 1661): discovery, LCP,
 * PAP or CHAP, IPCP, and dialling again when a session ends.
 *
 * It knows no sockets, no mbufs and no clock: packets, time and the link's state come in by
 * calls, and what it wants goes out through struct pppoe_ops. So a test drives it whole. One
 * thread only. Nothing is called back after pppoe_client_free(), and no call of the client's
 * functions may be made from within an operation.
 */
#ifndef DATAPLANE_PPPOE_CLIENT_H
#define DATAPLANE_PPPOE_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "api/drops.h"
#include "api/msg.h"

#define PPPOE_HEADER	 6    /* RFC 2516 4: version and type, code, session id, length */
#define PPPOE_MTU	 1492 /* of an Ethernet of 1500, behind that header and PPP's protocol */
#define PPPOE_MAX_PACKET 1508 /* of discovery, and of PPP's own protocols; from the header on */

struct pppoe_client;

/* What a client may ask of its surroundings. `arg` is that of pppoe_client_new(). */
struct pppoe_ops {
	/*
	 * Send a discovery packet: ethertype 0x8863, data[len] from the PPPoE header on, to `to`
	 * (6 bytes; broadcast for a PADI). The data is the client's.
	 */
	void (*send_discovery)(void *arg, const uint8_t *to, const uint8_t *data, size_t len);

	/* The same for a session packet, ethertype 0x8864, to the server. */
	void (*send_session)(void *arg, const uint8_t *to, const uint8_t *data, size_t len);

	/*
	 * The state that pppoe_client_state() tells has changed, so that packets may pass, or no
	 * longer. At the end of the call that caused it, once.
	 */
	void (*changed)(void *arg);

	/* A line for `debug`, of the kind (one of enum bw_debug_flags) that was asked for. */
	void (*debug)(void *arg, uint32_t kind, const char *line);

	/* Random bytes. */
	void (*random)(void *arg, void *buf, size_t len);
};

/* Names and passwords; bytes, not strings. */
struct pppoe_text {
	uint8_t len;
	uint8_t data[BW_PPPOE_TEXT];
};

struct pppoe_conf {
	struct bw_pppoe set;
	struct pppoe_text text[BW_PPPOE_TEXTS];
	uint8_t local_mac[6];	      /* of the Ethernet */
	char under_name[BW_NAME_LEN]; /* of the Ethernet, in debug lines */
};

/* A client that is down, without configuration. NULL if there is no memory. */
struct pppoe_client *pppoe_client_new(const struct pppoe_ops *ops, void *arg);

/* Says nothing to the server (see pppoe_client_hang_up()). Wipes its secrets. NULL is allowed. */
void pppoe_client_free(struct pppoe_client *c);

/*
 * Another configuration, copied. What the session was not negotiated from (keepalive, redial,
 * limits, credentials) takes effect in place; anything else ends the session in good order
 * (Terminate-Request, PADT) and dials anew. An equal one changes nothing.
 */
void pppoe_client_configure(struct pppoe_client *c, uint64_t now_ms, const struct pppoe_conf *conf);

/* The Ethernet came up or went down. Down ends the session without a word; up dials at once. */
void pppoe_client_link(struct pppoe_client *c, uint64_t now_ms, bool up);

/*
 * The Ethernet is shut down by the administrator, and frames still pass: as if its link went down,
 * but the server is told by Terminate-Request and PADT.
 */
void pppoe_client_shut(struct pppoe_client *c, uint64_t now_ms);

/* `clear pppoe`: end the session with PADT and dial anew at once. */
void pppoe_client_clear(struct pppoe_client *c, uint64_t now_ms);

/*
 * Terminate-Request and PADT if there is a session; it then stays down until it is cleared or gets
 * a configuration for another session. Before a clean exit.
 */
void pppoe_client_hang_up(struct pppoe_client *c, uint64_t now_ms);

/*
 * A discovery packet came: data[len] from the PPPoE header on, from `from`. True if it was for
 * this client (its Host-Uniq, or the PADT of its session); else the next client is asked. *drop
 * says why nothing came of it, or BW_DROP_NONE; if it was nobody's, the last client's is the
 * reason.
 */
bool pppoe_client_discovery(struct pppoe_client *c, uint64_t now_ms, const uint8_t *from,
	const uint8_t *data, size_t len, enum bw_drop *drop);

/*
 * A packet of its session came: data[len] begins with PPP's protocol field (2 bytes, RFC 1661
 * 2), PPPoE's header and length were checked by the caller. Returns why nothing came of it, or
 * BW_DROP_NONE. IPv4 does not come here.
 */
enum bw_drop pppoe_client_ppp(
	struct pppoe_client *c, uint64_t now_ms, const uint8_t *data, size_t len);

/* Do what is due. */
void pppoe_client_poll(struct pppoe_client *c, uint64_t now_ms);

/* When pppoe_client_poll() is due, in the clock of now_ms; UINT64_MAX: never. */
uint64_t pppoe_client_due(const struct pppoe_client *c);

/* What control is told. up_s is as of now_ms. */
void pppoe_client_state(
	const struct pppoe_client *c, uint64_t now_ms, struct bw_pppoe_state *state);

/* The configuration as it was given; valid until the next pppoe_client_configure(). */
const struct pppoe_conf *pppoe_client_conf(const struct pppoe_client *c);

/* Which lines are wanted (enum bw_debug_flags). */
void pppoe_client_debug(struct pppoe_client *c, uint32_t flags);

#endif
