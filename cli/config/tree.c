/* SPDX-License-Identifier: BSD-3-Clause */

#include "cli/config/tree_edit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/grammar/automaton.h"

enum { FIRST_BUCKETS = 64 };

static bool is_key(const struct cli_args *args, const struct cli_value *value)
{
	const char *key = args->command->key;

	return key && (key[0] == '*' || cli_name_listed(key, value->name));
}

static const char *slot_of(const struct cli_args *args)
{
	return args->command->slot ? args->command->slot : args->command->syntax;
}

/* FNV-1a: short keys, and nobody gains by colliding them but the administrator himself. */
static uint64_t hash_bytes(uint64_t hash, const void *data, size_t len)
{
	const unsigned char *bytes = data;

	for (size_t i = 0; i < len; i++)
		hash = (hash ^ bytes[i]) * UINT64_C(0x100000001b3);
	return hash;
}

static uint64_t hash_line(const struct cli_node *parent, const struct cli_args *args)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	hash = hash_bytes(hash, &parent, sizeof(parent));
	hash = hash_bytes(hash, slot_of(args), strlen(slot_of(args)));
	for (unsigned i = 0; i < args->count; i++) {
		const char *text = args->value[i].text;

		if (is_key(args, &args->value[i]))
			hash = hash_bytes(hash, text, strlen(text) + 1);
	}
	return hash;
}

/* The next key value from *at on. */
static const struct cli_value *next_key(const struct cli_args *args, unsigned *at)
{
	while (*at < args->count) {
		const struct cli_value *value = &args->value[(*at)++];

		if (is_key(args, value))
			return value;
	}
	return NULL;
}

bool cli_args_same(const struct cli_args *a, const struct cli_args *b)
{
	unsigned at_a = 0;
	unsigned at_b = 0;

	if (a->command != b->command && strcmp(slot_of(a), slot_of(b)) != 0)
		return false;
	for (;;) {
		const struct cli_value *left = next_key(a, &at_a);
		const struct cli_value *right = next_key(b, &at_b);

		if (!left || !right)
			return left == right;
		if (strcmp(left->name, right->name) != 0 || strcmp(left->text, right->text) != 0)
			return false;
	}
}

char *cli_line_render(const struct cli_args *args, bool negated)
{
	int (*render)(const struct cli_args *, char *, size_t) = args->command->render;
	char *text = NULL;
	int len;

	if (negated)
		return asprintf(&text, "no %s", args->line) < 0 ? NULL : text;
	if (!render)
		return strdup(args->line);
	len = render(args, NULL, 0);
	if (len >= 0)
		text = malloc((size_t)len + 1);
	if (text)
		render(args, text, (size_t)len + 1);
	return text;
}

void cli_text_free(char *text)
{
	if (text)
		explicit_bzero(text, strlen(text));
	free(text);
}

static int grow_buckets(struct cli_tree *tree)
{
	size_t count = tree->bucket_count ? tree->bucket_count * 2 : FIRST_BUCKETS;
	struct cli_node **buckets = calloc(count, sizeof(struct cli_node *));

	if (!buckets)
		return -ENOMEM;
	for (size_t i = 0; i < tree->bucket_count; i++) {
		struct cli_node *node = tree->buckets[i];

		while (node) {
			struct cli_node *chain = node->chain;

			node->chain = buckets[node->hash & (count - 1)];
			buckets[node->hash & (count - 1)] = node;
			node = chain;
		}
	}
	free(tree->buckets);
	tree->buckets = buckets;
	tree->bucket_count = count;
	return 0;
}

static void hash_insert(struct cli_tree *tree, struct cli_node *node)
{
	struct cli_node **bucket = &tree->buckets[node->hash & (tree->bucket_count - 1)];

	node->chain = *bucket;
	*bucket = node;
	tree->node_count++;
}

static void hash_remove(struct cli_tree *tree, struct cli_node *node)
{
	struct cli_node **link = &tree->buckets[node->hash & (tree->bucket_count - 1)];

	while (*link && *link != node)
		link = &(*link)->chain;
	if (!*link)
		return;
	*link = node->chain;
	tree->node_count--;
}

struct cli_node *cli_tree_lookup(
	struct cli_tree *tree, const struct cli_node *parent, const struct cli_args *args)
{
	uint64_t hash = hash_line(parent, args);
	struct cli_node *node = tree->buckets[hash & (tree->bucket_count - 1)];

	for (; node; node = node->chain) {
		if (node->hash == hash && node->parent == parent && cli_args_same(node->args, args))
			return node;
	}
	return NULL;
}

const struct cli_fallback *cli_tree_fallback(
	const struct cli_tree *tree, const struct cli_mode *mode, const struct cli_args *args)
{
	for (size_t i = 0; i < tree->fallback_count; i++) {
		const struct cli_fallback *fallback = &tree->fallbacks[i];

		if (fallback->mode == mode && cli_args_same(fallback->args, args))
			return fallback;
	}
	return NULL;
}

struct cli_node *cli_tree_append(struct cli_tree *tree, struct cli_node *parent,
	struct cli_args *args, bool negated, char *text)
{
	struct cli_node *node;

	if (tree->node_count >= tree->bucket_count && grow_buckets(tree) != 0)
		return NULL;
	node = calloc(1, sizeof(*node));
	if (!node)
		return NULL;
	node->tree = tree;
	node->parent = parent;
	node->args = args;
	node->negated = negated;
	node->text = text;
	node->hash = hash_line(parent, args);
	node->sequence = ++tree->sequence;
	if (args->command->enters && !negated)
		node->mode = cli_grammar_mode(tree->grammar, args->command->enters);
	node->previous = parent->last;
	cli_tree_reattach(node);
	return node;
}

void cli_tree_reattach(struct cli_node *node)
{
	struct cli_node *parent = node->parent;
	struct cli_node *previous = node->previous;

	node->next = previous ? previous->next : parent->first;
	if (previous)
		previous->next = node;
	else
		parent->first = node;
	if (node->next)
		node->next->previous = node;
	else
		parent->last = node;
	hash_insert(node->tree, node);
	node->attached = true;
}

void cli_tree_detach(struct cli_node *node)
{
	if (node->previous)
		node->previous->next = node->next;
	else
		node->parent->first = node->next;
	if (node->next)
		node->next->previous = node->previous;
	else
		node->parent->last = node->previous;
	hash_remove(node->tree, node);
	node->attached = false;
}

void cli_node_free(struct cli_node *node)
{
	struct cli_node *child;

	while ((child = node->first)) {
		cli_tree_detach(child);
		cli_node_free(child);
	}
	cli_args_free(node->args);
	cli_text_free(node->text);
	free(node);
}

void cli_node_swap(struct cli_node *node, struct cli_args **args, bool *negated, char **text)
{
	struct cli_args *old_args = node->args;
	char *old_text = node->text;
	bool old_negated = node->negated;

	node->args = *args;
	node->text = *text;
	node->negated = *negated;
	*args = old_args;
	*text = old_text;
	*negated = old_negated;
	node->mode = node->args->command->enters && !node->negated
			     ? cli_grammar_mode(node->tree->grammar, node->args->command->enters)
			     : NULL;
}

struct cli_node *cli_node_walk(struct cli_node *top, struct cli_node *node)
{
	if (node->first)
		return node->first;
	while (node != top && !node->next)
		node = node->parent;
	return node == top ? NULL : node->next;
}

/* Commands that share a slot may all name its default; one that shows it decides. */
static bool share_fallback(struct cli_tree *tree, const struct cli_mode *mode,
	const struct cli_command *command, const struct cli_args *args)
{
	for (size_t i = 0; i < tree->fallback_count; i++) {
		struct cli_fallback *fallback = &tree->fallbacks[i];

		if (fallback->mode != mode || !cli_args_same(fallback->args, args))
			continue;
		if (command->flags & CLI_SHOW_DEFAULT)
			fallback->command = command;
		return true;
	}
	return false;
}

static int add_fallback(
	struct cli_tree *tree, const struct cli_mode *mode, const struct cli_command *command)
{
	bool negated = strncmp(command->fallback, "no ", 3) == 0;
	struct cli_fallback *grown;
	struct cli_parse parse;

	if (cli_grammar_parse(tree->grammar, mode, negated ? CLI_PARSE_NO : 0,
		    command->fallback + (negated ? 3 : 0), &parse) != CLI_PARSE_OK)
		return parse.status == CLI_PARSE_NOMEM ? -ENOMEM : 0;
	grown = reallocarray(tree->fallbacks, tree->fallback_count + 1, sizeof(*grown));
	if (grown)
		tree->fallbacks = grown;
	if (!grown || share_fallback(tree, mode, command, parse.args)) {
		cli_args_free(parse.args);
		return grown ? 0 : -ENOMEM;
	}
	grown[tree->fallback_count++] = (struct cli_fallback) {
		.mode = mode,
		.command = command,
		.args = parse.args,
		.negated = negated,
		.text = cli_line_render(parse.args, negated),
	};
	return grown[tree->fallback_count - 1].text ? 0 : -ENOMEM;
}

static int add_fallbacks(struct cli_tree *tree)
{
	const struct cli_command *command;
	int err = 0;

	for (size_t i = 0; (command = cli_grammar_command(tree->grammar, i)); i++) {
		for (size_t m = 0; command->fallback && m < tree->grammar->mode_count; m++) {
			const struct cli_mode *mode = tree->grammar->modes[m].mode;

			if (cli_name_listed(command->mode, mode->name))
				err = err ? err : add_fallback(tree, mode, command);
		}
	}
	return err;
}

struct cli_tree *cli_tree_new(const struct cli_grammar *grammar)
{
	struct cli_tree *tree = calloc(1, sizeof(*tree));

	if (!tree)
		return NULL;
	tree->grammar = grammar;
	tree->root.tree = tree;
	tree->root.mode = cli_grammar_mode(grammar, "config");
	if (grow_buckets(tree) != 0 || add_fallbacks(tree) != 0) {
		cli_tree_free(tree);
		errno = ENOMEM;
		return NULL;
	}
	return tree;
}

void cli_tree_free(struct cli_tree *tree)
{
	struct cli_node *child;

	if (!tree)
		return;
	while ((child = tree->root.first)) {
		cli_tree_detach(child);
		cli_node_free(child);
	}
	for (size_t i = 0; i < tree->fallback_count; i++) {
		cli_args_free(tree->fallbacks[i].args);
		free(tree->fallbacks[i].text);
	}
	free(tree->fallbacks);
	free(tree->buckets);
	free(tree);
}

struct cli_node *cli_tree_root(struct cli_tree *tree)
{
	return &tree->root;
}

const struct cli_grammar *cli_tree_grammar(const struct cli_tree *tree)
{
	return tree->grammar;
}

const struct cli_args *cli_node_args(const struct cli_node *node)
{
	return node->args;
}

const struct cli_node *cli_node_parent(const struct cli_node *node)
{
	return node->parent;
}

bool cli_node_negated(const struct cli_node *node)
{
	return node->negated;
}

const char *cli_node_text(const struct cli_node *node)
{
	return node->text ? node->text : "";
}

const struct cli_mode *cli_node_mode(const struct cli_node *node)
{
	return node->mode;
}

const struct cli_node *cli_node_first(const struct cli_node *parent)
{
	return parent->first;
}

const struct cli_node *cli_node_next(const struct cli_node *node)
{
	return node->next;
}

const struct cli_node *cli_tree_find(
	const struct cli_tree *tree, const struct cli_node *parent, const char *line)
{
	bool negated = strncmp(line, "no ", 3) == 0;
	const struct cli_node *found = NULL;
	struct cli_parse parse;

	if (!parent->mode ||
		cli_grammar_parse(tree->grammar, parent->mode, negated ? CLI_PARSE_NO : 0,
			line + (negated ? 3 : 0), &parse) != CLI_PARSE_OK)
		return NULL;
	/* The lookup itself changes nothing. */
	found = cli_tree_lookup((struct cli_tree *)tree, parent, parse.args);
	if (found) {
		char *text = cli_line_render(parse.args, negated);

		if (!text || strcmp(text, found->text) != 0)
			found = NULL;
		free(text);
	}
	cli_args_free(parse.args);
	return found;
}
