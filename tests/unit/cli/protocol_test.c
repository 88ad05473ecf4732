/* SPDX-License-Identifier: BSD-3-Clause */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../api/suite.h"
#include "cli/session/protocol.h"

static const struct cli_message messages[] = {
	{ CLI_MSG_HELLO, { 24, 80 }, "", 0 },
	{ CLI_MSG_LINE, { 0, 0 }, "show version", 12 },
	{ CLI_MSG_LINE, { 0, 0 }, "", 0 },
	{ CLI_MSG_COMPLETE, { 3, 0 }, "sho", 3 },
	{ CLI_MSG_HELP, { 0, 0 }, "show ", 5 },
	{ CLI_MSG_ABORT, { 0, 0 }, "", 0 },
	{ CLI_MSG_ANSWER, { 0, 0 }, "yes", 3 },
	{ CLI_MSG_LOAD, { 3, 0 }, "hostname R\nend\n", 15 },
	{ CLI_MSG_OUTPUT, { 0, 0 }, "text\n", 5 },
	{ CLI_MSG_PING, { 0, 0 }, "", 0 },
	{ CLI_MSG_PONG, { 0, 0 }, "", 0 },
	{ CLI_MSG_COMPLETION, { 5, 0 }, "route ", 6 },
	{ CLI_MSG_PROMPT, { 24, 0 }, "R#", 2 },
	{ CLI_MSG_DONE, { 22, 0 }, "", 0 },
	{ CLI_MSG_QUESTION, { 1, 0 }, "[confirm]", 9 },
	{ CLI_MSG_LOG, { 0, 0 }, "%SYS-5-X: y", 11 },
	{ CLI_MSG_BYE, { 0, 0 }, "", 0 },
};

enum { MESSAGES = sizeof(messages) / sizeof(messages[0]) };

static enum cli_side side_of(const struct cli_message *message)
{
	return message->type < CLI_MSG_OUTPUT ? CLI_SIDE_SHELL : CLI_SIDE_SERVER;
}

/* Encodes into a block of exactly its size, so that a read beyond it is found. */
static uint8_t *encode(const struct cli_message *message, size_t *len)
{
	uint8_t head[CLI_MESSAGE_HEAD];
	size_t head_len = cli_message_encode(message, head);
	uint8_t *bytes = malloc(head_len + message->text_len);

	CU_ASSERT(head_len > 0);
	memcpy(bytes, head, head_len);
	memcpy(bytes + head_len, message->text, message->text_len);
	*len = head_len + message->text_len;
	return bytes;
}

static void test_round_trip(void)
{
	for (size_t i = 0; i < MESSAGES; i++) {
		struct cli_message got;
		size_t wanted;
		size_t len;
		uint8_t *bytes = encode(&messages[i], &len);

		CU_ASSERT_EQUAL(
			cli_message_decode(bytes, len, side_of(&messages[i]), &got, &wanted), len);
		CU_ASSERT_EQUAL(wanted, len);
		CU_ASSERT_EQUAL(got.type, messages[i].type);
		CU_ASSERT_EQUAL(got.number[0], messages[i].number[0]);
		CU_ASSERT_EQUAL(got.number[1], messages[i].number[1]);
		CU_ASSERT_EQUAL(got.text_len, messages[i].text_len);
		CU_ASSERT_EQUAL(memcmp(got.text, messages[i].text, got.text_len), 0);
		free(bytes);
	}
}

static void test_every_truncation_wants_more(void)
{
	for (size_t i = 0; i < MESSAGES; i++) {
		size_t len;
		uint8_t *bytes = encode(&messages[i], &len);

		for (size_t cut = 0; cut < len; cut++) {
			struct cli_message got;
			size_t wanted;
			uint8_t *part = malloc(cut ? cut : 1);

			memcpy(part, bytes, cut);
			CU_ASSERT_EQUAL(
				cli_message_decode(part, cut, side_of(&messages[i]), &got, &wanted),
				0);
			CU_ASSERT(wanted > cut);
			CU_ASSERT(wanted <= len);
			free(part);
		}
		free(bytes);
	}
}

static void test_the_other_side_may_not_send_it(void)
{
	for (size_t i = 0; i < MESSAGES; i++) {
		struct cli_message got;
		size_t len;
		uint8_t *bytes = encode(&messages[i], &len);
		enum cli_side other =
			side_of(&messages[i]) == CLI_SIDE_SHELL ? CLI_SIDE_SERVER : CLI_SIDE_SHELL;

		CU_ASSERT_EQUAL(cli_message_decode(bytes, len, other, &got, NULL), -EPROTO);
		free(bytes);
	}
}

static void test_unknown_types(void)
{
	for (unsigned type = 0; type < 256; type++) {
		uint8_t bytes[13] = { (uint8_t)type };
		struct cli_message got;
		int known = 0;

		for (size_t i = 0; i < MESSAGES; i++)
			known |= messages[i].type == type;
		if (known)
			continue;
		CU_ASSERT_EQUAL(cli_message_decode(bytes, 13, CLI_SIDE_SHELL, &got, NULL), -EPROTO);
		CU_ASSERT_EQUAL(
			cli_message_decode(bytes, 13, CLI_SIDE_SERVER, &got, NULL), -EPROTO);
	}
}

static void test_lengths_out_of_bounds(void)
{
	static const uint8_t bad[][5] = {
		{ CLI_MSG_HELLO, 0, 0, 0, 7 }, /* lacks its second number */
		{ CLI_MSG_HELLO, 0, 0, 0, 9 }, /* text where there is none */
		{ CLI_MSG_ABORT, 0, 0, 0, 1 },
		{ CLI_MSG_COMPLETE, 0, 0, 0, 3 },
		{ CLI_MSG_LINE, 0, 1, 0, 1 }, /* 64 KiB and one */
		{ CLI_MSG_LOAD, 4, 0, 0, 5 }, /* 64 MiB and one, besides its number */
		{ CLI_MSG_LINE, 0xff, 0xff, 0xff, 0xff },
		{ CLI_MSG_LOAD, 0xff, 0xff, 0xff, 0xff },
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct cli_message got;

		CU_ASSERT_EQUAL(cli_message_decode(bad[i], 5, CLI_SIDE_SHELL, &got, NULL), -EPROTO);
	}
}

static void test_too_long_a_text_is_not_encoded(void)
{
	struct cli_message message = { CLI_MSG_LINE, { 0, 0 }, "", CLI_MESSAGE_LINE_MAX + 1 };
	uint8_t head[CLI_MESSAGE_HEAD];

	CU_ASSERT_EQUAL(cli_message_encode(&message, head), 0);
	message.text_len--;
	CU_ASSERT_EQUAL(cli_message_encode(&message, head), 5);
}

static void test_garbage(void)
{
	uint32_t state = 1;

	for (unsigned round = 0; round < 100000; round++) {
		struct cli_message got;
		size_t len = round % 40;
		uint8_t *bytes = malloc(len + 1);
		int64_t taken;

		for (size_t i = 0; i < len; i++) {
			state = state * 1664525 + 1013904223;
			bytes[i] = (uint8_t)(state >> 24);
		}
		taken = cli_message_decode(
			bytes, len, round & 1 ? CLI_SIDE_SHELL : CLI_SIDE_SERVER, &got, NULL);
		CU_ASSERT_FATAL(taken == -EPROTO || (taken >= 0 && (size_t)taken <= len));
		free(bytes);
	}
}

int main(void)
{
	CU_TestInfo tests[] = {
		{ "round trip", test_round_trip },
		{ "every truncation wants more", test_every_truncation_wants_more },
		{ "the other side may not send it", test_the_other_side_may_not_send_it },
		{ "unknown types", test_unknown_types },
		{ "lengths out of bounds", test_lengths_out_of_bounds },
		{ "too long a text is not encoded", test_too_long_a_text_is_not_encoded },
		{ "garbage", test_garbage },
		CU_TEST_INFO_NULL,
	};

	return run_suite("cli-protocol", tests);
}
