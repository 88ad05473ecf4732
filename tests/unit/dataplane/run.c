/* SPDX-License-Identifier: BSD-3-Clause */
#include <CUnit/Basic.h>

#include "support.h"

int t_run(void)
{
	unsigned failures;

	CU_basic_set_mode(CU_BRM_VERBOSE);
	CU_basic_run_tests();
	failures = CU_get_number_of_failures() + CU_get_number_of_suites_failed();
	if (CU_get_number_of_tests_run() == 0)
		failures++;
	CU_cleanup_registry();
	return failures ? 1 : 0;
}
