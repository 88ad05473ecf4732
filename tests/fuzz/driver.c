/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Runs a fuzz target where libFuzzer is not linked: on files (a corpus, or what made it crash),
 * or on random inputs from a fixed seed, as many as there is time for. With a file of words half
 * of them are made of those; with files of lines a third each of words, and of lines that follow
 * each other there, with a word or a byte put in place of what is right.
 *
 *     fuzz-nat FILE...        fuzz-nat --random COUNT SECONDS [WORDS-FILE [LINES-FILE...]]
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MAX_INPUT 2048
#define MAX_WORDS 4096
#define MAX_FILES 8
#define TOLD_S	  5 /* seconds from one line of progress to the next */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Of one file or of several, each in a text of its own. */
struct words {
	char *text[MAX_FILES];
	char *word[MAX_WORDS];
	unsigned n, n_texts;
};

struct source {
	struct words words, lines;
};

static uint64_t state = 0x2545f4914f6cdd1d;

static uint32_t rnd(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state >> 16;
}

/* The file's bytes with a NUL behind them; the caller frees them. */
static char *read_file(const char *path, size_t *size)
{
	FILE *file = fopen(path, "re");
	char *data = NULL;
	long end = -1;

	if (file && fseek(file, 0, SEEK_END) == 0)
		end = ftell(file);
	if (end >= 0)
		data = malloc((size_t)end + 1);
	if (data) {
		rewind(file);
		*size = fread(data, 1, (size_t)end, file);
		data[*size] = '\0';
	} else {
		perror(path);
	}
	if (file)
		fclose(file);
	return data;
}

static int replay(const char *path)
{
	size_t size = 0;
	char *data = read_file(path, &size);

	if (!data)
		return EXIT_FAILURE;
	LLVMFuzzerTestOneInput((const uint8_t *)data, size);
	free(data);
	return EXIT_SUCCESS;
}

static bool load_words(struct words *w, const char *path, const char *between)
{
	size_t size;
	char *text = w->n_texts < MAX_FILES ? read_file(path, &size) : NULL;

	if (!text)
		return false;
	w->text[w->n_texts++] = text;
	for (char *p = strtok(text, between); p && w->n < MAX_WORDS; p = strtok(NULL, between))
		w->word[w->n++] = p;
	return w->n > 0;
}

static void free_words(struct words *w)
{
	for (unsigned i = 0; i < w->n_texts; i++)
		free(w->text[i]);
}

static size_t random_bytes(uint8_t *data)
{
	size_t size = rnd() % 8 ? rnd() % 128 : rnd() % MAX_INPUT;

	for (size_t i = 0; i < size; i++)
		data[i] = rnd();
	return size;
}

/* Append a word and what stands behind it, if there is room. */
static size_t append(uint8_t *data, size_t size, const char *word, char after)
{
	size_t len = strlen(word);

	if (size + len + 1 > MAX_INPUT)
		return size;
	memcpy(data + size, word, len);
	data[size + len] = after;
	return size + len + 1;
}

static void spoil(uint8_t *data, size_t size)
{
	for (unsigned spoilt = rnd() % 3; size && spoilt; spoilt--)
		data[rnd() % size] = rnd();
}

/* Words with blanks and line ends between them, and a few bytes spoilt. */
static size_t random_words(uint8_t *data, const struct words *w)
{
	size_t size = 0;

	for (unsigned n = rnd() % 12; n; n--)
		size = append(data, size, w->word[rnd() % w->n], rnd() % 6 ? ' ' : '\n');
	spoil(data, size);
	return size;
}

/* Lines that follow each other in a file, some left out, some with a word more or instead. */
static size_t random_lines(uint8_t *data, const struct source *s)
{
	unsigned at = rnd() % s->lines.n;
	size_t size = 0;

	for (unsigned n = 1 + rnd() % 24; n && at < s->lines.n; n--, at++) {
		const char *line = s->lines.word[at];

		if (rnd() % 8 == 0)
			continue;
		if (rnd() % 8 == 0) {
			size_t cut = rnd() % (strlen(line) + 1);
			char part[256];

			snprintf(part, sizeof(part), "%.*s", (int)cut, line);
			size = append(data, size, part, ' ');
			line = s->words.word[rnd() % s->words.n];
		}
		size = append(data, size, line, '\n');
	}
	if (rnd() % 2)
		spoil(data, size);
	return size;
}

static size_t random_input(uint8_t *data, const struct source *s, unsigned long i)
{
	if (s->lines.n)
		return i % 3 == 0   ? random_bytes(data)
		       : i % 3 == 1 ? random_words(data, &s->words)
				    : random_lines(data, s);
	return s->words.n && i % 2 ? random_words(data, &s->words) : random_bytes(data);
}

static int run_one(const uint8_t *data, size_t size)
{
	uint8_t *exact = malloc(size ? size : 1); /* so that ASan sees a byte too far */

	if (!exact)
		return EXIT_FAILURE;
	memcpy(exact, data, size);
	LLVMFuzzerTestOneInput(exact, size);
	free(exact);
	return EXIT_SUCCESS;
}

static int run_random(const struct source *s, unsigned long count, time_t seconds)
{
	uint8_t data[MAX_INPUT];
	time_t begin = time(NULL), told = begin;
	unsigned long i;

	for (i = 0; i < count && time(NULL) - begin < seconds; i++) {
		if (run_one(data, random_input(data, s, i)) != EXIT_SUCCESS)
			return EXIT_FAILURE;
		if (time(NULL) - told >= TOLD_S) {
			told = time(NULL);
			printf("%lu of %lu\n", i, count);
			fflush(stdout);
		}
	}
	printf("%lu random inputs\n", i);
	return EXIT_SUCCESS;
}

/* COUNT SECONDS [WORDS-FILE [LINES-FILE...]] */
static int random_inputs(int argc, char **argv)
{
	static struct source s;
	int rc = EXIT_FAILURE;
	bool loaded = argc < 3 || load_words(&s.words, argv[2], " \r\n");

	for (int i = 3; loaded && i < argc; i++)
		loaded = load_words(&s.lines, argv[i], "\r\n");
	if (loaded)
		rc = run_random(&s, strtoul(argv[0], NULL, 10), strtol(argv[1], NULL, 10));
	free_words(&s.words);
	free_words(&s.lines);
	return rc;
}

int main(int argc, char **argv)
{
	int rc = EXIT_SUCCESS;

	if (argc >= 4 && strcmp(argv[1], "--random") == 0)
		return random_inputs(argc - 2, argv + 2);
	for (int i = 1; i < argc; i++)
		if (replay(argv[i]) != EXIT_SUCCESS)
			rc = EXIT_FAILURE;
	return rc;
}
