/* SPDX-License-Identifier: BSD-3-Clause */
/* `traceroute A`, in the layout of IOS. */
#include "control/probe/traceroute.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands/commands.h"
#include "control/core/format.h"

struct command {
	struct cli_ctx *ctx;
	struct traceroute *trace;
	bw_ip4 last; /* who answered at this hop so far */
	bool begun;  /* a hop's line */
};

static void on_answer(void *arg, const struct traceroute_answer *a)
{
	struct command *c = arg;
	struct cli_out *out = c->ctx->out;
	char ip[FORMAT_IP_SIZE];

	if (a->probe == 0) {
		if (c->begun)
			cli_puts(out, "\n");
		c->begun = true;
		cli_printf(out, "%3u ", a->ttl);
		c->last = 0;
	}
	if (a->from == 0) {
		cli_puts(out, " * ");
		return;
	}
	if (a->from != c->last) {
		if (c->last != 0)
			cli_puts(out, "\n    ");
		cli_printf(out, "%s", format_ip(a->from, ip));
		c->last = a->from;
	}
	if (a->note != 0)
		cli_printf(out, " !%c ", a->note);
	else
		cli_printf(out, " %u msec", a->ms);
}

static void on_end(void *arg)
{
	struct command *c = arg;
	struct cli_ctx *ctx = c->ctx;

	cli_puts(ctx->out, "\n");
	free(c);
	cli_done(ctx, 0);
}

static void cancel(void *state)
{
	struct command *c = state;

	cli_puts(c->ctx->out, "\n");
	traceroute_cancel(c->trace);
	free(c);
}

static int read_source(struct cli_ctx *ctx, const struct cli_args *args, bw_ip4 *source)
{
	struct iface *ifc;

	*source = cmd_arg_ip(args, "source_address");
	if (!cli_has(args, "source_interface"))
		return 0;
	ifc = cmd_arg_iface(ctx, args, "source_interface");
	*source = ifc != NULL ? iface_addr_source(ifc) : 0;
	return *source != 0 ? 0 : cli_fail_at(ctx, "source_interface");
}

static int run_traceroute(struct cli_ctx *ctx, const struct cli_args *args)
{
	struct traceroute_options o = {
		.to = cmd_arg_ip(args, "to"),
		.timeout_s = (uint32_t)cli_arg_number(args, "seconds", 3),
		.probes = (uint32_t)cli_arg_number(args, "count", 3),
		.min_ttl = (uint8_t)cli_arg_number(args, "min", 1),
		.max_ttl = (uint8_t)cli_arg_number(args, "max", 30),
		.port = (uint16_t)cli_arg_number(args, "number", TRACEROUTE_PORT),
	};
	char ip[FORMAT_IP_SIZE];
	struct command *c;
	int err = read_source(ctx, args, &o.source);

	if (err != 0)
		return err;
	if (o.min_ttl > o.max_ttl)
		return cli_fail_at(ctx, "max");
	c = calloc(1, sizeof(*c));
	if (c == NULL)
		return -ENOMEM;
	c->ctx = ctx;
	c->trace = traceroute_start(cmd_probes(ctx), &o, on_answer, on_end, c);
	if (c->trace == NULL) {
		err = -errno;
		free(c);
		return cli_fail(ctx, "%% Cannot send: %s", strerror(-err));
	}
	cli_printf(ctx->out,
		"Type escape sequence to abort.\n"
		"Tracing the route to %s\n"
		"VRF info: (vrf in name/id, vrf out name/id)\n",
		format_ip(o.to, ip));
	return cli_pend(ctx, cancel, c);
}

static const struct cli_help help[] = {
	{ "traceroute", "Trace route to destination" },
	{ "ip", "IP Trace" },
	{ "to", "Trace route to destination address" },
	{ "source", "specify source address or name" },
	{ "source_address", "Source address" },
	{ "source_interface", "Source interface" },
	{ "timeout", "specify time out" },
	{ "seconds", "Timeout in seconds" },
	{ "probe", "specify number of probes per hop" },
	{ "count", "Number of probes" },
	{ "ttl", "specify minimum and maximum ttl" },
	{ "min", "Minimum TTL" },
	{ "max", "Maximum TTL" },
	{ "port", "specify port number" },
	{ "number", "Port number" },
	{ NULL, NULL },
};

static const struct cli_command commands[] = {
	{
		.mode = "exec",
		.syntax = "traceroute [ip] <to:A.B.C.D> "
			  "(source {<source_address:A.B.C.D>|<source_interface:INTERFACE>}|"
			  "timeout <seconds:0-3600>|probe <count:1-100>|"
			  "ttl <min:1-255> <max:1-255>|port <number:1-65000>)",
		.help = help,
		.flags = CLI_USER,
		.run = run_traceroute,
	},
	{ .mode = NULL },
};

const struct cli_topic cli_traceroute_topic = { .commands = commands };
