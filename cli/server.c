/* SPDX-License-Identifier: BSD-3-Clause */

/*
 * The socket side. A client that does not read stops its own commands (the output mark) and then
 * its own requests (the input is not looked at while output waits); one that sends too much or
 * nonsense is dropped. Nothing here waits.
 */

#include "cli/server.h"

#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/listener.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "cli/builtin.h"
#include "cli/session.h"

enum {
	OUTPUT_MARK = 256 * 1024, /* bytes waiting for the client, above which dumps stop */
	OUTPUT_LOW = 64 * 1024,	  /* and below which they go on */
	INPUT_MARK = 128 * 1024,  /* read ahead of the message being taken */
	MAX_CLIENTS = 64,
};

struct client {
	struct cli_server *server;
	struct client *next;
	struct bufferevent *stream;
	struct event *tick;
	struct event *expiry;
	struct cli_session session;
	bool ending; /* goes when what was sent is out */
};

struct cli_server {
	struct cli_server_config settings;
	char *socket_path;
	char *files_dir;
	struct cli_grammar *grammar;
	struct cli_config *config;
	struct evconnlistener *listener;
	struct client *clients;
	unsigned client_count;
};

static void client_free(struct client *client)
{
	struct client **link = &client->server->clients;

	while (*link != client)
		link = &(*link)->next;
	*link = client->next;
	client->server->client_count--;
	/* No callback comes from here on, and what handlers still print goes nowhere. */
	bufferevent_disable(client->stream, EV_READ | EV_WRITE);
	client->ending = true;
	cli_session_fini(&client->session);
	event_free(client->tick);
	event_free(client->expiry);
	bufferevent_free(client->stream);
	free(client);
}

static size_t waiting(const struct client *client)
{
	return evbuffer_get_length(bufferevent_get_output(client->stream));
}

static void client_send(void *link, const struct cli_message *message)
{
	struct client *client = link;
	uint8_t head[CLI_MESSAGE_HEAD];
	size_t len = cli_message_encode(message, head);

	if (len == 0 || client->ending)
		return;
	bufferevent_write(client->stream, head, len);
	bufferevent_write(client->stream, message->text, message->text_len);
}

static bool client_full(void *link)
{
	return waiting(link) >= OUTPUT_MARK;
}

static void client_tick(void *link)
{
	struct client *client = link;
	struct timeval now = { 0, 0 };

	evtimer_add(client->tick, &now);
}

static void client_close(void *link)
{
	struct client *client = link;

	client->ending = true;
}

static void client_expire(void *link, unsigned seconds)
{
	struct client *client = link;
	struct timeval later = { .tv_sec = seconds };

	if (seconds > 0)
		evtimer_add(client->expiry, &later);
	else
		evtimer_del(client->expiry);
}

static const struct cli_session_ops client_ops = {
	.send = client_send,
	.full = client_full,
	.tick = client_tick,
	.close = client_close,
	.expire = client_expire,
};

/* Takes one message if a whole one is there. Returns bytes taken, 0 or -EPROTO. */
static int64_t take_message(struct client *client)
{
	struct evbuffer *input = bufferevent_get_input(client->stream);
	size_t len = evbuffer_get_length(input);
	struct cli_message message;
	uint8_t head[CLI_MESSAGE_HEAD];
	size_t wanted;
	int64_t taken;
	void *data;

	len = len < sizeof(head) ? len : sizeof(head);
	evbuffer_copyout(input, head, len);
	taken = cli_message_decode(head, len, CLI_SIDE_SHELL, &message, &wanted);
	if (taken < 0)
		return taken;
	/* A big message is let in whole, and joined once, when all of it is there. */
	bufferevent_setwatermark(
		client->stream, EV_READ, 0, wanted > INPUT_MARK ? wanted : INPUT_MARK);
	if (evbuffer_get_length(input) < wanted)
		return 0;
	data = evbuffer_pullup(input, (ev_ssize_t)wanted);
	if (!data)
		return -ENOMEM;
	taken = cli_message_decode(data, wanted, CLI_SIDE_SHELL, &message, NULL);
	if (taken > 0 && cli_session_take(&client->session, &message) != 0)
		return -EPROTO;
	if (taken > 0) {
		/* Somebody's password does not stay in memory. */
		if (message.type == CLI_MSG_ANSWER)
			explicit_bzero(data, wanted);
		evbuffer_drain(input, (size_t)taken);
	}
	return taken;
}

/* ABORT must get through; everything else waits until the client has read its output. */
static void client_work(struct client *client)
{
	int64_t taken = 1;

	while (taken > 0 && !client->ending &&
		(client->session.state != CLI_SESSION_IDLE || !client_full(client)))
		taken = take_message(client);
	if (taken < 0 || (client->ending && waiting(client) == 0))
		client_free(client);
}

static void on_read(struct bufferevent *, void *arg)
{
	client_work(arg);
}

/* The output has fallen to the low mark. */
static void on_written(struct bufferevent *, void *arg)
{
	struct client *client = arg;

	if (client->ending) {
		if (waiting(client) == 0)
			client_free(client);
		return;
	}
	cli_session_tick(&client->session);
	client_work(client);
}

static void on_event(struct bufferevent *, short events, void *arg)
{
	if (events & (BEV_EVENT_EOF | BEV_EVENT_ERROR))
		client_free(arg);
}

static void on_tick(evutil_socket_t, short, void *arg)
{
	struct client *client = arg;

	cli_session_tick(&client->session);
	client_work(client);
}

static void on_expiry(evutil_socket_t, short, void *arg)
{
	struct client *client = arg;

	cli_session_expire(&client->session);
	client_work(client);
}

static struct client *client_new(struct cli_server *server, evutil_socket_t fd)
{
	struct client *client = calloc(1, sizeof(*client));

	if (!client)
		return NULL;
	client->server = server;
	client->tick = evtimer_new(server->settings.base, on_tick, client);
	client->stream = bufferevent_socket_new(
		server->settings.base, fd, BEV_OPT_CLOSE_ON_FREE | BEV_OPT_DEFER_CALLBACKS);
	client->expiry = evtimer_new(server->settings.base, on_expiry, client);
	if (!client->tick || !client->expiry || !client->stream ||
		cli_session_init(&client->session, &client_ops, client, &server->settings,
			server->config) != 0) {
		if (client->tick)
			event_free(client->tick);
		if (client->expiry)
			event_free(client->expiry);
		if (client->stream)
			bufferevent_free(client->stream);
		free(client);
		return NULL;
	}
	return client;
}

static void on_connect(
	struct evconnlistener *, evutil_socket_t fd, struct sockaddr *, int, void *arg)
{
	struct cli_server *server = arg;
	struct client *client = NULL;

	if (server->client_count < MAX_CLIENTS)
		client = client_new(server, fd);
	if (!client) {
		close(fd);
		return;
	}
	client->next = server->clients;
	server->clients = client;
	server->client_count++;
	bufferevent_setcb(client->stream, on_read, on_written, on_event, client);
	bufferevent_setwatermark(client->stream, EV_READ, 0, INPUT_MARK);
	bufferevent_setwatermark(client->stream, EV_WRITE, OUTPUT_LOW, 0);
	bufferevent_enable(client->stream, EV_READ | EV_WRITE);
}

/* A socket that nobody answers on is left over; one that somebody does is not ours to take. */
static int remove_stale(const struct sockaddr_un *address)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int ret;

	if (fd < 0)
		return -errno;
	ret = connect(fd, (const struct sockaddr *)address, sizeof(*address));
	if (ret == 0 || errno == EAGAIN)
		ret = -EADDRINUSE;
	else if (errno == ECONNREFUSED)
		ret = unlink(address->sun_path) == 0 ? 0 : -errno;
	else
		ret = errno == ENOENT ? 0 : -errno;
	close(fd);
	return ret;
}

/* Returns the listening socket or a negative errno. Its mode is set before anybody can connect. */
static int open_socket(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	mode_t mask;
	int err;
	int fd;

	if (strlen(path) >= sizeof(address.sun_path))
		return -ENAMETOOLONG;
	memcpy(address.sun_path, path, strlen(path));
	err = remove_stale(&address);
	if (err)
		return err;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -errno;
	mask = umask(0177);
	err = bind(fd, (struct sockaddr *)&address, sizeof(address)) == 0 ? 0 : -errno;
	umask(mask);
	if (err) {
		close(fd);
		return err;
	}
	return fd;
}

static int start_listening(struct cli_server *server)
{
	int fd = open_socket(server->socket_path);

	if (fd < 0)
		return fd;
	server->listener = evconnlistener_new(server->settings.base, on_connect, server,
		LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC, 16, fd);
	if (!server->listener) {
		close(fd);
		unlink(server->socket_path);
		return -ENOMEM;
	}
	return 0;
}

/* The engine's own commands and the program's. A fault in one is a fault of the program. */
static struct cli_grammar *build_grammar(const struct cli_topic *const *topics)
{
	struct cli_grammar *grammar = cli_grammar_new();
	int err;

	if (!grammar)
		return NULL;
	err = cli_grammar_add(grammar, &cli_builtin_topic);
	for (; topics && *topics && err == 0; topics++)
		err = cli_grammar_add(grammar, *topics);
	if (err == 0)
		err = cli_grammar_compile(grammar);
	if (err == -EINVAL) {
		fprintf(stderr, "command declaration: %s\n", cli_grammar_error(grammar));
		abort();
	}
	if (err) {
		cli_grammar_free(grammar);
		return NULL;
	}
	return grammar;
}

static int set_up(struct cli_server *server, const struct cli_server_config *config)
{
	server->settings = *config;
	server->socket_path = strdup(config->socket_path);
	server->files_dir = config->files_dir ? strdup(config->files_dir) : NULL;
	server->settings.socket_path = server->socket_path;
	server->settings.files_dir = server->files_dir;
	server->grammar = build_grammar(config->topics);
	if (!server->socket_path || !server->grammar || (config->files_dir && !server->files_dir))
		return -ENOMEM;
	server->config = cli_config_new(server->grammar, config->startup_path);
	if (!server->config)
		return -ENOMEM;
	server->settings.startup_path = cli_config_startup_path(server->config);
	return start_listening(server);
}

struct cli_server *cli_server_new(const struct cli_server_config *config)
{
	struct cli_server *server = calloc(1, sizeof(*server));
	int err;

	if (!server)
		return NULL;
	/* libevent writes to clients that may be gone. */
	signal(SIGPIPE, SIG_IGN);
	err = set_up(server, config);
	if (err) {
		cli_server_free(server);
		errno = -err;
		return NULL;
	}
	return server;
}

void cli_server_free(struct cli_server *server)
{
	if (!server)
		return;
	while (server->clients)
		client_free(server->clients);
	if (server->listener) {
		evconnlistener_free(server->listener);
		unlink(server->socket_path);
	}
	cli_config_free(server->config);
	cli_grammar_free(server->grammar);
	free(server->socket_path);
	free(server->files_dir);
	free(server);
}

struct cli_config *cli_server_configuration(struct cli_server *server)
{
	return server->config;
}

static void log_verdict(void *arg, const struct cli_verdict *verdict)
{
	const struct cli_server *server = arg;
	char text[512];

	if (verdict->result != CLI_ERROR || !server->settings.log)
		return;
	snprintf(text, sizeof(text), "%%SYS-3-CONFIG_LINE: line %zu refused: %s (%.*s)",
		verdict->line, verdict->text, (int)strcspn(verdict->message, "\n"),
		verdict->message);
	server->settings.log(server->settings.app, text);
}

static int load(struct cli_server *server, const char *text, size_t len, unsigned flags)
{
	struct cli_out *out = cli_out_new_buffer();
	struct cli_ctx ctx = { 0 };
	int ret = -ENOMEM;

	if (out && cli_ctx_init(&ctx, server->settings.app, server->config, out) == 0) {
		ret = cli_config_load(
			server->config, &ctx, text, len, flags, log_verdict, server, NULL);
		cli_ctx_fini(&ctx);
	}
	cli_out_free(out);
	return ret;
}

int cli_server_boot(struct cli_server *server)
{
	size_t len;
	char *text;
	int ret = cli_config_read_startup(server->config, &text, &len);

	if (ret == -ENOENT)
		return 0;
	if (ret)
		return ret;
	ret = load(server, text, len, CLI_LOAD_BOOT);
	free(text);
	return ret;
}

int cli_server_configure(struct cli_server *server, const char *lines)
{
	return load(server, lines, strlen(lines), 0);
}

void cli_server_monitor(struct cli_server *server, const char *line)
{
	struct cli_message message = {
		.type = CLI_MSG_LOG, .text = line, .text_len = strlen(line)
	};

	for (struct client *client = server->clients; client; client = client->next) {
		if (client->session.monitor && !client_full(client))
			client_send(client, &message);
	}
}
