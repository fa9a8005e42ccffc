/* SPDX-License-Identifier: GPL-2.0-only */
/* What the terminal is like, and what the user wants of it. */
#include "commands/terminal.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

int terminal_columns(void)
{
	struct winsize size;

	return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) ? 0 : size.ws_col;
}

int terminal_rows(void)
{
	struct winsize size;

	return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) ? 0 : size.ws_row;
}

bool terminal_wants_color(int choice)
{
	const char *forbidden = getenv("NO_COLOR"), *terminal = getenv("TERM");

	if (choice != COLOR_AUTO)
		return choice == COLOR_ALWAYS;
	if ((forbidden && *forbidden) || (terminal && strcmp(terminal, "dumb") == 0))
		return false;
	return isatty(STDOUT_FILENO);
}
