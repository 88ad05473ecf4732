/* SPDX-License-Identifier: BSD-3-Clause */
#include "tables/alias.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_SIZE 16

void alias_free_all(struct alias_table *t)
{
	free(t->item);
	free(t->head);
	memset(t, 0, sizeof(*t));
}

static uint32_t *bucket_of(const struct alias_table *t, uint16_t if_id, bw_ip4 addr)
{
	uint32_t h = (addr ^ if_id * 0x85ebca6bu) * 0x9e3779b1u;

	return &t->head[(h ^ h >> 16) & (t->size - 1)];
}

/* What leads to the alias: its place in the chain, where 0 ends it. */
static uint32_t *link_to(const struct alias_table *t, uint16_t if_id, bw_ip4 addr)
{
	uint32_t *at = bucket_of(t, if_id, addr);

	while (*at && (t->item[*at - 1].addr != addr || t->item[*at - 1].if_id != if_id))
		at = &t->item[*at - 1].next;
	return at;
}

static int grow(struct alias_table *t)
{
	uint32_t size = t->size ? 2 * t->size : FIRST_SIZE;
	struct alias *item = realloc(t->item, size * sizeof(*item));
	uint32_t *head = item ? calloc(size, sizeof(*head)) : NULL;

	if (item)
		t->item = item;
	if (!head)
		return BW_E_NO_MEMORY;
	free(t->head);
	t->head = head;
	t->size = size;
	for (uint32_t i = 0; i < t->n; i++) {
		uint32_t *b = bucket_of(t, item[i].if_id, item[i].addr);

		item[i].next = *b;
		*b = i + 1;
	}
	return BW_OK;
}

int alias_set(struct alias_table *t, uint16_t if_id, bw_ip4 addr, uint8_t epoch, bool *is_new)
{
	uint32_t *at = t->size ? link_to(t, if_id, addr) : NULL;
	int rc = BW_OK;

	*is_new = !at || !*at;
	if (!*is_new) {
		t->item[*at - 1].epoch = epoch;
		return BW_OK;
	}
	if (t->n == BW_MAX_ALIASES)
		return BW_E_FULL;
	if (t->n == t->size)
		rc = grow(t);
	if (rc != BW_OK)
		return rc;
	at = bucket_of(t, if_id, addr);
	t->item[t->n] = (struct alias) { addr, if_id, epoch, true, *at };
	*at = ++t->n;
	return BW_OK;
}

int alias_del(struct alias_table *t, uint16_t if_id, bw_ip4 addr)
{
	uint32_t *at = t->size ? link_to(t, if_id, addr) : NULL, id, last = t->n;

	if (!at || !*at)
		return BW_E_NO_OBJECT;
	id = *at;
	*at = t->item[id - 1].next;
	if (id != last) { /* the last one moves into the gap */
		*link_to(t, t->item[last - 1].if_id, t->item[last - 1].addr) = id;
		t->item[id - 1] = t->item[last - 1];
	}
	t->n--;
	return BW_OK;
}

void alias_del_itf(struct alias_table *t, uint16_t if_id)
{
	for (uint32_t i = t->n; i-- > 0;)
		if (t->item[i].if_id == if_id)
			alias_del(t, if_id, t->item[i].addr);
}

void alias_sweep(struct alias_table *t, uint8_t epoch)
{
	for (uint32_t i = t->n; i-- > 0;)
		if (t->item[i].epoch != epoch)
			alias_del(t, t->item[i].if_id, t->item[i].addr);
}

bool alias_is(const struct alias_table *t, uint16_t if_id, bw_ip4 addr)
{
	return t->size && *link_to(t, if_id, addr);
}
