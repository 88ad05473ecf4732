/* SPDX-License-Identifier: BSD-3-Clause */

#include "cli/shell/terminal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

void terminal_init(struct terminal *terminal, int fd)
{
	*terminal = (struct terminal) { .fd = fd };
}

void terminal_fini(struct terminal *terminal)
{
	terminal_cooked(terminal);
	free(terminal->ahead);
	terminal->ahead = NULL;
}

void terminal_raw(struct terminal *terminal)
{
	struct termios mode;

	if (terminal->raw || tcgetattr(terminal->fd, &terminal->saved) != 0)
		return;
	mode = terminal->saved;
	mode.c_lflag &= ~(tcflag_t)(ICANON | ECHO | ISIG | IEXTEN);
	mode.c_iflag &= ~(tcflag_t)(IXON | INLCR);
	mode.c_cc[VMIN] = 1;
	mode.c_cc[VTIME] = 0;
	terminal->raw = tcsetattr(terminal->fd, TCSADRAIN, &mode) == 0;
}

void terminal_cooked(struct terminal *terminal)
{
	if (terminal->raw)
		tcsetattr(terminal->fd, TCSADRAIN, &terminal->saved);
	terminal->raw = false;
}

bool terminal_size(const struct terminal *terminal, unsigned *rows, unsigned *columns)
{
	struct winsize size;

	if (ioctl(terminal->fd, TIOCGWINSZ, &size) != 0 || size.ws_row == 0 || size.ws_col == 0)
		return false;
	*rows = size.ws_row;
	*columns = size.ws_col;
	return true;
}

bool terminal_has_ahead(const struct terminal *terminal)
{
	return terminal->ahead_at < terminal->ahead_len;
}

int terminal_key(struct terminal *terminal)
{
	unsigned char key;
	ssize_t got;

	if (terminal_has_ahead(terminal))
		return (unsigned char)terminal->ahead[terminal->ahead_at++];
	do {
		got = read(terminal->fd, &key, 1);
	} while (got < 0 && errno == EINTR);
	return got == 1 ? key : KEY_NONE;
}

static bool keep(struct terminal *terminal, const char *keys, size_t len)
{
	if (len == 0)
		return true;
	if (terminal->ahead_at == terminal->ahead_len)
		terminal->ahead_at = terminal->ahead_len = 0;
	if (terminal->ahead_len + len > terminal->ahead_room) {
		size_t room = (terminal->ahead_len + len) * 2;
		char *grown = realloc(terminal->ahead, room);

		if (!grown)
			return false;
		terminal->ahead = grown;
		terminal->ahead_room = room;
	}
	memcpy(terminal->ahead + terminal->ahead_len, keys, len);
	terminal->ahead_len += len;
	return true;
}

bool terminal_poll_abort(struct terminal *terminal)
{
	char keys[1024];
	ssize_t got = read(terminal->fd, keys, sizeof(keys));

	for (ssize_t i = 0; i < got; i++) {
		/* A Ctrl-C with more behind it is pasted: a banner's delimiter. */
		if (keys[i] != KEY_ABORT && (keys[i] != KEY_INTERRUPT || i + 1 < got))
			continue;
		/* Who aborts does not mean what was typed before. */
		terminal->ahead_at = terminal->ahead_len = 0;
		keep(terminal, keys + i + 1, (size_t)(got - i - 1));
		return true;
	}
	if (got > 0)
		keep(terminal, keys, (size_t)got);
	return false;
}
