/* SPDX-License-Identifier: BSD-3-Clause */
/* `ip address` of an interface. */
#include <errno.h>
#include <string.h>

#include "cli/commands/commands.h"
#include "control/core/format.h"

static int explain(struct cli_ctx *ctx, int err, bw_ip4 addr, uint8_t plen, struct iface *other)
{
	char ip[FORMAT_IP_SIZE];

	switch (err) {
	case 0:
		return 0;
	case IFACE_ADDR_BAD_MASK:
		return cli_fail(ctx, "Bad mask /%u for address %s", plen, format_ip(addr, ip));
	case IFACE_ADDR_OVERLAP:
		return cli_fail(ctx, "%% %s overlaps with %s",
			format_ip(addr & format_mask(plen), ip), other->name);
	case IFACE_ADDR_INVALID:
		return cli_fail(ctx, "Not a valid host address - %s", format_ip(addr, ip));
	case IFACE_ADDR_SAME:
		return cli_fail(ctx, "%% Secondary can't be same as primary");
	case IFACE_ADDR_HAS_SECONDARY:
		return cli_fail(ctx, "Must delete secondary before deleting primary");
	case IFACE_ADDR_TOO_MANY:
		return cli_fail(ctx, "%% Too many secondary addresses");
	default:
		return -ENOMEM;
	}
}

/* Where an address may be: not on a switch port, nor on a subinterface without a VLAN. */
static int check_place(struct cli_ctx *ctx, const struct iface *ifc)
{
	if (ifc->is_switch)
		return cli_fail(ctx, "%% IP addresses may not be configured on L2 links.");
	if (ifc->kind->has_vlan && ifc->dot1q == 0)
		return cli_fail(ctx,
			"%% Configuring IP routing on a LAN subinterface is only allowed if that\n"
			"subinterface is already configured as part of an IEEE 802.10, IEEE "
			"802.1Q,\nor ISL vLAN.");
	return 0;
}

static int set_address(struct cli_ctx *ctx, const struct cli_args *args, bool secondary)
{
	struct iface *ifc = cmd_parent_iface(ctx), *other = NULL;
	bw_ip4 addr = cmd_arg_ip(args, "addr");
	uint8_t plen = (uint8_t)format_plen(cmd_arg_ip(args, "mask"));
	int err = check_place(ctx, ifc);

	if (err != 0)
		return err;
	err = iface_addr_set(ifc, addr, plen, secondary, &other);
	if (err == 0 && !secondary)
		ifc->addr_manual = ctx->session != NULL;
	return explain(ctx, err, addr, plen, other);
}

/* `no ip address` alone takes the secondary addresses along. */
static int remove_others(struct cli_ctx *ctx, const struct iface *ifc)
{
	const struct iface_addr *a;
	int err = 0;

	TAILQ_FOREACH (a, &ifc->addrs, entry) {
		char ip[FORMAT_IP_SIZE], mask[FORMAT_IP_SIZE];

		if (a->secondary)
			err = cli_imply(ctx, "no ip address %s %s secondary",
				format_ip(a->addr, ip), format_ip(format_mask(a->plen), mask));
		if (err != 0)
			return err;
	}
	return 0;
}

static int apply_primary(struct cli_ctx *ctx, const struct cli_args *args, enum cli_op op)
{
	struct iface *ifc = cmd_parent_iface(ctx);
	bool typed = ctx->typed != NULL, bare = typed && !cli_has(ctx->typed, "addr");
	int err;

	if (op == CLI_SET)
		return set_address(ctx, args, false);
	if (bare && (err = remove_others(ctx, ifc)) != 0)
		return err;
	err = iface_addr_remove(ifc, cmd_arg_ip(args, "addr"), false, bare || !typed);
	return explain(ctx, err == IFACE_ADDR_NONE ? 0 : err, 0, 0, NULL);
}

static int apply_secondary(struct cli_ctx *ctx, const struct cli_args *args, enum cli_op op)
{
	if (op == CLI_SET)
		return set_address(ctx, args, true);
	iface_addr_remove(cmd_parent_iface(ctx), cmd_arg_ip(args, "addr"), true, false);
	return 0;
}

/* --- of another interface, or of the peer --- */

static struct dialer *parent_point_to_point(struct cli_ctx *ctx)
{
	struct iface *ifc = cmd_parent_iface(ctx);

	if (ifc->kind == &iface_dialer)
		return dialer_of(ifc);
	cli_fail(ctx, "Point-to-point (non-multi-access) interfaces only");
	return NULL;
}

/* The interface may come later. */
static int apply_unnumbered(struct cli_ctx *ctx, const struct cli_args *args, enum cli_op op)
{
	struct dialer *d = parent_point_to_point(ctx);
	char name[BW_NAME_LEN];

	if (d == NULL)
		return -EINVAL;
	if (op == CLI_UNSET) {
		iface_addr_assign(d->ifc, 0, false, NULL);
		return dialer_set_unnumbered(d, NULL);
	}
	cmd_arg_ifname(args, "lender", name);
	if (strcmp(name, d->ifc->name) == 0)
		return cli_fail_at(ctx, "lender");
	return dialer_set_unnumbered(d, name);
}

static int apply_negotiated(struct cli_ctx *ctx, const struct cli_args *args, enum cli_op op)
{
	struct dialer *d = parent_point_to_point(ctx);

	if (d == NULL)
		return -EINVAL;
	if (op == CLI_UNSET)
		iface_addr_assign(d->ifc, 0, false, NULL);
	if (op == CLI_SET && cli_has(args, "previous") && ctx->session != NULL)
		cli_printf(ctx->out, "%% The previous address is not asked for again: the peer "
				     "chooses\n");
	d->conf.negotiated = op == CLI_SET;
	dialer_changed(d);
	return 0;
}

/* IOS says nothing of a subinterface without an address. */
static bool is_whole(void *, const struct cli_args *parent)
{
	const struct cli_ifname *name = cli_arg_ifname(parent, "ifname");

	return name != NULL && name->sub == 0;
}

static const struct cli_help help[] = {
	{ "ip", "Interface Internet Protocol config commands" },
	{ "address", "Set the IP address of an interface" },
	{ "addr", "IP address" },
	{ "mask", "IP subnet mask" },
	{ "secondary", "Make this IP address a secondary address" },
	{ "negotiated", "IP Address negotiated over PPP" },
	{ "previous", "Ask for the address of before" },
	{ "unnumbered", "Enable IP processing without an explicit address" },
	{ "lender", "Interface whose address is used" },
	{ NULL, NULL },
};

static const struct cli_command commands[] = {
	{
		.mode = CMD_INTERFACE,
		.syntax = "ip address <addr:A.B.C.D> <mask:MASK>",
		.help = help,
		.slot = "ip-address",
		.no = "ip address",
		.fallback = "no ip address",
		.flags = CLI_SHOW_DEFAULT,
		.rank = RANK_IF_ADDRESS,
		.apply = apply_primary,
		.defaults_in = is_whole,
	},
	{
		.mode = CMD_INTERFACE,
		.syntax = "ip address <addr:A.B.C.D> <mask:MASK> secondary",
		.help = help,
		.key = "addr",
		.rank = RANK_IF_SECONDARY,
		.apply = apply_secondary,
	},
	{
		.mode = "config-if",
		.syntax = "ip address negotiated [previous]",
		.no = "ip address negotiated",
		.help = help,
		.slot = "ip-address",
		.rank = RANK_IF_ADDRESS,
		.apply = apply_negotiated,
	},
	{
		.mode = "config-if",
		.syntax = "ip unnumbered <lender:INTERFACE>",
		.help = help,
		.slot = "ip-address",
		.no = "ip unnumbered",
		.rank = RANK_IF_ADDRESS,
		.apply = apply_unnumbered,
	},
	{ .mode = NULL },
};

const struct cli_topic cli_ip_address_topic = { .commands = commands };
