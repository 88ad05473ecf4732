/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The control connections of memif ports. Main lcore only.
 *
 * DPDK's memif driver talks to its peer in EAL's interrupt thread, and when the peer leaves it
 * unmaps there what a worker may just be reading. So the driver does not get to know its peer:
 * byway-dp stands in between and hands on the few messages with which the two meet (memif 2.0;
 * packets do not come this way). When the peer leaves, it keeps the workers off the port before
 * it tells the driver. It also tries a server again, which the driver does not.
 */
#ifndef DATAPLANE_PORT_MEMIF_H
#define DATAPLANE_PORT_MEMIF_H

#include <stddef.h>

struct dp;

/*
 * Before the port is probed: listen for its peers (a server), or for its driver (a client).
 * 0 or negative errno, with err saying why.
 */
int memif_open(struct dp *dp, unsigned port, char *err, size_t err_size);

/* The socket that the port's driver is to use in place of the configured one. */
void memif_driver_path(const struct dp *dp, unsigned port, char *buf, size_t size);

/* The port's ethdev was started. 0 or negative errno. */
int memif_started(struct dp *dp, unsigned port);

/* Readable when memif_poll() has something to do; -1 without memif ports. */
int memif_fd(const struct dp *dp);

/* Hand on what has come, let ports go, try servers. Also called about ten times a second. */
void memif_poll(struct dp *dp);

/* Workers have stopped; the ethdevs are still there. */
void memif_close_all(struct dp *dp);

#endif
