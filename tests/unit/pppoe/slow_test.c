/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A server far away: a session of two real clients is not to be had, so the server here is one of
 * the usual kind, which asks every 3 s, answers what it is asked, and starts over when it is asked
 * once more while it is Opened (RFC 1661 4.1). Frames take their time either way, and may be lost
 * or doubled.
 */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "bas.h"

#include "../nat/suite.h"

#define FRAMES	512
#define RESTART 3000 /* ms; pppd's */

static struct bas b;

struct flying {
	uint64_t at; /* arrives; 0: the slot is free */
	unsigned order;
	bool to_server;
	struct sent frame;
};

/* A layer of the server: LCP or IPCP. */
struct side {
	uint16_t protocol;
	bool acked, ack_sent; /* its request was; ours is */
	uint8_t id;
	uint64_t again; /* when it asks again; UINT64_MAX: never */
};

static struct {
	uint32_t delay, loss, doubled; /* ms; percent */
	struct flying air[FRAMES];
	struct side lcp, ipcp;
	bool pap, authenticated, nak;
	unsigned restarts, flown;
	uint32_t seed;
	uint64_t challenge; /* when it comes again */
} net;

static uint32_t rnd(void)
{
	net.seed = net.seed * 1664525 + 1013904223;
	return net.seed >> 8;
}

static void fly(bool to_server, const struct sent *s)
{
	for (unsigned copies = 1 + (rnd() % 100 < net.doubled); copies > 0; copies--) {
		unsigned i = 0;

		if (rnd() % 100 < net.loss)
			continue;
		while (i < FRAMES && net.air[i].at)
			i++;
		CU_ASSERT_FATAL(i < FRAMES);
		net.air[i] = (struct flying) { b.now + net.delay + (net.loss ? rnd() % 3 : 0),
			++net.flown, to_server, *s };
	}
}

static void say(bool discovery, const uint8_t *data, size_t len)
{
	struct sent s = { .discovery = discovery, .len = len };

	memcpy(s.data, data, len);
	fly(false, &s);
}

static void say_ppp(uint16_t protocol, uint8_t code, uint8_t id, struct bytes data)
{
	uint8_t buf[256];
	struct builder w = { buf, sizeof(buf), 0, false };

	ppp_begin(&w, protocol, code, id);
	builder_put(&w, data.data, data.len);
	CU_ASSERT_FATAL(ppp_end(&w));
	say(false, buf, w.len);
}

static void ask(struct side *side)
{
	if (side->protocol == PPP_LCP && net.pap)
		say_ppp(PPP_LCP, PPP_CONFIGURE_REQUEST, side->id, B(PAP, MAGIC));
	else if (side->protocol == PPP_LCP)
		say_ppp(PPP_LCP, PPP_CONFIGURE_REQUEST, side->id, B(CHAP, MAGIC));
	else
		say_ppp(PPP_IPCP, PPP_CONFIGURE_REQUEST, side->id, B(ADDR(PEER)));
	side->again = b.now + RESTART;
}

static void begin_layer(struct side *side, uint16_t protocol)
{
	uint8_t id = side->id + 1;

	*side = (struct side) { .protocol = protocol, .id = id };
	ask(side);
}

static void challenge(void)
{
	say_ppp(PPP_CHAP, CHAP_CHALLENGE, net.lcp.id, B(4, 1, 2, 3, 4, 'B'));
	net.challenge = b.now + RESTART;
}

static void opened(struct side *side)
{
	side->again = UINT64_MAX;
	if (side->protocol == PPP_LCP && !net.pap)
		challenge();
}

static bool is_open(const struct side *side)
{
	return side->acked && side->ack_sent;
}

static void take_configure(struct side *side, const struct ppp_packet *p)
{
	if (p->code == PPP_CONFIGURE_REQUEST) {
		if (is_open(side)) {
			net.restarts++;
			begin_layer(side, side->protocol);
		}
		if (side->protocol == PPP_IPCP && net.nak && bytes_u32(p->data.data + 2) == 0) {
			say_ppp(PPP_IPCP, PPP_CONFIGURE_NAK, p->id, B(ADDR(OUR)));
			return;
		}
		say_ppp(side->protocol, PPP_CONFIGURE_ACK, p->id, p->data);
		side->ack_sent = true;
	} else if (p->code == PPP_CONFIGURE_ACK && p->id == side->id && !side->acked) {
		side->acked = true;
	} else {
		return;
	}
	if (is_open(side))
		opened(side);
}

static void accept_peer(uint16_t protocol, uint8_t code, uint8_t id)
{
	say_ppp(protocol, code, id, B(0));
	if (!net.authenticated) {
		net.authenticated = true;
		begin_layer(&net.ipcp, PPP_IPCP);
	}
}

static void take_ppp(const uint8_t *data, size_t len)
{
	uint16_t protocol = bytes_u16(data + PPPOE_HEADER);
	struct ppp_packet p;

	CU_ASSERT_FATAL(ppp_parse(data + 8, len - 8, &p));
	if (protocol == PPP_LCP && p.code <= PPP_CONFIGURE_REJECT)
		take_configure(&net.lcp, &p);
	else if (protocol == PPP_IPCP && net.authenticated && p.code <= PPP_CONFIGURE_REJECT)
		take_configure(&net.ipcp, &p);
	else if (protocol == PPP_CHAP && is_open(&net.lcp))
		accept_peer(PPP_CHAP, CHAP_SUCCESS, p.id);
	else if (protocol == PPP_PAP && is_open(&net.lcp))
		accept_peer(PPP_PAP, PAP_ACK, p.id);
}

static void take_discovery(const struct sent *s)
{
	uint8_t buf[256];
	struct builder w = { buf, sizeof(buf), 0, false };
	struct pppoe_packet p;

	CU_ASSERT_FATAL(pppoe_parse(s->data, s->len, &p));
	if (p.code == PPPOE_PADT) {
		net.lcp = net.ipcp = (struct side) { .again = UINT64_MAX };
		net.authenticated = false;
		return;
	}
	pppoe_begin(&w, p.code == PPPOE_PADI ? PPPOE_PADO : PPPOE_PADS,
		p.code == PPPOE_PADI ? 0 : SESSION);
	pppoe_put_tag(&w, PPPOE_TAG_SERVICE, NONE);
	pppoe_put_tag(&w, PPPOE_TAG_AC_NAME, TEXT("BAS"));
	pppoe_put_tag(&w, PPPOE_TAG_HOST_UNIQ, p.host_uniq);
	CU_ASSERT_FATAL(pppoe_end(&w));
	say(true, buf, w.len);
	if (p.code == PPPOE_PADR && net.lcp.protocol == 0)
		begin_layer(&net.lcp, PPP_LCP);
}

static void arrive(const struct flying *f)
{
	enum bw_drop drop;

	if (f->to_server && f->frame.discovery)
		take_discovery(&f->frame);
	else if (f->to_server)
		take_ppp(f->frame.data, f->frame.len);
	else if (f->frame.discovery)
		pppoe_client_discovery(b.c, b.now, bas_mac, f->frame.data, f->frame.len, &drop);
	else
		pppoe_client_ppp(b.c, b.now, f->frame.data, f->frame.len);
}

/* The frame that arrives next, in the order of sending; NULL: none is due. */
static struct flying *next_due(void)
{
	struct flying *first = NULL;

	for (unsigned i = 0; i < FRAMES; i++)
		if (net.air[i].at && net.air[i].at <= b.now &&
			(!first || net.air[i].order < first->order))
			first = &net.air[i];
	return first;
}

static void a_millisecond(void)
{
	struct flying *due;

	while ((due = next_due()) != NULL) {
		struct flying f = *due;

		due->at = 0;
		arrive(&f);
	}
	if (net.lcp.protocol && net.lcp.again <= b.now)
		ask(&net.lcp);
	if (net.ipcp.protocol && net.ipcp.again <= b.now)
		ask(&net.ipcp);
	if (is_open(&net.lcp) && !net.authenticated && !net.pap && net.challenge <= b.now)
		challenge();
	for (unsigned i = 0; i < b.n_sent; i++)
		fly(true, &b.sent[i]);
	b.next = b.n_sent = 0;
	bas_wait(&b, 1);
}

static void begin(uint32_t delay, uint32_t seed)
{
	memset(&net, 0, sizeof(net));
	net.delay = delay;
	net.seed = seed;
	net.lcp.again = net.ipcp.again = UINT64_MAX;
	bas_start(&b);
}

/* ms until both ends have been open for a while; UINT64_MAX: not in two minutes. */
static uint64_t time_to_session(void)
{
	uint64_t begun = b.now, up = 0;

	for (unsigned ms = 0; ms < 120000; ms++) {
		a_millisecond();
		if (bas_state(&b).stage != BW_PPPOE_UP || !is_open(&net.ipcp))
			up = 0;
		else if (!up)
			up = b.now;
		else if (b.now - up > 4 * net.delay + 1000)
			return up - begun;
	}
	return UINT64_MAX;
}

static void far_servers(void)
{
	static const uint32_t delays[] = { 0, 10, 300, 500, 1000, 1700, 3000 };

	for (unsigned i = 0; i < sizeof(delays) / sizeof(delays[0]); i++)
		for (unsigned kind = 0; kind < 4; kind++) {
			uint64_t took;

			begin(delays[i], 1);
			net.pap = kind & 1;
			net.nak = kind & 2;
			if (net.nak) {
				b.conf.set.addr = 0;
				pppoe_client_configure(b.c, b.now, &b.conf);
			}
			took = time_to_session();
			if (took > 2000 + 14 * delays[i])
				printf("%u ms, kind %u: %llu ms, %u restarts\n", delays[i], kind,
					(unsigned long long)took, net.restarts);
			CU_ASSERT(took <= 2000 + 14 * delays[i]);
			CU_ASSERT_EQUAL(net.restarts, 0);
			bas_end(&b);
		}
}

static void far_servers_with_loss_and_doubles(void)
{
	static const uint32_t delays[] = { 5, 300, 1000 };

	for (unsigned i = 0; i < 3; i++)
		for (uint32_t seed = 1; seed <= 10; seed++) {
			begin(delays[i], seed);
			net.loss = 10;
			net.doubled = 10;
			CU_ASSERT(time_to_session() <= 110000);
			bas_end(&b);
		}
}

static const struct test tests[] = {
	{ "far servers", far_servers },
	{ "far servers, with loss and doubles", far_servers_with_loss_and_doubles },
};

int main(void)
{
	return RUN_SUITE("pppoe slow", tests);
}
