/* SPDX-License-Identifier: BSD-3-Clause */
#include "session.h"

#include <string.h>

#include "tests/unit/cli/fixture.h"

const char *session_rt13(void)
{
	return fixture_seeds[1];
}

const char session_pat[] = "interface GigabitEthernet8\n"
			   " pppoe-client dial-pool-number 1\n"
			   "interface Dialer1\n"
			   " ip address negotiated\n"
			   " ip nat outside\n"
			   " encapsulation ppp\n"
			   " dialer pool 1\n"
			   " ppp pap sent-username me password 0 secret\n"
			   " ppp ipcp route default\n"
			   "access-list 1 permit any\n"
			   "ip nat inside source list 1 interface Dialer1 overload\n";

struct bw_pppoe_state session_open(const struct bench *b, const char *dialer)
{
	const struct bw_msg *m = fake_find_client(&b->dp, dialer);
	struct bw_pppoe_state s = {
		.stage = BW_PPPOE_UP,
		.lcp = 9,
		.ipcp = 9,
		.auth = 0xc223,
		.session_id = 3,
		.addr = ip("203.0.113.5"),
		.peer_addr = ip("1.1.1.1"),
		.mru = 1454,
		.peer_mru = 1454,
		.sessions = 1,
		.ac_name = "BAS1",
		.peer_name = "BAS",
	};

	CU_ASSERT_PTR_NOT_NULL_FATAL(m);
	s.client_id = m->pppoe.client_id;
	s.if_id = m->pppoe.if_id;
	memcpy(s.remote_mac, (uint8_t[]) { 0xf8, 0x0b, 0xcb, 0x77, 0x44, 0x09 }, 6);
	memcpy(s.local_mac, (uint8_t[]) { 2, 0, 0, 0, 0, 2 }, 6);
	return s;
}

void session_tell(struct bench *b, const struct bw_pppoe_state *state)
{
	fake_pppoe(&b->dp, state);
	bench_run(b);
}

struct bw_pppoe_state session_up(struct bench *b, const char *dialer)
{
	struct bw_pppoe_state s = session_open(b, dialer);

	session_tell(b, &s);
	return s;
}

void session_down(struct bench *b, const char *dialer)
{
	const struct bw_msg *m = fake_find_client(&b->dp, dialer);
	struct bw_pppoe_state s = { .stage = BW_PPPOE_WAIT, .reason = BW_PPPOE_R_ECHO };

	CU_ASSERT_PTR_NOT_NULL_FATAL(m);
	s.client_id = m->pppoe.client_id;
	s.if_id = m->pppoe.if_id;
	session_tell(b, &s);
}
