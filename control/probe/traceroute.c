/* SPDX-License-Identifier: BSD-3-Clause */
#include "control/probe/traceroute.h"

#include <arpa/inet.h>
#include <errno.h>
#include <event2/event.h>
#include <linux/icmp.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "control/control.h"
#include "control/probe/probe.h"

struct traceroute {
	struct control *ctl;
	struct traceroute_options o;
	void (*answer)(void *arg, const struct traceroute_answer *answer);
	void (*end)(void *arg);
	void *arg;
	int icmp_fd, udp_fd;
	uint16_t local_port;
	uint16_t port; /* of the probe under way */
	uint8_t ttl;
	uint32_t probe;
	bool waiting;
	bool arrived; /* the destination itself, or a dead end, answered at this TTL */
	uint64_t sent_us;
	struct event *readable, *timer;
};

void traceroute_cancel(struct traceroute *t)
{
	if (t->readable != NULL)
		event_free(t->readable);
	if (t->timer != NULL)
		event_free(t->timer);
	if (t->icmp_fd >= 0)
		close(t->icmp_fd);
	if (t->udp_fd >= 0)
		close(t->udp_fd);
	free(t);
}

static void arm(struct traceroute *t, uint32_t seconds)
{
	const struct timeval tv = { .tv_sec = seconds };

	evtimer_add(t->timer, &tv);
}

static void send_probe(struct traceroute *t)
{
	struct sockaddr_in sin = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = t->o.to,
		.sin_port = htons(t->port),
	};
	int ttl = t->ttl;

	t->sent_us = probe_now_us();
	t->waiting = true;
	setsockopt(t->udp_fd, IPPROTO_IP, IP_TTL, &ttl, sizeof(ttl));
	/* An error that an earlier probe left on the socket is reported here: once more then. */
	if (sendto(t->udp_fd, "", 0, 0, (struct sockaddr *)&sin, sizeof(sin)) < 0)
		sendto(t->udp_fd, "", 0, 0, (struct sockaddr *)&sin, sizeof(sin));
	arm(t, t->o.timeout_s);
}

static void report(struct traceroute *t, bw_ip4 from, char note)
{
	const struct traceroute_answer answer = {
		.ttl = t->ttl,
		.probe = t->probe,
		.from = from,
		.ms = probe_ms(probe_now_us() - t->sent_us),
		.note = note,
	};

	t->waiting = false;
	t->answer(t->arg, &answer);
	t->port++;
	if (++t->probe == t->o.probes) {
		t->probe = 0;
		t->ttl++;
	}
}

static bool is_over(const struct traceroute *t)
{
	return t->probe == 0 && (t->arrived || t->ttl > t->o.max_ttl);
}

static void on_timer(evutil_socket_t, short, void *arg)
{
	struct traceroute *t = arg;

	if (t->waiting)
		report(t, 0, 0);
	if (!is_over(t)) {
		send_probe(t);
		return;
	}
	t->end(t->arg);
	traceroute_cancel(t);
}

static char note_of(const struct probe_icmp *icmp)
{
	if (icmp->type != ICMP_DEST_UNREACH)
		return 0;
	switch (icmp->code) {
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

static bool is_ours(const struct traceroute *t, const struct probe_icmp *icmp)
{
	return t->waiting && icmp->quotes && icmp->quoted_proto == IPPROTO_UDP &&
	       icmp->quoted_to == t->o.to && icmp->quoted_word[0] == t->local_port &&
	       icmp->quoted_word[1] == t->port;
}

static void on_readable(evutil_socket_t fd, short, void *arg)
{
	struct traceroute *t = arg;
	struct probe_icmp icmp;
	uint8_t buf[2048];
	ssize_t len;

	while ((len = recv(fd, buf, sizeof(buf), 0)) >= 0) {
		if (!probe_decode(buf, (size_t)len, &icmp) || !is_ours(t, &icmp))
			continue;
		t->arrived |= icmp.type == ICMP_DEST_UNREACH;
		report(t, icmp.from, note_of(&icmp));
		arm(t, 0);
	}
}

static int open_sockets(struct traceroute *t)
{
	bw_ip4 source = probe_source(t->ctl, t->o.source, t->o.to);
	struct sockaddr_in any = { .sin_family = AF_INET, .sin_addr.s_addr = source }, local;
	socklen_t len = sizeof(local);

	t->icmp_fd = probe_icmp_socket(t->ctl, 0, t->o.to);
	if (t->icmp_fd < 0)
		return t->icmp_fd;
	t->udp_fd = probe_udp_socket(t->ctl, 0, t->o.to);
	if (t->udp_fd < 0)
		return t->udp_fd;
	if (bind(t->udp_fd, (struct sockaddr *)&any, sizeof(any)) < 0 ||
		getsockname(t->udp_fd, (struct sockaddr *)&local, &len) < 0)
		return -errno;
	t->local_port = ntohs(local.sin_port);
	t->readable =
		event_new(t->ctl->core.base, t->icmp_fd, EV_READ | EV_PERSIST, on_readable, t);
	t->timer = evtimer_new(t->ctl->core.base, on_timer, t);
	return t->readable == NULL || t->timer == NULL ? -ENOMEM : 0;
}

struct traceroute *traceroute_start(struct control *ctl, const struct traceroute_options *o,
	void (*answer)(void *arg, const struct traceroute_answer *answer), void (*end)(void *arg),
	void *arg)
{
	struct traceroute *t = calloc(1, sizeof(*t));
	int err;

	if (t == NULL)
		return NULL;
	t->ctl = ctl;
	t->o = *o;
	t->answer = answer;
	t->end = end;
	t->arg = arg;
	t->icmp_fd = t->udp_fd = -1;
	t->ttl = o->min_ttl;
	t->port = o->port;
	err = open_sockets(t);
	if (err != 0) {
		traceroute_cancel(t);
		errno = -err;
		return NULL;
	}
	event_add(t->readable, NULL);
	arm(t, 0);
	return t;
}
