/* SPDX-License-Identifier: BSD-3-Clause */
#include "control/iface/addr_index.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "control/core/format.h"
#include "control/iface/iface.h"

static uint64_t index_key(uint16_t vrf, bw_ip4 addr)
{
	return (uint64_t)vrf << 32 | ntohl(addr);
}

static uint64_t index_key_of(const struct iface_addr *a)
{
	return index_key(a->ifc->vrf, a->addr);
}

/* How many are below the key. */
static size_t index_place(const struct addr_index *index, uint64_t key)
{
	size_t low = 0, high = index->n;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (index_key_of(index->item[middle]) < key)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

int addr_index_reserve(struct addr_index *index)
{
	size_t size = index->size != 0 ? index->size * 2 : 64;
	struct iface_addr **item;

	if (index->n < index->size)
		return 0;
	item = realloc(index->item, size * sizeof(*item));
	if (item == NULL)
		return -ENOMEM;
	index->item = item;
	index->size = size;
	return 0;
}

void addr_index_add(struct addr_index *index, struct iface_addr *a)
{
	size_t at = index_place(index, index_key_of(a));
	struct iface_addr **slot = &index->item[at];

	memmove(slot + 1, slot, (index->n - at) * sizeof(*slot));
	*slot = a;
	index->n++;
}

void addr_index_remove(struct addr_index *index, const struct iface_addr *a)
{
	uint64_t key = index_key_of(a);
	size_t at = index_place(index, key);

	while (at < index->n && index->item[at] != a && index_key_of(index->item[at]) == key)
		at++;
	if (at == index->n || index->item[at] != a)
		return;
	index->n--;
	memmove(&index->item[at], &index->item[at + 1],
		(index->n - at) * sizeof(struct iface_addr *));
}

void addr_index_fini(struct addr_index *index)
{
	free(index->item);
	memset(index, 0, sizeof(*index));
}

struct iface_addr *addr_index_find(const struct addr_index *index, uint16_t vrf, bw_ip4 addr)
{
	size_t at = index_place(index, index_key(vrf, addr));

	if (at == index->n || index_key_of(index->item[at]) != index_key(vrf, addr))
		return NULL;
	return index->item[at];
}

static bool index_covers(const struct iface_addr *a, uint16_t vrf, bw_ip4 addr)
{
	return a->ifc->vrf == vrf && prefix_covers(a->addr, a->plen, addr);
}

struct iface_addr *addr_index_covering(const struct addr_index *index, uint16_t vrf, bw_ip4 addr)
{
	size_t at = index_place(index, index_key(vrf, addr));

	if (at < index->n && index_covers(index->item[at], vrf, addr))
		return index->item[at];
	if (at > 0 && index_covers(index->item[at - 1], vrf, addr))
		return index->item[at - 1];
	return NULL;
}

static bool is_in_the_way(const struct iface_addr *a, const struct iface *ifc, bw_ip4 addr,
	uint8_t plen, const struct iface_addr *replaced)
{
	unsigned shorter = a->plen < plen ? a->plen : plen;

	if (a == replaced || a->ifc->vrf != ifc->vrf || !prefix_covers(a->addr, shorter, addr))
		return false;
	return a->ifc != ifc || a->plen != plen || a->addr == addr;
}

struct iface_addr *addr_index_overlap(const struct addr_index *index, const struct iface *ifc,
	bw_ip4 addr, uint8_t plen, const struct iface_addr *replaced)
{
	size_t at = index_place(index, index_key(ifc->vrf, addr));
	size_t before = at, behind = at;

	/* what is to be replaced may stand between */
	if (before > 0 && index->item[before - 1] == replaced)
		before--;
	if (behind < index->n && index->item[behind] == replaced)
		behind++;
	if (before > 0 && is_in_the_way(index->item[before - 1], ifc, addr, plen, replaced))
		return index->item[before - 1];
	if (behind < index->n && is_in_the_way(index->item[behind], ifc, addr, plen, replaced))
		return index->item[behind];
	return NULL;
}
