/* SPDX-License-Identifier: BSD-3-Clause */
#include "pppoe/session.h"

#include <string.h>

#include "pppoe/debug.h"

#define REJECTS_PER_SECOND 10
#define FIRST_WORD	   1500 /* ms */

static void set_stage(struct ppp_session *s, enum bw_pppoe_stage stage)
{
	if (s->stage == stage)
		return;
	s->stage = stage;
	pppoe_debug_phase(s->env, stage);
}

/* Twice what it takes to give up on a silent peer: one that talks and never agrees gets no more. */
static uint64_t patience(const struct ppp_session *s)
{
	return 2 * s->env->conf.set.max_configure * pppoe_env_retry(s->env);
}

static void limit_lcp(struct ppp_session *s)
{
	s->lcp_limit = s->env->now + patience(s);
}

/* From LCP's opening on: authentication and IPCP. */
static void limit_ncp(struct ppp_session *s)
{
	uint64_t ms = s->env->conf.set.ncp_timeout_s * (uint64_t)1000;

	s->ncp_limit = s->env->now + (ms ? ms : 2 * patience(s));
}

/* For LCP, authentication and IPCP together: a peer that opens and starts over gets no more. */
static void limit_all(struct ppp_session *s)
{
	s->up_limit = s->env->now + 3 * patience(s);
}

/* What the server does once it knows who asks, before it has let us in, is its verdict. */
static void note_verdict(struct ppp_session *s)
{
	if (!s->was_up && (s->stage == BW_PPPOE_AUTHENTICATE || s->stage == BW_PPPOE_NETWORK))
		s->refused = true;
}

void ppp_session_end(struct ppp_session *s, enum bw_pppoe_reason reason)
{
	if (s->stage == BW_PPPOE_DOWN)
		return;
	if (s->stage != BW_PPPOE_TERMINATE)
		s->reason = reason;
	if (s->reason == BW_PPPOE_R_AUTH_REFUSED)
		s->refused = true;
	set_stage(s, BW_PPPOE_DOWN);
	s->speak = PPP_NEVER;
	s->lcp_limit = PPP_NEVER;
	s->up_limit = PPP_NEVER;
	s->ncp_limit = PPP_NEVER;
	lcp_init(&s->lcp, s->env, &s->lcp_layer);
	ipcp_init(&s->ipcp, s->env, &s->ipcp_layer);
	ppp_auth_init(&s->auth, s->env);
}

static enum bw_pppoe_reason lcp_reason(const struct ppp_session *s, enum bw_pppoe_reason otherwise)
{
	return s->lcp.auth_refused ? BW_PPPOE_R_AUTH_REFUSED : otherwise;
}

void ppp_session_padt(struct ppp_session *s)
{
	note_verdict(s);
	ppp_session_end(s,
		s->stage == BW_PPPOE_ESTABLISH ? lcp_reason(s, BW_PPPOE_R_PADT) : BW_PPPOE_R_PADT);
}

void ppp_session_close(struct ppp_session *s, enum bw_pppoe_reason reason)
{
	if (s->stage == BW_PPPOE_DOWN || s->stage == BW_PPPOE_TERMINATE)
		return;
	if (s->lcp.cp.fsm.state == PPP_INITIAL) {
		ppp_session_end(s, reason);
		return;
	}
	s->reason = reason;
	if (reason == BW_PPPOE_R_AUTH_FAILED || reason == BW_PPPOE_R_AUTH_REFUSED)
		s->refused = true;
	set_stage(s, BW_PPPOE_TERMINATE);
	s->lcp_limit = PPP_NEVER;
	s->ncp_limit = PPP_NEVER;
	s->up_limit = PPP_NEVER;
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
	limit_ncp(s);
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
	if (s->stage == BW_PPPOE_UP)
		limit_all(s);
	if (s->stage != BW_PPPOE_TERMINATE && s->lcp.cp.terminated) {
		note_verdict(s);
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

	ppp_session_end(s, lcp_reason(s, BW_PPPOE_R_LCP));
}

static void ipcp_up(void *arg)
{
	struct ppp_session *s = arg;

	if (ipcp_local(&s->ipcp) == 0) {
		ppp_session_close(s, BW_PPPOE_R_IPCP);
		return;
	}
	s->ncp_limit = PPP_NEVER;
	s->up_limit = PPP_NEVER;
	s->up_since = s->env->now;
	s->was_up = true;
	set_stage(s, BW_PPPOE_UP);
}

static void ipcp_down(void *arg)
{
	struct ppp_session *s = arg;

	if (s->stage != BW_PPPOE_UP)
		return;
	s->stage = BW_PPPOE_NETWORK; /* the same phase */
	limit_ncp(s);
	limit_all(s);
}

static void ipcp_finished(void *arg)
{
	struct ppp_session *s = arg;

	if (s->ipcp.cp.terminated)
		note_verdict(s);
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
	s->up_limit = PPP_NEVER;
	s->speak = PPP_NEVER;
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
	limit_all(s);
	s->speak = pppoe_env_retry(s->env);
	s->speak = s->env->now + (s->speak < FIRST_WORD ? s->speak : FIRST_WORD);
}

static void speak(struct ppp_session *s)
{
	s->speak = PPP_NEVER;
	lcp_start(&s->lcp);
}

/* RFC 1661 5.7: nothing more of that protocol; without these there is no session. */
static void protocol_rejected(struct ppp_session *s, uint16_t protocol)
{
	if (protocol == PPP_LCP)
		ppp_cp_event(&s->lcp.cp, PPP_RXJ_BAD);
	else if (protocol == PPP_IPCP)
		ppp_session_close(s, BW_PPPOE_R_IPCP);
	else if (protocol == PPP_IPV4)
		ppp_cp_event(&s->ipcp.cp, PPP_CLOSE);
	else if (s->stage == BW_PPPOE_AUTHENTICATE && protocol == s->auth.protocol)
		ppp_session_close(s, BW_PPPOE_R_AUTH_REFUSED);
}

static enum bw_drop lcp_came(struct ppp_session *s, const struct ppp_packet *p)
{
	struct lcp *l = &s->lcp;
	enum bw_drop drop;

	if (s->speak != PPP_NEVER)
		speak(s);
	drop = lcp_input(l, p);
	protocol_rejected(s, lcp_rejected_protocol(l, p));
	if (l->looped)
		ppp_session_end(s, BW_PPPOE_R_LOOP);
	/* a peer that gives up while LCP is not open will not come back to it */
	if (l->cp.terminated && s->stage == BW_PPPOE_ESTABLISH)
		ppp_session_end(s, lcp_reason(s, BW_PPPOE_R_PEER));
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
	if (s->env->now >= s->speak)
		speak(s);
	if (s->env->now >= s->lcp_limit)
		ppp_session_end(s, lcp_reason(s, BW_PPPOE_R_LCP));
	if (s->env->now >= s->ncp_limit || s->env->now >= s->up_limit)
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
	const uint64_t all[] = { s->speak, s->lcp_limit, s->ncp_limit, s->up_limit,
		lcp_due(&s->lcp), ppp_auth_due(&s->auth), s->ipcp.cp.fsm.due };
	uint64_t due = PPP_NEVER;

	for (unsigned i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		due = all[i] < due ? all[i] : due;
	return due;
}
