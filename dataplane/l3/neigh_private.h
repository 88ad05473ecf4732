/* SPDX-License-Identifier: BSD-3-Clause */
/* What the parts of neigh.h share. Main lcore only. */
#ifndef DATAPLANE_L3_NEIGH_PRIVATE_H
#define DATAPLANE_L3_NEIGH_PRIVATE_H

#include <sys/queue.h>

#include "core/dp.h"
#include "l3/neigh.h"
#include "l3/neigh_rate.h"

#define NEIGH_BUCKETS 4096

/* Who has to make room in a full table: the first of the first list that is not empty. */
enum neigh_list {
	NEIGH_L_INCOMPLETE, /* does not answer, or not yet */
	NEIGH_L_OFFERED,    /* asked for us, and no packet went there since */
	NEIGH_L_USED,	    /* in the order in which they were last heard */
	NEIGH_LISTS,
	NEIGH_L_KEPT = NEIGH_LISTS, /* in no list: static entries, next hops of routes */
};

struct neigh {
	struct neigh *next; /* in its bucket */
	TAILQ_ENTRY(neigh) entry;
	uint8_t list; /* enum neigh_list */
	bw_ip4 addr;
	uint16_t if_id;
	uint8_t state; /* enum bw_arp_state */
	uint8_t tries;
	uint8_t epoch;
	bool used; /* packets were sent to this very host: it is worth a host route */
	uint8_t n_waiting;
	struct rte_ether_addr mac;
	uint32_t own_adj;
	uint32_t confirmed; /* dp_seconds() of the last reply */
	uint64_t retry_at;  /* TSC */
	uint32_t *bound;    /* adjacencies of control's */
	uint32_t n_bound;
	struct rte_mbuf *waiting[NEIGH_QUEUE];
};

TAILQ_HEAD(neigh_queue, neigh);

struct neigh_table {
	struct neigh *bucket[NEIGH_BUCKETS];
	struct neigh_queue list[NEIGH_LISTS];
	unsigned n;
	unsigned n_waiting; /* packets, for all of them */
	uint32_t full_told; /* dp_seconds() of the last log line, 0 = none */
	uint32_t rate_told;
	struct neigh_rate rate;
};

/* ---- neigh_table.c ---- */

/* The entry, or NULL. */
struct neigh *neigh_find(struct neigh_table *t, uint32_t if_id, bw_ip4 addr);

/* A new incomplete entry, for which another may have to go. NULL if none may, or no memory. */
struct neigh *neigh_add(struct dp *dp, uint32_t if_id, bw_ip4 addr);

/* Take it out and free it. What waits for it is dropped, counted under reason. */
void neigh_remove(struct dp *dp, struct neigh *n, enum bw_drop reason);

/* After it was heard, or its state, use or bindings changed: the last of its list to go. */
void neigh_relist(struct neigh_table *t, struct neigh *n);

/* Empty its queue: the packets were the caller's to pass on. */
void neigh_none_waits(struct neigh_table *t, struct neigh *n);

/* Drop what waits for it. */
void neigh_drop_waiting(struct dp *dp, struct neigh *n, enum bw_drop reason);

/* Call fn for every entry; fn may remove the one it is called for. */
void neigh_for_each(
	struct dp *dp, void (*fn)(struct dp *dp, struct neigh *n, uint64_t arg), uint64_t arg);

/* ---- neigh_adj.c ---- */

/* One adjacency as the neighbour and its interface are now; all of them. */
void neigh_write_adj(struct dp *dp, const struct neigh *n, uint32_t id);
void neigh_write_adjs(struct dp *dp, const struct neigh *n);

/*
 * Its host route: there while packets go to it that would otherwise be resolved by its interface,
 * which is up. A route of control's, to the same host or longer than the subnet, has the last word.
 */
void neigh_set_host_route(struct dp *dp, struct neigh *n);
void neigh_remove_host_route(struct dp *dp, const struct neigh *n);

#endif
