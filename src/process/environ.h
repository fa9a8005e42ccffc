/* SPDX-License-Identifier: GPL-2.0-only */
/* A choice of environment variables: --env=NAME,GLOB*. */
#ifndef PROCESS_ENVIRON_H
#define PROCESS_ENVIRON_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

struct environ_choice;

/* Reads names and patterns (base/glob.h) parted by commas. Returns 0 or -errno, described; released by
 * environ_choice_free. */
int environ_choice_new(const char *text, struct environ_choice **ret_choice, struct error *err);
void environ_choice_free(struct environ_choice *c);

/* True where the name of "NAME=VALUE" is chosen; a string without "=" is all name. */
bool environ_choice_has(const struct environ_choice *c, const char *string, size_t length);

/*
 * Copies the chosen ones of a list of strings, each ended by NUL (the last may lack it), to `ret_list`, which has room
 * for `length` bytes. Returns the bytes copied.
 */
size_t strings_select(const struct environ_choice *c, const char *list, size_t length, char *ret_list);

#endif
