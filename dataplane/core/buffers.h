/* SPDX-License-Identifier: BSD-3-Clause */
/* How many packet buffers there are, and how large; both follow from platform.conf. */
#ifndef DATAPLANE_CORE_BUFFERS_H
#define DATAPLANE_CORE_BUFFERS_H

#include <rte_mempool.h>

#include "api/platform.h"

/*
 * What a frame needs in a ring of af_packet besides its layer-3 packet: the kernel's header (66
 * bytes before the frame), Ethernet's, two tags.
 */
#define BUFFERS_AF_PACKET_EXTRA (66 + 14 + 8)

/* The largest max-mtu whose buffers, with all that belongs to one, fit into a page. */
#define BUFFERS_PAGE_MTU (3072 - BUFFERS_AF_PACKET_EXTRA)

/*
 * Bytes of a buffer for a frame; what is in front of it not counted. A multiple of 1024, since
 * cards count in such units, and enough for a frame and af_packet's header of max-mtu, unless
 * that is the default: then the size that every driver is used to.
 */
uint16_t buffers_room(const struct bw_platform *p);

/* MiB that these buffers take more than buffers of the default size. */
unsigned buffers_extra_memory(const struct bw_platform *p, unsigned workers);

/* The pool, or NULL. */
struct rte_mempool *buffers_create(const struct bw_platform *p, unsigned workers);

#endif
