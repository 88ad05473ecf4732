/* SPDX-License-Identifier: BSD-3-Clause */

/*
 * Thompson's construction: the expression becomes a graph of nodes, of which all that may be
 * reached by the line so far are followed at once. A node is looked at once per character.
 */

#include "cli/output/regex.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "cli/grammar/width.h"

enum { NONE = -1, ASCII = 128 };

enum kind {
	CHARACTER,
	ANY,
	SET,
	BEGIN,
	END,
	SPLIT, /* goes on at both next and other */
	JUMP,
	MATCH,
};

struct range {
	uint32_t low;
	uint32_t high;
};

struct node {
	enum kind kind;
	int32_t next;
	int32_t other;
	uint32_t code; /* CHARACTER: itself; SET: index of the set */
};

/* Characters below 128 as bits; the others as sorted ranges that do not touch. */
struct set {
	uint64_t ascii[2];
	bool negated;
	size_t first; /* of its ranges */
	size_t count;
};

/* Nodes in which the line so far may be. */
struct threads {
	int32_t *node;
	size_t count;
};

struct cli_regex {
	struct node *nodes;
	size_t count;
	int32_t start;
	struct set *sets;
	size_t set_count;
	struct range *ranges;
	size_t range_count;
	struct threads now;
	struct threads then;
	int32_t *stack;
	uint32_t *seen; /* per node: the last position at which it was looked at */
	uint32_t position;
	size_t steps;
	bool matched;
};

struct parser {
	struct cli_regex *regex;
	const char *pattern;
	size_t at;
	size_t len;
	unsigned depth;
	struct cli_regex_error *error;
	bool failed;
};

/* Part of the graph: where it begins, and the node whose `next` is still to be set. */
struct part {
	int32_t start;
	int32_t end;
};

static void fail(struct parser *parser, size_t offset, const char *reason)
{
	if (!parser->failed)
		*parser->error = (struct cli_regex_error) { offset, reason };
	parser->failed = true;
}

static int32_t add_node(struct parser *parser, enum kind kind, uint32_t code, int32_t other)
{
	struct cli_regex *regex = parser->regex;

	if (regex->count == CLI_REGEX_NODES) {
		fail(parser, parser->at, "expression too large");
		return 0;
	}
	regex->nodes[regex->count] = (struct node) { kind, NONE, other, code };
	return (int32_t)regex->count++;
}

static struct part single(struct parser *parser, enum kind kind, uint32_t code)
{
	int32_t node = add_node(parser, kind, code, NONE);

	return (struct part) { node, node };
}

static void connect(struct parser *parser, int32_t from, int32_t to)
{
	parser->regex->nodes[from].next = to;
}

static struct part either(struct parser *parser, struct part left, struct part right)
{
	int32_t split = add_node(parser, SPLIT, 0, right.start);
	int32_t join = add_node(parser, JUMP, 0, NONE);

	connect(parser, split, left.start);
	connect(parser, left.end, join);
	connect(parser, right.end, join);
	return (struct part) { split, join };
}

static struct part repeat(struct parser *parser, struct part body, char how)
{
	int32_t split;

	if (how == '?')
		return either(parser, body, single(parser, JUMP, 0));
	split = add_node(parser, SPLIT, 0, body.start);
	connect(parser, body.end, split);
	return (struct part) { how == '+' ? body.start : split, split };
}

static uint32_t take(struct parser *parser)
{
	uint32_t code;

	parser->at +=
		cli_utf8_decode(parser->pattern + parser->at, parser->len - parser->at, &code);
	return code;
}

static bool more(const struct parser *parser)
{
	return parser->at < parser->len;
}

static bool peek(const struct parser *parser, char c)
{
	return more(parser) && parser->pattern[parser->at] == c;
}

/* The set that was begun last is the only one that grows. */
static void include(struct cli_regex *regex, struct set *set, uint32_t low, uint32_t high)
{
	for (; low <= high && low < ASCII; low++)
		set->ascii[low / 64] |= UINT64_C(1) << low % 64;
	if (low <= high) {
		regex->ranges[regex->range_count++] = (struct range) { low, high };
		set->count++;
	}
}

static int by_low(const void *a, const void *b)
{
	uint32_t left = ((const struct range *)a)->low;
	uint32_t right = ((const struct range *)b)->low;

	return (left > right) - (left < right);
}

/* Sorts the ranges of the last set, and joins what overlaps. */
static void tidy(struct cli_regex *regex, struct set *set)
{
	struct range *ranges = regex->ranges + set->first;
	size_t kept = 0;

	qsort(ranges, set->count, sizeof(*ranges), by_low);
	for (size_t i = 0; i < set->count; i++) {
		if (kept > 0 && ranges[i].low <= ranges[kept - 1].high) {
			if (ranges[i].high > ranges[kept - 1].high)
				ranges[kept - 1].high = ranges[i].high;
		} else {
			ranges[kept++] = ranges[i];
		}
	}
	set->count = kept;
	regex->range_count = set->first + kept;
}

static struct set *add_set(struct cli_regex *regex)
{
	struct set *set = &regex->sets[regex->set_count++];

	*set = (struct set) { .first = regex->range_count };
	return set;
}

/* One member of a set, where a backslash makes the next one literal. */
static uint32_t take_member(struct parser *parser)
{
	if (peek(parser, '\\') && parser->at + 1 < parser->len)
		parser->at++;
	return take(parser);
}

/* Whether the hyphen here stands between two members. */
static bool is_range(const struct parser *parser)
{
	return peek(parser, '-') && parser->at + 1 < parser->len &&
	       parser->pattern[parser->at + 1] != ']';
}

/* After `[`. */
static struct part parse_set(struct parser *parser)
{
	struct cli_regex *regex = parser->regex;
	size_t opened = parser->at - 1;
	size_t index = regex->set_count;
	struct set *set = add_set(regex);
	bool first = true;

	set->negated = peek(parser, '^');
	parser->at += set->negated;
	for (; more(parser) && (first || !peek(parser, ']')); first = false) {
		size_t start = parser->at;
		uint32_t low = take_member(parser);
		uint32_t high = low;

		if (is_range(parser)) {
			parser->at++;
			high = take_member(parser);
		}
		if (low > high)
			fail(parser, start, "range out of order");
		include(regex, set, low, high);
	}
	if (!more(parser))
		fail(parser, opened, "unmatched [");
	parser->at++;
	tidy(regex, set);
	return single(parser, SET, (uint32_t)index);
}

static struct part parse_delimiter(struct parser *parser)
{
	struct cli_regex *regex = parser->regex;
	uint32_t index = (uint32_t)regex->set_count;
	struct set *set = add_set(regex);

	for (const char *c = ", {}()"; *c; c++)
		include(regex, set, (uint32_t)*c, (uint32_t)*c);
	return either(parser, single(parser, SET, index),
		either(parser, single(parser, BEGIN, 0), single(parser, END, 0)));
}

/* After the backslash at `at - 1`. */
static struct part parse_escape(struct parser *parser)
{
	size_t backslash = parser->at - 1;

	if (!more(parser))
		fail(parser, backslash, "nothing after \\");
	else if (parser->pattern[parser->at] >= '1' && parser->pattern[parser->at] <= '9')
		fail(parser, backslash, "back references are not supported");
	return single(parser, CHARACTER, more(parser) ? take(parser) : 0);
}

static struct part parse_alternatives(struct parser *parser);

/* After `(`. */
static struct part parse_group(struct parser *parser)
{
	size_t opened = parser->at - 1;
	struct part part;

	if (++parser->depth > CLI_REGEX_DEPTH) {
		fail(parser, opened, "too many parentheses within each other");
		return single(parser, JUMP, 0);
	}
	part = parse_alternatives(parser);
	parser->depth--;
	if (!peek(parser, ')'))
		fail(parser, opened, "unmatched (");
	parser->at++;
	return part;
}

static struct part parse_one(struct parser *parser)
{
	size_t start = parser->at;
	uint32_t code = take(parser);

	switch (code) {
	case '.':
		return single(parser, ANY, 0);
	case '^':
		return single(parser, BEGIN, 0);
	case '$':
		return single(parser, END, 0);
	case '_':
		return parse_delimiter(parser);
	case '[':
		return parse_set(parser);
	case '(':
		return parse_group(parser);
	case '\\':
		return parse_escape(parser);
	case '*':
	case '+':
	case '?':
		fail(parser, start, "nothing to repeat");
		break;
	default:
		break;
	}
	return single(parser, CHARACTER, code);
}

static struct part parse_sequence(struct parser *parser)
{
	struct part whole = single(parser, JUMP, 0);

	while (more(parser) && !peek(parser, '|') && !peek(parser, ')') && !parser->failed) {
		struct part part = parse_one(parser);

		while (peek(parser, '*') || peek(parser, '+') || peek(parser, '?'))
			part = repeat(parser, part, parser->pattern[parser->at++]);
		connect(parser, whole.end, part.start);
		whole.end = part.end;
	}
	return whole;
}

static struct part parse_alternatives(struct parser *parser)
{
	struct part whole = parse_sequence(parser);

	while (peek(parser, '|') && !parser->failed) {
		parser->at++;
		whole = either(parser, whole, parse_sequence(parser));
	}
	return whole;
}

static void parse(struct parser *parser)
{
	struct part whole = parse_alternatives(parser);

	if (peek(parser, ')'))
		fail(parser, parser->at, "unmatched )");
	connect(parser, whole.end, single(parser, MATCH, 0).start);
	parser->regex->start = whole.start;
}

/* Room for the largest graph first, and what is not needed given back. */
static bool make_room(struct cli_regex *regex, size_t len)
{
	regex->nodes = calloc(CLI_REGEX_NODES, sizeof(*regex->nodes));
	regex->sets = calloc(len + 1, sizeof(*regex->sets));
	regex->ranges = calloc(len + 1, sizeof(*regex->ranges));
	return regex->nodes && regex->sets && regex->ranges;
}

static bool make_threads(struct cli_regex *regex)
{
	regex->now.node = calloc(regex->count, sizeof(int32_t));
	regex->then.node = calloc(regex->count, sizeof(int32_t));
	/* Each node pushes two at most, and is looked at once. */
	regex->stack = calloc(2 * regex->count + 1, sizeof(int32_t));
	regex->seen = calloc(regex->count, sizeof(uint32_t));
	return regex->now.node && regex->then.node && regex->stack && regex->seen;
}

void cli_regex_free(struct cli_regex *regex)
{
	if (!regex)
		return;
	free(regex->nodes);
	free(regex->sets);
	free(regex->ranges);
	free(regex->now.node);
	free(regex->then.node);
	free(regex->stack);
	free(regex->seen);
	free(regex);
}

struct cli_regex *cli_regex_new(const char *pattern, struct cli_regex_error *error)
{
	struct cli_regex *regex = calloc(1, sizeof(*regex));
	struct parser parser = {
		.regex = regex, .pattern = pattern, .len = strlen(pattern), .error = error
	};

	*error = (struct cli_regex_error) { 0, "out of memory" };
	/* Each byte is a node or makes one larger; a longer one is not even looked at. */
	if (parser.len > CLI_REGEX_NODES)
		fail(&parser, CLI_REGEX_NODES, "expression too large");
	else if (!regex || !make_room(regex, parser.len))
		parser.failed = true;
	else
		parse(&parser);
	if (parser.failed || !make_threads(regex)) {
		cli_regex_free(regex);
		return NULL;
	}
	return regex;
}

static bool in_ranges(const struct range *ranges, size_t count, uint32_t code)
{
	while (count > 0) {
		size_t half = count / 2;

		if (code < ranges[half].low) {
			count = half;
		} else if (code > ranges[half].high) {
			ranges += half + 1;
			count -= half + 1;
		} else {
			return true;
		}
	}
	return false;
}

static bool in_set(const struct cli_regex *regex, const struct set *set, uint32_t code)
{
	bool in = code < ASCII ? set->ascii[code / 64] >> code % 64 & 1
			       : in_ranges(regex->ranges + set->first, set->count, code);

	return in != set->negated;
}

static bool takes(const struct cli_regex *regex, const struct node *node, uint32_t code)
{
	switch (node->kind) {
	case CHARACTER:
		return node->code == code;
	case ANY:
		return true;
	case SET:
		return in_set(regex, &regex->sets[node->code], code);
	default:
		return false;
	}
}

/* Adds a node and all that follow from it without a character. */
static void follow(
	struct cli_regex *regex, struct threads *threads, int32_t from, bool begin, bool end)
{
	size_t depth = 0;

	regex->stack[depth++] = from;
	while (depth > 0) {
		int32_t at = regex->stack[--depth];
		const struct node *node = &regex->nodes[at];

		regex->steps++;
		if (regex->seen[at] == regex->position)
			continue;
		regex->seen[at] = regex->position;
		if (node->kind == MATCH)
			regex->matched = true;
		else if (node->kind == SPLIT)
			regex->stack[depth++] = node->other;
		else if (node->kind <= SET)
			threads->node[threads->count++] = at;
		if (node->kind == SPLIT || node->kind == JUMP || (node->kind == BEGIN && begin) ||
			(node->kind == END && end))
			regex->stack[depth++] = node->next;
	}
}

static void next_position(struct cli_regex *regex)
{
	if (++regex->position == 0) {
		memset(regex->seen, 0, regex->count * sizeof(*regex->seen));
		regex->position = 1;
	}
}

/* Follows every thread over one character. */
static void step(struct cli_regex *regex, uint32_t code, bool end)
{
	struct threads old = regex->now;

	regex->now = regex->then;
	regex->now.count = 0;
	regex->then = old;
	next_position(regex);
	for (size_t i = 0; i < old.count; i++) {
		const struct node *node = &regex->nodes[old.node[i]];

		regex->steps++;
		if (takes(regex, node, code))
			follow(regex, &regex->now, node->next, false, end);
	}
	/* A match may begin anywhere. */
	follow(regex, &regex->now, regex->start, false, end);
}

enum cli_regex_result cli_regex_match(struct cli_regex *regex, const char *line)
{
	size_t len = strlen(line);
	size_t at = 0;

	regex->steps = 0;
	regex->matched = false;
	regex->now.count = 0;
	next_position(regex);
	follow(regex, &regex->now, regex->start, true, len == 0);
	while (at < len && !regex->matched) {
		uint32_t code;

		if (regex->steps > CLI_REGEX_STEPS)
			return CLI_REGEX_COSTLY;
		at += cli_utf8_decode(line + at, len - at, &code);
		step(regex, code, at == len);
	}
	return regex->matched ? CLI_REGEX_YES : CLI_REGEX_NO;
}

size_t cli_regex_steps(const struct cli_regex *regex)
{
	return regex->steps;
}
