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
	{ "redirect", "Redirect output to a file in flash:" },
	{ "append", "Append redirected output to a file in flash:" },
	{ "tee", "Copy output to a file in flash:" },
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

static bool has_file(enum cli_filter_kind kind)
{
	return kind == CLI_FILTER_REDIRECT || kind == CLI_FILTER_APPEND || kind == CLI_FILTER_TEE;
}

static bool has_regex(enum cli_filter_kind kind)
{
	return kind >= CLI_FILTER_INCLUDE && kind <= CLI_FILTER_COUNT;
}

bool cli_filter_wants_file(const char *text)
{
	size_t start = strspn(text, " \t");

	return has_file(find_kind(text + start, strcspn(text + start, " \t")));
}

/* One word, which for `tee` may have /append before it. */
static int parse_file(struct cli_filter *filter, const char *text, size_t *offset)
{
	static const char option[] = "/append";
	size_t len = strcspn(text + *offset, " \t");
	size_t end;

	if (filter->kind == CLI_FILTER_TEE && len > 1 && len < sizeof(option) &&
		strncasecmp(text + *offset, option, len) == 0) {
		filter->append = true;
		*offset += len + strspn(text + *offset + len, " \t");
		len = strcspn(text + *offset, " \t");
	}
	if (len == 0)
		return -ENODATA;
	end = *offset + len + strspn(text + *offset + len, " \t");
	if (text[end]) {
		*offset = end;
		return -EINVAL;
	}
	filter->append = filter->append || filter->kind == CLI_FILTER_APPEND;
	filter->file = strndup(text + *offset, len);
	return filter->file ? 0 : -ENOMEM;
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
	if (has_file(filter->kind))
		return parse_file(filter, text, offset);
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
	if (has_regex(filter->kind))
		regfree(&filter->regex);
	free(filter->file);
	filter->file = NULL;
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
