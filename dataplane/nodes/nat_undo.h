/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A translated packet as its sender sent it, for an ICMP error about it: the error has to reach
 * him and to quote what he knows (RFC 5508 4.2).
 */
#ifndef DATAPLANE_NODES_NAT_UNDO_H
#define DATAPLANE_NODES_NAT_UNDO_H

#include "core/packet.h"
#include "core/worker.h"
#include "nat/translate.h"

/* What the packet's flags tell of its way: it may have been translated. */
#define NAT_UNDO_FLAGS (PKT_F_NAT_OUT2IN | PKT_F_NAT_PASSED)

/*
 * Take the translation back, at the worker that has the flow's session: NAT_DONE; meta->vrf is
 * the sender's, and both flags are clear. NAT_PASS: it was not translated. NAT_HAND: *owner is the
 * worker to ask. NAT_DROP: its session has gone, and nobody knows the sender any more.
 */
enum nat_verdict nat_undo_packet(struct worker *w, struct rte_mbuf *m, uint8_t *owner);

#endif
