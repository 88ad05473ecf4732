/* SPDX-License-Identifier: BSD-3-Clause */
#include "l3/mss.h"

#include <stdlib.h>
#include <string.h>

#include "packets.h"
#include "suite.h"

/* A SYN with these option bytes, padded to words. */
static struct packet syn(const uint8_t *options, unsigned n, uint8_t flags)
{
	struct flow f = { "192.168.20.10", "198.51.100.7", 5000, 80, IPPROTO_TCP,
		.tcp_flags = flags, .payload = (n + 3) / 4 * 4 };
	struct packet p = make(&f);

	memset(p.b + 40, 0, f.payload);
	memcpy(p.b + 40, options, n);
	p.b[32] = (5 + (n + 3) / 4) << 4;
	fix_checksums(&p);
	return p;
}

/* Clamped in a buffer without a byte too many. */
static bool clamp(struct packet *p, uint16_t mss)
{
	uint8_t *copy = malloc(p->len);
	bool changed;

	memcpy(copy, p->b, p->len);
	changed = mss_clamp(copy, p->len, mss);
	CU_ASSERT_EQUAL(changed, memcmp(copy, p->b, p->len) != 0);
	memcpy(p->b, copy, p->len);
	free(copy);
	return changed;
}

static void lowered_at_any_place(void)
{
	for (unsigned nops = 0; nops < 36; nops++) {
		uint8_t options[40];
		struct packet p, want;

		memset(options, 1, sizeof(options));
		memcpy(options + nops, (uint8_t[]) { 2, 4, 0x05, 0xb4 }, 4);
		p = syn(options, nops + 4, L4_TCP_SYN);
		options[nops + 2] = 0x05;
		options[nops + 3] = 0x86;
		want = syn(options, nops + 4, L4_TCP_SYN);
		CU_ASSERT(clamp(&p, 0x0586));
		CU_ASSERT(same(&p, &want));
		CU_ASSERT(checksums_ok(&p));
	}
}

static void only_lowered(void)
{
	static const uint8_t option[] = { 2, 4, 0x05, 0x00 };

	for (uint32_t mss = 1278; mss < 1283; mss++) {
		struct packet p = syn(option, 4, L4_TCP_SYN | L4_TCP_ACK);

		CU_ASSERT_EQUAL(clamp(&p, mss), mss < 1280);
		CU_ASSERT(checksums_ok(&p));
		CU_ASSERT_EQUAL((p.b[42] << 8 | p.b[43]), (int)(mss < 1280 ? mss : 1280));
	}
}

static void left_alone(void)
{
	static const uint8_t option[] = { 2, 4, 0x05, 0xb4 };
	static const uint8_t others[] = { 1, 3, 3, 7, 4, 2, 8, 10, 2, 4, 5, 180, 0, 0, 0, 0 };
	struct packet p = syn(option, 4, L4_TCP_ACK);
	struct flow f = { "10.0.0.1", "10.0.0.2", 1, 2, .proto = IPPROTO_UDP, .payload = 30 };

	CU_ASSERT_FALSE(clamp(&p, 500));
	p = syn(option, 0, L4_TCP_SYN); /* without options */
	CU_ASSERT_FALSE(clamp(&p, 500));
	p = syn(others, sizeof(others), L4_TCP_SYN); /* what looks like it within a timestamp */
	CU_ASSERT_FALSE(clamp(&p, 500));
	p = make(&f);
	CU_ASSERT_FALSE(clamp(&p, 500));
	p = syn(option, 4, L4_TCP_SYN);
	((struct l4_ip4 *)p.b)->frag = htons(3); /* not the first fragment */
	CU_ASSERT_FALSE(clamp(&p, 500));
	p = syn((uint8_t[]) { 0, 2, 4, 5, 180 }, 5, L4_TCP_SYN); /* after the end of options */
	CU_ASSERT_FALSE(clamp(&p, 500));
}

static void malformed_options(void)
{
	static const uint8_t cases[][6] = { { 2 }, { 2, 0 }, { 2, 1 }, { 2, 3, 5 },
		{ 2, 5, 5, 180, 0 }, { 3, 0, 2, 4 }, { 3, 255, 2, 4, 5, 180 }, { 1, 1, 1, 2 },
		{ 1, 1, 2, 4 }, { 1, 1, 2, 4, 5 } };

	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		for (unsigned n = 1; n <= 6; n++) {
			struct packet p = syn(cases[i], n, L4_TCP_SYN);

			/* cut the padding off: the option runs against the header's end */
			p.len = 40 + n / 4 * 4;
			p.b[32] = (5 + n / 4) << 4;
			((struct l4_ip4 *)p.b)->length = htons(p.len);
			fix_checksums(&p);
			clamp(&p, 500);
			CU_ASSERT(checksums_ok(&p));
		}
	}
}

static void data_offset_that_lies(void)
{
	static const uint8_t option[] = { 2, 4, 0x05, 0xb4 };

	for (unsigned offset = 0; offset < 16; offset++) {
		struct packet p = syn(option, 4, L4_TCP_SYN);

		p.b[32] = offset << 4;
		CU_ASSERT_EQUAL(clamp(&p, 500), offset == 6);
	}
	for (unsigned len = 0; len < 44; len++) {
		struct packet p = syn(option, 4, L4_TCP_SYN);

		p.len = len; /* fewer bytes than the header says */
		CU_ASSERT_FALSE(clamp(&p, 500));
	}
}

int main(void)
{
	static const struct test tests[] = {
		{ "lowered at any place", lowered_at_any_place },
		{ "only lowered", only_lowered },
		{ "left alone", left_alone },
		{ "malformed options", malformed_options },
		{ "data offset that lies", data_offset_that_lies },
	};

	return RUN_SUITE("mss", tests);
}
