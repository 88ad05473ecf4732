/* SPDX-License-Identifier: BSD-3-Clause */
/* DPDK's start as platform.conf asks for it, and its end. */
#ifndef DATAPLANE_EAL_H
#define DATAPLANE_EAL_H

#include <stddef.h>

struct dp;

/*
 * rte_eal_init() for dp->platform and dp->instance. 0, or negative errno with err saying what
 * is missing. Sets dp->n_workers.
 */
int eal_start(struct dp *dp, char *err, size_t err_size);

/* After a successful start; ports are closed, workers gone. DPDK's memory is no more after it. */
void eal_stop(void);

#endif
