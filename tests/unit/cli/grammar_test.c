/* SPDX-License-Identifier: BSD-3-Clause */

/* What is accepted, what it becomes, where errors are, what may come next. */

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "../api/suite.h"
#include "cli/grammar/width.h"
#include "fixture.h"

static struct fixture fixture;

static int set_up(void)
{
	fixture_init(&fixture);
	return 0;
}

static const struct cli_mode *mode_named(const char *name)
{
	return cli_grammar_mode(fixture.grammar, name);
}

static enum cli_parse_status parse(
	const char *mode, unsigned flags, const char *line, struct cli_parse *out)
{
	return cli_grammar_parse(fixture.grammar, mode_named(mode), flags, line, out);
}

struct good {
	const char *mode;
	const char *line;
	const char *canonical;
};

static void test_accepted_lines(void)
{
	static const struct good cases[] = {
		{ "exec", "show ip route", "show ip route" },
		{ "exec", "sh ip ro", "show ip route" },
		{ "exec", "SHOW  IP\tROUTE  ", "show ip route" },
		{ "exec", "sh int gi8", "show interfaces GigabitEthernet8" },
		{ "exec", "sh int gig 8", "show interfaces GigabitEthernet8" },
		{ "exec", "conf t", "configure terminal" },
		{ "config", "interface Vlan 20", "interface Vlan20" },
		{ "config", "ip cef", "ip cef" },
		{ "config", "ip route 0.0.0.0 0.0.0.0 1.1.1.2",
			"ip route 0.0.0.0 0.0.0.0 1.1.1.2" },
		{ "config", "ip route 1.0.0.0 255.0.0.0 nu0", "ip route 1.0.0.0 255.0.0.0 Null0" },
		{ "config", "ip route 1.0.0.0 255.0.0.0 gi 8 1.2.3.4 5",
			"ip route 1.0.0.0 255.0.0.0 GigabitEthernet8 1.2.3.4 5" },
		{ "config", "ip route 1.0.0.0 255.0.0.0 1.2.3.4 permanent name x tag 9 200",
			"ip route 1.0.0.0 255.0.0.0 1.2.3.4 200 tag 9 name x permanent" },
		{ "config", "ip route 1.0.0.0 255.0.0.0 1.2.3.4 name permanent",
			"ip route 1.0.0.0 255.0.0.0 1.2.3.4 name permanent" },
		{ "config", "ip nat inside source list 1 pool P ov",
			"ip nat inside source list 1 pool P overload" },
		{ "config", "ip nat inside source list ACL int di1",
			"ip nat inside source list ACL interface Dialer1" },
		{ "config", "access-list 1 permit host 1.2.3.4",
			"access-list 1 permit host 1.2.3.4" },
		{ "config", "access-list 1 permit 1.2.3.0 0.0.0.255 log",
			"access-list 1 permit 1.2.3.0 0.0.0.255 log" },
		{ "config", "access-list 1 remark  two  blanks  ",
			"access-list 1 remark two  blanks" },
		{ "config-proposal", "encryption aes-cbc-256 3des aes-cbc-128",
			"encryption aes-cbc-256 3des aes-cbc-128" },
		{ "config-proposal", "integrity sha256 md5", "integrity sha256 md5" },
		{ "config-peer", "pre-shared-key local", NULL },
		{ "config-peer", "pre-shared-key rem", "pre-shared-key rem" },
		{ "config-peer", "pre-shared-key rem x", "pre-shared-key remote x" },
		{ "config-peer", "pre-shared-key 6 x", "pre-shared-key 6 x" },
		{ "config-peer", "pre-shared-key 60", "pre-shared-key 60" },
		{ "config-if", "ppp authentication chap callin", "ppp authentication chap callin" },
		{ "config-if", "ppp authentication pap chap", "ppp authentication pap chap" },
		{ "config-if", "ppp chap hostname ユーザ名", "ppp chap hostname ユーザ名" },
		{ "config-if", "description a | b ! c?", "description a | b ! c?" },
		{ "config-if", "speed 10", "speed 10" },
		{ "config-if", "speed 100", "speed 100" },
		{ "config-vrf", "rd 65000:1", "rd 65000:1" },
		{ "config-vrf", "rd 10.0.0.1:1", "rd 10.0.0.1:1" },
		{ "config-vrf", "rd 4200000000:65535", "rd 4200000000:65535" },
		{ "config-router", "address-family ipv4 vrf r1", "address-family ipv4 vrf r1" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct cli_parse result;

		if (parse(cases[i].mode, 0, cases[i].line, &result) == CLI_PARSE_OK) {
			CU_ASSERT_PTR_NOT_NULL_FATAL(cases[i].canonical);
			CU_ASSERT_STRING_EQUAL(result.args->line, cases[i].canonical);
		} else {
			CU_ASSERT_PTR_NULL(cases[i].canonical);
			if (cases[i].canonical)
				fprintf(stderr, "not accepted: %s\n", cases[i].line);
		}
		cli_args_free(result.args);
	}
}

/* A canonical line is its own canonical form. */
static void test_canonical_is_stable(void)
{
	static const char *const lines[] = { "int gi8.10", "ip route 1.0.0.0 255.0.0.0 di1 perm",
		"access-list 9 deny any", "hostname X" };

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		struct cli_parse once;
		struct cli_parse twice;

		CU_ASSERT_EQUAL_FATAL(parse("config", 0, lines[i], &once), CLI_PARSE_OK);
		CU_ASSERT_EQUAL_FATAL(parse("config", 0, once.args->line, &twice), CLI_PARSE_OK);
		CU_ASSERT_STRING_EQUAL(once.args->line, twice.args->line);
		cli_args_free(once.args);
		cli_args_free(twice.args);
	}
}

struct bad {
	const char *mode;
	const char *line;
	enum cli_parse_status status;
	size_t column; /* display columns before the caret, INVALID only */
};

static void test_refused_lines(void)
{
	static const struct bad cases[] = {
		{ "exec", "", CLI_PARSE_EMPTY, 0 },
		{ "exec", "  ! comment", CLI_PARSE_EMPTY, 0 },
		{ "exec", "show", CLI_PARSE_INCOMPLETE, 0 },
		{ "exec", "show ip", CLI_PARSE_INCOMPLETE, 0 },
		{ "exec", "show interfaces Vlan", CLI_PARSE_INCOMPLETE, 0 },
		{ "exec", "show i", CLI_PARSE_AMBIGUOUS, 0 },
		{ "exec", "show ip a route", CLI_PARSE_AMBIGUOUS, 0 },
		{ "exec", "show bogus", CLI_PARSE_INVALID, 5 },
		{ "exec", "show ip route x", CLI_PARSE_INVALID, 14 },
		{ "exec", "  show  bogus x", CLI_PARSE_INVALID, 8 },
		{ "exec", "show interfaces gi 8 x", CLI_PARSE_INVALID, 21 },
		{ "exec", "show interfaces vlan x", CLI_PARSE_INVALID, 21 },
		{ "exec", "show interfaces vlan 5000", CLI_PARSE_INVALID, 21 },
		{ "exec", "show interfaces vlan5000", CLI_PARSE_INVALID, 16 },
		{ "config", "ip route 1.2.3.4", CLI_PARSE_INCOMPLETE, 0 },
		{ "config", "ip route 1.2.3.400 255.0.0.0 1.1.1.1", CLI_PARSE_INVALID, 9 },
		{ "config", "ip route 1.0.0.0 255.0.255.0 1.1.1.1", CLI_PARSE_INVALID, 17 },
		{ "config", "ip route 1.0.0.0 255.0.0.0 1.1.1.1 256", CLI_PARSE_INVALID, 35 },
		{ "config", "ip route 1.0.0.0 255.0.0.0 1.1.1.1 5 6", CLI_PARSE_INVALID, 37 },
		{ "config", "ip route 1.0.0.0 255.0.0.0 1.1.1.1 perm perm", CLI_PARSE_INVALID, 40 },
		{ "config", "ip nat pool P 1.1.1.1", CLI_PARSE_INCOMPLETE, 0 },
		{ "config", "interface", CLI_PARSE_INCOMPLETE, 0 },
		{ "config", "hostname a\x1b[31m", CLI_PARSE_INVALID, 10 },
		{ "config", "hostname a\nb", CLI_PARSE_INVALID, 10 },
		{ "config", "notice #x", CLI_PARSE_MORE, 0 },
		{ "config", "access-list 1", CLI_PARSE_INCOMPLETE, 0 },
		{ "config-if", "ppp chap hostname ユーザ名 x", CLI_PARSE_INVALID, 27 },
		{ "config-if", "ip ユーザ名 x", CLI_PARSE_INVALID, 3 },
		{ "config-if", "speed 1000000", CLI_PARSE_INVALID, 6 },
		{ "config-if", "speed 1", CLI_PARSE_AMBIGUOUS, 0 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct cli_parse result;
		bool same = parse(cases[i].mode, 0, cases[i].line, &result) == cases[i].status;

		CU_ASSERT(same);
		if (!same)
			fprintf(stderr, "%s: %d\n", cases[i].line, result.status);
		if (result.status == CLI_PARSE_INVALID)
			CU_ASSERT_EQUAL(cli_width(cases[i].line, result.offset), cases[i].column);
		CU_ASSERT_PTR_NULL(result.args);
	}
}

static void test_lines_after_no(void)
{
	static const char *const accepted[][2] = {
		{ "config-if", "ip address" },
		{ "config-if", "ip address 1.1.1.1 255.0.0.0" },
		{ "config-if", "description" },
		{ "config-if", "switchport access vlan" },
		{ "config-if", "tunnel source" },
		{ "config-if", "ppp authentication" },
		{ "config-if", "ppp pap refuse" },
		{ "config", "hostname" },
		{ "config", "ip nat pool P" },
		{ "config", "ip route 1.0.0.0 255.0.0.0 1.1.1.1" },
		{ "config", "ip route 1.0.0.0 255.0.0.0 gi8" },
		{ "config", "access-list 1" },
		{ "config", "access-list 1 permit any" },
		{ "config", "crypto ipsec transform-set T" },
		{ "config-router", "neighbor 1.1.1.1" },
		{ "config-router", "neighbor 1.1.1.1 remote-as" },
	};
	static const char *const refused[][2] = {
		{ "config-if", "ip" },
		{ "config-if", "switchport access" },
		{ "config", "ip route" },
		{ "config", "ip route 1.0.0.0 255.0.0.0" },
		{ "config", "ip nat pool" },
		{ "config", "access-list 1 permit" },
		{ "config", "interface" },
		{ "config-router", "neighbor" },
		{ "config", "exit" },
		{ "config", "end" },
	};
	struct cli_parse result;

	for (size_t i = 0; i < sizeof(accepted) / sizeof(accepted[0]); i++) {
		CU_ASSERT_EQUAL(
			parse(accepted[i][0], CLI_PARSE_NO, accepted[i][1], &result), CLI_PARSE_OK);
		if (!result.args)
			fprintf(stderr, "not accepted: no %s\n", accepted[i][1]);
		cli_args_free(result.args);
	}
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		CU_ASSERT_NOT_EQUAL(
			parse(refused[i][0], CLI_PARSE_NO, refused[i][1], &result), CLI_PARSE_OK);
		if (result.args)
			fprintf(stderr, "accepted: no %s\n", refused[i][1]);
		cli_args_free(result.args);
	}
}

static void test_values_are_typed(void)
{
	struct cli_parse result;
	const struct cli_value *value;

	parse("config", 0, "ip route 10.0.0.0 255.0.0.0 vlan 7 1.2.3.4 9 name x", &result);
	CU_ASSERT_PTR_NOT_NULL_FATAL(result.args);
	CU_ASSERT_EQUAL(cli_arg_address(result.args, "prefix").s_addr, htonl(0x0a000000));
	CU_ASSERT_EQUAL(cli_arg_address(result.args, "mask").s_addr, htonl(0xff000000));
	CU_ASSERT_EQUAL(cli_arg_address(result.args, "absent").s_addr, 0);
	CU_ASSERT_EQUAL(cli_arg_ifname(result.args, "interface")->type, CLI_IF_VLAN);
	CU_ASSERT_EQUAL(cli_arg_ifname(result.args, "interface")->unit[0], 7);
	CU_ASSERT_EQUAL(cli_arg_number(result.args, "distance", 1), 9);
	CU_ASSERT_EQUAL(cli_arg_number(result.args, "tag", 77), 77);
	CU_ASSERT_STRING_EQUAL(cli_arg_text(result.args, "name"), "name");
	CU_ASSERT(cli_has(result.args, "distance"));
	CU_ASSERT(!cli_has(result.args, "permanent"));
	CU_ASSERT_EQUAL(cli_arg(result.args, "nexthop")->offset, 35);
	cli_args_free(result.args);

	parse("config-vrf", 0, "rd 10.0.0.1:258", &result);
	CU_ASSERT_PTR_NOT_NULL_FATAL(result.args);
	value = cli_arg(result.args, "rd");
	CU_ASSERT_EQUAL(value[1].type, CLI_TYPE_RD);
	CU_ASSERT_EQUAL(memcmp(value[1].rd, "\0\1\x0a\0\0\1\1\2", 8), 0);
	cli_args_free(result.args);
}

static void test_repeated_values_keep_their_order(void)
{
	struct cli_parse result;
	const struct cli_value *value;

	parse("config-ipsec", 0, "set transform-set C A B", &result);
	CU_ASSERT_PTR_NOT_NULL_FATAL(result.args);
	value = cli_arg(result.args, "name");
	CU_ASSERT_STRING_EQUAL(value->text, "C");
	value = cli_arg_next(result.args, value);
	CU_ASSERT_STRING_EQUAL(value->text, "A");
	value = cli_arg_next(result.args, value);
	CU_ASSERT_STRING_EQUAL(value->text, "B");
	CU_ASSERT_PTR_NULL(cli_arg_next(result.args, value));
	cli_args_free(result.args);
}

static void test_text_is_what_stands_between_delimiters(void)
{
	struct cli_parse result;

	parse("config", 0, "notice #one\n two#", &result);
	CU_ASSERT_PTR_NOT_NULL_FATAL(result.args);
	CU_ASSERT_STRING_EQUAL(cli_arg_text(result.args, "text"), "one\n two");
	CU_ASSERT_STRING_EQUAL(result.args->line, "notice ^Cone\n two^C");
	cli_args_free(result.args);
}

static void test_privilege(void)
{
	struct cli_parse result;

	CU_ASSERT_EQUAL(parse("exec", CLI_PARSE_USER, "show table", &result), CLI_PARSE_OK);
	cli_args_free(result.args);
	CU_ASSERT_EQUAL(parse("exec", CLI_PARSE_USER, "show ip route", &result), CLI_PARSE_INVALID);
	CU_ASSERT_EQUAL(result.offset, 5);
	CU_ASSERT_EQUAL(
		parse("exec", CLI_PARSE_USER, "configure terminal", &result), CLI_PARSE_INVALID);
}

/* The words that may come next, joined by blanks, values in parentheses. */
static const char *next_words(const char *mode, unsigned flags, const char *line, char buf[512])
{
	struct cli_candidate list[64];
	size_t count =
		cli_grammar_candidates(fixture.grammar, mode_named(mode), flags, line, list, 64);
	size_t len = 0;

	buf[0] = '\0';
	for (size_t i = 0; i < count && i < 64 && len < 512; i++)
		len += (size_t)snprintf(buf + len, 512 - len, list[i].value ? "%s(%s)" : "%s%s",
			i ? " " : "", list[i].word);
	return buf;
}

static void test_candidates(void)
{
	char buf[512];

	CU_ASSERT_STRING_EQUAL(next_words("exec", 0, "show i", buf), "interfaces ip");
	CU_ASSERT_STRING_EQUAL(next_words("exec", 0, "show ip ", buf), "access-lists arp route");
	CU_ASSERT_STRING_EQUAL(next_words("exec", 0, "show ip route", buf), "route");
	CU_ASSERT_STRING_EQUAL(next_words("exec", 0, "show ip route ", buf), "(<cr>)");
	CU_ASSERT_STRING_EQUAL(next_words("exec", 0, "zz", buf), "");
	CU_ASSERT_STRING_EQUAL(next_words("exec", 0, "show zz ", buf), "");
	CU_ASSERT_STRING_EQUAL(next_words("exec", 0, "show i ", buf), "");
	CU_ASSERT_STRING_EQUAL(next_words("exec", CLI_PARSE_USER, "show ", buf), "history table");
	CU_ASSERT_STRING_EQUAL(next_words("config", 0, "interface gi", buf), "GigabitEthernet");
	CU_ASSERT_STRING_EQUAL(next_words("config", 0, "interface Vlan ", buf), "(<1-4094>)");
	CU_ASSERT_STRING_EQUAL(next_words("config", 0, "ip route ", buf), "(A.B.C.D)");
	CU_ASSERT_STRING_EQUAL(next_words("config", 0, "ip route 1.0.0.0 255.0.0.0 1.1.1.1 ", buf),
		"(<1-255>) name permanent tag (<cr>)");
	CU_ASSERT_STRING_EQUAL(
		next_words("config", 0, "ip route 1.0.0.0 255.0.0.0 1.1.1.1 tag 7 ", buf),
		"(<1-255>) name permanent (<cr>)");
	CU_ASSERT_STRING_EQUAL(
		next_words("config", 0, "access-list 1 ", buf), "deny permit remark");
	CU_ASSERT_STRING_EQUAL(next_words("config", CLI_PARSE_NO, "access-list 1 ", buf),
		"deny permit remark (<cr>)");
	CU_ASSERT_STRING_EQUAL(next_words("config-if", 0, "description ", buf), "(LINE)");
	CU_ASSERT_STRING_EQUAL(next_words("config-if", 0, "description x ", buf), "(<cr>)");
}

static void test_help_is_shared(void)
{
	struct cli_candidate list[8];
	size_t count =
		cli_grammar_candidates(fixture.grammar, mode_named("config"), 0, "ip rou", list, 8);

	CU_ASSERT_EQUAL(count, 1);
	CU_ASSERT_STRING_EQUAL(list[0].help, "Establish static routes");
	/* The first word is explained by `ip route`, although other commands come first. */
	CU_ASSERT_EQUAL(
		cli_grammar_candidates(fixture.grammar, mode_named("config"), 0, "ip", list, 8), 1);
	CU_ASSERT_STRING_EQUAL(list[0].help, "Interface Internet Protocol config commands");
}

static void check_fault(const struct cli_command *commands, const char *words)
{
	struct cli_topic topic = { .commands = commands };
	struct cli_grammar *grammar = cli_grammar_new();

	CU_ASSERT_PTR_NOT_NULL_FATAL(grammar);
	CU_ASSERT_EQUAL(cli_grammar_add(grammar, &topic), 0);
	CU_ASSERT_NOT_EQUAL(cli_grammar_compile(grammar), 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(cli_grammar_error(grammar), words));
	cli_grammar_free(grammar);
}

static int never(struct cli_ctx *, const struct cli_args *)
{
	return 0;
}

static int never_apply(struct cli_ctx *, const struct cli_args *, enum cli_op)
{
	return 0;
}

static void test_faulty_declarations_are_found(void)
{
	static const char *const syntaxes[] = { "", "a {b", "a }", "<x:NUMBER>", "<x>", "a [b|]",
		"<x:9-1>", "<:WORD>", "a (b|c)... (", "<x:a|>>" };

	for (size_t i = 0; i < sizeof(syntaxes) / sizeof(syntaxes[0]); i++) {
		const struct cli_command commands[] = {
			{ .mode = "exec", .syntax = syntaxes[i], .run = never },
			{ .mode = NULL },
		};

		check_fault(commands, "");
	}
	check_fault((const struct cli_command[]) { { .mode = "exec", .syntax = "a", .run = never },
			    { .mode = "exec", .syntax = "a", .run = never }, { .mode = NULL } },
		"declared twice");
	check_fault(
		(const struct cli_command[]) {
			{ .mode = "nowhere", .syntax = "a", .run = never }, { .mode = NULL } },
		"no mode nowhere");
	check_fault((const struct cli_command[]) { { .mode = "config", .syntax = "a" },
			    { .mode = NULL } },
		"neither run nor apply");
	check_fault((const struct cli_command[]) { { .mode = "config",
							   .syntax = "a <b:WORD>",
							   .key = "c",
							   .apply = never_apply },
			    { .mode = NULL } },
		"no argument c");
	check_fault((const struct cli_command[]) { { .mode = "config",
							   .syntax = "a <b:1-9>",
							   .fallback = "a 10",
							   .apply = never_apply },
			    { .mode = NULL } },
		"is not its own");
	check_fault(
		(const struct cli_command[]) {
			{ .mode = "config", .syntax = "a", .enters = "b", .apply = never_apply },
			{ .mode = NULL } },
		"is no mode");
}

static void test_display_columns(void)
{
	CU_ASSERT_EQUAL(cli_width("abc", 3), 3);
	CU_ASSERT_EQUAL(cli_width("ユーザ名", strlen("ユーザ名")), 8);
	CU_ASSERT_EQUAL(cli_width("é", 2), 1);
	CU_ASSERT_EQUAL(cli_width("e\xcc\x81", 3), 1);
	CU_ASSERT_EQUAL(cli_width("\xf0\x9f\x98\x80", 4), 2);
	/* What is no UTF-8 counts byte by byte. */
	CU_ASSERT_EQUAL(cli_width("\xff\xfe", 2), 2);
	CU_ASSERT_EQUAL(cli_width("\xe3\x83", 2), 2);
	CU_ASSERT_EQUAL(cli_width("\xed\xa0\x80", 3), 3);
}

int main(void)
{
	CU_TestInfo tests[] = {
		{ "accepted lines", test_accepted_lines },
		{ "canonical is stable", test_canonical_is_stable },
		{ "refused lines", test_refused_lines },
		{ "lines after no", test_lines_after_no },
		{ "values are typed", test_values_are_typed },
		{ "repeated values keep their order", test_repeated_values_keep_their_order },
		{ "text between delimiters", test_text_is_what_stands_between_delimiters },
		{ "privilege", test_privilege },
		{ "candidates", test_candidates },
		{ "help is shared", test_help_is_shared },
		{ "faulty declarations are found", test_faulty_declarations_are_found },
		{ "display columns", test_display_columns },
		CU_TEST_INFO_NULL,
	};
	int status;

	set_up();
	status = run_suite("cli-grammar", tests);
	fixture_fini(&fixture);
	return status;
}
