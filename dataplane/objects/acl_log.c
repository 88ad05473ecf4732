/* SPDX-License-Identifier: BSD-3-Clause */
#include "objects/acl_log.h"

#include <string.h>

#include "core/dp.h"
#include "tables/acl.h"

#define LINES_A_SECOND 10

static bool is_alike(const struct bw_acl_log *a, const struct bw_acl_log *b)
{
	struct bw_acl_log x = *a;

	x.packets = b->packets;
	return memcmp(&x, b, sizeof(x)) == 0;
}

/* Alike packets become one row; false: there is no room for another. */
static bool merge(struct bw_acl_log *row, unsigned *n, const struct bw_acl_log *log)
{
	for (unsigned i = 0; i < *n; i++) {
		if (!is_alike(&row[i], log))
			continue;
		row[i].packets++;
		return true;
	}
	if (*n == LINES_A_SECOND)
		return false;
	row[(*n)++] = *log;
	return true;
}

void acl_log_poll(struct dp *dp)
{
	struct bw_msg m = { .hdr.type = BW_EVT_ACL_LOG };
	struct bw_acl_log row[LINES_A_SECOND], log;
	uint32_t now = dp_seconds(dp), missed;
	unsigned n = 0;

	if (now == dp->acl_logged)
		return;
	dp->acl_logged = now;
	missed = acl_log_missed(dp->acl);
	while (acl_log_next(dp->acl, &log))
		missed += !merge(row, &n, &log);
	for (unsigned i = 0; i < n; i++) {
		m.acl_log = row[i];
		events_notice(dp, &m);
	}
	m.acl_log = (struct bw_acl_log) { .packets = missed };
	if (missed)
		events_notice(dp, &m);
}
