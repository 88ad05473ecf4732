/* SPDX-License-Identifier: BSD-3-Clause */
/* Interfaces: what may be configured, and whether they are up. */
#include <string.h>

#include "support.h"

static bool is_up(const struct bench *b, const char *name)
{
	const struct iface *ifc = iface_find(&b->ctl->ifaces, name);

	return ifc != NULL && ifc->line_up;
}

static bool logged(const struct bench *b, const char *text)
{
	const struct log_line *line;

	TAILQ_FOREACH (line, &b->ctl->core.log.lines, entry)
		if (strstr(line->text, text) != NULL)
			return true;
	return false;
}

static void ports_follow_their_link(void)
{
	struct bench b;

	bench_open(&b);
	CU_ASSERT_FALSE(is_up(&b, "GigabitEthernet8"));
	bench_attach(&b);
	CU_ASSERT(is_up(&b, "GigabitEthernet8"));
	CU_ASSERT(logged(&b, "%LINK-3-UPDOWN: Interface GigabitEthernet8, changed state to up"));
	CU_ASSERT(logged(&b, "%LINEPROTO-5-UPDOWN: Line protocol on Interface GigabitEthernet8, "
			     "changed state to up"));
	fake_link(&b.dp, 2, false);
	bench_run(&b);
	CU_ASSERT_FALSE(is_up(&b, "GigabitEthernet8"));
	CU_ASSERT(logged(&b, "%LINK-3-UPDOWN: Interface GigabitEthernet8, changed state to down"));
	bench_config(&b, "interface GigabitEthernet9\n shutdown\n");
	CU_ASSERT_FALSE(is_up(&b, "GigabitEthernet9"));
	CU_ASSERT(logged(&b, "%LINK-5-CHANGED: Interface GigabitEthernet9, changed state to "
			     "administratively down"));
	CU_ASSERT_FALSE(fake_find_if(&b.dp, "GigabitEthernet9")->itf.flags & BW_IF_F_UP);
	bench_config(&b, "interface GigabitEthernet9\n no shutdown\n");
	CU_ASSERT(is_up(&b, "GigabitEthernet9"));
	bench_close(&b);
}

static void an_svi_is_up_while_a_member_port_is(void)
{
	struct bench b;

	bench_open(&b);
	bench_attach(&b);
	bench_config(&b, "interface Vlan20\n ip address 192.168.20.1 255.255.255.0\n");
	CU_ASSERT_FALSE(is_up(&b, "Vlan20"));
	CU_ASSERT_STRING_EQUAL(
		bench_config(&b, "interface GigabitEthernet0\n switchport access vlan 20\n"),
		"% Access VLAN does not exist. Creating vlan 20\n");
	CU_ASSERT(is_up(&b, "Vlan20"));
	fake_link(&b.dp, 0, false);
	bench_run(&b);
	CU_ASSERT_FALSE(is_up(&b, "Vlan20"));
	/* Another member takes over: a trunk that carries all VLANs. */
	bench_config(&b, "interface GigabitEthernet1\n switchport mode trunk\n");
	CU_ASSERT(is_up(&b, "Vlan20"));
	bench_config(&b, "interface GigabitEthernet1\n switchport trunk allowed vlan 1,5-19,30\n");
	CU_ASSERT_FALSE(is_up(&b, "Vlan20"));
	bench_config(&b, "interface GigabitEthernet1\n switchport trunk allowed vlan 15-25\n");
	CU_ASSERT(is_up(&b, "Vlan20"));
	/* Or it stays up without any. */
	fake_link(&b.dp, 1, false);
	bench_run(&b);
	CU_ASSERT_FALSE(is_up(&b, "Vlan20"));
	bench_config(&b, "interface Vlan20\n no autostate\n");
	CU_ASSERT(is_up(&b, "Vlan20"));
	bench_config(&b, "interface Vlan20\n autostate\n");
	CU_ASSERT_FALSE(is_up(&b, "Vlan20"));
	CU_ASSERT_EQUAL(b.dp.nacks, 0);
	bench_close(&b);
}

/* Takes a line of GigabitEthernet1; what is then printed of its list, "" for the default. */
static const char *allowed_after(struct bench *b, const char *line)
{
	static const char begin[] = " switchport trunk allowed vlan ";
	static char list[VLAN_LIST_SIZE];
	char text[VLAN_LIST_SIZE + 64];
	const char *at;

	snprintf(text, sizeof(text), "interface GigabitEthernet1\n %s\n", line);
	CU_ASSERT_STRING_EQUAL(bench_config(b, text), "");
	at = strstr(bench_running(b), begin);
	list[0] = '\0';
	if (at != NULL)
		sscanf(at + strlen(begin), "%10000s", list);
	return list;
}

#define ALLOWED "switchport trunk allowed vlan "

static void allowed_vlans_are_amended(void)
{
	struct bench b;
	struct iface *ifc;

	bench_open(&b);
	ifc = iface_find(&b.ctl->ifaces, "GigabitEthernet1");
	CU_ASSERT_STRING_EQUAL(allowed_after(&b, ALLOWED "add 7"), "");
	CU_ASSERT_STRING_EQUAL(allowed_after(&b, ALLOWED "20,1-10,5,11,30,31"), "1-11,20,30,31");
	CU_ASSERT_STRING_EQUAL(allowed_after(&b, ALLOWED "add 12-19,4094"), "1-20,30,31,4094");
	CU_ASSERT(vlan_set_has(&ifc->allowed, 15) && !vlan_set_has(&ifc->allowed, 21));
	CU_ASSERT_STRING_EQUAL(allowed_after(&b, ALLOWED "add 5"), "1-20,30,31,4094");
	CU_ASSERT_STRING_EQUAL(allowed_after(&b, ALLOWED "remove 2,31-4094"), "1,3-20,30");
	CU_ASSERT(!vlan_set_has(&ifc->allowed, 2) && vlan_set_has(&ifc->allowed, 3));
	CU_ASSERT_STRING_EQUAL(allowed_after(&b, ALLOWED "except 100"), "1-99,101-4094");
	CU_ASSERT_STRING_EQUAL(allowed_after(&b, ALLOWED "add 100"), "");
	CU_ASSERT_STRING_EQUAL(allowed_after(&b, ALLOWED "remove 1"), "2-4094");
	CU_ASSERT_STRING_EQUAL(allowed_after(&b, ALLOWED "remove 2-4094"), "none");
	CU_ASSERT_STRING_EQUAL(allowed_after(&b, ALLOWED "add 9"), "9");
	CU_ASSERT_STRING_EQUAL(allowed_after(&b, ALLOWED "none"), "none");
	CU_ASSERT_STRING_EQUAL(allowed_after(&b, ALLOWED "all"), "");
	CU_ASSERT_STRING_EQUAL(allowed_after(&b, ALLOWED "4,6"), "4,6");
	CU_ASSERT_STRING_EQUAL(allowed_after(&b, "no switchport trunk allowed vlan"), "");
	CU_ASSERT(vlan_set_is_full(&ifc->allowed));
	bench_close(&b);
}

/* As IOS splits a list that fills more than a line. */
static void a_long_list_of_vlans(void)
{
	char text[32 * 1024] = "interface GigabitEthernet1\n", list[VLAN_LIST_SIZE] = "";
	struct bench b;

	for (unsigned vlan = 2; vlan <= VLAN_MAX; vlan += 2) {
		bool begins = vlan % 20 == 2;

		snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%s%u",
			begins ? "\n " ALLOWED : ",", begins && vlan > 2 ? "add " : "", vlan);
		snprintf(list + strlen(list), sizeof(list) - strlen(list), "%s%u",
			vlan > 2 ? "," : "", vlan);
	}
	strcat(text, "\n");
	bench_open(&b);
	CU_ASSERT_STRING_EQUAL(bench_config(&b, text), "");
	CU_ASSERT_STRING_EQUAL(allowed_after(&b, "switchport mode trunk"), list);
	/* The one line is taken back as it was given. */
	CU_ASSERT_STRING_EQUAL(bench_config(&b, strstr(bench_running(&b), "interface")), "");
	CU_ASSERT_STRING_EQUAL(allowed_after(&b, "description x"), list);
	bench_close(&b);
}

static void bad_vlan_lists_are_refused(void)
{
	static const char *const bad[] = { "0", "4095", "5-", "-5", "9-5", "1,", ",1", "1,,2", "x",
		"1-2-3", "99999999999", "1 2", "add x", "remove 0", "except 5000" };
	struct bench b;

	bench_open(&b);
	allowed_after(&b, ALLOWED "10");
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		char text[128];

		snprintf(
			text, sizeof(text), "interface GigabitEthernet1\n " ALLOWED "%s\n", bad[i]);
		CU_ASSERT_STRING_NOT_EQUAL(bench_config(&b, text), "");
		CU_ASSERT_STRING_EQUAL(allowed_after(&b, "description x"), "10");
	}
	bench_close(&b);
}

static void a_trunk_tells_the_vlans_that_exist(void)
{
	struct bench b;
	uint64_t bits = 0;

	bench_open(&b);
	bench_attach(&b);
	bench_config(&b, "vlan 70\nvlan 600\ninterface GigabitEthernet1\n switchport mode trunk\n");
	for (size_t i = 0; i < b.dp.n; i++) {
		const struct bw_msg *m = &b.dp.object[i].msg;

		if (b.dp.object[i].type != BW_CMD_IF_VLANS)
			continue;
		for (unsigned w = 0; w < 8; w++)
			bits += (uint64_t)__builtin_popcountll(m->if_vlans.bits[w]);
		if (m->if_vlans.first == 0)
			CU_ASSERT_EQUAL(m->if_vlans.bits[1], UINT64_C(1) << (70 - 64));
		if (m->if_vlans.first == 512)
			CU_ASSERT_EQUAL(m->if_vlans.bits[1], UINT64_C(1) << (600 - 512 - 64));
	}
	CU_ASSERT_EQUAL(bits, 3); /* 1, 70, 600 */
	CU_ASSERT_EQUAL(fake_count(&b.dp, BW_CMD_IF_VLANS), 8);
	bench_close(&b);
}

static void subinterfaces_stand_on_their_port(void)
{
	struct bench b;
	const struct bw_msg *m;

	bench_open(&b);
	bench_attach(&b);
	CU_ASSERT(strstr(bench_config(&b, "interface GigabitEthernet8.10\n"
					  " ip address 10.0.10.1 255.255.255.0\n"),
			  "% Configuring IP routing on a LAN subinterface") != NULL);
	CU_ASSERT_PTR_NULL(fake_find_if(&b.dp, "GigabitEthernet8.10"));
	bench_config(&b, "interface GigabitEthernet8.10\n encapsulation dot1Q 10\n"
			 " ip address 10.0.10.1 255.255.255.0\n");
	m = fake_find_if(&b.dp, "GigabitEthernet8.10");
	CU_ASSERT_PTR_NOT_NULL_FATAL(m);
	CU_ASSERT_EQUAL(m->itf.kind, BW_IF_SUBIF);
	CU_ASSERT_EQUAL(m->itf.vlan, 10);
	CU_ASSERT_EQUAL(m->itf.port, 2);
	CU_ASSERT(is_up(&b, "GigabitEthernet8.10"));
	CU_ASSERT_STRING_EQUAL(
		bench_config(&b, "interface GigabitEthernet8.20\n encapsulation dot1Q 10\n"),
		"%Configuration of multiple subinterfaces of the same main\n"
		"interface with the same VID (10) is not permitted.\n"
		"This VID is already configured on GigabitEthernet8.10.\n");
	bench_config(&b, "interface GigabitEthernet8\n shutdown\n");
	CU_ASSERT_FALSE(is_up(&b, "GigabitEthernet8.10"));
	CU_ASSERT_FALSE(fake_find_if(&b.dp, "GigabitEthernet8.10")->itf.flags & BW_IF_F_UP);
	bench_config(&b, "interface GigabitEthernet8\n no shutdown\n");
	CU_ASSERT(fake_find_if(&b.dp, "GigabitEthernet8.10")->itf.flags & BW_IF_F_UP);
	bench_config(&b, "no interface GigabitEthernet8.10\n");
	CU_ASSERT_PTR_NULL(fake_find_if(&b.dp, "GigabitEthernet8.10"));
	CU_ASSERT_EQUAL(b.dp.nacks, 0);
	bench_close(&b);
}

static void addresses_are_checked(void)
{
	struct bench b;

	bench_open(&b);
	bench_config(&b, "interface Vlan10\n ip address 192.168.10.1 255.255.255.0\n");
	CU_ASSERT_STRING_EQUAL(
		bench_config(&b, "interface Vlan20\n ip address 192.168.10.0 255.255.255.0\n"
				 " ip address 192.168.20.255 255.255.255.0\n"
				 " ip address 192.168.10.9 255.255.255.0\n"
				 " ip address 192.168.0.1 255.255.0.0\n"
				 " ip address 127.0.0.1 255.0.0.0\n"
				 " ip address 224.0.0.5 255.255.255.0\n"),
		"Bad mask /24 for address 192.168.10.0\n"
		"Bad mask /24 for address 192.168.20.255\n"
		"% 192.168.10.0 overlaps with Vlan10\n"
		"% 192.168.0.0 overlaps with Vlan10\n"
		"Not a valid host address - 127.0.0.1\n"
		"Not a valid host address - 224.0.0.5\n");
	CU_ASSERT_STRING_EQUAL(
		bench_config(&b, "interface GigabitEthernet0\n ip address 1.0.0.1 255.0.0.0\n"),
		"% IP addresses may not be configured on L2 links.\n");
	/* Replacing is silent; a subnet may grow over its former self. */
	CU_ASSERT_STRING_EQUAL(
		bench_config(&b, "interface Vlan10\n ip address 192.168.10.1 255.255.0.0\n"), "");
	bench_close(&b);
}

static void secondary_addresses(void)
{
	static const char lines[] = "interface Vlan10\n ip address 10.0.0.1 255.255.255.0\n"
				    " ip address 10.0.1.1 255.255.255.0 secondary\n"
				    " ip address 10.0.0.2 255.255.255.0 secondary\n";
	struct bench b;

	bench_open(&b);
	CU_ASSERT_STRING_EQUAL(bench_config(&b, lines), "");
	CU_ASSERT_PTR_NOT_NULL(strstr(bench_running(&b),
		"interface Vlan10\n ip address 10.0.1.1 255.255.255.0 secondary\n"
		" ip address 10.0.0.2 255.255.255.0 secondary\n"
		" ip address 10.0.0.1 255.255.255.0\n"));
	CU_ASSERT_STRING_EQUAL(
		bench_config(&b, "interface Vlan10\n no ip address 10.0.0.1 255.255.255.0\n"),
		"Must delete secondary before deleting primary\n");
	bench_config(&b, "interface Vlan10\n no ip address 10.0.0.2 255.255.255.0 secondary\n");
	CU_ASSERT_PTR_NULL(strstr(bench_running(&b), "10.0.0.2"));
	CU_ASSERT_STRING_EQUAL(bench_config(&b, "interface Vlan10\n no ip address\n"), "");
	CU_ASSERT_PTR_NULL(strstr(bench_running(&b), "10.0."));
	CU_ASSERT(TAILQ_EMPTY(&iface_find(&b.ctl->ifaces, "Vlan10")->addrs));
	bench_close(&b);
}

static void physical_interfaces_stay(void)
{
	struct bench b;

	bench_open(&b);
	bench_config(&b, "interface GigabitEthernet8\n description to be gone\n");
	CU_ASSERT_STRING_EQUAL(bench_config(&b, "no interface GigabitEthernet8\n"),
		"% Removal of physical interfaces is not permitted\n");
	CU_ASSERT_STRING_EQUAL(bench_config(&b, "default interface GigabitEthernet8\n"), "");
	CU_ASSERT_PTR_NULL(strstr(bench_running(&b), "to be gone"));
	bench_close(&b);
}

/* A route by an interface that goes, and comes again. */
static void references_survive_the_interface(void)
{
	struct bench b;

	bench_open(&b);
	bench_attach(&b);
	bench_config(&b, "interface Loopback1\n ip address 1.1.1.1 255.255.255.0\n"
			 "ip route 9.0.0.0 255.0.0.0 Loopback1\n"
			 "access-list 1 permit any\n"
			 "ip nat inside source list 1 interface Loopback1 overload\n");
	CU_ASSERT_PTR_NOT_NULL(fake_find_route(&b.dp, ip("9.0.0.0"), 8));
	CU_ASSERT_EQUAL(fake_count(&b.dp, BW_CMD_NAT_RULE_SET), 1);
	bench_config(&b, "no interface Loopback1\n");
	CU_ASSERT_PTR_NULL(fake_find_route(&b.dp, ip("9.0.0.0"), 8));
	CU_ASSERT_EQUAL(fake_count(&b.dp, BW_CMD_NAT_RULE_SET), 0);
	CU_ASSERT_PTR_NULL(fake_find_if(&b.dp, "Loopback1"));
	CU_ASSERT_PTR_NOT_NULL(strstr(bench_running(&b), "ip route 9.0.0.0 255.0.0.0 Loopback1"));
	bench_config(&b, "interface Loopback1\n ip address 1.1.1.1 255.255.255.0\n");
	CU_ASSERT_PTR_NOT_NULL(fake_find_route(&b.dp, ip("9.0.0.0"), 8));
	CU_ASSERT_EQUAL(fake_count(&b.dp, BW_CMD_NAT_RULE_SET), 1);
	CU_ASSERT_EQUAL(b.dp.nacks, 0);
	bench_close(&b);
}

static void settings_reach_the_dataplane(void)
{
	struct bench b;
	const struct bw_if *m;

	bench_open(&b);
	bench_attach(&b);
	bench_config(&b, "interface GigabitEthernet8\n mtu 1600\n ip mtu 1454\n"
			 " mac-address 0200.1234.5678\n ip tcp adjust-mss 1414\n"
			 " ip virtual-reassembly in max-fragments 8 timeout 5 drop-fragments\n"
			 " no ip unreachables\n no ip proxy-arp\n arp timeout 60\n");
	m = &fake_find_if(&b.dp, "GigabitEthernet8")->itf;
	CU_ASSERT_EQUAL(m->mtu, 1600);
	CU_ASSERT_EQUAL(m->ip_mtu, 1454);
	CU_ASSERT_EQUAL(m->tcp_mss, 1414);
	CU_ASSERT_EQUAL(m->mac[5], 0x78);
	CU_ASSERT_EQUAL(m->vfr_fragments, 8);
	CU_ASSERT_EQUAL(m->vfr_reassemblies, 16);
	CU_ASSERT_EQUAL(m->vfr_timeout, 5);
	CU_ASSERT_EQUAL(m->arp_timeout, 60);
	CU_ASSERT_EQUAL(
		m->flags, BW_IF_F_UP | BW_IF_F_VFR_IN | BW_IF_F_VFR_DROP | BW_IF_F_NO_UNREACH);
	bench_config(&b, "default interface GigabitEthernet8\n");
	m = &fake_find_if(&b.dp, "GigabitEthernet8")->itf;
	CU_ASSERT_EQUAL(m->mtu, 1500);
	CU_ASSERT_EQUAL(m->ip_mtu, 1500);
	CU_ASSERT_EQUAL(m->flags, BW_IF_F_UP | BW_IF_F_PROXY_ARP);
	bench_close(&b);
}

int main(void)
{
	static const struct bench_test tests[] = {
		{ "ports follow their link", ports_follow_their_link },
		{ "an SVI is up while a member port is", an_svi_is_up_while_a_member_port_is },
		{ "allowed VLANs are amended", allowed_vlans_are_amended },
		{ "a long list of VLANs", a_long_list_of_vlans },
		{ "bad VLAN lists are refused", bad_vlan_lists_are_refused },
		{ "a trunk tells the VLANs that exist", a_trunk_tells_the_vlans_that_exist },
		{ "subinterfaces stand on their port", subinterfaces_stand_on_their_port },
		{ "addresses are checked", addresses_are_checked },
		{ "secondary addresses", secondary_addresses },
		{ "physical interfaces stay", physical_interfaces_stay },
		{ "references survive the interface", references_survive_the_interface },
		{ "settings reach the dataplane", settings_reach_the_dataplane },
		{ NULL, NULL },
	};

	return bench_main("interfaces", tests);
}
