/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the generator sends: UDP over IPv4 frames built from a table of flows, or
 * frames as they stand in a pcap file. Frame lengths are those of the Ethernet
 * frame without its FCS, and without the header of a PPPoE session, which comes on
 * top: so a length stands for the same IPv4 packet with PPPoE and without. Fields
 * on the wire are in network byte order.
 */
#ifndef PERF_FRAMES_H
#define PERF_FRAMES_H

#include <rte_ether.h>
#include <rte_mbuf.h>
#include <stdbool.h>
#include <stdint.h>

#define FRAME_MIN   60
#define FRAME_MAX   1514 /* the largest that a memif port takes */
#define STAMP_MAGIC 0x6277
#define FLOWS_MAX   (1u << 26)
#define SIZES_MAX   8
#define PATTERN_MAX 12
#define IMIX	    0 /* instead of a length: 7:4:1 of 64, 570 and the longest */
#define FROM_PCAP   1 /* instead of a length: what the file has */

/* A session's header (RFC 2516 4, RFC 1661 2): version and type, code, session, length, protocol.
 */
#define PPPOE_LEN 8

/* On which side of the router the frames have it. Either way they have to leave it room. */
enum frame_pppoe { PPPOE_NONE, PPPOE_SENT, PPPOE_RECEIVED };

/* An inclusive range, in host order. */
struct range {
	uint32_t first, last;
};

struct frame_spec {
	struct rte_ether_addr src_mac, dst_mac;
	uint16_t vlan; /* 0 = untagged */
	enum frame_pppoe pppoe;
	uint16_t session; /* of PPPoE */
	uint8_t ttl;
	struct range src_ip, dst_ip, src_port, dst_port;
	const char *dst_file; /* destinations, 4 bytes each in network order; or NULL */
	const char *pcap_file;
	uint32_t n_flows; /* 0 = as many as the ranges (or the file) give */
	bool shuffle;	  /* flows in random order, each once a round */
	bool udp_checksum;
};

/* At the start of the payload of frames that are stamped. Host order: we read it again. */
struct stamp {
	uint16_t magic;
	uint16_t run; /* of the trial, so that stragglers are told apart */
	uint32_t seq;
	uint64_t tsc; /* when it was sent */
} __rte_packed;

struct flow {
	rte_be32_t src_ip, dst_ip;
	rte_be16_t src_port, dst_port;
	uint16_t ip_sum, udp_sum; /* what these fields add to the two checksums */
};

/* One length of frame, with everything that depends on it. */
struct frame_class {
	uint16_t len;
	uint32_t ip_sum, udp_sum; /* of all that is fixed */
	rte_be16_t ppp_len, ip_len, udp_len;
};

struct pcap_frame {
	uint32_t offset; /* into pcap_data */
	uint32_t len;
};

struct frames {
	struct frame_spec spec;
	uint16_t l2_len;

	struct flow *flow;
	uint32_t n_flows, next_flow;

	struct frame_class cls[3];
	uint8_t pattern[PATTERN_MAX]; /* indexes of cls */
	unsigned n_pattern, next_pattern;

	uint8_t *pcap_data;
	struct pcap_frame *pcap;
	uint32_t n_pcap, next_pcap;

	struct rte_mempool *pool; /* whose buffers hold the fixed bytes */
	uint32_t seq;
	uint16_t run;
	bool stamped;
};

/*
 * Make the table of flows (or read the pcap file) and a pool of n_mbufs. 0 or
 * negative errno, with the reason on stderr.
 */
int frames_init(struct frames *f, const struct frame_spec *spec, unsigned n_mbufs);
void frames_free(struct frames *f);

/* The longest frame that there can be. */
unsigned frames_max_len(const struct frame_spec *spec);

/* Lengths from now on: a number of bytes, or IMIX. -EINVAL if it cannot be. */
int frames_set_size(struct frames *f, unsigned size);

/* The MAC that all frames go to from now on. */
void frames_set_dst_mac(struct frames *f, const struct rte_ether_addr *mac);

/* Mean length of a frame in bytes, of the size that is set; here with PPPoE's header. */
double frames_mean_len(const struct frames *f);

/* Start again at the first flow, as trial number `run`. */
void frames_restart(struct frames *f, uint16_t run, bool stamped);

/* n frames, ready to send; the caller owns them. 0, or -ENOBUFS and none. */
int frames_get(struct frames *f, struct rte_mbuf **m, unsigned n);

/* Put the time of sending into stamped frames. */
void frames_stamp_time(struct frames *f, struct rte_mbuf **m, unsigned n, uint64_t tsc);

#endif
