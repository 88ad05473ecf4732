/* SPDX-License-Identifier: BSD-3-Clause */

#include <errno.h>
#include <string.h>

#include "../api/suite.h"
#include "cli/grammar/ifname.h"

static int parse(const char *text, struct cli_ifname *name)
{
	return cli_ifname_parse(text, strlen(text), name);
}

static void test_names(void)
{
	static const char *const cases[][3] = {
		{ "gi8", "GigabitEthernet8", "Gi8" },
		{ "gig 8", "GigabitEthernet8", "Gi8" },
		{ "GIGABITETHERNET8", "GigabitEthernet8", "Gi8" },
		{ "GigabitEthernet 0/0/1", "GigabitEthernet0/0/1", "Gi0/0/1" },
		{ "gi0/1", "GigabitEthernet0/1", "Gi0/1" },
		{ "Gi8.10", "GigabitEthernet8.10", "Gi8.10" },
		{ "vlan \t 10", "Vlan10", "Vl10" },
		{ "vl4094", "Vlan4094", "Vl4094" },
		{ "tu100", "Tunnel100", "Tu100" },
		{ "t2147483647", NULL, NULL },
		{ "tu2147483647", "Tunnel2147483647", "Tu2147483647" },
		{ "di1", "Dialer1", "Di1" },
		{ "d255", "Dialer255", "Di255" },
		{ "vi1", "Virtual-Access1", "Vi1" },
		{ "vt1", "Virtual-Template1", "Vt1" },
		{ "virtual-a1", "Virtual-Access1", "Vi1" },
		{ "lo0", "Loopback0", "Lo0" },
		{ "nu0", "Null0", "Nu0" },
		{ "fa0", "FastEthernet0", "Fa0" },
		{ "Port-channel1", "Port-channel1", "Po1" },
		{ "gi008", "GigabitEthernet8", "Gi8" },
		{ "g8", "GigabitEthernet8", "Gi8" },
		{ "d1", "Dialer1", "Di1" },
		{ "e0/1", "Ethernet0/1", "Et0/1" },
		{ "async 3", "Async3", "As3" },
		{ "cell0/0", "Cellular0/0", "Ce0/0" },
		{ "wlan-ap0", "wlan-ap0", "wl0" },
		{ "Wlan-Gig8", "Wlan-GigabitEthernet8", "Wg8" },
		{ "dot11radio0.10", "Dot11Radio0.10", "Do0.10" },
		{ "Dot11R 1", "Dot11Radio1", "Do1" },
		{ "se0/0/0:23", "Serial0/0/0:23", "Se0/0/0:23" },
		{ "Serial0/0/0:0.16", "Serial0/0/0:0.16", "Se0/0/0:0.16" },
		{ "embedded-s 0/0", "Embedded-Service-Engine0/0", "Em0/0" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char buf[CLI_IFNAME_SIZE];
		struct cli_ifname name;
		int err = parse(cases[i][0], &name);

		CU_ASSERT_EQUAL(err == 0, cases[i][1] != NULL);
		if (err)
			continue;
		CU_ASSERT_STRING_EQUAL(cli_ifname_long(&name, buf), cases[i][1]);
		CU_ASSERT_STRING_EQUAL(cli_ifname_short(&name, buf), cases[i][2]);
	}
}

static void test_refused(void)
{
	static const char *const cases[] = {
		"",
		"8",
		"gi8x",
		"gi8.",
		"gi8.0",
		"gi8.1.2",
		"gi/8",
		"gi8/",
		"gi0/0/0/0",
		"gi256",
		"vlan0",
		"vlan4095",
		"vlan-1",
		"dialer256",
		"null1",
		"tu2147483648",
		"tu99999999999",
		"xyz1",
		"gi 8 9",
		"gi8 ",
		"virtual-template0",
		"gi18446744073709551617",
		"gi0/0:1",
		"se0/0:",
		"se0/0:256",
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct cli_ifname name;

		CU_ASSERT_EQUAL(parse(cases[i], &name), -EINVAL);
	}
}

static void test_type_without_number(void)
{
	struct cli_ifname name;

	CU_ASSERT_EQUAL(parse("vlan", &name), -EAGAIN);
	CU_ASSERT_EQUAL(parse("vlan ", &name), -EAGAIN);
	CU_ASSERT_EQUAL(parse("vi", &name), -EAGAIN);
	CU_ASSERT_EQUAL(parse("v", &name), -ENOTUNIQ);
	CU_ASSERT_EQUAL(parse("t", &name), -ENOTUNIQ);
}

static void test_order(void)
{
	static const char *const ordered[] = { "Lo0", "Tu1", "Tu100", "Fa0", "Gi0", "Gi0/1", "Gi8",
		"Gi8.1", "Gi8.2", "Se0/0", "Se0/0:0", "Se0/0:1", "Ce0", "wlan-ap0", "Vl1", "Vl20",
		"Vl100", "As3", "Di1", "BVI1" };

	for (size_t i = 0; i + 1 < sizeof(ordered) / sizeof(ordered[0]); i++) {
		struct cli_ifname a;
		struct cli_ifname b;

		parse(ordered[i], &a);
		parse(ordered[i + 1], &b);
		CU_ASSERT(cli_ifname_compare(&a, &b) < 0);
		CU_ASSERT(cli_ifname_compare(&b, &a) > 0);
		CU_ASSERT(cli_ifname_equal(&a, &a));
	}
}

static void test_foreign_kinds(void)
{
	struct cli_ifname name;

	CU_ASSERT_EQUAL(parse("BRI0", &name), 0);
	CU_ASSERT(cli_iftype_is_foreign(name.type));
	CU_ASSERT_EQUAL(parse("FastEthernet0", &name), 0);
	CU_ASSERT(!cli_iftype_is_foreign(name.type));
	CU_ASSERT_EQUAL(parse("dot11radio", &name), -EAGAIN);
}

int main(void)
{
	CU_TestInfo tests[] = {
		{ "names", test_names },
		{ "refused", test_refused },
		{ "type without number", test_type_without_number },
		{ "order", test_order },
		{ "foreign kinds", test_foreign_kinds },
		CU_TEST_INFO_NULL,
	};

	return run_suite("cli-ifname", tests);
}
