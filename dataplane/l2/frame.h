/* SPDX-License-Identifier: BSD-3-Clause */
/* Frames of the router's own, and their headers: what ARP, neighbours and PPPoE share. */
#ifndef DATAPLANE_L2_FRAME_H
#define DATAPLANE_L2_FRAME_H

#include <rte_ether.h>
#include <rte_mbuf.h>
#include <stdbool.h>

#include "tables/itf.h"

#define FRAME_MIN	 60u /* without FCS */
#define FRAME_HEADER_MAX 18u /* with one 802.1Q tag */

struct dp;

/* True if frames leave the interface by a port or a VLAN of its own. */
static inline bool frame_has_link(const struct itf *itf)
{
	return itf->kind != BW_IF_LOOPBACK && itf->kind != BW_IF_DIALER;
}

/*
 * Write the header of a frame from the interface to `to` (6 bytes): 14 bytes, 18 with the tag of
 * a subinterface. type in host byte order. Returns its length; at most FRAME_HEADER_MAX.
 */
unsigned frame_header(
	const struct itf *itf, const uint8_t *to, uint16_t type, uint8_t at[FRAME_HEADER_MAX]);

/*
 * Send len bytes behind such a header, padded to the smallest frame. Main lcore only. What does
 * not fit an mbuf or a queue is dropped and counted; nothing goes out of an interface without
 * link.
 */
void frame_send(struct dp *dp, const struct itf *itf, const uint8_t *to, uint16_t type,
	const void *payload, unsigned len);

#endif
