/* SPDX-License-Identifier: BSD-3-Clause */

#include "cli/config/transaction.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/config/config_engine.h"
#include "cli/context_engine.h"

enum change_kind { ADDED, REMOVED, SWAPPED };

struct cli_change {
	enum change_kind kind;
	struct cli_node *node;
	/* SWAPPED: what the node was before */
	struct cli_args *args;
	char *text;
	bool negated;
};

enum { MAX_IMPLIED = 64 }; /* lines that one line may bring, theirs included */

void cli_transaction_begin(
	struct cli_transaction *transaction, struct cli_config *config, struct cli_ctx *ctx)
{
	*transaction = (struct cli_transaction) {
		.config = config, .tree = cli_config_tree(config), .ctx = ctx
	};
}

void cli_transaction_begin_dry(struct cli_transaction *transaction, struct cli_config *config,
	struct cli_tree *tree, struct cli_ctx *ctx)
{
	*transaction = (struct cli_transaction) {
		.config = config, .tree = tree, .ctx = ctx, .dry = true, .literal = true
	};
}

/* Room first, so that a change that took effect can always be recorded. */
static int reserve(struct cli_transaction *transaction)
{
	size_t room = transaction->room ? transaction->room * 2 : 4;
	struct cli_change *grown;

	if (transaction->count < transaction->room)
		return 0;
	grown = reallocarray(transaction->changes, room, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	transaction->changes = grown;
	transaction->room = room;
	return 0;
}

static void record(struct cli_transaction *transaction, struct cli_change change)
{
	transaction->changes[transaction->count++] = change;
}

static enum cli_result result_of(int ret)
{
	if (ret == CLI_PENDING)
		return CLI_WAITING;
	return ret == 0 ? CLI_APPLIED : CLI_ERROR;
}

/* Calls apply for `args` below `parent`. 0, CLI_PENDING or negative, then always with a word. */
static int call(struct cli_transaction *transaction, const struct cli_node *parent,
	const struct cli_args *args, const struct cli_args *old, enum cli_op op)
{
	struct cli_ctx *ctx = transaction->ctx;
	int ret;

	if (transaction->dry || !args->command->apply)
		return 0;
	ctx->parent = parent;
	ctx->old = old;
	ret = args->command->apply(ctx, args, op);
	ctx->parent = NULL;
	ctx->old = NULL;
	/* Only a question can hold up a line. */
	if (ret == CLI_PENDING && !ctx->engine->question)
		ret = -EINVAL;
	if (ret < 0 && !ctx->engine->complained)
		cli_fail(ctx, "%% %s", strerror(-ret));
	return ret;
}

/* Brings a line of the tree (again) into effect, a kept `no` being the effect of unsetting. */
static int take_effect(struct cli_transaction *transaction, const struct cli_node *node,
	const struct cli_args *old)
{
	return call(
		transaction, node->parent, node->args, old, node->negated ? CLI_UNSET : CLI_SET);
}

/* The effect of a line's going: its default comes back. */
static int lose_effect(struct cli_transaction *transaction, const struct cli_node *node)
{
	const struct cli_fallback *fallback = NULL;

	if (node->args->command->flags & CLI_KEEP_NO)
		fallback = cli_tree_fallback(transaction->tree, node->parent->mode, node->args);
	if (fallback)
		return call(transaction, node->parent, fallback->args,
			node->negated ? NULL : node->args, CLI_SET);
	return call(transaction, node->parent, node->args, NULL, CLI_UNSET);
}

static enum cli_result implied(
	struct cli_transaction *transaction, struct cli_node *parent, enum cli_result result);

static enum cli_result add(struct cli_transaction *transaction, struct cli_node *parent,
	struct cli_args **args, bool negated, char **text, struct cli_node **node)
{
	int ret = call(transaction, parent, *args, NULL, negated ? CLI_UNSET : CLI_SET);

	if (ret)
		return result_of(ret);
	*node = cli_tree_append(transaction->tree, parent, *args, negated, *text);
	if (!*node) {
		call(transaction, parent, *args, NULL, CLI_UNSET);
		return CLI_ERROR;
	}
	*args = NULL;
	*text = NULL;
	record(transaction, (struct cli_change) { .kind = ADDED, .node = *node });
	return CLI_APPLIED;
}

/* A line gives way to another of its identity. Another command's effect must go first. */
static enum cli_result swap(struct cli_transaction *transaction, struct cli_node *node,
	struct cli_args **args, bool negated, char **text)
{
	bool foreign = node->args->command->apply != (*args)->command->apply;
	struct cli_change change = { .kind = SWAPPED, .node = node };
	int ret = 0;

	if (foreign)
		ret = lose_effect(transaction, node);
	if (ret)
		return result_of(ret);
	ret = call(transaction, node->parent, *args, foreign || node->negated ? NULL : node->args,
		negated ? CLI_UNSET : CLI_SET);
	if (ret) {
		if (foreign)
			take_effect(transaction, node, NULL);
		return result_of(ret);
	}
	change.args = *args;
	change.text = *text;
	change.negated = negated;
	cli_node_swap(node, &change.args, &change.negated, &change.text);
	record(transaction, change);
	*args = NULL;
	*text = NULL;
	return CLI_APPLIED;
}

static enum cli_result remove_node(struct cli_transaction *transaction, struct cli_node *node)
{
	int ret = reserve(transaction);

	if (ret == 0)
		ret = lose_effect(transaction, node);
	if (ret)
		return result_of(ret);
	cli_tree_detach(node);
	record(transaction, (struct cli_change) { .kind = REMOVED, .node = node });
	return CLI_APPLIED;
}

enum cli_result cli_transaction_remove(struct cli_transaction *transaction, struct cli_node *node)
{
	struct cli_node *parent = node->parent;

	return implied(transaction, parent, remove_node(transaction, node));
}

static enum cli_result store(struct cli_transaction *transaction, struct cli_node *parent,
	struct cli_args **args, bool negated, char **text, struct cli_node **node)
{
	enum cli_result result;

	if (reserve(transaction) != 0)
		return CLI_ERROR;
	if (*node)
		result = swap(transaction, *node, args, negated, text);
	else
		result = add(transaction, parent, args, negated, text, node);
	return implied(transaction, parent, result);
}

/* Whether setting this line is setting its default, of which nothing need be kept. */
static bool is_default(const struct cli_fallback *fallback, const struct cli_node *parent,
	const struct cli_args *args, const char *text)
{
	if (!fallback || fallback->negated || strcmp(fallback->text, text) != 0)
		return false;
	return !(args->command->flags & CLI_KEEP_DEFAULT) ||
	       cli_fallback_shows(fallback, parent, CLI_TREE_NORMAL);
}

static enum cli_result set(struct cli_transaction *transaction, struct cli_node *parent,
	struct cli_args **args, struct cli_node **node)
{
	struct cli_tree *tree = transaction->tree;
	struct cli_node *found = cli_tree_lookup(tree, parent, *args);
	const struct cli_fallback *fallback = cli_tree_fallback(tree, parent->mode, *args);
	bool harmless = (*args)->command->flags & CLI_HARMLESS;
	char *text = cli_line_render(*args, false);
	enum cli_result result = CLI_ERROR;

	if (text && found && strcmp(found->text, text) == 0) {
		result = CLI_UNCHANGED;
	} else if (text && is_default(fallback, parent, *args, text)) {
		result = found ? cli_transaction_remove(transaction, found) : CLI_UNCHANGED;
		found = NULL;
	} else if (text) {
		result = store(transaction, parent, args, false, &text, &found);
		if (result == CLI_APPLIED && harmless)
			result = CLI_KEPT;
	}
	cli_text_free(text);
	if (node)
		*node = found;
	return result;
}

/*
 * The line in the spelling that stands for all, the caller's to free. NULL without memory, and for
 * what does not parse then, which is a fault of the declaration.
 */
static struct cli_args *normal_form(struct cli_transaction *transaction,
	const struct cli_node *parent, const struct cli_args *args, unsigned flags)
{
	int (*normal)(const struct cli_args *, char *, size_t) = args->command->normal;
	int len = normal(args, NULL, 0);
	char *line = len >= 0 ? malloc((size_t)len + 1) : NULL;
	struct cli_parse parse = { .args = NULL };

	if (!line)
		return NULL;
	normal(args, line, (size_t)len + 1);
	if (cli_grammar_parse(transaction->tree->grammar, parent->mode, flags, line, &parse) !=
		CLI_PARSE_OK)
		cli_fail(transaction->ctx, "%% Normal form not understood: %s", line);
	cli_text_free(line);
	return parse.args;
}

/* The line to keep in place of the one given, the caller's to free; NULL: refused. */
static struct cli_args *amended(
	struct cli_transaction *transaction, struct cli_node *parent, const struct cli_args *args)
{
	const struct cli_node *found = cli_tree_lookup(transaction->tree, parent, args);
	char *line = args->command->amend(transaction->ctx, args, found ? found->args : NULL);
	struct cli_parse parse = { .args = NULL };

	if (line && cli_grammar_parse(transaction->tree->grammar, parent->mode, 0, line, &parse) !=
			    CLI_PARSE_OK)
		cli_fail(transaction->ctx, "%% Amended line not understood: %s", line);
	free(line);
	return parse.args;
}

static enum cli_result set_amended(struct cli_transaction *transaction, struct cli_node *parent,
	struct cli_args **args, struct cli_node **node)
{
	struct cli_args *kept;
	enum cli_result result;

	if (!(*args)->command->amend)
		return set(transaction, parent, args, node);
	kept = amended(transaction, parent, *args);
	if (!kept)
		return CLI_ERROR;
	result = set(transaction, parent, &kept, node);
	cli_args_free(kept);
	return result;
}

/* What was typed stays with the caller, as it was, for carets point into it. */
enum cli_result cli_transaction_set(struct cli_transaction *transaction, struct cli_node *parent,
	struct cli_args **args, struct cli_node **node)
{
	struct cli_args *normal;
	enum cli_result result;

	if (node)
		*node = NULL;
	if (!(*args)->command->normal)
		return set_amended(transaction, parent, args, node);
	normal = normal_form(transaction, parent, *args, 0);
	if (!normal)
		return CLI_ERROR;
	result = set_amended(transaction, parent, &normal, node);
	cli_args_free(normal);
	return result;
}

/* `no` as a setting of its own. */
static enum cli_result keep_no(struct cli_transaction *transaction, struct cli_node *parent,
	struct cli_args **args, struct cli_node *found)
{
	bool harmless = (*args)->command->flags & CLI_HARMLESS;
	enum cli_result result = CLI_ERROR;
	char *text;

	if (found && found->negated)
		return CLI_UNCHANGED;
	text = cli_line_render(*args, true);
	if (text)
		result = store(transaction, parent, args, true, &text, &found);
	cli_text_free(text);
	return result == CLI_APPLIED && harmless ? CLI_KEPT : result;
}

/* All lines below, as far as they go, that begin with these words; the last entered first. */
static enum cli_result remove_prefix(
	struct cli_transaction *transaction, struct cli_node *parent, const char *prefix)
{
	struct cli_node *node = parent->last;
	enum cli_result result = CLI_UNCHANGED;
	size_t len = strlen(prefix);

	while (node) {
		struct cli_node *next = node->previous;
		enum cli_result inner;

		if (strncmp(node->args->line, prefix, len) == 0 &&
			(node->args->line[len] == ' ' || node->args->line[len] == '\0'))
			inner = cli_transaction_remove(transaction, node);
		else
			inner = remove_prefix(transaction, node, prefix);
		if (inner == CLI_ERROR || inner == CLI_WAITING)
			return inner;
		if (inner != CLI_UNCHANGED)
			result = inner;
		/* What a removal implies may have removed the one before, too. */
		node = next && !next->attached ? parent->last : next;
	}
	return result;
}

/* `default interface X`: the line stays, what is below it goes. */
static enum cli_result empty(struct cli_transaction *transaction, struct cli_node *block)
{
	enum cli_result result = CLI_UNCHANGED;

	while (block->last) {
		result = cli_transaction_remove(transaction, block->last);
		if (result == CLI_ERROR || result == CLI_WAITING)
			break;
	}
	return result;
}

/* Whether a sibling is there that brings the line along. */
static bool is_implied(const struct cli_command *command, const struct cli_node *parent)
{
	size_t len = command->implied_by ? strlen(command->implied_by) : 0;

	for (const struct cli_node *node = parent->first; len > 0 && node; node = node->next)
		if (!node->negated && strncmp(node->args->line, command->implied_by, len) == 0)
			return true;
	return false;
}

/* Whether `no` is a setting of its own here. A file that replaces the configuration says what is
 * to be there, not what to take away. */
static bool keeps_no(const struct cli_transaction *transaction, const struct cli_node *parent,
	const struct cli_command *command, const struct cli_node *found, enum cli_removal removal)
{
	if (removal != CLI_REMOVE_NO)
		return false;
	if (command->flags & CLI_KEEP_ANY)
		return transaction->literal || !found || found->negated;
	return command->flags & CLI_KEEP_NO || is_implied(command, parent);
}

/* `no` of a line that is not there, which may imply that others go. */
static enum cli_result call_absent(
	struct cli_transaction *transaction, struct cli_node *parent, const struct cli_args *args)
{
	enum cli_result result = result_of(call(transaction, parent, args, NULL, CLI_UNSET));

	result = implied(transaction, parent, result);
	return result == CLI_APPLIED ? CLI_UNCHANGED : result;
}

/* CLI_NO_PREFIX; then the command's own part. */
static enum cli_result remove_all(
	struct cli_transaction *transaction, struct cli_node *parent, const struct cli_args *args)
{
	enum cli_result result = remove_prefix(transaction, parent, args->line), own;

	if (result == CLI_ERROR || result == CLI_WAITING)
		return result;
	own = call_absent(transaction, parent, args);
	return own == CLI_UNCHANGED ? result : own;
}

static enum cli_result unset(struct cli_transaction *transaction, struct cli_node *parent,
	struct cli_args **args, enum cli_removal removal)
{
	const struct cli_command *command = (*args)->command;
	struct cli_node *found;

	if (command->flags & CLI_NO_PREFIX)
		return remove_all(transaction, parent, *args);
	found = cli_tree_lookup(transaction->tree, parent, *args);
	if (found && found->mode && removal == CLI_REMOVE_DEFAULT)
		return empty(transaction, found);
	if (keeps_no(transaction, parent, command, found, removal))
		return keep_no(transaction, parent, args, found);
	if (found)
		return cli_transaction_remove(transaction, found);
	return command->flags & CLI_UNSET_ABSENT ? call_absent(transaction, parent, *args)
						 : CLI_UNCHANGED;
}

enum cli_result cli_transaction_unset(struct cli_transaction *transaction, struct cli_node *parent,
	struct cli_args **args, enum cli_removal removal)
{
	struct cli_args *normal = NULL;
	enum cli_result result;

	if ((*args)->command->normal) {
		normal = normal_form(transaction, parent, *args, CLI_PARSE_NO);
		if (!normal)
			return CLI_ERROR;
		args = &normal;
	}
	transaction->ctx->typed = *args;
	result = unset(transaction, parent, args, removal);
	transaction->ctx->typed = NULL;
	cli_args_free(normal);
	return result;
}

static enum cli_result imply_one(
	struct cli_transaction *transaction, struct cli_node *parent, const char *line)
{
	bool negated = strncmp(line, "no ", 3) == 0;
	const char *words = line + (negated ? 3 : 0);
	const struct cli_node *found;
	enum cli_result result;
	struct cli_parse parse;

	if (cli_grammar_parse(transaction->tree->grammar, parent->mode, negated ? CLI_PARSE_NO : 0,
		    words, &parse) != CLI_PARSE_OK) {
		cli_fail(transaction->ctx, "%% Implied line not understood: %s", line);
		return CLI_ERROR;
	}
	transaction->ctx->engine->caret_args = NULL;
	found = negated ? NULL : cli_tree_lookup(transaction->tree, parent, parse.args);
	if (found && found->negated) /* what was said goes before what is implied */
		result = CLI_UNCHANGED;
	else if (negated)
		result = cli_transaction_unset(transaction, parent, &parse.args, CLI_REMOVE_NO);
	else
		result = cli_transaction_set(transaction, parent, &parse.args, NULL);
	cli_args_free(parse.args);
	return result;
}

/* After a change that went well, the lines that it brought along; each may bring more. */
static enum cli_result implied(
	struct cli_transaction *transaction, struct cli_node *parent, enum cli_result result)
{
	struct cli_ctx_engine *engine = transaction->ctx->engine;
	char **lines = engine->implied;
	size_t count = engine->implied_count;
	bool wanted = result == CLI_APPLIED && !transaction->literal;

	engine->implied = NULL;
	engine->implied_count = 0;
	for (size_t i = 0; i < count; i++) {
		if (wanted && transaction->implied_total++ < MAX_IMPLIED) {
			enum cli_result brought = imply_one(transaction, parent, lines[i]);

			if (brought == CLI_ERROR || brought == CLI_WAITING) {
				result = brought;
				wanted = false;
			}
		}
		free(lines[i]);
	}
	free(lines);
	return result;
}

static void restore_below(struct cli_transaction *transaction, struct cli_node *top)
{
	for (struct cli_node *node = top; node; node = cli_node_walk(top, node)) {
		if (take_effect(transaction, node, NULL) != 0)
			cli_printf(transaction->ctx->out, "%% Could not be restored: %s\n",
				node->text);
	}
}

static void undo(struct cli_transaction *transaction, struct cli_change *change)
{
	struct cli_node *node = change->node;
	int ret = 0;

	switch (change->kind) {
	case ADDED:
		ret = lose_effect(transaction, node);
		cli_tree_detach(node);
		break;
	case REMOVED:
		cli_tree_reattach(node);
		restore_below(transaction, node);
		return;
	case SWAPPED:
		if (change->args->command->apply != node->args->command->apply)
			ret = lose_effect(transaction, node);
		cli_node_swap(node, &change->args, &change->negated, &change->text);
		ret = take_effect(transaction, node, change->negated ? NULL : change->args) || ret;
		break;
	}
	if (ret)
		cli_printf(transaction->ctx->out, "%% Could not be undone: %s\n", node->text);
	if (change->kind == ADDED)
		cli_config_drop_node(transaction->config, node);
	cli_args_free(change->args);
	cli_text_free(change->text);
}

void cli_transaction_rollback(struct cli_transaction *transaction)
{
	struct cli_ctx_engine *engine = transaction->ctx->engine;
	bool attended = engine->attended;

	/* Nobody is asked whether to undo. */
	engine->attended = false;
	transaction->literal = true;
	while (transaction->count > 0)
		undo(transaction, &transaction->changes[--transaction->count]);
	engine->attended = attended;
	cli_ctx_forget_implied(transaction->ctx);
	free(transaction->changes);
	transaction->changes = NULL;
}

bool cli_transaction_commit(struct cli_transaction *transaction)
{
	size_t count = transaction->count;

	for (size_t i = 0; i < count; i++) {
		struct cli_change *change = &transaction->changes[i];

		cli_args_free(change->args);
		cli_text_free(change->text);
		if (change->kind == REMOVED)
			cli_config_drop_node(transaction->config, change->node);
	}
	free(transaction->changes);
	transaction->changes = NULL;
	transaction->count = 0;
	if (count > 0 && !transaction->dry)
		cli_config_touch(transaction->config);
	return count > 0;
}
