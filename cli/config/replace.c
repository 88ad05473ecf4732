/* SPDX-License-Identifier: BSD-3-Clause */

/*
 * configure replace. The file is read into a tree on paper with the same rules of identity;
 * comparing the trees gives the removals, and what is left of the file is then set in its order.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/config/config_engine.h"
#include "cli/config/diff.h"
#include "cli/config/script.h"
#include "cli/context_engine.h"
#include "cli/grammar/width.h"
#include "cli/output/output_engine.h"

static void report(struct cli_ctx *ctx, const struct cli_script *script, const char *line,
	const struct cli_outcome *outcome)
{
	char words[256];

	cli_line_message(words, sizeof(words), line, outcome);
	cli_printf(ctx->out, "%% Line %zu", script->reader.number);
	if (outcome->caret != CLI_NO_CARET)
		cli_printf(ctx->out, ", column %zu", cli_width(line, (size_t)outcome->caret) + 1);
	cli_puts(ctx->out, ": ");
	cli_out_typed(ctx->out, line);
	cli_puts(ctx->out, "\n");
	if (words[0])
		cli_printf(ctx->out, "%s\n", words);
}

static void report_skipped(struct cli_ctx *ctx, const struct cli_range *told)
{
	cli_printf(ctx->out, "%% Lines %zu to %zu skipped: under line %zu, which was refused\n",
		told->first, told->last, told->under);
}

/* Takes one line on paper. False at the end, or without memory. */
static bool read_line(struct cli_transaction *paper, struct cli_script *script, int *err)
{
	struct cli_outcome outcome;
	char *line;

	switch (cli_script_next(script, &line)) {
	case CLI_STEP_LINE:
		cli_line_execute(paper, &script->cursor, line, &outcome);
		break;
	case CLI_STEP_OPEN:
		cli_script_refuse(script, &outcome);
		break;
	case CLI_STEP_SKIPPED:
		report_skipped(paper->ctx, &script->told);
		return true;
	case CLI_STEP_NOTHING:
		return true;
	default:
		return false;
	}
	cli_script_note(script, line, &outcome);
	if (outcome.result == CLI_ERROR) {
		report(paper->ctx, script, line, &outcome);
		*err = -EINVAL;
	}
	return true;
}

/* What is cut off must not take the rest of the router with it. */
static int check_whole(struct cli_ctx *ctx, const struct cli_script *script)
{
	if (script->lines == 0)
		return cli_fail(ctx, "%% The file is empty");
	if (!script->ended)
		return cli_fail(ctx, "%% The file does not end with `end`: it is not whole");
	return 0;
}

/* Reads the file into a tree. All its errors are reported. */
static int read_target(struct cli_transaction *paper, const char *text, size_t len, bool dry)
{
	struct cli_script script;
	int err = cli_script_begin(&script, paper->config, paper->tree, text, len);

	if (err)
		return err;
	while (read_line(paper, &script, &err))
		;
	if (cli_script_failed(&script))
		err = -ENOMEM;
	else if (!dry && check_whole(paper->ctx, &script) != 0)
		err = -EINVAL;
	cli_script_end(&script);
	return err;
}

static bool failed(enum cli_result result)
{
	return result == CLI_ERROR || result == CLI_WAITING;
}

/*
 * Takes out what the file has no more, against the printing order: there what uses a thing comes
 * after it, so users go first.
 */
static bool remove_surplus(struct cli_transaction *transaction, struct cli_node *running)
{
	struct cli_item *items;
	size_t count = cli_tree_items(running->tree, running, CLI_TREE_LINES, &items);
	bool ok = count != SIZE_MAX;

	for (size_t i = ok ? count : 0; ok && i > 0; i--) {
		struct cli_node *node = (struct cli_node *)items[i - 1].node;

		if (node->verdict == CLI_DIFF_GONE)
			ok = !failed(cli_transaction_remove(transaction, node));
		else
			ok = remove_surplus(transaction, node);
	}
	if (count != SIZE_MAX)
		free(items);
	return ok;
}

/* Sets one line of the file; its args move over. */
static enum cli_result set_line(struct cli_transaction *transaction, struct cli_node *running,
	struct cli_node *target, struct cli_node **node)
{
	cli_ctx_begin(transaction->ctx, NULL);
	if (target->negated)
		return cli_transaction_unset(transaction, running, &target->args, CLI_REMOVE_NO);
	return cli_transaction_set(transaction, running, &target->args, node);
}

/* Sets the lines of the file in printing order; those already there cost nothing. */
static bool add_missing(
	struct cli_transaction *transaction, struct cli_node *running, struct cli_node *target)
{
	struct cli_item *items;
	size_t count = cli_tree_items(target->tree, target, CLI_TREE_LINES, &items);
	bool ok = count != SIZE_MAX;

	for (size_t i = 0; ok && i < count; i++) {
		/* Children of the paper tree, which is ours to take apart. */
		struct cli_node *line = (struct cli_node *)items[i].node;
		struct cli_node *node = NULL;

		ok = !failed(set_line(transaction, running, line, &node));
		if (!ok)
			cli_printf(transaction->ctx->out, "%% Refused: %s\n", line->text);
		else if (node && line->first)
			ok = add_missing(transaction, node, line);
	}
	free(items);
	return ok;
}

static int carry_out(struct cli_config *config, struct cli_ctx *ctx, struct cli_tree *target)
{
	struct cli_ctx_engine *engine = ctx->engine;
	bool attended = engine->attended;
	struct cli_transaction transaction;
	bool ok;

	cli_transaction_begin(&transaction, config, ctx);
	transaction.literal = true;
	engine->attended = false;
	cli_ctx_begin(ctx, NULL);
	ok = remove_surplus(&transaction, cli_tree_root(config->tree)) &&
	     add_missing(&transaction, cli_tree_root(config->tree), cli_tree_root(target));
	if (ok)
		cli_transaction_commit(&transaction);
	else
		cli_transaction_rollback(&transaction);
	engine->attended = attended;
	return ok ? 0 : -EINVAL;
}

int cli_config_replace(struct cli_config *config, struct cli_ctx *ctx, const char *text, size_t len,
	bool dry, struct cli_out *diff, size_t *changes)
{
	struct cli_tree *target = cli_tree_new(config->grammar);
	struct cli_transaction paper;
	size_t found = 0;
	int err;

	if (!target)
		return -ENOMEM;
	target->app = config->tree->app;
	cli_transaction_begin_dry(&paper, config, target, ctx);
	err = read_target(&paper, text, len, dry);
	cli_transaction_commit(&paper);
	if (err == 0)
		err = cli_diff(config->tree, target, diff, &found);
	if (err == 0 && !dry && found > 0)
		err = carry_out(config, ctx, target);
	if (changes)
		*changes = found;
	cli_tree_free(target);
	return err;
}
