/* SPDX-License-Identifier: BSD-3-Clause */
#include "pppoe/tags.h"

#include <stdlib.h>
#include <string.h>

#include "../nat/suite.h"

#define TEXT(s)	  ((struct bytes) { (const uint8_t *)(s), sizeof(s) - 1 })
#define NOTHING	  ((struct bytes) { NULL, 0 })
#define LEN(data) sizeof(data)

/* RFC 2516 appendix B: a PADI that accepts any service. */
static const uint8_t padi[] = { 0x11, 0x09, 0x00, 0x00, 0x00, 0x04, 0x01, 0x01, 0x00, 0x00 };

/* ... and a PADO that offers one nameless service, by "Go RedBack - eshshesh...". */
static const uint8_t pado[] = {
	0x11,
	0x07,
	0x00,
	0x00,
	0x00,
	0x20,
	0x01,
	0x01,
	0x00,
	0x00,
	0x01,
	0x02,
	0x00,
	0x18,
	'G',
	'o',
	' ',
	'R',
	'e',
	'd',
	'B',
	'a',
	'c',
	'k',
	' ',
	'-',
	' ',
	'e',
	's',
	'h',
	's',
	'h',
	'e',
	's',
	'h',
	'o',
	'o',
	't',
};

/* Every tag that the client looks at, two services and one tag that nobody knows. */
static const uint8_t full[] = {
	0x11,
	0x07,
	0x00,
	0x00,
	0x00,
	0x4a,
	0x01,
	0x01,
	0x00,
	0x03,
	'i',
	's',
	'p',
	0x01,
	0x01,
	0x00,
	0x04,
	'g',
	'a',
	'm',
	'e',
	0x01,
	0x02,
	0x00,
	0x03,
	'B',
	'A',
	'S',
	0x01,
	0x03,
	0x00,
	0x04,
	1,
	2,
	3,
	4,
	0x01,
	0x04,
	0x00,
	0x05,
	5,
	6,
	7,
	8,
	9,
	0x01,
	0x10,
	0x00,
	0x02,
	10,
	11,
	0x01,
	0x20,
	0x00,
	0x02,
	0x05,
	0xdc,
	0x7f,
	0xff,
	0x00,
	0x01,
	12,
	0x02,
	0x02,
	0x00,
	0x04,
	'f',
	'u',
	'l',
	'l',
	0x02,
	0x03,
	0x00,
	0x02,
	'n',
	'o',
	0x00,
	0x00,
	0x00,
	0x00,
};

/* From memory that ends where the packet ends, so that ASan sees a byte too far. */
static bool parse(const uint8_t *data, size_t len, struct pppoe_packet *p, uint8_t **copy)
{
	*copy = malloc(len ? len : 1);
	memcpy(*copy, data, len);
	return pppoe_parse(*copy, len, p);
}

static bool is(struct bytes b, struct bytes want)
{
	return (b.data == NULL) == (want.data == NULL) && b.len == want.len &&
	       (b.len == 0 || memcmp(b.data, want.data, b.len) == 0);
}

static void examples_of_the_rfc(void)
{
	struct pppoe_packet p;
	uint8_t *copy;

	CU_ASSERT(parse(padi, LEN(padi), &p, &copy));
	CU_ASSERT(p.code == PPPOE_PADI && p.session == 0);
	CU_ASSERT(is(p.service, TEXT("")));
	CU_ASSERT(is(p.ac_name, NOTHING));
	free(copy);
	CU_ASSERT(parse(pado, LEN(pado), &p, &copy));
	CU_ASSERT(p.code == PPPOE_PADO && p.error_tag == 0);
	CU_ASSERT(is(p.ac_name, TEXT("Go RedBack - eshsheshoot")));
	CU_ASSERT(pppoe_offers(&p, TEXT("")));
	CU_ASSERT(!pppoe_offers(&p, TEXT("isp")));
	free(copy);
}

static void every_tag_is_found(void)
{
	struct pppoe_packet p;
	uint8_t *copy;

	CU_ASSERT_FATAL(parse(full, LEN(full), &p, &copy));
	CU_ASSERT(is(p.service, TEXT("isp")));
	CU_ASSERT(is(p.ac_name, TEXT("BAS")));
	CU_ASSERT(is(p.host_uniq, TEXT("\1\2\3\4")));
	CU_ASSERT(is(p.cookie, TEXT("\5\6\7\10\11")));
	CU_ASSERT(is(p.relay_id, TEXT("\12\13")));
	CU_ASSERT_EQUAL(p.max_payload, 1500);
	CU_ASSERT_EQUAL(p.error_tag, PPPOE_TAG_AC_ERROR);
	CU_ASSERT(is(p.error, TEXT("full")));
	CU_ASSERT(pppoe_offers(&p, TEXT("isp")));
	CU_ASSERT(pppoe_offers(&p, TEXT("game")));
	CU_ASSERT(!pppoe_offers(&p, TEXT("gam")));
	CU_ASSERT(!pppoe_offers(&p, TEXT("")));
	CU_ASSERT(!pppoe_offers(&p, TEXT("BAS")));
	free(copy);
}

static void no_truncation_passes(void)
{
	struct pppoe_packet p;
	uint8_t *copy;

	for (size_t len = 0; len < LEN(full); len++) {
		CU_ASSERT(!parse(full, len, &p, &copy));
		free(copy);
	}
}

/* The length field cut with the packet: only the ends of tags are good. */
static void only_whole_tags_pass(void)
{
	static const size_t ends[] = { 6, 13, 21, 28, 36, 45, 51, 57, 62, 70, 76, 80 };
	struct pppoe_packet p;
	uint8_t cut[LEN(full)], *copy;
	unsigned next = 0;

	for (size_t len = 6; len < LEN(full); len++) {
		memcpy(cut, full, len);
		cut[5] = len - 6;
		CU_ASSERT_EQUAL(parse(cut, len, &p, &copy), ends[next] == len);
		next += ends[next] == len;
		free(copy);
	}
}

static void padding_is_ignored(void)
{
	uint8_t padded[60] = { 0 }, *copy;
	struct pppoe_packet p;

	memcpy(padded, padi, LEN(padi));
	memset(padded + LEN(padi), 0xff, sizeof(padded) - LEN(padi));
	CU_ASSERT(parse(padded, sizeof(padded), &p, &copy));
	CU_ASSERT_EQUAL(p.tags.len, 4);
	free(copy);
}

static void absurd_lengths_and_versions(void)
{
	static const struct {
		uint8_t at, value;
	} spoilt[] = { { 0, 0x12 }, { 0, 0x21 }, { 0, 0x00 }, { 4, 0xff }, { 5, 0x4e }, { 8, 0xff },
		{ 9, 0xff }, { 9, 0x04 }, { 47, 0xff }, { 64, 0x80 } };
	uint8_t data[LEN(full)], *copy;
	struct pppoe_packet p;

	for (unsigned i = 0; i < sizeof(spoilt) / sizeof(spoilt[0]); i++) {
		memcpy(data, full, sizeof(data));
		data[spoilt[i].at] = spoilt[i].value;
		CU_ASSERT(!parse(data, sizeof(data), &p, &copy));
		free(copy);
	}
}

static void nothing_counts_behind_end_of_list(void)
{
	static const uint8_t data[] = { 0x11, 0x07, 0, 0, 0, 11, 0, 0, 0, 0, 1, 2, 0, 1, 'x', 9,
		9 };
	struct pppoe_packet p;
	uint8_t *copy;

	CU_ASSERT(parse(data, LEN(data), &p, &copy));
	CU_ASSERT(is(p.ac_name, NOTHING));
	CU_ASSERT_EQUAL(p.tags.len, 0);
	free(copy);
}

static void the_first_of_two_counts(void)
{
	static const uint8_t data[] = { 0x11, 0x07, 0, 0, 0, 10, 1, 2, 0, 1, 'x', 1, 2, 0, 1, 'y' };
	struct pppoe_packet p;
	uint8_t *copy;

	CU_ASSERT(parse(data, LEN(data), &p, &copy));
	CU_ASSERT(is(p.ac_name, TEXT("x")));
	free(copy);
}

static void built_as_in_the_rfc(void)
{
	uint8_t buf[64];
	struct builder b = { buf, sizeof(buf), 0, false };

	pppoe_begin(&b, PPPOE_PADI, 0);
	pppoe_put_tag(&b, PPPOE_TAG_SERVICE, NOTHING);
	CU_ASSERT(pppoe_end(&b));
	CU_ASSERT(b.len == LEN(padi) && memcmp(buf, padi, b.len) == 0);
	pppoe_begin(&b, PPPOE_PADO, 0);
	pppoe_put_tag(&b, PPPOE_TAG_SERVICE, TEXT(""));
	pppoe_put_tag(&b, PPPOE_TAG_AC_NAME, TEXT("Go RedBack - eshsheshoot"));
	CU_ASSERT(pppoe_end(&b));
	CU_ASSERT(b.len == LEN(pado) && memcmp(buf, pado, b.len) == 0);
}

static void what_does_not_fit_is_told(void)
{
	uint8_t *buf;

	for (size_t size = 0; size < LEN(pado); size++) {
		struct builder b = { NULL, size, 0, false };

		buf = malloc(size ? size : 1);
		b.data = buf;
		pppoe_begin(&b, PPPOE_PADO, 0);
		pppoe_put_tag(&b, PPPOE_TAG_SERVICE, TEXT(""));
		pppoe_put_tag(&b, PPPOE_TAG_AC_NAME, TEXT("Go RedBack - eshsheshoot"));
		CU_ASSERT(!pppoe_end(&b));
		free(buf);
	}
}

static const struct test tests[] = {
	{ "examples of the RFC", examples_of_the_rfc },
	{ "every tag is found", every_tag_is_found },
	{ "no truncation passes", no_truncation_passes },
	{ "only whole tags pass", only_whole_tags_pass },
	{ "padding is ignored", padding_is_ignored },
	{ "absurd lengths and versions", absurd_lengths_and_versions },
	{ "nothing counts behind End-Of-List", nothing_counts_behind_end_of_list },
	{ "the first of two counts", the_first_of_two_counts },
	{ "built as in the RFC", built_as_in_the_rfc },
	{ "what does not fit is told", what_does_not_fit_is_told },
};

int main(void)
{
	return RUN_SUITE("pppoe tags", tests);
}
