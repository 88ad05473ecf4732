/* SPDX-License-Identifier: BSD-3-Clause */
#include "control/iface/static_arp.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "control/control.h"
#include "control/core/format.h"

static struct static_arp *of(struct dp_object *o)
{
	return (struct static_arp *)((char *)o - offsetof(struct static_arp, obj));
}

static struct static_arp *find(struct arp_table *t, uint16_t vrf, bw_ip4 addr)
{
	struct static_arp *a;

	TAILQ_FOREACH (a, &t->list, entry)
		if (a->addr == addr && a->vrf == vrf)
			return a;
	return NULL;
}

static void changed(struct arp_table *t)
{
	t->changed = true;
	control_wake(t->ctl);
}

/* The dataplane's entry goes; the object moves on when that is said. */
static void displace(struct arp_table *t, struct static_arp *a)
{
	if (a->ifc != NULL)
		dp_remove(&t->ctl->dp, &a->obj);
	else if (a->gone)
		free(a);
}

int static_arp_set(struct arp_table *t, uint16_t vrf, bw_ip4 addr, const uint8_t mac[6])
{
	struct static_arp *a = find(t, vrf, addr);

	if (a == NULL) {
		a = calloc(1, sizeof(*a));
		if (a == NULL)
			return -ENOMEM;
		a->obj.class = DP_ARP;
		a->addr = addr;
		a->vrf = vrf;
		TAILQ_INSERT_TAIL(&t->list, a, entry);
	}
	memcpy(a->mac, mac, sizeof(a->mac));
	if (a->ifc != NULL)
		dp_touch(&t->ctl->dp, &a->obj);
	changed(t);
	return 0;
}

void static_arp_remove(struct arp_table *t, uint16_t vrf, bw_ip4 addr)
{
	struct static_arp *a = find(t, vrf, addr);

	if (a == NULL)
		return;
	TAILQ_REMOVE(&t->list, a, entry);
	a->gone = true;
	displace(t, a);
}

static struct iface *place_of(struct arp_table *t, const struct static_arp *a)
{
	struct iface *ifc;

	TAILQ_FOREACH (ifc, &t->ctl->ifaces.list, entry)
		if (ifc->told.if_id != 0 && ifc->vrf == a->vrf &&
			iface_addr_on_subnet(ifc, a->addr) != NULL)
			return ifc;
	return NULL;
}

void static_arp_settle(struct arp_table *t)
{
	struct static_arp *a;

	if (!t->changed && !t->ctl->addrs_changed)
		return;
	t->changed = false;
	TAILQ_FOREACH (a, &t->list, entry) {
		struct iface *ifc = place_of(t, a);

		if (a->ifc == ifc && !a->obj.gone)
			continue;
		if (a->ifc != NULL && a->ifc != ifc) {
			if (!a->obj.gone)
				displace(t, a); /* comes here again once it has left */
			continue;
		}
		if (a->ifc == NULL) {
			a->ifc = ifc;
			ifc->refs++;
		}
		dp_touch(&t->ctl->dp, &a->obj);
	}
}

void static_arp_replay(struct arp_table *t)
{
	struct static_arp *a;

	TAILQ_FOREACH (a, &t->list, entry)
		if (a->ifc != NULL)
			dp_touch(&t->ctl->dp, &a->obj);
}

static void fill(const struct static_arp *a, struct bw_msg *m)
{
	m->hdr.cookie = dp_cookie(DP_ARP, a->vrf, 0, a->addr);
	m->arp.if_id = a->ifc->id;
	m->arp.addr = a->addr;
	memcpy(m->arp.mac, a->mac, sizeof(m->arp.mac));
	m->arp.state = BW_ARP_STATIC;
}

static bool set(void *, struct dp_object *o, uint32_t, struct bw_msg *m)
{
	m->hdr.type = BW_CMD_ARP_SET;
	fill(of(o), m);
	return false;
}

static void del(void *, struct dp_object *o, struct bw_msg *m)
{
	m->hdr.type = BW_CMD_ARP_DEL;
	fill(of(o), m);
}

static void released(void *owner, struct dp_object *o)
{
	struct static_arp *a = of(o);

	iface_put(a->ifc);
	a->ifc = NULL;
	a->obj.gone = false;
	if (a->gone)
		free(a);
	else
		changed(owner);
}

static struct dp_object *find_object(void *owner, uint64_t cookie)
{
	struct static_arp *a = find(owner, dp_cookie_a(cookie), dp_cookie_c(cookie));

	return a != NULL && a->ifc != NULL ? &a->obj : NULL;
}

static void describe(void *, uint64_t cookie, char *buf, size_t size)
{
	char ip[FORMAT_IP_SIZE];

	snprintf(buf, size, "ARP entry %s", format_ip(dp_cookie_c(cookie), ip));
}

static const struct dp_class_ops arp_ops = {
	.name = "ARP entry",
	.leaf = true,
	.set = set,
	.del = del,
	.released = released,
	.find = find_object,
	.describe = describe,
};

void arp_table_init(struct arp_table *t, struct control *ctl)
{
	memset(t, 0, sizeof(*t));
	t->ctl = ctl;
	TAILQ_INIT(&t->list);
	dp_class_register(&ctl->dp, DP_ARP, &arp_ops, t);
}

void arp_table_fini(struct arp_table *t)
{
	struct static_arp *a;

	while ((a = TAILQ_FIRST(&t->list)) != NULL) {
		TAILQ_REMOVE(&t->list, a, entry);
		a->gone = true;
		displace(t, a);
	}
}
