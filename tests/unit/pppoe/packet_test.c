/* SPDX-License-Identifier: BSD-3-Clause */
#include "pppoe/ppp_packet.h"

#include <stdlib.h>
#include <string.h>

#include "../nat/suite.h"

#define LEN(data) sizeof(data)

/* A server's LCP Configure-Request: MRU 1492, CHAP with MD5, magic number. */
static const uint8_t request[] = { 0x01, 0x01, 0x00, 0x13, 0x01, 0x04, 0x05, 0xd4, 0x03, 0x05, 0xc2,
	0x23, 0x05, 0x05, 0x06, 0x7e, 0xf1, 0x2c, 0x40 };

static bool parse(const uint8_t *data, size_t len, struct ppp_packet *p, uint8_t **copy)
{
	*copy = malloc(len ? len : 1);
	memcpy(*copy, data, len);
	return ppp_parse(*copy, len, p);
}

static void a_request_is_read(void)
{
	struct ppp_packet p;
	struct ppp_option o;
	struct cursor c;
	uint8_t *copy;

	CU_ASSERT_FATAL(parse(request, LEN(request), &p, &copy));
	CU_ASSERT(p.code == PPP_CONFIGURE_REQUEST && p.id == 1);
	CU_ASSERT(p.whole.len == 19 && p.data.len == 15);
	CU_ASSERT(ppp_options_ok(p.data));
	c = (struct cursor) { p.data.data, p.data.len };
	CU_ASSERT(ppp_next_option(&c, &o));
	CU_ASSERT(o.type == LCP_MRU && o.value.len == 2 && bytes_u16(o.value.data) == 1492);
	CU_ASSERT(ppp_next_option(&c, &o));
	CU_ASSERT(o.type == LCP_AUTH && o.value.len == 3 && o.whole.len == 5);
	CU_ASSERT(bytes_u16(o.value.data) == PPP_CHAP && o.value.data[2] == CHAP_MD5);
	CU_ASSERT(ppp_next_option(&c, &o));
	CU_ASSERT(o.type == LCP_MAGIC && bytes_u32(o.value.data) == 0x7ef12c40);
	CU_ASSERT(!ppp_next_option(&c, &o));
	free(copy);
}

static void no_truncation_passes(void)
{
	struct ppp_packet p;
	uint8_t *copy;

	for (size_t len = 0; len < LEN(request); len++) {
		CU_ASSERT(!parse(request, len, &p, &copy));
		free(copy);
	}
}

static void options_end_where_the_length_says(void)
{
	uint8_t data[LEN(request)], *copy;
	struct ppp_packet p;

	for (uint8_t len = 4; len <= LEN(request); len++) {
		memcpy(data, request, sizeof(data));
		data[3] = len;
		CU_ASSERT(parse(data, len, &p, &copy));
		CU_ASSERT_EQUAL(
			ppp_options_ok(p.data), len == 4 || len == 8 || len == 13 || len == 19);
		free(copy);
	}
}

static void absurd_lengths(void)
{
	static const uint16_t bad[] = { 0, 1, 3, 20, 255, 1501, 0x1300, 0xffff };
	uint8_t data[1600] = { 1, 1 }, *copy;
	struct ppp_packet p;

	for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		memcpy(data, request, LEN(request));
		data[2] = bad[i] >> 8;
		data[3] = bad[i] & 0xff;
		CU_ASSERT(!parse(data, bad[i] == 1501 ? sizeof(data) : LEN(request), &p, &copy));
		free(copy);
	}
}

static void options_shorter_than_their_header(void)
{
	for (uint8_t len = 0; len < 2; len++) {
		const uint8_t data[] = { LCP_MRU, len, 5, 0xd4 };

		CU_ASSERT(!ppp_options_ok((struct bytes) { data, sizeof(data) }));
	}
	CU_ASSERT(ppp_options_ok((struct bytes) { (const uint8_t[]) { LCP_PFC, 2 }, 2 }));
	CU_ASSERT(!ppp_options_ok((struct bytes) { (const uint8_t[]) { LCP_PFC }, 1 }));
	CU_ASSERT(ppp_options_ok((struct bytes) { NULL, 0 }));
}

static void padding_is_cut_off(void)
{
	uint8_t data[60] = { 0 }, *copy;
	struct ppp_packet p;

	memcpy(data, request, LEN(request));
	CU_ASSERT(parse(data, sizeof(data), &p, &copy));
	CU_ASSERT_EQUAL(p.whole.len, 19);
	free(copy);
}

static void built_as_read(void)
{
	static const uint8_t chap[] = { 0xc2, 0x23, 5 };
	uint8_t buf[64];
	struct builder b = { buf, sizeof(buf), 0, false };

	ppp_begin(&b, PPP_LCP, PPP_CONFIGURE_REQUEST, 1);
	ppp_put_u16(&b, LCP_MRU, 1492);
	ppp_put_option(&b, LCP_AUTH, (struct bytes) { chap, sizeof(chap) });
	ppp_put_u32(&b, LCP_MAGIC, 0x7ef12c40);
	CU_ASSERT(ppp_end(&b));
	CU_ASSERT_EQUAL_FATAL(b.len, PPP_PROTOCOL + LEN(request));
	CU_ASSERT_EQUAL(bytes_u16(buf), PPP_LCP);
	CU_ASSERT(memcmp(buf + PPP_PROTOCOL, request, LEN(request)) == 0);
}

static void what_does_not_fit_is_told(void)
{
	for (size_t size = 0; size < PPP_PROTOCOL + 8; size++) {
		uint8_t *buf = malloc(size ? size : 1);
		struct builder b = { buf, size, 0, false };

		ppp_begin(&b, PPP_LCP, PPP_CONFIGURE_REQUEST, 1);
		ppp_put_u16(&b, LCP_MRU, 1492);
		CU_ASSERT(!ppp_end(&b));
		free(buf);
	}
}

static const struct test tests[] = {
	{ "a request is read", a_request_is_read },
	{ "no truncation passes", no_truncation_passes },
	{ "options end where the length says", options_end_where_the_length_says },
	{ "absurd lengths", absurd_lengths },
	{ "options shorter than their header", options_shorter_than_their_header },
	{ "padding is cut off", padding_is_cut_off },
	{ "built as read", built_as_read },
	{ "what does not fit is told", what_does_not_fit_is_told },
};

int main(void)
{
	return RUN_SUITE("pppoe packet", tests);
}
