/* SPDX-License-Identifier: BSD-3-Clause */

#include "cli/config/reader.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char byte_order_mark[] = "\xef\xbb\xbf";

void cli_reader_rewind(struct cli_reader *reader)
{
	size_t mark = sizeof(byte_order_mark) - 1;

	reader->at =
		reader->len >= mark && memcmp(reader->text, byte_order_mark, mark) == 0 ? mark : 0;
	reader->number = 0;
	reader->seen = 0;
}

int cli_reader_init(struct cli_reader *reader, const char *text, size_t len)
{
	*reader = (struct cli_reader) { .len = len };
	reader->text = malloc(len + 1);
	if (!reader->text)
		return -ENOMEM;
	if (len > 0)
		memcpy(reader->text, text, len);
	cli_reader_rewind(reader);
	return 0;
}

void cli_reader_fini(struct cli_reader *reader)
{
	free(reader->text);
	free(reader->line);
	*reader = (struct cli_reader) { 0 };
}

bool cli_reader_at_end(const struct cli_reader *reader)
{
	return reader->at >= reader->len || reader->failed;
}

static bool put(struct cli_reader *reader, char c)
{
	if (reader->line_len + 1 >= reader->line_room) {
		size_t room = reader->line_room ? reader->line_room * 2 : 256;
		char *grown = realloc(reader->line, room);

		if (!grown)
			return false;
		reader->line = grown;
		reader->line_room = room;
	}
	reader->line[reader->line_len++] = c;
	reader->line[reader->line_len] = '\0';
	return true;
}

/* Appends the next line. A banner's delimiter may be a real Ctrl-C, which IOS prints as ^C. */
static char *append_line(struct cli_reader *reader)
{
	const char *start = reader->text + reader->at;
	const char *end = memchr(start, '\n', reader->len - reader->at);
	size_t len = end ? (size_t)(end - start) : reader->len - reader->at;
	bool ok = true;

	reader->at += len + (end != NULL);
	reader->seen++;
	if (len > 0 && start[len - 1] == '\r')
		len--;
	for (size_t i = 0; i < len && ok; i++) {
		if (start[i] == '\x03')
			ok = put(reader, '^') && put(reader, 'C');
		else
			/* A zero byte must be refused, not end the line early. */
			ok = put(reader, start[i] ? start[i] : '\x01');
	}
	/* An empty line is a string, too. */
	if (ok && reader->line_len == 0) {
		ok = put(reader, ' ');
		reader->line_len = 0;
		if (ok)
			reader->line[0] = '\0';
	}
	reader->failed = !ok;
	return ok ? reader->line : NULL;
}

char *cli_reader_next(struct cli_reader *reader)
{
	if (cli_reader_at_end(reader))
		return NULL;
	reader->line_len = 0;
	reader->number = reader->seen + 1;
	return append_line(reader);
}

char *cli_reader_more(struct cli_reader *reader)
{
	if (cli_reader_at_end(reader))
		return NULL;
	if (!put(reader, '\n')) {
		reader->failed = true;
		return NULL;
	}
	return append_line(reader);
}

bool cli_reader_is_heading(const char *line)
{
	static const char *const headings[] = { "Building configuration...",
		"Current configuration : ", "Using " };

	for (size_t i = 0; i < sizeof(headings) / sizeof(headings[0]); i++) {
		if (strncmp(line, headings[i], strlen(headings[i])) == 0)
			return true;
	}
	return false;
}
