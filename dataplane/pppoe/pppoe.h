/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The PPPoE clients of the router: control's messages, the frames to and from them, and what
 * their sessions mean for packets. Main lcore only. Functions that return int return an enum
 * bw_error, unless said otherwise.
 *
 * The protocol is client.h's; which session a frame is of is path.h's.
 */
#ifndef DATAPLANE_PPPOE_PPPOE_H
#define DATAPLANE_PPPOE_PPPOE_H

#include <stdbool.h>
#include <stdint.h>

#include "api/msg.h"

struct dp;
struct rte_mbuf;

/* 0 or -ENOMEM. */
int pppoe_create(struct dp *dp);

/* Workers may no longer look. Nothing is said to the servers: see pppoe_hang_up(). */
void pppoe_destroy(struct dp *dp);

/* End all sessions with PADT, which the first worker's inbox then holds. Before a clean exit. */
void pppoe_hang_up(struct dp *dp);

/* ---- control's messages ---- */

/* A name or password for the pppoe_set() that follows; copied. */
int pppoe_text(struct dp *dp, const struct bw_pppoe_text *text);

/* Make or change a client. `epoch` stamps it. */
int pppoe_set(struct dp *dp, const struct bw_pppoe *conf, uint8_t epoch);
int pppoe_del(struct dp *dp, uint32_t client_id);

/* End the session of a client (0: of all) and dial anew. */
int pppoe_clear(struct dp *dp, uint32_t client_id);

/* What to send as BW_EVT_DEBUG: enum bw_debug_flags. */
void pppoe_debug(struct dp *dp, uint32_t flags);

/* Remove clients of another epoch; of the others, what was done in control's absence. */
void pppoe_sweep(struct dp *dp, uint8_t epoch);

/* The next client, or its state, from *cursor on; false at the end. Start with *cursor = 0. */
bool pppoe_dump_next(const struct dp *dp, uint32_t *cursor, struct bw_pppoe *row);
bool pppoe_state_dump_next(const struct dp *dp, uint32_t *cursor, struct bw_pppoe_state *row);

/* ---- the rest of the dataplane ---- */

/* An interface came, changed (MAC, VLAN, VRF, up or down) or went. */
void pppoe_itf_changed(struct dp *dp, uint32_t if_id);

/* An adjacency of control's through the Dialer if_id came, or goes (of whatever interface). */
int pppoe_bind(struct dp *dp, uint32_t adj_id, uint32_t if_id);
void pppoe_unbind(struct dp *dp, uint32_t adj_id);

/* What was punted as PUNT_PPPOE, PUNT_PPP and PUNT_STRAY. They take the mbuf. */
void pppoe_discovery_input(struct dp *dp, struct rte_mbuf *m);
void pppoe_ppp_input(struct dp *dp, struct rte_mbuf *m);
void pppoe_stray_input(struct dp *dp, struct rte_mbuf *m);

/* Control is gone: sessions that it does not know of yet are ours to follow (pppoe_alone.h). */
void pppoe_left_alone(struct dp *dp);

/* Timers, and the links below. About ten times a second. */
void pppoe_poll(struct dp *dp);

#endif
