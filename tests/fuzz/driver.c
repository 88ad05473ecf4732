/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Runs a fuzz target where libFuzzer is not linked: on files (a corpus, or what made it crash),
 * or on random inputs from a fixed seed, half of them made of words that the target may know.
 *
 *     fuzz-nat FILE...        fuzz-nat --random COUNT [WORDS-FILE]
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_INPUT 2048
#define MAX_WORDS 4096

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct words {
	char *text;
	char *word[MAX_WORDS];
	unsigned n;
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

static bool load_words(struct words *w, const char *path)
{
	size_t size;

	w->text = read_file(path, &size);
	if (!w->text)
		return false;
	for (char *p = strtok(w->text, " \r\n"); p && w->n < MAX_WORDS; p = strtok(NULL, " \r\n"))
		w->word[w->n++] = p;
	return w->n > 0;
}

static size_t random_bytes(uint8_t *data)
{
	size_t size = rnd() % 8 ? rnd() % 128 : rnd() % MAX_INPUT;

	for (size_t i = 0; i < size; i++)
		data[i] = rnd();
	return size;
}

/* Words with blanks and line ends between them, and a few bytes spoilt. */
static size_t random_words(uint8_t *data, const struct words *w)
{
	unsigned n = rnd() % 12;
	size_t size = 0;

	for (unsigned i = 0; i < n; i++) {
		const char *word = w->word[rnd() % w->n];
		size_t len = strlen(word);

		if (size + len + 1 > MAX_INPUT)
			break;
		memcpy(data + size, word, len);
		size += len;
		data[size++] = rnd() % 6 ? ' ' : '\n';
	}
	for (unsigned spoilt = rnd() % 3; size && spoilt; spoilt--)
		data[rnd() % size] = rnd();
	return size;
}

static int run_random(unsigned long count, const char *words_file)
{
	struct words w = { 0 };
	uint8_t data[MAX_INPUT];

	if (words_file && !load_words(&w, words_file))
		return EXIT_FAILURE;
	for (unsigned long i = 0; i < count; i++) {
		size_t size = w.n && i % 2 ? random_words(data, &w) : random_bytes(data);
		uint8_t *exact = malloc(size ? size : 1); /* so that ASan sees a byte too far */

		if (!exact)
			return EXIT_FAILURE;
		memcpy(exact, data, size);
		LLVMFuzzerTestOneInput(exact, size);
		free(exact);
	}
	free(w.text);
	printf("%lu random inputs\n", count);
	return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
	int rc = EXIT_SUCCESS;

	if (argc >= 3 && strcmp(argv[1], "--random") == 0)
		return run_random(strtoul(argv[2], NULL, 10), argc > 3 ? argv[3] : NULL);
	for (int i = 1; i < argc; i++)
		if (replay(argv[i]) != EXIT_SUCCESS)
			rc = EXIT_FAILURE;
	return rc;
}
