/* SPDX-License-Identifier: BSD-3-Clause */

#ifndef BYWAY_CLI_BUILTIN_H
#define BYWAY_CLI_BUILTIN_H

/* The engine's own commands: configure, show running-config, write, terminal, hostname, ... */

#include "cli/grammar/grammar.h"

extern const struct cli_topic cli_builtin_topic;

#endif
