/* SPDX-License-Identifier: BSD-3-Clause */
#include "cursor.h"

#include <string.h>

bool cursor_take(struct cursor *c, size_t n, struct bytes *out)
{
	if (n > c->left)
		return false;
	*out = (struct bytes) { c->data, n };
	c->data += n;
	c->left -= n;
	return true;
}

bool cursor_skip(struct cursor *c, size_t n)
{
	struct bytes b;

	return cursor_take(c, n, &b);
}

bool cursor_u8(struct cursor *c, uint8_t *v)
{
	struct bytes b;

	if (!cursor_take(c, 1, &b))
		return false;
	*v = b.data[0];
	return true;
}

bool cursor_u16(struct cursor *c, uint16_t *v)
{
	struct bytes b;

	if (!cursor_take(c, 2, &b))
		return false;
	*v = bytes_u16(b.data);
	return true;
}

bool cursor_u32(struct cursor *c, uint32_t *v)
{
	struct bytes b;

	if (!cursor_take(c, 4, &b))
		return false;
	*v = bytes_u32(b.data);
	return true;
}

bool cursor_ip4(struct cursor *c, uint32_t *addr)
{
	struct bytes b;

	if (!cursor_take(c, sizeof(*addr), &b))
		return false;
	memcpy(addr, b.data, sizeof(*addr));
	return true;
}

uint16_t bytes_u16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

uint32_t bytes_u32(const uint8_t *p)
{
	return (uint32_t)bytes_u16(p) << 16 | bytes_u16(p + 2);
}

uint16_t bytes_checksum(struct bytes b)
{
	const uint8_t *p = b.data;
	uint64_t sum = 0;

	for (size_t n = b.len / 2; n > 0; n--, p += 2)
		sum += bytes_u16(p);
	if (b.len % 2 != 0)
		sum += (uint64_t)p[0] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

void builder_put(struct builder *b, const void *data, size_t n)
{
	if (b->overflow || n > b->size - b->len) {
		b->overflow = true;
		return;
	}
	if (n)
		memcpy(b->data + b->len, data, n);
	b->len += n;
}

void builder_u8(struct builder *b, uint8_t v)
{
	builder_put(b, &v, 1);
}

void builder_u16(struct builder *b, uint16_t v)
{
	builder_put(b, (const uint8_t[]) { v >> 8, v & 0xff }, 2);
}

void builder_u32(struct builder *b, uint32_t v)
{
	builder_u16(b, v >> 16);
	builder_u16(b, v & 0xffff);
}

void builder_set_u16(struct builder *b, size_t at, uint16_t v)
{
	if (b->overflow)
		return;
	b->data[at] = v >> 8;
	b->data[at + 1] = v & 0xff;
}
