/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A dataplane small enough for unit tests: EAL without huge pages, one worker, a pool, and
 * stand-ins for what the nodes call of the rest (worker_hand_over(), rcu_defer(), the clock).
 */
#ifndef TESTS_UNIT_L2_SUPPORT_H
#define TESTS_UNIT_L2_SUPPORT_H

#include <CUnit/Basic.h>
#include <rte_mbuf.h>

#include "core/dp.h"
#include "core/packet.h"
#include "core/worker.h"

#define POOL_SIZE 4095
#define HZ	  1000000u /* of the test's clock */

extern struct dp dp;
extern struct worker worker;
extern uint32_t seconds; /* what dp_seconds() says */

/* What worker_hand_over() took last and how often; it refuses while inbox_full. */
extern struct rte_mbuf *handed_over;
extern unsigned n_handed_over;
extern bool inbox_full;

/* Start EAL and fill dp and worker. Exits on failure. */
void support_start(void);

/* Run what was added to CUnit. The process's exit status. */
int support_run(void);

/* An mbuf with these bytes and zero meta. */
struct rte_mbuf *packet(const void *bytes, unsigned length);

/* The same in segments of at most `piece` bytes. */
struct rte_mbuf *packet_chain(const void *bytes, unsigned length, unsigned piece);

/* Copy a packet's bytes out; at most `size`. Returns its length. */
unsigned packet_bytes(const struct rte_mbuf *m, void *to, unsigned size);

/* Mbufs that are not in the pool: a test that ends with more than it began leaks. */
unsigned packets_in_use(void);

/* Sum of all drop counters, and set them to zero. */
uint64_t drops_total(void);
void drops_clear(void);

/* Put an interface into dp.itf[]; the caller fills the rest. Freed by itf_clear(). */
struct itf *itf_new(uint32_t id, uint16_t kind, uint32_t flags);
void itf_clear(void);

/* A fixed sequence of pseudo-random numbers. */
uint32_t pseudo_random(void);

/* 192.0.2.1 in network byte order. */
bw_ip4 ip4(const char *text);

/* Write an IPv4 header of `header` bytes (options zero) for a packet of `total` bytes. */
void put_ip4(uint8_t *at, unsigned header, unsigned total, uint8_t proto, const char *src,
	const char *dst);

/* Make the header's checksum right. */
void sign_ip4(uint8_t *at);

/* The Internet checksum, written plainly (RFC 1071). 0 over bytes that hold their own. */
uint16_t plain_checksum(const uint8_t *bytes, unsigned length);

#endif
