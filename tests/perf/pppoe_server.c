/* SPDX-License-Identifier: BSD-3-Clause */
#include "pppoe_server.h"

#include <arpa/inet.h>
#include <string.h>

#define FRAME_MIN 60
#define TEXT_MAX  (PPPOE_SERVER_FRAME - HEAD) /* of what comes after all headers */

/* Where things are in a frame. */
enum { TYPE = 12, CODE = 15, SESSION = 16, LENGTH = 18, TAGS = 20, PROTOCOL = 20, HEAD = 22 };

enum ethertype { DISCOVERY = 0x8863, SESSIONS = 0x8864 };
enum discovery { PADI = 0x09, PADO = 0x07, PADR = 0x19, PADS = 0x65, PADT = 0xa7 };
enum tag { SERVICE_NAME = 0x0101, AC_NAME = 0x0102, HOST_UNIQ = 0x0103 };
enum protocol { IPV4 = 0x0021, IPCP = 0x8021, LCP = 0xc021 };
enum code { REQUEST = 1, ACK, NAK, REJECT, TERMINATE, TERMINATE_ACK, ECHO = 9, ECHO_REPLY };
enum { LCP_MAGIC = 5, IPCP_ADDRESS = 3 };

static const uint8_t magic[4] = { 'b', 'n', 'c', 'h' };

struct text {
	uint8_t b[TEXT_MAX];
	size_t len;
};

static uint16_t get16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static void put16(uint8_t *p, size_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static void add(struct text *t, const void *data, size_t len)
{
	if (len > TEXT_MAX - t->len)
		return;
	memcpy(t->b + t->len, data, len);
	t->len += len;
}

/* A tag of discovery: two bytes each for type and length. */
static void add_tag(struct text *t, uint16_t type, const void *data, size_t len)
{
	uint8_t head[4];

	put16(head, type);
	put16(head + 2, len);
	add(t, head, sizeof(head));
	add(t, data, len);
}

/* An option of a Configure-Request: one byte each, the length with them. */
static void add_option(struct text *t, uint8_t type, const void *data, size_t len)
{
	const uint8_t head[2] = { type, (uint8_t)(len + 2) };

	add(t, head, sizeof(head));
	add(t, data, len);
}

/* ---- sending ---- */

static void send_frame(struct pppoe_server *s, uint16_t type, uint8_t code, uint16_t session,
	const void *data, size_t len)
{
	uint8_t f[PPPOE_SERVER_FRAME] = { 0 };

	memcpy(f, s->client_mac, 6);
	memcpy(f + 6, s->mac, 6);
	put16(f + TYPE, type);
	f[TYPE + 2] = 0x11; /* version and type */
	f[CODE] = code;
	put16(f + SESSION, session);
	put16(f + LENGTH, len);
	memcpy(f + TAGS, data, len);
	len += TAGS;
	s->send(s->arg, f, len < FRAME_MIN ? FRAME_MIN : len);
}

/* A packet of LCP or IPCP. */
static void send_ppp(
	struct pppoe_server *s, uint16_t protocol, uint8_t code, uint8_t id, const struct text *t)
{
	uint8_t p[PPPOE_SERVER_FRAME];
	size_t len = t->len < TEXT_MAX - 4 ? t->len : TEXT_MAX - 4;

	put16(p, protocol);
	p[2] = code;
	p[3] = id;
	put16(p + 4, len + 4);
	memcpy(p + 6, t->b, len);
	send_frame(s, SESSIONS, 0, PPPOE_SERVER_SESSION, p, len + 6);
}

static struct pppoe_server_side *side_of(struct pppoe_server *s, uint16_t protocol)
{
	return protocol == LCP ? &s->lcp : &s->ipcp;
}

static void ask(struct pppoe_server *s, uint16_t protocol)
{
	const uint32_t ip = htonl(s->ip);
	struct text t = { .len = 0 };

	if (protocol == LCP)
		add_option(&t, LCP_MAGIC, magic, sizeof(magic));
	else
		add_option(&t, IPCP_ADDRESS, &ip, sizeof(ip));
	side_of(s, protocol)->asked = true;
	send_ppp(s, protocol, REQUEST, ++s->id, &t);
}

void pppoe_server_poll(struct pppoe_server *s)
{
	if (s->lcp.asked && !s->lcp.out)
		ask(s, LCP);
	else if (s->ipcp.asked && !s->ipcp.out)
		ask(s, IPCP);
}

/* ---- discovery ---- */

/* The client's own tags go back to it (RFC 2516, appendix A). */
static void answer_tags(struct text *t, const uint8_t *tags, size_t len)
{
	while (len >= 4 && get16(tags + 2) <= len - 4) {
		size_t size = get16(tags + 2);

		if (get16(tags) == SERVICE_NAME || get16(tags) == HOST_UNIQ)
			add_tag(t, get16(tags), tags + 4, size);
		tags += 4 + size;
		len -= 4 + size;
	}
}

static void discover(struct pppoe_server *s, const uint8_t *frame, size_t len)
{
	struct text t = { .len = 0 };
	uint8_t code = frame[CODE];

	if (code != PADI && code != PADR)
		return;
	memcpy(s->client_mac, frame + 6, 6);
	s->lcp = s->ipcp = (struct pppoe_server_side) { 0 };
	answer_tags(&t, frame + TAGS, len);
	add_tag(&t, AC_NAME, "bench", 5);
	send_frame(s, DISCOVERY, code == PADI ? PADO : PADS,
		code == PADI ? 0 : PPPOE_SERVER_SESSION, t.b, t.len);
	if (code == PADR)
		ask(s, LCP);
}

/* ---- PPP ---- */

/* Sort the options of a Configure-Request; false if they are not whole. */
static bool judge(const struct pppoe_server *s, uint16_t protocol, const struct text *options,
	struct text *nak, struct text *reject)
{
	const uint8_t *o = options->b;
	const uint32_t ip = htonl(s->client_ip);

	for (size_t left = options->len; left > 0; left -= o[1], o += o[1]) {
		if (left < 2 || o[1] < 2 || o[1] > left)
			return false;
		if (protocol == LCP)
			continue; /* whatever it is, a server can do with it */
		if (o[0] != IPCP_ADDRESS || o[1] != 6)
			add(reject, o, o[1]);
		else if (memcmp(o + 2, &ip, sizeof(ip)) != 0)
			add_option(nak, IPCP_ADDRESS, &ip, sizeof(ip));
	}
	return true;
}

static void requested(
	struct pppoe_server *s, uint16_t protocol, uint8_t id, const struct text *options)
{
	struct text nak = { .len = 0 }, reject = { .len = 0 };
	struct pppoe_server_side *side = side_of(s, protocol);

	if (!judge(s, protocol, options, &nak, &reject))
		return;
	side->in = reject.len == 0 && nak.len == 0;
	if (side->in)
		send_ppp(s, protocol, ACK, id, options);
	else if (reject.len > 0)
		send_ppp(s, protocol, REJECT, id, &reject);
	else
		send_ppp(s, protocol, NAK, id, &nak);
	/* once: a client that has opened takes another one as the wish to begin again */
	if (!side->asked)
		ask(s, protocol);
}

/* Data, from the code on. */
static void negotiate(struct pppoe_server *s, uint16_t protocol, const uint8_t *p, size_t len)
{
	struct text t = { .len = 0 };

	if (len < 4 || get16(p + 2) < 4 || get16(p + 2) > len)
		return;
	add(&t, p + 4, get16(p + 2) - 4u);
	switch (p[0]) {
	case REQUEST:
		requested(s, protocol, p[1], &t);
		break;
	case ACK:
		if (p[1] == s->id)
			side_of(s, protocol)->out = true;
		break;
	case TERMINATE:
		s->lcp = s->ipcp = (struct pppoe_server_side) { 0 };
		t.len = 0;
		send_ppp(s, protocol, TERMINATE_ACK, p[1], &t);
		break;
	case ECHO:
		if (t.len >= sizeof(magic))
			memcpy(t.b, magic, sizeof(magic));
		send_ppp(s, protocol, ECHO_REPLY, p[1], &t);
		break;
	}
}

bool pppoe_server_input(struct pppoe_server *s, const uint8_t *frame, size_t len)
{
	uint16_t type, size;

	if (len < HEAD)
		return false;
	type = get16(frame + TYPE);
	size = get16(frame + LENGTH);
	if ((type != DISCOVERY && type != SESSIONS) || frame[TYPE + 2] != 0x11 || size > len - TAGS)
		return false;
	if (type == DISCOVERY) {
		s->frames++;
		discover(s, frame, size);
		return true;
	}
	if (get16(frame + PROTOCOL) == IPV4 || get16(frame + SESSION) != PPPOE_SERVER_SESSION ||
		size < 2)
		return false;
	s->frames++;
	if (get16(frame + PROTOCOL) == LCP || get16(frame + PROTOCOL) == IPCP)
		negotiate(s, get16(frame + PROTOCOL), frame + HEAD, size - 2u);
	return true;
}

bool pppoe_server_up(const struct pppoe_server *s)
{
	return s->lcp.in && s->lcp.out && s->ipcp.in && s->ipcp.out;
}
