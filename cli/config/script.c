/* SPDX-License-Identifier: BSD-3-Clause */

#include "cli/config/script.h"

#include <string.h>
#include <strings.h>

#include "cli/config/config_engine.h"
#include "cli/config/words.h"
#include "cli/context_engine.h"

int cli_script_begin(struct cli_script *script, struct cli_config *config, struct cli_tree *tree,
	const char *text, size_t len)
{
	int err;

	*script = (struct cli_script) { .config = config };
	err = cli_reader_init(&script->reader, text, len);
	if (err == 0)
		cli_cursor_begin(&script->cursor, config, tree);
	return err;
}

void cli_script_end(struct cli_script *script)
{
	cli_cursor_end(&script->cursor, script->config);
	cli_reader_fini(&script->reader);
}

void cli_script_rewind(struct cli_script *script, struct cli_tree *tree)
{
	cli_reader_rewind(&script->reader);
	cli_cursor_end(&script->cursor, script->config);
	cli_cursor_begin(&script->cursor, script->config, tree);
	script->scope = (struct cli_scope) { 0 };
	script->lines = 0;
}

bool cli_script_failed(const struct cli_script *script)
{
	return script->reader.failed;
}

/* Lines in a row become one range. */
static void skip(struct cli_script *script, size_t first, size_t last)
{
	if (script->skipped.first == 0)
		script->skipped.first = first;
	script->skipped.last = last;
	script->skipped.count += last - first + 1;
}

/* Appends the text that goes on below; false when it has no end. */
static bool gather(struct cli_script *script, const struct cli_freetext *text, char **line)
{
	size_t at = strlen(*line);

	for (;;) {
		char *whole = cli_reader_more(&script->reader);

		if (!whole)
			return false;
		*line = whole;
		if (cli_freetext_ends(text, whole + at + 1))
			return true;
		at = script->reader.line_len;
	}
}

/* Puts the line back. */
static void unread(struct cli_script *script, size_t at)
{
	script->reader.at = at;
	script->reader.seen--;
}

/* A line of the text of a refused one. */
static void skip_text(struct cli_script *script, const char *line)
{
	script->lines++;
	script->ended = false;
	skip(script, script->reader.number, script->reader.number);
	script->in_text = !cli_freetext_ends(&script->text, line);
}

/* Lines that would have been the block of this one. */
static void expect_text(struct cli_script *script, const char *line)
{
	script->in_text = cli_freetext_opens(line, &script->text) && script->text.block;
}

static enum cli_step tell(struct cli_script *script)
{
	script->told = script->skipped;
	script->skipped = (struct cli_range) { .under = script->told.under };
	return CLI_STEP_SKIPPED;
}

static bool is_end(const char *line)
{
	line += strspn(line, " \t");
	return strncasecmp(line, "end", 3) == 0 && line[3 + strspn(line + 3, " \t")] == '\0';
}

enum cli_step cli_script_next(struct cli_script *script, char **line)
{
	struct cli_reader *reader = &script->reader;
	size_t before = reader->at;
	struct cli_freetext text;
	bool open = false;
	bool skips;

	*line = cli_reader_next(reader);
	if (!*line)
		return script->skipped.first ? tell(script) : CLI_STEP_END;
	if (script->in_text) {
		skip_text(script, *line);
		return CLI_STEP_NOTHING;
	}
	skips = cli_scope_skips(&script->scope, script->config->grammar, &script->cursor, *line);
	if (cli_words_none(*line) || cli_reader_is_heading(*line))
		return CLI_STEP_NOTHING;
	if (!skips && script->skipped.first) {
		unread(script, before);
		return tell(script);
	}
	script->lines++;
	script->ended = is_end(*line);
	if (cli_freetext_opens(*line, &text) && !text.block)
		open = !gather(script, &text, line);
	if (reader->failed)
		return CLI_STEP_END;
	if (skips) {
		skip(script, reader->number, reader->seen);
		expect_text(script, *line);
		return CLI_STEP_NOTHING;
	}
	cli_freetext_trim(*line);
	return open ? CLI_STEP_OPEN : CLI_STEP_LINE;
}

void cli_script_refuse(const struct cli_script *script, struct cli_outcome *outcome)
{
	*outcome = (struct cli_outcome) {
		.result = CLI_ERROR,
		.status = CLI_PARSE_INCOMPLETE,
		.caret = CLI_NO_CARET,
		.reason = "The text that begins here has no end",
		.level = script->cursor.depth,
	};
}

void cli_script_note(struct cli_script *script, char *line, const struct cli_outcome *outcome)
{
	const struct cli_reader *reader = &script->reader;

	cli_scope_note(&script->scope, &script->cursor, line, outcome);
	if (outcome->result != CLI_ERROR)
		return;
	line[strcspn(line, "\n")] = '\0';
	expect_text(script, line);
	script->skipped.under = reader->number;
	if (reader->seen > reader->number)
		skip(script, reader->number + 1, reader->seen);
}
