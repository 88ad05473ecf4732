/* SPDX-License-Identifier: BSD-3-Clause */

#include "cli/config/diff.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/config/line.h"
#include "cli/output/output.h"

static void mark_below(struct cli_node *top, enum cli_diff_verdict verdict)
{
	for (struct cli_node *node = top; node; node = cli_node_walk(top, node))
		node->verdict = verdict;
}

/* A line that cannot go is emptied instead. */
static void mark_gone(struct cli_node *node)
{
	const struct cli_command *command = node->args->command;

	mark_below(node, CLI_DIFF_GONE);
	if (command->permanent && command->permanent(node->tree->app, node->args))
		node->verdict = CLI_DIFF_SAME;
}

/* The lines whose order matters, of one parent, in printing order. SIZE_MAX: no memory. */
static size_t ordered_lines(struct cli_node *parent, struct cli_node ***lines)
{
	struct cli_item *items;
	size_t count = cli_tree_items(parent->tree, parent, CLI_TREE_LINES, &items);
	size_t kept = 0;

	if (count == SIZE_MAX)
		return SIZE_MAX;
	*lines = calloc(count + 1, sizeof(struct cli_node *));
	for (size_t i = 0; *lines && i < count; i++) {
		if (items[i].args->command->flags & CLI_ORDERED)
			(*lines)[kept++] = (struct cli_node *)items[i].node;
	}
	free(items);
	return *lines ? kept : SIZE_MAX;
}

/* Marks the rest of the list that `first` is in; returns where the next list begins. */
static size_t mark_tail(struct cli_node **lines, size_t at, size_t count,
	const struct cli_node *first, enum cli_diff_verdict verdict)
{
	for (; at < count && cli_args_rank(lines[at]->args, first->args) == 0; at++)
		lines[at]->verdict = verdict;
	return at;
}

/* A line can be taken out of a list anywhere, but added at its end only. */
static void mark_order(
	struct cli_node **old, size_t old_count, struct cli_node **new, size_t new_count)
{
	size_t i = 0;
	size_t j = 0;

	while (i < old_count && j < new_count) {
		int order = cli_args_rank(old[i]->args, new[j]->args);

		if (order < 0 || old[i]->verdict == CLI_DIFF_GONE) {
			i++;
		} else if (order > 0) {
			j++;
		} else if (strcmp(old[i]->text, new[j]->text) == 0) {
			i++;
			j++;
		} else {
			const struct cli_node *first = old[i];

			i = mark_tail(old, i, old_count, first, CLI_DIFF_GONE);
			j = mark_tail(new, j, new_count, first, CLI_DIFF_NEW);
		}
	}
}

static int compare_order(struct cli_node *running, struct cli_node *target)
{
	struct cli_node **old = NULL;
	struct cli_node **new = NULL;
	size_t old_count = ordered_lines(running, &old);
	size_t new_count = ordered_lines(target, &new);
	bool ok = old_count != SIZE_MAX && new_count != SIZE_MAX;

	if (ok)
		mark_order(old, old_count, new, new_count);
	free(old);
	free(new);
	return ok ? 0 : -ENOMEM;
}

static int compare(struct cli_node *running, struct cli_node *target)
{
	int err = 0;

	for (struct cli_node *node = running->first; node && err == 0; node = node->next) {
		struct cli_node *other = cli_tree_lookup(target->tree, target, node->args);

		if (!other) {
			mark_gone(node);
			continue;
		}
		node->verdict =
			strcmp(node->text, other->text) == 0 ? CLI_DIFF_SAME : CLI_DIFF_CHANGED;
		other->verdict = node->verdict;
		err = compare(node, other);
	}
	for (struct cli_node *node = target->first; node; node = node->next) {
		if (!cli_tree_lookup(running->tree, running, node->args))
			mark_below(node, CLI_DIFF_NEW);
	}
	return err ? err : compare_order(running, target);
}

struct printer {
	struct cli_out *out;
	size_t lines;
	const struct cli_node *context[CLI_CURSOR_LEVELS];
	unsigned depth;
	unsigned shown; /* how many context lines are printed */
};

static void emit(struct printer *printer, char sign, unsigned depth, const char *text)
{
	printer->lines++;
	if (!printer->out)
		return;
	for (; printer->shown < printer->depth; printer->shown++)
		cli_printf(printer->out, "%*s%s\n", (int)printer->shown, "",
			printer->context[printer->shown]->text);
	cli_printf(printer->out, "%*s%c%s\n", (int)depth, "", sign, text);
}

static int print_all(
	struct printer *printer, char sign, unsigned depth, const struct cli_node *node)
{
	struct cli_item *items;
	size_t count = cli_tree_items(node->tree, node, CLI_TREE_LINES, &items);
	int err = 0;

	if (count == SIZE_MAX)
		return -ENOMEM;
	emit(printer, sign, depth, node->text);
	for (size_t i = 0; i < count && err == 0; i++)
		err = print_all(printer, sign, depth + 1, items[i].node);
	free(items);
	return err;
}

static int print(struct printer *printer, struct cli_node *running, struct cli_node *target);

/* A line on both sides, or on the running one alone because it cannot go: what is below it. */
static int print_inside(struct printer *printer, const struct cli_node *context,
	struct cli_node *running, struct cli_node *target)
{
	int err;

	if (printer->depth == CLI_CURSOR_LEVELS)
		return 0;
	printer->context[printer->depth++] = context;
	err = print(printer, running, target);
	printer->depth--;
	if (printer->shown > printer->depth)
		printer->shown = printer->depth;
	return err;
}

static int print_gone(struct printer *printer, struct cli_node *running, struct cli_node *target)
{
	struct cli_item *items;
	size_t count = cli_tree_items(running->tree, running, CLI_TREE_LINES, &items);
	int err = 0;

	if (count == SIZE_MAX)
		return -ENOMEM;
	for (size_t i = 0; i < count && err == 0; i++) {
		struct cli_node *node = (struct cli_node *)items[i].node;

		if (node->verdict == CLI_DIFF_GONE)
			err = print_all(printer, '-', printer->depth, node);
		else if (!target || !cli_tree_lookup(target->tree, target, node->args))
			err = print_inside(printer, node, node, NULL);
	}
	free(items);
	return err;
}

static int print_line(struct printer *printer, struct cli_node *running, struct cli_node *node)
{
	struct cli_node *old;

	if (node->verdict == CLI_DIFF_NEW)
		return print_all(printer, '+', printer->depth, node);
	old = cli_tree_lookup(running->tree, running, node->args);
	if (!old)
		return 0;
	if (node->verdict == CLI_DIFF_CHANGED) {
		emit(printer, '-', printer->depth, old->text);
		emit(printer, '+', printer->depth, node->text);
	}
	return print_inside(printer, node, old, node);
}

static int print(struct printer *printer, struct cli_node *running, struct cli_node *target)
{
	struct cli_item *items;
	size_t count;
	int err = print_gone(printer, running, target);

	if (err || !target)
		return err;
	count = cli_tree_items(target->tree, target, CLI_TREE_LINES, &items);
	if (count == SIZE_MAX)
		return -ENOMEM;
	for (size_t i = 0; i < count && err == 0; i++)
		err = print_line(printer, running, (struct cli_node *)items[i].node);
	free(items);
	return err;
}

int cli_diff(struct cli_tree *running, struct cli_tree *target, struct cli_out *out, size_t *lines)
{
	struct printer printer = { .out = out };
	int err = compare(&running->root, &target->root);

	if (err == 0)
		err = print(&printer, &running->root, &target->root);
	*lines = printer.lines;
	return err;
}
