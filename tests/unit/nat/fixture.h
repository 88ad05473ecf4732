/* SPDX-License-Identifier: BSD-3-Clause */
/* NAT's core with any number of shards, driven by hand. */
#ifndef TESTS_UNIT_NAT_FIXTURE_H
#define TESTS_UNIT_NAT_FIXTURE_H

#include "nat/conf.h"
#include "nat/shard.h"
#include "nat/translate.h"
#include "packets.h"

#define FX_SHARDS 4

struct fixture {
	struct nat_shared shared;
	struct nat_shard *shard[FX_SHARDS];
	struct bw_nat_counters counters[FX_SHARDS];
	struct nat_conf conf;
	struct nat_rules *rules;
	struct acl_table *acl;
	unsigned n;
	uint32_t now;
	bw_ip4 if_addr; /* of interface 1 */
};

/* What became of a packet. */
struct outcome {
	enum nat_verdict verdict;
	enum bw_drop drop;
	unsigned shard; /* where it was in the end */
	unsigned hops;	/* hand-overs */
};

/* List 1 permits 192.168.0.0/16. */
void fx_init(struct fixture *fx, unsigned shards, uint32_t capacity);
void fx_fini(struct fixture *fx);

/* Configuration; each commits. */
void fx_pool(struct fixture *fx, uint32_t id, const char *start, const char *end, uint8_t plen);
void fx_dynamic(struct fixture *fx, uint32_t id, uint32_t acl, uint32_t pool, bool overload);
void fx_static(struct fixture *fx, uint32_t id, const char *local, const char *global);
void fx_static_port(struct fixture *fx, uint32_t id, uint8_t proto, const char *local,
	uint16_t local_port, const char *global, uint16_t global_port);
void fx_rule(struct fixture *fx, const struct bw_nat_rule *rule);
void fx_del(struct fixture *fx, uint32_t rule_id);
void fx_commit(struct fixture *fx);
void fx_timeout(struct fixture *fx, enum bw_nat_timeout which, uint32_t seconds);
void fx_limits(struct fixture *fx, uint32_t entries, uint32_t per_host);
void fx_host_limit(struct fixture *fx, const char *addr, uint32_t max); /* 0: none of its own */

/* Translate, starting at a shard, and following hand-overs. */
struct outcome fx_out(struct fixture *fx, unsigned shard, struct packet *p, unsigned flags);
struct outcome fx_in(struct fixture *fx, unsigned shard, struct packet *p, unsigned flags);

/* Let time pass, a second at a time, with expiry. */
void fx_pass(struct fixture *fx, uint32_t seconds);

uint64_t fx_sessions(const struct fixture *fx);

/* The flow as it has to look: out of `f` with another source, or destination. */
struct packet with_src(const struct flow *f, const char *src, uint16_t sport);
struct packet with_dst(const struct flow *f, const char *dst, uint16_t dport);

#endif
