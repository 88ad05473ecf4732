/* SPDX-License-Identifier: BSD-3-Clause */
#include "histogram.h"

#include <string.h>

#define SUB_BITS 6 /* log2 of HISTOGRAM_SUB */

/* Values below HISTOGRAM_SUB have a bucket each; above, the 6 bits after the first one count. */
static unsigned bucket_of(uint64_t v)
{
	unsigned shift;

	if (v < HISTOGRAM_SUB)
		return (unsigned)v;
	shift = 63 - (unsigned)__builtin_clzll(v) - SUB_BITS;
	return (shift + 1) * HISTOGRAM_SUB + (unsigned)(v >> shift) - HISTOGRAM_SUB;
}

/* The largest value of a bucket. */
static uint64_t bucket_top(unsigned i)
{
	unsigned shift = i / HISTOGRAM_SUB;

	if (shift == 0)
		return i;
	shift--;
	return (((uint64_t)(i % HISTOGRAM_SUB) + HISTOGRAM_SUB + 1) << shift) - 1;
}

void histogram_clear(struct histogram *h)
{
	memset(h, 0, sizeof(*h));
}

void histogram_add(struct histogram *h, uint64_t value)
{
	h->bucket[bucket_of(value)]++;
	h->count++;
	if (value > h->max)
		h->max = value;
}

uint64_t histogram_quantile(const struct histogram *h, double share)
{
	uint64_t want = (uint64_t)((double)h->count * share);
	uint64_t seen = 0;

	if (h->count == 0)
		return 0;
	if (want >= h->count)
		return h->max;
	for (unsigned i = 0; i < sizeof(h->bucket) / sizeof(h->bucket[0]); i++) {
		seen += h->bucket[i];
		if (seen > want)
			return bucket_top(i) < h->max ? bucket_top(i) : h->max;
	}
	return h->max;
}
