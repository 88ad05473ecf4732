/* SPDX-License-Identifier: BSD-3-Clause */
/* Hashes for tables whose keys come from the administrator or from routing peers. */
#ifndef BW_CONTROL_CORE_HASH_H
#define BW_CONTROL_CORE_HASH_H

#include <stddef.h>
#include <stdint.h>

/* The finaliser of MurmurHash3: every input bit reaches every output bit. */
static inline uint32_t hash_u64(uint64_t v)
{
	v ^= v >> 33;
	v *= UINT64_C(0xff51afd7ed558ccd);
	v ^= v >> 33;
	v *= UINT64_C(0xc4ceb9fe1a85ec53);
	v ^= v >> 33;
	return (uint32_t)v;
}

/* FNV-1a, finished. */
static inline uint32_t hash_bytes(const void *data, size_t len)
{
	const uint8_t *p = data;
	uint64_t h = UINT64_C(0xcbf29ce484222325);

	while (len-- > 0)
		h = (h ^ *p++) * UINT64_C(0x100000001b3);
	return hash_u64(h);
}

#endif
