/* SPDX-License-Identifier: BSD-3-Clause */
#include "l3/neigh_rate.h"

/* A second's worth may be taken in advance. */
static bool has_room(uint64_t paid, uint64_t now, uint64_t hz)
{
	return paid < now + hz;
}

static void pay(uint64_t *paid, uint64_t now, uint64_t cost)
{
	*paid = (*paid > now ? *paid : now) + cost;
}

static uint64_t *sender(struct neigh_rate *r, uint32_t if_id, bw_ip4 src, uint64_t secret)
{
	uint64_t h = (src ^ (uint64_t)if_id << 32 ^ secret) * 0x9e3779b97f4a7c15u;

	h = (h ^ h >> 32) * 0x9e3779b97f4a7c15u;
	return &r->sender[h >> 32 & (NEIGH_RATE_SENDERS - 1)];
}

bool neigh_rate_take(struct neigh_rate *r, uint32_t if_id, bw_ip4 src, uint64_t now, uint64_t hz,
	uint64_t secret)
{
	uint64_t *of_itf = &r->itf[if_id], *of_sender = sender(r, if_id, src, secret);

	if (!has_room(*of_itf, now, hz) || !has_room(*of_sender, now, hz))
		return false;
	pay(of_itf, now, hz / NEIGH_RATE_ITF);
	pay(of_sender, now, hz / NEIGH_RATE_SENDER);
	return true;
}
