/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Packets of PPP's own protocols, which all look alike (RFC 1661 5, 1332, 1334, 1994): code,
 * identifier, length, data; and the options in Configure packets (RFC 1661 6, 1332 3, 1877).
 */
#ifndef DATAPLANE_PPPOE_PPP_PACKET_H
#define DATAPLANE_PPPOE_PPP_PACKET_H

#include "api/cursor.h"

#define PPP_PROTOCOL 2	  /* bytes of the protocol field before each packet */
#define PPP_MAX	     1500 /* bytes of a packet of these protocols, at the most */

enum ppp_protocol {
	PPP_IPV4 = 0x0021,
	PPP_IPCP = 0x8021,
	PPP_LCP = 0xc021,
	PPP_PAP = 0xc023,
	PPP_CHAP = 0xc223,
};

/* RFC 1661 5. The first seven are IPCP's too. */
enum ppp_code {
	PPP_CONFIGURE_REQUEST = 1,
	PPP_CONFIGURE_ACK,
	PPP_CONFIGURE_NAK,
	PPP_CONFIGURE_REJECT,
	PPP_TERMINATE_REQUEST,
	PPP_TERMINATE_ACK,
	PPP_CODE_REJECT,
	PPP_PROTOCOL_REJECT,
	PPP_ECHO_REQUEST,
	PPP_ECHO_REPLY,
	PPP_DISCARD_REQUEST,
};

enum chap_code {
	CHAP_CHALLENGE = 1,
	CHAP_RESPONSE,
	CHAP_SUCCESS,
	CHAP_FAILURE,
};

enum pap_code {
	PAP_REQUEST = 1,
	PAP_ACK,
	PAP_NAK,
};

enum lcp_option {
	LCP_MRU = 1,
	LCP_AUTH = 3,
	LCP_MAGIC = 5,
	LCP_PFC = 7,
	LCP_ACFC = 8,
};

enum ipcp_option {
	IPCP_COMPRESSION = 2,
	IPCP_ADDRESS = 3,
	IPCP_DNS1 = 129,
	IPCP_DNS2 = 131,
};

#define CHAP_MD5 5 /* the algorithm in LCP's Authentication-Protocol */

struct ppp_packet {
	uint8_t code, id;
	struct bytes data;  /* behind the length field; padding cut off */
	struct bytes whole; /* from the code on */
};

/* `data` behind the protocol field. False: too short, or the length field is wrong. */
bool ppp_parse(const uint8_t *data, size_t len, struct ppp_packet *p);

struct ppp_option {
	uint8_t type;
	struct bytes value;
	struct bytes whole;
};

/* The next option. False at the end, and where a length is wrong. */
bool ppp_next_option(struct cursor *c, struct ppp_option *o);

/* Whether all of it is options. */
bool ppp_options_ok(struct bytes options);

/* From the protocol field on. */
void ppp_begin(struct builder *b, uint16_t protocol, uint8_t code, uint8_t id);
void ppp_put_option(struct builder *b, uint8_t type, struct bytes value);
void ppp_put_u16(struct builder *b, uint8_t type, uint16_t value);
void ppp_put_u32(struct builder *b, uint8_t type, uint32_t value);

/* Sets the length. False: it did not fit. */
bool ppp_end(struct builder *b);

#endif
