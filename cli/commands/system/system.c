/* SPDX-License-Identifier: BSD-3-Clause */
/* Clock and log of the router. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

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

/* --- summer time --- */

static const char *const week_day[] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };
static const char *const month[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep",
	"Oct", "Nov", "Dec" };

/* By its first three letters; n: it is none of them. */
static int index_of(const char *const *names, int n, const char *name)
{
	int i = 0;

	while (i < n && strncasecmp(names[i], name, 3) != 0)
		i++;
	return i;
}

/* "first", "1" to "4" or "last"; 0 if it is none. */
static int read_week(const char *text)
{
	if (strcmp(text, "first") == 0)
		return 1;
	if (strcmp(text, "last") == 0)
		return SUMMER_LAST;
	return text[0] >= '1' && text[0] <= '4' && text[1] == '\0' ? text[0] - '0' : 0;
}

/* "2:00", minutes of a day; -1 if it is none. */
static int read_minute(const char *text)
{
	unsigned hour, minute;
	int end = 0;

	if (sscanf(text, "%2u:%2u%n", &hour, &minute, &end) != 2 || text[end] != '\0' ||
		hour > 23 || minute > 59)
		return -1;
	return (int)(hour * 60 + minute);
}

/* An argument of the one end or the other: "begin" and "month" make "begin_month". */
static const struct cli_value *part_of(
	const struct cli_args *args, const char *end, const char *part)
{
	char name[32];

	snprintf(name, sizeof(name), "%s_%s", end, part);
	return cli_arg(args, name);
}

static bool read_end(const struct cli_args *args, const char *which, struct summer_end *end)
{
	const struct cli_value *year = part_of(args, which, "year");

	*end = (struct summer_end) {
		.month = index_of(month, 12, part_of(args, which, "month")->text),
		.minute = read_minute(part_of(args, which, "time")->text),
	};
	if (end->month == 12 || end->minute < 0)
		return false;
	if (year != NULL) {
		end->year = (int)year->number;
		end->mday = (int)part_of(args, which, "date")->number;
		return true;
	}
	end->week = read_week(part_of(args, which, "week")->text);
	end->wday = index_of(week_day, 7, part_of(args, which, "day")->text);
	return end->week != 0 && end->wday < 7;
}

static int apply_summer(struct cli_ctx *ctx, const struct cli_args *args, enum cli_op op)
{
	struct summer_time new = { .on = true };

	if (op == CLI_UNSET) {
		cmd_control(ctx)->summer.on = false;
		return 0;
	}
	if (strlen(cli_arg_text(args, "zone")) >= sizeof(new.name))
		return cli_fail_at(ctx, "zone");
	snprintf(new.name, sizeof(new.name), "%s", cli_arg_text(args, "zone"));
	summer_time_default(&new);
	if (cli_has(args, "begin_time") && !read_end(args, "begin", &new.begin))
		return cli_fail_at(ctx, "begin_month");
	if (cli_has(args, "end_time") && !read_end(args, "end", &new.end))
		return cli_fail_at(ctx, "end_month");
	new.offset = (int)cli_arg_number(args, "offset", (uint64_t) new.offset);
	cmd_control(ctx)->summer = new;
	return 0;
}

/* --- log --- */

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
	struct log *log = &cmd_control(ctx)->core.log;

	if (op == CLI_UNSET)
		log_resize(log, LOG_BUFFER_DEFAULT, -1);
	else
		log_resize(log, cli_arg_number(args, "size", LOG_BUFFER_DEFAULT), level_of(args));
	return 0;
}

static int apply_logging(struct cli_ctx *ctx, const struct cli_args *, enum cli_op op)
{
	cmd_control(ctx)->core.log.off = op == CLI_UNSET;
	return 0;
}

/* `logging 10.0.0.1` of older releases. */
static int normal_host(const struct cli_args *args, char *buf, size_t size)
{
	return snprintf(buf, size, "logging host %s", args->line + strlen("logging "));
}

static const struct cli_help help[] = {
	{ "clock", "Configure time-of-day clock" },
	{ "timezone", "Configure time zone" },
	{ "zone", "name of time zone" },
	{ "hours", "Hours offset from UTC" },
	{ "minutes", "Minutes offset from UTC" },
	{ "summer-time", "Configure summer (daylight savings) time" },
	{ "recurring", "Configure recurring summer time" },
	{ "date", "Configure absolute summer time" },
	{ "begin_time", "Time to start (hh:mm)" },
	{ "end_time", "Time to end (hh:mm)" },
	{ "offset", "Offset to add in minutes" },
	{ "boot", "Modify system boot parameters" },
	{ "system", "System image file" },
	{ "on", "Enable logging to all enabled destinations" },
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

#define WHEN(end) "<" end "_week:WORD> <" end "_day:WORD> <" end "_month:WORD> <" end "_time:WORD>"
#define DATE(end)                                                                                  \
	"{<" end "_month:WORD> <" end "_date:1-31>|<" end "_date:1-31> <" end                      \
	"_month:WORD>} <" end "_year:1993-2035> <" end "_time:WORD>"

static const struct cli_command commands[] = {
	{
		.mode = "config",
		.syntax = "clock summer-time <zone:WORD> recurring [" WHEN("begin") " " WHEN(
			"end") " [<offset:1-1440>]]",
		.help = help,
		.slot = "summer-time",
		.no = "clock summer-time",
		.rank = RANK_CLOCK + 1,
		.apply = apply_summer,
	},
	{
		.mode = "config",
		.syntax = "clock summer-time <zone:WORD> date " DATE("begin") " " DATE(
			"end") " [<offset:1-1440>]",
		.help = help,
		.slot = "summer-time",
		.rank = RANK_CLOCK + 1,
		.apply = apply_summer,
	},
	{
		.mode = "config",
		.syntax = "boot <rest:LINE>", /* the image is the package's business */
		.help = help,
		.key = "*",
		.flags = CLI_HARMLESS | CLI_ORDERED,
		.rank = RANK_BOOT + 1,
	},
	{
		.mode = "config",
		.syntax = "boot system",
		.help = help,
		.flags = CLI_NO_PREFIX,
	},
	{
		.mode = "config",
		.syntax = "logging on",
		.help = help,
		.fallback = "logging on",
		.flags = CLI_KEEP_NO,
		.rank = RANK_LOGGING,
		.apply = apply_logging,
	},
	{
		.mode = "config",
		.syntax = "logging <address:A.B.C.D> [<rest:LINE>]",
		.help = help,
		.flags = CLI_HARMLESS | CLI_HIDDEN,
		.normal = normal_host,
	},
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
		.syntax = "logging host {<address:A.B.C.D>|<server:WORD>} [<rest:LINE>]",
		.help = help,
		.key = "address server",
		.flags = CLI_HARMLESS,
		.rank = RANK_SYSLOG + 5,
	},
	{ .mode = NULL },
};

const struct cli_topic cli_system_topic = { .commands = commands };
