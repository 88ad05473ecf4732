/* SPDX-License-Identifier: BSD-3-Clause */

#ifndef BYWAY_CLI_SHELL_PAGER_H
#define BYWAY_CLI_SHELL_PAGER_H

/* A command's output, a page at a time. */

#include <stdbool.h>
#include <stddef.h>

#include "cli/output/regex.h"
#include "cli/shell/terminal.h"

struct pager {
	struct terminal *terminal; /* NULL: never stops */
	unsigned length;	   /* lines to a page, 0: never stops */
	unsigned width;
	unsigned rows;		   /* used on this page */
	unsigned limit;		   /* that may be used before the next stop */
	bool stopped;		   /* the rest is not wanted */
	struct cli_regex *pattern; /* lines are skipped until one matches; NULL: none are */
	char *line;		   /* begun, its newline still to come */
	size_t len;
	size_t room;
};

void pager_init(struct pager *pager, struct terminal *terminal);
void pager_fini(struct pager *pager);

/* Before a command. */
void pager_start(struct pager *pager, unsigned length, unsigned width);

/* Prints, and waits for a key at the end of each page. */
void pager_write(struct pager *pager, const char *data, size_t len);

/* After a command, or before a question: prints a line that has no end. */
void pager_flush(struct pager *pager);

#endif
