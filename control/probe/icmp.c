/* SPDX-License-Identifier: BSD-3-Clause */
#include "control/probe/icmp.h"

#include <linux/icmp.h>
#include <netinet/in.h>
#include <string.h>

#define IP_HEADER    20
#define QUOTED_LEAST 8

struct ip_header {
	bw_ip4 from, to;
	uint8_t protocol;
};

/* RFC 791. Leaves what comes after the options. */
static bool ip_read(struct cursor *c, struct ip_header *h)
{
	uint8_t version_ihl;
	size_t ihl;

	if (!cursor_u8(c, &version_ihl) || version_ihl >> 4 != 4)
		return false;
	ihl = (version_ihl & 15u) * 4;
	return ihl >= IP_HEADER && cursor_skip(c, 8) && /* to the TTL and with it */
	       cursor_u8(c, &h->protocol) && cursor_skip(c, 2) && cursor_ip4(c, &h->from) &&
	       cursor_ip4(c, &h->to) && cursor_skip(c, ihl - IP_HEADER);
}

/* RFC 792: the header and at least 64 bits of what came after it. */
static bool quote_read(struct cursor *c, struct icmp_quote *q)
{
	struct ip_header h;

	if (!ip_read(c, &h) || c->left < QUOTED_LEAST)
		return false;
	*q = (struct icmp_quote) {
		.from = h.from,
		.to = h.to,
		.protocol = h.protocol,
		.payload = { c->data, c->left },
	};
	return true;
}

static bool type_quotes(uint8_t type)
{
	return type == ICMP_DEST_UNREACH || type == ICMP_SOURCE_QUENCH || type == ICMP_REDIRECT ||
	       type == ICMP_TIME_EXCEEDED || type == ICMP_PARAMETERPROB;
}

bool icmp_decode(struct bytes packet, struct icmp_message *m)
{
	struct cursor c = { packet.data, packet.len };
	struct ip_header h;

	memset(m, 0, sizeof(*m));
	if (!ip_read(&c, &h) || h.protocol != IPPROTO_ICMP)
		return false;
	m->from = h.from;
	m->to = h.to;
	if (!cursor_u8(&c, &m->type) || !cursor_u8(&c, &m->code) || !cursor_skip(&c, 2) ||
		!cursor_u16(&c, &m->id) || !cursor_u16(&c, &m->seq))
		return false;
	m->quotes = type_quotes(m->type) && quote_read(&c, &m->quote);
	return true;
}

uint16_t icmp_quoted_source(const struct icmp_quote *q)
{
	return bytes_u16(q->payload.data);
}

uint16_t icmp_quoted_destination(const struct icmp_quote *q)
{
	return bytes_u16(q->payload.data + 2);
}

bool icmp_quotes_echo(const struct icmp_message *m, bw_ip4 to, uint16_t id, uint16_t seq)
{
	return m->quotes && m->quote.protocol == IPPROTO_ICMP && m->quote.to == to &&
	       bytes_u16(m->quote.payload.data + 4) == id &&
	       bytes_u16(m->quote.payload.data + 6) == seq;
}

bool icmp_encode_echo(struct builder *b, uint16_t id, uint16_t seq, size_t len)
{
	size_t begin = b->len;

	builder_u8(b, ICMP_ECHO);
	builder_u8(b, 0);
	builder_u16(b, 0); /* the checksum */
	builder_u16(b, id);
	builder_u16(b, seq);
	for (size_t i = ICMP_HEADER; i < len; i++)
		builder_u8(b, i % 2 ? 0xcd : 0xab);
	if (b->overflow)
		return false;
	builder_set_u16(
		b, begin + 2, bytes_checksum((struct bytes) { b->data + begin, b->len - begin }));
	return true;
}

const char *icmp_type_name(uint8_t type)
{
	switch (type) {
	case ICMP_ECHOREPLY:
		return "echo reply";
	case ICMP_DEST_UNREACH:
		return "dst unreachable";
	case ICMP_SOURCE_QUENCH:
		return "source quench";
	case ICMP_TIME_EXCEEDED:
		return "time exceeded";
	case ICMP_PARAMETERPROB:
		return "parameter problem";
	default:
		return "message";
	}
}
