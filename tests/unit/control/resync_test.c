/* SPDX-License-Identifier: BSD-3-Clause */
/* Either side dies and comes back; the ring fills up; the dataplane refuses. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <event2/event.h>

#include "control/core/format.h"

#include "support.h"

static const char config[] = "interface GigabitEthernet0\n switchport access vlan 20\n"
			     "interface GigabitEthernet8\n ip address 192.168.10.16 255.255.255.0\n"
			     " ip nat outside\n"
			     "interface Vlan20\n ip address 192.168.20.1 255.255.255.0\n"
			     " ip nat inside\n ip access-group GUARD in\n"
			     "ip access-list extended GUARD\n permit ip any any\n"
			     "ip route 0.0.0.0 0.0.0.0 192.168.10.1\n"
			     "ip nat pool GIP 192.168.10.20 192.168.10.21 netmask 255.255.255.0\n"
			     "ip nat inside source list 1 pool GIP overload\n"
			     "ip nat inside source static 192.168.20.5 192.168.10.30\n"
			     "access-list 1 permit 192.168.20.0 0.0.0.255\n"
			     "arp 192.168.20.9 0200.0000.0009 arpa\n";

/* What the dataplane holds, in an order that does not depend on time. */
static int compare_objects(const void *a, const void *b)
{
	const struct fake_object *x = a, *y = b;

	if (x->type != y->type)
		return x->type - y->type;
	return memcmp(x->msg.body, y->msg.body, BW_MSG_BODY);
}

static struct fake_object *snapshot(const struct bench *b, size_t *n)
{
	struct fake_object *copy = malloc(b->dp.n * sizeof(*copy));

	memcpy(copy, b->dp.object, b->dp.n * sizeof(*copy));
	*n = b->dp.n;
	qsort(copy, *n, sizeof(*copy), compare_objects);
	return copy;
}

static bool same_snapshot(const struct bench *b, const struct fake_object *was, size_t n)
{
	size_t n_now;
	struct fake_object *now = snapshot(b, &n_now);
	bool same = n == n_now;

	for (size_t i = 0; same && i < n; i++) {
		same = now[i].type == was[i].type &&
		       memcmp(now[i].msg.body, was[i].msg.body, BW_MSG_BODY) == 0;
		if (!same)
			fprintf(stderr, "%s differs: %u %u\n", bw_msg_name(now[i].type),
				was[i].msg.ref.id, now[i].msg.ref.id);
	}
	free(now);
	return same;
}

/* Somebody listens and never answers: nothing waits for that, and a good one is found after it. */
static void a_dataplane_that_hangs_holds_nobody_up(void)
{
	struct bw_listener hung = { .sock = -1 };
	uint64_t longest = 0;
	struct bench b;

	bench_open(&b);
	bench_config(&b, config);
	CU_ASSERT_EQUAL_FATAL(bw_listener_open(&hung, b.socket), 0);
	dp_link_start(&b.ctl->core.dp);
	for (uint64_t end = clock_ms() + 1500; clock_ms() < end;) {
		uint64_t begun = clock_ms();

		event_base_loop(b.base, EVLOOP_NONBLOCK);
		longest = clock_ms() - begun > longest ? clock_ms() - begun : longest;
		usleep(1000);
	}
	CU_ASSERT(longest < 500);
	CU_ASSERT_EQUAL(b.ctl->core.dp.state, DP_DOWN);
	bw_listener_close(&hung, b.socket);
	bench_attach(&b);
	CU_ASSERT_EQUAL(b.dp.syncs, 1);
	bench_close(&b);
}

/* The log's lines that have this in them. */
static unsigned logged(const struct bench *b, const char *what)
{
	const struct log_line *line;
	unsigned n = 0;

	TAILQ_FOREACH (line, &b->ctl->core.log.lines, entry)
		n += strstr(line->text, what) != NULL;
	return n;
}

/* Control alone, for so long; the dataplane lives if `turns`, its worker if `walks`. */
static void live(struct bench *b, unsigned ms, bool turns, bool walks)
{
	for (uint64_t end = clock_ms() + ms; clock_ms() < end; usleep(1000)) {
		b->dp.region.counters[0].loops += walks;
		b->dp.region.counters[1].loops += turns;
		event_base_loop(b->base, EVLOOP_NONBLOCK);
	}
}

static void note_end(void *arg, int status)
{
	*(int *)arg = status;
}

static void no_row(void *, const struct bw_msg *)
{
}

/* Attached, and then it stands still: that is noticed and told, nothing is undone. */
static void a_dataplane_that_stalls_is_reported(void)
{
	const struct bw_dump what = { .what = BW_EVT_ARP };
	int status = 1, status2 = 1;
	struct bench b;

	bench_open(&b);
	bench_config(&b, config);
	bench_attach(&b);
	live(&b, 4000, true, true); /* busy, but alive */
	CU_ASSERT_FALSE(dp_stalled(&b.ctl->core.dp));
	CU_ASSERT_EQUAL(logged(&b, "STALLED"), 0);
	CU_ASSERT_PTR_NOT_NULL(dp_dump_start(&b.ctl->core.dp, &what, no_row, note_end, &status));
	live(&b, 4000, false, true);
	CU_ASSERT_TRUE(dp_stalled(&b.ctl->core.dp));
	CU_ASSERT_EQUAL(status, -ETIMEDOUT);
	CU_ASSERT_EQUAL(logged(&b, "%PLATFORM-2-STALLED"), 1);
	CU_ASSERT_EQUAL(logged(&b, "main lcore"), 1);
	CU_ASSERT_PTR_NULL(dp_dump_start(&b.ctl->core.dp, &what, no_row, note_end, &status2));
	CU_ASSERT_EQUAL(errno, ETIMEDOUT);
	CU_ASSERT_EQUAL(dp_command(&b.ctl->core.dp, BW_CMD_MAC_CLEAR, &what, 0), -ETIMEDOUT);
	CU_ASSERT_PTR_NOT_NULL(
		strstr(bench_show(&b, "show arp"), "% The dataplane does not answer"));
	/* meanwhile configuration goes on, and is in force when the dataplane does */
	bench_load(&b, "ip route 10.9.0.0 255.255.0.0 192.168.10.7\n");
	live(&b, 1000, true, true);
	CU_ASSERT_FALSE(dp_stalled(&b.ctl->core.dp));
	CU_ASSERT_EQUAL(logged(&b, "%PLATFORM-5-RESUMED"), 1);
	bench_run(&b);
	CU_ASSERT_PTR_NOT_NULL(fake_find_route(&b.dp, ip("10.9.0.0"), 16));
	CU_ASSERT_EQUAL(b.dp.syncs, 1);
	CU_ASSERT_PTR_NOT_NULL(dp_dump_start(&b.ctl->core.dp, &what, no_row, note_end, &status2));
	bench_run(&b);
	CU_ASSERT_EQUAL(status2, 0);
	bench_close(&b);
}

/* One worker hangs and the main lcore does not. */
static void a_worker_that_stalls_is_reported(void)
{
	struct bench b;

	bench_open(&b);
	bench_attach(&b);
	live(&b, 4000, true, false);
	CU_ASSERT_FALSE(dp_stalled(&b.ctl->core.dp));
	CU_ASSERT_EQUAL(logged(&b, "3 seconds: worker 0"), 1);
	CU_ASSERT_PTR_NOT_NULL(
		strstr(bench_show(&b, "show platform datapath"), "  It does not go on since "));
	live(&b, 1000, true, true);
	CU_ASSERT_EQUAL(logged(&b, "%PLATFORM-5-RESUMED"), 1);
	bench_close(&b);
}

/* It stops before it has told what it holds: nothing is taken for swept. */
static void a_stall_in_mid_resync_waits(void)
{
	struct fake_object *was;
	struct bench b;
	size_t n;

	bench_open(&b);
	bench_config(&b, config);
	bench_attach(&b);
	was = snapshot(&b, &n);
	bench_begin_control(&b, config);
	live(&b, 5000, false, false);
	CU_ASSERT_TRUE(dp_stalled(&b.ctl->core.dp));
	CU_ASSERT_EQUAL(b.ctl->core.dp.state, DP_READING);
	live(&b, 1000, true, true);
	bench_run(&b);
	CU_ASSERT_EQUAL(b.dp.syncs, 2);
	CU_ASSERT_TRUE(same_snapshot(&b, was, n));
	free(was);
	bench_close(&b);
}

/* Sixty-four terminals ask at once: no more than the dataplane queues are under way. */
static void dumps_wait_for_each_other(void)
{
	const struct bw_dump what = { .what = BW_EVT_ARP };
	int status[64];
	struct bench b;

	bench_open(&b);
	bench_attach(&b);
	for (unsigned i = 0; i < 64; i++) {
		status[i] = 1;
		dp_dump_start(&b.ctl->core.dp, &what, no_row, note_end, &status[i]);
	}
	dp_flush(&b.ctl->core.dp);
	CU_ASSERT(b.ctl->core.dp.asked > 0 && b.ctl->core.dp.asked <= 16);
	for (unsigned i = 0; i < 200; i++)
		bench_run(&b);
	for (unsigned i = 0; i < 64; i++)
		CU_ASSERT_EQUAL(status[i], 0);
	CU_ASSERT_EQUAL(b.ctl->core.dp.asked, 0);
	bench_close(&b);
}

static void a_configuration_is_programmed_whole(void)
{
	struct bench b;

	bench_open(&b);
	bench_config(&b, config); /* before there is a dataplane */
	bench_attach(&b);
	CU_ASSERT_EQUAL(b.dp.nacks, 0);
	CU_ASSERT_EQUAL(b.dp.syncs, 1);
	CU_ASSERT_EQUAL(fake_count(&b.dp, BW_CMD_IF_SET), 5); /* four ports and Vlan20 */
	CU_ASSERT_EQUAL(fake_count(&b.dp, BW_CMD_NAT_POOL_SET), 1);
	CU_ASSERT_EQUAL(fake_count(&b.dp, BW_CMD_NAT_RULE_SET), 2);
	CU_ASSERT_EQUAL(fake_count(&b.dp, BW_CMD_ACL_SET), 2);
	CU_ASSERT_EQUAL(fake_count(&b.dp, BW_CMD_ARP_SET), 1);
	/* two interface addresses, and aliases for the pool's two and the static one */
	CU_ASSERT_EQUAL(fake_count(&b.dp, BW_CMD_IF_ADDR_SET), 5);
	CU_ASSERT_PTR_NOT_NULL(fake_find_route(&b.dp, 0, 0));
	CU_ASSERT_EQUAL(fake_find_if(&b.dp, "Vlan20")->itf.vlan, 20);
	CU_ASSERT_NOT_EQUAL(fake_find_if(&b.dp, "Vlan20")->itf.acl_in, 0);
	bench_close(&b);
}

static void loading_the_same_again_says_nothing(void)
{
	struct bench b;
	unsigned sets;

	bench_open(&b);
	bench_attach(&b);
	bench_config(&b, config);
	sets = b.dp.sets;
	CU_ASSERT_STRING_EQUAL(bench_config(&b, config), "");
	CU_ASSERT_EQUAL(b.dp.sets, sets);
	CU_ASSERT_EQUAL(b.dp.dels, 0);
	bench_close(&b);
}

static void control_comes_back_to_the_same_ids(void)
{
	struct fake_object *was;
	struct bench b;
	size_t n;

	bench_open(&b);
	bench_attach(&b);
	/* History makes ids that a fresh start would give otherwise. */
	bench_config(&b, "interface Vlan99\ninterface Loopback5\n ip address 9.9.9.9 "
			 "255.255.255.255\naccess-list 77 permit any\n"
			 "ip nat inside source list 77 interface GigabitEthernet9\n");
	bench_config(&b, config);
	bench_config(&b,
		"no interface Vlan99\nno interface Loopback5\nno ip nat inside source list "
		"77 interface GigabitEthernet9\nno access-list 77\n");
	was = snapshot(&b, &n);
	bench_restart_control(&b, config);
	CU_ASSERT_EQUAL(b.dp.syncs, 2);
	CU_ASSERT_EQUAL(b.dp.nacks, 0);
	CU_ASSERT(same_snapshot(&b, was, n));
	free(was);
	bench_close(&b);
}

static void control_comes_back_with_another_configuration(void)
{
	struct bench b;
	uint32_t vlan20;

	bench_open(&b);
	bench_attach(&b);
	bench_config(&b, config);
	vlan20 = fake_find_if(&b.dp, "Vlan20")->itf.if_id;
	bench_restart_control(&b, "vlan 20\ninterface Vlan30\ninterface Vlan20\n"
				  " ip address 192.168.20.1 255.255.255.0\n");
	CU_ASSERT_EQUAL(fake_find_if(&b.dp, "Vlan20")->itf.if_id, vlan20);
	CU_ASSERT_PTR_NOT_NULL(fake_find_if(&b.dp, "Vlan30"));
	CU_ASSERT_EQUAL(fake_count(&b.dp, BW_CMD_NAT_RULE_SET), 0);
	CU_ASSERT_EQUAL(fake_count(&b.dp, BW_CMD_NAT_POOL_SET), 0);
	CU_ASSERT_EQUAL(fake_count(&b.dp, BW_CMD_ACL_SET), 0);
	CU_ASSERT_PTR_NULL(fake_find_route(&b.dp, 0, 0));
	CU_ASSERT_EQUAL(b.dp.nacks, 0);
	bench_close(&b);
}

/* 600 lists, A0 .., each in use on an interface. */
static char *many_lists(char letter)
{
	enum { LISTS = 600, LINES = 160 };
	char *text = malloc(LISTS * LINES), *at = text;

	for (unsigned i = 0; i < LISTS; i++)
		at += sprintf(at,
			"ip access-list standard %c%u\n permit any\n"
			"interface Loopback%u\n ip access-group %c%u in\n",
			letter, i, i, letter, i);
	return text;
}

/* Ids of the dataplane's own lists are free only behind the resync: none stays without one. */
static void lists_that_find_no_id_find_one_later(void)
{
	uint64_t limit = clock_ms() + 20000;
	char *before = many_lists('A'), *after = many_lists('B');
	struct bench b;

	bench_open(&b);
	bench_attach(&b);
	bench_config(&b, before);
	CU_ASSERT_EQUAL(fake_count(&b.dp, BW_CMD_ACL_SET), 600);
	bench_restart_control(&b, after);
	while (fake_count(&b.dp, BW_CMD_ACL_SET) != 600 && clock_ms() < limit)
		bench_run(&b);
	CU_ASSERT_EQUAL(fake_count(&b.dp, BW_CMD_ACL_SET), 600);
	CU_ASSERT_EQUAL(b.dp.nacks, 0);
	free(before);
	free(after);
	bench_close(&b);
}

static void a_new_dataplane_is_programmed_whole(void)
{
	static const char *const ports[] = { "GigabitEthernet0", "GigabitEthernet1",
		"GigabitEthernet8", "GigabitEthernet9" };
	struct bench b;
	size_t n;

	bench_open(&b);
	bench_attach(&b);
	bench_config(&b, config);
	n = b.dp.n;
	fake_close(&b.dp);
	b.with_dataplane = false;
	while (b.ctl->core.dp.state != DP_DOWN)
		bench_run(&b);
	CU_ASSERT_FALSE(iface_find(&b.ctl->ifaces, "GigabitEthernet8")->line_up);
	CU_ASSERT_PTR_NULL(rib_lookup(&b.ctl->rib, 0, ip("8.8.8.8")));
	/* Meanwhile the administrator goes on. */
	bench_config(&b, "interface Loopback1\n ip address 1.1.1.1 255.255.255.255\n");
	bench_config(&b, "no interface Loopback1\n");
	fake_open(&b.dp, b.socket, 4, ports);
	b.with_dataplane = true;
	bench_run(&b);
	CU_ASSERT_EQUAL(b.dp.nacks, 0);
	CU_ASSERT_EQUAL(b.dp.n, n);
	bench_close(&b);
}

/* Changes that come while the ring is full cost no memory, and the last word counts. */
static void a_full_ring_holds_nothing_up(void)
{
	struct bench b;
	struct rib_spec spec = { .source = RIB_STATIC, .plen = 32, .distance = 1 };
	struct rib_route **route = calloc(100000, sizeof(struct rib_route *));

	bench_open(&b);
	bench_attach(&b);
	bench_config(&b, config);
	spec.nexthop = ip("192.168.10.1");
	b.dp.frozen = true;
	for (uint32_t i = 0; i < 100000; i++) {
		spec.prefix = __builtin_bswap32(0x14000000 + i);
		route[i] = rib_add(&b.ctl->rib, &spec);
	}
	for (unsigned turn = 0; turn < 20; turn++)
		event_base_loop(b.base, EVLOOP_NONBLOCK);
	CU_ASSERT(b.ctl->core.dp.queued > 60000);
	for (uint32_t i = 0; i < 100000; i += 2)
		rib_remove(&b.ctl->rib, route[i]);
	for (unsigned turn = 0; turn < 20; turn++)
		event_base_loop(b.base, EVLOOP_NONBLOCK);
	b.dp.frozen = false;
	for (uint32_t i = 1; i < 100000; i += 2)
		rib_remove(&b.ctl->rib, route[i]);
	bench_run(&b);
	CU_ASSERT_EQUAL(fake_count(&b.dp, BW_CMD_ROUTE_SET), 12);
	CU_ASSERT_EQUAL(b.dp.nacks, 0);
	free(route);
	bench_close(&b);
}

static void what_is_refused_is_logged_and_tried_again(void)
{
	struct log_line *line;
	struct bench b;
	bool found = false;

	bench_open(&b);
	bench_attach(&b);
	b.dp.refuse = BW_CMD_IF_SET;
	b.dp.refuse_n = 1;
	bench_config(&b, "interface Loopback1\n ip address 1.1.1.1 255.255.255.255\n");
	TAILQ_FOREACH (line, &b.ctl->core.log.lines, entry)
		found |= strstr(line->text, "%PLATFORM-3-REFUSED: IF_SET Loopback1: table full") !=
			 NULL;
	CU_ASSERT(found);
	for (unsigned i = 0; i < 300 && fake_find_if(&b.dp, "Loopback1") == NULL; i++) {
		bench_run(&b);
		usleep(10000);
	}
	CU_ASSERT_PTR_NOT_NULL(fake_find_if(&b.dp, "Loopback1"));
	bench_close(&b);
}

static void an_address_moves_between_interfaces(void)
{
	struct bench b;
	const struct bw_msg *m;
	unsigned holders = 0;

	bench_open(&b);
	bench_attach(&b);
	bench_config(&b, "interface GigabitEthernet8\n ip address 10.0.0.1 255.255.255.0\n");
	bench_config(&b, "interface GigabitEthernet8\n no ip address\n"
			 "interface GigabitEthernet9\n ip address 10.0.0.1 255.255.255.0\n");
	for (size_t i = 0; i < b.dp.n; i++) {
		m = &b.dp.object[i].msg;
		if (b.dp.object[i].type != BW_CMD_IF_ADDR_SET)
			continue;
		holders++;
		CU_ASSERT_EQUAL(
			m->if_addr.if_id, fake_find_if(&b.dp, "GigabitEthernet9")->itf.if_id);
	}
	CU_ASSERT_EQUAL(holders, 1);
	CU_ASSERT_EQUAL(b.dp.nacks, 0);
	bench_close(&b);
}

static void everything_can_be_taken_down_again(void)
{
	struct bench b;

	bench_open(&b);
	bench_attach(&b);
	bench_config(&b, config);
	bench_config(&b, "no arp 192.168.20.9\n"
			 "no ip nat inside source list 1 pool GIP overload\n"
			 "no ip nat inside source static 192.168.20.5 192.168.10.30\n"
			 "no ip nat pool GIP\nno access-list 1\n"
			 "no interface Vlan20\nno ip access-list extended GUARD\n"
			 "no ip route 0.0.0.0 0.0.0.0\n"
			 "interface GigabitEthernet8\n no ip address\n no ip nat outside\n");
	CU_ASSERT_EQUAL(fake_count(&b.dp, BW_CMD_IF_SET), 4);
	CU_ASSERT_EQUAL(fake_count(&b.dp, BW_CMD_IF_ADDR_SET), 0);
	CU_ASSERT_EQUAL(fake_count(&b.dp, BW_CMD_ADJ_SET), 0);
	CU_ASSERT_EQUAL(fake_count(&b.dp, BW_CMD_ROUTE_SET), 0);
	CU_ASSERT_EQUAL(fake_count(&b.dp, BW_CMD_NAT_RULE_SET), 0);
	CU_ASSERT_EQUAL(fake_count(&b.dp, BW_CMD_NAT_POOL_SET), 0);
	CU_ASSERT_EQUAL(fake_count(&b.dp, BW_CMD_ACL_SET), 0);
	CU_ASSERT_EQUAL(fake_count(&b.dp, BW_CMD_ARP_SET), 0);
	CU_ASSERT_EQUAL(b.dp.nacks, 0);
	bench_close(&b);
}

int main(void)
{
	static const struct bench_test tests[] = {
		{ "a dataplane that hangs holds nobody up",
			a_dataplane_that_hangs_holds_nobody_up },
		{ "a dataplane that stalls is reported", a_dataplane_that_stalls_is_reported },
		{ "a worker that stalls is reported", a_worker_that_stalls_is_reported },
		{ "lists that find no id find one later", lists_that_find_no_id_find_one_later },
		{ "a stall in mid-resync waits", a_stall_in_mid_resync_waits },
		{ "dumps wait for each other", dumps_wait_for_each_other },
		{ "a configuration is programmed whole", a_configuration_is_programmed_whole },
		{ "loading the same again says nothing", loading_the_same_again_says_nothing },
		{ "control comes back to the same ids", control_comes_back_to_the_same_ids },
		{ "control comes back with another configuration",
			control_comes_back_with_another_configuration },
		{ "a new dataplane is programmed whole", a_new_dataplane_is_programmed_whole },
		{ "a full ring holds nothing up", a_full_ring_holds_nothing_up },
		{ "what is refused is logged and tried again",
			what_is_refused_is_logged_and_tried_again },
		{ "an address moves between interfaces", an_address_moves_between_interfaces },
		{ "everything can be taken down again", everything_can_be_taken_down_again },
		{ NULL, NULL },
	};

	return bench_main("resync", tests);
}
