/* SPDX-License-Identifier: GPL-2.0-only */
/* A piece of somebody else's text: not ended by NUL, not owned. */
#ifndef BASE_SLICE_H
#define BASE_SLICE_H

#include <stddef.h>
#include <string.h>

struct slice {
	const char *data; /* NULL: there is none */
	size_t length;
};

static inline struct slice slice_of(const char *text)
{
	return (struct slice){text, text ? strlen(text) : 0};
}

#endif
