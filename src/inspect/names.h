/* SPDX-License-Identifier: GPL-2.0-only */
/* Private to inspect/: names that the kernel keeps in type information (BTF), longer than the 15 bytes elsewhere. */
#ifndef INSPECT_NAMES_H
#define INSPECT_NAMES_H

#include <stdint.h>

struct btf;

#define NAME_BYTES    128
#define NAMES_OBJECTS 16

/* Type information read from the kernel and kept, since that of the kernel itself has megabytes. All zero is empty. */
struct names {
	struct {
		uint32_t id;
		struct btf *btf; /* NULL: there is none, or it may not be read */
	} objects[NAMES_OBJECTS];
	unsigned int next; /* place that the next one takes */
};

/* The name of a type in the type information `btf` (its id); `ret_name` has room for NAME_BYTES and is left as it is
 * where it cannot be known. */
void names_of_type(struct names *n, uint32_t btf, uint32_t type, char *ret_name);

/* The whole name of a program: that of its first function. `fd` is the program's. */
void names_of_program(struct names *n, int fd, uint32_t btf, char *ret_name);

void names_done(struct names *n);

#endif
