/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Command lines that can be pasted back. What a shell makes of the text is exactly the bytes given; on the terminal it
 * is one line without anything hidden. Words that need it are written $'...' (POSIX.1-2024; bash, zsh, ksh, busybox;
 * not dash before 0.5.13).
 */
#ifndef BASE_SHELL_H
#define BASE_SHELL_H

#include <stddef.h>

#include "base/buffer.h"

/*
 * Appends one word as an argument: bare where it is safe, '...' where it is printable, else $'...' with \n, \t, \r,
 * \xHH, \' and \\. The empty word is ''. NUL, which no argument can hold, becomes \x00.
 */
void shell_append_word(struct buffer *b, const char *word, size_t length);

/*
 * Appends a whole command line: `list` holds words ended by NUL each (the last may lack it). The first is quoted also
 * where it is safe as an argument only: a reserved word (if), an assignment (A=b), a job (%1).
 */
void shell_append_command(struct buffer *b, const char *list, size_t length);

#endif
