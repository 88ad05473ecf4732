/* SPDX-License-Identifier: BSD-3-Clause */

#ifndef CLI_SESSION_SEAT_H
#define CLI_SESSION_SEAT_H

/*
 * How long a client of the command line may keep its place. Whoever connects is a stranger until
 * it says hello; then it takes one of the seats. One more seat is kept for a terminal, so that an
 * administrator gets in whatever scripts do: when that is taken too, the session that has been idle
 * for the longest makes room. Engine only; time is counted in seconds that the server lives, so
 * that nobody is late because the server was stopped.
 */

#include <stdbool.h>
#include <stddef.h>

enum {
	CLI_SEATS = 64,	   /* for everybody; one more for a terminal */
	CLI_STRANGERS = 8, /* that have not said hello: the oldest makes room for a new one */
	CLI_PATIENCE = 10, /* seconds for a hello, and for the rest of a message */
	CLI_SCRIPT_BLOCKED =
		600, /* seconds for a script to take its output; terminals: exec-timeout */
};

struct cli_seat {
	bool greeted;	      /* it has said hello */
	bool taken;	      /* it has one of the seats */
	unsigned quiet_s;     /* since it owes a hello, or the rest of a message */
	unsigned idle_s;      /* since its last message */
	unsigned blocked_s;   /* since it took of the output that waits for it */
	size_t input, output; /* bytes that wait, as last seen */
};

/*
 * A second has passed; so many bytes are there of a message of its, and so many wait for it.
 * Returns why it has to go, or NULL. blocked_max: seconds, 0: any.
 */
const char *cli_seat_second(struct cli_seat *seat, size_t input, size_t output, unsigned patience,
	unsigned blocked_max);

/* A whole message came. */
void cli_seat_heard(struct cli_seat *seat);

#endif
