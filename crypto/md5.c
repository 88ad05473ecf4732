/* SPDX-License-Identifier: BSD-3-Clause */
#include "crypto/md5.h"

#include <errno.h>
#include <stdbool.h>

#include <openssl/evp.h>

int crypto_md5(uint8_t digest[CRYPTO_MD5_LEN], const struct crypto_part *parts, unsigned n)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool ok = ctx && EVP_DigestInit_ex(ctx, EVP_md5(), NULL) == 1;

	for (unsigned i = 0; ok && i < n; i++)
		ok = EVP_DigestUpdate(ctx, parts[i].data, parts[i].len) == 1;
	ok = ok && EVP_DigestFinal_ex(ctx, digest, NULL) == 1;
	EVP_MD_CTX_free(ctx);
	return ok ? 0 : -EIO;
}
