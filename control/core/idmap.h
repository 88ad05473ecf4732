/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The ids of one class of dataplane objects, kept stable when control restarts.
 *
 * After it connects, control reads which objects the dataplane holds and seeds
 * the map: this id is held under this key (what the object is, as bytes).
 * Then every object that control wants asks for its id by key: it gets the
 * seeded one, so that sessions and counters that hang on it stay, or one that
 * the dataplane does not use. Equal keys are served in the order seeded.
 */
#ifndef BW_CONTROL_CORE_IDMAP_H
#define BW_CONTROL_CORE_IDMAP_H

#include <stddef.h>
#include <stdint.h>

struct idmap_seed;

struct idmap {
	uint32_t first, limit; /* ids are first .. limit - 1 */
	uint64_t *used;	       /* a bit for each id below `words * 64` */
	uint32_t words;
	uint32_t next; /* where to look for a free id */
	uint32_t n_used;
	struct idmap_seed **bucket; /* while seeded */
	uint32_t buckets, n_seeds;
};

void idmap_init(struct idmap *map, uint32_t first, uint32_t limit);
void idmap_fini(struct idmap *map);

/* Forget every id and every seed. */
void idmap_reset(struct idmap *map);

/* The dataplane holds `id` under `key` (copied). -EINVAL: out of range; -EEXIST; -ENOMEM. */
int idmap_seed(struct idmap *map, uint32_t id, const void *key, size_t len);

/* An id for the key. *id is then the caller's until idmap_put(). -ENOSPC, -ENOMEM. */
int idmap_assign(struct idmap *map, const void *key, size_t len, uint32_t *id);

/* The seeds that nobody asked for: their ids are free from now on. */
void idmap_drop_seeds(struct idmap *map);

/* Any free id. -ENOSPC, -ENOMEM. */
int idmap_take(struct idmap *map, uint32_t *id);
void idmap_put(struct idmap *map, uint32_t id);

#endif
