/* SPDX-License-Identifier: BSD-3-Clause */
#include "nat/pool.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "nat/mem.h"

static uint32_t host_mask(uint8_t plen)
{
	return plen ? ~(~0u << (32 - plen)) : ~0u;
}

static int set_range(struct nat_pool_range *r, const struct bw_nat_pool *conf)
{
	uint32_t start = ntohl(conf->start), end = ntohl(conf->end), mask;

	if (start > end || conf->plen > 32)
		return -EINVAL;
	mask = ~host_mask(conf->plen);
	if ((start & mask) != (end & mask))
		return -EINVAL;
	if (start != end && conf->plen < 31) {
		start += start == (start & mask);
		end -= end == (end | ~mask);
	}
	if (start > end || end - start >= NAT_POOL_MAX)
		return -EINVAL;
	r->first = start;
	r->count = end - start + 1;
	return 0;
}

static int alloc_slots(struct nat_pool *p)
{
	uint32_t hints = 64;

	while (hints < 2 * p->n_addrs)
		hints *= 2;
	p->hint_mask = hints - 1;
	p->slot = calloc(p->n_addrs, sizeof(*p->slot));
	p->last = calloc(p->n_addrs, sizeof(*p->last));
	p->hint = calloc(hints, sizeof(*p->hint));
	return p->slot && p->last && p->hint ? 0 : -ENOMEM;
}

struct nat_pool *nat_pool_create(const struct nat_seeds *seeds, const struct bw_nat_pool *ranges,
	unsigned n_ranges, const char *name)
{
	struct nat_pool *p = calloc(1, sizeof(*p));
	int err = n_ranges == 0 || n_ranges > BW_NAT_POOL_RANGES ? -EINVAL : 0;

	if (!p)
		return NULL;
	p->seeds = seeds;
	for (unsigned i = 0; err == 0 && i < n_ranges; i++) {
		err = set_range(&p->range[i], &ranges[i]);
		if (err == 0 && p->n_addrs + p->range[i].count > NAT_POOL_MAX)
			err = -EINVAL;
		if (err)
			break;
		p->id = ranges[i].pool_id;
		p->match_host = ranges[i].flags & BW_NAT_POOL_F_MATCH_HOST;
		p->host_mask = host_mask(ranges[i].plen);
		p->n_addrs += p->range[i].count;
		p->n_ranges++;
	}
	strncpy(p->name, name, sizeof(p->name) - 1);
	if (err == 0)
		err = alloc_slots(p);
	if (err) {
		nat_pool_destroy(p);
		errno = -err;
		return NULL;
	}
	return p;
}

void nat_pool_destroy(struct nat_pool *p)
{
	if (!p)
		return;
	free(p->slot);
	free(p->last);
	free(p->hint);
	free(p);
}

uint32_t nat_pool_addr(const struct nat_pool *p, uint32_t n)
{
	for (unsigned i = 0; i < p->n_ranges; i++) {
		if (n < p->range[i].count)
			return htonl(p->range[i].first + n);
		n -= p->range[i].count;
	}
	return 0;
}

uint32_t nat_pool_next(const struct nat_pool *p, uint32_t local, uint32_t n)
{
	uint32_t next = n + 1, base = 0, own = ntohl(local) & p->host_mask;

	if (!p->match_host)
		return next < p->n_addrs ? next : NAT_POOL_NONE;
	for (unsigned i = 0; i < p->n_ranges; i++) {
		const struct nat_pool_range *r = &p->range[i];
		uint32_t at = ((r->first & ~p->host_mask) | own) - r->first;

		if (at < r->count && base + at >= next)
			return base + at;
		base += r->count;
	}
	return NAT_POOL_NONE;
}

uint32_t nat_pool_slot(const struct nat_pool *p, uint32_t addr)
{
	uint32_t base = 0, a = ntohl(addr);

	for (unsigned i = 0; i < p->n_ranges; i++) {
		if (a - p->range[i].first < p->range[i].count)
			return base + a - p->range[i].first;
		base += p->range[i].count;
	}
	return NAT_POOL_NONE;
}

static bool slot_is_of(uint64_t w, uint64_t host)
{
	return w && NAT_HOST_KEY(w) == host;
}

static uint32_t find(const struct nat_pool *p, uint64_t host)
{
	uint32_t h = nat_hash64(p->seeds, host) & p->hint_mask;
	uint32_t n = atomic_load_explicit(&p->hint[h], memory_order_relaxed);

	if (n < p->n_addrs && slot_is_of(atomic_load(&p->slot[n]), host))
		return n;
	for (n = 0; n < p->n_addrs; n++) {
		if (!slot_is_of(atomic_load_explicit(&p->slot[n], memory_order_relaxed), host))
			continue;
		atomic_store_explicit(&p->hint[h], n, memory_order_relaxed);
		return n;
	}
	return NAT_POOL_NONE;
}

uint32_t nat_pool_hold(struct nat_pool *p, uint64_t host)
{
	uint32_t n = find(p, host);
	uint64_t w;

	if (n == NAT_POOL_NONE)
		return n;
	w = atomic_load(&p->slot[n]);
	while (slot_is_of(w, host) && NAT_HOST_COUNT(w) < NAT_HOST_MAX)
		if (atomic_compare_exchange_weak(&p->slot[n], &w, w + NAT_HOST_ONE))
			return n;
	return NAT_POOL_NONE; /* freed just now */
}

uint32_t nat_pool_bind(struct nat_pool *p, uint64_t host, uint32_t now,
	bool (*usable)(const void *arg, uint32_t addr), const void *arg)
{
	uint32_t n = find(p, host);
	uint64_t free_slot;

	if (n != NAT_POOL_NONE)
		return n;
	while ((n = nat_pool_next(p, (uint32_t)host, n)) != NAT_POOL_NONE) {
		free_slot = 0;
		if (atomic_load_explicit(&p->slot[n], memory_order_relaxed) != 0 ||
			!usable(arg, nat_pool_addr(p, n)))
			continue;
		atomic_store_explicit(&p->last[n], now, memory_order_relaxed);
		if (atomic_compare_exchange_strong(&p->slot[n], &free_slot, host))
			return n;
	}
	return NAT_POOL_NONE;
}

void nat_pool_release(struct nat_pool *p, uint32_t slot, uint64_t host, uint32_t now)
{
	uint64_t w = atomic_load(&p->slot[slot]);

	atomic_store_explicit(&p->last[slot], now, memory_order_relaxed);
	while (slot_is_of(w, host) && NAT_HOST_COUNT(w) > 0)
		if (atomic_compare_exchange_weak(&p->slot[slot], &w, w - NAT_HOST_ONE))
			return;
}

void nat_pool_expire(struct nat_pool *p, uint32_t now, uint32_t timeout)
{
	if (timeout == UINT32_MAX)
		return;
	for (uint32_t n = 0; n < p->n_addrs; n++) {
		uint64_t w = atomic_load(&p->slot[n]);
		uint32_t last = atomic_load_explicit(&p->last[n], memory_order_relaxed);

		if (w && NAT_HOST_COUNT(w) == 0 && (uint64_t)last + timeout <= now)
			atomic_compare_exchange_strong(&p->slot[n], &w, 0);
	}
}

void nat_pool_clear(struct nat_pool *p, uint32_t addr)
{
	for (uint32_t n = 0; n < p->n_addrs; n++) {
		uint64_t w = atomic_load(&p->slot[n]);

		if (w && NAT_HOST_COUNT(w) == 0 && (addr == 0 || (uint32_t)w == addr))
			atomic_compare_exchange_strong(&p->slot[n], &w, 0);
	}
}
