/* SPDX-License-Identifier: BSD-3-Clause */
/* byway-dp: start, run, stop. */
#include <errno.h>
#include <getopt.h>
#include <pthread.h>
#include <rte_cycles.h>
#include <rte_errno.h>
#include <rte_launch.h>
#include <rte_lcore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "core/buffers.h"
#include "core/dp.h"
#include "core/eal.h"
#include "core/idle.h"
#include "core/main_loop.h"
#include "core/rcu.h"
#include "host/host.h"
#include "l2/bridge.h"
#include "l3/neigh.h"
#include "nat/nat.h"
#include "nodes/arcs.h"
#include "objects/itf_set.h"
#include "objects/objects.h"
#include "objects/programmer.h"
#include "port/port.h"
#include "pppoe/pppoe.h"
#include "tables/acl.h"
#include "tables/fib_pool.h"
#include "tables/l2map.h"

#define PUNT_RING 2048

struct options {
	const char *instance;
	const char *platform;
};

static void usage(void)
{
	fputs("usage: byway-dp --instance NAME [--platform FILE]\n"
	      "  --platform  default /etc/byway/NAME/platform.conf\n"
	      "The run directory is $BYWAY_RUN_DIR/NAME, default /run/byway/NAME.\n",
		stderr);
}

static bool parse_options(int argc, char **argv, struct options *o)
{
	static const struct option known[] = {
		{ "instance", required_argument, NULL, 'i' },
		{ "platform", required_argument, NULL, 'p' },
		{ 0 },
	};
	int c;

	o->instance = "default";
	o->platform = NULL;
	while ((c = getopt_long(argc, argv, "", known, NULL)) != -1) {
		if (c == 'i')
			o->instance = optarg;
		else if (c == 'p')
			o->platform = optarg;
		else
			return false;
	}
	return optind == argc && *o->instance && strlen(o->instance) < 24 &&
	       !strchr(o->instance, '/');
}

/* The run directory, made if need be. */
static int make_run_dir(struct dp *dp, char *err, size_t err_size)
{
	const char *base = getenv("BYWAY_RUN_DIR");
	int len;

	if (!base)
		base = "/run/byway";
	len = snprintf(dp->run_dir, sizeof(dp->run_dir), "%s/%s", base, dp->instance);
	if (len < 0 || len + sizeof("/dp.sock") > sizeof(dp->run_dir)) {
		snprintf(err, err_size, "%s: too long a path for a socket", base);
		dp->run_dir[0] = '\0'; /* it is no directory of ours */
		return -ENAMETOOLONG;
	}
	/* who leaves removes what is empty, perhaps just now */
	for (unsigned i = 0; i < 5; i++) {
		mkdir(base, 0755);
		if (mkdir(dp->run_dir, 0755) == 0 || errno == EEXIST)
			return 0;
	}
	snprintf(err, err_size, "%s: %s", dp->run_dir, strerror(errno));
	return -errno;
}

static void retire(void *ctx, void (*fn)(void *, uint64_t), void *arg, uint64_t value)
{
	rcu_defer_value(((struct dp *)ctx)->rcu, fn, arg, value);
}

static int create_region(struct dp *dp)
{
	struct bw_region_header *h;
	int rc = bw_region_create(&dp->region, dp->n_workers, dp->platform.n_ports);

	if (rc < 0)
		return rc;
	dp->counters = &dp->region.counters[dp->n_workers];
	h = dp->region.header;
	if (getrandom(&h->boot_id, sizeof(h->boot_id), 0) != sizeof(h->boot_id))
		h->boot_id = rte_rdtsc();
	h->start_time = time(NULL);
	h->tsc_hz = dp->tsc_hz;
	h->dp_pid = getpid();
	snprintf(h->dp_version, sizeof(h->dp_version), "%s", BYWAY_VERSION);
	return 0;
}

/* Tables and rings; all that ports and workers build on. */
static int create_tables(struct dp *dp)
{
	static const struct bw_vrf global = { .name = "default" };
	int rc = pkt_meta_register();

	if (rc < 0)
		return rc;
	dp->rcu = rcu_create(dp->n_workers);
	dp->pool = buffers_create(&dp->platform, dp->n_workers);
	dp->punt = rte_ring_create("punt", PUNT_RING, SOCKET_ID_ANY, RING_F_SC_DEQ);
	dp->main_bell = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	dp->adj = adj_create();
	dp->fib_pool = fib_pool_create(retire, dp);
	dp->no_fib = dp->fib_pool ? fib_create(dp->fib_pool, UINT16_MAX, BW_ADJ_NO_ROUTE) : NULL;
	dp->neigh = neigh_create();
	dp->acl = acl_create(dp->n_workers, retire, dp);
	if (!dp->rcu || !dp->pool || !dp->punt || dp->main_bell < 0 || !dp->adj || !dp->no_fib ||
		!dp->neigh || !dp->acl)
		return -ENOMEM;
	if (dp->platform.single_core)
		rcu_main_is_worker(dp->rcu, 0);
	rc = nat_create(dp);
	if (rc == 0)
		rc = bridge_create(dp);
	if (rc == 0)
		rc = pppoe_create(dp);
	if (rc == 0 && vrf_set(dp, &global, 0) != BW_OK)
		rc = -ENOMEM;
	return rc;
}

static int create_workers(struct dp *dp)
{
	for (unsigned i = 0; i < dp->n_workers; i++) {
		dp->worker[i] = worker_create(dp, i, dp->platform.single_core ? 0 : i + 1);
		if (!dp->worker[i])
			return -ENOMEM;
	}
	return 0;
}

static int start_graphs(struct dp *dp)
{
	int rc = arcs_connect();

	for (unsigned i = 0; rc == 0 && i < dp->n_workers; i++)
		rc = worker_start_graph(dp->worker[i]);
	return rc;
}

static void launch_workers(struct dp *dp)
{
	for (unsigned i = 0; !dp->platform.single_core && i < dp->n_workers; i++)
		rte_eal_remote_launch(worker_main, dp->worker[i], dp->worker[i]->lcore);
}

/* From here on a failure says in err what could not be had. */
static int start(struct dp *dp, char *err, size_t err_size)
{
	char path[sizeof(dp->run_dir) + 16];
	int rc = make_run_dir(dp, err, err_size);

	if (rc == 0)
		rc = eal_start(dp, err, err_size);
	if (rc < 0)
		return rc;
	dp->tsc_hz = rte_get_tsc_hz();
	dp->start_tsc = rte_rdtsc();
	rc = create_region(dp);
	if (rc == 0)
		rc = create_tables(dp);
	if (rc == 0)
		rc = create_workers(dp);
	if (rc < 0) {
		snprintf(err, err_size,
			"cannot make the tables: %s (platform.conf: memory, "
			"mbufs, nat-sessions)",
			strerror(-rc));
		return rc;
	}
	rc = port_open_all(dp, err, err_size);
	if (rc < 0)
		return rc;
	port_describe(dp);
	rc = start_graphs(dp);
	if (rc == 0) {
		dp->programmer = programmer_create(dp);
		rc = dp->programmer ? 0 : -ENOMEM;
	}
	if (rc < 0) {
		snprintf(err, err_size, "cannot make the packet graph: %s", strerror(-rc));
		return rc;
	}
	snprintf(path, sizeof(path), "%s/dp.sock", dp->run_dir);
	rc = bw_listener_open(&dp->listener, path);
	if (rc == 0)
		eal_sweep(dp);
	else
		snprintf(err, err_size,
			rc == -EADDRINUSE ? "%s: byway-dp of instance %s is running already"
					  : "%s: cannot listen (instance %s)",
			path, dp->instance);
	return rc;
}

static void stop(struct dp *dp)
{
	char path[sizeof(dp->run_dir) + 16];

	snprintf(path, sizeof(path), "%s/dp.sock", dp->run_dir);
	if (dp->listener.listen_sock >= 0)
		bw_listener_close(&dp->listener, path);
	for (unsigned v = 0; v < BW_MAX_VRFS; v++)
		host_del(dp, v);
	pppoe_destroy(dp);
	if (dp->neigh)
		neigh_destroy(dp);
	programmer_destroy(dp);
	port_close_all(dp);
	rcu_destroy(dp->rcu);
	dp->rcu = NULL;
	for (unsigned i = 0; i < dp->n_workers; i++)
		worker_destroy(dp->worker[i]);
	bridge_destroy(dp);
	nat_destroy(dp);
	acl_destroy(dp->acl);
	itf_free_all(dp);
	l2map_free(dp);
	for (unsigned v = 0; v < BW_MAX_VRFS; v++)
		fib_destroy(dp->fib[v]);
	fib_destroy(dp->no_fib);
	fib_pool_destroy(dp->fib_pool);
	adj_destroy(dp->adj);
	rte_ring_free(dp->punt);
	rte_mempool_free(dp->pool);
	bw_region_free(&dp->region);
	if (dp->start_tsc) /* EAL is up */
		eal_stop();
	rmdir(dp->run_dir); /* unless bywayd is there */
}

/* Signals are taken by a thread of their own: no handler has to find the dataplane's state. */
static void *wait_for_signal(void *arg)
{
	struct dp *dp = arg;
	sigset_t set;
	int sig;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigwait(&set, &sig);
	atomic_store(&dp->stop, true);
	bw_bell_ring(dp->main_bell);
	for (unsigned i = 0; i < dp->n_workers; i++)
		idle_wake(dp->worker[i]);
	return NULL;
}

/* Before EAL makes threads, so that all of them inherit it. */
static void block_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
}

/* Peers are told that their sessions end, by the first worker's graph: its thread has gone. */
static void say_goodbye(struct dp *dp)
{
	pppoe_hang_up(dp);
	worker_drain(dp->worker[0]);
}

static int run(struct dp *dp)
{
	pthread_t signals;
	int rc = pthread_create(&signals, NULL, wait_for_signal, dp);

	if (rc != 0)
		return -rc;
	launch_workers(dp);
	fprintf(stderr, "byway-dp: instance %s: %u ports, %u worker%s%s\n", dp->instance,
		dp->n_ports, dp->n_workers, dp->n_workers == 1 ? "" : "s",
		dp->platform.single_core ? " on the main core" : "");
	rc = main_loop(dp);
	atomic_store(&dp->stop, true);
	/* it may be about to wake workers, or the loop ended without a signal */
	pthread_kill(signals, SIGTERM);
	pthread_join(signals, NULL);
	rte_eal_mp_wait_lcore();
	say_goodbye(dp);
	return rc;
}

int main(int argc, char **argv)
{
	struct dp *dp = aligned_alloc(64, (sizeof(*dp) + 63) & ~(size_t)63);
	char err[256] = "", path[256];
	struct options o;
	int rc;

	if (!parse_options(argc, argv, &o)) {
		usage();
		free(dp);
		return 2;
	}
	if (!dp)
		return 1;
	memset(dp, 0, sizeof(*dp));
	dp->listener.listen_sock = dp->listener.sock = -1;
	dp->region.fd = -1;
	snprintf(dp->instance, sizeof(dp->instance), "%s", o.instance);
	snprintf(path, sizeof(path), "/etc/byway/%s/platform.conf", o.instance);
	block_signals();
	rc = bw_platform_load(&dp->platform, o.platform ? o.platform : path, err, sizeof(err));
	if (rc == 0) {
		rc = start(dp, err, sizeof(err));
		if (rc == 0)
			rc = run(dp);
		stop(dp);
	}
	if (rc < 0)
		fprintf(stderr, "byway-dp: %s\n", err[0] ? err : strerror(-rc));
	free(dp);
	return rc < 0 ? 1 : 0;
}
