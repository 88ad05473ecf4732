/* SPDX-License-Identifier: BSD-3-Clause */
/* ip tcp adjust-mss. Plain C, no DPDK. */
#ifndef DATAPLANE_L3_MSS_H
#define DATAPLANE_L3_MSS_H

#include <stdbool.h>
#include <stdint.h>

/*
 * If the packet at ip (len contiguous bytes) is a TCP SYN with a maximum segment size above
 * mss, lower it and update the checksum. True if it was changed. A SYN without the option, or
 * with options that are not sound, is left alone.
 */
bool mss_clamp(void *ip, uint32_t len, uint16_t mss);

#endif
