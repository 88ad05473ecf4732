/* SPDX-License-Identifier: BSD-3-Clause */

#include "cli/shell/pager.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/grammar/width.h"

static const char more_prompt[] = " --More-- ";

enum { PATTERN_SIZE = 128, TAB = 8 };

void pager_init(struct pager *pager, struct terminal *terminal)
{
	*pager = (struct pager) { .terminal = terminal };
}

static void end_search(struct pager *pager)
{
	cli_regex_free(pager->pattern);
	pager->pattern = NULL;
}

void pager_fini(struct pager *pager)
{
	end_search(pager);
	free(pager->line);
	pager->line = NULL;
}

void pager_start(struct pager *pager, unsigned length, unsigned width)
{
	end_search(pager);
	pager->length = length;
	pager->width = width ? width : 80;
	pager->rows = 0;
	pager->limit = length > 1 ? length - 1 : 1;
	pager->stopped = false;
	pager->len = 0;
}

/* As IOS does it: a carriage return would look like a line's end to a program that reads along. */
static void erase(size_t columns)
{
	for (size_t i = 0; i < columns; i++)
		putchar('\b');
	printf("%*s", (int)columns, "");
	for (size_t i = 0; i < columns; i++)
		putchar('\b');
}

/* Reads the expression after `/`. Back at a full page without one that is valid. */
static void begin_search(struct pager *pager)
{
	struct cli_regex_error error;
	char pattern[PATTERN_SIZE];
	size_t len = 0;
	int key;

	erase(strlen(more_prompt));
	fputs("/", stdout);
	fflush(stdout);
	while ((key = terminal_key(pager->terminal)) != KEY_NONE && key != '\r' && key != '\n') {
		if ((key == 0x7f || key == '\b') && len > 0) {
			len--;
			fputs("\b \b", stdout);
		} else if (key >= ' ' && key != 0x7f && len + 1 < sizeof(pattern)) {
			pattern[len++] = (char)key;
			putchar(key);
		}
		fflush(stdout);
	}
	pattern[len] = '\0';
	erase(len + 1);
	if (len == 0)
		return;
	pager->pattern = cli_regex_new(pattern, &error);
	if (pager->pattern)
		puts("filtering...");
	else
		printf("%% %s\n", error.reason);
}

static void stop_at_page(struct pager *pager)
{
	int key;

	fputs(more_prompt, stdout);
	fflush(stdout);
	key = terminal_key(pager->terminal);
	pager->rows = 0;
	pager->limit = pager->length - 1;
	if (key == '/') {
		begin_search(pager);
		return;
	}
	erase(strlen(more_prompt));
	if (key == '\r' || key == '\n')
		pager->limit = 1;
	else if (key != ' ')
		pager->stopped = true;
	fflush(stdout);
}

static unsigned rows_of(const struct pager *pager, const char *line)
{
	size_t columns = 0;
	size_t len = strlen(line);

	for (size_t at = 0; at < len;) {
		uint32_t code;

		at += cli_utf8_decode(line + at, len - at, &code);
		columns = code == '\t' ? columns + TAB - columns % TAB
				       : columns + cli_code_width(code);
	}
	return columns == 0 ? 1 : (unsigned)((columns + pager->width - 1) / pager->width);
}

static void print_line(struct pager *pager)
{
	const char *line = pager->len ? pager->line : "";
	bool paging = pager->terminal && pager->length > 1;

	if (pager->pattern) {
		if (cli_regex_match(pager->pattern, line) != CLI_REGEX_YES)
			return;
		end_search(pager);
	}
	/* The stop comes before the line that no more fits, not after the last that does. */
	if (paging && pager->rows > 0 && pager->rows + rows_of(pager, line) > pager->limit)
		stop_at_page(pager);
	if (pager->stopped || pager->pattern)
		return;
	pager->rows += rows_of(pager, line);
	puts(line);
}

static bool gather(struct pager *pager, const char *data, size_t len)
{
	if (pager->len + len + 1 > pager->room) {
		size_t room = (pager->len + len + 1) * 2;
		char *grown = realloc(pager->line, room);

		if (!grown)
			return false;
		pager->line = grown;
		pager->room = room;
	}
	memcpy(pager->line + pager->len, data, len);
	pager->len += len;
	pager->line[pager->len] = '\0';
	return true;
}

void pager_write(struct pager *pager, const char *data, size_t len)
{
	if (!pager->terminal) {
		fwrite(data, 1, len, stdout);
		return;
	}
	while (len > 0 && !pager->stopped) {
		const char *newline = memchr(data, '\n', len);
		size_t part = newline ? (size_t)(newline - data) : len;

		if (!gather(pager, data, part) || !newline)
			break;
		print_line(pager);
		pager->len = 0;
		data += part + 1;
		len -= part + 1;
	}
	/* A ping's marks come one by one and want to be seen; a page's lines do not mind. */
	if (pager->len > 0 && !pager->pattern && !pager->stopped)
		pager_flush(pager);
	fflush(stdout);
}

void pager_flush(struct pager *pager)
{
	if (pager->len > 0 && !pager->stopped) {
		fwrite(pager->line, 1, pager->len, stdout);
		fflush(stdout);
	}
	pager->len = 0;
}
