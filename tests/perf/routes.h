/* SPDX-License-Identifier: BSD-3-Clause */
/* A table of routes that looks like the Internet's: its mix of prefix lengths, at random places. */
#ifndef PERF_ROUTES_H
#define PERF_ROUTES_H

#include <stdint.h>

#define ROUTES_MAX 4000000u

struct perf_route {
	uint32_t prefix; /* host order, host bits zero */
	uint8_t plen;
};

/*
 * n routes, all different, outside 0/8, 10/8, 127/8 and 224/3: the same ones for
 * the same seed. The caller frees them. NULL with errno: EINVAL, ENOMEM.
 */
struct perf_route *routes_make(uint32_t n, uint64_t seed);

/* An address within the route that `salt` picks, in host order. */
uint32_t routes_address(const struct perf_route *r, uint32_t salt);

#endif
