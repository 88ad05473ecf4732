/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A set of interface ids: which there are, which were changed. Walks cost by the members, and for
 * the rest a look at 64 ids at once. Main lcore only.
 */
#ifndef DATAPLANE_TABLES_ITF_IDS_H
#define DATAPLANE_TABLES_ITF_IDS_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "api/msg.h"

#define ITF_IDS_WORDS (BW_MAX_IFS / 64)

/* All zero: empty. */
struct itf_ids {
	uint64_t word[ITF_IDS_WORDS];
};

static inline void itf_ids_put(struct itf_ids *ids, uint32_t id, bool member)
{
	uint64_t bit = UINT64_C(1) << id % 64;

	if (member)
		ids->word[id / 64] |= bit;
	else
		ids->word[id / 64] &= ~bit;
}

static inline void itf_ids_clear(struct itf_ids *ids)
{
	memset(ids, 0, sizeof(*ids));
}

/* The first member from `id` on, 0 if there is none: ids begin at 1. */
static inline uint32_t itf_ids_from(const struct itf_ids *ids, uint32_t id)
{
	uint32_t i = id / 64;
	uint64_t word;

	if (i >= ITF_IDS_WORDS)
		return 0;
	word = ids->word[i] & UINT64_MAX << id % 64;
	while (word == 0) {
		if (++i == ITF_IDS_WORDS)
			return 0;
		word = ids->word[i];
	}
	return i * 64 + (uint32_t)__builtin_ctzll(word);
}

/* The one after `id`, which may leave the set meanwhile; of 0 the first one. 0: no more. */
static inline uint32_t itf_ids_next(const struct itf_ids *ids, uint32_t id)
{
	return itf_ids_from(ids, id + 1);
}

_Static_assert(BW_MAX_IFS % 64 == 0, "whole words");

#endif
