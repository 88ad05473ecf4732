/* SPDX-License-Identifier: BSD-3-Clause */
#include "core/idle.h"

#include <dirent.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "core/dp.h"
#include "core/rcu.h"

#define IDLE_WALKS   256   /* without a packet, before the first sleep */
#define TIMED_MIN_NS 10000 /* ports without a descriptor */
#define TIMED_MAX_NS 150000
#define FALSE_ALARMS 16
#define EVENT_NS     20000000 /* ports with one: timers have to run all the same */

/* True if fd is what a driver receives the frames of a kernel device by. */
static bool receives_from(int fd, const char *device)
{
	struct sockaddr_ll ll = { 0 };
	struct ifreq ifr = { 0 };
	socklen_t len = sizeof(ll);
	socklen_t domain_len = sizeof(int);
	int domain = 0;

	if (getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &domain_len) == 0)
		return domain == AF_PACKET && getsockname(fd, (struct sockaddr *)&ll, &len) == 0 &&
		       ll.sll_ifindex == (int)if_nametoindex(device);
	return ioctl(fd, TUNGETIFF, &ifr) == 0 && strncmp(ifr.ifr_name, device, IFNAMSIZ) == 0;
}

static bool watch(struct worker *w, int fd)
{
	struct epoll_event ev = { .events = EPOLLIN, .data.fd = fd };

	return epoll_ctl(w->epoll, EPOLL_CTL_ADD, fd, &ev) == 0 || errno == EEXIST;
}

/*
 * The drivers do not tell their descriptors, but the process can list its own. True if one of
 * them belongs to the device.
 */
static bool watch_device(struct worker *w, const char *device)
{
	DIR *dir = opendir("/proc/self/fd");
	const struct dirent *e;
	bool found = false;

	while (dir && (e = readdir(dir))) {
		int fd = atoi(e->d_name);

		if (e->d_name[0] != '.' && receives_from(fd, device))
			found |= watch(w, fd);
	}
	if (dir)
		closedir(dir);
	return found;
}

static bool watch_port(struct worker *w, unsigned port)
{
	const struct bw_platform_port *p = &w->dp->platform.port[port];

	switch (p->kind) {
	case BW_PORT_AF_PACKET:
	case BW_PORT_TAP:
		return watch_device(w, p->device);
	case BW_PORT_NULL:
		return true; /* never receives */
	default:
		return false;
	}
}

int idle_open(struct worker *w)
{
	w->epoll = epoll_create1(EPOLL_CLOEXEC);
	w->bell = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (w->epoll < 0 || w->bell < 0 || !watch(w, w->bell))
		return -errno;
	for (unsigned i = 0; i < w->n_rxq; i++)
		if (!watch_port(w, w->rxq[i].port))
			w->timed = true;
	return 0;
}

void idle_close(struct worker *w)
{
	if (w->epoll > 0)
		close(w->epoll);
	if (w->bell > 0)
		close(w->bell);
}

uint64_t idle_time(struct worker *w, unsigned packets)
{
	if (packets || w->dp->platform.idle_poll) {
		w->idle_walks = 0;
		w->false_alarms = 0;
		return 0;
	}
	if (++w->idle_walks < IDLE_WALKS)
		return 0;
	if (!w->timed)
		return EVENT_NS;
	return RTE_MIN(
		(uint64_t)TIMED_MIN_NS * (w->idle_walks - IDLE_WALKS + 1), (uint64_t)TIMED_MAX_NS);
}

/* A device that went down leaves an error in its socket, which stays readable until it is read. */
static void take_error(struct worker *w, int fd)
{
	socklen_t len = sizeof(int);
	int error;

	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len) < 0)
		epoll_ctl(w->epoll, EPOLL_CTL_DEL, fd, NULL);
}

/* What ended a sleep. `woken`: somebody rang the bell, or is about to. */
static void attend(struct worker *w, const struct epoll_event *ev, int n, bool woken)
{
	for (int i = 0; i < n; i++) {
		if (ev[i].data.fd == w->bell) {
			/* perhaps rung for the sleep before: it woke by itself meanwhile */
			bw_bell_clear(w->bell);
			woken = true;
		} else if (ev[i].events & (EPOLLERR | EPOLLHUP)) {
			take_error(w, ev[i].data.fd);
		}
	}
	if (n > 0 && !woken)
		w->false_alarms++; /* until a walk takes a packet */
}

/* Ports are readable, yet there is nothing to read: sleep without them. True if it was so. */
static bool sleep_blindly(struct worker *w)
{
	const struct timespec t = { .tv_nsec = TIMED_MAX_NS * 8 };

	if (w->false_alarms <= FALSE_ALARMS)
		return false;
	w->false_alarms = 0;
	nanosleep(&t, NULL);
	return true;
}

void idle_woken(struct worker *w)
{
	struct epoll_event ev[8];

	attend(w, ev, epoll_wait(w->epoll, ev, RTE_DIM(ev), 0), false);
	sleep_blindly(w);
}

void idle_sleep(struct worker *w, uint64_t ns)
{
	struct rte_rcu_qsbr *qsbr = rcu_qsbr(w->dp->rcu);
	struct timespec t = { .tv_nsec = ns };
	struct epoll_event ev[8];
	int n = 0;

	w->counters->sleeps++;
	rte_rcu_qsbr_thread_offline(qsbr, w->id);
	if (sleep_blindly(w)) {
		rte_rcu_qsbr_thread_online(qsbr, w->id);
		return;
	}
	/* say so before the last look at the rings, so that nobody's news falls between */
	atomic_store(&w->sleeps, true);
	if (rte_ring_empty(w->inbox) && rte_ring_empty(w->jobs))
		n = epoll_pwait2(w->epoll, ev, RTE_DIM(ev), &t, NULL);
	rte_rcu_qsbr_thread_online(qsbr, w->id);
	attend(w, ev, n, !atomic_exchange(&w->sleeps, false));
}

void idle_wake(struct worker *w)
{
	/* what was put into a ring has to be seen before the sleeper's last look at it */
	atomic_thread_fence(memory_order_seq_cst);
	if (atomic_load_explicit(&w->sleeps, memory_order_seq_cst) &&
		atomic_exchange(&w->sleeps, false))
		bw_bell_ring(w->bell);
}
