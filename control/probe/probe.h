/* SPDX-License-Identifier: BSD-3-Clause */
/* What ping and traceroute share: sockets of the router's own, and ICMP as it comes back. */
#ifndef BW_CONTROL_PROBE_PROBE_H
#define BW_CONTROL_PROBE_PROBE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dataplane/api/msg.h"

struct control;

/* An ICMP message, with what it quotes if it is an error. */
struct probe_icmp {
	bw_ip4 from;
	uint8_t type, code;
	uint16_t id, seq; /* of an echo or reply, host byte order */
	const uint8_t *data;
	size_t data_len; /* after the 8 bytes of header */
	bool quotes;
	bw_ip4 quoted_from, quoted_to;
	uint8_t quoted_proto;
	uint16_t quoted_word[4]; /* the first 8 bytes of its payload, host byte order */
};

/*
 * A raw ICMP socket that gets replies and errors only, non-blocking; and one for
 * sending UDP. Both leave by the host device, unless `to` is an address of the
 * router itself, which the kernel keeps to itself. Negative errno.
 */
int probe_icmp_socket(struct control *ctl, bw_ip4 source, bw_ip4 to);
int probe_udp_socket(struct control *ctl, bw_ip4 source, bw_ip4 to);

/* The address to send from when none was asked for: of the interface that the route leaves by. */
bw_ip4 probe_source(struct control *ctl, bw_ip4 asked, bw_ip4 to);

/* Decode one packet of a raw socket. False: not ICMP, or cut short. */
bool probe_decode(const uint8_t *packet, size_t len, struct probe_icmp *out);

/* RFC 1071. */
uint16_t probe_checksum(const void *data, size_t len);

/* Microseconds of a clock that never jumps, and the milliseconds that IOS prints: 1 at least. */
uint64_t probe_now_us(void);
uint32_t probe_ms(uint64_t us);

#endif
