/* SPDX-License-Identifier: BSD-3-Clause */

/* The collection of declarations: gathering, compiling and checking them. */

#include "cli/grammar/automaton.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct cli_mode basic_modes[] = {
	{ .name = "exec", .prompt = "" },
	{ .name = "config", .prompt = "(config)" },
	{ .name = NULL },
};

static const struct cli_help exit_help[] = {
	{ "exit", "Exit from the current mode" },
	{ "end", "Exit to EXEC mode" },
	{ NULL, NULL },
};

static const struct cli_command basic_commands[] = {
	{ .mode = "*", .syntax = "exit", .help = exit_help, .flags = CLI_EXIT },
	{ .mode = "*", .syntax = "end", .help = exit_help, .flags = CLI_END },
	{ .mode = NULL },
};

static const struct cli_topic basic_topic = { basic_modes, basic_commands };

static int fault(struct cli_grammar *grammar, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static int fault(struct cli_grammar *grammar, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vsnprintf(grammar->error, sizeof(grammar->error), format, ap);
	va_end(ap);
	return -EINVAL;
}

struct cli_grammar *cli_grammar_new(void)
{
	struct cli_grammar *grammar = calloc(1, sizeof(*grammar));

	if (grammar && cli_grammar_add(grammar, &basic_topic) != 0) {
		cli_grammar_free(grammar);
		errno = ENOMEM;
		return NULL;
	}
	return grammar;
}

void cli_grammar_free(struct cli_grammar *grammar)
{
	if (!grammar)
		return;
	for (size_t i = 0; i < grammar->position_count; i++)
		free(grammar->positions[i].edges);
	for (size_t i = 0; i < grammar->syntax_count; i++)
		cli_syntax_free(grammar->syntaxes[i]);
	free(grammar->positions);
	free(grammar->syntaxes);
	free(grammar->modes);
	free(grammar->commands);
	free(grammar->exits);
	free(grammar);
}

static int add_mode(struct cli_grammar *grammar, const struct cli_mode *mode)
{
	struct cli_mode_entry *grown =
		reallocarray(grammar->modes, grammar->mode_count + 1, sizeof(*grown));

	if (!grown)
		return -ENOMEM;
	grammar->modes = grown;
	grown[grammar->mode_count].mode = mode;
	grown[grammar->mode_count].root = cli_position_new(grammar);
	return grown[grammar->mode_count++].root == UINT32_MAX ? -ENOMEM : 0;
}

static int add_command(struct cli_grammar *grammar, const struct cli_command *command)
{
	const struct cli_command **grown = reallocarray(
		grammar->commands, grammar->command_count + 1, sizeof(const struct cli_command *));

	if (!grown)
		return -ENOMEM;
	grammar->commands = grown;
	grown[grammar->command_count++] = command;
	return 0;
}

int cli_grammar_add(struct cli_grammar *grammar, const struct cli_topic *topic)
{
	int err = 0;

	for (const struct cli_mode *mode = topic->modes; mode && mode->name && err == 0; mode++)
		err = add_mode(grammar, mode);
	for (const struct cli_command *command = topic->commands;
		command && command->mode && err == 0; command++)
		err = add_command(grammar, command);
	return err;
}

const struct cli_mode *cli_grammar_mode(const struct cli_grammar *grammar, const char *name)
{
	for (size_t i = 0; i < grammar->mode_count; i++) {
		if (strcmp(grammar->modes[i].mode->name, name) == 0)
			return grammar->modes[i].mode;
	}
	return NULL;
}

const struct cli_command *cli_grammar_command(const struct cli_grammar *grammar, size_t index)
{
	return index < grammar->command_count ? grammar->commands[index] : NULL;
}

const char *cli_grammar_error(const struct cli_grammar *grammar)
{
	return grammar->error;
}

static bool is_exec(const struct cli_mode *mode)
{
	return strcmp(mode->name, "exec") == 0;
}

/* Whether the arguments named in `list` occur in the syntax, or an ancestor of it. */
static bool has_argument(const struct cli_syntax *syntax, const char *name, size_t len)
{
	for (; syntax; syntax = syntax->next) {
		const char *own = syntax->name ? syntax->name : syntax->word;

		if (own && strlen(own) == len && memcmp(own, name, len) == 0)
			return true;
		if (has_argument(syntax->child, name, len))
			return true;
	}
	return false;
}

static int check_arguments(struct cli_grammar *grammar, const struct cli_command *command,
	const struct cli_syntax *syntax, const char *list)
{
	if (!list || strcmp(list, "*") == 0)
		return 0;
	while (*list) {
		size_t len = strcspn(list, " ");

		if (!has_argument(syntax, list, len))
			return fault(grammar, "\"%s\": has no argument %.*s", command->syntax,
				(int)len, list);
		list += len;
		list += strspn(list, " ");
	}
	return 0;
}

static int check_command(struct cli_grammar *grammar, const struct cli_command *command,
	const struct cli_syntax *syntax)
{
	unsigned inert = CLI_HARMLESS | CLI_NO_PREFIX | CLI_EXIT | CLI_END;
	int err = check_arguments(grammar, command, syntax, command->key);

	if (err == 0)
		err = check_arguments(grammar, command, syntax, command->sort);
	if (err)
		return err;
	if (!command->run && !command->apply && !(command->flags & inert))
		return fault(grammar, "\"%s\": has neither run nor apply", command->syntax);
	if ((command->flags & CLI_SHOW_DEFAULT) && !command->fallback)
		return fault(grammar, "\"%s\": needs a fallback", command->syntax);
	if (command->enters && !cli_grammar_mode(grammar, command->enters))
		return fault(grammar, "\"%s\": enters %s, which is no mode", command->syntax,
			command->enters);
	return 0;
}

/* Parses a syntax and keeps the tree, from which the positions borrow. */
static int read_syntax(struct cli_grammar *grammar, const char *text, struct cli_syntax **out)
{
	struct cli_syntax **grown;
	size_t at = 0;

	*out = cli_syntax_parse(text, &at);
	if (!*out)
		return errno == ENOMEM ? -ENOMEM : fault(grammar, "\"%s\": at %zu", text, at);
	grown = reallocarray(grammar->syntaxes, grammar->syntax_count + 1, sizeof(*grown));
	if (!grown) {
		cli_syntax_free(*out);
		return -ENOMEM;
	}
	grammar->syntaxes = grown;
	grown[grammar->syntax_count++] = *out;
	return 0;
}

static int insert(struct cli_grammar *grammar, const struct cli_command *command,
	const struct cli_syntax *syntax, bool negative)
{
	bool everywhere = strcmp(command->mode, "*") == 0;
	unsigned inserted = 0;
	int err = 0;

	for (size_t i = 0; i < grammar->mode_count && err == 0; i++) {
		const struct cli_mode *mode = grammar->modes[i].mode;

		if (everywhere ? is_exec(mode) : !cli_name_listed(command->mode, mode->name))
			continue;
		err = cli_automaton_insert(
			grammar, grammar->modes[i].root, command, syntax, negative);
		inserted++;
	}
	if (err == 0 && inserted == 0)
		err = fault(grammar, "\"%s\": no mode %s", command->syntax, command->mode);
	return err;
}

static int compile_command(struct cli_grammar *grammar, const struct cli_command *command)
{
	struct cli_syntax *syntax;
	int err = read_syntax(grammar, command->syntax, &syntax);

	if (err == 0)
		err = check_command(grammar, command, syntax);
	if (err == 0)
		err = insert(grammar, command, syntax, false);
	if (err || !command->no)
		return err;
	err = read_syntax(grammar, command->no, &syntax);
	return err ? err : insert(grammar, command, syntax, true);
}

/* A mode's own exit word becomes a command of that mode. */
static int compile_exits(struct cli_grammar *grammar)
{
	int err = 0;

	grammar->exits = calloc(grammar->mode_count, sizeof(*grammar->exits));
	if (!grammar->exits)
		return -ENOMEM;
	for (size_t i = 0; i < grammar->mode_count && err == 0; i++) {
		const struct cli_mode *mode = grammar->modes[i].mode;
		struct cli_command *exit_command = &grammar->exits[grammar->exit_count];

		if (!mode->exit_line)
			continue;
		*exit_command = (struct cli_command) {
			.mode = mode->name, .syntax = mode->exit_line, .flags = CLI_EXIT
		};
		grammar->exit_count++;
		err = compile_command(grammar, exit_command);
	}
	return err;
}

static int check_modes(struct cli_grammar *grammar)
{
	for (size_t i = 0; i < grammar->mode_count; i++) {
		const struct cli_mode *mode = grammar->modes[i].mode;

		if (cli_grammar_mode(grammar, mode->name) != mode)
			return fault(grammar, "mode %s is declared twice", mode->name);
		if (i < 2)
			continue;
		if (!mode->parent || !cli_grammar_mode(grammar, mode->parent))
			return fault(grammar, "mode %s: its parent is no mode", mode->name);
		if (mode->indented && !cli_grammar_mode(grammar, mode->indented))
			return fault(grammar, "mode %s: %s is no mode", mode->name, mode->indented);
	}
	return 0;
}

/* A fallback must be a line of its own command, or of one with the same slot. */
static int check_fallback(struct cli_grammar *grammar, const struct cli_command *command)
{
	const char *line = command->fallback;
	bool negative = strncmp(line, "no ", 3) == 0;

	for (size_t i = 0; i < grammar->mode_count; i++) {
		const struct cli_mode *mode = grammar->modes[i].mode;
		const struct cli_command *found = NULL;
		struct cli_parse parse;

		if (!cli_name_listed(command->mode, mode->name))
			continue;
		if (cli_grammar_parse(grammar, mode, negative ? CLI_PARSE_NO : 0,
			    negative ? line + 3 : line, &parse) == CLI_PARSE_OK)
			found = parse.args->command;
		cli_args_free(parse.args);
		if (!found ||
			(found != command && !(found->slot && command->slot &&
						     strcmp(found->slot, command->slot) == 0)))
			return fault(grammar, "\"%s\": fallback \"%s\" is not its own",
				command->syntax, line);
	}
	return 0;
}

int cli_grammar_compile(struct cli_grammar *grammar)
{
	int err = check_modes(grammar);

	for (size_t i = 0; i < grammar->command_count && err == 0; i++)
		err = compile_command(grammar, grammar->commands[i]);
	if (err == 0)
		err = compile_exits(grammar);
	if (err)
		return err;
	cli_automaton_order(grammar);
	grammar->compiled = true;
	for (size_t i = 0; i < grammar->command_count && err == 0; i++) {
		if (grammar->commands[i]->fallback)
			err = check_fallback(grammar, grammar->commands[i]);
	}
	return err;
}
