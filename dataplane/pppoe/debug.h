/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Lines for `debug pppoe events`, `debug ppp negotiation` and `debug ppp authentication`, in the
 * words of IOS. Nothing is written if nobody asked. No password is ever in them, and bytes of the
 * peer's that a terminal might obey are dots.
 */
#ifndef DATAPLANE_PPPOE_DEBUG_H
#define DATAPLANE_PPPOE_DEBUG_H

#include "pppoe/env.h"
#include "pppoe/fsm.h"

/* An event of PPPoE. */
void pppoe_debug_event(const struct pppoe_env *env, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* A discovery packet: way is 'I' or 'O', with the session's id and both MAC addresses. */
void pppoe_debug_discovery(const struct pppoe_env *env, char way, const char *name,
	uint16_t session, const uint8_t *remote);

/* " Phase is ...". */
void pppoe_debug_phase(const struct pppoe_env *env, enum bw_pppoe_stage stage);

/* "State is Open", of LCP or IPCP. */
void pppoe_debug_open(const struct pppoe_env *env, uint16_t protocol);

/* The restart timer ran out in that state. */
void pppoe_debug_timeout(const struct pppoe_env *env, uint16_t protocol, enum ppp_state state);

/* A packet of LCP or IPCP with its options, data[len] from the protocol field on. Not echoes. */
void pppoe_debug_ppp(const struct pppoe_env *env, char way, enum ppp_state state,
	const uint8_t *data, size_t len);

/* A packet of PAP or CHAP. */
void pppoe_debug_auth(const struct pppoe_env *env, char way, const uint8_t *data, size_t len);

#endif
