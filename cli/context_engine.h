/* SPDX-License-Identifier: BSD-3-Clause */

#ifndef BYWAY_CLI_CONTEXT_ENGINE_H
#define BYWAY_CLI_CONTEXT_ENGINE_H

/* What a context keeps between a handler's calls. Engine only; handlers use context.h. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cli/context.h"

enum { CLI_NO_CARET = -1 };

struct cli_ctx_engine {
	/* The line being carried out, for cli_fail_at. */
	const struct cli_args *caret_args; /* as typed; NULL: nobody typed it */
	int64_t caret;			   /* offset within the parsed words, or CLI_NO_CARET */
	bool complained;		   /* cli_fail or cli_fail_at was called */

	/* Questions: answers so far, and the one now open. */
	bool attended; /* there is somebody to ask */
	char *answers[CLI_QUESTIONS];
	unsigned answered;
	unsigned asked; /* by the present call of the handler */
	enum cli_question question_kind;
	char *question; /* open question, or NULL */

	/* Lines that apply brought along. */
	char **implied;
	size_t implied_count;

	/* A command that goes on. */
	void (*cancel)(void *state);
	int (*more)(struct cli_ctx *ctx, void *state);
	void (*end)(void *state);
	void *state;
	void (*done)(struct cli_ctx *ctx, int status); /* the session's ear; NULL: none */
};

/* Before a handler is called: forgets carets, complaints and what was asked, not the answers. */
void cli_ctx_begin(struct cli_ctx *ctx, const struct cli_args *caret_args);

/* After a command: forgets answers, questions, implied lines. */
void cli_ctx_end(struct cli_ctx *ctx);

void cli_ctx_forget_implied(struct cli_ctx *ctx);

/* Gives the answer to the open question; copies it. -ENOMEM. */
int cli_ctx_answer(struct cli_ctx *ctx, const char *answer);

/* Stops what is pending, if anything. */
void cli_ctx_cancel(struct cli_ctx *ctx);

/* Goes on with a cli_yield dump. Returns CLI_PENDING, or how it ended. */
int cli_ctx_resume(struct cli_ctx *ctx);

/* Whether cli_yield, rather than cli_pend, keeps the command going. */
bool cli_ctx_yielding(const struct cli_ctx *ctx);

/* Calls an exec handler; outside a session also runs a dump to its end. */
int cli_ctx_run(struct cli_ctx *ctx, const struct cli_args *args);

#endif
