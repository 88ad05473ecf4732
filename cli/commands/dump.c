/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/commands/dump.h"

#include <errno.h>
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands/commands.h"

#define WAIT_MIN_MS 5 /* for a terminal that does not read; doubled up to the next */
#define WAIT_MAX_MS 250

struct cmd_rows *cmd_rows_new(
	size_t row_size, int (*print)(struct cli_ctx *ctx, struct cmd_rows *rows))
{
	struct cmd_rows *rows = calloc(1, sizeof(*rows));

	if (rows == NULL)
		return NULL;
	rows->row_size = row_size;
	rows->print = print;
	return rows;
}

void cmd_rows_free(struct cmd_rows *rows)
{
	if (rows->dump != NULL)
		dp_dump_cancel(rows->dump);
	if (rows->timer != NULL)
		event_free(rows->timer);
	if (rows->release != NULL)
		rows->release(rows);
	free(rows->state);
	free(rows->row);
	free(rows);
}

int cmd_rows_add(struct cmd_rows *rows, const void *row)
{
	if (rows->n == rows->size) {
		size_t size = rows->size ? rows->size * 2 : 64;
		char *bigger = realloc(rows->row, size * rows->row_size);

		if (bigger == NULL)
			return -ENOMEM;
		rows->row = bigger;
		rows->size = size;
	}
	memcpy(cmd_rows_at(rows, rows->n++), row, rows->row_size);
	return 0;
}

bool cmd_rows_match(const struct cmd_rows *rows, bw_ip4 address, uint32_t if_id)
{
	return (rows->address == 0 || rows->address == address) &&
	       (rows->if_id == 0 || rows->if_id == if_id);
}

static void on_row(void *arg, const struct bw_msg *row)
{
	struct cmd_rows *rows = arg;

	if (cmd_rows_add(rows, row->body) != 0)
		rows->no_memory = true;
}

static void wait_for_room(struct cmd_rows *rows)
{
	const struct timeval tv = { .tv_usec = rows->wait_ms * 1000 };

	evtimer_add(rows->timer, &tv);
	rows->wait_ms = rows->wait_ms * 2 < WAIT_MAX_MS ? rows->wait_ms * 2 : WAIT_MAX_MS;
}

static void finish(struct cmd_rows *rows, int status)
{
	struct cli_ctx *ctx = rows->ctx;

	cmd_rows_free(rows);
	cli_done(ctx, status);
}

static int start(struct cmd_rows *rows);

/* After a part: 0 if another one will come, 1 if that was all, or negative errno. */
static int next_part(struct cmd_rows *rows)
{
	if (!rows->more && !rows->again)
		return 1;
	rows->what.cursor = rows->more ? rows->cursor : 0;
	rows->again = false;
	rows->n = rows->at = 0;
	return start(rows);
}

static void print_more(struct cmd_rows *rows)
{
	int ret = rows->print(rows->ctx, rows);

	if (ret == CLI_PENDING) {
		wait_for_room(rows);
		return;
	}
	if (ret == 0) {
		ret = next_part(rows);
		if (ret == 0)
			return;
		if (ret < 0)
			cli_fail(rows->ctx, "%% The dataplane does not answer");
	}
	finish(rows, ret < 0 ? ret : 0);
}

static void on_timer(evutil_socket_t, short, void *arg)
{
	struct cmd_rows *rows = arg;

	if (cli_out_full(rows->ctx->out)) {
		wait_for_room(rows);
		return;
	}
	rows->wait_ms = WAIT_MIN_MS;
	print_more(rows);
}

static void on_end(void *arg, int status)
{
	struct cmd_rows *rows = arg;

	rows->dump = NULL;
	rows->more = rows->part != 0 && rows->cursor != 0;
	if (status == 0 && !rows->no_memory) {
		print_more(rows);
		return;
	}
	cli_fail(rows->ctx, "%% %s",
		status == 0 ? "Not enough memory for the table" : "The dataplane does not answer");
	finish(rows, status == 0 ? -ENOMEM : status);
}

static int start(struct cmd_rows *rows)
{
	rows->dump =
		dp_dump_start(&cmd_control(rows->ctx)->core.dp, &rows->what, on_row, on_end, rows);
	if (rows->dump == NULL)
		return -errno;
	rows->dump->cursor = &rows->cursor;
	return 0;
}

static void cancel(void *state)
{
	cmd_rows_free(state);
}

int cmd_rows_run(struct cli_ctx *ctx, struct cmd_rows *rows, const struct bw_dump *what, bool alone)
{
	struct control *ctl = cmd_control(ctx);
	int ret;

	rows->ctx = ctx;
	rows->wait_ms = WAIT_MIN_MS;
	rows->timer = evtimer_new(ctl->core.base, on_timer, rows);
	if (rows->timer == NULL) {
		cmd_rows_free(rows);
		return -ENOMEM;
	}
	rows->what = *what;
	rows->what.limit = rows->part;
	ret = start(rows);
	if (ret == 0)
		return cli_pend(ctx, cancel, rows);
	if (ret == -ETIMEDOUT)
		ret = cmd_stalled(ctx);
	if (ret == -ENOTCONN)
		ret = alone ? rows->print(ctx, rows) : cmd_no_dataplane(ctx);
	if (ret == CLI_PENDING) {
		wait_for_room(rows);
		return cli_pend(ctx, cancel, rows);
	}
	cmd_rows_free(rows);
	return ret;
}
