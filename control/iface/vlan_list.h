/* SPDX-License-Identifier: BSD-3-Clause */
/* Sets of VLANs and the way administrators write them: "1,5-7,20". */
#ifndef BW_VLAN_LIST_H
#define BW_VLAN_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define VLAN_MIN 1
#define VLAN_MAX 4094

/* A bit for each VLAN; those of 0 and 4095 are meaningless. */
struct vlan_set {
	uint64_t bits[64];
};

void vlan_set_all(struct vlan_set *set);
bool vlan_set_is_empty(const struct vlan_set *set);
bool vlan_set_is_full(const struct vlan_set *set);

static inline bool vlan_set_has(const struct vlan_set *set, unsigned vlan)
{
	return set->bits[vlan / 64] >> vlan % 64 & 1;
}

/* The VLANs of either set, those of `set` without `other`'s, all but those of `set`. */
void vlan_set_add(struct vlan_set *set, const struct vlan_set *other);
void vlan_set_remove(struct vlan_set *set, const struct vlan_set *other);
void vlan_set_invert(struct vlan_set *set);

/* Reads a list, in any order. False: it is none, and `set` is undefined. */
bool vlan_list_read(const char *text, struct vlan_set *set);

enum { VLAN_LIST_SIZE = 10240 }; /* of the longest list: every other VLAN */

/* Writes the set as IOS does, in order: "1,2,5-7"; "" when it is empty. */
void vlan_list_write(const struct vlan_set *set, char buf[VLAN_LIST_SIZE]);

#endif
