/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * VRFs, adjacencies and routes as control sets them. Main lcore only. All return an
 * enum bw_error; `epoch` stamps what is set, and *_sweep() removes what another
 * epoch set.
 */
#ifndef DATAPLANE_OBJECTS_OBJECTS_H
#define DATAPLANE_OBJECTS_OBJECTS_H

#include "api/msg.h"

struct dp;

int vrf_set(struct dp *dp, const struct bw_vrf *vrf, uint8_t epoch);
int vrf_del(struct dp *dp, uint32_t vrf_id);
void vrf_sweep(struct dp *dp, uint8_t epoch);

int adj_set(struct dp *dp, const struct bw_adj *adj, uint8_t epoch);
int adj_del(struct dp *dp, uint32_t adj_id);
void adj_sweep(struct dp *dp, uint8_t epoch);

int route_set(struct dp *dp, const struct bw_route *route, uint8_t epoch);
int route_del(struct dp *dp, const struct bw_route *route);
void route_sweep(struct dp *dp, uint8_t epoch);

#endif
