/* SPDX-License-Identifier: BSD-3-Clause */
/* The lines of `debug`, to the letter. */
#include <stdlib.h>
#include <string.h>

#include "bas.h"

#include "../nat/suite.h"

#define ALL (BW_DEBUG_PPPOE_EVENTS | BW_DEBUG_PPP_NEGOTIATION | BW_DEBUG_PPP_AUTHENTICATION)

static struct bas b;

static void begin(uint32_t flags)
{
	bas_prepare(&b);
	pppoe_client_debug(b.c, flags);
	bas_begin(&b);
}

/* The log so far, which is then empty again. */
static void logged(const char *want)
{
	if (strcmp(b.log, want) != 0)
		printf("\n%s", b.log);
	CU_ASSERT_STRING_EQUAL(b.log, want);
	b.log_len = 0;
	b.log[0] = '\0';
}

static void a_whole_session(void)
{
	begin(ALL);
	logged(" Sending PADI: Interface = GigabitEthernet8\n");
	want_discovery(&b, PPPOE_PADI);
	give_offer(&b);
	logged("PPPoE 0: I PADO  R:0090.1a01.0203 L:0200.0000.0008\n"
	       "OUT PADR from PPPoE Session\n");
	want_discovery(&b, PPPOE_PADR);
	give_discovery(&b, bas_mac, PPPOE_PADS, SESSION, NONE);
	bas_wait(&b, FIRST_WORD);
	want_lcp_request(&b, 1492);
	logged("PPPoE 4660: I PADS  R:0090.1a01.0203 L:0200.0000.0008\n"
	       "Vi1 PPP: Phase is ESTABLISHING, Active Open\n"
	       "Vi1 LCP: O CONFREQ [Closed] id 1 len 14\n"
	       "Vi1 LCP:    MRU 1492 (0x010405D4)\n"
	       "Vi1 LCP:    MagicNumber 0xFB3CD697 (0x0506FB3CD697)\n");
	give_request(&b, PPP_LCP, B(PAP, 7, 2, 8, 2, 2, 6, 0, 0, 0, 0, MAGIC));
	logged("Vi1 LCP: I CONFREQ [REQsent] id 1 len 24\n"
	       "Vi1 LCP:    AuthProto PAP (0x0304C023)\n"
	       "Vi1 LCP:    PFC (0x0702)\n"
	       "Vi1 LCP:    ACFC (0x0802)\n"
	       "Vi1 LCP:    Option 2 (0x020600000000)\n"
	       "Vi1 LCP:    MagicNumber 0xBA5BA501 (0x0506BA5BA501)\n"
	       "Vi1 LCP: O CONFREJ [REQsent] id 1 len 14\n"
	       "Vi1 LCP:    PFC (0x0702)\n"
	       "Vi1 LCP:    ACFC (0x0802)\n"
	       "Vi1 LCP:    Option 2 (0x020600000000)\n");
	give_ack(&b, PPP_LCP);
	b.log_len = 0;
	give_request(&b, PPP_LCP, B(CHAP));
	logged("Vi1 LCP: I CONFREQ [ACKrcvd] id 2 len 9\n"
	       "Vi1 LCP:    AuthProto CHAP (0x0305C22305)\n"
	       "Vi1 LCP: O CONFACK [ACKrcvd] id 2 len 9\n"
	       "Vi1 LCP:    AuthProto CHAP (0x0305C22305)\n"
	       "Vi1 LCP: State is Open\n"
	       "Vi1 PPP: Phase is AUTHENTICATING, by the peer\n");
	give(&b, PPP_CHAP, CHAP_CHALLENGE, 79, TEXT("\20abcdefghijklmnopBAS"));
	logged("Vi1 CHAP: I CHALLENGE id 79 len 24 from \"BAS\"\n"
	       "Vi1 CHAP: O RESPONSE id 79 len 33 from \"ユーザ名\"\n");
	give(&b, PPP_CHAP, CHAP_SUCCESS, 79, NONE);
	logged("Vi1 CHAP: I SUCCESS id 79 len 4\n"
	       "Vi1 PPP: Phase is UP\n"
	       "Vi1 IPCP: O CONFREQ [Closed] id 1 len 10\n"
	       "Vi1 IPCP:    Address 192.168.10.1 (0x0306C0A80A01)\n");
	b.next = b.n_sent - 1;
	want_request(&b, PPP_IPCP, B(ADDR(OUR)));
	give_request(&b, PPP_IPCP, B(ADDR(PEER), 2, 6, 0, 0x2d, 15, 1, 129, 6, 8, 8, 8, 8, 130, 2));
	logged("Vi1 IPCP: I CONFREQ [REQsent] id 80 len 24\n"
	       "Vi1 IPCP:    Address 1.1.1.1 (0x030601010101)\n"
	       "Vi1 IPCP:    CompressType (0x0206002D0F01)\n"
	       "Vi1 IPCP:    PrimaryDNS 8.8.8.8 (0x810608080808)\n"
	       "Vi1 IPCP:    Option 130 (0x8202)\n"
	       "Vi1 IPCP: O CONFREJ [REQsent] id 80 len 18\n"
	       "Vi1 IPCP:    CompressType (0x0206002D0F01)\n"
	       "Vi1 IPCP:    PrimaryDNS 8.8.8.8 (0x810608080808)\n"
	       "Vi1 IPCP:    Option 130 (0x8202)\n");
	bas_wait(&b, 2000);
	logged("Vi1 IPCP: TIMEout: State REQsent\n"
	       "Vi1 IPCP: O CONFREQ [REQsent] id 1 len 10\n"
	       "Vi1 IPCP:    Address 192.168.10.1 (0x0306C0A80A01)\n");
	give(&b, 0x8057, 1, 1, NONE);
	logged("Vi1 LCP: O PROTREJ [Open] id 2 len 10 protocol 0x8057\n");
	bas_wait(&b, 1000);
	give(&b, PPP_LCP, PPP_ECHO_REQUEST, 1, B(0, 0, 0, 0));
	give(&b, PPP_LCP, PPP_TERMINATE_REQUEST, 3, NONE);
	logged("Vi1 LCP: I TERMREQ [Open] id 3 len 4\n"
	       "Vi1 PPP: Phase is TERMINATING\n"
	       "Vi1 LCP: O TERMACK [Open] id 3 len 4\n");
	bas_wait(&b, 2000);
	logged("Vi1 LCP: TIMEout: State TERMsent\n"
	       "Vi1 PPP: Phase is DOWN\n"
	       "PPPoE 4660: O PADT  R:0090.1a01.0203 L:0200.0000.0008\n");
	bas_end(&b);
}

static void pap_without_its_password(void)
{
	begin(BW_DEBUG_PPP_AUTHENTICATION);
	to_lcp_open(&b, B(PAP));
	logged("Vi1 PAP: O AUTH-REQ id 1 len 21 from \"user\"\n");
	give(&b, PPP_PAP, PAP_NAK, 1, TEXT("\12bad\033[2Jname"));
	logged("Vi1 PAP: I AUTH-NAK id 1 len 16 msg is \"bad.[2Jnam\"\n");
	bas_end(&b);
}

/* Text of the peer's is shown, if it is text; lines are cut. */
static void messages_of_the_peer(void)
{
	static const struct {
		struct bytes message;
		const char *line;
	} t[] = {
		{ { (const uint8_t *)"welcome \xe2\x82\xac", 11 },
			"Vi1 CHAP: I CODE id 1 len 15 msg is \"welcome €\"\n" },
		{ { (const uint8_t *)"a\0\x7f\xc2\x9b\xc3\xbf", 7 },
			"Vi1 CHAP: I CODE id 1 len 11 msg is \"a....ÿ\"\n" },
		/* overlong, surrogate, cut, too large, a mark that turns text around */
		{ { (const uint8_t *)"\xc0\xaf\xed\xa0\x80\xe2\x82", 7 },
			"Vi1 CHAP: I CODE id 1 len 11 msg is \".......\"\n" },
		{ { (const uint8_t *)"\xf4\x90\x80\x80\xe2\x80\xae", 7 },
			"Vi1 CHAP: I CODE id 1 len 11 msg is \".......\"\n" },
	};

	begin(BW_DEBUG_PPP_AUTHENTICATION);
	to_lcp_open(&b, B(CHAP));
	for (unsigned i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		give(&b, PPP_CHAP, 9, 1, t[i].message);
		logged(t[i].line);
	}
	bas_end(&b);
}

static void long_lines_are_cut(void)
{
	static uint8_t message[1000];

	memset(message, 'x', sizeof(message));
	begin(BW_DEBUG_PPP_AUTHENTICATION);
	to_lcp_open(&b, B(CHAP));
	give(&b, PPP_CHAP, CHAP_FAILURE, 1, (struct bytes) { message, sizeof(message) });
	CU_ASSERT_EQUAL(b.log_len, strlen("Vi1 CHAP: I FAILURE id 1 len 1004 msg is \"\"\n") + 63);
	b.log_len = 0;
	pppoe_client_debug(b.c, BW_DEBUG_PPP_NEGOTIATION);
	give(&b, PPP_LCP, PPP_CONFIGURE_REQUEST, 1,
		(struct bytes) { (const uint8_t[255]) { 200, 255 }, 255 });
	CU_ASSERT(strstr(b.log, "Option 200 (0xC8FF00000000000000000000)\n") != NULL);
	bas_end(&b);
}

static void each_only_if_asked_for(void)
{
	begin(0);
	to_up(&b);
	CU_ASSERT_EQUAL(b.log_len, 0);
	bas_end(&b);

	begin(BW_DEBUG_PPPOE_EVENTS);
	to_up(&b);
	CU_ASSERT(strstr(b.log, "PADS") && !strstr(b.log, "Vi1"));
	bas_end(&b);

	begin(BW_DEBUG_PPP_NEGOTIATION);
	to_up(&b);
	CU_ASSERT(!strstr(b.log, "PAD") && strstr(b.log, "LCP") && strstr(b.log, "CHAP: I"));
	bas_end(&b);

	begin(BW_DEBUG_PPP_AUTHENTICATION);
	to_up(&b);
	CU_ASSERT(!strstr(b.log, "PAD") && !strstr(b.log, "LCP") && strstr(b.log, "CHAP: I"));
	bas_end(&b);
}

static void no_line_has_a_password(void)
{
	begin(ALL);
	to_up(&b);
	CU_ASSERT(!strstr(b.log, "パスワード"));
	bas_end(&b);
	begin(ALL);
	to_lcp_open(&b, B(PAP));
	CU_ASSERT(!strstr(b.log, "sesame"));
	bas_end(&b);
}

static const struct test tests[] = {
	{ "a whole session", a_whole_session },
	{ "PAP without its password", pap_without_its_password },
	{ "messages of the peer", messages_of_the_peer },
	{ "long lines are cut", long_lines_are_cut },
	{ "each only if asked for", each_only_if_asked_for },
	{ "no line has a password", no_line_has_a_password },
};

int main(void)
{
	return RUN_SUITE("pppoe debug", tests);
}
