/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Virtual fragment reassembly: fragments are held until the first one of their
 * datagram has told its ports, and then go on as they are, with the ports known.
 * What no sound sender makes (overlaps, RFC 5722; tiny first fragments, RFC
 * 1858; datagrams beyond 65535 bytes) is dropped with all that follows of its
 * datagram. One table per worker; no DPDK: a packet is a pointer that the table
 * keeps and gives back.
 */
#ifndef DATAPLANE_L3_VFR_H
#define DATAPLANE_L3_VFR_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "api/drops.h"
#include "api/msg.h"

struct dp;
struct worker;

#define VFR_MAX_FRAGMENTS 255  /* of one datagram */
#define VFR_MAX_DATAGRAMS 1024 /* of one worker */
#define VFR_REASSEMBLIES  16   /* IOS's defaults, where an interface says 0 */
#define VFR_FRAGMENTS	  32
#define VFR_TIMEOUT	  3

/* What all workers' tables share: datagrams in reassembly, by interface. */
struct vfr_shared {
	_Atomic uint32_t in_use[BW_MAX_IFS];
};

struct vfr_limits {
	uint16_t if_id;
	uint16_t reassemblies, fragments; /* 0: the default */
	uint32_t timeout;		  /* seconds; 0: the default */
};

/* The last datagram that was given up, for the log. */
struct vfr_event {
	_Atomic uint32_t count;
	_Atomic uint32_t if_id;
	_Atomic uint32_t limit;
	_Atomic uint32_t src, dst;
};

/* What is to be done now; pkt[] may include the packet that was put in. */
struct vfr_result {
	unsigned n;
	void *pkt[VFR_MAX_FRAGMENTS + 1]; /* the first fragment, if among them, is first */
	enum bw_drop drop;		  /* BW_DROP_NONE: they go on, with these ports */
	uint16_t sport, dport;		  /* as struct pkt_meta's l4_src and l4_dst */
};

struct vfr_table;

struct vfr_shared *vfr_shared_create(void);
void vfr_shared_destroy(struct vfr_shared *shared);

/* NULL if there is no memory. */
struct vfr_table *vfr_create(struct vfr_shared *shared);

/* Calls release() for each packet that is held. */
void vfr_destroy(struct vfr_table *t, void (*release)(void *pkt));

/* A number that is the same for all fragments of a datagram. */
uint32_t vfr_hash(const void *ip);

/*
 * A fragment, whose IPv4 header (checked) is at ip with len contiguous bytes. r->n == 0: it is
 * held. now: seconds.
 */
void vfr_input(struct vfr_table *t, const struct vfr_limits *limits, uint8_t vrf, const void *ip,
	uint32_t len, uint32_t now, void *pkt, struct vfr_result *r);

/*
 * End one datagram whose time is up: what it held is r->pkt, to be dropped for r->drop. False
 * if there is none. Near-free when called again within a second.
 */
bool vfr_expire(struct vfr_table *t, uint32_t now, struct vfr_result *r);

/* Datagrams in reassembly. */
unsigned vfr_count(const struct vfr_table *t);

/* Table overflow, too many fragments, overlaps, tiny fragments. */
enum vfr_event_kind { VFR_E_OVERFLOW, VFR_E_TOO_MANY, VFR_E_OVERLAP, VFR_E_TINY, VFR_EVENTS };
const struct vfr_event *vfr_event(const struct vfr_table *t, enum vfr_event_kind kind);

/* vfr_worker.c: expiry (each walk), and log lines (main lcore, once a second). */
void vfr_worker_poll(struct worker *w);
void vfr_poll(struct dp *dp);

#endif
