/* SPDX-License-Identifier: BSD-3-Clause */

#include "cli/grammar/automaton.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_ONCE = 64 };

/* A set of edges into, or positions out of, a part of the syntax. */
struct set {
	struct cli_edge *items;
	size_t count;
};

struct fragment {
	struct set first;
	struct set last;
	bool nullable;
};

struct builder {
	struct cli_grammar *grammar;
	const struct cli_command *command;
	unsigned uses;
	unsigned once_used; /* bits of cli_edge.once given out */
	uint16_t groups;
	uint16_t order;
	bool in_repeat;
};

static int build(struct builder *builder, const struct cli_syntax *syntax, struct fragment *out);

bool cli_name_listed(const char *list, const char *name)
{
	size_t len = strlen(name);

	while (list && *list) {
		size_t word = strcspn(list, " ");

		if (word == len && memcmp(list, name, len) == 0)
			return true;
		list += word;
		list += strspn(list, " ");
	}
	return false;
}

static int fault(struct cli_grammar *grammar, const struct cli_command *command, const char *what)
{
	snprintf(grammar->error, sizeof(grammar->error), "\"%s\": %s", command->syntax, what);
	return -EINVAL;
}

uint32_t cli_position_new(struct cli_grammar *grammar)
{
	if (grammar->position_count == grammar->position_room) {
		size_t room = grammar->position_room ? grammar->position_room * 2 : 256;
		struct cli_position *grown = reallocarray(grammar->positions, room, sizeof(*grown));

		if (!grown)
			return UINT32_MAX;
		grammar->positions = grown;
		grammar->position_room = room;
	}
	grammar->positions[grammar->position_count] = (struct cli_position) { 0 };
	return (uint32_t)grammar->position_count++;
}

static int set_add(struct set *set, struct cli_edge edge)
{
	struct cli_edge *grown;

	for (size_t i = 0; i < set->count; i++) {
		if (set->items[i].to == edge.to)
			return 0;
	}
	grown = reallocarray(set->items, set->count + 1, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	set->items = grown;
	set->items[set->count++] = edge;
	return 0;
}

/* Adds all of `from`, whose edges also need `once`. */
static int set_join(struct set *set, const struct set *from, uint64_t once)
{
	int err = 0;

	for (size_t i = 0; i < from->count && err == 0; i++)
		err = set_add(
			set, (struct cli_edge) { from->items[i].to, from->items[i].once | once });
	return err;
}

static void fragment_free(struct fragment *fragment)
{
	free(fragment->first.items);
	free(fragment->last.items);
	*fragment = (struct fragment) { 0 };
}

static int position_connect(struct cli_position *position, const struct set *to, uint64_t once)
{
	struct set edges = { position->edges, position->edge_count };
	int err = set_join(&edges, to, once);

	position->edges = edges.items;
	position->edge_count = (unsigned)edges.count;
	return err;
}

static int connect_all(
	struct builder *builder, const struct set *from, const struct set *to, uint64_t once)
{
	int err = 0;

	for (size_t i = 0; i < from->count && err == 0; i++)
		err = position_connect(&builder->grammar->positions[from->items[i].to], to, once);
	return err;
}

static const char *help_for(const struct cli_command *command, const char *word)
{
	for (const struct cli_help *help = command->help; help && help->word; help++) {
		if (strcmp(help->word, word) == 0)
			return help->text;
	}
	return NULL;
}

static void describe(struct cli_position *position, const struct cli_command *command,
	const struct cli_syntax *syntax)
{
	bool word = syntax->kind == CLI_SYNTAX_WORD;

	position->word = word ? syntax->word : NULL;
	position->argument = syntax->name != NULL;
	position->name = syntax->name ? syntax->name : syntax->word;
	position->spec = syntax->spec;
	if (!position->help)
		position->help = help_for(command, word ? syntax->word : syntax->name);
	if (!position->help && syntax->name)
		position->help = help_for(command, syntax->name);
}

static int build_position(
	struct builder *builder, const struct cli_syntax *syntax, struct fragment *out)
{
	uint32_t index = cli_position_new(builder->grammar);
	struct cli_position *position;
	int err;

	if (index == UINT32_MAX)
		return -ENOMEM;
	position = &builder->grammar->positions[index];
	describe(position, builder->command, syntax);
	position->uses = builder->uses;
	position->order = ++builder->order;
	err = set_add(&out->first, (struct cli_edge) { index, 0 });
	return err ? err : set_add(&out->last, (struct cli_edge) { index, 0 });
}

static int build_all(struct builder *builder, const struct cli_syntax *child, struct fragment *out)
{
	int err = 0;

	out->nullable = true;
	for (; child && err == 0; child = child->next) {
		struct fragment part = { 0 };

		err = build(builder, child, &part);
		if (err == 0)
			err = connect_all(builder, &out->last, &part.first, 0);
		if (err == 0 && out->nullable)
			err = set_join(&out->first, &part.first, 0);
		if (!part.nullable)
			out->last.count = 0;
		if (err == 0)
			err = set_join(&out->last, &part.last, 0);
		out->nullable = out->nullable && part.nullable;
		fragment_free(&part);
	}
	return err;
}

static int build_one_of(
	struct builder *builder, const struct cli_syntax *child, struct fragment *out)
{
	int err = 0;

	for (; child && err == 0; child = child->next) {
		struct fragment part = { 0 };

		err = build(builder, child, &part);
		if (err == 0)
			err = set_join(&out->first, &part.first, 0);
		if (err == 0)
			err = set_join(&out->last, &part.last, 0);
		out->nullable = out->nullable || part.nullable;
		fragment_free(&part);
	}
	return err;
}

/* Every branch may follow every other; each has a bit so that none is entered twice. */
static int build_any_of(
	struct builder *builder, const struct cli_syntax *child, struct fragment *out)
{
	size_t begin = builder->grammar->position_count;
	uint16_t group = ++builder->groups;
	int err = 0;

	if (builder->in_repeat)
		return fault(builder->grammar, builder->command, "(a|b) within a repetition");
	out->nullable = true;
	for (; child && err == 0; child = child->next) {
		struct fragment part = { 0 };
		struct set before = { 0 };
		uint64_t once;

		if (builder->once_used == MAX_ONCE)
			return fault(builder->grammar, builder->command, "too many (a|b) branches");
		once = UINT64_C(1) << builder->once_used++;
		err = build(builder, child, &part);
		if (err == 0)
			err = set_join(&before, &out->first, 0);
		if (err == 0)
			err = connect_all(builder, &out->last, &part.first, once);
		if (err == 0)
			err = connect_all(builder, &part.last, &before, 0);
		if (err == 0)
			err = set_join(&out->first, &part.first, once);
		if (err == 0)
			err = set_join(&out->last, &part.last, 0);
		free(before.items);
		fragment_free(&part);
	}
	/* An inner group is printed as part of its branch: only the outermost counts. */
	for (size_t i = begin; i < builder->grammar->position_count; i++)
		builder->grammar->positions[i].group = group;
	return err;
}

static int build_kind(
	struct builder *builder, const struct cli_syntax *syntax, struct fragment *out)
{
	switch (syntax->kind) {
	case CLI_SYNTAX_WORD:
	case CLI_SYNTAX_VALUE:
		return build_position(builder, syntax, out);
	case CLI_SYNTAX_ALL:
		return build_all(builder, syntax->child, out);
	case CLI_SYNTAX_ONE_OF:
		return build_one_of(builder, syntax->child, out);
	case CLI_SYNTAX_ANY_OF:
		return build_any_of(builder, syntax->child, out);
	}
	return -EINVAL;
}

static int build(struct builder *builder, const struct cli_syntax *syntax, struct fragment *out)
{
	bool outer = builder->in_repeat;
	int err;

	builder->in_repeat = outer || syntax->repeated;
	err = build_kind(builder, syntax, out);
	builder->in_repeat = outer;
	if (err == 0 && syntax->repeated)
		err = connect_all(builder, &out->last, &out->first, 0);
	out->nullable = out->nullable || syntax->optional;
	return err;
}

/* The shared position for this leading keyword, found or made. */
static uint32_t shared_child(
	struct builder *builder, uint32_t parent, const struct cli_syntax *syntax)
{
	struct cli_grammar *grammar = builder->grammar;
	struct cli_edge edge = { 0 };

	for (unsigned i = 0; i < grammar->positions[parent].edge_count; i++) {
		struct cli_position *child =
			&grammar->positions[grammar->positions[parent].edges[i].to];

		if (child->shared && strcmp(child->word, syntax->word) == 0) {
			child->uses |= builder->uses;
			describe(child, builder->command, syntax);
			return grammar->positions[parent].edges[i].to;
		}
	}
	edge.to = cli_position_new(grammar);
	if (edge.to == UINT32_MAX)
		return UINT32_MAX;
	grammar->positions[edge.to].shared = true;
	grammar->positions[edge.to].uses = builder->uses;
	describe(&grammar->positions[edge.to], builder->command, syntax);
	if (position_connect(&grammar->positions[parent], &(struct set) { &edge, 1 }, 0) != 0)
		return UINT32_MAX;
	return edge.to;
}

static int accept_at(struct builder *builder, uint32_t index, bool negative)
{
	struct cli_position *position = &builder->grammar->positions[index];
	const struct cli_command *command = builder->command;

	if (negative) {
		if (position->accept_no && position->accept_no != position->accept)
			return fault(builder->grammar, command, "its `no` is declared twice");
		position->accept_no = command;
		return 0;
	}
	if (position->accept)
		return fault(builder->grammar, command, "declared twice");
	position->accept = command;
	if ((builder->uses & CLI_USE_NO) && !position->accept_no)
		position->accept_no = command;
	return 0;
}

static bool is_key(const struct cli_command *command, const char *name)
{
	return command->key &&
	       (strcmp(command->key, "*") == 0 || cli_name_listed(command->key, name));
}

/* Whether a line after `no` may stop at `index`: it accepts, or only values outside the key lie
 * between it and acceptance. */
static bool may_stop(const struct builder *builder, uint32_t index)
{
	const struct cli_position *position = &builder->grammar->positions[index];

	if (position->accept == builder->command || position->trailing == builder->command)
		return true;
	for (unsigned i = 0; i < position->edge_count; i++) {
		const struct cli_position *next =
			&builder->grammar->positions[position->edges[i].to];

		if (!next->shared && next->argument && !is_key(builder->command, next->name) &&
			(next->accept == builder->command || next->trailing == builder->command))
			return true;
	}
	return false;
}

/* Marks the command's own positions from `begin` on, and `stem`, where `no` may stop. */
static void mark_trailing(struct builder *builder, uint32_t stem, size_t begin)
{
	struct cli_grammar *grammar = builder->grammar;
	bool changed = true;

	while (changed) {
		changed = false;
		for (size_t i = begin; i < grammar->position_count; i++) {
			if (grammar->positions[i].trailing || !may_stop(builder, (uint32_t)i))
				continue;
			grammar->positions[i].trailing = builder->command;
			changed = true;
		}
	}
	if (!grammar->positions[stem].trailing && may_stop(builder, stem))
		grammar->positions[stem].trailing = builder->command;
}

static unsigned uses_of(const struct cli_command *command, bool negative)
{
	unsigned uses = command->flags & CLI_HIDDEN ? 0 : CLI_USE_VISIBLE;

	if (command->flags & CLI_USER)
		uses |= CLI_USE_USER;
	if (negative || (command->flags & CLI_NO_PREFIX))
		return uses | CLI_USE_NO;
	if (command->run || (command->flags & (CLI_EXIT | CLI_END)))
		return uses | CLI_USE_PLAIN;
	return uses | CLI_USE_PLAIN | CLI_USE_NO;
}

int cli_automaton_insert(struct cli_grammar *grammar, uint32_t root,
	const struct cli_command *command, const struct cli_syntax *syntax, bool negative)
{
	struct builder builder = { .grammar = grammar, .command = command };
	const struct cli_syntax *item = syntax->child;
	struct fragment rest = { 0 };
	uint32_t stem = root;
	size_t begin;
	int err;

	builder.uses = uses_of(command, negative);
	negative = negative || (command->flags & CLI_NO_PREFIX);
	for (; item && item->kind == CLI_SYNTAX_WORD; item = item->next) {
		stem = shared_child(&builder, stem, item);
		if (stem == UINT32_MAX)
			return -ENOMEM;
	}
	begin = grammar->position_count;
	err = build_all(&builder, item, &rest);
	if (err == 0)
		err = position_connect(&grammar->positions[stem], &rest.first, 0);
	if (err == 0 && rest.nullable)
		err = accept_at(&builder, stem, negative);
	for (size_t i = 0; i < rest.last.count && err == 0; i++)
		err = accept_at(&builder, rest.last.items[i].to, negative);
	fragment_free(&rest);
	if (err == 0 && !negative && (builder.uses & CLI_USE_NO))
		mark_trailing(&builder, stem, begin);
	return err;
}

static int preference(const struct cli_position *position)
{
	if (position->word)
		return 0;
	if (position->spec.type == CLI_TYPE_WORD)
		return 2;
	return position->spec.type == CLI_TYPE_LINE || position->spec.type == CLI_TYPE_TEXT ? 3 : 1;
}

void cli_automaton_order(struct cli_grammar *grammar)
{
	for (size_t p = 0; p < grammar->position_count; p++) {
		struct cli_edge *edges = grammar->positions[p].edges;

		/* Insertion sort, stable: among equals the declared order decides. */
		for (unsigned i = 1; i < grammar->positions[p].edge_count; i++) {
			struct cli_edge moving = edges[i];
			int rank = preference(&grammar->positions[moving.to]);
			unsigned j = i;

			for (; j > 0 && preference(&grammar->positions[edges[j - 1].to]) > rank;
				j--)
				edges[j] = edges[j - 1];
			edges[j] = moving;
		}
	}
}
