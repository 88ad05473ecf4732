/* SPDX-License-Identifier: BSD-3-Clause */
/* Virtual reassembly: order, ports, overlaps, limits, time. */
#include <stdlib.h>
#include <string.h>

#include "l3/vfr.h"
#include "packets.h"
#include "suite.h"

static struct vfr_shared *shared;
static struct vfr_table *table;
static struct vfr_limits limits = { .if_id = 3 };
static struct vfr_result res;
static unsigned released;

#define HOST   "192.168.20.10"
#define SERVER "198.51.100.7"

static void start(void)
{
	shared = vfr_shared_create();
	table = vfr_create(shared);
	CU_ASSERT_FATAL(shared && table);
	limits = (struct vfr_limits) { .if_id = 3 };
	released = 0;
}

static void release(void *pkt)
{
	(void)pkt;
	released++;
}

static void stop(void)
{
	vfr_destroy(table, release);
	vfr_shared_destroy(shared);
}

static struct packet datagram(uint8_t proto, uint16_t payload, uint16_t id)
{
	struct flow f = { HOST, SERVER, 5000, 53, proto, .payload = payload, .id = id,
		.icmp_type = L4_ICMP_ECHO };

	return make(&f);
}

static void put(struct packet *p, uint32_t now)
{
	vfr_input(table, &limits, 0, p->b, p->len, now, p, &res);
}

/* Three fragments in every order: held until the first has come, then all go on with ports. */
static void every_order(void)
{
	static const uint8_t orders[6][3] = { { 0, 1, 2 }, { 0, 2, 1 }, { 1, 0, 2 }, { 1, 2, 0 },
		{ 2, 0, 1 }, { 2, 1, 0 } };
	static const uint8_t protos[] = { IPPROTO_TCP, IPPROTO_UDP, IPPROTO_ICMP, IPPROTO_GRE };

	start();
	for (unsigned i = 0; i < 24; i++) {
		const uint8_t *order = orders[i % 6];
		uint8_t proto = protos[i / 6];
		struct packet whole = datagram(proto, 200, i), f[3];
		uint32_t rest = whole.len - 20 - 128;
		unsigned out = 0;
		bool known = false;

		f[0] = make_fragment(&whole, 0, 64, true);
		f[1] = make_fragment(&whole, 64, 64, true);
		f[2] = make_fragment(&whole, 128, rest, false);
		for (unsigned k = 0; k < 3; k++) {
			put(&f[order[k]], 10);
			known = known || order[k] == 0;
			if (!known) {
				CU_ASSERT_EQUAL(res.n, 0);
				continue;
			}
			CU_ASSERT(res.n >= 1);
			CU_ASSERT_EQUAL(res.drop, BW_DROP_NONE);
			CU_ASSERT_PTR_EQUAL(res.pkt[0], &f[order[k]]);
			out += res.n;
			if (proto == IPPROTO_GRE) {
				CU_ASSERT_EQUAL(res.sport, 0);
			} else {
				CU_ASSERT_EQUAL(res.sport, htons(5000));
				CU_ASSERT_EQUAL(res.dport, proto == IPPROTO_ICMP ? 0 : htons(53));
			}
		}
		CU_ASSERT_EQUAL(out, 3);
		CU_ASSERT_EQUAL(vfr_count(table), 0);
	}
	CU_ASSERT_EQUAL(atomic_load(&shared->in_use[3]), 0);
	stop();
}

/* Datagrams differ in any of addresses, id, protocol, VRF. */
static void datagrams_are_told_apart(void)
{
	struct packet a = datagram(IPPROTO_UDP, 200, 1), b = datagram(IPPROTO_UDP, 200, 2);
	struct packet c = datagram(IPPROTO_TCP, 200, 1), f[4];

	start();
	f[0] = make_fragment(&a, 64, 64, true);
	f[1] = make_fragment(&b, 64, 64, true);
	f[2] = make_fragment(&c, 64, 64, true);
	f[3] = f[0];
	for (unsigned i = 0; i < 3; i++)
		put(&f[i], 10);
	vfr_input(table, &limits, 1, f[3].b, f[3].len, 10, &f[3], &res);
	CU_ASSERT_EQUAL(res.n, 0);
	CU_ASSERT_EQUAL(vfr_count(table), 4);
	stop();
	CU_ASSERT_EQUAL(released, 4);
}

/* Any overlap ends the datagram: what is held, what comes, what will come. */
static void overlaps(void)
{
	static const struct {
		uint32_t offset, n;
		bool more;
	} second[] = { { 64, 64, true }, /* again */
		{ 56, 16, true }, { 120, 16, true }, { 72, 8, true }, { 64, 8, true },
		{ 32, 128, true }, { 64, 64, false }, { 0, 72, true }, { 100, 20, false } };

	for (unsigned i = 0; i < sizeof(second) / sizeof(second[0]); i++) {
		struct packet whole = datagram(IPPROTO_UDP, 300, 1), f[3];

		start();
		f[0] = make_fragment(&whole, 64, 64, true);
		f[1] = make_fragment(&whole, second[i].offset & ~7u, second[i].n, second[i].more);
		f[2] = make_fragment(&whole, 0, 64, true);
		put(&f[0], 10);
		put(&f[1], 10);
		CU_ASSERT_EQUAL(res.n, 2);
		CU_ASSERT_EQUAL(res.drop, BW_DROP_VFR_OVERLAP);
		put(&f[2], 10);
		CU_ASSERT_EQUAL(res.n, 1);
		CU_ASSERT_EQUAL(res.drop, BW_DROP_VFR_OVERLAP);
		CU_ASSERT_EQUAL(atomic_load(&vfr_event(table, VFR_E_OVERLAP)->count), 1);
		stop();
		CU_ASSERT_EQUAL(released, 0);
	}
}

/* What cannot be part of a datagram. */
static void impossible_fragments(void)
{
	static const struct {
		uint32_t offset, n;
		bool more;
	} bad[] = { { 65528, 20, false }, { 65504, 12, false }, { 64, 0, true }, { 64, 0, false },
		{ 64, 13, true }, { 0, 65, true }, { 65528, 8, true } };
	struct packet whole = datagram(IPPROTO_UDP, 300, 1);

	for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct packet f = make_fragment(&whole, bad[i].offset, bad[i].n, bad[i].more);

		start();
		put(&f, 10);
		CU_ASSERT_EQUAL(res.n, 1);
		CU_ASSERT_EQUAL(res.drop, BW_DROP_VFR_OVERLAP);
		stop();
	}
}

/* Two ends, or data beyond the end. */
static void ends_that_disagree(void)
{
	struct packet whole = datagram(IPPROTO_UDP, 400, 1), f[2];

	for (unsigned i = 0; i < 4; i++) {
		start();
		f[0] = make_fragment(&whole, 128, 40, false);
		f[1] = make_fragment(&whole,
			i == 0	 ? 200
			: i == 1 ? 168
			: i == 2 ? 64
				 : 176,
			8, i != 0 && i != 2);
		if (i == 3) { /* the other way round: the end comes after what is beyond it */
			put(&f[1], 10);
			put(&f[0], 10);
		} else {
			put(&f[0], 10);
			put(&f[1], 10);
		}
		CU_ASSERT_EQUAL(res.n, 2);
		CU_ASSERT_EQUAL(res.drop, BW_DROP_VFR_OVERLAP);
		stop();
	}
}

/* RFC 1858: a first fragment without the ports, or without the checksum. */
static void tiny_first_fragments(void)
{
	static const struct {
		uint8_t proto;
		unsigned n;
		bool tiny;
	} firsts[] = { { IPPROTO_TCP, 8, true }, { IPPROTO_TCP, 16, true },
		{ IPPROTO_TCP, 24, false }, { IPPROTO_UDP, 8, false }, { IPPROTO_ICMP, 8, false },
		{ IPPROTO_GRE, 8, false } };

	for (unsigned i = 0; i < sizeof(firsts) / sizeof(firsts[0]); i++) {
		struct packet whole = datagram(firsts[i].proto, 100, 1);
		struct packet f = make_fragment(&whole, 0, firsts[i].n, true);

		start();
		put(&f, 10);
		CU_ASSERT_EQUAL(res.n, 1);
		CU_ASSERT_EQUAL(res.drop, firsts[i].tiny ? BW_DROP_VFR_TINY : BW_DROP_NONE);
		stop();
	}
}

static void at_most_so_many_datagrams(void)
{
	struct packet f[40];
	unsigned held = 0, full = 0;

	start();
	for (unsigned i = 0; i < 20; i++) {
		struct packet whole = datagram(IPPROTO_UDP, 100, i);

		f[i] = make_fragment(&whole, 64, 44, false);
		put(&f[i], 10);
		held += res.n == 0;
		full += res.n == 1 && res.drop == BW_DROP_VFR_FULL;
	}
	CU_ASSERT_EQUAL(held, 16);
	CU_ASSERT_EQUAL(full, 4);
	CU_ASSERT_EQUAL(atomic_load(&vfr_event(table, VFR_E_OVERFLOW)->limit), 16);
	limits.if_id = 4; /* another interface has its own */
	limits.reassemblies = 1;
	for (unsigned i = 20; i < 22; i++) {
		struct packet whole = datagram(IPPROTO_UDP, 100, i);

		f[i] = make_fragment(&whole, 64, 44, false);
		put(&f[i], 10);
		CU_ASSERT_EQUAL(res.n, i - 20);
	}
	stop();
	CU_ASSERT_EQUAL(released, 17);
}

static void at_most_so_many_fragments(void)
{
	struct packet whole = datagram(IPPROTO_UDP, 1000, 1), f[40];

	start();
	limits.fragments = 10;
	for (unsigned i = 1; i <= 10; i++) {
		f[i] = make_fragment(&whole, i * 8, 8, true);
		put(&f[i], 10);
		CU_ASSERT_EQUAL(res.n, 0);
	}
	f[11] = make_fragment(&whole, 88, 8, true);
	put(&f[11], 10);
	CU_ASSERT_EQUAL(res.n, 11);
	CU_ASSERT_EQUAL(res.drop, BW_DROP_VFR_TOO_MANY);
	stop();
	start();
	limits.fragments = 60000; /* more than there is room for */
	limits.reassemblies = 60000;
	for (unsigned i = 0; i < 2 * VFR_MAX_FRAGMENTS; i++) {
		struct packet g = make_fragment(&whole, 8 + i * 8, 8, true);

		put(&g, 10);
		CU_ASSERT_EQUAL(res.n, i < VFR_MAX_FRAGMENTS	? 0
				       : i == VFR_MAX_FRAGMENTS ? VFR_MAX_FRAGMENTS + 1
								: 1);
	}
	for (unsigned i = 0; i < VFR_MAX_DATAGRAMS + 5; i++) {
		struct packet d = datagram(IPPROTO_UDP, 100, 100 + i);
		struct packet g = make_fragment(&d, 64, 44, false);

		put(&g, 10);
		CU_ASSERT_EQUAL(res.n, i + 1 < VFR_MAX_DATAGRAMS ? 0 : 1);
	}
	CU_ASSERT_EQUAL(vfr_count(table), VFR_MAX_DATAGRAMS);
	stop();
}

static void time_runs_out(void)
{
	struct packet a = datagram(IPPROTO_UDP, 200, 1), b = datagram(IPPROTO_UDP, 200, 2), f[4];

	start();
	f[0] = make_fragment(&a, 64, 64, true);
	f[1] = make_fragment(&a, 128, 64, true);
	f[2] = make_fragment(&b, 64, 64, true);
	put(&f[0], 10);
	put(&f[1], 11);
	put(&f[2], 12);
	for (uint32_t now = 10; now <= 13; now++)
		CU_ASSERT_FALSE(vfr_expire(table, now, &res));
	CU_ASSERT(vfr_expire(table, 14, &res));
	CU_ASSERT_EQUAL(res.n, 2);
	CU_ASSERT_EQUAL(res.drop, BW_DROP_VFR_TIMEOUT);
	CU_ASSERT_FALSE(vfr_expire(table, 14, &res));
	CU_ASSERT(vfr_expire(table, 16, &res));
	CU_ASSERT_EQUAL(res.n, 1);
	CU_ASSERT_EQUAL(vfr_count(table), 0);
	CU_ASSERT_EQUAL(atomic_load(&shared->in_use[3]), 0);
	f[3] = make_fragment(&a, 0, 64, true); /* too late: a datagram anew */
	put(&f[3], 17);
	CU_ASSERT_EQUAL(res.n, 1);
	CU_ASSERT_EQUAL(vfr_count(table), 1);
	stop();
}

int main(void)
{
	static const struct test tests[] = {
		{ "every order", every_order },
		{ "datagrams are told apart", datagrams_are_told_apart },
		{ "overlaps", overlaps },
		{ "impossible fragments", impossible_fragments },
		{ "ends that disagree", ends_that_disagree },
		{ "tiny first fragments", tiny_first_fragments },
		{ "at most so many datagrams", at_most_so_many_datagrams },
		{ "at most so many fragments", at_most_so_many_fragments },
		{ "time runs out", time_runs_out },
	};

	return RUN_SUITE("vfr", tests);
}
