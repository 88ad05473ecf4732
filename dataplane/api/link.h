/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * How the two processes meet: byway-dp listens on a SOCK_SEQPACKET Unix socket
 * and answers a hello with the region's memfd and two doorbell eventfds
 * (SCM_RIGHTS). The socket then stays open, so that either side sees the other
 * go. One control process at a time: a second one is told so and closed.
 */
#ifndef BW_API_LINK_H
#define BW_API_LINK_H

#include "region.h"

struct bw_link_hello {
	uint32_t magic;	  /* BW_REGION_MAGIC */
	uint32_t version; /* BW_API_VERSION */
	int32_t status;	  /* in the answer: 0, or an errno such as EBUSY, EPROTO */
	uint32_t pid;
};

/* Control's end. All zero is "not connected". */
struct bw_client {
	struct bw_region region;
	struct bw_ring_view cmd, evt;
	int sock;     /* readable or hung up when the dataplane is gone */
	int cmd_bell; /* written by us */
	int evt_bell; /* readable when events wait */
	uint32_t seq; /* of the last command taken */
	bool dirty;   /* commands that are not yet flushed */
	bool begun;   /* the answer has not come yet */
};

/*
 * Begin to connect to byway-dp's socket, without waiting. 0: c->sock becomes
 * readable when the answer is there, for bw_client_finish(); or negative errno:
 * -ENOENT, -ECONNREFUSED (not running), -ETIMEDOUT (it hangs).
 */
int bw_client_begin(struct bw_client *c, const char *path);

/*
 * Take the answer. 0: connected; -EAGAIN: it is not there yet; other negative
 * errno, after which the client is closed: -EBUSY (another control process),
 * -EPROTO (another version).
 */
int bw_client_finish(struct bw_client *c);

/* Both. Blocks for a second at the most, then -ETIMEDOUT. */
int bw_client_open(struct bw_client *c, const char *path);

/* Let go of everything. Harmless on a client that is not connected. */
void bw_client_close(struct bw_client *c);

/*
 * Room for one command: a zeroed message of that type with its sequence number
 * set, or NULL if the ring is full (flush, and try again when events came).
 * It goes out with the next bw_client_flush().
 */
struct bw_msg *bw_client_command(struct bw_client *c, uint16_t type, uint64_t cookie);

/* Publish the commands taken so far and ring the doorbell once. */
void bw_client_flush(struct bw_client *c);

/*
 * Call fn for events, at most `max` of them. Returns how many there were. fn
 * gets a private copy. Clear the doorbell first (bw_bell_clear(c->evt_bell)).
 */
unsigned bw_client_events(
	struct bw_client *c, unsigned max, void (*fn)(void *arg, const struct bw_msg *), void *arg);

/* The dataplane's end of the socket. */
struct bw_listener {
	int listen_sock;
	int sock; /* the control process's, or -1 */
	int cmd_bell, evt_bell;
};

/* Listen at path (replacing a dead socket there, -EADDRINUSE if it lives). */
int bw_listener_open(struct bw_listener *l, const char *path);
void bw_listener_close(struct bw_listener *l, const char *path);

/*
 * Take a waiting connection. 1: a control process is now attached (the rings
 * were reset before it could see them); 0: nobody, or one that was refused.
 */
int bw_listener_accept(struct bw_listener *l, struct bw_region *r);

/* True once the attached control process is gone; it is then detached. */
bool bw_listener_hung_up(struct bw_listener *l);

void bw_bell_ring(int fd);
void bw_bell_clear(int fd);

#endif
