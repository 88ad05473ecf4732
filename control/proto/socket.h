/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A protocol's datagram socket on the kernel's host stack: bound to the device of its VRF, never
 * blocking, and read a few datagrams at a time, so that no peer holds the event loop.
 */
#ifndef BW_CONTROL_PROTO_SOCKET_H
#define BW_CONTROL_PROTO_SOCKET_H

#include "dataplane/api/cursor.h"
#include "dataplane/api/msg.h"

struct event;
struct event_base;

#define PROTO_SOCKET_BURST 32	 /* datagrams in one turn of the event loop */
#define PROTO_DATAGRAM_MAX 65535 /* IPv4's own limit: none is cut */

struct proto_socket_options {
	int type, protocol; /* as of socket(2): SOCK_RAW, IPPROTO_ICMP */
	const char *device; /* of the VRF; "" = as the kernel routes */
	bw_ip4 source;	    /* 0 = any */
	uint16_t port;	    /* host order; 0 = any */
};

struct proto_reader;

struct proto_datagram {
	struct bytes data; /* of a raw socket: from the IPv4 header on. Gone after the call */
	bw_ip4 from;
	uint16_t port; /* host order */
};

struct proto_socket {
	int fd; /* -1 = closed; its options may be set */
	struct event *readable;
	/* It may close the socket, and free what this is embedded in. */
	void (*received)(void *arg, const struct proto_datagram *d);
	void *arg;
	struct proto_reader *reader; /* NULL: nothing is read */
};

/* Closed, with these two. `received` NULL: nothing is read. */
void proto_socket_init(struct proto_socket *s,
	void (*received)(void *arg, const struct proto_datagram *d), void *arg);

/* 0 or negative errno; it is then closed. */
int proto_socket_open(
	struct proto_socket *s, struct event_base *base, const struct proto_socket_options *o);

void proto_socket_close(struct proto_socket *s);

/* 0 or negative errno. `port` in host order; 0 for raw sockets. */
int proto_socket_send(struct proto_socket *s, bw_ip4 to, uint16_t port, struct bytes data);

/* The port that it is bound to, in host order; 0: none. */
uint16_t proto_socket_port(const struct proto_socket *s);

#endif
