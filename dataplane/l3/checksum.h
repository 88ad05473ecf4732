/* SPDX-License-Identifier: BSD-3-Clause */
/* Incremental updates of Internet checksums (RFC 1624, equation 3). */
#ifndef DATAPLANE_L3_CHECKSUM_H
#define DATAPLANE_L3_CHECKSUM_H

#include <stdint.h>

/* Fold a sum of 16-bit words into 16 bits. */
static inline uint16_t checksum_fold(uint32_t sum)
{
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return sum;
}

/* What replacing a 16-bit word adds to the sum; deltas add up, at most 65535 of them. */
static inline uint32_t checksum_delta16(uint16_t from, uint16_t to)
{
	return (uint16_t)~from + (uint32_t)to;
}

/* The same for a 32-bit word. */
static inline uint32_t checksum_delta32(uint32_t from, uint32_t to)
{
	return checksum_delta16(from, to) + checksum_delta16(from >> 16, to >> 16);
}

/*
 * The checksum after a change: HC' = ~(~HC + delta). All in network byte order. It never
 * turns a valid checksum into 0xffff from 0x0000 or back wrongly for sums that are not zero.
 */
static inline uint16_t checksum_update(uint16_t check, uint32_t delta)
{
	return (uint16_t)~checksum_fold((uint32_t)(uint16_t)~check + checksum_fold(delta));
}

#endif
