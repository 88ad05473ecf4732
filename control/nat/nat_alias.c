/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Aliases: the router answers ARP for a global address that lies on a connected
 * outside subnet, so that the neighbours there can reach it.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <event2/event.h>
#include <stdlib.h>

#include "control/control.h"
#include "control/format.h"

#define ALIASES_PER_MS 100 /* computing them all anew is paced by their number */

struct alias_set {
	struct nat_alias *item;
	size_t n, size;
};

static int set_add(struct alias_set *set, struct iface *ifc, bw_ip4 addr)
{
	if (set->n == set->size) {
		size_t size = set->size ? set->size * 2 : 64;
		struct nat_alias *item = realloc(set->item, size * sizeof(*item));

		if (item == NULL)
			return -ENOMEM;
		set->item = item;
		set->size = size;
	}
	set->item[set->n++] = (struct nat_alias) { ifc, addr };
	return 0;
}

static int compare(const void *a, const void *b)
{
	const struct nat_alias *x = a, *y = b;

	if (x->ifc != y->ifc)
		return (uintptr_t)x->ifc < (uintptr_t)y->ifc ? -1 : 1;
	return x->addr < y->addr ? -1 : x->addr > y->addr;
}

static bool is_end_of_subnet(const struct iface_addr *a, bw_ip4 addr)
{
	bw_ip4 host = ~format_mask(a->plen);

	return (addr & host) == 0 || (addr & host) == host;
}

/*
 * The outside interface on whose subnet the address lies, unless it is an interface's own or one
 * that no neighbour would ask for.
 */
static struct iface *alias_interface(struct nat *nat, uint16_t vrf, bw_ip4 addr)
{
	struct iface *ifc;

	TAILQ_FOREACH (ifc, &nat->ctl->ifaces.list, entry) {
		const struct iface_addr *a;

		if (ifc->nat != IFACE_NAT_OUTSIDE || ifc->vrf != vrf)
			continue;
		a = iface_addr_on_subnet(ifc, addr);
		if (a == NULL || a->plen >= 31 || is_end_of_subnet(a, addr))
			continue;
		if (iface_addr_owner(&nat->ctl->ifaces, vrf, addr) != NULL)
			return NULL;
		return ifc;
	}
	return NULL;
}

static int add_global(struct nat *nat, struct alias_set *set, uint16_t vrf, bw_ip4 addr)
{
	struct iface *ifc = alias_interface(nat, vrf, addr);

	return ifc != NULL ? set_add(set, ifc, addr) : 0;
}

static int add_pool(struct nat *nat, struct alias_set *set, const struct nat_rule *rule)
{
	const struct nat_pool *pool = rule->pool;
	uint32_t left = NAT_ALIAS_MAX;

	for (unsigned r = 0; pool->exists && r < pool->n_ranges; r++) {
		uint32_t first = ntohl(pool->range[r].start), last = ntohl(pool->range[r].end);

		for (uint32_t i = 0; i <= last - first && left > 0; i++, left--)
			if (add_global(nat, set, rule->vrf, htonl(first + i)) != 0)
				return -ENOMEM;
	}
	return 0;
}

static int add_network(struct nat *nat, struct alias_set *set, const struct nat_rule *rule)
{
	uint32_t n = rule->plen > 0 ? UINT32_C(1) << (32 - rule->plen) : NAT_ALIAS_MAX;

	for (uint32_t i = 0; i < n && i < NAT_ALIAS_MAX; i++)
		if (add_global(nat, set, rule->vrf, htonl(ntohl(rule->global) + i)) != 0)
			return -ENOMEM;
	return 0;
}

static int collect(struct nat *nat, struct alias_set *set)
{
	struct nat_rule *rule;

	TAILQ_FOREACH (rule, &nat->rules, entry) {
		int err = 0;

		if (rule->flags & BW_NAT_F_NO_ALIAS)
			continue;
		if (rule->kind == BW_NAT_STATIC && rule->ifc == NULL)
			err = add_global(nat, set, rule->vrf, rule->global);
		else if (rule->kind == BW_NAT_NETWORK)
			err = add_network(nat, set, rule);
		else if (rule->kind == BW_NAT_DYNAMIC && rule->pool != NULL)
			err = add_pool(nat, set, rule);
		if (err != 0)
			return err;
	}
	return 0;
}

static void make_unique(struct alias_set *set)
{
	size_t n = 0;

	if (set->n == 0)
		return;
	qsort(set->item, set->n, sizeof(set->item[0]), compare);
	for (size_t i = 1; i < set->n; i++)
		if (compare(&set->item[n], &set->item[i]) != 0)
			set->item[++n] = set->item[i];
	set->n = n + 1;
}

static void replace(struct nat *nat, struct alias_set *set)
{
	size_t old = 0, new = 0;

	while (old < nat->n_aliases || new < set->n) {
		int order;

		if (old == nat->n_aliases)
			order = 1;
		else if (new == set->n)
			order = -1;
		else
			order = compare(&nat->alias[old], &set->item[new]);
		if (order > 0) {
			set->item[new].ifc->refs++;
			iface_alias_add(set->item[new].ifc, set->item[new].addr);
			new ++;
		} else if (order < 0) {
			iface_alias_remove(nat->alias[old].ifc, nat->alias[old].addr);
			iface_put(nat->alias[old].ifc);
			old++;
		} else {
			old++;
			new ++;
		}
	}
	free(nat->alias);
	nat->alias = set->item;
	nat->n_aliases = set->n;
}

void nat_aliases_settle(struct nat *nat)
{
	static const struct timeval later = { .tv_usec = 50 * 1000 };
	struct alias_set set = { 0 };
	uint64_t now = clock_ms();

	nat->aliases_changed = false;
	if (now < nat->alias_ms + nat->n_aliases / ALIASES_PER_MS) {
		evtimer_add(nat->alias_timer, &later);
		return;
	}
	nat->alias_ms = now;
	if (collect(nat, &set) != 0) { /* what is there stays; the next change tries again */
		free(set.item);
		return;
	}
	make_unique(&set);
	replace(nat, &set);
}

void nat_aliases_fini(struct nat *nat)
{
	struct alias_set none = { 0 };

	replace(nat, &none);
}
