/* SPDX-License-Identifier: BSD-3-Clause */

#include "cli/output/output.h"

#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/output/file.h"
#include "cli/output/filter.h"
#include "cli/output/output_engine.h"

enum { JSON_FLAGS = JSON_C_TO_STRING_NOSLASHESCAPE };

struct text {
	char *data;
	size_t len;
	size_t room;
};

struct cli_out {
	cli_sink sink;
	cli_sink_full full;
	void *arg;
	struct text gathered; /* of a buffer output */
	struct text partial;  /* a line of which the end has not come, when filtering */
	struct cli_filter filter;
	struct cli_file *file;	   /* that the filter names, or NULL */
	struct json_object *json;  /* what the handler fills */
	struct json_object *lines; /* what it printed instead */
	bool member_open;	   /* the JSON object's `{` is out */
};

/* Returns false, with the text as it was, without memory. */
static bool text_append(struct text *text, const char *data, size_t len)
{
	if (text->len + len + 1 > text->room) {
		size_t room = text->room ? text->room : 256;
		char *grown;

		while (room < text->len + len + 1)
			room *= 2;
		grown = realloc(text->data, room);
		if (!grown)
			return false;
		text->data = grown;
		text->room = room;
	}
	memcpy(text->data + text->len, data, len);
	text->len += len;
	text->data[text->len] = '\0';
	return true;
}

struct cli_out *cli_out_new(cli_sink sink, cli_sink_full full, void *arg)
{
	struct cli_out *out = calloc(1, sizeof(*out));

	if (out) {
		out->sink = sink;
		out->full = full;
		out->arg = arg;
	}
	return out;
}

static void gather(void *arg, const char *data, size_t len)
{
	struct cli_out *out = arg;

	text_append(&out->gathered, data, len);
}

struct cli_out *cli_out_new_buffer(void)
{
	struct cli_out *out = cli_out_new(gather, NULL, NULL);

	if (out)
		out->arg = out;
	return out;
}

void cli_out_free(struct cli_out *out)
{
	if (!out)
		return;
	cli_out_finish(out);
	free(out->gathered.data);
	free(out->partial.data);
	free(out);
}

const char *cli_out_text(struct cli_out *out)
{
	return out->gathered.data ? out->gathered.data : "";
}

void cli_out_clear(struct cli_out *out)
{
	out->gathered.len = 0;
	if (out->gathered.data)
		out->gathered.data[0] = '\0';
}

bool cli_out_full(const struct cli_out *out)
{
	return (out->full && out->full(out->arg)) || (out->file && cli_file_paused(out->file));
}

void cli_out_raw(struct cli_out *out, const char *data, size_t len)
{
	if (len > 0)
		out->sink(out->arg, data, len);
}

/* A whole line, without its newline. */
static void filter_line(struct cli_out *out, const char *line)
{
	if (out->filter.kind == CLI_FILTER_JSON) {
		if (out->json || out->member_open)
			return;
		if (!out->lines)
			out->lines = json_object_new_array();
		json_object_array_add(out->lines, json_object_new_string(line));
	} else if (cli_filter_passes(&out->filter, line)) {
		cli_out_raw(out, line, strlen(line));
		cli_out_raw(out, "\n", 1);
	}
}

static void flush_line(struct cli_out *out)
{
	filter_line(out, out->partial.data ? out->partial.data : "");
	out->partial.len = 0;
	if (out->partial.data)
		out->partial.data[0] = '\0';
}

void cli_write(struct cli_out *out, const char *data, size_t len)
{
	if (out->file)
		cli_file_write(out->file, data, len);
	if (out->filter.kind == CLI_FILTER_NONE || out->filter.kind == CLI_FILTER_TEE)
		cli_out_raw(out, data, len);
	if (out->filter.kind == CLI_FILTER_NONE || out->filter.file)
		return;
	while (len > 0) {
		const char *newline = memchr(data, '\n', len);
		size_t part = newline ? (size_t)(newline - data) : len;

		if (!text_append(&out->partial, data, part))
			return;
		if (!newline)
			return;
		flush_line(out);
		data += part + 1;
		len -= part + 1;
	}
}

void cli_puts(struct cli_out *out, const char *text)
{
	cli_write(out, text, strlen(text));
}

void cli_vprintf(struct cli_out *out, const char *format, va_list ap)
{
	char small[512];
	va_list again;
	int len;

	va_copy(again, ap);
	len = vsnprintf(small, sizeof(small), format, ap);
	if (len >= 0 && (size_t)len < sizeof(small)) {
		cli_write(out, small, (size_t)len);
	} else if (len > 0) {
		char *large = malloc((size_t)len + 1);

		if (large) {
			vsnprintf(large, (size_t)len + 1, format, again);
			cli_write(out, large, (size_t)len);
			free(large);
		}
	}
	va_end(again);
}

void cli_printf(struct cli_out *out, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	cli_vprintf(out, format, ap);
	va_end(ap);
}

void cli_out_typed(struct cli_out *out, const char *text)
{
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (c == '\n' || (c >= ' ' && c != 0x7f))
			cli_write(out, text, 1);
		else
			cli_printf(out, "^%c", c ^ 0x40);
	}
}

bool cli_out_wants_json(const struct cli_out *out)
{
	return out->filter.kind == CLI_FILTER_JSON;
}

struct json_object *cli_out_json(struct cli_out *out)
{
	if (!cli_out_wants_json(out))
		return NULL;
	if (!out->json)
		out->json = json_object_new_object();
	return out->json;
}

void cli_out_member(struct cli_out *out, const char *name)
{
	struct json_object *key = json_object_new_string(name);
	const char *quoted = json_object_to_json_string_ext(key, JSON_FLAGS);

	cli_out_raw(out, out->member_open ? ",\n " : "{\n ", 3);
	cli_out_raw(out, quoted, strlen(quoted));
	cli_out_raw(out, ": ", 2);
	out->member_open = true;
	json_object_put(key);
}

static void put_member(struct cli_out *out, const char *name, struct json_object *value)
{
	const char *text = json_object_to_json_string_ext(value, JSON_FLAGS);

	cli_out_member(out, name);
	cli_out_raw(out, text, strlen(text));
}

static void finish_json(struct cli_out *out)
{
	if (out->json) {
		json_object_object_foreach(out->json, name, value) put_member(out, name, value);
	}
	if (!out->json && !out->member_open) {
		if (!out->lines)
			out->lines = json_object_new_array();
		put_member(out, "lines", out->lines);
	}
	cli_out_raw(out, out->member_open ? "\n}\n" : "{}\n", 3);
	json_object_put(out->json);
	json_object_put(out->lines);
	out->json = NULL;
	out->lines = NULL;
	out->member_open = false;
}

int cli_out_filter(struct cli_out *out, const char *text, size_t *offset, const char **reason)
{
	struct cli_filter filter;
	int err = cli_filter_parse(&filter, text, offset, reason);

	if (err)
		return err;
	cli_out_finish(out);
	out->filter = filter;
	return 0;
}

const char *cli_out_file_name(const struct cli_out *out, bool *append)
{
	*append = out->filter.append;
	return out->filter.file;
}

bool cli_out_tees(const struct cli_out *out)
{
	return out->filter.kind == CLI_FILTER_TEE;
}

void cli_out_to_file(struct cli_out *out, struct cli_file *file)
{
	out->file = file;
}

/* A line with a number, past the filter. */
static void tell_count(struct cli_out *out, const char *format, size_t count)
{
	char text[120];
	int len = snprintf(text, sizeof(text), format, count);

	cli_out_raw(out, text, (size_t)len);
}

void cli_out_finish(struct cli_out *out)
{
	if (out->partial.len > 0)
		flush_line(out);
	if (out->filter.kind == CLI_FILTER_JSON)
		finish_json(out);
	else if (out->filter.kind == CLI_FILTER_COUNT)
		tell_count(out, "Number of lines which match regexp = %zu\n", out->filter.count);
	if (out->filter.costly > 0)
		tell_count(out, "%% %zu lines are too long for this expression: not matched\n",
			out->filter.costly);
	cli_filter_fini(&out->filter);
}
