/* SPDX-License-Identifier: BSD-3-Clause */
#include "control/core/debug.h"

#include <stdio.h>
#include <string.h>

static bool set(void *owner, struct dp_object *, uint32_t, struct bw_msg *m)
{
	const struct debug *debug = owner;

	m->hdr.type = BW_CMD_DEBUG;
	m->hdr.cookie = dp_cookie(DP_DEBUG, 0, 0, 0);
	m->debug.flags = debug->flags;
	return false;
}

static struct dp_object *find(void *owner, uint64_t)
{
	struct debug *debug = owner;

	return &debug->obj;
}

static void describe(void *, uint64_t, char *buf, size_t size)
{
	snprintf(buf, size, "debugging");
}

static const struct dp_class_ops debug_ops = {
	.name = "debugging", /* always there: no del */
	.set = set,
	.find = find,
	.describe = describe,
};

void debug_init(struct debug *debug, struct dp_link *dp)
{
	memset(debug, 0, sizeof(*debug));
	debug->dp = dp;
	debug->obj.class = DP_DEBUG;
	dp_class_register(dp, DP_DEBUG, &debug_ops, debug);
}

void debug_fini(struct debug *debug)
{
	dp_forget(debug->dp, &debug->obj);
}

void debug_set(struct debug *debug, uint32_t flags)
{
	if (flags == debug->flags)
		return;
	debug->flags = flags;
	dp_touch(debug->dp, &debug->obj);
}

void debug_replay(struct debug *debug)
{
	dp_touch(debug->dp, &debug->obj);
}
