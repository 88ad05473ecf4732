/* SPDX-License-Identifier: BSD-3-Clause */
#include "objects/itf_set.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/dp.h"
#include "core/rcu.h"
#include "l3/announce.h"
#include "l3/arp.h"
#include "l3/neigh.h"
#include "nodes/arcs.h"
#include "port/port.h"
#include "pppoe/pppoe.h"

#define VLAN_MAX 4094

static bool known_kind(const struct dp *dp, const struct bw_if *c)
{
	switch (c->kind) {
	case BW_IF_PORT:
		return c->port < dp->n_ports;
	case BW_IF_SUBIF:
		return c->port < dp->n_ports && c->vlan >= 1 && c->vlan <= VLAN_MAX;
	case BW_IF_SVI:
		return c->vlan >= 1 && c->vlan <= VLAN_MAX;
	case BW_IF_LOOPBACK:
	case BW_IF_DIALER:
		return true;
	default:
		return false;
	}
}

static int check(const struct dp *dp, const struct bw_if *c)
{
	if (c->if_id == 0 || c->if_id >= BW_MAX_IFS || !known_kind(dp, c))
		return BW_E_BAD_VALUE;
	if (c->mtu < 64 || c->ip_mtu < BW_MIN_IP_MTU || c->ip_mtu > c->mtu || c->vlan > VLAN_MAX)
		return BW_E_BAD_VALUE;
	if (c->acl_in >= BW_MAX_ACLS || c->acl_out >= BW_MAX_ACLS)
		return BW_E_BAD_VALUE;
	if (c->vrf >= BW_MAX_VRFS || !dp->fib[c->vrf])
		return BW_E_NO_OBJECT;
	return BW_OK;
}

/* An SVI speaks with the address of the first switch port, as one box would. */
static void default_mac(const struct dp *dp, const struct bw_if *c, uint8_t *mac)
{
	if (c->kind == BW_IF_PORT || c->kind == BW_IF_SUBIF) {
		memcpy(mac, &dp->port[c->port].mac, 6);
		return;
	}
	for (unsigned i = 0; c->kind == BW_IF_SVI && i < dp->n_ports; i++)
		if (dp->platform.port[i].is_switch) {
			memcpy(mac, &dp->port[i].mac, 6);
			return;
		}
	memcpy(mac, "\x02\x00\x00\x00\x00\x01", 6);
}

static void take_conf(const struct dp *dp, struct itf *itf, const struct bw_if *c)
{
	static const uint8_t none[6];

	itf->conf = *c;
	itf->conf.name[BW_NAME_LEN - 1] = '\0';
	itf->id = c->if_id;
	itf->flags = c->flags | (itf->flags & ITF_F_NO_LINE);
	itf->kind = c->kind;
	itf->port = c->port;
	itf->vlan = c->vlan;
	itf->vrf = c->vrf;
	itf->mtu = c->mtu;
	itf->ip_mtu = c->ip_mtu;
	itf->tcp_mss = c->tcp_mss;
	itf->acl_in = c->acl_in;
	itf->acl_out = c->acl_out;
	itf->vfr_reassemblies = c->vfr_reassemblies;
	itf->vfr_fragments = c->vfr_fragments;
	itf->vfr_timeout = c->vfr_timeout;
	itf->arp_timeout = c->arp_timeout;
	memcpy(itf->mac, c->mac, 6);
	if (memcmp(c->mac, none, 6) == 0)
		default_mac(dp, c, itf->mac);
	arcs_chain(itf);
}

/* A writable copy of an interface, or of nothing. */
static struct itf *copy_of(const struct itf *old)
{
	struct itf *itf = malloc(sizeof(*itf));

	if (itf && old)
		*itf = *old;
	else if (itf)
		memset(itf, 0, sizeof(*itf));
	return itf;
}

/* True if it is on another link now, where nobody is who was on the old one. */
static bool is_moved(const struct itf *a, const struct itf *b)
{
	const uint32_t flags = BW_IF_F_NATIVE | BW_IF_F_SWITCH;

	return a->vlan != b->vlan || a->port != b->port || a->kind != b->kind || a->vrf != b->vrf ||
	       (a->flags ^ b->flags) & flags;
}

static bool is_on_port(const struct itf *itf)
{
	return itf->kind == BW_IF_PORT || itf->kind == BW_IF_SUBIF;
}

/* What line_update() has to derive anew of an interface that came, went or is another one. */
static void note_changed(struct dp *dp, const struct itf *itf, bool moved)
{
	if (itf->kind == BW_IF_SVI || itf->flags & BW_IF_F_SWITCH)
		dp->bridge_changed = true;
	if (moved && is_on_port(itf))
		dp->l2map_changed |= UINT32_C(1) << itf->port;
}

static void publish(struct dp *dp, uint32_t id, struct itf *itf)
{
	struct itf *old = dp->itf[id];
	bool moved = !old || !itf || is_moved(old, itf);

	if (old)
		note_changed(dp, old, moved);
	if (itf)
		note_changed(dp, itf, moved);
	itf_ids_put(&dp->itf_ids, id, itf);
	if (id > dp->highest_itf)
		dp->highest_itf = id;
	itf_ids_put(&dp->itf_changed, id, true);
	dp->itfs_changed = true;
	__atomic_store_n(&dp->itf[id], itf, __ATOMIC_RELEASE);
	rcu_defer(dp->rcu, free, old);
}

/* What the hardware has to know. */
static int tell_port(struct dp *dp, const struct itf *itf)
{
	struct rte_ether_addr mac;
	int rc = 0;

	if (!is_on_port(itf))
		return BW_OK;
	if (itf->flags & BW_IF_F_SWITCH)
		port_take_all(dp, itf->port);
	if (itf->kind == BW_IF_PORT)
		rc = port_set_mtu(dp, itf->port, itf->mtu);
	else if (!(itf->flags & BW_IF_F_NATIVE))
		rc = port_allow_vlan(dp, itf->port, itf->vlan);
	if (rc < 0)
		return BW_E_PORT;
	memcpy(&mac, itf->mac, 6);
	port_take_mac(dp, itf->port, &mac);
	return BW_OK;
}

/* Nobody of the old link is there. line_update() says that it is up on the new one. */
static void leave_link(struct dp *dp, uint32_t if_id)
{
	neigh_line_down(dp, if_id);
	neigh_itf_changed(dp, if_id);
	dp->line_up[if_id] = false;
}

static void take_mac(struct dp *dp, const struct itf *itf)
{
	neigh_itf_changed(dp, itf->id);
	if (itf_is_up(itf))
		announce_itf(dp, itf);
}

int itf_set(struct dp *dp, const struct bw_if *conf, uint8_t epoch)
{
	struct itf *old = NULL, *itf;
	bool moved, new_mac;
	int rc = check(dp, conf);

	if (rc != BW_OK)
		return rc;
	old = dp->itf[conf->if_id];
	if (old && memcmp(&old->conf, conf, sizeof(*conf)) == 0) {
		old->epoch = epoch;
		return BW_OK;
	}
	itf = copy_of(old);
	if (!itf)
		return BW_E_NO_MEMORY;
	take_conf(dp, itf, conf);
	itf->epoch = epoch;
	rc = tell_port(dp, itf);
	if (rc != BW_OK) {
		free(itf);
		return rc;
	}
	moved = old && is_moved(old, itf);
	new_mac = old && memcmp(old->mac, itf->mac, 6) != 0;
	publish(dp, conf->if_id, itf);
	if (moved)
		leave_link(dp, conf->if_id);
	else if (new_mac)
		take_mac(dp, itf);
	pppoe_itf_changed(dp, conf->if_id);
	return BW_OK;
}

int itf_del(struct dp *dp, uint32_t if_id)
{
	if (if_id == 0 || if_id >= BW_MAX_IFS || !dp->itf[if_id])
		return BW_E_NO_OBJECT;
	alias_del_itf(&dp->aliases, if_id);
	publish(dp, if_id, NULL);
	dp->line_up[if_id] = false;
	neigh_itf_changed(dp, if_id);
	pppoe_itf_changed(dp, if_id);
	return BW_OK;
}

int itf_line_set(struct dp *dp, uint32_t if_id, bool up)
{
	struct itf *itf = copy_of(dp->itf[if_id]);

	if (!itf)
		return -ENOMEM;
	if (up)
		itf->flags &= ~ITF_F_NO_LINE;
	else
		itf->flags |= ITF_F_NO_LINE;
	publish(dp, if_id, itf);
	return 0;
}

int itf_vlans_set(struct dp *dp, const struct bw_if_vlans *v)
{
	struct itf *itf;

	if (v->if_id >= BW_MAX_IFS || !dp->itf[v->if_id])
		return BW_E_NO_OBJECT;
	if (v->first % 512 || v->first > 3584 || dp->itf[v->if_id]->kind != BW_IF_PORT)
		return BW_E_BAD_VALUE;
	itf = copy_of(dp->itf[v->if_id]);
	if (!itf)
		return BW_E_NO_MEMORY;
	memcpy(&itf->allowed_vlans[v->first / 64], v->bits, sizeof(v->bits));
	for (uint16_t id = v->first; id < v->first + 512; id++)
		if (id && itf_allows_vlan(itf, id))
			port_allow_vlan(dp, itf->port, id);
	publish(dp, v->if_id, itf);
	return BW_OK;
}

static uint32_t index_of(const struct itf *itf, bw_ip4 addr)
{
	uint32_t i = 0;

	while (i < itf->n_addrs && itf->addr[i].addr != addr)
		i++;
	return i;
}

static void find_primary(struct itf *itf)
{
	itf->primary = 0;
	for (uint32_t i = 0; i < itf->n_addrs; i++)
		if (itf->addr[i].flags & BW_ADDR_F_PRIMARY)
			itf->primary = itf->addr[i].addr;
}

/* Many, and of no concern to a worker: the interface stays as it is. */
static int set_alias(struct dp *dp, const struct bw_if_addr *a, uint8_t epoch)
{
	const struct itf *itf = dp->itf[a->if_id];
	bool is_new;
	int rc = alias_set(&dp->aliases, a->if_id, a->addr, epoch, &is_new);

	if (rc != BW_OK || !is_new)
		return rc;
	neigh_addr_taken(dp, itf, a->addr);
	announce_aliases(dp);
	return BW_OK;
}

int itf_addr_set(struct dp *dp, const struct bw_if_addr *a, uint8_t epoch)
{
	struct itf *itf, *old;
	uint32_t i;

	if (a->if_id >= BW_MAX_IFS || !dp->itf[a->if_id])
		return BW_E_NO_OBJECT;
	if (a->plen > 32 || a->addr == 0)
		return BW_E_BAD_VALUE;
	if (a->flags & BW_ADDR_F_ALIAS)
		return set_alias(dp, a, epoch);
	old = dp->itf[a->if_id];
	i = index_of(old, a->addr);
	if (i < old->n_addrs && old->addr[i].plen == a->plen && old->addr[i].flags == a->flags) {
		old->addr[i].epoch = epoch;
		return BW_OK;
	}
	if (i == ITF_MAX_ADDRS)
		return BW_E_FULL;
	itf = copy_of(old);
	if (!itf)
		return BW_E_NO_MEMORY;
	itf->addr[i] = (struct itf_addr) { a->addr, a->plen, a->flags, epoch };
	if (i == itf->n_addrs)
		itf->n_addrs++;
	find_primary(itf);
	publish(dp, a->if_id, itf);
	neigh_itf_changed(dp, a->if_id);
	if (itf_is_up(itf))
		arp_send_announcement(dp, itf, a->addr);
	return BW_OK;
}

int itf_addr_del(struct dp *dp, const struct bw_if_addr *a)
{
	struct itf *itf;
	uint32_t i;

	if (a->if_id >= BW_MAX_IFS || !dp->itf[a->if_id])
		return BW_E_NO_OBJECT;
	if (a->flags & BW_ADDR_F_ALIAS)
		return alias_del(&dp->aliases, a->if_id, a->addr);
	i = index_of(dp->itf[a->if_id], a->addr);
	if (i == dp->itf[a->if_id]->n_addrs)
		return BW_E_NO_OBJECT;
	itf = copy_of(dp->itf[a->if_id]);
	if (!itf)
		return BW_E_NO_MEMORY;
	itf->addr[i] = itf->addr[--itf->n_addrs];
	find_primary(itf);
	publish(dp, a->if_id, itf);
	neigh_itf_changed(dp, a->if_id);
	return BW_OK;
}

void itf_sweep(struct dp *dp, uint8_t epoch)
{
	for (uint32_t id = 0; (id = itf_ids_next(&dp->itf_ids, id)) != 0;) {
		if (dp->itf[id]->epoch != epoch)
			itf_del(dp, id);
		for (uint32_t i = 0; dp->itf[id] && i < dp->itf[id]->n_addrs;) {
			struct bw_if_addr a = { .if_id = id, .addr = dp->itf[id]->addr[i].addr };

			if (dp->itf[id]->addr[i].epoch == epoch || itf_addr_del(dp, &a) != BW_OK)
				i++;
		}
	}
	alias_sweep(&dp->aliases, epoch);
}

void itf_free_all(struct dp *dp)
{
	for (uint32_t id = 0; (id = itf_ids_next(&dp->itf_ids, id)) != 0;) {
		free(dp->itf[id]);
		dp->itf[id] = NULL;
	}
	itf_ids_clear(&dp->itf_ids);
	alias_free_all(&dp->aliases);
}
