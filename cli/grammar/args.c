/* SPDX-License-Identifier: BSD-3-Clause */

#include "cli/grammar/args.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>

static const struct cli_value *find_from(
	const struct cli_args *args, unsigned first, const char *name)
{
	for (unsigned i = first; i < args->count; i++) {
		if (strcmp(args->value[i].name, name) == 0)
			return &args->value[i];
	}
	return NULL;
}

const struct cli_value *cli_arg(const struct cli_args *args, const char *name)
{
	return find_from(args, 0, name);
}

const struct cli_value *cli_arg_next(const struct cli_args *args, const struct cli_value *previous)
{
	return find_from(args, (unsigned)(previous - args->value) + 1, previous->name);
}

bool cli_has(const struct cli_args *args, const char *name)
{
	for (unsigned i = 0; i < args->count; i++) {
		const struct cli_value *value = &args->value[i];

		if (strcmp(value->name, name) == 0)
			return true;
		if (value->type == CLI_TYPE_KEYWORD && strcmp(value->text, name) == 0)
			return true;
	}
	return false;
}

const char *cli_arg_text(const struct cli_args *args, const char *name)
{
	const struct cli_value *value = cli_arg(args, name);

	return value ? value->text : NULL;
}

uint64_t cli_arg_number(const struct cli_args *args, const char *name, uint64_t absent)
{
	const struct cli_value *value = cli_arg(args, name);

	if (!value || (value->type != CLI_TYPE_NUMBER && value->type != CLI_TYPE_LENGTH))
		return absent;
	return value->number;
}

struct in_addr cli_arg_address(const struct cli_args *args, const char *name)
{
	const struct cli_value *value = cli_arg(args, name);

	if (!value || (value->type != CLI_TYPE_ADDRESS && value->type != CLI_TYPE_MASK &&
			      value->type != CLI_TYPE_WILDCARD))
		return (struct in_addr) { 0 };
	return value->address;
}

const struct cli_ifname *cli_arg_ifname(const struct cli_args *args, const char *name)
{
	const struct cli_value *value = cli_arg(args, name);

	return value && value->type == CLI_TYPE_INTERFACE ? &value->ifname : NULL;
}

void cli_args_free(struct cli_args *args)
{
	/* One block, see build_args in match.c. It may hold a password. */
	if (args)
		explicit_bzero(args, malloc_usable_size(args));
	free(args);
}
