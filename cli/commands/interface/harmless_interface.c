/* SPDX-License-Identifier: BSD-3-Clause */
/* Lines of an interface that mean nothing here and do no harm. */
#include "cli/commands/commands.h"
#include "cli/commands/kept/kept.h"

/* Off already: `no` is kept, and it cannot be switched on. */
static int apply_off(struct cli_ctx *ctx, const struct cli_args *args, enum cli_op op)
{
	if (op == CLI_UNSET)
		return 0;
	return cli_fail(ctx, "%% %s is not supported on this platform", args->line);
}

#define ANY(words, place)     KEPT_ANY("config-if", words, place)
#define ONE(words, place)     KEPT("config-if", words, place)
#define DEFAULT(words, place) KEPT_NO("config-if", words, place)

#define ALWAYS_OFF(words, place)                                                                   \
	{                                                                                          \
		.mode = "config-if", .syntax = words, .key = "*",                                  \
		.flags = CLI_HARMLESS | CLI_KEEP_ANY, .rank = place, .apply = apply_off            \
	}

static const struct cli_command commands[] = {
	ANY("switchport nonegotiate", RANK_IF_SWITCHPORT + 8),
	ONE("switchport trunk encapsulation <rest:LINE>", RANK_IF_SWITCHPORT + 1),
	ONE("switchport priority <rest:LINE>", RANK_IF_SWITCHPORT + 9),
	ANY("bandwidth <rest:LINE>", RANK_IF_BANDWIDTH),
	ONE("delay <rest:LINE>", RANK_IF_BANDWIDTH + 1),
	ONE("carrier-delay <rest:LINE>", RANK_IF_BANDWIDTH + 2),
	ANY("power <rest:LINE>", RANK_IF_ADDRESS + 1),
	ALWAYS_OFF("ip directed-broadcast", RANK_IF_REDIRECTS + 3),
	ANY("ip mask-reply", RANK_IF_REDIRECTS + 3),
	ANY("ip accounting <rest:LINE>", RANK_IF_FLOW),
	ANY("ip flow <rest:LINE>", RANK_IF_FLOW),
	ANY("ip nbar <rest:LINE>", RANK_IF_FLOW + 1),
	ANY("ip nat allow-static-host", RANK_IF_NAT + 1),
	ALWAYS_OFF("ip split-horizon", RANK_IF_MSS + 1),
	ANY("ip route-cache [<rest:LINE>]", RANK_IF_MSS + 2),
	ANY("ip mroute-cache [<rest:LINE>]", RANK_IF_MSS + 2),
	ANY("ip load-sharing <rest:LINE>", RANK_IF_MSS + 2),
	ONE("load-interval <rest:LINE>", RANK_IF_LOAD),
	ANY("logging event <rest:LINE>", RANK_IF_LOAD + 1),
	ANY("fair-queue", RANK_IF_SHUTDOWN + 1),
	ANY("half-duplex", RANK_IF_SPEED + 1),
	ANY("full-duplex", RANK_IF_SPEED + 1),
	ONE("media-type <rest:LINE>", RANK_IF_MEDIA),
	ANY("negotiation auto", RANK_IF_MEDIA + 1),
	ANY("autonegotiation", RANK_IF_MEDIA + 1),
	ANY("mdix auto", RANK_IF_MEDIA + 1),
	ANY("flowcontrol <rest:LINE>", RANK_IF_MEDIA + 2),
	ANY("snmp <rest:LINE>", RANK_IF_MEDIA + 5),
	ANY("ntp <rest:LINE>", RANK_IF_MEDIA + 5),
	ANY("vlan-id <rest:LINE>", RANK_IF_MEDIA + 5),
	ONE("tx-ring-limit <rest:LINE>", RANK_IF_MEDIA + 6),
	ONE("spanning-tree portfast [<rest:LINE>]", RANK_IF_SPANNING_TREE),
	ANY("spanning-tree <rest:LINE>", RANK_IF_SPANNING_TREE + 1),
	DEFAULT("lldp transmit", RANK_IF_CDP + 3),
	DEFAULT("lldp receive", RANK_IF_CDP + 4),
	ANY("hold-queue <rest:LINE>", RANK_IF_QUEUE),
	{ .mode = NULL },
};

const struct cli_topic cli_harmless_interface_topic = { .commands = commands };
