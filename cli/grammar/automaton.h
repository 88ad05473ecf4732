/* SPDX-License-Identifier: BSD-3-Clause */

#ifndef BYWAY_CLI_GRAMMAR_AUTOMATON_H
#define BYWAY_CLI_GRAMMAR_AUTOMATON_H

/*
 * The compiled grammar: a position automaton (Glushkov) per mode, without empty moves. A position
 * is a place of the syntax that takes one word; its edges lead to the places that may follow.
 * Commands share positions along their leading keywords, so the start is a trie. Engine only.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cli/grammar/grammar.h"
#include "cli/grammar/syntax.h"

/* What kinds of line may pass through a position. */
enum cli_use {
	CLI_USE_PLAIN = 1 << 0,	  /* without `no` */
	CLI_USE_NO = 1 << 1,	  /* after `no` */
	CLI_USE_USER = 1 << 2,	  /* unprivileged */
	CLI_USE_VISIBLE = 1 << 3, /* listed */
};

struct cli_edge {
	uint32_t to;
	uint64_t once; /* entered branches of (a|b): must be clear in the thread, is then set */
};

struct cli_position {
	const char *word; /* the keyword, NULL for a value */
	const char *name; /* the argument; of a plain keyword, the keyword */
	struct cli_value_spec spec;
	const char *help;	/* or NULL */
	struct cli_edge *edges; /* in order of preference */
	unsigned edge_count;
	unsigned uses;
	uint16_t order; /* place in the declaration */
	uint16_t group; /* (a|b) it belongs to, 0: none */
	bool shared;
	bool argument; /* a value, or a keyword of <name:a|b> */

	const struct cli_command *accept;    /* a line may end here */
	const struct cli_command *accept_no; /* a line after `no` may */
	const struct cli_command *trailing;  /* after `no`: only values that do not matter follow */
};

struct cli_mode_entry {
	const struct cli_mode *mode;
	uint32_t root; /* position before the first word */
};

struct cli_grammar {
	struct cli_position *positions;
	size_t position_count;
	size_t position_room;

	struct cli_mode_entry *modes;
	size_t mode_count;

	const struct cli_command **commands;
	size_t command_count;

	struct cli_command *exits; /* one for each mode with an exit_line */
	size_t exit_count;

	struct cli_syntax **syntaxes; /* the positions borrow their words */
	size_t syntax_count;

	bool compiled;
	char error[256];
};

/* Whether `name` is one of the blank-separated words of `list` (which may be NULL). */
bool cli_name_listed(const char *list, const char *name);

/* A new position, with its index, or UINT32_MAX without memory. Moves the array. */
uint32_t cli_position_new(struct cli_grammar *grammar);

/*
 * Adds a command's `syntax` (or its `.no`, when `negative`) below `root`. Returns 0, -ENOMEM, or
 * -EINVAL with grammar->error set. Borrows `syntax`.
 */
int cli_automaton_insert(struct cli_grammar *grammar, uint32_t root,
	const struct cli_command *command, const struct cli_syntax *syntax, bool negative);

/* Puts every position's edges in order of preference: keywords, typed values, words, lines. */
void cli_automaton_order(struct cli_grammar *grammar);

const struct cli_mode_entry *cli_mode_entry(
	const struct cli_grammar *grammar, const struct cli_mode *mode);

/* Matching, shared by parsing and listing. */

struct cli_match {
	uint32_t position;
	int32_t previous; /* index of the match before, -1 at the start */
	uint32_t start;	  /* bytes of the line */
	uint32_t len;
};

struct cli_thread {
	uint32_t position;
	int32_t match; /* last match, -1 at the start */
	uint64_t once;
	bool half; /* an interface type that still lacks its number */
};

struct cli_threads {
	struct cli_thread *items;
	size_t count;
	size_t room;
};

struct cli_matcher {
	const struct cli_grammar *grammar;
	const char *line;
	size_t len;
	unsigned flags; /* enum cli_parse_flags */
	size_t at;	/* next byte to read */

	struct cli_threads now;
	struct cli_threads next;
	struct cli_thread done; /* the preferred thread that took the whole rest of the line */
	bool have_done;
	bool text_open; /* a TEXT lacks its closing delimiter */

	struct cli_match *matches;
	size_t match_count;
	size_t match_room;
};

int cli_matcher_init(struct cli_matcher *matcher, const struct cli_grammar *grammar,
	const struct cli_mode *mode, unsigned flags, const char *line, size_t len);
void cli_matcher_fini(struct cli_matcher *matcher);

/*
 * Takes all words that end before byte `limit`. CLI_PARSE_OK when they fit; otherwise the error,
 * with matcher->at at the word to blame.
 */
enum cli_parse_status cli_matcher_run(struct cli_matcher *matcher, size_t limit);

/* The command that a line ending with this thread is, or NULL. */
const struct cli_command *cli_matcher_accepts(
	const struct cli_matcher *matcher, const struct cli_thread *thread);

/* Whether this thread may go along that edge, given the flags. */
bool cli_matcher_may(const struct cli_matcher *matcher, const struct cli_thread *thread,
	const struct cli_edge *edge);

#endif
