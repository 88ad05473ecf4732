/* SPDX-License-Identifier: BSD-3-Clause */
/* Dialers and their Ethernets as PPPoE clients of the dataplane. */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "control/control.h"

#define PPPOE_OVERHEAD 8  /* RFC 2516 4: PPPoE's header and PPP's protocol field */
#define MIN_MRU	       68 /* RFC 791 3.2: what every link must carry */

static struct dialer *of(struct dp_object *o)
{
	return (struct dialer *)((char *)o - offsetof(struct dialer, obj));
}

static uint32_t flags_of(const struct dialer *d)
{
	const struct dialer_conf *c = &d->conf;
	uint32_t flags = 0;

	if (!c->chap_refused && c->text[BW_PPPOE_CHAP_PASSWORD].len > 0)
		flags |= BW_PPPOE_F_CHAP;
	if (!c->pap_refused && c->text[BW_PPPOE_PAP_NAME].len > 0)
		flags |= BW_PPPOE_F_PAP;
	if (c->dns_request)
		flags |= BW_PPPOE_F_DNS;
	if (c->accept_address)
		flags |= BW_PPPOE_F_ACCEPT;
	if (d->ifc->shutdown)
		flags |= BW_PPPOE_F_SHUTDOWN;
	if (c->negotiated)
		flags |= BW_PPPOE_F_NEGOTIATED;
	if (dialer_has_ip(d) && !c->no_neighbor_route)
		flags |= BW_PPPOE_F_PEER_ROUTE;
	if (dialer_has_ip(d) && c->route_default)
		flags |= BW_PPPOE_F_DEFAULT_ROUTE;
	return flags;
}

/* The address that IPCP asks for; 0: for any. */
static bw_ip4 address_of(const struct dialer *d)
{
	const struct iface *ifc = d->conf.unnumbered != NULL ? d->conf.unnumbered : d->ifc;
	const struct iface_addr *a = iface_addr_lent(ifc);

	return a != NULL && !d->conf.negotiated ? a->addr : 0;
}

/* The largest PPP packet that fits into the Ethernet's. */
static uint16_t payload_of(const struct iface *under)
{
	return under->mtu > PPPOE_OVERHEAD + MIN_MRU ? under->mtu - PPPOE_OVERHEAD : MIN_MRU;
}

static uint16_t mru_of(const struct dialer *d)
{
	uint16_t below = payload_of(d->member->ifc);

	return d->ifc->mtu < below ? d->ifc->mtu : below;
}

static void describe_wish(const struct dialer *d, struct bw_pppoe *m)
{
	const struct dialer_conf *c = &d->conf;

	memset(m, 0, sizeof(*m));
	m->client_id = d->id;
	m->if_id = d->ifc->id;
	m->under_if = d->member->ifc->id;
	m->flags = flags_of(d);
	m->addr = address_of(d);
	m->mtu = mru_of(d);
	m->unit = (uint16_t)d->id;
	m->keepalive_s = c->keepalive_s;
	m->keepalive_misses = c->keepalive_misses;
	m->retry_s = c->retry_s;
	m->auth_timeout_s = c->auth_timeout_s;
	m->ncp_timeout_s = c->ncp_timeout_s;
	m->redial_s = d->member->redial_s;
	m->max_configure = c->max_configure;
	m->max_failure = c->max_failure;
	m->max_terminate = c->max_terminate;
}

uint16_t dialer_link_mtu(const struct dialer *d)
{
	uint16_t mtu = UINT16_MAX;

	if (d->member != NULL)
		mtu = payload_of(d->member->ifc);
	if (dialer_is_open(d) && d->state.peer_mru != 0 && d->state.peer_mru < mtu)
		mtu = d->state.peer_mru;
	return mtu;
}

static bool is_wanted(const struct dialer *d)
{
	return d->member != NULL && d->ifc->told.if_id != 0;
}

/* While ids are being read from the dataplane, dialer_identify() gives one. */
static int take_id(struct dialer *d)
{
	struct dialer_table *t = &d->ifc->ctl->dialers;
	int err;

	if (d->id != 0 || t->ctl->dp.state == DP_READING)
		return 0;
	err = idmap_take(&t->ids, &d->id);
	if (err != 0)
		d->id = 0;
	else
		t->by_id[d->id] = d;
	return err;
}

static void withdraw(struct dialer *d)
{
	if (!d->in_dataplane)
		return;
	d->in_dataplane = false;
	memset(&d->told, 0, sizeof(d->told));
	dialer_log_binding(d); /* its session counts no more */
	dialer_changed(d);
	dp_remove(&d->ifc->ctl->dp, &d->obj);
}

void dialer_program(struct dialer *d)
{
	struct control *ctl = d->ifc->ctl;
	struct bw_pppoe wish;

	if (!is_wanted(d)) {
		withdraw(d);
		return;
	}
	if (take_id(d) != 0) {
		log_event(&ctl->log, "PLATFORM-2-NOIDS", "no id is left for the session of %s",
			d->ifc->name);
		return;
	}
	describe_wish(d, &wish);
	if (d->in_dataplane && !d->texts_changed && memcmp(&wish, &d->told, sizeof(wish)) == 0)
		return;
	if (!d->in_dataplane) {
		d->in_dataplane = true;
		d->ifc->refs++;
		ctl->dialers.changed = true; /* a Virtual-Access is to be made */
	}
	d->texts_changed = false;
	d->told = wish;
	dp_touch(&ctl->dp, &d->obj);
}

/* --- messages: every text, and then the client, which takes them --- */

static void fill_text(const struct dialer *d, uint32_t which, struct bw_pppoe_text *m)
{
	const char *hostname = d->ifc->ctl->dialers.hostname;
	const struct dialer_text *text =
		which == BW_PPPOE_SERVICE ? &d->member->service : &d->conf.text[which];

	m->client_id = d->id;
	m->which = (uint8_t)which;
	if (which == BW_PPPOE_CHAP_NAME && text->len == 0) {
		m->length = (uint8_t)strlen(hostname);
		memcpy(m->text, hostname, m->length);
		return;
	}
	m->length = text->len;
	memcpy(m->text, text->data, text->len);
}

static bool set(void *, struct dp_object *o, uint32_t part, struct bw_msg *m)
{
	const struct dialer *d = of(o);

	m->hdr.cookie = dp_cookie(DP_PPPOE, 0, 0, d->id);
	if (part < BW_PPPOE_TEXTS) {
		m->hdr.type = BW_CMD_PPPOE_TEXT;
		fill_text(d, part, &m->pppoe_text);
		return true;
	}
	m->hdr.type = BW_CMD_PPPOE_SET;
	describe_wish(d, &m->pppoe);
	return false;
}

static void del(void *, struct dp_object *o, struct bw_msg *m)
{
	m->hdr.type = BW_CMD_PPPOE_DEL;
	m->hdr.cookie = dp_cookie(DP_PPPOE, 0, 0, of(o)->id);
	m->ref.id = of(o)->id;
}

static void released(void *owner, struct dp_object *o)
{
	struct dialer_table *t = owner;
	struct dialer *d = of(o);

	if (d->id != 0) {
		t->by_id[d->id] = NULL;
		idmap_put(&t->ids, d->id);
	}
	d->id = 0;
	memset(&d->state, 0, sizeof(d->state));
	iface_put(d->ifc);
}

static struct dp_object *find(void *owner, uint64_t cookie)
{
	struct dialer_table *t = owner;
	uint32_t id = dp_cookie_c(cookie);

	return id < BW_MAX_PPPOE && t->by_id[id] != NULL && t->by_id[id]->in_dataplane
		       ? &t->by_id[id]->obj
		       : NULL;
}

static void describe(void *owner, uint64_t cookie, char *buf, size_t size)
{
	struct dialer_table *t = owner;
	uint32_t id = dp_cookie_c(cookie);
	const struct dialer *d = id < BW_MAX_PPPOE ? t->by_id[id] : NULL;

	snprintf(buf, size, "client of %s", d != NULL ? d->ifc->name : "a removed Dialer");
}

static const struct dp_class_ops client_ops = {
	.name = "PPPoE client",
	.leaf = true, /* a Dialer's former client goes before its next one comes */
	.state_type = BW_EVT_PPPOE,
	.set = set,
	.del = del,
	.released = released,
	.find = find,
	.describe = describe,
};

void dialer_program_init(struct dialer_table *t)
{
	dp_class_register(&t->ctl->dp, DP_PPPOE, &client_ops, t);
}

/* --- resync: a client is known by its Dialer --- */

void dialer_identify_begin(struct dialer_table *t)
{
	idmap_reset(&t->ids);
	memset(t->by_id, 0, sizeof(t->by_id));
	memset(t->held, 0, sizeof(t->held));
}

void dialer_held(struct dialer_table *t, const struct bw_pppoe *held)
{
	if (idmap_seed(&t->ids, held->client_id, &held->if_id, sizeof(held->if_id)) == 0)
		t->held[held->client_id].under_if = held->under_if;
}

/* The Ethernet that a living session goes through, if the configuration still has it so. */
static void keep_member(struct dialer *d, uint32_t under_if)
{
	struct pppoe_member *m;

	TAILQ_FOREACH (m, &d->ifc->ctl->dialers.members, entry)
		if (m->pool == d->conf.pool && m->ifc->id == under_if && under_if != 0)
			d->member = m;
}

static void identify(struct dialer_table *t, struct dialer *d)
{
	const struct dialer_held *held;

	d->id = 0;
	if (!d->in_dataplane || idmap_assign(&t->ids, &d->ifc->id, sizeof(d->ifc->id), &d->id) != 0)
		return;
	t->by_id[d->id] = d;
	held = &t->held[d->id];
	keep_member(d, held->under_if);
	if (held->under_if != 0)
		dialer_take_state(d, &held->state);
}

void dialer_identify(struct dialer_table *t)
{
	struct dialer *d;

	TAILQ_FOREACH (d, &t->list, entry)
		identify(t, d);
	t->changed = true;
}

void dialer_replay(struct dialer_table *t)
{
	struct dialer *d;

	TAILQ_FOREACH (d, &t->list, entry)
		d->texts_changed = true; /* whatever was told, it is told again */
	t->changed = true;
}
