/* SPDX-License-Identifier: BSD-3-Clause */

#ifndef BYWAY_CLI_CONFIG_TREE_H
#define BYWAY_CLI_CONFIG_TREE_H

/*
 * The configuration as data: accepted lines, each under the line whose mode it was entered in.
 *
 * The tree knows nothing of effects: it stores, finds by identity (hashed within the parent,
 * whatever its number of children), orders and prints. Changes with effects go through
 * cli/config/line.h. One owner, the control thread.
 */

#include <stdbool.h>
#include <stddef.h>

#include "cli/grammar/grammar.h"

struct cli_out;
struct cli_tree;
struct cli_node;

/* Returns NULL with errno set. `grammar` is borrowed and must outlive the tree. */
struct cli_tree *cli_tree_new(const struct cli_grammar *grammar);
void cli_tree_free(struct cli_tree *tree);

/* The line above all others, which has no args. */
struct cli_node *cli_tree_root(struct cli_tree *tree);
const struct cli_grammar *cli_tree_grammar(const struct cli_tree *tree);

/* Of one line. Args are NULL for the root. */
const struct cli_args *cli_node_args(const struct cli_node *node);
const struct cli_node *cli_node_parent(const struct cli_node *node);
bool cli_node_negated(const struct cli_node *node);	/* kept as `no ...` */
const char *cli_node_text(const struct cli_node *node); /* as printed, without indentation */
const struct cli_mode *cli_node_mode(const struct cli_node *node); /* its children's; or NULL */

/* Children in the order entered. NULL at the end. */
const struct cli_node *cli_node_first(const struct cli_node *parent);
const struct cli_node *cli_node_next(const struct cli_node *node);

/*
 * The child with this printed text ("interface Vlan10", "ip address negotiated"), abbreviated as
 * the administrator may; NULL when there is none. Parses `line`: for handlers and tests, not for
 * inner loops.
 */
const struct cli_node *cli_tree_find(
	const struct cli_tree *tree, const struct cli_node *parent, const char *line);

/* How much show running-config prints. */
enum cli_tree_detail {
	CLI_TREE_NORMAL, /* what differs from defaults, and the defaults that IOS shows */
	CLI_TREE_ALL,	 /* every default as well */
	CLI_TREE_LINES,	 /* no default at all */
};

/*
 * Prints the lines below `parent` in IOS order; at top level with `!` separators and the final
 * `end`. Loading the output changes nothing.
 */
void cli_tree_print(const struct cli_tree *tree, const struct cli_node *parent,
	enum cli_tree_detail detail, struct cli_out *out);

/* Prints one line, indented by its depth, and all below it. */
void cli_node_print(const struct cli_tree *tree, const struct cli_node *node,
	enum cli_tree_detail detail, struct cli_out *out);

#endif
