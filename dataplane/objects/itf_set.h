/* SPDX-License-Identifier: BSD-3-Clause */
/* Makes and replaces the entries of dp->itf as control says. Main lcore only. */
#ifndef DATAPLANE_OBJECTS_ITF_SET_H
#define DATAPLANE_OBJECTS_ITF_SET_H

#include <stdbool.h>

#include "api/msg.h"

struct dp;

/* All return an enum bw_error. `epoch` stamps what is set. */
int itf_set(struct dp *dp, const struct bw_if *conf, uint8_t epoch);
int itf_del(struct dp *dp, uint32_t if_id);
int itf_vlans_set(struct dp *dp, const struct bw_if_vlans *vlans);
int itf_addr_set(struct dp *dp, const struct bw_if_addr *addr, uint8_t epoch);
int itf_addr_del(struct dp *dp, const struct bw_if_addr *addr);

/* Set or clear ITF_F_NO_LINE of an interface that exists. 0 or -ENOMEM. */
int itf_line_set(struct dp *dp, uint32_t if_id, bool up);

/* Remove interfaces and addresses of another epoch. */
void itf_sweep(struct dp *dp, uint8_t epoch);

/* Free all. No worker may be left. */
void itf_free_all(struct dp *dp);

#endif
