/* SPDX-License-Identifier: BSD-3-Clause */
/* What routes come from: one record each, from which shows and programming follow. */
#ifndef BW_CONTROL_RIB_SOURCE_H
#define BW_CONTROL_RIB_SOURCE_H

#include "control/rib/rib.h"

/* What is in the way of packets to such an entry, instead of a neighbour. */
enum rib_lead {
	RIB_LEAD_PATHS,	    /* nothing: they take the paths of its routes */
	RIB_LEAD_CONNECTED, /* the network itself, or the router if it is one address */
	RIB_LEAD_RECEIVE,
	RIB_LEAD_BROADCAST,
	RIB_LEAD_DROP,
};

struct rib_source_record {
	const char *name;   /* "connected"; NULL: not shown as a route */
	const char *letter; /* `show ip route`'s code */
	enum rib_lead lead;
	bool direct; /* detail says `connected, via interface` */
	bool tied;   /* usable only while the interface that a route names is up */
};

extern const struct rib_source_record rib_sources[RIB_SOURCES];

static inline const struct rib_source_record *rib_source_of(const struct rib_route *route)
{
	return &rib_sources[route->source];
}

/* "receive", "attached", "drop": what stands for the next hop of an entry in force; NULL: paths. */
const char *rib_lead_name(const struct rib_entry *e, const struct rib_route *route);

#endif
