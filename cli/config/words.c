/* SPDX-License-Identifier: BSD-3-Clause */

#include "cli/config/words.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

enum { LEAST = 3 }; /* letters that a word may be abbreviated to */

static bool is_word(const char *pattern, size_t pattern_len, const char *word, size_t len)
{
	if (len == 0)
		return pattern[0] == '$';
	if (pattern[0] == '*')
		return isalnum((unsigned char)word[0]);
	return len <= pattern_len && (len >= LEAST || len == pattern_len) &&
	       strncasecmp(pattern, word, len) == 0;
}

const char *cli_words_after(const char *pattern, const char *line)
{
	line += strspn(line, " \t");
	while (*pattern) {
		size_t pattern_len = strcspn(pattern, " ");
		size_t len = strcspn(line, " \t\n");

		if (!is_word(pattern, pattern_len, line, len))
			return NULL;
		pattern += pattern_len + strspn(pattern + pattern_len, " ");
		line += len + strspn(line + len, " \t");
	}
	return line;
}

bool cli_words_none(const char *line)
{
	line += strspn(line, " \t");
	return *line == '\0' || *line == '!';
}
