/* SPDX-License-Identifier: BSD-3-Clause */
/* Dialers and their Ethernets as PPPoE clients of the dataplane. */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "control/dialer/dialer.h"
#include "control/iface/iface.h"

#define PPPOE_OVERHEAD 8 /* RFC 2516 4: PPPoE's header and PPP's protocol field */

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
	return under->mtu > PPPOE_OVERHEAD + BW_MIN_IP_MTU ? under->mtu - PPPOE_OVERHEAD
							   : BW_MIN_IP_MTU;
}

static uint16_t mru_of(const struct dialer *d)
{
	uint16_t below = payload_of(d->member->ifc);

	return d->ifc->mtu < below ? d->ifc->mtu : below;
}

static void fill_client(const struct dialer *d, struct bw_pppoe *m)
{
	const struct dialer_conf *c = &d->conf;

	m->client_id = d->obj.id;
	m->if_id = d->ifc->obj.id;
	m->under_if = d->member->ifc->obj.id;
	m->flags = flags_of(d);
	m->addr = address_of(d);
	m->mtu = mru_of(d);
	m->unit = (uint16_t)d->obj.id;
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

static void withdraw(struct dialer *d)
{
	if (!d->obj.wanted)
		return;
	dp_drop(&d->table->core->dp, &d->obj);
	dialer_log_binding(d); /* its session counts no more */
	dialer_changed(d);
}

void dialer_program(struct dialer *d)
{
	struct dp_link *dp = &d->table->core->dp;
	bool was_wanted = d->obj.wanted;

	if (!is_wanted(d)) {
		withdraw(d);
		return;
	}
	if (dp_want(dp, &d->obj) != 0)
		return;
	if (d->texts_changed)
		dp_say(dp, &d->obj);
	d->texts_changed = false;
	if (was_wanted)
		return;
	if (!d->referred)
		d->ifc->refs++;
	d->referred = true;
	work_mark(&d->table->work); /* a Virtual-Access is to be made */
}

/* --- messages: every text, and then the client, which takes them --- */

static void fill_text(const struct dialer *d, uint32_t which, struct bw_pppoe_text *m)
{
	const char *hostname = d->table->hostname;
	const struct dialer_text *text =
		which == BW_PPPOE_SERVICE ? &d->member->service : &d->conf.text[which];

	m->client_id = d->obj.id;
	m->which = (uint8_t)which;
	if (which == BW_PPPOE_CHAP_NAME && text->len == 0) {
		m->length = (uint8_t)strlen(hostname);
		memcpy(m->text, hostname, m->length);
		return;
	}
	m->length = text->len;
	memcpy(m->text, text->data, text->len);
}

static bool client_wish(void *, struct dp_object *o, uint32_t part, struct bw_msg *m)
{
	const struct dialer *d = of(o);

	if (part < BW_PPPOE_TEXTS) {
		m->hdr.type = BW_CMD_PPPOE_TEXT;
		fill_text(d, part, &m->pppoe_text);
		return true;
	}
	fill_client(d, &m->pppoe);
	return false;
}

static void *client_told(struct dp_object *o)
{
	return &of(o)->told;
}

static void client_released(void *, struct dp_object *o)
{
	struct dialer *d = of(o);

	memset(&d->state, 0, sizeof(d->state));
	d->referred = false;
	iface_put(d->ifc);
}

static void client_label(void *, struct dp_object *o, uint64_t, char *buf, size_t size)
{
	snprintf(buf, size, "client of %s", o != NULL ? of(o)->ifc->name : "a removed Dialer");
}

/* --- resync: a client is known by its Dialer --- */

static bool client_key(const struct bw_msg *m, struct dp_key *key)
{
	return dp_key_set(key, m->pppoe.client_id, &m->pppoe.if_id, sizeof(m->pppoe.if_id));
}

static void client_reading(void *owner)
{
	struct dialer_table *t = owner;

	memset(t->held, 0, sizeof(t->held));
}

static void client_held(void *owner, const struct bw_msg *m)
{
	struct dialer_table *t = owner;

	t->held[m->pppoe.client_id].under_if = m->pppoe.under_if;
}

/* The Ethernet that a living session goes through, if the configuration still has it so. */
static void keep_member(struct dialer *d, uint32_t under_if)
{
	struct pppoe_member *m;

	TAILQ_FOREACH (m, &d->table->members, entry)
		if (m->pool == d->conf.pool && m->ifc->obj.id == under_if && under_if != 0)
			d->member = m;
}

static void client_identified(void *owner, struct dp_object *o)
{
	struct dialer_table *t = owner;
	const struct dialer_held *held = &t->held[o->id];
	struct dialer *d = of(o);

	if (d->access != NULL && d->access->unit != o->id)
		dialer_drop_access(d); /* it was made without a dataplane */
	keep_member(d, held->under_if);
	if (held->under_if != 0)
		dialer_take_state(d, &held->state);
	work_mark(&t->work);
}

static const struct dp_class_ops client_ops = {
	.name = "PPPoE client",
	.set_type = BW_CMD_PPPOE_SET,
	.del_type = BW_CMD_PPPOE_DEL,
	.leaf = true, /* a Dialer's former client goes before its next one comes */
	.after = { DP_IF, DP_IF_ADDR },
	.limit_id = BW_MAX_PPPOE,
	.wish = client_wish,
	.told = client_told,
	.told_size = sizeof(struct bw_pppoe),
	.released = client_released,
	.key = client_key,
	.state_type = BW_EVT_PPPOE,
	.reading = client_reading,
	.held = client_held,
	.identified = client_identified,
	.label = client_label,
};

void dialer_program_init(struct dialer_table *t)
{
	dp_class_register(&t->core->dp, DP_PPPOE, &client_ops, t);
	dp_on_event(&t->core->dp, BW_EVT_PPPOE, dialer_event, t);
}
