/* SPDX-License-Identifier: BSD-3-Clause */

#ifndef CLI_SESSION_SESSION_H
#define CLI_SESSION_SESSION_H

/*
 * One administrator's session: modes, prompt, history, the command now running. It knows messages
 * and not sockets: server.c feeds it and takes what it sends. Engine only.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cli/config/freetext.h"
#include "cli/config/line.h"
#include "cli/config/scope.h"
#include "cli/context_engine.h"
#include "cli/session/protocol.h"
#include "cli/session/server.h"

enum { CLI_HISTORY = 20, CLI_PROMPT_SIZE = 160 };

enum cli_session_state {
	CLI_SESSION_IDLE,
	CLI_SESSION_RUNNING, /* a command goes on by itself */
	CLI_SESSION_ASKING,  /* a question is open */
	CLI_SESSION_LOADING,
};

struct cli_session;

/* What a session needs of its server. */
struct cli_session_ops {
	void (*send)(void *link, const struct cli_message *message);
	bool (*full)(void *link);  /* too much is waiting to be sent */
	void (*tick)(void *link);  /* call cli_session_tick soon */
	void (*close)(void *link); /* after what was sent */
	/* Call cli_session_expire after so many seconds, unless asked anew; 0: not at all. */
	void (*expire)(void *link, unsigned seconds);
};

struct cli_session {
	const struct cli_session_ops *ops;
	void *link;
	const struct cli_server_config *settings; /* of the server */
	struct cli_config *config;
	struct cli_ctx ctx;
	struct cli_out *out;
	enum cli_session_state state;

	bool terminal; /* somebody sees prompt and line: carets count the prompt */
	bool greeted;
	bool length_follows; /* the window's height, as nobody said `terminal length` */
	unsigned length;
	unsigned width;
	bool monitor;
	bool privileged;
	struct {
		enum cli_demand demand; /* of the question that is open; NOTHING: got in */
		unsigned level;
		unsigned failures;
		char *user; /* the name given, or NULL */
	} login;
	bool configuring;
	struct cli_cursor cursor;

	char *line;		/* being carried out; again, when a question was answered */
	size_t line_offset;	/* past `do` */
	struct cli_args *args;	/* of the exec command */
	struct cli_scope scope; /* what is under a refused line */
	bool told;		/* that lines are skipped */
	bool text_open;		/* a banner's lines are coming */
	struct cli_freetext text_end;
	bool text_refused; /* and go nowhere */
	char *text;	   /* they so far; NULL: too much of it */
	bool calling;	   /* a handler is on the stack */
	bool done_early;   /* it called cli_done before it returned */
	int done_status;
	bool closing;

	struct cli_file *file; /* that the command's output goes to, or NULL */
	bool copying;	       /* what is in it comes first, then the command */

	struct cli_load *load;
	bool load_verbose;

	char *history[CLI_HISTORY];
	unsigned history_count;
};

/* -ENOMEM. `settings` and `config` are borrowed. */
int cli_session_init(struct cli_session *session, const struct cli_session_ops *ops, void *link,
	const struct cli_server_config *settings, struct cli_config *config);

/* Cancels what runs. */
void cli_session_fini(struct cli_session *session);

/* Takes a message of the shell. -EPROTO when it may not come now, or says nonsense: drop it. */
int cli_session_take(struct cli_session *session, const struct cli_message *message);

/* Goes on with a dump or a load, when there is room to send. */
void cli_session_tick(struct cli_session *session);

/* Nobody has done anything for as long as may be: the session ends, unless a command runs. */
void cli_session_expire(struct cli_session *session);

/* Into configuration, and out of it. */
void cli_session_configure(struct cli_session *session);
void cli_session_unconfigure(struct cli_session *session);

/* After the command now running. */
void cli_session_close(struct cli_session *session);

/* Writes the prompt, "RTA(config-if)#". */
void cli_session_prompt(const struct cli_session *session, char *buf, size_t size);

/* `?` and Tab, in session_help.c. */
void cli_session_help(struct cli_session *session, const char *line);
void cli_session_complete(struct cli_session *session, const char *line);

void cli_session_send(struct cli_session *session, enum cli_message_type type, uint32_t number,
	const char *text, size_t len);

/* Takes a line as typed or pasted, which may be part of a text, in session_line.c. */
void cli_session_line(struct cli_session *session, const char *line);

/* Forgets a text that was begun. */
void cli_session_drop_text(struct cli_session *session);

/* Carries out session->line, in session_line.c; again, when its question was answered. */
void cli_session_run(struct cli_session *session);
void cli_session_answered(struct cli_session *session);

/* What to do after a handler returned `ret`: it is done, asks, or goes on. */
void cli_session_settle(struct cli_session *session, int ret);

/* Where the exec part of a line begins when it starts with `do`, else 0. */
size_t cli_session_do(const struct cli_session *session, const char *line);

/* Offset of the `|` that begins a filter, or the line's length. */
size_t cli_session_pipe(const char *line);

/* LOAD, in session_load.c. */
void cli_session_load(struct cli_session *session, uint32_t options, const char *text, size_t len);
void cli_session_load_step(struct cli_session *session);
void cli_session_load_stop(struct cli_session *session);

/* Getting in, in session_login.c: asks what is to be asked, then shows the prompt; takes an answer;
 * gives up, which ends the session. */
void cli_session_login(struct cli_session *session);
void cli_session_login_answer(struct cli_session *session, const char *answer);
void cli_session_login_abort(struct cli_session *session);

/* Sends the prompt of a session that does nothing. */
void cli_session_ready(struct cli_session *session);

/* Ends the session at once. */
void cli_session_end(struct cli_session *session);

/* The file behind a command's `|`, in session_file.c: opens it if the filter names one, and calls
 * the handler then or, when there is much to be kept in it, later. */
void cli_session_begin_file(struct cli_session *session);
void cli_session_copy(struct cli_session *session);

/* Puts the file in its place, or says why not; of a command that failed, prints what it said.
 * Returns the command's status. */
int cli_session_end_file(struct cli_session *session, int status);

/* Calls the handler of the command that was parsed. */
void cli_session_call(struct cli_session *session);

/* Ends the command: flushes its output, sends prompt and status. */
void cli_session_finish(struct cli_session *session, int status);

#endif
