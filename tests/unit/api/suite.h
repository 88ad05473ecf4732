/* SPDX-License-Identifier: BSD-3-Clause */
/* The frame of a CUnit program here: one suite, a table of tests, an honest exit status. */
#ifndef BW_TEST_API_SUITE_H
#define BW_TEST_API_SUITE_H

#include <CUnit/Basic.h>
#include <stdlib.h>

static inline int run_suite(const char *name, CU_TestInfo *tests)
{
	CU_SuiteInfo suites[] = {
		{ name, NULL, NULL, NULL, NULL, tests },
		CU_SUITE_INFO_NULL,
	};
	unsigned failures;

	if (CU_initialize_registry() != CUE_SUCCESS || CU_register_suites(suites) != CUE_SUCCESS) {
		fprintf(stderr, "CUnit: %s\n", CU_get_error_msg());
		return EXIT_FAILURE;
	}
	CU_basic_set_mode(CU_BRM_VERBOSE);
	CU_basic_run_tests();
	failures = CU_get_number_of_failure_records() + (CU_get_number_of_tests_run() == 0);
	CU_cleanup_registry();
	return failures ? EXIT_FAILURE : EXIT_SUCCESS;
}

#endif
