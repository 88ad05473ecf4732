/* SPDX-License-Identifier: BSD-3-Clause */

/* `?` and Tab: listing what the grammar says may come next. */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cli/output/filter.h"
#include "cli/session/session.h"

enum { MAX_CANDIDATES = 512 };

/* Words that every configuration mode takes before a line. */
static const struct cli_help prefix_help[] = {
	{ "default", "Set a command to its defaults" },
	{ "do", "To run exec commands in config mode" },
	{ "no", "Negate a command or set its defaults" },
	{ NULL, NULL },
};

struct listing {
	struct cli_candidate *items;
	size_t count;
	const char *words; /* the part of the line that was looked at */
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* The last word of the line, which may be empty. */
static const char *last_word(const char *line)
{
	size_t at = strlen(line);

	while (at > 0 && !is_blank(line[at - 1]))
		at--;
	return line + at;
}

static bool begins(const char *word, const char *prefix)
{
	return strncasecmp(word, prefix, strlen(prefix)) == 0;
}

static void add_help(struct listing *listing, const struct cli_help *help, const char *prefix)
{
	for (; help->word; help++) {
		struct cli_candidate *item;

		if (!begins(help->word, prefix) || listing->count == MAX_CANDIDATES)
			continue;
		item = &listing->items[listing->count++];
		*item = (struct cli_candidate) { .help = help->text };
		snprintf(item->word, sizeof(item->word), "%s", help->word);
	}
}

static int by_word(const void *a, const void *b)
{
	const struct cli_candidate *left = a;
	const struct cli_candidate *right = b;

	return strcasecmp(left->word, right->word);
}

static void ask_grammar(struct cli_session *session, struct listing *listing,
	const struct cli_mode *mode, unsigned flags)
{
	const struct cli_grammar *grammar = cli_tree_grammar(cli_config_tree(session->config));
	size_t count = cli_grammar_candidates(
		grammar, mode, flags, listing->words, listing->items, MAX_CANDIDATES);

	listing->count = count < MAX_CANDIDATES ? count : MAX_CANDIDATES;
}

static void list_exec(struct cli_session *session, struct listing *listing)
{
	const struct cli_grammar *grammar = cli_tree_grammar(cli_config_tree(session->config));
	size_t pipe = cli_session_pipe(listing->words);
	const char *filter = listing->words + pipe;

	if (*filter == '\0') {
		ask_grammar(session, listing, cli_grammar_mode(grammar, "exec"),
			session->privileged ? 0 : CLI_PARSE_USER);
		return;
	}
	filter += 1 + strspn(filter + 1, " \t");
	listing->words = filter;
	if (strpbrk(filter, " \t") == NULL) {
		add_help(listing, cli_filter_help, filter);
	} else {
		bool file = cli_filter_wants_file(filter);

		snprintf(listing->items[0].word, sizeof(listing->items[0].word), "%s",
			file ? "WORD" : "LINE");
		listing->items[0].help =
			file ? "File name, such as flash:NAME" : "Regular Expression";
		listing->items[0].value = true;
		listing->count = 1;
	}
}

/* The mode's own words; where it has none for this beginning, those of the modes above. */
static void list_config(struct cli_session *session, struct listing *listing)
{
	const struct cli_cursor *cursor = &session->cursor;
	unsigned flags = 0;

	for (const struct cli_help *help = prefix_help; help->word; help++) {
		size_t len = strlen(help->word);

		if (strncasecmp(listing->words, help->word, len) == 0 &&
			is_blank(listing->words[len])) {
			listing->words += len + strspn(listing->words + len, " \t");
			flags = CLI_PARSE_NO;
		}
	}
	for (unsigned depth = cursor->depth + 1; depth-- > 0 && listing->count == 0;)
		ask_grammar(session, listing, cursor->level[depth].mode, flags);
	if (flags == 0 && strpbrk(listing->words, " \t") == NULL) {
		add_help(listing, prefix_help, listing->words);
		qsort(listing->items, listing->count, sizeof(listing->items[0]), by_word);
	}
}

/* Fills the listing, whose items are to be freed. False without memory. */
static bool list(struct cli_session *session, const char *line, struct listing *listing)
{
	size_t after_do = cli_session_do(session, line);

	*listing = (struct listing) { .words = line + after_do };
	listing->words += strspn(listing->words, " \t");
	listing->items = calloc(MAX_CANDIDATES, sizeof(listing->items[0]));
	if (!listing->items)
		return false;
	if (session->configuring && after_do == 0)
		list_config(session, listing);
	else
		list_exec(session, listing);
	return true;
}

static void print_explained(struct cli_session *session, const struct listing *listing)
{
	int width = 0;

	for (size_t i = 0; i < listing->count; i++) {
		int len = (int)strlen(listing->items[i].word);

		width = len > width ? len : width;
	}
	for (size_t i = 0; i < listing->count; i++) {
		const struct cli_candidate *item = &listing->items[i];

		if (item->help[0])
			cli_printf(session->out, "  %-*s  %s\n", width, item->word, item->help);
		else
			cli_printf(session->out, "  %s\n", item->word);
	}
}

static void print_columns(struct cli_session *session, const struct listing *listing)
{
	size_t column = 0;

	for (size_t i = 0; i < listing->count; i++) {
		const char *word = listing->items[i].word;

		if (column > 0 && column + strlen(word) >= session->width) {
			cli_puts(session->out, "\n");
			column = 0;
		}
		cli_printf(session->out, "%s%s", column > 0 ? "  " : "", word);
		column += strlen(word) + 2;
	}
	cli_puts(session->out, "\n");
}

/* Whether an unfinished word is to be listed in columns: only keywords are. */
static bool is_word_list(const struct listing *listing, const char *line)
{
	if (*last_word(line) == '\0')
		return false;
	for (size_t i = 0; i < listing->count; i++) {
		if (listing->items[i].value)
			return false;
	}
	return true;
}

static void print_nothing(
	struct cli_session *session, const struct listing *listing, const char *line)
{
	const struct cli_tree *tree = cli_config_tree(session->config);
	const struct cli_mode *mode = cli_grammar_mode(cli_tree_grammar(tree), "exec");
	struct cli_parse parse;

	if (session->configuring && cli_session_do(session, line) == 0)
		mode = session->cursor.level[session->cursor.depth].mode;
	cli_grammar_parse(cli_tree_grammar(tree), mode, 0, listing->words, &parse);
	if (parse.status == CLI_PARSE_AMBIGUOUS)
		cli_printf(session->out, "%% Ambiguous command:  \"%s\"\n", line);
	else
		cli_puts(session->out, "% Unrecognized command\n");
	cli_args_free(parse.args);
}

void cli_session_help(struct cli_session *session, const char *line)
{
	struct listing listing;

	if (!list(session, line, &listing)) {
		cli_session_finish(session, -ENOMEM);
		return;
	}
	if (listing.count == 0)
		print_nothing(session, &listing, line);
	else if (is_word_list(&listing, line))
		print_columns(session, &listing);
	else
		print_explained(session, &listing);
	cli_puts(session->out, "\n");
	free(listing.items);
	cli_session_finish(session, 0);
}

/* How many characters all keywords of the listing share. */
static size_t common_prefix(const struct listing *listing, const char **first, size_t *keywords)
{
	size_t common = 0;

	*first = NULL;
	*keywords = 0;
	for (size_t i = 0; i < listing->count; i++) {
		const char *word = listing->items[i].word;
		size_t same = 0;

		if (listing->items[i].value)
			continue;
		if ((*keywords)++ == 0) {
			*first = word;
			common = strlen(word);
			continue;
		}
		while (same < common && word[same] == (*first)[same])
			same++;
		common = same;
	}
	return common;
}

void cli_session_complete(struct cli_session *session, const char *line)
{
	const char *word = last_word(line);
	struct cli_message reply = { .type = CLI_MSG_COMPLETION };
	char text[80];
	struct listing listing;
	const char *first;
	size_t keywords;
	size_t common;

	reply.number[0] = (uint32_t)(word - line);
	reply.text = word;
	reply.text_len = strlen(word);
	if (*word && list(session, line, &listing)) {
		common = common_prefix(&listing, &first, &keywords);
		if (keywords > 0 && common >= strlen(word)) {
			reply.text = text;
			reply.text_len = (size_t)snprintf(text, sizeof(text), "%.*s%s", (int)common,
				first, keywords == 1 ? " " : "");
		}
		free(listing.items);
	}
	session->ops->send(session->link, &reply);
}
