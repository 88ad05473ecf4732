/* SPDX-License-Identifier: BSD-3-Clause */
/* `show platform ...`: the dataplane as it is, without IOS's dress. */
#include <inttypes.h>
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

#include "cli/commands/commands.h"
#include "control/core/format.h"

/* Names in shared memory end within their size, but need not be terminated. */
static const char *copy_name(char *buf, size_t size, const char *name, size_t max)
{
	snprintf(buf, size, "%.*s", (int)strnlen(name, max), name);
	return buf;
}

static double per(uint64_t a, uint64_t b)
{
	return b ? (double)a / (double)b : 0;
}

static void print_node(struct cli_out *out, const struct bw_node_counters *n)
{
	char name[BW_NAME_LEN + 1];

	cli_printf(out, "  %-24s %14" PRIu64 " %16" PRIu64 " %8.1f %10.1f %18" PRIu64 "\n",
		copy_name(name, sizeof(name), n->name, BW_NAME_LEN), n->calls, n->packets,
		per(n->packets, n->calls), per(n->cycles, n->packets), n->cycles);
}

static void print_worker(struct cli_out *out, const struct bw_worker_counters *c, unsigned w)
{
	cli_printf(out,
		"Worker %u: lcore %u, cpu %u, loops %" PRIu64 ", packets %" PRIu64
		", sleeps %" PRIu64 "\n  busy cycles %" PRIu64
		" (%.1f a packet), idle cycles %" PRIu64 "\n",
		w, c->lcore, c->cpu, c->loops, c->packets, c->sleeps, c->busy_cycles,
		per(c->busy_cycles, c->packets), c->idle_cycles);
	cli_printf(out, "  %-24s %14s %16s %8s %10s %18s\n", "Node", "Calls", "Packets", "Vector",
		"Cycles/pkt", "Cycles");
	for (unsigned i = 0; i < BW_MAX_NODES; i++)
		if (c->node[i].name[0] != '\0')
			print_node(out, &c->node[i]);
}

/* Of all workers, and of the main lcore, whose block is the last. */
static uint64_t sum_drops(const struct bw_region *region, unsigned workers, unsigned reason)
{
	uint64_t sum = 0;

	for (unsigned w = 0; w <= workers; w++)
		sum += region->counters[w].drops[reason];
	return sum;
}

static void print_drops(struct cli_out *out, const struct bw_region *region, unsigned workers)
{
	bool any = false;

	cli_puts(out, "Drops:\n");
	for (unsigned reason = 0; reason < BW_DROP_MAX; reason++) {
		uint64_t sum = sum_drops(region, workers, reason);

		if (sum > 0)
			cli_printf(out, "  %-40s %16" PRIu64 "\n", bw_drop_text(reason), sum);
		any |= sum > 0;
	}
	if (!any)
		cli_puts(out, "  none\n");
}

static void fill_worker(struct json_object *list, const struct bw_worker_counters *c, unsigned w)
{
	struct json_object *row = cmd_json_item(list), *nodes;
	char name[BW_NAME_LEN + 1];

	cmd_json_number(row, "worker", w);
	cmd_json_number(row, "lcore", c->lcore);
	cmd_json_number(row, "cpu", c->cpu);
	cmd_json_number(row, "loops", c->loops);
	cmd_json_number(row, "packets", c->packets);
	cmd_json_number(row, "sleeps", c->sleeps);
	cmd_json_number(row, "busy_cycles", c->busy_cycles);
	cmd_json_number(row, "idle_cycles", c->idle_cycles);
	nodes = cmd_json_list(row, "nodes");
	for (unsigned i = 0; i < BW_MAX_NODES; i++) {
		const struct bw_node_counters *n = &c->node[i];
		struct json_object *node;

		if (n->name[0] == '\0')
			continue;
		node = cmd_json_item(nodes);
		cmd_json_text(node, "name", copy_name(name, sizeof(name), n->name, BW_NAME_LEN));
		cmd_json_number(node, "calls", n->calls);
		cmd_json_number(node, "packets", n->packets);
		cmd_json_number(node, "cycles", n->cycles);
	}
}

static void fill_drops(struct json_object *json, const struct bw_region *region, unsigned workers)
{
	struct json_object *drops = cmd_json_object(json, "drops");

	for (unsigned reason = 0; reason < BW_DROP_MAX; reason++) {
		uint64_t sum = sum_drops(region, workers, reason);

		if (sum > 0)
			cmd_json_number(drops, bw_drop_text(reason), sum);
	}
}

static int show_datapath(struct cli_ctx *ctx, const struct cli_args *)
{
	const struct bw_region *region = dp_region(&cmd_control(ctx)->core.dp);
	struct json_object *json = cli_out_json(ctx->out), *workers = NULL;
	unsigned n = dp_workers(&cmd_control(ctx)->core.dp);

	if (region == NULL)
		return cmd_no_dataplane(ctx);
	if (json != NULL)
		workers = cmd_json_list(json, "workers");
	for (unsigned w = 0; w < n; w++) {
		if (workers != NULL)
			fill_worker(workers, &region->counters[w], w);
		else
			print_worker(ctx->out, &region->counters[w], w);
		if (workers == NULL && dp_still_ms(&cmd_control(ctx)->core.dp, w) >= DP_STALLED_MS)
			cli_printf(ctx->out, "  It does not go on since %u seconds\n",
				dp_still_ms(&cmd_control(ctx)->core.dp, w) / 1000);
	}
	if (json != NULL)
		fill_drops(json, region, n);
	else
		print_drops(ctx->out, region, n);
	return cmd_as_last_seen(ctx);
}

static void print_port(struct cli_out *out, const struct bw_port_info *p)
{
	char name[BW_NAME_LEN + 1], driver[BW_NAME_LEN + 1], device[BW_NAME_LEN * 2 + 1];
	char mac[FORMAT_MAC_SIZE];

	cli_printf(out, "%s: %s %s, %s, link %s, %u Mbit/s, max MTU %u, %u receive queue%s\n",
		copy_name(name, sizeof(name), p->name, BW_NAME_LEN),
		copy_name(driver, sizeof(driver), p->driver, BW_NAME_LEN),
		copy_name(device, sizeof(device), p->device, BW_NAME_LEN * 2),
		format_mac(p->mac, mac), p->link_up ? "up" : "down", p->speed, p->max_mtu, p->n_rxq,
		p->n_rxq == 1 ? "" : "s");
	cli_printf(out,
		"  in  %" PRIu64 " packets, %" PRIu64 " bytes, %" PRIu64 " missed, %" PRIu64
		" errors, %" PRIu64 " without buffer\n"
		"  out %" PRIu64 " packets, %" PRIu64 " bytes, %" PRIu64 " errors\n",
		p->rx_packets, p->rx_bytes, p->rx_missed, p->rx_errors, p->rx_nombuf, p->tx_packets,
		p->tx_bytes, p->tx_errors);
}

static void fill_port(struct json_object *list, const struct bw_port_info *p)
{
	struct json_object *row = cmd_json_item(list);
	char text[BW_NAME_LEN * 2 + 1], mac[FORMAT_MAC_SIZE];

	cmd_json_text(row, "name", copy_name(text, sizeof(text), p->name, BW_NAME_LEN));
	cmd_json_text(row, "driver", copy_name(text, sizeof(text), p->driver, BW_NAME_LEN));
	cmd_json_text(row, "device", copy_name(text, sizeof(text), p->device, BW_NAME_LEN * 2));
	cmd_json_text(row, "mac", format_mac(p->mac, mac));
	cmd_json_flag(row, "link_up", p->link_up);
	cmd_json_number(row, "speed", p->speed);
	cmd_json_number(row, "max_mtu", p->max_mtu);
	cmd_json_number(row, "rx_queues", p->n_rxq);
	cmd_json_number(row, "rx_packets", p->rx_packets);
	cmd_json_number(row, "rx_bytes", p->rx_bytes);
	cmd_json_number(row, "rx_missed", p->rx_missed);
	cmd_json_number(row, "rx_errors", p->rx_errors);
	cmd_json_number(row, "rx_nombuf", p->rx_nombuf);
	cmd_json_number(row, "tx_packets", p->tx_packets);
	cmd_json_number(row, "tx_bytes", p->tx_bytes);
	cmd_json_number(row, "tx_errors", p->tx_errors);
}

static int show_ports(struct cli_ctx *ctx, const struct cli_args *)
{
	const struct bw_region *region = dp_region(&cmd_control(ctx)->core.dp);
	struct json_object *json = cli_out_json(ctx->out), *list = NULL;

	if (region == NULL)
		return cmd_no_dataplane(ctx);
	if (json != NULL)
		list = cmd_json_list(json, "ports");
	for (unsigned i = 0; i < dp_ports(&cmd_control(ctx)->core.dp); i++) {
		if (list != NULL)
			fill_port(list, &region->ports[i]);
		else
			print_port(ctx->out, &region->ports[i]);
	}
	return cmd_as_last_seen(ctx);
}

static const struct cli_help help[] = {
	{ "platform", "Platform specific information" },
	{ "datapath", "Workers, nodes and drops of the datapath" },
	{ "ports", "Ports and their drivers' counters" },
	{ NULL, NULL },
};

static const struct cli_command commands[] = {
	{
		.mode = "exec",
		.syntax = "show platform datapath",
		.help = help,
		.flags = CLI_USER,
		.run = show_datapath,
	},
	{
		.mode = "exec",
		.syntax = "show platform ports",
		.help = help,
		.flags = CLI_USER,
		.run = show_ports,
	},
	{ .mode = NULL },
};

const struct cli_topic cli_show_platform_topic = { .commands = commands };
