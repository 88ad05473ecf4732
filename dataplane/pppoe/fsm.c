/* SPDX-License-Identifier: BSD-3-Clause */
#include "pppoe/fsm.h"

#include <stddef.h>

#define ACTIONS 3

struct cell {
	bool known; /* false: cannot happen */
	uint8_t next;
	uint8_t action[ACTIONS];
};

/* RFC 1661 4.1: a column of the RFC is a row here. */
static const struct cell table[PPP_STATES][PPP_EVENTS] = {
	[PPP_INITIAL] = {
		[PPP_UP] = { true, PPP_CLOSED, { 0 } },
		[PPP_OPEN] = { true, PPP_STARTING, { PPP_TLS } },
		[PPP_CLOSE] = { true, PPP_INITIAL, { 0 } },
	},
	[PPP_STARTING] = {
		[PPP_UP] = { true, PPP_REQ_SENT, { PPP_IRC, PPP_SCR } },
		[PPP_OPEN] = { true, PPP_STARTING, { 0 } },
		[PPP_CLOSE] = { true, PPP_INITIAL, { PPP_TLF } },
	},
	[PPP_CLOSED] = {
		[PPP_DOWN] = { true, PPP_INITIAL, { 0 } },
		[PPP_OPEN] = { true, PPP_REQ_SENT, { PPP_IRC, PPP_SCR } },
		[PPP_CLOSE] = { true, PPP_CLOSED, { 0 } },
		[PPP_RCR_GOOD] = { true, PPP_CLOSED, { PPP_STA } },
		[PPP_RCR_BAD] = { true, PPP_CLOSED, { PPP_STA } },
		[PPP_RCA] = { true, PPP_CLOSED, { PPP_STA } },
		[PPP_RCN] = { true, PPP_CLOSED, { PPP_STA } },
		[PPP_RTR] = { true, PPP_CLOSED, { PPP_STA } },
		[PPP_RTA] = { true, PPP_CLOSED, { 0 } },
		[PPP_RUC] = { true, PPP_CLOSED, { PPP_SCJ } },
		[PPP_RXJ_GOOD] = { true, PPP_CLOSED, { 0 } },
		[PPP_RXJ_BAD] = { true, PPP_CLOSED, { PPP_TLF } },
		[PPP_RXR] = { true, PPP_CLOSED, { 0 } },
	},
	[PPP_STOPPED] = {
		[PPP_DOWN] = { true, PPP_STARTING, { PPP_TLS } },
		[PPP_OPEN] = { true, PPP_STOPPED, { 0 } },
		[PPP_CLOSE] = { true, PPP_CLOSED, { 0 } },
		[PPP_RCR_GOOD] = { true, PPP_ACK_SENT, { PPP_IRC, PPP_SCR, PPP_SCA } },
		[PPP_RCR_BAD] = { true, PPP_REQ_SENT, { PPP_IRC, PPP_SCR, PPP_SCN } },
		[PPP_RCA] = { true, PPP_STOPPED, { PPP_STA } },
		[PPP_RCN] = { true, PPP_STOPPED, { PPP_STA } },
		[PPP_RTR] = { true, PPP_STOPPED, { PPP_STA } },
		[PPP_RTA] = { true, PPP_STOPPED, { 0 } },
		[PPP_RUC] = { true, PPP_STOPPED, { PPP_SCJ } },
		[PPP_RXJ_GOOD] = { true, PPP_STOPPED, { 0 } },
		[PPP_RXJ_BAD] = { true, PPP_STOPPED, { PPP_TLF } },
		[PPP_RXR] = { true, PPP_STOPPED, { 0 } },
	},
	[PPP_CLOSING] = {
		[PPP_DOWN] = { true, PPP_INITIAL, { 0 } },
		[PPP_OPEN] = { true, PPP_STOPPING, { 0 } },
		[PPP_CLOSE] = { true, PPP_CLOSING, { 0 } },
		[PPP_TO_PLUS] = { true, PPP_CLOSING, { PPP_STR } },
		[PPP_TO_MINUS] = { true, PPP_CLOSED, { PPP_TLF } },
		[PPP_RCR_GOOD] = { true, PPP_CLOSING, { 0 } },
		[PPP_RCR_BAD] = { true, PPP_CLOSING, { 0 } },
		[PPP_RCA] = { true, PPP_CLOSING, { 0 } },
		[PPP_RCN] = { true, PPP_CLOSING, { 0 } },
		[PPP_RTR] = { true, PPP_CLOSING, { PPP_STA } },
		[PPP_RTA] = { true, PPP_CLOSED, { PPP_TLF } },
		[PPP_RUC] = { true, PPP_CLOSING, { PPP_SCJ } },
		[PPP_RXJ_GOOD] = { true, PPP_CLOSING, { 0 } },
		[PPP_RXJ_BAD] = { true, PPP_CLOSED, { PPP_TLF } },
		[PPP_RXR] = { true, PPP_CLOSING, { 0 } },
	},
	[PPP_STOPPING] = {
		[PPP_DOWN] = { true, PPP_STARTING, { 0 } },
		[PPP_OPEN] = { true, PPP_STOPPING, { 0 } },
		[PPP_CLOSE] = { true, PPP_CLOSING, { 0 } },
		[PPP_TO_PLUS] = { true, PPP_STOPPING, { PPP_STR } },
		[PPP_TO_MINUS] = { true, PPP_STOPPED, { PPP_TLF } },
		[PPP_RCR_GOOD] = { true, PPP_STOPPING, { 0 } },
		[PPP_RCR_BAD] = { true, PPP_STOPPING, { 0 } },
		[PPP_RCA] = { true, PPP_STOPPING, { 0 } },
		[PPP_RCN] = { true, PPP_STOPPING, { 0 } },
		[PPP_RTR] = { true, PPP_STOPPING, { PPP_STA } },
		[PPP_RTA] = { true, PPP_STOPPED, { PPP_TLF } },
		[PPP_RUC] = { true, PPP_STOPPING, { PPP_SCJ } },
		[PPP_RXJ_GOOD] = { true, PPP_STOPPING, { 0 } },
		[PPP_RXJ_BAD] = { true, PPP_STOPPED, { PPP_TLF } },
		[PPP_RXR] = { true, PPP_STOPPING, { 0 } },
	},
	[PPP_REQ_SENT] = {
		[PPP_DOWN] = { true, PPP_STARTING, { 0 } },
		[PPP_OPEN] = { true, PPP_REQ_SENT, { 0 } },
		[PPP_CLOSE] = { true, PPP_CLOSING, { PPP_IRC, PPP_STR } },
		[PPP_TO_PLUS] = { true, PPP_REQ_SENT, { PPP_SCR } },
		[PPP_TO_MINUS] = { true, PPP_STOPPED, { PPP_TLF } },
		[PPP_RCR_GOOD] = { true, PPP_ACK_SENT, { PPP_SCA } },
		[PPP_RCR_BAD] = { true, PPP_REQ_SENT, { PPP_SCN } },
		[PPP_RCA] = { true, PPP_ACK_RCVD, { PPP_IRC } },
		[PPP_RCN] = { true, PPP_REQ_SENT, { PPP_IRC, PPP_SCR } },
		[PPP_RTR] = { true, PPP_REQ_SENT, { PPP_STA } },
		[PPP_RTA] = { true, PPP_REQ_SENT, { 0 } },
		[PPP_RUC] = { true, PPP_REQ_SENT, { PPP_SCJ } },
		[PPP_RXJ_GOOD] = { true, PPP_REQ_SENT, { 0 } },
		[PPP_RXJ_BAD] = { true, PPP_STOPPED, { PPP_TLF } },
		[PPP_RXR] = { true, PPP_REQ_SENT, { 0 } },
	},
	[PPP_ACK_RCVD] = {
		[PPP_DOWN] = { true, PPP_STARTING, { 0 } },
		[PPP_OPEN] = { true, PPP_ACK_RCVD, { 0 } },
		[PPP_CLOSE] = { true, PPP_CLOSING, { PPP_IRC, PPP_STR } },
		[PPP_TO_PLUS] = { true, PPP_REQ_SENT, { PPP_SCR } },
		[PPP_TO_MINUS] = { true, PPP_STOPPED, { PPP_TLF } },
		[PPP_RCR_GOOD] = { true, PPP_OPENED, { PPP_SCA, PPP_TLU } },
		[PPP_RCR_BAD] = { true, PPP_ACK_RCVD, { PPP_SCN } },
		[PPP_RCA] = { true, PPP_REQ_SENT, { PPP_SCR } },
		[PPP_RCN] = { true, PPP_REQ_SENT, { PPP_SCR } },
		[PPP_RTR] = { true, PPP_REQ_SENT, { PPP_STA } },
		[PPP_RTA] = { true, PPP_REQ_SENT, { 0 } },
		[PPP_RUC] = { true, PPP_ACK_RCVD, { PPP_SCJ } },
		[PPP_RXJ_GOOD] = { true, PPP_REQ_SENT, { 0 } },
		[PPP_RXJ_BAD] = { true, PPP_STOPPED, { PPP_TLF } },
		[PPP_RXR] = { true, PPP_ACK_RCVD, { 0 } },
	},
	[PPP_ACK_SENT] = {
		[PPP_DOWN] = { true, PPP_STARTING, { 0 } },
		[PPP_OPEN] = { true, PPP_ACK_SENT, { 0 } },
		[PPP_CLOSE] = { true, PPP_CLOSING, { PPP_IRC, PPP_STR } },
		[PPP_TO_PLUS] = { true, PPP_ACK_SENT, { PPP_SCR } },
		[PPP_TO_MINUS] = { true, PPP_STOPPED, { PPP_TLF } },
		[PPP_RCR_GOOD] = { true, PPP_ACK_SENT, { PPP_SCA } },
		[PPP_RCR_BAD] = { true, PPP_REQ_SENT, { PPP_SCN } },
		[PPP_RCA] = { true, PPP_OPENED, { PPP_IRC, PPP_TLU } },
		[PPP_RCN] = { true, PPP_ACK_SENT, { PPP_IRC, PPP_SCR } },
		[PPP_RTR] = { true, PPP_REQ_SENT, { PPP_STA } },
		[PPP_RTA] = { true, PPP_ACK_SENT, { 0 } },
		[PPP_RUC] = { true, PPP_ACK_SENT, { PPP_SCJ } },
		[PPP_RXJ_GOOD] = { true, PPP_ACK_SENT, { 0 } },
		[PPP_RXJ_BAD] = { true, PPP_STOPPED, { PPP_TLF } },
		[PPP_RXR] = { true, PPP_ACK_SENT, { 0 } },
	},
	[PPP_OPENED] = {
		[PPP_DOWN] = { true, PPP_STARTING, { PPP_TLD } },
		[PPP_OPEN] = { true, PPP_OPENED, { 0 } },
		[PPP_CLOSE] = { true, PPP_CLOSING, { PPP_TLD, PPP_IRC, PPP_STR } },
		[PPP_RCR_GOOD] = { true, PPP_ACK_SENT, { PPP_TLD, PPP_SCR, PPP_SCA } },
		[PPP_RCR_BAD] = { true, PPP_REQ_SENT, { PPP_TLD, PPP_SCR, PPP_SCN } },
		[PPP_RCA] = { true, PPP_REQ_SENT, { PPP_TLD, PPP_SCR } },
		[PPP_RCN] = { true, PPP_REQ_SENT, { PPP_TLD, PPP_SCR } },
		[PPP_RTR] = { true, PPP_STOPPING, { PPP_TLD, PPP_ZRC, PPP_STA } },
		[PPP_RTA] = { true, PPP_REQ_SENT, { PPP_TLD, PPP_SCR } },
		[PPP_RUC] = { true, PPP_OPENED, { PPP_SCJ } },
		[PPP_RXJ_GOOD] = { true, PPP_OPENED, { 0 } },
		[PPP_RXJ_BAD] = { true, PPP_STOPPING, { PPP_TLD, PPP_IRC, PPP_STR } },
		[PPP_RXR] = { true, PPP_OPENED, { PPP_SER } },
	},
};

void ppp_fsm_init(struct ppp_fsm *f)
{
	f->state = PPP_INITIAL;
	f->restarts = 0;
	f->due = PPP_NEVER;
}

static bool has(const struct cell *cell, enum ppp_action action)
{
	for (unsigned i = 0; i < ACTIONS; i++)
		if (cell->action[i] == action)
			return true;
	return false;
}

/* RFC 1661 4.6: the counter covers this transmission and its repetitions. */
static void count(struct ppp_fsm *f, uint64_t now)
{
	if (f->restarts)
		f->restarts--;
	f->due = now + f->retry_ms;
}

static void act(struct ppp_fsm *f, uint64_t now, const struct cell *cell, enum ppp_action action)
{
	switch (action) {
	case PPP_IRC:
		f->restarts = has(cell, PPP_STR) ? f->max_terminate : f->max_configure;
		break;
	case PPP_ZRC:
		f->restarts = 0;
		f->due = now + f->retry_ms;
		break;
	case PPP_SCR:
	case PPP_STR:
		count(f, now);
		f->act(f->arg, action);
		break;
	default:
		f->act(f->arg, action);
		break;
	}
}

static bool timed(enum ppp_state state)
{
	return state >= PPP_CLOSING && state <= PPP_ACK_SENT;
}

void ppp_fsm_event(struct ppp_fsm *f, uint64_t now, enum ppp_event event)
{
	const struct cell *cell = &table[f->state][event];

	if (!cell->known)
		return;
	for (unsigned i = 0; i < ACTIONS && cell->action[i]; i++)
		if (cell->action[i] != PPP_TLU && cell->action[i] != PPP_TLF)
			act(f, now, cell, cell->action[i]);
	f->state = cell->next;
	if (!timed(f->state))
		f->due = PPP_NEVER;
	if (has(cell, PPP_TLU))
		f->act(f->arg, PPP_TLU);
	else if (has(cell, PPP_TLF))
		f->act(f->arg, PPP_TLF);
}

bool ppp_fsm_timeout(const struct ppp_fsm *f, uint64_t now, enum ppp_event *event)
{
	if (now < f->due)
		return false;
	*event = f->restarts ? PPP_TO_PLUS : PPP_TO_MINUS;
	return true;
}
