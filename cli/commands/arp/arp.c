/* SPDX-License-Identifier: BSD-3-Clause */
/* Static ARP entries, and the ARP and MAC address tables as the dataplane has them. */
#include <arpa/inet.h>
#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands/commands.h"
#include "cli/commands/dump.h"
#include "control/core/format.h"

static int apply_arp(struct cli_ctx *ctx, const struct cli_args *args, enum cli_op op)
{
	struct arp_table *t = &cmd_control(ctx)->arps;
	bw_ip4 addr = cmd_arg_ip(args, "address");

	if (op == CLI_SET && cli_has(args, "alias"))
		return cli_fail(ctx, "%% Answering for another host is not supported");
	if (op == CLI_SET)
		return static_arp_set(t, 0, addr, cli_arg(args, "mac")->mac);
	static_arp_remove(t, 0, addr);
	return 0;
}

static int compare_arp(const void *a, const void *b)
{
	const struct bw_arp *x = a, *y = b;
	uint32_t xa = ntohl(x->addr), ya = ntohl(y->addr);

	if (x->if_id != y->if_id)
		return x->if_id < y->if_id ? -1 : 1;
	return xa < ya ? -1 : xa > ya;
}

/* "-" for what does not age. */
static const char *age_text(const struct bw_arp *arp, char *buf, size_t size)
{
	if (arp->state == BW_ARP_OWN || arp->state == BW_ARP_STATIC)
		return "-";
	if (arp->state == BW_ARP_INCOMPLETE)
		return "0";
	snprintf(buf, size, "%u", arp->age / 60);
	return buf;
}

static void print_arp(struct cli_ctx *ctx, struct json_object *list, const struct bw_arp *arp)
{
	const struct iface *ifc = iface_by_id(&cmd_control(ctx)->ifaces, arp->if_id);
	const char *name = ifc != NULL ? ifc->name : "", *hardware = "Incomplete";
	char ip[FORMAT_IP_SIZE], mac[FORMAT_MAC_SIZE], age[16];

	if (arp->state != BW_ARP_INCOMPLETE)
		hardware = format_mac(arp->mac, mac);
	if (list != NULL) {
		struct json_object *row = cmd_json_item(list);

		cmd_json_text(row, "address", format_ip(arp->addr, ip));
		cmd_json_text(row, "age_minutes", age_text(arp, age, sizeof(age)));
		cmd_json_text(row, "hardware", hardware);
		cmd_json_text(row, "interface", name);
		return;
	}
	cli_printf(ctx->out, "Internet  %-15s %9s   %-15s ARPA   %s\n", format_ip(arp->addr, ip),
		age_text(arp, age, sizeof(age)), hardware,
		arp->state == BW_ARP_INCOMPLETE ? "" : name);
}

static int add_own_list(
	struct cmd_rows *rows, const struct iface *ifc, const struct iface_addrs *list)
{
	const struct iface_addr *a;

	TAILQ_FOREACH (a, list, entry) {
		struct bw_arp arp = {
			.if_id = ifc->obj.id,
			.addr = a->addr,
			.state = BW_ARP_OWN,
		};

		memcpy(arp.mac, iface_mac(ifc), sizeof(arp.mac));
		if (cmd_rows_add(rows, &arp) != 0)
			return -ENOMEM;
	}
	return 0;
}

/* Own addresses are always there; the dataplane knows the rest. */
static int add_own(struct cmd_rows *rows, struct iface_table *t)
{
	const struct iface *ifc;

	TAILQ_FOREACH (ifc, &t->list, entry)
		if (ifc->line_up && ifc->kind->is_ethernet &&
			(add_own_list(rows, ifc, &ifc->addrs) != 0 ||
				add_own_list(rows, ifc, &ifc->aliases) != 0))
			return -ENOMEM;
	return 0;
}

static void drop_own(struct cmd_rows *rows)
{
	size_t kept = 0;

	for (size_t i = 0; i < rows->n; i++) {
		const struct bw_arp *arp = cmd_rows_at(rows, i);

		if (arp->state != BW_ARP_OWN)
			memmove(cmd_rows_at(rows, kept++), arp, sizeof(*arp));
	}
	rows->n = kept;
}

static int print_arps(struct cli_ctx *ctx, struct cmd_rows *rows)
{
	struct json_object *json = cli_out_json(ctx->out), *list = NULL;

	drop_own(rows);
	if (add_own(rows, &cmd_settled(ctx)->ifaces) != 0)
		return -ENOMEM;
	if (rows->n > 1)
		qsort(rows->row, rows->n, rows->row_size, compare_arp);
	if (json != NULL)
		list = cmd_json_list(json, "arp");
	else
		cli_puts(ctx->out,
			"Protocol  Address          Age (min)  Hardware Addr   Type   Interface\n");
	for (size_t i = 0; i < rows->n; i++) {
		const struct bw_arp *arp = cmd_rows_at(rows, i);

		if (cmd_rows_match(rows, arp->addr, arp->if_id))
			print_arp(ctx, list, arp);
	}
	return 0;
}

static int show_arp(struct cli_ctx *ctx, const struct cli_args *args)
{
	struct iface *ifc = cmd_arg_iface(ctx, args, "ifname");
	struct bw_dump what = { .what = BW_EVT_ARP };
	struct cmd_rows *rows;

	if (cli_has(args, "ifname") && ifc == NULL)
		return cli_fail_at(ctx, "ifname");
	rows = cmd_rows_new(sizeof(struct bw_arp), print_arps);
	if (rows == NULL)
		return -ENOMEM;
	rows->address = cmd_arg_ip(args, "address");
	rows->if_id = ifc != NULL ? ifc->obj.id : 0;
	return cmd_rows_run(ctx, rows, &what, true);
}

/* --- MAC addresses --- */

static int compare_mac(const void *a, const void *b)
{
	const struct bw_mac *x = a, *y = b;

	if (x->vlan != y->vlan)
		return x->vlan < y->vlan ? -1 : 1;
	return memcmp(x->mac, y->mac, sizeof(x->mac));
}

static int print_macs(struct cli_ctx *ctx, struct cmd_rows *rows)
{
	struct iface_table *t = &cmd_settled(ctx)->ifaces;
	struct json_object *json = cli_out_json(ctx->out), *list = NULL;

	if (rows->n > 1)
		qsort(rows->row, rows->n, rows->row_size, compare_mac);
	if (json != NULL)
		list = cmd_json_list(json, "mac_addresses");
	else
		cli_puts(ctx->out, "          Mac Address Table\n"
				   "-------------------------------------------\n\n"
				   "Vlan    Mac Address       Type        Ports\n"
				   "----    -----------       --------    -----\n");
	for (size_t i = 0; i < rows->n; i++) {
		const struct bw_mac *m = cmd_rows_at(rows, i);
		const struct iface *ifc = iface_port_find(t, m->port);
		const char *type = m->is_static ? "STATIC" : "DYNAMIC";
		const char *port = ifc != NULL ? ifc->short_name : "CPU";
		char mac[FORMAT_MAC_SIZE];

		if (list != NULL) {
			struct json_object *row = cmd_json_item(list);

			cmd_json_number(row, "vlan", m->vlan);
			cmd_json_text(row, "mac", format_mac(m->mac, mac));
			cmd_json_text(row, "type", type);
			cmd_json_text(row, "port", port);
			cmd_json_number(row, "age", m->age);
			continue;
		}
		cli_printf(ctx->out, "%4u    %s    %-8s    %s\n", m->vlan, format_mac(m->mac, mac),
			type, port);
	}
	if (list == NULL)
		cli_printf(ctx->out, "Total Mac Addresses for this criterion: %zu\n", rows->n);
	return 0;
}

static int show_mac(struct cli_ctx *ctx, const struct cli_args *)
{
	const struct bw_dump what = { .what = BW_EVT_MAC };
	struct cmd_rows *rows = cmd_rows_new(sizeof(struct bw_mac), print_macs);

	return rows != NULL ? cmd_rows_run(ctx, rows, &what, false) : -ENOMEM;
}

/* The connected subnet tells the interface. */
static int refuse_interface(struct cli_ctx *ctx, const struct cli_args *, enum cli_op op)
{
	if (op == CLI_UNSET)
		return 0;
	return cli_fail(ctx, "%% Naming an ARP entry's interface is not supported: leave it out, "
			     "the connected subnet tells it");
}

static const struct cli_help help[] = {
	{ "arp", "ARP table" },
	{ "address", "IP address of ARP entry" },
	{ "mac", "48-bit hardware address of ARP entry" },
	{ "arpa", "ARP type ARPA" },
	{ "alias", "Respond to ARP requests for the IP address" },
	{ "ip", "IP information" },
	{ "ifname", "Interface" },
	{ "mac-address-table", "MAC forwarding table" },
	{ "address-table", "MAC forwarding table" },
	{ NULL, NULL },
};

static const struct cli_command commands[] = {
	{
		.mode = "config",
		.syntax = "arp <address:A.B.C.D> <mac:H.H.H> arpa [alias]",
		.help = help,
		.key = "address",
		.sort = "address",
		.rank = RANK_ARP,
		.no = "arp <address:A.B.C.D>",
		.apply = apply_arp,
	},
	{
		.mode = "config",
		.syntax = "arp <address:A.B.C.D> <mac:H.H.H> arpa <ifname:INTERFACE> [alias]",
		.help = help,
		.apply = refuse_interface,
	},
	{
		.mode = "exec",
		.syntax = "show arp [<address:A.B.C.D>|<ifname:INTERFACE>]",
		.help = help,
		.flags = CLI_USER,
		.run = show_arp,
	},
	{
		.mode = "exec",
		.syntax = "show ip arp [<address:A.B.C.D>|<ifname:INTERFACE>]",
		.help = help,
		.flags = CLI_USER,
		.run = show_arp,
	},
	{
		.mode = "exec",
		.syntax = "show mac address-table",
		.help = help,
		.flags = CLI_USER,
		.run = show_mac,
	},
	{
		.mode = "exec",
		.syntax = "show mac-address-table",
		.help = help,
		.flags = CLI_USER | CLI_HIDDEN,
		.run = show_mac,
	},
	{ .mode = NULL },
};

const struct cli_topic cli_arp_topic = { .commands = commands };
