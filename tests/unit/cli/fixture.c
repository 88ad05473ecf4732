/* SPDX-License-Identifier: BSD-3-Clause */

#include "fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/builtin.h"

/* "interface Vlan1/ip address ..." with all the lines above. */
static void put_path(struct cli_out *out, const struct cli_node *node)
{
	if (!node || !cli_node_args(node))
		return;
	put_path(out, cli_node_parent(node));
	cli_printf(out, "%s/", cli_node_args(node)->line);
}

static int apply(struct cli_ctx *ctx, const struct cli_args *args, enum cli_op op)
{
	struct fixture_app *app = ctx->app;

	app->calls++;
	if (op == CLI_SET && app->refuse &&
		strncmp(args->line, app->refuse, strlen(app->refuse)) == 0)
		return cli_fail(ctx, "%% Refused");
	cli_puts(app->journal, op == CLI_UNSET ? "-" : ctx->old ? "*" : "+");
	put_path(app->journal, ctx->parent);
	cli_printf(app->journal, "%s\n", args->line);
	return 0;
}

static int apply_interface(struct cli_ctx *ctx, const struct cli_args *args, enum cli_op op)
{
	const struct cli_ifname *name = cli_arg_ifname(args, "name");

	if (name->type == CLI_IF_GIGABIT_ETHERNET && op == CLI_UNSET)
		return cli_fail(ctx, "%% Removal of physical interfaces is not permitted");
	if (name->type == CLI_IF_GIGABIT_ETHERNET && name->unit[0] > 8)
		return cli_fail_at(ctx, "name");
	return apply(ctx, args, op);
}

static int apply_nat_side(struct cli_ctx *ctx, const struct cli_args *args, enum cli_op op)
{
	int err = apply(ctx, args, op);

	if (err == 0 && op == CLI_SET)
		err = cli_imply(ctx, "ip virtual-reassembly in");
	return err;
}

static int apply_forwarding(struct cli_ctx *ctx, const struct cli_args *args, enum cli_op op)
{
	int err = apply(ctx, args, op);

	return err ? err : cli_imply(ctx, "no ip address");
}

static int apply_pool(struct cli_ctx *ctx, const struct cli_args *args, enum cli_op op)
{
	struct fixture_app *app = ctx->app;
	bool yes = true;
	int ret = 0;

	if (op == CLI_UNSET && app->in_use)
		ret = cli_ask_yes(ctx, "Pool in use, delete? [no]: ", &yes);
	if (ret)
		return ret;
	if (!yes)
		return cli_fail(
			ctx, "%%Pool %s in use, cannot destroy", cli_arg_text(args, "name"));
	return apply(ctx, args, op);
}

static int render_reassembly(const struct cli_args *args, char *buf, size_t size)
{
	return snprintf(buf, size, "ip virtual-reassembly %s", cli_has(args, "out") ? "out" : "in");
}

static int render_enable(const struct cli_args *, char *buf, size_t size)
{
	return snprintf(buf, size, "pppoe enable group global");
}

/* `tags add X` puts X behind the tags that are there; `tags none` takes all away. */
static char *amend_tags(
	struct cli_ctx *ctx, const struct cli_args *args, const struct cli_args *old)
{
	const char *tags = cli_has(args, "none") ? "none" : cli_arg_text(args, "list");
	const char *before = old && cli_has(args, "add") ? cli_arg_text(old, "list") : NULL;
	char *line;

	if (strcmp(tags, "bad") == 0) {
		cli_fail_at(ctx, "list");
		return NULL;
	}
	return asprintf(&line, "tags %s%s%s", before ? before : "", before ? "," : "", tags) < 0
		       ? NULL
		       : line;
}

static bool is_physical(void *, const struct cli_args *args)
{
	return cli_arg_ifname(args, "name")->type == CLI_IF_GIGABIT_ETHERNET;
}

static bool is_wan(void *, const struct cli_args *parent)
{
	return strcmp(parent->line, "interface GigabitEthernet8") == 0;
}

static int show_lines(struct cli_ctx *ctx, const struct cli_args *args)
{
	uint64_t count = cli_arg_number(args, "count", 3);

	for (uint64_t i = 1; i <= count; i++)
		cli_printf(ctx->out, "line %u\n", (unsigned)i);
	return 0;
}

static int show_table(struct cli_ctx *ctx, const struct cli_args *)
{
	static const struct cli_column columns[] = {
		{ "name", "Name", 10, false },
		{ "age", "Age", -5, true },
	};
	struct cli_table *table = cli_table_begin(ctx->out, "entries", columns, 2, 1);

	cli_table_row(table, (const char *[]) { "one", "1" });
	cli_table_row(table, (const char *[]) { "two", NULL });
	cli_table_end(table);
	return 0;
}

static int flood_more(struct cli_ctx *ctx, void *state)
{
	struct fixture_app *app = state;

	for (; app->flood_left > 0; app->flood_left--) {
		if (cli_out_full(ctx->out))
			return CLI_PENDING;
		cli_printf(ctx->out, "row %u of a long dump, filled up to a usual length\n",
			app->flood_left);
	}
	return 0;
}

static void flood_end(void *)
{
}

static int show_flood(struct cli_ctx *ctx, const struct cli_args *args)
{
	struct fixture_app *app = ctx->app;

	app->flood_left = (unsigned)cli_arg_number(args, "rows", 0);
	return cli_yield(ctx, flood_more, flood_end, app);
}

static void hang_cancel(void *state)
{
	struct fixture_app *app = state;

	app->hanging = NULL;
	app->cancelled++;
}

static int run_hang(struct cli_ctx *ctx, const struct cli_args *)
{
	struct fixture_app *app = ctx->app;

	app->hanging = ctx;
	return cli_pend(ctx, hang_cancel, app);
}

static int run_early(struct cli_ctx *ctx, const struct cli_args *)
{
	struct fixture_app *app = ctx->app;
	int ret = cli_pend(ctx, hang_cancel, app);

	if (ret == CLI_PENDING)
		cli_done(ctx, 0);
	return ret;
}

static const struct cli_mode modes[] = {
	{ .name = "config-if", .prompt = "(config-if)", .parent = "config" },
	{ .name = "config-vrf", .prompt = "(config-vrf)", .parent = "config" },
	{ .name = "config-router", .prompt = "(config-router)", .parent = "config" },
	{ .name = "config-router-af",
		.prompt = "(config-router-af)",
		.parent = "config-router",
		.exit_line = "exit-address-family",
		.separated = true },
	{ .name = "config-proposal", .prompt = "(config-ikev2-proposal)", .parent = "config" },
	{ .name = "config-policy", .prompt = "(config-ikev2-policy)", .parent = "config" },
	{ .name = "config-keyring", .prompt = "(config-ikev2-keyring)", .parent = "config" },
	{ .name = "config-peer",
		.prompt = "(config-ikev2-keyring-peer)",
		.parent = "config-keyring" },
	{ .name = "config-profile", .prompt = "(config-ikev2-profile)", .parent = "config" },
	{ .name = "config-trans", .prompt = "(cfg-crypto-trans)", .parent = "config" },
	{ .name = "config-ipsec", .prompt = "(ipsec-profile)", .parent = "config" },
	{ .name = NULL },
};

static const struct cli_help help[] = {
	{ "ip", "Interface Internet Protocol config commands" },
	{ "route", "Establish static routes" },
	{ "prefix", "Destination prefix" },
	{ "mask", "Destination prefix mask" },
	{ "nexthop", "Forwarding router's address" },
	{ "permanent", "permanent route" },
	{ NULL, NULL },
};

static const struct cli_command commands[] = {
	{ .mode = "exec", .syntax = "show lines [<count:1-100000>]", .run = show_lines },
	{ .mode = "exec", .syntax = "show table", .flags = CLI_USER, .run = show_table },
	{ .mode = "exec", .syntax = "show interfaces [<name:INTERFACE>]", .run = show_lines },
	{ .mode = "exec", .syntax = "show ip route", .run = show_lines },
	{ .mode = "exec", .syntax = "show ip arp", .run = show_lines },
	{ .mode = "exec", .syntax = "show ip access-lists", .run = show_lines },
	{ .mode = "exec", .syntax = "show flood <rows:1-10000000>", .run = show_flood },
	{ .mode = "exec", .syntax = "hang", .run = run_hang },
	{ .mode = "exec", .syntax = "early", .run = run_early },

	{ .mode = "config",
		.syntax = "service password-encryption",
		.fallback = "no service password-encryption",
		.flags = CLI_SHOW_DEFAULT,
		.rank = 120,
		.apply = apply },
	{ .mode = "config",
		.syntax = "ip cef",
		.fallback = "ip cef",
		.flags = CLI_SHOW_DEFAULT | CLI_KEEP_NO,
		.rank = 600,
		.apply = apply },
	{ .mode = "config",
		.syntax = "ip vrf <name:WORD>",
		.key = "name",
		.enters = "config-vrf",
		.rank = 700,
		.apply = apply },
	{ .mode = "config-vrf", .syntax = "rd <rd:RD>", .rank = 10, .apply = apply },
	{ .mode = "config-vrf",
		.syntax = "route-target <way:export|import> <rt:RD>",
		.key = "*",
		.sort = "way",
		.rank = 20,
		.apply = apply },
	{ .mode = "config",
		.syntax = "crypto ikev2 proposal <name:WORD>",
		.key = "name",
		.enters = "config-proposal",
		.rank = 1000,
		.apply = apply },
	{ .mode = "config-proposal",
		.syntax = "encryption <alg:3des|aes-cbc-128|aes-cbc-256>...",
		.rank = 10,
		.apply = apply },
	{ .mode = "config-proposal",
		.syntax = "integrity {<alg:md5|sha1|sha256>}...",
		.rank = 20,
		.apply = apply },
	{ .mode = "config-proposal",
		.syntax = "group <group:1-24>...",
		.rank = 30,
		.apply = apply },
	{ .mode = "config",
		.syntax = "crypto ikev2 policy <name:WORD>",
		.key = "name",
		.enters = "config-policy",
		.rank = 1100,
		.apply = apply },
	{ .mode = "config-policy",
		.syntax = "proposal <name:WORD>",
		.key = "name",
		.rank = 10,
		.apply = apply },
	{ .mode = "config",
		.syntax = "crypto ikev2 keyring <name:WORD>",
		.key = "name",
		.enters = "config-keyring",
		.rank = 1200,
		.apply = apply },
	{ .mode = "config-keyring",
		.syntax = "peer <name:WORD>",
		.key = "name",
		.enters = "config-peer",
		.rank = 10,
		.apply = apply },
	{ .mode = "config-peer",
		.syntax = "address <address:A.B.C.D> [<mask:MASK>]",
		.rank = 10,
		.apply = apply },
	{ .mode = "config-peer",
		.syntax = "pre-shared-key [local|remote] [0|6] <key:WORD>",
		.rank = 20,
		.apply = apply },
	{ .mode = "config",
		.syntax = "crypto ikev2 profile <name:WORD>",
		.key = "name",
		.enters = "config-profile",
		.rank = 1300,
		.apply = apply },
	{ .mode = "config-profile",
		.syntax = "match identity remote address <address:A.B.C.D> [<mask:MASK>]",
		.key = "address mask",
		.rank = 10,
		.apply = apply },
	{ .mode = "config-profile",
		.syntax = "identity local address <address:A.B.C.D>",
		.rank = 20,
		.apply = apply },
	{ .mode = "config-profile",
		.syntax = "authentication <end:local|remote> <method:pre-share|rsa-sig>",
		.key = "end",
		.rank = 30,
		.apply = apply },
	{ .mode = "config-profile",
		.syntax = "keyring local <name:WORD>",
		.rank = 40,
		.apply = apply },
	{ .mode = "config-profile",
		.syntax = "lifetime <seconds:120-86400>",
		.fallback = "lifetime 86400",
		.rank = 50,
		.apply = apply },
	{ .mode = "config",
		.syntax = "crypto ipsec transform-set <name:WORD> esp-aes [<bits:128|192|256>] "
			  "esp-sha256-hmac",
		.key = "name",
		.no = "crypto ipsec transform-set <name:WORD>",
		.enters = "config-trans",
		.rank = 1400,
		.apply = apply },
	{ .mode = "config-trans",
		.syntax = "mode <mode:tunnel|transport>",
		.fallback = "mode tunnel",
		.flags = CLI_SHOW_DEFAULT,
		.rank = 10,
		.apply = apply },
	{ .mode = "config",
		.syntax = "crypto ipsec profile <name:WORD>",
		.key = "name",
		.enters = "config-ipsec",
		.rank = 1500,
		.apply = apply },
	{ .mode = "config-ipsec",
		.syntax = "set transform-set <name:WORD>...",
		.rank = 10,
		.apply = apply },
	{ .mode = "config-ipsec",
		.syntax = "set ikev2-profile <name:WORD>",
		.rank = 20,
		.apply = apply },

	{ .mode = "config",
		.syntax = "interface <name:INTERFACE>",
		.key = "name",
		.sort = "name",
		.enters = "config-if",
		.rank = 2000,
		.permanent = is_physical,
		.apply = apply_interface },
	{ .mode = "config-if", .syntax = "description <text:LINE>", .rank = 10, .apply = apply },
	{ .mode = "config-if",
		.syntax = "switchport access vlan <vlan:1-4094>",
		.fallback = "switchport access vlan 1",
		.rank = 20,
		.apply = apply },
	{ .mode = "config-if",
		.syntax = "tags {none|<list:WORD>|add <list:WORD>}",
		.fallback = "tags none",
		.rank = 25,
		.apply = apply,
		.amend = amend_tags },
	{ .mode = "config-if",
		.syntax = "mtu <mtu:64-9216>",
		.fallback = "mtu 1500",
		.rank = 30,
		.apply = apply },
	{ .mode = "config-if",
		.syntax = "ip vrf forwarding <name:WORD>",
		.rank = 40,
		.apply = apply_forwarding },
	{ .mode = "config-if",
		.syntax = "ip address <address:A.B.C.D> <mask:MASK>",
		.slot = "ip address",
		.fallback = "no ip address",
		.flags = CLI_SHOW_DEFAULT,
		.rank = 50,
		.apply = apply },
	{ .mode = "config-if",
		.syntax = "ip address <address:A.B.C.D> <mask:MASK> secondary",
		.key = "address",
		.rank = 51,
		.apply = apply },
	{ .mode = "config-if",
		.syntax = "ip address negotiated",
		.slot = "ip address",
		.rank = 50,
		.apply = apply },
	{ .mode = "config-if",
		.syntax = "ip unnumbered <source:INTERFACE>",
		.slot = "ip address",
		.rank = 50,
		.apply = apply },
	{ .mode = "config-if",
		.syntax = "ip mtu <mtu:68-9216>",
		.fallback = "ip mtu 1500",
		.rank = 60,
		.apply = apply },
	{ .mode = "config-if",
		.syntax = "ip nat <side:inside|outside>",
		.rank = 70,
		.apply = apply_nat_side },
	{ .mode = "config-if",
		.syntax = "ip virtual-reassembly [in|out]",
		.rank = 80,
		.apply = apply,
		.render = render_reassembly },
	{ .mode = "config-if",
		.syntax = "encapsulation <type:ppp|hdlc>",
		.rank = 90,
		.apply = apply },
	{ .mode = "config-if",
		.syntax = "ip tcp adjust-mss <mss:500-1460>",
		.rank = 100,
		.apply = apply },
	{ .mode = "config-if",
		.syntax = "shutdown",
		.fallback = "no shutdown",
		.rank = 110,
		.apply = apply },
	{ .mode = "config-if", .syntax = "dialer pool <pool:1-255>", .rank = 120, .apply = apply },
	{ .mode = "config-if", .syntax = "dialer-group <group:1-10>", .rank = 130, .apply = apply },
	{ .mode = "config-if",
		.syntax = "duplex <mode:auto|full|half>",
		.fallback = "duplex auto",
		.flags = CLI_SHOW_DEFAULT,
		.rank = 140,
		.apply = apply,
		.defaults_in = is_wan },
	{ .mode = "config-if",
		.syntax = "speed <speed:auto|10|100|1000>",
		.fallback = "speed auto",
		.flags = CLI_SHOW_DEFAULT,
		.rank = 150,
		.apply = apply,
		.defaults_in = is_wan },
	{ .mode = "config-if", .syntax = "mpls bgp forwarding", .rank = 160, .apply = apply },
	{ .mode = "config-if", .syntax = "mpls ip", .rank = 170, .apply = apply },
	{ .mode = "config-if",
		.syntax = "tunnel source {<address:A.B.C.D>|<interface:INTERFACE>}",
		.no = "tunnel source",
		.rank = 180,
		.apply = apply },
	{ .mode = "config-if",
		.syntax = "tunnel destination <address:A.B.C.D>",
		.rank = 190,
		.apply = apply },
	{ .mode = "config-if", .syntax = "tunnel path-mtu-discovery", .rank = 200, .apply = apply },
	{ .mode = "config-if",
		.syntax = "tunnel protection ipsec profile <name:WORD> [shared]",
		.rank = 210,
		.apply = apply },
	{ .mode = "config-if",
		.syntax = "pppoe enable [group global]",
		.rank = 220,
		.apply = apply,
		.render = render_enable },
	{ .mode = "config-if",
		.syntax = "pppoe-client dial-pool-number <pool:1-255>",
		.rank = 230,
		.apply = apply },
	{ .mode = "config-if",
		.syntax = "ppp authentication <method:pap|chap>... [callin]",
		.rank = 240,
		.apply = apply },
	{ .mode = "config-if",
		.syntax = "ppp chap hostname <name:WORD>",
		.rank = 250,
		.apply = apply },
	{ .mode = "config-if",
		.syntax = "ppp chap password [0|7] <password:WORD>",
		.rank = 260,
		.apply = apply },
	{ .mode = "config-if",
		.syntax = "ppp <protocol:pap|chap> refuse [callin]",
		.key = "protocol",
		.rank = 270,
		.apply = apply },
	{ .mode = "config-if", .syntax = "ppp ipcp route default", .rank = 280, .apply = apply },
	{ .mode = "config-if",
		.syntax = "cdp enable",
		.fallback = "cdp enable",
		.flags = CLI_KEEP_NO | CLI_HARMLESS,
		.rank = 290 },

	{ .mode = "config",
		.syntax = "router bgp <as:1-4294967295>",
		.enters = "config-router",
		.rank = 3000,
		.apply = apply },
	{ .mode = "config-router",
		.syntax = "bgp router-id <id:A.B.C.D>",
		.rank = 10,
		.apply = apply },
	{ .mode = "config-router",
		.syntax = "bgp log-neighbor-changes",
		.fallback = "bgp log-neighbor-changes",
		.flags = CLI_SHOW_DEFAULT | CLI_KEEP_NO,
		.rank = 20,
		.apply = apply },
	{ .mode = "config-router",
		.syntax = "neighbor <peer:A.B.C.D> remote-as <as:1-4294967295>",
		.key = "peer",
		.sort = "peer",
		.rank = 30,
		.apply = apply },
	{ .mode = "config-router",
		.syntax = "neighbor <peer:A.B.C.D> update-source <interface:INTERFACE>",
		.key = "peer",
		.sort = "peer",
		.rank = 30,
		.apply = apply },
	{ .mode = "config-router", .syntax = "neighbor <peer:A.B.C.D>", .flags = CLI_NO_PREFIX },
	{ .mode = "config-router",
		.syntax = "address-family {<af:ipv4> [vrf <vrf:WORD>]|<af:vpnv4>}",
		.key = "af vrf",
		.enters = "config-router-af",
		.rank = 40,
		.apply = apply },
	{ .mode = "config-router-af",
		.syntax = "neighbor <peer:A.B.C.D> activate",
		.key = "peer",
		.rank = 10,
		.apply = apply },
	{ .mode = "config-router-af",
		.syntax = "neighbor <peer:A.B.C.D> send-community [both|standard|extended]",
		.key = "peer",
		.rank = 20,
		.apply = apply },
	{ .mode = "config-router-af",
		.syntax = "neighbor <peer:A.B.C.D> soft-reconfiguration inbound",
		.key = "peer",
		.rank = 30,
		.apply = apply },
	{ .mode = "config-router-af",
		.syntax = "network <network:A.B.C.D> [mask <mask:MASK>]",
		.key = "network mask",
		.rank = 40,
		.apply = apply },

	{ .mode = "config",
		.syntax = "ip nat pool <name:WORD> <start:A.B.C.D> <end:A.B.C.D> "
			  "{netmask <mask:MASK>|prefix-length <length:1-32>}",
		.key = "name",
		.no = "ip nat pool <name:WORD>",
		.rank = 4000,
		.apply = apply_pool },
	{ .mode = "config",
		.syntax = "ip nat inside source static <local:A.B.C.D> <global:A.B.C.D>",
		.key = "local global",
		.rank = 4010,
		.apply = apply },
	{ .mode = "config",
		.syntax = "ip nat inside source list {<list:1-99>|<name:WORD>} "
			  "{pool <pool:WORD>|interface <interface:INTERFACE>} [overload]",
		.key = "list name",
		.rank = 4020,
		.apply = apply },
	{ .mode = "config",
		.syntax = "ip route <prefix:A.B.C.D> <mask:MASK> "
			  "{<nexthop:A.B.C.D>|<interface:INTERFACE> [<nexthop:A.B.C.D>]} "
			  "(<distance:1-255>|tag <tag:1-4294967295>|name <name:WORD>|permanent)",
		.help = help,
		.key = "prefix mask interface nexthop",
		.sort = "prefix mask",
		.rank = 4100,
		.apply = apply },
	{ .mode = "config",
		.syntax = "dialer-list <list:1-10> protocol ip <action:permit|deny>",
		.key = "list",
		.rank = 4200,
		.apply = apply },
	{ .mode = "config",
		.syntax = "access-list <list:1-99> <action:permit|deny> "
			  "{any|[host] <address:A.B.C.D> [<wildcard:WILDCARD>]} [log]",
		.key = "*",
		.sort = "list",
		.flags = CLI_ORDERED,
		.rank = 4300,
		.apply = apply },
	{ .mode = "config",
		.syntax = "access-list <list:1-99> remark <text:LINE>",
		.key = "*",
		.sort = "list",
		.flags = CLI_ORDERED,
		.rank = 4300,
		.apply = apply },
	{ .mode = "config", .syntax = "access-list <list:1-99>", .flags = CLI_NO_PREFIX },
	{ .mode = "config",
		.syntax = "mpls ldp router-id <interface:INTERFACE> [force]",
		.rank = 4400,
		.apply = apply },
	{ .mode = "config", .syntax = "notice <text:TEXT>", .rank = 4500, .apply = apply },
	{ .mode = "config", .syntax = "ip http server", .flags = CLI_HARMLESS, .rank = 4600 },
	{ .mode = NULL },
};

const struct cli_topic fixture_topic = { modes, commands };
const struct cli_topic *const fixture_topics[] = { &fixture_topic, NULL };

static void must(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "fixture: %s\n", what);
	abort();
}

void fixture_init(struct fixture *fixture)
{
	*fixture = (struct fixture) { 0 };
	fixture->app.journal = cli_out_new_buffer();
	fixture->out = cli_out_new_buffer();
	fixture->grammar = cli_grammar_new();
	must(fixture->app.journal && fixture->out && fixture->grammar, "memory");
	must(cli_grammar_add(fixture->grammar, &cli_builtin_topic) == 0, "builtin");
	must(cli_grammar_add(fixture->grammar, &fixture_topic) == 0, "topic");
	must(cli_grammar_compile(fixture->grammar) == 0, cli_grammar_error(fixture->grammar));
	fixture->config = cli_config_new(fixture->grammar, NULL);
	must(fixture->config, "config");
	must(cli_ctx_init(&fixture->ctx, &fixture->app, fixture->config, fixture->out) == 0, "ctx");
}

void fixture_renew(struct fixture *fixture)
{
	cli_config_free(fixture->config);
	cli_out_clear(fixture->out);
	cli_out_clear(fixture->app.journal);
	fixture->config = cli_config_new(fixture->grammar, NULL);
	must(fixture->config, "config");
	fixture->ctx.config = fixture->config;
}

void fixture_fini(struct fixture *fixture)
{
	cli_ctx_fini(&fixture->ctx);
	cli_config_free(fixture->config);
	cli_grammar_free(fixture->grammar);
	cli_out_free(fixture->out);
	cli_out_free(fixture->app.journal);
	free(fixture->journal);
}

static void print_verdict(void *arg, const struct cli_verdict *verdict)
{
	struct fixture *fixture = arg;

	if (verdict->result == CLI_ERROR)
		cli_printf(fixture->out, "%zu:%u: %s\n%s\n", verdict->line, verdict->column,
			verdict->text, verdict->message);
	if (verdict->result == CLI_SKIPPED)
		cli_printf(fixture->out, "%zu-%zu: %s\n", verdict->line, verdict->last,
			verdict->message);
}

int fixture_load(
	struct fixture *fixture, const char *text, unsigned flags, struct cli_load_summary *summary)
{
	return cli_config_load(fixture->config, &fixture->ctx, text, strlen(text), flags,
		print_verdict, fixture, summary);
}

char *fixture_print(struct fixture *fixture, enum cli_tree_detail detail)
{
	struct cli_tree *tree = cli_config_tree(fixture->config);
	struct cli_out *out = cli_out_new_buffer();
	char *text;

	cli_tree_print(tree, cli_tree_root(tree), detail, out);
	text = strdup(cli_out_text(out));
	cli_out_free(out);
	return text;
}

const char *fixture_journal(struct fixture *fixture)
{
	free(fixture->journal);
	fixture->journal = strdup(cli_out_text(fixture->app.journal));
	cli_out_clear(fixture->app.journal);
	return fixture->journal;
}
