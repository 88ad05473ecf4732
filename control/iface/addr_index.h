/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The addresses that interfaces have, in order, so that who has one and what overlaps it is found
 * without a walk over all interfaces. Subnets of different interfaces of a VRF do not overlap, so
 * what is in the way of an address is the next one before it or behind it.
 */
#ifndef BW_CONTROL_IFACE_ADDR_INDEX_H
#define BW_CONTROL_IFACE_ADDR_INDEX_H

#include <stddef.h>
#include <stdint.h>

#include "dataplane/api/msg.h"

struct iface;
struct iface_addr;

/* By VRF, then by address. All zero: empty. */
struct addr_index {
	struct iface_addr **item; /* borrowed */
	size_t n, size;
};

/* Room for one more, so that addr_index_add() cannot fail. 0 or -ENOMEM. */
int addr_index_reserve(struct addr_index *index);
void addr_index_add(struct addr_index *index, struct iface_addr *a);

/* Nothing happens if it is not in there. */
void addr_index_remove(struct addr_index *index, const struct iface_addr *a);
void addr_index_fini(struct addr_index *index);

/* The one that is `addr`, or NULL. */
struct iface_addr *addr_index_find(const struct addr_index *index, uint16_t vrf, bw_ip4 addr);

/* The one on whose subnet `addr` lies, or NULL. */
struct iface_addr *addr_index_covering(const struct addr_index *index, uint16_t vrf, bw_ip4 addr);

/*
 * One that is in the way of addr/plen on `ifc`, or NULL. The same subnet may be on one interface
 * twice; `replaced`, which may be NULL, is in nobody's way.
 */
struct iface_addr *addr_index_overlap(const struct addr_index *index, const struct iface *ifc,
	bw_ip4 addr, uint8_t plen, const struct iface_addr *replaced);

#endif
