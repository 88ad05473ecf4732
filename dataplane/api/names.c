/* SPDX-License-Identifier: BSD-3-Clause */
#include "drops.h"
#include "msg.h"

#include <stddef.h>

#define LENGTH(a) (sizeof(a) / sizeof((a)[0]))

static const char *const error_text[] = {
	[BW_OK] = "ok",
	[BW_E_UNKNOWN_TYPE] = "unknown message type",
	[BW_E_BAD_VALUE] = "bad value",
	[BW_E_NO_OBJECT] = "no such object",
	[BW_E_IN_USE] = "in use",
	[BW_E_FULL] = "table full",
	[BW_E_NO_MEMORY] = "out of memory",
	[BW_E_NOT_SUPPORTED] = "not supported",
	[BW_E_PORT] = "refused by the port's driver",
	[BW_E_HOST] = "refused by the kernel",
};
_Static_assert(LENGTH(error_text) == BW_E_MAX, "every error has its text");

static const char *const msg_name[] = {
	[BW_MSG_NONE] = "NONE",
	[BW_CMD_SYNC_BEGIN] = "SYNC_BEGIN",
	[BW_CMD_SYNC_END] = "SYNC_END",
	[BW_CMD_VRF_SET] = "VRF_SET",
	[BW_CMD_VRF_DEL] = "VRF_DEL",
	[BW_CMD_IF_SET] = "IF_SET",
	[BW_CMD_IF_DEL] = "IF_DEL",
	[BW_CMD_IF_VLANS] = "IF_VLANS",
	[BW_CMD_IF_ADDR_SET] = "IF_ADDR_SET",
	[BW_CMD_IF_ADDR_DEL] = "IF_ADDR_DEL",
	[BW_CMD_ADJ_SET] = "ADJ_SET",
	[BW_CMD_ADJ_DEL] = "ADJ_DEL",
	[BW_CMD_ROUTE_SET] = "ROUTE_SET",
	[BW_CMD_ROUTE_DEL] = "ROUTE_DEL",
	[BW_CMD_ARP_SET] = "ARP_SET",
	[BW_CMD_ARP_DEL] = "ARP_DEL",
	[BW_CMD_ARP_CLEAR] = "ARP_CLEAR",
	[BW_CMD_MAC_CLEAR] = "MAC_CLEAR",
	[BW_CMD_ACL_SET] = "ACL_SET",
	[BW_CMD_ACL_ENTRY] = "ACL_ENTRY",
	[BW_CMD_ACL_COMMIT] = "ACL_COMMIT",
	[BW_CMD_ACL_DEL] = "ACL_DEL",
	[BW_CMD_NAT_POOL_SET] = "NAT_POOL_SET",
	[BW_CMD_NAT_POOL_DEL] = "NAT_POOL_DEL",
	[BW_CMD_NAT_RULE_SET] = "NAT_RULE_SET",
	[BW_CMD_NAT_RULE_DEL] = "NAT_RULE_DEL",
	[BW_CMD_NAT_CONFIG] = "NAT_CONFIG",
	[BW_CMD_NAT_CLEAR] = "NAT_CLEAR",
	[BW_CMD_HOST_SET] = "HOST_SET",
	[BW_CMD_HOST_DEL] = "HOST_DEL",
	[BW_CMD_CLEAR_COUNTERS] = "CLEAR_COUNTERS",
	[BW_CMD_PPPOE_TEXT] = "PPPOE_TEXT",
	[BW_CMD_PPPOE_SET] = "PPPOE_SET",
	[BW_CMD_PPPOE_DEL] = "PPPOE_DEL",
	[BW_CMD_PPPOE_CLEAR] = "PPPOE_CLEAR",
	[BW_CMD_DEBUG] = "DEBUG",
	[BW_CMD_DUMP] = "DUMP",
	[BW_CMD_NAT_LIMIT_SET] = "NAT_LIMIT_SET",
	[BW_CMD_NAT_LIMIT_DEL] = "NAT_LIMIT_DEL",
	[BW_EVT_ACK] = "ACK",
	[BW_EVT_NACK] = "NACK",
	[BW_EVT_OBJECT] = "OBJECT",
	[BW_EVT_ARP] = "ARP",
	[BW_EVT_MAC] = "MAC",
	[BW_EVT_NAT_SESSION] = "NAT_SESSION",
	[BW_EVT_ACL_HITS] = "ACL_HITS",
	[BW_EVT_DUMP_END] = "DUMP_END",
	[BW_EVT_PORT] = "PORT",
	[BW_EVT_LOG] = "LOG",
	[BW_EVT_PPPOE] = "PPPOE",
	[BW_EVT_DEBUG] = "DEBUG_LINE",
	[BW_EVT_ACL_LOG] = "ACL_LOG",
};
_Static_assert(LENGTH(msg_name) == BW_EVT_MAX, "every message has its name");

static const char *const drop_text[BW_DROP_MAX] = {
	[BW_DROP_NONE] = "no reason",
	[BW_DROP_L2_SHORT] = "frame too short",
	[BW_DROP_L2_NOT_FOR_US] = "frame for another MAC address",
	[BW_DROP_L2_UNKNOWN_TYPE] = "unknown ethertype",
	[BW_DROP_L2_VLAN] = "no such VLAN on the port",
	[BW_DROP_L2_BAD_SOURCE] = "bad source MAC address",
	[BW_DROP_L2_SAME_PORT] = "way out is the way in",
	[BW_DROP_IF_DOWN] = "interface down",
	[BW_DROP_NO_IP] = "no IPv4 address on the interface",
	[BW_DROP_ARP_BAD] = "bad ARP packet",
	[BW_DROP_IP4_SHORT] = "ip4 packet too short",
	[BW_DROP_IP4_VERSION] = "ip4 bad version",
	[BW_DROP_IP4_IHL] = "ip4 bad header length",
	[BW_DROP_IP4_LENGTH] = "ip4 bad total length",
	[BW_DROP_IP4_CHECKSUM] = "ip4 bad checksum",
	[BW_DROP_IP4_SOURCE] = "ip4 martian source",
	[BW_DROP_IP4_DEST] = "ip4 martian destination",
	[BW_DROP_IP4_MULTICAST] = "ip4 multicast",
	[BW_DROP_IP4_SOURCE_ROUTE] = "ip4 source route option",
	[BW_DROP_IP4_TTL] = "ip4 time to live exceeded",
	[BW_DROP_IP4_NO_ROUTE] = "ip4 no route",
	[BW_DROP_IP4_NULL0] = "ip4 route to Null0",
	[BW_DROP_IP4_BROADCAST] = "ip4 directed broadcast",
	[BW_DROP_IP4_LAND] = "ip4 source is our own address",
	[BW_DROP_IP4_DF] = "ip4 too big and DF set",
	[BW_DROP_IP4_FRAGMENT] = "ip4 could not be fragmented",
	[BW_DROP_IP4_NO_PROTO] = "ip4 protocol not taken",
	[BW_DROP_ADJ_DROP] = "drop adjacency",
	[BW_DROP_ADJ_GONE] = "adjacency gone",
	[BW_DROP_ACL_IN] = "access list in",
	[BW_DROP_ACL_OUT] = "access list out",
	[BW_DROP_ARP_QUEUE] = "ARP queue full",
	[BW_DROP_ARP_TIMEOUT] = "ARP not answered",
	[BW_DROP_ARP_RATE] = "ARP rate exceeded",
	[BW_DROP_PPPOE_HEADER] = "pppoe bad header",
	[BW_DROP_PPPOE_SESSION] = "pppoe no such session",
	[BW_DROP_PPPOE_DISCOVERY] = "pppoe bad discovery packet",
	[BW_DROP_PPPOE_DOWN] = "pppoe session not open",
	[BW_DROP_PPP_BAD] = "ppp bad packet",
	[BW_DROP_PPP_RATE] = "ppp too many packets",
	[BW_DROP_VFR_OVERLAP] = "vfr overlapping fragments",
	[BW_DROP_VFR_FULL] = "vfr too many reassemblies",
	[BW_DROP_VFR_TOO_MANY] = "vfr too many fragments",
	[BW_DROP_VFR_TIMEOUT] = "vfr timed out",
	[BW_DROP_VFR_FORBIDDEN] = "vfr fragments forbidden",
	[BW_DROP_VFR_TINY] = "vfr tiny first fragment",
	[BW_DROP_NAT_NO_PORT] = "nat no port or address free",
	[BW_DROP_NAT_TABLE_FULL] = "nat table full",
	[BW_DROP_NAT_HOST_LIMIT] = "nat limit of the host",
	[BW_DROP_NAT_MALFORMED] = "nat malformed packet",
	[BW_DROP_NAT_ICMP_UNMATCHED] = "nat ICMP error without a session",
	[BW_DROP_NAT_UNSUPPORTED] = "nat protocol not supported",
	[BW_DROP_ICMP_RATE] = "icmp rate limit",
	[BW_DROP_ICMP_FORBIDDEN] = "icmp error forbidden",
	[BW_DROP_ICMP_BAD] = "icmp bad packet",
	[BW_DROP_PUNT_FULL] = "punt queue full",
	[BW_DROP_HANDOFF_FULL] = "handoff queue full",
	[BW_DROP_HOST_FULL] = "host queue full",
	[BW_DROP_TX_FULL] = "transmit queue full",
	[BW_DROP_NO_MBUF] = "no packet buffer",
};

/* Tables have holes where enums have none yet; both read as unknown. */
static const char *text_of(const char *const *table, size_t n, unsigned i)
{
	return i < n && table[i] ? table[i] : "unknown";
}

const char *bw_error_text(unsigned error)
{
	return text_of(error_text, LENGTH(error_text), error);
}

const char *bw_msg_name(unsigned type)
{
	return text_of(msg_name, LENGTH(msg_name), type);
}

const char *bw_drop_text(unsigned reason)
{
	return text_of(drop_text, LENGTH(drop_text), reason);
}
