/* SPDX-License-Identifier: BSD-3-Clause */
/* `debug`, `undebug`, `show debugging`. What is on is the router's, not the terminal's. */
#include <json-c/json.h>
#include <string.h>

#include "cli/commands/commands.h"

static const struct debug_kind *named(const struct debug *debug, const struct cli_args *args)
{
	for (unsigned i = 0; i < debug->n_kinds; i++)
		if (cli_has(args, debug->kind[i]->family) && cli_has(args, debug->kind[i]->word))
			return debug->kind[i];
	return NULL;
}

static int change(struct cli_ctx *ctx, const struct cli_args *args, bool on)
{
	struct debug *debug = &cmd_control(ctx)->debug;
	const struct debug_kind *kind = named(debug, args);

	debug_switch(debug, kind, on);
	cli_printf(ctx->out, "%s debugging is %s\n", kind->title, on ? "on" : "off");
	return 0;
}

static int run_debug(struct cli_ctx *ctx, const struct cli_args *args)
{
	return change(ctx, args, true);
}

static int run_undebug(struct cli_ctx *ctx, const struct cli_args *args)
{
	return change(ctx, args, false);
}

static int run_undebug_all(struct cli_ctx *ctx, const struct cli_args *)
{
	debug_off(&cmd_control(ctx)->debug);
	cli_puts(ctx->out, "All possible debugging has been turned off\n");
	return 0;
}

static int show_debugging(struct cli_ctx *ctx, const struct cli_args *)
{
	const struct debug *debug = &cmd_control(ctx)->debug;
	struct json_object *json = cli_out_json(ctx->out), *list = NULL;
	const char *family = "";

	if (json != NULL)
		list = cmd_json_list(json, "debugging");
	for (unsigned i = 0; i < debug->n_kinds; i++) {
		const struct debug_kind *k = debug->kind[i];

		if (!debug_is_on(debug, k))
			continue;
		if (list != NULL) {
			struct json_object *row = cmd_json_item(list);

			cmd_json_text(row, "family", k->family);
			cmd_json_text(row, "what", k->word);
			continue;
		}
		if (strcmp(family, k->family) != 0)
			cli_printf(ctx->out, "%s:\n", k->heading);
		family = k->family;
		cli_printf(ctx->out, "  %s debugging is on\n", k->title);
	}
	return 0;
}

static const struct cli_help help[] = {
	{ "debug", "Debugging functions (see also 'undebug')" },
	{ "undebug", "Disable debugging functions (see also 'debug')" },
	{ "no", "Disable debugging functions" },
	{ "ip", "IP information" },
	{ "icmp", "ICMP transactions" },
	{ "ppp", "PPP (Point to Point Protocol) information" },
	{ "negotiation", "Protocol parameter negotiation" },
	{ "authentication", "CHAP and PAP authentication" },
	{ "pppoe", "PPPoE information" },
	{ "events", "PPPoE protocol events" },
	{ "all", "Disable all debugging" },
	{ "debugging", "State of each debugging option" },
	{ NULL, NULL },
};

#define EXEC(words, function)                                                                      \
	{                                                                                          \
		.mode = "exec", .syntax = words, .help = help, .run = function                     \
	}

static const struct cli_command commands[] = {
	EXEC("debug ip icmp", run_debug),
	EXEC("debug ppp {negotiation|authentication}", run_debug),
	EXEC("debug pppoe events", run_debug),
	EXEC("undebug ip icmp", run_undebug),
	EXEC("undebug ppp {negotiation|authentication}", run_undebug),
	EXEC("undebug pppoe events", run_undebug),
	EXEC("undebug all", run_undebug_all),
	EXEC("no debug ip icmp", run_undebug),
	EXEC("no debug ppp {negotiation|authentication}", run_undebug),
	EXEC("no debug pppoe events", run_undebug),
	EXEC("no debug all", run_undebug_all),
	EXEC("show debugging", show_debugging),
	{ .mode = NULL },
};

const struct cli_topic cli_debug_topic = { .commands = commands };
