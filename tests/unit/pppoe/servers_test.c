/* SPDX-License-Identifier: BSD-3-Clause */
/* Several access concentrators, bad ones among them; and how much any of them makes us say. */
#include <stdlib.h>
#include <string.h>

#include "bas.h"

#include "../nat/suite.h"

static struct bas b;

static const uint8_t macs[3][6] = { { 0, 0x90, 0x1a, 1, 2, 3 }, { 0, 0x90, 0x1a, 9, 9, 9 },
	{ 0, 0x90, 0x1a, 7, 7, 7 } };

enum fault { SANE, IGNORES_PADR, REFUSES, PADT_AT_ONCE, IGNORES_LCP, FAULTS };

/* The bad one offers first, the good one (other_mac) 20 ms later. */
static void both_offer(void)
{
	give_discovery(&b, bas_mac, PPPOE_PADO, 0, NONE);
	bas_wait(&b, 20);
	give_discovery(&b, other_mac, PPPOE_PADO, 0, NONE);
}

/* What a server says to what we sent last. */
static void answer(const struct sent *s, enum fault fault)
{
	if (s->discovery && s->data[1] == PPPOE_PADI) {
		memcpy(b.uniq, s->data + PPPOE_HEADER + 8, sizeof(b.uniq));
		both_offer();
	} else if (s->discovery && s->data[1] == PPPOE_PADR) {
		if (memcmp(s->to, other_mac, 6) == 0)
			give_discovery(&b, other_mac, PPPOE_PADS, SESSION, NONE);
		else if (fault == REFUSES)
			give_discovery(&b, bas_mac, PPPOE_PADS, 0, B(0x02, 0x01, 0, 0));
		else if (fault != IGNORES_PADR)
			give_discovery(&b, bas_mac, PPPOE_PADS, SESSION, NONE);
		if (memcmp(s->to, bas_mac, 6) == 0 && fault == PADT_AT_ONCE)
			give_discovery(&b, bas_mac, PPPOE_PADT, SESSION, NONE);
	}
}

/* How long until the good server has the session. */
static uint64_t time_to_the_good_one(enum fault fault)
{
	uint64_t begun = b.now;

	while (b.now < begun + 120000) {
		while (b.next < b.n_sent)
			answer(&b.sent[b.next++], fault);
		b.next = b.n_sent = 0;
		if (memcmp(bas_state(&b).remote_mac, other_mac, 6) == 0 &&
			bas_state(&b).stage == BW_PPPOE_ESTABLISH)
			return b.now - begun;
		bas_wait(&b, 10);
	}
	return UINT64_MAX;
}

static void a_bad_server_is_left_for_a_good_one(void)
{
	static const uint64_t most[FAULTS] = {
		[IGNORES_PADR] = 4000, [REFUSES] = 500, [PADT_AT_ONCE] = 2000, [IGNORES_LCP] = 25000
	};

	for (enum fault f = IGNORES_PADR; f < FAULTS; f++) {
		uint64_t took;

		bas_start(&b);
		took = time_to_the_good_one(f);
		CU_ASSERT(took <= most[f]);
		bas_end(&b);
	}
}

/* It is forgotten in the end: the other one may have gone. */
static void a_failure_is_forgotten(void)
{
	struct pppoe_servers s = { 0 };
	struct pppoe_server one = { { 2, 0, 0, 0, 0, 1 }, 1, "A" },
			    two = { { 2, 0, 0, 0, 0, 1 }, 1, "B" };

	pppoe_server_failed(&s, 1000, &one);
	CU_ASSERT(pppoe_has_failed(&s, 1000, &one));
	CU_ASSERT(!pppoe_has_failed(&s, 1000, &two)); /* behind the same relay */
	CU_ASSERT(pppoe_has_failed(&s, 300000, &one));
	CU_ASSERT(!pppoe_has_failed(&s, 301000, &one));
	pppoe_server_failed(&s, 301000, &one);
	pppoe_server_is_good(&s, &one);
	CU_ASSERT(!pppoe_has_failed(&s, 301000, &one));
	for (unsigned i = 0; i < 100; i++) {
		two.mac[5] = (uint8_t)i;
		pppoe_server_failed(&s, 400000 + i, &two);
	}
	CU_ASSERT(pppoe_has_failed(&s, 400100, &two));
}

static struct pppoe_packet pado(const char *name, struct bytes cookie)
{
	static const uint8_t uniq[8];

	return (struct pppoe_packet) { .code = PPPOE_PADO,
		.ac_name = { (const uint8_t *)name, strlen(name) },
		.host_uniq = { uniq, sizeof(uniq) },
		.cookie = cookie };
}

static void offers_are_kept_by_server(void)
{
	struct pppoe_servers s = { 0 };
	struct pppoe_packet p = pado("A", TEXT("old"));

	CU_ASSERT_PTR_NULL(pppoe_best_offer(&s, 1));
	CU_ASSERT(pppoe_keep_offer(&s, 1, macs[0], &p, NULL));
	p = pado("A", TEXT("newer"));
	CU_ASSERT(pppoe_keep_offer(&s, 1, macs[0], &p, NULL));
	CU_ASSERT_EQUAL(s.n_offers, 1);
	CU_ASSERT_EQUAL(pppoe_offer_cookie(&s.offer[0]).len, 5);
	p = pado("B", NONE);
	CU_ASSERT(pppoe_keep_offer(&s, 1, macs[0], &p, NULL));
	CU_ASSERT_EQUAL(s.n_offers, 2);
	/* more than there is room for: a newcomer takes the place of one that failed */
	for (uint8_t i = 0; i < 100; i++)
		pppoe_keep_offer(&s, 1, (const uint8_t[]) { 2, 0, 0, 0, 0, i }, &p, NULL);
	CU_ASSERT_EQUAL(s.n_offers, PPPOE_OFFERS);
	CU_ASSERT(!pppoe_keep_offer(&s, 1, macs[1], &p, NULL));
	pppoe_server_failed(&s, 1, &s.offer[3].server);
	CU_ASSERT(!pppoe_keep_offer(&s, 1, macs[1], &p, &s.offer[3]));
	CU_ASSERT(pppoe_keep_offer(&s, 1, macs[1], &p, NULL));
	CU_ASSERT(memcmp(s.offer[3].server.mac, macs[1], 6) == 0);
}

static void of_failed_servers_the_oldest_failure(void)
{
	struct pppoe_servers s = { 0 };
	struct pppoe_packet p = pado("A", NONE);

	for (unsigned i = 0; i < 3; i++)
		CU_ASSERT(pppoe_keep_offer(&s, 1, macs[i], &p, NULL));
	pppoe_server_failed(&s, 20, &s.offer[0].server);
	CU_ASSERT_PTR_EQUAL(pppoe_best_offer(&s, 40), &s.offer[1]);
	pppoe_server_failed(&s, 10, &s.offer[1].server);
	pppoe_server_failed(&s, 30, &s.offer[2].server);
	CU_ASSERT(!pppoe_has_good_offer(&s, 40, NULL));
	CU_ASSERT_PTR_EQUAL(pppoe_best_offer(&s, 40), &s.offer[1]);
}

/* ---- what any peer can make us say ---- */

static uint64_t seed = 0x2545f4914f6cdd1d;

static uint32_t rnd(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed >> 16;
}

static void flood_of_rejects(uint8_t i)
{
	give(&b, PPP_LCP, PPP_CONFIGURE_REQUEST, i, B(7, 2, 8, 2));
}

static void flood_of_naks(uint8_t i)
{
	give(&b, PPP_LCP, PPP_CONFIGURE_REQUEST, i, B(1, 4, 0, 64));
}

static void flood_of_good_requests(uint8_t i)
{
	give(&b, PPP_LCP, PPP_CONFIGURE_REQUEST, i, B(5, 6, 1, 2, 3, i));
}

static void flood_of_ipcp(uint8_t i)
{
	give(&b, PPP_IPCP, PPP_CONFIGURE_REQUEST, i, B(2, 6, 0, 0x2d, 15, i));
}

static void flood_of_challenges(uint8_t i)
{
	give(&b, PPP_CHAP, CHAP_CHALLENGE, i, B(1, i, 'x'));
}

static void flood_of_echoes(uint8_t i)
{
	give(&b, PPP_LCP, PPP_ECHO_REQUEST, i, B(0, 0, 0, 0));
}

static void flood_of_unknown_codes(uint8_t i)
{
	give(&b, PPP_LCP, 77, i, B(1));
	give(&b, PPP_IPCP, 77, i, B(1));
}

static void flood_of_unknown_protocols(uint8_t i)
{
	give(&b, 0x8057, 1, i, B(1, 10, 1, 2, 3, 4, 5, 6, 7, 8));
}

static void flood_of_terminates(uint8_t i)
{
	give(&b, PPP_LCP, PPP_TERMINATE_REQUEST, i, NONE);
	give(&b, PPP_IPCP, PPP_TERMINATE_REQUEST, i, NONE);
}

static void flood_of_discovery(uint8_t i)
{
	for (unsigned n = b.n_sent; n > 0; n--)
		if (b.sent[n - 1].discovery && b.sent[n - 1].data[1] == PPPOE_PADI) {
			memcpy(b.uniq, b.sent[n - 1].data + PPPOE_HEADER + 8, sizeof(b.uniq));
			break;
		}
	give_discovery(&b, macs[rnd() % 3], PPPOE_PADO, 0, NONE);
	give_discovery(&b, macs[rnd() % 3], PPPOE_PADS, rnd() % 2 ? SESSION + i : 0,
		rnd() % 2 ? B(0x02, 0x01, 0, 0) : NONE);
}

/* Whatever the last frame was, in one of the ways to disagree with it. */
static void flood_of_anything(uint8_t i)
{
	static void (*const all[])(uint8_t) = { flood_of_rejects, flood_of_naks,
		flood_of_good_requests, flood_of_ipcp, flood_of_challenges, flood_of_echoes,
		flood_of_unknown_codes, flood_of_unknown_protocols, flood_of_discovery };
	const struct sent *s = b.n_sent ? &b.sent[b.n_sent - 1] : NULL;

	all[rnd() % (sizeof(all) / sizeof(all[0]))](i);
	if (s && !s->discovery && s->data[8] == PPP_CONFIGURE_REQUEST)
		give(&b, bytes_u16(s->data + 6), 2 + rnd() % 3, s->data[9],
			(struct bytes) { s->data + 12, s->len - 12 });
}

static void to_lcp_chap(struct bas *bas)
{
	to_lcp_open(bas, B(CHAP));
}

/* For two virtual minutes, at most so many frames in any second, and few altogether. */
static void no_flood_makes_us_loud(void)
{
	static void (*const stages[])(
		struct bas *) = { to_establish, to_lcp_chap, to_network, to_up };
	static void (*const floods[])(uint8_t) = { flood_of_rejects, flood_of_naks,
		flood_of_good_requests, flood_of_ipcp, flood_of_challenges, flood_of_echoes,
		flood_of_unknown_codes, flood_of_unknown_protocols, flood_of_terminates,
		flood_of_discovery, flood_of_anything };

	for (unsigned stage = 0; stage < 4; stage++)
		for (unsigned f = 0; f < sizeof(floods) / sizeof(floods[0]); f++) {
			unsigned most = 0, all = 0;

			bas_start(&b);
			stages[stage](&b);
			for (unsigned second = 0; second < 120; second++) {
				b.next = b.n_sent = 0;
				for (unsigned n = 0; n < 100; n++) {
					floods[f]((uint8_t)rnd());
					if (n % 10 == 9)
						bas_wait(&b, 100);
				}
				most = b.n_sent > most ? b.n_sent : most;
				all += b.n_sent;
				b.log_len = 0;
			}
			if (most > 70 || all > 120 * 25)
				printf("stage %u flood %u: %u, %u\n", stage, f, most, all);
			CU_ASSERT(most <= 70);
			CU_ASSERT(all <= 120 * 25);
			b.next = b.n_sent = 0;
			bas_end(&b);
		}
}

/* Acks whatever it is asked and never asks: given up, and dialled less and less often. */
static void a_server_that_acks_and_never_asks(void)
{
	unsigned requests = 0, padis = 0;

	bas_start(&b);
	for (unsigned t = 0; t < 300000; t += 50) {
		for (unsigned i = 0; i < b.n_sent; i++) {
			const struct sent *s = &b.sent[i];

			if (s->discovery && s->data[1] == PPPOE_PADI) {
				padis++;
				memcpy(b.uniq, s->data + PPPOE_HEADER + 8, sizeof(b.uniq));
				give_discovery(&b, bas_mac, PPPOE_PADO, 0, NONE);
			} else if (s->discovery && s->data[1] == PPPOE_PADR) {
				give_discovery(&b, bas_mac, PPPOE_PADS, SESSION, NONE);
			} else if (!s->discovery && s->data[8] == PPP_CONFIGURE_REQUEST) {
				requests++;
				give(&b, PPP_LCP, PPP_CONFIGURE_ACK, s->data[9],
					(struct bytes) { s->data + 12, s->len - 12 });
			}
		}
		b.next = b.n_sent = 0;
		bas_wait(&b, 50);
	}
	CU_ASSERT(padis >= 7 && padis <= 12);
	CU_ASSERT(requests <= 10 * padis);
	bas_end(&b);
}

static const struct test tests[] = {
	{ "a bad server is left for a good one", a_bad_server_is_left_for_a_good_one },
	{ "a failure is forgotten", a_failure_is_forgotten },
	{ "offers are kept by server", offers_are_kept_by_server },
	{ "of failed servers the oldest failure", of_failed_servers_the_oldest_failure },
	{ "no flood makes us loud", no_flood_makes_us_loud },
	{ "a server that acks and never asks", a_server_that_acks_and_never_asks },
};

int main(void)
{
	return RUN_SUITE("pppoe servers", tests);
}
