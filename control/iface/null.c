/* SPDX-License-Identifier: BSD-3-Clause */
/* Null0: what is routed to it is dropped. The dataplane has an adjacency for that. */
#include "control/iface/iface.h"

static void null_derive(const struct iface *, bool *up, bool *line)
{
	*up = *line = true;
}

const struct iface_kind iface_null = {
	.name = "Null",
	.rank = IFACE_RANK_NULL,
	.is_transit = true,
	.has_mtu = true,
	.derive = null_derive,
};
