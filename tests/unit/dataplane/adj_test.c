/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Adjacencies: an id that leads elsewhere by the time a packet that was handed over for it has its
 * turn, and the MTU of one adjacency.
 */
#include <CUnit/Basic.h>
#include <netinet/in.h>
#include <string.h>

#include "core/rcu.h"
#include "l3/neigh.h"
#include "nat/nat.h"
#include "objects/itf_set.h"
#include "objects/objects.h"
#include "support.h"

#define WORKERS	 2
#define IN	 1 /* port 0, 10.0.0.1/24, NAT inside */
#define OUT	 2 /* port 1, 10.1.0.1/24, NAT outside */
#define NEXT_HOP 100
#define OTHER	 101
#define ETH	 14
#define IP	 20

static const uint8_t router_mac[6] = { 2, 0xb7, 0, 0, 0, 1 };
static const uint8_t other_peer[6] = { 2, 0, 0, 0, 0, 0x99 };

static void begin(uint32_t in_flags, uint32_t out_flags)
{
	struct bw_if in = t_if(IN, BW_IF_PORT, 0, 0), out = t_if(OUT, BW_IF_PORT, 1, 0);

	memcpy(in.mac, router_mac, 6);
	in.flags |= in_flags;
	out.flags |= out_flags;
	CU_ASSERT_EQUAL_FATAL(t_reset(), 0);
	t_if_set(&in);
	t_if_set(&out);
	t_connect(IN, "10.0.0.1", 24);
	t_connect(OUT, "10.1.0.1", 24);
	t_adj_neighbour(NEXT_HOP, OUT, "10.1.0.2");
	t_route(0, "20.0.0.0", 8, NEXT_HOP);
	t_settle();
	t_forget_frames();
	t_clear_drops();
}

static void answer(void)
{
	t_learn(IN, "10.0.0.5", t_peer);
	t_learn(OUT, "10.1.0.2", t_peer);
	t_learn(OUT, "10.1.0.9", other_peer);
	t_settle();
	t_forget_frames();
	t_clear_drops();
}

static void end(void)
{
	CU_ASSERT_TRUE(t_users_are_right());
	CU_ASSERT_EQUAL(t_reset(), 0);
}

static void receive(const char *dst, unsigned total, bool df)
{
	uint8_t f[2048] = { 0 };
	unsigned at = t_put_eth(f, router_mac, -1, 0x0800);

	t_put_ip4(f + at, IP, total, IPPROTO_UDP, "10.0.0.5", dst);
	f[at + 6] = df ? 0x40 : 0;
	t_sign_ip4(f + at);
	memcpy(f + at + IP, "\x04\xd2\x00\x35", 4);
	f[at + IP + 4] = (total - IP) >> 8;
	f[at + IP + 5] = total - IP;
	t_receive(0, 0, f, at + total);
}

static void set_nat(void)
{
	struct bw_nat_rule rule = { .rule_id = 1,
		.kind = BW_NAT_STATIC,
		.local = t_ip("10.0.0.5"),
		.global = t_ip("192.0.2.5") };

	CU_ASSERT_EQUAL_FATAL(nat_rule_set(t_dp, &rule), BW_OK);
	CU_ASSERT_EQUAL_FATAL(nat_commit(t_dp), BW_OK);
}

static void unset_nat(void)
{
	CU_ASSERT_EQUAL(nat_rule_del(t_dp, 1), BW_OK);
	CU_ASSERT_EQUAL(nat_commit(t_dp), BW_OK);
}

static uint64_t handed_over(void)
{
	uint64_t n = 0;

	for (unsigned i = 0; i < WORKERS; i++)
		n += t_dp->worker[i]->counters->nat.handed_over;
	return n;
}

static unsigned receiver(void)
{
	for (unsigned i = 0; i < WORKERS; i++)
		for (unsigned k = 0; k < t_dp->worker[i]->n_rxq; k++)
			if (t_dp->worker[i]->rxq[k].port == 0 && t_dp->worker[i]->rxq[k].queue == 0)
				return i;
	CU_FAIL_FATAL("nobody has the queue");
	return 0;
}

/* A packet that NAT hands from one worker to the other; it waits in that one's inbox. */
static void hand_over(void)
{
	uint64_t before = handed_over();
	char dst[16];

	for (unsigned i = 1; i < 250 && handed_over() == before; i++) {
		snprintf(dst, sizeof(dst), "20.0.0.%u", i);
		receive(dst, 60, false);
		t_walk(receiver());
	}
	CU_ASSERT_EQUAL_FATAL(handed_over(), before + 1);
	t_forget_frames();
	t_clear_drops();
}

static void nat_to_the_same(void)
{
	begin(BW_IF_F_NAT_INSIDE, BW_IF_F_NAT_OUTSIDE);
	set_nat();
	answer();
	hand_over();
	t_settle();
	CU_ASSERT_EQUAL_FATAL(t_frames, 1);
	CU_ASSERT(memcmp(t_frame[0].b, t_peer, 6) == 0);
	CU_ASSERT_EQUAL(t_all_drops(), 0);
	unset_nat();
	end();
}

/* The packet must not reach another neighbour than it was looked up for. */
static void nat_to_one_replaced(void)
{
	begin(BW_IF_F_NAT_INSIDE, BW_IF_F_NAT_OUTSIDE);
	set_nat();
	answer();
	hand_over();
	t_adj_neighbour(NEXT_HOP, OUT, "10.1.0.9");
	t_settle();
	CU_ASSERT_EQUAL(t_frames, 0);
	CU_ASSERT_EQUAL(t_drops(BW_DROP_ADJ_GONE), 1);
	CU_ASSERT_EQUAL(t_all_drops(), 1);
	CU_ASSERT_EQUAL(t_in_use(), 0);
	unset_nat();
	end();
}

static void nat_to_one_deleted_and_set(void)
{
	struct bw_adj adj = { .adj_id = NEXT_HOP };

	begin(BW_IF_F_NAT_INSIDE, BW_IF_F_NAT_OUTSIDE);
	set_nat();
	answer();
	hand_over();
	t_route_del(0, "20.0.0.0", 8);
	CU_ASSERT_EQUAL(adj_del(t_dp, adj.adj_id), BW_OK);
	t_adj_neighbour(NEXT_HOP, IN, "10.0.0.5");
	t_settle();
	CU_ASSERT_EQUAL(t_frames, 0);
	CU_ASSERT_EQUAL(t_drops(BW_DROP_ADJ_GONE), 1);
	CU_ASSERT_EQUAL(t_all_drops(), 1);
	unset_nat();
	end();
}

/* On its way to the main lcore, for want of a MAC address. */
static void unresolved_and_replaced(void)
{
	begin(0, 0);
	receive("20.0.0.1", 60, false);
	t_walk(receiver());
	t_adj_neighbour(NEXT_HOP, OUT, "10.1.0.9");
	t_main();
	CU_ASSERT_EQUAL(t_drops(BW_DROP_ADJ_GONE), 1);
	CU_ASSERT_EQUAL(t_all_drops(), 1);
	t_settle();
	end();
}

/* Released from its wait for ARP when the neighbour goes, and another one gets its id. */
static void released_to_another_neighbour(void)
{
	uint32_t id;

	begin(0, 0);
	receive("10.1.0.7", 60, false);
	t_walk(receiver());
	t_main(); /* it waits now */
	neigh_heard(t_dp, dp_itf(t_dp, OUT), t_ip("10.1.0.7"),
		(const struct rte_ether_addr *)t_peer, false);
	id = t_adj_to("10.1.0.7") - t_dp->adj->adj;
	CU_ASSERT_FATAL(id >= ADJ_OWN);
	neigh_clear(t_dp, OUT, t_ip("10.1.0.7"));
	rcu_wait(t_dp->rcu);
	rcu_poll(t_dp->rcu);
	t_dp->adj->own_next = id - ADJ_OWN;
	t_learn(OUT, "10.1.0.8", other_peer);
	CU_ASSERT_EQUAL(t_dp->adj->adj[id].nexthop, t_ip("10.1.0.8"));
	t_forget_frames();
	t_clear_drops();
	for (unsigned i = 0; i < WORKERS; i++)
		t_walk(i);
	CU_ASSERT_EQUAL(t_drops(BW_DROP_ADJ_GONE), 1);
	for (unsigned i = 0; i < t_frames; i++)
		CU_ASSERT(memcmp(t_frame[i].b, other_peer, 6) != 0);
	t_settle();
	end();
}

/* ---- an MTU of its own ---- */

static void set_mtu(uint16_t mtu, int want)
{
	struct bw_adj adj = { .adj_id = OTHER,
		.type = BW_ADJ_T_NEIGHBOUR,
		.if_id = OUT,
		.nexthop = t_ip("10.1.0.2"),
		.mtu = mtu };

	CU_ASSERT_EQUAL(adj_set(t_dp, &adj, t_epoch), want);
}

static void begin_mtu(uint16_t mtu)
{
	begin(0, 0);
	answer();
	set_mtu(mtu, BW_OK);
	t_route(0, "30.0.0.0", 8, OTHER);
}

static void too_big_is_told_its_mtu(void)
{
	const uint8_t *icmp = t_frame[0].b + ETH + IP;

	begin_mtu(1000);
	receive("30.0.0.1", 1001, true);
	t_settle();
	CU_ASSERT_EQUAL_FATAL(t_frames, 1);
	CU_ASSERT_EQUAL(t_frame[0].port, 0);
	CU_ASSERT_EQUAL(icmp[0], 3);
	CU_ASSERT_EQUAL(icmp[1], 4);
	CU_ASSERT_EQUAL(icmp[6] << 8 | icmp[7], 1000);
	CU_ASSERT_EQUAL(t_drops(BW_DROP_IP4_DF), 1);
	end();
}

static void what_fits_passes(void)
{
	begin_mtu(1000);
	receive("30.0.0.1", 1000, true);
	receive("20.0.0.1", 1001, true); /* the same neighbour, by another adjacency */
	t_settle();
	CU_ASSERT_EQUAL(t_frames, 2);
	CU_ASSERT_EQUAL(t_all_drops(), 0);
	end();
}

static void too_big_is_cut_to_it(void)
{
	unsigned payload = 0;

	begin_mtu(1000);
	receive("30.0.0.1", 1500, false);
	t_settle();
	CU_ASSERT_EQUAL(t_frames, 2);
	for (unsigned i = 0; i < t_frames; i++) {
		CU_ASSERT(t_frame[i].len - ETH <= 1000);
		payload += t_frame[i].len - ETH - IP;
	}
	CU_ASSERT_EQUAL(payload, 1500 - IP);
	end();
}

/* The interface has the last word, also when it changes later. */
static void no_more_than_the_interface(void)
{
	struct bw_if out = t_if(OUT, BW_IF_PORT, 1, 0);

	begin_mtu(1400);
	out.ip_mtu = 900;
	t_if_set(&out);
	receive("30.0.0.1", 901, true);
	t_settle();
	CU_ASSERT_EQUAL_FATAL(t_frames, 1);
	CU_ASSERT_EQUAL(t_frame[0].b[ETH + IP + 6] << 8 | t_frame[0].b[ETH + IP + 7], 900);
	end();
}

static void bad_mtu_is_refused(void)
{
	begin(0, 0);
	set_mtu(BW_MIN_IP_MTU - 1, BW_E_BAD_VALUE);
	set_mtu(BW_MIN_IP_MTU, BW_OK);
	end();
}

int main(void)
{
	static const struct t_config config = { .workers = WORKERS, .ports = 2, .queues = 2 };
	CU_pSuite s;
	int rc;

	t_start(&config);
	CU_initialize_registry();
	s = CU_add_suite("ids that lead elsewhere", NULL, NULL);
	CU_add_test(s, "NAT hands over, and nothing changes", nat_to_the_same);
	CU_add_test(s, "NAT hands over, and the id is replaced", nat_to_one_replaced);
	CU_add_test(s, "NAT hands over, and the id is used anew", nat_to_one_deleted_and_set);
	CU_add_test(s, "to be resolved, and the id is replaced", unresolved_and_replaced);
	CU_add_test(s, "waited for ARP, and its neighbour went", released_to_another_neighbour);
	s = CU_add_suite("MTU", NULL, NULL);
	CU_add_test(s, "DF: the error tells it", too_big_is_told_its_mtu);
	CU_add_test(s, "what fits passes", what_fits_passes);
	CU_add_test(s, "cut to it", too_big_is_cut_to_it);
	CU_add_test(s, "no more than the interface's", no_more_than_the_interface);
	CU_add_test(s, "bad values", bad_mtu_is_refused);
	rc = t_run();
	t_stop();
	return rc;
}
