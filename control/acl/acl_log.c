/* SPDX-License-Identifier: BSD-3-Clause */
/* The lines of access list entries with `log`, as IOS writes them. */
#include <netinet/in.h>
#include <stdio.h>

#include "control/acl/acl.h"
#include "control/core/format.h"

static void log_extended(
	struct log *out, const char *head, const struct bw_acl_log *log, const char *packets)
{
	char src[FORMAT_IP_SIZE], dst[FORMAT_IP_SIZE];

	format_ip(log->src, src);
	format_ip(log->dst, dst);
	if (log->proto == IPPROTO_TCP || log->proto == IPPROTO_UDP)
		log_event(out, "SEC-6-IPACCESSLOGP", "%s %s %s(%u) -> %s(%u), %s", head,
			acl_proto_name(log->proto), src, log->sport, dst, log->dport, packets);
	else if (log->proto == IPPROTO_ICMP)
		log_event(out, "SEC-6-IPACCESSLOGDP", "%s icmp %s -> %s (%u/%u), %s", head, src,
			dst, log->icmp_type, log->icmp_code, packets);
	else
		log_event(out, "SEC-6-IPACCESSLOGNP", "%s %u %s -> %s, %s", head, log->proto, src,
			dst, packets);
}

void acl_log_event(void *table, const struct bw_msg *m)
{
	const struct bw_acl_log *log = &m->acl_log;
	struct acl_table *t = table;
	const struct acl *acl = acl_by_id(t, log->acl_id);
	char head[ACL_NAME_LEN + 32], packets[32], src[FORMAT_IP_SIZE];

	snprintf(packets, sizeof(packets), "%u packet%s", log->packets,
		log->packets == 1 ? "" : "s");
	if (log->acl_id == 0)
		log_event(&t->core->log, "SEC-6-IPACCESSLOGRL",
			"access-list logging rate-limited or missed %s", packets);
	if (acl == NULL) /* or gone since */
		return;
	snprintf(head, sizeof(head), "list %s %s", acl->name, log->permit ? "permitted" : "denied");
	if (acl->extended)
		log_extended(&t->core->log, head, log, packets);
	else
		log_event(&t->core->log, "SEC-6-IPACCESSLOGS", "%s %s %s", head,
			format_ip(log->src, src), packets);
}
