/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A dataplane without a datapath, in a process of its own: it keeps the contract
 * of dataplane/api/ and forgets what it is told. For tests of control's end.
 */
#ifndef BW_TEST_FAKE_DP_H
#define BW_TEST_FAKE_DP_H

#include "dataplane/api/link.h"

#include <sys/types.h>

/*
 * What it answers: a route longer than /32 is refused with BW_E_BAD_VALUE and an
 * unknown type with BW_E_UNKNOWN_TYPE; a dump of routes sends the number of
 * routes set since this control process attached as one BW_EVT_OBJECT (in
 * route.adj_id); every batch is acknowledged.
 */

/* Two routed ports, GigabitEthernet8 and GigabitEthernet9, and one worker. */
#define FAKE_DP_PORTS 2

/* Start one that listens at path, and wait until it does. Its pid, or -1. */
pid_t fake_dp_start(const char *path);

/* Kill it with that signal and wait for its end. */
void fake_dp_stop(pid_t pid, int sig);

/* Serve at path until killed; `ready` is closed once it listens. Does not return. */
_Noreturn void fake_dp_run(const char *path, int ready);

#endif
