/* SPDX-License-Identifier: BSD-3-Clause */
#include "socket.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#define BACKLOG	 4
#define PROBE_MS 1000 /* whether a listener lives: its backlog may be full */

static int make_address(struct sockaddr_un *sa, const char *path)
{
	size_t len = strlen(path);

	*sa = (struct sockaddr_un) { .sun_family = AF_UNIX };
	if (len == 0 || len >= sizeof(sa->sun_path))
		return -ENAMETOOLONG;
	memcpy(sa->sun_path, path, len);
	return 0;
}

static int make_socket(int flags)
{
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | flags, 0);

	return fd < 0 ? -errno : fd;
}

/* The limit of a connect; 0 would be none, so not to wait at all is to be non-blocking. */
static int limit_connect(int fd, unsigned ms)
{
	const struct timeval limit = { ms / 1000, ms % 1000 * 1000 };

	return ms ? setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit))
		  : fcntl(fd, F_SETFL, O_NONBLOCK);
}

int bw_socket_connect(const char *path, unsigned wait_ms)
{
	struct sockaddr_un sa;
	int err = make_address(&sa, path), fd;

	if (err < 0)
		return err;
	fd = make_socket(0);
	if (fd < 0)
		return fd;
	if (limit_connect(fd, wait_ms) < 0 || connect(fd, (struct sockaddr *)&sa, sizeof(sa)) < 0 ||
		fcntl(fd, F_SETFL, 0) < 0) {
		err = errno == EAGAIN ? -ETIMEDOUT : -errno;
		close(fd);
		return err;
	}
	return fd;
}

/* 1: a socket without a listener lies at path; 0: nothing there; or negative errno. */
static int dead_socket_at(const char *path)
{
	struct stat st;
	int fd;

	if (lstat(path, &st) < 0)
		return errno == ENOENT ? 0 : -errno;
	/* never take away what is not ours: a plain file refuses connections, too */
	if (!S_ISSOCK(st.st_mode))
		return -ENOTSOCK;
	fd = bw_socket_connect(path, PROBE_MS);
	if (fd >= 0) {
		close(fd);
		return -EADDRINUSE;
	}
	if (fd == -ECONNREFUSED)
		return 1;
	/* alive but slow, or not for us to ask */
	return fd == -ENOENT ? 0 : -EADDRINUSE;
}

static int bind_and_listen(int fd, const char *path)
{
	struct sockaddr_un sa;
	int err = make_address(&sa, path);

	if (err < 0)
		return err;
	err = dead_socket_at(path);
	if (err < 0)
		return err;
	if (err == 1 && unlink(path) < 0 && errno != ENOENT)
		return -errno;
	if (bind(fd, (struct sockaddr *)&sa, sizeof(sa)) < 0)
		return -errno;
	/* nobody can connect before listen(), so the mode is there in time */
	if (chmod(path, 0600) < 0 || listen(fd, BACKLOG) < 0) {
		err = -errno;
		unlink(path);
		return err;
	}
	return 0;
}

int bw_socket_listen(const char *path)
{
	int fd = make_socket(SOCK_NONBLOCK), err;

	if (fd < 0)
		return fd;
	err = bind_and_listen(fd, path);
	if (err < 0) {
		close(fd);
		return err;
	}
	return fd;
}
