/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * How many hosts may be asked for by ARP because of packets to them: so many a second on an
 * interface, and fewer for one sender, so that who scans a subnet does not take it all.
 */
#ifndef DATAPLANE_L3_NEIGH_RATE_H
#define DATAPLANE_L3_NEIGH_RATE_H

#include <stdbool.h>
#include <stdint.h>

#include "api/msg.h"

#define NEIGH_RATE_ITF	   2048 /* a second, and at once */
#define NEIGH_RATE_SENDER  256	/* the same; senders share NEIGH_RATE_SENDERS of these by a hash */
#define NEIGH_RATE_SENDERS 256

/* All zero: nobody was asked for yet. Each is the time when all that was asked is paid for. */
struct neigh_rate {
	uint64_t itf[BW_MAX_IFS];
	uint64_t sender[NEIGH_RATE_SENDERS];
};

/*
 * True, and counted, if a new host may be asked for on the interface because of a packet of src.
 * now: TSC, of hz a second. secret: anything that senders do not know.
 */
bool neigh_rate_take(struct neigh_rate *r, uint32_t if_id, bw_ip4 src, uint64_t now, uint64_t hz,
	uint64_t secret);

#endif
