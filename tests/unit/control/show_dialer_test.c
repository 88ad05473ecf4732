/* SPDX-License-Identifier: BSD-3-Clause */
/* Sessions as they are shown, cleared and debugged; layouts byte for byte. */
#include <stdio.h>
#include <string.h>

#include "session.h"

static void pppoe_session(void)
{
	struct bw_pppoe_state s;
	struct bench b;

	bench_open(&b);
	bench_attach(&b);
	CU_ASSERT_STRING_EQUAL(bench_show(&b, "show pppoe session"), "     0 client sessions\n\n");
	bench_config(&b, session_rt13());
	session_up(&b, "Dialer1");
	CU_ASSERT_STRING_EQUAL(bench_show(&b, "show pppoe session"),
		"     1 client session\n"
		"\n"
		"Uniq ID  PPPoE  RemMAC          Port                    VT  VA         State\n"
		"           SID  LocMAC                                      VA-st      Type\n"
		"    N/A      3  f80b.cb77.4409  Gi8                    Di1 Vi1        UP      \n"
		"                0200.0000.0002                              UP              \n");
	s = session_open(&b, "Dialer1");
	s = (struct bw_pppoe_state) {
		.client_id = s.client_id, .if_id = s.if_id, .stage = BW_PPPOE_PADI
	};
	session_tell(&b, &s);
	CU_ASSERT_PTR_NOT_NULL(strstr(bench_show(&b, "show pppoe session"),
		"    N/A      0  0000.0000.0000  Gi8                    Di1 N/A        PADISNT \n"
		"                0000.0000.0000                              DOWN            \n"));
	bench_close(&b);
}

static void pppoe_session_all(void)
{
	struct bw_if_counters *c;
	struct bench b;

	bench_open(&b);
	bench_attach(&b);
	bench_config(&b, session_rt13());
	CU_ASSERT_STRING_EQUAL(
		bench_show(&b, "show pppoe session all"), "Total PPPoE sessions 0\n");
	session_up(&b, "Dialer1");
	c = &b.dp.region.counters[0].itf[iface_find(&b.ctl->ifaces, "Dialer1")->obj.id];
	c->rx_packets = 10;
	c->rx_bytes = 1000;
	c->tx_packets = 20;
	c->tx_bytes = 2000;
	CU_ASSERT_STRING_EQUAL(bench_show(&b, "show pppoe session all"),
		"Total PPPoE sessions 1\n"
		"\n"
		"session id: 3\n"
		"local MAC address: 0200.0000.0002, remote MAC address: f80b.cb77.4409\n"
		"virtual access interface: Vi1, outgoing interface: Gi8\n"
		"    20 packets sent, 10 received\n"
		"    2000 bytes sent, 1000 received\n");
	bench_close(&b);
}

#define PPP_HEAD                                                                                   \
	"Interface/ID OPEN+ Nego* Fail-     Stage    Peer Address    Peer Name\n"                  \
	"------------ --------------------- -------- --------------- --------------------\n"

static void ppp_all(void)
{
	struct bw_pppoe_state s;
	struct bench b;

	bench_open(&b);
	bench_attach(&b);
	bench_config(&b, session_rt13());
	CU_ASSERT_STRING_EQUAL(bench_show(&b, "show ppp all"), PPP_HEAD);
	s = session_up(&b, "Dialer1");
	CU_ASSERT_STRING_EQUAL(bench_show(&b, "show ppp all"),
		PPP_HEAD "Vi1          LCP+ CHAP+ IPCP+      LocalT   1.1.1.1         BAS\n");
	s.stage = BW_PPPOE_AUTHENTICATE;
	s.auth = 0xc023;
	s.peer_addr = 0;
	memcpy(s.peer_name, "\033[2J", 5); /* clears a screen */
	session_tell(&b, &s);
	CU_ASSERT_STRING_EQUAL(bench_show(&b, "show ppp all"),
		PPP_HEAD "Vi1          LCP+ PAP*             Auth     0.0.0.0         ?[2J\n");
	bench_close(&b);
}

static void ppp_interface(void)
{
	struct bw_pppoe_state s;
	struct bench b;

	bench_open(&b);
	bench_attach(&b);
	bench_config(&b, session_pat);
	s = session_open(&b, "Dialer1");
	s.dns[0] = ip("8.8.8.8");
	session_tell(&b, &s);
	CU_ASSERT_STRING_EQUAL(bench_show(&b, "show ppp interface Virtual-Access1"),
		"PPP Session Info\n"
		"----------------\n"
		"Interface        : Vi1\n"
		"Phase            : UP\n"
		"Peer Name        : BAS\n"
		"Peer Address     : 1.1.1.1\n"
		"Control Protocols: LCP+ CHAP+ IPCP+\n"
		"Session ID       : 3\n"
		"\n"
		"Vi1 LCP: [Open]\n"
		"Our Negotiated Options\n"
		"Vi1 LCP:    MRU 1454 (0x010405AE)\n"
		"Peer's Negotiated Options\n"
		"Vi1 LCP:    MRU 1454 (0x010405AE)\n"
		"Vi1 LCP:    AuthProto CHAP (0x0305C22305)\n"
		"\n"
		"Vi1 IPCP: [Open]\n"
		"Our Negotiated Options\n"
		"Vi1 IPCP:    Address 203.0.113.5\n"
		"Vi1 IPCP:    PrimaryDNS 8.8.8.8\n"
		"Peer's Negotiated Options\n"
		"Vi1 IPCP:    Address 1.1.1.1\n");
	bench_close(&b);
}

static void interfaces(void)
{
	struct bench b;

	bench_open(&b);
	bench_attach(&b);
	bench_config(&b, session_rt13());
	CU_ASSERT_STRING_EQUAL(bench_show(&b, "show interfaces Dialer1"),
		"Dialer1 is up, line protocol is up (spoofing)\n"
		"  Hardware is Unknown\n"
		"  Interface is unnumbered. Using address of Vlan10 (192.168.10.1)\n"
		"  MTU 1492 bytes, BW 56 Kbit/sec, DLY 20000 usec, \n"
		"     reliability 255/255, txload 1/255, rxload 1/255\n"
		"  Encapsulation PPP, LCP Closed, loopback not set\n"
		"  Keepalive set (10 sec)\n"
		"  Last input never, output never, output hang never\n"
		"  Last clearing of \"show interface\" counters never\n"
		"  Input queue: 0/75/0/0 (size/max/drops/flushes); Total output drops: 0\n"
		"  Queueing strategy: fifo\n"
		"  Output queue: 0/40 (size/max)\n"
		"  5 minute input rate 0 bits/sec, 0 packets/sec\n"
		"  5 minute output rate 0 bits/sec, 0 packets/sec\n"
		"     0 packets input, 0 bytes\n"
		"     0 packets output, 0 bytes\n");
	session_up(&b, "Dialer1");
	CU_ASSERT_PTR_NOT_NULL(strstr(bench_show(&b, "show interfaces Dialer1"),
		"  Keepalive set (10 sec)\n"
		"  Interface is bound to Vi1\n"
		"  Last input never, output never, output hang never\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(bench_show(&b, "show interfaces Dialer1"),
		"     0 packets output, 0 bytes\n"
		"Bound to:\n"
		"Virtual-Access1 is up, line protocol is up \n"
		"  Hardware is Virtual Access interface\n"
		"  MTU 1454 bytes, BW 56 Kbit/sec, DLY 20000 usec, \n"
		"     reliability 255/255, txload 1/255, rxload 1/255\n"
		"  Encapsulation PPP, LCP Open\n"
		"  Open: IPCP\n"
		"  PPPoE vaccess, cloned from Dialer1\n"
		"  Vaccess status 0x44, loopback not set\n"
		"  Keepalive set (10 sec)\n"
		"  Interface is bound to Di1 (Encapsulation PPP)\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(bench_show(&b, "show interfaces Virtual-Access1"),
		"Virtual-Access1 is up, line protocol is up \n"));
	bench_close(&b);
}

static void ip_interface(void)
{
	struct bench b;

	bench_open(&b);
	bench_attach(&b);
	bench_config(&b, session_rt13());
	session_up(&b, "Dialer1");
	CU_ASSERT_STRING_EQUAL(bench_show(&b, "show ip interface brief"),
		"Interface                  IP-Address      OK? Method Status                Protocol\n"
		"GigabitEthernet0           unassigned      YES unset  up                    up      \n"
		"GigabitEthernet1           unassigned      YES unset  up                    up      \n"
		"GigabitEthernet8           unassigned      YES unset  up                    up      \n"
		"GigabitEthernet9           unassigned      YES unset  up                    up      \n"
		"Vlan10                     192.168.10.1    YES NVRAM  up                    up      \n"
		"Dialer1                    192.168.10.1    YES unset  up                    up      \n"
		"Virtual-Access1            unassigned      YES unset  up                    up      \n");
	CU_ASSERT_PTR_NOT_NULL(strstr(bench_show(&b, "show ip interface Dialer1"),
		"Dialer1 is up, line protocol is up\n"
		"  Interface is unnumbered. Using address of Vlan10 (192.168.10.1)\n"
		"  Broadcast address is 255.255.255.255\n"
		"  Peer address is 1.1.1.1\n"
		"  MTU is 1454 bytes\n"));
	bench_config(&b, "interface Dialer1\n ip address negotiated\n");
	CU_ASSERT_PTR_NOT_NULL(strstr(bench_show(&b, "show ip interface Dialer1"),
		"  Internet address is 203.0.113.5/32\n"
		"  Broadcast address is 255.255.255.255\n"
		"  Address determined by IPCP\n"
		"  Peer address is 1.1.1.1\n"));
	bench_close(&b);
}

static void dialer(void)
{
	struct bench b;

	bench_open(&b);
	bench_attach(&b);
	bench_config(&b, session_rt13());
	session_down(&b, "Dialer1");
	CU_ASSERT_STRING_EQUAL(bench_show(&b, "show dialer"),
		"Di1 - dialer type = DIALER PROFILE\n"
		"Idle timer (120 secs), Fast idle timer (20 secs)\n"
		"Wait for carrier (30 secs), Re-enable (15 secs)\n"
		"Dialer state is idle\n"
		"Number of active calls = 0\n"
		"\n"
		"Dial String      Successes    Failures    Last DNIS   Last status\n"
		"Gi8                      0           -        never   no echo replies\n");
	session_up(&b, "Dialer1");
	CU_ASSERT_STRING_EQUAL(bench_show(&b, "show dialer interface Dialer1"),
		"Di1 - dialer type = DIALER PROFILE\n"
		"Idle timer (120 secs), Fast idle timer (20 secs)\n"
		"Wait for carrier (30 secs), Re-enable (15 secs)\n"
		"Dialer state is data link layer up\n"
		"Number of active calls = 1\n"
		"Interface bound to Vi1\n"
		"Time until disconnect never\n"
		"Current call connected 00:00:00\n"
		"\n"
		"Dial String      Successes    Failures    Last DNIS   Last status\n"
		"Gi8                      1           -     00:00:00   successful\n");
	bench_close(&b);
}

static void cef_and_routes(void)
{
	struct bench b;

	bench_open(&b);
	bench_attach(&b);
	bench_config(&b, session_rt13());
	session_up(&b, "Dialer1");
	CU_ASSERT_PTR_NOT_NULL(strstr(bench_show(&b, "show ip cef"),
		"0.0.0.0/0            1.1.1.1              Dialer1\n"
		"1.1.1.1/32           attached             Dialer1\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(bench_show(&b, "show ip route 1.1.1.1"),
		"Routing entry for 1.1.1.1/32\n"
		"  Known via \"connected\", distance 0, metric 0 (connected, via interface)\n"
		"  Routing Descriptor Blocks:\n"
		"  * directly connected, via Dialer1\n"));
	/* There is no ARP on it. */
	CU_ASSERT_PTR_NULL(strstr(bench_show(&b, "show arp"), "Dialer1"));
	bench_config(&b, "interface Dialer1\n ip address negotiated\n");
	CU_ASSERT_PTR_NULL(strstr(bench_show(&b, "show arp"), "Dialer1"));
	bench_close(&b);
}

/* Rules by the Dialer's address have the one that is lent, or the negotiated one. */
static void nat(void)
{
	struct bench b;

	bench_open(&b);
	bench_attach(&b);
	bench_config(&b, session_rt13());
	bench_config(
		&b, "ip nat inside source static tcp 192.168.10.5 22 interface Dialer1 2222\n");
	session_up(&b, "Dialer1");
	CU_ASSERT_STRING_EQUAL(bench_show(&b, "show ip nat translations"),
		"Pro Inside global      Inside local       Outside local      Outside global\n"
		"--- 25.0.0.16          192.168.10.16      ---                ---\n"
		"tcp 192.168.10.1:2222  192.168.10.5:22    ---                ---\n");
	bench_config(&b, "interface Dialer1\n ip address negotiated\n");
	CU_ASSERT_PTR_NOT_NULL(strstr(bench_show(&b, "show ip nat translations"),
		"tcp 203.0.113.5:2222   192.168.10.5:22    ---                ---\n"));
	bench_close(&b);
}

static void clear(void)
{
	static const char *const lines[] = { "clear pppoe all",
		"clear pppoe interface GigabitEthernet8", "clear pppoe interface Dialer1",
		"clear interface Dialer1", "clear interface Virtual-Access1" };
	struct bench b;
	uint32_t id;

	bench_open(&b);
	bench_attach(&b);
	bench_config(&b, session_rt13());
	id = fake_find_client(&b.dp, "Dialer1")->pppoe.client_id;
	for (unsigned i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		b.dp.cleared = UINT32_MAX;
		CU_ASSERT_STRING_EQUAL(bench_show(&b, lines[i]), "");
		CU_ASSERT_EQUAL(b.dp.cleared, id);
	}
	b.dp.cleared = UINT32_MAX;
	bench_show(&b, "clear pppoe interface GigabitEthernet9");
	bench_show(&b, "clear interface GigabitEthernet8");
	CU_ASSERT_EQUAL(b.dp.cleared, UINT32_MAX);
	bench_close(&b);
}

static void debugging(void)
{
	struct log_line *last;
	struct bench b;

	bench_open(&b);
	bench_attach(&b);
	CU_ASSERT_STRING_EQUAL(bench_show(&b, "show debugging"), "");
	CU_ASSERT_STRING_EQUAL(bench_show(&b, "debug ppp negotiation"),
		"PPP protocol negotiation debugging is on\n");
	CU_ASSERT_STRING_EQUAL(
		bench_show(&b, "debug pppoe events"), "PPPoE protocol events debugging is on\n");
	bench_run(&b);
	CU_ASSERT_EQUAL(b.dp.debug, BW_DEBUG_PPP_NEGOTIATION | BW_DEBUG_PPPOE_EVENTS);
	CU_ASSERT_STRING_EQUAL(bench_show(&b, "show debugging"),
		"PPP:\n"
		"  PPP protocol negotiation debugging is on\n"
		"PPPoE:\n"
		"  PPPoE protocol events debugging is on\n");
	fake_debug(&b.dp, "Vi1 LCP: O CONFREQ [Closed] id 1 len 14");
	bench_run(&b);
	last = TAILQ_LAST(&b.ctl->core.log.lines, log_lines);
	CU_ASSERT_PTR_NOT_NULL_FATAL(last);
	CU_ASSERT_PTR_NOT_NULL(strstr(last->text, ": Vi1 LCP: O CONFREQ [Closed] id 1 len 14"));
	CU_ASSERT_STRING_EQUAL(bench_show(&b, "no debug ppp negotiation"),
		"PPP protocol negotiation debugging is off\n");
	bench_run(&b);
	CU_ASSERT_EQUAL(b.dp.debug, BW_DEBUG_PPPOE_EVENTS);
	CU_ASSERT_STRING_EQUAL(
		bench_show(&b, "undebug all"), "All possible debugging has been turned off\n");
	bench_run(&b);
	CU_ASSERT_EQUAL(b.dp.debug, 0);
	CU_ASSERT_EQUAL(b.dp.nacks, 0);
	bench_close(&b);
}

/* The dataplane that comes back has forgotten; control that comes back wants none. */
static void debugging_is_told_again(void)
{
	struct bench b;

	bench_open(&b);
	bench_show(&b, "debug ppp authentication");
	bench_attach(&b);
	CU_ASSERT_EQUAL(b.dp.debug, BW_DEBUG_PPP_AUTHENTICATION);
	bench_restart_control(&b, "");
	CU_ASSERT_EQUAL(b.dp.debug, 0);
	bench_close(&b);
}

/* Severity 7 is kept or not like that of any other line. */
static void debugging_is_of_severity_seven(void)
{
	struct bench b;

	bench_open(&b);
	bench_attach(&b);
	bench_config(&b, "logging buffered informational\n");
	log_clear(&b.ctl->core.log);
	fake_debug(&b.dp, "PPPoE 3-5-1: I PADS"); /* no mnemonic, though it has dashes */
	bench_run(&b);
	CU_ASSERT(TAILQ_EMPTY(&b.ctl->core.log.lines));
	bench_close(&b);
}

int main(void)
{
	static const struct bench_test tests[] = {
		{ "show pppoe session", pppoe_session },
		{ "show pppoe session all", pppoe_session_all },
		{ "show ppp all", ppp_all },
		{ "show ppp interface", ppp_interface },
		{ "show interfaces", interfaces },
		{ "show ip interface", ip_interface },
		{ "show dialer", dialer },
		{ "show ip cef, show ip route", cef_and_routes },
		{ "show ip nat translations", nat },
		{ "clear pppoe, clear interface", clear },
		{ "debugging", debugging },
		{ "debugging is told again", debugging_is_told_again },
		{ "debugging is of severity seven", debugging_is_of_severity_seven },
		{ NULL, NULL },
	};

	return bench_main("show dialer", tests);
}
