/* SPDX-License-Identifier: BSD-3-Clause */
/* `show ip route`, in the layout of IOS 15. */
#include <arpa/inet.h>
#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands/commands.h"
#include "control/core/format.h"
#include "control/rib/source.h"

static const char legend[] =
	"Codes: L - local, C - connected, S - static, R - RIP, M - mobile, B - BGP\n"
	"       D - EIGRP, EX - EIGRP external, O - OSPF, IA - OSPF inter area \n"
	"       N1 - OSPF NSSA external type 1, N2 - OSPF NSSA external type 2\n"
	"       E1 - OSPF external type 1, E2 - OSPF external type 2\n"
	"       i - IS-IS, su - IS-IS summary, L1 - IS-IS level-1, L2 - IS-IS level-2\n"
	"       ia - IS-IS inter area, * - candidate default, U - per-user static route\n"
	"       o - ODR, P - periodic downloaded static route, H - NHRP, l - LISP\n"
	"       a - application route\n"
	"       + - replicated route, % - next hop override, p - overrides from PfR\n";

enum filter { ALL, CONNECTED, STATIC };

/* How far a listing has got, by prefix, for the table may change meanwhile. */
struct listing {
	enum filter filter;
	bw_ip4 prefix;
	int plen; /* of the last entry looked at; -1 = none yet */
	bool begun;
	/* the classful network of the last entry shown */
	bw_ip4 net;
	unsigned net_plen; /* 0 = none */
	bool variable;	   /* its subnets have several masks */
};

/* The first route in force, if it is shown; NULL: the entry is not. */
static const struct rib_route *shown_route(const struct rib_entry *e)
{
	const struct rib_route *route = rib_entry_route(e);

	return route != NULL && rib_source_of(route)->name != NULL ? route : NULL;
}

static bool passes(const struct rib_route *route, enum filter filter)
{
	if (filter == CONNECTED)
		return route->source == RIB_CONNECTED || route->source == RIB_LOCAL;
	return filter == ALL || route->source == RIB_STATIC;
}

/* `S*` is a candidate for the default route. */
static void format_code(const struct rib_entry *e, const struct rib_route *route, char code[8])
{
	const struct rib_source_record *source = rib_source_of(route);

	snprintf(code, 8, "%s%s", source->letter, e->node.plen == 0 && !source->direct ? "*" : "");
}

static bool is_direct(const struct rib_route *route)
{
	return route->nexthop == 0;
}

/* The same way twice: two addresses of one subnet on an interface. */
static bool is_repeated(const struct rib_route *route)
{
	const struct rib_route *before;

	for (before = SLIST_FIRST(&route->prefix->routes); before != route;
		before = SLIST_NEXT(before, entry))
		if (rib_route_in_force(before) && before->ifc == route->ifc &&
			before->nexthop == route->nexthop && before->source == route->source)
			return true;
	return false;
}

static void print_way(struct cli_out *out, const struct rib_route *route)
{
	const char *ifname = route->ifc != NULL ? route->ifc->name : "Null0";
	char ip[FORMAT_IP_SIZE];

	if (is_direct(route)) {
		cli_printf(out, "is directly connected, %s\n", ifname);
		return;
	}
	cli_printf(out, "[%u/0] via %s", route->distance, format_ip(route->nexthop, ip));
	if (route->ifc != NULL)
		cli_printf(out, ", %s", ifname);
	cli_puts(out, "\n");
}

/* `S*    0.0.0.0/0 [1/0] via ...`, further ways below the first. */
static void print_entry(struct cli_out *out, const struct rib_entry *e,
	const struct rib_route *first, bool indented, bool with_mask)
{
	const struct rib_route *route;
	char prefix[FORMAT_PREFIX_SIZE], ip[FORMAT_IP_SIZE], head[48], code[8];
	int len;

	format_code(e, first, code);
	if (with_mask)
		format_prefix(rib_entry_prefix(e), e->node.plen, prefix);
	else
		snprintf(prefix, sizeof(prefix), "%s", format_ip(rib_entry_prefix(e), ip));
	len = snprintf(head, sizeof(head), "%-*s%s ", indented ? 9 : 6, code, prefix);
	for (route = first; route != NULL; route = SLIST_NEXT(route, entry)) {
		if (!rib_route_in_force(route) || is_repeated(route))
			continue;
		cli_printf(out, "%*s", len, route == first ? head : "");
		print_way(out, route);
	}
}

static bool in_network(const struct listing *l, const struct rib_entry *e)
{
	return l->net_plen != 0 && e->node.plen >= l->net_plen &&
	       prefix_covers(l->net, l->net_plen, rib_entry_prefix(e));
}

/* Count what the table holds of a classful network, and print its heading if it has subnets. */
static void begin_network(
	struct cli_ctx *ctx, struct listing *l, const struct rib_entry *first, unsigned classful)
{
	struct rib *rib = &cmd_control(ctx)->rib;
	uint32_t key = first->node.key & trie_mask(classful);
	struct trie_node *n = trie_first_in(&rib->vrf[0].entries, key, (uint8_t)classful);
	unsigned subnets = 0, masks = 0, only_plen = 0;
	uint64_t seen = 0;
	char ip[FORMAT_IP_SIZE];

	for (; n != NULL; n = trie_next_in(n, key, (uint8_t)classful)) {
		if (shown_route((struct rib_entry *)n) == NULL)
			continue;
		subnets++;
		masks += !(seen >> n->plen & 1);
		seen |= UINT64_C(1) << n->plen;
		only_plen = n->plen;
	}
	l->net = htonl(key);
	l->net_plen = classful;
	l->variable = masks > 1;
	if (subnets == 1 && only_plen == classful) {
		l->net_plen = 0; /* the whole network: no heading */
		return;
	}
	if (masks > 1)
		cli_printf(ctx->out, "      %s/%u is variably subnetted, %u subnets, %u masks\n",
			format_ip(l->net, ip), classful, subnets, masks);
	else
		cli_printf(ctx->out, "      %s/%u is subnetted, %u subnets\n",
			format_ip(l->net, ip), only_plen, subnets);
}

static void print_one(struct cli_ctx *ctx, struct listing *l, const struct rib_entry *e)
{
	const struct rib_route *route = shown_route(e);
	unsigned classful = format_classful(rib_entry_prefix(e));

	if (route == NULL || !passes(route, l->filter))
		return;
	if (e->node.plen < classful) { /* the default route, or a supernet */
		print_entry(ctx->out, e, route, false, true);
		return;
	}
	if (!in_network(l, e))
		begin_network(ctx, l, e, classful);
	if (l->net_plen == 0)
		print_entry(ctx->out, e, route, false, true);
	else
		print_entry(ctx->out, e, route, true, l->variable);
}

static void print_gateway(struct cli_ctx *ctx)
{
	const struct rib_entry *e = rib_find(&cmd_control(ctx)->rib, 0, 0, 0);
	const struct rib_route *route = e != NULL ? shown_route(e) : NULL;
	char ip[FORMAT_IP_SIZE];

	if (route != NULL)
		cli_printf(ctx->out, "\nGateway of last resort is %s to network 0.0.0.0\n\n",
			format_ip(route->nexthop, ip));
	else
		cli_puts(ctx->out, "\nGateway of last resort is not set\n\n");
}

static int list_more(struct cli_ctx *ctx, void *state)
{
	struct control *ctl = cmd_settled(ctx);
	struct listing *l = state;
	const struct rib_entry *e;

	if (!l->begun) {
		cli_puts(ctx->out, legend);
		print_gateway(ctx);
		l->begun = true;
	}
	while ((e = rib_next(&ctl->rib, 0, l->prefix, l->plen)) != NULL) {
		print_one(ctx, l, e);
		l->prefix = rib_entry_prefix(e);
		l->plen = e->node.plen;
		if (cli_out_full(ctx->out))
			return CLI_PENDING;
	}
	return 0;
}

static void fill_route(struct json_object *list, const struct rib_entry *e)
{
	const struct rib_route *route = shown_route(e);
	struct json_object *row, *ways;
	char text[FORMAT_PREFIX_SIZE];

	row = cmd_json_item(list);
	cmd_json_text(row, "prefix", format_prefix(rib_entry_prefix(e), e->node.plen, text));
	cmd_json_text(row, "source", rib_source_of(route)->name);
	cmd_json_number(row, "distance", route->distance);
	cmd_json_number(row, "metric", 0);
	ways = cmd_json_list(row, "paths");
	for (; route != NULL; route = SLIST_NEXT(route, entry)) {
		struct json_object *way;

		if (!rib_route_in_force(route) || is_repeated(route))
			continue;
		way = cmd_json_item(ways);
		if (route->nexthop != 0)
			cmd_json_text(way, "next_hop", format_ip(route->nexthop, text));
		if (route->ifc != NULL)
			cmd_json_text(way, "interface", route->ifc->name);
		else if (route->flags & RIB_NULL0)
			cmd_json_text(way, "interface", "Null0");
	}
}

static int list_json(struct cli_ctx *ctx, struct json_object *json, enum filter filter)
{
	struct json_object *list = cmd_json_list(json, "routes");
	struct rib *rib = &cmd_settled(ctx)->rib;
	const struct rib_entry *e;
	bw_ip4 prefix = 0;
	int plen = -1;

	while ((e = rib_next(rib, 0, prefix, plen)) != NULL) {
		const struct rib_route *route = shown_route(e);

		if (route != NULL && passes(route, filter))
			fill_route(list, e);
		prefix = rib_entry_prefix(e);
		plen = e->node.plen;
	}
	return 0;
}

static int show_routes(struct cli_ctx *ctx, const struct cli_args *args)
{
	struct json_object *json = cli_out_json(ctx->out);
	enum filter filter = ALL;
	struct listing *l;

	if (cli_has(args, "connected"))
		filter = CONNECTED;
	else if (cli_has(args, "static"))
		filter = STATIC;
	if (json != NULL)
		return list_json(ctx, json, filter);
	l = calloc(1, sizeof(*l));
	if (l == NULL)
		return -ENOMEM;
	l->filter = filter;
	l->plen = -1;
	return cli_yield(ctx, list_more, free, l);
}

/* --- one route --- */

static void print_descriptors(struct cli_out *out, const struct rib_route *first)
{
	const struct rib_route *route;
	char ip[FORMAT_IP_SIZE];

	cli_puts(out, "  Routing Descriptor Blocks:\n");
	for (route = first; route != NULL; route = SLIST_NEXT(route, entry)) {
		if (!rib_route_in_force(route) || is_repeated(route))
			continue;
		cli_puts(out, route == first ? "  * " : "    ");
		if (is_direct(route))
			cli_printf(out, "directly connected, via %s\n",
				route->ifc != NULL ? route->ifc->name : "Null0");
		else if (route->ifc != NULL)
			cli_printf(out, "%s, via %s\n", format_ip(route->nexthop, ip),
				route->ifc->name);
		else
			cli_printf(out, "%s\n", format_ip(route->nexthop, ip));
		cli_puts(out, "      Route metric is 0, traffic share count is 1\n");
		if (route->tag != 0)
			cli_printf(out, "      Route tag %u\n", route->tag);
	}
}

static void print_detail(struct cli_out *out, const struct rib_entry *e)
{
	const struct rib_route *route = shown_route(e);
	unsigned plen = e->node.plen;
	char prefix[FORMAT_PREFIX_SIZE];

	cli_printf(out, "Routing entry for %s%s\n",
		format_prefix(rib_entry_prefix(e), plen, prefix),
		plen < format_classful(rib_entry_prefix(e)) ? ", supernet" : "");
	cli_printf(out, "  Known via \"%s\", distance %u, metric 0", rib_source_of(route)->name,
		route->distance);
	if (rib_source_of(route)->direct || is_direct(route))
		cli_puts(out, " (connected, via interface)");
	if (plen == 0)
		cli_puts(out, ", candidate default path");
	cli_puts(out, "\n");
	if (route->tag != 0)
		cli_printf(out, "  Tag %u\n", route->tag);
	print_descriptors(out, route);
}

/* The longest shown prefix over an address; the default route only for 0.0.0.0 itself. */
static const struct rib_entry *find_shown(const struct rib *rib, bw_ip4 addr)
{
	struct trie_node *n = trie_match(&rib->vrf[0].entries, ntohl(addr), 32);

	while (n != NULL && shown_route((struct rib_entry *)n) == NULL)
		n = trie_above(n);
	if (n != NULL && n->plen == 0 && addr != 0)
		return NULL;
	return (struct rib_entry *)n;
}

static bool has_subnets(const struct rib *rib, bw_ip4 addr)
{
	uint8_t classful = (uint8_t)format_classful(addr);
	uint32_t key = ntohl(addr) & trie_mask(classful);
	struct trie_node *n = trie_first_in(&rib->vrf[0].entries, key, classful);

	while (n != NULL && shown_route((struct rib_entry *)n) == NULL)
		n = trie_next_in(n, key, classful);
	return n != NULL;
}

static int show_route(struct cli_ctx *ctx, const struct cli_args *args)
{
	struct rib *rib = &cmd_settled(ctx)->rib;
	struct json_object *json = cli_out_json(ctx->out);
	bw_ip4 addr = cmd_arg_ip(args, "address");
	const struct rib_entry *e;

	if (cli_has(args, "mask")) {
		bw_ip4 mask = cmd_arg_ip(args, "mask");

		e = rib_find(rib, 0, addr & mask, (uint8_t)format_plen(mask));
		if (e != NULL && shown_route(e) == NULL)
			e = NULL;
	} else {
		e = find_shown(rib, addr);
	}
	if (json != NULL) {
		struct json_object *list = cmd_json_list(json, "routes");

		if (e != NULL)
			fill_route(list, e);
	} else if (e != NULL) {
		print_detail(ctx->out, e);
	} else {
		cli_puts(ctx->out, has_subnets(rib, addr) ? "% Subnet not in table\n"
							  : "% Network not in table\n");
	}
	return 0;
}

/* --- summary --- */

struct counts {
	unsigned networks, subnets;
};

static void count_routes(const struct rib *rib, struct counts by_source[RIB_SOURCES])
{
	struct trie_node *n = trie_first_in(&rib->vrf[0].entries, 0, 0);

	for (; n != NULL; n = trie_next_in(n, 0, 0)) {
		const struct rib_route *route = shown_route((struct rib_entry *)n);

		if (route == NULL)
			continue;
		if (n->plen <= format_classful(htonl(n->key)))
			by_source[route->source].networks++;
		else
			by_source[route->source].subnets++;
	}
}

static void print_counts(struct cli_table *table, const char *name, const struct counts *counts)
{
	const size_t each = sizeof(struct rib_entry) + sizeof(struct rib_route);
	char networks[12], subnets[12], bytes[24];

	snprintf(networks, sizeof(networks), "%u", counts->networks);
	snprintf(subnets, sizeof(subnets), "%u", counts->subnets);
	snprintf(bytes, sizeof(bytes), "%zu", (counts->networks + counts->subnets) * each);
	cli_table_row(table, (const char *[]) { name, networks, subnets, bytes });
}

static int show_summary(struct cli_ctx *ctx, const struct cli_args *)
{
	static const struct cli_column columns[] = {
		{ "source", "Route Source", 15, false },
		{ "networks", "Networks", 11, true },
		{ "subnets", "Subnets", 11, true },
		{ "memory", "Memory (bytes)", 14, true },
	};
	struct rib *rib = &cmd_settled(ctx)->rib;
	struct counts by_source[RIB_SOURCES] = { 0 }, total = { 0 };
	struct cli_table *table;

	count_routes(rib, by_source);
	if (cli_out_json(ctx->out) == NULL)
		cli_printf(ctx->out,
			"IP routing table name is default (0x0)\n"
			"IP routing table maximum-paths is %d\n",
			BW_MAX_PATHS);
	table = cli_table_begin(ctx->out, "sources", columns, 4, 1);
	for (unsigned i = 0; i < RIB_SOURCES; i++) {
		if (rib_sources[i].name == NULL)
			continue;
		print_counts(table, rib_sources[i].name, &by_source[i]);
		total.networks += by_source[i].networks;
		total.subnets += by_source[i].subnets;
	}
	print_counts(table, "Total", &total);
	cli_table_end(table);
	return 0;
}

static const struct cli_help help[] = {
	{ "route", "IP routing table" },
	{ "connected", "Connected" },
	{ "static", "Static routes" },
	{ "summary", "Summary of all routes" },
	{ "address", "Network to display information about or hostname" },
	{ "mask", "Network mask" },
	{ NULL, NULL },
};

static const struct cli_command commands[] = {
	{
		.mode = "exec",
		.syntax = "show ip route [connected|static]",
		.help = help,
		.flags = CLI_USER,
		.run = show_routes,
	},
	{
		.mode = "exec",
		.syntax = "show ip route <address:A.B.C.D> [<mask:MASK>]",
		.help = help,
		.flags = CLI_USER,
		.run = show_route,
	},
	{
		.mode = "exec",
		.syntax = "show ip route summary",
		.help = help,
		.flags = CLI_USER,
		.run = show_summary,
	},
	{ .mode = NULL },
};

const struct cli_topic cli_show_route_topic = { .commands = commands };
