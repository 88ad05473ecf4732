/* SPDX-License-Identifier: BSD-3-Clause */

#include "cli/session/protocol.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

enum { HEADER = 5, NUMBER = 4 };

struct layout {
	enum cli_message_type type;
	enum cli_side from;
	unsigned numbers;
	size_t text_max;
};

static const struct layout layouts[] = {
	{ CLI_MSG_HELLO, CLI_SIDE_SHELL, 2, 0 },
	{ CLI_MSG_LINE, CLI_SIDE_SHELL, 0, CLI_MESSAGE_LINE_MAX },
	{ CLI_MSG_COMPLETE, CLI_SIDE_SHELL, 1, CLI_MESSAGE_LINE_MAX },
	{ CLI_MSG_HELP, CLI_SIDE_SHELL, 0, CLI_MESSAGE_LINE_MAX },
	{ CLI_MSG_ABORT, CLI_SIDE_SHELL, 0, 0 },
	{ CLI_MSG_ANSWER, CLI_SIDE_SHELL, 0, CLI_MESSAGE_LINE_MAX },
	{ CLI_MSG_PING, CLI_SIDE_SHELL, 0, 0 },
	{ CLI_MSG_LOAD, CLI_SIDE_SHELL, 1, CLI_MESSAGE_LOAD_MAX },
	{ CLI_MSG_OUTPUT, CLI_SIDE_SERVER, 0, CLI_MESSAGE_OUTPUT_MAX },
	{ CLI_MSG_COMPLETION, CLI_SIDE_SERVER, 1, CLI_MESSAGE_LINE_MAX },
	{ CLI_MSG_PROMPT, CLI_SIDE_SERVER, 1, CLI_MESSAGE_LINE_MAX },
	{ CLI_MSG_DONE, CLI_SIDE_SERVER, 1, 0 },
	{ CLI_MSG_QUESTION, CLI_SIDE_SERVER, 1, CLI_MESSAGE_LINE_MAX },
	{ CLI_MSG_LOG, CLI_SIDE_SERVER, 0, CLI_MESSAGE_LINE_MAX },
	{ CLI_MSG_BYE, CLI_SIDE_SERVER, 0, 0 },
	{ CLI_MSG_PONG, CLI_SIDE_SERVER, 0, 0 },
};

static const struct layout *find_layout(unsigned type)
{
	for (size_t i = 0; i < sizeof(layouts) / sizeof(layouts[0]); i++) {
		if (layouts[i].type == type)
			return &layouts[i];
	}
	return NULL;
}

static uint32_t get_number(const uint8_t *at)
{
	return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static void put_number(uint8_t *at, uint32_t number)
{
	at[0] = (uint8_t)(number >> 24);
	at[1] = (uint8_t)(number >> 16);
	at[2] = (uint8_t)(number >> 8);
	at[3] = (uint8_t)number;
}

int64_t cli_message_decode(const void *data, size_t len, enum cli_side from,
	struct cli_message *message, size_t *wanted)
{
	const uint8_t *bytes = data;
	const struct layout *layout;
	size_t fixed;
	size_t body;

	if (wanted)
		*wanted = HEADER;
	if (len < 1)
		return 0;
	layout = find_layout(bytes[0]);
	if (!layout || layout->from != from)
		return -EPROTO;
	if (len < HEADER)
		return 0;
	body = get_number(bytes + 1);
	fixed = (size_t)layout->numbers * NUMBER;
	if (body < fixed || body - fixed > layout->text_max)
		return -EPROTO;
	if (wanted)
		*wanted = HEADER + body;
	if (len < HEADER + body)
		return 0;
	*message = (struct cli_message) { .type = layout->type };
	for (unsigned i = 0; i < layout->numbers; i++)
		message->number[i] = get_number(bytes + HEADER + i * NUMBER);
	message->text = (const char *)bytes + HEADER + fixed;
	message->text_len = body - fixed;
	return (int64_t)(HEADER + body);
}

size_t cli_message_encode(const struct cli_message *message, uint8_t head[CLI_MESSAGE_HEAD])
{
	const struct layout *layout = find_layout(message->type);
	size_t fixed;

	if (!layout || message->text_len > layout->text_max)
		return 0;
	fixed = (size_t)layout->numbers * NUMBER;
	head[0] = (uint8_t)message->type;
	put_number(head + 1, (uint32_t)(fixed + message->text_len));
	for (unsigned i = 0; i < layout->numbers; i++)
		put_number(head + HEADER + i * NUMBER, message->number[i]);
	return HEADER + fixed;
}
