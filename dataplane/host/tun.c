/* SPDX-License-Identifier: BSD-3-Clause */
#include "host/tun.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

bool tun_name_is_good(const char *name, unsigned size)
{
	size_t len = strnlen(name, size);

	if (len == 0 || len >= size || len >= IFNAMSIZ || strcmp(name, ".") == 0 ||
		strcmp(name, "..") == 0)
		return false;
	for (size_t i = 0; i < len; i++) /* '%' asks the kernel to choose a number */
		if (!isgraph((unsigned char)name[i]) || strchr("/:%", name[i]) != NULL)
			return false;
	return true;
}

/* One ioctl of the device `name` on any socket. */
static int device_ioctl(const char *name, unsigned long request, struct ifreq *ifr)
{
	int s = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), err;

	if (s < 0)
		return -errno;
	snprintf(ifr->ifr_name, sizeof(ifr->ifr_name), "%s", name);
	err = ioctl(s, request, ifr) < 0 ? -errno : 0;
	close(s);
	return err;
}

int tun_set_mtu(const char *name, uint32_t mtu)
{
	struct ifreq ifr = { .ifr_mtu = mtu };

	return device_ioctl(name, SIOCSIFMTU, &ifr);
}

static int set_up(const char *name)
{
	struct ifreq ifr = { 0 };
	int err = device_ioctl(name, SIOCGIFFLAGS, &ifr);

	if (err != 0)
		return err;
	ifr.ifr_flags |= IFF_UP;
	return device_ioctl(name, SIOCSIFFLAGS, &ifr);
}

/*
 * The dataplane tells the router's own sockets of a too small MTU by an ICMP error from the
 * router's own address, which the kernel otherwise takes for a forgery.
 */
static int accept_own_addresses(const char *name)
{
	char path[128];
	int fd, err = 0;

	snprintf(path, sizeof(path), "/proc/sys/net/ipv4/conf/%s/accept_local", name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (write(fd, "1", 1) < 0)
		err = -errno;
	close(fd);
	return err;
}

int tun_open(const char *name, uint32_t mtu)
{
	struct ifreq ifr = { .ifr_flags = IFF_TUN | IFF_NO_PI };
	int fd, err;

	fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", name);
	if (ioctl(fd, TUNSETIFF, &ifr) < 0 || ioctl(fd, TUNSETPERSIST, 0) < 0) {
		err = -errno;
		close(fd);
		return err;
	}
	err = accept_own_addresses(name);
	if (err == 0)
		err = tun_set_mtu(name, mtu);
	if (err == 0)
		err = set_up(name);
	if (err != 0) {
		close(fd);
		return err;
	}
	return fd;
}
