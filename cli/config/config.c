/* SPDX-License-Identifier: BSD-3-Clause */

#include "cli/config/config_engine.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/output/output.h"

static const char default_hostname[] = "Router";

struct cli_config *cli_config_new(const struct cli_grammar *grammar, const char *startup_path)
{
	struct cli_config *config = calloc(1, sizeof(*config));

	if (!config)
		return NULL;
	config->grammar = grammar;
	config->tree = cli_tree_new(grammar);
	config->startup_path = startup_path ? strdup(startup_path) : NULL;
	cli_config_set_hostname(config, NULL);
	if (!config->tree || (startup_path && !config->startup_path)) {
		cli_config_free(config);
		errno = ENOMEM;
		return NULL;
	}
	return config;
}

void cli_config_free(struct cli_config *config)
{
	if (!config)
		return;
	cli_tree_free(config->tree);
	free(config->startup_path);
	free(config);
}

struct cli_tree *cli_config_tree(struct cli_config *config)
{
	return config->tree;
}

void cli_config_set_app(struct cli_config *config, void *app)
{
	config->tree->app = app;
}

const char *cli_config_startup_path(const struct cli_config *config)
{
	return config->startup_path;
}

const char *cli_config_hostname(const struct cli_config *config)
{
	return config->hostname;
}

void cli_config_set_hostname(struct cli_config *config, const char *hostname)
{
	snprintf(config->hostname, sizeof(config->hostname), "%s",
		hostname ? hostname : default_hostname);
	if (config->on_hostname)
		config->on_hostname(config->on_hostname_arg, config->hostname);
}

void cli_config_watch_hostname(
	struct cli_config *config, void (*fn)(void *arg, const char *hostname), void *arg)
{
	config->on_hostname = fn;
	config->on_hostname_arg = arg;
	fn(arg, config->hostname);
}

bool cli_config_modified(const struct cli_config *config)
{
	return config->modified;
}

void cli_config_mark_saved(struct cli_config *config)
{
	config->modified = false;
}

void cli_config_touch(struct cli_config *config)
{
	config->modified = true;
	config->changed_at = time(NULL);
}

void cli_config_drop_node(struct cli_config *config, struct cli_node *node)
{
	for (struct cli_cursor *cursor = config->cursors; cursor; cursor = cursor->next) {
		for (unsigned i = 1; i <= cursor->depth; i++) {
			if (cursor->level[i].node == node)
				cursor->depth = i - 1;
		}
	}
	cli_node_free(node);
}

void cli_config_print(struct cli_config *config, enum cli_tree_detail detail, struct cli_out *out)
{
	struct tm when;
	char stamp[64];

	cli_puts(out, "!\n");
	if (config->changed_at && localtime_r(&config->changed_at, &when) &&
		strftime(stamp, sizeof(stamp), "%H:%M:%S %Z %a %b %-d %Y", &when) > 0)
		cli_printf(out, "! Last configuration change at %s\n!\n", stamp);
	cli_tree_print(config->tree, cli_tree_root(config->tree), detail, out);
}
