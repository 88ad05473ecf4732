/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What every part of control stands on: the event loop, the log, the connection to the dataplane,
 * and the work that is to be done. Parts are given a pointer to it, and to those other parts that
 * they stand on, never to the whole of control.
 */
#ifndef BW_CONTROL_CORE_CORE_H
#define BW_CONTROL_CORE_CORE_H

#include "control/core/dataplane_link.h"
#include "control/core/log.h"
#include "control/core/work.h"

struct event_base;

struct core {
	struct event_base *base; /* borrowed */
	struct log log;
	struct dp_link dp;
	struct work_queue work;
	struct work flush; /* what is queued for the dataplane */
	char dp_path[108]; /* the dataplane's socket */
};

/* `dp_path` is copied; nothing is connected yet. 0, -ENAMETOOLONG or -ENOMEM. */
int core_init(struct core *core, struct event_base *base, const char *dp_path);

/* First core_stop(), then all parts are freed, then this. */
void core_fini(struct core *core);

/* Nothing runs by itself any more, and there is no dataplane. */
void core_stop(struct core *core);

#endif
