/* SPDX-License-Identifier: BSD-3-Clause */

/* One line to its typed arguments, in canonical order and form. */

#include "cli/grammar/automaton.h"
#include "cli/grammar/width.h"

#include <stdlib.h>
#include <string.h>

/* One word of a line before its final place is known. */
struct draft_word {
	const struct cli_match *match;
	struct cli_value value;
	char canonical[CLI_VALUE_TEXT]; /* "" where the text is the word as typed */
	size_t len;			/* of the text */
};

struct draft {
	const struct cli_grammar *grammar;
	const char *line;
	unsigned count;
	struct draft_word word[];
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static const struct cli_position *position_of(
	const struct draft *draft, const struct cli_match *match)
{
	return &draft->grammar->positions[match->position];
}

/* The words of a thread, which is followed back to the start of the line. NULL: no memory. */
static struct draft *collect(const struct cli_matcher *matcher, int32_t last)
{
	struct draft *draft;
	unsigned count = 0;

	for (int32_t m = last; m >= 0; m = matcher->matches[m].previous)
		count++;
	draft = malloc(sizeof(*draft) + count * sizeof(draft->word[0]));
	if (!draft)
		return NULL;
	draft->grammar = matcher->grammar;
	draft->line = matcher->line;
	draft->count = count;
	for (int32_t m = last; m >= 0; m = matcher->matches[m].previous)
		draft->word[--count].match = &matcher->matches[m];
	return draft;
}

/* Whether both are words of the same (a|b) and stand in the wrong order. */
static bool out_of_order(
	const struct draft *draft, const struct cli_match *first, const struct cli_match *second)
{
	const struct cli_position *before = position_of(draft, first);
	const struct cli_position *after = position_of(draft, second);

	return after->group != 0 && before->group == after->group && before->order > after->order;
}

/* Words of one (a|b) group go back into declared order. Insertion sort: stable and short. */
static void arrange(struct draft *draft)
{
	for (unsigned i = 1; i < draft->count; i++) {
		const struct cli_match *moving = draft->word[i].match;
		unsigned j = i;

		for (; j > 0 && out_of_order(draft, draft->word[j - 1].match, moving); j--)
			draft->word[j].match = draft->word[j - 1].match;
		draft->word[j].match = moving;
	}
}

static size_t delimiter_length(const char *text, size_t len)
{
	uint32_t code;

	if (len >= 2 && text[0] == '^' && text[1] == 'C')
		return 2;
	return cli_utf8_decode(text, len, &code);
}

static void read_value(const struct draft *draft, struct draft_word *word)
{
	const struct cli_position *position = position_of(draft, word->match);
	const char *typed = draft->line + word->match->start;
	struct cli_value *value = &word->value;

	*value = (struct cli_value) { .name = position->name, .offset = word->match->start };
	word->canonical[0] = '\0';
	word->len = word->match->len;
	value->text = typed;
	if (position->word) {
		value->type = CLI_TYPE_KEYWORD;
		value->text = position->word;
		word->len = strlen(position->word);
		return;
	}
	cli_value_parse(&position->spec, typed, word->match->len, value);
	if (value->type == CLI_TYPE_TEXT) {
		size_t delimiter = delimiter_length(typed, word->match->len);

		value->text += delimiter;
		word->len -= 2 * delimiter;
	} else if (cli_value_canonical(value, word->canonical) > 0) {
		word->len = strlen(word->canonical);
	}
}

/* ^C, unless the text holds it; then the first character that it does not hold. */
static size_t choose_delimiter(const char *text, size_t len, char delimiter[2])
{
	memcpy(delimiter, "^C", 2);
	if (!memmem(text, len, delimiter, 2))
		return 2;
	for (char c = '#'; c <= '~'; c++) {
		delimiter[0] = c;
		if (c != '^' && !memchr(text, c, len))
			break;
	}
	return 1;
}

static char *append(char *at, const char *text, size_t len)
{
	memcpy(at, text, len);
	return at + len;
}

static char *append_value(char *at, const struct cli_value *value, size_t len)
{
	char delimiter[2];
	size_t delimiter_len;

	if (value->type != CLI_TYPE_TEXT)
		return append(at, value->text, len);
	delimiter_len = choose_delimiter(value->text, len, delimiter);
	at = append(at, delimiter, delimiter_len);
	at = append(at, value->text, len);
	return append(at, delimiter, delimiter_len);
}

/* Fills the texts that follow the values in the args' own block. */
static void write_texts(const struct draft *draft, struct cli_args *args, char *at)
{
	for (unsigned i = 0; i < args->count; i++) {
		const struct draft_word *word = &draft->word[i];
		struct cli_value *value = &args->value[i];
		const char *text = word->canonical[0] ? word->canonical : value->text;

		if (value->type == CLI_TYPE_KEYWORD)
			continue;
		value->text = at;
		at = append(at, text, word->len);
		*at++ = '\0';
	}
	args->line = at;
	for (unsigned i = 0; i < args->count; i++) {
		if (i > 0)
			*at++ = ' ';
		at = append_value(at, &args->value[i], draft->word[i].len);
	}
	*at = '\0';
}

/* How many bytes write_texts fills at most: each text as a value and in the line. */
static size_t texts_size(const struct draft *draft)
{
	size_t size = 1;

	for (unsigned i = 0; i < draft->count; i++) {
		size += draft->word[i].len + 1;
		if (draft->word[i].value.type != CLI_TYPE_KEYWORD)
			size += draft->word[i].len + 1;
		if (draft->word[i].value.type == CLI_TYPE_TEXT)
			size += 4; /* delimiters */
	}
	return size;
}

static struct cli_args *finish(struct draft *draft, const struct cli_command *command)
{
	struct cli_args *args;

	for (unsigned i = 0; i < draft->count; i++)
		read_value(draft, &draft->word[i]);
	args = malloc(sizeof(*args) + draft->count * sizeof(args->value[0]) + texts_size(draft));
	if (!args)
		return NULL;
	*args = (struct cli_args) {
		.command = command,
		.count = draft->count,
		.value = (struct cli_value *)(args + 1),
	};
	for (unsigned i = 0; i < draft->count; i++)
		args->value[i] = draft->word[i].value;
	write_texts(draft, args, (char *)(args->value + draft->count));
	return args;
}

static struct cli_args *build_args(
	const struct cli_matcher *matcher, int32_t last, const struct cli_command *command)
{
	struct draft *draft = collect(matcher, last);
	struct cli_args *args;

	if (!draft)
		return NULL;
	arrange(draft);
	args = finish(draft, command);
	free(draft);
	return args;
}

/* Offset of the first control byte, or `len`. Newlines stand only within a TEXT. */
static size_t find_control(const char *line, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)line[i];

		if ((c < 0x20 && c != '\t' && c != '\n') || c == 0x7f)
			return i;
	}
	return len;
}

/* The preferred reading of the whole line. */
static enum cli_parse_status conclude(struct cli_matcher *matcher, struct cli_parse *parse)
{
	const struct cli_command *command = NULL;
	const struct cli_thread *thread = NULL;
	const char *newline = memchr(matcher->line, '\n', matcher->len);

	if (matcher->text_open)
		return CLI_PARSE_MORE;
	for (size_t i = 0; i < matcher->now.count && !command; i++) {
		thread = &matcher->now.items[i];
		command = cli_matcher_accepts(matcher, thread);
	}
	if (!command && matcher->have_done) {
		thread = &matcher->done;
		command = cli_matcher_accepts(matcher, thread);
	}
	if (!command)
		return CLI_PARSE_INCOMPLETE;
	if (newline && thread != &matcher->done) {
		parse->offset = (size_t)(newline - matcher->line);
		return CLI_PARSE_INVALID;
	}
	parse->args = build_args(matcher, thread->match, command);
	return parse->args ? CLI_PARSE_OK : CLI_PARSE_NOMEM;
}

static enum cli_parse_status parse_words(const struct cli_grammar *grammar,
	const struct cli_mode *mode, unsigned flags, const char *line, size_t len,
	struct cli_parse *parse)
{
	enum cli_parse_status status = CLI_PARSE_NOMEM;
	struct cli_matcher matcher;

	if (cli_matcher_init(&matcher, grammar, mode, flags, line, len) == 0) {
		status = cli_matcher_run(&matcher, len);
		parse->offset = status == CLI_PARSE_OK ? len : matcher.at;
		if (status == CLI_PARSE_OK)
			status = conclude(&matcher, parse);
	}
	cli_matcher_fini(&matcher);
	return status;
}

enum cli_parse_status cli_grammar_parse(const struct cli_grammar *grammar,
	const struct cli_mode *mode, unsigned flags, const char *line, struct cli_parse *parse)
{
	size_t len = strlen(line);
	size_t start = 0;
	size_t control = find_control(line, len);

	*parse = (struct cli_parse) { .offset = control };
	while (len > 0 && is_blank(line[len - 1]))
		len--;
	while (start < len && is_blank(line[start]))
		start++;
	if (start == len || line[start] == '!')
		parse->status = CLI_PARSE_EMPTY;
	else if (control < len)
		parse->status = CLI_PARSE_INVALID;
	else
		parse->status = parse_words(grammar, mode, flags, line, len, parse);
	return parse->status;
}
