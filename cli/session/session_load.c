/* SPDX-License-Identifier: BSD-3-Clause */

/* A file that the shell has sent: loaded in slices, reported line by line. */

#include <errno.h>
#include <string.h>

#include "cli/output/output_engine.h"
#include "cli/session/session.h"

enum { SLICE = 200 }; /* lines between two turns of the event loop */

static const char *result_name(enum cli_result result)
{
	switch (result) {
	case CLI_APPLIED:
		return "applied";
	case CLI_UNCHANGED:
		return "unchanged";
	case CLI_KEPT:
		return "kept without effect";
	case CLI_SKIPPED:
		return "skipped";
	case CLI_ERROR:
	case CLI_WAITING:
		break;
	}
	return "error";
}

/* A message of several lines is indented below its line. */
static void print_message(struct cli_out *out, const char *message)
{
	while (*message) {
		size_t len = strcspn(message, "\n");

		if (len > 0)
			cli_printf(out, "    %.*s\n", (int)len, message);
		message += len + (message[len] == '\n');
	}
}

/* Every line when asked; else what an administrator should look at. */
static void report(void *arg, const struct cli_verdict *verdict)
{
	struct cli_session *session = arg;
	bool notable =
		verdict->result == CLI_ERROR || verdict->result == CLI_KEPT || verdict->message[0];

	if (!notable && !session->load_verbose)
		return;
	if (verdict->result == CLI_SKIPPED) {
		cli_printf(session->out, "%zu", verdict->line);
		if (verdict->last > verdict->line)
			cli_printf(session->out, "-%zu", verdict->last);
		cli_printf(session->out, ": skipped: %s\n", verdict->message);
		return;
	}
	cli_printf(session->out, "%zu: %s: ", verdict->line, result_name(verdict->result));
	cli_out_typed(session->out, verdict->text);
	cli_puts(session->out, "\n");
	if (verdict->column > 0)
		cli_printf(session->out, "    at column %u\n", verdict->column + 1);
	print_message(session->out, verdict->message);
}

static void conclude(struct cli_session *session, int ret)
{
	struct cli_load_summary summary;

	cli_load_end(session->load, &summary);
	session->load = NULL;
	if (summary.rolled_back)
		cli_puts(session->out, "Nothing of this file is in force.\n");
	cli_printf(session->out,
		"%zu lines: %zu applied, %zu unchanged, %zu kept without effect, %zu skipped, "
		"%zu errors\n",
		summary.lines, summary.applied, summary.unchanged, summary.kept, summary.skipped,
		summary.errors);
	cli_session_finish(session, ret);
}

void cli_session_load(struct cli_session *session, uint32_t options, const char *text, size_t len)
{
	unsigned flags = options & CLI_LOAD_OPTION_ATOMIC ? CLI_LOAD_ALL_OR_NOTHING : 0;

	session->load_verbose = options & CLI_LOAD_OPTION_VERBOSE;
	session->load =
		cli_load_begin(session->config, &session->ctx, text, len, flags, report, session);
	if (!session->load) {
		cli_session_finish(session, -ENOMEM);
		return;
	}
	session->state = CLI_SESSION_LOADING;
	session->ops->tick(session->link);
}

void cli_session_load_step(struct cli_session *session)
{
	int ret = cli_load_step(session->load, SLICE);

	if (ret == CLI_PENDING)
		session->ops->tick(session->link);
	else
		conclude(session, ret);
}

void cli_session_load_stop(struct cli_session *session)
{
	if (!session->load)
		return;
	cli_load_end(session->load, NULL);
	session->load = NULL;
}
