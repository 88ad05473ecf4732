/* SPDX-License-Identifier: BSD-3-Clause */
#include "objects/dump.h"

#include <stdlib.h>
#include <string.h>

#include "core/dp.h"
#include "host/host.h"
#include "l2/bridge.h"
#include "l3/neigh.h"
#include "nat/nat.h"
#include "pppoe/pppoe.h"
#include "tables/acl.h"
#include "tables/fib_pool.h"

#define WAITING	    16
#define TURN_BUDGET 4096

struct dump {
	struct bw_dump what;
	uint32_t seq;
	uint64_t cookie;
	uint32_t sent;
	uint32_t cursor; /* where to go on; its meaning is the table's */
	uint32_t part;	 /* of an object that takes several messages */
};

struct dumps {
	struct dp *dp;
	struct dump queue[WAITING]; /* the first one runs */
	unsigned n;
};

struct dumps *dumps_create(struct dp *dp)
{
	struct dumps *d = calloc(1, sizeof(*d));

	if (d)
		d->dp = dp;
	return d;
}

void dumps_destroy(struct dumps *d)
{
	free(d);
}

void dumps_forget(struct dumps *d)
{
	d->n = 0;
}

static bool next_vrf(struct dp *dp, struct dump *d, struct bw_msg *m)
{
	for (; d->cursor < BW_MAX_VRFS; d->cursor++)
		if (dp->fib[d->cursor]) {
			m->vrf = dp->vrf[d->cursor++];
			return true;
		}
	return false;
}

static bool next_if(struct dp *dp, struct dump *d, struct bw_msg *m)
{
	uint32_t id = itf_ids_next(&dp->itf_ids, d->cursor);

	if (id == 0)
		return false;
	d->cursor = id;
	m->itf = dp->itf[id]->conf;
	return true;
}

/* The interfaces' own, then the aliases. */
static bool next_addr(struct dp *dp, struct dump *d, struct bw_msg *m)
{
	const struct alias *alias;

	for (; d->cursor < BW_MAX_IFS; d->cursor++, d->part = 0) {
		uint32_t id = itf_ids_from(&dp->itf_ids, d->cursor);
		const struct itf *itf = dp->itf[id];
		const struct itf_addr *a;

		if (id != d->cursor)
			d->part = 0;
		d->cursor = id != 0 ? id : BW_MAX_IFS;
		if (id == 0)
			break;
		if (d->part >= itf->n_addrs)
			continue;
		a = &itf->addr[d->part++];
		m->if_addr = (struct bw_if_addr) { itf->id, a->addr, a->plen, a->flags, 0 };
		return true;
	}
	if (d->part >= dp->aliases.n)
		return false;
	alias = &dp->aliases.item[d->part++];
	m->if_addr = (struct bw_if_addr) { alias->if_id, alias->addr, 32, BW_ADDR_F_ALIAS, 0 };
	return true;
}

static bool next_adj(struct dp *dp, struct dump *d, struct bw_msg *m)
{
	for (; d->cursor <= dp->adj->highest; d->cursor++)
		if (dp->adj->conf[d->cursor]) {
			m->adj = *dp->adj->conf[d->cursor++];
			return true;
		}
	return false;
}

static bool next_route(struct dp *dp, struct dump *d, struct bw_msg *m)
{
	const struct routes *routes = &dp->fib_pool->routes;

	for (; d->cursor <= routes->mask; d->cursor++) {
		const struct route *r = &routes->slot[d->cursor];

		if (r->plen == ROUTE_EMPTY || r->adj >= BW_MAX_ADJS)
			continue;
		m->route = (struct bw_route) { .vrf_id = r->vrf,
			.prefix = rte_cpu_to_be_32(r->prefix),
			.adj_id = r->adj,
			.plen = r->plen };
		d->cursor++;
		return true;
	}
	return false;
}

static bool next_host(struct dp *dp, struct dump *d, struct bw_msg *m)
{
	for (; d->cursor < BW_MAX_VRFS; d->cursor++)
		if (host_conf(dp, d->cursor)) {
			m->host = *host_conf(dp, d->cursor++);
			return true;
		}
	return false;
}

/* acl.h lists by callback: skip what was sent, and take one. */
struct acl_row {
	uint32_t skip;
	struct bw_msg *m;
};

static bool take_acl(void *arg, const struct bw_acl *acl)
{
	struct acl_row *row = arg;

	if (row->skip) {
		row->skip--;
		return true;
	}
	row->m->acl = *acl;
	row->m = NULL;
	return false;
}

static bool next_hits(struct dp *dp, struct dump *d, struct bw_msg *m)
{
	return acl_hits_next(dp->acl, &d->cursor, &m->acl_hits);
}

static bool next_acl(struct dp *dp, struct dump *d, struct bw_msg *m)
{
	struct acl_row row = { d->cursor++, m };

	acl_dump(dp->acl, take_acl, NULL, &row);
	return row.m == NULL;
}

static bool next_arp(struct dp *dp, struct dump *d, struct bw_msg *m)
{
	return neigh_dump_next(dp, &d->cursor, &m->arp);
}

static bool next_mac(struct dp *dp, struct dump *d, struct bw_msg *m)
{
	return bridge_mac_dump_next(dp, &d->cursor, &m->mac);
}

static bool next_session(struct dp *dp, struct dump *d, struct bw_msg *m)
{
	return nat_dump_next(dp, &d->cursor, &d->what.filter, &m->nat_session);
}

static bool next_rule(struct dp *dp, struct dump *d, struct bw_msg *m)
{
	return nat_rule_dump_next(dp, &d->cursor, &m->nat_rule);
}

static bool next_pool(struct dp *dp, struct dump *d, struct bw_msg *m)
{
	return nat_pool_dump_next(dp, &d->cursor, &m->nat_pool);
}

static bool next_pppoe(struct dp *dp, struct dump *d, struct bw_msg *m)
{
	return pppoe_dump_next(dp, &d->cursor, &m->pppoe);
}

static bool next_pppoe_state(struct dp *dp, struct dump *d, struct bw_msg *m)
{
	return pppoe_state_dump_next(dp, &d->cursor, &m->pppoe_state);
}

/* What can be listed, and how its rows are marked. */
static const struct table {
	uint16_t what;
	uint16_t event;
	bool (*next)(struct dp *dp, struct dump *d, struct bw_msg *m);
} tables[] = {
	{ BW_CMD_VRF_SET, BW_EVT_OBJECT, next_vrf },
	{ BW_CMD_IF_SET, BW_EVT_OBJECT, next_if },
	{ BW_CMD_IF_ADDR_SET, BW_EVT_OBJECT, next_addr },
	{ BW_CMD_ADJ_SET, BW_EVT_OBJECT, next_adj },
	{ BW_CMD_ROUTE_SET, BW_EVT_OBJECT, next_route },
	{ BW_CMD_ACL_SET, BW_EVT_OBJECT, next_acl },
	{ BW_CMD_NAT_RULE_SET, BW_EVT_OBJECT, next_rule },
	{ BW_CMD_NAT_POOL_SET, BW_EVT_OBJECT, next_pool },
	{ BW_CMD_HOST_SET, BW_EVT_OBJECT, next_host },
	{ BW_CMD_PPPOE_SET, BW_EVT_OBJECT, next_pppoe },
	{ BW_EVT_PPPOE, BW_EVT_PPPOE, next_pppoe_state },
	{ BW_EVT_ARP, BW_EVT_ARP, next_arp },
	{ BW_EVT_MAC, BW_EVT_MAC, next_mac },
	{ BW_EVT_NAT_SESSION, BW_EVT_NAT_SESSION, next_session },
	{ BW_EVT_ACL_HITS, BW_EVT_ACL_HITS, next_hits },
};

static const struct table *find_table(uint16_t what)
{
	for (unsigned i = 0; i < RTE_DIM(tables); i++)
		if (tables[i].what == what)
			return &tables[i];
	return NULL;
}

int dumps_add(struct dumps *d, const struct bw_msg *cmd)
{
	if (!find_table(cmd->dump.what))
		return BW_E_BAD_VALUE;
	/* other tables do not check where they are told to begin */
	if (cmd->dump.cursor && cmd->dump.what != BW_EVT_NAT_SESSION)
		return BW_E_BAD_VALUE;
	if (d->n == WAITING)
		return BW_E_FULL;
	d->queue[d->n++] = (struct dump) { .what = cmd->dump,
		.seq = cmd->hdr.seq,
		.cookie = cmd->hdr.cookie,
		.cursor = cmd->dump.cursor };
	return BW_OK;
}

/* One row, or the end. False if there was no room: nothing has moved then. */
static bool send_one(struct dumps *all, bool (*put)(void *arg, const struct bw_msg *m), void *arg)
{
	struct dump *d = &all->queue[0], before = *d;
	const struct table *t = find_table(d->what.what);
	struct bw_msg m = { .hdr = { .seq = d->seq, .type = t->event, .cookie = d->cookie } };
	bool stops = d->what.limit && d->sent == d->what.limit;
	bool row = !stops && t->next(all->dp, d, &m);

	m.hdr.ref = t->event == BW_EVT_OBJECT ? t->what : 0;
	if (!row)
		m.hdr.type = BW_EVT_DUMP_END;
	if (stops && d->what.what == BW_EVT_NAT_SESSION)
		m.dump.cursor = d->cursor;
	if (!put(arg, &m)) {
		*d = before;
		return false;
	}
	d->sent++;
	if (!row)
		memmove(d, d + 1, --all->n * sizeof(*d));
	return true;
}

bool dumps_go_on(struct dumps *d, bool (*put)(void *arg, const struct bw_msg *m), void *arg)
{
	for (unsigned i = 0; d->n && i < TURN_BUDGET; i++)
		if (!send_one(d, put, arg))
			return false;
	return d->n > 0;
}
