/* SPDX-License-Identifier: BSD-3-Clause */

/* Lines under refused ones, and free text: what of a file reaches the configuration. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../api/suite.h"
#include "fixture.h"

struct example {
	const char *name;
	const char *file;
	const char *running; /* without defaults and the final `!` and `end` */
	unsigned errors;
	unsigned skipped;
	const char *refuse; /* apply refuses lines that begin so; or NULL */
};

static const struct example examples[] = {
	{ "a refused block",
		"interface Vlan1\n mtu 1400\ninterface Foo0\n no ip address\n mtu 1300\n"
		" shutdown\ninterface Vlan2\n mtu 1200\n",
		"interface Vlan1\n mtu 1400\n!\ninterface Vlan2\n mtu 1200\n", 1, 3, NULL },
	{ "a value out of bounds", "interface Vlan1\ninterface Vlan9999\n shutdown\n",
		"interface Vlan1\n", 1, 1, NULL },
	{ "refused by apply", "interface Vlan1\nip vrf r1\n rd 1:1\n!\nhostname A\n",
		"hostname A\n!\ninterface Vlan1\n", 1, 1, "ip vrf" },
	{ "an unknown block",
		"interface Vlan1\nfrobnicate\n shutdown\n  mtu 1300\n shutdown\nhostname A\n",
		"hostname A\n!\ninterface Vlan1\n", 1, 3, NULL },
	{ "comments and empty lines within",
		"ip dhcp pool L\n!\n\n shutdown\n  ! \n mtu 1300\n!\nhostname A\n", "hostname A\n",
		1, 2, NULL },
	{ "nested", "archive\n log config\n  hidekeys\n path flash:\nhostname A\n", "hostname A\n",
		1, 3, NULL },
	{ "nested in an accepted one",
		"router bgp 1\n address-family ipx\n  network 10.0.0.0\n exit-address-family\n"
		" neighbor 10.0.0.2 remote-as 2\n",
		"router bgp 1\n neighbor 10.0.0.2 remote-as 2\n", 1, 2, NULL },
	{ "back to a level between",
		"router bgp 1\n address-family ipv4\n  bogus\n   network 10.0.0.0\n"
		"  neighbor 10.0.0.2 activate\n address-family ipx\n  network 10.0.0.0\n"
		" neighbor 10.0.0.2 remote-as 2\n",
		"router bgp 1\n neighbor 10.0.0.2 remote-as 2\n !\n address-family ipv4\n"
		"  neighbor 10.0.0.2 activate\n exit-address-family\n",
		2, 2, NULL },
	{ "its exit is its own",
		"interface Vlan1\n mtu 1400\nip dhcp pool L\n network 1.1.1.0\nexit\n"
		"hostname A\ninterface Vlan2\n bogus\n  shutdown\n exit\n mtu 1300\n",
		"hostname A\n!\ninterface Vlan1\n mtu 1400\n!\ninterface Vlan2\n mtu 1300\n", 2, 4,
		NULL },
	{ "exit and end leave nothing", "ip dhcp pool L\n exit\nexit\nexit\nend\nhostname A\n",
		"hostname A\n", 1, 2, NULL },
	{ "tabs", "interface Vlan1\n\tmtu 1400\ninterface Foo0\n\tshutdown\n  shutdown\n",
		"interface Vlan1\n mtu 1400\n", 1, 2, NULL },
	{ "a refused line among accepted ones", "interface Vlan1\n bogus\n mtu 1400\n",
		"interface Vlan1\n mtu 1400\n", 1, 0, NULL },
	{ "a block refused twice", "interface Foo0\n shutdown\ninterface Foo1\n shutdown\n", "", 2,
		2, NULL },
	{ "no block to remove", "interface Vlan1\nno interface Foo0\n shutdown\n",
		"interface Vlan1\n", 1, 1, NULL },
	{ "ambiguous", "interface Vlan1\ni x\n shutdown\n", "interface Vlan1\n", 1, 1, NULL },
	{ "incomplete", "interface Vlan1\nip vrf\n rd 1:1\n", "interface Vlan1\n", 1, 1, NULL },
	{ "do", "interface Vlan1\ndo show table\n shutdown\n", "interface Vlan1\n", 1, 1, NULL },
	{ "a column-0 line in indented text", "interface Vlan1\n mtu 1400\nbogus\nshutdown\n",
		"interface Vlan1\n mtu 1400\n", 2, 0, NULL },
	{ "indented under a line without block", "hostname A\n shutdown\n", "hostname A\n", 1, 0,
		NULL },

	/* without indentation */
	{ "flat",
		"interface Vlan1\nmtu 1400\ninterface Foo0\nno ip address\nshutdown\n"
		"interface Vlan2\nmtu 1300\n",
		"interface Vlan1\nmtu 1400\n!\ninterface Vlan2\nmtu 1300\n", 1, 2, NULL },
	{ "flat, abbreviated", "int vl1\nmtu 1400\nint foo0\nshut\n", "interface Vlan1\nmtu 1400\n",
		1, 1, NULL },
	{ "flat, another kind",
		"interface Vlan1\nmtu 1400\nipv6 access-list X\npermit ipv6 any any\n"
		"shutdown\nhostname A\n",
		"hostname A\n!\ninterface Vlan1\nmtu 1400\n", 1, 2, NULL },
	{ "flat, refused by apply",
		"interface Vlan1\nmtu 1400\ninterface Vlan2\nshutdown\nhostname A\n",
		"hostname A\n!\ninterface Vlan1\nmtu 1400\n", 1, 1, "interface Vlan2" },
	{ "flat, in the first block", "interface Vlan1\ninterface Foo0\nshutdown\n",
		"interface Vlan1\n", 1, 1, NULL },
	{ "flat, a child refused", "interface Vlan1\nbogus\nmtu 1400\nip address 1.1.1\nshutdown\n",
		"interface Vlan1\nmtu 1400\nshutdown\n", 2, 0, NULL },
	{ "flat, a child like a global line",
		"interface Vlan1\nip helper-address 1.1.1.1\nmtu 1400\n",
		"interface Vlan1\nmtu 1400\n", 1, 0, NULL },
	{ "flat, a global line refused",
		"interface Vlan1\nmtu 1400\nip route 10.0.0.0 255.0.0 1.1.1.1\n"
		"shutdown\n",
		"interface Vlan1\nmtu 1400\n", 2, 0, NULL },
	{ "flat, exit",
		"interface Vlan1\nmtu 1400\nip dhcp pool L\nnetwork 1.1.1.0\nexit\nexit\n"
		"interface Vlan2\nshutdown\nexit\nhostname A\n",
		"hostname A\n!\ninterface Vlan1\nmtu 1400\n!\ninterface Vlan2\nshutdown\n", 1, 2,
		NULL },
	{ "flat, nested",
		"router bgp 1\nneighbor 1.1.1.1 remote-as 2\naddress-family ipx\n"
		"neighbor 2.2.2.2 remote-as 3\nexit-address-family\n"
		"neighbor 3.3.3.3 remote-as 4\n",
		"router bgp 1\nneighbor 1.1.1.1 remote-as 2\nneighbor 3.3.3.3 remote-as 4\n", 1, 2,
		NULL },
	{ "flat, certificates",
		"interface Vlan1\nmtu 1400\ncrypto pki certificate chain X\ncertificate self-signed 01\n"
		"3082023A 308201A3\nhostname B\n\tquit\nhostname A\n",
		"hostname A\n!\ninterface Vlan1\nmtu 1400\n", 1, 4, NULL },

	/* free text */
	{ "certificates",
		"crypto pki certificate chain X\n certificate self-signed 01\n  3082023A\n"
		"hostname B\n  \tquit\nhostname A\n",
		"hostname A\n", 1, 4, NULL },
	{ "macro", "macro name m\ninterface Vlan1\nshutdown\n@\nhostname A\n", "hostname A\n", 1, 3,
		NULL },
	{ "menu", "menu m title ^C\nhostname B\n^C\nhostname A\n", "hostname A\n", 1, 2, NULL },
	{ "unknown banner", "banner foo #\nhostname B\n # \nhostname A\n", "hostname A\n", 1, 2,
		NULL },
	{ "a banner in a refused block",
		"webvpn context x\n banner ^C\nhostname B\n^C\n shutdown\nhostname A\n",
		"hostname A\n", 1, 4, NULL },
	{ "banner", "banner motd ^C\n\n  ! a | b ?  \nend\nno ip route 1\n ^C\nhostname A\n",
		"hostname A\n!\nbanner motd ^C\n\n  ! a | b ?  \nend\nno ip route 1\n ^C\n", 0, 0,
		NULL },
	{ "what IOS ignores", "banner login #hi# there\nbanner exec x\none x two\nhostname A\n",
		"hostname A\n!\nbanner exec ^C\none ^C\nbanner login ^Chi^C\n", 0, 0, NULL },
	{ "a real Ctrl-C", "banner motd \x03\nhi\n\x03\n", "banner motd ^C\nhi\n^C\n", 0, 0, NULL },
	{ "a delimiter of several bytes", "banner motd \xc2\xa7 gr\xc3\xbc\xc3\x9f \xc2\xa7\n",
		"banner motd ^C gr\xc3\xbc\xc3\x9f ^C\n", 0, 0, NULL },
	{ "removed", "banner motd #a#\nbanner exec #b#\nno banner motd\n", "banner exec ^Cb^C\n", 0,
		0, NULL },
	{ "without end", "hostname A\nbanner motd #\nhostname B\n\nhostname C\n", "hostname A\n", 1,
		3, NULL },
	{ "no text at all", "hostname A\nbanner motd\nhostname B\n", "hostname B\n", 1, 0, NULL },
};

static char *running(struct fixture *fixture)
{
	static const char tail[] = "!\nend\n";
	char *text = fixture_print(fixture, CLI_TREE_LINES);
	size_t len = strlen(text);

	if (len >= sizeof(tail) - 1)
		text[len - (sizeof(tail) - 1)] = '\0';
	return text;
}

/* Leaves out the blanks that lines begin with, which flat examples are written without. */
static void flatten(char *text)
{
	char *to = text;

	for (char *from = text; *from; from++) {
		if (*from == ' ' && (from == text || from[-1] == '\n' || from[-1] == ' ') &&
			(to == text || to[-1] == '\n'))
			continue;
		*to++ = *from;
	}
	*to = '\0';
}

static void assert_example(const struct example *example, struct fixture *fixture,
	const struct cli_load_summary *summary)
{
	char *text = running(fixture);

	if (strncmp(example->name, "flat", 4) == 0)
		flatten(text);
	if (strcmp(text, example->running) != 0 || summary->errors != example->errors ||
		summary->skipped != example->skipped) {
		fprintf(stderr, "%s: %zu errors, %zu skipped\n%s%s\n", example->name,
			summary->errors, summary->skipped, cli_out_text(fixture->out), text);
		CU_FAIL(example->name);
	}
	free(text);
}

static void test_files(void)
{
	for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++) {
		const struct example *example = &examples[i];
		struct cli_load_summary summary;
		struct fixture fixture;
		int err;

		fixture_init(&fixture);
		fixture.app.refuse = example->refuse;
		err = fixture_load(&fixture, example->file, 0, &summary);
		CU_ASSERT_EQUAL(err != 0, example->errors > 0);
		assert_example(example, &fixture, &summary);
		fixture_fini(&fixture);
	}
}

/* All or nothing: nothing; and the same lines are found wrong, and under them. */
static void test_all_or_nothing(void)
{
	for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++) {
		const struct example *example = &examples[i];
		struct cli_load_summary summary;
		struct fixture fixture;
		char *text;

		fixture_init(&fixture);
		if (example->errors > 0 && !example->refuse) {
			CU_ASSERT_NOT_EQUAL(fixture_load(&fixture, example->file,
						    CLI_LOAD_ALL_OR_NOTHING, &summary),
				0);
			text = running(&fixture);
			CU_ASSERT_STRING_EQUAL(text, "");
			CU_ASSERT_EQUAL(summary.errors, example->errors);
			CU_ASSERT_EQUAL(summary.skipped, example->skipped);
			if (summary.skipped != example->skipped)
				fprintf(stderr, "%s: %zu skipped\n", example->name,
					summary.skipped);
			free(text);
		}
		fixture_fini(&fixture);
	}
}

/* configure replace reads as a load does. */
static void test_replace(void)
{
	for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++) {
		const struct example *example = &examples[i];
		struct cli_load_summary summary = { .errors = example->errors,
			.skipped = example->skipped };
		struct fixture fixture;
		char *text;
		char *file;
		int err;

		fixture_init(&fixture);
		CU_ASSERT(asprintf(&file, "%send\n", example->file) > 0);
		err = cli_config_replace(
			fixture.config, &fixture.ctx, file, strlen(file), false, NULL, NULL);
		if (!example->refuse)
			CU_ASSERT_EQUAL(err != 0, example->errors > 0);
		if (err == 0 && !example->refuse) {
			assert_example(example, &fixture, &summary);
			/* One's own output is a fixed point. */
			text = fixture_print(&fixture, CLI_TREE_NORMAL);
			fixture.app.calls = 0;
			CU_ASSERT_EQUAL(cli_config_replace(fixture.config, &fixture.ctx, text,
						strlen(text), false, NULL, NULL),
				0);
			CU_ASSERT_EQUAL(fixture.app.calls, 0);
			free(text);
		}
		free(file);
		fixture_fini(&fixture);
	}
}

static void assert_not_whole(const char *file, const char *why)
{
	struct fixture fixture;

	fixture_init(&fixture);
	CU_ASSERT_EQUAL(fixture_load(&fixture, "hostname A\n", 0, NULL), 0);
	cli_out_clear(fixture.out);
	CU_ASSERT_NOT_EQUAL(cli_config_replace(fixture.config, &fixture.ctx, file, strlen(file),
				    false, NULL, NULL),
		0);
	CU_ASSERT_STRING_EQUAL(cli_out_text(fixture.out), why);
	CU_ASSERT_STRING_EQUAL(cli_config_hostname(fixture.config), "A");
	fixture_fini(&fixture);
}

static void test_replace_wants_the_end(void)
{
	static const char cut[] = "% The file does not end with `end`: it is not whole\n";

	assert_not_whole("", "% The file is empty\n");
	assert_not_whole("!\n\n! a comment\n", "% The file is empty\n");
	assert_not_whole("hostname B\n", cut);
	assert_not_whole("hostname B\nend\ninterface Vlan1\n", cut);
	assert_not_whole("hostname B\n!\nen", cut);
	assert_not_whole("banner motd #\nend\n",
		"% Line 1: banner motd #\n"
		"% The text that begins here has no end.\n"
		"% Lines 2 to 2 skipped: under line 1, which was refused\n"
		"% The file does not end with `end`: it is not whole\n");
}

int main(void)
{
	CU_TestInfo tests[] = {
		{ "files", test_files },
		{ "all or nothing", test_all_or_nothing },
		{ "replace", test_replace },
		{ "replace wants the end", test_replace_wants_the_end },
		CU_TEST_INFO_NULL,
	};

	return run_suite("scope", tests);
}
