/* SPDX-License-Identifier: BSD-3-Clause */
#include "tables/acl.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "packets.h"
#include "suite.h"

#define WORKERS 2

static struct acl_table *t;

/* What was retired, to be run when the test says that readers are gone. */
static struct {
	void (*fn)(void *, uint64_t);
	void *arg1;
	uint64_t arg2;
} retired[32];
static unsigned n_retired;

static void retire(void *ctx, void (*fn)(void *, uint64_t), void *arg1, uint64_t arg2)
{
	(void)ctx;
	CU_ASSERT_FATAL(n_retired < 32);
	retired[n_retired].fn = fn;
	retired[n_retired].arg1 = arg1;
	retired[n_retired++].arg2 = arg2;
}

static void readers_gone(void)
{
	for (unsigned i = 0; i < n_retired; i++)
		retired[i].fn(retired[i].arg1, retired[i].arg2);
	n_retired = 0;
}

static void start(void)
{
	t = acl_create(WORKERS, retire, NULL);
	CU_ASSERT_PTR_NOT_NULL_FATAL(t);
}

static void stop(void)
{
	readers_gone();
	acl_destroy(t);
}

static const struct bw_ace permit_any = {
	.flags = BW_ACE_F_PERMIT, .src_wild = UINT32_MAX, .dst_wild = UINT32_MAX
};

static void set(uint32_t id, const struct bw_ace *aces, uint32_t n)
{
	struct bw_acl acl = { .acl_id = id, .entries = n };

	CU_ASSERT_EQUAL(acl_set_begin(t, &acl), 0);
	for (uint32_t i = 0; i < n; i++) {
		struct bw_ace ace = aces[i];

		ace.acl_id = id;
		ace.index = i;
		CU_ASSERT_EQUAL(acl_set_entry(t, &ace), 0);
	}
	CU_ASSERT_EQUAL(acl_set_commit(t, id), 0);
}

static enum acl_result match(uint32_t id, const struct packet *p)
{
	struct l4_info l4;

	CU_ASSERT_EQUAL(l4_parse(p->b, p->len, &l4), 0);
	return acl_match(t, id, 0, &l4);
}

static enum acl_result match_flow(uint32_t id, const struct flow *f)
{
	struct packet p = make(f);

	return match(id, &p);
}

static void addresses_and_wildcards(void)
{
	static const char *const sources[] = { "192.168.20.1", "192.168.21.1", "10.1.0.9",
		"10.1.255.9", "10.1.0.8" };
	static const enum acl_result results[] = { ACL_PERMIT, ACL_DENY, ACL_DENY, ACL_DENY,
		ACL_PERMIT };
	struct bw_ace aces[] = {
		{ .flags = BW_ACE_F_PERMIT,
			.src = ip4("192.168.20.77"),
			.src_wild = ip4("0.0.0.255"),
			.dst_wild = UINT32_MAX },
		{ .src = ip4("10.1.0.9"), .src_wild = ip4("0.0.255.0"), .dst_wild = UINT32_MAX },
		{ .flags = BW_ACE_F_PERMIT,
			.src = ip4("10.0.0.0"),
			.src_wild = ip4("0.255.255.255"),
			.dst_wild = UINT32_MAX },
	};

	start();
	set(1, aces, 3);
	for (unsigned i = 0; i < 5; i++) {
		struct flow f = { sources[i], "1.2.3.4", 1, 2, .proto = IPPROTO_UDP };

		CU_ASSERT_EQUAL(match_flow(1, &f), results[i]);
	}
	stop();
}

static void lists_that_are_not_there(void)
{
	struct flow f = { "10.0.0.1", "1.2.3.4", 1, 2, .proto = IPPROTO_UDP };

	start();
	CU_ASSERT_EQUAL(match_flow(5, &f), ACL_UNDEFINED);
	CU_ASSERT_EQUAL(match_flow(BW_MAX_ACLS, &f), ACL_UNDEFINED);
	CU_ASSERT_EQUAL(match_flow(UINT32_MAX, &f), ACL_UNDEFINED);
	set(5, NULL, 0);
	CU_ASSERT_EQUAL(match_flow(5, &f), ACL_UNDEFINED);
	set(5, &permit_any, 1);
	CU_ASSERT_EQUAL(match_flow(5, &f), ACL_PERMIT);
	CU_ASSERT_EQUAL(acl_del(t, 5), 0);
	CU_ASSERT_EQUAL(match_flow(5, &f), ACL_UNDEFINED);
	CU_ASSERT_EQUAL(acl_del(t, 5), -ENOENT);
	stop();
}

static struct bw_ace tcp_entry(uint32_t flags, uint16_t lo, uint16_t hi)
{
	return (struct bw_ace) { .flags = flags | BW_ACE_F_PROTO,
		.proto = IPPROTO_TCP,
		.src_wild = UINT32_MAX,
		.dst_wild = UINT32_MAX,
		.sport_lo = lo,
		.sport_hi = hi,
		.dport_lo = lo,
		.dport_hi = hi };
}

static void ports(void)
{
	static const uint32_t kinds[] = { BW_ACE_F_DPORT, BW_ACE_F_NOT_DPORT, BW_ACE_F_SPORT,
		BW_ACE_F_NOT_SPORT };

	start();
	for (unsigned i = 0; i < 4; i++) {
		struct bw_ace ace = tcp_entry(kinds[i] | BW_ACE_F_PERMIT, 80, 82);

		set(1, &ace, 1);
		for (uint16_t port = 79; port <= 83; port++) {
			struct flow f = { "10.0.0.1", "1.2.3.4", port, port, .proto = IPPROTO_TCP };
			bool inside = port >= 80 && port <= 82;

			CU_ASSERT_EQUAL(
				match_flow(1, &f), inside == !(i & 1) ? ACL_PERMIT : ACL_DENY);
			f.proto = IPPROTO_UDP;
			CU_ASSERT_EQUAL(match_flow(1, &f), ACL_DENY);
		}
	}
	stop();
}

/* Only entries that say so; of each worker some, the others are counted. */
static void matches_are_told(void)
{
	struct bw_ace aces[] = { tcp_entry(BW_ACE_F_LOG | BW_ACE_F_DPORT, 80, 80), permit_any };
	struct flow f = { "10.0.0.1", "1.2.3.4", 1234, 80, .proto = IPPROTO_TCP };
	struct bw_acl_log log;
	unsigned n = 0;

	start();
	set(3, aces, 2);
	CU_ASSERT_EQUAL(match_flow(3, &f), ACL_DENY);
	f.dport = 81;
	CU_ASSERT_EQUAL(match_flow(3, &f), ACL_PERMIT);
	CU_ASSERT_TRUE_FATAL(acl_log_next(t, &log));
	CU_ASSERT(log.acl_id == 3 && !log.permit && log.packets == 1);
	CU_ASSERT(log.src == ip4("10.0.0.1") && log.dst == ip4("1.2.3.4"));
	CU_ASSERT(log.proto == IPPROTO_TCP && log.sport == 1234 && log.dport == 80);
	CU_ASSERT_FALSE(acl_log_next(t, &log));
	f.dport = 80;
	for (unsigned i = 0; i < 1000; i++)
		match_flow(3, &f);
	while (acl_log_next(t, &log))
		n++;
	CU_ASSERT(n > 0 && n < 1000);
	CU_ASSERT_EQUAL(acl_log_missed(t), 1000 - n);
	CU_ASSERT_EQUAL(acl_log_missed(t), 0);
	stop();
}

static void established(void)
{
	struct bw_ace ace = tcp_entry(BW_ACE_F_PERMIT | BW_ACE_F_ESTABLISHED, 0, 0);
	struct flow f = { "10.0.0.1", "1.2.3.4", 1, 2, .proto = IPPROTO_TCP };

	start();
	set(1, &ace, 1);
	for (unsigned flags = 0; flags < 32; flags++) {
		f.tcp_flags = flags;
		CU_ASSERT_EQUAL(match_flow(1, &f),
			flags & (L4_TCP_ACK | L4_TCP_RST) ? ACL_PERMIT : ACL_DENY);
	}
	stop();
}

static void icmp_types(void)
{
	struct bw_ace ace = { .flags = BW_ACE_F_PERMIT | BW_ACE_F_PROTO | BW_ACE_F_ICMP_TYPE |
				       BW_ACE_F_ICMP_CODE,
		.proto = IPPROTO_ICMP,
		.icmp_type = 3,
		.icmp_code = 4,
		.src_wild = UINT32_MAX,
		.dst_wild = UINT32_MAX };
	struct flow f = { "10.0.0.1", "1.2.3.4", 1, 2, .proto = IPPROTO_ICMP };

	start();
	set(1, &ace, 1);
	for (f.icmp_type = 2; f.icmp_type < 5; f.icmp_type++)
		for (f.icmp_code = 3; f.icmp_code < 6; f.icmp_code++)
			CU_ASSERT_EQUAL(match_flow(1, &f),
				f.icmp_type == 3 && f.icmp_code == 4 ? ACL_PERMIT : ACL_DENY);
	ace.flags &= ~BW_ACE_F_ICMP_CODE;
	set(1, &ace, 1);
	f.icmp_type = 3;
	CU_ASSERT_EQUAL(match_flow(1, &f), ACL_PERMIT);
	stop();
}

/* Cisco document 8014: of a fragment without ports, permit by addresses, deny not. */
static void fragments(void)
{
	struct bw_ace permit80 = tcp_entry(BW_ACE_F_PERMIT | BW_ACE_F_DPORT, 80, 80);
	struct bw_ace deny80 = tcp_entry(BW_ACE_F_DPORT, 80, 80);
	struct bw_ace deny_fragments = {
		.flags = BW_ACE_F_FRAGMENTS, .src_wild = UINT32_MAX, .dst_wild = UINT32_MAX
	};
	struct bw_ace lists[3][2] = { { permit80, deny_fragments }, { deny80, permit_any },
		{ deny_fragments, permit_any } };
	struct flow f = { "10.0.0.1", "1.2.3.4", 5, 80, IPPROTO_TCP, .payload = 100 };
	struct packet whole = make(&f), first = make_fragment(&whole, 0, 64, true);
	struct packet later = make_fragment(&whole, 64, 56, false);
	struct l4_info l4;

	start();
	for (uint32_t i = 0; i < 3; i++)
		set(i + 1, lists[i], 2);
	CU_ASSERT_EQUAL(match(1, &first), ACL_PERMIT);
	CU_ASSERT_EQUAL(match(1, &later), ACL_PERMIT);
	CU_ASSERT_EQUAL(match(2, &first), ACL_DENY);
	CU_ASSERT_EQUAL(match(2, &later), ACL_PERMIT);
	CU_ASSERT_EQUAL(match(3, &first), ACL_PERMIT);
	CU_ASSERT_EQUAL(match(3, &later), ACL_DENY);
	/* with the ports known, a fragment is like the rest of its datagram */
	CU_ASSERT_EQUAL(l4_parse(later.b, later.len, &l4), 0);
	l4_set_ports(&l4, htons(5), htons(80));
	CU_ASSERT_EQUAL(acl_match(t, 2, 0, &l4), ACL_DENY);
	l4_set_ports(&l4, htons(5), htons(81));
	CU_ASSERT_EQUAL(acl_match(t, 1, 0, &l4), ACL_DENY);
	CU_ASSERT_EQUAL(acl_match(t, 2, 0, &l4), ACL_PERMIT);
	stop();
}

/* A header that is cut is not let through by its missing part. */
static void cut_headers(void)
{
	struct bw_ace permit80 = tcp_entry(BW_ACE_F_PERMIT | BW_ACE_F_DPORT, 80, 80);
	struct bw_ace deny80 = tcp_entry(BW_ACE_F_DPORT, 80, 80);
	struct bw_ace list[2] = { deny80, permit_any };
	struct flow f = { "10.0.0.1", "1.2.3.4", 5, 80, .proto = IPPROTO_TCP };
	struct packet p = make(&f);

	start();
	set(1, &permit80, 1);
	set(2, list, 2);
	((struct l4_ip4 *)p.b)->length = htons(39);
	p.len = 39;
	CU_ASSERT_EQUAL(match(1, &p), ACL_DENY);
	CU_ASSERT_EQUAL(match(2, &p), ACL_DENY);
	stop();
}

static struct bw_acl_hits hits[64];
static unsigned n_hits;

static bool take_hits(void *arg, const struct bw_acl_hits *h)
{
	(void)arg;
	hits[n_hits++] = *h;
	return n_hits < 64;
}

static uint64_t hits_of(uint32_t id, uint32_t index)
{
	n_hits = 0;
	acl_hits_dump(t, take_hits, NULL);
	for (unsigned i = 0; i < n_hits; i++)
		if (hits[i].acl_id == id && hits[i].index == index)
			return hits[i].hits;
	CU_FAIL("no such entry");
	return 0;
}

/* Entries that stay keep counting, wherever they go; also what the old version still counts. */
static void hits_go_with_their_entries(void)
{
	struct bw_ace a = tcp_entry(BW_ACE_F_PERMIT | BW_ACE_F_DPORT, 80, 80);
	struct bw_ace b = tcp_entry(BW_ACE_F_PERMIT | BW_ACE_F_DPORT, 81, 81);
	struct bw_ace c = tcp_entry(BW_ACE_F_PERMIT | BW_ACE_F_DPORT, 82, 82);
	struct bw_ace before[] = { a, b }, after[] = { c, b, a }, last[] = { b };
	struct flow f = { "10.0.0.1", "1.2.3.4", 5, 80, .proto = IPPROTO_TCP };
	struct packet p;
	struct l4_info l4;

	start();
	set(1, before, 2);
	for (unsigned i = 0; i < 5; i++)
		match_flow(1, &f);
	f.dport = 81;
	for (unsigned i = 0; i < 7; i++)
		match_flow(1, &f);
	p = make(&f);
	CU_ASSERT_EQUAL(l4_parse(p.b, p.len, &l4), 0);
	acl_match(t, 1, 1, &l4); /* another worker's */
	CU_ASSERT_EQUAL(hits_of(1, 0), 5);
	CU_ASSERT_EQUAL(hits_of(1, 1), 8);
	set(1, after, 3);
	CU_ASSERT_EQUAL(hits_of(1, 0), 0);
	CU_ASSERT_EQUAL(hits_of(1, 1), 8);
	CU_ASSERT_EQUAL(hits_of(1, 2), 5);
	match_flow(1, &f);
	CU_ASSERT_EQUAL(hits_of(1, 1), 9);
	set(1, last, 1);
	readers_gone();
	CU_ASSERT_EQUAL(hits_of(1, 0), 9);
	set(1, before, 2); /* an entry that comes again starts from zero */
	CU_ASSERT_EQUAL(hits_of(1, 0), 0);
	CU_ASSERT_EQUAL(hits_of(1, 1), 9);
	match_flow(1, &f); /* which has not got another's counter */
	CU_ASSERT_EQUAL(hits_of(1, 0), 0);
	CU_ASSERT_EQUAL(hits_of(1, 1), 10);
	acl_hits_clear(t, 2);
	CU_ASSERT_EQUAL(hits_of(1, 1), 10);
	acl_hits_clear(t, 0);
	CU_ASSERT_EQUAL(hits_of(1, 1), 0);
	match_flow(1, &f);
	CU_ASSERT_EQUAL(hits_of(1, 1), 1);
	stop();
}

/* What is staged has no effect before it is committed, and a bad commit none at all. */
static void half_set_lists(void)
{
	struct bw_acl acl = { .acl_id = 1, .entries = 2 };
	struct bw_ace ace = permit_any, bad;
	struct flow f = { "10.0.0.1", "1.2.3.4", 5, 80, .proto = IPPROTO_TCP };

	start();
	ace.acl_id = 1;
	CU_ASSERT_EQUAL(acl_set_entry(t, &ace), -ENOENT);
	CU_ASSERT_EQUAL(acl_set_commit(t, 1), -ENOENT);
	CU_ASSERT_EQUAL(acl_set_begin(t, &acl), 0);
	CU_ASSERT_EQUAL(acl_set_entry(t, &ace), 0);
	CU_ASSERT_EQUAL(acl_set_entry(t, &ace), -EINVAL); /* index 0 again */
	CU_ASSERT_EQUAL(acl_set_commit(t, 1), -EINVAL);	  /* one is missing */
	CU_ASSERT_EQUAL(match_flow(1, &f), ACL_UNDEFINED);
	ace.index = 1;
	bad = ace;
	bad.flags |= BW_ACE_F_DPORT; /* ports of any protocol */
	CU_ASSERT_EQUAL(acl_set_entry(t, &bad), -EINVAL);
	bad = tcp_entry(BW_ACE_F_DPORT, 9, 8);
	bad.acl_id = 1;
	bad.index = 1;
	CU_ASSERT_EQUAL(acl_set_entry(t, &bad), -EINVAL);
	CU_ASSERT_EQUAL(acl_set_entry(t, &ace), 0);
	ace.index = 2;
	CU_ASSERT_EQUAL(acl_set_entry(t, &ace), -EINVAL); /* more than announced */
	CU_ASSERT_EQUAL(acl_set_commit(t, 1), 0);
	CU_ASSERT_EQUAL(match_flow(1, &f), ACL_PERMIT);
	acl.acl_id = 0;
	CU_ASSERT_EQUAL(acl_set_begin(t, &acl), -EINVAL);
	acl.acl_id = BW_MAX_ACLS;
	CU_ASSERT_EQUAL(acl_set_begin(t, &acl), -EINVAL);
	acl.acl_id = 1;
	acl.entries = ACL_MAX_ENTRIES + 1;
	CU_ASSERT_EQUAL(acl_set_begin(t, &acl), -ENOSPC);
	stop();
}

static void resynchronisation(void)
{
	struct flow f = { "10.0.0.1", "1.2.3.4", 5, 80, .proto = IPPROTO_TCP };

	start();
	set(1, &permit_any, 1);
	set(2, &permit_any, 1);
	match_flow(1, &f);
	acl_sync_begin(t);
	set(1, &permit_any, 1);
	acl_sync_end(t);
	CU_ASSERT_EQUAL(match_flow(2, &f), ACL_UNDEFINED);
	CU_ASSERT_EQUAL(hits_of(1, 0), 1);
	stop();
}

/* Counters are taken back: many versions do not use them up. */
static void many_versions(void)
{
	static struct bw_ace aces[1000];
	struct flow f = { "10.0.0.1", "1.2.3.4", 5, 80, .proto = IPPROTO_TCP };

	start();
	for (unsigned v = 0; v < 3000; v++) {
		for (unsigned i = 0; i < 1000; i++) {
			aces[i] = permit_any;
			aces[i].src = htonl(v * 1000 + i);
			aces[i].src_wild = 0;
		}
		set(1, aces, 1000);
		readers_gone();
	}
	CU_ASSERT_EQUAL(match_flow(1, &f), ACL_DENY);
	stop();
}

int main(void)
{
	static const struct test tests[] = {
		{ "addresses and wildcards", addresses_and_wildcards },
		{ "lists that are not there", lists_that_are_not_there },
		{ "ports", ports },
		{ "matches are told", matches_are_told },
		{ "established", established },
		{ "ICMP types", icmp_types },
		{ "fragments", fragments },
		{ "cut headers", cut_headers },
		{ "hits go with their entries", hits_go_with_their_entries },
		{ "half-set lists", half_set_lists },
		{ "resynchronisation", resynchronisation },
		{ "many versions", many_versions },
	};

	return RUN_SUITE("acl", tests);
}
