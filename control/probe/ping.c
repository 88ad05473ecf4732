/* SPDX-License-Identifier: BSD-3-Clause */
#include "control/probe/ping.h"

#include <arpa/inet.h>
#include <errno.h>
#include <event2/event.h>
#include <linux/icmp.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#include "control/control.h"
#include "control/probe/probe.h"

#define HEADERS 28 /* IPv4 and ICMP */

struct ping {
	struct control *ctl;
	struct ping_options o;
	void (*mark)(void *arg, char mark);
	void (*end)(void *arg, const struct ping_result *result);
	void *arg;
	struct ping_result result;
	int fd;
	uint16_t id, seq;
	bool waiting;	  /* for the answer to echo `seq` */
	uint64_t sent_us; /* when that was sent */
	struct event *readable, *timer;
	uint8_t packet[PING_SIZE_MAX];
};

const struct ping_result *ping_result(const struct ping *ping)
{
	return &ping->result;
}

void ping_cancel(struct ping *ping)
{
	if (ping->readable != NULL)
		event_free(ping->readable);
	if (ping->timer != NULL)
		event_free(ping->timer);
	close(ping->fd);
	free(ping);
}

static void arm(struct ping *ping, uint32_t seconds)
{
	const struct timeval tv = { .tv_sec = seconds };

	evtimer_add(ping->timer, &tv);
}

/* IOS fills echoes with 0xABCD. */
static size_t build(struct ping *ping)
{
	size_t len = ping->o.size - (HEADERS - sizeof(struct icmphdr));
	struct icmphdr h = {
		.type = ICMP_ECHO,
		.un.echo.id = htons(ping->id),
		.un.echo.sequence = htons(ping->seq),
	};

	for (size_t i = sizeof(h); i < len; i++)
		ping->packet[i] = i % 2 ? 0xcd : 0xab;
	memcpy(ping->packet, &h, sizeof(h));
	h.checksum = probe_checksum(ping->packet, len);
	memcpy(ping->packet, &h, sizeof(h));
	return len;
}

/* The answer to the echo under way. The next one goes out from the event loop. */
static void answered(struct ping *ping, char mark)
{
	ping->waiting = false;
	ping->mark(ping->arg, mark);
	arm(ping, 0);
}

static void send_next(struct ping *ping)
{
	struct sockaddr_in sin = { .sin_family = AF_INET, .sin_addr.s_addr = ping->o.to };
	size_t len;

	ping->seq++;
	ping->result.sent++;
	len = build(ping);
	ping->sent_us = probe_now_us();
	ping->waiting = true;
	if (sendto(ping->fd, ping->packet, len, 0, (struct sockaddr *)&sin, sizeof(sin)) < 0 &&
		errno == EMSGSIZE) {
		answered(ping, 'M');
		return;
	}
	arm(ping, ping->o.timeout_s); /* what could not be sent is not answered, either */
}

static void on_timer(evutil_socket_t, short, void *arg)
{
	struct ping *ping = arg;

	if (ping->waiting) {
		ping->waiting = false;
		ping->mark(ping->arg, '.');
	}
	if (ping->result.sent < ping->o.repeat) {
		send_next(ping);
		return;
	}
	ping->end(ping->arg, &ping->result);
	ping_cancel(ping);
}

static char mark_of(const struct probe_icmp *icmp)
{
	switch (icmp->type) {
	case ICMP_DEST_UNREACH:
		return icmp->code == ICMP_FRAG_NEEDED ? 'M' : 'U';
	case ICMP_SOURCE_QUENCH:
		return 'Q';
	case ICMP_TIME_EXCEEDED:
		return '&';
	default:
		return '?';
	}
}

static void got(struct ping *ping, const struct probe_icmp *icmp)
{
	if (!ping->waiting)
		return;
	if (icmp->type == ICMP_ECHOREPLY) {
		uint32_t ms = probe_ms(probe_now_us() - ping->sent_us);
		struct ping_result *r = &ping->result;

		if (icmp->from != ping->o.to || icmp->id != ping->id || icmp->seq != ping->seq)
			return;
		r->min_ms = r->received == 0 || ms < r->min_ms ? ms : r->min_ms;
		r->max_ms = ms > r->max_ms ? ms : r->max_ms;
		r->sum_ms += ms;
		r->received++;
		answered(ping, '!');
	} else if (icmp->quotes && icmp->quoted_proto == IPPROTO_ICMP &&
		   icmp->quoted_to == ping->o.to && icmp->quoted_word[2] == ping->id &&
		   icmp->quoted_word[3] == ping->seq) {
		answered(ping, mark_of(icmp));
	}
}

static void on_readable(evutil_socket_t fd, short, void *arg)
{
	struct ping *ping = arg;
	uint8_t buf[PING_SIZE_MAX + 64];
	struct probe_icmp icmp;
	ssize_t len;

	while ((len = recv(fd, buf, sizeof(buf), 0)) >= 0)
		if (probe_decode(buf, (size_t)len, &icmp))
			got(ping, &icmp);
}

static int open_it(struct ping *ping)
{
	int discover = ping->o.df ? IP_PMTUDISC_PROBE : IP_PMTUDISC_DONT;
	bw_ip4 source = probe_source(ping->ctl, ping->o.source, ping->o.to);

	ping->fd = probe_icmp_socket(ping->ctl, source, ping->o.to);
	if (ping->fd < 0)
		return ping->fd;
	if (setsockopt(ping->fd, IPPROTO_IP, IP_MTU_DISCOVER, &discover, sizeof(discover)) < 0)
		return -errno;
	ping->readable =
		event_new(ping->ctl->core.base, ping->fd, EV_READ | EV_PERSIST, on_readable, ping);
	ping->timer = evtimer_new(ping->ctl->core.base, on_timer, ping);
	return ping->readable == NULL || ping->timer == NULL ? -ENOMEM : 0;
}

struct ping *ping_start(struct control *ctl, const struct ping_options *o,
	void (*mark)(void *arg, char mark),
	void (*end)(void *arg, const struct ping_result *result), void *arg)
{
	struct ping *ping = calloc(1, sizeof(*ping));
	int err;

	if (ping == NULL)
		return NULL;
	ping->ctl = ctl;
	ping->o = *o;
	ping->mark = mark;
	ping->end = end;
	ping->arg = arg;
	err = open_it(ping);
	if (err == 0 && getrandom(&ping->id, sizeof(ping->id), 0) < 0)
		err = -errno;
	if (err != 0) {
		ping_cancel(ping);
		errno = -err;
		return NULL;
	}
	event_add(ping->readable, NULL);
	arm(ping, 0);
	return ping;
}
