/* SPDX-License-Identifier: BSD-3-Clause */
/* bywayd: control and the command line's server, together. */
#include <errno.h>
#include <event2/event.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/commands/commands.h"
#include "cli/session/server.h"

#include "control/control.h"

#define RUN_DIR	 "/run/byway"
#define CONF_DIR "/etc/byway"
#define PATH_LEN 96 /* of a directory; socket addresses are short */

struct daemon {
	struct event_base *base;
	struct control *control;
	struct cli_server *cli;
	struct event *terminate[2];
	const char *instance;
	char run_dir[PATH_LEN], cli_path[PATH_LEN + 16];
	char conf_dir[PATH_LEN], config_path[512], platform_path[512], device[HOST_DEVICE_SIZE];
	char flash[512];	 /* the directory of the startup-config */
	const char *reserved[3]; /* names there that are not the administrator's */
};

static void usage(FILE *to)
{
	fprintf(to, "usage: bywayd --instance NAME [--config FILE] [--platform FILE]\n"
		    "\n"
		    "  --instance NAME   which router this is (default: default)\n"
		    "  --config FILE     its startup-config (" CONF_DIR "/NAME/startup-config)\n"
		    "  --platform FILE   its ports (" CONF_DIR "/NAME/platform.conf)\n"
		    "\n"
		    "Sockets are in $BYWAY_RUN_DIR/NAME (" RUN_DIR "/NAME).\n");
}

/* Letters, digits, '-', '_' and '.', not leading: it becomes part of paths. */
static bool is_good_name(const char *name)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789-_.";

	return name[0] != '\0' && name[0] != '.' && strlen(name) < 32 &&
	       name[strspn(name, allowed)] == '\0';
}

static int set_paths(struct daemon *d, const char *config, const char *platform)
{
	const char *run = getenv("BYWAY_RUN_DIR");
	bool fits;

	if (!is_good_name(d->instance)) {
		fprintf(stderr, "bywayd: bad instance name '%s'\n", d->instance);
		return -EINVAL;
	}
	run = run != NULL && run[0] != '\0' ? run : RUN_DIR;
	fits = snprintf(d->run_dir, sizeof(d->run_dir), "%s/%s", run, d->instance) < PATH_LEN;
	snprintf(d->cli_path, sizeof(d->cli_path), "%s/cli.sock", d->run_dir);
	snprintf(d->conf_dir, sizeof(d->conf_dir), CONF_DIR "/%s", d->instance);
	if (config != NULL)
		fits = fits && strlen(config) < sizeof(d->config_path);
	snprintf(d->config_path, sizeof(d->config_path), "%s%s", config ? config : d->conf_dir,
		config ? "" : "/startup-config");
	snprintf(d->platform_path, sizeof(d->platform_path), "%s%s",
		platform ? platform : d->conf_dir, platform ? "" : "/platform.conf");
	snprintf(d->device, sizeof(d->device), "bw-%.12s", d->instance);
	if (!fits) {
		fprintf(stderr, "bywayd: path too long\n");
		return -ENAMETOOLONG;
	}
	return 0;
}

/* 0, 1: done already (--help), or negative errno. */
static int read_options(struct daemon *d, int argc, char **argv)
{
	static const struct option options[] = {
		{ "instance", required_argument, NULL, 'i' },
		{ "config", required_argument, NULL, 'c' },
		{ "platform", required_argument, NULL, 'p' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'v' },
		{ NULL, 0, NULL, 0 },
	};
	const char *config = NULL, *platform = NULL;
	int c;

	d->instance = "default";
	while ((c = getopt_long(argc, argv, "i:c:p:hv", options, NULL)) != -1)
		switch (c) {
		case 'i':
			d->instance = optarg;
			break;
		case 'c':
			config = optarg;
			break;
		case 'p':
			platform = optarg;
			break;
		case 'h':
			usage(stdout);
			return 1;
		case 'v':
			printf("bywayd %s\n", BYWAY_VERSION);
			return 1;
		default:
			usage(stderr);
			return -EINVAL;
		}
	if (optind < argc) {
		usage(stderr);
		return -EINVAL;
	}
	return set_paths(d, config, platform);
}

static int make_directory(const char *path)
{
	char partial[PATH_LEN];

	for (size_t i = 1; path[i - 1] != '\0'; i++) {
		if (path[i] != '/' && path[i] != '\0')
			continue;
		snprintf(partial, sizeof(partial), "%.*s", (int)i, path);
		if (mkdir(partial, 0755) < 0 && errno != EEXIST)
			return -errno;
	}
	return 0;
}

static void on_terminate(evutil_socket_t, short, void *arg)
{
	event_base_loopbreak(arg);
}

static void on_cli_log(void *app, const char *message)
{
	struct control *ctl = app;

	log_line(&ctl->core.log, message);
}

static void on_log(void *arg, const char *line)
{
	struct daemon *d = arg;

	if (d->cli != NULL)
		cli_server_monitor(d->cli, line);
}

static void on_hostname(void *arg, const char *hostname)
{
	struct control *ctl = arg;

	dialer_set_hostname(&ctl->dialers, hostname);
}

static int start_control(struct daemon *d)
{
	const struct control_options options = {
		.instance = d->instance,
		.run_dir = d->run_dir,
		.device = d->device,
	};
	struct bw_platform platform;
	char err[256];
	int ret = bw_platform_load(&platform, d->platform_path, err, sizeof(err));

	if (ret != 0) {
		fprintf(stderr, "bywayd: %s\n", err);
		return ret;
	}
	d->control = calloc(1, sizeof(*d->control));
	if (d->control == NULL)
		return -ENOMEM;
	ret = control_init(d->control, d->base, &options, &platform);
	if (ret != 0) {
		fprintf(stderr, "bywayd: cannot start: %s\n", strerror(-ret));
		free(d->control);
		d->control = NULL;
		return ret;
	}
	d->control->core.log.monitor = on_log;
	d->control->core.log.monitor_arg = d;
	return 0;
}

/* Physical interfaces are in the configuration whether somebody typed them or not. */
static void configure_ports(struct daemon *d)
{
	for (unsigned i = 0; i < d->control->platform.n_ports; i++) {
		char line[64];

		snprintf(line, sizeof(line), "interface %s\n", d->control->platform.port[i].name);
		cli_server_configure(d->cli, line);
	}
}

static const char *name_in(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* The startup-config is written by `write memory` alone, the platform.conf from outside. */
static void set_flash(struct daemon *d)
{
	const char *name = name_in(d->config_path);

	if (name == d->config_path)
		strcpy(d->flash, ".");
	else
		snprintf(d->flash, sizeof(d->flash), "%.*s", (int)(name - d->config_path),
			d->config_path);
	d->reserved[0] = name;
	d->reserved[1] = name_in(d->platform_path);
}

static int start_cli(struct daemon *d)
{
	const struct cli_server_config config = {
		.base = d->base,
		.topics = byway_topics,
		.app = d->control,
		.socket_path = d->cli_path,
		.startup_path = d->config_path,
		.files_dir = d->flash,
		.reserved = d->reserved,
		.log = on_cli_log,
		.access = &byway_access,
	};

	set_flash(d);
	make_directory(d->run_dir); /* a byway-dp that left just now may have taken it along */
	d->cli = cli_server_new(&config);
	if (d->cli == NULL) {
		fprintf(stderr, "bywayd: %s: %s\n", d->cli_path, strerror(errno));
		return -errno;
	}
	cli_config_watch_hostname(cli_server_configuration(d->cli), on_hostname, d->control);
	configure_ports(d);
	if (cli_server_boot(d->cli) != 0)
		log_event(&d->control->core.log, "SYS-4-CONFIG_ERRORS",
			"some lines of %s were not accepted", d->config_path);
	cli_config_mark_saved(cli_server_configuration(d->cli));
	return 0;
}

static int start(struct daemon *d)
{
	static const int signals[] = { SIGTERM, SIGINT };
	int err;

	signal(SIGPIPE, SIG_IGN);
	d->base = event_base_new();
	if (d->base == NULL)
		return -ENOMEM;
	for (unsigned i = 0; i < 2; i++) {
		d->terminate[i] = evsignal_new(d->base, signals[i], on_terminate, d->base);
		if (d->terminate[i] == NULL)
			return -ENOMEM;
		evsignal_add(d->terminate[i], NULL);
	}
	err = make_directory(d->run_dir);
	if (err != 0) {
		fprintf(stderr, "bywayd: %s: %s\n", d->run_dir, strerror(-err));
		return err;
	}
	make_directory(d->conf_dir); /* `write memory` says so if that did not help */
	if ((err = start_control(d)) != 0 || (err = start_cli(d)) != 0)
		return err;
	log_event(&d->control->core.log, "SYS-5-RESTART", "System restarted -- byway %s",
		BYWAY_VERSION);
	dp_link_start(&d->control->core.dp);
	return 0;
}

static void stop(struct daemon *d)
{
	if (d->cli != NULL)
		cli_server_free(d->cli);
	d->cli = NULL;
	if (d->control != NULL)
		control_fini(d->control);
	free(d->control);
	for (unsigned i = 0; i < 2; i++)
		if (d->terminate[i] != NULL)
			event_free(d->terminate[i]);
	if (d->base != NULL)
		event_base_free(d->base);
	rmdir(d->run_dir); /* unless byway-dp is there */
}

int main(int argc, char **argv)
{
	struct daemon d = { 0 };
	int ret = read_options(&d, argc, argv);

	if (ret != 0)
		return ret > 0 ? 0 : 2;
	ret = start(&d);
	if (ret == 0)
		event_base_dispatch(d.base);
	stop(&d);
	return ret == 0 ? 0 : 1;
}
