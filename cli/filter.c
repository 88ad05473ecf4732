/* SPDX-License-Identifier: BSD-3-Clause */

#include "cli/filter.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* In the order of enum cli_filter_kind, from INCLUDE on. */
const struct cli_help cli_filter_help[] = {
	{ "include", "Include lines that match" },
	{ "exclude", "Exclude lines that match" },
	{ "begin", "Begin with the line that matches" },
	{ "section", "Filter a section of output" },
	{ "count", "Count number of lines which match regexp" },
	{ "json", "Structured output" },
	{ NULL, NULL },
};

/* What IOS's `_` stands for. */
static const char delimiter[] = "(^|$|[ ,{}()])";

/* Every name begins differently, so one letter is enough. */
static enum cli_filter_kind find_kind(const char *word, size_t len)
{
	for (size_t i = 0; len > 0 && cli_filter_help[i].word; i++) {
		if (strncasecmp(cli_filter_help[i].word, word, len) == 0)
			return (enum cli_filter_kind)(i + CLI_FILTER_INCLUDE);
	}
	return CLI_FILTER_NONE;
}

/* Past a bracket expression beginning at `at`, in which nothing is special but its end. */
static const char *skip_bracket(const char *at)
{
	at++;
	if (*at == '^')
		at++;
	if (*at == ']')
		at++;
	while (*at && *at != ']')
		at++;
	return *at ? at + 1 : at;
}

/* Writes the POSIX form of an IOS expression: `_` becomes the class of delimiters. */
static char *translate(const char *pattern)
{
	char *posix = malloc(strlen(pattern) * (sizeof(delimiter) - 1) + 1);
	char *out = posix;
	const char *at = pattern;

	while (posix && *at) {
		const char *end = at + 1;

		if (*at == '_') {
			out = stpcpy(out, delimiter);
			at = end;
			continue;
		}
		if (*at == '[')
			end = skip_bracket(at);
		else if (at[0] == '\\' && at[1] == '_')
			end = ++at + 1;
		else if (at[0] == '\\' && at[1])
			end = at + 2;
		memcpy(out, at, (size_t)(end - at));
		out += end - at;
		at = end;
	}
	if (posix)
		*out = '\0';
	return posix;
}

int cli_filter_parse(struct cli_filter *filter, const char *text, size_t *offset)
{
	size_t start = strspn(text, " \t");
	size_t len = strcspn(text + start, " \t");
	size_t pattern = start + len + strspn(text + start + len, " \t");
	char *posix;
	int err;

	*filter = (struct cli_filter) { .kind = find_kind(text + start, len) };
	*offset = start;
	if (len == 0)
		return -ENODATA;
	if (filter->kind == CLI_FILTER_NONE)
		return -EINVAL;
	*offset = pattern;
	if (filter->kind == CLI_FILTER_JSON && text[pattern] == '\0')
		return 0;
	if (filter->kind == CLI_FILTER_JSON)
		return -EINVAL;
	if (text[pattern] == '\0')
		return -ENODATA;
	posix = translate(text + pattern);
	err = posix ? regcomp(&filter->regex, posix, REG_EXTENDED | REG_NOSUB) : REG_ESPACE;
	free(posix);
	return err ? -EINVAL : 0;
}

void cli_filter_fini(struct cli_filter *filter)
{
	if (filter->kind != CLI_FILTER_NONE && filter->kind != CLI_FILTER_JSON)
		regfree(&filter->regex);
	filter->kind = CLI_FILTER_NONE;
}

static bool section(struct cli_filter *filter, const char *line, bool matches)
{
	size_t indent = strspn(line, " ");

	if (filter->open && indent > filter->indent)
		return true;
	filter->open = matches;
	filter->indent = indent;
	return matches;
}

bool cli_filter_passes(struct cli_filter *filter, const char *line)
{
	bool matches;

	if (filter->kind == CLI_FILTER_NONE)
		return true;
	if (filter->kind == CLI_FILTER_JSON)
		return false;
	if (filter->kind == CLI_FILTER_BEGIN && filter->open)
		return true;
	matches = regexec(&filter->regex, line, 0, NULL, 0) == 0;
	switch (filter->kind) {
	case CLI_FILTER_EXCLUDE:
		return !matches;
	case CLI_FILTER_BEGIN:
		filter->open = matches;
		return matches;
	case CLI_FILTER_SECTION:
		return section(filter, line, matches);
	case CLI_FILTER_COUNT:
		filter->count += matches;
		return false;
	default:
		return matches;
	}
}
