/* SPDX-License-Identifier: GPL-2.0-only */
/* Small files of /proc, trees of temporary files, mounts, and programs written byte by byte. Text returned is never
 * freed. */
#ifndef KERNEL_FILES_H
#define KERNEL_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Strings that lie one after the other, each ended by NUL. */
struct strings {
	const char **items;
	size_t nr;
};
struct strings strings_of(const char *bytes, size_t length);

/* Target of a symbolic link; NULL where it cannot be read. */
char *link_text(const char *path_format, ...) __attribute__((format(printf, 1, 2)));
/* A whole file, a NUL added behind it; NULL (and errno) where it cannot be read. `ret_length` may be NULL. */
char *read_whole(const char *path, size_t *ret_length);
/* The same for a file in /proc/PID. */
char *read_proc(pid_t pid, const char *name, size_t *ret_length);
/* Whether the kernel's type information has this name: a function or a type. */
bool kernel_names(const char *name);

/* What follows "KEY:" and white space in a text such as /proc/PID/status; NULL where there is none. */
char *line_value(const char *file_text, const char *key);
/* Writes a small file that exists; 0 or -errno. */
int write_text(const char *path, const char *value);
/* Makes a file of these bytes; the test fails where it cannot. */
void make_file(const char *path, const void *bytes, size_t length, mode_t mode);
void make_dir(const char *path);
/* Removes a folder and all below, on its own file system, of any depth in bytes. */
void remove_tree(const char *path);

/* A name that would move a terminal's cursor, hide text or divide a line, with bytes that are no text at all. */
extern const char hostile[];

/* What a program made by make_program does. */
enum program {
	PROGRAM_HOLD, /* writes "." to descriptor 1 and waits for ever */
	PROGRAM_EXIT, /* exits with status 0 */
};
/* Writes a static ELF program without a library of this machine's architecture. */
void make_program(const char *path, enum program what);
/* Its bytes, for a file that has no path. */
const void *program_bytes(enum program what, size_t *ret_length);
/* The same as a 32-bit i386 program that holds. */
void make_program_i386(const char *path);
/* PROGRAM_HOLD as `name` in the test's folder; returns its path. */
char *make_hold(const char *name);

/* Moves the test into a mount namespace of its own, where nothing spreads from or to; skips the test where not allowed.
 */
void own_mounts(void);
/* Mounts a fresh tmpfs on a new folder `name` of the test's folder; unmounted at the end. Calls own_mounts. */
char *own_tmpfs(const char *name, const char *options);

uint64_t now_ns(int clock);
void sleep_ms(unsigned int ms);

#endif
