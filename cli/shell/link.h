/* SPDX-License-Identifier: BSD-3-Clause */

#ifndef BYWAY_CLI_SHELL_LINK_H
#define BYWAY_CLI_SHELL_LINK_H

/*
 * The shell's connection to the server. Blocking, but not for ever: a server that neither says
 * anything nor answers when it is asked whether it is there, hangs.
 */

#include <stddef.h>
#include <stdint.h>

#include "cli/session/protocol.h"

struct link {
	int fd;
	char *data; /* received, not yet taken */
	size_t len;
	size_t room;
	size_t taken;	   /* by the message last given */
	unsigned silent_s; /* since the server's last word, while one is awaited */
};

/* Returns 0 or a negative errno; -ETIMEDOUT: it hangs. */
int link_open(struct link *link, const char *path);
void link_close(struct link *link);

/* Returns 0 or a negative errno; -EMSGSIZE when the text is too long. */
int link_send(struct link *link, enum cli_message_type type, uint32_t first, uint32_t second,
	const char *text, size_t len);

/*
 * Waits for a message; its text is valid until the next call. Returns 0, -EPIPE when the server
 * has gone, -ETIMEDOUT when it hangs, or another negative errno.
 */
int link_receive(struct link *link, struct cli_message *message);

/* Reads what has come; waits if nothing has. Returns 0, -EPIPE or another negative errno. */
int link_fill(struct link *link);

/* Whether a whole message is there already, without waiting. -EPROTO as link_receive. */
int link_pending(struct link *link);

/* One has waited for a second, and nothing came. Returns 0 to wait on, or -ETIMEDOUT. */
int link_silent(struct link *link);

/* What to tell of an error of the above. */
const char *link_error(int err);

#endif
