/* SPDX-License-Identifier: BSD-3-Clause */

/* Accepted lines: loading, printing, replacing, rolling back. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "../api/suite.h"
#include "cli/config/tree.h"
#include "fixture.h"

static bool contains(const char *text, const char *part)
{
	return strstr(text, part) != NULL;
}

/* Loads lines that must all be good. */
static void take(struct fixture *fixture, const char *text)
{
	int err = fixture_load(fixture, text, 0, NULL);

	CU_ASSERT_EQUAL(err, 0);
	if (err)
		fprintf(stderr, "%s", cli_out_text(fixture->out));
}

static void assert_running(struct fixture *fixture, const char *expected)
{
	char *text = fixture_print(fixture, CLI_TREE_LINES);

	CU_ASSERT_STRING_EQUAL(text, expected);
	if (strcmp(text, expected) != 0)
		fprintf(stderr, "got:\n%s\nnot:\n%s", text, expected);
	free(text);
}

static void test_seeds_load(void)
{
	for (size_t i = 0; fixture_seeds[i]; i++) {
		struct fixture fixture;

		fixture_init(&fixture);
		take(&fixture, fixture_seeds[i]);
		fixture_fini(&fixture);
	}
}

static void test_second_load_changes_nothing(void)
{
	for (size_t i = 0; fixture_seeds[i]; i++) {
		struct cli_load_summary summary;
		struct fixture fixture;
		unsigned calls;
		char *before;
		char *after;

		fixture_init(&fixture);
		take(&fixture, fixture_seeds[i]);
		calls = fixture.app.calls;
		before = fixture_print(&fixture, CLI_TREE_NORMAL);
		CU_ASSERT_EQUAL(fixture_load(&fixture, fixture_seeds[i], 0, &summary), 0);
		after = fixture_print(&fixture, CLI_TREE_NORMAL);
		CU_ASSERT_EQUAL(fixture.app.calls, calls);
		CU_ASSERT_EQUAL(summary.unchanged, summary.lines);
		CU_ASSERT_STRING_EQUAL(before, after);
		free(before);
		free(after);
		fixture_fini(&fixture);
	}
}

/* What is printed, with defaults or without, loads into the same. */
static void test_printed_form_is_a_fixed_point(void)
{
	for (size_t i = 0; fixture_seeds[i]; i++) {
		struct fixture first;
		struct fixture second;
		char *all;
		char *once;
		char *twice;

		fixture_init(&first);
		fixture_init(&second);
		take(&first, fixture_seeds[i]);
		once = fixture_print(&first, CLI_TREE_NORMAL);
		all = fixture_print(&first, CLI_TREE_ALL);
		take(&second, once);
		take(&second, all);
		twice = fixture_print(&second, CLI_TREE_NORMAL);
		CU_ASSERT_STRING_EQUAL(once, twice);
		free(all);
		free(once);
		free(twice);
		fixture_fini(&first);
		fixture_fini(&second);
	}
}

/* Words, order and indentation as on the router: the seed's block, line for line. */
static void test_seed_blocks_come_back_as_they_were(void)
{
	static const char *const blocks[] = {
		"interface Dialer1\n mtu 1492\n ip unnumbered Vlan10\n ip mtu 1454\n"
		" ip nat outside\n ip virtual-reassembly in\n encapsulation ppp\n dialer pool 1\n"
		" dialer-group 1\n ppp authentication chap callin\n"
		" ppp chap hostname ユーザ名\n ppp chap password パスワード\n ppp pap refuse\n"
		" ppp ipcp route default\n no cdp enable\n!\n",
		"interface GigabitEthernet8\n no ip address\n duplex auto\n speed auto\n"
		" pppoe enable group global\n pppoe-client dial-pool-number 1\n!\n",
	};
	static const char router[] =
		"router bgp 65000\n bgp router-id 10.0.0.1\n bgp log-neighbor-changes\n"
		" neighbor 10.0.0.2 remote-as 65001\n neighbor 10.0.0.2 update-source Tunnel100\n"
		" !\n address-family ipv4\n  neighbor 10.0.0.2 activate\n"
		"  neighbor 10.0.0.2 soft-reconfiguration inbound\n exit-address-family\n"
		" !\n address-family vpnv4\n  neighbor 10.0.0.2 activate\n"
		"  neighbor 10.0.0.2 send-community both\n exit-address-family\n"
		" !\n address-family ipv4 vrf r1\n  network 192.168.11.0\n exit-address-family\n"
		" !\n address-family ipv4 vrf r2\n  network 192.168.12.0\n exit-address-family\n!\n";
	struct fixture fixture;
	char *text;

	fixture_init(&fixture);
	take(&fixture, fixture_seeds[1]);
	text = fixture_print(&fixture, CLI_TREE_NORMAL);
	CU_ASSERT(contains(text, blocks[0]));
	CU_ASSERT(contains(text, blocks[1]));
	free(text);
	fixture_fini(&fixture);

	fixture_init(&fixture);
	take(&fixture, fixture_seeds[2]);
	text = fixture_print(&fixture, CLI_TREE_NORMAL);
	CU_ASSERT(contains(text, router));
	CU_ASSERT(contains(text, "!\nip cef\n!\nip vrf r1\n rd 10.0.0.1:1\n"));
	CU_ASSERT(contains(text, "\n peer RTB\n  address 2.2.2.2\n  pre-shared-key PASSWORD\n!\n"));
	free(text);
	fixture_fini(&fixture);
}

static void test_order_is_of_rank_then_of_key(void)
{
	struct fixture fixture;

	fixture_init(&fixture);
	take(&fixture, "access-list 2 permit any\ninterface dialer1\ninterface vlan 100\n"
		       "interface Vlan20\ninterface gi8\ninterface tunnel5\n"
		       "ip route 10.0.0.0 255.0.0.0 1.1.1.1\nip route 9.0.0.0 255.0.0.0 1.1.1.1\n"
		       "access-list 1 deny any\nhostname R1\n");
	assert_running(&fixture,
		"hostname R1\n!\ninterface Tunnel5\n!\ninterface GigabitEthernet8\n"
		"!\ninterface Vlan20\n!\ninterface Vlan100\n!\ninterface Dialer1\n!\n"
		"ip route 9.0.0.0 255.0.0.0 1.1.1.1\n"
		"ip route 10.0.0.0 255.0.0.0 1.1.1.1\n!\naccess-list 1 deny any\n"
		"access-list 2 permit any\n!\nend\n");
	fixture_fini(&fixture);
}

static void test_words_are_expanded(void)
{
	struct fixture fixture;

	fixture_init(&fixture);
	take(&fixture, "int vl 20\n ip addr 10.0.0.1 255.0.0.0\n ip unn lo0\n"
		       "IP ROUTE 10.0.0.0 255.255.0.0 gi8 01.2.3.4 permanent NAME x 7\n");
	assert_running(&fixture,
		"interface Vlan20\n ip unnumbered Loopback0\n!\n"
		"ip route 10.0.0.0 255.255.0.0 GigabitEthernet8 1.2.3.4 7 name x permanent\n"
		"!\nend\n");
	fixture_fini(&fixture);
}

static void test_setting_replaces_by_identity(void)
{
	struct fixture fixture;

	fixture_init(&fixture);
	take(&fixture, "interface Vlan1\n ip address 10.0.0.1 255.0.0.0\n"
		       " ip address 10.0.0.2 255.0.0.0\n ip address 10.1.0.1 255.0.0.0 secondary\n"
		       " ip address 10.1.0.2 255.0.0.0 secondary\n");
	CU_ASSERT_STRING_EQUAL(fixture_journal(&fixture),
		"+interface Vlan1\n"
		"+interface Vlan1/ip address 10.0.0.1 255.0.0.0\n"
		"*interface Vlan1/ip address 10.0.0.2 255.0.0.0\n"
		"+interface Vlan1/ip address 10.1.0.1 255.0.0.0 secondary\n"
		"+interface Vlan1/ip address 10.1.0.2 255.0.0.0 secondary\n");
	take(&fixture, "interface Vlan1\n ip address negotiated\n");
	CU_ASSERT_STRING_EQUAL(
		fixture_journal(&fixture), "*interface Vlan1/ip address negotiated\n");
	assert_running(&fixture, "interface Vlan1\n ip address negotiated\n"
				 " ip address 10.1.0.1 255.0.0.0 secondary\n"
				 " ip address 10.1.0.2 255.0.0.0 secondary\n!\nend\n");
	fixture_fini(&fixture);
}

static void test_no_removes_exactly(void)
{
	struct fixture fixture;

	fixture_init(&fixture);
	take(&fixture, "ip route 1.0.0.0 255.0.0.0 9.9.9.1\nip route 1.0.0.0 255.0.0.0 9.9.9.2 5\n"
		       "interface Vlan1\n description a b  c\n mtu 1400\n");
	fixture_journal(&fixture);
	take(&fixture, "no ip route 1.0.0.0 255.0.0.0 9.9.9.2\ninterface Vlan1\n no description\n"
		       " no mtu\n no ip address\n");
	CU_ASSERT_STRING_EQUAL(fixture_journal(&fixture),
		"-ip route 1.0.0.0 255.0.0.0 9.9.9.2 5\n"
		"-interface Vlan1/description a b  c\n-interface Vlan1/mtu 1400\n");
	assert_running(
		&fixture, "interface Vlan1\n!\nip route 1.0.0.0 255.0.0.0 9.9.9.1\n!\nend\n");
	take(&fixture, "no interface Vlan1\nno interface Vlan1\n");
	CU_ASSERT_STRING_EQUAL(fixture_journal(&fixture), "-interface Vlan1\n");
	fixture_fini(&fixture);
}

static void test_no_of_a_beginning_removes_all_that_begin_so(void)
{
	struct fixture fixture;

	fixture_init(&fixture);
	take(&fixture,
		"router bgp 1\n neighbor 1.1.1.1 remote-as 2\n neighbor 1.1.1.11 remote-as 2\n"
		" address-family ipv4\n  neighbor 1.1.1.1 activate\n"
		"access-list 1 permit any\naccess-list 11 permit any\n");
	fixture_journal(&fixture);
	take(&fixture, "router bgp 1\n no neighbor 1.1.1.1\nno access-list 1\n");
	CU_ASSERT_STRING_EQUAL(fixture_journal(&fixture),
		"-router bgp 1/address-family ipv4/neighbor 1.1.1.1 activate\n"
		"-router bgp 1/neighbor 1.1.1.1 remote-as 2\n"
		"-access-list 1 permit any\n");
	CU_ASSERT_NOT_EQUAL(fixture_load(&fixture, "access-list 1\n", 0, NULL), 0);
	fixture_fini(&fixture);
}

static void test_defaults(void)
{
	struct fixture fixture;
	char *text;

	fixture_init(&fixture);
	take(&fixture, "interface gi8\n mtu 1500\n no shutdown\n duplex auto\n no ip address\n"
		       " cdp enable\n switchport access vlan 1\nip cef\n");
	assert_running(&fixture, "interface GigabitEthernet8\n!\nend\n");
	text = fixture_print(&fixture, CLI_TREE_NORMAL);
	CU_ASSERT_STRING_EQUAL(text, "version 15.7\nno service password-encryption\n!\nip cef\n!\n"
				     "interface GigabitEthernet8\n no ip address\n duplex auto\n"
				     " speed auto\n!\nend\n");
	free(text);
	text = fixture_print(&fixture, CLI_TREE_ALL);
	CU_ASSERT(contains(text, " mtu 1500\n"));
	CU_ASSERT(contains(text, " no shutdown\n"));
	free(text);
	take(&fixture, "interface gi8\n mtu 1400\n shutdown\n duplex full\n");
	fixture_journal(&fixture);
	take(&fixture, "interface gi8\n mtu 1500\n no shutdown\n default duplex\n");
	CU_ASSERT_STRING_EQUAL(fixture_journal(&fixture),
		"-interface GigabitEthernet8/mtu 1400\n"
		"-interface GigabitEthernet8/shutdown\n"
		"-interface GigabitEthernet8/duplex full\n");
	fixture_fini(&fixture);
}

static void test_no_kept_as_a_line(void)
{
	struct cli_load_summary summary;
	struct fixture fixture;

	fixture_init(&fixture);
	take(&fixture, "no ip cef\nno ip cef\n");
	CU_ASSERT_STRING_EQUAL(fixture_journal(&fixture), "-ip cef\n");
	assert_running(&fixture, "no ip cef\n!\nend\n");
	take(&fixture, "default ip cef\n");
	CU_ASSERT_STRING_EQUAL(fixture_journal(&fixture), "+ip cef\n");
	take(&fixture, "no ip cef\nip cef\n");
	CU_ASSERT_STRING_EQUAL(fixture_journal(&fixture), "-ip cef\n+ip cef\n");
	assert_running(&fixture, "!\nend\n");
	CU_ASSERT_EQUAL(
		fixture_load(&fixture, "interface vlan1\n no cdp enable\n", 0, &summary), 0);
	CU_ASSERT_EQUAL(summary.kept, 1);
	assert_running(&fixture, "interface Vlan1\n no cdp enable\n!\nend\n");
	fixture_fini(&fixture);
}

static void test_default_of_a_block_empties_it(void)
{
	struct fixture fixture;

	fixture_init(&fixture);
	take(&fixture, "interface gi8\n mtu 1400\n description x\n");
	fixture_journal(&fixture);
	take(&fixture, "default interface gi8\n");
	CU_ASSERT_STRING_EQUAL(fixture_journal(&fixture),
		"-interface GigabitEthernet8/description x\n"
		"-interface GigabitEthernet8/mtu 1400\n");
	assert_running(&fixture, "interface GigabitEthernet8\n!\nend\n");
	fixture_fini(&fixture);
}

static void test_implied_lines(void)
{
	struct fixture fixture;

	fixture_init(&fixture);
	take(&fixture, "interface Vlan1\n ip address 10.0.0.1 255.0.0.0\n ip nat inside\n"
		       " ip vrf forwarding r1\n");
	assert_running(&fixture, "interface Vlan1\n ip vrf forwarding r1\n ip nat inside\n"
				 " ip virtual-reassembly in\n!\nend\n");
	fixture_fini(&fixture);
}

static void test_refused_implied_line_undoes_the_line(void)
{
	struct fixture fixture;

	fixture_init(&fixture);
	fixture.app.refuse = "ip virtual-reassembly";
	CU_ASSERT_NOT_EQUAL(
		fixture_load(&fixture, "interface Vlan1\n ip nat inside\n", 0, NULL), 0);
	assert_running(&fixture, "interface Vlan1\n!\nend\n");
	CU_ASSERT_STRING_EQUAL(fixture_journal(&fixture),
		"+interface Vlan1\n+interface Vlan1/ip nat inside\n"
		"-interface Vlan1/ip nat inside\n");
	fixture_fini(&fixture);
}

static void test_bad_line_is_reported_and_the_rest_goes_on(void)
{
	struct cli_load_summary summary;
	struct fixture fixture;

	fixture_init(&fixture);
	CU_ASSERT_NOT_EQUAL(fixture_load(&fixture,
				    "interface Vlan1\n bogus\n mtu 1400\ninterface gi99\n"
				    " description not of Vlan1\nip http server\n",
				    0, &summary),
		0);
	CU_ASSERT_EQUAL(summary.lines, 6);
	CU_ASSERT_EQUAL(summary.applied, 2);
	CU_ASSERT_EQUAL(summary.kept, 1);
	CU_ASSERT_EQUAL(summary.errors, 2);
	CU_ASSERT_EQUAL(summary.skipped, 1);
	CU_ASSERT_STRING_EQUAL(cli_out_text(fixture.out),
		"2:1:  bogus\n% Invalid input detected at '^' marker.\n"
		"4:10: interface gi99\n% Invalid input detected at '^' marker.\n"
		"5-5: under line 4, which was refused\n");
	assert_running(&fixture, "interface Vlan1\n mtu 1400\n!\nip http server\n!\nend\n");
	fixture_fini(&fixture);
}

static void test_incomplete_line_is_not_looked_for_outside(void)
{
	struct fixture fixture;

	fixture_init(&fixture);
	CU_ASSERT_NOT_EQUAL(
		fixture_load(&fixture, "interface Vlan1\n ip vrf forwarding\n", 0, NULL), 0);
	assert_running(&fixture, "interface Vlan1\n!\nend\n");
	take(&fixture, "interface Vlan1\n ip vrf r1\n rd 1:1\n");
	assert_running(&fixture, "ip vrf r1\n rd 1:1\n!\ninterface Vlan1\n!\nend\n");
	fixture_fini(&fixture);
}

static void test_all_or_nothing_parses_first(void)
{
	struct cli_load_summary summary;
	struct fixture fixture;

	fixture_init(&fixture);
	CU_ASSERT_NOT_EQUAL(
		fixture_load(&fixture, "interface Vlan1\n mtu 1400\n bogus\nhostname X\n",
			CLI_LOAD_ALL_OR_NOTHING, &summary),
		0);
	CU_ASSERT_EQUAL(fixture.app.calls, 0);
	CU_ASSERT(summary.rolled_back);
	CU_ASSERT_EQUAL(summary.errors, 1);
	assert_running(&fixture, "!\nend\n");
	fixture_fini(&fixture);
}

static void test_all_or_nothing_rolls_back(void)
{
	static const char before[] = "hostname A\n!\ninterface GigabitEthernet8\n mtu 1400\n!\n"
				     "interface Vlan1\n description one\n mtu 1400\n!\n"
				     "access-list 1 permit any\n!\nend\n";
	struct cli_load_summary summary;
	struct fixture fixture;

	fixture_init(&fixture);
	take(&fixture, before);
	fixture_journal(&fixture);
	fixture.app.refuse = "mpls";
	CU_ASSERT_NOT_EQUAL(fixture_load(&fixture,
				    "hostname B\ninterface Vlan1\n description two\n no mtu\n"
				    " mtu 1300\nno interface Vlan1\ninterface Vlan2\n mtu 1350\n"
				    "no access-list 1\naccess-list 1 deny any\n"
				    "mpls ldp router-id Vlan2\nip cef\n",
				    CLI_LOAD_ALL_OR_NOTHING, &summary),
		0);
	CU_ASSERT(summary.rolled_back);
	CU_ASSERT_EQUAL(summary.applied, 0);
	assert_running(&fixture, before);
	CU_ASSERT_STRING_EQUAL(cli_config_hostname(fixture.config), "A");
	CU_ASSERT_STRING_EQUAL(fixture_journal(&fixture),
		"*interface Vlan1/description two\n-interface Vlan1/mtu 1400\n"
		"+interface Vlan1/mtu 1300\n-interface Vlan1\n+interface Vlan2\n"
		"+interface Vlan2/mtu 1350\n-access-list 1 permit any\n"
		"+access-list 1 deny any\n"
		/* and back */
		"-access-list 1 deny any\n+access-list 1 permit any\n"
		"-interface Vlan2/mtu 1350\n-interface Vlan2\n+interface Vlan1\n"
		"+interface Vlan1/description two\n+interface Vlan1/mtu 1300\n"
		"-interface Vlan1/mtu 1300\n+interface Vlan1/mtu 1400\n"
		"*interface Vlan1/description one\n");
	fixture_fini(&fixture);
}

static void test_all_or_nothing_that_is_good_applies(void)
{
	struct cli_load_summary summary;
	struct fixture fixture;

	fixture_init(&fixture);
	CU_ASSERT_EQUAL(
		fixture_load(&fixture, fixture_seeds[2], CLI_LOAD_ALL_OR_NOTHING, &summary), 0);
	CU_ASSERT(!summary.rolled_back);
	CU_ASSERT_EQUAL(summary.errors, 0);
	CU_ASSERT(summary.applied > 50);
	fixture_fini(&fixture);
}

/* With a file that has its final `end` besides. */
static int replace(struct fixture *fixture, const char *text)
{
	size_t changes;
	char *whole;
	int err;

	CU_ASSERT(asprintf(&whole, "%send\n", text) > 0);
	cli_out_clear(fixture->out);
	err = cli_config_replace(fixture->config, &fixture->ctx, whole, strlen(whole), false,
		fixture->out, &changes);
	free(whole);
	return err;
}

/* The line kept is made of the one typed and the one it replaces, on paper as in force. */
static void test_amended_lines(void)
{
	static const char file[] = "interface Vlan1\n tags a\n tags add b\n tags add c\n";
	struct cli_load_summary summary;
	struct fixture fixture;

	fixture_init(&fixture);
	take(&fixture, file);
	assert_running(&fixture, "interface Vlan1\n tags a,b,c\n!\nend\n");
	CU_ASSERT_STRING_EQUAL(fixture_journal(&fixture),
		"+interface Vlan1\n+interface Vlan1/tags a\n*interface Vlan1/tags a,b\n"
		"*interface Vlan1/tags a,b,c\n");
	CU_ASSERT_EQUAL(replace(&fixture, file), 0);
	CU_ASSERT_STRING_EQUAL(fixture_journal(&fixture), "");
	CU_ASSERT_EQUAL(replace(&fixture, "interface Vlan1\n tags add d\n"), 0);
	assert_running(&fixture, "interface Vlan1\n tags d\n!\nend\n");
	CU_ASSERT_NOT_EQUAL(
		fixture_load(&fixture, "interface Vlan1\n tags add bad\n", 0, &summary), 0);
	CU_ASSERT(contains(cli_out_text(fixture.out),
		"2:10:  tags add bad\n% Invalid input detected at '^' marker.\n"));
	assert_running(&fixture, "interface Vlan1\n tags d\n!\nend\n");
	take(&fixture, "interface Vlan1\n tags none\n");
	assert_running(&fixture, "interface Vlan1\n!\nend\n");
	/* Refused as a whole, it is put back as a whole. */
	take(&fixture, file);
	fixture.app.refuse = "mpls";
	CU_ASSERT_NOT_EQUAL(
		fixture_load(&fixture,
			"interface Vlan1\n tags add d\n tags add e\nmpls ldp router-id Vlan1\n",
			CLI_LOAD_ALL_OR_NOTHING, &summary),
		0);
	assert_running(&fixture, "interface Vlan1\n tags a,b,c\n!\nend\n");
	fixture_fini(&fixture);
}

static void test_replace_applies_the_least(void)
{
	struct fixture fixture;

	fixture_init(&fixture);
	take(&fixture, fixture_seeds[0]);
	fixture_journal(&fixture);
	CU_ASSERT_EQUAL(
		replace(&fixture,
			"hostname RT03\ninterface GigabitEthernet0\n"
			" switchport access vlan 20\n no ip address\n"
			"interface GigabitEthernet8\n ip address 192.168.10.17 255.255.255.0\n"
			" ip nat outside\n ip virtual-reassembly\n"
			"ip nat inside source list 1 pool GIP overload\n"
			"ip nat pool GIP 192.168.10.16 192.168.10.16 netmask 255.255.255.0\n"
			"ip route 0.0.0.0 0.0.0.0 192.168.10.2\n"
			"interface Vlan30\n description new\n"
			"access-list 1 permit 192.168.20.0 0.0.0.255\n"),
		0);
	CU_ASSERT_STRING_EQUAL(cli_out_text(fixture.out),
		"-interface Vlan20\n"
		" -ip address 192.168.20.1 255.255.255.0\n"
		" -ip nat inside\n -ip virtual-reassembly in\n"
		"-ip route 0.0.0.0 0.0.0.0 192.168.10.1\n"
		"interface GigabitEthernet8\n"
		" -ip address 192.168.10.16 255.255.255.0\n"
		" +ip address 192.168.10.17 255.255.255.0\n"
		"+interface Vlan30\n +description new\n"
		"+ip route 0.0.0.0 0.0.0.0 192.168.10.2\n");
	CU_ASSERT_STRING_EQUAL(fixture_journal(&fixture),
		"-ip route 0.0.0.0 0.0.0.0 192.168.10.1\n-interface Vlan20\n"
		"*interface GigabitEthernet8/ip address 192.168.10.17 255.255.255.0\n"
		"+interface Vlan30\n+interface Vlan30/description new\n"
		"+ip route 0.0.0.0 0.0.0.0 192.168.10.2\n");
	fixture_fini(&fixture);
}

static void test_replace_with_itself_does_nothing(void)
{
	for (size_t i = 0; fixture_seeds[i]; i++) {
		struct fixture fixture;
		char *text;

		fixture_init(&fixture);
		take(&fixture, fixture_seeds[i]);
		fixture_journal(&fixture);
		text = fixture_print(&fixture, CLI_TREE_NORMAL);
		CU_ASSERT_EQUAL(replace(&fixture, text), 0);
		CU_ASSERT_STRING_EQUAL(cli_out_text(fixture.out), "");
		CU_ASSERT_STRING_EQUAL(fixture_journal(&fixture), "");
		free(text);
		fixture_fini(&fixture);
	}
}

static void test_replace_from_any_seed_to_any(void)
{
	for (size_t i = 0; fixture_seeds[i]; i++) {
		for (size_t j = 0; fixture_seeds[j]; j++) {
			struct fixture from;
			struct fixture to;
			char *got;
			char *wanted;

			fixture_init(&from);
			fixture_init(&to);
			take(&from, fixture_seeds[i]);
			take(&to, fixture_seeds[j]);
			/* Physical interfaces stay, empty. */
			if (i < 2)
				take(&to, "interface gi0\n");
			take(&to, "interface gi8\n");
			wanted = fixture_print(&to, CLI_TREE_NORMAL);
			CU_ASSERT_EQUAL(replace(&from, wanted), 0);
			got = fixture_print(&from, CLI_TREE_NORMAL);
			CU_ASSERT_STRING_EQUAL(got, wanted);
			free(got);
			free(wanted);
			fixture_fini(&from);
			fixture_fini(&to);
		}
	}
}

static void test_replace_keeps_physical_interfaces(void)
{
	struct fixture fixture;

	fixture_init(&fixture);
	take(&fixture, "interface gi8\n mtu 1400\ninterface vlan1\n mtu 1300\n");
	fixture_journal(&fixture);
	CU_ASSERT_EQUAL(replace(&fixture, "hostname X\n"), 0);
	CU_ASSERT_STRING_EQUAL(fixture_journal(&fixture),
		"-interface Vlan1\n-interface GigabitEthernet8/mtu 1400\n");
	CU_ASSERT_STRING_EQUAL(cli_out_text(fixture.out),
		"interface GigabitEthernet8\n -mtu 1400\n-interface Vlan1\n"
		" -mtu 1300\n+hostname X\n");
	assert_running(&fixture, "hostname X\n!\ninterface GigabitEthernet8\n!\nend\n");
	fixture_fini(&fixture);
}

static void test_replace_minds_the_order_of_access_lists(void)
{
	struct fixture fixture;

	fixture_init(&fixture);
	take(&fixture, "access-list 1 permit host 1.1.1.1\naccess-list 1 permit host 2.2.2.2\n"
		       "access-list 1 permit host 3.3.3.3\naccess-list 2 permit any\n");
	fixture_journal(&fixture);
	/* Out of the middle: nothing else moves. */
	CU_ASSERT_EQUAL(replace(&fixture, "access-list 1 permit host 1.1.1.1\n"
					  "access-list 1 permit host 3.3.3.3\n"
					  "access-list 2 permit any\n"),
		0);
	CU_ASSERT_STRING_EQUAL(fixture_journal(&fixture), "-access-list 1 permit host 2.2.2.2\n");
	/* Into the middle: what follows is entered again. */
	CU_ASSERT_EQUAL(replace(&fixture, "access-list 1 permit host 1.1.1.1\n"
					  "access-list 1 permit host 4.4.4.4\n"
					  "access-list 1 permit host 3.3.3.3\n"
					  "access-list 2 permit any\n"),
		0);
	CU_ASSERT_STRING_EQUAL(fixture_journal(&fixture), "-access-list 1 permit host 3.3.3.3\n"
							  "+access-list 1 permit host 4.4.4.4\n"
							  "+access-list 1 permit host 3.3.3.3\n");
	assert_running(&fixture,
		"access-list 1 permit host 1.1.1.1\naccess-list 1 permit host 4.4.4.4\n"
		"access-list 1 permit host 3.3.3.3\naccess-list 2 permit any\n!\nend\n");
	fixture_fini(&fixture);
}

static void test_replace_rolls_back(void)
{
	struct fixture fixture;
	char *before;

	fixture_init(&fixture);
	take(&fixture, fixture_seeds[2]);
	before = fixture_print(&fixture, CLI_TREE_LINES);
	fixture.app.refuse = "mpls ldp router-id Vlan";
	CU_ASSERT_NOT_EQUAL(replace(&fixture, "hostname X\nmpls ldp router-id Vlan11\n"), 0);
	CU_ASSERT(contains(cli_out_text(fixture.out), "% Refused"));
	assert_running(&fixture, before);
	free(before);
	fixture_fini(&fixture);
}

static void test_replace_with_a_bad_file_does_nothing(void)
{
	struct fixture fixture;

	fixture_init(&fixture);
	take(&fixture, "hostname A\n");
	CU_ASSERT_NOT_EQUAL(replace(&fixture, "hostname B\nbogus\n"), 0);
	CU_ASSERT_STRING_EQUAL(cli_config_hostname(fixture.config), "A");
	CU_ASSERT(contains(cli_out_text(fixture.out), "% Line 2, column 1: bogus\n"));
	fixture_fini(&fixture);
}

static void test_banner(void)
{
	static const char text[] = "banner motd ^CHello\n  two\n! no comment\n^C\nhostname A\n";
	struct fixture fixture;

	fixture_init(&fixture);
	take(&fixture, text);
	assert_running(&fixture, "hostname A\n!\nbanner motd ^CHello\n  two\n! no comment\n^C\n!\n"
				 "end\n");
	take(&fixture, "banner motd \x03short\x03\n");
	take(&fixture, "banner motd #a ^C b#\n");
	assert_running(&fixture, "hostname A\n!\nbanner motd #a ^C b#\n!\nend\n");
	CU_ASSERT_NOT_EQUAL(fixture_load(&fixture, "banner motd #never\nclosed\n", 0, NULL), 0);
	fixture_fini(&fixture);
}

static void test_line_ends_marks_and_headings(void)
{
	struct fixture fixture;

	fixture_init(&fixture);
	take(&fixture, "\xef\xbb\xbf"
		       "Building configuration...\r\n\r\nCurrent configuration : 77 bytes\r\n!\r\n"
		       "enable\r\nconf t\r\nhostname A  \r\n\tinterface\tVlan1\r\n  !comment\r\n"
		       " mtu 1400\r\nend\r\n!");
	assert_running(&fixture, "hostname A\n!\ninterface Vlan1\n mtu 1400\n!\nend\n");
	take(&fixture, "end\nhostname B\n");
	CU_ASSERT_STRING_EQUAL(cli_config_hostname(fixture.config), "B");
	take(&fixture, "exit\nexit\ninterface Vlan1\n exit\nexit\nhostname C\n");
	CU_ASSERT_STRING_EQUAL(cli_config_hostname(fixture.config), "C");
	fixture_fini(&fixture);
}

static void test_zero_bytes_are_refused(void)
{
	static const char text[] = "hostname A\0B\n";
	struct fixture fixture;

	fixture_init(&fixture);
	CU_ASSERT_NOT_EQUAL(cli_config_load(fixture.config, &fixture.ctx, text, sizeof(text) - 1, 0,
				    NULL, NULL, NULL),
		0);
	CU_ASSERT_STRING_EQUAL(cli_config_hostname(fixture.config), "Router");
	fixture_fini(&fixture);
}

static uint32_t draw(uint32_t *state, uint32_t below)
{
	*state = *state * 1664525 + 1013904223;
	return (*state >> 8) % below;
}

/* A line of some seed, its block's header before it, sometimes taken back. */
static void add_any_line(struct cli_out *out, uint32_t *state)
{
	const char *seed = fixture_seeds[draw(state, 3)];
	const char *at = seed + draw(state, (uint32_t)strlen(seed));
	const char *header;

	while (at > seed && at[-1] != '\n')
		at--;
	for (header = at; *header == ' ' && header > seed;) {
		for (header--; header > seed && header[-1] != '\n';)
			header--;
	}
	if (header != at)
		cli_printf(out, "%.*s\n", (int)strcspn(header, "\n"), header);
	/* What another line brings along comes back with it: these commands do not say else. */
	if (draw(state, 5) == 0 && strncmp(at, " ip virtual-reassembly", 22) != 0)
		cli_puts(out, *at == ' ' ? " no" : "no ");
	cli_printf(out, "%.*s\n", (int)strcspn(at, "\n"), at);
}

/* What was accepted, in whatever order, is accepted when the router starts again. */
static void test_any_accepted_lines_load_again(void)
{
	uint32_t state = 1;

	for (unsigned round = 0; round < 300; round++) {
		struct cli_out *lines = cli_out_new_buffer();
		struct fixture first;
		struct fixture second;
		char *before;

		fixture_init(&first);
		fixture_init(&second);
		for (unsigned i = 0; i < 1 + round / 3; i++)
			add_any_line(lines, &state);
		fixture_load(&first, cli_out_text(lines), 0, NULL);
		before = fixture_print(&first, CLI_TREE_NORMAL);
		take(&second, before);
		free(before);
		before = fixture_print(&first, CLI_TREE_LINES);
		assert_running(&second, before);
		free(before);
		cli_out_free(lines);
		fixture_fini(&first);
		fixture_fini(&second);
	}
}

static void test_find(void)
{
	struct fixture fixture;
	const struct cli_tree *tree;
	const struct cli_node *root;
	const struct cli_node *interface;

	fixture_init(&fixture);
	take(&fixture, "interface Vlan1\n ip virtual-reassembly\n no cdp enable\n");
	tree = cli_config_tree(fixture.config);
	root = cli_tree_root(cli_config_tree(fixture.config));
	interface = cli_tree_find(tree, root, "int vl1");
	CU_ASSERT_PTR_NOT_NULL_FATAL(interface);
	CU_ASSERT_STRING_EQUAL(cli_node_text(interface), "interface Vlan1");
	CU_ASSERT_PTR_NOT_NULL(cli_tree_find(tree, interface, "ip virtual-reassembly in"));
	CU_ASSERT_PTR_NOT_NULL(cli_tree_find(tree, interface, "no cdp enable"));
	CU_ASSERT_PTR_NULL(cli_tree_find(tree, interface, "cdp enable"));
	CU_ASSERT_PTR_NULL(cli_tree_find(tree, interface, "mtu 1500"));
	CU_ASSERT_PTR_NULL(cli_tree_find(tree, root, "interface Vlan2"));
	CU_ASSERT_PTR_NULL(cli_tree_find(tree, root, "bogus"));
	fixture_fini(&fixture);
}

static void test_saving_is_whole_and_private(void)
{
	char directory[] = "/tmp/byway-config-XXXXXX";
	char path[64];
	struct fixture fixture;
	struct stat info;
	size_t len;
	char *text;

	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(directory));
	snprintf(path, sizeof(path), "%s/startup-config", directory);
	fixture_init(&fixture);
	cli_config_free(fixture.config);
	fixture.config = cli_config_new(fixture.grammar, path);
	fixture.ctx.config = fixture.config;
	take(&fixture, "hostname A\n");
	CU_ASSERT(cli_config_modified(fixture.config));
	CU_ASSERT_EQUAL(cli_config_save(fixture.config), 0);
	CU_ASSERT(!cli_config_modified(fixture.config));
	CU_ASSERT_EQUAL(stat(path, &info), 0);
	CU_ASSERT_EQUAL(info.st_mode & 0777, 0600);
	CU_ASSERT_EQUAL_FATAL(cli_config_read_startup(fixture.config, &text, &len), 0);
	CU_ASSERT(contains(text, "\nhostname A\n"));
	CU_ASSERT(contains(text, "\nend\n"));
	free(text);
	fixture_fini(&fixture);
	unlink(path);
	CU_ASSERT_EQUAL(rmdir(directory), 0);
}

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static char *many_routes(unsigned count)
{
	char *text = malloc(count * 80ul + 1);
	char *at = text;

	for (unsigned i = 0; i < count; i++)
		at += sprintf(at, "ip route 10.%u.%u.0 255.255.255.0 192.168.10.1 name line-%u\n",
			i >> 8 & 255, i & 255, i);
	return text;
}

static void test_10000_lines(void)
{
	char *text = many_routes(10000);
	struct cli_load_summary summary;
	struct fixture fixture;
	double begun;
	double loaded;
	double again;

	fixture_init(&fixture);
	begun = seconds();
	CU_ASSERT_EQUAL(fixture_load(&fixture, text, 0, &summary), 0);
	loaded = seconds();
	CU_ASSERT_EQUAL(summary.applied, 10000);
	CU_ASSERT_EQUAL(fixture_load(&fixture, text, 0, &summary), 0);
	again = seconds();
	CU_ASSERT_EQUAL(summary.unchanged, 10000);
	CU_ASSERT_EQUAL(replace(&fixture, "hostname A\n"), 0);
	printf("\n    10,000 lines: %.3f s, again %.3f s, all removed %.3f s ", loaded - begun,
		again - loaded, seconds() - again);
	assert_running(&fixture, "hostname A\n!\nend\n");
	free(text);
	fixture_fini(&fixture);
}

int main(void)
{
	CU_TestInfo tests[] = {
		{ "the seeds load", test_seeds_load },
		{ "a second load changes nothing", test_second_load_changes_nothing },
		{ "the printed form is a fixed point", test_printed_form_is_a_fixed_point },
		{ "seed blocks come back as they were", test_seed_blocks_come_back_as_they_were },
		{ "order is of rank, then of key", test_order_is_of_rank_then_of_key },
		{ "words are expanded", test_words_are_expanded },
		{ "setting replaces by identity", test_setting_replaces_by_identity },
		{ "no removes exactly", test_no_removes_exactly },
		{ "no of a beginning", test_no_of_a_beginning_removes_all_that_begin_so },
		{ "defaults", test_defaults },
		{ "no kept as a line", test_no_kept_as_a_line },
		{ "default of a block empties it", test_default_of_a_block_empties_it },
		{ "implied lines", test_implied_lines },
		{ "a refused implied line", test_refused_implied_line_undoes_the_line },
		{ "a bad line", test_bad_line_is_reported_and_the_rest_goes_on },
		{ "amended lines", test_amended_lines },
		{ "an incomplete line", test_incomplete_line_is_not_looked_for_outside },
		{ "all or nothing parses first", test_all_or_nothing_parses_first },
		{ "all or nothing rolls back", test_all_or_nothing_rolls_back },
		{ "all or nothing that is good", test_all_or_nothing_that_is_good_applies },
		{ "replace applies the least", test_replace_applies_the_least },
		{ "replace with itself", test_replace_with_itself_does_nothing },
		{ "replace from any seed to any", test_replace_from_any_seed_to_any },
		{ "replace keeps physical interfaces", test_replace_keeps_physical_interfaces },
		{ "replace and access lists", test_replace_minds_the_order_of_access_lists },
		{ "replace rolls back", test_replace_rolls_back },
		{ "replace with a bad file", test_replace_with_a_bad_file_does_nothing },
		{ "banner", test_banner },
		{ "line ends, marks, headings", test_line_ends_marks_and_headings },
		{ "zero bytes are refused", test_zero_bytes_are_refused },
		{ "any accepted lines load again", test_any_accepted_lines_load_again },
		{ "find", test_find },
		{ "saving is whole and private", test_saving_is_whole_and_private },
		{ "10,000 lines", test_10000_lines },
		CU_TEST_INFO_NULL,
	};

	return run_suite("cli-config", tests);
}
