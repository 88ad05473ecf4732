/* SPDX-License-Identifier: BSD-3-Clause */
/* Between the two files that parse platform.conf; nobody else includes this. */
#ifndef BW_API_PLATFORM_PARSER_H
#define BW_API_PLATFORM_PARSER_H

#include "platform.h"

#define PLATFORM_LINE_MAX  512
#define PLATFORM_WORDS_MAX 32

/* KEYWORD VALUE lines */
enum platform_setting {
	PLATFORM_WORKERS,
	PLATFORM_CORES,
	PLATFORM_MAIN_CORE,
	PLATFORM_SINGLE_CORE,
	PLATFORM_HUGEPAGES,
	PLATFORM_MEMORY,
	PLATFORM_IDLE,
	PLATFORM_NAT_SESSIONS,
	PLATFORM_ROUTES,
	PLATFORM_MBUFS,
	PLATFORM_BURST,
	PLATFORM_MAX_MTU,
	PLATFORM_N_SETTINGS,
};

struct platform_parser {
	struct bw_platform *p;
	const char *name; /* of the file, for messages */
	unsigned line;
	char *err;
	size_t err_size;
	char *word[PLATFORM_WORDS_MAX]; /* of the line being read */
	unsigned n_words;
	unsigned set_at[PLATFORM_N_SETTINGS]; /* line, 0 = not set */
};

/* Write "FILE:LINE: ..." as the error. Always -EINVAL, to be returned. */
__attribute__((format(printf, 2, 3))) int platform_bad(
	struct platform_parser *s, const char *fmt, ...);

/* Decimal digits only: no sign, no space, no base prefix. False if not, or above max. */
bool platform_read_decimal(const char *w, uint64_t max, uint64_t *value);

/* Each 0, or -EINVAL with the error written. `what` names the value in the error. */
int platform_take_number(struct platform_parser *s, const char *what, const char *w, unsigned min,
	unsigned max, unsigned *out);
int platform_take_choice(struct platform_parser *s, const char *what, const char *w,
	const char *yes, const char *no, bool *out);

/* A whole port line: port NAME [switch | routed] KIND [DEVICE] [OPTION VALUE]... */
int platform_take_port(struct platform_parser *s);

#endif
