/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What `debug` has switched on. The dataplane's lines come from there and go to the log; control
 * only says which are wanted, again after either side was restarted. Protocols of control's own
 * write theirs themselves.
 */
#ifndef BW_CONTROL_CORE_DEBUG_H
#define BW_CONTROL_CORE_DEBUG_H

#include <stdbool.h>
#include <stdint.h>

#include "control/core/dataplane_link.h"

#define DEBUG_KINDS 32

/* One of the words after `debug`. */
struct debug_kind {
	const char *family, *word; /* `debug FAMILY WORD` */
	const char *heading;	   /* of the family in `show debugging` */
	const char *title;	   /* "ICMP packet": of what debugging is on */
	uint32_t flag;		   /* of enum debug_own if `own`, else of enum bw_debug_flags */
	bool own;		   /* control's, and not the dataplane's */
};

enum debug_own {
	DEBUG_IP_ICMP = 1 << 0,
};

struct debug {
	struct dp_link *dp;
	uint32_t flags; /* enum bw_debug_flags */
	uint32_t own;	/* enum debug_own */
	struct dp_object obj;
	const struct debug_kind *kind[DEBUG_KINDS]; /* in the order of `show debugging` */
	unsigned n_kinds;
};

void debug_init(struct debug *debug, struct dp_link *dp);

/* `kind` stays. Families stay together, as they are registered. */
void debug_register(struct debug *debug, const struct debug_kind *kind);

bool debug_is_on(const struct debug *debug, const struct debug_kind *kind);
void debug_switch(struct debug *debug, const struct debug_kind *kind, bool on);
void debug_off(struct debug *debug);

#endif
