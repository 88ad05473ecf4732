/* SPDX-License-Identifier: BSD-3-Clause */

#ifndef BYWAY_CLI_CONFIG_WORDS_H
#define BYWAY_CLI_CONFIG_WORDS_H

#include <stdbool.h>

/* Lines known by their first words, whether the grammar has them or not. Engine only. */

/*
 * What follows the words of `pattern` in the line, blanks gone; NULL: the line has other words.
 * They may be abbreviated to three letters. In the pattern * is any word that begins with a letter
 * or digit, and $ that nothing follows.
 */
const char *cli_words_after(const char *pattern, const char *line);

/* Whether there is nothing, or a comment. */
bool cli_words_none(const char *line);

#endif
