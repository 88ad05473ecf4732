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

int l2map_rebuild(struct dp *dp)
{
	for (unsigned p = 0; p < dp->n_ports; p++) {
		struct l2map *map = calloc(1, sizeof(*map));
		struct l2map *old = dp->l2map[dp->port[p].ethdev];

		if (!map)
			return -ENOMEM;
		for (unsigned i = 1; i < BW_MAX_IFS; i++)
			if (dp->itf[i] && dp->itf[i]->port == p &&
				(dp->itf[i]->kind == BW_IF_PORT || dp->itf[i]->kind == BW_IF_SUBIF))
				enter(map, dp->itf[i]);
		__atomic_store_n(&dp->l2map[dp->port[p].ethdev], map, __ATOMIC_RELEASE);
		rcu_defer(dp->rcu, free, old);
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
