/* SPDX-License-Identifier: BSD-3-Clause */
#include "port/netdev.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/ethtool.h>
#include <linux/rtnetlink.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

/* One ioctl of the device. */
static int ask(const char *name, unsigned long request, struct ifreq *ifr)
{
	int s = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int rc;

	if (s < 0)
		return -errno;
	snprintf(ifr->ifr_name, sizeof(ifr->ifr_name), "%s", name);
	rc = ioctl(s, request, ifr) == 0 ? 0 : -errno;
	close(s);
	return rc;
}

bool netdev_running(const char *name)
{
	struct ifreq ifr = { 0 };

	return ask(name, SIOCGIFFLAGS, &ifr) == 0 && ifr.ifr_flags & IFF_RUNNING;
}

int netdev_set_mtu(const char *name, uint16_t mtu)
{
	struct ifreq ifr = { .ifr_mtu = mtu };

	return ask(name, SIOCSIFMTU, &ifr);
}

bool netdev_kernel_has_af_xdp(void)
{
	int s = socket(AF_XDP, SOCK_RAW | SOCK_CLOEXEC, 0);

	if (s >= 0)
		close(s);
	return s >= 0;
}

unsigned netdev_channels(const char *name)
{
	struct ethtool_channels channels = { .cmd = ETHTOOL_GCHANNELS };
	struct ifreq ifr = { .ifr_data = (void *)&channels };

	if (ask(name, SIOCETHTOOL, &ifr) < 0)
		return 0;
	return channels.combined_count ? channels.combined_count : channels.rx_count;
}

/* -1 if it cannot be read. */
static int read_setting(const char *family, const char *device, const char *name)
{
	char path[128];
	int value = -1;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/sys/net/%s/conf/%s/%s", family, device, name);
	f = fopen(path, "re");
	if (!f)
		return -1;
	if (fscanf(f, "%d", &value) != 1)
		value = -1;
	fclose(f);
	return value;
}

static int write_setting(
	const char *family, const char *device, const char *name, const char *value)
{
	char path[128];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/sys/net/%s/conf/%s/%s", family, device, name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	n = write(fd, value, strlen(value));
	close(fd);
	return n < 0 ? -errno : 0;
}

int netdev_quiet(const char *name)
{
	int ipv6 = write_setting("ipv6", name, "disable_ipv6", "1");
	int rc = write_setting("ipv4", name, "arp_ignore", "8");

	if (rc == 0)
		rc = write_setting("ipv4", name, "rp_filter", "1");
	return rc == 0 && ipv6 != -ENOENT ? ipv6 : rc; /* a kernel without IPv6 is quiet */
}

int netdev_answer_own(const char *name)
{
	if (if_nametoindex(name) == 0 || read_setting("ipv4", name, "arp_ignore") > 0)
		return 0;
	return write_setting("ipv4", name, "arp_ignore", "1");
}

int netdev_monitor(void)
{
	struct sockaddr_nl nl = { .nl_family = AF_NETLINK, .nl_groups = RTMGRP_LINK };
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, NETLINK_ROUTE);
	int rc;

	if (fd < 0)
		return -errno;
	if (bind(fd, (struct sockaddr *)&nl, sizeof(nl)) == 0)
		return fd;
	rc = -errno;
	close(fd);
	return rc;
}

/* Whatever it says, and if some of it was lost, the devices are looked at. */
void netdev_changed(int fd)
{
	char buf[8192];

	while (recv(fd, buf, sizeof(buf), 0) >= 0 || errno == ENOBUFS)
		;
}
