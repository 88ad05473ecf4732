/* SPDX-License-Identifier: BSD-3-Clause */

#include "cli/session/session.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/output/file.h"

enum { DEFAULT_LENGTH = 24, DEFAULT_WIDTH = 80 };

void cli_session_send(struct cli_session *session, enum cli_message_type type, uint32_t number,
	const char *text, size_t len)
{
	session->ops->send(session->link,
		&(struct cli_message) {
			.type = type, .number = { number }, .text = text, .text_len = len });
}

static void sink(void *arg, const char *data, size_t len)
{
	while (len > 0) {
		size_t part = len < CLI_MESSAGE_OUTPUT_MAX ? len : CLI_MESSAGE_OUTPUT_MAX;

		cli_session_send(arg, CLI_MSG_OUTPUT, 0, data, part);
		data += part;
		len -= part;
	}
}

static bool sink_full(void *arg)
{
	struct cli_session *session = arg;

	return session->ops->full(session->link);
}

static void command_done(struct cli_ctx *ctx, int status)
{
	struct cli_session *session = ctx->session;

	if (session->calling) {
		session->done_early = true;
		session->done_status = status;
	} else {
		cli_session_finish(session, status);
	}
}

int cli_session_init(struct cli_session *session, const struct cli_session_ops *ops, void *link,
	const struct cli_server_config *settings, struct cli_config *config)
{
	*session = (struct cli_session) {
		.ops = ops,
		.link = link,
		.settings = settings,
		.config = config,
		.length = DEFAULT_LENGTH,
		.width = DEFAULT_WIDTH,
		.privileged = true,
	};
	session->out = cli_out_new(sink, sink_full, session);
	if (!session->out ||
		cli_ctx_init(&session->ctx, settings->app, config, session->out) != 0) {
		cli_out_free(session->out);
		return -ENOMEM;
	}
	session->ctx.session = session;
	session->ctx.engine->attended = true;
	session->ctx.engine->done = command_done;
	return 0;
}

void cli_session_unconfigure(struct cli_session *session)
{
	if (!session->configuring)
		return;
	cli_cursor_end(&session->cursor, session->config);
	session->scope = (struct cli_scope) { 0 };
	session->configuring = false;
}

void cli_session_fini(struct cli_session *session)
{
	cli_session_load_stop(session);
	cli_ctx_fini(&session->ctx);
	cli_file_free(session->file);
	cli_session_unconfigure(session);
	cli_args_free(session->args);
	cli_out_free(session->out);
	free(session->line);
	cli_session_drop_text(session);
	free(session->login.user);
	for (unsigned i = 0; i < session->history_count; i++)
		free(session->history[i]);
}

void cli_session_configure(struct cli_session *session)
{
	cli_session_unconfigure(session);
	cli_cursor_begin(&session->cursor, session->config, cli_config_tree(session->config));
	session->scope.typed = session->terminal;
	session->configuring = true;
}

void cli_session_close(struct cli_session *session)
{
	session->closing = true;
}

unsigned cli_session_length(const struct cli_session *session)
{
	return session ? session->length : 0;
}

unsigned cli_session_width(const struct cli_session *session)
{
	return session ? session->width : DEFAULT_WIDTH;
}

void cli_session_prompt(const struct cli_session *session, char *buf, size_t size)
{
	const char *mode = "";

	if (session->configuring)
		mode = session->cursor.level[session->cursor.depth].mode->prompt;
	snprintf(buf, size, "%s%s%s", cli_config_hostname(session->config), mode,
		session->privileged ? "#" : ">");
}

/* From now on it is the administrator's turn. */
static void await(struct cli_session *session)
{
	const struct cli_access *access = session->settings->access;

	if (access && session->terminal && !session->closing)
		session->ops->expire(session->link, access->idle(session->settings->app));
}

void cli_session_expire(struct cli_session *session)
{
	char text[160];

	if (session->state == CLI_SESSION_RUNNING || session->state == CLI_SESSION_LOADING) {
		await(session);
		return;
	}
	snprintf(text, sizeof(text),
		"%%SYS-6-TTY_EXPIRE_TIMER: (exec timer expired, tty 0 (0.0.0.0)), user %.64s",
		session->login.user ? session->login.user : "");
	if (session->settings->log)
		session->settings->log(session->settings->app, text);
	cli_ctx_cancel(&session->ctx);
	cli_session_end(session);
}

void cli_session_end(struct cli_session *session)
{
	session->closing = true;
	cli_session_send(session, CLI_MSG_BYE, 0, "", 0);
	session->ops->close(session->link);
}

static void send_prompt(struct cli_session *session)
{
	char prompt[CLI_PROMPT_SIZE];

	/* Nothing stands before the lines of a banner. */
	prompt[0] = '\0';
	if (!session->text_open)
		cli_session_prompt(session, prompt, sizeof(prompt));
	cli_session_send(session, CLI_MSG_PROMPT, session->length, prompt, strlen(prompt));
}

void cli_session_ready(struct cli_session *session)
{
	send_prompt(session);
	await(session);
}

void cli_session_finish(struct cli_session *session, int status)
{
	status = cli_session_end_file(session, status);
	cli_out_finish(session->out);
	cli_ctx_end(&session->ctx);
	cli_args_free(session->args);
	free(session->line);
	session->args = NULL;
	session->line = NULL;
	session->state = CLI_SESSION_IDLE;
	if (session->closing)
		cli_session_send(session, CLI_MSG_BYE, 0, "", 0);
	else
		send_prompt(session);
	cli_session_send(session, CLI_MSG_DONE, status < 0 ? (uint32_t)-status : 0, "", 0);
	if (session->closing)
		session->ops->close(session->link);
	else
		await(session);
}

static void remember(struct cli_session *session, const char *line)
{
	char *copy;

	if (line[strspn(line, " \t")] == '\0')
		return;
	copy = strdup(line);
	if (!copy)
		return;
	if (session->history_count == CLI_HISTORY) {
		free(session->history[0]);
		memmove(session->history, session->history + 1,
			(CLI_HISTORY - 1) * sizeof(session->history[0]));
		session->history_count--;
	}
	session->history[session->history_count++] = copy;
}

static void take_line(struct cli_session *session, const char *line)
{
	if (!session->text_open)
		remember(session, line);
	cli_session_line(session, line);
}

static void take_answer(struct cli_session *session, const char *answer)
{
	if (session->login.demand != CLI_DEMAND_NOTHING)
		cli_session_login_answer(session, answer);
	else if (cli_ctx_answer(&session->ctx, answer) != 0)
		cli_session_finish(session, -ENOMEM);
	else
		cli_session_answered(session);
}

static void take_abort(struct cli_session *session)
{
	if (session->login.demand != CLI_DEMAND_NOTHING) {
		cli_session_login_abort(session);
		return;
	}
	if (session->state == CLI_SESSION_IDLE) {
		cli_session_drop_text(session);
		return;
	}
	/* Handlers may print a last word in their cancel function. */
	cli_ctx_cancel(&session->ctx);
	cli_session_load_stop(session);
	cli_session_finish(session, -EINTR);
}

static void take_hello(struct cli_session *session, const struct cli_message *message)
{
	bool first = !session->greeted;

	session->greeted = true;
	session->terminal = message->number[0] > 0 && message->number[1] > 0;
	/* A window that changes its size does not undo `terminal length`. */
	if (first || session->length_follows)
		session->length = message->number[0] < 512 ? message->number[0] : 512;
	session->length_follows = first || session->length_follows;
	if (session->terminal)
		session->width = message->number[1] < 512 ? message->number[1] : 512;
	if (first)
		cli_session_login(session);
	else if (session->login.demand == CLI_DEMAND_NOTHING)
		send_prompt(session);
}

/* A line of a message as a string. Bytes that end a line or a string do not belong into one. */
static char *message_line(const struct cli_message *message)
{
	if (memchr(message->text, '\0', message->text_len) ||
		memchr(message->text, '\n', message->text_len))
		return NULL;
	return strndup(message->text, message->text_len);
}

static int take_text(struct cli_session *session, const struct cli_message *message)
{
	char *line = message_line(message);

	if (!line)
		return -EPROTO;
	switch (message->type) {
	case CLI_MSG_LINE:
		take_line(session, line);
		break;
	case CLI_MSG_ANSWER:
		take_answer(session, line);
		break;
	case CLI_MSG_HELP:
		cli_session_help(session, line);
		break;
	default:
		if (message->number[0] < strlen(line))
			line[message->number[0]] = '\0';
		cli_session_complete(session, line);
		break;
	}
	/* It may have been a password. */
	explicit_bzero(line, strlen(line));
	free(line);
	return 0;
}

int cli_session_take(struct cli_session *session, const struct cli_message *message)
{
	bool idle = session->state == CLI_SESSION_IDLE;

	if (session->closing)
		return 0;
	await(session);
	switch (message->type) {
	case CLI_MSG_HELLO:
		take_hello(session, message);
		return 0;
	case CLI_MSG_ABORT:
		take_abort(session);
		return 0;
	case CLI_MSG_ANSWER:
		return session->state == CLI_SESSION_ASKING ? take_text(session, message) : -EPROTO;
	case CLI_MSG_LINE:
	case CLI_MSG_HELP:
	case CLI_MSG_COMPLETE:
		return idle ? take_text(session, message) : -EPROTO;
	case CLI_MSG_LOAD:
		if (!idle)
			return -EPROTO;
		cli_session_load(session, message->number[0], message->text, message->text_len);
		return 0;
	default:
		return -EPROTO;
	}
}

void cli_session_tick(struct cli_session *session)
{
	if (session->ops->full(session->link))
		return;
	if (session->state == CLI_SESSION_LOADING) {
		cli_session_load_step(session);
	} else if (session->copying) {
		cli_session_copy(session);
	} else if (session->state == CLI_SESSION_RUNNING && cli_ctx_yielding(&session->ctx)) {
		int ret;

		session->calling = true;
		ret = cli_ctx_resume(&session->ctx);
		session->calling = false;
		cli_session_settle(session, ret);
	}
}
