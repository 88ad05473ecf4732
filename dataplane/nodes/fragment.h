/* SPDX-License-Identifier: BSD-3-Clause */
/* IPv4 fragmentation (RFC 791 3.2; RFC 1812 4.2.2.7). */
#ifndef DATAPLANE_NODES_FRAGMENT_H
#define DATAPLANE_NODES_FRAGMENT_H

#include "core/packet.h"
#include "core/worker.h"

/* BW_MAX_MTU in pieces of BW_MIN_IP_MTU, with room to spare. */
#define FRAGMENT_MAX 256

/*
 * Cut a packet (data at its IPv4 header) to the MTU of its adjacency and interface. The fragments
 * are linear copies in mbufs of their own with the packet's meta, since a driver may neither
 * take chains nor shared buffers. Frees m and returns their number; 0 if it cannot be cut: m is
 * then still the caller's.
 */
unsigned fragment_cut(struct worker *w, struct rte_mbuf *m, struct rte_mbuf *out[FRAGMENT_MAX]);

#endif
