/* SPDX-License-Identifier: BSD-3-Clause */
#include "port/counters.h"

#include <stddef.h>
#include <string.h>

#define FRAME_BITS    (84 * 8) /* the shortest, with preamble and gap */
#define UNKNOWN_SPEED 100000
#define MARGIN	      4 /* VFs of one card reach each other faster than its wire */
#define SLACK_MS      1000

static const struct pair {
	size_t driver, total;
} pair[] = {
	{ offsetof(struct rte_eth_stats, ipackets), offsetof(struct bw_port_info, rx_packets) },
	{ offsetof(struct rte_eth_stats, ibytes), offsetof(struct bw_port_info, rx_bytes) },
	{ offsetof(struct rte_eth_stats, imissed), offsetof(struct bw_port_info, rx_missed) },
	{ offsetof(struct rte_eth_stats, ierrors), offsetof(struct bw_port_info, rx_errors) },
	{ offsetof(struct rte_eth_stats, rx_nombuf), offsetof(struct bw_port_info, rx_nombuf) },
	{ offsetof(struct rte_eth_stats, opackets), offsetof(struct bw_port_info, tx_packets) },
	{ offsetof(struct rte_eth_stats, obytes), offsetof(struct bw_port_info, tx_bytes) },
	{ offsetof(struct rte_eth_stats, oerrors), offsetof(struct bw_port_info, tx_errors) },
};

static uint64_t value(const struct rte_eth_stats *s, size_t at)
{
	uint64_t v;

	memcpy(&v, (const char *)s + at, sizeof(v));
	return v;
}

uint64_t port_counters_limit(uint32_t speed, uint64_t ms)
{
	uint64_t bits_per_ms = (speed ? speed : UNKNOWN_SPEED) * UINT64_C(1000);

	return bits_per_ms * MARGIN * (ms + SLACK_MS) / FRAME_BITS;
}

static bool went_on(
	const struct rte_eth_stats *last, const struct rte_eth_stats *now, uint64_t limit)
{
	for (size_t i = 0; i < RTE_DIM(pair); i++)
		if (value(now, pair[i].driver) < value(last, pair[i].driver))
			return false;
	return now->ipackets - last->ipackets <= limit && now->opackets - last->opackets <= limit;
}

bool port_counters_add(struct port_counters *c, const struct rte_eth_stats *now, uint64_t limit,
	struct bw_port_info *info)
{
	bool good = went_on(&c->last, now, limit);

	for (size_t i = 0; good && i < RTE_DIM(pair); i++) {
		uint64_t *total = (uint64_t *)((char *)info + pair[i].total);

		/* one store: control reads it at any time */
		__atomic_store_n(total,
			*total + value(now, pair[i].driver) - value(&c->last, pair[i].driver),
			__ATOMIC_RELAXED);
	}
	c->last = *now;
	return good;
}
