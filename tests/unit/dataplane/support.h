/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A whole dataplane in the test's own process: EAL without huge pages, tables, workers with the
 * real graph, and null ports whose bursts are replaced, so that a test says what is received and
 * sees what is sent. Nothing runs by itself: the test walks the workers and turns the main loop's
 * parts by hand. What goes wrong in here ends the process.
 */
#ifndef TESTS_UNIT_DATAPLANE_SUPPORT_H
#define TESTS_UNIT_DATAPLANE_SUPPORT_H

#include <rte_mbuf.h>

#include "core/dp.h"
#include "core/packet.h"
#include "core/worker.h"

#define T_QUEUES 4
#define T_FRAMES 8192 /* sent ones that are kept */

struct t_config {
	unsigned workers; /* 1: single-core mode, the main lcore is the worker */
	unsigned ports;	  /* GigabitEthernet0 and up; the first four routed, others switch ports */
	uint16_t queues;  /* of each port */
	unsigned max_mtu; /* 0: the default */
};

struct t_frame {
	uint16_t port, queue;
	unsigned len;
	uint8_t b[BW_MAX_MTU + 22];
};

extern struct dp *t_dp;
extern struct t_frame t_frame[T_FRAMES]; /* sent, in order */
extern unsigned t_frames;
extern uint8_t t_epoch;
extern uint16_t t_tx_room; /* frames that a transmit burst takes; UINT16_MAX = all */

/* End the process unless `what` holds. */
#define t_require(what) t_require_at((what), #what, __FILE__, __LINE__)
void t_require_at(bool what, const char *text, const char *file, int line);

void t_start(const struct t_config *c);
void t_stop(void);

/* Run the suites that were added to CUnit; the process's exit status. */
int t_run(void);

/* Remove every object, neighbour, waiting packet and counter. Returns the mbufs in use (0). */
unsigned t_reset(void);

/* ---- turning the wheels ---- */

/* Let the clock of the dataplane run that many times faster; 1 = as it is. */
void t_clock(unsigned times);

/* Move the seconds forward (retry times stay where they are). */
void t_later(uint32_t seconds);

/* One walk of a worker. Returns the packets it took. */
unsigned t_walk(unsigned worker);

/* The main lcore: what was punted, and deferred frees. Returns the packets. */
unsigned t_main(void);

/* The main lcore's control part: accept, hang-up, commands. Returns true if there is more to do. */
bool t_control(void);

/* Walk and turn until nothing moves any more. */
void t_settle(void);

/* ---- frames ---- */

void t_receive(unsigned port, unsigned queue, const void *bytes, unsigned len);

/* As from hardware that has taken the tag off the frame. */
void t_receive_stripped(unsigned port, uint16_t tci, const void *bytes, unsigned len);

/* In segments of the given lengths; what is left goes into a last one. */
void t_receive_chain(
	unsigned port, const void *bytes, unsigned len, const uint16_t *seg, unsigned n_segs);

/* Receive one frame on queue 0 and settle. */
void t_send(unsigned port, const void *bytes, unsigned len);

void t_forget_frames(void);

/* Mbufs that are not in the pool. */
unsigned t_in_use(void);

/* Sum over the workers and the main lcore. */
uint64_t t_drops(enum bw_drop reason);
uint64_t t_all_drops(void);
void t_clear_drops(void);

/* The Internet checksum over bytes, written plainly; 0 over bytes that hold their own. */
uint16_t t_checksum(const uint8_t *bytes, unsigned len);

/* Ethernet header with the interface's MAC as destination; an 802.1Q tag if vlan >= 0. */
unsigned t_put_eth(uint8_t *f, const uint8_t *dst, int vlan, uint16_t type);

/* IPv4 header of `header` bytes (options zero), checksum right. */
void t_put_ip4(uint8_t *at, unsigned header, unsigned total, uint8_t proto, const char *src,
	const char *dst);
void t_sign_ip4(uint8_t *at);

/* An ARP packet of 28 bytes. */
void t_put_arp(
	uint8_t *at, uint16_t op, const uint8_t *sha, bw_ip4 sip, const uint8_t *tha, bw_ip4 tip);

bw_ip4 t_ip(const char *text);

extern const uint8_t t_broadcast[6];
extern const uint8_t t_peer[6]; /* a host's MAC: 02:00:00:00:00:77 */

/* ---- objects, set directly ---- */

/* A routed port that is up, MTU 1500; change it, then t_if_set(). */
struct bw_if t_if(uint32_t id, uint16_t kind, uint16_t port, uint16_t vlan);
void t_if_set(const struct bw_if *c);

/* An address with its connected, receive and broadcast routes, as control sets them. */
void t_connect(uint32_t if_id, const char *addr, uint8_t plen);
void t_addr(uint32_t if_id, const char *addr, uint8_t plen, uint8_t flags);

/* Adjacencies and routes; each must be accepted. */
void t_adj_neighbour(uint32_t id, uint32_t if_id, const char *nexthop);
void t_adj_glean(uint32_t id, uint32_t if_id);
void t_adj_ecmp(uint32_t id, unsigned n, const uint32_t *path);
void t_route(uint32_t vrf, const char *prefix, uint8_t plen, uint32_t adj);
void t_route_del(uint32_t vrf, const char *prefix, uint8_t plen);

/* The adjacency that a packet to addr gets in VRF 0. */
const struct adj *t_adj_to(const char *addr);

/* A host with t_peer's MAC answers at this address of an interface: a learnt neighbour. */
void t_learn(uint32_t if_id, const char *addr, const uint8_t *mac);

/* The users of every adjacency counted anew from routes and ECMP sets. */
bool t_users_are_right(void);

/* A fixed sequence of pseudo-random numbers. */
uint32_t t_random(void);

#endif
