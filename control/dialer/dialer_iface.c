/* SPDX-License-Identifier: BSD-3-Clause */
/* Dialers, and the interfaces Virtual-AccessN that show their sessions, as kinds of interfaces. */
#include "control/dialer/dialer.h"

static void reset(struct iface *ifc)
{
	dialer_reset(dialer_of(ifc));
}

static void dialer_derive(const struct iface *ifc, bool *up, bool *line)
{
	*up = true;
	*line = dialer_spoofs(dialer_of(ifc));
}

static bool dialer_passes_ip(const struct iface *ifc)
{
	return dialer_is_open(dialer_of(ifc));
}

static uint16_t link_mtu(const struct iface *ifc)
{
	return dialer_link_mtu(dialer_of(ifc));
}

static struct iface *dialer_lender(const struct iface *ifc)
{
	return dialer_of(ifc)->conf.unnumbered;
}

const struct iface_kind iface_dialer = {
	.name = "Dialer",
	.max_unit = 255,
	.rank = IFACE_RANK_DIALER,
	.dp_kind = BW_IF_DIALER,
	.is_point_to_point = true,
	.is_transit = true,
	.has_mtu = true,
	.has_session = true,
	.create = dialer_new,
	.destroy = dialer_free,
	.reset = reset,
	.derive = dialer_derive,
	.passes_ip = dialer_passes_ip,
	.link_mtu = link_mtu,
	.lender = dialer_lender,
};

/* --- Virtual-AccessN: ifc->own is the Dialer, which is not its to free --- */

static void access_derive(const struct iface *ifc, bool *up, bool *line)
{
	*up = dialer_is_bound(dialer_of(ifc));
	*line = dialer_is_authenticated(dialer_of(ifc));
}

static const struct iface *access_counted(const struct iface *ifc)
{
	return dialer_of(ifc)->ifc;
}

const struct iface_kind iface_access = {
	.name = "Virtual-Access",
	.min_unit = 1,
	.max_unit = INT32_MAX,
	.rank = IFACE_RANK_ACCESS,
	.has_mtu = true,
	.has_session = true,
	.derive = access_derive,
	.counted = access_counted,
};
