/* SPDX-License-Identifier: BSD-3-Clause */
/* `show ip interface [brief]`. */
#include <json-c/json.h>

#include "cli/commands/interface/kinds.h"
#include "control/core/format.h"

/* If it is not from the configuration; or NULL. */
static const char *learnt_by(const struct iface *ifc)
{
	const struct cmd_kind *kind = cmd_kind_of(ifc);

	return kind->origin != NULL ? kind->origin(ifc) : NULL;
}

static const char *method(const struct iface *ifc)
{
	if (learnt_by(ifc) != NULL)
		return learnt_by(ifc);
	if (iface_addr_primary(ifc) == NULL)
		return "unset";
	return ifc->addr_manual ? "manual" : "NVRAM";
}

static int show_brief(struct cli_ctx *ctx, const struct cli_args *args)
{
	static const struct cli_column columns[] = {
		{ "interface", "Interface", 26, false },
		{ "address", "IP-Address", 15, false },
		{ "ok", "OK?", 3, false },
		{ "method", "Method", 6, false },
		{ "status", "Status", 21, false },
		{ "protocol", "Protocol", 8, false },
	};
	struct control *ctl = cmd_settled(ctx);
	struct iface *only = cmd_arg_iface(ctx, args, "ifname"), *ifc;
	struct cli_table *table;

	if (cli_has(args, "ifname") && only == NULL)
		return cli_fail_at(ctx, "ifname");
	table = cli_table_begin(ctx->out, "interfaces", columns, 6, 1);
	TAILQ_FOREACH (ifc, &ctl->ifaces.list, entry) {
		bw_ip4 addr = iface_addr_source(ifc);
		char ip[FORMAT_IP_SIZE];

		if (only != NULL && ifc != only)
			continue;
		cli_table_row(table,
			(const char *[]) { ifc->name, addr ? format_ip(addr, ip) : "unassigned",
				"YES", method(ifc), iface_status_text(ifc),
				ifc->line_up ? "up" : "down" });
	}
	cli_table_end(table);
	return 0;
}

static void print_list(struct cli_out *out, const char *what, const struct acl *acl)
{
	if (acl != NULL)
		cli_printf(out, "  %s access list is %s\n", what, acl->name);
	else
		cli_printf(out, "  %s access list is not set\n", what);
}

static const char *origin(const struct iface *ifc)
{
	if (learnt_by(ifc) != NULL)
		return learnt_by(ifc);
	return ifc->addr_manual ? "setup command" : "non-volatile memory";
}

static void print_peer(struct cli_out *out, const struct iface *ifc)
{
	const struct cmd_kind *kind = cmd_kind_of(ifc);
	bw_ip4 peer = kind->peer != NULL ? kind->peer(ifc) : 0;
	char ip[FORMAT_IP_SIZE];

	if (peer != 0)
		cli_printf(out, "  Peer address is %s\n", format_ip(peer, ip));
}

static void print_limits(struct cli_out *out, const struct iface *ifc)
{
	cli_printf(out,
		"  MTU is %u bytes\n"
		"  Helper address is not set\n"
		"  Directed broadcast forwarding is disabled\n",
		iface_ip_mtu(ifc));
}

static void print_lender(struct cli_out *out, const struct iface *ifc)
{
	char ip[FORMAT_IP_SIZE];

	cli_printf(out,
		"  Interface is unnumbered. Using address of %s (%s)\n"
		"  Broadcast address is 255.255.255.255\n",
		iface_lender(ifc)->name, format_ip(iface_addr_source(ifc), ip));
	print_peer(out, ifc);
	print_limits(out, ifc);
}

static void print_addresses(struct cli_out *out, const struct iface *ifc)
{
	char prefix[FORMAT_PREFIX_SIZE];
	const struct iface_addr *a;

	TAILQ_FOREACH (a, &ifc->addrs, entry) {
		format_prefix(a->addr, a->plen, prefix);
		if (a->secondary)
			continue;
		cli_printf(out,
			"  Internet address is %s\n"
			"  Broadcast address is 255.255.255.255\n"
			"  Address determined by %s\n",
			prefix, origin(ifc));
		print_peer(out, ifc);
		print_limits(out, ifc);
	}
	TAILQ_FOREACH (a, &ifc->addrs, entry)
		if (a->secondary)
			cli_printf(out, "  Secondary address %s\n",
				format_prefix(a->addr, a->plen, prefix));
}

static void print_nat(struct cli_out *out, const struct iface *ifc)
{
	if (ifc->nat == IFACE_NAT_NONE)
		cli_puts(out, "  Network address translation is disabled\n");
	else
		cli_printf(out,
			"  Network address translation is enabled, interface in domain %s\n",
			ifc->nat == IFACE_NAT_INSIDE ? "inside" : "outside");
}

static void print_interface(struct cli_out *out, const struct iface *ifc)
{
	cli_printf(out, "%s is %s, line protocol is %s\n", ifc->name, iface_status_text(ifc),
		ifc->line_up ? "up" : "down");
	if (TAILQ_EMPTY(&ifc->addrs) && iface_addr_source(ifc) == 0) {
		cli_puts(out, "  Internet protocol processing disabled\n");
		return;
	}
	if (TAILQ_EMPTY(&ifc->addrs))
		print_lender(out, ifc);
	print_addresses(out, ifc);
	print_list(out, "Outgoing", ifc->acl_out);
	print_list(out, "Inbound ", ifc->acl_in);
	cli_printf(out,
		"  Proxy ARP is %s\n"
		"  Local Proxy ARP is disabled\n"
		"  Security level is default\n"
		"  Split horizon is enabled\n"
		"  ICMP redirects are never sent\n"
		"  ICMP unreachables are %s sent\n"
		"  ICMP mask replies are never sent\n"
		"  IP fast switching is enabled\n"
		"  IP CEF switching is enabled\n"
		"  Router Discovery is disabled\n"
		"  IP output packet accounting is disabled\n"
		"  IP access violation accounting is disabled\n"
		"  TCP/IP header compression is disabled\n"
		"  RTP/IP header compression is disabled\n"
		"  Policy routing is disabled\n",
		ifc->no_proxy_arp ? "disabled" : "enabled",
		ifc->no_unreachables ? "never" : "always");
	print_nat(out, ifc);
	if (ifc->tcp_mss != 0)
		cli_printf(out, "  TCP MSS of transit packets is adjusted to %u\n", ifc->tcp_mss);
	if (ifc->vfr.on)
		cli_printf(out,
			"  Virtual reassembly is enabled: %u reassemblies, %u fragments, "
			"%u seconds\n",
			ifc->vfr.reassemblies, ifc->vfr.fragments, ifc->vfr.timeout);
}

static void fill_json(struct json_object *row, const struct iface *ifc)
{
	static const char *const side[] = { "none", "inside", "outside" };
	struct json_object *addresses;
	const struct iface_addr *a;

	cmd_json_text(row, "name", ifc->name);
	cmd_json_text(row, "status", iface_status_text(ifc));
	cmd_json_text(row, "protocol", ifc->line_up ? "up" : "down");
	addresses = cmd_json_list(row, "addresses");
	TAILQ_FOREACH (a, &ifc->addrs, entry) {
		struct json_object *item = cmd_json_item(addresses);
		char prefix[FORMAT_PREFIX_SIZE];

		cmd_json_text(item, "address", format_prefix(a->addr, a->plen, prefix));
		cmd_json_flag(item, "secondary", a->secondary);
	}
	if (iface_lender(ifc) != NULL)
		cmd_json_text(row, "unnumbered", iface_lender(ifc)->name);
	cmd_json_number(row, "ip_mtu", iface_ip_mtu(ifc));
	cmd_json_text(row, "nat", side[ifc->nat]);
	if (ifc->acl_in != NULL)
		cmd_json_text(row, "access_group_in", ifc->acl_in->name);
	if (ifc->acl_out != NULL)
		cmd_json_text(row, "access_group_out", ifc->acl_out->name);
}

static int show_ip_interface(struct cli_ctx *ctx, const struct cli_args *args)
{
	struct json_object *json = cli_out_json(ctx->out), *list = NULL;
	struct control *ctl = cmd_settled(ctx);
	struct iface *only = cmd_arg_iface(ctx, args, "ifname"), *ifc;

	if (cli_has(args, "ifname") && only == NULL)
		return cli_fail_at(ctx, "ifname");
	if (json != NULL)
		list = cmd_json_list(json, "interfaces");
	TAILQ_FOREACH (ifc, &ctl->ifaces.list, entry) {
		if (only != NULL && ifc != only)
			continue;
		if (list != NULL)
			fill_json(cmd_json_item(list), ifc);
		else
			print_interface(ctx->out, ifc);
	}
	return 0;
}

static const struct cli_help help[] = {
	{ "interface", "IP interface status and configuration" },
	{ "brief", "Brief summary of IP status and configuration" },
	{ "ifname", "Interface" },
	{ NULL, NULL },
};

static const struct cli_command commands[] = {
	{
		.mode = "exec",
		.syntax = "show ip interface brief [<ifname:INTERFACE>]",
		.help = help,
		.flags = CLI_USER,
		.run = show_brief,
	},
	{
		.mode = "exec",
		.syntax = "show ip interface [<ifname:INTERFACE>]",
		.help = help,
		.flags = CLI_USER,
		.run = show_ip_interface,
	},
	{ .mode = NULL },
};

const struct cli_topic cli_show_ip_interface_topic = { .commands = commands };
