/* SPDX-License-Identifier: BSD-3-Clause */
#include "pppoe/tags.h"

#include <string.h>

#define VERSION_TYPE  0x11
#define LENGTH_OFFSET 4

struct tag {
	uint16_t type;
	struct bytes value;
};

static bool next_tag(struct cursor *c, struct tag *t)
{
	uint16_t len;

	return cursor_u16(c, &t->type) && cursor_u16(c, &len) && cursor_take(c, len, &t->value);
}

static void keep_first(struct bytes *slot, struct bytes value)
{
	if (!slot->data)
		*slot = value;
}

static void keep_tag(struct pppoe_packet *p, const struct tag *t)
{
	switch (t->type) {
	case PPPOE_TAG_SERVICE:
		keep_first(&p->service, t->value);
		break;
	case PPPOE_TAG_AC_NAME:
		keep_first(&p->ac_name, t->value);
		break;
	case PPPOE_TAG_HOST_UNIQ:
		keep_first(&p->host_uniq, t->value);
		break;
	case PPPOE_TAG_AC_COOKIE:
		keep_first(&p->cookie, t->value);
		break;
	case PPPOE_TAG_RELAY_ID:
		keep_first(&p->relay_id, t->value);
		break;
	case PPPOE_TAG_MAX_PAYLOAD:
		if (t->value.len == 2 && p->max_payload == 0)
			p->max_payload = bytes_u16(t->value.data);
		break;
	case PPPOE_TAG_SERVICE_ERROR:
	case PPPOE_TAG_AC_ERROR:
	case PPPOE_TAG_GENERIC_ERROR:
		if (p->error_tag == 0)
			p->error_tag = t->type;
		keep_first(&p->error, t->value);
		break;
	default:
		break; /* RFC 2516 appendix A: ignored */
	}
}

bool pppoe_parse(const uint8_t *data, size_t len, struct pppoe_packet *p)
{
	struct cursor c = { data, len };
	uint8_t version_type;
	uint16_t tags_len;
	struct tag t;

	memset(p, 0, sizeof(*p));
	if (!cursor_u8(&c, &version_type) || version_type != VERSION_TYPE ||
		!cursor_u8(&c, &p->code) || !cursor_u16(&c, &p->session) ||
		!cursor_u16(&c, &tags_len) || !cursor_take(&c, tags_len, &p->tags))
		return false;
	c = (struct cursor) { p->tags.data, p->tags.len };
	while (c.left) {
		size_t before = p->tags.len - c.left;

		if (!next_tag(&c, &t))
			return false;
		if (t.type == PPPOE_TAG_END) {
			p->tags.len = before;
			break;
		}
		keep_tag(p, &t);
	}
	return true;
}

bool pppoe_offers(const struct pppoe_packet *p, struct bytes name)
{
	struct cursor c = { p->tags.data, p->tags.len };
	struct tag t;

	while (next_tag(&c, &t)) {
		if (t.type == PPPOE_TAG_SERVICE && t.value.len == name.len &&
			(name.len == 0 || memcmp(t.value.data, name.data, name.len) == 0))
			return true;
	}
	return false;
}

void pppoe_begin(struct builder *b, enum pppoe_code code, uint16_t session)
{
	b->len = 0;
	b->overflow = false;
	builder_u8(b, VERSION_TYPE);
	builder_u8(b, code);
	builder_u16(b, session);
	builder_u16(b, 0);
}

void pppoe_put_tag(struct builder *b, enum pppoe_tag tag, struct bytes value)
{
	builder_u16(b, tag);
	builder_u16(b, (uint16_t)value.len);
	builder_put(b, value.data, value.len);
}

bool pppoe_end(struct builder *b)
{
	builder_set_u16(b, LENGTH_OFFSET, (uint16_t)(b->len - LENGTH_OFFSET - 2));
	return !b->overflow;
}
