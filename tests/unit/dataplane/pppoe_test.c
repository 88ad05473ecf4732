/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * PPPoE as the wire and control see it: frames in and out of a whole dataplane, against a server
 * of a few lines that asks for no authentication. The protocol's own corners are tested in
 * tests/unit/pppoe/.
 */
#include <CUnit/Basic.h>
#include <stdio.h>
#include <string.h>

#include "objects/itf_set.h"
#include "objects/objects.h"
#include "port/port.h"
#include "pppoe/path.h"
#include "pppoe/pppoe.h"
#include "support.h"

#define LAN    1 /* port 0, 10.0.0.1/24, with a host 10.0.0.5 */
#define WAN    2 /* port 1, the Ethernet */
#define TAGGED 3 /* port 1, VLAN 10 */
#define DIALER 4
#define OTHER  5 /* another Dialer */

#define CLIENT	   7
#define SESSION	   0x1234
#define TO_PEER	   100
#define DEFAULT	   "0.0.0.0"
#define ETH	   14
#define SERVER_MTU 1492

#define DISCOVERY 0x8863
#define PPPOE	  0x8864
#define PADI	  0x09
#define PADO	  0x07
#define PADR	  0x19
#define PADS	  0x65
#define PADT	  0xa7
#define LCP	  0xc021
#define IPCP	  0x8021
#define IP4	  0x0021
#define CONF_REQ  1
#define CONF_ACK  2
#define CONF_NAK  3
#define HOST_UNIQ 0x0103

static const uint8_t wan_mac[6] = { 2, 0xb7, 0, 0, 0, 2 };
static const uint8_t lan_mac[6] = { 2, 0xb7, 0, 0, 0, 1 };
static const uint8_t stranger[6] = { 2, 0, 0, 0, 0, 0x99 };

/* What the server has seen, and what it is to do. */
static struct {
	unsigned looked; /* frames of t_frame[] that it has taken */
	int vlan;	 /* its VLAN; -1 = untagged */
	bool silent;	 /* answers nothing */
	bool no_ipcp;	 /* LCP only */
	unsigned padi, padt;
	uint16_t mru;	 /* 0: SERVER_MTU */
	uint8_t ours[4]; /* the router's address; 0: what it asks for */
	uint8_t peer[4]; /* the server's; 0: 1.1.1.1 */
} server;

static uint16_t get16(const uint8_t *at)
{
	return at[0] << 8 | at[1];
}

static void put16(uint8_t *at, unsigned v)
{
	at[0] = v >> 8;
	at[1] = v;
}

/* ---- the server ---- */

/* A PPPoE packet from `mac`: what[len] behind the header. */
static unsigned put_pppoe(uint8_t *f, const uint8_t *mac, uint16_t type, uint8_t code,
	uint16_t session, const void *what, unsigned len)
{
	unsigned at = t_put_eth(f, wan_mac, server.vlan, type);

	memcpy(f + 6, mac, 6);
	f[at] = 0x11;
	f[at + 1] = code;
	put16(f + at + 2, session);
	put16(f + at + 4, len);
	if (len > 0)
		memcpy(f + at + 6, what, len);
	return at + 6 + len;
}

static void say(uint16_t type, uint8_t code, uint16_t session, const void *what, unsigned len)
{
	uint8_t f[2048] = { 0 };

	len = put_pppoe(f, t_peer, type, code, session, what, len);
	t_send(1, f, RTE_MAX(len, 60u));
}

/* A packet of LCP or IPCP. */
static void say_ppp(uint16_t protocol, uint8_t code, uint8_t id, const void *data, unsigned len)
{
	uint8_t p[256];

	put16(p, protocol);
	p[2] = code;
	p[3] = id;
	put16(p + 4, len + 4);
	memcpy(p + 6, data, len);
	say(PPPOE, 0, SESSION, p, len + 6);
}

/* PADO or PADS: the client's Host-Uniq comes back. */
static void answer_discovery(uint8_t code, uint16_t session, const uint8_t *tags, unsigned len)
{
	static const uint8_t name[] = { 1, 1, 0, 0, 1, 2, 0, 2, 'A', 'C' };
	uint8_t out[128];
	unsigned n = sizeof(name);

	memcpy(out, name, n);
	for (unsigned at = 0; at + 4 <= len; at += 4 + get16(tags + at + 2))
		if (get16(tags + at) == HOST_UNIQ) {
			memcpy(out + n, tags + at, 4 + get16(tags + at + 2));
			n += 4 + get16(tags + at + 2);
		}
	say(DISCOVERY, code, session, out, n);
}

static void take_discovery(const uint8_t *h)
{
	if (h[1] == PADI) {
		server.padi++;
		if (!server.silent)
			answer_discovery(PADO, 0, h + 6, get16(h + 4));
	} else if (h[1] == PADR && !server.silent) {
		uint8_t lcp_options[] = { 1, 4, 0, 0, 5, 6, 9, 8, 7, 6 };

		put16(lcp_options + 2, server.mru ? server.mru : SERVER_MTU);
		answer_discovery(PADS, SESSION, h + 6, get16(h + 4));
		say_ppp(LCP, CONF_REQ, 1, lcp_options, sizeof(lcp_options));
	} else if (h[1] == PADT) {
		server.padt++;
	}
}

static void take_session(const uint8_t *h)
{
	uint8_t our_address[] = { 3, 6, 1, 1, 1, 1 }, naked[6] = { 3, 6 };
	uint16_t protocol = get16(h + 6);
	const uint8_t *p = h + 8;

	if (server.silent || p[0] != CONF_REQ)
		return;
	if (protocol == LCP) {
		say_ppp(LCP, CONF_ACK, p[1], p + 4, get16(p + 2) - 4);
	} else if (protocol == IPCP && !server.no_ipcp) {
		memcpy(naked + 2, server.ours, 4);
		if (server.ours[0] && memcmp(p + 4, naked, sizeof(naked)) != 0) {
			say_ppp(IPCP, CONF_NAK, p[1], naked, sizeof(naked));
			return;
		}
		if (server.peer[0])
			memcpy(our_address + 2, server.peer, 4);
		say_ppp(IPCP, CONF_ACK, p[1], p + 4, get16(p + 2) - 4);
		say_ppp(IPCP, CONF_REQ, 1, our_address, sizeof(our_address));
	}
}

/* Take what the router sent to it, and answer, until nothing comes any more. */
static void serve(void)
{
	while (server.looked < t_frames) {
		struct t_frame f = t_frame[server.looked++];
		unsigned tag = server.vlan >= 0 ? 4 : 0;
		uint16_t type = get16(f.b + 12 + tag);

		if (f.port != 1)
			continue;
		if (type == DISCOVERY)
			take_discovery(f.b + ETH + tag);
		else if (type == PPPOE)
			take_session(f.b + ETH + tag);
	}
}

/* ---- the router ---- */

static struct bw_pppoe client(uint32_t under)
{
	return (struct bw_pppoe) { .client_id = CLIENT,
		.if_id = DIALER,
		.under_if = under,
		.flags = BW_PPPOE_F_CHAP,
		.addr = t_ip("10.0.0.1"),
		.mtu = 1492,
		.unit = 1,
		.retry_s = 2,
		.auth_timeout_s = 10,
		.redial_s = 20,
		.max_configure = 10,
		.max_failure = 5,
		.max_terminate = 2 };
}

static void set_dialer(uint32_t id, uint16_t ip_mtu)
{
	struct bw_if c = t_if(id, BW_IF_DIALER, 0, 0);

	c.mtu = 1492;
	c.ip_mtu = ip_mtu;
	t_if_set(&c);
	t_addr(id, "10.0.0.1", 32, BW_ADDR_F_PRIMARY);
}

static void set_port(uint32_t id, uint16_t kind, uint16_t port, uint16_t vlan, const uint8_t *mac)
{
	struct bw_if c = t_if(id, kind, port, vlan);

	memcpy(c.mac, mac, 6);
	t_if_set(&c);
}

static void begin(void)
{
	CU_ASSERT_EQUAL_FATAL(t_reset(), 0);
	memset(&server, 0, sizeof(server));
	server.vlan = -1;
	t_dp->port[1].link_up = true;
	set_port(LAN, BW_IF_PORT, 0, 0, lan_mac);
	set_port(WAN, BW_IF_PORT, 1, 0, wan_mac);
	t_connect(LAN, "10.0.0.1", 24);
	t_learn(LAN, "10.0.0.5", t_peer);
	set_dialer(DIALER, 1454);
	t_adj_neighbour(TO_PEER, DIALER, "1.1.1.1");
	t_route(0, DEFAULT, 0, TO_PEER);
	t_settle();
	t_forget_frames();
}

static void end(void)
{
	CU_ASSERT_TRUE(t_users_are_right());
	CU_ASSERT_EQUAL(t_reset(), 0);
	CU_ASSERT_PTR_NULL(t_dp->pppoe_map);
}

/* The client waits a moment for other servers' offers. */
static void settle_session(void)
{
	t_settle();
	serve();
	if (server.silent)
		return;
	t_later(1);
	pppoe_poll(t_dp);
	t_settle();
	serve();
}

static void dial(uint32_t under)
{
	struct bw_pppoe c = client(under);

	CU_ASSERT_EQUAL_FATAL(pppoe_set(t_dp, &c, t_epoch), BW_OK);
	settle_session();
	t_forget_frames();
	server.looked = 0;
}

static struct bw_pppoe_state state(void)
{
	struct bw_pppoe_state row = { 0 };
	uint32_t cursor = 0;

	pppoe_state_dump_next(t_dp, &cursor, &row);
	return row;
}

/* An IPv4 packet of `total` bytes from the LAN's host; its last byte tells that it is whole. */
static void from_lan(unsigned total, uint8_t flags)
{
	uint8_t f[2048] = { 0 };
	unsigned at = t_put_eth(f, lan_mac, -1, 0x0800);

	t_put_ip4(f + at, 20, total, 17, "10.0.0.5", "8.8.8.8");
	f[at + 6] = flags;
	t_sign_ip4(f + at);
	f[at + total - 1] = 0xee;
	t_send(0, f, at + total);
}

/* A session frame with an IPv4 packet of 40 bytes; `wrong` may spoil it before it is received. */
static void from_session(void (*wrong)(uint8_t *f, unsigned *len), const uint8_t *mac, uint16_t id)
{
	uint8_t p[42], f[256] = { 0 };
	unsigned len;

	memset(p, 0, sizeof(p));
	put16(p, IP4);
	t_put_ip4(p + 2, 20, 40, 17, "8.8.8.8", "10.0.0.5");
	p[41] = 0xee;
	len = put_pppoe(f, mac, PPPOE, 0, id, p, sizeof(p));
	if (wrong)
		wrong(f, &len);
	t_send(1, f, len);
}

/* ---- tests ---- */

static void session_opens(void)
{
	begin();
	dial(WAN);
	CU_ASSERT_EQUAL(server.padi, 1);
	CU_ASSERT_EQUAL(state().stage, BW_PPPOE_UP);
	CU_ASSERT_EQUAL(state().session_id, SESSION);
	CU_ASSERT_EQUAL(state().addr, t_ip("10.0.0.1"));
	CU_ASSERT_EQUAL(state().peer_addr, t_ip("1.1.1.1"));
	CU_ASSERT_EQUAL(memcmp(state().remote_mac, t_peer, 6), 0);
	CU_ASSERT_EQUAL(adj_kind(t_adj_to("8.8.8.8")), ADJ_PPPOE);
	end();
}

static void packets_are_put_into_the_session(void)
{
	static const uint8_t header[] = { 2, 0, 0, 0, 0, 0x77, 2, 0xb7, 0, 0, 0, 2, 0x88, 0x64,
		0x11, 0, 0x12, 0x34, 0, 102, 0, 0x21, 0x45 };

	begin();
	dial(WAN);
	from_lan(100, 0);
	CU_ASSERT_EQUAL_FATAL(t_frames, 1);
	CU_ASSERT_EQUAL(t_frame[0].port, 1);
	CU_ASSERT_EQUAL(t_frame[0].len, ETH + 8 + 100);
	CU_ASSERT_EQUAL(memcmp(t_frame[0].b, header, sizeof(header)), 0);
	CU_ASSERT_EQUAL(t_frame[0].b[ETH + 8 + 8], 63); /* TTL */
	CU_ASSERT_EQUAL(t_checksum(t_frame[0].b + ETH + 8, 20), 0);
	CU_ASSERT_EQUAL(t_frame[0].b[ETH + 8 + 99], 0xee);
	CU_ASSERT_EQUAL(t_dp->region.counters[0].itf[DIALER].tx_packets, 1);
	CU_ASSERT_EQUAL(t_dp->region.counters[0].itf[DIALER].tx_bytes, 100);
	end();
}

static void packets_are_taken_out_of_the_session(void)
{
	begin();
	dial(WAN);
	from_session(NULL, t_peer, SESSION);
	CU_ASSERT_EQUAL_FATAL(t_frames, 1);
	CU_ASSERT_EQUAL(t_frame[0].port, 0);
	CU_ASSERT_EQUAL(t_frame[0].len, ETH + 40);
	CU_ASSERT_EQUAL(get16(t_frame[0].b + 12), 0x0800);
	CU_ASSERT_EQUAL(t_frame[0].b[ETH + 8], 63);
	CU_ASSERT_EQUAL(t_frame[0].b[ETH + 39], 0xee);
	CU_ASSERT_EQUAL(t_dp->region.counters[0].itf[DIALER].rx_packets, 1);
	CU_ASSERT_EQUAL(t_all_drops(), 0);
	end();
}

static void pad(uint8_t *, unsigned *len)
{
	*len += 20;
}

static void padding_is_taken_off(void)
{
	begin();
	dial(WAN);
	from_session(pad, t_peer, SESSION);
	CU_ASSERT_EQUAL_FATAL(t_frames, 1);
	CU_ASSERT_EQUAL(t_frame[0].len, ETH + 40);
	end();
}

/* PPP's length is the packet's bound, whatever the frame still holds. */
static void shorten(uint8_t *f, unsigned *)
{
	put16(f + ETH + 4, 41);
}

static void ip_may_not_reach_past_the_session_length(void)
{
	begin();
	dial(WAN);
	from_session(shorten, t_peer, SESSION);
	CU_ASSERT_EQUAL(t_frames, 0);
	CU_ASSERT_EQUAL(t_drops(BW_DROP_IP4_LENGTH), 1);
	end();
}

static void bad_version(uint8_t *f, unsigned *)
{
	f[ETH] = 0x21;
}

static void bad_code(uint8_t *f, unsigned *)
{
	f[ETH + 1] = 1;
}

static void too_long(uint8_t *f, unsigned *)
{
	put16(f + ETH + 4, 43);
}

static void no_protocol(uint8_t *f, unsigned *)
{
	put16(f + ETH + 4, 1);
}

static void cut_in_the_header(uint8_t *, unsigned *len)
{
	*len = ETH + 7;
}

static void to_all(uint8_t *f, unsigned *)
{
	memset(f, 0xff, 6);
}

static void bad_headers_are_dropped(void)
{
	void (*wrong[])(uint8_t *, unsigned *) = { bad_version, bad_code, too_long, no_protocol,
		cut_in_the_header, to_all };

	begin();
	dial(WAN);
	for (unsigned i = 0; i < RTE_DIM(wrong); i++) {
		from_session(wrong[i], t_peer, SESSION);
		CU_ASSERT_EQUAL(t_frames, 0);
		CU_ASSERT_EQUAL(t_drops(BW_DROP_PPPOE_HEADER), i + 1);
	}
	CU_ASSERT_EQUAL(t_all_drops(), RTE_DIM(wrong));
	end();
}

static void header_in_pieces_is_dropped_or_right(void)
{
	uint8_t f[256] = { 0 }, p[42] = { 0, IP4 };
	uint16_t seg[] = { 0 };
	unsigned len;

	begin();
	dial(WAN);
	t_put_ip4(p + 2, 20, 40, 17, "8.8.8.8", "10.0.0.5");
	len = put_pppoe(f, t_peer, PPPOE, 0, SESSION, p, sizeof(p));
	for (seg[0] = ETH; seg[0] < len; seg[0]++) {
		t_receive_chain(1, f, len, seg, 1);
		t_settle();
		for (unsigned i = 0; i < t_frames; i++)
			CU_ASSERT_EQUAL(memcmp(t_frame[i].b + ETH + 20, p + 22, 20), 0);
		CU_ASSERT_EQUAL(t_frames + t_all_drops(), 1);
		t_forget_frames();
		t_clear_drops();
	}
	end();
}

static bool is_padt(const struct t_frame *f, uint16_t session)
{
	return f->port == 1 && get16(f->b + 12) == DISCOVERY && f->b[ETH + 1] == PADT &&
	       get16(f->b + ETH + 2) == session && get16(f->b + ETH + 4) == 0;
}

static void unknown_sessions_are_ended(void)
{
	begin();
	dial(WAN);
	t_later(10);
	for (unsigned i = 0; i < 5; i++)
		from_session(NULL, t_peer, SESSION + 1);
	CU_ASSERT_EQUAL(t_drops(BW_DROP_PPPOE_SESSION), 5);
	CU_ASSERT_EQUAL_FATAL(t_frames, 1); /* at a bounded rate */
	CU_ASSERT_TRUE(is_padt(&t_frame[0], SESSION + 1));
	CU_ASSERT_EQUAL(state().stage, BW_PPPOE_UP);
	end();
}

static void others_do_not_speak_for_the_server(void)
{
	begin();
	dial(WAN);
	t_later(10);
	from_session(NULL, stranger, SESSION);
	CU_ASSERT_EQUAL(t_drops(BW_DROP_PPPOE_SESSION), 1);
	CU_ASSERT_EQUAL(t_frames, 0);
	end();
}

static void nothing_passes_before_ipcp(void)
{
	begin();
	server.no_ipcp = true;
	dial(WAN);
	CU_ASSERT_EQUAL(state().stage, BW_PPPOE_NETWORK);
	from_session(NULL, t_peer, SESSION);
	from_lan(100, 0);
	CU_ASSERT_EQUAL(t_drops(BW_DROP_PPPOE_DOWN), 2);
	CU_ASSERT_EQUAL(t_frames, 0);
	CU_ASSERT_EQUAL(adj_kind(t_adj_to("8.8.8.8")), ADJ_NO_SESSION);
	end();
}

static void tagged_sessions(void)
{
	begin();
	set_port(TAGGED, BW_IF_SUBIF, 1, 10, wan_mac);
	server.vlan = 10;
	dial(TAGGED);
	CU_ASSERT_EQUAL(state().stage, BW_PPPOE_UP);
	from_lan(100, 0);
	CU_ASSERT_EQUAL_FATAL(t_frames, 1);
	CU_ASSERT_EQUAL(t_frame[0].len, ETH + 4 + 8 + 100);
	CU_ASSERT_EQUAL(
		memcmp(t_frame[0].b + 12, "\x81\0\0\x0a\x88\x64\x11\0\x12\x34\0\x66\0\x21", 14), 0);
	t_forget_frames();
	from_session(NULL, t_peer, SESSION);
	CU_ASSERT_EQUAL_FATAL(t_frames, 1);
	CU_ASSERT_EQUAL(t_frame[0].len, ETH + 40);
	t_forget_frames();
	server.vlan = -1; /* the same session id on the untagged Ethernet is another session */
	from_session(NULL, t_peer, SESSION);
	CU_ASSERT_EQUAL(t_all_drops(), 1);
	end();
}

static void padt_ends_the_session(void)
{
	begin();
	dial(WAN);
	server.silent = true;
	say(DISCOVERY, PADT, SESSION, "", 0);
	CU_ASSERT_EQUAL(state().session_id, 0);
	CU_ASSERT_EQUAL(state().reason, BW_PPPOE_R_PADT);
	CU_ASSERT_PTR_NULL(t_dp->pppoe_map);
	from_lan(100, 0);
	CU_ASSERT_EQUAL(t_drops(BW_DROP_PPPOE_DOWN), 1);
	end();
}

static void another_mac_ends_the_session(void)
{
	begin();
	dial(WAN);
	server.silent = true;
	set_port(WAN, BW_IF_PORT, 1, 0, stranger);
	CU_ASSERT_NOT_EQUAL(state().stage, BW_PPPOE_UP);
	CU_ASSERT_EQUAL(adj_kind(t_adj_to("8.8.8.8")), ADJ_NO_SESSION);
	end();
}

static void a_lost_link_ends_the_session_and_its_return_dials(void)
{
	begin();
	dial(WAN);
	t_dp->port[1].link_up = false;
	pppoe_poll(t_dp);
	CU_ASSERT_EQUAL(state().stage, BW_PPPOE_DOWN);
	CU_ASSERT_EQUAL(state().reason, BW_PPPOE_R_LINK);
	CU_ASSERT_EQUAL(adj_kind(t_adj_to("8.8.8.8")), ADJ_NO_SESSION);
	t_dp->port[1].link_up = true;
	pppoe_poll(t_dp);
	settle_session();
	CU_ASSERT_EQUAL(state().stage, BW_PPPOE_UP);
	CU_ASSERT_EQUAL(adj_kind(t_adj_to("8.8.8.8")), ADJ_PPPOE);
	end();
}

static void shutdown_of_the_ethernet_says_goodbye(void)
{
	struct bw_if c = t_if(WAN, BW_IF_PORT, 1, 0);

	begin();
	dial(WAN);
	memcpy(c.mac, wan_mac, 6);
	c.flags = 0;
	t_if_set(&c);
	t_settle();
	serve();
	CU_ASSERT_EQUAL(server.padt, 1);
	CU_ASSERT_EQUAL(state().stage, BW_PPPOE_DOWN);
	CU_ASSERT_EQUAL(state().reason, BW_PPPOE_R_ADMIN);
	c.flags = BW_IF_F_UP;
	t_if_set(&c);
	settle_session();
	CU_ASSERT_EQUAL(server.padt, 1);
	CU_ASSERT_EQUAL(state().stage, BW_PPPOE_UP);
	end();
}

static void large_packets(void)
{
	begin();
	dial(WAN);
	from_lan(1454, 0x40);
	CU_ASSERT_EQUAL(t_frames, 1);
	t_forget_frames();
	from_lan(1455, 0x40); /* DF: fragmentation needed, with the MTU */
	CU_ASSERT_EQUAL_FATAL(t_frames, 1);
	CU_ASSERT_EQUAL(t_frame[0].port, 0);
	CU_ASSERT_EQUAL(t_frame[0].b[ETH + 20], 3);
	CU_ASSERT_EQUAL(t_frame[0].b[ETH + 21], 4);
	CU_ASSERT_EQUAL(get16(t_frame[0].b + ETH + 26), 1454);
	t_forget_frames();
	from_lan(1455, 0); /* two fragments, each in a session frame of its length */
	CU_ASSERT_EQUAL_FATAL(t_frames, 2);
	for (unsigned i = 0; i < 2; i++) {
		CU_ASSERT_EQUAL(get16(t_frame[i].b + 12), PPPOE);
		CU_ASSERT_EQUAL(get16(t_frame[i].b + ETH + 4), t_frame[i].len - ETH - 6);
		CU_ASSERT_TRUE(t_frame[i].len <= ETH + 8 + 1454);
	}
	end();
}

static void routes_and_session_come_in_any_order(void)
{
	begin();
	t_route_del(0, DEFAULT, 0);
	CU_ASSERT_EQUAL(adj_del(t_dp, TO_PEER), BW_OK);
	dial(WAN);
	t_adj_glean(TO_PEER, DIALER); /* a route to the Dialer itself goes to its peer as well */
	t_route(0, DEFAULT, 0, TO_PEER);
	from_lan(100, 0);
	CU_ASSERT_EQUAL(t_frames, 1);
	CU_ASSERT_EQUAL(adj_kind(t_adj_to("8.8.8.8")), ADJ_PPPOE);
	end();
}

static void the_same_again_disturbs_nothing(void)
{
	struct bw_pppoe c = client(WAN);

	begin();
	dial(WAN);
	t_epoch++;
	CU_ASSERT_EQUAL(pppoe_set(t_dp, &c, t_epoch), BW_OK);
	set_dialer(DIALER, 1454);
	pppoe_sweep(t_dp, t_epoch);
	t_settle();
	CU_ASSERT_EQUAL(t_frames, 0);
	CU_ASSERT_EQUAL(state().stage, BW_PPPOE_UP);
	CU_ASSERT_EQUAL(state().sessions, 1);
	end();
}

static void what_is_swept_says_goodbye(void)
{
	begin();
	dial(WAN);
	pppoe_sweep(t_dp, t_epoch + 1);
	t_settle();
	serve();
	CU_ASSERT_EQUAL(server.padt, 1);
	CU_ASSERT_EQUAL(adj_kind(t_adj_to("8.8.8.8")), ADJ_NO_SESSION);
	CU_ASSERT_EQUAL(pppoe_del(t_dp, CLIENT), BW_E_NO_OBJECT);
	end();
}

/* ---- without control ---- */

static bool has_address(const char *addr)
{
	const struct itf *itf = t_dp->itf[DIALER];

	for (uint32_t i = 0; i < itf->n_addrs; i++)
		if (itf->addr[i].addr == t_ip(addr))
			return true;
	return false;
}

static void drop_own_address(void)
{
	struct bw_if_addr a = { .if_id = DIALER, .addr = t_ip("10.0.0.1") };

	CU_ASSERT_EQUAL(itf_addr_del(t_dp, &a), BW_OK);
}

static void end_session(void)
{
	say(DISCOVERY, PADT, SESSION, NULL, 0);
	t_settle();
	CU_ASSERT_EQUAL(state().stage, BW_PPPOE_WAIT);
}

/* The next session, with other addresses. */
static void redial(uint8_t ours, uint8_t peer)
{
	server.ours[3] = ours;
	server.peer[3] = peer;
	t_later(2);
	pppoe_poll(t_dp);
	settle_session();
	CU_ASSERT_EQUAL_FATAL(state().stage, BW_PPPOE_UP);
}

static void dial_negotiated(uint32_t flags)
{
	struct bw_pppoe c = client(WAN);

	c.flags |= flags;
	c.addr = 0;
	memcpy(server.ours, "\31\0\0\1", 4); /* 25.0.0.1 */
	memcpy(server.peer, "\1\1\1\1", 4);
	CU_ASSERT_EQUAL_FATAL(pppoe_set(t_dp, &c, t_epoch), BW_OK);
	settle_session();
	CU_ASSERT_EQUAL_FATAL(state().stage, BW_PPPOE_UP);
	CU_ASSERT_EQUAL(state().addr, t_ip("25.0.0.1"));
}

/* What control had set for the last session is exchanged; nothing leads to the old addresses. */
static void another_address_without_control(void)
{
	begin();
	drop_own_address();
	dial_negotiated(BW_PPPOE_F_NEGOTIATED | BW_PPPOE_F_PEER_ROUTE | BW_PPPOE_F_DEFAULT_ROUTE);
	t_route(0, "1.1.1.1", 32, TO_PEER);
	end_session();
	CU_ASSERT_EQUAL(adj_kind(t_adj_to("1.1.1.1")), ADJ_NO_SESSION);
	redial(2, 9);
	CU_ASSERT_TRUE(has_address("25.0.0.2"));
	CU_ASSERT_FALSE(has_address("25.0.0.1"));
	CU_ASSERT_EQUAL(t_dp->itf[DIALER]->primary, t_ip("25.0.0.2"));
	CU_ASSERT_EQUAL(adj_kind(t_adj_to("25.0.0.2")), ADJ_LOCAL);
	CU_ASSERT_EQUAL(adj_kind(t_adj_to("1.1.1.9")), ADJ_PPPOE);
	CU_ASSERT_EQUAL(adj_kind(t_adj_to("8.8.8.8")), ADJ_PPPOE);
	/* the default route is control's, and takes what the other two do not */
	CU_ASSERT_PTR_EQUAL(t_adj_to("1.1.1.1"), t_adj_to("8.8.8.8"));
	CU_ASSERT_PTR_EQUAL(t_adj_to("25.0.0.1"), t_adj_to("8.8.8.8"));
	CU_ASSERT_PTR_NOT_EQUAL(t_adj_to("1.1.1.9"), t_adj_to("8.8.8.8"));
	end();
}

/* Nothing of the session was there when control left. */
static void the_first_session_without_control(void)
{
	begin();
	drop_own_address();
	t_route_del(0, DEFAULT, 0);
	dial_negotiated(BW_PPPOE_F_NEGOTIATED | BW_PPPOE_F_PEER_ROUTE | BW_PPPOE_F_DEFAULT_ROUTE);
	CU_ASSERT_EQUAL(t_dp->itf[DIALER]->primary, t_ip("25.0.0.1"));
	CU_ASSERT_EQUAL(adj_kind(t_adj_to("25.0.0.1")), ADJ_LOCAL);
	CU_ASSERT_EQUAL(adj_kind(t_adj_to("1.1.1.1")), ADJ_PPPOE);
	CU_ASSERT_EQUAL(adj_kind(t_adj_to("8.8.8.8")), ADJ_PPPOE);
	t_forget_frames();
	server.looked = 0;
	from_lan(100, 0);
	CU_ASSERT_EQUAL(t_frames, 1);
	end_session();
	CU_ASSERT_EQUAL(adj_kind(t_adj_to("8.8.8.8")), ADJ_NO_SESSION);
	redial(1, 1);
	CU_ASSERT_EQUAL(adj_kind(t_adj_to("8.8.8.8")), ADJ_PPPOE);
	/* control is back, and wants no such routes */
	pppoe_sweep(t_dp, t_epoch);
	CU_ASSERT_EQUAL(adj_kind(t_adj_to("8.8.8.8")), ADJ_NO_ROUTE);
	CU_ASSERT_EQUAL(adj_kind(t_adj_to("1.1.1.1")), ADJ_NO_ROUTE);
	end();
}

/* Routes that the configuration does not have, and addresses that it has, are left alone. */
static void no_more_than_configured_without_control(void)
{
	begin();
	t_route_del(0, DEFAULT, 0);
	dial(WAN);
	CU_ASSERT_EQUAL_FATAL(state().stage, BW_PPPOE_UP);
	CU_ASSERT_EQUAL(adj_kind(t_adj_to("1.1.1.1")), ADJ_NO_ROUTE);
	CU_ASSERT_EQUAL(adj_kind(t_adj_to("8.8.8.8")), ADJ_NO_ROUTE);
	CU_ASSERT_TRUE(has_address("10.0.0.1"));
	CU_ASSERT_EQUAL(t_dp->itf[DIALER]->ip_mtu, 1454);
	end();
}

static void a_smaller_mru_without_control(void)
{
	begin();
	server.mru = 1000;
	dial(WAN);
	CU_ASSERT_EQUAL_FATAL(state().stage, BW_PPPOE_UP);
	CU_ASSERT_EQUAL(t_dp->itf[DIALER]->ip_mtu, 1000);
	end();
}

static void hanging_up_says_goodbye(void)
{
	begin();
	dial(WAN);
	pppoe_hang_up(t_dp);
	t_settle();
	serve();
	CU_ASSERT_EQUAL(server.padt, 1);
	CU_ASSERT_EQUAL(state().session_id, 0);
	end();
}

static void clear_dials_anew(void)
{
	begin();
	dial(WAN);
	CU_ASSERT_EQUAL(pppoe_clear(t_dp, CLIENT + 1), BW_E_NO_OBJECT);
	CU_ASSERT_EQUAL(pppoe_clear(t_dp, 0), BW_OK);
	settle_session();
	CU_ASSERT_EQUAL(server.padt, 1);
	CU_ASSERT_EQUAL(state().stage, BW_PPPOE_UP);
	CU_ASSERT_EQUAL(state().sessions, 2);
	end();
}

/* Another client on the other Dialer, wrong in one thing. */
static int set_other(uint32_t client_id, uint32_t dialer, uint32_t under, uint16_t mtu)
{
	struct bw_pppoe c = client(under);

	c.client_id = client_id;
	c.if_id = dialer;
	c.mtu = mtu;
	return pppoe_set(t_dp, &c, t_epoch);
}

static void wrong_clients_are_refused(void)
{
	begin();
	dial(WAN);
	set_dialer(OTHER, 1454);
	CU_ASSERT_EQUAL(set_other(0, OTHER, WAN, 1492), BW_E_BAD_VALUE);
	CU_ASSERT_EQUAL(set_other(BW_MAX_PPPOE, OTHER, WAN, 1492), BW_E_BAD_VALUE);
	CU_ASSERT_EQUAL(set_other(1, BW_MAX_IFS, WAN, 1492), BW_E_BAD_VALUE);
	CU_ASSERT_EQUAL(set_other(1, OTHER, BW_MAX_IFS, 1492), BW_E_BAD_VALUE);
	CU_ASSERT_EQUAL(set_other(1, OTHER, WAN, 63), BW_E_BAD_VALUE);
	CU_ASSERT_EQUAL(set_other(1, 99, WAN, 1492), BW_E_NO_OBJECT);
	CU_ASSERT_EQUAL(set_other(1, OTHER, 99, 1492), BW_E_NO_OBJECT);
	CU_ASSERT_EQUAL(set_other(1, LAN, WAN, 1492), BW_E_BAD_VALUE);
	CU_ASSERT_EQUAL(set_other(1, OTHER, DIALER, 1492), BW_E_BAD_VALUE);
	CU_ASSERT_EQUAL(set_other(1, DIALER, WAN, 1492), BW_E_IN_USE);
	CU_ASSERT_EQUAL(state().stage, BW_PPPOE_UP);
	CU_ASSERT_EQUAL(set_other(1, OTHER, WAN, 1492), BW_OK);
	end();
}

static void wrong_texts_are_refused(void)
{
	struct bw_pppoe_text text = { .client_id = CLIENT, .which = BW_PPPOE_CHAP_NAME };

	begin();
	CU_ASSERT_EQUAL(pppoe_text(t_dp, &text), BW_OK);
	text.length = BW_PPPOE_TEXT + 1;
	CU_ASSERT_EQUAL(pppoe_text(t_dp, &text), BW_E_BAD_VALUE);
	text.length = 0;
	text.which = BW_PPPOE_TEXTS;
	CU_ASSERT_EQUAL(pppoe_text(t_dp, &text), BW_E_BAD_VALUE);
	text.which = 0;
	text.client_id = BW_MAX_PPPOE;
	CU_ASSERT_EQUAL(pppoe_text(t_dp, &text), BW_E_BAD_VALUE);
	end();
}

static void discovery_where_nobody_dials(void)
{
	begin();
	say(DISCOVERY, PADO, 0, "", 0);
	say(PPPOE, 0, SESSION, "\0\x21", 2);
	CU_ASSERT_EQUAL(t_drops(BW_DROP_L2_UNKNOWN_TYPE), 2);
	CU_ASSERT_EQUAL(t_frames, 0);
	end();
}

static void short_discovery_is_counted(void)
{
	uint8_t f[64] = { 0 };
	unsigned len;

	begin();
	dial(WAN);
	len = put_pppoe(f, t_peer, DISCOVERY, PADT, SESSION, "", 0);
	for (unsigned cut = ETH; cut < len; cut++) {
		t_send(1, f, cut);
		CU_ASSERT_EQUAL(t_drops(BW_DROP_PPPOE_DISCOVERY), cut - ETH + 1);
	}
	CU_ASSERT_EQUAL(state().stage, BW_PPPOE_UP);
	end();
}

/* The server's first LCP packet may be looked at before the PADS that made its session. */
static void lcp_may_overtake_pads(void)
{
	static const uint8_t echo[] = { 0xc0, 0x21, 9, 1, 0, 8, 0, 0, 0, 0 };
	uint8_t f[64] = { 0 };
	struct rte_mbuf *m;

	begin();
	dial(WAN);
	m = rte_pktmbuf_alloc(t_dp->pool);
	CU_ASSERT_PTR_NOT_NULL_FATAL(m);
	put_pppoe(f, t_peer, PPPOE, 0, SESSION, echo, sizeof(echo));
	memcpy(rte_pktmbuf_append(m, ETH + 6 + sizeof(echo)), f, ETH + 6 + sizeof(echo));
	memset(pkt_meta(m), 0, sizeof(struct pkt_meta));
	pkt_meta(m)->in_if = WAN;
	pkt_meta(m)->l2_len = ETH;
	pppoe_stray_input(t_dp, m);
	t_settle();
	CU_ASSERT_EQUAL_FATAL(t_frames, 1); /* the echo's reply */
	CU_ASSERT_EQUAL(t_frame[0].b[ETH + 8], 10);
	end();
}

int main(void)
{
	static const struct t_config config = { .workers = 1, .ports = 2, .queues = 1 };
	CU_pSuite s;
	int rc;

	t_start(&config);
	CU_initialize_registry();
	s = CU_add_suite("session frames", NULL, NULL);
	CU_add_test(s, "a session opens", session_opens);
	CU_add_test(s, "packets are put into it", packets_are_put_into_the_session);
	CU_add_test(s, "packets are taken out of it", packets_are_taken_out_of_the_session);
	CU_add_test(s, "padding is taken off", padding_is_taken_off);
	CU_add_test(
		s, "IP ends with the session's length", ip_may_not_reach_past_the_session_length);
	CU_add_test(s, "bad headers are dropped", bad_headers_are_dropped);
	CU_add_test(s, "frames in pieces", header_in_pieces_is_dropped_or_right);
	CU_add_test(s, "unknown sessions are ended", unknown_sessions_are_ended);
	CU_add_test(s, "others do not speak for the server", others_do_not_speak_for_the_server);
	CU_add_test(s, "nothing passes before IPCP", nothing_passes_before_ipcp);
	CU_add_test(s, "tagged sessions", tagged_sessions);
	CU_add_test(s, "large packets", large_packets);
	CU_add_test(s, "discovery where nobody dials", discovery_where_nobody_dials);
	CU_add_test(s, "short discovery is counted", short_discovery_is_counted);
	CU_add_test(s, "LCP may overtake PADS", lcp_may_overtake_pads);
	s = CU_add_suite("clients", NULL, NULL);
	CU_add_test(s, "PADT ends the session", padt_ends_the_session);
	CU_add_test(s, "another MAC ends the session", another_mac_ends_the_session);
	CU_add_test(s, "a lost link, and its return",
		a_lost_link_ends_the_session_and_its_return_dials);
	CU_add_test(
		s, "shutdown of the Ethernet says goodbye", shutdown_of_the_ethernet_says_goodbye);
	CU_add_test(s, "routes and session in any order", routes_and_session_come_in_any_order);
	CU_add_test(s, "the same again disturbs nothing", the_same_again_disturbs_nothing);
	CU_add_test(s, "what is swept says goodbye", what_is_swept_says_goodbye);
	CU_add_test(s, "another address without control", another_address_without_control);
	CU_add_test(s, "the first session without control", the_first_session_without_control);
	CU_add_test(s, "no more than configured without control",
		no_more_than_configured_without_control);
	CU_add_test(s, "a smaller MRU without control", a_smaller_mru_without_control);
	CU_add_test(s, "hanging up says goodbye", hanging_up_says_goodbye);
	CU_add_test(s, "clear dials anew", clear_dials_anew);
	CU_add_test(s, "wrong clients are refused", wrong_clients_are_refused);
	CU_add_test(s, "wrong texts are refused", wrong_texts_are_refused);
	rc = t_run();
	t_stop();
	return rc;
}
