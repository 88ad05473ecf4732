/* SPDX-License-Identifier: BSD-3-Clause */
#include "pppoe/env.h"

#include "api/cursor.h"
#include "crypto/secret.h"

#define ANSWERS		 40 /* at once */
#define ANSWERS_A_SECOND 20

#define RTT_MAX	 10000 /* ms: beyond, it was the packet that was lost */
#define RTT_ROOM 2     /* times what was measured */

void pppoe_env_took(struct pppoe_env *env, uint32_t ms)
{
	ms = ms < RTT_MAX ? ms : RTT_MAX;
	env->rtt = ms > env->rtt ? ms : env->rtt;
}

uint64_t pppoe_env_retry(const struct pppoe_env *env)
{
	uint64_t retry = env->conf.set.retry_s * (uint64_t)1000, slow = RTT_ROOM * env->rtt;

	return retry > slow ? retry : slow;
}

bool pppoe_env_may_answer(struct pppoe_env *env)
{
	uint64_t more = (env->now - env->answers_at) * ANSWERS_A_SECOND / 1000;

	if (more) {
		env->answers = more < ANSWERS - env->answers ? env->answers + more : ANSWERS;
		env->answers_at = env->now;
	}
	return env->answers != 0;
}

void pppoe_env_refill(struct pppoe_env *env)
{
	env->answers = ANSWERS;
	env->answers_at = env->now;
}

static void count_answer(struct pppoe_env *env)
{
	if (env->answering && env->answers)
		env->answers--;
}

void pppoe_env_discover(struct pppoe_env *env, const uint8_t *to, const uint8_t *data, size_t len)
{
	count_answer(env);
	env->ops->send_discovery(env->arg, to, data, len);
}

void pppoe_env_send(struct pppoe_env *env, const uint8_t *data, size_t len)
{
	uint8_t frame[PPPOE_MAX_PACKET];
	struct builder b = { frame, sizeof(frame), 0, false };

	builder_u16(&b, 0x1100); /* version 1, type 1, code 0 */
	builder_u16(&b, env->session);
	builder_u16(&b, (uint16_t)len);
	builder_put(&b, data, len);
	count_answer(env);
	if (!b.overflow)
		env->ops->send_session(env->arg, env->server, frame, b.len);
	crypto_wipe(frame, b.len); /* PAP's password passes here */
}

uint32_t pppoe_env_random(const struct pppoe_env *env)
{
	uint32_t v;

	env->ops->random(env->arg, &v, sizeof(v));
	return v ? v : 1;
}
