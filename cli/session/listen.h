/* SPDX-License-Identifier: BSD-3-Clause */

#ifndef CLI_SESSION_LISTEN_H
#define CLI_SESSION_LISTEN_H

/*
 * Binds a Unix stream socket of mode 0600 at `path`, in place of one that nobody answers on.
 * Returns it, not listening yet, or a negative errno: -EADDRINUSE when somebody does.
 */
int cli_listen(const char *path);

#endif
