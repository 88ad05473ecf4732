/* SPDX-License-Identifier: BSD-3-Clause */
#include "control/core/core.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static void core_wake(void *arg)
{
	struct core *core = arg;

	work_mark(&core->flush);
}

static void core_settle(void *arg)
{
	struct core *core = arg;

	work_finish(&core->work, WORK_HOST);
}

static bool core_flush(void *arg, struct work_budget *)
{
	struct core *core = arg;

	dp_flush(&core->dp);
	return false;
}

static void core_debug(void *owner, const struct bw_msg *m)
{
	struct core *core = owner;
	char line[sizeof(m->debug_line.text)];

	snprintf(line, sizeof(line), "%.*s", (int)sizeof(line) - 1, m->debug_line.text);
	log_debug(&core->log, line);
}

int core_init(struct core *core, struct event_base *base, const char *dp_path)
{
	const struct dp_hooks hooks = { .arg = core, .wake = core_wake, .settle = core_settle };
	int err;

	memset(core, 0, sizeof(*core));
	core->base = base;
	log_init(&core->log);
	if (snprintf(core->dp_path, sizeof(core->dp_path), "%s", dp_path) >=
		(int)sizeof(core->dp_path))
		return -ENAMETOOLONG;
	err = work_queue_init(&core->work, base);
	if (err != 0)
		return err;
	core->flush = (struct work) {
		.name = "flush",
		.rank = WORK_FLUSH,
		.run = core_flush,
		.arg = core,
	};
	work_add(&core->work, &core->flush);
	err = dp_link_init(&core->dp, base, core->dp_path, &core->log, &hooks);
	if (err == 0)
		dp_on_event(&core->dp, BW_EVT_DEBUG, core_debug, core);
	return err;
}

void core_stop(struct core *core)
{
	work_stop(&core->work);
	dp_link_fini(&core->dp);
}

void core_fini(struct core *core)
{
	work_queue_fini(&core->work);
	log_fini(&core->log);
}
