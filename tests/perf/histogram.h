/* SPDX-License-Identifier: BSD-3-Clause */
/* Counts of values by size, to within 1/64 of the value, over the whole range of 64 bits. */
#ifndef PERF_HISTOGRAM_H
#define PERF_HISTOGRAM_H

#include <stdint.h>

#define HISTOGRAM_SUB 64 /* buckets to a power of two */

struct histogram {
	uint64_t count, max;
	uint64_t bucket[64 * HISTOGRAM_SUB];
};

void histogram_clear(struct histogram *h);
void histogram_add(struct histogram *h, uint64_t value);

/* The value that the given share (0 to 1) of all does not exceed; 0 of none. */
uint64_t histogram_quantile(const struct histogram *h, double share);

#endif
