/* SPDX-License-Identifier: BSD-3-Clause */
#include "pppoe/session.h"

#include <string.h>

#include "pppoe/debug.h"

#define REJECTS_PER_SECOND 10

static void set_stage(struct ppp_session *s, enum bw_pppoe_stage stage)
{
	if (s->stage == stage)
		return;
	s->stage = stage;
	pppoe_debug_phase(s->env, stage);
}

/* When `limit` seconds from now are over; 0: never. */
static uint64_t after(const struct ppp_session *s, uint64_t limit)
{
	return limit ? s->env->now + limit * 1000 : PPP_NEVER;
}

/* Twice what it takes to give up on a silent peer: one that talks and never agrees gets no more. */
static void limit_lcp(struct ppp_session *s)
{
	const struct bw_pppoe *set = &s->env->conf.set;

	s->lcp_limit = after(s, 2 * (uint64_t)set->max_configure * set->retry_s);
}

void ppp_session_end(struct ppp_session *s, enum bw_pppoe_reason reason)
{
	if (s->stage == BW_PPPOE_DOWN)
		return;
	if (s->stage != BW_PPPOE_TERMINATE)
		s->reason = reason;
	set_stage(s, BW_PPPOE_DOWN);
	s->lcp_limit = PPP_NEVER;
	s->ncp_limit = PPP_NEVER;
	lcp_init(&s->lcp, s->env, &s->lcp_layer);
	ipcp_init(&s->ipcp, s->env, &s->ipcp_layer);
	ppp_auth_init(&s->auth, s->env);
}

void ppp_session_close(struct ppp_session *s, enum bw_pppoe_reason reason)
{
	if (s->stage == BW_PPPOE_DOWN || s->stage == BW_PPPOE_TERMINATE)
		return;
	s->reason = reason;
	set_stage(s, BW_PPPOE_TERMINATE);
	s->lcp_limit = PPP_NEVER;
	s->ncp_limit = PPP_NEVER;
	ppp_cp_event(&s->lcp.cp, PPP_CLOSE);
}

/* RFC 1661 3.6. */
static void enter_network(struct ppp_session *s)
{
	set_stage(s, BW_PPPOE_NETWORK);
	ipcp_start(&s->ipcp);
}

static void lcp_up(void *arg)
{
	struct ppp_session *s = arg;

	s->lcp_limit = PPP_NEVER;
	s->ncp_limit = after(s, s->env->conf.set.ncp_timeout_s);
	if (s->lcp.peer.auth) {
		set_stage(s, BW_PPPOE_AUTHENTICATE);
		ppp_auth_start(&s->auth, s->lcp.peer.auth);
	} else {
		enter_network(s);
	}
}

static void lcp_down(void *arg)
{
	struct ppp_session *s = arg;

	s->ncp_limit = PPP_NEVER;
	ppp_auth_init(&s->auth, s->env);
	if (s->stage != BW_PPPOE_TERMINATE && s->lcp.cp.terminated) {
		s->reason = BW_PPPOE_R_PEER;
		set_stage(s, BW_PPPOE_TERMINATE);
	} else if (s->stage != BW_PPPOE_TERMINATE) {
		set_stage(s, BW_PPPOE_ESTABLISH);
		limit_lcp(s);
	}
	ipcp_stop(&s->ipcp);
}

static void lcp_finished(void *arg)
{
	struct ppp_session *s = arg;

	ppp_session_end(s, s->lcp.auth_refused ? BW_PPPOE_R_AUTH_REFUSED : BW_PPPOE_R_LCP);
}

static void ipcp_up(void *arg)
{
	struct ppp_session *s = arg;

	if (ipcp_local(&s->ipcp) == 0) {
		ppp_session_close(s, BW_PPPOE_R_IPCP);
		return;
	}
	s->ncp_limit = PPP_NEVER;
	s->up_since = s->env->now;
	set_stage(s, BW_PPPOE_UP);
}

static void ipcp_down(void *arg)
{
	struct ppp_session *s = arg;

	if (s->stage != BW_PPPOE_UP)
		return;
	s->stage = BW_PPPOE_NETWORK; /* the same phase */
	s->ncp_limit = after(s, s->env->conf.set.ncp_timeout_s);
}

static void ipcp_finished(void *arg)
{
	struct ppp_session *s = arg;

	ppp_session_close(s, s->ipcp.cp.terminated ? BW_PPPOE_R_PEER : BW_PPPOE_R_IPCP);
}

void ppp_session_init(struct ppp_session *s, struct pppoe_env *env)
{
	memset(s, 0, sizeof(*s));
	s->env = env;
	s->lcp_layer = (struct ppp_layer) { lcp_up, lcp_down, lcp_finished, s };
	s->ipcp_layer = (struct ppp_layer) { ipcp_up, ipcp_down, ipcp_finished, s };
	s->lcp_limit = PPP_NEVER;
	s->ncp_limit = PPP_NEVER;
	s->rejects = REJECTS_PER_SECOND;
	s->rejects_since = env->now;
	lcp_init(&s->lcp, env, &s->lcp_layer);
	ipcp_init(&s->ipcp, env, &s->ipcp_layer);
	ppp_auth_init(&s->auth, env);
}

void ppp_session_start(struct ppp_session *s)
{
	ppp_session_init(s, s->env);
	set_stage(s, BW_PPPOE_ESTABLISH);
	limit_lcp(s);
	lcp_start(&s->lcp);
}

static void protocol_rejected(struct ppp_session *s, uint16_t protocol)
{
	if (protocol == PPP_LCP)
		ppp_cp_event(&s->lcp.cp, PPP_RXJ_BAD);
	else if (protocol == PPP_IPCP)
		ppp_cp_event(&s->ipcp.cp, PPP_RXJ_BAD);
}

static enum bw_drop lcp_came(struct ppp_session *s, const struct ppp_packet *p)
{
	struct lcp *l = &s->lcp;
	enum bw_drop drop = lcp_input(l, p);

	protocol_rejected(s, lcp_rejected_protocol(l, p));
	if (l->looped)
		ppp_session_end(s, BW_PPPOE_R_LOOP);
	/* a peer that gives up while LCP is not open will not come back to it */
	if (l->cp.terminated && s->stage == BW_PPPOE_ESTABLISH)
		ppp_session_end(s, l->auth_refused ? BW_PPPOE_R_AUTH_REFUSED : BW_PPPOE_R_PEER);
	return drop;
}

static void look_at_auth(struct ppp_session *s)
{
	switch (s->auth.status) {
	case PPP_AUTH_DONE:
		if (s->stage == BW_PPPOE_AUTHENTICATE)
			enter_network(s);
		break;
	case PPP_AUTH_FAILED:
		ppp_session_close(s, BW_PPPOE_R_AUTH_FAILED);
		break;
	case PPP_AUTH_TIMEOUT:
		ppp_session_close(s, BW_PPPOE_R_AUTH_TIMEOUT);
		break;
	default:
		break;
	}
}

static bool may_reject(struct ppp_session *s)
{
	if (s->env->now - s->rejects_since >= 1000) {
		s->rejects_since = s->env->now;
		s->rejects = REJECTS_PER_SECOND;
	}
	if (s->rejects == 0)
		return false;
	s->rejects--;
	return true;
}

/* RFC 1661 3.4, 3.5, 3.7: what comes too early or too late is discarded. */
static enum bw_drop dispatch(struct ppp_session *s, const uint8_t *data, size_t len)
{
	uint16_t protocol = bytes_u16(data);
	bool network = s->stage == BW_PPPOE_NETWORK || s->stage == BW_PPPOE_UP;
	bool auth = network || s->stage == BW_PPPOE_AUTHENTICATE;
	enum bw_drop drop;
	struct ppp_packet p;

	if (protocol == PPP_LCP || (protocol == PPP_IPCP && network) ||
		(auth && protocol == s->auth.protocol)) {
		if (!ppp_parse(data + PPP_PROTOCOL, len - PPP_PROTOCOL, &p))
			return BW_DROP_PPP_BAD;
	} else if (network) {
		if (may_reject(s))
			lcp_protocol_reject(&s->lcp, data, len);
		return BW_DROP_L2_UNKNOWN_TYPE;
	} else {
		return BW_DROP_PPPOE_DOWN;
	}
	if (protocol == PPP_LCP) {
		pppoe_debug_ppp(s->env, 'I', s->lcp.cp.fsm.state, data, len);
		return lcp_came(s, &p);
	}
	if (protocol == PPP_IPCP) {
		pppoe_debug_ppp(s->env, 'I', s->ipcp.cp.fsm.state, data, len);
		return ppp_cp_input(&s->ipcp.cp, &p);
	}
	pppoe_debug_auth(s->env, 'I', data, len);
	drop = ppp_auth_input(&s->auth, &p);
	look_at_auth(s);
	return drop;
}

enum bw_drop ppp_session_input(struct ppp_session *s, const uint8_t *data, size_t len)
{
	if (s->stage == BW_PPPOE_DOWN)
		return BW_DROP_PPPOE_SESSION;
	return len < PPP_PROTOCOL ? BW_DROP_PPP_BAD : dispatch(s, data, len);
}

void ppp_session_poll(struct ppp_session *s)
{
	if (s->env->now >= s->lcp_limit)
		ppp_session_end(s, s->lcp.auth_refused ? BW_PPPOE_R_AUTH_REFUSED : BW_PPPOE_R_LCP);
	if (s->env->now >= s->ncp_limit)
		ppp_session_close(s, BW_PPPOE_R_IPCP);
	lcp_poll(&s->lcp);
	if (s->lcp.dead)
		ppp_session_end(s, BW_PPPOE_R_ECHO);
	ppp_auth_poll(&s->auth);
	look_at_auth(s);
	ppp_cp_poll(&s->ipcp.cp);
}

uint64_t ppp_session_due(const struct ppp_session *s)
{
	const uint64_t all[] = { s->lcp_limit, s->ncp_limit, lcp_due(&s->lcp),
		ppp_auth_due(&s->auth), s->ipcp.cp.fsm.due };
	uint64_t due = PPP_NEVER;

	for (unsigned i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		due = all[i] < due ? all[i] : due;
	return due;
}
