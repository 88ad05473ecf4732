/* SPDX-License-Identifier: BSD-3-Clause */
/* Addresses, times and numbers as IOS writes them. Pure functions. */
#ifndef BW_CONTROL_CORE_FORMAT_H
#define BW_CONTROL_CORE_FORMAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dataplane/api/msg.h"

#define FORMAT_IP_SIZE	   16
#define FORMAT_PREFIX_SIZE 20
#define FORMAT_MAC_SIZE	   15
#define FORMAT_AGE_SIZE	   16

/* All of these write a terminated text and return buf. */
const char *format_ip(bw_ip4 addr, char buf[FORMAT_IP_SIZE]);
const char *format_prefix(bw_ip4 addr, unsigned plen, char buf[FORMAT_PREFIX_SIZE]);
const char *format_mac(const uint8_t mac[6], char buf[FORMAT_MAC_SIZE]);

/* `00:01:02` below a day, then `1d02h`, `3w4d`, `1y2w`. */
const char *format_age(uint64_t seconds, char buf[FORMAT_AGE_SIZE]);

/* `1 week, 2 days, 3 hours, 1 minute`; seconds are left out, as in `show version`. */
const char *format_uptime(uint64_t seconds, char *buf, size_t size);

/* The mask of a prefix length, and back: -1 if the ones are not in one run. */
bw_ip4 format_mask(unsigned plen);
int format_plen(bw_ip4 mask);

/* The mask that classful routing gives an address: 8, 16, 24, or 32 for classes D and E. */
unsigned format_classful(bw_ip4 addr);

static inline bool prefix_covers(bw_ip4 prefix, unsigned plen, bw_ip4 addr)
{
	return ((prefix ^ addr) & format_mask(plen)) == 0;
}

/* May be an address of one host somewhere: not of 0/8 or 127/8, no multicast, none above. */
bool addr_is_host(bw_ip4 addr);

/* Milliseconds of a clock that never jumps. */
uint64_t clock_ms(void);

#endif
