/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A path-compressed binary trie of IPv4 prefixes (Morrison's PATRICIA without the
 * back links). Nodes are embedded in what they index; inner nodes that hold no
 * prefix of their own are the trie's. In-order is the order of addresses, a
 * shorter prefix before the longer ones within it.
 */
#ifndef BW_CONTROL_RIB_TRIE_H
#define BW_CONTROL_RIB_TRIE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "control/core/pool.h"

struct trie_node {
	struct trie_node *child[2], *parent;
	uint32_t key; /* host byte order, bits beyond plen zero */
	uint8_t plen;
	bool glue;	  /* an inner node of the trie's own */
	uint8_t owner[2]; /* the owner's, where there is room anyway; 0 once inserted */
};

/* Inner nodes are of `glue`, which several tries may share: pool_init() by trie_node's size. */
struct trie {
	struct trie_node *root;
	size_t count; /* nodes that are not glue */
	struct pool *glue;
};

/*
 * Insert a node with key and plen. 0, -EEXIST (node is not in the trie) or
 * -ENOMEM. The node stays the caller's and must stay where it is.
 */
int trie_insert(struct trie *t, struct trie_node *node, uint32_t key, uint8_t plen);
void trie_remove(struct trie *t, struct trie_node *node);

struct trie_node *trie_find(const struct trie *t, uint32_t key, uint8_t plen);

/* The longest prefix that covers key/plen (itself included), or NULL. */
struct trie_node *trie_match(const struct trie *t, uint32_t key, uint8_t plen);

/* The longest one above a node of the trie, or NULL. */
struct trie_node *trie_above(const struct trie_node *node);

/* The first node at or within key/plen, or NULL; and the next one in order within it. */
struct trie_node *trie_first_in(const struct trie *t, uint32_t key, uint8_t plen);
struct trie_node *trie_next_in(const struct trie_node *node, uint32_t key, uint8_t plen);

/* The first node that comes after key/plen in order, which need not be in the trie. */
struct trie_node *trie_after(const struct trie *t, uint32_t key, uint8_t plen);

static inline uint32_t trie_mask(unsigned plen)
{
	return plen == 0 ? 0 : UINT32_MAX << (32 - plen);
}

#endif
