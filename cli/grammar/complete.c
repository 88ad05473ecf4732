/* SPDX-License-Identifier: BSD-3-Clause */

/* What may come next in a line: for `?` and Tab. */

#include "cli/grammar/automaton.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct listing {
	struct cli_candidate *items;
	size_t count;
	size_t room;
	const char *prefix;
	size_t prefix_len;
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static void add(struct listing *listing, const char *word, const char *help, bool value)
{
	struct cli_candidate *candidate;

	for (size_t i = 0; i < listing->count; i++) {
		candidate = &listing->items[i];
		if (strcmp(candidate->word, word) != 0)
			continue;
		if (candidate->help[0] == '\0' && help)
			candidate->help = help;
		return;
	}
	if (listing->count == listing->room) {
		size_t room = listing->room ? listing->room * 2 : 64;
		struct cli_candidate *grown = reallocarray(listing->items, room, sizeof(*grown));

		if (!grown)
			return;
		listing->items = grown;
		listing->room = room;
	}
	candidate = &listing->items[listing->count++];
	*candidate = (struct cli_candidate) { .help = help ? help : "", .value = value };
	snprintf(candidate->word, sizeof(candidate->word), "%s", word);
}

/* The types that begin with what is typed; IOS lists them as if they were keywords. Foreign ones,
 * of which there are many, wait for their first letter. */
static void add_interfaces(struct listing *listing, const char *help)
{
	for (unsigned i = 0; i < CLI_IF_TYPES; i++) {
		const char *name = cli_iftype_name((enum cli_iftype)i);

		if (cli_iftype_is_foreign((enum cli_iftype)i) && listing->prefix_len == 0)
			continue;
		if (strncasecmp(name, listing->prefix, listing->prefix_len) == 0)
			add(listing, name, help, false);
	}
}

static void add_value(struct listing *listing, const struct cli_position *position)
{
	char word[sizeof(((struct cli_candidate *)0)->word)];

	if (position->spec.type == CLI_TYPE_INTERFACE) {
		add_interfaces(listing, position->help);
		return;
	}
	if (listing->prefix_len > 0 &&
		!cli_value_begins(&position->spec, listing->prefix, listing->prefix_len))
		return;
	cli_value_placeholder(&position->spec, word, sizeof(word));
	add(listing, word, position->help, true);
}

static void add_position(struct listing *listing, const struct cli_position *position)
{
	if (!(position->uses & CLI_USE_VISIBLE))
		return;
	if (!position->word)
		add_value(listing, position);
	else if (strncasecmp(position->word, listing->prefix, listing->prefix_len) == 0)
		add(listing, position->word, position->help, false);
}

/* The number that an interface type still lacks. */
static void add_number(
	struct listing *listing, const struct cli_matcher *matcher, const struct cli_thread *thread)
{
	const struct cli_match *type = &matcher->matches[thread->match];
	struct cli_value_spec spec = { .type = CLI_TYPE_NUMBER };
	struct cli_ifname name;
	char word[sizeof(((struct cli_candidate *)0)->word)];

	cli_ifname_parse(matcher->line + type->start, type->len, &name);
	spec.low = cli_iftype_min(name.type);
	spec.high = cli_iftype_max(name.type);
	if (listing->prefix_len > 0 &&
		!cli_value_begins(&spec, listing->prefix, listing->prefix_len))
		return;
	cli_value_placeholder(&spec, word, sizeof(word));
	add(listing, word, cli_iftype_name(name.type), true);
}

static void add_thread(
	struct listing *listing, const struct cli_matcher *matcher, const struct cli_thread *thread)
{
	const struct cli_position *at = &matcher->grammar->positions[thread->position];

	if (thread->half) {
		add_number(listing, matcher, thread);
		return;
	}
	for (unsigned e = 0; e < at->edge_count; e++) {
		if (cli_matcher_may(matcher, thread, &at->edges[e]))
			add_position(listing, &matcher->grammar->positions[at->edges[e].to]);
	}
	if (listing->prefix_len == 0 && cli_matcher_accepts(matcher, thread))
		add(listing, "<cr>", NULL, true);
}

/* Values after keywords, <cr> last, each by name. */
static int compare(const void *a, const void *b)
{
	const struct cli_candidate *left = a;
	const struct cli_candidate *right = b;
	bool left_last = strcmp(left->word, "<cr>") == 0;
	bool right_last = strcmp(right->word, "<cr>") == 0;

	if (left_last != right_last)
		return left_last - right_last;
	return strcasecmp(left->word, right->word);
}

static size_t deliver(struct listing *listing, struct cli_candidate *list, size_t max)
{
	if (listing->count > 1)
		qsort(listing->items, listing->count, sizeof(listing->items[0]), compare);
	for (size_t i = 0; i < listing->count && i < max; i++)
		list[i] = listing->items[i];
	free(listing->items);
	return listing->count;
}

size_t cli_grammar_candidates(const struct cli_grammar *grammar, const struct cli_mode *mode,
	unsigned flags, const char *line, struct cli_candidate *list, size_t max)
{
	struct listing listing = { 0 };
	size_t len = strlen(line);
	size_t last = len;
	struct cli_matcher matcher;

	while (last > 0 && !is_blank(line[last - 1]))
		last--;
	listing.prefix = line + last;
	listing.prefix_len = len - last;
	if (cli_matcher_init(&matcher, grammar, mode, flags, line, last) == 0 &&
		cli_matcher_run(&matcher, last) == CLI_PARSE_OK) {
		for (size_t t = 0; t < matcher.now.count; t++)
			add_thread(&listing, &matcher, &matcher.now.items[t]);
		if (matcher.have_done && listing.prefix_len == 0)
			add(&listing, "<cr>", NULL, true);
	}
	cli_matcher_fini(&matcher);
	return deliver(&listing, list, max);
}
