/* SPDX-License-Identifier: BSD-3-Clause */

#include "cli/config/line.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "cli/config/config_engine.h"
#include "cli/context_engine.h"
#include "cli/grammar/width.h"

void cli_cursor_begin(struct cli_cursor *cursor, struct cli_config *config, struct cli_tree *tree)
{
	*cursor = (struct cli_cursor) { .next = config->cursors };
	cursor->level[0].mode = cli_grammar_mode(config->grammar, "config");
	cursor->level[0].node = tree ? cli_tree_root(tree) : NULL;
	config->cursors = cursor;
}

void cli_cursor_end(struct cli_cursor *cursor, struct cli_config *config)
{
	struct cli_cursor **link = &config->cursors;

	while (*link && *link != cursor)
		link = &(*link)->next;
	if (*link)
		*link = cursor->next;
}

static size_t skip_blanks(const char *line, size_t at)
{
	return at + strspn(line + at, " \t");
}

/* Whether the word at `at` is exactly `word`, and something follows it. */
static bool word_is(const char *line, size_t at, const char *word)
{
	size_t len = strlen(word);

	return strncasecmp(line + at, word, len) == 0 && strchr(" \t", line[at + len]);
}

/* A tab behind blanks is not counted: IOS writes one before a certificate's `quit`. */
size_t cli_line_indent(const char *line)
{
	size_t blanks = strspn(line, " ");

	return blanks > 0 ? blanks : strspn(line, "\t");
}

static void read_prefix(const char *line, struct cli_words *words)
{
	*words = (struct cli_words) { .indent = cli_line_indent(line),
		.offset = skip_blanks(line, 0) };
	words->no = word_is(line, words->offset, "no");
	words->reset = word_is(line, words->offset, "default");
	if (words->no)
		words->offset = skip_blanks(line, words->offset + strlen("no"));
	else if (words->reset)
		words->offset = skip_blanks(line, words->offset + strlen("default"));
}

/* Of two failures the one to report is that which understood more of the line. */
static bool got_further(const struct cli_parse *outer, const struct cli_parse *inner)
{
	return outer->status == CLI_PARSE_NOMEM || outer->offset > inner->offset;
}

/* In the mode at this level, and what takes the lines of its block that it does not know. */
static void parse_in(const struct cli_grammar *grammar, const struct cli_cursor *cursor,
	unsigned depth, const char *line, const struct cli_words *words, struct cli_parse *parse)
{
	const struct cli_mode *mode = cursor->level[depth].mode;
	unsigned flags = words->no || words->reset ? CLI_PARSE_NO : 0;
	const struct cli_mode *rest =
		mode->indented ? cli_grammar_mode(grammar, mode->indented) : NULL;
	struct cli_parse taken;

	cli_grammar_parse(grammar, mode, flags, line + words->offset, parse);
	if (!rest || words->indent <= cursor->level[depth].indent ||
		(parse->status != CLI_PARSE_INVALID && parse->status != CLI_PARSE_AMBIGUOUS))
		return;
	if (cli_grammar_parse(grammar, rest, flags, line + words->offset, &taken) == CLI_PARSE_OK)
		*parse = taken;
}

/* Of one word alone it is not certain: `logging event` in an interface is no global `logging`. */
static bool has_two_words(const char *line, size_t len)
{
	size_t first = strcspn(line, " \t");
	size_t second = skip_blanks(line, first);

	return second < len && strcspn(line + second, " \t") + second < len;
}

enum cli_parse_status cli_line_parse(const struct cli_grammar *grammar,
	const struct cli_cursor *cursor, const char *line, struct cli_words *words,
	struct cli_outcome *outcome)
{
	struct cli_parse best = { .status = CLI_PARSE_INVALID };
	unsigned level = cursor->depth;
	unsigned flags;

	read_prefix(line, words);
	flags = words->no || words->reset ? CLI_PARSE_NO : 0;
	for (unsigned depth = cursor->depth + 1; depth-- > 0;) {
		struct cli_parse parse;

		parse_in(grammar, cursor, depth, line, words, &parse);
		if (depth == cursor->depth || parse.status == CLI_PARSE_OK ||
			got_further(&parse, &best)) {
			best = parse;
			if (parse.status == CLI_PARSE_OK ||
				has_two_words(line + words->offset, parse.offset))
				level = depth;
		}
		words->level = depth;
		/* What is incomplete here is not looked for outside: `ip vrf forwarding` in an
		 * interface must not make a VRF of that name. */
		if (parse.status != CLI_PARSE_INVALID && parse.status != CLI_PARSE_AMBIGUOUS)
			break;
	}
	/* `no` and nothing more is no comment. */
	if (best.status == CLI_PARSE_EMPTY && flags)
		best.status = CLI_PARSE_INCOMPLETE;
	words->args = best.args;
	*outcome = (struct cli_outcome) {
		.result = best.status == CLI_PARSE_OK || best.status == CLI_PARSE_EMPTY
				  ? CLI_UNCHANGED
				  : CLI_ERROR,
		.status = best.status,
		.caret = best.status == CLI_PARSE_INVALID ? (int64_t)(words->offset + best.offset)
							  : CLI_NO_CARET,
		.level = level,
		.opens = best.status == CLI_PARSE_OK && best.args->command->enters && !flags,
		.comment = best.status == CLI_PARSE_EMPTY,
	};
	return best.status;
}

/* `exit` and `end`. */
static bool leave(
	struct cli_cursor *cursor, const struct cli_words *words, struct cli_outcome *outcome)
{
	unsigned flags = words->args->command->flags;

	if (!(flags & (CLI_EXIT | CLI_END)))
		return false;
	outcome->result = CLI_UNCHANGED;
	outcome->left = (flags & CLI_END) || words->level == 0;
	cursor->depth = outcome->left ? 0 : words->level;
	while (cursor->depth > 0 && cursor->level[cursor->depth].mode->loose)
		cursor->depth--;
	if (cursor->depth > 0)
		cursor->depth--;
	return true;
}

static void enter(struct cli_cursor *cursor, const struct cli_words *words,
	const struct cli_mode *mode, struct cli_node *node)
{
	unsigned level = words->level;

	cursor->depth = level;
	if (!mode || level + 1 == CLI_CURSOR_LEVELS)
		return;
	cursor->depth = level + 1;
	cursor->level[level + 1].mode = mode;
	cursor->level[level + 1].node = node;
	cursor->level[level + 1].indent = words->indent;
}

void cli_line_pretend(struct cli_cursor *cursor, const struct cli_grammar *grammar,
	struct cli_words *words, struct cli_outcome *outcome)
{
	const char *enters = words->args->command->enters;

	if (!leave(cursor, words, outcome))
		enter(cursor, words,
			enters && !words->no && !words->reset ? cli_grammar_mode(grammar, enters)
							      : NULL,
			NULL);
	cli_args_free(words->args);
	words->args = NULL;
}

static void carry_out(struct cli_transaction *transaction, struct cli_cursor *cursor,
	struct cli_words *words, struct cli_outcome *outcome)
{
	struct cli_ctx_engine *engine = transaction->ctx->engine;
	struct cli_node *parent = cursor->level[words->level].node;
	struct cli_node *node = NULL;

	cli_ctx_begin(transaction->ctx, words->args);
	if (words->no || words->reset)
		outcome->result = cli_transaction_unset(transaction, parent, &words->args,
			words->no ? CLI_REMOVE_NO : CLI_REMOVE_DEFAULT);
	else
		outcome->result = cli_transaction_set(transaction, parent, &words->args, &node);
	engine->caret_args = NULL;
	if (outcome->result == CLI_ERROR && engine->caret != CLI_NO_CARET)
		outcome->caret = (int64_t)words->offset + engine->caret;
	if (outcome->result == CLI_ERROR && !engine->complained)
		outcome->status = CLI_PARSE_NOMEM;
	if (outcome->result != CLI_ERROR && outcome->result != CLI_WAITING)
		enter(cursor, words, node ? node->mode : NULL, node);
}

enum cli_result cli_line_execute(struct cli_transaction *transaction, struct cli_cursor *cursor,
	const char *line, struct cli_outcome *outcome)
{
	struct cli_words words;

	if (cli_line_parse(transaction->tree->grammar, cursor, line, &words, outcome) ==
		CLI_PARSE_OK) {
		if (!leave(cursor, &words, outcome))
			carry_out(transaction, cursor, &words, outcome);
		cli_args_free(words.args);
	}
	return outcome->result;
}

enum cli_result cli_line_take(struct cli_config *config, struct cli_ctx *ctx,
	struct cli_cursor *cursor, const char *line, struct cli_outcome *outcome)
{
	struct cli_transaction transaction;

	cli_transaction_begin(&transaction, config, ctx);
	cli_line_execute(&transaction, cursor, line, outcome);
	if (outcome->result == CLI_ERROR || outcome->result == CLI_WAITING)
		cli_transaction_rollback(&transaction);
	else
		cli_transaction_commit(&transaction);
	return outcome->result;
}

void cli_line_message(char *buf, size_t size, const char *line, const struct cli_outcome *outcome)
{
	buf[0] = '\0';
	if (outcome->result != CLI_ERROR)
		return;
	if (outcome->caret != CLI_NO_CARET && outcome->reason)
		snprintf(
			buf, size, "%% Invalid input detected at '^' marker: %s.", outcome->reason);
	else if (outcome->caret != CLI_NO_CARET)
		snprintf(buf, size, "%% Invalid input detected at '^' marker.");
	else if (outcome->reason)
		snprintf(buf, size, "%% %s.", outcome->reason);
	else if (outcome->status == CLI_PARSE_AMBIGUOUS)
		snprintf(buf, size, "%% Ambiguous command:  \"%s\"", line);
	else if (outcome->status == CLI_PARSE_INCOMPLETE || outcome->status == CLI_PARSE_MORE)
		snprintf(buf, size, "%% Incomplete command.");
	else if (outcome->status == CLI_PARSE_NOMEM)
		snprintf(buf, size, "%% Out of memory");
}

void cli_line_explain(
	struct cli_out *out, const char *line, size_t indent, const struct cli_outcome *outcome)
{
	char message[512];

	cli_line_message(message, sizeof(message), line, outcome);
	if (message[0] == '\0')
		return;
	if (outcome->caret != CLI_NO_CARET) {
		size_t columns = indent + cli_width(line, (size_t)outcome->caret);

		cli_printf(out, "%*s^\n", (int)columns, "");
	}
	cli_printf(out, "%s\n\n", message);
}
