/* SPDX-License-Identifier: BSD-3-Clause */
#include "control/acl/acl.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "support.h"

static const struct bw_ace *ace(const struct bench *b, uint32_t index)
{
	for (size_t i = 0; i < b->dp.n; i++)
		if (b->dp.object[i].type == BW_CMD_ACL_ENTRY &&
			b->dp.object[i].msg.ace.index == index)
			return &b->dp.object[i].msg.ace;
	return NULL;
}

static void numbers_have_their_sort(void)
{
	CU_ASSERT_EQUAL(acl_number_sort(0), -1);
	CU_ASSERT_EQUAL(acl_number_sort(1), 0);
	CU_ASSERT_EQUAL(acl_number_sort(99), 0);
	CU_ASSERT_EQUAL(acl_number_sort(100), 1);
	CU_ASSERT_EQUAL(acl_number_sort(199), 1);
	CU_ASSERT_EQUAL(acl_number_sort(200), -1);
	CU_ASSERT_EQUAL(acl_number_sort(1300), 0);
	CU_ASSERT_EQUAL(acl_number_sort(2000), 1);
	CU_ASSERT_EQUAL(acl_number_sort(2700), -1);
}

/* Every line is given back as IOS writes it, and that is a fixed point. */
static void lines_are_given_back_in_canonical_form(void)
{
	static const struct {
		const char *typed, *given;
	} line[] = {
		{ "access-list 1 permit 192.168.20.9 0.0.0.255",
			"access-list 1 permit 192.168.20.0 0.0.0.255" },
		{ "access-list 1 deny host 10.0.0.1 log", "access-list 1 deny   10.0.0.1 log" },
		{ "access-list 1 permit any", "access-list 1 permit any" },
		{ "access-list 1 remark who may", "access-list 1 remark who may" },
		{ "access-list 101 permit tcp any host 10.0.0.1 eq 80",
			"access-list 101 permit tcp any host 10.0.0.1 eq www" },
		{ "access-list 101 permit tcp 10.0.0.0 0.0.0.255 range 1024 2048 any neq 23",
			"access-list 101 permit tcp 10.0.0.0 0.0.0.255 range 1024 2048 any neq telnet" },
		{ "access-list 101 permit tcp any any established log",
			"access-list 101 permit tcp any any established log" },
		{ "access-list 101 permit udp any gt 1023 any eq domain",
			"access-list 101 permit udp any gt 1023 any eq domain" },
		{ "access-list 101 permit icmp any any echo-reply",
			"access-list 101 permit icmp any any echo-reply" },
		{ "access-list 101 permit icmp any any 3 4",
			"access-list 101 permit icmp any any packet-too-big" },
		{ "access-list 101 permit icmp any any 3 99",
			"access-list 101 permit icmp any any 3 99" },
		{ "access-list 101 permit icmp any any 40",
			"access-list 101 permit icmp any any 40" },
		{ "access-list 101 permit gre any any", "access-list 101 permit gre any any" },
		{ "access-list 101 permit 50 any host 1.2.3.4",
			"access-list 101 permit esp any host 1.2.3.4" },
		{ "access-list 101 permit 200 any any", "access-list 101 permit 200 any any" },
		{ "access-list 101 deny ip any 0.0.0.0 255.255.255.255 fragments",
			"access-list 101 deny   ip any any fragments" },
	};
	struct bench b;

	bench_open(&b);
	for (unsigned i = 0; i < sizeof(line) / sizeof(line[0]); i++) {
		char typed[200], expected[200];

		snprintf(typed, sizeof(typed), "%s\n", line[i].typed);
		CU_ASSERT_STRING_EQUAL(bench_config(&b, typed), "");
		snprintf(expected, sizeof(expected), "\n%s\n", line[i].given);
		if (strstr(bench_running(&b), expected) == NULL)
			fprintf(stderr, "not given back: %s\n", line[i].given);
		CU_ASSERT_PTR_NOT_NULL(strstr(bench_running(&b), expected));
	}
	bench_close(&b);
}

/* Spellings of one entry: the second is there already, and any of them removes it. */
static void entries_are_compared_by_meaning(void)
{
	static const struct {
		const char *list, *one, *other, *given;
	} pair[] = {
		{ "access-list 1", "permit 10.1.1.1 0.0.0.0", "permit host 10.1.1.1",
			"permit 10.1.1.1" },
		{ "access-list 1", "permit 10.1.1.1", "PERMIT Host 10.1.1.1", "permit 10.1.1.1" },
		{ "access-list 1", "deny 0.0.0.0 255.255.255.255", "deny any", "deny   any" },
		{ "access-list 1", "deny 10.1.1.5 0.0.0.255", "deny   10.1.1.0 0.0.0.255",
			"deny   10.1.1.0 0.0.0.255" },
		{ "access-list 1300", "permit 10.1.7.5 0.0.8.255", "permit 10.1.7.0 0.0.8.255",
			"permit 10.1.7.0 0.0.8.255" },
		{ "access-list 101", "permit ip 10.1.1.1 0.0.0.0 0.0.0.0 255.255.255.255",
			"permit ip host 10.1.1.1 any", "permit ip host 10.1.1.1 any" },
		{ "access-list 101", "permit 0 any any", "permit ip any any", "permit ip any any" },
		{ "access-list 101", "permit 6 any any", "permit tcp any any",
			"permit tcp any any" },
		{ "access-list 2699", "permit 17 host 1.1.1.1 any",
			"permit udp 1.1.1.1 0.0.0.0 any", "permit udp host 1.1.1.1 any" },
		{ "access-list 101", "permit 1 any any", "permit icmp any any",
			"permit icmp any any" },
		{ "access-list 101", "permit 47 any any", "permit gre any any",
			"permit gre any any" },
		{ "access-list 101", "permit tcp any any eq 80", "permit tcp any any eq www",
			"permit tcp any any eq www" },
		{ "access-list 101", "permit tcp any any range 80 80", "permit tcp any any eq www",
			"permit tcp any any eq www" },
		{ "access-list 101", "permit tcp any any range 1024 80",
			"permit tcp any any range www 1024", "permit tcp any any range www 1024" },
		{ "access-list 101", "permit tcp any any eq 80 www 443",
			"permit tcp any any eq www 443", "permit tcp any any eq www 443" },
		{ "access-list 101", "permit tcp any any eq 514", "permit tcp any any eq syslog",
			"permit tcp any any eq cmd" },
		{ "access-list 101", "permit udp any eq 4500 any eq 500",
			"permit udp any eq non500-isakmp any eq isakmp",
			"permit udp any eq non500-isakmp any eq isakmp" },
		{ "access-list 101", "permit icmp any any 8", "permit icmp any any echo",
			"permit icmp any any echo" },
		{ "access-list 101", "permit icmp any any 11 0", "permit icmp any any ttl-exceeded",
			"permit icmp any any ttl-exceeded" },
		{ "access-list 101", "permit tcp any any log established",
			"permit tcp any any established log",
			"permit tcp any any established log" },
		{ "ip access-list extended X\n", "10 permit ip any 10.0.0.1 0.0.0.0",
			"10 permit ip any host 10.0.0.1", "10 permit ip any host 10.0.0.1" },
		{ "ip access-list extended X\n", "deny ip any any log-input",
			"deny ip 1.2.3.4 255.255.255.255 any log-input",
			"deny   ip any any log-input" },
		{ "ip access-list standard X\n", "deny host 10.0.0.1", "deny 10.0.0.1",
			"deny   10.0.0.1" },
	};
	char line[300], given[300];
	struct bench b;

	bench_open(&b);
	for (unsigned i = 0; i < sizeof(pair) / sizeof(pair[0]); i++) {
		bool block = strchr(pair[i].list, '\n') != NULL;

		for (unsigned j = 0; j < 2; j++) {
			snprintf(line, sizeof(line), "%s %s\n", pair[i].list,
				j == 0 ? pair[i].one : pair[i].other);
			CU_ASSERT_STRING_EQUAL(bench_config(&b, line), "");
			snprintf(given, sizeof(given), "\n%s %s\n!\n", pair[i].list, pair[i].given);
			if (strstr(bench_running(&b), given) == NULL)
				fprintf(stderr, "not given back: %s\n", pair[i].given);
			CU_ASSERT_PTR_NOT_NULL(strstr(bench_running(&b), given));
		}
		snprintf(line, sizeof(line), block ? "%s no %s\n" : "no %s %s\n", pair[i].list,
			pair[i].one);
		if (!block)
			snprintf(line, sizeof(line), "no %s %s\n", pair[i].list, pair[i].one);
		CU_ASSERT_STRING_EQUAL(bench_config(&b, line), "");
		CU_ASSERT_PTR_NULL(strstr(bench_running(&b), pair[i].given));
		bench_config(&b, "no ip access-list extended X\nno ip access-list standard X\n");
	}
	bench_close(&b);
}

/* One's own running-config, pasted: nothing is added, said or changed. */
static void the_own_configuration_changes_nothing(void)
{
	struct bench b;
	char *before;

	bench_open(&b);
	bench_config(&b, "access-list 1 deny 10.0.0.1 0.0.0.0\naccess-list 1 permit any\n"
			 "access-list 101 deny tcp any 10.0.0.9 0.0.0.255 eq 80 443 22\n"
			 "access-list 101 permit 6 any any neq 23 25 established log\n"
			 "ip access-list extended IN\n remark  two  blanks\n"
			 " deny udp any any range 68 67\n 50 deny 17 any any eq 53 123\n"
			 "ip access-list extended 120\n permit ip any any\n");
	before = strdup(bench_running(&b));
	CU_ASSERT_STRING_EQUAL(bench_config(&b, before), "");
	CU_ASSERT_STRING_EQUAL(bench_running(&b), before);
	free(before);
	bench_close(&b);
}

static void several_ports(void)
{
	struct bw_acl_hits hits = { .hits = 3 };
	const struct bw_ace *e;
	struct bench b;

	bench_open(&b);
	bench_attach(&b);
	bench_config(&b, "ip access-list extended X\n"
			 " permit tcp any eq 1 2 any eq www 443 22\n"
			 " deny udp any any neq 53 0 123\n"
			 " permit ip any any\n"
			 "interface GigabitEthernet8\n ip access-group X in\n");
	CU_ASSERT_EQUAL(fake_count(&b.dp, BW_CMD_ACL_ENTRY), 2 * 3 + 3 + 1);
	for (unsigned i = 0; i < 6; i++) {
		static const uint16_t dport[] = { 80, 443, 22 };

		e = ace(&b, i);
		CU_ASSERT_EQUAL(e->flags,
			BW_ACE_F_PERMIT | BW_ACE_F_PROTO | BW_ACE_F_SPORT | BW_ACE_F_DPORT);
		CU_ASSERT(e->sport_lo == 1 + i / 3 && e->sport_hi == e->sport_lo);
		CU_ASSERT(e->dport_lo == dport[i % 3] && e->dport_hi == e->dport_lo);
	}
	e = ace(&b, 6); /* between 0, 53 and 123 */
	CU_ASSERT(e->dport_lo == 1 && e->dport_hi == 52);
	CU_ASSERT_EQUAL(e->flags, BW_ACE_F_PROTO | BW_ACE_F_DPORT);
	e = ace(&b, 7);
	CU_ASSERT(e->dport_lo == 54 && e->dport_hi == 122);
	e = ace(&b, 8);
	CU_ASSERT(e->dport_lo == 124 && e->dport_hi == 65535);
	CU_ASSERT_EQUAL(ace(&b, 9)->flags, BW_ACE_F_PERMIT);
	hits.acl_id = acl_find(&b.ctl->acls, "X")->obj.id;
	for (hits.index = 5; hits.index < 10; hits.index++)
		fake_add_row(&b.dp, BW_EVT_ACL_HITS, &hits, sizeof(hits));
	CU_ASSERT_STRING_EQUAL(bench_show(&b, "show access-lists"),
		"Extended IP access list X\n"
		"    10 permit tcp any eq 1 2 any eq www 443 22 (3 matches)\n"
		"    20 deny udp any any neq domain 0 ntp (9 matches)\n"
		"    30 permit ip any any (3 matches)\n");
	bench_config(&b, "ip access-list extended X\n no permit tcp any eq 1 2 any eq 80 443 22\n");
	for (unsigned i = 0; i < 200 && ace(&b, 3)->flags != BW_ACE_F_PERMIT; i++) {
		usleep(10000);
		bench_run(&b);
	}
	CU_ASSERT_EQUAL(ace(&b, 3)->flags, BW_ACE_F_PERMIT);
	CU_ASSERT_EQUAL(b.dp.nacks, 0);
	CU_ASSERT_STRING_EQUAL(bench_config(&b, "access-list 101 permit tcp any any eq 1 2 3 4 5 6 "
						"7 8 9 10 11\n"),
		"% An entry holds no more than 10 ports\n");
	bench_close(&b);
}

/* Words that are also the beginning of a port's name. */
static void words_after_ports(void)
{
	struct bench b;

	bench_open(&b);
	CU_ASSERT_STRING_EQUAL(
		bench_config(&b, "access-list 101 permit tcp any eq 80 host 10.0.0.1 eq 443 log\n"
				 "access-list 101 permit tcp any eq ftp any eq 22 established\n"
				 "access-list 101 permit udp any eq 53 10.0.0.0 0.0.0.255 log\n"),
		"");
	CU_ASSERT_PTR_NOT_NULL(strstr(bench_running(&b),
		"access-list 101 permit tcp any eq www host 10.0.0.1 eq 443 log\n"
		"access-list 101 permit tcp any eq ftp any eq 22 established\n"
		"access-list 101 permit udp any eq domain 10.0.0.0 0.0.0.255 log\n"));
	bench_close(&b);
}

static void what_is_not_matched_is_refused_in_words(void)
{
	static const struct {
		const char *line, *said;
	} refused[] = {
		{ "access-list 101 permit ip any any dscp ef\n", "by dscp" },
		{ "access-list 101 permit ip any any precedence critical log\n", "by precedence" },
		{ "access-list 101 permit udp any any eq 53 time-range WORK\n", "by time-range" },
		{ "access-list 101 permit tcp any any ack\n", "by ack" },
		{ "access-list 101 permit tcp any any match-all +syn -ack\n", "by match-all" },
		{ "ip access-list extended X\n permit icmp any any echo tos 4\n", "by tos" },
		{ "ip access-list extended X\n permit object-group WEB any any\n", "object-group" },
		{ "ip access-list extended X\n 10 permit tcp object-group A any eq 80\n",
			"object-group" },
		{ "ip access-list extended X\n deny ip host 1.1.1.1 object-group A log\n",
			"object-group" },
		{ "ip access-list resequence X 10 10\n", "resequencing" },
	};
	struct bench b;

	bench_open(&b);
	for (unsigned i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		const char *said = bench_config(&b, refused[i].line);

		if (strstr(said, refused[i].said) == NULL)
			fprintf(stderr, "%s%s", refused[i].line, said);
		CU_ASSERT_PTR_NOT_NULL(strstr(said, refused[i].said));
		CU_ASSERT_PTR_NOT_NULL(strstr(said, "not"));
	}
	CU_ASSERT_PTR_NULL(strstr(bench_running(&b), "permit"));
	CU_ASSERT_PTR_NULL(strstr(bench_running(&b), "deny"));
	bench_close(&b);
}

/* A number's entries may be typed either way, and make one list. */
static void a_numbered_list_as_a_block(void)
{
	struct bench b;

	bench_open(&b);
	CU_ASSERT_STRING_EQUAL(bench_config(&b, "access-list 101 permit tcp any any eq 22\n"
						"ip access-list extended 101\n"
						" permit udp any any eq 53\n"
						" deny ip any any\n"
						"ip access-list standard 10\n permit any\n"),
		"");
	CU_ASSERT_STRING_EQUAL(bench_show(&b, "show access-lists 101"),
		"Extended IP access list 101\n    10 permit tcp any any eq 22\n"
		"    20 permit udp any any eq domain\n    30 deny ip any any\n");
	CU_ASSERT_PTR_NOT_NULL(strstr(bench_running(&b),
		"ip access-list extended 101\n permit udp any any eq domain\n"
		" deny   ip any any\n"));
	bench_config(&b, "no access-list 101 permit tcp any any eq 22\n");
	bench_config(&b, "ip access-list extended 101\n no deny ip any any\n"
			 " no permit udp 0.0.0.0 255.255.255.255 any eq 53\n permit esp any any\n");
	CU_ASSERT_STRING_EQUAL(bench_show(&b, "show access-lists 101"),
		"Extended IP access list 101\n    10 permit esp any any\n");
	bench_config(&b, "access-list 101 permit gre any any\nno ip access-list extended 101\n");
	CU_ASSERT_STRING_EQUAL(bench_show(&b, "show access-lists 101"), "");
	CU_ASSERT_PTR_NULL(strstr(bench_running(&b), "101"));
	/* a number of the other sort, or of none */
	CU_ASSERT_PTR_NOT_NULL(strstr(bench_config(&b, "ip access-list standard 101\n"), "^"));
	CU_ASSERT_PTR_NOT_NULL(strstr(bench_config(&b, "ip access-list extended 700\n"), "^"));
	bench_close(&b);
}

static void entries_reach_the_dataplane(void)
{
	struct bench b;
	const struct bw_ace *e;

	bench_open(&b);
	bench_attach(&b);
	bench_config(&b, "ip access-list extended X\n"
			 " remark not sent\n"
			 " permit tcp 10.0.0.0 0.0.0.255 gt 1023 host 1.2.3.4 eq 443\n"
			 " deny udp any any neq domain\n"
			 " permit icmp any any unreachable log\n"
			 " permit tcp any lt 10 any established\n"
			 "interface GigabitEthernet8\n ip access-group X in\n");
	CU_ASSERT_EQUAL(fake_count(&b.dp, BW_CMD_ACL_ENTRY), 4);
	e = ace(&b, 0);
	CU_ASSERT_EQUAL(
		e->flags, BW_ACE_F_PERMIT | BW_ACE_F_PROTO | BW_ACE_F_SPORT | BW_ACE_F_DPORT);
	CU_ASSERT_EQUAL(e->src, ip("10.0.0.0"));
	CU_ASSERT_EQUAL(e->src_wild, ip("0.0.0.255"));
	CU_ASSERT_EQUAL(e->dst, ip("1.2.3.4"));
	CU_ASSERT_EQUAL(e->dst_wild, 0);
	CU_ASSERT_EQUAL(e->sport_lo, 1024);
	CU_ASSERT_EQUAL(e->sport_hi, 65535);
	CU_ASSERT_EQUAL(e->dport_lo, 443);
	CU_ASSERT_EQUAL(e->dport_hi, 443);
	e = ace(&b, 1);
	CU_ASSERT_EQUAL(e->flags, BW_ACE_F_PROTO | BW_ACE_F_DPORT | BW_ACE_F_NOT_DPORT);
	CU_ASSERT_EQUAL(e->dport_lo, 53);
	e = ace(&b, 2);
	CU_ASSERT_EQUAL(
		e->flags, BW_ACE_F_PERMIT | BW_ACE_F_PROTO | BW_ACE_F_ICMP_TYPE | BW_ACE_F_LOG);
	CU_ASSERT_EQUAL(e->icmp_type, 3);
	e = ace(&b, 3);
	CU_ASSERT_EQUAL(e->sport_lo, 0);
	CU_ASSERT_EQUAL(e->sport_hi, 9);
	CU_ASSERT(e->flags & BW_ACE_F_ESTABLISHED);
	CU_ASSERT_EQUAL(b.dp.nacks, 0);
	bench_close(&b);
}

static void a_list_need_not_be_there_yet(void)
{
	struct bench b;

	bench_open(&b);
	bench_attach(&b);
	bench_config(&b, "interface GigabitEthernet8\n ip access-group LATER out\n");
	CU_ASSERT_EQUAL(fake_find_if(&b.dp, "GigabitEthernet8")->itf.acl_out, 0);
	bench_config(&b, "ip access-list standard LATER\n"); /* empty: permits all, as in IOS */
	CU_ASSERT_EQUAL(fake_find_if(&b.dp, "GigabitEthernet8")->itf.acl_out, 0);
	bench_config(&b, "ip access-list standard LATER\n permit 10.0.0.0 0.255.255.255\n");
	CU_ASSERT_NOT_EQUAL(fake_find_if(&b.dp, "GigabitEthernet8")->itf.acl_out, 0);
	bench_config(&b, "no ip access-list standard LATER\n");
	CU_ASSERT_EQUAL(fake_find_if(&b.dp, "GigabitEthernet8")->itf.acl_out, 0);
	CU_ASSERT_EQUAL(fake_count(&b.dp, BW_CMD_ACL_SET), 0);
	CU_ASSERT_EQUAL(b.dp.nacks, 0);
	bench_close(&b);
}

static void sequence_numbers(void)
{
	struct bench b;

	bench_open(&b);
	bench_config(&b, "ip access-list extended S\n permit ip host 1.0.0.1 any\n"
			 " permit ip host 1.0.0.3 any\n 15 permit ip host 1.0.0.2 any\n");
	CU_ASSERT_STRING_EQUAL(bench_show(&b, "show access-lists S"),
		"Extended IP access list S\n"
		"    10 permit ip host 1.0.0.1 any\n"
		"    15 permit ip host 1.0.0.2 any\n"
		"    20 permit ip host 1.0.0.3 any\n");
	CU_ASSERT_STRING_EQUAL(bench_config(&b, "ip access-list extended S\n 15 deny ip any any\n"),
		"% Duplicate sequence number\n");
	/* Read again, 1.0.0.3 would come before 1.0.0.2. */
	CU_ASSERT_PTR_NOT_NULL(strstr(bench_config(&b, "ip access-list extended S\n no 10\n"),
		"The order of the numbered entries"));
	CU_ASSERT_STRING_EQUAL(bench_config(&b, "ip access-list extended S\n no 15\n"), "");
	CU_ASSERT_STRING_EQUAL(bench_config(&b, "ip access-list extended S\n no 10\n"), "");
	CU_ASSERT_STRING_EQUAL(bench_show(&b, "show ip access-lists S"),
		"Extended IP access list S\n"
		"    20 permit ip host 1.0.0.3 any\n");
	CU_ASSERT_PTR_NOT_NULL(strstr(
		bench_running(&b), "ip access-list extended S\n permit ip host 1.0.0.3 any\n"));
	bench_close(&b);
}

static void lists_are_taken_down_whole_or_by_line(void)
{
	struct bench b;

	bench_open(&b);
	bench_config(&b, "access-list 1 permit host 1.1.1.1\naccess-list 1 permit host 2.2.2.2\n"
			 "access-list 10 permit any\n");
	bench_config(&b, "no access-list 1 permit host 1.1.1.1\n");
	CU_ASSERT_STRING_EQUAL(bench_show(&b, "show access-lists"),
		"Standard IP access list 1\n    20 permit 2.2.2.2\n"
		"Standard IP access list 10\n    10 permit any\n");
	bench_config(&b, "no access-list 1\n");
	CU_ASSERT_STRING_EQUAL(bench_show(&b, "show access-lists"),
		"Standard IP access list 10\n    10 permit any\n");
	bench_close(&b);
}

static void hits_are_shown(void)
{
	struct bench b;
	struct bw_acl_hits hits = { .index = 0, .hits = 12 };

	bench_open(&b);
	bench_attach(&b);
	bench_config(&b, "access-list 1 remark first\naccess-list 1 permit 192.168.20.0 0.0.0.255\n"
			 "access-list 1 deny any\n"
			 "interface GigabitEthernet8\n ip access-group 1 in\n");
	hits.acl_id = acl_find(&b.ctl->acls, "1")->obj.id;
	fake_add_row(&b.dp, BW_EVT_ACL_HITS, &hits, sizeof(hits));
	hits.index = 1;
	hits.hits = 1;
	fake_add_row(&b.dp, BW_EVT_ACL_HITS, &hits, sizeof(hits));
	CU_ASSERT_STRING_EQUAL(bench_show(&b, "show access-lists"),
		"Standard IP access list 1\n"
		"    20 permit 192.168.20.0, wildcard bits 0.0.0.255 (12 matches)\n"
		"    30 deny any (1 match)\n");
	bench_close(&b);
}

static bool is_logged(struct bench *b, const struct bw_acl_log *log, const char *line)
{
	fake_acl_log(&b->dp, log);
	bench_run(b);
	return strstr(bench_show(b, "show logging"), line) != NULL;
}

static void matches_are_logged(void)
{
	struct bw_acl_log log = { .src = ip("10.0.0.1"),
		.dst = ip("10.0.0.2"),
		.sport = 1234,
		.dport = 80,
		.proto = 6,
		.packets = 1 };
	struct bench b;

	bench_open(&b);
	bench_attach(&b);
	bench_config(&b, "access-list 1 permit any log\naccess-list 101 deny ip any any log\n"
			 "interface GigabitEthernet8\n ip access-group 101 in\n"
			 " ip access-group 1 out\n");
	log.acl_id = acl_find(&b.ctl->acls, "101")->obj.id;
	CU_ASSERT(is_logged(&b, &log,
		"%SEC-6-IPACCESSLOGP: list 101 denied tcp "
		"10.0.0.1(1234) -> 10.0.0.2(80), 1 packet\n"));
	log.proto = 1;
	log.icmp_type = 8;
	log.packets = 3;
	CU_ASSERT(is_logged(&b, &log,
		"%SEC-6-IPACCESSLOGDP: list 101 denied icmp "
		"10.0.0.1 -> 10.0.0.2 (8/0), 3 packets\n"));
	log.proto = 47;
	CU_ASSERT(is_logged(&b, &log,
		"%SEC-6-IPACCESSLOGNP: list 101 denied 47 "
		"10.0.0.1 -> 10.0.0.2, 3 packets\n"));
	log.acl_id = acl_find(&b.ctl->acls, "1")->obj.id;
	log.permit = 1;
	CU_ASSERT(
		is_logged(&b, &log, "%SEC-6-IPACCESSLOGS: list 1 permitted 10.0.0.1 3 packets\n"));
	log = (struct bw_acl_log) { .packets = 22 };
	CU_ASSERT(is_logged(&b, &log,
		"%SEC-6-IPACCESSLOGRL: access-list logging rate-limited "
		"or missed 22 packets\n"));
	log.acl_id = UINT32_MAX; /* of a list that nobody has */
	CU_ASSERT_FALSE(is_logged(&b, &log, "list  "));
	bench_close(&b);
}

/* Ten thousand lines: the list is sent a few times, not ten thousand. */
static void a_long_paste_is_not_sent_line_by_line(void)
{
	char *lines = malloc(10000 * 64), *end = lines;
	struct bench b;

	bench_open(&b);
	bench_attach(&b);
	end += sprintf(end, "interface GigabitEthernet8\n ip access-group 101 in\n");
	for (unsigned i = 0; i < 10000; i++)
		end += sprintf(end, "access-list 101 permit tcp host 10.%u.%u.1 any eq 80\n",
			i / 250, i % 250);
	CU_ASSERT_STRING_EQUAL(bench_config(&b, lines), "");
	for (unsigned i = 0; i < 200 && fake_count(&b.dp, BW_CMD_ACL_ENTRY) < 10000; i++) {
		usleep(10000);
		bench_run(&b);
	}
	CU_ASSERT_EQUAL(fake_count(&b.dp, BW_CMD_ACL_ENTRY), 10000);
	CU_ASSERT(b.dp.sets < 60000);
	free(lines);
	bench_close(&b);
}

int main(void)
{
	static const struct bench_test tests[] = {
		{ "numbers have their sort", numbers_have_their_sort },
		{ "lines are given back in canonical form",
			lines_are_given_back_in_canonical_form },
		{ "entries are compared by meaning", entries_are_compared_by_meaning },
		{ "the own configuration changes nothing", the_own_configuration_changes_nothing },
		{ "several ports", several_ports },
		{ "words after ports", words_after_ports },
		{ "what is not matched is refused in words",
			what_is_not_matched_is_refused_in_words },
		{ "a numbered list as a block", a_numbered_list_as_a_block },
		{ "entries reach the dataplane", entries_reach_the_dataplane },
		{ "a list need not be there yet", a_list_need_not_be_there_yet },
		{ "sequence numbers", sequence_numbers },
		{ "lists are taken down whole or by line", lists_are_taken_down_whole_or_by_line },
		{ "hits are shown", hits_are_shown },
		{ "matches are logged", matches_are_logged },
		{ "a long paste is not sent line by line", a_long_paste_is_not_sent_line_by_line },
		{ NULL, NULL },
	};

	return bench_main("access lists", tests);
}
