/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One worker's part of NAT. The flows of an outside end (protocol, address,
 * port), which translation leaves as it is, all belong to one shard: so whether
 * a global port is free towards that end, this shard alone knows. No DPDK here;
 * time is in whole seconds and given by the caller.
 */
#ifndef DATAPLANE_NAT_SHARD_H
#define DATAPLANE_NAT_SHARD_H

#include <stdatomic.h>

#include "api/region.h"
#include "nat/index.h"
#include "nat/ports.h"
#include "nat/rules.h"
#include "nat/wheel.h"
#include "tables/acl.h"

/* What all shards share; nothing of it is written but by atomics. */
struct nat_shared {
	struct nat_seeds seeds;
	uint32_t capacity; /* sessions of all shards */
	unsigned n_shards;
	struct nat_hosts hosts;
	_Alignas(64) _Atomic uint32_t total;
};

/* What the main lcore logs: how often, and the last one's details. */
struct nat_event {
	_Atomic uint32_t count;
	_Atomic uint32_t addr; /* network byte order */
	_Atomic uint32_t rule_id;
};

struct nat_shard {
	/* set once */
	struct nat_shared *shared;
	unsigned id;
	uint32_t mask;		     /* of the indexes' buckets */
	struct nat_session *session; /* [capacity + 1] */
	struct nat_index index[NAT_DIRS];
	struct nat_ports ports;
	struct bw_nat_counters *counters;

	/* for this burst */
	const struct nat_rules *rules;
	const struct acl_table *acl;
	uint32_t now;

	uint32_t free;	       /* list of sessions that were in use */
	uint32_t n_own;	       /* sessions with NAT_S_OWN */
	_Atomic uint32_t high; /* ids from 1 up to this were ever in use */
	uint32_t config_seen;  /* generation of the timeouts that the wheel goes by */
	uint32_t rescan;       /* next session to hang anew, 0 = none */
	struct nat_wheel wheel;

	struct nat_event no_port, table_full;
};

/*
 * Random seeds, the table of hosts. 0 or -ENOMEM. capacity: sessions in all, at most 2^30.
 */
int nat_shared_init(struct nat_shared *shared, uint32_t capacity, unsigned n_shards);
void nat_shared_fini(struct nat_shared *shared);

/* counters: where this shard counts. NULL if there is no memory. */
struct nat_shard *nat_shard_create(
	struct nat_shared *shared, unsigned id, uint32_t now, struct bw_nat_counters *counters);
void nat_shard_destroy(struct nat_shard *sh);

/* Before a burst: the rules and lists to go by, and the time. */
static inline void nat_shard_begin(struct nat_shard *sh, const struct nat_rules *rules,
	const struct acl_table *acl, uint32_t now)
{
	sh->rules = rules;
	sh->acl = acl;
	sh->now = now;
}

enum nat_create_flags {
	NAT_C_STATIC = 1 << 0, /* takes its key from a session that has it */
	NAT_C_BOUND = 1 << 1,  /* the caller has counted it on its host's binding */
	NAT_C_PORT_SEEN = 1 << 2,
	NAT_C_OWN = 1 << 3,
	NAT_C_MAP = 1 << 4,
};

/* The flow of a new session. */
struct nat_flow {
	uint32_t remote;
	uint16_t remote_port;
	uint8_t proto;
	uint8_t tcp_flags;
	uint8_t vrf[NAT_DIRS];
};

/*
 * Make a session for the flow, whose first packet goes in direction dir. NULL with *drop set
 * (BW_DROP_NAT_TABLE_FULL, _HOST_LIMIT) if it may not be.
 */
struct nat_session *nat_shard_add(struct nat_shard *sh, const struct nat_flow *flow,
	const struct nat_mapping *map, unsigned flags, enum nat_dir dir, uint8_t *drop);

/* Remove a session; id is its place in sh->session. */
void nat_shard_remove(struct nat_shard *sh, uint32_t id);

/* The session's timeout in seconds, UINT32_MAX = never. */
static inline uint32_t nat_shard_timeout(const struct nat_rules *rules, const struct nat_session *s)
{
	return rules->config.timeout[s->timeout];
}

/* After s->timeout changed: hang it where it is due now. */
void nat_shard_retime(struct nat_shard *sh, struct nat_session *s);

/*
 * Remove what is due, look at most at `budget` sessions. Near-free while nothing is due.
 * Returns how many sessions were looked at.
 */
unsigned nat_shard_expire(struct nat_shard *sh, unsigned budget);

/*
 * Remove the sessions that match() wants removed, looking at `budget` of them from *at (1 at
 * first) on. True when all were looked at.
 */
bool nat_shard_sweep(struct nat_shard *sh, uint32_t *at, unsigned budget,
	bool (*match)(const void *arg, const struct nat_session *s), const void *arg);

/*
 * For another thread: a consistent copy of session id. False if it is not in use.
 */
bool nat_shard_read(const struct nat_shard *sh, uint32_t id, struct nat_session *copy);

#endif
