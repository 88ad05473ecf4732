/* SPDX-License-Identifier: BSD-3-Clause */
/* Reading and writing stop at the ends, and a failure takes nothing. */
#include "api/cursor.h"

#include <arpa/inet.h>
#include <string.h>

#include "suite.h"

static const uint8_t wire[] = { 0x45, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x0a, 0x00, 0x00, 0x01 };

static void in_the_order_of_the_wire(void)
{
	struct cursor c = { wire, sizeof(wire) };
	uint32_t v32, addr;
	uint16_t v16;
	uint8_t v8;

	CU_ASSERT(cursor_u8(&c, &v8) && v8 == 0x45);
	CU_ASSERT(cursor_u16(&c, &v16) && v16 == 0x0102);
	CU_ASSERT(cursor_u32(&c, &v32) && v32 == 0x03040506);
	CU_ASSERT(cursor_ip4(&c, &addr) && addr == htonl(0x0a000001));
	CU_ASSERT_EQUAL(c.left, 0);
	CU_ASSERT(!cursor_u8(&c, &v8) && cursor_skip(&c, 0) && !cursor_skip(&c, 1));
}

static void a_failure_takes_nothing(void)
{
	for (size_t len = 0; len < 4; len++) {
		struct cursor c = { wire, len };
		struct bytes b;
		uint32_t v;

		CU_ASSERT(!cursor_u32(&c, &v) && !cursor_ip4(&c, &v));
		CU_ASSERT(!cursor_skip(&c, 4) && !cursor_take(&c, SIZE_MAX, &b));
		CU_ASSERT(c.data == wire && c.left == len);
	}
}

/* RFC 1071 3: the sum of its example is ddf2. */
static void checksums(void)
{
	static const uint8_t example[] = { 0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7 };
	static const uint8_t odd[] = { 0x12, 0x34, 0x56 };

	CU_ASSERT_EQUAL(
		bytes_checksum((struct bytes) { example, sizeof(example) }), (uint16_t)~0xddf2);
	CU_ASSERT_EQUAL(
		bytes_checksum((struct bytes) { odd, sizeof(odd) }), (uint16_t) ~(0x1234 + 0x5600));
	CU_ASSERT_EQUAL(bytes_checksum((struct bytes) { NULL, 0 }), 0xffff);
}

static void what_does_not_fit_is_remembered(void)
{
	uint8_t data[5];
	struct builder b = { data, sizeof(data), 0, false };

	builder_u32(&b, 0x01020304);
	builder_u16(&b, 0x0506);
	builder_u8(&b, 7); /* would fit, but what came before it is missing */
	CU_ASSERT(b.overflow && b.len <= sizeof(data));
	CU_ASSERT(memcmp(data, "\1\2\3\4", 4) == 0);
}

int main(void)
{
	static CU_TestInfo tests[] = {
		{ "in the order of the wire", in_the_order_of_the_wire },
		{ "a failure takes nothing", a_failure_takes_nothing },
		{ "checksums", checksums },
		{ "what does not fit is remembered", what_does_not_fit_is_remembered },
		CU_TEST_INFO_NULL,
	};

	return run_suite("cursor", tests);
}
