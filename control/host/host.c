/* SPDX-License-Identifier: BSD-3-Clause */
#include "control/host/host.h"

#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <libmnl/libmnl.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "control/core/format.h"
#include "control/iface/iface.h"

#define BUFFER_SIZE 8192

/* A set of addresses, searched once it is sorted. */
struct addresses {
	bw_ip4 *addr;
	size_t n, size;
};

static int addresses_order(const void *a, const void *b)
{
	bw_ip4 x = *(const bw_ip4 *)a, y = *(const bw_ip4 *)b;

	return (x > y) - (x < y);
}

static bool addresses_add(struct addresses *set, bw_ip4 addr)
{
	if (set->n == set->size) {
		size_t size = set->size ? 2 * set->size : 64;
		bw_ip4 *more = realloc(set->addr, size * sizeof(*more));

		if (more == NULL)
			return false;
		set->addr = more;
		set->size = size;
	}
	set->addr[set->n++] = addr;
	return true;
}

static void addresses_sort(struct addresses *set)
{
	if (set->n > 0)
		qsort(set->addr, set->n, sizeof(*set->addr), addresses_order);
}

static bool addresses_have(const struct addresses *set, bw_ip4 addr)
{
	return set->n > 0 &&
	       bsearch(&addr, set->addr, set->n, sizeof(addr), addresses_order) != NULL;
}

static void complain(struct host *host, const char *what, int err)
{
	if (log_allowed(&host->limit, clock_ms()))
		log_event(&host->core->log, "PLATFORM-3-HOST", "%s: %s: %s", host->device, what,
			strerror(err));
}

static void write_sysctl(struct host *host, const char *family, const char *name, const char *value)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "/proc/sys/net/%s/conf/%s/%s", family, host->device, name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0) {
		if (errno != ENOENT) /* a kernel without IPv6 has nothing to switch off */
			complain(host, name, errno);
		return;
	}
	if (write(fd, value, strlen(value)) < 0)
		complain(host, name, errno);
	close(fd);
}

/* Send a request and take the kernel's answers, which come at once. 0 or negative errno. */
static int talk(struct host *host, struct nlmsghdr *nlh, mnl_cb_t cb, void *arg)
{
	char buf[BUFFER_SIZE];
	ssize_t len;
	int ret;

	nlh->nlmsg_seq = ++host->seq;
	if (mnl_socket_sendto(host->request, nlh, nlh->nlmsg_len) < 0)
		return -errno;
	do {
		len = mnl_socket_recvfrom(host->request, buf, sizeof(buf));
		if (len < 0)
			return -errno;
		ret = mnl_cb_run(
			buf, len, host->seq, mnl_socket_get_portid(host->request), cb, arg);
	} while (ret > 0);
	return ret < 0 ? -errno : 0;
}

static int bring_up(struct host *host)
{
	char buf[BUFFER_SIZE];
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct ifinfomsg *ifi;

	nlh->nlmsg_type = RTM_NEWLINK;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	ifi = mnl_nlmsg_put_extra_header(nlh, sizeof(*ifi));
	ifi->ifi_index = (int)host->ifindex;
	ifi->ifi_change = ifi->ifi_flags = IFF_UP;
	mnl_attr_put_u32(nlh, IFLA_MTU, HOST_MTU);
	return talk(host, nlh, NULL, NULL);
}

static int change_address(struct host *host, uint16_t type, bw_ip4 addr)
{
	char buf[BUFFER_SIZE];
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct ifaddrmsg *ifa;

	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	if (type == RTM_NEWADDR)
		nlh->nlmsg_flags |= NLM_F_CREATE | NLM_F_REPLACE;
	ifa = mnl_nlmsg_put_extra_header(nlh, sizeof(*ifa));
	ifa->ifa_family = AF_INET;
	ifa->ifa_prefixlen = 32;
	ifa->ifa_index = host->ifindex;
	mnl_attr_put_u32(nlh, IFA_LOCAL, addr);
	mnl_attr_put_u32(nlh, IFA_ADDRESS, addr);
	return talk(host, nlh, NULL, NULL);
}

static int set_default_route(struct host *host)
{
	char buf[BUFFER_SIZE];
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct rtmsg *rtm;

	nlh->nlmsg_type = RTM_NEWROUTE;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_REPLACE;
	rtm = mnl_nlmsg_put_extra_header(nlh, sizeof(*rtm));
	rtm->rtm_family = AF_INET;
	rtm->rtm_table = RT_TABLE_MAIN;
	rtm->rtm_protocol = RTPROT_STATIC;
	rtm->rtm_scope = RT_SCOPE_LINK;
	rtm->rtm_type = RTN_UNICAST;
	mnl_attr_put_u32(nlh, RTA_OIF, host->ifindex);
	mnl_attr_put_u32(nlh, RTA_PRIORITY, HOST_ROUTE_METRIC);
	return talk(host, nlh, NULL, NULL);
}

struct listing {
	unsigned ifindex;
	bool incomplete; /* there was no memory; the rest of the answer is read all the same */
	struct addresses set;
};

static int on_address(const struct nlmsghdr *nlh, void *arg)
{
	const struct ifaddrmsg *ifa = mnl_nlmsg_get_payload(nlh);
	struct listing *list = arg;
	const struct nlattr *attr;

	if (mnl_nlmsg_get_payload_len(nlh) < sizeof(*ifa) || ifa->ifa_index != list->ifindex)
		return MNL_CB_OK;
	mnl_attr_for_each (attr, nlh, sizeof(*ifa))
		if (mnl_attr_get_type(attr) == IFA_LOCAL &&
			mnl_attr_validate(attr, MNL_TYPE_U32) >= 0)
			list->incomplete |= !addresses_add(&list->set, mnl_attr_get_u32(attr));
	return MNL_CB_OK;
}

static int list_addresses(struct host *host, struct listing *list)
{
	char buf[BUFFER_SIZE];
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct ifaddrmsg *ifa;
	int err;

	nlh->nlmsg_type = RTM_GETADDR;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	ifa = mnl_nlmsg_put_extra_header(nlh, sizeof(*ifa));
	ifa->ifa_family = AF_INET;
	list->ifindex = host->ifindex;
	err = talk(host, nlh, on_address, list);
	return err == 0 && list->incomplete ? -ENOMEM : err;
}

static int collect(struct host *host, struct addresses *set)
{
	struct iface *ifc;
	struct iface_addr *a;

	TAILQ_FOREACH (ifc, &host->ifaces->list, entry) {
		if (!ifc->line_up || ifc->vrf != 0)
			continue;
		TAILQ_FOREACH (a, &ifc->addrs, entry)
			if (!addresses_add(set, a->addr))
				return -ENOMEM;
	}
	return 0;
}

static void sync_addresses(
	struct host *host, const struct addresses *has, const struct addresses *wants)
{
	int err;

	for (size_t i = 0; i < has->n; i++)
		if (!addresses_have(wants, has->addr[i])) {
			err = change_address(host, RTM_DELADDR, has->addr[i]);
			if (err != 0 && err != -EADDRNOTAVAIL && err != -ENODEV)
				complain(host, "removing an address", -err);
		}
	for (size_t i = 0; i < wants->n; i++)
		if (!addresses_have(has, wants->addr[i])) {
			err = change_address(host, RTM_NEWADDR, wants->addr[i]);
			if (err != 0 && err != -ENODEV)
				complain(host, "adding an address", -err);
		}
}

static void set_up(struct host *host)
{
	int err;

	write_sysctl(host, "ipv6", "disable_ipv6", "1");
	write_sysctl(host, "ipv4", "forwarding", "0");
	/* Loose, which also relaxes a strict setting of `all`: the way back is ours to know. */
	write_sysctl(host, "ipv4", "rp_filter", "2");
	err = bring_up(host);
	if (err == 0)
		err = set_default_route(host);
	if (err != 0 && err != -ENODEV)
		complain(host, "setting up the device", -err);
}

/* Bring the device's addresses up to date. Tolerates its absence. */
static void host_sync(struct host *host)
{
	struct listing has = { 0 };
	struct addresses wants = { 0 };
	int err;

	if (host->ifindex == 0)
		return;
	err = collect(host, &wants);
	if (err == 0)
		err = list_addresses(host, &has);
	if (err == 0) {
		addresses_sort(&has.set);
		addresses_sort(&wants);
		sync_addresses(host, &has.set, &wants);
		/* with a device's last address the kernel takes its routes away */
		if (has.set.n == 0 && wants.n > 0)
			err = set_default_route(host);
	}
	if (err != 0)
		complain(host, "the addresses", -err);
	free(has.set.addr);
	free(wants.addr);
}

/* The device appeared, went, or is another one of the same name. */
static void look(struct host *host)
{
	unsigned ifindex = if_nametoindex(host->device);

	if (ifindex == host->ifindex)
		return;
	host->ifindex = ifindex;
	if (ifindex == 0)
		return;
	set_up(host);
	host_sync(host);
}

static void on_monitor(evutil_socket_t, short, void *arg)
{
	struct host *host = arg;
	char buf[BUFFER_SIZE];

	/* What exactly happened does not matter, nor whether some of it was lost. */
	while (recv(mnl_socket_get_fd(host->monitor), buf, sizeof(buf), MSG_DONTWAIT) > 0)
		;
	look(host);
}

/* --- the dataplane makes the device --- */

static bool host_wish(void *owner, struct dp_object *, uint32_t, struct bw_msg *m)
{
	struct host *host = owner;

	m->host.mtu = HOST_MTU;
	memcpy(m->host.dev, host->device, sizeof(m->host.dev));
	return false;
}

static struct dp_object *host_find(void *owner, uint64_t)
{
	struct host *host = owner;

	return &host->obj;
}

static void host_replay(void *owner)
{
	struct host *host = owner;

	dp_say(&host->core->dp, &host->obj);
}

static void host_label(void *owner, struct dp_object *, uint64_t, char *buf, size_t size)
{
	struct host *host = owner;

	snprintf(buf, size, "device %s", host->device);
}

static const struct dp_class_ops host_ops = {
	.name = "host device",
	.set_type = BW_CMD_HOST_SET, /* always there: no del_type */
	.wish = host_wish,
	.find = host_find,
	.replay = host_replay,
	.label = host_label,
};

/* --- the addresses of interfaces --- */

static bool host_settle(void *arg, struct work_budget *)
{
	host_sync(arg);
	return false;
}

static void host_addr_told(void *arg, enum watch_event, void *)
{
	struct host *host = arg;

	work_mark(&host->work);
}

static int open_socket(struct mnl_socket **s, unsigned groups)
{
	*s = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);
	if (*s == NULL || mnl_socket_bind(*s, groups, MNL_SOCKET_AUTOPID) < 0)
		return -errno;
	return 0;
}

int host_init(struct host *host, struct core *core, struct iface_table *ifaces, const char *device)
{
	int err;

	memset(host, 0, sizeof(*host));
	host->core = core;
	host->ifaces = ifaces;
	host->limit = (struct log_limit) { .burst = 5, .interval_ms = 1000 };
	host->obj.class = DP_HOST;
	dp_class_register(&core->dp, DP_HOST, &host_ops, host);
	if (device == NULL)
		return 0;
	host->work = (struct work) {
		.name = "host",
		.rank = WORK_HOST,
		.run = host_settle,
		.arg = host,
	};
	work_add(&core->work, &host->work);
	host->addr_watch = (struct watch) { .told = host_addr_told, .arg = host };
	watch_add(&ifaces->addr_watches, &host->addr_watch);
	dp_want(&core->dp, &host->obj);
	snprintf(host->device, sizeof(host->device), "%s", device);
	if ((err = open_socket(&host->monitor, RTMGRP_LINK)) != 0 ||
		(err = open_socket(&host->request, 0)) != 0)
		return err;
	host->event = event_new(core->base, mnl_socket_get_fd(host->monitor), EV_READ | EV_PERSIST,
		on_monitor, host);
	if (host->event == NULL)
		return -ENOMEM;
	event_add(host->event, NULL);
	look(host);
	return 0;
}

void host_fini(struct host *host)
{
	if (host->event != NULL)
		event_free(host->event);
	if (host->monitor != NULL)
		mnl_socket_close(host->monitor);
	if (host->request != NULL)
		mnl_socket_close(host->request);
	memset(host, 0, sizeof(*host));
}
