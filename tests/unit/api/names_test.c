/* SPDX-License-Identifier: BSD-3-Clause */
#include "suite.h"

#include "dataplane/api/drops.h"
#include "dataplane/api/msg.h"

#include <string.h>

/* Each value of [first, end) has a text of its own. */
static void check_texts(const char *(*text)(unsigned), unsigned first, unsigned end)
{
	for (unsigned i = first; i < end; i++) {
		CU_ASSERT_PTR_NOT_NULL_FATAL(text(i));
		CU_ASSERT_STRING_NOT_EQUAL(text(i), "unknown");
		CU_ASSERT(strlen(text(i)) > 0);
		for (unsigned k = first; k < i; k++)
			CU_ASSERT_STRING_NOT_EQUAL(text(i), text(k));
	}
}

static void test_every_error_has_its_text(void)
{
	check_texts(bw_error_text, BW_OK, BW_E_MAX);
}

static void test_every_message_has_its_name(void)
{
	check_texts(bw_msg_name, BW_MSG_NONE, BW_CMD_MAX);
	check_texts(bw_msg_name, BW_EVT_ACK, BW_EVT_MAX);
	CU_ASSERT_STRING_EQUAL(bw_msg_name(BW_CMD_ROUTE_SET), "ROUTE_SET");
}

static void test_every_drop_has_its_text(void)
{
	check_texts(bw_drop_text, BW_DROP_NONE, BW_DROP_NO_MBUF + 1);
	CU_ASSERT_STRING_EQUAL(bw_drop_text(BW_DROP_IP4_CHECKSUM), "ip4 bad checksum");
}

static void test_other_values_are_unknown(void)
{
	CU_ASSERT_STRING_EQUAL(bw_error_text(BW_E_MAX), "unknown");
	CU_ASSERT_STRING_EQUAL(bw_error_text(~0u), "unknown");
	CU_ASSERT_STRING_EQUAL(bw_msg_name(BW_CMD_MAX), "unknown");
	CU_ASSERT_STRING_EQUAL(bw_msg_name(BW_EVT_ACK - 1), "unknown");
	CU_ASSERT_STRING_EQUAL(bw_msg_name(BW_EVT_MAX), "unknown");
	CU_ASSERT_STRING_EQUAL(bw_msg_name(~0u), "unknown");
	CU_ASSERT_STRING_EQUAL(bw_drop_text(BW_DROP_MAX), "unknown");
	CU_ASSERT_STRING_EQUAL(bw_drop_text(~0u), "unknown");
}

int main(void)
{
	CU_TestInfo tests[] = {
		{ "every error has its text", test_every_error_has_its_text },
		{ "every message has its name", test_every_message_has_its_name },
		{ "every drop reason has its text", test_every_drop_has_its_text },
		{ "other values are unknown", test_other_values_are_unknown },
		CU_TEST_INFO_NULL,
	};

	return run_suite("names", tests);
}
