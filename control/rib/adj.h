/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Adjacencies: where packets go, each once however many routes lead there. A
 * holder has a reference; one that nobody refers to is removed from the
 * dataplane after the routes that used it.
 */
#ifndef BW_CONTROL_ADJ_H
#define BW_CONTROL_ADJ_H

#include <stdint.h>

#include "control/core/dataplane_link.h"
#include "control/core/idmap.h"

struct iface;
struct rib_paths;

struct adj {
	struct dp_object obj;
	struct adj *next; /* of the same hash */
	uint32_t hash;
	uint32_t id;
	uint32_t refs;
	uint16_t type; /* enum bw_adj_type; 0: one that exists from the start */
	uint16_t n;
	bw_ip4 nexthop;
	struct iface *ifc;  /* a reference; GLEAN, NEIGHBOUR */
	struct adj *path[]; /* ECMP: references, in the order of their addresses */
};

struct adj_table {
	struct dp_link *dp;
	struct log *log;
	struct idmap ids;
	struct adj **bucket, **by_id;
	uint32_t buckets, count, by_id_size;
	struct adj fixed[BW_ADJ_FIRST];
};

int adj_table_init(struct adj_table *t, struct dp_link *dp, struct log *log);
void adj_table_fini(struct adj_table *t);

/* One of those that exist from the start, BW_ADJ_NO_ROUTE .. */
struct adj *adj_fixed(struct adj_table *t, uint32_t id);

/* Next hop 0: glean. NULL with errno ENOMEM or ENOSPC. */
struct adj *adj_get(struct adj_table *t, struct iface *ifc, bw_ip4 nexthop);

/* For one path or several. */
struct adj *adj_get_paths(struct adj_table *t, const struct rib_paths *paths);

void adj_put(struct adj_table *t, struct adj *adj);

/* Resync. */
void adj_identify_begin(struct adj_table *t);
void adj_held(struct adj_table *t, const struct bw_adj *held);
void adj_identify(struct adj_table *t); /* after interfaces have their ids */
void adj_replay(struct adj_table *t);

#endif
