/* SPDX-License-Identifier: BSD-3-Clause */

#include "cli/builtin.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cli/config/config_engine.h"
#include "cli/config/store.h"
#include "cli/output/file.h"
#include "cli/session/session.h"

/* A text on its way out. */
struct dump {
	char *text;
	size_t len;
	size_t at;
};

enum { DUMP_PIECE = 16 * 1024, ENABLE_TRIES = 3, CLI_BANNER_MAX = 8 * 1024 };

static int dump_more(struct cli_ctx *ctx, void *state)
{
	struct dump *dump = state;

	while (dump->at < dump->len) {
		size_t left = dump->len - dump->at;
		size_t piece = left < DUMP_PIECE ? left : DUMP_PIECE;

		if (cli_out_full(ctx->out))
			return CLI_PENDING;
		cli_write(ctx->out, dump->text + dump->at, piece);
		dump->at += piece;
	}
	return 0;
}

static void dump_end(void *state)
{
	struct dump *dump = state;

	free(dump->text);
	free(dump);
}

/* Prints a text of any size; takes it over. */
static int dump(struct cli_ctx *ctx, char *text, size_t len)
{
	struct dump *dump = malloc(sizeof(*dump));

	if (!dump || !text) {
		free(dump);
		free(text);
		return -ENOMEM;
	}
	*dump = (struct dump) { text, len, 0 };
	return cli_yield(ctx, dump_more, dump_end, dump);
}

static int need_session(struct cli_ctx *ctx)
{
	return ctx->session ? 0 : cli_fail(ctx, "%% This command needs a session");
}

static int run_exit(struct cli_ctx *ctx, const struct cli_args *)
{
	int err = need_session(ctx);

	if (err == 0)
		cli_session_close(ctx->session);
	return err;
}

static int ask_enable(struct cli_ctx *ctx, const struct cli_access *access)
{
	for (unsigned tries = 0; tries < ENABLE_TRIES; tries++) {
		const char *password;
		int ret = cli_ask(ctx, CLI_ASK_SECRET,
			tries == 0 ? "Password: " : "% Access denied\nPassword: ", "", &password);

		if (ret || access->may_enable(ctx->app, password))
			return ret;
	}
	return cli_fail(ctx, "%% Bad secrets\n");
}

static int run_enable(struct cli_ctx *ctx, const struct cli_args *)
{
	const struct cli_access *access;
	enum cli_demand demand;
	int ret = need_session(ctx);

	if (ret || ctx->session->privileged)
		return ret;
	access = ctx->session->settings->access;
	demand = access ? access->enable(ctx->app) : CLI_DEMAND_NOTHING;
	if (demand == CLI_DEMAND_MISSING)
		return cli_fail(ctx, "%% No password set");
	if (demand != CLI_DEMAND_NOTHING)
		ret = ask_enable(ctx, access);
	if (ret == 0)
		ctx->session->privileged = true;
	return ret;
}

static int run_disable(struct cli_ctx *ctx, const struct cli_args *)
{
	int err = need_session(ctx);

	if (err == 0)
		ctx->session->privileged = false;
	return err;
}

static int configure_terminal(struct cli_ctx *ctx)
{
	cli_puts(ctx->out, "Enter configuration commands, one per line.  End with CNTL/Z.\n");
	cli_session_configure(ctx->session);
	return 0;
}

static int run_configure(struct cli_ctx *ctx, const struct cli_args *args)
{
	const char *answer = "";
	int ret = need_session(ctx);

	if (ret)
		return ret;
	if (!cli_has(args, "terminal"))
		ret = cli_ask(ctx, CLI_ASK_LINE,
			"Configuring from terminal, memory, or network [terminal]? ", "", &answer);
	if (ret)
		return ret;
	if (strncasecmp(answer, "terminal", strlen(answer)) != 0)
		return cli_fail(ctx, "?Must be \"terminal\"");
	return configure_terminal(ctx);
}

static int run_length(struct cli_ctx *ctx, const struct cli_args *args)
{
	int err = need_session(ctx);

	if (err)
		return err;
	ctx->session->length = (unsigned)cli_arg_number(args, "lines", 24);
	ctx->session->length_follows = false;
	return 0;
}

static int run_width(struct cli_ctx *ctx, const struct cli_args *args)
{
	int err = need_session(ctx);

	if (err == 0)
		ctx->session->width = (unsigned)cli_arg_number(args, "columns", 80);
	return err;
}

static int run_monitor(struct cli_ctx *ctx, const struct cli_args *args)
{
	int err = need_session(ctx);

	if (err == 0)
		ctx->session->monitor = !cli_has(args, "no");
	return err;
}

static int show_history(struct cli_ctx *ctx, const struct cli_args *)
{
	int err = need_session(ctx);

	for (unsigned i = 0; err == 0 && i < ctx->session->history_count; i++)
		cli_printf(ctx->out, "  %s\n", ctx->session->history[i]);
	return err;
}

/* Prints "Current configuration : N bytes" and the configuration, or one line of it. */
static int show_config(
	struct cli_ctx *ctx, const struct cli_node *only, enum cli_tree_detail detail)
{
	struct cli_out *out = cli_out_new_buffer();
	char *text;
	int len = -1;

	if (!out)
		return -ENOMEM;
	if (only) {
		cli_puts(out, "!\n");
		cli_node_print(cli_config_tree(ctx->config), only, detail, out);
		cli_puts(out, "end\n");
	} else {
		cli_config_print(ctx->config, detail, out);
	}
	len = asprintf(&text,
		"Building configuration...\n\nCurrent configuration : %zu bytes\n%s\n",
		strlen(cli_out_text(out)), cli_out_text(out));
	cli_out_free(out);
	return len < 0 ? -ENOMEM : dump(ctx, text, (size_t)len);
}

static int show_running(struct cli_ctx *ctx, const struct cli_args *args)
{
	struct cli_tree *tree = cli_config_tree(ctx->config);
	enum cli_tree_detail detail = cli_has(args, "all") ? CLI_TREE_ALL : CLI_TREE_NORMAL;
	const char *interface = cli_arg_text(args, "name");
	const struct cli_node *only = NULL;
	char line[CLI_IFNAME_SIZE + sizeof("interface ")];

	if (interface) {
		snprintf(line, sizeof(line), "interface %s", interface);
		only = cli_tree_find(tree, cli_tree_root(tree), line);
		if (!only)
			return cli_fail_at(ctx, "name");
	}
	return show_config(ctx, only, detail);
}

static int show_startup(struct cli_ctx *ctx, const struct cli_args *)
{
	size_t len;
	char *text;
	char *whole;
	int err = cli_config_read_startup(ctx->config, &text, &len);

	if (err == -ENOENT)
		return cli_fail(ctx, "startup-config is not present");
	if (err)
		return cli_fail(ctx, "%%Error opening nvram:/startup-config (%s)", strerror(-err));
	err = asprintf(&whole, "Using %zu out of %d bytes\n%s\n", len, CLI_STORE_MAX, text);
	free(text);
	return err < 0 ? -ENOMEM : dump(ctx, whole, (size_t)err);
}

static int save(struct cli_ctx *ctx)
{
	int err;

	cli_puts(ctx->out, "Building configuration...\n");
	err = cli_config_save(ctx->config);
	if (err)
		return cli_fail(ctx, "%%Error opening nvram:/startup-config (%s)", strerror(-err));
	cli_puts(ctx->out, "[OK]\n");
	return 0;
}

static int run_write(struct cli_ctx *ctx, const struct cli_args *args)
{
	if (cli_has(args, "terminal"))
		return show_config(ctx, NULL, CLI_TREE_NORMAL);
	return save(ctx);
}

static int run_copy(struct cli_ctx *ctx, const struct cli_args *)
{
	const char *answer;
	int ret =
		cli_ask(ctx, CLI_ASK_LINE, "Destination filename [startup-config]? ", "", &answer);

	if (ret)
		return ret;
	if (answer[0] && strcmp(answer, "startup-config") != 0 &&
		strcmp(answer, "nvram:startup-config") != 0)
		return cli_fail(
			ctx, "%%Error opening %s (only startup-config can be written)", answer);
	return save(ctx);
}

/* Reads what a command names: the startup-config, or a file in flash. */
static int read_named(struct cli_ctx *ctx, const char *name, char **text, size_t *len)
{
	const struct cli_server_config *settings = ctx->session ? ctx->session->settings : NULL;
	const struct cli_flash flash = { .directory = settings ? settings->files_dir : NULL };
	const char *file = name;

	if (strncasecmp(file, "nvram:", 6) == 0)
		file += 6 + (file[6] == '/');
	if (strcmp(file, "startup-config") == 0)
		return cli_config_read_startup(ctx->config, text, len);
	return file == name ? cli_file_read(&flash, name, text, len) : -ENOENT;
}

static const char replace_question[] =
	"This will apply all necessary additions and deletions\n"
	"to replace the current running configuration with the\n"
	"contents of the specified configuration file, which is\n"
	"assumed to be a complete configuration, not a partial\n"
	"configuration. Enter Y if you are sure you want to proceed. ? [no]: ";

/* IOS prints the changes for `list` only; here always, being what one wants to see. */
static int replace_with(struct cli_ctx *ctx, const char *text, size_t len)
{
	size_t changes;
	int err = cli_config_replace(ctx->config, ctx, text, len, false, ctx->out, &changes);

	if (err)
		return cli_fail(ctx, "%%The rollback configuration was not applied");
	cli_printf(ctx->out, "\nTotal number of passes: %d\nRollback Done\n\n", changes > 0);
	return 0;
}

static int run_replace(struct cli_ctx *ctx, const struct cli_args *args)
{
	const char *name = cli_arg_text(args, "file");
	bool yes = true;
	size_t len;
	char *text;
	int ret = 0;

	if (!cli_has(args, "force"))
		ret = cli_ask_yes(ctx, replace_question, &yes);
	if (ret)
		return ret;
	if (!yes)
		return cli_fail(ctx, "%% Nothing was replaced, without a yes (or `force`)");
	ret = read_named(ctx, name, &text, &len);
	if (ret)
		return cli_fail(ctx, "%%Error opening %s (%s)", name, cli_file_error(ret));
	ret = replace_with(ctx, text, len);
	free(text);
	return ret;
}

/* What loading the startup-config in place of the running one would change. */
static int show_differences(struct cli_ctx *ctx, const struct cli_args *)
{
	size_t changes;
	size_t len;
	char *text;
	int err = cli_config_read_startup(ctx->config, &text, &len);

	if (err)
		return cli_fail(ctx, "%%Error opening nvram:/startup-config (%s)", strerror(-err));
	cli_puts(ctx->out, "!Contextual Config Diffs:\n");
	err = cli_config_replace(ctx->config, ctx, text, len, true, ctx->out, &changes);
	if (err == 0 && changes == 0)
		cli_puts(ctx->out, "!No changes were found\n");
	free(text);
	return err;
}

static int apply_banner(struct cli_ctx *ctx, const struct cli_args *args, enum cli_op op)
{
	if (op == CLI_SET && strlen(cli_arg_text(args, "text")) > CLI_BANNER_MAX)
		return cli_fail(ctx, "%% A banner is %d bytes long at most", CLI_BANNER_MAX);
	return 0;
}

static int apply_hostname(struct cli_ctx *ctx, const struct cli_args *args, enum cli_op op)
{
	const char *name = cli_arg_text(args, "name");
	size_t len = 0;

	if (op == CLI_UNSET) {
		cli_config_set_hostname(ctx->config, NULL);
		return 0;
	}
	for (size_t i = 0; name[i]; i++) {
		if (!isascii(name[i]) || !isgraph(name[i]))
			return cli_fail(
				ctx, "%% Hostname contains one or more illegal characters.");
	}
	while (isalnum((unsigned char)name[len]) || name[len] == '-')
		len++;
	if (strlen(name) >= CLI_HOSTNAME_SIZE)
		return cli_fail(ctx, "%% Hostname \"%s\" is longer than 63 characters.", name);
	/* RFC 952 has it otherwise, but there are many such, and IOS takes them. */
	if (!isalpha((unsigned char)name[0]) || name[len])
		cli_puts(ctx->out, "% Hostname contains one or more illegal characters.\n");
	cli_config_set_hostname(ctx->config, name);
	return 0;
}

static const struct cli_help help[] = {
	{ "all", "Configuration with defaults" },
	{ "archive", "Archive functions" },
	{ "banner", "Define a login banner" },
	{ "columns", "Number of characters on a screen line" },
	{ "config", "Configuration archive" },
	{ "configure", "Enter configuration mode" },
	{ "copy", "Copy from one file to another" },
	{ "differences", "Changes that the startup-config would make" },
	{ "disable", "Turn off privileged commands" },
	{ "enable", "Turn on privileged commands" },
	{ "exec", "Set EXEC process creation banner" },
	{ "exit", "Exit from the EXEC" },
	{ "file", "A configuration file" },
	{ "force", "Force replacement without prompting" },
	{ "history", "Display the session command history" },
	{ "hostname", "Set system's network name" },
	{ "interface", "Configuration of one interface" },
	{ "incoming", "Set incoming terminal line banner" },
	{ "length", "Set number of lines on a screen" },
	{ "lines", "Number of lines on screen (0 for no pausing)" },
	{ "list", "List the changes, as is always done" },
	{ "login", "Set login banner" },
	{ "logout", "Exit from the EXEC" },
	{ "memory", "Write to NV memory" },
	{ "monitor", "Copy debug output to the current terminal line" },
	{ "motd", "Set Message of the Day banner" },
	{ "no", "Negate a command or set its defaults" },
	{ "prompt-timeout", "Set Message for login authentication timeout" },
	{ "quit", "Exit from the EXEC" },
	{ "replace", "Replace the running-config with a file" },
	{ "running-config", "Current operating configuration" },
	{ "show", "Show running system information" },
	{ "slip-ppp", "Set Message for SLIP/PPP" },
	{ "startup-config", "Contents of startup configuration" },
	{ "terminal", "Set terminal line parameters" },
	{ "text", "Delimiter, text, delimiter: c banner-text c" },
	{ "version", "The version that wrote the configuration" },
	{ "width", "Set width of the display terminal" },
	{ "write", "Write running configuration to memory or terminal" },
	{ NULL, NULL },
};

static const struct cli_command commands[] = {
	{ .mode = "exec", .syntax = "exit", .help = help, .flags = CLI_USER, .run = run_exit },
	{ .mode = "exec", .syntax = "logout", .help = help, .flags = CLI_USER, .run = run_exit },
	{ .mode = "exec", .syntax = "quit", .help = help, .flags = CLI_USER, .run = run_exit },
	{ .mode = "exec", .syntax = "enable", .help = help, .flags = CLI_USER, .run = run_enable },
	{ .mode = "exec",
		.syntax = "disable",
		.help = help,
		.flags = CLI_USER,
		.run = run_disable },
	{ .mode = "exec", .syntax = "configure [terminal]", .help = help, .run = run_configure },
	{ .mode = "exec",
		.syntax = "configure replace <file:WORD> (list|force)",
		.help = help,
		.run = run_replace },
	{ .mode = "exec",
		.syntax = "terminal length <lines:0-512>",
		.help = help,
		.flags = CLI_USER,
		.run = run_length },
	{ .mode = "exec",
		.syntax = "terminal width <columns:0-512>",
		.help = help,
		.flags = CLI_USER,
		.run = run_width },
	{ .mode = "exec", .syntax = "terminal [no] monitor", .help = help, .run = run_monitor },
	{ .mode = "exec",
		.syntax = "show history",
		.help = help,
		.flags = CLI_USER,
		.run = show_history },
	{ .mode = "exec",
		.syntax = "show running-config [all]",
		.help = help,
		.run = show_running },
	{ .mode = "exec",
		.syntax = "show running-config interface <name:INTERFACE> [all]",
		.help = help,
		.run = show_running },
	{ .mode = "exec", .syntax = "show startup-config", .help = help, .run = show_startup },
	{ .mode = "exec",
		.syntax = "show archive config differences",
		.help = help,
		.run = show_differences },
	{ .mode = "exec",
		.syntax = "copy running-config startup-config",
		.help = help,
		.run = run_copy },
	{ .mode = "exec", .syntax = "write [memory|terminal]", .help = help, .run = run_write },
	{ .mode = "config",
		.syntax = "version <number:WORD>",
		.help = help,
		.flags = CLI_HARMLESS | CLI_SHOW_DEFAULT,
		.fallback = "version 15.7",
		.rank = 100 },
	{ .mode = "config",
		.syntax = "hostname <name:WORD>",
		.help = help,
		.rank = 200,
		.apply = apply_hostname },
	{ .mode = "config",
		.syntax = "banner <kind:exec|incoming|login|motd> <text:TEXT>",
		.help = help,
		.key = "kind",
		.sort = "kind",
		.rank = 4800,
		.apply = apply_banner },
	/* Nothing here ever shows them. */
	{ .mode = "config",
		.syntax = "banner <kind:prompt-timeout|slip-ppp> <text:TEXT>",
		.help = help,
		.key = "kind",
		.sort = "kind",
		.flags = CLI_HARMLESS,
		.rank = 4801,
		.apply = apply_banner },
	{ .mode = NULL },
};

const struct cli_topic cli_builtin_topic = { .commands = commands };
