/* SPDX-License-Identifier: BSD-3-Clause */
/* `show access-lists`, with the dataplane's hit counts. */
#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands/commands.h"
#include "cli/commands/dump.h"

static void print_rule(struct cli_ctx *ctx, const struct acl *acl, const struct acl_entry *e,
	uint64_t hits, struct json_object *list)
{
	char text[400];

	acl_format(acl, e, text, sizeof(text));
	if (list != NULL) {
		struct json_object *row = cmd_json_item(list);

		cmd_json_number(row, "sequence", e->seq);
		cmd_json_text(row, "entry", text);
		cmd_json_number(row, "matches", hits);
	} else if (hits > 0) {
		cli_printf(ctx->out, "    %u %s (%llu match%s)\n", e->seq, text,
			(unsigned long long)hits, hits == 1 ? "" : "es");
	} else {
		cli_printf(ctx->out, "    %u %s\n", e->seq, text);
	}
}

static int compare_hits(const void *a, const void *b)
{
	const struct bw_acl_hits *x = a, *y = b;

	if (x->acl_id != y->acl_id)
		return x->acl_id < y->acl_id ? -1 : 1;
	return x->index < y->index ? -1 : x->index > y->index;
}

/* The count of rule `index`. Rows are sorted, and asked for in order: *at says how far we are. */
static uint64_t hits_of(
	const struct cmd_rows *rows, const struct acl *acl, uint32_t index, size_t *at)
{
	for (; acl->obj.id != 0 && *at < rows->n; (*at)++) {
		const struct bw_acl_hits *hits = cmd_rows_at(rows, *at);

		if (hits->acl_id > acl->obj.id ||
			(hits->acl_id == acl->obj.id && hits->index > index))
			break;
		if (hits->acl_id == acl->obj.id && hits->index == index)
			return hits->hits;
	}
	return 0;
}

static void print_list(struct cli_ctx *ctx, const struct acl *acl, const struct cmd_rows *rows,
	struct json_object *lists)
{
	struct json_object *entries = NULL;
	uint32_t index = 0;
	size_t at = 0;

	if (lists != NULL) {
		struct json_object *row = cmd_json_item(lists);

		cmd_json_text(row, "name", acl->name);
		cmd_json_text(row, "type", acl->extended ? "extended" : "standard");
		entries = cmd_json_list(row, "entries");
	} else {
		cli_printf(ctx->out, "%s IP access list %s\n",
			acl->extended ? "Extended" : "Standard", acl->name);
	}
	for (size_t i = 0; i < acl->n; i++) {
		const struct acl_entry *e = &acl->item[i];
		uint64_t hits = 0;

		if (e->is_remark)
			continue;
		for (unsigned rules = acl_entry_rules(e); rules > 0; rules--)
			hits += hits_of(rows, acl, index++, &at);
		print_rule(ctx, acl, e, hits, entries);
	}
}

static int print_lists(struct cli_ctx *ctx, struct cmd_rows *rows)
{
	struct acl_table *acls = &cmd_settled(ctx)->acls;
	struct json_object *json = cli_out_json(ctx->out), *lists = NULL;
	const struct acl *acl;

	if (rows->n > 1)
		qsort(rows->row, rows->n, rows->row_size, compare_hits);
	if (json != NULL)
		lists = cmd_json_list(json, "access_lists");
	TAILQ_FOREACH (acl, &acls->list, entry)
		if (acl->exists && (rows->name[0] == '\0' || strcmp(rows->name, acl->name) == 0))
			print_list(ctx, acl, rows, lists);
	return 0;
}

static int show_lists(struct cli_ctx *ctx, const struct cli_args *args)
{
	const struct bw_dump what = { .what = BW_EVT_ACL_HITS };
	const char *name = cli_arg_text(args, "name");
	struct cmd_rows *rows = cmd_rows_new(sizeof(struct bw_acl_hits), print_lists);

	if (rows == NULL)
		return -ENOMEM;
	if (name != NULL)
		snprintf(rows->name, sizeof(rows->name), "%s", name);
	return cmd_rows_run(ctx, rows, &what, true);
}

static const struct cli_help help[] = {
	{ "access-lists", "List access lists" },
	{ "name", "Access list name or number" },
	{ NULL, NULL },
};

static const struct cli_command commands[] = {
	{
		.mode = "exec",
		.syntax = "show access-lists [<name:WORD>]",
		.help = help,
		.flags = CLI_USER,
		.run = show_lists,
	},
	{
		.mode = "exec",
		.syntax = "show ip access-lists [<name:WORD>]",
		.help = help,
		.flags = CLI_USER,
		.run = show_lists,
	},
	{ .mode = NULL },
};

const struct cli_topic cli_show_access_list_topic = { .commands = commands };
