/* SPDX-License-Identifier: BSD-3-Clause */
/* One line in any mode: refused within its bounds, or a line whose canonical form is its own. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/cli/fixture.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const modes[] = { "exec", "config", "config-if", "config-vrf", "config-router",
	"config-router-af", "config-peer", "config-trans" };

static void require(bool what)
{
	if (!what)
		abort();
}

static void check_stable(
	const struct cli_grammar *grammar, const struct cli_mode *mode, const struct cli_args *args)
{
	struct cli_parse again;

	require(cli_grammar_parse(grammar, mode, 0, args->line, &again) == CLI_PARSE_OK);
	require(again.args->command == args->command);
	require(strcmp(again.args->line, args->line) == 0);
	cli_args_free(again.args);
}

static void check_line(const struct cli_grammar *grammar, const struct cli_mode *mode,
	unsigned flags, const char *line)
{
	struct cli_candidate list[16];
	struct cli_parse parse;

	cli_grammar_parse(grammar, mode, flags, line, &parse);
	require((parse.status == CLI_PARSE_OK) == (parse.args != NULL));
	require(parse.offset <= strlen(line));
	if (parse.args && !(flags & CLI_PARSE_NO))
		check_stable(grammar, mode, parse.args);
	cli_args_free(parse.args);
	cli_grammar_candidates(grammar, mode, flags, line, list, 16);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct fixture fixture;
	const struct cli_mode *mode;
	char *line;

	if (!fixture.grammar)
		fixture_init(&fixture);
	if (size < 2)
		return 0;
	line = strndup((const char *)data + 2, size - 2);
	require(line != NULL);
	mode = cli_grammar_mode(
		fixture.grammar, modes[data[0] % (sizeof(modes) / sizeof(modes[0]))]);
	check_line(fixture.grammar, mode, data[1] % 4, line);
	free(line);
	return 0;
}
