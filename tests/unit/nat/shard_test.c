/* SPDX-License-Identifier: BSD-3-Clause */
/* Sessions' lives: timeouts, TCP, limits, the index, several shards. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "fixture.h"
#include "suite.h"

static struct fixture fx;

#define HOST   "192.168.20.10"
#define GLOBAL "192.0.2.1"
#define SERVER "198.51.100.7"

static void pat(unsigned shards, uint32_t capacity)
{
	fx_init(&fx, shards, capacity);
	fx_pool(&fx, 1, GLOBAL, GLOBAL, 24);
	fx_dynamic(&fx, 10, 1, 1, true);
}

static void out(const struct flow *f)
{
	struct packet p = make(f);

	CU_ASSERT_EQUAL(fx_out(&fx, 0, &p, 0).verdict, NAT_DONE);
}

/* A TCP packet of the one connection, out or in. */
static void tcp(bool outbound, uint8_t flags)
{
	struct flow f = { HOST, SERVER, 5000, 80, IPPROTO_TCP, .tcp_flags = flags };
	struct flow r = { SERVER, GLOBAL, 80, 5000, IPPROTO_TCP, .tcp_flags = flags };
	struct packet p = make(outbound ? &f : &r);
	struct outcome o = outbound ? fx_out(&fx, 0, &p, 0) : fx_in(&fx, 0, &p, 0);

	CU_ASSERT_EQUAL(o.verdict, NAT_DONE);
}

/* Idle for `timeout` seconds and no more. */
static void lives(uint32_t timeout)
{
	CU_ASSERT_EQUAL(fx_sessions(&fx), 1);
	fx_pass(&fx, timeout - 1);
	CU_ASSERT_EQUAL(fx_sessions(&fx), 1);
	fx_pass(&fx, 2);
	CU_ASSERT_EQUAL(fx_sessions(&fx), 0);
}

static void default_timeouts(void)
{
	static const struct {
		uint8_t proto;
		uint16_t dport;
		uint32_t timeout;
	} flows[] = { { IPPROTO_UDP, 4000, 300 }, { IPPROTO_UDP, 53, 60 }, { IPPROTO_ICMP, 0, 60 },
		{ IPPROTO_GRE, 0, 300 }, { IPPROTO_ESP, 0, 300 }, { IPPROTO_TCP, 80, 60 } };

	pat(1, 100);
	for (unsigned i = 0; i < sizeof(flows) / sizeof(flows[0]); i++) {
		struct flow f = { HOST, SERVER, 1000, flows[i].dport, flows[i].proto,
			.tcp_flags = L4_TCP_SYN, .icmp_type = L4_ICMP_ECHO };

		out(&f);
		lives(flows[i].timeout);
	}
	CU_ASSERT_EQUAL(fx.counters[0].expired, 6);
	fx_fini(&fx);
}

/* Without ports only one host at a time can speak that protocol with a server: no day of it. */
static void shared_global_without_ports(void)
{
	static const uint8_t protos[] = { IPPROTO_GRE, IPPROTO_ESP, IPPROTO_AH, 132 };

	pat(1, 100);
	for (unsigned i = 0; i < sizeof(protos); i++) {
		struct flow first = { HOST, SERVER, .proto = protos[i] };
		struct flow second = { "192.168.20.11", SERVER, .proto = protos[i] };
		struct packet p = make(&second);

		out(&first);
		CU_ASSERT_EQUAL(fx_out(&fx, 0, &p, 0).verdict, NAT_DROP);
		fx_pass(&fx, 301);
		out(&second);
		lives(300);
	}
	fx_fini(&fx);
}

/* A host's own global is in nobody's way. */
static void own_global_without_ports(void)
{
	struct flow gre = { HOST, SERVER, .proto = IPPROTO_GRE };
	struct flow esp = { HOST, SERVER, .proto = IPPROTO_ESP };

	fx_init(&fx, 1, 100);
	fx_static(&fx, 1, HOST, GLOBAL);
	out(&gre);
	lives(86400);
	out(&esp);
	lives(86400);
	fx_fini(&fx);
}

static void packets_keep_it_alive(void)
{
	struct flow f = { HOST, SERVER, 1000, 4000, .proto = IPPROTO_UDP };

	pat(1, 100);
	out(&f);
	for (unsigned i = 0; i < 20; i++) {
		fx_pass(&fx, 299);
		out(&f);
	}
	CU_ASSERT_EQUAL(fx.counters[0].misses, 1);
	lives(300);
	fx_fini(&fx);
}

/* Longer than the wheel turns. */
static void long_timeouts(void)
{
	struct flow f = { HOST, SERVER, 1000, 4000, .proto = IPPROTO_UDP };

	pat(1, 100);
	fx_timeout(&fx, BW_NAT_TMO_UDP, 3 * NAT_WHEEL_SLOTS + 5);
	out(&f);
	lives(3 * NAT_WHEEL_SLOTS + 5);
	fx_timeout(&fx, BW_NAT_TMO_UDP, UINT32_MAX);
	out(&f);
	fx_pass(&fx, 3 * NAT_WHEEL_SLOTS);
	CU_ASSERT_EQUAL(fx_sessions(&fx), 1);
	fx_fini(&fx);
}

static void changed_timeouts_act_at_once(void)
{
	struct flow f = { HOST, SERVER, 1000, 4000, .proto = IPPROTO_UDP };

	pat(1, 1000);
	for (f.sport = 1000; f.sport < 1500; f.sport++)
		out(&f);
	fx_pass(&fx, 100);
	fx_timeout(&fx, BW_NAT_TMO_UDP, 50);
	fx_pass(&fx, 2);
	CU_ASSERT_EQUAL(fx_sessions(&fx), 0);
	f.sport = 1000;
	out(&f);
	fx_timeout(&fx, BW_NAT_TMO_UDP, UINT32_MAX);
	fx_pass(&fx, 10000);
	fx_timeout(&fx, BW_NAT_TMO_UDP, 20000);
	fx_pass(&fx, 9999);
	CU_ASSERT_EQUAL(fx_sessions(&fx), 1);
	fx_pass(&fx, 2);
	CU_ASSERT_EQUAL(fx_sessions(&fx), 0);
	fx_fini(&fx);
}

static void expiry_keeps_to_its_budget(void)
{
	struct flow f = { HOST, SERVER, 0, 4000, .proto = IPPROTO_UDP };
	unsigned calls = 0;

	pat(1, 5000);
	for (f.sport = 1000; f.sport < 5000; f.sport++)
		out(&f);
	fx.now += 301;
	nat_shard_begin(fx.shard[0], fx.rules, fx.acl, fx.now);
	while (fx_sessions(&fx) > 0) {
		uint64_t before = fx_sessions(&fx);

		CU_ASSERT(nat_shard_expire(fx.shard[0], 100) <= 100);
		CU_ASSERT(before - fx_sessions(&fx) <= 100);
		if (++calls == 1000)
			break;
	}
	CU_ASSERT_EQUAL(fx_sessions(&fx), 0);
	nat_shard_expire(fx.shard[0], 1000);
	CU_ASSERT_EQUAL(nat_shard_expire(fx.shard[0], 100), 0);
	fx_fini(&fx);
}

static void tcp_handshake(void)
{
	pat(1, 10);
	tcp(true, L4_TCP_SYN);
	tcp(false, L4_TCP_SYN | L4_TCP_ACK);
	lives(60);
	tcp(true, L4_TCP_SYN);
	tcp(false, L4_TCP_SYN | L4_TCP_ACK);
	tcp(true, L4_TCP_ACK);
	lives(86400);
	fx_fini(&fx);
}

/* From the middle: not open before both sides were seen. */
static void tcp_without_its_beginning(void)
{
	pat(1, 10);
	tcp(true, L4_TCP_ACK);
	lives(60);
	tcp(true, L4_TCP_ACK);
	tcp(false, L4_TCP_ACK);
	lives(86400);
	fx_fini(&fx);
}

static void tcp_open(void)
{
	tcp(true, L4_TCP_SYN);
	tcp(false, L4_TCP_SYN | L4_TCP_ACK);
	tcp(true, L4_TCP_ACK);
}

static void tcp_close(void)
{
	pat(1, 10);
	tcp_open();
	tcp(true, L4_TCP_FIN | L4_TCP_ACK);
	fx_pass(&fx, 5000); /* half closed may last */
	CU_ASSERT_EQUAL(fx_sessions(&fx), 1);
	tcp(false, L4_TCP_FIN | L4_TCP_ACK);
	tcp(true, L4_TCP_ACK);
	lives(60);
	tcp_open();
	tcp(false, L4_TCP_RST);
	lives(60);
	tcp(true, L4_TCP_SYN);
	tcp(false, L4_TCP_RST | L4_TCP_ACK);
	lives(60);
	fx_fini(&fx);
}

/* The same ports for the next connection, before the last one's time is up. */
static void tcp_again(void)
{
	pat(1, 10);
	tcp_open();
	tcp(true, L4_TCP_RST);
	tcp_open();
	CU_ASSERT_EQUAL(fx.counters[0].misses, 1);
	lives(86400);
	tcp_open();
	tcp(true, L4_TCP_FIN | L4_TCP_ACK);
	tcp(false, L4_TCP_FIN | L4_TCP_ACK);
	tcp(false, L4_TCP_SYN); /* a stray one from the other side starts it too */
	lives(60);
	fx_fini(&fx);
}

static void table_full(void)
{
	struct flow f = { HOST, SERVER, 0, 4000, .proto = IPPROTO_UDP };
	struct packet p;
	unsigned made = 0, full = 0;

	pat(1, 64);
	for (f.sport = 1000; f.sport < 1100; f.sport++) {
		struct outcome o;

		p = make(&f);
		o = fx_out(&fx, 0, &p, 0);
		made += o.verdict == NAT_DONE;
		full += o.verdict == NAT_DROP && o.drop == BW_DROP_NAT_TABLE_FULL;
	}
	CU_ASSERT_EQUAL(made, 64);
	CU_ASSERT_EQUAL(full, 36);
	CU_ASSERT_EQUAL(fx.counters[0].table_full, 36);
	f.sport = 1000; /* sessions that there are go on */
	out(&f);
	fx_pass(&fx, 301);
	f.sport = 1099;
	out(&f);
	fx_fini(&fx);
}

static void max_entries(void)
{
	struct flow f = { HOST, SERVER, 0, 4000, .proto = IPPROTO_UDP };
	struct packet p;

	pat(1, 1000);
	fx_limits(&fx, 10, 0);
	for (f.sport = 1000; f.sport < 1010; f.sport++)
		out(&f);
	p = make(&f);
	CU_ASSERT_EQUAL(fx_out(&fx, 0, &p, 0).drop, BW_DROP_NAT_TABLE_FULL);
	fx_limits(&fx, 11, 0);
	out(&f);
	fx_fini(&fx);
}

static void max_per_host(void)
{
	struct flow f = { HOST, SERVER, 0, 4000, .proto = IPPROTO_UDP };
	struct packet p;
	struct outcome o;

	pat(2, 1000);
	fx_limits(&fx, 0, 10);
	for (f.sport = 1000; f.sport < 1010; f.sport++, f.dport++)
		out(&f);
	p = make(&f);
	o = fx_out(&fx, 0, &p, 0);
	CU_ASSERT_EQUAL(o.verdict, NAT_DROP);
	CU_ASSERT_EQUAL(o.drop, BW_DROP_NAT_HOST_LIMIT);
	f.src = "192.168.20.11"; /* another host */
	out(&f);
	fx_pass(&fx, 301);
	f.src = HOST;
	out(&f);
	fx_fini(&fx);
}

/* The limit comes when there are sessions already. */
static void max_per_host_counts_old_sessions(void)
{
	struct flow f = { HOST, SERVER, 0, 4000, .proto = IPPROTO_UDP };
	struct packet p;

	pat(1, 1000);
	for (f.sport = 1000; f.sport < 1010; f.sport++)
		out(&f);
	fx_limits(&fx, 0, 10);
	fx_pass(&fx, 1);
	p = make(&f);
	CU_ASSERT_EQUAL(fx_out(&fx, 0, &p, 0).drop, BW_DROP_NAT_HOST_LIMIT);
	fx_fini(&fx);
}

/* One host's own limit goes before that of all; what it has already counts. */
static void limit_of_a_host(void)
{
	struct flow f = { HOST, SERVER, 1000, 4000, .proto = IPPROTO_UDP };
	struct bw_nat_limit bad = { .addr = 0, .max = 1 };
	struct packet p;

	pat(2, 1000);
	fx_host_limit(&fx, "192.168.20.11", 3);
	for (; f.sport < 1020; f.sport++, f.dport++)
		out(&f);
	f.src = "192.168.20.11";
	for (f.sport = 1000; f.sport < 1003; f.sport++, f.dport++)
		out(&f);
	p = make(&f);
	CU_ASSERT_EQUAL(fx_out(&fx, 0, &p, 0).drop, BW_DROP_NAT_HOST_LIMIT);
	fx_limits(&fx, 0, 2); /* of all others */
	p = make(&f);
	CU_ASSERT_EQUAL(fx_out(&fx, 0, &p, 0).drop, BW_DROP_NAT_HOST_LIMIT);
	fx_host_limit(&fx, "192.168.20.11", 4);
	out(&f);
	f.src = "192.168.20.12";
	for (f.sport = 1000; f.sport < 1002; f.sport++, f.dport++)
		out(&f);
	p = make(&f);
	CU_ASSERT_EQUAL(fx_out(&fx, 0, &p, 0).drop, BW_DROP_NAT_HOST_LIMIT);
	fx_host_limit(&fx, "192.168.20.12", 9);
	out(&f);
	/* Old sessions of a host that had no limit. */
	fx_limits(&fx, 0, 0);
	f.src = HOST;
	f.sport++;
	out(&f);
	fx_host_limit(&fx, HOST, 21);
	fx_pass(&fx, 1);
	f.sport++;
	p = make(&f);
	CU_ASSERT_EQUAL(fx_out(&fx, 0, &p, 0).drop, BW_DROP_NAT_HOST_LIMIT);
	fx_host_limit(&fx, HOST, 0);
	out(&f);
	/* What is not set again between two syncs is gone. */
	nat_conf_sync_begin(&fx.conf);
	fx_host_limit(&fx, "192.168.20.11", 4);
	CU_ASSERT_EQUAL(nat_conf_sync_end(&fx.conf), 0);
	CU_ASSERT_EQUAL(fx.conf.n_limits, 1);
	CU_ASSERT_EQUAL(nat_conf_limit_set(&fx.conf, &bad), -EINVAL);
	bad = (struct bw_nat_limit) { .addr = 1 };
	CU_ASSERT_EQUAL(nat_conf_limit_set(&fx.conf, &bad), -EINVAL);
	CU_ASSERT_EQUAL(nat_conf_limit_del(&fx.conf, &bad), -ENOENT);
	fx_fini(&fx);
}

static void many_limits(void)
{
	struct bw_nat_limit limit = { .max = 5 };

	fx_init(&fx, 1, 1000);
	for (uint32_t i = 0; i < NAT_LIMITS_MAX; i++) {
		limit.addr = htonl(0x0a000000 + i * 7919 % NAT_LIMITS_MAX);
		CU_ASSERT_EQUAL(nat_conf_limit_set(&fx.conf, &limit), 0);
	}
	CU_ASSERT_EQUAL(fx.conf.n_limits, NAT_LIMITS_MAX);
	limit.addr = htonl(0x0b000000);
	CU_ASSERT_EQUAL(nat_conf_limit_set(&fx.conf, &limit), -ENOSPC);
	fx_commit(&fx);
	for (uint32_t i = 0; i < NAT_LIMITS_MAX; i++)
		CU_ASSERT_EQUAL(nat_rules_host_limit(fx.rules, htonl(0x0a000000 + i), 0), 5);
	CU_ASSERT_EQUAL(nat_rules_host_limit(fx.rules, limit.addr, 0), 0);
	CU_ASSERT_EQUAL(nat_rules_host_limit(fx.rules, htonl(0x0a000000), 1), 0);
	fx_fini(&fx);
}

/* Buckets far beyond their slots: chains, removed in every order. */
static void crowded_buckets(void)
{
	enum { N = 400 };
	struct nat_session *session = aligned_alloc(64, (N + 1) * sizeof(*session));
	struct nat_bucket *bucket = aligned_alloc(64, sizeof(*bucket));
	struct nat_index x = { .bucket = bucket, .mask = 0 };
	struct nat_seeds seeds = { .flow = { 1, 2 } };
	unsigned right = 0, step = 7;

	memset(session, 0, (N + 1) * sizeof(*session));
	memset(bucket, 0, sizeof(*bucket));
	for (uint32_t id = 1; id <= N; id++) {
		struct nat_key key;

		session[id].local = id;
		session[id].flags = NAT_S_LIVE;
		key = nat_session_key(&session[id], NAT_OUT);
		nat_index_insert(&x, session, NAT_OUT, nat_key_hash(&seeds, key), id);
	}
	for (uint32_t n = 0, gone = 0; n < N; n++) {
		gone = (gone + step) % N;
		for (uint32_t id = 1; id <= N; id++) {
			struct nat_key key = nat_session_key(&session[id], NAT_OUT);
			uint32_t found = nat_index_find(
				&x, session, NAT_OUT, &key, nat_key_hash(&seeds, key));

			right += found == (session[id].flags ? id : 0);
		}
		nat_index_remove(&x, &seeds, session, NAT_OUT,
			nat_key_hash(&seeds, nat_session_key(&session[gone + 1], NAT_OUT)),
			gone + 1);
		session[gone + 1].flags = 0;
	}
	CU_ASSERT_EQUAL(right, N * N);
	for (unsigned i = 0; i < NAT_BUCKET_SLOTS; i++)
		CU_ASSERT(bucket->id[i] == 0 && bucket->sig[i] == 0);
	CU_ASSERT_EQUAL(bucket->chain, 0);
	free(session);
	free(bucket);
}

/* A shard filled to the last session by flows that come and go; the table is then empty. */
static void filled_and_emptied(void)
{
	struct flow f = { HOST, SERVER, 0, 0, .proto = IPPROTO_UDP };
	unsigned right = 0;

	pat(1, 3000);
	for (unsigned turn = 0; turn < 3; turn++) {
		for (unsigned i = 0; i < 3000; i++) {
			struct packet p;

			f.sport = 1024 + i * 7;
			f.dport = 1 + i % 100;
			p = make(&f);
			right += fx_out(&fx, 0, &p, 0).verdict == NAT_DONE;
		}
		fx_pass(&fx, 302);
		right += fx_sessions(&fx) == 0;
	}
	CU_ASSERT_EQUAL(right, 9003);
	for (unsigned d = 0; d < NAT_DIRS; d++)
		for (uint32_t b = 0; b <= fx.shard[0]->index[d].mask; b++) {
			static const struct nat_bucket empty;

			CU_ASSERT(memcmp(&fx.shard[0]->index[d].bucket[b], &empty, sizeof(empty)) ==
				  0);
		}
	CU_ASSERT_EQUAL(atomic_load(&fx.shared.total), 0);
	CU_ASSERT_EQUAL(fx.counters[0].peak, 3000);
	fx_fini(&fx);
}

/* Wherever a packet arrives, its flow is at one shard, both ways; and shards share a port space. */
/* Of 100 flows to ports or hosts in a row, how many the first of two workers owns. */
static unsigned owned_in_a_row(const struct nat_seeds *seeds, bool hosts)
{
	unsigned n = 0;

	for (uint32_t i = 0; i < 100; i++) {
		uint32_t host = ip4(SERVER) ^ htonl(hosts ? i : 0);
		uint16_t port = htons(80 + (hosts ? 0 : i));

		n += nat_owner(seeds, 2, IPPROTO_UDP, host, port) == 0;
	}
	return n;
}

/* Whatever the seeds are: an unlucky start of the router must not leave a worker without work. */
static void flows_in_a_row_are_shared(void)
{
	uint64_t random = 1;
	unsigned fair = 0;

	for (unsigned i = 0; i < 5000; i++) {
		struct nat_seeds seeds = { 0 };
		unsigned ports, hosts;

		for (unsigned k = 0; k < 2; k++) { /* Knuth's MMIX */
			random = random * UINT64_C(6364136223846793005) +
				 UINT64_C(1442695040888963407);
			seeds.owner[k] = random ^ random >> 29;
		}
		seeds.owner[1] |= 1;
		ports = owned_in_a_row(&seeds, false);
		hosts = owned_in_a_row(&seeds, true);
		fair += ports > 20 && ports < 80 && hosts > 20 && hosts < 80;
	}
	CU_ASSERT_EQUAL(fair, 5000);
}

static void flows_have_one_owner(void)
{
	unsigned right = 0, hops = 0, used[FX_SHARDS] = { 0 };

	pat(FX_SHARDS, 10000);
	for (unsigned i = 0; i < 1000; i++) {
		char host[32], server[32];
		struct flow f = { host, server, 5000 + i % 3, 80 + i % 7, .proto = IPPROTO_UDP };
		struct flow r = { server, GLOBAL, f.dport, 0, .proto = IPPROTO_UDP };
		struct outcome o, back;
		struct packet p;

		snprintf(host, sizeof(host), "192.168.%u.%u", 1 + i / 100, 1 + i % 100);
		snprintf(server, sizeof(server), "198.51.100.%u", 1 + i % 11);
		p = make(&f);
		o = fx_out(&fx, i % FX_SHARDS, &p, 0);
		r.dport = ntohs(((struct l4_udp *)(p.b + 20))->sport);
		p = make(&r);
		back = fx_in(&fx, (i + 1) % FX_SHARDS, &p, 0);
		right += o.verdict == NAT_DONE && back.verdict == NAT_DONE &&
			 o.shard == back.shard && ((struct l4_ip4 *)p.b)->dst == ip4(host) &&
			 ((struct l4_udp *)(p.b + 20))->dport == htons(f.sport);
		used[o.shard]++;
		hops += o.hops;
	}
	CU_ASSERT_EQUAL(right, 1000);
	CU_ASSERT(hops > 500 && hops < 1000); /* three of four arrive elsewhere, once each */
	for (unsigned i = 0; i < FX_SHARDS; i++)
		CU_ASSERT(used[i] > 0);
	fx_fini(&fx);
}

/* The first free port, whichever worker the packet comes to. */
static void ports_are_exact_with_many_shards(void)
{
	unsigned right = 0;

	pat(FX_SHARDS, 10000);
	for (unsigned end = 0; end < 20; end++) {
		for (unsigned i = 0; i < 50; i++) {
			char host[32];
			struct flow f = { host, SERVER, 700, 80 + end, .proto = IPPROTO_UDP };
			struct packet p;

			snprintf(host, sizeof(host), "192.168.9.%u", 1 + i);
			p = make(&f);
			fx_out(&fx, i % FX_SHARDS, &p, 0);
			right += ((struct l4_udp *)(p.b + 20))->sport ==
				 htons(i == 0 ? 700 : 512 + i - 1);
		}
	}
	CU_ASSERT_EQUAL(right, 1000);
	fx_fini(&fx);
}

static bool is_port(const void *port, const struct nat_session *s)
{
	return s->local_port == htons(*(const uint16_t *)port);
}

static void sweep_removes_what_matches(void)
{
	struct flow f = { HOST, SERVER, 0, 4000, .proto = IPPROTO_UDP };
	uint16_t port = 1005;
	uint32_t at = 1;
	unsigned calls = 1;

	pat(1, 1000);
	for (f.sport = 1000; f.sport < 1100; f.sport++)
		out(&f);
	while (!nat_shard_sweep(fx.shard[0], &at, 10, is_port, &port))
		calls++;
	CU_ASSERT(calls >= 10);
	CU_ASSERT_EQUAL(fx_sessions(&fx), 99);
	fx_fini(&fx);
}

static void read_is_whole_or_not_at_all(void)
{
	struct flow f = { HOST, SERVER, 1000, 4000, .proto = IPPROTO_UDP };
	struct nat_session copy;

	pat(1, 1000);
	CU_ASSERT_FALSE(nat_shard_read(fx.shard[0], 1, &copy));
	out(&f);
	CU_ASSERT(nat_shard_read(fx.shard[0], 1, &copy));
	CU_ASSERT_EQUAL(copy.local, ip4(HOST));
	CU_ASSERT_EQUAL(copy.global_port, htons(1000));
	fx.shard[0]->session[1].seq++; /* as while it is being made */
	CU_ASSERT_FALSE(nat_shard_read(fx.shard[0], 1, &copy));
	fx.shard[0]->session[1].seq++;
	fx_pass(&fx, 301);
	CU_ASSERT_FALSE(nat_shard_read(fx.shard[0], 1, &copy));
	fx_fini(&fx);
}

static long resident_kib(void)
{
	char line[128];
	long kib = 0;
	FILE *file = fopen("/proc/self/status", "r");

	while (file && fgets(line, sizeof(line), file))
		if (strncmp(line, "VmRSS:", 6) == 0)
			kib = atol(line + 6);
	if (file)
		fclose(file);
	return kib;
}

static void a_million_sessions(void)
{
	struct flow f = { HOST, SERVER, 0, 0, .proto = IPPROTO_UDP };
	struct packet p = make(&f);
	struct l4_ip4 *ip = (void *)p.b;
	struct l4_udp *udp = (void *)(p.b + 20);
	long before = resident_kib(), used;
	unsigned made = 0;
	clock_t start;

	pat(1, 1000000);
	start = clock();
	for (unsigned i = 0; i < 1000000; i++) {
		struct nat_pkt np = { .ip = p.b, .len = p.len };

		ip->src = htonl(0xc0a80000 + i % 50000);
		ip->dst = htonl(0xc6336400 + i / 50000);
		udp->sport = htons(1024 + i % 50000);
		udp->dport = htons(80);
		nat_in2out(fx.shard[0], &np, 1);
		made += np.verdict == NAT_DONE;
	}
	used = resident_kib() - before;
	printf("%u sessions, one packet a burst: %.2f million a second, %ld MiB ", made,
		made / ((double)(clock() - start) / CLOCKS_PER_SEC) / 1e6, used / 1024);
	CU_ASSERT_EQUAL(made, 1000000);
	CU_ASSERT_EQUAL(fx_sessions(&fx), 1000000);
	CU_ASSERT(used < 512 * 1024);
	fx_fini(&fx);
}

int main(void)
{
	static const struct test tests[] = {
		{ "default timeouts", default_timeouts },
		{ "shared global without ports", shared_global_without_ports },
		{ "own global without ports", own_global_without_ports },
		{ "packets keep it alive", packets_keep_it_alive },
		{ "long timeouts", long_timeouts },
		{ "changed timeouts act at once", changed_timeouts_act_at_once },
		{ "expiry keeps to its budget", expiry_keeps_to_its_budget },
		{ "TCP handshake", tcp_handshake },
		{ "TCP without its beginning", tcp_without_its_beginning },
		{ "TCP close", tcp_close },
		{ "TCP again", tcp_again },
		{ "table full", table_full },
		{ "max entries", max_entries },
		{ "max per host", max_per_host },
		{ "max per host counts old sessions", max_per_host_counts_old_sessions },
		{ "limit of a host", limit_of_a_host },
		{ "many limits", many_limits },
		{ "crowded buckets", crowded_buckets },
		{ "filled and emptied", filled_and_emptied },
		{ "flows in a row are shared", flows_in_a_row_are_shared },
		{ "flows have one owner", flows_have_one_owner },
		{ "ports exact with many shards", ports_are_exact_with_many_shards },
		{ "sweep", sweep_removes_what_matches },
		{ "read", read_is_whole_or_not_at_all },
		{ "a million sessions", a_million_sessions },
	};

	return RUN_SUITE("nat shard", tests);
}
