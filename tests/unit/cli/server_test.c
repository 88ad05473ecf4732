/* SPDX-License-Identifier: BSD-3-Clause */

/* Sessions over the socket. */

#include <errno.h>
#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "../api/suite.h"
#include "bench.h"

static void test_modes_and_prompts(void)
{
	static const char *const steps[][2] = {
		{ "configure terminal", "Router(config)#" },
		{ "interface Vlan1", "Router(config-if)#" },
		{ "ip address 10.0.0.1 255.0.0.0", "Router(config-if)#" },
		{ "interface gi99", "Router(config)#" },
		{ "ip cef", "Router(config)#" },
		{ "router bgp 1", "Router(config-router)#" },
		{ "address-family ipv4", "Router(config-router-af)#" },
		{ "exit-address-family", "Router(config-router)#" },
		{ "address-family ipv4 vrf r1", "Router(config-router-af)#" },
		{ "exit", "Router(config-router)#" },
		{ "bogus", "Router(config-router)#" },
		{ "! a comment", "Router(config-router)#" },
		{ "hostname RT-1", "RT-1(config)#" },
		{ "do show table", "RT-1(config)#" },
		{ "no hostname", "Router(config)#" },
		{ "interface Vlan1", "Router(config-if)#" },
		{ "end", "Router#" },
		{ "configure terminal", "Router(config)#" },
		{ "exit", "Router#" },
	};
	struct bench bench;
	struct client *client;

	bench_start(&bench, false);
	client = hello(&bench);
	CU_ASSERT_STRING_EQUAL(client->prompt, "Router#");
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		line(client, steps[i][0]);
		CU_ASSERT_STRING_EQUAL(client->prompt, steps[i][1]);
	}
	CU_ASSERT_STRING_EQUAL(
		bench.app.logged, "%SYS-5-CONFIG_I: Configured from console by console");
	hang_up(client);
	bench_stop(&bench);
}

static void test_errors(void)
{
	struct bench bench;
	struct client *client;

	bench_start(&bench, false);
	client = hello(&bench);
	CU_ASSERT_STRING_EQUAL(line(client, "show bogus"),
		"            ^\n% Invalid input detected at '^' marker.\n\n");
	CU_ASSERT_EQUAL(client->status, EINVAL);
	CU_ASSERT_STRING_EQUAL(line(client, "show i"), "% Ambiguous command:  \"show i\"\n\n");
	CU_ASSERT_STRING_EQUAL(line(client, "show ip"), "% Incomplete command.\n\n");
	CU_ASSERT_STRING_EQUAL(line(client, "bogus"),
		"% Unknown command or computer name, or unable to find computer "
		"address\n");
	CU_ASSERT_STRING_EQUAL(line(client, "show table | bogus x"),
		"                    ^\n% Invalid input detected at '^' marker.\n\n");
	CU_ASSERT_STRING_EQUAL(line(client, "show table |"), "% Incomplete command.\n\n");
	CU_ASSERT_STRING_EQUAL(line(client, ""), "");
	CU_ASSERT_EQUAL(client->status, 0);
	line(client, "configure terminal");
	CU_ASSERT_STRING_EQUAL(line(client, "hostname ユーザ名 x"),
		"                                 ^\n"
		"% Invalid input detected at '^' marker.\n\n");
	CU_ASSERT_STRING_EQUAL(line(client, "hostname ユーザ名"),
		"% Hostname contains one or more illegal characters.\n");
	/* no name of a host, but IOS takes it as one */
	CU_ASSERT_STRING_EQUAL(line(client, "hostname 1841_HQ"),
		"% Hostname contains one or more illegal characters.\n");
	CU_ASSERT_PTR_NOT_NULL(
		strstr(line(client, "do show running-config"), "hostname 1841_HQ\n"));
	line(client, "no hostname");
	CU_ASSERT_STRING_EQUAL(line(client, "no interface gi99 x"),
		"                                 ^\n"
		"% Invalid input detected at '^' marker.\n\n");
	CU_ASSERT_STRING_EQUAL(line(client, "interface gi99"),
		"                         ^\n"
		"% Invalid input detected at '^' marker.\n\n");
	CU_ASSERT_STRING_EQUAL(line(client, "do show bogus"),
		"                       ^\n"
		"% Invalid input detected at '^' marker.\n\n");
	hang_up(client);
	bench_stop(&bench);
}

static void test_caret_without_terminal(void)
{
	struct bench bench;
	struct client *client;

	bench_start(&bench, false);
	client = connect_to(&bench);
	send_text(client, CLI_MSG_HELLO, 0, 0, "");
	wait_for(client, CLI_MSG_PROMPT);
	CU_ASSERT_EQUAL(client->length, 0);
	CU_ASSERT_STRING_EQUAL(line(client, "show \x1b[31m"),
		"show ^[[31m\n     ^\n% Invalid input detected at '^' marker.\n\n");
	hang_up(client);
	bench_stop(&bench);
}

static void test_filters_and_json(void)
{
	struct bench bench;
	struct client *client;

	bench_start(&bench, false);
	client = hello(&bench);
	CU_ASSERT_STRING_EQUAL(
		line(client, "show lines 12 | include 1$|12"), "line 1\nline 11\nline 12\n");
	CU_ASSERT_STRING_EQUAL(line(client, "show lines 12 | count 1"),
		"Number of lines which match regexp = 4\n");
	CU_ASSERT_STRING_EQUAL(line(client, "show table"), "Name         Age\n"
							   "one            1\ntwo             \n");
	CU_ASSERT_PTR_NOT_NULL(strstr(line(client, "show table | json"), "\"entries\": ["));
	CU_ASSERT_PTR_NOT_NULL(strstr(line(client, "show lines | json"), "\"lines\": "));
	CU_ASSERT_STRING_EQUAL(line(client, "show lines 1"), "line 1\n");
	hang_up(client);
	bench_stop(&bench);
}

static void test_help_and_completion(void)
{
	struct bench bench;
	struct client *client;

	bench_start(&bench, false);
	client = hello(&bench);
	CU_ASSERT_STRING_EQUAL(request(client, CLI_MSG_HELP, 0, "show i"), "interfaces  ip\n\n");
	CU_ASSERT_STRING_EQUAL(
		request(client, CLI_MSG_HELP, 0, "zz"), "% Unrecognized command\n\n");
	CU_ASSERT_STRING_EQUAL(
		request(client, CLI_MSG_HELP, 0, "show table ?"), "% Unrecognized command\n\n");
	CU_ASSERT_STRING_EQUAL(request(client, CLI_MSG_HELP, 0, "show table "), "  <cr>\n\n");
	CU_ASSERT_PTR_NOT_NULL(strstr(request(client, CLI_MSG_HELP, 0, "show table | "),
		"  include   Include lines that match\n"));
	CU_ASSERT_STRING_EQUAL(request(client, CLI_MSG_HELP, 0, "show table | inc "),
		"  LINE  Regular Expression\n\n");
	line(client, "configure terminal");
	line(client, "interface Vlan1");
	CU_ASSERT_STRING_EQUAL(
		request(client, CLI_MSG_HELP, 0, "no ip v"), "virtual-reassembly  vrf\n\n");
	CU_ASSERT_STRING_EQUAL(request(client, CLI_MSG_HELP, 0, "d"),
		"default  description  dialer  dialer-group  do  duplex\n\n");
	CU_ASSERT_STRING_EQUAL(request(client, CLI_MSG_HELP, 0, "hostn"), "hostname\n\n");
	CU_ASSERT_STRING_EQUAL(request(client, CLI_MSG_HELP, 0, "do show t"), "table\n\n");
	CU_ASSERT_STRING_EQUAL(
		request(client, CLI_MSG_COMPLETE, 5, "ip vi"), "virtual-reassembly ");
	CU_ASSERT_EQUAL(client->status, 3);
	CU_ASSERT_STRING_EQUAL(request(client, CLI_MSG_COMPLETE, 4, "dial"), "dialer");
	CU_ASSERT_STRING_EQUAL(request(client, CLI_MSG_COMPLETE, 4, "ip v"), "v");
	CU_ASSERT_STRING_EQUAL(request(client, CLI_MSG_COMPLETE, 6, "do sho table"), "show ");
	CU_ASSERT_STRING_EQUAL(request(client, CLI_MSG_COMPLETE, 3, "zzz"), "zzz");
	hang_up(client);
	bench_stop(&bench);
}

static void test_questions(void)
{
	struct bench bench;
	struct client *client;
	struct stat info;

	bench_start(&bench, false);
	client = hello(&bench);
	line(client, "configure");
	CU_ASSERT_STRING_EQUAL(
		client->question, "Configuring from terminal, memory, or network [terminal]? ");
	CU_ASSERT_STRING_EQUAL(answer(client, ""), "Enter configuration commands, one per line.  "
						   "End with CNTL/Z.\n");
	line(client, "ip nat pool P 1.1.1.1 1.1.1.1 netmask 255.255.255.0");
	bench.app.in_use = true;
	line(client, "no ip nat pool P");
	CU_ASSERT_STRING_EQUAL(client->question, "Pool in use, delete? [no]: ");
	CU_ASSERT_STRING_EQUAL(answer(client, ""), "%Pool P in use, cannot destroy\n");
	CU_ASSERT_PTR_NOT_NULL(strstr(line(client, "do show run"), "\nip nat pool P "));
	line(client, "no ip nat pool P");
	answer(client, "yes");
	CU_ASSERT_EQUAL(client->status, 0);
	CU_ASSERT_PTR_NULL(strstr(line(client, "do show run"), "\nip nat pool P "));
	line(client, "end");
	line(client, "copy running-config startup-config");
	CU_ASSERT_STRING_EQUAL(client->question, "Destination filename [startup-config]? ");
	CU_ASSERT_STRING_EQUAL(answer(client, ""), "Building configuration...\n[OK]\n");
	CU_ASSERT_EQUAL(stat(bench.startup, &info), 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(line(client, "show startup-config"), "Using "));
	/* A question can be aborted. */
	line(client, "copy running-config startup-config");
	clear(client);
	send_text(client, CLI_MSG_ABORT, 0, 0, "");
	wait_for(client, CLI_MSG_DONE);
	CU_ASSERT_EQUAL(client->status, EINTR);
	CU_ASSERT_STRING_EQUAL(line(client, "show lines 1"), "line 1\n");
	hang_up(client);
	bench_stop(&bench);
}

static void test_enable(void)
{
	struct bench bench;
	struct client *client;

	bench_start(&bench, true);
	client = hello(&bench);
	CU_ASSERT_STRING_EQUAL(client->prompt, "Router>");
	CU_ASSERT_EQUAL(strstr(line(client, "configure terminal"), "Enter"), NULL);
	line(client, "enable");
	CU_ASSERT_STRING_EQUAL(client->question, "Password: ");
	answer(client, "wrong");
	CU_ASSERT_STRING_EQUAL(client->question, "% Access denied\nPassword: ");
	answer(client, "secret");
	CU_ASSERT_STRING_EQUAL(client->prompt, "Router#");
	line(client, "disable");
	CU_ASSERT_STRING_EQUAL(client->prompt, "Router>");
	line(client, "enable");
	answer(client, "a");
	answer(client, "b");
	CU_ASSERT_STRING_EQUAL(answer(client, "c"), "% Bad secrets\n\n");
	CU_ASSERT_STRING_EQUAL(client->prompt, "Router>");
	hang_up(client);
	bench_stop(&bench);
}

static void test_enable_without_a_password(void)
{
	struct bench bench;
	struct client *client;

	bench_start(&bench, true);
	client = hello(&bench);
	bench.app.enable = CLI_DEMAND_MISSING;
	CU_ASSERT_STRING_EQUAL(line(client, "enable"), "% No password set\n");
	CU_ASSERT_STRING_EQUAL(client->prompt, "Router>");
	bench.app.enable = CLI_DEMAND_NOTHING;
	line(client, "enable");
	CU_ASSERT_STRING_EQUAL(client->prompt, "Router#");
	hang_up(client);
	bench_stop(&bench);
}

/* Says hello as a terminal, and waits for the prompt, a question, or the end. */
static struct client *arrive(struct bench *bench)
{
	struct client *client = connect_to(bench);

	send_text(client, CLI_MSG_HELLO, 24, 80, "");
	wait_for(client, CLI_MSG_PROMPT);
	return client;
}

/* Answers, and waits for the same. */
static void say(struct client *client, const char *text)
{
	clear(client);
	client->prompt[0] = '\0';
	send_text(client, CLI_MSG_ANSWER, 0, 0, text);
	wait_for(client, CLI_MSG_PROMPT);
}

static void test_login_by_password(void)
{
	struct bench bench;
	struct client *client;

	bench_start(&bench, true);
	bench.app.login = CLI_DEMAND_PASSWORD;
	client = arrive(&bench);
	CU_ASSERT_STRING_EQUAL(client->output, "\nUser Access Verification\n\n");
	CU_ASSERT_STRING_EQUAL(client->question, "Password: ");
	CU_ASSERT_STRING_EQUAL(client->prompt, "");
	say(client, "wrong");
	CU_ASSERT_STRING_EQUAL(client->question, "Password: ");
	say(client, "open");
	CU_ASSERT_STRING_EQUAL(client->prompt, "Router>");
	CU_ASSERT_STRING_EQUAL(
		line(client, "show table | count one"), "Number of lines which match regexp = 1\n");
	hang_up(client);
	client = arrive(&bench);
	for (unsigned i = 0; i < 3; i++)
		say(client, "");
	CU_ASSERT_STRING_EQUAL(client->output, "% Bad passwords\n");
	CU_ASSERT_EQUAL(client->status, -2);
	hang_up(client);
	bench.app.login = CLI_DEMAND_MISSING;
	client = arrive(&bench);
	CU_ASSERT_STRING_EQUAL(client->output, "Password required, but none set\n");
	CU_ASSERT_EQUAL(client->status, -2);
	hang_up(client);
	bench_stop(&bench);
}

static void test_login_by_name(void)
{
	struct bench bench;
	struct client *client;

	bench_start(&bench, true);
	bench.app.login = CLI_DEMAND_USER;
	client = arrive(&bench);
	CU_ASSERT_STRING_EQUAL(client->question, "Username: ");
	say(client, "");
	CU_ASSERT_STRING_EQUAL(client->question, "Username: ");
	say(client, "nobody");
	CU_ASSERT_STRING_EQUAL(client->question, "Password: ");
	say(client, "open");
	CU_ASSERT_STRING_EQUAL(client->output, "% Login invalid\n\n");
	CU_ASSERT_STRING_EQUAL(client->question, "Username: ");
	say(client, "guest");
	say(client, "open");
	CU_ASSERT_STRING_EQUAL(client->prompt, "Router>");
	hang_up(client);
	client = arrive(&bench);
	say(client, "root");
	say(client, "open");
	CU_ASSERT_STRING_EQUAL(client->prompt, "Router#");
	line(client, "configure terminal");
	line(client, "end");
	CU_ASSERT_STRING_EQUAL(
		bench.app.logged, "%SYS-5-CONFIG_I: Configured from console by root on console");
	hang_up(client);
	bench_stop(&bench);
}

/* Nothing but answers is heard before that; a window may change its size all the same. */
static void test_nobody_gets_past_the_login(void)
{
	static const enum cli_message_type types[] = { CLI_MSG_LINE, CLI_MSG_HELP, CLI_MSG_COMPLETE,
		CLI_MSG_LOAD };
	struct bench bench;
	struct client *client;

	bench_start(&bench, true);
	bench.app.login = CLI_DEMAND_USER;
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		client = arrive(&bench);
		clear(client);
		send_text(client, types[i], 0, 0, "show table");
		wait_for(client, CLI_MSG_DONE);
		CU_ASSERT_EQUAL(client->status, -2);
		CU_ASSERT_STRING_EQUAL(client->output, "");
		hang_up(client);
	}
	client = arrive(&bench);
	send_text(client, CLI_MSG_HELLO, 0, 0, "");
	turns(&bench, 5);
	send_text(client, CLI_MSG_LINE, 0, 0, "show table");
	wait_for(client, CLI_MSG_DONE);
	CU_ASSERT_EQUAL(client->status, -2);
	CU_ASSERT_STRING_EQUAL(client->prompt, "");
	hang_up(client);
	client = arrive(&bench);
	send_text(client, CLI_MSG_ABORT, 0, 0, "");
	wait_for(client, CLI_MSG_DONE);
	CU_ASSERT_EQUAL(client->status, -2);
	hang_up(client);
	/* A script of whoever may open the socket is not asked. */
	client = connect_to(&bench);
	send_text(client, CLI_MSG_HELLO, 0, 0, "");
	wait_for(client, CLI_MSG_PROMPT);
	CU_ASSERT_STRING_EQUAL(client->prompt, "Router#");
	hang_up(client);
	bench_stop(&bench);
}

static void test_idle_sessions_end(void)
{
	struct bench bench;
	struct client *idle;
	struct client *busy;
	struct client *script;

	bench_start(&bench, false);
	bench.app.idle = 1;
	script = connect_to(&bench);
	send_text(script, CLI_MSG_HELLO, 0, 0, "");
	wait_for(script, CLI_MSG_PROMPT);
	busy = hello(&bench);
	send_text(busy, CLI_MSG_LINE, 0, 0, "hang");
	idle = hello(&bench);
	clear(idle);
	for (time_t end = time(NULL) + 30; idle->status != -2 && time(NULL) < end;) {
		event_base_loop(bench.base, EVLOOP_ONCE);
		glance(idle);
	}
	CU_ASSERT_EQUAL(idle->status, -2);
	CU_ASSERT_STRING_EQUAL(bench.app.logged,
		"%SYS-6-TTY_EXPIRE_TIMER: (exec timer expired, tty 0 (0.0.0.0)), user ");
	CU_ASSERT_PTR_NOT_NULL_FATAL(bench.app.hanging);
	cli_done(bench.app.hanging, 0);
	wait_for(busy, CLI_MSG_DONE);
	CU_ASSERT_EQUAL(busy->status, 0);
	CU_ASSERT_STRING_EQUAL(line(script, "show lines 1"), "line 1\n");
	hang_up(idle);
	hang_up(busy);
	hang_up(script);
	bench_stop(&bench);
}

static void test_load(void)
{
	struct bench bench;
	struct client *client;

	bench_start(&bench, false);
	client = hello(&bench);
	CU_ASSERT_STRING_EQUAL(
		request(client, CLI_MSG_LOAD, 0,
			"hostname A\ninterface Vlan1\n no cdp enable\n mtu 1500\n bog\x1bus\n"),
		"3: kept without effect:  no cdp enable\n"
		"5: error:  bog^[us\n    at column 5\n"
		"    % Invalid input detected at '^' marker.\n"
		"5 lines: 2 applied, 1 unchanged, 1 kept without effect, 0 skipped, "
		"1 errors\n");
	CU_ASSERT_EQUAL(client->status, EINVAL);
	CU_ASSERT_STRING_EQUAL(client->prompt, "A#");
	CU_ASSERT_STRING_EQUAL(
		request(client, CLI_MSG_LOAD, CLI_LOAD_OPTION_VERBOSE, "hostname A\nhostname B\n"),
		"1: unchanged: hostname A\n2: applied: hostname B\n"
		"2 lines: 1 applied, 1 unchanged, 0 kept without effect, 0 skipped, "
		"0 errors\n");
	CU_ASSERT_STRING_EQUAL(
		request(client, CLI_MSG_LOAD, CLI_LOAD_OPTION_ATOMIC, "hostname C\nbogus\n"),
		"2: error: bogus\n    % Invalid input detected at '^' marker.\n"
		"Nothing of this file is in force.\n"
		"1 lines: 0 applied, 0 unchanged, 0 kept without effect, 0 skipped, "
		"1 errors\n");
	CU_ASSERT_STRING_EQUAL(client->prompt, "B#");
	hang_up(client);
	bench_stop(&bench);
}

static void test_replace_and_save(void)
{
	struct bench bench;
	struct client *client;

	bench_start(&bench, false);
	client = hello(&bench);
	request(client, CLI_MSG_LOAD, 0, fixture_seeds[0]);
	CU_ASSERT_STRING_EQUAL(line(client, "write"), "Building configuration...\n[OK]\n");
	CU_ASSERT(!cli_config_modified(cli_server_configuration(bench.server)));
	request(client, CLI_MSG_LOAD, 0, "hostname X\nno ip route 0.0.0.0 0.0.0.0 192.168.10.1\n");
	CU_ASSERT(cli_config_modified(cli_server_configuration(bench.server)));
	CU_ASSERT_STRING_EQUAL(line(client, "show archive config differences"),
		"!Contextual Config Diffs:\n-hostname X\n+hostname RT03\n"
		"+ip route 0.0.0.0 0.0.0.0 192.168.10.1\n");
	line(client, "configure replace startup-config");
	CU_ASSERT_PTR_NOT_NULL(strstr(client->question, "[no]: "));
	CU_ASSERT_PTR_NOT_NULL(strstr(answer(client, "n"), "% Nothing was replaced"));
	CU_ASSERT_EQUAL(client->status, EINVAL);
	CU_ASSERT_STRING_EQUAL(client->prompt, "X#");
	CU_ASSERT_STRING_EQUAL(line(client, "configure replace nvram:startup-config force"),
		"-hostname X\n+hostname RT03\n"
		"+ip route 0.0.0.0 0.0.0.0 192.168.10.1\n"
		"\nTotal number of passes: 1\nRollback Done\n\n");
	CU_ASSERT_STRING_EQUAL(client->prompt, "RT03#");
	CU_ASSERT_PTR_NOT_NULL(strstr(line(client, "configure replace absent force"), "%Error"));
	hang_up(client);
	bench_stop(&bench);
}

static void test_show_running_config(void)
{
	struct bench bench;
	struct client *client;

	bench_start(&bench, false);
	client = hello(&bench);
	request(client, CLI_MSG_LOAD, 0, fixture_seeds[0]);
	CU_ASSERT_STRING_EQUAL(line(client, "sh run int vl20"),
		"Building configuration...\n\nCurrent configuration : 103 bytes\n!\n"
		"interface Vlan20\n ip address 192.168.20.1 255.255.255.0\n"
		" ip nat inside\n ip virtual-reassembly in\nend\n\n");
	CU_ASSERT_PTR_NOT_NULL(strstr(line(client, "show running-config interface Vlan21"), "^\n"));
	CU_ASSERT_STRING_EQUAL(line(client, "show running-config | section Vlan20"),
		"interface Vlan20\n ip address 192.168.20.1 255.255.255.0\n"
		" ip nat inside\n ip virtual-reassembly in\n");
	CU_ASSERT_PTR_NOT_NULL(strstr(line(client, "show running-config all"), "\n no shutdown\n"));
	hang_up(client);
	bench_stop(&bench);
}

static void test_banner_at_the_prompt(void)
{
	struct bench bench;
	struct client *client;

	bench_start(&bench, false);
	client = hello(&bench);
	line(client, "configure terminal");
	line(client, "banner motd #one");
	CU_ASSERT_STRING_EQUAL(client->prompt, "");
	line(client, "end");
	line(client, "three#");
	CU_ASSERT_STRING_EQUAL(client->prompt, "Router(config)#");
	CU_ASSERT_PTR_NOT_NULL(
		strstr(line(client, "do show run"), "banner motd ^Cone\nend\nthree^C\n"));
	line(client, "banner motd #four");
	send_text(client, CLI_MSG_ABORT, 0, 0, "");
	line(client, "end");
	CU_ASSERT_STRING_EQUAL(client->prompt, "Router#");
	hang_up(client);
	bench_stop(&bench);
}

/* As IOS does: the message of the day, the login banner, then the questions; exec when in. */
static void test_banners_at_login(void)
{
	struct client *client;
	struct client *script;
	struct bench bench;

	bench_start(&bench, false);
	CU_ASSERT_EQUAL(
		cli_server_configure(bench.server, "banner motd ^C\nday\n^C\nbanner login #who#\n"
						   "banner exec #in#\nbanner incoming #never#\n"),
		0);
	client = hello(&bench);
	CU_ASSERT_STRING_EQUAL(client->output, "\nday\n\nin\n");
	hang_up(client);
	bench.app.login = CLI_DEMAND_PASSWORD;
	client = arrive(&bench);
	CU_ASSERT_STRING_EQUAL(client->output, "\nday\n\nwho\n\nUser Access Verification\n\n");
	say(client, "open");
	CU_ASSERT_STRING_EQUAL(client->output, "in\n");
	hang_up(client);
	script = connect_to(&bench);
	send_text(script, CLI_MSG_HELLO, 0, 0, "");
	wait_for(script, CLI_MSG_PROMPT);
	CU_ASSERT_STRING_EQUAL(script->output, "");
	hang_up(script);
	bench_stop(&bench);
}

/* Pasted into a terminal, or piped: what is under a refused line goes nowhere. */
static void test_paste_under_a_refused_line(void)
{
	static const char *const paste[][3] = {
		{ "interface Vlan1", "Router(config-if)#", "" },
		{ " mtu 1400", "Router(config-if)#", "" },
		{ "interface Foo0", "Router(config)#", NULL },
		{ " no ip address", "Router(config)#",
			"% Lines under it are skipped, up to its exit\n" },
		{ "  ! a comment", "Router(config)#", "" },
		{ " shutdown", "Router(config)#", "" },
		{ " do show lines 1", "Router(config)#", "" },
		{ "exit", "Router(config)#", "" },
		{ "ip dhcp pool L", "Router(config)#", NULL },
		{ " network 10.0.0.0", "Router(config)#",
			"% Lines under it are skipped, up to its exit\n" },
		{ " exit", "Router(config)#", "" },
		{ "interface Foo0", "Router(config)#", NULL },
		{ "do show lines 1", "Router(config)#", "line 1\n" },
		{ "exit", "Router(config)#", "% Lines under it are skipped, up to its exit\n" },
		{ "macro name m", "", NULL },
		{ "hostname B", "", "" },
		{ "@", "Router(config)#", NULL },
		{ "banner what #", "", NULL },
		{ "end", "", "" },
		{ "#", "Router(config)#", NULL },
		{ "interface Vlan2", "Router(config-if)#", "" },
		{ "end", "Router#", "" },
	};
	struct client *client;
	struct bench bench;
	const char *text;

	bench_start(&bench, false);
	client = hello(&bench);
	line(client, "configure terminal");
	for (size_t i = 0; i < sizeof(paste) / sizeof(paste[0]); i++) {
		text = line(client, paste[i][0]);
		CU_ASSERT_STRING_EQUAL(client->prompt, paste[i][1]);
		if (paste[i][2])
			CU_ASSERT_STRING_EQUAL(text, paste[i][2]);
	}
	CU_ASSERT_PTR_NOT_NULL(strstr(line(client, "show running-config"),
		"\ninterface Vlan1\n mtu 1400\n no ip address\n!\n"));
	hang_up(client);
	bench_stop(&bench);
}

/* A text that is too long is no command either. */
static void test_endless_banner(void)
{
	static char long_line[CLI_MESSAGE_LINE_MAX / 2];
	struct client *client;
	struct bench bench;

	bench_start(&bench, false);
	client = hello(&bench);
	memset(long_line, 'x', sizeof(long_line) - 1);
	line(client, "configure terminal");
	line(client, "banner motd #");
	for (unsigned i = 0; i < 3; i++)
		CU_ASSERT_STRING_EQUAL(line(client, long_line), "");
	line(client, "hostname B");
	CU_ASSERT_STRING_EQUAL(client->prompt, "");
	CU_ASSERT_STRING_EQUAL(line(client, "#"), "% The text is longer than 65536 bytes\n");
	CU_ASSERT_STRING_EQUAL(client->prompt, "Router(config)#");
	hang_up(client);
	bench_stop(&bench);
}

static void test_terminal_and_history(void)
{
	struct bench bench;
	struct client *client;

	bench_start(&bench, false);
	client = hello(&bench);
	CU_ASSERT_EQUAL(client->length, 24);
	send_text(client, CLI_MSG_HELLO, 50, 80, "");
	wait_for(client, CLI_MSG_PROMPT);
	CU_ASSERT_EQUAL(client->length, 50);
	line(client, "terminal length 0");
	CU_ASSERT_EQUAL(client->length, 0);
	send_text(client, CLI_MSG_HELLO, 30, 80, "");
	wait_for(client, CLI_MSG_PROMPT);
	CU_ASSERT_EQUAL(client->length, 0);
	for (int i = 0; i < 30; i++)
		line(client, "! x");
	line(client, "show lines 1");
	CU_ASSERT_PTR_NOT_NULL(strstr(line(client, "show history"), "  show lines 1\n"));
	hang_up(client);
	bench_stop(&bench);
}

static void test_pending_command_ends(void)
{
	struct bench bench;
	struct client *client;

	bench_start(&bench, false);
	client = hello(&bench);
	send_text(client, CLI_MSG_LINE, 0, 0, "hang");
	turns(&bench, 5);
	CU_ASSERT_PTR_NOT_NULL_FATAL(bench.app.hanging);
	cli_printf(bench.app.hanging->out, "done\n");
	cli_done(bench.app.hanging, 0);
	wait_for(client, CLI_MSG_DONE);
	CU_ASSERT_EQUAL(client->status, 0);
	CU_ASSERT_STRING_EQUAL(client->output, "done\n");
	CU_ASSERT_EQUAL(bench.app.cancelled, 0);
	line(client, "early");
	CU_ASSERT_EQUAL(client->status, 0);
	hang_up(client);
	bench_stop(&bench);
}

static void test_pending_command_is_aborted(void)
{
	struct bench bench;
	struct client *client;

	bench_start(&bench, false);
	client = hello(&bench);
	send_text(client, CLI_MSG_LINE, 0, 0, "hang");
	turns(&bench, 5);
	send_text(client, CLI_MSG_ABORT, 0, 0, "");
	wait_for(client, CLI_MSG_DONE);
	CU_ASSERT_EQUAL(client->status, EINTR);
	CU_ASSERT_EQUAL(bench.app.cancelled, 1);
	/* An abort that comes late means nothing. */
	send_text(client, CLI_MSG_ABORT, 0, 0, "");
	CU_ASSERT_STRING_EQUAL(line(client, "show lines 1"), "line 1\n");
	hang_up(client);
	bench_stop(&bench);
}

static void test_client_that_goes_cancels(void)
{
	struct bench bench;
	struct client *client;

	bench_start(&bench, false);
	client = hello(&bench);
	send_text(client, CLI_MSG_LINE, 0, 0, "hang");
	turns(&bench, 5);
	hang_up(client);
	CU_ASSERT_EQUAL(bench.app.cancelled, 1);
	client = hello(&bench);
	send_text(client, CLI_MSG_LINE, 0, 0, "show flood 1000000");
	turns(&bench, 5);
	hang_up(client);
	client = hello(&bench);
	send_text(client, CLI_MSG_LINE, 0, 0, "hang");
	turns(&bench, 5);
	/* So does a server that ends. */
	bench_stop(&bench);
	CU_ASSERT_EQUAL(bench.app.cancelled, 2);
	close(client->fd);
	free(client->data);
	free(client->output);
	free(client);
}

static void test_slow_reader_holds_the_dump(void)
{
	static const char last[] = "row 1 of a long dump, filled up to a usual length\n";
	unsigned total = 40000;
	struct bench bench;
	struct client *client;
	unsigned left;

	bench_start(&bench, false);
	client = hello(&bench);
	clear(client);
	send_text(client, CLI_MSG_LINE, 0, 0, "show flood 40000");
	turns(&bench, 100);
	left = bench.app.flood_left;
	/* What fits the socket's buffers and the mark; no more comes however often it is asked. */
	CU_ASSERT(left > total / 2);
	turns(&bench, 100);
	CU_ASSERT_EQUAL(bench.app.flood_left, left);
	wait_for(client, CLI_MSG_DONE);
	CU_ASSERT_EQUAL(client->status, 0);
	CU_ASSERT_EQUAL(bench.app.flood_left, 0);
	CU_ASSERT(client->output_len > total * (sizeof(last) - 1));
	CU_ASSERT_STRING_EQUAL(client->output + client->output_len - strlen(last), last);
	hang_up(client);
	bench_stop(&bench);
}

static void test_who_sends_nonsense_is_dropped(void)
{
	static const uint8_t nonsense[][6] = {
		{ 0 },
		{ CLI_MSG_OUTPUT },
		{ CLI_MSG_LINE, 0xff, 0xff, 0xff, 0xff },
		{ CLI_MSG_LINE, 0, 0, 0, 1, '\n' },
		{ CLI_MSG_LINE, 0, 0, 0, 1, '\0' },
		{ CLI_MSG_ANSWER, 0, 0, 0, 1, 'y' },
	};
	struct bench bench;
	struct client *other;

	bench_start(&bench, false);
	other = hello(&bench);
	for (size_t i = 0; i < sizeof(nonsense) / sizeof(nonsense[0]); i++) {
		struct client *client = hello(&bench);

		send_raw(client, nonsense[i], sizeof(nonsense[i]));
		wait_for(client, CLI_MSG_DONE);
		CU_ASSERT_EQUAL(client->status, -2);
		hang_up(client);
	}
	CU_ASSERT_STRING_EQUAL(line(other, "show lines 1"), "line 1\n");
	hang_up(other);
	bench_stop(&bench);
}

static void test_line_while_one_runs_is_refused(void)
{
	struct bench bench;
	struct client *client;

	bench_start(&bench, false);
	client = hello(&bench);
	send_text(client, CLI_MSG_LINE, 0, 0, "hang");
	send_text(client, CLI_MSG_LINE, 0, 0, "show lines");
	wait_for(client, CLI_MSG_DONE);
	CU_ASSERT_EQUAL(client->status, -2);
	CU_ASSERT_EQUAL(bench.app.cancelled, 1);
	hang_up(client);
	bench_stop(&bench);
}

static void test_removed_block_is_left_by_all(void)
{
	struct bench bench;
	struct client *one;
	struct client *two;

	bench_start(&bench, false);
	one = hello(&bench);
	two = hello(&bench);
	line(one, "configure terminal");
	line(one, "router bgp 1");
	line(one, "address-family ipv4");
	line(two, "configure terminal");
	line(two, "no router bgp 1");
	line(one, "network 10.0.0.0");
	CU_ASSERT_EQUAL(one->status, EINVAL);
	CU_ASSERT_STRING_EQUAL(one->prompt, "Router(config)#");
	CU_ASSERT_STRING_EQUAL(two->prompt, "Router(config)#");
	hang_up(one);
	hang_up(two);
	bench_stop(&bench);
}

static void test_monitor(void)
{
	struct bench bench;
	struct client *one;
	struct client *two;

	bench_start(&bench, false);
	one = hello(&bench);
	two = hello(&bench);
	line(one, "terminal monitor");
	line(two, "terminal monitor");
	line(two, "terminal no monitor");
	cli_server_monitor(bench.server, "*Mar  1 00:00:01.000: %X-1-Y: text");
	line(one, "show lines 1");
	line(two, "show lines 1");
	CU_ASSERT_EQUAL(one->logs, 1);
	CU_ASSERT_EQUAL(two->logs, 0);
	hang_up(one);
	hang_up(two);
	bench_stop(&bench);
}

static void test_exit_says_bye(void)
{
	struct bench bench;
	struct client *client;

	bench_start(&bench, false);
	client = hello(&bench);
	clear(client);
	send_text(client, CLI_MSG_LINE, 0, 0, "exit");
	wait_for(client, CLI_MSG_BYE);
	wait_for(client, CLI_MSG_DONE);
	CU_ASSERT_EQUAL(client->status, 0);
	wait_for(client, CLI_MSG_DONE);
	CU_ASSERT_EQUAL(client->status, -2);
	hang_up(client);
	bench_stop(&bench);
}

/* Everybody may read the log. */
static void assert_log_hides(struct bench *bench, const char *line)
{
	FILE *file = fopen(bench->startup, "w");

	fprintf(file, "%s\nend\n", line);
	fclose(file);
	bench->app.logged[0] = '\0';
	CU_ASSERT_NOT_EQUAL(cli_server_boot(bench->server), 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(bench->app.logged, "line"));
	CU_ASSERT_PTR_NULL(strstr(bench->app.logged, "hunter2"));
}

static void test_boot_and_program_lines(void)
{
	struct cli_server_config again;
	struct bench bench;
	FILE *file;

	bench_start(&bench, false);
	CU_ASSERT_EQUAL(cli_server_boot(bench.server), 0);
	file = fopen(bench.startup, "w");
	fputs(fixture_seeds[2], file);
	fputs("bogus line\nend\n", file);
	fclose(file);
	CU_ASSERT_NOT_EQUAL(cli_server_boot(bench.server), 0);
	CU_ASSERT_STRING_EQUAL(bench.app.logged,
		"%SYS-3-CONFIG_LINE: line 99, column 1 refused: bogus ... "
		"(% Invalid input detected at '^' marker.)");
	CU_ASSERT_STRING_EQUAL(cli_config_hostname(cli_server_configuration(bench.server)), "RTA");
	assert_log_hides(&bench, "crypto isakmp key hunter2 address 1.1.1.1");
	assert_log_hides(&bench, "snmp-server community hunter2 RO");
	assert_log_hides(&bench, "pasword hunter2");
	assert_log_hides(&bench, "i hunter2");
	assert_log_hides(&bench, "ip route hunter2");
	assert_log_hides(&bench, "no enable secret hunter2");
	assert_log_hides(&bench, "hostname b\xc3\xa4"
				 "d-hunter2");
	assert_log_hides(&bench, "hostname hunter2hunter2hunter2hunter2hunter2hunter2hunter2hunter2"
				 "hunter2hunter2");
	assert_log_hides(&bench, "banner foo #\nhunter2\n#");
	assert_log_hides(&bench, "radius server x\n key hunter2");
	CU_ASSERT_STRING_EQUAL(bench.app.logged,
		"%SYS-3-CONFIG_LINE: lines 2 to 2 skipped: under line 1, which was refused");
	CU_ASSERT(!cli_config_modified(cli_server_configuration(bench.server)));
	file = fopen(bench.startup, "w");
	fputs(fixture_seeds[2], file);
	fputs("hostname Cut\n", file);
	fclose(file);
	CU_ASSERT_EQUAL(cli_server_boot(bench.server), 0);
	CU_ASSERT_STRING_EQUAL(cli_config_hostname(cli_server_configuration(bench.server)), "Cut");
	CU_ASSERT_PTR_NOT_NULL(strstr(bench.app.logged, "does not end with `end`"));
	bench.app.calls = 0;
	CU_ASSERT_EQUAL(
		cli_server_configure(bench.server, "interface Tunnel100\n mpls bgp forwarding\n"),
		0);
	CU_ASSERT_EQUAL(bench.app.calls, 0);
	/* A socket that is answered on is nobody else's; one left over is. */
	again = settings(&bench);
	CU_ASSERT_PTR_NULL(cli_server_new(&again));
	CU_ASSERT_EQUAL(errno, EADDRINUSE);
	bench_stop(&bench);
}

/* A server that waits for a second only. */
static void bench_start_impatient(struct bench *bench)
{
	struct cli_server_config config;

	bench_start(bench, false);
	cli_server_free(bench->server);
	config = settings(bench);
	config.patience = 1;
	bench->server = cli_server_new(&config);
	CU_ASSERT_PTR_NOT_NULL_FATAL(bench->server);
}

/* Turns until the server has closed, or for so long. Whether it has. */
static bool is_dropped(struct client *client, unsigned ms)
{
	for (unsigned i = 0; i < ms && client->status != -2; i++) {
		turns(client->bench, 1);
		glance(client);
		usleep(1000);
	}
	return client->status == -2;
}

static void test_who_says_nothing_is_dropped(void)
{
	struct client *silent, *half, *good;
	struct bench bench;

	bench_start_impatient(&bench);
	silent = connect_to(&bench);
	good = hello(&bench);
	half = hello(&bench);
	send_raw(half, (const uint8_t[]) { CLI_MSG_LINE, 0, 0, 0, 9, 's' }, 6);
	CU_ASSERT_TRUE(is_dropped(silent, 10000));
	CU_ASSERT_TRUE(is_dropped(half, 10000));
	CU_ASSERT_FALSE(is_dropped(good, 1));
	CU_ASSERT_STRING_EQUAL(line(good, "show lines 1"), "line 1\n");
	hang_up(silent);
	hang_up(half);
	hang_up(good);
	bench_stop(&bench);
}

/* However many there are that say nothing, somebody who speaks gets in. */
static void test_silent_crowd_keeps_nobody_out(void)
{
	struct client *crowd[100], *good;
	struct bench bench;

	bench_start(&bench, false);
	for (unsigned i = 0; i < 100; i++) {
		crowd[i] = connect_to(&bench);
		turns(&bench, 2);
	}
	good = hello(&bench);
	CU_ASSERT_STRING_EQUAL(line(good, "show lines 1"), "line 1\n");
	for (unsigned i = 0; i < 100; i++)
		hang_up(crowd[i]);
	hang_up(good);
	bench_stop(&bench);
}

static struct client *script(struct bench *bench)
{
	struct client *client = connect_to(bench);

	send_text(client, CLI_MSG_HELLO, 0, 0, "");
	turns(bench, 4);
	glance(client);
	return client;
}

/* Scripts take all seats, and wait; one more is told so, but a terminal gets in, and another. */
static void test_a_terminal_finds_a_seat(void)
{
	struct client *busy[64], *refused, *first, *second;
	struct bench bench;

	bench_start(&bench, false);
	for (unsigned i = 0; i < 64; i++) {
		busy[i] = script(&bench);
		CU_ASSERT_STRING_EQUAL(busy[i]->prompt, "Router#");
		send_text(busy[i], CLI_MSG_LINE, 0, 0, "hang");
	}
	refused = script(&bench);
	CU_ASSERT_STRING_EQUAL(refused->output, "% All 64 sessions are in use\n");
	CU_ASSERT_TRUE(is_dropped(refused, 1000));
	first = hello(&bench);
	CU_ASSERT_STRING_EQUAL(line(first, "show lines 1"), "line 1\n");
	second = hello(&bench); /* in the seat of the first, which does nothing */
	CU_ASSERT_STRING_EQUAL(line(second, "show lines 1"), "line 1\n");
	CU_ASSERT_TRUE(is_dropped(first, 1000));
	CU_ASSERT_EQUAL(first->logs, 1);
	hang_up(busy[0]);
	busy[0] = script(&bench); /* the seat that is free is still kept for a terminal */
	CU_ASSERT_STRING_EQUAL(busy[0]->output, "% All 64 sessions are in use\n");
	hang_up(second);
	turns(&bench, 4);
	hang_up(busy[0]);
	busy[0] = script(&bench);
	CU_ASSERT_STRING_EQUAL(busy[0]->prompt, "Router#");
	for (unsigned i = 0; i < 64; i++)
		hang_up(busy[i]);
	hang_up(refused);
	hang_up(first);
	bench_stop(&bench);
}

static void test_who_asks_is_answered(void)
{
	struct client *client;
	struct bench bench;

	bench_start(&bench, false);
	client = hello(&bench);
	send_text(client, CLI_MSG_LINE, 0, 0, "hang");
	send_text(client, CLI_MSG_PING, 0, 0, "");
	wait_for(client, CLI_MSG_PONG);
	CU_ASSERT_NOT_EQUAL(client->status, -2);
	send_text(client, CLI_MSG_ABORT, 0, 0, "");
	wait_for(client, CLI_MSG_DONE);
	CU_ASSERT_EQUAL(client->status, EINTR);
	hang_up(client);
	bench_stop(&bench);
}

static void test_socket_is_private(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct cli_server_config again;
	struct bench bench;
	struct stat info;
	int stale;

	bench_start(&bench, false);
	CU_ASSERT_EQUAL(stat(bench.socket, &info), 0);
	CU_ASSERT_EQUAL(info.st_mode & 0777, 0600);
	cli_server_free(bench.server);
	CU_ASSERT_NOT_EQUAL(stat(bench.socket, &info), 0);
	stale = socket(AF_UNIX, SOCK_STREAM, 0);
	snprintf(address.sun_path, sizeof(address.sun_path), "%s", bench.socket);
	CU_ASSERT_EQUAL(bind(stale, (struct sockaddr *)&address, sizeof(address)), 0);
	close(stale);
	again = settings(&bench);
	bench.server = cli_server_new(&again);
	CU_ASSERT_PTR_NOT_NULL(bench.server);
	bench_stop(&bench);
}

int main(void)
{
	CU_TestInfo tests[] = {
		{ "modes and prompts", test_modes_and_prompts },
		{ "errors", test_errors },
		{ "caret without terminal", test_caret_without_terminal },
		{ "filters and json", test_filters_and_json },
		{ "help and completion", test_help_and_completion },
		{ "questions", test_questions },
		{ "enable", test_enable },
		{ "enable without a password", test_enable_without_a_password },
		{ "login by password", test_login_by_password },
		{ "login by name", test_login_by_name },
		{ "nobody gets past the login", test_nobody_gets_past_the_login },
		{ "idle sessions end", test_idle_sessions_end },
		{ "load", test_load },
		{ "replace and save", test_replace_and_save },
		{ "show running-config", test_show_running_config },
		{ "banner at the prompt", test_banner_at_the_prompt },
		{ "banners at login", test_banners_at_login },
		{ "paste under a refused line", test_paste_under_a_refused_line },
		{ "endless banner", test_endless_banner },
		{ "terminal and history", test_terminal_and_history },
		{ "a pending command ends", test_pending_command_ends },
		{ "a pending command is aborted", test_pending_command_is_aborted },
		{ "a client that goes cancels", test_client_that_goes_cancels },
		{ "a slow reader holds the dump", test_slow_reader_holds_the_dump },
		{ "who sends nonsense is dropped", test_who_sends_nonsense_is_dropped },
		{ "a line while one runs", test_line_while_one_runs_is_refused },
		{ "a removed block is left by all", test_removed_block_is_left_by_all },
		{ "who says nothing is dropped", test_who_says_nothing_is_dropped },
		{ "a silent crowd keeps nobody out", test_silent_crowd_keeps_nobody_out },
		{ "a terminal finds a seat", test_a_terminal_finds_a_seat },
		{ "who asks is answered", test_who_asks_is_answered },
		{ "monitor", test_monitor },
		{ "exit says bye", test_exit_says_bye },
		{ "boot and program lines", test_boot_and_program_lines },
		{ "the socket is private", test_socket_is_private },
		CU_TEST_INFO_NULL,
	};

	return run_suite("cli-server", tests);
}
