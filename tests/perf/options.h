/* SPDX-License-Identifier: BSD-3-Clause */
/* The generator's command line, after the EAL's own. */
#ifndef PERF_OPTIONS_H
#define PERF_OPTIONS_H

#include "frames.h"
#include "trial.h"

enum mode {
	MODE_FLOOD,  /* as fast as the port takes frames */
	MODE_RATE,   /* at a fixed rate */
	MODE_SEARCH, /* for the highest rate that loses no more than the bound */
};

struct options {
	uint16_t tx_port, rx_port; /* in the order of the EAL's devices */
	struct frame_spec frames;
	bool dst_mac_set;
	uint32_t tx_ip, rx_ip, gateway; /* host order, 0 = none */
	uint32_t client_ip;		/* that PPPoE's client gets */
	unsigned size[SIZES_MAX];
	unsigned n_sizes;
	enum mode mode;
	struct trial_spec trial;
	double loss;		    /* share, of the search */
	double max_rate, precision; /* of the search: frames a second; share of the rate */
	unsigned tries;		    /* chances a rate of the search has */
	unsigned burst, ring, n_mbufs;
	double check_rate; /* of a first short trial that is verified; 0 = none */
	bool hold;	   /* after the results, until SIGTERM */
	double wait;	   /* seconds for links and ARP at the most */
};

/* 0, or -EINVAL with the reason on stderr. argv[0] is not looked at. */
int options_parse(struct options *o, int argc, char **argv);

void options_usage(const char *program);

#endif
