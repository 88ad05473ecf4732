/* SPDX-License-Identifier: BSD-3-Clause */

#ifndef BYWAY_CLI_CONFIG_TRANSACTION_H
#define BYWAY_CLI_CONFIG_TRANSACTION_H

/*
 * Changes to the tree together with their effects, undone together when one is refused. Engine
 * only. A transaction is short: from cli_transaction_begin to commit or rollback nothing else
 * touches the tree.
 */

#include <stdbool.h>
#include <stddef.h>

#include "cli/config/config.h"
#include "cli/config/tree_edit.h"

struct cli_change;

struct cli_transaction {
	struct cli_config *config;
	struct cli_tree *tree;
	struct cli_ctx *ctx;
	bool dry;     /* a tree on paper: apply is not called */
	bool literal; /* implied lines are ignored */
	unsigned implied_total;
	struct cli_change *changes;
	size_t count;
	size_t room;
};

void cli_transaction_begin(
	struct cli_transaction *transaction, struct cli_config *config, struct cli_ctx *ctx);

/* On paper, in a tree of its own. */
void cli_transaction_begin_dry(struct cli_transaction *transaction, struct cli_config *config,
	struct cli_tree *tree, struct cli_ctx *ctx);

/* Returns whether anything changed. */
bool cli_transaction_commit(struct cli_transaction *transaction);

/* Puts everything back, the last change first. What cannot be is reported to ctx->out. */
void cli_transaction_rollback(struct cli_transaction *transaction);

/*
 * Takes a line. *args is consumed, and set to NULL, when the tree keeps it. *node (may be NULL) is
 * the line now standing for it, NULL when that is a default. Returns CLI_ERROR or CLI_WAITING with
 * this change undone but not those before: roll back.
 */
enum cli_result cli_transaction_set(struct cli_transaction *transaction, struct cli_node *parent,
	struct cli_args **args, struct cli_node **node);

enum cli_removal {
	CLI_REMOVE_NO,
	CLI_REMOVE_DEFAULT,
};

/* `no` or `default` of a line. Otherwise as above. */
enum cli_result cli_transaction_unset(struct cli_transaction *transaction, struct cli_node *parent,
	struct cli_args **args, enum cli_removal removal);

/* Takes a line of the tree out, for its default. */
enum cli_result cli_transaction_remove(struct cli_transaction *transaction, struct cli_node *node);

#endif
