/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What `debug` has switched on. The lines come from the dataplane and go to the log; control
 * only says which are wanted, again after either side was restarted.
 */
#ifndef BW_CONTROL_CORE_DEBUG_H
#define BW_CONTROL_CORE_DEBUG_H

#include <stdint.h>

#include "control/core/dataplane_link.h"

struct debug {
	struct dp_link *dp;
	uint32_t flags; /* enum bw_debug_flags */
	struct dp_object obj;
};

void debug_init(struct debug *debug, struct dp_link *dp);

/* From now on these lines are wanted, and no others. */
void debug_set(struct debug *debug, uint32_t flags);

#endif
