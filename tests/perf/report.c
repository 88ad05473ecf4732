/* SPDX-License-Identifier: BSD-3-Clause */
#include "report.h"

#include <inttypes.h>
#include <rte_cycles.h>

static void report_count(FILE *out, const char *name, uint64_t n)
{
	fprintf(out, ", \"%s\": %" PRIu64, name, n);
}

static void report_latency(FILE *out, const struct histogram *h)
{
	static const struct {
		const char *name;
		double share;
	} row[] = { { "p50", 0.5 }, { "p90", 0.9 }, { "p99", 0.99 }, { "p99.9", 0.999 } };
	const double us = 1e6 / (double)rte_get_tsc_hz();

	fprintf(out, ", \"latency_us\": {\"count\": %" PRIu64, h->count);
	for (size_t i = 0; i < RTE_DIM(row); i++)
		fprintf(out, ", \"%s\": %.2f", row[i].name,
			(double)histogram_quantile(h, row[i].share) * us);
	fprintf(out, ", \"max\": %.2f}", (double)h->max * us);
}

static void report_rates(FILE *out, const struct trial_result *r)
{
	const double seconds = r->seconds > 0 ? r->seconds : 1;
	const double pps = (double)r->window_received / seconds;

	fprintf(out, ", \"rx_pps\": %.0f, \"tx_pps\": %.0f, \"rx_bps\": %.0f", pps,
		(double)r->window_sent / seconds, (double)r->window_rx_bytes * 8 / seconds);
	/* of whatever was slowest: in a flood, of the router as a rule */
	fprintf(out, ", \"cycles_per_packet\": %.2f", pps > 0 ? (double)rte_get_tsc_hz() / pps : 0);
}

void report_trial(
	FILE *out, const struct trial_spec *spec, unsigned size, const struct trial_result *r)
{
	if (size == IMIX)
		fprintf(out, "\"size\": \"imix\"");
	else if (size == FROM_PCAP)
		fprintf(out, "\"size\": \"pcap\"");
	else
		fprintf(out, "\"size\": %u", size);
	fprintf(out, ", \"seconds\": %.6f", r->seconds);
	report_count(out, "offered", r->offered);
	report_count(out, "sent", r->sent);
	report_count(out, "received", r->received);
	report_count(out, "foreign", r->foreign);
	fprintf(out, ", \"loss\": %.8f", trial_loss(r));
	report_rates(out, r);
	/* near 0 in a flood: the generator was slower than what it measured */
	fprintf(out, ", \"tx_full\": %.4f",
		r->bursts ? (double)r->bursts_cut / (double)r->bursts : 0);
	if (spec->rate > 0)
		report_count(out, "skipped", r->skipped);
	if (spec->stamp) {
		report_count(out, "out_of_order", r->out_of_order);
		report_latency(out, &r->latency);
	}
	if (spec->verify) {
		report_count(out, "bad_checksum", r->bad_checksum);
		report_count(out, "bad_source", r->bad_source);
		report_count(out, "bad_destination", r->bad_destination);
		report_count(out, "min_ttl", r->received ? r->min_ttl : 0);
		report_count(out, "max_ttl", r->max_ttl);
	}
	if (r->stalled)
		fprintf(out, ", \"stalled\": true");
	if (r->interrupted)
		fprintf(out, ", \"interrupted\": true");
}
