/* SPDX-License-Identifier: BSD-3-Clause */

#include "bench.h"

#include <errno.h>
#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "../api/suite.h"

enum { TURNS = 20000, CLIENT_ROOM = 4 * 1024 * 1024 };

static void on_log(void *arg, const char *message)
{
	struct fixture_app *app = arg;

	snprintf(app->logged, sizeof(app->logged), "%s", message);
}

static enum cli_demand on_login(void *arg, unsigned *level)
{
	struct fixture_app *app = arg;

	*level = app->login_level;
	return app->login;
}

static bool on_log_in(void *, const char *user, const char *password, unsigned *level)
{
	if (user && strcmp(user, "root") == 0)
		*level = CLI_PRIVILEGED;
	return (!user || strcmp(user, "root") == 0 || strcmp(user, "guest") == 0) &&
	       strcmp(password, "open") == 0;
}

static enum cli_demand on_enable(void *arg)
{
	struct fixture_app *app = arg;

	return app->enable;
}

static bool on_may_enable(void *, const char *password)
{
	return strcmp(password, "secret") == 0;
}

static unsigned on_idle(void *arg)
{
	struct fixture_app *app = arg;

	return app->idle;
}

static const struct cli_access access_ops = {
	.login = on_login,
	.log_in = on_log_in,
	.enable = on_enable,
	.may_enable = on_may_enable,
	.idle = on_idle,
};

static const char *const reserved[] = { "startup-config", "platform.conf", NULL };

struct cli_server_config settings(struct bench *bench)
{
	return (struct cli_server_config) {
		.base = bench->base,
		.topics = fixture_topics,
		.app = &bench->app,
		.socket_path = bench->socket,
		.startup_path = bench->startup,
		.files_dir = bench->directory,
		.reserved = reserved,
		.log = on_log,
		.access = &access_ops,
	};
}

void bench_start(struct bench *bench, bool unprivileged)
{
	struct cli_server_config config;

	*bench = (struct bench) { .directory = "/tmp/byway-cli-XXXXXX" };
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(bench->directory));
	snprintf(bench->socket, sizeof(bench->socket), "%s/cli.sock", bench->directory);
	snprintf(bench->startup, sizeof(bench->startup), "%s/startup-config", bench->directory);
	bench->base = event_base_new();
	bench->app.journal = cli_out_new_buffer();
	config = settings(bench);
	bench->app.login_level = unprivileged ? 1 : CLI_PRIVILEGED;
	bench->app.enable = CLI_DEMAND_PASSWORD;
	bench->server = cli_server_new(&config);
	CU_ASSERT_PTR_NOT_NULL_FATAL(bench->server);
}

void bench_stop(struct bench *bench)
{
	cli_server_free(bench->server);
	event_base_free(bench->base);
	cli_out_free(bench->app.journal);
	unlink(bench->startup);
	CU_ASSERT_EQUAL(rmdir(bench->directory), 0);
}

static void turn(struct bench *bench)
{
	event_base_loop(bench->base, EVLOOP_NONBLOCK);
}

void turns(struct bench *bench, unsigned count)
{
	while (count-- > 0)
		turn(bench);
}

void send_raw(struct client *client, const void *data, size_t len)
{
	const char *at = data;

	for (unsigned i = 0; len > 0 && i < TURNS; i++) {
		ssize_t done = send(client->fd, at, len, MSG_DONTWAIT | MSG_NOSIGNAL);

		if (done > 0) {
			at += done;
			len -= (size_t)done;
		}
		turn(client->bench);
	}
	CU_ASSERT_EQUAL(len, 0);
}

void send_text(struct client *client, enum cli_message_type type, uint32_t number, uint32_t second,
	const char *text)
{
	struct cli_message message = { type, { number, second }, text, strlen(text) };
	uint8_t head[CLI_MESSAGE_HEAD];
	size_t len = cli_message_encode(&message, head);

	send_raw(client, head, len);
	send_raw(client, text, strlen(text));
}

/* Reads what is there. False when the server has closed. */
static bool pull(struct client *client)
{
	ssize_t got = recv(
		client->fd, client->data + client->len, CLIENT_ROOM - client->len, MSG_DONTWAIT);

	if (got > 0)
		client->len += (size_t)got;
	return got > 0 || (got < 0 && errno == EAGAIN);
}

static void take(struct client *client, const struct cli_message *message)
{
	switch (message->type) {
	case CLI_MSG_OUTPUT:
	case CLI_MSG_COMPLETION:
		CU_ASSERT_FATAL(client->output_len + message->text_len < CLIENT_ROOM);
		memcpy(client->output + client->output_len, message->text, message->text_len);
		client->output_len += message->text_len;
		client->output[client->output_len] = '\0';
		if (message->type == CLI_MSG_COMPLETION)
			client->status = (int)message->number[0];
		break;
	case CLI_MSG_PROMPT:
		snprintf(client->prompt, sizeof(client->prompt), "%.*s", (int)message->text_len,
			message->text);
		client->length = message->number[0];
		break;
	case CLI_MSG_QUESTION:
		snprintf(client->question, sizeof(client->question), "%.*s", (int)message->text_len,
			message->text);
		client->status = -1;
		break;
	case CLI_MSG_DONE:
		client->status = (int)message->number[0];
		break;
	case CLI_MSG_LOG:
		client->logs++;
		break;
	default:
		break;
	}
}

/* Takes what has come. True when that was a message of this type, or a question. */
static bool take_all(struct client *client, enum cli_message_type type)
{
	struct cli_message message;
	int64_t taken;

	while ((taken = cli_message_decode(
			client->data, client->len, CLI_SIDE_SERVER, &message, NULL)) > 0) {
		enum cli_message_type got = message.type;

		take(client, &message);
		client->len -= (size_t)taken;
		memmove(client->data, client->data + taken, client->len);
		if (got == type || got == CLI_MSG_QUESTION)
			return true;
	}
	CU_ASSERT_FATAL(taken == 0);
	return false;
}

void wait_for(struct client *client, enum cli_message_type type)
{
	for (unsigned i = 0; i < TURNS; i++) {
		if (take_all(client, type))
			return;
		turn(client->bench);
		if (!pull(client)) {
			client->status = -2;
			return;
		}
	}
	CU_FAIL("no answer");
}

void glance(struct client *client)
{
	if (!pull(client))
		client->status = -2;
	take_all(client, CLI_MSG_DONE);
}

void clear(struct client *client)
{
	client->output_len = 0;
	client->output[0] = '\0';
	client->question[0] = '\0';
}

struct client *connect_to(struct bench *bench)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct client *client = calloc(1, sizeof(*client));

	client->bench = bench;
	client->data = malloc(CLIENT_ROOM);
	client->output = malloc(CLIENT_ROOM);
	client->fd = socket(AF_UNIX, SOCK_STREAM, 0);
	snprintf(address.sun_path, sizeof(address.sun_path), "%s", bench->socket);
	CU_ASSERT_EQUAL_FATAL(connect(client->fd, (struct sockaddr *)&address, sizeof(address)), 0);
	clear(client);
	turns(bench, 3);
	return client;
}

struct client *hello(struct bench *bench)
{
	struct client *client = connect_to(bench);

	send_text(client, CLI_MSG_HELLO, 24, 80, "");
	wait_for(client, CLI_MSG_PROMPT);
	return client;
}

void hang_up(struct client *client)
{
	close(client->fd);
	turns(client->bench, 5);
	free(client->data);
	free(client->output);
	free(client);
}

/* Sends a request and waits for its end, or its question. Returns what it printed. */
const char *request(
	struct client *client, enum cli_message_type type, uint32_t number, const char *text)
{
	clear(client);
	send_text(client, type, number, 0, text);
	wait_for(client, type == CLI_MSG_COMPLETE ? CLI_MSG_COMPLETION : CLI_MSG_DONE);
	return client->output;
}

const char *line(struct client *client, const char *text)
{
	return request(client, CLI_MSG_LINE, 0, text);
}

const char *answer(struct client *client, const char *text)
{
	return request(client, CLI_MSG_ANSWER, 0, text);
}
