/* SPDX-License-Identifier: BSD-3-Clause */
/* What the switch does with frames of every kind, and how it learns. */
#include <string.h>

#include "l2/bridge.h"
#include "support.h"

/* Interfaces; ports have the number behind the name. VLANs 10 and 20 have SVIs. */
enum {
	ACCESS0 = 1,
	ACCESS1,
	ACCESS2, /* VLAN 20 */
	TRUNK3,	 /* 10, 20, 30; native 30 */
	TRUNK4,	 /* 10, 20; native 1, which is not allowed */
	SHUT5,	 /* VLAN 10, shut down */
	ROUTED6,
	SVI10,
	SVI20,
	SVI40, /* no member */
};

static const uint8_t host_a[6] = { 2, 0, 0, 0, 0, 0xa };
static const uint8_t host_b[6] = { 2, 0, 0, 0, 0, 0xb };
static const uint8_t svi_mac[6] = { 2, 0, 0, 0, 1, 1 };
static const uint8_t broadcast[6] = { 255, 255, 255, 255, 255, 255 };
static const uint8_t multicast[6] = { 1, 0, 0x5e, 0, 0, 5 };

static struct bridge_copies copies;
static unsigned began;

static void allow(struct itf *itf, uint16_t vlan)
{
	itf->allowed_vlans[vlan / 64] |= UINT64_C(1) << vlan % 64;
}

static struct itf *switch_port(uint32_t id, uint16_t port, uint16_t vlan, uint32_t flags)
{
	struct itf *itf = itf_new(id, BW_IF_PORT, BW_IF_F_SWITCH | flags);

	itf->port = port;
	itf->vlan = vlan;
	return itf;
}

static void add_svi(uint32_t id, uint16_t vlan, uint16_t vrf)
{
	struct itf *itf = itf_new(id, BW_IF_SVI, BW_IF_F_UP);

	itf->vlan = vlan;
	itf->vrf = vrf;
	memcpy(itf->mac, svi_mac, 6);
}

static void begin(void)
{
	struct itf *trunk;

	began = packets_in_use();
	seconds = worker.now_sec = 1;
	drops_clear();
	itf_clear();
	switch_port(ACCESS0, 0, 10, BW_IF_F_UP);
	switch_port(ACCESS1, 1, 10, BW_IF_F_UP);
	switch_port(ACCESS2, 2, 20, BW_IF_F_UP);
	trunk = switch_port(TRUNK3, 3, 30, BW_IF_F_UP | BW_IF_F_TRUNK);
	allow(trunk, 10);
	allow(trunk, 20);
	allow(trunk, 30);
	trunk = switch_port(TRUNK4, 4, 1, BW_IF_F_UP | BW_IF_F_TRUNK);
	allow(trunk, 10);
	allow(trunk, 20);
	allow(trunk, 0); /* no VLANs, whatever control says */
	allow(trunk, 4095);
	switch_port(SHUT5, 5, 10, 0);
	itf_new(ROUTED6, BW_IF_PORT, BW_IF_F_UP)->port = 6;
	add_svi(SVI10, 10, 0);
	add_svi(SVI20, 20, 7);
	add_svi(SVI40, 40, 0);
	CU_ASSERT_EQUAL_FATAL(bridge_create(&dp), 0);
}

static void end(void)
{
	for (unsigned i = 0; i < copies.n; i++)
		rte_pktmbuf_free(copies.m[i]);
	copies.n = 0;
	bridge_destroy(&dp);
	CU_ASSERT_PTR_NULL(dp.bridge);
	CU_ASSERT_EQUAL(packets_in_use(), began);
}

/* A frame of 60 bytes or more; tag -1: none. Each has a payload that says where it began. */
static unsigned make_frame(
	uint8_t *f, const uint8_t *dst, const uint8_t *src, int tag, uint16_t type)
{
	unsigned at = 12;

	memset(f, 0, 80);
	memcpy(f, dst, 6);
	memcpy(f + 6, src, 6);
	if (tag >= 0) {
		f[at++] = 0x81;
		f[at++] = 0;
		f[at++] = tag >> 8;
		f[at++] = tag;
	}
	f[at++] = type >> 8;
	f[at++] = type;
	memset(f + at, 0xee, 46);
	return at + 46;
}

static struct rte_mbuf *frame(const uint8_t *dst, const uint8_t *src, int tag, uint16_t type)
{
	uint8_t f[80];

	return packet(f, make_frame(f, dst, src, tag, type));
}

/* Check a frame to the byte and free it. */
static void expect_frame(struct rte_mbuf *m, const uint8_t *dst, const uint8_t *src, int tag)
{
	uint8_t want[80], got[80];
	unsigned n = make_frame(want, dst, src, tag, 0x0800);

	CU_ASSERT_EQUAL(packet_bytes(m, got, sizeof(got)), n);
	CU_ASSERT_EQUAL(memcmp(got, want, n), 0);
	rte_pktmbuf_free(m);
}

static rte_edge_t input(struct rte_mbuf *m, uint16_t itf)
{
	pkt_meta(m)->in_if = itf;
	return bridge_input(&worker, m, &copies);
}

static void expect_drop(struct rte_mbuf *m, rte_edge_t edge, enum bw_drop reason)
{
	CU_ASSERT_EQUAL(edge, BRIDGE_EDGE_DROP);
	CU_ASSERT_EQUAL(pkt_meta(m)->drop, reason);
	CU_ASSERT_EQUAL(copies.n, 0);
	rte_pktmbuf_free(m);
}

/* Let the switch learn where an address is. */
static void learn_at(const uint8_t *mac, uint16_t itf, int tag)
{
	struct rte_mbuf *m = frame(svi_mac, mac, tag, 0x1234);

	CU_ASSERT_EQUAL(input(m, itf), BRIDGE_EDGE_DROP);
	rte_pktmbuf_free(m);
	bridge_poll(&dp);
}

/* The ports of the copies and of m (if it goes out too) as bits. Frees the copies. */
static uint32_t ways(struct rte_mbuf *m, bool too, int native_port, const uint8_t *dst,
	const uint8_t *src, uint16_t vlan)
{
	uint32_t ports = 0;

	for (unsigned i = 0; i < copies.n + too; i++) {
		struct rte_mbuf *c = i < copies.n ? copies.m[i] : m;
		uint16_t port = pkt_meta(c)->out_port;
		bool tagged = port >= 3 && port != native_port;

		CU_ASSERT_FATAL(port < 32);
		CU_ASSERT_FALSE(ports >> port & 1);
		ports |= 1u << port;
		expect_frame(c, dst, src, tagged ? vlan : -1);
	}
	copies.n = 0;
	return ports;
}

/* ---- forwarding ---- */

static void known_unicast_goes_to_its_port_uncopied(void)
{
	struct rte_mbuf *m;

	begin();
	learn_at(host_b, ACCESS1, -1);
	m = frame(host_b, host_a, -1, 0x0800);
	CU_ASSERT_EQUAL(input(m, ACCESS0), BRIDGE_EDGE_PORT_TX);
	CU_ASSERT_EQUAL(pkt_meta(m)->out_port, 1);
	CU_ASSERT_EQUAL(copies.n, 0);
	expect_frame(m, host_b, host_a, -1);
	end();
}

static void a_trunk_gets_a_tag_and_gives_one(void)
{
	struct rte_mbuf *m;

	begin();
	learn_at(host_b, TRUNK3, 10);
	m = frame(host_b, host_a, -1, 0x0800);
	CU_ASSERT_EQUAL(input(m, ACCESS0), BRIDGE_EDGE_PORT_TX);
	CU_ASSERT_EQUAL(pkt_meta(m)->out_port, 3);
	expect_frame(m, host_b, host_a, 10);

	learn_at(host_a, ACCESS0, -1);
	m = frame(host_a, host_b, 10, 0x0800);
	CU_ASSERT_EQUAL(input(m, TRUNK3), BRIDGE_EDGE_PORT_TX);
	CU_ASSERT_EQUAL(pkt_meta(m)->out_port, 0);
	expect_frame(m, host_a, host_b, -1);
	end();
}

static void the_native_vlan_has_no_tag(void)
{
	struct rte_mbuf *m;

	begin();
	m = frame(broadcast, host_a, -1, 0x86dd);
	CU_ASSERT_EQUAL(input(m, TRUNK3), BRIDGE_EDGE_DROP); /* alone in VLAN 30 */
	CU_ASSERT_EQUAL(pkt_meta(m)->vlan, 30);
	rte_pktmbuf_free(m);
	/* a native VLAN that is not allowed is not carried */
	m = frame(broadcast, host_a, -1, 0x0800);
	expect_drop(m, input(m, TRUNK4), BW_DROP_L2_VLAN);

	itf_new(ACCESS1, BW_IF_PORT, BW_IF_F_SWITCH | BW_IF_F_UP)->vlan = 30;
	dp.itf[ACCESS1]->port = 1;
	CU_ASSERT_EQUAL(bridge_rebuild(&dp), 0);
	m = frame(broadcast, host_a, -1, 0x0800);
	CU_ASSERT_EQUAL(input(m, ACCESS1), BRIDGE_EDGE_PORT_TX);
	CU_ASSERT_EQUAL(pkt_meta(m)->out_port, 3);
	expect_frame(m, broadcast, host_a, -1);
	/* the native VLAN's own tag is taken too */
	m = frame(broadcast, host_a, 30, 0x0800);
	CU_ASSERT_EQUAL(input(m, TRUNK3), BRIDGE_EDGE_PORT_TX);
	CU_ASSERT_EQUAL(pkt_meta(m)->out_port, 1);
	expect_frame(m, broadcast, host_a, -1);
	end();
}

static void unknown_unicast_is_flooded_but_not_back(void)
{
	struct rte_mbuf *m;

	begin();
	m = frame(host_b, host_a, -1, 0x0800);
	CU_ASSERT_EQUAL(input(m, ACCESS0), BRIDGE_EDGE_PORT_TX);
	CU_ASSERT_EQUAL(ways(m, true, -1, host_b, host_a, 10), 1u << 1 | 1u << 3 | 1u << 4);
	m = frame(host_b, host_a, 20, 0x0800);
	CU_ASSERT_EQUAL(input(m, TRUNK4), BRIDGE_EDGE_PORT_TX);
	CU_ASSERT_EQUAL(ways(m, true, -1, host_b, host_a, 20), 1u << 2 | 1u << 3);
	end();
}

static void broadcast_reaches_the_svi_too(void)
{
	struct rte_mbuf *m;
	uint8_t payload[46];

	begin();
	m = frame(broadcast, host_a, -1, 0x0800);
	CU_ASSERT_EQUAL(input(m, ACCESS2), BRIDGE_EDGE_IP4_INPUT);
	CU_ASSERT_EQUAL(pkt_meta(m)->in_if, SVI20);
	CU_ASSERT_EQUAL(pkt_meta(m)->vrf, 7);
	CU_ASSERT_EQUAL(pkt_meta(m)->vlan, 20);
	CU_ASSERT_EQUAL(pkt_meta(m)->flags, PKT_F_L2_BCAST);
	CU_ASSERT_EQUAL(packet_bytes(m, payload, sizeof(payload)), 46);
	CU_ASSERT_EQUAL(payload[0], 0xee);
	rte_pktmbuf_free(m);
	CU_ASSERT_EQUAL(ways(NULL, false, -1, broadcast, host_a, 20), 1u << 3 | 1u << 4);

	m = frame(multicast, host_a, -1, 0x0806);
	CU_ASSERT_EQUAL(input(m, ACCESS2), BRIDGE_EDGE_PUNT);
	CU_ASSERT_EQUAL(pkt_meta(m)->punt, PUNT_ARP);
	CU_ASSERT_EQUAL(copies.n, 2);
	rte_pktmbuf_free(m);
	end();
}

static void what_the_svi_does_not_speak_is_only_flooded(void)
{
	struct rte_mbuf *m;

	begin();
	m = frame(multicast, host_a, -1, 0x86dd);
	CU_ASSERT_EQUAL(input(m, ACCESS2), BRIDGE_EDGE_PORT_TX);
	CU_ASSERT_EQUAL(copies.n, 1);
	rte_pktmbuf_free(m);
	end();
}

static void the_svis_mac_is_the_router(void)
{
	struct rte_mbuf *m;

	begin();
	m = frame(svi_mac, host_a, 20, 0x0800);
	CU_ASSERT_EQUAL(input(m, TRUNK3), BRIDGE_EDGE_IP4_INPUT);
	CU_ASSERT_EQUAL(pkt_meta(m)->in_if, SVI20);
	CU_ASSERT_EQUAL(pkt_meta(m)->flags, 0);
	CU_ASSERT_EQUAL(m->pkt_len, 46);
	rte_pktmbuf_free(m);
	m = frame(svi_mac, host_a, -1, 0x0806);
	CU_ASSERT_EQUAL(input(m, ACCESS0), BRIDGE_EDGE_PUNT);
	CU_ASSERT_EQUAL(pkt_meta(m)->in_if, SVI10);
	rte_pktmbuf_free(m);
	m = frame(svi_mac, host_a, -1, 0x86dd);
	expect_drop(m, input(m, ACCESS0), BW_DROP_L2_UNKNOWN_TYPE);
	/* in a VLAN without an SVI it is an address like any other */
	m = frame(svi_mac, host_a, -1, 0x0800);
	expect_drop(m, input(m, TRUNK3), BW_DROP_L2_SAME_PORT);
	end();
}

static void an_svi_that_is_shut_down_takes_nothing(void)
{
	struct rte_mbuf *m;

	begin();
	dp.itf[SVI10]->flags = 0;
	CU_ASSERT_EQUAL(bridge_rebuild(&dp), 0);
	m = frame(svi_mac, host_a, -1, 0x0800);
	expect_drop(m, input(m, ACCESS0), BW_DROP_IF_DOWN);
	m = frame(broadcast, host_a, -1, 0x0800);
	CU_ASSERT_EQUAL(input(m, ACCESS0), BRIDGE_EDGE_PORT_TX);
	CU_ASSERT_EQUAL(ways(m, true, -1, broadcast, host_a, 10), 1u << 1 | 1u << 3 | 1u << 4);
	end();
}

/* ---- what is dropped ---- */

static void tags_on_access_ports(void)
{
	struct rte_mbuf *m;

	begin();
	learn_at(host_b, ACCESS1, -1);
	m = frame(host_b, host_a, 20, 0x0800);
	expect_drop(m, input(m, ACCESS0), BW_DROP_L2_VLAN);
	m = frame(host_b, host_a, 10, 0x0800);
	CU_ASSERT_EQUAL(input(m, ACCESS0), BRIDGE_EDGE_PORT_TX);
	expect_frame(m, host_b, host_a, -1);
	/* priority 5 in VLAN 0 */
	m = frame(host_b, host_a, 0xa000, 0x0800);
	CU_ASSERT_EQUAL(input(m, ACCESS0), BRIDGE_EDGE_PORT_TX);
	expect_frame(m, host_b, host_a, -1);
	end();
}

static void vlans_that_a_trunk_does_not_carry(void)
{
	static const int vlans[] = { 1, 11, 30, 40, 4094, 4095 };

	begin();
	for (unsigned i = 0; i < RTE_DIM(vlans); i++) {
		struct rte_mbuf *m = frame(broadcast, host_a, vlans[i], 0x0800);

		expect_drop(m, input(m, TRUNK4), BW_DROP_L2_VLAN);
	}
	end();
}

static void ports_that_are_down_or_not_switch_ports(void)
{
	struct rte_mbuf *m;

	begin();
	m = frame(broadcast, host_a, -1, 0x0800);
	expect_drop(m, input(m, SHUT5), BW_DROP_IF_DOWN);
	m = frame(broadcast, host_a, -1, 0x0800);
	expect_drop(m, input(m, ROUTED6), BW_DROP_IF_DOWN);
	m = frame(broadcast, host_a, -1, 0x0800);
	expect_drop(m, input(m, 0), BW_DROP_IF_DOWN);
	end();
}

static void bad_sources(void)
{
	static const uint8_t zero[6];
	const uint8_t *bad[] = { broadcast, multicast, zero, svi_mac };

	begin();
	for (unsigned i = 0; i < RTE_DIM(bad); i++) {
		struct rte_mbuf *m = frame(host_b, bad[i], -1, 0x0800);

		expect_drop(m, input(m, ACCESS0), BW_DROP_L2_BAD_SOURCE);
	}
	bridge_poll(&dp);
	CU_ASSERT_EQUAL(dp.bridge->macs->count, 0);
	end();
}

static void link_local_groups_are_not_flooded(void)
{
	uint8_t group[6] = { 0x01, 0x80, 0xc2, 0, 0, 0 };
	static const uint8_t cdp[6] = { 0x01, 0x00, 0x0c, 0xcc, 0xcc, 0xcc };
	struct rte_mbuf *m;

	begin();
	for (unsigned i = 0; i < 16; i++) {
		group[5] = i;
		m = frame(group, host_a, -1, 0x0027);
		expect_drop(m, input(m, ACCESS0), BW_DROP_L2_NOT_FOR_US);
	}
	m = frame(cdp, host_a, -1, 0x0027);
	expect_drop(m, input(m, ACCESS0), BW_DROP_L2_NOT_FOR_US);
	group[5] = 0x10;
	m = frame(group, host_a, -1, 0x0800);
	CU_ASSERT_EQUAL(input(m, ACCESS2), BRIDGE_EDGE_IP4_INPUT);
	CU_ASSERT_EQUAL(copies.n, 2);
	rte_pktmbuf_free(m);
	end();
}

static void every_truncation_is_dropped_or_bounded(void)
{
	uint8_t f[80];
	unsigned length;

	begin();
	for (int tag = -1; tag <= 10; tag += 11) {
		length = make_frame(f, svi_mac, host_a, tag, 0x0800);
		for (unsigned n = 1; n <= length; n++) {
			struct rte_mbuf *m = packet(f, n);
			rte_edge_t edge = input(m, TRUNK3);
			unsigned header = tag < 0 ? 14 : 18;

			if (n < 14)
				expect_drop(m, edge, BW_DROP_L2_SHORT);
			else if (tag >= 0 && n < header)
				expect_drop(m, edge, BW_DROP_L2_VLAN);
			else if (tag < 0)
				expect_drop(m, edge, BW_DROP_L2_SAME_PORT);
			else {
				CU_ASSERT_EQUAL(edge, BRIDGE_EDGE_IP4_INPUT);
				CU_ASSERT_EQUAL(m->pkt_len, n - header);
				rte_pktmbuf_free(m);
			}
		}
	}
	end();
}

static void no_way_back_out_of_the_same_port(void)
{
	struct rte_mbuf *m;

	begin();
	learn_at(host_b, TRUNK3, 10);
	m = frame(host_b, host_a, 10, 0x0800);
	expect_drop(m, input(m, TRUNK3), BW_DROP_L2_SAME_PORT);
	end();
}

/* ---- learning ---- */

static struct bw_mac *find_row(const uint8_t *mac, unsigned *n)
{
	static struct bw_mac found;
	struct bw_mac row;
	uint32_t cursor = 0;
	bool there = false;

	for (*n = 0; bridge_mac_dump_next(&dp, &cursor, &row); ++*n)
		if (memcmp(row.mac, mac, 6) == 0) {
			found = row;
			there = true;
		}
	return there ? &found : NULL;
}

static void learns_moves_refreshes_and_ages(void)
{
	struct bw_mac *row;
	unsigned n;

	begin();
	learn_at(host_a, ACCESS0, -1);
	row = find_row(host_a, &n);
	CU_ASSERT_PTR_NOT_NULL_FATAL(row);
	CU_ASSERT_EQUAL(row->port, 0);
	CU_ASSERT_EQUAL(row->vlan, 10);
	CU_ASSERT_EQUAL(row->is_static, 0);
	seconds = worker.now_sec = 100;
	learn_at(host_a, TRUNK3, 10);
	row = find_row(host_a, &n);
	CU_ASSERT_EQUAL(n, 1);
	CU_ASSERT_EQUAL(row->port, 3);
	CU_ASSERT_EQUAL(row->age, 0);
	seconds = worker.now_sec = 250;
	CU_ASSERT_EQUAL(find_row(host_a, &n)->age, 150);
	learn_at(host_a, TRUNK3, 10); /* seen again: the worker itself notes it */
	CU_ASSERT_EQUAL(rte_ring_count(dp.bridge->learner[0].ring), 0);
	CU_ASSERT_EQUAL(find_row(host_a, &n)->age, 0);
	seconds = 549;
	for (unsigned i = 0; i < 100; i++)
		bridge_poll(&dp);
	CU_ASSERT_PTR_NOT_NULL(find_row(host_a, &n));
	seconds = 550;
	for (unsigned i = 0; i < 100; i++)
		bridge_poll(&dp);
	CU_ASSERT_PTR_NULL(find_row(host_a, &n));
	end();
}

static void a_burst_of_one_source_asks_once(void)
{
	begin();
	for (unsigned i = 0; i < 100; i++) {
		struct rte_mbuf *m = frame(svi_mac, host_a, -1, 0x0800);

		CU_ASSERT_EQUAL(input(m, ACCESS0), BRIDGE_EDGE_IP4_INPUT);
		rte_pktmbuf_free(m);
	}
	CU_ASSERT_EQUAL(rte_ring_count(dp.bridge->learner[0].ring), 1);
	end();
}

static void a_flood_of_sources_fills_the_ring_and_no_more(void)
{
	begin();
	for (unsigned i = 0; i < 3 * BRIDGE_LEARN_RING; i++) {
		uint8_t src[6] = { 2, 9, 0, 0, i >> 8, i };
		struct rte_mbuf *m = frame(svi_mac, src, -1, 0x0800);

		CU_ASSERT_EQUAL(input(m, ACCESS0), BRIDGE_EDGE_IP4_INPUT);
		rte_pktmbuf_free(m);
	}
	CU_ASSERT(dp.bridge->learner[0].lost > 0);
	bridge_poll(&dp);
	CU_ASSERT_EQUAL(dp.bridge->macs->count, BRIDGE_LEARN_RING - 1);
	end();
}

static void a_full_table_floods_and_counts(void)
{
	struct rte_mbuf *m;

	begin();
	for (uint64_t i = 1; i <= BRIDGE_MAX_MACS; i++)
		CU_ASSERT_EQUAL(mac_learn(dp.bridge->macs, mac_key(10, i << 8), 1, 1), 0);
	learn_at(host_b, ACCESS1, -1);
	CU_ASSERT_EQUAL(dp.bridge->macs->full, 1);
	m = frame(host_b, host_a, -1, 0x0800);
	CU_ASSERT_EQUAL(input(m, ACCESS0), BRIDGE_EDGE_PORT_TX);
	CU_ASSERT_EQUAL(copies.n, 2);
	rte_pktmbuf_free(m);
	end();
}

static void forgets_by_command_by_link_and_by_membership(void)
{
	unsigned n;

	begin();
	learn_at(host_a, ACCESS0, -1);
	learn_at(host_b, TRUNK3, 10);
	dp.itf[TRUNK3]->flags |= ITF_F_NO_LINE;
	CU_ASSERT_EQUAL(bridge_rebuild(&dp), 0);
	CU_ASSERT_PTR_NULL(find_row(host_b, &n));
	CU_ASSERT_EQUAL(n, 1);
	dp.itf[TRUNK3]->flags &= ~ITF_F_NO_LINE;
	CU_ASSERT_EQUAL(bridge_rebuild(&dp), 0);
	bridge_mac_clear(&dp);
	find_row(host_a, &n);
	CU_ASSERT_EQUAL(n, 0);

	seconds = worker.now_sec = 2; /* a worker tells of an address once a second */
	learn_at(host_a, ACCESS0, -1);
	learn_at(host_b, TRUNK3, 10);
	dp.itf[ACCESS0]->vlan = 20;
	CU_ASSERT_EQUAL(bridge_rebuild(&dp), 0);
	CU_ASSERT_PTR_NULL(find_row(host_a, &n));
	CU_ASSERT_PTR_NOT_NULL(find_row(host_b, &n));
	dp.itf[TRUNK3]->flags &= ~BW_IF_F_UP;
	CU_ASSERT_EQUAL(bridge_rebuild(&dp), 0);
	CU_ASSERT_PTR_NULL(find_row(host_b, &n));
	end();
}

static void a_sighting_from_before_a_change_is_void(void)
{
	struct rte_mbuf *m;
	unsigned n;

	begin();
	m = frame(svi_mac, host_a, -1, 0x0800);
	input(m, ACCESS0);
	rte_pktmbuf_free(m);
	dp.itf[ACCESS0]->vlan = 20;
	CU_ASSERT_EQUAL(bridge_rebuild(&dp), 0);
	bridge_poll(&dp);
	CU_ASSERT_PTR_NULL(find_row(host_a, &n));
	end();
}

/* ---- from the SVI ---- */

static rte_edge_t output(struct rte_mbuf *m, uint16_t vlan)
{
	pkt_meta(m)->vlan = vlan;
	return bridge_output(&worker, m, &copies);
}

static void the_svis_frames_go_out(void)
{
	struct rte_mbuf *m;

	begin();
	learn_at(host_a, ACCESS0, -1);
	learn_at(host_b, TRUNK3, 10);
	m = frame(host_a, svi_mac, -1, 0x0800);
	CU_ASSERT_EQUAL(output(m, 10), BRIDGE_EDGE_PORT_TX);
	CU_ASSERT_EQUAL(pkt_meta(m)->out_port, 0);
	CU_ASSERT_EQUAL(copies.n, 0);
	expect_frame(m, host_a, svi_mac, -1);
	m = frame(host_b, svi_mac, -1, 0x0800);
	CU_ASSERT_EQUAL(output(m, 10), BRIDGE_EDGE_PORT_TX);
	CU_ASSERT_EQUAL(pkt_meta(m)->out_port, 3);
	expect_frame(m, host_b, svi_mac, 10);
	/* not known in this VLAN, and to all */
	m = frame(host_a, svi_mac, -1, 0x0800);
	CU_ASSERT_EQUAL(output(m, 20), BRIDGE_EDGE_PORT_TX);
	CU_ASSERT_EQUAL(ways(m, true, -1, host_a, svi_mac, 20), 1u << 2 | 1u << 3 | 1u << 4);
	m = frame(broadcast, svi_mac, -1, 0x0800);
	CU_ASSERT_EQUAL(output(m, 10), BRIDGE_EDGE_PORT_TX);
	CU_ASSERT_EQUAL(
		ways(m, true, -1, broadcast, svi_mac, 10), 1u | 1u << 1 | 1u << 3 | 1u << 4);
	end();
}

static void a_vlan_without_members_takes_no_frames(void)
{
	static const uint16_t vlans[] = { 0, 40, 4094, 4095, 40 + 4096 };
	struct rte_mbuf *m;

	begin();
	for (unsigned i = 0; i < RTE_DIM(vlans); i++) {
		m = frame(host_a, svi_mac, -1, 0x0800);
		expect_drop(m, output(m, vlans[i]), BW_DROP_L2_VLAN);
	}
	m = packet(host_a, 6);
	expect_drop(m, output(m, 10), BW_DROP_L2_SHORT);
	end();
}

static void copies_that_cannot_be_made_are_counted(void)
{
	static struct rte_mbuf *all[POOL_SIZE];
	struct rte_mbuf *m;
	unsigned n = 0;

	begin();
	m = frame(host_b, host_a, -1, 0x0800);
	while ((all[n] = rte_pktmbuf_alloc(dp.pool)) != NULL)
		n++;
	CU_ASSERT_EQUAL(input(m, ACCESS0), BRIDGE_EDGE_PORT_TX);
	CU_ASSERT_EQUAL(copies.n, 0);
	CU_ASSERT_EQUAL(worker.counters->drops[BW_DROP_NO_MBUF], 2);
	CU_ASSERT_EQUAL(drops_total(), 2);
	rte_pktmbuf_free(m);
	rte_pktmbuf_free_bulk(all, n);
	end();
}

/* A frame without room before it for a tag is dropped, not sent untagged. */
static void no_room_for_a_tag(void)
{
	struct rte_mbuf *m;

	begin();
	learn_at(host_b, TRUNK3, 10);
	m = frame(host_b, host_a, -1, 0x0800);
	while (rte_pktmbuf_headroom(m) >= 4)
		rte_pktmbuf_prepend(m, 4);
	memcpy(rte_pktmbuf_mtod(m, void *), host_b, 6);
	memcpy(rte_pktmbuf_mtod_offset(m, void *, 6), host_a, 6);
	memset(rte_pktmbuf_mtod_offset(m, void *, 12), 8, 2);
	expect_drop(m, input(m, ACCESS0), BW_DROP_NO_MBUF);
	end();
}

/* 50,000 frames of random content: nothing is lost or sent twice, and sanitizers watch. */
static void random_frames_are_kept_count_of(void)
{
	begin();
	for (unsigned i = 0; i < 50000; i++) {
		uint8_t f[80];
		unsigned length = 1 + pseudo_random() % 70;
		struct rte_mbuf *m;
		rte_edge_t edge;

		make_frame(f, pseudo_random() % 2 ? svi_mac : host_b, host_a,
			(int)(pseudo_random() % 50) - 1, 0x0800);
		for (unsigned flips = pseudo_random() % 4; flips > 0; flips--)
			f[pseudo_random() % 20] = pseudo_random();
		m = packet_chain(f, length, 1 + pseudo_random() % 80);
		edge = pseudo_random() % 2 ? input(m, pseudo_random() % (SVI40 + 1))
					   : output(m, pseudo_random() % 64);
		CU_ASSERT(edge < BRIDGE_EDGE_MAX);
		CU_ASSERT(edge != BRIDGE_EDGE_DROP || pkt_meta(m)->drop != BW_DROP_NONE);
		rte_pktmbuf_free(m);
		for (unsigned c = 0; c < copies.n; c++)
			rte_pktmbuf_free(copies.m[c]);
		copies.n = 0;
		CU_ASSERT_EQUAL_FATAL(packets_in_use(), began);
		if (i % 1000 == 0)
			bridge_poll(&dp);
	}
	end();
}

int main(void)
{
	CU_pSuite s;

	support_start();
	s = CU_add_suite("bridge", NULL, NULL);
	CU_ADD_TEST(s, known_unicast_goes_to_its_port_uncopied);
	CU_ADD_TEST(s, a_trunk_gets_a_tag_and_gives_one);
	CU_ADD_TEST(s, the_native_vlan_has_no_tag);
	CU_ADD_TEST(s, unknown_unicast_is_flooded_but_not_back);
	CU_ADD_TEST(s, broadcast_reaches_the_svi_too);
	CU_ADD_TEST(s, what_the_svi_does_not_speak_is_only_flooded);
	CU_ADD_TEST(s, the_svis_mac_is_the_router);
	CU_ADD_TEST(s, an_svi_that_is_shut_down_takes_nothing);
	CU_ADD_TEST(s, tags_on_access_ports);
	CU_ADD_TEST(s, vlans_that_a_trunk_does_not_carry);
	CU_ADD_TEST(s, ports_that_are_down_or_not_switch_ports);
	CU_ADD_TEST(s, bad_sources);
	CU_ADD_TEST(s, link_local_groups_are_not_flooded);
	CU_ADD_TEST(s, every_truncation_is_dropped_or_bounded);
	CU_ADD_TEST(s, no_way_back_out_of_the_same_port);
	CU_ADD_TEST(s, learns_moves_refreshes_and_ages);
	CU_ADD_TEST(s, a_burst_of_one_source_asks_once);
	CU_ADD_TEST(s, a_flood_of_sources_fills_the_ring_and_no_more);
	CU_ADD_TEST(s, a_full_table_floods_and_counts);
	CU_ADD_TEST(s, forgets_by_command_by_link_and_by_membership);
	CU_ADD_TEST(s, a_sighting_from_before_a_change_is_void);
	CU_ADD_TEST(s, the_svis_frames_go_out);
	CU_ADD_TEST(s, a_vlan_without_members_takes_no_frames);
	CU_ADD_TEST(s, copies_that_cannot_be_made_are_counted);
	CU_ADD_TEST(s, no_room_for_a_tag);
	CU_ADD_TEST(s, random_frames_are_kept_count_of);
	return support_run();
}
