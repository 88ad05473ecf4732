/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The client as a whole: when to dial, and what is told of it.
 *
 * After a session that was up it dials again in a second, or in two if that was short. After each
 * attempt that fails it waits twice as long as after the one before, up to `redial_s`. A server
 * that knows who we are and says no is left in peace for all of `redial_s`. While another server
 * offers that has not failed, that one is asked in a second, whatever the last one said.
 */
#include "pppoe/client.h"

#include <stdlib.h>
#include <string.h>

#include "crypto/secret.h"
#include "pppoe/conf.h"
#include "pppoe/debug.h"
#include "pppoe/discovery.h"
#include "pppoe/session.h"

#define REDIAL_FIRST 1000   /* ms */
#define REDIAL_SHIFT 16	    /* doublings at the most */
#define STEADY	     10000  /* up for so long, it was no failure */
#define EAGER	     600000 /* so long after a session was lost, its server may come back soon */

enum mode {
	RESTS,	   /* it may not dial */
	WAITS,	   /* to dial again */
	DISCOVERS, /* see disc */
	TALKS,	   /* see session */
};

struct pppoe_client {
	struct pppoe_env env;
	struct discovery disc;
	struct ppp_session session;
	enum mode mode;
	enum bw_pppoe_reason reason;
	bool configured, link, hung_up;
	uint64_t redial_due;
	unsigned failures; /* in a row */
	uint32_t sessions;
	bool counted;		    /* the running session is among them */
	bool another;		    /* server offers, and has not failed */
	struct bw_pppoe_state told; /* with up_s 0 */
};

struct pppoe_client *pppoe_client_new(const struct pppoe_ops *ops, void *arg)
{
	struct pppoe_client *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->env.ops = ops;
	c->env.arg = arg;
	c->redial_due = PPP_NEVER;
	discovery_init(&c->disc, &c->env);
	ppp_session_init(&c->session, &c->env);
	return c;
}

void pppoe_client_free(struct pppoe_client *c)
{
	if (!c)
		return;
	crypto_wipe(c, sizeof(*c));
	free(c);
}

static bool may_dial(const struct pppoe_client *c)
{
	return c->configured && c->link && !c->hung_up &&
	       !(c->env.conf.set.flags & BW_PPPOE_F_SHUTDOWN);
}

static void dial(struct pppoe_client *c)
{
	c->redial_due = PPP_NEVER;
	ppp_session_init(&c->session, &c->env);
	c->mode = DISCOVERS;
	discovery_start(&c->disc);
}

static void note_loss(struct pppoe_client *c)
{
	if (c->mode == TALKS && c->counted)
		c->disc.eager_until = c->env.now + EAGER;
}

/* At rest, or dialling at once if it may. `reason` is why what there was is over. */
static void restart(struct pppoe_client *c, enum bw_pppoe_reason reason)
{
	note_loss(c);
	discovery_stop(&c->disc);
	discovery_forget(&c->disc);
	pppoe_env_refill(&c->env);
	ppp_session_end(&c->session, reason);
	c->reason = reason;
	c->failures = 0;
	c->redial_due = PPP_NEVER;
	c->mode = RESTS;
	if (may_dial(c))
		dial(c);
}

/* In good order, but without waiting for the answer. */
static void say_goodbye(struct pppoe_client *c)
{
	if (c->mode != TALKS)
		return;
	ppp_session_close(&c->session, BW_PPPOE_R_ADMIN);
	discovery_padt(&c->disc, c->env.session);
}

static uint64_t redial_wait(const struct pppoe_client *c)
{
	uint64_t most = c->env.conf.set.redial_s * (uint64_t)1000;
	unsigned doublings = c->failures ? c->failures - 1 : 0;
	uint64_t ms = REDIAL_FIRST << (doublings < REDIAL_SHIFT ? doublings : REDIAL_SHIFT);

	if (c->another || most < REDIAL_FIRST)
		return REDIAL_FIRST;
	return c->session.refused || ms > most ? most : ms;
}

static void wait_to_dial(struct pppoe_client *c, enum bw_pppoe_reason reason)
{
	c->reason = reason;
	c->failures++;
	discovery_stop(&c->disc);
	c->mode = WAITS;
	c->redial_due = c->env.now + redial_wait(c);
}

/* The session is down: by a PADT, or so that the server has to be told by one. */
static void session_over(struct pppoe_client *c, bool by_padt)
{
	if (!by_padt)
		discovery_padt(&c->disc, c->env.session);
	note_loss(c);
	c->another = !c->counted && discovery_failed(&c->disc);
	if (c->counted && c->env.now - c->session.up_since >= STEADY)
		c->failures = 0;
	else if (c->counted)
		c->failures = c->failures != 0;
	wait_to_dial(c, c->session.reason);
}

static void look_at_session(struct pppoe_client *c)
{
	if (c->mode != TALKS)
		return;
	if (c->session.stage == BW_PPPOE_UP && !c->counted) {
		c->counted = true;
		c->sessions++;
		c->reason = BW_PPPOE_R_NONE;
		discovery_succeeded(&c->disc);
	}
	if (c->session.stage == BW_PPPOE_DOWN)
		session_over(c, false);
}

static void look_at_discovery(struct pppoe_client *c, enum discovery_result result)
{
	if (result == DISCOVERY_REFUSED) {
		c->another = false;
		wait_to_dial(c, BW_PPPOE_R_REFUSED);
	} else if (result == DISCOVERY_OPEN) {
		c->mode = TALKS;
		c->counted = false;
		ppp_session_start(&c->session);
	} else if (c->disc.reason != BW_PPPOE_R_NONE) {
		c->reason = c->disc.reason;
	}
}

static enum bw_pppoe_stage stage_of(const struct pppoe_client *c)
{
	switch (c->mode) {
	case WAITS:
		return BW_PPPOE_WAIT;
	case DISCOVERS:
		return c->disc.stage;
	case TALKS:
		return c->session.stage;
	default:
		return BW_PPPOE_DOWN;
	}
}

static void copy_text(char *to, size_t size, const uint8_t *from, size_t len)
{
	if (len)
		memcpy(to, from, len < size - 1 ? len : size - 1);
}

static void tell_session(const struct pppoe_client *c, struct bw_pppoe_state *st)
{
	const struct ppp_session *s = &c->session;

	st->session_id = c->env.session;
	st->lcp = s->lcp.cp.fsm.state;
	st->ipcp = s->ipcp.cp.fsm.state;
	st->auth = s->auth.status == PPP_AUTH_DONE ? s->auth.protocol : 0;
	copy_text(st->peer_name, sizeof(st->peer_name), s->auth.peer.data, s->auth.peer.len);
	if (s->lcp.cp.fsm.state == PPP_OPENED) {
		st->mru = lcp_mru(&s->lcp);
		st->peer_mru = c->env.peer_mru;
	}
	if (s->stage == BW_PPPOE_UP) {
		st->addr = ipcp_local(&s->ipcp);
		st->peer_addr = s->ipcp.peer;
		memcpy(st->dns, s->ipcp.dns, sizeof(st->dns));
	}
}

void pppoe_client_state(const struct pppoe_client *c, uint64_t now_ms, struct bw_pppoe_state *st)
{
	struct bytes ac_name;

	memset(st, 0, sizeof(*st));
	st->client_id = c->env.conf.set.client_id;
	st->if_id = c->env.conf.set.if_id;
	st->stage = stage_of(c);
	st->reason = st->stage == BW_PPPOE_TERMINATE ? c->session.reason : c->reason;
	st->sessions = c->sessions;
	memcpy(st->local_mac, c->env.conf.local_mac, sizeof(st->local_mac));
	if (st->stage < BW_PPPOE_PADR)
		return;
	memcpy(st->remote_mac, c->env.server, sizeof(st->remote_mac));
	ac_name = discovery_ac_name(&c->disc);
	copy_text(st->ac_name, sizeof(st->ac_name), ac_name.data, ac_name.len);
	if (c->mode == TALKS)
		tell_session(c, st);
	if (st->stage == BW_PPPOE_UP)
		st->up_s = (now_ms - c->session.up_since) / 1000;
}

static void begin(struct pppoe_client *c, uint64_t now)
{
	c->env.now = now;
	c->env.answering = false;
}

/* The end of every call: if what the state tells is another, say so, once. */
static void finish(struct pppoe_client *c)
{
	struct bw_pppoe_state st;

	look_at_session(c);
	pppoe_client_state(c, c->env.now, &st);
	st.up_s = 0;
	if (memcmp(&st, &c->told, sizeof(st)) == 0)
		return;
	c->told = st;
	c->env.ops->changed(c->env.arg);
}

static void change_in_place(struct pppoe_client *c, const struct pppoe_conf *conf)
{
	bool same_name = pppoe_conf_same_credentials(&c->env.conf, conf);
	bool same_keepalive = c->env.conf.set.keepalive_s == conf->set.keepalive_s;

	pppoe_conf_take(&c->env.conf, conf);
	if (!same_keepalive && c->mode == TALKS)
		lcp_keepalive(&c->session.lcp);
	if (!same_name && c->mode == WAITS)
		restart(c, c->reason); /* the wait was for the old ones */
}

/* Why there is no session under a new configuration, until it is known better. */
static enum bw_pppoe_reason first_reason(
	const struct pppoe_client *c, const struct pppoe_conf *conf)
{
	if (c->configured || conf->set.flags & BW_PPPOE_F_SHUTDOWN)
		return BW_PPPOE_R_ADMIN;
	return c->link ? BW_PPPOE_R_NONE : BW_PPPOE_R_LINK;
}

void pppoe_client_configure(struct pppoe_client *c, uint64_t now, const struct pppoe_conf *conf)
{
	enum pppoe_change change =
		c->configured ? pppoe_conf_compare(&c->env.conf, conf) : PPPOE_CONF_ANOTHER;
	enum bw_pppoe_reason reason = first_reason(c, conf);

	if (change == PPPOE_CONF_SAME)
		return;
	begin(c, now);
	if (change == PPPOE_CONF_IN_PLACE) {
		change_in_place(c, conf);
	} else {
		say_goodbye(c);
		pppoe_conf_take(&c->env.conf, conf);
		c->configured = true;
		c->hung_up = false;
		restart(c, reason);
	}
	finish(c);
}

void pppoe_client_link(struct pppoe_client *c, uint64_t now, bool up)
{
	if (c->link == up)
		return;
	begin(c, now);
	c->link = up;
	restart(c, BW_PPPOE_R_LINK);
	finish(c);
}

void pppoe_client_shut(struct pppoe_client *c, uint64_t now)
{
	if (!c->link)
		return;
	begin(c, now);
	say_goodbye(c);
	c->link = false;
	restart(c, BW_PPPOE_R_ADMIN);
	finish(c);
}

void pppoe_client_clear(struct pppoe_client *c, uint64_t now)
{
	begin(c, now);
	c->hung_up = false;
	say_goodbye(c);
	restart(c, BW_PPPOE_R_ADMIN);
	finish(c);
}

void pppoe_client_hang_up(struct pppoe_client *c, uint64_t now)
{
	begin(c, now);
	c->hung_up = true;
	say_goodbye(c);
	restart(c, BW_PPPOE_R_ADMIN);
	finish(c);
}

static bool unicast(const uint8_t *mac)
{
	static const uint8_t zero[6];

	return !(mac[0] & 1) && memcmp(mac, zero, sizeof(zero)) != 0;
}

static bool padt_came(struct pppoe_client *c, const uint8_t *from, const struct pppoe_packet *p,
	enum bw_drop *drop)
{
	if (c->mode != TALKS || p->session != c->env.session ||
		memcmp(from, c->env.server, sizeof(c->env.server)) != 0) {
		*drop = BW_DROP_PPPOE_SESSION;
		return false;
	}
	pppoe_debug_discovery(&c->env, 'I', "PADT", p->session, from);
	ppp_session_padt(&c->session);
	session_over(c, true);
	*drop = BW_DROP_NONE;
	return true;
}

/* A second PADS, for a PADR that was repeated, may have opened a second session: not wanted. */
static void late_packet(struct pppoe_client *c, const uint8_t *from, const struct pppoe_packet *p)
{
	if (p->code == PPPOE_PADS && p->session != 0 && p->session != c->env.session &&
		p->session != 0xffff && memcmp(from, c->env.server, sizeof(c->env.server)) == 0)
		discovery_padt(&c->disc, p->session);
}

/* A PADO or PADS with our Host-Uniq. */
static void answer_came(struct pppoe_client *c, const uint8_t *from, const struct pppoe_packet *p,
	enum bw_drop *drop)
{
	if (!pppoe_env_may_answer(&c->env)) {
		*drop = BW_DROP_PPP_RATE;
		return;
	}
	c->env.answering = true;
	if (c->mode == DISCOVERS)
		look_at_discovery(c, discovery_input(&c->disc, from, p, drop));
	else
		late_packet(c, from, p);
}

bool pppoe_client_discovery(struct pppoe_client *c, uint64_t now, const uint8_t *from,
	const uint8_t *data, size_t len, enum bw_drop *drop)
{
	struct pppoe_packet p;
	bool ours;

	*drop = BW_DROP_PPPOE_DISCOVERY;
	if (!pppoe_parse(data, len, &p) || !unicast(from))
		return false;
	begin(c, now);
	if (p.code == PPPOE_PADT) {
		ours = padt_came(c, from, &p, drop);
	} else {
		ours = c->mode >= DISCOVERS && discovery_is_ours(&c->disc, &p);
		if (ours)
			answer_came(c, from, &p, drop);
	}
	finish(c);
	return ours;
}

enum bw_drop pppoe_client_ppp(struct pppoe_client *c, uint64_t now, const uint8_t *data, size_t len)
{
	enum bw_drop drop;

	if (c->mode != TALKS)
		return BW_DROP_PPPOE_SESSION;
	begin(c, now);
	if (!pppoe_env_may_answer(&c->env))
		return BW_DROP_PPP_RATE;
	c->env.answering = true;
	drop = ppp_session_input(&c->session, data, len);
	finish(c);
	return drop;
}

void pppoe_client_poll(struct pppoe_client *c, uint64_t now)
{
	begin(c, now);
	if (c->mode == WAITS && now >= c->redial_due) {
		dial(c);
	} else if (c->mode == DISCOVERS) {
		discovery_poll(&c->disc);
		look_at_discovery(c, DISCOVERY_GOES_ON);
	} else if (c->mode == TALKS) {
		ppp_session_poll(&c->session);
	}
	finish(c);
}

uint64_t pppoe_client_due(const struct pppoe_client *c)
{
	switch (c->mode) {
	case WAITS:
		return c->redial_due;
	case DISCOVERS:
		return discovery_due(&c->disc);
	case TALKS:
		return ppp_session_due(&c->session);
	default:
		return PPP_NEVER;
	}
}

const struct pppoe_conf *pppoe_client_conf(const struct pppoe_client *c)
{
	return &c->env.conf;
}

void pppoe_client_debug(struct pppoe_client *c, uint32_t flags)
{
	c->env.debug = flags;
}
