/* SPDX-License-Identifier: BSD-3-Clause */

/*
 * The socket side. A client that does not read stops its own commands (the output mark) and then
 * its own requests (the input is not looked at while output waits); one that sends too much or
 * nonsense is dropped. Nothing here waits.
 */

#include "cli/session/server.h"

#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/listener.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/builtin.h"
#include "cli/config/redact.h"
#include "cli/session/listen.h"
#include "cli/session/seat.h"
#include "cli/session/session.h"

enum {
	OUTPUT_MARK = 256 * 1024, /* bytes waiting for the client, above which dumps stop */
	OUTPUT_LOW = 64 * 1024,	  /* and below which they go on */
	INPUT_MARK = 128 * 1024,  /* read ahead of the message being taken */
};

struct client {
	struct cli_server *server;
	struct client *next;
	struct bufferevent *stream;
	struct event *tick;
	struct event *expiry;
	struct cli_session session;
	struct cli_seat seat;
	bool ending; /* goes when what was sent is out */
};

struct cli_server {
	struct cli_server_config settings;
	char *socket_path;
	char *files_dir;
	struct cli_grammar *grammar;
	struct cli_config *config;
	struct evconnlistener *listener;
	struct event *second;
	struct client *clients; /* the newest first */
	unsigned seats_taken;
	unsigned strangers; /* clients that have not said hello */
};

/* It is on its way out, or gone, and no longer counts. */
static void leave_seat(struct client *client)
{
	client->server->seats_taken -= client->seat.taken;
	client->server->strangers -= !client->seat.greeted;
	client->seat.taken = false;
	client->seat.greeted = true;
}

static void client_free(struct client *client)
{
	struct client **link = &client->server->clients;

	while (*link != client)
		link = &(*link)->next;
	*link = client->next;
	leave_seat(client);
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
	leave_seat(client);
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

static void note(const struct client *client, const char *event, const char *why)
{
	const struct cli_server_config *settings = &client->server->settings;
	char text[160];

	snprintf(text, sizeof(text), "%%SYS-5-%s: %s", event, why);
	if (settings->log)
		settings->log(settings->app, text);
}

/* The session that nobody has used for the longest; one that waits for a line before all others. */
static struct client *least_used(const struct cli_server *server)
{
	struct client *found = NULL;

	for (struct client *c = server->clients; c; c = c->next) {
		bool idle = c->session.state == CLI_SESSION_IDLE;

		if (!c->seat.taken)
			continue;
		if (!found || idle > (found->session.state == CLI_SESSION_IDLE) ||
			(idle == (found->session.state == CLI_SESSION_IDLE) &&
				c->seat.idle_s >= found->seat.idle_s))
			found = c;
	}
	return found;
}

/* For a terminal that finds even the seat kept for it taken. */
static void make_room(struct cli_server *server)
{
	static const char text[] = "% This session ends: its seat is needed at another terminal";
	struct client *client = least_used(server);

	note(client, "SESSION_ENDED", "a terminal needs the seat of the session least used");
	if (client->session.state != CLI_SESSION_IDLE) {
		client_free(client);
		return;
	}
	client_send(
		client, &(struct cli_message) {
				.type = CLI_MSG_LOG, .text = text, .text_len = sizeof(text) - 1 });
	cli_session_end(&client->session);
}

static void refuse(struct client *client)
{
	char text[80];

	snprintf(text, sizeof(text), "%% All %u sessions are in use\n", CLI_SEATS);
	client_send(
		client, &(struct cli_message) {
				.type = CLI_MSG_OUTPUT, .text = text, .text_len = strlen(text) });
	cli_session_end(&client->session);
}

/* A stranger says hello. Returns whether it gets in. */
static bool take_seat(struct client *client, bool terminal)
{
	struct cli_server *server = client->server;

	if (server->seats_taken >= CLI_SEATS && !terminal) {
		refuse(client);
		return false;
	}
	if (server->seats_taken > CLI_SEATS)
		make_room(server);
	client->seat.greeted = true;
	client->seat.taken = true;
	server->strangers--;
	server->seats_taken++;
	return true;
}

/* What the connection itself is about; the rest is the session's. True if it was taken. */
static bool take_own(struct client *client, const struct cli_message *message)
{
	cli_seat_heard(&client->seat);
	if (message->type == CLI_MSG_PING) {
		client_send(client, &(struct cli_message) { .type = CLI_MSG_PONG });
		return true;
	}
	return message->type == CLI_MSG_HELLO && !client->seat.greeted &&
	       !take_seat(client, message->number[0] > 0 && message->number[1] > 0);
}

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
	if (taken > 0 && !take_own(client, &message) &&
		cli_session_take(&client->session, &message) != 0)
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

/* Whoever does not go on as it ought to, goes. */
static void on_second(evutil_socket_t, short, void *arg)
{
	struct cli_server *server = arg;
	const struct cli_access *access = server->settings.access;
	unsigned patience = server->settings.patience ? server->settings.patience : CLI_PATIENCE;
	struct client *next;

	for (struct client *client = server->clients; client; client = next) {
		struct evbuffer *input = bufferevent_get_input(client->stream);
		unsigned blocked = !client->session.terminal ? CLI_SCRIPT_BLOCKED
				   : access		     ? access->idle(server->settings.app)
							     : 0;
		const char *why = cli_seat_second(&client->seat,
			client_full(client) ? 0 : evbuffer_get_length(input), waiting(client),
			patience, client->ending ? patience : blocked);

		next = client->next;
		if (!why)
			continue;
		if (!client->ending)
			note(client, "CLIENT_DROPPED", why);
		client_free(client);
	}
}

/* The list begins with the newest. */
static struct client *oldest_stranger(const struct cli_server *server)
{
	struct client *found = NULL;

	for (struct client *client = server->clients; client; client = client->next)
		if (!client->seat.greeted)
			found = client;
	return found;
}

static void on_connect(
	struct evconnlistener *, evutil_socket_t fd, struct sockaddr *, int, void *arg)
{
	struct cli_server *server = arg;
	struct client *client;

	if (server->strangers >= CLI_STRANGERS)
		client_free(oldest_stranger(server));
	client = client_new(server, fd);
	if (!client) {
		close(fd);
		return;
	}
	client->next = server->clients;
	server->clients = client;
	server->strangers++;
	bufferevent_setcb(client->stream, on_read, on_written, on_event, client);
	bufferevent_setwatermark(client->stream, EV_READ, 0, INPUT_MARK);
	bufferevent_setwatermark(client->stream, EV_WRITE, OUTPUT_LOW, 0);
	bufferevent_enable(client->stream, EV_READ | EV_WRITE);
}

static int start_listening(struct cli_server *server)
{
	int fd = cli_listen(server->socket_path);

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
	static const struct timeval second = { .tv_sec = 1 };

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
	cli_config_set_app(server->config, config->app);
	server->settings.startup_path = cli_config_startup_path(server->config);
	server->second = event_new(config->base, -1, EV_PERSIST, on_second, server);
	if (!server->second || event_add(server->second, &second) != 0)
		return -ENOMEM;
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
	if (server->second)
		event_free(server->second);
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

/* Everybody reads the log: of the line only what it is about. */
static void log_verdict(void *arg, const struct cli_verdict *verdict)
{
	const struct cli_server *server = arg;
	const char *message = cli_redact_message(verdict->text, verdict->message);
	char text[512];

	if (!server->settings.log)
		return;
	if (verdict->result == CLI_SKIPPED)
		snprintf(text, sizeof(text), "%%SYS-3-CONFIG_LINE: lines %zu to %zu skipped: %s",
			verdict->line, verdict->last, verdict->message);
	else if (verdict->result == CLI_ERROR)
		snprintf(text, sizeof(text),
			"%%SYS-3-CONFIG_LINE: line %zu, column %u refused: %.*s ... (%.*s)",
			verdict->line, verdict->column + 1, (int)cli_redact_length(verdict->text),
			verdict->text, (int)strcspn(message, "\n"), message);
	else
		return;
	server->settings.log(server->settings.app, text);
}

/* A router must boot, but its administrator should know. */
static void log_cut(struct cli_server *server, const struct cli_load_summary *summary)
{
	if (summary->lines > 0 && !summary->ended && server->settings.log)
		server->settings.log(server->settings.app,
			"%SYS-4-CONFIG_CUT: the startup-config does not end with `end`: it may not "
			"be whole");
}

static int load(struct cli_server *server, const char *text, size_t len, unsigned flags,
	struct cli_load_summary *summary)
{
	struct cli_out *out = cli_out_new_buffer();
	struct cli_ctx ctx = { 0 };
	int ret = -ENOMEM;

	if (out && cli_ctx_init(&ctx, server->settings.app, server->config, out) == 0) {
		ret = cli_config_load(
			server->config, &ctx, text, len, flags, log_verdict, server, summary);
		cli_ctx_fini(&ctx);
	}
	cli_out_free(out);
	return ret;
}

int cli_server_boot(struct cli_server *server)
{
	struct cli_load_summary summary = { .ended = true };
	size_t len;
	char *text;
	int ret = cli_config_read_startup(server->config, &text, &len);

	if (ret == -ENOENT)
		return 0;
	if (ret)
		return ret;
	ret = load(server, text, len, CLI_LOAD_BOOT, &summary);
	log_cut(server, &summary);
	free(text);
	return ret;
}

int cli_server_configure(struct cli_server *server, const char *lines)
{
	return load(server, lines, strlen(lines), 0, NULL);
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
