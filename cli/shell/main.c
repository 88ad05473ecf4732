/* SPDX-License-Identifier: BSD-3-Clause */

/* byway: the administrator's shell. */

#include <errno.h>
#include <getopt.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/shell/shell.h"

enum { MAX_COMMANDS = 64, EXIT_USAGE = 2, EXIT_UNREACHABLE = 3 };

struct options {
	const char *instance;
	const char *socket;
	const char *commands[MAX_COMMANDS];
	unsigned command_count;
	const char *file;
	uint32_t load;
};

static const char usage[] =
	"usage: byway [--instance NAME] [--socket PATH] [-c COMMAND]...\n"
	"             [-f FILE [--all-or-nothing] [-v]]\n"
	"  -c COMMAND         run a command and print its output; may be repeated\n"
	"  -f FILE            load configuration lines; `-' is standard input\n"
	"  --all-or-nothing   with -f: one error, and nothing of the file is in force\n"
	"  -q                 with -f: only the lines that were not plainly applied\n"
	"  --instance NAME    the router to talk to (default: default)\n"
	"  --socket PATH      its socket (default: /run/byway/NAME/cli.sock)\n";

static const struct option long_options[] = {
	{ "instance", required_argument, NULL, 'i' },
	{ "socket", required_argument, NULL, 's' },
	{ "all-or-nothing", no_argument, NULL, 'a' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

/* Returns -1 to go on, or an exit status. */
static int read_options(struct options *options, int argc, char **argv)
{
	int option;

	while ((option = getopt_long(argc, argv, "c:f:qvh", long_options, NULL)) != -1) {
		switch (option) {
		case 'c':
			if (options->command_count == MAX_COMMANDS)
				return EXIT_USAGE;
			options->commands[options->command_count++] = optarg;
			break;
		case 'f':
			options->file = optarg;
			break;
		case 'q':
			options->load &= ~CLI_LOAD_OPTION_VERBOSE;
			break;
		case 'v': /* as it is by default */
			options->load |= CLI_LOAD_OPTION_VERBOSE;
			break;
		case 'a':
			options->load |= CLI_LOAD_OPTION_ATOMIC;
			break;
		case 'i':
			options->instance = optarg;
			break;
		case 's':
			options->socket = optarg;
			break;
		case 'h':
			fputs(usage, stdout);
			return 0;
		default:
			fputs(usage, stderr);
			return EXIT_USAGE;
		}
	}
	if (optind < argc) {
		fputs(usage, stderr);
		return EXIT_USAGE;
	}
	return -1;
}

/* The path of the instance's socket; to be freed. */
static char *socket_path(const struct options *options)
{
	const char *run = getenv("BYWAY_RUN_DIR");
	char *path;

	if (options->socket)
		return strdup(options->socket);
	if (asprintf(&path, "%s/%s/cli.sock", run ? run : "/run/byway", options->instance) < 0)
		return NULL;
	return path;
}

static char *read_stream(FILE *file, size_t *len)
{
	size_t room = 64 * 1024;
	char *text = malloc(room);

	*len = 0;
	while (text) {
		size_t got = fread(text + *len, 1, room - *len, file);
		char *grown;

		*len += got;
		if (*len < room)
			break;
		room *= 2;
		grown = realloc(text, room);
		if (!grown)
			free(text);
		text = grown;
	}
	return text;
}

static int load_file(struct shell *shell, const struct options *options)
{
	bool standard = strcmp(options->file, "-") == 0;
	FILE *file = standard ? stdin : fopen(options->file, "re");
	size_t len = 0;
	char *text;
	int status;

	if (!file) {
		fprintf(stderr, "byway: %s: %s\n", options->file, strerror(errno));
		return 1;
	}
	text = read_stream(file, &len);
	if (!text || ferror(file)) {
		fprintf(stderr, "byway: %s: cannot be read\n", options->file);
		status = 1;
	} else {
		status = shell_run(shell, CLI_MSG_LOAD, options->load, text, len) != 0;
	}
	free(text);
	if (!standard)
		fclose(file);
	return status;
}

static int run_commands(struct shell *shell, const struct options *options)
{
	int failed = 0;

	for (unsigned i = 0; i < options->command_count && !shell->over; i++) {
		const char *command = options->commands[i];

		if (shell_run(shell, CLI_MSG_LINE, 0, command, strlen(command)) != 0)
			failed = 1;
	}
	return failed || shell_lost_text(shell);
}

static int run(struct shell *shell, const struct options *options)
{
	int failed = 0;

	if (options->file)
		failed = load_file(shell, options);
	if (options->command_count > 0)
		failed |= run_commands(shell, options);
	if (options->file || options->command_count > 0)
		return failed;
	return shell->interactive ? shell_interactive(shell) : shell_input(shell);
}

int main(int argc, char **argv)
{
	struct options options = { .instance = "default", .load = CLI_LOAD_OPTION_VERBOSE };
	struct shell shell;
	bool batch;
	char *path;
	int status = read_options(&options, argc, argv);

	if (status >= 0)
		return status;
	/* Names are UTF-8 whatever the login's locale. */
	if (!setlocale(LC_CTYPE, "") || MB_CUR_MAX == 1)
		setlocale(LC_CTYPE, "C.UTF-8");
	path = socket_path(&options);
	if (!path)
		return 1;
	batch = options.file || options.command_count > 0;
	status = shell_open(&shell, path, !batch && isatty(STDIN_FILENO) && isatty(STDOUT_FILENO));
	if (status) {
		fprintf(stderr, "byway: %s: %s\n", path, link_error(status));
		free(path);
		return EXIT_UNREACHABLE;
	}
	status = shell.interactive ? 0 : shell_greet(&shell);
	if (status || shell.over) {
		if (status)
			fprintf(stderr, "byway: %s: %s\n", path, link_error(status));
		shell_close(&shell);
		free(path);
		return EXIT_UNREACHABLE;
	}
	status = run(&shell, &options);
	shell_close(&shell);
	free(path);
	return status;
}
