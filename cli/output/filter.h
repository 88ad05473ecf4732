/* SPDX-License-Identifier: BSD-3-Clause */

#ifndef CLI_OUTPUT_FILTER_H
#define CLI_OUTPUT_FILTER_H

/* What stands after a command's `|`. Engine only. */

#include <stdbool.h>
#include <stddef.h>

#include "cli/grammar/grammar.h"
#include "cli/output/regex.h"

enum cli_filter_kind {
	CLI_FILTER_NONE,
	CLI_FILTER_INCLUDE,
	CLI_FILTER_EXCLUDE,
	CLI_FILTER_BEGIN,
	CLI_FILTER_SECTION,
	CLI_FILTER_COUNT,
	CLI_FILTER_JSON,
	CLI_FILTER_REDIRECT,
	CLI_FILTER_APPEND,
	CLI_FILTER_TEE,
};

struct cli_filter {
	enum cli_filter_kind kind;
	struct cli_regex *regex; /* of the kinds from INCLUDE to COUNT, else NULL */
	char *file;		 /* REDIRECT, APPEND, TEE: where to; else NULL */
	bool append;		 /* TEE: /append */
	bool open;		 /* BEGIN has begun; SECTION is within one */
	size_t indent;		 /* SECTION: of its first line */
	size_t count;		 /* COUNT: lines that match */
	size_t costly;		 /* lines too long for the expression, counted as not matching */
};

/*
 * Reads "include ^Gi". Returns 0, -EINVAL with *offset at the offending byte of `text`, or -ENODATA
 * when words are missing. *reason is what is wrong with an expression (static), else NULL. On
 * failure the filter needs no freeing.
 */
int cli_filter_parse(
	struct cli_filter *filter, const char *text, size_t *offset, const char **reason);

/* Whether `text` begins with a filter that is followed by a file's name: for `?`. */
bool cli_filter_wants_file(const char *text);

/* Leaves the filter as CLI_FILTER_NONE. */
void cli_filter_fini(struct cli_filter *filter);

/* Whether the line (without newline, terminated) is to be shown. Not for those with a file. */
bool cli_filter_passes(struct cli_filter *filter, const char *line);

/* The filters' names and help, ending with an empty row: for `?`. */
extern const struct cli_help cli_filter_help[];

#endif
