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
#include "cli/config/script.h"
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
	struct cli_script script;
	unsigned flags;
	enum phase phase;
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
		cli_script_begin(&load->script, config, config->tree, text, len) != 0) {
		cli_ctx_fini(&load->ctx);
		cli_out_free(load->out);
		free(load);
		errno = ENOMEM;
		return NULL;
	}
	load->ctx.session = ctx->session;
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
	case CLI_SKIPPED:
		break;
	}
}

/* Counts and reports a line. What was printed, or the parse error, is its message. */
static void judge(struct cli_load *load, const char *line, const struct cli_outcome *outcome)
{
	struct cli_verdict verdict = {
		.result = outcome->result,
		.line = load->script.reader.number,
		.last = load->script.reader.number,
		.text = line,
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

/* Lines under a refused one, which are not carried out. */
static void judge_skipped(struct cli_load *load)
{
	const struct cli_range *told = &load->script.told;
	char message[80];
	struct cli_verdict verdict = {
		.result = CLI_SKIPPED,
		.line = told->first,
		.last = told->last,
		.text = "",
		.message = message,
	};

	snprintf(message, sizeof(message), "under line %zu, which was refused", told->under);
	load->summary.lines += told->count;
	load->summary.skipped += told->count;
	if (load->report)
		load->report(load->report_arg, &verdict);
}

static void check_line(struct cli_load *load, const char *line, struct cli_outcome *outcome)
{
	const struct cli_grammar *grammar = load->config->grammar;
	struct cli_cursor *cursor = &load->script.cursor;
	struct cli_words words;

	if (cli_line_parse(grammar, cursor, line, &words, outcome) == CLI_PARSE_OK)
		cli_line_pretend(cursor, grammar, &words, outcome);
}

static void take_line(struct cli_load *load, struct cli_transaction *transaction, char *line)
{
	struct cli_cursor *cursor = &load->script.cursor;
	struct cli_outcome outcome;

	if (load->phase == CHECKING)
		check_line(load, line, &outcome);
	else if (transaction)
		cli_line_execute(transaction, cursor, line, &outcome);
	else
		cli_line_take(load->config, &load->ctx, cursor, line, &outcome);
	cli_ctx_end(&load->ctx);
	if (outcome.status == CLI_PARSE_INVALID && is_preamble(load, line)) {
		cursor->depth = 0;
		return;
	}
	cli_script_note(&load->script, line, &outcome);
	/* An `end`, or an `exit` too many, is the end of a piece: of a whole text it is no matter.
	 */
	if (outcome.comment || (outcome.result == CLI_UNCHANGED && outcome.left))
		return;
	/* What only checks reports only what is wrong; the rest is judged when applied. */
	if (load->phase != CHECKING || outcome.result == CLI_ERROR)
		judge(load, line, &outcome);
}

static void refuse_text(struct cli_load *load, char *line)
{
	struct cli_outcome outcome;

	cli_script_refuse(&load->script, &outcome);
	cli_script_note(&load->script, line, &outcome);
	judge(load, line, &outcome);
}

/* False at the end. */
static bool next(struct cli_load *load, struct cli_transaction *transaction)
{
	enum cli_step step;
	char *line;

	step = cli_script_next(&load->script, &line);
	if (step == CLI_STEP_LINE)
		take_line(load, transaction, line);
	else if (step == CLI_STEP_OPEN)
		refuse_text(load, line);
	else if (step == CLI_STEP_SKIPPED)
		judge_skipped(load);
	return step != CLI_STEP_END;
}

/* Everything parsed: now in one transaction, up to the first refusal. */
static int apply_all(struct cli_load *load)
{
	struct cli_transaction transaction;
	int err;

	cli_script_rewind(&load->script, load->config->tree);
	load->phase = APPLYING;
	cli_transaction_begin(&transaction, load->config, &load->ctx);
	while (load->summary.errors == 0 && next(load, &transaction))
		;
	err = cli_script_failed(&load->script) ? -ENOMEM : 0;
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
	summary->ended = load->script.ended;
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
	int err;

	while (lines > 0 && next(load, NULL))
		lines--;
	if (lines == 0)
		return CLI_PENDING;
	err = cli_script_failed(&load->script) ? -ENOMEM : 0;
	if (err == 0 && load->phase == CHECKING && load->summary.errors == 0)
		err = apply_all(load);
	return finish(load, err);
}

void cli_load_end(struct cli_load *load, struct cli_load_summary *summary)
{
	if (summary)
		*summary = load->summary;
	release_held(load, false);
	cli_script_end(&load->script);
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
