/* SPDX-License-Identifier: BSD-3-Clause */
#include "control/rib/connected.h"

#include "control/core/format.h"
#include "control/iface/iface.h"
#include "control/rib/rib.h"

static void connected_remove(struct rib *rib, struct iface_addr *a)
{
	for (unsigned i = 0; i < IFACE_ADDR_ROUTES; i++) {
		if (a->route[i] != NULL)
			rib_remove(rib, a->route[i]);
		a->route[i] = NULL;
	}
}

/* What NAT leaves of a global that it answers for is dropped. */
static void connected_add_alias(struct rib *rib, struct iface_addr *a)
{
	const struct rib_spec drop_rest = {
		.vrf = a->ifc->vrf,
		.source = RIB_ALIAS,
		.prefix = a->addr,
		.plen = 32,
		.ifc = a->ifc,
	};

	a->route[0] = rib_add(rib, &drop_rest);
}

static void connected_add(struct rib *rib, struct iface_addr *a)
{
	bw_ip4 mask = format_mask(a->plen);
	struct rib_spec spec = { .vrf = a->ifc->vrf, .ifc = a->ifc };
	unsigned n = 0;

	spec.source = RIB_CONNECTED;
	spec.prefix = a->addr & mask;
	spec.plen = a->plen;
	a->route[n++] = rib_add(rib, &spec);
	if (a->plen == 32)
		return;
	spec.source = RIB_LOCAL;
	spec.prefix = a->addr;
	spec.plen = 32;
	a->route[n++] = rib_add(rib, &spec);
	if (a->plen == 31)
		return;
	spec.source = RIB_BROADCAST;
	spec.prefix = a->addr & mask;
	a->route[n++] = rib_add(rib, &spec);
	spec.prefix = a->addr | ~mask;
	a->route[n++] = rib_add(rib, &spec);
}

static void connected_route_told(void *arg, enum watch_event event, void *subject)
{
	struct connected *c = arg;
	struct iface_addr *a = subject;

	if (event == WATCH_GONE)
		connected_remove(c->rib, a);
	else if (a->alias)
		connected_add_alias(c->rib, a);
	else
		connected_add(c->rib, a);
}

/* Routes that leave by an interface hang on whether routing may use it. */
static void connected_addr_told(void *arg, enum watch_event event, void *subject)
{
	struct connected *c = arg;

	if (event != WATCH_CHANGED)
		rib_iface_changed(c->rib, subject);
}

void connected_init(struct connected *c, struct rib *rib, struct iface_table *ifaces)
{
	c->rib = rib;
	c->route_watch = (struct watch) { .told = connected_route_told, .arg = c };
	watch_add(&ifaces->route_watches, &c->route_watch);
	c->addr_watch = (struct watch) { .told = connected_addr_told, .arg = c };
	watch_add(&ifaces->addr_watches, &c->addr_watch);
}
