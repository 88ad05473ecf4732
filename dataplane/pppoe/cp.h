/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What LCP and IPCP have in common: the Configure, Terminate and Code-Reject packets (RFC 1661 5)
 * around the automaton. Which options there are is told by a record of operations.
 *
 * Beyond the RFC, against peers that never agree: Naks that come back max-failure times are taken
 * as Rejects. The layer is finished after max-configure rounds without an Ack, after max-configure
 * timeouts before it opened (an Ack refills the RFC's counter, so a peer that acks and never asks
 * would be asked for ever), and after max-configure refusals beyond max-failure.
 *
 * A Configure-Request that comes once more when the layer is Opened, byte for byte, is a slow or
 * doubled one and no new negotiation: it is acked again, some times, and else leaves all as it is.
 */
#ifndef DATAPLANE_PPPOE_CP_H
#define DATAPLANE_PPPOE_CP_H

#include "pppoe/env.h"
#include "pppoe/fsm.h"
#include "pppoe/ppp_packet.h"

enum ppp_verdict { PPP_ACCEPT, PPP_NAK, PPP_REJECT };

struct ppp_cp_ops {
	uint16_t protocol;

	/* Put the options of our Configure-Request. */
	void (*request)(void *arg, struct builder *b);

	/* The peer's options follow, each with judge(). They count once accepted() is called. */
	void (*judge_begin)(void *arg);

	/* One of them. With PPP_NAK the option as we would take it has been put to `nak`. */
	enum ppp_verdict (*judge)(void *arg, const struct ppp_option *o, struct builder *nak);

	/* An Ack for all of them is being sent. */
	void (*accepted)(void *arg);

	/* The peer's answer to an option of ours: rejected, or what it would rather have. */
	void (*refused)(void *arg, const struct ppp_option *o, bool rejected);

	/* RFC 1661 4.4. finished() comes last and may reset everything. */
	void (*up)(void *arg);
	void (*down)(void *arg);
	void (*finished)(void *arg);

	/* Answer an Echo-Request; NULL if there is none in this protocol. */
	void (*echo)(void *arg, const struct ppp_packet *p);
};

/* How the layers above hear of it. */
struct ppp_layer {
	void (*up)(void *arg);
	void (*down)(void *arg);
	void (*finished)(void *arg);
	void *arg;
};

struct ppp_cp {
	struct ppp_fsm fsm;
	const struct ppp_cp_ops *ops;
	void *arg;
	struct pppoe_env *env;
	uint8_t last_id;    /* of a packet of ours */
	uint8_t request_id; /* of our last Configure-Request */
	bool awaiting;	    /* ... which was not answered yet */
	bool repeat;	    /* what is sent now is the same once more */
	bool terminated;    /* by a Terminate-Request of the peer */
	unsigned naks;	    /* Configure-Naks that we sent without an Ack */
	unsigned rounds;    /* Naks and Rejects that we got without an Ack */
	unsigned refusals;  /* Naks and Rejects that we sent without an Ack */
	unsigned timeouts;  /* since it was opened last */
	unsigned again;	    /* repeated requests since then */
	size_t request_len;
	uint8_t request[64]; /* the options of our last Configure-Request */
	size_t answer_len;
	uint8_t answer[PPP_PROTOCOL + PPP_MAX]; /* to the peer's, from the protocol on */
	struct ppp_packet rx;			/* what is being answered; during a call */
};

/* Initial, nothing sent or heard. ops and arg last as long as cp. */
void ppp_cp_init(struct ppp_cp *cp, const struct ppp_cp_ops *ops, void *arg, struct pppoe_env *env);

/* Anything but packets: PPP_OPEN, PPP_UP, PPP_DOWN, PPP_CLOSE, PPP_RXJ_*, PPP_RXR. */
void ppp_cp_event(struct ppp_cp *cp, enum ppp_event event);

/* A packet of this protocol. Why nothing came of it, or BW_DROP_NONE. */
enum bw_drop ppp_cp_input(struct ppp_cp *cp, const struct ppp_packet *p);

void ppp_cp_poll(struct ppp_cp *cp);

/* Packets for what the protocol does beyond this: their id, and the sending. */
uint8_t ppp_cp_next_id(struct ppp_cp *cp);
void ppp_cp_send(const struct ppp_cp *cp, struct builder *b);

#endif
