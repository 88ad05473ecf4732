/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * How many sessions each inside host has, for `max-entries all-host` and `host`: one table
 * that all workers count in. A word holds address, VRF and count, and changes by
 * compare-and-exchange only. A word whose count fell to zero may be taken by
 * another host.
 *
 * Two workers that first see a host at the same instant may count it in two
 * words if a third host's count falls to zero meanwhile; its limit is then too
 * generous until one of the words is at zero again.
 */
#ifndef DATAPLANE_NAT_HOSTS_H
#define DATAPLANE_NAT_HOSTS_H

#include <stdatomic.h>
#include <stdint.h>

#include "nat/hash.h"

/* address | VRF << 32 | count << 40 */
#define NAT_HOST_ONE	  (1ULL << 40)
#define NAT_HOST_KEY(w)	  ((w) & (NAT_HOST_ONE - 1))
#define NAT_HOST_COUNT(w) ((uint32_t)((w) >> 40))
#define NAT_HOST_MAX	  ((1u << 24) - 1)

static inline uint64_t nat_host_key(uint32_t addr, uint8_t vrf)
{
	return addr | (uint64_t)vrf << 32;
}

struct nat_hosts {
	const struct nat_seeds *seeds;
	_Atomic uint64_t *word; /* word[0] is not used */
};

/* 0 or -ENOMEM. */
int nat_hosts_init(struct nat_hosts *h, const struct nat_seeds *seeds);
void nat_hosts_fini(struct nat_hosts *h);

/*
 * Count one more session of a host. 0 and *word for nat_hosts_put(); *word is 0 if the table is
 * too crowded, the session is then not counted. -EDQUOT: it has `limit` already.
 */
int nat_hosts_get(struct nat_hosts *h, uint32_t addr, uint8_t vrf, uint32_t limit, uint32_t *word);

/* One session less. word 0: nothing to do. */
void nat_hosts_put(struct nat_hosts *h, uint32_t word);

#endif
