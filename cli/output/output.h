/* SPDX-License-Identifier: BSD-3-Clause */

#ifndef CLI_OUTPUT_OUTPUT_H
#define CLI_OUTPUT_OUTPUT_H

/*
 * Where a command's text goes: through the filter after its `|`, line by line, to a sink.
 *
 * A handler prints lines, or fills a table, or, when cli_out_json gives an object, fills that
 * instead. Nothing here blocks; a long dump asks cli_out_full and goes on later (cli_yield).
 */

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

struct cli_out;
struct json_object;

/* Takes filtered output as it comes, in pieces of any size. Must not keep `data`. */
typedef void (*cli_sink)(void *arg, const char *data, size_t len);

/* Says whether the sink has more waiting than it should. */
typedef bool (*cli_sink_full)(void *arg);

/* Returns NULL with errno set. `full` may be NULL: never. */
struct cli_out *cli_out_new(cli_sink sink, cli_sink_full full, void *arg);

/* An output that gathers everything in memory, for cli_out_text. NULL with errno set. */
struct cli_out *cli_out_new_buffer(void);

/* Finishes the output, then frees it. NULL is allowed. */
void cli_out_free(struct cli_out *out);

/* What a buffer output holds, terminated, valid until the next write. "" for others. */
const char *cli_out_text(struct cli_out *out);

/* Empties a buffer output. */
void cli_out_clear(struct cli_out *out);

void cli_printf(struct cli_out *out, const char *format, ...) __attribute__((format(printf, 2, 3)));
void cli_vprintf(struct cli_out *out, const char *format, va_list ap);
void cli_puts(struct cli_out *out, const char *text);
void cli_write(struct cli_out *out, const char *data, size_t len);

/* Whether a long dump should stop here and go on when called again. */
bool cli_out_full(const struct cli_out *out);

/*
 * With `| json`, the object to fill in place of printing; it stays the output's own and is printed
 * when the command ends. NULL when text is wanted. A handler that never calls this (nor uses a
 * table) has its lines wrapped as {"lines": [...]}.
 */
struct json_object *cli_out_json(struct cli_out *out);

/*
 * Sets the filter: `text` is what follows the `|`, such as "include ^Gi". Returns 0, or -EINVAL
 * with *offset at the offending byte of `text`, or -ENODATA when words are missing. *reason says
 * what is wrong with an expression (static), NULL when it is something else.
 */
int cli_out_filter(struct cli_out *out, const char *text, size_t *offset, const char **reason);

/* Ends a command's output: flushes what the filter holds and removes it. */
void cli_out_finish(struct cli_out *out);

/* One column of a table. */
struct cli_column {
	const char *key;   /* JSON member; NULL: not in JSON */
	const char *title; /* heading; NULL: not in text */
	int width;	   /* display columns, padded with blanks; negative: right-aligned; 0: as
			      wide as the longest cell (rows are then held until the end) */
	bool number;	   /* JSON: the cell is a number, printed bare */
};

/*
 * A list shown as columns of text or as {"name": [{...}, ...]}. Cells are UTF-8 and padded by
 * display width. A cell too long for its column pushes the rest of its row to the right.
 */
struct cli_table;

/* `columns` is borrowed until cli_table_end. `gap` blanks stand between columns. Prints the
 * heading unless no column has a title. NULL only without memory; every call below takes that. */
struct cli_table *cli_table_begin(struct cli_out *out, const char *name,
	const struct cli_column *columns, unsigned count, unsigned gap);

/* One cell for each column; NULL is an empty cell (JSON: null). */
void cli_table_row(struct cli_table *table, const char *const *cells);

/* Prints what is held and frees the table. */
void cli_table_end(struct cli_table *table);

#endif
