/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Aliases: the router answers ARP for a global address that lies on a connected
 * outside subnet, so that the neighbours there can reach it.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <event2/event.h>
#include <stdlib.h>

#include "control/core/format.h"
#include "control/iface/iface.h"
#include "control/nat/nat.h"

#define ALIASES_PER_MS 100 /* computing them all anew is paced by their number */

struct alias_set {
	struct nat_alias *item;
	size_t n, size;
};

static int set_add(struct alias_set *set, struct iface *ifc, bw_ip4 addr)
{
	if (set->n == BW_MAX_ALIASES)
		return -ENOSPC;
	if (set->n == set->size) {
		size_t size = set->size ? set->size * 2 : 64;
		struct nat_alias *item = realloc(set->item, size * sizeof(*item));

		if (item == NULL)
			return -ENOMEM;
		set->item = item;
		set->size = size;
	}
	set->item[set->n++] = (struct nat_alias) { ifc, addr, NULL };
	return 0;
}

static int compare(const void *a, const void *b)
{
	const struct nat_alias *x = a, *y = b;

	if (x->ifc != y->ifc)
		return (uintptr_t)x->ifc < (uintptr_t)y->ifc ? -1 : 1;
	return x->addr < y->addr ? -1 : x->addr > y->addr;
}

static bool is_own(const struct iface *ifc, bw_ip4 addr)
{
	const struct iface_addr *a;

	TAILQ_FOREACH (a, &ifc->addrs, entry)
		if (a->addr == addr)
			return true;
	return false;
}

/* Those of a range that lie on one of the subnets, without the subnet's ends. Host byte order. */
static int add_on_subnet(
	struct alias_set *set, const struct iface_addr *a, uint32_t first, uint32_t last)
{
	uint32_t mask = ntohl(format_mask(a->plen)), net = ntohl(a->addr) & mask;
	int err = 0;

	if (a->plen >= 31)
		return 0;
	first = first > net ? first : net + 1;
	last = last < (net | ~mask) ? last : (net | ~mask) - 1;
	for (uint64_t addr = first; err == 0 && addr <= last; addr++)
		if (!is_own(a->ifc, htonl((uint32_t)addr)))
			err = set_add(set, a->ifc, htonl((uint32_t)addr));
	return err;
}

/*
 * Those that lie on an outside interface's subnet, unless they are the interface's own. No two
 * interfaces of a VRF share a subnet.
 */
static int add_globals(
	struct nat_table *nat, struct alias_set *set, uint16_t vrf, bw_ip4 first, bw_ip4 last)
{
	struct iface *ifc;
	int err = 0;

	TAILQ_FOREACH (ifc, &nat->ifaces->list, entry) {
		const struct iface_addr *a;

		if (ifc->nat != IFACE_NAT_OUTSIDE || ifc->vrf != vrf || ifc->kind->is_kept)
			continue;
		TAILQ_FOREACH (a, &ifc->addrs, entry) {
			err = add_on_subnet(set, a, ntohl(first), ntohl(last));
			if (err != 0)
				return err;
		}
	}
	return 0;
}

static int add_pool(struct nat_table *nat, struct alias_set *set, const struct nat_rule *rule)
{
	const struct nat_pool_conf *pool = rule->pool;
	int err = 0;

	for (unsigned r = 0; err == 0 && pool->exists && r < pool->n_ranges; r++)
		err = add_globals(nat, set, rule->vrf, pool->range[r].start, pool->range[r].end);
	return err;
}

static int collect(struct nat_table *nat, struct alias_set *set)
{
	struct nat_rule *rule;

	TAILQ_FOREACH (rule, &nat->rules, entry) {
		int err = 0;

		if (rule->flags & BW_NAT_F_NO_ALIAS)
			continue;
		if (rule->kind == BW_NAT_STATIC && rule->ifc == NULL)
			err = add_globals(nat, set, rule->vrf, rule->global, rule->global);
		else if (rule->kind == BW_NAT_NETWORK)
			err = add_globals(nat, set, rule->vrf, rule->global,
				rule->global | ~format_mask(rule->plen));
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

static void replace(struct nat_table *nat, struct alias_set *set)
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
			set->item[new].held =
				iface_alias_add(set->item[new].ifc, set->item[new].addr);
			new ++;
		} else if (order < 0) {
			if (nat->alias[old].held != NULL)
				iface_alias_remove(nat->alias[old].held);
			iface_put(nat->alias[old].ifc);
			old++;
		} else {
			set->item[new ++].held = nat->alias[old++].held;
		}
	}
	free(nat->alias);
	nat->alias = set->item;
	nat->n_aliases = set->n;
}

static struct iface_addr *nat_alias_find(void *arg, struct iface *ifc, bw_ip4 addr)
{
	const struct nat_table *nat = arg;
	const struct nat_alias key = { .ifc = ifc, .addr = addr }, *found = NULL;

	if (nat->n_aliases > 0)
		found = bsearch(&key, nat->alias, nat->n_aliases, sizeof(key), compare);
	return found != NULL ? found->held : NULL;
}

static void note_cut(struct nat_table *nat, bool cut)
{
	if (cut && !nat->aliases_cut)
		log_event(&nat->core->log, "NAT-4-ALIASES",
			"ARP is answered for %u global addresses, which is the most: the others "
			"need a route or static ARP at the neighbours",
			BW_MAX_ALIASES);
	nat->aliases_cut = cut;
}

void nat_aliases_settle(struct nat_table *nat)
{
	static const struct timeval later = { .tv_usec = 50 * 1000 };
	struct alias_set set = { 0 };
	uint64_t now = clock_ms();
	int err;

	nat->aliases_changed = false;
	if (now < nat->alias_ms + nat->n_aliases / ALIASES_PER_MS) {
		evtimer_add(nat->alias_timer, &later);
		return;
	}
	nat->alias_ms = now;
	err = collect(nat, &set);
	if (err == -ENOMEM) { /* what is there stays; the next change tries again */
		free(set.item);
		return;
	}
	note_cut(nat, err == -ENOSPC);
	make_unique(&set);
	replace(nat, &set);
}

void nat_aliases_init(struct nat_table *nat)
{
	nat->ifaces->find_alias = nat_alias_find;
	nat->ifaces->find_alias_arg = nat;
}

void nat_aliases_fini(struct nat_table *nat)
{
	struct alias_set none = { 0 };

	replace(nat, &none);
}
