/* SPDX-License-Identifier: BSD-3-Clause */
/* Routers with a Dialer, and what a dataplane would tell of their sessions. */
#ifndef CONTROL_TEST_SESSION_H
#define CONTROL_TEST_SESSION_H

#include "support.h"

/* The seed's RT13.cfg, to the byte. */
const char *session_rt13(void);

/* Another router: an address from the server, and PAT on it. */
extern const char session_pat[];

/* The state of an open session of this Dialer's client. */
struct bw_pppoe_state session_open(const struct bench *b, const char *dialer);

/* Tell control of a state, and let it settle. */
void session_tell(struct bench *b, const struct bw_pppoe_state *state);

/* The session of this Dialer opens, and is lost. */
struct bw_pppoe_state session_up(struct bench *b, const char *dialer);
void session_down(struct bench *b, const char *dialer);

#endif
