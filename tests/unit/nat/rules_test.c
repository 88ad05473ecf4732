/* SPDX-License-Identifier: BSD-3-Clause */
/* Static and dynamic rules, pools, changes of configuration. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "fixture.h"
#include "suite.h"

static struct fixture fx;

#define HOST   "192.168.20.10"
#define HOST2  "192.168.20.11"
#define GLOBAL "192.0.2.1"
#define SERVER "198.51.100.7"

static void check_out(const struct flow *f, const char *src, uint16_t sport)
{
	struct packet p = make(f), want = with_src(f, src, sport);

	CU_ASSERT_EQUAL(fx_out(&fx, 0, &p, 0).verdict, NAT_DONE);
	CU_ASSERT(same(&p, &want));
}

static void check_in(const struct flow *f, const char *dst, uint16_t dport)
{
	struct packet p = make(f), want = with_dst(f, dst, dport);

	CU_ASSERT_EQUAL(fx_in(&fx, 0, &p, 0).verdict, NAT_DONE);
	CU_ASSERT(same(&p, &want));
}

static enum nat_verdict verdict_in(const struct flow *f)
{
	struct packet p = make(f);

	return fx_in(&fx, 0, &p, 0).verdict;
}

static enum nat_verdict verdict_out(const struct flow *f)
{
	struct packet p = make(f);

	return fx_out(&fx, 0, &p, 0).verdict;
}

/* One to one: any protocol, opened from either side; one session for each flow. */
static void static_address(void)
{
	static const uint8_t protos[] = { IPPROTO_TCP, IPPROTO_UDP, IPPROTO_ICMP, IPPROTO_ESP, 0 };

	for (unsigned first_in = 0; first_in < 2; first_in++) {
		fx_init(&fx, 1, 1000);
		fx_static(&fx, 1, HOST, "25.0.0.16");
		for (unsigned i = 0; i < sizeof(protos); i++) {
			bool ported = protos[i] == IPPROTO_TCP || protos[i] == IPPROTO_UDP;
			struct flow in = { SERVER, "25.0.0.16", 0, 0, protos[i], .payload = 5,
				.tcp_flags = 2, .icmp_type = L4_ICMP_ECHO };
			struct flow out = { HOST, SERVER, 0, 0, protos[i], .payload = 5,
				.tcp_flags = 2, .icmp_type = L4_ICMP_ECHO };

			if (ported) {
				in.sport = out.dport = 999;
				in.dport = out.sport = 22;
			} else if (protos[i] == IPPROTO_ICMP) {
				in.sport = out.sport = 7;
			}
			if (first_in)
				check_in(&in, HOST, ported ? 22 : in.sport);
			check_out(&out, "25.0.0.16", out.sport);
			check_in(&in, HOST, ported ? 22 : in.sport);
			CU_ASSERT_EQUAL(fx_sessions(&fx), i + 1);
			CU_ASSERT_EQUAL(fx.counters[0].static_sessions, i + 1);
		}
		fx_fini(&fx);
	}
}

static void static_ports(void)
{
	struct flow in = { SERVER, GLOBAL, 999, 8080, IPPROTO_TCP, .tcp_flags = 2 };
	struct flow out = { HOST, SERVER, 80, 999, IPPROTO_TCP, .tcp_flags = 0x12 };

	fx_init(&fx, 1, 1000);
	fx_pool(&fx, 1, GLOBAL, GLOBAL, 24);
	fx_dynamic(&fx, 10, 1, 1, true);
	fx_static_port(&fx, 1, IPPROTO_TCP, HOST, 80, GLOBAL, 8080);
	fx_static_port(&fx, 2, IPPROTO_UDP, HOST2, 5353, GLOBAL, 53);
	check_in(&in, HOST, 80);
	check_out(&out, GLOBAL, 8080);
	CU_ASSERT_EQUAL(fx_sessions(&fx), 1);
	in.proto = IPPROTO_UDP; /* another protocol's port */
	CU_ASSERT_EQUAL(verdict_in(&in), NAT_PASS);
	in.dport = 53;
	check_in(&in, HOST2, 5353);
	in.dport = 8081;
	CU_ASSERT_EQUAL(verdict_in(&in), NAT_PASS);
	/* the host's other ports go by the dynamic rule */
	out.sport = 81;
	check_out(&out, GLOBAL, 81);
	/* and nobody is given a claimed one */
	out.src = HOST2;
	out.sport = 8080;
	check_out(&out, GLOBAL, 1024);
	fx_fini(&fx);
}

static void static_network(void)
{
	struct bw_nat_rule rule = { .rule_id = 1,
		.kind = BW_NAT_NETWORK,
		.plen = 24,
		.local = ip4("192.168.20.0"),
		.global = ip4("25.1.1.0") };
	struct bw_nat_rule inner = { .rule_id = 2,
		.kind = BW_NAT_NETWORK,
		.plen = 28,
		.local = ip4("192.168.20.16"),
		.global = ip4("25.2.2.32") };
	struct flow out = { "192.168.20.77", SERVER, 80, 999, IPPROTO_TCP, .tcp_flags = 2 };
	struct flow in = { SERVER, "25.1.1.200", 1, 2, IPPROTO_TCP, .tcp_flags = 2 };

	fx_init(&fx, 1, 1000);
	fx_rule(&fx, &rule);
	fx_rule(&fx, &inner);
	check_out(&out, "25.1.1.77", 80);
	check_in(&in, "192.168.20.200", 2);
	out.src = "192.168.20.19"; /* the longer prefix */
	check_out(&out, "25.2.2.35", 80);
	in.dst = "25.2.2.47";
	check_in(&in, "192.168.20.31", 2);
	out.src = "192.168.21.1";
	CU_ASSERT_EQUAL(verdict_out(&out), NAT_PASS);
	fx_fini(&fx);
}

/* extendable: one host with two global addresses; answers go the way the question came. */
static void one_host_two_globals(void)
{
	struct flow in = { SERVER, "25.0.0.2", 999, 80, IPPROTO_TCP, .tcp_flags = 2 };
	struct flow out = { HOST, SERVER, 80, 999, IPPROTO_TCP, .tcp_flags = 0x12 };

	fx_init(&fx, 1, 1000);
	fx_static(&fx, 1, HOST, "25.0.0.1");
	fx_static(&fx, 2, HOST, "25.0.0.2");
	check_in(&in, HOST, 80);
	check_out(&out, "25.0.0.2", 80);
	out.dport = 1000; /* the host's own: the first rule */
	check_out(&out, "25.0.0.1", 80);
	/* the same outside end by the other address too: the newest flow has the answers */
	in.dst = "25.0.0.1";
	check_in(&in, HOST, 80);
	out.dport = 999;
	check_out(&out, "25.0.0.1", 80);
	CU_ASSERT_EQUAL(fx_sessions(&fx), 2);
	fx_fini(&fx);
}

static void interface_addresses(void)
{
	struct bw_nat_rule rule = { .rule_id = 10,
		.kind = BW_NAT_DYNAMIC,
		.acl_id = 1,
		.flags = BW_NAT_F_IF_ADDR | BW_NAT_F_OVERLOAD,
		.if_id = 1 };
	struct bw_nat_rule fixed = { .rule_id = 1,
		.kind = BW_NAT_STATIC,
		.proto = IPPROTO_TCP,
		.flags = BW_NAT_F_IF_ADDR,
		.if_id = 1,
		.local = ip4(HOST),
		.local_port = 22,
		.global_port = 2222 };
	struct flow out = { HOST, SERVER, 500, 999, .proto = IPPROTO_UDP };
	struct flow in = { SERVER, "203.0.113.5", 999, 2222, IPPROTO_TCP, .tcp_flags = 2 };

	fx_init(&fx, 1, 1000);
	fx_rule(&fx, &rule);
	fx_rule(&fx, &fixed);
	CU_ASSERT_EQUAL(verdict_out(&out), NAT_PASS); /* no address yet */
	fx.if_addr = ip4("203.0.113.5");
	fx_commit(&fx);
	check_out(&out, "203.0.113.5", 500);
	check_in(&in, HOST, 22);
	CU_ASSERT_EQUAL(fx_sessions(&fx), 2);
	fx.if_addr = ip4("203.0.113.6");
	fx_commit(&fx);
	CU_ASSERT_EQUAL(fx_sessions(&fx), 0);
	check_out(&out, "203.0.113.6", 500);
	CU_ASSERT_EQUAL(verdict_in(&in), NAT_PASS);
	fx_fini(&fx);
}

static enum nat_verdict out_by(const struct flow *f, uint16_t out_if, const char *src)
{
	struct packet p = make(f);
	struct nat_pkt np = { .ip = p.b, .len = p.len, .out_if = out_if };

	nat_in2out(fx.shard[0], &np, 1);
	CU_ASSERT_EQUAL(((struct l4_ip4 *)p.b)->src, ip4(src));
	return np.verdict;
}

static struct bw_nat_rule map_rule(uint32_t id, uint32_t pool)
{
	return (struct bw_nat_rule) {
		.rule_id = id, .kind = BW_NAT_DYNAMIC, .flags = BW_NAT_F_OVERLOAD, .pool_id = pool
	};
}

/* Two uplinks: what leaves by each has its address; by a third interface none. */
static void a_map_asks_the_way_out(void)
{
	struct bw_nat_rule a = map_rule(1, 1), b = map_rule(2, 2);
	struct flow f = { HOST, SERVER, 5000, 80, .proto = IPPROTO_UDP };

	a.map = (struct bw_nat_map) { .n = 1, .match[0] = { .acl_id = 1, .out_if = 7 } };
	b.map = (struct bw_nat_map) { .n = 1, .match[0] = { .out_if = 8 } };
	fx_init(&fx, 1, 1000);
	fx_pool(&fx, 1, "192.0.2.1", "192.0.2.1", 24);
	fx_pool(&fx, 2, "198.51.100.1", "198.51.100.1", 24);
	fx_rule(&fx, &a);
	fx_rule(&fx, &b);
	CU_ASSERT_EQUAL(out_by(&f, 7, "192.0.2.1"), NAT_DONE);
	f.dport++;
	CU_ASSERT_EQUAL(out_by(&f, 8, "198.51.100.1"), NAT_DONE);
	f.dport++;
	CU_ASSERT_EQUAL(out_by(&f, 9, HOST), NAT_PASS);
	f.src = "10.1.1.1"; /* not of list 1 */
	CU_ASSERT_EQUAL(out_by(&f, 7, "10.1.1.1"), NAT_PASS);
	fx_fini(&fx);
}

/* A flow whose way out changes is translated anew, and back; the other's session goes. */
static void a_flow_moves(void)
{
	struct bw_nat_rule a = map_rule(1, 1), b = map_rule(2, 2);
	struct flow f = { HOST, SERVER, 5000, 80, .proto = IPPROTO_UDP };

	a.map = (struct bw_nat_map) { .n = 1, .match[0] = { .acl_id = 1, .out_if = 7 } };
	b.map = (struct bw_nat_map) { .n = 1, .match[0] = { .acl_id = 1, .out_if = 8 } };
	b.flags = 0; /* an address for each host */
	fx_init(&fx, 1, 1000);
	fx_pool(&fx, 1, "192.0.2.1", "192.0.2.1", 24);
	fx_pool(&fx, 2, "198.51.100.1", "198.51.100.1", 24);
	fx_rule(&fx, &a);
	fx_rule(&fx, &b);
	for (unsigned i = 0; i < 3; i++) {
		CU_ASSERT_EQUAL(out_by(&f, 7, "192.0.2.1"), NAT_DONE);
		CU_ASSERT_EQUAL(out_by(&f, 8, "198.51.100.1"), NAT_DONE);
		CU_ASSERT_EQUAL(out_by(&f, 8, "198.51.100.1"), NAT_DONE);
		CU_ASSERT_EQUAL(fx_sessions(&fx), 1);
	}
	CU_ASSERT_EQUAL(out_by(&f, 9, HOST), NAT_PASS);
	CU_ASSERT_EQUAL(fx_sessions(&fx), 0);
	fx_fini(&fx);
}

/* The first match that holds decides: a deny sends the packet to the next rule. */
static void a_map_denies(void)
{
	struct bw_nat_rule a = map_rule(1, 1), b = map_rule(2, 2);
	struct flow f = { HOST, SERVER, 5000, 80, .proto = IPPROTO_UDP };

	a.map = (struct bw_nat_map) { .n = 3,
		.denies = 1 << 1,
		.match = { { .acl_id = 1, .out_if = 7 }, { .acl_id = 1 }, { 0 } } };
	b.map = (struct bw_nat_map) { .n = 1 };
	fx_init(&fx, 1, 1000);
	fx_pool(&fx, 1, "192.0.2.1", "192.0.2.1", 24);
	fx_pool(&fx, 2, "198.51.100.1", "198.51.100.1", 24);
	fx_rule(&fx, &a);
	fx_rule(&fx, &b);
	CU_ASSERT_EQUAL(out_by(&f, 7, "192.0.2.1"), NAT_DONE); /* before the deny */
	f.dport++;
	CU_ASSERT_EQUAL(out_by(&f, 8, "198.51.100.1"), NAT_DONE); /* denied, and the next one's */
	f.src = "10.1.1.1";
	CU_ASSERT_EQUAL(out_by(&f, 8, "192.0.2.1"), NAT_DONE); /* by the last match */
	a.map.n = 2; /* no match holds: not denied, but not taken either */
	fx_rule(&fx, &a);
	f.dport++;
	CU_ASSERT_EQUAL(out_by(&f, 8, "198.51.100.1"), NAT_DONE);
	fx_fini(&fx);
}

/* A rule with another map is another rule: its sessions go. Without any match it is none. */
static void maps_are_checked(void)
{
	struct bw_nat_rule a = map_rule(1, 1);
	struct flow f = { HOST, SERVER, 5000, 80, .proto = IPPROTO_UDP };

	fx_init(&fx, 1, 1000);
	fx_pool(&fx, 1, "192.0.2.1", "192.0.2.1", 24);
	CU_ASSERT_EQUAL(nat_conf_rule_set(&fx.conf, &a), -EINVAL);
	a.map.n = BW_NAT_MATCHES + 1;
	CU_ASSERT_EQUAL(nat_conf_rule_set(&fx.conf, &a), -EINVAL);
	a.map = (struct bw_nat_map) { .n = 1, .match[0] = { .out_if = BW_MAX_IFS } };
	CU_ASSERT_EQUAL(nat_conf_rule_set(&fx.conf, &a), -EINVAL);
	a.map.match[0].out_if = 7;
	fx_rule(&fx, &a);
	CU_ASSERT_EQUAL(out_by(&f, 7, "192.0.2.1"), NAT_DONE);
	CU_ASSERT_EQUAL(fx_sessions(&fx), 1);
	a.map.match[0].out_if = 8;
	fx_rule(&fx, &a);
	CU_ASSERT_EQUAL(fx_sessions(&fx), 0);
	CU_ASSERT_EQUAL(out_by(&f, 7, HOST), NAT_PASS);
	fx_fini(&fx);
}

/* Without overload: an address for each host, for all its flows, from both sides. */
static void dynamic_one_to_one(void)
{
	struct flow f = { HOST, SERVER, 5000, 80, .proto = IPPROTO_UDP };
	struct flow in = { "203.0.113.77", "192.0.2.1", 1, 2, .proto = IPPROTO_UDP };
	struct packet p;
	struct outcome o;

	fx_init(&fx, 1, 1000);
	fx_pool(&fx, 1, "192.0.2.0", "192.0.2.3", 30); /* .0 and .3 are the subnet's ends */
	fx_dynamic(&fx, 10, 1, 1, false);
	CU_ASSERT_EQUAL(verdict_in(&in), NAT_PASS);
	check_out(&f, "192.0.2.1", 5000);
	f.dport = 81;
	check_out(&f, "192.0.2.1", 5000);
	check_in(&in, HOST, 2);
	f.src = HOST2;
	check_out(&f, "192.0.2.2", 5000);
	f.proto = IPPROTO_ESP;
	f.sport = f.dport = 0;
	check_out(&f, "192.0.2.2", 0);
	f = (struct flow) { "192.168.20.12", SERVER, 5000, 80, .proto = IPPROTO_UDP };
	p = make(&f);
	o = fx_out(&fx, 0, &p, 0);
	CU_ASSERT_EQUAL(o.verdict, NAT_DROP);
	CU_ASSERT_EQUAL(o.drop, BW_DROP_NAT_NO_PORT);
	fx_fini(&fx);
}

/* The host keeps its address for the timeout after its last session. */
static void bindings_expire(void)
{
	struct flow f = { HOST, SERVER, 5000, 80, .proto = IPPROTO_UDP };
	struct nat_pool *pool;

	fx_init(&fx, 1, 1000);
	fx_pool(&fx, 1, GLOBAL, GLOBAL, 24);
	fx_dynamic(&fx, 10, 1, 1, false);
	check_out(&f, GLOBAL, 5000);
	pool = fx.rules->dynamics[0].pool;
	nat_pool_expire(pool, fx.now + 1000000, 100);
	CU_ASSERT(atomic_load(&pool->slot[0]) != 0); /* it has a session */
	fx_pass(&fx, 302);
	CU_ASSERT_EQUAL(fx_sessions(&fx), 0);
	nat_pool_expire(pool, fx.now, 100);
	CU_ASSERT(atomic_load(&pool->slot[0]) != 0);
	f.src = HOST2;
	CU_ASSERT_EQUAL(verdict_out(&f), NAT_DROP);
	nat_pool_expire(pool, fx.now + 100, UINT32_MAX);
	CU_ASSERT(atomic_load(&pool->slot[0]) != 0);
	nat_pool_expire(pool, fx.now + 100, 100);
	CU_ASSERT_EQUAL(atomic_load(&pool->slot[0]), 0);
	check_out(&f, GLOBAL, 5000);
	nat_pool_clear(pool, 0);
	CU_ASSERT(atomic_load(&pool->slot[0]) != 0);
	fx_fini(&fx);
}

/* With many workers a host has one address, whichever flows come first where. */
static void bindings_are_one_for_all_shards(void)
{
	unsigned right = 0, homes = 0;
	struct nat_pool *pool;

	fx_init(&fx, FX_SHARDS, 10000);
	fx_pool(&fx, 1, "192.0.2.0", "192.0.2.255", 24);
	fx_dynamic(&fx, 10, 1, 1, false);
	pool = fx.rules->dynamics[0].pool;
	for (unsigned i = 0; i < 254 * 8; i++) {
		char host[32];
		struct flow f = { host, SERVER, 5000, 80 + i % 8, .proto = IPPROTO_UDP };
		struct packet p;
		struct outcome o;

		snprintf(host, sizeof(host), "192.168.20.%u", 1 + i / 8);
		p = make(&f);
		o = fx_out(&fx, i % FX_SHARDS, &p, 0);
		right += o.verdict == NAT_DONE &&
			 ((struct l4_ip4 *)p.b)->src == htonl(0xc0000201 + i / 8);
		homes += o.hops > 1;
	}
	CU_ASSERT_EQUAL(right, 254 * 8);
	CU_ASSERT(homes > 0);
	for (unsigned i = 0; i < 254; i++)
		CU_ASSERT_EQUAL(NAT_HOST_COUNT(atomic_load(&pool->slot[i])), 8);
	fx_pass(&fx, 302);
	for (unsigned i = 0; i < 254; i++)
		CU_ASSERT_EQUAL(NAT_HOST_COUNT(atomic_load(&pool->slot[i])), 0);
	fx_fini(&fx);
}

static void a_static_address_is_not_given_out(void)
{
	struct flow f = { HOST, SERVER, 5000, 80, .proto = IPPROTO_UDP };

	fx_init(&fx, 1, 1000);
	fx_pool(&fx, 1, "192.0.2.1", "192.0.2.2", 24);
	fx_static(&fx, 1, "192.168.20.99", "192.0.2.1");
	fx_dynamic(&fx, 10, 1, 1, true);
	check_out(&f, "192.0.2.2", 5000);
	fx_del(&fx, 10);
	fx_dynamic(&fx, 11, 1, 1, false);
	check_out(&f, "192.0.2.2", 5000);
	fx_fini(&fx);
}

static void rules_go_with_their_sessions(void)
{
	struct flow f = { HOST, SERVER, 5000, 80, .proto = IPPROTO_UDP };
	struct flow g = { HOST2, SERVER, 5000, 80, .proto = IPPROTO_UDP };

	fx_init(&fx, 1, 1000);
	fx_pool(&fx, 1, GLOBAL, GLOBAL, 24);
	fx_dynamic(&fx, 10, 1, 1, true);
	fx_static(&fx, 1, HOST2, "192.0.2.2");
	check_out(&f, GLOBAL, 5000);
	check_out(&g, "192.0.2.2", 5000);
	fx_static(&fx, 1, HOST2, "192.0.2.2"); /* set again, as it was */
	CU_ASSERT_EQUAL(fx_sessions(&fx), 2);
	fx_static(&fx, 1, HOST2, "192.0.2.3");
	CU_ASSERT_EQUAL(fx_sessions(&fx), 1);
	check_out(&g, "192.0.2.3", 5000);
	fx_del(&fx, 1);
	CU_ASSERT_EQUAL(fx_sessions(&fx), 1);
	check_out(&g, GLOBAL, 1024);		       /* now by the list */
	fx_pool(&fx, 1, "192.0.2.7", "192.0.2.7", 24); /* another pool */
	CU_ASSERT_EQUAL(fx_sessions(&fx), 0);
	check_out(&g, "192.0.2.7", 5000);
	CU_ASSERT_EQUAL(nat_conf_pool_del(&fx.conf, 1), 0);
	fx_commit(&fx);
	CU_ASSERT_EQUAL(fx_sessions(&fx), 0);
	CU_ASSERT_EQUAL(verdict_out(&g), NAT_PASS);
	fx_fini(&fx);
}

static void references_before_definitions(void)
{
	struct flow f = { HOST, SERVER, 5000, 80, .proto = IPPROTO_UDP };

	fx_init(&fx, 1, 1000);
	fx_dynamic(&fx, 9, 77, 1, true); /* no such list: matches nothing */
	fx_dynamic(&fx, 10, 1, 1, true);
	CU_ASSERT_EQUAL(verdict_out(&f), NAT_PASS);
	fx_pool(&fx, 1, GLOBAL, GLOBAL, 24);
	check_out(&f, GLOBAL, 5000);
	fx_fini(&fx);
}

/* Control was restarted: what it sets again stays, with its sessions. */
static void resynchronisation(void)
{
	struct flow f = { HOST, SERVER, 5000, 80, .proto = IPPROTO_UDP };
	struct flow g = { HOST2, SERVER, 5000, 80, .proto = IPPROTO_UDP };

	fx_init(&fx, 1, 1000);
	fx_pool(&fx, 1, GLOBAL, GLOBAL, 24);
	fx_pool(&fx, 2, "192.0.2.20", "192.0.2.20", 24);
	fx_dynamic(&fx, 10, 1, 1, true);
	fx_static(&fx, 1, HOST2, "192.0.2.2");
	check_out(&f, GLOBAL, 5000);
	check_out(&g, "192.0.2.2", 5000);
	nat_conf_sync_begin(&fx.conf);
	fx_pool(&fx, 1, GLOBAL, GLOBAL, 24);
	fx_dynamic(&fx, 10, 1, 1, true);
	CU_ASSERT_EQUAL(nat_conf_sync_end(&fx.conf), 0);
	fx_commit(&fx);
	CU_ASSERT_EQUAL(fx_sessions(&fx), 1);
	CU_ASSERT_EQUAL(fx.conf.n_rules, 1);
	CU_ASSERT_EQUAL(fx.conf.n_pools, 1);
	check_out(&f, GLOBAL, 5000);
	CU_ASSERT_EQUAL(fx.counters[0].misses, 2);
	fx_fini(&fx);
}

static void pool_of_several_ranges(void)
{
	struct bw_nat_pool range = { .pool_id = 1,
		.range = 1,
		.plen = 24,
		.start = ip4("198.18.0.9"),
		.end = ip4("198.18.0.9") };
	struct flow f = { HOST, SERVER, .proto = IPPROTO_ESP };

	fx_init(&fx, 1, 1000);
	fx_dynamic(&fx, 10, 1, 1, true);
	CU_ASSERT_EQUAL(nat_conf_pool_set(&fx.conf, &range), 0);
	fx_pool(&fx, 1, GLOBAL, GLOBAL, 24); /* range 0 */
	check_out(&f, GLOBAL, 0);
	f.src = HOST2;
	check_out(&f, "198.18.0.9", 0);
	nat_conf_sync_begin(&fx.conf);
	fx_pool(&fx, 1, GLOBAL, GLOBAL, 24);
	fx_dynamic(&fx, 10, 1, 1, true);
	CU_ASSERT_EQUAL(nat_conf_sync_end(&fx.conf), 0);
	fx_commit(&fx);
	CU_ASSERT_EQUAL(fx.rules->dynamics[0].pool->n_addrs, 1);
	fx_fini(&fx);
}

/* The last range says so: what a longer pool had after it goes. */
static void pool_that_becomes_shorter(void)
{
	struct bw_nat_pool range = { .pool_id = 1, .plen = 24 };

	fx_init(&fx, 1, 1000);
	for (range.range = 0; range.range < 4; range.range++) {
		range.start = range.end = htonl(0xc6120005 + range.range * 256u);
		CU_ASSERT_EQUAL(nat_conf_pool_set(&fx.conf, &range), 0);
	}
	fx_dynamic(&fx, 10, 1, 1, true);
	CU_ASSERT_EQUAL(fx.rules->dynamics[0].pool->n_addrs, 4);
	range.range = 1;
	range.flags = BW_NAT_POOL_F_LAST;
	range.start = range.end = ip4("198.18.9.9");
	CU_ASSERT_EQUAL(nat_conf_pool_set(&fx.conf, &range), 0);
	fx_commit(&fx);
	CU_ASSERT_EQUAL(fx.rules->dynamics[0].pool->n_addrs, 2);
	CU_ASSERT_EQUAL(nat_pool_addr(fx.rules->dynamics[0].pool, 1), ip4("198.18.9.9"));
	fx_fini(&fx);
}

/* A host's global has the host's own part, in the first range that has it. */
static void pool_that_matches_hosts(void)
{
	struct bw_nat_pool range[2] = {
		{ .pool_id = 1, .plen = 24, .start = ip4("198.18.0.8"), .end = ip4("198.18.0.10") },
		{ .pool_id = 1,
			.range = 1,
			.plen = 24,
			.start = ip4("198.18.1.10"),
			.end = ip4("198.18.1.20") },
	};
	struct flow f = { HOST, SERVER, 80, 99, .proto = IPPROTO_UDP };
	struct packet p;

	for (unsigned overload = 0; overload < 2; overload++) {
		fx_init(&fx, 2, 1000);
		for (unsigned i = 0; i < 2; i++) {
			range[i].flags = BW_NAT_POOL_F_MATCH_HOST;
			CU_ASSERT_EQUAL(nat_conf_pool_set(&fx.conf, &range[i]), 0);
		}
		fx_dynamic(&fx, 10, 1, 1, overload);
		f.src = HOST;
		check_out(&f, "198.18.0.10", 80);
		f.src = HOST2;
		check_out(&f, "198.18.1.11", 80);
		f.src = "192.168.21.11"; /* the same part, which is taken */
		p = make(&f);
		if (overload)
			check_out(&f, "198.18.1.11", 1); /* by port, then */
		else
			CU_ASSERT_EQUAL(fx_out(&fx, 0, &p, 0).drop, BW_DROP_NAT_NO_PORT);
		f.src = "192.168.21.10";
		if (!overload)
			check_out(&f, "198.18.1.10", 80);
		f.src = "192.168.20.99"; /* in no range */
		p = make(&f);
		CU_ASSERT_EQUAL(fx_out(&fx, 0, &p, 0).drop, BW_DROP_NAT_NO_PORT);
		fx_fini(&fx);
	}
}

static void bad_values_are_refused(void)
{
	static const struct bw_nat_rule rules[] = {
		{ .rule_id = 0, .kind = BW_NAT_STATIC, .local = 1, .global = 1 },
		{ .rule_id = 1, .kind = 0 },
		{ .rule_id = 1, .kind = 9 },
		{ .rule_id = 1, .kind = BW_NAT_STATIC, .local = 1 },
		{ .rule_id = 1, .kind = BW_NAT_STATIC, .global = 1 },
		{ .rule_id = 1, .kind = BW_NAT_STATIC, .local = 1, .global = 1, .proto = 1 },
		{ .rule_id = 1, .kind = BW_NAT_STATIC, .local = 1, .global = 1, .proto = 6 },
		{ .rule_id = 1, .kind = BW_NAT_STATIC, .local = 1, .global = 1, .vrf = 256 },
		{ .rule_id = 1, .kind = BW_NAT_NETWORK, .local = 1, .global = 1, .plen = 0 },
		{ .rule_id = 1, .kind = BW_NAT_NETWORK, .local = 1, .global = 1, .plen = 33 },
		{ .rule_id = 1, .kind = BW_NAT_DYNAMIC, .acl_id = 1 },
		{ .rule_id = 1, .kind = BW_NAT_DYNAMIC, .acl_id = 0, .pool_id = 1 },
		{ .rule_id = 1, .kind = BW_NAT_DYNAMIC, .acl_id = BW_MAX_ACLS, .pool_id = 1 },
		{ .rule_id = 1, .kind = BW_NAT_DYNAMIC, .acl_id = 1, .flags = BW_NAT_F_IF_ADDR },
		{ .rule_id = 1,
			.kind = BW_NAT_DYNAMIC,
			.acl_id = 1,
			.flags = BW_NAT_F_IF_ADDR,
			.if_id = BW_MAX_IFS },
	};
	struct bw_nat_pool pool = {
		.pool_id = 1, .plen = 24, .start = ip4("10.0.0.9"), .end = ip4("10.0.0.8")
	};
	struct bw_nat_config config;

	fx_init(&fx, 1, 1000);
	for (unsigned i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
		CU_ASSERT_EQUAL(nat_conf_rule_set(&fx.conf, &rules[i]), -EINVAL);
	CU_ASSERT_EQUAL(nat_conf_pool_set(&fx.conf, &pool), -EINVAL);
	pool.end = ip4("10.0.1.1"); /* another subnet */
	CU_ASSERT_EQUAL(nat_conf_pool_set(&fx.conf, &pool), -EINVAL);
	pool.plen = 33;
	CU_ASSERT_EQUAL(nat_conf_pool_set(&fx.conf, &pool), -EINVAL);
	pool = (struct bw_nat_pool) { .plen = 24, .start = 1, .end = 1 };
	CU_ASSERT_EQUAL(nat_conf_pool_set(&fx.conf, &pool), -EINVAL);
	CU_ASSERT_EQUAL(nat_conf_rule_del(&fx.conf, 1), -ENOENT);
	CU_ASSERT_EQUAL(nat_conf_pool_del(&fx.conf, 1), -ENOENT);
	config = fx.conf.config;
	config.timeout[BW_NAT_TMO_SYN] = 0;
	CU_ASSERT_EQUAL(nat_conf_config_set(&fx.conf, &config), -EINVAL);
	CU_ASSERT_FALSE(fx.conf.dirty);
	fx_fini(&fx);
}

/* Ten thousand lines: built once, found at once. */
static void many_static_rules(void)
{
	enum { N = 10000 };
	unsigned right = 0;
	clock_t start;

	fx_init(&fx, 1, 2 * N);
	start = clock();
	for (unsigned i = 0; i < N; i++) {
		struct bw_nat_rule r = { .rule_id = i + 1, .kind = BW_NAT_STATIC };

		r.local = htonl(0xc0a80000 + i);
		r.global = htonl(0x19000000 + i);
		if (i % 2) {
			r.proto = IPPROTO_UDP;
			r.local_port = r.global_port = 1000;
		}
		right += nat_conf_rule_set(&fx.conf, &r) == 0;
	}
	fx_commit(&fx);
	printf("%u rules in %.0f ms ", N, (double)(clock() - start) / CLOCKS_PER_SEC * 1e3);
	for (unsigned i = 0; i < N; i++) {
		struct flow f = { SERVER, GLOBAL, 5, 1000, .proto = IPPROTO_UDP };
		struct packet p = make(&f);
		struct l4_ip4 *ip = (void *)p.b;

		ip->dst = htonl(0x19000000 + i);
		fix_checksums(&p);
		right += fx_in(&fx, 0, &p, 0).verdict == NAT_DONE && checksums_ok(&p) &&
			 ip->dst == htonl(0xc0a80000 + i);
	}
	CU_ASSERT_EQUAL(right, 2 * N);
	CU_ASSERT(nat_rules_is_global(fx.rules, htonl(0x19000000 + N - 1)));
	CU_ASSERT_FALSE(nat_rules_is_global(fx.rules, htonl(0x19000000 + N)));
	for (unsigned i = N; i > 0; i--)
		right += nat_conf_rule_del(&fx.conf, i) == 0;
	fx_commit(&fx);
	CU_ASSERT_EQUAL(right, 3 * N);
	CU_ASSERT_EQUAL(fx_sessions(&fx), 0);
	fx_fini(&fx);
}

/* The same inside addresses in two VRFs. */
static void vrfs_are_apart(void)
{
	struct bw_nat_rule a = { .rule_id = 1,
		.kind = BW_NAT_STATIC,
		.vrf = 1,
		.local = ip4(HOST),
		.global = ip4("25.0.0.1") };
	struct bw_nat_rule b = { .rule_id = 2,
		.kind = BW_NAT_STATIC,
		.vrf = 2,
		.local = ip4(HOST),
		.global = ip4("25.0.0.2") };
	struct flow out = { HOST, SERVER, 80, 999, .proto = IPPROTO_UDP };
	struct flow in = { SERVER, "25.0.0.2", 999, 80, .proto = IPPROTO_UDP };
	struct packet p;
	struct nat_pkt np;

	fx_init(&fx, 1, 1000);
	fx_rule(&fx, &a);
	fx_rule(&fx, &b);
	for (uint8_t vrf = 0; vrf < 3; vrf++) {
		p = make(&out);
		np = (struct nat_pkt) { .ip = p.b, .len = p.len, .vrf = vrf };
		nat_in2out(fx.shard[0], &np, 1);
		CU_ASSERT_EQUAL(np.verdict, vrf ? NAT_DONE : NAT_PASS);
		CU_ASSERT_EQUAL(((struct l4_ip4 *)p.b)->src, ip4(vrf == 0	? HOST
								     : vrf == 1 ? "25.0.0.1"
										: "25.0.0.2"));
	}
	p = make(&in);
	np = (struct nat_pkt) { .ip = p.b, .len = p.len };
	nat_out2in(fx.shard[0], &np, 1);
	CU_ASSERT_EQUAL(np.verdict, NAT_DONE);
	CU_ASSERT_EQUAL(np.vrf, 2);
	p = make(&in); /* from another VRF's outside: not that rule's */
	np = (struct nat_pkt) { .ip = p.b, .len = p.len, .vrf = 1 };
	nat_out2in(fx.shard[0], &np, 1);
	CU_ASSERT_EQUAL(np.verdict, NAT_PASS);
	fx_fini(&fx);
}

int main(void)
{
	static const struct test tests[] = {
		{ "static address", static_address },
		{ "static ports", static_ports },
		{ "static network", static_network },
		{ "one host, two globals", one_host_two_globals },
		{ "interface addresses", interface_addresses },
		{ "a map asks the way out", a_map_asks_the_way_out },
		{ "a map denies", a_map_denies },
		{ "a flow moves", a_flow_moves },
		{ "maps are checked", maps_are_checked },
		{ "dynamic, one to one", dynamic_one_to_one },
		{ "bindings expire", bindings_expire },
		{ "bindings are one for all shards", bindings_are_one_for_all_shards },
		{ "static address is not given out", a_static_address_is_not_given_out },
		{ "rules go with their sessions", rules_go_with_their_sessions },
		{ "references before definitions", references_before_definitions },
		{ "resynchronisation", resynchronisation },
		{ "pool of several ranges", pool_of_several_ranges },
		{ "pool that becomes shorter", pool_that_becomes_shorter },
		{ "pool that matches hosts", pool_that_matches_hosts },
		{ "bad values are refused", bad_values_are_refused },
		{ "many static rules", many_static_rules },
		{ "VRFs are apart", vrfs_are_apart },
	};

	return RUN_SUITE("nat rules", tests);
}
