/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A client with its surroundings, and the words of a server (a broadband access server) that a test
 * puts together: give_*() hands a packet to the client, want_*() takes the next one that it sent
 * and checks what it is.
 */
#ifndef TESTS_UNIT_PPPOE_BAS_H
#define TESTS_UNIT_PPPOE_BAS_H

#include "pppoe/client.h"
#include "pppoe/discovery.h"
#include "pppoe/fsm.h"
#include "pppoe/ppp_packet.h"
#include "pppoe/tags.h"

#define B(...)                                                                                     \
	((struct bytes) {                                                                          \
		(const uint8_t[]) { __VA_ARGS__ }, sizeof((const uint8_t[]) { __VA_ARGS__ }) })
#define TEXT(s) ((struct bytes) { (const uint8_t *)(s), sizeof(s) - 1 })
#define NONE	((struct bytes) { NULL, 0 })

#define SESSION 0x1234
#define OUR	0xc0a80a01 /* 192.168.10.1, of the configuration */
#define PEER	0x01010101 /* 1.1.1.1, the server's */

#define MRU_1492 1, 4, 0x05, 0xd4
#define CHAP	 3, 5, 0xc2, 0x23, 5
#define PAP	 3, 4, 0xc0, 0x23
#define MAGIC	 5, 6, 0xba, 0x5b, 0xa5, 0x01
#define ADDR(a)	 3, 6, (a) >> 24, (a) >> 16 & 0xff, (a) >> 8 & 0xff, (a)&0xff

struct sent {
	bool discovery;
	uint8_t to[6];
	size_t len;
	uint8_t data[PPPOE_MAX_PACKET];
};

struct bas {
	struct pppoe_client *c;
	struct pppoe_conf conf;
	uint64_t now;
	unsigned changed; /* calls */
	unsigned n_sent, next;
	struct sent sent[256];
	uint32_t random;
	size_t log_len;
	char log[16384];      /* debug lines, each with a line end */
	uint8_t uniq[8];      /* of the last PADI */
	uint8_t request_id;   /* of the last Configure-Request that was wanted */
	struct bytes request; /* its options */
	uint8_t id;	      /* of the server's last packet */
};

extern const uint8_t bas_mac[6], other_mac[6], our_mac[6];

/* A client with a configuration (CHAP and PAP, 192.168.10.1, MTU 1492) on a link that is up. */
void bas_start(struct bas *b);

/* ... which bas_configure() may change before; flags etc. in b->conf. */
void bas_prepare(struct bas *b);
void bas_begin(struct bas *b);
void bas_end(struct bas *b);

void set_text(struct pppoe_conf *conf, enum bw_pppoe_which which, struct bytes text);

/* What the client tells; also checks that it told of the last change. */
struct bw_pppoe_state bas_state(struct bas *b);

/* To `ms` from now, with a poll at each moment that is due on the way. */
void bas_wait(struct bas *b, uint64_t ms);

/* From PADS to the first Configure-Request, if the server says nothing. */
#define FIRST_WORD 1500

/* Nothing was sent that was not wanted. */
void want_nothing(struct bas *b);
struct pppoe_packet want_discovery(struct bas *b, enum pppoe_code code);
struct ppp_packet want_ppp(struct bas *b, uint16_t protocol, uint8_t code);

/* A Configure-Request with exactly these options, then kept in request and request_id. */
void want_request(struct bas *b, uint16_t protocol, struct bytes options);

/* The same with our MRU (0: none) and any magic number. */
void want_lcp_request(struct bas *b, uint16_t mru);

/* The client's answer to the server's last packet, with exactly these options. */
void want_answer(struct bas *b, uint16_t protocol, uint8_t code, struct bytes options);

/* Terminate-Request and PADT, then. */
void want_goodbye(struct bas *b);

/* `tags` is put behind Service-Name, AC-Name (PADO only) and Host-Uniq. */
bool give_discovery(struct bas *b, const uint8_t *from, enum pppoe_code code, uint16_t session,
	struct bytes tags);

/* A plain PADO, and the time that the client waits for others. */
void give_offer(struct bas *b);
enum bw_drop give(struct bas *b, uint16_t protocol, uint8_t code, uint8_t id, struct bytes data);

/* The server's Configure-Request, with a new id. */
void give_request(struct bas *b, uint16_t protocol, struct bytes options);

/* Its Ack of the last request wanted; Nak or Reject with these options. */
void give_ack(struct bas *b, uint16_t protocol);
void give_nak(struct bas *b, uint16_t protocol, struct bytes options);
void give_reject(struct bas *b, uint16_t protocol, struct bytes options);

/* As far as the name says, by way of everything before it. `auth` is the option demanded. */
void to_establish(struct bas *b);
void to_lcp_open(struct bas *b, struct bytes auth);
void to_chap_done(struct bas *b);
void to_network(struct bas *b); /* by CHAP; the IPCP request is wanted */
void to_up(struct bas *b);

#endif
