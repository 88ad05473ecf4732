/* SPDX-License-Identifier: BSD-3-Clause */
#include "control/iface/static_arp.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "control/core/format.h"
#include "control/iface/iface.h"

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

/* It is no longer of use. The dataplane's entry goes first. */
static void discard(struct arp_table *t, struct static_arp *a)
{
	TAILQ_REMOVE(&t->list, a, entry);
	a->gone = true;
	if (a->obj.wanted)
		dp_drop(&t->core->dp, &a->obj);
	else if (a->ifc == NULL)
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
	dp_say(&t->core->dp, &a->obj);
	work_mark(&t->work);
	return 0;
}

void static_arp_remove(struct arp_table *t, uint16_t vrf, bw_ip4 addr)
{
	struct static_arp *a = find(t, vrf, addr);

	if (a != NULL)
		discard(t, a);
}

static struct iface *place_of(struct arp_table *t, const struct static_arp *a)
{
	const struct iface_addr *on = addr_index_covering(&t->ifaces->addrs, a->vrf, a->addr);

	return on != NULL && on->ifc->told.if_id != 0 ? on->ifc : NULL;
}

/* One that is elsewhere leaves first, and comes here again once that is said. */
static void settle_one(struct arp_table *t, struct static_arp *a)
{
	struct iface *ifc = place_of(t, a);

	if (a->obj.wanted && a->ifc != ifc)
		dp_drop(&t->core->dp, &a->obj);
	if (ifc == NULL || (a->ifc != NULL && a->ifc != ifc))
		return;
	if (a->ifc == NULL) {
		a->ifc = ifc;
		ifc->refs++;
	}
	dp_want(&t->core->dp, &a->obj);
}

/* Put entries where their subnet is now. */
static bool arp_settle(void *arg, struct work_budget *)
{
	struct arp_table *t = arg;
	struct static_arp *a;

	TAILQ_FOREACH (a, &t->list, entry)
		settle_one(t, a);
	return false;
}

static bool arp_wish(void *, struct dp_object *o, uint32_t, struct bw_msg *m)
{
	const struct static_arp *a = of(o);

	m->hdr.cookie = dp_cookie(DP_ARP, a->vrf, 0, a->addr);
	m->arp.if_id = a->ifc->obj.id;
	m->arp.addr = a->addr;
	memcpy(m->arp.mac, a->mac, sizeof(m->arp.mac));
	m->arp.state = BW_ARP_STATIC;
	return false;
}

static void arp_released(void *owner, struct dp_object *o)
{
	struct static_arp *a = of(o);
	struct arp_table *t = owner;

	iface_put(a->ifc);
	a->ifc = NULL;
	if (a->gone)
		free(a);
	else
		work_mark(&t->work);
}

static void arp_replay(void *owner)
{
	struct arp_table *t = owner;
	struct static_arp *a;

	TAILQ_FOREACH (a, &t->list, entry)
		dp_say(&t->core->dp, &a->obj);
}

static struct dp_object *arp_find(void *owner, uint64_t cookie)
{
	struct static_arp *a = find(owner, dp_cookie_a(cookie), dp_cookie_c(cookie));

	return a != NULL && a->obj.wanted ? &a->obj : NULL;
}

static void arp_label(void *, struct dp_object *, uint64_t cookie, char *buf, size_t size)
{
	char ip[FORMAT_IP_SIZE];

	snprintf(buf, size, "ARP entry %s", format_ip(dp_cookie_c(cookie), ip));
}

static const struct dp_class_ops arp_ops = {
	.name = "ARP entry",
	.set_type = BW_CMD_ARP_SET,
	.del_type = BW_CMD_ARP_DEL,
	.leaf = true,
	.after = { DP_IF, DP_IF_ADDR },
	.wish = arp_wish,
	.released = arp_released,
	.replay = arp_replay,
	.find = arp_find,
	.label = arp_label,
};

/* --- what is watched --- */

static void arp_iface_told(void *arg, enum watch_event event, void *)
{
	struct arp_table *t = arg;

	if (event != WATCH_CHANGED)
		work_mark(&t->work);
}

static void arp_addr_told(void *arg, enum watch_event, void *)
{
	struct arp_table *t = arg;

	work_mark(&t->work);
}

void arp_table_init(struct arp_table *t, struct core *core, struct iface_table *ifaces)
{
	memset(t, 0, sizeof(*t));
	t->core = core;
	t->ifaces = ifaces;
	TAILQ_INIT(&t->list);
	t->work = (struct work) {
		.name = "static ARP",
		.rank = WORK_ARP,
		.run = arp_settle,
		.arg = t,
	};
	work_add(&core->work, &t->work);
	t->iface_watch = (struct watch) { .told = arp_iface_told, .arg = t };
	watch_add(&ifaces->watches, &t->iface_watch);
	t->addr_watch = (struct watch) { .told = arp_addr_told, .arg = t };
	watch_add(&ifaces->addr_watches, &t->addr_watch);
	dp_class_register(&core->dp, DP_ARP, &arp_ops, t);
}

void arp_table_fini(struct arp_table *t)
{
	while (!TAILQ_EMPTY(&t->list))
		discard(t, TAILQ_FIRST(&t->list));
}
