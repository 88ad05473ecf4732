/* SPDX-License-Identifier: BSD-3-Clause */
/* Limits of single inside hosts, as control sets them. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "nat/conf.h"

/* Where the host's limit is, or would be. */
static uint32_t limit_at(const struct nat_conf *c, const struct bw_nat_limit *limit)
{
	uint32_t low = 0, high = c->n_limits;

	while (low < high) {
		uint32_t mid = (low + high) / 2;

		if (nat_limit_compare(&c->limit[mid].limit, limit) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static bool is_at(const struct nat_conf *c, uint32_t at, const struct bw_nat_limit *limit)
{
	return at < c->n_limits && nat_limit_compare(&c->limit[at].limit, limit) == 0;
}

/* Sessions made so far are counted from now on, too. */
static void changed(struct nat_conf *c)
{
	c->config_generation++;
	c->dirty = true;
}

static int make_room(struct nat_conf *c)
{
	uint32_t size = c->limits_size ? c->limits_size * 2 : 16;
	struct nat_conf_limit *bigger;

	if (c->n_limits < c->limits_size)
		return 0;
	if (c->n_limits == NAT_LIMITS_MAX)
		return -ENOSPC;
	bigger = realloc(c->limit, size * sizeof(*bigger));
	if (!bigger)
		return -ENOMEM;
	c->limit = bigger;
	c->limits_size = size;
	return 0;
}

int nat_conf_limit_set(struct nat_conf *c, const struct bw_nat_limit *limit)
{
	uint32_t at = limit_at(c, limit);
	struct nat_conf_limit *l;
	int err;

	if (limit->addr == 0 || limit->max == 0 || limit->vrf >= BW_MAX_VRFS)
		return -EINVAL;
	if (is_at(c, at, limit)) {
		c->limit[at].epoch = c->epoch;
		if (c->limit[at].limit.max == limit->max)
			return 0;
	} else {
		err = make_room(c);
		if (err)
			return err;
		l = &c->limit[at];
		memmove(l + 1, l, (c->n_limits++ - at) * sizeof(*l));
	}
	c->limit[at] = (struct nat_conf_limit) { .limit = *limit, .epoch = c->epoch };
	changed(c);
	return 0;
}

static void remove_at(struct nat_conf *c, uint32_t at)
{
	struct nat_conf_limit *l = &c->limit[at];

	memmove(l, l + 1, (--c->n_limits - at) * sizeof(*l));
	changed(c);
}

int nat_conf_limit_del(struct nat_conf *c, const struct bw_nat_limit *limit)
{
	uint32_t at = limit_at(c, limit);

	if (!is_at(c, at, limit))
		return -ENOENT;
	remove_at(c, at);
	return 0;
}

void nat_conf_limits_sweep(struct nat_conf *c)
{
	for (uint32_t i = c->n_limits; i > 0; i--)
		if (c->limit[i - 1].epoch != c->epoch)
			remove_at(c, i - 1);
}

int nat_conf_limits_copy(const struct nat_conf *c, struct nat_rules *out)
{
	if (c->n_limits == 0)
		return 0;
	out->limits = calloc(c->n_limits, sizeof(*out->limits));
	if (!out->limits)
		return -ENOMEM;
	for (uint32_t i = 0; i < c->n_limits; i++)
		out->limits[i] = c->limit[i].limit;
	out->n_limits = c->n_limits;
	return 0;
}
