/* SPDX-License-Identifier: BSD-3-Clause */

#include "cli/output/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/config/store.h"

enum { COPY_PIECE = 64 * 1024, TEMPORARY_TRIES = 100 };

struct cli_file {
	int directory; /* that the file is in */
	int source;    /* what is there already, being copied; -1: nothing more */
	int fd;	       /* the temporary */
	int err;       /* of the first thing that went wrong */
	bool paused;
	bool appends;
	bool spilled;	    /* some of the output is no more held */
	struct stat before; /* APPEND: of the file copied; all zero: there was none */
	char *given;
	char name[NAME_MAX + 1];
	char temporary[NAME_MAX + 1];
	off_t written;
	off_t synced;
	size_t len; /* of what is held */
	char held[CLI_FILE_STEP];
};

const char *cli_file_error(int err)
{
	switch (err) {
	case -EINVAL:
		return "not a name within flash:";
	case -EPERM:
		return "not to be written by commands";
	case -EPROTONOSUPPORT:
		return "unknown device";
	case -EBUSY:
		return "written by somebody else meanwhile";
	default:
		return strerror(-err);
	}
}

/* The name without its device; NULL for one of which nothing is known. */
static const char *strip_device(const char *directory, const char *name)
{
	size_t len = directory ? strlen(directory) : 0;

	while (len > 0 && directory[len - 1] == '/')
		len--;
	if (len > 0 && strncmp(name, directory, len) == 0 && name[len] == '/')
		return name + len + 1;

	if (strncasecmp(name, "flash:", 6) == 0)
		return name + 6 + (name[6] == '/');
	if (strncasecmp(name, "file:", 5) == 0)
		return name + 5;
	return strchr(name, ':') ? NULL : name;
}

static bool is_good_component(const char *name, size_t len)
{
	return len > 0 && len <= NAME_MAX && name[0] != '.';
}

static bool is_reserved(const struct cli_flash *flash, const char *path)
{
	for (size_t i = 0; flash->reserved && flash->reserved[i]; i++) {
		if (strcmp(path, flash->reserved[i]) == 0)
			return true;
	}
	return false;
}

/*
 * Opens the directory that the last component of `path` is in, step by step, so that no link is
 * followed. Returns it with *last set, or a negative errno.
 */
static int open_parent(const char *top, const char *path, const char **last)
{
	int directory = open(top, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	char component[NAME_MAX + 1];

	if (directory < 0)
		return -errno;
	for (;;) {
		size_t len = strcspn(path, "/");
		int next;

		if (!is_good_component(path, len)) {
			close(directory);
			return -EINVAL;
		}
		if (path[len] == '\0') {
			*last = path;
			return directory;
		}
		snprintf(component, sizeof(component), "%.*s", (int)len, path);
		next = openat(
			directory, component, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		/* What is a link says so, and not that it is no directory. */
		if (next < 0 && errno == ENOTDIR)
			errno = EINVAL;
		next = next < 0 ? -errno : next;
		close(directory);
		if (next < 0)
			return next;
		directory = next;
		path += len + 1;
	}
}

/* What is in the file's place must be a file, or nothing. */
static int look_at_old(struct cli_file *file)
{
	struct stat info;

	if (fstatat(file->directory, file->name, &info, AT_SYMLINK_NOFOLLOW) != 0)
		return errno == ENOENT ? 0 : -errno;
	if (S_ISDIR(info.st_mode))
		return -EISDIR;
	if (!S_ISREG(info.st_mode))
		return -EINVAL;
	if (!file->appends)
		return 0;
	file->before = info;
	file->source =
		openat(file->directory, file->name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	return file->source < 0 ? -errno : 0;
}

/* A file of a name that nobody has, hidden. */
static int open_temporary(struct cli_file *file)
{
	for (unsigned i = 0; i < TEMPORARY_TRIES; i++) {
		/* The name may be as long as names can be; what it is told apart by comes first. */
		snprintf(file->temporary, sizeof(file->temporary), ".%d.%u.%.200s", (int)getpid(),
			i, file->name);
		file->fd = openat(file->directory, file->temporary,
			O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
		if (file->fd >= 0)
			return 0;
		if (errno != EEXIST)
			return -errno;
	}
	return -EEXIST;
}

int cli_file_begin(
	const struct cli_flash *flash, const char *name, bool append, struct cli_file **file)
{
	const char *path = strip_device(flash->directory, name);
	struct cli_file *made;
	const char *last;
	int err;

	if (!path)
		return -EPROTONOSUPPORT;
	if (!flash->directory)
		return -ENOENT;
	if (is_reserved(flash, path))
		return -EPERM;
	made = calloc(1, sizeof(*made));
	if (!made)
		return -ENOMEM;
	made->source = made->fd = -1;
	made->appends = append;
	made->given = strdup(name);
	made->directory = open_parent(flash->directory, path, &last);
	err = made->directory < 0 ? made->directory : made->given ? 0 : -ENOMEM;
	if (err == 0) {
		snprintf(made->name, sizeof(made->name), "%s", last);
		err = look_at_old(made);
	}
	if (err == 0)
		err = open_temporary(made);
	if (err) {
		cli_file_free(made);
		return err;
	}
	*file = made;
	return 0;
}

int cli_file_read(const struct cli_flash *flash, const char *name, char **text, size_t *len)
{
	const char *path = strip_device(flash->directory, name);
	const char *last;
	int directory;
	int err;
	int fd;

	*text = NULL;
	if (!path)
		return -EPROTONOSUPPORT;
	if (!flash->directory)
		return -ENOENT;
	directory = open_parent(flash->directory, path, &last);
	if (directory < 0)
		return directory;
	fd = openat(directory, last, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	/* It is a link. */
	err = fd < 0 && errno == ELOOP ? -EINVAL : fd < 0 ? -errno : 0;
	close(directory);
	return err ? err : cli_store_read_fd(fd, text, len);
}

static void fail(struct cli_file *file, int err)
{
	if (file->err == 0)
		file->err = err;
}

/* Writes, and has each step on its way to the disk before the next. */
static void write_out(struct cli_file *file, const char *data, size_t len)
{
	while (len > 0 && file->err == 0) {
		ssize_t done = write(file->fd, data, len);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0) {
			fail(file, -errno);
			break;
		}
		data += done;
		len -= (size_t)done;
		file->written += done;
	}
	if (file->written - file->synced < CLI_FILE_STEP)
		return;
	/* Where the file system cannot, the sync at the end does it all. */
	sync_file_range(file->fd, file->synced, file->written - file->synced,
		SYNC_FILE_RANGE_WRITE | SYNC_FILE_RANGE_WAIT_AFTER);
	file->synced = file->written;
	file->paused = true;
}

bool cli_file_copies(struct cli_file *file)
{
	char piece[COPY_PIECE];
	off_t end = file->written + CLI_FILE_STEP;

	while (file->source >= 0 && file->written < end && file->err == 0) {
		ssize_t got = read(file->source, piece, sizeof(piece));

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			fail(file, -errno);
		if (got <= 0) {
			close(file->source);
			file->source = -1;
			break;
		}
		write_out(file, piece, (size_t)got);
	}
	return file->source >= 0 && file->err == 0;
}

static void flush(struct cli_file *file)
{
	write_out(file, file->held, file->len);
	file->len = 0;
}

void cli_file_write(struct cli_file *file, const char *data, size_t len)
{
	while (len > 0) {
		size_t room = sizeof(file->held) - file->len;
		size_t part = len < room ? len : room;

		memcpy(file->held + file->len, data, part);
		file->len += part;
		data += part;
		len -= part;
		if (file->len == sizeof(file->held)) {
			file->spilled = true;
			flush(file);
		}
	}
}

bool cli_file_paused(struct cli_file *file)
{
	bool paused = file->paused;

	file->paused = false;
	return paused;
}

const char *cli_file_held(const struct cli_file *file, size_t *len)
{
	*len = file->len;
	return file->spilled ? NULL : file->held;
}

const char *cli_file_name(const struct cli_file *file)
{
	return file->given;
}

/* Whether somebody else has written the file since it was copied. */
static bool is_overtaken(const struct cli_file *file)
{
	struct stat info = { 0 };

	if (!file->appends)
		return false;
	fstatat(file->directory, file->name, &info, AT_SYMLINK_NOFOLLOW);
	return info.st_ino != file->before.st_ino || info.st_size != file->before.st_size ||
	       info.st_mtim.tv_sec != file->before.st_mtim.tv_sec ||
	       info.st_mtim.tv_nsec != file->before.st_mtim.tv_nsec;
}

static int replace(struct cli_file *file)
{
	int err = file->err;

	if (err == 0 && fsync(file->fd) != 0)
		err = -errno;
	if (err == 0 && is_overtaken(file))
		err = -EBUSY;
	if (err == 0 &&
		renameat(file->directory, file->temporary, file->directory, file->name) != 0)
		err = -errno;
	if (err == 0) {
		file->temporary[0] = '\0';
		/* The rename itself must survive a power cut. */
		err = fsync(file->directory) == 0 ? 0 : -errno;
	}
	return err;
}

int cli_file_commit(struct cli_file *file)
{
	while (cli_file_copies(file))
		;
	flush(file);
	return replace(file);
}

void cli_file_free(struct cli_file *file)
{
	if (!file)
		return;
	if (file->fd >= 0) {
		close(file->fd);
		if (file->temporary[0])
			unlinkat(file->directory, file->temporary, 0);
	}
	if (file->source >= 0)
		close(file->source);
	if (file->directory >= 0)
		close(file->directory);
	free(file->given);
	free(file);
}
