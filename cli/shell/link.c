/* SPDX-License-Identifier: BSD-3-Clause */

#include "cli/shell/link.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { READ_SIZE = 64 * 1024 };

int link_open(struct link *link, const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int err;

	*link = (struct link) { .fd = -1 };
	if (strlen(path) >= sizeof(address.sun_path))
		return -ENAMETOOLONG;
	memcpy(address.sun_path, path, strlen(path));
	link->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (link->fd < 0)
		return -errno;
	if (connect(link->fd, (struct sockaddr *)&address, sizeof(address)) == 0)
		return 0;
	err = -errno;
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
			return -errno;
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

static int read_more(struct link *link)
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
	return got == 0 ? -EPIPE : 0;
}

int link_pending(struct link *link)
{
	struct cli_message message;
	int64_t taken;

	drop_taken(link);
	taken = cli_message_decode(link->data, link->len, CLI_SIDE_SERVER, &message, NULL);
	return taken < 0 ? (int)taken : taken > 0;
}

int link_receive(struct link *link, struct cli_message *message)
{
	drop_taken(link);
	for (;;) {
		int64_t taken =
			cli_message_decode(link->data, link->len, CLI_SIDE_SERVER, message, NULL);
		int err;

		if (taken < 0)
			return (int)taken;
		if (taken > 0) {
			link->taken = (size_t)taken;
			return 0;
		}
		err = read_more(link);
		if (err)
			return err;
	}
}
