/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A single-producer, single-consumer ring of fixed-size slots in shared memory.
 *
 * The two sides may be different processes, and either may be hostile or dead:
 * neither index of the other side is believed before it is checked, so a bad
 * index makes the ring look empty or full and never leads outside the slots.
 * Indexes run freely and wrap at 2^32; the slot is index & (slots - 1).
 */
#ifndef BW_API_RING_H
#define BW_API_RING_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "msg.h"

#define BW_CACHE_LINE 64

/* In shared memory. The producer writes head, the consumer tail. */
struct bw_ring {
	_Alignas(BW_CACHE_LINE) _Atomic uint32_t head;
	_Alignas(BW_CACHE_LINE) _Atomic uint32_t tail;
	_Alignas(BW_CACHE_LINE) struct bw_msg slot[];
};

/* One side's private view of a ring: where it is and how far this side has got. */
struct bw_ring_view {
	struct bw_ring *ring;
	uint32_t slots; /* a power of two */
	uint32_t own;	/* this side's index, published by *_commit() */
	uint32_t peer;	/* the other side's index as last seen */
};

/* Bytes of shared memory that a ring of that many slots takes. */
static inline size_t bw_ring_size(uint32_t slots)
{
	return sizeof(struct bw_ring) + (size_t)slots * sizeof(struct bw_msg);
}

/* The producer's view of a ring as it stands in memory. */
static inline void bw_ring_producer(struct bw_ring_view *v, struct bw_ring *ring, uint32_t slots)
{
	v->ring = ring;
	v->slots = slots;
	v->own = atomic_load_explicit(&ring->head, memory_order_relaxed);
	v->peer = atomic_load_explicit(&ring->tail, memory_order_acquire);
}

/* The consumer's view of a ring as it stands in memory. */
static inline void bw_ring_consumer(struct bw_ring_view *v, struct bw_ring *ring, uint32_t slots)
{
	v->ring = ring;
	v->slots = slots;
	v->own = atomic_load_explicit(&ring->tail, memory_order_relaxed);
	v->peer = v->own; /* bw_ring_read() fetches the other side's index, and checks it */
}

/* Slots that can be written before the ring is full. */
static inline uint32_t bw_ring_room(struct bw_ring_view *v)
{
	uint32_t used = v->own - v->peer;

	/* callers keep a reserve, so look anew well before the last slot */
	if (used >= v->slots - v->slots / 4) {
		v->peer = atomic_load_explicit(&v->ring->tail, memory_order_acquire);
		used = v->own - v->peer;
	}
	return used >= v->slots ? 0 : v->slots - used;
}

/*
 * The next slot to write, or NULL if the ring is full. It belongs to the
 * producer until bw_ring_commit_write() publishes all slots taken so far.
 */
static inline struct bw_msg *bw_ring_write(struct bw_ring_view *v)
{
	if (bw_ring_room(v) == 0)
		return NULL;
	return &v->ring->slot[v->own++ & (v->slots - 1)];
}

static inline void bw_ring_commit_write(struct bw_ring_view *v)
{
	atomic_store_explicit(&v->ring->head, v->own, memory_order_release);
}

/*
 * The next slot to read, or NULL if the ring is empty. It stays readable until
 * bw_ring_commit_read() gives all slots read so far back to the producer. The
 * producer can still change it: copy what is checked before it is used.
 */
static inline const struct bw_msg *bw_ring_read(struct bw_ring_view *v)
{
	if (v->own == v->peer) {
		v->peer = atomic_load_explicit(&v->ring->head, memory_order_acquire);
		if (v->peer - v->own > v->slots) /* not an index this ring can have */
			v->peer = v->own;
		if (v->own == v->peer)
			return NULL;
	}
	return &v->ring->slot[v->own++ & (v->slots - 1)];
}

static inline void bw_ring_commit_read(struct bw_ring_view *v)
{
	atomic_store_explicit(&v->ring->tail, v->own, memory_order_release);
}

#endif
