/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/commands/commands.h"

#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>

#include "control/probe/probe.h"

const struct cli_topic *const byway_topics[] = {
	&cli_access_list_topic,
	&cli_arp_topic,
	&cli_clear_topic,
	&cli_debug_topic,
	&cli_dialer_topic,
	&cli_foreign_topic, /* before the other `interface` */
	&cli_harmless_interface_topic,
	&cli_harmless_topic,
	&cli_interface_topic,
	&cli_ip_address_topic,
	&cli_ip_interface_topic,
	&cli_ip_route_topic,
	&cli_line_topic,
	&cli_nat_topic,
	&cli_open_ports_topic,
	&cli_ping_topic,
	&cli_ppp_topic,
	&cli_pppoe_topic,
	&cli_route_map_topic,
	&cli_show_access_list_topic,
	&cli_show_cef_topic,
	&cli_show_dialer_topic,
	&cli_show_interfaces_topic,
	&cli_show_ip_interface_topic,
	&cli_show_ip_traffic_topic,
	&cli_show_nat_topic,
	&cli_show_platform_topic,
	&cli_show_ppp_topic,
	&cli_show_pppoe_topic,
	&cli_show_route_topic,
	&cli_show_system_topic,
	&cli_switchport_topic,
	&cli_system_topic,
	&cli_traceroute_topic,
	&cli_unsupported_topic,
	&cli_user_topic,
	NULL,
};

struct control *cmd_settled(const struct cli_ctx *ctx)
{
	control_settle(cmd_control(ctx));
	return cmd_control(ctx);
}

struct probes *cmd_probes(const struct cli_ctx *ctx)
{
	return proto_state(&cmd_settled(ctx)->protos, &probe_proto);
}

const char *cmd_arg_ifname(const struct cli_args *args, const char *name, char buf[BW_NAME_LEN])
{
	const struct cli_ifname *ifname = cli_arg_ifname(args, name);
	char full[CLI_IFNAME_SIZE];

	buf[0] = '\0';
	if (ifname != NULL)
		snprintf(buf, BW_NAME_LEN, "%.*s", BW_NAME_LEN - 1, cli_ifname_long(ifname, full));
	return buf;
}

struct iface *cmd_arg_iface(
	const struct cli_ctx *ctx, const struct cli_args *args, const char *name)
{
	char buf[BW_NAME_LEN];

	if (args == NULL || cli_arg_ifname(args, name) == NULL)
		return NULL;
	return iface_find(&cmd_control(ctx)->ifaces, cmd_arg_ifname(args, name, buf));
}

struct iface *cmd_configured_iface(void *app, const struct cli_args *line)
{
	struct control *ctl = app;
	char buf[BW_NAME_LEN];

	if (ctl == NULL || line == NULL || cli_arg_ifname(line, "ifname") == NULL)
		return NULL;
	return iface_find(&ctl->ifaces, cmd_arg_ifname(line, "ifname", buf));
}

bool cmd_is_routed(void *app, const struct cli_args *line)
{
	const struct iface *ifc = cmd_configured_iface(app, line);

	return ifc != NULL && !ifc->is_switch && iface_is_programmed(ifc);
}

bool cmd_is_routed_port(void *app, const struct cli_args *line)
{
	const struct iface *ifc = cmd_configured_iface(app, line);

	return ifc != NULL && ifc->kind->is_physical && !ifc->is_switch;
}

bool cmd_is_ethernet(void *app, const struct cli_args *line)
{
	const struct iface *ifc = cmd_configured_iface(app, line);

	return ifc != NULL && ifc->kind->is_ethernet;
}

bool cmd_is_dialer(void *app, const struct cli_args *line)
{
	const struct iface *ifc = cmd_configured_iface(app, line);

	return ifc != NULL && ifc->kind == &iface_dialer;
}

struct iface *cmd_parent_iface(const struct cli_ctx *ctx)
{
	return cmd_arg_iface(ctx, cli_parent(ctx, 1), "ifname");
}

struct dialer *cmd_parent_dialer(struct cli_ctx *ctx, const char *word)
{
	struct iface *ifc = cmd_parent_iface(ctx);

	if (ifc->kind == &iface_dialer)
		return dialer_of(ifc);
	cli_fail_at(ctx, word);
	return NULL;
}

int cmd_too_long(struct cli_ctx *ctx, const char *name, unsigned limit)
{
	cli_printf(ctx->out, "%% Longer than %u bytes\n", limit);
	return cli_fail_at(ctx, name);
}

bw_ip4 cmd_arg_ip(const struct cli_args *args, const char *name)
{
	return cli_arg_address(args, name).s_addr;
}

int cmd_no_dataplane(struct cli_ctx *ctx)
{
	cli_fail(ctx, "%% The dataplane is not running");
	return -ENOTCONN;
}

int cmd_stalled(struct cli_ctx *ctx)
{
	cli_fail(ctx, "%% The dataplane does not answer");
	return -ETIMEDOUT;
}

int cmd_as_last_seen(struct cli_ctx *ctx)
{
	return dp_stalled(&cmd_control(ctx)->core.dp) ? cmd_stalled(ctx) : 0;
}

void cmd_json_text(struct json_object *parent, const char *key, const char *text)
{
	json_object_object_add(parent, key, json_object_new_string(text));
}

void cmd_json_number(struct json_object *parent, const char *key, uint64_t number)
{
	json_object_object_add(parent, key, json_object_new_uint64(number));
}

void cmd_json_flag(struct json_object *parent, const char *key, bool flag)
{
	json_object_object_add(parent, key, json_object_new_boolean(flag));
}

struct json_object *cmd_json_list(struct json_object *parent, const char *key)
{
	struct json_object *list = json_object_new_array();

	json_object_object_add(parent, key, list);
	return list;
}

struct json_object *cmd_json_item(struct json_object *list)
{
	struct json_object *item = json_object_new_object();

	json_object_array_add(list, item);
	return item;
}

struct json_object *cmd_json_object(struct json_object *parent, const char *key)
{
	struct json_object *object = json_object_new_object();

	json_object_object_add(parent, key, object);
	return object;
}
