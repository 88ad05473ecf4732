/* SPDX-License-Identifier: BSD-3-Clause */

#include "cli/shell/shell.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/context.h"

enum { ANSWER_SIZE = 1024 };

static int hello(struct shell *shell)
{
	return link_send(&shell->link, CLI_MSG_HELLO, shell->rows, shell->columns, "", 0);
}

void shell_resize(struct shell *shell)
{
	unsigned rows;
	unsigned columns;

	if (!shell->interactive || !terminal_size(&shell->terminal, &rows, &columns) ||
		(rows == shell->rows && columns == shell->columns))
		return;
	shell->rows = rows;
	shell->columns = columns;
	hello(shell);
}

int shell_open(struct shell *shell, const char *path, bool interactive)
{
	int err;

	*shell = (struct shell) { .interactive = interactive };
	terminal_init(&shell->terminal, STDIN_FILENO);
	pager_init(&shell->pager, interactive ? &shell->terminal : NULL);
	if (interactive && !terminal_size(&shell->terminal, &shell->rows, &shell->columns)) {
		shell->rows = 24;
		shell->columns = 80;
	}
	err = link_open(&shell->link, path);
	if (err)
		shell_close(shell);
	return err;
}

void shell_close(struct shell *shell)
{
	link_close(&shell->link);
	pager_fini(&shell->pager);
	terminal_fini(&shell->terminal);
	free(shell->prompt);
	shell->prompt = NULL;
}

void shell_unasked(struct shell *shell, const struct cli_message *message)
{
	char *prompt;

	switch (message->type) {
	case CLI_MSG_PROMPT:
		prompt = strndup(message->text, message->text_len);
		if (!prompt)
			return;
		free(shell->prompt);
		shell->prompt = prompt;
		shell->length = message->number[0];
		break;
	case CLI_MSG_LOG:
		printf("%.*s\n", (int)message->text_len, message->text);
		fflush(stdout);
		break;
	case CLI_MSG_BYE:
		shell->over = true;
		break;
	default:
		break;
	}
}

static void abort_command(struct shell *shell)
{
	link_send(&shell->link, CLI_MSG_ABORT, 0, 0, "", 0);
}

/* Waits for the server, with an ear for the abort keys. Returns 0 or a negative errno. */
static int await(struct shell *shell)
{
	struct pollfd fds[2] = {
		{ .fd = shell->link.fd, .events = POLLIN },
		{ .fd = shell->terminal.fd, .events = POLLIN },
	};

	while (shell->interactive && link_pending(&shell->link) == 0) {
		int ready = poll(fds, 2, 1000), err = ready == 0 ? link_silent(&shell->link) : 0;

		if (ready < 0 && errno != EINTR)
			err = -errno;
		if (err == 0 && ready > 0 && fds[0].revents)
			err = link_fill(&shell->link);
		if (err)
			return err;
		if (ready <= 0)
			continue;
		if (fds[1].revents & POLLIN && terminal_poll_abort(&shell->terminal))
			abort_command(shell);
		/* Without its terminal the shell has nobody left to listen to. */
		if (fds[1].revents & (POLLHUP | POLLERR))
			fds[1].fd = -1;
	}
	return 0;
}

bool shell_lost_text(const struct shell *shell)
{
	/* Within a text there is no prompt. */
	bool lost = !shell->over && shell->prompt && shell->prompt[0] == '\0';

	if (lost)
		fputs("% The text has no end: nothing of it was taken\n", stderr);
	return lost;
}

void shell_unanswered(uint32_t kind, const char *question, char *answer)
{
	printf("%s\n%% Nobody is there to answer: taken as a bare Enter\n", question);
	strcpy(answer, kind == CLI_ASK_CONFIRM ? "y" : "");
}

static void reply(struct shell *shell, const struct cli_message *message)
{
	char answer[ANSWER_SIZE] = "";
	char *question = strndup(message->text, message->text_len);

	pager_flush(&shell->pager);
	if (!shell->answer && question)
		shell_unanswered(message->number[0], question, answer);
	if (shell->answer && question &&
		!shell->answer(shell, message->number[0], question, answer, sizeof(answer)))
		abort_command(shell);
	else
		link_send(&shell->link, CLI_MSG_ANSWER, 0, 0, answer, strlen(answer));
	explicit_bzero(answer, sizeof(answer));
	free(question);
	pager_start(&shell->pager, shell->length, shell->columns);
}

static void show(struct shell *shell, const struct cli_message *message)
{
	bool stopped = shell->pager.stopped;

	pager_write(&shell->pager, message->text, message->text_len);
	if (shell->pager.stopped && !stopped)
		abort_command(shell);
}

int shell_greet(struct shell *shell)
{
	struct cli_message message;
	int err = hello(shell);

	pager_start(&shell->pager, 0, shell->columns);
	while (err == 0 && !shell->prompt && !shell->over) {
		err = link_receive(&shell->link, &message);
		if (err)
			break;
		if (message.type == CLI_MSG_OUTPUT)
			pager_write(&shell->pager, message.text, message.text_len);
		else if (message.type == CLI_MSG_QUESTION)
			reply(shell, &message);
		else
			shell_unasked(shell, &message);
	}
	return err;
}

static int finish(struct shell *shell, int status)
{
	pager_flush(&shell->pager);
	fflush(stdout);
	return status;
}

int shell_run(struct shell *shell, enum cli_message_type type, uint32_t number, const char *text,
	size_t len)
{
	struct cli_message message;
	int err = link_send(&shell->link, type, number, 0, text, len);

	/* Too long a line is the line's fault; anything else, the connection's. */
	if (err == -EMSGSIZE) {
		fputs("% Line too long\n", stderr);
		return EMSGSIZE;
	}
	pager_start(&shell->pager, shell->length, shell->columns);
	while (err == 0) {
		err = await(shell);
		if (err == 0)
			err = link_receive(&shell->link, &message);
		if (err)
			break;
		if (message.type == CLI_MSG_DONE)
			return finish(shell, (int)message.number[0]);
		if (message.type == CLI_MSG_OUTPUT)
			show(shell, &message);
		else if (message.type == CLI_MSG_QUESTION)
			reply(shell, &message);
		else
			shell_unasked(shell, &message);
	}
	shell->over = true;
	finish(shell, 0);
	fprintf(stderr, "Connection to the router lost: %s\n", link_error(err));
	return -err;
}
