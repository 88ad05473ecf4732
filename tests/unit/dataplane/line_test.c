/* SPDX-License-Identifier: BSD-3-Clause */
/* Links that come and go under interfaces: what was learnt from one goes with it. */
#include <CUnit/Basic.h>
#include <arpa/inet.h>
#include <rte_cycles.h>
#include <stdio.h>
#include <string.h>

#include "l2/bridge.h"
#include "l3/announce.h"
#include "l3/line.h"
#include "l3/neigh_private.h"
#include "objects/itf_set.h"
#include "objects/objects.h"
#include "port/port.h"
#include "support.h"

#define IN	 1 /* port 0, 10.0.0.1/24 */
#define OUT	 2 /* port 1, 10.1.0.1/24 */
#define BACKUP	 3 /* port 2, 10.2.0.1/24 */
#define SVI	 4 /* VLAN 20, 10.20.0.1/24 */
#define LAN	 5 /* port 4, and LAN + 1 is port 5: switch ports in VLAN 20 */
#define NEXT_HOP 100
#define ETH	 14

static const uint8_t other[6] = { 2, 0, 0, 0, 0, 0x88 };

static void begin(void)
{
	CU_ASSERT_EQUAL_FATAL(t_reset(), 0);
	for (uint32_t id = IN; id <= BACKUP; id++) {
		struct bw_if c = t_if(id, BW_IF_PORT, id - 1, 0);

		t_if_set(&c);
	}
	t_connect(IN, "10.0.0.1", 24);
	t_connect(OUT, "10.1.0.1", 24);
	t_connect(BACKUP, "10.2.0.1", 24);
	t_settle();
	t_forget_frames();
}

static void add_switch(void)
{
	struct bw_if svi = t_if(SVI, BW_IF_SVI, 0, 20);

	for (unsigned i = 0; i < 2; i++) {
		struct bw_if lan = t_if(LAN + i, BW_IF_PORT, 4 + i, 20);

		lan.flags |= BW_IF_F_SWITCH;
		t_if_set(&lan);
	}
	t_if_set(&svi);
	t_connect(SVI, "10.20.0.1", 24);
	t_settle();
	t_forget_frames();
}

static void end(void)
{
	CU_ASSERT_TRUE(t_users_are_right());
	CU_ASSERT_EQUAL(t_reset(), 0);
}

/* As port_poll() and a turn of the main loop do. */
static void link_is(unsigned port, bool up)
{
	t_dp->port[port].link_up = up;
	t_dp->l2_changed = true;
	line_update(t_dp);
	neigh_poll(t_dp);
	t_settle();
}

static void packet(const char *dst)
{
	uint8_t f[60];
	unsigned at = t_put_eth(f, t_dp->itf[IN]->mac, -1, 0x0800);

	memset(f + at, 0, sizeof(f) - at);
	t_put_ip4(f + at, 20, 40, 17, "10.0.0.5", dst);
	t_send(0, f, at + 40);
}

static bool is_arp(unsigned i, unsigned port, const char *sip, const char *tip)
{
	const uint8_t *a = t_frame[i].b + ETH;
	bw_ip4 s = t_ip(sip), t = t_ip(tip);

	return i < t_frames && t_frame[i].port == port && a[7] == 1 &&
	       memcmp(t_frame[i].b + 12, "\x08\x06", 2) == 0 && memcmp(a + 14, &s, 4) == 0 &&
	       memcmp(a + 24, &t, 4) == 0;
}

static bool is_packet(unsigned i, unsigned port, const uint8_t *mac)
{
	return i < t_frames && t_frame[i].port == port && memcmp(t_frame[i].b, mac, 6) == 0 &&
	       memcmp(t_frame[i].b + 12, "\x08\0", 2) == 0;
}

static struct neigh *entry(uint32_t if_id, const char *addr)
{
	return neigh_find(t_dp->neigh, if_id, t_ip(addr));
}

static bool is_reachable(uint32_t if_id, const char *addr)
{
	const struct neigh *n = entry(if_id, addr);

	return n && n->state == BW_ARP_REACHABLE;
}

/* A host on the wire whose host route is in force. */
static void use(uint32_t if_id, const char *addr, const uint8_t *mac)
{
	t_learn(if_id, addr, mac);
	packet(addr);
	CU_ASSERT_EQUAL(adj_kind(t_adj_to(addr)), ADJ_ETHER);
	t_forget_frames();
}

/* ---- a routed port ---- */

static void neighbours_go_with_the_link(void)
{
	begin();
	use(OUT, "10.1.0.2", t_peer);
	packet("10.1.0.9"); /* waits for its answer */
	CU_ASSERT_EQUAL(t_in_use(), 1);
	t_forget_frames();
	t_clear_drops();
	link_is(1, false);
	CU_ASSERT_PTR_NULL(entry(OUT, "10.1.0.2"));
	CU_ASSERT_PTR_NULL(entry(OUT, "10.1.0.9"));
	CU_ASSERT_EQUAL(t_drops(BW_DROP_IF_DOWN), 1);
	CU_ASSERT_EQUAL(t_in_use(), 0);
	packet("10.1.0.2"); /* until control takes the subnet's route away */
	CU_ASSERT_EQUAL(t_frames, 0);
	CU_ASSERT_EQUAL(t_drops(BW_DROP_IF_DOWN), 2);
	link_is(1, true);
	CU_ASSERT_TRUE(t_frames == 1 && is_arp(0, 1, "10.1.0.1", "10.1.0.1"));
	packet("10.1.0.2");
	CU_ASSERT_TRUE(is_arp(1, 1, "10.1.0.1", "10.1.0.2"));
	end();
}

/* The subnet is gone, a longer way is left: hosts that were known take it like all others. */
static void known_hosts_take_the_backup_route(void)
{
	begin();
	use(OUT, "10.1.0.2", t_peer);
	t_adj_neighbour(NEXT_HOP, BACKUP, "10.2.0.2");
	t_learn(BACKUP, "10.2.0.2", other);
	t_route(0, "10.1.0.0", 16, NEXT_HOP);
	t_settle();
	t_forget_frames();
	t_route_del(0, "10.1.0.0", 24); /* control alone says so; the port has its link */
	neigh_poll(t_dp);
	packet("10.1.0.2");
	CU_ASSERT_TRUE(t_frames == 1 && is_packet(0, 2, other));
	end();
}

/* A route that is longer than the subnet's has the last word on a host that was known before. */
static void a_longer_route_wins(void)
{
	begin();
	use(OUT, "10.1.0.200", t_peer);
	t_adj_neighbour(NEXT_HOP, BACKUP, "10.2.0.2");
	t_learn(BACKUP, "10.2.0.2", other);
	t_route(0, "10.1.0.128", 25, NEXT_HOP);
	neigh_poll(t_dp);
	t_settle();
	t_forget_frames();
	packet("10.1.0.200");
	CU_ASSERT_TRUE(t_frames == 1 && is_packet(0, 2, other));
	t_route_del(0, "10.1.0.128", 25);
	neigh_poll(t_dp);
	t_forget_frames();
	packet("10.1.0.200");
	CU_ASSERT_TRUE(t_frames == 1 && is_packet(0, 1, t_peer));
	end();
}

/* ip route 50.0.0.0 255.0.0.0 GigabitEthernet1: every host there is asked for by itself. */
static void hosts_of_an_interface_route_go_with_it(void)
{
	begin();
	t_adj_glean(NEXT_HOP, OUT);
	t_route(0, "50.0.0.0", 8, NEXT_HOP);
	packet("50.0.0.7");
	CU_ASSERT_TRUE(t_frames == 1 && is_arp(0, 1, "10.1.0.1", "50.0.0.7"));
	t_learn(OUT, "50.0.0.7", t_peer); /* a proxy answered */
	t_settle();
	CU_ASSERT_TRUE(is_packet(1, 1, t_peer));
	CU_ASSERT_EQUAL(adj_kind(t_adj_to("50.0.0.7")), ADJ_ETHER);
	t_adj_neighbour(NEXT_HOP + 1, BACKUP, "10.2.0.2");
	t_learn(BACKUP, "10.2.0.2", other);
	t_route(0, "50.0.0.0", 8, NEXT_HOP + 1);
	neigh_poll(t_dp);
	t_settle();
	t_forget_frames();
	packet("50.0.0.7");
	CU_ASSERT_TRUE(t_frames == 1 && is_packet(0, 2, other));
	end();
}

static void next_hops_are_asked_for_at_once(void)
{
	begin();
	t_adj_neighbour(NEXT_HOP, OUT, "10.1.0.2");
	t_learn(OUT, "10.1.0.2", t_peer);
	t_route(0, "30.0.0.0", 8, NEXT_HOP);
	t_settle();
	t_forget_frames();
	link_is(1, false);
	CU_ASSERT_EQUAL(entry(OUT, "10.1.0.2")->state, BW_ARP_INCOMPLETE);
	for (unsigned i = 0; i < 20; i++) {
		t_later(1);
		neigh_poll(t_dp);
	}
	t_settle();
	CU_ASSERT_EQUAL(t_frames, 0); /* there is nobody to ask */
	link_is(1, true);
	CU_ASSERT_EQUAL(t_frames, 2);
	CU_ASSERT_TRUE(is_arp(0, 1, "10.1.0.1", "10.1.0.1"));
	CU_ASSERT_TRUE(is_arp(1, 1, "10.1.0.1", "10.1.0.2"));
	t_learn(OUT, "10.1.0.2", other); /* another machine has the address now */
	t_forget_frames();
	packet("30.0.0.1");
	CU_ASSERT_TRUE(t_frames == 1 && is_packet(0, 1, other));
	end();
}

static void shutdown_is_the_same(void)
{
	struct bw_if out = t_if(OUT, BW_IF_PORT, 1, 0);

	begin();
	use(OUT, "10.1.0.2", t_peer);
	out.flags &= ~BW_IF_F_UP;
	t_if_set(&out);
	CU_ASSERT_PTR_NULL(entry(OUT, "10.1.0.2"));
	out.flags |= BW_IF_F_UP;
	t_if_set(&out);
	t_settle();
	CU_ASSERT_TRUE(t_frames == 1 && is_arp(0, 1, "10.1.0.1", "10.1.0.1"));
	end();
}

static void static_entries_stay_without_their_route(void)
{
	struct bw_arp arp = { .if_id = OUT, .addr = t_ip("10.1.0.7") };

	begin();
	memcpy(arp.mac, other, 6);
	CU_ASSERT_EQUAL(neigh_static_set(t_dp, &arp, t_epoch), BW_OK);
	CU_ASSERT_EQUAL(adj_kind(t_adj_to("10.1.0.7")), ADJ_ETHER);
	link_is(1, false);
	CU_ASSERT_EQUAL(adj_kind(t_adj_to("10.1.0.7")), ADJ_GLEAN);
	CU_ASSERT_EQUAL(entry(OUT, "10.1.0.7")->state, BW_ARP_STATIC);
	link_is(1, true);
	CU_ASSERT_EQUAL(adj_kind(t_adj_to("10.1.0.7")), ADJ_ETHER);
	end();
}

static void an_interface_that_comes_back_announces_itself(void)
{
	struct bw_if out = t_if(OUT, BW_IF_PORT, 1, 0);

	begin();
	use(OUT, "10.1.0.2", t_peer);
	t_route_del(0, "10.1.0.0", 24);
	t_route_del(0, "10.1.0.1", 32);
	t_route_del(0, "10.1.0.0", 32);
	t_route_del(0, "10.1.0.255", 32);
	CU_ASSERT_EQUAL(itf_del(t_dp, OUT), BW_OK);
	CU_ASSERT_EQUAL(itf_set(t_dp, &out, t_epoch), BW_OK); /* in the same batch */
	CU_ASSERT_PTR_NULL(entry(OUT, "10.1.0.2"));
	t_addr(OUT, "10.1.0.1", 24, BW_ADDR_F_PRIMARY);
	t_forget_frames();
	line_update(t_dp);
	t_settle();
	CU_ASSERT_TRUE(t_frames >= 1 && is_arp(0, 1, "10.1.0.1", "10.1.0.1"));
	end();
}

/* Thousands of NAT globals do not leave in one burst, and all of them leave. */
static void announcements_have_a_rate(void)
{
	unsigned sent = 0, most = 0;
	char addr[16];

	begin();
	for (unsigned i = 0; i < 200; i++) {
		snprintf(addr, sizeof(addr), "10.1.0.%u", 10 + i);
		t_addr(OUT, addr, 32, BW_ADDR_F_ALIAS);
	}
	for (unsigned i = 0; i < 10; i++)
		announce_poll(t_dp);
	t_settle();
	t_forget_frames();
	announce_poll(t_dp);
	link_is(1, false);
	link_is(1, true);
	for (unsigned i = 0; i < 10; i++) {
		most = RTE_MAX(most, t_frames);
		sent += t_frames;
		t_forget_frames();
		announce_poll(t_dp);
		t_settle();
	}
	CU_ASSERT_EQUAL(sent, 201);
	CU_ASSERT_TRUE(most <= 65); /* its own address, and a share of the aliases */
	end();
}

/* ---- a switch ---- */

static void an_svi_goes_with_its_last_port(void)
{
	begin();
	add_switch();
	use(SVI, "10.20.0.2", t_peer);
	link_is(5, false);
	CU_ASSERT_TRUE(is_reachable(SVI, "10.20.0.2")); /* he may be behind the other */
	CU_ASSERT_EQUAL(t_frames, 0);
	link_is(4, false);
	CU_ASSERT_PTR_NULL(entry(SVI, "10.20.0.2"));
	packet("10.20.0.2");
	CU_ASSERT_EQUAL(t_frames, 0);
	CU_ASSERT_EQUAL(t_drops(BW_DROP_IF_DOWN), 1);
	link_is(5, true); /* the first one: only there */
	CU_ASSERT_TRUE(t_frames == 1 && is_arp(0, 5, "10.20.0.1", "10.20.0.1"));
	t_forget_frames();
	link_is(4, true);
	CU_ASSERT_EQUAL(t_frames, 0);
	end();
}

static void show_at_port(unsigned port, const uint8_t *mac)
{
	uint8_t f[60] = { 0 };
	unsigned at = t_put_eth(f, t_broadcast, -1, 0x0806);

	memcpy(f + 6, mac, 6);
	t_put_arp(f + at, 1, mac, t_ip("10.20.0.2"), t_broadcast, t_ip("10.20.0.99"));
	t_dp->worker[0]->now_sec++; /* a worker tells of an address once a second */
	t_send(port, f, sizeof(f));
	t_forget_frames();
}

static void send_from_port(unsigned port, const uint8_t *mac)
{
	show_at_port(port, mac);
	bridge_poll(t_dp);
}

static void who_was_behind_a_port_is_looked_for(void)
{
	struct bw_if lan = t_if(LAN, BW_IF_PORT, 4, 20);

	begin();
	add_switch();
	send_from_port(4, other);
	use(SVI, "10.20.0.2", other);
	CU_ASSERT_EQUAL(bridge_port_of(t_dp->bridge, 20, other), 4);
	link_is(4, false);
	CU_ASSERT_EQUAL(bridge_port_of(t_dp->bridge, 20, other), MAC_NO_PORT);
	CU_ASSERT_PTR_NULL(entry(SVI, "10.20.0.2"));
	packet("10.20.0.2"); /* asked for where ports are left, and found behind another */
	CU_ASSERT_TRUE(t_frames == 1 && is_arp(0, 5, "10.20.0.1", "10.20.0.2"));
	link_is(4, true);
	send_from_port(4, other);
	use(SVI, "10.20.0.2", other);
	lan.flags |= BW_IF_F_SWITCH;
	lan.vlan = 30; /* switchport access vlan 30 */
	t_if_set(&lan);
	t_settle();
	CU_ASSERT_EQUAL(bridge_port_of(t_dp->bridge, 20, other), MAC_NO_PORT);
	CU_ASSERT_PTR_NULL(entry(SVI, "10.20.0.2"));
	end();
}

/* The worker has told, and the main lcore has not listened yet. */
static void who_was_just_seen_behind_a_port_is_looked_for(void)
{
	begin();
	add_switch();
	use(SVI, "10.20.0.2", other);
	show_at_port(4, other);
	link_is(4, false);
	CU_ASSERT_PTR_NULL(entry(SVI, "10.20.0.2"));
	end();
}

/* Within a second a worker tells of an address once, but again after it was forgotten. */
static void who_comes_back_at_once_is_learnt(void)
{
	begin();
	add_switch();
	send_from_port(4, other);
	link_is(4, false);
	link_is(4, true);
	CU_ASSERT_EQUAL(bridge_port_of(t_dp->bridge, 20, other), MAC_NO_PORT);
	t_dp->worker[0]->now_sec--;
	send_from_port(4, other);
	CU_ASSERT_EQUAL(bridge_port_of(t_dp->bridge, 20, other), 4);
	bridge_mac_clear(t_dp);
	t_dp->worker[0]->now_sec--;
	send_from_port(4, other);
	CU_ASSERT_EQUAL(bridge_port_of(t_dp->bridge, 20, other), 4);
	end();
}

static void what_was_seen_before_the_link_went_is_void(void)
{
	begin();
	add_switch();
	show_at_port(4, other);
	link_is(4, false);
	bridge_poll(t_dp);
	CU_ASSERT_EQUAL(bridge_port_of(t_dp->bridge, 20, other), MAC_NO_PORT);
	end();
}

/* ---- too many ---- */

static unsigned count(void)
{
	return t_dp->neigh->n;
}

static void fill_with_offers(unsigned n)
{
	char addr[16];

	for (unsigned i = 2; i < n + 2; i++) {
		snprintf(addr, sizeof(addr), "30.%u.%u.%u", i >> 16, i >> 8 & 255, i & 255);
		t_learn(OUT, addr, t_peer);
		if (i % 64 == 0)
			t_settle();
	}
}

static void the_least_used_make_room(void)
{
	struct bw_arp arp = { .if_id = OUT, .addr = t_ip("10.1.0.7") };

	begin();
	t_connect(OUT, "30.0.0.1", 8);
	memcpy(arp.mac, other, 6);
	CU_ASSERT_EQUAL(neigh_static_set(t_dp, &arp, t_epoch), BW_OK);
	t_adj_neighbour(NEXT_HOP, OUT, "10.1.0.3");
	use(OUT, "10.1.0.2", t_peer);
	t_dp->counters->main.arp_evicted = 0;
	fill_with_offers(NEIGH_MAX + 1000); /* forged requests */
	CU_ASSERT_EQUAL(count(), NEIGH_MAX);
	CU_ASSERT_TRUE(t_dp->counters->main.arp_evicted >= 1000);
	CU_ASSERT_PTR_NULL(entry(OUT, "30.0.0.2")); /* the oldest of them */
	CU_ASSERT_TRUE(is_reachable(OUT, "10.1.0.2"));
	CU_ASSERT_EQUAL(entry(OUT, "10.1.0.7")->state, BW_ARP_STATIC);
	CU_ASSERT_PTR_NOT_NULL(entry(OUT, "10.1.0.3"));
	t_settle();
	t_forget_frames();
	packet("10.1.0.77"); /* a real host is asked for, and known */
	CU_ASSERT_TRUE(t_frames == 1 && is_arp(0, 1, "10.1.0.1", "10.1.0.77"));
	t_learn(OUT, "10.1.0.77", other);
	t_settle();
	CU_ASSERT_TRUE(is_packet(1, 1, other));
	CU_ASSERT_EQUAL(count(), NEIGH_MAX);
	end();
}

static void who_does_not_answer_goes_first(void)
{
	begin();
	t_connect(OUT, "30.0.0.1", 8);
	packet("10.1.0.50");
	CU_ASSERT_PTR_NOT_NULL(entry(OUT, "10.1.0.50"));
	t_clear_drops();
	fill_with_offers(NEIGH_MAX);
	CU_ASSERT_PTR_NULL(entry(OUT, "10.1.0.50"));
	CU_ASSERT_EQUAL(t_drops(BW_DROP_ARP_QUEUE), 1); /* what waited for it */
	CU_ASSERT_PTR_NOT_NULL(entry(OUT, "30.0.0.2"));
	end();
}

static void a_scan_has_a_rate(void)
{
	struct neigh_rate *rate = &t_dp->neigh->rate;
	unsigned taken = 0;

	begin();
	for (unsigned i = 0; i < 10000; i++) /* one sender */
		taken += neigh_rate_take(rate, OUT, t_ip("10.0.0.66"), 1000000, 1000000, 5);
	CU_ASSERT_TRUE(taken >= NEIGH_RATE_SENDER && taken <= NEIGH_RATE_SENDER + 1);
	taken = 0;
	for (unsigned i = 0; i < 8; i++) /* others are asked for all the same, bar a collision */
		taken += neigh_rate_take(rate, OUT, htonl(0x0a000100 + i), 1000000, 1000000, 5);
	CU_ASSERT_TRUE(taken >= 6);
	taken = 0;
	for (unsigned i = 0; i < 100000; i++) /* forged senders */
		taken += neigh_rate_take(rate, OUT, i * 2654435761u, 1000000, 1000000, 5);
	CU_ASSERT_TRUE(taken <= NEIGH_RATE_ITF);
	CU_ASSERT_TRUE(neigh_rate_take(rate, BACKUP, t_ip("10.0.0.1"), 1000000, 1000000, 5));
	CU_ASSERT_TRUE(neigh_rate_take(rate, OUT, t_ip("10.0.0.66"), 3100000, 1000000, 5));
	end();
}

int main(void)
{
	static const struct t_config config = { .workers = 1, .ports = 6, .queues = 1 };
	CU_pSuite s;
	int rc;

	t_start(&config);
	CU_initialize_registry();
	s = CU_add_suite("links", NULL, NULL);
	CU_ADD_TEST(s, neighbours_go_with_the_link);
	CU_ADD_TEST(s, known_hosts_take_the_backup_route);
	CU_ADD_TEST(s, a_longer_route_wins);
	CU_ADD_TEST(s, hosts_of_an_interface_route_go_with_it);
	CU_ADD_TEST(s, next_hops_are_asked_for_at_once);
	CU_ADD_TEST(s, shutdown_is_the_same);
	CU_ADD_TEST(s, static_entries_stay_without_their_route);
	CU_ADD_TEST(s, an_interface_that_comes_back_announces_itself);
	CU_ADD_TEST(s, announcements_have_a_rate);
	s = CU_add_suite("a switch", NULL, NULL);
	CU_ADD_TEST(s, an_svi_goes_with_its_last_port);
	CU_ADD_TEST(s, who_was_behind_a_port_is_looked_for);
	CU_ADD_TEST(s, who_was_just_seen_behind_a_port_is_looked_for);
	CU_ADD_TEST(s, who_comes_back_at_once_is_learnt);
	CU_ADD_TEST(s, what_was_seen_before_the_link_went_is_void);
	s = CU_add_suite("too many", NULL, NULL);
	CU_ADD_TEST(s, the_least_used_make_room);
	CU_ADD_TEST(s, who_does_not_answer_goes_first);
	CU_ADD_TEST(s, a_scan_has_a_rate);
	rc = t_run();
	t_stop();
	return rc;
}
