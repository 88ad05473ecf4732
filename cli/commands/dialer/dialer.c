/* SPDX-License-Identifier: BSD-3-Clause */
/* Dialer interfaces: encapsulation, pool, and the lines of dialling that change nothing here. */
#include <errno.h>
#include <stdio.h>

#include "cli/commands/commands.h"

static int apply_encapsulation(struct cli_ctx *ctx, const struct cli_args *, enum cli_op op)
{
	struct dialer *d = cmd_parent_dialer(ctx, "ppp");

	if (d == NULL)
		return -EINVAL;
	d->conf.ppp = op == CLI_SET;
	dialer_changed(d);
	return 0;
}

static int apply_pool(struct cli_ctx *ctx, const struct cli_args *args, enum cli_op op)
{
	struct dialer *d = cmd_parent_dialer(ctx, "dialer");

	if (d == NULL)
		return -EINVAL;
	d->conf.pool = op == CLI_SET ? (uint8_t)cli_arg_number(args, "pool_number", 0) : 0;
	dialer_changed(d);
	return 0;
}

/* Sessions are kept up whatever traffic there is. */
static int apply_idle(struct cli_ctx *ctx, const struct cli_args *args, enum cli_op op)
{
	struct dialer *d = cmd_parent_dialer(ctx, "dialer");

	if (d == NULL)
		return -EINVAL;
	d->conf.idle_s =
		op == CLI_SET ? (uint32_t)cli_arg_number(args, "seconds", 0) : DIALER_IDLE_DEFAULT;
	return 0;
}

static int apply_kept(struct cli_ctx *ctx, const struct cli_args *args, enum cli_op op)
{
	if (op == CLI_UNSET || cmd_parent_dialer(ctx, args->value[0].name) != NULL)
		return 0;
	return -EINVAL;
}

/* On an Ethernet it is kept without effect. */
static int apply_keepalive(struct cli_ctx *ctx, const struct cli_args *args, enum cli_op op)
{
	struct iface *ifc = cmd_parent_iface(ctx);
	struct dialer *d = dialer_of(ifc);

	if (ifc->kind != &iface_dialer)
		return 0;
	d->conf.keepalive_s = 0;
	if (op == CLI_SET)
		d->conf.keepalive_s =
			(uint32_t)cli_arg_number(args, "period", DIALER_KEEPALIVE_DEFAULT);
	d->conf.keepalive_misses = (uint32_t)cli_arg_number(args, "retries", DIALER_MISSES_DEFAULT);
	dialer_changed(d);
	return 0;
}

/* The period is printed, typed or not; the retries only if they are not the default. */
static int render_keepalive(const struct cli_args *args, char *buf, size_t size)
{
	unsigned period = (unsigned)cli_arg_number(args, "period", DIALER_KEEPALIVE_DEFAULT);
	unsigned retries = (unsigned)cli_arg_number(args, "retries", DIALER_MISSES_DEFAULT);

	if (retries == DIALER_MISSES_DEFAULT)
		return snprintf(buf, size, "keepalive %u", period);
	return snprintf(buf, size, "keepalive %u %u", period, retries);
}

static int apply_neighbor_route(struct cli_ctx *ctx, const struct cli_args *, enum cli_op op)
{
	struct dialer *d = cmd_parent_dialer(ctx, "peer");

	if (d == NULL)
		return -EINVAL;
	d->conf.no_neighbor_route = op == CLI_UNSET;
	dialer_changed(d);
	return 0;
}

static const struct cli_help help[] = {
	{ "encapsulation", "Set encapsulation type for an interface" },
	{ "ppp", "Point-to-Point protocol" },
	{ "dialer", "Dial-on-demand routing (DDR) commands" },
	{ "pool", "Specify dialing pool" },
	{ "pool_number", "Dialer pool number" },
	{ "idle-timeout", "Set idle timeout for calls" },
	{ "seconds", "Idle timeout before disconnecting a call" },
	{ "either", "Reset the idle timer on inbound and outbound traffic" },
	{ "inbound", "Reset the idle timer on inbound traffic" },
	{ "persistent", "Keep the call up" },
	{ "delay", "Delay before dialing" },
	{ "initial", "Delay of the first call" },
	{ "delay_seconds", "Seconds" },
	{ "max-attempts", "Calls that may fail in a row" },
	{ "attempts", "Number of calls" },
	{ "dialer-group", "Assign interface to dialer-list" },
	{ "group_number", "Dialer list number" },
	{ "dialer-list", "Create a dialer list entry" },
	{ "list_number", "Dialer group number" },
	{ "protocol", "Permit or deny based on protocols" },
	{ "permit", "Permit these packets" },
	{ "deny", "Deny these packets" },
	{ "list", "Add access list to dialer list" },
	{ "list_name", "IP access list" },
	{ "keepalive", "Enable keepalive" },
	{ "period", "Keepalive period (default 10 seconds)" },
	{ "retries", "Keepalive retries (default 5)" },
	{ "peer", "Peer parameters for point to point interfaces" },
	{ "neighbor-route", "Create neighbor route for peer if needed" },
	{ NULL, NULL },
};

static const struct cli_command commands[] = {
	{
		.mode = "config-if",
		.syntax = "encapsulation ppp",
		.help = help,
		.rank = RANK_IF_ENCAPSULATION,
		.apply = apply_encapsulation,
	},
	{
		.mode = "config-if",
		.syntax = "peer neighbor-route",
		.help = help,
		.fallback = "peer neighbor-route",
		.defaults_in = cmd_is_dialer,
		.flags = CLI_KEEP_NO,
		.rank = RANK_IF_PEER,
		.apply = apply_neighbor_route,
	},
	{
		.mode = "config-if",
		.syntax = "dialer pool <pool_number:1-255>",
		.help = help,
		.rank = RANK_IF_DIALER,
		.apply = apply_pool,
	},
	{
		.mode = "config-if",
		.syntax = "dialer idle-timeout <seconds:0-2147483> [either|inbound]",
		.help = help,
		.fallback = "dialer idle-timeout 120",
		.defaults_in = cmd_is_dialer,
		.flags = CLI_HARMLESS,
		.rank = RANK_IF_DIALER + 1,
		.no = "dialer idle-timeout",
		.apply = apply_idle,
	},
	{
		.mode = "config-if",
		.syntax = "dialer persistent [delay [initial] <delay_seconds:1-2147483>|"
			  "max-attempts <attempts:1-2147483647>]",
		.help = help,
		.flags = CLI_HARMLESS,
		.rank = RANK_IF_DIALER + 2,
		.no = "dialer persistent",
		.apply = apply_kept,
	},
	{
		/* Of dialling by telephone, or when there is traffic. */
		.mode = "config-if",
		.syntax = "dialer {caller|enable-timeout|fast-idle|hold-queue|load-threshold|"
			  "max-call|max-link|redial|remote-name|string|wait-for-carrier-time|"
			  "watch-group} [<rest:LINE>]",
		.help = help,
		.key = "*",
		.flags = CLI_HARMLESS | CLI_KEEP_NO,
		.rank = RANK_IF_DIALER + 2,
	},
	{
		.mode = "config-if",
		.syntax = "dialer {in-band|vpdn}",
		.help = help,
		.key = "*",
		.flags = CLI_HARMLESS | CLI_KEEP_NO,
		.rank = RANK_IF_DIALER - 1,
	},
	{
		.mode = "config-if",
		.syntax = "peer default ip address [<rest:LINE>]", /* its address is the peer's */
		.help = help,
		.flags = CLI_HARMLESS | CLI_KEEP_NO,
		.rank = RANK_IF_PEER,
	},
	{
		.mode = "config-if",
		.syntax = "dialer-group <group_number:1-10>",
		.help = help,
		.flags = CLI_HARMLESS,
		.rank = RANK_IF_DIALER + 3,
		.apply = apply_kept,
	},
	{
		.mode = "config-if",
		.syntax = "keepalive [<period:0-32767> [<retries:1-255>]]",
		.help = help,
		.fallback = "keepalive 10",
		.defaults_in = cmd_is_dialer,
		.flags = CLI_KEEP_NO,
		.rank = RANK_IF_KEEPALIVE,
		.apply = apply_keepalive,
		.render = render_keepalive,
	},
	{
		.mode = "config",
		.syntax = "dialer-list <list_number:1-10> protocol ip "
			  "{permit|deny|list <list_name:WORD>}",
		.help = help,
		.key = "list_number",
		.sort = "list_number",
		.flags = CLI_HARMLESS,
		.rank = RANK_DIALER_LIST,
		.no = "dialer-list <list_number:1-10>",
	},
	{
		.mode = "config",
		.syntax = "dialer-list <list_number:1-10> protocol ipv6 "
			  "{permit|deny|list <list_name:WORD>}",
		.help = help,
		.key = "list_number",
		.sort = "list_number",
		.flags = CLI_HARMLESS,
		.rank = RANK_DIALER_LIST,
	},
	{ .mode = NULL },
};

const struct cli_topic cli_dialer_topic = { .commands = commands };
