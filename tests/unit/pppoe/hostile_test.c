/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Packets that no server would send, at every stage, from a fixed seed. ASan and UBSan look at the
 * memory; what is looked at here is that a packet makes few packets, that there is always a next
 * thing to do, and that afterwards an honest server gets a session as ever.
 */
#include <stdlib.h>
#include <string.h>

#include "bas.h"

#include "../nat/suite.h"

#define STAGES 6

static struct bas b;
static uint64_t seed;

static uint32_t rnd(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed >> 16;
}

static void at_padi(struct bas *bas)
{
	want_discovery(bas, PPPOE_PADI);
}

static void at_padr(struct bas *bas)
{
	want_discovery(bas, PPPOE_PADI);
	give_offer(bas);
}

static void at(unsigned stage)
{
	void (*const to[STAGES])(
		struct bas *) = { at_padi, at_padr, to_establish, to_chap_done, to_network, to_up };

	bas_start(&b);
	to[stage](&b);
	b.next = b.n_sent = 0;
}

/* After whatever came. */
static void an_honest_server_gets_a_session(void)
{
	pppoe_client_clear(b.c, b.now);
	while (b.next + 1 < b.n_sent) /* the farewell */
		b.next++;
	b.id = 0;
	to_up(&b);
}

static void check(void)
{
	struct bw_pppoe_state st = bas_state(&b);

	/* a session that is up rests if its peer has rejected Echo-Request */
	CU_ASSERT(pppoe_client_due(b.c) != UINT64_MAX || st.stage == BW_PPPOE_UP);
	CU_ASSERT(st.stage >= BW_PPPOE_WAIT && st.stage <= BW_PPPOE_TERMINATE);
	CU_ASSERT(st.reason < BW_PPPOE_R_MAX);
	CU_ASSERT((st.addr != 0) == (st.stage == BW_PPPOE_UP));
	CU_ASSERT(b.n_sent <= 4); /* by one packet */
	b.next = b.n_sent = 0;
	b.log_len = 0;
}

/* Bytes that look like options more often than not. */
static size_t options(uint8_t *to, size_t room)
{
	size_t len = 0;

	while (len + 8 < room && rnd() % 8) {
		uint8_t size = rnd() % 8 ? 2 + rnd() % 5 : rnd();

		to[len] = rnd() % 4 ? rnd() % 10 : rnd();
		to[len + 1] = size;
		for (unsigned i = 2; i < 8; i++)
			to[len + i] =
				rnd() % 3 ? rnd() : (uint8_t[]) { 0xc2, 0x23, 5, 0 }[rnd() % 4];
		len += size < 8 ? size : 8;
	}
	return len;
}

static size_t a_ppp_packet(uint8_t *to, size_t room)
{
	static const uint16_t protocols[] = { PPP_LCP, PPP_IPCP, PPP_CHAP, PPP_PAP, 0x8057, 0x8021,
		PPP_IPV4, 0x80fd };
	uint16_t protocol = rnd() % 16 ? protocols[rnd() % 8] : rnd();
	size_t len = 6 + options(to + 6, room - 6);

	to[0] = protocol >> 8;
	to[1] = protocol & 0xff;
	to[2] = rnd() % 8 ? rnd() % 12 : rnd();
	to[3] = rnd() % 4;
	to[4] = (len - 2) >> 8;
	to[5] = (len - 2) & 0xff;
	if (rnd() % 8 == 0)
		to[4 + rnd() % 2] = rnd();
	return rnd() % 8 ? len : rnd() % (len + 1);
}

static void give_exactly(const uint8_t *data, size_t len)
{
	uint8_t *exact = malloc(len ? len : 1);

	memcpy(exact, data, len);
	CU_ASSERT(pppoe_client_ppp(b.c, b.now, exact, len) < BW_DROP_MAX);
	free(exact);
}

static void ppp_packets_at_every_stage(void)
{
	uint8_t packet[200];

	seed = 0x2545f4914f6cdd1d;
	for (unsigned round = 0; round < 1500; round++) {
		at(round % STAGES);
		pppoe_client_debug(b.c, rnd() % 8);
		for (unsigned i = 0; i < 100; i++) {
			give_exactly(packet, a_ppp_packet(packet, sizeof(packet)));
			check();
			if (rnd() % 16 == 0) {
				b.now += rnd() % 3000;
				pppoe_client_poll(b.c, b.now);
				check();
			}
		}
		an_honest_server_gets_a_session();
		bas_end(&b);
	}
}

/* An answer of the client's, or its request, with a byte changed or the end cut off. */
static void its_own_packets_come_back_spoilt(void)
{
	uint8_t packet[PPPOE_MAX_PACKET];

	seed = 0x9e3779b97f4a7c15;
	for (unsigned round = 0; round < 1500; round++) {
		bas_start(&b);
		(round % 2 ? to_establish : to_network)(&b);
		for (unsigned i = 0; i < 50; i++) {
			const struct sent *s = &b.sent[b.n_sent ? rnd() % b.n_sent : 0];
			size_t len = s->len - PPPOE_HEADER;

			memcpy(packet, s->data + PPPOE_HEADER, len);
			packet[2] = 1 + rnd() % 10;
			if (rnd() % 2)
				packet[rnd() % len] = rnd();
			give_exactly(packet, rnd() % 4 ? len : rnd() % (len + 1));
			if (b.n_sent > 200)
				break;
			b.log_len = 0;
		}
		b.next = b.n_sent = 0;
		an_honest_server_gets_a_session();
		bas_end(&b);
	}
}

static size_t a_discovery_packet(uint8_t *to, size_t room)
{
	static const uint8_t codes[] = { 7, 7, 9, 0x19, 0x65, 0x65, 0xa7, 0 };
	static const uint16_t tags[] = { 0, 0x0101, 0x0102, 0x0103, 0x0104, 0x0110, 0x0120,
		0x0203 };
	struct builder w = { to, room, 0, false };

	pppoe_begin(&w, codes[rnd() % 8], rnd() % 2 ? 0 : rnd() % 2 ? SESSION : rnd());
	while (rnd() % 8) {
		uint16_t tag = rnd() % 16 ? tags[rnd() % 8] : rnd();
		uint8_t value[16];
		size_t len = rnd() % 8;

		for (unsigned i = 0; i < sizeof(value); i++)
			value[i] = rnd();
		if (tag == PPPOE_TAG_HOST_UNIQ && rnd() % 4) {
			memcpy(value, b.uniq, 8);
			len = 8;
		}
		pppoe_put_tag(&w, tag, (struct bytes) { value, len });
	}
	pppoe_end(&w);
	if (rnd() % 8 == 0)
		to[rnd() % w.len] = rnd();
	return rnd() % 8 ? w.len : rnd() % (w.len + 1);
}

static void discovery_packets_at_every_stage(void)
{
	uint8_t packet[1024];
	enum bw_drop drop;

	seed = 0x123456789abcdef;
	for (unsigned round = 0; round < 1500; round++) {
		at(round % STAGES);
		for (unsigned i = 0; i < 100; i++) {
			size_t len = a_discovery_packet(packet, sizeof(packet));
			uint8_t *exact = malloc(len ? len : 1);

			memcpy(exact, packet, len);
			pppoe_client_discovery(
				b.c, b.now, rnd() % 4 ? bas_mac : other_mac, exact, len, &drop);
			free(exact);
			CU_ASSERT(drop < BW_DROP_MAX);
			for (unsigned n = 0; n < b.n_sent; n++)
				if (b.sent[n].data[1] == PPPOE_PADI)
					memcpy(b.uniq, b.sent[n].data + 14, 8);
			check();
			if (rnd() % 16 == 0) {
				b.now += rnd() % 2000;
				pppoe_client_poll(b.c, b.now);
				for (unsigned n = 0; n < b.n_sent; n++)
					if (b.sent[n].data[1] == PPPOE_PADI)
						memcpy(b.uniq, b.sent[n].data + 14, 8);
				check();
			}
		}
		b.next = b.n_sent = 0;
		bas_end(&b);
	}
}

/* The same packets of a whole session, each cut at each of its lengths. */
static void every_truncation_of_a_session(void)
{
	static const uint8_t packets[][32] = {
		{ 0xc0, 0x21, 1, 1, 0, 19, MRU_1492, CHAP, MAGIC },
		{ 0xc0, 0x21, 9, 1, 0, 8, 0, 0, 0, 0 },
		{ 0xc0, 0x21, 8, 1, 0, 6, 0x80, 0x57 },
		{ 0xc2, 0x23, 1, 1, 0, 12, 4, 1, 2, 3, 4, 'B', 'A', 'S' },
		{ 0x80, 0x21, 1, 1, 0, 10, ADDR(PEER) },
		{ 0x80, 0x57, 1, 1, 0, 14, 1, 10, 1, 2, 3, 4, 5, 6, 7, 8 },
	};

	for (unsigned stage = 2; stage < STAGES; stage++) {
		at(stage);
		for (unsigned i = 0; i < sizeof(packets) / sizeof(packets[0]); i++) {
			size_t len = 2 + packets[i][5];

			for (size_t cut = 0; cut < len; cut++) {
				struct bw_pppoe_state before = bas_state(&b);
				bool reject = stage >= 3 && packets[i][1] == 0x57 && cut >= 2;

				give_exactly(packets[i], cut);
				CU_ASSERT_EQUAL(bas_state(&b).stage, before.stage);
				CU_ASSERT(b.n_sent == 0 || reject);
				b.next = b.n_sent = 0;
			}
		}
		bas_end(&b);
	}
}

static const struct test tests[] = {
	{ "PPP packets at every stage", ppp_packets_at_every_stage },
	{ "its own packets come back spoilt", its_own_packets_come_back_spoilt },
	{ "discovery packets at every stage", discovery_packets_at_every_stage },
	{ "every truncation of a session", every_truncation_of_a_session },
};

int main(void)
{
	return RUN_SUITE("pppoe hostile", tests);
}
