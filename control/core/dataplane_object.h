/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Objects of the dataplane as control has them, and their classes.
 *
 * A struct dp_object is embedded in whatever is programmed (a list, a route). Its class says how
 * it is put in messages; all else is the same for every class and done here: ids, finding what an
 * answer is about, whether it would be said otherwise than it was, and the resync.
 *
 * The life of an object is a table in docs/developing.md. What was never sent is released by
 * dp_drop() itself, and so is everything while there is no dataplane. While a dataplane's objects
 * are read (DP_READING), dp_want() and dp_drop() only note what is wanted. Then each class, those
 * first that others refer to, is given the ids that the dataplane has its objects under, and all
 * that is wanted is queued. What finds no id then, for the dataplane's own are not free before the
 * end, is refused, and tried again.
 *
 * Order. Objects that others refer to are set before what refers to them and removed after it: the
 * sets of a class follow those of the classes in its after[], then come removals in the reverse
 * order. Leaf classes, which nothing refers to, keep the order of time for sets and removals alike
 * (an address may move between interfaces).
 */
#ifndef BW_CONTROL_CORE_DATAPLANE_OBJECT_H
#define BW_CONTROL_CORE_DATAPLANE_OBJECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#include "dataplane/api/msg.h"

#include "control/core/idmap.h"

struct dp_link;

enum dp_class {
	DP_NONE,
	DP_HOST,
	DP_NAT_CONFIG,
	DP_DEBUG,
	DP_ACL,
	DP_IF,
	DP_IF_VLANS,
	DP_IF_ADDR,
	DP_PPPOE,
	DP_ARP,
	DP_NAT_POOL,
	DP_NAT_RULE,
	DP_NAT_LIMIT,
	DP_ADJ,
	DP_ECMP,
	DP_ROUTE,
	DP_CLASSES,
};

enum dp_queue_state { DP_IDLE, DP_SETTING, DP_REMOVING, DP_FAILED };

/* Embedded in whatever is programmed. All zero but for the class when new. */
struct dp_object {
	TAILQ_ENTRY(dp_object) entry;
	uint8_t class;	 /* enum dp_class */
	uint8_t queue;	 /* enum dp_queue_state */
	uint8_t tries;	 /* failures since the last change */
	bool sent : 1;	 /* the dataplane may hold it */
	bool gone : 1;	 /* control no longer wants it */
	bool wanted : 1; /* between dp_want() and dp_drop(): others may refer to it */
	bool kept : 1;	 /* dp_keep_id() */
	uint32_t part;	 /* next message of several */
	uint32_t id;	 /* of a class with ids; 0: it has none */
};

TAILQ_HEAD(dp_queue, dp_object);

#define DP_KEY_SIZE sizeof(((struct bw_msg *)0)->body)
#define DP_AFTER    6

/* What an object is known again by. */
struct dp_key {
	uint32_t id; /* under which the dataplane has it */
	size_t len;
	uint8_t data[DP_KEY_SIZE];
};

/*
 * How one class is said to the dataplane. `owner` is what dp_class_register() was given. Only the
 * name, set_type, wish and label are needed by all.
 */
struct dp_class_ops {
	const char *name;	       /* "route": for the log */
	uint16_t set_type;	       /* BW_CMD_*_SET */
	uint16_t del_type;	       /* 0: it is always there, or goes with another one */
	bool leaf;		       /* nothing refers to it */
	enum dp_class after[DP_AFTER]; /* what it may refer to, up to DP_NONE */

	/*
	 * Ids are first_id .. limit_id - 1, first_id 0 meaning 1. limit_id 0: it has none, or with
	 * ids_of those of another class, which has a key for both and is registered before.
	 */
	uint32_t first_id, limit_id;
	enum dp_class ids_of;

	/*
	 * Fill in the body of message number `part`, which is zero; of a class without ids also
	 * the cookie, made with dp_cookie(), that says which object it was. The type is set_type
	 * already, to be changed in a message that is not the one of this type. True if another
	 * one follows. A removal without ids has the body of part 0.
	 */
	bool (*wish)(void *owner, struct dp_object *o, uint32_t part, struct bw_msg *m);

	/*
	 * Where the body of the message of set_type is kept that was said last, `told_size` bytes
	 * of it; zeros while it is not wanted. NULL: dp_want() never says it again by itself.
	 */
	void *(*told)(struct dp_object *o);
	size_t told_size;

	/* Neither side holds a removed object any more: it may be freed. */
	void (*released)(void *owner, struct dp_object *o);

	/*
	 * Classes with ids: what an object is known again by, of its message of set_type: all that
	 * is the same whenever control is started. False: this message does not say it.
	 */
	bool (*key)(const struct bw_msg *m, struct dp_key *key);

	/* To be asked for as well when a dataplane comes: events of this type. 0: none. */
	uint16_t state_type;
	void (*reading)(void *owner);			      /* that begins */
	void (*held)(void *owner, const struct bw_msg *m);    /* the dataplane has this object */
	void (*identified)(void *owner, struct dp_object *o); /* o->id is what it will be */

	/* Classes without ids: dp_touch() all that is wanted. With ids it is done for them. */
	void (*replay)(void *owner);

	/* The object behind a cookie, NULL if it is gone; with ids it is found for them. */
	struct dp_object *(*find)(void *owner, uint64_t cookie);

	/* What it is called in the log. With `o` NULL, and without ids that is always so, by the
	 * cookie. */
	void (*label)(void *owner, struct dp_object *o, uint64_t cookie, char *buf, size_t size);
};

struct dp_class_table {
	const struct dp_class_ops *ops; /* NULL: not registered */
	void *owner;
	struct dp_queue set, del;
	struct idmap ids, held; /* held: while the dataplane's objects are read */
	struct dp_object **by_id;
	uint32_t by_id_size;
};

/* Both borrowed. */
void dp_class_register(
	struct dp_link *link, enum dp_class class, const struct dp_class_ops *ops, void *owner);

/*
 * The object is to be there as it is now: it is said, unless it was said already and would be said
 * no otherwise. 0; -ENOSPC or -ENOMEM if there is no id for it, which is logged.
 */
int dp_want(struct dp_link *link, struct dp_object *o);

/* Say a wanted object again, changed or not; one that is not wanted stays so. */
void dp_say(struct dp_link *link, struct dp_object *o);

/* A wanted object is to go. `o` may be freed by this. */
void dp_drop(struct dp_link *link, struct dp_object *o);

/*
 * Have an id already, and until dp_give_id(), whether the dataplane holds the object or not. 0,
 * -ENOSPC, -ENOMEM.
 */
int dp_keep_id(struct dp_link *link, struct dp_object *o);
void dp_give_id(struct dp_link *link, struct dp_object *o);

/* The object of this id, wanted or not; NULL. */
struct dp_object *dp_by_id(const struct dp_link *link, enum dp_class class, uint32_t id);

/* Into *key, `len` up to DP_KEY_SIZE. True. */
bool dp_key_set(struct dp_key *key, uint32_t id, const void *data, size_t len);

/* Below dp_want() and dp_drop(), for objects without `wanted`: the object is new or has changed. */
void dp_touch(struct dp_link *link, struct dp_object *o);

/* The object is no longer wanted. ops->released() is called now or later. */
void dp_remove(struct dp_link *link, struct dp_object *o);

/*
 * While it is held, objects that are going stay, those of all classes but the leaves: what refers
 * to them is being said otherwise bit by bit.
 */
void dp_hold_removals(struct dp_link *link, bool hold);

/* Take the object out of every queue, as if it had never been sent: before it is freed. */
void dp_forget(struct dp_link *link, struct dp_object *o);

/* class | a (16 bits) | b (8) | c (32) */
static inline uint64_t dp_cookie(enum dp_class class, uint16_t a, uint8_t b, uint32_t c)
{
	return (uint64_t) class << 56 | (uint64_t)a << 40 | (uint64_t)b << 32 | c;
}

/* DP_NONE for what is of no class. */
static inline enum dp_class dp_cookie_class(uint64_t cookie)
{
	return cookie >> 56 < DP_CLASSES ? (enum dp_class)(cookie >> 56) : DP_NONE;
}

static inline uint16_t dp_cookie_a(uint64_t cookie)
{
	return (uint16_t)(cookie >> 40);
}

static inline uint8_t dp_cookie_b(uint64_t cookie)
{
	return (uint8_t)(cookie >> 32);
}

static inline uint32_t dp_cookie_c(uint64_t cookie)
{
	return (uint32_t)cookie;
}

#endif
