/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Adjacencies: what becomes of a packet once it is looked up. One cache line
 * each, in one array indexed by id. Control's ids come first; the dataplane's
 * own (one for each ARP neighbour on a connected subnet) follow from ADJ_OWN.
 *
 * Workers read an entry at any time. `kind` is written last when an entry
 * becomes usable; before the rest of a used entry changes, its kind is taken
 * back and the main lcore waits for the workers (adj_withdraw()).
 */
#ifndef DATAPLANE_TABLES_ADJ_H
#define DATAPLANE_TABLES_ADJ_H

#include <stdatomic.h>
#include <stdbool.h>

#include "api/msg.h"

#define ADJ_OWN	       BW_MAX_ADJS
#define ADJ_OWN_MAX    65536
#define ADJ_MAX	       (ADJ_OWN + ADJ_OWN_MAX)
#define ADJ_VIA_BRIDGE UINT16_MAX

struct rcu;

enum adj_kind {
	ADJ_NO_ROUTE = 0, /* also what an id that was never set is */
	ADJ_DISCARD,
	ADJ_LOCAL,     /* for the router itself */
	ADJ_BROADCAST, /* a subnet's broadcast address */
	ADJ_NULL0,
	ADJ_ECMP,
	ADJ_DOWN,	/* in a lookup only: the interface behind a neighbour is down */
	ADJ_NO_SESSION, /* a Dialer whose PPPoE session is not open */
	ADJ_GLEAN,	/* connected subnet, neighbour not known yet */
	ADJ_RESOLVE,	/* neighbour whose MAC address is not known yet */
	ADJ_ETHER,	/* neighbour, complete */
	ADJ_PPPOE,	/* a Dialer's session, open */
};

struct adj {
	_Atomic uint8_t kind; /* enum adj_kind */
	uint8_t rewrite_len;  /* ETHER: 14, or 18 with a tag; PPPOE: 8 more */
	uint16_t out_if;      /* GLEAN, RESOLVE, ETHER, PPPOE, NO_SESSION */
	uint16_t out_port;    /* ETHER, PPPOE: port, or ADJ_VIA_BRIDGE */
	uint16_t out_vlan;    /* ETHER through the bridge */
	bw_ip4 nexthop;	      /* RESOLVE, ETHER */
	uint32_t n_paths;     /* ECMP */
	union {
		uint8_t rewrite[28];  /* ETHER, PPPOE: the frame's header */
		const uint32_t *path; /* ECMP: [n_paths] adjacency ids */
	};
} __attribute__((aligned(64)));

_Static_assert(sizeof(struct adj) == 64, "one cache line");

struct adj_table {
	struct adj *adj;      /* [ADJ_MAX] of address space that fills as it is used */
	struct bw_adj **conf; /* [BW_MAX_ADJS]: as set by control, NULL = not set */
	uint32_t *users;      /* [ADJ_MAX]: routes and ECMP sets that point here */
	uint8_t *epoch;	      /* [BW_MAX_ADJS] */
	uint32_t highest;     /* id of control's that was ever set */
	uint32_t own_next;    /* where the search for a free own id starts */
};

/* The table with the ids that always exist; NULL if there is no memory. */
struct adj_table *adj_create(void);
void adj_destroy(struct adj_table *t);

static inline const struct adj *adj_get(const struct adj_table *t, uint32_t id)
{
	return &t->adj[id];
}

static inline uint8_t adj_kind(const struct adj *a)
{
	return atomic_load_explicit(&a->kind, memory_order_acquire);
}

/* Make the entry's other fields writable: workers see ADJ_RESOLVE or less from here on. */
void adj_withdraw(struct adj *a, enum adj_kind meanwhile, struct rcu *rcu);

static inline void adj_publish(struct adj *a, enum adj_kind kind)
{
	atomic_store_explicit(&a->kind, kind, memory_order_release);
}

/* A free id of the dataplane's own, or 0 if all are used. Free again by setting ADJ_NO_ROUTE. */
uint32_t adj_own_alloc(struct adj_table *t);
void adj_own_free(struct adj_table *t, uint32_t id);

/* True for an id that a route or an ECMP set may point to. */
bool adj_exists(const struct adj_table *t, uint32_t id);

#endif
