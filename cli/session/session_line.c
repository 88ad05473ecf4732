/* SPDX-License-Identifier: BSD-3-Clause */

/* Carrying out one line of a session, in EXEC or in configuration. */

#include "cli/session/session.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cli/config/config_engine.h"
#include "cli/grammar/width.h"
#include "cli/output/output_engine.h"

/* Says that the configuration was left, and by whom. */
static void log_left(struct cli_session *session)
{
	char text[160];

	snprintf(text, sizeof(text), "%%SYS-5-CONFIG_I: Configured from console by %.64s%s",
		session->login.user ? session->login.user : "console",
		session->login.user ? " on console" : "");
	if (session->settings->log)
		session->settings->log(session->settings->app, text);
}

static void ask(struct cli_session *session)
{
	const struct cli_ctx_engine *engine = session->ctx.engine;

	session->state = CLI_SESSION_ASKING;
	cli_session_send(session, CLI_MSG_QUESTION, engine->question_kind, engine->question,
		strlen(engine->question));
}

/* How far under the start of the line the terminal shows it. Without a terminal nobody has seen
 * the line, so it is shown first. */
static size_t caret_indent(struct cli_session *session)
{
	char prompt[CLI_PROMPT_SIZE];

	if (!session->terminal) {
		cli_out_typed(session->out, session->line);
		cli_puts(session->out, "\n");
		return 0;
	}
	cli_session_prompt(session, prompt, sizeof(prompt));
	return cli_width(prompt, strlen(prompt));
}

static void explain(struct cli_session *session, const struct cli_outcome *outcome)
{
	size_t indent = 0;

	if (outcome->caret != CLI_NO_CARET)
		indent = caret_indent(session);
	cli_line_explain(session->out, session->line, indent, outcome);
	cli_session_finish(session, -EINVAL);
}

/* After a handler: done, a question, or it goes on. */
void cli_session_settle(struct cli_session *session, int ret)
{
	struct cli_ctx_engine *engine = session->ctx.engine;

	if (session->done_early) {
		session->done_early = false;
		cli_session_finish(session, session->done_status);
	} else if (ret == CLI_PENDING && engine->question) {
		ask(session);
	} else if (ret == CLI_PENDING) {
		session->state = CLI_SESSION_RUNNING;
		if (cli_ctx_yielding(&session->ctx))
			session->ops->tick(session->link);
	} else if (ret < 0 && engine->caret != CLI_NO_CARET) {
		struct cli_outcome outcome = { .result = CLI_ERROR };

		outcome.caret = (int64_t)session->line_offset + engine->caret;
		explain(session, &outcome);
	} else {
		cli_session_finish(session, ret);
	}
}

void cli_session_call(struct cli_session *session)
{
	int ret;

	session->calling = true;
	ret = cli_ctx_run(&session->ctx, session->args);
	session->calling = false;
	cli_session_settle(session, ret);
}

size_t cli_session_pipe(const char *line)
{
	for (size_t i = 0; line[i]; i++) {
		if (line[i] == '|' && i > 0 && strchr(" \t", line[i - 1]))
			return i;
	}
	return strlen(line);
}

/* One word that is no command: IOS has tried to resolve it. */
static bool is_lone_word(const char *words, size_t offset)
{
	size_t start = strspn(words, " \t");
	size_t len = strcspn(words + start, " \t");

	return offset == start && words[start + len + strspn(words + start + len, " \t")] == '\0';
}

static void refuse_exec(
	struct cli_session *session, const char *words, const struct cli_parse *parse)
{
	struct cli_outcome outcome = {
		.result = CLI_ERROR, .status = parse->status, .caret = CLI_NO_CARET
	};

	if (parse->status == CLI_PARSE_INVALID && !session->configuring &&
		is_lone_word(words, parse->offset)) {
		cli_puts(session->out, "% Unknown command or computer name, or unable to find "
				       "computer address\n");
		cli_session_finish(session, -EINVAL);
		return;
	}
	if (parse->status == CLI_PARSE_INVALID)
		outcome.caret = (int64_t)(session->line_offset + parse->offset);
	explain(session, &outcome);
}

/* Puts the filter on. Returns false after refusing it. */
static bool set_filter(struct cli_session *session, size_t pipe)
{
	struct cli_outcome outcome = { .result = CLI_ERROR, .caret = CLI_NO_CARET };
	const char *reason;
	size_t offset;
	int err;

	if (session->line[pipe] == '\0')
		return true;
	err = cli_out_filter(session->out, session->line + pipe + 1, &offset, &reason);
	if (err == 0)
		return true;
	outcome.status = err == -ENODATA ? CLI_PARSE_INCOMPLETE : CLI_PARSE_INVALID;
	if (err != -ENODATA)
		outcome.caret = (int64_t)(pipe + 1 + offset);
	outcome.reason = reason;
	explain(session, &outcome);
	return false;
}

static void run_exec(struct cli_session *session)
{
	const struct cli_grammar *grammar = cli_tree_grammar(cli_config_tree(session->config));
	unsigned flags = session->privileged ? 0 : CLI_PARSE_USER;
	size_t pipe = session->line_offset + cli_session_pipe(session->line + session->line_offset);
	char *words = strndup(session->line + session->line_offset, pipe - session->line_offset);
	struct cli_parse parse;

	if (!words) {
		cli_session_finish(session, -ENOMEM);
		return;
	}
	cli_grammar_parse(grammar, cli_grammar_mode(grammar, "exec"), flags, words, &parse);
	session->args = parse.args;
	if (parse.status == CLI_PARSE_EMPTY)
		cli_session_finish(session, 0);
	else if (parse.status != CLI_PARSE_OK)
		refuse_exec(session, words, &parse);
	else if (set_filter(session, pipe))
		cli_session_begin_file(session);
	free(words);
}

size_t cli_session_do(const struct cli_session *session, const char *line)
{
	size_t start = strspn(line, " \t");

	if (!session->configuring || strncasecmp(line + start, "do", 2) != 0)
		return 0;
	if (line[start + 2] != ' ' && line[start + 2] != '\t')
		return 0;
	return start + 2 + strspn(line + start + 2, " \t");
}

void cli_session_drop_text(struct cli_session *session)
{
	cli_text_free(session->text);
	session->text = NULL;
	session->text_open = false;
}

static bool is_skipped(struct cli_session *session)
{
	return session->configuring && cli_scope_skips(&session->scope, session->config->grammar,
					       &session->cursor, session->line);
}

/* Lines that would have been the block of the refused one, up to its `quit`. */
static void expect_text(struct cli_session *session)
{
	session->text_refused =
		cli_freetext_opens(session->line, &session->text_end) && session->text_end.block;
	session->text_open = session->text_refused;
}

/* A line under a refused one. */
static void skip(struct cli_session *session)
{
	if (!session->told)
		cli_puts(session->out, "% Lines under it are skipped, up to its exit\n");
	session->told = true;
	expect_text(session);
	cli_session_finish(session, -EINVAL);
}

static void run_config(struct cli_session *session)
{
	struct cli_outcome outcome;

	cli_line_take(session->config, &session->ctx, &session->cursor, session->line, &outcome);
	cli_scope_note(&session->scope, &session->cursor, session->line, &outcome);
	if (outcome.result == CLI_WAITING) {
		ask(session);
	} else if (outcome.result == CLI_ERROR) {
		session->told = false;
		expect_text(session);
		explain(session, &outcome);
	} else {
		if (outcome.left) {
			cli_session_unconfigure(session);
			log_left(session);
		}
		cli_session_finish(session, 0);
	}
}

void cli_session_run(struct cli_session *session)
{
	session->line_offset = cli_session_do(session, session->line);
	if (is_skipped(session))
		skip(session);
	else if (session->configuring && session->line_offset == 0)
		run_config(session);
	else
		run_exec(session);
}

/* A line that does not begin a text, or the whole of one; takes it over. */
static void run_line(struct cli_session *session, char *whole)
{
	session->line = whole;
	cli_session_run(session);
}

/* The next lines belong to it, whatever they are. */
static void open_text(struct cli_session *session, const char *line)
{
	session->text_open = true;
	session->text_refused = false;
	session->text = strdup(line);
	if (session->terminal)
		cli_printf(session->out, "Enter TEXT message.  End with the character '%s'.\n",
			session->text_end.end);
	cli_session_finish(session, 0);
}

/* Adds a line. What is too long is lost whole: its lines are no commands. */
static void gather(struct cli_session *session, const char *line)
{
	char *whole = NULL;

	if (session->text && strlen(session->text) + strlen(line) < CLI_MESSAGE_LINE_MAX &&
		asprintf(&whole, "%s\n%s", session->text, line) < 0)
		whole = NULL;
	free(session->text);
	session->text = whole;
}

static void close_text(struct cli_session *session)
{
	char *whole = session->text;

	session->text = NULL;
	session->text_open = false;
	if (session->text_refused) {
		cli_session_finish(session, -EINVAL);
		return;
	}
	if (!whole) {
		cli_printf(session->out, "%% The text is longer than %d bytes\n",
			CLI_MESSAGE_LINE_MAX);
		cli_session_finish(session, -EINVAL);
		return;
	}
	cli_freetext_trim(whole);
	run_line(session, whole);
}

/* Takes the copy over. */
static void take_copy(struct cli_session *session, char *line)
{
	if (session->text_open) {
		gather(session, line);
		if (cli_freetext_ends(&session->text_end, line))
			close_text(session);
		else
			cli_session_finish(session, 0);
	} else if (session->configuring && cli_freetext_opens(line, &session->text_end) &&
		   !session->text_end.block) {
		open_text(session, line);
	} else {
		if (session->configuring)
			cli_freetext_trim(line);
		run_line(session, line);
		return;
	}
	cli_text_free(line);
}

void cli_session_line(struct cli_session *session, const char *line)
{
	char *copy = cli_freetext_copy(line);

	if (copy)
		take_copy(session, copy);
	else
		cli_session_finish(session, -ENOMEM);
}

void cli_session_answered(struct cli_session *session)
{
	session->state = CLI_SESSION_IDLE;
	if (session->args)
		cli_session_call(session);
	else
		run_config(session);
}
