/* SPDX-License-Identifier: BSD-3-Clause */
/* `show version`, `clock`, `logging`, `processes cpu`, `users`. */
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli/commands/commands.h"
#include "cli/config/config.h"
#include "control/core/format.h"

static const char *image_path(char *buf, size_t size)
{
	ssize_t len = readlink("/proc/self/exe", buf, size - 1);

	buf[len > 0 ? len : 0] = '\0';
	return buf;
}

static void print_dataplane(struct cli_out *out, const struct dp_link *link)
{
	const struct bw_region *region = dp_region(link);
	char up[96];

	if (region == NULL) {
		cli_puts(out, "Dataplane is not running\n");
		return;
	}
	cli_printf(out, "Dataplane byway-dp %.32s, %u worker%s, process %u, uptime is %s\n",
		region->header->dp_version, region->header->n_workers,
		region->header->n_workers == 1 ? "" : "s", region->header->dp_pid,
		format_uptime((uint64_t)(time(NULL) - (time_t)region->header->start_time), up,
			sizeof(up)));
	if (dp_stalled(link))
		cli_printf(out, "Dataplane does not answer since %u seconds\n",
			dp_still_ms(link, dp_workers(link)) / 1000);
}

static int show_version(struct cli_ctx *ctx, const struct cli_args *)
{
	struct control *ctl = cmd_control(ctx);
	const char *hostname = cli_config_hostname(ctx->config);
	struct json_object *json = cli_out_json(ctx->out);
	uint64_t uptime = (clock_ms() - ctl->start_ms) / 1000;
	char up[96], image[256];

	if (json != NULL) {
		cmd_json_text(json, "software", "Byway");
		cmd_json_text(json, "version", BYWAY_VERSION);
		cmd_json_text(json, "hostname", hostname);
		cmd_json_number(json, "uptime", uptime);
		cmd_json_text(json, "image", image_path(image, sizeof(image)));
		cmd_json_flag(json, "dataplane", dp_region(&ctl->core.dp) != NULL);
		cmd_json_flag(json, "dataplane_stalled", dp_stalled(&ctl->core.dp));
		return 0;
	}
	cli_printf(ctx->out,
		"Byway Software (BYWAY-X86_64), Version %s, RELEASE SOFTWARE\n"
		"\n"
		"%s uptime is %s\n"
		"System returned to ROM by power-on\n"
		"System image file is \"%s\"\n",
		BYWAY_VERSION, hostname, format_uptime(uptime, up, sizeof(up)),
		image_path(image, sizeof(image)));
	print_dataplane(ctx->out, &ctl->core.dp);
	cli_printf(ctx->out, "%u Gigabit Ethernet interfaces\n\nConfiguration register is 0x2102\n",
		ctl->platform.n_ports);
	return 0;
}

static int show_clock(struct cli_ctx *ctx, const struct cli_args *)
{
	const struct control_timezone *zone = &cmd_control(ctx)->timezone;
	const struct summer_time *summer = &cmd_control(ctx)->summer;
	const char *name = zone->name;
	struct timespec now;
	char day[32], hour[16];
	struct tm tm;
	time_t local;

	clock_gettime(CLOCK_REALTIME, &now);
	local = now.tv_sec + zone->minutes * 60;
	if (summer_time_is(summer, local)) {
		local += summer->offset * 60;
		name = summer->name;
	}
	gmtime_r(&local, &tm);
	strftime(hour, sizeof(hour), "%H:%M:%S", &tm);
	strftime(day, sizeof(day), "%a %b %e %Y", &tm);
	cli_printf(ctx->out, "%s%s.%03ld %s %s\n", log_clock_synced() ? "" : "*", hour,
		now.tv_nsec / 1000000, name, day);
	return 0;
}

static int show_logging(struct cli_ctx *ctx, const struct cli_args *)
{
	static const char *const level[] = { "emergencies", "alerts", "critical", "errors",
		"warnings", "notifications", "informational", "debugging" };
	struct log *log = &cmd_control(ctx)->core.log;
	struct json_object *json = cli_out_json(ctx->out);
	const struct log_line *line;

	if (json != NULL) {
		struct json_object *list = cmd_json_list(json, "log");

		TAILQ_FOREACH (line, &log->lines, entry)
			json_object_array_add(list, json_object_new_string(line->text));
		return 0;
	}
	cli_printf(ctx->out,
		"Syslog logging: %s (%llu messages dropped, 0 messages rate-limited,\n"
		"                0 flushes, 0 overruns, xml disabled, filtering disabled)\n"
		"\n"
		"    Console logging: disabled\n"
		"    Monitor logging: level debugging, 0 messages logged, xml disabled,\n"
		"                     filtering disabled\n",
		log->off ? "disabled" : "enabled", (unsigned long long)log->dropped);
	if (log->buffer_level < 0)
		cli_puts(ctx->out, "    Buffer logging:  disabled\n");
	else
		cli_printf(ctx->out,
			"    Buffer logging:  level %s, %llu messages logged, xml disabled,\n"
			"                     filtering disabled\n",
			level[log->buffer_level], (unsigned long long)log->count);
	cli_printf(ctx->out, "\nLog Buffer (%zu bytes):\n\n", log->limit);
	TAILQ_FOREACH (line, &log->lines, entry)
		cli_printf(ctx->out, "%s\n", line->text);
	return 0;
}

/* --- processes --- */

static unsigned percent(double part)
{
	return (unsigned)(part * 100 + 0.5);
}

static void print_process(
	struct cli_out *out, unsigned pid, const char *name, const struct cpu_average *a)
{
	cli_printf(out, "%5u %6.2f%% %6.2f%% %6.2f%% %s\n", pid, a->five_seconds * 100,
		a->one_minute * 100, a->five_minutes * 100, name);
}

static void add_json(struct json_object *list, const char *name, const struct cpu_average *a)
{
	struct json_object *row = cmd_json_item(list);

	cmd_json_text(row, "process", name);
	json_object_object_add(row, "five_seconds", json_object_new_double(a->five_seconds * 100));
	json_object_object_add(row, "one_minute", json_object_new_double(a->one_minute * 100));
	json_object_object_add(row, "five_minutes", json_object_new_double(a->five_minutes * 100));
}

/* The workers' average is the router's utilization; control comes beside it. */
static struct cpu_average total_of(const struct cpu_load *load, unsigned workers)
{
	struct cpu_average sum = { 0 };

	for (unsigned w = 0; w < workers; w++) {
		sum.five_seconds += load->worker[w].five_seconds / workers;
		sum.one_minute += load->worker[w].one_minute / workers;
		sum.five_minutes += load->worker[w].five_minutes / workers;
	}
	return sum;
}

static int show_processes(struct cli_ctx *ctx, const struct cli_args *)
{
	struct control *ctl = cmd_control(ctx);
	const struct bw_region *region = dp_region(&ctl->core.dp);
	unsigned workers = dp_workers(&ctl->core.dp);
	struct cpu_average total = total_of(&ctl->load, workers);
	struct json_object *json = cli_out_json(ctx->out), *list = NULL;

	if (json != NULL)
		list = cmd_json_list(json, "processes");
	else
		cli_printf(ctx->out,
			"CPU utilization for five seconds: %u%%/0%%; one minute: %u%%; five "
			"minutes: %u%%\n"
			"  PID    5Sec    1Min    5Min Process\n",
			percent(total.five_seconds), percent(total.one_minute),
			percent(total.five_minutes));
	for (unsigned w = 0; w <= workers; w++) {
		const struct cpu_average *a =
			w < workers ? &ctl->load.worker[w] : &ctl->load.control;
		char name[32] = "control";

		if (w < workers)
			snprintf(name, sizeof(name), "datapath worker %u", w);
		if (list != NULL)
			add_json(list, name, a);
		else
			print_process(ctx->out,
				w < workers ? region->header->dp_pid : (unsigned)getpid(), name, a);
	}
	return 0;
}

static int show_users(struct cli_ctx *ctx, const struct cli_args *)
{
	cli_puts(ctx->out, "    Line       User       Host(s)              Idle       Location\n"
			   "*  0 con 0                idle                 00:00:00   \n");
	return 0;
}

static const struct cli_help help[] = {
	{ "version", "System hardware and software status" },
	{ "clock", "Display the system clock" },
	{ "logging", "Show the contents of logging buffers" },
	{ "processes", "Active process statistics" },
	{ "cpu", "Show CPU use per process" },
	{ "users", "Display information about terminal lines" },
	{ "show", "Show running system information" },
	{ NULL, NULL },
};

static const struct cli_command commands[] = {
	{
		.mode = "exec",
		.syntax = "show version",
		.help = help,
		.flags = CLI_USER,
		.run = show_version,
	},
	{
		.mode = "exec",
		.syntax = "show clock",
		.help = help,
		.flags = CLI_USER,
		.run = show_clock,
	},
	{
		.mode = "exec",
		.syntax = "show logging",
		.help = help,
		.flags = CLI_USER,
		.run = show_logging,
	},
	{
		.mode = "exec",
		.syntax = "show processes [cpu]",
		.help = help,
		.flags = CLI_USER,
		.run = show_processes,
	},
	{
		.mode = "exec",
		.syntax = "show users",
		.help = help,
		.flags = CLI_USER,
		.run = show_users,
	},
	{ .mode = NULL },
};

const struct cli_topic cli_show_system_topic = { .commands = commands };
