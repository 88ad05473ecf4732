/* SPDX-License-Identifier: BSD-3-Clause */
#include "tables/adj.h"

#include <stdlib.h>
#include <sys/mman.h>

#include "core/rcu.h"

static void *reserve(size_t bytes)
{
	void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

static void release(void *p, size_t bytes)
{
	if (p)
		munmap(p, bytes);
}

struct adj_table *adj_create(void)
{
	struct adj_table *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	t->adj = reserve(ADJ_MAX * sizeof(*t->adj));
	t->conf = reserve(BW_MAX_ADJS * sizeof(*t->conf));
	t->users = reserve(ADJ_MAX * sizeof(*t->users));
	t->epoch = reserve(BW_MAX_ADJS);
	if (!t->adj || !t->conf || !t->users || !t->epoch) {
		adj_destroy(t);
		return NULL;
	}
	adj_publish(&t->adj[BW_ADJ_DROP], ADJ_DISCARD);
	adj_publish(&t->adj[BW_ADJ_RECEIVE], ADJ_LOCAL);
	adj_publish(&t->adj[BW_ADJ_NULL0], ADJ_NULL0);
	adj_publish(&t->adj[BW_ADJ_BROADCAST], ADJ_BROADCAST);
	return t;
}

void adj_destroy(struct adj_table *t)
{
	if (!t)
		return;
	for (uint32_t id = 0; t->conf && id <= t->highest; id++) {
		if (adj_kind(&t->adj[id]) == ADJ_ECMP)
			free((void *)t->adj[id].path);
		free(t->conf[id]);
	}
	release(t->adj, ADJ_MAX * sizeof(*t->adj));
	release(t->conf, BW_MAX_ADJS * sizeof(*t->conf));
	release(t->users, ADJ_MAX * sizeof(*t->users));
	release(t->epoch, BW_MAX_ADJS);
	free(t);
}

void adj_publish(struct adj *a, enum adj_kind kind)
{
	static const uint8_t edge[] = {
		[ADJ_GLEAN] = ADJ_EDGE_PUNT,
		[ADJ_RESOLVE] = ADJ_EDGE_PUNT,
		[ADJ_ETHER] = ADJ_EDGE_PORT,
		[ADJ_PPPOE] = ADJ_EDGE_PPPOE,
	};
	uint16_t to = edge[kind];

	if (kind == ADJ_ETHER && a->out_port == ADJ_VIA_BRIDGE)
		to = ADJ_EDGE_BRIDGE;
	atomic_store_explicit(&a->state, kind | to << 8, memory_order_release);
}

void adj_renew(struct adj *a)
{
	atomic_fetch_add_explicit(&a->generation, 1, memory_order_relaxed);
}

void adj_withdraw(struct adj *a, enum adj_kind meanwhile, struct rcu *rcu)
{
	adj_publish(a, meanwhile);
	rcu_wait(rcu);
}

uint32_t adj_own_alloc(struct adj_table *t)
{
	for (uint32_t i = 0; i < ADJ_OWN_MAX; i++) {
		uint32_t id = ADJ_OWN + (t->own_next + i) % ADJ_OWN_MAX;

		if (t->users[id] == 0) {
			t->own_next = id - ADJ_OWN + 1;
			t->users[id] = 1;
			return id;
		}
	}
	return 0;
}

void adj_own_free(struct adj_table *t, uint32_t id)
{
	adj_renew(&t->adj[id]);
	t->users[id] = 0;
}

bool adj_exists(const struct adj_table *t, uint32_t id)
{
	return id < BW_ADJ_FIRST ? id <= BW_ADJ_BROADCAST : id < BW_MAX_ADJS && t->conf[id];
}
