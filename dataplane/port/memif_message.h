/* SPDX-License-Identifier: BSD-3-Clause */
/* The messages by which two memif (2.0) interfaces meet, as far as somebody in between needs them.
 */
#ifndef DATAPLANE_PORT_MEMIF_MESSAGE_H
#define DATAPLANE_PORT_MEMIF_MESSAGE_H

#include <stdint.h>

enum memif_message_type {
	MEMIF_INIT = 3,	      /* the client says which interface it wants */
	MEMIF_CONNECTED = 7,  /* the server's last word */
	MEMIF_DISCONNECT = 8, /* good-bye, or no */
};

/* Host order: both ends are on one machine. */
struct memif_message {
	uint16_t type;
	union {
		struct {
			uint16_t version;
			uint32_t id;
		} __attribute__((packed)) init;
		uint8_t body[126];
	};
} __attribute__((packed));

_Static_assert(sizeof(struct memif_message) == 128, "memif 2.0: a message's size");

/* A message and the descriptor that came with it, -1 = none. */
struct memif_letter {
	struct memif_message msg;
	int fd;
};

/*
 * The next message of a SOCK_SEQPACKET socket, without waiting. 1 with the letter filled, which
 * then is to be sent or dropped; 0 if there is none; or negative errno: -ECONNRESET (the other
 * end is closed), -EPROTO (no message of memif).
 */
int memif_receive(int sock, struct memif_letter *l);

/* Send it on without waiting; its descriptor is closed in either case. 0 or negative errno. */
int memif_send(int sock, struct memif_letter *l);

/* Close its descriptor. */
void memif_drop(struct memif_letter *l);

#endif
