/* SPDX-License-Identifier: BSD-3-Clause */
#include "tables/fib.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "tables/fib_pool.h"

#define GROW_AT 256 /* routes from which a 16-bit root pays for its 256 KiB */

/* For the writer: the entries of a node, and of each the prefix length it came from. */
struct view {
	_Atomic uint32_t *entry;
	uint8_t *from; /* FROM_NONE, FROM_CHILD, or prefix length + 1 */
};

enum { FROM_NONE = 0, FROM_CHILD = 0xff };

/* What is to be written, or taken away, in the trie. */
struct change {
	uint32_t prefix;
	uint8_t plen;
	uint8_t from; /* of the new value */
	uint32_t value;
	bool removal; /* replace only what the route itself had put there */
};

static struct fib_root *root_of(const struct fib *fib)
{
	return atomic_load_explicit(&fib->root, memory_order_relaxed);
}

static size_t root_entries(uint32_t shift)
{
	return 1u << (32 - shift);
}

static size_t root_bytes(uint32_t shift)
{
	return sizeof(struct fib_root) + root_entries(shift) * (sizeof(uint32_t) + 1);
}

static struct view root_view(struct fib_root *root)
{
	return (struct view) { root->entry, (uint8_t *)&root->entry[root_entries(root->shift)] };
}

static struct view node_view(const struct fib *fib, uint32_t entry)
{
	size_t word = (size_t)(entry & ~FIB_CHILD) * FIB_UNIT;

	return (struct view) { fib->pool->words + word, fib->pool->from + word };
}

static uint32_t get(struct view v, uint32_t i)
{
	return atomic_load_explicit(&v.entry[i], memory_order_relaxed);
}

/* Release, so that a child is whole before it can be found. */
static void put(struct view v, uint32_t i, uint32_t entry, uint8_t from)
{
	v.from[i] = from;
	atomic_store_explicit(&v.entry[i], entry, memory_order_release);
}

static void fill(struct view v, uint32_t n, uint32_t entry, uint8_t from)
{
	for (uint32_t i = 0; i < n; i++)
		put(v, i, entry, from);
}

/* Below an entry of a node at `shift` (bits right of its index). */
static uint32_t child_shift(uint32_t shift)
{
	return shift > 8 ? shift - 8 : shift - 4;
}

static uint32_t child_entries(uint32_t shift)
{
	return shift > 8 ? 256 : 16;
}

static struct fib_root *new_root(struct fib_pool *pool, uint32_t shift)
{
	struct fib_root *root = NULL;

	if (posix_memalign((void **)&root, 64, (root_bytes(shift) + 63) & ~(size_t)63) != 0)
		return NULL;
	root->shift = shift;
	pool->root_bytes += root_bytes(shift);
	return root;
}

static void free_root(void *pool, uint64_t root)
{
	struct fib_root *r = (struct fib_root *)(uintptr_t)root;

	((struct fib_pool *)pool)->root_bytes -= root_bytes(r->shift);
	free(r);
}

static void retire_node(struct fib *fib, uint32_t entry, uint32_t entries)
{
	uint32_t unit = entry & ~FIB_CHILD;

	fib->pool->retire(fib->pool->ctx,
		entries == 256 ? fib_pool_free_large : fib_pool_free_small, fib->pool, unit);
}

struct fib *fib_create(struct fib_pool *pool, uint16_t vrf, uint32_t none)
{
	struct fib *fib = calloc(1, sizeof(*fib));
	struct fib_root *root = fib ? new_root(pool, 24) : NULL;

	if (!root) {
		free(fib);
		return NULL;
	}
	fill(root_view(root), 256, none, FROM_NONE);
	fib->nodes = pool->words;
	fib->pool = pool;
	fib->vrf = vrf;
	fib->none = none;
	atomic_init(&fib->root, root);
	return fib;
}

static void free_children(struct fib *fib, struct view v, uint32_t n, uint32_t shift)
{
	for (uint32_t i = 0; i < n; i++) {
		if (v.from[i] != FROM_CHILD)
			continue;
		free_children(
			fib, node_view(fib, get(v, i)), child_entries(shift), child_shift(shift));
		(child_entries(shift) == 256 ? fib_pool_free_large : fib_pool_free_small)(
			fib->pool, get(v, i) & ~FIB_CHILD);
	}
}

void fib_destroy(struct fib *fib)
{
	struct fib_root *root;

	if (!fib)
		return;
	root = root_of(fib);
	for (uint32_t i = 0; fib->n_routes && i <= fib->pool->routes.mask;) {
		struct route *r = &fib->pool->routes.slot[i];

		if (r->plen != ROUTE_EMPTY && r->vrf == fib->vrf) {
			routes_remove(&fib->pool->routes, r); /* may move another here */
			fib->n_routes--;
		} else {
			i++;
		}
	}
	free_children(fib, root_view(root), root_entries(root->shift), root->shift);
	free_root(fib->pool, (uintptr_t)root);
	free(fib);
}

/* Write the change over entries first .. first + n - 1 of a node and what hangs below. */
static void write_range(struct fib *fib, struct view v, uint32_t shift, uint32_t first, uint32_t n,
	const struct change *c)
{
	for (uint32_t i = first; i < first + n; i++) {
		uint8_t from = v.from[i];

		if (from == FROM_CHILD)
			write_range(fib, node_view(fib, get(v, i)), child_shift(shift), 0,
				child_entries(shift), c);
		else if (c->removal ? from == c->plen + 1 : from <= c->plen + 1)
			put(v, i, c->value, c->from);
	}
}

/* The node below entry i, made from the entry if there is none. Negative errno if it cannot. */
static int descend(struct fib *fib, struct view v, uint32_t shift, uint32_t i, struct view *child)
{
	uint32_t n = child_entries(shift), unit;

	if (v.from[i] == FROM_CHILD) {
		*child = node_view(fib, get(v, i));
		return 0;
	}
	unit = n == 256 ? fib_pool_alloc_large(fib->pool) : fib_pool_alloc_small(fib->pool);
	if (unit == FIB_POOL_NONE)
		return -ENOMEM;
	*child = node_view(fib, unit);
	fill(*child, n, get(v, i), v.from[i]);
	put(v, i, unit | FIB_CHILD, FROM_CHILD);
	return 0;
}

/* True if a node's entries all come from one route that covers the whole node. */
static bool uniform(struct view v, uint32_t n, uint32_t shift_above)
{
	if (v.from[0] == FROM_CHILD || v.from[0] > 32 - shift_above + 1)
		return false;
	return memcmp(v.from, v.from + 1, n - 1) == 0;
}

/*
 * Apply the change below one node. A node is there only while a route longer than its own depth
 * is, so on the way back up the nodes that a removal made uniform are folded into their parents.
 */
static int apply(
	struct fib *fib, struct view v, uint32_t shift, uint32_t mask, const struct change *c)
{
	uint32_t i = c->prefix >> shift & mask;
	uint32_t bits = 32 - shift; /* prefix bits that this node's index completes */
	struct view child;
	int rc;

	if (c->plen <= bits) {
		uint32_t n = 1u << (bits - c->plen);

		write_range(fib, v, shift, i, n > mask ? mask + 1 : n, c);
		return 0;
	}
	rc = descend(fib, v, shift, i, &child);
	if (rc == 0)
		rc = apply(fib, child, child_shift(shift), child_entries(shift) - 1, c);
	if (v.from[i] == FROM_CHILD && uniform(child, child_entries(shift), shift)) {
		uint32_t gone = get(v, i);

		put(v, i, get(child, 0), child.from[0]);
		retire_node(fib, gone, child_entries(shift));
	}
	return rc;
}

static int apply_at_root(struct fib *fib, const struct change *c)
{
	struct fib_root *root = root_of(fib);

	return apply(fib, root_view(root), root->shift, root_entries(root->shift) - 1, c);
}

/* Replace the 8-bit root and the nodes right below it by one 16-bit root. */
static void grow_root(struct fib *fib)
{
	struct fib_root *old = root_of(fib), *big = new_root(fib->pool, 16);
	struct view from, to;

	if (!big)
		return; /* it works as it is, only with one more load */
	from = root_view(old);
	to = root_view(big);
	for (uint32_t i = 0; i < 256; i++) {
		struct view part = { to.entry + i * 256, to.from + i * 256 };
		struct view child;

		if (from.from[i] != FROM_CHILD) {
			fill(part, 256, get(from, i), from.from[i]);
			continue;
		}
		child = node_view(fib, get(from, i));
		for (uint32_t j = 0; j < 256; j++)
			put(part, j, get(child, j), child.from[j]);
	}
	atomic_store_explicit(&fib->root, big, memory_order_release);
	for (uint32_t i = 0; i < 256; i++)
		if (from.from[i] == FROM_CHILD)
			retire_node(fib, get(from, i), 256);
	fib->pool->retire(fib->pool->ctx, free_root, fib->pool, (uintptr_t)old);
}

static bool valid(uint32_t prefix, uint8_t plen)
{
	return plen <= 32 && (plen == 32 || prefix << plen == 0) && (plen > 0 || prefix == 0);
}

int fib_set(
	struct fib *fib, uint32_t prefix, uint8_t plen, uint32_t adj, uint8_t epoch, uint32_t *old)
{
	struct change c = { prefix, plen, plen + 1, adj, false };
	struct route *r;
	bool is_new;
	int rc;

	if (!valid(prefix, plen) || adj & FIB_CHILD)
		return -EINVAL;
	r = routes_find(&fib->pool->routes, fib->vrf, prefix, plen);
	is_new = r == NULL;
	*old = is_new ? UINT32_MAX : r->adj;
	if (!is_new && r->adj == adj) {
		r->epoch = epoch;
		return 0;
	}
	if (is_new) {
		r = fib->pool->routes.used < FIB_MAX_ROUTES
			    ? routes_add(&fib->pool->routes, fib->vrf, prefix, plen)
			    : NULL;
		if (!r)
			return -ENOMEM;
	}
	rc = apply_at_root(fib, &c);
	if (rc < 0) {
		if (is_new)
			routes_remove(&fib->pool->routes, r);
		return rc;
	}
	r->adj = adj;
	r->epoch = epoch;
	if (is_new) {
		fib->n_routes++;
		fib->routes_of_len[plen]++;
		if (fib->n_routes == GROW_AT && root_of(fib)->shift == 24)
			grow_root(fib);
	}
	return 0;
}

/* The longest route that covers prefix/plen from above, as a change's value. */
static void find_cover(const struct fib *fib, struct change *c)
{
	for (int plen = c->plen - 1; plen >= 0; plen--) {
		const struct route *r;

		if (fib->routes_of_len[plen] == 0)
			continue;
		r = routes_find(&fib->pool->routes, fib->vrf,
			plen ? c->prefix & ~(uint32_t)0 << (32 - plen) : 0, plen);
		if (r) {
			c->value = r->adj;
			c->from = plen + 1;
			return;
		}
	}
	c->value = fib->none;
	c->from = FROM_NONE;
}

uint32_t fib_cover(const struct fib *fib, uint32_t prefix, uint8_t plen)
{
	struct change c = { .prefix = prefix, .plen = plen };

	find_cover(fib, &c);
	return c.value;
}

int fib_del(struct fib *fib, uint32_t prefix, uint8_t plen, uint32_t *old)
{
	struct change c = { .prefix = prefix, .plen = plen, .removal = true };
	struct route *r;

	if (!valid(prefix, plen))
		return -EINVAL;
	r = routes_find(&fib->pool->routes, fib->vrf, prefix, plen);
	if (!r)
		return -ENOENT;
	*old = r->adj;
	routes_remove(&fib->pool->routes, r);
	fib->n_routes--;
	fib->routes_of_len[plen]--;
	find_cover(fib, &c);
	/* cannot fail: the nodes down to a route that was set are there */
	return apply_at_root(fib, &c);
}

int fib_get(const struct fib *fib, uint32_t prefix, uint8_t plen, uint32_t *adj)
{
	const struct route *r = routes_find(&fib->pool->routes, fib->vrf, prefix, plen);

	if (!r)
		return -ENOENT;
	*adj = r->adj;
	return 0;
}
