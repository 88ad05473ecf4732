/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A pool of global addresses. Without `overload` each inside host gets one of
 * its own: slot[] says whose it is, for all workers.
 *
 * A slot holds the host's address and VRF and the number of its sessions in one
 * word, changed by compare-and-exchange only. A worker that finds a host's slot
 * adds its session to it and so keeps it; the main lcore frees a slot that has
 * no sessions. Two hosts that want the same free slot are told apart by the
 * exchange. That a host does not get two slots is seen to by its home: only the
 * worker nat_home() names may give it one, others send it the packet.
 */
#ifndef DATAPLANE_NAT_POOL_H
#define DATAPLANE_NAT_POOL_H

#include <stdbool.h>

#include "api/msg.h"
#include "nat/hosts.h"

#define NAT_POOL_MAX  (1u << 20) /* addresses */
#define NAT_POOL_NONE UINT32_MAX

struct nat_pool_range {
	uint32_t first, count; /* host byte order */
};

struct nat_pool {
	uint32_t id;	  /* 0: an interface's address */
	uint32_t n_addrs; /* may be 0 */
	uint32_t n_ranges;
	struct nat_pool_range range[BW_NAT_POOL_RANGES];
	bool match_host;    /* a host gets the address with its own host part, or none */
	uint32_t host_mask; /* host byte order: what is the host's part */
	char name[BW_NAME_LEN];
	const struct nat_seeds *seeds;
	_Atomic uint64_t *slot; /* [n_addrs]: as in hosts.h; 0 = free */
	_Atomic uint32_t *last; /* [n_addrs]: the second its last session ended */
	_Atomic uint32_t *hint; /* [hint_mask + 1]: slot of a host, where last seen */
	uint32_t hint_mask;
};

/*
 * A pool of these ranges, whose subnets' ends are left out where a range has more than one
 * address. NULL with errno: EINVAL (start after end, not in one subnet, too many), ENOMEM.
 */
struct nat_pool *nat_pool_create(const struct nat_seeds *seeds, const struct bw_nat_pool *ranges,
	unsigned n_ranges, const char *name);
void nat_pool_destroy(struct nat_pool *pool);

/* The n-th address, in network byte order. */
uint32_t nat_pool_addr(const struct nat_pool *pool, uint32_t n);

/*
 * The slots of the addresses that a host (network byte order) may have, in order: the first one
 * after n, NAT_POOL_NONE at the end. Begin with n = NAT_POOL_NONE.
 */
uint32_t nat_pool_next(const struct nat_pool *pool, uint32_t local, uint32_t n);

/* Which one addr is, or NAT_POOL_NONE. */
uint32_t nat_pool_slot(const struct nat_pool *pool, uint32_t addr);

/* Count a session on the host's slot, if it has one. The slot, or NAT_POOL_NONE. */
uint32_t nat_pool_hold(struct nat_pool *pool, uint64_t host);

/*
 * Give the host the first free slot it may have that usable(arg, addr) allows, without a session.
 * Only by the host's home. The slot, or NAT_POOL_NONE.
 */
uint32_t nat_pool_bind(struct nat_pool *pool, uint64_t host, uint32_t now,
	bool (*usable)(const void *arg, uint32_t addr), const void *arg);

/* A session of the host on that slot has ended. */
void nat_pool_release(struct nat_pool *pool, uint32_t slot, uint64_t host, uint32_t now);

/* Free the slots that have had no session for `timeout` seconds (UINT32_MAX: never). */
void nat_pool_expire(struct nat_pool *pool, uint32_t now, uint32_t timeout);

/* Free the slots that have no session; only this host's, unless addr is 0. */
void nat_pool_clear(struct nat_pool *pool, uint32_t addr);

#endif
