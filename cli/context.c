/* SPDX-License-Identifier: BSD-3-Clause */

#include "cli/context_engine.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/config/tree.h"

int cli_ctx_init(struct cli_ctx *ctx, void *app, struct cli_config *config, struct cli_out *out)
{
	*ctx = (struct cli_ctx) { .app = app, .config = config, .out = out };
	ctx->engine = calloc(1, sizeof(*ctx->engine));
	return ctx->engine ? 0 : -ENOMEM;
}

void cli_ctx_fini(struct cli_ctx *ctx)
{
	if (!ctx->engine)
		return;
	cli_ctx_cancel(ctx);
	cli_ctx_end(ctx);
	free(ctx->engine);
	ctx->engine = NULL;
}

void cli_ctx_begin(struct cli_ctx *ctx, const struct cli_args *caret_args)
{
	ctx->engine->caret_args = caret_args;
	ctx->engine->caret = CLI_NO_CARET;
	ctx->engine->complained = false;
	ctx->engine->asked = 0;
}

void cli_ctx_forget_implied(struct cli_ctx *ctx)
{
	struct cli_ctx_engine *engine = ctx->engine;

	for (size_t i = 0; i < engine->implied_count; i++)
		free(engine->implied[i]);
	free(engine->implied);
	engine->implied = NULL;
	engine->implied_count = 0;
}

void cli_ctx_end(struct cli_ctx *ctx)
{
	struct cli_ctx_engine *engine = ctx->engine;

	for (unsigned i = 0; i < engine->answered; i++) {
		/* It may have been a password. */
		explicit_bzero(engine->answers[i], strlen(engine->answers[i]));
		free(engine->answers[i]);
	}
	cli_ctx_forget_implied(ctx);
	free(engine->question);
	engine->answered = 0;
	engine->question = NULL;
	engine->caret_args = NULL;
}

const struct cli_args *cli_parent(const struct cli_ctx *ctx, unsigned levels)
{
	const struct cli_node *node = ctx->parent;

	while (node && --levels > 0)
		node = cli_node_parent(node);
	return node ? cli_node_args(node) : NULL;
}

int cli_fail(struct cli_ctx *ctx, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	cli_vprintf(ctx->out, format, ap);
	va_end(ap);
	cli_puts(ctx->out, "\n");
	ctx->engine->complained = true;
	return -EINVAL;
}

int cli_fail_at(struct cli_ctx *ctx, const char *name)
{
	const struct cli_args *args = ctx->engine->caret_args;
	const struct cli_value *value = args ? cli_arg(args, name) : NULL;

	if (!value)
		return cli_fail(ctx, "%% Invalid input: %s", name);
	ctx->engine->caret = value->offset;
	ctx->engine->complained = true;
	return -EINVAL;
}

int cli_ask(struct cli_ctx *ctx, enum cli_question kind, const char *question,
	const char *unattended, const char **answer)
{
	struct cli_ctx_engine *engine = ctx->engine;
	unsigned index = engine->asked++;

	if (!engine->attended || index >= CLI_QUESTIONS) {
		*answer = unattended;
		return 0;
	}
	if (index < engine->answered) {
		*answer = engine->answers[index];
		return 0;
	}
	free(engine->question);
	engine->question = strdup(question);
	engine->question_kind = kind;
	return engine->question ? CLI_PENDING : -ENOMEM;
}

int cli_ask_yes(struct cli_ctx *ctx, const char *question, bool *yes)
{
	const char *answer;
	int ret = cli_ask(ctx, CLI_ASK_LINE, question, "yes", &answer);

	if (ret == 0)
		*yes = answer[0] == 'y' || answer[0] == 'Y';
	return ret;
}

int cli_ctx_answer(struct cli_ctx *ctx, const char *answer)
{
	struct cli_ctx_engine *engine = ctx->engine;
	char *copy = strdup(answer);

	if (!copy || engine->answered == CLI_QUESTIONS) {
		free(copy);
		return -ENOMEM;
	}
	engine->answers[engine->answered++] = copy;
	free(engine->question);
	engine->question = NULL;
	return 0;
}

int cli_imply(struct cli_ctx *ctx, const char *format, ...)
{
	struct cli_ctx_engine *engine = ctx->engine;
	char **grown = reallocarray(engine->implied, engine->implied_count + 1, sizeof(char *));
	va_list ap;
	int len;

	if (!grown)
		return -ENOMEM;
	engine->implied = grown;
	va_start(ap, format);
	len = vasprintf(&grown[engine->implied_count], format, ap);
	va_end(ap);
	if (len < 0)
		return -ENOMEM;
	engine->implied_count++;
	return 0;
}

int cli_pend(struct cli_ctx *ctx, void (*cancel)(void *state), void *state)
{
	if (!ctx->engine->done) {
		/* Nobody will be there when it ends. */
		cancel(state);
		return cli_fail(ctx, "%% This command needs a session");
	}
	ctx->engine->cancel = cancel;
	ctx->engine->state = state;
	return CLI_PENDING;
}

void cli_done(struct cli_ctx *ctx, int status)
{
	ctx->engine->cancel = NULL;
	ctx->engine->state = NULL;
	ctx->engine->done(ctx, status);
}

int cli_yield(struct cli_ctx *ctx, int (*more)(struct cli_ctx *ctx, void *state),
	void (*end)(void *state), void *state)
{
	ctx->engine->more = more;
	ctx->engine->end = end;
	ctx->engine->state = state;
	return cli_ctx_resume(ctx);
}

bool cli_ctx_yielding(const struct cli_ctx *ctx)
{
	return ctx->engine->more != NULL;
}

static void end_yield(struct cli_ctx_engine *engine)
{
	engine->end(engine->state);
	engine->more = NULL;
	engine->end = NULL;
	engine->state = NULL;
}

int cli_ctx_resume(struct cli_ctx *ctx)
{
	int ret = ctx->engine->more(ctx, ctx->engine->state);

	if (ret != CLI_PENDING)
		end_yield(ctx->engine);
	return ret;
}

void cli_ctx_cancel(struct cli_ctx *ctx)
{
	struct cli_ctx_engine *engine = ctx->engine;
	void (*cancel)(void *state) = engine->cancel;

	if (engine->more) {
		end_yield(engine);
	} else if (cancel) {
		void *state = engine->state;

		engine->cancel = NULL;
		engine->state = NULL;
		cancel(state);
	}
}

int cli_ctx_run(struct cli_ctx *ctx, const struct cli_args *args)
{
	int ret;

	cli_ctx_begin(ctx, args);
	ret = args->command->run(ctx, args);
	while (ret == CLI_PENDING && !ctx->engine->done && cli_ctx_yielding(ctx))
		ret = cli_ctx_resume(ctx);
	return ret;
}
