/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The MAC address table: (VLAN, address) -> port.
 *
 * A key lies in one of two buckets of four entries (a cache line each), so a lookup touches at
 * most two lines whatever the load. One thread writes; any number look up at the same time,
 * without locks. Readers may write `seen` and nothing else.
 *
 * The hash is keyed with random numbers: who sends frames cannot choose addresses that fill
 * one pair of buckets.
 */
#ifndef DATAPLANE_TABLES_MAC_H
#define DATAPLANE_TABLES_MAC_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define MAC_WAYS    4
#define MAC_NO_PORT UINT16_MAX

struct mac_entry {
	_Atomic uint64_t key;	/* 0 = free */
	_Atomic uint32_t seen;	/* dp_seconds() of the last frame, to about a second */
	_Atomic uint32_t place; /* port, and above it how often the entry changed hands */
};

_Static_assert(sizeof(struct mac_entry) * MAC_WAYS == 64, "a bucket is one cache line");

struct mac_table {
	/* read by workers */
	struct mac_entry *entry; /* [(mask + 1) * MAC_WAYS] */
	uint32_t mask;		 /* buckets - 1 */
	uint64_t secret, multiplier;

	/* the writer's */
	uint32_t count, limit;
	uint32_t age_at; /* the entry where mac_age() goes on */
	uint64_t moves;	 /* addresses that changed their port */
	uint64_t full;	 /* addresses that found no place */
};

struct mac_row {
	uint16_t vlan;
	uint16_t port;
	uint8_t mac[6];
	uint32_t seen;
};

/* A table for `limit` addresses (at most 2^24). NULL if there is no memory. */
struct mac_table *mac_create(uint32_t limit);

/* No reader may be left. */
void mac_destroy(struct mac_table *t);

/* The six bytes of an address as a number; the byte order does not matter here. */
static inline uint64_t mac_bits(const uint8_t mac[6])
{
	uint32_t high;
	uint16_t low;

	memcpy(&high, mac, sizeof(high));
	memcpy(&low, mac + 4, sizeof(low));
	return (uint64_t)low << 32 | high;
}

/* What an address in a VLAN (1 .. 4094) is found by. `bits` is mac_bits(). */
static inline uint64_t mac_key(uint16_t vlan, uint64_t bits)
{
	return (uint64_t)vlan << 48 | bits;
}

static inline uint64_t mac_hash(const struct mac_table *t, uint64_t key)
{
	uint64_t h = (key ^ t->secret) * 0x9e3779b97f4a7c15u;

	h = (h ^ h >> 32) * t->multiplier;
	return h ^ h >> 29;
}

/* The i-th (0, 1) bucket of a hash. */
static inline struct mac_entry *mac_bucket(const struct mac_table *t, uint64_t hash, unsigned i)
{
	return &t->entry[(hash >> (i * 32) & t->mask) * MAC_WAYS];
}

/* The entry of a key, or NULL. Readers: it may become another's at any time. */
static inline struct mac_entry *mac_find(const struct mac_table *t, uint64_t key)
{
	uint64_t hash = mac_hash(t, key);

	for (unsigned i = 0; i < 2; i++) {
		struct mac_entry *e = mac_bucket(t, hash, i);

		for (unsigned way = 0; way < MAC_WAYS; way++)
			if (atomic_load_explicit(&e[way].key, memory_order_acquire) == key)
				return &e[way];
	}
	return NULL;
}

static inline uint16_t mac_port(const struct mac_entry *e)
{
	return atomic_load_explicit(&e->place, memory_order_relaxed);
}

/* The port of a key, or MAC_NO_PORT. */
static inline uint16_t mac_lookup(const struct mac_table *t, uint64_t key)
{
	struct mac_entry *e = mac_find(t, key);
	uint32_t place;

	if (e == NULL)
		return MAC_NO_PORT;
	place = atomic_load_explicit(&e->place, memory_order_relaxed);
	/* The entry may have been given to another address after mac_find(), and back. */
	atomic_thread_fence(memory_order_acquire);
	if (atomic_load_explicit(&e->key, memory_order_acquire) != key ||
		atomic_load_explicit(&e->place, memory_order_relaxed) != place)
		return MAC_NO_PORT;
	return place;
}

/* Writer: enter an address, or move or refresh it. 0, or -ENOSPC if there is no place. */
int mac_learn(struct mac_table *t, uint64_t key, uint16_t port, uint32_t now);

/* Writer: look at the next n entries and forget those not seen for max_age seconds. */
void mac_age(struct mac_table *t, uint32_t now, uint32_t max_age, uint32_t n);

/* Writer: forget the entries for which stale(ctx, vlan, port). Returns how many. */
uint32_t mac_forget(
	struct mac_table *t, bool (*stale)(void *ctx, uint16_t vlan, uint16_t port), void *ctx);

/* Writer: the next entry from *cursor (0 at first). False at the end. */
bool mac_next(const struct mac_table *t, uint32_t *cursor, struct mac_row *row);

#endif
