/* SPDX-License-Identifier: BSD-3-Clause */
/* `show dialer`, and what `show interfaces` has of Dialers and Virtual-Access interfaces. */
#include <json-c/json.h>
#include <stdio.h>

#include "cli/commands/commands.h"
#include "control/core/format.h"

#define BANDWIDTH 56	/* kbit/s: what IOS says of a Dialer */
#define DELAY	  20000 /* us */

/* --- show interfaces --- */

static void print_head(struct cli_out *out, const struct iface *ifc, const char *hardware)
{
	bool spoofing = ifc->kind == IFACE_DIALER && ifc->line_up;

	cli_printf(out, "%s is %s, line protocol is %s %s\n", ifc->name, iface_status_text(ifc),
		ifc->line_up ? "up" : "down", spoofing ? "(spoofing)" : "");
	cli_printf(out, "  Hardware is %s\n", hardware);
	if (ifc->description != NULL)
		cli_printf(out, "  Description: %s\n", ifc->description);
}

static void print_address(struct cli_out *out, const struct iface *ifc)
{
	const struct iface_addr *a = iface_addr_primary(ifc);
	const struct iface *lender = ifc->dialer->conf.unnumbered;
	char text[FORMAT_PREFIX_SIZE];

	if (lender != NULL && iface_addr_source(ifc) != 0)
		cli_printf(out, "  Interface is unnumbered. Using address of %s (%s)\n",
			lender->name, format_ip(iface_addr_source(ifc), text));
	else if (ifc->dialer->conf.negotiated && a == NULL)
		cli_puts(out, "  Internet address will be negotiated using IPCP\n");
	else if (a != NULL)
		cli_printf(
			out, "  Internet address is %s\n", format_prefix(a->addr, a->plen, text));
}

static void print_numbers(struct cli_out *out, unsigned mtu)
{
	cli_printf(out,
		"  MTU %u bytes, BW %d Kbit/sec, DLY %d usec, \n"
		"     reliability 255/255, txload 1/255, rxload 1/255\n",
		mtu, BANDWIDTH, DELAY);
}

static void print_keepalive(struct cli_out *out, const struct dialer *d)
{
	if (d->conf.keepalive_s != 0)
		cli_printf(out, "  Keepalive set (%u sec)\n", d->conf.keepalive_s);
	else
		cli_puts(out, "  Keepalive not set\n");
}

static void print_counters(struct cli_out *out, const struct iface *ifc)
{
	struct bw_if_counters c;

	iface_counters(ifc, &c);
	cli_printf(out,
		"     %llu packets input, %llu bytes\n"
		"     %llu packets output, %llu bytes\n",
		(unsigned long long)c.rx_packets, (unsigned long long)c.rx_bytes,
		(unsigned long long)c.tx_packets, (unsigned long long)c.tx_bytes);
}

static void print_access(struct cli_out *out, const struct iface *ifc)
{
	const struct dialer *d = ifc->dialer;
	unsigned mru = dialer_is_authenticated(d) ? d->state.mru : d->ifc->mtu;

	print_head(out, ifc, "Virtual Access interface");
	print_numbers(out, mru);
	cli_printf(out, "  Encapsulation PPP, LCP %s\n",
		dialer_is_authenticated(d) ? "Open" : "Closed");
	if (dialer_is_open(d))
		cli_puts(out, "  Open: IPCP\n");
	cli_printf(out,
		"  PPPoE vaccess, cloned from %s\n"
		"  Vaccess status 0x%X, loopback not set\n",
		d->ifc->name, dialer_is_authenticated(d) ? 0x44 : 0);
	print_keepalive(out, d);
	cli_printf(out, "  Interface is bound to %s (Encapsulation PPP)\n", d->ifc->short_name);
	cmd_print_activity(out, ifc);
	print_counters(out, ifc);
}

static void print_dialer(struct cli_out *out, const struct iface *ifc)
{
	const struct dialer *d = ifc->dialer;

	print_head(out, ifc, "Unknown");
	print_address(out, ifc);
	print_numbers(out, ifc->mtu);
	if (d->conf.ppp)
		cli_puts(out, "  Encapsulation PPP, LCP Closed, loopback not set\n");
	else
		cli_puts(out,
			"  Encapsulation HDLC, not supported here: encapsulation ppp is needed\n");
	print_keepalive(out, d);
	if (dialer_is_bound(d))
		cli_printf(out, "  Interface is bound to %s\n", d->access->short_name);
	cmd_print_activity(out, ifc);
	print_counters(out, ifc);
	if (dialer_is_bound(d)) {
		cli_puts(out, "Bound to:\n");
		print_access(out, d->access);
	}
}

bool cmd_print_ppp_interface(struct cli_out *out, const struct iface *ifc)
{
	if (ifc->kind == IFACE_DIALER)
		print_dialer(out, ifc);
	else if (ifc->kind == IFACE_VIRTUAL_ACCESS)
		print_access(out, ifc);
	else
		return false;
	return true;
}

void cmd_fill_ppp_interface(struct json_object *row, const struct iface *ifc)
{
	const struct dialer *d = ifc->dialer;

	if (ifc->kind == IFACE_DIALER) {
		cmd_json_flag(row, "spoofing", ifc->line_up);
		if (d->conf.unnumbered != NULL)
			cmd_json_text(row, "unnumbered", d->conf.unnumbered->name);
		if (dialer_is_bound(d))
			cmd_json_text(row, "bound_to", d->access->name);
	} else if (ifc->kind == IFACE_VIRTUAL_ACCESS) {
		cmd_json_text(row, "bound_to", d->ifc->name);
		cmd_json_flag(row, "lcp_open", dialer_is_authenticated(d));
		cmd_json_flag(row, "ipcp_open", dialer_is_open(d));
	}
}

/* --- show dialer --- */

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

	if (cli_has(args, "ifname") && (only == NULL || only->kind != IFACE_DIALER))
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
