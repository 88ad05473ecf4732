/* SPDX-License-Identifier: BSD-3-Clause */
#include "tables/mac.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>

/*
 * Entries for each address of the limit. With one address a bucket on average the chance that
 * an address finds both of its buckets full is about 1e-9; with two it would be 1e-4.
 */
#define SLACK	  4
#define MAX_LIMIT (1u << 24)

static uint32_t n_entries(const struct mac_table *t)
{
	return (t->mask + 1) * MAC_WAYS;
}

static uint32_t buckets_for(uint32_t limit)
{
	uint32_t n = 1;

	while (n * MAC_WAYS < limit * SLACK)
		n *= 2;
	return n;
}

struct mac_table *mac_create(uint32_t limit)
{
	struct mac_table *t;
	uint32_t buckets;

	if (limit == 0 || limit > MAX_LIMIT)
		return NULL;
	t = calloc(1, sizeof(*t));
	if (t == NULL)
		return NULL;
	buckets = buckets_for(limit);
	t->entry = aligned_alloc(64, (size_t)buckets * MAC_WAYS * sizeof(struct mac_entry));
	if (t->entry == NULL || getrandom(&t->secret, sizeof(t->secret), 0) < 0 ||
		getrandom(&t->multiplier, sizeof(t->multiplier), 0) < 0) {
		mac_destroy(t);
		return NULL;
	}
	memset(t->entry, 0, (size_t)buckets * MAC_WAYS * sizeof(struct mac_entry));
	t->multiplier |= 1;
	t->mask = buckets - 1;
	t->limit = limit;
	return t;
}

void mac_destroy(struct mac_table *t)
{
	if (t == NULL)
		return;
	free(t->entry);
	free(t);
}

/* A free entry in the emptier of the two buckets, or NULL. */
static struct mac_entry *free_entry(const struct mac_table *t, uint64_t key)
{
	uint64_t hash = mac_hash(t, key);
	struct mac_entry *best = NULL;
	unsigned best_free = 0;

	for (unsigned i = 0; i < 2; i++) {
		struct mac_entry *e = mac_bucket(t, hash, i), *first = NULL;
		unsigned n = 0;

		for (unsigned way = 0; way < MAC_WAYS; way++) {
			if (atomic_load_explicit(&e[way].key, memory_order_relaxed) != 0)
				continue;
			n++;
			if (first == NULL)
				first = &e[way];
		}
		if (n > best_free) {
			best_free = n;
			best = first;
		}
	}
	return best;
}

static void set_port(struct mac_entry *e, uint16_t port, unsigned hands)
{
	uint32_t place = atomic_load_explicit(&e->place, memory_order_relaxed);

	place = ((place >> 16) + hands) << 16 | port;
	atomic_store_explicit(&e->place, place, memory_order_relaxed);
}

int mac_learn(struct mac_table *t, uint64_t key, uint16_t port, uint32_t now)
{
	struct mac_entry *e = mac_find(t, key);

	if (e != NULL) {
		if (mac_port(e) != port)
			t->moves++;
		set_port(e, port, 0);
		atomic_store_explicit(&e->seen, now, memory_order_relaxed);
		return 0;
	}
	if (t->count >= t->limit || (e = free_entry(t, key)) == NULL) {
		t->full++;
		return -ENOSPC;
	}
	/* The key last: until then no reader takes the port for it. */
	set_port(e, port, 1);
	atomic_store_explicit(&e->seen, now, memory_order_relaxed);
	atomic_store_explicit(&e->key, key, memory_order_release);
	t->count++;
	return 0;
}

static void forget(struct mac_table *t, struct mac_entry *e)
{
	atomic_store_explicit(&e->key, 0, memory_order_relaxed);
	/* A reader that sees a later owner's port has to see that the key is gone. */
	atomic_thread_fence(memory_order_release);
	t->count--;
}

void mac_age(struct mac_table *t, uint32_t now, uint32_t max_age, uint32_t n)
{
	if (n > n_entries(t))
		n = n_entries(t);
	while (n-- > 0) {
		struct mac_entry *e = &t->entry[t->age_at];

		t->age_at = (t->age_at + 1) % n_entries(t);
		if (atomic_load_explicit(&e->key, memory_order_relaxed) == 0)
			continue;
		/* Signed: a worker's clock may be a moment ahead of ours. */
		if ((int32_t)(now - atomic_load_explicit(&e->seen, memory_order_relaxed)) >=
			(int32_t)max_age)
			forget(t, e);
	}
}

uint32_t mac_forget(
	struct mac_table *t, bool (*stale)(void *ctx, uint16_t vlan, uint16_t port), void *ctx)
{
	uint32_t n = 0;

	if (t->count == 0)
		return 0;
	for (uint32_t i = 0; i < n_entries(t); i++) {
		struct mac_entry *e = &t->entry[i];
		uint64_t key = atomic_load_explicit(&e->key, memory_order_relaxed);

		if (key == 0 || !stale(ctx, key >> 48, mac_port(e)))
			continue;
		forget(t, e);
		n++;
	}
	return n;
}

bool mac_next(const struct mac_table *t, uint32_t *cursor, struct mac_row *row)
{
	while (*cursor < n_entries(t)) {
		struct mac_entry *e = &t->entry[(*cursor)++];
		uint64_t key = atomic_load_explicit(&e->key, memory_order_relaxed);
		uint32_t high = key;
		uint16_t low = key >> 32;

		if (key == 0)
			continue;
		row->vlan = key >> 48;
		row->port = mac_port(e);
		row->seen = atomic_load_explicit(&e->seen, memory_order_relaxed);
		memcpy(row->mac, &high, sizeof(high));
		memcpy(row->mac + 4, &low, sizeof(low));
		return true;
	}
	return false;
}
