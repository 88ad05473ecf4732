/* SPDX-License-Identifier: BSD-3-Clause */
/* How lines are declared that mean nothing here and do no harm: kept, and given back. */
#ifndef BW_CLI_COMMANDS_KEPT_KEPT_H
#define BW_CLI_COMMANDS_KEPT_KEPT_H

#include "cli/grammar/grammar.h"

/* The mode of blocks whose lines are kept as they come, each with what is indented below it. */
#define KEPT_BLOCK "config-kept"

/* The mode of what is below such a line, and that in which any line is one. */
#define KEPT_BELOW "config-text"
#define KEPT_TEXT  "text"

/* One line at most: a second one replaces it. */
#define KEPT(where, words, place)                                                                  \
	{                                                                                          \
		.mode = where, .syntax = words, .flags = CLI_HARMLESS, .rank = place               \
	}

/* On by default: `no` is kept, and what is typed though it is the default. */
#define KEPT_NO(where, words, place)                                                               \
	{                                                                                          \
		.mode = where, .syntax = words,                                                    \
		.flags = CLI_HARMLESS | CLI_KEEP_NO | CLI_KEEP_DEFAULT, .fallback = words,         \
		.rank = place                                                                      \
	}

/* The same, with and without `no`: what is its default is not known here. */
#define KEPT_ONE(where, words, place)                                                              \
	{                                                                                          \
		.mode = where, .syntax = words, .flags = CLI_HARMLESS | CLI_KEEP_ANY,              \
		.rank = place                                                                      \
	}

/* Lines that add up, with and without `no`: what is their default is not known here. */
#define KEPT_ANY(where, words, place)                                                              \
	{                                                                                          \
		.mode = where, .syntax = words, .key = "*", .flags = CLI_HARMLESS | CLI_KEEP_ANY,  \
		.rank = place                                                                      \
	}

/* A line with lines of its own below it. */
#define KEPT_WITH(where, words, place, below)                                                      \
	{                                                                                          \
		.mode = where, .syntax = words, .key = "*", .flags = CLI_HARMLESS | CLI_KEEP_ANY,  \
		.rank = place, .enters = below                                                     \
	}

#endif
