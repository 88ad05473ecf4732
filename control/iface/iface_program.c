/* SPDX-License-Identifier: BSD-3-Clause */
/* Interfaces, their VLANs and addresses as messages to the dataplane. */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "control/acl/acl.h"
#include "control/core/format.h"
#include "control/iface/iface.h"

#define OF(o, type, member) ((type *)((char *)(o)-offsetof(type, member)))

#define VLAN_PARTS 8 /* messages of 512 VLANs each */

static uint32_t flags_of(const struct iface *ifc)
{
	uint32_t flags = 0;

	if (!ifc->shutdown)
		flags |= BW_IF_F_UP;
	if (ifc->nat == IFACE_NAT_INSIDE)
		flags |= BW_IF_F_NAT_INSIDE;
	if (ifc->nat == IFACE_NAT_OUTSIDE)
		flags |= BW_IF_F_NAT_OUTSIDE;
	if (ifc->vfr.on)
		flags |= BW_IF_F_VFR_IN;
	if (ifc->vfr.on && ifc->vfr.drop_fragments)
		flags |= BW_IF_F_VFR_DROP;
	if (ifc->no_unreachables)
		flags |= BW_IF_F_NO_UNREACH;
	if (!ifc->no_proxy_arp)
		flags |= BW_IF_F_PROXY_ARP;
	return flags;
}

/* Whether the dataplane can hold the interface as it is now. */
static bool is_wanted(const struct iface *ifc)
{
	if (!ifc->exists || ifc->id == 0 || !iface_is_programmed(ifc))
		return false;
	return ifc->kind->is_ready == NULL || ifc->kind->is_ready(ifc);
}

static void describe_wish(const struct iface *ifc, struct bw_if *m)
{
	memset(m, 0, sizeof(*m));
	m->if_id = ifc->id;
	m->kind = ifc->kind->dp_kind;
	m->vrf = ifc->vrf;
	m->flags = flags_of(ifc);
	m->mtu = ifc->mtu;
	m->ip_mtu = iface_ip_mtu(ifc);
	m->tcp_mss = ifc->tcp_mss;
	if (ifc->has_mac)
		memcpy(m->mac, ifc->mac, sizeof(m->mac));
	m->acl_in = (uint16_t)acl_in_force(ifc->acl_in);
	m->acl_out = (uint16_t)acl_in_force(ifc->acl_out);
	m->vfr_reassemblies = ifc->vfr.reassemblies;
	m->vfr_fragments = ifc->vfr.fragments;
	m->vfr_timeout = ifc->vfr.timeout;
	m->arp_timeout = ifc->arp_timeout;
	snprintf(m->name, sizeof(m->name), "%s", ifc->name);
	if (ifc->kind->wish != NULL)
		ifc->kind->wish(ifc, m);
}

static void unprogram(struct iface *ifc)
{
	struct dp_link *dp = &ifc->table->core->dp;
	struct iface_addr *a;

	if (ifc->told.if_id == 0)
		return;
	memset(&ifc->told, 0, sizeof(ifc->told));
	watches_tell(&ifc->table->watches, WATCH_GONE, ifc);
	dp_forget(dp, &ifc->vlans_obj);
	TAILQ_FOREACH (a, &ifc->addrs, entry) /* they go with it */
		dp_forget(dp, &a->obj);
	if (ifc->assigned != NULL)
		dp_forget(dp, &ifc->assigned->obj);
	TAILQ_FOREACH (a, &ifc->aliases, entry)
		dp_forget(dp, &a->obj);
	dp_remove(dp, &ifc->obj);
}

static void program_new(struct iface *ifc)
{
	struct dp_link *dp = &ifc->table->core->dp;
	struct iface_addr *a;

	if (!ifc->in_dataplane)
		ifc->refs++;
	ifc->in_dataplane = true;
	TAILQ_FOREACH (a, &ifc->addrs, entry)
		dp_touch(dp, &a->obj);
	if (ifc->assigned != NULL)
		dp_touch(dp, &ifc->assigned->obj);
	TAILQ_FOREACH (a, &ifc->aliases, entry)
		dp_touch(dp, &a->obj);
}

/* Sent only if it differs from what was sent last: an unchanged file disturbs nothing. */
void iface_program(struct iface *ifc)
{
	struct bw_if wish;
	bool was_told;

	if (!is_wanted(ifc)) {
		unprogram(ifc);
		return;
	}
	describe_wish(ifc, &wish);
	if (memcmp(&wish, &ifc->told, sizeof(wish)) == 0)
		return;
	was_told = ifc->told.if_id != 0;
	if (!was_told)
		program_new(ifc);
	ifc->told = wish;
	if (!was_told)
		watches_tell(&ifc->table->watches, WATCH_ADDED, ifc);
	dp_touch(&ifc->table->core->dp, &ifc->obj);
	if (ifc->is_switch && ifc->trunk && ifc->kind->is_physical)
		dp_touch(&ifc->table->core->dp, &ifc->vlans_obj);
}

void iface_program_vlans(struct iface_table *t)
{
	for (unsigned i = 0; i < t->n_ports; i++) {
		struct iface *ifc = t->port[i];

		iface_program(ifc); /* access ports know whether theirs exists */
		if (ifc->trunk && ifc->told.if_id != 0)
			dp_touch(&t->core->dp, &ifc->vlans_obj);
	}
}

/* --- the interface itself --- */

static bool if_set(void *, struct dp_object *o, uint32_t, struct bw_msg *m)
{
	struct iface *ifc = OF(o, struct iface, obj);

	m->hdr.type = BW_CMD_IF_SET;
	m->hdr.cookie = dp_cookie(DP_IF, 0, 0, ifc->id);
	describe_wish(ifc, &m->itf);
	return false;
}

static void if_del(void *, struct dp_object *o, struct bw_msg *m)
{
	struct iface *ifc = OF(o, struct iface, obj);

	m->hdr.type = BW_CMD_IF_DEL;
	m->hdr.cookie = dp_cookie(DP_IF, 0, 0, ifc->id);
	m->ref.id = ifc->id;
}

/* A subinterface without VLAN keeps its id; one that does not exist gives it back. */
static void if_released(void *owner, struct dp_object *o)
{
	struct iface *ifc = OF(o, struct iface, obj);
	struct iface_table *t = owner;

	if (!ifc->exists && ifc->id != 0) {
		idmap_put(&t->ids, ifc->id);
		t->by_id[ifc->id] = NULL;
		ifc->id = 0;
	}
	if (ifc->in_dataplane) {
		ifc->in_dataplane = false;
		iface_put(ifc);
	}
}

static struct iface *by_cookie(struct iface_table *t, uint32_t id)
{
	return id < BW_MAX_IFS ? t->by_id[id] : NULL;
}

static struct dp_object *if_find(void *owner, uint64_t cookie)
{
	struct iface *ifc = by_cookie(owner, dp_cookie_c(cookie));

	return ifc != NULL && ifc->told.if_id != 0 ? &ifc->obj : NULL;
}

static void if_describe(void *owner, uint64_t cookie, char *buf, size_t size)
{
	struct iface *ifc = by_cookie(owner, dp_cookie_c(cookie));

	snprintf(buf, size, "%s", ifc != NULL ? ifc->name : "of a removed interface");
}

/* --- a trunk's VLANs --- */

static bool vlans_set(void *owner, struct dp_object *o, uint32_t part, struct bw_msg *m)
{
	struct iface *ifc = OF(o, struct iface, vlans_obj);
	struct iface_table *t = owner;

	m->hdr.type = BW_CMD_IF_VLANS;
	m->hdr.cookie = dp_cookie(DP_IF_VLANS, 0, 0, ifc->id);
	m->if_vlans.if_id = ifc->id;
	m->if_vlans.first = (uint16_t)(part * 512);
	for (unsigned vlan = part * 512; vlan < (part + 1) * 512 && vlan <= VLAN_MAX; vlan++)
		if (t->vlan[vlan].exists && vlan_member(ifc, (uint16_t)vlan))
			m->if_vlans.bits[vlan % 512 / 64] |= UINT64_C(1) << vlan % 64;
	return part + 1 < VLAN_PARTS;
}

static struct dp_object *vlans_find(void *owner, uint64_t cookie)
{
	struct iface *ifc = by_cookie(owner, dp_cookie_c(cookie));

	return ifc != NULL && ifc->trunk && ifc->told.if_id != 0 ? &ifc->vlans_obj : NULL;
}

/* --- addresses --- */

static uint64_t addr_cookie(const struct iface_addr *a)
{
	return dp_cookie(
		DP_IF_ADDR, (uint16_t)a->ifc->id, a->plen | (a->alias ? 0x80 : 0), a->addr);
}

static void fill_addr(const struct iface_addr *a, struct bw_msg *m)
{
	m->hdr.cookie = addr_cookie(a);
	m->if_addr.if_id = a->ifc->id;
	m->if_addr.addr = a->addr;
	m->if_addr.plen = a->plen;
	if (a->alias)
		m->if_addr.flags = BW_ADDR_F_ALIAS;
	else if (!a->secondary)
		m->if_addr.flags = BW_ADDR_F_PRIMARY;
}

static bool addr_set(void *, struct dp_object *o, uint32_t, struct bw_msg *m)
{
	m->hdr.type = BW_CMD_IF_ADDR_SET;
	fill_addr(OF(o, struct iface_addr, obj), m);
	return false;
}

static void addr_del(void *, struct dp_object *o, struct bw_msg *m)
{
	m->hdr.type = BW_CMD_IF_ADDR_DEL;
	fill_addr(OF(o, struct iface_addr, obj), m);
}

static void addr_released(void *, struct dp_object *o)
{
	struct iface_addr *a = OF(o, struct iface_addr, obj);

	iface_put(a->ifc);
	free(a);
}

static struct dp_object *addr_find(void *owner, uint64_t cookie)
{
	struct iface *ifc = by_cookie(owner, dp_cookie_a(cookie));
	bool alias = dp_cookie_b(cookie) & 0x80;
	struct iface_addr *a;

	if (ifc == NULL)
		return NULL;
	if (ifc->assigned != NULL && !ifc->assigned_own && addr_cookie(ifc->assigned) == cookie)
		return &ifc->assigned->obj;
	if (alias) {
		a = iface_alias_find(ifc, dp_cookie_c(cookie));
		return a != NULL ? &a->obj : NULL;
	}
	TAILQ_FOREACH (a, &ifc->addrs, entry)
		if (addr_cookie(a) == cookie)
			return &a->obj;
	return NULL;
}

static void addr_describe(void *owner, uint64_t cookie, char *buf, size_t size)
{
	struct iface *ifc = by_cookie(owner, dp_cookie_a(cookie));
	char prefix[FORMAT_PREFIX_SIZE];

	format_prefix(dp_cookie_c(cookie), dp_cookie_b(cookie) & 0x3f, prefix);
	snprintf(buf, size, "%s on %s", prefix, ifc != NULL ? ifc->name : "a removed interface");
}

static const struct dp_class_ops if_ops = {
	.name = "interface",
	.set = if_set,
	.del = if_del,
	.released = if_released,
	.find = if_find,
	.describe = if_describe,
};

static const struct dp_class_ops vlans_ops = {
	.name = "VLANs of",
	.set = vlans_set, /* an interface takes its VLANs along: no del */
	.find = vlans_find,
	.describe = if_describe,
};

static const struct dp_class_ops addr_ops = {
	.name = "address",
	.leaf = true,
	.set = addr_set,
	.del = addr_del,
	.released = addr_released,
	.find = addr_find,
	.describe = addr_describe,
};

void iface_program_init(struct iface_table *t)
{
	dp_class_register(&t->core->dp, DP_IF, &if_ops, t);
	dp_class_register(&t->core->dp, DP_IF_VLANS, &vlans_ops, t);
	dp_class_register(&t->core->dp, DP_IF_ADDR, &addr_ops, t);
}

/* --- resync --- */

void iface_identify_begin(struct iface_table *t)
{
	idmap_reset(&t->ids);
	memset(t->by_id, 0, sizeof(t->by_id));
}

void iface_held(struct iface_table *t, const struct bw_if *held)
{
	idmap_seed(&t->ids, held->if_id, held->name, strnlen(held->name, sizeof(held->name)));
}

static void identify(struct iface_table *t, struct iface *ifc)
{
	ifc->id = 0;
	if (!iface_is_programmed(ifc) || !ifc->exists)
		return;
	if (idmap_assign(&t->ids, ifc->name, strlen(ifc->name), &ifc->id) != 0) {
		log_event(&t->core->log, "PLATFORM-2-NOIDS", "%s: no interface id is left",
			ifc->name);
		return;
	}
	t->by_id[ifc->id] = ifc;
	watches_tell(&t->watches, WATCH_ADDED, ifc);
}

void iface_identify(struct iface_table *t)
{
	struct iface *ifc;

	TAILQ_FOREACH (ifc, &t->list, entry)
		identify(t, ifc);
	TAILQ_FOREACH (ifc, &t->shells, entry)
		identify(t, ifc);
}

void iface_replay(struct iface_table *t)
{
	struct iface *ifc;

	TAILQ_FOREACH (ifc, &t->list, entry) {
		memset(&ifc->told, 0, sizeof(ifc->told));
		iface_program(ifc);
	}
}
