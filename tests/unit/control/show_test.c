/* SPDX-License-Identifier: BSD-3-Clause */
/* Layouts, byte for byte. */
#include <event2/event.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/context_engine.h"

#include "control/core/format.h"

#include "support.h"

static const char rt03[] = "!\nhostname RT03\n!\ninterface GigabitEthernet0\n"
			   " switchport access vlan 20\n no ip address\n!\n"
			   "interface GigabitEthernet8\n"
			   " ip address 192.168.10.16 255.255.255.0\n ip nat outside\n"
			   " ip virtual-reassembly\n duplex auto\n speed auto\n!\n"
			   "interface Vlan20\n ip address 192.168.20.1 255.255.255.0\n"
			   " ip nat inside\n ip virtual-reassembly\n!\n!\n"
			   "ip route 0.0.0.0 0.0.0.0 192.168.10.1\n!\n"
			   "ip nat pool GIP 192.168.10.16 192.168.10.16 netmask 255.255.255.0\n"
			   "ip nat inside source list 1 pool GIP overload\n!\n"
			   "access-list 1 permit 192.168.20.0 0.0.0.255\n!\nend\n";

#define LEGEND                                                                                     \
	"Codes: L - local, C - connected, S - static, R - RIP, M - mobile, B - BGP\n"              \
	"       D - EIGRP, EX - EIGRP external, O - OSPF, IA - OSPF inter area \n"                 \
	"       N1 - OSPF NSSA external type 1, N2 - OSPF NSSA external type 2\n"                  \
	"       E1 - OSPF external type 1, E2 - OSPF external type 2\n"                            \
	"       i - IS-IS, su - IS-IS summary, L1 - IS-IS level-1, L2 - IS-IS level-2\n"           \
	"       ia - IS-IS inter area, * - candidate default, U - per-user static route\n"         \
	"       o - ODR, P - periodic downloaded static route, H - NHRP, l - LISP\n"               \
	"       a - application route\n"                                                           \
	"       + - replicated route, % - next hop override, p - overrides from PfR\n"             \
	"\n"

/* Without the heading, which has the time in it. */
static const char *running(struct bench *b)
{
	return strstr(bench_running(b), "version ");
}

static void seed_file_is_given_back(void)
{
	struct bench b;
	char first[4096];

	bench_open(&b);
	CU_ASSERT_STRING_EQUAL(
		bench_config(&b, rt03), "% Access VLAN does not exist. Creating vlan 20\n");
	snprintf(first, sizeof(first), "%s", running(&b));
	CU_ASSERT_STRING_EQUAL(first,
		"version 15.7\n"
		"service timestamps debug datetime msec\n"
		"service timestamps log datetime msec\n"
		"no service password-encryption\n"
		"!\n"
		"hostname RT03\n"
		"!\n"
		"no aaa new-model\n"
		"!\n"
		"ip cef\n"
		"!\n"
		"interface GigabitEthernet0\n"
		" switchport access vlan 20\n"
		" no ip address\n"
		"!\n"
		"interface GigabitEthernet8\n"
		" ip address 192.168.10.16 255.255.255.0\n"
		" ip nat outside\n"
		" ip virtual-reassembly in\n"
		" duplex auto\n"
		" speed auto\n"
		"!\n"
		"interface Vlan20\n"
		" ip address 192.168.20.1 255.255.255.0\n"
		" ip nat inside\n"
		" ip virtual-reassembly in\n"
		"!\n"
		"ip forward-protocol nd\n"
		"!\n"
		"no ip http server\n"
		"no ip http secure-server\n"
		"!\n"
		"ip nat pool GIP 192.168.10.16 192.168.10.16 netmask 255.255.255.0\n"
		"ip nat inside source list 1 pool GIP overload\n"
		"ip route 0.0.0.0 0.0.0.0 192.168.10.1\n"
		"!\n"
		"access-list 1 permit 192.168.20.0 0.0.0.255\n"
		"!\n"
		"end\n");
	/* What was given back changes nothing, nor does the file itself. */
	CU_ASSERT_STRING_EQUAL(bench_config(&b, first), "");
	CU_ASSERT_STRING_EQUAL(bench_config(&b, rt03), "");
	CU_ASSERT_STRING_EQUAL(running(&b), first);
	bench_close(&b);
}

static void ip_route(void)
{
	struct bench b;

	bench_open(&b);
	bench_attach(&b);
	bench_config(&b, rt03);
	CU_ASSERT_STRING_EQUAL(bench_show(&b, "show ip route"),
		LEGEND "Gateway of last resort is 192.168.10.1 to network 0.0.0.0\n"
		       "\n"
		       "S*    0.0.0.0/0 [1/0] via 192.168.10.1\n"
		       "      192.168.10.0/24 is variably subnetted, 2 subnets, 2 masks\n"
		       "C        192.168.10.0/24 is directly connected, GigabitEthernet8\n"
		       "L        192.168.10.16/32 is directly connected, GigabitEthernet8\n"
		       "      192.168.20.0/24 is variably subnetted, 2 subnets, 2 masks\n"
		       "C        192.168.20.0/24 is directly connected, Vlan20\n"
		       "L        192.168.20.1/32 is directly connected, Vlan20\n");
	bench_config(&b, "no ip route 0.0.0.0 0.0.0.0 192.168.10.1\n"
			 "interface Loopback0\n ip address 1.1.1.1 255.255.255.255\n"
			 "ip route 10.0.0.0 255.0.0.0 192.168.10.2\n"
			 "ip route 10.0.0.0 255.0.0.0 192.168.10.3\n"
			 "ip route 172.16.1.0 255.255.255.0 192.168.10.2 5\n"
			 "ip route 172.16.2.0 255.255.255.0 Null0\n"
			 "ip route 11.0.0.0 255.0.0.0 GigabitEthernet8 192.168.10.9\n");
	CU_ASSERT_STRING_EQUAL(bench_show(&b, "show ip route static"),
		LEGEND "Gateway of last resort is not set\n"
		       "\n"
		       "S     10.0.0.0/8 [1/0] via 192.168.10.2\n"
		       "                 [1/0] via 192.168.10.3\n"
		       "S     11.0.0.0/8 [1/0] via 192.168.10.9, GigabitEthernet8\n"
		       "      172.16.0.0/24 is subnetted, 2 subnets\n"
		       "S        172.16.1.0 [5/0] via 192.168.10.2\n"
		       "S        172.16.2.0 is directly connected, Null0\n");
	CU_ASSERT_PTR_NOT_NULL(strstr(bench_show(&b, "show ip route connected"),
		"      1.0.0.0/32 is subnetted, 1 subnets\n"
		"C        1.1.1.1 is directly connected, Loopback0\n"));
	bench_close(&b);
}

static void ip_route_of_one_prefix(void)
{
	struct bench b;

	bench_open(&b);
	bench_attach(&b);
	bench_config(&b, rt03);
	bench_config(&b, "ip route 10.1.0.0 255.255.0.0 192.168.10.2 tag 7\n");
	CU_ASSERT_STRING_EQUAL(bench_show(&b, "show ip route 10.1.2.3"),
		"Routing entry for 10.1.0.0/16\n"
		"  Known via \"static\", distance 1, metric 0\n"
		"  Tag 7\n"
		"  Routing Descriptor Blocks:\n"
		"  * 192.168.10.2\n"
		"      Route metric is 0, traffic share count is 1\n"
		"      Route tag 7\n");
	CU_ASSERT_STRING_EQUAL(bench_show(&b, "show ip route 192.168.20.9"),
		"Routing entry for 192.168.20.0/24\n"
		"  Known via \"connected\", distance 0, metric 0 (connected, via interface)\n"
		"  Routing Descriptor Blocks:\n"
		"  * directly connected, via Vlan20\n"
		"      Route metric is 0, traffic share count is 1\n");
	CU_ASSERT_STRING_EQUAL(bench_show(&b, "show ip route 10.2.0.1"), "% Subnet not in table\n");
	CU_ASSERT_STRING_EQUAL(bench_show(&b, "show ip route 8.8.8.8"), "% Network not in table\n");
	CU_ASSERT_STRING_EQUAL(bench_show(&b, "show ip route 0.0.0.0"),
		"Routing entry for 0.0.0.0/0, supernet\n"
		"  Known via \"static\", distance 1, metric 0, candidate default path\n"
		"  Routing Descriptor Blocks:\n"
		"  * 192.168.10.1\n"
		"      Route metric is 0, traffic share count is 1\n");
	bench_close(&b);
}

static void ip_interface_brief(void)
{
	struct bench b;

	bench_open(&b);
	bench_attach(&b);
	bench_config(&b, rt03);
	bench_config(&b, "interface GigabitEthernet9\n shutdown\n");
	CU_ASSERT_STRING_EQUAL(bench_show(&b, "show ip interface brief"),
		"Interface                  IP-Address      OK? Method Status                Protocol\n"
		"GigabitEthernet0           unassigned      YES unset  up                    up      \n"
		"GigabitEthernet1           unassigned      YES unset  up                    up      \n"
		"GigabitEthernet8           192.168.10.16   YES NVRAM  up                    up      \n"
		"GigabitEthernet9           unassigned      YES unset  administratively down down    \n"
		"Vlan20                     192.168.20.1    YES NVRAM  up                    up      \n");
	bench_close(&b);
}

static void arp_table(void)
{
	struct bench b;
	struct bw_arp arp = { .addr = ip("192.168.20.10"), .state = BW_ARP_REACHABLE, .age = 190 };

	bench_open(&b);
	bench_attach(&b);
	bench_config(&b, rt03);
	arp.if_id = iface_find(&b.ctl->ifaces, "Vlan20")->obj.id;
	memcpy(arp.mac, (uint8_t[]) { 0, 0x11, 0x22, 0x33, 0x44, 0x55 }, 6);
	fake_add_row(&b.dp, BW_EVT_ARP, &arp, sizeof(arp));
	arp.addr = ip("192.168.20.11");
	arp.state = BW_ARP_INCOMPLETE;
	fake_add_row(&b.dp, BW_EVT_ARP, &arp, sizeof(arp));
	CU_ASSERT_STRING_EQUAL(bench_show(&b, "show arp"),
		"Protocol  Address          Age (min)  Hardware Addr   Type   Interface\n"
		"Internet  192.168.10.16           -   0200.0000.0002  ARPA   GigabitEthernet8\n"
		"Internet  192.168.20.1            -   0200.0000.0000  ARPA   Vlan20\n"
		"Internet  192.168.20.10           3   0011.2233.4455  ARPA   Vlan20\n"
		"Internet  192.168.20.11           0   Incomplete      ARPA   \n");
	CU_ASSERT_STRING_EQUAL(bench_show(&b, "show ip arp GigabitEthernet8"),
		"Protocol  Address          Age (min)  Hardware Addr   Type   Interface\n"
		"Internet  192.168.10.16           -   0200.0000.0002  ARPA   GigabitEthernet8\n");
	bench_close(&b);
}

static void add_session(
	struct bench *b, uint8_t proto, uint16_t port, const char *remote, uint16_t remote_port)
{
	struct bw_nat_session s = {
		.local = ip("192.168.20.10"),
		.global = ip("192.168.10.16"),
		.remote = ip(remote),
		.local_port = port,
		.global_port = port,
		.remote_port = remote_port,
		.proto = proto,
		.rule_id = 1,
		.age = 11,
		.idle = 1,
		.timeout = 86400,
		.id = 5,
	};

	fake_add_row(&b->dp, BW_EVT_NAT_SESSION, &s, sizeof(s));
}

static void nat_translations(void)
{
	struct bench b;

	bench_open(&b);
	bench_attach(&b);
	bench_config(&b, rt03);
	CU_ASSERT_STRING_EQUAL(bench_show(&b, "show ip nat translations"),
		"Pro Inside global      Inside local       Outside local      Outside global\n");
	add_session(&b, IPPROTO_TCP, 2598, "23.219.39.17", 80);
	add_session(&b, IPPROTO_TCP, 2599, "77.234.41.34", 80);
	CU_ASSERT_STRING_EQUAL(bench_show(&b, "show ip nat translations"),
		"Pro Inside global       Inside local        Outside local    Outside global\n"
		"tcp 192.168.10.16:2598  192.168.20.10:2598  23.219.39.17:80  23.219.39.17:80\n"
		"tcp 192.168.10.16:2599  192.168.20.10:2599  77.234.41.34:80  77.234.41.34:80\n");
	b.dp.n_rows = 0;
	add_session(&b, IPPROTO_ICMP, 4711, "8.8.8.8", 0);
	CU_ASSERT_STRING_EQUAL(bench_show(&b, "show ip nat translations verbose"),
		"Pro Inside global       Inside local        Outside local  Outside global\n"
		"icmp 192.168.10.16:4711 192.168.20.10:4711  8.8.8.8:4711   8.8.8.8:4711\n"
		"    create 00:00:11, use 00:00:01 timeout:86400000, left 23:59:59, \n"
		"    flags: \n"
		"extended, use_count: 0, entry-id: 5, lc_entries: 0\n");
	bench_close(&b);
}

/* Where a long table goes: a terminal that takes so much at a time. */
struct reader {
	uint64_t bytes, lines;
	size_t waiting;
	char line[256]; /* the one that has begun, or the last */
	size_t len;
	unsigned uneven; /* lines that are not as wide as the first one's columns make them */
	bool json;
	uint64_t objects;
};

static void read_line(struct reader *r)
{
	struct bw_nat_session s = fake_session((uint32_t)r->lines - 1);
	char cell[4][24], want[256], ip[FORMAT_IP_SIZE];

	r->line[r->len] = '\0';
	r->len = 0;
	r->objects += strstr(r->line, "\"type\":\"dynamic\"") != NULL;
	if (r->lines++ == 0 || r->json)
		return;
	snprintf(cell[0], 24, "%s:%u", format_ip(s.global, ip), s.global_port);
	snprintf(cell[1], 24, "%s:%u", format_ip(s.local, ip), s.local_port);
	snprintf(cell[2], 24, "%s:%u", format_ip(s.remote, ip), s.remote_port);
	snprintf(want, sizeof(want), "tcp %-19s%-21s%-18s%s", cell[0], cell[1], cell[2], cell[2]);
	r->uneven += strcmp(r->line, want) != 0;
}

static void take_output(void *arg, const char *data, size_t len)
{
	struct reader *r = arg;

	r->bytes += len;
	r->waiting += len;
	for (size_t i = 0; i < len; i++)
		if (data[i] == '\n')
			read_line(r);
		else if (r->len + 1 < sizeof(r->line))
			r->line[r->len++] = data[i];
}

static bool has_enough(void *arg)
{
	struct reader *r = arg;

	return r->waiting >= 256 * 1024;
}

static size_t resident(void)
{
	unsigned long pages = 0, ignored;
	FILE *file = fopen("/proc/self/statm", "r");

	if (file == NULL || fscanf(file, "%lu %lu", &ignored, &pages) != 2)
		CU_FAIL("no statm");
	if (file != NULL)
		fclose(file);
	return pages * 4096;
}

/* Runs a command to a slow reader; the most that one turn of the event loop took, in ms. */
static uint64_t show_slowly(struct bench *b, struct reader *r, const char *line, size_t *grown)
{
	struct cli_out *before = b->ctx.out, *out = cli_out_new(take_output, has_enough, r);
	const struct cli_mode *exec = cli_grammar_mode(b->grammar, "exec");
	uint64_t longest = 0, limit = clock_ms() + 240000;
	size_t base = resident(), offset;
	struct cli_parse parse;
	const char *reason;
	int ret;

	b->ctx.out = out;
	if (r->json)
		CU_ASSERT_EQUAL(cli_out_filter(out, "json", &offset, &reason), 0);
	CU_ASSERT_EQUAL_FATAL(cli_grammar_parse(b->grammar, exec, 0, line, &parse), CLI_PARSE_OK);
	b->done = false;
	ret = cli_ctx_run(&b->ctx, parse.args);
	*grown = 0;
	while (ret == CLI_PENDING && !b->done && clock_ms() < limit) {
		uint64_t begun = clock_ms(), took;

		event_base_loop(b->base, EVLOOP_ONCE | EVLOOP_NONBLOCK);
		took = clock_ms() - begun;
		longest = took > longest ? took : longest;
		if (resident() > base && resident() - base > *grown)
			*grown = resident() - base;
		r->waiting = 0;
		fake_run(&b->dp);
	}
	CU_ASSERT(b->done);
	CU_ASSERT_EQUAL(b->status, 0);
	cli_out_finish(out);
	cli_args_free(parse.args);
	cli_ctx_end(&b->ctx);
	b->ctx.out = before;
	cli_out_free(out);
	return longest;
}

/*
 * A million sessions: the columns as wide as the longest of them, in memory that does not grow
 * with them, and with the event loop's turns short enough for everything else.
 */
static void a_million_translations(void)
{
	struct reader r = { 0 }, small = { 0 };
	uint64_t longest;
	struct bench b;
	size_t grown;

	bench_open(&b);
	bench_attach(&b);
	b.dp.n_sessions = 20000; /* what is reserved once is not what is asked about */
	show_slowly(&b, &small, "show ip nat translations", &grown);
	CU_ASSERT_EQUAL(small.lines, 20001);
	b.dp.n_sessions = 1000000;
	longest = show_slowly(&b, &r, "show ip nat translations", &grown);
	printf("\n    1,000,000 sessions: %.1f MB of text, %.1f MB more memory, "
	       "longest turn %u ms ",
		(double)r.bytes / 1e6, (double)grown / 1e6, (unsigned)longest);
	CU_ASSERT_EQUAL(r.lines, 1000001);
	CU_ASSERT_EQUAL(r.uneven, 0);
	CU_ASSERT(r.bytes > 70000000);
	CU_ASSERT(grown < 16u << 20);
	CU_ASSERT(longest < 500);
	bench_close(&b);
}

static void many_translations_as_json(void)
{
	struct reader r = { .json = true };
	struct bench b;
	size_t grown;

	bench_open(&b);
	bench_attach(&b);
	b.dp.n_sessions = 50000;
	show_slowly(&b, &r, "show ip nat translations", &grown);
	CU_ASSERT_EQUAL(r.objects, 50000);
	CU_ASSERT_STRING_EQUAL(r.line, "}");
	bench_close(&b);
}

/* A part that is just full, and the one after it empty. */
static void parts_that_are_just_full(void)
{
	static const uint32_t counts[] = { 0, 1, 4095, 4096, 4097, 8192, 8193 };
	struct bench b;

	bench_open(&b);
	bench_attach(&b);
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		struct reader r = { .json = false };
		size_t grown;

		b.dp.n_sessions = counts[i];
		show_slowly(&b, &r, "show ip nat translations", &grown);
		CU_ASSERT_EQUAL(r.lines, counts[i] + 1);
	}
	bench_close(&b);
}

static void nat_statistics(void)
{
	struct bench b;

	bench_open(&b);
	bench_attach(&b);
	bench_config(&b, rt03);
	add_session(&b, IPPROTO_TCP, 2598, "23.219.39.17", 80);
	b.dp.region.counters[0].nat.sessions = 1;
	b.dp.region.counters[0].nat.peak = 1;
	b.dp.region.counters[0].nat.hits = 216;
	b.dp.region.counters[0].nat.expired = 1;
	CU_ASSERT_STRING_EQUAL(bench_show(&b, "show ip nat statistics"),
		"Total active translations: 1 (0 static, 1 dynamic; 1 extended)\n"
		"Peak translations: 1\n"
		"Outside interfaces:\n"
		"  GigabitEthernet8\n"
		"Inside interfaces: \n"
		"  Vlan20\n"
		"Hits: 216  Misses: 0\n"
		"CEF Translated packets: 216, CEF Punted packets: 0\n"
		"Expired translations: 1\n"
		"Dynamic mappings:\n"
		"-- Inside Source\n"
		"[Id: 1] access-list 1 pool GIP refcount 1\n"
		" pool GIP: netmask 255.255.255.0\n"
		"\tstart 192.168.10.16 end 192.168.10.16\n"
		"\ttype generic, total addresses 1, allocated 1 (100%), misses 0\n"
		"\n"
		"Total doors: 0\n"
		"Appl doors: 0\n"
		"Normal doors: 0\n"
		"Queued Packets: 0\n");
	bench_close(&b);
}

static void ip_traffic(void)
{
	struct bw_worker_counters *c, *main_lcore;
	struct bench b;

	bench_open(&b);
	CU_ASSERT_STRING_EQUAL(
		bench_show(&b, "show ip traffic"), "% The dataplane is not running\n");
	bench_attach(&b);
	c = &b.dp.region.counters[0];
	snprintf(c->node[3].name, sizeof(c->node[3].name), "ip4_input");
	snprintf(c->node[4].name, sizeof(c->node[4].name), "ip4_output");
	c->node[3].packets = 1000;
	c->node[4].packets = 900;
	c->local = (struct bw_local_counters) { .delivered = 50,
		.broadcasts = 4,
		.fragmented = 2,
		.fragments = 5,
		.icmp_rx = { [0] = 6, [3] = 7, [8] = 8, [19] = 9 },
		.icmp_tx = { [0] = 8, [3] = 10, [11] = 11 } };
	main_lcore = &b.dp.region.counters[b.dp.region.n_workers];
	main_lcore->main = (struct bw_main_counters) { .arp_rx_requests = 12,
		.arp_rx_replies = 13,
		.arp_tx_requests = 14,
		.arp_tx_replies = 15,
		.sent = 20,
		.multicasts_tx = 1,
		.icmp_tx = { [8] = 5 } };
	c->drops[BW_DROP_IP4_TTL] = 11;
	c->drops[BW_DROP_IP4_CHECKSUM] = 16;
	c->drops[BW_DROP_IP4_SHORT] = 1;
	c->drops[BW_DROP_IP4_LENGTH] = 2;
	c->drops[BW_DROP_IP4_NO_ROUTE] = 10;
	main_lcore->drops[BW_DROP_ARP_BAD] = 17;
	c->drops[BW_DROP_IP4_DF] = 18;
	c->itf[3].rx_multicast = 19;
	CU_ASSERT_STRING_EQUAL(bench_show(&b, "show ip traffic"),
		"IP statistics:\n"
		"  Rcvd:  1000 total, 50 local destination\n"
		"         3 format errors, 16 checksum errors, 11 bad hop count\n"
		"         0 unknown protocol, 0 not a gateway\n"
		"         0 security failures, 0 bad options, 0 with options\n"
		"  Frags: 0 reassembled, 0 timeouts, 0 couldn't reassemble\n"
		"         2 fragmented, 5 fragments, 18 couldn't fragment\n"
		"  Bcast: 4 received, 0 sent\n"
		"  Mcast: 19 received, 1 sent\n"
		"  Sent:  49 generated, 851 forwarded\n"
		"  Drop:  0 encapsulation failed, 0 unresolved, 0 no adjacency\n"
		"         10 no route, 0 unicast RPF, 0 forced drop\n"
		"         0 options denied\n"
		"  Drop:  0 packets with source IP address zero or martian\n"
		"  Drop:  0 packets with our own source IP address\n"
		"         0 physical broadcast\n"
		"\n"
		"ICMP statistics:\n"
		"  Rcvd: 0 format errors, 0 checksum errors, 0 redirects, 7 unreachable\n"
		"        8 echo, 6 echo reply, 0 mask requests, 0 mask replies, 0 quench\n"
		"        0 parameter, 0 timestamp, 0 timestamp replies, 0 info request, 9 other\n"
		"        0 irdp solicitations, 0 irdp advertisements\n"
		"        0 time exceeded, 0 info replies\n"
		"  Sent: 0 redirects, 10 unreachable, 5 echo, 8 echo reply\n"
		"        0 mask requests, 0 mask replies, 0 quench, 0 timestamp, "
		"0 timestamp replies\n"
		"        0 info reply, 11 time exceeded, 0 parameter problem\n"
		"        0 irdp solicitations, 0 irdp advertisements\n"
		"\n"
		"ARP statistics:\n"
		"  Rcvd: 12 requests, 13 replies, 0 reverse, 17 other\n"
		"  Sent: 14 requests, 15 replies (0 proxy), 0 reverse\n"
		"  Drop due to input queue full: 0\n");
	bench_close(&b);
}

static void vlans_and_status(void)
{
	struct bench b;

	bench_open(&b);
	bench_attach(&b);
	bench_config(&b, rt03);
	bench_config(&b,
		"vlan 30\n name servers\n"
		"interface GigabitEthernet1\n description uplink\n switchport mode trunk\n");
	CU_ASSERT_STRING_EQUAL(bench_show(&b, "show vlan brief"),
		"\nVLAN Name                             Status    Ports\n"
		"---- -------------------------------- --------- -------------------------------\n"
		"1    default                          active    \n"
		"20   VLAN0020                         active    Gi0\n"
		"30   servers                          active    \n");
	CU_ASSERT_STRING_EQUAL(bench_show(&b, "show interfaces status"),
		"\n"
		"Port      Name               Status       Vlan       Duplex  Speed Type             \n"
		"Gi0                          connected    20         a-full a-1000 10/100/1000BaseTX\n"
		"Gi1       uplink             connected    trunk      a-full a-1000 10/100/1000BaseTX\n"
		"Gi8                          connected    routed     a-full a-1000 10/100/1000BaseTX\n"
		"Gi9                          connected    routed     a-full a-1000 10/100/1000BaseTX\n");
	bench_close(&b);
}

static void cef(void)
{
	struct bench b;

	bench_open(&b);
	bench_attach(&b);
	bench_config(&b, rt03);
	CU_ASSERT_STRING_EQUAL(bench_show(&b, "show ip cef"),
		"Prefix               Next Hop             Interface\n"
		"0.0.0.0/0            192.168.10.1         GigabitEthernet8\n"
		"192.168.10.0/24      attached             GigabitEthernet8\n"
		"192.168.10.0/32      receive              GigabitEthernet8\n"
		"192.168.10.16/32     receive              GigabitEthernet8\n"
		"192.168.10.255/32    receive              GigabitEthernet8\n"
		"192.168.20.0/24      attached             Vlan20\n"
		"192.168.20.0/32      receive              Vlan20\n"
		"192.168.20.1/32      receive              Vlan20\n"
		"192.168.20.255/32    receive              Vlan20\n");
	CU_ASSERT_STRING_EQUAL(bench_show(&b, "show ip cef 8.8.8.8"),
		"0.0.0.0/0\n  nexthop 192.168.10.1 GigabitEthernet8\n");
	bench_close(&b);
}

static void interfaces(void)
{
	struct bench b;
	struct bw_if_counters *c;

	bench_open(&b);
	bench_attach(&b);
	bench_config(&b, rt03);
	c = &b.dp.region.counters[0].itf[iface_find(&b.ctl->ifaces, "GigabitEthernet8")->obj.id];
	c->rx_packets = 10;
	c->rx_bytes = 1000;
	c->tx_packets = 20;
	c->tx_bytes = 2000;
	CU_ASSERT_STRING_EQUAL(bench_show(&b, "show interfaces GigabitEthernet8"),
		"GigabitEthernet8 is up, line protocol is up \n"
		"  Hardware is Gigabit Ethernet, address is 0200.0000.0002 (bia 0200.0000.0002)\n"
		"  Internet address is 192.168.10.16/24\n"
		"  MTU 1500 bytes, BW 1000000 Kbit/sec, DLY 10 usec, \n"
		"     reliability 255/255, txload 1/255, rxload 1/255\n"
		"  Encapsulation ARPA, loopback not set\n"
		"  Keepalive set (10 sec)\n"
		"  Full Duplex, 1Gbps, media type is RJ45\n"
		"  output flow-control is unsupported, input flow-control is unsupported\n"
		"  ARP type: ARPA, ARP Timeout 04:00:00\n"
		"  Last input never, output never, output hang never\n"
		"  Last clearing of \"show interface\" counters never\n"
		"  Input queue: 0/75/0/0 (size/max/drops/flushes); Total output drops: 0\n"
		"  Queueing strategy: fifo\n"
		"  Output queue: 0/40 (size/max)\n"
		"  5 minute input rate 0 bits/sec, 0 packets/sec\n"
		"  5 minute output rate 0 bits/sec, 0 packets/sec\n"
		"     10 packets input, 1000 bytes, 0 no buffer\n"
		"     Received 0 broadcasts (0 IP multicasts)\n"
		"     0 runts, 0 giants, 0 throttles \n"
		"     0 input errors, 0 CRC, 0 frame, 0 overrun, 0 ignored\n"
		"     0 watchdog, 0 multicast, 0 pause input\n"
		"     20 packets output, 2000 bytes, 0 underruns\n"
		"     0 output errors, 0 collisions, 0 interface resets\n"
		"     0 unknown protocol drops\n"
		"     0 babbles, 0 late collision, 0 deferred\n"
		"     0 lost carrier, 0 no carrier, 0 pause output\n"
		"     0 output buffer failures, 0 output buffers swapped out\n");
	bench_close(&b);
}

static void times(void)
{
	char buf[FORMAT_AGE_SIZE], up[96];

	CU_ASSERT_STRING_EQUAL(format_age(0, buf), "00:00:00");
	CU_ASSERT_STRING_EQUAL(format_age(86399, buf), "23:59:59");
	CU_ASSERT_STRING_EQUAL(format_age(86400 + 2 * 3600, buf), "1d02h");
	CU_ASSERT_STRING_EQUAL(format_age(25 * 86400, buf), "3w4d");
	CU_ASSERT_STRING_EQUAL(format_age(380 * 86400, buf), "1y2w");
	CU_ASSERT_STRING_EQUAL(format_uptime(59, up, sizeof(up)), "0 minutes");
	CU_ASSERT_STRING_EQUAL(format_uptime(9 * 86400 + 3660, up, sizeof(up)),
		"1 week, 2 days, 1 hour, 1 minute");
}

int main(void)
{
	static const struct bench_test tests[] = {
		{ "seed file is given back", seed_file_is_given_back },
		{ "show ip route", ip_route },
		{ "show ip route of one prefix", ip_route_of_one_prefix },
		{ "show ip interface brief", ip_interface_brief },
		{ "show arp", arp_table },
		{ "show ip nat translations", nat_translations },
		{ "a million translations", a_million_translations },
		{ "many translations as JSON", many_translations_as_json },
		{ "parts that are just full", parts_that_are_just_full },
		{ "show ip nat statistics", nat_statistics },
		{ "show ip traffic", ip_traffic },
		{ "show vlan brief, show interfaces status", vlans_and_status },
		{ "show ip cef", cef },
		{ "show interfaces", interfaces },
		{ "times", times },
		{ NULL, NULL },
	};

	return bench_main("show", tests);
}
