/* SPDX-License-Identifier: BSD-3-Clause */
/* DPDK's start as platform.conf asks for it, and its end. */
#ifndef DATAPLANE_CORE_EAL_H
#define DATAPLANE_CORE_EAL_H

#include <stddef.h>

struct dp;

/*
 * rte_eal_init() for dp->platform and dp->instance. 0, or negative errno with err saying what
 * is missing. Sets dp->n_workers. DPDK keeps its files in dp->run_dir, if there is one.
 */
int eal_start(struct dp *dp, char *err, size_t err_size);

/*
 * Remove what processes of this instance left of DPDK's in the run directory when they were killed.
 * Only when this process is known to be the instance: what is not its own is taken for theirs.
 */
void eal_sweep(const struct dp *dp);

/*
 * After a successful start; ports are closed, workers gone. DPDK's memory is no more after it, and
 * its directory neither.
 */
void eal_stop(void);

#endif
