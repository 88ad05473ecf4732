/* SPDX-License-Identifier: BSD-3-Clause */

#include "cli/shell/link.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

enum {
	READ_SIZE = 64 * 1024,
	ASK_S = 3,	/* of silence, then the server is asked whether it is there */
	GIVE_UP_S = 15, /* it may be loading a long configuration, and a command wait for others */
};

int link_open(struct link *link, const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	const struct timeval limit = { .tv_sec = GIVE_UP_S };
	int err;

	*link = (struct link) { .fd = -1 };
	if (strlen(path) >= sizeof(address.sun_path))
		return -ENAMETOOLONG;
	memcpy(address.sun_path, path, strlen(path));
	link->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (link->fd < 0)
		return -errno;
	/* connect() waits for a server that accepts nobody, and send() for one that reads nothing
	 */
	if (setsockopt(link->fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit)) == 0 &&
		connect(link->fd, (struct sockaddr *)&address, sizeof(address)) == 0)
		return 0;
	err = errno == EAGAIN ? -ETIMEDOUT : -errno;
	link_close(link);
	return err;
}

void link_close(struct link *link)
{
	if (link->fd >= 0)
		close(link->fd);
	free(link->data);
	*link = (struct link) { .fd = -1 };
}

static int send_all(int fd, const void *data, size_t len)
{
	const char *at = data;

	while (len > 0) {
		ssize_t done = send(fd, at, len, MSG_NOSIGNAL);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return errno == EAGAIN ? -ETIMEDOUT : -errno;
		at += done;
		len -= (size_t)done;
	}
	return 0;
}

int link_send(struct link *link, enum cli_message_type type, uint32_t first, uint32_t second,
	const char *text, size_t len)
{
	struct cli_message message = {
		.type = type, .number = { first, second }, .text = text, .text_len = len
	};
	uint8_t head[CLI_MESSAGE_HEAD];
	size_t head_len = cli_message_encode(&message, head);
	int err;

	if (head_len == 0)
		return -EMSGSIZE;
	err = send_all(link->fd, head, head_len);
	return err ? err : send_all(link->fd, text, len);
}

static void drop_taken(struct link *link)
{
	if (link->taken == 0)
		return;
	memmove(link->data, link->data + link->taken, link->len - link->taken);
	link->len -= link->taken;
	link->taken = 0;
}

int link_silent(struct link *link)
{
	link->silent_s++;
	if (link->silent_s == ASK_S)
		return link_send(link, CLI_MSG_PING, 0, 0, "", 0);
	return link->silent_s < GIVE_UP_S ? 0 : -ETIMEDOUT;
}

const char *link_error(int err)
{
	return err == -ETIMEDOUT ? "bywayd does not answer" : strerror(-err);
}

/* Until there is something to read. */
static int wait_for_data(struct link *link)
{
	struct pollfd fd = { .fd = link->fd, .events = POLLIN };
	int err = 0;

	while (err == 0) {
		int ready = poll(&fd, 1, 1000);

		if (ready > 0)
			return 0;
		if (ready < 0 && errno != EINTR)
			return -errno;
		if (ready == 0)
			err = link_silent(link);
	}
	return err;
}

int link_fill(struct link *link)
{
	ssize_t got;

	if (link->room - link->len < READ_SIZE) {
		size_t room = link->room ? link->room * 2 : 2 * READ_SIZE;
		char *grown = realloc(link->data, room);

		if (!grown)
			return -ENOMEM;
		link->data = grown;
		link->room = room;
	}
	do {
		got = recv(link->fd, link->data + link->len, READ_SIZE, 0);
	} while (got < 0 && errno == EINTR);
	if (got < 0)
		return -errno;
	link->len += (size_t)got;
	link->silent_s = 0;
	return got == 0 ? -EPIPE : 0;
}

/* The next whole message, not taken yet. Returns its length, 0 if none is there, or -EPROTO. */
static int64_t next_message(struct link *link, struct cli_message *message)
{
	int64_t taken;

	for (;;) {
		drop_taken(link);
		taken = cli_message_decode(link->data, link->len, CLI_SIDE_SERVER, message, NULL);
		if (taken <= 0 || message->type != CLI_MSG_PONG)
			return taken;
		link->taken = (size_t)taken; /* that it is there, was all it had to say */
	}
}

int link_pending(struct link *link)
{
	struct cli_message message;
	int64_t taken = next_message(link, &message);

	return taken < 0 ? (int)taken : taken > 0;
}

int link_receive(struct link *link, struct cli_message *message)
{
	for (;;) {
		int64_t taken = next_message(link, message);
		int err;

		if (taken < 0)
			return (int)taken;
		if (taken > 0) {
			link->taken = (size_t)taken;
			return 0;
		}
		err = wait_for_data(link);
		if (err == 0)
			err = link_fill(link);
		if (err)
			return err;
	}
}
