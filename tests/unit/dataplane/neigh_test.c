/* SPDX-License-Identifier: BSD-3-Clause */
/* ARP and the neighbours, seen from the wire: frames in and out of a whole dataplane. */
#include <CUnit/Basic.h>
#include <arpa/inet.h>
#include <rte_cycles.h>
#include <stdio.h>
#include <string.h>

#include "l3/arp.h"
#include "l3/neigh.h"
#include "objects/itf_set.h"
#include "objects/objects.h"
#include "support.h"
#include "tables/l2map.h"

#define IN	 1 /* port 0, 10.0.0.1/24 */
#define OUT	 2 /* port 1, 10.1.0.1/24 */
#define NEXT_HOP 100
#define ETH	 14

#define REQUEST 1
#define REPLY	2

static const uint8_t router_mac[6] = { 2, 0xb7, 0, 0, 0, 1 };
static const uint8_t out_mac[6] = { 2, 0xb7, 0, 0, 0, 2 };
static const uint8_t other[6] = { 2, 0, 0, 0, 0, 0x88 };
static const uint8_t zero[6];

static struct bw_if conf(uint32_t id)
{
	struct bw_if c = t_if(id, BW_IF_PORT, id - 1, 0);

	memcpy(c.mac, id == IN ? router_mac : out_mac, 6);
	return c;
}

static void begin(void)
{
	struct bw_if in = conf(IN), out = conf(OUT);

	CU_ASSERT_EQUAL_FATAL(t_reset(), 0);
	t_if_set(&in);
	t_if_set(&out);
	t_connect(IN, "10.0.0.1", 24);
	t_connect(OUT, "10.1.0.1", 24);
	t_settle();
	t_forget_frames();
}

static void end(void)
{
	CU_ASSERT_TRUE(t_users_are_right());
	CU_ASSERT_EQUAL(t_reset(), 0);
}

/* Receive an ARP packet on port 1. */
static void arp(
	uint16_t op, const uint8_t *sha, const char *sip, const uint8_t *tha, const char *tip)
{
	uint8_t f[60] = { 0 };
	unsigned at = t_put_eth(f, op == REQUEST ? t_broadcast : out_mac, -1, 0x0806);

	t_put_arp(f + at, op, sha, t_ip(sip), tha, t_ip(tip));
	t_send(1, f, sizeof(f));
}

static bool is_arp(const struct t_frame *f, uint16_t op, const uint8_t *dst, const uint8_t *sha,
	const char *sip, const char *tip)
{
	const uint8_t *a = f->b + ETH;
	bw_ip4 s = t_ip(sip), t = t_ip(tip);

	return f->port == 1 && f->len == 60 && memcmp(f->b, dst, 6) == 0 &&
	       memcmp(f->b + 6, sha, 6) == 0 && memcmp(f->b + 12, "\x08\x06", 2) == 0 &&
	       memcmp(a, "\0\1\x08\0\6\4", 6) == 0 && (a[6] << 8 | a[7]) == op &&
	       memcmp(a + 8, sha, 6) == 0 && memcmp(a + 14, &s, 4) == 0 &&
	       memcmp(a + 24, &t, 4) == 0;
}

static bool is_request(unsigned i, const char *tip)
{
	return i < t_frames && is_arp(&t_frame[i], REQUEST, t_broadcast, out_mac, "10.1.0.1", tip);
}

/* A packet in by port 0 to that address; its id tells it. */
static void packet(const char *dst, unsigned id)
{
	uint8_t f[60];
	unsigned at = t_put_eth(f, router_mac, -1, 0x0800);

	memset(f + at, 0, sizeof(f) - at);
	t_put_ip4(f + at, 20, 40, 17, "10.0.0.5", dst);
	f[at + 4] = id >> 8;
	f[at + 5] = id;
	t_sign_ip4(f + at);
	t_send(0, f, at + 40);
}

static bool is_packet(unsigned i, const uint8_t *mac, unsigned id)
{
	const struct t_frame *f = &t_frame[i];

	return i < t_frames && memcmp(f->b, mac, 6) == 0 && f->b[12] == 8 && f->b[13] == 0 &&
	       (f->b[ETH + 4] << 8 | f->b[ETH + 5]) == (int)id;
}

/* The neighbour as a dump shows it; state 0 = there is none. */
static struct bw_arp entry(const char *addr)
{
	struct bw_arp row;
	uint32_t cursor = 0;

	while (neigh_dump_next(t_dp, &cursor, &row))
		if (row.addr == t_ip(addr))
			return row;
	return (struct bw_arp) { 0 };
}

/* neigh_poll() until that many frames were sent, or for so long that they never will be. */
static bool poll_for_frames(unsigned n)
{
	uint64_t give_up = rte_rdtsc() + 30 * rte_get_tsc_hz();

	while (t_frames < n && rte_rdtsc() < give_up) {
		neigh_poll(t_dp);
		t_settle();
	}
	return t_frames >= n;
}

/* neigh_poll() until the neighbour is forgotten, or for so long that it never will be. */
static bool poll_until_gone(const char *addr)
{
	uint64_t give_up = rte_rdtsc() + 10 * rte_get_tsc_hz();

	while (entry(addr).state && rte_rdtsc() < give_up) {
		neigh_poll(t_dp);
		t_settle();
	}
	return entry(addr).state == 0;
}

/* ---- requests of others ---- */

static void answers(void)
{
	begin();
	arp(REQUEST, t_peer, "10.1.0.2", zero, "10.1.0.1");
	CU_ASSERT_EQUAL_FATAL(t_frames, 1);
	CU_ASSERT_TRUE(is_arp(&t_frame[0], REPLY, t_peer, out_mac, "10.1.0.1", "10.1.0.2"));
	CU_ASSERT_EQUAL(memcmp(t_frame[0].b + ETH + 18, t_peer, 6), 0);
	/* who asked for us is known from then on */
	CU_ASSERT_EQUAL(entry("10.1.0.2").state, BW_ARP_REACHABLE);
	t_forget_frames();
	packet("10.1.0.2", 1);
	CU_ASSERT_TRUE(t_frames == 1 && is_packet(0, t_peer, 1));
	/* others' addresses are none of our business, nor is a stranger's subnet */
	t_forget_frames();
	arp(REQUEST, other, "10.1.0.3", zero, "10.1.0.4");
	CU_ASSERT_EQUAL(t_frames, 0);
	CU_ASSERT_EQUAL(entry("10.1.0.3").state, 0);
	arp(REQUEST, other, "10.9.0.3", zero, "10.1.0.1");
	CU_ASSERT_EQUAL(entry("10.9.0.3").state, 0);
	/* an address of another interface is not answered here */
	t_forget_frames();
	arp(REQUEST, other, "10.1.0.5", zero, "10.0.0.1");
	CU_ASSERT_EQUAL(t_frames, 0);
	/* our own frame, come back */
	arp(REQUEST, out_mac, "10.1.0.7", zero, "10.1.0.1");
	CU_ASSERT_EQUAL(t_frames, 0);
	CU_ASSERT_EQUAL(entry("10.1.0.7").state, 0);
	end();
}

static void probe_is_answered(void)
{
	begin();
	arp(REQUEST, t_peer, "0.0.0.0", zero, "10.1.0.1"); /* RFC 5227: it is taken */
	CU_ASSERT_EQUAL(t_frames, 1);
	CU_ASSERT_TRUE(is_arp(&t_frame[0], REPLY, t_peer, out_mac, "10.1.0.1", "0.0.0.0"));
	CU_ASSERT_EQUAL(entry("0.0.0.0").state, 0);
	t_forget_frames();
	arp(REQUEST, t_peer, "0.0.0.0", zero, "10.1.0.9");
	CU_ASSERT_EQUAL(t_frames, 0);
	end();
}

static void alias_is_answered(void)
{
	begin();
	t_addr(OUT, "10.1.0.50", 32, BW_ADDR_F_ALIAS);
	t_settle();
	CU_ASSERT_EQUAL(t_frames, 1); /* announced as well */
	t_forget_frames();
	arp(REQUEST, t_peer, "10.1.0.2", zero, "10.1.0.50");
	CU_ASSERT_EQUAL_FATAL(t_frames, 1);
	CU_ASSERT_TRUE(is_arp(&t_frame[0], REPLY, t_peer, out_mac, "10.1.0.50", "10.1.0.2"));
	t_forget_frames();
	packet("10.1.0.9", 1); /* but it is not who asks */
	CU_ASSERT_TRUE(is_request(0, "10.1.0.9"));
	end();
}

#define MANY 4096

/* The i-th address of 10.2.0.0/19 that the router itself has not. */
static const char *global(unsigned i, char text[16])
{
	snprintf(text, 16, "10.2.%u.%u", (i + 2) / 256, (i + 2) % 256);
	return text;
}

/* How many of them a neighbour's requests are answered for. */
static unsigned answered(void)
{
	unsigned n = 0;
	char text[16];

	for (unsigned i = 0; i < MANY; i++) {
		t_forget_frames();
		arp(REQUEST, t_peer, "0.0.0.0", zero, global(i, text));
		n += t_frames == 1 && is_arp(&t_frame[0], REPLY, t_peer, out_mac, text, "0.0.0.0");
	}
	return n;
}

static void thousands_of_aliases(void)
{
	struct bw_if_addr a = { .if_id = OUT, .plen = 32, .flags = BW_ADDR_F_ALIAS };
	const struct itf *before;
	char text[16];

	begin();
	t_connect(OUT, "10.2.0.1", 19);
	before = t_dp->itf[OUT];
	for (unsigned i = 0; i < MANY; i++) {
		t_forget_frames(); /* each is announced */
		t_addr(OUT, global(i, text), 32, BW_ADDR_F_ALIAS);
	}
	/* What workers read is not copied for one of them, so that each costs the same. */
	CU_ASSERT_PTR_EQUAL(t_dp->itf[OUT], before);
	t_settle();
	CU_ASSERT_EQUAL(answered(), MANY);
	for (unsigned i = 0; i < MANY; i += 2) {
		a.addr = t_ip(global(i, text));
		CU_ASSERT_EQUAL(itf_addr_del(t_dp, &a), BW_OK);
		CU_ASSERT_EQUAL(itf_addr_del(t_dp, &a), BW_E_NO_OBJECT);
	}
	CU_ASSERT_EQUAL(answered(), MANY / 2);
	itf_sweep(t_dp, t_epoch + 1); /* nothing was set since: all go, interfaces too */
	CU_ASSERT_EQUAL(t_dp->aliases.n, 0);
	end();
}

/* A neighbour whose address becomes ours: what was learnt of him goes. */
static void alias_takes_a_neighbours_address(void)
{
	begin();
	t_learn(OUT, "10.1.0.50", t_peer);
	CU_ASSERT_EQUAL(entry("10.1.0.50").state, BW_ARP_REACHABLE);
	t_addr(OUT, "10.1.0.50", 32, BW_ADDR_F_ALIAS);
	CU_ASSERT_EQUAL(entry("10.1.0.50").state, 0);
	end();
}

static void gratuitous(void)
{
	begin();
	t_learn(OUT, "10.1.0.2", t_peer);
	arp(REQUEST, other, "10.1.0.2", zero, "10.1.0.2"); /* he has another card now */
	CU_ASSERT_EQUAL(memcmp(entry("10.1.0.2").mac, other, 6), 0);
	packet("10.1.0.2", 1);
	CU_ASSERT_TRUE(t_frames == 1 && is_packet(0, other, 1));
	arp(REPLY, t_peer, "10.1.0.2", t_broadcast, "10.1.0.2");
	CU_ASSERT_EQUAL(memcmp(entry("10.1.0.2").mac, t_peer, 6), 0);
	arp(REQUEST, t_peer, "10.1.0.30", zero, "10.1.0.30"); /* of somebody nobody asked for */
	CU_ASSERT_EQUAL(entry("10.1.0.30").state, 0);
	end();
}

static void defends_its_address(void)
{
	begin();
	arp(REQUEST, other, "10.1.0.1", zero, "10.1.0.1");
	CU_ASSERT_EQUAL_FATAL(t_frames, 1);
	CU_ASSERT_TRUE(is_arp(&t_frame[0], REQUEST, t_broadcast, out_mac, "10.1.0.1", "10.1.0.1"));
	for (unsigned i = 0; i < 20; i++)
		arp(REPLY, other, "10.1.0.1", out_mac, "10.1.0.9");
	CU_ASSERT_EQUAL(t_frames, 1); /* once in 10 s */
	CU_ASSERT_EQUAL(entry("10.1.0.1").state, 0);
	t_later(11);
	arp(REQUEST, other, "10.1.0.1", zero, "10.1.0.7");
	CU_ASSERT_EQUAL(t_frames, 2);
	end();
}

static void malformed(void)
{
	uint8_t good[60] = { 0 }, f[60];
	unsigned at = t_put_eth(good, t_broadcast, -1, 0x0806);
	static const struct {
		uint8_t at, value;
	} bad[] = { { 1, 2 }, { 0, 1 }, { 2, 7 }, { 3, 1 }, { 4, 5 }, { 4, 0 }, { 4, 255 },
		{ 5, 3 }, { 5, 16 }, { 7, 0 }, { 7, 3 }, { 6, 1 }, { 8, 1 }, { 14, 127 },
		{ 14, 224 }, { 14, 255 } };

	begin();
	t_put_arp(good + at, REQUEST, t_peer, t_ip("10.1.0.2"), zero, t_ip("10.1.0.1"));
	for (unsigned i = 0; i < RTE_DIM(bad); i++) {
		memcpy(f, good, sizeof(f));
		f[at + bad[i].at] = bad[i].value;
		t_clear_drops();
		t_send(1, f, sizeof(f));
		CU_ASSERT_EQUAL(t_drops(BW_DROP_ARP_BAD), 1);
	}
	memcpy(f, good, sizeof(f));
	memset(f + at + 8, 0, 6); /* no MAC address at all */
	t_clear_drops();
	t_send(1, f, sizeof(f));
	CU_ASSERT_EQUAL(t_drops(BW_DROP_ARP_BAD), 1);
	for (unsigned len = ETH; len < ETH + 28; len++) {
		t_clear_drops();
		t_send(1, good, len);
		CU_ASSERT_EQUAL(t_drops(BW_DROP_ARP_BAD), 1);
	}
	CU_ASSERT_EQUAL(t_frames, 0);
	CU_ASSERT_EQUAL(entry("10.1.0.2").state, 0);
	t_send(1, good, ETH + 28);
	CU_ASSERT_EQUAL(t_frames, 1);
	for (unsigned i = 0; i < 20000; i++) { /* any bytes, in any length */
		for (unsigned k = at; k < sizeof(f); k++)
			f[k] = t_random() % 4 ? good[k] : t_random();
		t_send(1, f, ETH + t_random() % 47);
		t_forget_frames();
	}
	CU_ASSERT_EQUAL(t_in_use(), 0);
	end();
}

/* ---- resolving ---- */

static void resolves(void)
{
	begin();
	packet("10.1.0.2", 1);
	CU_ASSERT_EQUAL_FATAL(t_frames, 1);
	CU_ASSERT_TRUE(is_request(0, "10.1.0.2"));
	packet("10.1.0.2", 2);
	CU_ASSERT_EQUAL(t_frames, 1); /* asked once, not for each packet */
	CU_ASSERT_EQUAL(entry("10.1.0.2").state, BW_ARP_INCOMPLETE);
	arp(REPLY, t_peer, "10.1.0.2", out_mac, "10.1.0.1");
	CU_ASSERT_EQUAL_FATAL(t_frames, 3);
	CU_ASSERT_TRUE(is_packet(1, t_peer, 1) && is_packet(2, t_peer, 2));
	CU_ASSERT_EQUAL(t_frame[1].b[ETH + 8], 63); /* its TTL was taken once */
	CU_ASSERT_EQUAL(adj_kind(t_adj_to("10.1.0.2")), ADJ_ETHER);
	packet("10.1.0.2", 3);
	CU_ASSERT_TRUE(t_frames == 4 && is_packet(3, t_peer, 3));
	CU_ASSERT_EQUAL(t_all_drops(), 0);
	end();
}

static void queue_is_bounded(void)
{
	begin();
	for (unsigned i = 0; i < NEIGH_QUEUE + 5; i++)
		packet("10.1.0.2", i);
	CU_ASSERT_EQUAL(t_drops(BW_DROP_ARP_QUEUE), 5);
	CU_ASSERT_EQUAL(t_in_use(), NEIGH_QUEUE);
	t_forget_frames();
	arp(REPLY, t_peer, "10.1.0.2", out_mac, "10.1.0.1");
	CU_ASSERT_EQUAL_FATAL(t_frames, NEIGH_QUEUE);
	for (unsigned i = 0; i < NEIGH_QUEUE; i++)
		CU_ASSERT_TRUE(is_packet(i, t_peer, i + 5)); /* the oldest are gone */
	CU_ASSERT_EQUAL(t_in_use(), 0);
	end();
}

/* A scan of the subnet: what waits for all its hosts leaves buffers for everybody else. */
static void all_queues_are_bounded(void)
{
	unsigned most = t_dp->pool->size / 8, sent = 200 * NEIGH_QUEUE;
	char host[16];

	begin();
	for (unsigned i = 0; i < sent; i++) {
		snprintf(host, sizeof(host), "10.1.0.%u", 2 + i % 200);
		packet(host, i);
	}
	CU_ASSERT_EQUAL(t_in_use(), most);
	CU_ASSERT_EQUAL(t_drops(BW_DROP_ARP_QUEUE), sent - most);
	arp(REPLY, t_peer, "10.1.0.2", out_mac, "10.1.0.1");
	CU_ASSERT_TRUE(t_in_use() < most); /* and their room is for others again */
	most = t_in_use();
	packet("10.1.0.3", 1);
	CU_ASSERT_EQUAL(t_in_use(), most + 1);
	end();
}

static void retries_and_gives_up(void)
{
	const struct t_frame *error = &t_frame[NEIGH_TRIES];

	begin();
	t_learn(IN, "10.0.0.5", other);
	t_clock(50);
	packet("10.1.0.2", 1);
	packet("10.1.0.2", 2);
	CU_ASSERT_TRUE(poll_for_frames(NEIGH_TRIES));
	CU_ASSERT_TRUE(poll_until_gone("10.1.0.2"));
	t_settle();
	for (unsigned i = 0; i < NEIGH_TRIES; i++)
		CU_ASSERT_TRUE(is_request(i, "10.1.0.2"));
	CU_ASSERT_EQUAL_FATAL(t_frames, NEIGH_TRIES + 1); /* host unreachable, one per 500 ms */
	CU_ASSERT_EQUAL(error->port, 0);
	CU_ASSERT_EQUAL(memcmp(error->b, other, 6), 0);
	CU_ASSERT_EQUAL(error->b[ETH + 20], 3);
	CU_ASSERT_EQUAL(error->b[ETH + 21], 1);
	CU_ASSERT_EQUAL(t_drops(BW_DROP_ICMP_RATE), 1);
	CU_ASSERT_EQUAL(t_drops(BW_DROP_ARP_TIMEOUT), 2);
	CU_ASSERT_EQUAL(t_in_use(), 0);
	CU_ASSERT_EQUAL(adj_kind(t_adj_to("10.1.0.2")), ADJ_GLEAN);
	packet("10.1.0.2", 3); /* and starts again */
	CU_ASSERT_TRUE(is_request(NEIGH_TRIES + 1, "10.1.0.2"));
	end();
}

static void refreshes_before_expiry(void)
{
	struct bw_if out = conf(OUT);

	begin();
	t_clock(10); /* the second between two requests goes by quickly */
	out.arp_timeout = 200;
	t_if_set(&out);
	t_settle();
	t_forget_frames();
	packet("10.1.0.2", 1);
	arp(REPLY, t_peer, "10.1.0.2", out_mac, "10.1.0.1");
	t_forget_frames();
	t_later(120);
	neigh_poll(t_dp);
	t_settle();
	CU_ASSERT_EQUAL(t_frames, 0);
	CU_ASSERT_TRUE(entry("10.1.0.2").age >= 120);
	t_later(52);
	CU_ASSERT_TRUE(poll_for_frames(1));
	/* by unicast: nobody else is woken */
	CU_ASSERT_TRUE(is_arp(&t_frame[0], REQUEST, t_peer, out_mac, "10.1.0.1", "10.1.0.2"));
	arp(REPLY, t_peer, "10.1.0.2", out_mac, "10.1.0.1");
	CU_ASSERT_TRUE(entry("10.1.0.2").age < 100);
	t_forget_frames();
	packet("10.1.0.2", 2);
	CU_ASSERT_TRUE(t_frames == 1 && is_packet(0, t_peer, 2));
	/* no answer: it goes when its time is over, and the next packet asks anew */
	t_later(201);
	CU_ASSERT_TRUE(poll_until_gone("10.1.0.2"));
	CU_ASSERT_EQUAL(adj_kind(t_adj_to("10.1.0.2")), ADJ_GLEAN);
	t_settle();
	t_forget_frames();
	packet("10.1.0.2", 3);
	CU_ASSERT_TRUE(is_request(0, "10.1.0.2"));
	end();
}

/* ---- static, clear ---- */

static int set_static(const char *addr, const uint8_t *mac)
{
	struct bw_arp a = { .if_id = OUT, .addr = t_ip(addr) };

	memcpy(a.mac, mac, 6);
	return neigh_static_set(t_dp, &a, t_epoch);
}

static void static_entries(void)
{
	struct bw_arp gone = { .if_id = OUT, .addr = t_ip("10.1.0.2") };

	begin();
	packet("10.1.0.2", 1);
	t_forget_frames();
	CU_ASSERT_EQUAL(set_static("10.1.0.2", other), BW_OK);
	t_settle();
	CU_ASSERT_TRUE(t_frames == 1 && is_packet(0, other, 1)); /* what waited is let go */
	arp(REPLY, t_peer, "10.1.0.2", out_mac, "10.1.0.1");	 /* nobody changes it */
	CU_ASSERT_EQUAL(memcmp(entry("10.1.0.2").mac, other, 6), 0);
	CU_ASSERT_EQUAL(entry("10.1.0.2").state, BW_ARP_STATIC);
	t_later(100000);
	neigh_poll(t_dp);
	neigh_clear(t_dp, 0, 0);
	CU_ASSERT_EQUAL(entry("10.1.0.2").state, BW_ARP_STATIC);
	CU_ASSERT_EQUAL(set_static("10.1.0.2", t_peer), BW_OK); /* but its owner */
	t_forget_frames();
	packet("10.1.0.2", 2);
	CU_ASSERT_TRUE(t_frames == 1 && is_packet(0, t_peer, 2));
	CU_ASSERT_EQUAL(neigh_static_del(t_dp, &gone), BW_OK);
	CU_ASSERT_EQUAL(neigh_static_del(t_dp, &gone), BW_E_NO_OBJECT);
	CU_ASSERT_EQUAL(entry("10.1.0.2").state, 0);
	gone.if_id = 77;
	CU_ASSERT_EQUAL(neigh_static_set(t_dp, &gone, t_epoch), BW_E_NO_OBJECT);
	gone.if_id = UINT32_MAX;
	CU_ASSERT_EQUAL(neigh_static_set(t_dp, &gone, t_epoch), BW_E_NO_OBJECT);
	CU_ASSERT_EQUAL(neigh_static_del(t_dp, &gone), BW_E_NO_OBJECT);
	/* a learnt one is not for `no arp` */
	t_learn(OUT, "10.1.0.2", t_peer);
	gone.if_id = OUT;
	CU_ASSERT_EQUAL(neigh_static_del(t_dp, &gone), BW_E_NO_OBJECT);
	end();
}

/* Configuration survives the subnet it belongs to: it works again when that is back. */
static void static_entry_outlives_its_subnet(void)
{
	struct bw_if_addr a = { .if_id = OUT, .addr = t_ip("10.1.0.1") };

	begin();
	CU_ASSERT_EQUAL(set_static("10.1.0.2", other), BW_OK);
	CU_ASSERT_EQUAL(itf_addr_del(t_dp, &a), BW_OK);
	CU_ASSERT_EQUAL(entry("10.1.0.2").state, BW_ARP_STATIC);
	CU_ASSERT_EQUAL(adj_kind(t_adj_to("10.1.0.2")), ADJ_GLEAN); /* no host route to it */
	t_addr(OUT, "10.1.0.1", 24, BW_ADDR_F_PRIMARY);
	t_settle();
	t_forget_frames();
	packet("10.1.0.2", 1);
	CU_ASSERT_TRUE(t_frames == 1 && is_packet(0, other, 1));
	CU_ASSERT_EQUAL(itf_del(t_dp, OUT), BW_OK);
	CU_ASSERT_EQUAL(entry("10.1.0.2").state, 0);
	end();
}

static void static_entries_are_swept(void)
{
	begin();
	CU_ASSERT_EQUAL(set_static("10.1.0.2", other), BW_OK);
	CU_ASSERT_EQUAL(set_static("10.1.0.3", other), BW_OK);
	t_learn(OUT, "10.1.0.4", t_peer);
	t_epoch++;
	CU_ASSERT_EQUAL(set_static("10.1.0.3", other), BW_OK);
	neigh_sweep(t_dp, t_epoch);
	CU_ASSERT_EQUAL(entry("10.1.0.2").state, 0);
	CU_ASSERT_EQUAL(entry("10.1.0.3").state, BW_ARP_STATIC);
	CU_ASSERT_EQUAL(entry("10.1.0.4").state, BW_ARP_REACHABLE);
	end();
}

static void clears(void)
{
	begin();
	t_learn(OUT, "10.1.0.2", t_peer);
	t_learn(OUT, "10.1.0.3", t_peer);
	t_learn(IN, "10.0.0.5", t_peer);
	neigh_clear(t_dp, OUT, t_ip("10.1.0.3"));
	CU_ASSERT_EQUAL(entry("10.1.0.2").state, BW_ARP_REACHABLE);
	CU_ASSERT_EQUAL(entry("10.1.0.3").state, 0);
	neigh_clear(t_dp, IN, 0);
	CU_ASSERT_EQUAL(entry("10.0.0.5").state, 0);
	CU_ASSERT_EQUAL(entry("10.1.0.2").state, BW_ARP_REACHABLE);
	t_adj_neighbour(NEXT_HOP, OUT, "10.1.0.2");
	t_forget_frames();
	neigh_clear(t_dp, 0, 0); /* what is used is asked for again at once */
	t_settle();
	CU_ASSERT_EQUAL(entry("10.1.0.2").state, BW_ARP_INCOMPLETE);
	CU_ASSERT_TRUE(t_frames == 1 && is_request(0, "10.1.0.2"));
	end();
}

/* ---- control's adjacencies and routes ---- */

static void bound_before_and_after(void)
{
	struct bw_adj change = { .adj_id = NEXT_HOP,
		.type = BW_ADJ_T_NEIGHBOUR,
		.if_id = OUT,
		.nexthop = t_ip("10.1.0.3") };

	begin();
	t_adj_neighbour(NEXT_HOP, OUT, "10.1.0.2"); /* before: asks by itself */
	t_settle();
	CU_ASSERT_TRUE(t_frames == 1 && is_request(0, "10.1.0.2"));
	t_route(0, "20.0.0.0", 8, NEXT_HOP);
	packet("20.1.1.1", 1);
	CU_ASSERT_EQUAL(t_frames, 1);
	arp(REPLY, t_peer, "10.1.0.2", out_mac, "10.1.0.1");
	CU_ASSERT_TRUE(t_frames == 2 && is_packet(1, t_peer, 1));
	t_adj_neighbour(NEXT_HOP + 1, OUT, "10.1.0.2"); /* after: complete at once */
	t_settle();
	CU_ASSERT_EQUAL(t_frames, 2);
	CU_ASSERT_EQUAL(adj_kind(adj_get(t_dp->adj, NEXT_HOP + 1)), ADJ_ETHER);
	t_route(0, "21.0.0.0", 8, NEXT_HOP + 1);
	packet("21.1.1.1", 2);
	CU_ASSERT_TRUE(t_frames == 3 && is_packet(2, t_peer, 2));
	/* both follow him to another card */
	arp(REQUEST, other, "10.1.0.2", zero, "10.1.0.2");
	packet("20.1.1.1", 3);
	packet("21.1.1.1", 4);
	CU_ASSERT_TRUE(t_frames == 5 && is_packet(3, other, 3) && is_packet(4, other, 4));
	/* the same id with another next hop */
	CU_ASSERT_EQUAL(adj_set(t_dp, &change, t_epoch), BW_OK);
	t_settle();
	t_forget_frames();
	arp(REPLY, t_peer, "10.1.0.3", out_mac, "10.1.0.1");
	arp(REQUEST, out_mac, "10.1.0.9", zero, "10.1.0.9");
	packet("20.1.1.1", 5);
	packet("21.1.1.1", 6);
	CU_ASSERT_TRUE(t_frames == 2 && is_packet(0, t_peer, 5) && is_packet(1, other, 6));
	end();
}

static void unbound_next_hop_is_forgotten(void)
{
	begin();
	t_clock(50);
	t_adj_neighbour(NEXT_HOP, OUT, "10.1.0.2");
	CU_ASSERT_TRUE(poll_for_frames(2 * NEIGH_TRIES)); /* asked for as long as it is one */
	CU_ASSERT_EQUAL(adj_del(t_dp, NEXT_HOP), BW_OK);
	CU_ASSERT_TRUE(poll_until_gone("10.1.0.2"));
	end();
}

static void host_routes(void)
{
	begin();
	t_adj_neighbour(NEXT_HOP, OUT, "10.1.0.3");
	t_learn(OUT, "10.1.0.2", t_peer);
	t_learn(OUT, "10.1.0.3", other);
	packet("10.1.0.2", 1);
	t_route(0, "10.1.0.2", 32, NEXT_HOP); /* control's wins */
	t_settle();
	t_forget_frames();
	packet("10.1.0.2", 2);
	CU_ASSERT_TRUE(t_frames == 1 && is_packet(0, other, 2));
	t_learn(OUT, "10.1.0.2", t_peer); /* and stays, whatever is heard */
	neigh_itf_changed(t_dp, OUT);
	packet("10.1.0.2", 3);
	CU_ASSERT_TRUE(t_frames == 2 && is_packet(1, other, 3));
	t_route_del(0, "10.1.0.2", 32); /* ours is back with the next packet */
	packet("10.1.0.2", 4);
	packet("10.1.0.2", 5);
	CU_ASSERT_TRUE(t_frames == 4 && is_packet(2, t_peer, 4) && is_packet(3, t_peer, 5));
	CU_ASSERT_EQUAL(adj_kind(t_adj_to("10.1.0.2")), ADJ_ETHER);
	neigh_clear(t_dp, 0, 0);
	CU_ASSERT_EQUAL(adj_kind(t_adj_to("10.1.0.2")), ADJ_GLEAN);
	/* control's first, then the neighbour */
	t_route(0, "10.1.0.4", 32, BW_ADJ_NULL0);
	t_learn(OUT, "10.1.0.4", t_peer);
	CU_ASSERT_EQUAL(adj_kind(t_adj_to("10.1.0.4")), ADJ_NULL0);
	neigh_clear(t_dp, 0, 0);
	CU_ASSERT_EQUAL(adj_kind(t_adj_to("10.1.0.4")), ADJ_NULL0);
	/* a route of the dataplane's own is not control's to delete */
	t_learn(OUT, "10.1.0.5", t_peer);
	CU_ASSERT_EQUAL(
		route_del(t_dp, &(struct bw_route) { .prefix = t_ip("10.1.0.5"), .plen = 32 }),
		BW_E_NO_OBJECT);
	end();
}

/* ---- the interface changes ---- */

static void interface_changes_mac(void)
{
	struct bw_if out = conf(OUT);
	static const uint8_t fresh[6] = { 2, 0xb7, 0, 0, 9, 9 };

	begin();
	t_adj_neighbour(NEXT_HOP, OUT, "10.1.0.2");
	t_route(0, "20.0.0.0", 8, NEXT_HOP);
	t_learn(OUT, "10.1.0.2", t_peer);
	t_settle();
	t_forget_frames();
	memcpy(out.mac, fresh, 6);
	t_if_set(&out);
	t_settle();
	CU_ASSERT_EQUAL(t_frames, 1); /* tells everybody */
	CU_ASSERT_TRUE(is_arp(&t_frame[0], REQUEST, t_broadcast, fresh, "10.1.0.1", "10.1.0.1"));
	packet("10.1.0.2", 1);
	packet("20.1.1.1", 2);
	CU_ASSERT_TRUE(t_frames == 3 && is_packet(1, t_peer, 1) && is_packet(2, t_peer, 2));
	CU_ASSERT_EQUAL(memcmp(t_frame[1].b + 6, fresh, 6), 0);
	CU_ASSERT_EQUAL(memcmp(t_frame[2].b + 6, fresh, 6), 0);
	end();
}

static void subinterface_changes_vlan(void)
{
	struct bw_if sub = t_if(10, BW_IF_SUBIF, 1, 10);
	const uint8_t *f = t_frame[0].b;

	begin();
	memcpy(sub.mac, out_mac, 6);
	t_if_set(&sub);
	t_connect(10, "10.10.0.1", 24);
	t_settle();
	t_forget_frames();
	packet("10.10.0.2", 1);
	CU_ASSERT_EQUAL_FATAL(t_frames, 1); /* the request has the tag */
	CU_ASSERT_EQUAL(t_frame[0].len, 60);
	CU_ASSERT_EQUAL(memcmp(f + 12, "\x81\0\0\x0a\x08\x06\0\1\x08\0\6\4\0\1", 14), 0);
	t_learn(10, "10.10.0.2", t_peer);
	t_settle();
	t_forget_frames();
	packet("10.10.0.2", 2);
	CU_ASSERT_TRUE(t_frames == 1 && memcmp(f + 12, "\x81\0\0\x0a\x08\0", 6) == 0);
	sub.vlan = 4094; /* there he is not: announced and asked for with the new tag */
	t_if_set(&sub);
	t_settle();
	CU_ASSERT_EQUAL(entry("10.10.0.2").state, 0);
	CU_ASSERT_TRUE(
		t_frames == 2 && memcmp(t_frame[1].b + 12, "\x81\0\x0f\xfe\x08\x06", 6) == 0);
	t_forget_frames();
	packet("10.10.0.2", 3);
	CU_ASSERT_TRUE(t_frames == 1 && memcmp(f + 12, "\x81\0\x0f\xfe\x08\x06", 6) == 0);
	t_learn(10, "10.10.0.2", t_peer);
	sub.flags |= BW_IF_F_NATIVE;
	t_if_set(&sub);
	t_settle();
	t_forget_frames();
	t_learn(10, "10.10.0.2", t_peer);
	packet("10.10.0.2", 4);
	CU_ASSERT_TRUE(t_frames == 1 && is_packet(0, t_peer, 4));
	end();
}

static void address_goes(void)
{
	struct bw_if_addr second = { .if_id = OUT, .addr = t_ip("10.2.0.1") };

	begin();
	t_connect(OUT, "10.2.0.1", 24);
	t_learn(OUT, "10.2.0.2", t_peer);
	t_learn(OUT, "10.1.0.2", t_peer);
	packet("10.1.0.2", 1);
	packet("10.2.0.9", 1); /* asked for from the address of its own subnet */
	t_settle();
	CU_ASSERT_TRUE(is_arp(
		&t_frame[t_frames - 1], REQUEST, t_broadcast, out_mac, "10.2.0.1", "10.2.0.9"));
	CU_ASSERT_EQUAL(itf_addr_del(t_dp, &second), BW_OK);
	CU_ASSERT_EQUAL(entry("10.2.0.2").state, 0);
	CU_ASSERT_EQUAL(entry("10.2.0.9").state, 0);
	CU_ASSERT_EQUAL(entry("10.1.0.2").state, BW_ARP_REACHABLE);
	CU_ASSERT_EQUAL(adj_kind(t_adj_to("10.2.0.2")), ADJ_GLEAN);
	CU_ASSERT_EQUAL(adj_kind(t_adj_to("10.1.0.2")), ADJ_ETHER);
	CU_ASSERT_EQUAL(itf_addr_del(t_dp, &second), BW_E_NO_OBJECT);
	CU_ASSERT_EQUAL(itf_del(t_dp, OUT), BW_OK);
	CU_ASSERT_EQUAL(entry("10.1.0.2").state, 0);
	CU_ASSERT_EQUAL(t_in_use(), 0);
	end();
}

/* ---- many ---- */

static void table_is_bounded(void)
{
	uint32_t rows = 0, cursor = 0;
	struct bw_arp row;
	char addr[32];

	begin();
	t_connect(OUT, "30.0.0.1", 8);
	t_settle();
	for (unsigned i = 0; i < NEIGH_MAX + 100; i++) { /* a scan of the subnet */
		snprintf(addr, sizeof(addr), "30.%u.%u.%u", i >> 16, i >> 8 & 255, i & 255);
		if (i > 1) {
			struct rte_mbuf *m = rte_pktmbuf_alloc(t_dp->pool);

			t_require(m != NULL);
			memset(pkt_meta(m), 0, sizeof(struct pkt_meta));
			t_put_ip4(
				(uint8_t *)rte_pktmbuf_append(m, 20), 20, 20, 17, "10.0.0.5", addr);
			pkt_meta(m)->adj = 1000 + OUT;
			pkt_meta(m)->out_if = OUT;
			neigh_resolve(t_dp, m);
			if (i % 500 == 0)
				t_settle();
			if (i % 5000 == 0) /* the pool is smaller than the queues of all */
				neigh_clear(t_dp, 0, 0);
		}
		t_forget_frames();
	}
	neigh_clear(t_dp, 0, 0);
	t_settle();
	t_forget_frames();
	for (unsigned i = 2; i < NEIGH_MAX + 100; i++) {
		snprintf(addr, sizeof(addr), "30.%u.%u.%u", i >> 16, i >> 8 & 255, i & 255);
		t_learn(OUT, addr, t_peer);
	}
	while (neigh_dump_next(t_dp, &cursor, &row))
		rows++;
	CU_ASSERT_EQUAL(rows, NEIGH_MAX);
	end();
	for (unsigned i = 0; i < ADJ_OWN_MAX; i++) /* none of their adjacencies is lost */
		CU_ASSERT_EQUAL(t_dp->adj->users[ADJ_OWN + i], 0);
}

int main(void)
{
	static const struct t_config config = { .workers = 1, .ports = 3, .queues = 1 };
	CU_pSuite s;
	int rc;

	t_start(&config);
	CU_initialize_registry();
	s = CU_add_suite("ARP", NULL, NULL);
	CU_add_test(s, "answers", answers);
	CU_add_test(s, "a probe is answered", probe_is_answered);
	CU_add_test(s, "an alias is answered", alias_is_answered);
	CU_add_test(s, "thousands of aliases", thousands_of_aliases);
	CU_add_test(s, "an alias takes a neighbour's address", alias_takes_a_neighbours_address);
	CU_add_test(s, "gratuitous", gratuitous);
	CU_add_test(s, "defends its address", defends_its_address);
	CU_add_test(s, "malformed", malformed);
	s = CU_add_suite("neighbours", NULL, NULL);
	CU_add_test(s, "resolves", resolves);
	CU_add_test(s, "the waiting queue is bounded", queue_is_bounded);
	CU_add_test(s, "all waiting queues are bounded", all_queues_are_bounded);
	CU_add_test(s, "retries and gives up", retries_and_gives_up);
	CU_add_test(s, "refreshes before expiry", refreshes_before_expiry);
	CU_add_test(s, "static entries", static_entries);
	CU_add_test(s, "a static entry outlives its subnet", static_entry_outlives_its_subnet);
	CU_add_test(s, "static entries are swept", static_entries_are_swept);
	CU_add_test(s, "clears", clears);
	CU_add_test(s, "bound before and after", bound_before_and_after);
	CU_add_test(s, "an unbound next hop is forgotten", unbound_next_hop_is_forgotten);
	CU_add_test(s, "host routes", host_routes);
	CU_add_test(s, "the interface changes its MAC", interface_changes_mac);
	CU_add_test(s, "a subinterface changes its VLAN", subinterface_changes_vlan);
	CU_add_test(s, "an address goes", address_goes);
	CU_add_test(s, "the table is bounded", table_is_bounded);
	rc = t_run();
	t_stop();
	return rc;
}
