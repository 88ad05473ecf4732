/* SPDX-License-Identifier: BSD-3-Clause */
/* ICMP on the wire (RFC 792): echoes out, replies and errors in. */
#ifndef BW_CONTROL_PROBE_ICMP_H
#define BW_CONTROL_PROBE_ICMP_H

#include "dataplane/api/cursor.h"
#include "dataplane/api/msg.h"

#define ICMP_HEADER 8

/* The packet that an error is about, as far as it was quoted. */
struct icmp_quote {
	bw_ip4 from, to;
	uint8_t protocol;
	struct bytes payload; /* 8 bytes at least: an echo's header, or the ports of UDP */
};

struct icmp_message {
	bw_ip4 from, to;
	uint8_t type, code;
	uint16_t id, seq; /* of an echo or reply, host byte order */
	bool quotes;
	struct icmp_quote quote;
};

/* An IPv4 packet as a raw socket gives it; *m points into it. False: no ICMP, or cut short. The
 * checksum is the kernel's to check. An error whose quote is malformed quotes nothing. */
bool icmp_decode(struct bytes packet, struct icmp_message *m);

/* The ports of a quoted UDP packet. */
uint16_t icmp_quoted_source(const struct icmp_quote *q);
uint16_t icmp_quoted_destination(const struct icmp_quote *q);

/* Whether an error is about this echo. */
bool icmp_quotes_echo(const struct icmp_message *m, bw_ip4 to, uint16_t id, uint16_t seq);

/* An echo of `len` bytes in all, filled as IOS does. False: it does not fit. */
bool icmp_encode_echo(struct builder *b, uint16_t id, uint16_t seq, size_t len);

/* "echo reply", as in the lines of `debug ip icmp`. */
const char *icmp_type_name(uint8_t type);

#endif
