/* SPDX-License-Identifier: BSD-3-Clause */
/* All topics of commands, and what their handlers share. */
#ifndef BW_COMMANDS_H
#define BW_COMMANDS_H

#include <stdint.h>

#include "cli/context.h"
#include "cli/grammar/grammar.h"
#include "cli/session/server.h"

#include "control/control.h"

/* For cli_server_config; NULL after the last. */
extern const struct cli_topic *const byway_topics[];

extern const struct cli_topic cli_access_list_topic, cli_arp_topic, cli_clear_topic,
	cli_debug_topic, cli_dialer_topic, cli_foreign_topic, cli_harmless_interface_topic,
	cli_harmless_topic, cli_interface_topic, cli_ip_address_topic, cli_ip_interface_topic,
	cli_ip_route_topic, cli_line_topic, cli_nat_topic, cli_open_ports_topic, cli_ping_topic,
	cli_ppp_topic, cli_pppoe_topic, cli_route_map_topic, cli_show_access_list_topic,
	cli_show_cef_topic, cli_show_dialer_topic, cli_show_interfaces_topic,
	cli_show_ip_interface_topic, cli_show_ip_traffic_topic, cli_show_nat_topic,
	cli_show_platform_topic, cli_show_ppp_topic, cli_show_pppoe_topic, cli_show_route_topic,
	cli_show_system_topic, cli_switchport_topic, cli_system_topic, cli_traceroute_topic,
	cli_unsupported_topic, cli_user_topic;

/* For cli_server_config: who gets in, as configured. */
extern const struct cli_access byway_access;

/* Ranks in show running-config: one place to see IOS's order. A section is a hundred. */
enum {
	RANK_UPGRADE = 90,
	RANK_SERVICE = 110, /* beside version, which is the engine's 100; hostname is 200 */
	RANK_BOOT = 300,
	RANK_AQM = 400,
	RANK_LOGGING = 500,
	RANK_ENABLE = 550,
	RANK_AAA = 600,
	RANK_HARDWARE = 650,
	RANK_CLOCK = 655, /* between iomem and the rest of the hardware */
	RANK_SYSTEM = 700,
	RANK_DOMAIN = 800,
	RANK_CEF = 850,
	RANK_MULTILINK = 900,
	RANK_CHAT = 1000,
	RANK_VOICE_CARD = 1050,
	RANK_PKI = 1100,
	RANK_LICENSE = 1200,
	RANK_ARCHIVE = 1300,
	RANK_SPANNING_TREE = 1400,
	RANK_USER = 1800,
	RANK_REDUNDANCY = 1900,
	RANK_VLAN = 2000,
	RANK_IP_SERVICES = 2100,
	RANK_INTERFACE = 3000,
	RANK_FORWARD = 4000,
	RANK_HTTP = 4100,
	RANK_NAT = 4200,
	RANK_ROUTE = 4250,
	RANK_NAMED_LIST = 4300, /* extended ones; standard ones before */
	RANK_SYSLOG = 4350,
	RANK_DIALER_LIST = 4410,
	RANK_ROUTE_MAP = 4450,
	RANK_SNMP = 4500,
	RANK_LIST = 4600,
	RANK_ARP = 4700,
	RANK_CONTROL_PLANE = 4800,
	RANK_MGCP = 4850,
	RANK_BANNER = 4900,
	RANK_LINE = 5000,
	RANK_SCHEDULER = 5100,

	/* in an interface */
	RANK_IF_DESCRIPTION = 100,
	RANK_IF_SWITCHPORT = 200,
	RANK_IF_MTU = 300,
	RANK_IF_MAC = 310,
	RANK_IF_BANDWIDTH = 320,
	RANK_IF_DOT1Q = 350,
	RANK_IF_SECONDARY = 400,
	RANK_IF_ADDRESS = 405,
	RANK_IF_ACCESS_GROUP = 410,
	RANK_IF_REDIRECTS = 420,
	RANK_IF_IP_MTU = 430,
	RANK_IF_FLOW = 435,
	RANK_IF_NAT = 440,
	RANK_IF_VFR = 450,
	RANK_IF_ENCAPSULATION = 455,
	RANK_IF_MSS = 460,
	RANK_IF_LOAD = 463,
	RANK_IF_ARP = 465,
	RANK_IF_SHUTDOWN = 470,
	RANK_IF_PEER = 475,
	RANK_IF_DIALER = 480,
	RANK_IF_KEEPALIVE = 488,
	RANK_IF_DUPLEX = 490,
	RANK_IF_SPEED = 491,
	RANK_IF_MEDIA = 492,
	RANK_IF_SPANNING_TREE = 700,
	RANK_IF_PPPOE = 800,
	RANK_IF_PPP = 850,
	RANK_IF_CDP = 900,
	RANK_IF_QUEUE = 950,
};

/* The mode of interfaces of foreign kinds (foreign.c), and what they have in common with others. */
#define CMD_FOREIGN   "config-if-foreign"
#define CMD_INTERFACE "config-if " CMD_FOREIGN

static inline struct control *cmd_control(const struct cli_ctx *ctx)
{
	return ctx->app;
}

/* The same with everything derived, for a show command. */
struct control *cmd_settled(const struct cli_ctx *ctx);

/* For ping and traceroute, with everything derived. */
struct probes;
struct probes *cmd_probes(const struct cli_ctx *ctx);

/* The interface whose mode a line is in. NULL only if it was refused before. */
struct iface *cmd_parent_iface(const struct cli_ctx *ctx);

/* The interface of this `interface` line, without a context: `app` as in struct cli_ctx. NULL if
 * there is none (yet), or the line is none. */
struct iface *cmd_configured_iface(void *app, const struct cli_args *line);

/* For .defaults_in: whether the interface routes, is an Ethernet port that routes, has Ethernet's
 * ARP, is a Dialer. */
bool cmd_is_routed(void *app, const struct cli_args *line);
bool cmd_is_routed_port(void *app, const struct cli_args *line);
bool cmd_is_ethernet(void *app, const struct cli_args *line);
bool cmd_is_dialer(void *app, const struct cli_args *line);

/* The Dialer whose mode a line is in; NULL: it is none, and the line was refused at `word`. */
struct dialer *cmd_parent_dialer(struct cli_ctx *ctx, const char *word);

/* Refuses an argument that has more than `limit` bytes. Returns a negative errno. */
int cmd_too_long(struct cli_ctx *ctx, const char *name, unsigned limit);

/* The existing interface that an argument names; NULL if there is none or no such argument. */
struct iface *cmd_arg_iface(
	const struct cli_ctx *ctx, const struct cli_args *args, const char *name);

/* An address argument as control has it: network byte order; 0 when absent. */
bw_ip4 cmd_arg_ip(const struct cli_args *args, const char *name);

/* The canonical name of an interface argument, "" when absent. */
const char *cmd_arg_ifname(const struct cli_args *args, const char *name, char buf[BW_NAME_LEN]);

/* Says that the dataplane is not there. Returns a negative errno. */
int cmd_no_dataplane(struct cli_ctx *ctx);

/* Says that the dataplane is there and does not go on. Returns a negative errno. */
int cmd_stalled(struct cli_ctx *ctx);

/* After what was read from the shared region, which a stalled dataplane no longer writes: says so.
 * Returns 0 if it lives, or a negative errno. */
int cmd_as_last_seen(struct cli_ctx *ctx);

struct json_object;

/* `parent[key] = ...`, for filling what cli_out_json gives. */
void cmd_json_text(struct json_object *parent, const char *key, const char *text);
void cmd_json_number(struct json_object *parent, const char *key, uint64_t number);
void cmd_json_flag(struct json_object *parent, const char *key, bool flag);

/* A new array or object below parent: borrowed. */
struct json_object *cmd_json_list(struct json_object *parent, const char *key);
struct json_object *cmd_json_item(struct json_object *list);
struct json_object *cmd_json_object(struct json_object *parent, const char *key);

#endif
