/* SPDX-License-Identifier: BSD-3-Clause */
/* PAP and CHAP. */
#include <stdlib.h>
#include <string.h>

#include "bas.h"
#include "crypto/md5.h"

#include "../nat/suite.h"

static struct bas b;

static void begin(struct bytes auth)
{
	bas_prepare(&b);
	b.conf.set.keepalive_s = 0;
	bas_begin(&b);
	to_lcp_open(&b, auth);
	CU_ASSERT_EQUAL(bas_state(&b).stage, BW_PPPOE_AUTHENTICATE);
	CU_ASSERT_EQUAL(bas_state(&b).auth, 0);
}

/* A Challenge of that value from that name, and the Response is what it must be. */
static void challenge(uint8_t id, const char *value, uint8_t len, const char *name)
{
	static const char password[] = "パスワード", user[] = "ユーザ名";
	const struct crypto_part parts[] = { { &id, 1 }, { password, sizeof(password) - 1 },
		{ value, len } };
	uint8_t data[300], digest[CRYPTO_MD5_LEN];
	struct builder w = { data, sizeof(data), 0, false };
	struct ppp_packet p;

	builder_u8(&w, len);
	builder_put(&w, value, len);
	builder_put(&w, name, strlen(name));
	CU_ASSERT_EQUAL(give(&b, PPP_CHAP, CHAP_CHALLENGE, id, (struct bytes) { data, w.len }),
		BW_DROP_NONE);
	p = want_ppp(&b, PPP_CHAP, CHAP_RESPONSE);
	CU_ASSERT_EQUAL(p.id, id);
	CU_ASSERT_EQUAL_FATAL(p.data.len, 1 + CRYPTO_MD5_LEN + sizeof(user) - 1);
	CU_ASSERT_EQUAL(p.data.data[0], CRYPTO_MD5_LEN);
	CU_ASSERT_EQUAL(crypto_md5(digest, parts, 3), 0);
	CU_ASSERT(memcmp(p.data.data + 1, digest, CRYPTO_MD5_LEN) == 0);
	CU_ASSERT(memcmp(p.data.data + 1 + CRYPTO_MD5_LEN, user, sizeof(user) - 1) == 0);
}

/* With a value and a digest that were computed apart from this code. */
static void a_known_response(void)
{
	static const uint8_t digest[] = { 0xf9, 0x2e, 0xbc, 0xe3, 0x4e, 0x4c, 0x76, 0x08, 0xcf,
		0xe9, 0xb3, 0x13, 0x58, 0x0b, 0xba, 0x44 };
	struct ppp_packet p;

	begin(B(CHAP));
	give(&b, PPP_CHAP, CHAP_CHALLENGE, 79, TEXT("\20abcdefghijklmnopBAS"));
	p = want_ppp(&b, PPP_CHAP, CHAP_RESPONSE);
	CU_ASSERT(memcmp(p.data.data + 1, digest, sizeof(digest)) == 0);
	bas_end(&b);
}

static void chap_succeeds(void)
{
	struct bw_pppoe_state st;

	begin(B(CHAP));
	want_nothing(&b);
	challenge(79, "0123456789abcdef", 16, "BAS");
	want_nothing(&b);
	CU_ASSERT_EQUAL(give(&b, PPP_CHAP, CHAP_SUCCESS, 79, TEXT("hi")), BW_DROP_NONE);
	want_request(&b, PPP_IPCP, B(ADDR(OUR)));
	st = bas_state(&b);
	CU_ASSERT_EQUAL(st.stage, BW_PPPOE_NETWORK);
	CU_ASSERT_EQUAL(st.auth, PPP_CHAP);
	CU_ASSERT_STRING_EQUAL(st.peer_name, "BAS");
	bas_end(&b);
}

static void any_challenge_that_chap_allows(void)
{
	static const char zeros[255];

	begin(B(CHAP));
	challenge(0, "\0", 1, "");
	challenge(255, zeros, 255, "a name that is longer than the field for it");
	CU_ASSERT_STRING_EQUAL(bas_state(&b).peer_name, "a name that is longer t");
	bas_end(&b);
}

static void bad_challenges_are_discarded(void)
{
	begin(B(CHAP));
	CU_ASSERT_EQUAL(give(&b, PPP_CHAP, CHAP_CHALLENGE, 1, NONE), BW_DROP_PPP_BAD);
	CU_ASSERT_EQUAL(give(&b, PPP_CHAP, CHAP_CHALLENGE, 1, B(0, 'B')), BW_DROP_PPP_BAD);
	CU_ASSERT_EQUAL(give(&b, PPP_CHAP, CHAP_CHALLENGE, 1, B(3, 1, 2)), BW_DROP_PPP_BAD);
	CU_ASSERT_EQUAL(give(&b, PPP_CHAP, CHAP_RESPONSE, 1, B(1, 1)), BW_DROP_PPP_BAD);
	CU_ASSERT_EQUAL(give(&b, PPP_CHAP, 9, 1, B(1, 1)), BW_DROP_PPP_BAD);
	want_nothing(&b);
	CU_ASSERT_EQUAL(bas_state(&b).stage, BW_PPPOE_AUTHENTICATE);
	bas_end(&b);
}

static void a_verdict_on_nothing_is_ignored(void)
{
	begin(B(CHAP));
	CU_ASSERT_EQUAL(give(&b, PPP_CHAP, CHAP_SUCCESS, 0, NONE), BW_DROP_PPP_BAD);
	challenge(7, "x", 1, "BAS");
	CU_ASSERT_EQUAL(give(&b, PPP_CHAP, CHAP_SUCCESS, 6, NONE), BW_DROP_PPP_BAD);
	CU_ASSERT_EQUAL(give(&b, PPP_CHAP, CHAP_FAILURE, 8, NONE), BW_DROP_PPP_BAD);
	CU_ASSERT_EQUAL(bas_state(&b).stage, BW_PPPOE_AUTHENTICATE);
	want_nothing(&b);
	bas_end(&b);
}

/* Our Response or its answer was lost, and the server asks again. */
static void a_repeated_challenge_is_answered(void)
{
	begin(B(CHAP));
	challenge(7, "x", 1, "BAS");
	challenge(7, "x", 1, "BAS");
	challenge(8, "y", 1, "BAS");
	CU_ASSERT_EQUAL(give(&b, PPP_CHAP, CHAP_SUCCESS, 8, NONE), BW_DROP_NONE);
	CU_ASSERT_EQUAL(bas_state(&b).stage, BW_PPPOE_NETWORK);
	bas_end(&b);
}

static void a_challenge_in_the_session_is_answered(void)
{
	bas_start(&b);
	to_up(&b);
	challenge(200, "again", 5, "BAS");
	CU_ASSERT_EQUAL(give(&b, PPP_CHAP, CHAP_SUCCESS, 200, NONE), BW_DROP_NONE);
	CU_ASSERT_EQUAL(bas_state(&b).stage, BW_PPPOE_UP);
	want_nothing(&b);
	challenge(201, "again", 5, "BAS");
	CU_ASSERT_EQUAL(give(&b, PPP_CHAP, CHAP_FAILURE, 201, NONE), BW_DROP_NONE);
	want_ppp(&b, PPP_LCP, PPP_TERMINATE_REQUEST);
	CU_ASSERT_EQUAL(bas_state(&b).stage, BW_PPPOE_TERMINATE);
	CU_ASSERT_EQUAL(bas_state(&b).reason, BW_PPPOE_R_AUTH_FAILED);
	bas_end(&b);
}

static void a_wrong_password_ends_it(void)
{
	begin(B(CHAP));
	challenge(7, "x", 1, "BAS");
	CU_ASSERT_EQUAL(give(&b, PPP_CHAP, CHAP_FAILURE, 7, TEXT("no")), BW_DROP_NONE);
	want_ppp(&b, PPP_LCP, PPP_TERMINATE_REQUEST);
	want_nothing(&b);
	CU_ASSERT_EQUAL(bas_state(&b).stage, BW_PPPOE_TERMINATE);
	give(&b, PPP_LCP, PPP_TERMINATE_ACK, 3, NONE);
	want_discovery(&b, PPPOE_PADT);
	want_nothing(&b);
	CU_ASSERT_EQUAL(bas_state(&b).stage, BW_PPPOE_WAIT);
	CU_ASSERT_EQUAL(bas_state(&b).reason, BW_PPPOE_R_AUTH_FAILED);
	bas_end(&b);
}

static void silence_of_the_server_ends_it(void)
{
	begin(B(CHAP));
	want_nothing(&b);
	bas_wait(&b, 9999);
	want_nothing(&b);
	bas_wait(&b, 1);
	want_ppp(&b, PPP_LCP, PPP_TERMINATE_REQUEST);
	want_nothing(&b);
	bas_wait(&b, 2000);
	want_ppp(&b, PPP_LCP, PPP_TERMINATE_REQUEST);
	want_nothing(&b);
	bas_wait(&b, 2000);
	want_discovery(&b, PPPOE_PADT);
	want_nothing(&b);
	CU_ASSERT_EQUAL(bas_state(&b).reason, BW_PPPOE_R_AUTH_TIMEOUT);
	bas_end(&b);
}

static uint8_t want_pap(void)
{
	static const uint8_t data[] = "\4user\13sesame-open";
	struct ppp_packet p = want_ppp(&b, PPP_PAP, PAP_REQUEST);

	CU_ASSERT_EQUAL(p.data.len, sizeof(data) - 1);
	CU_ASSERT(memcmp(p.data.data, data, sizeof(data) - 1) == 0);
	return p.id;
}

static void pap_succeeds(void)
{
	uint8_t id;

	begin(B(PAP));
	id = want_pap();
	want_nothing(&b);
	CU_ASSERT_EQUAL(give(&b, PPP_PAP, PAP_ACK, id, TEXT("\2ok")), BW_DROP_NONE);
	want_request(&b, PPP_IPCP, B(ADDR(OUR)));
	CU_ASSERT_EQUAL(bas_state(&b).auth, PPP_PAP);
	CU_ASSERT_STRING_EQUAL(bas_state(&b).peer_name, "");
	/* a second Ack, of a request that was repeated */
	CU_ASSERT_EQUAL(give(&b, PPP_PAP, PAP_ACK, id, TEXT("\2ok")), BW_DROP_PPP_BAD);
	CU_ASSERT_EQUAL(bas_state(&b).stage, BW_PPPOE_NETWORK);
	want_nothing(&b);
	bas_end(&b);
}

static void pap_fails(void)
{
	begin(B(PAP));
	CU_ASSERT_EQUAL(give(&b, PPP_PAP, PAP_NAK, want_pap(), TEXT("\2no")), BW_DROP_NONE);
	want_ppp(&b, PPP_LCP, PPP_TERMINATE_REQUEST);
	CU_ASSERT_EQUAL(bas_state(&b).reason, BW_PPPOE_R_AUTH_FAILED);
	bas_end(&b);
}

/* A slow server's answer may be to any of them, but to no other. */
static void pap_is_repeated_with_a_new_id(void)
{
	uint8_t first, second;

	begin(B(PAP));
	first = want_pap();
	bas_wait(&b, 2000);
	second = want_pap();
	want_nothing(&b);
	CU_ASSERT_NOT_EQUAL(first, second);
	CU_ASSERT_EQUAL(give(&b, PPP_PAP, PAP_ACK, first - 1, NONE), BW_DROP_PPP_BAD);
	CU_ASSERT_EQUAL(give(&b, PPP_PAP, PAP_ACK, second + 1, NONE), BW_DROP_PPP_BAD);
	CU_ASSERT_EQUAL(give(&b, PPP_PAP, PAP_REQUEST, second, NONE), BW_DROP_PPP_BAD);
	CU_ASSERT_EQUAL(give(&b, PPP_PAP, PAP_ACK, first, NONE), BW_DROP_NONE);
	CU_ASSERT_EQUAL(bas_state(&b).stage, BW_PPPOE_NETWORK);
	bas_end(&b);
}

/* Whichever comes first: the tries or the time. */
static void pap_is_given_up(void)
{
	bas_prepare(&b);
	b.conf.set.max_configure = 3;
	bas_begin(&b);
	to_lcp_open(&b, B(PAP));
	bas_wait(&b, 5999);
	for (unsigned i = 0; i < 3; i++)
		want_pap();
	want_nothing(&b);
	bas_wait(&b, 1);
	want_ppp(&b, PPP_LCP, PPP_TERMINATE_REQUEST);
	CU_ASSERT_EQUAL(bas_state(&b).reason, BW_PPPOE_R_AUTH_TIMEOUT);
	bas_end(&b);

	begin(B(PAP));
	bas_wait(&b, 10000);
	for (unsigned i = 0; i < 5; i++)
		want_pap();
	want_ppp(&b, PPP_LCP, PPP_TERMINATE_REQUEST);
	bas_end(&b);
}

/* Names and passwords are bytes: NUL, 0xff, the longest, and none. */
static void any_bytes_are_a_password(void)
{
	static uint8_t longest[BW_PPPOE_TEXT];
	struct ppp_packet p;

	memset(longest, 0xff, sizeof(longest));
	longest[50] = 0;
	bas_prepare(&b);
	set_text(&b.conf, BW_PPPOE_PAP_NAME, (struct bytes) { longest, sizeof(longest) });
	set_text(&b.conf, BW_PPPOE_PAP_PASSWORD, NONE);
	set_text(&b.conf, BW_PPPOE_CHAP_NAME, (struct bytes) { longest, sizeof(longest) });
	bas_begin(&b);
	to_lcp_open(&b, B(PAP));
	p = want_ppp(&b, PPP_PAP, PAP_REQUEST);
	CU_ASSERT_EQUAL_FATAL(p.data.len, 1 + sizeof(longest) + 1);
	CU_ASSERT(p.data.data[0] == sizeof(longest) && p.data.data[1 + sizeof(longest)] == 0);
	CU_ASSERT(memcmp(p.data.data + 1, longest, sizeof(longest)) == 0);
	bas_end(&b);
}

static void a_peer_that_asks_for_none_gets_none(void)
{
	bas_start(&b);
	to_lcp_open(&b, NONE);
	want_request(&b, PPP_IPCP, B(ADDR(OUR)));
	want_nothing(&b);
	CU_ASSERT_EQUAL(bas_state(&b).auth, 0);
	CU_ASSERT_EQUAL(give(&b, PPP_CHAP, CHAP_CHALLENGE, 1, B(1, 1)), BW_DROP_L2_UNKNOWN_TYPE);
	want_ppp(&b, PPP_LCP, PPP_PROTOCOL_REJECT);
	bas_end(&b);
}

static const struct test tests[] = {
	{ "a known Response", a_known_response },
	{ "CHAP succeeds", chap_succeeds },
	{ "any Challenge that CHAP allows", any_challenge_that_chap_allows },
	{ "bad Challenges are discarded", bad_challenges_are_discarded },
	{ "a verdict on nothing is ignored", a_verdict_on_nothing_is_ignored },
	{ "a repeated Challenge is answered", a_repeated_challenge_is_answered },
	{ "a Challenge in the session is answered", a_challenge_in_the_session_is_answered },
	{ "a wrong password ends it", a_wrong_password_ends_it },
	{ "silence of the server ends it", silence_of_the_server_ends_it },
	{ "PAP succeeds", pap_succeeds },
	{ "PAP fails", pap_fails },
	{ "PAP is repeated with a new id", pap_is_repeated_with_a_new_id },
	{ "PAP is given up", pap_is_given_up },
	{ "any bytes are a password", any_bytes_are_a_password },
	{ "a peer that asks for none gets none", a_peer_that_asks_for_none_gets_none },
};

int main(void)
{
	return RUN_SUITE("pppoe auth", tests);
}
