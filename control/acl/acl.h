/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Access lists: numbered and named, standard and extended.
 *
 * A list that is referred to need not exist: it is then a shell without entries,
 * and the reference starts working when entries come. A list without entries is
 * as if it were not there: an access group then permits all, NAT translates
 * nothing.
 *
 * A changed list is sent whole. Lists that are pasted line by line are sent
 * again only after a pause in proportion to their length.
 */
#ifndef BW_CONTROL_ACL_ACL_H
#define BW_CONTROL_ACL_ACL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#include "control/core/core.h"

#define ACL_NAME_LEN   BW_NAME_LEN
#define ACL_REMARK_LEN 101
#define ACL_STEP       10

struct acl_table;
struct event;

enum acl_port_op {
	ACL_PORT_ANY,
	ACL_PORT_EQ,
	ACL_PORT_NEQ,
	ACL_PORT_GT,
	ACL_PORT_LT,
	ACL_PORT_RANGE
};

#define ACL_PORTS_MAX 10 /* after one eq or neq */

struct acl_ports {
	enum acl_port_op op;
	uint16_t n; /* ports: one, of a range two, of eq and neq up to ACL_PORTS_MAX */
	uint16_t port[ACL_PORTS_MAX];
};

enum acl_proto { ACL_PROTO_IP = -1 }; /* else 0 .. 255 */

struct acl_entry {
	uint32_t seq;
	bool is_remark;
	bool permit;
	bool established, fragments, log;
	bool log_input; /* with log: it was typed so */
	int16_t proto;
	int16_t icmp_type, icmp_code; /* -1 = any */
	bw_ip4 src, src_wild, dst, dst_wild;
	struct acl_ports sport, dport;
	char *remark;	  /* owned by the list, as is the next */
	char *line;	  /* the configuration line as it was typed, without number; or NULL */
	bool numbered;	  /* seq was typed */
	bool in_block;	  /* entered below `ip access-list` */
	uint64_t entered; /* order of entering */
};

struct acl {
	TAILQ_ENTRY(acl) entry; /* by name: numbers first */
	struct acl_table *table;
	char name[ACL_NAME_LEN];
	bool numbered, extended;
	bool exists;   /* configured; may be without entries */
	bool is_block; /* by `ip access-list`, which may hold a number's entries as well */
	unsigned refs;
	unsigned n_rules;	/* of the dataplane, which all entries come to */
	struct acl_entry *item; /* by sequence number */
	size_t n, size;
	unsigned n_numbered; /* entries whose number was typed */
	uint64_t entered;
	uint32_t walk_rule; /* where sending is: an item and its first rule */
	size_t walk_item;
	struct dp_object obj; /* wanted: it has entries and somebody refers to it */
	bool pending;	      /* changed, waits for its turn */
	uint64_t sent_ms;
};

TAILQ_HEAD(acl_list, acl);

struct acl_table {
	struct core *core;
	struct acl_list list;	/* all, shells included */
	struct watches watches; /* of struct acl: WATCH_CHANGED as it comes in force or goes */
	struct event *timer;	/* for those that are pending */
	struct work work;
};

int acl_table_init(struct acl_table *t, struct core *core);
void acl_table_fini(struct acl_table *t);

/* A configured list, or NULL. */
struct acl *acl_find(struct acl_table *t, const char *name);

/* A reference to the list of this name, configured or not. NULL with errno ENOMEM or ENOSPC. */
struct acl *acl_get(struct acl_table *t, const char *name);
void acl_put(struct acl *acl);

/*
 * `access-list N` or `ip access-list {standard|extended} NAME`. -EEXIST: of the
 * other sort; -EINVAL: the number is of another sort.
 */
int acl_create(struct acl_table *t, const char *name, bool extended, struct acl **acl);
void acl_delete(struct acl *acl);

/* `no ip access-list`: what was entered below it goes; of a numbered list the rest stays. */
void acl_leave_block(struct acl *acl);

/*
 * Add an entry; seq 0: after the last. `e` is copied with its texts. -EEXIST:
 * the number is taken, or the same rule is there already; -ENOMEM; -ERANGE.
 */
int acl_add(struct acl *acl, const struct acl_entry *e);

/*
 * Remove the entry that says the same. -ENOENT; -EBUSY: the configuration keeps
 * numbers only where they were typed, and read again it would give the remaining
 * entries another order than they have now; `force` removes it nevertheless.
 */
int acl_remove(struct acl *acl, const struct acl_entry *e, bool force);

/* NULL if there is no entry of this number. */
const struct acl_entry *acl_entry_at(const struct acl *acl, uint32_t seq);

/* How many rules of the dataplane an entry comes to: none for a remark, more than one for several
 * ports. They follow one another. */
unsigned acl_entry_rules(const struct acl_entry *e);

/* Whether a numbered list of this number is extended: 1, 0, or -1 for no such number. */
int acl_number_sort(unsigned number);

/* The id for the dataplane: 0 for NULL and for a list that is not in force there. */
uint32_t acl_in_force(const struct acl *acl);

/*
 * The entry as `show access-lists` writes it, without number and hits: "permit
 * tcp any host 10.0.0.1 eq www". Returns the length as snprintf does.
 */
int acl_format(const struct acl *acl, const struct acl_entry *e, char *buf, size_t size);

/* "www" for TCP port 80; NULL if IOS has no name for it. */
const char *acl_port_name(int proto, uint16_t port);
int acl_port_number(int proto, const char *name); /* or -1 */
const char *acl_proto_name(int proto);
const char *acl_icmp_name(int type, int code);
int acl_icmp_number(const char *name, int *type, int *code); /* or -1 */

/* The list that the dataplane has under this id; NULL. */
struct acl *acl_by_id(const struct acl_table *t, uint32_t id);

/* acl_log.c: packets that matched an entry with `log`, as the dataplane tells them. */
void acl_log_event(void *table, const struct bw_msg *m);

/* Between acl.c and acl_program.c: a shell that nobody needs any more is freed. */
void acl_free_unused(struct acl *acl);
int acl_program_init(struct acl_table *t);
void acl_program_fini(struct acl_table *t);

#endif
