/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Every configuration line: what is accepted is printed, and what is printed is accepted at the
 * next start, also when the interfaces that it names are gone.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands/commands.h"
#include "support.h"

#define IF_MODE "config-if"
#define GI8	"interface GigabitEthernet8\n"
#define GI0	"interface GigabitEthernet0\n"
#define SUB	"interface GigabitEthernet8.10\n"
#define VLAN	"interface Vlan10\n"
#define DIALER	"interface Dialer1\n"

#define MAP_MODE "config-route-map"
#define MAP	 "route-map M permit 10\n"

/* Lines that are refused in words. */
#define NOT "\n"

static const struct line {
	const char *mode, *block, *text;
	const char *kept; /* as printed; NULL: as typed; NOT: refused */
} lines[] = {
	{ "config", "", "access-list 1 deny 10.0.0.9 0.0.0.255 log",
		"access-list 1 deny   10.0.0.0 0.0.0.255 log" },
	{ "config", "", "access-list 1 remark who may", NULL },
	{ "config", "", "access-list 101 permit tcp any any eq 80 443",
		"access-list 101 permit tcp any any eq www 443" },
	{ "config", "", "access-list 101 permit udp any any eq ntp", NULL },
	{ "config", "", "access-list 101 permit icmp any any echo", NULL },
	{ "config", "", "access-list 101 permit esp any any", NULL },
	{ "config", "", "access-list 101 remark what may", NULL },
	{ "config", "", "access-list 101 permit object-group G any any", NOT },
	{ "config", "", "ip access-list resequence X 10 10", NOT },
	{ "config", "", "ip access-list standard S", NULL },
	{ "config", "", "ip access-list extended E", NULL },
	{ "config-std-nacl", "ip access-list standard S\n", "permit host 10.0.0.1",
		"permit 10.0.0.1" },
	{ "config-ext-nacl", "ip access-list extended E\n", "10 permit tcp any any eq 22", NULL },
	{ "config-ext-nacl", "ip access-list extended E\n", "deny udp any any eq 53 log",
		"deny   udp any any eq domain log" },
	{ "config-ext-nacl", "ip access-list extended E\n", "permit icmp any any", NULL },
	{ "config-ext-nacl", "ip access-list extended E\n", "permit gre any any", NULL },
	{ "config-ext-nacl", "ip access-list extended E\n", "remark why", NULL },
	{ "config-ext-nacl", "ip access-list extended E\n", "permit object-group G any any", NOT },
	{ "config", "", "arp 10.0.0.1 0011.2233.AABB arpa", "arp 10.0.0.1 0011.2233.aabb arpa" },
	{ "config", "", "arp 10.0.0.1 0011.2233.aabb arpa GigabitEthernet8", NOT },
	{ IF_MODE, DIALER, "encapsulation ppp", NULL },
	{ IF_MODE, DIALER, "no peer neighbor-route", NULL },
	{ IF_MODE, DIALER, "dialer pool 1", NULL },
	{ IF_MODE, DIALER, "dialer idle-timeout 300", NULL },
	{ IF_MODE, DIALER, "dialer persistent delay initial 5", NULL },
	{ IF_MODE, DIALER, "dialer-group 1", NULL },
	{ IF_MODE, DIALER, "dialer string 123", NULL },
	{ IF_MODE, DIALER, "no dialer redial", NULL },
	{ IF_MODE, DIALER, "dialer vpdn", NULL },
	{ IF_MODE, DIALER, "no peer default ip address", NULL },
	{ IF_MODE, DIALER, "keepalive 20 3", NULL },
	{ IF_MODE, DIALER, "no keepalive", "no keepalive" },
	{ IF_MODE, GI8, "description to the provider", NULL },
	{ IF_MODE, GI8, "shutdown", NULL },
	{ IF_MODE, GI8, "mtu 1400", NULL },
	{ IF_MODE, GI8, "mac-address 0211.2233.44AA", "mac-address 0211.2233.44aa" },
	{ IF_MODE, SUB, "encapsulation dot1Q 10", NULL },
	{ IF_MODE, SUB, "encapsulation dot1q 10 native", "encapsulation dot1Q 10 native" },
	{ "config", "", "interface Loopback0", NULL },
	{ IF_MODE, GI8, "ip address 10.0.0.1 255.255.255.0", NULL },
	{ IF_MODE, GI8 "ip address 10.0.0.1 255.255.255.0\n",
		"ip address 10.1.0.1 255.255.255.0 secondary", NULL },
	{ IF_MODE, DIALER, "ip address negotiated", NULL },
	{ IF_MODE, DIALER, "ip address negotiated previous", NULL },
	{ IF_MODE, DIALER, "ip unnumbered Loopback0", NULL },
	{ IF_MODE, DIALER, "ip unnumbered Vlan99", NULL },
	{ IF_MODE, GI8, "ip mtu 1400", NULL },
	{ IF_MODE, GI8, "ip access-group 101 in", NULL },
	{ IF_MODE, GI8, "ip access-group NONE out", NULL },
	{ IF_MODE, GI8, "ip nat inside", NULL },
	{ IF_MODE, GI8, "ip virtual-reassembly", "ip virtual-reassembly in" },
	{ IF_MODE, GI8, "ip virtual-reassembly out", NOT },
	{ IF_MODE, GI8 " ip nat outside\n", "no ip virtual-reassembly in", NULL },
	{ IF_MODE, GI8 " ip nat inside\n", "no ip virtual-reassembly", NULL },
	{ IF_MODE, GI8, "ip tcp adjust-mss 1400", NULL },
	{ IF_MODE, GI8, "no ip redirects", NULL },
	{ IF_MODE, GI8, "no ip unreachables", NULL },
	{ IF_MODE, GI8, "no ip proxy-arp", NULL },
	{ IF_MODE, GI8, "arp timeout 300", NULL },
	{ IF_MODE, VLAN, "no autostate", NULL },
	{ "config", "", "ip route 10.0.0.0 255.0.0.0 192.0.2.1 250 name ISP tag 7",
		"ip route 10.0.0.0 255.0.0.0 192.0.2.1 250 tag 7 name ISP" },
	{ "config", "", "ip route 0.0.0.0 0.0.0.0 Dialer7", NULL },
	{ "config", "", "ip route 10.0.0.0 255.0.0.0 Vlan77 192.0.2.1", NULL },
	{ "config", "", "ip route 10.0.0.0 255.0.0.0 GigabitEthernet8.77", NULL },
	{ "config", "", "ip route 10.0.0.0 255.0.0.0 Null0", NULL },
	{ "config", "", "ip route 0.0.0.0 0.0.0.0 192.0.2.1 track 1", NOT },
	{ "config", "", "ip route 0.0.0.0 0.0.0.0 dhcp 254", NOT },
	{ "config", "", "ip route 0.0.0.0 0.0.0.0 GigabitEthernet8 dhcp", NOT },
	{ "config", "", "ip route vrf V 0.0.0.0 0.0.0.0 192.0.2.1", NOT },
	{ "config", "", "line con 0", NULL },
	{ "config", "", "line console 0", "line con 0" },
	{ "config-line", "line console 0\n", "exec-timeout 5", "exec-timeout 5 0" },
	{ "config-line", "line con 0\n", "no exec-timeout", "exec-timeout 0 0" },
	{ "config-line", "line con 0\n", "privilege level 15", NULL },
	{ "config-line", "line con 0\n", "password 7 0822455D0A16", NULL },
	{ "config-line", "line con 0\n", "login local", NULL },
	{ "config", "", "ip nat service list 10 ftp tcp port 2121", NOT },
	{ "config", "", "no ip nat service sip udp port 5060", NULL },
	{ "config", "", "no ip nat create flow-entries", NULL },
	{ "config", "", "ip nat outside source static 10.0.0.1 192.0.2.1", NOT },
	{ "config", "", "ip nat inside destination list 1 pool P", NOT },
	{ "config", "", "ip nat log translations syslog", NOT },
	{ "config", "", "ip nat inside source static esp 10.0.0.1 interface Dialer1", NOT },
	{ "config", "", "ip nat translation port-timeout tcp 8080 60", NOT },
	{ "config", "", "ip nat translation udp-timeout 60", NULL },
	{ "config", "", "ip nat translation syn-timeout never", NULL },
	{ "config", "", "ip nat translation max-entries 1000", NULL },
	{ "config", "", "ip nat translation max-entries all-host 100", NULL },
	{ "config", "", "ip nat translation max-entries host 10.0.0.1 100", NULL },
	{ "config", "", "ip nat translation max-entries vrf V 100", NOT },
	{ "config", "", "ip nat pool P 10.0.0.5 10.0.0.9 netmask 255.255.255.0", NULL },
	{ "config", "", "ip nat pool P 10.0.0.5 10.0.0.9 prefix-length 24", NULL },
	{ "config", "", "ip nat pool P prefix-length 24", NULL },
	{ "config-ipnat-pool", "ip nat pool P prefix-length 24\n", "address 10.0.0.5 10.0.0.9",
		NULL },
	{ "config", "", "ip nat inside source list 1 interface Dialer7 overload", NULL },
	{ "config", "", "ip nat inside source list 1 interface GigabitEthernet8 vrf V overload",
		NOT },
	{ "config", "", "ip nat inside source static 10.0.0.1 192.0.2.5 extendable no-payload",
		NULL },
	{ "config", "", "ip nat inside source static 10.0.0.1 192.0.2.5 redundancy HA", NOT },
	{ "config", "", "ip nat inside source static 10.0.0.1 192.0.2.5 route-map M", NOT },
	{ "config", "",
		"ip nat inside source static tcp 10.0.0.1 80 192.0.2.5 80 route-map M extendable",
		NOT },
	{ "config", "", "ip nat inside source route-map M interface Dialer7 overload", NULL },
	{ "config", "", "ip nat inside source route-map M pool P", NULL },
	{ "config", "", "ip nat inside source route-map M pool P reversible", NOT },
	{ "config", "", "route-map M permit", "route-map M permit 10" },
	{ "config", "", "route-map M deny 20", NULL },
	{ MAP_MODE, MAP, "description why", NULL },
	{ MAP_MODE, MAP, "match ip address 1 LAN 1", "match ip address 1 LAN" },
	{ MAP_MODE, MAP, "match interface Gi8 Dialer 7",
		"match interface GigabitEthernet8 Dialer7" },
	{ MAP_MODE, MAP, "match ip address prefix-list P", NOT },
	{ MAP_MODE, MAP, "match length 0 1500", NOT },
	{ MAP_MODE, MAP, "set ip next-hop 10.0.0.1", NOT },
	{ "config", "", "ip nat inside source static 10.0.0.1 interface Vlan77", NULL },
	{ "config", "", "ip nat inside source static tcp 10.0.0.1 80 interface Dialer7 8080",
		NULL },
	{ "config", "", "ip nat inside source static network 10.0.0.0 192.0.2.0 /24", NULL },
	{ "config", "",
		"ip nat inside source static network 10.0.0.0 192.0.2.0 255.255.255.0 extendable",
		"ip nat inside source static network 10.0.0.0 192.0.2.0 /24 extendable" },
	{ IF_MODE, DIALER, "ppp authentication chap pap callin", NULL },
	{ IF_MODE, DIALER, "ppp authentication ms-chap-v2 chap ms-chap pap callin", NULL },
	{ IF_MODE, DIALER, "ppp authentication pap optional", NULL },
	{ IF_MODE, DIALER, "ppp authentication chap", NOT },
	{ IF_MODE, DIALER, "ppp chap hostname user@isp", NULL },
	{ IF_MODE, DIALER, "ppp chap password 7 0822455D0A16", NULL },
	{ IF_MODE, DIALER, "ppp chap refuse", NULL },
	{ IF_MODE, DIALER, "ppp pap refuse callin", NULL },
	{ IF_MODE, DIALER, "ppp pap sent-username u password 0 p", NULL },
	{ IF_MODE, DIALER, "ppp timeout retry 3", NULL },
	{ IF_MODE, DIALER, "ppp timeout authentication 20", NULL },
	{ IF_MODE, DIALER, "ppp timeout ncp 30", NULL },
	{ IF_MODE, DIALER, "ppp timeout idle 60", NULL },
	{ IF_MODE, DIALER, "ppp max-configure 20", NULL },
	{ IF_MODE, DIALER, "ppp max-failure 7", NULL },
	{ IF_MODE, DIALER, "ppp max-terminate 3", NULL },
	{ IF_MODE, DIALER, "ppp ipcp dns request accept", NULL },
	{ IF_MODE, DIALER, "ppp ipcp address accept", NULL },
	{ IF_MODE, DIALER, "ppp ipcp route default", NULL },
	{ IF_MODE, DIALER, "ppp ipcp mask request", NULL },
	{ IF_MODE, DIALER, "ppp ipcp wins reject", NULL },
	{ IF_MODE, DIALER, "ppp mtu adaptive", NULL },
	{ IF_MODE, DIALER, "no ppp lcp fast-start", NULL },
	{ IF_MODE, DIALER, "ppp eap refuse", NULL },
	{ IF_MODE, DIALER, "ppp multilink", NOT },
	{ IF_MODE, GI8, "pppoe enable", "pppoe enable group global" },
	{ IF_MODE, GI8, "no pppoe enable", NULL },
	{ IF_MODE, GI8 " pppoe-client dial-pool-number 1\n", "no pppoe enable", NULL },
	{ IF_MODE, GI8, "pppoe-client dial-pool-number 1 restart 10 service-name S", NULL },
	{ "config", "", "vlan 10", NULL },
	{ "config", "", "vlan 10,20,30", NULL },
	{ "config", "", "vlan 10,11,12,20", "vlan 10-12,20" },
	{ "config-vlan", "vlan 10\n", "name OFFICE", NULL },
	{ IF_MODE, GI0, "switchport access vlan 10", NULL },
	{ IF_MODE, GI0, "switchport trunk native vlan 10", NULL },
	{ IF_MODE, GI0, "switchport trunk allowed vlan 10,11,12",
		"switchport trunk allowed vlan 10-12" },
	{ IF_MODE, GI0, "switchport mode trunk", NULL },
	{ "config", "", "clock timezone CET 1 0", NULL },
	{ "config", "", "clock summer-time CEST recurring last Sun Mar 2:00 last Sun Oct 3:00",
		NULL },
	{ "config", "", "clock summer-time PDT recurring", NULL },
	{ "config", "", "clock summer-time BST date Mar 28 2027 1:00 31 Oct 2027 2:00", NULL },
	{ "config", "", "boot system flash:c890-universalk9-mz.157-3.M5.bin", NULL },
	{ "config", "", "no logging on", NULL },
	{ "config", "", "logging 10.0.0.1", "logging host 10.0.0.1" },
	{ "config", "", "logging host log.example.net", NULL },
	{ "config", "", "logging host 10.0.0.1 transport udp port 5514", NULL },
	{ "config", "", "logging buffered 51200 warnings", NULL },
	{ "config", "", "no logging buffered", NULL },
	{ "config", "", "enable secret 5 $1$abcd$abcdefghijklmnopqrstuv", NULL },
	{ "config", "", "enable password cisco", NULL },
	{ "config", "", "username a", NULL },
	{ "config", "", "username a privilege 15", NULL },
	{ "config", "", "username a privilege 15 nopassword", NULL },
	{ "config", "username a privilege 15\n",
		"username a secret 5 $1$abcd$abcdefghijklmnopqrstuv",
		"username a privilege 15 secret 5 $1$abcd$abcdefghijklmnopqrstuv" },
	{ "config", "username a secret 5 $1$abcd$abcdefghijklmnopqrstuv\n",
		"username a privilege 7",
		"username a privilege 7 secret 5 $1$abcd$abcdefghijklmnopqrstuv" },
	{ "config", "", "username a privilege 15 password 7 0822455D0A16", NULL },
};

enum { LINES = sizeof(lines) / sizeof(lines[0]) };

/* The configuration as a file that a restart reads; the caller's to free. */
static char *saved(struct bench *b)
{
	return strdup(strstr(bench_running(b), "version "));
}

/* What was printed is read into an empty router: nothing is refused, and the same printed. */
static void same_again(struct bench *b, const char *what, const char *before)
{
	char *after = saved(b);

	if (strcmp(before, after) != 0)
		fprintf(stderr, "%s: before\n%safter\n%s", what, before, after);
	CU_ASSERT_STRING_EQUAL(before, after);
	free(after);
}

static void replace(struct bench *b, const char *text)
{
	struct cli_out *diff = cli_out_new_buffer();
	size_t changes;

	cli_out_clear(b->out);
	CU_ASSERT_EQUAL(
		cli_config_replace(b->config, &b->ctx, text, strlen(text), false, diff, &changes),
		0);
	CU_ASSERT_STRING_EQUAL(cli_out_text(b->out), "");
	cli_out_free(diff);
	bench_run(b);
}

static void take(struct bench *b, const struct line *l)
{
	char text[500], kept[500];
	const char *said, *running;
	bool refused = l->kept != NULL && strcmp(l->kept, NOT) == 0;

	bench_config(b, l->block);
	snprintf(text, sizeof(text), "%s%s%s\n", l->block, l->block[0] != '\0' ? " " : "", l->text);
	said = bench_config(b, text);
	if (refused) { /* in words, not with a caret */
		if (strstr(said, "not supported") == NULL)
			fprintf(stderr, "%s: not refused in words\n", l->text);
		CU_ASSERT_PTR_NOT_NULL(strstr(said, "not supported"));
		return;
	}
	snprintf(kept, sizeof(kept), "\n%s%s\n", strcmp(l->mode, "config") == 0 ? "" : " ",
		l->kept != NULL ? l->kept : l->text);
	if (said[0] == '%' && strstr(said, "not in the dataplane") == NULL)
		fprintf(stderr, "%s: %s", l->text, said);
	CU_ASSERT_PTR_NULL(strstr(said, "^"));
	running = bench_running(b);
	if (strstr(running, kept) == NULL)
		fprintf(stderr, "%s: not printed\n", l->text);
	CU_ASSERT_PTR_NOT_NULL(strstr(running, kept));
}

/* Pasted where it was printed, a line changes nothing; in an empty router it is the same again. */
static void each_line_comes_back(void)
{
	char *empty, *before;
	struct bench b;

	bench_open(&b);
	bench_config(&b, GI0 GI8); /* which cannot be removed */
	empty = saved(&b);
	for (unsigned i = 0; i < LINES; i++) {
		take(&b, &lines[i]);
		before = saved(&b);
		bench_config(&b, before);
		same_again(&b, lines[i].text, before);
		replace(&b, empty);
		same_again(&b, lines[i].text, empty);
		bench_config(&b, before);
		same_again(&b, lines[i].text, before);
		replace(&b, empty);
		replace(&b, before);
		same_again(&b, lines[i].text, before);
		replace(&b, empty);
		free(before);
	}
	free(empty);
	bench_close(&b);
}

static const char all_names[] =
	"vlan 10\n"
	"interface Loopback0\n ip address 10.255.0.1 255.255.255.255\n"
	"interface GigabitEthernet8\n pppoe-client dial-pool-number 1\n"
	"interface GigabitEthernet8.10\n encapsulation dot1Q 10\n"
	" ip address 10.8.10.1 255.255.255.0\n ip access-group 101 in\n"
	"interface Vlan10\n ip address 10.10.0.1 255.255.255.0\n ip nat inside\n"
	"interface Dialer1\n ip unnumbered Loopback0\n encapsulation ppp\n dialer pool 1\n"
	" ip nat outside\n no ip virtual-reassembly in\n"
	"interface Dialer2\n ip unnumbered Vlan10\n"
	"ip nat inside source list 1 interface Dialer1 overload\n"
	"ip nat inside source list 2 interface GigabitEthernet8.10 overload\n"
	"ip nat inside source list 3 interface Loopback0 overload\n"
	"ip nat inside source list 4 interface Vlan10 overload\n"
	"ip nat inside source static tcp 10.10.0.5 80 interface Dialer1 80\n"
	"ip nat inside source static 10.10.0.6 interface GigabitEthernet8.10\n"
	"ip nat inside source static 10.10.0.7 interface Vlan10\n"
	"ip route 0.0.0.0 0.0.0.0 Dialer1\n"
	"ip route 10.20.0.0 255.255.0.0 GigabitEthernet8.10 10.8.10.2\n"
	"ip route 10.30.0.0 255.255.0.0 Vlan10\n"
	"ip route 10.40.0.0 255.255.0.0 Loopback0\n"
	"logging host 10.10.0.9\n"
	"access-list 1 permit any\n";

/* A reference outlives what it names, and works again when that comes back. */
static void references_outlive_what_they_name(void)
{
	static const char *const names[] = { "Loopback0", "GigabitEthernet8.10", "Vlan10",
		"Dialer1", "Dialer2" };
	char text[200];

	for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct bench b;
		char *before;

		bench_open(&b);
		bench_config(&b, all_names);
		snprintf(text, sizeof(text), "no interface %s\n", names[i]);
		CU_ASSERT_STRING_EQUAL(bench_config(&b, text), "");
		snprintf(text, sizeof(text), "\ninterface %s\n", names[i]);
		CU_ASSERT_PTR_NULL(strstr(bench_running(&b), text));
		if (strcmp(names[i], "Dialer2") != 0) {
			CU_ASSERT_PTR_NOT_NULL(strstr(bench_running(&b), names[i]));
		}
		before = saved(&b);
		bench_restart_control(&b, before);
		CU_ASSERT_STRING_EQUAL(cli_out_text(b.out), "");
		same_again(&b, names[i], before);
		free(before);
		bench_close(&b);
	}
}

/* Seconds since 1970 by the clock of the time zone. */
static time_t at(const char *when)
{
	struct tm tm = { 0 };

	CU_ASSERT_PTR_NOT_NULL(strptime(when, "%Y-%m-%d %H:%M:%S", &tm));
	return timegm(&tm);
}

static bool is_summer(const struct bench *b, const char *when)
{
	return summer_time_is(&b->ctl->summer, at(when));
}

static void summer_begins_and_ends(void)
{
	struct bench b;

	bench_open(&b);
	CU_ASSERT_FALSE(is_summer(&b, "2026-07-01 12:00:00"));
	bench_config(&b, "clock summer-time CEST recurring last Sun Mar 2:00 last Sun Oct 3:00\n");
	CU_ASSERT_FALSE(is_summer(&b, "2026-03-29 01:59:59"));
	CU_ASSERT_TRUE(is_summer(&b, "2026-03-29 02:00:00"));
	CU_ASSERT_TRUE(is_summer(&b, "2026-10-25 01:59:59")); /* 2:59:59 of summer */
	CU_ASSERT_FALSE(is_summer(&b, "2026-10-25 02:00:00"));
	CU_ASSERT_TRUE(is_summer(&b, "2027-03-28 02:00:00"));
	bench_config(&b, "clock summer-time PDT recurring\n");
	CU_ASSERT_FALSE(is_summer(&b, "2026-03-08 01:59:59"));
	CU_ASSERT_TRUE(is_summer(&b, "2026-03-08 02:00:00"));
	CU_ASSERT_TRUE(is_summer(&b, "2026-11-01 00:59:59"));
	CU_ASSERT_FALSE(is_summer(&b, "2026-11-01 01:00:00"));
	/* of the south, over the end of the year */
	bench_config(&b, "clock summer-time NZDT recurring last Sun Sep 2:00 first Sun Apr 3:00\n");
	CU_ASSERT_TRUE(is_summer(&b, "2026-12-31 23:00:00"));
	CU_ASSERT_TRUE(is_summer(&b, "2026-01-01 00:00:00"));
	CU_ASSERT_FALSE(is_summer(&b, "2026-07-01 12:00:00"));
	bench_config(&b, "clock summer-time X date 1 Jun 2026 0:00 Jul 1 2026 0:00 120\n");
	CU_ASSERT_TRUE(is_summer(&b, "2026-06-15 12:00:00"));
	CU_ASSERT_FALSE(is_summer(&b, "2026-06-30 22:00:00"));
	CU_ASSERT_FALSE(is_summer(&b, "2027-06-15 12:00:00"));
	CU_ASSERT_EQUAL(b.ctl->summer.offset, 120);
	bench_config(&b, "no clock summer-time\n");
	CU_ASSERT_FALSE(is_summer(&b, "2026-06-15 12:00:00"));
	CU_ASSERT_PTR_NOT_NULL(strstr(
		bench_config(
			&b, "clock summer-time X recurring last Sun Mar 25:00 last Sun Oct 3:00\n"),
		"^"));
	bench_close(&b);
}

static void logging_off_and_on(void)
{
	struct bench b;

	bench_open(&b);
	bench_config(&b, "no logging on\n");
	log_event(&b.ctl->core.log, "TEST-5-ONE", "first");
	bench_config(&b, "logging on\n");
	log_event(&b.ctl->core.log, "TEST-5-TWO", "second");
	CU_ASSERT_PTR_NULL(strstr(bench_show(&b, "show logging"), "TEST-5-ONE"));
	CU_ASSERT_PTR_NOT_NULL(strstr(bench_show(&b, "show logging"), "TEST-5-TWO"));
	bench_close(&b);
}

/* A numbered list is one, whichever way its entries were typed. */
static void a_number_goes_whole(void)
{
	struct bench b;

	bench_open(&b);
	bench_config(&b, "access-list 101 permit udp any any\nip access-list extended 101\n"
			 " permit tcp any any\nip access-list standard 10\n permit any\n");
	CU_ASSERT_STRING_EQUAL(bench_config(&b, "no access-list 101\n"), "");
	CU_ASSERT_PTR_NULL(acl_find(&b.ctl->acls, "101"));
	CU_ASSERT_PTR_NULL(strstr(bench_running(&b), " 101"));
	CU_ASSERT_STRING_EQUAL(bench_config(&b, "no access-list 10\n"), "");
	CU_ASSERT_PTR_NULL(acl_find(&b.ctl->acls, "10"));
	CU_ASSERT_PTR_NULL(strstr(bench_running(&b), "access-list"));
	CU_ASSERT_STRING_EQUAL(bench_config(&b, "no access-list 10\n"), ""); /* nothing there */
	bench_close(&b);
}

static bool has_vlan(const struct bench *b, uint16_t vlan)
{
	return b->ctl->ifaces.vlan[vlan].exists;
}

/* A VLAN goes out of whichever line it stands in. */
static void a_vlan_goes_from_a_list(void)
{
	struct bench b;

	bench_open(&b);
	bench_config(&b, "vlan 10,20,30\nvlan 40\nvlan 50\n");
	CU_ASSERT_STRING_EQUAL(bench_config(&b, "no vlan 20\n"), "");
	CU_ASSERT_PTR_NOT_NULL(strstr(bench_running(&b), "\nvlan 10,30\n"));
	CU_ASSERT(has_vlan(&b, 10) && !has_vlan(&b, 20) && has_vlan(&b, 30));
	CU_ASSERT_STRING_EQUAL(bench_config(&b, "no vlan 30,40\n"), "");
	CU_ASSERT_PTR_NOT_NULL(strstr(bench_running(&b), "\nvlan 10\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(bench_running(&b), "\nvlan 50\n"));
	CU_ASSERT_PTR_NULL(strstr(bench_running(&b), "\nvlan 40\n"));
	CU_ASSERT(has_vlan(&b, 10) && !has_vlan(&b, 30) && !has_vlan(&b, 40) && has_vlan(&b, 50));
	bench_config(&b, "vlan 60,61\nno vlan 60,61\n");
	CU_ASSERT_PTR_NULL(strstr(bench_running(&b), "vlan 6"));
	CU_ASSERT(!has_vlan(&b, 60) && !has_vlan(&b, 61));
	bench_close(&b);
}

static const struct cli_mode *find_mode(const struct bench *b, const char *name)
{
	return cli_grammar_mode(b->grammar, name);
}

static bool is_covered(const struct bench *b, const struct cli_command *command)
{
	for (unsigned i = 0; i < LINES; i++) {
		bool no = strncmp(lines[i].text, "no ", 3) == 0;
		struct cli_parse parse;
		bool same;

		if (cli_grammar_parse(b->grammar, find_mode(b, lines[i].mode),
			    no ? CLI_PARSE_NO : 0, lines[i].text + (no ? 3 : 0),
			    &parse) != CLI_PARSE_OK)
			continue;
		same = parse.args->command == command;
		cli_args_free(parse.args);
		if (same)
			return true;
	}
	return false;
}

/* Every command of these topics that has an effect stands in the table above. */
static void no_line_is_forgotten(void)
{
	static const struct cli_topic *const topics[] = { &cli_access_list_topic, &cli_arp_topic,
		&cli_dialer_topic, &cli_interface_topic, &cli_ip_address_topic,
		&cli_ip_interface_topic, &cli_ip_route_topic, &cli_line_topic, &cli_nat_topic,
		&cli_ppp_topic, &cli_pppoe_topic, &cli_route_map_topic, &cli_switchport_topic,
		&cli_system_topic, &cli_user_topic };
	struct bench b;

	bench_open(&b);
	for (unsigned t = 0; t < sizeof(topics) / sizeof(topics[0]); t++) {
		for (const struct cli_command *c = topics[t]->commands; c->mode != NULL; c++) {
			if (c->run != NULL || c->flags & (CLI_NO_PREFIX | CLI_HARMLESS) ||
				strcmp(c->syntax, "<seq:1-2147483647>") == 0)
				continue;
			if (!is_covered(&b, c))
				fprintf(stderr, "no line for: %s\n", c->syntax);
			CU_ASSERT_TRUE(is_covered(&b, c));
		}
	}
	bench_close(&b);
}

int main(void)
{
	static const struct bench_test tests[] = {
		{ "each line comes back", each_line_comes_back },
		{ "references outlive what they name", references_outlive_what_they_name },
		{ "a number goes whole", a_number_goes_whole },
		{ "a VLAN goes from a list", a_vlan_goes_from_a_list },
		{ "no line is forgotten", no_line_is_forgotten },
		{ "summer begins and ends", summer_begins_and_ends },
		{ "logging off and on", logging_off_and_on },
		{ NULL, NULL },
	};

	return bench_main("configuration lines", tests);
}
