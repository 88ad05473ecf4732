/* SPDX-License-Identifier: BSD-3-Clause */

#ifndef BYWAY_CLI_CONTEXT_H
#define BYWAY_CLI_CONTEXT_H

/*
 * What a command's handler is called with: where to print, what it may ask for, and how to go on
 * later. One context per session (or load), valid as long as its command runs.
 *
 * A handler returns 0 when done, a negative errno when refused (after cli_fail, which words it),
 * or CLI_PENDING from one of the calls below that say so.
 */

#include <stdbool.h>
#include <stddef.h>

#include "cli/grammar/grammar.h"
#include "cli/output/output.h"

struct cli_config;
struct cli_node;
struct cli_session;

enum { CLI_QUESTIONS = 4 }; /* a handler asks this many at most */

struct cli_ctx {
	void *app;		     /* the program's root object, from cli_server_config */
	struct cli_out *out;	     /* where to print */
	struct cli_config *config;   /* the configuration */
	struct cli_session *session; /* NULL outside a session: at boot, in a test */

	/* For apply only */
	const struct cli_node *parent; /* the line whose mode this one is in; the tree's root, which
					  has no args, at top level */
	const struct cli_args *old;    /* SET: what the line replaces, NULL for a new line */
	const struct cli_args *typed;  /* UNSET: the words that stood after `no`; else NULL */

	struct cli_ctx_engine *engine; /* the engine's own */
};

/* The args of the enclosing line, 1 for the nearest; NULL at top level. For apply. */
const struct cli_args *cli_parent(const struct cli_ctx *ctx, unsigned levels);

/* Prints a refusal (a newline is added) and returns -EINVAL: `return cli_fail(ctx, "%% ...")`. */
int cli_fail(struct cli_ctx *ctx, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Refuses the line with IOS's caret under the argument `name`. Returns -EINVAL. */
int cli_fail_at(struct cli_ctx *ctx, const char *name);

/*
 * Asks the administrator. The first call returns CLI_PENDING, which the handler returns at once,
 * with nothing changed or printed; when the answer is there, the handler is called again from its
 * beginning and this call returns 0 with *answer, valid until the handler returns. "" is a bare
 * Enter. Outside a session, and in a load or replace, the answer is `unattended` right away.
 */
enum cli_question {
	CLI_ASK_LINE,	 /* a typed line */
	CLI_ASK_CONFIRM, /* `[confirm]`: Enter or y gives "y", any other key "n" */
	CLI_ASK_SECRET,	 /* a line not echoed */
};
int cli_ask(struct cli_ctx *ctx, enum cli_question kind, const char *question,
	const char *unattended, const char **answer);

/* CLI_ASK_LINE for `...? [no]: `; true for an answer beginning with y. */
int cli_ask_yes(struct cli_ctx *ctx, const char *question, bool *yes);

/*
 * From apply: after this line, also take this one, in the same mode (`ip nat inside` brings
 * `ip virtual-reassembly in`). Taken or rolled back together with it; already there: nothing.
 * configure replace ignores it: the file says it all. The line must be one that parses.
 */
int cli_imply(struct cli_ctx *ctx, const char *format, ...) __attribute__((format(printf, 2, 3)));

/*
 * From run: the command goes on by itself (a timer, a socket). Returns CLI_PENDING, for the
 * handler to return. `cancel` is called once when the administrator aborts or goes away, and must
 * stop it; ctx is not to be used afterwards. Otherwise end with cli_done, which is the last use
 * of ctx and must not happen inside the handler.
 */
int cli_pend(struct cli_ctx *ctx, void (*cancel)(void *state), void *state);

/* Ends a pending command: 0, or a negative errno after cli_fail. */
void cli_done(struct cli_ctx *ctx, int status);

/*
 * From run: a dump that may be long. `more` prints until cli_out_full or its end and returns
 * CLI_PENDING to be called again when there is room, or how it ended (0 or a negative errno).
 * `end` frees `state` and is called exactly once, in whatever way the command ends. Returns what
 * the handler is to return.
 */
int cli_yield(struct cli_ctx *ctx, int (*more)(struct cli_ctx *ctx, void *state),
	void (*end)(void *state), void *state);

/*
 * A context outside any session, which prints to `out` (borrowed). Returns 0 or -ENOMEM.
 * Commands that wait are run to their end (cli_yield) or refused (cli_pend).
 */
int cli_ctx_init(struct cli_ctx *ctx, void *app, struct cli_config *config, struct cli_out *out);
void cli_ctx_fini(struct cli_ctx *ctx);

#endif
