/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The line protocol of interfaces, as far as the dataplane can tell by itself: the port of a
 * routed port or subinterface has a link, or some port with a link carries an SVI's VLAN. What was
 * learnt from a link goes with it, and whoever is on it is told when it comes up, whether or not
 * control is there. Main lcore only.
 */
#ifndef DATAPLANE_L3_LINE_H
#define DATAPLANE_L3_LINE_H

struct dp;

/*
 * After interfaces or VLANs (dp->itfs_changed) or links (dp->l2_changed) changed: derive the
 * layer-2 maps, the bridge and the lines of those anew. Without memory all stays as it was, and the
 * next call tries again. Next to nothing if nothing changed.
 */
void line_update(struct dp *dp);

#endif
