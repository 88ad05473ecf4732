/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A port that the machine does not have, or a kind that there is not: what is said of it is kept,
 * has no effect and is in nobody's way.
 */
#include "control/iface/iface.h"

const struct iface_kind iface_stub = {
	.rank = IFACE_RANK_PORT,
	.is_kept = true,
	.is_transit = true,
	.may_switch = true,
	.may_dial = true,
	.has_own_mac = true,
	.has_mtu = true,
};
