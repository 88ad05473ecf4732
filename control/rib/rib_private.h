/* SPDX-License-Identifier: BSD-3-Clause */
/* Between the files of rib/ only. */
#ifndef BW_CONTROL_RIB_PRIVATE_H
#define BW_CONTROL_RIB_PRIVATE_H

#include "control/rib/rib.h"

/* Look at this entry again with the next rib_settle(). */
void rib_mark(struct rib *rib, struct rib_entry *e);

/* Free the entry if nothing needs it any more. */
void rib_entry_unused(struct rib *rib, struct rib_entry *e);

/* Tell the dataplane where the entry leads now. */
void rib_fib_init(struct rib *rib);
void rib_fib_program(struct rib *rib, struct rib_entry *e);

#endif
