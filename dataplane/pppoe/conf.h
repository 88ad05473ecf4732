/* SPDX-License-Identifier: BSD-3-Clause */
/* What a client is configured to, and what a change of it means. */
#ifndef DATAPLANE_PPPOE_CONF_H
#define DATAPLANE_PPPOE_CONF_H

#include "pppoe/client.h"

enum pppoe_change {
	PPPOE_CONF_SAME,
	PPPOE_CONF_IN_PLACE, /* a session that was negotiated from the one is good for the other */
	PPPOE_CONF_ANOTHER,
};

enum pppoe_change pppoe_conf_compare(const struct pppoe_conf *a, const struct pppoe_conf *b);

/* Whether names and passwords are equal. */
bool pppoe_conf_same_credentials(const struct pppoe_conf *a, const struct pppoe_conf *b);

/*
 * Copy. Nothing of the old texts stays in `to`, and nothing that is behind the end of the new ones
 * comes into it.
 */
void pppoe_conf_take(struct pppoe_conf *to, const struct pppoe_conf *from);

#endif
