/* SPDX-License-Identifier: BSD-3-Clause */

#ifndef CLI_SESSION_SERVER_H
#define CLI_SESSION_SERVER_H

/*
 * The command line's server: sessions over a Unix stream socket, on the program's event loop.
 *
 * One thread. Handlers see a session only through their cli_ctx (cli/context.h).
 */

#include <stdbool.h>
#include <stddef.h>

#include "cli/config/config.h"
#include "cli/grammar/grammar.h"

struct event_base;
struct cli_server;

/* What somebody has to say to get in, or to `enable`. */
enum cli_demand {
	CLI_DEMAND_NOTHING,
	CLI_DEMAND_PASSWORD,
	CLI_DEMAND_USER,    /* a name and its password; to get in only */
	CLI_DEMAND_MISSING, /* a password, and there is none: nobody gets in */
};

enum { CLI_PRIVILEGED = 15 }; /* the level from which on a session is at `#` */

/*
 * Who gets in at a terminal, and for how long. A session without one is a script of whoever may
 * open the socket, and not asked; nor does it end by itself. Passwords are wiped after the call.
 */
struct cli_access {
	/* What a new session is asked; *level is what it gets, or at a line's password will get. */
	enum cli_demand (*login)(void *app, unsigned *level);

	/* Whether they are right; then *level may be set to the user's. `user` NULL: the line's
	 * password. */
	bool (*log_in)(void *app, const char *user, const char *password, unsigned *level);

	enum cli_demand (*enable)(void *app);
	bool (*may_enable)(void *app, const char *password);

	unsigned (*idle)(void *app); /* seconds until a session that does nothing ends; 0: never */
};

struct cli_server_config {
	struct event_base *base;
	const struct cli_topic *const *topics; /* the commands; NULL after the last */
	void *app;			       /* reaches handlers as ctx->app */
	const char *socket_path;	       /* created with mode 0600; a stale one is replaced */
	const char *startup_path;	       /* the startup-config; NULL: cannot be saved */
	const char *files_dir;	     /* flash: where file names in commands (configure replace, `|
					redirect`) start; NULL: only absolute paths, and no writing */
	const char *const *reserved; /* names there that commands may not write, such as the
					startup-config's; ends with NULL. NULL: none */

	/* Called with one log line, such as %SYS-5-CONFIG_I. NULL: nobody listens. */
	void (*log)(void *app, const char *message);

	unsigned patience; /* seconds for a hello, and the rest of a message; 0: as
			      cli/session/seat.h */

	const struct cli_access *access; /* NULL: everybody gets in, and stays */
};

/*
 * Compiles the topics (and the engine's own commands), makes the configuration, and listens.
 * Strings are copied, the rest borrowed. Aborts on a faulty declaration. NULL with errno set.
 * Ignores SIGPIPE for the process. Nothing is loaded: call cli_server_boot when the program can
 * apply lines.
 */
struct cli_server *cli_server_new(const struct cli_server_config *config);

/* Cancels every session's command, closes and removes the socket. The configuration goes, its
 * effects stay. */
void cli_server_free(struct cli_server *server);

struct cli_config *cli_server_configuration(struct cli_server *server);

/* Loads the startup-config, if there is one; refused lines are logged. Returns as
 * cli_config_load does, 0 without a file. */
int cli_server_boot(struct cli_server *server);

/*
 * Takes configuration lines on the program's own behalf ("interface Tunnel100\n mpls bgp
 * forwarding\n"), as if typed; lines already there change nothing. Refusals are logged.
 * Not from inside apply.
 */
int cli_server_configure(struct cli_server *server, const char *lines);

/* Shows a log line to every session that said `terminal monitor`. A session that does not read
 * misses lines rather than gathering them. */
void cli_server_monitor(struct cli_server *server, const char *line);

/* Of the session that runs the command; the defaults outside one. */
unsigned cli_session_length(const struct cli_session *session); /* rows, 0: no paging */
unsigned cli_session_width(const struct cli_session *session);	/* columns */

#endif
