/* SPDX-License-Identifier: BSD-3-Clause */
#include "control/nat/acl.h"

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
		{ "access-list 1 deny host 10.0.0.1 log", "access-list 1 deny 10.0.0.1 log" },
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
			"access-list 101 deny ip any any fragments" },
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
	hits.acl_id = acl_find(&b.ctl->acls, "1")->id;
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
		{ "entries reach the dataplane", entries_reach_the_dataplane },
		{ "a list need not be there yet", a_list_need_not_be_there_yet },
		{ "sequence numbers", sequence_numbers },
		{ "lists are taken down whole or by line", lists_are_taken_down_whole_or_by_line },
		{ "hits are shown", hits_are_shown },
		{ "a long paste is not sent line by line", a_long_paste_is_not_sent_line_by_line },
		{ NULL, NULL },
	};

	return bench_main("access lists", tests);
}
