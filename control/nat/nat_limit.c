/* SPDX-License-Identifier: BSD-3-Clause */
/* `ip nat translation max-entries host`: limits of single inside hosts. */
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include "control/core/format.h"
#include "control/nat/nat.h"

static struct nat_limit *limit_of(struct dp_object *o)
{
	return (struct nat_limit *)((char *)o - offsetof(struct nat_limit, obj));
}

/* One that goes is still in the list until the dataplane has heard of it. */
static struct nat_limit *find(const struct nat_table *nat, bw_ip4 addr)
{
	struct nat_limit *limit;

	TAILQ_FOREACH (limit, &nat->limits, entry)
		if (limit->addr == addr)
			return limit;
	return NULL;
}

static struct nat_limit *make(struct nat_table *nat, bw_ip4 addr)
{
	struct nat_limit *limit = calloc(1, sizeof(*limit));

	if (limit == NULL)
		return NULL;
	limit->addr = addr;
	limit->obj.class = DP_NAT_LIMIT;
	TAILQ_INSERT_TAIL(&nat->limits, limit, entry);
	return limit;
}

int nat_host_limit_set(struct nat_table *nat, bw_ip4 addr, uint32_t max)
{
	struct nat_limit *limit = find(nat, addr);

	if (max == 0) {
		if (limit != NULL)
			dp_drop(&nat->core->dp, &limit->obj);
		return 0;
	}
	if (limit == NULL)
		limit = make(nat, addr);
	if (limit == NULL)
		return -ENOMEM;
	limit->max = max;
	if (limit->obj.wanted)
		dp_say(&nat->core->dp, &limit->obj);
	return dp_want(&nat->core->dp, &limit->obj);
}

static bool limit_wish(void *, struct dp_object *o, uint32_t, struct bw_msg *m)
{
	const struct nat_limit *limit = limit_of(o);

	m->hdr.cookie = dp_cookie(DP_NAT_LIMIT, 0, 0, limit->addr);
	m->nat_limit = (struct bw_nat_limit) { .addr = limit->addr, .max = limit->max };
	return false;
}

static void limit_released(void *owner, struct dp_object *o)
{
	struct nat_limit *limit = limit_of(o);
	struct nat_table *nat = owner;

	TAILQ_REMOVE(&nat->limits, limit, entry);
	free(limit);
}

static struct dp_object *limit_find(void *owner, uint64_t cookie)
{
	struct nat_limit *limit = find(owner, dp_cookie_c(cookie));

	return limit != NULL && limit->obj.wanted ? &limit->obj : NULL;
}

static void limit_label(void *, struct dp_object *, uint64_t cookie, char *buf, size_t size)
{
	char addr[FORMAT_IP_SIZE];

	snprintf(buf, size, "NAT limit of %s", format_ip(dp_cookie_c(cookie), addr));
}

static void limit_replay(void *owner)
{
	struct nat_table *nat = owner;
	struct nat_limit *limit;

	TAILQ_FOREACH (limit, &nat->limits, entry)
		dp_say(&nat->core->dp, &limit->obj);
}

static const struct dp_class_ops limit_ops = {
	.name = "limit",
	.set_type = BW_CMD_NAT_LIMIT_SET,
	.del_type = BW_CMD_NAT_LIMIT_DEL,
	.leaf = true,
	.wish = limit_wish,
	.released = limit_released,
	.replay = limit_replay,
	.find = limit_find,
	.label = limit_label,
};

void nat_host_limits_init(struct nat_table *nat)
{
	TAILQ_INIT(&nat->limits);
	dp_class_register(&nat->core->dp, DP_NAT_LIMIT, &limit_ops, nat);
}

void nat_host_limits_fini(struct nat_table *nat)
{
	struct nat_limit *limit;

	while ((limit = TAILQ_FIRST(&nat->limits)) != NULL) {
		dp_forget(&nat->core->dp, &limit->obj);
		TAILQ_REMOVE(&nat->limits, limit, entry);
		free(limit);
	}
}
