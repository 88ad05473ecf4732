/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A PPP session from the PADS on: the phases of RFC 1661 3 around LCP, authentication and IPCP.
 * It does not know of discovery: when it is down, its owner dials again.
 */
#ifndef DATAPLANE_PPPOE_SESSION_H
#define DATAPLANE_PPPOE_SESSION_H

#include "pppoe/auth.h"
#include "pppoe/ipcp.h"
#include "pppoe/lcp.h"

struct ppp_session {
	struct pppoe_env *env;
	struct ppp_layer lcp_layer, ipcp_layer;
	struct lcp lcp;
	struct ppp_auth auth;
	struct ipcp ipcp;
	enum bw_pppoe_stage stage; /* BW_PPPOE_ESTABLISH and later; BW_PPPOE_DOWN: there is none */
	enum bw_pppoe_reason reason; /* why it ended, or ends */
	bool was_up;
	bool refused;	    /* the server will not have us, in so many words or not */
	uint64_t speak;	    /* when LCP begins, if the server does not */
	uint64_t lcp_limit; /* LCP must be open by then */
	uint64_t ncp_limit; /* IPCP must be open by then */
	uint64_t up_limit;  /* ... and all of it, however often it starts over */
	uint64_t up_since;  /* IPCP; while it is open */
	unsigned rejects;   /* Protocol-Rejects left in this second */
	uint64_t rejects_since;
};

/* Down. */
void ppp_session_init(struct ppp_session *s, struct pppoe_env *env);

/*
 * Discovery has opened it. The server has the first word for a moment: its kernel often misses what
 * follows the PADS at once, and whoever repeats a Configure-Request early makes a server that has
 * heard the first start over.
 */
void ppp_session_start(struct ppp_session *s);

/* data[len] from PPP's protocol field on. */
enum bw_drop ppp_session_input(struct ppp_session *s, const uint8_t *data, size_t len);

void ppp_session_poll(struct ppp_session *s);
uint64_t ppp_session_due(const struct ppp_session *s);

/* End it in good order: Terminate-Request, and it is down when that is answered or given up. */
void ppp_session_close(struct ppp_session *s, enum bw_pppoe_reason reason);

/* It is down at once; nothing is sent. */
void ppp_session_end(struct ppp_session *s, enum bw_pppoe_reason reason);

/* A PADT of the server's: down at once. */
void ppp_session_padt(struct ppp_session *s);

#endif
