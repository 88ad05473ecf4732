/* SPDX-License-Identifier: BSD-3-Clause */
/* The table of arcs and features (tables/feature.h), and what follows from it. */
#ifndef DATAPLANE_NODES_ARCS_H
#define DATAPLANE_NODES_ARCS_H

#include "tables/itf.h"

/*
 * Give the nodes of all arcs their edges, before the first graph is made. Such a node registers
 * itself with its edge to `drop` alone; one that has none is no node of ours and stays as it is.
 * 0 or negative errno.
 */
int arcs_connect(void);

/* Which feature of the interface follows which, as it is configured: its arc_first and arc_next. */
void arcs_chain(struct itf *itf);

/* The edge to the feature's node in its arc. */
unsigned arcs_edge(enum feature feature);

#endif
