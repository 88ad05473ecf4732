/* SPDX-License-Identifier: BSD-3-Clause */

#include <errno.h>
#include <json-c/json.h>
#include <string.h>

#include "../api/suite.h"
#include "cli/output/output.h"

static const char text[] = "interface Vlan1\n ip address 10.0.0.1\n  inner\n!\n"
			   "interface Vlan12\n mtu 1400\nend\n";

/* What is left of the text, given to the output in pieces of `piece` bytes. */
static void assert_filtered(const char *filter, const char *expected)
{
	for (size_t piece = 1; piece < sizeof(text); piece += 5) {
		struct cli_out *out = cli_out_new_buffer();
		const char *reason;
		size_t offset;

		CU_ASSERT_EQUAL_FATAL(cli_out_filter(out, filter, &offset, &reason), 0);
		for (size_t at = 0; at < sizeof(text) - 1; at += piece) {
			size_t left = sizeof(text) - 1 - at;

			cli_write(out, text + at, left < piece ? left : piece);
		}
		cli_out_finish(out);
		CU_ASSERT_STRING_EQUAL(cli_out_text(out), expected);
		cli_out_free(out);
	}
}

static void test_filters(void)
{
	assert_filtered("include Vlan", "interface Vlan1\ninterface Vlan12\n");
	assert_filtered("include vlan", "");
	assert_filtered(" i  ^end$", "end\n");
	assert_filtered("include end|!", "!\nend\n");
	assert_filtered("include {}", "");
	assert_filtered("include mt{0,30000}{0,30000}", "");
	assert_filtered("exclude ^ |!", "interface Vlan1\ninterface Vlan12\nend\n");
	assert_filtered("begin Vlan12", "interface Vlan12\n mtu 1400\nend\n");
	assert_filtered("section Vlan1", "interface Vlan1\n ip address 10.0.0.1\n  inner\n"
					 "interface Vlan12\n mtu 1400\n");
	assert_filtered("section address", " ip address 10.0.0.1\n  inner\n");
	assert_filtered("count inter", "Number of lines which match regexp = 2\n");
}

static void test_underscore_is_a_delimiter(void)
{
	assert_filtered("include Vlan1_", "interface Vlan1\n");
	assert_filtered("include _ip_", " ip address 10.0.0.1\n");
	assert_filtered("include Vlan1[_2]", "interface Vlan12\n");
	assert_filtered("include \\_", "");
}

static void assert_refused(const char *filter, int error, size_t at)
{
	struct cli_out *out = cli_out_new_buffer();
	const char *reason;
	size_t offset;

	CU_ASSERT_EQUAL(cli_out_filter(out, filter, &offset, &reason), error);
	if (error == -EINVAL)
		CU_ASSERT_EQUAL(offset, at);
	cli_puts(out, "unfiltered");
	CU_ASSERT_STRING_EQUAL(cli_out_text(out), "unfiltered");
	cli_out_free(out);
}

static void test_refused_filters(void)
{
	assert_refused("", -ENODATA, 0);
	assert_refused(" include", -ENODATA, 0);
	assert_refused(" bogus x", -EINVAL, 1);
	assert_refused("includes x", -EINVAL, 0);
	assert_refused("include (", -EINVAL, 8);
	assert_refused("include a(b*|(c)", -EINVAL, 9);
	assert_refused("count *", -EINVAL, 6);
	assert_refused("section (a)\\1", -EINVAL, 11);
	assert_refused("json x", -EINVAL, 5);
}

static void test_last_line_needs_no_newline(void)
{
	struct cli_out *out = cli_out_new_buffer();
	const char *reason;
	size_t offset;

	CU_ASSERT_EQUAL(cli_out_filter(out, "include .", &offset, &reason), 0);
	cli_puts(out, "no newline");
	cli_out_finish(out);
	CU_ASSERT_STRING_EQUAL(cli_out_text(out), "no newline\n");
	cli_puts(out, "free again");
	CU_ASSERT_STRING_EQUAL(cli_out_text(out), "no newline\nfree again");
	cli_out_free(out);
}

static struct cli_out *json_out(void)
{
	struct cli_out *out = cli_out_new_buffer();
	const char *reason;
	size_t offset;

	CU_ASSERT_EQUAL(cli_out_filter(out, "json", &offset, &reason), 0);
	return out;
}

/* Ends the output and compares it as JSON, whatever its blanks. */
static void assert_json(struct cli_out *out, const char *expected)
{
	struct json_object *got;
	struct json_object *wanted = json_tokener_parse(expected);

	cli_out_finish(out);
	got = json_tokener_parse(cli_out_text(out));
	CU_ASSERT_PTR_NOT_NULL(got);
	CU_ASSERT(json_object_equal(got, wanted));
	json_object_put(got);
	json_object_put(wanted);
	cli_out_free(out);
}

static void test_json_wraps_lines(void)
{
	struct cli_out *out = json_out();

	cli_puts(out, "one\ntwo \"quoted\" ユ\n");
	assert_json(out, "{\"lines\": [\"one\", \"two \\\"quoted\\\" ユ\"]}");
	assert_json(json_out(), "{\"lines\": []}");
}

static void test_json_object(void)
{
	struct cli_out *out = json_out();

	cli_puts(out, "heading\n");
	json_object_object_add(cli_out_json(out), "a", json_object_new_int(1));
	json_object_object_add(cli_out_json(out), "b/c", json_object_new_string("x"));
	assert_json(out, "{\"a\": 1, \"b/c\": \"x\"}");
	out = json_out();
	cli_out_json(out);
	assert_json(out, "{}");
}

static const struct cli_column columns[] = {
	{ "name", "Name", 8, false },
	{ "count", "Count", -6, true },
	{ NULL, "Note", 5, false },
};

static void fill(struct cli_table *table)
{
	cli_table_row(table, (const char *[]) { "one", "1", "n" });
	cli_table_row(table, (const char *[]) { "ユーザ", "-", NULL });
	cli_table_row(table, (const char *[]) { "a long name", "12", "x" });
	cli_table_end(table);
}

static void test_table_of_fixed_columns(void)
{
	struct cli_out *out = cli_out_new_buffer();

	fill(cli_table_begin(out, "rows", columns, 3, 1));
	CU_ASSERT_STRING_EQUAL(cli_out_text(out), "Name      Count Note \n"
						  "one           1 n    \n"
						  "ユーザ        -      \n"
						  "a long name     12 x    \n");
	cli_out_free(out);
}

static void test_table_of_columns_as_wide_as_needed(void)
{
	static const struct cli_column wide[] = { { "a", "Pro", 3, false },
		{ "b", "Inside", 0, false }, { "c", "Outside", 0, false } };
	struct cli_out *out = cli_out_new_buffer();
	struct cli_table *table = cli_table_begin(out, "rows", wide, 3, 2);

	cli_table_row(table, (const char *[]) { "tcp", "25.0.0.16:2598", "1.1.1.1" });
	cli_table_row(table, (const char *[]) { "---", "1.1.1.1", "---" });
	cli_table_end(table);
	CU_ASSERT_STRING_EQUAL(cli_out_text(out), "Pro  Inside          Outside\n"
						  "tcp  25.0.0.16:2598  1.1.1.1\n"
						  "---  1.1.1.1         ---\n");
	cli_out_free(out);
}

static void test_table_as_json(void)
{
	struct cli_out *out = json_out();

	cli_puts(out, "a heading\n");
	fill(cli_table_begin(out, "rows", columns, 3, 1));
	cli_table_end(cli_table_begin(out, "none", columns, 3, 1));
	json_object_object_add(cli_out_json(out), "total", json_object_new_int(3));
	assert_json(out, "{\"rows\": [{\"name\": \"one\", \"count\": 1},"
			 " {\"name\": \"ユーザ\", \"count\": \"-\"},"
			 " {\"name\": \"a long name\", \"count\": 12}],"
			 " \"none\": [], \"total\": 3}");
}

int main(void)
{
	CU_TestInfo tests[] = {
		{ "filters", test_filters },
		{ "underscore is a delimiter", test_underscore_is_a_delimiter },
		{ "refused filters", test_refused_filters },
		{ "the last line needs no newline", test_last_line_needs_no_newline },
		{ "json wraps lines", test_json_wraps_lines },
		{ "json object", test_json_object },
		{ "table of fixed columns", test_table_of_fixed_columns },
		{ "table of columns as wide as needed", test_table_of_columns_as_wide_as_needed },
		{ "table as json", test_table_as_json },
		CU_TEST_INFO_NULL,
	};

	return run_suite("cli-output", tests);
}
