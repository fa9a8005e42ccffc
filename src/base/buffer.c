/* SPDX-License-Identifier: GPL-2.0-only */
/* A growing run of bytes: memory and numbers as digits. Knows nothing of what the bytes mean. */
#include "base/buffer.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/digits.h"

/* First allocation; most lines fit. */
#define BUFFER_FIRST_BYTES 512

void buffer_done(struct buffer *b)
{
	free(b->data);
	*b = (struct buffer){0};
}

bool buffer_grow(struct buffer *b, size_t bytes)
{
	size_t needed, capacity;
	char *data;

	if (b->capacity - b->length >= bytes)
		return true;
	if (__builtin_add_overflow(b->length, bytes, &needed) || needed > SIZE_MAX / 2) {
		b->failed = true;
		return false;
	}
	capacity = b->capacity > BUFFER_FIRST_BYTES / 2 ? b->capacity * 2 : BUFFER_FIRST_BYTES;
	if (capacity < needed)
		capacity = needed;
	data = realloc(b->data, capacity);
	if (!data) {
		b->failed = true;
		return false;
	}
	b->data = data;
	b->capacity = capacity;
	return true;
}

void buffer_append_u64(struct buffer *b, uint64_t number)
{
	if (!buffer_reserve(b, DIGITS_U64_MAX))
		return;
	b->length += digits_put_u64(b->data + b->length, number);
}

void buffer_append_s64(struct buffer *b, int64_t number)
{
	if (number >= 0) {
		buffer_append_u64(b, number);
		return;
	}
	if (!buffer_reserve(b, 1 + DIGITS_U64_MAX))
		return;
	b->data[b->length++] = '-';
	/* Negated as unsigned: INT64_MIN has no positive counterpart. */
	b->length += digits_put_u64(b->data + b->length, -(uint64_t)number);
}

void buffer_append_hex(struct buffer *b, uint64_t number)
{
	if (!buffer_reserve(b, DIGITS_HEX_MAX))
		return;
	b->length += digits_put_hex(b->data + b->length, number);
}

void buffer_printf(struct buffer *b, const char *format, ...)
{
	va_list args, again;
	size_t room;
	int length;

	va_start(args, format);
	va_copy(again, args);
	room = b->capacity - b->length;
	length = vsnprintf(room ? b->data + b->length : NULL, room, format, args);
	if (length < 0) {
		b->failed = true;
	} else if ((size_t)length < room) {
		b->length += length;
	} else if (buffer_grow(b, (size_t)length + 1)) {
		vsnprintf(b->data + b->length, (size_t)length + 1, format, again);
		b->length += length;
	}
	va_end(again);
	va_end(args);
}
