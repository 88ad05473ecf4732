/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The dataplane's interfaces. An entry is immutable once published: the main
 * lcore replaces it whole and frees the old one when no worker can see it
 * (rcu_free()), so a worker may keep the pointer for one graph walk.
 */
#ifndef DATAPLANE_TABLES_ITF_H
#define DATAPLANE_TABLES_ITF_H

#include <stdbool.h>

#include "api/msg.h"
#include "tables/feature.h"

#define ITF_MAX_ADDRS 256 /* aliases, of which there may be more, are in tables/alias.h */

/* In itf.flags beside control's: its line is down, for want of a link (line.h). */
#define ITF_F_NO_LINE (UINT32_C(1) << 31)

struct itf_addr {
	bw_ip4 addr;
	uint8_t plen;
	uint8_t flags; /* enum bw_addr_flags */
	uint8_t epoch; /* main lcore: of the last time it was set */
};

struct itf {
	/* what every packet reads */
	uint32_t id;
	uint32_t flags; /* enum bw_if_flags, ITF_F_NO_LINE */
	uint16_t kind;	/* enum bw_if_kind */
	uint16_t port;
	uint16_t vlan; /* 0 = untagged */
	uint16_t vrf;
	uint16_t mtu, ip_mtu;
	uint16_t tcp_mss;
	uint16_t acl_in, acl_out;
	uint8_t mac[6];
	uint8_t arc_first[ARC_MAX];    /* edge that follows the start of each arc */
	uint8_t arc_next[FEATURE_MAX]; /* ... and each feature */
	bw_ip4 primary;		       /* 0 = no address */

	/* the rest */
	uint16_t vfr_reassemblies, vfr_fragments;
	uint32_t vfr_timeout;
	uint32_t arp_timeout;
	uint32_t n_addrs;
	struct itf_addr addr[ITF_MAX_ADDRS];
	uint64_t allowed_vlans[64]; /* trunk */
	struct bw_if conf;	    /* as it was set */
	uint8_t epoch;
};

/* True if `addr` is one of the interface. */
bool itf_has_addr(const struct itf *itf, bw_ip4 addr);

/* The address to speak from to `dst`: of the subnet that holds it, else the primary; 0 = none. */
bw_ip4 itf_source_for(const struct itf *itf, bw_ip4 dst);

/* Neither shut down nor without a link: packets can leave by it. */
static inline bool itf_is_up(const struct itf *itf)
{
	return (itf->flags & (BW_IF_F_UP | ITF_F_NO_LINE)) == BW_IF_F_UP;
}

static inline bool itf_allows_vlan(const struct itf *itf, uint16_t vlan)
{
	return itf->allowed_vlans[vlan >> 6] >> (vlan & 63) & 1;
}

#endif
