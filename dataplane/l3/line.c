/* SPDX-License-Identifier: BSD-3-Clause */
#include "l3/line.h"

#include "core/dp.h"
#include "l2/bridge.h"
#include "l3/neigh.h"
#include "objects/itf_set.h"
#include "port/port.h"
#include "tables/l2map.h"

static bool has_link(const struct dp *dp, const struct itf *itf)
{
	switch (itf->kind) {
	case BW_IF_PORT:
	case BW_IF_SUBIF:
		return dp->port[itf->port].link_up;
	case BW_IF_SVI:
		return bridge_has_link(dp->bridge, itf->vlan);
	default:
		return true;
	}
}

/* The lines of the SVIs among `ids`, or of all others. */
static int set_lines(struct dp *dp, const struct itf_ids *ids, bool svis)
{
	int rc = 0;

	for (uint32_t id = 0; rc == 0 && (id = itf_ids_next(ids, id)) != 0;) {
		const struct itf *itf = dp->itf[id];
		bool link;

		if (!itf || (itf->kind == BW_IF_SVI) != svis)
			continue;
		link = has_link(dp, itf);
		if (link != !(itf->flags & ITF_F_NO_LINE))
			rc = itf_line_set(dp, id, link);
	}
	return rc;
}

/* First all that went down: what comes up may be where they moved to. */
static void tell_neighbours(struct dp *dp, const struct itf_ids *ids)
{
	for (int up = 0; up <= 1; up++)
		for (uint32_t id = 0; (id = itf_ids_next(ids, id)) != 0;) {
			const struct itf *itf = dp->itf[id];
			bool is_up = itf && itf_is_up(itf);

			if (is_up == dp->line_up[id] || is_up != up)
				continue;
			dp->line_up[id] = is_up;
			if (is_up)
				neigh_line_up(dp, itf);
			else
				neigh_line_down(dp, id);
		}
}

/* The bridge says which SVIs have a line. */
static int update_bridge(struct dp *dp)
{
	int rc;

	if (!dp->bridge_changed)
		return 0;
	rc = bridge_rebuild(dp);
	if (rc == 0)
		rc = set_lines(dp, &dp->itf_ids, true);
	if (rc == 0)
		dp->bridge_changed = false;
	return rc;
}

void line_update(struct dp *dp)
{
	if (!dp->l2_changed && !dp->itfs_changed)
		return;
	if (dp->l2_changed) {
		dp->itf_changed = dp->itf_ids;
		dp->bridge_changed = true;
	}
	/* ports, then what the bridge makes of them, then the SVIs */
	if (set_lines(dp, &dp->itf_changed, false) < 0 || l2map_rebuild(dp) < 0 ||
		update_bridge(dp) < 0)
		return;
	dp->l2_changed = dp->itfs_changed = false;
	tell_neighbours(dp, &dp->itf_changed);
	itf_ids_clear(&dp->itf_changed);
}
