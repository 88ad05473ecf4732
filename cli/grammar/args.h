/* SPDX-License-Identifier: BSD-3-Clause */

#ifndef BYWAY_CLI_GRAMMAR_ARGS_H
#define BYWAY_CLI_GRAMMAR_ARGS_H

/*
 * The words of one accepted line, typed: what a handler is called with.
 *
 * A cli_args is one block of memory, immutable once parsed. Handlers only borrow it: it lives as
 * long as the call, or as long as the line stays in the configuration; copy what must outlive it.
 */

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cli/grammar/ifname.h"

struct cli_command;

enum cli_type {
	CLI_TYPE_KEYWORD,   /* a literal word of the syntax, or one of <name:a|b|c> */
	CLI_TYPE_WORD,	    /* <x:WORD>: one word, any bytes but blanks and controls */
	CLI_TYPE_LINE,	    /* <x:LINE>: the rest of the line, inner blanks kept */
	CLI_TYPE_TEXT,	    /* <x:TEXT>: lines between two delimiters, as in a banner */
	CLI_TYPE_NUMBER,    /* <x:1-255> */
	CLI_TYPE_LENGTH,    /* <x:/1-32>: a prefix length written with its slash */
	CLI_TYPE_ADDRESS,   /* <x:A.B.C.D> */
	CLI_TYPE_MASK,	    /* <x:MASK>: A.B.C.D, ones then zeros */
	CLI_TYPE_WILDCARD,  /* <x:WILDCARD>: A.B.C.D, any bits */
	CLI_TYPE_PREFIX,    /* <x:A.B.C.D/nn> */
	CLI_TYPE_INTERFACE, /* <x:INTERFACE>; <x:FOREIGN>: of a foreign kind (ifname.h) only */
	CLI_TYPE_MAC,	    /* <x:H.H.H> */
	CLI_TYPE_RD,	    /* <x:RD>: ASN:nn or IP:nn, route targets as well */
	CLI_TYPE_HEX,	    /* <x:HEX>: hexadecimal digits, 0x optional */
};

struct cli_value {
	const char *name; /* the argument's name in the syntax; of a keyword, the keyword */
	const char *text; /* canonical form, as show running-config prints it */
	enum cli_type type;
	uint32_t offset; /* of the word in the line as typed, bytes */
	union {
		uint64_t number;	/* NUMBER, LENGTH; HEX when it fits in 64 bits */
		struct in_addr address; /* ADDRESS, MASK, WILDCARD: network order */
		struct {
			struct in_addr address; /* network order, host bits as typed */
			uint8_t length;		/* 0 to 32 */
		} prefix;			/* PREFIX */
		struct cli_ifname ifname;	/* INTERFACE */
		uint8_t mac[6];			/* MAC */
		uint8_t rd[8];			/* RD: RFC 4364 section 4.2 wire form */
	};
};

struct cli_args {
	const struct cli_command *command;
	const char *line; /* the whole line in canonical form, without `no` */
	unsigned count;
	struct cli_value *value; /* in canonical order, keywords included */
};

/* The first value called `name`, NULL when the line has none. */
const struct cli_value *cli_arg(const struct cli_args *args, const char *name);

/* The next value of a repeated argument (`<x:WORD>...`) after `previous`, NULL at the end. */
const struct cli_value *cli_arg_next(const struct cli_args *args, const struct cli_value *previous);

/* Whether the line holds this keyword, or an argument of this name. */
bool cli_has(const struct cli_args *args, const char *name);

/* Canonical text of an argument; NULL when absent. Of <x:a|b>, the keyword chosen. */
const char *cli_arg_text(const struct cli_args *args, const char *name);

/* A NUMBER or LENGTH, or `absent` when the line has none. */
uint64_t cli_arg_number(const struct cli_args *args, const char *name, uint64_t absent);

/* An ADDRESS, MASK or WILDCARD in network order; 0.0.0.0 when absent (test with cli_has). */
struct in_addr cli_arg_address(const struct cli_args *args, const char *name);

/* An INTERFACE; NULL when absent. */
const struct cli_ifname *cli_arg_ifname(const struct cli_args *args, const char *name);

void cli_args_free(struct cli_args *args);

#endif
