/* SPDX-License-Identifier: BSD-3-Clause */

#ifndef BYWAY_CLI_CONFIG_TREE_EDIT_H
#define BYWAY_CLI_CONFIG_TREE_EDIT_H

/* Changing the tree, without effects. Engine only; callers pair it with apply (transaction.h). */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cli/config/tree.h"

enum cli_diff_verdict { CLI_DIFF_SAME, CLI_DIFF_CHANGED, CLI_DIFF_GONE, CLI_DIFF_NEW };

struct cli_node {
	struct cli_tree *tree;
	struct cli_node *parent;
	struct cli_node *previous; /* of a detached node: where it goes back, NULL for the front */
	struct cli_node *next;
	struct cli_node *first;
	struct cli_node *last;
	struct cli_args *args; /* NULL for the root */
	char *text;	       /* as printed */
	const struct cli_mode *mode;
	struct cli_node *chain; /* same hash bucket */
	uint64_t hash;
	uint64_t sequence; /* order of entering */
	bool negated;
	bool attached;
	enum cli_diff_verdict verdict; /* of the last cli_diff */
};

/*
 * A line that a mode has by default: what .fallback says, parsed once. Found by identity, so that
 * a line can be compared with its default.
 */
struct cli_fallback {
	const struct cli_mode *mode;
	const struct cli_command *command; /* that says when it is printed */
	struct cli_args *args;
	bool negated;
	char *text;
};

struct cli_tree {
	const struct cli_grammar *grammar;
	void *app; /* for what commands decide themselves */
	struct cli_node root;
	struct cli_node **buckets;
	size_t bucket_count; /* a power of two */
	size_t node_count;
	uint64_t sequence;
	struct cli_fallback *fallbacks;
	size_t fallback_count;
};

/* How a line is printed; the caller's to free. NULL without memory. */
char *cli_line_render(const struct cli_args *args, bool negated);

/* Frees the text of a line, which may hold a password. NULL is allowed. */
void cli_text_free(char *text);

/* Whether two lines of one parent are the same setting: one replaces the other. */
bool cli_args_same(const struct cli_args *a, const struct cli_args *b);

/* The child of `parent` that is the same setting as this line, or NULL. */
struct cli_node *cli_tree_lookup(
	struct cli_tree *tree, const struct cli_node *parent, const struct cli_args *args);

/* The default of this setting in `mode`, or NULL when it is plain absence. */
const struct cli_fallback *cli_tree_fallback(
	const struct cli_tree *tree, const struct cli_mode *mode, const struct cli_args *args);

/* Whether `detail` prints this default under `parent`, as long as nothing else is set. */
bool cli_fallback_shows(const struct cli_fallback *fallback, const struct cli_node *parent,
	enum cli_tree_detail detail);

/* Appends a line below `parent`, consuming `args` and `text` on success only. NULL: no memory. */
struct cli_node *cli_tree_append(struct cli_tree *tree, struct cli_node *parent,
	struct cli_args *args, bool negated, char *text);

/* Takes a line with all below it out; it remembers its place. Free it, or put it back. */
void cli_tree_detach(struct cli_node *node);

/* Puts a detached line back. Undo detachments in the opposite order. */
void cli_tree_reattach(struct cli_node *node);

/* Frees a detached line and all below it. */
void cli_node_free(struct cli_node *node);

/* Exchanges a line for another of the same identity, in place; the old one goes to the caller
 * through the same pointers. */
void cli_node_swap(struct cli_node *node, struct cli_args **args, bool *negated, char **text);

/* The next line in depth-first order below `top`, after `node` (start with `top`). NULL: end. */
struct cli_node *cli_node_walk(struct cli_node *top, struct cli_node *node);

/* What is printed under a parent: a line of the tree, or a default (node is NULL). */
struct cli_item {
	const struct cli_node *node;
	const struct cli_args *args;
	const char *text;
	uint64_t sequence;
};

/* The children, and the defaults that `detail` asks for, in printing order. *items is the caller's
 * to free. Returns the count, or SIZE_MAX without memory. */
size_t cli_tree_items(const struct cli_tree *tree, const struct cli_node *parent,
	enum cli_tree_detail detail, struct cli_item **items);

/* Order of printing, leaving aside the order of entering: 0 for lines of one rank and the same
 * values of .sort. */
int cli_args_rank(const struct cli_args *a, const struct cli_args *b);

/* Which block of the top level a line is in; lines of different ones are separated by `!`. */
unsigned cli_item_section(const struct cli_item *item);

#endif
