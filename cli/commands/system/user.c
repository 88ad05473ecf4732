/* SPDX-License-Identifier: BSD-3-Clause */
/* `username`, `enable secret` and `enable password`, and what they mean to a session. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands/commands.h"

static enum secret_kind kind_of(const struct cli_args *args)
{
	return cli_has(args, "5") ? SECRET_MD5 : cli_has(args, "7") ? SECRET_TYPE7 : SECRET_PLAIN;
}

/* Whether what was typed is the secret that is there: then that line stays. */
static bool is_same(const struct cli_args *old, const char *typed)
{
	struct secret secret;

	if (old == NULL || !cli_has(old, "5"))
		return false;
	secret = (struct secret) { SECRET_MD5, (char *)cli_arg_text(old, "secret_text") };
	return secret_matches(&secret, typed);
}

/* 0, or refused: `text` must be of the kind that is said. */
static int check(struct cli_ctx *ctx, const struct cli_args *args)
{
	static const char *const unknown[] = { "4", "8", "9" };

	for (size_t i = 0; i < 3; i++)
		if (cli_has(args, unknown[i]))
			return cli_fail(ctx, "%% Secrets of type %s are not supported: use type 5",
				unknown[i]);
	if (secret_is_valid(kind_of(args), cli_arg_text(args, "secret_text")))
		return 0;
	if (cli_has(args, "5"))
		return cli_fail(
			ctx, "ERROR: The secret you entered is not a valid encrypted secret.");
	return cli_fail(ctx, "Invalid encrypted password: %s", cli_arg_text(args, "secret_text"));
}

/* The words before the type and the text: "enable secret", "username U privilege 15 secret". */
static int begin_of(const struct cli_args *args, bool typed)
{
	size_t tail = strlen(cli_arg_text(args, "secret_text")) + (typed ? 3 : 1);

	return (int)(strlen(args->line) - tail);
}

static bool is_typed(const struct cli_args *args)
{
	return cli_has(args, "0") || cli_has(args, "5") || cli_has(args, "7");
}

/* A secret is kept as its hash. */
static char *amend_secret(
	struct cli_ctx *ctx, const struct cli_args *args, const struct cli_args *old)
{
	const char *text = cli_arg_text(args, "secret_text");
	char hash[SECRET_HASH_SIZE], *line = NULL;

	if (check(ctx, args) != 0)
		return NULL;
	if (cli_has(args, "5"))
		return strdup(args->line);
	if (is_same(old, text))
		snprintf(hash, sizeof(hash), "%s", cli_arg_text(old, "secret_text"));
	else if (secret_hash(text, hash) != 0) {
		cli_fail(ctx, "%% The secret cannot be encrypted");
		return NULL;
	}
	if (asprintf(&line, "%.*s 5 %s", begin_of(args, is_typed(args)), args->line, hash) < 0)
		return NULL;
	return line;
}

/* IOS shows the type of a user's plain password, and not that of the enable password. */
static char *amend_password(
	struct cli_ctx *ctx, const struct cli_args *args, const struct cli_args *)
{
	bool user = cli_has(args, "name");
	char *line;

	if (check(ctx, args) != 0)
		return NULL;
	if (cli_has(args, "7"))
		return strdup(args->line);
	if (asprintf(&line, "%.*s%s %s", begin_of(args, is_typed(args)), args->line,
		    user ? " 0" : "", cli_arg_text(args, "secret_text")) < 0)
		return NULL;
	return line;
}

/* What a user is known by: "secret 5 ...", "nopassword", or "" for nothing yet. */
static const char *credential_of(const struct cli_args *args)
{
	const char *at = args->line + strlen("username ") + strlen(cli_arg_text(args, "name"));

	if (cli_has(args, "level"))
		at += strlen(" privilege ") + strlen(cli_arg_text(args, "level"));
	return at[0] == ' ' ? at + 1 : at;
}

static char *amend_credential(
	struct cli_ctx *ctx, const struct cli_args *args, const struct cli_args *old)
{
	if (cli_has(args, "secret"))
		return amend_secret(ctx, args, old);
	if (cli_has(args, "password"))
		return amend_password(ctx, args, old);
	return strdup(args->line);
}

/* A user's lines add up: what the new one does not say stays. */
static char *amend_user(
	struct cli_ctx *ctx, const struct cli_args *args, const struct cli_args *old)
{
	const struct cli_args *ranked = cli_has(args, "level") || old == NULL ? args : old;
	uint64_t level = cli_arg_number(ranked, "level", 1);
	char *kept = amend_credential(ctx, args, old), *line = NULL, privilege[32] = "";
	const char *credential;

	if (kept == NULL)
		return NULL;
	credential = kept + (credential_of(args) - args->line);
	if (credential[0] == '\0' && old != NULL)
		credential = credential_of(old);
	if (level != 1)
		snprintf(privilege, sizeof(privilege), " privilege %u", (unsigned)level);
	if (asprintf(&line, "username %s%s%s%s", cli_arg_text(args, "name"), privilege,
		    credential[0] != '\0' ? " " : "", credential) < 0)
		line = NULL;
	explicit_bzero(kept, strlen(kept));
	free(kept);
	return line;
}

static int apply_user(struct cli_ctx *ctx, const struct cli_args *args, enum cli_op op)
{
	struct access *access = &cmd_control(ctx)->access;
	const char *name = cli_arg_text(args, "name"), *text = cli_arg_text(args, "secret_text");
	enum secret_kind kind = cli_has(args, "nopassword") ? SECRET_ANY
				: text != NULL		    ? kind_of(args)
							    : SECRET_NONE;

	if (op == CLI_SET)
		return access_user_set(access, name, (unsigned)cli_arg_number(args, "level", 1),
			kind, text != NULL ? text : "");
	access_user_remove(access, name);
	return 0;
}

static int set_or_clear(struct secret *secret, const struct cli_args *args, enum cli_op op)
{
	if (op == CLI_SET)
		return secret_set(secret, kind_of(args), cli_arg_text(args, "secret_text"));
	secret_clear(secret);
	return 0;
}

static int apply_secret(struct cli_ctx *ctx, const struct cli_args *args, enum cli_op op)
{
	return set_or_clear(&cmd_control(ctx)->access.enable_secret, args, op);
}

static int apply_password(struct cli_ctx *ctx, const struct cli_args *args, enum cli_op op)
{
	return set_or_clear(&cmd_control(ctx)->access.enable_password, args, op);
}

/* --- for the command line's server --- */

static struct access *access_of(void *app)
{
	struct control *ctl = app;

	return &ctl->access;
}

static bool is_enable_set(const struct access *access)
{
	return access->enable_secret.kind != SECRET_NONE ||
	       access->enable_password.kind != SECRET_NONE;
}

static enum cli_demand on_login(void *app, unsigned *level)
{
	const struct access *access = access_of(app);

	*level = is_enable_set(access) ? 1 : CLI_PRIVILEGED;
	if (access->console.login != ACCESS_OPEN)
		*level = 1;
	if (access->console.level >= 0)
		*level = (unsigned)access->console.level;
	switch (access->console.login) {
	case ACCESS_LOCAL:
		return CLI_DEMAND_USER;
	case ACCESS_LINE:
		return access->console.password.kind == SECRET_NONE ? CLI_DEMAND_MISSING
								    : CLI_DEMAND_PASSWORD;
	default:
		return CLI_DEMAND_NOTHING;
	}
}

static bool on_log_in(void *app, const char *name, const char *password, unsigned *level)
{
	/* Who is nobody takes as long as who is somebody. */
	static const struct secret nobody = { SECRET_MD5, "$1$....$" };
	struct access *access = access_of(app);
	const struct access_user *user;

	if (name == NULL)
		return secret_matches(&access->console.password, password);
	user = access_user_find(access, name);
	if (!secret_matches(user != NULL ? &user->secret : &nobody, password) || user == NULL)
		return false;
	*level = user->level;
	return true;
}

/* Where nobody had to log in, nobody has to know a password that is not there either. */
static enum cli_demand on_enable(void *app)
{
	const struct access *access = access_of(app);

	if (is_enable_set(access))
		return CLI_DEMAND_PASSWORD;
	return access->console.login == ACCESS_OPEN ? CLI_DEMAND_NOTHING : CLI_DEMAND_MISSING;
}

static bool on_may_enable(void *app, const char *password)
{
	const struct access *access = access_of(app);

	return secret_matches(access->enable_secret.kind != SECRET_NONE ? &access->enable_secret
									: &access->enable_password,
		password);
}

static unsigned on_idle(void *app)
{
	return access_of(app)->console.idle;
}

const struct cli_access byway_access = {
	.login = on_login,
	.log_in = on_log_in,
	.enable = on_enable,
	.may_enable = on_may_enable,
	.idle = on_idle,
};

static const struct cli_help help[] = {
	{ "username", "Establish User Name Authentication" },
	{ "name", "User name" },
	{ "privilege", "Set user privilege level" },
	{ "level", "User privilege level" },
	{ "nopassword", "No password is required for the user to log in" },
	{ "secret", "Specify the secret for the user" },
	{ "password", "Specify the password for the user" },
	{ "secret_text", "The UNENCRYPTED (cleartext) or encrypted secret" },
	{ "0", "Specifies an UNENCRYPTED secret will follow" },
	{ "4", "Specifies a SHA256 HASHED secret will follow" },
	{ "5", "Specifies a MD5 HASHED secret will follow" },
	{ "7", "Specifies a HIDDEN password will follow" },
	{ "8", "Specifies a PBKDF2 HASHED secret will follow" },
	{ "9", "Specifies a SCRYPT HASHED secret will follow" },
	{ "enable", "Modify enable password parameters" },
	{ NULL, NULL },
};

static const struct cli_command commands[] = {
	{
		.mode = "config",
		.syntax = "enable secret [0|4|5|8|9] <secret_text:LINE>",
		.help = help,
		.no = "enable secret",
		.rank = RANK_ENABLE,
		.apply = apply_secret,
		.amend = amend_secret,
	},
	{
		.mode = "config",
		.syntax = "enable password [0|7] <secret_text:LINE>",
		.help = help,
		.no = "enable password",
		.rank = RANK_ENABLE + 1,
		.apply = apply_password,
		.amend = amend_password,
	},
	{
		.mode = "config",
		.syntax =
			"username <name:WORD> [privilege <level:0-15>] [nopassword|"
			"secret [0|4|5|8|9] <secret_text:LINE>|password [0|7] <secret_text:LINE>]",
		.help = help,
		.key = "name",
		.no = "username <name:WORD>",
		.rank = RANK_USER,
		.sort = "name",
		.apply = apply_user,
		.amend = amend_user,
	},
	{ .mode = NULL },
};

const struct cli_topic cli_user_topic = { .commands = commands };
