/* SPDX-License-Identifier: BSD-3-Clause */
#include "control/probe/traceroute.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "control/probe/probe.h"
#include "control/probe/traceroute_state.h"
#include "control/proto/timer.h"

struct traceroute {
	struct probe probe;
	struct traceroute_state state;
	struct proto_socket udp;
	struct proto_timer timer;
	void (*answer)(void *arg, const struct traceroute_answer *answer);
	void (*end)(void *arg);
	void *arg;
};

void traceroute_cancel(struct traceroute *t)
{
	probe_close(&t->probe);
	proto_socket_close(&t->udp);
	proto_timer_fini(&t->timer);
	free(t);
}

static void traceroute_send(struct traceroute *t)
{
	const struct traceroute_state *s = &t->state;
	const struct bytes nothing = { (const uint8_t *)"", 0 };
	int ttl = s->ttl;

	t->probe.row.peer_port = s->port;
	setsockopt(t->udp.fd, IPPROTO_IP, IP_TTL, &ttl, sizeof(ttl));
	/* An error that an earlier probe left on the socket is reported here: once more then. */
	if (proto_socket_send(&t->udp, s->o.to, s->port, nothing) != 0)
		proto_socket_send(&t->udp, s->o.to, s->port, nothing);
}

static void traceroute_happened(
	struct traceroute *t, enum traceroute_event event, const struct icmp_message *m)
{
	struct traceroute_action a = traceroute_step(&t->state, event, proto_now_us(), m);

	if (a.answered)
		t->answer(t->arg, &a.answer);
	if (a.end) {
		t->end(t->arg);
		traceroute_cancel(t);
		return;
	}
	if (a.start)
		proto_timer_start(&t->timer, a.timer_ms);
	if (a.send)
		traceroute_send(t);
}

static void traceroute_timer_fired(void *arg)
{
	traceroute_happened(arg, TRACEROUTE_TIMER, NULL);
}

static void traceroute_heard(struct probe *p, const struct icmp_message *m)
{
	traceroute_happened((struct traceroute *)p, TRACEROUTE_ICMP, m);
}

static int traceroute_open(
	struct traceroute *t, struct probes *all, const struct traceroute_options *o)
{
	struct event_base *base = all->env.core->base;
	const struct proto_socket_options udp = {
		.type = SOCK_DGRAM,
		.protocol = IPPROTO_UDP,
		.device = proto_device(&all->env, 0, o->to),
		.source = o->source != 0 ? o->source : proto_source(&all->env, 0, o->to),
	};
	int err;

	t->probe.heard = traceroute_heard;
	t->probe.row = (struct proto_row) {
		.transport = "udp", .service = "Traceroute", .state = "PROBE"
	};
	proto_socket_init(&t->udp, NULL, NULL);
	err = proto_timer_init(&t->timer, base, traceroute_timer_fired, t);
	if (err == 0)
		err = proto_socket_open(&t->udp, base, &udp);
	if (err == 0)
		err = probe_open(&t->probe, all, 0, o->to); /* errors come to any address */
	if (err != 0) {
		proto_socket_close(&t->udp);
		proto_timer_fini(&t->timer);
		return err;
	}
	traceroute_state_init(&t->state, o, proto_socket_port(&t->udp));
	t->probe.row.local = udp.source;
	t->probe.row.local_port = t->state.local_port;
	t->probe.row.peer_port = o->port;
	return 0;
}

struct traceroute *traceroute_start(struct probes *all, const struct traceroute_options *o,
	void (*answer)(void *arg, const struct traceroute_answer *answer), void (*end)(void *arg),
	void *arg)
{
	struct traceroute *t = calloc(1, sizeof(*t));
	int err;

	if (t == NULL)
		return NULL;
	t->answer = answer;
	t->end = end;
	t->arg = arg;
	err = traceroute_open(t, all, o);
	if (err != 0) {
		free(t);
		errno = -err;
		return NULL;
	}
	proto_timer_start(&t->timer, 0);
	return t;
}
