/* SPDX-License-Identifier: BSD-3-Clause */
/* One trial: send for a time and see what comes back. */
#ifndef PERF_TRIAL_H
#define PERF_TRIAL_H

#include "frames.h"
#include "histogram.h"
#include "neighbour.h"
#include "pppoe_server.h"

#include <signal.h>

struct trial_spec {
	double rate;		 /* frames a second; 0 = as many as the port takes */
	double warmup;		 /* seconds, before the clock starts */
	double duration;	 /* seconds that are measured */
	uint64_t count;		 /* stop after that many frames; 0 = by the clock */
	bool stamp;		 /* latency and sequence */
	bool verify;		 /* checksums and source addresses of all that comes */
	struct range expect_src; /* with verify; 0-0 = any */
	struct range expect_dst;
};

struct trial_result {
	/* of the whole trial, which the loss is of */
	uint64_t offered;  /* that the rate asked for; without a rate those sent */
	uint64_t skipped;  /* that it did not, because the generator was late */
	uint64_t sent;	   /* that the port took */
	uint64_t received; /* of our own frames */
	uint64_t foreign;  /* of others, ARP and so on */
	uint64_t out_of_order;
	uint64_t bad_checksum, bad_source, bad_destination;
	uint8_t min_ttl, max_ttl; /* with verify */
	/* of the measured part */
	double seconds;
	uint64_t window_sent, window_received, window_rx_bytes;
	uint64_t bursts, bursts_cut; /* offered to the port; of these not taken whole */
	bool interrupted;
	bool stalled;		  /* given up: the port took nothing any more, and nothing came */
	struct histogram latency; /* TSC cycles */
};

struct generator {
	struct frames frames;
	struct neighbour tx, rx;
	struct pppoe_server pppoe;
	const struct neighbour *pppoe_at; /* where its client is, or NULL */
	unsigned burst;
	uint16_t run;
	volatile sig_atomic_t *stop;
	void (*mark)(bool begins); /* called where the measured part begins and ends, or NULL */
};

/* Share of the offered frames that did not come back, 0 to 1. */
double trial_loss(const struct trial_result *r);

void trial_run(struct generator *g, const struct trial_spec *spec, struct trial_result *r);

/* Take and answer what has come in on both ports. */
void trial_poll_idle(struct generator *g);

#endif
