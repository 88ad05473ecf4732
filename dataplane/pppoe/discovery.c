/* SPDX-License-Identifier: BSD-3-Clause */
#include "pppoe/discovery.h"

#include <string.h>

#include "crypto/secret.h"
#include "pppoe/debug.h"
#include "pppoe/fsm.h"

#define FIRST_WAIT  1000 /* ms */
#define EAGER_WAIT  3000
#define LAST_WAIT   32000
#define MAX_PADR    4
#define FEW_PADR    2	 /* if another server waits to be asked */
#define COLLECT_BAD 1000 /* ms; if who offered has failed lately */
#define SLOW	    3	 /* a PADR's answer may take so many times what that to a PADI took */

#define HEADER	   4 /* of a tag */
#define UNIQ_FIXED 7 /* bytes of the Host-Uniq that all packets of a discovery share */

void discovery_init(struct discovery *d, struct pppoe_env *env)
{
	memset(d, 0, sizeof(*d));
	d->env = env;
	d->due = PPP_NEVER;
	d->choose = PPP_NEVER;
}

void discovery_stop(struct discovery *d)
{
	d->stage = BW_PPPOE_DOWN;
	d->due = PPP_NEVER;
	d->choose = PPP_NEVER;
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

static void put_uniq(const struct discovery *d, struct builder *b)
{
	const uint8_t *uniq = d->chosen ? d->chosen->uniq : d->uniq;

	pppoe_put_tag(b, PPPOE_TAG_HOST_UNIQ, (struct bytes) { uniq, sizeof(d->uniq) });
}

/* RFC 2516 5.3: what the PADO had of these comes back unmodified. */
static void put_chosen(const struct discovery *d, struct builder *b)
{
	const struct pppoe_offer *o = d->chosen;

	if (o && o->has_cookie)
		pppoe_put_tag(b, PPPOE_TAG_AC_COOKIE, pppoe_offer_cookie(o));
	if (o && o->has_relay_id)
		pppoe_put_tag(b, PPPOE_TAG_RELAY_ID, pppoe_offer_relay_id(o));
}

static void send(const struct discovery *d, const uint8_t *to, struct builder *b)
{
	if (pppoe_end(b))
		pppoe_env_discover(d->env, to, b->data, b->len);
}

/* The first wait of its kind, then twice the one before. */
static void wait_for_answer(struct discovery *d, uint32_t first, uint32_t most)
{
	uint32_t twice = d->wait ? 2 * d->wait : first;

	d->wait = twice < most ? twice : most;
	d->due = d->env->now + d->wait;
}

/* RFC 2516 5.1. */
static void send_padi(struct discovery *d)
{
	static const uint8_t broadcast[6] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };
	uint8_t buf[PPPOE_MAX_PACKET];
	struct builder b = { buf, sizeof(buf), 0, false };

	pppoe_debug_event(d->env, " Sending PADI: Interface = %.*s",
		(int)sizeof(d->env->conf.under_name), d->env->conf.under_name);
	d->uniq[UNIQ_FIXED]++;
	d->sent[d->uniq[UNIQ_FIXED] % (sizeof(d->sent) / sizeof(d->sent[0]))] = d->env->now;
	pppoe_begin(&b, PPPOE_PADI, 0);
	pppoe_put_tag(&b, PPPOE_TAG_SERVICE, service_of(d));
	put_uniq(d, &b);
	put_max_payload(d, &b);
	send(d, broadcast, &b);
	wait_for_answer(d, FIRST_WAIT, d->env->now < d->eager_until ? EAGER_WAIT : LAST_WAIT);
	d->due -= d->wait / 8 * (pppoe_env_random(d->env) % 256) / 256;
}

/* A PADR without what the server wants to have back. */
static void begin_padr(const struct discovery *d, struct builder *b)
{
	pppoe_begin(b, PPPOE_PADR, 0);
	pppoe_put_tag(b, PPPOE_TAG_SERVICE, service_of(d));
	put_uniq(d, b);
	put_max_payload(d, b);
}

static void send_padr(struct discovery *d)
{
	uint32_t slow = SLOW * d->env->rtt;
	uint8_t buf[PPPOE_PADR_MAX];
	struct builder b = { buf, sizeof(buf), 0, false };

	pppoe_debug_event(d->env, "OUT PADR from PPPoE Session");
	begin_padr(d, &b);
	put_chosen(d, &b);
	send(d, d->env->server, &b);
	d->tries++;
	d->asked = d->env->now;
	wait_for_answer(d, slow > FIRST_WAIT ? slow : FIRST_WAIT, LAST_WAIT);
}

void discovery_padt(const struct discovery *d, uint16_t session)
{
	uint8_t buf[PPPOE_MAX_PACKET];
	struct builder b = { buf, sizeof(buf), 0, false };

	pppoe_debug_discovery(d->env, 'O', "PADT", session, d->env->server);
	pppoe_begin(&b, PPPOE_PADT, session);
	put_uniq(d, &b);
	put_chosen(d, &b);
	send(d, d->env->server, &b);
}

void discovery_start(struct discovery *d)
{
	struct pppoe_env *env = d->env;

	memset(env->server, 0, sizeof(env->server));
	env->session = 0;
	env->payload = PPPOE_MTU;
	env->rtt = 0;
	d->stage = BW_PPPOE_PADI;
	d->reason = BW_PPPOE_R_NONE;
	d->wait = 0;
	d->choose = PPP_NEVER;
	d->servers.n_offers = 0;
	d->chosen = NULL;
	env->ops->random(env->arg, d->uniq, sizeof(d->uniq));
	send_padi(d);
}

bool discovery_is_ours(const struct discovery *d, const struct pppoe_packet *p)
{
	return p->host_uniq.len == sizeof(d->uniq) &&
	       crypto_equal(p->host_uniq.data, d->uniq, UNIQ_FIXED);
}

/* How long the answer to one of our PADIs took; of one long ago 0, which is not known. */
static uint32_t time_taken(const struct discovery *d, const uint8_t *uniq)
{
	const unsigned kept = sizeof(d->sent) / sizeof(d->sent[0]);
	uint8_t ago = d->uniq[UNIQ_FIXED] - uniq[UNIQ_FIXED];
	uint64_t at = d->sent[uniq[UNIQ_FIXED] % kept];

	return ago < kept && at ? (uint32_t)(d->env->now - at) : 0;
}

/* Ask the best server that offers. */
static void choose(struct discovery *d)
{
	struct pppoe_env *env = d->env;

	d->choose = PPP_NEVER;
	d->chosen = pppoe_best_offer(&d->servers, env->now);
	memcpy(env->server, d->chosen->server.mac, sizeof(env->server));
	d->stage = BW_PPPOE_PADR;
	d->tries = 0;
	d->wait = 0;
	send_padr(d);
}

/* RFC 2516 5.2: a PADO has a name, and a service that we want. */
static bool usable(const struct discovery *d, const struct pppoe_packet *p)
{
	struct bytes service = service_of(d);

	return p->ac_name.data && p->service.data && (service.len == 0 || pppoe_offers(p, service));
}

/* Bytes that a PADR has left for the tags that it returns. */
static size_t room_in_padr(const struct discovery *d)
{
	uint8_t buf[PPPOE_PADR_MAX];
	struct builder b = { buf, sizeof(buf), 0, false };

	begin_padr(d, &b);
	return sizeof(buf) - b.len;
}

static size_t to_return(const struct pppoe_packet *p)
{
	return (p->cookie.data ? HEADER + p->cookie.len : 0) +
	       (p->relay_id.data ? HEADER + p->relay_id.len : 0);
}

static bool keep(struct discovery *d, const uint8_t *from, const struct pppoe_packet *p)
{
	size_t room = room_in_padr(d);

	if (to_return(p) > room) {
		d->reason = BW_PPPOE_R_TOO_LONG;
		pppoe_debug_event(d->env,
			" PADO refused: AC-Cookie %zu and Relay-Session-Id %zu bytes, a PADR has "
			"room for %zu",
			p->cookie.len, p->relay_id.len, room);
		return false;
	}
	return pppoe_keep_offer(&d->servers, d->env->now, from, p, d->chosen);
}

static enum bw_drop offered(struct discovery *d, const uint8_t *from, const struct pppoe_packet *p)
{
	struct pppoe_env *env = d->env;
	uint32_t took = time_taken(d, p->host_uniq.data);
	uint64_t enough;

	pppoe_debug_discovery(env, 'I', "PADO", 0, from);
	if (p->error_tag) {
		d->reason = BW_PPPOE_R_REFUSED;
		return BW_DROP_PPPOE_DISCOVERY;
	}
	if (!usable(d, p) || !keep(d, from, p))
		return BW_DROP_PPPOE_DISCOVERY;
	if (d->stage != BW_PPPOE_PADI)
		return BW_DROP_NONE;
	pppoe_env_took(env, took);
	enough = pppoe_has_good_offer(&d->servers, env->now, NULL) ? PPPOE_COLLECT : COLLECT_BAD;
	enough += env->now;
	d->choose = enough < d->choose ? enough : d->choose;
	d->due = PPP_NEVER;
	return BW_DROP_NONE;
}

bool discovery_failed(struct discovery *d)
{
	if (d->chosen)
		pppoe_server_failed(&d->servers, d->env->now, &d->chosen->server);
	return pppoe_has_good_offer(&d->servers, d->env->now, NULL);
}

void discovery_succeeded(struct discovery *d)
{
	if (d->chosen)
		pppoe_server_is_good(&d->servers, &d->chosen->server);
}

void discovery_forget(struct discovery *d)
{
	memset(&d->servers.failure, 0, sizeof(d->servers.failure));
}

/* By a PADS with an error. */
static enum discovery_result refused(struct discovery *d)
{
	d->reason = BW_PPPOE_R_REFUSED;
	if (discovery_failed(d)) {
		choose(d);
		return DISCOVERY_GOES_ON;
	}
	discovery_stop(d);
	return DISCOVERY_REFUSED;
}

/* RFC 2516 5.4; 0 and 0xffff are no sessions (4). */
static enum discovery_result confirmed(
	struct discovery *d, const struct pppoe_packet *p, enum bw_drop *drop)
{
	struct pppoe_env *env = d->env;
	uint16_t mtu = env->conf.set.mtu;
	uint32_t took = (uint32_t)(env->now - d->asked);

	pppoe_debug_discovery(env, 'I', "PADS", p->session, env->server);
	if (p->error_tag) {
		*drop = BW_DROP_NONE;
		return refused(d);
	}
	if (p->session == 0 || p->session == 0xffff)
		return DISCOVERY_GOES_ON;
	env->session = p->session;
	pppoe_env_took(env, took);
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
	if (d->stage != BW_PPPOE_DOWN && p->code == PPPOE_PADO && p->session == 0)
		*drop = offered(d, from, p);
	else if (d->stage == BW_PPPOE_PADR && p->code == PPPOE_PADS &&
		 memcmp(from, d->env->server, sizeof(d->env->server)) == 0)
		return confirmed(d, p, drop);
	return DISCOVERY_GOES_ON;
}

/* No PADS came in time. */
static void ask_again(struct discovery *d)
{
	bool another = pppoe_has_good_offer(&d->servers, d->env->now, d->chosen);

	if (d->tries < (another ? FEW_PADR : MAX_PADR)) {
		send_padr(d);
	} else if (discovery_failed(d)) {
		d->reason = BW_PPPOE_R_NO_PADS;
		choose(d);
	} else {
		discovery_start(d);
		d->reason = BW_PPPOE_R_NO_PADS;
	}
}

void discovery_poll(struct discovery *d)
{
	if (d->env->now >= d->choose) {
		choose(d);
	} else if (d->env->now < d->due) {
		return;
	} else if (d->stage == BW_PPPOE_PADR) {
		ask_again(d);
	} else {
		if (d->reason == BW_PPPOE_R_NONE)
			d->reason = BW_PPPOE_R_NO_PADO;
		send_padi(d);
	}
}

uint64_t discovery_due(const struct discovery *d)
{
	return d->choose < d->due ? d->choose : d->due;
}

struct bytes discovery_ac_name(const struct discovery *d)
{
	if (!d->chosen)
		return (struct bytes) { NULL, 0 };
	return (struct bytes) { d->chosen->server.name, d->chosen->server.name_len };
}
