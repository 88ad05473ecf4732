/* SPDX-License-Identifier: BSD-3-Clause */

#include <regex.h>
#include <stdio.h>
#include <string.h>

#include "../api/suite.h"
#include "cli/output/regex.h"

static enum cli_regex_result match(const char *pattern, const char *line)
{
	struct cli_regex_error error;
	struct cli_regex *regex = cli_regex_new(pattern, &error);
	enum cli_regex_result result;

	CU_ASSERT_PTR_NOT_NULL_FATAL(regex);
	result = cli_regex_match(regex, line);
	/* A second line starts anew. */
	CU_ASSERT_EQUAL(cli_regex_match(regex, line), result);
	cli_regex_free(regex);
	return result;
}

struct example {
	const char *pattern;
	const char *yes; /* NULL: none */
	const char *no;
};

static const struct example examples[] = {
	/* what IOS has its own way */
	{ "{}", "a {} b", "a" },
	{ "a{2}", "a{2}", "aa" },
	{ "_65000_", "100 65000 200", "165000" },
	{ "_65000_", "65000", "65000x" },
	{ "_a_", "(a)", "-a-" },
	{ "_a_", "{a}", "[a]" },
	{ "_a_", "x,a", "xa" },
	{ "^_", "", NULL },
	{ "a\\_b", "a_b", "a b" },
	{ "[_]", "_", " " },
	{ "[a-dA-D\\-\\]]", "]", "e" },
	{ "[a-dA-D\\-\\]]", "-", "[" },
	{ "\\.", "1.2", "12" },
	{ "\\\\", "\\", "/" },
	{ "\\{", "{", "(" },
	/* repeated repetition, empty alternatives, anchors anywhere */
	{ "^a**$", "aaa", "ab" },
	{ "^(a*)*$", "aaaa", "aab" },
	{ "^((((a*)*)*)*)b$", "aaaab", "aaaa" },
	{ "^(a|)b$", "b", "aab" },
	{ "^()$", "", "a" },
	{ "a|^$", "", "b" },
	{ "x(^|,)a", "x,a", "xa" },
	{ "^^a$$", "a", "ba" },
	/* characters, not bytes */
	{ "^.$", "\xc3\xa9", "\xc3\xa9\xc3\xa9" },
	{ "^[\xc3\xa0-\xc3\xbc]+$", "\xc3\xa9\xc3\xa8", "e" },
	{ "^[^a]$", "\xe2\x82\xac", "a" },
	{ "^\xc3\xa9?$", "", "\xc3" },
	{ "^..$", "\xff\xfe", "\xff" },
};

static void test_examples(void)
{
	for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++) {
		const struct example *example = &examples[i];

		if (example->yes && match(example->pattern, example->yes) != CLI_REGEX_YES)
			CU_FAIL(example->pattern);
		if (example->no && match(example->pattern, example->no) != CLI_REGEX_NO)
			CU_FAIL(example->pattern);
	}
}

/* Every expression of four of these bytes that both take means the same to both. */
static void test_is_posix_where_ios_is(void)
{
	static const char bytes[] = "ab.*+?^$()|";
	static const char *const lines[] = { "", "a", "b", "ab", "ba", "aab", "abb", "xayb" };
	size_t compared = 0;

	for (size_t n = 0; n < 11 * 11 * 11 * 11; n++) {
		struct cli_regex_error error;
		struct cli_regex *ours;
		regex_t posix;
		char pattern[5];

		for (size_t i = 0, rest = n; i < 4; i++, rest /= 11)
			pattern[i] = bytes[rest % 11];
		pattern[4] = '\0';
		ours = cli_regex_new(pattern, &error);
		/* glibc takes a `*` with nothing before it as well. */
		if (ours && regcomp(&posix, pattern, REG_EXTENDED | REG_NOSUB) == 0) {
			for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
				bool theirs = regexec(&posix, lines[i], 0, NULL, 0) == 0;

				if ((cli_regex_match(ours, lines[i]) == CLI_REGEX_YES) != theirs) {
					printf("%s on \"%s\": POSIX says %d\n", pattern, lines[i],
						theirs);
					CU_FAIL("differs from POSIX");
				}
				compared++;
			}
			regfree(&posix);
		}
		cli_regex_free(ours);
	}
	CU_ASSERT(compared > 20000);
}

static void assert_refused(const char *pattern, size_t offset, const char *reason)
{
	struct cli_regex_error error;

	CU_ASSERT_PTR_NULL(cli_regex_new(pattern, &error));
	CU_ASSERT_EQUAL(error.offset, offset);
	CU_ASSERT_STRING_EQUAL(error.reason, reason);
}

static void test_refused(void)
{
	assert_refused("ab(c", 2, "unmatched (");
	assert_refused("a)b", 1, "unmatched )");
	assert_refused("a[bc", 1, "unmatched [");
	assert_refused("[", 0, "unmatched [");
	assert_refused("[]", 0, "unmatched [");
	assert_refused("[b-a]", 1, "range out of order");
	assert_refused("*a", 0, "nothing to repeat");
	assert_refused("a|+", 2, "nothing to repeat");
	assert_refused("(a)\\1", 3, "back references are not supported");
	assert_refused("a\\", 1, "nothing after \\");
}

static void fill(char *text, size_t size, const char *piece)
{
	size_t len = strlen(piece);

	for (size_t i = 0; i + 1 < size; i++)
		text[i] = piece[i % len];
	text[size - 1] = '\0';
}

static void test_too_large(void)
{
	struct cli_regex_error error;
	char pattern[CLI_REGEX_NODES + 2];

	fill(pattern, sizeof(pattern), "a");
	assert_refused(pattern, CLI_REGEX_NODES, "expression too large");
	fill(pattern, CLI_REGEX_NODES, "a?");
	CU_ASSERT_PTR_NULL(cli_regex_new(pattern, &error));
	CU_ASSERT(error.offset > 1000 && error.offset < CLI_REGEX_NODES);
	fill(pattern, 200, "(");
	assert_refused(pattern, CLI_REGEX_DEPTH, "too many parentheses within each other");
	fill(pattern, CLI_REGEX_NODES - 8, "[a-\xc3\xbc]");
	pattern[CLI_REGEX_NODES - 16] = '\0';
	cli_regex_free(cli_regex_new(pattern, &error));
}

/* No expression takes more than its nodes per character, and no line more than the bound. */
static void test_cost(void)
{
	static const char *const patterns[] = { "((((a*)*)*)*)*b", "(a|a)*(a|a)*(a|a)*c",
		"a?a?a?a?a?a?a?a?aaaaaaaac", ".*.*.*.*.*.*.*.*=.*", "(x+x+)+y", "_*_*_*_*z" };
	static char line[64 * 1024];

	for (size_t i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++) {
		struct cli_regex_error error;
		struct cli_regex *regex = cli_regex_new(patterns[i], &error);

		CU_ASSERT_PTR_NOT_NULL_FATAL(regex);
		for (size_t len = 100; len <= 10000; len *= 10) {
			fill(line, len + 1, "ax ");
			CU_ASSERT_EQUAL(cli_regex_match(regex, line), CLI_REGEX_NO);
			CU_ASSERT(cli_regex_steps(regex) <= (len + 1) * 8 * strlen(patterns[i]));
		}
		cli_regex_free(regex);
	}
}

static void test_cost_has_a_bound(void)
{
	static char line[64 * 1024];
	static char pattern[1024];
	struct cli_regex_error error;
	struct cli_regex *regex;

	fill(pattern, sizeof(pattern), ".*");
	pattern[sizeof(pattern) - 2] = 'b';
	fill(line, sizeof(line), "a");
	regex = cli_regex_new(pattern, &error);
	CU_ASSERT_PTR_NOT_NULL_FATAL(regex);
	CU_ASSERT_EQUAL(cli_regex_match(regex, line), CLI_REGEX_COSTLY);
	CU_ASSERT(cli_regex_steps(regex) < CLI_REGEX_STEPS + 4 * CLI_REGEX_NODES);
	/* It is the line that was too much: the next one is matched again. */
	CU_ASSERT_EQUAL(cli_regex_match(regex, "aab"), CLI_REGEX_YES);
	cli_regex_free(regex);
}

int main(void)
{
	CU_TestInfo tests[] = {
		{ "examples", test_examples },
		{ "is POSIX where IOS is", test_is_posix_where_ios_is },
		{ "refused", test_refused },
		{ "too large", test_too_large },
		{ "cost", test_cost },
		{ "cost has a bound", test_cost_has_a_bound },
		CU_TEST_INFO_NULL,
	};

	return run_suite("regex", tests);
}
