/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Show commands whose rows the dataplane has: gather the rows, then print.
 *
 * The rows are gathered before anything is printed, so a terminal that stands
 * at --More-- never holds up the event ring, and columns can be as wide as the
 * widest row. Printing stops while the terminal has enough to do.
 *
 * A table that may be too long for that is taken in parts (`part`): print is
 * called for each, and may have the whole gone through again, once to measure
 * and once to print.
 */
#ifndef BW_COMMANDS_DUMP_H
#define BW_COMMANDS_DUMP_H

#include <stdbool.h>
#include <stddef.h>

#include "cli/context.h"

#include "dataplane/api/msg.h"

struct dp_dump;
struct event;

struct cmd_rows {
	char *row; /* n of row_size bytes, the beginning of a message's body each */
	size_t row_size, n, size;

	/* Prints. 0, negative errno, or CLI_PENDING: the output is full, call again. */
	int (*print)(struct cli_ctx *ctx, struct cmd_rows *rows);
	size_t at; /* how far print has got; its own, as is the next */
	int phase;
	void *state; /* freed with the rows */

	/* what the command was asked for, 0: everything */
	bw_ip4 address;
	uint32_t if_id;
	char name[BW_NAME_LEN];
	bool verbose;

	/* NAT sessions: print is called for at most so many rows at a time; 0: for all */
	uint32_t part;
	bool more;  /* for print: this was not the last part */
	bool again; /* set by print after the last one: from the beginning, please */

	/* Called once, before the rows are freed. NULL: nothing to do. */
	void (*release)(struct cmd_rows *rows);

	/* the rest is private */
	struct bw_dump what;
	uint32_t cursor;
	struct cli_ctx *ctx;
	struct dp_dump *dump;
	struct event *timer;
	unsigned wait_ms;
	bool no_memory;
};

/* For the first `row_size` bytes of each row's body. */
struct cmd_rows *cmd_rows_new(
	size_t row_size, int (*print)(struct cli_ctx *ctx, struct cmd_rows *rows));
void cmd_rows_free(struct cmd_rows *rows);

/* Copies row_size bytes. 0 or -ENOMEM. */
int cmd_rows_add(struct cmd_rows *rows, const void *row);

static inline void *cmd_rows_at(const struct cmd_rows *rows, size_t i)
{
	return rows->row + i * rows->row_size;
}

bool cmd_rows_match(const struct cmd_rows *rows, bw_ip4 address, uint32_t if_id);

/*
 * Takes `rows` over. Returns what the handler is to return. Without a dataplane
 * print is called with no rows if `alone`, else the command is refused.
 */
int cmd_rows_run(
	struct cli_ctx *ctx, struct cmd_rows *rows, const struct bw_dump *what, bool alone);

#endif
