/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Hash index over sessions: a bucket is one cache line with seven signatures
 * and the sessions they stand for; what does not fit hangs off it in a chain
 * through the sessions themselves. So an insertion cannot fail and a lookup is
 * one line for the bucket and one for the session.
 */
#ifndef DATAPLANE_NAT_INDEX_H
#define DATAPLANE_NAT_INDEX_H

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "nat/session.h"

#define NAT_BUCKET_SLOTS 7

struct nat_bucket {
	uint32_t sig[8];	       /* sig[7] stays 0: no signature is 0 */
	uint32_t id[NAT_BUCKET_SLOTS]; /* 0 = free */
	uint32_t chain;
} __attribute__((aligned(64)));

_Static_assert(sizeof(struct nat_bucket) == 64, "one cache line");

struct nat_index {
	struct nat_bucket *bucket;
	uint32_t mask;
};

static inline struct nat_bucket *nat_index_bucket(const struct nat_index *x, uint64_t hash)
{
	return &x->bucket[(uint32_t)hash & x->mask];
}

static inline uint32_t nat_index_sig(uint64_t hash)
{
	return (uint32_t)(hash >> 32) | 1;
}

/* The slots with this signature, as bits. */
static inline unsigned nat_bucket_match(const struct nat_bucket *b, uint32_t sig)
{
#ifdef __SSE2__
	__m128i want = _mm_set1_epi32((int)sig);
	__m128i low = _mm_cmpeq_epi32(_mm_load_si128((const __m128i *)b->sig), want);
	__m128i high = _mm_cmpeq_epi32(_mm_load_si128((const __m128i *)(b->sig + 4)), want);

	return _mm_movemask_ps(_mm_castsi128_ps(low)) | _mm_movemask_ps(_mm_castsi128_ps(high))
								<< 4;
#else
	unsigned bits = 0;

	for (unsigned i = 0; i < NAT_BUCKET_SLOTS; i++)
		bits |= (b->sig[i] == sig) << i;
	return bits;
#endif
}

/* The session with that signature to look at first, 0 = none. */
static inline uint32_t nat_index_candidate(const struct nat_index *x, uint64_t hash)
{
	const struct nat_bucket *b = nat_index_bucket(x, hash);
	unsigned bits = nat_bucket_match(b, nat_index_sig(hash));

	return bits ? b->id[__builtin_ctz(bits)] : b->chain;
}

/* The session with this key, 0 = none. */
static inline uint32_t nat_index_find(const struct nat_index *x, const struct nat_session *session,
	enum nat_dir dir, const struct nat_key *key, uint64_t hash)
{
	const struct nat_bucket *b = nat_index_bucket(x, hash);
	uint32_t id;

	for (unsigned bits = nat_bucket_match(b, nat_index_sig(hash)); bits; bits &= bits - 1) {
		id = b->id[__builtin_ctz(bits)];
		if (nat_session_is(&session[id], dir, key))
			return id;
	}
	for (id = b->chain; id; id = session[id].chain[dir])
		if (nat_session_is(&session[id], dir, key))
			return id;
	return 0;
}

static inline void nat_index_insert(const struct nat_index *x, struct nat_session *session,
	enum nat_dir dir, uint64_t hash, uint32_t id)
{
	struct nat_bucket *b = nat_index_bucket(x, hash);

	for (unsigned i = 0; i < NAT_BUCKET_SLOTS; i++) {
		if (b->id[i])
			continue;
		b->sig[i] = nat_index_sig(hash);
		b->id[i] = id;
		return;
	}
	session[id].chain[dir] = b->chain;
	b->chain = id;
}

static inline void nat_index_remove(const struct nat_index *x, const struct nat_seeds *seeds,
	struct nat_session *session, enum nat_dir dir, uint64_t hash, uint32_t id)
{
	struct nat_bucket *b = nat_index_bucket(x, hash);
	uint32_t *link, first = b->chain;

	for (unsigned i = 0; i < NAT_BUCKET_SLOTS; i++) {
		if (b->id[i] != id)
			continue;
		b->id[i] = first; /* the chain gets shorter, or the slot free */
		b->sig[i] = 0;
		if (first) {
			struct nat_key key = nat_session_key(&session[first], dir);

			b->sig[i] = nat_index_sig(nat_key_hash(seeds, key));
			b->chain = session[first].chain[dir];
		}
		return;
	}
	for (link = &b->chain; *link != id; link = &session[*link].chain[dir])
		;
	*link = session[id].chain[dir];
}

#endif
