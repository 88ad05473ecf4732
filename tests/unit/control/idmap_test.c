/* SPDX-License-Identifier: BSD-3-Clause */
#include "control/core/idmap.h"

#include <errno.h>
#include <string.h>

#include "support.h"

static void seeded_ids_come_back_by_key(void)
{
	struct idmap m;
	uint32_t id;

	idmap_init(&m, 1, 100);
	CU_ASSERT_EQUAL(idmap_seed(&m, 7, "x", 1), 0);
	CU_ASSERT_EQUAL(idmap_seed(&m, 3, "y", 1), 0);
	CU_ASSERT_EQUAL(idmap_assign(&m, "x", 1, &id), 0);
	CU_ASSERT_EQUAL(id, 7);
	CU_ASSERT_EQUAL(idmap_assign(&m, "x", 1, &id), 0); /* another one of the same key */
	CU_ASSERT_EQUAL(id, 1);
	CU_ASSERT_EQUAL(idmap_assign(&m, "y", 1, &id), 0);
	CU_ASSERT_EQUAL(id, 3);
	idmap_fini(&m);
}

static void equal_keys_come_back_in_order(void)
{
	struct idmap m;
	uint32_t id;

	idmap_init(&m, 1, 1000);
	for (uint32_t i = 0; i < 200; i++) /* over several growths of the table */
		CU_ASSERT_EQUAL(idmap_seed(&m, 500 - i, "k", 1), 0);
	for (uint32_t i = 0; i < 200; i++) {
		CU_ASSERT_EQUAL(idmap_assign(&m, "k", 1, &id), 0);
		CU_ASSERT_EQUAL(id, 500 - i);
	}
	idmap_fini(&m);
}

static void seeds_are_not_given_to_others_until_dropped(void)
{
	struct idmap m;
	uint32_t id;

	idmap_init(&m, 1, 4);
	CU_ASSERT_EQUAL(idmap_seed(&m, 1, "a", 1), 0);
	CU_ASSERT_EQUAL(idmap_seed(&m, 2, "b", 1), 0);
	CU_ASSERT_EQUAL(idmap_take(&m, &id), 0);
	CU_ASSERT_EQUAL(id, 3);
	CU_ASSERT_EQUAL(idmap_take(&m, &id), -ENOSPC);
	CU_ASSERT_EQUAL(idmap_assign(&m, "b", 1, &id), 0);
	idmap_drop_seeds(&m);
	CU_ASSERT_EQUAL(idmap_take(&m, &id), 0);
	CU_ASSERT_EQUAL(id, 1);
	CU_ASSERT_EQUAL(idmap_take(&m, &id), -ENOSPC);
	idmap_fini(&m);
}

static void bad_seeds_are_refused(void)
{
	struct idmap m;

	idmap_init(&m, 16, 32);
	CU_ASSERT_EQUAL(idmap_seed(&m, 15, "a", 1), -EINVAL);
	CU_ASSERT_EQUAL(idmap_seed(&m, 32, "a", 1), -EINVAL);
	CU_ASSERT_EQUAL(idmap_seed(&m, 16, "a", 1), 0);
	CU_ASSERT_EQUAL(idmap_seed(&m, 16, "b", 1), -EEXIST);
	idmap_fini(&m);
}

static void all_ids_are_given_and_given_back(void)
{
	struct idmap m;
	uint32_t id;

	idmap_init(&m, 1, 1000);
	for (uint32_t i = 1; i < 1000; i++) {
		CU_ASSERT_EQUAL(idmap_take(&m, &id), 0);
		CU_ASSERT_EQUAL(id, i);
	}
	CU_ASSERT_EQUAL(idmap_take(&m, &id), -ENOSPC);
	idmap_put(&m, 130);
	idmap_put(&m, 130); /* twice does no harm */
	CU_ASSERT_EQUAL(idmap_take(&m, &id), 0);
	CU_ASSERT_EQUAL(id, 130);
	CU_ASSERT_EQUAL(idmap_take(&m, &id), -ENOSPC);
	idmap_fini(&m);
}

int main(void)
{
	static const struct bench_test tests[] = {
		{ "seeded ids come back by key", seeded_ids_come_back_by_key },
		{ "equal keys come back in order", equal_keys_come_back_in_order },
		{ "seeds are not given to others until dropped",
			seeds_are_not_given_to_others_until_dropped },
		{ "bad seeds are refused", bad_seeds_are_refused },
		{ "all ids are given and given back", all_ids_are_given_and_given_back },
		{ NULL, NULL },
	};

	return bench_main("idmap", tests);
}
