/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The routing table: from what each source offers for a prefix to what is in force.
 *
 * Several routes may be offered for one prefix. Of those that are usable the
 * ones of the least distance are in force, together if they are several (ECMP).
 * A route by next hop is usable while the longest other route that covers the
 * next hop leads somewhere, over any number of steps (recursion).
 *
 * Usable is decided in three values, because routes may depend on each other in
 * a circle: the result is the least fixed point of "yes, no, unknown", begun at
 * unknown (Fitting, 1985), so it depends on the routes alone, never on the order
 * in which they came. What stays unknown is a loop: it is not used, and nothing
 * resolves through it or past it, so loops cannot flap. A route whose own prefix
 * is the longest match of its next hop is such a loop (as in IOS without `ip
 * route static install-routes-recurse-via-nexthop`).
 *
 * A change marks prefixes; rib_settle() resets what depends on them (next hops
 * whose longest match they are or become, routes by those next hops, and so on),
 * evaluates that part again, and programs the difference.
 */
#ifndef BW_CONTROL_RIB_H
#define BW_CONTROL_RIB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#include "control/core/dataplane_link.h"
#include "control/rib/trie.h"

#define RIB_DISTANCE_MAX 255 /* such a route is never used */

struct adj;
struct adj_table;
struct iface;
struct rib_entry;
struct rib_nexthop;

enum rib_source {
	RIB_CONNECTED,
	RIB_LOCAL,     /* an address of the router */
	RIB_BROADCAST, /* of a connected subnet; not shown as a route */
	RIB_ALIAS, /* a NAT global on a connected subnet: what NAT leaves is dropped; not shown */
	RIB_STATIC,
};

enum rib_flags {
	RIB_PERMANENT = 1 << 0, /* stays in force once it was, whatever becomes of its next hop */
	RIB_NULL0 = 1 << 1,
	RIB_PEER = 1 << 2,   /* CONNECTED: the address at the other end of a point-to-point link */
	RIB_LEARNT = 1 << 3, /* STATIC: of no line, but of IPCP */
};

/* A route as offered. At least one of nexthop, ifc and RIB_NULL0 for a static one. */
struct rib_spec {
	uint16_t vrf;
	bw_ip4 prefix; /* host bits zero */
	uint8_t plen;
	uint8_t distance;
	uint8_t source; /* enum rib_source */
	uint8_t flags;
	bw_ip4 nexthop; /* 0 = none */
	struct iface *ifc;
	uint32_t tag;
	const char *name; /* copied; NULL = none */
};

enum rib_status { RIB_UNKNOWN, RIB_UNUSABLE, RIB_USABLE };

/* One way out. ifc NULL: Null0 or the router itself, as the entry's source says. */
struct rib_path {
	struct iface *ifc;
	bw_ip4 nexthop; /* 0 = the destination itself is on the interface's network */
};

struct rib_route {
	TAILQ_ENTRY(rib_route) entry; /* of its prefix, by distance */
	LIST_ENTRY(rib_route) if_entry;
	LIST_ENTRY(rib_route) nh_entry;
	struct rib_entry *prefix;
	struct rib_nexthop *tracked; /* recursive: by next hop alone */
	struct iface *ifc;	     /* a reference, or NULL */
	bw_ip4 nexthop;
	uint32_t tag;
	uint8_t distance, source, flags;
	uint8_t status;	 /* enum rib_status */
	bool was_usable; /* RIB_PERMANENT */
	char *name;
};

struct rib_paths {
	uint8_t n;
	struct rib_path path[BW_MAX_PATHS];
};

/* A prefix that something is offered for. */
struct rib_entry {
	struct trie_node node;
	TAILQ_HEAD(rib_routes, rib_route) routes;
	LIST_HEAD(, rib_nexthop) matched; /* next hops whose longest match this is */
	STAILQ_ENTRY(rib_entry) mark;	  /* rib->marked, and what a settling affects */
	STAILQ_ENTRY(rib_entry) work;	  /* to be evaluated */
	struct dp_object obj;
	struct adj *adj; /* in force in the dataplane; NULL = none */
	uint16_t vrf;
	uint8_t status;	  /* enum rib_status, of the best distance that is not unusable */
	uint8_t distance; /* of the routes in force */
	bool marked, queued;
};

/* A next hop that routes are recursive by. */
struct rib_nexthop {
	struct trie_node node;
	LIST_HEAD(, rib_route) routes;
	LIST_ENTRY(rib_nexthop) matched;
	STAILQ_ENTRY(rib_nexthop) mark;
	STAILQ_ENTRY(rib_nexthop) work;
	struct rib_entry *match; /* the longest prefix over it that is not unusable */
	struct rib_paths paths;	 /* sorted */
	uint16_t vrf;
	uint8_t status; /* enum rib_status */
	bool marked, queued;
};

STAILQ_HEAD(rib_entries, rib_entry);
STAILQ_HEAD(rib_nexthops, rib_nexthop);

struct rib_vrf {
	struct trie entries, nexthops;
};

struct rib {
	struct dp_link *dp;
	struct adj_table *adjs;
	void (*wake)(void *arg); /* something is marked: call rib_settle() soon */
	void *wake_arg;
	struct rib_vrf vrf[BW_MAX_VRFS];
	struct rib_entries marked;
	struct rib_nexthops marked_nexthops; /* only while settling, as the next two */
	struct rib_entries work;
	struct rib_nexthops work_nexthops;
	bool settling;
	size_t n_routes;
	uint64_t evaluations; /* of entries and next hops, since the start */
};

void rib_init(struct rib *rib, struct dp_link *dp, struct adj_table *adjs, void (*wake)(void *),
	void *wake_arg);
void rib_fini(struct rib *rib);

/* Offer a route. It is the caller's until rib_remove(). NULL with errno ENOMEM. */
struct rib_route *rib_add(struct rib *rib, const struct rib_spec *spec);
void rib_remove(struct rib *rib, struct rib_route *route);

/* The static route of a line with the same prefix, next hop and interface; NULL. */
struct rib_route *rib_find_static(const struct rib *rib, const struct rib_spec *spec);

/* The interface came up or went down: routes that leave by it are looked at again. */
void rib_iface_changed(struct rib *rib, struct iface *ifc);

/* Bring what is in force up to date with what is offered. */
void rib_settle(struct rib *rib);

/* Program every prefix in force. */
void rib_replay(struct rib *rib);

/* --- reading; rib_settle() first --- */

struct rib_entry *rib_find(const struct rib *rib, uint16_t vrf, bw_ip4 prefix, uint8_t plen);

/* The longest prefix in force that covers an address; NULL. */
struct rib_entry *rib_lookup(const struct rib *rib, uint16_t vrf, bw_ip4 addr);

/* The first entry after this prefix in order; plen -1: the first of all. */
struct rib_entry *rib_next(const struct rib *rib, uint16_t vrf, bw_ip4 prefix, int plen);

static inline bool rib_in_force(const struct rib_entry *e)
{
	return e->status == RIB_USABLE;
}

/* Whether this route of an entry is in force. */
bool rib_route_in_force(const struct rib_route *route);

/* Where packets to the entry go. */
void rib_entry_paths(const struct rib_entry *e, struct rib_paths *paths);

bw_ip4 rib_entry_prefix(const struct rib_entry *e);

/* The address of the router that a packet to `to` would leave with; 0 without a route. */
bw_ip4 rib_source_address(const struct rib *rib, uint16_t vrf, bw_ip4 to);

#endif
