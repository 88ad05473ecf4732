/* SPDX-License-Identifier: BSD-3-Clause */
#include "pppoe/discovery.h"

#include <string.h>

#include "crypto/secret.h"
#include "pppoe/debug.h"
#include "pppoe/fsm.h"

#define FIRST_WAIT 1000 /* ms */
#define LAST_WAIT  3000
#define MAX_PADR   4

void discovery_init(struct discovery *d, struct pppoe_env *env)
{
	memset(d, 0, sizeof(*d));
	d->env = env;
	d->due = PPP_NEVER;
}

void discovery_stop(struct discovery *d)
{
	d->stage = BW_PPPOE_DOWN;
	d->due = PPP_NEVER;
}

static struct bytes service_of(const struct discovery *d)
{
	const struct pppoe_text *t = &d->env->conf.text[BW_PPPOE_SERVICE];

	return (struct bytes) { t->data, t->len };
}

/* Only where more than plain PPPoE is wanted (RFC 4638 3). */
static void put_max_payload(const struct discovery *d, struct builder *b)
{
	uint16_t mtu = d->env->conf.set.mtu;

	if (mtu > PPPOE_MTU)
		pppoe_put_tag(b, PPPOE_TAG_MAX_PAYLOAD,
			(struct bytes) { (const uint8_t[]) { mtu >> 8, mtu & 0xff }, 2 });
}

static void put_servers(const struct discovery *d, struct builder *b)
{
	if (d->has_cookie)
		pppoe_put_tag(b, PPPOE_TAG_AC_COOKIE, (struct bytes) { d->cookie, d->cookie_len });
	if (d->has_relay_id)
		pppoe_put_tag(
			b, PPPOE_TAG_RELAY_ID, (struct bytes) { d->relay_id, d->relay_id_len });
}

static void send(const struct discovery *d, const uint8_t *to, struct builder *b)
{
	if (pppoe_end(b))
		d->env->ops->send_discovery(d->env->arg, to, b->data, b->len);
}

static void wait_for_answer(struct discovery *d, bool scatter)
{
	uint32_t ms = FIRST_WAIT << (d->tries < 2 ? d->tries : 2);

	ms = ms < LAST_WAIT ? ms : LAST_WAIT;
	if (scatter)
		ms -= ms / 8 * (pppoe_env_random(d->env) % 256) / 256;
	d->tries++;
	d->due = d->env->now + ms;
}

static void send_padi(struct discovery *d)
{
	static const uint8_t broadcast[6] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };
	uint8_t buf[PPPOE_MAX_PACKET];
	struct builder b = { buf, sizeof(buf), 0, false };

	pppoe_debug_event(d->env, " Sending PADI: Interface = %.*s",
		(int)sizeof(d->env->conf.under_name), d->env->conf.under_name);
	pppoe_begin(&b, PPPOE_PADI, 0);
	pppoe_put_tag(&b, PPPOE_TAG_SERVICE, service_of(d));
	pppoe_put_tag(&b, PPPOE_TAG_HOST_UNIQ, (struct bytes) { d->uniq, sizeof(d->uniq) });
	put_max_payload(d, &b);
	send(d, broadcast, &b);
	wait_for_answer(d, true);
}

static void send_padr(struct discovery *d)
{
	uint8_t buf[PPPOE_MAX_PACKET];
	struct builder b = { buf, sizeof(buf), 0, false };

	pppoe_debug_event(d->env, "OUT PADR from PPPoE Session");
	pppoe_begin(&b, PPPOE_PADR, 0);
	pppoe_put_tag(&b, PPPOE_TAG_SERVICE, service_of(d));
	pppoe_put_tag(&b, PPPOE_TAG_HOST_UNIQ, (struct bytes) { d->uniq, sizeof(d->uniq) });
	put_servers(d, &b);
	put_max_payload(d, &b);
	send(d, d->env->server, &b);
	wait_for_answer(d, false);
}

void discovery_padt(const struct discovery *d, uint16_t session)
{
	uint8_t buf[PPPOE_MAX_PACKET];
	struct builder b = { buf, sizeof(buf), 0, false };

	pppoe_debug_discovery(d->env, 'O', "PADT", session, d->env->server);
	pppoe_begin(&b, PPPOE_PADT, session);
	pppoe_put_tag(&b, PPPOE_TAG_HOST_UNIQ, (struct bytes) { d->uniq, sizeof(d->uniq) });
	put_servers(d, &b);
	send(d, d->env->server, &b);
}

void discovery_start(struct discovery *d)
{
	struct pppoe_env *env = d->env;

	discovery_init(d, env);
	memset(env->server, 0, sizeof(env->server));
	env->session = 0;
	env->payload = PPPOE_MTU;
	d->stage = BW_PPPOE_PADI;
	env->ops->random(env->arg, d->uniq, sizeof(d->uniq));
	send_padi(d);
}

bool discovery_is_ours(const struct discovery *d, const struct pppoe_packet *p)
{
	return p->host_uniq.len == sizeof(d->uniq) &&
	       crypto_equal(p->host_uniq.data, d->uniq, sizeof(d->uniq));
}

/* What the PADR has to repeat must fit. RFC 2516 5.2: a PADO has a name and a service. */
static bool usable(const struct discovery *d, const struct pppoe_packet *p)
{
	struct bytes service = service_of(d);

	return p->ac_name.data && p->service.data &&
	       (service.len == 0 || pppoe_offers(p, service)) &&
	       p->cookie.len <= sizeof(d->cookie) && p->relay_id.len <= sizeof(d->relay_id);
}

static uint8_t keep(uint8_t *to, size_t size, struct bytes b)
{
	size_t len = b.len < size ? b.len : size;

	if (len)
		memcpy(to, b.data, len);
	return (uint8_t)len;
}

static enum bw_drop offered(struct discovery *d, const uint8_t *from, const struct pppoe_packet *p)
{
	pppoe_debug_discovery(d->env, 'I', "PADO", 0, from);
	if (p->error_tag) {
		d->reason = BW_PPPOE_R_REFUSED;
		return BW_DROP_PPPOE_DISCOVERY;
	}
	if (!usable(d, p))
		return BW_DROP_PPPOE_DISCOVERY;
	memcpy(d->env->server, from, sizeof(d->env->server));
	d->ac_name_len = keep(d->ac_name, sizeof(d->ac_name), p->ac_name);
	d->relay_id_len = keep(d->relay_id, sizeof(d->relay_id), p->relay_id);
	d->has_relay_id = p->relay_id.data != NULL;
	d->has_cookie = p->cookie.data != NULL;
	d->cookie_len = p->cookie.len;
	if (d->cookie_len)
		memcpy(d->cookie, p->cookie.data, d->cookie_len);
	d->stage = BW_PPPOE_PADR;
	d->tries = 0;
	send_padr(d);
	return BW_DROP_NONE;
}

/* RFC 2516 5.4; 0 and 0xffff are no sessions (4). */
static enum discovery_result confirmed(
	struct discovery *d, const struct pppoe_packet *p, enum bw_drop *drop)
{
	struct pppoe_env *env = d->env;
	uint16_t mtu = env->conf.set.mtu;

	pppoe_debug_discovery(env, 'I', "PADS", p->session, env->server);
	if (p->error_tag) {
		d->reason = BW_PPPOE_R_REFUSED;
		discovery_stop(d);
		*drop = BW_DROP_NONE;
		return DISCOVERY_REFUSED;
	}
	if (p->session == 0 || p->session == 0xffff)
		return DISCOVERY_GOES_ON;
	env->session = p->session;
	if (mtu > PPPOE_MTU && p->max_payload > PPPOE_MTU)
		env->payload = p->max_payload < mtu ? p->max_payload : mtu;
	discovery_stop(d);
	*drop = BW_DROP_NONE;
	return DISCOVERY_OPEN;
}

enum discovery_result discovery_input(
	struct discovery *d, const uint8_t *from, const struct pppoe_packet *p, enum bw_drop *drop)
{
	*drop = BW_DROP_PPPOE_DISCOVERY;
	if (d->stage == BW_PPPOE_PADI && p->code == PPPOE_PADO && p->session == 0)
		*drop = offered(d, from, p);
	else if (d->stage == BW_PPPOE_PADR && p->code == PPPOE_PADS &&
		 memcmp(from, d->env->server, sizeof(d->env->server)) == 0)
		return confirmed(d, p, drop);
	return DISCOVERY_GOES_ON;
}

void discovery_poll(struct discovery *d)
{
	if (d->env->now < d->due)
		return;
	if (d->stage == BW_PPPOE_PADR && d->tries < MAX_PADR) {
		send_padr(d);
	} else if (d->stage == BW_PPPOE_PADR) {
		discovery_start(d);
		d->reason = BW_PPPOE_R_NO_PADS;
	} else {
		if (d->reason == BW_PPPOE_R_NONE)
			d->reason = BW_PPPOE_R_NO_PADO;
		send_padi(d);
	}
}
