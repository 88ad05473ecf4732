/* SPDX-License-Identifier: BSD-3-Clause */
#include "port/memif_message.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

union control {
	struct cmsghdr align;
	char space[CMSG_SPACE(sizeof(int))];
};

/* More descriptors than there is room for, the kernel closes. */
static int take_fd(struct msghdr *msg)
{
	struct cmsghdr *c = CMSG_FIRSTHDR(msg);
	int fd = -1;

	if (c && c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS)
		memcpy(&fd, CMSG_DATA(c), sizeof(fd));
	return fd;
}

int memif_receive(int sock, struct memif_letter *l)
{
	struct iovec iov = { .iov_base = &l->msg, .iov_len = sizeof(l->msg) };
	union control control;
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control.space,
		.msg_controllen = sizeof(control.space),
	};
	ssize_t n = recvmsg(sock, &msg, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);

	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -errno;
	l->fd = take_fd(&msg);
	if (n == (ssize_t)sizeof(l->msg) && !(msg.msg_flags & (MSG_TRUNC | MSG_CTRUNC)))
		return 1;
	memif_drop(l);
	return n == 0 ? -ECONNRESET : -EPROTO;
}

int memif_send(int sock, struct memif_letter *l)
{
	struct iovec iov = { .iov_base = &l->msg, .iov_len = sizeof(l->msg) };
	union control control = { 0 };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	int rc;

	if (l->fd >= 0) {
		struct cmsghdr *c = &control.align;

		msg.msg_control = control.space;
		msg.msg_controllen = sizeof(control.space);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(c), &l->fd, sizeof(int));
	}
	rc = sendmsg(sock, &msg, MSG_DONTWAIT | MSG_NOSIGNAL) < 0 ? -errno : 0;
	memif_drop(l);
	return rc;
}

void memif_drop(struct memif_letter *l)
{
	if (l->fd >= 0)
		close(l->fd);
	l->fd = -1;
}
