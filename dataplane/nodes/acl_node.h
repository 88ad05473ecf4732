/* SPDX-License-Identifier: BSD-3-Clause */
/* What the two access-group nodes share. */
#ifndef DATAPLANE_NODES_ACL_NODE_H
#define DATAPLANE_NODES_ACL_NODE_H

#include "nodes/node.h"
#include "tables/acl.h"

#define ACL_NODE_PROHIBITED                                                                        \
	13 /* code of a destination unreachable: administratively prohibited                       \
	    */

/* True if the list lets the packet pass; one that is not defined does. */
static inline bool acl_node_permits(struct worker *w, struct rte_mbuf *m, uint16_t acl_id)
{
	const struct pkt_meta *meta = pkt_meta(m);
	struct l4_info l4;

	if (l4_parse(pkt_ip4(m), rte_pktmbuf_data_len(m), &l4))
		return false;
	if (unlikely(meta->flags & PKT_F_L4_KNOWN))
		l4_set_ports(&l4, meta->l4_src, meta->l4_dst);
	return acl_match(w->dp->acl, acl_id, w->id, &l4) != ACL_DENY;
}

#endif
