/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The option negotiation automaton of RFC 1661 4, for LCP and IPCP alike. It knows states, events,
 * the restart counter and its timer; packets are made by whoever owns it (cp.h).
 *
 * Passive and Restart, which the RFC leaves to choice, are not done.
 */
#ifndef DATAPLANE_PPPOE_FSM_H
#define DATAPLANE_PPPOE_FSM_H

#include <stdbool.h>
#include <stdint.h>

#define PPP_NEVER UINT64_MAX /* of times: not running */

/* RFC 1661 4.2, in its numbering. */
enum ppp_state {
	PPP_INITIAL,
	PPP_STARTING,
	PPP_CLOSED,
	PPP_STOPPED,
	PPP_CLOSING,
	PPP_STOPPING,
	PPP_REQ_SENT,
	PPP_ACK_RCVD,
	PPP_ACK_SENT,
	PPP_OPENED,
	PPP_STATES,
};

/* RFC 1661 4.3. */
enum ppp_event {
	PPP_UP,
	PPP_DOWN,
	PPP_OPEN,
	PPP_CLOSE,
	PPP_TO_PLUS,  /* the restart timer ran out, and the counter has not */
	PPP_TO_MINUS, /* ... and the counter has */
	PPP_RCR_GOOD, /* Configure-Request that is acked */
	PPP_RCR_BAD,  /* Configure-Request that is not */
	PPP_RCA,      /* Configure-Ack */
	PPP_RCN,      /* Configure-Nak or -Reject */
	PPP_RTR,      /* Terminate-Request */
	PPP_RTA,      /* Terminate-Ack */
	PPP_RUC,      /* unknown code */
	PPP_RXJ_GOOD, /* Code- or Protocol-Reject of what can be done without */
	PPP_RXJ_BAD,  /* ... of what can not */
	PPP_RXR,      /* Echo-Request, Echo-Reply or Discard-Request */
	PPP_EVENTS,
};

/* RFC 1661 4.4. The restart counter is the automaton's own; the rest is asked of the owner. */
enum ppp_action {
	PPP_NO_ACTION,
	PPP_TLU, /* this layer up */
	PPP_TLD, /* ... down */
	PPP_TLS, /* ... started */
	PPP_TLF, /* ... finished */
	PPP_IRC, /* initialize restart count */
	PPP_ZRC, /* zero restart count */
	PPP_SCR, /* send Configure-Request */
	PPP_SCA, /* send Configure-Ack */
	PPP_SCN, /* send Configure-Nak or -Reject */
	PPP_STR, /* send Terminate-Request */
	PPP_STA, /* send Terminate-Ack */
	PPP_SCJ, /* send Code-Reject */
	PPP_SER, /* send Echo-Reply */
};

struct ppp_fsm {
	enum ppp_state state;
	/*
	 * Do this: one of all actions but IRC and ZRC. It is called before the state changes, for
	 * TLU and TLF after; in TLU and TLF alone it may post further events.
	 */
	void (*act)(void *arg, enum ppp_action action);
	void *arg;
	unsigned restarts; /* the restart counter */
	uint64_t due;	   /* when the restart timer runs out, in ms; or PPP_NEVER */
	uint64_t retry_ms; /* its interval */
	unsigned max_configure, max_terminate;
};

/* Initial, with the timer off. Of the rest, act, arg and the limits are the caller's. */
void ppp_fsm_init(struct ppp_fsm *f);

/* What cannot happen in a state (`-` in the RFC's table) changes nothing. */
void ppp_fsm_event(struct ppp_fsm *f, uint64_t now_ms, enum ppp_event event);

/* The event that the restart timer posts now, to be given to ppp_fsm_event(). False: it is not due.
 */
bool ppp_fsm_timeout(const struct ppp_fsm *f, uint64_t now_ms, enum ppp_event *event);

#endif
