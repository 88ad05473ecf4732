/* SPDX-License-Identifier: BSD-3-Clause */
#include "core/dp.h"

#include <rte_cycles.h>
#include <stdarg.h>
#include <stdio.h>

#define LOG_PER_SECOND 20

uint32_t dp_seconds(const struct dp *dp)
{
	return (rte_rdtsc() - dp->start_tsc) / dp->tsc_hz + 1;
}

uint64_t dp_ms(const struct dp *dp)
{
	return (rte_rdtsc() - dp->start_tsc) / (dp->tsc_hz / 1000);
}

int pkt_meta_register(void)
{
	static const struct rte_mbuf_dynfield field = {
		.name = "byway_pkt_meta",
		.size = sizeof(struct pkt_meta),
		.align = 8,
	};

	return rte_mbuf_dynfield_register_offset(&field, PKT_META_OFFSET) == PKT_META_OFFSET
		       ? 0
		       : -ENOSPC;
}

void dp_wake_main(struct dp *dp)
{
	/* what was put into the ring has to be seen before the sleeper's last look at it */
	atomic_thread_fence(memory_order_seq_cst);
	/* one system call for each time the main lcore went to sleep, not for each packet */
	if (atomic_load_explicit(&dp->main_sleeps, memory_order_relaxed) &&
		atomic_exchange(&dp->main_sleeps, false))
		bw_bell_ring(dp->main_bell);
}

/* A flood to the host stack must leave room for ARP. Returns how many remain. */
static unsigned shed_host_packets(struct worker *w, struct rte_mbuf **m, unsigned n)
{
	unsigned kept = 0;

	for (unsigned i = 0; i < n; i++) {
		if (pkt_meta(m[i])->punt != PUNT_HOST) {
			m[kept++] = m[i];
			continue;
		}
		w->counters->drops[BW_DROP_PUNT_FULL]++;
		rte_pktmbuf_free(m[i]);
	}
	return kept;
}

void dp_punt(struct worker *w, struct rte_mbuf **m, unsigned n)
{
	unsigned taken;

	if (unlikely(rte_ring_free_count(w->dp->punt) < rte_ring_get_size(w->dp->punt) / 4))
		n = shed_host_packets(w, m, n);
	taken = rte_ring_mp_enqueue_burst(w->dp->punt, (void **)m, n, NULL);

	if (unlikely(taken < n)) {
		w->counters->drops[BW_DROP_PUNT_FULL] += n - taken;
		rte_pktmbuf_free_bulk(m + taken, n - taken);
	}
	if (taken)
		dp_wake_main(w->dp);
}

void dp_log(struct dp *dp, unsigned severity, const char *mnemonic, const char *fmt, ...)
{
	struct bw_msg m = { .hdr.type = BW_EVT_LOG };
	uint32_t now = dp_seconds(dp);
	va_list args;

	if (dp->log_second != now) {
		dp->log_second = now;
		dp->log_budget = LOG_PER_SECOND;
	}
	if (dp->log_budget == 0) {
		events_lost(dp);
		return;
	}
	dp->log_budget--;
	m.log.severity = severity;
	snprintf(m.log.mnemonic, sizeof(m.log.mnemonic), "%s", mnemonic);
	va_start(args, fmt);
	vsnprintf(m.log.text, sizeof(m.log.text), fmt, args);
	va_end(args);
	events_notice(dp, &m);
}
