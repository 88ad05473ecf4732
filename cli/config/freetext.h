/* SPDX-License-Identifier: BSD-3-Clause */

#ifndef BYWAY_CLI_CONFIG_FREETEXT_H
#define BYWAY_CLI_CONFIG_FREETEXT_H

/*
 * IOS's lines that free text follows: banners, menus' titles, macros, certificates. Known by their
 * words alone, whether the grammar has them or not, so that the text of one that is refused is
 * never taken for commands. Engine only.
 */

#include <stdbool.h>
#include <stddef.h>

struct cli_freetext {
	char end[5];   /* what ends it: the delimiter, or the whole last line; terminated */
	bool delimits; /* else it stands alone on its line */
	bool block;    /* if the first line is accepted, the text is its block, line by line */
};

/* Whether the text of `line` goes on below it. */
bool cli_freetext_opens(const char *line, struct cli_freetext *text);

/* Whether `line`, one of those below, is the last one. */
bool cli_freetext_ends(const struct cli_freetext *text, const char *line);

/* Cuts off what IOS ignores after the closing delimiter of the whole, joined text. */
void cli_freetext_trim(char *whole);

/* A copy in which a real Ctrl-C is what IOS shows for it, ^C. NULL: no memory. */
char *cli_freetext_copy(const char *line);

#endif
