/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Whole IPv4 packets for tests, made and checked by straightforward sums over all
 * bytes: nothing here is shared with the code under test but the header structs.
 */
#ifndef TESTS_UNIT_NAT_PACKETS_H
#define TESTS_UNIT_NAT_PACKETS_H

#include "l3/l4.h"

#define PACKET_MAX 2048

struct packet {
	uint8_t b[PACKET_MAX];
	uint32_t len;
};

/* What to make; ports in host byte order; ICMP: sport is the id. */
struct flow {
	const char *src, *dst;
	uint16_t sport, dport;
	uint8_t proto;
	uint8_t tcp_flags;
	uint8_t icmp_type, icmp_code;
	uint16_t payload; /* bytes */
	uint16_t id;	  /* of the datagram */
	uint16_t frag;	  /* flags and offset, host byte order */
	uint8_t ttl;	  /* 0: 64 */
	uint8_t options;  /* words of IP options (NOPs) */
	bool no_udp_check;
};

uint32_t ip4(const char *text);

/* Sum of all 16-bit words, as RFC 1071 has it, not inverted. */
uint16_t sum16(const void *data, uint32_t len, uint32_t start);

struct packet make(const struct flow *f);

/* An ICMP error from src to dst that quotes the first `quoted` bytes of a packet. */
struct packet make_error(const char *src, const char *dst, uint8_t type, const struct packet *about,
	uint32_t quoted);

/* Compute all checksums of the packet anew (of a quoted packet's too if it is whole). */
void fix_checksums(struct packet *p);

/* True if IP and transport checksums are right; a fragment's transport is not looked at. */
bool checksums_ok(const struct packet *p);

/* The n bytes from offset on of the packet's payload as a fragment of it; more: MF. */
struct packet make_fragment(const struct packet *p, uint32_t offset, uint32_t n, bool more);

bool same(const struct packet *a, const struct packet *b);

#endif
