/* SPDX-License-Identifier: BSD-3-Clause */
#include "tables/l2map.h"

#include <errno.h>
#include <stdlib.h>

#include "core/dp.h"
#include "core/rcu.h"
#include "port/port.h"

static void enter(struct l2map *map, const struct itf *itf)
{
	if (itf->kind == BW_IF_PORT && itf->flags & BW_IF_F_SWITCH)
		map->switch_if = itf->id;
	else if (itf->kind == BW_IF_PORT && map->untagged_if == 0)
		map->untagged_if = itf->id;
	else if (itf->kind == BW_IF_SUBIF && itf->flags & BW_IF_F_NATIVE)
		map->untagged_if = itf->id; /* wins over the port itself */
	if (itf->kind == BW_IF_SUBIF && itf->vlan < 4096)
		map->vlan_if[itf->vlan] = itf->id;
}

static int l2map_rebuild_port(struct dp *dp, unsigned port)
{
	struct l2map *map = calloc(1, sizeof(*map));
	struct l2map *old = dp->l2map[dp->port[port].ethdev];

	if (!map)
		return -ENOMEM;
	for (uint32_t id = 0; (id = itf_ids_next(&dp->itf_ids, id)) != 0;)
		if (dp->itf[id]->port == port &&
			(dp->itf[id]->kind == BW_IF_PORT || dp->itf[id]->kind == BW_IF_SUBIF))
			enter(map, dp->itf[id]);
	__atomic_store_n(&dp->l2map[dp->port[port].ethdev], map, __ATOMIC_RELEASE);
	rcu_defer(dp->rcu, free, old);
	return 0;
}

int l2map_rebuild(struct dp *dp)
{
	for (unsigned p = 0; p < dp->n_ports; p++) {
		bool changed = dp->l2map_changed >> p & 1;

		if (!changed && dp->l2map[dp->port[p].ethdev])
			continue;
		if (l2map_rebuild_port(dp, p) < 0)
			return -ENOMEM;
		dp->l2map_changed &= ~(UINT32_C(1) << p);
	}
	return 0;
}

void l2map_free(struct dp *dp)
{
	for (unsigned i = 0; i < RTE_MAX_ETHPORTS; i++) {
		free(dp->l2map[i]);
		dp->l2map[i] = NULL;
	}
}
