/* SPDX-License-Identifier: BSD-3-Clause */
#include "suite.h"

#include "histogram.h"

static struct histogram h;

static void test_none(void)
{
	histogram_clear(&h);
	CU_ASSERT_EQUAL(histogram_quantile(&h, 0.5), 0);
	CU_ASSERT_EQUAL(histogram_quantile(&h, 1), 0);
}

static void test_small_values_are_exact(void)
{
	histogram_clear(&h);
	for (uint64_t v = 0; v < HISTOGRAM_SUB; v++)
		histogram_add(&h, v);
	for (uint64_t v = 0; v < HISTOGRAM_SUB; v++)
		CU_ASSERT_EQUAL(histogram_quantile(&h, ((double)v + 0.5) / HISTOGRAM_SUB), v);
	CU_ASSERT_EQUAL(histogram_quantile(&h, 1), HISTOGRAM_SUB - 1);
}

/* A single value comes back as itself, for it is the largest, too. */
static void test_every_magnitude_has_a_bucket(void)
{
	for (unsigned bit = 0; bit < 64; bit++) {
		const uint64_t edge[] = { (1ull << bit) - 1, 1ull << bit, (1ull << bit) + 1,
			UINT64_MAX >> (63 - bit) };

		for (size_t i = 0; i < sizeof(edge) / sizeof(edge[0]); i++) {
			histogram_clear(&h);
			histogram_add(&h, edge[i]);
			CU_ASSERT_EQUAL(histogram_quantile(&h, 0.5), edge[i]);
		}
	}
}

/* Against the exact answer, over nine decades. */
static void test_error_is_within_a_64th(void)
{
	const uint64_t n = 100000;
	const double share[] = { 0.001, 0.1, 0.5, 0.9, 0.99, 0.999 };

	for (uint64_t scale = 1; scale < 1000000000; scale *= 10) {
		histogram_clear(&h);
		for (uint64_t v = 0; v < n; v++)
			histogram_add(&h, v * scale);
		for (size_t i = 0; i < sizeof(share) / sizeof(share[0]); i++) {
			double exact = (double)n * share[i] * (double)scale;
			double got = (double)histogram_quantile(&h, share[i]);

			CU_ASSERT(got >= exact);
			CU_ASSERT(got <= exact * (1 + 1.0 / 64) + (double)scale);
		}
		CU_ASSERT_EQUAL(histogram_quantile(&h, 1), (n - 1) * scale);
		CU_ASSERT_EQUAL(h.count, n);
	}
}

int main(void)
{
	CU_TestInfo tests[] = {
		{ "of nothing", test_none },
		{ "small values are exact", test_small_values_are_exact },
		{ "every magnitude has a bucket", test_every_magnitude_has_a_bucket },
		{ "the error is within a 64th", test_error_is_within_a_64th },
		CU_TEST_INFO_NULL,
	};

	return run_suite("histogram", tests);
}
