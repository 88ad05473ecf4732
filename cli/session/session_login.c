/* SPDX-License-Identifier: BSD-3-Clause */

/* Name and password before the first prompt. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/session/session.h"

enum { TRIES = 3 };

static void say(struct cli_session *session, const char *text)
{
	cli_session_send(session, CLI_MSG_OUTPUT, 0, text, strlen(text));
}

static void question(struct cli_session *session, enum cli_question kind, const char *text)
{
	session->state = CLI_SESSION_ASKING;
	cli_session_send(session, CLI_MSG_QUESTION, kind, text, strlen(text));
}

/* A banner of this kind, if there is one, on lines of its own. */
static void show_banner(struct cli_session *session, const char *kind)
{
	const struct cli_tree *tree = cli_config_tree(session->config);
	const struct cli_node *node = cli_node_first(cli_tree_root((struct cli_tree *)tree));

	for (; node; node = cli_node_next(node)) {
		const struct cli_args *args = cli_node_args(node);
		const char *text = cli_has(args, "banner") ? cli_arg_text(args, "text") : NULL;

		if (text && strcmp(cli_arg_text(args, "kind"), kind) == 0) {
			say(session, text);
			say(session, "\n");
		}
	}
}

static void ask(struct cli_session *session)
{
	if (session->login.demand == CLI_DEMAND_USER && !session->login.user)
		question(session, CLI_ASK_LINE, "Username: ");
	else
		question(session, CLI_ASK_SECRET, "Password: ");
}

static void admit(struct cli_session *session)
{
	session->login.demand = CLI_DEMAND_NOTHING;
	session->privileged = session->login.level >= CLI_PRIVILEGED;
	session->state = CLI_SESSION_IDLE;
	show_banner(session, "exec");
	cli_session_ready(session);
}

void cli_session_login(struct cli_session *session)
{
	const struct cli_access *access = session->settings->access;

	if (!session->terminal) {
		cli_session_ready(session);
		return;
	}
	show_banner(session, "motd");
	if (!access) {
		session->login.level = CLI_PRIVILEGED;
		admit(session);
		return;
	}
	session->login.demand = access->login(session->settings->app, &session->login.level);
	if (session->login.demand == CLI_DEMAND_NOTHING) {
		admit(session);
	} else if (session->login.demand == CLI_DEMAND_MISSING) {
		say(session, "Password required, but none set\n");
		cli_session_end(session);
	} else {
		show_banner(session, "login");
		say(session, "\nUser Access Verification\n\n");
		ask(session);
	}
}

static void refuse(struct cli_session *session)
{
	bool by_name = session->login.demand == CLI_DEMAND_USER;

	free(session->login.user);
	session->login.user = NULL;
	if (by_name)
		say(session, "% Login invalid\n\n");
	if (++session->login.failures < TRIES) {
		ask(session);
		return;
	}
	if (!by_name)
		say(session, "% Bad passwords\n");
	cli_session_end(session);
}

void cli_session_login_answer(struct cli_session *session, const char *answer)
{
	const struct cli_access *access = session->settings->access;

	if (session->login.demand == CLI_DEMAND_USER && !session->login.user) {
		/* A bare Enter is no name. */
		session->login.user = answer[0] ? strdup(answer) : NULL;
		ask(session);
	} else if (access->log_in(session->settings->app, session->login.user, answer,
			   &session->login.level)) {
		admit(session);
	} else {
		refuse(session);
	}
}

void cli_session_login_abort(struct cli_session *session)
{
	cli_session_end(session);
}
