/* SPDX-License-Identifier: BSD-3-Clause */
#include "control/rib/source.h"

const struct rib_source_record rib_sources[RIB_SOURCES] = {
	[RIB_CONNECTED] = { "connected", "C", RIB_LEAD_CONNECTED, .direct = true },
	[RIB_LOCAL] = { "local", "L", RIB_LEAD_RECEIVE, .direct = true },
	[RIB_BROADCAST] = { .lead = RIB_LEAD_BROADCAST },
	[RIB_ALIAS] = { .lead = RIB_LEAD_DROP },
	[RIB_STATIC] = { "static", "S", RIB_LEAD_PATHS, .tied = true },
};

const char *rib_lead_name(const struct rib_entry *e, const struct rib_route *route)
{
	switch (rib_source_of(route)->lead) {
	case RIB_LEAD_CONNECTED:
		return e->node.plen == 32 && (route->flags & RIB_PEER) == 0 ? "receive"
									    : "attached";
	case RIB_LEAD_RECEIVE:
	case RIB_LEAD_BROADCAST:
		return "receive";
	case RIB_LEAD_DROP:
		return "drop";
	case RIB_LEAD_PATHS:
		break;
	}
	return NULL;
}
