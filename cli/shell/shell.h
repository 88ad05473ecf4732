/* SPDX-License-Identifier: BSD-3-Clause */

#ifndef BYWAY_CLI_SHELL_SHELL_H
#define BYWAY_CLI_SHELL_SHELL_H

/* What the shell's parts share: the connection and how commands are sent over it. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cli/shell/link.h"
#include "cli/shell/pager.h"
#include "cli/shell/terminal.h"

struct shell {
	struct link link;
	struct terminal terminal;
	struct pager pager;
	bool interactive;
	bool over;	 /* the session or the connection is at its end */
	char *prompt;	 /* the server's last word */
	unsigned length; /* lines to a page, as the server says */
	unsigned rows;	 /* of the window, as the server was told */
	unsigned columns;
	bool caret_text;     /* the last line at a prompt had ^C in it, which may end a text */
	const char *instead; /* a line that a key stands for, in place of the one typed; or NULL */
	/* Answers a question into `answer`; NULL: every answer is the default. */
	bool (*answer)(struct shell *shell, uint32_t kind, const char *question, char *answer,
		size_t size);
};

/* Connects. Returns 0 or a negative errno. */
int shell_open(struct shell *shell, const char *path, bool interactive);
void shell_close(struct shell *shell);

/* Gets in, answering what is asked first. Returns 0 or a negative errno; over: nobody got in. */
int shell_greet(struct shell *shell);

/* Sends a request and shows what comes until it is done. Returns its status: 0, or an errno. */
int shell_run(struct shell *shell, enum cli_message_type type, uint32_t number, const char *text,
	size_t len);

/* Of a question that nobody can answer: says so, and gives Enter's meaning (2 bytes at most). */
void shell_unanswered(uint32_t kind, const char *question, char *answer);

/* After the last line: whether it is within a text, which is then lost; says so. */
bool shell_lost_text(const struct shell *shell);

/* Tells the server the window's size, if it has changed. */
void shell_resize(struct shell *shell);

/* Takes a message that belongs to no request. */
void shell_unasked(struct shell *shell, const struct cli_message *message);

/* Lines with editing, until the end of the session. Returns the exit status. */
int shell_interactive(struct shell *shell);

/* The lines of standard input, one after the other. */
int shell_input(struct shell *shell);

#endif
