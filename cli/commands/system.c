/* SPDX-License-Identifier: BSD-3-Clause */
/* Clock and log of the router. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands/commands.h"

#define DEFAULT_LEVEL LOG_LEVEL_DEBUG

/* "-5" or "9", hours from UTC; false if it is no such number. */
static bool read_hours(const char *text, long *hours)
{
	char *end;

	errno = 0;
	*hours = strtol(text, &end, 10);
	return errno == 0 && end != text && *end == '\0' && *hours >= -23 && *hours <= 23;
}

static int apply_timezone(struct cli_ctx *ctx, const struct cli_args *args, enum cli_op op)
{
	struct control_timezone *zone = &cmd_control(ctx)->timezone;
	long hours = 0, minutes;

	if (op == CLI_UNSET) {
		*zone = (struct control_timezone) { .name = "UTC" };
		return 0;
	}
	if (strlen(cli_arg_text(args, "zone")) >= sizeof(zone->name))
		return cli_fail_at(ctx, "zone");
	if (!read_hours(cli_arg_text(args, "hours"), &hours))
		return cli_fail_at(ctx, "hours");
	minutes = (long)cli_arg_number(args, "minutes", 0);
	snprintf(zone->name, sizeof(zone->name), "%s", cli_arg_text(args, "zone"));
	zone->minutes = (int)(hours * 60 + (hours < 0 ? -minutes : minutes));
	return 0;
}

static const char *const level_word[] = { "emergencies", "alerts", "critical", "errors", "warnings",
	"notifications", "informational", "debugging" };

static int level_of(const struct cli_args *args)
{
	const char *word = cli_arg_text(args, "level_name");

	for (int i = 0; word != NULL && i <= LOG_LEVEL_DEBUG; i++)
		if (strcmp(level_word[i], word) == 0)
			return i;
	return (int)cli_arg_number(args, "level", DEFAULT_LEVEL);
}

/* UNSET of a size is back to the default; `no logging buffered` stops it. */
static int apply_buffered(struct cli_ctx *ctx, const struct cli_args *args, enum cli_op op)
{
	struct log *log = &cmd_control(ctx)->log;

	if (op == CLI_UNSET)
		log_resize(log, LOG_BUFFER_DEFAULT, -1);
	else
		log_resize(log, cli_arg_number(args, "size", LOG_BUFFER_DEFAULT), level_of(args));
	return 0;
}

static const struct cli_help help[] = {
	{ "clock", "Configure time-of-day clock" },
	{ "timezone", "Configure time zone" },
	{ "zone", "name of time zone" },
	{ "hours", "Hours offset from UTC" },
	{ "minutes", "Minutes offset from UTC" },
	{ "logging", "Modify message logging facilities" },
	{ "buffered", "Set buffered logging parameters" },
	{ "size", "Logging buffer size" },
	{ "level", "Logging severity level" },
	{ "console", "Set console logging parameters" },
	{ "monitor", "Set terminal line (monitor) logging parameters" },
	{ "trap", "Set syslog server logging level" },
	{ "host", "Set syslog server IP address and parameters" },
	{ "address", "IP address of the syslog server" },
	{ NULL, NULL },
};

#define LEVEL                                                                                      \
	"[<level:0-7>|<level_name:emergencies|alerts|critical|errors|warnings|notifications|"      \
	"informational|debugging>]"

static const struct cli_command commands[] = {
	{
		.mode = "config",
		.syntax = "clock timezone <zone:WORD> <hours:WORD> [<minutes:0-59>]",
		.help = help,
		.no = "clock timezone",
		.rank = RANK_CLOCK,
		.apply = apply_timezone,
	},
	{
		.mode = "config",
		.syntax = "logging buffered [<size:4096-2147483647>] " LEVEL,
		.help = help,
		.fallback = "logging buffered",
		.flags = CLI_KEEP_NO,
		.rank = RANK_LOGGING,
		.apply = apply_buffered,
	},
	{
		.mode = "config",
		.syntax = "logging console " LEVEL,
		.help = help,
		.fallback = "logging console",
		.flags = CLI_HARMLESS | CLI_KEEP_NO,
		.rank = RANK_LOGGING + 1,
	},
	{
		.mode = "config",
		.syntax = "logging monitor " LEVEL,
		.help = help,
		.fallback = "logging monitor",
		.flags = CLI_HARMLESS | CLI_KEEP_NO,
		.rank = RANK_LOGGING + 2,
	},
	{
		.mode = "config",
		.syntax = "logging trap " LEVEL,
		.help = help,
		.fallback = "logging trap",
		.flags = CLI_HARMLESS | CLI_KEEP_NO,
		.rank = RANK_SYSLOG,
	},
	{
		.mode = "config",
		.syntax = "logging host <address:A.B.C.D>",
		.help = help,
		.key = "address",
		.flags = CLI_HARMLESS,
		.rank = RANK_SYSLOG + 5,
	},
	{ .mode = NULL },
};

const struct cli_topic cli_system_topic = { .commands = commands };
