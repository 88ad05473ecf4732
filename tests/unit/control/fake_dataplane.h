/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A dataplane that keeps what it is told and forwards nothing. It refuses what
 * byway-dp would refuse: references to what is not there, and removing what is
 * in use. It runs in the test's own thread, when fake_run() is called; only the
 * handshake, for which control waits, has a thread of its own.
 */
#ifndef FAKE_DATAPLANE_H
#define FAKE_DATAPLANE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "dataplane/api/link.h"

struct fake_object {
	uint16_t type; /* the *_SET command; 0 = free */
	bool stale;    /* not set since SYNC_BEGIN */
	uint32_t hash;
	uint32_t next; /* of the same bucket: index + 1; 0 = last */
	struct bw_msg msg;
};

#define FAKE_BUCKETS 65536

struct fake_dataplane {
	const char *path;
	struct bw_region region;
	struct bw_listener listener;
	struct bw_ring_view cmd, evt;
	pthread_t greeter;
	pthread_mutex_t lock; /* of the listener and the rings */
	atomic_bool stop;
	bool attached;
	bool frozen; /* takes no commands: the ring fills up */
	struct fake_object *object;
	size_t n, size;
	uint32_t bucket[FAKE_BUCKETS];
	/* dump rows to give for BW_EVT_NAT_SESSION and the like */
	struct bw_msg row[64];
	uint16_t row_type[64];
	unsigned n_rows;
	uint32_t n_sessions; /* NAT sessions to make up in dumps, besides; see fake_session() */
	/* PPPoE: texts for the next client, and as the clients took them */
	struct bw_pppoe_text staged[BW_PPPOE_TEXTS];
	struct bw_pppoe_text text[BW_MAX_PPPOE][BW_PPPOE_TEXTS];
	uint32_t debug;	  /* flags, as last told */
	uint32_t cleared; /* client of the last PPPOE_CLEAR; UINT32_MAX: none came */
	unsigned sets, dels, nacks, syncs, swept, routes;
	uint32_t last_seq;
	uint16_t refuse;   /* NACK the next command of this type, */
	unsigned refuse_n; /* so many times */
};

void fake_open(struct fake_dataplane *f, const char *path, unsigned n_ports,
	const char *const *port_names);

/* As if it had been killed: the socket goes, and everything it held. */
void fake_close(struct fake_dataplane *f);

/* Accept, take commands, answer. */
void fake_run(struct fake_dataplane *f);

/* Objects of a *_SET type; the one whose id field (or addr, prefix) is `id`, or NULL. */
unsigned fake_count(const struct fake_dataplane *f, uint16_t type);
const struct bw_msg *fake_find_if(const struct fake_dataplane *f, const char *name);
const struct bw_msg *fake_find_adj(const struct fake_dataplane *f, uint32_t id);
const struct bw_msg *fake_find_route(const struct fake_dataplane *f, bw_ip4 prefix, uint8_t plen);

/* The client of the Dialer of this name; NULL. And one of its texts, terminated. */
const struct bw_msg *fake_find_client(const struct fake_dataplane *f, const char *dialer);
const char *fake_client_text(const struct fake_dataplane *f, uint32_t client_id,
	enum bw_pppoe_which which, char buf[BW_PPPOE_TEXT + 1]);

/* Tell of a client's state, and of a line of debugging. */
void fake_pppoe(struct fake_dataplane *f, const struct bw_pppoe_state *state);
void fake_debug(struct fake_dataplane *f, const char *line);

/* Tell of packets that an entry with `log` matched. */
void fake_acl_log(struct fake_dataplane *f, const struct bw_acl_log *log);

/* A row to be given in dumps of this BW_EVT_ type. */
void fake_add_row(struct fake_dataplane *f, uint16_t type, const void *body, size_t size);

/* The number `i` of the NAT sessions that are made up: every one is another. */
struct bw_nat_session fake_session(uint32_t i);

/* Tell of a port's link. */
void fake_link(struct fake_dataplane *f, unsigned port, bool up);

#endif
