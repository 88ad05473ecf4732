/* SPDX-License-Identifier: BSD-3-Clause */

/* `| redirect`, `| append` and `| tee`: a command's output into a file. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/output/file.h"
#include "cli/output/output_engine.h"
#include "cli/session/session.h"

static void start(struct cli_session *session)
{
	session->copying = cli_file_copies(session->file);
	if (session->copying) {
		session->state = CLI_SESSION_RUNNING;
		session->ops->tick(session->link);
	} else {
		session->state = CLI_SESSION_IDLE;
		cli_session_call(session);
	}
}

void cli_session_copy(struct cli_session *session)
{
	start(session);
}

/* The filter goes, and the output with it to the terminal again. */
static void complain(
	struct cli_session *session, const char *what, const char *name, const char *why)
{
	cli_out_finish(session->out);
	cli_printf(session->out, "%%Error %s ", what);
	cli_out_typed(session->out, name);
	cli_printf(session->out, " (%s)\n", why);
}

void cli_session_begin_file(struct cli_session *session)
{
	const struct cli_flash flash = {
		.directory = session->settings->files_dir,
		.reserved = session->settings->reserved,
	};
	bool append;
	const char *given = cli_out_file_name(session->out, &append);
	char *name = given ? strdup(given) : NULL;
	int err = -ENOMEM;

	if (!given) {
		cli_session_call(session);
		return;
	}
	/* Who may not look at the configuration may not write files either. */
	if (name)
		err = session->privileged ? cli_file_begin(&flash, name, append, &session->file)
					  : -EACCES;
	if (err) {
		complain(session, "opening", name ? name : "", cli_file_error(err));
		cli_session_finish(session, -EINVAL);
	} else {
		cli_out_to_file(session->out, session->file);
		start(session);
	}
	free(name);
}

int cli_session_end_file(struct cli_session *session, int status)
{
	struct cli_file *file = session->file;
	const char *text;
	size_t len;
	int err = 0;

	if (!file)
		return status;
	session->file = NULL;
	session->copying = false;
	cli_out_to_file(session->out, NULL);
	text = cli_file_held(file, &len);
	if (status == 0)
		err = cli_file_commit(file);
	else if (text && status != -EINTR && !cli_out_tees(session->out))
		cli_out_raw(session->out, text, len);
	if (err)
		complain(session, "writing", cli_file_name(file), cli_file_error(err));
	cli_file_free(file);
	return err ? err : status;
}
