/* SPDX-License-Identifier: BSD-3-Clause */

#ifndef BYWAY_CLI_SHELL_TERMINAL_H
#define BYWAY_CLI_SHELL_TERMINAL_H

/* Keys from the terminal, and the mode in which they come one by one. */

#include <stdbool.h>
#include <stddef.h>
#include <termios.h>

enum { KEY_INTERRUPT = 0x03, KEY_ABORT = 0x1e /* Ctrl-Shift-6 */, KEY_NONE = -1 };

struct terminal {
	int fd;
	bool raw;
	struct termios saved;
	/* Typed ahead while a command ran, or pasted: a ring would do, but a paste may be big. */
	char *ahead;
	size_t ahead_len;
	size_t ahead_at;
	size_t ahead_room;
};

void terminal_init(struct terminal *terminal, int fd);
void terminal_fini(struct terminal *terminal);

/* Keys at once, unechoed, none of them a signal; and back. */
void terminal_raw(struct terminal *terminal);
void terminal_cooked(struct terminal *terminal);

/* Size of the window; false when there is none. */
bool terminal_size(const struct terminal *terminal, unsigned *rows, unsigned *columns);

/* The next byte, waiting for it. KEY_NONE at the end of input. */
int terminal_key(struct terminal *terminal);

/* Whether terminal_key would not wait for a byte typed ahead. */
bool terminal_has_ahead(const struct terminal *terminal);

/* Reads what is there, keeps it for later, and says whether an abort key is in it. */
bool terminal_poll_abort(struct terminal *terminal);

#endif
