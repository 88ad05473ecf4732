/* SPDX-License-Identifier: BSD-3-Clause */
/* A port's health, its counters, and what sysfs tells of virtual functions. */
#include <CUnit/Basic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "port/counters.h"
#include "port/pci_vf.h"
#include "port/watch.h"

/* ---- health ---- */

#define TICK 100

struct world {
	struct port_watch w;
	struct port_signs s;
	uint64_t now;
	bool dead; /* nothing that is sent leaves */
	bool start_fails;
	unsigned probes, restarts;
};

/* A port that works, with traffic seen. */
static struct world healthy(void)
{
	struct world world = { .s = { .link = true }, .now = 1 };

	port_watch(&world.w, &world.s, world.now);
	world.s.sent = 10;
	CU_ASSERT_EQUAL(port_watch(&world.w, &world.s, world.now += TICK), PORT_WATCH_NOTHING);
	return world;
}

/* Let that much time pass; nothing is sent but probes. */
static void pass(struct world *world, uint64_t ms)
{
	for (uint64_t end = world->now + ms; world->now < end;) {
		world->now += TICK;
		switch (port_watch(&world->w, &world->s, world->now)) {
		case PORT_WATCH_PROBE:
			world->probes++;
			world->s.sent += world->dead ? 0 : 1;
			break;
		case PORT_WATCH_RESTART:
			world->restarts++;
			world->s.sent = world->s.received = 0;
			port_watch_restarted(&world->w, !world->start_fails, 0, 0, world->now);
			break;
		case PORT_WATCH_NOTHING:
			break;
		}
		world->s.reset = false;
	}
}

static void idle_port_is_probed(void)
{
	struct world world = healthy();

	pass(&world, PORT_WATCH_IDLE_MS - TICK);
	CU_ASSERT_EQUAL(world.probes, 0);
	pass(&world, TICK);
	CU_ASSERT_EQUAL(world.probes, 1);
	pass(&world, 10 * PORT_WATCH_IDLE_MS);
	CU_ASSERT(world.probes >= 9 && world.probes <= 11);
	CU_ASSERT_EQUAL(world.restarts, 0);
}

static void busy_port_is_left_alone(void)
{
	struct world world = healthy();

	for (unsigned i = 0; i < 300; i++) {
		world.s.received += i % 2;
		pass(&world, TICK);
	}
	CU_ASSERT_EQUAL(world.probes, 0);
	CU_ASSERT_EQUAL(world.restarts, 0);
}

static void silent_port_is_restarted(void)
{
	struct world world = healthy();

	world.dead = true;
	pass(&world, PORT_WATCH_IDLE_MS + PORT_WATCH_ANSWER_MS);
	CU_ASSERT_EQUAL(world.probes, 1);
	CU_ASSERT_EQUAL(world.restarts, 1);
	CU_ASSERT_FALSE(port_watch_is_dead(&world.w)); /* perhaps that helps */
	world.dead = false;
	pass(&world, 2 * TICK + PORT_WATCH_ANSWER_MS);
	CU_ASSERT_EQUAL(world.probes, 2);
	CU_ASSERT_EQUAL(world.restarts, 1);
	CU_ASSERT_EQUAL(world.w.restarts, 0);
}

static void a_frame_received_is_life(void)
{
	struct world world = healthy();

	world.dead = true;
	pass(&world, PORT_WATCH_IDLE_MS);
	CU_ASSERT_EQUAL(world.probes, 1);
	world.s.received++;
	pass(&world, PORT_WATCH_ANSWER_MS);
	CU_ASSERT_EQUAL(world.restarts, 0);
}

static void reset_is_cured_at_once(void)
{
	struct world world = healthy();

	world.s.reset = true;
	pass(&world, TICK);
	CU_ASSERT_EQUAL(world.restarts, 1);
	pass(&world, 1000);
	CU_ASSERT_EQUAL(world.probes, 1); /* and proven */
	CU_ASSERT_EQUAL(world.w.restarts, 0);
	CU_ASSERT_EQUAL(world.restarts, 1);
}

/* As long as the physical function is down: fewer and fewer attempts, and no link. */
static void dead_port_is_tried_again(void)
{
	struct world world = healthy();
	unsigned before;

	world.dead = world.s.reset = true;
	pass(&world, PORT_WATCH_ANSWER_MS + 10 * TICK);
	CU_ASSERT_EQUAL(world.restarts, 2);
	CU_ASSERT_TRUE(port_watch_is_dead(&world.w));
	pass(&world, 10 * PORT_WATCH_MAX_MS);
	before = world.restarts;
	CU_ASSERT(before < 2 + 16);
	pass(&world, 10 * PORT_WATCH_MAX_MS);
	CU_ASSERT(world.restarts - before >= 9 && world.restarts - before <= 10);
	world.dead = false;
	pass(&world, PORT_WATCH_MAX_MS + 10 * TICK);
	CU_ASSERT_FALSE(port_watch_is_dead(&world.w));
	before = world.restarts;
	pass(&world, PORT_WATCH_MAX_MS);
	CU_ASSERT_EQUAL(world.restarts, before);
}

static void link_that_returns_is_tried_soon(void)
{
	struct world world = healthy();
	unsigned before;

	world.dead = world.s.reset = true;
	pass(&world, 4 * PORT_WATCH_MAX_MS);
	world.s.link = false;
	pass(&world, 4 * PORT_WATCH_MAX_MS);
	before = world.restarts;
	pass(&world, 4 * PORT_WATCH_MAX_MS);
	CU_ASSERT_EQUAL(world.restarts, before); /* without a link nothing is to be proven */
	world.s.link = true;
	pass(&world, PORT_WATCH_ANSWER_MS + 2 * TICK);
	CU_ASSERT_EQUAL(world.restarts, before + 1);
	world.dead = false;
	pass(&world, 10 * TICK);
	CU_ASSERT_FALSE(port_watch_is_dead(&world.w));
}

static void a_driver_that_does_not_count_is_not_judged(void)
{
	struct world world = { .s = { .link = true }, .now = 1, .dead = true };

	pass(&world, 10 * PORT_WATCH_IDLE_MS);
	CU_ASSERT_EQUAL(world.probes, 0);
	world.s.reset = true;
	pass(&world, 10 * PORT_WATCH_IDLE_MS);
	CU_ASSERT_EQUAL(world.restarts, 1);
	CU_ASSERT_FALSE(port_watch_is_dead(&world.w));
}

static void a_start_that_fails_is_tried_again(void)
{
	struct world world = {
		.s = { .link = true, .reset = true }, .now = 1, .dead = true, .start_fails = true
	};

	pass(&world, TICK);
	CU_ASSERT_EQUAL(world.restarts, 1);
	CU_ASSERT_TRUE(port_watch_is_dead(&world.w));
	pass(&world, 4 * PORT_WATCH_MAX_MS);
	CU_ASSERT(world.restarts >= 4);
	world.start_fails = world.dead = false;
	pass(&world, 2 * PORT_WATCH_MAX_MS);
	CU_ASSERT_FALSE(port_watch_is_dead(&world.w));
}

/* ---- counters ---- */

static void counters_add_up(void)
{
	struct rte_eth_stats s = { 5, 6, 500, 600, 1, 2, 3, 4, .q_ipackets = { 9 } };
	struct port_counters c = { 0 };
	struct bw_port_info info = { 0 };

	CU_ASSERT_TRUE(port_counters_add(&c, &s, 1000, &info));
	CU_ASSERT_TRUE(port_counters_add(&c, &s, 1000, &info));
	CU_ASSERT(info.rx_packets == 5 && info.tx_packets == 6);
	CU_ASSERT(info.rx_bytes == 500 && info.tx_bytes == 600);
	CU_ASSERT(info.rx_missed == 1 && info.rx_errors == 2 && info.tx_errors == 3);
	CU_ASSERT_EQUAL(info.rx_nombuf, 4);
	s.ipackets += 1000;
	CU_ASSERT_TRUE(port_counters_add(&c, &s, 1000, &info));
	CU_ASSERT_EQUAL(info.rx_packets, 1005);
}

static void counters_that_began_anew(void)
{
	struct rte_eth_stats s = { .ipackets = 50, .opackets = 40, .ibytes = 5000 };
	struct port_counters c = { 0 };
	struct bw_port_info info = { 0 };

	port_counters_add(&c, &s, 1000, &info);
	s = (struct rte_eth_stats) { .ipackets = 3 }; /* after a start */
	CU_ASSERT_FALSE(port_counters_add(&c, &s, 1000, &info));
	CU_ASSERT(info.rx_packets == 50 && info.rx_bytes == 5000 && info.tx_packets == 40);
	s.ipackets = 5;
	CU_ASSERT_TRUE(port_counters_add(&c, &s, 1000, &info));
	CU_ASSERT_EQUAL(info.rx_packets, 52);
	s.ipackets = UINT64_C(1) << 32; /* a 32-bit register that was taken for wrapped */
	s.ibytes = UINT64_C(1) << 32;
	CU_ASSERT_FALSE(port_counters_add(&c, &s, 1000, &info));
	CU_ASSERT(info.rx_packets == 52 && info.rx_bytes == 5000);
	s.ipackets += 7;
	s.ibytes += 700;
	CU_ASSERT_TRUE(port_counters_add(&c, &s, 1000, &info));
	CU_ASSERT(info.rx_packets == 59 && info.rx_bytes == 5700);
	s.opackets = UINT64_C(1) << 32;
	CU_ASSERT_FALSE(port_counters_add(&c, &s, 1000, &info));
}

/* Real traffic never exceeds it; 2^32 packets do, also after a while without a look. */
static void limits(void)
{
	static const uint32_t speed[] = { 10, 1000, 10000, 100000, 0 };

	for (unsigned i = 0; i < RTE_DIM(speed); i++) {
		uint64_t wire = (speed[i] ? speed[i] : 100000) * UINT64_C(1000) / 672; /* a ms */

		CU_ASSERT(port_counters_limit(speed[i], 100) > 100 * wire);
		CU_ASSERT(port_counters_limit(speed[i], 5000) > 5000 * wire);
		CU_ASSERT(port_counters_limit(speed[i], 100) < UINT32_MAX / 2);
		CU_ASSERT(port_counters_limit(speed[i], 5000) < UINT32_MAX);
	}
}

/* ---- sysfs ---- */

static void make(const char *base, const char *name)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", base, name);
	CU_ASSERT_EQUAL_FATAL(mkdir(path, 0700), 0);
}

static void link_to(const char *base, const char *name, const char *target)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", base, name);
	CU_ASSERT_EQUAL_FATAL(symlink(target, path), 0);
}

static void virtual_functions(void)
{
	char base[] = "/tmp/port_test.XXXXXX", command[64];
	struct pci_vf vf;

	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(base));
	make(base, "0000:01:00.0");
	make(base, "0000:01:10.0");
	make(base, "0000:01:10.2");
	link_to(base, "0000:01:10.0/physfn", "../0000:01:00.0");
	link_to(base, "0000:01:10.2/physfn", "../0000:01:00.0");
	link_to(base, "0000:01:00.0/virtfn0", "../0000:01:10.0");
	link_to(base, "0000:01:00.0/virtfn1", "../0000:01:10.2");
	CU_ASSERT_TRUE(pci_vf_find(base, "0000:01:10.2", &vf));
	CU_ASSERT(vf.number == 1 && vf.pf[0] == '\0'); /* in another namespace */
	make(base, "0000:01:00.0/net");
	make(base, "0000:01:00.0/net/ens1f0");
	CU_ASSERT_TRUE(pci_vf_find(base, "0000:01:10.0", &vf));
	CU_ASSERT_EQUAL(vf.number, 0);
	CU_ASSERT_STRING_EQUAL(vf.pf, "ens1f0");
	CU_ASSERT_FALSE(pci_vf_find(base, "0000:01:00.0", &vf));
	CU_ASSERT_FALSE(pci_vf_find(base, "0000:77:00.0", &vf));
	snprintf(command, sizeof(command), "rm -r %s", base);
	CU_ASSERT_EQUAL(system(command), 0);
}

int main(void)
{
	CU_pSuite s;
	unsigned failures;

	CU_initialize_registry();
	s = CU_add_suite("health", NULL, NULL);
	CU_add_test(s, "an idle port is probed", idle_port_is_probed);
	CU_add_test(s, "a busy port is left alone", busy_port_is_left_alone);
	CU_add_test(s, "a silent port is restarted", silent_port_is_restarted);
	CU_add_test(s, "a frame received is life", a_frame_received_is_life);
	CU_add_test(s, "a reset is cured at once", reset_is_cured_at_once);
	CU_add_test(s, "a dead port is tried again", dead_port_is_tried_again);
	CU_add_test(s, "a link that returns is tried soon", link_that_returns_is_tried_soon);
	CU_add_test(s, "a driver that does not count", a_driver_that_does_not_count_is_not_judged);
	CU_add_test(s, "a start that fails", a_start_that_fails_is_tried_again);
	s = CU_add_suite("counters", NULL, NULL);
	CU_add_test(s, "they add up", counters_add_up);
	CU_add_test(s, "they began anew", counters_that_began_anew);
	CU_add_test(s, "limits", limits);
	s = CU_add_suite("sysfs", NULL, NULL);
	CU_add_test(s, "virtual functions", virtual_functions);
	CU_basic_run_tests();
	failures = CU_get_number_of_failures();
	CU_cleanup_registry();
	return failures ? 1 : 0;
}
