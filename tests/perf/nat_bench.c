/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Cycles per packet of NAT's core alone, with one session and with many, in both
 * directions; new sessions and expiries a second; memory. Headers are warm, as
 * the nodes before NAT leave them; best and median of many rounds, as other
 * programs on the machine disturb single ones.
 *
 *     nat_bench [sessions ...]        the default: 1 65536 1000000
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <x86intrin.h>

#include "l3/checksum.h"
#include "nat/conf.h"
#include "nat/translate.h"

#define CAPACITY 1000000
#define VECTOR	 256
#define BUFFERS	 4096
#define BUFSIZE	 2176 /* a pool's stride: packets do not share cache sets */
#define ROUNDS	 41

static struct nat_shared shared;
static struct bw_nat_counters counters;
static struct nat_shard *shard;
static struct nat_rules *rules;
static struct acl_table *acl;
static uint8_t *buffers;

static void check(bool ok, const char *what)
{
	if (!ok) {
		fprintf(stderr, "nat_bench: %s\n", what);
		exit(1);
	}
}

static bw_ip4 no_addr(const void *arg, uint32_t if_id, const char **name)
{
	(void)arg;
	(void)if_id;
	(void)name;
	return 0;
}

static void no_retire(void *ctx, void (*fn)(void *, uint64_t), void *arg1, uint64_t arg2)
{
	(void)ctx;
	fn(arg1, arg2);
}

static void configure(struct nat_conf *conf)
{
	struct bw_nat_pool pool = {
		.pool_id = 1, .plen = 24, .start = htonl(0xc0000201), .end = htonl(0xc0000240)
	};
	struct bw_nat_rule rule = { .rule_id = 1,
		.kind = BW_NAT_DYNAMIC,
		.flags = BW_NAT_F_OVERLOAD,
		.acl_id = 1,
		.pool_id = 1 };
	struct bw_acl list = { .acl_id = 1, .entries = 1 };
	struct bw_ace any = { .acl_id = 1,
		.flags = BW_ACE_F_PERMIT,
		.src_wild = UINT32_MAX,
		.dst_wild = UINT32_MAX };

	check(nat_shared_init(&shared, CAPACITY, 1) == 0, "no memory");
	nat_conf_init(conf, &shared.seeds);
	acl = acl_create(1, no_retire, NULL);
	check(acl && acl_set_begin(acl, &list) == 0 && acl_set_entry(acl, &any) == 0 &&
			acl_set_commit(acl, 1) == 0,
		"no list");
	check(nat_conf_pool_set(conf, &pool) == 0 && nat_conf_rule_set(conf, &rule) == 0,
		"no rules");
	rules = nat_conf_build(conf, no_addr, NULL);
	shard = nat_shard_create(&shared, 0, 1, &counters);
	check(rules && shard, "no memory");
	nat_shard_begin(shard, rules, acl, 1);
}

/* Flow n out, or its answer: UDP, 64-byte frame. Sources and ports vary, as in a busy network. */
static void make(uint8_t *at, uint32_t n, enum nat_dir dir)
{
	struct l4_ip4 *ip = (void *)at;
	struct l4_udp *udp = (void *)(at + 20);
	uint32_t host = htonl(0xc0a80000 + (n >> 4 & 0xffff)),
		 server = htonl(0xcb007100 + (n & 15));
	uint16_t port = htons(1024 + (n >> 4) % 64512);

	memset(at, 0, 46);
	ip->version_ihl = 0x45;
	ip->length = htons(46);
	ip->ttl = 64;
	ip->proto = IPPROTO_UDP;
	ip->check = 0x1234;
	udp->length = htons(26);
	udp->check = 0x4321;
	ip->src = dir == NAT_OUT ? host : server;
	ip->dst = dir == NAT_OUT ? server : htonl(0xc0000201);
	udp->sport = dir == NAT_OUT ? port : htons(80);
	udp->dport = dir == NAT_OUT ? htons(80) : port;
}

static void fill(struct nat_pkt *pkt, uint32_t first)
{
	for (uint32_t i = 0; i < VECTOR; i++)
		pkt[i] = (struct nat_pkt) { .ip = buffers + (first + i) % BUFFERS * BUFSIZE + 142,
			.len = 46 };
}

/* As the nodes do it: take headers and lengths from somewhere, in bursts. */
static uint64_t run_vector(struct nat_pkt *pkt, enum nat_dir dir)
{
	uint64_t start = __rdtsc();

	for (unsigned i = 0; i < VECTOR; i += NAT_BURST) {
		if (dir == NAT_OUT)
			nat_in2out(shard, pkt + i, NAT_BURST);
		else
			nat_out2in(shard, pkt + i, NAT_BURST);
	}
	return __rdtsc() - start;
}

static int compare(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static void measure(uint32_t sessions, enum nat_dir dir)
{
	struct nat_pkt pkt[VECTOR];
	double round[ROUNDS];
	uint32_t random = 1, done = 0;

	for (unsigned r = 0; r < ROUNDS; r++) {
		uint64_t cycles = 0;

		for (unsigned v = 0; v < 64; v++) {
			fill(pkt, v * VECTOR);
			for (unsigned i = 0; i < VECTOR; i++) {
				random = random * 1664525 + 1013904223;
				make(pkt[i].ip, (uint64_t)random * sessions >> 32, dir);
			}
			cycles += run_vector(pkt, dir);
			for (unsigned i = 0; i < VECTOR; i++)
				done += pkt[i].verdict == NAT_DONE;
		}
		round[r] = (double)cycles / (64 * VECTOR);
	}
	check(done == ROUNDS * 64 * VECTOR, "packets were not translated");
	qsort(round, ROUNDS, sizeof(round[0]), compare);
	printf("%8u sessions %-10s %6.1f cycles (best), %6.1f (median)\n", sessions,
		dir == NAT_OUT ? "in -> out" : "out -> in", round[0], round[ROUNDS / 2]);
}

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

static void create(uint32_t from, uint32_t sessions)
{
	struct nat_pkt pkt[VECTOR];
	double start = seconds(), spent = 0;

	for (uint32_t n = from; n < sessions; n += VECTOR) {
		fill(pkt, n);
		for (uint32_t i = 0; i < VECTOR; i++)
			make(pkt[i].ip, n + i < sessions ? n + i : sessions - 1, NAT_OUT);
		start = seconds();
		run_vector(pkt, NAT_OUT);
		spent += seconds() - start;
	}
	if (sessions - from > 1000)
		printf("%8u sessions made, %.2f million a second\n", sessions - from,
			(sessions - from) / spent / 1e6);
}

static void expire(void)
{
	uint64_t n = counters.sessions, before = n;
	double start = seconds();

	nat_shard_begin(shard, rules, acl, 400);
	while (counters.sessions && nat_shard_expire(shard, 512))
		;
	printf("%8lu sessions expired, %.2f million a second\n", before - counters.sessions,
		(before - counters.sessions) / (seconds() - start) / 1e6);
}

static void print_memory(void)
{
	char line[256];
	FILE *f = fopen("/proc/self/status", "r");

	while (f && fgets(line, sizeof(line), f))
		if (strncmp(line, "VmRSS:", 6) == 0)
			printf("resident memory with %lu sessions: %s", counters.sessions,
				line + 6);
	if (f)
		fclose(f);
}

int main(int argc, char **argv)
{
	static const uint32_t defaults[] = { 1, 65536, CAPACITY };
	unsigned n = argc > 1 ? argc - 1 : 3;
	struct nat_conf conf;
	uint32_t made = 0;

	buffers = malloc((size_t)BUFFERS * BUFSIZE);
	check(buffers != NULL, "no memory");
	memset(buffers, 0, (size_t)BUFFERS * BUFSIZE);
	configure(&conf);
	for (unsigned i = 0; i < n; i++) {
		uint32_t sessions = argc > 1 ? strtoul(argv[i + 1], NULL, 0) : defaults[i];

		check(sessions >= made && sessions <= CAPACITY && sessions > 0,
			"sessions: 1 to 1000000, in ascending order");
		create(made, sessions);
		made = sessions;
		measure(sessions, NAT_OUT);
		measure(sessions, NAT_IN);
	}
	print_memory();
	expire();
	nat_shard_destroy(shard);
	nat_rules_destroy(rules);
	nat_conf_fini(&conf);
	acl_destroy(acl);
	nat_shared_fini(&shared);
	free(buffers);
	return 0;
}
