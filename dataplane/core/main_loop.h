/* SPDX-License-Identifier: BSD-3-Clause */
/* What the main lcore does: control, ARP, the host stack, timers. */
#ifndef DATAPLANE_CORE_MAIN_LOOP_H
#define DATAPLANE_CORE_MAIN_LOOP_H

struct dp;

/* Runs until dp->stop. Returns 0, or negative errno if it could not start. */
int main_loop(struct dp *dp);

#endif
