/* SPDX-License-Identifier: BSD-3-Clause */
#include "crypto/secret.h"

#include <stdint.h>
#include <string.h>

#include "../nat/suite.h"

static void any_byte_makes_a_difference(void)
{
	uint8_t a[64], b[64];

	memset(a, 0x5a, sizeof(a));
	for (unsigned i = 0; i < sizeof(a); i++) {
		memcpy(b, a, sizeof(b));
		CU_ASSERT(crypto_equal(a, b, sizeof(a)));
		b[i] ^= 0x80;
		CU_ASSERT(!crypto_equal(a, b, sizeof(a)));
		CU_ASSERT(crypto_equal(a, b, i));
	}
}

static void wiped_is_zero(void)
{
	static const uint8_t want[16] = { 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1 };
	uint8_t secret[16];

	memset(secret, 1, sizeof(secret));
	crypto_wipe(secret + 2, 12);
	CU_ASSERT(memcmp(secret, want, sizeof(want)) == 0);
	crypto_wipe(secret, 0);
	CU_ASSERT(secret[0] == 1);
}

static const struct test tests[] = {
	{ "any byte makes a difference", any_byte_makes_a_difference },
	{ "wiped is zero", wiped_is_zero },
};

int main(void)
{
	return RUN_SUITE("crypto secret", tests);
}
