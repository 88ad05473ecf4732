/* SPDX-License-Identifier: BSD-3-Clause */
/* Negotiation of LCP, and what it does while it is open. */
#include <stdlib.h>
#include <string.h>

#include "bas.h"

#include "../nat/suite.h"

static struct bas b;

/* A client of those flags and MTU whose LCP request is acked. */
static void establish(uint32_t flags, uint16_t mtu)
{
	bas_prepare(&b);
	b.conf.set.flags = flags;
	b.conf.set.mtu = mtu;
	bas_begin(&b);
	to_establish(&b);
	want_lcp_request(&b, mtu == 1500 ? 1492 : mtu);
	give_ack(&b, PPP_LCP);
	want_nothing(&b);
}

static void judged(struct bytes options, uint8_t code, struct bytes answer)
{
	give_request(&b, PPP_LCP, options);
	want_answer(&b, PPP_LCP, code, answer);
}

static void an_acceptable_request_is_acked(void)
{
	establish(BW_PPPOE_F_CHAP, 1492);
	judged(B(MRU_1492, CHAP, MAGIC), PPP_CONFIGURE_ACK, B(MRU_1492, CHAP, MAGIC));
	want_nothing(&b);
	CU_ASSERT_EQUAL(bas_state(&b).stage, BW_PPPOE_AUTHENTICATE);
	CU_ASSERT_EQUAL(bas_state(&b).mru, 1492);
	CU_ASSERT_EQUAL(bas_state(&b).peer_mru, 1492);
	bas_end(&b);
}

/* No option at all: MRU 1500, of which PPPoE carries 1492, and no authentication. */
static void an_empty_request_is_acked(void)
{
	establish(BW_PPPOE_F_CHAP, 1492);
	judged(NONE, PPP_CONFIGURE_ACK, NONE);
	want_request(&b, PPP_IPCP, B(ADDR(OUR)));
	CU_ASSERT_EQUAL(bas_state(&b).peer_mru, 1492);
	bas_end(&b);
}

static void compressions_and_strangers_are_rejected(void)
{
	establish(BW_PPPOE_F_CHAP, 1492);
	judged(B(MRU_1492, 7, 2, 8, 2, MAGIC, 2, 6, 0, 0, 0, 0, 200, 3, 1), PPP_CONFIGURE_REJECT,
		B(7, 2, 8, 2, 2, 6, 0, 0, 0, 0, 200, 3, 1));
	judged(B(MRU_1492, MAGIC), PPP_CONFIGURE_ACK, B(MRU_1492, MAGIC));
	bas_end(&b);
}

/* Rejects come before Naks (RFC 1661 5.4). */
static void rejects_come_first(void)
{
	establish(BW_PPPOE_F_CHAP, 1492);
	judged(B(PAP, 7, 2, MAGIC), PPP_CONFIGURE_REJECT, B(7, 2));
	judged(B(PAP, MAGIC), PPP_CONFIGURE_NAK, B(CHAP));
	bas_end(&b);
}

static void options_of_wrong_length_are_rejected(void)
{
	establish(BW_PPPOE_F_CHAP, 1492);
	judged(B(1, 3, 5, 5, 5, 0xba, 0x5b, 0xa5, 1, 2), PPP_CONFIGURE_REJECT,
		B(1, 3, 5, 5, 5, 0xba, 0x5b, 0xa5, 1, 2));
	bas_end(&b);
}

static void a_tiny_mru_is_naked(void)
{
	establish(BW_PPPOE_F_CHAP, 1492);
	judged(B(1, 4, 0x02, 0x3f), PPP_CONFIGURE_NAK, B(1, 4, 0x02, 0x40));
	judged(B(1, 4, 0x02, 0x40), PPP_CONFIGURE_ACK, B(1, 4, 0x02, 0x40));
	CU_ASSERT_EQUAL(bas_state(&b).peer_mru, 576);
	bas_end(&b);
}

static void authentication_by_configuration(void)
{
	const struct {
		uint32_t flags;
		struct bytes demand;
		uint8_t code;
		struct bytes answer;
	} t[] = {
		{ BW_PPPOE_F_CHAP, B(CHAP), PPP_CONFIGURE_ACK, B(CHAP) },
		{ BW_PPPOE_F_CHAP, B(PAP), PPP_CONFIGURE_NAK, B(CHAP) },
		{ BW_PPPOE_F_PAP, B(PAP), PPP_CONFIGURE_ACK, B(PAP) },
		{ BW_PPPOE_F_PAP, B(CHAP), PPP_CONFIGURE_NAK, B(PAP) },
		{ BW_PPPOE_F_PAP | BW_PPPOE_F_CHAP, B(PAP), PPP_CONFIGURE_ACK, B(PAP) },
		{ BW_PPPOE_F_PAP | BW_PPPOE_F_CHAP, B(CHAP), PPP_CONFIGURE_ACK, B(CHAP) },
		{ 0, B(CHAP), PPP_CONFIGURE_REJECT, B(CHAP) },
		{ 0, B(PAP), PPP_CONFIGURE_REJECT, B(PAP) },
		/* MS-CHAP-V2, EAP, and CHAP and PAP of wrong lengths */
		{ BW_PPPOE_F_CHAP, B(3, 5, 0xc2, 0x23, 0x81), PPP_CONFIGURE_NAK, B(CHAP) },
		{ BW_PPPOE_F_PAP, B(3, 4, 0xc2, 0x27), PPP_CONFIGURE_NAK, B(PAP) },
		{ BW_PPPOE_F_CHAP, B(3, 4, 0xc2, 0x23), PPP_CONFIGURE_NAK, B(CHAP) },
		{ BW_PPPOE_F_PAP, B(3, 5, 0xc0, 0x23, 5), PPP_CONFIGURE_NAK, B(PAP) },
		{ BW_PPPOE_F_CHAP, B(3, 2), PPP_CONFIGURE_NAK, B(CHAP) },
	};

	for (unsigned i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		establish(t[i].flags, 1492);
		judged(t[i].demand, t[i].code, t[i].answer);
		bas_end(&b);
	}
}

/* RFC 1661 4.6: what would be naked for the sixth time is rejected. */
static void max_failure_naks_and_then_rejects(void)
{
	establish(BW_PPPOE_F_CHAP, 1492);
	for (unsigned i = 0; i < 5; i++)
		judged(B(PAP), PPP_CONFIGURE_NAK, B(CHAP));
	judged(B(PAP), PPP_CONFIGURE_REJECT, B(PAP));
	bas_end(&b);
}

/* ... counted without an Ack. */
static void an_ack_forgives_naks(void)
{
	establish(BW_PPPOE_F_CHAP, 1492);
	for (unsigned i = 0; i < 4; i++)
		judged(B(PAP), PPP_CONFIGURE_NAK, B(CHAP));
	judged(B(CHAP), PPP_CONFIGURE_ACK, B(CHAP));
	give_request(&b, PPP_LCP, B(PAP));
	want_lcp_request(&b, 1492);
	want_answer(&b, PPP_LCP, PPP_CONFIGURE_NAK, B(CHAP));
	for (unsigned i = 0; i < 4; i++)
		judged(B(PAP), PPP_CONFIGURE_NAK, B(CHAP));
	judged(B(PAP), PPP_CONFIGURE_REJECT, B(PAP));
	bas_end(&b);
}

/* A server that gives up because we reject what it demands. */
static void refused_authentication_is_the_reason(void)
{
	establish(0, 1492);
	judged(B(CHAP), PPP_CONFIGURE_REJECT, B(CHAP));
	give(&b, PPP_LCP, PPP_TERMINATE_REQUEST, 9, TEXT("auth required"));
	CU_ASSERT_EQUAL(want_ppp(&b, PPP_LCP, PPP_TERMINATE_ACK).id, 9);
	want_discovery(&b, PPPOE_PADT);
	want_nothing(&b);
	CU_ASSERT_EQUAL(bas_state(&b).stage, BW_PPPOE_WAIT);
	CU_ASSERT_EQUAL(bas_state(&b).reason, BW_PPPOE_R_AUTH_REFUSED);
	bas_end(&b);
}

static void our_mru_is_asked_for_unless_it_is_1500(void)
{
	static const struct {
		uint16_t mtu, agreed, want;
	} t[] = { { 1492, 0, 1492 }, { 1454, 0, 1454 }, { 1500, 0, 1492 }, { 1500, 1500, 0 },
		{ 1496, 1500, 1496 }, { 1500, 1494, 1494 }, { 1508, 1508, 1508 }, { 1508, 0, 1492 },
		{ 1500, 1400, 1492 } };

	for (unsigned i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		const struct bytes tag = B(0x01, 0x20, 0, 2, t[i].agreed >> 8, t[i].agreed & 0xff);
		struct pppoe_packet p;

		bas_prepare(&b);
		b.conf.set.mtu = t[i].mtu;
		bas_begin(&b);
		p = want_discovery(&b, PPPOE_PADI);
		CU_ASSERT_EQUAL(p.max_payload, t[i].mtu > 1492 ? t[i].mtu : 0);
		give_discovery(&b, bas_mac, PPPOE_PADO, 0, t[i].agreed ? tag : NONE);
		bas_wait(&b, PPPOE_COLLECT);
		p = want_discovery(&b, PPPOE_PADR);
		CU_ASSERT_EQUAL(p.max_payload, t[i].mtu > 1492 ? t[i].mtu : 0);
		give_discovery(&b, bas_mac, PPPOE_PADS, SESSION, t[i].agreed ? tag : NONE);
		bas_wait(&b, FIRST_WORD);
		want_lcp_request(&b, t[i].want);
		give_ack(&b, PPP_LCP);
		judged(NONE, PPP_CONFIGURE_ACK, NONE);
		CU_ASSERT_EQUAL(bas_state(&b).mru, t[i].want ? t[i].want : 1500);
		bas_end(&b);
	}
}

/* A FLET'S BAS. */
static void a_nak_of_1454_is_taken(void)
{
	bas_start(&b);
	to_establish(&b);
	want_lcp_request(&b, 1492);
	give_nak(&b, PPP_LCP, B(1, 4, 0x05, 0xae));
	want_lcp_request(&b, 1454);
	give_ack(&b, PPP_LCP);
	judged(B(1, 4, 0x05, 0xae, CHAP, MAGIC), PPP_CONFIGURE_ACK,
		B(1, 4, 0x05, 0xae, CHAP, MAGIC));
	CU_ASSERT_EQUAL(bas_state(&b).mru, 1454);
	CU_ASSERT_EQUAL(bas_state(&b).peer_mru, 1454);
	bas_end(&b);
}

static void a_larger_or_absurd_mru_is_not_taken(void)
{
	bas_start(&b);
	to_establish(&b);
	want_lcp_request(&b, 1492);
	give_nak(&b, PPP_LCP, B(1, 4, 0x05, 0xdc));
	want_lcp_request(&b, 1492);
	give_nak(&b, PPP_LCP, B(1, 4, 0x00, 0x44));
	want_lcp_request(&b, 1492);
	give_nak(&b, PPP_LCP, B(1, 3, 0x05));
	want_lcp_request(&b, 1492);
	bas_end(&b);
}

/* Nothing of ours is vital; a Nak that never ends is taken as a Reject. */
static void our_options_may_be_rejected(void)
{
	struct bytes first;

	bas_start(&b);
	to_establish(&b);
	want_lcp_request(&b, 1492);
	first = b.request;
	give_reject(&b, PPP_LCP, first);
	want_request(&b, PPP_LCP, NONE);
	give_ack(&b, PPP_LCP);
	judged(NONE, PPP_CONFIGURE_ACK, NONE);
	CU_ASSERT_EQUAL(bas_state(&b).mru, 1500);
	bas_end(&b);

	bas_start(&b);
	to_establish(&b);
	for (unsigned i = 0; i < 6; i++) {
		want_lcp_request(&b, 1492);
		give_nak(&b, PPP_LCP, B(1, 4, 0x05, 0xdc));
	}
	want_lcp_request(&b, 0);
	bas_end(&b);
}

static void a_server_that_never_agrees_is_left(void)
{
	bas_start(&b);
	to_establish(&b);
	for (unsigned i = 0; i < 10; i++) {
		want_ppp(&b, PPP_LCP, PPP_CONFIGURE_REQUEST);
		b.request_id = i + 1;
		give_nak(&b, PPP_LCP, B(5, 6, 1, 2, 3, i));
	}
	want_ppp(&b, PPP_LCP, PPP_CONFIGURE_REQUEST);
	b.request_id = 11;
	give_nak(&b, PPP_LCP, B(5, 6, 1, 2, 3, 4));
	want_discovery(&b, PPPOE_PADT);
	want_nothing(&b);
	CU_ASSERT_EQUAL(bas_state(&b).reason, BW_PPPOE_R_LCP);
	bas_end(&b);
}

/* The sixth Nak would be a Reject; they are not counted over a time in which LCP was open. */
static void an_open_lcp_forgives_rounds(void)
{
	bas_start(&b);
	to_establish(&b);
	for (unsigned round = 0; round < 3; round++) {
		for (unsigned i = 0; i < 5; i++) {
			want_lcp_request(&b, 1492);
			give_nak(&b, PPP_LCP, B(1, 4, 0x05, 0xdc));
		}
		want_lcp_request(&b, 1492);
		give_ack(&b, PPP_LCP);
		judged(B(CHAP), PPP_CONFIGURE_ACK, B(CHAP));
		want_nothing(&b);
		give_request(&b, PPP_LCP, B(7, 2));
		CU_ASSERT_EQUAL(b.n_sent, 2);
		b.sent[1] = b.sent[0]; /* the request; the Reject is of no interest */
		b.next = 1;
	}
	bas_end(&b);
}

/* What follows a repetition is none. */
static void a_nak_of_a_repeated_request(void)
{
	uint8_t id;

	bas_start(&b);
	to_establish(&b);
	want_lcp_request(&b, 1492);
	bas_wait(&b, 2000);
	want_lcp_request(&b, 1492);
	id = b.request_id;
	give_nak(&b, PPP_LCP, B(1, 4, 0x05, 0xae));
	want_lcp_request(&b, 1454);
	CU_ASSERT_NOT_EQUAL(b.request_id, id);
	bas_end(&b);
}

/* Ours is acked, and of its own requests it never makes one that we can ack. */
static void a_server_that_never_asks_well_is_left(void)
{
	uint64_t begun;

	establish(BW_PPPOE_F_CHAP, 1492);
	begun = b.now;
	for (unsigned i = 0; i < 100 && bas_state(&b).stage == BW_PPPOE_ESTABLISH; i++) {
		judged(B(7, 2), PPP_CONFIGURE_REJECT, B(7, 2));
		want_nothing(&b);
		bas_wait(&b, pppoe_client_due(b.c) - b.now);
		if (bas_state(&b).stage != BW_PPPOE_ESTABLISH)
			break;
		want_lcp_request(&b, 1492);
		give_ack(&b, PPP_LCP);
	}
	CU_ASSERT(b.now - begun == 20000);
	CU_ASSERT_EQUAL(bas_state(&b).stage, BW_PPPOE_WAIT);
	CU_ASSERT_EQUAL(bas_state(&b).reason, BW_PPPOE_R_LCP);
	bas_end(&b);
}

static void retry_as_configured(void)
{
	bas_prepare(&b);
	b.conf.set.retry_s = 7;
	b.conf.set.max_configure = 3;
	bas_begin(&b);
	to_establish(&b);
	for (unsigned i = 0; i < 3; i++) {
		want_lcp_request(&b, 1492);
		bas_wait(&b, 6999);
		want_nothing(&b);
		bas_wait(&b, 1);
	}
	want_discovery(&b, PPPOE_PADT);
	want_nothing(&b);
	bas_end(&b);
}

/* Doubled or late: it is acked again, and all stays as it is. A new one starts over. */
static void a_request_that_comes_again_when_open(void)
{
	bas_start(&b);
	to_up(&b);
	for (unsigned i = 0; i < 2; i++) {
		CU_ASSERT_EQUAL(
			give(&b, PPP_IPCP, PPP_CONFIGURE_REQUEST, 80, B(ADDR(PEER))), BW_DROP_NONE);
		want_answer(&b, PPP_IPCP, PPP_CONFIGURE_ACK, B(ADDR(PEER)));
		want_nothing(&b);
		CU_ASSERT_EQUAL(bas_state(&b).stage, BW_PPPOE_UP);
	}
	/* a peer that says nothing else has begun anew, whatever its bytes */
	for (unsigned i = 0; i < 10 && bas_state(&b).stage == BW_PPPOE_UP; i++)
		give(&b, PPP_IPCP, PPP_CONFIGURE_REQUEST, 80, B(ADDR(PEER)));
	CU_ASSERT_EQUAL(bas_state(&b).stage, BW_PPPOE_NETWORK);
	bas_end(&b);
	bas_start(&b);
	to_up(&b);
	give(&b, PPP_IPCP, PPP_CONFIGURE_REQUEST, 81, B(ADDR(PEER)));
	CU_ASSERT_EQUAL(bas_state(&b).stage, BW_PPPOE_NETWORK);
	bas_end(&b);
}

/* RFC 1661 5.7: IPv4 stops at once, IPCP ends in good order, and the session with it. */
static void ipv4_is_rejected(void)
{
	bas_start(&b);
	to_up(&b);
	give(&b, PPP_LCP, PPP_PROTOCOL_REJECT, 1, B(0x00, 0x21, 0x45));
	CU_ASSERT_EQUAL(bas_state(&b).stage, BW_PPPOE_NETWORK);
	CU_ASSERT_EQUAL(bas_state(&b).addr, 0);
	give(&b, PPP_IPCP, PPP_TERMINATE_ACK, want_ppp(&b, PPP_IPCP, PPP_TERMINATE_REQUEST).id,
		NONE);
	want_ppp(&b, PPP_LCP, PPP_TERMINATE_REQUEST);
	CU_ASSERT_EQUAL(bas_state(&b).reason, BW_PPPOE_R_IPCP);
	want_nothing(&b);
	bas_end(&b);
}

/* Nothing more of IPCP or of the authentication goes out. */
static void ipcp_and_chap_are_rejected(void)
{
	bas_start(&b);
	to_up(&b);
	give(&b, PPP_LCP, PPP_PROTOCOL_REJECT, 1, B(0x80, 0x21, 1));
	want_ppp(&b, PPP_LCP, PPP_TERMINATE_REQUEST);
	want_nothing(&b);
	bas_end(&b);
	bas_start(&b);
	to_lcp_open(&b, B(CHAP));
	give(&b, PPP_LCP, PPP_PROTOCOL_REJECT, 1, B(0xc2, 0x23, 2));
	want_ppp(&b, PPP_LCP, PPP_TERMINATE_REQUEST);
	CU_ASSERT_EQUAL(bas_state(&b).reason, BW_PPPOE_R_AUTH_REFUSED);
	want_nothing(&b);
	bas_end(&b);
}

/* Every `ppp timeout retry`, from the first one on. */
static void silence_is_given_up_after_max_configure(void)
{
	uint64_t begun;

	bas_start(&b);
	to_establish(&b);
	begun = b.now;
	want_lcp_request(&b, 1492);
	for (unsigned i = 0; i < 9; i++) {
		uint8_t id = b.request_id;

		bas_wait(&b, 2000 - 1);
		want_nothing(&b);
		bas_wait(&b, 1);
		want_lcp_request(&b, 1492);
		CU_ASSERT_EQUAL(b.request_id, id); /* a repetition, so that any Ack counts */
	}
	want_nothing(&b);
	bas_wait(&b, 2000);
	want_discovery(&b, PPPOE_PADT);
	want_nothing(&b);
	CU_ASSERT_EQUAL(b.now - begun, 20000);
	CU_ASSERT_EQUAL(bas_state(&b).reason, BW_PPPOE_R_LCP);
	bas_end(&b);
}

static void answers_to_other_requests_are_ignored(void)
{
	uint8_t changed[16];

	bas_start(&b);
	to_establish(&b);
	want_lcp_request(&b, 1492);
	CU_ASSERT_EQUAL(
		give(&b, PPP_LCP, PPP_CONFIGURE_ACK, b.request_id + 1, b.request), BW_DROP_PPP_BAD);
	CU_ASSERT_EQUAL(give(&b, PPP_LCP, PPP_CONFIGURE_NAK, b.request_id - 1, B(1, 4, 5, 0)),
		BW_DROP_PPP_BAD);
	memcpy(changed, b.request.data, b.request.len);
	changed[3] ^= 1;
	CU_ASSERT_EQUAL(give(&b, PPP_LCP, PPP_CONFIGURE_ACK, b.request_id,
				(struct bytes) { changed, b.request.len }),
		BW_DROP_PPP_BAD);
	CU_ASSERT_EQUAL(give(&b, PPP_LCP, PPP_CONFIGURE_REJECT, b.request_id,
				(struct bytes) { changed, b.request.len }),
		BW_DROP_PPP_BAD);
	CU_ASSERT_EQUAL(
		give(&b, PPP_LCP, PPP_CONFIGURE_REJECT, b.request_id, B(7, 2)), BW_DROP_PPP_BAD);
	CU_ASSERT_EQUAL(bas_state(&b).lcp, PPP_REQ_SENT);
	want_nothing(&b);
	bas_end(&b);
}

/* A duplicate of the Ack must not bring an open link down. */
static void a_second_ack_is_ignored(void)
{
	bas_start(&b);
	to_lcp_open(&b, NONE);
	CU_ASSERT_EQUAL(give(&b, PPP_LCP, PPP_CONFIGURE_ACK, 1, b.request), BW_DROP_PPP_BAD);
	CU_ASSERT_EQUAL(bas_state(&b).lcp, PPP_OPENED);
	bas_end(&b);
}

static uint32_t our_magic(void)
{
	return bytes_u32(b.request.data + b.request.len - 4);
}

static struct bytes magic_option(uint8_t *to, uint32_t magic)
{
	struct builder w = { to, 6, 0, false };

	ppp_put_u32(&w, LCP_MAGIC, magic);
	return (struct bytes) { to, 6 };
}

static void a_magic_number_of_zero_is_naked(void)
{
	struct ppp_packet p;

	establish(BW_PPPOE_F_CHAP, 1492);
	give_request(&b, PPP_LCP, B(5, 6, 0, 0, 0, 0));
	p = want_ppp(&b, PPP_LCP, PPP_CONFIGURE_NAK);
	CU_ASSERT_FATAL(p.data.len == 6 && p.data.data[0] == LCP_MAGIC);
	CU_ASSERT_NOT_EQUAL(bytes_u32(p.data.data + 2), 0);
	bas_end(&b);
}

/* Two ends that chose the same number go on with others. */
static void a_coincidence_of_magic_is_no_loop(void)
{
	uint8_t option[6];
	struct ppp_packet p;
	uint32_t first;

	bas_start(&b);
	to_establish(&b);
	want_lcp_request(&b, 1492);
	first = our_magic();
	give_request(&b, PPP_LCP, magic_option(option, first));
	p = want_ppp(&b, PPP_LCP, PPP_CONFIGURE_NAK);
	CU_ASSERT_NOT_EQUAL(bytes_u32(p.data.data + 2), first);
	give_nak(&b, PPP_LCP, magic_option(option, 0x55555555));
	want_lcp_request(&b, 1492);
	CU_ASSERT_NOT_EQUAL(our_magic(), first);
	give_ack(&b, PPP_LCP);
	judged(B(MAGIC), PPP_CONFIGURE_ACK, B(MAGIC));
	CU_ASSERT_EQUAL(bas_state(&b).lcp, PPP_OPENED);
	bas_end(&b);
}

/* All that the client says comes back to it. */
static void a_loop_is_found(void)
{
	bas_start(&b);
	to_establish(&b);
	for (unsigned i = 0; i < 100 && bas_state(&b).stage == BW_PPPOE_ESTABLISH; i++) {
		const struct sent *s = &b.sent[b.next++];

		pppoe_client_ppp(b.c, b.now, s->data + 6, s->len - 6);
	}
	CU_ASSERT_EQUAL(bas_state(&b).stage, BW_PPPOE_WAIT);
	CU_ASSERT_EQUAL(bas_state(&b).reason, BW_PPPOE_R_LOOP);
	CU_ASSERT(b.sent[b.n_sent - 1].discovery);
	bas_end(&b);
}

static void echoes_are_answered_with_our_magic(void)
{
	struct ppp_packet p;
	uint32_t magic;

	bas_start(&b);
	to_lcp_open(&b, NONE);
	magic = our_magic();
	want_ppp(&b, PPP_IPCP, PPP_CONFIGURE_REQUEST);
	CU_ASSERT_EQUAL(give(&b, PPP_LCP, PPP_ECHO_REQUEST, 7, TEXT("\xba\x5b\xa5\x01hello")),
		BW_DROP_NONE);
	p = want_ppp(&b, PPP_LCP, PPP_ECHO_REPLY);
	CU_ASSERT(p.id == 7 && p.data.len == 9);
	CU_ASSERT_EQUAL(bytes_u32(p.data.data), magic);
	CU_ASSERT(memcmp(p.data.data + 4, "hello", 5) == 0);
	CU_ASSERT_EQUAL(give(&b, PPP_LCP, PPP_ECHO_REQUEST, 8, B(1, 2, 3)), BW_DROP_PPP_BAD);
	CU_ASSERT_EQUAL(give(&b, PPP_LCP, PPP_DISCARD_REQUEST, 9, B(0, 0, 0, 0)), BW_DROP_NONE);
	want_nothing(&b);
	bas_end(&b);
}

static void echoes_are_not_answered_before_lcp_is_open(void)
{
	establish(BW_PPPOE_F_CHAP, 1492);
	CU_ASSERT_EQUAL(give(&b, PPP_LCP, PPP_ECHO_REQUEST, 7, B(0, 0, 0, 0)), BW_DROP_PPPOE_DOWN);
	want_nothing(&b);
	bas_end(&b);
}

/* RFC 4638 3 has peers probe the MRU by echoes. */
static void the_largest_echo_is_answered(void)
{
	static uint8_t data[1496];
	struct ppp_packet p;

	bas_start(&b);
	to_up(&b);
	CU_ASSERT_EQUAL(give(&b, PPP_LCP, PPP_ECHO_REQUEST, 7, (struct bytes) { data, 1496 }),
		BW_DROP_NONE);
	p = want_ppp(&b, PPP_LCP, PPP_ECHO_REPLY);
	CU_ASSERT_EQUAL(p.whole.len, 1500);
	bas_end(&b);
}

static void keepalive_after_its_interval_and_misses(void)
{
	uint64_t begun;

	bas_start(&b);
	to_up(&b);
	begun = b.now;
	for (unsigned i = 0; i < 3; i++) {
		struct ppp_packet p;

		bas_wait(&b, 10000);
		p = want_ppp(&b, PPP_LCP, PPP_ECHO_REQUEST);
		CU_ASSERT_EQUAL(p.data.len, 4);
		CU_ASSERT_EQUAL(give(&b, PPP_LCP, PPP_ECHO_REPLY, p.id, B(0xba, 0x5b, 0xa5, 1)),
			BW_DROP_NONE);
		want_nothing(&b);
	}
	CU_ASSERT_EQUAL(b.now - begun, 30000);
	for (unsigned i = 0; i < 5; i++) {
		bas_wait(&b, 10000);
		want_ppp(&b, PPP_LCP, PPP_ECHO_REQUEST);
		CU_ASSERT_EQUAL(bas_state(&b).stage, BW_PPPOE_UP);
	}
	want_nothing(&b);
	bas_wait(&b, 9999);
	CU_ASSERT_EQUAL(bas_state(&b).stage, BW_PPPOE_UP);
	bas_wait(&b, 1);
	want_discovery(&b, PPPOE_PADT);
	want_nothing(&b);
	CU_ASSERT_EQUAL(bas_state(&b).stage, BW_PPPOE_WAIT);
	CU_ASSERT_EQUAL(bas_state(&b).reason, BW_PPPOE_R_ECHO);
	bas_end(&b);
}

static void misses_are_forgotten_with_the_interval(void)
{
	bas_start(&b);
	to_up(&b);
	bas_wait(&b, 50000);
	b.next = b.n_sent;
	b.conf.set.keepalive_s = 7;
	pppoe_client_configure(b.c, b.now, &b.conf);
	bas_wait(&b, 35000);
	for (unsigned i = 0; i < 5; i++)
		want_ppp(&b, PPP_LCP, PPP_ECHO_REQUEST);
	want_nothing(&b);
	CU_ASSERT_EQUAL(bas_state(&b).stage, BW_PPPOE_UP);
	bas_end(&b);
}

static void no_keepalive_if_none_is_configured(void)
{
	bas_prepare(&b);
	b.conf.set.keepalive_s = 0;
	bas_begin(&b);
	to_up(&b);
	CU_ASSERT_EQUAL(pppoe_client_due(b.c), UINT64_MAX);
	b.conf.set.keepalive_s = 7;
	pppoe_client_configure(b.c, b.now, &b.conf);
	bas_wait(&b, 7000);
	want_ppp(&b, PPP_LCP, PPP_ECHO_REQUEST);
	want_nothing(&b);
	bas_end(&b);
}

/* Our own echo coming back is no sign of life. */
static void own_echoes_do_not_count(void)
{
	bas_start(&b);
	to_up(&b);
	for (unsigned i = 0; i < 5; i++) {
		struct ppp_packet p;

		bas_wait(&b, 10000);
		p = want_ppp(&b, PPP_LCP, PPP_ECHO_REQUEST);
		CU_ASSERT_EQUAL(give(&b, PPP_LCP, PPP_ECHO_REPLY, p.id, p.data), BW_DROP_PPP_BAD);
	}
	bas_wait(&b, 10000);
	CU_ASSERT_EQUAL(bas_state(&b).reason, BW_PPPOE_R_ECHO);
	bas_end(&b);
}

static void a_loop_that_comes_later_is_found(void)
{
	bas_start(&b);
	to_up(&b);
	for (unsigned i = 0; i < 5; i++) {
		struct ppp_packet p;

		CU_ASSERT_EQUAL(bas_state(&b).stage, BW_PPPOE_UP);
		bas_wait(&b, 10000);
		p = want_ppp(&b, PPP_LCP, PPP_ECHO_REQUEST);
		CU_ASSERT_EQUAL(give(&b, PPP_LCP, PPP_ECHO_REQUEST, p.id, p.data), BW_DROP_PPP_BAD);
	}
	want_discovery(&b, PPPOE_PADT);
	want_nothing(&b);
	CU_ASSERT_EQUAL(bas_state(&b).reason, BW_PPPOE_R_LOOP);
	bas_end(&b);
}

static void a_peer_without_echoes_lives_on(void)
{
	struct ppp_packet p;

	bas_start(&b);
	to_up(&b);
	bas_wait(&b, 10000);
	p = want_ppp(&b, PPP_LCP, PPP_ECHO_REQUEST);
	CU_ASSERT_EQUAL(give(&b, PPP_LCP, PPP_CODE_REJECT, 1, p.whole), BW_DROP_NONE);
	want_nothing(&b);
	bas_wait(&b, 100000);
	want_nothing(&b);
	CU_ASSERT_EQUAL(bas_state(&b).stage, BW_PPPOE_UP);
	bas_end(&b);
}

static void unknown_codes_are_rejected_whole(void)
{
	static const uint8_t packet[] = { 12, 3, 0, 8, 1, 2, 3, 4 };
	struct ppp_packet p;

	bas_start(&b);
	to_up(&b);
	CU_ASSERT_EQUAL(give(&b, PPP_LCP, 12, 3, B(1, 2, 3, 4)), BW_DROP_NONE);
	p = want_ppp(&b, PPP_LCP, PPP_CODE_REJECT);
	CU_ASSERT(p.data.len == sizeof(packet) && memcmp(p.data.data, packet, p.data.len) == 0);
	CU_ASSERT_EQUAL(give(&b, PPP_LCP, 0, 3, NONE), BW_DROP_NONE);
	want_ppp(&b, PPP_LCP, PPP_CODE_REJECT);
	want_nothing(&b);
	CU_ASSERT_EQUAL(bas_state(&b).stage, BW_PPPOE_UP);
	bas_end(&b);
}

/* RFC 1661 5.6: no packet of ours is larger than the peer's MRU. */
static void a_code_reject_is_cut(void)
{
	static uint8_t data[1488];
	struct ppp_packet p;

	bas_start(&b);
	to_up(&b);
	give(&b, PPP_LCP, 12, 3, (struct bytes) { data, sizeof(data) });
	p = want_ppp(&b, PPP_LCP, PPP_CODE_REJECT);
	CU_ASSERT_EQUAL(p.whole.len, 1492);
	bas_end(&b);
}

static void rejected_configure_requests_end_it(void)
{
	bas_start(&b);
	to_up(&b);
	CU_ASSERT_EQUAL(give(&b, PPP_LCP, PPP_CODE_REJECT, 1, B(1, 1, 0, 4)), BW_DROP_NONE);
	want_ppp(&b, PPP_LCP, PPP_TERMINATE_REQUEST);
	CU_ASSERT_EQUAL(bas_state(&b).addr, 0);
	give(&b, PPP_LCP, PPP_TERMINATE_ACK, 3, NONE);
	want_discovery(&b, PPPOE_PADT);
	CU_ASSERT_EQUAL(bas_state(&b).reason, BW_PPPOE_R_LCP);
	bas_end(&b);
}

static enum bw_drop give_ipv6cp(void)
{
	return give(&b, 0x8057, PPP_CONFIGURE_REQUEST, 1, B(1, 10, 1, 2, 3, 4, 5, 6, 7, 8));
}

static void other_protocols_are_rejected(void)
{
	static const uint8_t rejected[] = { 0x80, 0x57, 1, 1, 0, 14, 1, 10, 1, 2, 3, 4, 5, 6, 7,
		8 };
	struct ppp_packet p;

	bas_start(&b);
	to_up(&b);
	CU_ASSERT_EQUAL(give_ipv6cp(), BW_DROP_L2_UNKNOWN_TYPE);
	p = want_ppp(&b, PPP_LCP, PPP_PROTOCOL_REJECT);
	CU_ASSERT(p.data.len == sizeof(rejected) && memcmp(p.data.data, rejected, p.data.len) == 0);
	want_nothing(&b);
	bas_end(&b);
}

static void protocol_rejects_are_not_a_flood(void)
{
	bas_start(&b);
	to_up(&b);
	for (unsigned i = 0; i < 100; i++)
		give_ipv6cp();
	CU_ASSERT_EQUAL(b.n_sent, 10);
	bas_wait(&b, 1000);
	give_ipv6cp();
	CU_ASSERT_EQUAL(b.n_sent, 11);
	bas_end(&b);
}

/* RFC 1661 3.4, 3.5: before the network phase they are discarded in silence. */
static void other_protocols_too_early_are_discarded(void)
{
	bas_start(&b);
	to_establish(&b);
	want_lcp_request(&b, 1492);
	CU_ASSERT_EQUAL(give_ipv6cp(), BW_DROP_PPPOE_DOWN);
	CU_ASSERT_EQUAL(give(&b, PPP_CHAP, CHAP_CHALLENGE, 1, B(1, 1)), BW_DROP_PPPOE_DOWN);
	CU_ASSERT_EQUAL(
		give(&b, PPP_IPCP, PPP_CONFIGURE_REQUEST, 1, B(ADDR(PEER))), BW_DROP_PPPOE_DOWN);
	want_nothing(&b);
	bas_end(&b);

	bas_start(&b);
	to_lcp_open(&b, B(CHAP));
	CU_ASSERT_EQUAL(give_ipv6cp(), BW_DROP_PPPOE_DOWN);
	CU_ASSERT_EQUAL(give(&b, PPP_PAP, PAP_ACK, 1, B(0)), BW_DROP_PPPOE_DOWN);
	CU_ASSERT_EQUAL(
		give(&b, PPP_IPCP, PPP_CONFIGURE_REQUEST, 1, B(ADDR(PEER))), BW_DROP_PPPOE_DOWN);
	want_nothing(&b);
	bas_end(&b);
}

static void a_rejected_ipcp_ends_it(void)
{
	bas_start(&b);
	to_network(&b);
	CU_ASSERT_EQUAL(
		give(&b, PPP_LCP, PPP_PROTOCOL_REJECT, 1, B(0x80, 0x21, 1, 1, 0, 4)), BW_DROP_NONE);
	want_ppp(&b, PPP_LCP, PPP_TERMINATE_REQUEST);
	want_nothing(&b);
	CU_ASSERT_EQUAL(bas_state(&b).stage, BW_PPPOE_TERMINATE);
	CU_ASSERT_EQUAL(bas_state(&b).reason, BW_PPPOE_R_IPCP);
	bas_end(&b);
}

static void other_protocol_rejects_do_no_harm(void)
{
	bas_start(&b);
	to_establish(&b);
	want_lcp_request(&b, 1492);
	CU_ASSERT_EQUAL(give(&b, PPP_LCP, PPP_PROTOCOL_REJECT, 1, B(0xc0, 0x21)), BW_DROP_PPP_BAD);
	want_nothing(&b);
	bas_end(&b);

	bas_start(&b);
	to_up(&b);
	CU_ASSERT_EQUAL(give(&b, PPP_LCP, PPP_PROTOCOL_REJECT, 1, B(0x80)), BW_DROP_PPP_BAD);
	CU_ASSERT_EQUAL(give(&b, PPP_LCP, PPP_PROTOCOL_REJECT, 1, B(0x80, 0x57)), BW_DROP_NONE);
	CU_ASSERT_EQUAL(bas_state(&b).stage, BW_PPPOE_UP);
	want_nothing(&b);
	bas_end(&b);
}

/* The server wants it all anew: authentication and IPCP as well. */
static void renegotiation_of_an_open_lcp(void)
{
	bas_start(&b);
	to_up(&b);
	give_request(&b, PPP_LCP, B(MRU_1492, CHAP, MAGIC));
	CU_ASSERT_EQUAL(bas_state(&b).stage, BW_PPPOE_ESTABLISH);
	CU_ASSERT_EQUAL(bas_state(&b).auth, 0);
	CU_ASSERT_EQUAL(bas_state(&b).addr, 0);
	want_lcp_request(&b, 1492);
	want_answer(&b, PPP_LCP, PPP_CONFIGURE_ACK, B(MRU_1492, CHAP, MAGIC));
	give_ack(&b, PPP_LCP);
	CU_ASSERT_EQUAL(bas_state(&b).stage, BW_PPPOE_AUTHENTICATE);
	give(&b, PPP_CHAP, CHAP_CHALLENGE, 80, TEXT("\4abcdBAS"));
	want_ppp(&b, PPP_CHAP, CHAP_RESPONSE);
	give(&b, PPP_CHAP, CHAP_SUCCESS, 80, NONE);
	want_request(&b, PPP_IPCP, B(ADDR(OUR)));
	give_ack(&b, PPP_IPCP);
	give_request(&b, PPP_IPCP, B(ADDR(PEER)));
	CU_ASSERT_EQUAL(bas_state(&b).stage, BW_PPPOE_UP);
	CU_ASSERT_EQUAL(bas_state(&b).sessions, 1);
	bas_end(&b);
}

static void malformed_options_are_discarded(void)
{
	establish(BW_PPPOE_F_CHAP, 1492);
	CU_ASSERT_EQUAL(give(&b, PPP_LCP, PPP_CONFIGURE_REQUEST, 1, B(1, 4, 5)), BW_DROP_PPP_BAD);
	CU_ASSERT_EQUAL(
		give(&b, PPP_LCP, PPP_CONFIGURE_REQUEST, 1, B(1, 0, 5, 0)), BW_DROP_PPP_BAD);
	want_nothing(&b);
	bas_end(&b);
}

/* So many demands that the Nak would not fit into a packet. */
static void an_answer_that_does_not_fit_is_not_sent(void)
{
	static uint8_t demands[1496];

	for (unsigned i = 0; i < sizeof(demands); i += 4)
		memcpy(demands + i, (uint8_t[]) { PAP }, 4);
	establish(BW_PPPOE_F_CHAP, 1492);
	CU_ASSERT_EQUAL(give(&b, PPP_LCP, PPP_CONFIGURE_REQUEST, 1,
				(struct bytes) { demands, sizeof(demands) }),
		BW_DROP_PPP_BAD);
	want_nothing(&b);
	bas_end(&b);
}

static const struct test tests[] = {
	{ "retry as configured", retry_as_configured },
	{ "a request that comes again when open", a_request_that_comes_again_when_open },
	{ "IPv4 is rejected", ipv4_is_rejected },
	{ "IPCP and CHAP are rejected", ipcp_and_chap_are_rejected },
	{ "an acceptable request is acked", an_acceptable_request_is_acked },
	{ "an empty request is acked", an_empty_request_is_acked },
	{ "compressions and strangers are rejected", compressions_and_strangers_are_rejected },
	{ "rejects come first", rejects_come_first },
	{ "options of wrong length are rejected", options_of_wrong_length_are_rejected },
	{ "a tiny MRU is naked", a_tiny_mru_is_naked },
	{ "authentication by configuration", authentication_by_configuration },
	{ "max-failure Naks and then Rejects", max_failure_naks_and_then_rejects },
	{ "an Ack forgives Naks", an_ack_forgives_naks },
	{ "refused authentication is the reason", refused_authentication_is_the_reason },
	{ "our MRU is asked for unless it is 1500", our_mru_is_asked_for_unless_it_is_1500 },
	{ "a Nak of 1454 is taken", a_nak_of_1454_is_taken },
	{ "a larger or absurd MRU is not taken", a_larger_or_absurd_mru_is_not_taken },
	{ "our options may be rejected", our_options_may_be_rejected },
	{ "a server that never agrees is left", a_server_that_never_agrees_is_left },
	{ "an open LCP forgives rounds", an_open_lcp_forgives_rounds },
	{ "a Nak of a repeated request", a_nak_of_a_repeated_request },
	{ "a server that never asks well is left", a_server_that_never_asks_well_is_left },
	{ "silence is given up after max-configure", silence_is_given_up_after_max_configure },
	{ "answers to other requests are ignored", answers_to_other_requests_are_ignored },
	{ "a second Ack is ignored", a_second_ack_is_ignored },
	{ "a magic number of zero is naked", a_magic_number_of_zero_is_naked },
	{ "a coincidence of magic is no loop", a_coincidence_of_magic_is_no_loop },
	{ "a loop is found", a_loop_is_found },
	{ "echoes are answered with our magic", echoes_are_answered_with_our_magic },
	{ "echoes are not answered before LCP is open",
		echoes_are_not_answered_before_lcp_is_open },
	{ "the largest echo is answered", the_largest_echo_is_answered },
	{ "keepalive after its interval and misses", keepalive_after_its_interval_and_misses },
	{ "misses are forgotten with the interval", misses_are_forgotten_with_the_interval },
	{ "no keepalive if none is configured", no_keepalive_if_none_is_configured },
	{ "own echoes do not count", own_echoes_do_not_count },
	{ "a loop that comes later is found", a_loop_that_comes_later_is_found },
	{ "a peer without echoes lives on", a_peer_without_echoes_lives_on },
	{ "unknown codes are rejected whole", unknown_codes_are_rejected_whole },
	{ "a Code-Reject is cut", a_code_reject_is_cut },
	{ "rejected Configure-Requests end it", rejected_configure_requests_end_it },
	{ "other protocols are rejected", other_protocols_are_rejected },
	{ "Protocol-Rejects are not a flood", protocol_rejects_are_not_a_flood },
	{ "other protocols too early are discarded", other_protocols_too_early_are_discarded },
	{ "a rejected IPCP ends it", a_rejected_ipcp_ends_it },
	{ "other Protocol-Rejects do no harm", other_protocol_rejects_do_no_harm },
	{ "renegotiation of an open LCP", renegotiation_of_an_open_lcp },
	{ "malformed options are discarded", malformed_options_are_discarded },
	{ "an answer that does not fit is not sent", an_answer_that_does_not_fit_is_not_sent },
};

int main(void)
{
	return RUN_SUITE("pppoe lcp", tests);
}
