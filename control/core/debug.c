/* SPDX-License-Identifier: BSD-3-Clause */
#include "control/core/debug.h"

#include <stdio.h>
#include <string.h>

static bool debug_wish(void *owner, struct dp_object *, uint32_t, struct bw_msg *m)
{
	const struct debug *debug = owner;

	m->debug.flags = debug->flags;
	return false;
}

static struct dp_object *debug_find(void *owner, uint64_t)
{
	struct debug *debug = owner;

	return &debug->obj;
}

static void debug_replay(void *owner)
{
	struct debug *debug = owner;

	dp_say(debug->dp, &debug->obj);
}

static void debug_label(void *, struct dp_object *, uint64_t, char *buf, size_t size)
{
	snprintf(buf, size, "debugging");
}

static const struct dp_class_ops debug_ops = {
	.name = "debugging",
	.set_type = BW_CMD_DEBUG, /* always there: no del_type */
	.wish = debug_wish,
	.find = debug_find,
	.replay = debug_replay,
	.label = debug_label,
};

void debug_init(struct debug *debug, struct dp_link *dp)
{
	memset(debug, 0, sizeof(*debug));
	debug->dp = dp;
	debug->obj.class = DP_DEBUG;
	dp_class_register(dp, DP_DEBUG, &debug_ops, debug);
	dp_want(dp, &debug->obj);
}

void debug_set(struct debug *debug, uint32_t flags)
{
	if (flags == debug->flags)
		return;
	debug->flags = flags;
	dp_say(debug->dp, &debug->obj);
}
