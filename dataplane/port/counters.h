/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A port's counters as they should be: they only grow, by what went through it. Drivers' own
 * begin anew when a port is started or its device reset, and 32-bit registers of virtual
 * functions that begin anew are taken for 2^32 packets.
 */
#ifndef DATAPLANE_PORT_COUNTERS_H
#define DATAPLANE_PORT_COUNTERS_H

#include <rte_ethdev.h>

#include "api/region.h"

/* All zero before the first reading. */
struct port_counters {
	struct rte_eth_stats last; /* as the driver gave them */
};

/* More packets than any port of that speed (Mbit/s; 0 = unknown) can carry in that time. */
uint64_t port_counters_limit(uint32_t speed, uint64_t ms);

/*
 * Add to the totals in info what the driver has counted since the last reading. False, and
 * nothing is added, if its counters went back or grew by more than `limit` packets.
 */
bool port_counters_add(struct port_counters *c, const struct rte_eth_stats *now, uint64_t limit,
	struct bw_port_info *info);

#endif
