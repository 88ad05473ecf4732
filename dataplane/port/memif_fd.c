/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * DPDK's memif driver (22.11 to 24.11) asks EAL for the descriptors of its memory when a zero-copy
 * client meets its peer, and closes them when they have met, though they stay EAL's. The next
 * client, or the same one the next time, would hand over a closed descriptor, or a stranger's that
 * has got its number. The driver alone asks by this function, so it stands before EAL's and gives a
 * copy, which may be closed.
 */
#include <errno.h>
#include <fcntl.h>
#include <rte_memory.h>

/* Called with EAL's lock for reading held, as from rte_memseg_walk(). */
int rte_memseg_get_fd(const struct rte_memseg *ms)
{
	int fd = rte_memseg_get_fd_thread_unsafe(ms);

	if (fd < 0)
		return fd;
	fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	return fd < 0 ? -errno : fd;
}
