/* SPDX-License-Identifier: BSD-3-Clause */
/* Discovery, dialling again, and what the caller may ask of a client. */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "bas.h"

#include "../nat/suite.h"

static struct bas b;

/* The frame that free() looks at, so that what is freed can be searched for secrets. */
void __real_free(void *p);
void __wrap_free(void *p);

static const void *watched;
static size_t watched_size;
static bool watched_is_freed, watched_was_clean;

static bool holds(const void *memory, size_t size, const char *secret)
{
	return memmem(memory, size, secret, strlen(secret)) != NULL;
}

/* Ends are enough: the beginnings are written over by what replaces them. */
static bool holds_secrets(const void *memory, size_t size)
{
	return holds(memory, size, "スワード") || holds(memory, size, "ame-open") ||
	       holds(memory, size, "ーザ名");
}

void __wrap_free(void *p)
{
	if (p && p == watched) {
		watched_is_freed = true;
		watched_was_clean = !holds_secrets(p, watched_size);
	}
	__real_free(p);
}

void *__real_calloc(size_t n, size_t size);
void *__wrap_calloc(size_t n, size_t size);

void *__wrap_calloc(size_t n, size_t size)
{
	void *p = __real_calloc(n, size);

	watched = p;
	watched_size = n * size;
	return p;
}

static void a_session_by_chap(void)
{
	struct bw_pppoe_state st;

	bas_start(&b);
	to_up(&b);
	bas_wait(&b, 3500);
	st = bas_state(&b);
	CU_ASSERT(st.client_id == 1 && st.if_id == 100);
	CU_ASSERT_EQUAL(st.stage, BW_PPPOE_UP);
	CU_ASSERT_EQUAL(st.reason, BW_PPPOE_R_NONE);
	CU_ASSERT(st.lcp == PPP_OPENED && st.ipcp == PPP_OPENED);
	CU_ASSERT_EQUAL(st.auth, PPP_CHAP);
	CU_ASSERT_EQUAL(st.session_id, SESSION);
	CU_ASSERT(memcmp(st.local_mac, our_mac, 6) == 0 && memcmp(st.remote_mac, bas_mac, 6) == 0);
	CU_ASSERT(st.addr == htonl(OUR) && st.peer_addr == htonl(PEER));
	CU_ASSERT(st.mru == 1492 && st.peer_mru == 1492);
	CU_ASSERT(st.up_s == 3 && st.sessions == 1);
	CU_ASSERT_STRING_EQUAL(st.ac_name, "BAS");
	CU_ASSERT_STRING_EQUAL(st.peer_name, "BAS");
	bas_end(&b);
}

static void a_session_by_pap(void)
{
	bas_start(&b);
	to_lcp_open(&b, B(PAP));
	give(&b, PPP_PAP, PAP_ACK, want_ppp(&b, PPP_PAP, PAP_REQUEST).id, B(0));
	want_request(&b, PPP_IPCP, B(ADDR(OUR)));
	give_ack(&b, PPP_IPCP);
	give_request(&b, PPP_IPCP, B(ADDR(PEER)));
	CU_ASSERT_EQUAL(bas_state(&b).stage, BW_PPPOE_UP);
	CU_ASSERT_EQUAL(bas_state(&b).auth, PPP_PAP);
	bas_end(&b);
}

/* changed() comes once for each call that changes anything, and not else. */
static void changes_are_told_once(void)
{
	bas_start(&b);
	CU_ASSERT_EQUAL(b.changed, 2); /* configured, link up */
	to_establish(&b);
	CU_ASSERT_EQUAL(b.changed, 5); /* PADR, PADS, LCP begins */
	want_lcp_request(&b, 1492);
	give_ack(&b, PPP_LCP);
	CU_ASSERT_EQUAL(b.changed, 6);
	give_request(&b, PPP_LCP, B(MRU_1492, MAGIC)); /* LCP and IPCP in one */
	CU_ASSERT_EQUAL(b.changed, 7);
	CU_ASSERT_EQUAL(give(&b, PPP_LCP, PPP_ECHO_REQUEST, 1, B(0, 0, 0, 0)), BW_DROP_NONE);
	bas_wait(&b, 1000);
	CU_ASSERT_EQUAL(b.changed, 7);
	give(&b, PPP_LCP, PPP_TERMINATE_REQUEST, 9, NONE);
	CU_ASSERT_EQUAL(b.changed, 8);
	bas_end(&b);
}

static void padi_with_back_off(void)
{
	uint64_t last, gap;
	struct pppoe_packet p;

	bas_start(&b);
	p = want_discovery(&b, PPPOE_PADI);
	CU_ASSERT(p.service.data && p.service.len == 0 && p.max_payload == 0);
	CU_ASSERT_EQUAL(bas_state(&b).stage, BW_PPPOE_PADI);
	CU_ASSERT_EQUAL(bas_state(&b).reason, BW_PPPOE_R_LINK);
	for (unsigned i = 0; i < 20; i++) {
		const uint64_t most = i < 5 ? 1000u << i : 32000;

		want_nothing(&b);
		last = b.now;
		gap = pppoe_client_due(b.c) - last;
		CU_ASSERT(gap > most - most / 8 - 1 && gap <= most);
		bas_wait(&b, gap);
		want_discovery(&b, PPPOE_PADI);
		CU_ASSERT_EQUAL(bas_state(&b).reason, BW_PPPOE_R_NO_PADO);
	}
	want_nothing(&b);
	bas_end(&b);
}

/* A poll too early does nothing; one too late, one thing. */
static void polls_at_any_time(void)
{
	bas_start(&b);
	want_discovery(&b, PPPOE_PADI);
	pppoe_client_poll(b.c, b.now + 100);
	want_nothing(&b);
	pppoe_client_poll(b.c, b.now + 1000000);
	want_discovery(&b, PPPOE_PADI);
	want_nothing(&b);
	bas_end(&b);
}

static void the_first_offer_wins(void)
{
	bas_start(&b);
	want_discovery(&b, PPPOE_PADI);
	CU_ASSERT(give_discovery(&b, bas_mac, PPPOE_PADO, 0, NONE));
	for (unsigned i = 0; i < 1000; i++)
		CU_ASSERT(give_discovery(&b, other_mac, PPPOE_PADO, 0, NONE));
	want_nothing(&b);
	bas_wait(&b, PPPOE_COLLECT);
	want_discovery(&b, PPPOE_PADR);
	want_nothing(&b);
	CU_ASSERT(memcmp(bas_state(&b).remote_mac, bas_mac, 6) == 0);
	bas_end(&b);
}

static void cookie_and_relay_id_come_back(void)
{
	struct pppoe_packet p;

	bas_start(&b);
	want_discovery(&b, PPPOE_PADI);
	give_discovery(&b, bas_mac, PPPOE_PADO, 0,
		B(0x01, 0x04, 0, 3, 7, 8, 9, 0x01, 0x10, 0, 2, 5, 6, 0x7e, 0xee, 0, 1, 1));
	bas_wait(&b, PPPOE_COLLECT);
	p = want_discovery(&b, PPPOE_PADR);
	CU_ASSERT(p.cookie.len == 3 && memcmp(p.cookie.data, "\7\10\11", 3) == 0);
	CU_ASSERT(p.relay_id.len == 2 && memcmp(p.relay_id.data, "\5\6", 2) == 0);
	CU_ASSERT(p.service.data && p.service.len == 0);
	give_discovery(&b, bas_mac, PPPOE_PADS, SESSION, NONE);
	bas_wait(&b, FIRST_WORD);
	want_lcp_request(&b, 1492);
	pppoe_client_clear(b.c, b.now);
	want_ppp(&b, PPP_LCP, PPP_TERMINATE_REQUEST);
	p = want_discovery(&b, PPPOE_PADT);
	CU_ASSERT(p.relay_id.len == 2 && memcmp(p.relay_id.data, "\5\6", 2) == 0);
	/* the next server's are its own */
	want_discovery(&b, PPPOE_PADI);
	give_offer(&b);
	p = want_discovery(&b, PPPOE_PADR);
	CU_ASSERT(!p.cookie.data && !p.relay_id.data);
	bas_end(&b);
}

/* A PADO of any size, as on an Ethernet with jumbo frames; no more tags than these. */
static bool give_cookie(size_t cookie, size_t relay)
{
	static uint8_t packet[9000];
	struct builder w = { packet, sizeof(packet), 0, false };
	static uint8_t value[4000];
	enum bw_drop drop;

	for (size_t i = 0; i < sizeof(value); i++)
		value[i] = (uint8_t)(i * 7);
	pppoe_begin(&w, PPPOE_PADO, 0);
	pppoe_put_tag(&w, PPPOE_TAG_AC_COOKIE, (struct bytes) { value, cookie });
	pppoe_put_tag(&w, PPPOE_TAG_SERVICE, NONE);
	pppoe_put_tag(&w, PPPOE_TAG_AC_NAME, TEXT("B"));
	pppoe_put_tag(&w, PPPOE_TAG_HOST_UNIQ, (struct bytes) { b.uniq, sizeof(b.uniq) });
	pppoe_put_tag(&w, PPPOE_TAG_RELAY_ID, (struct bytes) { value + 1, relay });
	CU_ASSERT_FATAL(pppoe_end(&w));
	pppoe_client_discovery(b.c, b.now, bas_mac, packet, w.len, &drop);
	bas_wait(&b, PPPOE_COLLECT);
	return drop == BW_DROP_NONE;
}

/* RFC 2516 5.3, appendix A: unmodified, as long as a PADR of 1500 bytes holds them. */
static void whatever_a_padr_holds_comes_back(void)
{
	static const struct {
		size_t cookie, relay;
		bool fits;
	} t[] = { { 513, 0, true }, { 512, 65, true }, { 0, 1400, true }, { 1470, 0, true },
		{ 1471, 0, false }, { 0, 1471, false }, { 700, 770, true }, { 700, 771, false },
		{ 3000, 3000, false } };

	for (unsigned i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		struct pppoe_packet p;

		bas_start(&b);
		want_discovery(&b, PPPOE_PADI);
		CU_ASSERT_EQUAL(give_cookie(t[i].cookie, t[i].relay), t[i].fits);
		if (!t[i].fits) {
			want_nothing(&b);
			CU_ASSERT_EQUAL(bas_state(&b).reason, BW_PPPOE_R_TOO_LONG);
		} else {
			p = want_discovery(&b, PPPOE_PADR);
			CU_ASSERT(p.cookie.data && p.cookie.len == t[i].cookie);
			CU_ASSERT(p.relay_id.data && p.relay_id.len == t[i].relay);
			for (size_t n = 0; n < p.cookie.len; n++)
				CU_ASSERT_EQUAL_FATAL(p.cookie.data[n], (uint8_t)(n * 7));
			for (size_t n = 0; n < p.relay_id.len; n++)
				CU_ASSERT_EQUAL_FATAL(p.relay_id.data[n], (uint8_t)((n + 1) * 7));
		}
		bas_end(&b);
	}
}

static void only_the_service_that_is_configured(void)
{
	struct pppoe_packet p;

	bas_prepare(&b);
	set_text(&b.conf, BW_PPPOE_SERVICE, TEXT("isp"));
	bas_begin(&b);
	p = want_discovery(&b, PPPOE_PADI);
	CU_ASSERT(p.service.len == 3 && memcmp(p.service.data, "isp", 3) == 0);
	give_discovery(&b, other_mac, PPPOE_PADO, 0, B(0x01, 0x01, 0, 4, 'g', 'a', 'm', 'e'));
	want_nothing(&b);
	give_discovery(&b, bas_mac, PPPOE_PADO, 0, B(0x01, 0x01, 0, 3, 'i', 's', 'p'));
	bas_wait(&b, PPPOE_COLLECT);
	p = want_discovery(&b, PPPOE_PADR);
	CU_ASSERT(p.service.len == 3 && memcmp(p.service.data, "isp", 3) == 0);
	bas_end(&b);
}

/* As give_discovery(), but of these bytes. */
static bool give_bytes(const uint8_t *from, struct bytes packet, enum bw_drop *drop)
{
	return pppoe_client_discovery(b.c, b.now, from, packet.data, packet.len, drop);
}

static void what_is_not_for_us(void)
{
	static const uint8_t multicast[6] = { 1, 0, 0, 0, 0, 1 }, zero[6];
	enum bw_drop drop;

	bas_start(&b);
	want_discovery(&b, PPPOE_PADI);
	b.uniq[3] ^= 1;
	CU_ASSERT(!give_discovery(&b, bas_mac, PPPOE_PADO, 0, NONE));
	b.uniq[3] ^= 1;
	CU_ASSERT(!give_discovery(&b, multicast, PPPOE_PADO, 0, NONE));
	CU_ASSERT(!give_discovery(&b, zero, PPPOE_PADO, 0, NONE));
	CU_ASSERT(!give_bytes(bas_mac, B(0x11, 7, 0, 0, 0, 4, 1, 1, 0, 0), &drop));
	CU_ASSERT_EQUAL(drop, BW_DROP_PPPOE_DISCOVERY);
	CU_ASSERT(!give_bytes(bas_mac, B(0x11, 7, 0, 0, 0, 4, 1, 1, 0, 1), &drop));
	CU_ASSERT_EQUAL(drop, BW_DROP_PPPOE_DISCOVERY);
	CU_ASSERT(!give_bytes(bas_mac, NONE, &drop));
	CU_ASSERT(!give_bytes(bas_mac, B(0x11, 0xa7, 0, 0, 0, 0), &drop));
	CU_ASSERT_EQUAL(drop, BW_DROP_PPPOE_SESSION);
	want_nothing(&b);
	/* PADI and PADR of others, PADO with a session, PADS that nobody asked for */
	give_discovery(&b, bas_mac, PPPOE_PADI, 0, NONE);
	give_discovery(&b, bas_mac, PPPOE_PADR, 0, NONE);
	give_discovery(&b, bas_mac, PPPOE_PADO, 1, NONE);
	give_discovery(&b, bas_mac, PPPOE_PADS, SESSION, NONE);
	want_nothing(&b);
	CU_ASSERT_EQUAL(bas_state(&b).stage, BW_PPPOE_PADI);
	bas_end(&b);
}

static void an_offer_without_name_or_service(void)
{
	uint8_t packet[] = { 0x11, 7, 0, 0, 0, 17, 1, 3, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 1,
		'x' };
	enum bw_drop drop;

	bas_start(&b);
	want_discovery(&b, PPPOE_PADI);
	memcpy(packet + 10, b.uniq, 8);
	CU_ASSERT(give_bytes(bas_mac, (struct bytes) { packet, sizeof(packet) }, &drop));
	CU_ASSERT_EQUAL(drop, BW_DROP_PPPOE_DISCOVERY);
	packet[19] = 2; /* AC-Name instead of Service-Name */
	CU_ASSERT(give_bytes(bas_mac, (struct bytes) { packet, sizeof(packet) }, &drop));
	want_nothing(&b);
	bas_end(&b);
}

static void an_offer_with_an_error(void)
{
	bas_start(&b);
	want_discovery(&b, PPPOE_PADI);
	CU_ASSERT(give_discovery(&b, bas_mac, PPPOE_PADO, 0, B(0x02, 0x02, 0, 1, 'x')));
	want_nothing(&b);
	CU_ASSERT_EQUAL(bas_state(&b).stage, BW_PPPOE_PADI);
	CU_ASSERT_EQUAL(bas_state(&b).reason, BW_PPPOE_R_REFUSED);
	give_discovery(&b, other_mac, PPPOE_PADO, 0, NONE);
	bas_wait(&b, PPPOE_COLLECT);
	CU_ASSERT_EQUAL(bas_state(&b).stage, BW_PPPOE_PADR);
	bas_end(&b);
}

static void padr_is_repeated_and_given_up(void)
{
	static const uint64_t gaps[] = { 1000, 2000, 4000 };
	uint8_t uniq[8];

	bas_start(&b);
	want_discovery(&b, PPPOE_PADI);
	give_offer(&b);
	want_discovery(&b, PPPOE_PADR);
	for (unsigned i = 0; i < 3; i++) {
		bas_wait(&b, gaps[i] - 1);
		want_nothing(&b);
		bas_wait(&b, 1);
		want_discovery(&b, PPPOE_PADR);
	}
	bas_wait(&b, 8000);
	memcpy(uniq, b.uniq, 8);
	want_discovery(&b, PPPOE_PADI);
	want_nothing(&b);
	CU_ASSERT(memcmp(uniq, b.uniq, 8) != 0);
	CU_ASSERT_EQUAL(bas_state(&b).reason, BW_PPPOE_R_NO_PADS);
	/* the old server's PADS comes after all */
	memcpy(b.uniq, uniq, 8);
	CU_ASSERT(!give_discovery(&b, bas_mac, PPPOE_PADS, SESSION, NONE));
	want_nothing(&b);
	bas_end(&b);
}

static void pads_from_another_or_of_no_session(void)
{
	bas_start(&b);
	want_discovery(&b, PPPOE_PADI);
	give_offer(&b);
	want_discovery(&b, PPPOE_PADR);
	CU_ASSERT(give_discovery(&b, other_mac, PPPOE_PADS, SESSION, NONE));
	CU_ASSERT(give_discovery(&b, bas_mac, PPPOE_PADS, 0, NONE));
	CU_ASSERT(give_discovery(&b, bas_mac, PPPOE_PADS, 0xffff, NONE));
	want_nothing(&b);
	CU_ASSERT_EQUAL(bas_state(&b).stage, BW_PPPOE_PADR);
	CU_ASSERT_EQUAL(bas_state(&b).session_id, 0);
	bas_end(&b);
}

static void pads_with_an_error(void)
{
	static const uint16_t tags[] = { 0x0201, 0x0202, 0x0203 };

	for (unsigned i = 0; i < 3; i++) {
		bas_start(&b);
		want_discovery(&b, PPPOE_PADI);
		give_offer(&b);
		want_discovery(&b, PPPOE_PADR);
		give_discovery(&b, bas_mac, PPPOE_PADS, 0,
			B(tags[i] >> 8, tags[i] & 0xff, 0, 4, 'f', 'u', 'l', 'l'));
		want_nothing(&b);
		CU_ASSERT_EQUAL(bas_state(&b).stage, BW_PPPOE_WAIT);
		CU_ASSERT_EQUAL(bas_state(&b).reason, BW_PPPOE_R_REFUSED);
		bas_wait(&b, 1000);
		want_discovery(&b, PPPOE_PADI);
		bas_end(&b);
	}
}

/* Our PADR was repeated, and the server answered each with a session. */
static void a_second_session_is_given_back(void)
{
	bas_start(&b);
	to_establish(&b);
	want_lcp_request(&b, 1492);
	CU_ASSERT(give_discovery(&b, bas_mac, PPPOE_PADS, SESSION, NONE));
	CU_ASSERT(give_discovery(&b, other_mac, PPPOE_PADS, SESSION + 1, NONE));
	want_nothing(&b);
	CU_ASSERT(give_discovery(&b, bas_mac, PPPOE_PADS, SESSION + 1, NONE));
	CU_ASSERT_EQUAL(want_discovery(&b, PPPOE_PADT).session, SESSION + 1);
	want_nothing(&b);
	CU_ASSERT_EQUAL(bas_state(&b).session_id, SESSION);
	bas_end(&b);
}

static bool give_padt(const uint8_t *from, uint16_t session)
{
	enum bw_drop drop;
	bool ours = give_bytes(from, B(0x11, 0xa7, session >> 8, session & 0xff, 0, 0), &drop);

	CU_ASSERT_EQUAL(drop, ours ? BW_DROP_NONE : BW_DROP_PPPOE_SESSION);
	return ours;
}

static void padt_ends_the_session(void)
{
	unsigned before;

	bas_start(&b);
	to_up(&b);
	CU_ASSERT(!give_padt(other_mac, SESSION));
	CU_ASSERT(!give_padt(bas_mac, SESSION + 1));
	CU_ASSERT_EQUAL(bas_state(&b).stage, BW_PPPOE_UP);
	before = b.changed;
	CU_ASSERT(give_padt(bas_mac, SESSION));
	CU_ASSERT_EQUAL(b.changed, before + 1);
	CU_ASSERT_EQUAL(bas_state(&b).stage, BW_PPPOE_WAIT);
	CU_ASSERT_EQUAL(bas_state(&b).reason, BW_PPPOE_R_PADT);
	CU_ASSERT_EQUAL(bas_state(&b).session_id, 0);
	CU_ASSERT(!give_padt(bas_mac, SESSION));
	CU_ASSERT_EQUAL(
		give(&b, PPP_LCP, PPP_ECHO_REQUEST, 1, B(0, 0, 0, 0)), BW_DROP_PPPOE_SESSION);
	want_nothing(&b);
	bas_wait(&b, 1000);
	to_up(&b);
	CU_ASSERT_EQUAL(bas_state(&b).sessions, 2);
	CU_ASSERT_EQUAL(bas_state(&b).reason, BW_PPPOE_R_NONE);
	bas_end(&b);
}

static void to_lcp_up(struct bas *bas)
{
	to_lcp_open(bas, B(CHAP));
}

/* Once the server knows who asks, it is its verdict: `restart` is what we wait. */
static void padt_at_every_stage(void)
{
	void (*const to[])(struct bas *) = { to_establish, to_lcp_up, to_network, to_up };

	for (unsigned i = 0; i < 4; i++) {
		bas_start(&b);
		to[i](&b);
		CU_ASSERT(give_padt(bas_mac, SESSION));
		CU_ASSERT_EQUAL(bas_state(&b).reason, BW_PPPOE_R_PADT);
		b.next = b.n_sent;
		bas_wait(&b, i == 1 || i == 2 ? 20000 : 1000);
		want_discovery(&b, PPPOE_PADI);
		bas_end(&b);
	}
}

static void the_server_terminates(void)
{
	bas_start(&b);
	to_up(&b);
	CU_ASSERT_EQUAL(give(&b, PPP_LCP, PPP_TERMINATE_REQUEST, 9, TEXT("bye")), BW_DROP_NONE);
	CU_ASSERT_EQUAL(want_ppp(&b, PPP_LCP, PPP_TERMINATE_ACK).id, 9);
	want_nothing(&b);
	CU_ASSERT_EQUAL(bas_state(&b).stage, BW_PPPOE_TERMINATE);
	CU_ASSERT_EQUAL(bas_state(&b).reason, BW_PPPOE_R_PEER);
	CU_ASSERT_EQUAL(bas_state(&b).addr, 0);
	/* it has not heard us */
	CU_ASSERT_EQUAL(give(&b, PPP_LCP, PPP_TERMINATE_REQUEST, 10, TEXT("bye")), BW_DROP_NONE);
	CU_ASSERT_EQUAL(want_ppp(&b, PPP_LCP, PPP_TERMINATE_ACK).id, 10);
	CU_ASSERT_EQUAL(
		give(&b, PPP_IPCP, PPP_CONFIGURE_REQUEST, 1, B(ADDR(PEER))), BW_DROP_PPPOE_DOWN);
	bas_wait(&b, 2000);
	want_discovery(&b, PPPOE_PADT);
	want_nothing(&b);
	CU_ASSERT_EQUAL(bas_state(&b).stage, BW_PPPOE_WAIT);
	CU_ASSERT_EQUAL(bas_state(&b).reason, BW_PPPOE_R_PEER);
	bas_end(&b);
}

static void the_server_terminates_and_says_padt(void)
{
	bas_start(&b);
	to_up(&b);
	give(&b, PPP_LCP, PPP_TERMINATE_REQUEST, 9, NONE);
	want_ppp(&b, PPP_LCP, PPP_TERMINATE_ACK);
	CU_ASSERT(give_padt(bas_mac, SESSION));
	want_nothing(&b);
	CU_ASSERT_EQUAL(bas_state(&b).reason, BW_PPPOE_R_PEER);
	bas_wait(&b, 1000);
	want_discovery(&b, PPPOE_PADI);
	bas_end(&b);
}

/* An attempt that ends in a PADS with an error or in a CHAP Failure. */
static void fail(bool by_name)
{
	if (by_name) {
		to_lcp_open(&b, B(CHAP));
		give(&b, PPP_CHAP, CHAP_CHALLENGE, 1, B(1, 1));
		give(&b, PPP_CHAP, CHAP_FAILURE, 1, NONE);
		give(&b, PPP_LCP, PPP_TERMINATE_ACK, 3, NONE);
	} else {
		want_discovery(&b, PPPOE_PADI);
		give_offer(&b);
		give_discovery(&b, bas_mac, PPPOE_PADS, 0, B(0x02, 0x03, 0, 0));
	}
	CU_ASSERT_EQUAL_FATAL(bas_state(&b).stage, BW_PPPOE_WAIT);
	b.next = b.n_sent = 0;
}

static uint64_t wait_for_redial(void)
{
	uint64_t ms = pppoe_client_due(b.c) - b.now;

	bas_wait(&b, ms);
	return ms;
}

/* Twice as long after each failure; a refusal waits for all of `restart`, from the first one on. */
static void redial_is_quick_and_then_patient(void)
{
	bas_start(&b);
	for (uint64_t ms = 1000; ms < 20000; ms *= 2) {
		fail(false);
		CU_ASSERT_EQUAL(wait_for_redial(), ms);
	}
	fail(false);
	CU_ASSERT_EQUAL(wait_for_redial(), 20000);
	fail(true);
	CU_ASSERT_EQUAL(wait_for_redial(), 20000); /* it knows us */
	to_up(&b);
	give_padt(bas_mac, SESSION);
	CU_ASSERT_EQUAL(wait_for_redial(), 2000); /* it was not up for long */
	to_up(&b);
	bas_wait(&b, 10000);
	b.next = b.n_sent = 0;
	give_padt(bas_mac, SESSION);
	CU_ASSERT_EQUAL(wait_for_redial(), 1000);
	fail(true);
	CU_ASSERT_EQUAL(wait_for_redial(), 20000);
	bas_end(&b);
}

/* Whichever way it is said, and also if nothing says that it was the name or the password. */
static void a_refusal_by_terminate_waits_for_restart(void)
{
	for (unsigned i = 0; i < 3; i++) {
		bas_start(&b);
		(i == 2 ? to_network : to_lcp_up)(&b);
		if (i == 0)
			give(&b, PPP_CHAP, CHAP_CHALLENGE, 1, B(1, 1));
		give(&b, PPP_LCP, PPP_TERMINATE_REQUEST, 9, NONE);
		give_padt(bas_mac, SESSION);
		CU_ASSERT_EQUAL(bas_state(&b).stage, BW_PPPOE_WAIT);
		CU_ASSERT_EQUAL(wait_for_redial(), 20000);
		bas_end(&b);
	}
}

static void redial_as_configured(void)
{
	bas_prepare(&b);
	b.conf.set.redial_s = 2;
	bas_begin(&b);
	fail(false);
	CU_ASSERT_EQUAL(wait_for_redial(), 1000);
	fail(false);
	CU_ASSERT_EQUAL(wait_for_redial(), 2000);
	fail(false);
	CU_ASSERT_EQUAL(wait_for_redial(), 2000);
	fail(true);
	CU_ASSERT_EQUAL(wait_for_redial(), 2000);
	b.conf.set.redial_s = 0;
	pppoe_client_configure(b.c, b.now, &b.conf);
	fail(false);
	CU_ASSERT_EQUAL(wait_for_redial(), 1000);
	bas_end(&b);
}

/*
 * From any moment of an outage a server that is back sees a PADI in time. After ten minutes it is
 * a long one, and PADIs become rare.
 */
static void a_returning_server_is_found_in_time(void)
{
	uint64_t most = 0;

	bas_start(&b);
	to_up(&b);
	give_padt(bas_mac, SESSION);
	for (uint64_t end = b.now + 590000; b.now < end; b.next = b.n_sent = 0) {
		uint64_t gap = pppoe_client_due(b.c) - b.now;

		most = gap > most ? gap : most;
		bas_wait(&b, gap);
	}
	CU_ASSERT(most <= 3000);
	for (unsigned i = 0; i < 10; i++)
		bas_wait(&b, pppoe_client_due(b.c) - b.now);
	CU_ASSERT(pppoe_client_due(b.c) - b.now > 27000);
	bas_end(&b);
}

static void the_link_goes_and_comes(void)
{
	bas_start(&b);
	to_up(&b);
	pppoe_client_link(b.c, b.now, true);
	want_nothing(&b);
	CU_ASSERT_EQUAL(bas_state(&b).stage, BW_PPPOE_UP);
	pppoe_client_link(b.c, b.now, false);
	want_nothing(&b);
	CU_ASSERT_EQUAL(bas_state(&b).stage, BW_PPPOE_DOWN);
	CU_ASSERT_EQUAL(bas_state(&b).reason, BW_PPPOE_R_LINK);
	CU_ASSERT_EQUAL(pppoe_client_due(b.c), UINT64_MAX);
	pppoe_client_clear(b.c, b.now);
	want_nothing(&b);
	pppoe_client_link(b.c, b.now, true);
	to_up(&b);
	bas_end(&b);
}

static void nothing_without_a_configuration(void)
{
	bas_prepare(&b);
	CU_ASSERT_EQUAL(bas_state(&b).stage, BW_PPPOE_DOWN);
	pppoe_client_link(b.c, b.now, true);
	pppoe_client_poll(b.c, b.now);
	pppoe_client_clear(b.c, b.now);
	CU_ASSERT_EQUAL(pppoe_client_due(b.c), UINT64_MAX);
	want_nothing(&b);
	pppoe_client_configure(b.c, b.now, &b.conf);
	want_discovery(&b, PPPOE_PADI);
	CU_ASSERT_EQUAL(pppoe_client_conf(b.c)->set.client_id, 1);
	bas_end(&b);
}

static void shutdown_and_no_shutdown(void)
{
	bas_start(&b);
	to_up(&b);
	b.conf.set.flags |= BW_PPPOE_F_SHUTDOWN;
	pppoe_client_configure(b.c, b.now, &b.conf);
	want_goodbye(&b);
	want_nothing(&b);
	CU_ASSERT_EQUAL(bas_state(&b).stage, BW_PPPOE_DOWN);
	CU_ASSERT_EQUAL(bas_state(&b).reason, BW_PPPOE_R_ADMIN);
	pppoe_client_clear(b.c, b.now);
	pppoe_client_link(b.c, b.now, false);
	pppoe_client_link(b.c, b.now, true);
	want_nothing(&b);
	b.conf.set.flags &= ~BW_PPPOE_F_SHUTDOWN;
	pppoe_client_configure(b.c, b.now, &b.conf);
	to_up(&b);
	bas_end(&b);
}

static void an_equal_configuration_changes_nothing(void)
{
	unsigned before;

	bas_start(&b);
	to_up(&b);
	before = b.changed;
	memset(b.conf.text[BW_PPPOE_SERVICE].data, 0x77, BW_PPPOE_TEXT); /* behind its length */
	pppoe_client_configure(b.c, b.now, &b.conf);
	want_nothing(&b);
	CU_ASSERT_EQUAL(b.changed, before);
	CU_ASSERT_EQUAL(bas_state(&b).stage, BW_PPPOE_UP);
	bas_end(&b);
}

static void what_changes_in_place(void)
{
	bas_start(&b);
	to_up(&b);
	bas_wait(&b, 4000);
	b.conf.set.retry_s = 3;
	b.conf.set.redial_s = 30;
	b.conf.set.keepalive_s = 20;
	b.conf.set.keepalive_misses = 2;
	b.conf.set.auth_timeout_s = 20;
	b.conf.set.ncp_timeout_s = 20;
	b.conf.set.max_configure = 3;
	b.conf.set.max_failure = 2;
	b.conf.set.max_terminate = 1;
	b.conf.set.unit = 7;
	strcpy(b.conf.under_name, "GigabitEthernet9");
	set_text(&b.conf, BW_PPPOE_CHAP_PASSWORD, TEXT("another"));
	pppoe_client_configure(b.c, b.now, &b.conf);
	want_nothing(&b);
	CU_ASSERT_EQUAL(bas_state(&b).stage, BW_PPPOE_UP);
	bas_wait(&b, 19999);
	want_nothing(&b);
	bas_wait(&b, 1);
	want_ppp(&b, PPP_LCP, PPP_ECHO_REQUEST);
	bas_wait(&b, 20000);
	want_ppp(&b, PPP_LCP, PPP_ECHO_REQUEST);
	bas_wait(&b, 20000);
	CU_ASSERT_EQUAL(bas_state(&b).reason, BW_PPPOE_R_ECHO);
	bas_end(&b);
}

static void spoil(struct pppoe_conf *conf, unsigned what)
{
	switch (what) {
	case 0:
		conf->set.addr = 0;
		break;
	case 1:
		conf->set.mtu = 1454;
		break;
	case 2:
		conf->set.flags ^= BW_PPPOE_F_PAP;
		break;
	case 3:
		conf->set.flags ^= BW_PPPOE_F_DNS;
		break;
	case 4:
		conf->set.under_if++;
		break;
	case 5:
		conf->set.if_id++;
		break;
	case 6:
		conf->local_mac[5]++;
		break;
	default:
		set_text(conf, BW_PPPOE_SERVICE, TEXT("x"));
		break;
	}
}

static void what_needs_another_session(void)
{
	for (unsigned what = 0; what < 8; what++) {
		bas_start(&b);
		to_up(&b);
		spoil(&b.conf, what);
		pppoe_client_configure(b.c, b.now, &b.conf);
		want_goodbye(&b);
		want_discovery(&b, PPPOE_PADI);
		want_nothing(&b);
		CU_ASSERT_EQUAL(bas_state(&b).reason, BW_PPPOE_R_ADMIN);
		CU_ASSERT_EQUAL(bas_state(&b).sessions, 1);
		bas_end(&b);
	}
}

static void other_credentials_are_tried_at_once(void)
{
	bas_start(&b);
	fail(true);
	set_text(&b.conf, BW_PPPOE_CHAP_PASSWORD, TEXT("the right one"));
	pppoe_client_configure(b.c, b.now, &b.conf);
	to_up(&b);
	bas_end(&b);
}

static void clear_dials_anew(void)
{
	bas_start(&b);
	to_up(&b);
	pppoe_client_clear(b.c, b.now);
	want_goodbye(&b);
	CU_ASSERT_EQUAL(bas_state(&b).stage, BW_PPPOE_PADI);
	CU_ASSERT_EQUAL(bas_state(&b).reason, BW_PPPOE_R_ADMIN);
	to_up(&b);
	give_padt(bas_mac, SESSION);
	pppoe_client_clear(b.c, b.now); /* and does not wait */
	to_up(&b);
	bas_end(&b);
}

static void hung_up_is_down(void)
{
	bas_start(&b);
	to_up(&b);
	pppoe_client_hang_up(b.c, b.now);
	want_goodbye(&b);
	want_nothing(&b);
	CU_ASSERT_EQUAL(bas_state(&b).stage, BW_PPPOE_DOWN);
	pppoe_client_link(b.c, b.now, false);
	pppoe_client_link(b.c, b.now, true);
	pppoe_client_configure(b.c, b.now, &b.conf);
	bas_wait(&b, 100000);
	want_nothing(&b);
	pppoe_client_clear(b.c, b.now);
	want_discovery(&b, PPPOE_PADI);
	pppoe_client_hang_up(b.c, b.now);
	want_nothing(&b);
	bas_end(&b);
}

static void freed_without_a_word_and_without_secrets(void)
{
	bas_start(&b);
	watched = b.c; /* and its size is that of the last calloc() */
	to_up(&b);
	CU_ASSERT(holds_secrets(b.c, watched_size));
	watched_is_freed = watched_was_clean = false;
	bas_end(&b);
	want_nothing(&b);
	CU_ASSERT(watched_is_freed && watched_was_clean);
	pppoe_client_free(NULL);
}

static void replaced_secrets_are_gone(void)
{
	bas_start(&b);
	to_up(&b);
	set_text(&b.conf, BW_PPPOE_CHAP_NAME, TEXT("u"));
	set_text(&b.conf, BW_PPPOE_CHAP_PASSWORD, TEXT("p"));
	set_text(&b.conf, BW_PPPOE_PAP_PASSWORD, TEXT("q"));
	pppoe_client_configure(b.c, b.now, &b.conf);
	CU_ASSERT(!holds_secrets(b.c, watched_size));
	/* what the caller has behind the end of a text does not come in */
	memcpy(b.conf.text[BW_PPPOE_PAP_PASSWORD].data + 1, "sesame-open", 11);
	b.conf.set.redial_s++;
	pppoe_client_configure(b.c, b.now, &b.conf);
	CU_ASSERT(!holds_secrets(b.c, watched_size));
	bas_end(&b);
}

/* A poll is due when it says, at every stage, and never in the past for long. */
static void always_something_due(void)
{
	void (*const to[])(struct bas *) = { to_establish, to_chap_done, to_network, to_up };

	for (unsigned i = 0; i < 4; i++) {
		bas_start(&b);
		to[i](&b);
		for (unsigned n = 0; n < 50; n++) {
			uint64_t due = pppoe_client_due(b.c);

			CU_ASSERT_FATAL(due != UINT64_MAX && due >= b.now);
			b.now = due;
			pppoe_client_poll(b.c, b.now);
			CU_ASSERT(pppoe_client_due(b.c) > due);
			b.next = b.n_sent = 0;
		}
		CU_ASSERT(bas_state(&b).stage == BW_PPPOE_PADI);
		bas_end(&b);
	}
}

static void a_shut_ethernet_is_left_politely(void)
{
	bas_start(&b);
	to_up(&b);
	pppoe_client_shut(b.c, b.now);
	want_ppp(&b, PPP_LCP, PPP_TERMINATE_REQUEST);
	want_discovery(&b, PPPOE_PADT);
	want_nothing(&b);
	CU_ASSERT_EQUAL(bas_state(&b).stage, BW_PPPOE_DOWN);
	pppoe_client_shut(b.c, b.now); /* nothing is left to be said */
	want_nothing(&b);
	pppoe_client_link(b.c, b.now, true);
	want_discovery(&b, PPPOE_PADI);
	bas_end(&b);
}

static const struct test tests[] = {
	{ "a session by CHAP", a_session_by_chap },
	{ "a session by PAP", a_session_by_pap },
	{ "changes are told once", changes_are_told_once },
	{ "PADI with back-off", padi_with_back_off },
	{ "polls at any time", polls_at_any_time },
	{ "the first offer wins", the_first_offer_wins },
	{ "cookie and relay id come back", cookie_and_relay_id_come_back },
	{ "whatever a PADR holds comes back", whatever_a_padr_holds_comes_back },
	{ "only the service that is configured", only_the_service_that_is_configured },
	{ "what is not for us", what_is_not_for_us },
	{ "an offer without name or service", an_offer_without_name_or_service },
	{ "an offer with an error", an_offer_with_an_error },
	{ "PADR is repeated and given up", padr_is_repeated_and_given_up },
	{ "PADS from another or of no session", pads_from_another_or_of_no_session },
	{ "PADS with an error", pads_with_an_error },
	{ "a second session is given back", a_second_session_is_given_back },
	{ "PADT ends the session", padt_ends_the_session },
	{ "PADT at every stage", padt_at_every_stage },
	{ "the server terminates", the_server_terminates },
	{ "the server terminates and says PADT", the_server_terminates_and_says_padt },
	{ "redial is quick and then patient", redial_is_quick_and_then_patient },
	{ "a refusal by Terminate waits for restart", a_refusal_by_terminate_waits_for_restart },
	{ "redial as configured", redial_as_configured },
	{ "a returning server is found in time", a_returning_server_is_found_in_time },
	{ "the link goes and comes", the_link_goes_and_comes },
	{ "a shut Ethernet is left politely", a_shut_ethernet_is_left_politely },
	{ "nothing without a configuration", nothing_without_a_configuration },
	{ "shutdown and no shutdown", shutdown_and_no_shutdown },
	{ "an equal configuration changes nothing", an_equal_configuration_changes_nothing },
	{ "what changes in place", what_changes_in_place },
	{ "what needs another session", what_needs_another_session },
	{ "other credentials are tried at once", other_credentials_are_tried_at_once },
	{ "clear dials anew", clear_dials_anew },
	{ "hung up is down", hung_up_is_down },
	{ "freed without a word and without secrets", freed_without_a_word_and_without_secrets },
	{ "replaced secrets are gone", replaced_secrets_are_gone },
	{ "always something due", always_something_due },
};

int main(void)
{
	return RUN_SUITE("pppoe client", tests);
}
