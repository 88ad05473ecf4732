/* SPDX-License-Identifier: BSD-3-Clause */
#include "tables/itf.h"

#include <arpa/inet.h>

bool itf_has_addr(const struct itf *itf, bw_ip4 addr)
{
	for (uint32_t i = 0; i < itf->n_addrs; i++)
		if (itf->addr[i].addr == addr)
			return true;
	return false;
}

static bool in_subnet(bw_ip4 a, bw_ip4 b, uint8_t plen)
{
	return plen == 0 || ntohl(a ^ b) >> (32 - plen) == 0;
}

bw_ip4 itf_source_for(const struct itf *itf, bw_ip4 dst)
{
	for (uint32_t i = 0; i < itf->n_addrs; i++)
		if (in_subnet(itf->addr[i].addr, dst, itf->addr[i].plen))
			return itf->addr[i].addr;
	return itf->primary;
}
