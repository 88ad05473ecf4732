/* SPDX-License-Identifier: BSD-3-Clause */
#include "core/eal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <rte_alarm.h>
#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_log.h>
#include <sched.h>
#include <semaphore.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/buffers.h"
#include "core/dp.h"

#define MAX_ARGS       (24 + 2 * BW_MAX_PORTS)
#define MAX_CPUS       256 /* the list of CPUs, as text */
#define MAX_LCORES     ((BW_MAX_WORKERS + 1) * (MAX_CPUS + 8))
#define DEFAULT_MEMORY 192 /* MiB; graph, buffers of two ports and EAL's own */

struct args {
	int argc;
	char *argv[MAX_ARGS + 1];
	char text[MAX_LCORES + BW_MAX_PORTS * 128 + 1024];
	size_t used;
};

/* Room for all of them is a matter of the constants above. */
__attribute__((format(printf, 2, 3))) static void add(struct args *a, const char *fmt, ...)
{
	char *at = a->text + a->used;
	va_list ap;

	va_start(ap, fmt);
	a->used += vsnprintf(at, sizeof(a->text) - a->used, fmt, ap) + 1;
	va_end(ap);
	a->argv[a->argc++] = at;
}

/* "0,2-3": the CPUs that this process may run on. */
static void allowed_cpus(char *buf, size_t size)
{
	cpu_set_t set;
	size_t n = 0;

	buf[0] = '\0';
	sched_getaffinity(0, sizeof(set), &set);
	for (int first = 0, last; first < CPU_SETSIZE && n < size; first = last + 1) {
		for (last = first; last < CPU_SETSIZE && CPU_ISSET(last, &set);)
			last++;
		if (last > first)
			n += snprintf(buf + n, size - n, last - first > 1 ? "%s%d-%d" : "%s%d",
				n ? "," : "", first, last - 1);
	}
}

/* Lcore 0 is main, 1 and up are workers; what they run on comes after the @. */
static void add_lcores(struct args *a, const struct bw_platform *p)
{
	char cpus[MAX_CPUS], list[MAX_LCORES];
	unsigned lcore = 1;
	size_t n;

	allowed_cpus(cpus, sizeof(cpus));
	if (p->single_core) { /* main is the worker: the first core, if one is named */
		if (p->cores)
			add(a, "--lcores=0@%d", __builtin_ctzll(p->cores));
		else
			add(a, "--lcores=0@(%s)", cpus);
		return;
	}
	if (p->main_core >= 0)
		n = snprintf(list, sizeof(list), "0@%d", p->main_core);
	else
		n = snprintf(list, sizeof(list), "0@(%s)", cpus);
	if (p->cores) {
		for (int c = 0; c < 64; c++)
			if (p->cores >> c & 1 && n < sizeof(list))
				n += snprintf(list + n, sizeof(list) - n, ",%u@%d", lcore++, c);
	} else {
		while (lcore <= p->workers && n < sizeof(list))
			n += snprintf(list + n, sizeof(list) - n, ",%u@(%s)", lcore++, cpus);
	}
	add(a, "--lcores=%s", list);
}

static unsigned memory_wanted(const struct dp *dp)
{
	const struct bw_platform *p = &dp->platform;

	return p->memory ? p->memory : DEFAULT_MEMORY + buffers_extra_memory(p, dp->n_workers);
}

static void add_memory(struct args *a, const struct dp *dp)
{
	const struct bw_platform *p = &dp->platform;

	if (p->hugepages) {
		add(a, "--in-memory"); /* leaves nothing behind, and keeps instances apart */
		add(a, "--single-file-segments"); /* a memif peer maps few files */
	} else {
		add(a, "--no-huge"); /* excludes --in-memory */
		add(a, "--no-shconf");
	}
	add(a, "-m");
	add(a, "%u", memory_wanted(dp));
}

static void add_devices(struct args *a, const struct bw_platform *p)
{
	unsigned n = 0;

	for (unsigned i = 0; i < p->n_ports; i++)
		if (p->port[i].kind == BW_PORT_PCI) {
			add(a, "-a");
			add(a, "%s", p->port[i].device);
			n++;
		}
	if (n == 0)
		add(a, "--no-pci");
}

static unsigned count_workers(const struct bw_platform *p)
{
	if (p->single_core)
		return 1;
	return p->cores ? __builtin_popcountll(p->cores) : p->workers;
}

static int check_cores(const struct bw_platform *p, char *err, size_t err_size)
{
	cpu_set_t set;

	sched_getaffinity(0, sizeof(set), &set);
	for (int c = 0; c < 64; c++)
		if ((p->cores >> c & 1 || p->main_core == c) && !CPU_ISSET(c, &set)) {
			snprintf(err, err_size, "core %d does not exist or may not be used", c);
			return -EINVAL;
		}
	return 0;
}

int eal_start(struct dp *dp, char *err, size_t err_size)
{
	struct args a = { 0 };
	int rc = check_cores(&dp->platform, err, err_size);

	if (rc < 0)
		return rc;
	dp->n_workers = count_workers(&dp->platform);
	if (dp->n_workers == 0 || dp->n_workers > BW_MAX_WORKERS) {
		snprintf(err, err_size, "%u workers: 1 to %u are possible", dp->n_workers,
			BW_MAX_WORKERS);
		return -EINVAL;
	}
	add(&a, "byway-dp");
	add(&a, "--no-telemetry");
	add(&a, "--log-level=warning");
	add(&a, "--file-prefix=byway-%s-%d", dp->instance, getpid());
	add_lcores(&a, &dp->platform);
	add_memory(&a, dp);
	add_devices(&a, &dp->platform);
	if (*dp->run_dir)
		setenv("RUNTIME_DIRECTORY", dp->run_dir, 1); /* DPDK's name for it */
	if (rte_eal_init(a.argc, a.argv) < 0) {
		snprintf(err, err_size, "cannot start DPDK with %u MiB of %s: %s%s",
			memory_wanted(dp), dp->platform.hugepages ? "huge pages" : "memory",
			rte_strerror(rte_errno),
			dp->platform.hugepages
				? " (reserve some in /proc/sys/vm/nr_hugepages, or say "
				  "'hugepages off' in platform.conf)"
				: "");
		return rte_errno ? -rte_errno : -EINVAL;
	}
	return 0;
}

struct interrupts {
	sem_t known;
	pthread_t thread;
};

/* Runs in EAL's interrupt thread, as alarms do. */
static void tell_thread(void *arg)
{
	struct interrupts *i = arg;

	i->thread = pthread_self();
	sem_post(&i->known);
}

/*
 * EAL gives its memory back but lets its interrupt thread go on, which then looks through the
 * handles of drivers that left some behind (memif: that of its listening socket) in that memory.
 */
static void end_interrupt_thread(void)
{
	struct interrupts i;

	sem_init(&i.known, 0, 0);
	if (rte_eal_alarm_set(1, tell_thread, &i) == 0) {
		while (sem_wait(&i.known) < 0 && errno == EINTR)
			;
		pthread_cancel(i.thread);
		pthread_join(i.thread, NULL);
	}
	sem_destroy(&i.known);
}

static void remove_directory(int parent, const char *name)
{
	int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
	const struct dirent *entry;

	if (!dir)
		return;
	while ((entry = readdir(dir)))
		unlinkat(fd, entry->d_name, 0); /* files and sockets; nothing else is in there */
	closedir(dir);
	unlinkat(parent, name, AT_REMOVEDIR);
}

void eal_sweep(const struct dp *dp)
{
	const char *own = strrchr(rte_eal_get_runtime_dir(), '/');
	const struct dirent *entry;
	char path[sizeof(dp->run_dir) + 8];
	DIR *dir;

	snprintf(path, sizeof(path), "%s/dpdk", dp->run_dir);
	dir = opendir(path);
	if (!dir)
		return;
	while ((entry = readdir(dir)))
		if (entry->d_name[0] != '.' && own && strcmp(entry->d_name, own + 1) != 0)
			remove_directory(dirfd(dir), entry->d_name);
	closedir(dir);
}

void eal_stop(void)
{
	char dir[256], *slash;

	snprintf(dir, sizeof(dir), "%s", rte_eal_get_runtime_dir());
	end_interrupt_thread();
	rte_eal_cleanup();
	rmdir(dir);
	slash = strrchr(dir, '/');
	if (slash) {
		*slash = '\0';
		rmdir(dir); /* unless others have theirs in it */
	}
}
