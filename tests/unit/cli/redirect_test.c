/* SPDX-License-Identifier: BSD-3-Clause */

/* `| redirect`, `| append` and `| tee`. */

#include <dirent.h>
#include <errno.h>
#include <event2/event.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../api/suite.h"
#include "bench.h"
#include "cli/config/store.h"
#include "cli/output/file.h"

struct flash {
	struct bench bench;
	struct client *client;
	char path[96]; /* what path_of gave last */
	char *text;    /* what text_of gave last */
};

static void flash_open(struct flash *flash, bool unprivileged)
{
	*flash = (struct flash) { 0 };
	bench_start(&flash->bench, unprivileged);
	flash->client = hello(&flash->bench);
}

static void flash_close(struct flash *flash)
{
	free(flash->text);
	hang_up(flash->client);
	/* Which finds its directory empty, or fails. */
	bench_stop(&flash->bench);
}

static const char *path_of(struct flash *flash, const char *name)
{
	snprintf(flash->path, sizeof(flash->path), "%s/%s", flash->bench.directory, name);
	return flash->path;
}

static const char *text_of(struct flash *flash, const char *name)
{
	size_t len;

	free(flash->text);
	flash->text = NULL;
	if (cli_store_read(path_of(flash, name), &flash->text, &len) != 0)
		return "(absent)";
	CU_ASSERT_EQUAL(strlen(flash->text), len);
	return flash->text;
}

static void drop(struct flash *flash, const char *name)
{
	CU_ASSERT_EQUAL(unlink(path_of(flash, name)), 0);
}

static unsigned files_in(const struct flash *flash)
{
	DIR *directory = opendir(flash->bench.directory);
	unsigned count = 0;

	while (readdir(directory))
		count++;
	closedir(directory);
	return count;
}

/* Sends, and lets nothing else happen. */
static void post(struct client *client, enum cli_message_type type, const char *text)
{
	struct cli_message message = { .type = type, .text = text, .text_len = strlen(text) };
	uint8_t head[CLI_MESSAGE_HEAD];
	size_t len = cli_message_encode(&message, head);

	CU_ASSERT_EQUAL(send(client->fd, head, len, 0), (ssize_t)len);
	CU_ASSERT_EQUAL(send(client->fd, text, strlen(text), 0), (ssize_t)strlen(text));
}

/* Once around the event loop. A turn of the bench goes on while there is something to do. */
static void step(struct flash *flash)
{
	event_base_loop(flash->bench.base, EVLOOP_ONCE | EVLOOP_NONBLOCK);
}

static void begin_flood(struct flash *flash, const char *command)
{
	clear(flash->client);
	flash->bench.app.flood_left = 0;
	post(flash->client, CLI_MSG_LINE, command);
	for (unsigned i = 0; i < 100000 && flash->bench.app.flood_left == 0; i++)
		step(flash);
	CU_ASSERT(flash->bench.app.flood_left > 0);
}

static void test_redirect(void)
{
	struct flash flash;
	struct stat info;

	flash_open(&flash, false);
	CU_ASSERT_STRING_EQUAL(line(flash.client, "show lines 2 | redirect flash:out"), "");
	CU_ASSERT_EQUAL(flash.client->status, 0);
	CU_ASSERT_STRING_EQUAL(text_of(&flash, "out"), "line 1\nline 2\n");
	CU_ASSERT_EQUAL(stat(path_of(&flash, "out"), &info), 0);
	CU_ASSERT_EQUAL(info.st_mode & 07777, 0600);
	/* In place of what was there; what comes next goes to the terminal again. */
	CU_ASSERT_STRING_EQUAL(line(flash.client, "show lines 1 | r FLASH:/out "), "");
	CU_ASSERT_STRING_EQUAL(text_of(&flash, "out"), "line 1\n");
	CU_ASSERT_STRING_EQUAL(line(flash.client, "show lines 1"), "line 1\n");
	line(flash.client, "configure terminal");
	CU_ASSERT_STRING_EQUAL(line(flash.client, "do show lines 3 | redirect file:out"), "");
	CU_ASSERT_STRING_EQUAL(text_of(&flash, "out"), "line 1\nline 2\nline 3\n");
	/* What is written can be read. */
	line(flash.client, "do show running-config | redirect conf");
	line(flash.client, "hostname X");
	CU_ASSERT_PTR_NOT_NULL(strstr(
		line(flash.client, "do configure replace flash:conf force"), "-hostname X\n"));
	drop(&flash, "out");
	drop(&flash, "conf");
	flash_close(&flash);
}

static void test_append_and_tee(void)
{
	struct flash flash;

	flash_open(&flash, false);
	CU_ASSERT_STRING_EQUAL(line(flash.client, "show lines 1 | append out"), "");
	CU_ASSERT_STRING_EQUAL(line(flash.client, "show lines 2 | append out"), "");
	CU_ASSERT_STRING_EQUAL(text_of(&flash, "out"), "line 1\nline 1\nline 2\n");
	CU_ASSERT_STRING_EQUAL(line(flash.client, "show lines 2 | tee out"), "line 1\nline 2\n");
	CU_ASSERT_STRING_EQUAL(text_of(&flash, "out"), "line 1\nline 2\n");
	CU_ASSERT_STRING_EQUAL(line(flash.client, "show lines 1 | tee /append out"), "line 1\n");
	CU_ASSERT_STRING_EQUAL(text_of(&flash, "out"), "line 1\nline 2\nline 1\n");
	drop(&flash, "out");
	flash_close(&flash);
}

static void test_words(void)
{
	struct flash flash;

	flash_open(&flash, false);
	CU_ASSERT_STRING_EQUAL(
		line(flash.client, "show lines | redirect"), "% Incomplete command.\n\n");
	CU_ASSERT_STRING_EQUAL(
		line(flash.client, "show lines | tee /append"), "% Incomplete command.\n\n");
	CU_ASSERT_PTR_NOT_NULL(strstr(line(flash.client, "show lines | append a b"),
		"                             ^\n% Invalid input"));
	CU_ASSERT_STRING_EQUAL(request(flash.client, CLI_MSG_HELP, 0, "show lines | redirect "),
		"  WORD  File name, such as flash:NAME\n\n");
	CU_ASSERT_PTR_NOT_NULL(strstr(request(flash.client, CLI_MSG_HELP, 0, "show lines | "),
		"  append    Append redirected output to a file in flash:\n"));
	flash_close(&flash);
}

/* Nothing outside of the directory can be named, nor what is not the administrator's. */
static void test_names_are_kept_in(void)
{
	static const char *const bad[][2] = {
		{ "../out", "not a name within flash:" },
		{ "flash:../out", "not a name within flash:" },
		{ "/tmp/out", "not a name within flash:" },
		{ "file:/tmp/out", "not a name within flash:" },
		{ "flash://tmp/out", "not a name within flash:" },
		{ "flash:", "not a name within flash:" },
		{ "dir/../out", "not a name within flash:" },
		{ "dir/./out", "not a name within flash:" },
		{ "dir/", "not a name within flash:" },
		{ ".", "not a name within flash:" },
		{ ".hidden", "not a name within flash:" },
		{ "link", "not a name within flash:" },
		{ "away/out", "not a name within flash:" },
		{ "pipe", "not a name within flash:" },
		{ "dir", "Is a directory" },
		{ "absent/out", "No such file or directory" },
		{ "tftp://10.0.0.1/out", "unknown device" },
		{ "nvram:out", "unknown device" },
		{ "startup-config", "not to be written by commands" },
		{ "flash:/startup-config", "not to be written by commands" },
		{ "platform.conf", "not to be written by commands" },
	};
	struct flash flash;
	char expected[256], command[128];
	unsigned files;

	flash_open(&flash, false);
	CU_ASSERT_EQUAL(mkdir(path_of(&flash, "dir"), 0700), 0);
	CU_ASSERT_EQUAL(symlink("/tmp", path_of(&flash, "away")), 0);
	CU_ASSERT_EQUAL(symlink("dir/target", path_of(&flash, "link")), 0);
	CU_ASSERT_EQUAL(mkfifo(path_of(&flash, "pipe"), 0600), 0);
	files = files_in(&flash);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		static const char *const filters[] = { "redirect", "append", "tee" };

		snprintf(expected, sizeof(expected), "%%Error opening %s (%s)\n", bad[i][0],
			bad[i][1]);
		for (size_t f = 0; f < 3; f++) {
			snprintf(command, sizeof(command), "show lines | %s %s", filters[f],
				bad[i][0]);
			CU_ASSERT_STRING_EQUAL(line(flash.client, command), expected);
			CU_ASSERT_EQUAL(flash.client->status, EINVAL);
		}
	}
	CU_ASSERT_EQUAL(files_in(&flash), files);
	CU_ASSERT_STRING_EQUAL(line(flash.client, "show lines 1 | redirect dir/out"), "");
	CU_ASSERT_STRING_EQUAL(text_of(&flash, "dir/out"), "line 1\n");
	drop(&flash, "dir/out");
	drop(&flash, "away");
	drop(&flash, "link");
	drop(&flash, "pipe");
	CU_ASSERT_EQUAL(rmdir(path_of(&flash, "dir")), 0);
	flash_close(&flash);
}

static void test_user_may_not_write(void)
{
	struct flash flash;

	flash_open(&flash, true);
	CU_ASSERT_STRING_EQUAL(line(flash.client, "show table | redirect out"),
		"%Error opening out (Permission denied)\n");
	flash_close(&flash);
}

static void put(const char *path)
{
	FILE *file = fopen(path, "w");

	fputs("hostname taken\nend\n", file);
	fclose(file);
}

/* Nothing but files of the directory can be read, so that no other's lines come back in errors. */
static void test_replace_reads_in_flash_only(void)
{
	static const char *const outside[] = { "/etc/passwd", "/proc/self/environ", "../outside",
		"flash:../outside", "sub/../conf", "./conf", "link", "flash:link", "away/passwd",
		"pipe", "sub", "flash:", "/", "nvram:conf", "tftp:conf", "absent", ".hidden" };
	struct flash flash;
	char command[400];

	flash_open(&flash, false);
	put(path_of(&flash, "conf"));
	put(path_of(&flash, ".hidden"));
	CU_ASSERT_EQUAL(symlink("conf", path_of(&flash, "link")), 0);
	CU_ASSERT_EQUAL(symlink("/etc", path_of(&flash, "away")), 0);
	CU_ASSERT_EQUAL(mkdir(path_of(&flash, "sub"), 0700), 0);
	CU_ASSERT_EQUAL(mkfifo(path_of(&flash, "pipe"), 0600), 0);
	for (size_t i = 0; i < sizeof(outside) / sizeof(outside[0]); i++) {
		snprintf(command, sizeof(command), "configure replace %s force", outside[i]);
		CU_ASSERT_EQUAL(strncmp(line(flash.client, command), "%Error opening ", 15), 0);
		CU_ASSERT_EQUAL(flash.client->status, EINVAL);
		CU_ASSERT_STRING_EQUAL(flash.client->prompt, "Router#");
	}
	/* By its whole name, too. */
	snprintf(command, sizeof(command), "configure replace %s force", path_of(&flash, "conf"));
	line(flash.client, command);
	CU_ASSERT_STRING_EQUAL(flash.client->prompt, "taken#");
	drop(&flash, "conf");
	drop(&flash, ".hidden");
	drop(&flash, "link");
	drop(&flash, "away");
	drop(&flash, "pipe");
	CU_ASSERT_EQUAL(rmdir(path_of(&flash, "sub")), 0);
	flash_close(&flash);
}

/* What a command that failed has said is for the terminal. */
static void test_failed_command_leaves_the_file(void)
{
	struct flash flash;

	flash_open(&flash, false);
	line(flash.client, "show lines 1 | redirect out");
	CU_ASSERT_PTR_NOT_NULL(
		strstr(line(flash.client, "configure replace absent force | redirect out"),
			"%Error opening absent"));
	CU_ASSERT_PTR_NOT_NULL(strstr(
		line(flash.client, "configure replace absent force | tee out"), "%Error opening"));
	CU_ASSERT_STRING_EQUAL(text_of(&flash, "out"), "line 1\n");
	CU_ASSERT_EQUAL(files_in(&flash), 4); /* ., .., the socket and it */
	drop(&flash, "out");
	flash_close(&flash);
}

static void test_abort_leaves_the_file(void)
{
	struct flash flash;

	flash_open(&flash, false);
	line(flash.client, "show lines 1 | redirect out");
	begin_flood(&flash, "show flood 500000 | redirect out");
	CU_ASSERT_EQUAL(files_in(&flash), 5);
	post(flash.client, CLI_MSG_ABORT, "");
	wait_for(flash.client, CLI_MSG_DONE);
	CU_ASSERT_EQUAL(flash.client->status, EINTR);
	CU_ASSERT_STRING_EQUAL(flash.client->output, "");
	CU_ASSERT_STRING_EQUAL(text_of(&flash, "out"), "line 1\n");
	CU_ASSERT_EQUAL(files_in(&flash), 4);
	/* So does a session that goes. */
	begin_flood(&flash, "show flood 500000 | append out");
	CU_ASSERT_EQUAL(files_in(&flash), 5);
	hang_up(flash.client);
	flash.client = hello(&flash.bench);
	CU_ASSERT_STRING_EQUAL(text_of(&flash, "out"), "line 1\n");
	CU_ASSERT_EQUAL(files_in(&flash), 4);
	drop(&flash, "out");
	flash_close(&flash);
}

/* Whether somebody is answered while the command goes on. */
static void assert_others_work(struct flash *flash, struct client *other)
{
	char answer[64];
	ssize_t got = -1;

	post(other, CLI_MSG_LINE, "show lines 1");
	for (unsigned i = 0; i < 20 && got < 0; i++) {
		step(flash);
		got = recv(other->fd, answer, sizeof(answer), MSG_DONTWAIT);
	}
	CU_ASSERT(got > 0);
}

/* A dump of 25 MB, and then again with these to be copied first. */
static void test_long_dumps_let_others_work(void)
{
	struct flash flash;
	struct client *other;
	struct stat info;
	off_t size;

	flash_open(&flash, false);
	other = hello(&flash.bench);
	begin_flood(&flash, "show flood 500000 | redirect out");
	assert_others_work(&flash, other);
	CU_ASSERT(flash.bench.app.flood_left > 0);
	wait_for(flash.client, CLI_MSG_DONE);
	CU_ASSERT_EQUAL(flash.client->status, 0);
	CU_ASSERT_EQUAL(stat(path_of(&flash, "out"), &info), 0);
	size = info.st_size;
	CU_ASSERT(size > 500000 * 50);
	hang_up(other);
	other = hello(&flash.bench);
	clear(flash.client);
	post(flash.client, CLI_MSG_LINE, "show lines 1 | append out");
	step(&flash);
	step(&flash);
	assert_others_work(&flash, other);
	CU_ASSERT_EQUAL(files_in(&flash), 5);
	wait_for(flash.client, CLI_MSG_DONE);
	CU_ASSERT_EQUAL(flash.client->status, 0);
	CU_ASSERT_EQUAL(files_in(&flash), 4);
	CU_ASSERT_STRING_EQUAL(flash.client->output, "");
	hang_up(other);
	CU_ASSERT_EQUAL(stat(path_of(&flash, "out"), &info), 0);
	CU_ASSERT_EQUAL(info.st_size, size + (off_t)strlen("line 1\n"));
	drop(&flash, "out");
	flash_close(&flash);
}

static void test_full_disk_leaves_the_file(void)
{
	struct rlimit old, small = { 4 * CLI_FILE_STEP, RLIM_INFINITY };
	struct flash flash;

	flash_open(&flash, false);
	line(flash.client, "show lines 1 | redirect out");
	getrlimit(RLIMIT_FSIZE, &old);
	small.rlim_max = old.rlim_max;
	signal(SIGXFSZ, SIG_IGN);
	setrlimit(RLIMIT_FSIZE, &small);
	CU_ASSERT_STRING_EQUAL(line(flash.client, "show flood 100000 | redirect out"),
		"%Error writing out (File too large)\n");
	CU_ASSERT_EQUAL(flash.client->status, EFBIG);
	setrlimit(RLIMIT_FSIZE, &old);
	CU_ASSERT_STRING_EQUAL(text_of(&flash, "out"), "line 1\n");
	CU_ASSERT_EQUAL(files_in(&flash), 4);
	drop(&flash, "out");
	flash_close(&flash);
}

/* Of two that add to a file at a time none is lost without a word. */
static void test_two_appends(void)
{
	struct flash flash;
	struct client *other;

	flash_open(&flash, false);
	other = hello(&flash.bench);
	line(other, "show lines 1 | redirect out");
	send_text(flash.client, CLI_MSG_LINE, 0, 0, "hang | append out");
	turns(&flash.bench, 5);
	line(other, "show lines 1 | append out");
	CU_ASSERT_PTR_NOT_NULL_FATAL(flash.bench.app.hanging);
	clear(flash.client);
	cli_done(flash.bench.app.hanging, 0);
	wait_for(flash.client, CLI_MSG_DONE);
	CU_ASSERT_STRING_EQUAL(
		flash.client->output, "%Error writing out (written by somebody else meanwhile)\n");
	CU_ASSERT_STRING_EQUAL(text_of(&flash, "out"), "line 1\nline 1\n");
	drop(&flash, "out");
	hang_up(other);
	flash_close(&flash);
}

int main(void)
{
	CU_TestInfo tests[] = {
		{ "redirect", test_redirect },
		{ "append and tee", test_append_and_tee },
		{ "words", test_words },
		{ "names are kept in", test_names_are_kept_in },
		{ "a user may not write", test_user_may_not_write },
		{ "replace reads in flash only", test_replace_reads_in_flash_only },
		{ "a failed command leaves the file", test_failed_command_leaves_the_file },
		{ "an abort leaves the file", test_abort_leaves_the_file },
		{ "long dumps let others work", test_long_dumps_let_others_work },
		{ "a full disk leaves the file", test_full_disk_leaves_the_file },
		{ "two appends", test_two_appends },
		CU_TEST_INFO_NULL,
	};

	return run_suite("cli-redirect", tests);
}
