/* SPDX-License-Identifier: BSD-3-Clause */
#include "nat/hosts.h"

#include <errno.h>

#include "nat/mem.h"

#define WORDS  (1u << 18)
#define PROBES 64

int nat_hosts_init(struct nat_hosts *h, const struct nat_seeds *seeds)
{
	h->seeds = seeds;
	h->word = nat_map(WORDS * sizeof(*h->word));
	return h->word ? 0 : -ENOMEM;
}

void nat_hosts_fini(struct nat_hosts *h)
{
	nat_unmap(h->word, WORDS * sizeof(*h->word));
	h->word = NULL;
}

/* The host's word, or the first one it may take; 0 = neither. *value is what it holds. */
static uint32_t find(struct nat_hosts *h, uint64_t key, uint64_t *value)
{
	uint32_t at = nat_hash64(h->seeds, key), spare = 0;
	uint64_t w;

	for (unsigned i = 0; i < PROBES; i++) {
		uint32_t n = (at + i) % WORDS;

		if (n == 0)
			continue;
		w = atomic_load_explicit(&h->word[n], memory_order_relaxed);
		if (w && NAT_HOST_KEY(w) == key) {
			*value = w;
			return n;
		}
		if (NAT_HOST_COUNT(w) == 0 && spare == 0) {
			spare = n;
			*value = w;
		}
		if (w == 0)
			break;
	}
	return spare;
}

int nat_hosts_get(struct nat_hosts *h, uint32_t addr, uint8_t vrf, uint32_t limit, uint32_t *word)
{
	uint64_t key = nat_host_key(addr, vrf), value, next;
	uint32_t n;

	do {
		n = find(h, key, &value);
		*word = n;
		if (n == 0)
			return 0;
		next = NAT_HOST_KEY(value) == key ? value + NAT_HOST_ONE : key | NAT_HOST_ONE;
		if (NAT_HOST_COUNT(next) > limit || NAT_HOST_COUNT(next) >= NAT_HOST_MAX)
			return -EDQUOT;
	} while (!atomic_compare_exchange_weak_explicit(
		&h->word[n], &value, next, memory_order_relaxed, memory_order_relaxed));
	return 0;
}

void nat_hosts_put(struct nat_hosts *h, uint32_t word)
{
	if (word)
		atomic_fetch_sub_explicit(&h->word[word], NAT_HOST_ONE, memory_order_relaxed);
}
