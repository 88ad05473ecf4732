/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Access lists. A list in force is immutable: a new version is staged entry by
 * entry, put in force whole, and the old one freed when no worker reads it.
 *
 * Matches are counted per worker. A counter belongs to an entry, not to a
 * version of its list: an entry that is in the new version too keeps counting.
 *
 * Everything but acl_match() is for the main lcore only. Plain C, no DPDK.
 */
#ifndef DATAPLANE_TABLES_ACL_H
#define DATAPLANE_TABLES_ACL_H

#include "api/msg.h"
#include "l3/l4.h"

#define ACL_MAX_ENTRIES	 65536	   /* of one list */
#define ACL_MAX_COUNTERS (1 << 20) /* entries of all lists */

struct acl_table;

enum acl_result {
	ACL_UNDEFINED, /* no such list, or one without entries: access-group permits all */
	ACL_PERMIT,
	ACL_DENY, /* by an entry, or by the end of the list */
};

/*
 * retire(ctx, fn, arg1, arg2) has to call fn(arg1, arg2) when no reader is left. NULL if there
 * is no memory.
 */
struct acl_table *acl_create(unsigned n_workers,
	void (*retire)(void *ctx, void (*fn)(void *, uint64_t), void *arg1, uint64_t arg2),
	void *ctx);

/* Frees at once: no reader may be left, and what was retired must have been run. */
void acl_destroy(struct acl_table *t);

/*
 * Stage a new version: begin, then the entries in order, then commit. A second begin drops what
 * was staged. Errors leave the list in force as it is: -EINVAL (id, index or field out of
 * range, entries missing), -ENOENT (not begun), -ENOSPC (too many entries), -ENOMEM.
 */
int acl_set_begin(struct acl_table *t, const struct bw_acl *acl);
int acl_set_entry(struct acl_table *t, const struct bw_ace *ace);
int acl_set_commit(struct acl_table *t, uint32_t acl_id);

/* Drop what is staged and not committed. */
void acl_set_abandon(struct acl_table *t);

/* -ENOENT if there is no such list. */
int acl_del(struct acl_table *t, uint32_t acl_id);

/* What is not committed again between the two is removed. */
void acl_sync_begin(struct acl_table *t);
void acl_sync_end(struct acl_table *t);

/*
 * The verdict of list `acl_id` on a packet, counted for `worker`. Of a fragment whose ports are
 * not known, an entry that names ports permits by addresses and protocol alone and does not
 * deny (Cisco document 8014).
 */
enum acl_result acl_match(
	const struct acl_table *t, uint32_t acl_id, unsigned worker, const struct l4_info *l4);

/*
 * The next packet that matched an entry with BW_ACE_F_LOG; false: there is none. Workers keep some
 * dozens each and count the others, which acl_log_missed() returns and forgets.
 */
bool acl_log_next(struct acl_table *t, struct bw_acl_log *log);
uint32_t acl_log_missed(struct acl_table *t);

/* Call row() with every entry's matches, list by list. Stops when row() returns false. */
void acl_hits_dump(const struct acl_table *t,
	bool (*row)(void *arg, const struct bw_acl_hits *hits), void *arg);

/* The entry at *cursor and on to the next; false at the end. Start with *cursor = 0. */
bool acl_hits_next(const struct acl_table *t, uint32_t *cursor, struct bw_acl_hits *hits);

/* The lists as they were set: acl() and then ace() for each entry. NULL skips. */
void acl_dump(const struct acl_table *t, bool (*acl)(void *arg, const struct bw_acl *acl),
	bool (*ace)(void *arg, const struct bw_ace *ace), void *arg);

/* Count from zero again; acl_id 0 = all lists. */
void acl_hits_clear(struct acl_table *t, uint32_t acl_id);

#endif
