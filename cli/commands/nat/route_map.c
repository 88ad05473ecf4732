/* SPDX-License-Identifier: BSD-3-Clause */
/* `route-map`: clauses that a NAT rule asks. */
#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands/commands.h"

/* The words of one `match` line: lists, or interfaces. */
struct words {
	enum route_map_match by;
	unsigned n;
	char word[BW_NAT_MATCHES][CLI_IFNAME_SIZE];
};

static const char *const acl_arg[] = { "list1", "list2", "list3", "list4", "list5", "list6",
	"list7", "list8" };
static const char *const ifname_arg[] = { "if1", "if2", "if3", "if4" };

#define COUNT(array) (sizeof(array) / sizeof(array[0]))
#define LISTS                                                                                      \
	"<list1:WORD> [<list2:WORD> [<list3:WORD> [<list4:WORD> [<list5:WORD> [<list6:WORD> "      \
	"[<list7:WORD> [<list8:WORD>]]]]]]]"
#define INTERFACES "<if1:INTERFACE> [<if2:INTERFACE> [<if3:INTERFACE> [<if4:INTERFACE>]]]"

static bool has_word(const struct words *w, const char *word)
{
	for (unsigned i = 0; i < w->n; i++)
		if (strcmp(w->word[i], word) == 0)
			return true;
	return false;
}

static void add_word(struct words *w, const char *word)
{
	if (w->n < BW_NAT_MATCHES && !has_word(w, word))
		snprintf(w->word[w->n++], sizeof(w->word[0]), "%s", word);
}

/* What the line names, after what is there. */
static void read_words(const struct cli_args *args, struct words *w)
{
	char ifname[BW_NAME_LEN];

	for (size_t i = 0; i < COUNT(acl_arg); i++)
		if (cli_has(args, acl_arg[i]))
			add_word(w, cli_arg_text(args, acl_arg[i]));
	for (size_t i = 0; i < COUNT(ifname_arg); i++)
		if (cli_has(args, ifname_arg[i]))
			add_word(w, cmd_arg_ifname(args, ifname_arg[i], ifname));
}

static struct words words_of(const struct cli_args *args)
{
	struct words w = { .by = cli_has(args, "if1") ? ROUTE_MAP_INTERFACE : ROUTE_MAP_ACL };

	read_words(args, &w);
	return w;
}

static int write_words(const struct words *w, char *buf, size_t size)
{
	int len = snprintf(
		buf, size, "match %s", w->by == ROUTE_MAP_ACL ? "ip address" : "interface");

	for (unsigned i = 0; i < w->n; i++)
		len += snprintf(buf + len, size - (size_t)len, " %s", w->word[i]);
	return len;
}

#define LINE_SIZE (32 + BW_NAT_MATCHES * (CLI_IFNAME_SIZE + 1))

/* A second line adds to the first. */
static char *amend_match(
	struct cli_ctx *ctx, const struct cli_args *args, const struct cli_args *old)
{
	bool by_acl = cli_has(args, "list1");
	size_t most = by_acl ? COUNT(acl_arg) : COUNT(ifname_arg);
	struct words w = words_of(old != NULL ? old : args);
	char line[LINE_SIZE];

	if (by_acl && strcmp(cli_arg_text(args, "list1"), "prefix-list") == 0) {
		cli_fail(ctx, "%% A prefix list is not supported");
		return NULL;
	}
	if (old != NULL)
		read_words(args, &w);
	for (size_t i = 0; by_acl && i < most; i++) {
		if (cli_has(args, acl_arg[i]) &&
			strlen(cli_arg_text(args, acl_arg[i])) >= ACL_NAME_LEN) {
			cli_fail_at(ctx, acl_arg[i]);
			return NULL;
		}
	}
	if (w.n > most) {
		cli_fail(ctx, "%% A clause matches by no more than %zu of them", most);
		return NULL;
	}
	write_words(&w, line, sizeof(line));
	return strdup(line);
}

/* What `no match` with names leaves of the line, which is said again. */
static int keep_rest(struct cli_ctx *ctx, const struct words *all)
{
	struct words gone = words_of(ctx->typed), rest = { .by = all->by };
	char line[LINE_SIZE];

	for (unsigned i = 0; i < all->n; i++)
		if (!has_word(&gone, all->word[i]))
			add_word(&rest, all->word[i]);
	if (gone.n == 0 || rest.n == 0)
		return 0;
	write_words(&rest, line, sizeof(line));
	return cli_imply(ctx, "%s", line);
}

static int apply_match(struct cli_ctx *ctx, const struct cli_args *args, enum cli_op op)
{
	const struct cli_args *clause = cli_parent(ctx, 1);
	struct words w = words_of(args);
	const char *name[BW_NAT_MATCHES];
	int err;

	for (unsigned i = 0; i < w.n; i++)
		name[i] = w.word[i];
	err = route_map_match(&cmd_control(ctx)->nat.maps, cli_arg_text(clause, "map_name"),
		(uint32_t)cli_arg_number(clause, "seq", 0), w.by, name, op == CLI_SET ? w.n : 0);
	if (err == -ENOSPC)
		return cli_fail(ctx, "%% A route-map comes to no more than %d matches here",
			BW_NAT_MATCHES);
	if (err == 0 && op == CLI_UNSET && ctx->typed != NULL)
		return keep_rest(ctx, &w);
	return err;
}

static int apply_clause(struct cli_ctx *ctx, const struct cli_args *args, enum cli_op op)
{
	struct route_map_table *maps = &cmd_control(ctx)->nat.maps;
	const char *name = cli_arg_text(args, "map_name");
	uint32_t seq = (uint32_t)cli_arg_number(args, "seq", 0);
	int err;

	if (op == CLI_UNSET) {
		route_map_remove(maps, name, seq);
		return 0;
	}
	if (strlen(name) >= ROUTE_MAP_NAME_LEN)
		return cli_fail_at(ctx, "map_name");
	err = route_map_set(maps, name, seq, cli_has(args, "permit"));
	return err != -ENOSPC
		       ? err
		       : cli_fail(ctx, "%% A route-map comes to no more than %d matches here",
				 BW_NAT_MATCHES);
}

/* To be kept is all that it is for. */
static int keep(struct cli_ctx *, const struct cli_args *, enum cli_op)
{
	return 0;
}

/* IOS prints the number, typed or not. */
static int normal_clause(const struct cli_args *args, char *buf, size_t size)
{
	return snprintf(buf, size, "%s%s", args->line, cli_has(args, "seq") ? "" : " 10");
}

/* Policy routing and routing protocols are not there: what is for them cannot be kept. */
static int refuse(struct cli_ctx *ctx, const struct cli_args *args, enum cli_op op)
{
	if (op == CLI_UNSET)
		return 0;
	return cli_fail(ctx, "%% %s in a route-map is not supported on this platform", args->line);
}

static void print_clause(
	struct cli_out *out, const struct route_map *map, const struct route_clause *c)
{
	cli_printf(out, "route-map %s, %s, sequence %u\n  Match clauses:\n", map->name,
		c->permit ? "permit" : "deny", c->seq);
	if (c->n_acls > 0)
		cli_printf(out, "    ip address (access-lists):");
	for (unsigned i = 0; i < c->n_acls; i++)
		cli_printf(out, " %s", c->acl[i]->name);
	if (c->n_acls > 0)
		cli_printf(out, "\n");
	if (c->n_ifcs > 0)
		cli_printf(out, "    interface");
	for (unsigned i = 0; i < c->n_ifcs; i++)
		cli_printf(out, " %s", c->ifc[i]->name);
	if (c->n_ifcs > 0)
		cli_printf(out, "\n");
	cli_printf(out, "  Set clauses:\n");
}

static void fill_clause(
	struct json_object *row, const struct route_map *map, const struct route_clause *c)
{
	struct json_object *list;

	cmd_json_text(row, "name", map->name);
	cmd_json_text(row, "action", c->permit ? "permit" : "deny");
	cmd_json_number(row, "sequence", c->seq);
	list = cmd_json_list(row, "access_lists");
	for (unsigned i = 0; i < c->n_acls; i++)
		json_object_array_add(list, json_object_new_string(c->acl[i]->name));
	list = cmd_json_list(row, "interfaces");
	for (unsigned i = 0; i < c->n_ifcs; i++)
		json_object_array_add(list, json_object_new_string(c->ifc[i]->name));
}

static int show_route_map(struct cli_ctx *ctx, const struct cli_args *args)
{
	struct json_object *json = cli_out_json(ctx->out), *list = NULL;
	const char *only = cli_arg_text(args, "map_name");
	const struct route_map *map;
	const struct route_clause *c;
	bool found = false;

	if (json != NULL)
		list = cmd_json_list(json, "route_map");
	TAILQ_FOREACH (map, &cmd_control(ctx)->nat.maps.list, entry) {
		if (only != NULL && strcmp(map->name, only) != 0)
			continue;
		TAILQ_FOREACH (c, &map->clauses, entry) {
			found = true;
			if (json != NULL)
				fill_clause(cmd_json_item(list), map, c);
			else
				print_clause(ctx->out, map, c);
		}
	}
	return found || only == NULL ? 0 : cli_fail(ctx, "route-map %s not found", only);
}

static const struct cli_help help[] = {
	{ "route-map", "Create route-map or enter route-map command mode" },
	{ "map_name", "Route map tag" },
	{ "permit", "Route map permits set operations" },
	{ "deny", "Route map denies set operations" },
	{ "seq", "Sequence to insert to/delete from existing route-map entry" },
	{ "match", "Match values from routing table" },
	{ "set", "Set values in destination routing protocol" },
	{ "continue", "Continue on a different entry within the route-map" },
	{ "ip", "IP specific information" },
	{ "address", "Match address of route or match packet" },
	{ "interface", "Match first hop interface of route" },
	{ "description", "Route-map comment" },
	{ "text", "Comment up to 100 characters" },
	{ "list1", "IP access-list number or name" },
	{ "if1", "Interface that the packet leaves by" },
	{ NULL, NULL },
};

static const struct cli_mode modes[] = {
	{ .name = "config-route-map", .prompt = "(config-route-map)", .parent = "config" },
	{ .name = NULL },
};

static const struct cli_command commands[] = {
	{
		.mode = "config",
		.syntax = "route-map <map_name:WORD> {permit|deny} [<seq:0-65535>]",
		.help = help,
		.key = "map_name seq",
		.sort = "map_name seq",
		.enters = "config-route-map",
		.rank = RANK_ROUTE_MAP,
		.apply = apply_clause,
		.normal = normal_clause,
	},
	{
		.mode = "config",
		.syntax = "route-map <map_name:WORD>",
		.help = help,
		.flags = CLI_NO_PREFIX,
	},
	{
		.mode = "config-route-map",
		.syntax = "description <text:LINE>",
		.help = help,
		.rank = 1,
		.apply = keep,
	},
	{
		.mode = "config-route-map",
		.syntax = "match ip address " LISTS,
		.help = help,
		.no = "match ip address",
		.rank = 2,
		.apply = apply_match,
		.amend = amend_match,
	},
	{
		.mode = "config-route-map",
		.syntax = "match interface " INTERFACES,
		.help = help,
		.no = "match interface",
		.rank = 3,
		.apply = apply_match,
		.amend = amend_match,
	},
	{
		.mode = "config-route-map",
		.syntax = "match {as-path|community|extcommunity|ip next-hop|ip route-source|ipv6|"
			  "length|local-preference|metric|mpls-label|nlri|policy-list|route-type|"
			  "source-protocol|tag|track} [<rest:LINE>]",
		.help = help,
		.apply = refuse,
	},
	{
		.mode = "config-route-map",
		.syntax = "{set|continue} [<rest:LINE>]",
		.help = help,
		.apply = refuse,
	},
	{
		.mode = "exec",
		.syntax = "show route-map [<map_name:WORD>]",
		.help = help,
		.flags = CLI_USER,
		.run = show_route_map,
	},
	{ .mode = NULL },
};

const struct cli_topic cli_route_map_topic = { .modes = modes, .commands = commands };
