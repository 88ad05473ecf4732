/* SPDX-License-Identifier: BSD-3-Clause */
/* Switch ports and VLANs. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands/commands.h"
#include "cli/config/tree.h"

static struct iface *switch_port(const struct cli_ctx *ctx)
{
	struct iface *ifc = cmd_parent_iface(ctx);

	return ifc->kind->may_switch && (ifc->is_switch || ifc->kind->is_kept) ? ifc : NULL;
}

static bool is_switch_port(void *app, const struct cli_args *parent)
{
	const struct iface *ifc = cmd_configured_iface(app, parent);

	return ifc != NULL && ifc->is_switch;
}

static void port_changed(struct iface *ifc)
{
	ifc->table->vlans_changed = true;
	iface_changed(ifc);
}

static int apply_mode(struct cli_ctx *ctx, const struct cli_args *args, enum cli_op op)
{
	struct iface *ifc = switch_port(ctx);

	if (ifc == NULL)
		return cli_fail_at(ctx, "switchport");
	ifc->trunk = op == CLI_SET && strcmp(cli_arg_text(args, "trunking"), "trunk") == 0;
	port_changed(ifc);
	return 0;
}

static int apply_access(struct cli_ctx *ctx, const struct cli_args *args, enum cli_op op)
{
	struct iface *ifc = switch_port(ctx);
	uint16_t vlan = op == CLI_SET ? cli_arg_number(args, "id", 1) : 1;

	if (ifc == NULL)
		return cli_fail_at(ctx, "switchport");
	if (!ifc->kind->is_kept && vlan_create(ifc->table, vlan))
		cli_printf(ctx->out, "%% Access VLAN does not exist. Creating vlan %u\n", vlan);
	ifc->access_vlan = vlan;
	port_changed(ifc);
	return 0;
}

static int apply_native(struct cli_ctx *ctx, const struct cli_args *args, enum cli_op op)
{
	struct iface *ifc = switch_port(ctx);

	if (ifc == NULL)
		return cli_fail_at(ctx, "switchport");
	ifc->native_vlan = op == CLI_SET ? cli_arg_number(args, "id", 1) : 1;
	port_changed(ifc);
	return 0;
}

/* The VLANs that a line without `add` and the like stands for; NULL: the default. */
static bool allowed_by(const struct cli_args *args, struct vlan_set *set)
{
	const char *list = args ? cli_arg_text(args, "vlans") : NULL;

	if (list != NULL)
		return vlan_list_read(list, set);
	vlan_set_all(set);
	if (args != NULL && cli_has(args, "none"))
		vlan_set_invert(set);
	return true;
}

/* One line holds the list, however it came about; IOS prints a long one in several, with `add`. */
static char *amend_allowed(
	struct cli_ctx *ctx, const struct cli_args *args, const struct cli_args *old)
{
	char list[VLAN_LIST_SIZE], *line;
	struct vlan_set set, given;

	if (!allowed_by(args, &given) || !allowed_by(old, &set)) {
		cli_fail(ctx, "Command rejected: Bad VLAN list");
		return NULL;
	}
	if (cli_has(args, "add")) {
		vlan_set_add(&set, &given);
	} else if (cli_has(args, "remove")) {
		vlan_set_remove(&set, &given);
	} else {
		set = given;
		if (cli_has(args, "except"))
			vlan_set_invert(&set);
	}
	vlan_list_write(&set, list);
	if (vlan_set_is_full(&set))
		strcpy(list, "all");
	else if (vlan_set_is_empty(&set))
		strcpy(list, "none");
	return asprintf(&line, "switchport trunk allowed vlan %s", list) < 0 ? NULL : line;
}

static int apply_allowed(struct cli_ctx *ctx, const struct cli_args *args, enum cli_op op)
{
	struct iface *ifc = switch_port(ctx);

	if (ifc == NULL)
		return cli_fail_at(ctx, "switchport");
	/* Amended lines only come here: the list is good. */
	allowed_by(op == CLI_SET ? args : NULL, &ifc->allowed);
	port_changed(ifc);
	return 0;
}

static void vlans_of(const struct cli_args *args, struct vlan_set *set)
{
	char id[8];

	snprintf(id, sizeof(id), "%u", (unsigned)cli_arg_number(args, "id", VLAN_MIN));
	*set = (struct vlan_set) { 0 };
	vlan_list_read(cli_has(args, "vlans") ? cli_arg_text(args, "vlans") : id, set);
}

/* A line that holds some of the VLANs, and perhaps others: the others are said again. */
static int take_out(struct cli_ctx *ctx, const struct cli_args *line, const struct vlan_set *gone)
{
	char list[VLAN_LIST_SIZE];
	struct vlan_set all, rest;
	int err;

	vlans_of(line, &all);
	rest = all;
	vlan_set_remove(&rest, gone);
	if (memcmp(&rest, &all, sizeof(all)) == 0)
		return 0;
	err = cli_imply(ctx, "no %s", line->line);
	if (err != 0 || vlan_set_is_empty(&rest))
		return err;
	vlan_list_write(&rest, list);
	return cli_imply(ctx, "vlan %s", list);
}

/* `no vlan 20` with `vlan 10,20,30` stored, or `no vlan 10,20` with a line for each. */
static int take_out_of_others(struct cli_ctx *ctx, const struct cli_args *args)
{
	struct vlan_set gone;
	int err = 0;

	vlans_of(args, &gone);
	for (const struct cli_node *n = cli_node_first(ctx->parent); err == 0 && n != NULL;
		n = cli_node_next(n)) {
		const struct cli_args *line = cli_node_args(n);

		if (strncmp(line->line, "vlan ", 5) == 0 && strcmp(line->line, args->line) != 0 &&
			(cli_has(line, "id") || cli_has(line, "vlans")))
			err = take_out(ctx, line, &gone);
	}
	return err;
}

static int apply_vlan(struct cli_ctx *ctx, const struct cli_args *args, enum cli_op op)
{
	struct iface_table *t = &cmd_control(ctx)->ifaces;
	uint16_t vlan = cli_arg_number(args, "id", 0);

	if (op == CLI_UNSET) {
		if (vlan == 1)
			return cli_fail(ctx, "%%Default VLAN 1 may not be deleted.");
		vlan_delete(t, vlan);
		return ctx->typed != NULL ? take_out_of_others(ctx, args) : 0;
	}
	vlan_create(t, vlan);
	return 0;
}

/* `vlan 10,20-22`: IOS prints VLANs without names so. */
static int apply_vlans(struct cli_ctx *ctx, const struct cli_args *args, enum cli_op op)
{
	struct iface_table *t = &cmd_control(ctx)->ifaces;
	struct vlan_set set;

	if (!vlan_list_read(cli_arg_text(args, "vlans"), &set))
		return op == CLI_SET ? cli_fail(ctx, "Command rejected: Bad VLAN list") : 0;
	for (unsigned vlan = VLAN_MIN; vlan <= VLAN_MAX; vlan++) {
		if (!vlan_set_has(&set, (uint16_t)vlan))
			continue;
		if (op == CLI_SET)
			vlan_create(t, (uint16_t)vlan);
		else if (vlan != 1)
			vlan_delete(t, (uint16_t)vlan);
	}
	return op == CLI_UNSET && ctx->typed != NULL ? take_out_of_others(ctx, args) : 0;
}

static int normal_vlans(const struct cli_args *args, char *buf, size_t size)
{
	char list[VLAN_LIST_SIZE];
	struct vlan_set set;

	if (!vlan_list_read(cli_arg_text(args, "vlans"), &set))
		return snprintf(buf, size, "%s", args->line);
	vlan_list_write(&set, list);
	return snprintf(buf, size, "vlan %s", list);
}

static int apply_vlan_name(struct cli_ctx *ctx, const struct cli_args *args, enum cli_op op)
{
	struct iface_table *t = &cmd_control(ctx)->ifaces;
	uint16_t vlan = cli_arg_number(cli_parent(ctx, 1), "id", 1);
	const char *name = cli_arg_text(args, "vlan_name");
	char own[16];

	if (!cli_has(cli_parent(ctx, 1), "id"))
		return op == CLI_SET ? cli_fail(ctx, "%% Several VLANs cannot have one name") : 0;
	if (op == CLI_SET && strlen(name) > 32)
		return cli_fail(ctx, "%% VLAN name is too long");
	snprintf(own, sizeof(own), "VLAN%04u", vlan);
	vlan_rename(t, vlan, op == CLI_SET ? name : own);
	return 0;
}

/* "Gi0, Gi1" of the access ports of a VLAN, broken into lines as IOS does. */
static void ports_of(struct iface_table *t, uint16_t vlan, char *buf, size_t size)
{
	struct iface *port;
	size_t len = 0;

	buf[0] = '\0';
	TAILQ_FOREACH (port, &t->list, entry)
		if (!port->trunk && vlan_member(port, vlan) && len < size)
			len += snprintf(
				buf + len, size - len, "%s%s", len ? ", " : "", port->short_name);
}

/* The next piece of a list of at most `width`; advances *text. */
static void print_wrapped(struct cli_out *out, const char *text, size_t width, unsigned indent)
{
	while (strlen(text) > width) {
		size_t cut = width;

		while (cut > 0 && text[cut] != ' ')
			cut--;
		if (cut == 0)
			break;
		cli_printf(out, "%.*s\n%*s", (int)cut, text, (int)indent, "");
		text += cut + 1;
	}
	cli_printf(out, "%s\n", text);
}

static int show_vlan_brief(struct cli_ctx *ctx, const struct cli_args *)
{
	struct iface_table *t = &cmd_settled(ctx)->ifaces;
	struct json_object *json = cli_out_json(ctx->out), *list = NULL;

	if (json != NULL)
		list = cmd_json_list(json, "vlans");
	else
		cli_puts(ctx->out, "\nVLAN Name                             Status    Ports\n"
				   "---- -------------------------------- --------- "
				   "-------------------------------\n");
	for (unsigned vlan = VLAN_MIN; vlan <= VLAN_MAX; vlan++) {
		char ports[BW_MAX_PORTS * 12];

		if (!t->vlan[vlan].exists)
			continue;
		ports_of(t, (uint16_t)vlan, ports, sizeof(ports));
		if (json != NULL) {
			struct json_object *row = cmd_json_item(list);

			cmd_json_number(row, "vlan", vlan);
			cmd_json_text(row, "name", t->vlan[vlan].name);
			cmd_json_text(row, "status", "active");
			cmd_json_text(row, "ports", ports);
			continue;
		}
		cli_printf(ctx->out, "%-4u %-32s active    ", vlan, t->vlan[vlan].name);
		print_wrapped(ctx->out, ports, 31, 48);
	}
	return 0;
}

static const struct cli_help help[] = {
	{ "switchport", "Set switch mode characteristics" },
	{ "mode", "Set trunking mode of the interface" },
	{ "trunk", "Set trunking characteristics of the interface" },
	{ "access", "Set access mode characteristics of the interface" },
	{ "vlan", "VLAN" },
	{ "id", "VLAN ID" },
	{ "vlan_name", "Ascii name of the VLAN" },
	{ "native", "Set trunking native characteristics" },
	{ "allowed", "Set allowed VLANs when interface is in trunking mode" },
	{ "add", "Add VLANs to the current list" },
	{ "all", "All VLANs" },
	{ "except", "All VLANs except the following" },
	{ "none", "No VLANs" },
	{ "remove", "Remove VLANs from the current list" },
	{ "vlans", "VLAN IDs of the allowed VLANs, such as 1,5-7" },
	{ "name", "Ascii name of the VLAN" },
	{ "brief", "VTP all VLAN status in brief" },
	{ NULL, NULL },
};

static const struct cli_mode modes[] = {
	{ .name = "config-vlan", .prompt = "(config-vlan)", .parent = "config" },
	{ .name = NULL },
};

static const struct cli_command commands[] = {
	{
		.mode = "config",
		.syntax = "vlan <id:1-4094>",
		.help = help,
		.key = "id",
		.sort = "id",
		.flags = CLI_UNSET_ABSENT,
		.enters = "config-vlan",
		.rank = RANK_VLAN,
		.apply = apply_vlan,
	},
	{
		.mode = "config",
		.syntax = "vlan <vlans:WORD>",
		.help = help,
		.key = "*",
		.flags = CLI_UNSET_ABSENT,
		.enters = "config-vlan",
		.rank = RANK_VLAN,
		.apply = apply_vlans,
		.normal = normal_vlans,
	},
	{
		.mode = "config-vlan",
		.syntax = "name <vlan_name:WORD>",
		.help = help,
		.apply = apply_vlan_name,
	},
	{
		.mode = "config-if",
		.syntax = "switchport access vlan <id:1-4094>",
		.help = help,
		.fallback = "switchport access vlan 1",
		.defaults_in = is_switch_port,
		.rank = RANK_IF_SWITCHPORT,
		.apply = apply_access,
	},
	{
		.mode = "config-if",
		.syntax = "switchport trunk native vlan <id:1-4094>",
		.help = help,
		.fallback = "switchport trunk native vlan 1",
		.defaults_in = is_switch_port,
		.rank = RANK_IF_SWITCHPORT + 1,
		.apply = apply_native,
	},
	{
		.mode = "config-if",
		.syntax = "switchport trunk allowed vlan "
			  "{all|none|<vlans:WORD>|{add|remove|except} <vlans:WORD>}",
		.help = help,
		.no = "switchport trunk allowed vlan",
		.fallback = "switchport trunk allowed vlan all",
		.defaults_in = is_switch_port,
		.rank = RANK_IF_SWITCHPORT + 2,
		.apply = apply_allowed,
		.amend = amend_allowed,
	},
	{
		.mode = "config-if",
		.syntax = "switchport mode <trunking:access|trunk>",
		.help = help,
		.fallback = "switchport mode access",
		.flags = CLI_KEEP_DEFAULT, /* 15.7 prints it where it was typed */
		.defaults_in = is_switch_port,
		.rank = RANK_IF_SWITCHPORT + 3,
		.apply = apply_mode,
	},
	{
		.mode = "exec",
		.syntax = "show vlan [brief]",
		.help = help,
		.flags = CLI_USER,
		.run = show_vlan_brief,
	},
	{ .mode = NULL },
};

const struct cli_topic cli_switchport_topic = { .modes = modes, .commands = commands };
