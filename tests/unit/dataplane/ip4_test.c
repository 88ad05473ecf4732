/* SPDX-License-Identifier: BSD-3-Clause */
/* The IPv4 nodes in a worker's whole graph: frames in, frames, drops and ICMP errors out. */
#include <CUnit/Basic.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

#include "l3/neigh.h"
#include "objects/itf_set.h"
#include "objects/objects.h"
#include "support.h"
#include "tables/l2map.h"

#define IN	 1 /* port 0, 10.0.0.1/24 */
#define OUT	 2 /* port 1, 10.1.0.1/24 */
#define NEXT_HOP 100
#define ETH	 14
#define IP	 20

static const uint8_t router_mac[6] = { 2, 0xb7, 0, 0, 0, 1 };
static const uint8_t out_mac[6] = { 2, 0xb7, 0, 0, 0, 2 };

static struct t_frame f; /* the frame that a test sends */

static void begin(void)
{
	struct bw_if in = t_if(IN, BW_IF_PORT, 0, 0), out = t_if(OUT, BW_IF_PORT, 1, 0);

	memcpy(in.mac, router_mac, 6);
	memcpy(out.mac, out_mac, 6);
	CU_ASSERT_EQUAL_FATAL(t_reset(), 0);
	t_if_set(&in);
	t_if_set(&out);
	t_connect(IN, "10.0.0.1", 24);
	t_connect(OUT, "10.1.0.1", 24);
	t_adj_neighbour(NEXT_HOP, OUT, "10.1.0.2");
	t_route(0, "20.0.0.0", 8, NEXT_HOP);
	t_learn(OUT, "10.1.0.2", t_peer);
	t_learn(IN, "10.0.0.5", t_peer);
	t_settle();
	t_forget_frames();
	t_clear_drops();
}

static void end(void)
{
	CU_ASSERT_TRUE(t_users_are_right());
	CU_ASSERT_EQUAL(t_reset(), 0);
}

/* A UDP packet of `total` bytes from 10.0.0.5; the whole frame's length in f.len. */
static uint8_t *build(const char *dst, unsigned total)
{
	unsigned at = t_put_eth(f.b, router_mac, -1, 0x0800);

	for (unsigned i = 0; i < total; i++)
		f.b[at + i] = i;
	t_put_ip4(f.b + at, IP, total, IPPROTO_UDP, "10.0.0.5", dst);
	memcpy(f.b + at + IP, "\x04\xd2\x00\x35", 4);
	f.len = at + total;
	return f.b + at;
}

static void expect_drop(enum bw_drop reason)
{
	t_clear_drops();
	t_forget_frames();
	t_send(0, f.b, f.len);
	CU_ASSERT_EQUAL(t_drops(reason), 1);
	CU_ASSERT_EQUAL(t_all_drops(), 1);
	CU_ASSERT_EQUAL(t_frames, 0);
	CU_ASSERT_EQUAL(t_in_use(), 0);
}

static void expect_forwarded(void)
{
	t_clear_drops();
	t_forget_frames();
	t_send(0, f.b, f.len);
	CU_ASSERT_EQUAL(t_all_drops(), 0);
	CU_ASSERT_EQUAL_FATAL(t_frames, 1);
	CU_ASSERT_EQUAL(t_frame[0].port, 1);
	CU_ASSERT_EQUAL(t_in_use(), 0);
}

/* ---- forwarding ---- */

static void forwards(void)
{
	uint8_t *ip;
	struct bw_if_counters *in = &t_dp->region.counters[0].itf[IN];
	struct bw_if_counters *out = &t_dp->region.counters[0].itf[OUT];

	begin();
	ip = build("20.1.2.3", 100);
	expect_forwarded();
	CU_ASSERT_EQUAL(t_frame[0].len, 114);
	CU_ASSERT_EQUAL(memcmp(t_frame[0].b, t_peer, 6), 0);
	CU_ASSERT_EQUAL(memcmp(t_frame[0].b + 6, out_mac, 6), 0);
	CU_ASSERT_EQUAL(t_frame[0].b[12] << 8 | t_frame[0].b[13], 0x0800);
	CU_ASSERT_EQUAL(t_frame[0].b[ETH + 8], 63);
	CU_ASSERT_EQUAL(t_checksum(t_frame[0].b + ETH, IP), 0);
	CU_ASSERT_EQUAL(memcmp(t_frame[0].b + ETH + 12, ip + 12, 88), 0);
	CU_ASSERT_EQUAL(in->rx_packets, 1);
	CU_ASSERT_EQUAL(in->rx_bytes, 100);
	CU_ASSERT_EQUAL(out->tx_packets, 1);
	CU_ASSERT_EQUAL(out->tx_bytes, 100);
	end();
}

/* The vector a worker walks holds everything mixed: all of it goes the right way. */
static void mixed_vector(void)
{
	begin();
	build("10.0.0.5", 60);
	t_send(0, f.b, f.len); /* a host of whom nothing was wanted has its route from now on */
	t_forget_frames();
	for (unsigned i = 0; i < 300; i++) {
		uint8_t *ip = build(i % 3 ? "20.1.2.3" : "10.0.0.5", 60);

		ip[4] = i >> 8;
		ip[5] = i;
		if (i % 5 == 0)
			ip[8] = 0; /* and a checksum that is wrong */
		else
			t_sign_ip4(ip);
		t_receive(0, 0, f.b, f.len);
	}
	t_settle();
	CU_ASSERT_EQUAL(t_drops(BW_DROP_IP4_CHECKSUM), 60);
	CU_ASSERT_EQUAL(t_all_drops(), 60);
	CU_ASSERT_EQUAL(t_frames, 240);
	for (unsigned k = 0, next[2] = { 0 }; k < t_frames; k++) {
		unsigned id = t_frame[k].b[ETH + 4] << 8 | t_frame[k].b[ETH + 5];

		CU_ASSERT_EQUAL(t_frame[k].port, id % 3 ? 1 : 0);
		CU_ASSERT_TRUE(id >= next[id % 3 != 0]); /* a flow stays in order */
		next[id % 3 != 0] = id;
	}
	end();
}

static void every_checksum_after_ttl(void)
{
	unsigned wrong = 0;

	begin();
	for (unsigned want = 0; want < 65536;) {
		for (unsigned burst = 0; burst < 256; burst++, want++) {
			uint8_t *ip = build("20.1.2.3", 28);
			uint16_t sum, id;

			/* choose the id so that the checksum is `want` */
			ip[4] = ip[5] = ip[10] = ip[11] = 0;
			sum = ~t_checksum(ip, IP);
			id = ~want;
			id = id >= sum ? id - sum : id - sum - 1;
			ip[4] = id >> 8;
			ip[5] = id;
			ip[10] = want >> 8;
			ip[11] = want;
			t_require(t_checksum(ip, IP) == 0);
			t_receive(0, 0, f.b, f.len);
		}
		t_settle();
		t_require(t_frames == 256);
		for (unsigned i = 0; i < t_frames; i++) {
			uint8_t *ip = t_frame[i].b + ETH, got[2] = { ip[10], ip[11] };

			t_sign_ip4(ip); /* as if made anew: 0xffff for 0 is what some refuse */
			wrong += memcmp(got, ip + 10, 2) != 0;
		}
		t_forget_frames();
	}
	CU_ASSERT_EQUAL(wrong, 0);
	end();
}

/* ---- header checks ---- */

static void bad_headers(void)
{
	uint8_t *ip;

	begin();
	for (unsigned version = 0; version < 16; version++) {
		ip = build("20.1.2.3", 60);
		ip[0] = version << 4 | 5;
		t_sign_ip4(ip);
		if (version != 4)
			expect_drop(BW_DROP_IP4_VERSION);
	}
	for (unsigned ihl = 0; ihl < 5; ihl++) {
		ip = build("20.1.2.3", 60);
		ip[0] = 0x40 | ihl;
		expect_drop(BW_DROP_IP4_IHL);
	}
	for (unsigned bit = 0; bit < IP * 8; bit++) { /* every bit matters to the checksum */
		ip = build("20.1.2.3", 60);
		ip[bit / 8] ^= 1 << bit % 8;
		t_clear_drops();
		t_send(0, f.b, f.len);
		CU_ASSERT_EQUAL(t_all_drops(), 1);
		CU_ASSERT_EQUAL(t_frames, 0);
	}
	for (unsigned total = 0; total < 1500; total++) {
		ip = build("20.1.2.3", 60);
		ip[2] = total >> 8;
		ip[3] = total;
		t_sign_ip4(ip);
		if (total < 20 || total > 60)
			expect_drop(BW_DROP_IP4_LENGTH);
		else
			expect_forwarded();
	}
	end();
}

static void every_truncation(void)
{
	begin();
	build("20.1.2.3", 60);
	for (unsigned len = 1; len < ETH + 60; len++) {
		f.len = len;
		expect_drop(len < ETH	     ? BW_DROP_L2_SHORT
			    : len < ETH + IP ? BW_DROP_IP4_SHORT
					     : BW_DROP_IP4_LENGTH);
	}
	f.len = ETH + 60;
	expect_forwarded();
	/* a header with options that ends early */
	build("20.1.2.3", 60);
	t_put_ip4(f.b + ETH, 60, 60, IPPROTO_UDP, "10.0.0.5", "20.1.2.3");
	for (unsigned len = ETH + IP; len < ETH + 60; len++) {
		f.len = len;
		expect_drop(BW_DROP_IP4_SHORT);
	}
	f.len = ETH + 60;
	expect_forwarded();
	end();
}

static void put_options(const uint8_t *option, unsigned n, unsigned header)
{
	build("20.1.2.3", 100);
	t_put_ip4(f.b + ETH, header, 100, IPPROTO_UDP, "10.0.0.5", "20.1.2.3");
	memcpy(f.b + ETH + IP, option, n);
	t_sign_ip4(f.b + ETH);
}

static void options(void)
{
	static const struct {
		uint8_t bytes[8];
		enum bw_drop reason;
	} cases[] = {
		{ { 1, 1, 1, 0 }, BW_DROP_NONE },
		{ { 0, 131, 7, 4 }, BW_DROP_NONE },	      /* behind the end of options */
		{ { 148, 4, 0, 0 }, BW_DROP_NONE },	      /* router alert */
		{ { 7, 7, 4, 0, 0, 0, 0, 0 }, BW_DROP_NONE }, /* record route */
		{ { 131, 7, 4, 1, 2, 3, 4, 0 }, BW_DROP_IP4_SOURCE_ROUTE },
		{ { 137, 7, 4, 1, 2, 3, 4, 0 }, BW_DROP_IP4_SOURCE_ROUTE },
		{ { 1, 137, 3, 4 }, BW_DROP_IP4_SOURCE_ROUTE },
		{ { 148, 0, 0, 0 }, BW_DROP_IP4_IHL },
		{ { 148, 1, 0, 0 }, BW_DROP_IP4_IHL },
		{ { 148, 9, 0, 0 }, BW_DROP_IP4_IHL },
		{ { 1, 1, 1, 1, 1, 1, 1, 148 }, BW_DROP_IP4_IHL },
	};

	begin();
	for (unsigned i = 0; i < RTE_DIM(cases); i++) {
		put_options(cases[i].bytes, 8, 28);
		if (cases[i].reason == BW_DROP_NONE) {
			expect_forwarded();
			CU_ASSERT_EQUAL(t_checksum(t_frame[0].b + ETH, 28), 0);
		} else {
			expect_drop(cases[i].reason);
		}
	}
	for (unsigned i = 0; i < 20000; i++) { /* whatever they are, nothing is read beyond */
		uint8_t o[40];

		for (unsigned k = 0; k < sizeof(o); k++)
			o[k] = t_random();
		put_options(o, sizeof(o), 60);
		f.len = ETH + 60 + t_random() % 41;
		t_send(0, f.b, f.len);
		t_forget_frames();
	}
	CU_ASSERT_EQUAL(t_in_use(), 0);
	end();
}

static void martians(void)
{
	static const struct {
		const char *src, *dst;
		enum bw_drop reason;
	} cases[] = {
		{ "0.0.0.0", "20.1.2.3", BW_DROP_IP4_SOURCE },
		{ "0.255.1.1", "20.1.2.3", BW_DROP_IP4_SOURCE },
		{ "127.0.0.1", "20.1.2.3", BW_DROP_IP4_SOURCE },
		{ "224.0.0.1", "20.1.2.3", BW_DROP_IP4_SOURCE },
		{ "240.0.0.1", "20.1.2.3", BW_DROP_IP4_SOURCE },
		{ "255.255.255.255", "20.1.2.3", BW_DROP_IP4_SOURCE },
		{ "10.0.0.5", "0.1.2.3", BW_DROP_IP4_DEST },
		{ "10.0.0.5", "127.0.0.1", BW_DROP_IP4_DEST },
		{ "10.0.0.5", "240.0.0.1", BW_DROP_IP4_DEST },
		{ "10.0.0.5", "255.255.255.254", BW_DROP_IP4_DEST },
		{ "10.0.0.5", "224.0.0.5", BW_DROP_IP4_MULTICAST },
		{ "10.0.0.5", "239.255.255.255", BW_DROP_IP4_MULTICAST },
	};

	begin();
	for (unsigned i = 0; i < RTE_DIM(cases); i++) {
		build("20.1.2.3", 60);
		t_put_ip4(f.b + ETH, IP, 60, IPPROTO_UDP, cases[i].src, cases[i].dst);
		expect_drop(cases[i].reason);
	}
	end();
}

/* ---- segments and padding ---- */

static void padding_is_trimmed(void)
{
	static const uint16_t two[] = { 60 }, four[] = { 50, 4, 3 };

	begin();
	build("20.1.2.3", 30);
	f.len = 60;
	expect_forwarded();
	CU_ASSERT_EQUAL(t_frame[0].len, 44);
	/* padding that is a segment of its own, or several */
	build("20.1.2.3", 40);
	f.len = 70;
	t_receive_chain(0, f.b, f.len, two, 1);
	t_receive_chain(0, f.b, f.len, four, 3);
	t_forget_frames();
	t_settle();
	CU_ASSERT_EQUAL(t_all_drops(), 0);
	CU_ASSERT_EQUAL_FATAL(t_frames, 2);
	CU_ASSERT_EQUAL(t_frame[0].len, 54);
	CU_ASSERT_EQUAL(t_frame[1].len, 54);
	CU_ASSERT_EQUAL(memcmp(t_frame[0].b + ETH + IP, f.b + ETH + IP, 20), 0);
	CU_ASSERT_EQUAL(memcmp(t_frame[1].b + ETH + IP, f.b + ETH + IP, 20), 0);
	CU_ASSERT_EQUAL(t_in_use(), 0);
	end();
}

static void segments(void)
{
	begin();
	for (unsigned first = ETH + IP; first < 300; first += 7) {
		uint16_t seg[] = { first, 1, 100, 3 };

		build("20.1.2.3", 1000);
		t_receive_chain(0, f.b, f.len, seg, 4);
		t_forget_frames();
		t_settle();
		CU_ASSERT_EQUAL_FATAL(t_frames, 1);
		CU_ASSERT_EQUAL(t_frame[0].len, f.len);
		CU_ASSERT_EQUAL(t_checksum(t_frame[0].b + ETH, IP), 0);
		CU_ASSERT_EQUAL(memcmp(t_frame[0].b + ETH + 12, f.b + ETH + 12, 988), 0);
	}
	for (unsigned first = 1; first < ETH + IP; first++) { /* drivers do not; no harm either */
		uint16_t seg[] = { first };

		t_receive_chain(0, f.b, f.len, seg, 1);
		t_settle();
	}
	CU_ASSERT_EQUAL(t_in_use(), 0);
	end();
}

/* ---- not forwarded ---- */

/* The one frame that came back is this ICMP error, quoting what was sent. */
static void expect_error(uint8_t type, uint8_t code, uint16_t mtu, enum bw_drop reason)
{
	const uint8_t *ip = t_frame[0].b + ETH, *icmp = ip + IP;
	unsigned len;

	t_clear_drops();
	t_forget_frames();
	t_send(0, f.b, f.len);
	CU_ASSERT_EQUAL_FATAL(t_frames, 1);
	CU_ASSERT_EQUAL(t_frame[0].port, 0);
	CU_ASSERT_EQUAL(t_drops(reason), 1);
	CU_ASSERT_EQUAL(t_all_drops(), 1);
	len = ip[2] << 8 | ip[3];
	CU_ASSERT_EQUAL(len + ETH, t_frame[0].len);
	CU_ASSERT_EQUAL(t_checksum(ip, IP), 0);
	CU_ASSERT_EQUAL(t_checksum(icmp, len - IP), 0);
	CU_ASSERT_EQUAL(memcmp(ip + 12, "\x0a\0\0\1\x0a\0\0\5", 8), 0);
	CU_ASSERT_EQUAL(icmp[0], type);
	CU_ASSERT_EQUAL(icmp[1], code);
	CU_ASSERT_EQUAL(icmp[6] << 8 | icmp[7], mtu);
	/* it is quoted as it came: TTL and checksum too */
	CU_ASSERT_EQUAL(memcmp(icmp + 8, f.b + ETH, RTE_MIN(len - IP - 8, 28u)), 0);
	t_dp->worker[0]->icmp_unreach_next = t_dp->worker[0]->icmp_frag_next = 0;
}

static void errors(void)
{
	uint8_t *ip;

	begin();
	t_route(0, "30.0.0.0", 8, BW_ADJ_NULL0);
	t_route(0, "31.0.0.0", 8, BW_ADJ_DROP);
	for (unsigned ttl = 0; ttl < 2; ttl++) {
		ip = build("20.1.2.3", 60);
		ip[8] = ttl;
		t_sign_ip4(ip);
		expect_error(11, 0, 0, BW_DROP_IP4_TTL);
	}
	ip = build("20.1.2.3", 60);
	ip[8] = 2;
	t_sign_ip4(ip);
	expect_forwarded();
	CU_ASSERT_EQUAL(t_frame[0].b[ETH + 8], 1);
	build("40.1.2.3", 60);
	expect_error(3, 1, 0, BW_DROP_IP4_NO_ROUTE);
	build("30.1.2.3", 60);
	expect_error(3, 1, 0, BW_DROP_IP4_NULL0);
	build("31.1.2.3", 60);
	expect_drop(BW_DROP_ADJ_DROP);
	end();
}

static void too_big(void)
{
	struct bw_if out = t_if(OUT, BW_IF_PORT, 1, 0);
	uint8_t *ip, whole[1500];
	unsigned end_at = 0;

	begin();
	memcpy(out.mac, out_mac, 6);
	out.ip_mtu = 1000;
	t_if_set(&out);
	ip = build("20.1.2.3", 1000);
	ip[6] = 0x40;
	t_sign_ip4(ip);
	expect_forwarded();
	ip = build("20.1.2.3", 1001);
	ip[6] = 0x40;
	t_sign_ip4(ip);
	expect_error(3, 4, 1000, BW_DROP_IP4_DF);

	ip = build("20.1.2.3", 1500); /* without DF: cut, and whole again */
	t_forget_frames();
	t_clear_drops();
	t_send(0, f.b, f.len);
	CU_ASSERT_EQUAL(t_all_drops(), 0);
	CU_ASSERT_EQUAL(t_frames, 2);
	for (unsigned i = 0; i < t_frames; i++) {
		const uint8_t *p = t_frame[i].b + ETH;
		unsigned len = p[2] << 8 | p[3], at = ((p[6] & 0x1f) << 8 | p[7]) * 8;

		CU_ASSERT_EQUAL(t_frame[i].port, 1);
		CU_ASSERT_EQUAL(t_checksum(p, IP), 0);
		CU_ASSERT_TRUE(len <= 1000 && t_frame[i].len == len + ETH);
		CU_ASSERT_EQUAL(p[8], 63);
		CU_ASSERT_EQUAL(!!(p[6] & 0x20), i + 1 < t_frames);
		CU_ASSERT_EQUAL(memcmp(p + 4, ip + 4, 2), 0);
		CU_ASSERT_FATAL(at + len - IP <= sizeof(whole));
		memcpy(whole + at, p + IP, len - IP);
		end_at = RTE_MAX(end_at, at + len - IP);
	}
	CU_ASSERT_EQUAL(end_at, 1480);
	CU_ASSERT_EQUAL(memcmp(whole, ip + IP, 1480), 0);
	CU_ASSERT_EQUAL(t_in_use(), 0);
	end();
}

static void interface_down(void)
{
	struct bw_if out = t_if(OUT, BW_IF_PORT, 1, 0), in = t_if(IN, BW_IF_PORT, 0, 0);

	begin();
	memcpy(out.mac, out_mac, 6);
	memcpy(in.mac, router_mac, 6);
	out.flags = 0;
	t_if_set(&out);
	build("20.1.2.3", 60);
	expect_drop(BW_DROP_IF_DOWN);
	out.flags = BW_IF_F_UP;
	t_if_set(&out);
	t_learn(OUT, "10.1.0.2", t_peer); /* known no more: it went with the line */
	t_settle();			  /* the announcement */
	expect_forwarded();
	in.flags = 0;
	t_if_set(&in);
	expect_drop(BW_DROP_IF_DOWN);
	itf_del(t_dp, IN);
	CU_ASSERT_EQUAL(l2map_rebuild(t_dp), 0);
	expect_drop(BW_DROP_IF_DOWN);
	itf_del(t_dp, OUT); /* its adjacency is still there */
	in.flags = BW_IF_F_UP;
	t_if_set(&in);
	expect_drop(BW_DROP_NO_IP);
	t_addr(IN, "10.0.0.1", 24, BW_ADDR_F_PRIMARY);
	t_settle();
	expect_drop(BW_DROP_IF_DOWN);
	end();
}

/* ---- the router itself ---- */

static uint8_t *build_echo(const char *dst, unsigned data)
{
	uint8_t *ip = build(dst, IP + 8 + data), *icmp = ip + IP;
	uint16_t sum;

	t_put_ip4(ip, IP, IP + 8 + data, IPPROTO_ICMP, "10.0.0.5", dst);
	memcpy(icmp, "\x08\0\0\0\x12\x34\0\1", 8);
	sum = t_checksum(icmp, 8 + data);
	icmp[2] = sum >> 8;
	icmp[3] = sum;
	return ip;
}

static void echo(void)
{
	const uint8_t *ip;

	begin();
	for (unsigned to = 0; to < 2; to++) { /* any of its addresses, also a far one */
		build_echo(to ? "10.1.0.1" : "10.0.0.1", 56);
		t_forget_frames();
		t_send(0, f.b, f.len);
		CU_ASSERT_EQUAL_FATAL(t_frames, 1);
		ip = t_frame[0].b + ETH;
		CU_ASSERT_EQUAL(t_frame[0].port, 0);
		CU_ASSERT_EQUAL(t_frame[0].len, f.len);
		CU_ASSERT_EQUAL(memcmp(ip + 12, f.b + ETH + 16, 4), 0);
		CU_ASSERT_EQUAL(memcmp(ip + 16, f.b + ETH + 12, 4), 0);
		CU_ASSERT_EQUAL(t_checksum(ip, IP), 0);
		CU_ASSERT_EQUAL(t_checksum(ip + IP, 64), 0);
		CU_ASSERT_EQUAL(ip[IP], 0);
	}
	build_echo("10.0.0.1", 56);
	f.b[ETH + IP + 20] ^= 1;
	expect_drop(BW_DROP_ICMP_BAD);
	/* TTL does not matter to him who it is for */
	f.b[ETH + IP + 20] ^= 1;
	f.b[ETH + 8] = 1;
	t_sign_ip4(f.b + ETH);
	t_forget_frames();
	t_send(0, f.b, f.len);
	CU_ASSERT_EQUAL(t_frames, 1);
	end();
}

static void host_stack(void)
{
	begin();
	build("10.0.0.1", 60); /* UDP: the host stack's, and there is none */
	expect_drop(BW_DROP_HOST_FULL);
	build("255.255.255.255", 60);
	memset(f.b, 255, 6);
	expect_drop(BW_DROP_HOST_FULL);
	build("10.0.0.255", 60);
	memset(f.b, 255, 6);
	expect_drop(BW_DROP_HOST_FULL);
	build_echo("10.0.0.255", 20); /* broadcast pings are the kernel's to ignore */
	memset(f.b, 255, 6);
	expect_drop(BW_DROP_HOST_FULL);
	end();
}

static void land(void)
{
	static const char *const sources[] = { "10.0.0.1", "10.1.0.1", "10.0.0.255", "10.0.0.0" };

	begin();
	for (unsigned i = 0; i < RTE_DIM(sources); i++) {
		build_echo("10.0.0.1", 20);
		t_put_ip4(f.b + ETH, IP, IP + 28, IPPROTO_ICMP, sources[i], "10.0.0.1");
		expect_drop(BW_DROP_IP4_LAND);
	}
	end();
}

static void broadcasts(void)
{
	begin();
	build("10.1.0.255", 60); /* of another subnet */
	expect_drop(BW_DROP_IP4_BROADCAST);
	build("10.1.0.0", 60);
	expect_drop(BW_DROP_IP4_BROADCAST);
	/* RFC 1812 5.3.4: unicast in a broadcast frame is not forwarded ... */
	build("20.1.2.3", 60);
	memset(f.b, 255, 6);
	expect_drop(BW_DROP_IP4_BROADCAST);
	build("20.1.2.3", 60);
	f.b[0] |= 1; /* multicast */
	expect_drop(BW_DROP_IP4_BROADCAST);
	/* ... nor taken (RFC 1122 3.3.6), nor answered by an error */
	build_echo("10.0.0.1", 20);
	memset(f.b, 255, 6);
	expect_drop(BW_DROP_IP4_BROADCAST);
	build("40.1.2.3", 60);
	memset(f.b, 255, 6);
	t_clear_drops();
	t_send(0, f.b, f.len);
	CU_ASSERT_EQUAL(t_frames, 0);
	CU_ASSERT_EQUAL(t_drops(BW_DROP_IP4_NO_ROUTE), 1);
	CU_ASSERT_EQUAL(t_drops(BW_DROP_ICMP_FORBIDDEN), 1);
	end();
}

/* ---- layer 2 ---- */

static void not_for_us(void)
{
	begin();
	build("20.1.2.3", 60);
	f.b[5] ^= 4;
	expect_drop(BW_DROP_L2_NOT_FOR_US);
	build("20.1.2.3", 60);
	f.b[12] = 0x86;
	f.b[13] = 0xdd;
	expect_drop(BW_DROP_L2_UNKNOWN_TYPE);
	build("20.1.2.3", 60);
	f.b[12] = 0x81;
	f.b[13] = 0;
	f.b[14] = 0;
	f.b[15] = 10;
	expect_drop(BW_DROP_L2_VLAN);
	for (unsigned len = ETH; len < ETH + 4; len++) {
		f.len = len;
		expect_drop(BW_DROP_L2_SHORT);
	}
	end();
}

/* The frame of build() with a tag put in. */
static void tag(uint16_t tci)
{
	memmove(f.b + 16, f.b + 12, f.len - 12);
	f.b[12] = 0x81;
	f.b[13] = 0;
	f.b[14] = tci >> 8;
	f.b[15] = tci;
	f.len += 4;
}

static void subinterfaces(void)
{
	struct bw_if ten = t_if(10, BW_IF_SUBIF, 0, 10), native = t_if(11, BW_IF_SUBIF, 0, 99);
	struct bw_if out = t_if(12, BW_IF_SUBIF, 1, 300);

	begin();
	memcpy(ten.mac, router_mac, 6);
	memcpy(native.mac, router_mac, 6);
	memcpy(out.mac, out_mac, 6);
	native.flags |= BW_IF_F_NATIVE;
	t_if_set(&ten);
	t_if_set(&out);
	t_connect(10, "10.10.0.1", 24);
	t_connect(12, "10.12.0.1", 24);
	t_learn(12, "10.12.0.2", t_peer);
	t_learn(10, "10.10.0.2", t_peer);
	t_settle();

	build("10.12.0.2", 60); /* popped on the way in, pushed on the way out */
	tag(0xa000 | 10);
	expect_forwarded();
	CU_ASSERT_EQUAL(t_frame[0].len, 18 + 60);
	CU_ASSERT_EQUAL(memcmp(t_frame[0].b + 12, "\x81\0\x01\x2c\x08\0", 6), 0);
	CU_ASSERT_EQUAL(t_checksum(t_frame[0].b + 18, IP), 0);
	CU_ASSERT_EQUAL(t_dp->region.counters[0].itf[10].rx_packets, 1);
	build("20.1.2.3", 60); /* in tagged, out untagged */
	tag(10);
	expect_forwarded();
	CU_ASSERT_EQUAL(t_frame[0].len, 14 + 60);
	build("20.1.2.3", 60); /* a priority tag is the untagged interface's */
	tag(0xe000);
	expect_forwarded();
	CU_ASSERT_EQUAL(t_dp->region.counters[0].itf[IN].rx_packets, 1);
	build("20.1.2.3", 60);
	tag(0xfff);
	expect_drop(BW_DROP_L2_VLAN);
	build("20.1.2.3", 60); /* two tags */
	tag(5);
	tag(10);
	expect_drop(BW_DROP_L2_UNKNOWN_TYPE);
	build("10.10.0.2", 60); /* back out of the port it came in on, tagged */
	t_forget_frames();
	t_send(0, f.b, f.len);
	CU_ASSERT_EQUAL_FATAL(t_frames, 1);
	CU_ASSERT_EQUAL(t_frame[0].port, 0);
	CU_ASSERT_EQUAL(memcmp(t_frame[0].b + 12, "\x81\0\0\x0a\x08\0", 6), 0);

	t_if_set(&native); /* takes the untagged frames from the port's own interface */
	t_connect(11, "10.11.0.1", 24);
	t_learn(11, "10.11.0.2", t_peer);
	t_settle();
	build("20.1.2.3", 60);
	expect_forwarded();
	CU_ASSERT_EQUAL(t_dp->region.counters[0].itf[11].rx_packets, 1);
	build("20.1.2.3", 60);
	tag(99);
	expect_forwarded();
	build("10.11.0.2", 60);
	t_forget_frames();
	t_send(0, f.b, f.len);
	CU_ASSERT_EQUAL_FATAL(t_frames, 1);
	CU_ASSERT_EQUAL(t_frame[0].len, 14 + 60);
	end();
}

/* ---- ECMP ---- */

static void ecmp(void)
{
	static const uint32_t paths[] = { NEXT_HOP, 101, 102 };
	unsigned count[3] = { 0 };

	begin();
	t_adj_neighbour(101, OUT, "10.1.0.3");
	t_adj_neighbour(102, OUT, "10.1.0.4");
	t_learn(OUT, "10.1.0.3", (const uint8_t[6]) { 2, 0, 0, 0, 1, 1 });
	t_learn(OUT, "10.1.0.4", (const uint8_t[6]) { 2, 0, 0, 0, 1, 2 });
	t_adj_ecmp(200, 3, paths);
	t_route(0, "50.0.0.0", 8, 200);
	t_settle();
	t_forget_frames();
	for (unsigned round = 0; round < 2; round++) {
		for (unsigned flow = 0; flow < 3000; flow++) {
			uint8_t *ip = build("50.1.2.3", 60);

			ip[IP] = flow >> 8;
			ip[IP + 1] = flow;
			t_receive(0, 0, f.b, f.len);
			if (flow % 250 == 249)
				t_settle();
		}
	}
	CU_ASSERT_EQUAL_FATAL(t_frames, 6000);
	for (unsigned i = 0; i < 3000; i++) {
		const uint8_t *mac = t_frame[i].b;

		/* the same flow takes the same way */
		CU_ASSERT_EQUAL(memcmp(mac, t_frame[i + 3000].b, 6), 0);
		count[memcmp(mac, t_peer, 6) == 0 ? 0 : mac[5]]++;
	}
	for (unsigned i = 0; i < 3; i++)
		CU_ASSERT_TRUE(count[i] > 800 && count[i] < 1200);
	/* fragments of one datagram stay together: without ports, all go by addresses */
	t_forget_frames();
	for (unsigned i = 0; i < 8; i++) {
		uint8_t *ip = build("50.1.2.3", 60);

		ip[6] = i < 7 ? 0x20 : 0;
		ip[7] = i * 5;
		ip[IP] = t_random();
		t_sign_ip4(ip);
		t_receive(0, 0, f.b, f.len);
	}
	t_settle();
	CU_ASSERT_EQUAL_FATAL(t_frames, 8);
	for (unsigned i = 1; i < 8; i++)
		CU_ASSERT_EQUAL(memcmp(t_frame[i].b, t_frame[0].b, 6), 0);
	end();
}

/* ---- VRFs ---- */

static void vrf_that_vanished(void)
{
	struct bw_vrf vrf = { .vrf_id = 7, .name = "red" };
	struct bw_if in = t_if(IN, BW_IF_PORT, 0, 0);

	begin();
	memcpy(in.mac, router_mac, 6);
	in.vrf = 7;
	CU_ASSERT_EQUAL(itf_set(t_dp, &in, t_epoch), BW_E_NO_OBJECT);
	CU_ASSERT_EQUAL(vrf_set(t_dp, &vrf, t_epoch), BW_OK);
	CU_ASSERT_EQUAL(itf_set(t_dp, &in, t_epoch), BW_OK);
	t_settle();
	t_route(7, "20.0.0.0", 8, NEXT_HOP);
	build("20.1.2.3", 60);
	expect_forwarded();
	CU_ASSERT_EQUAL(vrf_del(t_dp, 7), BW_E_IN_USE);
	t_route_del(7, "20.0.0.0", 8);
	CU_ASSERT_EQUAL(vrf_del(t_dp, 7), BW_E_IN_USE);
	build("20.1.2.3", 60); /* nothing of VRF 0 shows through */
	t_clear_drops();
	t_send(0, f.b, f.len);
	/* it, and the error about it: the VRF has no way to its sender either */
	CU_ASSERT_EQUAL(t_drops(BW_DROP_IP4_NO_ROUTE), 2);
	/* a packet on its way while interface and VRF go */
	t_receive(0, 0, f.b, f.len);
	in.vrf = 0;
	CU_ASSERT_EQUAL(itf_set(t_dp, &in, t_epoch), BW_OK);
	CU_ASSERT_EQUAL(vrf_del(t_dp, 7), BW_OK);
	CU_ASSERT_EQUAL(fib_lookup(dp_fib(t_dp, 7), ntohl(t_ip("20.1.2.3"))), BW_ADJ_NO_ROUTE);
	t_settle();
	end();
}

/* The same id again at once: the old table's end must not take the new one's routes along. */
static void vrf_id_reused(void)
{
	struct bw_vrf vrf = { .vrf_id = 7, .name = "red" };

	begin();
	for (unsigned round = 0; round < 3; round++) {
		CU_ASSERT_EQUAL(vrf_set(t_dp, &vrf, t_epoch), BW_OK);
		CU_ASSERT_EQUAL(vrf_del(t_dp, 7), BW_OK);
		CU_ASSERT_EQUAL(vrf_set(t_dp, &vrf, t_epoch), BW_OK);
		t_route(7, "20.0.0.0", 8, NEXT_HOP);
		t_settle();
		CU_ASSERT_EQUAL(fib_lookup(dp_fib(t_dp, 7), UINT32_MAX), BW_ADJ_BROADCAST);
		CU_ASSERT_EQUAL(fib_lookup(dp_fib(t_dp, 7), ntohl(t_ip("20.1.2.3"))), NEXT_HOP);
		CU_ASSERT_EQUAL(t_dp->fib[7]->n_routes, 2);
		t_route_del(7, "20.0.0.0", 8);
		CU_ASSERT_EQUAL(vrf_del(t_dp, 7), BW_OK);
	}
	end();
}

int main(void)
{
	static const struct t_config config = { .workers = 1, .ports = 3, .queues = 1 };
	CU_pSuite s;
	int rc;

	t_start(&config);
	CU_initialize_registry();
	s = CU_add_suite("IPv4 nodes", NULL, NULL);
	CU_add_test(s, "forwards", forwards);
	CU_add_test(s, "a mixed vector", mixed_vector);
	CU_add_test(s, "every checksum after the TTL", every_checksum_after_ttl);
	CU_add_test(s, "bad headers", bad_headers);
	CU_add_test(s, "every truncation", every_truncation);
	CU_add_test(s, "options", options);
	CU_add_test(s, "martians", martians);
	CU_add_test(s, "padding is trimmed", padding_is_trimmed);
	CU_add_test(s, "segments", segments);
	CU_add_test(s, "TTL, no route, Null0", errors);
	CU_add_test(s, "too big", too_big);
	CU_add_test(s, "interface down or gone", interface_down);
	CU_add_test(s, "echo", echo);
	CU_add_test(s, "for the host stack", host_stack);
	CU_add_test(s, "land", land);
	CU_add_test(s, "broadcasts", broadcasts);
	CU_add_test(s, "not for us", not_for_us);
	CU_add_test(s, "subinterfaces", subinterfaces);
	CU_add_test(s, "ECMP", ecmp);
	CU_add_test(s, "a VRF that vanished", vrf_that_vanished);
	CU_add_test(s, "a VRF's id used again", vrf_id_reused);
	rc = t_run();
	t_stop();
	return rc;
}
