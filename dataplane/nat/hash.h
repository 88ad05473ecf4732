/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The hash of a flow. Keyed with random seeds by multiplication, so that nobody
 * outside can choose flows that collide; a CRC would be as quick, but is linear.
 */
#ifndef DATAPLANE_NAT_HASH_H
#define DATAPLANE_NAT_HASH_H

#include <stdint.h>

struct nat_seeds {
	uint64_t flow[2];
	uint64_t owner[2];
	uint64_t other[2];
};

/*
 * A flow as one side of the translator sees it: `own` is the local (inside) or
 * the global (outside) end, `remote` the outside host's. Network byte order.
 */
struct nat_key {
	uint64_t addrs; /* own | remote << 32 */
	uint64_t rest;	/* own port | remote port << 16 | proto << 32 | vrf << 40 */
};

static inline uint64_t nat_mix(uint64_t a, uint64_t b)
{
	__uint128_t product = (__uint128_t)a * b;

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static inline struct nat_key nat_key(uint32_t own, uint16_t own_port, uint32_t remote,
	uint16_t remote_port, uint8_t proto, uint8_t vrf)
{
	return (struct nat_key) {
		.addrs = own | (uint64_t)remote << 32,
		.rest = own_port | (uint32_t)remote_port << 16 | (uint64_t)proto << 32 |
			(uint64_t)vrf << 40,
	};
}

static inline uint64_t nat_key_hash(const struct nat_seeds *seeds, struct nat_key key)
{
	return nat_mix(key.addrs ^ seeds->flow[0], key.rest ^ seeds->flow[1]);
}

/* The worker, of n, that owns the flows with this outside end. */
static inline unsigned nat_owner(const struct nat_seeds *seeds, unsigned n, uint8_t proto,
	uint32_t remote, uint16_t remote_port)
{
	uint64_t h = nat_mix(
		(remote | (uint64_t)remote_port << 32 | (uint64_t)proto << 48) ^ seeds->owner[0],
		seeds->owner[1]);

	/* one product turns hosts or ports in a row into equal steps, which may all be small */
	h = nat_mix(h ^ h >> 32, UINT64_C(0x9e3779b97f4a7c15));
	return (h >> 32) * n >> 32;
}

/* For the small tables: hosts, bindings, port records. */
static inline uint32_t nat_hash64(const struct nat_seeds *seeds, uint64_t value)
{
	return nat_mix(value ^ seeds->other[0], seeds->other[1]) >> 16;
}

#endif
