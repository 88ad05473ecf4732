/* SPDX-License-Identifier: BSD-3-Clause */
/* `ip nat` in global configuration: pools, rules, timeouts. */
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "cli/commands/commands.h"
#include "control/core/format.h"

/* --- what is not built --- */

/* What IOS has, and this platform not: said so, and not half done. */
static int refuse(struct cli_ctx *ctx, const struct cli_args *args, enum cli_op op)
{
	if (op == CLI_UNSET)
		return 0;
	return cli_fail(ctx, "%% %s is not supported on this platform", args->line);
}

static int refuse_option(struct cli_ctx *ctx, const struct cli_args *args)
{
	return cli_fail(ctx, "%% A translation with %s is not supported on this platform",
		cli_arg_text(args, "unbuilt"));
}

/* --- pools --- */

static int explain_pool(struct cli_ctx *ctx, int err, const char *name, const char *deed)
{
	switch (err) {
	case 0:
		return 0;
	case NAT_POOL_ORDER:
		return cli_fail(ctx, "%%End address less than start address");
	case NAT_POOL_SUBNETS:
		return cli_fail(ctx, "%%Start and end addresses on different subnets");
	case NAT_POOL_IN_USE:
		return cli_fail(ctx, "%%Pool %s in use, cannot %s", name, deed);
	case NAT_POOL_OVERLAP:
		return cli_fail(ctx, "%%Range overlaps with another one of pool %s", name);
	case NAT_POOL_FULL:
		return cli_fail(ctx, "%%Pool %s has %u ranges, which is the most", name,
			BW_NAT_POOL_RANGES);
	case NAT_POOL_EXISTS:
		return cli_fail(ctx, "%%Pool %s exists with its addresses given otherwise", name);
	default:
		return -ENOMEM;
	}
}

static struct nat_range range_of(const struct cli_args *args)
{
	return (struct nat_range) {
		.start = cmd_arg_ip(args, "start"),
		.end = cmd_arg_ip(args, "end"),
	};
}

/* With START and END: a pool of this one range; without: of those that its mode gives it. */
static int apply_pool(struct cli_ctx *ctx, const struct cli_args *args, enum cli_op op)
{
	struct nat_table *nat = &cmd_control(ctx)->nat;
	const char *name = cli_arg_text(args, "name"), *kind = cli_arg_text(args, "kind");
	uint8_t plen = (uint8_t)cli_arg_number(args, "length", 0);
	struct nat_range range = range_of(args);

	/* When a file replaces the configuration, the rules that use the pool go as well. */
	if (op == CLI_UNSET)
		return explain_pool(
			ctx, nat_pool_remove(nat, name, ctx->typed == NULL), name, "destroy");
	if (strlen(name) >= NAT_NAME_LEN)
		return cli_fail_at(ctx, "name");
	/* Real servers behind one address need `ip nat inside destination`, which is not here. */
	if (kind != NULL && strcmp(kind, "rotary") == 0)
		return cli_fail(ctx, "%%Pools of type rotary are not supported on this platform");
	if (cli_has(args, "mask"))
		plen = (uint8_t)format_plen(cmd_arg_ip(args, "mask"));
	return explain_pool(ctx,
		nat_pool_set(nat, name, plen, kind != NULL, cli_has(args, "start") ? &range : NULL),
		name, "redefine");
}

static int apply_range(struct cli_ctx *ctx, const struct cli_args *args, enum cli_op op)
{
	struct nat_table *nat = &cmd_control(ctx)->nat;
	const char *name = cli_arg_text(cli_parent(ctx, 1), "name");
	struct nat_range range = range_of(args);
	int err;

	if (op == CLI_SET)
		err = nat_pool_range_add(nat, name, &range);
	else
		err = nat_pool_range_remove(nat, name, &range, ctx->typed == NULL);
	return explain_pool(ctx, err, name, "redefine");
}

/* --- rules --- */

static void read_static(
	const struct cli_args *args, struct nat_spec *spec, char ifname[BW_NAME_LEN])
{
	const char *proto = cli_arg_text(args, "proto");

	*spec = (struct nat_spec) {
		.kind = cli_has(args, "network") ? BW_NAT_NETWORK : BW_NAT_STATIC,
		.local = cmd_arg_ip(args, "local"),
		.global = cmd_arg_ip(args, "global"),
		.local_port = (uint16_t)cli_arg_number(args, "local_port", 0),
		.global_port = (uint16_t)cli_arg_number(args, "global_port", 0),
		.plen = (uint8_t)cli_arg_number(args, "length", 0),
	};
	if (cli_has(args, "mask"))
		spec->plen = (uint8_t)format_plen(cmd_arg_ip(args, "mask"));
	if (proto != NULL)
		spec->proto = strcmp(proto, "tcp") == 0 ? IPPROTO_TCP : IPPROTO_UDP;
	if (cli_has(args, "extendable") || proto != NULL)
		spec->flags |= BW_NAT_F_EXTENDABLE;
	if (cli_has(args, "no-alias"))
		spec->flags |= BW_NAT_F_NO_ALIAS;
	if (cli_has(args, "ifname")) {
		spec->flags |= BW_NAT_F_IF_ADDR;
		spec->ifname = cmd_arg_ifname(args, "ifname", ifname);
	}
}

static void read_dynamic(
	const struct cli_args *args, struct nat_spec *spec, char ifname[BW_NAME_LEN])
{
	*spec = (struct nat_spec) {
		.kind = BW_NAT_DYNAMIC,
		.flags = cli_has(args, "overload") ? BW_NAT_F_OVERLOAD : 0,
		.acl = cli_arg_text(args, "list_name"),
		.map = cli_arg_text(args, "map_name"),
		.pool = cli_arg_text(args, "pool_name"),
	};
	if (cli_has(args, "ifname")) {
		spec->flags |= BW_NAT_F_IF_ADDR;
		spec->ifname = cmd_arg_ifname(args, "ifname", ifname);
	}
}

static int add_rule(struct cli_ctx *ctx, const struct nat_spec *spec)
{
	char local[FORMAT_IP_SIZE], global[FORMAT_IP_SIZE];
	struct nat_rule *other = NULL;

	switch (nat_rule_add(&cmd_control(ctx)->nat, spec, &other)) {
	case 0:
		return 0;
	case NAT_RULE_SIMILAR:
		return cli_fail(ctx, "%% similar static entry (%s -> %s) already exists",
			format_ip(other->local, local), format_ip(other->global, global));
	case NAT_RULE_MAPPED:
		format_ip(other->global, global);
		return cli_fail(ctx, "%% %s already mapped (%s -> %s)", global,
			format_ip(other->local, local), global);
	case NAT_RULE_FULL:
		return cli_fail(ctx, "%% No more NAT rules can be held");
	default:
		return -ENOMEM;
	}
}

/* For a typed `no`: 0 to go on, or what the handler is to return. */
static int confirm(struct cli_ctx *ctx, bool is_static)
{
	const char *question =
		is_static ? "Static entry in use, do you want to delete child entries? [no]: "
			  : "Dynamic mapping in use, do you want to delete all entries? [no]: ";
	bool yes = true;
	int ret;

	if (ctx->typed == NULL || cli_has(ctx->typed, "forced") ||
		!nat_sessions_live(&cmd_control(ctx)->nat, is_static))
		return 0;
	ret = cli_ask_yes(ctx, question, &yes);
	if (ret != 0)
		return ret;
	if (yes)
		return 0;
	return cli_fail(
		ctx, "%%%s in use, cannot remove", is_static ? "Static entry" : "Dynamic mapping");
}

/* Any address of a block will do, its first and last as well, but it must be some host's. */
static int check_static(
	struct cli_ctx *ctx, const struct cli_args *args, const struct nat_spec *spec)
{
	bw_ip4 host = spec->kind == BW_NAT_NETWORK ? ~format_mask(spec->plen) : 0;

	if (!addr_is_host(spec->local))
		return cli_fail_at(ctx, "local");
	if (cli_has(args, "global") && !addr_is_host(spec->global))
		return cli_fail_at(ctx, "global");
	if (spec->kind == BW_NAT_NETWORK && spec->plen == 0)
		return cli_fail_at(ctx, "mask");
	if ((spec->local & host) != 0 || (spec->global & host) != 0)
		return cli_fail(ctx, "%%Inconsistent address and mask");
	return 0;
}

static int apply_static(struct cli_ctx *ctx, const struct cli_args *args, enum cli_op op)
{
	struct nat_table *nat = &cmd_control(ctx)->nat;
	char ifname[BW_NAME_LEN], old_ifname[BW_NAME_LEN];
	struct nat_spec spec, old;
	struct nat_rule *rule;
	int ret;

	read_static(args, &spec, ifname);
	if (op == CLI_SET && cli_has(args, "unbuilt"))
		return refuse_option(ctx, args);
	if (op == CLI_SET) {
		ret = check_static(ctx, args, &spec);
		if (ret != 0)
			return ret;
		if (ctx->old != NULL) { /* the same but for extendable or no-alias */
			read_static(ctx->old, &old, old_ifname);
			rule = nat_rule_find(nat, &old);
			if (rule != NULL)
				nat_rule_remove(rule);
		}
		return add_rule(ctx, &spec);
	}
	rule = nat_rule_find(nat, &spec);
	if (rule == NULL)
		return 0;
	ret = confirm(ctx, true);
	if (ret == 0)
		nat_rule_remove(rule);
	return ret;
}

static int apply_dynamic(struct cli_ctx *ctx, const struct cli_args *args, enum cli_op op)
{
	struct nat_table *nat = &cmd_control(ctx)->nat;
	char ifname[BW_NAME_LEN], old_ifname[BW_NAME_LEN];
	struct nat_spec spec, old;
	struct nat_rule *rule;
	int ret;

	read_dynamic(args, &spec, ifname);
	if (op == CLI_UNSET) {
		rule = nat_rule_find(nat, &spec);
		ret = rule != NULL ? confirm(ctx, false) : 0;
		if (ret == 0 && rule != NULL)
			nat_rule_remove(rule);
		return ret;
	}
	if (cli_has(args, "unbuilt"))
		return refuse_option(ctx, args);
	if (spec.acl != NULL && strlen(spec.acl) >= ACL_NAME_LEN)
		return cli_fail_at(ctx, "list_name");
	if (spec.map != NULL && strlen(spec.map) >= ROUTE_MAP_NAME_LEN)
		return cli_fail_at(ctx, "map_name");
	if (spec.pool != NULL && strlen(spec.pool) >= NAT_NAME_LEN)
		return cli_fail_at(ctx, "pool_name");
	if (ctx->old != NULL) {
		if (nat_sessions_live(nat, false))
			return cli_fail(ctx, "%%Dynamic mapping in use, cannot change");
		read_dynamic(ctx->old, &old, old_ifname);
		rule = nat_rule_find(nat, &old);
		if (rule != NULL)
			nat_rule_remove(rule);
	}
	return add_rule(ctx, &spec);
}

/* IOS takes a mask for the length of a network, and prints the length. */
static int normal_network(const struct cli_args *args, char *buf, size_t size)
{
	int plen = cli_has(args, "mask") ? format_plen(cmd_arg_ip(args, "mask")) : 0;
	const char *mask = args->line;

	if (plen == 0)
		return snprintf(buf, size, "%s", args->line);
	mask += strlen("ip nat inside source static network ") +
		strlen(cli_arg_text(args, "local")) + 1 + strlen(cli_arg_text(args, "global")) + 1;
	return snprintf(buf, size, "%.*s/%d%s", (int)(mask - args->line), args->line, plen,
		mask + strlen(cli_arg_text(args, "mask")));
}

/* A port's rule is shown as extendable whether that was typed or not. */
static int render_port(const struct cli_args *args, char *buf, size_t size)
{
	bool add = !cli_has(args, "extendable") && !cli_has(args, "ifname");
	const char *no_alias = strstr(args->line, " no-alias");
	size_t len = no_alias != NULL ? (size_t)(no_alias - args->line) : strlen(args->line);

	return snprintf(buf, size, "%.*s%s%s", (int)len, args->line, add ? " extendable" : "",
		no_alias != NULL ? no_alias : "");
}

/* --- settings --- */

static const char *const timeout_word[BW_NAT_TMO_MAX] = {
	[BW_NAT_TMO_DYNAMIC] = "timeout",
	[BW_NAT_TMO_TCP] = "tcp-timeout",
	[BW_NAT_TMO_UDP] = "udp-timeout",
	[BW_NAT_TMO_DNS] = "dns-timeout",
	[BW_NAT_TMO_ICMP] = "icmp-timeout",
	[BW_NAT_TMO_FINRST] = "finrst-timeout",
	[BW_NAT_TMO_SYN] = "syn-timeout",
	[BW_NAT_TMO_PPTP] = "pptp-timeout",
};

static int apply_timeout(struct cli_ctx *ctx, const struct cli_args *args, enum cli_op op)
{
	struct nat_table *nat = &cmd_control(ctx)->nat;
	const char *word = cli_arg_text(args, "class");
	unsigned which = 0;

	while (strcmp(timeout_word[which], word) != 0)
		which++;
	if (op == CLI_UNSET)
		nat_timeout_set(nat, which, nat_timeout_default(which));
	else
		nat_timeout_set(nat, which, (uint32_t)cli_arg_number(args, "seconds", UINT32_MAX));
	return 0;
}

static int apply_max(struct cli_ctx *ctx, const struct cli_args *args, enum cli_op op)
{
	struct nat_table *nat = &cmd_control(ctx)->nat;
	uint32_t n = op == CLI_SET ? (uint32_t)cli_arg_number(args, "entries", 0) : 0;

	if (cli_has(args, "host"))
		return nat_host_limit_set(nat, cmd_arg_ip(args, "address"), n);
	if (cli_has(args, "all-host"))
		nat_limits_set(nat, nat->config.max_entries, n);
	else
		nat_limits_set(nat, n, nat->config.max_per_host);
	return 0;
}

static int refuse_max(struct cli_ctx *ctx, const struct cli_args *args, enum cli_op op)
{
	if (op == CLI_UNSET)
		return 0;
	return cli_fail(ctx, "%% max-entries %s is not supported on this platform",
		cli_has(args, "list")  ? "list"
		: cli_has(args, "vrf") ? "vrf"
				       : "all-vrf");
}

/* The gateways for applications that can be switched on are not there. */
static int apply_service(struct cli_ctx *ctx, const struct cli_args *args, enum cli_op op)
{
	if (op == CLI_SET && strncmp(cli_arg_text(args, "rest"), "list ", 5) == 0)
		return refuse(ctx, args, op);
	return 0;
}

static const struct cli_help help[] = {
	{ "nat", "NAT configuration commands" },
	{ "pool", "Define pool of addresses" },
	{ "name", "Pool name" },
	{ "start", "Start IP address" },
	{ "end", "End IP address" },
	{ "netmask", "Specify the network mask" },
	{ "prefix-length", "Specify the prefix length" },
	{ "inside", "Inside address translation" },
	{ "source", "Source address translation" },
	{ "list", "Specify access list describing local addresses" },
	{ "list_name", "Access list number or name for local addresses" },
	{ "route-map", "Specify route-map" },
	{ "map_name", "Route-map name" },
	{ "pool_name", "Name pool of global addresses" },
	{ "interface", "Specify interface for global address" },
	{ "overload", "Overload an address translation" },
	{ "static", "Specify static local->global mapping" },
	{ "network", "Subnet translation" },
	{ "local", "Inside local IP address" },
	{ "global", "Inside global IP address" },
	{ "tcp", "Transmission Control Protocol" },
	{ "udp", "User Datagram Protocol" },
	{ "local_port", "Local port" },
	{ "global_port", "Global port" },
	{ "extendable", "Extend this translation when used" },
	{ "no-payload", "No translation of embedded address/port in the payload" },
	{ "service", "Special translation for application using non-standard port" },
	{ "create", "Create flow entries" },
	{ "flow-entries", "Create flow entries for static translations" },
	{ "no-alias", "Do not create an alias for the global address" },
	{ "forced", "Delete this entry and its children, even if in use" },
	{ "translation", "NAT translation entry configuration" },
	{ "max-entries", "Specify maximum number of NAT entries" },
	{ "all-host", "Specify maximum number of NAT entries for each host" },
	{ "all-vrf", "Specify maximum number of NAT entries for each vrf" },
	{ "host", "Specify per-host NAT entry limit" },
	{ "vrf", "Specify per-VRF NAT entry limit" },
	{ "vrf_name", "Name of the VRF" },
	{ "address", "IP address" },
	{ "type", "Specify the pool type" },
	{ "match-host", "Keep host numbers same after translation" },
	{ "rotary", "Rotary address pool" },
	{ "entries", "Number of entries" },
	{ "timeout", "Specify timeout for dynamic NAT translations" },
	{ "tcp-timeout", "Specify timeout for NAT TCP flows" },
	{ "udp-timeout", "Specify timeout for NAT UDP flows" },
	{ "dns-timeout", "Specify timeout for NAT DNS flows" },
	{ "icmp-timeout", "Specify timeout for NAT ICMP flows" },
	{ "finrst-timeout", "Specify timeout for NAT TCP flows after a FIN or RST" },
	{ "syn-timeout", "Specify timeout for NAT TCP flows after a SYN and no further data" },
	{ "pptp-timeout", "Specify timeout for NAT PPTP flows" },
	{ "seconds", "Timeout in seconds" },
	{ "never", "Never timeout" },
	{ NULL, NULL },
};

static const struct cli_mode modes[] = {
	{ .name = "config-ipnat-pool", .prompt = "(config-ipnat-pool)", .parent = "config" },
	{ .name = NULL },
};

#define UNBUILT                                                                                    \
	"[<unbuilt:mapping-id|match-in-vrf|redundancy|reversible|route-map|vrf> [<rest:LINE>]]"

static const struct cli_command commands[] = {
	{
		.mode = "config",
		.syntax = "ip nat service <rest:LINE>",
		.help = help,
		.key = "*",
		.flags = CLI_HARMLESS | CLI_KEEP_NO,
		.rank = RANK_NAT,
		.apply = apply_service,
	},
	{
		.mode = "config",
		.syntax = "ip nat create flow-entries",
		.help = help,
		.fallback = "ip nat create flow-entries",
		.flags = CLI_HARMLESS | CLI_KEEP_NO,
		.rank = RANK_NAT,
	},
	{
		.mode = "config",
		.syntax = "ip nat {inside destination|log|outside|portmap|settings|sip-sbc|source|"
			  "stateful|switchover} <rest:LINE>",
		.help = help,
		.apply = refuse,
	},
	{
		.mode = "config",
		.syntax = "ip nat inside source static esp <rest:LINE>",
		.help = help,
		.apply = refuse,
	},
	{
		.mode = "config",
		.syntax = "ip nat translation {arp-ping-timeout|port-timeout|"
			  "routemap-entry-timeout} <rest:LINE>",
		.help = help,
		.apply = refuse,
	},
	{
		.mode = "config",
		.syntax = "ip nat translation <class:timeout|tcp-timeout|udp-timeout|dns-timeout|"
			  "icmp-timeout|finrst-timeout|syn-timeout|pptp-timeout> "
			  "{<seconds:1-4294967>|never}",
		.help = help,
		.key = "class",
		.rank = RANK_NAT,
		.apply = apply_timeout,
	},
	{
		.mode = "config",
		.syntax = "ip nat translation max-entries <entries:1-2147483647>",
		.help = help,
		.rank = RANK_NAT,
		.apply = apply_max,
	},
	{
		.mode = "config",
		.syntax = "ip nat translation max-entries all-host <entries:1-2147483647>",
		.help = help,
		.rank = RANK_NAT,
		.apply = apply_max,
	},
	{
		.mode = "config",
		.syntax = "ip nat translation max-entries host <address:A.B.C.D> "
			  "<entries:1-2147483647>",
		.help = help,
		.key = "address",
		.rank = RANK_NAT,
		.sort = "address",
		.apply = apply_max,
	},
	{
		.mode = "config",
		.syntax = "ip nat translation max-entries {all-vrf|vrf <vrf_name:WORD>|"
			  "list <list_name:WORD>} <entries:1-2147483647>",
		.help = help,
		.rank = RANK_NAT,
		.apply = refuse_max,
	},
	{
		.mode = "config",
		.syntax = "ip nat pool <name:WORD> <start:A.B.C.D> <end:A.B.C.D> "
			  "{netmask <mask:MASK>|prefix-length <length:1-32>} "
			  "[type <kind:match-host|rotary>]",
		.help = help,
		.key = "name",
		.rank = RANK_NAT + 1,
		.apply = apply_pool,
	},
	{
		.mode = "config",
		.syntax =
			"ip nat pool <name:WORD> {netmask <mask:MASK>|prefix-length <length:1-32>} "
			"[type <kind:match-host|rotary>]",
		.help = help,
		.key = "name",
		.enters = "config-ipnat-pool",
		.rank = RANK_NAT + 1,
		.apply = apply_pool,
	},
	{
		.mode = "config",
		.syntax = "ip nat pool <name:WORD>",
		.help = help,
		.flags = CLI_NO_PREFIX,
	},
	{
		.mode = "config-ipnat-pool",
		.syntax = "address <start:A.B.C.D> <end:A.B.C.D>",
		.help = help,
		.key = "*",
		.apply = apply_range,
	},
	{
		.mode = "config",
		.syntax =
			"ip nat inside source list <list_name:WORD> "
			"{pool <pool_name:WORD>|interface <ifname:INTERFACE>} [overload] " UNBUILT,
		.help = help,
		.key = "list_name",
		.no = "ip nat inside source list <list_name:WORD> forced",
		.rank = RANK_NAT + 2,
		.apply = apply_dynamic,
	},
	{
		.mode = "config",
		.syntax =
			"ip nat inside source route-map <map_name:WORD> "
			"{pool <pool_name:WORD>|interface <ifname:INTERFACE>} [overload] " UNBUILT,
		.help = help,
		.key = "map_name",
		.no = "ip nat inside source route-map <map_name:WORD> forced",
		.rank = RANK_NAT + 2,
		.apply = apply_dynamic,
	},
	{
		.mode = "config",
		.syntax =
			"ip nat inside source static <local:A.B.C.D> "
			"{<global:A.B.C.D>|interface <ifname:INTERFACE>} (extendable|no-alias|no-payload) " UNBUILT,
		.help = help,
		.key = "local global ifname",
		.no = "ip nat inside source static <local:A.B.C.D> "
		      "{<global:A.B.C.D>|interface <ifname:INTERFACE>} forced",
		.rank = RANK_NAT + 3,
		.apply = apply_static,
	},
	{
		.mode = "config",
		.syntax = "ip nat inside source static <proto:tcp|udp> <local:A.B.C.D> "
			  "<local_port:1-65535> {<global:A.B.C.D>|interface <ifname:INTERFACE>} "
			  "<global_port:1-65535> (extendable|no-alias|no-payload) " UNBUILT,
		.help = help,
		.key = "proto local local_port global ifname global_port",
		.no = "ip nat inside source static <proto:tcp|udp> <local:A.B.C.D> "
		      "<local_port:1-65535> {<global:A.B.C.D>|interface <ifname:INTERFACE>} "
		      "<global_port:1-65535> forced",
		.rank = RANK_NAT + 3,
		.apply = apply_static,
		.render = render_port,
	},
	{
		.mode = "config",
		.syntax = "ip nat inside source static network <local:A.B.C.D> <global:A.B.C.D> "
			  "{<length:/1-32>|<mask:MASK>} (extendable|no-alias|no-payload) " UNBUILT,
		.help = help,
		.key = "local global length mask",
		.no = "ip nat inside source static network <local:A.B.C.D> <global:A.B.C.D> "
		      "{<length:/1-32>|<mask:MASK>} forced",
		.rank = RANK_NAT + 3,
		.apply = apply_static,
		.normal = normal_network,
	},
	{ .mode = NULL },
};

const struct cli_topic cli_nat_topic = { .modes = modes, .commands = commands };
