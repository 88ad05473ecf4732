/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What NAT is configured to do: pools, rules, timeouts. The sessions themselves
 * are the dataplane's.
 *
 * Rules may refer to lists, pools and interfaces that are not there; such a rule
 * is kept and takes effect once they are.
 */
#ifndef BW_CONTROL_NAT_H
#define BW_CONTROL_NAT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "control/core/core.h"
#include "control/nat/route_map.h"

#define NAT_NAME_LEN  64
#define NAT_MAX_RULES (1 << 20)
#define NAT_MAX_POOLS 4096
#define NAT_HASH      1024

struct acl;
struct acl_table;
struct event;
struct iface;
struct iface_table;
struct nat_table;

struct nat_range {
	bw_ip4 start, end;
};

struct nat_pool_conf {
	TAILQ_ENTRY(nat_pool_conf) entry; /* in the order of creation */
	struct nat_table *nat;
	char name[NAT_NAME_LEN];
	bool exists;
	bool single; /* its one range was given with it */
	unsigned refs;
	uint8_t plen;
	bool match_host;
	unsigned n_ranges;
	struct nat_range range[BW_NAT_POOL_RANGES];
	struct dp_object obj; /* wanted: it has ranges and a rule */
};

/* What one inside host may have. */
struct nat_limit {
	TAILQ_ENTRY(nat_limit) entry;
	bw_ip4 addr;
	uint32_t max;
	struct dp_object obj; /* wanted; or it is about to go */
};

struct nat_rule {
	TAILQ_ENTRY(nat_rule) entry; /* in the order of configuration */
	LIST_ENTRY(nat_rule) by_global, by_local;
	struct nat_table *nat;
	uint16_t kind;	/* enum bw_nat_rule_kind */
	uint16_t flags; /* enum bw_nat_rule_flags */
	uint16_t vrf;
	uint8_t proto, plen;
	bw_ip4 local, global;
	uint16_t local_port, global_port;
	struct acl *acl; /* references, or NULL */
	struct nat_pool_conf *pool;
	struct iface *ifc;
	struct route_map *map; /* in place of acl */
	bool gone;
	struct dp_object obj; /* wanted: all that it refers to is there */
};

/* A global that is answered in ARP on an interface. */
struct nat_alias {
	struct iface *ifc; /* a reference */
	bw_ip4 addr;
	struct iface_addr *held; /* the interface's; NULL if there was no memory for it */
};

LIST_HEAD(nat_rule_list, nat_rule);

struct nat_table {
	struct core *core;
	struct acl_table *acls;
	struct iface_table *ifaces;
	struct work work;
	struct watch acl_watch, iface_watch, addr_watch;
	TAILQ_HEAD(, nat_pool_conf) pools;
	TAILQ_HEAD(nat_rules, nat_rule) rules;
	struct nat_rule_list by_global[NAT_HASH], by_local[NAT_HASH];
	uint32_t n_rules;
	struct route_map_table maps;
	struct bw_nat_config config;
	struct dp_object config_obj;
	TAILQ_HEAD(, nat_limit) limits;
	struct nat_alias *alias; /* sorted by interface and address */
	size_t n_aliases;
	uint64_t alias_ms; /* when they were last computed */
	struct event *alias_timer;
	bool changed, aliases_changed;
	bool aliases_cut; /* there are more globals than can be answered, which was logged */
	uint64_t peak_ms; /* when the number of sessions was highest */
	uint64_t peak;
};

/* It watches lists and interfaces. 0 or -ENOMEM. */
int nat_init(struct nat_table *nat, struct core *core, struct acl_table *acls,
	struct iface_table *ifaces);
void nat_fini(struct nat_table *nat);

/* --- pools --- */

struct nat_pool_conf *nat_pool_find(struct nat_table *nat, const char *name);

enum nat_pool_error {
	NAT_POOL_ORDER = 1, /* the end is before the start */
	NAT_POOL_SUBNETS,   /* start and end are in different subnets */
	NAT_POOL_IN_USE,
	NAT_POOL_NO_MEMORY,
	NAT_POOL_OVERLAP, /* with another range of it */
	NAT_POOL_FULL,	  /* BW_NAT_POOL_RANGES ranges */
	NAT_POOL_EXISTS,  /* with ranges given the other way */
};

/*
 * A pool of one range or, with `range` NULL, of those that nat_pool_range_add() gives it. All: 0
 * or enum nat_pool_error; nothing is changed on error.
 */
int nat_pool_set(struct nat_table *nat, const char *name, uint8_t plen, bool match_host,
	const struct nat_range *range);

/* A range more costs the pool its sessions; one less needs it out of use, or `force`. */
int nat_pool_range_add(struct nat_table *nat, const char *name, const struct nat_range *range);
int nat_pool_range_remove(
	struct nat_table *nat, const char *name, const struct nat_range *range, bool force);

/* A pool that rules refer to goes only with `force`; they then wait for one of its name. */
int nat_pool_remove(struct nat_table *nat, const char *name, bool force);

/* --- rules --- */

/* What a rule says. Names may be of things that do not exist. */
struct nat_spec {
	uint16_t kind, flags, vrf;
	uint8_t proto, plen;
	bw_ip4 local, global;
	uint16_t local_port, global_port;
	const char *acl, *map, *pool, *ifname; /* NULL: none */
};

enum nat_rule_error {
	NAT_RULE_SIMILAR = 1, /* "% similar static entry (L -> G) already exists" */
	NAT_RULE_MAPPED,      /* "% G already mapped (L -> G)" */
	NAT_RULE_NO_MEMORY,
	NAT_RULE_FULL,
};

/* 0 or enum nat_rule_error, then with the rule in the way in *other. */
int nat_rule_add(struct nat_table *nat, const struct nat_spec *spec, struct nat_rule **other);
struct nat_rule *nat_rule_find(struct nat_table *nat, const struct nat_spec *spec);
void nat_rule_remove(struct nat_rule *rule);

/* Whether sessions live that were made from static rules, or from dynamic ones. */
bool nat_sessions_live(const struct nat_table *nat, bool from_static);

/* --- settings --- */

void nat_timeout_set(struct nat_table *nat, enum bw_nat_timeout which, uint32_t seconds);
uint32_t nat_timeout_default(enum bw_nat_timeout which);
void nat_limits_set(struct nat_table *nat, uint32_t max_entries, uint32_t max_per_host);

/* Of one inside host; max 0: none of its own. 0 or -ENOMEM. */
int nat_host_limit_set(struct nat_table *nat, bw_ip4 addr, uint32_t max);

/* Sum over the workers; zeros without a dataplane. */
void nat_counters(const struct nat_table *nat, struct bw_nat_counters *sum);

/* Remember when the peak of sessions was. Once a second or so. */
void nat_sample(struct nat_table *nat);

/* --- between the files --- */

/* nat_program.c */
void nat_program_init(struct nat_table *nat);
void nat_pool_program(struct nat_pool_conf *pool);
void nat_rule_program(struct nat_rule *rule);
void nat_rule_free(struct nat_rule *rule);

/* nat_limit.c */
void nat_host_limits_init(struct nat_table *nat);
void nat_host_limits_fini(struct nat_table *nat);

/* nat_alias.c */
void nat_aliases_init(struct nat_table *nat);
void nat_aliases_settle(struct nat_table *nat);
void nat_aliases_fini(struct nat_table *nat);

#endif
