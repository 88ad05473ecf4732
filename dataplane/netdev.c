/* SPDX-License-Identifier: BSD-3-Clause */
#include "netdev.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

bool netdev_running(const char *name)
{
	struct ifreq ifr = { 0 };
	int s = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bool up;

	if (s < 0)
		return false;
	snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", name);
	up = ioctl(s, SIOCGIFFLAGS, &ifr) == 0 && ifr.ifr_flags & IFF_RUNNING;
	close(s);
	return up;
}

static int write_setting(const char *family, const char *device, const char *name, const char *value)
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
