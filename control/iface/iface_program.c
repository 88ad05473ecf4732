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
	if (!ifc->exists || ifc->obj.id == 0 || !iface_is_programmed(ifc))
		return false;
	return ifc->kind->is_ready == NULL || ifc->kind->is_ready(ifc);
}

static void fill_interface(const struct iface *ifc, struct bw_if *m)
{
	m->if_id = ifc->obj.id;
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

	if (!ifc->obj.wanted)
		return;
	dp_forget(dp, &ifc->vlans_obj);
	TAILQ_FOREACH (a, &ifc->addrs, entry) /* they go with it */
		dp_forget(dp, &a->obj);
	if (ifc->assigned != NULL)
		dp_forget(dp, &ifc->assigned->obj);
	TAILQ_FOREACH (a, &ifc->aliases, entry)
		dp_forget(dp, &a->obj);
	dp_drop(dp, &ifc->obj); /* who settles it has a reference */
	watches_tell(&ifc->table->watches, WATCH_GONE, ifc);
}

/* What goes with an interface that is new to the dataplane, or to this one. */
static void program_addrs(struct iface *ifc)
{
	struct dp_link *dp = &ifc->table->core->dp;
	struct iface_addr *a;

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
	struct dp_link *dp = &ifc->table->core->dp;
	const struct bw_if before = ifc->told;

	if (!is_wanted(ifc)) {
		unprogram(ifc);
		return;
	}
	if (dp_want(dp, &ifc->obj) != 0 || memcmp(&before, &ifc->told, sizeof(before)) == 0)
		return;
	if (ifc->is_switch && ifc->trunk && ifc->kind->is_physical)
		dp_touch(dp, &ifc->vlans_obj);
	if (before.if_id != 0)
		return;
	if (!ifc->in_dataplane)
		ifc->refs++;
	ifc->in_dataplane = true;
	program_addrs(ifc);
	watches_tell(&ifc->table->watches, WATCH_ADDED, ifc);
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

static bool if_wish(void *, struct dp_object *o, uint32_t, struct bw_msg *m)
{
	fill_interface(OF(o, struct iface, obj), &m->itf);
	return false;
}

static void *if_told(struct dp_object *o)
{
	return &OF(o, struct iface, obj)->told;
}

/* An interface is known by its name. */
static bool if_key(const struct bw_msg *m, struct dp_key *key)
{
	return dp_key_set(
		key, m->itf.if_id, m->itf.name, strnlen(m->itf.name, sizeof(m->itf.name)));
}

static void if_released(void *, struct dp_object *o)
{
	struct iface *ifc = OF(o, struct iface, obj);

	if (!ifc->in_dataplane)
		return;
	ifc->in_dataplane = false;
	iface_put(ifc);
}

/* Whoever refers to it does so by another id now. */
static void if_identified(void *owner, struct dp_object *o)
{
	struct iface_table *t = owner;

	watches_tell(&t->watches, WATCH_ADDED, OF(o, struct iface, obj));
}

struct iface *iface_by_id(const struct iface_table *t, uint32_t id)
{
	struct dp_object *o = dp_by_id(&t->core->dp, DP_IF, id);

	return o != NULL ? OF(o, struct iface, obj) : NULL;
}

/* Of its VLANs as well, whose cookie has its id. */
static void if_label(void *owner, struct dp_object *o, uint64_t cookie, char *buf, size_t size)
{
	const struct iface *ifc =
		o != NULL ? OF(o, struct iface, obj) : iface_by_id(owner, dp_cookie_c(cookie));

	snprintf(buf, size, "%s", ifc != NULL ? ifc->name : "of a removed interface");
}

/* --- a trunk's VLANs --- */

static bool vlans_wish(void *owner, struct dp_object *o, uint32_t part, struct bw_msg *m)
{
	struct iface *ifc = OF(o, struct iface, vlans_obj);
	struct iface_table *t = owner;

	m->hdr.cookie = dp_cookie(DP_IF_VLANS, 0, 0, ifc->obj.id);
	m->if_vlans.if_id = ifc->obj.id;
	m->if_vlans.first = (uint16_t)(part * 512);
	for (unsigned vlan = part * 512; vlan < (part + 1) * 512 && vlan <= VLAN_MAX; vlan++)
		if (t->vlan[vlan].exists && vlan_member(ifc, (uint16_t)vlan))
			m->if_vlans.bits[vlan % 512 / 64] |= UINT64_C(1) << vlan % 64;
	return part + 1 < VLAN_PARTS;
}

static void vlans_replay(void *owner)
{
	struct iface_table *t = owner;

	for (unsigned i = 0; i < t->n_ports; i++)
		if (t->port[i]->is_switch && t->port[i]->trunk && t->port[i]->obj.wanted)
			dp_touch(&t->core->dp, &t->port[i]->vlans_obj);
}

static struct dp_object *vlans_find(void *owner, uint64_t cookie)
{
	struct iface *ifc = iface_by_id(owner, dp_cookie_c(cookie));

	return ifc != NULL && ifc->trunk && ifc->told.if_id != 0 ? &ifc->vlans_obj : NULL;
}

/* --- addresses --- */

static uint64_t addr_cookie(const struct iface_addr *a)
{
	return dp_cookie(
		DP_IF_ADDR, (uint16_t)a->ifc->obj.id, a->plen | (a->alias ? 0x80 : 0), a->addr);
}

static bool addr_wish(void *, struct dp_object *o, uint32_t, struct bw_msg *m)
{
	const struct iface_addr *a = OF(o, struct iface_addr, obj);

	m->hdr.cookie = addr_cookie(a);
	m->if_addr.if_id = a->ifc->obj.id;
	m->if_addr.addr = a->addr;
	m->if_addr.plen = a->plen;
	if (a->alias)
		m->if_addr.flags = BW_ADDR_F_ALIAS;
	else if (!a->secondary)
		m->if_addr.flags = BW_ADDR_F_PRIMARY;
	return false;
}

static void addr_replay(void *owner)
{
	struct iface_table *t = owner;
	struct iface *ifc;

	TAILQ_FOREACH (ifc, &t->list, entry)
		if (ifc->obj.wanted)
			program_addrs(ifc);
}

static void addr_released(void *, struct dp_object *o)
{
	struct iface_addr *a = OF(o, struct iface_addr, obj);

	iface_put(a->ifc);
	free(a);
}

static struct dp_object *addr_find(void *owner, uint64_t cookie)
{
	struct iface *ifc = iface_by_id(owner, dp_cookie_a(cookie));
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

static void addr_label(void *owner, struct dp_object *, uint64_t cookie, char *buf, size_t size)
{
	struct iface *ifc = iface_by_id(owner, dp_cookie_a(cookie));
	char prefix[FORMAT_PREFIX_SIZE];

	format_prefix(dp_cookie_c(cookie), dp_cookie_b(cookie) & 0x3f, prefix);
	snprintf(buf, size, "%s on %s", prefix, ifc != NULL ? ifc->name : "a removed interface");
}

static const struct dp_class_ops if_ops = {
	.name = "interface",
	.set_type = BW_CMD_IF_SET,
	.del_type = BW_CMD_IF_DEL,
	.after = { DP_ACL },
	.limit_id = BW_MAX_IFS,
	.wish = if_wish,
	.told = if_told,
	.told_size = sizeof(struct bw_if),
	.released = if_released,
	.key = if_key,
	.identified = if_identified,
	.label = if_label,
};

static const struct dp_class_ops vlans_ops = {
	.name = "VLANs of",
	.set_type = BW_CMD_IF_VLANS, /* an interface takes its VLANs along: no del_type */
	.after = { DP_IF },
	.wish = vlans_wish,
	.find = vlans_find,
	.replay = vlans_replay,
	.label = if_label,
};

static const struct dp_class_ops addr_ops = {
	.name = "address",
	.set_type = BW_CMD_IF_ADDR_SET,
	.del_type = BW_CMD_IF_ADDR_DEL,
	.leaf = true,
	.after = { DP_IF },
	.wish = addr_wish,
	.released = addr_released,
	.replay = addr_replay,
	.find = addr_find,
	.label = addr_label,
};

void iface_program_init(struct iface_table *t)
{
	dp_class_register(&t->core->dp, DP_IF, &if_ops, t);
	dp_class_register(&t->core->dp, DP_IF_VLANS, &vlans_ops, t);
	dp_class_register(&t->core->dp, DP_IF_ADDR, &addr_ops, t);
}
