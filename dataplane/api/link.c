/* SPDX-License-Identifier: BSD-3-Clause */
#include "link.h"

#include <errno.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "socket.h"

#define ANSWER_MS 1000 /* how long control waits for the dataplane's answer */
#define HELLO_MS  100  /* how long the dataplane waits for a hello after a connect */
#define N_FDS	  3    /* in an answer: the region, the command bell, the event bell */

/* ---- doorbells ---- */

void bw_bell_ring(int fd)
{
	const uint64_t one = 1;
	ssize_t n;

	/* EAGAIN means that the counter is full, so the bell is ringing already */
	do
		n = write(fd, &one, sizeof(one));
	while (n < 0 && errno == EINTR);
}

void bw_bell_clear(int fd)
{
	uint64_t count;
	ssize_t n;

	do
		n = read(fd, &count, sizeof(count));
	while (n < 0 && errno == EINTR);
}

/* ---- sockets ---- */

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static int64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* True once fd can be read (or its peer is gone), false after `ms`. */
static bool wait_readable(int fd, int ms)
{
	const int64_t deadline = now_ms() + ms;
	struct pollfd p = { .fd = fd, .events = POLLIN };
	int n;

	do {
		n = poll(&p, 1, ms > 0 ? ms : 0);
		ms = (int)(deadline - now_ms());
	} while (n < 0 && errno == EINTR);
	return n > 0;
}

/* True if nobody is at the other end of fd any more. */
static bool peer_gone(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLRDHUP };

	return poll(&p, 1, 0) > 0 && (p.revents & (POLLHUP | POLLRDHUP | POLLERR | POLLNVAL));
}

/* ---- hellos ---- */

static struct bw_link_hello make_hello(int status)
{
	return (struct bw_link_hello) {
		.magic = BW_REGION_MAGIC,
		.version = BW_API_VERSION,
		.status = status,
		.pid = (uint32_t)getpid(),
	};
}

/* Send a hello with n_fds (0 .. N_FDS) descriptors. */
static int send_hello(int sock, int status, const int *fds, unsigned n_fds)
{
	struct bw_link_hello hello = make_hello(status);
	struct iovec iov = { .iov_base = &hello, .iov_len = sizeof(hello) };
	union {
		struct cmsghdr align;
		char space[CMSG_SPACE(N_FDS * sizeof(int))];
	} control = { 0 };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	ssize_t n;

	if (n_fds > 0) {
		struct cmsghdr *c;

		msg.msg_control = control.space;
		msg.msg_controllen = CMSG_SPACE(n_fds * sizeof(int));
		c = CMSG_FIRSTHDR(&msg);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(n_fds * sizeof(int));
		memcpy(CMSG_DATA(c), fds, n_fds * sizeof(int));
	}
	n = sendmsg(sock, &msg, MSG_NOSIGNAL | MSG_DONTWAIT);
	if (n < 0)
		return -errno;
	return n == (ssize_t)sizeof(hello) ? 0 : -EIO;
}

/* Take the descriptors out of a received message; those beyond N_FDS are closed. */
static unsigned take_fds(struct msghdr *msg, int fds[N_FDS])
{
	unsigned taken = 0;

	for (struct cmsghdr *c = CMSG_FIRSTHDR(msg); c; c = CMSG_NXTHDR(msg, c)) {
		size_t n;

		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		for (size_t i = 0; i < n; i++) {
			int fd;

			memcpy(&fd, CMSG_DATA(c) + i * sizeof(int), sizeof(fd));
			if (taken < N_FDS)
				fds[taken++] = fd;
			else
				close(fd);
		}
	}
	return taken;
}

/*
 * Receive one hello of exactly its size. 0 or negative errno. Descriptors that
 * came with it are the caller's in either case; fds it got none for are -1.
 */
static int recv_hello(int sock, struct bw_link_hello *hello, int fds[N_FDS])
{
	struct iovec iov = { .iov_base = hello, .iov_len = sizeof(*hello) };
	union {
		struct cmsghdr align;
		char space[CMSG_SPACE(N_FDS * sizeof(int))];
	} control;
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control.space,
		.msg_controllen = sizeof(control.space),
	};
	ssize_t n;

	for (int i = 0; i < N_FDS; i++)
		fds[i] = -1;
	do
		n = recvmsg(sock, &msg, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	take_fds(&msg, fds);
	if (n == 0)
		return -ECONNRESET;
	if (n != (ssize_t)sizeof(*hello) || (msg.msg_flags & (MSG_TRUNC | MSG_CTRUNC)))
		return -EPROTO;
	return 0;
}

static bool same_protocol(const struct bw_link_hello *hello)
{
	return hello->magic == BW_REGION_MAGIC && hello->version == BW_API_VERSION;
}

/* ---- control's end ---- */

int bw_client_begin(struct bw_client *c, const char *path)
{
	int sock = bw_socket_connect(path, 0), err;

	*c = (struct bw_client) { 0 };
	if (sock < 0)
		return sock;
	err = send_hello(sock, 0, NULL, 0);
	/* EPIPE: it closed on us at once, and its answer may say why */
	if (err < 0 && err != -EPIPE) {
		close(sock);
		return err;
	}
	c->sock = sock;
	c->begun = true;
	return 0;
}

/* Take the answer with its three descriptors. */
static int take_answer(int sock, int fds[N_FDS])
{
	struct bw_link_hello answer;
	int err = recv_hello(sock, &answer, fds);

	if (err < 0)
		return err;
	if (!same_protocol(&answer))
		return -EPROTO;
	if (answer.status != 0)
		return answer.status == EBUSY ? -EBUSY : -EPROTO;
	return fds[N_FDS - 1] < 0 ? -EPROTO : 0;
}

int bw_client_finish(struct bw_client *c)
{
	int fds[N_FDS];
	int err = take_answer(c->sock, fds);

	if (err == -EAGAIN)
		return err;
	if (err == 0) {
		err = bw_region_attach(&c->region, fds[0]);
		fds[0] = -1; /* the region's in either case */
	}
	if (err < 0) {
		for (int i = 0; i < N_FDS; i++)
			close_fd(&fds[i]);
		bw_client_close(c);
		return err;
	}
	c->begun = false;
	c->cmd_bell = fds[1];
	c->evt_bell = fds[2];
	bw_ring_producer(&c->cmd, c->region.cmd, c->region.cmd_slots);
	bw_ring_consumer(&c->evt, c->region.evt, c->region.evt_slots);
	return 0;
}

int bw_client_open(struct bw_client *c, const char *path)
{
	int err = bw_client_begin(c, path);

	if (err < 0)
		return err;
	if (wait_readable(c->sock, ANSWER_MS))
		return bw_client_finish(c);
	bw_client_close(c);
	return -ETIMEDOUT;
}

void bw_client_close(struct bw_client *c)
{
	if (c->region.header) {
		bw_region_free(&c->region);
		close(c->sock);
		close(c->cmd_bell);
		close(c->evt_bell);
	} else if (c->begun) {
		close(c->sock);
	}
	*c = (struct bw_client) { 0 };
}

struct bw_msg *bw_client_command(struct bw_client *c, uint16_t type, uint64_t cookie)
{
	struct bw_msg *m;

	if (!c->region.header)
		return NULL;
	m = bw_ring_write(&c->cmd);
	if (!m)
		return NULL;
	if (++c->seq == 0) /* 0 is no command's number */
		c->seq = 1;
	memset(m, 0, sizeof(*m));
	m->hdr.seq = c->seq;
	m->hdr.type = type;
	m->hdr.cookie = cookie;
	c->dirty = true;
	return m;
}

void bw_client_flush(struct bw_client *c)
{
	if (!c->dirty)
		return;
	bw_ring_commit_write(&c->cmd);
	bw_bell_ring(c->cmd_bell);
	c->dirty = false;
}

unsigned bw_client_events(
	struct bw_client *c, unsigned max, void (*fn)(void *arg, const struct bw_msg *), void *arg)
{
	unsigned n = 0;

	/* each slot is given back before fn runs, which may close the client */
	while (n < max && c->region.header) {
		const struct bw_msg *slot = bw_ring_read(&c->evt);
		struct bw_msg copy;

		if (!slot)
			break;
		copy = *slot;
		bw_ring_commit_read(&c->evt);
		n++;
		fn(arg, &copy);
	}
	return n;
}

/* ---- the dataplane's end ---- */

int bw_listener_open(struct bw_listener *l, const char *path)
{
	int sock = bw_socket_listen(path), err;

	*l = (struct bw_listener) { -1, -1, -1, -1 };
	if (sock < 0)
		return sock;
	l->listen_sock = sock;
	l->cmd_bell = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	l->evt_bell = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	err = l->cmd_bell < 0 || l->evt_bell < 0 ? -errno : 0;
	if (err < 0)
		bw_listener_close(l, path);
	return err;
}

void bw_listener_close(struct bw_listener *l, const char *path)
{
	if (l->listen_sock >= 0)
		unlink(path);
	close_fd(&l->listen_sock);
	close_fd(&l->sock);
	close_fd(&l->cmd_bell);
	close_fd(&l->evt_bell);
}

bool bw_listener_hung_up(struct bw_listener *l)
{
	if (l->sock < 0 || !peer_gone(l->sock))
		return false;
	close_fd(&l->sock);
	return true;
}

/* The hello of a fresh connection. Descriptors sent to us are not wanted. */
static int take_hello(int sock, struct bw_link_hello *hello)
{
	int fds[N_FDS];
	int err;

	if (!wait_readable(sock, HELLO_MS))
		return -ETIMEDOUT;
	err = recv_hello(sock, hello, fds);
	for (int i = 0; i < N_FDS; i++)
		close_fd(&fds[i]);
	return err;
}

static int hand_over(struct bw_listener *l, struct bw_region *r, int sock)
{
	const int fds[N_FDS] = { r->fd, l->cmd_bell, l->evt_bell };

	bw_region_reset_rings(r);
	bw_bell_clear(l->cmd_bell);
	bw_bell_clear(l->evt_bell);
	return send_hello(sock, 0, fds, N_FDS);
}

int bw_listener_accept(struct bw_listener *l, struct bw_region *r)
{
	int sock = accept4(l->listen_sock, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	struct bw_link_hello hello;
	int refusal;

	if (sock < 0)
		return 0;
	if (take_hello(sock, &hello) < 0) {
		close(sock);
		return 0;
	}
	bw_listener_hung_up(l); /* a dead predecessor is no reason to refuse */
	refusal = !same_protocol(&hello) ? EPROTO : l->sock >= 0 ? EBUSY : 0;
	if (refusal != 0) {
		send_hello(sock, refusal, NULL, 0);
		close(sock);
		return 0;
	}
	if (hand_over(l, r, sock) < 0) {
		close(sock);
		return 0;
	}
	l->sock = sock;
	return 1;
}
