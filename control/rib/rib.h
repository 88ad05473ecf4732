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
 * A full table hangs on a few next hops, and most of its prefixes cover none of them. So only the
 * others, the carriers, take part in the fixed point, and it is as small as the next hops are few:
 * rib_resolve() resets what depends on a change (next hops whose longest match a prefix is or
 * becomes, carriers by those next hops, and so on) and evaluates that part again, at once. What is
 * in force of any other prefix follows from its next hops when it is looked at (rib_entry_best()).
 *
 * In the dataplane, routes lead to the adjacency of their next hop (adj.h), which is told by one
 * message where it is now. Only where the next hop became usable or useless, its prefixes are gone
 * through, and change one by one. That is rib_program(), in steps; if the next hop is back before a
 * prefix was reached, nothing is done for it. In between, packets to them are dropped: never do
 * they take a way that is not theirs. Prefixes whose own routes were changed lead where they did
 * until their turn.
 */
#ifndef BW_CONTROL_RIB_H
#define BW_CONTROL_RIB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#include "control/core/core.h"
#include "control/core/pool.h"
#include "control/core/watch.h"
#include "control/rib/trie.h"

#define RIB_DISTANCE_MAX 255 /* such a route is never used */
#define RIB_MAX_LABELS	 3

struct iface;
struct rib_adj;
struct rib_adj_table;
struct rib_entry;
struct rib_nexthop;

/* Each has its record in source.h. */
enum rib_source {
	RIB_CONNECTED,
	RIB_LOCAL,     /* an address of the router */
	RIB_BROADCAST, /* of a connected subnet; not shown as a route */
	RIB_ALIAS, /* a NAT global on a connected subnet: what NAT leaves is dropped; not shown */
	RIB_STATIC,
	RIB_SOURCES,
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
};

enum rib_status { RIB_UNKNOWN, RIB_UNUSABLE, RIB_USABLE };

/* One way out. */
struct rib_path {
	struct iface *ifc;
	bw_ip4 nexthop; /* 0 = the destination itself is on the interface's network */
	uint8_t n_labels;
	uint32_t label[RIB_MAX_LABELS]; /* to be pushed, the outermost first; not programmed yet */
};

struct rib_route {
	SLIST_ENTRY(rib_route) entry; /* of its prefix, by distance */
	LIST_ENTRY(rib_route) via;    /* of its next hop, or of its interface */
	struct rib_entry *prefix;
	struct rib_nexthop *tracked; /* recursive: by next hop alone */
	struct iface *ifc;	     /* a reference, or NULL */
	bw_ip4 nexthop;
	uint32_t tag;
	uint8_t distance, source, flags;
	bool was_usable; /* RIB_PERMANENT */
};

LIST_HEAD(rib_route_list, rib_route);

struct rib_paths {
	uint8_t n;
	struct rib_path path[BW_MAX_PATHS];
};

/* A prefix that something is offered for. There are a million of them: 96 bytes. */
struct rib_entry {
	struct trie_node node; /* owner[]: see rib_private.h */
	SLIST_HEAD(rib_routes, rib_route) routes;
	struct rib_carrier *carrier;	      /* NULL: no next hop is within the prefix */
	STAILQ_ENTRY(rib_entry) unprogrammed; /* rib->unprogrammed */
	struct dp_object obj;
	struct rib_adj *adj; /* a reference: in force in the dataplane; NULL = none */
};

/* What an entry has besides while next hops may be matched by it. */
struct rib_carrier {
	struct rib_entry *entry;
	LIST_HEAD(, rib_nexthop) matched; /* next hops whose longest match this is */
	STAILQ_ENTRY(rib_carrier) mark;	  /* rib->marked, and what a change affects */
	STAILQ_ENTRY(rib_carrier) work;	  /* to be evaluated */
	uint8_t status;	  /* enum rib_status, of the best distance that is not unusable */
	uint8_t distance; /* of the routes in force */
	bool marked, queued;
};

/* A next hop that routes are recursive by, or that somebody watches. */
struct rib_nexthop {
	struct trie_node node;
	struct rib_route_list carriers; /* routes of entries that are carriers */
	struct rib_route_list routes;	/* and of all others */
	LIST_HEAD(, rib_way) ways;	/* of adjacencies that go over it */
	LIST_ENTRY(rib_nexthop) matched;
	STAILQ_ENTRY(rib_nexthop) mark;
	STAILQ_ENTRY(rib_nexthop) work;
	TAILQ_ENTRY(rib_nexthop) walk;
	struct rib_carrier *match;  /* the longest prefix over it that is not unusable */
	struct rib_paths paths;	    /* sorted */
	struct rib_paths told;	    /* as dependents and watchers know it */
	struct watches watches;	    /* of rib_track(): this next hop */
	struct rib_adj *adj;	    /* the one over this next hop alone, if there is one */
	struct rib_route *walk_at;  /* of `routes`: the next to be programmed */
	struct rib_route *walk_end; /* the first that needs not be; NULL = none */
	uint32_t refs;		    /* routes, ways and watchers */
	uint16_t vrf;
	uint8_t status; /* enum rib_status */
	uint8_t told_status;
	uint8_t walk_status; /* what the entries from walk_at on are programmed by */
	bool marked, queued, walking;
	bool known; /* it was resolved before */
};

STAILQ_HEAD(rib_carriers, rib_carrier);
STAILQ_HEAD(rib_nexthops, rib_nexthop);

struct rib_vrf {
	struct trie entries, nexthops;
};

struct rib {
	struct dp_link *dp;
	struct rib_adj_table *adjs;
	struct work resolve, program;
	struct watch dp_watch, flushed;
	struct pool entry_pool, route_pool, glue_pool;
	struct rib_vrf vrf[BW_MAX_VRFS];
	struct rib_carriers marked;
	struct rib_nexthops marked_nexthops;
	struct rib_carriers work; /* only while resolving, as the next */
	struct rib_nexthops work_nexthops;
	STAILQ_HEAD(, rib_entry) unprogrammed;
	TAILQ_HEAD(, rib_nexthop) walks;
	/* Of every struct rib_entry: in force, otherwise in force, not. CHANGED may come when
	 * nothing has. */
	struct watches watches;
	size_t n_routes;
	uint64_t evaluations; /* of carriers and next hops, since the start */
	uint64_t programmed;  /* entries looked at for the dataplane, since the start */
};

void rib_init(struct rib *rib, struct core *core, struct rib_adj_table *adjs);
void rib_fini(struct rib *rib);

/* Offer a route. It is the caller's until rib_remove(). NULL with errno ENOMEM. */
struct rib_route *rib_add(struct rib *rib, const struct rib_spec *spec);
void rib_remove(struct rib *rib, struct rib_route *route);

/* The static route of a line with the same prefix, next hop and interface; NULL. */
struct rib_route *rib_find_static(const struct rib *rib, const struct rib_spec *spec);

/* The interface came up or went down: routes that leave by it are looked at again. */
void rib_iface_changed(struct rib *rib, struct iface *ifc);

/* Bring what is in force up to date with what is offered: small, see above. */
void rib_resolve(struct rib *rib);

/*
 * Program what changed, within the budget, and while the dataplane takes it: what waits here need
 * not be taken back. True: the budget was over first.
 */
bool rib_program(struct rib *rib, struct work_budget *budget);

/* Both, to the end. */
void rib_settle(struct rib *rib);

/*
 * Have `w` told (WATCH_CHANGED, of the struct rib_nexthop) whenever the address is reached in
 * another way, or no longer; also the first time that is known. NULL without memory. As every
 * watcher, it may leave and mark work when it is told, and changes routes only by that.
 */
struct rib_nexthop *rib_track(struct rib *rib, uint16_t vrf, bw_ip4 addr, struct watch *w);
void rib_untrack(struct rib *rib, struct rib_nexthop *nh, struct watch *w);

/* --- reading; rib_resolve() first --- */

struct rib_entry *rib_find(const struct rib *rib, uint16_t vrf, bw_ip4 prefix, uint8_t plen);

/* The longest prefix in force that covers an address; NULL. */
struct rib_entry *rib_lookup(const struct rib *rib, uint16_t vrf, bw_ip4 addr);

/* The first entry after this prefix in order; plen -1: the first of all. */
struct rib_entry *rib_next(const struct rib *rib, uint16_t vrf, bw_ip4 prefix, int plen);

/* What an entry comes to. */
struct rib_best {
	uint8_t status;	  /* enum rib_status, of the best distance that is not unusable */
	uint8_t distance; /* of the routes in force */
};

struct rib_best rib_entry_best(const struct rib_entry *e);

static inline bool rib_in_force(const struct rib_entry *e)
{
	return rib_entry_best(e).status == RIB_USABLE;
}

/* Whether this route of an entry is in force. */
bool rib_route_in_force(const struct rib_route *route);

/* The first of the routes in force; NULL. */
const struct rib_route *rib_entry_route(const struct rib_entry *e);

/* Where packets to the entry go. */
void rib_entry_paths(const struct rib_entry *e, struct rib_paths *paths);

bw_ip4 rib_entry_prefix(const struct rib_entry *e);
uint16_t rib_entry_vrf(const struct rib_entry *e);

/* The address of the router that a packet to `to` would leave with; 0 without a route. */
bw_ip4 rib_source_address(const struct rib *rib, uint16_t vrf, bw_ip4 to);

#endif
