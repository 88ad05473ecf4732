/* SPDX-License-Identifier: BSD-3-Clause */
/* Discovery packets (RFC 2516 4, 5 and appendix A; RFC 4638): from the PPPoE header on. */
#ifndef DATAPLANE_PPPOE_TAGS_H
#define DATAPLANE_PPPOE_TAGS_H

#include "api/cursor.h"

enum pppoe_code {
	PPPOE_PADO = 0x07,
	PPPOE_PADI = 0x09,
	PPPOE_PADR = 0x19,
	PPPOE_PADS = 0x65,
	PPPOE_PADT = 0xa7,
};

enum pppoe_tag {
	PPPOE_TAG_END = 0x0000,
	PPPOE_TAG_SERVICE = 0x0101,
	PPPOE_TAG_AC_NAME = 0x0102,
	PPPOE_TAG_HOST_UNIQ = 0x0103,
	PPPOE_TAG_AC_COOKIE = 0x0104,
	PPPOE_TAG_RELAY_ID = 0x0110,
	PPPOE_TAG_MAX_PAYLOAD = 0x0120, /* RFC 4638 */
	PPPOE_TAG_SERVICE_ERROR = 0x0201,
	PPPOE_TAG_AC_ERROR = 0x0202,
	PPPOE_TAG_GENERIC_ERROR = 0x0203,
};

/*
 * A discovery packet that was read. What it points to is the packet's. A tag that is not there has
 * data == NULL; of tags that come more than once the first counts.
 */
struct pppoe_packet {
	uint8_t code;
	uint16_t session;
	struct bytes tags; /* all of them; well-formed */
	struct bytes service, ac_name, host_uniq, cookie, relay_id, error;
	uint16_t max_payload; /* 0: not there */
	uint16_t error_tag;   /* which of the three; 0: none */
};

/* False: version, type, a length or a tag is wrong. Bytes behind the PPPoE length are padding. */
bool pppoe_parse(const uint8_t *data, size_t len, struct pppoe_packet *p);

/* Whether one of its Service-Name tags, of which a PADO may have several, is `name`. */
bool pppoe_offers(const struct pppoe_packet *p, struct bytes name);

void pppoe_begin(struct builder *b, enum pppoe_code code, uint16_t session);
void pppoe_put_tag(struct builder *b, enum pppoe_tag tag, struct bytes value);

/* Sets the length. False: it did not fit. */
bool pppoe_end(struct builder *b);

#endif
