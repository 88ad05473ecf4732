/* SPDX-License-Identifier: BSD-3-Clause */
#include "suite.h"

#include "routes.h"

#include <errno.h>
#include <string.h>

#define N 100000u

static int by_prefix(const void *a, const void *b)
{
	const struct perf_route *x = a, *y = b;

	if (x->prefix != y->prefix)
		return x->prefix < y->prefix ? -1 : 1;
	return x->plen - y->plen;
}

static void test_all_are_different_and_well_formed(void)
{
	struct perf_route *r = routes_make(N, 1);
	unsigned of_24 = 0;

	CU_ASSERT_PTR_NOT_NULL_FATAL(r);
	for (uint32_t i = 0; i < N; i++) {
		uint32_t first = r[i].prefix >> 24;

		CU_ASSERT(r[i].plen >= 8 && r[i].plen <= 32);
		CU_ASSERT_EQUAL(r[i].prefix & (UINT32_MAX >> r[i].plen), 0);
		CU_ASSERT(first != 0 && first != 10 && first != 127 && first < 224);
		of_24 += r[i].plen == 24;
	}
	CU_ASSERT(of_24 > N * 55 / 100 && of_24 < N * 65 / 100);
	qsort(r, N, sizeof(*r), by_prefix);
	for (uint32_t i = 1; i < N; i++)
		CU_ASSERT(by_prefix(&r[i - 1], &r[i]) < 0);
	free(r);
}

static void test_the_seed_decides(void)
{
	struct perf_route *a = routes_make(1000, 7);
	struct perf_route *b = routes_make(1000, 7);
	struct perf_route *c = routes_make(1000, 8);
	unsigned same = 0;

	CU_ASSERT_FATAL(a && b && c);
	for (int i = 0; i < 1000; i++) {
		CU_ASSERT_EQUAL(by_prefix(&a[i], &b[i]), 0);
		same += by_prefix(&a[i], &c[i]) == 0;
	}
	CU_ASSERT(same < 10);
	free(a);
	free(b);
	free(c);
}

static void test_addresses_lie_in_their_route(void)
{
	struct perf_route *r = routes_make(10000, 3);

	CU_ASSERT_PTR_NOT_NULL_FATAL(r);
	for (uint32_t i = 0; i < 10000; i++) {
		uint32_t mask = ~(UINT32_MAX >> r[i].plen);
		uint32_t addr = routes_address(&r[i], i);

		CU_ASSERT_EQUAL(addr & mask, r[i].prefix);
		CU_ASSERT_NOT_EQUAL(addr, r[i].prefix);
		CU_ASSERT_NOT_EQUAL(addr, r[i].prefix | ~mask);
	}
	free(r);
}

static void test_counts_out_of_range(void)
{
	CU_ASSERT_PTR_NULL(routes_make(0, 1));
	CU_ASSERT_EQUAL(errno, EINVAL);
	CU_ASSERT_PTR_NULL(routes_make(ROUTES_MAX + 1, 1));
}

int main(void)
{
	CU_TestInfo tests[] = {
		{ "all are different and well formed", test_all_are_different_and_well_formed },
		{ "the seed decides", test_the_seed_decides },
		{ "addresses lie in their route", test_addresses_lie_in_their_route },
		{ "counts out of range", test_counts_out_of_range },
		CU_TEST_INFO_NULL,
	};

	return run_suite("routes", tests);
}
