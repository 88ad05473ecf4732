/* SPDX-License-Identifier: BSD-3-Clause */
#include "control/probe/ping.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/socket.h>

#include "control/core/format.h"
#include "control/probe/ping_state.h"
#include "control/probe/probe.h"
#include "control/proto/timer.h"

#define IP_HEADER 20

struct ping {
	struct probe probe;
	struct ping_state state;
	struct proto_timer timer;
	void (*mark)(void *arg, char mark);
	void (*end)(void *arg, const struct ping_result *result);
	void *arg;
	uint8_t packet[PING_SIZE_MAX];
};

const struct ping_result *ping_result(const struct ping *ping)
{
	return &ping->state.result;
}

void ping_cancel(struct ping *ping)
{
	probe_close(&ping->probe);
	proto_timer_fini(&ping->timer);
	free(ping);
}

/* 0 or negative errno. */
static int ping_send(struct ping *ping)
{
	const struct ping_state *s = &ping->state;
	struct builder b = { ping->packet, sizeof(ping->packet), 0, false };
	char from[FORMAT_IP_SIZE], to[FORMAT_IP_SIZE];

	if (!icmp_encode_echo(&b, s->id, s->seq, s->o.size - IP_HEADER))
		return -EMSGSIZE;
	proto_debug(&ping->probe.all->env, DEBUG_IP_ICMP, "ICMP: echo sent, src %s, dst %s",
		format_ip(ping->probe.row.local, from), format_ip(s->o.to, to));
	return proto_socket_send(&ping->probe.icmp, s->o.to, 0, (struct bytes) { b.data, b.len });
}

static void ping_happened(struct ping *ping, enum ping_event event, const struct icmp_message *m)
{
	struct ping_action a = ping_step(&ping->state, event, proto_now_us(), m);

	if (a.mark != 0)
		ping->mark(ping->arg, a.mark);
	if (a.end) {
		ping->end(ping->arg, &ping->state.result);
		ping_cancel(ping);
		return;
	}
	if (a.start)
		proto_timer_start(&ping->timer, a.timer_ms);
	if (a.send && ping_send(ping) == -EMSGSIZE)
		ping_happened(ping, PING_TOO_BIG, NULL);
}

static void ping_timer_fired(void *arg)
{
	ping_happened(arg, PING_TIMER, NULL);
}

static void ping_heard(struct probe *p, const struct icmp_message *m)
{
	ping_happened((struct ping *)p, PING_ICMP, m);
}

static int ping_open(struct ping *ping, struct probes *all, const struct ping_options *o)
{
	int discover = o->df ? IP_PMTUDISC_PROBE : IP_PMTUDISC_DONT;
	bw_ip4 source = o->source != 0 ? o->source : proto_source(&all->env, 0, o->to);
	uint16_t id;
	int err;

	if (getrandom(&id, sizeof(id), 0) < 0)
		return -errno;
	ping_state_init(&ping->state, o, id);
	ping->probe.heard = ping_heard;
	ping->probe.row =
		(struct proto_row) { .transport = "icmp", .service = "Ping", .state = "ECHO" };
	err = proto_timer_init(&ping->timer, all->env.core->base, ping_timer_fired, ping);
	if (err == 0)
		err = probe_open(&ping->probe, all, source, o->to);
	if (err != 0) {
		proto_timer_fini(&ping->timer);
		return err;
	}
	if (setsockopt(ping->probe.icmp.fd, IPPROTO_IP, IP_MTU_DISCOVER, &discover,
		    sizeof(discover)) < 0) {
		err = -errno;
		probe_close(&ping->probe);
		proto_timer_fini(&ping->timer);
	}
	return err;
}

struct ping *ping_start(struct probes *all, const struct ping_options *o,
	void (*mark)(void *arg, char mark),
	void (*end)(void *arg, const struct ping_result *result), void *arg)
{
	struct ping *ping = calloc(1, sizeof(*ping));
	int err;

	if (ping == NULL)
		return NULL;
	ping->mark = mark;
	ping->end = end;
	ping->arg = arg;
	err = ping_open(ping, all, o);
	if (err != 0) {
		free(ping);
		errno = -err;
		return NULL;
	}
	proto_timer_start(&ping->timer, 0);
	return ping;
}
