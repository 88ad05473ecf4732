/* SPDX-License-Identifier: BSD-3-Clause */
/* The main lcore's side of the switch: its configuration, learning and aging. */
#include "l2/bridge.h"

#include <errno.h>
#include <rte_ring_elem.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/dp.h"
#include "core/rcu.h"
#include "l3/neigh.h"

/* Entries looked at by one bridge_poll(): the whole table in about 4 s at ten calls a second. */
#define AGE_STEP 1024

#define VLAN_MIN 1
#define VLAN_MAX 4094

static int create_learner(struct bridge_learner *l, unsigned worker)
{
	char name[RTE_RING_NAMESIZE];

	snprintf(name, sizeof(name), "bridge_learn_%u", worker);
	l->ring = rte_ring_create_elem(name, sizeof(struct bridge_sighting), BRIDGE_LEARN_RING,
		SOCKET_ID_ANY, RING_F_SP_ENQ | RING_F_SC_DEQ);
	return l->ring == NULL ? -rte_errno : 0;
}

int bridge_create(struct dp *dp)
{
	struct bridge *br = calloc(1, sizeof(*br));
	size_t size = dp->n_workers * sizeof(struct bridge_learner);
	int err = -ENOMEM;

	if (br == NULL)
		return -ENOMEM;
	dp->bridge = br;
	br->macs = mac_create(BRIDGE_MAX_MACS);
	br->learner = aligned_alloc(64, size);
	if (br->macs == NULL || br->learner == NULL)
		goto fail;
	memset(br->learner, 0, size);
	br->n_learners = dp->n_workers;
	for (unsigned i = 0; i < br->n_learners; i++) {
		err = create_learner(&br->learner[i], i);
		if (err != 0)
			goto fail;
	}
	err = bridge_rebuild(dp);
	if (err == 0)
		return 0;
fail:
	bridge_destroy(dp);
	return err;
}

void bridge_destroy(struct dp *dp)
{
	struct bridge *br = dp->bridge;

	if (br == NULL)
		return;
	dp->bridge = NULL;
	for (unsigned i = 0; i < br->n_learners; i++)
		rte_ring_free(br->learner[i].ring);
	free(br->learner);
	mac_destroy(br->macs);
	free((void *)br->conf);
	free(br);
}

static void add_svi(struct bridge_conf *conf, const struct itf *itf)
{
	struct bridge_vlan *v;

	if (itf->vlan < VLAN_MIN || itf->vlan > VLAN_MAX)
		return;
	v = &conf->vlan[itf->vlan];
	v->svi_if = itf->id;
	v->svi_vrf = itf->vrf;
	v->svi_mac = mac_bits(itf->mac);
	v->svi_up = itf->flags & BW_IF_F_UP;
}

static void add_member(
	struct bridge_conf *conf, uint16_t vlan, const struct itf *itf, bool untagged)
{
	uint32_t port = 1u << itf->port;

	if (vlan < VLAN_MIN || vlan > VLAN_MAX)
		return;
	conf->vlan[vlan].members |= port;
	if (!(itf->flags & ITF_F_NO_LINE))
		conf->vlan[vlan].linked |= port;
	if (untagged)
		conf->vlan[vlan].untagged |= port;
}

static void add_port(struct bridge_conf *conf, const struct itf *itf)
{
	if (!(itf->flags & BW_IF_F_UP) || itf->port >= BW_MAX_PORTS || itf->vlan > VLAN_MAX)
		return;
	conf->port_of_if[itf->id] = itf->port;
	conf->pvid[itf->port] = itf->vlan;
	if (!(itf->flags & BW_IF_F_TRUNK)) {
		add_member(conf, itf->vlan, itf, true);
		return;
	}
	for (uint16_t vlan = VLAN_MIN; vlan <= VLAN_MAX; vlan++)
		if (itf_allows_vlan(itf, vlan))
			add_member(conf, vlan, itf, vlan == itf->vlan);
}

static struct bridge_conf *build_conf(const struct dp *dp)
{
	struct bridge_conf *conf = calloc(1, sizeof(*conf));

	if (conf == NULL)
		return NULL;
	memset(conf->port_of_if, BRIDGE_NO_PORT, sizeof(conf->port_of_if));
	for (uint32_t id = 0; (id = itf_ids_next(&dp->itf_ids, id)) != 0;) {
		const struct itf *itf = dp_itf(dp, id);

		if (itf->kind == BW_IF_SVI)
			add_svi(conf, itf);
		else if (itf->kind == BW_IF_PORT && itf->flags & BW_IF_F_SWITCH)
			add_port(conf, itf);
	}
	return conf;
}

static bool is_linked(const struct bridge_conf *conf, uint16_t vlan, uint16_t port)
{
	return port < BW_MAX_PORTS && conf->vlan[vlan % BRIDGE_VLANS].linked >> port & 1;
}

static bool not_linked(void *ctx, uint16_t vlan, uint16_t port)
{
	return !is_linked(ctx, vlan, port);
}

bool bridge_has_link(const struct bridge *br, uint16_t vlan)
{
	return br->conf->vlan[vlan % BRIDGE_VLANS].linked != 0;
}

uint16_t bridge_port_of(const struct bridge *br, uint16_t vlan, const uint8_t mac[6])
{
	return mac_lookup(br->macs, mac_key(vlan, mac_bits(mac)));
}

static void forget(
	struct bridge *br, bool (*gone)(void *ctx, uint16_t vlan, uint16_t port), void *ctx)
{
	mac_forget(br->macs, gone, ctx);
	atomic_fetch_add_explicit(&br->round, 1, memory_order_relaxed); /* workers tell again */
}

static void learn_from(struct bridge *br, struct bridge_learner *l)
{
	struct bridge_sighting s[64];
	unsigned left = BRIDGE_LEARN_RING, n;

	do {
		n = rte_ring_sc_dequeue_burst_elem(l->ring, s, sizeof(s[0]), RTE_DIM(s), NULL);
		for (unsigned i = 0; i < n; i++)
			/* The port may have left the VLAN, or lost its link, meanwhile. */
			if (is_linked(br->conf, s[i].key >> 48, s[i].port))
				mac_learn(br->macs, s[i].key, s[i].port, s[i].seen);
		left -= n;
	} while (n == RTE_DIM(s) && left > 0);
}

static void learn_all(struct bridge *br)
{
	for (unsigned i = 0; i < br->n_learners; i++)
		learn_from(br, &br->learner[i]);
}

int bridge_rebuild(struct dp *dp)
{
	struct bridge *br = dp->bridge;
	struct bridge_conf *conf = build_conf(dp), *old = (struct bridge_conf *)br->conf;

	if (conf == NULL)
		return -ENOMEM;
	if (old != NULL && memcmp(old, conf, sizeof(*conf)) == 0) {
		free(conf);
		return 0;
	}
	if (old != NULL)
		learn_all(br); /* what was seen at a port that leaves now is to be forgotten, too */
	__atomic_store_n(&br->conf, conf, __ATOMIC_RELEASE);
	if (old != NULL)
		rcu_defer(dp->rcu, free, old);
	neigh_unplugged(dp, not_linked, conf); /* first: it asks where they were seen */
	forget(br, not_linked, conf);
	return 0;
}

void bridge_poll(struct dp *dp)
{
	struct bridge *br = dp->bridge;

	learn_all(br);
	mac_age(br->macs, dp_seconds(dp), BRIDGE_AGING, AGE_STEP);
}

static bool any(void *, uint16_t, uint16_t)
{
	return true;
}

void bridge_mac_clear(struct dp *dp)
{
	forget(dp->bridge, any, NULL);
}

bool bridge_mac_dump_next(struct dp *dp, uint32_t *cursor, struct bw_mac *row)
{
	struct mac_row r;
	uint32_t now = dp_seconds(dp);

	if (!mac_next(dp->bridge->macs, cursor, &r))
		return false;
	*row = (struct bw_mac) { .vlan = r.vlan, .port = r.port };
	memcpy(row->mac, r.mac, sizeof(row->mac));
	row->age = r.seen < now ? now - r.seen : 0;
	return true;
}
