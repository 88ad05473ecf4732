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

/* The lines of the SVIs, or of all others. */
static int set_lines(struct dp *dp, bool svis)
{
	int rc = 0;

	for (uint32_t id = 1; rc == 0 && id < BW_MAX_IFS; id++) {
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
static void tell_neighbours(struct dp *dp)
{
	for (int up = 0; up <= 1; up++)
		for (uint32_t id = 1; id < BW_MAX_IFS; id++) {
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

void line_update(struct dp *dp)
{
	if (!dp->l2_changed)
		return;
	/* ports, then what the bridge makes of them, then the SVIs */
	if (set_lines(dp, false) < 0 || l2map_rebuild(dp) < 0 || bridge_rebuild(dp) < 0 ||
		set_lines(dp, true) < 0)
		return;
	dp->l2_changed = false;
	tell_neighbours(dp);
}
