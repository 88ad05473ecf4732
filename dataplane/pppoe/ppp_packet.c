/* SPDX-License-Identifier: BSD-3-Clause */
#include "pppoe/ppp_packet.h"

#define HEADER	      4 /* code, identifier, length */
#define LENGTH_OFFSET (PPP_PROTOCOL + 2)
#define OPTION_HEADER 2

bool ppp_parse(const uint8_t *data, size_t len, struct ppp_packet *p)
{
	struct cursor c = { data, len };
	uint16_t length;

	if (!cursor_u8(&c, &p->code) || !cursor_u8(&c, &p->id) || !cursor_u16(&c, &length) ||
		length < HEADER || length > PPP_MAX || length > len)
		return false;
	p->whole = (struct bytes) { data, length };
	p->data = (struct bytes) { data + HEADER, length - HEADER };
	return true;
}

bool ppp_next_option(struct cursor *c, struct ppp_option *o)
{
	if (c->left < OPTION_HEADER || c->data[1] < OPTION_HEADER ||
		!cursor_take(c, c->data[1], &o->whole))
		return false;
	o->type = o->whole.data[0];
	o->value = (struct bytes) { o->whole.data + OPTION_HEADER, o->whole.len - OPTION_HEADER };
	return true;
}

bool ppp_options_ok(struct bytes options)
{
	struct cursor c = { options.data, options.len };
	struct ppp_option o;

	while (ppp_next_option(&c, &o))
		;
	return c.left == 0;
}

void ppp_begin(struct builder *b, uint16_t protocol, uint8_t code, uint8_t id)
{
	b->len = 0;
	b->overflow = false;
	builder_u16(b, protocol);
	builder_u8(b, code);
	builder_u8(b, id);
	builder_u16(b, 0);
}

void ppp_put_option(struct builder *b, uint8_t type, struct bytes value)
{
	builder_u8(b, type);
	builder_u8(b, (uint8_t)(value.len + OPTION_HEADER));
	builder_put(b, value.data, value.len);
}

void ppp_put_u16(struct builder *b, uint8_t type, uint16_t value)
{
	builder_u8(b, type);
	builder_u8(b, OPTION_HEADER + 2);
	builder_u16(b, value);
}

void ppp_put_u32(struct builder *b, uint8_t type, uint32_t value)
{
	builder_u8(b, type);
	builder_u8(b, OPTION_HEADER + 4);
	builder_u32(b, value);
}

bool ppp_end(struct builder *b)
{
	builder_set_u16(b, LENGTH_OFFSET, (uint16_t)(b->len - PPP_PROTOCOL));
	return !b->overflow;
}
