/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The host stack: a TUN device for each VRF. Packets for the router's own addresses go up
 * through it to the kernel's sockets, and the router's own packets come down. Main lcore only.
 *
 * Control gives the device its addresses and its routes. A device that somebody deletes is made
 * again within a second or so, without them: control sees it come and sets them anew.
 */
#ifndef DATAPLANE_HOST_HOST_H
#define DATAPLANE_HOST_HOST_H

#include <stdbool.h>
#include <stdint.h>

#include "api/msg.h"

struct dp;
struct rte_mbuf;

/*
 * Make the device of a VRF, up and with that MTU, in this process's network namespace; or change
 * the MTU of one that exists, or put a device of another name in its place. On failure all is as
 * it was. -EINVAL: a VRF, name or MTU (68 .. what an mbuf of dp->pool holds) out of its range;
 * else what the kernel says.
 */
int host_set(struct dp *dp, const struct bw_host *conf);

/* Remove it; the device goes. -ENOENT if there is none. */
int host_del(struct dp *dp, uint32_t vrf);

/* Remove those whose dp->host_epoch is another. True if there were some. */
bool host_sweep(struct dp *dp, uint8_t epoch);

/* The configuration of a VRF's device, or NULL. */
const struct bw_host *host_conf(const struct dp *dp, uint32_t vrf);

/*
 * A descriptor that becomes readable when host_receive() has something to do; -1 if the VRF has
 * no device. It stays the same until host_del().
 */
int host_fd(const struct dp *dp, uint32_t vrf);

/*
 * Send a packet (data at the IPv4 header) up. Takes m. What the kernel does not take is dropped
 * and counted as HOST_FULL.
 */
void host_send(struct dp *dp, uint32_t vrf, struct rte_mbuf *m);

/*
 * Hand up to `budget` of the router's own packets over to worker 0, where they go on at
 * ip4_lookup. Returns how many; `budget` means that there may be more.
 */
unsigned host_receive(struct dp *dp, uint32_t vrf, unsigned budget);

#endif
