/* SPDX-License-Identifier: BSD-3-Clause */
/* `interface X`, and what is said of a link: description, shutdown, mtu, dot1Q, duplex. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands/commands.h"

static int apply_interface(struct cli_ctx *ctx, const struct cli_args *args, enum cli_op op)
{
	struct control *ctl = cmd_control(ctx);
	char name[BW_NAME_LEN];
	struct iface *ifc;
	int err;

	if (op == CLI_UNSET) {
		ifc = cmd_arg_iface(ctx, args, "ifname");
		if (ifc == NULL || iface_delete(ifc) == 0)
			return 0;
		return cli_fail(ctx, "%% Removal of physical interfaces is not permitted");
	}
	if (cli_arg_ifname(args, "ifname")->type == CLI_IF_VIRTUAL_ACCESS)
		return cli_fail(ctx, "%% Virtual-Access interfaces cannot be configured");
	err = iface_create(&ctl->ifaces, cmd_arg_ifname(args, "ifname", name), &ifc);
	if (err == -ENODEV || err == -EINVAL)
		return cli_fail_at(ctx, "ifname");
	if (err == -ENOSPC)
		return cli_fail(ctx, "%% No more interfaces can be created");
	if (err == 0 && ifc->kind->is_kept)
		cli_printf(ctx->out, "%%%s is not present: its lines are kept without effect\n",
			ifc->name);
	return err;
}

/* A port of the machine. */
static bool is_physical(void *app, const struct cli_args *args)
{
	const struct iface *ifc = cmd_configured_iface(app, args);

	return ifc != NULL && ifc->kind->is_physical;
}

static int apply_description(struct cli_ctx *ctx, const struct cli_args *args, enum cli_op op)
{
	struct iface *ifc = cmd_parent_iface(ctx);
	char *text = NULL;

	if (op == CLI_SET && (text = strdup(cli_arg_text(args, "text"))) == NULL)
		return -ENOMEM;
	free(ifc->description);
	ifc->description = text;
	return 0;
}

static int apply_shutdown(struct cli_ctx *ctx, const struct cli_args *, enum cli_op op)
{
	struct iface *ifc = cmd_parent_iface(ctx);

	ifc->shutdown = op == CLI_SET;
	iface_changed_with_subs(ifc);
	return 0;
}

/* What the interface's port can carry; without a dataplane, what it may be able to. */
static unsigned max_mtu(const struct iface *ifc)
{
	const struct bw_region *region = dp_region(&ifc->table->core->dp);
	const struct iface *port = ifc->parent != NULL ? ifc->parent : ifc;

	if (ifc->kind->is_kept)
		return UINT16_MAX;
	return region != NULL && port->port >= 0 ? region->ports[port->port].max_mtu
						 : ifc->table->platform->max_mtu;
}

static int apply_mtu(struct cli_ctx *ctx, const struct cli_args *args, enum cli_op op)
{
	struct iface *ifc = cmd_parent_iface(ctx);
	unsigned mtu = op == CLI_SET ? cli_arg_number(args, "bytes", 0) : IFACE_MTU_DEFAULT;

	if (!ifc->kind->has_mtu)
		return cli_fail_at(ctx, "mtu");
	if (mtu > max_mtu(ifc))
		return cli_fail(ctx,
			"%% %s can carry %u bytes at the most (max-mtu in platform.conf)",
			ifc->name, max_mtu(ifc));
	ifc->mtu = mtu;
	iface_changed_with_subs(ifc);
	return 0;
}

static int apply_mac(struct cli_ctx *ctx, const struct cli_args *args, enum cli_op op)
{
	struct iface *ifc = cmd_parent_iface(ctx);

	if (op == CLI_SET) {
		const uint8_t *mac = cli_arg(args, "mac")->mac;

		if (!ifc->kind->has_own_mac)
			return cli_fail_at(ctx, "mac-address");
		if (mac[0] & 1)
			return cli_fail(ctx, "%% MAC address cannot be a multicast address");
		memcpy(ifc->mac, mac, sizeof(ifc->mac));
	}
	ifc->has_mac = op == CLI_SET;
	iface_changed_with_subs(ifc);
	return 0;
}

static int apply_dot1q(struct cli_ctx *ctx, const struct cli_args *args, enum cli_op op)
{
	struct iface *ifc = cmd_parent_iface(ctx), *other;
	uint16_t vlan = op == CLI_SET ? cli_arg_number(args, "vlan", 0) : 0;
	int err;

	if (!ifc->kind->has_vlan && (!ifc->kind->is_kept || ifc->sub == 0))
		return cli_fail_at(ctx, "encapsulation");
	err = iface_dot1q_set(ifc, vlan, op == CLI_SET && cli_has(args, "native"), &other);
	if (err == -EEXIST)
		return cli_fail(ctx,
			"%%Configuration of multiple subinterfaces of the same main\n"
			"interface with the same VID (%u) is not permitted.\n"
			"This VID is already configured on %s.",
			vlan, other->name);
	return err;
}

static const struct cli_help help[] = {
	{ "interface", "Select an interface to configure" },
	{ "ifname", "Interface name" },
	{ "description", "Interface specific description" },
	{ "text", "Up to 240 characters describing this interface" },
	{ "shutdown", "Shutdown the selected interface" },
	{ "mtu", "Set the interface Maximum Transmission Unit (MTU)" },
	{ "bytes", "MTU size in bytes" },
	{ "mac-address", "Manually set interface MAC address" },
	{ "mac", "MAC address" },
	{ "encapsulation", "Set encapsulation type for an interface" },
	{ "dot1Q", "IEEE 802.1Q Virtual LAN" },
	{ "vlan", "IEEE 802.1Q VLAN ID" },
	{ "native", "Make this as native vlan" },
	{ "duplex", "Configure duplex operation" },
	{ "speed", "Configure speed operation" },
	{ "cdp", "CDP interface subcommands" },
	{ "enable", "Enable CDP on interface" },
	{ "mop", "DEC MOP server commands" },
	{ "enabled", "Enable MOP for interface" },
	{ "sysid", "System ID" },
	{ NULL, NULL },
};

static const struct cli_mode modes[] = {
	{ .name = "config-if", .prompt = "(config-if)", .parent = "config" },
	{ .name = NULL },
};

static const struct cli_command commands[] = {
	{
		.mode = "config",
		.syntax = "interface <ifname:INTERFACE>",
		.help = help,
		.key = "ifname",
		.sort = "ifname",
		.enters = "config-if",
		.rank = RANK_INTERFACE,
		.apply = apply_interface,
		.permanent = is_physical,
	},
	{
		.mode = CMD_INTERFACE,
		.syntax = "description <text:LINE>",
		.help = help,
		.rank = RANK_IF_DESCRIPTION,
		.apply = apply_description,
	},
	{
		.mode = CMD_INTERFACE,
		.syntax = "shutdown",
		.fallback = "no shutdown",
		.rank = RANK_IF_SHUTDOWN,
		.apply = apply_shutdown,
	},
	{
		.mode = "config-if",
		.syntax = "mtu <bytes:68-9216>",
		.fallback = "mtu 1500",
		.defaults_in = cmd_is_routed,
		.rank = RANK_IF_MTU,
		.apply = apply_mtu,
	},
	{
		.mode = "config-if",
		.syntax = "mac-address <mac:H.H.H>",
		.rank = RANK_IF_MAC,
		.apply = apply_mac,
	},
	{
		.mode = "config-if",
		.syntax = "encapsulation dot1Q <vlan:1-4094> [native]",
		.no = "encapsulation",
		.rank = RANK_IF_DOT1Q,
		.apply = apply_dot1q,
	},
	{
		.mode = "config-if",
		.syntax = "duplex <how:auto|full|half>",
		.fallback = "duplex auto",
		.flags = CLI_HARMLESS | CLI_SHOW_DEFAULT | CLI_KEEP_DEFAULT,
		.rank = RANK_IF_DUPLEX,
		.defaults_in = cmd_is_routed_port,
	},
	{
		.mode = "config-if",
		.syntax = "speed <rate:auto|10|100|1000>",
		.fallback = "speed auto",
		.flags = CLI_HARMLESS | CLI_SHOW_DEFAULT | CLI_KEEP_DEFAULT,
		.rank = RANK_IF_SPEED,
		.defaults_in = cmd_is_routed_port,
	},
	{
		.mode = "config-if",
		.syntax = "cdp enable",
		.fallback = "cdp enable",
		.defaults_in = cmd_is_ethernet,
		.flags = CLI_KEEP_NO | CLI_HARMLESS,
		.rank = RANK_IF_CDP,
	},
	{
		.mode = "config-if",
		.syntax = "mop enabled",
		.fallback = "mop enabled",
		.defaults_in = cmd_is_ethernet,
		.flags = CLI_KEEP_NO | CLI_HARMLESS,
		.rank = RANK_IF_CDP + 1,
	},
	{
		.mode = "config-if",
		.syntax = "mop sysid",
		.fallback = "mop sysid",
		.defaults_in = cmd_is_ethernet,
		.flags = CLI_KEEP_NO | CLI_HARMLESS,
		.rank = RANK_IF_CDP + 2,
	},
	{ .mode = NULL },
};

const struct cli_topic cli_interface_topic = { .modes = modes, .commands = commands };
