/* SPDX-License-Identifier: BSD-3-Clause */
/* IPv4 addresses of interfaces. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>

#include "control/core/format.h"
#include "control/iface/iface.h"

struct iface_addr *iface_addr_primary(const struct iface *ifc)
{
	struct iface_addr *a = TAILQ_FIRST(&ifc->addrs);

	return a != NULL && !a->secondary ? a : NULL;
}

static struct iface_addr *find(const struct iface *ifc, bw_ip4 addr)
{
	struct iface_addr *a;

	TAILQ_FOREACH (a, &ifc->addrs, entry)
		if (a->addr == addr)
			return a;
	return NULL;
}

struct iface_addr *iface_addr_on_subnet(const struct iface *ifc, bw_ip4 addr)
{
	struct iface_addr *a;

	TAILQ_FOREACH (a, &ifc->addrs, entry)
		if (prefix_covers(a->addr, a->plen, addr))
			return a;
	return NULL;
}

struct iface *iface_addr_owner(struct iface_table *t, uint16_t vrf, bw_ip4 addr)
{
	const struct iface_addr *a = addr_index_find(&t->addrs, vrf, addr);

	return a != NULL ? a->ifc : NULL;
}

/* Neither 0.0.0.0/8 nor loopback nor multicast nor above; no end of its subnet. */
static int check_host(bw_ip4 addr, uint8_t plen)
{
	uint32_t a = ntohl(addr), host = a & ~ntohl(format_mask(plen));

	if (!addr_is_host(addr))
		return IFACE_ADDR_INVALID;
	if (plen == 0 || plen > 32)
		return IFACE_ADDR_BAD_MASK;
	if (plen < 31 && (host == 0 || host == ~ntohl(format_mask(plen))))
		return IFACE_ADDR_BAD_MASK;
	return 0;
}

/* The interface with an address in the way. What is on a stub is in nobody's way. */
static struct iface *find_overlap(
	struct iface *ifc, bw_ip4 addr, uint8_t plen, const struct iface_addr *replaced)
{
	const struct iface_addr *a = NULL;

	if (!ifc->kind->is_kept)
		a = addr_index_overlap(&ifc->table->addrs, ifc, addr, plen, replaced);
	return a != NULL ? a->ifc : NULL;
}

/* It is one of the interface's own now. There is room for it. */
static void index_add(struct iface_addr *a)
{
	if (!a->ifc->kind->is_kept)
		addr_index_add(&a->ifc->table->addrs, a);
}

static void addr_use(struct iface_addr *a, bool routed)
{
	if (a->routed == routed)
		return;
	a->routed = routed;
	watches_tell(&a->ifc->table->route_watches, routed ? WATCH_ADDED : WATCH_GONE, a);
}

void iface_addr_routes(struct iface *ifc, bool up)
{
	struct iface_addr *a;

	TAILQ_FOREACH (a, &ifc->addrs, entry)
		addr_use(a, up);
}

static struct iface_addr *new_addr(struct iface *ifc, bw_ip4 addr, uint8_t plen)
{
	struct iface_addr *a = calloc(1, sizeof(*a));

	if (a == NULL)
		return NULL;
	a->obj.class = DP_IF_ADDR;
	a->ifc = ifc;
	a->addr = addr;
	a->plen = plen;
	ifc->refs++; /* until the dataplane was told that it is gone */
	return a;
}

/* The object lives on until the dataplane was told. */
static void drop(struct iface_addrs *list, struct iface_addr *a)
{
	addr_use(a, false);
	TAILQ_REMOVE(list, a, entry);
	addr_index_remove(&a->ifc->table->addrs, a);
	iface_changed(a->ifc);
	iface_addr_changed(a->ifc);
	dp_remove(&a->ifc->table->core->dp, &a->obj);
}

static void add(struct iface_addr *a, bool first)
{
	struct iface *ifc = a->ifc;

	if (first)
		TAILQ_INSERT_HEAD(&ifc->addrs, a, entry);
	else
		TAILQ_INSERT_TAIL(&ifc->addrs, a, entry);
	index_add(a);
	addr_use(a, ifc->ip_up);
	iface_addr_changed(ifc);
	iface_changed(ifc);
	if (ifc->told.if_id != 0)
		dp_touch(&ifc->table->core->dp, &a->obj);
}

int iface_addr_set(
	struct iface *ifc, bw_ip4 addr, uint8_t plen, bool secondary, struct iface **other)
{
	struct iface_addr *primary = iface_addr_primary(ifc), *same = find(ifc, addr), *a;
	struct iface_addr *replaced = secondary ? same : primary;
	int err = check_host(addr, plen);
	unsigned n = 0;

	if (err != 0)
		return err;
	if (same != NULL && same->secondary != secondary)
		return IFACE_ADDR_SAME;
	*other = find_overlap(ifc, addr, plen, replaced);
	if (*other != NULL)
		return IFACE_ADDR_OVERLAP;
	TAILQ_FOREACH (a, &ifc->addrs, entry)
		n++;
	if (n > IFACE_SECONDARIES_MAX)
		return IFACE_ADDR_TOO_MANY;
	if (addr_index_reserve(&ifc->table->addrs) != 0)
		return IFACE_ADDR_NO_MEMORY;
	a = new_addr(ifc, addr, plen);
	if (a == NULL)
		return IFACE_ADDR_NO_MEMORY;
	a->secondary = secondary;
	if (replaced != NULL)
		drop(&ifc->addrs, replaced);
	add(a, !secondary);
	return 0;
}

int iface_addr_remove(struct iface *ifc, bw_ip4 addr, bool secondary, bool force)
{
	struct iface_addr *a = find(ifc, addr);

	if (a == NULL || a->secondary != secondary)
		return IFACE_ADDR_NONE;
	if (!secondary && !force && TAILQ_NEXT(a, entry) != NULL)
		return IFACE_ADDR_HAS_SECONDARY;
	drop(&ifc->addrs, a);
	return 0;
}

void iface_addr_remove_all(struct iface *ifc)
{
	iface_addr_assign(ifc, 0, false, NULL);
	while (!TAILQ_EMPTY(&ifc->addrs))
		drop(&ifc->addrs, TAILQ_FIRST(&ifc->addrs));
}

/* --- an address that no line says --- */

static void unassign(struct iface *ifc)
{
	struct iface_addr *a = ifc->assigned;

	if (a == NULL)
		return;
	ifc->assigned = NULL;
	if (ifc->assigned_own) {
		drop(&ifc->addrs, a);
	} else {
		iface_changed(ifc);
		dp_remove(&ifc->table->core->dp, &a->obj);
	}
	ifc->assigned_own = false;
}

/* The dataplane is told the same either way, so its NAT sessions stay. */
static void set_own(struct iface *ifc, bool own)
{
	struct iface_addr *a = ifc->assigned;

	if (ifc->assigned_own == own)
		return;
	if (own && addr_index_reserve(&ifc->table->addrs) != 0)
		return; /* the next settling tries again */
	ifc->assigned_own = own;
	if (own) {
		TAILQ_INSERT_HEAD(&ifc->addrs, a, entry);
		index_add(a);
		addr_use(a, ifc->ip_up);
	} else {
		addr_use(a, false);
		TAILQ_REMOVE(&ifc->addrs, a, entry);
		addr_index_remove(&ifc->table->addrs, a);
	}
	iface_addr_changed(ifc);
	iface_changed(ifc);
}

int iface_addr_assign(struct iface *ifc, bw_ip4 addr, bool own, struct iface **other)
{
	struct iface_addr *a = ifc->assigned;
	int err = 0;

	if (addr == 0 || (a != NULL && a->addr != addr))
		unassign(ifc);
	if (addr == 0)
		return 0;
	if (own && !ifc->assigned_own) {
		err = check_host(addr, 32);
		*other = err == 0 ? find_overlap(ifc, addr, 32, NULL) : NULL;
		if (*other != NULL)
			err = IFACE_ADDR_OVERLAP;
	}
	if (ifc->assigned == NULL) {
		a = new_addr(ifc, addr, 32);
		if (a == NULL)
			return IFACE_ADDR_NO_MEMORY;
		ifc->assigned = a;
		iface_changed(ifc);
		if (ifc->told.if_id != 0)
			dp_touch(&ifc->table->core->dp, &a->obj);
	}
	set_own(ifc, own && err == 0);
	return err;
}

const struct iface_addr *iface_addr_lent(const struct iface *ifc)
{
	return !ifc->kind->is_kept ? iface_addr_primary(ifc) : NULL;
}

bw_ip4 iface_addr_source(const struct iface *ifc)
{
	const struct iface_addr *a = iface_addr_primary(ifc);

	if (a == NULL && iface_lender(ifc) != NULL)
		a = ifc->assigned;
	return a != NULL ? a->addr : 0;
}

struct iface_addr *iface_alias_add(struct iface *ifc, bw_ip4 addr)
{
	struct iface_addr *a;

	a = new_addr(ifc, addr, 32);
	if (a == NULL)
		return NULL;
	a->alias = true;
	TAILQ_INSERT_TAIL(&ifc->aliases, a, entry);
	addr_use(a, true); /* up or not */
	if (ifc->told.if_id != 0)
		dp_touch(&ifc->table->core->dp, &a->obj);
	return a;
}

void iface_alias_remove(struct iface_addr *alias)
{
	addr_use(alias, false);
	TAILQ_REMOVE(&alias->ifc->aliases, alias, entry);
	dp_remove(&alias->ifc->table->core->dp, &alias->obj);
}

struct iface_addr *iface_alias_find(struct iface *ifc, bw_ip4 addr)
{
	struct iface_table *t = ifc->table;

	return t->find_alias != NULL ? t->find_alias(t->find_alias_arg, ifc, addr) : NULL;
}
