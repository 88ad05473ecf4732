/* SPDX-License-Identifier: BSD-3-Clause */
/* NAT as configured: pools, rules, what they refer to, aliases. */
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/context_engine.h"

#include "control/core/format.h"

#include "support.h"

static const char outside[] =
	"interface GigabitEthernet8\n ip address 192.168.10.16 255.255.255.0\n"
	" ip nat outside\ninterface Vlan20\n"
	" ip address 192.168.20.1 255.255.255.0\n ip nat inside\n";

static const struct bw_nat_rule *rule(const struct bench *b, unsigned n)
{
	for (size_t i = 0; i < b->dp.n; i++)
		if (b->dp.object[i].type == BW_CMD_NAT_RULE_SET && n-- == 0)
			return &b->dp.object[i].msg.nat_rule;
	return NULL;
}

static bool has_alias(const struct bench *b, const char *addr)
{
	for (size_t i = 0; i < b->dp.n; i++)
		if (b->dp.object[i].type == BW_CMD_IF_ADDR_SET &&
			b->dp.object[i].msg.if_addr.addr == ip(addr) &&
			b->dp.object[i].msg.if_addr.flags == BW_ADDR_F_ALIAS)
			return true;
	return false;
}

static void rules_work_once_all_they_name_is_there(void)
{
	struct bench b;

	bench_open(&b);
	bench_attach(&b);
	bench_config(&b, "ip nat inside source list 1 pool P overload\n");
	CU_ASSERT_EQUAL(fake_count(&b.dp, BW_CMD_NAT_RULE_SET), 0);
	bench_config(&b, "ip nat pool P 10.0.0.5 10.0.0.9 prefix-length 24\n");
	CU_ASSERT_EQUAL(fake_count(&b.dp, BW_CMD_NAT_RULE_SET), 0);
	bench_config(&b, "access-list 1 permit any\n");
	CU_ASSERT_EQUAL_FATAL(fake_count(&b.dp, BW_CMD_NAT_RULE_SET), 1);
	CU_ASSERT_EQUAL(rule(&b, 0)->kind, BW_NAT_DYNAMIC);
	CU_ASSERT_EQUAL(rule(&b, 0)->flags, BW_NAT_F_OVERLOAD);
	CU_ASSERT_NOT_EQUAL(rule(&b, 0)->acl_id, 0);
	CU_ASSERT_NOT_EQUAL(rule(&b, 0)->pool_id, 0);
	bench_config(&b, "no access-list 1\n");
	CU_ASSERT_EQUAL(fake_count(&b.dp, BW_CMD_NAT_RULE_SET), 0);
	CU_ASSERT_EQUAL(fake_count(&b.dp, BW_CMD_ACL_SET), 0);
	CU_ASSERT_EQUAL(b.dp.nacks, 0);
	bench_close(&b);
}

/* The list leaves the dataplane with its last user, and comes back with the next. */
static void a_list_comes_back_with_its_user(void)
{
	struct bench b;

	bench_open(&b);
	bench_attach(&b);
	bench_config(&b,
		"access-list 1 permit any\nip nat pool P 10.0.0.5 10.0.0.9 prefix-length 24\n"
		"ip nat inside source list 1 pool P overload\n");
	bench_config(&b, "no ip nat inside source list 1 pool P overload\n");
	CU_ASSERT_EQUAL(fake_count(&b.dp, BW_CMD_ACL_SET), 0);
	bench_config(&b, "ip nat inside source list 1 pool P\n");
	CU_ASSERT_EQUAL(fake_count(&b.dp, BW_CMD_ACL_SET), 1);
	CU_ASSERT_EQUAL(fake_count(&b.dp, BW_CMD_ACL_ENTRY), 1);
	CU_ASSERT_EQUAL_FATAL(fake_count(&b.dp, BW_CMD_NAT_RULE_SET), 1);
	CU_ASSERT_EQUAL(rule(&b, 0)->flags, 0);
	/* Within one turn, too. */
	bench_config(&b, "no ip nat inside source list 1 pool P\n"
			 "ip nat inside source list 1 pool P overload\n");
	CU_ASSERT_EQUAL(fake_count(&b.dp, BW_CMD_ACL_SET), 1);
	CU_ASSERT_EQUAL_FATAL(fake_count(&b.dp, BW_CMD_NAT_RULE_SET), 1);
	CU_ASSERT_EQUAL(rule(&b, 0)->flags, BW_NAT_F_OVERLOAD);
	CU_ASSERT_EQUAL(b.dp.nacks, 0);
	bench_close(&b);
}

static const char map_config[] =
	"interface GigabitEthernet9\n ip address 203.0.113.2 255.255.255.0\n ip nat outside\n"
	"ip nat pool P 10.0.0.5 10.0.0.9 prefix-length 24\n"
	"ip nat inside source route-map ONE interface GigabitEthernet8 overload\n"
	"ip nat inside source route-map TWO pool P overload\n"
	"route-map ONE deny 5\n match ip address DENY\n"
	"route-map ONE permit 10\n match ip address 1 2\n match interface Gi8\n"
	"route-map TWO permit 10\n match interface GigabitEthernet9\n";

static void a_map_matches_what_is_there(void)
{
	const struct bw_nat_map *map;
	struct bench b;

	bench_open(&b);
	bench_attach(&b);
	bench_config(&b, outside);
	CU_ASSERT_STRING_EQUAL(bench_config(&b, map_config), "");
	CU_ASSERT_EQUAL_FATAL(fake_count(&b.dp, BW_CMD_NAT_RULE_SET), 1); /* ONE lacks its lists */
	map = &rule(&b, 0)->map;
	CU_ASSERT_EQUAL(map->n, 1);
	CU_ASSERT_EQUAL(map->match[0].acl_id, 0);
	CU_ASSERT_EQUAL(
		map->match[0].out_if, iface_find(&b.ctl->ifaces, "GigabitEthernet9")->obj.id);
	bench_config(&b, "access-list 2 permit any\nip access-list standard DENY\n permit any\n");
	CU_ASSERT_EQUAL_FATAL(fake_count(&b.dp, BW_CMD_NAT_RULE_SET), 2);
	map = rule(&b, 0)->map.n == 2 ? &rule(&b, 0)->map : &rule(&b, 1)->map;
	CU_ASSERT_EQUAL(map->n, 2);
	CU_ASSERT_EQUAL(map->denies, 1);
	CU_ASSERT_EQUAL(map->match[0].out_if, 0);
	CU_ASSERT_EQUAL(map->match[0].acl_id, acl_find(&b.ctl->acls, "DENY")->obj.id);
	CU_ASSERT_EQUAL(
		map->match[1].out_if, iface_find(&b.ctl->ifaces, "GigabitEthernet8")->obj.id);
	CU_ASSERT_EQUAL(map->match[1].acl_id, acl_find(&b.ctl->acls, "2")->obj.id);
	bench_config(&b, "no access-list 2\nno ip access-list standard DENY\n");
	CU_ASSERT_EQUAL(fake_count(&b.dp, BW_CMD_NAT_RULE_SET), 1);
	bench_config(&b, "no route-map TWO\n");
	CU_ASSERT_EQUAL(fake_count(&b.dp, BW_CMD_NAT_RULE_SET), 0);
	CU_ASSERT_EQUAL(fake_count(&b.dp, BW_CMD_ACL_SET), 0);
	CU_ASSERT_EQUAL(b.dp.nacks, 0);
	bench_close(&b);
}

/* A dataplane that outlived control keeps its rule, and so its sessions. */
static void a_map_is_known_again(void)
{
	static const char lists[] =
		"access-list 1 permit any\nip access-list standard DENY\n permit any\n";
	char config[2048];
	struct bench b;

	snprintf(config, sizeof(config), "%s%s%s", outside, map_config, lists);
	bench_open(&b);
	bench_attach(&b);
	bench_config(&b, config);
	CU_ASSERT_EQUAL_FATAL(fake_count(&b.dp, BW_CMD_NAT_RULE_SET), 2);
	bench_restart_control(&b, config);
	CU_ASSERT_EQUAL(fake_count(&b.dp, BW_CMD_NAT_RULE_SET), 2);
	CU_ASSERT_EQUAL(b.dp.nacks, 0);
	CU_ASSERT_EQUAL(b.dp.swept, 0);
	bench_close(&b);
}

static void maps_are_edited(void)
{
	struct bench b;

	bench_open(&b);
	bench_config(&b, "route-map M permit 10\n match ip address 1\n match ip address 2 1\n"
			 " match interface gi8 Dialer 1\n description why\nroute-map M deny\n");
	CU_ASSERT_PTR_NOT_NULL(strstr(bench_running(&b),
		"!\nroute-map M deny 10\n description why\n match ip address 1 2\n"
		" match interface GigabitEthernet8 Dialer1\n!\n"));
	CU_ASSERT_STRING_EQUAL(bench_config(&b, "route-map M deny 10\n no match ip address 1\n"
						" no match interface Dialer1\n"),
		"");
	CU_ASSERT_STRING_EQUAL(bench_show(&b, "show route-map"),
		"route-map M, deny, sequence 10\n  Match clauses:\n"
		"    ip address (access-lists): 2\n    interface GigabitEthernet8\n"
		"  Set clauses:\n");
	bench_config(&b, "route-map M deny 10\n no match interface\nroute-map M permit 20\n");
	CU_ASSERT_EQUAL(route_map_clause(&b.ctl->nat.maps, "M", 10)->n_ifcs, 0);
	bench_config(&b, "no route-map M deny 10\n");
	CU_ASSERT_PTR_NULL(route_map_clause(&b.ctl->nat.maps, "M", 10));
	CU_ASSERT_PTR_NOT_NULL(route_map_clause(&b.ctl->nat.maps, "M", 20));
	bench_config(&b, "no route-map M\n");
	CU_ASSERT_PTR_NULL(route_map_find(&b.ctl->nat.maps, "M"));
	bench_close(&b);
}

/* More than the dataplane's rule holds is refused, and what was there stays. */
static void maps_have_their_limit(void)
{
	struct bench b;

	bench_open(&b);
	bench_config(&b, "route-map M permit 10\n match ip address 1 2 3 4 5 6 7 8\n"
			 " match interface Gi8 Gi9\n");
	CU_ASSERT_STRING_EQUAL(bench_config(&b, "route-map M permit 20\n"),
		"% A route-map comes to no more than 16 matches here\n");
	CU_ASSERT_STRING_EQUAL(bench_config(&b, "route-map M permit 10\n match interface Vlan1\n"),
		"% A route-map comes to no more than 16 matches here\n");
	CU_ASSERT_STRING_EQUAL(bench_config(&b, "route-map M permit 10\n match ip address 9\n"),
		"% A clause matches by no more than 8 of them\n");
	CU_ASSERT_EQUAL(route_map_clause(&b.ctl->nat.maps, "M", 10)->n_ifcs, 2);
	bench_close(&b);
}

static void pools_are_checked(void)
{
	struct bench b;

	bench_open(&b);
	CU_ASSERT_STRING_EQUAL(
		bench_config(&b, "ip nat pool A 10.0.0.9 10.0.0.5 netmask 255.255.255.0\n"
				 "ip nat pool A 10.0.0.5 10.0.1.9 netmask 255.255.255.0\n"),
		"%End address less than start address\n"
		"%Start and end addresses on different subnets\n");
	bench_config(&b, "ip nat pool GIP 10.0.0.5 10.0.0.5 netmask 255.255.255.0\n"
			 "ip nat inside source list 1 pool GIP overload\n");
	CU_ASSERT_STRING_EQUAL(
		bench_config(&b, "no ip nat pool GIP\n"), "%Pool GIP in use, cannot destroy\n");
	CU_ASSERT_STRING_EQUAL(
		bench_config(&b, "ip nat pool GIP 10.0.0.6 10.0.0.6 netmask 255.255.255.0\n"),
		"%Pool GIP in use, cannot redefine\n");
	CU_ASSERT_STRING_EQUAL(bench_config(&b, "no ip nat inside source list 1 pool GIP overload\n"
						"no ip nat pool GIP\n"),
		"");
	CU_ASSERT_PTR_NULL(strstr(bench_running(&b), "GIP"));
	bench_close(&b);
}

/* The ranges of the pools that the dataplane has: "0:10.0.0.5-10.0.0.9/1 ...", flags last. */
static const char *ranges(const struct bench *b)
{
	static char text[1024];
	char start[FORMAT_IP_SIZE], end[FORMAT_IP_SIZE];

	text[0] = '\0';
	for (unsigned range = 0; range < BW_NAT_POOL_RANGES; range++)
		for (size_t i = 0; i < b->dp.n; i++) {
			const struct bw_nat_pool *p = &b->dp.object[i].msg.nat_pool;

			if (b->dp.object[i].type == BW_CMD_NAT_POOL_SET && p->range == range)
				snprintf(text + strlen(text), sizeof(text) - strlen(text),
					"%u:%s-%s/%u ", range, format_ip(p->start, start),
					format_ip(p->end, end), p->flags);
		}
	return text;
}

static void pools_of_several_ranges(void)
{
	static const char config[] = "ip nat pool P prefix-length 24\n"
				     " address 10.0.0.5 10.0.0.9\n"
				     " address 10.1.0.7 10.1.0.7\n"
				     " address 10.2.0.1 10.2.0.3\n!\n"
				     "ip nat inside source list 1 pool P overload\n";
	static const char fewer[] = "access-list 1 permit any\nip nat pool P prefix-length 24\n"
				    " address 10.0.0.5 10.0.0.9\n address 10.2.0.1 10.2.0.3\n"
				    "ip nat inside source list 1 pool P overload\nend\n";
	char whole[4096];
	struct bench b;
	uint32_t id;

	bench_open(&b);
	bench_attach(&b);
	bench_config(&b, "access-list 1 permit any\n");
	CU_ASSERT_STRING_EQUAL(bench_config(&b, config), "");
	CU_ASSERT_PTR_NOT_NULL(strstr(bench_running(&b), config));
	CU_ASSERT_STRING_EQUAL(
		ranges(&b), "0:10.0.0.5-10.0.0.9/0 1:10.1.0.7-10.1.0.7/0 2:10.2.0.1-10.2.0.3/1 ");
	CU_ASSERT_PTR_NOT_NULL(strstr(bench_show(&b, "show ip nat statistics"),
		" pool P: netmask 255.255.255.0\n\tstart 10.0.0.5 end 10.0.0.9\n"
		"\tstart 10.1.0.7 end 10.1.0.7\n\tstart 10.2.0.1 end 10.2.0.3\n"
		"\ttype generic, total addresses 9, allocated 0 (0%), misses 0\n"));
	/* It may grow in use, and shrinks when it is not; a file may do both. */
	CU_ASSERT_STRING_EQUAL(
		bench_config(&b, "ip nat pool P prefix-length 24\n no address 10.1.0.7 10.1.0.7\n"),
		"%Pool P in use, cannot redefine\n");
	bench_config(&b, "ip nat pool P prefix-length 24\n address 10.3.0.1 10.3.0.1\n");
	CU_ASSERT_PTR_NOT_NULL(strstr(ranges(&b), " 2:10.2.0.1-10.2.0.3/0 3:10.3.0.1-10.3.0.1/1 "));
	id = rule(&b, 0)->pool_id;
	snprintf(whole, sizeof(whole), "%s", bench_running(&b));
	bench_restart_control(&b, whole);
	CU_ASSERT_EQUAL(rule(&b, 0)->pool_id, id);
	CU_ASSERT_PTR_NOT_NULL(strstr(ranges(&b), " 3:10.3.0.1-10.3.0.1/1 "));
	CU_ASSERT_EQUAL(
		cli_config_replace(b.config, &b.ctx, fewer, strlen(fewer), false, NULL, NULL), 0);
	bench_run(&b);
	CU_ASSERT_STRING_EQUAL(ranges(&b), "0:10.0.0.5-10.0.0.9/0 1:10.2.0.1-10.2.0.3/1 ");
	CU_ASSERT_EQUAL(fake_count(&b.dp, BW_CMD_NAT_RULE_SET), 1);
	bench_config(&b, "no ip nat inside source list 1 pool P overload\nno ip nat pool P\n");
	CU_ASSERT_STRING_EQUAL(ranges(&b), "");
	CU_ASSERT_PTR_NULL(strstr(bench_running(&b), "pool"));
	CU_ASSERT_EQUAL(b.dp.nacks, 0);
	bench_close(&b);
}

static void ranges_are_checked(void)
{
	struct bench b;

	bench_open(&b);
	CU_ASSERT_STRING_EQUAL(
		bench_config(&b, "ip nat pool P netmask 255.255.255.0\n"
				 " address 10.0.0.9 10.0.0.5\n address 10.0.0.5 10.0.1.5\n"
				 " address 10.0.0.5 10.0.0.9\n address 10.0.0.9 10.0.0.20\n"
				 "ip nat pool P 10.0.0.5 10.0.0.9 netmask 255.255.255.0\n"
				 "ip nat pool Q 10.0.0.5 10.0.0.9 netmask 255.255.255.0\n"
				 "ip nat pool Q netmask 255.255.255.0\n"
				 "ip nat pool P netmask 255.255.255.252\n"
				 "ip nat pool R 10.0.0.5 10.0.0.9 prefix-length 24 type rotary\n"
				 "ip nat pool R prefix-length 24 type rotary\n"),
		"%End address less than start address\n"
		"%Start and end addresses on different subnets\n"
		"%Range overlaps with another one of pool P\n"
		"%Pool P exists with its addresses given otherwise\n"
		"%Pool Q exists with its addresses given otherwise\n"
		"%Start and end addresses on different subnets\n"
		"%Pools of type rotary are not supported on this platform\n"
		"%Pools of type rotary are not supported on this platform\n");
	CU_ASSERT_PTR_NOT_NULL(strstr(bench_running(&b),
		"ip nat pool P netmask 255.255.255.0\n address 10.0.0.5 10.0.0.9\n!\n"
		"ip nat pool Q 10.0.0.5 10.0.0.9 netmask 255.255.255.0\n"));
	CU_ASSERT_STRING_EQUAL(bench_config(&b, "no ip nat pool P\nno ip nat pool Q\n"
						"ip nat pool P 10.0.0.5 10.0.0.9 netmask "
						"255.255.255.0\n"),
		"");
	for (unsigned i = 0; i <= BW_NAT_POOL_RANGES; i++) {
		char text[96];

		snprintf(text, sizeof(text),
			"ip nat pool M prefix-length 24\n address 10.0.%u.1 10.0.%u.2\n", i, i);
		CU_ASSERT_STRING_EQUAL(bench_config(&b, text),
			i < BW_NAT_POOL_RANGES ? "" : "%Pool M has 16 ranges, which is the most\n");
	}
	bench_close(&b);
}

static void a_pool_may_match_hosts(void)
{
	struct bench b;

	bench_open(&b);
	bench_attach(&b);
	bench_config(&b, "access-list 1 permit any\n"
			 "ip nat pool P 10.0.0.5 10.0.0.9 prefix-length 24 type match-host\n"
			 "ip nat inside source list 1 pool P\n");
	CU_ASSERT_STRING_EQUAL(ranges(&b), "0:10.0.0.5-10.0.0.9/3 ");
	CU_ASSERT_PTR_NOT_NULL(strstr(
		bench_show(&b, "show ip nat statistics"), "\ttype match-host, total addresses 5"));
	bench_close(&b);
}

static void static_rules_do_not_contradict(void)
{
	struct bench b;

	bench_open(&b);
	bench_attach(&b);
	bench_config(&b, "ip nat inside source static 192.168.10.16 25.0.0.16\n");
	CU_ASSERT_STRING_EQUAL(
		bench_config(&b, "ip nat inside source static 192.168.10.16 25.0.0.17\n"
				 "ip nat inside source static 192.168.10.17 25.0.0.16\n"),
		"% similar static entry (192.168.10.16 -> 25.0.0.16) already exists\n"
		"% 25.0.0.16 already mapped (192.168.10.16 -> 25.0.0.16)\n");
	CU_ASSERT_STRING_EQUAL(
		bench_config(&b, "ip nat inside source static tcp 192.168.10.5 80 25.0.0.18 8080\n"
				 "ip nat inside source static udp 192.168.10.5 80 25.0.0.18 8080\n"
				 "ip nat inside source static tcp 192.168.10.6 80 25.0.0.18 80\n"),
		"");
	CU_ASSERT_PTR_NOT_NULL(strstr(bench_running(&b),
		"ip nat inside source static tcp 192.168.10.5 80 25.0.0.18 8080 extendable\n"));
	CU_ASSERT_EQUAL(fake_count(&b.dp, BW_CMD_NAT_RULE_SET), 4);
	CU_ASSERT_EQUAL(b.dp.nacks, 0);
	bench_close(&b);
}

/* The eight of 25.0.0.16/29 are all good, with its first and last. */
static void whole_addresses_and_networks(void)
{
	static const struct {
		const char *line, *answer;
	} bad[] = {
		{ "192.168.10.255 0.0.0.0", "% Invalid input detected at '^' marker.\n" },
		{ "0.0.0.1 25.0.0.17", "% Invalid input detected at '^' marker.\n" },
		{ "192.168.10.18 224.0.0.5", "% Invalid input detected at '^' marker.\n" },
		{ "192.168.10.18 255.255.255.255", "% Invalid input detected at '^' marker.\n" },
		{ "tcp 192.168.10.18 80 127.0.0.1 80",
			"% Invalid input detected at '^' marker.\n" },
		{ "tcp 192.168.10.18 0 25.0.0.18 80", "% Invalid input detected at '^' marker.\n" },
		{ "network 10.0.0.1 26.0.0.0 /29", "%Inconsistent address and mask\n" },
		{ "network 10.0.0.0 26.0.0.4 255.255.255.248", "%Inconsistent address and mask\n" },
		{ "network 10.0.0.0 26.0.0.0 0.0.0.0",
			"% Invalid input detected at '^' marker.\n" },
		{ "network 10.1.0.0 26.0.0.8 /29",
			"% 26.0.0.8 already mapped (10.0.0.8 -> 26.0.0.8)\n" },
		{ "network 10.0.0.8 26.0.0.16 /29",
			"% similar static entry (10.0.0.8 -> 26.0.0.8) already exists\n" },
	};
	struct bench b;

	bench_open(&b);
	bench_attach(&b);
	CU_ASSERT_STRING_EQUAL(
		bench_config(&b, "ip nat inside source static 192.168.10.16 25.0.0.16\n"
				 "ip nat inside source static 192.168.10.23 25.0.0.23\n"
				 "ip nat inside source static network 10.0.0.8 26.0.0.8 /29\n"),
		"");
	CU_ASSERT_EQUAL_FATAL(fake_count(&b.dp, BW_CMD_NAT_RULE_SET), 3);
	CU_ASSERT_EQUAL(rule(&b, 0)->kind, BW_NAT_STATIC);
	CU_ASSERT_EQUAL(rule(&b, 0)->global, ip("25.0.0.16"));
	CU_ASSERT_EQUAL(rule(&b, 1)->global, ip("25.0.0.23"));
	CU_ASSERT_EQUAL(rule(&b, 2)->kind, BW_NAT_NETWORK);
	CU_ASSERT_EQUAL(rule(&b, 2)->plen, 29);
	CU_ASSERT_EQUAL(rule(&b, 2)->local, ip("10.0.0.8"));
	CU_ASSERT_EQUAL(rule(&b, 2)->global, ip("26.0.0.8"));
	for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		char line[128];

		snprintf(line, sizeof(line), "ip nat inside source static %s\n", bad[i].line);
		CU_ASSERT_STRING_EQUAL(bench_config(&b, line), bad[i].answer);
		CU_ASSERT_PTR_NULL(strstr(bench_running(&b), line));
	}
	CU_ASSERT_EQUAL(fake_count(&b.dp, BW_CMD_NAT_RULE_SET), 3);
	CU_ASSERT_EQUAL(b.dp.nacks, 0);
	bench_close(&b);
}

/* Each form of a rule goes with and without `forced`. */
static void static_rules_go_again(void)
{
	static const char *const form[] = {
		"192.168.10.16 25.0.0.16",
		"192.168.10.16 interface GigabitEthernet8",
		"tcp 192.168.10.5 80 25.0.0.18 8080",
		"udp 192.168.10.5 53 interface GigabitEthernet8 53",
		"network 10.0.0.8 26.0.0.8 /29",
		"network 10.0.0.8 26.0.0.8 255.255.255.248",
	};
	struct bench b;

	bench_open(&b);
	bench_attach(&b);
	bench_config(&b, outside);
	for (unsigned i = 0; i < 2 * sizeof(form) / sizeof(form[0]); i++) {
		const char *words = form[i / 2];
		char line[128];

		snprintf(line, sizeof(line), "ip nat inside source static %s\n", words);
		CU_ASSERT_STRING_EQUAL(bench_config(&b, line), "");
		CU_ASSERT_EQUAL(fake_count(&b.dp, BW_CMD_NAT_RULE_SET), 1);
		snprintf(line, sizeof(line), "no ip nat inside source static %s%s\n", words,
			i % 2 ? " forced" : "");
		CU_ASSERT_STRING_EQUAL(bench_config(&b, line), "");
		CU_ASSERT_EQUAL(fake_count(&b.dp, BW_CMD_NAT_RULE_SET), 0);
		CU_ASSERT_PTR_NULL(strstr(bench_running(&b), "source static"));
	}
	CU_ASSERT_EQUAL(b.dp.nacks, 0);
	bench_close(&b);
}

static void ports_by_an_interface(void)
{
	struct bench b;

	bench_open(&b);
	bench_attach(&b);
	bench_config(&b, outside);
	CU_ASSERT_STRING_EQUAL(bench_config(&b, "ip nat inside source static tcp 192.168.20.5 22 "
						"interface GigabitEthernet8 2222\n"),
		"");
	CU_ASSERT_EQUAL_FATAL(fake_count(&b.dp, BW_CMD_NAT_RULE_SET), 1);
	CU_ASSERT(rule(&b, 0)->flags & BW_NAT_F_IF_ADDR);
	CU_ASSERT_EQUAL(rule(&b, 0)->if_id, fake_find_if(&b.dp, "GigabitEthernet8")->itf.if_id);
	CU_ASSERT_EQUAL(rule(&b, 0)->proto, IPPROTO_TCP);
	CU_ASSERT_EQUAL(rule(&b, 0)->local_port, 22);
	CU_ASSERT_EQUAL(rule(&b, 0)->global_port, 2222);
	CU_ASSERT_STRING_EQUAL(bench_show(&b, "show ip nat translations"),
		"Pro Inside global       Inside local       Outside local      Outside global\n"
		"tcp 192.168.10.16:2222  192.168.20.5:22    ---                ---\n");
	/* A pool in use may be said in other words, and nothing else. */
	bench_config(&b, "ip nat pool P 25.0.0.1 25.0.0.9 netmask 255.255.255.0\n"
			 "ip nat inside source list 9 pool P overload\n");
	CU_ASSERT_STRING_EQUAL(
		bench_config(&b, "ip nat pool P 25.0.0.1 25.0.0.9 prefix-length 24\n"), "");
	CU_ASSERT_STRING_EQUAL(
		bench_config(&b, "ip nat pool P 25.0.0.1 25.0.0.8 prefix-length 24\n"),
		"%Pool P in use, cannot redefine\n");
	/* An interface may come later, and go again. */
	bench_config(&b, "access-list 1 permit any\n");
	CU_ASSERT_STRING_EQUAL(
		bench_config(&b, "ip nat inside source list 1 interface Vlan77 overload\n"
				 "ip nat inside source static 192.168.20.6 interface Vlan77\n"),
		"");
	CU_ASSERT_EQUAL(fake_count(&b.dp, BW_CMD_NAT_RULE_SET), 1);
	bench_config(
		&b, "interface Vlan77\n ip address 10.77.0.1 255.255.255.0\n ip nat outside\n");
	CU_ASSERT_EQUAL(fake_count(&b.dp, BW_CMD_NAT_RULE_SET), 3);
	bench_config(&b, "no interface Vlan77\n");
	CU_ASSERT_EQUAL(fake_count(&b.dp, BW_CMD_NAT_RULE_SET), 1);
	CU_ASSERT_EQUAL(b.dp.nacks, 0);
	bench_close(&b);
}

static unsigned aliases(const struct bench *b)
{
	unsigned n = 0;

	for (size_t i = 0; i < b->dp.n; i++)
		n += b->dp.object[i].type == BW_CMD_IF_ADDR_SET &&
		     b->dp.object[i].msg.if_addr.flags == BW_ADDR_F_ALIAS;
	return n;
}

static unsigned lines_of(const char *text)
{
	unsigned n = 0;

	while ((text = strchr(text, '\n')) != NULL) {
		text++;
		n++;
	}
	return n;
}

/* Many at once are computed anew only after a pause. */
static bool comes_to(struct bench *b, size_t n)
{
	for (unsigned i = 0; i < 500 && b->ctl->nat.n_aliases != n; i++) {
		usleep(10000);
		bench_run(b);
	}
	return b->ctl->nat.n_aliases == n;
}

static void thousands_of_globals(void)
{
	struct bench b;
	char *running;

	bench_open(&b);
	bench_attach(&b);
	bench_config(&b, "interface GigabitEthernet8\n ip address 10.8.0.1 255.255.224.0\n"
			 " ip nat outside\n no shutdown\n"
			 "access-list 1 permit any\n"
			 "ip nat pool P 10.8.0.1 10.8.15.255 prefix-length 19\n"
			 "ip nat inside source list 1 pool P\n");
	CU_ASSERT_EQUAL(aliases(&b), 4094); /* 10.8.0.1 is the interface's own */
	CU_ASSERT(has_alias(&b, "10.8.0.2"));
	CU_ASSERT(has_alias(&b, "10.8.15.255")); /* no end of its /19 */
	/* a heading, the interface's own, and the aliases */
	CU_ASSERT_EQUAL(lines_of(bench_show(&b, "show ip arp")), 1 + 1 + 4094);
	running = strdup(bench_running(&b));
	bench_restart_control(&b, running);
	free(running);
	CU_ASSERT_EQUAL(aliases(&b), 4094);
	CU_ASSERT_EQUAL(b.dp.swept, 0);
	bench_config(&b, "no ip nat inside source list 1 pool P\n");
	CU_ASSERT_TRUE(comes_to(&b, 0));
	CU_ASSERT_EQUAL(aliases(&b), 0);
	CU_ASSERT_EQUAL(b.dp.nacks, 0);
	bench_close(&b);
}

/* More than there may be: as many as there may be, and a line of the log. */
static void globals_without_number(void)
{
	struct bench b;

	bench_open(&b);
	bench_config(&b, "interface GigabitEthernet8\n ip address 10.0.0.1 255.0.0.0\n"
			 " ip nat outside\n no shutdown\n"
			 "access-list 1 permit any\n"
			 "ip nat pool P 10.1.0.0 10.255.255.255 prefix-length 8\n"
			 "ip nat inside source list 1 pool P\n");
	CU_ASSERT_EQUAL(b.ctl->nat.n_aliases, BW_MAX_ALIASES);
	CU_ASSERT_PTR_NOT_NULL(strstr(bench_show(&b, "show logging"), "NAT-4-ALIASES"));
	bench_config(&b, "no ip nat inside source list 1 pool P\n");
	CU_ASSERT_TRUE(comes_to(&b, 0));
	bench_close(&b);
}

static void globals_are_answered_in_arp(void)
{
	struct bench b;

	bench_open(&b);
	bench_attach(&b);
	bench_config(&b, outside);
	bench_config(&b, "access-list 1 permit any\n"
			 "ip nat pool P 192.168.10.16 192.168.10.18 netmask 255.255.255.0\n"
			 "ip nat inside source list 1 pool P overload\n"
			 "ip nat inside source static 192.168.20.5 192.168.10.50\n"
			 "ip nat inside source static 192.168.20.6 192.168.10.51 no-alias\n"
			 "ip nat inside source static 192.168.20.7 25.0.0.1\n");
	CU_ASSERT_FALSE(has_alias(&b, "192.168.10.16")); /* the interface's own */
	CU_ASSERT(has_alias(&b, "192.168.10.17"));
	CU_ASSERT(has_alias(&b, "192.168.10.18"));
	CU_ASSERT(has_alias(&b, "192.168.10.50"));
	CU_ASSERT_FALSE(has_alias(&b, "192.168.10.51"));
	CU_ASSERT_FALSE(has_alias(&b, "25.0.0.1")); /* on no subnet of ours */
	bench_config(&b, "ip nat inside source static network 10.0.0.248 192.168.10.248 /29\n");
	CU_ASSERT(has_alias(&b, "192.168.10.248"));
	CU_ASSERT(has_alias(&b, "192.168.10.254"));
	CU_ASSERT_FALSE(has_alias(&b, "192.168.10.255")); /* the subnet's broadcast address */
	bench_config(&b, "no ip nat inside source static network 10.0.0.248 192.168.10.248 /29\n");
	CU_ASSERT_FALSE(has_alias(&b, "192.168.10.248"));
	CU_ASSERT_EQUAL(fake_find_route(&b.dp, ip("192.168.10.17"), 32)->route.adj_id, BW_ADJ_DROP);
	bench_config(&b, "no ip nat inside source static 192.168.20.5 192.168.10.50\n");
	CU_ASSERT_FALSE(has_alias(&b, "192.168.10.50"));
	bench_config(&b, "interface GigabitEthernet8\n no ip nat outside\n");
	CU_ASSERT_FALSE(has_alias(&b, "192.168.10.17"));
	CU_ASSERT_PTR_NULL(fake_find_route(&b.dp, ip("192.168.10.17"), 32));
	CU_ASSERT_EQUAL(b.dp.nacks, 0);
	bench_close(&b);
}

static const struct bw_nat_config *settings(const struct bench *b)
{
	for (size_t i = 0; i < b->dp.n; i++)
		if (b->dp.object[i].type == BW_CMD_NAT_CONFIG)
			return &b->dp.object[i].msg.nat_config;
	return NULL;
}

static void timeouts_and_limits(void)
{
	struct bench b;

	bench_open(&b);
	bench_attach(&b);
	CU_ASSERT_EQUAL(settings(&b)->timeout[BW_NAT_TMO_TCP], 86400);
	CU_ASSERT_EQUAL(settings(&b)->timeout[BW_NAT_TMO_UDP], 300);
	bench_config(&b,
		"ip nat translation tcp-timeout 600\nip nat translation udp-timeout never\n"
		"ip nat translation max-entries 1000\n"
		"ip nat translation max-entries all-host 50\n");
	CU_ASSERT_EQUAL(settings(&b)->timeout[BW_NAT_TMO_TCP], 600);
	CU_ASSERT_EQUAL(settings(&b)->timeout[BW_NAT_TMO_UDP], UINT32_MAX);
	CU_ASSERT_EQUAL(settings(&b)->max_entries, 1000);
	CU_ASSERT_EQUAL(settings(&b)->max_per_host, 50);
	bench_config(&b, "no ip nat translation tcp-timeout\nno ip nat translation max-entries\n");
	CU_ASSERT_EQUAL(settings(&b)->timeout[BW_NAT_TMO_TCP], 86400);
	CU_ASSERT_EQUAL(settings(&b)->max_entries, 0);
	CU_ASSERT_EQUAL(settings(&b)->max_per_host, 50);
	bench_close(&b);
}

static const struct bw_nat_limit *limit_of(const struct bench *b, const char *addr)
{
	for (size_t i = 0; i < b->dp.n; i++)
		if (b->dp.object[i].type == BW_CMD_NAT_LIMIT_SET &&
			b->dp.object[i].msg.nat_limit.addr == ip(addr))
			return &b->dp.object[i].msg.nat_limit;
	return NULL;
}

static void limits_of_hosts(void)
{
	static const char lines[] = "ip nat translation max-entries host 10.0.0.1 100\n"
				    "ip nat translation max-entries host 10.0.0.2 200\n";
	struct bench b;

	bench_open(&b);
	bench_attach(&b);
	CU_ASSERT_STRING_EQUAL(bench_config(&b, lines), "");
	CU_ASSERT_PTR_NOT_NULL(strstr(bench_running(&b), lines));
	CU_ASSERT_EQUAL(limit_of(&b, "10.0.0.1")->max, 100);
	CU_ASSERT_EQUAL(limit_of(&b, "10.0.0.2")->max, 200);
	bench_config(&b, "ip nat translation max-entries host 10.0.0.1 50\n"
			 "no ip nat translation max-entries host 10.0.0.2\n");
	CU_ASSERT_EQUAL(limit_of(&b, "10.0.0.1")->max, 50);
	CU_ASSERT_PTR_NULL(limit_of(&b, "10.0.0.2"));
	/* Gone and back within one turn. */
	bench_config(&b, "no ip nat translation max-entries host 10.0.0.1 50\n"
			 "ip nat translation max-entries host 10.0.0.1 70\n");
	CU_ASSERT_EQUAL(limit_of(&b, "10.0.0.1")->max, 70);
	/* A restarted control tells the dataplane what it wants now. */
	bench_restart_control(&b, "ip nat translation max-entries host 10.0.0.3 300\n");
	CU_ASSERT_PTR_NULL(limit_of(&b, "10.0.0.1"));
	CU_ASSERT_EQUAL(limit_of(&b, "10.0.0.3")->max, 300);
	CU_ASSERT_STRING_EQUAL(bench_config(&b, "ip nat translation max-entries list 1 5\n"
						"ip nat translation max-entries vrf r1 5\n"
						"ip nat translation max-entries all-vrf 5\n"),
		"% max-entries list is not supported on this platform\n"
		"% max-entries vrf is not supported on this platform\n"
		"% max-entries all-vrf is not supported on this platform\n");
	CU_ASSERT_EQUAL(b.dp.nacks, 0);
	bench_close(&b);
}

/* `no` of what has live sessions asks; nothing is done before the answer. */
static void no_with_sessions_asks(void)
{
	struct bench b;

	bench_open(&b);
	bench_attach(&b);
	bench_config(&b,
		"access-list 1 permit any\nip nat pool P 1.0.0.1 1.0.0.1 prefix-length 24\n"
		"ip nat inside source list 1 pool P overload\n"
		"ip nat inside source static 10.0.0.1 2.0.0.1\n");
	b.dp.region.counters[0].nat.sessions = 5;
	b.dp.region.counters[0].nat.static_sessions = 2;
	CU_ASSERT(nat_sessions_live(&b.ctl->nat, true));
	CU_ASSERT(nat_sessions_live(&b.ctl->nat, false));
	/* A load is unattended: the answer is yes. */
	CU_ASSERT_STRING_EQUAL(
		bench_config(&b, "no ip nat inside source list 1 pool P overload\n"), "");
	CU_ASSERT_EQUAL(fake_count(&b.dp, BW_CMD_NAT_RULE_SET), 1);
	bench_close(&b);
}

int main(void)
{
	static const struct bench_test tests[] = {
		{ "rules work once all they name is there",
			rules_work_once_all_they_name_is_there },
		{ "a list comes back with its user", a_list_comes_back_with_its_user },
		{ "a map matches what is there", a_map_matches_what_is_there },
		{ "a map is known again", a_map_is_known_again },
		{ "maps are edited", maps_are_edited },
		{ "maps have their limit", maps_have_their_limit },
		{ "pools are checked", pools_are_checked },
		{ "pools of several ranges", pools_of_several_ranges },
		{ "ranges are checked", ranges_are_checked },
		{ "a pool may match hosts", a_pool_may_match_hosts },
		{ "limits of hosts", limits_of_hosts },
		{ "static rules do not contradict", static_rules_do_not_contradict },
		{ "whole addresses and networks", whole_addresses_and_networks },
		{ "static rules go again", static_rules_go_again },
		{ "ports by an interface", ports_by_an_interface },
		{ "globals are answered in ARP", globals_are_answered_in_arp },
		{ "thousands of globals", thousands_of_globals },
		{ "globals without number", globals_without_number },
		{ "timeouts and limits", timeouts_and_limits },
		{ "no with sessions asks", no_with_sessions_asks },
		{ NULL, NULL },
	};

	return bench_main("NAT", tests);
}
