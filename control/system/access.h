/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Who gets in at the console: users, the enable secret, the console line's password. Secrets are
 * kept as configured (MD5-crypt, IOS's type 5, where they are secrets) and wiped when they go.
 */
#ifndef BW_CONTROL_SYSTEM_ACCESS_H
#define BW_CONTROL_SYSTEM_ACCESS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

enum secret_kind {
	SECRET_NONE,
	SECRET_PLAIN, /* type 0 */
	SECRET_MD5,   /* type 5: "$1$SALT$HASH" */
	SECRET_TYPE7, /* obscured only: anybody can read it */
	SECRET_ANY,   /* `nopassword`: whatever is typed is right */
};

struct secret {
	enum secret_kind kind;
	char *text;
};

/* Replaces what is there; text is copied. 0 or -ENOMEM, with nothing changed. */
int secret_set(struct secret *secret, enum secret_kind kind, const char *text);
void secret_clear(struct secret *secret);

/* Whether this is the password; takes as long wherever it differs. NONE matches nothing. */
bool secret_matches(const struct secret *secret, const char *password);

/* Whether `text` can be of that kind. */
bool secret_is_valid(enum secret_kind kind, const char *text);

enum { SECRET_HASH_SIZE = 48 };

/* "$1$SALT$HASH" of a password, with a new salt. 0 or a negative errno. */
int secret_hash(const char *password, char hash[SECRET_HASH_SIZE]);

enum { ACCESS_PRIVILEGED = 15, ACCESS_IDLE_DEFAULT = 600 };

struct access_user {
	TAILQ_ENTRY(access_user) entry;
	char *name;
	unsigned level; /* 0 to 15; from ACCESS_PRIVILEGED on at `#` */
	struct secret secret;
};

enum access_login { ACCESS_OPEN, ACCESS_LINE, ACCESS_LOCAL };

struct access {
	TAILQ_HEAD(, access_user) users;
	struct secret enable_secret, enable_password;
	struct {
		enum access_login login;
		struct secret password;
		int level;     /* `privilege level`; -1: not said */
		uint32_t idle; /* seconds until a session ends; 0: never */
	} console;
};

void access_init(struct access *access);
void access_fini(struct access *access);

/* NULL when there is none. */
struct access_user *access_user_find(struct access *access, const char *name);

/* Makes the user, or replaces it. 0 or -ENOMEM. */
int access_user_set(struct access *access, const char *name, unsigned level, enum secret_kind kind,
	const char *text);
void access_user_remove(struct access *access, const char *name);

#endif
