/* SPDX-License-Identifier: BSD-3-Clause */
/* LoopbackN: an address that is always there. */
#include "control/iface/iface.h"

static void loopback_derive(const struct iface *, bool *up, bool *line)
{
	*up = *line = true;
}

const struct iface_kind iface_loopback = {
	.name = "Loopback",
	.max_unit = INT32_MAX,
	.rank = IFACE_RANK_LOOPBACK,
	.dp_kind = BW_IF_LOOPBACK,
	.is_lonely = true,
	.is_transit = true,
	.derive = loopback_derive,
};
