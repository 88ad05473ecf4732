/* SPDX-License-Identifier: BSD-3-Clause */
/* MD5 (RFC 1321), for protocols that prescribe it: CHAP (RFC 1994). */
#ifndef CRYPTO_MD5_H
#define CRYPTO_MD5_H

#include <stddef.h>
#include <stdint.h>

#define CRYPTO_MD5_LEN 16

struct crypto_part {
	const void *data;
	size_t len;
};

/*
 * The digest of the n parts one after the other. 0, or -EIO: libcrypto refuses MD5 (FIPS) or is
 * out of memory.
 */
int crypto_md5(uint8_t digest[CRYPTO_MD5_LEN], const struct crypto_part *parts, unsigned n);

#endif
