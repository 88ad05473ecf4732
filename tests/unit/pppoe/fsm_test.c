/* SPDX-License-Identifier: BSD-3-Clause */
#include "pppoe/fsm.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../nat/suite.h"

/*
 * RFC 1661 4.1 as it is printed, the two halves beside each other; r, p and x (options and remarks)
 * are left out. Rows and columns are in the order of the enums.
 */
static const char *const rfc[PPP_EVENTS] = {
	"2 irc,scr/6 - - - - - - - -",
	"- - 0 tls/1 0 1 1 1 1 tld/1",
	"tls/1 1 irc,scr/6 3 5 5 6 7 8 9",
	"0 tlf/0 2 2 4 4 irc,str/4 irc,str/4 irc,str/4 tld,irc,str/4",
	"- - - - str/4 str/5 scr/6 scr/6 scr/8 -",
	"- - - - tlf/2 tlf/3 tlf/3 tlf/3 tlf/3 -",
	"- - sta/2 irc,scr,sca/8 4 5 sca/8 sca,tlu/9 sca/8 tld,scr,sca/8",
	"- - sta/2 irc,scr,scn/6 4 5 scn/6 scn/7 scn/6 tld,scr,scn/6",
	"- - sta/2 sta/3 4 5 irc/7 scr/6 irc,tlu/9 tld,scr/6",
	"- - sta/2 sta/3 4 5 irc,scr/6 scr/6 irc,scr/8 tld,scr/6",
	"- - sta/2 sta/3 sta/4 sta/5 sta/6 sta/6 sta/6 tld,zrc,sta/5",
	"- - 2 3 tlf/2 tlf/3 6 6 8 tld,scr/6",
	"- - scj/2 scj/3 scj/4 scj/5 scj/6 scj/7 scj/8 scj/9",
	"- - 2 3 4 5 6 6 8 9",
	"- - tlf/2 tlf/3 tlf/2 tlf/3 tlf/3 tlf/3 tlf/3 tld,irc,str/5",
	"- - 2 3 4 5 6 7 8 ser/9",
};

enum { CONFIGURES = 7, TERMINATES = 3, COUNT = 5, RETRY = 1000 };

static const char *const names[] = {
	[PPP_TLU] = "tlu",
	[PPP_TLD] = "tld",
	[PPP_TLS] = "tls",
	[PPP_TLF] = "tlf",
	[PPP_SCR] = "scr",
	[PPP_SCA] = "sca",
	[PPP_SCN] = "scn",
	[PPP_STR] = "str",
	[PPP_STA] = "sta",
	[PPP_SCJ] = "scj",
	[PPP_SER] = "ser",
};

struct machine {
	struct ppp_fsm f;
	char did[64];
	enum ppp_state state_then; /* at the last action */
};

static void record(void *arg, enum ppp_action action)
{
	struct machine *m = arg;

	CU_ASSERT_FATAL(action < sizeof(names) / sizeof(names[0]) && names[action] != NULL);
	if (m->did[0])
		strcat(m->did, ",");
	strcat(m->did, names[action]);
	m->state_then = m->f.state;
}

static void make(struct machine *m, enum ppp_state state)
{
	memset(m, 0, sizeof(*m));
	ppp_fsm_init(&m->f);
	m->f.act = record;
	m->f.arg = m;
	m->f.retry_ms = RETRY;
	m->f.max_configure = CONFIGURES;
	m->f.max_terminate = TERMINATES;
	m->f.state = state;
	m->f.restarts = COUNT;
}

/* What a cell asks for, without what concerns the counter, which is checked by its value. */
struct want {
	char acts[64];
	enum ppp_state next;
	unsigned restarts;
};

static struct want read_cell(const char *cell, enum ppp_state state)
{
	struct want w = { .next = state, .restarts = COUNT };
	char copy[64], *slash, *save = NULL;

	snprintf(copy, sizeof(copy), "%s", cell);
	if (strcmp(copy, "-") == 0)
		return w;
	slash = strchr(copy, '/');
	w.next = atoi(slash ? slash + 1 : copy);
	if (!slash)
		return w;
	*slash = '\0';
	if (strstr(copy, "irc"))
		w.restarts = strstr(copy, "str") ? TERMINATES : CONFIGURES;
	if (strstr(copy, "zrc"))
		w.restarts = 0;
	if (strstr(copy, "scr") || strstr(copy, "str"))
		w.restarts--;
	for (char *act = strtok_r(copy, ",", &save); act; act = strtok_r(NULL, ",", &save)) {
		if (strcmp(act, "irc") == 0 || strcmp(act, "zrc") == 0)
			continue;
		if (w.acts[0])
			strcat(w.acts, ",");
		strcat(w.acts, act);
	}
	return w;
}

static void check_cell(enum ppp_state state, enum ppp_event event, const char *cell)
{
	struct want w = read_cell(cell, state);
	struct machine m;
	bool ok;

	make(&m, state);
	ppp_fsm_event(&m.f, 10, event);
	ok = strcmp(m.did, w.acts) == 0 && m.f.state == w.next && m.f.restarts == w.restarts;
	if (!ok)
		printf("state %d event %d: %s/%d, %u left; not %s\n", state, event, m.did,
			m.f.state, m.f.restarts, cell);
	CU_ASSERT(ok);
	/* the timer runs where something is repeated, and from when it was sent */
	if (strstr(cell, "scr") || strstr(cell, "str/") || strstr(cell, "zrc"))
		CU_ASSERT_EQUAL(m.f.due, 10 + RETRY)
	else
		CU_ASSERT_EQUAL(m.f.due, PPP_NEVER)
}

static void every_cell_of_the_table(void)
{
	unsigned cells = 0;

	for (int event = 0; event < PPP_EVENTS; event++) {
		char row[256], *save = NULL, *cell;

		snprintf(row, sizeof(row), "%s", rfc[event]);
		cell = strtok_r(row, " ", &save);
		for (int state = 0; state < PPP_STATES; state++) {
			CU_ASSERT_FATAL(cell != NULL);
			check_cell(state, event, cell);
			cell = strtok_r(NULL, " ", &save);
			cells++;
		}
		CU_ASSERT_PTR_NULL(cell);
	}
	CU_ASSERT_EQUAL(cells, 160);
}

/* So that the owner may post events from This-Layer-Up and This-Layer-Finished. */
static void layers_are_told_after_the_change(void)
{
	struct machine m;

	make(&m, PPP_ACK_RCVD);
	ppp_fsm_event(&m.f, 0, PPP_RCR_GOOD);
	CU_ASSERT_EQUAL(m.state_then, PPP_OPENED);
	make(&m, PPP_CLOSING);
	ppp_fsm_event(&m.f, 0, PPP_RTA);
	CU_ASSERT_EQUAL(m.state_then, PPP_CLOSED);
	make(&m, PPP_OPENED);
	ppp_fsm_event(&m.f, 0, PPP_DOWN);
	CU_ASSERT_EQUAL(m.state_then, PPP_OPENED);
}

static void the_timer_stops_where_nothing_is_repeated(void)
{
	struct machine m;

	make(&m, PPP_STARTING);
	ppp_fsm_event(&m.f, 0, PPP_UP);
	CU_ASSERT_EQUAL(m.f.due, RETRY);
	ppp_fsm_event(&m.f, 100, PPP_TO_PLUS);
	CU_ASSERT_EQUAL(m.f.due, 100 + RETRY);
	ppp_fsm_event(&m.f, 100, PPP_RCA);
	CU_ASSERT_EQUAL(m.f.due, 100 + RETRY);
	ppp_fsm_event(&m.f, 200, PPP_RCR_GOOD);
	CU_ASSERT_EQUAL(m.f.state, PPP_OPENED);
	CU_ASSERT_EQUAL(m.f.due, PPP_NEVER);
}

/* Timeouts until it gives up; returns how many packets were sent by then. */
static unsigned run_out(struct machine *m)
{
	enum ppp_event event;
	unsigned sent = 0;

	while (m->f.due != PPP_NEVER && sent < 100) {
		CU_ASSERT(!ppp_fsm_timeout(&m->f, m->f.due - 1, &event));
		CU_ASSERT_FATAL(ppp_fsm_timeout(&m->f, m->f.due, &event));
		m->did[0] = '\0';
		ppp_fsm_event(&m->f, m->f.due, event);
		sent += event == PPP_TO_PLUS;
	}
	return sent;
}

static void requests_are_sent_max_configure_times(void)
{
	struct machine m;

	make(&m, PPP_STARTING);
	ppp_fsm_event(&m.f, 0, PPP_UP);
	CU_ASSERT_EQUAL(run_out(&m), CONFIGURES - 1);
	CU_ASSERT_EQUAL(m.f.state, PPP_STOPPED);
	CU_ASSERT_STRING_EQUAL(m.did, "tlf");
}

static void terminates_are_sent_max_terminate_times(void)
{
	struct machine m;

	make(&m, PPP_OPENED);
	ppp_fsm_event(&m.f, 0, PPP_CLOSE);
	CU_ASSERT_EQUAL(run_out(&m), TERMINATES - 1);
	CU_ASSERT_EQUAL(m.f.state, PPP_CLOSED);
	CU_ASSERT_STRING_EQUAL(m.did, "tlf");
}

/* RFC 1661 4.4, Zero-Restart-Count: one interval for the peer to act on the Terminate-Ack. */
static void a_terminated_peer_gets_one_interval(void)
{
	struct machine m;

	make(&m, PPP_OPENED);
	ppp_fsm_event(&m.f, 50, PPP_RTR);
	CU_ASSERT_EQUAL(m.f.state, PPP_STOPPING);
	CU_ASSERT_EQUAL(m.f.due, 50 + RETRY);
	CU_ASSERT_EQUAL(run_out(&m), 0);
	CU_ASSERT_EQUAL(m.f.state, PPP_STOPPED);
}

static const struct test tests[] = {
	{ "every cell of the table", every_cell_of_the_table },
	{ "layers are told after the change", layers_are_told_after_the_change },
	{ "the timer stops where nothing is repeated", the_timer_stops_where_nothing_is_repeated },
	{ "requests are sent max-configure times", requests_are_sent_max_configure_times },
	{ "terminates are sent max-terminate times", terminates_are_sent_max_terminate_times },
	{ "a terminated peer gets one interval", a_terminated_peer_gets_one_interval },
};

int main(void)
{
	return RUN_SUITE("pppoe fsm", tests);
}
