/* SPDX-License-Identifier: BSD-3-Clause */
/* Any file: once loaded and printed it replaces any other, and rolling it back leaves nothing. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/cli/fixture.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool what)
{
	if (!what)
		abort();
}

static void load(struct fixture *fixture, const char *text, size_t len, unsigned flags)
{
	cli_config_load(fixture->config, &fixture->ctx, text, len, flags, NULL, NULL, NULL);
}

static void check_same(struct fixture *fixture, const char *expected)
{
	char *text = fixture_print(fixture, CLI_TREE_NORMAL);

	require(strcmp(text, expected) == 0);
	free(text);
}

/* A file whose last line is refused leaves nothing behind. */
static void check_rollback(struct fixture *fixture, const char *text, const char *before)
{
	static const char refused[] = "mpls ldp router-id Vlan1 force\n";
	size_t len = strlen(text) - strlen("end\n");
	char *whole = malloc(len + sizeof(refused));

	require(whole != NULL);
	memcpy(whole, text, len);
	memcpy(whole + len, refused, sizeof(refused));
	fixture->app.refuse = "mpls ldp router-id Vlan1 force";
	load(fixture, whole, strlen(whole), CLI_LOAD_ALL_OR_NOTHING);
	fixture->app.refuse = NULL;
	check_same(fixture, before);
	free(whole);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct fixture first;
	static struct fixture second;
	char *before;
	char *text;
	size_t changes;

	if (!first.grammar) {
		fixture_init(&first);
		fixture_init(&second);
	}
	fixture_renew(&first);
	fixture_renew(&second);
	load(&first, (const char *)data, size, 0);
	text = fixture_print(&first, CLI_TREE_NORMAL);
	load(&second, fixture_seeds[2], strlen(fixture_seeds[2]), 0);
	before = fixture_print(&second, CLI_TREE_NORMAL);
	check_rollback(&second, text, before);
	/* Lines of equal rank may stand in another order; nothing else is left to change. */
	require(cli_config_replace(second.config, &second.ctx, text, strlen(text), false, NULL,
			&changes) == 0);
	require(cli_config_replace(
			second.config, &second.ctx, text, strlen(text), true, NULL, &changes) == 0);
	require(changes == 0);
	free(before);
	free(text);
	return 0;
}
