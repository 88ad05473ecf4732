/* SPDX-License-Identifier: BSD-3-Clause */
#include "control/probe/traceroute_state.h"

#include <linux/icmp.h>
#include <netinet/in.h>

#include "control/probe/probe.h"

void traceroute_state_init(
	struct traceroute_state *s, const struct traceroute_options *o, uint16_t local_port)
{
	*s = (struct traceroute_state) {
		.o = *o,
		.local_port = local_port,
		.port = o->port,
		.ttl = o->min_ttl,
	};
}

/* Who answered the probe under way, 0: nobody; and on to the next one. */
static void traceroute_report(struct traceroute_state *s, struct traceroute_action *a, bw_ip4 from,
	char note, uint64_t now_us)
{
	a->answered = true;
	a->answer = (struct traceroute_answer) {
		.ttl = (uint8_t)s->ttl,
		.probe = s->probe,
		.from = from,
		.ms = probe_ms(now_us - s->sent_us),
		.note = note,
	};
	s->waiting = false;
	s->port++;
	if (++s->probe == s->o.probes) {
		s->probe = 0;
		s->ttl++;
	}
}

static bool traceroute_is_over(const struct traceroute_state *s)
{
	return s->probe == 0 && (s->arrived || s->ttl > s->o.max_ttl);
}

static struct traceroute_action traceroute_timer(struct traceroute_state *s, uint64_t now_us)
{
	struct traceroute_action a = { 0 };

	if (s->waiting)
		traceroute_report(s, &a, 0, 0, now_us);
	if (traceroute_is_over(s)) {
		a.end = true;
		return a;
	}
	s->sent_us = now_us;
	s->waiting = true;
	a.send = a.start = true;
	a.timer_ms = s->o.timeout_s * 1000;
	return a;
}

static char traceroute_note(const struct icmp_message *m)
{
	if (m->type != ICMP_DEST_UNREACH)
		return 0;
	switch (m->code) {
	case ICMP_PORT_UNREACH:
		return 0;
	case ICMP_NET_UNREACH:
		return 'N';
	case ICMP_HOST_UNREACH:
		return 'H';
	case ICMP_PROT_UNREACH:
		return 'P';
	case ICMP_PKT_FILTERED:
	case ICMP_NET_ANO:
	case ICMP_HOST_ANO:
		return 'A';
	default:
		return 'U';
	}
}

static bool traceroute_is_ours(const struct traceroute_state *s, const struct icmp_message *m)
{
	return s->waiting && m->quotes && m->quote.protocol == IPPROTO_UDP &&
	       m->quote.to == s->o.to && icmp_quoted_source(&m->quote) == s->local_port &&
	       icmp_quoted_destination(&m->quote) == s->port;
}

struct traceroute_action traceroute_step(struct traceroute_state *s, enum traceroute_event event,
	uint64_t now_us, const struct icmp_message *m)
{
	struct traceroute_action a = { 0 };

	if (event == TRACEROUTE_TIMER)
		return traceroute_timer(s, now_us);
	if (!traceroute_is_ours(s, m))
		return a;
	s->arrived |= m->type == ICMP_DEST_UNREACH;
	traceroute_report(s, &a, m->from, traceroute_note(m), now_us);
	a.start = true; /* the next one goes out from the event loop */
	return a;
}
