/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The frame of a protocol in control.
 *
 * A protocol is a record in the table of control.c and a folder, in which three things are apart:
 * its codec (bytes in, struct out, by dataplane/api/cursor.h; no sockets), its state machine (an
 * event and the time in, actions out; no sockets, clocks or globals), and the driver that joins
 * them to the sockets and timers here. The first two are tested without a kernel.
 */
#ifndef BW_CONTROL_PROTO_PROTO_H
#define BW_CONTROL_PROTO_PROTO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dataplane/api/msg.h"

#include "control/core/core.h"
#include "control/core/debug.h"

struct host;
struct iface_table;
struct rib;

#define PROTO_MAX 16 /* protocols */

/* What protocols are given of the router. */
struct proto_env {
	struct core *core;
	struct debug *debug;
	struct iface_table *ifaces;
	struct rib *rib;
	const struct host *host;
};

/* One thing that a protocol has open, for `show control-plane host open-ports`. */
struct proto_row {
	const char *transport;		/* "icmp", "udp", "tcp" */
	bw_ip4 local, peer;		/* 0 = any */
	uint16_t local_port, peer_port; /* host order; 0 = any */
	const char *service, *state;	/* in IOS's words */
};

struct proto {
	const char *name; /* for the log */
	size_t size;	  /* of its state, which is zeroed */

	/* 0 or negative errno, with nothing left behind. `env` stays. */
	int (*init)(void *state, const struct proto_env *env);
	void (*fini)(void *state);

	/* What `debug` has of it; NULL = nothing. */
	const struct debug_kind *debug;
	unsigned n_debug;

	/* Row `i` of what it has open; false: there are fewer. NULL = never any. */
	bool (*row)(const void *state, unsigned i, struct proto_row *row);
};

struct proto_table {
	struct proto_env env;
	unsigned n;
	struct {
		const struct proto *proto;
		void *state;
	} entry[PROTO_MAX];
};

/* All of a list that ends with NULL. 0 or negative errno; *t is then empty. */
int proto_table_init(
	struct proto_table *t, const struct proto_env *env, const struct proto *const *list);
void proto_table_fini(struct proto_table *t);

/* The state of one of them; NULL: it is not in the table. */
void *proto_state(const struct proto_table *t, const struct proto *proto);

/* Row `i` over all protocols; false: there are fewer. */
bool proto_row(const struct proto_table *t, unsigned i, struct proto_row *row);

/* A line of `debug` if this own kind is on. */
void proto_debug(const struct proto_env *env, uint32_t flag, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* The device that packets to `to` leave by: "" if it is an address of the router itself, which the
 * kernel keeps to itself. */
const char *proto_device(const struct proto_env *env, uint16_t vrf, bw_ip4 to);

/* The address to send from: of the interface that the route leaves by. 0 without a route. All that
 * is marked must be derived. */
bw_ip4 proto_source(const struct proto_env *env, uint16_t vrf, bw_ip4 to);

#endif
