/* SPDX-License-Identifier: BSD-3-Clause */
#include "control/rib/trie.h"

#include <errno.h>
#include <stdlib.h>

static bool covers(const struct trie_node *n, uint32_t key, uint8_t plen)
{
	return n->plen <= plen && ((n->key ^ key) & trie_mask(n->plen)) == 0;
}

static unsigned bit(uint32_t key, uint8_t at)
{
	return key >> (31 - at) & 1;
}

static uint64_t rank(const struct trie_node *n)
{
	return (uint64_t)n->key << 8 | n->plen;
}

static struct trie_node **link_of(struct trie *t, struct trie_node *n)
{
	if (n->parent == NULL)
		return &t->root;
	return &n->parent->child[n->parent->child[1] == n];
}

/* Put `node` where `old` was. */
static void replace(struct trie *t, struct trie_node *old, struct trie_node *node)
{
	*link_of(t, old) = node;
	node->parent = old->parent;
}

static void adopt(struct trie_node *parent, struct trie_node *child)
{
	parent->child[bit(child->key, parent->plen)] = child;
	child->parent = parent;
}

static uint8_t common(uint32_t a, uint8_t a_len, uint32_t b, uint8_t b_len)
{
	uint8_t max = a_len < b_len ? a_len : b_len;
	uint8_t same = a == b ? 32 : (uint8_t)__builtin_clz(a ^ b);

	return same < max ? same : max;
}

/* Neither covers the other: an inner node for what they have in common. */
static int fork_at(struct trie *t, struct trie_node *at, struct trie_node *node)
{
	struct trie_node *glue = pool_get(t->glue);

	if (glue == NULL)
		return -ENOMEM;
	glue->glue = true;
	glue->plen = common(at->key, at->plen, node->key, node->plen);
	glue->key = node->key & trie_mask(glue->plen);
	replace(t, at, glue);
	adopt(glue, at);
	adopt(glue, node);
	return 0;
}

int trie_insert(struct trie *t, struct trie_node *node, uint32_t key, uint8_t plen)
{
	struct trie_node *at = t->root, *above = NULL;
	int err = 0;

	*node = (struct trie_node) { .key = key & trie_mask(plen), .plen = plen };
	while (at != NULL && covers(at, node->key, plen) && at->plen < plen) {
		above = at;
		at = at->child[bit(node->key, at->plen)];
	}
	if (at == NULL) {
		if (above == NULL)
			t->root = node;
		else
			adopt(above, node);
	} else if (at->plen == plen && at->key == node->key) {
		if (!at->glue)
			return -EEXIST;
		replace(t, at, node);
		adopt(node, at->child[0]);
		adopt(node, at->child[1]);
		pool_put(t->glue, at);
	} else if (covers(node, at->key, at->plen)) {
		replace(t, at, node);
		adopt(node, at);
	} else {
		err = fork_at(t, at, node);
	}
	t->count += err == 0;
	return err;
}

/* A node with one child or none leaves its place to it. */
static void splice(struct trie *t, struct trie_node *node)
{
	struct trie_node *child = node->child[node->child[0] == NULL];

	*link_of(t, node) = child;
	if (child != NULL)
		child->parent = node->parent;
}

void trie_remove(struct trie *t, struct trie_node *node)
{
	struct trie_node *parent = node->parent;

	t->count--;
	if (node->child[0] != NULL && node->child[1] != NULL) {
		struct trie_node *glue = pool_get(t->glue);

		/* Without memory for an inner node the removed one would have to stay. */
		if (glue == NULL)
			abort();
		*glue = *node;
		glue->glue = true;
		replace(t, node, glue);
		adopt(glue, node->child[0]);
		adopt(glue, node->child[1]);
		return;
	}
	splice(t, node);
	if (parent != NULL && parent->glue &&
		(parent->child[0] == NULL || parent->child[1] == NULL)) {
		splice(t, parent);
		pool_put(t->glue, parent);
	}
}

struct trie_node *trie_find(const struct trie *t, uint32_t key, uint8_t plen)
{
	struct trie_node *n = trie_match(t, key, plen);

	return n != NULL && n->plen == plen ? n : NULL;
}

struct trie_node *trie_match(const struct trie *t, uint32_t key, uint8_t plen)
{
	struct trie_node *best = NULL;

	for (struct trie_node *n = t->root; n != NULL && covers(n, key, plen);
		n = n->child[bit(key, n->plen)]) {
		if (!n->glue)
			best = n;
		if (n->plen == plen)
			break;
	}
	return best;
}

struct trie_node *trie_above(const struct trie_node *node)
{
	struct trie_node *n = node->parent;

	while (n != NULL && n->glue)
		n = n->parent;
	return n;
}

/* The next node in order, glue included. */
static struct trie_node *step(const struct trie_node *n)
{
	if (n->child[0] != NULL)
		return n->child[0];
	if (n->child[1] != NULL)
		return n->child[1];
	for (; n->parent != NULL; n = n->parent)
		if (n->parent->child[0] == n && n->parent->child[1] != NULL)
			return n->parent->child[1];
	return NULL;
}

static struct trie_node *skip_glue(struct trie_node *n)
{
	while (n != NULL && n->glue)
		n = step(n);
	return n;
}

static struct trie_node *within(struct trie_node *n, uint32_t key, uint8_t plen)
{
	if (n == NULL || n->plen < plen || ((n->key ^ key) & trie_mask(plen)) != 0)
		return NULL;
	return n;
}

struct trie_node *trie_first_in(const struct trie *t, uint32_t key, uint8_t plen)
{
	struct trie_node *n = t->root;

	while (n != NULL && n->plen < plen && covers(n, key, plen))
		n = n->child[bit(key, n->plen)];
	return within(skip_glue(n), key, plen);
}

struct trie_node *trie_next_in(const struct trie_node *node, uint32_t key, uint8_t plen)
{
	return within(skip_glue(step(node)), key, plen);
}

/* In-order is the order of (key, plen), so all of a subtree lies between its root and the next. */
struct trie_node *trie_after(const struct trie *t, uint32_t key, uint8_t plen)
{
	uint64_t at = (uint64_t)(key & trie_mask(plen)) << 8 | plen;
	struct trie_node *n = t->root, *best = NULL;

	while (n != NULL) {
		struct trie_node *upper = n->child[1];

		if (rank(n) > at) {
			best = n;
			break;
		}
		if (upper != NULL && rank(upper) <= at) {
			n = upper;
			continue;
		}
		if (upper != NULL)
			best = upper;
		n = n->child[0];
	}
	return skip_glue(best);
}
