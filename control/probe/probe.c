/* SPDX-License-Identifier: BSD-3-Clause */
#include "control/probe/probe.h"

#include <errno.h>
#include <linux/icmp.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "control/core/format.h"

static int probes_init(void *state, const struct proto_env *env)
{
	struct probes *all = state;

	all->env = *env;
	TAILQ_INIT(&all->running);
	return 0;
}

static bool probes_row(const void *state, unsigned i, struct proto_row *row)
{
	const struct probes *all = state;
	const struct probe *p;

	TAILQ_FOREACH (p, &all->running, entry)
		if (i-- == 0) {
			*row = p->row;
			return true;
		}
	return false;
}

static const struct debug_kind probe_debug[] = {
	{ "ip", "icmp", "Generic IP", "ICMP packet", DEBUG_IP_ICMP, true },
};

const struct proto probe_proto = {
	.name = "icmp",
	.size = sizeof(struct probes),
	.init = probes_init,
	.debug = probe_debug,
	.n_debug = 1,
	.row = probes_row,
};

static void probe_received(void *arg, const struct proto_datagram *d)
{
	struct probe *p = arg;
	char from[FORMAT_IP_SIZE], to[FORMAT_IP_SIZE];
	struct icmp_message m;

	if (!icmp_decode(d->data, &m))
		return;
	if (p == TAILQ_FIRST(&p->all->running)) /* all of them get every message */
		proto_debug(&p->all->env, DEBUG_IP_ICMP, "ICMP: %s rcvd, src %s, dst %s",
			icmp_type_name(m.type), format_ip(m.from, from), format_ip(m.to, to));
	p->heard(p, &m);
}

int probe_open(struct probe *p, struct probes *all, bw_ip4 source, bw_ip4 to)
{
	const struct icmp_filter filter = {
		.data = ~(1u << ICMP_ECHOREPLY | 1u << ICMP_DEST_UNREACH |
			  1u << ICMP_SOURCE_QUENCH | 1u << ICMP_TIME_EXCEEDED |
			  1u << ICMP_PARAMETERPROB),
	};
	const struct proto_socket_options o = {
		.type = SOCK_RAW,
		.protocol = IPPROTO_ICMP,
		.device = proto_device(&all->env, 0, to),
		.source = source,
	};
	int err;

	p->all = all;
	p->row.local = source;
	p->row.peer = to;
	proto_socket_init(&p->icmp, probe_received, p);
	err = proto_socket_open(&p->icmp, all->env.core->base, &o);
	if (err != 0)
		return err;
	if (setsockopt(p->icmp.fd, SOL_RAW, ICMP_FILTER, &filter, sizeof(filter)) < 0) {
		err = -errno;
		proto_socket_close(&p->icmp);
		return err;
	}
	TAILQ_INSERT_TAIL(&all->running, p, entry);
	return 0;
}

void probe_close(struct probe *p)
{
	TAILQ_REMOVE(&p->all->running, p, entry);
	proto_socket_close(&p->icmp);
}

uint32_t probe_ms(uint64_t us)
{
	return us < 1500 ? 1 : (uint32_t)((us + 500) / 1000);
}
