/* SPDX-License-Identifier: BSD-3-Clause */
#include "core/worker.h"

#include <errno.h>
#include <rte_cycles.h>
#include <rte_lcore.h>
#include <rte_malloc.h>
#include <stdlib.h>
#include <sys/prctl.h>

#include "core/dp.h"
#include "core/idle.h"
#include "core/rcu.h"
#include "nat/nat.h"

struct worker_job {
	void (*fn)(struct worker *w, void *arg);
	void *arg;
};

/* rte_graph takes in by itself what their edges lead to. */
static const char *const sources[] = { "port_rx", "inbox" };

/* Whose graph rte_graph_create() is making: it gives its init functions no argument of ours. */
static struct worker *being_created;

int node_init(const struct rte_graph *graph, struct rte_node *node)
{
	(void)graph;
	*(struct worker **)node->ctx = being_created;
	return 0;
}

static int create_graph(struct worker *w)
{
	struct rte_graph_param param = {
		.socket_id = SOCKET_ID_ANY,
		.nb_node_patterns = RTE_DIM(sources),
		.node_patterns = (const char **)sources,
	};
	char name[RTE_GRAPH_NAMESIZE];

	snprintf(name, sizeof(name), "worker-%u", w->id);
	being_created = w;
	if (rte_graph_create(name, &param) == RTE_GRAPH_ID_INVALID)
		return rte_errno ? -rte_errno : -EINVAL;
	being_created = NULL;
	w->graph = rte_graph_lookup(name);
	return w->graph ? 0 : -ENOENT;
}

static int create_rings(struct worker *w)
{
	char name[RTE_RING_NAMESIZE];

	snprintf(name, sizeof(name), "inbox-%u", w->id);
	w->inbox = rte_ring_create(name, WORKER_INBOX_SIZE, SOCKET_ID_ANY, RING_F_SC_DEQ);
	snprintf(name, sizeof(name), "jobs-%u", w->id);
	w->jobs = rte_ring_create_elem(name, sizeof(struct worker_job), WORKER_JOBS_SIZE,
		SOCKET_ID_ANY, RING_F_SP_ENQ | RING_F_SC_DEQ);
	return w->inbox && w->jobs ? 0 : -ENOMEM;
}

struct worker *worker_create(struct dp *dp, unsigned id, unsigned lcore)
{
	struct worker *w = rte_zmalloc("worker", sizeof(*w), RTE_CACHE_LINE_SIZE);

	if (!w)
		return NULL;
	w->dp = dp;
	w->id = id;
	w->lcore = lcore;
	w->counters = &dp->region.counters[id];
	w->counters->lcore = lcore;
	w->rx_burst = dp->platform.burst ? dp->platform.burst : RTE_GRAPH_BURST_SIZE;
	w->random = 0x9e3779b9u * (id + 1);
	w->now = rte_rdtsc();
	w->now_sec = dp_seconds(dp);
	if (create_rings(w) < 0 || nat_worker_init(w) < 0 || vfr_worker_init(w) < 0) {
		worker_destroy(w);
		return NULL;
	}
	return w;
}

int worker_start_graph(struct worker *w)
{
	int rc = create_graph(w);

	if (rc == 0)
		rc = idle_open(w);
	if (rc == 0)
		rc = rte_rcu_qsbr_thread_register(rcu_qsbr(w->dp->rcu), w->id) == 0 ? 0 : -EINVAL;
	return rc;
}

void worker_destroy(struct worker *w)
{
	struct rte_mbuf *m;

	if (!w)
		return;
	while (w->inbox && rte_ring_dequeue(w->inbox, (void **)&m) == 0)
		rte_pktmbuf_free(m);
	if (w->graph)
		rte_graph_destroy(rte_graph_from_name(w->graph->name));
	idle_close(w);
	vfr_worker_fini(w);
	nat_worker_fini(w);
	rte_ring_free(w->inbox);
	rte_ring_free(w->jobs);
	rte_free(w);
}

bool worker_hand_over(struct worker *to, struct rte_mbuf *m)
{
	if (rte_ring_mp_enqueue(to->inbox, m) != 0)
		return false;
	idle_wake(to);
	return true;
}

bool worker_call(struct worker *w, void (*fn)(struct worker *w, void *arg), void *arg)
{
	struct worker_job job = { fn, arg };

	if (rte_ring_sp_enqueue_elem(w->jobs, &job, sizeof(job)) != 0)
		return false;
	idle_wake(w);
	return true;
}

static void run_jobs(struct worker *w)
{
	struct worker_job job;

	while (unlikely(rte_ring_sc_dequeue_elem(w->jobs, &job, sizeof(job)) == 0))
		job.fn(w, job.arg);
}

/* In single-core mode the worker is this very lcore, so its jobs are run here. */
void worker_call_all(struct dp *dp, void (*fn)(struct worker *w, void *arg), void *arg)
{
	for (unsigned i = 0; i < dp->n_workers; i++)
		while (!worker_call(dp->worker[i], fn, arg))
			worker_flush_jobs(dp, i);
	for (unsigned i = 0; i < dp->n_workers; i++)
		worker_flush_jobs(dp, i);
}

void worker_flush_jobs(struct dp *dp, unsigned id)
{
	struct worker *w = dp->worker[id];

	while (w->lcore != rte_lcore_id() && atomic_load(&w->running)) {
		if (rte_ring_empty(w->jobs)) {
			rcu_wait(dp->rcu); /* the last one has left the ring, and now returned */
			return;
		}
		rte_pause();
	}
	run_jobs(w); /* it is this lcore, or it has stopped */
}

static void tick(struct worker *w)
{
	w->now = rte_rdtsc();
	if (unlikely(w->now >= w->next_sec_tsc)) {
		w->now_sec = dp_seconds(w->dp);
		w->next_sec_tsc = w->dp->start_tsc + w->now_sec * w->dp->tsc_hz;
	}
}

unsigned worker_walk(struct worker *w)
{
	struct bw_worker_counters *c = w->counters;
	unsigned packets;

	tick(w);
	w->walk_packets = 0;
	rte_graph_walk(w->graph);
	packets = w->walk_packets;
	nat_worker_poll(w);
	run_jobs(w);
	rte_rcu_qsbr_quiescent(rcu_qsbr(w->dp->rcu), w->id);
	c->loops++;
	c->packets += packets;
	*(packets ? &c->busy_cycles : &c->idle_cycles) += rte_rdtsc() - w->now;
	return packets;
}

void worker_drain(struct worker *w)
{
	struct rte_rcu_qsbr *qsbr = rcu_qsbr(w->dp->rcu);

	rte_rcu_qsbr_thread_online(qsbr, w->id);
	while (!rte_ring_empty(w->inbox))
		worker_walk(w);
	rte_rcu_qsbr_thread_offline(qsbr, w->id);
}

int worker_main(void *arg)
{
	struct worker *w = arg;
	struct rte_rcu_qsbr *qsbr = rcu_qsbr(w->dp->rcu);

	prctl(PR_SET_TIMERSLACK, 1000); /* ns; the default of 50 us is a third of a sleep */
	rte_rcu_qsbr_thread_online(qsbr, w->id);
	atomic_store(&w->running, true);
	while (!atomic_load_explicit(&w->dp->stop, memory_order_relaxed)) {
		uint64_t ns = idle_time(w, worker_walk(w));

		if (ns)
			idle_sleep(w, ns);
	}
	rte_rcu_qsbr_thread_offline(qsbr, w->id);
	atomic_store(&w->running, false); /* jobs that come now are the main lcore's to run */
	return 0;
}
