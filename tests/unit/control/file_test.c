/* SPDX-License-Identifier: BSD-3-Clause */
/* Files of IOS: what such boxes print by themselves comes back whole, in IOS's place. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support.h"

static char *read_config(const char *name)
{
	char path[512], *text;
	size_t len;
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", getenv("BYWAY_TEST_CONFIGS"), name);
	f = fopen(path, "r");
	if (f == NULL)
		return NULL;
	text = calloc(1, 1 << 16);
	len = text != NULL ? fread(text, 1, (1 << 16) - 1, f) : 0;
	fclose(f);
	CU_ASSERT_FATAL(len > 0);
	return text;
}

/* The running configuration without its heading. */
static const char *body(struct bench *b)
{
	const char *text = bench_running(b);

	while (*text == '!')
		text = strchr(text, '\n') + 1;
	return text;
}

static const char *running_body(struct bench *b, const char *from)
{
	const char *at = strstr(bench_running(b), from);

	return at != NULL ? at : "(not there)";
}

static void on_verdict(void *arg, const struct cli_verdict *v)
{
	struct cli_load_summary *wrong = arg;

	if (v->result == CLI_ERROR)
		printf("\n  refused: %s: %s", v->text, v->message);
	wrong->errors += v->result == CLI_ERROR;
}

static struct cli_load_summary load(struct bench *b, const char *text)
{
	struct cli_load_summary summary, wrong = { 0 };

	cli_config_load(b->config, &b->ctx, text, strlen(text), 0, on_verdict, &wrong, &summary);
	CU_ASSERT_EQUAL(wrong.errors, 0);
	bench_run(b);
	return summary;
}

/* Where the texts differ, for whoever has to find out why. */
static void same(const char *is, const char *wanted)
{
	size_t at = 0, line = 0;

	while (is[at] != '\0' && is[at] == wanted[at]) {
		at++;
		if (is[at - 1] == '\n')
			line = at;
	}
	if (is[at] != wanted[at])
		printf("\n  is:     %.60s\n  wanted: %.60s\n", is + line, wanted + line);
	CU_ASSERT_STRING_EQUAL(is, wanted);
}

/* A file in IOS's order comes back byte for byte; loading it again, or replacing with it, changes
 * nothing. */
static void comes_back(const char *name)
{
	struct cli_load_summary summary;
	char *text = read_config(name);
	struct cli_out *diff = cli_out_new_buffer();
	struct bench b;
	size_t changes;

	CU_ASSERT_PTR_NOT_NULL_FATAL(text);
	bench_open(&b);
	bench_attach(&b);
	summary = load(&b, text);
	CU_ASSERT_EQUAL(summary.errors, 0);
	CU_ASSERT(summary.kept > 20);
	same(body(&b), text);
	summary = load(&b, text);
	CU_ASSERT_EQUAL(summary.applied + summary.kept, 0);
	same(body(&b), text);
	CU_ASSERT_EQUAL(
		cli_config_replace(b.config, &b.ctx, text, strlen(text), true, diff, &changes), 0);
	CU_ASSERT_EQUAL(changes, 0);
	cli_out_free(diff);
	bench_restart_control(&b, text);
	same(body(&b), text);
	bench_close(&b);
	free(text);
}

static void a_switch_router_comes_back(void)
{
	comes_back("switch_router.cfg");
}

static void a_modular_router_comes_back(void)
{
	comes_back("modular.cfg");
}

static void a_mobile_router_comes_back(void)
{
	comes_back("mobile.cfg");
}

/* Replacing by such a file and by an empty one leaves nothing behind. */
static void replacing_takes_all_of_it_away(void)
{
	static const char empty[] = "end\n";
	char *text = read_config("modular.cfg"), *before;
	struct bench b;
	size_t changes;

	CU_ASSERT_PTR_NOT_NULL_FATAL(text);
	bench_open(&b);
	bench_attach(&b);
	before = strdup(body(&b));
	CU_ASSERT_EQUAL(
		cli_config_replace(b.config, &b.ctx, text, strlen(text), false, NULL, &changes), 0);
	same(body(&b), text);
	CU_ASSERT_EQUAL(
		cli_config_replace(b.config, &b.ctx, empty, strlen(empty), false, NULL, &changes),
		0);
	same(body(&b), before);
	free(before);
	free(text);
	bench_close(&b);
}

static void a_stub_is_configured_and_nothing_more(void)
{
	struct bench b;

	bench_open(&b);
	bench_attach(&b);
	CU_ASSERT_STRING_EQUAL(bench_config(&b, "interface FastEthernet4\n"
						" ip address 10.0.0.1 255.255.255.0\n"
						" ip nat outside\n"),
		"%FastEthernet4 is not present: its lines are kept without effect\n");
	/* Its address is in nobody's way, nor is it the router's. */
	CU_ASSERT_STRING_EQUAL(bench_config(&b, "interface GigabitEthernet8\n"
						" ip address 10.0.0.2 255.255.255.0\n"
						"ip route 20.0.0.0 255.0.0.0 10.0.0.1\n"
						"ip route 30.0.0.0 255.0.0.0 FastEthernet4\n"
						"ip nat inside source static 1.1.1.1 10.0.0.9\n"),
		"");
	CU_ASSERT_PTR_NULL(fake_find_if(&b.dp, "FastEthernet4"));
	CU_ASSERT_PTR_NULL(strstr(bench_show(&b, "show ip route"), "FastEthernet4"));
	CU_ASSERT_PTR_NOT_NULL(strstr(bench_show(&b, "show ip interface brief"),
		"FastEthernet4              10.0.0.1        YES NVRAM  not present"));
	CU_ASSERT_PTR_NOT_NULL(strstr(bench_show(&b, "show interfaces FastEthernet4"),
		"FastEthernet4 is not present, line protocol is down \n"));
	bench_config(&b, "interface FastEthernet4\n shutdown\n");
	CU_ASSERT_PTR_NOT_NULL(strstr(bench_show(&b, "show interfaces FastEthernet4"),
		"FastEthernet4 is administratively down, line protocol is down \n"));
	CU_ASSERT_STRING_EQUAL(bench_config(&b, "no interface FastEthernet4\n"), "");
	CU_ASSERT_PTR_NULL(strstr(bench_running(&b), "interface FastEthernet4\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(bench_running(&b), "30.0.0.0 255.0.0.0 FastEthernet4"));
	bench_close(&b);
}

/* Neither a lent address nor PPPoE comes from what is not there. */
static void nothing_stands_on_a_stub(void)
{
	struct bench b;
	const struct iface *dialer;

	bench_open(&b);
	bench_attach(&b);
	bench_config(&b, "interface GigabitEthernet0/0\n ip address 9.9.9.9 255.255.255.0\n"
			 " pppoe-client dial-pool-number 1\n"
			 "interface Dialer1\n encapsulation ppp\n dialer pool 1\n"
			 " ip unnumbered GigabitEthernet0/0\n"
			 "interface GigabitEthernet9\n pppoe-client dial-pool-number 1\n");
	dialer = iface_find(&b.ctl->ifaces, "Dialer1");
	CU_ASSERT_EQUAL(iface_addr_source(dialer), 0);
	CU_ASSERT_PTR_NOT_NULL_FATAL(dialer_of(dialer)->member);
	CU_ASSERT_STRING_EQUAL(dialer_of(dialer)->member->ifc->name, "GigabitEthernet9");
	bench_close(&b);
}

static void every_kind_of_interface_is_taken(void)
{
	static const char *const names[] = { "Async3", "BRI0", "BRI0/1/0", "Cellular0",
		"Cellular0/0/0", "wlan-ap0", "Wlan-GigabitEthernet8", "FastEthernet0",
		"FastEthernet0/0", "FastEthernet0/3/1", "GigabitEthernet0/0", "GigabitEthernet7",
		"TenGigabitEthernet0/0/0", "Ethernet0/0", "Serial0", "Serial0/0/0",
		"Serial0/0/0:15", "Serial0/0/0:0.16", "ATM0", "ATM0.101", "Dot11Radio0",
		"Dot11Radio0.10", "Embedded-Service-Engine0/0", "Service-Engine0/1",
		"Integrated-Service-Engine1/0", "Virtual-Template1", "Virtual-PPP1",
		"Port-channel1", "Port-channel1.10", "Tunnel0", "Multilink1", "Group-Async1",
		"BVI1", "NVI0", "ISM0/0", "SM1/0", "ucse1/0" };
	struct bench b;

	bench_open(&b);
	for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char lines[256], wanted[256];

		snprintf(lines, sizeof(lines), "interface %s\n description x\n shutdown\n",
			names[i]);
		snprintf(wanted, sizeof(wanted), "interface %s\n description x\n%s shutdown\n",
			names[i], strchr(names[i], '.') ? "" : " no ip address\n");
		CU_ASSERT_PTR_NULL(strstr(bench_config(&b, lines), "Invalid"));
		same(running_body(&b, lines) == NULL	    ? ""
			: strstr(bench_running(&b), wanted) ? ""
							    : names[i],
			"");
		snprintf(lines, sizeof(lines), "no interface %s\n", names[i]);
		CU_ASSERT_STRING_EQUAL(bench_config(&b, lines), "");
		CU_ASSERT_PTR_NULL(strstr(bench_running(&b), wanted));
	}
	bench_close(&b);
}

static void what_is_not_built_is_refused_in_words(void)
{
	static const char *const cases[][2] = {
		{ "ip dhcp pool X", "% The DHCP server is not supported\n" },
		{ "ip dhcp excluded-address 10.0.0.1", "% The DHCP server is not supported\n" },
		{ "class-map match-any X",
			"% Quality of service and the zone firewall are not supported\n" },
		{ "zone security INSIDE", "% The zone firewall is not supported\n" },
		{ "ip inspect name X tcp", "% Stateful inspection is not supported\n" },
		{ "crypto map X 10 ipsec-isakmp", "% Cryptography for packets is not supported\n" },
		{ "crypto isakmp key x address 1.1.1.1",
			"% Cryptography for packets is not supported\n" },
		{ "crypto key generate rsa", "% A key for an SSH server is not supported\n" },
		{ "ipv6 access-list X", "% IPv6 is not supported\n" },
		{ "router ospf 1", "% Dynamic routing is not supported\n" },
		{ "login block-for 60 attempts 3 within 30",
			"% This protection of logins is not supported\n" },
		{ "spanning-tree portfast bpduguard default", "% BPDU guard is not supported\n" },
		{ "no ip routing", "% IP routing cannot be switched off\n" },
		{ "interface GigabitEthernet8\n zone-member security INSIDE",
			"% The zone firewall is not supported\n" },
		{ "interface GigabitEthernet8\n ip verify unicast source reachable-via rx",
			"% Source verification is not supported\n" },
		{ "interface GigabitEthernet8\n ip address dhcp", "% The DHCP client is not "
								  "supported\n" },
		{ "interface Vlan1\n ip helper-address 1.1.1.1", "% The DHCP relay is not "
								 "supported\n" },
		{ "interface GigabitEthernet0\n switchport port-security",
			"% Port security is not supported\n" },
		{ "line vty 0 4\n login authentication X", "% AAA is not supported\n" },
	};
	struct bench b;

	bench_open(&b);
	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char lines[256];

		snprintf(lines, sizeof(lines), "%s\n", cases[i][0]);
		CU_ASSERT_STRING_EQUAL(bench_config(&b, lines), cases[i][1]);
	}
	CU_ASSERT_PTR_NULL(strstr(bench_running(&b), "zone"));
	bench_close(&b);
}

/* What is kept as text is taken away by `no`, and a `no` that is kept by what it denies. */
static void kept_lines_can_be_removed(void)
{
	struct bench b;

	bench_open(&b);
	bench_config(&b, "mgcp fax t38 ecm\nno mgcp timer receive-rtcp\nno service pad\n"
			 "voice-card 0\n no dspfarm\nlicense udi pid X sn Y\n"
			 "interface Async3\n encapsulation slip\n");
	CU_ASSERT_PTR_NOT_NULL(strstr(bench_running(&b), "mgcp fax t38 ecm\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(bench_running(&b), "\nno mgcp timer receive-rtcp\n"));
	bench_config(&b,
		"no mgcp fax t38 ecm\nmgcp timer receive-rtcp\nno mgcp timer receive-rtcp\n"
		"default service pad\nno voice-card 0\nno license udi pid X sn Y\n"
		"interface Async3\n no encapsulation slip\n");
	CU_ASSERT_PTR_NULL(strstr(bench_running(&b), "mgcp"));
	CU_ASSERT_PTR_NULL(strstr(bench_running(&b), "pad"));
	CU_ASSERT_PTR_NULL(strstr(bench_running(&b), "dspfarm"));
	CU_ASSERT_PTR_NULL(strstr(bench_running(&b), "license"));
	CU_ASSERT_PTR_NULL(strstr(bench_running(&b), "encapsulation"));
	bench_close(&b);
}

/* Only what is indented belongs to a block that takes any line. */
static void a_block_of_text_ends_with_its_indentation(void)
{
	struct bench b;

	bench_open(&b);
	CU_ASSERT_STRING_EQUAL(bench_config(&b, "redundancy\n mode none\nunheard of\n"),
		"% Invalid input detected at '^' marker.\n");
	CU_ASSERT_STRING_EQUAL(bench_config(&b, "interface Async3\n async mode interactive\n"
						"unheard of\n"),
		"% Invalid input detected at '^' marker.\n");
	same(running_body(&b, "redundancy"), running_body(&b, "redundancy\n mode none\n!\n"));
	bench_config(&b, "interface Async3\n peer default ip address pool X\nip classless\n");
	CU_ASSERT_PTR_NOT_NULL(strstr(bench_running(&b), "\nip classless\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(bench_running(&b), " peer default ip address pool X\n"));
	CU_ASSERT_PTR_NULL(strstr(bench_running(&b), "unheard"));
	bench_close(&b);
}

/* Typed or sent by a robot, without indentation: a kind's own words, and what is global. */
static void own_words_need_no_indentation(void)
{
	struct bench b;

	bench_open(&b);
	CU_ASSERT_STRING_EQUAL(
		bench_config(&b, "interface Cellular0\nencapsulation slip\n"
				 "dialer in-band\ndialer string lte\nmtu 1400\nmtu 1300\n"
				 "no keepalive\nshutdown\n"
				 "dialer watch-list 1 delay connect 1\n"
				 "clock timezone X 1\n"
				 "interface Serial0/0/0\nclock rate 64000\n"),
		"");
	same(running_body(&b, "interface Serial0/0/0\n no ip address\n clock rate 64000\n!\n"
			      "interface Cellular0\n mtu 1300\n no ip address\n"
			      " encapsulation slip\n shutdown\n dialer in-band\n"
			      " dialer string lte\n no keepalive\n!\n"),
		running_body(&b, "interface Serial0/0/0"));
	CU_ASSERT_PTR_NOT_NULL(strstr(bench_running(&b), "\ndialer watch-list 1 "));
	CU_ASSERT_PTR_NOT_NULL(strstr(bench_running(&b), "\nclock timezone X 1"));
	bench_close(&b);
}

/* `show running-config all`: defaults where the line belongs. */
static void defaults_stand_where_they_belong(void)
{
	struct bench b;
	const char *text, *dialer, *svi, *port;

	bench_open(&b);
	bench_config(&b, "interface Dialer1\n dialer pool 1\ninterface Vlan1\n no shutdown\n"
			 "interface GigabitEthernet0\n no shutdown\n"
			 "interface GigabitEthernet8\n no shutdown\ninterface FastEthernet4\n");
	cli_out_clear(b.out);
	cli_config_print(b.config, CLI_TREE_ALL, b.out);
	text = cli_out_text(b.out);
	port = strstr(text, "interface GigabitEthernet0\n");
	svi = strstr(text, "interface Vlan1\n");
	dialer = strstr(text, "interface Dialer1\n");
	CU_ASSERT_FATAL(port != NULL && svi != NULL && dialer != NULL);
	CU_ASSERT_PTR_NULL(strstr(svi, "switchport"));
	CU_ASSERT_PTR_NULL(strstr(dialer, "duplex"));
	CU_ASSERT_PTR_NULL(strstr(dialer, "arp timeout"));
	CU_ASSERT_PTR_NOT_NULL(strstr(dialer, " ppp max-configure 10\n"));
	CU_ASSERT(strstr(text, "switchport mode access") > port);
	CU_ASSERT(strstr(text, " duplex auto") > port);
	CU_ASSERT_PTR_NULL(strstr(strstr(text, "interface FastEthernet4\n"), "switchport mode "
									     "dynamic"));
	bench_close(&b);
}

int main(void)
{
	static const struct bench_test tests[] = {
		{ "a switch router comes back", a_switch_router_comes_back },
		{ "a modular router comes back", a_modular_router_comes_back },
		{ "a mobile router comes back", a_mobile_router_comes_back },
		{ "replacing takes all of it away", replacing_takes_all_of_it_away },
		{ "a stub is configured and nothing more", a_stub_is_configured_and_nothing_more },
		{ "nothing stands on a stub", nothing_stands_on_a_stub },
		{ "every kind of interface is taken", every_kind_of_interface_is_taken },
		{ "what is not built is refused in words", what_is_not_built_is_refused_in_words },
		{ "kept lines can be removed", kept_lines_can_be_removed },
		{ "a block of text ends with its indentation",
			a_block_of_text_ends_with_its_indentation },
		{ "own words need no indentation", own_words_need_no_indentation },
		{ "defaults stand where they belong", defaults_stand_where_they_belong },
		{ NULL, NULL },
	};

	return bench_main("files of IOS", tests);
}
