/* SPDX-License-Identifier: BSD-3-Clause */
/* `show ppp`: how far the sessions have come, and what was negotiated. */
#include <json-c/json.h>
#include <stdio.h>

#include "cli/commands/dialer/sessions.h"
#include "control/core/format.h"

#define DEFAULT_MRU   1500		    /* RFC 1661 6.1 */
#define BYTES_OF(mru) (0x01040000u | (mru)) /* the option as it was sent */

/* RFC 1661 4.2 */
#define PPP_CLOSED  2
#define PPP_STOPPED 3
#define PPP_OPENED  9

/* `+` open, `*` negotiating, `-` failed. */
static char mark(uint8_t state)
{
	if (state == PPP_OPENED)
		return '+';
	return state == PPP_CLOSED || state == PPP_STOPPED ? '-' : '*';
}

/* "LCP+ CHAP+ IPCP*", as far as the session has come. */
static const char *protocols(const struct dialer *d, char *buf, size_t size)
{
	const struct bw_pppoe_state *s = &d->state;
	int len = snprintf(buf, size, "LCP%c", mark(s->lcp));

	if (s->auth != 0 && s->stage >= BW_PPPOE_AUTHENTICATE)
		len += snprintf(buf + len, size - (size_t)len, " %s%c", cmd_auth_text(s->auth),
			dialer_is_authenticated(d) ? '+' : '*');
	if (dialer_is_authenticated(d))
		snprintf(buf + len, size - (size_t)len, " IPCP%c", mark(s->ipcp));
	return buf;
}

static const char *ppp_stage(const struct dialer *d)
{
	switch (d->state.stage) {
	case BW_PPPOE_ESTABLISH:
		return "LCP";
	case BW_PPPOE_AUTHENTICATE:
		return "Auth";
	case BW_PPPOE_TERMINATE:
		return "Term";
	default:
		return "LocalT";
	}
}

static int show_ppp_all(struct cli_ctx *ctx, const struct cli_args *)
{
	struct json_object *json = cli_out_json(ctx->out);
	struct control *ctl = cmd_settled(ctx);
	struct dialer *d = NULL;

	if (json != NULL)
		return cmd_sessions_json(ctx, json);
	cli_puts(ctx->out, "Interface/ID OPEN+ Nego* Fail-     Stage    Peer Address    Peer Name\n"
			   "------------ --------------------- -------- --------------- "
			   "--------------------\n");
	while ((d = cmd_next_client(ctl, d)) != NULL) {
		char open[32], ip[FORMAT_IP_SIZE];

		if (dialer_is_bound(d))
			cli_printf(ctx->out, "%-12s %-21s %-8s %-15s %s\n", d->access->short_name,
				protocols(d, open, sizeof(open)), ppp_stage(d),
				format_ip(d->state.peer_addr, ip), d->state.peer_name);
	}
	return 0;
}

static const char *state_text(uint8_t state)
{
	static const char *const text[] = { "Initial", "Starting", "Closed", "Stopped", "Closing",
		"Stopping", "REQsent", "ACKrcvd", "ACKsent", "Open" };

	return state <= PPP_OPENED ? text[state] : "unknown";
}

static void print_mru(struct cli_out *out, const char *name, unsigned mru)
{
	if (mru != 0 && mru != DEFAULT_MRU)
		cli_printf(out, "%s LCP:    MRU %u (0x%08X)\n", name, mru, BYTES_OF(mru));
}

static void print_lcp(struct cli_out *out, const char *name, const struct bw_pppoe_state *s)
{
	cli_printf(out, "\n%s LCP: [%s]\nOur Negotiated Options\n", name, state_text(s->lcp));
	print_mru(out, name, s->mru);
	cli_puts(out, "Peer's Negotiated Options\n");
	print_mru(out, name, s->peer_mru);
	if (s->auth != 0)
		cli_printf(out, "%s LCP:    AuthProto %s (0x%s)\n", name, cmd_auth_text(s->auth),
			s->auth == PPP_PAP ? "0304C023" : "0305C22305");
}

static void print_ipcp(struct cli_out *out, const char *name, const struct bw_pppoe_state *s)
{
	static const char *const dns[] = { "PrimaryDNS", "SecondaryDNS" };
	char ip[FORMAT_IP_SIZE];

	cli_printf(out, "\n%s IPCP: [%s]\nOur Negotiated Options\n", name, state_text(s->ipcp));
	if (s->addr != 0)
		cli_printf(out, "%s IPCP:    Address %s\n", name, format_ip(s->addr, ip));
	for (unsigned i = 0; i < 2; i++)
		if (s->dns[i] != 0)
			cli_printf(
				out, "%s IPCP:    %s %s\n", name, dns[i], format_ip(s->dns[i], ip));
	cli_puts(out, "Peer's Negotiated Options\n");
	if (s->peer_addr != 0)
		cli_printf(out, "%s IPCP:    Address %s\n", name, format_ip(s->peer_addr, ip));
}

static void print_session(struct cli_out *out, const struct dialer *d)
{
	static const char *const phase[] = {
		[BW_PPPOE_DOWN] = "DOWN",
		[BW_PPPOE_WAIT] = "DOWN",
		[BW_PPPOE_PADI] = "DOWN",
		[BW_PPPOE_PADR] = "DOWN",
		[BW_PPPOE_ESTABLISH] = "ESTABLISHING",
		[BW_PPPOE_AUTHENTICATE] = "AUTHENTICATING",
		[BW_PPPOE_NETWORK] = "UP",
		[BW_PPPOE_UP] = "UP",
		[BW_PPPOE_TERMINATE] = "TERMINATING",
	};
	const struct bw_pppoe_state *s = &d->state;
	const char *name = d->access->short_name;
	char open[32], ip[FORMAT_IP_SIZE];

	cli_printf(out,
		"PPP Session Info\n"
		"----------------\n"
		"Interface        : %s\n"
		"Phase            : %s\n"
		"Peer Name        : %s\n"
		"Peer Address     : %s\n"
		"Control Protocols: %s\n"
		"Session ID       : %u\n",
		name, phase[s->stage <= BW_PPPOE_TERMINATE ? s->stage : BW_PPPOE_DOWN],
		s->peer_name, format_ip(s->peer_addr, ip), protocols(d, open, sizeof(open)),
		s->session_id);
	print_lcp(out, name, s);
	if (dialer_is_authenticated(d))
		print_ipcp(out, name, s);
}

static int show_ppp_interface(struct cli_ctx *ctx, const struct cli_args *args)
{
	struct json_object *json = cli_out_json(ctx->out);
	struct control *ctl = cmd_settled(ctx);
	struct iface *ifc = cmd_arg_iface(ctx, args, "ifname");
	struct dialer *d = NULL;

	while ((d = cmd_next_client(ctl, d)) != NULL)
		if (ifc != NULL && (d->ifc == ifc || d->access == ifc))
			break;
	if (d == NULL)
		return cli_fail_at(ctx, "ifname");
	if (json != NULL)
		cmd_fill_session(json, d);
	else
		print_session(ctx->out, d);
	return 0;
}

static const struct cli_help help[] = {
	{ "ppp", "PPP parameters and statistics" },
	{ "all", "All sessions" },
	{ "interface", "One session" },
	{ "ifname", "Dialer or Virtual-Access interface" },
	{ NULL, NULL },
};

static const struct cli_command commands[] = {
	{
		.mode = "exec",
		.syntax = "show ppp all",
		.help = help,
		.flags = CLI_USER,
		.run = show_ppp_all,
	},
	{
		.mode = "exec",
		.syntax = "show ppp interface <ifname:INTERFACE>",
		.help = help,
		.flags = CLI_USER,
		.run = show_ppp_interface,
	},
	{ .mode = NULL },
};

const struct cli_topic cli_show_ppp_topic = { .commands = commands };
