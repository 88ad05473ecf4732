/* SPDX-License-Identifier: BSD-3-Clause */
#include "core/main_loop.h"

#include <errno.h>
#include <rte_cycles.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#include "core/dp.h"
#include "core/idle.h"
#include "core/rcu.h"
#include "host/host.h"
#include "l2/bridge.h"
#include "l3/announce.h"
#include "l3/arp.h"
#include "l3/line.h"
#include "l3/neigh.h"
#include "nat/nat.h"
#include "objects/acl_log.h"
#include "objects/programmer.h"
#include "port/memif.h"
#include "port/netdev.h"
#include "port/port.h"
#include "pppoe/pppoe.h"

#define TICK_MS	     100
#define PUNT_BURST   64
#define HOST_BURST   64
#define WALKS_A_TURN 32 /* single-core mode: walks between looks at everything else */

struct loop {
	struct dp *dp;
	int epoll;
	int netdevs;	    /* readable when a kernel device has changed; -1: there is none */
	bool looks;	    /* at the links, in the next turn */
	uint64_t next_tick; /* TSC */
	bool more;	    /* something is left to do at once */
};

static int watch(struct loop *l, int fd)
{
	struct epoll_event ev = { .events = EPOLLIN, .data.fd = fd };

	return epoll_ctl(l->epoll, EPOLL_CTL_ADD, fd, &ev) == 0 || errno == EEXIST ? 0 : -errno;
}

/* A closed descriptor leaves the epoll set by itself. */
static void watch_hosts(struct loop *l)
{
	l->dp->hosts_changed = false;
	for (unsigned v = 0; v < BW_MAX_VRFS; v++)
		if (host_fd(l->dp, v) >= 0)
			watch(l, host_fd(l->dp, v));
}

static void poll_control(struct loop *l)
{
	struct dp *dp = l->dp;

	if (dp->listener.sock >= 0 && bw_listener_hung_up(&dp->listener))
		programmer_detached(dp);
	if (bw_listener_accept(&dp->listener, &dp->region) == 1) {
		watch(l, dp->listener.sock);
		watch(l, dp->listener.cmd_bell);
		programmer_attached(dp);
	}
	l->more |= programmer_poll(dp);
	if (dp->hosts_changed)
		watch_hosts(l);
}

static void take_punted(struct dp *dp, struct rte_mbuf *m)
{
	switch (pkt_meta(m)->punt) {
	case PUNT_ARP:
		arp_input(dp, m);
		break;
	case PUNT_RESOLVE:
		neigh_resolve(dp, m);
		break;
	case PUNT_PPPOE:
		pppoe_discovery_input(dp, m);
		break;
	case PUNT_PPP:
		pppoe_ppp_input(dp, m);
		break;
	case PUNT_STRAY:
		pppoe_stray_input(dp, m);
		break;
	default:
		host_send(dp, pkt_meta(m)->vrf, m);
		break;
	}
}

static void poll_punted(struct loop *l)
{
	struct rte_mbuf *m[PUNT_BURST];
	unsigned n = rte_ring_sc_dequeue_burst(l->dp->punt, (void **)m, PUNT_BURST, NULL);

	for (unsigned i = 0; i < n; i++)
		take_punted(l->dp, m[i]);
	l->more |= n == PUNT_BURST;
}

static void poll_hosts(struct loop *l)
{
	for (unsigned v = 0; v < BW_MAX_VRFS; v++)
		if (l->dp->host[v] && host_receive(l->dp, v, HOST_BURST) == HOST_BURST)
			l->more = true;
}

/* The graph nodes' own counters, for whoever looks. */
static void copy_node_counters(struct dp *dp, const struct worker *w)
{
	struct bw_node_counters *to = w->counters->node;
	const struct rte_node *node;
	rte_graph_off_t off;
	rte_node_t count;

	rte_graph_foreach_node(count, off, w->graph, node)
	{
		if (count >= BW_MAX_NODES)
			break;
		if (to[count].name[0] == '\0')
			snprintf(to[count].name, sizeof(to[count].name), "%.31s", node->name);
		to[count].calls = node->total_calls;
		to[count].packets = node->total_objs;
		to[count].cycles = node->total_cycles;
	}
	(void)dp;
}

static void tick(struct loop *l)
{
	struct dp *dp = l->dp;

	if (rte_rdtsc() < l->next_tick)
		return;
	l->next_tick = rte_rdtsc() + TICK_MS * dp->tsc_hz / 1000;
	port_poll(dp);
	neigh_poll(dp);
	announce_poll(dp);
	bridge_poll(dp);
	pppoe_poll(dp);
	nat_poll(dp);
	acl_log_poll(dp);
	for (unsigned i = 0; i < dp->n_workers; i++)
		copy_node_counters(dp, dp->worker[i]);
}

/* Everything once. */
static void turn(struct loop *l)
{
	l->more = false;
	l->dp->counters->loops++; /* control sees that we live */
	poll_control(l);
	poll_punted(l);
	poll_hosts(l);
	memif_poll(l->dp);
	if (l->looks)
		port_look(l->dp);
	l->looks = false;
	rcu_poll(l->dp->rcu);
	tick(l);
	line_update(l->dp); /* after whoever may have seen a link change */
}

static void wait_for_events(struct loop *l, uint64_t ns)
{
	struct timespec t = { .tv_sec = ns / 1000000000, .tv_nsec = ns % 1000000000 };
	struct epoll_event ev[16];
	int n = epoll_pwait2(l->epoll, ev, 16, &t, NULL);

	for (int i = 0; i < n; i++)
		if (ev[i].data.fd == l->netdevs) {
			netdev_changed(l->netdevs);
			l->looks = true;
		} else if (ev[i].data.fd == l->dp->main_bell ||
			   ev[i].data.fd == l->dp->listener.cmd_bell) {
			bw_bell_clear(ev[i].data.fd);
		}
}

static uint64_t ns_to_tick(const struct loop *l)
{
	uint64_t now = rte_rdtsc();

	return now >= l->next_tick ? 0 : (l->next_tick - now) * 1000000000 / l->dp->tsc_hz;
}

/* Say that we sleep before the last look, so that nobody's news falls between. */
static void sleep_until_news(struct loop *l)
{
	atomic_store(&l->dp->main_sleeps, true);
	wait_for_events(l, rte_ring_empty(l->dp->punt) ? ns_to_tick(l) : 0);
	atomic_store(&l->dp->main_sleeps, false);
}

static void run_beside_workers(struct loop *l)
{
	while (!atomic_load_explicit(&l->dp->stop, memory_order_relaxed)) {
		turn(l);
		if (!l->more)
			sleep_until_news(l);
	}
}

/* One lcore for both: walk, and between walks do what the main lcore does. */
static void run_as_worker(struct loop *l)
{
	struct worker *w = l->dp->worker[0];
	struct rte_rcu_qsbr *qsbr = rcu_qsbr(l->dp->rcu);
	uint64_t ns = 0;

	prctl(PR_SET_TIMERSLACK, 1000);
	watch(l, w->epoll); /* an epoll set is itself a descriptor: its frames wake this lcore */
	rte_rcu_qsbr_thread_online(qsbr, w->id);
	atomic_store(&w->running, true);
	while (!atomic_load_explicit(&l->dp->stop, memory_order_relaxed)) {
		for (unsigned i = 0; i < WALKS_A_TURN; i++) {
			ns = idle_time(w, worker_walk(w));
			if (ns)
				break;
		}
		turn(l);
		if (ns && !l->more && rte_ring_empty(w->inbox) && rte_ring_empty(w->jobs)) {
			w->counters->sleeps++;
			wait_for_events(l, RTE_MIN(ns, ns_to_tick(l)));
			idle_woken(w);
		}
	}
	atomic_store(&w->running, false);
	rte_rcu_qsbr_thread_offline(qsbr, w->id);
}

int main_loop(struct dp *dp)
{
	struct loop l = {
		.dp = dp,
		.epoll = epoll_create1(EPOLL_CLOEXEC),
		.netdevs = netdev_monitor(),
	};
	int rc;

	if (l.epoll < 0)
		return -errno;
	rc = watch(&l, dp->main_bell);
	if (rc == 0)
		rc = watch(&l, dp->listener.listen_sock);
	if (rc == 0 && memif_fd(dp) >= 0)
		rc = watch(&l, memif_fd(dp));
	if (rc == 0 && l.netdevs >= 0) /* without it, links are looked at ten times a second */
		rc = watch(&l, l.netdevs);
	if (rc == 0 && dp->platform.single_core)
		run_as_worker(&l);
	else if (rc == 0)
		run_beside_workers(&l);
	close(l.epoll);
	if (l.netdevs >= 0)
		close(l.netdevs);
	return rc;
}
