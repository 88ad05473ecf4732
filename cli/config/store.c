/* SPDX-License-Identifier: BSD-3-Clause */

/* The startup-config on disk. */

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/config/config_engine.h"
#include "cli/config/store.h"
#include "cli/output/output.h"

static int write_all(int fd, const char *data, size_t len)
{
	while (len > 0) {
		ssize_t done = write(fd, data, len);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return -errno;
		data += done;
		len -= (size_t)done;
	}
	return 0;
}

/* The rename itself must survive a power cut. */
static int sync_directory(const char *path)
{
	char *copy = strdup(path);
	int err = 0;
	int fd;

	if (!copy)
		return -ENOMEM;
	fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	free(copy);
	if (fd < 0)
		return -errno;
	if (fsync(fd) != 0)
		err = -errno;
	close(fd);
	return err;
}

static int write_file(int fd, const char *data, size_t len)
{
	int err = fchmod(fd, 0600) == 0 ? 0 : -errno;

	if (err == 0)
		err = write_all(fd, data, len);
	if (err == 0 && fsync(fd) != 0)
		err = -errno;
	if (close(fd) != 0 && err == 0)
		err = -errno;
	return err;
}

int cli_store_write(const char *path, const char *data, size_t len)
{
	char *temporary;
	int err;
	int fd;

	if (asprintf(&temporary, "%s.XXXXXX", path) < 0)
		return -ENOMEM;
	fd = mkostemp(temporary, O_CLOEXEC);
	err = fd < 0 ? -errno : write_file(fd, data, len);
	if (err == 0 && rename(temporary, path) != 0)
		err = -errno;
	if (err && fd >= 0)
		unlink(temporary);
	free(temporary);
	return err ? err : sync_directory(path);
}

static int read_all(int fd, char *text, size_t size, size_t *len)
{
	*len = 0;
	while (*len < size) {
		ssize_t got = read(fd, text + *len, size - *len);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		if (got == 0)
			break;
		*len += (size_t)got;
	}
	text[*len] = '\0';
	return 0;
}

int cli_store_read_fd(int fd, char **text, size_t *len)
{
	struct stat info;
	int err = 0;

	*text = NULL;
	if (fstat(fd, &info) != 0)
		err = -errno;
	else if (!S_ISREG(info.st_mode))
		err = -EINVAL;
	else if (info.st_size > CLI_STORE_MAX)
		err = -EFBIG;
	if (err == 0) {
		*text = malloc((size_t)info.st_size + 1);
		err = *text ? read_all(fd, *text, (size_t)info.st_size, len) : -ENOMEM;
	}
	close(fd);
	if (err) {
		free(*text);
		*text = NULL;
	}
	return err;
}

int cli_store_read(const char *path, char **text, size_t *len)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	*text = NULL;
	return fd < 0 ? -errno : cli_store_read_fd(fd, text, len);
}

int cli_config_save(struct cli_config *config)
{
	struct cli_out *out;
	const char *text;
	int err;

	if (!config->startup_path)
		return -ENOENT;
	out = cli_out_new_buffer();
	if (!out)
		return -ENOMEM;
	cli_config_print(config, CLI_TREE_NORMAL, out);
	text = cli_out_text(out);
	err = cli_store_write(config->startup_path, text, strlen(text));
	cli_out_free(out);
	if (err == 0)
		cli_config_mark_saved(config);
	return err;
}

int cli_config_read_startup(const struct cli_config *config, char **text, size_t *len)
{
	return config->startup_path ? cli_store_read(config->startup_path, text, len) : -ENOENT;
}
