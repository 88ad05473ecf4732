/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The control process: everything that bywayd knows, in one struct, on one
 * event loop, in one thread.
 *
 * Configuration lines change the model (interfaces, routes, lists, NAT) and mark
 * what they changed. control_settle() derives the rest, from below: lists,
 * interfaces, ARP and NAT, routing, the kernel's device; then the dataplane
 * is told. It runs once after each turn of the event loop that woke it, so a
 * pasted configuration is derived in large steps, and before a show command reads.
 */
#ifndef BW_CONTROL_CONTROL_H
#define BW_CONTROL_CONTROL_H

#include <stdbool.h>
#include <time.h>

#include "dataplane/api/platform.h"

#include "control/acl/acl.h"
#include "control/core/core.h"
#include "control/core/debug.h"
#include "control/dialer/dialer.h"
#include "control/host/host.h"
#include "control/iface/iface.h"
#include "control/iface/static_arp.h"
#include "control/nat/nat.h"
#include "control/proto/proto.h"
#include "control/rib/adj.h"
#include "control/rib/connected.h"
#include "control/rib/rib.h"
#include "control/system/access.h"
#include "control/system/cpu_load.h"
#include "control/system/summer_time.h"

struct event;
struct event_base;

/* `clock timezone NAME H [M]`. */
struct control_timezone {
	char name[16];
	int minutes; /* east of UTC */
};

struct control {
	struct core core;
	char instance[32];
	struct bw_platform platform;
	struct debug debug;
	struct iface_table ifaces;
	struct dialer_table dialers;
	struct arp_table arps;
	struct acl_table acls;
	struct nat_table nat;
	struct rib_adj_table adjs;
	struct rib rib;
	struct connected connected;
	struct host host;
	struct proto_table protos;
	struct cpu_load load;
	struct control_timezone timezone;
	struct summer_time summer;
	struct access access;
	struct event *tick; /* each second */
	unsigned ticks;
	uint64_t start_ms;
	time_t start_time;
};

struct control_options {
	const char *instance;
	const char *run_dir; /* where the dataplane's socket is */
	const char *device;  /* the kernel's device of the global table; NULL = none */
};

/*
 * Everything but the connection to the dataplane, which dp_link_start() begins.
 * `platform` is copied. 0 or negative errno; *ctl is then freed.
 */
int control_init(struct control *ctl, struct event_base *base, const struct control_options *o,
	const struct bw_platform *platform);
void control_fini(struct control *ctl);

/* Derive what follows from what was marked, now. */
void control_settle(struct control *ctl);

#endif
