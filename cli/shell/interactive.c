/* SPDX-License-Identifier: BSD-3-Clause */

/* Line editing. Every word is the server's business; only keys are handled here. */

#include <errno.h>
#include <histedit.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cli/context.h"
#include "cli/grammar/width.h"
#include "cli/shell/shell.h"

enum { HISTORY_SIZE = 256 };

static struct shell *shell_of(EditLine *el)
{
	struct shell *shell = NULL;

	el_get(el, EL_CLIENTDATA, &shell);
	return shell;
}

static char *prompt(EditLine *el)
{
	struct shell *shell = shell_of(el);

	return shell->prompt;
}

static bool configuring(const struct shell *shell)
{
	return strchr(shell->prompt, '(') != NULL;
}

/* The line up to the cursor; to be freed. */
static char *typed(EditLine *el)
{
	const LineInfo *info = el_line(el);

	return strndup(info->buffer, (size_t)(info->cursor - info->buffer));
}

static int count_characters(const char *text, size_t len)
{
	int characters = 0;
	uint32_t code;

	for (size_t at = 0; at < len; characters++)
		at += cli_utf8_decode(text + at, len - at, &code);
	return characters;
}

/* Log lines come between the keys; the line being typed is drawn again below them. */
static void take_unasked(EditLine *el, struct shell *shell)
{
	struct cli_message message;
	bool drawn = false;

	do {
		if (link_receive(&shell->link, &message) != 0) {
			shell->over = true;
			break;
		}
		if (message.type == CLI_MSG_LOG && !drawn) {
			fputs("\r\n", stdout);
			drawn = true;
		}
		shell_unasked(shell, &message);
	} while (link_pending(&shell->link) > 0);
	if (drawn)
		el_set(el, EL_REFRESH, NULL);
}

/* Waits for a key, and meanwhile for the server. False at the end. */
static bool await_key(EditLine *el, struct shell *shell)
{
	struct pollfd fds[2] = {
		{ .fd = shell->terminal.fd, .events = POLLIN },
		{ .fd = shell->link.fd, .events = POLLIN },
	};

	while (!shell->over && !terminal_has_ahead(&shell->terminal)) {
		if (link_pending(&shell->link) != 0) {
			take_unasked(el, shell);
			continue;
		}
		if (poll(fds, 2, -1) < 0 && errno != EINTR)
			return false;
		if (fds[1].revents)
			take_unasked(el, shell);
		if (fds[0].revents)
			break;
	}
	return !shell->over;
}

/* libedit's reader: one character, assembled from UTF-8. */
static int read_character(EditLine *el, wchar_t *character)
{
	struct shell *shell = shell_of(el);
	char bytes[4];
	uint32_t code;

	for (size_t len = 0; len < sizeof(bytes);) {
		int key;

		if (!await_key(el, shell))
			return 0;
		key = terminal_key(&shell->terminal);
		if (key == KEY_NONE)
			return 0;
		bytes[len++] = (char)key;
		cli_utf8_decode(bytes, len, &code);
		/* Not yet a character: more bytes must follow the leading one. */
		if (code != 0xfffd || (bytes[0] & 0xc0) != 0xc0)
			break;
	}
	*character = (wchar_t)code;
	return 1;
}

static unsigned char on_help(EditLine *el, int)
{
	struct shell *shell = shell_of(el);
	char *line = typed(el);

	if (!line)
		return CC_ERROR;
	puts("?");
	shell_run(shell, CLI_MSG_HELP, 0, line, strlen(line));
	free(line);
	if (shell->over)
		return CC_EOF;
	el_set(el, EL_REFRESH, NULL);
	return CC_NORM;
}

/* Puts the completed word in place of the typed one. */
static unsigned char replace_word(EditLine *el, const char *line, const struct cli_message *reply)
{
	const char *word =
		line + (reply->number[0] < strlen(line) ? reply->number[0] : strlen(line));
	char *text = strndup(reply->text, reply->text_len);

	if (!text)
		return CC_ERROR;
	if (strcmp(text, word) == 0) {
		free(text);
		return CC_REFRESH_BEEP;
	}
	if (*word)
		el_deletestr(el, count_characters(word, strlen(word)));
	el_insertstr(el, text);
	free(text);
	/* IOS shows the completed line below the typed one. */
	putchar('\n');
	el_set(el, EL_REFRESH, NULL);
	return CC_NORM;
}

static unsigned char on_tab(EditLine *el, int)
{
	struct shell *shell = shell_of(el);
	struct cli_message reply = { 0 };
	char *line = typed(el);
	unsigned char result = CC_ERROR;

	if (!line)
		return CC_ERROR;
	if (link_send(&shell->link, CLI_MSG_COMPLETE, (uint32_t)strlen(line), 0, line,
		    strlen(line)) == 0) {
		while (link_receive(&shell->link, &reply) == 0 && reply.type != CLI_MSG_COMPLETION)
			shell_unasked(shell, &reply);
		if (reply.type == CLI_MSG_COMPLETION)
			result = replace_word(el, line, &reply);
	}
	free(line);
	return result;
}

/* Throws the line away; in configuration, leaves it. */
static unsigned char leave(EditLine *el, const char *mark)
{
	struct shell *shell = shell_of(el);

	printf("%s\n", mark);
	fflush(stdout);
	shell->instead = configuring(shell) ? "end" : "";
	return CC_EOF;
}

static unsigned char on_end(EditLine *el, int)
{
	return configuring(shell_of(el)) ? leave(el, "^Z") : CC_NORM;
}

/* Whether a Ctrl-C is the delimiter of a banner: of the one being begun, or of the one open. */
static bool is_delimiter(EditLine *el)
{
	const struct shell *shell = shell_of(el);
	char *line = typed(el);
	bool is = shell->prompt[0]
			  ? configuring(shell) && line &&
				    strncasecmp(line + strspn(line, " "), "banner ", 7) == 0
			  : shell->caret_text;

	free(line);
	return is;
}

static unsigned char on_interrupt(EditLine *el, int)
{
	struct shell *shell = shell_of(el);

	if (is_delimiter(el)) {
		el_insertstr(el, "^C");
		return CC_REFRESH;
	}
	/* Leaves a banner half typed. */
	link_send(&shell->link, CLI_MSG_ABORT, 0, 0, "", 0);
	return leave(el, "^C");
}

static void echo(uint32_t kind, int key)
{
	if (kind != CLI_ASK_SECRET)
		putchar(key);
	fflush(stdout);
}

/* A typed answer, keys being raw here. False when the administrator aborts. */
static bool read_answer(struct shell *shell, uint32_t kind, char *answer, size_t size)
{
	size_t len = 0;
	int key;

	while ((key = terminal_key(&shell->terminal)) != '\r' && key != '\n') {
		if (key == KEY_NONE || key == KEY_INTERRUPT || key == KEY_ABORT)
			return false;
		if (key == 0x7f || key == '\b') {
			if (len > 0 && kind != CLI_ASK_SECRET)
				fputs("\b \b", stdout);
			len -= len > 0;
			fflush(stdout);
		} else if (key >= ' ' && len + 1 < size) {
			answer[len++] = (char)key;
			echo(kind, key);
		}
	}
	answer[len] = '\0';
	return true;
}

static bool ask(struct shell *shell, uint32_t kind, const char *question, char *answer, size_t size)
{
	bool ok = true;

	fputs(question, stdout);
	fflush(stdout);
	if (kind == CLI_ASK_CONFIRM) {
		int key = terminal_key(&shell->terminal);

		ok = key != KEY_NONE && key != KEY_INTERRUPT && key != KEY_ABORT;
		snprintf(answer, size, "%s", strchr("\r\nyY", key) ? "y" : "n");
	} else {
		ok = read_answer(shell, kind, answer, size);
	}
	putchar('\n');
	return ok;
}

static void bind_keys(EditLine *el)
{
	/* Wide strings are borrowed; others libedit would copy and never free. */
	el_wset(el, EL_ADDFN, L"byway-help", L"List what may come next", on_help);
	el_wset(el, EL_ADDFN, L"byway-complete", L"Complete the word", on_tab);
	el_wset(el, EL_ADDFN, L"byway-end", L"Leave configuration", on_end);
	el_wset(el, EL_ADDFN, L"byway-interrupt", L"Throw the line away", on_interrupt);
	el_set(el, EL_BIND, "?", "byway-help", NULL);
	el_set(el, EL_BIND, "^I", "byway-complete", NULL);
	el_set(el, EL_BIND, "^Z", "byway-end", NULL);
	el_set(el, EL_BIND, "^C", "byway-interrupt", NULL);
	/* ^C and ^Z are keys, not signals. Between the lines, too, keys come one by one: a terminal
	 * that edits lines itself would echo a paste, and lose what is more than its buffer. */
	el_set(el, EL_SETTY, "-d", "-isig", NULL);
	el_set(el, EL_SETTY, "-x", "-isig", "-icanon", "-echo", NULL);
}

static EditLine *new_editor(struct shell *shell, History *history_list)
{
	EditLine *el = el_init("byway", stdin, stdout, stderr);

	if (!el)
		return NULL;
	el_set(el, EL_CLIENTDATA, shell);
	el_set(el, EL_EDITOR, "emacs");
	el_set(el, EL_PROMPT, prompt);
	el_set(el, EL_HIST, history, history_list);
	el_set(el, EL_GETCFN, read_character);
	bind_keys(el);
	return el;
}

/* The next line, to be freed: what was typed, or what a key stood for. NULL at the end. */
static char *next_line(struct shell *shell, EditLine *el)
{
	int count;
	const char *line;

	shell->instead = NULL;
	line = el_gets(el, &count);
	if (shell->over)
		return NULL;
	if (shell->instead)
		return strdup(shell->instead);
	return line && count > 0 ? strndup(line, strcspn(line, "\r\n")) : NULL;
}

static void edit_lines(struct shell *shell, EditLine *el, History *history_list)
{
	HistEvent event;
	char *line;

	shell_resize(shell);
	while (!shell->over && (line = next_line(shell, el))) {
		bool typed_line = !shell->instead && line[strspn(line, " ")] != '\0';

		if (typed_line)
			history(history_list, &event, H_ENTER, line);
		if (shell->prompt[0])
			shell->caret_text = strstr(line, "^C") != NULL;
		if (typed_line || *line || !shell->prompt[0])
			shell_run(shell, CLI_MSG_LINE, 0, line, strlen(line));
		free(line);
		shell_resize(shell);
	}
}

int shell_interactive(struct shell *shell)
{
	History *history_list = history_init();
	EditLine *el = NULL;
	HistEvent event;
	int err;

	terminal_raw(&shell->terminal);
	if (history_list)
		el = new_editor(shell, history_list);
	if (!el) {
		if (history_list)
			history_end(history_list);
		return 1;
	}
	history(history_list, &event, H_SETSIZE, HISTORY_SIZE);
	history(history_list, &event, H_SETUNIQUE, 1);
	shell->answer = ask;
	err = shell_greet(shell);
	if (err)
		fprintf(stderr, "byway: %s\n", link_error(err));
	else if (!shell->over)
		edit_lines(shell, el, history_list);
	el_end(el);
	history_end(history_list);
	return err != 0;
}
