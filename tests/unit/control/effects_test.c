/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Every line of an interface, of NAT, of access lists, PPP and PPPoE that is accepted and not
 * marked harmless names the test that proves what it does: on packets, where packets show it.
 * A new line is to come with one.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands/commands.h"
#include "support.h"

#define EFFECTS_TEST "tests/unit/control/effects_test.c"
#define LINES	     "tests/unit/control/lines_test.c"
#define IFACE	     "tests/unit/control/iface_test.c"
#define ACL	     "tests/unit/control/acl_test.c"
#define DIALER	     "tests/unit/control/dialer_test.c"
#define NAT_UNIT     "tests/unit/control/nat_test.c"
#define ACL_UNIT     "tests/unit/nat/acl_test.c"
#define SHARD	     "tests/unit/nat/shard_test.c"
#define BRIDGE	     "tests/unit/l2/bridge_test.c"
#define IP4	     "tests/unit/dataplane/ip4_test.c"
#define NEIGH	     "tests/unit/dataplane/neigh_test.c"
#define CLIENT	     "tests/unit/pppoe/client_test.c"
#define LCP	     "tests/unit/pppoe/lcp_test.c"
#define IPCP	     "tests/unit/pppoe/ipcp_test.c"
#define AUTH	     "tests/unit/pppoe/auth_test.c"
#define FSM	     "tests/unit/pppoe/fsm_test.c"
#define NAT	     "tests/e2e/test_nat_rules.py"
#define MAPS	     "tests/e2e/test_route_map.py"
#define L2	     "tests/e2e/test_l2.py"
#define IP	     "tests/e2e/test_ip.py"
#define FRAGMENTS    "tests/e2e/test_fragments.py"
#define PPPOE	     "tests/e2e/test_pppoe.py"
#define FAULTS	     "tests/e2e/test_pppoe_faults.py"

/* A command by a line that is one. Each of a line's options that does something has a row. */
static const struct effect {
	const char *mode, *line;
	const char *file, *function;
} effects[] = {
	{ "config", "interface Loopback0", IP, "test_secondary_address" },
	{ "config-if", "description x", EFFECTS_TEST, "a_description_is_shown" },
	{ "config-if", "shutdown", L2, "test_shutdown" },
	{ "config-if", "mtu 9000", "tests/e2e/test_jumbo.py", "test_forwarded_whole" },
	{ "config-if", "mac-address 0200.0000.0001", L2, "test_mac_address" },
	{ "config-if", "encapsulation dot1Q 10", IP4, "subinterfaces" },
	{ "config-if", "encapsulation dot1Q 10 native", IP4, "subinterfaces" },
	{ "config-if", "ip address 10.0.0.1 255.0.0.0", "tests/e2e/test_host_stack.py",
		"test_address_changes_follow" },
	{ "config-if", "ip address 10.0.0.1 255.0.0.0 secondary", IP, "test_secondary_address" },
	{ "config-if", "ip address negotiated", DIALER, "a_negotiated_address_comes_and_goes" },
	{ "config-if", "ip unnumbered Vlan1", PPPOE, "test_unnumbered_address_is_kept" },
	{ "config-if", "ip mtu 1400", IP, "test_ip_mtu_and_df" },
	{ "config-if", "ip access-group 1 in", IP, "test_access_group" },
	{ "config-if", "ip access-group 1 out", IP, "test_access_group_out" },
	{ "config-if", "ip nat inside", "tests/e2e/test_pat.py", "test_out_and_back" },
	{ "config-if", "ip nat outside", "tests/e2e/test_pat.py",
		"test_no_way_in_without_a_session" },
	{ "config-if", "ip virtual-reassembly in", FRAGMENTS, "test_fragments_in_any_order" },
	{ "config-if", "ip virtual-reassembly max-reassemblies 1", FRAGMENTS,
		"test_too_many_reassemblies" },
	{ "config-if", "ip virtual-reassembly max-fragments 1", FRAGMENTS,
		"test_too_many_fragments" },
	{ "config-if", "ip virtual-reassembly timeout 1", FRAGMENTS,
		"test_incomplete_ones_go_away" },
	{ "config-if", "ip virtual-reassembly drop-fragments", FRAGMENTS, "test_drop_fragments" },
	{ "config-if", "ip virtual-reassembly out", LINES, "each_line_comes_back" },
	{ "config-if", "ip tcp adjust-mss 1400", FRAGMENTS, "test_mss_out" },
	{ "config-if", "ip unreachables", IP, "test_no_ip_unreachables" },
	{ "config-if", "ip proxy-arp", "tests/e2e/test_proxy_arp.py", "test_no_ip_proxy_arp" },
	{ "config-if", "autostate", IFACE, "an_svi_is_up_while_a_member_port_is" },
	{ "config-if", "arp timeout 60", IP, "test_neighbour_that_is_gone_ages_out" },
	/* switch ports */
	{ "config", "vlan 10", IFACE, "a_trunk_tells_the_vlans_that_exist" },
	{ "config", "vlan 10,20", LINES, "a_vlan_goes_from_a_list" },
	{ "config-vlan", "name X", L2, "test_show_vlan_brief" },
	{ "config-if", "switchport access vlan 10", L2, "test_svi_moves_with_its_vlan" },
	{ "config-if", "switchport trunk native vlan 10", BRIDGE, "the_native_vlan_has_no_tag" },
	{ "config-if", "switchport trunk allowed vlan 10", L2,
		"test_allowed_vlans_are_added_and_removed" },
	{ "config-if", "switchport mode trunk", BRIDGE, "a_trunk_gets_a_tag_and_gives_one" },
	/* ARP */
	{ "config", "arp 10.0.0.1 0011.2233.4455 arpa", IP, "test_static_arp" },
	{ "config", "arp 10.0.0.1 0011.2233.4455 arpa Vlan1", LINES, "each_line_comes_back" },
	/* NAT */
	{ "config", "ip nat outside source static 1.1.1.1 2.2.2.2", LINES, "each_line_comes_back" },
	{ "config", "ip nat inside source static esp 1.1.1.1 interface Vlan1", LINES,
		"each_line_comes_back" },
	{ "config", "ip nat translation port-timeout tcp 80 60", LINES, "each_line_comes_back" },
	{ "config", "ip nat translation udp-timeout 60", NAT, "test_timeout" },
	{ "config", "ip nat translation tcp-timeout 60", SHARD, "tcp_handshake" },
	{ "config", "ip nat translation finrst-timeout 60", SHARD, "tcp_close" },
	{ "config", "ip nat translation max-entries 10", NAT, "test_max_entries" },
	{ "config", "ip nat translation max-entries all-host 10", NAT,
		"test_max_entries_of_a_host" },
	{ "config", "ip nat translation max-entries host 1.1.1.1 10", NAT,
		"test_max_entries_of_one_host" },
	{ "config", "ip nat translation max-entries vrf V 10", LINES, "each_line_comes_back" },
	{ "config", "ip nat pool P 1.1.1.1 1.1.1.2 prefix-length 24", NAT,
		"test_pool_without_overload" },
	{ "config", "ip nat pool P 1.1.1.1 1.1.1.2 prefix-length 24 type match-host", NAT,
		"test_pool_matches_hosts" },
	{ "config", "ip nat pool P prefix-length 24", NAT, "test_pool_of_ranges" },
	{ "config-ipnat-pool", "address 1.1.1.1 1.1.1.2", NAT, "test_pool_of_ranges" },
	{ "config", "ip nat inside source list 1 pool P", NAT, "test_pool_without_overload" },
	{ "config", "ip nat inside source list 1 interface Vlan1 overload", NAT,
		"test_interface_overload" },
	{ "config", "ip nat inside source route-map M interface Vlan1 overload", MAPS,
		"test_each_uplink_has_its_address" },
	{ "config", "ip nat inside source static 1.1.1.1 2.2.2.2", NAT,
		"test_static_from_outside" },
	{ "config", "ip nat inside source static 1.1.1.1 2.2.2.2 no-alias", NAT,
		"test_static_no_alias" },
	{ "config", "ip nat inside source static 1.1.1.1 2.2.2.2 extendable", NAT_UNIT,
		"static_rules_do_not_contradict" },
	{ "config", "ip nat inside source static tcp 1.1.1.1 80 2.2.2.2 80", NAT,
		"test_port_forward" },
	{ "config", "ip nat inside source static tcp 1.1.1.1 80 interface Vlan1 80",
		"tests/unit/nat/rules_test.c", "interface_addresses" },
	{ "config", "ip nat inside source static network 1.1.1.0 2.2.2.0 /24", NAT,
		"test_static_network" },
	{ "config", "route-map M permit 10", MAPS, "test_each_uplink_has_its_address" },
	{ "config", "route-map M deny 10", MAPS, "test_denied_is_not_translated" },
	{ "config-route-map", "description x", NAT_UNIT, "maps_are_edited" },
	{ "config-route-map", "match ip address 1", MAPS, "test_the_map_can_be_changed" },
	{ "config-route-map", "match interface Vlan1", MAPS, "test_each_uplink_has_its_address" },
	{ "config-route-map", "match length 1 2", LINES, "each_line_comes_back" },
	{ "config-route-map", "set ip next-hop 1.1.1.1", LINES, "each_line_comes_back" },
	/* access lists */
	{ "config", "access-list 1 permit any", "tests/e2e/test_pat.py",
		"test_unlisted_source_is_routed_untranslated" },
	{ "config", "access-list 101 permit tcp any any eq 80", ACL_UNIT, "ports" },
	{ "config", "access-list 101 permit tcp any any established", ACL_UNIT, "established" },
	{ "config", "access-list 101 permit tcp any any log", IP, "test_access_list_logs" },
	{ "config", "access-list 101 permit udp any any", IP, "test_access_group" },
	{ "config", "access-list 101 permit icmp any any echo", ACL_UNIT, "icmp_types" },
	{ "config", "access-list 101 permit ip any any fragments", ACL_UNIT, "fragments" },
	{ "config", "access-list 1 remark x", ACL, "lines_are_given_back_in_canonical_form" },
	{ "config", "access-list 101 remark x", ACL, "lines_are_given_back_in_canonical_form" },
	{ "config", "access-list 101 permit object-group G any any", LINES,
		"each_line_comes_back" },
	{ "config", "ip access-list standard S", ACL, "a_list_need_not_be_there_yet" },
	{ "config", "ip access-list extended E", NAT, "test_extended_list" },
	{ "config", "ip access-list resequence E", LINES, "each_line_comes_back" },
	{ "config-std-nacl", "permit any", MAPS, "test_the_map_can_be_changed" },
	{ "config-std-nacl", "remark x", ACL, "lines_are_given_back_in_canonical_form" },
	{ "config-std-nacl", "10", ACL, "sequence_numbers" },
	{ "config-ext-nacl", "permit tcp any any", ACL_UNIT, "ports" },
	{ "config-ext-nacl", "permit udp any any", ACL_UNIT, "ports" },
	{ "config-ext-nacl", "permit icmp any any", ACL_UNIT, "icmp_types" },
	{ "config-ext-nacl", "permit ip any any", NAT, "test_extended_list" },
	{ "config-ext-nacl", "permit object-group G any any", LINES, "each_line_comes_back" },
	/* PPPoE, PPP, Dialers */
	{ "config-if", "pppoe enable", DIALER, "each_part_is_needed" },
	{ "config-if", "pppoe-client dial-pool-number 1", PPPOE, "test_discovery" },
	{ "config-if", "pppoe-client dial-pool-number 1 restart 5", CLIENT,
		"redial_as_configured" },
	{ "config-if", "pppoe-client dial-pool-number 1 service-name S", PPPOE,
		"test_service_name" },
	{ "config-if", "encapsulation ppp", DIALER, "each_part_is_needed" },
	{ "config-if", "peer neighbor-route", PPPOE, "test_without_neighbor_route" },
	{ "config-if", "dialer pool 1", DIALER, "each_part_is_needed" },
	{ "config-if", "keepalive 5", PPPOE, "test_keepalive" },
	{ "config-if", "keepalive 5 2", LCP, "keepalive_after_its_interval_and_misses" },
	{ "config-if", "ppp chap hostname U", PPPOE, "test_chap_and_ipcp" },
	{ "config-if", "ppp chap password P", PPPOE, "test_chap_and_ipcp" },
	{ "config-if", "ppp chap refuse", LCP, "authentication_by_configuration" },
	{ "config-if", "ppp pap refuse", PPPOE, "test_pap_refused" },
	{ "config-if", "ppp pap sent-username U password P", PPPOE, "test_pap_if_allowed" },
	{ "config-if", "ppp timeout retry 3", LCP, "retry_as_configured" },
	{ "config-if", "ppp timeout authentication 3", AUTH, "silence_of_the_server_ends_it" },
	{ "config-if", "ppp timeout ncp 3", IPCP, "not_open_in_time" },
	{ "config-if", "ppp max-configure 3", FSM, "requests_are_sent_max_configure_times" },
	{ "config-if", "ppp max-failure 3", LCP, "max_failure_naks_and_then_rejects" },
	{ "config-if", "ppp max-terminate 3", FSM, "terminates_are_sent_max_terminate_times" },
	{ "config-if", "ppp ipcp dns request", IPCP, "name_servers_are_learnt" },
	{ "config-if", "ppp ipcp address accept", IPCP, "a_nak_is_taken_if_configured" },
	{ "config-if", "ppp ipcp route default", PPPOE, "test_without_ipcp_route" },
	{ "config-if", "ppp multilink", LINES, "each_line_comes_back" },
};

enum { EFFECTS = sizeof(effects) / sizeof(effects[0]) };

/* The command that the row's line is parsed as; NULL: none. */
static const struct cli_command *command_of(const struct bench *b, const struct effect *e)
{
	const struct cli_mode *mode = cli_grammar_mode(b->grammar, e->mode);
	const struct cli_command *command;
	struct cli_parse parse;

	if (cli_grammar_parse(b->grammar, mode, 0, e->line, &parse) != CLI_PARSE_OK)
		return NULL;
	command = parse.args->command;
	cli_args_free(parse.args);
	return command;
}

static bool has_effect(const struct cli_command *c)
{
	return c->run == NULL && !(c->flags & (CLI_HARMLESS | CLI_NO_PREFIX));
}

static bool is_named(const struct bench *b, const struct cli_command *c)
{
	for (unsigned i = 0; i < EFFECTS; i++)
		if (command_of(b, &effects[i]) == c)
			return true;
	return false;
}

static void every_line_has_a_test(void)
{
	static const struct cli_topic *const topics[] = { &cli_access_list_topic, &cli_arp_topic,
		&cli_dialer_topic, &cli_interface_topic, &cli_ip_address_topic,
		&cli_ip_interface_topic, &cli_nat_topic, &cli_ppp_topic, &cli_pppoe_topic,
		&cli_route_map_topic, &cli_switchport_topic };
	struct bench b;

	bench_open(&b);
	for (unsigned t = 0; t < sizeof(topics) / sizeof(topics[0]); t++) {
		for (const struct cli_command *c = topics[t]->commands; c->mode != NULL; c++) {
			if (!has_effect(c) || is_named(&b, c))
				continue;
			fprintf(stderr, "no test of the effect is named for: %s\n", c->syntax);
			CU_FAIL("a line without a test of its effect");
		}
	}
	bench_close(&b);
}

/* A row is of a line that does something; whoever marks it harmless takes it out. */
static void every_row_is_of_a_line(void)
{
	struct bench b;

	bench_open(&b);
	for (unsigned i = 0; i < EFFECTS; i++) {
		const struct cli_command *c = command_of(&b, &effects[i]);

		if (c != NULL && has_effect(c))
			continue;
		fprintf(stderr, "no such line with an effect: %s\n", effects[i].line);
		CU_FAIL("a row of no line");
	}
	bench_close(&b);
}

static void a_description_is_shown(void)
{
	struct bench b;

	bench_open(&b);
	bench_config(&b, "interface GigabitEthernet8\n description to the provider\n");
	CU_ASSERT_PTR_NOT_NULL(strstr(bench_show(&b, "show interfaces GigabitEthernet8"),
		"\n  Description: to the provider\n"));
	bench_close(&b);
}

static char *read_source(const char *path)
{
	char full[500];
	char *text = NULL;
	size_t size = 0;
	FILE *f;

	snprintf(full, sizeof(full), "%s/%s", getenv("BYWAY_SOURCE"), path);
	f = fopen(full, "r");
	if (f == NULL)
		return NULL;
	if (getdelim(&text, &size, '\0', f) < 0) {
		free(text);
		text = NULL;
	}
	fclose(f);
	return text;
}

/* Defined, and in C called by its suite as well. */
static bool is_a_test_of(const char *text, const struct effect *e)
{
	bool python = strstr(e->file, ".py") != NULL;
	char definition[200], use[200];
	const char *found;

	snprintf(definition, sizeof(definition), python ? "\ndef %s(" : "\nstatic void %s(void)\n",
		e->function);
	found = strstr(text, definition);
	snprintf(use, sizeof(use), "%s }", e->function);
	if (found == NULL || python)
		return found != NULL;
	if (strstr(found, use) != NULL)
		return true;
	snprintf(use, sizeof(use), "%s)", e->function); /* of CU_add_test() */
	return strstr(found + strlen(definition), use) != NULL;
}

static void every_named_test_is_there(void)
{
	CU_ASSERT_PTR_NOT_NULL_FATAL(getenv("BYWAY_SOURCE"));
	for (unsigned i = 0; i < EFFECTS; i++) {
		char *text = read_source(effects[i].file);

		if (text == NULL || !is_a_test_of(text, &effects[i])) {
			fprintf(stderr, "%s: no test %s in %s\n", effects[i].line,
				effects[i].function, effects[i].file);
			CU_FAIL("a test that is not there");
		}
		free(text);
	}
}

int main(void)
{
	static const struct bench_test tests[] = {
		{ "every line has a test", every_line_has_a_test },
		{ "every row is of a line", every_row_is_of_a_line },
		{ "a description is shown", a_description_is_shown },
		{ "every named test is there", every_named_test_is_there },
		{ NULL, NULL },
	};

	return bench_main("effects", tests);
}
