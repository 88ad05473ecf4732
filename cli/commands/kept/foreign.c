/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Interfaces of kinds that are not here (Async3, BRI0, Cellular0, ATM0, Tunnel0 ...). Their
 * address, description and shutdown are known, for `show`; every other line is kept as it comes, in
 * IOS's place.
 */
#include <errno.h>

#include "cli/commands/commands.h"
#include "cli/commands/kept/kept.h"

#define LINES "config-if-text"

static int apply_foreign(struct cli_ctx *ctx, const struct cli_args *args, enum cli_op op)
{
	char name[BW_NAME_LEN];
	struct iface *ifc;
	int err;

	if (op == CLI_UNSET) {
		ifc = cmd_arg_iface(ctx, args, "ifname");
		return ifc != NULL ? iface_delete(ifc) : 0;
	}
	err = iface_create(&cmd_control(ctx)->ifaces, cmd_arg_ifname(args, "ifname", name), &ifc);
	return err == -EINVAL ? cli_fail_at(ctx, "ifname") : err;
}

static const struct cli_help help[] = {
	{ "interface", "Select an interface to configure" },
	{ "ifname", "Interface name" },
	{ "point-to-point", "Treat as a point-to-point link" },
	{ "multipoint", "Treat as a multipoint link" },
	{ "type", "Type of a virtual template" },
	{ "what", "Type" },
	{ "ip", "Interface Internet Protocol config commands" },
	{ "address", "Set the IP address of an interface" },
	{ "unnumbered", "Enable IP processing without an explicit address" },
	{ "how", "Kept without effect" },
	{ NULL, NULL },
};

static const struct cli_mode modes[] = {
	{ .name = CMD_FOREIGN, .prompt = "(config-if)", .parent = "config", .indented = LINES },
	{ .name = LINES, .prompt = "(config-if)", .parent = "config" },
	{ .name = NULL },
};

#define ANY(words, place) KEPT_WITH(LINES, words " [<rest:LINE>]", place, KEPT_BELOW)
#define ONE(words, place) KEPT_ONE(LINES, words " [<rest:LINE>]", place)

/* The same for words that no global line begins with: they need no indentation. */
#define TYPED			CMD_FOREIGN " " LINES
#define TYPED_ANY(words, place) KEPT_WITH(TYPED, words " [<rest:LINE>]", place, KEPT_BELOW)
#define TYPED_ONE(words, place) KEPT_ONE(TYPED, words " [<rest:LINE>]", place)

static const struct cli_command commands[] = {
	{
		.mode = "config",
		.syntax = "interface <ifname:FOREIGN> [point-to-point|multipoint|type <what:WORD>]",
		.help = help,
		.key = "ifname",
		.sort = "ifname",
		.no = "interface <ifname:FOREIGN>",
		.enters = CMD_FOREIGN,
		.flags = CLI_HARMLESS,
		.rank = RANK_INTERFACE,
		.apply = apply_foreign,
	},
	{
		.mode = CMD_FOREIGN,
		.syntax = "ip address <how:LINE>",
		.help = help,
		.slot = "ip-address",
		.flags = CLI_HARMLESS,
		.rank = RANK_IF_ADDRESS,
	},
	{
		.mode = CMD_FOREIGN,
		.syntax = "ip unnumbered <how:LINE>",
		.help = help,
		.slot = "ip-address",
		.flags = CLI_HARMLESS,
		.rank = RANK_IF_ADDRESS,
	},
	TYPED_ANY("switchport", RANK_IF_SWITCHPORT),
	TYPED_ONE("mtu", RANK_IF_MTU),
	TYPED_ONE("mac-address", RANK_IF_MAC),
	TYPED_ONE("bandwidth", RANK_IF_BANDWIDTH),
	TYPED_ONE("delay", RANK_IF_BANDWIDTH + 1),
	ANY("ip vrf", RANK_IF_DOT1Q + 1),
	ANY("vrf", RANK_IF_DOT1Q + 1),
	ANY("ip access-group", RANK_IF_ACCESS_GROUP),
	ANY("ip helper-address", RANK_IF_ACCESS_GROUP + 2),
	ANY("ip redirects", RANK_IF_REDIRECTS),
	ANY("ip unreachables", RANK_IF_REDIRECTS + 1),
	ANY("ip proxy-arp", RANK_IF_REDIRECTS + 2),
	ONE("ip mtu", RANK_IF_IP_MTU),
	ANY("ip flow", RANK_IF_FLOW),
	ONE("ip nat", RANK_IF_NAT),
	ANY("ip inspect", RANK_IF_NAT + 1),
	ANY("ip virtual-reassembly", RANK_IF_VFR),
	TYPED_ANY("zone-member", RANK_IF_VFR + 1),
	TYPED_ONE("encapsulation", RANK_IF_ENCAPSULATION),
	ANY("ip tcp", RANK_IF_MSS),
	ANY("ip", RANK_IF_NAT + 2),
	TYPED_ONE("load-interval", RANK_IF_LOAD),
	ANY("arp", RANK_IF_ARP),
	ANY("atm", RANK_IF_ARP),
	TYPED_ANY("dsl", RANK_IF_SHUTDOWN + 1),
	ANY("isdn", RANK_IF_SHUTDOWN + 1),
	TYPED_ANY("dialer in-band", RANK_IF_DIALER),
	TYPED_ANY("dialer pool-member", RANK_IF_DIALER),
	TYPED_ONE("dialer string", RANK_IF_DIALER),
	ANY("dialer", RANK_IF_DIALER),
	TYPED_ONE("dialer-group", RANK_IF_DIALER + 3),
	TYPED_ONE("keepalive", RANK_IF_KEEPALIVE),
	TYPED_ONE("duplex", RANK_IF_DUPLEX),
	TYPED_ONE("speed", RANK_IF_SPEED),
	TYPED_ANY("half-duplex", RANK_IF_SPEED),
	TYPED_ANY("media-type", RANK_IF_MEDIA),
	ANY("ipv6", RANK_IF_MEDIA + 8),
	TYPED_ANY("tunnel", RANK_IF_SPANNING_TREE),
	ANY("spanning-tree", RANK_IF_SPANNING_TREE),
	TYPED_ANY("ppp", RANK_IF_PPP),
	TYPED_ANY("async", RANK_IF_MEDIA + 9),
	TYPED_ANY("clock rate", RANK_IF_MEDIA + 9),
	TYPED_ANY("frame-relay", RANK_IF_MEDIA + 9),
	TYPED_ANY("peer", RANK_IF_MEDIA + 9),
	TYPED_ANY("pvc", RANK_IF_MEDIA + 9),
	TYPED_ANY("ssid", RANK_IF_MEDIA + 9),
	ANY("cdp", RANK_IF_CDP),
	ANY("mop", RANK_IF_CDP + 1),
	ANY("crypto", RANK_IF_CDP + 10),
	TYPED_ANY("hold-queue", RANK_IF_QUEUE),
	ANY("service-policy", RANK_IF_QUEUE + 1),
	KEPT_WITH(LINES, "<rest:LINE>", RANK_IF_MEDIA + 9, KEPT_BELOW),
	{ .mode = NULL },
};

const struct cli_topic cli_foreign_topic = { .modes = modes, .commands = commands };
