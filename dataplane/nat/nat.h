/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * NAT for the programmer, the workers and the main loop. Configuration is for
 * the main lcore only. Errors are negative errno: -EINVAL, -ENOENT, -ENOSPC,
 * -ENOMEM; a call that fails has changed nothing.
 */
#ifndef DATAPLANE_NAT_NAT_H
#define DATAPLANE_NAT_NAT_H

#include "l3/vfr.h"
#include "nat/conf.h"
#include "nat/shard.h"

struct dp;
struct worker;

/* As bw_nat_session's tcp_state. */
enum nat_tcp_state {
	NAT_TCP_STATE_NONE, /* not TCP */
	NAT_TCP_STATE_SYN,  /* not yet open */
	NAT_TCP_STATE_ESTABLISHED,
	NAT_TCP_STATE_FIN, /* one side has closed */
	NAT_TCP_STATE_CLOSED,
};

/* bw_nat_session's flags */
#define NAT_ROW_STATIC	1
#define NAT_ROW_BINDING 2

struct nat {
	struct nat_shared shared;
	const struct nat_rules *rules; /* replaced under RCU */
	struct vfr_shared *vfr;

	/* main lcore only */
	struct nat_conf conf;
	uint32_t polled; /* second of the last housekeeping */
	uint32_t seen_no_port, seen_table_full, seen_vfr[VFR_EVENTS]; /* events that are logged */
};

/* Before the workers are made; dp->n_workers and dp->platform are set. 0 or negative errno. */
int nat_create(struct dp *dp);
void nat_destroy(struct dp *dp);

/* A worker's shard and its virtual reassembly table: w->nat; 0 or negative errno. */
int nat_worker_init(struct worker *w);
void nat_worker_fini(struct worker *w);
int vfr_worker_init(struct worker *w);
void vfr_worker_fini(struct worker *w);

/* Expiry; each walk. */
void nat_worker_poll(struct worker *w);

/* Log lines and housekeeping; about ten times a second. Main lcore. */
void nat_poll(struct dp *dp);

/* Set as a whole or delete; takes effect with nat_commit(). */
int nat_rule_set(struct dp *dp, const struct bw_nat_rule *rule);
int nat_rule_del(struct dp *dp, uint32_t rule_id);
int nat_pool_set(struct dp *dp, const struct bw_nat_pool *pool);
int nat_pool_del(struct dp *dp, uint32_t pool_id);
int nat_config_set(struct dp *dp, const struct bw_nat_config *config);
int nat_limit_set(struct dp *dp, const struct bw_nat_limit *limit);
int nat_limit_del(struct dp *dp, const struct bw_nat_limit *limit);

/* What is not set again between the two is deleted by the second. */
void nat_sync_begin(struct dp *dp);
int nat_sync_end(struct dp *dp);

/*
 * Put what was set since the last commit in force and remove the sessions of rules that are gone
 * or changed. Looks at the interfaces' addresses too, so it has to be called after any change.
 */
int nat_commit(struct dp *dp);

/* Remove the sessions that match, and host addresses that are then unused. 0. */
int nat_clear(struct dp *dp, const struct bw_nat_filter *filter);

/*
 * Rows for control, one by one; *cursor is 0 at first. False at the end. Sessions come and go
 * meanwhile; each row is consistent in itself.
 */
bool nat_dump_next(struct dp *dp, uint32_t *cursor, const struct bw_nat_filter *filter,
	struct bw_nat_session *row);
bool nat_rule_dump_next(struct dp *dp, uint32_t *cursor, struct bw_nat_rule *rule);
bool nat_pool_dump_next(struct dp *dp, uint32_t *cursor, struct bw_nat_pool *pool);

/* True if the session is one that the filter names. */
bool nat_filter_matches(const struct bw_nat_filter *filter, const struct nat_session *s);

static inline const struct nat_rules *nat_rules_now(const struct nat *nat)
{
	return __atomic_load_n(&nat->rules, __ATOMIC_ACQUIRE);
}

#endif
