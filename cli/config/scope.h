/* SPDX-License-Identifier: BSD-3-Clause */

#ifndef BYWAY_CLI_CONFIG_SCOPE_H
#define BYWAY_CLI_CONFIG_SCOPE_H

/*
 * Which lines stand under a refused one. IOS goes on in the mode it was in, so that the lines of a
 * refused block change the block before it; here they are skipped, and the block before it is left.
 *
 * What is indented deeper than the refused line is under it. Text without indentation, as copied
 * from a web page, has only its words to go by: under a refused line that IOS opens a block with,
 * everything is skipped up to an `exit`, a `!`, another such line, or one that can only belong
 * further out. Engine only.
 */

#include <stdbool.h>
#include <stddef.h>

#include "cli/config/line.h"

enum cli_indentation { CLI_INDENT_UNKNOWN, CLI_INDENT_DEEPER, CLI_INDENT_SAME };

/* All zero but `typed` at first, and again whenever configuration is entered. */
struct cli_scope {
	bool typed; /* by somebody who sees what is refused, and means the next line as it stands */
	bool skipping;
	bool used;     /* a line was skipped */
	bool block;    /* the refused line opens a block in IOS */
	size_t indent; /* of the refused line */
	enum cli_indentation style_in[CLI_CURSOR_LEVELS]; /* of the cursor's blocks */
	enum cli_indentation style;			  /* of the last block that told */
};

/*
 * Whether `line` is under a refused one, and so must not be carried out. Comments are not; they
 * may be. Otherwise the scope is ready for the line.
 */
bool cli_scope_skips(struct cli_scope *scope, const struct cli_grammar *grammar,
	const struct cli_cursor *cursor, const char *line);

/* After a line was carried out, or refused: then the cursor leaves the blocks it is not in. */
void cli_scope_note(struct cli_scope *scope, struct cli_cursor *cursor, const char *line,
	const struct cli_outcome *outcome);

#endif
