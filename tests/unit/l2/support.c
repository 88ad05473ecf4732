/* SPDX-License-Identifier: BSD-3-Clause */
#include "support.h"

#include <arpa/inet.h>
#include <rte_eal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/rcu.h"
#include "l3/neigh.h"
#include "nodes/nat_undo.h"

struct dp dp;
struct worker worker;
uint32_t seconds = 1;
struct rte_mbuf *handed_over;
unsigned n_handed_over;
bool inbox_full;

static struct bw_worker_counters counters;
static struct adj adj[ADJ_MAX]; /* all zero: without an MTU of their own */
static struct adj_table adjs = { .adj = adj };

/* ---- stand-ins ---- */

int node_init(const struct rte_graph *, struct rte_node *node)
{
	*(struct worker **)node->ctx = &worker;
	return 0;
}

uint32_t dp_seconds(const struct dp *)
{
	return seconds;
}

void dp_log(struct dp *, unsigned, const char *, const char *, ...)
{
}

void rcu_defer(struct rcu *, void (*fn)(void *ptr), void *ptr)
{
	fn(ptr);
}

void neigh_unplugged(struct dp *, bool (*)(void *ctx, uint16_t vlan, uint16_t port), void *)
{
}

enum nat_verdict nat_undo_packet(struct worker *, struct rte_mbuf *, uint8_t *)
{
	return NAT_PASS;
}

bool worker_hand_over(struct worker *, struct rte_mbuf *m)
{
	if (inbox_full)
		return false;
	handed_over = m;
	n_handed_over++;
	return true;
}

/* ---- start and end ---- */

void support_start(void)
{
	char prefix[64], program[] = "test";
	char *argv[] = { program, "--no-huge", "--no-shconf", "--no-pci", "--no-telemetry", "-m",
		"64", "-l", "0", "--log-level=4", "--file-prefix", prefix, NULL };

	snprintf(prefix, sizeof(prefix), "byway-unit-%d", getpid());
	if (rte_eal_init(RTE_DIM(argv) - 1, argv) < 0) {
		fprintf(stderr, "EAL does not start\n");
		exit(1);
	}
	dp.pool = rte_pktmbuf_pool_create(
		"test", POOL_SIZE, 0, 0, RTE_MBUF_DEFAULT_BUF_SIZE, SOCKET_ID_ANY);
	if (dp.pool == NULL || CU_initialize_registry() != CUE_SUCCESS) {
		fprintf(stderr, "no memory\n");
		exit(1);
	}
	dp.adj = &adjs;
	dp.tsc_hz = HZ;
	dp.n_workers = 1;
	dp.n_ports = 8;
	dp.worker[0] = &worker;
	dp.counters = &counters;
	worker.dp = &dp;
	worker.counters = &counters;
	worker.now = 1;
	worker.now_sec = 1;
}

int support_run(void)
{
	unsigned failures;

	CU_basic_set_mode(CU_BRM_VERBOSE);
	CU_basic_run_tests();
	failures = CU_get_number_of_failures() + CU_get_number_of_suites_failed();
	if (CU_get_number_of_tests_run() == 0)
		failures++;
	CU_cleanup_registry();
	itf_clear();
	rte_mempool_free(dp.pool);
	rte_eal_cleanup();
	return failures != 0;
}

/* ---- packets ---- */

struct rte_mbuf *packet_chain(const void *bytes, unsigned length, unsigned piece)
{
	struct rte_mbuf *head = NULL;
	unsigned at = 0;

	do {
		struct rte_mbuf *m = rte_pktmbuf_alloc(dp.pool);
		unsigned n = RTE_MIN(length - at, piece);

		CU_ASSERT_PTR_NOT_NULL_FATAL(m);
		memcpy(rte_pktmbuf_append(m, n), (const uint8_t *)bytes + at, n);
		at += n;
		memset(pkt_meta(m), 0, sizeof(struct pkt_meta));
		if (head == NULL)
			head = m;
		else
			CU_ASSERT_EQUAL_FATAL(rte_pktmbuf_chain(head, m), 0);
	} while (at < length);
	return head;
}

struct rte_mbuf *packet(const void *bytes, unsigned length)
{
	return packet_chain(bytes, length, UINT16_MAX);
}

unsigned packet_bytes(const struct rte_mbuf *m, void *to, unsigned size)
{
	unsigned n = RTE_MIN(m->pkt_len, size), at = 0;

	for (const struct rte_mbuf *s = m; s != NULL && at < n; s = s->next) {
		unsigned part = RTE_MIN(n - at, s->data_len);

		memcpy((uint8_t *)to + at, rte_pktmbuf_mtod(s, const void *), part);
		at += part;
	}
	CU_ASSERT_EQUAL(at, n);
	return m->pkt_len;
}

unsigned packets_in_use(void)
{
	return rte_mempool_in_use_count(dp.pool);
}

uint64_t drops_total(void)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < BW_DROP_MAX; i++)
		sum += counters.drops[i];
	return sum;
}

void drops_clear(void)
{
	memset(counters.drops, 0, sizeof(counters.drops));
}

/* ---- interfaces and bytes ---- */

struct itf *itf_new(uint32_t id, uint16_t kind, uint32_t flags)
{
	struct itf *itf = calloc(1, sizeof(*itf));

	CU_ASSERT_PTR_NOT_NULL_FATAL(itf);
	itf->id = id;
	itf->kind = kind;
	itf->flags = flags;
	itf->ip_mtu = itf->mtu = 1500;
	free(dp.itf[id]);
	dp.itf[id] = itf;
	itf_ids_put(&dp.itf_ids, id, true);
	return itf;
}

void itf_clear(void)
{
	for (unsigned i = 0; i < BW_MAX_IFS; i++) {
		free(dp.itf[i]);
		dp.itf[i] = NULL;
	}
	itf_ids_clear(&dp.itf_ids);
}

uint32_t pseudo_random(void)
{
	static uint64_t state = 20240229;

	state = state * 6364136223846793005u + 1442695040888963407u;
	return state >> 33;
}

bw_ip4 ip4(const char *text)
{
	return inet_addr(text);
}

uint16_t plain_checksum(const uint8_t *bytes, unsigned length)
{
	uint32_t sum = 0;

	for (unsigned i = 0; i < length; i++)
		sum += i % 2 == 0 ? (uint32_t)bytes[i] << 8 : bytes[i];
	while (sum >> 16 != 0)
		sum = (sum & 0xffff) + (sum >> 16);
	return ~sum;
}

void sign_ip4(uint8_t *at)
{
	uint16_t sum;

	at[10] = at[11] = 0;
	sum = plain_checksum(at, (at[0] & 0xf) * 4);
	at[10] = sum >> 8;
	at[11] = sum;
}

void put_ip4(uint8_t *at, unsigned header, unsigned total, uint8_t proto, const char *src,
	const char *dst)
{
	bw_ip4 s = ip4(src), d = ip4(dst);

	memset(at, 0, header);
	at[0] = 0x40 | header / 4;
	at[2] = total >> 8;
	at[3] = total;
	at[4] = 0x12;
	at[5] = 0x34;
	at[8] = 64;
	at[9] = proto;
	memcpy(at + 12, &s, 4);
	memcpy(at + 16, &d, 4);
	sign_ip4(at);
}
