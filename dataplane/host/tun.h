/* SPDX-License-Identifier: BSD-3-Clause */
/* Linux TUN devices (Documentation/networking/tuntap.rst). */
#ifndef DATAPLANE_HOST_TUN_H
#define DATAPLANE_HOST_TUN_H

#include <stdbool.h>
#include <stdint.h>

/* True if the kernel would take it as a device's name as it is. */
bool tun_name_is_good(const char *name, unsigned size);

/*
 * Make a TUN device (no packet information, not persistent) that is up. Returns its
 * non-blocking descriptor or negative errno. The device lives as long as it is open.
 */
int tun_open(const char *name, uint32_t mtu);

/* 0 or negative errno. */
int tun_set_mtu(const char *name, uint32_t mtu);

#endif
