/* SPDX-License-Identifier: BSD-3-Clause */
/* Echo replies, and ICMP errors under every rule of RFC 1812 4.3.2. */
#include <string.h>

#include "nodes/icmp.h"
#include "support.h"

#define IN_IF  1
#define OUT_IF 2
#define US     "192.0.2.1"
#define HOST   "192.0.2.77"
#define FAR    "198.51.100.9"

static unsigned began;

static void add_addr(struct itf *itf, const char *addr, uint8_t plen, uint8_t flags)
{
	struct itf_addr *a = &itf->addr[itf->n_addrs++];

	a->addr = ip4(addr);
	a->plen = plen;
	a->flags = flags;
	if (flags & BW_ADDR_F_PRIMARY)
		itf->primary = a->addr;
}

static void begin(void)
{
	struct itf *itf;

	began = packets_in_use();
	drops_clear();
	itf_clear();
	itf = itf_new(IN_IF, BW_IF_PORT, BW_IF_F_UP);
	add_addr(itf, US, 24, BW_ADDR_F_PRIMARY);
	add_addr(itf, "10.1.0.1", 16, 0);
	add_addr(itf, "192.0.2.200", 32, BW_ADDR_F_ALIAS);
	add_addr(itf, "10.9.0.0", 31, 0);
	itf = itf_new(OUT_IF, BW_IF_PORT, BW_IF_F_UP);
	add_addr(itf, "203.0.113.1", 30, BW_ADDR_F_PRIMARY);
	worker.now += 100 * HZ; /* all limiters are rested */
}

static void end(void)
{
	CU_ASSERT_EQUAL(packets_in_use(), began);
}

/* ---- errors ---- */

/* A UDP packet of `total` bytes whose payload counts up. */
static void make_udp(uint8_t *p, unsigned total, const char *src, const char *dst)
{
	put_ip4(p, 20, total, 17, src, dst);
	for (unsigned i = 20; i < total; i++)
		p[i] = i;
}

static struct rte_mbuf *udp(unsigned total, const char *src, const char *dst)
{
	static uint8_t p[2000];
	struct rte_mbuf *m;

	make_udp(p, total, src, dst);
	m = packet(p, total);
	pkt_meta(m)->in_if = IN_IF;
	return m;
}

static rte_edge_t ask(struct rte_mbuf *m, uint8_t type, uint8_t code, uint16_t arg)
{
	struct pkt_meta *meta = pkt_meta(m);

	meta->icmp_type = type;
	meta->icmp_code = code;
	meta->icmp_arg = arg;
	meta->drop = BW_DROP_IP4_NO_ROUTE;
	return icmp_error_about(&worker, m);
}

/* It is refused and the packet is left as it was. Frees m. */
static void expect_none(struct rte_mbuf *m, rte_edge_t edge, enum bw_drop why)
{
	CU_ASSERT_EQUAL(edge, ICMP_ERROR_EDGE_DROP);
	CU_ASSERT_EQUAL(pkt_meta(m)->drop, BW_DROP_IP4_NO_ROUTE);
	CU_ASSERT_EQUAL(worker.counters->drops[why], 1);
	CU_ASSERT_EQUAL(drops_total(), 1);
	drops_clear();
	rte_pktmbuf_free(m);
}

/* The whole error, quoting `quote` bytes of p. Frees m. */
static void expect_error(struct rte_mbuf *m, const uint8_t *p, unsigned quote, const char *src,
	const char *dst, const uint8_t icmp[8])
{
	uint8_t got[1000], want[32];
	unsigned n = packet_bytes(m, got, sizeof(got));

	CU_ASSERT_EQUAL_FATAL(n, 28 + quote);
	CU_ASSERT_EQUAL(m->nb_segs, 1);
	CU_ASSERT_EQUAL(m->data_len, n);
	put_ip4(want, 20, n, 1, src, dst);
	want[1] = 0xc0;
	memcpy(want + 4, got + 4, 2); /* any id */
	want[8] = 255;
	sign_ip4(want);
	CU_ASSERT_EQUAL(memcmp(got, want, 20), 0);
	CU_ASSERT_EQUAL(memcmp(got + 20, icmp, 2), 0);
	CU_ASSERT_EQUAL(memcmp(got + 24, icmp + 4, 4), 0);
	CU_ASSERT_EQUAL(plain_checksum(got + 20, n - 20), 0);
	CU_ASSERT_EQUAL(memcmp(got + 28, p, quote), 0);
	CU_ASSERT_EQUAL(pkt_meta(m)->flags, PKT_F_LOCAL | PKT_F_ICMP_ERROR);
	CU_ASSERT_EQUAL(worker.counters->drops[BW_DROP_IP4_NO_ROUTE], 1);
	CU_ASSERT_EQUAL(drops_total(), 1);
	drops_clear();
	rte_pktmbuf_free(m);
}

static void an_unreachable_quotes_the_packet(void)
{
	static const unsigned sizes[] = { 20, 21, 28, 100, 547, 548, 549, 1500 };
	uint8_t p[1500];

	begin();
	for (unsigned i = 0; i < RTE_DIM(sizes); i++) {
		struct rte_mbuf *m = udp(sizes[i], HOST, FAR);

		make_udp(p, sizes[i], HOST, FAR);
		pkt_meta(m)->vrf = 5;
		worker.now += HZ;
		CU_ASSERT_EQUAL(ask(m, 3, 1, 0), ICMP_ERROR_EDGE_LOOKUP);
		CU_ASSERT_EQUAL(pkt_meta(m)->vrf, 5);
		CU_ASSERT_EQUAL(pkt_meta(m)->in_if, IN_IF);
		expect_error(m, p, RTE_MIN(sizes[i], 548u), US, HOST, (uint8_t[8]) { 3, 1 });
	}
	end();
}

static void frag_needed_tells_the_mtu_and_others_do_not(void)
{
	uint8_t p[1500];
	struct rte_mbuf *m = NULL;

	begin();
	make_udp(p, 1500, HOST, FAR);
	m = udp(1500, HOST, FAR);
	CU_ASSERT_EQUAL(ask(m, 3, 4, 1454), ICMP_ERROR_EDGE_LOOKUP);
	expect_error(m, p, 548, US, HOST, (uint8_t[8]) { 3, 4, 0, 0, 0, 0, 0x05, 0xae });
	m = udp(1500, HOST, FAR);
	CU_ASSERT_EQUAL(ask(m, 3, 1, 1454), ICMP_ERROR_EDGE_LOOKUP);
	expect_error(m, p, 548, US, HOST, (uint8_t[8]) { 3, 1 });
	m = udp(1500, HOST, FAR);
	CU_ASSERT_EQUAL(ask(m, 11, 0, 0), ICMP_ERROR_EDGE_LOOKUP);
	expect_error(m, p, 548, US, HOST, (uint8_t[8]) { 11, 0 });
	m = udp(1500, HOST, FAR);
	CU_ASSERT_EQUAL(ask(m, 12, 0, 22), ICMP_ERROR_EDGE_LOOKUP);
	expect_error(m, p, 548, US, HOST, (uint8_t[8]) { 12, 0, 0, 0, 22 });
	end();
}

/* What is behind the header's length is no part of the packet. */
static void padding_is_not_quoted(void)
{
	uint8_t p[60];
	struct rte_mbuf *m;

	begin();
	make_udp(p, 40, HOST, FAR);
	m = packet(p, 60);
	pkt_meta(m)->in_if = IN_IF;
	CU_ASSERT_EQUAL(ask(m, 11, 0, 0), ICMP_ERROR_EDGE_LOOKUP);
	expect_error(m, p, 40, US, HOST, (uint8_t[8]) { 11, 0 });
	end();
}

static void chains_are_quoted_whole(void)
{
	static const unsigned pieces[] = { 20, 28, 100, 547, 548, 549, 1000 };
	uint8_t p[1500];

	begin();
	make_udp(p, 1500, HOST, FAR);
	for (unsigned i = 0; i < RTE_DIM(pieces); i++) {
		struct rte_mbuf *m = packet_chain(p, 1500, pieces[i]);

		pkt_meta(m)->in_if = IN_IF;
		CU_ASSERT_EQUAL(ask(m, 11, 0, 0), ICMP_ERROR_EDGE_LOOKUP);
		expect_error(m, p, 548, US, HOST, (uint8_t[8]) { 11, 0 });
	}
	end();
}

static void speaks_from_the_senders_subnet(void)
{
	static const char *const cases[][2] = {
		{ HOST, US }, { "10.1.200.3", "10.1.0.1" },
		{ FAR, US },		    /* no subnet of ours: the primary address */
		{ "192.0.2.200", US },	    /* an alias is never a source */
		{ "10.9.0.1", "10.9.0.0" }, /* RFC 3021: a subnet of two hosts */
	};
	uint8_t p[40];

	begin();
	for (unsigned i = 0; i < RTE_DIM(cases); i++) {
		struct rte_mbuf *m = udp(40, cases[i][0], "198.18.0.1");

		make_udp(p, 40, cases[i][0], "198.18.0.1");
		CU_ASSERT_EQUAL(ask(m, 11, 0, 0), ICMP_ERROR_EDGE_LOOKUP);
		expect_error(m, p, 40, cases[i][1], cases[i][0], (uint8_t[8]) { 11, 0 });
	}
	end();
}

static void the_routers_own_packets_are_answered_from_the_way_out(void)
{
	uint8_t p[1400];
	struct rte_mbuf *m;

	begin();
	make_udp(p, 1400, US, FAR);
	m = udp(1400, US, FAR);
	pkt_meta(m)->in_if = 0;
	pkt_meta(m)->out_if = OUT_IF;
	pkt_meta(m)->flags = PKT_F_LOCAL;
	CU_ASSERT_EQUAL(ask(m, 3, 4, 1000), ICMP_ERROR_EDGE_LOOKUP);
	CU_ASSERT_EQUAL(pkt_meta(m)->in_if, 0);
	expect_error(m, p, 548, "203.0.113.1", US, (uint8_t[8]) { 3, 4, 0, 0, 0, 0, 3, 0xe8 });
	/* and with no way out nobody speaks */
	m = udp(1400, US, FAR);
	pkt_meta(m)->in_if = 0;
	expect_none(m, ask(m, 3, 1, 0), BW_DROP_ICMP_FORBIDDEN);
	end();
}

static void nobody_without_an_address_speaks(void)
{
	struct rte_mbuf *m;

	begin();
	dp.itf[IN_IF]->n_addrs = 0;
	dp.itf[IN_IF]->primary = 0;
	m = udp(40, HOST, FAR);
	expect_none(m, ask(m, 11, 0, 0), BW_DROP_ICMP_FORBIDDEN);
	m = udp(40, HOST, FAR);
	pkt_meta(m)->in_if = 77;
	expect_none(m, ask(m, 11, 0, 0), BW_DROP_ICMP_FORBIDDEN);
	m = udp(40, HOST, FAR);
	pkt_meta(m)->in_if = UINT16_MAX;
	expect_none(m, ask(m, 11, 0, 0), BW_DROP_ICMP_FORBIDDEN);
	end();
}

static void not_about_icmp_errors(void)
{
	uint8_t p[64];

	begin();
	for (unsigned type = 0; type < 256; type++) {
		bool query = type == 0 || (type >= 8 && type <= 10) || (type >= 13 && type <= 18) ||
			     type == 42 || type == 43;
		struct rte_mbuf *m;
		rte_edge_t edge;

		put_ip4(p, 20, 64, 1, HOST, FAR);
		memset(p + 20, 0, 44);
		p[20] = type;
		m = packet(p, 64);
		pkt_meta(m)->in_if = IN_IF;
		worker.now += HZ;
		edge = ask(m, 11, 0, 0);
		if (query) {
			CU_ASSERT_EQUAL(edge, ICMP_ERROR_EDGE_LOOKUP);
			expect_error(m, p, 64, US, HOST, (uint8_t[8]) { 11, 0 });
		} else {
			expect_none(m, edge, BW_DROP_ICMP_FORBIDDEN);
		}
	}
	/* the type is behind options, or not there at all */
	put_ip4(p, 24, 64, 1, HOST, FAR);
	memset(p + 20, 1, 4);
	p[24] = 3;
	for (unsigned n = 20; n <= 25; n++) {
		struct rte_mbuf *m = packet(p, n);

		pkt_meta(m)->in_if = IN_IF;
		expect_none(m, ask(m, 11, 0, 0), BW_DROP_ICMP_FORBIDDEN);
	}
	end();
}

static void not_about_later_fragments(void)
{
	uint8_t p[64];
	struct rte_mbuf *m;

	begin();
	make_udp(p, 64, HOST, FAR);
	p[7] = 1;
	m = packet(p, 64);
	pkt_meta(m)->in_if = IN_IF;
	expect_none(m, ask(m, 11, 0, 0), BW_DROP_ICMP_FORBIDDEN);
	m = udp(64, HOST, FAR);
	pkt_meta(m)->flags = PKT_F_FRAGMENT;
	expect_none(m, ask(m, 11, 0, 0), BW_DROP_ICMP_FORBIDDEN);
	/* but about the first one */
	p[6] = 0x20;
	p[7] = 0;
	m = packet(p, 64);
	pkt_meta(m)->in_if = IN_IF;
	CU_ASSERT_EQUAL(ask(m, 11, 0, 0), ICMP_ERROR_EDGE_LOOKUP);
	expect_error(m, p, 64, US, HOST, (uint8_t[8]) { 11, 0 });
	end();
}

static void not_about_broadcasts_and_multicasts(void)
{
	static const char *const groups[] = { "224.0.0.1", "239.255.255.255", "240.0.0.1",
		"255.255.255.255", "192.0.2.255", "192.0.2.0", "10.1.255.255", "10.1.0.0" };
	struct rte_mbuf *m;

	begin();
	for (unsigned i = 0; i < RTE_DIM(groups); i++) {
		m = udp(64, HOST, groups[i]);
		expect_none(m, ask(m, 3, 1, 0), BW_DROP_ICMP_FORBIDDEN);
	}
	m = udp(64, HOST, FAR);
	pkt_meta(m)->flags = PKT_F_L2_BCAST;
	expect_none(m, ask(m, 3, 1, 0), BW_DROP_ICMP_FORBIDDEN);
	end();
}

static void not_to_sources_that_are_no_host(void)
{
	static const char *const bad[] = { "0.0.0.0", "0.1.2.3", "127.0.0.1", "224.0.0.5",
		"240.0.0.1", "255.255.255.255", "192.0.2.255", "192.0.2.0", "10.1.255.255" };

	begin();
	for (unsigned i = 0; i < RTE_DIM(bad); i++) {
		struct rte_mbuf *m = udp(64, bad[i], FAR);

		expect_none(m, ask(m, 3, 1, 0), BW_DROP_ICMP_FORBIDDEN);
	}
	end();
}

static void not_where_flags_forbid(void)
{
	struct rte_mbuf *m;

	begin();
	m = udp(64, HOST, FAR);
	pkt_meta(m)->flags = PKT_F_LOCAL | PKT_F_ICMP_ERROR;
	expect_none(m, ask(m, 11, 0, 0), BW_DROP_ICMP_FORBIDDEN);
	/* no ip unreachables */
	dp.itf[IN_IF]->flags |= BW_IF_F_NO_UNREACH;
	m = udp(64, HOST, FAR);
	expect_none(m, ask(m, 3, 1, 0), BW_DROP_ICMP_FORBIDDEN);
	m = udp(64, HOST, FAR);
	expect_none(m, ask(m, 3, 4, 1400), BW_DROP_ICMP_FORBIDDEN);
	m = udp(64, HOST, FAR);
	CU_ASSERT_EQUAL(ask(m, 11, 0, 0), ICMP_ERROR_EDGE_LOOKUP);
	rte_pktmbuf_free(m);
	end();
}

static void every_truncation_and_header_length(void)
{
	uint8_t p[80];

	begin();
	for (unsigned ihl = 0; ihl < 16; ihl++)
		for (unsigned n = 1; n <= sizeof(p); n++) {
			struct rte_mbuf *m;
			rte_edge_t edge;

			make_udp(p, sizeof(p), HOST, FAR);
			p[0] = 0x40 | ihl;
			m = packet(p, n);
			pkt_meta(m)->in_if = IN_IF;
			worker.now += HZ;
			edge = ask(m, 11, 0, 0);
			if (ihl < 5 || n < 20 || n < ihl * 4)
				expect_none(m, edge, BW_DROP_ICMP_FORBIDDEN);
			else
				expect_error(m, p, n, US, HOST, (uint8_t[8]) { 11, 0 });
		}
	end();
}

static void no_room_for_headers(void)
{
	struct rte_mbuf *m;

	begin();
	m = udp(100, HOST, FAR);
	m->data_off = 26;
	memmove(rte_pktmbuf_mtod(m, void *), rte_pktmbuf_mtod_offset(m, void *, 128 - 26), 100);
	expect_none(m, ask(m, 11, 0, 0), BW_DROP_NO_MBUF);
	end();
}

/* ---- limits ---- */

static bool one(uint8_t type, uint8_t code)
{
	struct rte_mbuf *m = udp(64, HOST, FAR);
	bool sent = ask(m, type, code, 0) == ICMP_ERROR_EDGE_LOOKUP;

	CU_ASSERT_EQUAL(worker.counters->drops[BW_DROP_ICMP_RATE], sent ? 0 : 1);
	drops_clear();
	rte_pktmbuf_free(m);
	return sent;
}

static void unreachables_are_limited(void)
{
	begin();
	CU_ASSERT_TRUE(one(3, 1));
	CU_ASSERT_FALSE(one(3, 1));
	CU_ASSERT_FALSE(one(3, 13));
	CU_ASSERT_TRUE(one(3, 4)); /* has its own */
	CU_ASSERT_FALSE(one(3, 4));
	worker.now += HZ / 2 - 1;
	CU_ASSERT_FALSE(one(3, 0));
	CU_ASSERT_FALSE(one(3, 4));
	worker.now += 1;
	CU_ASSERT_TRUE(one(3, 0));
	CU_ASSERT_TRUE(one(3, 4));
	end();
}

static unsigned time_exceeded(unsigned tries)
{
	unsigned n = 0;

	for (unsigned i = 0; i < tries; i++)
		n += one(11, 0);
	return n;
}

static void time_exceeded_is_limited(void)
{
	unsigned n = 0;

	begin();
	CU_ASSERT_EQUAL(time_exceeded(200), 50);
	worker.now += HZ / 100 - 1;
	CU_ASSERT_EQUAL(time_exceeded(2), 0);
	worker.now += 1;
	CU_ASSERT_EQUAL(time_exceeded(2), 1);
	for (unsigned i = 0; i < 1000; i++) { /* one second, a thousand times as much wanted */
		worker.now += HZ / 1000;
		n += time_exceeded(10);
	}
	CU_ASSERT_EQUAL(n, 100);
	worker.now += 3600 * (uint64_t)HZ;
	CU_ASSERT_EQUAL(time_exceeded(200), 50);
	end();
}

/* One that may not be sent uses up nothing. */
static void a_refused_error_costs_no_token(void)
{
	struct rte_mbuf *m;

	begin();
	m = udp(64, "127.0.0.1", FAR);
	expect_none(m, ask(m, 3, 1, 0), BW_DROP_ICMP_FORBIDDEN);
	CU_ASSERT_TRUE(one(3, 1));
	end();
}

/* ---- echo ---- */

static void make_echo(uint8_t *p, unsigned header, unsigned total)
{
	uint16_t sum;

	put_ip4(p, header, total, 1, HOST, US);
	memset(p + 20, 1, header - 20); /* no-operation options */
	p[1] = 0x28;
	sign_ip4(p);
	for (unsigned i = header; i < total; i++)
		p[i] = i * 7;
	p[header] = 8;
	p[header + 1] = 0;
	p[header + 2] = p[header + 3] = 0;
	sum = plain_checksum(p + header, total - header);
	p[header + 2] = sum >> 8;
	p[header + 3] = sum;
}

static rte_edge_t echo(struct rte_mbuf *m)
{
	pkt_meta(m)->in_if = IN_IF;
	pkt_meta(m)->vrf = 3;
	pkt_meta(m)->adj = BW_ADJ_RECEIVE;
	return icmp_echo_reply(&worker, m);
}

static void expect_reply(
	struct rte_mbuf *m, rte_edge_t edge, const uint8_t *p, unsigned header, unsigned total)
{
	static uint8_t got[2000], want[2000];
	unsigned n = packet_bytes(m, got, sizeof(got));

	CU_ASSERT_EQUAL_FATAL(edge, ICMP_ECHO_EDGE_LOOKUP);
	CU_ASSERT_EQUAL_FATAL(n, total);
	memcpy(want, p, total);
	memcpy(want + 12, p + 16, 4);
	memcpy(want + 16, p + 12, 4);
	want[8] = 255;
	if (p[6] & 0x40) { /* DF goes, so the id is new */
		want[6] &= ~0x40;
		memcpy(want + 4, got + 4, 2);
	}
	sign_ip4(want);
	want[header] = 0;
	memcpy(want + header + 2, got + header + 2, 2);
	CU_ASSERT_EQUAL(memcmp(got, want, total), 0);
	CU_ASSERT_EQUAL(plain_checksum(got + header, total - header), 0);
	CU_ASSERT_EQUAL(pkt_meta(m)->flags, PKT_F_LOCAL);
	CU_ASSERT_EQUAL(pkt_meta(m)->in_if, 0);
	CU_ASSERT_EQUAL(pkt_meta(m)->vrf, 3);
	rte_pktmbuf_free(m);
}

static void echoes_of_all_sizes(void)
{
	static const unsigned headers[] = { 20, 24, 60 };
	uint8_t p[1500];

	begin();
	for (unsigned h = 0; h < RTE_DIM(headers); h++)
		for (unsigned total = headers[h] + 8; total <= sizeof(p); total += 13) {
			struct rte_mbuf *m;

			make_echo(p, headers[h], total);
			if (total % 2 != 0) {
				p[6] = 0x40;
				sign_ip4(p);
			}
			m = packet(p, total);
			expect_reply(m, echo(m), p, headers[h], total);
			m = packet_chain(p, total, 80);
			expect_reply(m, echo(m), p, headers[h], total);
		}
	end();
}

static void every_ttl_and_checksum(void)
{
	uint8_t p[64];

	begin();
	for (unsigned i = 0; i < 65536; i += 17) {
		struct rte_mbuf *m;

		make_echo(p, 20, 64);
		p[4] = i >> 8;
		p[5] = i;
		p[8] = i;
		p[6] = i & 1 ? 0x40 : 0;
		sign_ip4(p);
		m = packet(p, 64);
		expect_reply(m, echo(m), p, 20, 64);
	}
	end();
}

static void expect_echo_drop(struct rte_mbuf *m, rte_edge_t edge, enum bw_drop why)
{
	CU_ASSERT_EQUAL(edge, ICMP_ECHO_EDGE_DROP);
	CU_ASSERT_EQUAL(pkt_meta(m)->drop, why);
	rte_pktmbuf_free(m);
}

static void damaged_echoes_are_dropped(void)
{
	uint8_t p[100];
	struct rte_mbuf *m;

	begin();
	for (unsigned i = 20; i < 100; i++) { /* each byte of the message */
		make_echo(p, 20, 100);
		p[i] ^= 0x10;
		m = packet(p, 100);
		expect_echo_drop(m, echo(m), BW_DROP_ICMP_BAD);
	}
	for (unsigned n = 20; n < 100; n++) { /* shorter than the header says */
		make_echo(p, 20, 100);
		m = packet(p, n);
		expect_echo_drop(m, echo(m), BW_DROP_ICMP_BAD);
	}
	for (unsigned n = 20; n < 28; n++) { /* no whole ICMP header */
		put_ip4(p, 20, n, 1, HOST, US);
		memset(p + 20, 0, 8);
		p[20] = 8;
		p[22] = 0xf7;
		p[23] = 0xff;
		m = packet(p, n);
		expect_echo_drop(m, echo(m), BW_DROP_ICMP_BAD);
	}
	make_echo(p, 20, 100);
	p[20] = 13; /* with a right checksum, but no echo request */
	p[22] -= 5;
	m = packet(p, 100);
	expect_echo_drop(m, echo(m), BW_DROP_ICMP_BAD);
	end();
}

static void echoes_to_groups_are_not_answered(void)
{
	uint8_t p[100];
	struct rte_mbuf *m;
	bw_ip4 group = ip4("224.0.0.1");

	begin();
	make_echo(p, 20, 100);
	m = packet(p, 100);
	pkt_meta(m)->flags = PKT_F_L2_BCAST;
	expect_echo_drop(m, echo(m), BW_DROP_ICMP_FORBIDDEN);
	m = packet(p, 100);
	pkt_meta(m)->adj = BW_ADJ_BROADCAST;
	expect_echo_drop(m, icmp_echo_reply(&worker, m), BW_DROP_ICMP_FORBIDDEN);
	memcpy(p + 16, &group, 4);
	m = packet(p, 100);
	expect_echo_drop(m, echo(m), BW_DROP_ICMP_FORBIDDEN);
	memset(p + 16, 255, 4);
	m = packet(p, 100);
	expect_echo_drop(m, echo(m), BW_DROP_ICMP_FORBIDDEN);
	end();
}

static void fragments_go_to_the_host_stack(void)
{
	static const uint8_t fields[][2] = { { 0x20, 0 }, { 0x20, 9 }, { 0, 9 }, { 0x1f, 0xff } };
	uint8_t p[100];

	begin();
	for (unsigned i = 0; i < RTE_DIM(fields); i++) {
		struct rte_mbuf *m;

		make_echo(p, 20, 100);
		memcpy(p + 6, fields[i], 2);
		m = packet(p, 100);
		CU_ASSERT_EQUAL(echo(m), ICMP_ECHO_EDGE_PUNT);
		CU_ASSERT_EQUAL(pkt_meta(m)->punt, PUNT_HOST);
		rte_pktmbuf_free(m);
	}
	end();
}

int main(void)
{
	CU_pSuite s;

	support_start();
	s = CU_add_suite("icmp error", NULL, NULL);
	CU_ADD_TEST(s, an_unreachable_quotes_the_packet);
	CU_ADD_TEST(s, frag_needed_tells_the_mtu_and_others_do_not);
	CU_ADD_TEST(s, padding_is_not_quoted);
	CU_ADD_TEST(s, chains_are_quoted_whole);
	CU_ADD_TEST(s, speaks_from_the_senders_subnet);
	CU_ADD_TEST(s, the_routers_own_packets_are_answered_from_the_way_out);
	CU_ADD_TEST(s, nobody_without_an_address_speaks);
	CU_ADD_TEST(s, not_about_icmp_errors);
	CU_ADD_TEST(s, not_about_later_fragments);
	CU_ADD_TEST(s, not_about_broadcasts_and_multicasts);
	CU_ADD_TEST(s, not_to_sources_that_are_no_host);
	CU_ADD_TEST(s, not_where_flags_forbid);
	CU_ADD_TEST(s, every_truncation_and_header_length);
	CU_ADD_TEST(s, no_room_for_headers);
	CU_ADD_TEST(s, unreachables_are_limited);
	CU_ADD_TEST(s, time_exceeded_is_limited);
	CU_ADD_TEST(s, a_refused_error_costs_no_token);
	s = CU_add_suite("icmp echo", NULL, NULL);
	CU_ADD_TEST(s, echoes_of_all_sizes);
	CU_ADD_TEST(s, every_ttl_and_checksum);
	CU_ADD_TEST(s, damaged_echoes_are_dropped);
	CU_ADD_TEST(s, echoes_to_groups_are_not_answered);
	CU_ADD_TEST(s, fragments_go_to_the_host_stack);
	return support_run();
}
