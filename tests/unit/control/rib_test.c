/* SPDX-License-Identifier: BSD-3-Clause */
#include "control/rib/rib.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "control/core/format.h"
#include "control/rib/adj.h"
#include "control/rib/rib_private.h"

#include "support.h"

/* --- what the lines of a configuration come to --- */

static const char two_links[] = "interface GigabitEthernet8\n ip address 10.0.0.1 255.255.255.0\n"
				"interface GigabitEthernet9\n ip address 10.0.1.1 255.255.255.0\n";

/* The id that a route of the dataplane leads to; 0 if there is none. */
static uint32_t route_adj(const struct bench *b, const char *prefix, uint8_t plen)
{
	const struct bw_msg *m = fake_find_route(&b->dp, ip(prefix), plen);

	return m != NULL ? m->route.adj_id : 0;
}

static bw_ip4 route_nexthop(const struct bench *b, const char *prefix, uint8_t plen)
{
	const struct bw_msg *m = fake_find_adj(&b->dp, route_adj(b, prefix, plen));

	return m != NULL ? m->adj.nexthop : 0;
}

static void connected_subnet_has_its_special_addresses(void)
{
	struct bench b;

	bench_open(&b);
	bench_attach(&b);
	bench_config(&b, two_links);
	CU_ASSERT_EQUAL(
		fake_find_adj(&b.dp, route_adj(&b, "10.0.0.0", 24))->adj.type, BW_ADJ_T_GLEAN);
	CU_ASSERT_EQUAL(route_adj(&b, "10.0.0.1", 32), BW_ADJ_RECEIVE);
	CU_ASSERT_EQUAL(route_adj(&b, "10.0.0.0", 32), BW_ADJ_BROADCAST);
	CU_ASSERT_EQUAL(route_adj(&b, "10.0.0.255", 32), BW_ADJ_BROADCAST);
	bench_config(&b, "interface GigabitEthernet8\n ip address 10.0.0.1 255.255.255.254\n");
	CU_ASSERT_EQUAL(route_adj(&b, "10.0.0.1", 32), BW_ADJ_RECEIVE);
	CU_ASSERT_PTR_NULL(fake_find_route(&b.dp, ip("10.0.0.0"), 32));
	CU_ASSERT_PTR_NULL(fake_find_route(&b.dp, ip("10.0.0.255"), 32));
	bench_config(&b, "interface GigabitEthernet8\n shutdown\n");
	CU_ASSERT_PTR_NULL(fake_find_route(&b.dp, ip("10.0.0.0"), 31));
	CU_ASSERT_EQUAL(b.dp.nacks, 0);
	bench_close(&b);
}

static void equal_routes_share_the_load(void)
{
	struct bench b;
	const struct bw_msg *m;

	bench_open(&b);
	bench_attach(&b);
	bench_config(&b, two_links);
	bench_config(&b, "ip route 20.0.0.0 255.0.0.0 10.0.0.2\n"
			 "ip route 20.0.0.0 255.0.0.0 10.0.1.2\n");
	m = fake_find_adj(&b.dp, route_adj(&b, "20.0.0.0", 8));
	CU_ASSERT_EQUAL(m->adj.type, BW_ADJ_T_ECMP);
	CU_ASSERT_EQUAL(m->adj.n_paths, 2);
	bench_config(&b, "interface GigabitEthernet9\n shutdown\n");
	CU_ASSERT_EQUAL(route_nexthop(&b, "20.0.0.0", 8), ip("10.0.0.2"));
	bench_config(&b, "interface GigabitEthernet9\n no shutdown\n");
	CU_ASSERT_EQUAL(fake_find_adj(&b.dp, route_adj(&b, "20.0.0.0", 8))->adj.n_paths, 2);
	CU_ASSERT_EQUAL(b.dp.nacks, 0);
	bench_close(&b);
}

static void no_more_than_sixteen_paths(void)
{
	struct bench b;
	char lines[2048] = "", line[80];

	bench_open(&b);
	bench_attach(&b);
	bench_config(&b, two_links);
	for (unsigned i = 2; i < 30; i++) {
		snprintf(line, sizeof(line), "ip route 20.0.0.0 255.0.0.0 10.0.0.%u\n", i);
		strcat(lines, line);
	}
	bench_config(&b, lines);
	CU_ASSERT_EQUAL(fake_find_adj(&b.dp, route_adj(&b, "20.0.0.0", 8))->adj.n_paths, 16);
	CU_ASSERT_EQUAL(b.dp.nacks, 0);
	bench_close(&b);
}

static void floating_route_waits(void)
{
	struct bench b;

	bench_open(&b);
	bench_attach(&b);
	bench_config(&b, two_links);
	bench_config(&b, "ip route 0.0.0.0 0.0.0.0 10.0.0.2\n"
			 "ip route 0.0.0.0 0.0.0.0 10.0.1.2 200\n");
	CU_ASSERT_EQUAL(route_nexthop(&b, "0.0.0.0", 0), ip("10.0.0.2"));
	fake_link(&b.dp, 2, false);
	bench_run(&b);
	CU_ASSERT_EQUAL(route_nexthop(&b, "0.0.0.0", 0), ip("10.0.1.2"));
	fake_link(&b.dp, 2, true);
	bench_run(&b);
	CU_ASSERT_EQUAL(route_nexthop(&b, "0.0.0.0", 0), ip("10.0.0.2"));
	CU_ASSERT_EQUAL(b.dp.nacks, 0);
	bench_close(&b);
}

static void recursion_follows_what_it_goes_over(void)
{
	struct bench b;

	bench_open(&b);
	bench_attach(&b);
	bench_config(&b, two_links);
	bench_config(&b, "ip route 30.0.0.0 255.0.0.0 20.0.0.1\n"
			 "ip route 20.0.0.0 255.0.0.0 10.0.0.2\n");
	CU_ASSERT_EQUAL(route_nexthop(&b, "30.0.0.0", 8), ip("10.0.0.2"));
	bench_config(&b, "ip route 20.0.0.0 255.255.255.0 10.0.1.2\n"); /* a longer match */
	CU_ASSERT_EQUAL(route_nexthop(&b, "30.0.0.0", 8), ip("10.0.1.2"));
	bench_config(&b, "no ip route 20.0.0.0 255.255.255.0 10.0.1.2\n");
	CU_ASSERT_EQUAL(route_nexthop(&b, "30.0.0.0", 8), ip("10.0.0.2"));
	bench_config(&b, "no ip route 20.0.0.0 255.0.0.0 10.0.0.2\n");
	CU_ASSERT_PTR_NULL(fake_find_route(&b.dp, ip("30.0.0.0"), 8));
	CU_ASSERT_EQUAL(b.dp.nacks, 0);
	bench_close(&b);
}

static void loops_are_not_used(void)
{
	struct bench b;

	bench_open(&b);
	bench_attach(&b);
	bench_config(&b, two_links);
	/* Its own next hop; and two that lead to each other, with a default route beside. */
	bench_config(&b, "ip route 0.0.0.0 0.0.0.0 10.0.0.2\n"
			 "ip route 20.0.0.0 255.0.0.0 20.0.0.1\n"
			 "ip route 30.0.0.0 255.0.0.0 40.0.0.1\n"
			 "ip route 40.0.0.0 255.0.0.0 30.0.0.1\n"
			 "ip route 50.0.0.0 255.0.0.0 30.0.0.9\n");
	CU_ASSERT_PTR_NULL(fake_find_route(&b.dp, ip("20.0.0.0"), 8));
	CU_ASSERT_PTR_NULL(fake_find_route(&b.dp, ip("30.0.0.0"), 8));
	CU_ASSERT_PTR_NULL(fake_find_route(&b.dp, ip("40.0.0.0"), 8));
	CU_ASSERT_PTR_NULL(fake_find_route(&b.dp, ip("50.0.0.0"), 8));
	bench_config(&b, "no ip route 40.0.0.0 255.0.0.0 30.0.0.1\n"); /* the circle is broken */
	CU_ASSERT_EQUAL(route_nexthop(&b, "30.0.0.0", 8), ip("10.0.0.2"));
	CU_ASSERT_EQUAL(route_nexthop(&b, "50.0.0.0", 8), ip("10.0.0.2"));
	CU_ASSERT_EQUAL(b.dp.nacks, 0);
	bench_close(&b);
}

static void permanent_route_stays(void)
{
	struct bench b;

	bench_open(&b);
	bench_attach(&b);
	bench_config(&b, two_links);
	bench_config(&b, "ip route 20.0.0.0 255.0.0.0 10.0.0.2 permanent\n"
			 "ip route 30.0.0.0 255.0.0.0 99.0.0.2 permanent\n");
	bench_config(&b, "interface GigabitEthernet8\n shutdown\n");
	CU_ASSERT_EQUAL(route_adj(&b, "20.0.0.0", 8), BW_ADJ_NULL0);
	CU_ASSERT_PTR_NULL(fake_find_route(&b.dp, ip("30.0.0.0"), 8)); /* never was */
	bench_close(&b);
}

static void null0_and_interface_routes(void)
{
	struct bench b;

	bench_open(&b);
	bench_attach(&b);
	bench_config(&b, two_links);
	bench_config(&b, "ip route 20.0.0.0 255.0.0.0 Null0\n"
			 "ip route 30.0.0.0 255.0.0.0 GigabitEthernet8\n"
			 "ip route 40.0.0.0 255.0.0.0 GigabitEthernet9 10.0.0.7\n");
	CU_ASSERT_EQUAL(route_adj(&b, "20.0.0.0", 8), BW_ADJ_NULL0);
	CU_ASSERT_EQUAL(route_adj(&b, "30.0.0.0", 8), route_adj(&b, "10.0.0.0", 24));
	CU_ASSERT_EQUAL(route_nexthop(&b, "40.0.0.0", 8), ip("10.0.0.7"));
	CU_ASSERT_STRING_EQUAL(bench_config(&b, "ip route 1.0.0.1 255.0.0.0 10.0.0.2\n"
						"ip route 1.0.0.0 255.0.0.0 10.0.0.1\n"
						"ip route 1.0.0.0 255.0.0.0 224.0.0.1\n"),
		"%Inconsistent address and mask\n"
		"%Invalid next hop address (it's this router)\n"
		"%Invalid next hop address\n");
	CU_ASSERT_EQUAL(b.dp.nacks, 0);
	bench_close(&b);
}

static void source_is_the_interface_that_a_packet_leaves_by(void)
{
	struct bench b;

	bench_open(&b);
	bench_attach(&b);
	bench_config(&b, two_links);
	bench_config(&b, "ip route 20.0.0.0 255.0.0.0 10.0.1.2\n");
	CU_ASSERT_EQUAL(rib_source_address(&b.ctl->rib, 0, ip("10.0.0.9")), ip("10.0.0.1"));
	CU_ASSERT_EQUAL(rib_source_address(&b.ctl->rib, 0, ip("20.0.0.9")), ip("10.0.1.1"));
	CU_ASSERT_EQUAL(rib_source_address(&b.ctl->rib, 0, ip("10.0.1.1")), ip("10.0.1.1"));
	CU_ASSERT_EQUAL(rib_source_address(&b.ctl->rib, 0, ip("99.0.0.1")), 0);
	bench_close(&b);
}

/* --- random operations against a model that computes everything anew --- */

#define PREFIXES 22
#define NEXTHOPS 12
#define IFACES	 4
#define SLOTS	 40
#define NO_HOP	 NEXTHOPS /* a path straight to the interface's network */

static const struct {
	const char *addr;
	uint8_t plen;
} universe[PREFIXES] = {
	{ "0.0.0.0", 0 },
	{ "10.0.0.0", 8 },
	{ "10.0.0.0", 16 },
	{ "10.1.0.0", 16 },
	{ "10.0.0.0", 24 },
	{ "10.0.1.0", 24 },
	{ "10.1.0.0", 24 },
	{ "10.0.0.1", 32 },
	{ "20.0.0.0", 8 },
	{ "20.0.0.0", 16 },
	{ "20.0.0.0", 24 },
	{ "20.1.0.0", 16 },
	{ "20.0.0.1", 32 },
	{ "30.0.0.0", 8 },
	{ "30.0.0.0", 16 },
	{ "30.0.0.1", 32 },
	{ "40.0.0.0", 8 },
	{ "40.0.0.0", 16 },
	{ "40.0.0.1", 32 },
	{ "128.0.0.0", 1 },
	{ "192.168.0.0", 16 },
	{ "192.168.1.0", 24 },
};

static const char *const hop_text[NEXTHOPS] = { "10.0.0.1", "10.0.1.1", "10.1.0.1", "10.2.0.1",
	"20.0.0.1", "20.1.0.1", "20.9.0.1", "30.0.0.1", "30.9.0.1", "40.0.0.1", "192.168.1.1",
	"50.0.0.1" };

struct slot {
	struct rib_route *route; /* NULL = empty */
	struct rib_spec spec;
	unsigned prefix, hop, iface;
};

struct model {
	struct rib *rib;
	struct slot slot[SLOTS];
	struct iface *iface[IFACES];
	/* results: of prefixes and of next hops */
	uint8_t status[PREFIXES], distance[PREFIXES], hop_status[NEXTHOPS];
	uint64_t paths[PREFIXES], hop_paths[NEXTHOPS];
	int hop_match[NEXTHOPS];
};

static uint32_t seed;

static uint32_t draw(uint32_t n)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 10) % n;
}

static uint64_t path_bit(unsigned iface, unsigned hop)
{
	return UINT64_C(1) << (iface * (NEXTHOPS + 1) + hop);
}

static bool prefix_has(unsigned p, bw_ip4 addr)
{
	return prefix_covers(ip(universe[p].addr), universe[p].plen, addr);
}

static uint8_t slot_status(const struct model *m, const struct slot *s)
{
	int match;

	if (s->spec.source != RIB_STATIC || (s->spec.flags & RIB_NULL0))
		return RIB_USABLE;
	if (s->spec.ifc != NULL)
		return s->spec.ifc->ip_up ? RIB_USABLE : RIB_UNUSABLE;
	match = m->hop_match[s->hop];
	if (prefix_has(s->prefix, s->spec.nexthop) &&
		(match < 0 || universe[match].plen <= universe[s->prefix].plen))
		return RIB_UNUSABLE;
	return m->hop_status[s->hop];
}

static uint64_t slot_paths(const struct model *m, const struct slot *s)
{
	if (s->spec.source == RIB_LOCAL || (s->spec.flags & RIB_NULL0))
		return 0;
	if (s->spec.ifc != NULL)
		return path_bit(s->iface, s->spec.nexthop ? s->hop : NO_HOP);
	return m->hop_paths[s->hop];
}

/* The status of the least distance that is not unusable, and the paths of its usable routes. */
static void model_entry(struct model *m, unsigned p)
{
	uint8_t status = RIB_UNUSABLE;
	unsigned best = 256;
	uint64_t paths = 0;

	for (unsigned i = 0; i < SLOTS; i++)
		if (m->slot[i].route != NULL && m->slot[i].prefix == p &&
			slot_status(m, &m->slot[i]) != RIB_UNUSABLE &&
			m->slot[i].spec.distance < best)
			best = m->slot[i].spec.distance;
	for (unsigned i = 0; i < SLOTS; i++) {
		const struct slot *s = &m->slot[i];
		uint8_t mine;

		if (s->route == NULL || s->prefix != p || s->spec.distance != best)
			continue;
		mine = slot_status(m, s);
		if (mine == RIB_USABLE)
			paths |= slot_paths(m, s);
		if (mine == RIB_USABLE || (mine == RIB_UNKNOWN && status == RIB_UNUSABLE))
			status = mine;
	}
	m->status[p] = status;
	m->distance[p] = (uint8_t)best;
	m->paths[p] = status == RIB_USABLE ? paths : 0;
}

static bool leads_nowhere(const struct model *m, unsigned p)
{
	for (unsigned i = 0; i < SLOTS; i++)
		if (m->slot[i].route != NULL && m->slot[i].prefix == p &&
			m->slot[i].spec.source == RIB_LOCAL)
			return true;
	return false;
}

static void model_hop(struct model *m, unsigned h)
{
	bw_ip4 addr = ip(hop_text[h]);
	int match = -1;

	for (unsigned p = 0; p < PREFIXES; p++)
		if (m->status[p] != RIB_UNUSABLE && prefix_has(p, addr) &&
			(match < 0 || universe[p].plen > universe[match].plen))
			match = (int)p;
	m->hop_match[h] = match;
	m->hop_paths[h] = 0;
	if (match < 0) {
		m->hop_status[h] = RIB_UNUSABLE;
		return;
	}
	m->hop_status[h] = m->status[match];
	if (m->status[match] != RIB_USABLE)
		return;
	if (leads_nowhere(m, (unsigned)match)) {
		m->hop_status[h] = RIB_UNUSABLE;
		return;
	}
	for (unsigned i = 0; i < IFACES; i++)
		for (unsigned k = 0; k <= NEXTHOPS; k++)
			if (m->paths[match] & path_bit(i, k))
				m->hop_paths[h] |= path_bit(i, k == NO_HOP ? h : k);
}

static void model_compute(struct model *m)
{
	struct model before;

	memset(m->status, RIB_UNKNOWN, sizeof(m->status));
	memset(m->hop_status, RIB_UNKNOWN, sizeof(m->hop_status));
	memset(m->paths, 0, sizeof(m->paths));
	memset(m->hop_paths, 0, sizeof(m->hop_paths));
	for (unsigned p = 0; p < PREFIXES; p++) { /* nothing offered is known from the start */
		bool any = false;

		for (unsigned i = 0; i < SLOTS; i++)
			any |= m->slot[i].route != NULL && m->slot[i].prefix == p;
		if (!any)
			m->status[p] = RIB_UNUSABLE;
	}
	do {
		before = *m;
		for (unsigned h = 0; h < NEXTHOPS; h++)
			model_hop(m, h);
		for (unsigned p = 0; p < PREFIXES; p++)
			model_entry(m, p);
	} while (memcmp(before.status, m->status, sizeof(m->status)) != 0 ||
		 memcmp(before.paths, m->paths, sizeof(m->paths)) != 0 ||
		 memcmp(before.hop_status, m->hop_status, sizeof(m->hop_status)) != 0 ||
		 memcmp(before.hop_match, m->hop_match, sizeof(m->hop_match)) != 0 ||
		 memcmp(before.hop_paths, m->hop_paths, sizeof(m->hop_paths)) != 0);
}

static uint64_t real_paths(const struct model *m, const struct rib_entry *e)
{
	struct rib_paths paths;
	uint64_t bits = 0;

	rib_entry_paths(e, &paths);
	for (unsigned n = 0; n < paths.n; n++) {
		unsigned iface = 0, hop = NO_HOP;

		while (m->iface[iface] != paths.path[n].ifc)
			iface++;
		for (unsigned h = 0; h < NEXTHOPS; h++)
			if (paths.path[n].nexthop == ip(hop_text[h]))
				hop = h;
		bits |= path_bit(iface, hop);
	}
	return bits;
}

/* The dataplane's route leads where the entry says. */
static bool is_programmed(const struct rib_entry *e)
{
	struct rib_paths paths;

	if (!rib_in_force(e))
		return e->adj == NULL;
	rib_entry_paths(e, &paths);
	if (e->adj == NULL)
		return false;
	if (paths.n == 1 && e->adj->type != 0)
		return e->adj->ifc == paths.path[0].ifc &&
		       (e->adj->nexthop == paths.path[0].nexthop || e->adj->n_ways == 0);
	return paths.n < 2 || (e->adj->type == BW_ADJ_T_ECMP && e->adj->n == paths.n);
}

static bool compare_programmed(const struct model *m)
{
	for (unsigned p = 0; p < PREFIXES; p++) {
		struct rib_entry *e = rib_find(m->rib, 0, ip(universe[p].addr), universe[p].plen);

		if (e != NULL && !is_programmed(e)) {
			fprintf(stderr, "%s/%u is programmed otherwise (type %d, %u ways)\n",
				universe[p].addr, universe[p].plen,
				e->adj != NULL ? e->adj->type : -1,
				e->adj != NULL ? e->adj->n_ways : 0);
			return false;
		}
	}
	return true;
}

static bool compare(const struct model *m)
{
	for (unsigned p = 0; p < PREFIXES; p++) {
		struct rib_entry *e = rib_find(m->rib, 0, ip(universe[p].addr), universe[p].plen);
		struct rib_best best = { .status = RIB_UNUSABLE };
		uint8_t status;

		if (e != NULL)
			best = rib_entry_best(e);
		status = best.status;

		if (status != m->status[p])
			return false;
		if (status != RIB_USABLE)
			continue;
		if (best.distance != m->distance[p])
			return false;
		if (__builtin_popcountll(m->paths[p]) <= BW_MAX_PATHS &&
			real_paths(m, e) != m->paths[p])
			return false;
	}
	return true;
}

static void explain(const struct model *m)
{
	for (unsigned p = 0; p < PREFIXES; p++) {
		struct rib_entry *e = rib_find(m->rib, 0, ip(universe[p].addr), universe[p].plen);

		fprintf(stderr, "%s/%u: model %u/%u %llx, table %d/%u %llx\n", universe[p].addr,
			universe[p].plen, m->status[p], m->distance[p],
			(unsigned long long)m->paths[p], e ? rib_entry_best(e).status : -1,
			e ? rib_entry_best(e).distance : 0,
			e ? (unsigned long long)real_paths(m, e) : 0);
		for (unsigned i = 0; i < SLOTS; i++)
			if (m->slot[i].route != NULL && m->slot[i].prefix == p)
				fprintf(stderr,
					"    distance %u source %u flags %u hop %s iface %d: %u\n",
					m->slot[i].spec.distance, m->slot[i].spec.source,
					m->slot[i].spec.flags, hop_text[m->slot[i].hop],
					m->slot[i].spec.ifc ? (int)m->slot[i].iface : -1,
					slot_status(m, &m->slot[i]));
	}
	for (unsigned h = 0; h < NEXTHOPS; h++)
		fprintf(stderr, "%s: %u over %d\n", hop_text[h], m->hop_status[h], m->hop_match[h]);
}

static void fill_slot(struct model *m, struct slot *s)
{
	uint32_t kind = draw(10);

	s->prefix = draw(PREFIXES);
	s->hop = draw(NEXTHOPS);
	s->iface = draw(IFACES);
	s->spec = (struct rib_spec) {
		.prefix = ip(universe[s->prefix].addr),
		.plen = universe[s->prefix].plen,
		.source = RIB_STATIC,
		.distance = (uint8_t)(1 + draw(3) * 5),
	};
	if (kind < 6) {
		s->spec.nexthop = ip(hop_text[s->hop]);
	} else if (kind == 6) {
		s->spec.ifc = m->iface[s->iface];
	} else if (kind == 7) {
		s->spec.ifc = m->iface[s->iface];
		s->spec.nexthop = ip(hop_text[s->hop]);
	} else if (kind == 8) {
		s->spec.source = s->spec.plen == 32 && draw(2) ? RIB_LOCAL : RIB_CONNECTED;
		s->spec.distance = 0;
		s->spec.ifc = m->iface[s->iface];
	} else {
		s->spec.flags = RIB_NULL0;
	}
	/* A prefix is connected or the router's own, not both. */
	for (unsigned i = 0; i < SLOTS; i++)
		if (m->slot[i].route != NULL && m->slot[i].prefix == s->prefix &&
			(s->spec.distance == 0 && m->slot[i].spec.distance == 0))
			return;
	s->route = rib_add(m->rib, &s->spec);
}

static void operate(struct model *m)
{
	struct slot *s = &m->slot[draw(SLOTS)];

	if (draw(8) == 0) {
		struct iface *ifc = m->iface[draw(IFACES)];

		ifc->ip_up = !ifc->ip_up;
		rib_iface_changed(m->rib, ifc);
	} else if (s->route != NULL) {
		rib_remove(m->rib, s->route);
		s->route = NULL;
	} else {
		fill_slot(m, s);
	}
}

/* With `steps`, what is in force is looked at while prefixes wait to be programmed. */
static void match_the_model(bool steps)
{
	static const char *const name[IFACES] = { "GigabitEthernet20", "GigabitEthernet21",
		"GigabitEthernet22", "GigabitEthernet23" };
	struct bench b;
	struct model m = { 0 };
	unsigned wrong = 0;

	bench_open(&b);
	m.rib = &b.ctl->rib;
	for (unsigned i = 0; i < IFACES; i++) {
		m.iface[i] = iface_get(&b.ctl->ifaces, name[i]);
		m.iface[i]->ip_up = true;
	}
	seed = 1;
	for (unsigned round = 0; round < 100000 && wrong == 0; round++) {
		operate(&m);
		if (draw(4) == 0) /* several operations are settled together */
			continue;
		rib_resolve(m.rib);
		if (steps)
			rib_program_some(m.rib, draw(4));
		else
			rib_settle(m.rib);
		if (round % 4 != 0) /* the model takes its time */
			continue;
		model_compute(&m);
		if (steps && draw(8) == 0)
			rib_settle(m.rib);
		if (!compare(&m) ||
			(STAILQ_EMPTY(&m.rib->unprogrammed) && TAILQ_EMPTY(&m.rib->walks) &&
				!compare_programmed(&m))) {
			wrong++;
			explain(&m);
			fprintf(stderr, "differs from the model in round %u\n", round);
		}
	}
	CU_ASSERT_EQUAL(wrong, 0);
	for (unsigned i = 0; i < SLOTS; i++)
		if (m.slot[i].route != NULL)
			rib_remove(m.rib, m.slot[i].route);
	rib_settle(m.rib);
	CU_ASSERT_EQUAL(m.rib->n_routes, 0);
	CU_ASSERT_EQUAL(m.rib->vrf[0].entries.count, 0);
	CU_ASSERT_EQUAL(m.rib->vrf[0].nexthops.count, 0);
	CU_ASSERT_EQUAL(b.ctl->adjs.count, 0);
	for (unsigned i = 0; i < IFACES; i++)
		iface_put(m.iface[i]);
	bench_close(&b);
}

static void random_operations_match_the_model(void)
{
	match_the_model(false);
}

static void interrupted_at_any_point_it_matches_the_model(void)
{
	match_the_model(true);
}

/* --- many prefixes by one next hop --- */

#define MANY 5000

static const char over_a_core[] = "interface GigabitEthernet8\n ip address 10.0.0.1 255.255.255.0\n"
				  "interface GigabitEthernet9\n ip address 10.0.1.1 255.255.255.0\n"
				  "ip route 172.16.0.1 255.255.255.255 GigabitEthernet8 10.0.0.2\n";

/* MANY routes by 172.16.0.1, of prefixes from 20.0.0.0/32 on. */
static void open_many(struct bench *b)
{
	struct rib_spec spec = { .source = RIB_STATIC, .plen = 32, .distance = 200 };

	bench_open(b);
	bench_attach(b);
	bench_config(b, over_a_core);
	spec.nexthop = ip("172.16.0.1");
	for (uint32_t i = 0; i < MANY; i++) {
		spec.prefix = htonl(0x14000000 + i);
		CU_ASSERT_PTR_NOT_NULL_FATAL(rib_add(&b->ctl->rib, &spec));
	}
	bench_run(b);
	CU_ASSERT_EQUAL(route_nexthop(b, "20.0.0.7", 32), ip("10.0.0.2"));
}

static void a_next_hop_moves_by_one_message(void)
{
	const struct bw_msg *m;
	struct bench b;
	unsigned routes, sets;

	open_many(&b);
	routes = b.dp.routes;
	sets = b.dp.sets;
	bench_config(&b, "ip route 172.16.0.1 255.255.255.255 GigabitEthernet9 10.0.1.7\n");
	m = fake_find_adj(&b.dp, route_adj(&b, "20.0.0.7", 32));
	CU_ASSERT_EQUAL(m->adj.type, BW_ADJ_T_ECMP);
	CU_ASSERT_EQUAL(m->adj.n_paths, 2);
	bench_config(&b, "no ip route 172.16.0.1 255.255.255.255 GigabitEthernet8 10.0.0.2\n");
	CU_ASSERT_EQUAL(route_nexthop(&b, "20.0.0.7", 32), ip("10.0.1.7"));
	CU_ASSERT_EQUAL(b.dp.routes - routes, 2); /* of 172.16.0.1 itself */
	CU_ASSERT(b.dp.sets - sets < 12);
	CU_ASSERT_EQUAL(b.dp.nacks, 0);
	bench_close(&b);
}

static void set_core(struct bench *b, bool up)
{
	struct iface *core = iface_get(&b->ctl->ifaces, "GigabitEthernet8");

	core->ip_up = up;
	rib_iface_changed(&b->ctl->rib, core);
	iface_put(core);
	rib_resolve(&b->ctl->rib);
}

static void a_next_hop_that_is_back_soon_costs_no_prefix(void)
{
	struct rib_entry *e;
	struct bench b;
	uint64_t before;
	unsigned routes;

	open_many(&b);
	routes = b.dp.routes;
	e = rib_find(&b.ctl->rib, 0, ip("20.0.0.7"), 32);
	set_core(&b, false);
	CU_ASSERT_FALSE(rib_in_force(e)); /* who looks sees it at once */
	CU_ASSERT_PTR_NULL(rib_lookup(&b.ctl->rib, 0, ip("20.0.0.7")));
	CU_ASSERT_PTR_NOT_NULL_FATAL(e->adj);
	CU_ASSERT_EQUAL(e->adj->type, BW_ADJ_T_FIXED); /* and packets are dropped at once */
	CU_ASSERT_EQUAL(e->adj->fixed, BW_ADJ_DROP);
	rib_program_some(&b.ctl->rib, 100);
	set_core(&b, true);
	before = b.ctl->rib.programmed;
	bench_run(&b);
	CU_ASSERT(b.ctl->rib.programmed - before < 110);
	CU_ASSERT(b.dp.routes - routes < 110);
	CU_ASSERT_EQUAL(route_nexthop(&b, "20.0.0.7", 32), ip("10.0.0.2"));
	CU_ASSERT_EQUAL(fake_count(&b.dp, BW_CMD_ROUTE_SET), MANY + 9);
	/* and again, in the middle of which it goes for good */
	set_core(&b, false);
	rib_program_some(&b.ctl->rib, 1000);
	set_core(&b, true);
	rib_program_some(&b.ctl->rib, 500);
	set_core(&b, false);
	bench_run(&b);
	CU_ASSERT_PTR_NULL(fake_find_route(&b.dp, ip("20.0.0.7"), 32));
	CU_ASSERT_EQUAL(fake_count(&b.dp, BW_CMD_ROUTE_SET), 8);
	CU_ASSERT_EQUAL(b.dp.nacks, 0);
	bench_close(&b);
}

/* What leaves while prefixes still lead over it leaves after them. */
static void an_interface_leaves_after_its_routes(void)
{
	struct rib_spec spec = { .source = RIB_STATIC, .plen = 32, .distance = 1 };
	struct rib_route **route = calloc(MANY, sizeof(struct rib_route *));
	struct bench b;

	bench_open(&b);
	bench_attach(&b);
	bench_config(&b, "interface GigabitEthernet8.7\n encapsulation dot1Q 7\n"
			 " ip address 10.0.7.1 255.255.255.0\n");
	spec.ifc = iface_get(&b.ctl->ifaces, "GigabitEthernet8.7");
	for (uint32_t i = 0; i < MANY; i++) {
		spec.prefix = htonl(0x14000000 + i);
		route[i] = rib_add(&b.ctl->rib, &spec);
	}
	bench_run(&b);
	bench_load(&b, "no interface GigabitEthernet8.7\n");
	for (uint32_t i = 0; i < MANY; i++)
		rib_remove(&b.ctl->rib, route[i]);
	iface_put(spec.ifc);
	bench_run(&b);
	CU_ASSERT_PTR_NULL(fake_find_if(&b.dp, "GigabitEthernet8.7"));
	CU_ASSERT_EQUAL(fake_count(&b.dp, BW_CMD_ROUTE_SET), 0);
	CU_ASSERT_EQUAL(b.dp.nacks, 0);
	bench_close(&b);
	free(route);
}

struct told {
	unsigned n[3];
};

static void on_told(void *arg, enum watch_event event, void *)
{
	struct told *told = arg;

	told->n[event]++;
}

static void watchers_are_told(void)
{
	struct told hop = { 0 }, routes = { 0 };
	struct watch hop_watch = { .told = on_told, .arg = &hop };
	struct watch route_watch = { .told = on_told, .arg = &routes };
	struct rib_nexthop *nh;
	struct bench b;

	bench_open(&b);
	bench_attach(&b);
	bench_config(&b, two_links);
	watch_add(&b.ctl->rib.watches, &route_watch);
	nh = rib_track(&b.ctl->rib, 0, ip("20.0.0.1"), &hop_watch);
	CU_ASSERT_PTR_NOT_NULL_FATAL(nh);
	bench_run(&b);
	CU_ASSERT_EQUAL(hop.n[WATCH_CHANGED], 1);
	CU_ASSERT_EQUAL(nh->status, RIB_UNUSABLE);
	bench_config(&b, "ip route 20.0.0.0 255.0.0.0 10.0.0.2\n");
	CU_ASSERT_EQUAL(hop.n[WATCH_CHANGED], 2);
	CU_ASSERT_EQUAL(nh->status, RIB_USABLE);
	CU_ASSERT_EQUAL(nh->paths.path[0].nexthop, ip("10.0.0.2"));
	CU_ASSERT_EQUAL(routes.n[WATCH_ADDED], 1);
	bench_config(&b, "ip route 30.0.0.0 255.0.0.0 10.0.0.2\n"); /* nothing to the next hop */
	CU_ASSERT_EQUAL(hop.n[WATCH_CHANGED], 2);
	CU_ASSERT_EQUAL(routes.n[WATCH_ADDED], 2);
	bench_config(&b, "no ip route 20.0.0.0 255.0.0.0 10.0.0.2\n");
	CU_ASSERT_EQUAL(hop.n[WATCH_CHANGED], 3);
	CU_ASSERT_EQUAL(routes.n[WATCH_GONE], 1);
	rib_untrack(&b.ctl->rib, nh, &hop_watch);
	bench_run(&b);
	watch_remove(&b.ctl->rib.watches, &route_watch);
	bench_close(&b);
}

struct leaver {
	struct watch watch;
	struct rib *rib;
	struct rib_nexthop *nh;
};

static void leaver_told(void *arg, enum watch_event, void *)
{
	struct leaver *l = arg;

	rib_untrack(l->rib, l->nh, &l->watch);
	l->nh = NULL;
}

/* The next hop goes with its last watcher, which leaves while it is told. */
static void a_watcher_may_leave(void)
{
	struct bench b;
	struct leaver l = { .watch = { .told = leaver_told, .arg = &l }, .rib = NULL };

	bench_open(&b);
	bench_config(&b, two_links);
	l.rib = &b.ctl->rib;
	l.nh = rib_track(l.rib, 0, ip("20.0.0.1"), &l.watch);
	CU_ASSERT_PTR_NOT_NULL_FATAL(l.nh);
	bench_run(&b);
	CU_ASSERT_PTR_NULL(l.nh);
	CU_ASSERT_PTR_NULL(b.ctl->rib.vrf[0].nexthops.root);
	bench_close(&b);
}

/* A change re-evaluates what depends on it and nothing else. */
static void a_change_costs_what_depends_on_it(void)
{
	struct bench b;
	struct rib_spec spec = { .source = RIB_STATIC, .plen = 32, .distance = 1 };
	uint64_t before;

	bench_open(&b);
	bench_attach(&b);
	bench_config(&b, two_links);
	for (uint32_t i = 0; i < 20000; i++) {
		spec.prefix = htonl(0x14000000 + i);
		spec.nexthop = i < 10 ? ip("10.0.1.2") : ip("10.0.0.2");
		CU_ASSERT_PTR_NOT_NULL_FATAL(rib_add(&b.ctl->rib, &spec));
	}
	bench_run(&b);
	CU_ASSERT_EQUAL(fake_count(&b.dp, BW_CMD_ROUTE_SET), 20000 + 8);
	before = b.ctl->rib.evaluations;
	fake_link(&b.dp, 3, false); /* GigabitEthernet9: ten routes */
	bench_run(&b);
	CU_ASSERT(b.ctl->rib.evaluations - before < 100);
	CU_ASSERT_EQUAL(fake_count(&b.dp, BW_CMD_ROUTE_SET), 20000 + 8 - 10 - 4);
	bench_close(&b);
}

int main(void)
{
	static const struct bench_test tests[] = {
		{ "connected subnet has its special addresses",
			connected_subnet_has_its_special_addresses },
		{ "equal routes share the load", equal_routes_share_the_load },
		{ "no more than sixteen paths", no_more_than_sixteen_paths },
		{ "floating route waits", floating_route_waits },
		{ "recursion follows what it goes over", recursion_follows_what_it_goes_over },
		{ "loops are not used", loops_are_not_used },
		{ "permanent route stays", permanent_route_stays },
		{ "null0 and interface routes", null0_and_interface_routes },
		{ "source is the interface that a packet leaves by",
			source_is_the_interface_that_a_packet_leaves_by },
		{ "random operations match the model", random_operations_match_the_model },
		{ "interrupted at any point it matches the model",
			interrupted_at_any_point_it_matches_the_model },
		{ "a next hop moves by one message", a_next_hop_moves_by_one_message },
		{ "a next hop that is back soon costs no prefix",
			a_next_hop_that_is_back_soon_costs_no_prefix },
		{ "an interface leaves after its routes", an_interface_leaves_after_its_routes },
		{ "watchers are told", watchers_are_told },
		{ "a watcher may leave when it is told", a_watcher_may_leave },
		{ "a change costs what depends on it", a_change_costs_what_depends_on_it },
		{ NULL, NULL },
	};

	return bench_main("rib", tests);
}
