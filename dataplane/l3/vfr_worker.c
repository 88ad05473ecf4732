/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>

#include "core/dp.h"
#include "l3/vfr.h"
#include "nat/nat.h"

int vfr_worker_init(struct worker *w)
{
	w->vfr = vfr_create(w->dp->nat->vfr);
	return w->vfr ? 0 : -ENOMEM;
}

static void release(void *pkt)
{
	rte_pktmbuf_free(pkt);
}

void vfr_worker_fini(struct worker *w)
{
	vfr_destroy(w->vfr, release);
	w->vfr = NULL;
}

void vfr_worker_poll(struct worker *w)
{
	struct vfr_result r;

	while (vfr_expire(w->vfr, w->now_sec, &r)) {
		for (unsigned i = 0; i < r.n; i++) {
			const struct pkt_meta *meta = pkt_meta(r.pkt[i]);

			w->counters->itf[meta->in_if].rx_drops++;
		}
		w->counters->drops[r.drop] += r.n;
		rte_pktmbuf_free_bulk((struct rte_mbuf **)r.pkt, r.n);
	}
}

/* The worker's latest event of a kind and how many there were in all. */
static const struct vfr_event *latest(
	const struct dp *dp, enum vfr_event_kind kind, uint32_t *count)
{
	const struct vfr_event *last = NULL;

	*count = 0;
	for (unsigned i = 0; i < dp->n_workers; i++) {
		const struct vfr_event *e = vfr_event(dp->worker[i]->vfr, kind);
		uint32_t n = atomic_load(&e->count);

		*count += n;
		if (n)
			last = e;
	}
	return last;
}

static void log_event(struct dp *dp, enum vfr_event_kind kind, const struct vfr_event *e)
{
	const struct itf *itf = dp_itf(dp, atomic_load(&e->if_id) % BW_MAX_IFS);
	const char *name = itf ? itf->conf.name : "?";
	char src[INET_ADDRSTRLEN], dst[INET_ADDRSTRLEN];
	struct in_addr in;

	in.s_addr = atomic_load(&e->src);
	inet_ntop(AF_INET, &in, src, sizeof(src));
	in.s_addr = atomic_load(&e->dst);
	inet_ntop(AF_INET, &in, dst, sizeof(dst));
	switch (kind) {
	case VFR_E_OVERFLOW:
		dp_log(dp, 4, "IP_VFR-4-FRAG_TABLE_OVERFLOW",
			"%s: the fragment table has reached its maximum threshold %u", name,
			atomic_load(&e->limit));
		break;
	case VFR_E_TOO_MANY:
		dp_log(dp, 4, "IP_VFR-4-TOO_MANY_FRAGMENTS",
			"%s: more than %u fragments per datagram, %s to %s", name,
			atomic_load(&e->limit), src, dst);
		break;
	case VFR_E_OVERLAP:
		dp_log(dp, 3, "IP_VFR-3-OVERLAP_FRAGMENTS", "%s: from the host %s destined to %s",
			name, src, dst);
		break;
	default:
		dp_log(dp, 4, "IP_VFR-4-TINY_FRAGMENTS", "%s: from the host %s destined to %s",
			name, src, dst);
	}
}

void vfr_poll(struct dp *dp)
{
	for (unsigned kind = 0; kind < VFR_EVENTS; kind++) {
		uint32_t count;
		const struct vfr_event *e = latest(dp, kind, &count);

		if (count == dp->nat->seen_vfr[kind])
			continue;
		dp->nat->seen_vfr[kind] = count;
		log_event(dp, kind, e);
	}
}
