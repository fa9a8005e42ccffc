/* SPDX-License-Identifier: GPL-2.0-only */
/* The terminal that standard output may be. */
#ifndef COMMANDS_TERMINAL_H
#define COMMANDS_TERMINAL_H

#include <stdbool.h>

#include "commands/stream.h"

/* Its columns; 0 where it is none. */
int terminal_columns(void);

/* Its lines; 0 where it is none. */
int terminal_rows(void);

/* True where it is to be coloured: `choice` is an enum stream_color. */
bool terminal_wants_color(int choice);

#endif
