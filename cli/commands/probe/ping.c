/* SPDX-License-Identifier: BSD-3-Clause */
/* `ping A`, in the layout of IOS. */
#include "control/probe/ping.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands/commands.h"
#include "control/core/format.h"

#define MARKS_A_LINE 70

struct command {
	struct cli_ctx *ctx;
	struct ping *ping;
	unsigned marks;
};

static void print_summary(struct cli_ctx *ctx, const struct ping_result *r)
{
	unsigned percent = r->sent ? (unsigned)((uint64_t)r->received * 100 / r->sent) : 0;

	cli_printf(ctx->out, "Success rate is %u percent (%u/%u)", percent, r->received, r->sent);
	if (r->received > 0)
		cli_printf(ctx->out, ", round-trip min/avg/max = %u/%llu/%u ms", r->min_ms,
			(unsigned long long)(r->sum_ms / r->received), r->max_ms);
	cli_puts(ctx->out, "\n");
}

static void on_mark(void *arg, char mark)
{
	struct command *c = arg;

	cli_write(c->ctx->out, &mark, 1);
	if (++c->marks % MARKS_A_LINE == 0)
		cli_puts(c->ctx->out, "\n");
}

static void on_end(void *arg, const struct ping_result *result)
{
	struct command *c = arg;
	struct cli_ctx *ctx = c->ctx;

	if (c->marks % MARKS_A_LINE != 0)
		cli_puts(ctx->out, "\n");
	print_summary(ctx, result);
	free(c);
	cli_done(ctx, 0);
}

/* Aborted with Ctrl-Shift-6: what there is so far. */
static void cancel(void *state)
{
	struct command *c = state;

	cli_puts(c->ctx->out, ".\n");
	print_summary(c->ctx, ping_result(c->ping));
	ping_cancel(c->ping);
	free(c);
}

/* `source IF` or `source A`: an address of this router. Negative errno: refused. */
static int read_source(struct cli_ctx *ctx, const struct cli_args *args, bw_ip4 *source)
{
	struct iface *ifc;

	*source = cmd_arg_ip(args, "source_address");
	if (*source != 0) {
		if (iface_addr_owner(&cmd_control(ctx)->ifaces, 0, *source) != NULL)
			return 0;
		return cli_fail(ctx,
			"%% Invalid source. Must use same-VRF IP address or full interface name");
	}
	if (!cli_has(args, "source_interface"))
		return 0;
	ifc = cmd_arg_iface(ctx, args, "source_interface");
	*source = ifc != NULL ? iface_addr_source(ifc) : 0;
	if (*source == 0)
		return cli_fail(
			ctx, "%% Invalid source interface - IP not enabled or interface is down");
	return 0;
}

static void print_heading(struct cli_ctx *ctx, const struct ping_options *o)
{
	char ip[FORMAT_IP_SIZE];

	cli_printf(ctx->out,
		"Type escape sequence to abort.\n"
		"Sending %u, %u-byte ICMP Echos to %s, timeout is %u seconds:\n",
		o->repeat, o->size, format_ip(o->to, ip), o->timeout_s);
	if (o->source != 0)
		cli_printf(ctx->out, "Packet sent with a source address of %s \n",
			format_ip(o->source, ip));
	if (o->df)
		cli_puts(ctx->out, "Packet sent with the DF bit set\n");
}

static int run_ping(struct cli_ctx *ctx, const struct cli_args *args)
{
	struct ping_options o = {
		.to = cmd_arg_ip(args, "to"),
		.repeat = (uint32_t)cli_arg_number(args, "count", 5),
		.size = (uint16_t)cli_arg_number(args, "bytes", 100),
		.timeout_s = (uint32_t)cli_arg_number(args, "seconds", 2),
		.df = cli_has(args, "df-bit"),
	};
	struct command *c;
	int err = read_source(ctx, args, &o.source);

	if (err != 0)
		return err;
	c = calloc(1, sizeof(*c));
	if (c == NULL)
		return -ENOMEM;
	c->ctx = ctx;
	c->ping = ping_start(cmd_probes(ctx), &o, on_mark, on_end, c);
	if (c->ping == NULL) {
		err = -errno;
		free(c);
		return cli_fail(ctx, "%% Cannot send: %s", strerror(-err));
	}
	print_heading(ctx, &o);
	return cli_pend(ctx, cancel, c);
}

static const struct cli_help help[] = {
	{ "ping", "Send echo messages" },
	{ "ip", "IP echo" },
	{ "to", "Ping destination address" },
	{ "repeat", "specify repeat count" },
	{ "count", "Repeat count" },
	{ "size", "specify datagram size" },
	{ "bytes", "Datagram size" },
	{ "df-bit", "enable do not fragment bit in IP header" },
	{ "source", "specify source address or name" },
	{ "source_address", "Source address" },
	{ "source_interface", "Source interface" },
	{ "timeout", "specify timeout interval" },
	{ "seconds", "Timeout interval in seconds" },
	{ NULL, NULL },
};

static const struct cli_command commands[] = {
	{
		.mode = "exec",
		.syntax =
			"ping [ip] <to:A.B.C.D> (repeat <count:1-2147483647>|size <bytes:36-18024>|"
			"df-bit|source {<source_address:A.B.C.D>|<source_interface:INTERFACE>}|"
			"timeout <seconds:0-3600>)",
		.help = help,
		.flags = CLI_USER,
		.run = run_ping,
	},
	{ .mode = NULL },
};

const struct cli_topic cli_ping_topic = { .commands = commands };
