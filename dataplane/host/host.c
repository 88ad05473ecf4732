/* SPDX-License-Identifier: BSD-3-Clause */
#include "host/host.h"

#include <errno.h>
#include <rte_cycles.h>
#include <rte_ip.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <unistd.h>

#include "core/dp.h"
#include "core/packet.h"
#include "core/worker.h"
#include "host/tun.h"

#define MAX_SEGMENTS  16
#define RETRY_SECONDS 1

struct host {
	struct bw_host conf;
	int tun;   /* -1 while the device is lost */
	int timer; /* ticks while the device is lost */
	int poll;  /* epoll descriptor of both: what host_fd() gives */
};

static uint32_t max_mtu(const struct dp *dp)
{
	return rte_pktmbuf_data_room_size(dp->pool) - RTE_PKTMBUF_HEADROOM;
}

static struct host *find(const struct dp *dp, uint32_t vrf)
{
	return vrf < BW_MAX_VRFS ? dp->host[vrf] : NULL;
}

static int watch(const struct host *h, int fd)
{
	struct epoll_event ev = { .events = EPOLLIN };

	return epoll_ctl(h->poll, EPOLL_CTL_ADD, fd, &ev) < 0 ? -errno : 0;
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void destroy(struct host *h)
{
	close_fd(&h->tun);
	close_fd(&h->timer);
	close_fd(&h->poll);
	free(h);
}

static struct host *create(const struct bw_host *conf, int *err)
{
	struct host *h = calloc(1, sizeof(*h));

	*err = -ENOMEM;
	if (h == NULL)
		return NULL;
	h->conf = *conf;
	h->tun = -1;
	h->timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	h->poll = epoll_create1(EPOLL_CLOEXEC);
	if (h->timer < 0 || h->poll < 0) {
		*err = -errno;
		goto fail;
	}
	*err = watch(h, h->timer);
	if (*err != 0)
		goto fail;
	h->tun = tun_open(conf->dev, conf->mtu);
	*err = h->tun < 0 ? h->tun : watch(h, h->tun);
	if (*err == 0)
		return h;
fail:
	destroy(h);
	return NULL;
}

int host_set(struct dp *dp, const struct bw_host *conf)
{
	struct host *old = find(dp, conf->vrf_id), *h;
	int err;

	if (conf->vrf_id >= BW_MAX_VRFS || conf->mtu < BW_MIN_IP_MTU || conf->mtu > max_mtu(dp) ||
		!tun_name_is_good(conf->dev, sizeof(conf->dev)))
		return -EINVAL;
	if (old != NULL && strcmp(old->conf.dev, conf->dev) == 0) {
		err = old->tun < 0 ? 0 : tun_set_mtu(conf->dev, conf->mtu);
		if (err == 0)
			old->conf.mtu = conf->mtu;
		return err;
	}
	h = create(conf, &err);
	if (h == NULL)
		return err;
	dp->host[conf->vrf_id] = h;
	if (old != NULL)
		destroy(old);
	return 0;
}

int host_del(struct dp *dp, uint32_t vrf)
{
	struct host *h = find(dp, vrf);

	if (h == NULL)
		return -ENOENT;
	dp->host[vrf] = NULL;
	destroy(h);
	return 0;
}

bool host_sweep(struct dp *dp, uint8_t epoch)
{
	bool swept = false;

	for (uint32_t vrf = 0; vrf < BW_MAX_VRFS; vrf++)
		if (dp->host_epoch[vrf] != epoch && host_del(dp, vrf) == 0)
			swept = true;
	return swept;
}

const struct bw_host *host_conf(const struct dp *dp, uint32_t vrf)
{
	const struct host *h = find(dp, vrf);

	return h != NULL ? &h->conf : NULL;
}

int host_fd(const struct dp *dp, uint32_t vrf)
{
	const struct host *h = find(dp, vrf);

	return h != NULL ? h->poll : -1;
}

static void set_timer(struct host *h, time_t seconds)
{
	struct itimerspec t = { .it_interval.tv_sec = seconds, .it_value.tv_sec = seconds };

	timerfd_settime(h->timer, 0, &t, NULL);
}

/* Somebody deleted the device: what is left of it would be readable for ever. */
static void lost(struct dp *dp, struct host *h)
{
	dp_log(dp, 4, "HOST-4-DEVICE_LOST", "Host device %s is gone; making it again", h->conf.dev);
	close_fd(&h->tun);
	set_timer(h, RETRY_SECONDS);
}

static void retry(struct host *h)
{
	uint64_t ticks;

	if (read(h->timer, &ticks, sizeof(ticks)) < 0)
		return;
	h->tun = tun_open(h->conf.dev, h->conf.mtu);
	if (h->tun < 0)
		return;
	if (watch(h, h->tun) < 0)
		close_fd(&h->tun);
	else
		set_timer(h, 0);
}

static void drop(struct dp *dp, struct rte_mbuf *m)
{
	dp->counters->drops[BW_DROP_HOST_FULL]++;
	rte_pktmbuf_free(m);
}

static int gather(struct rte_mbuf *m, struct iovec iov[MAX_SEGMENTS])
{
	int n = 0;

	for (; m != NULL; m = m->next) {
		if (n == MAX_SEGMENTS)
			return -EMSGSIZE;
		iov[n].iov_base = rte_pktmbuf_mtod(m, void *);
		iov[n++].iov_len = rte_pktmbuf_data_len(m);
	}
	return n;
}

void host_send(struct dp *dp, uint32_t vrf, struct rte_mbuf *m)
{
	struct host *h = find(dp, vrf);
	struct iovec iov[MAX_SEGMENTS];
	int n = gather(m, iov);

	if (h == NULL || h->tun < 0 || n < 0) {
		drop(dp, m);
	} else if (writev(h->tun, iov, n) < 0) {
		if (errno == EBADFD)
			lost(dp, h);
		drop(dp, m);
	} else {
		rte_pktmbuf_free(m);
	}
}

/* What raw sockets could send wrong, the nodes behind ip4_input rely on. */
static bool trim_to_header(struct rte_mbuf *m)
{
	const struct rte_ipv4_hdr *ip = pkt_ip4(m);
	uint16_t total;

	if (m->data_len < sizeof(*ip) || ip->version != IPVERSION)
		return false;
	total = rte_be_to_cpu_16(ip->total_length);
	if (rte_ipv4_hdr_len(ip) < sizeof(*ip) || total < rte_ipv4_hdr_len(ip) ||
		total > m->data_len)
		return false;
	m->data_len = total;
	m->pkt_len = total;
	return true;
}

static void count(struct dp *dp, const struct rte_mbuf *m)
{
	struct bw_main_counters *c = &dp->counters->main;
	const struct rte_ipv4_hdr *ip = pkt_ip4((struct rte_mbuf *)m);
	unsigned header = rte_ipv4_hdr_len(ip);

	c->sent++;
	c->broadcasts_tx += ip->dst_addr == UINT32_MAX;
	c->multicasts_tx += rte_be_to_cpu_32(ip->dst_addr) >> 28 == 0xe;
	if (ip->next_proto_id == IPPROTO_ICMP && m->data_len > header &&
		!(ip->fragment_offset & RTE_BE16(RTE_IPV4_HDR_OFFSET_MASK)))
		c->icmp_tx[bw_icmp_slot(((const uint8_t *)ip)[header])]++;
}

static void hand_over(struct dp *dp, uint32_t vrf, struct rte_mbuf *m)
{
	*pkt_meta(m) = (struct pkt_meta) {
		.vrf = vrf,
		.flags = PKT_F_LOCAL,
		.entry = INBOX_IP4_LOOKUP,
	};
	count(dp, m);
	if (!worker_hand_over(dp->worker[0], m))
		drop(dp, m);
}

/* One packet, or NULL: none waits, there is no mbuf (it waits on), or the device is gone. */
static struct rte_mbuf *receive_one(struct dp *dp, struct host *h)
{
	struct rte_mbuf *m = rte_pktmbuf_alloc(dp->pool);
	ssize_t n;

	if (m == NULL)
		return NULL;
	do
		n = read(h->tun, rte_pktmbuf_mtod(m, void *), rte_pktmbuf_tailroom(m));
	while (n < 0 && errno == EINTR);
	if (n < 0) {
		if (errno == EBADFD)
			lost(dp, h);
		rte_pktmbuf_free(m);
		return NULL;
	}
	m->data_len = n;
	m->pkt_len = n;
	return m;
}

unsigned host_receive(struct dp *dp, uint32_t vrf, unsigned budget)
{
	struct host *h = find(dp, vrf);
	struct rte_mbuf *m;
	unsigned n = 0;

	if (h == NULL)
		return 0;
	if (h->tun < 0)
		retry(h);
	while (n < budget && h->tun >= 0 && (m = receive_one(dp, h)) != NULL) {
		n++;
		if (trim_to_header(m))
			hand_over(dp, vrf, m);
		else /* the kernel's own IPv6 chatter, mostly: not for this router */
			rte_pktmbuf_free(m);
	}
	return n;
}
