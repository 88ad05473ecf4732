/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The router's log: lines in the form of IOS, kept in a buffer of so many bytes (`logging
 * buffered`), written to standard error and shown to terminals that asked for them.
 */
#ifndef BW_CONTROL_CORE_LOG_H
#define BW_CONTROL_CORE_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#define LOG_BUFFER_DEFAULT 8192
#define LOG_BUFFER_MIN	   4096
#define LOG_LEVEL_DEBUG	   7

struct log_line {
	TAILQ_ENTRY(log_line) entry;
	size_t len;
	char text[];
};

/* Allows `burst` events and then one each `interval_ms`, and counts what it held back. */
struct log_limit {
	uint32_t burst;
	uint32_t interval_ms;
	uint32_t used;
	uint32_t held_back;
	uint64_t refill_ms;
};

struct log {
	TAILQ_HEAD(log_lines, log_line) lines; /* oldest first */
	size_t bytes, limit;
	int buffer_level; /* severities above this one are not kept; -1: none is */
	int stderr_level;
	bool off; /* `no logging on`: to standard error alone, which is the console */
	uint64_t count, dropped;
	void (*monitor)(void *arg, const char *line); /* a terminal line without newline */
	void *monitor_arg;
};

void log_init(struct log *log);
void log_fini(struct log *log);

/*
 * Log one line. `mnemonic` is "LINK-3-UPDOWN": its digit is the severity. The text
 * is cut at about 500 bytes; control characters in it are replaced.
 */
void log_event(struct log *log, const char *mnemonic, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* A line of `debug`, of severity 7. */
void log_debug(struct log *log, const char *line);

/* A line that has its `%FACILITY-5-MNEMONIC: ` already. */
void log_line(struct log *log, const char *line);

/* Whether one more event may be logged now. */
bool log_allowed(struct log_limit *limit, uint64_t now_ms);

/* `logging buffered N LEVEL`. Lines that no longer fit are forgotten, the oldest first. */
void log_resize(struct log *log, size_t limit, int level);
void log_clear(struct log *log);

/* "*Mar  1 00:01:02.345" now; the asterisk as long as the host's clock is not synchronised. */
const char *log_timestamp(char *buf, size_t size);

/* True once the host's clock follows a time source. */
bool log_clock_synced(void);

#endif
