/* SPDX-License-Identifier: BSD-3-Clause */
/* Kernel network devices that ports of kind af_packet and af_xdp stand on, or share a wire with. */
#ifndef DATAPLANE_PORT_NETDEV_H
#define DATAPLANE_PORT_NETDEV_H

#include <stdbool.h>
#include <stdint.h>

/* True if the device is up and has a carrier. */
bool netdev_running(const char *name);

/* True if this process may make AF_XDP sockets. */
bool netdev_kernel_has_af_xdp(void);

/* 0 or negative errno. */
int netdev_set_mtu(const char *name, uint16_t mtu);

/* Pairs of queues that the device spreads frames over; 0 if it does not tell. */
unsigned netdev_channels(const char *name);

/*
 * Keep the kernel's own IP stack off the device, which sees every frame that we do: no ARP
 * replies for addresses of our TUN device, no packets taken whose way back is not this device,
 * no IPv6. 0, or negative errno of the first setting that could not be made.
 */
int netdev_quiet(const char *name);

/*
 * Keep the kernel from answering ARP requests that come in by the device for addresses of other
 * devices, such as our TUN's: what a virtual function's wire carries, its physical function gets
 * too. The device stays usable. 0, also if there is none of that name here, or negative errno.
 */
int netdev_answer_own(const char *name);

/*
 * A socket that is readable when a kernel device has changed in any way, or -errno.
 * netdev_changed() reads away what it has to say.
 */
int netdev_monitor(void);
void netdev_changed(int fd);

#endif
