/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * DPDK's af_packet driver joins a fanout group with PACKET_FANOUT_FLAG_DEFRAG, so the kernel
 * would put fragments together before we see them: packets larger than the MTU that never were
 * on the wire. A router has to see what came. The driver (22.11 to 24.11) has no argument for
 * it, so this setsockopt() stands before libc's and takes the flag out.
 */
#include <linux/if_packet.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

int setsockopt(int fd, int level, int name, const void *value, socklen_t len)
{
	uint32_t fanout;

	if (level == SOL_PACKET && name == PACKET_FANOUT && len == sizeof(fanout)) {
		memcpy(&fanout, value, sizeof(fanout));
		fanout &= ~((uint32_t)PACKET_FANOUT_FLAG_DEFRAG << 16);
		value = &fanout;
	}
	return syscall(SYS_setsockopt, fd, level, name, value, len);
}
