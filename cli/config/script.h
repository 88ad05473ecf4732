/* SPDX-License-Identifier: BSD-3-Clause */

#ifndef BYWAY_CLI_CONFIG_SCRIPT_H
#define BYWAY_CLI_CONFIG_SCRIPT_H

/*
 * The lines of a whole text of configuration, one by one, with what is to be done with each: free
 * text in one piece, lines under a refused one apart. Engine only.
 */

#include <stdbool.h>
#include <stddef.h>

#include "cli/config/freetext.h"
#include "cli/config/line.h"
#include "cli/config/reader.h"
#include "cli/config/scope.h"

enum cli_step {
	CLI_STEP_LINE,	  /* *line is to be carried out, then cli_script_note */
	CLI_STEP_OPEN,	  /* the text that *line begins has no end: cli_script_refuse */
	CLI_STEP_SKIPPED, /* the lines of `told` were under a refused one */
	CLI_STEP_NOTHING, /* go on */
	CLI_STEP_END,
};

struct cli_range {
	size_t first; /* 0: none */
	size_t last;
	size_t count; /* without comments */
	size_t under; /* the refused line */
};

struct cli_script {
	struct cli_reader reader;
	struct cli_cursor cursor;
	struct cli_scope scope;
	struct cli_config *config;
	struct cli_range skipped, told;
	bool in_text; /* of a refused line, up to `text` */
	struct cli_freetext text;
	bool ended;   /* the last line so far is `end` */
	size_t lines; /* without comments */
};

/* The text is copied; `tree` is where the lines go, NULL to check only. -ENOMEM. */
int cli_script_begin(struct cli_script *script, struct cli_config *config, struct cli_tree *tree,
	const char *text, size_t len);
void cli_script_end(struct cli_script *script);

/* Back to the beginning, for good this time. */
void cli_script_rewind(struct cli_script *script, struct cli_tree *tree);

/* The line is valid until the next call. */
enum cli_step cli_script_next(struct cli_script *script, char **line);

/* What became of the line. A refused text is cut to its first line, the others are skipped. */
void cli_script_note(struct cli_script *script, char *line, const struct cli_outcome *outcome);

/* The outcome of a text without end. */
void cli_script_refuse(const struct cli_script *script, struct cli_outcome *outcome);

bool cli_script_failed(const struct cli_script *script); /* no memory */

#endif
