/* SPDX-License-Identifier: BSD-3-Clause */
/* A router without processes: control, its commands, and a dataplane that only remembers. */
#ifndef CONTROL_TEST_SUPPORT_H
#define CONTROL_TEST_SUPPORT_H

#include <CUnit/Basic.h>

#include "cli/config/config.h"
#include "cli/context.h"

#include "control/control.h"

#include "fake_dataplane.h"

struct bench {
	struct event_base *base;
	struct control *ctl;
	struct cli_grammar *grammar;
	struct cli_config *config;
	struct cli_out *out;
	struct cli_ctx ctx;
	struct fake_dataplane dp;
	char dir[64], socket[96];
	unsigned n_ports;
	bool with_dataplane;
	unsigned column; /* of the last error's caret in a configuration line */
	bool done;	 /* the pending command ended */
	int status;
};

/* Ports GigabitEthernet0, 1 (switch) and 8, 9 (routed). */
void bench_open(struct bench *b);
void bench_close(struct bench *b);

/* Start the dataplane, and run until it is programmed. */
void bench_attach(struct bench *b);

/* Turn both event loops until nothing is left to do. Fails the test if that never comes. */
void bench_run(struct bench *b);

/* As if bywayd had been killed and started again with these lines. */
void bench_restart_control(struct bench *b, const char *config);

/* The same without a turn of the event loops. */
void bench_begin_control(struct bench *b, const char *config);

/* Configuration lines without a turn of the event loops. */
void bench_load(struct bench *b, const char *lines);

/* Configuration lines. Returns what was printed; NULL verdict lines are errors of the test. */
const char *bench_config(struct bench *b, const char *lines);

/* An EXEC command's output, whole. */
const char *bench_show(struct bench *b, const char *line);

/* `show running-config` from the first line on that begins with `from`. */
const char *bench_running(struct bench *b);

/* Runs a CUnit suite of tests; the process's exit status. */
struct bench_test {
	const char *name;
	void (*run)(void);
};
int bench_main(const char *suite, const struct bench_test *tests);

bw_ip4 ip(const char *text);

#endif
