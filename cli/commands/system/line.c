/* SPDX-License-Identifier: BSD-3-Clause */
/* `line con 0` and the others, of which only the console is anything here. */
#include <stdio.h>
#include <string.h>

#include "cli/commands/commands.h"
#include "cli/commands/kept/kept.h"

static struct access *access_of(const struct cli_ctx *ctx)
{
	return &cmd_control(ctx)->access;
}

/* Sessions come over a Unix socket, which is the console. The other lines are kept. */
static bool is_console(const struct cli_ctx *ctx)
{
	const struct cli_args *line = cli_parent(ctx, 1);

	return line != NULL && cli_has(line, "con");
}

static int apply_line(struct cli_ctx *ctx, const struct cli_args *args, enum cli_op op)
{
	struct access *access = access_of(ctx);

	if (op == CLI_SET || !cli_has(args, "con"))
		return 0;
	secret_clear(&access->console.password);
	access->console.login = ACCESS_OPEN;
	access->console.level = -1;
	access->console.idle = ACCESS_IDLE_DEFAULT;
	return 0;
}

/* Lines of other ports, such as 3, 0/3/0 and 0/3/1 0/3/15: kept. */
static int apply_tty(struct cli_ctx *ctx, const struct cli_args *args, enum cli_op)
{
	static const char *const ends[] = { "first", "last" };

	for (unsigned i = 0; i < 2; i++) {
		const char *end = cli_arg_text(args, ends[i]);

		if (end != NULL && end[strspn(end, "0123456789/")] != '\0')
			return cli_fail_at(ctx, ends[i]);
	}
	return 0;
}

/* IOS takes the whole word, and prints it short. */
static int normal_console(const struct cli_args *args, char *buf, size_t size)
{
	return snprintf(buf, size, "line con %s", cli_arg_text(args, "first"));
}

static int apply_exec_timeout(struct cli_ctx *ctx, const struct cli_args *args, enum cli_op op)
{
	uint64_t seconds = ACCESS_IDLE_DEFAULT;

	if (op == CLI_SET)
		seconds = cli_arg_number(args, "minutes", 0) * 60 +
			  cli_arg_number(args, "seconds", 0);
	if (is_console(ctx))
		access_of(ctx)->console.idle = (uint32_t)seconds;
	/* `no exec-timeout` is no timeout, not the default. */
	return op == CLI_UNSET && ctx->typed != NULL ? cli_imply(ctx, "exec-timeout 0 0") : 0;
}

static int render_exec_timeout(const struct cli_args *args, char *buf, size_t size)
{
	return snprintf(buf, size, "exec-timeout %u %u",
		(unsigned)cli_arg_number(args, "minutes", 0),
		(unsigned)cli_arg_number(args, "seconds", 0));
}

static int apply_login(struct cli_ctx *ctx, const struct cli_args *args, enum cli_op op)
{
	enum access_login login = cli_has(args, "local") ? ACCESS_LOCAL : ACCESS_LINE;

	if (is_console(ctx))
		access_of(ctx)->console.login = op == CLI_SET ? login : ACCESS_OPEN;
	return 0;
}

static int apply_password(struct cli_ctx *ctx, const struct cli_args *args, enum cli_op op)
{
	enum secret_kind kind = cli_has(args, "7") ? SECRET_TYPE7 : SECRET_PLAIN;
	const char *text = cli_arg_text(args, "secret");
	struct secret *password = &access_of(ctx)->console.password;

	if (op == CLI_SET && !secret_is_valid(kind, text))
		return cli_fail(ctx, "Invalid encrypted password: %s", text);
	if (!is_console(ctx))
		return 0;
	if (op == CLI_SET)
		return secret_set(password, kind, text);
	secret_clear(password);
	return 0;
}

static int apply_level(struct cli_ctx *ctx, const struct cli_args *args, enum cli_op op)
{
	if (is_console(ctx))
		access_of(ctx)->console.level =
			op == CLI_SET ? (int)cli_arg_number(args, "privilege_level", 0) : -1;
	return 0;
}

static const struct cli_help help[] = {
	{ "line", "Configure a terminal line" },
	{ "console", "Primary terminal line" },
	{ "con", "Primary terminal line" },
	{ "aux", "Auxiliary line" },
	{ "vty", "Virtual terminal" },
	{ "first", "First line number" },
	{ "last", "Last line number" },
	{ "login", "Enable password checking" },
	{ "local", "Local password checking" },
	{ "password", "Set a password" },
	{ "secret", "The password" },
	{ "0", "Specifies an UNENCRYPTED password will follow" },
	{ "7", "Specifies a HIDDEN password will follow" },
	{ "transport", "Define transport protocols for line" },
	{ "input", "Define which protocols to use when connecting to the terminal server" },
	{ "exec-timeout", "Set the EXEC timeout" },
	{ "minutes", "Timeout in minutes" },
	{ "seconds", "Timeout in seconds" },
	{ "synchronous", "Synchronized message output" },
	{ "privilege", "Change privilege level for line" },
	{ "level", "Assign default privilege level for line" },
	{ "stopbits", "Set async line stop bits" },
	{ NULL, NULL },
};

static const struct cli_mode modes[] = {
	{ .name = "config-line", .prompt = "(config-line)", .parent = "config", .joined = true },
	{ .name = NULL },
};

#define ANY(words, place)     KEPT_ANY("config-line", words, place)
#define ONE(words, place)     KEPT("config-line", words, place)
#define DEFAULT(words, place) KEPT_NO("config-line", words, place)

static const struct cli_command commands[] = {
	{
		.mode = "config",
		.syntax = "line con <first:0-0>",
		.help = help,
		.key = "first",
		.enters = "config-line",
		.rank = RANK_LINE,
		.apply = apply_line,
	},
	{
		.mode = "config",
		.syntax = "line console <first:0-0>",
		.help = help,
		.flags = CLI_HIDDEN,
		.enters = "config-line",
		.apply = apply_line, /* as the line that it stands for */
		.normal = normal_console,
	},
	{
		.mode = "config",
		.syntax = "line aux <first:0-0>",
		.help = help,
		.key = "first",
		.enters = "config-line",
		.flags = CLI_HARMLESS,
		.rank = RANK_LINE + 1,
	},
	{
		.mode = "config",
		.syntax = "line [tty] <first:WORD> [<last:WORD>]",
		.help = help,
		.key = "first last",
		.enters = "config-line",
		.flags = CLI_HARMLESS,
		.rank = RANK_LINE + 2,
		.apply = apply_tty,
	},
	{
		.mode = "config",
		.syntax = "line vty <first:0-1869> [<last:1-1869>]",
		.help = help,
		.key = "first last",
		.enters = "config-line",
		.flags = CLI_HARMLESS,
		.rank = RANK_LINE + 3,
		.sort = "first",
	},
	{
		.mode = "config-line",
		.syntax = "exec-timeout <minutes:0-35791> [<seconds:0-2147483>]",
		.help = help,
		.no = "exec-timeout",
		.fallback = "exec-timeout 10 0",
		.flags = CLI_UNSET_ABSENT,
		.rank = 100,
		.apply = apply_exec_timeout,
		.render = render_exec_timeout,
	},
	{
		.mode = "config-line",
		.syntax = "privilege level <privilege_level:0-15>",
		.help = help,
		.rank = 110,
		.apply = apply_level,
	},
	{
		.mode = "config-line",
		.syntax = "password [0|7] <secret:LINE>",
		.help = help,
		.no = "password",
		.rank = 120,
		.apply = apply_password,
	},
	ONE("logging synchronous [<rest:LINE>]", 130),
	{
		.mode = "config-line",
		.syntax = "login [local]",
		.help = help,
		.rank = 140,
		.apply = apply_login,
	},
	ONE("session-timeout <rest:LINE>", 90),
	ANY("access-class <rest:LINE>", 95),
	ANY("ipv6 access-class <rest:LINE>", 96),
	ANY("autocommand <rest:LINE>", 97),
	ONE("session-limit <rest:LINE>", 101),
	ONE("absolute-timeout <rest:LINE>", 101),
	ANY("location <rest:LINE>", 141),
	ANY("length <rest:LINE>", 141),
	ANY("width <rest:LINE>", 141),
	ANY("history <rest:LINE>", 141),
	ANY("escape-character <rest:LINE>", 141),
	ANY("terminal-type <rest:LINE>", 141),
	ANY("script <rest:LINE>", 142),
	ANY("modem <rest:LINE>", 143),
	ANY("rotary <rest:LINE>", 144),
	DEFAULT("activation-character", 145),
	DEFAULT("exec", 146),
	ANY("monitor", 147),
	ANY("notify", 147),
	ANY("autoselect <rest:LINE>", 148),
	ONE("transport preferred <rest:LINE>", 150),
	ONE("transport input <rest:LINE>", 151),
	ONE("transport output <rest:LINE>", 152),
	ONE("databits <rest:LINE>", 158),
	ONE("parity <rest:LINE>", 159),
	ONE("stopbits <rest:LINE>", 160),
	ONE("rxspeed <rest:LINE>", 161),
	ONE("txspeed <rest:LINE>", 161),
	ONE("speed <rest:LINE>", 162),
	ONE("flowcontrol <rest:LINE>", 163),
	{ .mode = NULL },
};

const struct cli_topic cli_line_topic = { .modes = modes, .commands = commands };
