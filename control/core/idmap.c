/* SPDX-License-Identifier: BSD-3-Clause */
#include "control/core/idmap.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "control/core/hash.h"

struct idmap_seed {
	struct idmap_seed *next;
	uint32_t id;
	uint32_t hash;
	size_t len;
	uint8_t key[];
};

void idmap_init(struct idmap *map, uint32_t first, uint32_t limit)
{
	memset(map, 0, sizeof(*map));
	map->first = first;
	map->limit = limit;
	map->next = first;
}

void idmap_drop_seeds(struct idmap *map)
{
	for (uint32_t i = 0; i < map->buckets; i++) {
		struct idmap_seed *seed = map->bucket[i], *next;

		for (; seed != NULL; seed = next) {
			next = seed->next;
			idmap_put(map, seed->id);
			free(seed);
		}
	}
	free(map->bucket);
	map->bucket = NULL;
	map->buckets = map->n_seeds = 0;
}

void idmap_fini(struct idmap *map)
{
	idmap_drop_seeds(map);
	free(map->used);
	map->used = NULL;
	map->words = map->n_used = 0;
}

void idmap_reset(struct idmap *map)
{
	idmap_fini(map);
	map->next = map->first;
}

static bool is_used(const struct idmap *map, uint32_t id)
{
	return id / 64 < map->words && (map->used[id / 64] >> id % 64 & 1);
}

static int set_used(struct idmap *map, uint32_t id)
{
	if (id / 64 >= map->words) {
		uint32_t words = (id / 64 + 16) * 3 / 2;
		uint64_t *used = realloc(map->used, words * sizeof(*used));

		if (used == NULL)
			return -ENOMEM;
		memset(used + map->words, 0, (words - map->words) * sizeof(*used));
		map->used = used;
		map->words = words;
	}
	map->used[id / 64] |= UINT64_C(1) << id % 64;
	map->n_used++;
	return 0;
}

void idmap_put(struct idmap *map, uint32_t id)
{
	if (!is_used(map, id))
		return;
	map->used[id / 64] &= ~(UINT64_C(1) << id % 64);
	map->n_used--;
	if (id < map->next)
		map->next = id;
}

int idmap_take(struct idmap *map, uint32_t *id)
{
	uint32_t i = map->next;
	int err;

	while (i < map->limit && is_used(map, i)) {
		if (i % 64 == 0 && map->used[i / 64] == UINT64_MAX)
			i += 64;
		else
			i++;
	}
	if (i >= map->limit)
		return -ENOSPC;
	err = set_used(map, i);
	if (err != 0)
		return err;
	map->next = i + 1;
	*id = i;
	return 0;
}

static int grow(struct idmap *map)
{
	uint32_t buckets = map->buckets ? map->buckets * 2 : 64;
	struct idmap_seed **bucket = calloc(buckets, sizeof(struct idmap_seed *));

	if (bucket == NULL)
		return -ENOMEM;
	for (uint32_t i = 0; i < map->buckets; i++) {
		struct idmap_seed *seed = map->bucket[i], *next;

		for (; seed != NULL; seed = next) {
			struct idmap_seed **at = &bucket[seed->hash & (buckets - 1)];

			next = seed->next;
			while (*at != NULL) /* equal keys stay in the order seeded */
				at = &(*at)->next;
			seed->next = NULL;
			*at = seed;
		}
	}
	free(map->bucket);
	map->bucket = bucket;
	map->buckets = buckets;
	return 0;
}

int idmap_seed(struct idmap *map, uint32_t id, const void *key, size_t len)
{
	struct idmap_seed *seed, **at;
	int err;

	if (id < map->first || id >= map->limit)
		return -EINVAL;
	if (is_used(map, id))
		return -EEXIST;
	if (map->n_seeds >= map->buckets && (err = grow(map)) != 0)
		return err;
	seed = malloc(sizeof(*seed) + len);
	if (seed == NULL)
		return -ENOMEM;
	err = set_used(map, id);
	if (err != 0) {
		free(seed);
		return err;
	}
	seed->next = NULL;
	seed->id = id;
	seed->len = len;
	seed->hash = hash_bytes(key, len);
	memcpy(seed->key, key, len);
	for (at = &map->bucket[seed->hash & (map->buckets - 1)]; *at != NULL; at = &(*at)->next)
		;
	*at = seed;
	map->n_seeds++;
	return 0;
}

int idmap_assign(struct idmap *map, const void *key, size_t len, uint32_t *id)
{
	uint32_t hash = hash_bytes(key, len);
	struct idmap_seed **at, *seed;

	if (map->buckets == 0)
		return idmap_take(map, id);
	for (at = &map->bucket[hash & (map->buckets - 1)]; (seed = *at) != NULL; at = &seed->next) {
		if (seed->hash != hash || seed->len != len || memcmp(seed->key, key, len) != 0)
			continue;
		*id = seed->id;
		*at = seed->next;
		free(seed);
		map->n_seeds--;
		return 0;
	}
	return idmap_take(map, id);
}
