/* SPDX-License-Identifier: BSD-3-Clause */

/*
 * Whole files of configuration. Line by line, each line is its own transaction; all or nothing,
 * every line is parsed first and then one transaction spans them all.
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/config/config_engine.h"
#include "cli/config/reader.h"
#include "cli/context_engine.h"
#include "cli/grammar/width.h"

enum phase { CHECKING, APPLYING, FINISHED };

/* A verdict that waits until it is certain that the load is not rolled back. */
struct held {
	struct cli_verdict verdict;
	char *text;
	char *message;
};

struct cli_load {
	struct cli_config *config;
	struct cli_ctx ctx;
	struct cli_out *out;
	struct cli_reader reader;
	struct cli_cursor cursor;
	unsigned flags;
	enum phase phase;
	bool left; /* past an `end` */
	bool was_modified;
	cli_verdict_fn report;
	void *report_arg;
	struct cli_load_summary summary;
	struct held *held;
	size_t held_count;
};

struct cli_load *cli_load_begin(struct cli_config *config, struct cli_ctx *ctx, const char *text,
	size_t len, unsigned flags, cli_verdict_fn report, void *report_arg)
{
	struct cli_load *load = calloc(1, sizeof(*load));

	if (!load)
		return NULL;
	load->config = config;
	load->flags = flags;
	load->report = report;
	load->report_arg = report_arg;
	load->phase = flags & CLI_LOAD_ALL_OR_NOTHING ? CHECKING : APPLYING;
	load->was_modified = config->modified;
	load->out = cli_out_new_buffer();
	if (!load->out || cli_ctx_init(&load->ctx, ctx->app, config, load->out) != 0 ||
		cli_reader_init(&load->reader, text, len) != 0) {
		cli_ctx_fini(&load->ctx);
		cli_out_free(load->out);
		free(load);
		errno = ENOMEM;
		return NULL;
	}
	load->ctx.session = ctx->session;
	cli_cursor_begin(&load->cursor, config, config->tree);
	return load;
}

static void release_held(struct cli_load *load, bool report)
{
	for (size_t i = 0; i < load->held_count; i++) {
		struct held *held = &load->held[i];

		if (report && load->report)
			load->report(load->report_arg, &held->verdict);
		free(held->text);
		free(held->message);
	}
	free(load->held);
	load->held = NULL;
	load->held_count = 0;
}

static void hold(struct cli_load *load, const struct cli_verdict *verdict)
{
	struct held *grown = reallocarray(load->held, load->held_count + 1, sizeof(*grown));
	struct held held = { .verdict = *verdict };

	if (!grown)
		return;
	load->held = grown;
	held.text = strdup(verdict->text);
	held.message = strdup(verdict->message);
	held.verdict.text = held.text ? held.text : "";
	held.verdict.message = held.message ? held.message : "";
	grown[load->held_count++] = held;
}

static void count(struct cli_load_summary *summary, enum cli_result result)
{
	summary->lines++;
	switch (result) {
	case CLI_APPLIED:
		summary->applied++;
		break;
	case CLI_UNCHANGED:
		summary->unchanged++;
		break;
	case CLI_KEPT:
		summary->kept++;
		break;
	case CLI_ERROR:
	case CLI_WAITING:
		summary->errors++;
		break;
	}
}

/* Counts and reports a line. What was printed, or the parse error, is its message. */
static void judge(struct cli_load *load, const char *line, const struct cli_outcome *outcome)
{
	struct cli_verdict verdict = {
		.result = outcome->result, .line = load->reader.number, .text = line
	};
	char words[256];

	cli_line_message(words, sizeof(words), line, outcome);
	verdict.message = words[0] ? words : cli_out_text(load->out);
	if (outcome->result == CLI_ERROR && outcome->caret != CLI_NO_CARET)
		verdict.column = (unsigned)cli_width(line, (size_t)outcome->caret);
	count(&load->summary, outcome->result);
	if (load->flags & CLI_LOAD_ALL_OR_NOTHING && outcome->result != CLI_ERROR)
		hold(load, &verdict);
	else if (load->report)
		load->report(load->report_arg, &verdict);
	cli_out_clear(load->out);
}

/* Lines by which an administrator gets into configuration; pasted along, they do no harm. */
static bool is_preamble(const struct cli_load *load, const char *line)
{
	const struct cli_mode *exec = cli_grammar_mode(load->config->grammar, "exec");
	struct cli_parse parse;
	bool preamble = false;

	if (cli_grammar_parse(load->config->grammar, exec, 0, line, &parse) == CLI_PARSE_OK)
		preamble = strcmp(parse.args->line, "configure terminal") == 0 ||
			   strcmp(parse.args->line, "enable") == 0;
	cli_args_free(parse.args);
	return preamble;
}

static void check_line(struct cli_load *load, const char *line, struct cli_outcome *outcome)
{
	struct cli_words words;

	if (cli_line_parse(load->config->grammar, &load->cursor, line, &words, outcome) ==
		CLI_PARSE_OK)
		cli_line_pretend(&load->cursor, load->config->grammar, &words, outcome);
}

/* After `end` a router would be in EXEC, where nothing of a configuration file belongs. */
static void refuse_after_end(const char *line, struct cli_outcome *outcome)
{
	size_t start = strspn(line, " \t");

	*outcome = (struct cli_outcome) { .result = CLI_UNCHANGED, .caret = CLI_NO_CARET };
	outcome->comment = line[start] == '\0' || line[start] == '!';
	if (outcome->comment)
		return;
	outcome->result = CLI_ERROR;
	outcome->status = CLI_PARSE_INVALID;
	outcome->caret = (int64_t)start;
}

/* Takes one line; false when a TEXT needs the next one as well. */
static bool take_line(struct cli_load *load, struct cli_transaction *transaction, char *line)
{
	struct cli_outcome outcome;

	if (load->left)
		refuse_after_end(line, &outcome);
	else if (load->phase == CHECKING)
		check_line(load, line, &outcome);
	else if (transaction)
		cli_line_execute(transaction, &load->cursor, line, &outcome);
	else
		cli_line_take(load->config, &load->ctx, &load->cursor, line, &outcome);
	cli_ctx_end(&load->ctx);
	if (cli_outcome_more(&outcome) && !cli_reader_at_end(&load->reader))
		return false;
	if (outcome.status == CLI_PARSE_INVALID && is_preamble(load, line)) {
		load->left = false;
		load->cursor.depth = 0;
		return true;
	}
	load->left = load->left || outcome.left;
	if (outcome.comment || (outcome.result == CLI_UNCHANGED && outcome.left))
		return true;
	/* What only checks reports only what is wrong; the rest is judged when applied. */
	if (load->phase != CHECKING || outcome.result == CLI_ERROR)
		judge(load, line, &outcome);
	return true;
}

static int next(struct cli_load *load, struct cli_transaction *transaction)
{
	char *line = cli_reader_next(&load->reader);

	if (line && cli_reader_is_heading(line))
		return 0;
	while (line && !take_line(load, transaction, line))
		line = cli_reader_more(&load->reader);
	return load->reader.failed ? -ENOMEM : 0;
}

/* Everything parsed: now in one transaction, up to the first refusal. */
static int apply_all(struct cli_load *load)
{
	struct cli_transaction transaction;
	int err = 0;

	cli_reader_rewind(&load->reader);
	cli_cursor_end(&load->cursor, load->config);
	cli_cursor_begin(&load->cursor, load->config, load->config->tree);
	load->left = false;
	load->phase = APPLYING;
	cli_transaction_begin(&transaction, load->config, &load->ctx);
	while (err == 0 && load->summary.errors == 0 && !cli_reader_at_end(&load->reader))
		err = next(load, &transaction);
	if (err || load->summary.errors > 0) {
		cli_transaction_rollback(&transaction);
		load->summary.rolled_back = true;
	} else {
		cli_transaction_commit(&transaction);
	}
	release_held(load, !load->summary.rolled_back);
	return err;
}

static int finish(struct cli_load *load, int err)
{
	struct cli_load_summary *summary = &load->summary;

	load->phase = FINISHED;
	if (summary->errors > 0 && (load->flags & CLI_LOAD_ALL_OR_NOTHING)) {
		summary->rolled_back = true;
		summary->applied = summary->unchanged = summary->kept = 0;
	}
	if (load->flags & CLI_LOAD_BOOT)
		load->config->modified = load->was_modified;
	if (err)
		return err;
	return summary->errors ? -EINVAL : 0;
}

int cli_load_step(struct cli_load *load, unsigned lines)
{
	int err = 0;

	while (err == 0 && lines-- > 0 && !cli_reader_at_end(&load->reader))
		err = next(load, NULL);
	if (err == 0 && !cli_reader_at_end(&load->reader))
		return CLI_PENDING;
	if (err == 0 && load->phase == CHECKING && load->summary.errors == 0)
		err = apply_all(load);
	return finish(load, err);
}

void cli_load_end(struct cli_load *load, struct cli_load_summary *summary)
{
	if (summary)
		*summary = load->summary;
	release_held(load, false);
	cli_cursor_end(&load->cursor, load->config);
	cli_reader_fini(&load->reader);
	cli_ctx_fini(&load->ctx);
	cli_out_free(load->out);
	free(load);
}

int cli_config_load(struct cli_config *config, struct cli_ctx *ctx, const char *text, size_t len,
	unsigned flags, cli_verdict_fn report, void *report_arg, struct cli_load_summary *summary)
{
	struct cli_load *load = cli_load_begin(config, ctx, text, len, flags, report, report_arg);
	int ret = CLI_PENDING;

	if (!load)
		return -ENOMEM;
	while (ret == CLI_PENDING)
		ret = cli_load_step(load, 4096);
	cli_load_end(load, summary);
	return ret;
}
