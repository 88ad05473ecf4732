/* SPDX-License-Identifier: BSD-3-Clause */
#include "control/system/access.h"

#include "control/system/type7.h"

#include <crypt.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define MD5_PREFIX "$1$"

enum { SALT_LEN = 4 /* as IOS's */, SALT_MAX = 8, MD5_LEN = 22 };

static const char salt_digits[] =
	"./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

int secret_set(struct secret *secret, enum secret_kind kind, const char *text)
{
	char *copy = strdup(text);

	if (copy == NULL)
		return -ENOMEM;
	type7_wipe(secret->text);
	*secret = (struct secret) { kind, copy };
	return 0;
}

void secret_clear(struct secret *secret)
{
	type7_wipe(secret->text);
	*secret = (struct secret) { SECRET_NONE, NULL };
}

/* Looks at all of `typed`, whatever it finds. */
static bool equal(const char *secret, const char *typed)
{
	size_t len = strlen(secret), typed_len = strlen(typed);
	unsigned char differ = len != typed_len;

	for (size_t i = 0; i < typed_len; i++)
		differ |= (unsigned char)typed[i] ^ (unsigned char)secret[len > 0 ? i % len : 0];
	return differ == 0;
}

/* crypt() into `hash`, which is empty if it fails. By libxcrypt's own name: crypt_r() is one that
 * the sanitizers take for themselves. */
static void hash_with(const char *password, const char *setting, char hash[CRYPT_OUTPUT_SIZE])
{
	struct crypt_data *data = calloc(1, sizeof(*data));
	const char *made = data != NULL ? crypt_rn(password, setting, data, sizeof(*data)) : NULL;

	snprintf(hash, CRYPT_OUTPUT_SIZE, "%s", made != NULL && made[0] == '$' ? made : "");
	if (data != NULL)
		explicit_bzero(data, sizeof(*data));
	free(data);
}

int secret_hash(const char *password, char hash[SECRET_HASH_SIZE])
{
	char setting[] = MD5_PREFIX "....$", made[CRYPT_OUTPUT_SIZE];
	unsigned char noise[SALT_LEN];

	if (getrandom(noise, sizeof(noise), 0) != sizeof(noise))
		return -EIO;
	for (size_t i = 0; i < SALT_LEN; i++)
		setting[strlen(MD5_PREFIX) + i] = salt_digits[noise[i] % 64];
	hash_with(password, setting, made);
	if (!secret_is_valid(SECRET_MD5, made))
		return -ENOTSUP;
	memcpy(hash, made, strlen(made) + 1); /* valid ones are short enough */
	return 0;
}

static bool is_md5(const char *text)
{
	size_t salt, hash;

	if (strncmp(text, MD5_PREFIX, strlen(MD5_PREFIX)) != 0)
		return false;
	text += strlen(MD5_PREFIX);
	salt = strspn(text, salt_digits);
	if (salt == 0 || salt > SALT_MAX || text[salt] != '$')
		return false;
	hash = strspn(text + salt + 1, salt_digits);
	return hash == MD5_LEN && text[salt + 1 + hash] == '\0';
}

bool secret_is_valid(enum secret_kind kind, const char *text)
{
	char *plain;
	size_t len;

	switch (kind) {
	case SECRET_MD5:
		return is_md5(text);
	case SECRET_TYPE7:
		plain = type7_reveal(text, &len);
		type7_wipe(plain);
		return plain != NULL;
	default:
		return text[0] != '\0';
	}
}

bool secret_matches(const struct secret *secret, const char *password)
{
	char made[CRYPT_OUTPUT_SIZE];
	char *plain;
	size_t len;
	bool same;

	switch (secret->kind) {
	case SECRET_ANY:
		return true;
	case SECRET_PLAIN:
		return equal(secret->text, password);
	case SECRET_MD5:
		hash_with(password, secret->text, made);
		return made[0] != '\0' && equal(secret->text, made);
	case SECRET_TYPE7:
		plain = type7_reveal(secret->text, &len);
		same = plain != NULL && equal(plain, password);
		type7_wipe(plain);
		return same;
	default:
		return false;
	}
}

void access_init(struct access *access)
{
	memset(access, 0, sizeof(*access));
	TAILQ_INIT(&access->users);
	access->console.level = -1;
	access->console.idle = ACCESS_IDLE_DEFAULT;
}

struct access_user *access_user_find(struct access *access, const char *name)
{
	struct access_user *user;

	TAILQ_FOREACH (user, &access->users, entry)
		if (strcmp(user->name, name) == 0)
			return user;
	return NULL;
}

static void user_free(struct access_user *user)
{
	secret_clear(&user->secret);
	free(user->name);
	free(user);
}

int access_user_set(struct access *access, const char *name, unsigned level, enum secret_kind kind,
	const char *text)
{
	struct access_user *user = access_user_find(access, name);

	if (user == NULL) {
		user = calloc(1, sizeof(*user));
		if (user == NULL)
			return -ENOMEM;
		user->name = strdup(name);
		if (user->name == NULL || secret_set(&user->secret, kind, text) != 0) {
			user_free(user);
			return -ENOMEM;
		}
		TAILQ_INSERT_TAIL(&access->users, user, entry);
	} else if (secret_set(&user->secret, kind, text) != 0) {
		return -ENOMEM;
	}
	user->level = level;
	return 0;
}

void access_user_remove(struct access *access, const char *name)
{
	struct access_user *user = access_user_find(access, name);

	if (user == NULL)
		return;
	TAILQ_REMOVE(&access->users, user, entry);
	user_free(user);
}

void access_fini(struct access *access)
{
	struct access_user *user;

	while ((user = TAILQ_FIRST(&access->users)) != NULL) {
		TAILQ_REMOVE(&access->users, user, entry);
		user_free(user);
	}
	secret_clear(&access->enable_secret);
	secret_clear(&access->enable_password);
	secret_clear(&access->console.password);
}
