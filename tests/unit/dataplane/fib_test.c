/* SPDX-License-Identifier: BSD-3-Clause */
/* The forwarding table against a naive list, and its memory with many tables. */
#include "tables/fib.h"

#include <CUnit/Basic.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define NONE 0u

static void retire_now(void *ctx, void (*fn)(void *, uint64_t), void *arg, uint64_t value)
{
	(void)ctx;
	fn(arg, value);
}

static uint32_t seed = 42;

static uint32_t rnd(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 17;
	seed ^= seed << 5;
	return seed;
}

static uint32_t mask_of(uint8_t plen)
{
	return plen ? ~(uint32_t)0 << (32 - plen) : 0;
}

struct model {
	struct {
		uint32_t prefix, adj;
		uint8_t plen;
	} route[2048];
	unsigned n;
};

static uint32_t model_lookup(const struct model *m, uint32_t addr)
{
	uint32_t adj = NONE;
	int best = -1;

	for (unsigned i = 0; i < m->n; i++)
		if ((addr & mask_of(m->route[i].plen)) == m->route[i].prefix &&
			m->route[i].plen > best) {
			best = m->route[i].plen;
			adj = m->route[i].adj;
		}
	return adj;
}

static int model_find(const struct model *m, uint32_t prefix, uint8_t plen)
{
	for (unsigned i = 0; i < m->n; i++)
		if (m->route[i].prefix == prefix && m->route[i].plen == plen)
			return i;
	return -1;
}

static void check_agreement(const struct fib *fib, const struct model *m)
{
	for (int i = 0; i < 60; i++) {
		uint32_t addr = rnd();

		if (m->n && i % 2) /* at the edges of a route */
			addr = m->route[rnd() % m->n].prefix - 1 + rnd() % 3;
		if (fib_lookup(fib, addr) != model_lookup(m, addr)) {
			CU_FAIL("lookup differs from the model");
			return;
		}
	}
}

/* Prefixes that collide often: few first octets, all lengths. */
static uint32_t some_prefix(uint8_t plen)
{
	return ((rnd() % 4) << 24 | (rnd() & 0x00010101u * (1 + rnd() % 255)) | (rnd() & 7)) &
	       mask_of(plen);
}

static void step(struct fib *fib, struct model *m)
{
	uint8_t plen = rnd() % 33;
	uint32_t prefix = some_prefix(plen), old;
	int at;

	if (rnd() % 5 < 2 && m->n) {
		at = rnd() % m->n;
		CU_ASSERT_EQUAL(fib_del(fib, m->route[at].prefix, m->route[at].plen, &old), 0);
		CU_ASSERT_EQUAL(old, m->route[at].adj);
		m->route[at] = m->route[--m->n];
		return;
	}
	at = model_find(m, prefix, plen);
	if (at < 0) {
		if (m->n == 2048)
			return;
		at = m->n++;
		m->route[at].prefix = prefix;
		m->route[at].plen = plen;
	}
	m->route[at].adj = 1 + rnd() % 1000;
	CU_ASSERT_EQUAL(fib_set(fib, prefix, plen, m->route[at].adj, 0, &old), 0);
}

static void agrees_with_model(void)
{
	struct fib_pool *pool = fib_pool_create(retire_now, NULL);
	struct fib *fib = fib_create(pool, 0, NONE);
	struct model *m = calloc(1, sizeof(*m));
	size_t empty = fib_pool_memory(pool);
	uint32_t old;

	for (int i = 0; i < 20000; i++) {
		step(fib, m);
		if (i % 4 == 0)
			check_agreement(fib, m);
	}
	CU_ASSERT_TRUE(m->n > 256); /* so the root has grown on the way */
	while (m->n) {
		m->n--;
		CU_ASSERT_EQUAL(fib_del(fib, m->route[m->n].prefix, m->route[m->n].plen, &old), 0);
	}
	check_agreement(fib, m);
	/* all nodes are back: what is left is the 16-bit root and the grown route store */
	CU_ASSERT_TRUE(fib_pool_memory(pool) < empty + 512 * 1024);
	fib_destroy(fib);
	fib_pool_destroy(pool);
	free(m);
}

static void refuses_bad_routes(void)
{
	struct fib_pool *pool = fib_pool_create(retire_now, NULL);
	struct fib *fib = fib_create(pool, 0, NONE);
	uint32_t old;

	CU_ASSERT_EQUAL(fib_set(fib, 0x0a000001, 24, 1, 0, &old), -EINVAL);
	CU_ASSERT_EQUAL(fib_set(fib, 0x0a000000, 33, 1, 0, &old), -EINVAL);
	CU_ASSERT_EQUAL(fib_set(fib, 1, 0, 1, 0, &old), -EINVAL);
	CU_ASSERT_EQUAL(fib_set(fib, 0x0a000000, 8, FIB_CHILD, 0, &old), -EINVAL);
	CU_ASSERT_EQUAL(fib_del(fib, 0x0a000000, 8, &old), -ENOENT);
	CU_ASSERT_EQUAL(fib_lookup(fib, 0x0a000001), NONE);
	fib_destroy(fib);
	fib_pool_destroy(pool);
}

static void default_route_and_host_routes(void)
{
	struct fib_pool *pool = fib_pool_create(retire_now, NULL);
	struct fib *fib = fib_create(pool, 3, NONE);
	uint32_t old, adj;

	CU_ASSERT_EQUAL(fib_set(fib, 0, 0, 7, 0, &old), 0);
	CU_ASSERT_EQUAL(old, UINT32_MAX);
	CU_ASSERT_EQUAL(fib_set(fib, 0xffffffff, 32, 8, 0, &old), 0);
	CU_ASSERT_EQUAL(fib_set(fib, 0, 32, 9, 0, &old), 0);
	CU_ASSERT_EQUAL(fib_lookup(fib, 0xffffffff), 8);
	CU_ASSERT_EQUAL(fib_lookup(fib, 0), 9);
	CU_ASSERT_EQUAL(fib_lookup(fib, 1), 7);
	CU_ASSERT_EQUAL(fib_set(fib, 0, 0, 17, 0, &old), 0);
	CU_ASSERT_EQUAL(old, 7);
	CU_ASSERT_EQUAL(fib_lookup(fib, 1), 17);
	CU_ASSERT_EQUAL(fib_get(fib, 0, 32, &adj), 0);
	CU_ASSERT_EQUAL(adj, 9);
	CU_ASSERT_EQUAL(fib_del(fib, 0, 0, &old), 0);
	CU_ASSERT_EQUAL(fib_lookup(fib, 1), NONE);
	CU_ASSERT_EQUAL(fib_lookup(fib, 0), 9);
	fib_destroy(fib);
	fib_pool_destroy(pool);
}

static void many_small_tables_stay_small(void)
{
	struct fib_pool *pool = fib_pool_create(retire_now, NULL);
	struct fib *fib[256];
	uint32_t old;

	for (int v = 0; v < 256; v++) {
		fib[v] = fib_create(pool, v, NONE);
		for (int i = 0; i < 100; i++) {
			uint8_t plen = 8 + rnd() % 25;

			CU_ASSERT_EQUAL(
				fib_set(fib[v], rnd() & mask_of(plen), plen, v + 1, 0, &old), 0);
		}
	}
	printf(" [256 tables of 100 routes: %.1f MiB] ", fib_pool_memory(pool) / 1048576.0);
	CU_ASSERT_TRUE(fib_pool_memory(pool) < 64 * 1048576);
	for (int v = 0; v < 256; v++)
		fib_destroy(fib[v]);
	fib_pool_destroy(pool);
}

static void a_million_routes(void)
{
	struct fib_pool *pool = fib_pool_create(retire_now, NULL);
	struct fib *fib = fib_create(pool, 0, NONE);
	struct timespec a, b;
	uint32_t old, n = 0;

	clock_gettime(CLOCK_MONOTONIC, &a);
	while (fib->n_routes < 1000000) {
		uint8_t plen = rnd() % 100 < 60 ? 24 : 16 + rnd() % 9;

		if (fib_set(fib, rnd() & mask_of(plen), plen, 1 + n % 1000, 0, &old) < 0)
			CU_FAIL("set failed");
		n++;
	}
	clock_gettime(CLOCK_MONOTONIC, &b);
	printf(" [1M routes: %.2f s, %.0f MiB] ",
		b.tv_sec - a.tv_sec + (b.tv_nsec - a.tv_nsec) / 1e9,
		fib_pool_memory(pool) / 1048576.0);
	CU_ASSERT_TRUE(fib_pool_memory(pool) < 512u * 1048576);
	fib_destroy(fib);
	fib_pool_destroy(pool);
}

int main(void)
{
	CU_pSuite suite;

	CU_initialize_registry();
	suite = CU_add_suite("fib", NULL, NULL);
	CU_add_test(suite, "agrees with a naive model", agrees_with_model);
	CU_add_test(suite, "refuses bad routes", refuses_bad_routes);
	CU_add_test(suite, "default route and host routes", default_route_and_host_routes);
	CU_add_test(suite, "256 small tables", many_small_tables_stay_small);
	CU_add_test(suite, "1,000,000 routes", a_million_routes);
	CU_basic_set_mode(CU_BRM_VERBOSE);
	CU_basic_run_tests();
	unsigned failures = CU_get_number_of_failures();
	CU_cleanup_registry();
	return failures ? 1 : 0;
}
