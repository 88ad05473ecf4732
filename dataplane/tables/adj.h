/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Adjacencies: what becomes of a packet once it is looked up. One cache line
 * each, in one array indexed by id. Control's ids come first; the dataplane's
 * own (one for each ARP neighbour on a connected subnet) follow from ADJ_OWN.
 *
 * Workers read an entry at any time. `state` is written last when an entry
 * becomes usable; before the rest of a used entry changes, its state is taken
 * back and the main lcore waits for the workers (adj_withdraw()).
 *
 * So an id that a packet was given holds for the rest of the walk. Where a packet
 * is handed over, the id's generation goes with it: it is another one as soon as
 * the id leads elsewhere (adj_renew()), and then the packet goes nowhere.
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

/* Which node takes what leaves by an adjacency: the first edges of ip4_output. */
enum adj_edge {
	ADJ_EDGE_NONE = 0, /* nothing leaves by it */
	ADJ_EDGE_PORT,	   /* out of out_port, behind the rewrite */
	ADJ_EDGE_BRIDGE,   /* into out_vlan, behind the rewrite */
	ADJ_EDGE_PPPOE,	   /* pppoe_encap writes what it needs */
	ADJ_EDGE_PUNT,	   /* its neighbour has to be asked for */
	ADJ_EDGE_MAX,
};

struct adj {
	_Atomic uint16_t state;	     /* enum adj_kind, and enum adj_edge << 8 */
	_Atomic uint16_t generation; /* see above */
	uint16_t out_if;	     /* GLEAN, RESOLVE, ETHER, PPPOE, NO_SESSION */
	uint16_t out_port;	     /* ETHER, PPPOE: port, or ADJ_VIA_BRIDGE */
	uint16_t out_vlan;	     /* ETHER through the bridge */
	uint16_t mtu;		     /* largest IPv4 packet, if less than out_if's; 0 = as that */
	uint8_t rewrite_len;	     /* ETHER: 14, or 18 with a tag; PPPOE: 8 more */
	uint8_t n_paths;	     /* ECMP */
	uint16_t pad;
	bw_ip4 nexthop; /* RESOLVE, ETHER */
	uint32_t next;	/* tunnels: the adjacency that leads to the other end */
	uint32_t sa;	/* tunnels: their security association; 0 = none */
	uint32_t pad2;
	union {
		uint8_t rewrite[32];  /* ETHER, PPPOE: the frame's header */
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

/* Kind and edge of one moment: adj_kind_of() and adj_edge_of() take it apart. */
static inline uint16_t adj_state(const struct adj *a)
{
	return atomic_load_explicit(&a->state, memory_order_acquire);
}

static inline uint8_t adj_kind_of(uint16_t state)
{
	return state & 0xff;
}

static inline uint8_t adj_edge_of(uint16_t state)
{
	return state >> 8;
}

static inline uint8_t adj_kind(const struct adj *a)
{
	return adj_kind_of(adj_state(a));
}

static inline uint8_t adj_edge(const struct adj *a)
{
	return adj_edge_of(adj_state(a));
}

/* The largest IPv4 packet that may take it, where its interface lets pass ip_mtu. */
static inline uint16_t adj_mtu(const struct adj *a, uint16_t ip_mtu)
{
	return a->mtu && a->mtu < ip_mtu ? a->mtu : ip_mtu;
}

static inline uint16_t adj_generation(const struct adj *a)
{
	return atomic_load_explicit(&a->generation, memory_order_relaxed);
}

/* Make the entry's other fields writable: workers see ADJ_RESOLVE or less from here on. */
void adj_withdraw(struct adj *a, enum adj_kind meanwhile, struct rcu *rcu);

/* The rest of the entry is written: packets may take it. Its edge follows from kind and port. */
void adj_publish(struct adj *a, enum adj_kind kind);

/*
 * The id is to lead elsewhere. Only when no worker is left that had it from a lookup before it was
 * withdrawn: one that hands a packet over meanwhile gives it the generation of old.
 */
void adj_renew(struct adj *a);

/* A free id of the dataplane's own, or 0 if all are used. Free again by setting ADJ_NO_ROUTE. */
uint32_t adj_own_alloc(struct adj_table *t);
void adj_own_free(struct adj_table *t, uint32_t id);

/* True for an id that a route or an ECMP set may point to. */
bool adj_exists(const struct adj_table *t, uint32_t id);

#endif
