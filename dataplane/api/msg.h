/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The messages between bywayd (control) and byway-dp (dataplane).
 *
 * Control programs objects. Each has an id that control chooses, and a *_SET
 * message creates it or replaces it whole; *_DEL removes it. The dataplane
 * answers every command by its sequence number: BW_EVT_NACK for one that
 * failed, and after each batch one BW_EVT_ACK that covers all up to a number.
 *
 * All structs are in host byte order with explicit sizes and padding, except
 * IPv4 addresses (`struct in_addr` sense: network byte order, type bw_ip4) and
 * MAC addresses (as on the wire). A message owns nothing: both sides copy.
 */
#ifndef BW_API_MSG_H
#define BW_API_MSG_H

#include <stdint.h>

#define BW_MSG_SIZE    128
#define BW_MSG_BODY    (BW_MSG_SIZE - 16)
#define BW_API_VERSION 7

#define BW_MAX_IFS     8192 /* interface ids are 1 .. BW_MAX_IFS - 1; 0 is none */
#define BW_MAX_PORTS   32
#define BW_MAX_WORKERS 16
#define BW_MAX_VRFS    256	 /* VRF ids are 0 .. 255; 0 is the global table */
#define BW_MAX_ADJS    (1 << 20) /* control's adjacency ids are below this */
#define BW_MAX_ACLS    1024
#define BW_MAX_ALIASES 65536 /* addresses that are only answered in ARP, of all interfaces */
#define BW_MAX_PATHS   16    /* of an ECMP adjacency */
#define BW_NAME_LEN    32
#define BW_MIN_IP_MTU  68  /* RFC 791: a full header and 8 bytes of a fragment */
#define BW_MAX_PPPOE   64  /* PPPoE client ids are 1 .. BW_MAX_PPPOE - 1 */
#define BW_PPPOE_TEXT  104 /* bytes of a name or password at the most */

typedef uint32_t bw_ip4; /* network byte order */

/* Adjacency ids that exist from the start. */
enum {
	BW_ADJ_NO_ROUTE = 0,  /* drop, ICMP network unreachable */
	BW_ADJ_DROP = 1,      /* drop in silence */
	BW_ADJ_RECEIVE = 2,   /* an address of the router itself */
	BW_ADJ_NULL0 = 3,     /* Null0: drop, ICMP host unreachable */
	BW_ADJ_BROADCAST = 4, /* a subnet's broadcast: receive from that subnet only */
	BW_ADJ_FIRST = 16,    /* the first id that control may choose */
};

enum bw_msg_type {
	BW_MSG_NONE = 0,

	/* control to dataplane */
	BW_CMD_SYNC_BEGIN = 1, /* what is not set again until SYNC_END is stale */
	BW_CMD_SYNC_END,       /* remove what is stale */
	BW_CMD_VRF_SET,	       /* struct bw_vrf */
	BW_CMD_VRF_DEL,
	BW_CMD_IF_SET, /* struct bw_if */
	BW_CMD_IF_DEL,
	BW_CMD_IF_VLANS,    /* struct bw_if_vlans: what a trunk carries */
	BW_CMD_IF_ADDR_SET, /* struct bw_if_addr */
	BW_CMD_IF_ADDR_DEL,
	BW_CMD_ADJ_SET, /* struct bw_adj */
	BW_CMD_ADJ_DEL,
	BW_CMD_ROUTE_SET, /* struct bw_route */
	BW_CMD_ROUTE_DEL,
	BW_CMD_ARP_SET, /* struct bw_arp: a static entry */
	BW_CMD_ARP_DEL,
	BW_CMD_ARP_CLEAR,  /* struct bw_arp: forget dynamic entries; if_id 0 = all */
	BW_CMD_MAC_CLEAR,  /* forget learnt MAC addresses */
	BW_CMD_ACL_SET,	   /* struct bw_acl: starts a new version of the list ... */
	BW_CMD_ACL_ENTRY,  /* ... struct bw_ace, in order ... */
	BW_CMD_ACL_COMMIT, /* ... and puts it in force, whole */
	BW_CMD_ACL_DEL,
	BW_CMD_NAT_POOL_SET, /* struct bw_nat_pool */
	BW_CMD_NAT_POOL_DEL,
	BW_CMD_NAT_RULE_SET, /* struct bw_nat_rule */
	BW_CMD_NAT_RULE_DEL,
	BW_CMD_NAT_CONFIG, /* struct bw_nat_config */
	BW_CMD_NAT_CLEAR,  /* struct bw_nat_filter: remove matching sessions */
	BW_CMD_HOST_SET,   /* struct bw_host: the TUN device of a VRF */
	BW_CMD_HOST_DEL,
	BW_CMD_CLEAR_COUNTERS, /* struct bw_ref: an interface, or 0 for all */
	BW_CMD_PPPOE_TEXT,     /* struct bw_pppoe_text: for the PPPOE_SET that follows */
	BW_CMD_PPPOE_SET,      /* struct bw_pppoe: takes the texts sent since the last one */
	BW_CMD_PPPOE_DEL,      /* PADT, and the client is gone */
	BW_CMD_PPPOE_CLEAR,    /* struct bw_ref: end a client's session and dial anew; 0 = all */
	BW_CMD_DEBUG,	       /* struct bw_debug: what to send as BW_EVT_DEBUG from now on */
	BW_CMD_DUMP,	       /* struct bw_dump */
	BW_CMD_NAT_LIMIT_SET,  /* struct bw_nat_limit: of one inside host */
	BW_CMD_NAT_LIMIT_DEL,
	BW_CMD_MAX,

	/* dataplane to control */
	BW_EVT_ACK = 128,   /* all commands up to hdr.seq are done */
	BW_EVT_NACK,	    /* struct bw_nack: the command hdr.seq failed */
	BW_EVT_OBJECT,	    /* an object as it was set; hdr.ref = the *_SET type */
	BW_EVT_ARP,	    /* struct bw_arp */
	BW_EVT_MAC,	    /* struct bw_mac */
	BW_EVT_NAT_SESSION, /* struct bw_nat_session */
	BW_EVT_ACL_HITS,    /* struct bw_acl_hits */
	BW_EVT_DUMP_END,    /* hdr.seq = the BW_CMD_DUMP that it ends */
	BW_EVT_PORT,	    /* struct bw_port_state: link up, down, MAC changed */
	BW_EVT_LOG,	    /* struct bw_log: a line for the administrator's log */
	BW_EVT_PPPOE,	    /* struct bw_pppoe_state: a client's state changed; also by dump */
	BW_EVT_DEBUG,	    /* struct bw_debug_line */
	BW_EVT_ACL_LOG,	    /* struct bw_acl_log: packets of an entry with BW_ACE_F_LOG */
	BW_EVT_MAX,
};

/* Why a command failed; the negative of none of errno on purpose: stable on the wire. */
enum bw_error {
	BW_OK = 0,
	BW_E_UNKNOWN_TYPE = 1,
	BW_E_BAD_VALUE, /* a field is out of its range */
	BW_E_NO_OBJECT, /* what the message refers to does not exist */
	BW_E_IN_USE,	/* others still refer to it */
	BW_E_FULL,	/* the table is full */
	BW_E_NO_MEMORY,
	BW_E_NOT_SUPPORTED, /* by this port or build */
	BW_E_PORT,	    /* the port's driver refused */
	BW_E_HOST,	    /* the kernel refused (TUN device) */
	BW_E_MAX,
};

struct bw_msg_hdr {
	uint32_t seq; /* of the command, from 1; in a dump's events the dump's own */
	uint16_t type;
	uint16_t ref;	 /* see BW_EVT_OBJECT */
	uint64_t cookie; /* control's own; comes back in every event for the command */
};

struct bw_vrf {
	uint32_t vrf_id;
	uint32_t pad;
	char name[BW_NAME_LEN];
};

enum bw_if_kind {
	BW_IF_PORT = 1, /* a routed port or, with BW_IF_F_SWITCH, a switch port */
	BW_IF_SUBIF,	/* 802.1Q id `vlan` of port `port` */
	BW_IF_SVI,	/* the router's leg in VLAN `vlan` */
	BW_IF_LOOPBACK,
	BW_IF_DIALER, /* PPP: packets go through the session of the PPPoE client that names it */
};

enum bw_if_flags {
	BW_IF_F_UP = 1 << 0, /* not shut down */
	BW_IF_F_SWITCH = 1 << 1,
	BW_IF_F_TRUNK = 1 << 2,
	BW_IF_F_NAT_INSIDE = 1 << 3,
	BW_IF_F_NAT_OUTSIDE = 1 << 4,
	BW_IF_F_VFR_IN = 1 << 5,     /* ip virtual-reassembly in */
	BW_IF_F_VFR_DROP = 1 << 6,   /* ... drop-fragments */
	BW_IF_F_NO_UNREACH = 1 << 7, /* no ip unreachables */
	BW_IF_F_PROXY_ARP = 1 << 8,
	BW_IF_F_NATIVE = 1 << 9, /* SUBIF: encapsulation dot1Q N native: untagged */
};

struct bw_if {
	uint32_t if_id;
	uint16_t kind;
	uint16_t port; /* index in the region's port table: PORT, SUBIF */
	uint16_t vlan; /* SUBIF, SVI; switch port: access, or the trunk's native VLAN */
	uint16_t vrf;
	uint32_t flags;
	uint16_t mtu;	  /* largest layer-3 packet of the link */
	uint16_t ip_mtu;  /* largest IPv4 packet; at most mtu */
	uint16_t tcp_mss; /* ip tcp adjust-mss; 0 = off */
	uint8_t mac[6];	  /* all zero: the port's own (SVI: the first port's) */
	uint16_t acl_in;  /* ACL id, 0 = none */
	uint16_t acl_out;
	uint16_t vfr_reassemblies; /* at once */
	uint16_t vfr_fragments;	   /* of one datagram */
	uint32_t vfr_timeout;	   /* seconds */
	uint32_t arp_timeout;	   /* seconds */
	uint32_t pad;
	char name[BW_NAME_LEN]; /* as IOS prints it */
};

/* One of the eight words-of-512 of a trunk's allowed VLANs. Unset: none allowed. */
struct bw_if_vlans {
	uint32_t if_id;
	uint16_t first; /* VLAN of bit 0: 0, 512, 1024 ... 3584 */
	uint16_t pad;
	uint64_t bits[8];
};

enum bw_addr_flags {
	BW_ADDR_F_PRIMARY = 1 << 0,
	BW_ADDR_F_ALIAS = 1 << 1, /* answered in ARP only (a NAT global): never a source */
};

struct bw_if_addr {
	uint32_t if_id;
	bw_ip4 addr;
	uint8_t plen;
	uint8_t flags;
	uint16_t pad;
};

enum bw_adj_type {
	BW_ADJ_T_GLEAN = 1, /* a connected subnet: resolve the destination itself */
	BW_ADJ_T_NEIGHBOUR, /* next hop `nexthop` on `if_id`; on a DIALER its only peer */
	BW_ADJ_T_ECMP,	    /* one of `path[0 .. n_paths - 1]` by the flow's hash */
	BW_ADJ_T_FIXED,	    /* as path[0] (n_paths 1), one of those that exist from the start */
};

/*
 * An adjacency may be set to any other contents while routes lead to it: so a next hop that many
 * routes share moves by one message.
 */

struct bw_adj {
	uint32_t adj_id;
	uint16_t type;
	uint16_t n_paths;
	uint32_t if_id;
	bw_ip4 nexthop;
	uint32_t path[BW_MAX_PATHS]; /* ECMP: adjacencies that exist, none of them ECMP */
	uint16_t mtu;		     /* largest IPv4 packet, if less than if_id's; 0 = as that */
	uint16_t pad;
};

struct bw_route {
	uint32_t vrf_id;
	bw_ip4 prefix; /* host bits zero */
	uint32_t adj_id;
	uint8_t plen;
	uint8_t pad[3];
};

enum bw_arp_state { BW_ARP_INCOMPLETE = 1, BW_ARP_REACHABLE, BW_ARP_STATIC, BW_ARP_OWN };

struct bw_arp {
	uint32_t if_id;
	bw_ip4 addr;
	uint8_t mac[6];
	uint16_t state;
	uint32_t age; /* seconds since it was confirmed */
};

struct bw_mac {
	uint16_t vlan;
	uint16_t port;
	uint8_t mac[6];
	uint16_t is_static;
	uint32_t age; /* seconds since a frame from it was seen */
};

struct bw_acl {
	uint32_t acl_id;
	uint32_t entries; /* that will follow */
	char name[BW_NAME_LEN];
};

enum bw_ace_flags {
	BW_ACE_F_PERMIT = 1 << 0,
	BW_ACE_F_ESTABLISHED = 1 << 1, /* TCP with ACK or RST */
	BW_ACE_F_FRAGMENTS = 1 << 2,   /* only non-initial fragments */
	BW_ACE_F_ICMP_TYPE = 1 << 3,
	BW_ACE_F_ICMP_CODE = 1 << 4,
	BW_ACE_F_SPORT = 1 << 5, /* sport_lo .. sport_hi matter */
	BW_ACE_F_DPORT = 1 << 6,
	BW_ACE_F_NOT_SPORT = 1 << 7, /* neq */
	BW_ACE_F_NOT_DPORT = 1 << 8,
	BW_ACE_F_PROTO = 1 << 9, /* proto matters (else: any IP) */
	BW_ACE_F_LOG = 1 << 10,
};

/* An address matches if (packet & ~wild) == (addr & ~wild). */
struct bw_ace {
	uint32_t acl_id;
	uint32_t index; /* 0, 1, 2 ... */
	uint32_t flags;
	bw_ip4 src, src_wild;
	bw_ip4 dst, dst_wild;
	uint16_t sport_lo, sport_hi; /* host byte order, as all ports here */
	uint16_t dport_lo, dport_hi;
	uint8_t proto;
	uint8_t icmp_type;
	uint8_t icmp_code;
	uint8_t pad;
};

struct bw_acl_hits {
	uint32_t acl_id;
	uint32_t index;
	uint64_t hits;
};

struct bw_acl_log {
	uint32_t acl_id; /* 0: more matched than could be told; packets says how many */
	bw_ip4 src, dst;
	uint16_t sport, dport; /* 0 where they are not known */
	uint8_t proto;
	uint8_t icmp_type, icmp_code;
	uint8_t permit;
	uint32_t packets;
};

enum bw_nat_pool_flags {
	BW_NAT_POOL_F_LAST = 1 << 0,	   /* ranges of higher numbers go, if there were any */
	BW_NAT_POOL_F_MATCH_HOST = 1 << 1, /* an inside host gets the global with its own host
					      part (the bits that plen leaves), or none; the same
					      in all ranges */
};

#define BW_NAT_POOL_RANGES 16

/* A pool has one range, or several set with range 0, 1, 2 ... */
struct bw_nat_pool {
	uint32_t pool_id;
	uint16_t range;
	uint8_t plen;  /* of the pool's mask: a range's subnet ends are not given out if
			  start != end */
	uint8_t flags; /* enum bw_nat_pool_flags */
	bw_ip4 start, end;
	char name[BW_NAME_LEN]; /* for log lines; may be empty */
};

enum bw_nat_rule_kind {
	BW_NAT_STATIC = 1, /* local <-> global; proto 0: the whole address */
	BW_NAT_NETWORK,	   /* local/plen <-> global/plen */
	BW_NAT_DYNAMIC,	   /* what acl_id permits -> a pool, or an interface's address */
};

enum bw_nat_rule_flags {
	BW_NAT_F_OVERLOAD = 1 << 0,
	BW_NAT_F_IF_ADDR = 1 << 1, /* DYNAMIC, STATIC: global is if_id's primary address */
	BW_NAT_F_EXTENDABLE = 1 << 2,
	BW_NAT_F_NO_ALIAS = 1 << 3,
};

#define BW_NAT_MATCHES 16

/* Of a route-map: both hold for the packet, where they are given. */
struct bw_nat_match {
	uint16_t acl_id; /* it permits the packet; 0 = any */
	uint16_t out_if; /* that the packet leaves by; 0 = any */
};

/* The first match that holds decides whether the rule is for the packet; without one it is not. */
struct bw_nat_map {
	uint16_t n;
	uint16_t denies; /* bit i: what match[i] holds for is not for the rule */
	struct bw_nat_match match[BW_NAT_MATCHES];
};

struct bw_nat_rule {
	uint32_t rule_id; /* from 1; dynamic rules are tried in order of id */
	uint16_t kind;
	uint16_t flags;
	uint16_t vrf;
	uint8_t proto; /* STATIC with ports: IPPROTO_TCP or IPPROTO_UDP */
	uint8_t plen;  /* NETWORK */
	bw_ip4 local, global;
	uint16_t local_port, global_port;
	uint32_t acl_id; /* DYNAMIC: of what is translated; 0 = the map tells */
	uint32_t pool_id;
	uint32_t if_id;
	struct bw_nat_map map;
};

enum bw_nat_timeout {
	BW_NAT_TMO_DYNAMIC, /* `timeout`: without overload, and static addresses */
	BW_NAT_TMO_TCP,
	BW_NAT_TMO_UDP,
	BW_NAT_TMO_DNS,
	BW_NAT_TMO_ICMP,
	BW_NAT_TMO_FINRST,
	BW_NAT_TMO_SYN,
	BW_NAT_TMO_PPTP,
	BW_NAT_TMO_MAX,
};

struct bw_nat_config {
	uint32_t timeout[BW_NAT_TMO_MAX]; /* seconds; UINT32_MAX = never */
	uint32_t max_entries;		  /* 0 = as many as fit */
	uint32_t max_per_host;		  /* 0 = no limit (all-host) */
};

/* Sessions that one inside host may have, whatever max_per_host says. */
struct bw_nat_limit {
	bw_ip4 addr;
	uint16_t vrf;
	uint16_t pad;
	uint32_t max; /* at least 1 */
};

enum bw_nat_filter_flags {
	BW_NAT_MATCH_INSIDE = 1 << 0,  /* local and global address */
	BW_NAT_MATCH_OUTSIDE = 1 << 1, /* remote address */
	BW_NAT_MATCH_PORTS = 1 << 2,   /* proto and the ports of what is matched */
	BW_NAT_MATCH_RULE = 1 << 3,
	BW_NAT_MATCH_FORCED = 1 << 4,
};

struct bw_nat_filter {
	uint32_t flags; /* 0: every session */
	uint32_t rule_id;
	bw_ip4 local, global, remote;
	uint16_t local_port, global_port, remote_port;
	uint8_t proto;
	uint8_t pad;
};

struct bw_nat_session {
	bw_ip4 local, global, remote;
	uint16_t local_port, global_port, remote_port; /* ICMP: the id, and remote 0 */
	uint8_t proto;
	uint8_t tcp_state; /* enum nat_tcp_state */
	uint16_t vrf;
	uint16_t flags; /* bit 0: made from a static rule; bit 1: no flow, but an inside host's
			   global address (no overload): protocol, ports and remote are 0 */
	uint32_t rule_id;
	uint32_t age;	  /* seconds since it was made */
	uint32_t idle;	  /* seconds since a packet */
	uint32_t timeout; /* seconds, of its class; UINT32_MAX = never */
	uint32_t id;
	uint32_t worker;
};

struct bw_host {
	uint32_t vrf_id;
	uint32_t mtu;
	char dev[16]; /* name of the TUN device to make */
};

enum bw_pppoe_flags {
	BW_PPPOE_F_CHAP = 1 << 0,     /* answer a demand for CHAP; else Nak or Reject it */
	BW_PPPOE_F_PAP = 1 << 1,      /* answer a demand for PAP */
	BW_PPPOE_F_DNS = 1 << 2,      /* ppp ipcp dns request */
	BW_PPPOE_F_ACCEPT = 1 << 3,   /* ppp ipcp address accept: take the address of a Nak */
	BW_PPPOE_F_SHUTDOWN = 1 << 4, /* configured, and not to dial */

	/* what the session's addresses are for; the dataplane does it while control is away */
	BW_PPPOE_F_NEGOTIATED = 1 << 5,	   /* the Dialer's address is that of IPCP */
	BW_PPPOE_F_PEER_ROUTE = 1 << 6,	   /* a route to the peer */
	BW_PPPOE_F_DEFAULT_ROUTE = 1 << 7, /* ppp ipcp route default */
	BW_PPPOE_F_ROUTES = 7 << 5,
};

/* A PPPoE client. A change of what was negotiated from it ends the session and dials anew. */
struct bw_pppoe {
	uint32_t client_id;
	uint32_t if_id;		   /* the DIALER; at most one client names it */
	uint32_t under_if;	   /* the Ethernet: a routed PORT or a SUBIF */
	uint32_t flags;		   /* enum bw_pppoe_flags */
	bw_ip4 addr;		   /* IPCP asks for this one; 0: for any */
	uint16_t mtu;		   /* of the Dialer: our MRU. Over 1492: RFC 4638 */
	uint16_t unit;		   /* of Virtual-AccessN, in debug lines */
	uint32_t keepalive_s;	   /* between LCP echoes; 0 = none are sent */
	uint32_t keepalive_misses; /* unanswered in a row, and the session is dead */
	uint32_t retry_s;	   /* RFC 1661 Restart timer (ppp timeout retry) */
	uint32_t auth_timeout_s;   /* ppp timeout authentication */
	uint32_t ncp_timeout_s;	   /* from LCP open to IPCP open; 0 = no limit */
	uint32_t redial_s;	   /* wait after a session that ended */
	uint16_t max_configure, max_failure, max_terminate; /* RFC 1661 4.6 */
	uint16_t pad;
};

enum bw_pppoe_which {
	BW_PPPOE_CHAP_NAME,
	BW_PPPOE_CHAP_PASSWORD,
	BW_PPPOE_PAP_NAME,
	BW_PPPOE_PAP_PASSWORD,
	BW_PPPOE_SERVICE, /* RFC 2516 Service-Name; not set: any */
	BW_PPPOE_TEXTS,
};

/* Any bytes. The reader wipes the slot: it may be a password. */
struct bw_pppoe_text {
	uint32_t client_id;
	uint8_t which; /* enum bw_pppoe_which */
	uint8_t length;
	uint16_t pad;
	uint8_t text[BW_PPPOE_TEXT];
};

enum bw_pppoe_stage {
	BW_PPPOE_DOWN,	    /* shut down, or its Ethernet is */
	BW_PPPOE_WAIT,	    /* to dial again */
	BW_PPPOE_PADI,	    /* PADI sent */
	BW_PPPOE_PADR,	    /* PADR sent */
	BW_PPPOE_ESTABLISH, /* LCP; the phases of RFC 1661 3.2 from here */
	BW_PPPOE_AUTHENTICATE,
	BW_PPPOE_NETWORK, /* IPCP */
	BW_PPPOE_UP,	  /* IPCP open: packets pass */
	BW_PPPOE_TERMINATE,
};

/* Why there is no session, or the last one ended. */
enum bw_pppoe_reason {
	BW_PPPOE_R_NONE,
	BW_PPPOE_R_ADMIN,   /* shutdown, clear, another configuration */
	BW_PPPOE_R_LINK,    /* the Ethernet is down */
	BW_PPPOE_R_NO_PADO, /* nobody offers */
	BW_PPPOE_R_NO_PADS,
	BW_PPPOE_R_REFUSED, /* PADS or PADO with an error tag */
	BW_PPPOE_R_LCP,	    /* LCP did not converge */
	BW_PPPOE_R_LOOP,    /* our own magic number came back */
	BW_PPPOE_R_AUTH_FAILED,
	BW_PPPOE_R_AUTH_TIMEOUT,
	BW_PPPOE_R_AUTH_REFUSED, /* the server wants what we do not do */
	BW_PPPOE_R_IPCP,
	BW_PPPOE_R_ECHO, /* LCP echoes stayed unanswered */
	BW_PPPOE_R_PEER, /* Terminate-Request */
	BW_PPPOE_R_PADT,
	BW_PPPOE_R_TOO_LONG, /* a PADO's AC-Cookie and Relay-Session-Id do not fit a PADR */
	BW_PPPOE_R_MAX,
};

struct bw_pppoe_state {
	uint32_t client_id;
	uint32_t if_id;
	uint8_t stage;	   /* enum bw_pppoe_stage */
	uint8_t reason;	   /* enum bw_pppoe_reason */
	uint8_t lcp, ipcp; /* enum ppp_state: 0 Initial .. 9 Opened, as in RFC 1661 4.2 */
	uint16_t auth;	   /* PPP protocol that we authenticated by; 0 = none */
	uint16_t session_id;
	uint8_t local_mac[6], remote_mac[6];
	bw_ip4 addr, peer_addr;		 /* while IPCP is open */
	bw_ip4 dns[2];			 /* 0 = not told */
	uint16_t mru, peer_mru;		 /* what we take; what the peer takes. While LCP is open */
	uint32_t up_s;			 /* seconds since IPCP opened */
	uint32_t sessions;		 /* that came up since the client was set */
	char ac_name[24], peer_name[24]; /* of PADO; of CHAP's challenge. Cut if longer */
};

enum bw_debug_flags {
	BW_DEBUG_PPPOE_EVENTS = 1 << 0,
	BW_DEBUG_PPP_NEGOTIATION = 1 << 1,
	BW_DEBUG_PPP_AUTHENTICATION = 1 << 2,
};

struct bw_debug {
	uint32_t flags;
	uint32_t pad;
};

struct bw_debug_line {
	char text[BW_MSG_BODY]; /* ends with a zero byte */
};

struct bw_ref {
	uint32_t id;
	uint32_t pad;
};

/* A dump sends its rows as events and then BW_EVT_DUMP_END. Rows may come and go meanwhile. */
struct bw_dump {
	uint16_t what; /* a *_SET command type (objects), or BW_EVT_ARP, _MAC, _NAT_SESSION,
			  _ACL_HITS, _PPPOE */
	uint16_t pad;
	uint32_t limit;		     /* rows at the most; 0 = all */
	uint32_t cursor;	     /* NAT sessions only: 0, or where another dump has stopped. In
					BW_EVT_DUMP_END: where to go on after `limit` rows; 0 = at the end */
	struct bw_nat_filter filter; /* NAT sessions only */
};

struct bw_nack {
	uint16_t error; /* enum bw_error */
	uint16_t cmd;	/* the command's type */
	uint32_t pad;
};

struct bw_port_state {
	uint16_t port;
	uint8_t link_up;
	uint8_t full_duplex;
	uint32_t speed; /* Mbit/s; 0 = unknown */
	uint8_t mac[6];
	uint16_t pad;
};

struct bw_log {
	uint8_t severity;  /* 0..7, as in syslog */
	char mnemonic[39]; /* "IPNAT-4-ADDR_ALLOC_FAILURE" without the % */
	char text[72];
};

struct bw_msg {
	struct bw_msg_hdr hdr;
	union {
		uint8_t body[BW_MSG_BODY];
		struct bw_vrf vrf;
		struct bw_if itf;
		struct bw_if_vlans if_vlans;
		struct bw_if_addr if_addr;
		struct bw_adj adj;
		struct bw_route route;
		struct bw_arp arp;
		struct bw_mac mac;
		struct bw_acl acl;
		struct bw_ace ace;
		struct bw_acl_hits acl_hits;
		struct bw_acl_log acl_log;
		struct bw_nat_pool nat_pool;
		struct bw_nat_rule nat_rule;
		struct bw_nat_config nat_config;
		struct bw_nat_limit nat_limit;
		struct bw_nat_filter nat_filter;
		struct bw_nat_session nat_session;
		struct bw_host host;
		struct bw_pppoe pppoe;
		struct bw_pppoe_text pppoe_text;
		struct bw_pppoe_state pppoe_state;
		struct bw_debug debug;
		struct bw_debug_line debug_line;
		struct bw_ref ref;
		struct bw_dump dump;
		struct bw_nack nack;
		struct bw_port_state port_state;
		struct bw_log log;
	};
};

_Static_assert(sizeof(struct bw_msg_hdr) == 16, "header is 16 bytes");
_Static_assert(sizeof(struct bw_msg) == BW_MSG_SIZE, "a message is one slot");
_Static_assert(sizeof(struct bw_if) == 80, "no hidden padding");
_Static_assert(sizeof(struct bw_adj) == 84, "no hidden padding");
_Static_assert(sizeof(struct bw_route) == 16, "no hidden padding");
_Static_assert(sizeof(struct bw_ace) == 40, "no hidden padding");
_Static_assert(sizeof(struct bw_nat_rule) == 104, "no hidden padding");
_Static_assert(sizeof(struct bw_nat_session) == 48, "no hidden padding");
_Static_assert(sizeof(struct bw_log) == BW_MSG_BODY, "fills the body");
_Static_assert(sizeof(struct bw_pppoe) == 56, "no hidden padding");
_Static_assert(sizeof(struct bw_pppoe_text) == BW_MSG_BODY, "fills the body");
_Static_assert(sizeof(struct bw_pppoe_state) == 104, "no hidden padding");

/* "bad value" and so on. Never NULL. */
const char *bw_error_text(unsigned error);

/* "ROUTE_SET" and so on, for logs. Never NULL. */
const char *bw_msg_name(unsigned type);

#endif
