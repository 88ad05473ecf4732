/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a full table costs control: routes learnt over a few next hops, a next hop that moves, the
 * interface behind all of them that goes and comes. The dataplane is one that only remembers, in
 * this process; only control's turns of the loop are timed.
 *
 * rib_bench [ROUTES]
 */
#include <arpa/inet.h>
#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>

#include "control/core/format.h"
#include "control/rib/adj.h"

#include "support.h"

#define NEXTHOPS  16
#define CORE_PORT 2 /* GigabitEthernet8 */

struct cost {
	uint64_t all_us, longest_us; /* of turns of the loop */
	uint64_t first_us;	     /* until the first of them was over */
};

static uint64_t now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

static bool is_at_rest(const struct bench *b)
{
	return !work_is_marked(&b->ctl->core.work, WORK_RANKS - 1) &&
	       dp_link_settled(&b->ctl->core.dp);
}

static void turn(struct bench *b, struct cost *cost)
{
	uint64_t begun = now_us(), us;

	event_base_loop(b->base, EVLOOP_NONBLOCK);
	us = now_us() - begun;
	if (cost->all_us == 0)
		cost->first_us = us;
	cost->all_us += us;
	if (us > cost->longest_us)
		cost->longest_us = us;
	fake_run(&b->dp);
}

/* Until nothing is left to do, or for so many turns. */
static struct cost run(struct bench *b, unsigned turns)
{
	struct cost cost = { 0 };

	for (unsigned calm = 0; calm < 3 && turns-- > 0;) {
		turn(b, &cost);
		calm = is_at_rest(b) ? calm + 1 : 0;
	}
	return cost;
}

static void print(const char *what, const struct cost *cost, unsigned messages)
{
	printf("%-36s %8.1f ms in all, longest turn %6.2f ms, %u messages\n", what,
		(double)cost->all_us / 1000, (double)cost->longest_us / 1000, messages);
}

/* Set and removed by now. */
static unsigned messages(const struct bench *b)
{
	return b->dp.sets + b->dp.dels;
}

/* Distinct prefixes of 24 bits, in no order, outside of 10.0.0.0/8 and 172.0.0.0/8. */
static bw_ip4 prefix(uint32_t *at)
{
	for (;;) {
		uint32_t p = (*at)++ * 10007 % (1 << 24) << 8;

		if (p >> 24 != 10 && p >> 24 != 172 && p >> 24 != 0)
			return htonl(p);
	}
}

/* Control's turns are timed with what is between them: who learns routes does so in parts. */
static void learn(struct bench *b, uint32_t n)
{
	struct rib_spec spec = { .source = RIB_STATIC, .plen = 24, .distance = 200 };
	struct cost cost = { 0 };
	uint64_t begun = now_us(), add_us = 0;
	uint32_t at = 0;

	for (uint32_t i = 0; i < n; i++) {
		spec.prefix = prefix(&at);
		spec.nexthop = htonl(0xac100001 + i % NEXTHOPS);
		if (rib_add(&b->ctl->rib, &spec) == NULL)
			abort();
		if (i % 4096 == 4095) {
			add_us += now_us() - begun;
			turn(b, &cost);
			begun = now_us();
		}
	}
	struct cost rest = run(b, UINT32_MAX);

	cost.all_us += rest.all_us + add_us;
	cost.longest_us = rest.longest_us > cost.longest_us ? rest.longest_us : cost.longest_us;
	print("routes learnt", &cost, messages(b));
}

static void print_memory(const struct rib *rib)
{
	printf("%-36s %8.1f bytes a route (entry %zu, route %zu, inner node %zu)\n", "memory",
		(double)(rib->entry_pool.bytes + rib->route_pool.bytes + rib->glue_pool.bytes) /
			(double)rib->n_routes,
		rib->entry_pool.size, rib->route_pool.size, rib->glue_pool.size);
}

static void move_nexthop(struct bench *b)
{
	struct rib_spec other = {
		.source = RIB_STATIC,
		.prefix = htonl(0xac100001),
		.plen = 32,
		.distance = 1,
		.ifc = iface_get(&b->ctl->ifaces, "GigabitEthernet9"),
		.nexthop = ip("10.0.1.9"),
	};
	unsigned before = messages(b);
	struct rib_route *route;
	struct cost cost;

	other.distance = 1;
	route = rib_add(&b->ctl->rib, &other);
	cost = run(b, UINT32_MAX);
	print("next hop moved (to two paths)", &cost, messages(b) - before);
	before = messages(b);
	rib_remove(&b->ctl->rib, route);
	cost = run(b, UINT32_MAX);
	print("next hop moved back", &cost, messages(b) - before);
	iface_put(other.ifc);
}

static void flap(struct bench *b, unsigned turns, const char *down_name, const char *up_name)
{
	unsigned before = messages(b);
	struct cost cost;

	fake_link(&b->dp, CORE_PORT, false);
	cost = run(b, turns);
	print(down_name, &cost, messages(b) - before);
	before = messages(b);
	fake_link(&b->dp, CORE_PORT, true);
	cost = run(b, UINT32_MAX);
	print(up_name, &cost, messages(b) - before);
}

int main(int argc, char **argv)
{
	uint32_t n = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 1000000;
	char line[128];
	struct bench b;

	bench_open(&b);
	bench_attach(&b);
	bench_config(&b, "interface GigabitEthernet8\n ip address 10.0.0.1 255.255.255.0\n"
			 "interface GigabitEthernet9\n ip address 10.0.1.1 255.255.255.0\n");
	for (unsigned i = 1; i <= NEXTHOPS; i++) {
		snprintf(line, sizeof(line),
			"ip route 172.16.0.%u 255.255.255.255 "
			"GigabitEthernet8 10.0.0.%u\n",
			i, i + 1);
		bench_config(&b, line);
	}
	learn(&b, n);
	print_memory(&b.ctl->rib);
	move_nexthop(&b);
	flap(&b, 4, "core interface down, for 4 turns", "and up again");
	flap(&b, UINT32_MAX, "core interface down, to the end", "and up again, to the end");
	printf("%-36s %8u routes, %u refused\n", "the dataplane has",
		fake_count(&b.dp, BW_CMD_ROUTE_SET), b.dp.nacks);
	bench_close(&b);
	return 0;
}
