/* SPDX-License-Identifier: BSD-3-Clause */
/* The MAC address table against a model, and at its limits. */
#include <CUnit/Basic.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#include "tables/mac.h"

#define KEYS 600 /* of the model: fewer than fit, so that the limit is reached and left */

struct model {
	bool there;
	uint16_t port;
	uint32_t seen;
};

static uint32_t pseudo_random(void)
{
	static uint64_t state = 7;

	state = state * 6364136223846793005u + 1442695040888963407u;
	return state >> 33;
}

/* Addresses of several VLANs, among them the same address in two. */
static uint64_t key_of(unsigned i)
{
	uint8_t mac[6] = { 0x02, 0, 0, 0, (i / 2) >> 8, i / 2 };

	return mac_key(1 + i % 2 * 4093, mac_bits(mac));
}

static void check_model(const struct mac_table *t, const struct model *model)
{
	unsigned n = 0;

	for (unsigned i = 0; i < KEYS; i++) {
		CU_ASSERT_EQUAL(
			mac_lookup(t, key_of(i)), model[i].there ? model[i].port : MAC_NO_PORT);
		n += model[i].there;
	}
	CU_ASSERT_EQUAL(t->count, n);
}

static void check_dump(const struct mac_table *t, const struct model *model)
{
	uint32_t cursor = 0;
	struct mac_row row;
	unsigned n = 0;

	while (mac_next(t, &cursor, &row)) {
		unsigned i = ((unsigned)row.mac[4] << 8 | row.mac[5]) * 2 + (row.vlan != 1);

		CU_ASSERT_FATAL(i < KEYS);
		CU_ASSERT_TRUE(model[i].there);
		CU_ASSERT_EQUAL(row.port, model[i].port);
		CU_ASSERT_EQUAL(row.seen, model[i].seen);
		CU_ASSERT_EQUAL(row.mac[0], 0x02);
		n++;
	}
	CU_ASSERT_EQUAL(n, t->count);
}

static bool is_port(void *ctx, uint16_t, uint16_t port)
{
	return port == *(uint16_t *)ctx;
}

static void model_forget(struct mac_table *t, struct model *model, uint16_t port)
{
	uint32_t gone = 0;

	for (unsigned i = 0; i < KEYS; i++)
		if (model[i].there && model[i].port == port) {
			model[i].there = false;
			gone++;
		}
	CU_ASSERT_EQUAL(mac_forget(t, is_port, &port), gone);
}

static void random_operations_agree_with_a_model(void)
{
	struct mac_table *t = mac_create(512);
	struct model model[KEYS] = { 0 };
	uint32_t now = 1;

	CU_ASSERT_PTR_NOT_NULL_FATAL(t);
	for (unsigned step = 0; step < 40000; step++) {
		unsigned i = pseudo_random() % KEYS;
		uint16_t port = pseudo_random() % 8;

		switch (pseudo_random() % 64) {
		case 0:
			model_forget(t, model, port);
			break;
		case 1:
			now += 40;
			mac_age(t, now, 300, UINT32_MAX);
			for (unsigned k = 0; k < KEYS; k++)
				model[k].there = model[k].there && now - model[k].seen < 300;
			break;
		default:
			if (mac_learn(t, key_of(i), port, now) == 0) {
				model[i] = (struct model) { true, port, now };
			} else {
				CU_ASSERT_EQUAL(t->count, 512);
				CU_ASSERT_FALSE(model[i].there);
			}
		}
		if (step % 500 == 0)
			check_model(t, model);
	}
	check_model(t, model);
	check_dump(t, model);
	mac_destroy(t);
}

static void an_address_moves(void)
{
	struct mac_table *t = mac_create(8);

	CU_ASSERT_EQUAL(mac_learn(t, key_of(0), 3, 1), 0);
	CU_ASSERT_EQUAL(mac_learn(t, key_of(0), 3, 2), 0);
	CU_ASSERT_EQUAL(t->moves, 0);
	CU_ASSERT_EQUAL(mac_learn(t, key_of(0), 4, 3), 0);
	CU_ASSERT_EQUAL(t->moves, 1);
	CU_ASSERT_EQUAL(t->count, 1);
	CU_ASSERT_EQUAL(mac_lookup(t, key_of(0)), 4);
	mac_destroy(t);
}

static void the_same_address_in_two_vlans_is_two(void)
{
	struct mac_table *t = mac_create(8);

	mac_learn(t, key_of(0), 1, 1);
	mac_learn(t, key_of(1), 2, 1);
	CU_ASSERT_EQUAL(mac_lookup(t, key_of(0)), 1);
	CU_ASSERT_EQUAL(mac_lookup(t, key_of(1)), 2);
	mac_destroy(t);
}

static void ages_at_its_time_and_not_before(void)
{
	struct mac_table *t = mac_create(64);

	mac_learn(t, key_of(0), 1, 100);
	mac_learn(t, key_of(2), 1, 101);
	mac_age(t, 399, 300, UINT32_MAX);
	CU_ASSERT_EQUAL(t->count, 2);
	mac_age(t, 400, 300, UINT32_MAX);
	CU_ASSERT_EQUAL(mac_lookup(t, key_of(0)), MAC_NO_PORT);
	CU_ASSERT_EQUAL(mac_lookup(t, key_of(2)), 1);
	/* seen by a worker whose clock is ahead */
	mac_learn(t, key_of(0), 1, 401);
	mac_age(t, 400, 300, UINT32_MAX);
	CU_ASSERT_EQUAL(mac_lookup(t, key_of(0)), 1);
	mac_destroy(t);
}

static void aging_comes_round_in_steps(void)
{
	struct mac_table *t = mac_create(64);

	for (unsigned i = 0; i < 40; i++)
		CU_ASSERT_EQUAL(mac_learn(t, key_of(i), 1, 1), 0);
	for (unsigned i = 0; i < 256 / 16; i++)
		mac_age(t, 1000, 300, 16);
	CU_ASSERT_EQUAL(t->count, 0);
	mac_destroy(t);
}

static void takes_8192_addresses_and_then_counts(void)
{
	struct mac_table *t = mac_create(8192);
	unsigned n = 0;

	for (uint64_t i = 1; i <= 8192; i++)
		n += mac_learn(t, mac_key(1, i << 16), 5, 1) == 0;
	CU_ASSERT_EQUAL(n, 8192);
	CU_ASSERT_EQUAL(t->full, 0);
	CU_ASSERT_EQUAL(mac_learn(t, mac_key(2, 1), 5, 1), -ENOSPC);
	CU_ASSERT_EQUAL(t->full, 1);
	CU_ASSERT_EQUAL(mac_lookup(t, mac_key(2, 1)), MAC_NO_PORT);
	/* those that are in may still move */
	CU_ASSERT_EQUAL(mac_learn(t, mac_key(1, 1 << 16), 6, 1), 0);
	mac_age(t, 301, 300, UINT32_MAX);
	CU_ASSERT_EQUAL(t->count, 0);
	CU_ASSERT_EQUAL(mac_learn(t, mac_key(2, 1), 5, 301), 0);
	mac_destroy(t);
}

static void refuses_silly_sizes(void)
{
	CU_ASSERT_PTR_NULL(mac_create(0));
	CU_ASSERT_PTR_NULL(mac_create(UINT32_MAX));
	mac_destroy(NULL);
}

/* ---- readers beside the writer ---- */

struct race {
	struct mac_table *t;
	_Atomic bool stop;
	_Atomic unsigned wrong, found;
};

/* Key 1 lives behind port 1 only. */
static void *read_on(void *arg)
{
	struct race *r = arg;

	while (!r->stop) {
		uint16_t port = mac_lookup(r->t, mac_key(1, 1));

		if (port == MAC_NO_PORT)
			continue;
		r->found++;
		if (port != 1)
			r->wrong++;
	}
	return NULL;
}

static bool any(void *, uint16_t, uint16_t)
{
	return true;
}

static void readers_never_see_anothers_port(void)
{
	/* one bucket, so that one entry changes hands all the time */
	struct race r = { .t = mac_create(1) };
	pthread_t reader;

	CU_ASSERT_EQUAL_FATAL(pthread_create(&reader, NULL, read_on, &r), 0);
	/* until the reader, too, had its turn of a busy processor */
	for (unsigned i = 0; i < 2000000 || (r.found == 0 && i < 1000000000); i++) {
		uint64_t bits = 1 + i % 2;

		mac_learn(r.t, mac_key(1, bits), bits, 1);
		mac_forget(r.t, any, NULL);
	}
	r.stop = true;
	pthread_join(reader, NULL);
	CU_ASSERT_EQUAL(r.wrong, 0);
	CU_ASSERT(r.found > 0);
	mac_destroy(r.t);
}

int main(void)
{
	CU_pSuite s;
	unsigned failures;

	if (CU_initialize_registry() != CUE_SUCCESS)
		return 1;
	s = CU_add_suite("mac", NULL, NULL);
	CU_ADD_TEST(s, random_operations_agree_with_a_model);
	CU_ADD_TEST(s, an_address_moves);
	CU_ADD_TEST(s, the_same_address_in_two_vlans_is_two);
	CU_ADD_TEST(s, ages_at_its_time_and_not_before);
	CU_ADD_TEST(s, aging_comes_round_in_steps);
	CU_ADD_TEST(s, takes_8192_addresses_and_then_counts);
	CU_ADD_TEST(s, refuses_silly_sizes);
	CU_ADD_TEST(s, readers_never_see_anothers_port);
	CU_basic_set_mode(CU_BRM_VERBOSE);
	CU_basic_run_tests();
	failures = CU_get_number_of_failures();
	CU_cleanup_registry();
	return failures != 0;
}
