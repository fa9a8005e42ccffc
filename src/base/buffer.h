/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A growing run of bytes to write text into. Appending never fails in the caller's hands: where memory runs out the
 * buffer is marked `failed`, keeps what it had, and the one who writes it out looks at the mark.
 */
#ifndef BASE_BUFFER_H
#define BASE_BUFFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct buffer {
	char *data;
	size_t length;	 /* bytes in use */
	size_t capacity; /* bytes allocated */
	bool failed;	 /* memory ran out once */
};

/* Releases the memory; the buffer is empty and usable again. */
void buffer_done(struct buffer *b);
#define _cleanup_buffer_ __attribute__((cleanup(buffer_done)))

/* Makes room for `bytes` more; false (and `failed`) where memory ran out. */
bool buffer_grow(struct buffer *b, size_t bytes);

/* The same, cheap where the room is there. */
static inline bool buffer_reserve(struct buffer *b, size_t bytes)
{
	return b->capacity - b->length >= bytes || buffer_grow(b, bytes);
}

static inline void buffer_append(struct buffer *b, const void *bytes, size_t length)
{
	/* Nothing into nothing: memcpy must not see a null pointer. */
	if (!length || !buffer_reserve(b, length))
		return;
	memcpy(b->data + b->length, bytes, length);
	b->length += length;
}

static inline void buffer_append_char(struct buffer *b, char c)
{
	if (buffer_reserve(b, 1))
		b->data[b->length++] = c;
}

static inline void buffer_append_text(struct buffer *b, const char *text)
{
	buffer_append(b, text, strlen(text));
}

void buffer_append_u64(struct buffer *b, uint64_t number);
void buffer_append_s64(struct buffer *b, int64_t number);
void buffer_append_hex(struct buffer *b, uint64_t number); /* lower case, no prefix, no leading zeros */
void buffer_printf(struct buffer *b, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
