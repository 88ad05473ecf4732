/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Reading and writing packets without stepping over their ends. All integers are in network byte
 * order on the wire and in host order in C. It stands here because both processes speak protocols,
 * and this is the one folder that both stand on.
 */
#ifndef BW_CURSOR_H
#define BW_CURSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes that belong to somebody else. */
struct bytes {
	const uint8_t *data;
	size_t len;
};

/* What is left to read. A reader that fails takes nothing. */
struct cursor {
	const uint8_t *data;
	size_t left;
};

bool cursor_take(struct cursor *c, size_t n, struct bytes *out);
bool cursor_skip(struct cursor *c, size_t n);
bool cursor_u8(struct cursor *c, uint8_t *v);
bool cursor_u16(struct cursor *c, uint16_t *v);
bool cursor_u32(struct cursor *c, uint32_t *v);

/* An IPv4 address, which stays in network byte order. */
bool cursor_ip4(struct cursor *c, uint32_t *addr);

uint16_t bytes_u16(const uint8_t *p);
uint32_t bytes_u32(const uint8_t *p);

/* RFC 1071, in host order: 0 over what holds its own checksum. An odd last byte is padded by 0. */
uint16_t bytes_checksum(struct bytes b);

/*
 * A packet in the making. What does not fit is not written and remembered in `overflow`, so that
 * one look at the end is enough.
 */
struct builder {
	uint8_t *data;
	size_t size, len;
	bool overflow;
};

void builder_put(struct builder *b, const void *data, size_t n);
void builder_u8(struct builder *b, uint8_t v);
void builder_u16(struct builder *b, uint16_t v);
void builder_u32(struct builder *b, uint32_t v);

/* Overwrite the two bytes at `at`, which were written before. */
void builder_set_u16(struct builder *b, size_t at, uint16_t v);

#endif
