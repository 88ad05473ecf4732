/* SPDX-License-Identifier: BSD-3-Clause */
/* Between the files of rib/ only. */
#ifndef BW_CONTROL_RIB_PRIVATE_H
#define BW_CONTROL_RIB_PRIVATE_H

#include "control/rib/rib.h"

/* In the node of an entry. */
enum { RIB_OWNER_VRF, RIB_OWNER_PROGRAM };

/* As walk_status: entries may be programmed by any. */
#define RIB_WALK_ANY UINT8_MAX

/* e is, or is about to be, programmed: not to be freed. */
static inline bool rib_is_unprogrammed(const struct rib_entry *e)
{
	return e->node.owner[RIB_OWNER_PROGRAM] != 0;
}

/* Look at this entry again. */
void rib_mark(struct rib *rib, struct rib_entry *e);

/* The same where it is resolved already. */
void rib_mark_unprogrammed(struct rib *rib, struct rib_entry *e);

/* Free the entry if nothing needs it any more. */
void rib_entry_unused(struct rib *rib, struct rib_entry *e);

/* --- nexthop.c --- */

/* With a reference; NULL without memory. */
struct rib_nexthop *rib_nexthop_get(struct rib *rib, uint16_t vrf, bw_ip4 addr);
void rib_nexthop_put(struct rib *rib, struct rib_nexthop *nh);

/* The entry takes part in resolution from now on. 0 or -ENOMEM. */
int rib_entry_carry(struct rib *rib, struct rib_entry *e);

/* Enter a recursive route at its next hop, and take it off. */
void rib_nexthop_enter(struct rib_route *route);
void rib_nexthop_leave(struct rib_route *route);

/* It is resolved: tell all who depend on it what is new. */
void rib_nexthop_tell(struct rib *rib, struct rib_nexthop *nh);

/* --- resolve.c --- */

enum rib_status rib_route_status(const struct rib_route *route);

/* To be resolved, for the first time or again. */
void rib_nexthop_mark(struct rib *rib, struct rib_nexthop *nh);
void rib_carrier_mark(struct rib *rib, struct rib_carrier *c);

/* Sorted sets of BW_MAX_PATHS at the most: the least stay, whatever the order of adding. */
int rib_path_compare(const struct rib_path *a, const struct rib_path *b);
void rib_paths_add(struct rib_paths *set, struct rib_path path);

/* Interfaces are compared as pointers: one that a path of old has may be gone. */
bool rib_paths_equal(const struct rib_paths *a, const struct rib_paths *b);

/* --- fib.c --- */

void rib_fib_init(struct rib *rib);

/* There are entries to be programmed. Until then nothing leaves that they may still refer to. */
void rib_program_later(struct rib *rib);

/* The dataplane has taken enough of those before. */
bool rib_has_room(const struct rib *rib);

/* So many entries of them. */
void rib_program_some(struct rib *rib, unsigned n);

#endif
