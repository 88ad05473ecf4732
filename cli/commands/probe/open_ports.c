/* SPDX-License-Identifier: BSD-3-Clause */
/* `show control-plane host open-ports`: what the router's own protocols have open. */
#include <json-c/json.h>
#include <stdio.h>

#include "cli/commands/commands.h"
#include "control/core/format.h"

#define END_SIZE (FORMAT_IP_SIZE + 8)

/* "10.0.0.1:33434"; an asterisk for any. */
static const char *end_text(bw_ip4 addr, uint16_t port, char buf[END_SIZE])
{
	char ip[FORMAT_IP_SIZE];
	int n = snprintf(buf, END_SIZE, "%s:", addr != 0 ? format_ip(addr, ip) : "*");

	if (port != 0)
		snprintf(buf + n, END_SIZE - (size_t)n, "%u", port);
	else
		snprintf(buf + n, END_SIZE - (size_t)n, "*");
	return buf;
}

static int show_open_ports(struct cli_ctx *ctx, const struct cli_args *)
{
	static const struct cli_column columns[] = {
		{ "protocol", "Prot", 4, false },
		{ "local", "Local Address", -28, false },
		{ "foreign", "Foreign Address", -28, false },
		{ "service", "Service", -20, false },
		{ "state", "State", -9, false },
	};
	const struct proto_table *protos = &cmd_control(ctx)->protos;
	struct cli_table *table;
	struct proto_row row;

	if (cli_out_json(ctx->out) == NULL)
		cli_puts(ctx->out, "Active internet connections (servers and established)\n");
	table = cli_table_begin(ctx->out, "connections", columns, 5, 0);
	for (unsigned i = 0; proto_row(protos, i, &row); i++) {
		char local[END_SIZE], peer[END_SIZE];

		cli_table_row(table,
			(const char *[]) { row.transport,
				end_text(row.local, row.local_port, local),
				end_text(row.peer, row.peer_port, peer), row.service, row.state });
	}
	cli_table_end(table);
	return 0;
}

static const struct cli_help help[] = {
	{ "control-plane", "Control Plane information" },
	{ "host", "Control Plane host path" },
	{ "open-ports", "Open ports of the router's own protocols" },
	{ NULL, NULL },
};

static const struct cli_command commands[] = {
	{
		.mode = "exec",
		.syntax = "show control-plane host open-ports",
		.help = help,
		.run = show_open_ports,
	},
	{ .mode = NULL },
};

const struct cli_topic cli_open_ports_topic = { .commands = commands };
