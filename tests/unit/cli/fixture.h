/* SPDX-License-Identifier: BSD-3-Clause */

#ifndef BYWAY_TESTS_CLI_FIXTURE_H
#define BYWAY_TESTS_CLI_FIXTURE_H

/*
 * A set of commands with the shapes of the seed configurations, whose apply functions only keep a
 * journal, and the scaffolding that the command line's tests share.
 */

#include <stdbool.h>
#include <stddef.h>

#include "cli/config/config.h"
#include "cli/context.h"
#include "cli/grammar/grammar.h"
#include "cli/output/output.h"
#include "cli/session/server.h"

/* What the handlers see as ctx->app. */
struct fixture_app {
	struct cli_out *journal; /* a line "+interface Vlan1/ip address ..." for each call */
	unsigned calls;
	const char *refuse;	 /* apply refuses lines that begin so */
	bool in_use;		 /* no ip nat pool: asks */
	struct cli_ctx *hanging; /* the `hang` command's context, while it runs */
	unsigned cancelled;	 /* how often it was cancelled */
	unsigned flood_left;	 /* rows that `show flood` has still to print */
	char logged[256];	 /* the last log line */

	/* What the server of bench.h is told of who may get in. */
	enum cli_demand login, enable;
	unsigned login_level, idle;
};

struct fixture {
	struct fixture_app app;
	struct cli_grammar *grammar;
	struct cli_config *config;
	struct cli_out *out;
	struct cli_ctx ctx;
	char *journal; /* what fixture_journal gave last */
};

extern const struct cli_topic fixture_topic;
extern const struct cli_topic *const fixture_topics[];

void fixture_init(struct fixture *fixture);
void fixture_fini(struct fixture *fixture);

/* Begins again with an empty configuration and journal, and the grammar that is there. */
void fixture_renew(struct fixture *fixture);

/* Loads lines; returns as cli_config_load does, fills *summary unless NULL. */
int fixture_load(struct fixture *fixture, const char *text, unsigned flags,
	struct cli_load_summary *summary);

/* What show running-config prints, without heading comments. To be freed. */
char *fixture_print(struct fixture *fixture, enum cli_tree_detail detail);

/* The journal since the last call; valid until the next call. */
const char *fixture_journal(struct fixture *fixture);

/* The seed configurations. */
extern const char *const fixture_seeds[];

#endif
