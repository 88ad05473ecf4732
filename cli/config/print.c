/* SPDX-License-Identifier: BSD-3-Clause */

/* The tree as show running-config prints it. */

#include <stdlib.h>
#include <string.h>

#include "cli/config/tree_edit.h"
#include "cli/grammar/value.h"
#include "cli/output/output.h"

/* Compares the values named in a command's .sort, in that order. */
static int compare_values(const char *names, const struct cli_args *a, const struct cli_args *b)
{
	char name[64];

	while (*names) {
		size_t len = strcspn(names, " ");
		const struct cli_value *left;
		const struct cli_value *right;
		int order;

		if (len >= sizeof(name))
			return 0;
		memcpy(name, names, len);
		name[len] = '\0';
		left = cli_arg(a, name);
		right = cli_arg(b, name);
		if (!left || !right)
			order = (left != NULL) - (right != NULL);
		else
			order = cli_value_compare(left, right);
		if (order)
			return order;
		names += len;
		names += strspn(names, " ");
	}
	return 0;
}

int cli_args_rank(const struct cli_args *a, const struct cli_args *b)
{
	const char *sort = a->command->sort ? a->command->sort : "";
	int order;

	if (a->command->rank != b->command->rank)
		return a->command->rank < b->command->rank ? -1 : 1;
	order = strcmp(sort, b->command->sort ? b->command->sort : "");
	return order ? order : compare_values(sort, a, b);
}

static int compare_items(const void *a, const void *b)
{
	const struct cli_item *left = a;
	const struct cli_item *right = b;
	int order = cli_args_rank(left->args, right->args);

	if (order == 0 && left->sequence != right->sequence)
		order = left->sequence < right->sequence ? -1 : 1;
	return order;
}

bool cli_fallback_shows(const struct cli_fallback *fallback, const struct cli_node *parent,
	enum cli_tree_detail detail)
{
	const struct cli_command *command = fallback->command;

	if (fallback->mode != parent->mode || detail == CLI_TREE_LINES)
		return false;
	if (command->defaults_in && !command->defaults_in(parent->tree->app, parent->args))
		return false;
	return detail == CLI_TREE_ALL || (command->flags & CLI_SHOW_DEFAULT);
}

size_t cli_tree_items(const struct cli_tree *tree, const struct cli_node *parent,
	enum cli_tree_detail detail, struct cli_item **items)
{
	size_t count = 0;

	for (const struct cli_node *node = parent->first; node; node = node->next)
		count++;
	*items = calloc(count + tree->fallback_count + 1, sizeof(**items));
	if (!*items)
		return SIZE_MAX;
	count = 0;
	for (const struct cli_node *node = parent->first; node; node = node->next)
		(*items)[count++] =
			(struct cli_item) { node, node->args, node->text, node->sequence };
	for (size_t i = 0; i < tree->fallback_count; i++) {
		const struct cli_fallback *fallback = &tree->fallbacks[i];

		if (cli_fallback_shows(fallback, parent, detail) &&
			!cli_tree_lookup((struct cli_tree *)tree, parent, fallback->args))
			(*items)[count++] =
				(struct cli_item) { NULL, fallback->args, fallback->text, 0 };
	}
	qsort(*items, count, sizeof(**items), compare_items);
	return count;
}

unsigned cli_item_section(const struct cli_item *item)
{
	return item->args->command->rank / 100;
}

static unsigned depth_of(const struct cli_node *node)
{
	unsigned depth = 0;

	for (node = node->parent; node && node->parent; node = node->parent)
		depth++;
	return depth;
}

static void print_line(unsigned depth, const char *text, struct cli_out *out)
{
	cli_printf(out, "%*s%s\n", (int)depth, "", text);
}

static void print_children(const struct cli_tree *tree, const struct cli_node *parent,
	unsigned depth, enum cli_tree_detail detail, struct cli_out *out);

static void print_node(const struct cli_tree *tree, const struct cli_node *node, unsigned depth,
	enum cli_tree_detail detail, struct cli_out *out)
{
	if (node->mode && node->mode->separated)
		print_line(depth, "!", out);
	print_line(depth, node->text, out);
	if (!node->mode)
		return;
	print_children(tree, node, depth + 1, detail, out);
	if (node->mode->exit_line)
		print_line(depth, node->mode->exit_line, out);
}

static const struct cli_mode *mode_of(const struct cli_item *item)
{
	return item->node ? item->node->mode : NULL;
}

/* A block stands between `!` lines, as do lines of different sections. */
static bool parted(const struct cli_item *before, const struct cli_item *item)
{
	if (mode_of(item) && mode_of(item)->joined && mode_of(before) == mode_of(item))
		return false;
	return mode_of(before) || mode_of(item) ||
	       cli_item_section(before) != cli_item_section(item);
}

static void print_children(const struct cli_tree *tree, const struct cli_node *parent,
	unsigned depth, enum cli_tree_detail detail, struct cli_out *out)
{
	struct cli_item *items;
	size_t count = cli_tree_items(tree, parent, detail, &items);

	if (count == SIZE_MAX)
		return;
	for (size_t i = 0; i < count; i++) {
		if (!parent->parent && parent->args == NULL && i > 0 &&
			parted(&items[i - 1], &items[i]))
			cli_puts(out, "!\n");
		if (items[i].node)
			print_node(tree, items[i].node, depth, detail, out);
		else
			print_line(depth, items[i].text, out);
	}
	free(items);
}

void cli_tree_print(const struct cli_tree *tree, const struct cli_node *parent,
	enum cli_tree_detail detail, struct cli_out *out)
{
	if (parent != &tree->root) {
		print_children(tree, parent, depth_of(parent) + 1, detail, out);
		return;
	}
	print_children(tree, parent, 0, detail, out);
	cli_puts(out, "!\nend\n");
}

void cli_node_print(const struct cli_tree *tree, const struct cli_node *node,
	enum cli_tree_detail detail, struct cli_out *out)
{
	print_node(tree, node, depth_of(node), detail, out);
}
