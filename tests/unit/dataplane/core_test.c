/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The frame around the nodes: transmit queues and hand-over between workers, jobs, deferred
 * frees, idle sleep, and how EAL and ports are asked for.
 */
#include <CUnit/Basic.h>
#include <errno.h>
#include <pthread.h>
#include <rte_cycles.h>
#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_launch.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "core/eal.h"
#include "core/idle.h"
#include "core/rcu.h"
#include "port/port.h"
#include "support.h"

#define WORKERS 3
#define QUEUES	2

/* ---- port_tx ---- */

/* Give a worker a frame for that port, by its inbox. */
static void give(unsigned worker, unsigned port, uint8_t mark)
{
	struct rte_mbuf *m = rte_pktmbuf_alloc(t_dp->pool);
	uint8_t *f;

	t_require(m != NULL);
	f = (uint8_t *)rte_pktmbuf_append(m, 60);
	memset(f, mark, 60);
	memset(pkt_meta(m), 0, sizeof(struct pkt_meta));
	pkt_meta(m)->entry = INBOX_PORT_TX;
	pkt_meta(m)->out_port = port;
	t_require(worker_hand_over(t_dp->worker[worker], m));
}

static void more_workers_than_queues(void)
{
	CU_ASSERT_EQUAL_FATAL(t_reset(), 0);
	CU_ASSERT_EQUAL(t_dp->port[0].n_txq, QUEUES);
	for (unsigned w = 0; w < WORKERS; w++) {
		t_forget_frames();
		for (unsigned i = 0; i < 50; i++)
			give(w, 0, i);
		t_settle();
		CU_ASSERT_EQUAL_FATAL(t_frames, 50);
		for (unsigned i = 0; i < 50; i++) {
			CU_ASSERT_EQUAL(t_frame[i].b[0], i);
			/* each queue has one writer: worker 2 hands its frames to worker 0 */
			CU_ASSERT_EQUAL(t_frame[i].queue, w % QUEUES);
		}
	}
	CU_ASSERT_EQUAL(t_reset(), 0);
}

static void mixed_ports(void)
{
	unsigned last[3] = { 0 }, count[3] = { 0 };

	CU_ASSERT_EQUAL_FATAL(t_reset(), 0);
	for (unsigned i = 0; i < 60; i++)
		give(1, i * 7 % 3, i);
	t_settle();
	CU_ASSERT_EQUAL_FATAL(t_frames, 60);
	for (unsigned i = 0; i < 60; i++) {
		const struct t_frame *f = &t_frame[i];

		CU_ASSERT_EQUAL(f->port, f->b[0] * 7 % 3);
		CU_ASSERT_TRUE(count[f->port] == 0 || f->b[0] > last[f->port]);
		last[f->port] = f->b[0];
		count[f->port]++;
	}
	CU_ASSERT_EQUAL(t_reset(), 0);
}

static void full_and_absent_ports(void)
{
	CU_ASSERT_EQUAL_FATAL(t_reset(), 0);
	t_tx_room = 3; /* four tries of three frames */
	for (unsigned i = 0; i < 20; i++)
		give(0, 0, i);
	t_settle();
	CU_ASSERT_EQUAL(t_frames, 12);
	CU_ASSERT_EQUAL(t_drops(BW_DROP_TX_FULL), 8);
	t_tx_room = UINT16_MAX;
	t_clear_drops();
	give(0, 77, 0);
	give(0, UINT16_MAX, 0);
	atomic_store(&t_dp->port[1].running, false); /* as while it is reconfigured */
	give(0, 1, 0);
	t_settle();
	CU_ASSERT_EQUAL(t_drops(BW_DROP_IF_DOWN), 3);
	t_receive(1, 0, "nothing", 7);
	for (unsigned w = 0; w < WORKERS; w++)
		CU_ASSERT_EQUAL(t_walk(w), 0);
	atomic_store(&t_dp->port[1].running, true);
	t_settle();
	CU_ASSERT_EQUAL(t_drops(BW_DROP_L2_SHORT), 1);
	CU_ASSERT_EQUAL(t_reset(), 0);
}

static void queues_are_spread(void)
{
	bool seen[3][QUEUES] = { { false } };

	for (unsigned w = 0; w < WORKERS; w++) {
		CU_ASSERT_EQUAL(t_dp->worker[w]->n_rxq, 3 * QUEUES / WORKERS);
		for (unsigned i = 0; i < t_dp->worker[w]->n_rxq; i++) {
			const struct worker_rxq *q = &t_dp->worker[w]->rxq[i];

			CU_ASSERT_FALSE(seen[q->port][q->queue]);
			seen[q->port][q->queue] = true;
		}
	}
	/* the worst case of platform.conf has a place */
	CU_ASSERT_TRUE(RTE_DIM(t_dp->worker[0]->rxq) >= BW_MAX_PORTS * BW_MAX_WORKERS);
}

/* ---- the inbox, the punt ring ---- */

static void inbox_is_bounded(void)
{
	unsigned taken = 0;

	CU_ASSERT_EQUAL_FATAL(t_reset(), 0);
	for (unsigned i = 0; i < WORKER_INBOX_SIZE + 50; i++) {
		struct rte_mbuf *m = rte_pktmbuf_alloc(t_dp->pool);

		t_require(m != NULL);
		memset(pkt_meta(m), 0, sizeof(struct pkt_meta));
		pkt_meta(m)->entry = INBOX_PORT_TX;
		pkt_meta(m)->out_port = 77;
		if (worker_hand_over(t_dp->worker[2], m))
			taken++;
		else
			rte_pktmbuf_free(m);
	}
	CU_ASSERT_EQUAL(taken, WORKER_INBOX_SIZE - 1);
	t_settle();
	CU_ASSERT_EQUAL(t_drops(BW_DROP_IF_DOWN), taken);
	CU_ASSERT_EQUAL(t_reset(), 0);
}

/* A flood to the host stack leaves room for ARP. */
static void punt_keeps_room(void)
{
	struct rte_mbuf *m;
	unsigned kept = 0;

	CU_ASSERT_EQUAL_FATAL(t_reset(), 0);
	for (unsigned i = 0; i < 4000; i++) {
		m = rte_pktmbuf_alloc(t_dp->pool);
		t_require(m != NULL);
		memset(pkt_meta(m), 0, sizeof(struct pkt_meta));
		pkt_meta(m)->punt = PUNT_HOST;
		dp_punt(t_dp->worker[0], &m, 1);
	}
	kept = rte_ring_count(t_dp->punt);
	CU_ASSERT_TRUE(kept >= 1400 && kept < 1600);
	CU_ASSERT_EQUAL(t_drops(BW_DROP_PUNT_FULL), 4000 - kept);
	for (unsigned i = 0; i < 1000; i++) {
		m = rte_pktmbuf_alloc(t_dp->pool);
		t_require(m != NULL);
		memset(pkt_meta(m), 0, sizeof(struct pkt_meta));
		pkt_meta(m)->punt = PUNT_ARP;
		dp_punt(t_dp->worker[0], &m, 1);
	}
	CU_ASSERT_EQUAL(rte_ring_count(t_dp->punt), rte_ring_get_capacity(t_dp->punt));
	t_settle();
	CU_ASSERT_EQUAL(t_reset(), 0);
}

/* ---- jobs ---- */

struct call {
	unsigned n[WORKERS];
};

static void count_call(struct worker *w, void *arg)
{
	__atomic_fetch_add(&((struct call *)arg)->n[w->id], 1, __ATOMIC_RELAXED);
}

static void jobs_by_hand(void)
{
	struct call c = { 0 };
	unsigned taken = 0;

	worker_call_all(t_dp, count_call, &c);
	for (unsigned w = 0; w < WORKERS; w++)
		CU_ASSERT_EQUAL(c.n[w], 1);
	while (worker_call(t_dp->worker[1], count_call, &c))
		taken++;
	CU_ASSERT_EQUAL(taken, WORKER_JOBS_SIZE - 1);
	CU_ASSERT_EQUAL(c.n[1], 1);
	worker_call_all(t_dp, count_call, &c); /* finds a full ring */
	CU_ASSERT_EQUAL(c.n[1], taken + 2);
	CU_ASSERT_TRUE(worker_call(t_dp->worker[2], count_call, &c));
	t_walk(2);
	CU_ASSERT_EQUAL(c.n[2], 3);
}

/* ---- deferred frees ---- */

struct order {
	unsigned next;
	bool wrong;
};

static void expect_turn(void *ctx, uint64_t value)
{
	struct order *o = ctx;

	o->wrong |= value != o->next;
	o->next++;
}

static void rcu_in_order(void)
{
	struct rcu *rcu = rcu_create(2);
	struct order o = { 0 };

	CU_ASSERT_PTR_NOT_NULL_FATAL(rcu);
	rte_rcu_qsbr_thread_register(rcu_qsbr(rcu), 0);
	rte_rcu_qsbr_thread_register(rcu_qsbr(rcu), 1);
	rcu_defer_value(rcu, expect_turn, &o, 0);
	rcu_poll(rcu);
	CU_ASSERT_EQUAL(o.next, 1); /* nobody reads */
	rte_rcu_qsbr_thread_online(rcu_qsbr(rcu), 0);
	rte_rcu_qsbr_thread_online(rcu_qsbr(rcu), 1);
	for (unsigned i = 1; i < 5000; i++) { /* more than the queue has places at first */
		rcu_defer_value(rcu, expect_turn, &o, i);
		if (i == 2500)
			rte_rcu_qsbr_quiescent(rcu_qsbr(rcu), 0);
	}
	rcu_defer(rcu, free, malloc(100));
	rcu_defer(rcu, free, NULL);
	rcu_poll(rcu);
	CU_ASSERT_EQUAL(o.next, 1);
	rte_rcu_qsbr_quiescent(rcu_qsbr(rcu), 1);
	rcu_poll(rcu); /* what both have passed: up to 2500 */
	CU_ASSERT_EQUAL(o.next, 2501);
	rte_rcu_qsbr_thread_offline(rcu_qsbr(rcu), 0); /* who sleeps reads nothing */
	rcu_poll(rcu);
	CU_ASSERT_EQUAL(o.next, 5000);
	rcu_defer_value(rcu, expect_turn, &o, 5000);
	rcu_poll(rcu);
	CU_ASSERT_EQUAL(o.next, 5000);
	rcu_main_is_worker(rcu, 1); /* the one that waits is the one that is waited for */
	rcu_wait(rcu);
	rcu_poll(rcu);
	CU_ASSERT_EQUAL(o.next, 5001);
	rcu_defer_value(rcu, expect_turn, &o, 5001);
	rcu_destroy(rcu); /* runs what is left */
	CU_ASSERT_EQUAL(o.next, 5002);
	CU_ASSERT_FALSE(o.wrong);
}

/* ---- idle ---- */

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * UINT64_C(1000000000) + t.tv_nsec;
}

static void idle_grows(void)
{
	struct worker *w = t_dp->worker[0];
	uint64_t ns = 0, before;
	unsigned walks = 0;

	w->timed = true;
	CU_ASSERT_EQUAL(idle_time(w, 1), 0);
	for (; walks < 1000 && ns == 0; walks++)
		ns = idle_time(w, 0);
	CU_ASSERT_TRUE(walks > 16 && walks < 1000);
	for (unsigned i = 0; i < 100; i++) {
		before = ns;
		ns = idle_time(w, 0);
		CU_ASSERT_TRUE(ns >= before && ns <= 200000);
	}
	CU_ASSERT_EQUAL(idle_time(w, 3), 0);
	CU_ASSERT_EQUAL(idle_time(w, 0), 0); /* from the start */
	w->timed = false;
	t_dp->platform.idle_poll = true;
	for (unsigned i = 0; i < 2000; i++)
		CU_ASSERT_EQUAL(idle_time(w, 0), 0);
	t_dp->platform.idle_poll = false;
	w->idle_walks = 0;
}

/* The bell of a sleep that ended by itself rings into the next one, once and not for ever. */
static void late_bell(void)
{
	struct worker *w = t_dp->worker[0];
	uint64_t slept = 0;

	w->false_alarms = 0;
	bw_bell_ring(w->bell);
	for (unsigned i = 0; i < 3; i++) {
		uint64_t from = now_ns();

		idle_sleep(w, 2000000);
		slept = now_ns() - from;
	}
	CU_ASSERT_TRUE(slept >= 1900000);
	CU_ASSERT_EQUAL(w->false_alarms, 0);
	CU_ASSERT_FALSE(atomic_load(&w->sleeps));
}

/* A descriptor that stays readable and gives nothing: sleeps all the same. */
static void spin_guard(void)
{
	struct worker *w = t_dp->worker[0];
	struct epoll_event ev = { .events = EPOLLIN };
	uint64_t from;
	int fds[2];

	CU_ASSERT_EQUAL_FATAL(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	CU_ASSERT_EQUAL(write(fds[1], "x", 1), 1);
	ev.data.fd = fds[0];
	CU_ASSERT_EQUAL_FATAL(epoll_ctl(w->epoll, EPOLL_CTL_ADD, fds[0], &ev), 0);
	for (unsigned single_core = 0; single_core < 2; single_core++) {
		from = now_ns();
		for (unsigned i = 0; i < 1000; i++) {
			if (single_core)
				idle_woken(w);
			else
				idle_sleep(w, 20000000);
		}
		CU_ASSERT_TRUE(now_ns() - from > 1000 / 40 * 1000000);
	}
	epoll_ctl(w->epoll, EPOLL_CTL_DEL, fds[0], NULL);
	close(fds[0]);
	close(fds[1]);
	w->false_alarms = 0;
}

/* What waits in a ring is seen before sleep. */
static void no_sleep_with_work(void)
{
	struct worker *w = t_dp->worker[0];
	struct call c = { 0 };
	uint64_t from;

	give(0, 77, 0);
	from = now_ns();
	idle_sleep(w, 900000000);
	CU_ASSERT_TRUE(now_ns() - from < 500000000);
	t_settle();
	CU_ASSERT_TRUE(worker_call(w, count_call, &c));
	from = now_ns();
	idle_sleep(w, 900000000);
	CU_ASSERT_TRUE(now_ns() - from < 500000000);
	t_settle();
	CU_ASSERT_EQUAL(t_reset(), 0);
}

#define ROUNDS 20000

static void *sleeper(void *arg)
{
	struct worker *w = arg;
	struct rte_rcu_qsbr *qsbr = rcu_qsbr(t_dp->rcu);
	struct rte_mbuf *m;

	rte_rcu_qsbr_thread_online(qsbr, w->id);
	for (unsigned taken = 0; taken < ROUNDS;) {
		while (rte_ring_sc_dequeue(w->inbox, (void **)&m) == 0) {
			rte_pktmbuf_free(m);
			taken++;
		}
		if (taken < ROUNDS)
			idle_sleep(w, 999999999);
	}
	rte_rcu_qsbr_thread_offline(qsbr, w->id);
	return NULL;
}

/* One at a time to a worker that sleeps each time: a lost wake-up would cost a second. */
static void no_lost_wakeup(void)
{
	struct worker *w = t_dp->worker[1];
	uint64_t longest = 0;
	pthread_t thread;

	w->counters->sleeps = 0;
	CU_ASSERT_EQUAL_FATAL(pthread_create(&thread, NULL, sleeper, w), 0);
	for (unsigned i = 0; i < ROUNDS; i++) {
		struct rte_mbuf *m = rte_pktmbuf_alloc(t_dp->pool);
		uint64_t from = now_ns(), took;

		t_require(m != NULL);
		CU_ASSERT_TRUE(worker_hand_over(w, m));
		while (!rte_ring_empty(w->inbox))
			sched_yield();
		took = now_ns() - from;
		longest = RTE_MAX(longest, took);
		for (unsigned spin = t_random() % 300; spin; spin--)
			rte_pause();
	}
	pthread_join(thread, NULL);
	CU_ASSERT_TRUE(longest < 900000000);
	CU_ASSERT_TRUE(w->counters->sleeps > 100);
	CU_ASSERT_EQUAL(t_in_use(), 0);
	bw_bell_clear(w->bell);
	w->false_alarms = 0;
}

/* ---- real workers ---- */

static void start_workers(void)
{
	atomic_store(&t_dp->stop, false);
	for (unsigned i = 0; i < WORKERS; i++)
		t_require(rte_eal_remote_launch(worker_main, t_dp->worker[i], i + 1) == 0);
	for (unsigned i = 0; i < WORKERS; i++)
		while (!atomic_load(&t_dp->worker[i]->running))
			sched_yield();
}

static void stop_workers(void)
{
	atomic_store(&t_dp->stop, true);
	for (unsigned i = 0; i < WORKERS; i++)
		idle_wake(t_dp->worker[i]);
	rte_eal_mp_wait_lcore();
}

static void jobs_on_workers(void)
{
	struct call c = { 0 };

	for (unsigned round = 0; round < 5; round++) {
		start_workers();
		for (unsigned i = 0; i < 200; i++)
			worker_call_all(t_dp, count_call, &c);
		for (unsigned i = 0; i < 300; i++) /* more than the ring holds, and no wait */
			if (!worker_call(t_dp->worker[0], count_call, &c))
				worker_flush_jobs(t_dp, 0);
		stop_workers();
		worker_flush_jobs(t_dp, 0); /* what came when it had stopped */
		for (unsigned w = 0; w < WORKERS; w++)
			CU_ASSERT_TRUE(c.n[w] >= 200 * (round + 1));
	}
	for (unsigned w = 1; w < WORKERS; w++)
		CU_ASSERT_EQUAL(c.n[w], 1000);
}

/* All frames of all workers leave by two queues, none is lost, none twice. */
static void frames_between_workers(void)
{
	static uint8_t seen[6000];
	unsigned bad = 0;

	CU_ASSERT_EQUAL_FATAL(t_reset(), 0);
	memset(seen, 0, sizeof(seen));
	start_workers();
	for (unsigned i = 0; i < sizeof(seen); i++) {
		struct rte_mbuf *m = rte_pktmbuf_alloc(t_dp->pool);

		t_require(m != NULL);
		memset(rte_pktmbuf_append(m, 60), 0, 60);
		memcpy(rte_pktmbuf_mtod(m, void *), &i, 4);
		memset(pkt_meta(m), 0, sizeof(struct pkt_meta));
		pkt_meta(m)->entry = INBOX_PORT_TX;
		pkt_meta(m)->out_port = i % 3;
		while (!worker_hand_over(t_dp->worker[i % WORKERS], m))
			sched_yield();
	}
	for (uint64_t give_up = now_ns() + UINT64_C(20000000000);
		__atomic_load_n(&t_frames, __ATOMIC_ACQUIRE) < sizeof(seen) && now_ns() < give_up;)
		sched_yield();
	stop_workers();
	t_settle();
	CU_ASSERT_EQUAL(t_frames + t_drops(BW_DROP_HANDOFF_FULL), sizeof(seen));
	for (unsigned i = 0; i < t_frames; i++) {
		uint32_t id;

		memcpy(&id, t_frame[i].b, 4);
		bad += id >= sizeof(seen) || seen[id]++ || t_frame[i].port != id % 3;
	}
	CU_ASSERT_EQUAL(bad, 0);
	CU_ASSERT_EQUAL(t_reset(), 0);
}

/* Objects are freed under readers' feet only when they have gone on. */
static void rcu_with_workers(void)
{
	struct bw_if c = t_if(1, BW_IF_PORT, 0, 0);

	CU_ASSERT_EQUAL_FATAL(t_reset(), 0);
	start_workers();
	for (unsigned i = 0; i < 300; i++) {
		c.ip_mtu = 1000 + i % 100;
		t_if_set(&c);
		rcu_poll(t_dp->rcu);
		rcu_wait(t_dp->rcu);
	}
	stop_workers();
	CU_ASSERT_EQUAL(t_reset(), 0);
}

/* ---- how DPDK is asked ---- */

/* The linker sends eal_start()'s call here (--wrap): the arguments, as one line. */
static char eal_line[8192];
int eal_answer;
bool eal_real = true;

int __real_rte_eal_init(int argc, char **argv);
int __wrap_rte_eal_init(int argc, char **argv);

int __wrap_rte_eal_init(int argc, char **argv)
{
	size_t n = 0;

	if (eal_real)
		return __real_rte_eal_init(argc, argv);
	for (int i = 0; i < argc; i++)
		n += snprintf(eal_line + n, sizeof(eal_line) - n, "%s ", argv[i]);
	CU_ASSERT_PTR_NULL(argv[argc]);
	return eal_answer;
}

static int ask_eal(struct dp *dp, char *err, size_t size)
{
	err[0] = '\0';
	eal_line[0] = '\0';
	return eal_start(dp, err, size);
}

static bool eal_has(const char *words)
{
	return strstr(eal_line, words) != NULL;
}

static int allowed_cpu(void)
{
	cpu_set_t set;
	int c = 0;

	sched_getaffinity(0, sizeof(set), &set);
	while (c < 63 && !CPU_ISSET(c, &set))
		c++;
	return c;
}

static void eal_arguments(void)
{
	struct dp *dp = aligned_alloc(64, (sizeof(*dp) + 63) & ~(size_t)63);
	int cpu = allowed_cpu();
	char err[256], want[64];

	CU_ASSERT_PTR_NOT_NULL_FATAL(dp);
	memset(dp, 0, sizeof(*dp));
	eal_real = false;
	eal_answer = 0;
	snprintf(dp->instance, sizeof(dp->instance), "RTA");
	dp->platform.main_core = -1;
	dp->platform.workers = 2;
	CU_ASSERT_EQUAL(ask_eal(dp, err, sizeof(err)), 0);
	CU_ASSERT_EQUAL(dp->n_workers, 2);
	CU_ASSERT_TRUE(eal_has("--lcores=0@(") && eal_has("),1@(") && eal_has("),2@("));
	CU_ASSERT_TRUE(eal_has("--no-huge --no-shconf ") && !eal_has("in-memory"));
	CU_ASSERT_TRUE(eal_has("-m 192 ") && eal_has("--no-pci") && eal_has("byway-RTA-"));

	dp->platform.hugepages = true;
	dp->platform.memory = 1024;
	dp->platform.cores = UINT64_C(1) << cpu;
	dp->platform.main_core = cpu;
	dp->platform.n_ports = 2;
	dp->platform.port[0].kind = BW_PORT_PCI;
	snprintf(dp->platform.port[0].device, sizeof(dp->platform.port[0].device), "0000:01:10.0");
	dp->platform.port[1].kind = BW_PORT_TAP;
	CU_ASSERT_EQUAL(ask_eal(dp, err, sizeof(err)), 0);
	snprintf(want, sizeof(want), "--lcores=0@%d,1@%d ", cpu, cpu);
	CU_ASSERT_TRUE(eal_has(want));
	CU_ASSERT_EQUAL(dp->n_workers, 1);
	CU_ASSERT_TRUE(eal_has("--in-memory ") && !eal_has("--no-huge") && eal_has("-m 1024 "));
	CU_ASSERT_TRUE(eal_has("-a 0000:01:10.0 ") && !eal_has("--no-pci"));

	dp->platform.memory = 0;
	dp->platform.max_mtu = 9000; /* 16384 buffers, 7 KiB more each */
	CU_ASSERT_EQUAL(ask_eal(dp, err, sizeof(err)), 0);
	CU_ASSERT_TRUE(eal_has("-m 304 "));
	dp->platform.memory = 1024;

	dp->platform.single_core = true;
	CU_ASSERT_EQUAL(ask_eal(dp, err, sizeof(err)), 0);
	snprintf(want, sizeof(want), "--lcores=0@%d ", cpu);
	CU_ASSERT_TRUE(eal_has(want));
	dp->platform.cores = 0;
	CU_ASSERT_EQUAL(ask_eal(dp, err, sizeof(err)), 0);
	CU_ASSERT_TRUE(eal_has("--lcores=0@("));
	dp->platform.single_core = false;
	dp->platform.main_core = -1;

	dp->platform.workers = 0;
	CU_ASSERT_EQUAL(ask_eal(dp, err, sizeof(err)), -EINVAL);
	CU_ASSERT_TRUE(err[0] && !eal_line[0]);
	dp->platform.workers = BW_MAX_WORKERS + 1;
	CU_ASSERT_EQUAL(ask_eal(dp, err, sizeof(err)), -EINVAL);
	CU_ASSERT_TRUE(err[0] && !eal_line[0]);
	dp->platform.workers = BW_MAX_WORKERS;
	CU_ASSERT_EQUAL(ask_eal(dp, err, sizeof(err)), 0);
	CU_ASSERT_TRUE(eal_has(",16@("));
	dp->platform.cores = UINT64_C(1) << 63;
	CU_ASSERT_EQUAL(ask_eal(dp, err, sizeof(err)), -EINVAL);
	CU_ASSERT_PTR_NOT_NULL(strstr(err, "core 63"));
	dp->platform.cores = 0;
	eal_answer = -1;
	rte_errno = ENOMEM;
	CU_ASSERT_EQUAL(ask_eal(dp, err, sizeof(err)), -ENOMEM);
	CU_ASSERT_PTR_NOT_NULL(strstr(err, "1024 MiB of huge pages"));

	/* as many and as long devices as platform.conf can name */
	eal_answer = 0;
	dp->platform.n_ports = BW_MAX_PORTS;
	for (unsigned i = 0; i < BW_MAX_PORTS; i++) {
		struct bw_platform_port *p = &dp->platform.port[i];

		p->kind = BW_PORT_PCI;
		memset(p->device, 'a', sizeof(p->device) - 1);
	}
	CU_ASSERT_EQUAL(ask_eal(dp, err, sizeof(err)), 0);
	CU_ASSERT_TRUE(strlen(eal_line) > BW_MAX_PORTS * 107);
	eal_real = true;
	free(dp);
}

static void devargs(void)
{
	struct bw_platform platform = { .max_mtu = BW_MAX_MTU_DEFAULT };
	struct bw_platform_port *p = &platform.port[3];
	char buf[512];
	static const struct {
		enum bw_port_kind kind;
		const char *want;
	} plain[] = {
		{ BW_PORT_PCI, "lan0" },
		{ BW_PORT_AF_PACKET, "net_af_packet3,iface=lan0,qpairs=1" },
		{ BW_PORT_AF_XDP, "net_af_xdp3,iface=lan0,queue_count=1" },
		{ BW_PORT_TAP, "net_tap3,iface=lan0" },
		{ BW_PORT_PCAP, "net_pcap3,rx_pcap=lan0" },
		{ BW_PORT_NULL, "net_null3,no-rx=1" },
		{ BW_PORT_MEMIF, "net_memif3,role=client,id=0,socket=sock,socket-abstract=no" },
	};

	snprintf(p->device, sizeof(p->device), "lan0");
	for (unsigned i = 0; i < RTE_DIM(plain); i++) {
		p->kind = plain[i].kind;
		CU_ASSERT_EQUAL(port_devargs(&platform, 3, 2, "sock", buf, sizeof(buf)), 0);
		CU_ASSERT_STRING_EQUAL(buf, plain[i].want);
		/* what does not fit is refused, and not cut */
		for (unsigned size = 0; size <= strlen(plain[i].want); size++)
			CU_ASSERT_EQUAL(port_devargs(&platform, 3, 2, "sock", buf, size), -EINVAL);
		CU_ASSERT_EQUAL(
			port_devargs(&platform, 3, 2, "sock", buf, strlen(plain[i].want) + 1), 0);
	}
	p->kind = 0;
	CU_ASSERT_EQUAL(port_devargs(&platform, 3, 2, "sock", buf, sizeof(buf)), -EINVAL);
	p->kind = BW_PORT_AF_PACKET;
	p->queues = 4;
	CU_ASSERT_EQUAL(port_devargs(&platform, 3, 2, "sock", buf, sizeof(buf)), 0);
	CU_ASSERT_STRING_EQUAL(buf, "net_af_packet3,iface=lan0,qpairs=4");
	platform.max_mtu = 9000;
	CU_ASSERT_EQUAL(port_devargs(&platform, 3, 2, "sock", buf, sizeof(buf)), 0);
	CU_ASSERT_STRING_EQUAL(
		buf, "net_af_packet3,iface=lan0,qpairs=4,framesz=9216,blocksz=36864");
	CU_ASSERT_EQUAL(port_devargs(&platform, 3, 2, "sock", buf, 60), -EINVAL);
	p->kind = BW_PORT_PCAP;
	snprintf(p->device_out, sizeof(p->device_out), "out.pcap");
	CU_ASSERT_EQUAL(port_devargs(&platform, 3, 2, "sock", buf, sizeof(buf)), 0);
	CU_ASSERT_STRING_EQUAL(buf, "net_pcap3,rx_pcap=lan0,tx_pcap=out.pcap");
	p->kind = BW_PORT_MEMIF;
	p->memif_server = p->memif_zero_copy = true;
	p->memif_id = 7;
	p->memif_bsize = 2048;
	p->ring_size = 1024;
	CU_ASSERT_EQUAL(port_devargs(&platform, 3, 2, "sock", buf, sizeof(buf)), 0);
	CU_ASSERT_STRING_EQUAL(buf, "net_memif3,role=server,id=7,socket=sock,socket-abstract=no,"
				    "bsize=2048,rsize=10,zero-copy=yes");
	for (unsigned size = 0; size <= strlen(buf); size++) {
		char small[512];

		CU_ASSERT_EQUAL(port_devargs(&platform, 3, 2, "sock", small, size), -EINVAL);
	}
	p->queues = 0;
	p->kind = BW_PORT_PCI;
	CU_ASSERT_EQUAL(port_wanted_queues(p, 5), 5);
	p->kind = BW_PORT_TAP;
	CU_ASSERT_EQUAL(port_wanted_queues(p, 5), 1);
}

/* Ask for 10.0.10.1 in a frame whose tag the card has taken off; the frames answered. */
static unsigned ask_without_tag(uint16_t tci)
{
	static const uint8_t nobody[6];
	uint8_t f[60] = { 0 };

	t_settle(); /* its announcements */
	t_forget_frames();
	t_put_arp(f + t_put_eth(f, t_broadcast, -1, RTE_ETHER_TYPE_ARP), 1, t_peer,
		t_ip("10.0.10.2"), nobody, t_ip("10.0.10.1"));
	t_receive_stripped(0, tci, f, sizeof(f));
	t_settle();
	return t_frames;
}

/* The PF's driver may strip its VFs' tags unasked. */
static void stripped_tags(void)
{
	struct bw_if c = t_if(1, BW_IF_SUBIF, 0, 10);

	CU_ASSERT_EQUAL_FATAL(t_reset(), 0);
	t_if_set(&c);
	t_connect(1, "10.0.10.1", 24);
	CU_ASSERT_EQUAL(ask_without_tag(10), 0); /* hardware of our own does what it is told */
	t_dp->port[0].is_vf = true;
	CU_ASSERT_EQUAL_FATAL(ask_without_tag(0x600a), 1); /* with a priority */
	CU_ASSERT_EQUAL(t_frame[0].b[12] << 8 | t_frame[0].b[13], RTE_ETHER_TYPE_VLAN);
	CU_ASSERT_EQUAL(t_frame[0].b[14] << 8 | t_frame[0].b[15], 10);
	CU_ASSERT_EQUAL(ask_without_tag(11), 0);
	/* a VLAN that we did not ask for is the PF's affair: its frames are untagged ones */
	c = t_if(2, BW_IF_PORT, 0, 0);
	t_if_set(&c);
	t_connect(2, "10.0.10.1", 24);
	CU_ASSERT_EQUAL_FATAL(ask_without_tag(11), 1);
	CU_ASSERT_EQUAL(t_frame[0].b[12] << 8 | t_frame[0].b[13], RTE_ETHER_TYPE_ARP);
	t_dp->port[0].is_vf = false;
	CU_ASSERT_EQUAL(t_reset(), 0);
}

static void port_mtu(void)
{
	uint16_t was = t_dp->port[0].mtu;

	CU_ASSERT_EQUAL(was, 1500);
	CU_ASSERT_EQUAL(port_set_mtu(t_dp, 0, 576), 0);
	CU_ASSERT_EQUAL(t_dp->port[0].mtu, 1500); /* smaller packets pass anyway */
	CU_ASSERT_EQUAL(port_set_mtu(t_dp, 0, UINT16_MAX), -EINVAL);
	CU_ASSERT_EQUAL(t_dp->port[0].mtu, 1500);
	CU_ASSERT_EQUAL(port_set_mtu(t_dp, 0, t_dp->port[0].max_mtu + 1), -EINVAL);
	CU_ASSERT_EQUAL(t_dp->port[0].max_mtu, BW_MAX_MTU_DEFAULT);
}

int main(void)
{
	static const struct t_config config = { .workers = WORKERS, .ports = 3, .queues = QUEUES };
	CU_pSuite s;
	int rc;

	t_start(&config);
	CU_initialize_registry();
	s = CU_add_suite("transmit", NULL, NULL);
	CU_add_test(s, "more workers than queues", more_workers_than_queues);
	CU_add_test(s, "mixed ports", mixed_ports);
	CU_add_test(s, "full and absent ports", full_and_absent_ports);
	CU_add_test(s, "queues are spread", queues_are_spread);
	CU_add_test(s, "the inbox is bounded", inbox_is_bounded);
	CU_add_test(s, "the punt ring keeps room for ARP", punt_keeps_room);
	s = CU_add_suite("workers by hand", NULL, NULL);
	CU_add_test(s, "jobs", jobs_by_hand);
	CU_add_test(s, "deferred frees in order", rcu_in_order);
	CU_add_test(s, "idle sleeps grow", idle_grows);
	CU_add_test(s, "a late bell", late_bell);
	CU_add_test(s, "a descriptor that stays readable", spin_guard);
	CU_add_test(s, "no sleep with work", no_sleep_with_work);
	CU_add_test(s, "no lost wake-up", no_lost_wakeup);
	s = CU_add_suite("workers on lcores", NULL, NULL);
	CU_add_test(s, "jobs", jobs_on_workers);
	CU_add_test(s, "frames between workers", frames_between_workers);
	CU_add_test(s, "interfaces replaced under them", rcu_with_workers);
	s = CU_add_suite("DPDK", NULL, NULL);
	CU_add_test(s, "EAL's arguments", eal_arguments);
	CU_add_test(s, "device arguments", devargs);
	CU_add_test(s, "tags that a VF's card takes off", stripped_tags);
	CU_add_test(s, "MTU of a port", port_mtu);
	rc = t_run();
	t_stop();
	return rc;
}
