/* SPDX-License-Identifier: BSD-3-Clause */
/* Handling of passwords and keys. */
#ifndef CRYPTO_SECRET_H
#define CRYPTO_SECRET_H

#include <stdbool.h>
#include <stddef.h>

/* Whether both are the same, in a time that does not tell where they differ. */
bool crypto_equal(const void *a, const void *b, size_t len);

/* Overwrite with zeros, also if the compiler thinks that nobody will look. */
void crypto_wipe(void *secret, size_t len);

#endif
