/* SPDX-License-Identifier: GPL-2.0-only */
/* UTF-8: decoding, and the scan for what may be shown raw. No I/O, no locale. */
#include "base/utf8.h"

#include "base/swar.h"

size_t utf8_decode(const char *text, size_t length, uint32_t *ret_code)
{
	const unsigned char *s = (const unsigned char *)text;
	/* Bounds of the second byte: they keep out overlong forms, surrogates and what lies above U+10FFFF. */
	unsigned char low = 0x80, high = 0xbf;
	size_t nr_bytes;
	uint32_t code;

	*ret_code = UTF8_INVALID;
	if (s[0] < 0x80) {
		*ret_code = s[0];
		return 1;
	}
	if (s[0] < 0xc2 || s[0] > 0xf4)
		return 1;
	nr_bytes = s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
	code = s[0] & (0x7f >> nr_bytes);
	if (s[0] == 0xe0)
		low = 0xa0;
	else if (s[0] == 0xf0)
		low = 0x90;
	else if (s[0] == 0xed)
		high = 0x9f;
	else if (s[0] == 0xf4)
		high = 0x8f;
	for (size_t i = 1; i < nr_bytes; i++) {
		if (i == length || s[i] < low || s[i] > high)
			return i;
		code = code << 6 | (s[i] & 0x3f);
		low = 0x80;
		high = 0xbf;
	}
	*ret_code = code;
	return nr_bytes;
}

bool utf8_valid(const char *text, size_t length)
{
	uint32_t code;

	for (size_t i = 0; i < length;) {
		if (length - i >= 8 && !swar_high(swar_load(text + i))) {
			i += 8;
			continue;
		}
		i += utf8_decode(text + i, length - i, &code);
		if (code == UTF8_INVALID)
			return false;
	}
	return true;
}

static size_t printable_ascii_length(const char *text, size_t length)
{
	size_t i = 0;

	while (length - i >= 8) {
		uint64_t x = swar_load(text + i);
		uint64_t odd = swar_below(x, ' ') | swar_equal(x, 0x7f) | swar_high(x);

		if (odd)
			return i + swar_first(odd);
		i += 8;
	}
	while (i < length && text[i] >= ' ' && text[i] < 0x7f)
		i++;
	return i;
}

size_t utf8_raw_length(const char *text, size_t length)
{
	size_t i = 0;

	for (;;) {
		enum utf8_look look;
		uint32_t code;
		size_t nr_bytes;

		i += printable_ascii_length(text + i, length - i);
		if (i == length || !(text[i] & 0x80))
			return i;
		nr_bytes = utf8_decode(text + i, length - i, &code);
		if (code == UTF8_INVALID)
			return i;
		look = utf8_look(code);
		if (look == UTF8_HIDDEN || (look == UTF8_COMBINING && i == 0))
			return i;
		i += nr_bytes;
	}
}
