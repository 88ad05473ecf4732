/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Access concentrators: what they offer in the running discovery, and which of them failed us
 * lately. A server is known by its MAC address and AC-Name, because a relay offers for several.
 *
 * A server that ignored or refused a PADR, or whose session never came up, is asked again only if
 * no other offers. That is forgotten after some minutes, and when the server has given a session.
 */
#ifndef DATAPLANE_PPPOE_SERVERS_H
#define DATAPLANE_PPPOE_SERVERS_H

#include "pppoe/tags.h"

#define PPPOE_OFFERS   8    /* at a time */
#define PPPOE_FAILURES 16   /* remembered */
#define PPPOE_PADR_MAX 1500 /* from the PPPoE header on: what every Ethernet carries */

struct pppoe_server {
	uint8_t mac[6];
	uint8_t name_len;
	uint8_t name[64]; /* AC-Name; cut if longer */
};

struct pppoe_offer {
	struct pppoe_server server;
	uint8_t uniq[8]; /* the Host-Uniq that it answers */
	bool has_cookie, has_relay_id;
	uint16_t cookie_len, relay_id_len;
	uint8_t data[PPPOE_PADR_MAX]; /* the cookie, and then the relay's id */
};

struct pppoe_failure {
	struct pppoe_server server;
	uint64_t until; /* ms; 0: none */
};

struct pppoe_servers {
	unsigned n_offers;
	struct pppoe_offer offer[PPPOE_OFFERS]; /* in the order of arrival */
	struct pppoe_failure failure[PPPOE_FAILURES];
};

/* Whether a server has failed, and that is not forgotten yet. */
bool pppoe_has_failed(
	const struct pppoe_servers *s, uint64_t now, const struct pppoe_server *server);

/*
 * Keep what a PADO offers; another one of the same server replaces it in place. Full, a newcomer
 * takes the place of one that failed, but not that of `chosen` (NULL: none is). False: there is
 * no place, or no PADR could return what it has.
 */
bool pppoe_keep_offer(struct pppoe_servers *s, uint64_t now, const uint8_t *from,
	const struct pppoe_packet *pado, const struct pppoe_offer *chosen);

/*
 * The offer to take: the first of a server that has not failed, else that whose failure is oldest.
 * NULL: there is none.
 */
struct pppoe_offer *pppoe_best_offer(struct pppoe_servers *s, uint64_t now);

/* Whether a server that has not failed offers, besides `but` (NULL: any). */
bool pppoe_has_good_offer(
	const struct pppoe_servers *s, uint64_t now, const struct pppoe_offer *but);

void pppoe_server_failed(struct pppoe_servers *s, uint64_t now, const struct pppoe_server *server);
void pppoe_server_is_good(struct pppoe_servers *s, const struct pppoe_server *server);

struct bytes pppoe_offer_cookie(const struct pppoe_offer *o);
struct bytes pppoe_offer_relay_id(const struct pppoe_offer *o);

#endif
