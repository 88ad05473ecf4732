/* SPDX-License-Identifier: BSD-3-Clause */
#include "objects/programmer.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/dp.h"
#include "host/host.h"
#include "l2/bridge.h"
#include "l3/line.h"
#include "l3/neigh.h"
#include "nat/nat.h"
#include "objects/dump.h"
#include "objects/itf_set.h"
#include "objects/objects.h"
#include "port/port.h"
#include "pppoe/pppoe.h"
#include "tables/acl.h"

#define BUDGET 4096 /* commands of one turn: the main loop has other things to do */

struct programmer {
	struct bw_ring_view cmd;
	uint8_t epoch;
	bool syncing;
	uint32_t done_seq; /* carried out and not yet acknowledged; 0 = none */
	struct dumps *dumps;
};

struct programmer *programmer_create(struct dp *dp)
{
	struct programmer *p = calloc(1, sizeof(*p));

	if (!p)
		return NULL;
	p->dumps = dumps_create(dp);
	if (!p->dumps) {
		free(p);
		return NULL;
	}
	return p;
}

void programmer_destroy(struct dp *dp)
{
	if (!dp->programmer)
		return;
	dumps_destroy(dp->programmer->dumps);
	free(dp->programmer);
	dp->programmer = NULL;
	events_detach(dp);
}

void programmer_attached(struct dp *dp)
{
	struct programmer *p = dp->programmer;

	bw_ring_consumer(&p->cmd, dp->region.cmd, BW_CMD_SLOTS);
	events_attach(dp);
	p->syncing = false;
	p->done_seq = 0;
	dumps_forget(p->dumps);
	port_report_all(dp);
}

void programmer_detached(struct dp *dp)
{
	events_detach(dp);
	acl_set_abandon(dp->acl);
	dumps_forget(dp->programmer->dumps);
	pppoe_left_alone(dp);
}

/* Objects that were not set again since SYNC_BEGIN: users before what they use. */
static void sweep(struct dp *dp, uint8_t epoch)
{
	nat_sync_end(dp);
	acl_sync_end(dp->acl);
	neigh_sweep(dp, epoch);
	route_sweep(dp, epoch);
	adj_sweep(dp, epoch);
	pppoe_sweep(dp, epoch);
	itf_sweep(dp, epoch);
	if (host_sweep(dp, epoch))
		dp->hosts_changed = true;
	vrf_sweep(dp, epoch);
}

static int errno_to_error(int rc)
{
	switch (rc) {
	case 0:
		return BW_OK;
	case -ENOENT:
		return BW_E_NO_OBJECT;
	case -ENOSPC:
		return BW_E_FULL;
	case -ENOMEM:
		return BW_E_NO_MEMORY;
	case -EBUSY:
		return BW_E_IN_USE;
	case -ENOTSUP:
		return BW_E_NOT_SUPPORTED;
	default:
		return BW_E_BAD_VALUE;
	}
}

static int do_sync(struct dp *dp, bool begin)
{
	struct programmer *p = dp->programmer;

	if (begin) {
		p->epoch++;
		nat_sync_begin(dp);
		acl_sync_begin(dp->acl);
	} else if (p->syncing) {
		sweep(dp, p->epoch);
	}
	p->syncing = begin;
	return BW_OK;
}

static int do_host(struct dp *dp, const struct bw_msg *m, uint8_t epoch)
{
	int rc = m->hdr.type == BW_CMD_HOST_SET ? host_set(dp, &m->host)
						: host_del(dp, m->host.vrf_id);

	dp->hosts_changed = true;
	if (rc == 0)
		dp->host_epoch[m->host.vrf_id] = epoch;
	if (rc == -EINVAL)
		return BW_E_BAD_VALUE;
	if (rc == -ENOENT && m->hdr.type == BW_CMD_HOST_DEL)
		return BW_E_NO_OBJECT;
	return rc == 0 ? BW_OK : BW_E_HOST;
}

static int do_acl(struct dp *dp, const struct bw_msg *m)
{
	switch (m->hdr.type) {
	case BW_CMD_ACL_SET:
		return errno_to_error(acl_set_begin(dp->acl, &m->acl));
	case BW_CMD_ACL_ENTRY:
		return errno_to_error(acl_set_entry(dp->acl, &m->ace));
	case BW_CMD_ACL_COMMIT:
		return errno_to_error(acl_set_commit(dp->acl, m->acl.acl_id));
	default:
		return errno_to_error(acl_del(dp->acl, m->acl.acl_id));
	}
}

static int do_nat(struct dp *dp, const struct bw_msg *m)
{
	switch (m->hdr.type) {
	case BW_CMD_NAT_POOL_SET:
		return errno_to_error(nat_pool_set(dp, &m->nat_pool));
	case BW_CMD_NAT_POOL_DEL:
		return errno_to_error(nat_pool_del(dp, m->nat_pool.pool_id));
	case BW_CMD_NAT_RULE_SET:
		return errno_to_error(nat_rule_set(dp, &m->nat_rule));
	case BW_CMD_NAT_RULE_DEL:
		return errno_to_error(nat_rule_del(dp, m->nat_rule.rule_id));
	case BW_CMD_NAT_CONFIG:
		return errno_to_error(nat_config_set(dp, &m->nat_config));
	case BW_CMD_NAT_LIMIT_SET:
		return errno_to_error(nat_limit_set(dp, &m->nat_limit));
	case BW_CMD_NAT_LIMIT_DEL:
		return errno_to_error(nat_limit_del(dp, &m->nat_limit));
	default:
		return errno_to_error(nat_clear(dp, &m->nat_filter));
	}
}

static int do_pppoe(struct dp *dp, const struct bw_msg *m, uint8_t epoch)
{
	switch (m->hdr.type) {
	case BW_CMD_PPPOE_TEXT:
		return pppoe_text(dp, &m->pppoe_text);
	case BW_CMD_PPPOE_SET:
		return pppoe_set(dp, &m->pppoe, epoch);
	case BW_CMD_PPPOE_DEL:
		return pppoe_del(dp, m->pppoe.client_id);
	case BW_CMD_PPPOE_CLEAR:
		return pppoe_clear(dp, m->ref.id);
	default:
		pppoe_debug(dp, m->debug.flags);
		return BW_OK;
	}
}

static int do_clear_counters(struct dp *dp, uint32_t if_id)
{
	if (if_id >= BW_MAX_IFS)
		return BW_E_BAD_VALUE;
	/* a worker that counts just now may bring one packet back: good enough for a counter */
	for (unsigned i = 0; i < dp->n_workers; i++) {
		struct bw_if_counters *c = dp->region.counters[i].itf;

		if (if_id)
			memset(&c[if_id], 0, sizeof(*c));
		else /* pages beyond them were never touched, and stay so */
			memset(c, 0, sizeof(*c) * (dp->highest_itf + 1));
	}
	return BW_OK;
}

static int carry_out(struct dp *dp, const struct bw_msg *m)
{
	struct programmer *p = dp->programmer;
	uint8_t epoch = p->epoch;

	switch (m->hdr.type) {
	case BW_CMD_SYNC_BEGIN:
	case BW_CMD_SYNC_END:
		return do_sync(dp, m->hdr.type == BW_CMD_SYNC_BEGIN);
	case BW_CMD_VRF_SET:
		return vrf_set(dp, &m->vrf, epoch);
	case BW_CMD_VRF_DEL:
		return vrf_del(dp, m->vrf.vrf_id);
	case BW_CMD_IF_SET:
		return itf_set(dp, &m->itf, epoch);
	case BW_CMD_IF_DEL:
		return itf_del(dp, m->itf.if_id);
	case BW_CMD_IF_VLANS:
		return itf_vlans_set(dp, &m->if_vlans);
	case BW_CMD_IF_ADDR_SET:
		return itf_addr_set(dp, &m->if_addr, epoch);
	case BW_CMD_IF_ADDR_DEL:
		return itf_addr_del(dp, &m->if_addr);
	case BW_CMD_ADJ_SET:
		return adj_set(dp, &m->adj, epoch);
	case BW_CMD_ADJ_DEL:
		return adj_del(dp, m->adj.adj_id);
	case BW_CMD_ROUTE_SET:
		return route_set(dp, &m->route, epoch);
	case BW_CMD_ROUTE_DEL:
		return route_del(dp, &m->route);
	case BW_CMD_ARP_SET:
		return neigh_static_set(dp, &m->arp, epoch);
	case BW_CMD_ARP_DEL:
		return neigh_static_del(dp, &m->arp);
	case BW_CMD_ARP_CLEAR:
		neigh_clear(dp, m->arp.if_id, m->arp.addr);
		return BW_OK;
	case BW_CMD_MAC_CLEAR:
		bridge_mac_clear(dp);
		return BW_OK;
	case BW_CMD_ACL_SET:
	case BW_CMD_ACL_ENTRY:
	case BW_CMD_ACL_COMMIT:
	case BW_CMD_ACL_DEL:
		return do_acl(dp, m);
	case BW_CMD_NAT_POOL_SET:
	case BW_CMD_NAT_POOL_DEL:
	case BW_CMD_NAT_RULE_SET:
	case BW_CMD_NAT_RULE_DEL:
	case BW_CMD_NAT_CONFIG:
	case BW_CMD_NAT_CLEAR:
	case BW_CMD_NAT_LIMIT_SET:
	case BW_CMD_NAT_LIMIT_DEL:
		return do_nat(dp, m);
	case BW_CMD_HOST_SET:
	case BW_CMD_HOST_DEL:
		return do_host(dp, m, epoch);
	case BW_CMD_PPPOE_TEXT:
	case BW_CMD_PPPOE_SET:
	case BW_CMD_PPPOE_DEL:
	case BW_CMD_PPPOE_CLEAR:
	case BW_CMD_DEBUG:
		return do_pppoe(dp, m, epoch);
	case BW_CMD_CLEAR_COUNTERS:
		return do_clear_counters(dp, m->ref.id);
	case BW_CMD_DUMP:
		return dumps_add(p->dumps, m);
	default:
		return BW_E_UNKNOWN_TYPE;
	}
}

static void refuse(struct dp *dp, const struct bw_msg_hdr *cmd, int error)
{
	struct bw_msg m = { .hdr = {
				    .seq = cmd->seq, .type = BW_EVT_NACK, .cookie = cmd->cookie } };

	m.nack.error = error;
	m.nack.cmd = cmd->type;
	events_put(dp, &m);
}

void programmer_derive(struct dp *dp)
{
	line_update(dp);
	nat_commit(dp);
}

/* What is derived from many commands is derived once for the batch. */
static void commit_batch(struct dp *dp)
{
	struct programmer *p = dp->programmer;
	struct bw_msg m = { .hdr = { .seq = p->done_seq, .type = BW_EVT_ACK } };

	programmer_derive(dp);
	bw_ring_commit_read(&p->cmd);
	events_put(dp, &m);
	p->done_seq = 0;
}

static bool dump_event(void *arg, const struct bw_msg *m)
{
	struct dp *dp = arg;

	return events_room(dp) > 2 * EVENTS_ROOM_FOR_ANSWERS && events_put(dp, m);
}

bool programmer_poll(struct dp *dp)
{
	struct programmer *p = dp->programmer;
	unsigned n = 0;
	bool more;

	if (events_alone(dp))
		return false;
	events_poll(dp);
	for (; n < BUDGET && events_room(dp) > EVENTS_ROOM_FOR_ANSWERS; n++) {
		const struct bw_msg *slot = bw_ring_read(&p->cmd);
		struct bw_msg m;
		int error;

		if (!slot)
			break;
		m = *slot; /* control could change it under us */
		error = carry_out(dp, &m);
		p->done_seq = m.hdr.seq;
		if (error != BW_OK)
			refuse(dp, &m.hdr, error);
		if (m.hdr.type == BW_CMD_PPPOE_TEXT) { /* no password stays behind */
			explicit_bzero(&m, sizeof(m));
			explicit_bzero((void *)slot->body, sizeof(slot->body));
		}
	}
	if (n)
		commit_batch(dp);
	more = dumps_go_on(p->dumps, dump_event, dp);
	events_publish(dp);
	return n == BUDGET || more;
}
