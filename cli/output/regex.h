/* SPDX-License-Identifier: BSD-3-Clause */

#ifndef CLI_OUTPUT_REGEX_H
#define CLI_OUTPUT_REGEX_H

/*
 * Regular expressions as IOS has them behind `|`, matched in time linear to the line.
 *
 *   .  any character            [abc] [a-z] [^...]  sets; \] and \- in them are literal
 *   * + ?  repeat what stands before     ( )  group     |  or
 *   ^ $  begin and end of the line       \c  the character c
 *   _  a comma, brace, parenthesis, blank, or the begin or end of the line
 * Braces are literal: there are no intervals. Back references are refused: with them no bound
 * holds. Characters are those of UTF-8; a byte that is none stands for U+FFFD.
 */

#include <stdbool.h>
#include <stddef.h>

enum {
	CLI_REGEX_NODES = 4096, /* an expression that needs more is refused; some 200 KB */
	CLI_REGEX_DEPTH = 100,	/* parentheses within parentheses */
	CLI_REGEX_STEPS = 4 * 1000 * 1000, /* on one line; some 10 ms */
};

struct cli_regex;

struct cli_regex_error {
	size_t offset;	    /* bytes, of what is wrong in the expression */
	const char *reason; /* "unmatched (": static */
};

/* NULL with *error filled: the expression is wrong, too large, or there is no memory. */
struct cli_regex *cli_regex_new(const char *pattern, struct cli_regex_error *error);
void cli_regex_free(struct cli_regex *regex);

enum cli_regex_result {
	CLI_REGEX_NO,
	CLI_REGEX_YES,
	CLI_REGEX_COSTLY, /* so long a line that CLI_REGEX_STEPS did not do */
};

/* Whether the expression matches anywhere in the line (without newline, terminated). */
enum cli_regex_result cli_regex_match(struct cli_regex *regex, const char *line);

/* The steps that the last match took: its cost, whatever the machine. */
size_t cli_regex_steps(const struct cli_regex *regex);

#endif
