/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * JSON strings (RFC 8259). Numbers go by buffer_append_u64, the punctuation between by whoever knows the shape. What is
 * written is valid UTF-8 and one line whatever the bytes.
 */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"

/*
 * Appends the bytes as a JSON string, quotes included. Returns false where they were not valid UTF-8: the string then
 * has U+FFFD for each maximal ill-formed part, and the exact bytes are to be brought by json_append_base64.
 */
bool json_append_string(struct buffer *b, const char *bytes, size_t length);

/* Appends the bytes in base64 (RFC 4648, section 4, padded) as a JSON string, quotes included. */
void json_append_base64(struct buffer *b, const void *bytes, size_t length);

#endif
