/* SPDX-License-Identifier: BSD-3-Clause */

#ifndef BYWAY_CLI_CONFIG_LINE_H
#define BYWAY_CLI_CONFIG_LINE_H

/*
 * One configuration line as typed or pasted: comments, `no`, `default`, `exit`, `end`, and the
 * modes around the present one. Engine only.
 */

#include <stdbool.h>
#include <stddef.h>

#include "cli/config/transaction.h"

enum { CLI_CURSOR_LEVELS = 8 };

/* Where lines are entered: configuration mode, and the blocks opened in it. */
struct cli_cursor {
	struct {
		const struct cli_mode *mode;
		struct cli_node *node; /* NULL when only checking */
		size_t indent;	       /* of the line that began the block */
	} level[CLI_CURSOR_LEVELS];
	unsigned depth; /* of the present level; 0 is "config" */
	struct cli_cursor *next;
};

/* Registered with the configuration, so that a removed block is left by all who are in it. */
void cli_cursor_begin(struct cli_cursor *cursor, struct cli_config *config, struct cli_tree *tree);
void cli_cursor_end(struct cli_cursor *cursor, struct cli_config *config);

struct cli_outcome {
	enum cli_result result;
	enum cli_parse_status status; /* what the error is, when ERROR; OK: apply refused */
	int64_t caret;		      /* byte offset in the line, or CLI_NO_CARET */
	const char *reason; /* what is wrong at the caret, static; NULL: it fits nothing */
	unsigned level;	    /* of the cursor that the line belongs to, as far as is known */
	bool opens;	    /* it opens a block, or would have */
	bool comment;	    /* nothing there */
	bool left;	    /* `end`, or `exit` from the outermost mode */
};

/* How deep a line is indented: the blanks it begins with. */
size_t cli_line_indent(const char *line);

/*
 * Parses a line in the cursor's mode and those above. On OK, *args is the caller's, *level is the
 * one it belongs to. `no` and `default` are recorded in `words`. A comment is CLI_PARSE_EMPTY.
 */
struct cli_words {
	size_t indent; /* how deep it is indented */
	size_t offset; /* where the line proper begins, after `no` and blanks */
	bool no;
	bool reset; /* `default` */
	struct cli_args *args;
	unsigned level;
};
enum cli_parse_status cli_line_parse(const struct cli_grammar *grammar,
	const struct cli_cursor *cursor, const char *line, struct cli_words *words,
	struct cli_outcome *outcome);

/* Moves a cursor that only checks as the line would. Frees words->args. */
void cli_line_pretend(struct cli_cursor *cursor, const struct cli_grammar *grammar,
	struct cli_words *words, struct cli_outcome *outcome);

/*
 * Carries a line out within a transaction, and moves the cursor when it succeeds. On ERROR and
 * WAITING the caller rolls back. Returns outcome->result.
 */
enum cli_result cli_line_execute(struct cli_transaction *transaction, struct cli_cursor *cursor,
	const char *line, struct cli_outcome *outcome);

/* The same as a transaction of its own. */
enum cli_result cli_line_take(struct cli_config *config, struct cli_ctx *ctx,
	struct cli_cursor *cursor, const char *line, struct cli_outcome *outcome);

/*
 * Whether the line opens a TEXT whose end is still missing: the caller gathers more. A `banner` is
 * recognised only in the modes the cursor is in.
 */
static inline bool cli_outcome_more(const struct cli_outcome *outcome)
{
	return outcome->result == CLI_ERROR && outcome->status == CLI_PARSE_MORE;
}

/*
 * Writes IOS's words for an unsuccessful parse: the caret line, indented by `indent` display
 * columns, and the message. Nothing when apply has already spoken.
 */
void cli_line_explain(
	struct cli_out *out, const char *line, size_t indent, const struct cli_outcome *outcome);

/* Words for a parse error without the caret line; "" when there is none. `line` is quoted. */
void cli_line_message(char *buf, size_t size, const char *line, const struct cli_outcome *outcome);

#endif
