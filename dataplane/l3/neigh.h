/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * ARP (RFC 826, 5227) and the neighbours it finds. Main lcore only.
 *
 * A neighbour on a connected subnet gets an adjacency of the dataplane's own and a
 * host route to it when a packet first needs it. The neighbour adjacencies of control are
 * bound to the neighbour with their next hop and completed together with its own.
 */
#ifndef DATAPLANE_L3_NEIGH_H
#define DATAPLANE_L3_NEIGH_H

#include <rte_ether.h>
#include <stdbool.h>

#include "api/msg.h"

struct dp;
struct itf;
struct neigh_table;
struct rte_mbuf;

#define NEIGH_MAX	  32768
#define NEIGH_QUEUE	  8 /* packets that wait for one neighbour */
#define NEIGH_TRIES	  3
#define NEIGH_RETRY_MS	  1000
#define NEIGH_ARP_TIMEOUT 14400 /* seconds, IOS's default */

/* NULL if there is no memory. */
struct neigh_table *neigh_create(void);
void neigh_destroy(struct dp *dp);

/*
 * Somebody said that addr has this MAC address. for_us: he asked for an address of ours, so he
 * is worth a new entry.
 */
void neigh_heard(struct dp *dp, const struct itf *itf, bw_ip4 addr,
	const struct rte_ether_addr *mac, bool for_us);

/* A packet needs the neighbour that meta->adj says. Queued, or dropped and counted. Takes it. */
void neigh_resolve(struct dp *dp, struct rte_mbuf *m);

/* An adjacency of control's to nexthop on an interface came, or goes. 0 or enum bw_error. */
int neigh_bind(struct dp *dp, uint32_t adj_id, uint32_t if_id, bw_ip4 nexthop);
void neigh_unbind(struct dp *dp, uint32_t adj_id, uint32_t if_id, bw_ip4 nexthop);

/* Static entries. enum bw_error. */
int neigh_static_set(struct dp *dp, const struct bw_arp *arp, uint8_t epoch);
int neigh_static_del(struct dp *dp, const struct bw_arp *arp);

/* Remove static entries of another epoch. */
void neigh_sweep(struct dp *dp, uint8_t epoch);

/* Forget what was learnt: on one interface, or all if 0; addr 0 = any. Asks again for what is used.
 */
void neigh_clear(struct dp *dp, uint32_t if_id, bw_ip4 addr);

/* An interface changed (MAC, addresses) or is gone: rewrites follow, strangers leave. */
void neigh_itf_changed(struct dp *dp, uint32_t if_id);

/* An address became an alias of ours: a neighbour that had it is forgotten. */
void neigh_addr_taken(struct dp *dp, const struct itf *itf, bw_ip4 addr);

/*
 * Its line went down, or it is on another link now: what was learnt there goes, with what waits
 * for it. It came up: our addresses are announced and next hops asked for.
 */
void neigh_line_down(struct dp *dp, uint32_t if_id);
void neigh_line_up(struct dp *dp, const struct itf *itf);

/*
 * Ports went down or left VLANs: neighbours of SVIs that were seen behind a port which is gone()
 * from their VLAN are to be found anew. Before the bridge forgets where they were seen.
 */
void neigh_unplugged(
	struct dp *dp, bool (*gone)(void *ctx, uint16_t vlan, uint16_t port), void *ctx);

/* Retries, time-outs, refreshes; host routes after routes changed. About ten times a second. */
void neigh_poll(struct dp *dp);

/* The next neighbour from *cursor on; false at the end. Start with *cursor = 0. */
bool neigh_dump_next(const struct dp *dp, uint32_t *cursor, struct bw_arp *row);

#endif
