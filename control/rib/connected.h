/* SPDX-License-Identifier: BSD-3-Clause */
/* The routes that follow from interfaces: connected and local ones of their addresses. */
#ifndef BW_CONTROL_RIB_CONNECTED_H
#define BW_CONTROL_RIB_CONNECTED_H

#include "control/core/watch.h"

struct iface_table;
struct rib;

struct connected {
	struct rib *rib;
	struct watch route_watch, addr_watch;
};

/* It watches interfaces from now on, as long as they are. */
void connected_init(struct connected *c, struct rib *rib, struct iface_table *ifaces);

#endif
