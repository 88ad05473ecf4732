/* SPDX-License-Identifier: BSD-3-Clause */
#include "control/probe/ping_state.h"

#include <linux/icmp.h>

#include "control/probe/probe.h"

void ping_state_init(struct ping_state *s, const struct ping_options *o, uint16_t id)
{
	*s = (struct ping_state) { .o = *o, .id = id };
}

/* The answer to the echo under way. The next one goes out from the event loop. */
static struct ping_action ping_answered(struct ping_state *s, char mark)
{
	s->waiting = false;
	return (struct ping_action) { .mark = mark, .start = true };
}

static struct ping_action ping_timer(struct ping_state *s, uint64_t now_us)
{
	struct ping_action a = { .mark = s->waiting ? '.' : 0 };

	s->waiting = false;
	if (s->result.sent >= s->o.repeat) {
		a.end = true;
		return a;
	}
	s->seq++;
	s->result.sent++;
	s->sent_us = now_us;
	s->waiting = true;
	a.send = a.start = true;
	a.timer_ms = s->o.timeout_s * 1000; /* what cannot be sent is not answered, either */
	return a;
}

static char ping_mark(const struct icmp_message *m)
{
	switch (m->type) {
	case ICMP_DEST_UNREACH:
		return m->code == ICMP_FRAG_NEEDED ? 'M' : 'U';
	case ICMP_SOURCE_QUENCH:
		return 'Q';
	case ICMP_TIME_EXCEEDED:
		return '&';
	default:
		return '?';
	}
}

static void ping_count(struct ping_result *r, uint32_t ms)
{
	r->min_ms = r->received == 0 || ms < r->min_ms ? ms : r->min_ms;
	r->max_ms = ms > r->max_ms ? ms : r->max_ms;
	r->sum_ms += ms;
	r->received++;
}

static struct ping_action ping_icmp(
	struct ping_state *s, uint64_t now_us, const struct icmp_message *m)
{
	if (m->type == ICMP_ECHOREPLY) {
		if (m->from != s->o.to || m->id != s->id || m->seq != s->seq)
			return (struct ping_action) { 0 };
		ping_count(&s->result, probe_ms(now_us - s->sent_us));
		return ping_answered(s, '!');
	}
	if (icmp_quotes_echo(m, s->o.to, s->id, s->seq))
		return ping_answered(s, ping_mark(m));
	return (struct ping_action) { 0 };
}

struct ping_action ping_step(
	struct ping_state *s, enum ping_event event, uint64_t now_us, const struct icmp_message *m)
{
	if (event == PING_TIMER)
		return ping_timer(s, now_us);
	if (!s->waiting)
		return (struct ping_action) { 0 };
	return event == PING_TOO_BIG ? ping_answered(s, 'M') : ping_icmp(s, now_us, m);
}
