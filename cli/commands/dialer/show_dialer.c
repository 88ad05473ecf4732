/* SPDX-License-Identifier: BSD-3-Clause */
/* `show dialer`. */
#include <json-c/json.h>
#include <stdio.h>

#include "cli/commands/dialer/sessions.h"
#include "control/core/format.h"

static void fill_row(struct json_object *row, const struct dialer *d)
{
	cmd_json_text(row, "dialer", d->ifc->name);
	cmd_json_number(row, "pool", d->conf.pool);
	cmd_json_number(row, "idle_timeout", d->conf.idle_s);
	cmd_json_flag(row, "up", dialer_is_open(d));
	cmd_json_number(row, "successes", d->state.sessions);
	if (d->member != NULL)
		cmd_json_text(row, "port", d->member->ifc->name);
	if (dialer_is_bound(d))
		cmd_json_text(row, "bound_to", d->access->name);
	if (dialer_is_open(d))
		cmd_json_number(row, "up_seconds", dialer_up_seconds(d));
}

static void print_row(struct cli_out *out, const struct dialer *d)
{
	char age[FORMAT_AGE_SIZE];

	cli_printf(out,
		"%s - dialer type = DIALER PROFILE\n"
		"Idle timer (%u secs), Fast idle timer (20 secs)\n"
		"Wait for carrier (30 secs), Re-enable (15 secs)\n"
		"Dialer state is %s\n"
		"Number of active calls = %d\n",
		d->ifc->short_name, d->conf.idle_s,
		dialer_is_open(d)    ? "data link layer up"
		: dialer_is_bound(d) ? "physical layer up"
				     : "idle",
		dialer_is_bound(d));
	if (dialer_is_bound(d))
		cli_printf(out, "Interface bound to %s\n", d->access->short_name);
	if (dialer_is_open(d))
		cli_printf(out,
			"Time until disconnect never\n"
			"Current call connected %s\n",
			format_age(dialer_up_seconds(d), age));
	cli_printf(out,
		"\nDial String      Successes    Failures    Last DNIS   Last status\n"
		"%-16s %9u %11s %12s   %s\n",
		d->member != NULL ? d->member->ifc->short_name : "Default", d->state.sessions, "-",
		dialer_is_open(d) ? format_age(dialer_up_seconds(d), age) : "never",
		dialer_is_open(d) ? "successful" : cmd_session_reason(d));
}

static int show_dialer(struct cli_ctx *ctx, const struct cli_args *args)
{
	struct json_object *json = cli_out_json(ctx->out), *list = NULL;
	struct control *ctl = cmd_settled(ctx);
	struct iface *only = cmd_arg_iface(ctx, args, "ifname");
	struct dialer *d;
	unsigned n = 0;

	if (cli_has(args, "ifname") && (only == NULL || only->kind != &iface_dialer))
		return cli_fail_at(ctx, "ifname");
	if (json != NULL)
		list = cmd_json_list(json, "dialers");
	TAILQ_FOREACH (d, &ctl->dialers.list, entry) {
		if (!d->ifc->exists || (only != NULL && d->ifc != only))
			continue;
		if (list != NULL) {
			fill_row(cmd_json_item(list), d);
			continue;
		}
		if (n++ > 0)
			cli_puts(ctx->out, "\n");
		print_row(ctx->out, d);
	}
	return 0;
}

static const struct cli_help help[] = {
	{ "dialer", "Dialer parameters and statistics" },
	{ "interface", "Show dialer information of one interface" },
	{ "ifname", "Dialer interface" },
	{ NULL, NULL },
};

static const struct cli_command commands[] = {
	{
		.mode = "exec",
		.syntax = "show dialer [interface <ifname:INTERFACE>]",
		.help = help,
		.flags = CLI_USER,
		.run = show_dialer,
	},
	{ .mode = NULL },
};

const struct cli_topic cli_show_dialer_topic = { .commands = commands };
