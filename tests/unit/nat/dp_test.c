/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * NAT as the programmer and the main loop use it: commits, clearing, dumps, log
 * lines. Workers are called directly, and what is deferred is run on demand.
 */
#include "core/dp.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "core/rcu.h"
#include "nat/nat.h"
#include "nat/translate.h"
#include "packets.h"
#include "suite.h"

#define HOST   "192.168.20.10"
#define HOST2  "192.168.20.11"
#define SERVER "198.51.100.7"

static struct dp dp;
static struct worker workers[2];
static struct bw_worker_counters counters[2];
static struct itf outside;
static uint32_t now;

/* --- the rest of the dataplane --- */

static struct {
	void (*fn)(void *);
	void *ptr;
} deferred[64];
static unsigned n_deferred;
static char logged[8][200];
static unsigned n_logged;

void rcu_defer(struct rcu *rcu, void (*fn)(void *ptr), void *ptr)
{
	(void)rcu;
	CU_ASSERT_FATAL(n_deferred < 64);
	deferred[n_deferred].fn = fn;
	deferred[n_deferred++].ptr = ptr;
}

static void readers_gone(void)
{
	for (unsigned i = 0; i < n_deferred; i++)
		deferred[i].fn(deferred[i].ptr);
	n_deferred = 0;
}

void worker_call_all(struct dp *d, void (*fn)(struct worker *w, void *arg), void *arg)
{
	for (unsigned i = 0; i < d->n_workers; i++)
		fn(d->worker[i], arg);
}

uint32_t dp_seconds(const struct dp *d)
{
	(void)d;
	return now;
}

void dp_log(struct dp *d, unsigned severity, const char *mnemonic, const char *fmt, ...)
{
	char text[128];
	va_list args;

	(void)d;
	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	snprintf(logged[n_logged++ % 8], sizeof(logged[0]), "%u %s: %s", severity, mnemonic, text);
}

/* --- driving --- */

static void retire_now(void *ctx, void (*fn)(void *, uint64_t), void *arg1, uint64_t arg2)
{
	(void)ctx;
	fn(arg1, arg2);
}

static void start(uint32_t sessions)
{
	struct bw_acl acl = { .acl_id = 1, .entries = 1 };
	struct bw_ace ace = { .acl_id = 1,
		.flags = BW_ACE_F_PERMIT,
		.src_wild = UINT32_MAX,
		.dst_wild = UINT32_MAX };

	memset(&dp, 0, sizeof(dp));
	memset(&workers, 0, sizeof(workers));
	memset(&counters, 0, sizeof(counters));
	memset(&outside, 0, sizeof(outside));
	now = 1;
	n_logged = 0;
	dp.n_workers = 2;
	dp.platform.nat_sessions = sessions;
	dp.acl = acl_create(2, retire_now, NULL);
	CU_ASSERT_EQUAL_FATAL(nat_create(&dp), 0);
	for (unsigned i = 0; i < 2; i++) {
		workers[i].dp = &dp;
		workers[i].id = i;
		workers[i].counters = &counters[i];
		workers[i].now_sec = now;
		dp.worker[i] = &workers[i];
		CU_ASSERT_EQUAL_FATAL(nat_worker_init(&workers[i]), 0);
		CU_ASSERT_EQUAL_FATAL(vfr_worker_init(&workers[i]), 0);
	}
	outside.id = 1;
	strcpy(outside.conf.name, "GigabitEthernet8");
	dp.itf[1] = &outside;
	acl_set_begin(dp.acl, &acl);
	acl_set_entry(dp.acl, &ace);
	CU_ASSERT_EQUAL(acl_set_commit(dp.acl, 1), 0);
}

static void stop(void)
{
	readers_gone();
	for (unsigned i = 0; i < 2; i++) {
		vfr_worker_fini(&workers[i]);
		nat_worker_fini(&workers[i]);
	}
	nat_destroy(&dp);
	acl_destroy(dp.acl);
}

static void set_pool(const char *start_addr, const char *end_addr)
{
	struct bw_nat_pool pool = { .pool_id = 5, .plen = 24, .name = "GIP" };

	pool.start = ip4(start_addr);
	pool.end = ip4(end_addr);
	CU_ASSERT_EQUAL(nat_pool_set(&dp, &pool), 0);
}

static void set_dynamic(uint32_t id, uint16_t flags)
{
	struct bw_nat_rule rule = { .rule_id = id,
		.kind = BW_NAT_DYNAMIC,
		.flags = flags,
		.acl_id = 1,
		.pool_id = 5,
		.if_id = flags & BW_NAT_F_IF_ADDR ? 1 : 0 };

	CU_ASSERT_EQUAL(nat_rule_set(&dp, &rule), 0);
}

/* Out, at whichever worker owns the flow. */
static enum nat_verdict out(const struct flow *f, const char *src)
{
	struct packet p = make(f);
	struct nat_pkt np;
	unsigned w = 0;

	do {
		np = (struct nat_pkt) {
			.ip = p.b, .len = p.len, .flags = np.verdict == NAT_BIND ? NAT_P_BIND : 0
		};
		nat_shard_begin(workers[w].nat, nat_rules_now(dp.nat), dp.acl, now);
		nat_in2out(workers[w].nat, &np, 1);
		w = np.owner;
	} while (np.verdict == NAT_HAND || np.verdict == NAT_BIND);
	if (np.verdict == NAT_DONE)
		CU_ASSERT_EQUAL(((struct l4_ip4 *)p.b)->src, ip4(src));
	return np.verdict;
}

static void pass(uint32_t seconds)
{
	while (seconds-- > 0) {
		now++;
		for (unsigned i = 0; i < 2; i++) {
			workers[i].now_sec = now;
			nat_worker_poll(&workers[i]);
		}
		nat_poll(&dp);
	}
}

static unsigned dump(const struct bw_nat_filter *filter, struct bw_nat_session *rows, unsigned most)
{
	static const struct bw_nat_filter all;
	uint32_t cursor = 0;
	unsigned n = 0;

	while (n < most && nat_dump_next(&dp, &cursor, filter ? filter : &all, &rows[n]))
		n++;
	return n;
}

/* --- tests --- */

static void rows(void)
{
	struct flow f = { HOST, SERVER, 5000, 80, IPPROTO_TCP, .tcp_flags = L4_TCP_SYN };
	struct bw_nat_session row[40];
	struct bw_nat_filter filter = { .flags = BW_NAT_MATCH_OUTSIDE, .remote = ip4(SERVER) };
	unsigned seen = 0;

	start(1000);
	CU_ASSERT_EQUAL(dump(NULL, row, 40), 0);
	set_pool("192.0.2.1", "192.0.2.1");
	set_dynamic(7, BW_NAT_F_OVERLOAD);
	CU_ASSERT_EQUAL(nat_commit(&dp), 0);
	for (f.dport = 80; f.dport < 100; f.dport++)
		CU_ASSERT_EQUAL(out(&f, "192.0.2.1"), NAT_DONE);
	now += 5;
	CU_ASSERT_EQUAL(dump(NULL, row, 40), 20);
	for (unsigned i = 0; i < 20; i++) {
		CU_ASSERT_EQUAL(row[i].local, ip4(HOST));
		CU_ASSERT_EQUAL(row[i].global, ip4("192.0.2.1"));
		CU_ASSERT_EQUAL(row[i].remote, ip4(SERVER));
		CU_ASSERT_EQUAL(row[i].local_port, 5000);
		CU_ASSERT_EQUAL(row[i].global_port, 5000);
		CU_ASSERT_EQUAL(row[i].proto, IPPROTO_TCP);
		CU_ASSERT_EQUAL(row[i].tcp_state, NAT_TCP_STATE_SYN);
		CU_ASSERT_EQUAL(row[i].rule_id, 7);
		CU_ASSERT_EQUAL(row[i].flags, 0);
		CU_ASSERT_EQUAL(row[i].age, 5);
		CU_ASSERT_EQUAL(row[i].idle, 5);
		CU_ASSERT_EQUAL(row[i].timeout, 60);
		seen |= 1u << (row[i].remote_port - 80);
		for (unsigned k = 0; k < i; k++)
			CU_ASSERT_NOT_EQUAL(row[k].id, row[i].id);
	}
	CU_ASSERT_EQUAL(seen, 0xfffff);
	CU_ASSERT_EQUAL(counters[0].nat.sessions + counters[1].nat.sessions, 20);
	filter.flags |= BW_NAT_MATCH_PORTS;
	filter.proto = IPPROTO_TCP;
	filter.remote_port = 85;
	CU_ASSERT_EQUAL(dump(&filter, row, 40), 1);
	CU_ASSERT_EQUAL(row[0].remote_port, 85);
	filter.remote = ip4(HOST);
	CU_ASSERT_EQUAL(dump(&filter, row, 40), 0);
	stop();
}

/* clear ip nat translation: everything, inside, outside, with ports, of a rule. */
static void clearing(void)
{
	static const struct {
		uint32_t flags;
		const char *local, *global, *remote;
		uint16_t local_port, global_port, remote_port;
		uint8_t proto;
		unsigned left;
	} cases[] = {
		{ 0, HOST, HOST, HOST, 0, 0, 0, 0, 0 },
		{ BW_NAT_MATCH_INSIDE, HOST, "192.0.2.1", HOST, 0, 0, 0, 0, 4 },
		{ BW_NAT_MATCH_INSIDE, HOST, "192.0.2.2", HOST, 0, 0, 0, 0, 8 },
		{ BW_NAT_MATCH_OUTSIDE, HOST, HOST, SERVER, 0, 0, 0, 0, 0 },
		{ BW_NAT_MATCH_INSIDE | BW_NAT_MATCH_PORTS, HOST, "192.0.2.1", HOST, 5001, 5001, 0,
			IPPROTO_UDP, 7 },
		{ BW_NAT_MATCH_INSIDE | BW_NAT_MATCH_PORTS, HOST, "192.0.2.1", HOST, 5001, 5001, 0,
			IPPROTO_TCP, 8 },
		{ BW_NAT_MATCH_INSIDE | BW_NAT_MATCH_OUTSIDE | BW_NAT_MATCH_PORTS, HOST,
			"192.0.2.1", SERVER, 5001, 5001, 53, IPPROTO_UDP, 7 },
		{ BW_NAT_MATCH_INSIDE | BW_NAT_MATCH_OUTSIDE | BW_NAT_MATCH_PORTS, HOST,
			"192.0.2.1", SERVER, 5001, 5001, 54, IPPROTO_UDP, 8 },
		{ BW_NAT_MATCH_RULE, HOST, HOST, HOST, 0, 0, 0, 0, 0 },
	};
	struct bw_nat_session row[40];

	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct bw_nat_filter filter = { .flags = cases[i].flags,
			.rule_id = 7,
			.local = ip4(cases[i].local),
			.global = ip4(cases[i].global),
			.remote = ip4(cases[i].remote),
			.local_port = cases[i].local_port,
			.global_port = cases[i].global_port,
			.remote_port = cases[i].remote_port,
			.proto = cases[i].proto };

		start(1000);
		set_pool("192.0.2.1", "192.0.2.1");
		set_dynamic(7, BW_NAT_F_OVERLOAD);
		nat_commit(&dp);
		for (unsigned k = 0; k < 8; k++) {
			struct flow f = { k < 4 ? HOST : HOST2, SERVER, 5000 + k, 53,
				.proto = IPPROTO_UDP };

			CU_ASSERT_EQUAL(out(&f, "192.0.2.1"), NAT_DONE);
		}
		CU_ASSERT_EQUAL(nat_clear(&dp, &filter), 0);
		CU_ASSERT_EQUAL(dump(NULL, row, 40), cases[i].left);
		stop();
	}
}

static void commits(void)
{
	struct flow f = { HOST, SERVER, 5000, 80, .proto = IPPROTO_UDP };
	const struct nat_rules *before;

	start(1000);
	set_pool("192.0.2.1", "192.0.2.1");
	set_dynamic(7, BW_NAT_F_OVERLOAD);
	CU_ASSERT_EQUAL(out(&f, ""), NAT_PASS); /* set, but not committed */
	nat_commit(&dp);
	CU_ASSERT_EQUAL(out(&f, "192.0.2.1"), NAT_DONE);
	before = dp.nat->rules;
	nat_commit(&dp);
	set_dynamic(7, BW_NAT_F_OVERLOAD);
	set_pool("192.0.2.1", "192.0.2.1");
	nat_commit(&dp);
	CU_ASSERT_PTR_EQUAL(dp.nat->rules, before);
	set_pool("192.0.2.2", "192.0.2.2");
	nat_commit(&dp);
	CU_ASSERT_EQUAL(counters[0].nat.sessions + counters[1].nat.sessions, 0);
	CU_ASSERT_EQUAL(out(&f, "192.0.2.2"), NAT_DONE);
	nat_sync_begin(&dp);
	set_dynamic(7, BW_NAT_F_OVERLOAD);
	set_pool("192.0.2.2", "192.0.2.2");
	CU_ASSERT_EQUAL(nat_sync_end(&dp), 0);
	nat_commit(&dp);
	CU_ASSERT_EQUAL(counters[0].nat.sessions + counters[1].nat.sessions, 1);
	CU_ASSERT_EQUAL(nat_rule_del(&dp, 7), 0);
	CU_ASSERT_EQUAL(nat_rule_del(&dp, 7), -ENOENT);
	nat_commit(&dp);
	CU_ASSERT_EQUAL(counters[0].nat.sessions + counters[1].nat.sessions, 0);
	CU_ASSERT_EQUAL(out(&f, ""), NAT_PASS);
	stop();
}

/* The interface's address comes and changes: the next commit sees it. */
static void interface_address(void)
{
	struct flow f = { HOST, SERVER, 5000, 80, .proto = IPPROTO_UDP };

	start(1000);
	set_dynamic(7, BW_NAT_F_OVERLOAD | BW_NAT_F_IF_ADDR);
	nat_commit(&dp);
	CU_ASSERT_EQUAL(out(&f, ""), NAT_PASS);
	outside.primary = ip4("203.0.113.9");
	nat_commit(&dp);
	CU_ASSERT_EQUAL(out(&f, "203.0.113.9"), NAT_DONE);
	outside.primary = ip4("203.0.113.10");
	nat_commit(&dp);
	CU_ASSERT_EQUAL(out(&f, "203.0.113.10"), NAT_DONE);
	stop();
}

static void exhaustion_is_logged_once_a_second(void)
{
	struct flow f = { HOST, SERVER, .proto = IPPROTO_ESP };

	start(1000);
	set_pool("192.0.2.1", "192.0.2.1");
	set_dynamic(7, BW_NAT_F_OVERLOAD);
	nat_commit(&dp);
	CU_ASSERT_EQUAL(out(&f, "192.0.2.1"), NAT_DONE);
	f.src = HOST2;
	for (unsigned i = 0; i < 10; i++)
		CU_ASSERT_EQUAL(out(&f, ""), NAT_DROP);
	pass(1);
	for (unsigned i = 0; i < 10; i++)
		nat_poll(&dp);
	CU_ASSERT_EQUAL(n_logged, 1);
	CU_ASSERT_STRING_EQUAL(logged[0],
		"4 IPNAT-4-ADDR_ALLOC_FAILURE: Address allocation failed for 192.168.20.11, "
		"pool GIP might be exhausted");
	pass(5);
	CU_ASSERT_EQUAL(n_logged, 1);
	CU_ASSERT_EQUAL(out(&f, ""), NAT_DROP);
	pass(1);
	CU_ASSERT_EQUAL(n_logged, 2);
	stop();
}

static void a_full_table_is_logged(void)
{
	struct flow f = { HOST, SERVER, 0, 80, .proto = IPPROTO_UDP };

	start(64);
	set_pool("192.0.2.1", "192.0.2.1");
	set_dynamic(7, BW_NAT_F_OVERLOAD);
	nat_commit(&dp);
	for (f.sport = 1000; f.sport < 1064; f.sport++)
		CU_ASSERT_EQUAL(out(&f, "192.0.2.1"), NAT_DONE);
	f.dport = 81; /* wherever it belongs: the limit is all workers' */
	CU_ASSERT_EQUAL(out(&f, ""), NAT_DROP);
	pass(1);
	CU_ASSERT_EQUAL(n_logged, 1);
	CU_ASSERT_STRING_EQUAL(logged[0], "4 NAT-4-DEFAULT_MAX_ENTRIES: default maximum entries "
					  "value 64 exceeded; frame dropped");
	stop();
}

/* Hosts' own addresses are rows too, and go when they are cleared or time is up. */
static void bindings(void)
{
	struct flow f = { HOST, SERVER, 5000, 80, .proto = IPPROTO_UDP };
	struct bw_nat_filter host = { .flags = BW_NAT_MATCH_INSIDE };
	static const struct bw_nat_filter all;
	struct bw_nat_session row[10];
	struct bw_nat_config config;

	start(1000);
	set_pool("192.0.2.1", "192.0.2.2");
	set_dynamic(7, 0);
	set_dynamic(8, 0); /* with the same pool */
	nat_commit(&dp);
	config = dp.nat->conf.config;
	config.timeout[BW_NAT_TMO_DYNAMIC] = 100;
	CU_ASSERT_EQUAL(nat_config_set(&dp, &config), 0);
	nat_commit(&dp);
	CU_ASSERT_EQUAL(out(&f, "192.0.2.1"), NAT_DONE);
	f.src = HOST2;
	CU_ASSERT_EQUAL(out(&f, "192.0.2.2"), NAT_DONE);
	CU_ASSERT_EQUAL(dump(NULL, row, 10), 4);
	CU_ASSERT_EQUAL(row[2].flags, NAT_ROW_BINDING);
	CU_ASSERT_EQUAL(row[2].local, ip4(HOST));
	CU_ASSERT_EQUAL(row[2].global, ip4("192.0.2.1"));
	CU_ASSERT_EQUAL(row[2].proto, 0);
	CU_ASSERT_EQUAL(row[2].remote, 0);
	CU_ASSERT_EQUAL(row[3].local, ip4(HOST2));
	host.local = ip4(HOST2);
	nat_clear(&dp, &host);
	CU_ASSERT_EQUAL(dump(NULL, row, 10), 2);
	pass(302); /* the session's time, then the binding's */
	CU_ASSERT_EQUAL(dump(NULL, row, 10), 1);
	CU_ASSERT_EQUAL(row[0].flags, NAT_ROW_BINDING);
	pass(101);
	CU_ASSERT_EQUAL(dump(NULL, row, 10), 0);
	CU_ASSERT_EQUAL(out(&f, "192.0.2.1"), NAT_DONE);
	nat_clear(&dp, &all);
	CU_ASSERT_EQUAL(dump(NULL, row, 10), 0);
	stop();
}

static void objects_as_they_were_set(void)
{
	struct bw_nat_rule rule;
	struct bw_nat_pool pool;
	uint32_t cursor = 0;

	start(1000);
	set_dynamic(9, 0);
	set_dynamic(7, BW_NAT_F_OVERLOAD);
	set_pool("192.0.2.1", "192.0.2.2");
	CU_ASSERT(nat_rule_dump_next(&dp, &cursor, &rule));
	CU_ASSERT_EQUAL(rule.rule_id, 7);
	CU_ASSERT(nat_rule_dump_next(&dp, &cursor, &rule));
	CU_ASSERT_EQUAL(rule.rule_id, 9);
	CU_ASSERT_FALSE(nat_rule_dump_next(&dp, &cursor, &rule));
	cursor = 0;
	CU_ASSERT(nat_pool_dump_next(&dp, &cursor, &pool));
	CU_ASSERT_EQUAL(pool.pool_id, 5);
	CU_ASSERT_EQUAL(pool.end, ip4("192.0.2.2"));
	CU_ASSERT_FALSE(nat_pool_dump_next(&dp, &cursor, &pool));
	nat_commit(&dp);
	stop();
}

int main(void)
{
	static const struct test tests[] = {
		{ "rows", rows },
		{ "clearing", clearing },
		{ "commits", commits },
		{ "interface address", interface_address },
		{ "exhaustion is logged once a second", exhaustion_is_logged_once_a_second },
		{ "a full table is logged", a_full_table_is_logged },
		{ "bindings", bindings },
		{ "objects as they were set", objects_as_they_were_set },
	};

	return RUN_SUITE("nat dp", tests);
}
