/* SPDX-License-Identifier: BSD-3-Clause */

#include "cli/output/filter.h"

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

/* Every name begins differently, so one letter is enough. */
static enum cli_filter_kind find_kind(const char *word, size_t len)
{
	for (size_t i = 0; len > 0 && cli_filter_help[i].word; i++) {
		if (strncasecmp(cli_filter_help[i].word, word, len) == 0)
			return (enum cli_filter_kind)(i + CLI_FILTER_INCLUDE);
	}
	return CLI_FILTER_NONE;
}

static bool has_file(enum cli_filter_kind kind)
{
	return kind == CLI_FILTER_REDIRECT || kind == CLI_FILTER_APPEND || kind == CLI_FILTER_TEE;
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

static int parse_pattern(
	struct cli_filter *filter, const char *pattern, size_t *offset, const char **reason)
{
	struct cli_regex_error error;

	if (pattern[0] == '\0')
		return -ENODATA;
	filter->regex = cli_regex_new(pattern, &error);
	if (filter->regex)
		return 0;
	*offset += error.offset;
	*reason = error.reason;
	return -EINVAL;
}

int cli_filter_parse(
	struct cli_filter *filter, const char *text, size_t *offset, const char **reason)
{
	size_t start = strspn(text, " \t");
	size_t len = strcspn(text + start, " \t");
	size_t pattern = start + len + strspn(text + start + len, " \t");

	*filter = (struct cli_filter) { .kind = find_kind(text + start, len) };
	*offset = start;
	*reason = NULL;
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
	return parse_pattern(filter, text + pattern, offset, reason);
}

void cli_filter_fini(struct cli_filter *filter)
{
	cli_regex_free(filter->regex);
	free(filter->file);
	*filter = (struct cli_filter) { .kind = CLI_FILTER_NONE };
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

static bool matches_line(struct cli_filter *filter, const char *line)
{
	enum cli_regex_result result = cli_regex_match(filter->regex, line);

	filter->costly += result == CLI_REGEX_COSTLY;
	return result == CLI_REGEX_YES;
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
	matches = matches_line(filter, line);
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
