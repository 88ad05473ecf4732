/* SPDX-License-Identifier: BSD-3-Clause */
#include "control/rib/trie.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "support.h"

#define N 400

struct item {
	struct trie_node node;
	bool in;
	uint32_t key;
	uint8_t plen;
};

static uint32_t state;

static uint32_t draw(void)
{
	state = state * 1664525 + 1013904223;
	return state >> 8;
}

static bool before(const struct item *a, const struct item *b)
{
	return a->key < b->key || (a->key == b->key && a->plen < b->plen);
}

static bool covers(const struct item *a, uint32_t key, uint8_t plen)
{
	return a->plen <= plen && ((a->key ^ key) & trie_mask(a->plen)) == 0;
}

static struct item *naive_match(struct item *items, uint32_t key, uint8_t plen)
{
	struct item *best = NULL;

	for (unsigned i = 0; i < N; i++)
		if (items[i].in && covers(&items[i], key, plen) &&
			(best == NULL || items[i].plen > best->plen))
			best = &items[i];
	return best;
}

static struct item *naive_after(struct item *items, uint32_t key, uint8_t plen)
{
	struct item at = { .key = key & trie_mask(plen), .plen = plen }, *best = NULL;

	for (unsigned i = 0; i < N; i++)
		if (items[i].in && before(&at, &items[i]) &&
			(best == NULL || before(&items[i], best)))
			best = &items[i];
	return best;
}

static struct item *naive_first_in(struct item *items, uint32_t key, uint8_t plen)
{
	struct item *best = NULL;

	for (unsigned i = 0; i < N; i++)
		if (items[i].in && items[i].plen >= plen &&
			((items[i].key ^ key) & trie_mask(plen)) == 0 &&
			(best == NULL || before(&items[i], best)))
			best = &items[i];
	return best;
}

/* Prefixes that share many bits, so that the trie is deep and full of inner nodes. */
static void draw_prefix(uint32_t *key, uint8_t *plen)
{
	*plen = (uint8_t)(draw() % 33);
	*key = (draw() & 0x0f) << 28 | (draw() & 3) << 14 | (draw() & 3);
	*key &= trie_mask(*plen);
}

static void check_walk(const struct trie *t, struct item *items)
{
	struct trie_node *n = trie_first_in(t, 0, 0);
	struct item *expected = naive_first_in(items, 0, 0);
	size_t count = 0;

	for (; n != NULL; n = trie_next_in(n, 0, 0), count++) {
		CU_ASSERT_PTR_EQUAL_FATAL(n, &expected->node);
		expected = naive_after(items, expected->key, expected->plen);
	}
	CU_ASSERT_PTR_NULL(expected);
	CU_ASSERT_EQUAL(count, t->count);
}

static void random_operations_match_a_list(void)
{
	struct item *items = calloc(N, sizeof(*items));
	struct pool glue;
	struct trie t = { .glue = &glue };

	pool_init(&glue, sizeof(struct trie_node));
	state = 42;
	for (unsigned round = 0; round < 60000; round++) {
		struct item *item = &items[draw() % N];
		uint32_t key;
		uint8_t plen;

		if (item->in) {
			trie_remove(&t, &item->node);
			item->in = false;
		} else {
			draw_prefix(&item->key, &item->plen);
			struct item *same = naive_match(items, item->key, item->plen);
			bool taken = same != NULL && same->plen == item->plen;

			CU_ASSERT_EQUAL_FATAL(trie_insert(&t, &item->node, item->key, item->plen),
				taken ? -EEXIST : 0);
			item->in = !taken;
		}
		draw_prefix(&key, &plen);
		item = naive_match(items, key, plen);
		CU_ASSERT_PTR_EQUAL_FATAL(trie_match(&t, key, plen), item ? &item->node : NULL);
		item = naive_after(items, key, plen);
		CU_ASSERT_PTR_EQUAL_FATAL(trie_after(&t, key, plen), item ? &item->node : NULL);
		item = naive_first_in(items, key, plen);
		CU_ASSERT_PTR_EQUAL_FATAL(trie_first_in(&t, key, plen), item ? &item->node : NULL);
		if (round % 500 == 0)
			check_walk(&t, items);
	}
	for (unsigned i = 0; i < N; i++)
		if (items[i].in)
			trie_remove(&t, &items[i].node);
	CU_ASSERT_PTR_NULL(t.root); /* no inner node is left behind */
	CU_ASSERT_EQUAL(t.count, 0);
	CU_ASSERT_EQUAL(glue.used, 0);
	pool_fini(&glue);
	free(items);
}

static void above_is_the_covering_prefix(void)
{
	struct trie_node a, b, c, d;
	struct pool glue;
	struct trie t = { .glue = &glue };

	pool_init(&glue, sizeof(struct trie_node));
	trie_insert(&t, &a, 0x0a000000, 8);
	trie_insert(&t, &b, 0x0a010000, 16);
	trie_insert(&t, &c, 0x0a010100, 24);
	trie_insert(&t, &d, 0x0a010200, 24); /* makes an inner node above c */
	CU_ASSERT_PTR_EQUAL(trie_above(&c), &b);
	CU_ASSERT_PTR_EQUAL(trie_above(&b), &a);
	CU_ASSERT_PTR_NULL(trie_above(&a));
	trie_remove(&t, &b);
	CU_ASSERT_PTR_EQUAL(trie_above(&c), &a);
	trie_remove(&t, &a);
	trie_remove(&t, &c);
	trie_remove(&t, &d);
	CU_ASSERT_PTR_NULL(t.root);
	pool_fini(&glue);
}

int main(void)
{
	static const struct bench_test tests[] = {
		{ "random operations match a list", random_operations_match_a_list },
		{ "above is the covering prefix", above_is_the_covering_prefix },
		{ NULL, NULL },
	};

	return bench_main("trie", tests);
}
