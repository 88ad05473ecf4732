/* SPDX-License-Identifier: BSD-3-Clause */
/* A trial's figures as JSON members, without the braces around them. */
#ifndef PERF_REPORT_H
#define PERF_REPORT_H

#include "trial.h"

#include <stdio.h>

void report_trial(
	FILE *out, const struct trial_spec *spec, unsigned size, const struct trial_result *r);

#endif
