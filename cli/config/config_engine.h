/* SPDX-License-Identifier: BSD-3-Clause */

#ifndef BYWAY_CLI_CONFIG_CONFIG_ENGINE_H
#define BYWAY_CLI_CONFIG_CONFIG_ENGINE_H

/* The configuration's inside, for the engine's own files. */

#include "cli/config/config.h"
#include "cli/config/line.h"
#include "cli/config/tree_edit.h"

enum { CLI_HOSTNAME_SIZE = 64 };

struct cli_config {
	const struct cli_grammar *grammar;
	struct cli_tree *tree;
	char *startup_path;
	char hostname[CLI_HOSTNAME_SIZE];
	void (*on_hostname)(void *arg, const char *hostname); /* or NULL */
	void *on_hostname_arg;
	bool modified;
	time_t changed_at; /* 0: never */
	struct cli_cursor *cursors;
};

/* Frees a detached line; cursors within it fall back to the line above. */
void cli_config_drop_node(struct cli_config *config, struct cli_node *node);

/* Notes a change. */
void cli_config_touch(struct cli_config *config);

/* NULL: the default. Cut at CLI_HOSTNAME_SIZE. */
void cli_config_set_hostname(struct cli_config *config, const char *hostname);

#endif
