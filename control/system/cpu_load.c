/* SPDX-License-Identifier: BSD-3-Clause */
#include "control/system/cpu_load.h"

#include <math.h>
#include <string.h>
#include <time.h>

static uint64_t read_us(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return (uint64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

static void average(struct cpu_average *a, double part)
{
	a->five_seconds = part;
	a->one_minute += (part - a->one_minute) * (1 - exp(-CPU_LOAD_INTERVAL / 60.0));
	a->five_minutes += (part - a->five_minutes) * (1 - exp(-CPU_LOAD_INTERVAL / 300.0));
}

/* Busy cycles that went back are those of another dataplane. */
static double busy_part(
	struct cpu_load *load, const struct bw_region *region, unsigned w, double seconds)
{
	uint64_t busy = region->counters[w].busy_cycles, last = load->busy[w];
	double hz = (double)region->header->tsc_hz;

	load->busy[w] = busy;
	if (busy < last || hz <= 0 || seconds <= 0)
		return 0;
	return fmin((double)(busy - last) / (hz * seconds), 1);
}

void cpu_load_sample(struct cpu_load *load, const struct bw_region *region, unsigned n)
{
	uint64_t now = read_us(CLOCK_MONOTONIC), control = read_us(CLOCK_PROCESS_CPUTIME_ID);
	double seconds = (double)(now - load->last_us) / 1e6;

	if (load->last_us != 0)
		average(&load->control, (double)(control - load->control_us) / (seconds * 1e6));
	for (unsigned w = 0; w < BW_MAX_WORKERS; w++)
		average(&load->worker[w], w < n ? busy_part(load, region, w, seconds) : 0);
	load->last_us = now;
	load->control_us = control;
}
