/* SPDX-License-Identifier: BSD-3-Clause */
/* Dialers: which Ethernet they dial through, and what a session brings and takes along. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <event2/event.h>

#include "control/core/format.h"

#include "session.h"

static uint32_t if_id(const struct bench *b, const char *name)
{
	const struct bw_msg *m = fake_find_if(&b->dp, name);

	return m != NULL ? m->itf.if_id : 0;
}

/* The address that the dataplane has on an interface; "" without. */
static const char *address(const struct bench *b, const char *name, char buf[FORMAT_IP_SIZE])
{
	buf[0] = '\0';
	for (size_t i = 0; i < b->dp.n; i++) {
		const struct bw_msg *m = &b->dp.object[i].msg;

		if (b->dp.object[i].type != BW_CMD_IF_ADDR_SET ||
			m->if_addr.if_id != if_id(b, name))
			continue;
		CU_ASSERT_STRING_EQUAL(buf, ""); /* one at most */
		CU_ASSERT_EQUAL(m->if_addr.flags, BW_ADDR_F_PRIMARY);
		CU_ASSERT_EQUAL(m->if_addr.plen, 32);
		inet_ntop(AF_INET, &m->if_addr.addr, buf, FORMAT_IP_SIZE);
	}
	return buf;
}

static const char *text_of(const struct bench *b, const char *dialer, enum bw_pppoe_which which,
	char buf[BW_PPPOE_TEXT + 1])
{
	const struct bw_msg *m = fake_find_client(&b->dp, dialer);

	CU_ASSERT_PTR_NOT_NULL_FATAL(m);
	return fake_client_text(&b->dp, m->pppoe.client_id, which, buf);
}

static bool sent(
	const struct bench *b, const char *dialer, enum bw_pppoe_which which, const char *wanted)
{
	char buf[BW_PPPOE_TEXT + 1];

	return strcmp(text_of(b, dialer, which, buf), wanted) == 0;
}

/* The interface that packets to an address leave by; NULL: there is no route. */
static const char *way(struct bench *b, const char *to)
{
	const struct rib_entry *e = rib_lookup(&b->ctl->rib, 0, ip(to));
	struct rib_paths paths;

	if (e == NULL)
		return NULL;
	rib_entry_paths(e, &paths);
	return paths.n > 0 && paths.path[0].ifc != NULL ? paths.path[0].ifc->name : "";
}

static bool logged(const struct bench *b, const char *line)
{
	const struct log_line *l;

	TAILQ_FOREACH (l, &b->ctl->core.log.lines, entry)
		if (strstr(l->text, line) != NULL)
			return true;
	return false;
}

static void a_seed_file_makes_one_client(void)
{
	char buf[FORMAT_IP_SIZE];
	const struct bw_msg *m;
	struct bench b;

	bench_open(&b);
	bench_attach(&b);
	CU_ASSERT_STRING_EQUAL(bench_config(&b, session_rt13()),
		"% Access VLAN does not exist. Creating vlan 10\n");
	m = fake_find_if(&b.dp, "Dialer1");
	CU_ASSERT_PTR_NOT_NULL_FATAL(m);
	CU_ASSERT_EQUAL(m->itf.kind, BW_IF_DIALER);
	CU_ASSERT_EQUAL(m->itf.mtu, 1492);
	CU_ASSERT_EQUAL(m->itf.ip_mtu, 1454);
	CU_ASSERT_EQUAL(m->itf.flags & (BW_IF_F_UP | BW_IF_F_NAT_OUTSIDE | BW_IF_F_VFR_IN),
		BW_IF_F_UP | BW_IF_F_NAT_OUTSIDE | BW_IF_F_VFR_IN);
	CU_ASSERT_STRING_EQUAL(address(&b, "Dialer1", buf), "192.168.10.1");
	CU_ASSERT_EQUAL(fake_count(&b.dp, BW_CMD_PPPOE_SET), 1);
	m = fake_find_client(&b.dp, "Dialer1");
	CU_ASSERT_PTR_NOT_NULL_FATAL(m);
	CU_ASSERT_EQUAL(m->pppoe.under_if, if_id(&b, "GigabitEthernet8"));
	CU_ASSERT_EQUAL(m->pppoe.flags & ~BW_PPPOE_F_ROUTES, BW_PPPOE_F_CHAP);
	CU_ASSERT_EQUAL(m->pppoe.flags & BW_PPPOE_F_ROUTES,
		BW_PPPOE_F_PEER_ROUTE | BW_PPPOE_F_DEFAULT_ROUTE);
	CU_ASSERT_EQUAL(m->pppoe.addr, ip("192.168.10.1"));
	CU_ASSERT_EQUAL(m->pppoe.mtu, 1492);
	CU_ASSERT_EQUAL(m->pppoe.unit, 1);
	CU_ASSERT_EQUAL(m->pppoe.keepalive_s, 10);
	CU_ASSERT_EQUAL(m->pppoe.keepalive_misses, 5);
	CU_ASSERT_EQUAL(m->pppoe.retry_s, 2);
	CU_ASSERT_EQUAL(m->pppoe.auth_timeout_s, 10);
	CU_ASSERT_EQUAL(m->pppoe.ncp_timeout_s, 0);
	CU_ASSERT_EQUAL(m->pppoe.redial_s, 20);
	CU_ASSERT_EQUAL(m->pppoe.max_configure, 10);
	CU_ASSERT_EQUAL(m->pppoe.max_failure, 5);
	CU_ASSERT_EQUAL(m->pppoe.max_terminate, 2);
	CU_ASSERT(sent(&b, "Dialer1", BW_PPPOE_CHAP_NAME, "ユーザ名"));
	CU_ASSERT(sent(&b, "Dialer1", BW_PPPOE_CHAP_PASSWORD, "パスワード"));
	CU_ASSERT(sent(&b, "Dialer1", BW_PPPOE_SERVICE, ""));
	CU_ASSERT_EQUAL(b.dp.nacks, 0);
	bench_close(&b);
}

static void a_seed_file_is_given_back(void)
{
	struct bench b;
	char first[4096];

	bench_open(&b);
	bench_config(&b, session_rt13());
	snprintf(first, sizeof(first), "%s", strstr(bench_running(&b), "version "));
	CU_ASSERT_STRING_EQUAL(first, "version 15.7\n"
				      "service timestamps debug datetime msec\n"
				      "service timestamps log datetime msec\n"
				      "no service password-encryption\n"
				      "!\n"
				      "hostname RT13\n"
				      "!\n"
				      "no aaa new-model\n"
				      "!\n"
				      "ip cef\n"
				      "!\n"
				      "interface GigabitEthernet0\n"
				      " switchport access vlan 10\n"
				      " no ip address\n"
				      "!\n"
				      "interface GigabitEthernet8\n"
				      " no ip address\n"
				      " duplex auto\n"
				      " speed auto\n"
				      " pppoe enable group global\n"
				      " pppoe-client dial-pool-number 1\n"
				      "!\n"
				      "interface Vlan10\n"
				      " ip address 192.168.10.1 255.255.255.0\n"
				      " ip nat inside\n"
				      " ip virtual-reassembly in\n"
				      " ip tcp adjust-mss 1414\n"
				      "!\n"
				      "interface Dialer1\n"
				      " mtu 1492\n"
				      " ip unnumbered Vlan10\n"
				      " ip mtu 1454\n"
				      " ip nat outside\n"
				      " ip virtual-reassembly in\n"
				      " encapsulation ppp\n"
				      " dialer pool 1\n"
				      " dialer-group 1\n"
				      " ppp authentication chap callin\n"
				      " ppp chap hostname ユーザ名\n"
				      " ppp chap password パスワード\n"
				      " ppp pap refuse\n"
				      " ppp ipcp route default\n"
				      " no cdp enable\n"
				      "!\n"
				      "ip forward-protocol nd\n"
				      "!\n"
				      "no ip http server\n"
				      "no ip http secure-server\n"
				      "!\n"
				      "ip nat inside source static 192.168.10.16 25.0.0.16\n"
				      "!\n"
				      "dialer-list 1 protocol ip permit\n"
				      "!\n"
				      "access-list 1 permit any\n"
				      "!\n"
				      "end\n");
	CU_ASSERT_STRING_EQUAL(bench_config(&b, first), "");
	CU_ASSERT_STRING_EQUAL(bench_config(&b, session_rt13()), "");
	CU_ASSERT_STRING_EQUAL(strstr(bench_running(&b), "version "), first);
	bench_close(&b);
}

static void the_same_file_again_says_nothing(void)
{
	struct bench b;
	unsigned sets;

	bench_open(&b);
	bench_attach(&b);
	bench_config(&b, session_rt13());
	session_up(&b, "Dialer1");
	sets = b.dp.sets;
	CU_ASSERT_STRING_EQUAL(bench_config(&b, session_rt13()), "");
	CU_ASSERT_EQUAL(b.dp.sets, sets);
	CU_ASSERT_EQUAL(b.dp.dels, 0);
	bench_close(&b);
}

static void a_session_brings_its_routes(void)
{
	struct bench b;
	const struct bw_msg *m;

	bench_open(&b);
	bench_attach(&b);
	bench_config(&b, session_rt13());
	CU_ASSERT_PTR_NULL(way(&b, "8.8.8.8"));
	session_up(&b, "Dialer1");
	CU_ASSERT_STRING_EQUAL(way(&b, "8.8.8.8"), "Dialer1");
	CU_ASSERT_STRING_EQUAL(way(&b, "1.1.1.1"), "Dialer1");
	CU_ASSERT_PTR_NOT_NULL(strstr(bench_show(&b, "show ip route"),
		"Gateway of last resort is 1.1.1.1 to network 0.0.0.0\n"
		"\n"
		"S*    0.0.0.0/0 [1/0] via 1.1.1.1\n"
		"      1.0.0.0/32 is subnetted, 1 subnets\n"
		"C        1.1.1.1 is directly connected, Dialer1\n"
		"      192.168.10.0/24 is variably subnetted, 2 subnets, 2 masks\n"
		"C        192.168.10.0/24 is directly connected, Vlan10\n"
		"L        192.168.10.1/32 is directly connected, Vlan10\n"));
	m = fake_find_route(&b.dp, 0, 0);
	CU_ASSERT_PTR_NOT_NULL_FATAL(m);
	m = fake_find_adj(&b.dp, m->route.adj_id);
	CU_ASSERT_PTR_NOT_NULL_FATAL(m);
	CU_ASSERT_EQUAL(m->adj.if_id, if_id(&b, "Dialer1"));
	/* The router's own packets leave with the address that is lent. */
	CU_ASSERT_EQUAL(rib_source_address(&b.ctl->rib, 0, ip("8.8.8.8")), ip("192.168.10.1"));
	session_down(&b, "Dialer1");
	CU_ASSERT_PTR_NULL(way(&b, "8.8.8.8"));
	CU_ASSERT_PTR_NULL(way(&b, "1.1.1.1"));
	CU_ASSERT_PTR_NULL(fake_find_route(&b.dp, 0, 0));
	CU_ASSERT_PTR_NULL(fake_find_route(&b.dp, ip("1.1.1.1"), 32));
	CU_ASSERT_EQUAL(fake_count(&b.dp, BW_CMD_NAT_RULE_SET), 1);
	CU_ASSERT_EQUAL(b.dp.nacks, 0);
	bench_close(&b);
}

static void the_log_tells_of_the_session(void)
{
	struct bench b;
	struct bw_pppoe_state s;

	bench_open(&b);
	bench_attach(&b);
	bench_config(&b, session_rt13());
	s = session_open(&b, "Dialer1");
	s.stage = BW_PPPOE_PADI;
	session_tell(&b, &s);
	CU_ASSERT_FALSE(logged(&b, "DIALER-6"));
	s.stage = BW_PPPOE_ESTABLISH;
	session_tell(&b, &s);
	CU_ASSERT(logged(&b, "%DIALER-6-BIND: Interface Vi1 bound to profile Di1"));
	CU_ASSERT(logged(&b, "%LINK-3-UPDOWN: Interface Virtual-Access1, changed state to up"));
	CU_ASSERT_FALSE(logged(&b, "Line protocol on Interface Virtual-Access1"));
	CU_ASSERT_PTR_NULL(way(&b, "8.8.8.8"));
	s.stage = BW_PPPOE_UP;
	session_tell(&b, &s);
	CU_ASSERT(logged(&b, "%LINEPROTO-5-UPDOWN: Line protocol on Interface Virtual-Access1, "
			     "changed state to up"));
	session_down(&b, "Dialer1");
	CU_ASSERT(logged(&b, "%DIALER-6-UNBIND: Interface Vi1 unbound from profile Di1"));
	CU_ASSERT(logged(&b, "%LINK-3-UPDOWN: Interface Virtual-Access1, changed state to down"));
	bench_close(&b);
}

static void packets_are_as_large_as_the_peer_takes(void)
{
	struct bench b;
	struct bw_pppoe_state s;

	bench_open(&b);
	bench_attach(&b);
	bench_config(&b, session_pat);
	/* An Ethernet of 1500 holds 1492. */
	CU_ASSERT_EQUAL(fake_find_client(&b.dp, "Dialer1")->pppoe.mtu, 1492);
	CU_ASSERT_EQUAL(fake_find_if(&b.dp, "Dialer1")->itf.ip_mtu, 1492);
	s = session_open(&b, "Dialer1");
	s.peer_mru = 1400;
	session_tell(&b, &s);
	CU_ASSERT_EQUAL(fake_find_if(&b.dp, "Dialer1")->itf.ip_mtu, 1400);
	bench_config(&b, "interface Dialer1\n ip mtu 1300\n");
	CU_ASSERT_EQUAL(fake_find_if(&b.dp, "Dialer1")->itf.ip_mtu, 1300);
	bench_config(&b, "interface Dialer1\n no ip mtu\n");
	session_down(&b, "Dialer1");
	CU_ASSERT_EQUAL(fake_find_if(&b.dp, "Dialer1")->itf.ip_mtu, 1492);
	/* RFC 4638 */
	bench_config(&b, "interface GigabitEthernet8\n mtu 1508\n");
	CU_ASSERT_EQUAL(fake_find_client(&b.dp, "Dialer1")->pppoe.mtu, 1500);
	CU_ASSERT_EQUAL(fake_find_if(&b.dp, "Dialer1")->itf.ip_mtu, 1500);
	bench_close(&b);
}

static void a_negotiated_address_comes_and_goes(void)
{
	char buf[FORMAT_IP_SIZE];
	struct bench b;
	struct bw_pppoe_state s;

	bench_open(&b);
	bench_attach(&b);
	bench_config(&b, session_pat);
	CU_ASSERT_EQUAL(fake_find_client(&b.dp, "Dialer1")->pppoe.addr, 0);
	CU_ASSERT_EQUAL(fake_find_client(&b.dp, "Dialer1")->pppoe.flags & ~BW_PPPOE_F_ROUTES,
		BW_PPPOE_F_PAP);
	CU_ASSERT(sent(&b, "Dialer1", BW_PPPOE_PAP_NAME, "me"));
	CU_ASSERT(sent(&b, "Dialer1", BW_PPPOE_PAP_PASSWORD, "secret"));
	CU_ASSERT_STRING_EQUAL(address(&b, "Dialer1", buf), "");
	s = session_up(&b, "Dialer1");
	CU_ASSERT_STRING_EQUAL(address(&b, "Dialer1", buf), "203.0.113.5");
	CU_ASSERT_EQUAL(
		fake_find_route(&b.dp, ip("203.0.113.5"), 32)->route.adj_id, BW_ADJ_RECEIVE);
	CU_ASSERT_PTR_NOT_NULL(strstr(bench_show(&b, "show ip route"),
		"C        203.0.113.5 is directly connected, Dialer1\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(bench_show(&b, "show ip interface brief"),
		"Dialer1                    203.0.113.5     YES IPCP   up"));
	CU_ASSERT_EQUAL(rib_source_address(&b.ctl->rib, 0, ip("8.8.8.8")), ip("203.0.113.5"));
	session_down(&b, "Dialer1");
	CU_ASSERT_PTR_NULL(fake_find_route(&b.dp, ip("203.0.113.5"), 32));
	CU_ASSERT_PTR_NOT_NULL(strstr(bench_show(&b, "show ip interface brief"),
		"Dialer1                    unassigned      YES IPCP   up"));
	/* NAT still knows it: should it come again, the flows go on. */
	CU_ASSERT_STRING_EQUAL(address(&b, "Dialer1", buf), "203.0.113.5");
	session_tell(&b, &s);
	CU_ASSERT_STRING_EQUAL(address(&b, "Dialer1", buf), "203.0.113.5");
	/* Another one takes its place at once, and the dataplane ends what hung on the former. */
	session_down(&b, "Dialer1");
	s.addr = ip("203.0.113.77");
	session_tell(&b, &s);
	CU_ASSERT_STRING_EQUAL(address(&b, "Dialer1", buf), "203.0.113.77");
	CU_ASSERT_PTR_NULL(fake_find_route(&b.dp, ip("203.0.113.5"), 32));
	CU_ASSERT_PTR_NOT_NULL(fake_find_route(&b.dp, ip("203.0.113.77"), 32));
	bench_config(&b, "interface Dialer1\n no ip address\n");
	CU_ASSERT_STRING_EQUAL(address(&b, "Dialer1", buf), "");
	CU_ASSERT_PTR_NULL(way(&b, "8.8.8.8"));
	CU_ASSERT_EQUAL(b.dp.nacks, 0);
	bench_close(&b);
}

/* Without a word of the session being down in between. */
static void a_session_may_change_between_two_events(void)
{
	char buf[FORMAT_IP_SIZE];
	struct bench b;
	struct bw_pppoe_state s;

	bench_open(&b);
	bench_attach(&b);
	bench_config(&b, session_pat);
	s = session_up(&b, "Dialer1");
	s.addr = ip("203.0.113.6");
	s.peer_addr = ip("2.2.2.2");
	s.peer_mru = 1300;
	session_tell(&b, &s);
	CU_ASSERT_STRING_EQUAL(address(&b, "Dialer1", buf), "203.0.113.6");
	CU_ASSERT_PTR_NULL(fake_find_route(&b.dp, ip("1.1.1.1"), 32));
	CU_ASSERT_PTR_NOT_NULL(
		strstr(bench_show(&b, "show ip route"), "S*    0.0.0.0/0 [1/0] via 2.2.2.2\n"));
	CU_ASSERT_EQUAL(fake_find_if(&b.dp, "Dialer1")->itf.ip_mtu, 1300);
	bench_close(&b);
}

static void an_address_of_ours_is_not_taken(void)
{
	char buf[FORMAT_IP_SIZE];
	struct bench b;
	struct bw_pppoe_state s;

	bench_open(&b);
	bench_attach(&b);
	bench_config(&b, session_pat);
	bench_config(&b, "interface GigabitEthernet9\n ip address 203.0.113.1 255.255.255.0\n");
	s = session_open(&b, "Dialer1");
	session_tell(&b, &s);
	CU_ASSERT(logged(&b, "Dialer1: the negotiated address 203.0.113.5 is that of "
			     "GigabitEthernet9"));
	CU_ASSERT_STRING_EQUAL(way(&b, "203.0.113.5"), "GigabitEthernet9");
	s.peer_addr = ip("127.0.0.1"); /* nor does a strange peer get a route */
	s.addr = ip("224.0.0.5");
	session_tell(&b, &s);
	CU_ASSERT_PTR_NULL(fake_find_route(&b.dp, ip("127.0.0.1"), 32));
	CU_ASSERT_PTR_NULL(fake_find_route(&b.dp, ip("224.0.0.5"), 32));
	CU_ASSERT_STRING_EQUAL(way(&b, "8.8.8.8"), "Dialer1");
	CU_ASSERT_STRING_NOT_EQUAL(address(&b, "Dialer1", buf), "224.0.0.5");
	bench_close(&b);
}

static void static_routes_follow_the_session(void)
{
	struct bench b;

	bench_open(&b);
	bench_attach(&b);
	bench_config(&b, session_rt13());
	bench_config(&b, "interface Dialer1\n no ppp ipcp route default\n"
			 "ip route 0.0.0.0 0.0.0.0 Dialer1\n"
			 "ip route 9.0.0.0 255.0.0.0 1.1.1.1\n");
	CU_ASSERT_PTR_NULL(way(&b, "8.8.8.8"));
	session_up(&b, "Dialer1");
	CU_ASSERT_STRING_EQUAL(way(&b, "8.8.8.8"), "Dialer1");
	CU_ASSERT_STRING_EQUAL(way(&b, "9.9.9.9"), "Dialer1");
	bench_config(&b, "interface Dialer1\n no peer neighbor-route\n");
	CU_ASSERT_PTR_NULL(fake_find_route(&b.dp, ip("1.1.1.1"), 32));
	CU_ASSERT_EQUAL(fake_find_client(&b.dp, "Dialer1")->pppoe.flags & BW_PPPOE_F_ROUTES, 0);
	CU_ASSERT_STRING_EQUAL(way(&b, "1.1.1.1"), "Dialer1"); /* by default */
	bench_config(&b, "interface Dialer1\n shutdown\n");
	CU_ASSERT_PTR_NULL(way(&b, "8.8.8.8"));
	CU_ASSERT(fake_find_client(&b.dp, "Dialer1")->pppoe.flags & BW_PPPOE_F_SHUTDOWN);
	CU_ASSERT_FALSE(fake_find_if(&b.dp, "Dialer1")->itf.flags & BW_IF_F_UP);
	CU_ASSERT_EQUAL(b.dp.nacks, 0);
	bench_close(&b);
}

/* IPCP's default route and a typed one of the same words are two. */
static void a_typed_default_route_is_another(void)
{
	struct bench b;

	bench_open(&b);
	bench_attach(&b);
	bench_config(&b, session_rt13());
	session_up(&b, "Dialer1");
	bench_config(&b, "ip route 0.0.0.0 0.0.0.0 1.1.1.1\n");
	bench_config(&b, "no ip route 0.0.0.0 0.0.0.0 1.1.1.1\n");
	CU_ASSERT_STRING_EQUAL(way(&b, "8.8.8.8"), "Dialer1");
	session_down(&b, "Dialer1");
	CU_ASSERT_PTR_NULL(way(&b, "8.8.8.8"));
	bench_close(&b);
}

static void without_a_neighbor_route_the_default_goes_by_the_interface(void)
{
	struct bench b;

	bench_open(&b);
	bench_attach(&b);
	bench_config(&b, session_rt13());
	bench_config(&b, "interface Dialer1\n no peer neighbor-route\n");
	session_up(&b, "Dialer1");
	CU_ASSERT_PTR_NULL(fake_find_route(&b.dp, ip("1.1.1.1"), 32));
	CU_ASSERT_STRING_EQUAL(way(&b, "8.8.8.8"), "Dialer1");
	bench_config(&b, "interface Dialer1\n peer neighbor-route\n");
	CU_ASSERT_PTR_NOT_NULL(fake_find_route(&b.dp, ip("1.1.1.1"), 32));
	CU_ASSERT_STRING_EQUAL(way(&b, "8.8.8.8"), "Dialer1");
	CU_ASSERT_EQUAL(b.dp.nacks, 0);
	bench_close(&b);
}

static void the_order_of_lines_does_not_matter(void)
{
	static const char *const orders[] = {
		"interface Dialer1\n dialer pool 1\n encapsulation ppp\n ip unnumbered Vlan10\n"
		"interface GigabitEthernet8\n pppoe-client dial-pool-number 1\n"
		"interface Vlan10\n ip address 192.168.10.1 255.255.255.0\n",
		"interface GigabitEthernet8\n pppoe-client dial-pool-number 1\n"
		" pppoe enable\n"
		"interface Vlan10\n ip address 192.168.10.1 255.255.255.0\n"
		"interface Dialer1\n encapsulation ppp\n dialer pool 1\n ip unnumbered Vlan10\n",
		"interface Vlan10\n ip address 192.168.10.1 255.255.255.0\n"
		"interface Dialer1\n ip unnumbered Vlan10\n encapsulation ppp\n dialer pool 1\n"
		"interface GigabitEthernet8\n pppoe enable group global\n"
		" pppoe-client dial-pool-number 1\n",
	};
	char buf[FORMAT_IP_SIZE];

	for (unsigned i = 0; i < 3; i++) {
		struct bench b;
		const struct bw_msg *m;

		bench_open(&b);
		bench_attach(&b);
		for (const char *line = orders[i]; *line != '\0'; line = strchr(line, '\n') + 1) {
			char up_to[1024]; /* a line a time, each settled by itself */

			snprintf(up_to, sizeof(up_to), "%.*s",
				(int)(strchr(line, '\n') + 1 - orders[i]), orders[i]);
			CU_ASSERT_STRING_EQUAL(bench_config(&b, up_to), "");
		}
		m = fake_find_client(&b.dp, "Dialer1");
		CU_ASSERT_PTR_NOT_NULL_FATAL(m);
		CU_ASSERT_EQUAL(m->pppoe.addr, ip("192.168.10.1"));
		CU_ASSERT_EQUAL(m->pppoe.under_if, if_id(&b, "GigabitEthernet8"));
		CU_ASSERT_STRING_EQUAL(address(&b, "Dialer1", buf), "192.168.10.1");
		CU_ASSERT_PTR_NOT_NULL(strstr(bench_running(&b),
			" pppoe enable group global\n pppoe-client dial-pool-number 1\n"));
		CU_ASSERT_EQUAL(b.dp.nacks, 0);
		bench_close(&b);
	}
}

static void each_part_is_needed(void)
{
	const struct {
		const char *without, *with;
	} part[] = {
		{ "interface GigabitEthernet8\n no pppoe enable\n",
			"interface GigabitEthernet8\n pppoe enable\n" },
		{ "interface GigabitEthernet8\n no pppoe-client dial-pool-number 1\n",
			"interface GigabitEthernet8\n pppoe-client dial-pool-number 1\n" },
		{ "interface Dialer1\n no dialer pool 1\n", "interface Dialer1\n dialer pool 1\n" },
		{ "interface Dialer1\n no encapsulation ppp\n",
			"interface Dialer1\n encapsulation ppp\n" },
		{ "interface Dialer1\n dialer pool 2\n", "interface Dialer1\n dialer pool 1\n" },
		{ "no interface Dialer1\n", session_rt13() },
	};
	struct bench b;

	bench_open(&b);
	bench_attach(&b);
	bench_config(&b, session_rt13());
	for (unsigned i = 0; i < sizeof(part) / sizeof(part[0]); i++) {
		session_up(&b, "Dialer1");
		CU_ASSERT_STRING_EQUAL(way(&b, "8.8.8.8"), "Dialer1");
		CU_ASSERT_STRING_EQUAL(bench_config(&b, part[i].without), "");
		CU_ASSERT_EQUAL(fake_count(&b.dp, BW_CMD_PPPOE_SET), 0);
		CU_ASSERT_PTR_NULL(way(&b, "8.8.8.8"));
		CU_ASSERT_PTR_NULL(iface_find(&b.ctl->ifaces, "Virtual-Access1"));
		CU_ASSERT_STRING_EQUAL(bench_config(&b, part[i].with), "");
		CU_ASSERT_PTR_NOT_NULL(fake_find_client(&b.dp, "Dialer1"));
		/* The old session is not that of the new client. */
		CU_ASSERT_PTR_NULL(way(&b, "8.8.8.8"));
	}
	CU_ASSERT_EQUAL(b.dp.nacks, 0);
	bench_close(&b);
}

static void two_dialers_have_two_sessions(void)
{
	struct bench b;
	const struct bw_msg *one, *two;

	bench_open(&b);
	bench_attach(&b);
	bench_config(&b, session_pat);
	bench_config(&b, "interface GigabitEthernet9.10\n encapsulation dot1Q 10\n"
			 " pppoe-client dial-pool-number 2 restart 7 service-name other\n"
			 "interface Dialer2\n ip address negotiated\n encapsulation ppp\n"
			 " dialer pool 2\n");
	one = fake_find_client(&b.dp, "Dialer1");
	two = fake_find_client(&b.dp, "Dialer2");
	CU_ASSERT_PTR_NOT_NULL_FATAL(one);
	CU_ASSERT_PTR_NOT_NULL_FATAL(two);
	CU_ASSERT_NOT_EQUAL(one->pppoe.client_id, two->pppoe.client_id);
	CU_ASSERT_EQUAL(two->pppoe.under_if, if_id(&b, "GigabitEthernet9.10"));
	CU_ASSERT_EQUAL(two->pppoe.redial_s, 7);
	CU_ASSERT(sent(&b, "Dialer2", BW_PPPOE_SERVICE, "other"));
	CU_ASSERT(sent(&b, "Dialer1", BW_PPPOE_SERVICE, ""));
	CU_ASSERT_EQUAL(one->pppoe.flags & ~BW_PPPOE_F_ROUTES, BW_PPPOE_F_PAP);
	CU_ASSERT_EQUAL(two->pppoe.flags & ~BW_PPPOE_F_ROUTES, 0);
	session_up(&b, "Dialer2");
	CU_ASSERT_PTR_NULL(way(&b, "8.8.8.8")); /* that is Dialer1's */
	CU_ASSERT_STRING_EQUAL(way(&b, "1.1.1.1"), "Dialer2");
	session_up(&b, "Dialer1"); /* with the same server */
	CU_ASSERT_STRING_EQUAL(way(&b, "8.8.8.8"), "Dialer1");
	/* They change places. */
	bench_config(&b, "interface Dialer1\n dialer pool 2\ninterface Dialer2\n dialer pool 1\n");
	CU_ASSERT_EQUAL(fake_find_client(&b.dp, "Dialer1")->pppoe.under_if,
		if_id(&b, "GigabitEthernet9.10"));
	CU_ASSERT_EQUAL(
		fake_find_client(&b.dp, "Dialer2")->pppoe.under_if, if_id(&b, "GigabitEthernet8"));
	CU_ASSERT(sent(&b, "Dialer1", BW_PPPOE_SERVICE, "other"));
	bench_config(&b, "no interface GigabitEthernet9.10\n");
	CU_ASSERT_PTR_NULL(fake_find_client(&b.dp, "Dialer1"));
	CU_ASSERT_PTR_NULL(fake_find_if(&b.dp, "GigabitEthernet9.10"));
	CU_ASSERT_PTR_NOT_NULL(fake_find_client(&b.dp, "Dialer2"));
	CU_ASSERT_EQUAL(b.dp.nacks, 0);
	bench_close(&b);
}

static void an_ethernet_serves_one_dialer_of_its_pool(void)
{
	struct bench b;

	bench_open(&b);
	bench_attach(&b);
	bench_config(&b, session_pat);
	session_up(&b, "Dialer1");
	/* Dialer0 comes first, but the session is not taken from Dialer1. */
	bench_config(&b, "interface Dialer0\n encapsulation ppp\n dialer pool 1\n");
	CU_ASSERT_PTR_NULL(fake_find_client(&b.dp, "Dialer0"));
	CU_ASSERT_STRING_EQUAL(way(&b, "8.8.8.8"), "Dialer1");
	bench_config(&b, "interface Dialer1\n shutdown\n");
	CU_ASSERT_PTR_NOT_NULL(fake_find_client(&b.dp, "Dialer0"));
	CU_ASSERT_PTR_NULL(fake_find_client(&b.dp, "Dialer1"));
	bench_config(&b, "no interface Dialer0\ninterface Dialer1\n no shutdown\n");
	CU_ASSERT_PTR_NOT_NULL(fake_find_client(&b.dp, "Dialer1"));
	CU_ASSERT_EQUAL(b.dp.nacks, 0);
	bench_close(&b);
}

static void a_pool_may_have_another_way(void)
{
	struct bench b;

	bench_open(&b);
	bench_attach(&b);
	bench_config(&b, session_pat);
	bench_config(&b, "interface GigabitEthernet9\n pppoe-client dial-pool-number 1\n");
	CU_ASSERT_EQUAL(
		fake_find_client(&b.dp, "Dialer1")->pppoe.under_if, if_id(&b, "GigabitEthernet8"));
	fake_link(&b.dp, 2, false);
	bench_run(&b);
	CU_ASSERT_EQUAL(
		fake_find_client(&b.dp, "Dialer1")->pppoe.under_if, if_id(&b, "GigabitEthernet9"));
	/* Its session is not given up for the first one's return, nor for our own restart. */
	fake_link(&b.dp, 2, true);
	bench_run(&b);
	CU_ASSERT_EQUAL(
		fake_find_client(&b.dp, "Dialer1")->pppoe.under_if, if_id(&b, "GigabitEthernet9"));
	bench_restart_control(&b, "interface GigabitEthernet8\n pppoe-client dial-pool-number 1\n"
				  "interface GigabitEthernet9\n pppoe-client dial-pool-number 1\n"
				  "interface Dialer1\n encapsulation ppp\n dialer pool 1\n");
	CU_ASSERT_EQUAL(
		fake_find_client(&b.dp, "Dialer1")->pppoe.under_if, if_id(&b, "GigabitEthernet9"));
	bench_close(&b);
}

static void control_comes_back_to_a_living_session(void)
{
	char buf[FORMAT_IP_SIZE], lines[1024];
	struct bench b;
	struct bw_pppoe_state s;
	uint32_t id;

	bench_open(&b);
	bench_attach(&b);
	/* History: this Dialer's client is not the first one. */
	bench_config(&b, "interface GigabitEthernet9\n pppoe-client dial-pool-number 9\n"
			 "interface Dialer9\n encapsulation ppp\n dialer pool 9\n");
	bench_config(&b, session_pat);
	bench_config(&b, "no interface Dialer9\n");
	s = session_open(&b, "Dialer1");
	id = s.client_id;
	CU_ASSERT_NOT_EQUAL(id, 1);
	session_tell(&b, &s);
	fake_add_row(&b.dp, BW_EVT_PPPOE, &s, sizeof(s));
	snprintf(lines, sizeof(lines), "%s", session_pat);
	bench_restart_control(&b, lines);
	CU_ASSERT_EQUAL(b.dp.syncs, 2);
	CU_ASSERT_EQUAL(fake_find_client(&b.dp, "Dialer1")->pppoe.client_id, id);
	CU_ASSERT_EQUAL(fake_find_client(&b.dp, "Dialer1")->pppoe.unit, id);
	CU_ASSERT_STRING_EQUAL(way(&b, "8.8.8.8"), "Dialer1");
	CU_ASSERT_STRING_EQUAL(address(&b, "Dialer1", buf), "203.0.113.5");
	CU_ASSERT_PTR_NOT_NULL(fake_find_route(&b.dp, 0, 0));
	CU_ASSERT_EQUAL(b.dp.swept, 0); /* all was there before SYNC_END */
	CU_ASSERT_EQUAL(b.dp.nacks, 0);
	/* Its end is heard of as before. */
	session_down(&b, "Dialer1");
	CU_ASSERT_PTR_NULL(way(&b, "8.8.8.8"));
	bench_close(&b);
}

static void a_dead_dataplane_has_no_sessions(void)
{
	static const char *const ports[] = { "GigabitEthernet0", "GigabitEthernet1",
		"GigabitEthernet8", "GigabitEthernet9" };
	struct bench b;

	bench_open(&b);
	bench_attach(&b);
	bench_config(&b, session_rt13());
	session_up(&b, "Dialer1");
	fake_close(&b.dp);
	b.with_dataplane = false;
	while (b.ctl->core.dp.state != DP_DOWN)
		bench_run(&b);
	bench_run(&b);
	CU_ASSERT_PTR_NULL(way(&b, "8.8.8.8"));
	fake_open(&b.dp, b.socket, 4, ports);
	b.with_dataplane = true;
	bench_run(&b);
	CU_ASSERT_PTR_NOT_NULL(fake_find_client(&b.dp, "Dialer1"));
	CU_ASSERT(sent(&b, "Dialer1", BW_PPPOE_CHAP_PASSWORD, "パスワード"));
	CU_ASSERT_PTR_NULL(way(&b, "8.8.8.8"));
	session_up(&b, "Dialer1");
	CU_ASSERT_STRING_EQUAL(way(&b, "8.8.8.8"), "Dialer1");
	CU_ASSERT_EQUAL(b.dp.nacks, 0);
	bench_close(&b);
}

static void strange_events_do_nothing(void)
{
	struct bench b;
	struct bw_pppoe_state s;

	bench_open(&b);
	bench_attach(&b);
	bench_config(&b, session_rt13());
	s = session_open(&b, "Dialer1");
	s.if_id++; /* of a client that had the id before */
	session_tell(&b, &s);
	CU_ASSERT_PTR_NULL(way(&b, "8.8.8.8"));
	s.if_id--;
	for (uint32_t id = 0; id < 70; id++)
		if (id != s.client_id) {
			struct bw_pppoe_state other = s;

			other.client_id = id;
			session_tell(&b, &other);
		}
	s.client_id = UINT32_MAX;
	memset(s.ac_name, 'x', sizeof(s.ac_name));
	session_tell(&b, &s);
	CU_ASSERT_PTR_NULL(way(&b, "8.8.8.8"));
	bench_close(&b);
}

static void names_and_passwords_are_replaced(void)
{
	struct bench b;

	bench_open(&b);
	bench_attach(&b);
	bench_config(&b, session_pat);
	/* Without a name of its own CHAP answers with the router's. */
	CU_ASSERT(sent(&b, "Dialer1", BW_PPPOE_CHAP_NAME, "Router"));
	bench_config(&b, "hostname Tokyo\n");
	CU_ASSERT(sent(&b, "Dialer1", BW_PPPOE_CHAP_NAME, "Tokyo"));
	bench_config(&b, "interface Dialer1\n ppp chap hostname me@isp\n"
			 " ppp chap password two words\n ppp pap refuse\n");
	CU_ASSERT(sent(&b, "Dialer1", BW_PPPOE_CHAP_NAME, "me@isp"));
	CU_ASSERT(sent(&b, "Dialer1", BW_PPPOE_CHAP_PASSWORD, "two words"));
	CU_ASSERT_EQUAL(fake_find_client(&b.dp, "Dialer1")->pppoe.flags & ~BW_PPPOE_F_ROUTES,
		BW_PPPOE_F_CHAP);
	bench_config(&b, "interface Dialer1\n no ppp chap password\n no ppp chap hostname\n"
			 " no ppp pap sent-username\n");
	CU_ASSERT(sent(&b, "Dialer1", BW_PPPOE_CHAP_PASSWORD, ""));
	CU_ASSERT(sent(&b, "Dialer1", BW_PPPOE_CHAP_NAME, "Tokyo"));
	CU_ASSERT(sent(&b, "Dialer1", BW_PPPOE_PAP_NAME, ""));
	CU_ASSERT(sent(&b, "Dialer1", BW_PPPOE_PAP_PASSWORD, ""));
	CU_ASSERT_EQUAL(fake_find_client(&b.dp, "Dialer1")->pppoe.flags & ~BW_PPPOE_F_ROUTES, 0);
	/* 7: cisco, as on many a page about it */
	bench_config(&b, "interface Dialer1\n ppp chap password 7 070C285F4D06\n");
	CU_ASSERT(sent(&b, "Dialer1", BW_PPPOE_CHAP_PASSWORD, "cisco"));
	CU_ASSERT_PTR_NOT_NULL(strstr(bench_running(&b), " ppp chap password 7 070C285F4D06\n"));
	CU_ASSERT_EQUAL(b.dp.nacks, 0);
	bench_close(&b);
}

static void timers_and_options_reach_the_client(void)
{
	struct bench b;
	const struct bw_pppoe *c;

	bench_open(&b);
	bench_attach(&b);
	bench_config(&b, session_pat);
	bench_config(&b, "interface Dialer1\n keepalive 20 3\n ppp timeout retry 4\n"
			 " ppp timeout authentication 30\n ppp timeout ncp 60\n"
			 " ppp max-configure 20\n ppp max-failure 7\n ppp max-terminate 3\n"
			 " ppp ipcp dns request accept\n ppp ipcp address accept\n");
	c = &fake_find_client(&b.dp, "Dialer1")->pppoe;
	CU_ASSERT_EQUAL(c->keepalive_s, 20);
	CU_ASSERT_EQUAL(c->keepalive_misses, 3);
	CU_ASSERT_EQUAL(c->retry_s, 4);
	CU_ASSERT_EQUAL(c->auth_timeout_s, 30);
	CU_ASSERT_EQUAL(c->ncp_timeout_s, 60);
	CU_ASSERT_EQUAL(c->max_configure, 20);
	CU_ASSERT_EQUAL(c->max_failure, 7);
	CU_ASSERT_EQUAL(c->max_terminate, 3);
	CU_ASSERT_EQUAL(
		c->flags & ~BW_PPPOE_F_ROUTES, BW_PPPOE_F_PAP | BW_PPPOE_F_DNS | BW_PPPOE_F_ACCEPT);
	bench_config(&b, "interface Dialer1\n no keepalive\n default ppp timeout retry\n"
			 " no ppp timeout authentication\n no ppp timeout ncp\n"
			 " no ppp max-configure\n no ppp max-failure\n no ppp max-terminate\n"
			 " no ppp ipcp dns request\n no ppp ipcp address accept\n");
	c = &fake_find_client(&b.dp, "Dialer1")->pppoe;
	CU_ASSERT_EQUAL(c->keepalive_s, 0);
	CU_ASSERT_EQUAL(c->retry_s, 2);
	CU_ASSERT_EQUAL(c->auth_timeout_s, 10);
	CU_ASSERT_EQUAL(c->ncp_timeout_s, 0);
	CU_ASSERT_EQUAL(c->max_configure, 10);
	CU_ASSERT_EQUAL(c->flags & ~BW_PPPOE_F_ROUTES, BW_PPPOE_F_PAP);
	CU_ASSERT_PTR_NOT_NULL(strstr(bench_running(&b), " no keepalive\n"));
	bench_config(&b, "interface Dialer1\n keepalive\n");
	CU_ASSERT_EQUAL(fake_find_client(&b.dp, "Dialer1")->pppoe.keepalive_s, 10);
	CU_ASSERT_PTR_NULL(strstr(bench_running(&b), "keepalive"));
	bench_close(&b);
}

/* To another configuration and back: by the fewest changes, and all of them. */
static int replace(struct bench *b, const char *text, size_t *changes)
{
	int ret = cli_config_replace(b->config, &b->ctx, text, strlen(text), false, NULL, changes);

	bench_run(b);
	return ret;
}

static void a_configuration_is_replaced(void)
{
	char all_of_pat[1024]; /* a file says also what a typed line would bring along */
	struct bench b;
	size_t changes;

	snprintf(all_of_pat, sizeof(all_of_pat),
		"interface GigabitEthernet8\n pppoe enable\n%send\n", session_pat);
	bench_open(&b);
	bench_attach(&b);
	bench_config(&b, session_rt13());
	session_up(&b, "Dialer1");
	CU_ASSERT_EQUAL(replace(&b, session_rt13(), &changes), 0);
	CU_ASSERT_EQUAL(changes, 0);
	CU_ASSERT_EQUAL(replace(&b, all_of_pat, &changes), 0);
	CU_ASSERT_PTR_NULL(strstr(bench_running(&b), "unnumbered"));
	CU_ASSERT(sent(&b, "Dialer1", BW_PPPOE_CHAP_PASSWORD, ""));
	CU_ASSERT(sent(&b, "Dialer1", BW_PPPOE_PAP_PASSWORD, "secret"));
	CU_ASSERT_EQUAL(replace(&b, "hostname R\nend\n", &changes), 0);
	CU_ASSERT_EQUAL(fake_count(&b.dp, BW_CMD_PPPOE_SET), 0);
	CU_ASSERT_PTR_NULL(fake_find_if(&b.dp, "Dialer1"));
	CU_ASSERT_EQUAL(fake_count(&b.dp, BW_CMD_IF_ADDR_SET), 0);
	CU_ASSERT_EQUAL(fake_count(&b.dp, BW_CMD_ROUTE_SET), 0);
	CU_ASSERT_EQUAL(fake_count(&b.dp, BW_CMD_ADJ_SET), 0);
	CU_ASSERT_EQUAL(replace(&b, session_rt13(), &changes), 0);
	session_up(&b, "Dialer1");
	CU_ASSERT_STRING_EQUAL(way(&b, "8.8.8.8"), "Dialer1");
	CU_ASSERT_EQUAL(b.dp.nacks, 0);
	bench_close(&b);
}

/* A line of a Dialer, and what is answered. */
static void faulty_lines_are_refused(void)
{
	static const struct {
		const char *where, *line, *answer;
	} bad[] = {
		{ "Vlan10", "encapsulation ppp", "% Invalid input detected at '^' marker.\n" },
		{ "Vlan10", "dialer pool 1", "% Invalid input detected at '^' marker.\n" },
		{ "Vlan10", "ppp chap password x", "% Invalid input detected at '^' marker.\n" },
		{ "Vlan10", "pppoe enable", "% Invalid input detected at '^' marker.\n" },
		{ "GigabitEthernet0", "pppoe-client dial-pool-number 1",
			"% Invalid input detected at '^' marker.\n" },
		{ "Dialer1", "pppoe enable", "% Invalid input detected at '^' marker.\n" },
		{ "Dialer1", "dialer pool 0", "% Invalid input detected at '^' marker.\n" },
		{ "Dialer1", "dialer pool 256", "% Invalid input detected at '^' marker.\n" },
		{ "Dialer1", "ip unnumbered Dialer1", "% Invalid input detected at '^' marker.\n" },
		{ "GigabitEthernet8", "ip unnumbered Vlan10",
			"Point-to-point (non-multi-access) interfaces only\n" },
		{ "GigabitEthernet8", "ip address negotiated",
			"Point-to-point (non-multi-access) interfaces only\n" },
		{ "Dialer1", "ppp authentication chap",
			"% Authenticating the server is not supported: add callin\n" },
		{ "Dialer1", "ppp chap password 7 99062B",
			"% Invalid input detected at '^' marker.\n" },
		{ "Dialer1", "ppp chap password 7 070C285F4D0",
			"% Invalid input detected at '^' marker.\n" },
		{ "Dialer1", "ppp chap password 7 070C285F4Dxx",
			"% Invalid input detected at '^' marker.\n" },
		{ "Dialer1", "ppp chap password 0", "% Incomplete command.\n" },
	};
	struct bench b;

	bench_open(&b);
	bench_config(&b, "interface Vlan10\ninterface Dialer1\n");
	for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		char lines[160];

		snprintf(lines, sizeof(lines), "interface %s\n %s\n", bad[i].where, bad[i].line);
		CU_ASSERT_STRING_EQUAL(bench_config(&b, lines), bad[i].answer);
		CU_ASSERT_PTR_NULL(strstr(bench_running(&b), bad[i].line));
	}
	CU_ASSERT_STRING_EQUAL(bench_config(&b, "interface Virtual-Access1\n"),
		"% Virtual-Access interfaces cannot be configured\n");
	CU_ASSERT_STRING_EQUAL(bench_config(&b, "interface Dialer256\n"),
		"% Invalid input detected at '^' marker.\n");
	bench_close(&b);
}

/* The longest, one byte more, and where that is said to be. */
static void texts_have_a_limit(void)
{
	static const char *const line[] = { "ppp chap hostname ", "ppp chap password ",
		"ppp chap password 0 ", "ppp pap sent-username me password ",
		"pppoe-client dial-pool-number 1 service-name " };
	char text[BW_PPPOE_TEXT + 2], lines[256], sent[BW_PPPOE_TEXT + 1];
	struct bench b;

	memset(text, 'x', sizeof(text));
	text[BW_PPPOE_TEXT + 1] = '\0';
	bench_open(&b);
	bench_attach(&b);
	bench_config(&b, session_pat);
	for (unsigned i = 0; i < 5; i++) {
		const char *where = i < 4 ? "Dialer1" : "GigabitEthernet8";

		snprintf(lines, sizeof(lines), "interface %s\n %s%s\n", where, line[i], text);
		CU_ASSERT_STRING_EQUAL(
			bench_config(&b, lines), "% Invalid input detected at '^' marker.\n");
		CU_ASSERT_EQUAL(b.column, 1 + strlen(line[i]));
		CU_ASSERT_PTR_NULL(strstr(bench_running(&b), text));
		snprintf(lines, sizeof(lines), "interface %s\n %s%s\n", where, line[i], text + 1);
		CU_ASSERT_STRING_EQUAL(bench_config(&b, lines), "");
		CU_ASSERT_PTR_NOT_NULL(strstr(bench_running(&b), text + 1));
	}
	CU_ASSERT_EQUAL(strlen(text_of(&b, "Dialer1", BW_PPPOE_CHAP_NAME, sent)), BW_PPPOE_TEXT);
	/* Two columns for each character before the mistake, whatever its bytes. */
	CU_ASSERT_STRING_EQUAL(bench_config(&b, "interface Dialer1\n"
						" ppp pap sent-username ユーザ名 passwort x\n"),
		"% Invalid input detected at '^' marker.\n");
	CU_ASSERT_EQUAL(b.column, 1 + strlen("ppp pap sent-username ") + 8 + 1);
	bench_close(&b);
}

int main(void)
{
	static const struct bench_test tests[] = {
		{ "a seed file makes one client", a_seed_file_makes_one_client },
		{ "a seed file is given back", a_seed_file_is_given_back },
		{ "the same file again says nothing", the_same_file_again_says_nothing },
		{ "a session brings its routes", a_session_brings_its_routes },
		{ "the log tells of the session", the_log_tells_of_the_session },
		{ "packets are as large as the peer takes",
			packets_are_as_large_as_the_peer_takes },
		{ "a negotiated address comes and goes", a_negotiated_address_comes_and_goes },
		{ "a session may change between two events",
			a_session_may_change_between_two_events },
		{ "an address of ours is not taken", an_address_of_ours_is_not_taken },
		{ "static routes follow the session", static_routes_follow_the_session },
		{ "a typed default route is another", a_typed_default_route_is_another },
		{ "without a neighbor route the default goes by the interface",
			without_a_neighbor_route_the_default_goes_by_the_interface },
		{ "the order of lines does not matter", the_order_of_lines_does_not_matter },
		{ "each part is needed", each_part_is_needed },
		{ "two Dialers have two sessions", two_dialers_have_two_sessions },
		{ "an Ethernet serves one Dialer of its pool",
			an_ethernet_serves_one_dialer_of_its_pool },
		{ "a pool may have another way", a_pool_may_have_another_way },
		{ "control comes back to a living session",
			control_comes_back_to_a_living_session },
		{ "a dead dataplane has no sessions", a_dead_dataplane_has_no_sessions },
		{ "strange events do nothing", strange_events_do_nothing },
		{ "names and passwords are replaced", names_and_passwords_are_replaced },
		{ "timers and options reach the client", timers_and_options_reach_the_client },
		{ "a configuration is replaced", a_configuration_is_replaced },
		{ "faulty lines are refused", faulty_lines_are_refused },
		{ "texts have a limit", texts_have_a_limit },
		{ NULL, NULL },
	};

	return bench_main("dialer", tests);
}
