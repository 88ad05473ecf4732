/* SPDX-License-Identifier: BSD-3-Clause */
#include "platform_parser.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_FILE    (256 * 1024)
#define MAX_CORES   64 /* as many as a mask has bits */
#define MAX_ENTRIES (16 * 1000 * 1000)

int platform_bad(struct platform_parser *s, const char *fmt, ...)
{
	int n = snprintf(s->err, s->err_size, "%s:%u: ", s->name, s->line);
	va_list ap;

	if (n >= 0 && (size_t)n < s->err_size) {
		va_start(ap, fmt);
		vsnprintf(s->err + n, s->err_size - (size_t)n, fmt, ap);
		va_end(ap);
	}
	return -EINVAL;
}

bool platform_read_decimal(const char *w, uint64_t max, uint64_t *value)
{
	uint64_t v = 0;

	if (*w == '\0')
		return false;
	for (; *w; w++) {
		if (*w < '0' || *w > '9')
			return false;
		v = v * 10 + (uint64_t)(*w - '0');
		if (v > max)
			return false;
	}
	*value = v;
	return true;
}

int platform_take_number(struct platform_parser *s, const char *what, const char *w, unsigned min,
	unsigned max, unsigned *out)
{
	uint64_t v;

	if (!platform_read_decimal(w, max, &v) || v < min)
		return platform_bad(s, "%s must be %u to %u, not '%.40s'", what, min, max, w);
	*out = (unsigned)v;
	return 0;
}

int platform_take_choice(struct platform_parser *s, const char *what, const char *w,
	const char *yes, const char *no, bool *out)
{
	if (strcmp(w, yes) != 0 && strcmp(w, no) != 0)
		return platform_bad(s, "%s must be '%s' or '%s', not '%.40s'", what, yes, no, w);
	*out = strcmp(w, yes) == 0;
	return 0;
}

static bool read_core_mask(const char *w, uint64_t *mask)
{
	char *end;

	if (strlen(w) > 2 + 16 || w[2] == '\0' ||
		strspn(w + 2, "0123456789abcdefABCDEF") != strlen(w + 2))
		return false;
	*mask = strtoull(w + 2, &end, 16);
	return *mask != 0;
}

/* "1", "1-3" of a list, added to mask. A core twice is a mistake. */
static bool add_core_range(char *item, uint64_t *mask)
{
	char *dash = strchr(item, '-');
	uint64_t from, to;

	if (dash)
		*dash = '\0';
	if (!platform_read_decimal(item, MAX_CORES - 1, &from))
		return false;
	to = from;
	if (dash && !platform_read_decimal(dash + 1, MAX_CORES - 1, &to))
		return false;
	if (to < from)
		return false;
	for (uint64_t c = from; c <= to; c++) {
		if (*mask & (1ull << c))
			return false;
		*mask |= 1ull << c;
	}
	return true;
}

static bool read_core_list(const char *w, uint64_t *mask)
{
	char copy[PLATFORM_LINE_MAX];
	char *rest = copy;
	char *item;

	if (strlen(w) >= sizeof(copy))
		return false;
	strcpy(copy, w);
	*mask = 0;
	while ((item = strsep(&rest, ",")) != NULL) {
		if (!add_core_range(item, mask))
			return false;
	}
	return true;
}

static int take_cores(struct platform_parser *s, const char *w, uint64_t *mask)
{
	bool hex = w[0] == '0' && (w[1] == 'x' || w[1] == 'X');

	if (hex ? read_core_mask(w, mask) : read_core_list(w, mask))
		return 0;
	return platform_bad(s, "'%.40s' is not a core list (1,3-5) or mask (0x3a) of cores 0 to %d",
		w, MAX_CORES - 1);
}

/* ---- settings: KEYWORD VALUE ---- */

static const char *const setting_word[PLATFORM_N_SETTINGS] = {
	[PLATFORM_WORKERS] = "workers",
	[PLATFORM_CORES] = "cores",
	[PLATFORM_MAIN_CORE] = "main-core",
	[PLATFORM_SINGLE_CORE] = "single-core",
	[PLATFORM_HUGEPAGES] = "hugepages",
	[PLATFORM_MEMORY] = "memory",
	[PLATFORM_IDLE] = "idle",
	[PLATFORM_NAT_SESSIONS] = "nat-sessions",
	[PLATFORM_ROUTES] = "routes",
	[PLATFORM_MBUFS] = "mbufs",
	[PLATFORM_BURST] = "burst",
	[PLATFORM_MAX_MTU] = "max-mtu",
};

static int apply_setting(struct platform_parser *s, enum platform_setting key, const char *w)
{
	const char *name = setting_word[key];
	struct bw_platform *p = s->p;
	unsigned core;
	int err;

	switch (key) {
	case PLATFORM_WORKERS:
		return platform_take_number(s, name, w, 1, BW_MAX_WORKERS, &p->workers);
	case PLATFORM_CORES:
		return take_cores(s, w, &p->cores);
	case PLATFORM_MAIN_CORE:
		err = platform_take_number(s, name, w, 0, MAX_CORES - 1, &core);
		if (err == 0)
			p->main_core = (int)core;
		return err;
	case PLATFORM_SINGLE_CORE:
		return platform_take_choice(s, name, w, "on", "off", &p->single_core);
	case PLATFORM_HUGEPAGES:
		return platform_take_choice(s, name, w, "on", "off", &p->hugepages);
	case PLATFORM_MEMORY:
		return platform_take_number(s, name, w, 64, 1024 * 1024, &p->memory);
	case PLATFORM_IDLE:
		return platform_take_choice(s, name, w, "poll", "adaptive", &p->idle_poll);
	case PLATFORM_NAT_SESSIONS:
		return platform_take_number(s, name, w, 1, MAX_ENTRIES, &p->nat_sessions);
	case PLATFORM_ROUTES:
		return platform_take_number(s, name, w, 1, MAX_ENTRIES, &p->routes);
	case PLATFORM_MBUFS:
		return platform_take_number(s, name, w, 1024, MAX_ENTRIES, &p->mbufs);
	case PLATFORM_BURST:
		return platform_take_number(s, name, w, 1, 256, &p->burst);
	case PLATFORM_MAX_MTU:
		return platform_take_number(s, name, w, 1500, BW_MAX_MTU, &p->max_mtu);
	case PLATFORM_N_SETTINGS:
		break;
	}
	return platform_bad(s, "unknown keyword");
}

static int take_setting(struct platform_parser *s)
{
	const char *w = s->word[0];
	unsigned key = 0;

	while (key < PLATFORM_N_SETTINGS && strcmp(w, setting_word[key]) != 0)
		key++;
	if (key == PLATFORM_N_SETTINGS)
		return platform_bad(s, "unknown keyword '%.40s'", w);
	if (s->set_at[key] != 0)
		return platform_bad(s, "'%s' is already set at line %u", w, s->set_at[key]);
	if (s->n_words != 2)
		return platform_bad(s, "'%s' takes one value", w);
	s->set_at[key] = s->line;
	return apply_setting(s, (enum platform_setting)key, s->word[1]);
}

/* ---- lines ---- */

/* Cut the line into words, in place. A word that begins with # ends it. */
static int split(struct platform_parser *s, char *line)
{
	char *rest = line;
	char *w;

	s->n_words = 0;
	while ((w = strsep(&rest, " \t\r")) != NULL) {
		if (*w == '\0')
			continue;
		if (*w == '#')
			break;
		if (s->n_words == PLATFORM_WORDS_MAX)
			return platform_bad(s, "more than %d words", PLATFORM_WORDS_MAX);
		s->word[s->n_words++] = w;
	}
	return 0;
}

static int check_characters(struct platform_parser *s, const char *line)
{
	for (const char *c = line; *c; c++) {
		if (((unsigned char)*c < ' ' && *c != '\t' && *c != '\r') || *c == 0x7f)
			return platform_bad(s, "control character 0x%02x", (unsigned char)*c);
	}
	return 0;
}

static int take_line(struct platform_parser *s, const char *text, size_t len)
{
	char line[PLATFORM_LINE_MAX];
	int err;

	if (len >= sizeof(line))
		return platform_bad(s, "line longer than %zu bytes", sizeof(line) - 1);
	memcpy(line, text, len);
	line[len] = '\0';
	err = check_characters(s, line);
	if (err == 0)
		err = split(s, line);
	if (err < 0 || s->n_words == 0)
		return err;
	return strcmp(s->word[0], "port") == 0 ? platform_take_port(s) : take_setting(s);
}

/* What only the whole file shows. The error names the line that spoils it. */
static int check_whole(struct platform_parser *s)
{
	struct bw_platform *p = s->p;
	unsigned n_cores = (unsigned)__builtin_popcountll(p->cores);

	s->line = s->set_at[PLATFORM_CORES];
	if (n_cores > BW_MAX_WORKERS)
		return platform_bad(
			s, "%u cores, but %d workers are the most", n_cores, BW_MAX_WORKERS);
	if (s->set_at[PLATFORM_CORES] && s->set_at[PLATFORM_WORKERS] && n_cores != p->workers) {
		s->line = s->set_at[PLATFORM_WORKERS];
		return platform_bad(s, "%u workers, but %u cores at line %u", p->workers, n_cores,
			s->set_at[PLATFORM_CORES]);
	}
	if (n_cores > 0)
		p->workers = n_cores;
	s->line = s->set_at[PLATFORM_SINGLE_CORE];
	if (p->single_core && p->workers != 1)
		return platform_bad(s, "single-core has one worker, not %u", p->workers);
	return 0;
}

int bw_platform_parse(
	struct bw_platform *p, const char *name, const char *text, char *err, size_t err_size)
{
	struct platform_parser s = { .p = p, .name = name, .err = err, .err_size = err_size };

	*p = (struct bw_platform) {
		.workers = 1,
		.main_core = -1,
		.hugepages = true,
		.nat_sessions = 1000000,
		.routes = 1000000,
		.max_mtu = BW_MAX_MTU_DEFAULT,
	};
	if (err_size > 0)
		err[0] = '\0';
	while (*text) {
		size_t len = strcspn(text, "\n");
		int ret;

		s.line++;
		ret = take_line(&s, text, len);
		if (ret < 0)
			return ret;
		text += len + (text[len] == '\n');
	}
	return check_whole(&s);
}

/* The file's text, NUL-terminated, for the caller to free; or NULL with errno. */
static char *read_file(const char *path)
{
	FILE *f = fopen(path, "re");
	char *text = NULL;
	size_t n = 0;
	int err = 0;

	if (!f)
		return NULL;
	text = malloc(MAX_FILE + 1);
	if (text)
		n = fread(text, 1, MAX_FILE + 1, f);
	if (!text || ferror(f))
		err = errno;
	else if (n > MAX_FILE)
		err = EFBIG;
	else if (memchr(text, '\0', n))
		err = EILSEQ;
	fclose(f);
	if (err != 0) {
		free(text);
		errno = err;
		return NULL;
	}
	text[n] = '\0';
	return text;
}

int bw_platform_load(struct bw_platform *p, const char *path, char *err, size_t err_size)
{
	char *text = read_file(path);
	int ret;

	if (!text) {
		ret = -errno;
		snprintf(err, err_size, "%s: %s", path,
			ret == -EILSEQ ? "not a text file" : strerror(-ret));
		return ret;
	}
	ret = bw_platform_parse(p, path, text, err, err_size);
	free(text);
	return ret;
}
