/* SPDX-License-Identifier: BSD-3-Clause */
#include "control/proto/socket.h"

#include <arpa/inet.h>
#include <errno.h>
#include <event2/event.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

void proto_socket_init(struct proto_socket *s,
	void (*received)(void *arg, const struct proto_datagram *d), void *arg)
{
	*s = (struct proto_socket) { .fd = -1, .received = received, .arg = arg };
}

/* Outlives a socket that is closed by what it has received. */
struct proto_reader {
	struct proto_socket *socket; /* NULL: closed */
	bool busy;
};

void proto_socket_close(struct proto_socket *s)
{
	if (s->readable != NULL)
		event_free(s->readable);
	if (s->reader != NULL) {
		s->reader->socket = NULL;
		if (!s->reader->busy)
			free(s->reader);
	}
	if (s->fd >= 0)
		close(s->fd);
	s->readable = NULL;
	s->reader = NULL;
	s->fd = -1;
}

/* False: there was nothing. */
static bool socket_read(struct proto_socket *s)
{
	uint8_t data[PROTO_DATAGRAM_MAX];
	struct sockaddr_in from = { 0 };
	struct proto_datagram d;
	socklen_t size = sizeof(from);
	ssize_t len = recvfrom(s->fd, data, sizeof(data), 0, (struct sockaddr *)&from, &size);

	if (len < 0) /* an error that the kernel kept for us is one datagram less */
		return errno != EAGAIN && errno != EWOULDBLOCK;
	d = (struct proto_datagram) {
		.data = { data, (size_t)len },
		.from = from.sin_addr.s_addr,
		.port = ntohs(from.sin_port),
	};
	s->received(s->arg, &d);
	return true;
}

static void socket_on_readable(evutil_socket_t, short, void *arg)
{
	struct proto_reader *reader = arg;

	reader->busy = true;
	for (unsigned i = 0; i < PROTO_SOCKET_BURST && reader->socket != NULL; i++)
		if (!socket_read(reader->socket))
			break;
	reader->busy = false;
	if (reader->socket == NULL)
		free(reader);
}

static int socket_watch(struct proto_socket *s, struct event_base *base)
{
	s->reader = calloc(1, sizeof(*s->reader));
	if (s->reader == NULL)
		return -ENOMEM;
	s->reader->socket = s;
	s->readable = event_new(base, s->fd, EV_READ | EV_PERSIST, socket_on_readable, s->reader);
	if (s->readable == NULL || event_add(s->readable, NULL) < 0)
		return -ENOMEM;
	return 0;
}

static int socket_bind(struct proto_socket *s, const struct proto_socket_options *o)
{
	const struct sockaddr_in local = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = o->source,
		.sin_port = htons(o->port),
	};

	if (o->device[0] != '\0' && setsockopt(s->fd, SOL_SOCKET, SO_BINDTODEVICE, o->device,
					    (socklen_t)strlen(o->device)) < 0)
		return -errno;
	/* Port 0 too is bound now, so that the socket can say which one it got. */
	if ((o->source != 0 || o->type != SOCK_RAW) &&
		bind(s->fd, (const struct sockaddr *)&local, sizeof(local)) < 0)
		return -errno;
	return 0;
}

int proto_socket_open(
	struct proto_socket *s, struct event_base *base, const struct proto_socket_options *o)
{
	int err;

	s->fd = socket(AF_INET, o->type | SOCK_NONBLOCK | SOCK_CLOEXEC, o->protocol);
	if (s->fd < 0)
		return -errno;
	err = socket_bind(s, o);
	if (err == 0 && s->received != NULL)
		err = socket_watch(s, base);
	if (err != 0)
		proto_socket_close(s);
	return err;
}

int proto_socket_send(struct proto_socket *s, bw_ip4 to, uint16_t port, struct bytes data)
{
	const struct sockaddr_in sin = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = to,
		.sin_port = htons(port),
	};

	if (sendto(s->fd, data.data, data.len, 0, (const struct sockaddr *)&sin, sizeof(sin)) < 0)
		return -errno;
	return 0;
}

uint16_t proto_socket_port(const struct proto_socket *s)
{
	struct sockaddr_in local = { 0 };
	socklen_t size = sizeof(local);

	if (getsockname(s->fd, (struct sockaddr *)&local, &size) < 0)
		return 0;
	return ntohs(local.sin_port);
}
