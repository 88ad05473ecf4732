/* SPDX-License-Identifier: BSD-3-Clause */
/* Users, secrets, the console line. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands/commands.h"

#include "support.h"

static bool matches(enum secret_kind kind, const char *text, const char *password)
{
	struct secret secret = { SECRET_NONE, NULL };
	bool same;

	CU_ASSERT_EQUAL(secret_set(&secret, kind, text), 0);
	same = secret_matches(&secret, password);
	secret_clear(&secret);
	CU_ASSERT_FALSE(secret_matches(&secret, password));
	return same;
}

static void passwords_of_each_kind(void)
{
	/* Of real routers' configurations: "cisco" each time. */
	static const char md5[] = "$1$mERr$hx5rVt7rPNoS4wqbXKX7m0";
	char hash[SECRET_HASH_SIZE], again[SECRET_HASH_SIZE];

	CU_ASSERT(matches(SECRET_MD5, md5, "cisco"));
	CU_ASSERT_FALSE(matches(SECRET_MD5, md5, "Cisco"));
	CU_ASSERT_FALSE(matches(SECRET_MD5, md5, ""));
	CU_ASSERT(matches(SECRET_TYPE7, "0822455D0A16", "cisco"));
	CU_ASSERT(matches(SECRET_TYPE7, "070c285f4d06", "cisco"));
	CU_ASSERT_FALSE(matches(SECRET_TYPE7, "0822455D0A16", "cisc"));
	CU_ASSERT(matches(SECRET_PLAIN, "a b", "a b"));
	CU_ASSERT_FALSE(matches(SECRET_PLAIN, "a", "aa"));
	CU_ASSERT_FALSE(matches(SECRET_PLAIN, "aa", "a"));
	CU_ASSERT_FALSE(matches(SECRET_PLAIN, "a", ""));
	CU_ASSERT_EQUAL(secret_hash("ユーザ名", hash), 0);
	CU_ASSERT_EQUAL(secret_hash("ユーザ名", again), 0);
	CU_ASSERT_STRING_NOT_EQUAL(hash, again); /* the salt */
	CU_ASSERT(secret_is_valid(SECRET_MD5, hash));
	CU_ASSERT(matches(SECRET_MD5, hash, "ユーザ名"));
}

static bool logs_in(struct bench *b, const char *name, const char *password)
{
	unsigned level;

	return byway_access.log_in(b->ctl, name, password, &level);
}

/* A user's lines add up; without a secret nobody is that user, unless nobody needs one. */
static void users_without_a_secret(void)
{
	struct bench b;

	bench_open(&b);
	CU_ASSERT_STRING_EQUAL(bench_config(&b, "username a privilege 15\n"
						"username b privilege 15 nopassword\n"
						"username c nopassword\nusername d\n"),
		"");
	CU_ASSERT_FALSE(logs_in(&b, "a", ""));
	CU_ASSERT_FALSE(logs_in(&b, "d", ""));
	CU_ASSERT(logs_in(&b, "b", ""));
	CU_ASSERT(logs_in(&b, "c", "whatever"));
	bench_config(&b, "username a password x\nusername b secret y\nusername a privilege 7\n");
	CU_ASSERT_FALSE(logs_in(&b, "a", ""));
	CU_ASSERT(logs_in(&b, "a", "x"));
	CU_ASSERT_EQUAL(access_user_find(&b.ctl->access, "a")->level, 7);
	CU_ASSERT_FALSE(logs_in(&b, "b", ""));
	CU_ASSERT(logs_in(&b, "b", "y"));
	CU_ASSERT_EQUAL(access_user_find(&b.ctl->access, "b")->level, 15);
	bench_close(&b);
}

static void what_is_no_hash(void)
{
	static const char *const md5[] = { "", "cisco", "$1$", "$1$mERr$",
		"$1$$hx5rVt7rPNoS4wqbXKX7m0", "$1$mERr$hx5rVt7rPNoS4wqbXKX7m",
		"$1$mERr$hx5rVt7rPNoS4wqbXKX7m00",
		"$1$mERr$hx5rVt7rPNoS4wqbXKX7m:", "$1$mERrmERrm$hx5rVt7rPNoS4wqbXKX7m0",
		"$6$mERr$hx5rVt7rPNoS4wqbXKX7m0" };
	static const char *const type7[] = { "", "08", "0", "082", "0822455D0A1", "xx22455D",
		"08zz", "0822455D0A1g" };

	for (size_t i = 0; i < sizeof(md5) / sizeof(md5[0]); i++)
		CU_ASSERT_FALSE(secret_is_valid(SECRET_MD5, md5[i]));
	for (size_t i = 0; i < sizeof(type7) / sizeof(type7[0]); i++)
		CU_ASSERT_FALSE(secret_is_valid(SECRET_TYPE7, type7[i]));
}

/* The line of the running configuration that begins so, in a buffer of its own. */
static const char *line_of(struct bench *b, const char *begin)
{
	static char line[256];
	const char *text = strstr(bench_running(b), begin);

	line[0] = '\0';
	if (text != NULL)
		snprintf(line, sizeof(line), "%.*s", (int)strcspn(text, "\n"), text);
	return line;
}

static void secrets_are_kept_as_hashes(void)
{
	struct bench b;
	char first[256];

	bench_open(&b);
	CU_ASSERT_STRING_EQUAL(bench_config(&b, "enable secret let me in\n"
						"username root privilege 15 secret sesame\n"),
		"");
	CU_ASSERT_PTR_NULL(strstr(bench_running(&b), "sesame"));
	CU_ASSERT_PTR_NULL(strstr(bench_running(&b), "let me"));
	snprintf(first, sizeof(first), "%s", line_of(&b, "enable"));
	CU_ASSERT_EQUAL(strncmp(first, "enable secret 5 $1$", 19), 0);
	CU_ASSERT(secret_matches(&b.ctl->access.enable_secret, "let me in"));
	/* The same once more is no change; another one is. */
	bench_config(&b, "enable secret 0 let me in\n");
	CU_ASSERT_STRING_EQUAL(line_of(&b, "enable"), first);
	bench_config(&b, "enable secret other\n");
	CU_ASSERT_STRING_NOT_EQUAL(line_of(&b, "enable"), first);
	CU_ASSERT(secret_matches(&b.ctl->access.enable_secret, "other"));
	CU_ASSERT_EQUAL(
		strncmp(line_of(&b, "username"), "username root privilege 15 secret 5 $1$", 39), 0);
	snprintf(first, sizeof(first), "%s\n", line_of(&b, "username"));
	CU_ASSERT_STRING_EQUAL(bench_config(&b, first), "");
	CU_ASSERT_EQUAL(access_user_find(&b.ctl->access, "root")->level, 15);
	CU_ASSERT(secret_matches(&access_user_find(&b.ctl->access, "root")->secret, "sesame"));
	bench_config(&b, "no enable secret\nno username root\n");
	CU_ASSERT_EQUAL(b.ctl->access.enable_secret.kind, SECRET_NONE);
	CU_ASSERT_PTR_NULL(access_user_find(&b.ctl->access, "root"));
	bench_close(&b);
}

static void passwords_are_kept_as_ios_does(void)
{
	struct bench b;

	bench_open(&b);
	CU_ASSERT_STRING_EQUAL(
		bench_config(&b, "enable password 0 open it\n"
				 "username a password x y\n"
				 "username b privilege 3 password 7 0822455D0A16\n"
				 "username c secret 5 $1$mERr$hx5rVt7rPNoS4wqbXKX7m0\n"
				 "line con 0\n password 0 plain\n"),
		"");
	CU_ASSERT_STRING_EQUAL(line_of(&b, "enable"), "enable password open it");
	CU_ASSERT_STRING_EQUAL(line_of(&b, "username a"), "username a password 0 x y");
	CU_ASSERT_STRING_EQUAL(
		line_of(&b, "username b"), "username b privilege 3 password 7 0822455D0A16");
	CU_ASSERT_STRING_EQUAL(
		line_of(&b, "username c"), "username c secret 5 $1$mERr$hx5rVt7rPNoS4wqbXKX7m0");
	CU_ASSERT(secret_matches(&access_user_find(&b.ctl->access, "a")->secret, "x y"));
	CU_ASSERT(secret_matches(&access_user_find(&b.ctl->access, "b")->secret, "cisco"));
	CU_ASSERT(secret_matches(&access_user_find(&b.ctl->access, "c")->secret, "cisco"));
	CU_ASSERT_STRING_EQUAL(
		bench_config(&b, "enable secret 5 cisco\nenable secret 8 $8$x\n"
				 "username d secret 9 $9$x\nenable secret 4 x\n"
				 "username d password 7 cisco\nline con 0\n password 7 cisco\n"),
		"ERROR: The secret you entered is not a valid encrypted secret.\n"
		"% Secrets of type 8 are not supported: use type 5\n"
		"% Secrets of type 9 are not supported: use type 5\n"
		"% Secrets of type 4 are not supported: use type 5\n"
		"Invalid encrypted password: cisco\n"
		"Invalid encrypted password: cisco\n");
	bench_close(&b);
}

static void who_is_asked_what(void)
{
	struct bench b;
	unsigned level = 0;

	bench_open(&b);
	CU_ASSERT_EQUAL(byway_access.login(b.ctl, &level), CLI_DEMAND_NOTHING);
	CU_ASSERT_EQUAL(level, 15);
	CU_ASSERT_EQUAL(byway_access.enable(b.ctl), CLI_DEMAND_NOTHING);
	bench_config(&b, "enable password five\n");
	CU_ASSERT_EQUAL(byway_access.login(b.ctl, &level), CLI_DEMAND_NOTHING);
	CU_ASSERT_EQUAL(level, 1);
	CU_ASSERT_EQUAL(byway_access.enable(b.ctl), CLI_DEMAND_PASSWORD);
	CU_ASSERT(byway_access.may_enable(b.ctl, "five"));
	bench_config(&b, "enable secret six\n"); /* goes before the password */
	CU_ASSERT(byway_access.may_enable(b.ctl, "six"));
	CU_ASSERT_FALSE(byway_access.may_enable(b.ctl, "five"));
	CU_ASSERT_FALSE(byway_access.may_enable(b.ctl, ""));
	bench_config(&b, "no enable secret\nno enable password\nline con 0\n login\n");
	CU_ASSERT_EQUAL(byway_access.login(b.ctl, &level), CLI_DEMAND_MISSING);
	CU_ASSERT_EQUAL(byway_access.enable(b.ctl), CLI_DEMAND_MISSING);
	bench_config(&b, "line con 0\n password seven\n privilege level 15\n");
	CU_ASSERT_EQUAL(byway_access.login(b.ctl, &level), CLI_DEMAND_PASSWORD);
	CU_ASSERT_EQUAL(level, 15);
	CU_ASSERT(byway_access.log_in(b.ctl, NULL, "seven", &level));
	CU_ASSERT_FALSE(byway_access.log_in(b.ctl, NULL, "eight", &level));
	bench_config(&b, "line con 0\n login local\n no privilege level 15\n"
			 "username u privilege 15 secret x\nusername v password y\n");
	CU_ASSERT_EQUAL(byway_access.login(b.ctl, &level), CLI_DEMAND_USER);
	CU_ASSERT_EQUAL(level, 1);
	CU_ASSERT(byway_access.log_in(b.ctl, "u", "x", &level));
	CU_ASSERT_EQUAL(level, 15);
	CU_ASSERT(byway_access.log_in(b.ctl, "v", "y", &level));
	CU_ASSERT_EQUAL(level, 1);
	CU_ASSERT_FALSE(byway_access.log_in(b.ctl, "v", "x", &level));
	CU_ASSERT_FALSE(byway_access.log_in(b.ctl, "w", "", &level));
	/* The other lines are nobody's, and the console goes back to what it was. */
	bench_config(&b, "no line con 0\nline vty 0 4\n login local\n exec-timeout 1 0\n");
	CU_ASSERT_EQUAL(byway_access.login(b.ctl, &level), CLI_DEMAND_NOTHING);
	CU_ASSERT_EQUAL(byway_access.idle(b.ctl), 600);
	bench_close(&b);
}

static void exec_timeout(void)
{
	static const char *const steps[][2] = {
		{ "exec-timeout 5", " exec-timeout 5 0" },
		{ "exec-timeout 0 30", " exec-timeout 0 30" },
		{ "exec-timeout 10 0", "" },
		{ "no exec-timeout", " exec-timeout 0 0" },
		{ "exec-timeout 10", "" },
	};
	static const unsigned seconds[] = { 300, 30, 600, 0, 600 };
	struct bench b;

	bench_open(&b);
	for (size_t i = 0; i < sizeof(seconds) / sizeof(seconds[0]); i++) {
		char text[64];

		snprintf(text, sizeof(text), "line con 0\n %s\n", steps[i][0]);
		CU_ASSERT_STRING_EQUAL(bench_config(&b, text), "");
		CU_ASSERT_STRING_EQUAL(line_of(&b, " exec-timeout"), steps[i][1]);
		CU_ASSERT_EQUAL(byway_access.idle(b.ctl), seconds[i]);
	}
	bench_close(&b);
}

int main(void)
{
	static const struct bench_test tests[] = {
		{ "passwords of each kind", passwords_of_each_kind },
		{ "what is no hash", what_is_no_hash },
		{ "users without a secret", users_without_a_secret },
		{ "secrets are kept as hashes", secrets_are_kept_as_hashes },
		{ "passwords are kept as IOS does", passwords_are_kept_as_ios_does },
		{ "who is asked what", who_is_asked_what },
		{ "exec-timeout", exec_timeout },
		{ NULL, NULL },
	};

	return bench_main("access", tests);
}
