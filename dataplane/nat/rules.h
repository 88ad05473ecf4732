/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The NAT configuration as workers read it: built whole by the main lcore,
 * never changed, replaced under RCU.
 */
#ifndef DATAPLANE_NAT_RULES_H
#define DATAPLANE_NAT_RULES_H

#include "nat/pool.h"

/* A static rule; NETWORK ones with their prefix. Network byte order. */
struct nat_static {
	uint32_t local, global;
	uint16_t local_port, global_port; /* 0 with proto 0 */
	uint8_t proto;			  /* 0 = the whole address */
	uint8_t plen;
	uint8_t vrf;
	uint32_t rule_id;
	uint32_t next[2]; /* of the same hash value, by local and by global; 0 = none */
};

struct nat_dynamic {
	uint32_t rule_id;
	uint32_t acl_id;
	uint8_t vrf;
	bool overload;
	struct nat_pool *pool;
	struct bw_nat_map *map; /* in place of acl_id; owned by the rules; or NULL */
};

struct nat_global_range {
	uint32_t first, last; /* host byte order */
};

struct nat_rules {
	uint32_t generation;	    /* of these rules */
	uint32_t config_generation; /* of the timeouts and limits */
	struct bw_nat_config config;
	uint32_t n_limits;
	struct bw_nat_limit *limits; /* sorted by nat_limit_compare() */
	const struct nat_seeds *seeds;

	uint32_t n_statics; /* statics[1 .. n_statics] */
	struct nat_static *statics;
	uint32_t *head[2]; /* by local, by global */
	uint32_t head_mask;
	bool has_ports, has_whole;
	uint8_t n_plens, plens[33]; /* of networks, longest first */

	uint32_t n_dynamics;
	struct nat_dynamic *dynamics; /* in order of rule id */

	uint32_t n_globals;
	struct nat_global_range *globals; /* sorted, apart from each other */
};

/* What one flow's addresses and ports are to become. */
struct nat_mapping {
	uint32_t local, global;
	uint16_t local_port, global_port;
	uint32_t rule_id;
};

/*
 * An empty configuration for that many rules, to be filled with the two functions below in order
 * of rule id and finished. NULL if there is no memory.
 */
struct nat_rules *nat_rules_create(
	const struct nat_seeds *seeds, uint32_t max_statics, uint32_t max_dynamics);
void nat_rules_add_static(struct nat_rules *r, const struct nat_static *st);
/* Takes dyn->map. */
void nat_rules_add_dynamic(struct nat_rules *r, const struct nat_dynamic *dyn);
int nat_rules_finish(struct nat_rules *r);

/* Limits are in order of VRF, then of address as a number of no meaning. As for bsearch(). */
int nat_limit_compare(const void *a, const void *b);

/* How many sessions an inside host may have; 0: as many as there can be. */
uint32_t nat_rules_host_limit(const struct nat_rules *r, uint32_t local, uint8_t vrf);
void nat_rules_destroy(struct nat_rules *r);

/* The static mapping for a flow's local end. False if there is none. */
bool nat_rules_static_out(const struct nat_rules *r, uint8_t vrf, uint8_t proto, uint32_t local,
	uint16_t local_port, struct nat_mapping *m);

/* ... for a flow that comes from a VRF's outside to a global end; *vrf becomes the inside's. */
bool nat_rules_static_in(const struct nat_rules *r, uint8_t *vrf, uint8_t proto, uint32_t global,
	uint16_t global_port, struct nat_mapping *m);

/* True if a static rule for ports claims that port of a global address. */
bool nat_rules_port_claimed(
	const struct nat_rules *r, uint8_t proto, uint32_t global, uint16_t global_port);

/* True if a static rule for whole addresses claims the global address. */
bool nat_rules_addr_claimed(const struct nat_rules *r, uint32_t global);

/* True if the address is a global one of any rule. */
bool nat_rules_is_global(const struct nat_rules *r, uint32_t addr);

#endif
