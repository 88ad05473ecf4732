/* SPDX-License-Identifier: BSD-3-Clause */
#include "control/core/debug.h"

#include <assert.h>
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

static const struct debug_kind dataplane_kinds[] = {
	{ "ppp", "authentication", "PPP", "PPP authentication", BW_DEBUG_PPP_AUTHENTICATION,
		false },
	{ "ppp", "negotiation", "PPP", "PPP protocol negotiation", BW_DEBUG_PPP_NEGOTIATION,
		false },
	{ "pppoe", "events", "PPPoE", "PPPoE protocol events", BW_DEBUG_PPPOE_EVENTS, false },
};

void debug_init(struct debug *debug, struct dp_link *dp)
{
	memset(debug, 0, sizeof(*debug));
	debug->dp = dp;
	debug->obj.class = DP_DEBUG;
	dp_class_register(dp, DP_DEBUG, &debug_ops, debug);
	dp_want(dp, &debug->obj);
	for (unsigned i = 0; i < sizeof(dataplane_kinds) / sizeof(dataplane_kinds[0]); i++)
		debug_register(debug, &dataplane_kinds[i]);
}

static void debug_set(struct debug *debug, uint32_t flags)
{
	if (flags == debug->flags)
		return;
	debug->flags = flags;
	dp_say(debug->dp, &debug->obj);
}

void debug_register(struct debug *debug, const struct debug_kind *kind)
{
	assert(debug->n_kinds < DEBUG_KINDS); /* known when it is built, and when it starts */
	debug->kind[debug->n_kinds++] = kind;
}

bool debug_is_on(const struct debug *debug, const struct debug_kind *kind)
{
	return ((kind->own ? debug->own : debug->flags) & kind->flag) != 0;
}

void debug_switch(struct debug *debug, const struct debug_kind *kind, bool on)
{
	uint32_t now = kind->own ? debug->own : debug->flags;

	now = on ? now | kind->flag : now & ~kind->flag;
	if (kind->own)
		debug->own = now;
	else
		debug_set(debug, now);
}

void debug_off(struct debug *debug)
{
	debug->own = 0;
	debug_set(debug, 0);
}
