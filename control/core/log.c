/* SPDX-License-Identifier: BSD-3-Clause */
#include "control/core/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timex.h>
#include <time.h>

#define LINE_SIZE 600

void log_init(struct log *log)
{
	memset(log, 0, sizeof(*log));
	TAILQ_INIT(&log->lines);
	log->limit = LOG_BUFFER_DEFAULT;
	log->buffer_level = LOG_LEVEL_DEBUG;
	log->stderr_level = LOG_LEVEL_DEBUG;
}

static void forget_until(struct log *log, size_t bytes)
{
	struct log_line *line;

	while (log->bytes > bytes && (line = TAILQ_FIRST(&log->lines)) != NULL) {
		TAILQ_REMOVE(&log->lines, line, entry);
		log->bytes -= line->len + 1;
		free(line);
	}
}

void log_fini(struct log *log)
{
	forget_until(log, 0);
}

void log_clear(struct log *log)
{
	forget_until(log, 0);
}

void log_resize(struct log *log, size_t limit, int level)
{
	log->limit = limit;
	log->buffer_level = level;
	forget_until(log, limit);
}

bool log_clock_synced(void)
{
	struct timex tx = { 0 };

	return adjtimex(&tx) != TIME_ERROR && (tx.status & STA_UNSYNC) == 0;
}

const char *log_timestamp(char *buf, size_t size)
{
	char date[24], fraction[8];
	struct timespec now;
	struct tm tm;

	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &tm);
	strftime(date, sizeof(date), "%b %e %H:%M:%S", &tm);
	snprintf(fraction, sizeof(fraction), "%03u", (unsigned)(now.tv_nsec / 1000000) % 1000);
	snprintf(buf, size, "%s%s.%s", log_clock_synced() ? "" : "*", date, fraction);
	return buf;
}

static void keep(struct log *log, const char *text)
{
	size_t len = strlen(text);
	struct log_line *line;

	if (len + 1 > log->limit)
		return;
	forget_until(log, log->limit - (len + 1));
	line = malloc(sizeof(*line) + len + 1);
	if (line == NULL) {
		log->dropped++;
		return;
	}
	line->len = len;
	memcpy(line->text, text, len + 1);
	TAILQ_INSERT_TAIL(&log->lines, line, entry);
	log->bytes += len + 1;
}

/* The digit of "%FACILITY-5-MNEMONIC"; 6 if there is none. */
static int severity_of(const char *line)
{
	const char *dash = line;

	while ((dash = strchr(dash, '-')) != NULL) {
		if (dash[1] >= '0' && dash[1] <= '7' && dash[2] == '-')
			return dash[1] - '0';
		dash++;
	}
	return 6;
}

/* A hostile name in a message must not move the cursor of whoever reads the log. */
static void defuse(char *text)
{
	for (; *text != '\0'; text++)
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			*text = '?';
}

static void emit(struct log *log, int severity, const char *line)
{
	char stamp[40], text[LINE_SIZE];

	snprintf(text, sizeof(text), "%s: %s", log_timestamp(stamp, sizeof(stamp)), line);
	defuse(text);
	log->count++;
	if (severity <= log->buffer_level && !log->off)
		keep(log, text);
	if (severity <= log->stderr_level)
		fprintf(stderr, "%s\n", text);
	if (log->monitor != NULL && !log->off)
		log->monitor(log->monitor_arg, text);
}

void log_line(struct log *log, const char *line)
{
	emit(log, severity_of(line), line);
}

void log_debug(struct log *log, const char *line)
{
	emit(log, LOG_LEVEL_DEBUG, line);
}

void log_event(struct log *log, const char *mnemonic, const char *format, ...)
{
	char line[LINE_SIZE - 48];
	va_list ap;
	int len;

	len = snprintf(line, sizeof(line), "%%%s: ", mnemonic);
	if (len < 0 || (size_t)len >= sizeof(line))
		return;
	va_start(ap, format);
	vsnprintf(line + len, sizeof(line) - len, format, ap);
	va_end(ap);
	log_line(log, line);
}

bool log_allowed(struct log_limit *limit, uint64_t now_ms)
{
	uint64_t passed = now_ms - limit->refill_ms;
	uint64_t back = limit->interval_ms ? passed / limit->interval_ms : limit->burst;

	if (back > 0) {
		limit->used = back >= limit->used ? 0 : limit->used - (uint32_t)back;
		limit->refill_ms = now_ms;
	}
	if (limit->used >= limit->burst) {
		limit->held_back++;
		return false;
	}
	limit->used++;
	return true;
}
