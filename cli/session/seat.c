/* SPDX-License-Identifier: BSD-3-Clause */

#include "cli/session/seat.h"

const char *cli_seat_second(
	struct cli_seat *seat, size_t input, size_t output, unsigned patience, unsigned blocked_max)
{
	/* one that takes its output slowly, or sends a long file, goes on */
	bool owes = !seat->greeted || (input > 0 && input == seat->input);
	bool blocked = output > 0 && output >= seat->output;

	seat->input = input;
	seat->output = output;
	seat->idle_s++;
	seat->quiet_s = owes ? seat->quiet_s + 1 : 0;
	seat->blocked_s = blocked ? seat->blocked_s + 1 : 0;
	if (seat->quiet_s > patience)
		return seat->greeted ? "it sent half a message" : "it did not say hello";
	if (blocked_max > 0 && seat->blocked_s > blocked_max)
		return "it does not take its output";
	return NULL;
}

void cli_seat_heard(struct cli_seat *seat)
{
	seat->quiet_s = 0;
	seat->idle_s = 0;
}
