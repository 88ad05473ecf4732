/* SPDX-License-Identifier: BSD-3-Clause */

/*
 * Walks a line's words through the automaton, all readings at once. Threads are kept in order of
 * preference, so that the first one left that accepts is the reading meant.
 */

#include "cli/grammar/automaton.h"
#include "cli/grammar/width.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct word {
	const char *text;
	size_t start;
	size_t len;
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static void *grow(void *items, size_t count, size_t *room, size_t size)
{
	void *grown = items;

	if (count == *room) {
		size_t more = *room ? *room * 2 : 32;

		grown = reallocarray(items, more, size);
		if (grown)
			*room = more;
	}
	return grown;
}

static int threads_add(struct cli_threads *threads, struct cli_thread thread)
{
	struct cli_thread *grown;

	for (size_t i = 0; i < threads->count; i++) {
		const struct cli_thread *there = &threads->items[i];

		if (there->position == thread.position && there->once == thread.once &&
			there->half == thread.half)
			return 0;
	}
	grown = grow(threads->items, threads->count, &threads->room, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	threads->items = grown;
	grown[threads->count++] = thread;
	return 0;
}

static int32_t match_add(
	struct cli_matcher *matcher, uint32_t position, int32_t previous, const struct word *word)
{
	struct cli_match *grown =
		grow(matcher->matches, matcher->match_count, &matcher->match_room, sizeof(*grown));

	if (!grown)
		return -1;
	matcher->matches = grown;
	grown[matcher->match_count] = (struct cli_match) {
		.position = position,
		.previous = previous,
		.start = (uint32_t)word->start,
		.len = (uint32_t)word->len,
	};
	return (int32_t)matcher->match_count++;
}

const struct cli_mode_entry *cli_mode_entry(
	const struct cli_grammar *grammar, const struct cli_mode *mode)
{
	for (size_t i = 0; i < grammar->mode_count; i++) {
		if (grammar->modes[i].mode == mode)
			return &grammar->modes[i];
	}
	return NULL;
}

int cli_matcher_init(struct cli_matcher *matcher, const struct cli_grammar *grammar,
	const struct cli_mode *mode, unsigned flags, const char *line, size_t len)
{
	const struct cli_mode_entry *entry = cli_mode_entry(grammar, mode);
	struct cli_thread start = { .match = -1 };

	*matcher = (struct cli_matcher) {
		.grammar = grammar, .line = line, .len = len, .flags = flags
	};
	if (!entry || len > INT32_MAX)
		return -EINVAL;
	start.position = entry->root;
	return threads_add(&matcher->now, start);
}

void cli_matcher_fini(struct cli_matcher *matcher)
{
	free(matcher->now.items);
	free(matcher->next.items);
	free(matcher->matches);
}

bool cli_matcher_may(const struct cli_matcher *matcher, const struct cli_thread *thread,
	const struct cli_edge *edge)
{
	const struct cli_position *to = &matcher->grammar->positions[edge->to];
	unsigned need = matcher->flags & CLI_PARSE_NO ? CLI_USE_NO : CLI_USE_PLAIN;

	if (matcher->flags & CLI_PARSE_USER)
		need |= CLI_USE_USER;
	return (to->uses & need) == need && (thread->once & edge->once) == 0;
}

static bool allowed(const struct cli_matcher *matcher, const struct cli_command *command)
{
	return command && (!(matcher->flags & CLI_PARSE_USER) || (command->flags & CLI_USER));
}

const struct cli_command *cli_matcher_accepts(
	const struct cli_matcher *matcher, const struct cli_thread *thread)
{
	const struct cli_position *position = &matcher->grammar->positions[thread->position];
	const struct cli_command *command;

	if (thread->half)
		return NULL;
	if (matcher->flags & CLI_PARSE_NO)
		command = position->accept_no ? position->accept_no : position->trailing;
	else
		command = position->accept;
	return allowed(matcher, command) ? command : NULL;
}

/* The next word before `limit`, or false. A word that reaches `limit` is not yet complete. */
static bool next_word(struct cli_matcher *matcher, size_t limit, struct word *word)
{
	size_t at = matcher->at;
	size_t end;

	while (at < limit && is_blank(matcher->line[at]))
		at++;
	matcher->at = at;
	for (end = at; end < limit && !is_blank(matcher->line[end]); end++)
		;
	*word = (struct word) { matcher->line + at, at, end - at };
	return end > at && (end < limit || end == matcher->len);
}

enum fit { FIT_NONE, FIT_PREFIX, FIT_EXACT, FIT_VALUE, FIT_HALF };

static enum fit fit_word(const struct cli_position *position, const struct word *word)
{
	struct cli_value value;
	int err;

	if (position->word) {
		if (strncasecmp(position->word, word->text, word->len) != 0)
			return FIT_NONE;
		return position->word[word->len] == '\0' ? FIT_EXACT : FIT_PREFIX;
	}
	err = cli_value_parse(&position->spec, word->text, word->len, &value);
	if (err == -EAGAIN)
		return FIT_HALF;
	return err ? FIT_NONE : FIT_VALUE;
}

/* What the candidates for one word come to, before threads are made of them. */
struct census {
	bool exact;
	bool value;
	bool ambiguous;
	const char *prefix; /* the keyword abbreviated */
};

static void count_fit(struct census *census, const struct cli_position *position, enum fit fit)
{
	census->exact |= fit == FIT_EXACT;
	census->value |= fit == FIT_VALUE || fit == FIT_HALF;
	if (fit != FIT_PREFIX)
		return;
	census->ambiguous |= census->prefix && strcmp(census->prefix, position->word) != 0;
	census->prefix = position->word;
}

/* An exact keyword is meant, whatever else would fit; an ambiguous abbreviation is no keyword. */
static bool counts(const struct census *census, enum fit fit)
{
	if (fit == FIT_NONE || (census->exact && fit != FIT_EXACT))
		return false;
	return fit != FIT_PREFIX || !census->ambiguous;
}

/* An interface type stood alone: its number must be this word. */
static bool joins(
	const struct cli_matcher *matcher, const struct cli_thread *thread, const struct word *word)
{
	const struct cli_match *type = &matcher->matches[thread->match];
	size_t end = word->start + word->len;
	struct cli_ifname ifname;

	return cli_ifname_parse(matcher->line + type->start, end - type->start, &ifname) == 0;
}

/* Where a TEXT beginning at `start` ends: past its closing delimiter; 0 when that is missing. */
static size_t text_end(const char *line, size_t len, size_t start, size_t *delimiter)
{
	uint32_t code;

	*delimiter = line[start] == '^' && start + 1 < len && line[start + 1] == 'C'
			     ? 2
			     : cli_utf8_decode(line + start, len - start, &code);
	if (start + *delimiter >= len)
		return 0;
	for (size_t at = start + *delimiter; at + *delimiter <= len; at++) {
		if (memcmp(line + at, line + start, *delimiter) == 0)
			return at + *delimiter;
	}
	return 0;
}

/* LINE and TEXT: the thread is through with the line. The first one found is preferred. */
static int take_rest(struct cli_matcher *matcher, const struct cli_thread *thread,
	const struct cli_edge *edge, struct word word)
{
	const struct cli_position *to = &matcher->grammar->positions[edge->to];
	size_t end = matcher->len;
	size_t delimiter;

	if (matcher->have_done)
		return 0;
	if (to->spec.type == CLI_TYPE_TEXT) {
		end = text_end(matcher->line, matcher->len, word.start, &delimiter);
		matcher->text_open = end == 0;
	}
	while (end > word.start && is_blank(matcher->line[end - 1]))
		end--;
	word.len = end > word.start ? end - word.start : 0;
	matcher->done = (struct cli_thread) { .position = edge->to };
	matcher->done.match = match_add(matcher, edge->to, thread->match, &word);
	matcher->have_done = true;
	return matcher->done.match < 0 ? -ENOMEM : 0;
}

static int follow_edge(struct cli_matcher *matcher, const struct cli_thread *thread,
	const struct cli_edge *edge, const struct word *word, enum fit fit)
{
	const struct cli_position *to = &matcher->grammar->positions[edge->to];
	struct cli_thread next = { .position = edge->to, .once = thread->once | edge->once };

	if (!to->word && (to->spec.type == CLI_TYPE_LINE || to->spec.type == CLI_TYPE_TEXT))
		return take_rest(matcher, thread, edge, *word);
	next.half = fit == FIT_HALF;
	next.match = match_add(matcher, edge->to, thread->match, word);
	return next.match < 0 ? -ENOMEM : threads_add(&matcher->next, next);
}

static int follow_half(
	struct cli_matcher *matcher, const struct cli_thread *thread, const struct word *word)
{
	const struct cli_match type = matcher->matches[thread->match];
	struct word whole = { matcher->line + type.start, type.start,
		word->start + word->len - type.start };
	struct cli_thread next = *thread;

	if (!joins(matcher, thread, word))
		return 0;
	next.half = false;
	next.match = match_add(matcher, type.position, type.previous, &whole);
	return next.match < 0 ? -ENOMEM : threads_add(&matcher->next, next);
}

static struct census take_census(const struct cli_matcher *matcher, const struct word *word)
{
	struct census census = { 0 };

	for (size_t t = 0; t < matcher->now.count; t++) {
		const struct cli_thread *thread = &matcher->now.items[t];
		const struct cli_position *at = &matcher->grammar->positions[thread->position];

		if (thread->half) {
			census.value |= joins(matcher, thread, word);
			continue;
		}
		for (unsigned e = 0; e < at->edge_count; e++) {
			const struct cli_position *to =
				&matcher->grammar->positions[at->edges[e].to];

			if (cli_matcher_may(matcher, thread, &at->edges[e]))
				count_fit(&census, to, fit_word(to, word));
		}
	}
	return census;
}

static int follow_thread(struct cli_matcher *matcher, const struct cli_thread *thread,
	const struct word *word, const struct census *census)
{
	const struct cli_position *at = &matcher->grammar->positions[thread->position];
	int err = 0;

	if (thread->half)
		return census->exact ? 0 : follow_half(matcher, thread, word);
	for (unsigned e = 0; e < at->edge_count && err == 0; e++) {
		enum fit fit;

		if (!cli_matcher_may(matcher, thread, &at->edges[e]))
			continue;
		fit = fit_word(&matcher->grammar->positions[at->edges[e].to], word);
		if (counts(census, fit))
			err = follow_edge(matcher, thread, &at->edges[e], word, fit);
	}
	return err;
}

static enum cli_parse_status take_word(struct cli_matcher *matcher, const struct word *word)
{
	struct census census = take_census(matcher, word);
	struct cli_threads swap;
	int err = 0;

	if (census.ambiguous && !census.exact && !census.value && !matcher->have_done)
		return CLI_PARSE_AMBIGUOUS;
	matcher->next.count = 0;
	for (size_t t = 0; t < matcher->now.count && err == 0; t++)
		err = follow_thread(matcher, &matcher->now.items[t], word, &census);
	if (err)
		return CLI_PARSE_NOMEM;
	swap = matcher->now;
	matcher->now = matcher->next;
	matcher->next = swap;
	if (matcher->now.count == 0 && !matcher->have_done)
		return CLI_PARSE_INVALID;
	return CLI_PARSE_OK;
}

enum cli_parse_status cli_matcher_run(struct cli_matcher *matcher, size_t limit)
{
	enum cli_parse_status status = CLI_PARSE_OK;
	struct word word;

	while (status == CLI_PARSE_OK && matcher->now.count > 0 &&
		next_word(matcher, limit, &word)) {
		status = take_word(matcher, &word);
		if (status == CLI_PARSE_OK)
			matcher->at = word.start + word.len;
	}
	return status;
}
