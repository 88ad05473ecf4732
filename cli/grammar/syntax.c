/* SPDX-License-Identifier: BSD-3-Clause */

#include "cli/grammar/syntax.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_DEPTH = 16 };

struct reader {
	const char *text;
	const char *at;
	unsigned depth;
};

static struct cli_syntax *read_sequence(struct reader *reader);

static struct cli_syntax *new_syntax(enum cli_syntax_kind kind)
{
	struct cli_syntax *syntax = calloc(1, sizeof(*syntax));

	if (syntax)
		syntax->kind = kind;
	return syntax;
}

void cli_syntax_free(struct cli_syntax *syntax)
{
	while (syntax) {
		struct cli_syntax *next = syntax->next;

		cli_syntax_free(syntax->child);
		free(syntax->word);
		free(syntax->name);
		free(syntax);
		syntax = next;
	}
}

/* Frees what was built and reports a faulty declaration, or passes ENOMEM on. */
static struct cli_syntax *fault(struct cli_syntax *syntax, int error)
{
	cli_syntax_free(syntax);
	errno = error;
	return NULL;
}

static struct cli_syntax *new_word(const char *word, size_t len)
{
	struct cli_syntax *syntax = new_syntax(CLI_SYNTAX_WORD);

	if (!syntax)
		return NULL;
	syntax->word = strndup(word, len);
	return syntax->word ? syntax : fault(syntax, ENOMEM);
}

static void skip_blanks(struct reader *reader)
{
	reader->at += strspn(reader->at, " ");
}

/* The keywords of <name:a|b|c>, as a choice among words that bear the argument's name. */
static struct cli_syntax *read_keywords(
	const char *name, size_t name_len, const char *words, const char *end)
{
	struct cli_syntax *choice = new_syntax(CLI_SYNTAX_ONE_OF);
	struct cli_syntax **tail;

	if (!choice)
		return NULL;
	tail = &choice->child;
	while (words <= end) {
		size_t len = strcspn(words, "|>");

		if (len == 0)
			return fault(choice, EINVAL);
		*tail = new_word(words, len);
		if (!*tail)
			return fault(choice, errno);
		(*tail)->name = strndup(name, name_len);
		if (!(*tail)->name)
			return fault(choice, ENOMEM);
		tail = &(*tail)->next;
		words += len + 1;
	}
	return choice;
}

/* What is not a type nor looks like one: capitals and ranges are misspelt types. */
static bool is_keywords(const char *type, size_t len)
{
	struct cli_value_spec spec;

	size_t range = strspn(type, "0123456789-/");

	for (size_t i = 0; i < len; i++) {
		if (type[i] >= 'A' && type[i] <= 'Z')
			return false;
	}
	if (range >= len && memchr(type, '-', len))
		return false;
	return len > 0 && cli_value_spec(type, len, &spec) != 0;
}

static struct cli_syntax *read_value(struct reader *reader)
{
	const char *name = reader->at + 1;
	const char *colon = strchr(name, ':');
	const char *end = strchr(name, '>');
	struct cli_syntax *syntax;

	if (!colon || !end || colon > end || colon == name)
		return fault(NULL, EINVAL);
	reader->at = end + 1;
	if (is_keywords(colon + 1, (size_t)(end - colon - 1)))
		return read_keywords(name, (size_t)(colon - name), colon + 1, end - 1);
	syntax = new_syntax(CLI_SYNTAX_VALUE);
	if (!syntax)
		return NULL;
	syntax->name = strndup(name, (size_t)(colon - name));
	if (!syntax->name)
		return fault(syntax, ENOMEM);
	if (cli_value_spec(colon + 1, (size_t)(end - colon - 1), &syntax->spec) != 0)
		return fault(syntax, EINVAL);
	return syntax;
}

/* {a|b}, [a|b] or (a|b), from its opening bracket. */
static struct cli_syntax *read_group(struct reader *reader)
{
	char open = *reader->at++;
	char close = open == '{' ? '}' : open == '[' ? ']' : ')';
	struct cli_syntax *group = new_syntax(open == '(' ? CLI_SYNTAX_ANY_OF : CLI_SYNTAX_ONE_OF);
	struct cli_syntax **tail;

	if (!group)
		return NULL;
	group->optional = open != '{';
	tail = &group->child;
	if (++reader->depth > MAX_DEPTH)
		return fault(group, EINVAL);
	do {
		*tail = read_sequence(reader);
		if (!*tail)
			return fault(group, errno);
		tail = &(*tail)->next;
	} while (*reader->at == '|' && reader->at++);
	if (*reader->at != close)
		return fault(group, EINVAL);
	reader->at++;
	reader->depth--;
	return group;
}

static struct cli_syntax *read_item(struct reader *reader)
{
	struct cli_syntax *item;

	if (*reader->at == '<') {
		item = read_value(reader);
	} else if (strchr("{[(", *reader->at)) {
		item = read_group(reader);
	} else {
		size_t len = strcspn(reader->at, " <>{}[]()|");

		if (len == 0)
			return fault(NULL, EINVAL);
		item = new_word(reader->at, len);
		reader->at += len;
	}
	if (item && strncmp(reader->at, "...", 3) == 0) {
		item->repeated = true;
		reader->at += 3;
	}
	return item;
}

/* Items up to `|`, a closing bracket or the end: at least one. */
static struct cli_syntax *read_sequence(struct reader *reader)
{
	struct cli_syntax *all = new_syntax(CLI_SYNTAX_ALL);
	struct cli_syntax **tail;

	if (!all)
		return NULL;
	tail = &all->child;
	skip_blanks(reader);
	while (*reader->at != '\0' && !strchr("|}])", *reader->at)) {
		*tail = read_item(reader);
		if (!*tail)
			return fault(all, errno);
		tail = &(*tail)->next;
		skip_blanks(reader);
	}
	return all->child ? all : fault(all, EINVAL);
}

struct cli_syntax *cli_syntax_parse(const char *text, size_t *error_at)
{
	struct reader reader = { .text = text, .at = text };
	struct cli_syntax *syntax = read_sequence(&reader);

	if (syntax && *reader.at != '\0')
		syntax = fault(syntax, EINVAL);
	if (!syntax)
		*error_at = (size_t)(reader.at - text);
	return syntax;
}
