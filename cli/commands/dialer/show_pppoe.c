/* SPDX-License-Identifier: BSD-3-Clause */
/* `show pppoe session`: the sessions of the Dialers. */
#include "cli/commands/dialer/sessions.h"
#include "control/core/format.h"

static void print_session(struct cli_out *out, const struct dialer *d)
{
	const char *access = dialer_is_bound(d) ? d->access->short_name : "N/A";
	char remote[FORMAT_MAC_SIZE], local[FORMAT_MAC_SIZE];

	cli_printf(out, "%7s  %5u  %-14s  %-23s%-3s %-10s %-8s\n", "N/A", d->state.session_id,
		format_mac(d->state.remote_mac, remote), d->member->ifc->short_name,
		d->ifc->short_name, access, cmd_session_state(d));
	cli_printf(out, "%16s%-14s%30s%-16s\n", "", format_mac(d->state.local_mac, local), "",
		d->access->line_up ? "UP" : "DOWN");
}

static int show_session(struct cli_ctx *ctx, const struct cli_args *)
{
	struct json_object *json = cli_out_json(ctx->out);
	struct control *ctl = cmd_settled(ctx);
	struct dialer *d = NULL;
	unsigned n = 0;

	if (json != NULL)
		return cmd_sessions_json(ctx, json);
	while ((d = cmd_next_client(ctl, d)) != NULL)
		n++;
	cli_printf(ctx->out, "     %u client session%s\n\n", n, n == 1 ? "" : "s");
	if (n == 0)
		return 0;
	cli_puts(ctx->out, "Uniq ID  PPPoE  RemMAC          Port                    VT  VA"
			   "         State\n"
			   "           SID  LocMAC                                      VA-st"
			   "      Type\n");
	while ((d = cmd_next_client(ctl, d)) != NULL)
		print_session(ctx->out, d);
	return 0;
}

static void print_packets(struct cli_out *out, const struct dialer *d)
{
	char remote[FORMAT_MAC_SIZE], local[FORMAT_MAC_SIZE];
	struct bw_if_counters c;

	iface_counters(d->ifc, &c);
	cli_printf(out,
		"\nsession id: %u\n"
		"local MAC address: %s, remote MAC address: %s\n"
		"virtual access interface: %s, outgoing interface: %s\n"
		"    %llu packets sent, %llu received\n"
		"    %llu bytes sent, %llu received\n",
		d->state.session_id, format_mac(d->state.local_mac, local),
		format_mac(d->state.remote_mac, remote), d->access->short_name,
		d->member->ifc->short_name, (unsigned long long)c.tx_packets,
		(unsigned long long)c.rx_packets, (unsigned long long)c.tx_bytes,
		(unsigned long long)c.rx_bytes);
}

static int show_session_all(struct cli_ctx *ctx, const struct cli_args *)
{
	struct json_object *json = cli_out_json(ctx->out);
	struct control *ctl = cmd_settled(ctx);
	struct dialer *d = NULL;
	unsigned n = 0;

	if (json != NULL)
		return cmd_sessions_json(ctx, json);
	while ((d = cmd_next_client(ctl, d)) != NULL)
		n += dialer_is_bound(d);
	cli_printf(ctx->out, "Total PPPoE sessions %u\n", n);
	while ((d = cmd_next_client(ctl, d)) != NULL)
		if (dialer_is_bound(d))
			print_packets(ctx->out, d);
	return 0;
}

static const struct cli_help help[] = {
	{ "pppoe", "PPPoE information" },
	{ "session", "PPPoE sessions" },
	{ "all", "All sessions" },
	{ NULL, NULL },
};

static const struct cli_command commands[] = {
	{
		.mode = "exec",
		.syntax = "show pppoe session",
		.help = help,
		.flags = CLI_USER,
		.run = show_session,
	},
	{
		.mode = "exec",
		.syntax = "show pppoe session all",
		.help = help,
		.flags = CLI_USER,
		.run = show_session_all,
	},
	{ .mode = NULL },
};

const struct cli_topic cli_show_pppoe_topic = { .commands = commands };
