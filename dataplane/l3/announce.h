/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Gratuitous ARP (RFC 5227 3): the addresses that an interface answers for are announced when it
 * comes up or gets them. Thousands of NAT globals leave a few at a time. Main lcore only.
 */
#ifndef DATAPLANE_L3_ANNOUNCE_H
#define DATAPLANE_L3_ANNOUNCE_H

#include <stdbool.h>

struct dp;
struct itf;

/* All zero: nothing is to be announced. */
struct announcer {
	unsigned sent; /* aliases, since the last poll */
	bool pending;  /* some alias is marked */
};

/* All of an interface's own addresses at once, and its aliases as the rate allows. */
void announce_itf(struct dp *dp, const struct itf *itf);

/* The aliases that are marked with `announce`, as the rate allows. */
void announce_aliases(struct dp *dp);

/* Go on with what was to wait. About ten times a second. */
void announce_poll(struct dp *dp);

#endif
