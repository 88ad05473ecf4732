/* SPDX-License-Identifier: BSD-3-Clause */
/* DPDK's start as platform.conf asks for it. */
#ifndef DATAPLANE_EAL_H
#define DATAPLANE_EAL_H

#include <stddef.h>

struct dp;

/*
 * rte_eal_init() for dp->platform and dp->instance. 0, or negative errno with err saying what
 * is missing. Sets dp->n_workers.
 */
int eal_start(struct dp *dp, char *err, size_t err_size);

#endif
