/* SPDX-License-Identifier: BSD-3-Clause */
/* A stream of messages: each is read within its bounds, and written again as it was. */
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "cli/session/protocol.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool what)
{
	if (!what)
		abort();
}

static void check_message(const uint8_t *data, size_t taken, const struct cli_message *message)
{
	uint8_t head[CLI_MESSAGE_HEAD];
	size_t len = cli_message_encode(message, head);

	require(len > 0 && len + message->text_len == taken);
	require(memcmp(head, data, len) == 0);
	require(message->text == (const char *)data + len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	for (int side = CLI_SIDE_SHELL; side <= CLI_SIDE_SERVER; side++) {
		size_t at = 0;

		while (at < size) {
			struct cli_message message;
			size_t wanted = 0;
			int64_t taken = cli_message_decode(
				data + at, size - at, (enum cli_side)side, &message, &wanted);

			require(taken == -EPROTO || (taken == 0 && wanted > size - at) ||
				(taken > 0 && (size_t)taken <= size - at));
			if (taken <= 0)
				break;
			check_message(data + at, (size_t)taken, &message);
			at += (size_t)taken;
		}
	}
	return 0;
}
