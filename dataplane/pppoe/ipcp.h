/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * IPCP (RFC 1332): our address, the peer's, and name servers (RFC 1877).
 *
 * Without an address of our own we ask for 0.0.0.0 and take the Nak's. With one (`ip unnumbered`,
 * `ip address`) we offer it, and keep it whatever the peer says, unless
 * `ppp ipcp address accept` is configured: then a Nak's is taken. What is sent when the peer does
 * not want ours:
 *   Reject: requests without the option, as RFC 1332 3.3 has it.
 *   Nak: the same. pppd then asks for the option once more by a Nak, and acks when it is left out
 *     again; it rejects what it was offered too often. A peer that still insists, at the third Nak,
 *     gets what it wants to read, and IPCP opens; the interface's address remains ours. So servers
 *     that route a block to the session (LAN type) come up, whichever way they answer.
 */
#ifndef DATAPLANE_PPPOE_IPCP_H
#define DATAPLANE_PPPOE_IPCP_H

#include "pppoe/cp.h"

struct ipcp {
	struct ppp_cp cp;
	const struct ppp_layer *layer;
	bool ask_addr, ask_dns[2];
	bw_ip4 want;	    /* the address on the wire */
	unsigned addr_naks; /* of an address that we keep */
	bw_ip4 dns[2];	    /* asked for or told; 0: none */
	bw_ip4 asked, peer; /* the peer's address: being judged; as we acked it. 0: none */
};

/* The layer hears of it; it lasts as long as i. */
void ipcp_init(struct ipcp *i, struct pppoe_env *env, const struct ppp_layer *layer);

/* Begin to negotiate, from the configuration. */
void ipcp_start(struct ipcp *i);

/* The layers below went down. */
void ipcp_stop(struct ipcp *i);

/* Our address; 0: there is none, and IPCP is of no use. */
bw_ip4 ipcp_local(const struct ipcp *i);

#endif
