/* SPDX-License-Identifier: BSD-3-Clause */
/* The programmer against a dataplane that only counts: argv[1] is the program. */
#include "suite.h"

#include "fake_dp.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *program;
static char dir[] = "/tmp/bw-programmer-test-XXXXXX";
static char sock[64], file[64];

struct session {
	pid_t dp, pid;
	FILE *in, *out;
	int status; /* of the programmer, once it was waited for */
};

static struct session start(void)
{
	struct session s = { .dp = fake_dp_start(sock) };
	int in[2], out[2];

	CU_ASSERT_FATAL(s.dp > 0);
	CU_ASSERT_FATAL(pipe(in) == 0 && pipe(out) == 0);
	fflush(NULL);
	s.pid = fork();
	if (s.pid == 0) {
		dup2(in[0], 0);
		dup2(out[1], 1);
		close(in[1]);
		close(out[0]);
		execl(program, program, sock, NULL);
		_exit(127);
	}
	close(in[0]);
	close(out[1]);
	s.in = fdopen(in[1], "w");
	s.out = fdopen(out[0], "r");
	return s;
}

static void finish(struct session *s)
{
	fclose(s->in);
	waitpid(s->pid, &s->status, 0);
	fclose(s->out);
	fake_dp_stop(s->dp, SIGKILL);
}

/* True if the answer to the command holds `want`. */
static bool answers(struct session *s, const char *command, const char *want)
{
	char line[4096] = "";

	fprintf(s->in, "%s\n", command);
	fflush(s->in);
	if (fgets(line, sizeof(line), s->out) && strstr(line, want))
		return true;
	printf("\n'%s' gave '%s', not '%s' ", command, line, want);
	return false;
}

#define SETUP "setup GigabitEthernet8 GigabitEthernet9 02:00:00:00:01:02 02:00:00:00:02:02"

static void test_everything_is_acknowledged(void)
{
	struct session s = start();

	CU_ASSERT(answers(
		&s, "ports", "\"name\": \"GigabitEthernet8\", \"mac\": \"02:00:00:00:00:08\""));
	CU_ASSERT(answers(&s, SETUP, "{\"ok\": true, \"commands\": 13,"));
	CU_ASSERT(answers(&s, "route 198.51.100.0/24", "{\"ok\": true, \"commands\": 1,"));
	CU_ASSERT(answers(&s, "nat 203.0.113.1 203.0.113.8", "{\"ok\": true, \"commands\": 7,"));
	CU_ASSERT(answers(&s, "pppoe out 203.0.113.64", "{\"ok\": true, \"commands\": 5,"));
	CU_ASSERT(answers(&s, "static 10.0.0.2 203.0.113.65", "{\"ok\": true, \"commands\": 4,"));
	CU_ASSERT(answers(&s, "counters", "\"workers\": [{\"loops\": 0"));
	finish(&s);
	CU_ASSERT(WIFEXITED(s.status) && WEXITSTATUS(s.status) == 0);
}

static void test_many_routes_go_through_the_ring(void)
{
	struct session s = start();
	char command[128];
	FILE *f;

	CU_ASSERT(answers(&s, SETUP, "\"ok\": true"));
	snprintf(command, sizeof(command), "routes 200000 1 %s", file);
	CU_ASSERT(answers(&s, command, "{\"ok\": true, \"commands\": 200000,"));
	f = fopen(file, "r");
	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	CU_ASSERT_EQUAL(fseek(f, 0, SEEK_END), 0);
	CU_ASSERT_EQUAL(ftell(f), 4 * 200000);
	fclose(f);
	finish(&s);
}

static void test_refusals_are_told(void)
{
	struct session s = start();

	CU_ASSERT(answers(&s, "route 198.51.100.0/33",
		"\"ok\": false, \"error\": \"1 commands refused, the first a ROUTE_SET: bad value\""));
	CU_ASSERT(answers(&s, "route 198.51.100.0/24", "\"ok\": true")); /* and forgotten */
	CU_ASSERT(answers(&s, "route x/24", "\"ok\": false"));
	CU_ASSERT(answers(&s, "route 198.51.100.0", "\"ok\": false"));
	CU_ASSERT(answers(&s, "setup GigabitEthernet8 Nothing 02:00:00:00:01:02 02:00:00:00:02:02",
		"\"ok\": false"));
	CU_ASSERT(answers(&s, "nat 1.2.3.4", "unknown command"));
	CU_ASSERT(answers(&s, "pppoe up 1.2.3.4", "\"ok\": false"));
	CU_ASSERT(answers(&s, "pppoe in x", "\"ok\": false"));
	CU_ASSERT(answers(&s, "static 1.2.3.4 x", "\"ok\": false"));
	CU_ASSERT(answers(&s, "dance", "unknown command"));
	CU_ASSERT(answers(&s, "routes 0 1 /dev/null", "\"ok\": false"));
	finish(&s);
	CU_ASSERT(WIFEXITED(s.status) && WEXITSTATUS(s.status) == 0);
}

static void test_death_of_the_dataplane_is_told(void)
{
	struct session s = start();

	CU_ASSERT(answers(&s, SETUP, "\"ok\": true"));
	fake_dp_stop(s.dp, SIGKILL);
	CU_ASSERT(answers(&s, "route 198.51.100.0/24", "the dataplane does not answer"));
	s.dp = -1;
	finish(&s);
	CU_ASSERT(WIFEXITED(s.status) && WEXITSTATUS(s.status) == 1);
}

int main(int argc, char **argv)
{
	CU_TestInfo tests[] = {
		{ "everything is acknowledged", test_everything_is_acknowledged },
		{ "many routes go through the ring", test_many_routes_go_through_the_ring },
		{ "refusals are told", test_refusals_are_told },
		{ "the death of the dataplane is told", test_death_of_the_dataplane_is_told },
		CU_TEST_INFO_NULL,
	};
	int ret;

	if (argc != 2 || !mkdtemp(dir))
		return EXIT_FAILURE;
	signal(SIGPIPE, SIG_IGN);
	program = argv[1];
	snprintf(sock, sizeof(sock), "%s/dp", dir);
	snprintf(file, sizeof(file), "%s/routes", dir);
	ret = run_suite("programmer", tests);
	unlink(sock);
	unlink(file);
	rmdir(dir);
	return ret;
}
