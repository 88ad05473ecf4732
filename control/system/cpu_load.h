/* SPDX-License-Identifier: BSD-3-Clause */
/* How busy the workers and control are, averaged over five seconds, one and five minutes. */
#ifndef BW_CONTROL_SYSTEM_CPU_LOAD_H
#define BW_CONTROL_SYSTEM_CPU_LOAD_H

#include <stdint.h>

#include "dataplane/api/region.h"

#define CPU_LOAD_INTERVAL 5 /* seconds between samples */

/* Parts of one core, 0 to 1. */
struct cpu_average {
	double five_seconds, one_minute, five_minutes;
};

struct cpu_load {
	uint64_t last_us; /* of the last sample; 0 = none yet */
	uint64_t control_us;
	uint64_t busy[BW_MAX_WORKERS];
	struct cpu_average control, worker[BW_MAX_WORKERS];
};

/* Take a sample of control and of n workers; region may be NULL if n is 0. */
void cpu_load_sample(struct cpu_load *load, const struct bw_region *region, unsigned n);

#endif
