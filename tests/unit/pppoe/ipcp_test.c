/* SPDX-License-Identifier: BSD-3-Clause */
/* IPCP: our address in all the ways that servers treat it, the peer's, and name servers. */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "bas.h"

#include "../nat/suite.h"

#define ZERO   3, 6, 0, 0, 0, 0
#define GIVEN  0x19000010 /* 25.0.0.16 */
#define DNS1_0 129, 6, 0, 0, 0, 0
#define DNS2_0 131, 6, 0, 0, 0, 0
#define DNS1   129, 6, 8, 8, 8, 8
#define DNS2   131, 6, 9, 9, 9, 9

static struct bas b;

/* Up to the first request, which is the caller's to want. */
static void begin(uint32_t addr, uint32_t flags)
{
	bas_prepare(&b);
	b.conf.set.addr = htonl(addr);
	b.conf.set.flags |= flags;
	bas_begin(&b);
	to_chap_done(&b);
	CU_ASSERT_EQUAL(bas_state(&b).stage, BW_PPPOE_NETWORK);
}

static void request(struct bytes options)
{
	want_request(&b, PPP_IPCP, options);
}

/* The last request is acked and the server has its own: up, with that address of ours. */
static void opens_with(uint32_t addr)
{
	struct bw_pppoe_state st;

	give_ack(&b, PPP_IPCP);
	give_request(&b, PPP_IPCP, B(ADDR(PEER)));
	want_answer(&b, PPP_IPCP, PPP_CONFIGURE_ACK, B(ADDR(PEER)));
	want_nothing(&b);
	st = bas_state(&b);
	CU_ASSERT_EQUAL(st.stage, BW_PPPOE_UP);
	CU_ASSERT_EQUAL(st.ipcp, PPP_OPENED);
	CU_ASSERT_EQUAL(st.addr, htonl(addr));
	CU_ASSERT_EQUAL(st.peer_addr, htonl(PEER));
	bas_end(&b);
}

static void ours_is_acked(void)
{
	begin(OUR, 0);
	request(B(ADDR(OUR)));
	opens_with(OUR);
}

static void ours_is_rejected(void)
{
	begin(OUR, 0);
	request(B(ADDR(OUR)));
	give_reject(&b, PPP_IPCP, B(ADDR(OUR)));
	request(NONE);
	opens_with(OUR);
}

static void ours_is_naked_once(void)
{
	begin(OUR, 0);
	request(B(ADDR(OUR)));
	give_nak(&b, PPP_IPCP, B(ADDR(GIVEN)));
	request(NONE);
	opens_with(OUR);
}

/* As pppd does it: a Nak asks for the option that was left out, once. */
static void ours_is_naked_and_the_option_wanted(void)
{
	begin(OUR, 0);
	request(B(ADDR(OUR)));
	give_nak(&b, PPP_IPCP, B(ADDR(GIVEN)));
	request(NONE);
	give_nak(&b, PPP_IPCP, B(ADDR(GIVEN)));
	request(NONE);
	opens_with(OUR);
}

static void the_server_insists_on_its_own(void)
{
	begin(OUR, 0);
	request(B(ADDR(OUR)));
	give_nak(&b, PPP_IPCP, B(ADDR(GIVEN)));
	request(NONE);
	give_nak(&b, PPP_IPCP, B(ADDR(GIVEN)));
	request(NONE);
	give_nak(&b, PPP_IPCP, B(ADDR(GIVEN)));
	request(B(ADDR(GIVEN)));
	opens_with(OUR);
}

static void a_nak_is_taken_if_configured(void)
{
	begin(OUR, BW_PPPOE_F_ACCEPT);
	request(B(ADDR(OUR)));
	give_nak(&b, PPP_IPCP, B(ADDR(GIVEN)));
	request(B(ADDR(GIVEN)));
	opens_with(GIVEN);
}

static void ours_stays_if_a_nak_would_be_taken_and_none_came(void)
{
	begin(OUR, BW_PPPOE_F_ACCEPT);
	request(B(ADDR(OUR)));
	opens_with(OUR);

	begin(OUR, BW_PPPOE_F_ACCEPT);
	request(B(ADDR(OUR)));
	give_reject(&b, PPP_IPCP, B(ADDR(OUR)));
	request(NONE);
	opens_with(OUR);
}

static void negotiated_from_nothing(void)
{
	begin(0, 0);
	request(B(ZERO));
	give_nak(&b, PPP_IPCP, B(ADDR(GIVEN)));
	request(B(ADDR(GIVEN)));
	opens_with(GIVEN);
}

static void another_address_at_the_second_nak(void)
{
	begin(0, 0);
	request(B(ZERO));
	give_nak(&b, PPP_IPCP, B(ADDR(GIVEN + 1)));
	request(B(ADDR(GIVEN + 1)));
	give_nak(&b, PPP_IPCP, B(ADDR(GIVEN)));
	request(B(ADDR(GIVEN)));
	opens_with(GIVEN);
}

/* The server has no address for us. */
static void no_address_no_session(void)
{
	begin(0, 0);
	request(B(ZERO));
	give_reject(&b, PPP_IPCP, B(ZERO));
	request(NONE);
	give_ack(&b, PPP_IPCP);
	give_request(&b, PPP_IPCP, B(ADDR(PEER)));
	want_answer(&b, PPP_IPCP, PPP_CONFIGURE_ACK, B(ADDR(PEER)));
	want_ppp(&b, PPP_LCP, PPP_TERMINATE_REQUEST);
	want_nothing(&b);
	CU_ASSERT_EQUAL(bas_state(&b).reason, BW_PPPOE_R_IPCP);
	CU_ASSERT_EQUAL(bas_state(&b).sessions, 0);
	bas_end(&b);

	begin(0, 0);
	request(B(ZERO));
	give_ack(&b, PPP_IPCP); /* of 0.0.0.0 */
	give_request(&b, PPP_IPCP, B(ADDR(PEER)));
	CU_ASSERT_EQUAL(bas_state(&b).stage, BW_PPPOE_TERMINATE);
	bas_end(&b);
}

static void absurd_addresses_are_not_taken(void)
{
	static const uint32_t bad[] = { 0, 0x00000001, 0x7f000001, 0xe0000001, 0xf0000001,
		0xffffffff };

	for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		begin(0, 0);
		request(B(ZERO));
		give_nak(&b, PPP_IPCP, B(ADDR(bad[i])));
		request(B(ZERO));
		give_request(&b, PPP_IPCP, B(ADDR(bad[i])));
		want_answer(&b, PPP_IPCP, PPP_CONFIGURE_REJECT, B(ADDR(bad[i])));
		want_nothing(&b);
		bas_end(&b);
	}
}

static void a_peer_with_our_address_is_rejected(void)
{
	begin(OUR, 0);
	request(B(ADDR(OUR)));
	give_request(&b, PPP_IPCP, B(ADDR(OUR)));
	want_answer(&b, PPP_IPCP, PPP_CONFIGURE_REJECT, B(ADDR(OUR)));
	bas_end(&b);
}

static void a_peer_without_address(void)
{
	begin(OUR, 0);
	request(B(ADDR(OUR)));
	give_ack(&b, PPP_IPCP);
	give_request(&b, PPP_IPCP, NONE);
	want_answer(&b, PPP_IPCP, PPP_CONFIGURE_ACK, NONE);
	CU_ASSERT_EQUAL(bas_state(&b).stage, BW_PPPOE_UP);
	CU_ASSERT_EQUAL(bas_state(&b).peer_addr, 0);
	bas_end(&b);
}

static void compression_and_the_rest_are_rejected(void)
{
	begin(OUR, 0);
	request(B(ADDR(OUR)));
	give_request(&b, PPP_IPCP,
		B(1, 10, 1, 1, 1, 1, 2, 2, 2, 2, ADDR(PEER), 2, 6, 0, 0x2d, 15, 1, DNS1, 3, 4, 1,
			1));
	want_answer(&b, PPP_IPCP, PPP_CONFIGURE_REJECT,
		B(1, 10, 1, 1, 1, 1, 2, 2, 2, 2, 2, 6, 0, 0x2d, 15, 1, DNS1, 3, 4, 1, 1));
	opens_with(OUR);
}

static void name_servers_are_learnt(void)
{
	begin(OUR, BW_PPPOE_F_DNS);
	request(B(ADDR(OUR), DNS1_0, DNS2_0));
	give_nak(&b, PPP_IPCP, B(DNS1, DNS2));
	request(B(ADDR(OUR), DNS1, DNS2));
	give_ack(&b, PPP_IPCP);
	CU_ASSERT_EQUAL(bas_state(&b).dns[0], 0);
	give_request(&b, PPP_IPCP, B(ADDR(PEER)));
	CU_ASSERT_EQUAL(bas_state(&b).dns[0], htonl(0x08080808));
	CU_ASSERT_EQUAL(bas_state(&b).dns[1], htonl(0x09090909));
	bas_end(&b);
}

static void name_servers_are_rejected(void)
{
	begin(0, BW_PPPOE_F_DNS);
	request(B(ZERO, DNS1_0, DNS2_0));
	give_reject(&b, PPP_IPCP, B(DNS2_0));
	request(B(ZERO, DNS1_0));
	give_nak(&b, PPP_IPCP, B(ADDR(GIVEN), DNS1));
	request(B(ADDR(GIVEN), DNS1));
	give_ack(&b, PPP_IPCP);
	give_request(&b, PPP_IPCP, B(ADDR(PEER)));
	CU_ASSERT_EQUAL(bas_state(&b).stage, BW_PPPOE_UP);
	CU_ASSERT_EQUAL(bas_state(&b).dns[0], htonl(0x08080808));
	CU_ASSERT_EQUAL(bas_state(&b).dns[1], 0);
	bas_end(&b);
}

/* What was not asked for is not taken, and a Nak of the wrong size ends the asking. */
static void name_servers_that_make_no_sense(void)
{
	begin(OUR, 0);
	request(B(ADDR(OUR)));
	give_nak(&b, PPP_IPCP, B(DNS1));
	request(B(ADDR(OUR)));
	opens_with(OUR);

	begin(OUR, BW_PPPOE_F_DNS);
	request(B(ADDR(OUR), DNS1_0, DNS2_0));
	give_nak(&b, PPP_IPCP, B(129, 4, 8, 8));
	request(B(ADDR(OUR), DNS2_0));
	opens_with(OUR);
}

static void a_nak_without_end_is_a_reject(void)
{
	begin(0, BW_PPPOE_F_DNS);
	for (unsigned i = 0; i < 5; i++) {
		want_ppp(&b, PPP_IPCP, PPP_CONFIGURE_REQUEST);
		b.request_id = i + 1;
		give_nak(&b, PPP_IPCP, B(129, 6, 8, 8, 8, i));
	}
	request(B(ZERO, 129, 6, 8, 8, 8, 4, DNS2_0));
	give_nak(&b, PPP_IPCP, B(DNS1));
	request(B(ZERO, DNS2_0));
	bas_end(&b);
}

static void not_open_in_time(void)
{
	bas_prepare(&b);
	b.conf.set.ncp_timeout_s = 7;
	bas_begin(&b);
	to_network(&b);
	bas_wait(&b, 6999);
	CU_ASSERT_EQUAL(bas_state(&b).stage, BW_PPPOE_NETWORK);
	b.next = b.n_sent;
	bas_wait(&b, 1);
	want_ppp(&b, PPP_LCP, PPP_TERMINATE_REQUEST);
	CU_ASSERT_EQUAL(bas_state(&b).reason, BW_PPPOE_R_IPCP);
	bas_end(&b);
}

static void silence_ends_it(void)
{
	bas_prepare(&b);
	b.conf.set.ncp_timeout_s = 0;
	b.conf.set.keepalive_s = 0;
	bas_begin(&b);
	to_network(&b);
	bas_wait(&b, 20000);
	for (unsigned i = 0; i < 9; i++)
		request(B(ADDR(OUR)));
	want_ppp(&b, PPP_LCP, PPP_TERMINATE_REQUEST);
	CU_ASSERT_EQUAL(bas_state(&b).reason, BW_PPPOE_R_IPCP);
	bas_end(&b);
}

static void renegotiation_while_it_is_open(void)
{
	unsigned before;

	bas_start(&b);
	to_up(&b);
	before = b.changed;
	give_request(&b, PPP_IPCP, B(ADDR(PEER + 1)));
	CU_ASSERT_EQUAL(b.changed, before + 1);
	CU_ASSERT_EQUAL(bas_state(&b).stage, BW_PPPOE_NETWORK);
	CU_ASSERT_EQUAL(bas_state(&b).addr, 0);
	request(B(ADDR(OUR)));
	want_answer(&b, PPP_IPCP, PPP_CONFIGURE_ACK, B(ADDR(PEER + 1)));
	give_ack(&b, PPP_IPCP);
	CU_ASSERT_EQUAL(bas_state(&b).stage, BW_PPPOE_UP);
	CU_ASSERT_EQUAL(bas_state(&b).peer_addr, htonl(PEER + 1));
	CU_ASSERT_EQUAL(bas_state(&b).sessions, 1);
	bas_end(&b);
}

/* A request that is not good brings an open IPCP down too, and the old address does not stay. */
static void renegotiation_with_a_bad_request(void)
{
	bas_start(&b);
	to_up(&b);
	give_request(&b, PPP_IPCP, B(2, 6, 0, 0x2d, 15, 1));
	request(B(ADDR(OUR)));
	want_answer(&b, PPP_IPCP, PPP_CONFIGURE_REJECT, B(2, 6, 0, 0x2d, 15, 1));
	CU_ASSERT_EQUAL(bas_state(&b).stage, BW_PPPOE_NETWORK);
	give_ack(&b, PPP_IPCP);
	give_request(&b, PPP_IPCP, NONE);
	CU_ASSERT_EQUAL(bas_state(&b).stage, BW_PPPOE_UP);
	CU_ASSERT_EQUAL(bas_state(&b).peer_addr, 0);
	bas_end(&b);
}

static void terminated_by_the_peer(void)
{
	bas_start(&b);
	to_up(&b);
	CU_ASSERT_EQUAL(give(&b, PPP_IPCP, PPP_TERMINATE_REQUEST, 4, NONE), BW_DROP_NONE);
	CU_ASSERT_EQUAL(want_ppp(&b, PPP_IPCP, PPP_TERMINATE_ACK).id, 4);
	CU_ASSERT_EQUAL(bas_state(&b).stage, BW_PPPOE_NETWORK);
	want_nothing(&b);
	bas_wait(&b, 2000);
	want_ppp(&b, PPP_LCP, PPP_TERMINATE_REQUEST);
	CU_ASSERT_EQUAL(bas_state(&b).reason, BW_PPPOE_R_PEER);
	bas_end(&b);
}

/* LCP's own codes do not exist here. */
static void echoes_are_unknown(void)
{
	bas_start(&b);
	to_up(&b);
	CU_ASSERT_EQUAL(give(&b, PPP_IPCP, PPP_ECHO_REQUEST, 4, B(0, 0, 0, 0)), BW_DROP_NONE);
	want_ppp(&b, PPP_IPCP, PPP_CODE_REJECT);
	want_nothing(&b);
	CU_ASSERT_EQUAL(bas_state(&b).stage, BW_PPPOE_UP);
	bas_end(&b);
}

static const struct test tests[] = {
	{ "ours is acked", ours_is_acked },
	{ "ours is rejected", ours_is_rejected },
	{ "ours is naked once", ours_is_naked_once },
	{ "ours is naked and the option wanted", ours_is_naked_and_the_option_wanted },
	{ "the server insists on its own", the_server_insists_on_its_own },
	{ "a Nak is taken if configured", a_nak_is_taken_if_configured },
	{ "ours stays if a Nak would be taken and none came",
		ours_stays_if_a_nak_would_be_taken_and_none_came },
	{ "negotiated from nothing", negotiated_from_nothing },
	{ "another address at the second Nak", another_address_at_the_second_nak },
	{ "no address, no session", no_address_no_session },
	{ "absurd addresses are not taken", absurd_addresses_are_not_taken },
	{ "a peer with our address is rejected", a_peer_with_our_address_is_rejected },
	{ "a peer without address", a_peer_without_address },
	{ "compression and the rest are rejected", compression_and_the_rest_are_rejected },
	{ "name servers are learnt", name_servers_are_learnt },
	{ "name servers are rejected", name_servers_are_rejected },
	{ "name servers that make no sense", name_servers_that_make_no_sense },
	{ "a Nak without end is a Reject", a_nak_without_end_is_a_reject },
	{ "not open in time", not_open_in_time },
	{ "silence ends it", silence_ends_it },
	{ "renegotiation while it is open", renegotiation_while_it_is_open },
	{ "renegotiation with a bad request", renegotiation_with_a_bad_request },
	{ "terminated by the peer", terminated_by_the_peer },
	{ "echoes are unknown", echoes_are_unknown },
};

int main(void)
{
	return RUN_SUITE("pppoe ipcp", tests);
}
