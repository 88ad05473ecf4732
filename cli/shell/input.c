/* SPDX-License-Identifier: BSD-3-Clause */

/* Commands from a pipe or a file: no prompt, no echo, no paging. */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/context.h"
#include "cli/shell/shell.h"

static void strip(char *line)
{
	line[strcspn(line, "\r\n")] = '\0';
}

/* The next line answers, as it would on a router's console. */
static bool answer(struct shell *, uint32_t kind, const char *question, char *answer, size_t size)
{
	if (!fgets(answer, (int)size, stdin)) {
		shell_unanswered(kind, question, answer);
		return true;
	}
	fputs(question, stdout);
	strip(answer);
	/* Enter confirms. */
	if (kind == CLI_ASK_CONFIRM && answer[0] == '\0')
		strcpy(answer, "y");
	putchar('\n');
	return true;
}

int shell_input(struct shell *shell)
{
	char *line = NULL;
	size_t room = 0;
	int failed = 0;

	shell->answer = answer;
	while (!shell->over && getline(&line, &room, stdin) >= 0) {
		strip(line);
		if (shell_run(shell, CLI_MSG_LINE, 0, line, strlen(line)) != 0)
			failed = 1;
	}
	free(line);
	return failed || shell_lost_text(shell);
}
