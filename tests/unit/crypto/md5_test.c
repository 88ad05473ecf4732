/* SPDX-License-Identifier: BSD-3-Clause */
#include "crypto/md5.h"

#include <stdio.h>
#include <string.h>

#include "../nat/suite.h"

static void check(const char *text, const char *want)
{
	char hex[2 * CRYPTO_MD5_LEN + 1];
	uint8_t digest[CRYPTO_MD5_LEN];
	struct crypto_part part = { text, strlen(text) };

	CU_ASSERT_EQUAL_FATAL(crypto_md5(digest, &part, 1), 0);
	for (unsigned i = 0; i < CRYPTO_MD5_LEN; i++)
		snprintf(hex + 2 * i, 3, "%02x", digest[i]);
	CU_ASSERT_STRING_EQUAL(hex, want);
}

static void the_suite_of_rfc_1321(void)
{
	check("", "d41d8cd98f00b204e9800998ecf8427e");
	check("a", "0cc175b9c0f1b6a831c399e269772661");
	check("abc", "900150983cd24fb0d6963f7d28e17f72");
	check("message digest", "f96b697d7cb7938d525a2f31aaf161d0");
	check("abcdefghijklmnopqrstuvwxyz", "c3fcd3d76192e4007dfb496cca67e13b");
	check("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
		"d174ab98d277d9f5a5611c2c9f419d9f");
	check("1234567890123456789012345678901234567890"
	      "1234567890123456789012345678901234567890",
		"57edf4a22be3c955ac49da2e2107b67a");
}

static void parts_are_one_text(void)
{
	static const struct crypto_part parts[] = { { "mess", 4 }, { "", 0 },
		{ "age digest", 10 } };
	static const struct crypto_part whole = { "message digest", 14 };
	uint8_t a[CRYPTO_MD5_LEN], b[CRYPTO_MD5_LEN];

	CU_ASSERT_EQUAL(crypto_md5(a, parts, 3), 0);
	CU_ASSERT_EQUAL(crypto_md5(b, &whole, 1), 0);
	CU_ASSERT(memcmp(a, b, sizeof(a)) == 0);
}

static const struct test tests[] = {
	{ "the suite of RFC 1321", the_suite_of_rfc_1321 },
	{ "parts are one text", parts_are_one_text },
};

int main(void)
{
	return RUN_SUITE("crypto md5", tests);
}
