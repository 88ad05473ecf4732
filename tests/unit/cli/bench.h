/* SPDX-License-Identifier: BSD-3-Clause */

#ifndef BYWAY_TESTS_CLI_BENCH_H
#define BYWAY_TESTS_CLI_BENCH_H

/*
 * A server of the command line and clients of it. They share one thread: the server's loop is
 * turned whenever a client waits.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cli/session/protocol.h"
#include "cli/session/server.h"
#include "fixture.h"

struct event_base;

struct bench {
	struct event_base *base;
	struct cli_server *server;
	struct fixture_app app;
	char directory[32];
	char socket[64];
	char startup[64];
};

struct client {
	struct bench *bench;
	int fd;
	char *data;
	size_t len;
	char *output; /* of the last command */
	size_t output_len;
	char prompt[64];
	char question[512];
	unsigned length;
	int status; /* of the last command; -1: it asks; -2: gone */
	unsigned logs;
};

struct cli_server_config settings(struct bench *bench);

/* In a directory of its own, which must be empty again but for the startup-config at the end. */
void bench_start(struct bench *bench, bool unprivileged);
void bench_stop(struct bench *bench);

/* The server's event loop, this often. */
void turns(struct bench *bench, unsigned count);

/* Connects; says hello as a terminal of 24 lines, too. Ends with hang_up. */
struct client *connect_to(struct bench *bench);
struct client *hello(struct bench *bench);
void hang_up(struct client *client);

void send_raw(struct client *client, const void *data, size_t len);
void send_text(struct client *client, enum cli_message_type type, uint32_t number, uint32_t second,
	const char *text);

/* Waits for a message of this type, a question, or the end. */
void wait_for(struct client *client, enum cli_message_type type);

/* Takes what has come, without turning the loop. */
void glance(struct client *client);

/* Forgets what was printed. */
void clear(struct client *client);

/* Sends a request and waits for its end, or its question. Returns what it printed. */
const char *request(
	struct client *client, enum cli_message_type type, uint32_t number, const char *text);
const char *line(struct client *client, const char *text);
const char *answer(struct client *client, const char *text);

#endif
