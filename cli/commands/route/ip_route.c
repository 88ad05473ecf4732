/* SPDX-License-Identifier: BSD-3-Clause */
/* Static routes. */
#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

#include "cli/commands/commands.h"
#include "control/core/format.h"

/*
 * What a line says, with a reference to its interface, which may be one to come: the caller gives
 * it back. False without memory.
 */
static bool read_spec(const struct cli_ctx *ctx, const struct cli_args *args, struct rib_spec *spec)
{
	const struct cli_ifname *ifname = cli_arg_ifname(args, "ifname");
	char name[BW_NAME_LEN];

	*spec = (struct rib_spec) {
		.source = RIB_STATIC,
		.prefix = cmd_arg_ip(args, "prefix"),
		.plen = (uint8_t)format_plen(cmd_arg_ip(args, "mask")),
		.distance = (uint8_t)cli_arg_number(args, "distance", 1),
		.nexthop = cmd_arg_ip(args, "nexthop"),
		.tag = (uint32_t)cli_arg_number(args, "tag_value", 0),
		.flags = cli_has(args, "permanent") ? RIB_PERMANENT : 0,
	};
	if (ifname == NULL)
		return true;
	if (ifname->type == CLI_IF_NULL) {
		spec->flags |= RIB_NULL0;
		spec->nexthop = 0;
		return true;
	}
	spec->ifc = iface_get(&cmd_control(ctx)->ifaces, cmd_arg_ifname(args, "ifname", name));
	return spec->ifc != NULL;
}

static void drop_spec(struct rib_spec *spec)
{
	if (spec->ifc != NULL)
		iface_put(spec->ifc);
}

static int check(struct cli_ctx *ctx, const struct cli_args *args, const struct rib_spec *spec)
{
	struct iface_table *ifaces = &cmd_control(ctx)->ifaces;

	if ((spec->prefix & ~format_mask(spec->plen)) != 0)
		return cli_fail(ctx, "%%Inconsistent address and mask");
	if (cli_has(args, "nexthop") && !addr_is_host(spec->nexthop))
		return cli_fail(ctx, "%%Invalid next hop address");
	if (spec->nexthop != 0 && iface_addr_owner(ifaces, spec->vrf, spec->nexthop) != NULL)
		return cli_fail(ctx, "%%Invalid next hop address (it's this router)");
	if (spec->ifc != NULL && (spec->ifc->is_switch || !spec->ifc->kind->is_transit))
		return cli_fail_at(ctx, "ifname");
	return 0;
}

static bool is_multi_access(const struct iface *ifc)
{
	return !ifc->kind->is_lonely && !ifc->kind->is_point_to_point;
}

static int remove_route(struct rib *rib, const struct rib_spec *spec)
{
	struct rib_route *route = rib_find_static(rib, spec);

	if (route != NULL)
		rib_remove(rib, route);
	return 0;
}

/* The new one first, so that nothing is lost without memory; they are settled together. */
static int set_route(struct cli_ctx *ctx, const struct cli_args *args, const struct rib_spec *spec)
{
	struct rib *rib = &cmd_control(ctx)->rib;
	struct rib_route *old;
	int err = check(ctx, args, spec);

	if (cli_has(args, "track"))
		return cli_fail(ctx, "%% Object tracking is not supported on this platform");

	if (err != 0)
		return err;
	old = ctx->old != NULL ? rib_find_static(rib, spec) : NULL;
	if (rib_add(rib, spec) == NULL)
		return -ENOMEM;
	if (old != NULL)
		rib_remove(rib, old);
	else if (spec->ifc != NULL && spec->nexthop == 0 && spec->plen == 0 &&
		 is_multi_access(spec->ifc))
		cli_puts(ctx->out,
			"%Default route without gateway, if not a point-to-point interface, may "
			"impact performance\n");
	return 0;
}

static int apply_route(struct cli_ctx *ctx, const struct cli_args *args, enum cli_op op)
{
	struct rib_spec spec;
	int ret;

	if (!read_spec(ctx, args, &spec))
		return -ENOMEM;
	ret = op == CLI_SET ? set_route(ctx, args, &spec)
			    : remove_route(&cmd_control(ctx)->rib, &spec);
	drop_spec(&spec);
	return ret;
}

static int refuse(struct cli_ctx *ctx, const struct cli_args *args, enum cli_op op)
{
	const char *what = cli_has(args, "dhcp")  ? "A next hop by DHCP"
			   : cli_has(args, "vrf") ? "A VRF"
						  : "BFD";

	if (op == CLI_UNSET)
		return 0;
	return cli_fail(ctx, "%% %s is not supported on this platform", what);
}

static const struct cli_help help[] = {
	{ "ip", "Global IP configuration subcommands" },
	{ "route", "Establish static routes" },
	{ "prefix", "Destination prefix" },
	{ "mask", "Destination prefix mask" },
	{ "nexthop", "Forwarding router's address" },
	{ "ifname", "Interface to forward by, or Null0" },
	{ "distance", "Distance metric for this route" },
	{ "tag", "Set tag for this route" },
	{ "tag_value", "Tag value" },
	{ "name", "Specify name of the next hop" },
	{ "route_name", "Name of the next hop" },
	{ "permanent", "permanent route" },
	{ "track", "Install route depending on tracked item" },
	{ "object", "Tracked object number" },
	{ "dhcp", "Default gateway obtained from DHCP" },
	{ "vrf", "Configure static route for a VPN Routing/Forwarding instance" },
	{ "static", "Allow static routes" },
	{ "bfd", "BFD configuration commands" },
	{ NULL, NULL },
};

static const struct cli_command commands[] = {
	{
		.mode = "config",
		.syntax = "ip route <prefix:A.B.C.D> <mask:MASK> "
			  "{<nexthop:A.B.C.D>|<ifname:INTERFACE> [<nexthop:A.B.C.D>]} "
			  "(<distance:1-255>|tag <tag_value:1-4294967295>|name <route_name:WORD>|"
			  "permanent|track <object:1-1000>)",
		.help = help,
		.key = "prefix mask ifname nexthop",
		.sort = "prefix mask",
		.rank = RANK_ROUTE,
		.apply = apply_route,
	},
	{
		.mode = "config",
		.syntax = "ip route <prefix:A.B.C.D> <mask:MASK>",
		.help = help,
		.flags = CLI_NO_PREFIX,
		.rank = RANK_ROUTE,
	},
	{
		.mode = "config",
		.syntax = "ip route <prefix:A.B.C.D> <mask:MASK> [<ifname:INTERFACE>] dhcp "
			  "[<distance:1-255>]",
		.help = help,
		.apply = refuse,
	},
	{
		.mode = "config",
		.syntax = "ip route {vrf|static bfd} <rest:LINE>",
		.help = help,
		.apply = refuse,
	},
	{ .mode = NULL },
};

const struct cli_topic cli_ip_route_topic = { .commands = commands };
