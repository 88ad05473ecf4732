/* SPDX-License-Identifier: BSD-3-Clause */

#include "cli/config/freetext.h"

#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cli/config/words.h"
#include "cli/grammar/width.h"

/*
 * The words before the text. `end` is the line that ends it; NULL: what comes next is a delimiter.
 */
static const struct opener {
	const char *words;
	const char *end;
} openers[] = {
	{ "banner *", NULL },
	{ "aaa authentication banner", NULL },
	{ "aaa authentication fail-message", NULL },
	{ "ip admission auth-proxy-banner *", NULL },
	{ "ip auth-proxy auth-proxy-banner *", NULL },
	{ "menu * title", NULL },
	{ "menu * prompt", NULL },
	{ "menu * item-text", NULL },
	{ "busy-message *", NULL },
	{ "refuse-message", NULL },
	{ "vacant-message", NULL },
	{ "macro name *", "@" },
	{ "certificate self-signed *", "quit" },
	{ "certificate ca *", "quit" },
	{ "certificate rollover *", "quit" },
	{ "certificate *", "quit" },
	{ "key-string", "quit" },
};

static size_t blanks(const char *at)
{
	return strspn(at, " \t");
}

static size_t delimiter_length(const char *at)
{
	uint32_t code;

	return strncmp(at, "^C", 2) == 0 ? 2 : cli_utf8_decode(at, strlen(at), &code);
}

/* Where the delimiter of such a line stands, with its length; NULL: nothing of the kind. */
static const char *find_delimiter(const char *line, size_t *len)
{
	const char *found = cli_words_after("banner", line);

	/* Of `banner motd #` the m is no delimiter. */
	if (found && (*found == '\0' || isalnum((unsigned char)*found)))
		found = NULL;
	for (size_t i = 0; i < sizeof(openers) / sizeof(openers[0]); i++) {
		const char *at = openers[i].end ? NULL : cli_words_after(openers[i].words, line);

		if (at && *at && *at != '\n')
			found = at;
	}
	if (found)
		*len = delimiter_length(found);
	return found;
}

static const char *find_mark(const char *line)
{
	for (size_t i = 0; i < sizeof(openers) / sizeof(openers[0]); i++) {
		const char *at = openers[i].end ? cli_words_after(openers[i].words, line) : NULL;

		if (at && *at == '\0')
			return openers[i].end;
	}
	return NULL;
}

bool cli_freetext_opens(const char *line, struct cli_freetext *text)
{
	const char *mark = find_mark(line);
	size_t len = mark ? strlen(mark) : 0;
	const char *at = mark ? mark : find_delimiter(line, &len);

	if (!at)
		return false;
	*text = (struct cli_freetext) {
		.delimits = !mark,
		.block = mark && strcmp(mark, "quit") == 0,
	};
	memcpy(text->end, at, len);
	return mark || !strstr(at + len, text->end);
}

bool cli_freetext_ends(const struct cli_freetext *text, const char *line)
{
	size_t start = blanks(line);
	size_t len = strlen(text->end);

	if (text->delimits)
		return strstr(line, text->end) != NULL;
	return strncasecmp(line + start, text->end, len) == 0 &&
	       line[start + len + blanks(line + start + len)] == '\0';
}

void cli_freetext_trim(char *whole)
{
	struct cli_freetext text = { .delimits = true };
	size_t len = 0;
	const char *at = find_delimiter(whole, &len);
	char *end;

	if (!at)
		return;
	memcpy(text.end, at, len);
	end = strstr(at + len, text.end);
	if (end)
		whole[(size_t)(end - whole) + len] = '\0';
}

char *cli_freetext_copy(const char *line)
{
	char *copy = malloc(2 * strlen(line) + 1);
	char *to = copy;

	for (; copy && *line; line++) {
		if (*line == '\x03')
			*to++ = '^';
		*to++ = *line == '\x03' ? 'C' : *line;
	}
	if (copy)
		*to = '\0';
	return copy;
}
