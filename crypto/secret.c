/* SPDX-License-Identifier: BSD-3-Clause */
#include "crypto/secret.h"

#include <string.h>

#include <openssl/crypto.h>

bool crypto_equal(const void *a, const void *b, size_t len)
{
	return CRYPTO_memcmp(a, b, len) == 0;
}

void crypto_wipe(void *secret, size_t len)
{
	explicit_bzero(secret, len);
}
