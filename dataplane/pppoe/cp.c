/* SPDX-License-Identifier: BSD-3-Clause */
#include "pppoe/cp.h"

#include <string.h>

#include "pppoe/debug.h"

#define HEADER	  4
#define MAX_AGAIN 5 /* repeated requests that are acked again */

void ppp_cp_send(const struct ppp_cp *cp, struct builder *b)
{
	if (!ppp_end(b))
		return;
	pppoe_debug_ppp(cp->env, 'O', cp->fsm.state, b->data, b->len);
	pppoe_env_send(cp->env, b->data, b->len);
}

uint8_t ppp_cp_next_id(struct ppp_cp *cp)
{
	return ++cp->last_id;
}

/* A repeated request keeps its id, so that a late Ack to the first still counts. */
static void send_request(struct ppp_cp *cp)
{
	uint8_t buf[PPP_PROTOCOL + HEADER + sizeof(cp->request)];
	struct builder b = { buf, sizeof(buf), 0, false };
	struct builder options = { cp->request, sizeof(cp->request), 0, false };

	if (!cp->repeat) {
		cp->ops->request(cp->arg, &options);
		cp->request_len = options.len;
		cp->request_id = ppp_cp_next_id(cp);
	}
	cp->awaiting = true;
	ppp_begin(&b, cp->ops->protocol, PPP_CONFIGURE_REQUEST, cp->request_id);
	builder_put(&b, cp->request, cp->request_len);
	ppp_cp_send(cp, &b);
}

static void send_answer(struct ppp_cp *cp)
{
	struct builder b = { cp->answer, sizeof(cp->answer), cp->answer_len, false };

	ppp_cp_send(cp, &b);
}

static void send_bare(struct ppp_cp *cp, enum ppp_code code, uint8_t id)
{
	uint8_t buf[PPP_PROTOCOL + HEADER];
	struct builder b = { buf, sizeof(buf), 0, false };

	ppp_begin(&b, cp->ops->protocol, code, id);
	ppp_cp_send(cp, &b);
}

/* RFC 1661 5.6: the copy is cut so that the whole fits the peer's MRU. */
static void send_code_reject(struct ppp_cp *cp)
{
	uint8_t buf[PPP_PROTOCOL + PPP_MAX];
	struct builder b = { buf, sizeof(buf), 0, false };
	size_t room = (cp->env->peer_mru < PPP_MAX ? cp->env->peer_mru : PPP_MAX) - HEADER;

	ppp_begin(&b, cp->ops->protocol, PPP_CODE_REJECT, ppp_cp_next_id(cp));
	builder_put(&b, cp->rx.whole.data, cp->rx.whole.len < room ? cp->rx.whole.len : room);
	ppp_cp_send(cp, &b);
}

static void act(void *arg, enum ppp_action action)
{
	struct ppp_cp *cp = arg;

	switch (action) {
	case PPP_SCR:
		send_request(cp);
		break;
	case PPP_SCA:
		cp->naks = 0;
		cp->refusals = 0;
		cp->ops->accepted(cp->arg);
		send_answer(cp);
		break;
	case PPP_SCN:
		send_answer(cp);
		break;
	case PPP_STR:
		send_bare(cp, PPP_TERMINATE_REQUEST, ppp_cp_next_id(cp));
		break;
	case PPP_STA:
		send_bare(cp, PPP_TERMINATE_ACK, cp->rx.id);
		break;
	case PPP_SCJ:
		send_code_reject(cp);
		break;
	case PPP_SER:
		cp->ops->echo(cp->arg, &cp->rx);
		break;
	case PPP_TLU:
		cp->rounds = 0;
		cp->refusals = 0;
		cp->timeouts = 0;
		cp->again = 0;
		pppoe_debug_open(cp->env, cp->ops->protocol);
		cp->ops->up(cp->arg);
		break;
	case PPP_TLD:
		cp->ops->down(cp->arg);
		break;
	case PPP_TLF:
		cp->ops->finished(cp->arg);
		break;
	default:
		break; /* This-Layer-Started: the layers below are up by then */
	}
}

void ppp_cp_init(struct ppp_cp *cp, const struct ppp_cp_ops *ops, void *arg, struct pppoe_env *env)
{
	memset(cp, 0, sizeof(*cp));
	ppp_fsm_init(&cp->fsm);
	cp->fsm.act = act;
	cp->fsm.arg = cp;
	cp->ops = ops;
	cp->arg = arg;
	cp->env = env;
}

void ppp_cp_event(struct ppp_cp *cp, enum ppp_event event)
{
	const struct bw_pppoe *set = &cp->env->conf.set;

	/* each time, so that changed ones count at once */
	cp->fsm.retry_ms = pppoe_env_retry(cp->env);
	cp->fsm.max_configure = set->max_configure;
	cp->fsm.max_terminate = set->max_terminate;
	ppp_fsm_event(&cp->fsm, cp->env->now, event);
}

void ppp_cp_poll(struct ppp_cp *cp)
{
	enum ppp_event event;

	if (!ppp_fsm_timeout(&cp->fsm, cp->env->now, &event))
		return;
	pppoe_debug_timeout(cp->env, cp->ops->protocol, cp->fsm.state);
	if (cp->fsm.state >= PPP_REQ_SENT && ++cp->timeouts >= cp->env->conf.set.max_configure)
		event = PPP_TO_MINUS;
	cp->repeat = event == PPP_TO_PLUS;
	ppp_cp_event(cp, event);
	cp->repeat = false;
}

/*
 * RFC 1661 5.2-5.4: what is rejected goes first, then what is not acceptable, and an Ack repeats
 * all. From max-failure Naks on, what would be naked is rejected (4.6). False: the answer would
 * not fit into a packet.
 */
static bool judge(struct ppp_cp *cp, const struct ppp_packet *p, enum ppp_event *event)
{
	uint8_t buf[sizeof(cp->answer)];
	struct builder nak = { buf, sizeof(buf), 0, false };
	struct builder answer = { cp->answer, sizeof(cp->answer), 0, false };
	struct cursor c = { p->data.data, p->data.len };
	struct ppp_option o;

	ppp_begin(&nak, cp->ops->protocol, PPP_CONFIGURE_NAK, p->id);
	ppp_begin(&answer, cp->ops->protocol, PPP_CONFIGURE_REJECT, p->id);
	cp->ops->judge_begin(cp->arg);
	while (ppp_next_option(&c, &o)) {
		size_t before = nak.len;
		enum ppp_verdict v = cp->ops->judge(cp->arg, &o, &nak);

		if (v == PPP_NAK && cp->naks >= cp->env->conf.set.max_failure) {
			nak.len = before;
			v = PPP_REJECT;
		}
		if (v == PPP_REJECT)
			builder_put(&answer, o.whole.data, o.whole.len);
	}
	*event = PPP_RCR_BAD;
	if (answer.len == PPP_PROTOCOL + HEADER && nak.len > PPP_PROTOCOL + HEADER) {
		answer.len = 0;
		builder_put(&answer, nak.data, nak.len);
		cp->naks++;
	} else if (answer.len == PPP_PROTOCOL + HEADER) {
		ppp_begin(&answer, cp->ops->protocol, PPP_CONFIGURE_ACK, p->id);
		builder_put(&answer, p->data.data, p->data.len);
		*event = PPP_RCR_GOOD;
	}
	cp->answer_len = answer.len;
	return !answer.overflow && !nak.overflow;
}

/* Whether it is the request that we have acked, once more. */
static bool is_repeated(const struct ppp_cp *cp, const struct ppp_packet *p)
{
	const size_t header = PPP_PROTOCOL + HEADER;

	return cp->fsm.state == PPP_OPENED && cp->answer_len == header + p->data.len &&
	       cp->answer[PPP_PROTOCOL] == PPP_CONFIGURE_ACK &&
	       cp->answer[PPP_PROTOCOL + 1] == p->id &&
	       (p->data.len == 0 || memcmp(cp->answer + header, p->data.data, p->data.len) == 0);
}

static bool is_hopeless(const struct ppp_cp *cp)
{
	const struct bw_pppoe *set = &cp->env->conf.set;

	return cp->refusals > (unsigned)set->max_failure + set->max_configure;
}

static enum bw_drop request_came(struct ppp_cp *cp, const struct ppp_packet *p)
{
	enum ppp_event event = PPP_RCR_BAD;
	enum ppp_state state = cp->fsm.state;
	bool negotiating = state == PPP_STOPPED || state >= PPP_REQ_SENT;

	if (is_repeated(cp, p) && cp->again++ < MAX_AGAIN) {
		send_answer(cp);
		return BW_DROP_NONE;
	}
	if (!ppp_options_ok(p->data) || (negotiating && !judge(cp, p, &event)))
		return BW_DROP_PPP_BAD;
	cp->refusals += negotiating && event == PPP_RCR_BAD;
	ppp_cp_event(cp, is_hopeless(cp) ? PPP_TO_MINUS : event);
	return BW_DROP_NONE;
}

/* Answers must be to our last request, and one answer is enough (RFC 1661 5.2). */
static bool is_answer(struct ppp_cp *cp, const struct ppp_packet *p)
{
	return cp->awaiting && p->id == cp->request_id && cp->fsm.state >= PPP_REQ_SENT;
}

static enum bw_drop ack_came(struct ppp_cp *cp, const struct ppp_packet *p)
{
	if (!is_answer(cp, p) || p->data.len != cp->request_len ||
		(p->data.len && memcmp(p->data.data, cp->request, p->data.len) != 0))
		return BW_DROP_PPP_BAD;
	cp->awaiting = false;
	ppp_cp_event(cp, PPP_RCA);
	return BW_DROP_NONE;
}

/* Whether our request has such an option; with `exactly`, byte for byte. */
static bool requested(const struct ppp_cp *cp, const struct ppp_option *o, bool exactly)
{
	struct cursor c = { cp->request, cp->request_len };
	struct ppp_option ours;

	while (ppp_next_option(&c, &ours)) {
		if (ours.type == o->type &&
			(!exactly ||
				(ours.whole.len == o->whole.len &&
					memcmp(ours.whole.data, o->whole.data, o->whole.len) == 0)))
			return true;
	}
	return false;
}

static bool reject_ok(const struct ppp_cp *cp, struct bytes options)
{
	struct cursor c = { options.data, options.len };
	struct ppp_option o;

	while (ppp_next_option(&c, &o))
		if (!requested(cp, &o, true))
			return false;
	return true;
}

static enum bw_drop refusal_came(struct ppp_cp *cp, const struct ppp_packet *p)
{
	const struct bw_pppoe *set = &cp->env->conf.set;
	bool reject = p->code == PPP_CONFIGURE_REJECT;
	struct cursor c = { p->data.data, p->data.len };
	struct ppp_option o;

	if (!is_answer(cp, p) || !ppp_options_ok(p->data) || (reject && !reject_ok(cp, p->data)))
		return BW_DROP_PPP_BAD;
	cp->awaiting = false;
	cp->rounds++;
	while (ppp_next_option(&c, &o)) {
		bool enough = cp->rounds > set->max_failure && requested(cp, &o, false);

		cp->ops->refused(cp->arg, &o, reject || enough);
	}
	ppp_cp_event(cp, cp->rounds > set->max_configure ? PPP_TO_MINUS : PPP_RCN);
	return BW_DROP_NONE;
}

/* RFC 1661 5.6: without one of the first seven codes nothing works. */
static enum bw_drop code_reject_came(struct ppp_cp *cp, const struct ppp_packet *p)
{
	bool vital;

	if (p->data.len == 0)
		return BW_DROP_PPP_BAD;
	vital = p->data.data[0] >= PPP_CONFIGURE_REQUEST && p->data.data[0] <= PPP_CODE_REJECT;
	ppp_cp_event(cp, vital ? PPP_RXJ_BAD : PPP_RXJ_GOOD);
	return BW_DROP_NONE;
}

static enum bw_drop dispatch(struct ppp_cp *cp, const struct ppp_packet *p)
{
	switch (p->code) {
	case PPP_CONFIGURE_REQUEST:
		return request_came(cp, p);
	case PPP_CONFIGURE_ACK:
		return ack_came(cp, p);
	case PPP_CONFIGURE_NAK:
	case PPP_CONFIGURE_REJECT:
		return refusal_came(cp, p);
	case PPP_TERMINATE_REQUEST:
		cp->terminated = true;
		ppp_cp_event(cp, PPP_RTR);
		return BW_DROP_NONE;
	case PPP_TERMINATE_ACK:
		ppp_cp_event(cp, PPP_RTA);
		return BW_DROP_NONE;
	case PPP_CODE_REJECT:
		return code_reject_came(cp, p);
	default:
		ppp_cp_event(cp, PPP_RUC);
		return BW_DROP_NONE;
	}
}

enum bw_drop ppp_cp_input(struct ppp_cp *cp, const struct ppp_packet *p)
{
	enum bw_drop drop;

	cp->rx = *p;
	drop = dispatch(cp, p);
	memset(&cp->rx, 0, sizeof(cp->rx));
	return drop;
}
