/* SPDX-License-Identifier: BSD-3-Clause */
/* What went through interfaces, and how fast. */
#include <math.h>
#include <string.h>

#include "control/core/format.h"
#include "control/iface/iface.h"

static void read_driver(const struct iface *ifc, struct iface_driver *d)
{
	const struct bw_region *region = dp_region(&ifc->table->core->dp);
	const struct bw_port_info *info;

	memset(d, 0, sizeof(*d));
	if (region == NULL || ifc->port < 0)
		return;
	info = &region->ports[ifc->port];
	d->rx_packets = info->rx_packets;
	d->rx_bytes = info->rx_bytes;
	d->rx_missed = info->rx_missed;
	d->rx_errors = info->rx_errors;
	d->rx_nombuf = info->rx_nombuf;
	d->tx_packets = info->tx_packets;
	d->tx_bytes = info->tx_bytes;
	d->tx_errors = info->tx_errors;
}

/* A counter below its base belongs to a new dataplane. */
static void subtract(uint64_t *counter, uint64_t base)
{
	if (*counter >= base)
		*counter -= base;
}

void iface_driver_counters(const struct iface *ifc, struct iface_driver *d)
{
	const struct iface_driver *base = &ifc->driver_base;

	read_driver(ifc, d);
	subtract(&d->rx_packets, base->rx_packets);
	subtract(&d->rx_bytes, base->rx_bytes);
	subtract(&d->rx_missed, base->rx_missed);
	subtract(&d->rx_errors, base->rx_errors);
	subtract(&d->rx_nombuf, base->rx_nombuf);
	subtract(&d->tx_packets, base->tx_packets);
	subtract(&d->tx_bytes, base->tx_bytes);
	subtract(&d->tx_errors, base->tx_errors);
}

void iface_counters_cleared(struct iface *ifc)
{
	read_driver(ifc, &ifc->driver_base);
	ifc->cleared_ms = clock_ms();
	ifc->resets = 0;
}

static void driver_as_counters(const struct iface *ifc, struct bw_if_counters *sum)
{
	struct iface_driver d;

	iface_driver_counters(ifc, &d);
	sum->rx_packets = d.rx_packets;
	sum->rx_bytes = d.rx_bytes;
	sum->tx_packets = d.tx_packets;
	sum->tx_bytes = d.tx_bytes;
}

void iface_counters(const struct iface *ifc, struct bw_if_counters *sum)
{
	const struct bw_region *region = dp_region(&ifc->table->core->dp);

	memset(sum, 0, sizeof(*sum));
	if (ifc->kind->counted != NULL)
		ifc = ifc->kind->counted(ifc);
	if (ifc->is_switch) {
		driver_as_counters(ifc, sum);
		return;
	}
	if (region == NULL || ifc->told.if_id == 0)
		return;
	for (unsigned w = 0; w < dp_workers(&ifc->table->core->dp); w++) {
		const struct bw_if_counters *c = &region->counters[w].itf[ifc->told.if_id];

		sum->rx_packets += c->rx_packets;
		sum->rx_bytes += c->rx_bytes;
		sum->tx_packets += c->tx_packets;
		sum->tx_bytes += c->tx_bytes;
		sum->rx_drops += c->rx_drops;
		sum->tx_drops += c->tx_drops;
		sum->rx_multicast += c->rx_multicast;
	}
}

/* A counter that went back was cleared or belongs to a new dataplane. */
static void sample(double *rate, uint64_t now, uint64_t last, unsigned factor)
{
	const double weight = 1 - exp(-IFACE_RATE_INTERVAL / 300.0);
	double current = now >= last ? (double)(now - last) * factor / IFACE_RATE_INTERVAL : 0;

	*rate += (current - *rate) * weight;
}

void iface_rates_sample(struct iface_table *t)
{
	uint64_t now = clock_ms();
	struct bw_if_counters c;
	struct iface *ifc;

	TAILQ_FOREACH (ifc, &t->list, entry) {
		struct iface_rate *r = &ifc->rate;

		iface_counters(ifc, &c);
		sample(&r->rx_pps, c.rx_packets, r->rx_packets, 1);
		sample(&r->rx_bps, c.rx_bytes, r->rx_bytes, 8);
		sample(&r->tx_pps, c.tx_packets, r->tx_packets, 1);
		sample(&r->tx_bps, c.tx_bytes, r->tx_bytes, 8);
		if (c.rx_packets > r->rx_packets)
			r->rx_ms = now;
		if (c.tx_packets > r->tx_packets)
			r->tx_ms = now;
		r->rx_packets = c.rx_packets;
		r->rx_bytes = c.rx_bytes;
		r->tx_packets = c.tx_packets;
		r->tx_bytes = c.tx_bytes;
	}
}
