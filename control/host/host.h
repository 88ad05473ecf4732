/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The kernel as host stack: the TUN device of the global table, which byway-dp
 * makes, gets every address of the router's interfaces that are up and a default
 * route of last resort. The kernel never forwards on it.
 */
#ifndef BW_CONTROL_HOST_H
#define BW_CONTROL_HOST_H

#include <stdbool.h>

#include "control/core/core.h"

#define HOST_DEVICE_SIZE  16 /* IFNAMSIZ */
#define HOST_MTU	  1500
#define HOST_ROUTE_METRIC 42000 /* any other default route of the machine goes first */

struct event;
struct iface_table;
struct mnl_socket;

struct host {
	struct core *core;
	struct iface_table *ifaces;
	struct work work;
	struct watch addr_watch;
	char device[HOST_DEVICE_SIZE]; /* "": there is none */
	struct dp_object obj;
	struct mnl_socket *monitor; /* links come and go */
	struct mnl_socket *request;
	struct event *event;
	unsigned ifindex; /* 0 = the device is not there */
	uint32_t seq;
	struct log_limit limit;
};

/* It watches addresses of interfaces. `device` NULL: no host stack. 0 or negative errno. */
int host_init(struct host *host, struct core *core, struct iface_table *ifaces, const char *device);
void host_fini(struct host *host);

#endif
