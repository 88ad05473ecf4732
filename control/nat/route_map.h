/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Route-maps, as far as NAT asks them: clauses in order, each of which matches a packet by access
 * lists and by the interface that it leaves by. The first clause that matches tells whether the
 * packet is translated by the rule; no clause, that it is not.
 *
 * Maps, lists and interfaces that are referred to need not exist: what names them waits.
 */
#ifndef BW_CONTROL_ROUTE_MAP_H
#define BW_CONTROL_ROUTE_MAP_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "dataplane/api/msg.h"

#define ROUTE_MAP_NAME_LEN 64

struct acl;
struct iface;
struct nat_table;

/* A clause. With several lists, or interfaces, one of them has to match; without, all do. */
struct route_clause {
	TAILQ_ENTRY(route_clause) entry; /* by sequence number */
	uint32_t seq;
	bool permit;
	unsigned n_acls, n_ifcs;
	struct acl *acl[BW_NAT_MATCHES]; /* references, as are the next */
	struct iface *ifc[BW_NAT_MATCHES];
};

struct route_map {
	TAILQ_ENTRY(route_map) entry;
	char name[ROUTE_MAP_NAME_LEN];
	unsigned refs;
	TAILQ_HEAD(, route_clause) clauses;
	struct bw_nat_map built; /* what of it can be matched now */
};

struct route_map_table {
	struct nat_table *nat;
	TAILQ_HEAD(, route_map) list; /* those that are only referred to included */
};

enum route_map_match { ROUTE_MAP_ACL, ROUTE_MAP_INTERFACE };

void route_maps_init(struct route_map_table *t, struct nat_table *nat);
void route_maps_fini(struct route_map_table *t);

/* NULL if there is none with clauses. */
struct route_map *route_map_find(struct route_map_table *t, const char *name);

/* A reference to the map of this name, configured or not; NULL without memory. */
struct route_map *route_map_get(struct route_map_table *t, const char *name);
void route_map_put(struct route_map_table *t, struct route_map *map);

struct route_clause *route_map_clause(
	struct route_map_table *t, const char *name, uint32_t seq); /* NULL if there is none */

/* Make the clause, or change it. 0, -ENOMEM or -ENOSPC: it has BW_NAT_MATCHES without it. */
int route_map_set(struct route_map_table *t, const char *name, uint32_t seq, bool permit);
void route_map_remove(struct route_map_table *t, const char *name, uint32_t seq);

/*
 * What a clause matches by, in place of what it did: n names, none for everything. 0, -ENOMEM, or
 * -ENOSPC: pairs of list and interface of the map would come to more than BW_NAT_MATCHES. Nothing
 * is changed on error.
 */
int route_map_match(struct route_map_table *t, const char *name, uint32_t seq,
	enum route_map_match by, const char *const *names, unsigned n);

/* Build what can be matched now. True if that is not what it was. */
bool route_map_build(struct route_map *map);

#endif
