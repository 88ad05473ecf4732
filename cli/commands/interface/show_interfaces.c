/* SPDX-License-Identifier: BSD-3-Clause */
/* `show interfaces` and its variants. */
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

#include "cli/commands/interface/kinds.h"
#include "control/core/format.h"

/* In kbit/s. */
static unsigned bandwidth_of(const struct iface *ifc)
{
	return ifc->speed != 0 ? ifc->speed * 1000 : cmd_kind_of(ifc)->bandwidth_kbps;
}

static unsigned load(double bits_per_s, unsigned bandwidth)
{
	double part = bandwidth ? bits_per_s / (bandwidth * 1000.0) * 255 : 0;

	return part < 1 ? 1 : part > 255 ? 255 : (unsigned)part;
}

static void print_identity(struct cli_out *out, const struct iface *ifc)
{
	const struct iface_addr *primary = iface_addr_primary(ifc);
	const struct cmd_kind *kind = cmd_kind_of(ifc);
	unsigned bandwidth = bandwidth_of(ifc);
	char mac[FORMAT_MAC_SIZE], bia[FORMAT_MAC_SIZE], prefix[FORMAT_PREFIX_SIZE];
	struct iface plain = *ifc;

	plain.has_mac = false;
	cli_printf(out, "%s is %s, line protocol is %s \n", ifc->name, iface_status_text(ifc),
		ifc->line_up ? "up" : "down");
	if (ifc->kind->is_lonely || ifc->kind->is_kept)
		cli_printf(out, "  Hardware is %s\n", kind->hardware);
	else
		cli_printf(out, "  Hardware is %s, address is %s (bia %s)\n", kind->hardware,
			format_mac(iface_mac(ifc), mac), format_mac(iface_mac(&plain), bia));
	if (ifc->description != NULL)
		cli_printf(out, "  Description: %s\n", ifc->description);
	if (primary != NULL)
		cli_printf(out, "  Internet address is %s\n",
			format_prefix(primary->addr, primary->plen, prefix));
	cli_printf(out,
		"  MTU %u bytes, BW %u Kbit/sec, DLY %u usec, \n"
		"     reliability 255/255, txload %u/255, rxload %u/255\n",
		ifc->mtu, bandwidth, kind->delay_us, load(ifc->rate.tx_bps, bandwidth),
		load(ifc->rate.rx_bps, bandwidth));
}

static void print_traffic(struct cli_out *out, const struct iface *ifc)
{
	struct bw_if_counters c;
	struct iface_driver d;

	iface_counters(ifc, &c);
	iface_driver_counters(ifc, &d);
	cli_printf(out,
		"     %llu packets input, %llu bytes, %llu no buffer\n"
		"     Received %llu broadcasts (%llu IP multicasts)\n"
		"     0 runts, 0 giants, 0 throttles \n"
		"     %llu input errors, 0 CRC, 0 frame, %llu overrun, 0 ignored\n"
		"     0 watchdog, %llu multicast, 0 pause input\n",
		(unsigned long long)c.rx_packets, (unsigned long long)c.rx_bytes,
		(unsigned long long)d.rx_nombuf, (unsigned long long)c.rx_multicast,
		(unsigned long long)c.rx_multicast, (unsigned long long)(d.rx_errors + d.rx_missed),
		(unsigned long long)d.rx_missed, (unsigned long long)c.rx_multicast);
	cli_printf(out,
		"     %llu packets output, %llu bytes, 0 underruns\n"
		"     %llu output errors, 0 collisions, %u interface resets\n"
		"     0 unknown protocol drops\n"
		"     0 babbles, 0 late collision, 0 deferred\n"
		"     0 lost carrier, 0 no carrier, 0 pause output\n"
		"     0 output buffer failures, 0 output buffers swapped out\n",
		(unsigned long long)c.tx_packets, (unsigned long long)c.tx_bytes,
		(unsigned long long)d.tx_errors, ifc->resets);
}

static void fill_json(struct json_object *row, const struct iface *ifc)
{
	const struct iface_addr *primary = iface_addr_primary(ifc);
	char mac[FORMAT_MAC_SIZE], prefix[FORMAT_PREFIX_SIZE];
	const struct cmd_kind *kind = cmd_kind_of(ifc);
	struct bw_if_counters c;

	iface_counters(ifc, &c);
	cmd_json_text(row, "name", ifc->name);
	cmd_json_text(row, "status", iface_status_text(ifc));
	cmd_json_text(row, "protocol", ifc->line_up ? "up" : "down");
	if (ifc->description != NULL)
		cmd_json_text(row, "description", ifc->description);
	if (ifc->kind->is_ethernet)
		cmd_json_text(row, "mac", format_mac(iface_mac(ifc), mac));
	if (primary != NULL)
		cmd_json_text(row, "address", format_prefix(primary->addr, primary->plen, prefix));
	if (kind->fill != NULL)
		kind->fill(row, ifc);
	cmd_json_number(row, "mtu", ifc->mtu);
	cmd_json_number(row, "speed", ifc->speed);
	cmd_json_number(row, "rx_packets", c.rx_packets);
	cmd_json_number(row, "rx_bytes", c.rx_bytes);
	cmd_json_number(row, "rx_drops", c.rx_drops);
	cmd_json_number(row, "tx_packets", c.tx_packets);
	cmd_json_number(row, "tx_bytes", c.tx_bytes);
	cmd_json_number(row, "tx_drops", c.tx_drops);
}

static void print_interface(struct cli_out *out, const struct iface *ifc)
{
	const struct cmd_kind *kind = cmd_kind_of(ifc);

	if (kind->print != NULL) {
		kind->print(out, ifc);
		return;
	}
	print_identity(out, ifc);
	if (kind->print_link != NULL)
		kind->print_link(out, ifc);
	cmd_print_activity(out, ifc);
	print_traffic(out, ifc);
}

static int show_interfaces(struct cli_ctx *ctx, const struct cli_args *args)
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

static const char *port_status(const struct iface *ifc)
{
	if (ifc->shutdown)
		return "disabled";
	return ifc->line_up ? "connected" : "notconnect";
}

static const char *port_vlan(const struct iface *ifc, char buf[8])
{
	if (!ifc->is_switch)
		return "routed";
	if (ifc->trunk)
		return "trunk";
	snprintf(buf, 8, "%u", ifc->access_vlan);
	return buf;
}

static int show_status(struct cli_ctx *ctx, const struct cli_args *)
{
	static const struct cli_column columns[] = {
		{ "port", "Port", 9, false },
		{ "name", "Name", 18, false },
		{ "status", "Status", 12, false },
		{ "vlan", "Vlan", 8, false },
		{ "duplex", "Duplex", -8, false },
		{ "speed", "Speed", -6, false },
		{ "type", "Type", 17, false },
	};
	struct control *ctl = cmd_settled(ctx);
	struct cli_table *table;
	struct iface *ifc;

	if (cli_out_json(ctx->out) == NULL)
		cli_puts(ctx->out, "\n");
	table = cli_table_begin(ctx->out, "interfaces", columns, 7, 1);
	TAILQ_FOREACH (ifc, &ctl->ifaces.list, entry) {
		char vlan[8], speed[16], name[19];

		if (!ifc->kind->is_physical)
			continue;
		snprintf(speed, sizeof(speed), ifc->line_up && ifc->speed ? "a-%u" : "auto",
			ifc->speed);
		snprintf(name, sizeof(name), "%s", ifc->description ? ifc->description : "");
		cli_table_row(table, (const char *[]) { ifc->short_name, name, port_status(ifc),
					     port_vlan(ifc, vlan), ifc->line_up ? "a-full" : "auto",
					     speed, "10/100/1000BaseTX" });
	}
	cli_table_end(table);
	return 0;
}

static void print_counters(
	struct cli_out *out, struct iface_table *t, const char *const heading[5], bool rx)
{
	struct iface *ifc;

	cli_printf(out, "\n%-9s %14s %14s %14s %14s \n", heading[0], heading[1], heading[2],
		heading[3], heading[4]);
	TAILQ_FOREACH (ifc, &t->list, entry) {
		struct bw_if_counters c;

		iface_counters(ifc, &c);
		if (!ifc->kind->is_physical)
			continue;
		cli_printf(out, "%-9s %14llu %14llu %14llu %14u \n", ifc->short_name,
			(unsigned long long)(rx ? c.rx_bytes : c.tx_bytes),
			(unsigned long long)(rx ? c.rx_packets - c.rx_multicast : c.tx_packets),
			(unsigned long long)(rx ? c.rx_multicast : 0), 0);
	}
}

static int show_counters(struct cli_ctx *ctx, const struct cli_args *)
{
	static const char *const in[] = { "Port", "InOctets", "InUcastPkts", "InMcastPkts",
		"InBcastPkts" };
	static const char *const out[] = { "Port", "OutOctets", "OutUcastPkts", "OutMcastPkts",
		"OutBcastPkts" };
	struct json_object *json = cli_out_json(ctx->out), *list;
	struct iface_table *t = &cmd_settled(ctx)->ifaces;
	struct iface *ifc;

	if (json == NULL) {
		print_counters(ctx->out, t, in, true);
		print_counters(ctx->out, t, out, false);
		return 0;
	}
	list = cmd_json_list(json, "interfaces");
	TAILQ_FOREACH (ifc, &t->list, entry)
		if (ifc->kind->is_physical)
			fill_json(cmd_json_item(list), ifc);
	return 0;
}

static int show_description(struct cli_ctx *ctx, const struct cli_args *)
{
	static const struct cli_column columns[] = {
		{ "interface", "Interface", 30, false },
		{ "status", "Status", 14, false },
		{ "protocol", "Protocol", 8, false },
		{ "description", "Description", 1, false },
	};
	struct control *ctl = cmd_settled(ctx);
	struct cli_table *table = cli_table_begin(ctx->out, "interfaces", columns, 4, 1);
	struct iface *ifc;

	TAILQ_FOREACH (ifc, &ctl->ifaces.list, entry)
		cli_table_row(table, (const char *[]) { ifc->short_name,
					     ifc->shutdown ? "admin down" : iface_status_text(ifc),
					     ifc->line_up ? "up" : "down",
					     ifc->description ? ifc->description : "" });
	cli_table_end(table);
	return 0;
}

static const struct cli_help help[] = {
	{ "interfaces", "Interface status and configuration" },
	{ "ifname", "Interface" },
	{ "status", "Show interface line status" },
	{ "counters", "Show interface counters" },
	{ "description", "Show interface description" },
	{ NULL, NULL },
};

static const struct cli_command commands[] = {
	{
		.mode = "exec",
		.syntax = "show interfaces [<ifname:INTERFACE>]",
		.help = help,
		.flags = CLI_USER,
		.run = show_interfaces,
	},
	{
		.mode = "exec",
		.syntax = "show interfaces status",
		.help = help,
		.flags = CLI_USER,
		.run = show_status,
	},
	{
		.mode = "exec",
		.syntax = "show interfaces counters",
		.help = help,
		.flags = CLI_USER,
		.run = show_counters,
	},
	{
		.mode = "exec",
		.syntax = "show interfaces description",
		.help = help,
		.flags = CLI_USER,
		.run = show_description,
	},
	{ .mode = NULL },
};

const struct cli_topic cli_show_interfaces_topic = { .commands = commands };
