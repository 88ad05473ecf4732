/* SPDX-License-Identifier: BSD-3-Clause */
#include "pppoe/env.h"

#include "crypto/secret.h"
#include "pppoe/cursor.h"

void pppoe_env_send(const struct pppoe_env *env, const uint8_t *data, size_t len)
{
	uint8_t frame[PPPOE_MAX_PACKET];
	struct builder b = { frame, sizeof(frame), 0, false };

	builder_u16(&b, 0x1100); /* version 1, type 1, code 0 */
	builder_u16(&b, env->session);
	builder_u16(&b, (uint16_t)len);
	builder_put(&b, data, len);
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
