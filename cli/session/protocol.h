/* SPDX-License-Identifier: BSD-3-Clause */

#ifndef CLI_SESSION_PROTOCOL_H
#define CLI_SESSION_PROTOCOL_H

/*
 * What the shell and the server say to each other over a Unix stream socket.
 *
 * A message is a type (1 byte), a length (4 bytes, big-endian) of what follows, then for some types
 * one or two numbers (4 bytes each, big-endian), then text (bytes, not terminated).
 *
 *   shell  -> HELLO    <- [OUTPUT | QUESTION -> ANSWER] ... PROMPT
 *   shell  -> LINE     <- OUTPUT ... [QUESTION -> ANSWER <- OUTPUT ...] PROMPT DONE
 *   shell  -> HELP     <- OUTPUT ... DONE
 *   shell  -> COMPLETE <- COMPLETION
 *   shell  -> LOAD     <- OUTPUT ... PROMPT DONE
 * PING is answered by PONG at any time, also while a command runs: a shell that hears nothing asks.
 * ABORT may be sent at any time, and counts only while a command runs. The shell sends nothing
 * else before DONE; a server drops one that does. LOG comes at any time. BYE stands in place of the
 * last PROMPT, or comes by itself when the session has been idle for too long.
 */

#include <stddef.h>
#include <stdint.h>

enum cli_message_type {
	/* from the shell */
	CLI_MSG_HELLO = 1, /* number[0] rows, number[1] columns; 0: no terminal */
	CLI_MSG_LINE,	   /* text: one line without its end */
	CLI_MSG_COMPLETE,  /* number[0] cursor, bytes; text: the line */
	CLI_MSG_HELP,	   /* text: the line up to the `?` */
	CLI_MSG_ABORT,
	CLI_MSG_ANSWER, /* text */
	CLI_MSG_LOAD,	/* number[0] enum cli_load_option; text: a file */
	CLI_MSG_PING,	/* are you there? */

	/* from the server */
	CLI_MSG_OUTPUT = 64, /* text: part of what a command prints */
	CLI_MSG_COMPLETION,  /* number[0] where the word begins; text: what to put there */
	CLI_MSG_PROMPT,	     /* number[0] lines to a page, 0: no paging; text */
	CLI_MSG_DONE,	     /* number[0] 0, or an errno */
	CLI_MSG_QUESTION,    /* number[0] enum cli_question; text */
	CLI_MSG_LOG,	     /* text: a line for terminal monitor */
	CLI_MSG_BYE,	     /* the session is over */
	CLI_MSG_PONG,	     /* yes */
};

enum cli_load_option {
	CLI_LOAD_OPTION_ATOMIC = 1 << 0,  /* all or nothing */
	CLI_LOAD_OPTION_VERBOSE = 1 << 1, /* report every line, not the notable ones alone */
};

enum {
	CLI_MESSAGE_HEAD = 5 + 2 * 4,		 /* header and numbers at most, bytes */
	CLI_MESSAGE_LINE_MAX = 64 * 1024,	 /* text of LINE, HELP, ... */
	CLI_MESSAGE_OUTPUT_MAX = 64 * 1024,	 /* text of OUTPUT */
	CLI_MESSAGE_LOAD_MAX = 64 * 1024 * 1024, /* text of LOAD */
};

enum cli_side { CLI_SIDE_SHELL, CLI_SIDE_SERVER };

struct cli_message {
	enum cli_message_type type;
	uint32_t number[2]; /* those the type has not are 0 */
	const char *text;   /* borrowed, within the data given to decode */
	size_t text_len;
};

/*
 * Reads the first message of `data`, which `from` has sent. Returns the bytes it took; 0 when more
 * must come first, and then the whole needs *wanted bytes (may be NULL); -EPROTO for a type that
 * this side may not send or a length out of bounds, after which nothing can be read any more.
 */
int64_t cli_message_decode(const void *data, size_t len, enum cli_side from,
	struct cli_message *message, size_t *wanted);

/*
 * Writes header and numbers into `head`; the message is these bytes and then the text. Returns
 * their length, or 0 when the text is too long for the type.
 */
size_t cli_message_encode(const struct cli_message *message, uint8_t head[CLI_MESSAGE_HEAD]);

#endif
