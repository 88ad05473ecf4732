/* SPDX-License-Identifier: BSD-3-Clause */

#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "cli/grammar/width.h"
#include "cli/output/output.h"
#include "cli/output/output_engine.h"

struct cli_table {
	struct cli_out *out;
	const struct cli_column *columns;
	unsigned count;
	unsigned gap;
	bool json;
	bool hold;   /* some column is as wide as its longest cell */
	size_t rows; /* given so far */
	size_t *widths;
	char ***held; /* rows of `count` cells */
	size_t held_room;
};

static size_t columns_of(const char *text)
{
	return cli_width(text, strlen(text));
}

static void pad(struct cli_out *out, size_t columns)
{
	while (columns-- > 0)
		cli_write(out, " ", 1);
}

static void print_cell(struct cli_table *table, unsigned i, const char *text)
{
	const struct cli_column *column = &table->columns[i];
	size_t width = table->widths[i];
	size_t used = columns_of(text);
	size_t blanks = used < width ? width - used : 0;

	if (column->width < 0)
		pad(table->out, blanks);
	cli_puts(table->out, text);
	/* IOS pads a last column of fixed width, and not one that follows its contents. */
	if (column->width > 0 || (column->width == 0 && i + 1 < table->count))
		pad(table->out, blanks);
	if (i + 1 < table->count)
		pad(table->out, table->gap);
}

static bool has_heading(const struct cli_table *table)
{
	for (unsigned i = 0; i < table->count; i++) {
		if (table->columns[i].title)
			return true;
	}
	return false;
}

static void print_heading(struct cli_table *table)
{
	if (!has_heading(table))
		return;
	for (unsigned i = 0; i < table->count; i++)
		print_cell(table, i, table->columns[i].title ? table->columns[i].title : "");
	cli_puts(table->out, "\n");
}

static void print_row(struct cli_table *table, const char *const *cells)
{
	for (unsigned i = 0; i < table->count; i++)
		print_cell(table, i, cells[i] ? cells[i] : "");
	cli_puts(table->out, "\n");
}

static void start(struct cli_table *table, const char *name)
{
	for (unsigned i = 0; i < table->count; i++) {
		const struct cli_column *column = &table->columns[i];

		table->widths[i] = (size_t)abs(column->width);
		if (column->width == 0) {
			table->hold = true;
			table->widths[i] = column->title ? columns_of(column->title) : 0;
		}
	}
	if (table->json) {
		cli_out_member(table->out, name);
		cli_out_raw(table->out, "[", 1);
	} else if (!table->hold) {
		print_heading(table);
	}
}

struct cli_table *cli_table_begin(struct cli_out *out, const char *name,
	const struct cli_column *columns, unsigned count, unsigned gap)
{
	struct cli_table *table = calloc(1, sizeof(*table));

	if (!table)
		return NULL;
	*table = (struct cli_table) { .out = out, .columns = columns, .count = count, .gap = gap };
	table->json = cli_out_wants_json(out);
	table->widths = calloc(count, sizeof(size_t));
	if (!table->widths) {
		free(table);
		return NULL;
	}
	start(table, name);
	return table;
}

static bool is_number(const char *text)
{
	size_t digits = strspn(text, "0123456789");

	/* 007 is no JSON number. */
	return digits > 0 && text[digits] == '\0' && (text[0] != '0' || digits == 1);
}

static struct json_object *cell_value(const struct cli_column *column, const char *text)
{
	if (!text)
		return NULL;
	if (column->number && is_number(text))
		return json_object_new_uint64(strtoull(text, NULL, 10));
	return json_object_new_string(text);
}

static void put_json_row(struct cli_table *table, const char *const *cells)
{
	struct json_object *row = json_object_new_object();
	const char *text;

	for (unsigned i = 0; i < table->count; i++) {
		if (table->columns[i].key)
			json_object_object_add(row, table->columns[i].key,
				cell_value(&table->columns[i], cells[i]));
	}
	text = json_object_to_json_string_ext(row, JSON_C_TO_STRING_NOSLASHESCAPE);
	cli_out_raw(table->out, table->rows ? ",\n  " : "\n  ", table->rows ? 4 : 3);
	cli_out_raw(table->out, text, strlen(text));
	json_object_put(row);
}

static void free_row(char **row, unsigned count)
{
	for (unsigned i = 0; row && i < count; i++)
		free(row[i]);
	free(row);
}

static char **copy_row(const struct cli_table *table, const char *const *cells)
{
	char **row = calloc(table->count, sizeof(char *));

	for (unsigned i = 0; row && i < table->count; i++) {
		row[i] = strdup(cells[i] ? cells[i] : "");
		if (!row[i]) {
			free_row(row, table->count);
			return NULL;
		}
	}
	return row;
}

static void hold_row(struct cli_table *table, const char *const *cells)
{
	char **row;

	if (table->rows == table->held_room) {
		size_t room = table->held_room ? table->held_room * 2 : 64;
		char ***grown = reallocarray(table->held, room, sizeof(char **));

		if (!grown)
			return;
		table->held = grown;
		table->held_room = room;
	}
	row = copy_row(table, cells);
	if (!row)
		return;
	table->held[table->rows++] = row;
	for (unsigned i = 0; i < table->count; i++) {
		if (table->columns[i].width == 0 && columns_of(row[i]) > table->widths[i])
			table->widths[i] = columns_of(row[i]);
	}
}

void cli_table_row(struct cli_table *table, const char *const *cells)
{
	if (!table)
		return;
	if (table->json) {
		put_json_row(table, cells);
		table->rows++;
	} else if (table->hold) {
		hold_row(table, cells);
	} else {
		print_row(table, cells);
	}
}

void cli_table_end(struct cli_table *table)
{
	if (!table)
		return;
	if (table->json)
		cli_out_raw(table->out, table->rows ? "\n ]" : "]", table->rows ? 3 : 1);
	if (table->hold && !table->json)
		print_heading(table);
	for (size_t i = 0; table->hold && !table->json && i < table->rows; i++) {
		print_row(table, (const char *const *)table->held[i]);
		free_row(table->held[i], table->count);
	}
	free(table->held);
	free(table->widths);
	free(table);
}
