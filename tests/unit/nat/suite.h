/* SPDX-License-Identifier: BSD-3-Clause */
/* A CUnit program of one suite: RUN_SUITE("name", tests) as the body of main(). */
#ifndef TESTS_UNIT_NAT_SUITE_H
#define TESTS_UNIT_NAT_SUITE_H

#include <CUnit/Basic.h>

struct test {
	const char *name;
	void (*fn)(void);
};

static inline int run_suite(const char *name, const struct test *tests, unsigned n)
{
	unsigned failed = 1;
	CU_pSuite suite;

	if (CU_initialize_registry() != CUE_SUCCESS)
		return 1;
	suite = CU_add_suite(name, NULL, NULL);
	for (unsigned i = 0; suite && i < n; i++)
		if (!CU_add_test(suite, tests[i].name, tests[i].fn))
			return 1;
	CU_basic_set_mode(CU_BRM_VERBOSE);
	if (suite && CU_basic_run_tests() == CUE_SUCCESS && CU_get_number_of_tests_run() == n)
		failed = CU_get_number_of_failures();
	CU_cleanup_registry();
	return failed != 0;
}

#define RUN_SUITE(name, tests) run_suite(name, tests, sizeof(tests) / sizeof(tests[0]))

#endif
