/* SPDX-License-Identifier: BSD-3-Clause */
/* What `ip ...` sets on an interface besides its addresses. */
#include <stdio.h>
#include <string.h>

#include "cli/commands/commands.h"

static int apply_ip_mtu(struct cli_ctx *ctx, const struct cli_args *args, enum cli_op op)
{
	struct iface *ifc = cmd_parent_iface(ctx);

	ifc->ip_mtu = op == CLI_SET ? cli_arg_number(args, "bytes", 0) : 0;
	iface_changed(ifc);
	return 0;
}

static int apply_access_group(struct cli_ctx *ctx, const struct cli_args *args, enum cli_op op)
{
	bool in = strcmp(cli_arg_text(args, "direction"), "in") == 0;
	const char *name = cli_arg_text(args, "list");

	if (op == CLI_SET && strlen(name) >= ACL_NAME_LEN)
		return cli_fail_at(ctx, "list");
	return iface_acl_set(cmd_parent_iface(ctx), in, op == CLI_SET ? name : NULL);
}

static int apply_nat(struct cli_ctx *ctx, const struct cli_args *args, enum cli_op op)
{
	struct iface *ifc = cmd_parent_iface(ctx);
	bool inside = strcmp(cli_arg_text(args, "side"), "inside") == 0;

	if (op == CLI_UNSET) {
		iface_nat_set(ifc, IFACE_NAT_NONE);
		return 0;
	}
	if (ifc->is_switch)
		return cli_fail_at(ctx, "nat");
	iface_nat_set(ifc, inside ? IFACE_NAT_INSIDE : IFACE_NAT_OUTSIDE);
	return ifc->vfr.on ? 0 : cli_imply(ctx, "ip virtual-reassembly in");
}

static int apply_vfr(struct cli_ctx *ctx, const struct cli_args *args, enum cli_op op)
{
	struct iface *ifc = cmd_parent_iface(ctx);

	ifc->vfr.on = op == CLI_SET;
	ifc->vfr.drop_fragments = op == CLI_SET && cli_has(args, "drop-fragments");
	ifc->vfr.reassemblies = cli_arg_number(args, "reassemblies", 16);
	ifc->vfr.fragments = cli_arg_number(args, "fragments", 32);
	ifc->vfr.timeout = cli_arg_number(args, "seconds", 3);
	iface_changed(ifc);
	return 0;
}

/* IOS prints the direction, typed or not; 12.4 did not know it. */
static int render_vfr(const struct cli_args *args, char *buf, size_t size)
{
	static const char bare[] = "ip virtual-reassembly";
	const char *rest = args->line + sizeof(bare) - 1;

	if (strncmp(rest, " in", 3) == 0 && (rest[3] == ' ' || rest[3] == '\0'))
		rest += 3;
	return snprintf(buf, size, "%s in%s", bare, rest);
}

static int apply_mss(struct cli_ctx *ctx, const struct cli_args *args, enum cli_op op)
{
	struct iface *ifc = cmd_parent_iface(ctx);

	ifc->tcp_mss = op == CLI_SET ? cli_arg_number(args, "mss", 0) : 0;
	iface_changed(ifc);
	return 0;
}

static int apply_unreachables(struct cli_ctx *ctx, const struct cli_args *, enum cli_op op)
{
	struct iface *ifc = cmd_parent_iface(ctx);

	ifc->no_unreachables = op == CLI_UNSET;
	iface_changed(ifc);
	return 0;
}

static int apply_proxy_arp(struct cli_ctx *ctx, const struct cli_args *, enum cli_op op)
{
	struct iface *ifc = cmd_parent_iface(ctx);

	ifc->no_proxy_arp = op == CLI_UNSET;
	iface_changed(ifc);
	return 0;
}

static int apply_autostate(struct cli_ctx *ctx, const struct cli_args *, enum cli_op op)
{
	struct iface *ifc = cmd_parent_iface(ctx);

	if (!ifc->kind->has_autostate)
		return cli_fail_at(ctx, "autostate");
	ifc->no_autostate = op == CLI_UNSET;
	iface_changed(ifc);
	return 0;
}

static int apply_arp_timeout(struct cli_ctx *ctx, const struct cli_args *args, enum cli_op op)
{
	struct iface *ifc = cmd_parent_iface(ctx);

	ifc->arp_timeout =
		op == CLI_SET ? cli_arg_number(args, "seconds", 0) : IFACE_ARP_TIMEOUT_DEFAULT;
	iface_changed(ifc);
	return 0;
}

static const struct cli_help help[] = {
	{ "ip", "Interface Internet Protocol config commands" },
	{ "mtu", "Set IP Maximum Transmission Unit" },
	{ "bytes", "MTU (bytes)" },
	{ "access-group", "Specify access control for packets" },
	{ "list", "Access-list number or name" },
	{ "in", "inbound packets" },
	{ "out", "outbound packets" },
	{ "nat", "NAT interface commands" },
	{ "inside", "Inside interface for address translation" },
	{ "outside", "Outside interface for address translation" },
	{ "virtual-reassembly", "Virtual Reassembly" },
	{ "max-reassemblies", "Set max number of concurrent reassemblies" },
	{ "max-fragments", "Set max fragments per reassembly" },
	{ "timeout", "Set timeout value of a reassembly" },
	{ "drop-fragments", "Drop all fragments" },
	{ "reassemblies", "Number of concurrent reassemblies" },
	{ "fragments", "Number of fragments" },
	{ "seconds", "Seconds" },
	{ "tcp", "TCP interface commands" },
	{ "adjust-mss", "Adjust the mss of transit packets" },
	{ "mss", "Maximum segment size in bytes" },
	{ "unreachables", "Enable sending ICMP Unreachable messages" },
	{ "redirects", "Enable sending ICMP Redirect messages" },
	{ "proxy-arp", "Enable proxy ARP" },
	{ "autostate", "Enable auto-state determination for VLAN" },
	{ "arp", "Set arp type (arpa, probe, snap), timeout, log options or packet priority" },
	{ NULL, NULL },
};

static const struct cli_command commands[] = {
	{
		.mode = "config-if",
		.syntax = "ip mtu <bytes:68-9216>",
		.help = help,
		.fallback = "ip mtu 1500",
		.defaults_in = cmd_is_routed,
		.rank = RANK_IF_IP_MTU,
		.apply = apply_ip_mtu,
	},
	{
		.mode = "config-if",
		.syntax = "ip access-group <list:WORD> <direction:in|out>",
		.help = help,
		.key = "direction",
		.sort = "direction", /* in before out */
		.rank = RANK_IF_ACCESS_GROUP,
		.apply = apply_access_group,
	},
	{
		.mode = "config-if",
		.syntax = "ip nat <side:inside|outside>",
		.help = help,
		.rank = RANK_IF_NAT,
		.apply = apply_nat,
	},
	{
		.mode = "config-if",
		.syntax = "ip virtual-reassembly [in] (max-reassemblies <reassemblies:1-1024>|"
			  "max-fragments <fragments:1-255>|timeout <seconds:1-60>|drop-fragments)",
		.help = help,
		.implied_by = "ip nat ",
		.rank = RANK_IF_VFR,
		.apply = apply_vfr,
		.render = render_vfr,
	},
	{
		.mode = "config-if",
		.syntax = "ip tcp adjust-mss <mss:500-1460>",
		.help = help,
		.rank = RANK_IF_MSS,
		.apply = apply_mss,
	},
	{
		.mode = "config-if",
		.syntax = "ip redirects", /* none are ever sent */
		.help = help,
		.fallback = "ip redirects",
		.defaults_in = cmd_is_routed,
		.flags = CLI_KEEP_NO | CLI_HARMLESS,
		.rank = RANK_IF_REDIRECTS,
	},
	{
		.mode = "config-if",
		.syntax = "ip unreachables",
		.help = help,
		.fallback = "ip unreachables",
		.defaults_in = cmd_is_routed,
		.flags = CLI_KEEP_NO,
		.rank = RANK_IF_REDIRECTS + 1,
		.apply = apply_unreachables,
	},
	{
		.mode = "config-if",
		.syntax = "ip proxy-arp",
		.help = help,
		.fallback = "ip proxy-arp",
		.defaults_in = cmd_is_routed,
		.flags = CLI_KEEP_NO,
		.rank = RANK_IF_REDIRECTS + 2,
		.apply = apply_proxy_arp,
	},
	{
		.mode = "config-if",
		.syntax = "autostate",
		.help = help,
		.fallback = "autostate",
		.flags = CLI_KEEP_NO,
		.rank = RANK_IF_REDIRECTS + 9,
		.apply = apply_autostate,
	},
	{
		.mode = "config-if",
		.syntax = "arp timeout <seconds:1-2147483>",
		.help = help,
		.fallback = "arp timeout 14400",
		.defaults_in = cmd_is_ethernet,
		.rank = RANK_IF_ARP,
		.apply = apply_arp_timeout,
	},
	{ .mode = NULL },
};

const struct cli_topic cli_ip_interface_topic = { .commands = commands };
