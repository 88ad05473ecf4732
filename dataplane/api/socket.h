/* SPDX-License-Identifier: BSD-3-Clause */
/* Unix sockets of the kind SOCK_SEQPACKET that lie at a path. */
#ifndef DATAPLANE_API_SOCKET_H
#define DATAPLANE_API_SOCKET_H

/*
 * Connect to the listener at path. It waits, wait_ms at most (0: not at all), only while the
 * listener's backlog is full. A blocking socket, closed on exec, or negative errno: -ENOENT,
 * -ECONNREFUSED (nobody listens), -ETIMEDOUT, -ENAMETOOLONG.
 */
int bw_socket_connect(const char *path, unsigned wait_ms);

/*
 * Listen at path, for the owner only; a socket that was left behind there is replaced. A
 * non-blocking socket, closed on exec, or negative errno: -EADDRINUSE (somebody listens there),
 * -ENOTSOCK (path is something else).
 */
int bw_socket_listen(const char *path);

#endif
