/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Adjacencies: where packets go, each once however many routes lead there. A
 * holder has a reference; one that nobody refers to is removed from the
 * dataplane after the routes that used it.
 *
 * There are two sorts. A neighbour, or a subnet, is what it is for as long as it exists. A group is
 * of several ways, or of ways by next hops that are resolved: it keeps its id while those move, and
 * the dataplane is told what it comes to now. One next hop alone is a group of one.
 */
#ifndef BW_CONTROL_RIB_ADJ_H
#define BW_CONTROL_RIB_ADJ_H

#include <stdint.h>

#include "control/core/core.h"
#include "control/rib/rib.h"

/* Of a group: by a next hop that is resolved, or straight. */
struct rib_way {
	LIST_ENTRY(rib_way) over; /* of via->ways */
	struct rib_adj *adj;	  /* that it is a way of */
	struct rib_nexthop *via;  /* a reference, or NULL: */
	struct rib_path path;	  /* with a reference to its interface */
};

struct rib_adj {
	struct dp_object obj;
	struct rib_adj *next; /* of the same hash */
	uint32_t hash;
	uint32_t refs;
	struct bw_adj told;
	/* what it comes to; ECMP: path[n], FIXED: `fixed` */
	uint16_t type; /* enum bw_adj_type; 0: one that exists from the start */
	uint16_t n;
	uint32_t fixed;
	bw_ip4 nexthop;
	struct iface *ifc;		    /* a reference; GLEAN, NEIGHBOUR */
	struct rib_adj *path[BW_MAX_PATHS]; /* references */
	uint32_t n_ways;		    /* 0: no group */
	struct rib_way way[];		    /* sorted */
};

struct rib_adj_table {
	struct dp_link *dp;
	struct rib *rib; /* rib_init() enters it */
	struct rib_adj **bucket;
	uint32_t buckets, count;
	struct rib_adj fixed[BW_ADJ_FIRST];
};

void rib_adj_table_init(struct rib_adj_table *t, struct core *core);
void rib_adj_table_fini(struct rib_adj_table *t);

/* One of those that exist from the start, BW_ADJ_NO_ROUTE .. */
struct rib_adj *rib_adj_fixed(struct rib_adj_table *t, uint32_t id);

/* Next hop 0: glean. With a reference; NULL with errno ENOMEM or ENOSPC. */
struct rib_adj *rib_adj_get(struct rib_adj_table *t, struct iface *ifc, bw_ip4 nexthop);

/* Over what the entry's routes in force go by, at least one way. The same. */
struct rib_adj *rib_adj_get_entry(struct rib_adj_table *t, const struct rib_entry *e);

void rib_adj_put(struct rib_adj_table *t, struct rib_adj *adj);

/* A next hop of this group is resolved otherwise: tell what the group comes to. */
void rib_adj_refresh(struct rib_adj_table *t, struct rib_adj *adj);

#endif
