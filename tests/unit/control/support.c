/* SPDX-License-Identifier: BSD-3-Clause */
#include "support.h"

#include <arpa/inet.h>
#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/builtin.h"
#include "cli/commands/commands.h"
#include "cli/context_engine.h"

#include "control/core/format.h"

static const char *const ports[] = { "GigabitEthernet0", "GigabitEthernet1", "GigabitEthernet8",
	"GigabitEthernet9" };

bw_ip4 ip(const char *text)
{
	struct in_addr a;

	if (inet_pton(AF_INET, text, &a) != 1)
		abort();
	return a.s_addr;
}

static void check(bool good, const char *what)
{
	if (!good) {
		fprintf(stderr, "test bench: %s\n", what);
		abort();
	}
}

static void on_done(struct cli_ctx *ctx, int status)
{
	struct bench *b = (struct bench *)((char *)ctx - offsetof(struct bench, ctx));

	b->done = true;
	b->status = status;
}

static void on_hostname(void *arg, const char *hostname)
{
	struct control *ctl = arg;

	dialer_set_hostname(&ctl->dialers, hostname);
}

static void open_control(struct bench *b)
{
	static const char text[] = "port GigabitEthernet0 null\nport GigabitEthernet1 null\n"
				   "port GigabitEthernet8 null\nport GigabitEthernet9 null\n";
	const struct control_options o = { .instance = "test", .run_dir = b->dir };
	struct bw_platform platform;
	char err[128];

	check(bw_platform_parse(&platform, "test", text, err, sizeof(err)) == 0, err);
	b->base = event_base_new();
	b->ctl = calloc(1, sizeof(*b->ctl));
	check(b->base != NULL && b->ctl != NULL, "no memory");
	check(control_init(b->ctl, b->base, &o, &platform) == 0, "control does not start");
	b->ctl->core.log.stderr_level = -1;
	b->grammar = cli_grammar_new();
	cli_grammar_add(b->grammar, &cli_builtin_topic);
	for (unsigned i = 0; byway_topics[i] != NULL; i++)
		cli_grammar_add(b->grammar, byway_topics[i]);
	check(cli_grammar_compile(b->grammar) == 0, cli_grammar_error(b->grammar));
	b->config = cli_config_new(b->grammar, NULL);
	cli_config_set_app(b->config, b->ctl);
	cli_config_watch_hostname(b->config, on_hostname, b->ctl);
	b->out = cli_out_new_buffer();
	check(cli_ctx_init(&b->ctx, b->ctl, b->config, b->out) == 0, "no memory");
	b->ctx.engine->done = on_done;
}

static void close_control(struct bench *b)
{
	cli_ctx_fini(&b->ctx);
	cli_out_free(b->out);
	cli_config_free(b->config);
	cli_grammar_free(b->grammar);
	control_fini(b->ctl);
	free(b->ctl);
	event_base_free(b->base);
}

void bench_open(struct bench *b)
{
	memset(b, 0, sizeof(*b));
	snprintf(b->dir, sizeof(b->dir), "/tmp/byway-test-XXXXXX");
	check(mkdtemp(b->dir) != NULL, "no directory");
	snprintf(b->socket, sizeof(b->socket), "%s/dp.sock", b->dir);
	b->n_ports = 4;
	open_control(b);
}

void bench_close(struct bench *b)
{
	close_control(b);
	if (b->with_dataplane)
		fake_close(&b->dp);
	rmdir(b->dir);
}

static bool settled(const struct bench *b)
{
	if (work_is_marked(&b->ctl->core.work, WORK_RANKS - 1))
		return false;
	if (!b->with_dataplane)
		return true;
	return dp_link_settled(&b->ctl->core.dp);
}

void bench_run(struct bench *b)
{
	uint64_t limit = clock_ms() + 20000;
	unsigned calm = 0;

	while (calm < 3) {
		event_base_loop(b->base, EVLOOP_NONBLOCK);
		if (b->with_dataplane)
			fake_run(&b->dp);
		calm = settled(b) && b->ctl->core.work.marked == 0 ? calm + 1 : 0;
		if (clock_ms() > limit) {
			CU_FAIL("the bench does not come to rest");
			return;
		}
		if (calm == 0)
			usleep(200);
	}
}

void bench_attach(struct bench *b)
{
	if (!b->with_dataplane)
		fake_open(&b->dp, b->socket, b->n_ports, ports);
	b->with_dataplane = true;
	dp_link_start(&b->ctl->core.dp);
	bench_run(b);
}

static void on_verdict(void *arg, const struct cli_verdict *v)
{
	struct bench *b = arg;
	struct cli_out *out = b->out;

	if (v->result == CLI_ERROR)
		b->column = v->column;
	if (v->message[0] != '\0')
		cli_printf(out, "%s%s", v->message,
			v->message[strlen(v->message) - 1] == '\n' ? "" : "\n");
}

void bench_load(struct bench *b, const char *lines)
{
	struct cli_load_summary summary;

	cli_out_clear(b->out);
	cli_config_load(b->config, &b->ctx, lines, strlen(lines), 0, on_verdict, b, &summary);
}

void bench_begin_control(struct bench *b, const char *config)
{
	close_control(b);
	open_control(b);
	bench_load(b, config);
	if (b->with_dataplane)
		dp_link_start(&b->ctl->core.dp);
}

void bench_restart_control(struct bench *b, const char *config)
{
	bench_begin_control(b, config);
	bench_run(b);
}

const char *bench_config(struct bench *b, const char *lines)
{
	bench_load(b, lines);
	bench_run(b);
	return cli_out_text(b->out);
}

const char *bench_show(struct bench *b, const char *line)
{
	const struct cli_mode *exec = cli_grammar_mode(b->grammar, "exec");
	uint64_t limit = clock_ms() + 20000;
	struct cli_parse parse;
	int ret;

	cli_out_clear(b->out);
	if (cli_grammar_parse(b->grammar, exec, 0, line, &parse) != CLI_PARSE_OK)
		return "(not a command)";
	b->done = false;
	ret = cli_ctx_run(&b->ctx, parse.args);
	while (ret == CLI_PENDING && !b->done && clock_ms() < limit) {
		if (cli_ctx_yielding(&b->ctx)) {
			ret = cli_ctx_resume(&b->ctx);
			continue;
		}
		event_base_loop(b->base, EVLOOP_NONBLOCK);
		if (b->with_dataplane)
			fake_run(&b->dp);
	}
	cli_out_finish(b->out);
	cli_args_free(parse.args);
	cli_ctx_end(&b->ctx);
	return cli_out_text(b->out);
}

const char *bench_running(struct bench *b)
{
	cli_out_clear(b->out);
	cli_config_print(b->config, CLI_TREE_NORMAL, b->out);
	return cli_out_text(b->out);
}

int bench_main(const char *suite, const struct bench_test *tests)
{
	CU_pSuite s;
	unsigned failures;

	if (CU_initialize_registry() != CUE_SUCCESS)
		return 2;
	s = CU_add_suite(suite, NULL, NULL);
	for (; tests->name != NULL; tests++)
		if (s == NULL || CU_add_test(s, tests->name, tests->run) == NULL)
			return 2;
	CU_basic_set_mode(CU_BRM_VERBOSE);
	CU_basic_run_tests();
	failures = CU_get_number_of_failures();
	CU_cleanup_registry();
	return failures == 0 ? 0 : 1;
}
