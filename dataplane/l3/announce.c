/* SPDX-License-Identifier: BSD-3-Clause */
#include "l3/announce.h"

#include "core/dp.h"
#include "l3/arp.h"

#define ALIASES_A_POLL 64 /* 640 a second */

void announce_aliases(struct dp *dp)
{
	struct announcer *a = &dp->announcer;
	struct alias_table *t = &dp->aliases;

	a->pending = true;
	for (uint32_t i = 0; i < t->n; i++) {
		const struct itf *itf = dp_itf(dp, t->item[i].if_id);

		if (!t->item[i].announce)
			continue;
		if (a->sent == ALIASES_A_POLL)
			return;
		t->item[i].announce = false;
		if (!itf || !itf_is_up(itf))
			continue; /* all over again once it is */
		arp_send_announcement(dp, itf, t->item[i].addr);
		a->sent++;
	}
	a->pending = false;
}

void announce_itf(struct dp *dp, const struct itf *itf)
{
	for (uint32_t i = 0; i < itf->n_addrs; i++)
		arp_send_announcement(dp, itf, itf->addr[i].addr);
	for (uint32_t i = 0; i < dp->aliases.n; i++)
		dp->aliases.item[i].announce |= dp->aliases.item[i].if_id == itf->id;
	announce_aliases(dp);
}

void announce_poll(struct dp *dp)
{
	dp->announcer.sent = 0;
	if (dp->announcer.pending)
		announce_aliases(dp);
}
