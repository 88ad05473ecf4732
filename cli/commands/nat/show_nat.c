/* SPDX-License-Identifier: BSD-3-Clause */
/* `show ip nat translations [verbose]` and `show ip nat statistics`. */
#include <arpa/inet.h>
#include <errno.h>
#include <json-c/json.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands/commands.h"
#include "cli/commands/dump.h"
#include "control/core/format.h"

#define END_SIZE    24 /* "255.255.255.255:65535" */
#define FIXED_WIDTH 19 /* of a column as long as no entry has ports */
#define TITLE_WIDTH 13
#define STATIC_FLAG 1 /* of a session's flags */

static const char *const title[4] = { "Inside global", "Inside local", "Outside local",
	"Outside global" };

/*
 * Sessions are taken from the dataplane in parts of so many rows, twice where one part does not
 * hold them all: to measure, then to print. So the columns are as wide as the longest entry, and
 * the memory that it takes does not grow with the table. An entry that came in between and is
 * longer pushes the rest of its row to the right.
 */
#define PART 4096

/* Width of the first three columns; the last is as long as it is. */
struct layout {
	int width[3];
	bool several;		/* parts */
	struct cli_table *json; /* or NULL */
};

enum phase { BEGIN, MEASURE, SESSIONS };

static const char *format_end(bw_ip4 addr, uint16_t port, bool has_port, char buf[END_SIZE])
{
	char ip[FORMAT_IP_SIZE];

	if (has_port)
		snprintf(buf, END_SIZE, "%s:%u", format_ip(addr, ip), port);
	else
		snprintf(buf, END_SIZE, "%s", format_ip(addr, ip));
	return buf;
}

static bool has_ports(uint8_t proto)
{
	return proto == IPPROTO_TCP || proto == IPPROTO_UDP || proto == IPPROTO_ICMP;
}

/* "tcp", "udp", "icmp", "gre", or the number. */
static const char *proto_name(uint8_t proto, char buf[8])
{
	const char *name = acl_proto_name(proto);

	if (name != NULL)
		return name;
	snprintf(buf, 8, "%u", proto);
	return buf;
}

/* The cells of a session. ICMP has its id where others have ports, outside as well. */
static void session_cells(const struct bw_nat_session *s, char cell[4][END_SIZE])
{
	bool ports = has_ports(s->proto), icmp = s->proto == IPPROTO_ICMP;
	uint16_t remote_port = icmp ? s->global_port : s->remote_port;

	format_end(s->global, s->global_port, ports, cell[0]);
	format_end(s->local, s->local_port, ports, cell[1]);
	format_end(s->remote, remote_port, ports, cell[2]);
	memcpy(cell[3], cell[2], END_SIZE);
}

static bool is_listed(const struct nat_rule *rule)
{
	return rule->kind == BW_NAT_STATIC;
}

/* A static rule by an interface's address shows that address. */
static bw_ip4 rule_global(const struct nat_rule *rule)
{
	return rule->ifc == NULL ? rule->global : iface_addr_source(rule->ifc);
}

static void rule_cells(const struct nat_rule *rule, char cell[4][END_SIZE])
{
	bool ports = rule->proto != 0;

	format_end(rule_global(rule), rule->global_port, ports, cell[0]);
	format_end(rule->local, rule->local_port, ports, cell[1]);
	snprintf(cell[2], END_SIZE, "---");
	snprintf(cell[3], END_SIZE, "---");
}

static void widen(struct layout *l, char cell[4][END_SIZE])
{
	for (unsigned i = 0; i < 3; i++) {
		int len = (int)strlen(cell[i]) + 2;

		l->width[i] = len > l->width[i] ? len : l->width[i];
	}
}

static void print_cells(
	struct cli_out *out, const struct layout *l, const char *proto, const char *const cell[4])
{
	int over = (int)strlen(proto) > 3 ? (int)strlen(proto) - 3 : 0; /* icmp */

	cli_printf(out, "%-3s %-*s%-*s%-*s%s\n", proto, l->width[0] - over, cell[0], l->width[1],
		cell[1], l->width[2], cell[2], cell[3]);
}

static void measure_rules(struct control *ctl, struct layout *l)
{
	const struct nat_rule *rule;
	char cell[4][END_SIZE];

	TAILQ_FOREACH (rule, &ctl->nat.rules, entry) {
		rule_cells(rule, cell);
		if (is_listed(rule))
			widen(l, cell);
	}
}

static void measure_sessions(struct layout *l, const struct cmd_rows *rows)
{
	char cell[4][END_SIZE];

	for (size_t i = 0; i < rows->n; i++) {
		session_cells(cmd_rows_at(rows, i), cell);
		widen(l, cell);
	}
}

static void print_rules(struct cli_ctx *ctx, const struct layout *l, bool verbose)
{
	const struct nat_rule *rule;
	char cell[4][END_SIZE], proto[8];

	TAILQ_FOREACH (rule, &cmd_control(ctx)->nat.rules, entry) {
		if (!is_listed(rule))
			continue;
		rule_cells(rule, cell);
		print_cells(ctx->out, l, rule->proto ? proto_name(rule->proto, proto) : "---",
			(const char *[]) { cell[0], cell[1], cell[2], cell[3] });
		if (verbose)
			cli_puts(ctx->out, "    flags: \nstatic, use_count: 0, lc_entries: 0\n");
	}
}

static void print_verbose(struct cli_out *out, const struct bw_nat_session *s)
{
	char create[FORMAT_AGE_SIZE], use[FORMAT_AGE_SIZE], left[FORMAT_AGE_SIZE];

	cli_printf(
		out, "    create %s, use %s", format_age(s->age, create), format_age(s->idle, use));
	if (s->timeout == UINT32_MAX)
		cli_puts(out, " timeout:never, ");
	else
		cli_printf(out, " timeout:%llu, left %s, ", (unsigned long long)s->timeout * 1000,
			format_age(s->timeout > s->idle ? s->timeout - s->idle : 0, left));
	cli_printf(out, "\n    flags: \n%sextended, use_count: 0, entry-id: %u, lc_entries: 0\n",
		s->flags & STATIC_FLAG ? "static, " : "", s->id);
}

static void print_session(struct cli_ctx *ctx, const struct layout *l, const struct cmd_rows *rows,
	const struct bw_nat_session *s)
{
	char cell[4][END_SIZE], proto[8];

	session_cells(s, cell);
	print_cells(ctx->out, l, proto_name(s->proto, proto),
		(const char *[]) { cell[0], cell[1], cell[2], cell[3] });
	if (rows->verbose)
		print_verbose(ctx->out, s);
}

static const struct cli_column json_columns[] = {
	{ "type", NULL, 1, false },
	{ "protocol", NULL, 1, false },
	{ "inside_global", NULL, 1, false },
	{ "inside_local", NULL, 1, false },
	{ "outside_local", NULL, 1, false },
	{ "outside_global", NULL, 1, false },
	{ "age", NULL, 1, true },
	{ "idle", NULL, 1, true },
	{ "timeout", NULL, 1, true },
	{ "id", NULL, 1, true },
	{ "worker", NULL, 1, true },
};

enum { JSON_COLUMNS = sizeof(json_columns) / sizeof(json_columns[0]) };

static void rules_json(struct control *ctl, struct cli_table *json)
{
	const struct nat_rule *rule;

	TAILQ_FOREACH (rule, &ctl->nat.rules, entry) {
		const char *row[JSON_COLUMNS] = { "static" };
		char cell[4][END_SIZE], proto[8];

		if (!is_listed(rule))
			continue;
		rule_cells(rule, cell);
		row[1] = rule->proto ? proto_name(rule->proto, proto) : "---";
		row[2] = cell[0];
		row[3] = cell[1];
		cli_table_row(json, row);
	}
}

static void session_json(struct cli_table *json, const struct bw_nat_session *s)
{
	const uint32_t number[] = { s->age, s->idle, s->timeout, s->id, s->worker };
	const char *row[JSON_COLUMNS] = { s->flags & STATIC_FLAG ? "static-flow" : "dynamic" };
	char cell[4][END_SIZE], proto[8], text[5][12];

	session_cells(s, cell);
	row[1] = proto_name(s->proto, proto);
	for (unsigned i = 0; i < 4; i++)
		row[2 + i] = cell[i];
	for (unsigned i = 0; i < 5; i++) {
		snprintf(text[i], sizeof(text[i]), "%u", number[i]);
		row[6 + i] = text[i];
	}
	cli_table_row(json, row);
}

/* What is known before the first session: whether there are some at all. */
static int begin(struct cli_ctx *ctx, struct cmd_rows *rows)
{
	struct control *ctl = cmd_settled(ctx);
	struct layout *l = calloc(1, sizeof(*l));

	rows->state = l;
	if (l == NULL)
		return -ENOMEM;
	rows->phase = MEASURE;
	for (unsigned i = 0; i < 3; i++)
		l->width[i] = rows->n > 0 ? TITLE_WIDTH + 2 : FIXED_WIDTH;
	measure_rules(ctl, l);
	if (cli_out_json(ctx->out) == NULL)
		return 0;
	l->json = cli_table_begin(ctx->out, "translations", json_columns, JSON_COLUMNS, 1);
	rules_json(ctl, l->json);
	rows->phase = SESSIONS;
	return l->json != NULL ? 0 : -ENOMEM;
}

static void release(struct cmd_rows *rows)
{
	struct layout *l = rows->state;

	if (l != NULL)
		cli_table_end(l->json);
}

/* True when what is there now is to be printed. */
static bool measured(struct cli_ctx *ctx, struct cmd_rows *rows)
{
	struct layout *l = rows->state;

	measure_sessions(l, rows);
	l->several |= rows->more;
	if (rows->more)
		return false;
	print_cells(ctx->out, l, "Pro", title);
	print_rules(ctx, l, rows->verbose);
	rows->phase = SESSIONS;
	rows->again = l->several;
	return !rows->again;
}

static int print_translations(struct cli_ctx *ctx, struct cmd_rows *rows)
{
	const struct layout *l;

	if (rows->phase == BEGIN && begin(ctx, rows) != 0)
		return -ENOMEM;
	if (rows->phase == MEASURE && !measured(ctx, rows))
		return 0;
	l = rows->state;
	while (rows->at < rows->n) {
		const struct bw_nat_session *s = cmd_rows_at(rows, rows->at++);

		if (l->json != NULL)
			session_json(l->json, s);
		else
			print_session(ctx, l, rows, s);
		if (cli_out_full(ctx->out))
			return CLI_PENDING;
	}
	return 0;
}

static int show_translations(struct cli_ctx *ctx, const struct cli_args *args)
{
	const struct bw_dump what = { .what = BW_EVT_NAT_SESSION };
	struct cmd_rows *rows = cmd_rows_new(sizeof(struct bw_nat_session), print_translations);

	if (rows == NULL)
		return -ENOMEM;
	rows->verbose = cli_has(args, "verbose");
	rows->part = PART;
	rows->release = release;
	return cmd_rows_run(ctx, rows, &what, true);
}

/* --- statistics --- */

static void print_domain(struct cli_ctx *ctx, enum iface_nat side)
{
	const struct iface *ifc;
	bool first = true;

	TAILQ_FOREACH (ifc, &cmd_control(ctx)->ifaces.list, entry)
		if (ifc->nat == side) {
			cli_printf(ctx->out, "%s%s", first ? "  " : ", ", ifc->name);
			first = false;
		}
	if (!first)
		cli_puts(ctx->out, "\n");
}

/* What the sessions say of one rule: how many, and how many of a pool's addresses. */
struct usage {
	uint32_t sessions, addresses;
};

static int compare_global(const void *a, const void *b)
{
	const struct bw_nat_session *x = a, *y = b;

	if (x->rule_id != y->rule_id)
		return x->rule_id < y->rule_id ? -1 : 1;
	return x->global < y->global ? -1 : x->global > y->global;
}

/* Rows are sorted by rule and global. */
static struct usage usage_of(const struct cmd_rows *rows, uint32_t rule_id)
{
	struct usage u = { 0 };
	bw_ip4 last = 0;

	for (size_t i = 0; rule_id != 0 && i < rows->n; i++) {
		const struct bw_nat_session *s = cmd_rows_at(rows, i);

		if (s->rule_id != rule_id)
			continue;
		u.addresses += u.sessions == 0 || s->global != last;
		u.sessions++;
		last = s->global;
	}
	return u;
}

static void print_dynamic(
	struct cli_out *out, const struct nat_rule *rule, unsigned n, const struct usage *u)
{
	const struct nat_pool_conf *pool = rule->pool;
	char start[FORMAT_IP_SIZE], end[FORMAT_IP_SIZE];
	uint32_t total = 0;

	cli_printf(out, "[Id: %u] %s %s ", n, rule->map != NULL ? "route-map" : "access-list",
		rule->map != NULL ? rule->map->name : rule->acl->name);
	if (pool == NULL) {
		cli_printf(out, "interface %s refcount %u\n", rule->ifc->name, u->sessions);
		return;
	}
	cli_printf(out, "pool %s refcount %u\n", pool->name, u->sessions);
	if (!pool->exists)
		return;
	cli_printf(out, " pool %s: netmask %s\n", pool->name,
		format_ip(format_mask(pool->plen), start));
	for (unsigned i = 0; i < pool->n_ranges; i++) {
		const struct nat_range *range = &pool->range[i];

		total += ntohl(range->end) - ntohl(range->start) + 1;
		cli_printf(out, "\tstart %s end %s\n", format_ip(range->start, start),
			format_ip(range->end, end));
	}
	cli_printf(out, "\ttype %s, total addresses %u, allocated %u (%u%%), misses 0\n",
		pool->match_host ? "match-host" : "generic", total, u->addresses,
		total > 0 ? (unsigned)((uint64_t)u->addresses * 100 / total) : 0);
}

static void print_totals(struct cli_ctx *ctx, const struct bw_nat_counters *c)
{
	struct nat_table *nat = &cmd_control(ctx)->nat;
	uint64_t statics = 0, peak = c->peak > c->sessions ? c->peak : c->sessions;
	const struct nat_rule *rule;
	char ago[FORMAT_AGE_SIZE];

	TAILQ_FOREACH (rule, &nat->rules, entry)
		statics += rule->kind != BW_NAT_DYNAMIC;
	cli_printf(ctx->out,
		"Total active translations: %llu (%llu static, %llu dynamic; %llu extended)\n",
		(unsigned long long)(c->sessions + statics), (unsigned long long)statics,
		(unsigned long long)c->sessions, (unsigned long long)c->sessions);
	cli_printf(ctx->out, "Peak translations: %llu", (unsigned long long)(peak + statics));
	if (nat->peak_ms != 0)
		cli_printf(ctx->out, ", occurred %s ago",
			format_age((clock_ms() - nat->peak_ms) / 1000, ago));
	cli_puts(ctx->out, "\nOutside interfaces:\n");
	print_domain(ctx, IFACE_NAT_OUTSIDE);
	cli_puts(ctx->out, "Inside interfaces: \n");
	print_domain(ctx, IFACE_NAT_INSIDE);
	cli_printf(ctx->out,
		"Hits: %llu  Misses: %llu\n"
		"CEF Translated packets: %llu, CEF Punted packets: 0\n"
		"Expired translations: %llu\n",
		(unsigned long long)c->hits, (unsigned long long)c->misses,
		(unsigned long long)(c->hits + c->misses), (unsigned long long)c->expired);
}

static int statistics_json(struct cli_ctx *ctx, struct json_object *json)
{
	struct bw_nat_counters c;

	nat_counters(&cmd_control(ctx)->nat, &c);
	cmd_json_number(json, "sessions", c.sessions);
	cmd_json_number(json, "static_sessions", c.static_sessions);
	cmd_json_number(json, "peak", c.peak);
	cmd_json_number(json, "hits", c.hits);
	cmd_json_number(json, "misses", c.misses);
	cmd_json_number(json, "expired", c.expired);
	cmd_json_number(json, "allocation_failures", c.alloc_failures);
	cmd_json_number(json, "table_full", c.table_full);
	cmd_json_number(json, "icmp_errors", c.icmp_errors);
	cmd_json_number(json, "handed_over", c.handed_over);
	return 0;
}

static int print_statistics(struct cli_ctx *ctx, struct cmd_rows *rows)
{
	struct nat_table *nat = &cmd_settled(ctx)->nat;
	const struct nat_rule *rule;
	struct bw_nat_counters c;
	unsigned n = 0;

	if (rows->n > 1)
		qsort(rows->row, rows->n, rows->row_size, compare_global);
	nat_counters(nat, &c);
	print_totals(ctx, &c);
	cli_puts(ctx->out, "Dynamic mappings:\n");
	TAILQ_FOREACH (rule, &nat->rules, entry) {
		struct usage u;

		if (rule->kind != BW_NAT_DYNAMIC)
			continue;
		if (n++ == 0)
			cli_puts(ctx->out, "-- Inside Source\n");
		u = usage_of(rows, rule->obj.id);
		print_dynamic(ctx->out, rule, n, &u);
	}
	cli_puts(ctx->out, "\nTotal doors: 0\n"
			   "Appl doors: 0\n"
			   "Normal doors: 0\n"
			   "Queued Packets: 0\n");
	return 0;
}

static int show_statistics(struct cli_ctx *ctx, const struct cli_args *)
{
	const struct bw_dump what = { .what = BW_EVT_NAT_SESSION };
	struct json_object *json = cli_out_json(ctx->out);
	struct cmd_rows *rows;

	if (json != NULL)
		return statistics_json(ctx, json);
	rows = cmd_rows_new(sizeof(struct bw_nat_session), print_statistics);
	return rows != NULL ? cmd_rows_run(ctx, rows, &what, true) : -ENOMEM;
}

static const struct cli_help help[] = {
	{ "nat", "IP NAT information" },
	{ "translations", "Translation entries" },
	{ "verbose", "Show extra information" },
	{ "statistics", "Translation statistics" },
	{ NULL, NULL },
};

static const struct cli_command commands[] = {
	{
		.mode = "exec",
		.syntax = "show ip nat translations [verbose]",
		.help = help,
		.flags = CLI_USER,
		.run = show_translations,
	},
	{
		.mode = "exec",
		.syntax = "show ip nat statistics",
		.help = help,
		.flags = CLI_USER,
		.run = show_statistics,
	},
	{ .mode = NULL },
};

const struct cli_topic cli_show_nat_topic = { .commands = commands };
