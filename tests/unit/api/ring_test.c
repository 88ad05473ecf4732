/* SPDX-License-Identifier: BSD-3-Clause */
#include "suite.h"

#include "dataplane/api/ring.h"

#include <stdlib.h>

#define SLOTS 8u

struct fixture {
	struct bw_ring *ring;
	struct bw_ring_view prod, cons;
};

/* A ring whose indexes stand at `start`, in a block of exactly its size. */
static struct fixture make_ring(uint32_t start)
{
	struct fixture f;

	f.ring = aligned_alloc(BW_CACHE_LINE, bw_ring_size(SLOTS));
	CU_ASSERT_PTR_NOT_NULL_FATAL(f.ring);
	memset(f.ring, 0, bw_ring_size(SLOTS));
	atomic_store(&f.ring->head, start);
	atomic_store(&f.ring->tail, start);
	bw_ring_producer(&f.prod, f.ring, SLOTS);
	bw_ring_consumer(&f.cons, f.ring, SLOTS);
	return f;
}

static bool put(struct fixture *f, uint32_t seq)
{
	struct bw_msg *m = bw_ring_write(&f->prod);

	if (!m)
		return false;
	m->hdr.seq = seq;
	return true;
}

static void test_new_ring_is_empty(void)
{
	struct fixture f = make_ring(0);

	CU_ASSERT_PTR_NULL(bw_ring_read(&f.cons));
	CU_ASSERT_EQUAL(bw_ring_room(&f.prod), SLOTS);
	free(f.ring);
}

static void test_nothing_is_seen_before_commit(void)
{
	struct fixture f = make_ring(0);
	const struct bw_msg *m;

	CU_ASSERT(put(&f, 7));
	CU_ASSERT_PTR_NULL(bw_ring_read(&f.cons));
	bw_ring_commit_write(&f.prod);
	m = bw_ring_read(&f.cons);
	CU_ASSERT_PTR_NOT_NULL_FATAL(m);
	CU_ASSERT_EQUAL(m->hdr.seq, 7);
	CU_ASSERT_PTR_NULL(bw_ring_read(&f.cons));
	free(f.ring);
}

static void test_full_ring_takes_no_more(void)
{
	struct fixture f = make_ring(0);

	for (uint32_t i = 0; i < SLOTS; i++)
		CU_ASSERT(put(&f, i));
	CU_ASSERT_FALSE(put(&f, 99));
	CU_ASSERT_EQUAL(bw_ring_room(&f.prod), 0);
	bw_ring_commit_write(&f.prod);
	CU_ASSERT_PTR_NOT_NULL(bw_ring_read(&f.cons));
	CU_ASSERT_FALSE(put(&f, 99)); /* read, but not given back */
	bw_ring_commit_read(&f.cons);
	CU_ASSERT(put(&f, SLOTS));
	CU_ASSERT_FALSE(put(&f, 99));
	free(f.ring);
}

/* Passes n messages through in uneven portions; they come out whole and in order. */
static void pass_through(uint32_t start, uint32_t n)
{
	struct fixture f = make_ring(start);
	uint32_t sent = 0, seen = 0;

	for (uint32_t round = 0; seen < n; round++) {
		for (uint32_t i = 0; i < 1 + round % (SLOTS + 2) && sent < n; i++)
			sent += put(&f, sent);
		bw_ring_commit_write(&f.prod);
		for (uint32_t i = 0; i < 1 + round % 3; i++) {
			const struct bw_msg *m = bw_ring_read(&f.cons);

			if (!m)
				break;
			CU_ASSERT_EQUAL(m->hdr.seq, seen);
			seen++;
		}
		bw_ring_commit_read(&f.cons);
	}
	CU_ASSERT_EQUAL(sent, n);
	CU_ASSERT_PTR_NULL(bw_ring_read(&f.cons));
	bw_ring_producer(&f.prod, f.ring, SLOTS); /* the old view looks again only when full */
	CU_ASSERT_EQUAL(bw_ring_room(&f.prod), SLOTS);
	free(f.ring);
}

static void test_order_is_kept(void)
{
	pass_through(0, 10000);
}

static void test_indexes_wrap(void)
{
	pass_through(UINT32_MAX - 20, 1000);
	pass_through(INT32_MAX - 20, 1000);
}

/* Bad heads look empty: to a view that was there before, and to a new one. */
static void test_consumer_believes_no_bad_head(void)
{
	static const uint32_t distance[] = { SLOTS + 1, 1u << 20, 1u << 31, UINT32_MAX,
		UINT32_MAX - SLOTS };

	for (size_t i = 0; i < sizeof(distance) / sizeof(distance[0]); i++) {
		struct fixture f = make_ring(100);
		struct bw_ring_view fresh;

		atomic_store(&f.ring->head, 100 + distance[i]);
		CU_ASSERT_PTR_NULL(bw_ring_read(&f.cons));
		CU_ASSERT_EQUAL(f.cons.own, 100);
		bw_ring_consumer(&fresh, f.ring, SLOTS);
		CU_ASSERT_PTR_NULL(bw_ring_read(&fresh));
		CU_ASSERT_EQUAL(fresh.own, 100);
		/* and an honest one is believed again */
		atomic_store(&f.ring->head, 101);
		CU_ASSERT_PTR_NOT_NULL(bw_ring_read(&f.cons));
		free(f.ring);
	}
}

/* Bad tails look full: writing stays within the slots, and stops. */
static void test_producer_believes_no_bad_tail(void)
{
	static const uint32_t distance[] = { 1, SLOTS, 1u << 20, 1u << 31, UINT32_MAX };

	for (size_t i = 0; i < sizeof(distance) / sizeof(distance[0]); i++) {
		struct fixture f = make_ring(100);
		unsigned written = 0;

		/* ahead of the head: a tail that no reader can have reached */
		atomic_store(&f.ring->tail, 100 + distance[i]);
		bw_ring_producer(&f.prod, f.ring, SLOTS);
		while (written < 4 * SLOTS && put(&f, 0))
			written++;
		CU_ASSERT(written <= SLOTS);
		free(f.ring);
	}
}

/* A consumer that takes slots while the head jumps about never leaves the block (ASan). */
static void test_indexes_at_random(void)
{
	struct fixture f = make_ring(0);
	uint32_t x = 1;

	for (unsigned i = 0; i < 200000; i++) {
		const struct bw_msg *m;

		x = x * 1664525u + 1013904223u;
		if (x & 0x100)
			atomic_store(&f.ring->head, x >> (x & 31));
		if (x & 0x200)
			atomic_store(&f.ring->tail, x >> (x >> 5 & 31));
		m = bw_ring_read(&f.cons);
		if (m)
			CU_ASSERT(m >= f.ring->slot && m < f.ring->slot + SLOTS);
		m = bw_ring_write(&f.prod);
		if (m)
			CU_ASSERT(m >= f.ring->slot && m < f.ring->slot + SLOTS);
		if (x & 0x400)
			bw_ring_commit_read(&f.cons);
		if (x & 0x800)
			bw_ring_commit_write(&f.prod);
	}
	free(f.ring);
}

int main(void)
{
	CU_TestInfo tests[] = {
		{ "a new ring is empty", test_new_ring_is_empty },
		{ "nothing is seen before the commit", test_nothing_is_seen_before_commit },
		{ "a full ring takes no more", test_full_ring_takes_no_more },
		{ "order is kept", test_order_is_kept },
		{ "indexes wrap", test_indexes_wrap },
		{ "the consumer believes no bad head", test_consumer_believes_no_bad_head },
		{ "the producer believes no bad tail", test_producer_believes_no_bad_tail },
		{ "indexes at random", test_indexes_at_random },
		CU_TEST_INFO_NULL,
	};

	return run_suite("ring", tests);
}
