/* SPDX-License-Identifier: GPL-2.0-only */
/* JSON strings and base64. The hot path of -o json: plain runs are found eight bytes at a time and copied at once. */
#include "base/json.h"

#include <stdint.h>

#include "base/swar.h"
#include "base/utf8.h"

static inline bool is_plain(unsigned char c)
{
	return c >= ' ' && c < 0x80 && c != '"' && c != '\\';
}

static inline size_t plain_length(const char *text, size_t length)
{
	size_t i = 0;

	while (length - i >= 8) {
		uint64_t x = swar_load(text + i);
		uint64_t odd = swar_below(x, ' ') | swar_equal(x, '"') | swar_equal(x, '\\') | swar_high(x);

		if (odd)
			return i + swar_first(odd);
		i += 8;
	}
	while (i < length && is_plain(text[i]))
		i++;
	return i;
}

/* Length of the longest beginning that JSON may hold as it is. */
static size_t unescaped_length(const char *text, size_t length)
{
	size_t i = plain_length(text, length);

	while (i < length && (text[i] & 0x80)) {
		uint32_t code;
		size_t nr_bytes = utf8_decode(text + i, length - i, &code);

		if (code == UTF8_INVALID)
			break;
		i += nr_bytes;
		i += plain_length(text + i, length - i);
	}
	return i;
}

static void append_escape(struct buffer *b, unsigned char c)
{
	static const char short_forms[' '] = {['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r'};
	char escape[6] = {'\\', 'u', '0', '0', "0123456789abcdef"[c >> 4], "0123456789abcdef"[c & 15]};

	if (c < ' ' && !short_forms[c]) {
		buffer_append(b, escape, 6);
		return;
	}
	escape[1] = c < ' ' ? short_forms[c] : c;
	buffer_append(b, escape, 2);
}

bool json_append_string(struct buffer *b, const char *bytes, size_t length)
{
	bool valid = true;

	buffer_reserve(b, length + 2);
	buffer_append_char(b, '"');
	for (;;) {
		size_t run = unescaped_length(bytes, length);

		buffer_append(b, bytes, run);
		bytes += run;
		length -= run;
		if (!length)
			break;
		if (*bytes & 0x80) {
			uint32_t code;

			run = utf8_decode(bytes, length, &code);
			buffer_append(b, "\xef\xbf\xbd", 3);
			valid = false;
		} else {
			run = 1;
			append_escape(b, *bytes);
		}
		bytes += run;
		length -= run;
	}
	buffer_append_char(b, '"');
	return valid;
}

static void put_base64_group(char *at, unsigned int bits)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	for (int i = 3; i >= 0; i--, bits >>= 6)
		at[i] = digits[bits & 63];
}

void json_append_base64(struct buffer *b, const void *bytes, size_t length)
{
	const unsigned char *s = bytes;
	char *at;

	if (!buffer_reserve(b, (length / 3 + 1) * 4 + 2))
		return;
	at = b->data + b->length;
	*at++ = '"';
	for (; length >= 3; s += 3, length -= 3, at += 4)
		put_base64_group(at, s[0] << 16 | s[1] << 8 | s[2]);
	if (length) {
		put_base64_group(at, s[0] << 16 | (length == 2 ? s[1] << 8 : 0));
		at[3] = '=';
		if (length == 1)
			at[2] = '=';
		at += 4;
	}
	*at++ = '"';
	b->length = at - b->data;
}
