/* SPDX-License-Identifier: BSD-3-Clause */
/* Lines that mean nothing on this platform and do no harm: kept, and given back. */
#include "cli/commands/commands.h"

/* What is off here cannot be switched on: better said than kept. */
static int refuse(struct cli_ctx *ctx, const struct cli_args *args, enum cli_op op)
{
	if (op == CLI_UNSET)
		return 0;
	return cli_fail(ctx, "%% %s is not supported on this platform", args->line);
}

static int apply_cef(struct cli_ctx *ctx, const struct cli_args *, enum cli_op op)
{
	if (op == CLI_UNSET)
		cli_puts(ctx->out, "%CEF is always on here: the line is kept without effect\n");
	return 0;
}

static const struct cli_help help[] = {
	{ "service", "Modify use of network based services" },
	{ "timestamps", "Timestamp debug/log messages" },
	{ "debug", "Timestamp debug messages" },
	{ "log", "Timestamp log messages" },
	{ "datetime", "Timestamp with date and time" },
	{ "msec", "Include milliseconds in timestamp" },
	{ "localtime", "Use local time zone for timestamps" },
	{ "show-timezone", "Add time zone information to timestamp" },
	{ "year", "Include year in timestamp" },
	{ "uptime", "Timestamp with system uptime" },
	{ "password-encryption", "Encrypt system passwords" },
	{ "sequence-numbers", "Stamp logger messages with a sequence number" },
	{ "tcp-keepalives-in", "Generate keepalives on idle incoming network connections" },
	{ "tcp-keepalives-out", "Generate keepalives on idle outgoing network connections" },
	{ "boot-start-marker", "Start of the boot statements" },
	{ "boot-end-marker", "End of the boot statements" },
	{ "aaa", "Authentication, Authorization and Accounting." },
	{ "new-model", "Enable NEW access control commands and functions." },
	{ "cef", "Cisco Express Forwarding" },
	{ "ipv6", "Global IPv6 configuration commands" },
	{ "domain", "IP DNS Resolver" },
	{ "domain-lookup", "Enable IP Domain Name System hostname translation" },
	{ "domain-name", "Define the default domain name" },
	{ "lookup", "Enable IP Domain Name System hostname translation" },
	{ "name", "Define the default domain name" },
	{ "forward-protocol", "Controls forwarding of physical and directed IP broadcasts" },
	{ "nd", "Sun's Network Disk protocol" },
	{ "http", "HTTP server configuration" },
	{ "server", "Enable http server" },
	{ "secure-server", "Enable HTTP secure server" },
	{ "source-route", "Process packets with source routing header options" },
	{ "subnet-zero", "Allow 'subnet zero' subnets" },
	{ "classless", "Follow classless routing forwarding rules" },
	{ "multilink", "PPP multilink global configuration" },
	{ "bundle-name", "Select method for naming multilink bundles" },
	{ "authenticated", "Use peer's authenticated name" },
	{ "control-plane", "Configure control plane services" },
	{ NULL, NULL },
};

static const struct cli_mode modes[] = {
	{ .name = "config-cp", .prompt = "(config-cp)", .parent = "config" },
	{ .name = NULL },
};

/* A setting that may be there or not. */
#define KEPT(where, line, place)                                                                   \
	{                                                                                          \
		.mode = where, .syntax = line, .help = help, .flags = CLI_HARMLESS, .rank = place  \
	}

/* On by default, hidden then; `no` is kept. */
#define KEPT_NO(where, line, place)                                                                \
	{                                                                                          \
		.mode = where, .syntax = line, .help = help, .flags = CLI_HARMLESS | CLI_KEEP_NO,  \
		.fallback = line, .rank = place                                                    \
	}

static const struct cli_command commands[] = {
	{
		.mode = "config",
		.syntax = "service timestamps debug {datetime (msec|localtime|show-timezone|year)|"
			  "uptime}",
		.help = help,
		.slot = "timestamps-debug",
		.fallback = "service timestamps debug datetime msec",
		.flags = CLI_HARMLESS | CLI_SHOW_DEFAULT,
		.rank = RANK_SERVICE,
	},
	{
		.mode = "config",
		.syntax = "service timestamps log {datetime (msec|localtime|show-timezone|year)|"
			  "uptime}",
		.help = help,
		.slot = "timestamps-log",
		.fallback = "service timestamps log datetime msec",
		.flags = CLI_HARMLESS | CLI_SHOW_DEFAULT,
		.rank = RANK_SERVICE + 1,
	},
	{
		.mode = "config",
		.syntax = "service password-encryption",
		.help = help,
		.fallback = "no service password-encryption",
		.flags = CLI_HARMLESS | CLI_SHOW_DEFAULT,
		.rank = RANK_SERVICE + 2,
	},
	KEPT("config", "service sequence-numbers", RANK_SERVICE + 3),
	KEPT("config", "service tcp-keepalives-in", RANK_SERVICE + 4),
	KEPT("config", "service tcp-keepalives-out", RANK_SERVICE + 5),
	KEPT("config", "boot-start-marker", RANK_BOOT),
	KEPT("config", "boot-end-marker", RANK_BOOT + 1),
	{
		.mode = "config",
		.syntax = "aaa new-model",
		.help = help,
		.fallback = "no aaa new-model",
		.flags = CLI_SHOW_DEFAULT,
		.rank = RANK_AAA,
		.apply = refuse,
	},
	{
		.mode = "config",
		.syntax = "ip cef",
		.help = help,
		.fallback = "ip cef",
		.flags = CLI_HARMLESS | CLI_KEEP_NO | CLI_SHOW_DEFAULT,
		.rank = RANK_CEF,
		.apply = apply_cef,
	},
	{
		.mode = "config",
		.syntax = "ipv6 cef",
		.help = help,
		.fallback = "no ipv6 cef",
		.rank = RANK_CEF + 1,
		.apply = refuse,
	},
	KEPT_NO("config", "ip domain lookup", RANK_DOMAIN),
	KEPT_NO("config", "ip domain-lookup", RANK_DOMAIN),
	KEPT("config", "ip domain name <domain:WORD>", RANK_DOMAIN + 1),
	KEPT("config", "ip domain-name <domain:WORD>", RANK_DOMAIN + 1),
	KEPT_NO("config", "ip source-route", RANK_DOMAIN + 2),
	KEPT_NO("config", "ip subnet-zero", RANK_DOMAIN + 3),
	KEPT_NO("config", "ip classless", RANK_FORWARD + 1),
	KEPT("config", "multilink bundle-name authenticated", RANK_CEF + 2),
	{
		.mode = "config",
		.syntax = "ip forward-protocol nd",
		.help = help,
		.fallback = "ip forward-protocol nd",
		.flags = CLI_HARMLESS | CLI_KEEP_NO | CLI_SHOW_DEFAULT,
		.rank = RANK_FORWARD,
	},
	{
		.mode = "config",
		.syntax = "ip http server",
		.help = help,
		.fallback = "no ip http server",
		.flags = CLI_SHOW_DEFAULT,
		.rank = RANK_HTTP,
		.apply = refuse,
	},
	{
		.mode = "config",
		.syntax = "ip http secure-server",
		.help = help,
		.fallback = "no ip http secure-server",
		.flags = CLI_SHOW_DEFAULT,
		.rank = RANK_HTTP + 1,
		.apply = refuse,
	},
	{
		.mode = "config",
		.syntax = "control-plane",
		.help = help,
		.enters = "config-cp",
		.flags = CLI_HARMLESS,
		.rank = RANK_CONTROL_PLANE,
	},
	{ .mode = NULL },
};

const struct cli_topic cli_harmless_topic = { .modes = modes, .commands = commands };
