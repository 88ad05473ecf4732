/* SPDX-License-Identifier: BSD-3-Clause */
/* PPPoE on an Ethernet: `pppoe enable`, `pppoe-client`. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli/commands/commands.h"

static bool may_dial(const struct iface *ifc)
{
	return ifc->kind->may_dial && !ifc->is_switch;
}

static int apply_enable(struct cli_ctx *ctx, const struct cli_args *, enum cli_op op)
{
	struct iface *ifc = cmd_parent_iface(ctx);

	if (!may_dial(ifc))
		return cli_fail_at(ctx, "pppoe");
	ifc->pppoe = op == CLI_SET;
	pppoe_member_changed(ifc);
	return 0;
}

/* IOS prints the group, typed or not. */
static int render_enable(const struct cli_args *args, char *buf, size_t size)
{
	const char *group = cli_arg_text(args, "group_name");

	return snprintf(buf, size, "pppoe enable group %s", group != NULL ? group : "global");
}

static int set_member(struct cli_ctx *ctx, const struct cli_args *args, struct iface *ifc)
{
	const char *service = cli_arg_text(args, "service");
	struct pppoe_member *m;

	if (service != NULL && strlen(service) > BW_PPPOE_TEXT)
		return cmd_too_long(ctx, "service", BW_PPPOE_TEXT);
	if (ifc->kind->is_kept) /* must not take the place of an Ethernet that is there */
		return cli_imply(ctx, "pppoe enable group global");
	m = pppoe_member_set(ifc, (uint8_t)cli_arg_number(args, "pool_number", 0));
	if (m == NULL)
		return -ENOMEM;
	m->redial_s = (uint16_t)cli_arg_number(args, "seconds", DIALER_REDIAL_DEFAULT);
	dialer_text_set(&m->service, service, service != NULL ? strlen(service) : 0);
	if (cli_has(args, "dial-on-demand"))
		cli_puts(ctx->out, "%Dialing on demand is not supported: the session is kept up\n");
	return ifc->pppoe ? 0 : cli_imply(ctx, "pppoe enable group global");
}

static int apply_client(struct cli_ctx *ctx, const struct cli_args *args, enum cli_op op)
{
	struct iface *ifc = cmd_parent_iface(ctx);
	struct pppoe_member *m;

	if (!may_dial(ifc))
		return cli_fail_at(ctx, "pppoe-client");
	if (op == CLI_SET)
		return set_member(ctx, args, ifc);
	m = pppoe_member_find(ifc, (uint8_t)cli_arg_number(args, "pool_number", 0));
	if (m != NULL)
		pppoe_member_remove(m);
	return 0;
}

static const struct cli_help help[] = {
	{ "pppoe", "pppoe interface subcommands" },
	{ "enable", "Enable pppoe" },
	{ "group", "attach a BBA group" },
	{ "group_name", "BBA group name" },
	{ "pppoe-client", "pppoe client" },
	{ "dial-pool-number", "Dialer pool number" },
	{ "pool_number", "Dialer pool number" },
	{ "dial-on-demand", "Dial when there is traffic" },
	{ "restart", "Wait before dialing again" },
	{ "seconds", "Seconds" },
	{ "service-name", "Service to ask for" },
	{ "service", "Service name" },
	{ NULL, NULL },
};

static const struct cli_command commands[] = {
	{
		.mode = "config-if",
		.syntax = "pppoe enable [group <group_name:WORD>]",
		.help = help,
		.flags = CLI_KEEP_NO, /* pppoe-client brings it along */
		.rank = RANK_IF_PPPOE,
		.no = "pppoe enable",
		.apply = apply_enable,
		.render = render_enable,
	},
	{
		.mode = "config-if",
		.syntax = "pppoe-client dial-pool-number <pool_number:1-255> "
			  "(dial-on-demand|restart <seconds:1-3600>|service-name <service:WORD>)",
		.help = help,
		.key = "pool_number",
		.sort = "pool_number",
		.rank = RANK_IF_PPPOE + 1,
		.no = "pppoe-client dial-pool-number <pool_number:1-255>",
		.apply = apply_client,
	},
	{ .mode = NULL },
};

const struct cli_topic cli_pppoe_topic = { .commands = commands };
