/* SPDX-License-Identifier: BSD-3-Clause */
#include "pppoe/lcp.h"

#include <string.h>

#define MAX_LOOPS  5
#define HEADER	   4
#define MAGIC_SIZE 4

static void put_request(void *arg, struct builder *b)
{
	const struct lcp *l = arg;

	if (l->ask_mru)
		ppp_put_u16(b, LCP_MRU, l->want_mru);
	if (l->ask_magic)
		ppp_put_u32(b, LCP_MAGIC, l->magic);
}

static void judge_begin(void *arg)
{
	struct lcp *l = arg;

	l->asked = (struct lcp_peer) { .mru = LCP_MRU_DEFAULT };
	l->auth_refused = false;
}

static enum ppp_verdict judge_mru(struct lcp *l, const struct ppp_option *o, struct builder *nak)
{
	if (o->value.len != 2)
		return PPP_REJECT;
	l->asked.mru = bytes_u16(o->value.data);
	if (l->asked.mru >= LCP_MRU_MIN)
		return PPP_ACCEPT;
	ppp_put_u16(nak, LCP_MRU, LCP_MRU_MIN);
	return PPP_NAK;
}

/* RFC 1661 6.2: the Nak names what we would do; the peer's order of preference is the peer's. */
static enum ppp_verdict judge_auth(struct lcp *l, const struct ppp_option *o, struct builder *nak)
{
	static const uint8_t chap[] = { PPP_CHAP >> 8, PPP_CHAP & 0xff, CHAP_MD5 };
	uint32_t may = l->cp.env->conf.set.flags;
	uint16_t protocol = o->value.len >= 2 ? bytes_u16(o->value.data) : 0;

	if (may & BW_PPPOE_F_CHAP && o->value.len == sizeof(chap) &&
		memcmp(o->value.data, chap, sizeof(chap)) == 0) {
		l->asked.auth = PPP_CHAP;
		return PPP_ACCEPT;
	}
	if (may & BW_PPPOE_F_PAP && protocol == PPP_PAP && o->value.len == 2) {
		l->asked.auth = PPP_PAP;
		return PPP_ACCEPT;
	}
	l->auth_refused = true;
	if (may & BW_PPPOE_F_CHAP) {
		ppp_put_option(nak, LCP_AUTH, (struct bytes) { chap, sizeof(chap) });
		return PPP_NAK;
	}
	if (may & BW_PPPOE_F_PAP) {
		ppp_put_u16(nak, LCP_AUTH, PPP_PAP);
		return PPP_NAK;
	}
	return PPP_REJECT;
}

static void own_magic_seen(struct lcp *l)
{
	if (++l->loops >= MAX_LOOPS)
		l->looped = true;
}

/* RFC 1661 6.4: our own number means a loop, or a coincidence that another number ends. */
static enum ppp_verdict judge_magic(struct lcp *l, const struct ppp_option *o, struct builder *nak)
{
	if (o->value.len != MAGIC_SIZE)
		return PPP_REJECT;
	l->asked.magic = bytes_u32(o->value.data);
	if (l->asked.magic != 0 && !(l->ask_magic && l->asked.magic == l->magic)) {
		l->loops = 0;
		return PPP_ACCEPT;
	}
	if (l->asked.magic != 0)
		own_magic_seen(l);
	ppp_put_u32(nak, LCP_MAGIC, pppoe_env_random(l->cp.env));
	return PPP_NAK;
}

static enum ppp_verdict judge(void *arg, const struct ppp_option *o, struct builder *nak)
{
	switch (o->type) {
	case LCP_MRU:
		return judge_mru(arg, o, nak);
	case LCP_AUTH:
		return judge_auth(arg, o, nak);
	case LCP_MAGIC:
		return judge_magic(arg, o, nak);
	default:
		return PPP_REJECT;
	}
}

static void accepted(void *arg)
{
	struct lcp *l = arg;

	l->peer = l->asked;
}

/* Never more than we can take, and not less than is of use. */
static void mru_naked(struct lcp *l, const struct ppp_option *o)
{
	uint16_t mru = o->value.len == 2 ? bytes_u16(o->value.data) : 0;

	if (mru < l->want_mru && mru >= LCP_MRU_MIN) {
		l->want_mru = mru;
		l->ask_mru = true;
	}
}

static void refused(void *arg, const struct ppp_option *o, bool rejected)
{
	struct lcp *l = arg;

	if (o->type == LCP_MRU && rejected)
		l->ask_mru = false;
	else if (o->type == LCP_MRU)
		mru_naked(l, o);
	else if (o->type == LCP_MAGIC && rejected)
		l->ask_magic = false;
	else if (o->type == LCP_MAGIC)
		l->magic = pppoe_env_random(l->cp.env);
}

static uint64_t keepalive_ms(const struct lcp *l)
{
	return l->cp.env->conf.set.keepalive_s * (uint64_t)1000;
}

void lcp_keepalive(struct lcp *l)
{
	bool echoes = l->cp.fsm.state == PPP_OPENED && keepalive_ms(l) && !l->no_echo;

	l->unanswered = 0;
	l->echo_due = echoes ? l->cp.env->now + keepalive_ms(l) : PPP_NEVER;
}

static void up(void *arg)
{
	struct lcp *l = arg;
	struct pppoe_env *env = l->cp.env;

	env->peer_mru = l->peer.mru < env->payload ? l->peer.mru : env->payload;
	lcp_keepalive(l);
	l->layer->up(l->layer->arg);
}

static void down(void *arg)
{
	struct lcp *l = arg;

	l->echo_due = PPP_NEVER;
	l->layer->down(l->layer->arg);
}

static void finished(void *arg)
{
	struct lcp *l = arg;

	l->layer->finished(l->layer->arg);
}

static void send_echo(struct lcp *l, enum ppp_code code, uint8_t id, struct bytes data)
{
	uint8_t buf[PPP_PROTOCOL + PPP_MAX];
	struct builder b = { buf, sizeof(buf), 0, false };

	ppp_begin(&b, PPP_LCP, code, id);
	builder_u32(&b, l->ask_magic ? l->magic : 0);
	builder_put(&b, data.data, data.len);
	ppp_cp_send(&l->cp, &b);
}

static void answer_echo(void *arg, const struct ppp_packet *p)
{
	struct bytes rest = { p->data.data + MAGIC_SIZE, p->data.len - MAGIC_SIZE };

	send_echo(arg, PPP_ECHO_REPLY, p->id, rest);
}

static const struct ppp_cp_ops lcp_ops = {
	.protocol = PPP_LCP,
	.request = put_request,
	.judge_begin = judge_begin,
	.judge = judge,
	.accepted = accepted,
	.refused = refused,
	.up = up,
	.down = down,
	.finished = finished,
	.echo = answer_echo,
};

void lcp_init(struct lcp *l, struct pppoe_env *env, const struct ppp_layer *layer)
{
	memset(l, 0, sizeof(*l));
	ppp_cp_init(&l->cp, &lcp_ops, l, env);
	l->layer = layer;
	l->echo_due = PPP_NEVER;
}

/* RFC 2516 7, RFC 4638 3: not more than the Ethernets carry; 1500 goes without saying. */
void lcp_start(struct lcp *l)
{
	struct pppoe_env *env = l->cp.env;

	l->want_mru = env->conf.set.mtu < env->payload ? env->conf.set.mtu : env->payload;
	l->ask_mru = l->want_mru != LCP_MRU_DEFAULT;
	l->ask_magic = true;
	l->magic = pppoe_env_random(env);
	env->peer_mru = env->payload < LCP_MRU_DEFAULT ? env->payload : LCP_MRU_DEFAULT;
	ppp_cp_event(&l->cp, PPP_OPEN);
	ppp_cp_event(&l->cp, PPP_UP);
}

/* RFC 1661 5.8: only when open. One with our own number is our own, come back. */
static enum bw_drop echo_came(struct lcp *l, const struct ppp_packet *p)
{
	uint32_t magic;

	if (p->data.len < MAGIC_SIZE)
		return BW_DROP_PPP_BAD;
	if (l->cp.fsm.state != PPP_OPENED)
		return BW_DROP_PPPOE_DOWN;
	magic = bytes_u32(p->data.data);
	if (p->code == PPP_ECHO_REPLY) {
		if (l->ask_magic && magic == l->magic)
			return BW_DROP_PPP_BAD;
		l->unanswered = 0;
		return BW_DROP_NONE;
	}
	if (l->ask_magic && magic == l->magic) {
		own_magic_seen(l);
		return BW_DROP_PPP_BAD;
	}
	l->loops = 0;
	l->cp.rx = *p;
	ppp_cp_event(&l->cp, PPP_RXR);
	return BW_DROP_NONE;
}

enum bw_drop lcp_input(struct lcp *l, const struct ppp_packet *p)
{
	switch (p->code) {
	case PPP_ECHO_REQUEST:
	case PPP_ECHO_REPLY:
		return echo_came(l, p);
	case PPP_DISCARD_REQUEST:
		return BW_DROP_NONE;
	case PPP_PROTOCOL_REJECT:
		return lcp_rejected_protocol(l, p) ? BW_DROP_NONE : BW_DROP_PPP_BAD;
	case PPP_CODE_REJECT:
		if (p->data.len && p->data.data[0] == PPP_ECHO_REQUEST) {
			l->no_echo = true;
			lcp_keepalive(l);
		}
		return ppp_cp_input(&l->cp, p);
	default:
		return ppp_cp_input(&l->cp, p);
	}
}

void lcp_poll(struct lcp *l)
{
	const struct pppoe_env *env = l->cp.env;
	unsigned misses = env->conf.set.keepalive_misses;

	ppp_cp_poll(&l->cp);
	if (env->now < l->echo_due)
		return;
	if (l->unanswered >= (misses ? misses : 1) && env->now - l->echo_since >= env->rtt) {
		l->dead = true;
		l->echo_due = PPP_NEVER;
		return;
	}
	if (l->unanswered++ == 0)
		l->echo_since = env->now;
	l->echo_due = env->now + keepalive_ms(l);
	send_echo(l, PPP_ECHO_REQUEST, ppp_cp_next_id(&l->cp), (struct bytes) { NULL, 0 });
}

uint64_t lcp_due(const struct lcp *l)
{
	return l->cp.fsm.due < l->echo_due ? l->cp.fsm.due : l->echo_due;
}

/* RFC 1661 5.7: cut so that the whole fits the peer's MRU. */
void lcp_protocol_reject(struct lcp *l, const uint8_t *data, size_t len)
{
	uint8_t buf[PPP_PROTOCOL + PPP_MAX];
	struct builder b = { buf, sizeof(buf), 0, false };
	size_t room = (l->cp.env->peer_mru < PPP_MAX ? l->cp.env->peer_mru : PPP_MAX) - HEADER;

	ppp_begin(&b, PPP_LCP, PPP_PROTOCOL_REJECT, ppp_cp_next_id(&l->cp));
	builder_put(&b, data, len < room ? len : room);
	ppp_cp_send(&l->cp, &b);
}

uint16_t lcp_rejected_protocol(const struct lcp *l, const struct ppp_packet *p)
{
	if (l->cp.fsm.state != PPP_OPENED || p->code != PPP_PROTOCOL_REJECT || p->data.len < 2)
		return 0;
	return bytes_u16(p->data.data);
}

uint16_t lcp_mru(const struct lcp *l)
{
	return l->ask_mru ? l->want_mru : LCP_MRU_DEFAULT;
}
