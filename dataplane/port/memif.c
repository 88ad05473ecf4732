/* SPDX-License-Identifier: BSD-3-Clause */
#include "port/memif.h"

#include <errno.h>
#include <poll.h>
#include <rte_cycles.h>
#include <rte_ethdev.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "api/socket.h"
#include "core/dp.h"
#include "core/rcu.h"
#include "port/memif_message.h"
#include "port/port.h"

#define MAX_PAIRS     (BW_MAX_PORTS + 8) /* the rest: peers that have not said whom they want */
#define EVENTS_A_TURN 64
#define RETRY_MS      500  /* a client's server */
#define MEET_MS	      3000 /* a peer that says nothing more by then, is gone */
#define DRIVER_MS     1000 /* far more than the interrupt thread needs for anything */

enum pair_state {
	PAIR_FREE,
	PAIR_ALONE,    /* a client's driver; there is no server yet */
	PAIR_MEETING,  /* messages go to and fro */
	PAIR_SETTLING, /* a client's driver has its last one and is about to map memory */
	PAIR_JOINED,   /* workers use the port */
};

/* The connection of a peer and that of the driver, joined. */
struct pair {
	enum pair_state state;
	int peer, driver; /* sockets, -1 = none */
	unsigned port;	  /* a server's: the one that listens, until the peer says whom it wants */
	uint64_t meet_by; /* TSC; while they meet */
};

struct memif {
	int epoll;
	int listener[BW_MAX_PORTS];	 /* server: for peers; client: for the driver; -1 = none */
	uint64_t retry_at[BW_MAX_PORTS]; /* TSC */
	struct pair pair[MAX_PAIRS];
};

/* What an event is about. */
enum { KEY_LISTENER, KEY_PEER, KEY_DRIVER };

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static const struct bw_platform_port *conf_of(const struct dp *dp, unsigned port)
{
	return &dp->platform.port[port];
}

static int watch(const struct memif *m, int fd, unsigned what, unsigned index)
{
	struct epoll_event ev = { .events = EPOLLIN, .data.u32 = what << 16 | index };

	return epoll_ctl(m->epoll, EPOLL_CTL_ADD, fd, &ev) < 0 ? -errno : 0;
}

/* Ports of one server's socket are told apart by their ids; the first of them listens. */
static unsigned listening_port(const struct dp *dp, unsigned port)
{
	unsigned i = 0;

	if (!conf_of(dp, port)->memif_server)
		return port;
	while (conf_of(dp, i)->kind != BW_PORT_MEMIF || !conf_of(dp, i)->memif_server ||
		strcmp(conf_of(dp, i)->device, conf_of(dp, port)->device) != 0)
		i++;
	return i;
}

void memif_driver_path(const struct dp *dp, unsigned port, char *buf, size_t size)
{
	snprintf(buf, size, "%s/memif%u", dp->run_dir, listening_port(dp, port));
}

static struct memif *create(void)
{
	struct memif *m = calloc(1, sizeof(*m));

	if (!m)
		return NULL;
	m->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (m->epoll < 0) {
		free(m);
		return NULL;
	}
	for (unsigned i = 0; i < BW_MAX_PORTS; i++)
		m->listener[i] = -1;
	for (unsigned i = 0; i < MAX_PAIRS; i++)
		m->pair[i].peer = m->pair[i].driver = -1;
	return m;
}

int memif_open(struct dp *dp, unsigned port, char *err, size_t err_size)
{
	const struct bw_platform_port *conf = conf_of(dp, port);
	char path[sizeof(conf->device)];
	int fd;

	if (!dp->memif)
		dp->memif = create();
	if (!dp->memif)
		return -ENOMEM;
	if (listening_port(dp, port) != port)
		return 0;
	memif_driver_path(dp, port, path, sizeof(path));
	fd = bw_socket_listen(conf->memif_server ? conf->device : path);
	if (fd < 0) {
		snprintf(err, err_size, "port %s: cannot listen at %s: %s", conf->name,
			conf->memif_server ? conf->device : path, strerror(-fd));
		return fd;
	}
	dp->memif->listener[port] = fd;
	if (!conf->memif_server)
		return 0;
	unlink(path); /* the driver's, of a process that was killed */
	return watch(dp->memif, fd, KEY_LISTENER, port);
}

static struct pair *free_pair(struct memif *m)
{
	for (unsigned i = 0; i < MAX_PAIRS; i++)
		if (m->pair[i].state == PAIR_FREE)
			return &m->pair[i];
	return NULL;
}

static bool is_own(int fd)
{
	struct ucred cred;
	socklen_t len = sizeof(cred);

	return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len) == 0 && cred.pid == getpid();
}

/* A client's driver has connected when its ethdev was started. */
static int take_driver(struct dp *dp, unsigned port)
{
	struct pair *p = free_pair(dp->memif);
	int fd;

	if (!p)
		return -EBUSY;
	while ((fd = accept4(dp->memif->listener[port], NULL, NULL, SOCK_CLOEXEC)) >= 0) {
		if (is_own(fd)) {
			*p = (struct pair) { PAIR_ALONE, -1, fd, port, 0 };
			return 0;
		}
		close(fd);
	}
	return -errno;
}

int memif_started(struct dp *dp, unsigned port)
{
	return conf_of(dp, port)->memif_server ? 0 : take_driver(dp, port);
}

static void set_running(struct dp *dp, unsigned port, bool running)
{
	atomic_store(&dp->port[port].running, running);
	if (!running)
		rcu_wait(dp->rcu);
}

/*
 * Tell the driver that its peer has left and wait until it has put everything away: it closes
 * its end last.
 */
static void part_with_driver(struct dp *dp, struct pair *p)
{
	struct pollfd pfd = { .fd = p->driver, .events = POLLIN };
	struct memif_letter l;
	int rc = 0;

	if (p->driver < 0)
		return;
	shutdown(p->driver, SHUT_WR);
	while (rc >= 0 && poll(&pfd, 1, DRIVER_MS) > 0) {
		rc = memif_receive(p->driver, &l);
		if (rc > 0)
			memif_drop(&l);
	}
	if (rc >= 0)
		dp_log(dp, 3, "MEMIF-3-DRIVER", "The memif driver does not let its peer go");
	close_fd(&p->driver);
}

/*
 * When the peer of a zero-copy client leaves, the driver forgets the buffers that lie in its rings.
 * That must not go on until there is none for any port.
 */
static bool has_buffers(const struct dp *dp, unsigned port)
{
	return !conf_of(dp, port)->memif_zero_copy ||
	       rte_mempool_avail_count(dp->pool) > dp->pool->size / 2;
}

/* The driver does not connect a second time by itself. */
static void start_again(struct dp *dp, unsigned port)
{
	const struct bw_platform_port *conf = conf_of(dp, port);
	uint16_t ethdev = dp->port[port].ethdev;

	if (!has_buffers(dp, port)) {
		dp_log(dp, 3, "MEMIF-3-ZERO_COPY",
			"%s: too few buffers left to join again: restart byway-dp", conf->name);
		return;
	}
	if (rte_eth_dev_stop(ethdev) != 0 || rte_eth_dev_start(ethdev) != 0 ||
		take_driver(dp, port) < 0)
		dp_log(dp, 3, "MEMIF-3-RESTART", "%s: cannot start the memif driver again",
			conf->name);
	dp->memif->retry_at[port] = rte_rdtsc() + RETRY_MS * dp->tsc_hz / 1000;
}

static void end_pair(struct dp *dp, struct pair *p)
{
	bool joined = p->state == PAIR_JOINED;

	if (joined)
		set_running(dp, p->port, false);
	close_fd(&p->peer);
	part_with_driver(dp, p);
	p->state = PAIR_FREE;
	if (joined)
		port_look(dp);
}

/* As long as the router runs. */
static void peer_left(struct dp *dp, struct pair *p)
{
	end_pair(dp, p);
	if (!conf_of(dp, p->port)->memif_server)
		start_again(dp, p->port);
}

static uint64_t meet_by(const struct dp *dp)
{
	return rte_rdtsc() + MEET_MS * dp->tsc_hz / 1000;
}

/* A server's stranger that has been there for the longest, or NULL. */
static struct pair *oldest_stranger(const struct dp *dp)
{
	struct pair *found = NULL;

	for (unsigned i = 0; i < MAX_PAIRS; i++) {
		struct pair *p = &dp->memif->pair[i];

		if (p->state == PAIR_MEETING && conf_of(dp, p->port)->memif_server &&
			(!found || p->meet_by < found->meet_by))
			found = p;
	}
	return found;
}

/* Whoever comes finds room, however many there are that say nothing. */
static struct pair *make_room(struct dp *dp)
{
	struct pair *p = free_pair(dp->memif);

	if (!p && (p = oldest_stranger(dp)))
		end_pair(dp, p);
	return p;
}

static void accept_peer(struct dp *dp, unsigned port)
{
	struct memif *m = dp->memif;
	struct pair *p = make_room(dp);
	int fd = accept4(m->listener[port], NULL, NULL, SOCK_CLOEXEC);
	char path[sizeof(dp->platform.port[0].device)];

	if (fd < 0)
		return;
	memif_driver_path(dp, port, path, sizeof(path));
	if (!p) {
		close(fd);
		return;
	}
	*p = (struct pair) { PAIR_MEETING, fd, bw_socket_connect(path, DRIVER_MS), port,
		meet_by(dp) };
	if (p->driver < 0 || watch(m, fd, KEY_PEER, p - m->pair) < 0 ||
		watch(m, p->driver, KEY_DRIVER, p - m->pair) < 0)
		end_pair(dp, p);
}

static void try_server(struct dp *dp, struct pair *p)
{
	struct memif *m = dp->memif;
	uint64_t now = rte_rdtsc();

	if (now < m->retry_at[p->port])
		return;
	m->retry_at[p->port] = now + RETRY_MS * dp->tsc_hz / 1000;
	p->peer = bw_socket_connect(conf_of(dp, p->port)->device, 0);
	if (p->peer < 0)
		return;
	p->state = PAIR_MEETING;
	p->meet_by = meet_by(dp);
	if (watch(m, p->peer, KEY_PEER, p - m->pair) < 0 ||
		watch(m, p->driver, KEY_DRIVER, p - m->pair) < 0)
		peer_left(dp, p);
}

/* Which of a server's ports a peer wants; the driver refuses one that there is not. */
static void note_port(const struct dp *dp, struct pair *p, uint32_t id)
{
	const char *socket = conf_of(dp, p->port)->device;

	for (unsigned i = 0; i < dp->n_ports; i++) {
		const struct bw_platform_port *conf = conf_of(dp, i);

		if (conf->kind == BW_PORT_MEMIF && conf->memif_server && conf->memif_id == id &&
			strcmp(conf->device, socket) == 0)
			p->port = i;
	}
}

/* What a peer says in its turn; anything but that, and anything once they have met, is a good-bye.
 */
static bool is_handed_on(const struct dp *dp, const struct pair *p, unsigned type)
{
	return p->state == PAIR_MEETING && type != MEMIF_DISCONNECT &&
	       (type != MEMIF_CONNECTED || !conf_of(dp, p->port)->memif_server);
}

static void from_peer(struct dp *dp, struct pair *p)
{
	struct memif_letter l;
	int rc = memif_receive(p->peer, &l);

	if (rc == 0)
		return;
	if (rc > 0 && !is_handed_on(dp, p, l.msg.type)) {
		memif_drop(&l);
		rc = -ECONNRESET;
	}
	if (rc > 0) {
		if (l.msg.type == MEMIF_INIT)
			note_port(dp, p, l.msg.init.id);
		rc = memif_send(p->driver, &l);
		if (rc == 0 && l.msg.type == MEMIF_CONNECTED)
			p->state = PAIR_SETTLING;
	}
	if (rc < 0)
		peer_left(dp, p);
}

static void join(struct dp *dp, struct pair *p)
{
	p->state = PAIR_JOINED;
	set_running(dp, p->port, true);
	port_look(dp); /* control lets frames pass when it knows */
}

/* A server's driver has mapped everything before it says that it is connected. */
static void from_driver(struct dp *dp, struct pair *p)
{
	struct memif_letter l;
	int rc = memif_receive(p->driver, &l);

	if (rc > 0) {
		rc = memif_send(p->peer, &l);
		if (rc == 0 && l.msg.type == MEMIF_CONNECTED)
			join(dp, p);
	}
	if (rc < 0)
		peer_left(dp, p);
}

static void attend(struct dp *dp, uint32_t key)
{
	unsigned index = key & 0xffff;

	switch (key >> 16) {
	case KEY_LISTENER:
		accept_peer(dp, index);
		break;
	case KEY_PEER:
		from_peer(dp, &dp->memif->pair[index]);
		break;
	case KEY_DRIVER:
		from_driver(dp, &dp->memif->pair[index]);
		break;
	}
}

static void settle(struct dp *dp, struct pair *p)
{
	struct rte_eth_link link = { 0 };

	if (rte_eth_link_get_nowait(dp->port[p->port].ethdev, &link) == 0 &&
		link.link_status == RTE_ETH_LINK_UP)
		join(dp, p);
}

int memif_fd(const struct dp *dp)
{
	return dp->memif ? dp->memif->epoll : -1;
}

void memif_poll(struct dp *dp)
{
	struct memif *m = dp->memif;
	struct epoll_event ev;

	/* one at a time: each may close what the next one would be about */
	for (unsigned n = 0; m && n < EVENTS_A_TURN && epoll_wait(m->epoll, &ev, 1, 0) == 1; n++)
		attend(dp, ev.data.u32);
	for (unsigned i = 0; m && i < MAX_PAIRS; i++) {
		if (m->pair[i].state == PAIR_ALONE)
			try_server(dp, &m->pair[i]);
		else if (m->pair[i].state == PAIR_SETTLING)
			settle(dp, &m->pair[i]);
		else if (m->pair[i].state == PAIR_MEETING && rte_rdtsc() >= m->pair[i].meet_by)
			peer_left(dp, &m->pair[i]);
	}
}

void memif_close_all(struct dp *dp)
{
	struct memif *m = dp->memif;
	char path[sizeof(dp->platform.port[0].device)];

	if (!m)
		return;
	for (unsigned i = 0; i < MAX_PAIRS; i++)
		if (m->pair[i].state != PAIR_FREE)
			end_pair(dp, &m->pair[i]);
	for (unsigned i = 0; i < BW_MAX_PORTS; i++) {
		if (m->listener[i] < 0)
			continue;
		memif_driver_path(dp, i, path, sizeof(path));
		unlink(conf_of(dp, i)->memif_server ? conf_of(dp, i)->device : path);
		close(m->listener[i]);
	}
	close(m->epoll);
	free(m);
	dp->memif = NULL;
}
