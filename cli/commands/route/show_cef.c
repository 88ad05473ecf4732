/* SPDX-License-Identifier: BSD-3-Clause */
/* `show ip cef`: what the dataplane was told. */
#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/commands/commands.h"
#include "control/core/format.h"
#include "control/rib/source.h"

struct listing {
	bw_ip4 prefix;
	int plen;
	bool begun;
};

static void print_row(struct cli_out *out, const char *prefix, const char *hop, const char *ifname)
{
	cli_printf(out, "%-20s %-20s %s\n", prefix, hop, ifname);
}

static void print_entry(struct cli_out *out, const struct rib_entry *e)
{
	char prefix[FORMAT_PREFIX_SIZE], ip[FORMAT_IP_SIZE];
	const struct rib_route *route = rib_entry_route(e);
	struct rib_paths paths;
	const char *what;

	if (route == NULL)
		return;
	format_prefix(rib_entry_prefix(e), e->node.plen, prefix);
	what = rib_lead_name(e, route);
	if (what != NULL) {
		print_row(out, prefix, what, route->ifc != NULL ? route->ifc->name : "");
		return;
	}
	rib_entry_paths(e, &paths);
	if (paths.n == 0)
		print_row(out, prefix, "attached", "Null0");
	for (unsigned i = 0; i < paths.n; i++)
		print_row(out, i == 0 ? prefix : "",
			paths.path[i].nexthop ? format_ip(paths.path[i].nexthop, ip) : "attached",
			paths.path[i].ifc->name);
}

static int list_more(struct cli_ctx *ctx, void *state)
{
	struct rib *rib = &cmd_settled(ctx)->rib;
	struct listing *l = state;
	const struct rib_entry *e;

	if (!l->begun) {
		print_row(ctx->out, "Prefix", "Next Hop", "Interface");
		e = rib_find(rib, 0, 0, 0);
		if (e == NULL || !rib_in_force(e))
			print_row(ctx->out, "0.0.0.0/0", "no route", "");
		l->begun = true;
	}
	while ((e = rib_next(rib, 0, l->prefix, l->plen)) != NULL) {
		print_entry(ctx->out, e);
		l->prefix = rib_entry_prefix(e);
		l->plen = e->node.plen;
		if (cli_out_full(ctx->out))
			return CLI_PENDING;
	}
	return 0;
}

static void fill_entry(struct json_object *list, const struct rib_entry *e)
{
	const struct rib_route *route = rib_entry_route(e);
	struct json_object *row, *ways;
	char text[FORMAT_PREFIX_SIZE];
	struct rib_paths paths;
	const char *what;

	if (route == NULL)
		return;
	row = cmd_json_item(list);
	cmd_json_text(row, "prefix", format_prefix(rib_entry_prefix(e), e->node.plen, text));
	what = rib_lead_name(e, route);
	if (what != NULL) {
		cmd_json_text(row, "type", what);
		return;
	}
	cmd_json_text(row, "type", "forward");
	ways = cmd_json_list(row, "paths");
	rib_entry_paths(e, &paths);
	for (unsigned i = 0; i < paths.n; i++) {
		struct json_object *way = cmd_json_item(ways);

		if (paths.path[i].nexthop != 0)
			cmd_json_text(way, "next_hop", format_ip(paths.path[i].nexthop, text));
		cmd_json_text(way, "interface", paths.path[i].ifc->name);
	}
}

static int list_json(struct cli_ctx *ctx, struct json_object *json)
{
	struct json_object *list = cmd_json_list(json, "entries");
	struct rib *rib = &cmd_settled(ctx)->rib;
	const struct rib_entry *e;
	bw_ip4 prefix = 0;
	int plen = -1;

	while ((e = rib_next(rib, 0, prefix, plen)) != NULL) {
		fill_entry(list, e);
		prefix = rib_entry_prefix(e);
		plen = e->node.plen;
	}
	return 0;
}

static int show_cef(struct cli_ctx *ctx, const struct cli_args *)
{
	struct json_object *json = cli_out_json(ctx->out);
	struct listing *l;

	if (json != NULL)
		return list_json(ctx, json);
	l = calloc(1, sizeof(*l));
	if (l == NULL)
		return -ENOMEM;
	l->plen = -1;
	return cli_yield(ctx, list_more, free, l);
}

static int show_cef_address(struct cli_ctx *ctx, const struct cli_args *args)
{
	struct rib *rib = &cmd_settled(ctx)->rib;
	const struct rib_entry *e = rib_lookup(rib, 0, cmd_arg_ip(args, "address"));
	char text[FORMAT_PREFIX_SIZE];
	struct rib_paths paths;
	const char *what;

	if (e == NULL) {
		cli_puts(ctx->out, "%Prefix not found\n");
		return 0;
	}
	cli_printf(ctx->out, "%s\n", format_prefix(rib_entry_prefix(e), e->node.plen, text));
	what = rib_lead_name(e, rib_entry_route(e));
	if (what != NULL) {
		const struct iface *ifc = rib_entry_route(e)->ifc;

		cli_printf(ctx->out, "  %s%s%s\n", what,
			what[0] == 'a'	 ? " to "
			: what[0] == 'r' ? " for "
					 : " on ",
			ifc->name);
		return 0;
	}
	rib_entry_paths(e, &paths);
	if (paths.n == 0)
		cli_puts(ctx->out, "  attached to Null0\n");
	for (unsigned i = 0; i < paths.n; i++) {
		if (paths.path[i].nexthop != 0)
			cli_printf(ctx->out, "  nexthop %s %s\n",
				format_ip(paths.path[i].nexthop, text), paths.path[i].ifc->name);
		else
			cli_printf(ctx->out, "  attached to %s\n", paths.path[i].ifc->name);
	}
	return 0;
}

static const struct cli_help help[] = {
	{ "cef", "Cisco Express Forwarding" },
	{ "address", "IP prefix to look up" },
	{ NULL, NULL },
};

static const struct cli_command commands[] = {
	{
		.mode = "exec",
		.syntax = "show ip cef",
		.help = help,
		.flags = CLI_USER,
		.run = show_cef,
	},
	{
		.mode = "exec",
		.syntax = "show ip cef <address:A.B.C.D>",
		.help = help,
		.flags = CLI_USER,
		.run = show_cef_address,
	},
	{ .mode = NULL },
};

const struct cli_topic cli_show_cef_topic = { .commands = commands };
