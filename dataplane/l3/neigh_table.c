/* SPDX-License-Identifier: BSD-3-Clause */
/* The neighbours themselves: finding them, and who makes room when there are too many. */
#include <stdlib.h>
#include <string.h>

#include "core/rcu.h"
#include "l3/neigh_private.h"

#define TELL_EVERY 60 /* seconds */

static struct neigh **bucket_of(struct neigh_table *t, uint32_t if_id, bw_ip4 addr)
{
	uint32_t h = (addr ^ if_id * 0x85ebca6bu) * 0x9e3779b1u;

	return &t->bucket[h >> 20];
}

struct neigh *neigh_find(struct neigh_table *t, uint32_t if_id, bw_ip4 addr)
{
	struct neigh *n = *bucket_of(t, if_id, addr);

	while (n && (n->addr != addr || n->if_id != if_id))
		n = n->next;
	return n;
}

struct neigh_table *neigh_create(void)
{
	struct neigh_table *t = calloc(1, sizeof(*t));

	for (unsigned i = 0; t && i < NEIGH_LISTS; i++)
		TAILQ_INIT(&t->list[i]);
	return t;
}

void neigh_none_waits(struct neigh_table *t, struct neigh *n)
{
	t->n_waiting -= n->n_waiting;
	n->n_waiting = 0;
}

void neigh_drop_waiting(struct dp *dp, struct neigh *n, enum bw_drop reason)
{
	dp->counters->drops[reason] += n->n_waiting;
	rte_pktmbuf_free_bulk(n->waiting, n->n_waiting);
	neigh_none_waits(dp->neigh, n);
}

static enum neigh_list list_for(const struct neigh *n)
{
	if (n->state == BW_ARP_STATIC || n->n_bound)
		return NEIGH_L_KEPT;
	if (n->state == BW_ARP_INCOMPLETE)
		return NEIGH_L_INCOMPLETE;
	return n->used ? NEIGH_L_USED : NEIGH_L_OFFERED;
}

static void unlist(struct neigh_table *t, struct neigh *n)
{
	if (n->list != NEIGH_L_KEPT)
		TAILQ_REMOVE(&t->list[n->list], n, entry);
	n->list = NEIGH_L_KEPT;
}

void neigh_relist(struct neigh_table *t, struct neigh *n)
{
	unlist(t, n);
	n->list = list_for(n);
	if (n->list != NEIGH_L_KEPT)
		TAILQ_INSERT_TAIL(&t->list[n->list], n, entry);
}

/* Workers may still hold own_adj's id in a packet's metadata, hence the deferral. */
static void free_own_adj(void *table, uint64_t id)
{
	adj_own_free(table, id);
}

void neigh_remove(struct dp *dp, struct neigh *n, enum bw_drop reason)
{
	struct neigh **at = bucket_of(dp->neigh, n->if_id, n->addr);

	while (*at != n)
		at = &(*at)->next;
	*at = n->next;
	unlist(dp->neigh, n);
	dp->neigh->n--;
	neigh_remove_host_route(dp, n);
	neigh_drop_waiting(dp, n, reason);
	adj_publish(&dp->adj->adj[n->own_adj], ADJ_NO_ROUTE);
	rcu_defer_value(dp->rcu, free_own_adj, dp->adj, n->own_adj);
	free(n->bound);
	free(n);
}

void neigh_destroy(struct dp *dp)
{
	for (unsigned i = 0; dp->neigh && i < NEIGH_BUCKETS; i++)
		while (dp->neigh->bucket[i])
			neigh_remove(dp, dp->neigh->bucket[i], BW_DROP_ARP_TIMEOUT);
	free(dp->neigh);
	dp->neigh = NULL;
}

static void tell_full(struct dp *dp)
{
	struct neigh_table *t = dp->neigh;

	if (t->full_told && dp_seconds(dp) - t->full_told < TELL_EVERY)
		return;
	t->full_told = dp_seconds(dp);
	dp_log(dp, 4, "ARP-4-TABLEFULL",
		"ARP table of %u entries is full: the least used make room", NEIGH_MAX);
}

static bool make_room(struct dp *dp)
{
	struct neigh_table *t = dp->neigh;

	if (t->n < NEIGH_MAX)
		return true;
	tell_full(dp);
	for (unsigned i = 0; i < NEIGH_LISTS; i++)
		if (!TAILQ_EMPTY(&t->list[i])) {
			neigh_remove(dp, TAILQ_FIRST(&t->list[i]), BW_DROP_ARP_QUEUE);
			dp->counters->main.arp_evicted++;
			return true;
		}
	return false;
}

struct neigh *neigh_add(struct dp *dp, uint32_t if_id, bw_ip4 addr)
{
	struct neigh *n = make_room(dp) ? calloc(1, sizeof(*n)) : NULL;
	struct neigh **b = bucket_of(dp->neigh, if_id, addr);

	if (!n)
		return NULL;
	n->own_adj = adj_own_alloc(dp->adj);
	if (n->own_adj == 0) {
		free(n);
		return NULL;
	}
	n->addr = addr;
	n->if_id = if_id;
	n->state = BW_ARP_INCOMPLETE;
	n->list = NEIGH_L_KEPT;
	n->next = *b;
	*b = n;
	dp->neigh->n++;
	neigh_relist(dp->neigh, n);
	neigh_write_adj(dp, n, n->own_adj);
	return n;
}

void neigh_for_each(
	struct dp *dp, void (*fn)(struct dp *dp, struct neigh *n, uint64_t arg), uint64_t arg)
{
	for (unsigned i = 0; i < NEIGH_BUCKETS; i++)
		for (struct neigh *n = dp->neigh->bucket[i], *next; n; n = next) {
			next = n->next;
			fn(dp, n, arg);
		}
}

bool neigh_dump_next(const struct dp *dp, uint32_t *cursor, struct bw_arp *row)
{
	/* the cursor is a bucket and a place in its chain */
	for (; *cursor >> 16 < NEIGH_BUCKETS; *cursor = ((*cursor >> 16) + 1) << 16) {
		const struct neigh *n = dp->neigh->bucket[*cursor >> 16];

		for (uint32_t skip = *cursor & 0xffff; n && skip; skip--)
			n = n->next;
		if (!n)
			continue;
		*row = (struct bw_arp) { .if_id = n->if_id, .addr = n->addr, .state = n->state };
		memcpy(row->mac, &n->mac, 6);
		row->age = n->state == BW_ARP_REACHABLE ? dp_seconds(dp) - n->confirmed : 0;
		++*cursor;
		return true;
	}
	return false;
}
